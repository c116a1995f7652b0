"""What a report says beside the score: numbers now and in the last external review, in all its formats, which count in
nothing.
"""

import datetime
import json
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.utils import translation

from reviews import workflow
from reviews.exchange import workbook
from reviews.models import Context, Review, Service
from reviews.report import data, pdf, wording
from reviews.report import page as report_page
from reviews.report.shape import Content, completed
from scales.models import Scale
from tests.factories import FIRST_DAY, ServiceFactory, lead, scored_review, told_review
from tests.reviews.report_builders import pages_of, version_of

pytestmark = pytest.mark.django_db

LAST_YEAR = FIRST_DAY.replace(year=FIRST_DAY.year - 1)
THEN: dict[str, Any] = {
    "participants": 40,
    "in_work": 10,
    "in_education": 2,
    "goal": 35,
    "posts": "2",
    "vacant_posts": "0.25",
    "teams": 2,
    "employers": ["nav_state"],
}
NOW: dict[str, Any] = {
    "participants": 47,
    "in_work": 14,
    "in_education": 4,
    "goal": 45,
    "jobs_started": 12,
    "posts": "2.5",
    "left_last_year": 0,
    "teams": 3,
    "co_located_teams": 1,
    "employers": ["nav_state", "health_trust"],
    "dispersed": False,
}


def _review(service: Service, numbers: dict[str, Any], **columns: Any) -> Review:
    review = scored_review(service=service, **{"language": "en", **columns})
    Context.objects.create(review=review, **numbers)
    return review


def _both(**columns: Any) -> Content:
    """A report of now, with a last external review."""
    service = ServiceFactory.create()
    told_review(THEN, service=service, first_day=LAST_YEAR)
    return version_of(_review(service, NOW, **columns))


# The content


def test_the_numbers_are_told_now_and_in_the_last_external_review() -> None:
    content = _both()
    assert content["outcomes"]["jobs_started"] == 12
    assert content["circumstances"] == {
        "posts": "2.5",
        "vacant_posts": None,
        "left_last_year": 0,
        "teams": 3,
        "co_located_teams": 1,
        "employers": ["nav_state", "health_trust"],
        "dispersed": False,
    }
    before = content["beside_before"]
    assert before is not None
    assert (before["date"], before["year"]) == (LAST_YEAR.isoformat(), LAST_YEAR.year)
    assert (before["outcomes"]["share"], before["outcomes"]["goal"]) == (30, 35)
    assert (before["circumstances"]["posts"], before["circumstances"]["employers"]) == ("2", ["nav_state"])
    assert json.loads(json.dumps(content)) == content


def test_what_counted_in_the_last_review_is_what_its_newest_version_says() -> None:
    service = ServiceFactory.create()
    last = told_review(THEN, service=service, first_day=LAST_YEAR)
    workflow.reissue(last, lead(last), "Feil i tallene.")
    workflow.save_context(last, lead(last), {"teams": 9})
    before = version_of(_review(service, NOW))["beside_before"]
    assert before is not None
    assert before["circumstances"]["teams"] == 2


@pytest.mark.parametrize("columns", [{"show_comparison": False}, {"basis": "plans"}])
def test_the_last_review_is_told_of_only_where_the_comparison_is_shown(columns: dict[str, Any]) -> None:
    content = _both(**columns)
    assert content["beside_before"] is None
    assert (content["circumstances"]["teams"] is None) is (columns.get("basis") == "plans")


@pytest.mark.parametrize(
    ("numbers", "columns"),
    [
        (THEN, {"kind": "self", "evaluators": 1}),
        (THEN, {"basis": "plans"}),
        (THEN, {"first_day": FIRST_DAY}),
        ({}, {}),
    ],
)
def test_only_an_earlier_external_review_of_practice_that_told_anything_is_the_last(
    numbers: dict[str, Any], columns: dict[str, Any]
) -> None:
    service = ServiceFactory.create()
    told_review(numbers, service=service, **{"first_day": LAST_YEAR, **columns})
    assert version_of(_review(service, NOW))["beside_before"] is None


def test_of_a_visit_that_is_two_reviews_the_one_that_told_anything_is_the_last(ips: Scale, goi: Scale) -> None:
    service = ServiceFactory.create()
    told_review({"teams": 8}, service=service, first_day=LAST_YEAR - datetime.timedelta(days=365))
    for numbers, scale in (({}, goi), (THEN, ips)):
        told_review(numbers, service=service, first_day=LAST_YEAR, scales=[scale])
    before = version_of(_review(service, NOW))["beside_before"]
    assert before is not None
    assert before["circumstances"]["teams"] == 2


def test_nothing_of_it_counts() -> None:
    service = ServiceFactory.create()
    review = scored_review(service=service)
    without = version_of(review)
    Context.objects.create(review=review, **NOW)
    content = version_of(review)
    assert content["scales"] == without["scales"]
    # Nor is it in what is attached for programs.
    assert data.attached(content) == data.attached(without)


def test_an_older_report_tells_nothing_of_it_and_can_still_be_shown_and_compared_with() -> None:
    stored: Any = _both()
    for name in ("circumstances", "beside_before"):
        del stored[name]
    del stored["outcomes"]["jobs_started"]
    content = completed(stored)
    assert (content["circumstances"]["employers"], content["beside_before"]) == ([], None)
    assert wording.circumstance_rows(content) == []
    body = report_page.body(stored, draft=False)
    assert "Around the service" not in body
    assert "In education and not in work" in body


# In words


def _rows(content: Content) -> tuple[list[tuple[str, ...]], list[tuple[str, ...]]]:
    with translation.override("en"):
        return [row[1:] for row in wording.outcome_rows(content)], [
            row[1:] for row in wording.circumstance_rows(content)
        ]


def test_each_number_stands_beside_that_of_the_last_review() -> None:
    outcomes, around = _rows(_both())
    assert outcomes == [
        ("Participants", "47", "40"),
        ("In ordinary work", "14", "10"),
        ("In education and not in work", "4", "2"),
        ("Share in work or education", "38 per cent", "30 per cent"),
        ("The agreed goal", "45 per cent", "35 per cent"),
        ("Jobs started in the last year", "12", ""),
    ]
    # What is not given now is not told of, though it was the last time.
    assert around == [
        ("Posts", "2.5", "2"),
        ("Employment specialists who left in the last year", "0", ""),
        ("Treatment teams", "3", "2"),
        ("Teams they share offices with", "1", ""),
        ("Who employs the employment specialists", "Nav, state; Health trust", "Nav, state"),
        ("Sparsely populated area", "No", ""),
    ]


def test_only_what_is_given_is_told_and_the_share_is_missed_only_where_part_of_it_is() -> None:
    content = version_of(_review(ServiceFactory.create(), {"jobs_started": 3}, kind="self", evaluators=1))
    assert _rows(content) == ([("Jobs started in the last year", "3", "")], [])
    assert wording.has_outside(content)
    # Page one has a place for the share, and none for this.
    assert not wording.has_outcomes(content)
    content = version_of(_review(ServiceFactory.create(), {"goal": 45}))
    assert _rows(content)[0] == [
        ("Participants", "not given", ""),
        ("In ordinary work", "not given", ""),
        ("In education and not in work", "not given", ""),
        ("Share in work or education", "not given", ""),
        ("The agreed goal", "45 per cent", ""),
    ]
    assert not wording.has_outside(version_of(_review(ServiceFactory.create(), {})))


def test_the_page_has_a_column_for_the_last_review_where_it_told_anything() -> None:
    with_last = " ".join(report_page.body(_both(), draft=False).split())
    outside = with_last.partition('<section class="report-outside">')[2]
    year = str(LAST_YEAR.year)
    assert outside.count(f'<th scope="col" class="is-number is-previous">{year}</th>') == 2
    row = '<th scope="row">Posts</th> <td class="is-number">2.5</td> <td class="is-number is-previous">2</td>'
    assert row in outside
    assert '<td class="is-number">12</td> <td class="is-number is-previous">–</td>' in outside
    alone = version_of(_review(ServiceFactory.create(), {"posts": "4.5"}, language="nb"))
    outside = " ".join(report_page.body(alone, draft=False).split()).partition('<section class="report-outside">')[2]
    assert '<td class="is-number">4,5</td> </tr>' in outside
    assert "is-previous" not in outside.partition("</table>")[0]


def test_the_paper_has_both_tables_each_whole_on_one_page() -> None:
    pages = pages_of(pdf.render(_both(), draft=False))
    (outcomes,) = [text for text in pages if "Jobs started in the last year 12 –" in text]
    assert "In work or education" in outcomes
    (around,) = [text for text in pages if "Around the service" in text]
    assert "Posts 2.5 2" in around
    assert "Sparsely populated area No –" in around


# The workbooks


def _values(made: bytes) -> list[list[Any]]:
    """The values of a workbook's first sheet."""
    return [[cell.value for cell in row] for row in openpyxl.load_workbook(BytesIO(made)).worksheets[0].iter_rows()]


def test_the_workbook_of_a_review_has_the_numbers_as_numbers_and_the_last_ones_beside() -> None:
    facts = _values(workbook.of_review(_both()))
    place = next(index for index, row in enumerate(facts) if row[0] == "Outside the scale")
    found = {row[0]: tuple(row[1:3]) for row in facts[place + 1 :]}
    year = LAST_YEAR.year
    assert found["Posts"] == (2.5, f"{year}: 2")
    assert found["Share in work or education"] == (38, f"{year}: 30 per cent")
    assert found["Jobs started in the last year"] == (12, None)
    assert found["Employment specialists who left in the last year"] == (0, None)
    assert found["Who employs the employment specialists"] == ("Nav, state; Health trust", f"{year}: Nav, state")
    assert found["Sparsely populated area"] == ("No", None)
    assert "Vacant posts" not in found


def test_the_workbook_of_a_service_has_a_column_for_each_number_that_any_review_told() -> None:
    service = ServiceFactory.create()
    last = told_review(THEN, service=service, first_day=LAST_YEAR)
    contents = [last.versions.get().content, version_of(_review(service, NOW))]
    with translation.override("en"):
        _title, head, *rows = _values(workbook.of_service("Tjenesten", contents))
    for name, values in (
        ("Participants", [40, 47]),
        ("The agreed goal", [35, 45]),
        ("Posts", [2, 2.5]),
        ("Vacant posts", [0.25, None]),
        ("Jobs started in the last year", [None, 12]),
        ("Sparsely populated area", [None, "No"]),
    ):
        column = head.index(f"{name} (outside the scale)")
        assert [row[column] for row in rows] == values, name

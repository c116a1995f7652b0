"""A service's development, and two of its reviews beside each other, through the front door."""

import datetime
import re
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format

from reviews import workflow, years
from reviews.models import AgreedResult, FinalScore, Review, ReviewScale, Service, User
from reviews.report import pdf as report_pdf
from reviews.two_reviews import Line, ScalePair
from reviews.years import ItemCell, ItemRow, ScaleYears, TotalCell
from scales.models import Item, Scale
from tests.cast import PDF, Cast, cast_for
from tests.factories import (
    FIRST_DAY,
    ContextFactory,
    RoleFactory,
    ServiceFactory,
    UserFactory,
    final_review,
    issue,
    scored_review,
)
from tests.reviews.front_door import contents, item

pytestmark = pytest.mark.django_db
SCALES = "ips-25", "goi-12"


@pytest.fixture(autouse=True)
def _in_english(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(report_pdf, "render", lambda content, *, draft: PDF)
    with translation.override("en"):
        yield


@pytest.fixture
def reader(client: Client) -> User:
    """The metodeveileder of a service, who reads English, logged in."""
    user: User = UserFactory.create(language="en")
    client.force_login(user)
    return user


@pytest.fixture
def service(reader: User) -> Service:
    """The reader's service."""
    found: Service = ServiceFactory.create(name="Fjordbyen IPS")
    RoleFactory.create(user=reader, service=found)
    return found


@pytest.fixture
def reviewed(service: Service, mini: Scale) -> Callable[..., Review]:
    """Make a final review of the service on the small scale: reviewed(2024, 3, 4, None) scores X1, X2 and Y1."""

    def made(year: int, *scores: int | None, **columns: Any) -> Review:
        given = dict(zip(("X1", "X2", "Y1"), scores, strict=True))
        day = FIRST_DAY.replace(year=year)
        return final_review(**{"service": service, "scales": [mini], "first_day": day, "scores": given, **columns})

    return made


def _page(client: Client, service: Service, name: str = "service_development", **query: str) -> Any:
    response = client.get(reverse(f"reviews:{name}", args=[service.pk]), query)
    assert response.status_code == 200
    return response


def _scales(client: Client, service: Service) -> list[ScaleYears]:
    found: list[ScaleYears] = _page(client, service).context["scales"]
    return found


def _row(found: ScaleYears, code: str, *, own: bool = False) -> list[ItemCell]:
    table = found.own if own else found.external
    assert table is not None
    rows: dict[str, ItemRow] = {row.code: row for section in table.sections for row in section.items}
    return rows[code].cells


def _text(html: str) -> str:
    """What a page says, without its tags."""
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


def _as_of_an_older_edition(review: Review, mini: Scale) -> None:
    """Have a review in consensus use another edition, in which X2 is called X9, and make it final."""
    old = Scale.objects.create(
        code="mini",
        edition="0",
        sequence=9,
        position=9,
        title="Mini",
        attribution="Laget for testene.",
        lowest_means="lite",
        highest_means="mye",
        high_from=4,
        scoring=Scale.Scoring.SUM,
        comment_expected=True,
    )
    for section in mini.sections.all():
        there = old.sections.create(code=section.code, title=section.title, position=section.position)
        for each in section.items.all():
            there.items.create(
                code="X9" if each.code == "X2" else each.code,
                position=each.position,
                title=each.title,
                short_title=each.short_title,
                definition=each.definition,
                anchors=each.anchors,
            )
    ReviewScale.objects.filter(review=review).update(scale=old)
    for result in AgreedResult.objects.filter(review=review).select_related("item"):
        code = "X9" if result.item.code == "X2" else result.item.code
        AgreedResult.objects.filter(pk=result.pk).update(item=Item.objects.get(section__scale=old, code=code))
    issue(Review.objects.get(pk=review.pk))


# The development


def test_each_item_stands_review_by_review_with_what_rose_and_fell(
    client: Client, service: Service, reviewed: Callable[..., Review]
) -> None:
    reviewed(2023, 3, 3, 5)
    reviewed(2024, 5, 3, 4)
    reviewed(2025, 4, 3, 4)
    (scale,) = _scales(client, service)
    x1 = _row(scale, "X1")
    assert [(cell.score, cell.tint, cell.change, cell.said) for cell in x1] == [
        (3, 3, 0, ""),
        (5, 5, 2, "up from 3 in September 2023"),
        (4, 4, -1, "down from 5 in September 2024"),
    ]
    assert [cell.change for cell in _row(scale, "X2")] == [0, 0, 0]
    assert scale.external is not None
    assert [head.day.year for head in scale.external.heads] == [2023, 2024, 2025]
    html = _page(client, service).content.decode()
    assert html.count("▲") == 2  # the mark, and the line that tells what it is
    assert "up from 3 in September 2023" in html


def test_sections_and_the_total_stand_with_what_they_are_out_of(
    client: Client, service: Service, reviewed: Callable[..., Review]
) -> None:
    reviewed(2023, 3, None, 5)
    reviewed(2024, 5, 3, 4)
    (scale,) = _scales(client, service)
    assert scale.external is not None
    first, _second = scale.external.sections
    assert first.cells == [TotalCell("3 of 5", "1 of 2 items", 60), TotalCell("8 of 10", "", 80)]
    assert scale.external.total == [TotalCell("8 of 10", "2 of 3 items", 80), TotalCell("12 of 15", "", 80)]


def test_a_scale_with_a_mean_has_no_points(client: Client, service: Service, goi: Scale) -> None:
    final_review(service=service, scales=[goi])
    (scale,) = _scales(client, service)
    assert scale.external is not None
    version = service.reviews.get().versions.get()
    assert scale.external.total == [TotalCell(version.content["scales"][0]["total"]["mean"], "", None)]


def test_an_incomplete_review_is_marked_and_left_out_of_the_line(
    client: Client, service: Service, reviewed: Callable[..., Review]
) -> None:
    reviewed(2023, 3, 3, 5)
    reviewed(2024, 5, None, 4)
    reviewed(2025, 4, 4, 4)
    (scale,) = _scales(client, service)
    assert [point["left_out"] for point in scale.line.scale["history"]] == ["", "incomplete", ""]
    assert scale.external is not None
    assert [head.why for head in scale.external.heads] == ["", "Not all items are scored", ""]
    # Item by item what is scored compares, with the last review that has a score.
    assert [(cell.score, cell.change) for cell in _row(scale, "X2")] == [(3, 0), (None, 0), (4, 1)]
    assert _row(scale, "X2")[2].said == "up from 3 in September 2023"
    assert _row(scale, "X2")[1].said == "The data were not to be had"
    text = _text(_page(client, service).content.decode())
    assert "September 2024: X2 (The data were not to be had)" in text
    assert "× September 2024 is left out of the line: 2 of 3 items are scored." in text


def test_a_review_from_plans_has_no_tint_no_change_and_no_place_in_the_line(
    client: Client, service: Service, reviewed: Callable[..., Review]
) -> None:
    reviewed(2022, 1, 1, 1)
    reviewed(2023, 5, 5, 5, basis="plans")
    reviewed(2024, 3, 1, 1)
    (scale,) = _scales(client, service)
    assert [point["year"] for point in scale.line.scale["history"]] == [2022, 2024]
    assert [(cell.score, cell.tint, cell.change) for cell in _row(scale, "X1")] == [(1, 1, 0), (5, 0, 0), (3, 3, 2)]
    assert scale.external is not None
    assert [head.why for head in scale.external.heads] == ["", "Assessed from plans", ""]
    assert [cell.share for cell in scale.external.total] == [20, None, 33]
    assert "Scores without a tint" in _page(client, service).content.decode()


def test_another_edition_is_marked_and_not_compared(
    client: Client, service: Service, mini: Scale, reviewed: Callable[..., Review]
) -> None:
    first = scored_review("consensus", service=service, scales=[mini], first_day=FIRST_DAY.replace(year=2023))
    AgreedResult.objects.filter(review=first).update(score=1)
    _as_of_an_older_edition(first, mini)
    reviewed(2024, 3, 3, 3)
    reviewed(2025, 4, 3, 3)
    (scale,) = _scales(client, service)
    assert scale.line.scale["edition"] == "1"
    assert [point["left_out"] for point in scale.line.scale["history"]] == ["other_edition", "", ""]
    assert [(cell.score, cell.tint, cell.change) for cell in _row(scale, "X1")] == [(1, 0, 0), (3, 3, 0), (4, 4, 1)]
    missing = _row(scale, "X2")[0]
    assert (missing.score, missing.said) == (None, "not in that edition")
    assert scale.external is not None
    assert [head.why for head in scale.external.heads] == ["Another edition", "", ""]
    assert [cell.share for cell in scale.external.total] == [None, 60, 67]


def test_self_reviews_stand_by_themselves_and_never_in_the_line(
    client: Client, service: Service, reviewed: Callable[..., Review]
) -> None:
    reviewed(2023, 3, 3, 3)
    reviewed(2024, 5, 5, 5, kind="self", evaluators=1)
    reviewed(2025, 4, 4, 4)
    (scale,) = _scales(client, service)
    assert [point["year"] for point in scale.line.scale["history"]] == [2023, 2025]
    assert [(cell.score, cell.change) for cell in _row(scale, "X1")] == [(3, 0), (4, 1)]
    assert [(cell.score, cell.change, cell.tint) for cell in _row(scale, "X1", own=True)] == [(5, 0, 5)]
    html = _page(client, service).content.decode()
    assert "These are the service's own scores." in _text(html)


def test_a_service_with_self_reviews_alone_has_no_development(
    client: Client, service: Service, reviewed: Callable[..., Review]
) -> None:
    reviewed(2024, 5, 5, 5, kind="self", evaluators=1)
    (scale,) = _scales(client, service)
    assert scale.external is None
    assert scale.line.last == ""
    assert "there is no development" in _text(_page(client, service).content.decode())


def test_the_line_ends_with_the_last_review_and_needs_two(
    client: Client, service: Service, reviewed: Callable[..., Review]
) -> None:
    reviewed(2024, 3, 3, 3)
    html = _page(client, service).content.decode()
    assert "There are not two reviews to compare, so there is no line." in html
    assert "<svg xmlns" not in html
    last = reviewed(2025, 4, 4, 4)
    (scale,) = _scales(client, service)
    assert scale.line.last == last.first_day.isoformat()
    html = _page(client, service).content.decode()
    assert "From 9 of 15 points in September 2024 to 12 of 15 points in September 2025." in _text(html) or (
        "From 9 of 15 points in September 2024 to 12 of 15 points in September 2025." in html
    )
    assert html.count("<svg xmlns") == 1


def test_a_score_that_is_held_to_have_been_wrong_is_marked(
    client: Client, service: Service, reviewed: Callable[..., Review], mini: Scale
) -> None:
    reviewed(2024, 3, 3, 3)
    actor: User = UserFactory.create()
    later = scored_review("consensus", service=service, scales=[mini], evaluators=[actor])
    workflow.correct(later, item(later, "X2", "mini"), actor, 1, "Talt på feil måte.")
    assert not _row(_scales(client, service)[0], "X2")[0].wrong
    workflow.finalise(later, actor, "Haster.")
    (scale,) = _scales(client, service)
    assert [cell.wrong for cell in _row(scale, "X2")] == [True, False]
    assert [cell.wrong for cell in _row(scale, "X1")] == [False, False]
    # What it should have been, and which review says so, on both pages.
    for shown in (_page(client, service), _page(client, service, "service_compare")):
        text = _text(shown.content.decode())
        assert "3*" in text or "3 *" in text
        assert f"Corrected by the review of {date_format(later.first_day)} : X2 should have been 1" in text


def test_what_the_review_has_mended_itself_is_wrong_no_longer(
    client: Client, service: Service, reviewed: Callable[..., Review], mini: Scale
) -> None:
    first = reviewed(2024, 3, 3, 3)
    actor: User = UserFactory.create()
    later = scored_review("consensus", service=service, scales=[mini], evaluators=[actor])
    for code in ("X1", "X2"):
        workflow.correct(later, item(later, code, "mini"), actor, 1, "Talt på feil måte.")
    workflow.finalise(later, actor, "Haster.")
    lead = first.seats.get(is_lead=True).user
    assert lead is not None
    workflow.reissue(first, lead, "Feil i X2.")
    AgreedResult.objects.filter(review=first, item__code="X2").update(score=1)
    first.refresh_from_db()
    issue(first, reason="Feil i X2.")
    (scale,) = _scales(client, service)
    assert [_row(scale, code)[0].wrong for code in ("X1", "X2")] == [True, False]


def test_the_version_that_counts_is_the_newest(
    client: Client, service: Service, reviewed: Callable[..., Review]
) -> None:
    review = reviewed(2024, 3, 3, 3)
    actor = review.seats.get(is_lead=True).user
    assert actor is not None
    workflow.reissue(review, actor, "Feil i X1.")
    AgreedResult.objects.filter(review=review, item__code="X1").update(score=1)
    assert _row(_scales(client, service)[0], "X1")[0].score == 3
    review.refresh_from_db()
    issue(review, reason="Feil i X1.")
    (scale,) = _scales(client, service)
    assert _row(scale, "X1")[0].score == 1
    assert scale.external is not None
    assert scale.external.heads[0].number == 2


def test_many_reviews_scroll_within_their_table(
    client: Client, service: Service, reviewed: Callable[..., Review]
) -> None:
    for year in range(2014, 2024):
        reviewed(year, 3, 3, 3)
    assert " fits" in _page(client, service).content.decode()
    reviewed(2024, 3, 3, 3)
    assert " fits" not in _page(client, service).content.decode()


def test_what_stood_beside_the_scores_stands_below_them(
    client: Client, service: Service, reviewed: Callable[..., Review], mini: Scale
) -> None:
    review = scored_review("consensus", service=service, scales=[mini])
    ContextFactory.create(review=review)
    issue(review)
    told = _page(client, service).context["circumstances"]
    assert told.reviews == (review,)
    # What was handed over counts until the next version is there.
    workflow.reissue(review, UserFactory.create(), "Feil i tallene.")
    workflow.save_context(review, UserFactory.create(), {"teams": 99})
    assert _page(client, service).context["circumstances"] == told


# Who sees what


def _seen(client: Client, cast: Cast, user: User) -> set[uuid.UUID]:
    client.force_login(user)
    page = _page(client, cast.service)
    tables = [table for scale in page.context["scales"] for table in (scale.external, scale.own) if table]
    return {head.review.pk for table in tables for head in table.heads}


def test_one_sees_the_years_whose_reports_one_may_read_and_no_other(client: Client) -> None:
    cast = cast_for("final")
    both = {cast.review.pk, cast.last_year.pk}
    for user in (cast.method_supervisor, cast.manager, cast.adviser, cast.national_adviser):
        assert _seen(client, cast, user) == both, user
    assert _seen(client, cast, cast.last_years_evaluator) == {cast.last_year.pk}
    for user in (cast.evaluator, cast.evaluator_two, cast.observer, cast.respondent):
        assert _seen(client, cast, user) == {cast.review.pk}, user
        (scale, _goi) = client.get(reverse("reviews:service_development", args=[cast.service.pk])).context["scales"]
        assert not any(
            cell.change for section in scale.external.sections for row in section.items for cell in row.cells
        )


@pytest.mark.parametrize("name", ["service_development", "service_compare", "service"])
@pytest.mark.parametrize("who", ["adviser", "national_adviser", "last_years_evaluator"])
def test_nothing_tells_outsiders_of_a_self_review_that_is_not_shared(
    client: Client, cast: Cast, who: str, name: str
) -> None:
    final_review(service=cast.service, first_day=FIRST_DAY.replace(year=2024), evaluators=[cast.last_years_evaluator])
    client.force_login(getattr(cast, who))

    def seen(**query: str) -> str:
        # What protects against forged forms differs from page to page.
        return re.sub(r"\w{64}", "", _page(client, cast.service, name, **query).content.decode())

    before = seen()
    own = scored_review("consensus", service=cast.service, kind="self", first_day=FIRST_DAY.replace(month=3))
    ContextFactory.create(review=own)
    issue(own)
    assert seen() == before
    never, second = str(uuid.uuid4()), str(cast.last_year.pk)
    asked = seen(first=str(own.pk), second=second).replace(str(own.pk), "")
    assert asked == seen(first=never, second=second).replace(never, "")
    workflow.share(own, cast.method_supervisor)
    assert (seen() == before) is (who == "last_years_evaluator")


def test_looking_at_the_years_changes_nothing(client: Client, cast: Cast) -> None:
    client.force_login(cast.method_supervisor)
    before = contents()
    _page(client, cast.service)
    _page(client, cast.service, "service_compare")
    assert contents() == before


# Two reviews


def _pairs(client: Client, service: Service, *chosen: Review) -> list[ScalePair]:
    query = {name: str(review.pk) for name, review in zip(("first", "second"), chosen, strict=False)}
    found: list[ScalePair] = _page(client, service, "service_compare", **query).context["scales"]
    return found


def _lines(pair: ScalePair) -> dict[str, Line]:
    return {line.code: line for section in pair.sections for line in section.lines}


def test_the_last_two_of_the_development_are_compared_unless_others_are_chosen(
    client: Client, service: Service, reviewed: Callable[..., Review]
) -> None:
    first = reviewed(2023, 1, 1, 1)
    reviewed(2024, 2, 2, 2)
    reviewed(2025, 3, 3, 3, basis="plans")
    reviewed(2026, 4, 4, 4)
    own = reviewed(2027, 5, 5, 5, kind="self", evaluators=1)

    def scores(*chosen: Review) -> list[int | None]:
        (pair,) = _pairs(client, service, *chosen)
        line = _lines(pair)["X1"]
        assert line.first is not None
        assert line.second is not None
        return [line.first["score"], line.second["score"]]

    assert scores() == [2, 4]
    # Whichever is chosen first: the older stands first.
    assert scores(first, own) == scores(own, first) == [1, 5]


def test_without_two_of_the_development_the_last_two_there_are_stand_beside_each_other(
    client: Client, service: Service, reviewed: Callable[..., Review]
) -> None:
    reviewed(2023, 1, 1, 1, basis="plans")
    reviewed(2024, 2, 2, 2)
    reviewed(2025, 3, 3, 3, kind="self", evaluators=1)
    chosen = _page(client, service, "service_compare").context["chosen"]
    assert [each.review.first_day.year for each in chosen] == [2024, 2025]


def test_two_reviews_stand_beside_each_other_item_by_item(
    client: Client, service: Service, reviewed: Callable[..., Review]
) -> None:
    older, newer = reviewed(2024, 3, 5, 4), reviewed(2025, 5, 4, 4)
    (pair,) = _pairs(client, service, older, newer)
    assert (pair.not_compared, pair.compared, pair.rose, pair.fell) == ("", 3, 1, 1)
    assert {code: line.said for code, line in _lines(pair).items()} == {"X1": "+2", "X2": "\N{MINUS SIGN}1", "Y1": "0"}
    assert (pair.result.first, pair.result.second, pair.result.change) == ("12 of 15", "13 of 15", "+1")
    assert [(each.code, each.result.change) for each in pair.sections] == [("X", "+1"), ("Y", "0")]
    html = _page(client, service, "service_compare").content.decode()
    assert "Of 3 items with a score in both, 1 rose and 1 fell." in html
    for review in (older, newer):
        assert reverse("reviews:version", args=[review.pk, 1]) in html


def test_the_mean_of_a_scale_is_compared_by_its_decimals(client: Client, service: Service, goi: Scale) -> None:
    final_review(service=service, scales=[goi], first_day=FIRST_DAY.replace(year=2025), scores=lambda item: 4)
    final_review(service=service, scales=[goi], scores=lambda item: 3 if item.code == "G1" else 4)
    (pair,) = _pairs(client, service)
    assert (pair.result.first, pair.result.second, pair.result.change) == ("4.00", "3.92", "\N{MINUS SIGN}0.08")


def test_both_comments_are_folded_below_the_item(client: Client, service: Service, mini: Scale) -> None:
    for year, said in ((2024, "Ti deltakere hver."), (2025, "Tolv deltakere hver.")):
        review = scored_review(
            "consensus", service=service, scales=[mini], first_day=FIRST_DAY.replace(year=year), scores=lambda item: 4
        )
        AgreedResult.objects.filter(review=review).update(comment="")
        AgreedResult.objects.filter(review=review, item__code="X1").update(comment=said)
        issue(review)
    html = _page(client, service, "service_compare").content.decode()
    (folded,) = re.findall(r"<details>(.*?)</details>", html, re.DOTALL)
    assert "Comments on X1" in folded
    assert folded.index("Ti deltakere hver.") < folded.index("Tolv deltakere hver.")


def test_an_incomplete_review_is_compared_by_its_whole_sections_alone(
    client: Client, service: Service, reviewed: Callable[..., Review]
) -> None:
    reviewed(2024, 3, None, 4)
    reviewed(2025, 5, 4, 5)
    (pair,) = _pairs(client, service)
    assert pair.in_part == (True, False)
    assert (pair.result.first, pair.result.change) == ("7 of 10", "")
    assert [each.result.change for each in pair.sections] == ["", "+1"]
    assert {code: line.change for code, line in _lines(pair).items()} == {"X1": 2, "X2": None, "Y1": 1}
    assert "Not all items are scored in both" in _page(client, service, "service_compare").content.decode()


def test_a_review_from_plans_is_marked_and_not_compared(
    client: Client, service: Service, reviewed: Callable[..., Review]
) -> None:
    plans, practice = reviewed(2024, 5, 5, 5, basis="plans"), reviewed(2025, 3, 3, 3)
    (pair,) = _pairs(client, service, plans, practice)
    assert (pair.not_compared, pair.result.change, pair.compared) == ("plans", "", 0)
    assert {line.said for line in _lines(pair).values()} == {""}
    assert {section.result.change for section in pair.sections} == {""}
    assert "Not compared: a review from plans" in _page(client, service, "service_compare").content.decode()


def test_another_edition_is_named_and_not_compared(
    client: Client, service: Service, mini: Scale, reviewed: Callable[..., Review]
) -> None:
    first = scored_review("consensus", service=service, scales=[mini], first_day=FIRST_DAY.replace(year=2023))
    _as_of_an_older_edition(first, mini)
    reviewed(2024, 3, 3, 3)
    (pair,) = _pairs(client, service)
    assert (pair.not_compared, pair.editions, pair.compared) == ("other_edition", ("0", "1"), 0)
    lines = _lines(pair)
    assert lines["X2"].first is None
    assert lines["X9"].second is None
    assert "different editions of the scale (0 and 1)" in _page(client, service, "service_compare").content.decode()


def test_a_scale_that_one_of_them_did_not_use_stands_alone(client: Client, service: Service, goi: Scale) -> None:
    final_review(service=service, first_day=FIRST_DAY.replace(year=2025))
    final_review(service=service, scales=[goi])
    found = {pair.title: pair.not_compared for pair in _pairs(client, service)}
    assert sorted(found.values()) == ["", "one_only"]
    assert found[goi.title] == ""


def test_an_external_and_a_self_review_are_said_to_be_two_kinds(
    client: Client, service: Service, reviewed: Callable[..., Review]
) -> None:
    reviewed(2024, 3, 3, 3)
    reviewed(2025, 5, 4, 4, kind="self", evaluators=1)
    said = "One is an external review and the other a self-review."
    assert said in _page(client, service, "service_compare").content.decode()
    reviewed(2026, 3, 3, 3)
    assert said not in _page(client, service, "service_compare").content.decode()


def test_a_review_cannot_be_compared_with_itself_or_with_what_is_not_there(
    client: Client, service: Service, reviewed: Callable[..., Review]
) -> None:
    first, second = reviewed(2024, 3, 3, 3), reviewed(2025, 3, 3, 3)
    for query, said in (
        ({"first": first.pk, "second": first.pk}, "Choose two different reviews."),
        ({"first": first.pk, "second": uuid.uuid4()}, "Choose one of the reviews in the list."),
        ({"first": "\x00", "second": "'" * 9000}, "Choose one of the reviews in the list."),
        ({"first": first.pk}, "Choose a review."),
        ({"second": second.pk}, "Choose a review."),
    ):
        page = _page(client, service, "service_compare", **query)
        assert said in page.content.decode(), query
        assert page.context["chosen"] is None
    same = str(first.pk)
    assert _page(client, service, "service_compare", first=same, second=same).context["form"].errors == {
        "second": ["Choose two different reviews."]
    }


def test_one_review_is_not_compared(client: Client, service: Service, reviewed: Callable[..., Review]) -> None:
    reviewed(2024, 3, 3, 3)
    page = _page(client, service, "service_compare", first="x", second="y")
    assert page.context["form"] is None
    assert "There are not two reviews" in page.content.decode()
    assert reverse("reviews:service_compare", args=[service.pk]) + '">Compare two reviews item' not in (
        _page(client, service).content.decode()
    )


# Against plain arithmetic


def test_the_figures_are_those_of_the_final_scores(client: Client, service: Service) -> None:
    for year in (2023, 2024, 2025):
        final_review(
            service=service,
            first_day=FIRST_DAY.replace(year=year),
            scores=lambda item, year=year: 1 + (item.position * year + len(item.code)) % 5,
        )
    for scale in _scales(client, service):
        assert scale.external is not None
        for place, head in enumerate(scale.external.heads):
            given = dict(
                FinalScore.objects.filter(
                    version__review=head.review, item__section__scale__code=scale.line.scale["code"]
                ).values_list("item__code", "score")
            )
            assert {row.code: row.cells[place].score for s in scale.external.sections for row in s.items} == given
            if scale.line.scale["scoring"] == "sum":
                assert (
                    scale.external.total[place].result
                    == f"{sum(score or 0 for score in given.values())} of {5 * len(given)}"
                )
        days = [datetime.date.fromisoformat(point["date"]) for point in scale.line.scale["history"]]
        assert days == [head.day for head in scale.external.heads]
    assert years.lines([]) == []

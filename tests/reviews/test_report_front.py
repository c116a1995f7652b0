"""Page one: always one page, with what a leader needs for a decision; what it shortens stands whole later."""

import datetime
from functools import cache
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from reviews.report import front, page, pdf, wording
from reviews.report.press import Press
from reviews.report.shape import Content, Outcomes, completed
from tests.factories import ContextFactory, scored_review
from tests.reviews.report_builders import items_in, pages_of, version_of

pytestmark = pytest.mark.django_db

SENTENCE = "Avtal et fast møte hvert kvartal med Nav og klinikken, og skriv referat som alle får innen en uke; "
GIVEN = Outcomes(asked=True, participants=47, in_work=14, in_education=4, share=38, goal=45, jobs_started=None)
NOTHING = Outcomes(
    asked=True, participants=None, in_work=None, in_education=None, share=None, goal=None, jobs_started=None
)


def content_of(**columns: Any) -> Content:
    """The content of a review in English."""
    return version_of(scored_review(**{"language": "en", **columns}))


@cache
def overfull(fill: str) -> Content:
    """A content with everything on page one as long as it can be: in `words`, or in `letters` without a break."""

    def text(length: int, number: int = 0) -> str:
        return ("W" * length if fill == "letters" else f"{number} {SENTENCE * (length // 90 + 2)}"[:length]).strip()

    content = content_of(summary="Kort.")
    content["service"] = text(200)
    content["teams"] = [text(199, number) + "." for number in range(10)]
    content["recipients"] = text(499) + "!"
    content["evaluators"] = [{"name": text(149, number) + "?", "lead": number == 0} for number in range(6)]
    content["independence"] = {"ties": [], "text": "Kjenner tjenesten."}
    content["strengths"] = [text(400, number) + " Slutt." for number in range(4)]
    actors = ["ips_team", "nav", "health_partner", "steering_group", "ict"]
    content["advice"] = [
        {
            "scale": "ips-25",
            "code": item["code"],
            "short_title": item["short_title"],
            "score": 1,
            "recommendation": text(10_000),
            "who": actors,
        }
        for item in items_in(content)[:5]
    ]
    content["barred"] = [
        {"scale": "ips-25", "code": item["code"], "short_title": text(100), "score": 2} for item in items_in(content)
    ]
    content["imported"] = True
    for scale in content["scales"]:
        scale["title"] = text(200)
        for section in scale["sections"]:
            section["title"] = text(200)
    content["outcomes"] = GIVEN
    return content


def pages_of_front(content: Content, fit: front.Fit, *, draft: bool = False) -> int:
    """How many pages page one takes with this fit."""
    context = {"content": content, "draft": draft, "fit": fit}
    with translation.override(content["language"]):
        return Press().pages(render_to_string("report/document_front.html", context))


# One page


@pytest.mark.parametrize("fill", ["words", "letters"])
@pytest.mark.parametrize(("kind", "basis", "draft"), [("external", "practice", True), ("self", "plans", True)])
def test_the_least_fit_holds_on_one_page_whatever_is_written(fill: str, kind: str, basis: str, draft: bool) -> None:
    content: Content = {**overfull(fill), "kind": kind, "basis": basis, "participants": "Metodeveileder."}
    assert pages_of_front(content, front.AMPLE, draft=draft) > 1
    assert pages_of_front(content, front.FITS[-1], draft=draft) == 1


def test_an_overfull_page_one_ends_where_it_should_and_what_follows_begins_the_second() -> None:
    content = overfull("words")
    first, second, *rest = pages_of(pdf.render(content, draft=False))
    assert "The scores follow the scale all the same." in first
    assert "38 per cent (goal 45 per cent)" in first
    for advice in content["advice"]:
        assert f"{advice['code']} · Who acts: the IPS team, Nav, the health partner, the steering group and" in first
    assert "What works" not in second
    # The running head has one line.
    assert content["service"] in first
    assert f"{wording.gist(content['service'], 50)} · ".replace("\N{NO-BREAK SPACE}", " ") in second
    assert f"{content['service']} ·" not in second
    assert second.startswith("Summary Kort. More that works")
    later = " ".join([second, *rest]).replace("- ", "")
    # White space and hyphens at line ends are the paper's.
    packed = later.replace(" ", "").replace("-", "")
    for whole in [content["recipients"], *content["teams"], *content["strengths"]]:
        assert whole.replace(" ", "").replace("-", "") in packed, whole
    for evaluator in content["evaluators"]:
        assert str(evaluator["name"]).replace(" ", "") in packed


@given(pages=st.lists(st.integers(1, 3), min_size=len(front.FITS), max_size=len(front.FITS)))
def test_the_first_fit_that_keeps_to_one_page_is_chosen_else_the_least(pages: list[int]) -> None:
    by_fit = dict(zip(front.FITS, pages, strict=True))
    chosen = front.choose(by_fit.__getitem__)
    before = front.FITS[: front.FITS.index(chosen)]
    assert all(by_fit[fit] > 1 for fit in before)
    assert by_fit[chosen] == 1 or chosen is front.FITS[-1]


def test_each_fit_gives_less_room_than_the_one_before() -> None:
    for wide, narrow in zip(front.FITS, front.FITS[1:], strict=False):
        assert all(less < more for more, less in zip(wide[1:], narrow[1:], strict=True))


# What it says


@pytest.mark.parametrize(
    ("outcomes", "said"),
    [
        (GIVEN, "38 per cent (goal 45 per cent)"),
        ({**GIVEN, "goal": None}, "38 per cent (no goal given)"),
        ({**NOTHING, "goal": 45}, "not given (goal 45 per cent)"),
        (NOTHING, "not given"),
        ({**GIVEN, "in_work": 0, "in_education": 0, "share": 0}, "0 per cent (goal 45 per cent)"),
    ],
)
def test_the_share_stands_beside_the_goal(outcomes: Outcomes, said: str) -> None:
    with translation.override("en"):
        assert wording.share_beside_goal(outcomes) == said


def test_the_share_is_marked_as_outside_the_score() -> None:
    content = content_of()
    content["outcomes"] = GIVEN
    text = " ".join(page.body(content, draft=False).split())
    assert "In work or education now <small>outside the score</small> </th> <td>38 per cent (goal 45 per cent)" in text


@pytest.mark.parametrize(
    ("columns", "shown"),
    [
        ({}, True),
        ({"basis": "plans"}, False),
        ({"kind": "self"}, False),
        ({"imported_from": "skjema.csv"}, False),
    ],
)
@pytest.mark.parametrize("given", [True, False])
def test_a_share_that_nobody_gave_is_missed_in_an_external_review_of_practice_made_here_alone(
    columns: dict[str, Any], shown: bool, given: bool
) -> None:
    review = scored_review(**columns)
    if given:
        ContextFactory.create(review=review, participants=40, in_work=10, in_education=2)
    content = version_of(review)
    # What was written before the review was one from plans is not told either.
    told = given and not review.from_plans
    assert wording.has_outcomes(content) is (shown or told)
    assert content["outcomes"]["share"] == (30 if told else None)
    assert bool(wording.outcome_rows(content)) is told


def test_a_share_is_not_missed_in_a_report_from_before_it_was_asked_for() -> None:
    stored: Any = version_of(scored_review())
    del stored["outcomes"]
    assert not wording.has_outcomes(completed(stored))


def test_names_are_counted_where_there_is_no_room_for_them() -> None:
    content = content_of(recipients="Nav og DPS.", first_day=datetime.date(2026, 9, 15))
    content["teams"] = ["Team A", "Team B", "Team C"]
    with translation.override("en"):
        assert wording.byline(content, 100)[1:] == ["To Nav og DPS.", "The review covers Team A, Team B and Team C."]
        assert wording.byline(content, 15)[-1] == "The review covers Team A, Team B and 1 more."
        assert wording.byline(content, 6)[-1] == "The review covers Team A and 2 more."


def test_what_law_bars_is_named_by_code_where_titles_take_too_much() -> None:
    content = overfull("words")
    with translation.override("en"):
        assert wording.barred(content, 400).startswith("B1, B2, B3, O1")
        assert wording.barred(content, 6) == "B1, B2 and 35 more"
        two: Content = {**content, "barred": [{**each, "short_title": "Kort"} for each in content["barred"][:2]]}
        assert wording.barred(two, 400) == "Kort (B1) and Kort (B2)"


def test_who_acts_is_the_same_in_the_list_and_at_the_item_and_follows_from_what_holds_the_score_down() -> None:
    content = content_of()
    item, other = [each for each in items_in(content) if each["recommendation"]][:2]
    item["actors"] = ["nav", "steering_group"]
    other["obstacles"] = ["own_practice", "health"]
    text = " ".join(page.body(content, draft=False).split())
    assert text.count("Who acts: Nav and the steering group") == 2
    assert text.count("Who acts: the IPS team and the health partner") == 2


def test_page_one_has_whole_recommendations_and_says_how_many_there_are_and_where() -> None:
    content = content_of()
    whole = "Avtal et fast møte hvert kvartal. " * 6
    content["advice"][0]["recommendation"] = whole
    del content["advice"][1:]
    first = pages_of(pdf.render(content, draft=False))[0]
    assert whole.strip() in first
    number = len(wording.advised(content))
    assert number > 1
    assert f"1 of {number} recommendations. All stand under “What it would take”." in first
    for item in items_in(content):
        item["recommendation"] = ""
    with translation.override("en"):
        assert wording.advice_left(content) == ""


def test_page_one_of_a_version_issued_again_says_what_it_replaces_and_why() -> None:
    content = content_of()
    content["number"], content["reason"] = 2, "Antallet faste jobber i T10 var feil. Mer om det."
    content["replaces"] = {"number": 1, "made_at": "2026-08-06T09:00:00+00:00"}
    with translation.override("en"):
        said = "Version 2 replaces version 1 of 6 August 2026: Antallet faste jobber i T10 var feil."
        assert wording.reissued(content, 40) == f"{said}\N{NO-BREAK SPACE}…"
        assert wording.reissued({**content, "reason": ""}, 40) == "Version 2 replaces version 1 of 6 August 2026."
    assert said in " ".join(page.body(content, draft=False).split())


def test_the_sections_fill_the_rest_of_a_page_that_all_items_have_no_room_on() -> None:
    assert pdf.fills_better(left=100, sections=24, items=180)
    assert not pdf.fills_better(left=230, sections=24, items=180)
    assert not pdf.fills_better(left=30, sections=24, items=180)


@pytest.mark.parametrize(("paragraphs", "first"), [(8, False), (16, True)])
def test_the_order_of_the_pictures_follows_the_room_there_is(paragraphs: int, first: bool) -> None:
    content = content_of(summary="\n\n".join(["En setning om hva tjenesten er god til nå. " * 3] * paragraphs))
    html = pdf.html(content, draft=False)
    assert (html.index("The sections") < html.index("All items at a glance")) is first


def test_what_works_is_the_plans_where_practice_was_not_seen() -> None:
    content = content_of(basis="plans", strengths="Avtalen er skrevet under.")
    text = page.body(content, draft=False)
    assert "Strengths of the plan" in text
    assert "What works" not in text


# Outside the scale


def test_what_the_scale_does_not_ask_stands_in_a_part_of_its_own_after_the_scales() -> None:
    content = content_of()
    content["outcomes"] = {**GIVEN, "in_education": None, "share": None}
    content["outside"] = {"meetings": "De fleste er med.", "economy": " ", "voices": "Hjelpen er <b>god</b>."}
    text = " ".join(page.body(content, draft=False).split())
    after = text.rsplit("Outside the scale", 1)[1]
    assert "Score sheet" not in after
    assert "About the review" in after
    for said in (
        "Nothing of it counts in any score, total or category.",
        'In ordinary work</th> <td class="is-number">14</td>',
        'In education and not in work</th> <td class="is-number">not given</td>',
        'The agreed goal</th> <td class="is-number">45 per cent</td>',
        "De fleste er med.",
        "Hjelpen er &lt;b&gt;god&lt;/b&gt;.",
    ):
        assert said in after, said
    assert "economy" not in after


def test_there_is_no_such_part_where_nothing_of_it_is_known() -> None:
    assert "Outside the scale" not in page.body(content_of(), draft=False)

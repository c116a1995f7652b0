"""What it would take to come to the next band: how far, by which recommendations, and what law bars of it."""

import random
import re
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.utils import translation

from reviews.models import AgreedResult, Rating, Review
from reviews.report import ahead_wording, pdf, wording
from reviews.report.shape import Ahead, ScaleContent, Step, completed
from scales.models import Band, Item
from tests.factories import ContextFactory, SeatFactory, scored_review
from tests.reviews.front_door import page
from tests.reviews.report_builders import draft_of, pages_of, version_of

pytestmark = pytest.mark.django_db

JOURNAL = 2
"""The element of O2 that law can bar."""


def ips(review: Review) -> ScaleContent:
    return next(scale for scale in version_of(review)["scales"] if scale["code"] == "ips-25")


def ahead_of(review: Review) -> Ahead:
    found = ips(review)["ahead"]
    assert found is not None
    return found


def step_of(review: Review, code: str) -> Step:
    return next(step for step in ahead_of(review)["steps"] if step["code"] == code)


def set_result(review: Review, code: str, **columns: Any) -> None:
    assert AgreedResult.objects.filter(review=review, item__code=code).update(**columns) == 1


def set_own(review: Review, code: str, number: int, **columns: Any) -> None:
    assert Rating.objects.filter(seat__review=review, seat__number=number, item__code=code).update(**columns) == 1


def element(code: str, index: int) -> str:
    return Item.objects.get(code=code).elements[index]


def fours(**differing: int) -> Callable[[Item], int]:
    return lambda item: differing.get(item.code, 4)


def said(review: Review) -> str:
    scale = ips(review)
    with translation.override("en"):
        return " ".join([ahead_wording.distance(scale), *ahead_wording.way(scale)])


# How far it is


def test_the_next_band_is_so_many_points_away() -> None:
    ahead = ahead_of(scored_review(scores=fours()))
    assert ahead["band"] == {"code": "exemplary", "label": "Meget bra kvalitet", "lowest": 115, "highest": 125}
    assert (ahead["points"], ahead["reachable"], len(ahead["steps"]), ahead["barred"]) == (15, 125, 25, [])


@pytest.mark.parametrize(("score", "code", "points"), [(1, "fair", 49), (2, "fair", 24), (3, "good", 25)])
def test_the_next_band_is_the_one_above(score: int, code: str, points: int) -> None:
    ahead = ahead_of(scored_review(scores=lambda item: score))
    assert ahead["band"] is not None
    assert (ahead["band"]["code"], ahead["points"]) == (code, points)


def test_nothing_is_ahead_from_plans_with_items_unscored_or_of_a_mean() -> None:
    assert ips(scored_review(basis="plans", scores=fours()))["ahead"] is None
    assert ips(scored_review(scores={"T14": None}))["ahead"] is None
    assert version_of(scored_review(scores=fours()))["scales"][1]["ahead"] is None


def test_nothing_is_ahead_of_a_total_above_all_bands() -> None:
    Band.objects.exclude(code="not_ips").delete()
    assert ips(scored_review(scores=fours()))["ahead"] is None


def test_nothing_is_ahead_of_a_scale_without_bands() -> None:
    Band.objects.all().delete()
    assert ips(scored_review(scores=fours()))["ahead"] is None


def test_a_total_outside_the_bands_has_the_next_one_before_it() -> None:
    Band.objects.filter(code="good").delete()
    review = scored_review(scores=fours())
    ahead = ahead_of(review)
    assert ahead["band"] is not None
    assert (ips(review)["band"], ahead["band"]["code"], ahead["points"]) == (None, "exemplary", 15)


def test_a_report_from_before_it_was_told_has_nothing_ahead() -> None:
    stored = version_of(scored_review(scores=fours()))
    for scale in stored["scales"]:
        del scale["ahead"]  # type: ignore[misc]  # as it was stored then
    assert [scale["ahead"] for scale in completed(stored)["scales"]] == [None, None]


# Which recommendations lead there


def test_items_with_a_recommendation_come_first_and_then_in_the_scales_order() -> None:
    review = scored_review(scores=fours(O3=3, T6=2))
    steps = ahead_of(review)["steps"]
    assert [(step["code"], step["score"], step["to"]) for step in steps[:3]] == [
        ("O3", 3, 4),
        ("T6", 2, 3),
        ("B1", 4, 5),
    ]
    assert [step["recommended"] for step in steps[:3]] == [True, True, False]


@pytest.mark.parametrize(
    ("scores", "sentence"),
    [
        (
            fours(),
            "15 points to Meget bra kvalitet (115). The report has no recommendations.",
        ),
        (
            fours(O3=2),
            "2 points to Bra kvalitet (100). The recommendations lead to 1 of them, if their one item rises one step. "
            "The rest takes that other items rise, or that some rise more than one step.",
        ),
        (
            lambda item: 3 if item.code in ("O3", "T6") else 5 if item.section.code == "T" else 4,
            "4 points to Meget bra kvalitet (115). "
            "The recommendations lead to 2 of them, if each item rises one step. "
            "The rest takes that other items rise, or that some rise more than one step.",
        ),
        (
            fours(T6=3),
            "1 point to Bra kvalitet (100). The recommendation leads there, if its item rises one step.",
        ),
        (
            fours(T6=3, T7=3),
            "2 points to Bra kvalitet (100). The recommendations lead there, if each of their 2 items rises one step.",
        ),
        (
            fours(T6=3, T7=3, T8=5),
            "1 point to Bra kvalitet (100). The recommendations lead there, if 1 of their 2 items rises one step.",
        ),
    ],
)
def test_how_far_the_recommendations_lead(scores: Callable[[Item], int], sentence: str) -> None:
    assert said(scored_review(scores=scores)) == sentence


def test_the_highest_band_says_what_keeps_it() -> None:
    review = scored_review(scores=lambda item: 5)
    ahead = ahead_of(review)
    assert (ahead["band"], ahead["points"], ahead["steps"]) == (None, 0, [])
    assert said(review) == (
        "Meget bra kvalitet is the highest category. The service keeps it as long as it loses no more than 10 points. "
        "25 of 25 items have the highest score."
    )
    brink = scored_review(scores=lambda item: 4 if item.section.code == "T" and item.position <= 10 else 5)
    assert "The service keeps it as long as it loses no point. 15 of 25 items" in said(brink)


def test_other_items_are_named_only_where_the_recommendations_do_not_lead_all_the_way() -> None:
    short, enough = ips(scored_review(scores=fours(O3=2))), ips(scored_review(scores=fours(O3=3, T8=5, T7=3)))
    assert len(ahead_wording.other_steps(short)) == 24
    assert ahead_wording.other_steps(enough) == []
    assert ahead_wording.other_steps(ips(scored_review(scores=fours()))) == []


def test_all_recommendations_are_listed_and_each_with_its_step_where_there_is_one() -> None:
    review = scored_review(scores=fours(O3=3, T6=2, G2=2))
    set_result(review, "T6", obstacles=["law"])
    found = ahead_wording.rows(version_of(review))
    assert [(row.item["code"], row.step and row.step["to"]) for row in found] == [("O3", 4), ("T6", None), ("G2", None)]
    assert ahead_wording.any_step(found)
    plans = version_of(scored_review(scores=fours(O3=3), basis="plans"))
    assert [(row.item["code"], row.step) for row in ahead_wording.rows(plans)] == [("O3", None)]
    with translation.override("en"):
        assert wording.list_title(plans) == "All recommendations"


# What a step takes


def test_where_several_are_enough_each_is_a_goal() -> None:
    review = scored_review(scores=fours(O3=3))
    assert [goal["text"] for goal in step_of(review, "O3")["goals"]] == [
        "Planlagte, fysiske møter minst hvert kvartal.",
        "Kontakt om deltakere hver uke.",
    ]


@pytest.mark.parametrize(("dispersed", "conditions"), [(True, [""]), (False, [""]), (None, ["", "dispersed"])])
def test_only_the_alternative_that_applies(dispersed: bool | None, conditions: list[str]) -> None:
    review = scored_review(scores=fours(O4=3))
    ContextFactory.create(review=review, dispersed=dispersed)
    goals = step_of(review, "O4")["goals"]
    assert [goal["only_if"] for goal in goals] == conditions
    assert goals[0]["text"].startswith("Møte med leder" if dispersed else "Minst to jobbspesialister")


def test_a_score_without_a_goal_says_what_must_end() -> None:
    step = step_of(scored_review(scores=fours(O6=2)), "O6")
    assert (step["goals"], step["now"]) == ([], "De fleste får ikke IPS fordi de ikke regnes som jobbklare.")


def found_by_both(review: Review, code: str, **columns: Any) -> None:
    for number in (1, 2):
        set_own(review, code, number, **columns)


def test_the_elements_that_lack_are_named_where_all_evaluators_found_the_same() -> None:
    review = scored_review(scores=fours(O7=3))
    found_by_both(review, "O7", elements=[0, 1, 3])
    step = step_of(review, "O7")
    assert step["lacking"] == [element("O7", 2), element("O7", 4)]
    assert step["how_many"] == 1
    SeatFactory.create(review=review, observer=True, is_lead=False).ratings.create(
        item=Item.objects.get(code="O7"), score=3, elements=[0, 2, 4]
    )
    assert step_of(review, "O7") == step
    Rating.objects.filter(seat__review=review, seat__number=2, item__code="O7").delete()
    assert step_of(review, "O7") == step


@pytest.mark.parametrize("second", [[0, 1, 2], [0, 1, 2, 3], []])
@pytest.mark.parametrize("shown", [True, False])
def test_what_only_one_evaluator_found_is_in_no_step(second: list[int], *, shown: bool) -> None:
    review = scored_review(scores=fours(O7=3), show_evaluator_scores=shown)
    set_own(review, "O7", 1, score=3, elements=[0, 1, 3])
    set_own(review, "O7", 2, score=4, elements=second)
    step = step_of(review, "O7")
    assert (step["lacking"], step["how_many"]) == ([], 0)


def test_finds_that_do_not_fit_the_score_name_and_count_no_element() -> None:
    review = scored_review(scores=fours(O7=3))
    found_by_both(review, "O7", elements=[0])
    step = step_of(review, "O7")
    assert (step["lacking"], step["how_many"]) == ([], 0)
    with translation.override("en"):
        assert ahead_wording.lacking(step) == ""


def test_where_nobody_has_ticked_it_takes_one_more_than_now() -> None:
    review = scored_review(scores=fours(O7=3))
    found_by_both(review, "O7", elements=[])
    with translation.override("en"):
        assert ahead_wording.lacking(step_of(review, "O7")) == "That is one more than now."


def test_what_is_asked_for_and_all_answered_with_no_is_named() -> None:
    review = scored_review(scores=fours(T6=3))
    found_by_both(review, "T6", score=3, statements={"needs": {"4": False, "3": False}})
    assert step_of(review, "T6")["unmet"] == ["Metodeveilederen går gjennom skjemaet hver uke"]
    set_own(review, "T6", 2, score=4, statements={"needs": {"4": True}})
    assert step_of(review, "T6")["unmet"] == []
    set_own(review, "T6", 2, statements={})
    assert step_of(review, "T6")["unmet"] == []


def test_each_step_of_each_score_can_be_read() -> None:
    for score in (1, 2, 3, 4):
        review = scored_review(scores=lambda item: score)  # noqa: B023  # called at once
        steps = ahead_of(review)["steps"]
        assert len(steps) == 25
        for step in steps:
            with translation.override("en"):
                html = render_to_string("report/step.html", {"step": step})
            text = " ".join(re.sub(r"<[^>]+>", " ", html).split())
            assert text, step
            assert ("One of these is enough for score" in text) == (len(step["goals"]) > 1)
            assert ("This must not be so any more:" in text) == (
                step["code"] in {"O1", "O6", "T3"} and not step["goals"]
            )


# What law bars


def test_all_that_an_item_lacks_is_barred_where_law_alone_holds_it_down() -> None:
    review = scored_review(scores=fours(T1=3))
    set_result(review, "T1", obstacles=["law"])
    ahead = ahead_of(review)
    assert [(each["code"], each["points"], each["elements"]) for each in ahead["barred"]] == [("T1", 2, [])]
    assert ahead["reachable"] == 123
    assert "T1" not in [step["code"] for step in ahead["steps"]]


def test_where_the_elements_are_known_law_alone_bars_no_more_than_those() -> None:
    review = scored_review(scores=fours(O2=3))
    set_result(review, "O2", obstacles=["law"])
    ahead = ahead_of(review)
    assert ahead["barred"] == [
        {
            "code": "O2",
            "short_title": "Kontakt med behandlingsteamet",
            "points": 1,
            "elements": [element("O2", JOURNAL)],
        }
    ]
    assert ahead["reachable"] == 124
    assert step_of(review, "O2")["to"] == 4
    set_result(review, "O2", score=4)
    assert "O2" not in [step["code"] for step in ahead_of(review)["steps"]]


def test_an_element_that_law_bars_is_never_advised() -> None:
    review = scored_review(scores=fours(O2=3))
    set_result(review, "O2", obstacles=["law", "health"])
    for number in (1, 2):
        set_own(review, "O2", number, score=3, elements=[0, 1, 3])
    ahead = ahead_of(review)
    assert [(each["code"], each["points"]) for each in ahead["barred"]] == [("O2", 1)]
    step = step_of(review, "O2")
    assert (step["lacking"], step["how_many"], step["law"]) == ([element("O2", 4)], 1, False)
    set_result(review, "O2", score=4)
    assert "O2" not in [each["code"] for each in ahead_of(review)["steps"]]


def test_where_nobody_can_tell_what_law_bars_the_step_says_so() -> None:
    review = scored_review(scores=fours(T1=3))
    set_result(review, "T1", obstacles=["own_practice", "law"])
    assert (step_of(review, "T1")["law"], ahead_of(review)["barred"]) == (True, [])


def test_the_highest_score_has_no_point_for_law_to_bar() -> None:
    review = scored_review(scores=fours(O2=5))
    set_result(review, "O2", obstacles=["law"])
    assert (ahead_of(review)["barred"], ahead_of(review)["reachable"]) == ([], 125)


def test_a_band_that_law_puts_out_of_reach_is_said_to_be() -> None:
    review = scored_review(scores=fours())
    AgreedResult.objects.filter(review=review, item__section__code="T").update(obstacles=["law"])
    with translation.override("en"):
        limit = ahead_wording.limit(ips(review))
    assert limit == [
        "Law and regulation bar 14 points.",
        "The highest total they leave is 111 of 125.",
        "That is not enough for Meget bra kvalitet.",
    ]


@pytest.mark.parametrize("seed", range(8))
def test_no_step_asks_for_what_law_forbids_and_the_points_add_up(seed: int) -> None:
    chance = random.Random(seed)
    review = scored_review(scores=lambda item: chance.randint(1, 5))
    for result in AgreedResult.objects.filter(review=review):
        result.obstacles = chance.sample(["law", "nav", "own_practice"], chance.randint(0, 2))
        result.save()
    for rating in Rating.objects.filter(seat__review=review).select_related("item"):
        count = len(rating.item.elements)
        rating.elements = sorted(chance.sample(range(count), chance.randint(0, count)))
        rating.save()
    scale, ahead = ips(review), ahead_of(review)
    results = {row.item.code: row for row in AgreedResult.objects.filter(review=review).select_related("item")}
    barred = {each["code"]: each for each in ahead["barred"]}
    assert ahead["reachable"] == 125 - sum(each["points"] for each in ahead["barred"])
    assert scale["total"]["total"] is not None
    assert scale["total"]["total"] + len(ahead["steps"]) <= ahead["reachable"]
    for step in ahead["steps"]:
        result = results[step["code"]]
        assert step["to"] == step["score"] + 1 == (result.score or 0) + 1
        assert result.obstacles != ["law"] or step["code"] == "O2"
        if "law" in result.obstacles:
            assert step["code"] != "O2" or element("O2", JOURNAL) not in step["lacking"]
            assert step["law"] or step["code"] == "O2"
    for code in barred:
        assert "law" in results[code].obstacles


# Where it is shown


def mixed() -> Review:
    review = scored_review(scores=fours(O2=3, O3=3, O6=2), evaluators=2)
    set_result(review, "O2", obstacles=["law", "health"])
    for number in (1, 2):
        set_own(review, "O2", number, score=3, elements=[0, 1, 3])
    return review


@cache
def paper() -> str:
    """The text of one PDF, without hyphens at the ends of lines."""
    content = version_of(mixed())
    content["language"] = "en"
    return re.sub(r"(?<=\w)- (?=\w)", "", " ".join(pages_of(pdf.render(content, draft=False))))


@pytest.mark.parametrize(
    "text",
    [
        "What it would take",
        "4 points to Bra kvalitet (100).",
        "The recommendations lead to 3 of them",
        "One of these is enough for score 4:",
        "This must be in place:",
        "This must not be so any more: De fleste får ikke IPS",
        "Law and regulation bar 1 point. The highest total they leave is 124 of 125.",
        "O2 Kontakt med behandlingsteamet: 1 point",
        "Other items that can rise: B1",
    ],
)
def test_the_pdf_tells_it(text: str) -> None:
    assert text in paper()


def test_the_page_tells_it_in_a_table_with_a_caption(client: Client) -> None:
    review = mixed()
    seat = review.seats.get(number=1)
    assert seat.user is not None
    client.force_login(seat.user)
    response = client.get(page("draft", review))
    assert response.status_code == 200
    table = re.search(r'<table class="report-steps">.*?</table>', response.content.decode(), re.DOTALL)
    assert table is not None
    assert "<caption>" in table[0]
    assert len(re.findall(r'<th scope="row">', table[0])) == 3


@pytest.mark.usefixtures("unplanned")
def test_the_evaluators_scores_and_finds_are_asked_for_once(django_assert_max_num_queries: Any) -> None:
    review = scored_review(scores=fours(), show_evaluator_scores=True)
    with django_assert_max_num_queries(40) as asked:
        draft_of(Review.objects.get(pk=review.pk))
    assert sum('FROM "reviews_rating"' in query["sql"] for query in asked) == 1

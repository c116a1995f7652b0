"""What a report holds: the right figures, the right reasons, and nothing that is not to be shown."""

import datetime
import json
import re
from collections.abc import Callable
from typing import Any, cast

import pytest
from django.utils import timezone, translation

from reviews import history, previous, results, workflow
from reviews.models import AgreedResult, FinalScore, Rating, Review, ReviewScale, Seat, SectionComment
from reviews.report import content as report_content
from reviews.report import holding, wording
from reviews.report import page as report_page
from reviews.report import pdf as report_pdf
from reviews.report import shape as report_shape
from scales.models import Item, Scale
from tests.factories import (
    FIRST_DAY,
    SeatFactory,
    ServiceFactory,
    TeamFactory,
    UserFactory,
    VersionFactory,
    at,
    final_review,
    issue,
    items_of,
    lead,
    scored_review,
    usual_score,
)
from tests.reviews.report_builders import MADE_AT, draft_of, item_of, items_in, version_of, whole_course

pytestmark = pytest.mark.django_db

LAST_YEAR = FIRST_DAY - datetime.timedelta(days=365)


def sample_score(item: Item) -> int | None:
    """The published review from plans of 2012: 51 points on 11 items, GOI 50 on 12."""
    if item.section.code == "T":
        return None
    if item.section.code == "G":
        return 5 if item.position <= 2 else 4
    return 4 if item.code in {"O2", "O4", "O6", "O7"} else 5


def scale_of(content: report_shape.Content, code: str) -> report_shape.ScaleContent:
    return next(scale for scale in content["scales"] if scale["code"] == code)


def set_result(review: Review, code: str, **columns: object) -> None:
    assert AgreedResult.objects.filter(review=review, item__code=code).update(**columns) == 1


def test_the_content_survives_json_unchanged() -> None:
    content = version_of(scored_review())
    assert json.loads(json.dumps(content)) == content


def test_a_version_has_number_and_time_and_a_draft_has_none() -> None:
    review = scored_review()
    version = report_content.build(review, number=2, made_at=MADE_AT, reason="Feil i O3.")
    assert (version["number"], version["made_at"], version["reason"]) == (2, "2026-10-06T09:30:00+00:00", "Feil i O3.")
    draft = draft_of(review)
    assert (draft["number"], draft["made_at"], draft["reason"]) == (None, None, "")


def test_totals_bands_and_anchors_come_from_the_scale() -> None:
    review = scored_review(scores=lambda item: 4)
    content = version_of(review)
    ips, goi = content["scales"]
    assert ips["total"] == {"items": 25, "scored": 25, "total": 100, "maximum": 125, "mean": "4.00"}
    assert ips["band"] == {"code": "good", "label": "Bra kvalitet", "lowest": 100, "highest": 114}
    assert ips["no_band"] == ""
    assert [section["total"]["maximum"] for section in ips["sections"]] == [15, 40, 70]
    assert (goi["scoring"], goi["band"], goi["no_band"]) == ("mean", None, "no_bands")
    assert item_of(content, "O3")["anchor"] == Item.objects.get(code="O3").anchor(4)


def test_the_published_sample_from_plans_gives_its_figures() -> None:
    review = scored_review(basis="plans", scores=sample_score, evaluators=1)
    AgreedResult.objects.filter(review=review, score=None).update(not_scored="not_started")
    content = version_of(review)
    ips, goi = content["scales"]
    assert ips["total"] == {"items": 25, "scored": 11, "total": 51, "maximum": 55, "mean": "4.64"}
    assert [section["total"]["total"] for section in ips["sections"]] == [15, 36, None]
    assert (ips["band"], ips["no_band"], ips["change"], ips["no_change"]) == (None, "plans", None, "plans")
    assert (goi["total"]["mean"], goi["total"]["scored"]) == ("4.17", 12)
    assert item_of(content, "T1")["not_scored"] == "not_started"
    assert item_of(content, "T1")["anchor"] == ""
    assert content["next_due"] is None


def test_one_item_unscored_takes_the_band_away() -> None:
    content = version_of(scored_review(scores={"T14": None}))
    ips = scale_of(content, "ips-25")
    assert (ips["band"], ips["no_band"], ips["total"]["scored"]) == (None, "incomplete", 24)


@pytest.mark.parametrize(
    ("columns", "due"),
    [
        ({}, "2027-09-16"),
        ({"kind": "self"}, None),
        ({"basis": "plans"}, None),
        ({"first_day": datetime.date(2026, 8, 30), "last_day": datetime.date(2026, 8, 31)}, "2027-08-31"),
    ],
)
def test_only_an_external_review_of_practice_sets_a_date(columns: dict[str, object], due: str | None) -> None:
    assert version_of(scored_review(**columns))["next_due"] == due  # type: ignore[arg-type]


def test_the_services_interval_decides_when_the_next_is_due() -> None:
    service = ServiceFactory.create(interval_months=6)
    assert version_of(scored_review(service=service))["next_due"] == "2027-03-16"


# Change since the last external review


def before_and_now(
    before: Callable[[Item], int | None] = lambda item: 3,
    now: Callable[[Item], int | None] = lambda item: 4,
    **columns: object,
) -> Review:
    service = ServiceFactory.create()
    final_review(service=service, first_day=LAST_YEAR, scores=before)
    return scored_review(service=service, scores=now, **columns)  # type: ignore[arg-type]


def test_the_change_is_in_points_for_a_sum_and_in_the_mean_for_a_mean() -> None:
    content = version_of(before_and_now())
    assert [scale["change"] for scale in content["scales"]] == ["25", "1.00"]
    assert content["previous"] == {"date": LAST_YEAR.isoformat(), "year": LAST_YEAR.year}
    assert item_of(content, "O3")["previous"] == 3


def test_a_fall_is_negative() -> None:
    content = version_of(before_and_now(before=lambda item: 5, now=lambda item: 4))
    assert [scale["change"] for scale in content["scales"]] == ["-25", "-1.00"]


def test_the_first_review_says_so() -> None:
    content = version_of(scored_review())
    assert {scale["no_change"] for scale in content["scales"]} == {"first"}
    assert content["previous"] is None


def test_only_complete_reviews_are_compared() -> None:
    def one_left(item: Item) -> int | None:
        return None if item.code in {"T1", "G1"} else 4

    assert {scale["no_change"] for scale in version_of(before_and_now(now=one_left))["scales"]} == {"incomplete"}
    found = version_of(before_and_now(before=one_left))
    assert {scale["no_change"] for scale in found["scales"]} == {"previous_incomplete"}
    assert {scale["change"] for scale in found["scales"]} == {None}


def test_another_edition_is_not_compared(ips: Scale) -> None:
    review = before_and_now()
    other = Scale.objects.get(pk=ips.pk)
    other.pk, other.edition, other.sequence = None, "prøveutgave", 9
    other.save()
    section = other.sections.create(code="B", title="Bemanning", position=1)
    item = section.items.create(
        code="B1", position=1, title="B1", short_title="B1", definition="x", anchors={str(n): "x" for n in range(1, 6)}
    )
    ReviewScale.objects.filter(review=review, scale=ips).update(scale=other)
    AgreedResult.objects.create(review=review, item=item, score=4)
    content = version_of(Review.objects.get(pk=review.pk))
    assert scale_of(content, "ips-25")["no_change"] == "other_edition"
    assert item_of(content, "B1")["previous"] is None
    assert scale_of(content, "goi-12")["change"] == "1.00"


def test_a_scale_the_last_review_did_not_use_is_not_compared(ips: Scale) -> None:
    service = ServiceFactory.create()
    final_review(service=service, first_day=LAST_YEAR, scales=[ips])
    content = version_of(scored_review(service=service))
    assert scale_of(content, "goi-12")["no_change"] == "other_scale"


def test_the_last_review_is_that_of_each_scale(ips: Scale, goi: Scale) -> None:
    service = ServiceFactory.create()
    for scales, day, score in (([goi], LAST_YEAR.replace(year=2024), 1), ([ips], LAST_YEAR, 3)):
        final_review(service=service, first_day=day, scales=scales, scores=lambda item, score=score: score)
    content = version_of(scored_review(service=service, scores=lambda item: 4))
    assert content["previous"] == {"date": LAST_YEAR.isoformat(), "year": 2025}
    found = [scale["previous"] for scale in content["scales"]]
    assert [previous["year"] for previous in found if previous is not None] == [2025, 2024]
    assert [scale["change"] for scale in content["scales"]] == ["25", "3.00"]
    assert (item_of(content, "B1")["previous"], item_of(content, "G1")["previous"]) == (3, 1)
    with translation.override("en"):
        said = [wording.change(content, scale) for scale in content["scales"]]
    assert ["2025" in said[0], "2024" in said[1]] == [True, True]


def test_a_visit_whose_scales_are_two_reviews_is_compared_with_as_one(ips: Scale, goi: Scale) -> None:
    service = ServiceFactory.create()
    for scale in (ips, goi):
        final_review(service=service, first_day=LAST_YEAR, scales=[scale], scores=lambda item: 3)
    content = version_of(scored_review(service=service, scores=lambda item: 4))
    assert [scale["change"] for scale in content["scales"]] == ["25", "1.00"]
    assert [len(scale["history"]) for scale in content["scales"]] == [2, 2]


@pytest.mark.parametrize("planned_first", [0, 1])
def test_of_two_reviews_on_one_day_the_one_planned_last_is_the_last_everywhere(planned_first: int) -> None:
    service = ServiceFactory.create()
    both = [
        final_review(service=service, first_day=LAST_YEAR, scores=lambda item, score=score: score) for score in (2, 3)
    ]
    first, last = both[planned_first], both[1 - planned_first]
    for review, hour in ((first, 8), (last, 9)):
        Review.objects.filter(pk=review.pk).update(created_at=at(LAST_YEAR, hour))
    review = scored_review(service=service, scores=lambda item: 4)
    score = {both[0].pk: 2, both[1].pk: 3}[last.pk]
    content = version_of(review)
    assert item_of(content, "B1")["previous"] == score
    *_earlier, then, _now = scale_of(content, "ips-25")["history"]
    assert then["total"]["total"] == 25 * score
    item = Item.objects.get(code="B1")
    beside = previous.beside(review, item)
    assert beside is not None
    assert beside.review == last
    assert workflow.correct(review, item, lead(review), 5, "Det ble talt feil.").version.review == last


def test_an_item_without_a_row_makes_an_earlier_review_incomplete() -> None:
    review = scored_review(first_day=LAST_YEAR)
    version = VersionFactory.create(review=review)
    FinalScore.objects.create(version=version, item=Item.objects.get(code="B1"), score=4)
    (point,) = history.external(Review.objects.filter(service=review.service_id))["ips-25"]
    assert (point.total.items, point.total.scored, point.total.complete, point.band) == (25, 1, False, None)


def test_a_part_of_a_section_is_nothing_to_compare_with() -> None:
    content = version_of(before_and_now(before=lambda item: None if item.code == "B1" else 3))
    sections = scale_of(content, "ips-25")["sections"]
    assert [section["previous"] is None for section in sections] == [True, False, False]


def test_self_reviews_and_plans_are_nothing_to_compare_with() -> None:
    service = ServiceFactory.create()
    final_review(service=service, first_day=LAST_YEAR, kind="self")
    final_review(service=service, first_day=LAST_YEAR, basis="plans")
    assert version_of(scored_review(service=service))["previous"] is None


def test_the_comparison_can_be_left_out() -> None:
    content = version_of(before_and_now(show_comparison=False))
    assert content["previous"] is None
    assert {scale["no_change"] for scale in content["scales"]} == {"hidden"}
    assert item_of(content, "O3")["previous"] is None


# Who reviewed


def test_evaluators_are_named_without_observers_and_those_removed() -> None:
    review = scored_review(evaluators=[UserFactory.create(name="Anne"), UserFactory.create(name="Bjørn")])
    SeatFactory.create(review=review, observer=True, user=UserFactory.create(name="Observatør"), is_lead=False)
    SeatFactory.create(review=review, removed=True, user=UserFactory.create(name="Fjernet"))
    content = version_of(review)
    assert content["evaluators"] == [{"name": "Anne", "lead": True}, {"name": "Bjørn", "lead": False}]
    assert not {"Observatør", "Fjernet"} & set(json.dumps(content, ensure_ascii=False).replace('"', " ").split())


def test_an_imported_evaluator_is_not_named() -> None:
    review = scored_review(evaluators=1, imported_from="skjema.csv")
    Seat.objects.filter(review=review).update(user=None)
    content = version_of(review)
    assert content["evaluators"] == [{"name": None, "lead": True}]
    assert content["imported"] is True


def test_the_evaluators_own_scores_are_shown_only_where_the_review_says_so() -> None:
    hidden = version_of(scored_review())
    assert item_of(hidden, "B1")["own"] == []
    assert {scale["agreement"] for scale in hidden["scales"]} == {None}
    shown = version_of(scored_review(show_evaluator_scores=True))
    assert item_of(shown, "B1")["own"] == [
        usual_score(Item.objects.get(code="B1")),
        usual_score(Item.objects.get(code="B1")) - 1,
    ]
    assert scale_of(shown, "ips-25")["agreement"] == {"compared": 25, "equal": 20, "within_one": 25}


def test_no_draft_shows_own_scores_before_consensus() -> None:
    content = draft_of(scored_review("scoring", show_evaluator_scores=True))
    items = [item for scale in content["scales"] for section in scale["sections"] for item in section["items"]]
    assert all(item["own"] == [] and item["score"] is None for item in items)
    assert {scale["agreement"] for scale in content["scales"]} == {None}


# Texts


def test_strengths_are_one_a_line_without_their_dashes() -> None:
    content = version_of(scored_review(strengths="- Daglig kontakt\r\n\n•  Felles kontor\n  * Selvstendig team  \n"))
    assert content["strengths"] == ["Daglig kontakt", "Felles kontor", "Selvstendig team"]


def test_teams_and_the_comment_on_a_section_are_told() -> None:
    review = scored_review()
    review.teams.add(TeamFactory.create(service=review.service, name="FACT Nord"))
    section = Item.objects.get(code="O3").section
    SectionComment.objects.create(review=review, section=section, comment="Gjelder alle.")
    content = version_of(review)
    assert content["teams"] == ["FACT Nord"]
    assert [section["comment"] for section in content["scales"][0]["sections"]] == ["", "Gjelder alle.", ""]


# What should be done


def plain_review(**low: int) -> Review:
    """A review with 5 everywhere but in the items given; a recommendation only in those."""
    return scored_review(scores=lambda item: low.get(item.code, 5))


def test_the_lowest_scores_are_advised_on_first_then_in_the_scales_order() -> None:
    content = version_of(plain_review(T6=3, B1=3, G2=1, O3=2))
    assert [advice["code"] for advice in content["advice"]] == ["G2", "O3", "B1", "T6"]


@pytest.mark.parametrize(("low", "shown"), [(2, 2), (3, 3), (4, 4), (5, 5), (9, 5)])
def test_three_to_five_recommendations_are_shown(low: int, shown: int) -> None:
    content = version_of(plain_review(**{f"T{number}": 3 for number in range(1, low + 1)}))
    assert [advice["code"] for advice in content["advice"]] == [f"T{number}" for number in range(1, shown + 1)]


def test_an_item_without_a_recommendation_is_not_advised_on() -> None:
    review = plain_review(O3=2)
    set_result(review, "O3", recommendation="  ")
    assert version_of(review)["advice"] == []


@pytest.mark.parametrize(
    ("obstacles", "who"),
    [
        ([], []),
        (["own_practice"], ["ips_team"]),
        (["ict", "health", "nav"], ["nav", "health_partner", "ict"]),
        (["law", "nav"], ["nav"]),
    ],
)
def test_who_acts_follows_from_what_holds_the_score_down(obstacles: list[str], who: list[str]) -> None:
    review = plain_review(O3=2)
    set_result(review, "O3", obstacles=obstacles)
    assert [advice["who"] for advice in version_of(review)["advice"]] == [who]


def test_those_the_evaluators_name_act_whatever_holds_the_score_down() -> None:
    review = plain_review(O3=2, O2=2)
    set_result(review, "O2", obstacles=["law", "nav"], actors=["steering_group"])
    set_result(review, "O3", obstacles=["own_practice"], actors=["ict", "health_partner", "ips_team"])
    found = {advice["code"]: advice["who"] for advice in version_of(review)["advice"]}
    assert found == {"O2": ["steering_group"], "O3": ["ips_team", "health_partner", "ict"]}


@pytest.mark.parametrize(
    ("chosen", "shown"),
    [
        (["T7"], ["T7", "O2", "O3"]),
        (["T7", "T6", "O2"], ["O2", "T6", "T7"]),
        (["T9", "T8", "T7", "T6"], ["T6", "T7", "T8", "T9"]),
        (["B1", "T7"], ["T7", "O2", "O3"]),
        (["B1"], ["O2", "O3", "T6", "T7", "T8"]),
    ],
)
def test_what_is_chosen_stands_on_page_one_and_the_lowest_fill_it_to_three(chosen: list[str], shown: list[str]) -> None:
    review = plain_review(O2=1, O3=2, T6=3, T7=3, T8=3, T9=3)
    review.front_advice = [f"ips-25 {code}" for code in chosen]
    assert [advice["code"] for advice in version_of(review)["advice"]] == shown


def test_what_only_the_law_holds_down_is_told_apart_and_never_advised_on() -> None:
    review = plain_review(O2=3, O3=3)
    set_result(review, "O2", obstacles=["law"])
    content = version_of(review)
    assert [advice["code"] for advice in content["advice"]] == ["O3"]
    assert [(item["code"], item["score"]) for item in content["barred"]] == [("O2", 3)]


# Who can change what holds a score down


@pytest.mark.parametrize(
    ("obstacles", "expected"),
    [
        (["own_practice"], holding.Who.SERVICE),
        (["nav", "own_practice"], holding.Who.TOGETHER),
        (["law", "own_practice"], holding.Who.TOGETHER),
        (["health", "ict"], holding.Who.OTHERS),
        (["law", "ict"], holding.Who.OTHERS),
        (["law"], holding.Who.LAW),
    ],
)
def test_who_can_change_what_holds_a_score_down(obstacles: list[str], expected: holding.Who) -> None:
    assert holding.who(obstacles) is expected


@pytest.mark.parametrize(
    ("obstacles", "actors", "expected"),
    [
        (["nav"], ["ips_team"], holding.Who.SERVICE),
        (["nav", "law"], ["ips_team"], holding.Who.TOGETHER),
        (["health"], ["steering_group", "ips_team"], holding.Who.TOGETHER),
        (["own_practice"], ["nav"], holding.Who.OTHERS),
        (["law"], ["ips_team"], holding.Who.LAW),
    ],
)
def test_those_the_evaluators_name_decide_who_can_change_it(
    obstacles: list[str], actors: list[str], expected: holding.Who
) -> None:
    assert holding.who(obstacles, actors) is expected


def test_items_are_grouped_by_who_can_change_them_the_service_first() -> None:
    review = plain_review(O3=2, B3=2, O7=2, T3=2, T6=3, O2=4)
    for code, obstacles in {
        "O2": ["law"],
        "B3": ["own_practice"],
        "O3": ["own_practice"],
        "O7": ["nav", "own_practice"],
        "T3": ["ict", "health"],
        "T6": ["health", "ict"],
        "T1": ["nav"],
    }.items():
        set_result(review, code, obstacles=obstacles)
    found = [
        (group.who, group.others, group.law, [item["code"] for item in group.items])
        for group in holding.groups(version_of(review))
    ]
    # T1 has the highest score: nothing holds it down, whatever was ticked before it got it.
    assert found == [
        (holding.Who.SERVICE, [], False, ["B3", "O3"]),
        (holding.Who.TOGETHER, ["nav"], False, ["O7"]),
        (holding.Who.OTHERS, ["health_partner", "ict"], False, ["T3", "T6"]),
        (holding.Who.LAW, [], True, ["O2"]),
    ]


# What the course of a review adds


def test_ties_are_told_with_the_evaluators_names_and_their_own_words() -> None:
    content = version_of(whole_course(independence="Anne har holdt kurs for tjenesten.\n"))
    assert content["independence"] == {
        "ties": [
            {"name": "Anne Aas", "kind": "office", "organisation": "Nav Fjordbyen", "service": "", "year": None},
            {"name": "Bjørn Berg", "kind": "line_manager", "organisation": "", "service": "", "year": None},
        ],
        "text": "Anne har holdt kurs for tjenesten.",
    }
    assert json.loads(json.dumps(content)) == content


def test_no_ties_known_is_told_apart_from_evaluators_who_are_not_known() -> None:
    assert version_of(scored_review())["independence"] == report_shape.Independence(ties=[], text="")
    assert version_of(scored_review(kind="self"))["independence"] is None
    imported = scored_review(imported_from="skjema.csv")
    Seat.objects.filter(review=imported).update(user=None)
    assert version_of(imported)["independence"] is None


def test_corrections_are_told_and_marked_and_change_no_figure() -> None:
    review = whole_course()
    content = version_of(review)
    assert content["corrections"] == [
        {
            "scale": "ips-25",
            "code": "O3",
            "short_title": item_of(content, "O3")["short_title"],
            "then": 3,
            "score": 4,
            "reason": "Vi fant møtereferater som viser deltakelse hver uke i 2025.",
            "date": "2025-09-15",
        },
        {
            "scale": "goi-12",
            "code": "G2",
            "short_title": item_of(content, "G2")["short_title"],
            "then": 3,
            "score": None,
            "reason": "Planen som ble lest i 2025, gjaldt en annen tjeneste.",
            "date": "2025-09-15",
        },
    ]
    marked = {item["code"] for item in items_in(content) if item["previous_wrong"]}
    assert marked == {"O3", "G2"}
    assert item_of(content, "O3")["previous"] == 3
    total = content["scales"][0]["total"]["total"]
    assert total is not None
    assert content["scales"][0]["change"] == str(total - 75)
    review.corrections.all().delete()
    without = version_of(review)
    assert [scale["change"] for scale in without["scales"]] == [scale["change"] for scale in content["scales"]]


def test_the_sentence_on_the_change_says_how_many_of_the_last_scores_are_held_to_be_wrong() -> None:
    content = version_of(whole_course(language="en"))
    ips, goi = content["scales"]
    caution = "1 score of that review is now held to have been wrong, and counts as it was given."
    with translation.override("en"):
        assert wording.change(content, ips).endswith(caution)
        content["corrections"].append({**content["corrections"][1], "code": "G3"})
        assert "2 scores of that review are now held to have been wrong" in wording.change(content, goi)
        content["corrections"] = []
        assert "wrong" not in wording.change(content, ips)


def test_corrections_stand_only_where_the_comparison_does() -> None:
    content = version_of(whole_course(show_comparison=False))
    assert content["corrections"] == []
    assert not any(item["previous_wrong"] for item in items_in(content))


def test_a_score_that_the_last_review_has_mended_itself_is_no_longer_corrected() -> None:
    review = whole_course()
    last = results.last_external_versions(review)["ips-25"].review
    workflow.reissue(last, UserFactory.create(), "O3 var ført feil.")
    AgreedResult.objects.filter(review=last, item__code="O3").update(score=4)
    issue(Review.objects.get(pk=last.pk), reason="O3 var ført feil.")
    content = version_of(review)
    assert [correction["code"] for correction in content["corrections"]] == ["G2"]
    assert (item_of(content, "O3")["previous"], item_of(content, "O3")["previous_wrong"]) == (4, False)


def test_a_correction_of_a_scale_left_out_this_time_is_told_though_no_last_score_is_shown() -> None:
    review = whole_course()
    goi = Scale.objects.get(code="goi-12")
    ReviewScale.objects.filter(review=review, scale=goi).delete()
    content = version_of(Review.objects.get(pk=review.pk))
    assert [correction["code"] for correction in content["corrections"]] == ["O3", "G2"]


def test_the_fact_check_is_counted_and_its_trail_kept_without_a_name() -> None:
    content = version_of(whole_course())
    check = content["fact_check"]
    assert check is not None
    assert {**check, "remarks": len(check["remarks"])} == {
        "skipped": "",
        "asked": 2,
        "answered": 1,
        "silent": 1,
        "earlier": False,
        "due": None,
        "remarks": 3,
    }
    whole, kept, changed = check["remarks"]
    assert (whole["code"], whole["decision"], whole["before"]) == ("", "changed", None)
    assert (kept["code"], kept["decision"], kept["answer"]) == ("B3", "kept", "Tallet er talt på besøksdagen.")
    assert (changed["code"], changed["text"]) == ("O3", "Vi har fast plass i inntaksmøtet.")
    with translation.override("en"):
        assert wording.differences(changed) == [
            ("Score", "2", "3"),
            ("Comment", "Kommentar til O3.", "Tjenesten har fast plass i inntaksmøtet."),
        ]
    assert not {"Mona", "Kari", "Kontaktperson"} & set(re.findall(r"\w+", json.dumps(content, ensure_ascii=False)))


def test_the_trail_stands_only_where_it_is_wished_and_without_open_remarks() -> None:
    review = whole_course()
    review.remarks.filter(item__code="B3").update(decision="", decided_at=None)
    check = draft_of(review)["fact_check"]
    assert check is not None
    assert [remark["code"] for remark in check["remarks"]] == ["", "O3"]
    review.show_fact_check = False
    hidden = version_of(review)["fact_check"]
    assert hidden is not None
    assert (hidden["asked"], hidden["remarks"]) == (2, [])


@pytest.fixture
def _quick_pdf(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report_pdf, "render", lambda content, *, draft: b"%PDF-1.7")


def sentences_of(content: report_shape.Content) -> str:
    with translation.override("en"):
        return " ".join(wording.fact_check(content))


@pytest.mark.usefixtures("_quick_pdf")
def test_a_fact_check_that_is_over_is_told_with_its_silence() -> None:
    review = whole_course()
    now = timezone.now()
    review.respondents.filter(answered_at=None).update(reminded_at=now - datetime.timedelta(days=3))
    review.fact_check_due = timezone.localdate() - datetime.timedelta(days=1)
    review.save(update_fields=["fact_check_due"])
    version = workflow.finalise(review, None)
    assert version.content["fact_check"]["skipped"] == ""
    assert sentences_of(version.content) == (
        "The service was asked to check the facts in the draft. 2 people were asked. 1 answered. "
        "1 did not answer, even after a reminder. Silence counts as assent."
    )


@pytest.mark.usefixtures("_quick_pdf")
def test_a_fact_check_that_all_answered_is_told_so() -> None:
    review = whole_course()
    review.respondents.update(answered_at=timezone.now())
    content = workflow.finalise(review, None).content
    assert sentences_of(content) == ("The service has checked the facts in the draft. 2 people were asked. 2 answered.")


@pytest.mark.usefixtures("_quick_pdf")
def test_a_fact_check_that_was_skipped_is_told_with_its_reason() -> None:
    content = workflow.finalise(scored_review(), None, "Tjenesten er lagt ned.").content
    assert content["fact_check"]["skipped"] == "Tjenesten er lagt ned."
    assert sentences_of(content) == "The service has not checked the facts in this report."


@pytest.mark.usefixtures("_quick_pdf")
def test_a_fact_check_that_was_cut_short_is_told_with_its_reason() -> None:
    content = workflow.finalise(whole_course(), None, "Rapporten må være klar til styringsgruppen.").content
    assert content["fact_check"]["skipped"] == "Rapporten må være klar til styringsgruppen."
    assert sentences_of(content) == "The fact check was cut short. 2 people were asked. 1 answered."


@pytest.mark.usefixtures("_quick_pdf")
def test_a_version_issued_again_says_what_it_replaces_and_that_its_facts_were_not_checked_again() -> None:
    review = whole_course()
    review.respondents.update(answered_at=timezone.now())
    first = workflow.finalise(review, None, at=MADE_AT)
    assert first.content["replaces"] is None
    workflow.reissue(review, UserFactory.create(), "Feil i sammendraget.")
    content = workflow.finalise(Review.objects.get(pk=review.pk), None, "Bare sammendraget er endret.").content
    assert content["replaces"] == {"number": 1, "made_at": MADE_AT.isoformat()}
    assert content["reason"] == "Feil i sammendraget."
    assert content["fact_check"]["earlier"] is True
    assert "not checked the facts in this version; it was asked about an earlier draft" in sentences_of(content)
    with translation.override("en"):
        assert wording.replaces(content) == "It replaces version 1, made on 6 October 2026."


def test_a_draft_says_whether_the_facts_are_being_checked() -> None:
    assert sentences_of(draft_of(scored_review())) == "The service has not checked the facts in this draft yet."
    assert sentences_of(draft_of(whole_course())) == (
        "The service is asked to check the facts in this draft. 2 people were asked. 1 answered."
    )


def test_a_draft_that_is_out_says_on_page_one_until_when_the_facts_are_checked() -> None:
    review = whole_course(language="en")
    check = draft_of(review)["fact_check"]
    assert check is not None
    assert review.fact_check_due is not None
    assert check["due"] == review.fact_check_due.isoformat()
    with translation.override("en"):
        until = wording.date(check["due"])
    first = report_page.body(draft_of(review), draft=True).split("Summary</h2>")[0]
    assert f"until {until}:" in " ".join(first.split())
    assert "checks the facts until" not in report_page.body(version_of(review), draft=False)


def test_nobody_who_has_answered_is_said_in_words() -> None:
    review = whole_course()
    review.respondents.update(answered_at=None)
    assert sentences_of(draft_of(review)).endswith("2 people were asked. Nobody has answered yet.")
    version = {**version_of(review), "number": 1}
    assert "Nobody answered. 2 did not answer" in sentences_of(cast(report_shape.Content, version))


def test_the_first_version_of_an_imported_review_is_imported_and_not_made() -> None:
    content = version_of(scored_review(imported_from="skjema.csv"))
    with translation.override("en"):
        assert wording.version(content) == "Version 1, imported on 6 October 2026."
        again: report_shape.Content = {
            **content,
            "number": 2,
            "replaces": {"number": 1, "made_at": MADE_AT.isoformat()},
        }
        assert wording.version(again) == "Version 2, made on 6 October 2026."
        assert wording.replaces(again) == "It replaces version 1, imported on 6 October 2026."


def test_a_shortened_text_ends_in_a_sign_and_a_whole_one_does_not() -> None:
    text = "Avtal et fast møte.\n\nSkriv referat etter hvert møte."
    assert wording.gist(text, 60) == "Avtal et fast møte. Skriv referat etter hvert møte."
    assert wording.gist(text, 40) == "Avtal et fast møte.\N{NO-BREAK SPACE}…"
    assert wording.gist(text, 10) == "Avtal et\N{NO-BREAK SPACE}…"


def test_what_law_bars_is_told_by_its_elements_where_they_are_known() -> None:
    review = plain_review(O2=3)
    set_result(review, "O2", obstacles=["law", "health"])
    content = version_of(review)
    element = Item.objects.get(code="O2").elements[2].rstrip(".")
    with translation.override("en"):
        assert wording.barred(content, 400) == f"Kontakt med behandlingsteamet (O2): “{element}”"
        assert wording.barred(content, 60) == "Kontakt med behandlingsteamet (O2)"


def test_a_self_review_has_no_fact_check_and_an_imported_one_says_nothing_of_it() -> None:
    assert version_of(scored_review(kind="self"))["fact_check"] is None
    assert version_of(scored_review(imported_from="skjema.csv"))["fact_check"] is None


def test_an_observers_scores_are_neither_counted_nor_shown() -> None:
    review = whole_course(show_evaluator_scores=True)
    expected = json.dumps(version_of(review), ensure_ascii=False)
    observer = Seat.objects.get(review=review, kind=Seat.Kind.OBSERVER)
    Rating.objects.bulk_create(
        Rating(seat=observer, item=item, score=1, comment="Observatørens ord.") for item in items_of(review)
    )
    content = version_of(review)
    assert json.dumps(content, ensure_ascii=False) == expected
    assert {len(item["own"]) for item in items_in(content)} == {2}
    assert [evaluator["name"] for evaluator in content["evaluators"]] == ["Anne Aas", "Bjørn Berg"]
    assert "Observatør" not in expected


def test_a_self_review_later_than_the_external_one_is_never_what_is_compared_with() -> None:
    service = ServiceFactory.create()
    final_review(service=service, first_day=LAST_YEAR, scores=lambda item: 3)
    final_review(service=service, first_day=LAST_YEAR + datetime.timedelta(days=90), kind="self", evaluators=1)
    content = version_of(scored_review(service=service))
    assert content["previous"] == {"date": LAST_YEAR.isoformat(), "year": LAST_YEAR.year}
    assert item_of(content, "O3")["previous"] == 3


def test_a_content_from_before_these_were_kept_reads_as_one_that_knows_nothing_of_them() -> None:
    content = version_of(scored_review(kind="self"))
    old: dict[str, Any] = json.loads(json.dumps(content))
    for name in ("replaces", "independence", "corrections", "fact_check"):
        del old[name]
    for item in items_in(old):  # type: ignore[arg-type]
        del item["previous_wrong"]  # type: ignore[misc]
    kept = json.dumps(old)
    assert report_shape.completed(old) == content
    assert json.dumps(old) == kept
    assert report_shape.completed(content) == content

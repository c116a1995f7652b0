"""What a report holds: the right figures, the right reasons, and nothing that is not to be shown."""

import datetime
import json
from collections.abc import Callable

import pytest

from reviews.models import AgreedResult, Review, ReviewScale, Seat, SectionComment
from reviews.report import content as report_content
from scales.models import Item, Scale
from tests.factories import (
    FIRST_DAY,
    SeatFactory,
    ServiceFactory,
    TeamFactory,
    UserFactory,
    final_review,
    scored_review,
    usual_score,
)
from tests.reviews.report_builders import MADE_AT, draft_of, item_of, version_of

pytestmark = pytest.mark.django_db

LAST_YEAR = FIRST_DAY - datetime.timedelta(days=365)


def sample_score(item: Item) -> int | None:
    """The published review from plans of 2012: 51 points on 11 items, GOI 50 on 12."""
    if item.section.code == "T":
        return None
    if item.section.code == "G":
        return 5 if item.position <= 2 else 4
    return 4 if item.code in {"O2", "O4", "O6", "O7"} else 5


def scale_of(content: report_content.Content, code: str) -> report_content.ScaleContent:
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


def test_what_only_the_law_holds_down_is_told_apart_and_never_advised_on() -> None:
    review = plain_review(O2=3, O3=3)
    set_result(review, "O2", obstacles=["law"])
    content = version_of(review)
    assert [advice["code"] for advice in content["advice"]] == ["O3"]
    assert [(item["code"], item["score"]) for item in content["barred"]] == [("O2", 3)]

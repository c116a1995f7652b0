"""When a review under way stands still, as the database says it: on the day after, and for which reasons."""

import datetime
from typing import Any

import pytest
import time_machine

from reviews.models import Review, Service
from reviews.overview import attention, stuck
from reviews.overview.stuck import Why
from tests.factories import at, scored_review

DAY = datetime.timedelta(days=1)
FIRST, LAST = datetime.date(2026, 3, 10), datetime.date(2026, 3, 11)


def _why(review: Review, today: datetime.date) -> list[Why]:
    with time_machine.travel(at(today), tick=False):
        groups = attention.Groups(
            type(review.service)._default_manager.all(), Review.objects.filter(pk=review.pk), today
        )
        found = groups.first(1)
    assert found.counts[attention.Group.STUCK] == len(found.stuck)
    assert found.counts[attention.Group.MOVING] == len(found.moving)
    return [why for row in (*found.stuck, *found.moving) for why in row.why]


def _review(status: str, **columns: Any) -> Review:
    review = scored_review(status, first_day=FIRST, last_day=LAST)
    Review.objects.filter(pk=review.pk).update(**columns)
    return review


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("status", "columns", "last_day_in_time", "why"),
    [
        ("planned", {}, FIRST, Why.NOT_BEGUN),
        ("scoring", {}, LAST + 14 * DAY, Why.NOT_HANDED_IN),
        ("consensus", {"consensus_at": at(FIRST)}, FIRST + 30 * DAY, Why.NOT_AGREED),
        ("fact_check", {"fact_check_due": LAST}, LAST, Why.NOT_CHECKED),
        ("consensus", {"consensus_at": at(LAST), "report_due": LAST}, LAST, Why.NOT_DELIVERED),
        ("scoring", {"report_due": LAST}, LAST, Why.NOT_DELIVERED),
        ("fact_check", {"fact_check_due": LAST + 9 * DAY, "report_due": LAST}, LAST, Why.NOT_DELIVERED),
    ],
)
def test_a_review_stands_still_from_the_day_after(
    status: str, columns: dict[str, Any], last_day_in_time: datetime.date, why: Why
) -> None:
    review = _review(status, **columns)
    assert _why(review, last_day_in_time) == []
    assert _why(review, last_day_in_time + DAY) == [why]


def test_two_reasons_are_both_told(db: None) -> None:
    assert _why(_review("planned", report_due=LAST), LAST + DAY) == [Why.NOT_BEGUN, Why.NOT_DELIVERED]


@pytest.mark.parametrize("status", ["final", "cancelled"])
def test_what_is_over_does_not_stand_still(db: None, status: str) -> None:
    review = scored_review("cancelled" if status == "cancelled" else "consensus", first_day=FIRST, last_day=LAST)
    if status == "final":
        Review.objects.filter(pk=review.pk).update(status="final", final_at=at(LAST), report_due=LAST)
    assert _why(review, LAST + 999 * DAY) == []


def test_every_reason_is_a_column(db: None) -> None:
    assert set(stuck.reasons(LAST)) == set(Why)


def test_the_first_of_those_that_stand_still_are_the_first_of_all(db: None) -> None:
    first, second = (
        _review("consensus", consensus_at=moment, report_due=LAST) for moment in (at(FIRST, 15), at(FIRST, 9))
    )
    Service.objects.filter(pk=first.service_id).update(name="Alta")
    Service.objects.filter(pk=second.service_id).update(name="Bodø")
    today = LAST + 60 * DAY
    with time_machine.travel(at(today), tick=False):
        groups = attention.Groups(Service.objects.all(), Review.objects.all(), today)
        some, every = groups.first(10).stuck, groups.listed(attention.Group.STUCK)[:]
    assert [row.review.pk for row in some] == [row.review.pk for row in every] == [second.pk, first.pk]

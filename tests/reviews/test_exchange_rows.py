"""Rows that are written many at once have what the model gives them, and each a key of its own."""

import pytest

from reviews.exchange import rows
from reviews.models import Rating, Review
from tests.factories import ReviewFactory, SeatFactory, items_of

pytestmark = pytest.mark.django_db


def test_what_is_not_given_is_what_the_model_gives() -> None:
    seat = SeatFactory.create()
    first, second = items_of(seat.review)[:2]
    rows.insert(Rating, ("seat", "item", "score"), [(seat.pk, first.pk, 4), (seat.pk, second.pk, None)])
    made = list(Rating.objects.order_by("pk"))
    assert [(each.item, each.score, each.comment, each.elements) for each in made] == [
        (first, 4, "", []),
        (second, None, "", []),
    ]
    assert made[0].updated_at == made[1].updated_at


def test_a_value_that_each_row_needs_for_itself_is_not_made_once_for_all() -> None:
    review = ReviewFactory.create()
    days = (review.service_id, review.first_day, review.last_day)
    with pytest.raises(ValueError, match="Review needs a value of its own for id"):
        rows.insert(Review, ("service", "first_day", "last_day"), [days, days])
    assert Review.objects.count() == 1

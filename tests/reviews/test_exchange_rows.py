"""Rows that are written many at once have what the model gives them, and each a key of its own."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone

from reviews.exchange import rows
from reviews.models import AgreedResult, Rating, Review, Seat
from scales.models import Item
from tests.factories import ReviewFactory, SeatFactory, items_of

pytestmark = pytest.mark.django_db


def test_what_is_not_given_is_what_the_model_gives() -> None:
    seat = SeatFactory.create()
    first, second = items_of(seat.review)[:2]
    rows.insert(connection, Rating, ("seat", "item", "score"), [(seat.pk, first.pk, 4), (seat.pk, second.pk, None)])
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
        rows.insert(connection, Review, ("service", "first_day", "last_day"), [days, days])
    assert Review.objects.count() == 1


def test_what_is_given_is_written_as_it_is() -> None:
    review = ReviewFactory.create()
    texts = ["", "NULL", "{}", "a,b", 'sa "nei"', "C:\\ny", "æ\nø\t' %s"]
    given = [
        (review.pk, item.pk, None if place % 2 else 4, text)
        for place, (item, text) in enumerate(zip(items_of(review), texts, strict=False))
    ]
    rows.insert(connection, AgreedResult, ("review", "item", "score", "comment"), given)
    made = AgreedResult.objects.order_by("pk").values_list("review", "item", "score", "comment")
    assert list(made) == given


def test_not_one_of_many_rows_is_added_to_a_final_review() -> None:
    review, final = ReviewFactory.create(), ReviewFactory.create()
    Review.objects.filter(pk=final.pk).update(status=Review.Status.FINAL, final_at=timezone.now())
    first, second = items_of(review)[:2]
    given = [(review.pk, first.pk, 4), (final.pk, first.pk, 4), (review.pk, second.pk, 4)]
    with pytest.raises(IntegrityError, match="reissue it first"), transaction.atomic():
        rows.insert(connection, AgreedResult, ("review", "item", "score"), given)
    assert not AgreedResult.objects.exists()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite looks at the end")
def test_a_key_of_nothing_is_found_before_the_end() -> None:
    seat = SeatFactory.create()
    item = items_of(seat.review)[0]
    with transaction.atomic():
        with pytest.raises(IntegrityError), rows.behind() as writing:
            writing.do(lambda connection: rows.insert(connection, Rating, ("seat", "item"), [(seat.pk + 1, item.pk)]))
        transaction.set_rollback(True)


def _rated(seat: Seat, *items: Item) -> rows.Write:
    def write(connection: BaseDatabaseWrapper) -> None:
        rows.insert(connection, Rating, ("seat", "item", "score"), [(seat.pk, item.pk, 4) for item in items])

    return write


def test_what_is_written_behind_is_there_at_the_end_and_belongs_to_the_transaction() -> None:
    seat = SeatFactory.create()
    first, second, third = items_of(seat.review)[:3]
    with transaction.atomic():
        with rows.behind() as writing:
            writing.do(_rated(seat, first))
            writing.do(_rated(seat, second))
        assert Rating.objects.count() == 2
        transaction.set_rollback(True)
    assert not Rating.objects.exists()
    with transaction.atomic(), rows.behind() as writing:
        writing.do(_rated(seat, third))
    assert Rating.objects.get().item == third


def test_what_could_not_be_written_behind_is_told() -> None:
    seat = SeatFactory.create()
    item = items_of(seat.review)[0]

    def fail(*, ask: bool) -> None:
        with transaction.atomic(), rows.behind() as writing:
            writing.do(_rated(seat, item, item))
            if ask:
                Rating.objects.count()

    # Not what fails afterwards because of it.
    for ask in (False, True):
        with pytest.raises(IntegrityError):
            fail(ask=ask)


def test_what_failed_before_the_writing_is_told_and_not_that_nothing_could_be_written_after_it() -> None:
    seat = SeatFactory.create()
    item = items_of(seat.review)[0]

    def fail() -> None:
        with transaction.atomic(), rows.behind() as writing:
            try:
                with connection.cursor() as cursor:
                    cursor.execute("SELECT nothing_of_the_kind")
            finally:
                writing.do(_rated(seat, item))

    with pytest.raises(DatabaseError, match="nothing_of_the_kind"):
        fail()
    assert not Rating.objects.exists()

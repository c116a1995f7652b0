"""Queries that are put into SQL once: they say what Django's own would, whoever asks and for whatever."""

import threading
import uuid
from functools import partial
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import Exists, F, OuterRef
from django.db.transaction import TransactionManagementError

from reviews import plans
from reviews.models import Note, Review, Seat, User
from reviews.prepared import Given, Prepared, hold
from tests.factories import NoteFactory, UserFactory, scored_review

REVIEW = Given("review", Review._meta.get_field("id"))

_with_names = Prepared(lambda: Seat.objects.filter(review=REVIEW).select_related("user").order_by("number"))


@pytest.fixture
def review(db: None) -> Review:
    """A review with two evaluators and a seat that nobody holds."""
    found = scored_review("scoring")
    Seat.objects.create(review=found, number=3, kind=Seat.Kind.OBSERVER)
    return found


def test_rows_are_those_of_the_query_with_what_was_asked_for_along(
    review: Review, django_assert_num_queries: Any
) -> None:
    for asked in (review, scored_review("scoring"), review):
        with django_assert_num_queries(1):
            rows = _with_names.rows(review=asked.pk)
            names = [None if row.user is None else row.user.name for row in rows]
        plain = list(asked.seats.select_related("user").order_by("number"))
        assert [vars(row) | {"_state": 0} for row in rows] == [vars(row) | {"_state": 0} for row in plain]
        assert names == [None if row.user is None else row.user.name for row in plain]
        assert all(row._state.db == "default" and not row._state.adding for row in rows)


def test_what_is_worked_out_beside_a_row_is_there_and_of_its_kind(review: Review) -> None:
    seated = Seat.objects.filter(review=OuterRef("pk"), user=Given("user", User._meta.get_field("id")))
    asked = Prepared(lambda: Review.objects.filter(pk=REVIEW).annotate(seated=Exists(seated), day=F("first_day")))
    keys = [review.seats.order_by("number")[0].user_id, UserFactory.create().pk]
    own = [asked.rows(review=review.pk, user=key)[0] for key in keys]
    assert [vars(row)["seated"] for row in own] == [True, False]
    assert vars(own[0])["day"] == review.first_day


def test_tuples_and_rows_without_a_column(review: Review) -> None:
    note: Note = NoteFactory.create(review=review)
    tuples = Prepared(lambda: Note.objects.filter(review=REVIEW).values_list("pk", "text"))
    assert tuples.rows(review=review.pk) == [(note.pk, note.text)]
    short = Prepared(lambda: Note.objects.filter(review=REVIEW).defer("text"))
    (row,) = short.rows(review=review.pk)
    assert row.get_deferred_fields() == {"text"}
    assert row.text == note.text


def test_nothing_is_found_for_what_is_not_there_and_what_is_not_given_is_an_error(review: Review) -> None:
    assert _with_names.rows(review=uuid.uuid4()) == []
    with pytest.raises(KeyError):
        _with_names.rows()
    with pytest.raises(ValueError, match="review is none"):
        _with_names.rows(review=None)


def test_nothing_is_asked_where_nothing_can_be_found(db: None, django_assert_num_queries: Any) -> None:
    asked = Prepared(lambda: Seat.objects.filter(review=REVIEW, pk__in=[]))
    for _time in range(2):
        with django_assert_num_queries(0):
            assert asked.rows(review=uuid.uuid4()) == []


@pytest.mark.django_db(transaction=True)
def test_rows_are_locked_within_a_transaction_alone() -> None:
    if not connection.features.has_select_for_update:
        pytest.skip("SQLite locks the whole database")
    asked = Prepared(lambda: Review.objects.filter(pk=REVIEW).select_for_update(of=("self",)))
    key = uuid.uuid4()
    for _time in range(2):
        with pytest.raises(TransactionManagementError):
            asked.rows(review=key)
        with transaction.atomic():
            assert asked.rows(review=key) == []


@pytest.mark.django_db(transaction=True)
def test_each_thread_asks_over_its_own_connection() -> None:
    review = scored_review("scoring")
    expected = [seat.pk for seat in _with_names.rows(review=review.pk)]
    found: list[list[int]] = []

    def ask() -> None:
        found.append([seat.pk for seat in _with_names.rows(review=review.pk)])
        connection.close()

    threads = [threading.Thread(target=ask) for _each in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 4


def _kept(part: str) -> list[int]:
    """How often each query of which this is a part was asked by its plan over this connection."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT generic_plans + custom_plans FROM pg_prepared_statements WHERE position(%s in statement) > 0",
            [part],
        )
        return [number for (number,) in cursor.fetchall()]


@pytest.mark.django_db(transaction=True)
def test_postgresql_keeps_planned_what_is_asked_again_over_a_connection(django_assert_num_queries: Any) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite plans in no time")
    reviews = [scored_review("scoring") for _each in range(2)]
    asked = Prepared(lambda: Note.objects.filter(review=REVIEW, private=True, text="100 % %s").values_list("review"))
    for review in reviews:
        NoteFactory.create(review=review, private=True, text="100 % %s")
    for _connection in range(2):
        assert asked.rows(review=reviews[0].pk) == [(reviews[0].pk,)]
        assert _kept("100 % %s") == []
        # What is kept stays where a transaction is taken back.
        with transaction.atomic():
            assert asked.rows(review=reviews[0].pk) == [(reviews[0].pk,)]
            transaction.set_rollback(True)
        with django_assert_num_queries(1):
            assert asked.rows(review=reviews[1].pk) == [(reviews[1].pk,)]
        assert asked.rows(review=uuid.uuid4()) == []
        assert _kept("100 % %s") == [3]
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_what_was_asked_longest_ago_makes_room(monkeypatch: pytest.MonkeyPatch) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite plans in no time")
    connection.close()
    monkeypatch.setattr(plans, "MOST", 2)
    texts = [f"Tekst {number}" for number in range(3)]
    for asked in [Prepared(partial(Note.objects.filter, review=REVIEW, text=text)) for text in texts]:
        for _time in range(3):
            assert asked.rows(review=uuid.uuid4()) == []
    assert [_kept(text) for text in texts] == [[], [2], [2]]


@pytest.mark.django_db(transaction=True)
def test_a_plan_that_is_gone_is_gone_with_its_connection() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite plans in no time")
    review = scored_review("scoring")
    for _time in range(3):
        assert len(_with_names.rows(review=review.pk)) == 2
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
    with pytest.raises(DatabaseError):
        _with_names.rows(review=review.pk)
    # As at the end of a request.
    connection.close_if_unusable_or_obsolete()
    for _time in range(3):
        assert len(_with_names.rows(review=review.pk)) == 2


def test_what_a_row_holds_is_not_asked_for_again(review: Review, django_assert_num_queries: Any) -> None:
    seats = _with_names.rows(review=review.pk)
    hold(review, "seats", seats)
    with django_assert_num_queries(0):
        assert list(review.seats.all()) == seats
    with django_assert_num_queries(1):
        assert review.seats.filter(number=3).count() == 1

"""A database that is away for a moment: what is answered, that nothing is half saved, and that the same bytes can be
sent again.
"""

import sqlite3
from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.db import DataError, Error, IntegrityError, InterfaceError, InternalError, OperationalError, connection
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from ipsreview import outage
from reviews import access, audit
from reviews.models import AuditEvent, Rating, Review, User
from tests.factories import ReviewFactory, SeatFactory, UserFactory
from tests.reviews.front_door import contents, item, page


class Told(Exception):
    """An error as the driver of PostgreSQL tells it, with its state."""

    def __init__(self, state: str | None) -> None:
        """Take the state; None: nobody was left to tell one."""
        super().__init__(state)
        self.pgcode = state


def _sqlite(code: int) -> sqlite3.Error:
    error = sqlite3.OperationalError()
    error.sqlite_errorcode = code
    return error


def _raised(kind: type[Error], cause: Exception | None) -> Error:
    """Return an error as Django raises it: its own, from the driver's."""
    error = kind()
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("kind", "cause", "passes"),
    [
        (OperationalError, Told(None), True),
        (InterfaceError, Told(None), True),
        (OperationalError, Told("08006"), True),
        (OperationalError, Told("57P01"), True),
        (OperationalError, Told("57P03"), True),
        (OperationalError, Told("57014"), False),
        (OperationalError, Told("53100"), False),
        (OperationalError, Told("53300"), True),
        (OperationalError, Told("40P01"), True),
        (OperationalError, Told("55P03"), True),
        (InternalError, Told("25P03"), True),
        (InternalError, Told("25P02"), False),
        (InternalError, Told(None), False),
        (OperationalError, Told("55000"), False),
        (IntegrityError, Told("23505"), False),
        (DataError, Told("22001"), False),
        (OperationalError, _sqlite(sqlite3.SQLITE_BUSY), True),
        (OperationalError, _sqlite(sqlite3.SQLITE_BUSY | 2 << 8), True),
        (OperationalError, _sqlite(sqlite3.SQLITE_LOCKED), True),
        (OperationalError, _sqlite(sqlite3.SQLITE_ERROR), False),
        (OperationalError, sqlite3.OperationalError(), False),
    ],
)
def test_what_passes_is_told_from_what_does_not(kind: type[Error], cause: Exception, passes: bool) -> None:
    assert outage.is_passing(_raised(kind, cause)) is passes


def test_an_error_of_no_database_does_not_pass() -> None:
    assert not outage.is_passing(ValueError())
    assert not outage.is_passing(None)


@pytest.fixture
def person(db: None, client: Client) -> User:
    """Somebody who is logged in."""
    user: User = UserFactory.create(language="en")
    client.force_login(user)
    client.raise_request_exception = False
    return user


def _broken(error: Error) -> Any:
    def ask(*args: object, **kwargs: object) -> None:
        raise error

    return ask


def test_somebody_is_told_to_try_again_and_stays_logged_in(
    client: Client, person: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(access, "standing", _broken(_raised(OperationalError, Told("57P01"))))
        answer = client.get(reverse("reviews:tasks"))
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "The database does not answer just now" in answer.content.decode()
    assert client.get(reverse("reviews:tasks")).status_code == 200


def test_before_anything_is_known_of_the_reader_the_page_comes_all_the_same(
    client: Client, person: User, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SessionStore, "_get_session_from_db", _broken(_raised(OperationalError, Told(None))))
    answer = client.get(reverse("reviews:tasks"))
    assert answer.status_code == 503
    # Who is logged in is not logged out by it.
    assert settings.SESSION_COOKIE_NAME not in answer.cookies


def test_another_error_is_still_told_as_one(client: Client, person: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "standing", _broken(_raised(IntegrityError, Told("23505"))))
    answer = client.get(reverse("reviews:tasks"))
    assert answer.status_code == 500
    assert "Retry-After" not in answer


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no connection to lose")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("moment", ["before the audit", "at the commit"])
def test_a_save_whose_connection_is_lost_leaves_nothing_and_can_be_sent_again(
    client: Client, person: User, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    review: Review = ReviewFactory.create(status=Review.Status.SCORING)
    SeatFactory.create(review=review, user=person, number=1)
    where = page("score", review, item(review, "O2"))
    sent = {"only": ["comment"], "comment": "Skrevet mens basen falt.", "seen": "{}"}
    headers = {"Autosave": "1", "Autosave-As": str(person.pk)}
    before = contents()
    record = audit.record

    def lose(*args: Any, **kwargs: Any) -> None:
        if moment == "at the commit":
            record(*args, **kwargs)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            (process,) = cursor.fetchone()
        other = connection.copy()
        try:
            with other.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [process])
        finally:
            other.close()
        if moment == "before the audit":
            record(*args, **kwargs)

    with monkeypatch.context() as broken:
        broken.setattr(audit, "record", lose)
        answer = client.post(where, sent, headers=headers)
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert contents() == before
    assert client.post(where, sent, headers=headers).status_code == 200
    assert Rating.objects.get().comment == "Skrevet mens basen falt."
    assert AuditEvent.objects.filter(action=AuditEvent.Action.CHANGED).count() == 1


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite is told its limits otherwise")
@pytest.mark.django_db
def test_no_statement_and_no_lock_is_waited_for_without_end() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('statement_timeout'), current_setting('lock_timeout')")
        assert cursor.fetchone() == ("30s", "10s")

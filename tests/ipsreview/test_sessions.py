"""How long a session lasts, and that it ends everywhere at once."""

import time
from collections.abc import Iterator

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from ipsreview.sessions import Limits
from reviews.models import User
from tests.factories import PASSWORD, UserFactory
from tests.second_factor import log_in

HOUR = 3600.0
LIMITS = Limits(idle=HOUR, whole=12 * HOUR)
PAGE = "/profile/"

pytestmark = pytest.mark.django_db


@given(seen=st.floats(0, 3 * HOUR), idle=st.floats(0, 3 * HOUR))
def test_nobody_stays_longer_than_the_idle_time_after_what_was_noted(seen: float, idle: float) -> None:
    over = LIMITS.is_over(began=0, seen=seen, now=seen + idle)
    assert over == (seen + idle - seen >= HOUR)


@given(steps=st.lists(st.floats(1, 54 * 60), min_size=1, max_size=40))
def test_who_goes_on_stays_until_the_day_is_over(steps: list[float]) -> None:
    """Whoever asks for something every 54 minutes is there, although that is noted every 5 minutes at most."""
    now = seen = 0.0
    for step in steps:
        now += step
        assert LIMITS.is_over(began=0, seen=seen, now=now) == (now >= 12 * HOUR)
        if LIMITS.is_to_be_noted(seen=seen, now=now):
            seen = now


@pytest.fixture
def clock(settings: Settings) -> Iterator[time_machine.Traveller]:
    """A clock that is put forward by hand, and the limits of production."""
    settings.SESSION_IDLE_MINUTES, settings.SESSION_HOURS, settings.SESSION_COOKIE_AGE = 60, 12, 12 * 3600
    with time_machine.travel(timezone.now(), tick=False) as travel:
        yield travel


@pytest.fixture
def person(clock: time_machine.Traveller, client: Client) -> User:
    """Somebody who has just logged in in `client`."""
    user: User = UserFactory.create()
    log_in(client, user)
    return user


def _is_in(client: Client) -> bool:
    return client.get(PAGE).status_code == 200


def test_a_session_ends_after_an_hour_without_anything(
    client: Client, person: User, clock: time_machine.Traveller
) -> None:
    clock.shift(50 * 60)
    assert _is_in(client)
    clock.shift(50 * 60)
    assert _is_in(client)
    clock.shift(60 * 60)
    answer = client.get(PAGE)
    assert answer.headers["Location"] == f"{reverse('account_login')}?next={PAGE}"
    # What lies on the server is gone too.
    assert not Session.objects.exists()


def test_a_session_ends_after_a_working_day_whatever_happens(
    client: Client, person: User, clock: time_machine.Traveller
) -> None:
    for _half_hour in range(23):
        clock.shift(30 * 60)
        assert _is_in(client)
    clock.shift(30 * 60)
    assert not _is_in(client)


def test_saving_by_itself_counts_and_gets_401_afterwards(
    client: Client, person: User, clock: time_machine.Traveller
) -> None:
    headers = {"Autosave": "1", "Autosave-As": str(person.pk)}
    for _time in range(3):
        clock.shift(50 * 60)
        assert client.post(PAGE, headers=headers).status_code != 401
    clock.shift(61 * 60)
    answer = client.post(PAGE, headers=headers)
    assert (answer.status_code, answer.content) == (401, b"")


def test_the_session_is_written_once_in_some_minutes(
    client: Client, person: User, clock: time_machine.Traveller
) -> None:
    written = []
    for _minute in range(20):
        clock.shift(60)
        with CaptureQueriesContext(connection) as captured:
            assert _is_in(client)
        written.append(any("UPDATE" in query["sql"] and "django_session" in query["sql"] for query in captured))
    assert written.count(True) == 4


def test_an_end_by_time_is_no_log_out_elsewhere(client: Client, person: User, clock: time_machine.Traveller) -> None:
    clock.shift(50 * 60)
    elsewhere = Client()
    log_in(elsewhere, person)
    clock.shift(20 * 60)
    assert not _is_in(client)
    assert _is_in(elsewhere)


def test_a_session_of_which_nobody_knows_when_it_began_is_over(client: Client, person: User) -> None:
    session = client.session
    del session["began"]
    session.save()
    assert not _is_in(client)


def test_logging_out_ends_all_sessions_of_the_person_and_nobody_elses(client: Client, person: User) -> None:
    elsewhere, other = Client(), Client()
    log_in(elsewhere, person)
    log_in(other, UserFactory.create())
    User.objects.filter(pk=person.pk).update(language="en")
    assert "everywhere" in client.get(reverse("account_logout")).content.decode()
    client.post(reverse("account_logout"))
    assert not _is_in(client)
    assert not _is_in(elsewhere)
    assert _is_in(other)
    log_in(client, person)
    assert _is_in(client)


def test_a_new_password_ends_all_sessions(client: Client, person: User) -> None:
    elsewhere = Client()
    log_in(elsewhere, person)
    new = "et-nytt-og-langt-passord"
    answer = client.post(
        reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": new, "password2": new}
    )
    # Not back to the page for a new password, as if the change had failed.
    assert (answer.status_code, answer.headers["Location"]) == (302, reverse("account_login"))
    assert not _is_in(client)
    assert not _is_in(elsewhere)
    log_in(client, person, new)
    assert _is_in(client)


def test_the_cookie_ends_with_the_browser(client: Client, person: User) -> None:
    cookie = client.cookies["sessionid"]
    assert (cookie["expires"], cookie["max-age"]) == ("", "")
    assert Session.objects.get().expire_date.timestamp() - time.time() <= 12 * HOUR

"""Guessing is slowed, wherever it comes from, by counts that all processes share."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings as project
from django.core import mail
from django.core.cache import cache, caches
from django.core.cache.backends.db import DatabaseCache
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from reviews.models import User
from tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db

TABLE = {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "attempts"}
NEW = "nøttebrun-vinterfjell-42"


@pytest.fixture(autouse=True)
def counted_in_the_database(settings: Settings) -> None:
    """Count as an installation does."""
    settings.CACHES = {"default": TABLE}
    assert isinstance(caches["default"], DatabaseCache)
    cache.clear()


@pytest.fixture
def kari() -> User:
    """Somebody with an account."""
    user: User = UserFactory.create(email="kari@example.org")
    return user


def another_process() -> None:
    """Forget all that a process keeps of a cache, as if another one answered."""
    del caches["default"]


def log_in(password: str = PASSWORD, email: str = "kari@example.org", address: str = "192.0.2.1") -> bool:
    """Try to log in from an address with a browser of its own; return whether it worked."""
    another_process()
    client = Client(REMOTE_ADDR=address)
    client.post(reverse("account_login"), {"login": email, "password": password})
    return bool(client.get(reverse("reviews:tasks")).wsgi_request.user.is_authenticated)


def test_what_is_counted_stands_in_the_database_of_every_installation() -> None:
    code = project.BASE_DIR / "ipsreview" / "settings.py"
    assert '"django.core.cache.backends.db.DatabaseCache"' in code.read_text()
    assert not log_in("feil")
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM attempts")
        assert cursor.fetchone()[0] > 0


def test_guesses_at_one_account_from_many_addresses_are_slowed_and_others_are_not(kari: User) -> None:
    UserFactory.create(email="ola@example.org")
    for number in range(5):
        assert not log_in(f"feil-{number}", address=f"192.0.2.{number}")
    assert not log_in(address="198.51.100.7")
    assert log_in(email="ola@example.org", address="198.51.100.7")


def test_nobody_is_locked_out_for_good(kari: User) -> None:
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        for number in range(9):
            log_in(f"feil-{number}", address=f"192.0.2.{number}")
        assert not log_in(address="198.51.100.7")
        clock.move_to(start + timedelta(minutes=5, seconds=1))
        assert log_in(address="198.51.100.7")


def test_a_new_password_opens_the_account_at_once(kari: User, client: Client) -> None:
    for number in range(9):
        log_in(f"feil-{number}", address=f"192.0.2.{number}")
    assert not log_in(address="198.51.100.7")
    client.post(reverse("account_reset_password"), {"email": kari.email})
    [found] = re.findall(r"http://testserver(/\S+)", str(mail.outbox[0].body))[:1]
    page = client.get(found, follow=True)
    client.post(page.redirect_chain[-1][0], {"password1": NEW, "password2": NEW})
    assert log_in(NEW, address="198.51.100.7")


def test_asking_for_new_passwords_is_slowed(kari: User) -> None:
    answers: list[Any] = []
    for _number in range(7):
        another_process()
        answers.append(Client().post(reverse("account_reset_password"), {"email": kari.email}).status_code)
    assert answers[0] == 302
    assert answers[-1] == 429
    assert len(mail.outbox) <= 5


def test_guesses_at_invitations_are_slowed_and_told_apart_from_old_links() -> None:
    statuses = []
    for number in range(25):
        another_process()
        statuses.append(Client().get(reverse("reviews:invitation", args=[f"gjettet-{number}"])).status_code)
    assert statuses == [404] * 20 + [429] * 5
    elsewhere = Client(REMOTE_ADDR="192.0.2.9").get(reverse("reviews:invitation", args=["gjettet"]))
    assert elsewhere.status_code == 404

"""Log-ins as a person sees their own, and an administrator those of anybody."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from reviews import audit, log_in_history
from reviews.models import AuditEvent, User
from tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db
Action = AuditEvent.Action


@pytest.fixture
def person() -> User:
    """Somebody who reads English."""
    user: User = UserFactory.create(language="en")
    return user


def test_ones_own_log_ins_stand_on_the_profile_page_with_how_and_from_where(client: Client, person: User) -> None:
    form = {"login": person.email, "password": "et-galt-passord"}
    client.post(reverse("account_login"), form, REMOTE_ADDR="198.51.100.7")
    client.post(reverse("account_login"), {**form, "password": PASSWORD}, REMOTE_ADDR="198.51.100.8")
    page = client.get(reverse("reviews:profile")).content.decode()
    rows = page[page.index("Your latest log-ins") :].split("<tr>")
    assert "198.51.100.8" in rows[2]
    assert "Failed" not in rows[2]
    assert "password" in rows[2]
    assert "198.51.100.7" in rows[3]
    assert "Failed" in rows[3]


def test_the_ten_latest_of_the_person_and_no_other(person: User) -> None:
    other = UserFactory.create()
    for number in range(12):
        audit.record(person, Action.LOGGED_IN, target=person, fields=["totp" if number == 11 else "password"])
        audit.record(other, Action.LOGGED_IN, target=other, fields=["passkey"])
        audit.record(person, Action.LOGGED_OUT, target=person)
    found = log_in_history.latest(person)
    assert len(found) == 10
    with translation.override("en"):
        assert {each.how for each in found[1:]} == {"password"}
        assert found[0].how == "code from an app"


def test_it_costs_one_query(person: User, django_assert_num_queries: Any) -> None:
    for _time in range(3):
        audit.record(person, Action.LOGGED_IN, target=person, fields=["password"])
    with django_assert_num_queries(1):
        log_in_history.latest(person)


def test_an_administrator_sees_them_on_the_persons_page(client: Client, person: User) -> None:
    administrator = UserFactory.create(is_staff=True, is_superuser=True, language="en")
    audit.record(None, Action.LOG_IN_FAILED, target=person, fields=["recovery_codes"])
    client.force_login(administrator)
    page = client.get(reverse("admin:reviews_user_change", args=[person.pk])).content.decode()
    assert "recovery code" in page
    assert "<strong>Failed:</strong>" in page
    assert client.get(reverse("admin:reviews_user_add")).status_code == 200

"""What the audit tells of log-ins: who, how and from where; never what was typed."""

import html

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core import serializers
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from reviews import audit, letters, log_in_history
from reviews.accounts import keep_address
from reviews.log_ins import ways
from reviews.models import AuditEvent, User
from tests.factories import PASSWORD, InvitationFactory, UserFactory
from tests.second_factor import give_app, log_in, log_in_twice, recovery_codes

pytestmark = pytest.mark.django_db

STOPPED = ["password", "second_step"]


def _told() -> list[tuple[str, User | None, str, list[str]]]:
    return [
        (event.action, event.actor, event.object_id, event.fields)
        for event in AuditEvent.objects.order_by("pk")
        if event.action in ("logged_in", "logged_out", "log_in_failed")
    ]


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ([{"method": "password"}], ["password"]),
        ([{"method": "password"}, {"method": "mfa", "type": "totp"}], ["password", "totp"]),
        ([{"method": "password"}, {"method": "mfa", "type": "recovery_codes"}], ["password", "recovery_codes"]),
        ([{"method": "password"}, {"method": "mfa", "type": "webauthn"}], ["password", "webauthn"]),
        ([{"method": "mfa", "type": "webauthn", "passwordless": True}], ["passkey"]),
        ([{"method": "socialaccount", "provider": "x", "uid": "y"}], ["provider"]),
        ([], ["invitation"]),
    ],
)
def test_how_somebody_logged_in(records: list[dict[str, object]], expected: list[str]) -> None:
    assert ways(records) == expected


def test_logging_in_and_out_is_told_with_how_and_from_where(client: Client) -> None:
    person = UserFactory.create()
    log_in(client, person)
    client.post(reverse("account_logout"))
    key = str(person.pk)
    assert _told() == [("logged_in", person, key, ["password"]), ("logged_out", person, key, [])]
    assert set(AuditEvent.objects.values_list("address", flat=True)) == {"127.0.0.1"}


def test_the_second_factor_is_told_and_a_wrong_one_too(client: Client) -> None:
    person = UserFactory.create()
    secret = give_app(person)
    log_in(client, person)
    client.post(reverse("mfa_authenticate"), {"code": "000000"})
    log_in_twice(client, person, secret)
    other = Client()
    log_in(other, person)
    other.post(reverse("mfa_authenticate"), {"code": recovery_codes(person)[0]})
    key = str(person.pk)
    assert _told() == [
        ("log_in_failed", None, key, STOPPED),
        ("log_in_failed", None, key, ["totp"]),
        ("logged_in", person, key, ["password", "totp"]),
        ("log_in_failed", None, key, STOPPED),
        ("logged_in", person, key, ["password", "recovery_codes"]),
    ]


def _shown(person: User) -> list[tuple[bool, tuple[str, ...]]]:
    return [(each.failed, each.ways) for each in log_in_history.latest(person)]


def test_a_right_password_without_the_second_step_is_shown_and_one_that_went_on_only_once(client: Client) -> None:
    person = UserFactory.create()
    secret = give_app(person)
    log_in(Client(), person)
    log_in_twice(client, person, secret)
    assert _shown(person) == [(False, ("password", "totp")), (True, tuple(STOPPED))]
    page = client.get(reverse("reviews:profile")).content.decode()
    with translation.override(person.language):
        assert log_in_history.latest(person)[-1].how in html.unescape(page)
    with translation.override("en"):
        assert "the password was right" in log_in_history.latest(person)[-1].how


def test_only_a_log_in_from_the_same_address_soon_after_stands_for_the_first_step() -> None:
    person = UserFactory.create()
    secret = give_app(person)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        log_in(Client(REMOTE_ADDR="192.0.2.1"), person)
        clock.shift(60)
        log_in_twice(Client(REMOTE_ADDR="192.0.2.2"), person, secret)
        # A passkey by itself has no first step.
        audit.record(person, AuditEvent.Action.LOGGED_IN, target=person, fields=["passkey"])
        assert _shown(person) == [(False, ("passkey",)), (False, ("password", "totp")), (True, tuple(STOPPED))]


def test_a_recovery_code_that_is_wrong_is_called_one(client: Client) -> None:
    person = UserFactory.create()
    give_app(person)
    spare = recovery_codes(person)[0]
    for _time in range(2):
        browser = Client()
        log_in(browser, person)
        browser.post(reverse("mfa_authenticate"), {"code": spare})
    assert (True, ("recovery_codes",)) in _shown(person)


def test_a_log_in_that_failed_tells_of_the_account_and_never_what_was_typed(client: Client) -> None:
    person = UserFactory.create()
    typed = "feil-passord-som-ble-skrevet"
    client.post(reverse("account_login"), {"login": person.email.upper(), "password": typed})
    client.post(reverse("account_login"), {"login": "ukjent@example.org", "password": typed})
    UserFactory.create(email="stengt@example.org", is_active=False)
    client.post(reverse("account_login"), {"login": "stengt@example.org", "password": PASSWORD})
    closed = User.objects.get(email="stengt@example.org")
    assert _told() == [
        ("log_in_failed", None, str(person.pk), ["password"]),
        ("log_in_failed", None, "", ["password"]),
        ("log_in_failed", None, str(closed.pk), ["password"]),
    ]
    written = serializers.serialize("json", AuditEvent.objects.all())
    assert typed not in written
    assert "ukjent" not in written


def test_who_makes_an_account_by_an_invitation_is_logged_in_by_it(client: Client) -> None:

    invitation = InvitationFactory.create()
    account = {"name": "Nina Ny", "password": "tre-ord-som-er-lange", "language": "nb"}
    client.post(letters.link(invitation).removeprefix("http://testserver"), account)
    person = User.objects.get(email=invitation.email)
    assert _told() == [("logged_in", person, str(person.pk), ["invitation"])]


def test_an_account_has_one_address_which_follows_it(client: Client) -> None:
    """A link to a new password never goes to an address that was somebody's once."""

    person, other = UserFactory.create_batch(2)
    old = person.email
    keep_address(person)
    keep_address(other)
    person.email = "ny@example.org"
    person.save()
    keep_address(person)
    other.email = old
    other.save()
    keep_address(other)
    rows = set(EmailAddress.objects.values_list("user", "email", "verified", "primary"))
    assert rows == {(person.pk, "ny@example.org", True, True), (other.pk, old, True, True)}

"""Log-in in two steps: who needs it, how it is set up, shown, lost and taken away."""

import datetime
import json
from collections.abc import Callable, Iterator

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.core import mail
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from reviews import access, letters, two_factor, workflow
from reviews.models import AuditEvent, Review, Role, User
from tests.cast import Cast
from tests.factories import PASSWORD, InvitationFactory, RoleFactory, SeatFactory, UserFactory
from tests.reviews import front_door
from tests.second_factor import code, give_app, give_passkey, log_in, log_in_twice, recovery_codes

pytestmark = pytest.mark.django_db

AGAIN = ("account_reauthenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn")
TASKS = "/"
SET_UP = "/accounts/2fa/"


@pytest.fixture(autouse=True)
def _demanded(settings: Settings) -> None:
    """As in production."""
    settings.TWO_FACTOR = True


@pytest.fixture(autouse=True)
def _committed(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is to be done once the rows are written is done at once: the test's own transaction never ends well."""

    def at_once(act: Callable[[], object], **_options: object) -> None:
        act()

    monkeypatch.setattr(transaction, "on_commit", at_once)


@pytest.fixture
def evaluator() -> User:
    """Somebody with a seat in a review, who reads English."""
    user: User = UserFactory.create(language="en")
    SeatFactory.create(user=user)
    return user


# Who needs it


@pytest.mark.parametrize(
    ("name", "needs"),
    [
        ("evaluator", True),
        ("evaluator_two", True),
        ("observer", True),
        ("adviser", True),
        ("national_adviser", True),
        ("administrator", True),
        ("last_years_evaluator", True),
        ("removed_evaluator", False),
        ("method_supervisor", False),
        ("manager", False),
        ("outsider", False),
    ],
)
def test_who_needs_two_factors(cast: Cast, name: str, needs: bool) -> None:
    assert access.must_have_two_factors(cast.people()[name]) is needs


def test_a_seat_in_a_cancelled_review_and_a_role_that_has_ended_need_none(evaluator: User) -> None:
    review = Review.objects.get(seats__user=evaluator)
    workflow.cancel(review, evaluator, "Snø.")
    assert not access.must_have_two_factors(evaluator)
    day = timezone.localdate()
    RoleFactory.create(
        user=evaluator, whole_country=True, start=day.replace(year=day.year - 1), end=day - datetime.timedelta(days=1)
    )
    assert Role.objects.filter(user=evaluator).exists()
    assert not access.must_have_two_factors(evaluator)


# The door


def test_who_has_shown_one_factor_is_sent_to_set_up_the_second_and_back(client: Client, evaluator: User) -> None:
    log_in(client, evaluator)
    wanted = reverse("reviews:calendar") + "?year=2026"
    answer = client.get(wanted)
    assert (answer.status_code, answer.headers["Location"]) == (302, SET_UP)
    page = client.get(SET_UP).content.decode()
    assert reverse("mfa_activate_totp") in page
    assert reverse("mfa_add_webauthn") in page
    assert f'href="{wanted}"' not in page
    give_app(evaluator)
    assert f'href="{wanted}"' in client.get(SET_UP).content.decode()


@pytest.mark.parametrize("name", ["reviews:tasks", "reviews:profile", "reviews:service_list", "admin:index"])
def test_nothing_is_open_before(client: Client, name: str) -> None:
    client.force_login(UserFactory.create(is_staff=True, is_superuser=True))
    answer = client.get(reverse(name))
    assert (answer.status_code, answer.headers["Location"]) == (302, SET_UP)
    answer = client.post(reverse(name))
    assert (answer.status_code, answer.headers["Location"]) == (302, SET_UP)


@pytest.mark.parametrize("header", ["HX-Request", "Autosave"])
def test_what_a_page_sends_by_itself_gets_401(client: Client, evaluator: User, header: str) -> None:
    client.force_login(evaluator)
    value = {"HX-Request": "true", "Autosave": "1"}[header]
    answer = client.post(reverse("reviews:profile"), headers={header: value, "Autosave-As": str(evaluator.pk)})
    assert (answer.status_code, answer.content) == (401, b"")


def test_the_log_in_itself_and_what_is_open_to_all_stay_open(client: Client, evaluator: User) -> None:
    client.force_login(evaluator)
    for name in ("account_change_password", "account_email", "account_logout", "mfa_index"):
        assert client.get(reverse(name)).status_code == 200, name
    assert client.get("/nowhere/").status_code == 404


def test_who_does_not_need_it_comes_in_with_a_password_and_may_set_it_up(client: Client, cast: Cast) -> None:
    log_in(client, cast.method_supervisor)
    assert client.get(TASKS).status_code == 200
    assert client.get(reverse("mfa_activate_totp")).status_code == 200


def test_a_setting_turns_it_off(client: Client, evaluator: User, settings: Settings) -> None:
    settings.TWO_FACTOR = False
    log_in(client, evaluator)
    assert client.get(TASKS).status_code == 200


def test_who_has_shown_two_factors_costs_no_query(
    client: Client, evaluator: User, cast: Cast, settings: Settings
) -> None:
    def asked(browser: Client) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(reverse("reviews:calendar")).status_code == 200
        return len(captured)

    log_in_twice(client, evaluator, give_app(evaluator))
    without_need = Client()
    log_in(without_need, cast.method_supervisor)
    with_it = asked(client), asked(without_need)
    settings.TWO_FACTOR = False
    assert with_it == (asked(client), asked(without_need) + 1)


def test_a_session_from_before_there_was_a_second_factor_does_not_get_by(client: Client, evaluator: User) -> None:
    client.force_login(evaluator)
    give_app(evaluator)
    answer = client.get(TASKS)
    assert answer.headers["Location"] == f"{reverse('account_login')}?next=/"
    assert client.get(TASKS).headers["Location"].startswith(reverse("account_login"))


# Set up


@pytest.fixture
def now() -> Iterator[time_machine.Traveller]:
    """A clock that is put forward by hand: a code works once in its half minute."""
    with time_machine.travel(timezone.now(), tick=False) as travel:
        yield travel


def _set_up(client: Client) -> str:
    """Set up an app through the page, and return its secret."""
    page = client.get(reverse("mfa_activate_totp"))
    secret: str = page.context["form"].secret
    assert secret in page.content.decode()
    assert "data:image/svg+xml;base64," in page.content.decode()
    answer = client.post(reverse("mfa_activate_totp"), {"code": code(secret)})
    assert answer.headers["Location"] == reverse("mfa_view_recovery_codes")
    return secret


def test_from_the_first_log_in_to_the_next(client: Client, evaluator: User, now: time_machine.Traveller) -> None:
    log_in(client, evaluator)
    elsewhere = Client()
    log_in(elsewhere, evaluator)
    secret = _set_up(client)
    codes = recovery_codes(evaluator)
    assert len(codes) == 10
    page = reverse("mfa_view_recovery_codes")
    for _looked in range(2):
        asked = client.get(page).content.decode()
        assert not any(each in asked for each in codes)
    shown = client.post(page).content.decode()
    assert all(each in shown for each in codes)
    for again in (client.get(page), client.post(page)):
        assert not any(each in again.content.decode() for each in codes)
    assert client.get(TASKS).status_code == 200
    assert mail.outbox[-1].to == [evaluator.email]
    # A session in which nobody has shown the second factor is over.
    assert elsewhere.get(SET_UP).headers["Location"].startswith(reverse("account_login"))

    now.shift(60)
    other = Client()
    assert log_in(other, evaluator, next="/calendar/") == reverse("mfa_authenticate")
    assert other.get(TASKS).status_code == 302
    wrong = other.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert wrong.status_code == 200
    right = other.post(reverse("mfa_authenticate"), {"code": code(secret)})
    assert right.headers["Location"] == "/calendar/"
    assert other.get("/calendar/").status_code == 200
    third = Client()
    log_in(third, evaluator)
    assert third.post(reverse("mfa_authenticate"), {"code": code(secret)}).status_code == 200, "a code works once"


def test_a_recovery_code_lets_in_once(client: Client, evaluator: User) -> None:
    give_app(evaluator)
    spare = recovery_codes(evaluator)[3]
    for expected in (302, 200):
        browser = Client()
        log_in(browser, evaluator)
        assert browser.post(reverse("mfa_authenticate"), {"code": spare}).status_code == expected


def test_codes_cannot_be_guessed_and_the_page_says_how_long_to_wait(client: Client, evaluator: User) -> None:
    secret = give_app(evaluator)
    log_in(client, evaluator)
    for number in range(12):
        client.post(reverse("mfa_authenticate"), {"code": f"{number:06}"})
    answer = client.post(reverse("mfa_authenticate"), {"code": code(secret)})
    assert "Vent fem minutter" in answer.content.decode()
    assert client.get(TASKS).status_code == 302


# What the pages say: bokmål, to everyone who is not logged in


def _second_step(user: User, **typed: str) -> str:
    """Return the page that asks for the second step, or what it answers to `typed`."""
    browser = Client()
    log_in(browser, user)
    page = reverse("mfa_authenticate")
    return (browser.post(page, typed) if typed else browser.get(page)).content.decode()


def test_the_second_step_asks_for_what_the_person_has(evaluator: User) -> None:
    give_app(evaluator)
    page = _second_step(evaluator)
    assert "Skriv koden appen viser nå." in page
    assert "passnøkkel" not in page
    assert "en av gjenopprettingskodene dine" in page
    give_passkey(evaluator)
    page = _second_step(evaluator)
    assert "Bruk passnøkkelen din, eller skriv koden appen viser nå." in page
    Authenticator.objects.filter(user=evaluator, type="totp").delete()
    page = _second_step(evaluator)
    assert "Bruk passnøkkelen din." in page
    assert "appen" not in page
    assert ">Gjenopprettingskode<" in page.replace("\n", "").replace("  ", "")
    Authenticator.objects.filter(user=evaluator, type="recovery_codes").delete()
    assert 'name="code"' not in _second_step(evaluator)


def test_a_code_that_is_wrong_or_used_says_what_to_do(evaluator: User, now: time_machine.Traveller) -> None:
    secret = give_app(evaluator)
    shown, spare = code(secret), recovery_codes(evaluator)[0]
    for used in (shown, spare):
        _second_step(evaluator, code=used)
    assert "venter du på den neste" in _second_step(evaluator, code=shown)
    assert "eller den er brukt før" in _second_step(evaluator, code=spare)


def test_a_passkey_that_is_not_theirs_is_said_and_told_to_the_audit(evaluator: User) -> None:
    give_passkey(evaluator)
    strange = json.dumps({"id": "x"})
    assert "Vi kjente ikke igjen passnøkkelen." in _second_step(evaluator, credential=strange)
    browser = Client()
    answer = browser.post(reverse("mfa_login_webauthn"), {"credential": strange}, follow=True)
    assert "Vi kjente ikke igjen passnøkkelen." in answer.content.decode()
    browser.force_login(evaluator)
    browser.post(reverse("mfa_reauthenticate_webauthn"), {"credential": strange})
    failed = AuditEvent.objects.filter(action="log_in_failed").order_by("pk").values_list("object_id", "fields")
    key = str(evaluator.pk)
    assert list(failed) == [
        (key, ["password", "second_step"]),
        (key, ["webauthn"]),
        ("", ["passkey"]),
        (key, ["webauthn"]),
    ]


def test_a_passkey_that_cannot_be_added_says_what_to_do(client: Client, evaluator: User) -> None:
    log_in(client, evaluator)
    client.get(reverse("mfa_add_webauthn"))
    sent = {"name": "Telefonen", "credential": json.dumps({"id": "x"})}
    answer = client.post(reverse("mfa_add_webauthn"), sent)
    assert "The passkey was not added." in answer.content.decode()


def test_a_wrong_password_is_said_to_be_wrong(client: Client, evaluator: User) -> None:
    log_in(client, evaluator)
    sent = {"oldpassword": "feil", "password1": "tre-ord-som-er-lange", "password2": "tre-ord-som-er-lange"}
    answer = client.post(reverse("account_change_password"), sent)
    assert "This is not the password you have now." in answer.content.decode()


def test_who_shows_again_who_they_are_is_asked_for_what_they_have(client: Client, evaluator: User) -> None:
    give_passkey(evaluator)
    RecoveryCodes.activate(evaluator)
    client.force_login(evaluator)
    again = {name: client.get(reverse(name)).content.decode() for name in AGAIN}
    assert not any("your app" in page or "from the app" in page for page in again.values())
    assert "with a recovery code" in again["account_reauthenticate"]
    give_app(evaluator)
    assert "with a code from the app" in client.get(reverse("account_reauthenticate")).content.decode()


def test_the_last_factor_is_said_to_be_the_last_before_it_is_removed(client: Client, evaluator: User) -> None:
    log_in_twice(client, evaluator, give_app(evaluator))
    page = reverse("mfa_deactivate_totp")
    alone = client.get(page).content.decode()
    assert "Your recovery codes go with it" in alone
    assert "you set up a new one at once" in alone
    passkey = give_passkey(evaluator)
    assert "Your recovery codes go with it" not in client.get(page).content.decode()
    Authenticator.objects.filter(user=evaluator, type="totp").delete()
    removed = client.get(reverse("mfa_remove_webauthn", args=[passkey.pk]))
    assert "Your recovery codes go with it" in removed.content.decode()


def test_who_may_do_without_is_told_that_the_password_is_enough(client: Client) -> None:
    person = UserFactory.create(language="en")
    log_in_twice(client, person, give_app(person))
    page = client.get(reverse("mfa_deactivate_totp")).content.decode()
    assert "your password alone lets you in" in page


def test_the_page_that_asks_for_a_factor_leads_nowhere_that_leads_back(client: Client, evaluator: User) -> None:
    log_in(client, evaluator)
    own = f'href="{reverse("reviews:profile")}"'
    assert client.get(SET_UP).content.decode().count(own) == 1, "the one in the page's head"
    give_app(evaluator)
    assert client.get(SET_UP).content.decode().count(own) == 2


def test_what_stands_in_the_database_lets_nobody_in(evaluator: User, settings: Settings) -> None:
    secret = give_app(evaluator)
    kept = Authenticator.objects.get(user=evaluator, type="totp")
    assert secret not in str(kept.data)
    assert kept.wrap().validate_code(code(secret))
    seed = Authenticator.objects.get(user=evaluator, type="recovery_codes").data["seed"]
    assert two_factor.Factors().decrypt(seed) not in seed
    old = settings.SECRET_KEY
    settings.SECRET_KEY = "en annen nøkkel, som ingen har"
    assert two_factor.Factors().decrypt(kept.data["secret"]) not in ("", secret)
    settings.SECRET_KEY_FALLBACKS = [old]
    assert two_factor.Factors().decrypt(kept.data["secret"]) == secret


def test_who_logged_in_a_while_ago_shows_again_who_they_are(
    client: Client, evaluator: User, now: time_machine.Traveller
) -> None:
    log_in_twice(client, evaluator, give_app(evaluator))
    assert client.get(reverse("mfa_deactivate_totp")).status_code == 200
    now.shift(600)
    answer = client.get(reverse("mfa_deactivate_totp"))
    assert answer.headers["Location"].startswith(reverse("account_reauthenticate"))
    page = client.get(answer.headers["Location"]).content.decode()
    assert reverse("mfa_reauthenticate") in page
    client.post(answer.headers["Location"], {"password": "feil"})
    assert client.get(reverse("mfa_deactivate_totp")).status_code == 302
    client.post(answer.headers["Location"], {"password": PASSWORD})
    assert client.get(reverse("mfa_deactivate_totp")).status_code == 200


def test_who_removes_the_last_factor_sets_up_a_new_one_at_once(client: Client, evaluator: User) -> None:
    secret = give_app(evaluator)
    log_in_twice(client, evaluator, secret)
    elsewhere = Client()
    log_in(elsewhere, evaluator)
    elsewhere.post(reverse("mfa_authenticate"), {"code": recovery_codes(evaluator)[0]})
    assert elsewhere.get(TASKS).status_code == 200
    answer = client.post(reverse("mfa_deactivate_totp"))
    assert answer.headers["Location"] == SET_UP
    assert not Authenticator.objects.filter(user=evaluator).exists()
    assert client.get(TASKS).headers["Location"] == SET_UP
    assert client.get(SET_UP).status_code == 200
    assert elsewhere.get(SET_UP).status_code == 302
    assert mail.outbox[-1].to == [evaluator.email]


def test_who_is_invited_sets_it_up_before_the_review(client: Client) -> None:
    invitation = InvitationFactory.create()
    account = {"name": "Nina Ny", "password": "tre-ord-som-er-lange", "language": "nb"}
    answer = client.post(letters.link(invitation).removeprefix("http://testserver"), account)
    review = front_door.page("review", invitation.review)
    assert answer.headers["Location"] == review
    assert client.get(review).headers["Location"] == SET_UP
    # They have just chosen their password: nobody asks for it again.
    _set_up(client)
    assert f'href="{review}"' in client.post(reverse("mfa_view_recovery_codes")).content.decode()
    assert client.get(review).status_code == 200


# Lost


@pytest.fixture
def administrator(client: Client) -> User:
    """Somebody who keeps accounts, logged in with two factors in `client`."""
    user: User = UserFactory.create(is_staff=True, is_superuser=True)
    log_in_twice(client, user, give_app(user))
    return user


def test_an_administrator_takes_away_what_a_person_has_lost(
    client: Client, administrator: User, evaluator: User
) -> None:
    secret = give_app(evaluator)
    theirs = Client()
    log_in_twice(theirs, evaluator, secret)
    change = reverse("admin:reviews_user_change", args=[evaluator.pk])
    address = reverse("admin:reviews_user_two_factor", args=[evaluator.pk])
    assert address in client.get(change).content.decode()
    assert evaluator.name in client.get(address).content.decode()
    assert Authenticator.objects.filter(user=evaluator).count() == 2
    assert client.post(address).headers["Location"] == change
    assert not Authenticator.objects.filter(user=evaluator).exists()
    assert theirs.get(TASKS).headers["Location"].startswith(reverse("account_login"))
    event = AuditEvent.objects.filter(object_id=str(evaluator.pk), action="changed").latest("pk")
    assert (event.actor, event.fields) == (administrator, ["recovery_codes", "totp"])
    assert mail.outbox[-1].to == [evaluator.email]
    assert log_in(theirs, evaluator) == TASKS
    assert theirs.get(TASKS).headers["Location"] == SET_UP


def test_nothing_is_offered_to_be_taken_away_where_there_is_nothing(
    client: Client, administrator: User, evaluator: User
) -> None:
    change = reverse("admin:reviews_user_change", args=[evaluator.pk])
    address = reverse("admin:reviews_user_two_factor", args=[evaluator.pk])
    assert address not in client.get(change).content.decode()
    give_passkey(evaluator)
    assert address in client.get(change).content.decode()
    User.objects.filter(pk=evaluator.pk).update(anonymised_at=timezone.now(), is_active=False)
    assert address not in client.get(change).content.decode()


def test_nobody_takes_away_their_own_without_showing_it(client: Client, administrator: User) -> None:
    own = reverse("admin:reviews_user_two_factor", args=[administrator.pk])
    assert own not in client.get(reverse("admin:reviews_user_change", args=[administrator.pk])).content.decode()
    for answer in (client.get(own), client.post(own)):
        assert answer.status_code == 403
    assert Authenticator.objects.filter(user=administrator).exists()


def test_only_an_administrator_takes_anything_away(cast: Cast, settings: Settings) -> None:
    settings.TWO_FACTOR = False
    give_app(cast.evaluator)
    address = reverse("admin:reviews_user_two_factor", args=[cast.evaluator.pk])
    for name, person in cast.people().items():
        if name == "administrator":
            continue
        browser = Client()
        browser.force_login(person)
        assert browser.post(address).status_code == 302, name
    assert Authenticator.objects.filter(user=cast.evaluator).count() == 2

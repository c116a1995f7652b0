"""Log-in with an organisation's own account: the whole code flow against a provider, and who it does not let in."""

import base64
import hashlib
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.core import mail
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from ipsreview import env
from reviews import provider as ours
from reviews.models import AuditEvent, User
from tests.factories import SeatFactory, UserFactory
from tests.reviews import oidc_server
from tests.reviews.oidc_server import Provider, asked_for, changed
from tests.second_factor import code, give_app, log_in, recovery_codes

pytestmark = pytest.mark.django_db

START = "/accounts/provider/"
EMAIL = "kari.nordmann@helse.example"


@pytest.fixture(scope="module")
def server() -> Iterator[Provider]:
    """A provider for all tests here."""
    with oidc_server.running() as found:
        yield found


@pytest.fixture
def provider(server: Provider, settings: Settings) -> Provider:
    """The provider, which the settings name."""
    settings.OIDC = env.Provider(server.issuer, "ips", "hemmelig", "Helse Fjord", two_factor=False)
    return server


@pytest.fixture
def kari(provider: Provider) -> User:
    """Somebody with an account, whom the provider knows by an address that it vouches for."""
    provider.know("kari", email=EMAIL, email_verified=True)
    user: User = UserFactory.create(email=EMAIL, language="en")
    return user


def _through(client: Client, provider: Provider, subject: str, start: str = START) -> Any:
    """Log in through the provider, and return what our own page then answers."""
    sent = client.get(start)
    assert sent.status_code == 302
    back = provider.log_in(sent.headers["Location"], subject)
    assert back.startswith("http://testserver/accounts/provider/callback/?")
    return client.get(back)


def _who(client: Client) -> str:
    return str(client.session.get("_auth_user_id", ""))


def test_the_whole_flow(client: Client, provider: Provider, kari: User) -> None:
    page = client.get(reverse("account_login") + "?next=/calendar/").content.decode()
    assert "Helse Fjord" in page
    assert f'href="{START}?next=%2Fcalendar%2F"' in page
    sent = client.get(f"{START}?next=/calendar/")
    asked = asked_for(sent.headers["Location"])
    assert sent.headers["Location"].startswith(f"{provider.issuer}/oauth2/authorize?")
    assert (asked["response_type"], asked["client_id"], set(asked["scope"].split())) == (
        "code",
        "ips",
        {"openid", "email"},
    )
    assert asked["code_challenge_method"] == "S256"
    assert all(len(asked[name]) >= 16 for name in ("state", "nonce", "code_challenge"))
    answer = client.get(provider.log_in(sent.headers["Location"], "kari"))
    assert (answer.status_code, answer.headers["Location"]) == (302, "/calendar/")
    assert _who(client) == str(kari.pk)
    event = AuditEvent.objects.get(action="logged_in")
    assert (event.actor, event.fields) == (kari, ["provider"])
    link = SocialAccount.objects.get()
    assert (link.user, link.extra_data) == (kari, {"issuer": provider.issuer})
    # No more is kept of them than recognises them: no name, no token, not even the subject.
    assert link.uid == hashlib.sha256(f"{provider.issuer} kari".encode()).hexdigest()
    assert not SocialToken.objects.exists()
    assert mail.outbox[-1].to == [EMAIL]
    assert "Helse Fjord" in mail.outbox[-1].body
    kari.refresh_from_db()
    assert kari.has_usable_password()


def test_what_is_asked_for_is_new_each_time(provider: Provider) -> None:
    asked = [asked_for(Client().get(START).headers["Location"]) for _time in range(2)]
    assert all(asked[0][name] != asked[1][name] for name in ("state", "nonce", "code_challenge"))


def test_the_code_is_no_use_without_what_only_this_session_holds(client: Client, provider: Provider) -> None:
    location = client.get(START).headers["Location"]
    ((state, _at, _provider),) = client.session["socialaccount_states"].values()
    digest = hashlib.sha256(state["pkce_code_verifier"].encode()).digest()
    assert asked_for(location)["code_challenge"] == base64.urlsafe_b64encode(digest).decode().rstrip("=")


def test_afterwards_the_subject_counts_and_not_the_address(provider: Provider, kari: User) -> None:
    _through(Client(), provider, "kari")
    # The address becomes somebody else's.
    provider.know("kari", email="kari.gift@helse.example", email_verified=True)
    provider.know("ny", email=EMAIL, email_verified=True)
    again, stranger = Client(), Client()
    assert _through(again, provider, "kari").status_code == 302
    assert _who(again) == str(kari.pk)
    refused = _through(stranger, provider, "ny")
    assert refused.status_code == 403
    assert _who(stranger) == ""
    assert SocialAccount.objects.count() == 1


@pytest.mark.parametrize(
    ("claims", "said"),
    [
        ({"email": "ukjent@helse.example", "email_verified": True}, "ukjent@helse.example"),
        ({"email": EMAIL, "email_verified": False}, EMAIL),
        ({"email": EMAIL}, EMAIL),
        ({"email": EMAIL, "email_verified": "nei"}, EMAIL),
        ({}, "Helse Fjord"),
    ],
)
def test_who_has_no_account_or_whom_the_provider_does_not_vouch_for_stays_out(
    client: Client, provider: Provider, kari: User, claims: dict[str, str | bool], said: str
) -> None:
    provider.know("annen", **claims)
    before = User.objects.count()
    answer = _through(client, provider, "annen")
    assert answer.status_code == 403
    assert said in answer.content.decode()
    assert reverse("account_login") in answer.content.decode()
    assert _who(client) == ""
    assert (User.objects.count(), SocialAccount.objects.count()) == (before, 0)
    event = AuditEvent.objects.get(action="log_in_failed")
    assert (event.actor, event.object_id, event.fields) == (None, "", ["provider"])


def test_an_address_that_was_somebodys_once_opens_nothing(client: Client, provider: Provider, kari: User) -> None:
    EmailAddress.objects.create(user=kari, email="gammel@helse.example", verified=True, primary=True)
    provider.know("gammel", email="gammel@helse.example", email_verified=True)
    assert _through(client, provider, "gammel").status_code == 403
    assert _who(client) == ""


@pytest.mark.parametrize("linked", [False, True])
def test_a_closed_account_stays_closed(client: Client, provider: Provider, kari: User, linked: bool) -> None:
    if linked:
        _through(Client(), provider, "kari")
    User.objects.filter(pk=kari.pk).update(is_active=False)
    answer = _through(client, provider, "kari")
    assert answer.headers["Location"] == reverse("account_inactive")
    assert _who(client) == ""
    assert SocialAccount.objects.exists() is linked
    assert AuditEvent.objects.filter(action="log_in_failed", object_id=str(kari.pk)).exists()


def test_a_forged_or_used_state_is_refused(client: Client, provider: Provider, kari: User) -> None:
    back = provider.log_in(client.get(START).headers["Location"], "kari")
    assert client.get(changed(back, state="a" * 16)).status_code == 403
    # Somebody else's browser.
    assert Client().get(back).status_code == 403
    assert client.get(back).status_code == 302
    client.post(reverse("account_logout"))
    assert client.get(back).status_code == 403
    assert _who(client) == ""
    assert client.get("/accounts/provider/callback/").status_code == 403


def test_a_log_in_begun_by_another_is_refused(client: Client, provider: Provider, kari: User) -> None:
    location = changed(client.get(START).headers["Location"], nonce="b" * 32)
    answer = client.get(provider.log_in(location, "kari"))
    assert answer.status_code == 403
    assert _who(client) == ""


def test_a_forged_code_is_refused(client: Client, provider: Provider, kari: User) -> None:
    back = provider.log_in(client.get(START).headers["Location"], "kari")
    assert client.get(changed(back, code="c" * 43)).status_code == 403
    assert _who(client) == ""


def test_who_says_no_at_the_provider_comes_back_to_a_page(client: Client, provider: Provider) -> None:
    state = asked_for(client.get(START).headers["Location"])["state"]
    answer = client.get(f"/accounts/provider/callback/?error=access_denied&state={state}")
    assert answer.status_code == 403
    assert reverse("account_login") in answer.content.decode()
    assert not AuditEvent.objects.exists()


def test_a_provider_that_is_down_is_said_to_be(client: Client, provider: Provider, settings: Settings) -> None:
    location = client.get(START).headers["Location"]
    back = provider.log_in(location, "kari")
    settings.OIDC = env.Provider(f"http://127.0.0.1:{oidc_server.free_port()}", "ips", "x", "Helse Fjord", False)
    for address in (START, back):
        answer = client.get(address)
        assert answer.status_code == 503, address
        assert "Helse Fjord" in answer.content.decode()


@pytest.mark.parametrize(
    "config",
    [
        [],
        {},
        {"issuer": 3},
        {"issuer": "http://127.0.0.1:1", "token_endpoint": "x"},
        {"issuer": "http://elsewhere", **dict.fromkeys(ours._ENDPOINTS[1:], "http://elsewhere/x")},
    ],
)
def test_a_provider_that_answers_nonsense_breaks_nothing(
    client: Client, provider: Provider, monkeypatch: pytest.MonkeyPatch, config: object
) -> None:
    monkeypatch.setattr("requests.Response.json", lambda _self: config)
    assert client.get(START).status_code == 403


def test_without_a_provider_there_is_no_way(client: Client) -> None:
    for address in (START, "/accounts/provider/callback/?code=x&state=y"):
        assert client.get(address).status_code == 404
    assert START not in client.get(reverse("account_login")).content.decode()


def test_who_is_logged_in_stays_so_whatever_link_is_followed(client: Client, provider: Provider, kari: User) -> None:
    back = provider.log_in(client.get(START).headers["Location"], "kari")
    somebody = UserFactory.create()
    client.force_login(somebody)
    elsewhere = Client()
    elsewhere.force_login(somebody)
    for address in (START, back):
        answer = client.get(address)
        assert (answer.status_code, answer.headers["Location"]) == (302, reverse("reviews:tasks")), address
    # Neither here nor in any other browser.
    for each in (client, elsewhere):
        assert _who(each) == str(somebody.pk)
        assert each.get(reverse("reviews:tasks")).status_code == 200
    assert not SocialAccount.objects.exists()


def test_what_anybody_can_send_writes_nothing_down_and_is_limited(client: Client, provider: Provider) -> None:
    back = "/accounts/provider/callback/?code=x&state=y"
    assert [client.get(back).status_code for _time in range(61)] == [403] * 60 + [429]
    assert [client.get(START).status_code for _time in range(61)] == [302] * 60 + [429]
    # Somebody else is let through.
    assert client.get(START, REMOTE_ADDR="198.51.100.7").status_code == 302
    assert not AuditEvent.objects.exists()


def test_what_went_wrong_with_a_log_in_begun_here_is_written_down(client: Client, provider: Provider) -> None:
    state = asked_for(client.get(START).headers["Location"])["state"]
    client.get(f"/accounts/provider/callback/?error=server_error&state={state}")
    event = AuditEvent.objects.get()
    assert (event.action, event.actor, event.fields) == ("log_in_failed", None, ["provider"])


def test_the_provider_is_asked_of_itself_once_in_some_minutes(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    get = requests.Session.get

    def count(self: requests.Session, url: str, **more: Any) -> requests.Response:
        asked.append(url)
        return get(self, url, **more)

    monkeypatch.setattr(requests.Session, "get", count)
    for _time in range(3):
        assert Client().get(START).status_code == 302
    assert asked == [f"{provider.issuer}/.well-known/openid-configuration"]


# Two factors


@pytest.mark.parametrize("demanded_there", [False, True])
def test_two_factors_at_the_provider_count_where_it_demands_them(
    client: Client, provider: Provider, kari: User, settings: Settings, demanded_there: bool
) -> None:
    settings.TWO_FACTOR = True
    settings.OIDC = env.Provider(provider.issuer, "ips", "hemmelig", "Helse Fjord", two_factor=demanded_there)
    SeatFactory.create(user=kari)
    _through(client, provider, "kari")
    answer = client.get("/")
    assert answer.status_code == (200 if demanded_there else 302)
    assert demanded_there or answer.headers["Location"] == reverse("mfa_index")
    assert SocialAccount.objects.filter(user=kari).count() == 1
    secret = give_app(kari)
    other = Client()
    answer = _through(other, provider, "kari", f"{START}?next=/calendar/")
    if not demanded_there:
        assert answer.headers["Location"] == reverse("mfa_authenticate")
        assert _who(other) == ""
        answer = other.post(reverse("mfa_authenticate"), {"code": code(secret)})
    assert answer.headers["Location"] == "/calendar/"
    assert other.get("/calendar/").status_code == 200
    # The password alone still leads to our own second step.
    assert log_in(Client(), kari) == reverse("mfa_authenticate")


@pytest.mark.parametrize("demanded_there", [False, True])
def test_an_address_alone_gets_nobody_past_the_persons_own_factor(
    client: Client, provider: Provider, kari: User, settings: Settings, demanded_there: bool
) -> None:
    settings.TWO_FACTOR = True
    settings.OIDC = env.Provider(provider.issuer, "ips", "hemmelig", "Helse Fjord", two_factor=demanded_there)
    SeatFactory.create(user=kari)
    secret = give_app(kari)
    # Whoever has the address now, and no factor of Kari's: as often as they try.
    for _time in range(2):
        assert _through(client, provider, "kari").headers["Location"] == reverse("mfa_authenticate")
        assert client.post(reverse("mfa_authenticate"), {"code": "000000"}).status_code == 200
        assert client.get("/").status_code == 302
        assert _who(client) == ""
        assert not SocialAccount.objects.exists()
    # Nor does what they have shown there stand in for the factor after a password.
    assert log_in(client, kari) == reverse("mfa_authenticate")
    assert _who(client) == ""
    hers = Client()
    _through(hers, provider, "kari", f"{START}?next=/calendar/")
    answer = hers.post(reverse("mfa_authenticate"), {"code": code(secret)})
    assert answer.headers["Location"] == "/calendar/"
    assert hers.get("/calendar/").status_code == 200
    assert SocialAccount.objects.get().user == kari
    assert [letter.to for letter in mail.outbox] == [[EMAIL]]


def test_of_two_log_ins_begun_at_once_one_makes_the_link(provider: Provider, kari: User) -> None:
    provider.know("kari-to", email=EMAIL, email_verified=True)
    secret = give_app(kari)
    begun = {subject: Client() for subject in ("kari", "kari-to")}
    for subject, browser in begun.items():
        _through(browser, provider, subject)
    begun["kari"].post(reverse("mfa_authenticate"), {"code": code(secret)})
    begun["kari-to"].post(reverse("mfa_authenticate"), {"code": recovery_codes(kari)[0]})
    assert SocialAccount.objects.get().uid == hashlib.sha256(f"{provider.issuer} kari".encode()).hexdigest()


@pytest.mark.parametrize(
    ("claims", "vouched"),
    [
        ({"email_verified": True}, True),
        ({"email_verified": "true"}, True),
        ({"xms_edov": True}, True),
        ({"xms_edov": "1"}, True),
        ({"xms_edov": False, "email_verified": False}, False),
        ({"email_verified": None}, False),
        ({"email_verified": "yes"}, False),
        ({}, False),
    ],
)
def test_what_vouches_for_an_address(claims: dict[str, object], vouched: bool) -> None:
    assert ours.is_vouched_for(claims) is vouched

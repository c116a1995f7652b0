"""What holds for every answer: its id, its language, and the door that is closed unless opened."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path, reverse
from django.utils import translation
from pytest_django import Settings

from ipsreview import context, middleware
from reviews.models import AuditEvent, User
from tests.cast import Cast
from tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db


def fail(request: HttpRequest) -> HttpResponse:
    """Break."""
    raise ValueError("hemmelig verdi")


def tell(request: HttpRequest) -> HttpResponse:
    """Tell what is known of the request."""
    found = context.current.get()
    return HttpResponse(f"{found.request_id} {found.address} {translation.get_language()}")


urlpatterns = [path("fail/<str:key>/", fail, name="fail"), path("tell/", tell), path("", include("ipsreview.urls"))]


@pytest.fixture(autouse=True)
def own_urls(settings: Settings) -> None:
    """The project's addresses and two of this file's."""
    settings.ROOT_URLCONF = __name__


@pytest.fixture
def person(client: Client) -> User:
    """Somebody who is logged in in `client`."""
    user: User = UserFactory.create()
    client.force_login(user)
    return user


def test_every_answer_has_an_id_of_its_own_which_the_request_knows(client: Client, person: User) -> None:
    answers = [client.get("/tell/") for _number in range(2)]
    ids = [answer["X-Request-ID"] for answer in answers]
    assert len(set(ids)) == 2
    for answer, request_id in zip(answers, ids, strict=True):
        assert re.fullmatch(r"[0-9a-f]{12}", request_id)
        assert answer.content.decode() == f"{request_id} 127.0.0.1 nb"
    assert context.current.get() == context.RequestContext()


def test_an_id_that_is_sent_along_is_not_taken(client: Client, person: User) -> None:
    answer = client.get("/tell/", headers={"X-Request-ID": "deadbeef0000"})
    assert answer["X-Request-ID"] != "deadbeef0000"


@pytest.mark.parametrize(("address", "status"), [("/nowhere/", 404), ("/fail/x/", 500)])
def test_errors_have_an_id_too_and_pages_that_tell_nothing(
    client: Client, person: User, address: str, status: int
) -> None:
    client.raise_request_exception = False
    answer = client.get(address)
    assert answer.status_code == status
    assert answer["X-Request-ID"]
    assert "hemmelig" not in answer.content.decode()


def test_what_is_written_down_carries_the_id(cast: Cast, client: Client) -> None:
    client.force_login(cast.evaluator)
    answer = client.post(reverse("reviews:step", args=[cast.review.pk, "start"]))
    assert answer.status_code == 302
    event = AuditEvent.objects.get(review=cast.review, action="moved")
    assert (event.request_id, event.address, event.actor) == (answer["X-Request-ID"], "127.0.0.1", cast.evaluator)


def test_the_language_is_the_persons_own_and_bokmal_to_strangers(client: Client) -> None:
    page = client.get(reverse("account_login"), headers={"Accept-Language": "en"})
    assert page["Content-Language"] == "nb"
    assert 'lang="nb"' in page.content.decode()
    for language in ("en", "nb"):
        client.force_login(UserFactory.create(language=language))
        page = client.get(reverse("reviews:tasks"), headers={"Accept-Language": "de"})
        assert page["Content-Language"] == language
        assert f'lang="{language}"' in page.content.decode()
        assert "Cookie" in page["Vary"]


def test_one_readers_language_does_not_follow_to_the_next(client: Client) -> None:
    client.force_login(UserFactory.create(language="en"))
    client.get(reverse("reviews:tasks"))
    client.logout()
    assert client.get(reverse("account_login"))["Content-Language"] == "nb"


def test_it_is_closed_by_default(client: Client) -> None:
    answer = client.get("/tell/")
    assert answer.status_code == 302
    assert answer["Location"] == f"{reverse('account_login')}?next=/tell/"


@pytest.mark.parametrize(
    ("before", "leads_to"),
    [
        ("http://testserver/reviews/x/?a=1", "/reviews/x/"),
        ("https://elsewhere.example/reviews/x/", "/"),
        ("", "/"),
    ],
)
def test_after_the_log_in_one_is_back_on_the_page_a_form_was_sent_from(
    client: Client, before: str, leads_to: str
) -> None:
    answer = client.post("/profile/", headers={"Referer": before} if before else {})
    assert answer.status_code == 302
    assert parse_qs(urlsplit(answer.headers["Location"]).query)["next"] == [leads_to]


def test_htmx_gets_401_and_no_log_in_page_to_swap_in(client: Client) -> None:
    answer = client.get("/tell/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.content) == (401, b"")


def test_one_who_is_made_inactive_is_out_at_once(client: Client, person: User) -> None:
    assert client.get("/tell/").status_code == 200
    User.objects.filter(pk=person.pk).update(is_active=False)
    assert client.get("/tell/").status_code == 302


def test_a_form_without_its_token_is_refused_in_norwegian() -> None:
    client = Client(enforce_csrf_checks=True)
    answer = client.post(reverse("account_login"), {"login": "kari@example.org", "password": PASSWORD})
    assert answer.status_code == 403
    assert 'lang="nb"' in answer.content.decode()
    assert "CSRF" not in answer.content.decode()


def test_nobody_signs_up(client: Client) -> None:
    data = {"email": "ny@example.org", "password1": PASSWORD, "password2": PASSWORD}
    client.post(reverse("account_signup"), data)
    assert not User.objects.filter(email="ny@example.org").exists()


def test_log_in_and_out_and_the_limit_on_wrong_passwords(client: Client) -> None:
    person = UserFactory.create(email="kari@example.org")
    right = {"login": "Kari@Example.org", "password": PASSWORD}
    assert client.post(reverse("account_login"), right).status_code == 302
    assert client.get(reverse("reviews:tasks")).wsgi_request.user == person
    client.post(reverse("account_logout"))
    assert client.get(reverse("reviews:tasks")).status_code == 302
    for _number in range(10):
        client.post(reverse("account_login"), {**right, "password": "feil"})
    assert client.post(reverse("account_login"), right).status_code in (200, 429)
    assert client.get(reverse("reviews:tasks")).status_code == 302


def test_a_new_password_is_asked_for_alike_whether_there_is_an_account(client: Client) -> None:
    UserFactory.create(email="kari@example.org")
    answers = [
        client.post(reverse("account_reset_password"), {"email": email}, follow=True)
        for email in ("kari@example.org", "ukjent@example.org")
    ]
    pages = [re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page.content.decode()) for page in answers]
    assert pages[0] == pages[1]


FORGED = "203.0.113.66"
NEAR, FAR, PERSON = "10.0.0.1", "10.0.0.2", "198.51.100.7"
"""Two proxies of ours, and somebody outside."""


@pytest.mark.parametrize(
    ("proxies", "remote", "forwarded", "address"),
    [
        (0, PERSON, None, PERSON),
        (0, PERSON, FORGED, PERSON),
        (1, NEAR, PERSON, PERSON),
        (1, NEAR, f"{FORGED}, {PERSON}", PERSON),
        (1, NEAR, f"{FORGED},{FORGED},,{PERSON}", PERSON),
        (2, NEAR, f"{PERSON}, {FAR}", PERSON),
        (2, NEAR, f"{FORGED}, {PERSON}, {FAR}", PERSON),
        # Asked the server itself, past the proxies or one of them.
        (1, PERSON, None, PERSON),
        (2, PERSON, FORGED, PERSON),
        (1, NEAR, "unknown", NEAR),
        (1, NEAR, f"{PERSON}:4711", PERSON),
        (1, NEAR, "[2001:db8::7]:4711", "2001:db8::7"),
        (1, NEAR, "2001:DB8::7", "2001:db8::7"),
        (1, NEAR, "fe80::1%eth0", "fe80::1"),
        (1, NEAR, f"::ffff:{PERSON}", PERSON),
        (1, "", PERSON, PERSON),
        (0, "", FORGED, None),
        (0, "unix:", None, None),
        (1, NEAR, "1" * 5000 + "'; DROP TABLE", NEAR),
    ],
)
def test_the_address_is_what_our_outermost_proxy_saw_whatever_is_sent_along(
    client: Client,
    person: User,
    settings: Settings,
    proxies: int,
    remote: str,
    forwarded: str | None,
    address: str | None,
) -> None:
    settings.TRUSTED_PROXIES = proxies
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    answer = client.get("/tell/", REMOTE_ADDR=remote, headers=headers)
    assert answer.content.decode().split()[1] == str(address)


@pytest.mark.parametrize(
    ("proxies", "forwarded", "page", "told"),
    [
        (2, PERSON, "/tell/", True),
        (1, "", "/tell/", True),
        (2, f"{PERSON}, {FAR}", "/tell/", False),
        (1, PERSON, "/tell/", False),
        (0, "", "/tell/", False),
        # What watches the server asks it itself.
        (1, "", "/health/", False),
    ],
)
def test_too_few_proxies_are_told_of_once_and_without_an_address(
    client: Client,
    settings: Settings,
    caplog: pytest.LogCaptureFixture,
    proxies: int,
    forwarded: str,
    page: str,
    told: bool,
) -> None:
    middleware._tell_of_a_missing_proxy.cache_clear()
    settings.TRUSTED_PROXIES = proxies
    for _time in range(2):
        client.get(page, REMOTE_ADDR=NEAR, headers={"X-Forwarded-For": forwarded})
    lines = [record.getMessage() for record in caplog.records if record.name == "ipsreview.middleware"]
    assert len(lines) == told
    assert not any(address in line for line in lines for address in (NEAR, PERSON))


def test_attempts_to_log_in_are_counted_by_that_address_however_it_is_forged(
    client: Client, settings: Settings
) -> None:
    settings.TRUSTED_PROXIES = 1
    form = {"login": "nobody@example.org", "password": "et-galt-passord"}

    def attempt(number: int, address: str) -> int:
        forwarded = f"203.0.113.{number}, {address}"
        sent = {**form, "login": f"nobody{number}@example.org"}
        answer = client.post(reverse("account_login"), sent, REMOTE_ADDR=NEAR, headers={"X-Forwarded-For": forwarded})
        return answer.status_code

    answers = [attempt(number, PERSON) for number in range(40)]
    assert answers[0] == 200
    assert answers[-1] == 429
    assert attempt(99, "198.51.100.8") == 200

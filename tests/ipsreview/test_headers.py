"""What every kind of answer tells the browser, and that no page of ours needs what the policy forbids."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path, reverse
from pytest_django import Settings

from ipsreview import headers
from tests.cast import Cast, cast_for
from tests.factories import UploadFactory, UserFactory, items_of
from tests.reviews import addresses
from tests.second_factor import give_app, give_passkey, log_in

pytestmark = pytest.mark.django_db


def fail(request: HttpRequest) -> HttpResponse:
    """Break."""
    raise ValueError("hemmelig verdi")


urlpatterns = [path("fail/", fail), path("", include("ipsreview.urls"))]


def _stands(response: Any) -> None:
    """Hold what stands on each and every answer."""
    for name, value in headers.ALWAYS.items():
        assert response[name] == value, name
    policy = dict(part.strip().partition(" ")[::2] for part in response["Content-Security-Policy"].split(";"))
    assert policy == {
        "default-src": "'self'",
        "img-src": "'self' data:",
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response["X-Request-ID"]


@pytest.fixture
def final(settings: Settings) -> Cast:
    """A final review with its people, and a page that fails."""
    settings.ROOT_URLCONF = __name__
    return cast_for("final")


def test_no_answer_but_a_static_file_is_kept_and_all_carry_the_headers(final: Cast) -> None:
    client, stranger = (Client(raise_request_exception=False) for _each in range(2))
    client.force_login(final.evaluator)
    manager, adviser, administrator = Client(), Client(), Client()
    manager.force_login(final.manager)
    adviser.force_login(final.adviser)
    administrator.force_login(final.administrator)
    review, service = [final.review.pk], [final.service.pk]
    upload = UploadFactory.create(user=final.adviser)
    token = Client(enforce_csrf_checks=True)
    answers = {
        (200, "page"): client.get(reverse("reviews:review", args=review)),
        (200, "stranger's page"): stranger.get(reverse("account_login")),
        (200, "administration"): administrator.get(reverse("admin:index")),
        (200, "page sent while it is made"): adviser.post(reverse("reviews:check_sheet", args=[upload.pk])),
        (200, "PDF"): client.get(reverse("reviews:version_pdf", args=[*review, 1])),
        (200, "XLSX"): client.get(reverse("reviews:export_review", args=[*review, "xlsx"])),
        (200, "CSV"): client.get(reverse("reviews:export_service", args=[*service, "csv"])),
        (200, "JSON"): client.get(reverse("reviews:export_review", args=[*review, "json"])),
        (302, "redirect"): stranger.get(reverse("reviews:tasks")),
        (301, "slash"): client.get("/profile"),
        (400, "other host"): stranger.get("/", headers={"Host": "elsewhere.example"}),
        (401, "part of a page"): stranger.get("/", headers={"HX-Request": "true"}),
        (403, "refused"): manager.get(reverse("reviews:coverage", args=review)),
        (403, "no token"): token.post(reverse("account_login"), {"login": "kari@example.org"}),
        (404, "no such page"): client.get("/nowhere/"),
        (404, "not there for a stranger"): stranger.get("/nowhere/"),
        (405, "other method"): client.delete(reverse("reviews:tasks")),
        (500, "failed"): client.get("/fail/"),
    }
    for (status, what), answer in answers.items():
        assert answer.status_code == status, what
        _stands(answer)
        assert answer["Cache-Control"] == headers.NOT_KEPT, what
    assert "attachment" in answers[200, "PDF"]["Content-Disposition"]


def test_too_many_attempts_are_answered_like_all_else(settings: Settings, client: Client) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login": "1/m/ip"}
    for status in (200, 429):
        answer = client.post(reverse("account_login"), {"login": "kari@example.org", "password": "feil"})
        assert answer.status_code == status
        _stands(answer)
        assert answer["Cache-Control"] == headers.NOT_KEPT


def test_a_static_file_may_be_kept_and_read_by_this_site_alone(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "app.css").write_text("body {}")
    settings.STATIC_ROOT = str(tmp_path)
    answer: Any = Client().get("/static/app.css")
    assert b"".join(answer.streaming_content) == b"body {}"
    answer.close()
    _stands(answer)
    assert "public" in answer["Cache-Control"]
    assert "no-store" not in answer["Cache-Control"]


_FORBIDDEN = {
    "script in the page": re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")", re.I),
    "style in the page": re.compile(r"<style|<[a-z][^<>]*\sstyle=", re.I),
    "handler in the page": re.compile(r"<[a-z][^<>]*\son[a-z]+=", re.I),
    "script as an address": re.compile(r"=\s*[\"']?\s*javascript:", re.I),
    "loaded from elsewhere": re.compile(
        r"<(?:script|img|iframe|source|embed|object|video|audio)[^>]*\s(?:src|data)=[\"']?(?:https?:)?//|"
        r"<link[^>]*href=[\"'](?:https?:)?//",
        re.I,
    ),
    "sent elsewhere": re.compile(r"<form[^>]*action=[\"'](?:https?:)?//", re.I),
}
"""What the content security policy would stop, so that a page with it would be broken."""


def _forbidden(html: str) -> Iterator[str]:
    for what, pattern in _FORBIDDEN.items():
        if found := pattern.search(html):
            yield f"{what}: {html[found.start() : found.start() + 80]!r}"


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>",
        '<p style="color: red">',
        "<img src=x onerror=alert(1)>",
        '<a href="javascript:alert(1)">',
        '<img src="https://elsewhere.example/x.png">',
        '<link rel="stylesheet" href="//elsewhere.example/x.css">',
        '<form method="post" action="https://elsewhere.example/">',
    ],
)
def test_what_the_policy_stops_is_found(html: str) -> None:
    assert list(_forbidden(html))


@pytest.mark.parametrize(
    ("state", "who", "pages_at_least"),
    [("scoring", ["evaluator"], 20), ("final", ["evaluator", "adviser", "administrator"], 60)],
)
def test_no_page_needs_what_the_policy_forbids(state: str, who: list[str], pages_at_least: int) -> None:
    cast = cast_for(state)
    UploadFactory.create(user=cast.adviser)
    pages = [each.path for each in addresses.of_the_work(cast.review, items_of(cast.review)[:1])]
    of_accounts = {"/accounts/login/", "/accounts/logout/", "/accounts/password/change/", "/accounts/password/reset/"}
    seen: set[str] = set()
    wrong = []
    for person in (getattr(cast, name) for name in who):
        client = Client()
        client.force_login(person)
        kept = addresses.of_the_administration(cast.evaluator, cast.service) if person == cast.administrator else []
        for address in sorted({*pages, *of_accounts, *(each.path for each in kept)} - seen):
            if re.search(r"\.(pdf|csv|xlsx|json)$", address):
                continue
            answer = client.get(address)
            if answer.headers["Content-Type"].startswith("text/html") and not answer.streaming and answer.content:
                seen |= {address} if answer.status_code == 200 else set()
                wrong += [f"{address}: {each}" for each in _forbidden(answer.content.decode())]
    assert not wrong, "\n".join(wrong)
    assert len(seen) >= pages_at_least


def test_no_page_of_the_log_in_needs_what_the_policy_forbids() -> None:
    with_all, with_none = UserFactory.create_batch(2)
    give_app(with_all)
    passkey = give_passkey(with_all)
    waiting, strange, inside, outside = Client(), Client(), Client(), Client()
    log_in(waiting, with_all)
    inside.force_login(with_all)
    outside.force_login(with_none)
    of_all = {
        "mfa_index": [],
        "mfa_reauthenticate": [],
        "mfa_reauthenticate_webauthn": [],
        "account_reauthenticate": [],
        "mfa_deactivate_totp": [],
        "mfa_remove_webauthn": [passkey.pk],
        "mfa_view_recovery_codes": [],
        "mfa_generate_recovery_codes": [],
    }
    pages = [inside.get(reverse(name, args=arguments)) for name, arguments in of_all.items()]
    pages += [inside.post(reverse("mfa_view_recovery_codes")), waiting.get(reverse("mfa_authenticate"))]
    pages += [outside.get(reverse(name)) for name in ("mfa_index", "mfa_activate_totp", "mfa_add_webauthn")]
    pages.append(strange.get(reverse("account_login")))
    for answer in pages:
        assert answer.status_code == 200
        assert not list(_forbidden(answer.content.decode()))
        _stands(answer)
        assert answer["Cache-Control"] == headers.NOT_KEPT


def test_an_installation_sends_everything_over_https_and_names_its_cookies_for_this_host_alone() -> None:
    code = (
        "import json, django; from django.conf import settings;"
        # Nothing is collected for the tests.
        "settings.STORAGES['staticfiles']['BACKEND'] = 'django.contrib.staticfiles.storage.StaticFilesStorage';"
        "django.setup();"
        "from django.test import Client;"
        "client = Client();"
        "plain = client.get('/accounts/login/', headers={'Host': 'localhost'});"
        "safe = client.get('/accounts/login/', headers={'Host': 'localhost'}, secure=True);"
        "print(json.dumps([plain.status_code, plain['Location'], dict(plain.headers), dict(safe.headers),"
        " {name: [each['secure'], each['path'], each['domain'], each['samesite']]"
        "  for name, each in safe.cookies.items()}]))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code],
        cwd=project.BASE_DIR,
        env=os.environ
        | {"DJANGO_SETTINGS_MODULE": "ipsreview.settings", "DATABASE_URL": "sqlite://:memory:", "DEBUG": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    status, location, plain, safe, cookies = json.loads(ended.stdout.splitlines()[-1])
    assert (status, location) == (301, "https://localhost/accounts/login/")
    for name, value in headers.ALWAYS.items():
        assert plain[name] == safe[name] == value
    assert safe["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
    assert "upgrade-insecure-requests" in safe["Content-Security-Policy"]
    assert cookies == {"__Host-csrftoken": [True, "/", "", "Lax"]}

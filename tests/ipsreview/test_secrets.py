"""No secret is in the repository, and none of what is sent gets into a log, an answer or a letter."""

import io
import logging
import math
import re
import subprocess
from collections import Counter
from collections.abc import Iterator

import pytest
from django.conf import settings as project
from django.core import mail
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt
from pytest_django import Settings

from tests.factories import UserFactory

KNOWN = {
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    "a key of Amazon's": re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    "a token of GitHub's": re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{60,})\b"),
    "a token of GitLab's": re.compile(r"\bglpat-[A-Za-z0-9_-]{20}\b"),
    "a token of Slack's": re.compile(r"\bxox[abprs]-[A-Za-z0-9-]{10,}"),
    "a key of Google's": re.compile(r"\bAIza[A-Za-z0-9_-]{35}\b"),
    "a token with claims": re.compile(r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}"),
    "an address with a password": re.compile(
        r"\b(?:postgres|postgresql|smtp(?:\+tls|\+ssl)?|https?)://[^\s:/@\"']+:(?![A-Z{$<%])[^\s:/@\"']{6,}@(?!db[.:/]|127|smtp\.example|post|localhost)"
    ),
}
GIVEN = re.compile(
    r"(?i)(?:secret|password|passwd|token|api_?key)[a-z_]*[\"']?\s*[:=]\s*f?[\"']([A-Za-z0-9+/=_\-]{20,})[\"']"
)
ENTROPY = 4.2
"""Bits a sign, above which a text that is given as a secret is none that anybody thought of."""
ALLOWED = {
    ("tests/ipsreview/test_env.py", "the key of the tests of settings, which opens nothing"),
    ("tests/ipsreview/test_secrets.py", "what this looks for"),
}
"""Files in which something looks like a secret, and why it is none."""


def entropy(text: str) -> float:
    """Return how many bits each sign of the text tells."""
    return -sum(count / len(text) * math.log2(count / len(text)) for count in Counter(text).values())


def secrets_in(text: str) -> Iterator[str]:
    """Give what in a text looks like a secret, without the secret itself."""
    for what, pattern in KNOWN.items():
        if pattern.search(text):
            yield what
    if any(entropy(found) > ENTROPY for found in GIVEN.findall(text)):
        yield "a random text that is given as a secret"


def test_no_tracked_file_has_a_secret() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=project.BASE_DIR, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("not a checkout")
    allowed = {name for name, _why in ALLOWED}
    found = []
    for name in filter(None, listed.stdout.split("\0")):
        file = project.BASE_DIR / name
        if name not in allowed and file.is_file():
            found += [f"{name}: {what}" for what in secrets_in(file.read_text(encoding="utf-8", errors="replace"))]
    assert not found, "\n".join(found)
    tracked = set(listed.stdout.split("\0"))
    assert not {name for name in tracked if re.search(r"(^|/)\.env$|\.(pem|key|p12|pfx|sqlite3|kdbx)$", name)}


@pytest.mark.parametrize(
    "text",
    [
        "-----BEGIN RSA PRIVATE KEY-----",
        "AKIA" + "ABCDEFGHIJ234567",
        "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8",
        "DATABASE_URL=postgres://ips:" + "hunter2hunter2@database.internal/ips",
        'SECRET_KEY = "' + "x9Qe7fGh2LmN4pRsT6uVwXyZaBcDeF" + '"',
    ],
)
def test_a_secret_is_found(text: str) -> None:
    assert list(secrets_in(text))


WORDS = {
    name: f"hemmelig-{name}-fjellgranitt"
    for name in ("form", "query", "cookie", "header", "path", "person", "local", "message", "file")
}


@csrf_exempt
def fail(request: HttpRequest, key: str) -> HttpResponse:
    """Break with all that was sent at hand."""
    at_hand = [request.POST.dict(), request.GET.dict(), request.COOKIES, request.headers, WORDS["local"]]
    raise ValueError(f"{WORDS['message']} {at_hand}")


urlpatterns = [path("fail/<str:key>/", fail), path("", include("ipsreview.urls"))]


@pytest.mark.django_db
def test_a_page_that_fails_tells_nothing_of_what_was_sent(settings: Settings) -> None:
    settings.ROOT_URLCONF = __name__
    settings.ADMINS = [("Drift", "drift@example.org")]
    written = io.StringIO()
    handlers = {
        handler
        for name in (None, "django", "django.request", "django.security")
        for handler in logging.getLogger(name).handlers
        if type(handler) is logging.StreamHandler
    }
    before = [(handler, handler.setStream(written)) for handler in handlers]
    try:
        client = Client(raise_request_exception=False, headers={"X-Told": WORDS["header"]})
        client.force_login(UserFactory.create(name=WORDS["person"], email="kari@example.org"))
        client.cookies["told"] = WORDS["cookie"]
        sent = {"text": WORDS["form"], "password": WORDS["form"], "file": io.BytesIO(WORDS["file"].encode())}
        answers = [client.post(f"/fail/{WORDS['path']}/?q={WORDS['query']}", sent)]
        answers += [client.get(f"/{WORDS['path']}/?q={WORDS['query']}")]
        answers += [client.get("/", headers={"Host": WORDS["header"]})]
        answers += [client.post("/profile/", WORDS["form"], content_type="multipart/form-data")]
        strict = Client(enforce_csrf_checks=True)
        answers += [strict.post(f"/accounts/login/?next={WORDS['query']}", {"login": WORDS["form"]})]
    finally:
        for handler, stream in before:
            handler.setStream(stream or handler.stream)
    assert [answer.status_code for answer in answers] == [500, 404, 400, 400, 403]
    log = written.getvalue()
    assert "ValueError" in log
    assert "500 POST" in log
    kept = [log, *(str(letter.message()) for letter in mail.outbox)]
    for text in kept:
        assert WORDS["person"] not in text
        assert "kari@example.org" not in text
    for text in (*kept, *(answer.content.decode() + str(answer.headers) for answer in answers)):
        # One's own name stands above one's own pages.
        assert not [name for name, word in WORDS.items() if name != "person" and word in text]

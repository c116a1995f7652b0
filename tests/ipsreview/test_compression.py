"""What is sent compressed, and what is not."""

import gzip
import json
import secrets
from collections.abc import Iterator

import pytest
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.test import Client
from django.urls import include, path, reverse
from pytest_django import Settings

from tests.cast import Cast, cast_for

pytestmark = pytest.mark.django_db

TEXT = "Tjenesten er godt i gang. " * 40
BROWSER = {"Accept-Encoding": "gzip, deflate, br"}


def _answer(request: HttpRequest, kind: str) -> HttpResponseBase:
    """Answer with the text as one kind or another."""
    if kind == "streamed":
        return StreamingHttpResponse(_parts(), content_type="text/html; charset=utf-8")
    if kind == "json":
        return JsonResponse({"text": TEXT})
    if kind == "short":
        return HttpResponse("Ja.")
    types = {"page": "text/html; charset=utf-8", "table": "text/csv; charset=utf-8", "file": "application/pdf"}
    return HttpResponse(TEXT, content_type=types[kind])


def _parts() -> Iterator[str]:
    yield from TEXT.split()


urlpatterns = [path("answer/<kind>/", _answer), path("", include("ipsreview.urls"))]


@pytest.fixture
def final(settings: Settings) -> Cast:
    """A final review with its people, and pages that answer with a text."""
    settings.ROOT_URLCONF = __name__
    return cast_for("final")


def test_a_text_is_compressed_for_whoever_takes_it(final: Cast) -> None:
    client = Client()
    client.force_login(final.evaluator)
    for kind in ("page", "table", "json"):
        answer = client.get(f"/answer/{kind}/", headers=BROWSER)
        assert answer["Content-Encoding"] == "gzip"
        assert len(answer.content) == int(answer["Content-Length"]) < len(TEXT) / 3
        held = gzip.decompress(answer.content).decode()
        assert (json.loads(held)["text"] if kind == "json" else held) == TEXT
        plain = client.get(f"/answer/{kind}/")
        assert "Content-Encoding" not in plain
        for each in (answer, plain):
            assert "Accept-Encoding" in each["Vary"]


def test_what_would_wait_or_gain_nothing_is_sent_as_it_is(final: Cast) -> None:
    client = Client()
    client.force_login(final.evaluator)
    for kind in ("streamed", "file", "short"):
        assert "Content-Encoding" not in client.get(f"/answer/{kind}/", headers=BROWSER), kind
    for name in ("version_pdf", "export_review"):
        arguments = {"number": 1} if name == "version_pdf" else {"extension": "xlsx"}
        answer = client.get(reverse(f"reviews:{name}", kwargs={"pk": final.review.pk, **arguments}), headers=BROWSER)
        assert answer.status_code == 200
        assert "Content-Encoding" not in answer, name


def test_the_length_of_a_page_does_not_tell_what_is_on_it(final: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    client = Client()
    client.force_login(final.evaluator)
    lengths = {len(client.get("/answer/page/", headers=BROWSER).content) for _each in range(12)}
    assert len(lengths) > 1, "Django adds some by chance"
    monkeypatch.setattr(secrets, "randbelow", lambda most: 7)
    assert len({len(client.get("/answer/page/", headers=BROWSER).content) for _each in range(4)}) == 1

"""Logs can be followed by request, and hold nothing of what people write."""

import io
import logging
import time
from collections.abc import Iterator

import pytest
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path
from pytest_django import Settings

from ipsreview import context, logs
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def fail(request: HttpRequest, key: str) -> HttpResponse:
    """Break over what was written."""
    written = request.POST["text"]
    raise ValueError(f"could not read {written}")


def miss(request: HttpRequest, key: str) -> HttpResponse:
    """Find nothing."""
    raise Http404(f"no {key}")


urlpatterns = [
    path("fail/<str:key>/", fail, name="fail"),
    path("miss/<str:key>/", miss, name="miss"),
    path("", include("ipsreview.urls")),
]


@pytest.fixture
def written(settings: Settings) -> Iterator[io.StringIO]:
    """What the handler of the settings writes."""
    settings.ROOT_URLCONF = __name__
    handler = logging.getLogger("django").handlers[0]
    assert isinstance(handler, logging.StreamHandler)
    text = io.StringIO()
    before = handler.setStream(text)
    yield text
    handler.setStream(before)


def test_an_error_is_followed_by_its_id_and_told_without_data(client: Client, written: io.StringIO) -> None:
    client.force_login(UserFactory.create(name="Kari Nordmann", email="kari@example.org"))
    client.raise_request_exception = False
    answer = client.post("/fail/nokkel-til-passord/?q=navn", {"text": "hemmelig ord"})
    text = written.getvalue()
    lines = text.splitlines()
    assert f" ERROR {answer['X-Request-ID']} django.request 500 POST: fail" in lines[0]
    assert lines[-1] == "ValueError"
    assert any(line.startswith("  ") and line.endswith("in fail") for line in lines)
    for data in ("hemmelig", "nokkel-til-passord", "navn", "Kari", "kari@", "written"):
        assert data not in text


def test_a_page_that_is_not_there_is_told_without_its_address(client: Client, written: io.StringIO) -> None:
    client.force_login(UserFactory.create())
    client.get("/miss/nokkel-til-passord/")
    client.get("/nowhere/nokkel-til-passord/")
    first, second = written.getvalue().splitlines()
    assert first.endswith("django.request 404 GET: miss")
    assert second.endswith("django.request 404 GET: no such page")


def record(**columns: object) -> logging.LogRecord:
    """Return a record of an ordinary message."""
    made = logging.LogRecord("reviews", logging.INFO, "file.py", 1, "done %d", (3,), None)
    made.__dict__.update(columns)
    return made


@pytest.fixture
def _elsewhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A process that was told of no time zone, as gunicorn's own is."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("_elsewhere")
def test_a_line_says_how_far_its_clock_is_from_utc_the_same_in_every_process() -> None:
    stamp = logs.RequestIdFilter()
    for created, expected in (
        (1767225600.5, "2026-01-01 01:00:00.500+01:00"),
        (1782864000, "2026-07-01 02:00:00.000+02:00"),
    ):
        line = record(created=created)
        assert stamp.filter(line)
        assert logs.PlainFormatter().format(line).startswith(f"{expected} INFO - ")


def test_a_line_outside_a_request_has_a_dash_and_inside_the_id() -> None:
    formatter, stamp = logs.PlainFormatter(), logs.RequestIdFilter()
    outside, inside = record(), record()
    assert stamp.filter(outside)
    token = context.current.set(context.RequestContext(request_id="0123456789ab"))
    stamp.filter(inside)
    context.current.reset(token)
    assert formatter.format(outside).endswith(" INFO - reviews done 3")
    assert formatter.format(inside).endswith(" INFO 0123456789ab reviews done 3")

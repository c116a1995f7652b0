"""Headless Chromium on the real pages: one browser for all tests, and pages that tell of every error in the console."""

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response, sync_playwright
from pytest_django.live_server_helper import LiveServer

from reviews.models import User

os.environ.setdefault("DJANGO_LIVE_TEST_SERVER_ADDRESS", "127.0.0.1")

WIDE = 1280
NARROW = 320
"""The width in CSS pixels at which nothing may need scrolling sideways (WCAG 2.2, 1.4.10)."""

_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

OpenPage = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, started once. A machine without it fails: these tests are never left out."""
    path = shutil.which("chromium")
    assert path, "Chromium is missing: install the Debian package chromium."
    # The driver runs an event loop in the tests' thread, where Django would refuse to touch the database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=_FLAGS)
        yield started
        started.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def open_page(browser: Browser, live_server: LiveServer) -> Iterator[OpenPage]:
    """Open a page of the program for somebody who is logged in, or for a stranger.

    At the end the test fails if any page it opened had an error in its console: a script that broke, a file that was
    not there, something the content security policy forbids.
    """
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def open_one(user: User | None = None, *, width: int = WIDE, script: bool = True) -> Page:
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": 900},
            locale="nb-NO",
            timezone_id="Europe/Oslo",
            java_script_enabled=script,
        )
        contexts.append(context)
        if user is not None:
            context.add_cookies([session_cookie(user, live_server.url)])  # type: ignore[list-item]  # a plain dict
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("console", lambda message: _hear(faults, page, message))
        page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
        page.on("response", lambda response: _look(faults, response))
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert not faults, "\n".join(faults)


def choose_score(page: Page, score: int) -> None:
    """Press the card of a score."""
    card = page.locator(".score-cards .ds-field").filter(has=page.locator(f"[name=score][value='{score}']"))
    card.locator("label").click()


def session_cookie(user: User, url: str) -> dict[str, Any]:
    """Return the cookie of somebody who is logged in, without the way through the form."""
    client = Client()
    client.force_login(user)
    return {
        "name": settings.SESSION_COOKIE_NAME,
        "value": client.cookies[settings.SESSION_COOKIE_NAME].value,
        "url": url,
    }


def _hear(faults: list[str], page: Page, message: ConsoleMessage) -> None:
    """Take down errors and warnings; what could not be loaded is left to _look."""
    if message.type in ("error", "warning") and not message.text.startswith("Failed to load resource"):
        faults.append(f"{page.url}: {message.text}")


def _look(faults: list[str], response: Response) -> None:
    """Take down what broke, and each file of a page that was not there; a page may be told that what it saved by itself
    was wrong.
    """
    is_page = response.request.resource_type == "document" or "autosave" in response.request.headers
    if response.status >= 500 or (response.status >= 400 and not is_page):
        faults.append(f"{response.url}: {response.status}")

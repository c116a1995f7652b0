"""Log-in in two steps in a real browser: an app, a passkey on this device, and what no script or no passkey shows."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from reviews.models import User
from tests.browser import axe
from tests.browser.conftest import OpenPage
from tests.factories import PASSWORD, SeatFactory, UserFactory
from tests.second_factor import code, give_app, recovery_codes

pytestmark = pytest.mark.browser


@pytest.fixture
def evaluator(settings: Settings, transactional_db: None) -> User:
    """Somebody who needs two factors."""
    settings.TWO_FACTOR = True
    user: User = UserFactory.create()
    SeatFactory.create(user=user)
    return user


@pytest.fixture
def page(open_page: OpenPage, live_server: LiveServer) -> Page:
    """A page of a device that keeps passkeys; a passkey belongs to a name, and an address of numbers is none."""
    found = open_page()
    session = found.context.new_cdp_session(found)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    found.goto(_address(live_server, "account_login") + "?next=/calendar/")
    return found


def _address(live_server: LiveServer, name: str) -> str:
    return live_server.url.replace("127.0.0.1", "localhost") + reverse(name)


def _log_in(page: Page, user: User) -> None:
    page.fill("#id_login", user.email)
    page.fill("#id_password", PASSWORD)
    with page.expect_navigation():
        page.click("main form:not([data-passkey]) button[type=submit]")


def _log_out(page: Page, live_server: LiveServer) -> None:
    with page.expect_navigation():
        page.click("header button")
    page.goto(_address(live_server, "account_login") + "?next=/calendar/")


def _press(page: Page, selector: str) -> None:
    with page.expect_navigation():
        page.click(selector)


def test_an_app_is_set_up_and_asked_for(page: Page, evaluator: User, live_server: LiveServer) -> None:
    _log_in(page, evaluator)
    expect(page).to_have_url(_address(live_server, "mfa_index"))
    assert not axe.faults(page)
    _press(page, f"a[href='{reverse('mfa_activate_totp')}']")
    expect(page.locator("img.qr")).to_be_visible()
    assert page.locator("img.qr").evaluate("each => each.naturalWidth") > 0
    page.click("summary")
    assert not axe.faults(page)
    page.fill("#id_code", code(page.locator("code.secret").inner_text()))
    _press(page, "main form button[type=submit]")
    assert not axe.faults(page)
    _press(page, "main form button[type=submit]")
    codes = recovery_codes(evaluator)
    assert page.locator(".codes code").all_inner_texts() == codes
    assert not axe.faults(page)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.click("[data-copy]")
    expect(page.locator("[data-codes] [role=status]")).not_to_be_empty()
    assert page.evaluate("() => navigator.clipboard.readText()").split() == codes
    _press(page, "main .buttons a.ds-button")
    expect(page).to_have_url(re.compile(r"/calendar/$"))
    _log_out(page, live_server)
    _log_in(page, evaluator)
    expect(page).to_have_url(_address(live_server, "mfa_authenticate"))
    assert not axe.faults(page)
    page.fill("#id_code", recovery_codes(evaluator)[0])
    _press(page, "main form:not([data-passkey]) button[type=submit] >> nth=0")
    expect(page).to_have_url(re.compile(r"/calendar/$"))


def test_a_passkey_is_added_and_lets_in_by_itself(page: Page, evaluator: User, live_server: LiveServer) -> None:
    _log_in(page, evaluator)
    page.goto(_address(live_server, "mfa_add_webauthn"))
    assert not axe.faults(page)
    page.fill("#id_name", "Telefonen")
    _press(page, "main form button[type=submit]")
    expect(page).to_have_url(_address(live_server, "mfa_view_recovery_codes"))
    page.goto(_address(live_server, "mfa_index"))
    expect(page.locator("main")).to_contain_text("Telefonen")
    assert not axe.faults(page)
    for name in ("mfa_reauthenticate_webauthn", "mfa_reauthenticate"):
        page.goto(_address(live_server, name))
        assert not axe.faults(page)
    page.goto(_address(live_server, "mfa_index"))
    _press(page, "main li a")
    assert not axe.faults(page)
    _log_out(page, live_server)
    page.click("form[data-passkey] button")
    expect(page).to_have_url(re.compile(r"localhost:\d+/calendar/$"))
    _log_out(page, live_server)
    # Beside the password it is a second factor like any other.
    _log_in(page, evaluator)
    expect(page).to_have_url(_address(live_server, "mfa_authenticate"))
    page.click("form[data-passkey] button")
    expect(page).to_have_url(re.compile(r"/calendar/$"))


def test_a_passkey_that_is_not_there_is_said_to_be(page: Page, evaluator: User) -> None:
    page.evaluate("() => { navigator.credentials.get = () => Promise.reject(new Error('cancelled')); }")
    expect(page.locator("[data-passkey-failed]")).to_be_hidden()
    page.click("form[data-passkey] button")
    expect(page.locator("[data-passkey-failed]")).to_be_visible()
    assert not axe.faults(page)


def test_without_script_there_is_the_app(open_page: OpenPage, evaluator: User, live_server: LiveServer) -> None:
    give_app(evaluator)
    page = open_page(script=False)
    page.goto(live_server.url + reverse("account_login"))
    expect(page.locator("form[data-passkey]")).to_be_hidden()
    _log_in(page, evaluator)
    page.fill("#id_code", recovery_codes(evaluator)[0])
    _press(page, "main form:not([data-passkey]) button[type=submit] >> nth=0")
    page.goto(live_server.url + reverse("mfa_add_webauthn"))
    expect(page.locator("form[data-passkey]")).to_be_hidden()
    expect(page.locator("noscript")).to_be_visible()

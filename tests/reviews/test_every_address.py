"""No address without a rule: each one there is stands in a table of who reaches it, and is closed to who is not logged
in unless the list here says why not. A new one that nobody has thought of fails here.
"""

from collections.abc import Iterator

import pytest
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver

from tests.reviews.test_urls import MODEL_PAGE, OTHERS, rows

PUBLIC = {
    "account_login": "the log-in itself",
    "account_logout": "answers who has logged out already",
    "account_inactive": "tells who logs in to a closed account",
    "account_signup": "tells that nobody signs up",
    "account_email_verification_sent": "tells that a letter was sent",
    "account_confirm_email": "the key is in the address",
    "account_confirm_login_code": "leads to the log-in: no code is sent here",
    "account_reset_password": "who has forgotten the password is not logged in",
    "account_reset_password_done": "tells the same whether there is an account or not",
    "account_reset_password_from_key": "the key is in the address",
    "account_reset_password_from_key_done": "tells that the password is changed",
    "account_provider": "leads to the organisation's own log-in",
    "account_provider_callback": "the way back from there",
    "mfa_authenticate": "the second step of the log-in",
    "mfa_login_webauthn": "log-in by passkey",
    "admin:login": "leads to the log-in",
    "reviews:invitation": "the key is in the address",
}
"""The addresses that answer to those who are not logged in, and why."""


def _patterns(resolver: URLResolver, space: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Give each address's name, which ends in "?" for one that has none, and its pattern."""
    for found in resolver.url_patterns:
        if isinstance(found, URLResolver):
            yield from _patterns(found, f"{space}{found.namespace}:" if found.namespace else space)
        else:
            assert isinstance(found, URLPattern)
            yield f"{space}{found.name or '?'}", found


def _without_a_rule() -> list[str]:
    """Return the addresses that no table knows, and names that more than one address of the work has."""
    ruled = {f"reviews:{name.partition('/')[0]}" for _method, name, _state, _expected in rows()}
    ruled |= {line.split()[0] for line in OTHERS.strip("\n").splitlines()[1:]}
    there = [(name, found) for name, found in _patterns(get_resolver()) if not _of_admin(name, found)]
    names = [name for name, _found in there]
    twice = {name for name in names if name.startswith("reviews:") and names.count(name) > 1}
    return sorted((set(names) - ruled) | twice)


def _of_admin(name: str, found: URLPattern) -> bool:
    """Whether this is a page of a model or a row in the admin, or what it answers for addresses that it does not have:
    closed as a whole (test_only_an_administrator_gets_past_the_admins_door).
    """
    of_row = name.startswith("admin:") and "<path:object_id>" in str(found.pattern)
    return of_row or bool(MODEL_PAGE.fullmatch(name)) or name == "admin:?"


def _open_ones() -> set[str]:
    """Return the names of the addresses that answer to those who are not logged in."""
    return {name for name, found in _patterns(get_resolver()) if not getattr(found.callback, "login_required", True)}


def test_every_address_stands_in_a_table() -> None:
    assert _without_a_rule() == []


def test_every_open_address_says_why() -> None:
    assert _open_ones() == set(PUBLIC)


@override_settings(ROOT_URLCONF="tests.reviews.planted")
def test_a_new_address_without_a_rule_is_found() -> None:
    holes = ("unguarded", "unescaped", "echoing", "breaking", "writing", "unsigned", "reaching_over")
    assert _without_a_rule() == sorted(["?", *(f"planted:{name}" for name in holes)])


@override_settings(ROOT_URLCONF="tests.reviews.planted")
def test_a_new_open_address_without_a_reason_is_found() -> None:
    assert _open_ones() - set(PUBLIC) == {"?"}


@pytest.mark.django_db
@override_settings(ROOT_URLCONF="tests.reviews.planted")
def test_an_address_that_nobody_has_thought_of_is_closed(client: Client) -> None:
    answer = client.get("/planted/writing/reviews/00000000-0000-4000-8000-000000000000/")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/accounts/login/")

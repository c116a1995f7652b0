"""Settings from the surroundings: what is missing or malformed is named, and a secret never is."""

import json
import os
import subprocess
import sys
import traceback
from pathlib import Path
from typing import Any

import environ
import pytest
from django.conf import settings
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured

from ipsreview import env

KEY = "x9-Qe7_fGh2LmN4pRsT6uVwXyZaBcDeFgHiJkLmNoPqRsTuVwXyZ01"
GOOD = {"SECRET_KEY": KEY, "DATABASE_URL": "sqlite:////srv/ips.sqlite3"}


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """An environment of its own for each test: reading a .env file writes into it."""
    own: dict[str, str] = dict(GOOD)
    monkeypatch.setattr(environ.Env, "ENVIRON", own)
    return own


def test_the_server_is_told_where_to_answer_and_how_many_at_once(surroundings: dict[str, str], tmp_path: Path) -> None:
    found = env.read_server(tmp_path)
    assert found.bind == "127.0.0.1:8000"
    assert found.workers >= 2
    surroundings |= {"BIND": "unix:/run/ips/socket", "WORKERS": "3", "THREADS": "8"}
    assert env.read_server(tmp_path) == env.Server("unix:/run/ips/socket", 3, 8)
    for name, wrong in {
        "BIND": ("8000", ":8000", "127.0.0.1:0", "127.0.0.1:x", "unix:"),
        "WORKERS": ("0", "-1", "two", "65", "1.5"),
        "THREADS": ("0", "x"),
    }.items():
        for value in wrong:
            surroundings[name] = value
            with pytest.raises(ImproperlyConfigured, match=f"^{name} is malformed"):
                env.read_server(tmp_path)
        del surroundings[name]


@pytest.mark.parametrize(
    ("processors", "given", "made"),
    [
        (None, "", (2, 24)),
        (1, "", (2, 24)),
        (5, "", (5, 16)),
        (10, "", (10, 8)),
        (64, "", (10, 8)),
        (5, "1", (1, 24)),
        (5, "12", (12, 6)),
        (5, "64", (64, 1)),
    ],
)
def test_what_is_not_said_leaves_room_for_others_in_the_database(
    surroundings: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    processors: int | None,
    given: str,
    made: tuple[int, int],
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: processors)
    surroundings["WORKERS"] = given
    found = env.read_server(tmp_path)
    assert (found.workers, found.threads) == made
    assert found.workers * found.threads <= 80


def test_the_two_that_must_be_given_are_enough(tmp_path: Path) -> None:
    found = env.read(tmp_path)
    assert found.secret_key == KEY
    assert found.debug is False
    assert found.database["ENGINE"] == "django.db.backends.sqlite3"
    assert found.database["NAME"] == "/srv/ips.sqlite3"
    assert found.database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert found.allowed_hosts == ["localhost", "127.0.0.1"]
    assert found.base_url == ""
    assert found.app_role == ""
    assert found.trusted_proxies == 0
    assert found.keep_notes_days == 60
    assert found.email["EMAIL_BACKEND"] == "django.core.mail.backends.console.EmailBackend"


@pytest.mark.parametrize("name", ["SECRET_KEY", "DATABASE_URL"])
@pytest.mark.parametrize("value", [None, "", "  "])
def test_what_is_missing_is_named(surroundings: dict[str, str], tmp_path: Path, name: str, value: str | None) -> None:
    del surroundings[name]
    if value is not None:
        surroundings[name] = value
    with pytest.raises(ImproperlyConfigured, match=f"^{name} is not set"):
        env.read(tmp_path)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://ips:s3krit@db/ips"),
        ("DATABASE_URL", "s3krit"),
        ("DATABASE_URL", "postgres://ips:s3krit@db:port/ips"),
        ("DATABASE_URL", "postgres://ips:s3krit@db:5432/"),
        ("DEBUG", "s3krit"),
        ("DEBUG", "2"),
        ("APP_ROLE", "s3krit; DROP"),
        ("APP_ROLE", "S3krit"),
        ("TRUSTED_PROXIES", "s3krit"),
        ("TRUSTED_PROXIES", "-1"),
        ("TRUSTED_PROXIES", "10"),
        ("KEEP_NOTES_DAYS", "s3krit"),
        ("KEEP_NOTES_DAYS", "13"),
        ("BASE_URL", "s3krit"),
        ("BASE_URL", "s3krit.example"),
        ("BASE_URL", "ftp://s3krit.example"),
        ("BASE_URL", "https://"),
        ("BASE_URL", "https:///s3krit"),
        ("BASE_URL", "https://ips.example/s3krit"),
        ("BASE_URL", "https://ips.example?s3krit"),
        ("BASE_URL", "https://ips.example#s3krit"),
        ("BASE_URL", "https://ips:s3krit@ips.example"),
        ("BASE_URL", "https://ips.example:s3krit"),
        ("BASE_URL", "https://[s3krit"),
        ("BASE_URL", "https://s3krit example"),
        ("TWO_FACTOR", "s3krit"),
        ("SESSION_IDLE_MINUTES", "s3krit"),
        ("SESSION_IDLE_MINUTES", "4"),
        ("SESSION_IDLE_MINUTES", "721"),
        ("SESSION_IDLE_MINUTES", "²"),
        ("EMAIL_URL", "s3krit"),
        ("STATEMENT_SECONDS", "s3krit"),
        ("STATEMENT_SECONDS", "-1"),
        ("EMAIL_URL", "pigeon://s3krit@post"),
    ],
)
def test_what_is_malformed_is_named_and_its_value_never_told(
    surroundings: dict[str, str], tmp_path: Path, name: str, value: str
) -> None:
    surroundings[name] = value
    with pytest.raises(ImproperlyConfigured, match=f"^{name} is malformed") as caught:
        env.read(tmp_path)
    assert "s3krit" not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize(
    ("value", "debug"),
    [("1", True), ("true", True), ("ON", True), ("yes", True), ("0", False), ("False", False), ("", False)],
)
def test_debug_is_on_only_when_asked_for(surroundings: dict[str, str], tmp_path: Path, value: str, debug: bool) -> None:
    surroundings["DEBUG"] = value
    assert env.read(tmp_path).debug is debug


@pytest.mark.parametrize(
    ("value", "debug", "address"),
    [
        ("https://ips.example", "0", "https://ips.example"),
        ("https://ips.example:8443/", "0", "https://ips.example:8443"),
        (" http://127.0.0.1:8001 ", "1", "http://127.0.0.1:8001"),
        ("", "1", "http://127.0.0.1:8000"),
        ("", "0", ""),
    ],
)
def test_the_sites_address(surroundings: dict[str, str], tmp_path: Path, value: str, debug: str, address: str) -> None:
    surroundings |= {"BASE_URL": value, "DEBUG": debug}
    assert env.read(tmp_path).base_url == address


@pytest.mark.parametrize("address", ["", "https://ips.example"])
def test_who_deploys_without_the_sites_address_is_warned(settings: Any, address: str) -> None:
    settings.BASE_URL = address
    found = [warning.id for warning in run_checks(include_deployment_checks=True)]
    assert ("reviews.W002" in found) is (address == "")
    assert "reviews.W002" not in [warning.id for warning in run_checks()]


@pytest.mark.parametrize(
    "key",
    ["kort-og-hemmelig", KEY[:49], "a" * 60, "abc" * 20, f"django-insecure-{KEY}", f"change-me-{KEY}", f"{KEY}example"],
)
def test_a_key_that_can_be_guessed_is_refused_and_not_told(
    surroundings: dict[str, str], tmp_path: Path, key: str
) -> None:
    surroundings["SECRET_KEY"] = key
    with pytest.raises(ImproperlyConfigured, match=r"^SECRET_KEY can be guessed") as caught:
        env.read(tmp_path)
    assert key not in str(caught.value)
    surroundings["DEBUG"] = "1"
    assert env.read(tmp_path).secret_key == key


@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
def test_an_address_of_postgresql(surroundings: dict[str, str], tmp_path: Path, scheme: str) -> None:
    surroundings["DATABASE_URL"] = f"{scheme}://ips:p%40ss@db.example:5433/kvalitet"
    database = env.read(tmp_path).database
    assert {key: database[key] for key in ("ENGINE", "NAME", "USER", "PASSWORD", "HOST", "PORT")} == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "kvalitet",
        "USER": "ips",
        "PASSWORD": "p@ss",
        "HOST": "db.example",
        "PORT": 5433,
    }
    limits = "-c statement_timeout=30s -c lock_timeout=10s -c idle_in_transaction_session_timeout=120s"
    assert database["OPTIONS"] == {"options": f"{limits} -c jit=off"}


def test_how_long_postgresql_works_for_a_page_can_be_said(surroundings: dict[str, str], tmp_path: Path) -> None:
    address = "postgres://ips:p%40ss@db.example/kvalitet?sslmode=require&options=-c%20lock_timeout%3D1s"
    surroundings |= {"DATABASE_URL": address, "STATEMENT_SECONDS": "0"}
    options = env.read(tmp_path).database["OPTIONS"]
    assert options["sslmode"] == "require"
    assert options["options"].startswith("-c statement_timeout=0s -c lock_timeout=10s ")
    # Of two the last one counts.
    assert options["options"].endswith(" -c lock_timeout=1s")


def test_the_optional_ones_are_read(surroundings: dict[str, str], tmp_path: Path) -> None:
    surroundings |= {
        "ALLOWED_HOSTS": "ips.example,www.ips.example",
        "EMAIL_URL": "smtp+tls://post:s3krit@smtp.example:587",
        "DEFAULT_FROM_EMAIL": "ips@ips.example",
        "KEEP_NOTES_DAYS": "14",
    }
    found = env.read(tmp_path)
    assert found.keep_notes_days == 14
    assert found.allowed_hosts == ["ips.example", "www.ips.example"]
    assert (found.email["EMAIL_HOST"], found.email["EMAIL_PORT"], found.email["EMAIL_USE_TLS"]) == (
        "smtp.example",
        587,
        True,
    )
    assert found.from_email == "ips@ips.example"


def test_a_file_is_read_and_the_environment_wins(surroundings: dict[str, str], tmp_path: Path) -> None:
    del surroundings["SECRET_KEY"]
    (tmp_path / ".env").write_text(f"SECRET_KEY={KEY[::-1]}\nDEBUG=1\nDATABASE_URL=sqlite:////tmp/annen.sqlite3\n")
    found = env.read(tmp_path)
    assert (found.secret_key, found.debug, found.database["NAME"]) == (KEY[::-1], True, "/srv/ips.sqlite3")


def in_a_new_process(code: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run Python code with only these settings in its environment."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=settings.BASE_DIR,
        env={**kept, "SECRET_KEY": "", "DATABASE_URL": "", "DEBUG": "", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_without_a_setting_nothing_starts_and_the_last_line_says_why() -> None:
    ended = in_a_new_process("import ipsreview.settings", DATABASE_URL=GOOD["DATABASE_URL"])
    assert ended.returncode != 0
    assert (
        ended.stderr.strip()
        .splitlines()[-1]
        .endswith("SECRET_KEY is not set. Give a long random text that nobody else knows.")
    )


SAFE = {
    "DEBUG": False,
    "SECURE_SSL_REDIRECT": True,
    "SESSION_COOKIE_SECURE": True,
    "CSRF_COOKIE_SECURE": True,
    "SESSION_COOKIE_HTTPONLY": True,
    "SECURE_HSTS_SECONDS": 31536000,
    "SECURE_CONTENT_TYPE_NOSNIFF": True,
    "X_FRAME_OPTIONS": "DENY",
}


def test_an_installation_that_says_nothing_more_is_locked_down() -> None:
    told = f"{{name: getattr(settings, name) for name in {list(SAFE)}}}"
    code = f"import json; from ipsreview import settings; print(json.dumps({told}))"
    ended = in_a_new_process(code, **GOOD)
    found: dict[str, Any] = json.loads(ended.stdout)
    assert found == SAFE


OIDC = {"OIDC_ISSUER": "https://id.example/tenant/", "OIDC_CLIENT_ID": "ips", "OIDC_CLIENT_SECRET": "s3krit"}


def test_two_factors_are_demanded_and_idle_sessions_end_unless_said_otherwise(
    surroundings: dict[str, str], tmp_path: Path
) -> None:
    found = env.read(tmp_path)
    assert (found.two_factor, found.session_idle_minutes, found.provider) == (True, 60, None)
    surroundings |= {"TWO_FACTOR": "0", "SESSION_IDLE_MINUTES": "15"}
    found = env.read(tmp_path)
    assert (found.two_factor, found.session_idle_minutes) == (False, 15)


def test_an_organisations_own_log_in_is_read(surroundings: dict[str, str], tmp_path: Path) -> None:
    surroundings |= OIDC
    assert env.read(tmp_path).provider == env.Provider(
        "https://id.example/tenant", "ips", "s3krit", "id.example", False
    )
    surroundings |= {"OIDC_NAME": "Helse Fjord", "OIDC_TWO_FACTOR": "1"}
    assert env.read(tmp_path).provider == env.Provider(
        "https://id.example/tenant", "ips", "s3krit", "Helse Fjord", True
    )


@pytest.mark.parametrize("name", list(OIDC))
def test_half_of_an_organisations_log_in_stops_the_program(
    surroundings: dict[str, str], tmp_path: Path, name: str
) -> None:
    surroundings |= OIDC
    del surroundings[name]
    with pytest.raises(ImproperlyConfigured, match=f"^{name} is not set"):
        env.read(tmp_path)


@pytest.mark.parametrize(
    "issuer",
    ["id.example", "http://id.example", "https://", "https://u:s3krit@id.example", "https://id.example/?s3krit"],
)
def test_an_organisations_log_in_is_protected_on_the_way(
    surroundings: dict[str, str], tmp_path: Path, issuer: str
) -> None:
    surroundings |= OIDC | {"OIDC_ISSUER": issuer}
    with pytest.raises(ImproperlyConfigured, match="OIDC_ISSUER is malformed") as caught:
        env.read(tmp_path)
    assert "s3krit" not in str(caught.value)

"""What the surroundings decide, read once at start: every name, its meaning and what happens when it is missing or
malformed.
"""

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

_KEY_LENGTH = 50
_KEY_SIGNS = 10
_KNOWN_KEY = re.compile(r"django-insecure|change.?me|your.?secret|secret.?key|example", re.IGNORECASE)
"""What keys are made of that stand in a guide or an example, where everybody reads them."""

_DATABASES = ("sqlite", "postgres", "postgresql")

_CONNECTIONS = 80
"""How many threads there are at most unless told otherwise: each keeps a connection, and of the hundred that PostgreSQL
takes as it comes the rest are for commands and for who looks after it.
"""
_FEWEST_THREADS, _MOST_THREADS = 8, 24
"""How many of them a process has: four for pages, and the others to wait for PDFs, for twenty that fall on one process
where there is room. One that waits costs next to nothing but its connection.
"""


@dataclass(frozen=True)
class Server:
    """How many requests are answered at once, and where: what gunicorn asks before the settings are read."""

    bind: str
    workers: int
    threads: int


@dataclass(frozen=True)
class Provider:
    """An organisation's own log-in (OpenID Connect): its address, what it knows us by, and what the pages call it.

    `two_factor` says that it demands two factors of everybody itself.
    """

    issuer: str
    client_id: str
    client_secret: str
    name: str
    two_factor: bool


@dataclass(frozen=True)
class Surroundings:
    """The settings an installation chooses."""

    secret_key: str
    debug: bool
    database: dict[str, Any]
    allowed_hosts: list[str]
    base_url: str
    email: dict[str, Any]
    from_email: str
    two_factor: bool
    session_idle_minutes: int
    provider: Provider | None
    app_role: str
    trusted_proxies: int
    keep_notes_days: int


def read_server(base_dir: Path) -> Server:
    """Read what gunicorn needs, from where `read` reads. Raises ImproperlyConfigured with the name of what is wrong."""
    env = _environment(base_dir)
    bind: str = env.str("BIND", default="127.0.0.1:8000").strip()
    host, _, port = bind.rpartition(":")
    if not (bind.startswith("unix:/") or (host and port.isascii() and port.isdigit() and 0 < int(port) < 65536)):
        raise ImproperlyConfigured("BIND is malformed. Give HOST:PORT, or unix:/path/to/socket.")
    processors = min(max(2, os.cpu_count() or 2), _CONNECTIONS // _FEWEST_THREADS)
    workers = _number(env, "WORKERS", default=processors, least=1, most=64)
    threads = _number(env, "THREADS", default=min(_MOST_THREADS, _CONNECTIONS // workers), least=1, most=64)
    return Server(bind, workers, threads)


def read(base_dir: Path) -> Surroundings:
    """Read the settings from the environment, and from `.env` beside manage.py where there is one.

    The environment wins over the file. Raises ImproperlyConfigured with the name and what is wrong with it, never with
    its value:
    a database address holds a password.
    """
    env = _environment(base_dir)
    debug = _debug(env)
    return Surroundings(
        secret_key=_secret_key(env, debug),
        debug=debug,
        database=_database(env),
        allowed_hosts=env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1"]),
        base_url=_base_url(env, debug),
        email=_email(env),
        from_email=env.str(
            "DEFAULT_FROM_EMAIL",
            default="IPS-kvalitetsevaluering <ikke-svar@localhost>",
        ),
        two_factor=_yes_or_no(env, "TWO_FACTOR", default=True),
        session_idle_minutes=_number(env, "SESSION_IDLE_MINUTES", default=60, least=5, most=720),
        provider=_provider(env, debug),
        app_role=_app_role(env),
        trusted_proxies=_number(env, "TRUSTED_PROXIES", default=0, least=0, most=9),
        keep_notes_days=_number(env, "KEEP_NOTES_DAYS", default=60, least=14, most=730),
    )


def _environment(base_dir: Path) -> environ.Env:
    """Return the environment with what `.env` adds to it."""
    env = environ.Env()
    env_file = base_dir / ".env"
    if env_file.is_file():
        env.read_env(env_file)
    return env


def _number(env: environ.Env, name: str, *, default: int, least: int, most: int) -> int:
    """Return a whole number. Raises ImproperlyConfigured where it is none, or not from `least` to `most`."""
    text: str = env.str(name, default="").strip() or str(default)
    if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
        raise ImproperlyConfigured(f"{name} is malformed. Give a whole number from {least} to {most}.")
    return int(text)


def _secret_key(env: environ.Env, debug: bool) -> str:
    """Return the key that signs sessions and invitations; but on a developer's own machine it must be hard to guess."""
    key: str = env.str("SECRET_KEY", default="")
    if not key.strip():
        raise ImproperlyConfigured("SECRET_KEY is not set. Give a long random text that nobody else knows.")
    if not debug and (len(key) < _KEY_LENGTH or len(set(key)) < _KEY_SIGNS or _KNOWN_KEY.search(key)):
        raise ImproperlyConfigured(
            f"SECRET_KEY can be guessed. Give {_KEY_LENGTH} random characters or more, such as those that "
            "`python3 -c 'import secrets; print(secrets.token_urlsafe(50))'` prints."
        )
    return key


def _debug(env: environ.Env) -> bool:
    return _yes_or_no(env, "DEBUG", default=False)


def _yes_or_no(env: environ.Env, name: str, *, default: bool) -> bool:
    value: str = env.str(name, default="").strip().lower()
    if value in ("0", "false", "no", "off"):
        return False
    if value in ("1", "true", "yes", "on"):
        return True
    if value:
        unless = "on" if default else "off"
        raise ImproperlyConfigured(f"{name} is malformed. Give 1 or 0, or leave it out: then it is {unless}.")
    return default


def _database(env: environ.Env) -> dict[str, Any]:
    manners = _manners(env)
    address: str = env.str("DATABASE_URL", default="").strip()
    if not address:
        raise ImproperlyConfigured(
            "DATABASE_URL is not set. Give postgres://USER:PASSWORD@HOST:PORT/NAME or sqlite:////path/to/file.sqlite3."
        )
    if address.partition("://")[0] not in _DATABASES:
        raise ImproperlyConfigured("DATABASE_URL is malformed: it must begin with postgres:// or sqlite://.")
    try:
        config: dict[str, Any] = env.db_url_config(address)
    except (ValueError, KeyError, ImproperlyConfigured):
        # Without the cause: it would print the address, and with it a password.
        raise ImproperlyConfigured("DATABASE_URL is malformed: its host, port or name cannot be read.") from None
    if not config.get("NAME"):
        raise ImproperlyConfigured("DATABASE_URL is malformed: it names no database.")
    if config["ENGINE"] == "django.db.backends.sqlite3":
        # A write lock from the first statement: a check that leads to a write must not be overtaken by another request.
        config["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            # What is deleted is written over.
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA secure_delete=ON;",
            "timeout": 20,
        }
    else:
        config["CONN_MAX_AGE"] = 600
        config["CONN_HEALTH_CHECKS"] = True
        options = config.setdefault("OPTIONS", {})
        # What the address says wins: the last one counts.
        options["options"] = f"{manners} {options.get('options', '')}".strip()
    return config


def _manners(env: environ.Env) -> str:
    """Return how PostgreSQL works for us, and how long: nobody waits longer for a page, and a request that got stuck
    must not keep others waiting. A lock is held for moments; a transaction that nobody goes on with is rolled back.

    It compiles no query: that takes it a tenth of a second or several for a page's large ones, which take a hundredth.
    """
    seconds = _number(env, "STATEMENT_SECONDS", default=30, least=0, most=3600)
    limits = {"statement_timeout": seconds, "lock_timeout": 10, "idle_in_transaction_session_timeout": 120}
    return " ".join([*(f"-c {name}={limit}s" for name, limit in limits.items()), "-c jit=off"])


def _base_url(env: environ.Env, debug: bool) -> str:
    """Return the site's address without a slash at its end; empty where nobody has said it: a letter then waits."""
    address: str = env.str("BASE_URL", default="").strip()
    if not address:
        return "http://127.0.0.1:8000" if debug else ""
    try:
        parts = urlsplit(address)
        sound = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0 and " " not in parts.netloc
    except ValueError:
        sound = False
    if not sound or address.rstrip("/") != f"{parts.scheme}://{parts.netloc}" or "@" in parts.netloc:
        raise ImproperlyConfigured(
            "BASE_URL is malformed. Give the site's address, as https://HOST or https://HOST:PORT."
        )
    return address.rstrip("/")


def _provider(env: environ.Env, debug: bool) -> Provider | None:
    """Return the organisation's own log-in; none where it has given none. Half of one stops the program."""
    issuer, client_id, secret = (
        env.str(name, default="").strip() for name in ("OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET")
    )
    if not (issuer or client_id or secret):
        return None
    for name, value in (("OIDC_ISSUER", issuer), ("OIDC_CLIENT_ID", client_id), ("OIDC_CLIENT_SECRET", secret)):
        if not value:
            raise ImproperlyConfigured(
                f"{name} is not set. OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET go together."
            )
    schemes = ("https", "http") if debug else ("https",)
    try:
        parts = urlsplit(issuer)
        sound = (
            parts.scheme in schemes and parts.hostname and not (parts.query or parts.fragment or "@" in parts.netloc)
        )
    except ValueError:
        sound = False
    if not sound or " " in issuer:
        raise ImproperlyConfigured("OIDC_ISSUER is malformed. Give the provider's address, as https://HOST/PATH.")
    return Provider(
        issuer=issuer.rstrip("/"),
        client_id=client_id,
        client_secret=secret,
        name=env.str("OIDC_NAME", default="").strip() or parts.hostname or "",
        two_factor=_yes_or_no(env, "OIDC_TWO_FACTOR", default=False),
    )


def _email(env: environ.Env) -> dict[str, Any]:
    address: str = env.str("EMAIL_URL", default="consolemail://")
    try:
        config: dict[str, Any] = env.email_url_config(address)
    except (ValueError, KeyError, ImproperlyConfigured):
        raise ImproperlyConfigured(
            "EMAIL_URL is malformed. Give smtp+tls://USER:PASSWORD@HOST:PORT, or consolemail:// to print messages."
        ) from None
    return config


def _app_role(env: environ.Env) -> str:
    """Return the name of the role the program runs as on PostgreSQL; empty where one role does everything."""
    name: str = env.str("APP_ROLE", default="").strip()
    if name and not re.fullmatch(r"[a-z_][a-z0-9_]{0,62}", name):
        raise ImproperlyConfigured("APP_ROLE is malformed. Give the name of a role: a-z, 0-9 and _, at most 63.")
    return name

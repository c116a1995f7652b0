"""What `make bench` and `make load` share: their size from the environment, a server of their own, and how they end."""

import os
import secrets
import signal
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from tests.with_postgres import Server, newest_server, server, stop

_Found = TypeVar("_Found")


def number(environment: Mapping[str, str], name: str, default: int, least: int = 1, most: int = 9_999) -> int:
    """Read a whole number. Ends the process where it is malformed, and says what is."""
    text = environment.get(name, "").strip() or str(default)
    if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
        raise SystemExit(f"{name} is {text!r} and must be a whole number from {least} to {most:,}.")
    return int(text)


def set_up(settings: str, database_url: str, **more: str) -> None:
    """Set the process, and those it starts, up as an installation in use with these settings, and make the tables.

    `more` is put into the environment besides.
    """
    for name in ("APP_ROLE", "EMAIL_URL", "ALLOWED_HOSTS", "TRUSTED_PROXIES"):
        os.environ.pop(name, None)
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": settings,
        "DATABASE_URL": database_url,
        "SECRET_KEY": secrets.token_urlsafe(60),
        "DEBUG": "0",
        "BASE_URL": "https://ips.example",
        "TWO_FACTOR": "0",
        **more,
    }
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def run(name: str, work: Callable[[Path, Server], _Found]) -> _Found:
    """Give `work` a directory and an empty PostgreSQL of its own, and return what it returns; all of it is cleared away
    afterwards. StopError where a signal ends it, RuntimeError where the server does not start.
    """
    programs = newest_server()
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, stop)
    with tempfile.TemporaryDirectory(prefix=f"ips-{name}-") as where:
        home = Path(where)
        (home / "postgres").mkdir()
        # The server runs as somebody else and must get there.
        home.chmod(0o711)
        with server(programs, home / "postgres", in_earnest=True) as database:
            return work(home, database)

"""What a database holds, told so shortly that a copy of it can be compared: rows of each table, and the SHA-256 of each
report.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

_REPORTS = "reviews_reportversion"
_SESSIONS = "django_session"


class Cursor(Protocol):
    """What is asked of a database's cursor, Django's or SQLite's own."""

    def execute(self, sql: str, params: Any = ..., /) -> Any:
        """Send a statement."""

    def fetchall(self) -> list[Any]:
        """Return what it found."""


@dataclass(frozen=True)
class Contents:
    """What was found: how many rows by table, the SHA-256 of each report's bytes by the key of its version, which of
    them have other bytes than when they were made, and the migrations that are applied.
    """

    rows: Mapping[str, int]
    reports: Mapping[str, str]
    damaged: tuple[str, ...]
    migrations: tuple[str, ...]


def read(cursor: Cursor, tables: Iterable[str], vendor: str) -> Contents:
    """Look at all tables of a database of one kind (sqlite, postgresql); within one transaction all of one moment."""
    rows: dict[str, int] = {}
    for table in sorted(tables):
        cursor.execute(f'SELECT count(*) FROM "{table}"')  # noqa: S608  # a name the database itself told
        ((rows[table],),) = cursor.fetchall()
    reports: dict[str, str] = {}
    damaged = []
    if _REPORTS in rows:
        for key, stored, found in _reports(cursor, vendor):
            reports[key] = found
            if stored != found:
                damaged.append(key)
    migrations: list[str] = []
    if "django_migrations" in rows:
        cursor.execute("SELECT app, name FROM django_migrations ORDER BY app, name")
        migrations = [f"{app}.{name}" for app, name in cursor.fetchall()]
    return Contents(rows, reports, tuple(damaged), tuple(migrations))


def _reports(cursor: Cursor, vendor: str) -> Iterable[tuple[str, str, str]]:
    """Give each report's key, the SHA-256 it was made with, and that of the bytes that are there now."""
    where = f"FROM {_REPORTS} WHERE pdf IS NOT NULL"
    if vendor == "postgresql":
        cursor.execute(f"SELECT id, sha256, encode(sha256(pdf), 'hex') {where}")
        yield from ((str(key), stored, found) for key, stored, found in cursor.fetchall())
        return
    cursor.execute(f"SELECT id, sha256 {where}")
    for key, stored in cursor.fetchall():
        # One at a time: together they may be more than the memory takes.
        cursor.execute(f"SELECT pdf FROM {_REPORTS} WHERE id = ?", [key])  # noqa: S608  # our own table
        ((pdf,),) = cursor.fetchall()
        yield str(key), stored, hashlib.sha256(pdf).hexdigest()


def differences(expected: Contents, found: Contents) -> list[str]:
    """Return the names of what is not as it was: tables with another number of rows, reports with other bytes. Sessions
    are not put back.
    """
    tables = sorted((expected.rows.keys() | found.rows.keys()) - {_SESSIONS})
    reports = sorted(expected.reports.keys() | found.reports.keys())
    return [
        *(
            f"{name}: {expected.rows.get(name)} / {found.rows.get(name)}"
            for name in tables
            if expected.rows.get(name) != found.rows.get(name)
        ),
        *(f"{_REPORTS} {key}" for key in reports if expected.reports.get(key) != found.reports.get(key)),
    ]

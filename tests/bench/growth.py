"""Makes ten and a hundred times as many services of the hundred there are, in the database itself: every row of a
service again under new keys, so that the copies are read as anything else is.
"""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import StringIO

from django.core.management import call_command
from django.db import connection, models

from reviews.models import (
    ActionPoint,
    AgreedResult,
    AuditEvent,
    Context,
    FactCheckRespondent,
    FinalScore,
    Organisation,
    Partnership,
    Rating,
    ReportVersion,
    Review,
    ReviewScale,
    Role,
    Seat,
    Service,
    TreatmentTeam,
    User,
)
from tests.bench.cast import Cast
from tests.bench.figures import Row
from tests.bench.pages import Visit
from tests.bench.rounds import Samples

COPIED: tuple[type[models.Model], ...] = (
    *(Organisation, User, Service, Role, Partnership, TreatmentTeam, Review, ReviewScale, Seat, FactCheckRespondent),
    *(Context, ReportVersion, FinalScore, AgreedResult, Rating, ActionPoint, AuditEvent),
)
"""What there is of each service, each after all that it points at."""

_NAMED = {(User, "email"), (User, "name"), (Organisation, "name"), (Service, "name")}
"""What no two may share: the copy's number is put after it."""

_STEP = 10_000_000
"""How far the keys of a copy are from those of the copy before, where keys are numbers; the copied ones are lower."""

_AT_ONCE = 2
"""How many tables grow at the same time."""

_AS_LONG_AS_IT_TAKES = "SET statement_timeout = 0"

TIMES = (10, 100)
SECONDS = 60
"""How long the pages are measured each time there is more."""


@dataclass(frozen=True)
class _Table:
    """A table that grows: its name, the table with the keys of what is copied, and how a copy's columns are made."""

    name: str
    originals: str
    columns: dict[str, str]

    def copy(self, first: int, last: int) -> str:
        """Return the SQL that makes the copies of these numbers, one copy after the other."""
        names = ", ".join(f'"{name}"' for name in self.columns)
        return (
            f'INSERT INTO "{self.name}" ({names}) SELECT {", ".join(self.columns.values())} '
            f'FROM generate_series({first}, {last}) AS copy(n), "{self.name}" x '
            f"JOIN {self.originals} o ON o.id = x.id ORDER BY copy.n, x.id"
        )


class Growth:
    """The database of a run while it grows."""

    def __init__(self, measured: Sequence[str]) -> None:
        """Remember what is copied: all there is now but those who are measured (their e-mail addresses), and what is
        theirs.
        """
        self._times = 1
        self._tables = [_table(model) for model in COPIED]
        mine = f"(SELECT id FROM {User._meta.db_table} WHERE email IN ({', '.join(map(_quoted, measured))}))"
        left_out = {
            User: f"x.id NOT IN {mine}",
            Review: f"x.id NOT IN (SELECT review_id FROM {Seat._meta.db_table} WHERE user_id IN {mine})",
        }
        for model, table in zip(COPIED, self._tables, strict=True):
            conditions = [left_out.get(model, "TRUE"), *_whole(model)]
            _run(
                f'CREATE TABLE {table.originals} AS SELECT x.id FROM "{table.name}" x WHERE {" AND ".join(conditions)}',
                f"ALTER TABLE {table.originals} ADD PRIMARY KEY (id)",
                f"ANALYZE {table.originals}",
            )

    def to(self, times: int) -> None:
        """Let there be `times` as many of everything as at first."""
        first, last = self._times, times - 1
        # Nothing is asked of what the copies refer to, and no trigger fires: they are as sound as what they copy.
        quick = ("SET session_replication_role = replica", "SET synchronous_commit = off", _AS_LONG_AS_IT_TAKES)
        self._each(lambda table: _run(*quick, table.copy(first, last)))
        self._each(lambda table: _run(_AS_LONG_AS_IT_TAKES, f'VACUUM (ANALYZE) "{table.name}"'))
        self._times = times

    def _each(self, act: Callable[[_Table], None]) -> None:
        """Do it to each table, the largest first, one on each processor."""

        def alone(table: _Table) -> None:
            try:
                act(table)
            finally:
                connection.close()

        with ThreadPoolExecutor(_AT_ONCE) as workers:
            list(workers.map(alone, sorted(self._tables, key=lambda table: -_rows(table.originals))))


def rows(visit: Visit, cast: Cast, before: dict[str, Samples], services: int, rounds: int) -> list[Row]:
    """Measure the pages again when there is ten and a hundred times as much; `before`: as they were."""
    grown = Growth(cast.measured)
    small = disk(), reviews()
    found = []
    for times in TIMES:
        where = f"{services * times:,} services"
        began = time.monotonic()
        grown.to(times)
        took = time.monotonic() - began
        found.append(Row(f"the summary made anew, {where}", rebuild(), unit=" s"))
        found += visit.growth(before, visit.sample(rounds, at_most=SECONDS), where)
        large = disk(), reviews()
        each = (large[0] - small[0]) / (large[1] - small[1])
        detail = f"{large[1]:,} reviews, {large[0] / 1e9:.2f} GB, grown in {took:.0f} s"
        found.append(Row(f"disk per review, {where}", each / 1000, unit=" kB", detail=detail))
    return found


def rebuild() -> float:
    """Make the summary of all services anew, and return how many seconds that took."""
    began = time.monotonic()
    call_command("summary", "--rebuild", stdout=StringIO())
    took = time.monotonic() - began
    _run("ANALYZE")
    return took


def disk() -> int:
    """Return how many bytes the database takes."""
    return _number("SELECT pg_database_size(current_database())")


def reviews() -> int:
    """Return how many reviews there are."""
    return _rows(Review._meta.db_table)


def _table(model: type[models.Model]) -> _Table:
    columns = {field.column: _copied(model, field) for field in model._meta.concrete_fields}
    return _Table(model._meta.db_table, _originals(model), {str(name): made for name, made in columns.items()})


def _originals(model: type[models.Model]) -> str:
    return f"bench_{model._meta.db_table}"


def _copied(model: type[models.Model], field: "models.Field[object, object]") -> str:
    """Return the SQL of what a column holds in a copy."""
    value = f'x."{field.column}"'
    if (model, field.name) in _NAMED:
        return f"{value} || ' ' || copy.n" if field.name == "name" else f"copy.n || {value}"
    key = _pointed_at(field) or (model if field.primary_key else None)
    if key is None:
        return value
    if isinstance(key._meta.pk, models.UUIDField):
        return f"md5({value}::text || copy.n)::uuid"
    return f"{value} + copy.n * {_STEP}"


def _whole(model: type[models.Model]) -> list[str]:
    """Return the conditions that a row points at nothing that is not copied."""
    found = []
    for field in model._meta.concrete_fields:
        to = _pointed_at(field)
        if to is not None and to is not model:
            value = f'x."{field.column}"'
            found.append(f"({value} IS NULL OR {value} IN (SELECT id FROM {_originals(to)}))")
    return found


def _pointed_at(field: "models.Field[object, object]") -> type[models.Model] | None:
    """Return the model whose row a column names, where that is copied too."""
    to = field.related_model if field.is_relation else None
    return to if isinstance(to, type) and to in COPIED else None


def _run(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _rows(table: str) -> int:
    return _number(f'SELECT count(*) FROM "{table}"')


def _number(query: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(query)
        (found,) = cursor.fetchone()
    return int(found)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"

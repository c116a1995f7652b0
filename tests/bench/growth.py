"""Makes ten and a hundred times as many services of the hundred there are, in the database itself: every row of a
service again under new keys, so that the copies are read as anything else is.

Indexes are left out while rows are copied and made again at once: a database that grew row by row has them up to half
as large again.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from io import StringIO
from typing import TypeVar

from django.apps import apps
from django.core.management import call_command
from django.db import connection, models

from reviews.models import (
    AuditEvent,
    Organisation,
    Reminder,
    Review,
    Seat,
    Service,
    ServiceSummary,
    StaleSummary,
    Upload,
    User,
)
from tests.bench.cast import Cast
from tests.bench.figures import Row
from tests.bench.pages import Visit
from tests.bench.rounds import Samples

_Model = type[models.Model]
_One = TypeVar("_One")

_GROW: tuple[_Model, ...] = (Organisation, User, Service)
"""What grows by itself; all that points at one of these, or at what does, grows with it."""

LEFT_OUT: dict[_Model, str] = {
    ServiceSummary: "the command counts it anew, and how long that takes is a row of the table",
    StaleSummary: "says what is to be counted anew, which the command does",
    Upload: "a sheet on its way in, gone within a day: there are never more than people at work",
}
"""What points at a service or a person and is not copied, and why."""


def _by_need() -> Iterator[_Model]:
    """Return the models that grow, each after all that it points at."""
    left = {
        model: {to for field in model._meta.concrete_fields if (to := _target(field)) not in (None, model)}
        for model in apps.get_app_config("reviews").get_models(include_auto_created=True)
        if model not in LEFT_OUT
    }
    grow = {*_GROW}
    while more := {model for model, needed in left.items() if needed & grow} - grow:
        grow |= more
    while grow:
        ready = [model for model in left if model in grow and not left[model] & grow]
        yield from ready
        grow -= {*ready}


def _target(field: "models.Field[object, object]") -> _Model | None:
    to = field.related_model if field.is_relation else None
    return to if isinstance(to, type) else None


COPIED = tuple(_by_need())
"""What there is of each service, each after all that it points at."""

_NAMED = {(User, "email"), (User, "name"), (Organisation, "name"), (Service, "name")}
"""What no two may share: the copy's number is put after it."""

_KEYS_AS_TEXT = {(AuditEvent, "object_id"), (Reminder, "about")}
"""What names a row of any table by its key."""

_UUID = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"

_STEP = 10_000_000
"""How far the keys of a copy are from those of the copy before, where keys are numbers; the copied ones are lower."""

_AT_ONCE = 2
"""How many tables grow at the same time."""

_AS_LONG_AS_IT_TAKES = "SET statement_timeout = 0"

_QUICK = (
    # Nothing is asked of what the copies refer to, and no trigger fires: they are as sound as what they copy.
    *("SET session_replication_role = replica", "SET synchronous_commit = off", _AS_LONG_AS_IT_TAKES),
    "SET maintenance_work_mem = '256MB'",
)

_SERVER = {"full_page_writes": "off", "max_wal_size": "4GB", "checkpoint_timeout": "1h", "autovacuum": "off"}
"""How the server is set while it grows: what a database that can be made anew needs not."""

_INDEXES = """
    SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid), coalesce(quote_ident(c.conname), '')
    FROM pg_index i LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.contype = 'u'
    WHERE i.indrelid = %s::regclass AND NOT i.indisprimary AND i.indpred IS NULL AND coalesce(NOT c.condeferrable, TRUE)
    ORDER BY 1
"""
"""A table's indexes but that of its key and those of some rows alone, which are small and would not be the same again:
their names, how they are made, and the constraint that each stands for.
"""

TIMES = (10, 100)
SECONDS = 60
"""How long the pages are measured each time there is more."""


@dataclass(frozen=True)
class _Index:
    """An index that is left out while its table grows, and the constraint it stands for, if there is one."""

    table: str
    name: str
    made_by: str
    constraint: str

    @property
    def without(self) -> str:
        """The SQL that leaves it out."""
        if self.constraint:
            return f'ALTER TABLE "{self.table}" DROP CONSTRAINT {self.constraint}'
        return f"DROP INDEX {self.name}"

    @property
    def stands_for(self) -> str:
        """The SQL that makes it a constraint's again."""
        return f'ALTER TABLE "{self.table}" ADD CONSTRAINT {self.constraint} UNIQUE USING INDEX {self.name}'


@dataclass(frozen=True)
class _Table:
    """A table that grows: its name, the one with the rows that are copied, and how a copy's columns are made."""

    name: str
    originals: str
    columns: dict[str, str]

    def copy(self, number: int) -> str:
        """Return the SQL that makes the copy of this number."""
        names = ", ".join(f'"{name}"' for name in self.columns)
        return (
            f'INSERT INTO "{self.name}" ({names}) SELECT {", ".join(self.columns.values())} '
            f'FROM "{self.originals}" x, (VALUES ({number}::bigint)) AS copy(n)'
        )

    def indexes(self) -> list[_Index]:
        """Return those that are left out while it grows."""
        with connection.cursor() as cursor:
            cursor.execute(_INDEXES, [f'"{self.name}"'])
            return [_Index(self.name, *found) for found in cursor.fetchall()]


class Growth:
    """The database of a run while it grows."""

    def __init__(self, measured: Sequence[str]) -> None:
        """Remember what is copied: all there is now but those who are measured (their e-mail addresses), and what is
        theirs.
        """
        self._times = 1
        mine = f"(SELECT id FROM {User._meta.db_table} WHERE email IN ({', '.join(map(_quoted, measured))}))"
        left_out = {
            User: f"x.id NOT IN {mine}",
            Review: f"x.id NOT IN (SELECT review_id FROM {Seat._meta.db_table} WHERE user_id IN {mine})",
        }
        for model in COPIED:
            conditions = " AND ".join([left_out.get(model, "TRUE"), *_whole(model)])
            originals, name = _originals(model), model._meta.db_table
            _run(
                f'CREATE TABLE "{originals}" AS SELECT x.* FROM "{name}" x WHERE {conditions} ORDER BY x.id',
                f'ALTER TABLE "{originals}" ADD PRIMARY KEY (id)',
                f'ANALYZE "{originals}"',
            )
        self._many = {_originals(model): _rows(_originals(model)) for model in COPIED}
        tables = (_table(model) for model in COPIED if self._many[_originals(model)])
        # The largest first, so that none of them is alone at the end.
        self._tables = sorted(tables, key=lambda table: -self._many[table.originals])

    def to(self, times: int) -> None:
        """Let there be `times` as many of everything as at first."""
        indexes = [index for table in self._tables for index in table.indexes()]
        numbers = range(self._times, times)
        with _at_ease():
            _run(*(index.without for index in indexes))
            _each(self._tables, lambda table: _run(*_QUICK, *(table.copy(number) for number in numbers)))
            _each(indexes, lambda index: _run(*_QUICK, index.made_by))
            _run(*(index.stands_for for index in indexes if index.constraint))
            _each(self._tables, lambda table: _run(_AS_LONG_AS_IT_TAKES, f'VACUUM (ANALYZE) "{table.name}"'))
        self._times = times

    def forget(self) -> None:
        """Let go of what is copied."""
        _run(*(f'DROP TABLE "{originals}"' for originals in self._many))


@contextmanager
def _at_ease() -> Iterator[None]:
    """Set the server so that it grows quickly, and afterwards as it was, with all that it put off done."""
    _run(*(f"ALTER SYSTEM SET {name} = '{value}'" for name, value in _SERVER.items()), "SELECT pg_reload_conf()")
    try:
        yield
    finally:
        _run(*(f"ALTER SYSTEM RESET {name}" for name in _SERVER), "SELECT pg_reload_conf()")
        _run(_AS_LONG_AS_IT_TAKES, "CHECKPOINT", "RESET statement_timeout")


def _each(wanted: Iterable[_One], act: Callable[[_One], None]) -> None:
    """Do it to each in their order, one on each processor."""

    def alone(one: _One) -> None:
        try:
            act(one)
        finally:
            connection.close()

    with ThreadPoolExecutor(_AT_ONCE) as workers:
        list(workers.map(alone, wanted))


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


def _table(model: _Model) -> _Table:
    columns = {field.column: _copied(model, field) for field in model._meta.concrete_fields}
    return _Table(model._meta.db_table, _originals(model), {str(name): made for name, made in columns.items()})


def _originals(model: _Model) -> str:
    return f"bench_{model._meta.db_table}"


def _copied(model: _Model, field: "models.Field[object, object]") -> str:
    """Return the SQL of what a column holds in a copy."""
    value = f'x."{field.column}"'
    if (model, field.name) in _NAMED:
        return f"{value} || ' ' || copy.n" if field.name == "name" else f"copy.n || {value}"
    if (model, field.name) in _KEYS_AS_TEXT:
        return f"CASE WHEN {value} ~ '{_UUID}' THEN {_uuid(value)}::text ELSE {value} END"
    key = _pointed_at(field) or (model if field.primary_key else None)
    if key is None:
        return value
    copied = _uuid(value) if isinstance(key._meta.pk, models.UUIDField) else f"{value} + copy.n * {_STEP}"
    if key is model and not field.primary_key:
        # What the row points at need not be copied.
        return f'CASE WHEN {value} IN (SELECT id FROM "{_originals(model)}") THEN {copied} END'
    return copied


def _uuid(value: str) -> str:
    return f"md5({value}::text || copy.n)::uuid"


def _whole(model: _Model) -> list[str]:
    """Return the conditions that a row points at nothing that is not copied."""
    found = []
    for field in model._meta.concrete_fields:
        to = _pointed_at(field)
        if to is not None and to is not model:
            value = f'x."{field.column}"'
            found.append(f'({value} IS NULL OR {value} IN (SELECT id FROM "{_originals(to)}"))')
    return found


def _pointed_at(field: "models.Field[object, object]") -> _Model | None:
    """Return the model whose row a column names, where that is copied too."""
    to = _target(field)
    return to if to in COPIED else None


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

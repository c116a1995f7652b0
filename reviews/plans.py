"""Queries that PostgreSQL keeps planned as long as a connection lives (PREPARE): to plan one takes it longer than to
answer. It weighs itself whether one plan is as good for whatever is given.

A plan takes a third of a megabyte of its memory. So a query is kept when it is asked for the second time, and what was
asked longest ago makes room: pages of other years and counties are other queries.
"""

import itertools
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, connection

MOST = 48
"""How many queries are kept over one connection: all that the pages of each kind of reader ask at every turn."""

_names = map("asked_{}".format, itertools.count(1))
_known: "weakref.WeakKeyDictionary[Any, dict[str, bool]]" = weakref.WeakKeyDictionary()
"""What was asked over each connection that is open, by name, the last one last: whether it is kept."""


@dataclass(frozen=True)
class Plan:
    """A query to keep: its name, what has it kept, and what asks it then."""

    name: str
    prepare: str
    execute: str


def plan(sql: str, kinds: list[str]) -> Plan:
    """Return how to keep a query with places ($1 and so on) for what is given, of these kinds of the database's."""
    name = next(_names)
    typed = f" ({', '.join(kinds)})" if kinds else ""
    given = f" ({', '.join(['%s'] * len(kinds))})" if kinds else ""
    return Plan(name, f"PREPARE {name}{typed} AS {sql}", f"EXECUTE {name}{given}")


def is_kept(over: Any, wanted: Plan) -> bool:
    """Whether a query may be asked by its plan over a connection of the driver's, from the second time on. What has it
    kept asks nothing, and is none of the queries of who comes first.
    """
    known = _known.setdefault(over, {})
    before = known.pop(wanted.name, None)
    if before is False:
        _say(over, wanted.prepare)
    known[wanted.name] = before is not None
    if len(known) > MOST:
        oldest = next(iter(known))
        if known[oldest]:
            _say(over, f"DEALLOCATE {oldest}")
        del known[oldest]
    return known[wanted.name]


@contextmanager
def gone_with_its_connection() -> Iterator[None]:
    """Where a query fails, as it does when its plan is not there any more (DISCARD) or a column has become of another
    type, let the next request have a connection of its own, which keeps nothing yet. Raises what went wrong.
    """
    try:
        yield
    except DatabaseError:
        connection.close_at = time.monotonic()
        raise


def _say(over: Any, what: str) -> None:
    with connection.wrap_database_errors, over.cursor() as cursor:
        cursor.execute(what)

"""The database's own rules, as triggers: what was handed over and what is in use cannot change, and a service whose
figures change is marked for it, whoever writes.

A rule over several rows, or over a row's past, cannot be a CHECK. SQLite drops triggers when Django rebuilds a table,
and refuses to rename a table that a trigger elsewhere names, so they are lifted before every migrate (`lift`) and put
back after it (`restore`).

A refusal reaches Python as django.db.IntegrityError.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.apps import apps
from django.db import connections, models
from django.db.backends.base.base import BaseDatabaseWrapper

from reviews.retention import UNSAID

_PREFIX = "guard_"
_CHANGED = "{changed}"
"""Stands in a condition for "the value of a column is another"; each database writes it in its own way."""

APPEND_ONLY = "{table} is append-only: make a new row"
IN_USE = "the edition is in use and never changes: make a new edition"
REOPENED = "a final review is opened again by reissuing it, with a reason"
LOCKED = "the review is final and its working rows are locked: reissue it first"

_NARRATIVE = (
    "service",
    "kind",
    "basis",
    "first_day",
    "last_day",
    "language",
    "recipients",
    "participants",
    "independence",
    "purpose",
    "method",
    "summary",
    "strengths",
    "front_advice",
    "outside_meetings",
    "outside_economy",
    "outside_voices",
    "show_evaluator_scores",
    "show_fact_check",
    "show_comparison",
    "fact_check_skipped",
)
"""What a report says about its review: it stays as it is while the review is final."""

_SAYS_SOMETHING = " OR ".join(
    [
        *(f"NEW.\"{column}\" <> ''" for column in ("comment", "recommendation", "departure")),
        *(f"CAST(NEW.\"{column}\" AS text) <> '[]'" for column in ("elements", "obstacles", "actors")),
        *(f"CAST(NEW.\"{column}\" AS text) <> '{{}}'" for column in ("element_remarks", "statements")),
    ]
)
"""The condition that a rating holds more than its score."""


_SAYS_WHY = f'NEW."removed_reason" <> \'{UNSAID}\' OR OLD."removed_at" IS NULL'
"""The condition that a seat says why somebody was removed, or that nobody was."""


@dataclass(frozen=True)
class _Trigger:
    """What stands on `table` and acts on `event`, told apart from others there by `rule`."""

    table: str
    event: str
    rule: str

    @property
    def name(self) -> str:
        """The name of the trigger, and on PostgreSQL of its function."""
        return f"{_PREFIX}{self.table}_{self.rule}_{self.event.lower()}"


@dataclass(frozen=True)
class Guard(_Trigger):
    """One trigger: refuse `event` on `table` with `message` wherever `condition` holds, which reads `tables` too.

    `at_once`: PostgreSQL looks at all rows of a statement together, once an INSERT has written them: an import writes
    thousands, and to look for each takes longer than to write it.
    """

    message: str
    condition: str = "1 = 1"
    columns: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    at_once: bool = False

    def statements(self, vendor: str) -> list[str]:
        """Return the SQL that makes the trigger in the database `vendor` (sqlite, postgresql)."""
        condition = self.condition.replace(_CHANGED, f"({_differing(vendor, self.columns)})")
        if vendor == "postgresql":
            if self.at_once:
                return self._of_all_new_rows(condition)
            returned = "OLD" if self.event == "DELETE" else "NEW"
            return [
                f"CREATE OR REPLACE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                f"IF {condition} THEN RAISE EXCEPTION '{self.message}' USING ERRCODE = 'restrict_violation'; END IF; "
                f"RETURN {returned}; END $$",
                f'CREATE TRIGGER {self.name} BEFORE {self.event} ON "{self.table}" '
                f"FOR EACH ROW EXECUTE FUNCTION {self.name}()",
            ]
        return [
            f'CREATE TRIGGER {self.name} BEFORE {self.event} ON "{self.table}" FOR EACH ROW WHEN {condition} '
            f"BEGIN SELECT RAISE(ABORT, '{self.message}'); END"
        ]

    def _of_all_new_rows(self, condition: str) -> list[str]:
        # Conditions are our own, above and in the models.
        refused = f"SELECT 1 FROM added WHERE {condition.replace('NEW.', 'added.')}"  # noqa: S608
        return [
            f"CREATE OR REPLACE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF EXISTS ({refused}) THEN RAISE EXCEPTION '{self.message}' USING ERRCODE = 'restrict_violation'; "
            "END IF; RETURN NULL; END $$",
            f'CREATE TRIGGER {self.name} AFTER INSERT ON "{self.table}" REFERENCING NEW TABLE AS added '
            f"FOR EACH STATEMENT EXECUTE FUNCTION {self.name}()",
        ]


@dataclass(frozen=True)
class Mark(_Trigger):
    """One trigger: mark that the summary of `service` is stale (see reviews.summary) after `event` on `table` wherever
    `condition` holds, which reads `tables` too.

    It adds a mark each time, even where the service has one: that one may be taken away by who counts the service just
    now, and has not seen this. To write it again instead would hold it until all that is being written is there, which
    an import takes minutes for.
    """

    service: str
    condition: str = "1 = 1"
    columns: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()

    def statements(self, vendor: str) -> list[str]:
        """Return the SQL that makes the trigger in the database `vendor` (sqlite, postgresql)."""
        marks = apps.get_model("reviews", "StaleSummary")._meta.db_table
        mark = f'INSERT INTO "{marks}" ("service_id") VALUES ({self.service})'  # noqa: S608
        condition = self.condition.replace(_CHANGED, f"({_differing(vendor, self.columns)})")
        if vendor == "postgresql":
            return [
                f"CREATE OR REPLACE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                f"IF {condition} THEN {mark}; END IF; RETURN NULL; END $$",
                f'CREATE TRIGGER {self.name} AFTER {self.event} ON "{self.table}" '
                f"FOR EACH ROW EXECUTE FUNCTION {self.name}()",
            ]
        return [
            f'CREATE TRIGGER {self.name} AFTER {self.event} ON "{self.table}" FOR EACH ROW WHEN {condition} '
            f"BEGIN {mark}; END"
        ]


def _differing(vendor: str, columns: Iterable[str]) -> str:
    differs = "IS DISTINCT FROM" if vendor == "postgresql" else "IS NOT"
    return " OR ".join(f'OLD."{column}" {differs} NEW."{column}"' for column in columns)


def _columns(model: type[models.Model], names: Iterable[str] | None = None) -> tuple[str, ...]:
    """Return the columns of a model's fields: those named, or all but the key."""
    columns = {field.name: field.column for field in model._meta.concrete_fields if not field.primary_key}
    return tuple(str(columns[name]) for name in (columns if names is None else names))


def _lookup(table: str, column: str, key: str | None = None) -> str:
    """Return a subquery for a column of the row with that key, or of all rows. The names are our own models'."""
    where = "" if key is None else f' WHERE x."id" = {key}'
    return f'(SELECT x."{column}" FROM "{table}" x{where})'  # noqa: S608


def _append_only() -> Iterator[Guard]:
    for name in ("ReportVersion", "FinalScore", "AuditEvent"):
        table = apps.get_model("reviews", name)._meta.db_table
        for event in ("UPDATE", "DELETE"):
            yield Guard(table, event, "append_only", APPEND_ONLY.format(table=table))


def _receipts() -> Iterator[Guard]:
    table = apps.get_model("reviews", "Erasure")._meta.db_table
    for event in ("UPDATE", "DELETE"):
        yield Guard(table, event, "receipt", APPEND_ONLY.format(table=table), 'OLD."erased_at" IS NOT NULL')


def _editions_in_use() -> Iterator[Guard]:
    pins = apps.get_model("reviews", "ReviewScale")._meta.db_table
    sections = apps.get_model("scales", "Section")._meta.db_table
    owner = {
        "Scale": '{row}."id"',
        "Section": '{row}."scale_id"',
        "Band": '{row}."scale_id"',
        "Item": _lookup(sections, "scale_id", '{row}."section_id"'),
    }
    for name, scale in owner.items():
        model = apps.get_model("scales", name)
        table = model._meta.db_table
        # How advice is worked out from an anchor is ours and no part of the scale; a report keeps its own.
        kept = [field.name for field in model._meta.concrete_fields if field.name not in ("id", "steps")]

        def used(row: str, scale: str = scale) -> str:
            return f"{scale.format(row=row)} IN {_lookup(pins, 'scale_id')}"

        conditions = {
            "UPDATE": f"{_CHANGED} AND ({used('OLD')} OR {used('NEW')})",
            "DELETE": used("OLD"),
        }
        if name != "Scale":
            conditions["INSERT"] = used("NEW")
        for event, condition in conditions.items():
            yield Guard(table, event, "in_use", IN_USE, condition, _columns(model, kept), (pins, sections))


def _working_rows() -> Iterator[Guard]:
    reviews = apps.get_model("reviews", "Review")._meta.db_table
    seats = apps.get_model("reviews", "Seat")._meta.db_table
    notes = apps.get_model("reviews", "Note")._meta.db_table
    by_review = '{row}."review_id"'
    by_note = _lookup(notes, "review_id", '{row}."note_id"')
    by_seat = _lookup(seats, "review_id", '{row}."seat_id"')
    rows = {
        # What was found and judged alone may be deleted later, when nobody needs it any more.
        "Rating": (by_seat, ("INSERT", "UPDATE")),
        "Note": (by_review, ("INSERT", "UPDATE")),
        "Note_items": (by_note, ("INSERT", "UPDATE")),
        "Informant": (by_review, ("INSERT", "UPDATE")),
        "Interview": (by_review, ("INSERT", "UPDATE")),
        "Count": (by_review, ("INSERT", "UPDATE")),
        "GivenFigure": (by_review, ("INSERT", "UPDATE")),
        "ClosedSource": (by_review, ("INSERT", "UPDATE")),
        "Context": (by_review, ("INSERT", "UPDATE", "DELETE")),
        "AgreedResult": (by_review, ("INSERT", "UPDATE", "DELETE")),
        "SectionComment": (by_review, ("INSERT", "UPDATE", "DELETE")),
        "Correction": (by_review, ("INSERT", "UPDATE", "DELETE")),
        "FactCheckRespondent": (by_review, ("INSERT", "UPDATE", "DELETE")),
        "FactCheckRemark": (by_review, ("INSERT", "UPDATE", "DELETE")),
        "Seat": (by_review, ("INSERT", "UPDATE", "DELETE")),
        "ReviewScale": (by_review, ("INSERT", "UPDATE", "DELETE")),
        "Review_teams": (by_review, ("INSERT", "UPDATE", "DELETE")),
    }
    for name, (review, events) in rows.items():
        table = apps.get_model("reviews", name)._meta.db_table
        for event in events:
            sides = {"INSERT": ("NEW",), "UPDATE": ("OLD", "NEW"), "DELETE": ("OLD",)}[event]
            condition = " OR ".join(
                f"{_lookup(reviews, 'status', review.format(row=side))} = 'final'" for side in sides
            )
            columns: tuple[str, ...] = ()
            if (name, event) == ("Rating", "UPDATE"):
                # A score that the report shows stays when everything beside it is deleted.
                columns = _columns(
                    apps.get_model("reviews", name), ("seat", "item", "score", "not_scored", "updated_at")
                )
                condition = f"({condition}) AND ({_CHANGED} OR {_SAYS_SOMETHING})"
            if (name, event) == ("Seat", "UPDATE"):
                # So does a seat, when what was said of the person is deleted.
                model = apps.get_model("reviews", name)
                columns = tuple(column for column in _columns(model) if column != "removed_reason")
                condition = f"({condition}) AND ({_CHANGED} OR {_SAYS_WHY})"
            at_once = event == "INSERT" and name in ("Rating", "AgreedResult")
            yield Guard(table, event, "final", LOCKED, condition, columns, (reviews, seats, notes), at_once)


def _review() -> Iterator[Guard]:
    model = apps.get_model("reviews", "Review")
    yield Guard(
        model._meta.db_table,
        "UPDATE",
        "reopened",
        REOPENED,
        "OLD.\"status\" = 'final' AND NEW.\"status\" <> 'final'"
        " AND NOT (NEW.\"status\" = 'consensus' AND NEW.\"reissue_reason\" <> '')",
    )
    yield Guard(
        model._meta.db_table,
        "UPDATE",
        "final",
        LOCKED,
        f"OLD.\"status\" = 'final' AND NEW.\"status\" = 'final' AND {_CHANGED}",
        _columns(model, _NARRATIVE),
    )


def _marks() -> Iterator[Mark]:
    review, version = apps.get_model("reviews", "Review"), apps.get_model("reviews", "ReportVersion")
    service = apps.get_model("reviews", "Service")
    reviews, versions, services = (model._meta.db_table for model in (review, version, service))
    marks = apps.get_model("reviews", "StaleSummary")._meta.db_table
    # The scores of a version come with it, before anybody sees it. Its review may come after it where whole tables are
    # put back; then the service, which comes before both, has marked itself.
    service_of = _lookup(reviews, "service_id", 'NEW."review_id"')
    yield Mark(versions, "INSERT", "stale", service_of, f"{service_of} IS NOT NULL", tables=(marks, reviews))
    handed_over = f'EXISTS (SELECT 1 FROM "{versions}" x WHERE x."review_id" = NEW."id")'  # noqa: S608
    columns = _columns(
        review, ("service", "kind", "basis", "status", "first_day", "last_day", "created_at", "shared_at")
    )
    changed = f"{_CHANGED} AND {handed_over}"
    yield Mark(reviews, "UPDATE", "stale", 'NEW."service_id"', changed, columns, (marks, versions))
    yield Mark(
        reviews, "UPDATE", "left", 'OLD."service_id"', changed, _columns(review, ("service",)), (marks, versions)
    )
    yield Mark(services, "INSERT", "stale", 'NEW."id"', tables=(marks,))
    due = _columns(service, ("county", "interval_months"))
    yield Mark(services, "UPDATE", "stale", 'NEW."id"', _CHANGED, due, (marks,))


def guards() -> list[Guard | Mark]:
    """Return every guard there is."""
    return [*_append_only(), *_receipts(), *_editions_in_use(), *_working_rows(), *_review(), *_marks()]


def names() -> list[str]:
    """Return the names of all guards."""
    return [guard.name for guard in guards()]


def _possible(connection: BaseDatabaseWrapper) -> list[Guard | Mark]:
    """Return the guards whose tables are there, of the columns that are: a database may be migrated in part."""
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        found = [guard for guard in guards() if tables.issuperset({guard.table, *guard.tables})]
        columns = {
            table: {column.name for column in connection.introspection.get_table_description(cursor, table)}
            for table in {guard.table for guard in found if guard.columns}
        }
    there = [[name for name in guard.columns if name in columns[guard.table]] for guard in found]
    return [replace(guard, columns=tuple(names)) for guard, names in zip(found, there, strict=True)]


def _present(connection: BaseDatabaseWrapper) -> set[str]:
    """Return the names of the guards in the database; one that is switched off does not count."""
    if connection.vendor == "postgresql":
        query = (
            "SELECT t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "WHERE NOT t.tgisinternal AND t.tgenabled <> 'D' AND pg_table_is_visible(c.oid)"
        )
    else:
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    with connection.cursor() as cursor:
        cursor.execute(query)
        return {name for (name,) in cursor.fetchall() if name.startswith(_PREFIX)}


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Return the names of the guards that should stand on the tables there are, and do not."""
    present = _present(connection)
    return [guard.name for guard in _possible(connection) if guard.name not in present]


def stand(connection: BaseDatabaseWrapper) -> bool:
    """Whether every guard stands in a database whose migrations are all applied: one query."""
    return _present(connection).issuperset(names())


def create(connection: BaseDatabaseWrapper) -> None:
    """Make every guard anew whose tables are there."""
    remove(connection)
    with connection.cursor() as cursor:
        for guard in _possible(connection):
            for statement in guard.statements(connection.vendor):
                cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Take every guard away, old ones of other names too. For migrations, and for tests that empty the tables."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT p.proname FROM pg_proc p WHERE starts_with(p.proname, %s) "
                "AND p.prorettype = 'trigger'::regtype AND pg_function_is_visible(p.oid)",
                [_PREFIX],
            )
            for (name,) in cursor.fetchall():
                cursor.execute(f'DROP FUNCTION "{name}"() CASCADE')
        else:
            for name in _present(connection):
                cursor.execute(f'DROP TRIGGER "{name}"')


def lift(*, using: str, **kwargs: Any) -> None:
    """Receive pre_migrate: take the guards of the database `using` away while its tables change."""
    remove(connections[using])


def restore(*, using: str, **kwargs: Any) -> None:
    """Receive post_migrate: put the guards of the database `using` back."""
    create(connections[using])

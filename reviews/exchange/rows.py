"""Writes many rows of few columns at once, without making an object of each, and if need be while more are made."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any

from django.db import DEFAULT_DB_ALIAS, InternalError, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone

Write = Callable[[BaseDatabaseWrapper], object]
"""Something that writes on a connection."""

_ALIKE: tuple[Any, ...] = (dict, list, str, timezone.now)
"""What makes a default that many rows may share."""


def insert(
    connection: BaseDatabaseWrapper,
    model: type[models.Model],
    names: Sequence[str],
    rows: Sequence[Sequence[object]],
) -> None:
    """Write rows that have values for the fields `names` of the model, as the database takes them (a related row by its
    key), and the defaults of the model for all others, each made once and the same in all rows; the database makes keys
    that count up itself. Its constraints and triggers hold as ever. Raises ValueError for a default that each row needs
    one of its own of, as a key that is made by chance: `names` must have it.
    """
    if not rows:
        return
    fields: dict[str, models.Field[Any, Any]] = {field.name: field for field in model._meta.local_concrete_fields}
    given = [fields[name] for name in names]
    others = [field for field in fields.values() if field not in given and not isinstance(field, models.AutoField)]
    makes = [each for each in others if each.has_default() and callable(each.default)]
    if own := [each.name for each in makes if each.default not in _ALIKE]:
        raise ValueError(f"Each row of {model.__name__} needs a value of its own for {', '.join(own)}.")
    table = connection.ops.quote_name(model._meta.db_table)
    columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in (*given, *others))
    defaults = [field.get_db_prep_save(field.get_default(), connection) for field in others]
    # Only the names of our own models stand in the statements; every value is a parameter.
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # One array a column: the server makes rows of them, and no value is looked at one by one here.
            arrays = ", ".join(f"%s::{field.cast_db_type(connection)}[]" for field in given)
            kept = "".join(", %s" for _field in others)
            statement = f"INSERT INTO {table} ({columns}) SELECT given.*{kept} FROM unnest({arrays}) AS given"  # noqa: S608
            arrays_of = [
                _column(field, values, connection) for field, values in zip(given, zip(*rows, strict=True), strict=True)
            ]
            cursor.execute(statement, [*defaults, *arrays_of])
        else:
            places = ", ".join("%s" for _field in (*given, *others))
            cursor.executemany(
                f"INSERT INTO {table} ({columns}) VALUES ({places})",  # noqa: S608
                [[*_prepared(given, row, connection), *defaults] for row in rows],
            )


def _column(
    field: "models.Field[Any, Any]", values: Sequence[object], connection: BaseDatabaseWrapper
) -> str | list[Any]:
    if isinstance(field, models.JSONField):
        return [field.get_db_prep_save(value, connection) for value in values]
    # Written out as one text. A list would be an expression of as many parts, which the server has to read one by one.
    written = {value: _element(value) for value in set(values)}
    return "{" + ",".join([written[value] for value in values]) + "}"


def _element(value: object) -> str:
    """Return a value as it stands in the text of an array."""
    if value is None:
        return "NULL"
    text = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


def _prepared(
    fields: Sequence["models.Field[Any, Any]"], row: Sequence[object], connection: BaseDatabaseWrapper
) -> list[Any]:
    return [field.get_db_prep_save(value, connection) for field, value in zip(fields, row, strict=True)]


class Behind:
    """Writes on one connection, one thing after the other, while its owner goes on."""

    def __init__(self, connection: BaseDatabaseWrapper, worker: ThreadPoolExecutor) -> None:
        self._connection = connection
        self._worker = worker
        self._last: Future[object] | None = None

    def do(self, write: Write) -> None:
        """Begin to write, as soon as what came before is written. Raises what that raised."""
        self.wait()
        if self._connection.vendor == "postgresql":
            self._last = self._worker.submit(self._write, write)
        else:
            # Nobody else would do the work meanwhile.
            write(self._connection)

    def _write(self, write: Write) -> None:
        write(self._connection)
        # Else the keys of all that an import writes are looked up at its end, while everybody waits for that.
        self._connection.check_constraints()

    def wait(self) -> None:
        """Wait until all is written. Raises what that raised."""
        last, self._last = self._last, None
        if last is not None:
            last.result()


@contextmanager
def behind() -> Iterator[Behind]:
    """Give what writes on this thread's connection, in its transaction, while this thread makes ready what comes next:
    PostgreSQL works on its own. Before this thread asks for what is written it must wait() itself: what it asks comes
    whenever the connection is free, between two statements too.

    All is written at the end, however that comes, so that nothing is written when the transaction is over. Where both
    fail, it raises what failed first: after that the transaction takes nothing, which is an InternalError of Django's.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    connection.inc_thread_sharing()
    try:
        with ThreadPoolExecutor(1, "rows") as worker:
            writing = Behind(connection, worker)
            try:
                yield writing
            except BaseException:
                with suppress(InternalError):
                    writing.wait()
                raise
            writing.wait()
    finally:
        connection.dec_thread_sharing()

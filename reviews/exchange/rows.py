"""Writes many rows of few columns at once, without making an object of each."""

from collections.abc import Sequence
from typing import Any

from django.db import connection, models
from django.utils import timezone

_ALIKE: tuple[Any, ...] = (dict, list, str, timezone.now)
"""What makes a default that many rows may share."""


def insert(model: type[models.Model], names: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
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
            arrays_of: list[Any] = [list(column) for column in zip(*rows, strict=True)]
            cursor.execute(statement, [*defaults, *arrays_of])
        else:
            places = ", ".join("%s" for _field in (*given, *others))
            cursor.executemany(
                f"INSERT INTO {table} ({columns}) VALUES ({places})",  # noqa: S608
                [[*_prepared(given, row), *defaults] for row in rows],
            )


def _prepared(fields: Sequence["models.Field[Any, Any]"], row: Sequence[object]) -> list[Any]:
    return [field.get_db_prep_save(value, connection) for field, value in zip(fields, row, strict=True)]

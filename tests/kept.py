"""What tests make over and over is made once: its rows are kept, and put back where somebody asks for the same again.

Made by the factories, a cast takes a hundred statements; put back, one for each table. The rows are those that the
factories wrote, so what a test meets is the same.
"""

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from django.apps import apps
from django.db import connection, models, transaction
from django.utils import timezone

from reviews.models import Review, Service, StaleSummary, User
from scales.models import Scale

T = TypeVar("T")
Rows = list[tuple[Any, ...]]

_OF_THE_WORK = ("reviews", "account")
"""The apps whose rows are kept: all others have theirs before any test."""

_kept: dict[Hashable, tuple[Any, list[tuple[str, Rows]]]] = {}


def once(key: Hashable, make: Callable[[], T]) -> T:
    """Return what `make` returned when it was first called for this key, with the rows it wrote in the database.

    What is kept holds for the scales there are and for the hour it is; where the database has people or services
    already, it is made as if nothing were kept. Return values are shared: let them hold keys, not objects.
    """
    if User.objects.exists() or Service.objects.exists():
        return make()
    scales = tuple(Scale.objects.order_by("pk").values_list("pk", flat=True))
    whole = (key, scales, timezone.localtime().replace(minute=0, second=0, microsecond=0))
    if whole not in _kept:
        before = _rows()
        made = make()
        new = [(table, [row for row in rows if row not in before[table]]) for table, rows in _rows().items()]
        _kept[whole] = (made, [(table, rows) for table, rows in new if rows])
        return made
    made, tables = _kept[whole]
    with transaction.atomic(), connection.cursor() as cursor:
        for table, rows in tables:
            row = f"({', '.join(['%s'] * len(rows[0]))})"
            into = f"INSERT INTO {connection.ops.quote_name(table)} VALUES {', '.join([row] * len(rows))}"
            cursor.execute(into, [value for each in rows for value in each])
    return made


def _rows() -> dict[str, Rows]:
    """Return every row of the work, by table; those of reviews last, as the guards lock what belongs to a final one.

    The marks of stale summaries are left out: the database writes them by itself as the rows come back.
    """
    kinds: list[type[models.Model]] = [
        model
        for app in _OF_THE_WORK
        for model in apps.get_app_config(app).get_models(include_auto_created=True)
        if model not in (Review, StaleSummary)
    ]
    found = {}
    kinds.append(Review)
    with connection.cursor() as cursor:
        for model in kinds:
            table = model._meta.db_table
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            found[table] = cursor.fetchall()
    return found

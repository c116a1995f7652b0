"""A list of keys that is given to a query which is put into SQL once (reviews.prepared), however many there are."""

import json
from collections.abc import Iterable
from typing import Any

from django.db.models import BooleanField, Expression, F, Func, UUIDField

from reviews.prepared import Given


class _Keys(UUIDField):  # type: ignore[type-arg]  # Django's own takes none
    """Several keys at once: as PostgreSQL has them an array, for others a text in JSON."""

    def db_type(self, connection: Any) -> str:
        one = super().db_type(connection)
        return f"{one}[]" if connection.vendor == "postgresql" else "text"

    def get_db_prep_value(self, value: Iterable[Any], connection: Any, prepared: bool = False) -> Any:
        one = UUIDField()
        keys = [one.get_db_prep_value(key, connection) for key in value]
        return keys if connection.vendor == "postgresql" else json.dumps(keys)


class Among(Func):
    """Whether a key is among those that are given by a name.

    reviews = Prepared(lambda: Review.objects.filter(Among("pk", "reviews")))
    reviews.rows(reviews=[first, second])
    """

    output_field = BooleanField()
    template = "%(expressions)s)"
    arg_joiner = " = ANY("

    def __init__(self, key: str | Expression, name: str) -> None:
        """Take the path to the key, and the name by which the list is given."""
        super().__init__(F(key) if isinstance(key, str) else key, Given(name, _Keys()))

    def as_sqlite(self, compiler: Any, connection: Any, **options: Any) -> Any:
        """Return the SQL of SQLite, which has no arrays."""
        template, joiner = "%(expressions)s))", " IN (SELECT value FROM json_each("
        return super().as_sql(compiler, connection, template=template, arg_joiner=joiner, **options)

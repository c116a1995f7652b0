"""Queries that are asked at every turn, put into SQL once in the life of a process: that takes Django longer than the
database takes to answer.

    _seats = Prepared(lambda: Seat.objects.filter(review=Given("review", Seat._meta.pk)))
    _seats.rows(review=pk)

The SQL is the one Django makes of the query, and so are the rows. A query whose form hangs on what it is asked for,
such as a list of keys, is none of these.

PostgreSQL keeps what is asked again over the same connection (reviews.plans), since to plan it takes longer too.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

from django.core.exceptions import EmptyResultSet
from django.db import connection, models
from django.db.models import Field, QuerySet, Value
from django.db.models.query import ModelIterable, get_related_populators
from django.db.transaction import TransactionManagementError

from reviews import plans

Row = TypeVar("Row")


class Given(Value):
    """A value in a query that is given each time it is asked: by its name, as that field of a model writes it. None is
    none, which SQL says in another way.
    """

    def __init__(self, name: str, field: "Field[Any, Any]") -> None:
        """Take the name and a field of the kind."""
        super().__init__(name, output_field=field)

    def as_sql(self, *args: Any, **kwargs: Any) -> tuple[str, tuple[Any, ...]]:
        """Return a place for the value; it is put there when the query is asked."""
        return "%s", (self,)

    def said(self, given: Mapping[str, Any]) -> Any:
        """Return the value as the database takes it. Raises KeyError where it is not given."""
        value = given[self.value]
        if value is None:
            raise ValueError(f"{self.value} is none")
        return self.output_field.get_db_prep_value(value, connection=connection)


@dataclass(frozen=True)
class _Statement(Generic[Row]):
    """A query in SQL, and how its rows are read. Without SQL where it can have none. `plan` is what PostgreSQL may
    keep, which is given each value but once.
    """

    sql: str
    params: tuple[Any, ...]
    converters: tuple[tuple[int, list[Callable[..., Any]], Any], ...]
    locks: bool
    made: Callable[[Iterable[Any]], Iterator[Row]]
    plan: plans.Plan | None = None
    planned: tuple[Given, ...] = ()


class Prepared(Generic[Row]):
    """A query of models or of tuples (values_list) with places for what is Given."""

    def __init__(self, query: Callable[[], "QuerySet[Any, Row]"]) -> None:
        """Take what makes the query; it is not made before it is asked for the first time."""
        self._query = query
        self._statements: dict[str, _Statement[Row]] = {}

    def rows(self, **given: Any) -> list[Row]:
        """Ask it: one query. Raises TransactionManagementError where it locks rows outside of a transaction, and
        KeyError where something is not given.
        """
        # Two threads may put it into SQL at once, to the same effect.
        statement = self._statements.get(connection.vendor)
        if statement is None:
            statement = self._statements[connection.vendor] = _put_into_sql(self._query())
        if not statement.sql:
            return []
        if statement.locks and connection.get_autocommit():
            raise TransactionManagementError("Rows can be locked within a transaction alone.")
        with plans.gone_with_its_connection(), connection.cursor() as cursor:
            sql, params = statement.sql, statement.params
            if statement.plan and plans.is_kept(cursor.connection, statement.plan):
                sql, params = statement.plan.execute, statement.planned
            cursor.execute(sql, [each.said(given) if isinstance(each, Given) else each for each in params])
            found = cursor.fetchall()
        return list(statement.made(_converted(found, statement) if statement.converters else found))


def _put_into_sql(query: "QuerySet[Any, Row]") -> _Statement[Row]:
    """Do what Django does each time it asks a query, as far as it is the same each time."""
    compiler: Any = query.query.get_compiler(connection=connection)
    try:
        sql, params = compiler.as_sql()
    except EmptyResultSet:
        # A condition that nothing meets, such as a list of nothing: Django asks for nothing either.
        return _Statement("", (), (), False, cast("Callable[..., Iterator[Row]]", _tuples))
    columns = [column[0] for column in compiler.select]
    converters = tuple((place, *found) for place, found in compiler.get_converters(columns).items())
    locks = query.query.select_for_update and connection.features.has_select_for_update
    made = _models(compiler) if issubclass(query._iterable_class, ModelIterable) else _tuples
    plan, planned = _to_keep(sql, params) if connection.vendor == "postgresql" else (None, ())
    rows = cast("Callable[..., Iterator[Row]]", made)
    return _Statement(sql, tuple(params), converters, locks, rows, plan, planned)


def _to_keep(sql: str, params: Iterable[Any]) -> tuple[plans.Plan, tuple[Given, ...]]:
    """Return how PostgreSQL keeps a query, and what is given to it. All else is a part of the query, so that an index
    with a condition is found.
    """
    places: dict[tuple[str, str], Given] = {}
    values = []
    with connection.cursor() as cursor:
        for each in params:
            if isinstance(each, Given):
                key = each.value, each.output_field.db_type(connection) or ""
                places.setdefault(key, each)
                values.append(f"${[*places].index(key) + 1}")
            else:
                values.append(cursor.mogrify("%s", [each]).decode())
    return plans.plan(sql % tuple(values), [kind for _name, kind in places]), tuple(places.values())


def _models(compiler: Any) -> Callable[[Iterable[Any]], Iterator[models.Model]]:
    """Return what makes rows into models, with those that were asked for along with them, as ModelIterable does."""
    model, places = compiler.klass_info["model"], compiler.klass_info["select_fields"]
    own = slice(places[0], places[-1] + 1)
    names = [column[0].target.attname for column in compiler.select[own]]
    alias = connection.alias
    related = get_related_populators(compiler.klass_info, compiler.select, alias)  # type: ignore[call-arg]  # of Django 6
    annotated = tuple((compiler.annotation_col_map or {}).items())

    def made(rows: Iterable[Any]) -> Iterator[models.Model]:
        for row in rows:
            found = model.from_db(alias, names, row[own])
            for each in related:
                each.populate(row, found)
            for name, place in annotated:
                setattr(found, name, row[place])
            yield found

    return made


def _tuples(rows: Iterable[Any]) -> Iterator[tuple[Any, ...]]:
    return map(tuple, rows)


def _converted(rows: Iterable[Any], statement: _Statement[Any]) -> Iterator[list[Any]]:
    for row in map(list, rows):
        for place, converters, expression in statement.converters:
            for convert in converters:
                row[place] = convert(row[place], expression, connection)
        yield row


def hold(owner: models.Model, name: str, found: list[Any]) -> None:
    """Let what belongs to an object by a name, such as a review's seats, be these rows: they are not asked for again,
    as after prefetch_related().
    """
    rows = getattr(owner, name).get_queryset()
    rows._result_cache, rows._prefetch_done = found, True
    vars(owner).setdefault("_prefetched_objects_cache", {})[name] = rows

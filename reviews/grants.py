"""What the role that the program runs as may do in the database, on PostgreSQL: no more than the program needs.

Two roles share the work. The owner runs migrate and loaddata, owns every table and is used for nothing else. The
application's role, named by APP_ROLE, reads and writes rows: of the audit and of what was handed over it can only add
rows, and it can neither empty a table, switch off a guard, nor change how tables are made. So whoever gets hold of the
running program cannot wipe out their tracks. Rights are given anew after every migrate (`restore`), as the guards are.
"""

from collections.abc import Callable, Iterator
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.cache import caches
from django.core.cache.backends.db import DatabaseCache
from django.core.exceptions import ImproperlyConfigured
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder

_READ = frozenset({"SELECT"})
_ADD = _READ | {"INSERT"}
_KEEP = _ADD | {"UPDATE"}
_WORK = _KEEP | {"DELETE"}
_ALL = (*sorted(_WORK), "REFERENCES", "TRIGGER", "TRUNCATE")
_BY_COLUMN = ("INSERT", "REFERENCES", "SELECT", "UPDATE")
"""The rights that can be given for single columns too."""

_NARROWER = {
    "reviews.AuditEvent": _ADD,
    "reviews.ReportVersion": _ADD,
    "reviews.FinalScore": _ADD,
    "reviews.Erasure": _KEEP,
    # What administrators did; the name of somebody who is anonymised is taken out of it.
    "admin.LogEntry": _KEEP,
    # What only migrate and loaddata write.
    "auth.Permission": _READ,
    "contenttypes.ContentType": _READ,
    "scales.Scale": _READ,
    "scales.Section": _READ,
    "scales.Item": _READ,
    "scales.Band": _READ,
}


def rights() -> dict[str, frozenset[str]]:
    """Return what the application's role may do with each table of ours, by the table's name; with others nothing."""
    found = {
        model._meta.db_table: _NARROWER.get(model._meta.label, _WORK)
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
    }
    for cache in caches.all(initialized_only=False):
        if isinstance(cache, DatabaseCache):
            found[cache._table] = _WORK  # type: ignore[attr-defined]  # as createcachetable finds it
    found[MigrationRecorder.Migration._meta.db_table] = _READ
    return found


def _there(connection: BaseDatabaseWrapper) -> dict[str, frozenset[str]]:
    """Return the rights on the tables that are there: a database may be migrated in part."""
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
    return {table: rights for table, rights in sorted(rights().items()) if table in tables}


def _asker(connection: BaseDatabaseWrapper) -> Callable[..., Any]:
    """Return what asks the database for one value."""

    def ask(query: str, *values: str) -> Any:
        with connection.cursor() as cursor:
            cursor.execute(query, values)
            row = cursor.fetchone()
        return None if row is None else row[0]

    return ask


def give(connection: BaseDatabaseWrapper, role: str) -> None:
    """Give `role` its rights, and take from it and from everybody whatever is more. As the owner of the tables.

    Raises ImproperlyConfigured where there is no such role, or where it is the owner's own.
    """
    ask = _asker(connection)
    if ask("SELECT 1 FROM pg_roles WHERE rolname = %s", role) is None:
        raise ImproperlyConfigured("APP_ROLE names a role that the database does not have: make it first.")
    if ask("SELECT current_user = %s", role):
        raise ImproperlyConfigured("APP_ROLE names the role that migrates: they must be two.")
    quote = connection.ops.quote_name
    name, schema = quote(role), quote(ask("SELECT current_schema()"))
    database = quote(ask("SELECT current_database()"))
    statements = [
        # A table of one's own that lasts as long as the session could be put before the one that a guard reads.
        f"REVOKE CREATE, TEMPORARY ON DATABASE {database} FROM PUBLIC, {name}",
        f"GRANT CONNECT ON DATABASE {database} TO {name}",
        f"REVOKE CREATE ON SCHEMA {schema} FROM PUBLIC, {name}",
        f"GRANT USAGE ON SCHEMA {schema} TO {name}",
        # Keys are counted by identity columns, which need no right of their own.
        f"REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM PUBLIC, {name}",
        f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA {schema} FROM PUBLIC, {name}",
        *(
            f"GRANT {', '.join(sorted(wanted))} ON {schema}.{quote(table)} TO {name}"
            for table, wanted in _there(connection).items()
        ),
    ]
    # Together, so that a program that is running never finds itself without.
    with transaction.atomic(connection.alias), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def faults(connection: BaseDatabaseWrapper, role: str) -> Iterator[str]:
    """Give in words what is wrong with the rights of `role`: each that is missing, and each that is too wide, however
    it came by it. Nothing is said of a table that is not there.
    """
    ask = _asker(connection)
    if ask("SELECT 1 FROM pg_roles WHERE rolname = %s", role) is None:
        yield f"The role {role} does not exist."
        return
    if ask("SELECT rolsuper OR rolcreaterole OR rolreplication OR rolbypassrls FROM pg_roles WHERE rolname = %s", role):
        yield f"The role {role} is a superuser or may make roles, copy the database or pass by its rules."
        return
    for right in ("CREATE", "TEMPORARY"):
        if ask("SELECT has_database_privilege(%s, current_database(), %s)", role, right):
            yield f"The role {role} has {right} on the database."
    if ask("SELECT has_schema_privilege(%s, current_schema(), 'CREATE')", role):
        yield f"The role {role} has CREATE on the schema."
    if not ask("SELECT has_schema_privilege(%s, current_schema(), 'USAGE')", role):
        yield f"The role {role} lacks USAGE on the schema."
    there = _there(connection)
    for table, owned, held, touched in _held(connection, role):
        wanted = there.get(table, frozenset())
        if owned:
            yield f"The role {role} owns {table}, or is a member of the role that does."
            continue
        for right in _ALL:
            if right in wanted and right not in held:
                yield f"The role {role} lacks {right} on {table}."
            if right not in wanted and right in held | touched:
                yield f"The role {role} has {right} on {table}."


def _held(connection: BaseDatabaseWrapper, role: str) -> Iterator[tuple[str, bool, set[str], set[str]]]:
    """Give each table with whether `role` owns it, its rights on the whole, and those on any column of it."""
    asked = [f"has_table_privilege(%(role)s, c.oid, '{right}')" for right in _ALL]
    asked += [f"has_any_column_privilege(%(role)s, c.oid, '{right}')" for right in _BY_COLUMN]
    query = (  # of our own words alone
        f"SELECT c.relname, pg_has_role(%(role)s, c.relowner, 'MEMBER'), {', '.join(asked)} FROM pg_class c "  # noqa: S608
        "WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f') "
        "ORDER BY c.relname"
    )
    with connection.cursor() as cursor:
        cursor.execute(query, {"role": role})
        rows = cursor.fetchall()
    for table, owned, *answers in rows:
        held = {right for right, has in zip(_ALL, answers, strict=False) if has}
        touched = {right for right, has in zip(_BY_COLUMN, answers[len(_ALL) :], strict=True) if has}
        yield table, owned, held, touched


def restore(*, using: str, **kwargs: Any) -> None:
    """Receive post_migrate: give the application's role its rights in the database `using`, where one is named."""
    if settings.APP_ROLE and connections[using].vendor == "postgresql":
        give(connections[using], settings.APP_ROLE)

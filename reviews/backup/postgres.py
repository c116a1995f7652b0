"""A backup of PostgreSQL, by pg_dump and pg_restore. A password goes by the environment, never by the command line."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.postgresql.client import DatabaseClient

from reviews.backup import contents
from reviews.backup.contents import Contents


class ToolError(Exception):
    """A tool of PostgreSQL is not there, or could not do its work; it says why."""


def dump(connection: BaseDatabaseWrapper, target: Path) -> Contents:
    """Let pg_dump write a new file, and tell what is in it, both of the same moment. Raises ToolError."""
    with _one_moment(connection) as cursor:
        cursor.execute("SELECT pg_export_snapshot()")
        ((snapshot,),) = cursor.fetchall()
        _run(
            connection,
            "pg_dump",
            [f"--snapshot={snapshot}", "--format=custom", "--compress=0", "--no-owner", "--no-privileges"]
            + [f"--file={target}"],
        )
        return contents.read(cursor, connection.introspection.table_names(cursor), "postgresql")


def look(connection: BaseDatabaseWrapper) -> Contents:
    """Tell what is in the database."""
    with _one_moment(connection) as cursor:
        return contents.read(cursor, connection.introspection.table_names(cursor), "postgresql")


@contextmanager
def _one_moment(connection: BaseDatabaseWrapper) -> Iterator[Any]:
    """Give a cursor that sees the database as it is now, for as long as it takes."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        cursor.execute("SET LOCAL statement_timeout = 0")
        yield cursor


def load(connection: BaseDatabaseWrapper, source: Path) -> None:
    """Put the dump in place of all that is in the database, all or nothing: others see either the old or the new. Who
    was logged in then is not now.

    Raises ToolError, and then nothing is changed.
    """
    script, last = source.with_name("script.sql"), source.with_name("last.sql")
    # The dump's own script leaves no schema to look in.
    last.write_text("RESET search_path;\nDELETE FROM django_session;\n")
    with script.open("x") as file:
        # Somebody who is in the middle of something is waited for, but not for ever.
        file.write("SET lock_timeout = '10s';\n")
        file.writelines(f"{statement};\n" for statement in _drops(connection))
    _run(
        connection,
        "pg_restore",
        ["--no-owner", "--no-privileges", f"--file={source.with_name('restored.sql')}", str(source)],
        by_file=True,
    )
    # Nothing of ours may hold a lock that the tool then waits for.
    connection.close()
    _run(
        connection,
        "psql",
        ["--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", "--output=/dev/null"]
        + [f"--file={script}", f"--file={source.with_name('restored.sql')}", f"--file={last}"],
    )


def _drops(connection: BaseDatabaseWrapper) -> list[str]:
    """Return the statements that take away what is in the database: tables with all that hangs on them, functions."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 'DROP TABLE IF EXISTS ' || quote_ident(relname) || ' CASCADE' FROM pg_class "
            "WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p') UNION ALL "
            "SELECT 'DROP FUNCTION IF EXISTS ' || p.oid::regprocedure || ' CASCADE' FROM pg_proc p "
            "WHERE pronamespace = current_schema()::regnamespace AND NOT EXISTS "
            "(SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')"
        )
        return [statement for (statement,) in cursor.fetchall()]


def _run(connection: BaseDatabaseWrapper, tool: str, arguments: list[str], *, by_file: bool = False) -> None:
    """Run a tool on the database, or on files alone. Raises ToolError with what it said."""
    given, environment = DatabaseClient.settings_to_cmd_args_env(connection.settings_dict, [])
    where: list[Any] = [] if by_file else [*given[1:-1], f"--dbname={given[-1]}", "--no-password"]
    try:
        done = subprocess.run(  # noqa: S603  # tools and arguments of our own
            [tool, *where, *arguments],
            env=os.environ | (environment or {}),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError:
        raise ToolError(f"{tool} is not installed. On Debian: apt-get install postgresql-client") from None
    if done.returncode:
        raise ToolError(f"{tool}: {done.stderr.strip()}")

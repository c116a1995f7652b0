"""A backup of SQLite, by its own online backup: a copy of one moment, however much is being written."""

import sqlite3
from contextlib import closing
from pathlib import Path

from django.db.backends.base.base import BaseDatabaseWrapper

from reviews.backup import contents
from reviews.backup.contents import Contents


def dump(connection: BaseDatabaseWrapper, target: Path) -> Contents:
    """Copy the database into a new file, and tell what is in it."""
    connection.ensure_connection()
    with closing(sqlite3.connect(target)) as copy:
        connection.connection.backup(copy)
        return _read(copy)


def look(connection: BaseDatabaseWrapper) -> Contents:
    """Tell what is in the database."""
    connection.ensure_connection()
    return _read(connection.connection)


def held(source: Path) -> Contents:
    """Tell what is in a copy, before it takes the place of anything. Raises sqlite3.Error where it is no database."""
    with closing(sqlite3.connect(source)) as copy:
        return _read(copy)


def load(connection: BaseDatabaseWrapper, source: Path) -> None:
    """Put the copy in place of all that is in the database, in one step: others see either the old or the new. Who was
    logged in then is not now.
    """
    connection.ensure_connection()
    with closing(sqlite3.connect(source)) as copy:
        copy.execute("DELETE FROM django_session")
        copy.commit()
        copy.backup(connection.connection)
    # What is held of the old one's pages and statements.
    connection.close()


def _read(copy: sqlite3.Connection) -> Contents:
    tables = copy.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    )
    return contents.read(copy.cursor(), [table for (table,) in tables.fetchall()], "sqlite")

"""A migrated SQLite database with the scales, made once for the code there is: later runs and other workers copy it.

Migrating takes ten seconds, a copy none. It stands in .cache/, under a name that tells what it was made from.
"""

import fcntl
import hashlib
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection

_DIRECTORY = Path(settings.BASE_DIR) / ".cache" / "tests"
_MADE_FROM = (
    "ipsreview/settings.py",
    "requirements.txt",
    "reviews/apps.py",
    "reviews/g*.py",
    "reviews/migrations/*.py",
    "reviews/models/*.py",
    "scales/*.py",
    "scales/fixtures/*.json",
    "scales/migrations/*.py",
    "tests/conftest.py",
    "tests/ready_database.py",
)


def _kept() -> Path:
    """Return where the database for the code as it is now stands or would stand."""
    told = hashlib.sha256(sqlite3.sqlite_version.encode())
    for pattern in _MADE_FROM:
        for path in sorted(settings.BASE_DIR.glob(pattern)):
            told.update(str(path.relative_to(settings.BASE_DIR)).encode() + b"\0" + path.read_bytes())
    return _DIRECTORY / f"{told.hexdigest()[:16]}.sqlite3"


class ReadyDatabase:
    """The database that the tests of this process begin with."""

    def __init__(self, target: Path) -> None:
        """`target` is where the tests' own database is to be."""
        self.target = target
        self.kept = _kept()
        self.is_copy = False

    @contextmanager
    def begun(self) -> Iterator[None]:
        """Put a copy at the target if there is one; else the others wait until this process has kept its own, or ends.

        The target is removed at the end.
        """
        _DIRECTORY.mkdir(parents=True, exist_ok=True)
        with (_DIRECTORY / "lock").open("w") as self._lock:
            fcntl.flock(self._lock, fcntl.LOCK_EX)
            if self.kept.exists():
                shutil.copyfile(self.kept, self.target)
                self.is_copy = True
                fcntl.flock(self._lock, fcntl.LOCK_UN)
            yield
        for ending in ("", "-wal", "-shm"):
            self.target.with_name(self.target.name + ending).unlink(missing_ok=True)

    def keep(self) -> None:
        """Keep the database as it is now, in place of what was made from older code, unless it is a copy itself."""
        if self.is_copy:
            return
        new = self.kept.with_suffix(".new")
        new.unlink(missing_ok=True)
        connection.ensure_connection()
        with sqlite3.connect(new) as copy:
            connection.connection.backup(copy)
        copy.close()
        for old in _DIRECTORY.glob("*.sqlite3"):
            old.unlink()
        new.rename(self.kept)
        fcntl.flock(self._lock, fcntl.LOCK_UN)

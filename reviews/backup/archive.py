"""The file of a backup: what the database's own tool wrote, and beside it what it must hold. A tar archive, gzipped."""

import hashlib
import json
import os
import re
import shutil
import signal
import sys
import tarfile
import tempfile
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from reviews.backup.contents import Contents

SUFFIX = ".tar.gz"
_NAME = re.compile(r"ips-\d{8}T\d{6}Z\.tar\.gz")
_PLACE = re.compile(r"\.ips-[a-z0-9_]{8}")
_DAY = 24 * 60 * 60
_MANIFEST, _DUMP = "manifest.json", "database"
_FORMAT = 1


class DamagedError(Exception):
    """A file is no backup, or not whole."""


@dataclass(frozen=True)
class Manifest:
    """What a backup tells of itself: when it was made (ISO 8601), of which kind of database, and what it holds."""

    made_at: str
    vendor: str
    contents: Contents


def name(made_at: datetime) -> str:
    """Return the name of a backup that is made at a time, which is in UTC."""
    return f"ips-{made_at:%Y%m%dT%H%M%SZ}{SUFFIX}"


@contextmanager
def stopped_cleanly() -> Iterator[None]:
    """Let SIGTERM end what runs inside as an exception does, so that nothing unpacked is left on the disk."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def place_beside(target: Path) -> Iterator[Path]:
    """Give a directory beside a file to be, for nobody else's eyes, and remove it with all that is left in it; those
    too that one which was killed has left more than a day ago.
    """
    for path in target.parent.iterdir():
        if _PLACE.fullmatch(path.name) and path.is_dir() and time.time() - path.lstat().st_mtime > _DAY:
            shutil.rmtree(path, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=".ips-", dir=target.parent) as directory:
        yield Path(directory)


def write(target: Path, manifest: Manifest, dump: Path) -> None:
    """Pack a backup into `target`, which is either whole or not there, and read by its owner alone. `dump` lies in a
    place beside it. Raises FileExistsError where there is such a file, and OSError.
    """
    told = dump.with_name(_MANIFEST)
    told.write_text(json.dumps({"format": _FORMAT, "sha256": _sha256(dump), **asdict(manifest)}, indent=1))
    packed = dump.with_name(target.name)
    with os.fdopen(os.open(packed, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        with tarfile.open(fileobj=file, mode="w:gz", compresslevel=6) as archive:
            archive.add(told, _MANIFEST)
            archive.add(dump, _DUMP)
        file.flush()
        os.fsync(file.fileno())
    # Unlike renaming, a link never takes the place of another file.
    os.link(packed, target)
    directory = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


@contextmanager
def opened(source: Path) -> Iterator[tuple[Manifest, Path]]:
    """Unpack a backup, give what it tells and the database's dump, and remove the latter again.

    Raises DamagedError where a byte is not as it was written, and OSError where the file cannot be read.
    """
    with tempfile.TemporaryDirectory(prefix="ips-restore-") as directory:
        dump = Path(directory) / _DUMP
        try:
            with tarfile.open(source, mode="r:gz") as archive:
                manifest, sha256 = _told(archive)
                packed = archive.extractfile(_DUMP)
                if packed is None:
                    raise DamagedError
                with dump.open("xb") as file:
                    shutil.copyfileobj(packed, file)
        except (tarfile.TarError, EOFError, ValueError, KeyError, TypeError, zlib.error) as error:
            raise DamagedError from error
        if _sha256(dump) != sha256:
            raise DamagedError
        yield manifest, dump


def _told(archive: tarfile.TarFile) -> tuple[Manifest, str]:
    file = archive.extractfile(_MANIFEST)
    if file is None:
        raise DamagedError
    told = json.load(file)
    if told.pop("format") != _FORMAT:
        raise DamagedError
    sha256 = str(told.pop("sha256"))
    held = told.pop("contents")
    contents = Contents(held["rows"], held["reports"], tuple(held["damaged"]), tuple(held["migrations"]))
    return Manifest(contents=contents, **told), sha256


def remove_old(directory: Path, keep: int) -> list[Path]:
    """Remove all backups in a directory but the newest `keep`, which go by their names; return what was removed."""
    found = sorted(path for path in directory.iterdir() if _NAME.fullmatch(path.name))
    old = found[: max(0, len(found) - keep)]
    for path in old:
        path.unlink()
    return old


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

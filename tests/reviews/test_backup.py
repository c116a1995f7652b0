"""Backup and restore: one moment of a database that is written to, put in place elsewhere, row by row the same."""

import hashlib
import json
import os
import sqlite3
import stat
import subprocess
import sys
import tarfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg2  # type: ignore[import-untyped]
import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from reviews.backup import archive, contents
from reviews.backup.contents import Contents
from reviews.models import AuditEvent, ReportVersion
from tests.browser.own_server import database_url
from tests.factories import UserFactory, VersionFactory, final_review
from tests.with_postgres import newest_server

pytestmark = pytest.mark.django_db(transaction=True)

PDF = b"%PDF-1.7 the bytes that were handed over"
MINE = ("reviews_auditevent", "django_session")
"""Tables that a restore itself changes."""

WRITER = """
import sys, time
address, vendor = sys.argv[1:]
if vendor == "sqlite":
    import sqlite3
    held = sqlite3.connect(address, timeout=30)
    mark = "?"
else:
    import psycopg2
    held = psycopg2.connect(address)
    mark = "%s"
sql = ("INSERT INTO reviews_auditevent (at, action, object_type, object_id, fields, request_id) "
       "VALUES (CURRENT_TIMESTAMP, 'read', '', '', '[]', " + mark + ")")
number = 0
while True:
    cursor = held.cursor()
    cursor.execute(sql, [f"w{number}"])
    cursor.execute(sql, [f"w{number}"])
    held.commit()
    print(number, flush=True)
    number += 1
    time.sleep(0.002)
"""
"""Writes two rows in each transaction, for ever, and tells of each that is kept."""


@pytest.fixture
def held() -> ReportVersion:
    """A report that was handed over, somebody who is logged in, and all that belongs to them."""
    review = final_review(pdf=PDF)
    Client().force_login(UserFactory.create())
    found: ReportVersion = review.versions.get()
    return found


def _backup(target: Path, **options: Any) -> str:
    out = StringIO()
    call_command("backup", target, stdout=out, **options)
    return out.getvalue()


@contextmanager
def _elsewhere(tmp_path: Path) -> Iterator[str]:
    """Give the address of an empty database of the same kind."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{tmp_path / 'elsewhere.sqlite3'}"
        return
    with connection.cursor() as cursor:
        cursor.execute("DROP DATABASE IF EXISTS elsewhere")
        cursor.execute("CREATE DATABASE elsewhere")
    address = urlsplit(database_url())
    yield address._replace(path="/elsewhere").geturl()
    with connection.cursor() as cursor:
        cursor.execute("DROP DATABASE elsewhere WITH (FORCE)")


def _restore(address: str, *arguments: Any) -> subprocess.CompletedProcess[str]:
    """Restore into the database at an address, as an operator does."""
    given = {"DATABASE_URL": address, "SECRET_KEY": "x" * 60, "DEBUG": "1", "PATH": _path()}
    return subprocess.run(
        [sys.executable, "manage.py", "restore", *map(str, arguments)],
        cwd=settings.BASE_DIR,
        env=os.environ | given,
        capture_output=True,
        text=True,
        check=False,
    )


def _path() -> str:
    if connection.vendor == "sqlite":
        return os.environ["PATH"]
    return f"{newest_server()}:{os.environ['PATH']}"


@pytest.fixture(autouse=True)
def tools(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tools of the server that the tests run."""
    monkeypatch.setenv("PATH", _path())


@contextmanager
def _connected(address: str) -> Iterator[Any]:
    parts = urlsplit(address)
    with closing(sqlite3.connect(parts.path) if parts.scheme == "sqlite" else psycopg2.connect(address)) as found:
        yield found


def _rows(address: str) -> dict[str, Counter[str]]:
    """Return a hash of each row of each table."""
    with _connected(address) as database:
        cursor = database.cursor()
        if address.startswith("sqlite"):
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
        else:
            cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        found = {}
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT * FROM "{table}"')
            found[table] = Counter(hashlib.sha256(repr(_plain(row)).encode()).hexdigest() for row in cursor.fetchall())
    return found


def _plain(row: tuple[Any, ...]) -> list[Any]:
    return [bytes(value) if isinstance(value, memoryview) else value for value in row]


@contextmanager
def _writing() -> Iterator[None]:
    """Let another process write for as long as it takes; it has begun."""
    name = str(connection.settings_dict["NAME"])
    address = name if connection.vendor == "sqlite" else database_url()
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, address, connection.vendor], stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout is not None
    try:
        for _time in range(5):
            assert writer.stdout.readline()
        yield
        time.sleep(0.1)
        assert writer.poll() is None
    finally:
        writer.kill()
        writer.communicate()


def test_a_drill(held: ReportVersion, tmp_path: Path) -> None:
    file = tmp_path / "ips.tar.gz"
    with _writing():
        _backup(file)
    now = database_url()
    with _elsewhere(tmp_path) as elsewhere:
        done = _restore(elsewhere, file)
        assert done.returncode == 0, done.stderr
        # How old it is.
        assert "0\xa0minut" in done.stdout
        before, after = _rows(now), _rows(elsewhere)
        assert before.keys() == after.keys()
        assert [name for name in before if name not in MINE and before[name] != after[name]] == []
        assert Session.objects.exists()
        assert not after["django_session"]
        # All that had happened by one moment, and nothing of what was half done; and that it was restored.
        assert (after["reviews_auditevent"] - before["reviews_auditevent"]).total() == 1
        with _connected(elsewhere) as database:
            cursor = database.cursor()
            cursor.execute("SELECT request_id FROM reviews_auditevent WHERE request_id LIKE 'w%'")
            written = Counter(request for (request,) in cursor.fetchall())
            assert set(written.values()) == {2}
            assert set(written) == {f"w{number}" for number in range(len(written))}
            cursor.execute("SELECT pdf FROM reviews_reportversion")
            ((pdf,),) = cursor.fetchall()
            assert hashlib.sha256(pdf).hexdigest() == held.sha256
            with pytest.raises((sqlite3.IntegrityError, psycopg2.IntegrityError)):
                cursor.execute("DELETE FROM reviews_reportversion")
            database.rollback()
        # What is there goes where that is asked for, all of it.
        with _connected(elsewhere) as database:
            database.cursor().execute("CREATE TABLE left_over (id integer)")
            database.cursor().execute("INSERT INTO attempts VALUES ('a', 'b', CURRENT_TIMESTAMP)")
            database.commit()
        again = _restore(elsewhere, file, "--replace")
        assert again.returncode == 0, again.stderr
        replaced = _rows(elsewhere)
        assert "left_over" not in replaced
        assert not replaced["django_session"]
        assert replaced["attempts"] == before["attempts"]


def test_only_its_owner_reads_it_and_it_never_takes_the_place_of_another(held: ReportVersion, tmp_path: Path) -> None:
    said = _backup(tmp_path / "a" / "b")
    (file,) = (tmp_path / "a" / "b").iterdir()
    assert str(file) in said
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    told = AuditEvent.objects.get(action=AuditEvent.Action.EXPORTED)
    assert (told.actor, told.fields) == (None, ["backup"])
    before = file.read_bytes()
    with pytest.raises(CommandError):
        _backup(file)
    assert file.read_bytes() == before
    assert [each.name for each in file.parent.iterdir()] == [file.name]


def test_the_oldest_go_and_nothing_else(tmp_path: Path) -> None:
    for name in ("ips-20260101T000000Z.tar.gz", "ips-20260102T000000Z.tar.gz", "mine.tar.gz"):
        (tmp_path / name).touch()
    _backup(tmp_path, keep=2)
    names = sorted(path.name for path in tmp_path.iterdir())
    assert len(names) == 3
    assert names[0] == "ips-20260102T000000Z.tar.gz"
    assert "mine.tar.gz" in names
    with pytest.raises(CommandError):
        _backup(tmp_path, keep=0)


def test_what_a_killed_one_has_left_goes_a_day_later_and_nothing_else(tmp_path: Path) -> None:
    for name, hours in ((".ips-abcdefgh", 25), (".ips-abcdefg1", 23), (".ips-keys", 25)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "database").touch()
        then = time.time() - hours * 60 * 60
        os.utime(tmp_path / name, (then, then))
    _backup(tmp_path / "ips.tar.gz")
    assert sorted(path.name for path in tmp_path.iterdir()) == [".ips-abcdefg1", ".ips-keys", "ips.tar.gz"]


STOPPED = """
import os, pathlib, signal, sys
from reviews.backup import archive
target = pathlib.Path(sys.argv[1])
with archive.stopped_cleanly(), archive.place_beside(target) as place:
    (place / "database").touch()
    assert list(target.parent.iterdir())
    os.kill(os.getpid(), signal.SIGTERM)
"""


def test_one_that_is_stopped_leaves_nothing_on_the_disk(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", STOPPED, tmp_path / "ips.tar.gz"], cwd=settings.BASE_DIR, check=False)
    assert done.returncode == 143
    assert list(tmp_path.iterdir()) == []


def test_a_report_whose_bytes_have_changed_is_told_of(tmp_path: Path) -> None:
    version = VersionFactory.create(review=final_review(pdf=PDF), number=2, pdf=b"other", sha256="0" * 64)
    with pytest.raises(CommandError, match=str(version.pk).replace("-", "-?")):
        _backup(tmp_path)
    assert len(list(tmp_path.iterdir())) == 1


def test_no_password_is_on_a_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("There is none.")
    ran: list[list[str]] = []
    real = subprocess.run

    def run(command: list[str], **options: Any) -> Any:
        ran.append([str(each) for each in command])
        return real(command, **options)

    monkeypatch.setattr(subprocess, "run", run)
    _backup(tmp_path)
    assert [command[0] for command in ran] == ["pg_dump"]
    assert connection.settings_dict["PASSWORD"] not in " ".join(ran[0])


def _changed(file: Path, **told: Any) -> Path:
    """Return a copy of a backup that tells something else of itself."""
    copy = file.with_name("changed.tar.gz")
    with tarfile.open(file) as old, tarfile.open(copy, "w:gz") as new:
        for member in old.getmembers():
            packed = old.extractfile(member)
            assert packed is not None
            held = packed.read()
            if member.name == "manifest.json":
                manifest = json.loads(held)
                manifest["contents"] |= told.pop("contents", {})
                held = json.dumps(manifest | told).encode()
            member.size = len(held)
            path = file.parent / "member"
            path.write_bytes(held)
            with path.open("rb") as source:
                new.addfile(member, source)
    return copy


def test_what_is_no_whole_backup_of_ours_changes_nothing(held: ReportVersion, tmp_path: Path) -> None:
    file = tmp_path / "ips.tar.gz"
    _backup(file)
    whole = file.read_bytes()
    wrong = {
        "empty": b"",
        "no archive": b"%PDF-1.7",
        "cut off": whole[:-2000],
        "a changed byte": whole[: len(whole) // 2] + bytes([whole[len(whole) // 2] ^ 1]) + whole[len(whole) // 2 + 1 :],
    }
    for name, held_bytes in wrong.items():
        path = tmp_path / "wrong.tar.gz"
        path.write_bytes(held_bytes)
        with pytest.raises(CommandError):
            call_command("restore", path, replace=True)
        assert ReportVersion.objects.exists(), name
    for told, match in (
        ({"vendor": "oracle"}, "oracle"),
        ({"contents": {"migrations": ["reviews.9999_next"]}}, "9999_next"),
        ({"sha256": "0" * 64}, "skadet|damaged"),
        *(
            [({"contents": {"rows": {"reviews_review": 99}}}, "reviews_review")]
            if connection.vendor == "sqlite"
            else ()
        ),
    ):
        with pytest.raises(CommandError, match=match):
            call_command("restore", _changed(file, **told), replace=True)
    with pytest.raises(CommandError):
        call_command("restore", file, replace=False)
    with pytest.raises(CommandError):
        call_command("restore", tmp_path / "missing.tar.gz", replace=True)
    assert ReportVersion.objects.exists()


def test_what_is_not_as_it_was_is_named() -> None:
    was = Contents({"a": 1, "b": 2}, {"x": "00"}, (), ())
    assert contents.differences(was, was) == []
    found = Contents({"a": 2, "c": 1}, {"x": "01"}, (), ())
    assert contents.differences(was, found) == ["a: 1 / 2", "b: 2 / None", "c: None / 1", "reviews_reportversion x"]


def test_the_names_are_in_the_order_of_time(tmp_path: Path) -> None:
    for day in range(1, 13):
        (tmp_path / f"ips-202601{day:02}T000000Z.tar.gz").touch()
    assert [path.name[10:12] for path in archive.remove_old(tmp_path, 10)] == ["01", "02"]

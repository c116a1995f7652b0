"""Old results taken in from one sheet: how quick it is, how much memory it takes, and that it is all or nothing, also
where it is killed in the middle.
"""

import csv
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.db import connection
from django.db.backends.postgresql.base import DatabaseWrapper
from django.db.backends.utils import CursorWrapper

from reviews.exchange.sheet import LONG_COLUMNS
from reviews.models import AgreedResult, AuditEvent, FinalScore, Rating, ReportVersion, Review, Service
from scales.models import Scale
from tests.bench.figures import Row
from tests.served import ROOT

FEW, MANY = 10, 100
"""How many reviews the sheets have for each service of a run."""

YEARS = 10
EACH = 0.05
"""How many seconds pass between two looks at an import."""

PATIENCE = 120
"""How many seconds an import that is killed may take until then."""

_PLACES = ("Agder", "Innlandet", "Nordland", "Oslo", "Rogaland", "Troms", "Vestland")
_MADE = (Service, Review, AgreedResult, Rating, ReportVersion, FinalScore, AuditEvent)
_WORDS = "Det vi så og hørte, svarer til beskrivelsen av denne skåren."


def write(path: Path, reviews: int, codes: Sequence[str], *, wrong: bool = False) -> int:
    """Write a sheet of so many reviews of all items by two evaluators, and return how many scores it has; `wrong`: the
    last row has a fault.
    """
    scores = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        sheet = csv.DictWriter(file, LONG_COLUMNS, restval="")
        sheet.writeheader()
        for number in range(reviews):
            service, year = divmod(number, YEARS)
            for place, code in enumerate(codes):
                first, agreed = (number + place) % 5 + 1, (number * 7 + place * 3) % 5 + 1
                low = agreed <= 3
                row = {
                    "service": f"IPS {service + 1}",
                    "county": _PLACES[service % len(_PLACES)],
                    "review_date": f"{2014 + year}-{service % 12 + 1:02}-{service % 28 + 1:02}",
                    "kind": "external",
                    "item": code,
                    "evaluator_1": first,
                    "evaluator_2": agreed,
                    "consensus": agreed,
                    "comment": _WORDS if low else "",
                    "recommendation": _WORDS if agreed == 1 else "",
                }
                is_last = number == reviews - 1 and place == len(codes) - 1
                sheet.writerow(row | {"consensus": 9} if wrong and is_last else row)
                scores += 1
    return scores


_EMPTY, _ONE = "import_empty", "import_one"

_HALT = f"""
    CREATE SEQUENCE bench_reports;
    CREATE FUNCTION bench_halt() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF nextval('bench_reports') >= %s THEN PERFORM pg_sleep({PATIENCE}); END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER bench_halt BEFORE INSERT ON "{ReportVersion._meta.db_table}"
        FOR EACH ROW EXECUTE FUNCTION bench_halt();
"""
"""Lets a database stand still at a report: how many were begun is in a sequence, which no transaction hides."""


class _Databases:
    """Empty databases with tables and scales, on the server of a run."""

    def __init__(self, database_url: str) -> None:
        """Make the one that the others are copies of."""
        self._server = database_url.rpartition("/")[0]
        _run(f"CREATE DATABASE {_EMPTY}")
        for command in (["migrate"], ["loaddata", "ips_25", "goi_12"]):
            manage = [sys.executable, "manage.py", *command, "--verbosity=0"]
            subprocess.run(manage, cwd=ROOT, env=os.environ | {"DATABASE_URL": f"{self._server}/{_EMPTY}"}, check=True)

    @contextmanager
    def new(self) -> Iterator[str]:
        """Give the address of one, and remove it afterwards."""
        _run(f"CREATE DATABASE {_ONE} TEMPLATE {_EMPTY}")
        try:
            yield f"{self._server}/{_ONE}"
        finally:
            _run(f"DROP DATABASE {_ONE} WITH (FORCE)")


@dataclass(frozen=True)
class _Imported:
    """What came of an import: its exit status, how many seconds it took, its memory at peak in bytes, what it said, and
    how many rows there are now.
    """

    status: int
    seconds: float
    memory: int
    said: str
    rows: int


def _import(sheet: Path, database_url: str) -> _Imported:
    """Import a sheet as the command does."""
    began = time.perf_counter()
    process, said = _begin(sheet, database_url)
    memory = 0
    while process.poll() is None:
        memory = max(memory, _most(process.pid))
        time.sleep(EACH)
    seconds = time.perf_counter() - began
    return _Imported(process.returncode, seconds, memory, said.read_text(), _left())


def _most(process: int) -> int:
    """Return the most bytes a process has had. What wait4 tells of it would be no less than what this one has."""
    try:
        told = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in told.splitlines() if line.startswith("VmHWM:"))


def _begin(sheet: Path, database_url: str) -> "tuple[subprocess.Popen[bytes], Path]":
    """Begin an import; return its process, and where it says what it has to say."""
    command = [sys.executable, "manage.py", "import_reviews", str(sheet), "--create-services"]
    said = sheet.with_suffix(".said")
    with said.open("w") as out:
        process = subprocess.Popen(
            command, cwd=ROOT, env=os.environ | {"DATABASE_URL": database_url}, stdout=out, stderr=out
        )
    return process, said


def _killed(sheet: Path, database_url: str, at: int) -> int:
    """Import a sheet, kill that while it writes its report number `at`, and return how many rows are left.

    RuntimeError where it does not come that far.
    """
    with _reached() as cursor:
        cursor.execute(_HALT, [at])
        process, said = _begin(sheet, database_url)
        try:
            enough = time.monotonic() + PATIENCE
            while _number(cursor, "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM bench_reports") < at:
                if process.poll() is not None or time.monotonic() > enough:
                    raise RuntimeError(f"the import to be killed did not come to report {at}: {said.read_text()}")
                time.sleep(0.05)
        finally:
            process.kill()
            process.wait()
        # The server is still at the report, and its transaction is open until it finds nobody to tell.
        here = "datname = current_database() AND pid <> pg_backend_pid() AND client_port IS NOT NULL"
        others = f"pg_stat_activity WHERE {here}"
        cursor.execute(f"SELECT pg_terminate_backend(pid, 10000) FROM {others}")
        if _number(cursor, f"SELECT count(*) FROM {others}"):
            raise RuntimeError("the import that was killed goes on")
        return _left()


@contextmanager
def _reached() -> Iterator[CursorWrapper]:
    """Give a cursor in the database that is imported into."""
    reached = DatabaseWrapper({**connection.settings_dict, "NAME": _ONE})
    try:
        with reached.cursor() as cursor:
            yield cursor
    finally:
        reached.close()


def _left() -> int:
    """Return how many rows an import has left: 0 where it is as if it had not been."""
    counts = [f'(SELECT count(*) FROM "{model._meta.db_table}")' for model in _MADE]
    with _reached() as cursor:
        return _number(cursor, f"SELECT {' + '.join(counts)}")


def _number(cursor: CursorWrapper, query: str) -> int:
    cursor.execute(query)
    return int(cursor.fetchone()[0])


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def rows(home: Path, database_url: str, services: int) -> list[Row]:
    """Measure it, each sheet in a database of its own, with as many reviews as so many services have in many years.

    Raises RuntimeError where a sheet that is sound is refused.
    """
    codes = [
        item.code
        for scale in Scale.objects.newest()
        for section in scale.sections.all()
        for item in section.items.all()
    ]
    databases = _Databases(database_url)
    few, many, faulty = home / "few.csv", home / "many.csv", home / "faulty.csv"
    fewer, more = FEW * services, MANY * services
    write(few, fewer, codes)
    scores = write(many, more, codes)
    write(faulty, fewer, codes, wrong=True)
    found = {}
    for sheet in (few, many, faulty):
        with databases.new() as address:
            found[sheet] = _import(sheet, address)
    middle = fewer // 2
    with databases.new() as address:
        left = _killed(few, address, middle)
    for sheet in (few, many):
        if found[sheet].status or not found[sheet].rows:
            raise RuntimeError(f"the import of {sheet.name} failed: {found[sheet].said[-2000:]}")
    if not found[faulty].status:
        raise RuntimeError("an import with a fault in its last row said that all went well")
    small, large = found[few], found[many]
    return [
        Row(
            f"import of {more:,} reviews, scores a second",
            scores / large.seconds,
            3_000,
            detail=f"{scores:,} scores in {large.seconds:.0f} s, {many.stat().st_size / 1e6:.0f} MB",
            at_least=True,
        ),
        Row(
            f"import of {more:,} reviews, memory at peak beside that of {fewer:,}",
            large.memory / small.memory,
            1.1,
            " ×",
            f"{large.memory / 2**20:.0f} MB and {small.memory / 2**20:.0f} MB",
        ),
        Row("import with a fault in its last row, rows left behind", found[faulty].rows, 0),
        Row("import killed while it writes its reports, rows left behind", left, 0, detail=f"at report {middle:,}"),
    ]

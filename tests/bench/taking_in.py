"""Old results taken in from one sheet: how quick it is, how much memory it takes, and that it is all or nothing."""

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

from reviews.exchange.sheet import LONG_COLUMNS
from reviews.models import AgreedResult, AuditEvent, FinalScore, Rating, ReportVersion, Review, Service
from scales.models import Scale
from tests.bench.figures import Row
from tests.served import ROOT

FEW, MANY = 1_000, 10_000
YEARS = 10
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
    command = [sys.executable, "manage.py", "import_reviews", str(sheet), "--create-services"]
    said = sheet.with_suffix(".said")
    began = time.perf_counter()
    with said.open("w") as out:
        process = subprocess.Popen(
            command, cwd=ROOT, env=os.environ | {"DATABASE_URL": database_url}, stdout=out, stderr=out
        )
        _pid, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - began
    return _Imported(process.returncode, seconds, used.ru_maxrss * 1024, said.read_text(), _left())


def _left() -> int:
    """Return how many rows an import has left: 0 where it is as if it had not been."""
    reached = DatabaseWrapper({**connection.settings_dict, "NAME": _ONE})
    try:
        with reached.cursor() as cursor:
            counts = [f'(SELECT count(*) FROM "{model._meta.db_table}")' for model in _MADE]
            cursor.execute(f"SELECT {' + '.join(counts)}")
            return int(cursor.fetchone()[0])
    finally:
        reached.close()


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def rows(home: Path, database_url: str) -> list[Row]:
    """Measure it, each sheet in a database of its own. Raises RuntimeError where a sheet that is sound is refused."""
    codes = [
        item.code
        for scale in Scale.objects.newest()
        for section in scale.sections.all()
        for item in section.items.all()
    ]
    databases = _Databases(database_url)
    few, many, faulty = home / "few.csv", home / "many.csv", home / "faulty.csv"
    write(few, FEW, codes)
    scores = write(many, MANY, codes)
    write(faulty, FEW, codes, wrong=True)
    found = {}
    for sheet in (few, many, faulty):
        with databases.new() as address:
            found[sheet] = _import(sheet, address)
    for sheet in (few, many):
        if found[sheet].status or not found[sheet].rows:
            raise RuntimeError(f"the import of {sheet.name} failed: {found[sheet].said[-2000:]}")
    if not found[faulty].status:
        raise RuntimeError("an import with a fault in its last row said that all went well")
    small, large = found[few], found[many]
    return [
        Row(
            f"import of {MANY:,} reviews, scores a second",
            scores / large.seconds,
            3_000,
            detail=f"{scores:,} scores in {large.seconds:.0f} s, {many.stat().st_size / 1e6:.0f} MB",
            at_least=True,
        ),
        Row(
            f"import of {MANY:,} reviews, memory at peak beside that of {FEW:,}",
            large.memory / small.memory,
            1.1,
            " ×",
            f"{large.memory / 2**20:.0f} MB and {small.memory / 2**20:.0f} MB",
        ),
        Row("import with a fault in its last row, rows left behind", found[faulty].rows, 0),
    ]

"""What the program costs, beside an empty page and beside what people would pick instead: python -m tests.bench

Starts a PostgreSQL and a gunicorn of its own, makes a hundred services of ten years, measures, and prints a table.

Settings from the environment: ONLY, the parts to measure (all unless set), SERVICES (100), YEARS (10), ROUNDS (60), and
BENCH_JSON, a file for the figures. Ends with 1 where a limit is broken, and 2 where something could not be measured.
"""

import os
import platform
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests import frame
from tests.bench.figures import UNMEASURED, Row, as_json, lines, status
from tests.frame import number, set_up
from tests.served import served
from tests.with_postgres import Server, StopError

LOG = 6000
"""How much of what the server said is shown where something could not be measured."""

MINUTES = 15
"""How long a whole run may take."""

PARTS = ("pages", "pdf", "weight", "import", "growth")


@dataclass(frozen=True)
class Size:
    """What is measured, and on how much."""

    parts: tuple[str, ...]
    services: int
    years: int
    rounds: int


def size(environment: Mapping[str, str]) -> Size:
    """Read the size of a run. Ends the process where it is malformed, and says what is."""

    wanted = tuple(part.strip() for part in environment.get("ONLY", "").split(",") if part.strip()) or PARTS
    if unknown := [part for part in wanted if part not in PARTS]:
        raise SystemExit(f"ONLY names {', '.join(unknown)}, and the parts are {', '.join(PARTS)}.")
    return Size(
        wanted,
        number(environment, "SERVICES", 100, most=100),
        number(environment, "YEARS", 10, most=30),
        number(environment, "ROUNDS", 60),
    )


@dataclass
class Run:
    """A run: what was measured so far, and what could not be."""

    size: Size
    rows: list[Row] = field(default_factory=list)
    unmeasured: list[str] = field(default_factory=list)
    took: dict[str, float] = field(default_factory=dict)
    machine: dict[str, Any] = field(default_factory=dict)

    def part(self, name: str, measure: Callable[[], list[Row]]) -> None:
        """Measure a part, if it is wanted; where it fails, say so, and go on with the others."""
        if name not in self.size.parts:
            return
        _say(name)
        began = time.monotonic()
        try:
            self.rows += measure()
        except StopError:
            raise
        except Exception as error:
            traceback.print_exc()
            self.unmeasured.append(f"{name}: {error!r}")
        self.took[name] = round(self.took.get(name, 0) + time.monotonic() - began, 1)


def _say(what: str) -> None:
    print(f"== {what}", file=sys.stderr, flush=True)


def _work(run: Run, home: Path, database: Server) -> None:
    """Make what is measured, and measure it. What makes more of it comes last."""
    began = time.monotonic()
    _say("making the database")
    set_up("tests.bench.settings", database.url, WORKERS="2", BENCH_STATIC=str(home / "static"))
    from django.core.management import call_command
    from django.db import connection

    call_command("collectstatic", verbosity=0, interactive=False)
    from tests.bench import cast, growth, pages, printing, taking_in, weight

    made = cast.make(run.size.services, run.size.years)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
    growth.rebuild()
    run.machine = _machine()
    run.took["making the database"] = round(time.monotonic() - began, 1)
    with served(home / "web.log") as web:
        _say("looking at the pages")
        visit = pages.Visit(web, made)
        began = time.monotonic()
        samples = visit.sample(run.size.rounds) if {"pages", "growth"} & {*run.size.parts} else {}
        run.took["looking at the pages"] = round(time.monotonic() - began, 1)
        run.part("pages", lambda: visit.rows(samples))
        run.part("pdf", lambda: printing.rows(home, made))
        run.part("pdf", lambda: printing.at_once(visit, made))
        run.part("weight", lambda: weight.rows(visit, made))
        run.part("import", lambda: taking_in.rows(home, database.url, run.size.services))
        run.part("growth", lambda: growth.rows(visit, made, samples, run.size.services, run.size.rounds))
    if status(run.rows, run.unmeasured) == UNMEASURED:
        print((home / "web.log").read_text(errors="replace")[-LOG:], file=sys.stderr)


def _machine() -> dict[str, Any]:
    """Return what the figures were measured on."""
    from importlib.metadata import version

    from django.db import connection

    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    chromium = subprocess.run(["chromium", "--version"], capture_output=True, text=True, check=False)
    return {
        "cores": len(os.sched_getaffinity(0)),
        "memory_gb": round(memory / 2**30, 1),
        "processor": _processor(),
        "load_before": os.getloadavg()[0],
        "python": platform.python_version(),
        "postgresql": ".".join(map(str, divmod(connection.pg_version, 10_000))),  # type: ignore[attr-defined]
        "chromium": chromium.stdout.strip(),
        **{name.lower(): version(name) for name in ("Django", "gunicorn", "weasyprint", "whitenoise")},
    }


def _processor() -> str:
    told = Path("/proc/cpuinfo").read_text(errors="replace").splitlines()
    return next((line.split(":", 1)[1].strip() for line in told if line.startswith("model name")), platform.machine())


def main() -> int:
    """Make a run; returns the exit status."""
    began = time.monotonic()
    run = Run(size(os.environ))
    try:
        frame.run("bench", lambda home, database: _work(run, home, database))
    except StopError as stopped:
        return 128 + stopped.number
    except Exception as error:
        traceback.print_exc()
        run.unmeasured.append(f"the rest: {error!r}")
    took = ", ".join(f"{name} {seconds:.0f} s" for name, seconds in run.took.items())
    run.rows.append(Row("the whole run, minutes", (time.monotonic() - began) / 60, MINUTES, detail=took))
    print("\n".join(lines(run.rows, run.unmeasured)))
    if os.environ.get("BENCH_JSON"):
        Path(os.environ["BENCH_JSON"]).write_text(as_json(run.rows, run.unmeasured, run.machine, run.took))
    return status(run.rows, run.unmeasured)


if __name__ == "__main__":
    sys.exit(main())

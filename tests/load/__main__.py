"""A review week in some minutes: python -m tests.load

Many people score, read and render at once on a PostgreSQL and a gunicorn of its own, while the database is restarted
once and a process of the server is killed twice. Afterwards the database must hold every save that was acknowledged.

Settings from the environment: SECONDS (300), PEOPLE who score (200), READERS (50), DRAFTERS (3), YEARS of reports (3),
LOAD_JSON (a file for the figures). Ends with 1 where a save is lost, an error stays, an answer is a 500, or nothing was
killed.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.frame import number, run, set_up
from tests.load import table
from tests.load.ledger import lost, read
from tests.served import ROOT, STOP_SECONDS, Web, served
from tests.with_postgres import Server, StopError

SLOW_SECONDS = 60
"""How many seconds later than it should a slow machine may have saved something."""

AWAY = 3
"""How many seconds the database is away."""


@dataclass(frozen=True)
class Size:
    """How long a run lasts, and how many take part."""

    seconds: int
    scoring: int
    reading: int
    drafting: int
    years: int


def size(environment: Mapping[str, str]) -> Size:
    """Read the size of a run. Ends the process where it is malformed, and says what is."""

    return Size(
        number(environment, "SECONDS", 300, least=10),
        number(environment, "PEOPLE", 200),
        number(environment, "READERS", 50, least=0),
        number(environment, "DRAFTERS", 3, least=0),
        number(environment, "YEARS", 3),
    )


def _prepare(database_url: str, wanted: Size) -> dict[str, list[dict[str, Any]]]:
    """Set the process up for the database, and make all that the people find there."""
    set_up("tests.load.settings", database_url, WORKERS=os.environ.get("WORKERS", "2"))
    from django.db import connection

    from tests.load import cast

    made = cast.make(wanted.scoring, wanted.reading, wanted.drafting, wanted.years)
    connection.close()
    return made


def _disturb(
    people: "subprocess.Popen[bytes]", database: Server, web: Web, ledger: Path, seconds: int
) -> dict[str, int]:
    """Kill and restart, each in its turn, while the people work, and not before more was saved since the last time;
    return how often that was done.
    """
    done = {"processes_killed": 0, "restarts_of_the_database": 0}
    began = time.monotonic()
    saved = 0

    def wait_until(part: float) -> None:
        nonlocal saved
        at = began + part * seconds
        while people.poll() is None and time.monotonic() < at + SLOW_SECONDS:
            written = ledger.stat().st_size if ledger.exists() else 0
            if time.monotonic() >= at and written > saved:
                saved = written
                return
            time.sleep(0.1)

    for part in (0.4, 0.6, 0.8):
        wait_until(part)
        if part == 0.6:
            database.stop()
            time.sleep(AWAY)
            database.start()
            done["restarts_of_the_database"] += 1
        else:
            done["processes_killed"] += web.kill_a_process()
    wait_until(0.9)
    return done


def _work(home: Path, database: Server, wanted: Size) -> dict[str, Any]:
    """Let the people work, and return what came of it."""
    people = _prepare(database.url, wanted)
    ledger, figures, told, enough = (home / name for name in ("ledger", "figures", "told", "enough"))
    with served(home / "web.log") as web:
        told.write_text(
            json.dumps(
                {
                    "url": web.url,
                    "people": people,
                    "seconds": wanted.seconds,
                    "arriving": wanted.seconds * 0.3,
                    "pace": min(1.0, max(0.1, wanted.seconds / 300)),
                    "ledger": str(ledger),
                    "figures": str(figures),
                    "enough": str(enough),
                }
            )
        )
        process = subprocess.Popen([sys.executable, "-m", "tests.load.people", str(told)], cwd=ROOT)
        try:
            done = _disturb(process, database, web, ledger, wanted.seconds)
            enough.touch()
            process.wait(wanted.seconds + STOP_SECONDS)
        finally:
            process.kill()
            process.wait()
    if process.returncode:
        raise RuntimeError(f"The people stopped with {process.returncode}.")
    return _told(json.loads(figures.read_text()), ledger, done)


def _told(found: dict[str, Any], ledger: Path, done: dict[str, int]) -> dict[str, Any]:
    """Hold the ledger against the database, and return all there is to tell."""
    from tests.load import held

    writes = list(read(ledger))
    gone = lost(writes, held.everything())
    saved = sum(write.is_saved for write in writes)
    fields = {write.field for write in writes if write.is_saved}
    return {
        "kinds": found["kinds"],
        "lost": [[each.field, each.held, sorted(each.expected)] for each in gone],
        "told": {
            "saves_acknowledged": saved,
            "saves_never_answered": len(writes) - saved,
            "fields_saved": len(fields),
            "fields_found_as_last_saved": len(fields) - len(gone),
            "fields_lost": len(gone),
            "chosen_between_two": found["chosen"],
            "logged_in_again": found["logged_in_again"],
            **done,
        },
    }


def faults(found: dict[str, Any]) -> list[str]:
    """Return what must not be in a run, in words."""
    told, kinds = found["told"], found["kinds"]
    wrong = [f"{field} holds {held!r}, not one of {expected}" for field, held, expected in found["lost"]]
    wrong += [f"{name}: an error stayed" for name, kind in kinds.items() if kind["errors_that_stayed"]]
    wrong += [f"{name}: answered 500" for name, kind in kinds.items() if "500" in kind["by_status"]]
    wrong += ["a save was never answered"] * bool(told["saves_never_answered"])
    wrong += ["nothing was saved"] * (not told["saves_acknowledged"])
    wrong += ["too little was killed"] * (told["processes_killed"] < 2 or told["restarts_of_the_database"] < 1)
    return wrong


def main() -> int:
    """Make a run; returns the exit status."""
    wanted = size(os.environ)
    try:
        found = run("load", lambda home, database: _work(home, database, wanted))
    except StopError as stopped:
        return 128 + stopped.number
    except RuntimeError as error:
        print(error, file=sys.stderr)
        return 1
    wrong = faults(found)
    print("\n".join(table.lines(found)))
    for what in wrong:
        print(f"WRONG: {what}", file=sys.stderr)
    if os.environ.get("LOAD_JSON"):
        Path(os.environ["LOAD_JSON"]).write_text(json.dumps(found | {"wrong": wrong}, indent=2) + "\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

"""What a run says of its figures; that it measures what it is given; and a small run."""

import gzip
import json
import math
import os
import subprocess
import sys
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import brotli  # type: ignore[import-untyped]  # has no types
import pytest
from django.conf import settings
from django.db import connection

from reviews.exchange import importing
from reviews.models import Review, Service
from scales.models import Scale
from tests.bench import taking_in
from tests.bench.__main__ import PARTS, Run, size
from tests.bench.asking import Answer, Unexpected
from tests.bench.figures import Row, Verdict, as_json, lines, median, percentile, ratio, status
from tests.bench.memory import peak
from tests.bench.rounds import FEWEST, SHARE, WARM, measure

# What is said of figures

MET, BROKEN, TOLD, LOST = Row("a", 3, 3), Row("b", 3.1, 3), Row("c", 9), Row("d", math.nan, 3)


def test_medians_and_percentiles() -> None:
    values = [5.0, 1.0, 2.0, 4.0]
    assert (median(values), percentile(values, 95), percentile(values, 50)) == (3, 5, 2)
    assert percentile(range(1, 101), 95) == 95
    assert ratio([6, 8], [2]) == 3.5
    for nothing in (median([]), percentile([], 95), ratio([], [1]), ratio([1], [])):
        assert math.isnan(nothing)


def test_a_limit_is_met_up_to_itself_and_what_is_no_number_is_not_measured() -> None:
    assert [each.verdict for each in (MET, BROKEN, TOLD, LOST)] == [
        Verdict.MET,
        Verdict.BROKEN,
        Verdict.TOLD,
        Verdict.UNMEASURED,
    ]
    assert Row("e", 2_999, 3_000, at_least=True).verdict == Verdict.BROKEN
    assert Row("e", 3_000, 3_000, at_least=True).verdict == Verdict.MET


@pytest.mark.parametrize(
    ("rows", "unmeasured", "expected"),
    [
        ([MET, TOLD], [], 0),
        ([MET, BROKEN], [], 1),
        ([MET, BROKEN], ["pdf: no Chromium"], 2),
        ([MET, LOST], [], 2),
        ([], [], 2),
    ],
)
def test_the_status_says_what_is_worst(rows: list[Row], unmeasured: list[str], expected: int) -> None:
    assert status(rows, unmeasured) == expected


def test_the_table_and_the_json_say_the_same() -> None:
    rows = [
        Row("scores a second", 3_210.4, 3_000, at_least=True, detail="370,000 scores"),
        Row("scoring", 3.254, 3, " ×"),
        LOST,
    ]
    assert [" ".join(line.split()) for line in lines(rows, ["pdf: no Chromium"])] == [
        "value limit verdict",
        "scores a second 3,210 ≥ 3,000 met 370,000 scores",
        "scoring 3.25 × ≤ 3 × BROKEN",
        "d – ≤ 3 NOT MEASURED",
        "NOT MEASURED: pdf: no Chromium",
    ]
    told = json.loads(as_json(rows, ["pdf: no Chromium"], {"cores": 2}, {"pages": 1.5}))
    assert [(row["name"], row["value"], row["limit"], row["verdict"]) for row in told["rows"]] == [
        ("scores a second", 3_210.4, 3_000, "met"),
        ("scoring", 3.254, 3, "broken"),
        ("d", None, 3, "unmeasured"),
    ]
    assert (told["machine"], told["seconds"], told["unmeasured"]) == (
        {"cores": 2},
        {"pages": 1.5},
        ["pdf: no Chromium"],
    )


# What is measured


def test_a_size_that_is_malformed_is_said() -> None:
    assert size({}) == size({"ONLY": ",".join(PARTS), "SERVICES": "100", "ROUNDS": "60"})
    assert size({"ONLY": "pdf, weight"}).parts == ("pdf", "weight")
    for wrong in ({"ONLY": "pages,pfd"}, {"SERVICES": "0"}, {"ROUNDS": "many"}):
        (name,) = wrong
        with pytest.raises(SystemExit, match=name):
            size(wrong)


def test_a_part_that_fails_is_said_and_the_others_are_measured() -> None:
    def fail() -> list[Row]:
        raise RuntimeError("no Chromium")

    run = Run(size({"ONLY": "pdf,weight"}))
    run.part("pages", fail)
    run.part("pdf", fail)
    run.part("weight", lambda: [MET])
    assert (run.rows, len(run.unmeasured), status(run.rows, run.unmeasured)) == ([MET], 1, 2)
    assert "no Chromium" in run.unmeasured[0]


@pytest.mark.parametrize(
    ("encoding", "close"), [("", bytes), ("gzip", gzip.compress), ("deflate", zlib.compress), ("br", brotli.compress)]
)
def test_an_answer_is_read_from_whatever_it_was_compressed_to(encoding: str, close: Callable[[bytes], bytes]) -> None:
    said = "Skår på én linje. " * 20
    assert Answer(200, {"content-encoding": encoding} if encoding else {}, close(said.encode())).text == said


def test_each_is_done_once_a_round_until_it_fails() -> None:
    done: list[str] = []

    def fail() -> None:
        done.append("fails")
        raise Unexpected("500 and not 200")

    found = measure({"a": lambda: done.append("a"), "b": lambda: done.append("b"), "fails": fail}, 3)
    assert [done.count(name) for name in ("a", "b", "fails")] == [WARM + 3, WARM + 3, 1]
    assert [len(found[name].wall) for name in ("a", "b", "fails")] == [3, 3, 0]
    assert found["fails"].fault == "500 and not 200"


def test_what_is_slow_takes_no_more_than_its_share_of_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0

    def takes(seconds: float) -> Callable[[], None]:
        def act() -> None:
            nonlocal now
            now += seconds

        return act

    for clock in ("monotonic", "perf_counter"):
        monkeypatch.setattr(time, clock, lambda: now)
    quick = {f"{number}": takes(0.1) for number in range(19)}
    found = measure(quick | {"slow": takes(3), "slower": takes(20)}, 60, at_most=SHARE * 10)
    assert {len(found[name].wall) for name in quick} == {FEWEST + 2}
    assert [(len(found[name].wall), found[name].is_cut) for name in ("0", "slow", "slower")] == [
        (FEWEST + 2, False),
        (2, True),
        (1, True),
    ]
    found = measure(quick, 60, at_most=11)
    assert {len(each.wall) for each in found.values()} == {FEWEST}


def test_the_memory_of_a_command_is_that_of_all_its_processes() -> None:
    take = "held = bytearray(b'x') * 60_000_000; import time; time.sleep(1)"
    start = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {take!r}], check=True); {take}"
    assert 60_000_000 < peak([sys.executable, "-c", start], settings.BASE_DIR) < 120_000_000
    with pytest.raises(subprocess.CalledProcessError):
        peak([sys.executable, "-c", "raise SystemExit(3)"], settings.BASE_DIR)


@pytest.mark.django_db
def test_the_sheet_that_is_imported_is_sound_but_for_the_fault_it_is_to_have(tmp_path: Path) -> None:
    codes = [
        item.code
        for scale in Scale.objects.newest()
        for section in scale.sections.all()
        for item in section.items.all()
    ]
    sheet = tmp_path / "sheet.csv"
    taking_in.write(sheet, 12, codes, wrong=True)
    assert importing.run(sheet, create_services=True).faults.count == 1
    assert not Service.objects.exists()
    assert taking_in.write(sheet, 12, codes) == 12 * len(codes) == importing.run(sheet, create_services=True).scores
    assert Review.objects.filter(status=Review.Status.FINAL).count() == 12


# Small runs

_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="once is enough, where PostgreSQL is")

_CALENDAR = """
import sys, time
from tests.bench import asking
from tests.bench.__main__ import main

whole = asking.Person.get

def get(person, address, headers=None):
    if address == "/calendar/":
        {instead}
    return whole(person, address, headers)

asking.Person.get = get
sys.exit(main())
"""
"""A run in which something else is done in place of asking for the calendar."""


def _small_run(found: Path, instead: str, **more: str) -> tuple[int, dict[str, dict[str, Any]], str]:
    """Make a small run; return its exit status, its rows by name, and what it printed."""
    small = {"ONLY": "pages", "SERVICES": "2", "YEARS": "2", "ROUNDS": "1", "BENCH_JSON": str(found)} | more
    ended = subprocess.run(
        [sys.executable, "-c", _CALENDAR.format(instead=instead)],
        cwd=settings.BASE_DIR,
        env=os.environ | small,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.exists(), ended.stdout + ended.stderr
    rows = {row["name"]: row for row in json.loads(found.read_text())["rows"]}
    return ended.returncode, rows, ended.stdout + ended.stderr


@_postgresql
def test_a_page_that_is_too_slow_ends_a_run_with_1_and_is_named(tmp_path: Path) -> None:
    status, rows, said = _small_run(tmp_path / "found.json", "time.sleep(6)")
    # How quick the machine is at the moment is not what this is about.
    assert status == 1, said
    assert all(row["value"] > 0 for row in rows.values())
    assert {"the floor", "scoring one item", "a report's PDF"} <= {*rows}
    assert [*rows][-1] == "the whole run, minutes"
    assert (rows["calendar"]["verdict"], rows["calendar"]["limit"]) == ("broken", 10)
    assert "slow, so measured" in rows["calendar"]["detail"]
    assert any(line.startswith("calendar ") and "BROKEN" in line for line in said.splitlines())


@_postgresql
def test_a_page_that_does_not_come_ends_a_run_with_2_and_is_named(tmp_path: Path) -> None:
    status, rows, said = _small_run(tmp_path / "found.json", 'address = "/nowhere/"')
    assert status == 2, said
    assert (rows["calendar"]["verdict"], rows["calendar"]["value"]) == ("unmeasured", None)
    assert "404" in rows["calendar"]["detail"]
    assert [name for name, row in rows.items() if row["verdict"] == "unmeasured"] == ["calendar"]


@_postgresql
def test_a_small_run_takes_sheets_in_and_grows(tmp_path: Path) -> None:
    status, rows, said = _small_run(tmp_path / "found.json", "pass", ONLY="import,growth")
    assert status in (0, 1), said
    for name in ("with a fault in its last row", "killed while it writes its reports"):
        assert rows[f"import {name}, rows left behind"]["value"] == 0
    assert rows["disk per review, 200 services"]["value"] > 1
    assert rows["growth, 20 services: calendar"]["limit"] == 1.5

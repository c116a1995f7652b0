"""What is told of a run: rows with a value and a limit, their verdicts, the table, and the exit status. Pure rules."""

import json
import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

_HEAD = ("", "value", "limit", "verdict", "")

BROKEN, UNMEASURED = 1, 2


class Verdict(StrEnum):
    """What a row says of its limit."""

    MET = "met"
    BROKEN = "BROKEN"
    TOLD = ""
    """There is no limit: the value is told because others follow from it."""
    UNMEASURED = "NOT MEASURED"


@dataclass(frozen=True)
class Row:
    """Something that was measured.

    `limit` is what the value may be at most, or with `at_least` at least; None: it is only told. `unit` stands after
    both, and `detail` is what else there is to say. A value that is no number was to be measured, and could not be.
    """

    name: str
    value: float
    limit: float | None = None
    unit: str = ""
    detail: str = ""
    at_least: bool = False

    @property
    def verdict(self) -> Verdict:
        """What there is to say of the value."""
        if math.isnan(self.value):
            return Verdict.UNMEASURED
        if self.limit is None:
            return Verdict.TOLD
        is_met = self.value >= self.limit if self.at_least else self.value <= self.limit
        return Verdict.MET if is_met else Verdict.BROKEN


def median(values: Sequence[float]) -> float:
    """Return the median; no number where there is nothing."""
    return statistics.median(values) if values else math.nan


def percentile(values: Iterable[float], percent: float) -> float:
    """Return the smallest value that at least `percent` of them do not exceed; no number where there is none."""
    ordered = sorted(values)
    if not ordered:
        return math.nan
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


def ratio(values: Sequence[float], floor: Sequence[float]) -> float:
    """Return how many times the median of `floor` the median of `values` is; no number where there is none of one."""
    return median(values) / median(floor) if values and floor else math.nan


def lines(rows: Sequence[Row], unmeasured: Sequence[str]) -> list[str]:
    """Return the table, then what could not be measured."""
    cells = [_HEAD, *(_cells(row) for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(_HEAD))]
    told = [
        "  ".join(
            cell.rjust(width) if column in (1, 2) else cell.ljust(width) for column, (cell, width) in each
        ).rstrip()
        for each in ([*enumerate(zip(row, widths, strict=True))] for row in cells)
    ]
    return [*told, *(f"NOT MEASURED: {each}" for each in unmeasured)]


def _cells(row: Row) -> tuple[str, ...]:
    sign = "≥" if row.at_least else "≤"
    limit = "" if row.limit is None else f"{sign} {_number(row.limit)}{row.unit}"
    return row.name, f"{_number(row.value)}{row.unit}", limit, row.verdict.value, row.detail


def _number(value: float) -> str:
    if math.isnan(value):
        return "–"
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.2f}"


def as_json(rows: Sequence[Row], unmeasured: Sequence[str], machine: dict[str, Any], took: dict[str, float]) -> str:
    """Return the same for programs, with what it was measured on and how many seconds each part took."""
    told = [
        {
            "name": row.name,
            "value": None if math.isnan(row.value) else row.value,
            "limit": row.limit,
            "at_least": row.at_least,
            "unit": row.unit.strip(),
            "verdict": row.verdict.name.lower(),
            "detail": row.detail,
        }
        for row in rows
    ]
    found = {"machine": machine, "rows": told, "unmeasured": list(unmeasured), "seconds": took}
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"


def status(rows: Sequence[Row], unmeasured: Sequence[str]) -> int:
    """Return the exit status: 2 where something could not be measured, 1 where a limit is broken, otherwise 0."""
    verdicts = {row.verdict for row in rows}
    if unmeasured or not rows or Verdict.UNMEASURED in verdicts:
        return UNMEASURED
    return BROKEN if Verdict.BROKEN in verdicts else 0

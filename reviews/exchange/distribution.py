"""Writes the services' scores item by item, as JSON, CSV or XLSX. JSON and CSV never vary with language."""

import json
from collections.abc import Iterable, Iterator
from decimal import Decimal

from reviews.exchange.exporting import csv_line
from reviews.overview.scores import Row

Value = str | int | Decimal | None

FORMATS = ("json", "csv")
SCORES = range(1, 6)
"""The scores of which the number of services is told."""
COLUMNS = (
    "item",
    "n",
    "mean",
    "median",
    "lower_quartile",
    "upper_quartile",
    *(f"score_{score}" for score in SCORES),
)


def export(rows: Iterable[Row], format: str) -> str:
    """Return an export of rows, in their order, as json or csv (ValueError for another). What a row does not tell is
    null, or an empty cell.
    """
    if format == "json":
        told = [json.dumps({name: _number(value) for name, value in _told(row)}) for row in rows]
        return "[" + ",".join(f"\n{each}" for each in told) + "\n]\n"
    if format == "csv":
        return csv_line(COLUMNS) + "".join(csv_line(_text(value) for _name, value in _told(row)) for row in rows)
    raise ValueError(f"{format} is not one of {', '.join(FORMATS)}")


def _told(row: Row) -> Iterator[tuple[str, Value]]:
    lower, median, upper = row.quartiles or (None, None, None)
    counts = row.counts or {}
    given = (row.item.code, row.n, row.mean, median, lower, upper, *(counts.get(score) for score in SCORES))
    return zip(COLUMNS, given, strict=True)


def _number(value: Value) -> str | int | float | None:
    return float(value) if isinstance(value, Decimal) else value


def _text(value: Value) -> str:
    return "" if value is None else str(value)

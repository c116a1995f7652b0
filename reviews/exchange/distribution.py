"""Writes the services' scores item by item, as JSON, CSV or XLSX. JSON and CSV never vary with language."""

import json
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import groupby

from django.utils import timezone
from django.utils.translation import gettext

from reviews.exchange.exporting import csv_line
from reviews.exchange.spreadsheet import Book, Look
from reviews.overview.scores import Row, ScaleRows

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
_CODE, _TITLE, _NUMBER = 8, 44, 11


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


def workbook(scales: Iterable[ScaleRows], asked: str) -> bytes:
    """Return the same for people, in their language: a sheet for each scale. `asked` says what was asked for."""
    title = gettext("Scores across services")
    book = Book(title, timezone.now())
    found = list(scales)
    for each in found:
        _sheet(book, each, asked)
    if not found:
        # A workbook without a sheet cannot be opened.
        sheet = book.sheet(title, (_TITLE,))
        sheet.add(Look.TITLE, title)
        sheet.add(Look.NOTE, asked)
        sheet.add(Look.NOTE, gettext("No review fits what you have chosen."))
    return book.finish()


def _sheet(book: Book, of: ScaleRows, asked: str) -> None:
    scores: Sequence[int] = of.scale.scores
    sheet = book.sheet(of.scale.title, (_CODE, _TITLE, *[_NUMBER] * (5 + len(scores))))
    sheet.add(Look.TITLE, gettext("Scores across services") + f": {of.scale.title}")
    sheet.add(Look.NOTE, asked)
    services = gettext(
        "Services reviewed with this edition: %(number)d. With another edition, and left out: %(others)d."
    )
    sheet.add(Look.NOTE, services % {"number": of.services, "others": of.others})
    if of.any_withheld:
        sheet.add(
            Look.NOTE,
            gettext("Empty cells: figures of so few services that you do not see that they could be told apart."),
        )
    sheet.add(
        Look.HEAD,
        gettext("Code"),
        gettext("Item"),
        gettext("Services"),
        gettext("Mean"),
        gettext("Lower quartile"),
        gettext("Median"),
        gettext("Upper quartile"),
        *[gettext("Score %(score)d") % {"score": score} for score in scores],
    )
    sheet.end_head(columns=2)
    for section, rows in groupby(of.rows, key=lambda row: row.item.section):
        sheet.add(Look.SECTION, section.code, section.title)
        for row in rows:
            quartiles = row.quartiles or [None] * 3
            counts = (row.counts or {}).values()
            sheet.add(Look.PLAIN, row.item.code, row.item.title, row.n, row.mean, *quartiles, *counts)

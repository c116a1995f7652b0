"""A spreadsheet for people: texts, numbers and dates, in which no text is taken for anything else.

It knows nothing of reviews. Rows are written from the top down; how a cell looks follows from its row and its value.
Text stays text whatever it begins with: no formula, link or number is made of it, now or when somebody edits the cell.
"""

import datetime
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from io import BytesIO
from typing import Any

import xlsxwriter
from django.utils.translation import get_language

NAME_LIMIT = 31
"""The most characters of a sheet's name; one beyond the first 65,536 counts as two."""
_HEADER_LIMIT = 120
_A4 = 9

_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\\x00-\x1f]+")
_RESERVED = ("history",)
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_DATES = {"nb": "[$-414]d. mmmm yyyy", "en": "[$-809]d mmmm yyyy"}
_ISO_DATE = "yyyy-mm-dd"


class Look(Enum):
    """What a row is: the sheet's title, a note under it, the columns' names, a heading, plain values, or a total."""

    TITLE = "title"
    NOTE = "note"
    HEAD = "head"
    SECTION = "section"
    PLAIN = "plain"
    TOTAL = "total"


_LOOKS: dict[Look, dict[str, Any]] = {
    Look.TITLE: {"bold": True, "font_size": 14},
    Look.NOTE: {},
    Look.HEAD: {"bold": True, "text_wrap": True, "valign": "bottom", "bg_color": "#D5DFEA", "bottom": 2},
    Look.SECTION: {"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#EDF1F6", "top": 1},
    Look.PLAIN: {"text_wrap": True, "valign": "top", "bottom": 4, "bottom_color": "#B8C2CC"},
    Look.TOTAL: {"bold": True, "text_wrap": True, "valign": "top", "top": 1},
}
_BARE = (Look.TITLE, Look.NOTE)
"""Rows whose text runs on over the empty cells beside it."""


@dataclass(frozen=True)
class Figure:
    """A number that is not written as others: `form` is a spreadsheet's number format."""

    value: int | Decimal
    form: str


Cell = str | int | Decimal | datetime.date | Figure | None


def sheet_name(wanted: str, taken: Collection[str] = ()) -> str:
    """Return a name that a sheet can have: without what is not allowed, short enough, and none of `taken`."""
    plain = _cut(" ".join(_NOT_IN_NAMES.sub(" ", cell_text(wanted)).split()).strip("' "), NAME_LIMIT) or "1"
    used = {*_RESERVED, *(name.casefold() for name in taken)}
    name, number = plain, 1
    while name.casefold() in used:
        number += 1
        name = f"{_cut(plain, NAME_LIMIT - len(str(number)) - 1)} {number}"
    return name


def _cut(text: str, limit: int) -> str:
    while len(text.encode("utf-16-le")) > 2 * limit:
        text = text[:-1]
    return text.rstrip("' ")


def cell_text(text: str) -> str:
    """Return a text as a cell holds it: lines end in one way, and U+FFFD stands for what no XLSX file can hold."""
    return _NOT_IN_XML.sub("\N{REPLACEMENT CHARACTER}", text.replace("\r\n", "\n").replace("\r", "\n"))


class Book:
    """An XLSX file in the making. Dates are written as the active language writes them."""

    def __init__(self, title: str, made_at: datetime.datetime) -> None:
        """Begin without sheets. The same rows, title and time give the same bytes."""
        self._out = BytesIO()
        # In memory: texts of a draft are never left in a temporary file.
        self._book = xlsxwriter.Workbook(
            self._out,
            {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
        )
        self._title = cell_text(title)
        self._book.set_properties({"title": self._title, "created": made_at.astimezone(datetime.UTC)})
        self._date = _DATES.get(get_language() or "", _ISO_DATE)
        self._formats: dict[tuple[Look, str, bool], Any] = {}
        self._names: list[str] = []

    def sheet(self, name: str, widths: Sequence[int], *, centred: Collection[int] = ()) -> "Sheet":
        """Return a new sheet, last of all, set up for print on A4. `widths`: its columns', in characters; `centred`:
        the columns whose cells stand in the middle, counted from 0; all else stands to the left.
        """
        self._names.append(sheet_name(name, self._names))
        sheet = self._book.add_worksheet(self._names[-1])
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.5, right=0.5, top=0.75, bottom=0.75)
        sheet.set_header("&L" + self._title[:_HEADER_LIMIT].replace("&", "&&"))
        sheet.set_footer("&L&A&R&P / &N")
        return Sheet(self, sheet, len(widths), centred)

    def format(self, look: Look, form: str, *, centred: bool) -> Any:
        """Return a cell's format, made once: text where `form` is empty, otherwise a number or date written so."""
        key = (look, form, centred)
        if key not in self._formats:
            # With the mark of a quoted text a cell stays text when somebody edits it.
            kind = {"num_format": form} if form else {"quote_prefix": True}
            align = "center" if centred else "left"
            self._formats[key] = self._book.add_format({**_LOOKS[look], **kind, "align": align})
        return self._formats[key]

    def written(self, value: int | Decimal | datetime.date | Figure) -> tuple[Any, str]:
        """Return a number or date with its number format."""
        if isinstance(value, Figure):
            return float(value.value), value.form
        if isinstance(value, datetime.date):
            return value, self._date
        if isinstance(value, Decimal):
            return float(value), "0.00"
        return value, "0"

    def finish(self) -> bytes:
        """Return the file; nothing can be added any more."""
        self._book.close()
        return self._out.getvalue()


class Sheet:
    """A sheet of a book, filled row by row."""

    def __init__(self, book: Book, sheet: Any, columns: int, centred: Collection[int]) -> None:
        """Begin with the first row. Books make sheets."""
        self._book = book
        self._sheet = sheet
        self._columns = columns
        self._centred = centred
        self._row = 0

    def add(self, look: Look, *cells: Cell) -> None:
        """Write the next row. Raises ValueError where it does not fit whole: nothing is ever cut."""
        if len(cells) > self._columns:
            raise ValueError(f"{len(cells)} cells do not fit into {self._columns} columns")
        padded = cells if look in _BARE else (*cells, *[None] * (self._columns - len(cells)))
        for column, cell in enumerate(padded):
            self._write(column, cell, look)
        self._row += 1

    def end_head(self, *, columns: int = 0) -> None:
        """Keep what is written so far in view and on top of each printed page, and the first `columns` in view."""
        self._sheet.freeze_panes(self._row, columns)
        self._sheet.repeat_rows(0, self._row - 1)

    def _write(self, column: int, cell: Cell, look: Look) -> None:
        if cell is None or cell == "":
            failed = self._sheet.write_blank(self._row, column, None, self._format(column, look))
        elif isinstance(cell, str):
            failed = self._write_text(column, cell_text(cell), self._format(column, look))
        else:
            value, form = self._book.written(cell)
            write = self._sheet.write_datetime if isinstance(value, datetime.date) else self._sheet.write_number
            failed = write(self._row, column, value, self._format(column, look, form))
        if failed:
            raise ValueError(f"the cell in row {self._row + 1}, column {column + 1} does not fit")

    def _format(self, column: int, look: Look, form: str = "") -> Any:
        return self._book.format(look, form, centred=column in self._centred)

    def _write_text(self, column: int, text: str, form: Any) -> Any:
        if text.startswith("<r>") and text.endswith("</r>"):
            # What looks like this is taken for ready-made markup, and written as it is; in parts it is escaped.
            return self._sheet.write_rich_string(self._row, column, text[:1], text[1:2], text[2:], form)
        return self._sheet.write_string(self._row, column, text, form)

"""Reads a file row by row, CSV or XLSX, without knowing what the rows mean."""

import csv
import datetime
import io
import zipfile
from collections.abc import Iterator, Sequence
from typing import BinaryIO, NamedTuple
from xml.etree.ElementTree import ParseError

import openpyxl

from reviews.exchange.faults import Fault, Problem, Unreadable

WORKBOOK_LIMIT = 5 * 1024 * 1024
"""The most bytes a workbook may have."""
UNPACKED_LIMIT = 100 * 1024 * 1024
"""The most bytes it may have unpacked: real sheets pack about ten to one, a zip bomb a thousand."""
COLUMN_LIMIT = 256
"""Columns after these are not read in a workbook: one stray cell far out would make every row thousands wide."""
CELL_LIMIT = 1024 * 1024
"""The most characters one cell of a CSV may have while it is read; what a text may have is decided later."""

# One limit for the whole process: set and put back by each reading, it would change under another that goes on.
csv.field_size_limit(CELL_LIMIT)

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"


class Formula(str):
    """The text of a formula in a workbook: its value is not known here."""

    __slots__ = ()


Cell = str | int | float | bool | datetime.date | datetime.time | datetime.timedelta | None


class Row(NamedTuple):
    """A row by its number in the sheet (the first is 1) with its cells."""

    number: int
    cells: Sequence[Cell]


def rows(file: BinaryIO) -> Iterator[Row]:
    """Give the rows of a CSV or XLSX file from its beginning, blank ones left out; its own bytes tell which it is.

    Memory does not grow with a CSV. Raises Unreadable where the file cannot be read (on).
    """
    refuse_at_sight(file)
    start = _start(file)
    for row in _workbook_rows(file) if start == _ZIP else _csv_rows(file):
        if any(cell is not None and cell != "" for cell in row.cells):
            yield row


def refuse_at_sight(file: BinaryIO) -> None:
    """Raise Unreadable for a workbook that needs not be opened to know that it will not be read. The file stands at
    its beginning then.
    """
    start = _start(file)
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    if start == _OLE:
        raise Unreadable(Fault(Problem.OLD_WORKBOOK))
    if start == _ZIP and size > WORKBOOK_LIMIT:
        raise Unreadable(Fault(Problem.TOO_LARGE, values={"limit": WORKBOOK_LIMIT // 1024**2}))


def _start(file: BinaryIO) -> bytes:
    file.seek(0)
    start = file.read(4)
    file.seek(0)
    return start


def _csv_rows(file: BinaryIO) -> Iterator[Row]:
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    number = 0
    try:
        header = text.readline()
        text.seek(0)
        delimiter = ";" if header.count(";") > header.count(",") else ","
        for number, cells in enumerate(csv.reader(text, delimiter=delimiter, strict=True), start=1):
            yield Row(number, cells)
    except UnicodeDecodeError:
        raise Unreadable(Fault(Problem.NOT_UTF8)) from None
    except csv.Error:
        raise Unreadable(Fault(Problem.MALFORMED, number + 1)) from None
    finally:
        text.detach()


def _workbook_rows(file: BinaryIO) -> Iterator[Row]:
    try:
        _refuse_unsafe(file)
        book = openpyxl.load_workbook(file, read_only=True, data_only=False, keep_links=False)
        try:
            sheet = book.worksheets[0]
            # What the sheet says of its own size may be wrong.
            sheet.reset_dimensions()
            width = 0
            for number, cells in enumerate(sheet.iter_rows(max_col=COLUMN_LIMIT), start=1):
                values = [_value(cell) for cell in cells]
                while values and values[-1] in (None, ""):
                    values.pop()
                # Rows of a workbook end with their last cell; here they are as wide as the first.
                width = width or len(values)
                yield Row(number, values + [None] * (width - len(values)))
        finally:
            book.close()
    except (zipfile.BadZipFile, ParseError, KeyError, IndexError, ValueError, TypeError, EOFError, OSError):
        # openpyxl lets whatever it stumbles over in a broken workbook through.
        raise Unreadable(Fault(Problem.NO_WORKBOOK)) from None


def _value(cell: object) -> Cell:
    value: Cell = getattr(cell, "value", None)
    return Formula(value) if getattr(cell, "data_type", "") == "f" else value


def _refuse_unsafe(file: BinaryIO) -> None:
    """Raise Unreadable for a workbook that unpacks to far more than it is, or that declares a document type.

    No workbook needs one, and it is where XML's own bombs and outside references stand.
    """
    with zipfile.ZipFile(file) as archive:
        if sum(part.file_size for part in archive.infolist()) > UNPACKED_LIMIT:
            raise Unreadable(Fault(Problem.NO_WORKBOOK))
        for part in archive.infolist():
            with archive.open(part) as content:
                last = b""
                # Without zero bytes UTF-16 reads like ASCII here.
                while chunk := content.read(1024 * 1024):
                    if b"<!DOCTYPE" in last + (chunk := chunk.replace(b"\0", b"")):
                        raise Unreadable(Fault(Problem.NO_WORKBOOK))
                    last = chunk[-8:]

"""Reads a file row by row, CSV or XLSX, without knowing what the rows mean."""

import csv
import io
from collections.abc import Iterator, Sequence
from typing import BinaryIO, NamedTuple, TextIO

from reviews.exchange import xlsx
from reviews.exchange.faults import Fault, Problem, Unreadable
from reviews.exchange.xlsx import Cell

WORKBOOK_LIMIT = 5 * 1024 * 1024
"""The most bytes a workbook may have."""
RECORD_LIMIT = 256 * 1024
"""The most characters a row of a CSV may have: where line ends or a quotation mark are missing, it has no end."""
CELLS_LIMIT = 16_384
"""The most cells a row of a CSV may have, as many as a spreadsheet has columns."""

# One limit for the whole process: set and put back by each reading, it would change under another that goes on.
csv.field_size_limit(RECORD_LIMIT)

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"


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


def refuse_at_sight(file: BinaryIO, ending: str = "") -> None:
    """Raise Unreadable for a workbook that needs not be opened to know that it will not be read; `ending` is how the
    file's name ends, if that is known. The file stands at its beginning then.
    """
    start = _start(file)
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    if start == _OLE:
        raise Unreadable(Fault(Problem.OLD_WORKBOOK))
    if ending.lower() == ".xlsx" and start != _ZIP:
        # Its bytes are no text either, and to say what they are not as such would help nobody.
        raise Unreadable(Fault(Problem.NO_WORKBOOK))
    if start == _ZIP and size > WORKBOOK_LIMIT:
        raise Unreadable(Fault(Problem.TOO_LARGE, values={"limit": WORKBOOK_LIMIT // 1024**2}))


def _start(file: BinaryIO) -> bytes:
    file.seek(0)
    start = file.read(4)
    file.seek(0)
    return start


class _TooLong(Exception):
    """A row has no end in sight."""


class _Lines:
    """The lines of a text, of which `taken` counts the characters: those of one row, if it is put back at each."""

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self.taken = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._text.readline(RECORD_LIMIT + 1)
        if not line:
            raise StopIteration
        self.taken += len(line)
        if self.taken > RECORD_LIMIT:
            raise _TooLong
        return line


def _csv_rows(file: BinaryIO) -> Iterator[Row]:
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    number = 0
    try:
        header = text.readline(RECORD_LIMIT + 1)
        if "\0" in header:
            # UTF-16 without the mark by which it is told.
            raise Unreadable(Fault(Problem.NOT_UTF8))
        text.seek(0)
        delimiter = ";" if header.count(";") > header.count(",") else ","
        lines = _Lines(text)
        for number, cells in enumerate(csv.reader(lines, delimiter=delimiter, strict=True), start=1):
            if len(cells) > CELLS_LIMIT:
                raise Unreadable(Fault(Problem.TOO_WIDE, number, values={"found": len(cells), "limit": CELLS_LIMIT}))
            lines.taken = 0
            yield Row(number, cells)
    except UnicodeDecodeError:
        raise Unreadable(Fault(Problem.NOT_UTF8)) from None
    except _TooLong:
        raise Unreadable(Fault(Problem.NO_END, number + 1, values={"limit": RECORD_LIMIT})) from None
    except csv.Error:
        raise Unreadable(Fault(Problem.MALFORMED, number + 1)) from None
    finally:
        text.detach()


def _workbook_rows(file: BinaryIO) -> Iterator[Row]:
    width = 0
    try:
        for number, cells in xlsx.rows(file):
            # Rows of a workbook end with their last cell; here they are as wide as the first.
            width = width or len(cells)
            yield Row(number, cells + [None] * (width - len(cells)))
    except xlsx.Protected:
        raise Unreadable(Fault(Problem.OLD_WORKBOOK)) from None
    except xlsx.TooMuch:
        raise Unreadable(Fault(Problem.UNPACKED)) from None
    except xlsx.Malformed:
        raise Unreadable(Fault(Problem.NO_WORKBOOK)) from None

"""Reads a report back from each of its formats, as somebody who was handed it would: the page, the PDF, the sheets."""

import csv
import json
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from io import BytesIO, StringIO
from typing import Any

import openpyxl
import pikepdf

from tests.reviews import structure

_VOID = {"img", "br", "hr", "input", "link", "meta", "circle", "line", "rect", "path", "polygon", "polyline", "use"}
_RUNS = ("=", "+", "-", "@", "\t", "\r")


def squeezed(text: str) -> str:
    """Return a text without what the end of a line may add or take away, white space and hyphens, and without what has
    no shape.
    """
    return re.sub(r"[\s\u200b\ufeff\u2010-]", "", text)


@dataclass
class Part:
    """One element of a page: what is in it and how it is built."""

    text: str = ""
    tags: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    """The cells' texts of each table row."""
    unclosed: list[str] = field(default_factory=list)


class _Reader(HTMLParser):
    """Reads the one element of a page that has `name` as its class."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self.part = Part()
        self.open: list[str] = []
        self.cell: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if not self.open and self.name not in (found.get("class") or "").split():
            return
        self.part.tags.append((tag, found))
        if tag in _VOID:
            return
        self.open.append(tag)
        if tag == "tr":
            self.part.rows.append([])
        elif tag in ("th", "td"):
            self.cell = []

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self.open:
            self.part.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.open:
            return
        if self.open.pop() != tag:
            self.part.unclosed.append(tag)
        if tag in ("th", "td") and self.cell is not None:
            self.part.rows[-1].append(" ".join("".join(self.cell).split()))
            self.cell = None

    def handle_data(self, data: str) -> None:
        if self.open:
            self.part.text += data
            if self.cell is not None:
                self.cell.append(data)


def element(html: str, name: str) -> Part:
    """Return the first element of a page with that class."""
    reader = _Reader(name)
    reader.feed(html)
    reader.close()
    return reader.part


def printed(pdf: bytes) -> str:
    """Return all that is printed in a PDF as it is read aloud, squeezed(): without heads, feet and pictures."""
    return squeezed(structure.read(pdf).root.text(without=("Figure",)))


def active_parts(pdf: bytes) -> list[str]:
    """Return the names of all in a PDF that would do something or lead somewhere: scripts, actions, links."""
    with pikepdf.open(BytesIO(pdf)) as document:
        return sorted(
            {
                str(key)
                for each in document.objects
                if isinstance(each, pikepdf.Dictionary)
                for key in each
                if key in ("/JS", "/JavaScript", "/AA", "/OpenAction", "/URI", "/Launch", "/Annots", "/AcroForm")
            }
        )


def attached(pdf: bytes) -> dict[str, Any]:
    """Return the reviews of the JSON that is attached to a PDF, by the file's name."""
    with pikepdf.open(BytesIO(pdf)) as document:
        files = {name: found.get_file().read_bytes() for name, found in document.attachments.items()}
    return {name: json.loads(file)["reviews"] for name, file in files.items()}


def csv_rows(text: str) -> list[dict[str, str]]:
    """Return the rows of a CSV by its header."""
    return list(csv.DictReader(StringIO(text, newline="")))


def workbook_rows(made: bytes) -> list[list[list[Any]]]:
    """Return the values of an XLSX file, sheet by sheet and row by row; ValueError where a cell holds a formula."""
    sheets = openpyxl.load_workbook(BytesIO(made)).worksheets
    if any(cell.data_type == "f" or cell.hyperlink for sheet in sheets for row in sheet.iter_rows() for cell in row):
        raise ValueError("a cell is more than a text, a number or a date")
    return [[[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in sheets]


def runs_in_a_spreadsheet(cell: str) -> bool:
    """Whether a spreadsheet would take a cell of a CSV for a formula."""
    return cell.startswith(_RUNS)

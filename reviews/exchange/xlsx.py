"""The first sheet of an XLSX workbook, row by row, in little memory and time whatever somebody has put into the file.

Only the parts that are needed are unpacked, each as a stream, and whatever there could be many of has a limit. No part
may declare a document type, so that there are no entities: neither those that grow, nor those that fetch.
"""

import datetime
import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, BinaryIO, NamedTuple
from xml.parsers import expat

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, from_excel

UNPACKED_LIMIT = 100 * 1024 * 1024
"""The most bytes a workbook may have unpacked: real sheets pack about ten to one, a zip bomb a thousand."""
STRINGS_LIMIT = 32 * 1024 * 1024
"""The most bytes its texts may have, which are held in memory."""
PART_LIMIT = 4 * 1024 * 1024
"""The most bytes each part that says how the sheet is to be read may have."""
FILES_LIMIT = 1000
"""The most files there may be in it."""
ROW_LIMIT = 1_048_576
"""The number of the last row a sheet can have."""
COLUMN_LIMIT = 256
"""Columns after these are not read: one stray cell far out would make every row thousands wide."""
TEXT_LIMIT = 256 * 1024
"""The most characters a cell may have while it is read; what a text may have is decided later."""

_CHUNK = 64 * 1024
_SILENCE_LIMIT = 1024 * 1024
_DEPTH_LIMIT = 64
_NAMES_LIMIT = 10_000
_FORMAT_LIMIT = 255
_DIRECTORY_ENTRY = b"PK\x01\x02"
_ENCRYPTED = 0x1

_PLACE = re.compile(r"([A-Z]{1,3})[0-9]{1,7}")
_NUMBER = re.compile(r"[-+]?[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


class Malformed(Exception):
    """The file is no workbook that can be read."""


class Protected(Exception):
    """The workbook needs a password."""


class TooMuch(Exception):
    """The workbook unpacks to more than a score sheet can be."""


class Formula(str):
    """The text of a formula: its value is not known here."""

    __slots__ = ()


Cell = str | int | float | bool | datetime.date | datetime.time | datetime.timedelta | None


def rows(file: BinaryIO) -> Iterator[tuple[int, list[Cell]]]:
    """Give the rows of the first sheet in which something stands, by their numbers, each up to its last cell.

    The file must be of a sensible size itself: its bytes are looked through at once. Raises Malformed, Protected or
    TooMuch where it cannot be read (on).
    """
    try:
        archive = _opened(file)
    except (Malformed, Protected, TooMuch):
        raise
    except Exception as error:
        # zipfile lets whatever it stumbles over through.
        raise Malformed from error
    with archive:
        yield from _guarded(_Workbook(archive).rows())


def _guarded(found: Iterator[tuple[int, list[Cell]]]) -> Iterator[tuple[int, list[Cell]]]:
    """Give what is found; whatever else a broken file raises while it is read is Malformed."""
    while True:
        try:
            row = next(found, None)
        except (Malformed, Protected, TooMuch):
            raise
        except Exception as error:
            raise Malformed from error
        if row is None:
            return
        yield row


def _opened(file: BinaryIO) -> zipfile.ZipFile:
    """Return the archive if its directory holds nothing that a workbook does not have."""
    # Counted before it is opened: that makes an object of each.
    file.seek(0)
    if file.read().count(_DIRECTORY_ENTRY) > FILES_LIMIT:
        raise TooMuch
    file.seek(0)
    archive = zipfile.ZipFile(file)
    parts = archive.infolist()
    if any(part.flag_bits & _ENCRYPTED for part in parts):
        raise Protected
    # Nothing beyond the size that is declared is ever unpacked, so that a lie about it only breaks the part.
    if sum(part.file_size for part in parts) > UNPACKED_LIMIT:
        raise TooMuch
    # Other ways of packing can ask for as much memory as they like.
    if any(part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for part in parts):
        raise Malformed
    return archive


class _Kind:
    START, END, TEXT = range(3)


class _Event(NamedTuple):
    kind: int
    name: str
    """Of an element, without its namespace; of a text, the text."""
    attributes: dict[str, str]


def _events(part: IO[bytes]) -> Iterator[_Event]:
    """Give the elements and texts of an XML file as they come. Raises Malformed for what no workbook has."""
    found: list[_Event] = []
    names: dict[str, str] = {}
    depth = 0
    parser = expat.ParserCreate(namespace_separator=" ", intern=names)
    parser.buffer_text = True

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEPTH_LIMIT:
            raise Malformed
        found.append(_Event(_Kind.START, name.rpartition(" ")[2], attributes))

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        found.append(_Event(_Kind.END, name.rpartition(" ")[2], {}))

    def refuse(*_about: object) -> None:
        raise Malformed

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = lambda text: found.append(_Event(_Kind.TEXT, text, {}))
    parser.StartDoctypeDeclHandler = refuse
    silent = 0
    while chunk := part.read(_CHUNK):
        parser.Parse(chunk, False)
        # A tag or a comment without an end is kept by the parser, and so is each name it has met.
        silent = 0 if found else silent + len(chunk)
        if silent > _SILENCE_LIMIT or len(names) > _NAMES_LIMIT:
            raise Malformed
        yield from found
        found.clear()
    parser.Parse(b"", True)
    yield from found


@dataclass
class _Pending:
    """A cell that is being read."""

    kind: str
    style: int
    text: list[str] = field(default_factory=list)
    is_formula: bool = False


class _Workbook:
    """What of a workbook its first sheet needs to be read."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._epoch = WINDOWS_EPOCH
        self._texts: list[str] = []
        self._dates: set[int] = set()
        self._spans: set[int] = set()

    def rows(self) -> Iterator[tuple[int, list[Cell]]]:
        """Give the rows of the first sheet."""
        (workbook,) = [target for kind, target in self._related("").values() if kind == "officeDocument"]
        related = self._related(workbook)
        sheet = self._first_sheet(workbook, related)
        for kind, target in related.values():
            if kind == "sharedStrings":
                self._read_texts(target)
            elif kind == "styles":
                self._read_styles(target)
        yield from self._cells(sheet)

    def _part(self, name: str, limit: int = PART_LIMIT) -> Iterator[_Event]:
        info = self._archive.getinfo(name)
        if info.file_size > limit:
            raise TooMuch
        with self._archive.open(info) as part:
            yield from _events(part)

    def _related(self, part: str) -> dict[str, tuple[str, str]]:
        """Return the parts that a part names: by the name it gives them, what they are to it and where they lie."""
        folder, name = posixpath.split(part)
        found = {}
        for event in self._part(posixpath.join(folder, "_rels", f"{name}.rels")):
            if event.kind == _Kind.START and event.name == "Relationship":
                target = posixpath.normpath(posixpath.join("/", folder, event.attributes["Target"])).lstrip("/")
                found[event.attributes["Id"]] = (event.attributes["Type"].rpartition("/")[2], target)
        return found

    def _first_sheet(self, workbook: str, related: dict[str, tuple[str, str]]) -> str:
        sheets = []
        for event in self._part(workbook):
            if event.kind == _Kind.START and event.name == "workbookPr":
                if event.attributes.get("date1904") in ("1", "true"):
                    self._epoch = MAC_EPOCH
            elif event.kind == _Kind.START and event.name == "sheet":
                (key,) = [value for name, value in event.attributes.items() if name.endswith(" id")]
                kind, target = related[key]
                # Not a sheet that is nothing but a chart.
                if kind == "worksheet":
                    sheets.append(target)
        return sheets[0]

    def _read_texts(self, part: str) -> None:
        """Read the texts that cells point at, without how they look and without how they are pronounced."""
        text: list[str] = []
        takes = False
        within = ""
        for kind, name, _attributes in self._part(part, STRINGS_LIMIT):
            if kind == _Kind.TEXT:
                if takes:
                    text.append(name)
            elif kind == _Kind.START:
                takes = name == "t" and within != "rPh"
                within = "rPh" if name == "rPh" else within
            else:
                takes = False
                if name == "rPh":
                    within = ""
                elif name == "si":
                    if len(self._texts) >= ROW_LIMIT:
                        raise TooMuch
                    self._texts.append(_joined(text))
                    text = []

    def _read_styles(self, part: str) -> None:
        """Find out which styles make a number a date, a time or a span of time."""
        formats: dict[str, str] = {}
        within = False
        style = 0
        for kind, name, attributes in self._part(part):
            if name == "cellXfs":
                within = kind == _Kind.START
            elif kind == _Kind.START and name == "numFmt":
                formats[attributes["numFmtId"]] = attributes.get("formatCode", "")[:_FORMAT_LIMIT]
            elif kind == _Kind.START and name == "xf" and within:
                key = attributes.get("numFmtId", "0")
                form = formats.get(key) or BUILTIN_FORMATS.get(int(key), "")
                if is_date_format(form):
                    self._dates.add(style)
                    if is_timedelta_format(form):
                        self._spans.add(style)
                style += 1

    def _cells(self, part: str) -> Iterator[tuple[int, list[Cell]]]:
        number = column = length = 0
        row: list[Cell] = []
        cell: _Pending | None = None
        takes = within_reading = False
        for kind, name, attributes in self._part(part, UNPACKED_LIMIT):
            if kind == _Kind.TEXT:
                if takes and cell is not None:
                    cell.text.append(name)
                    length += len(name)
                    if length > TEXT_LIMIT:
                        raise TooMuch
            elif kind == _Kind.START:
                # The value that a formula had last is not asked for.
                takes = name in ("v", "t", "f") and not within_reading and not (cell is not None and cell.is_formula)
                if name == "c":
                    column = _column(attributes["r"]) if "r" in attributes else column + 1
                    cell, length = _Pending(attributes.get("t", "n"), int(attributes.get("s", "0"))), 0
                elif name == "f" and cell is not None:
                    cell.is_formula = True
                elif name == "rPh":
                    within_reading = True
                elif name == "row":
                    before, number = number, int(attributes.get("r", number + 1))
                    if not before < number <= ROW_LIMIT:
                        raise Malformed
                    row, column = [], 0
            else:
                takes = False
                if name == "c" and cell is not None:
                    value = self._value(cell) if column <= COLUMN_LIMIT else None
                    if value is not None and value != "":
                        row += [None] * (column - len(row))
                        row[column - 1] = value
                    cell = None
                elif name == "rPh":
                    within_reading = False
                elif name == "row" and row:
                    yield number, row
                elif name == "sheetData":
                    # What comes after the cells is how they look.
                    return

    def _value(self, cell: _Pending) -> Cell:
        text = "".join(cell.text)
        if cell.is_formula:
            return Formula(f"={text}")
        if not text:
            return None
        if cell.kind == "s":
            place = int(text)
            if place < 0:
                raise Malformed
            return self._texts[place]
        if cell.kind == "b":
            return text.strip() in ("1", "true")
        if cell.kind == "d":
            try:
                return datetime.datetime.fromisoformat(text)
            except ValueError:
                return text
        if cell.kind == "n":
            return self._number(text.strip(), cell.style)
        return _joined(cell.text)

    def _number(self, text: str, style: int) -> Cell:
        if not _NUMBER.fullmatch(text):
            raise Malformed
        number = int(text) if text.lstrip("+-").isdecimal() else float(text)
        if style not in self._dates:
            return number
        try:
            found: Cell = from_excel(number, self._epoch, timedelta=style in self._spans)
        except (OverflowError, ValueError):
            # A number that is no date: what stands there is told as it is.
            return text
        return found


def _column(place: str) -> int:
    """Return the number of a cell's column from its place in the sheet, such as AB12; the first is 1."""
    found = _PLACE.fullmatch(place)
    if found is None:
        raise Malformed
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return column


def _joined(parts: list[str]) -> str:
    """Return a text whose parts may hold characters written by their number, as _x000D_."""
    return _ESCAPED.sub(_unescaped, "".join(parts))


def _unescaped(found: re.Match[str]) -> str:
    code = int(found[1], 16)
    # What stands for no character a text can have stays as it is written.
    is_character = code in (0x9, 0xA, 0xD) or 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE
    return chr(code) if is_character else found[0]

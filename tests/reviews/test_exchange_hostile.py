"""Files made to do harm: each is refused with words that say what to do, in little memory and time."""

import datetime
import io
import json
import os
import resource
import struct
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.conf import settings
from hypothesis import example, given
from hypothesis import settings as how
from hypothesis import strategies as st

from reviews.exchange import reading, xlsx
from reviews.exchange.faults import Problem, Unreadable

MEMORY = 96 * 1024 * 1024
"""What reading a file may take beyond what the process has before it."""
SECONDS = 20
"""What it may take of the processor, on a slow machine too."""

_TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def part(pieces: Iterable[str | bytes]) -> Iterable[bytes]:
    """Return pieces as bytes."""
    return (piece if isinstance(piece, bytes) else piece.encode() for piece in pieces)


def sheet_of(*rows: str | bytes, head: str = "") -> list[str | bytes]:
    """Return a sheet with these rows."""
    return [f'{head}<worksheet xmlns="{_MAIN}"><sheetData>', *rows, "</sheetData></worksheet>"]


def book(path: Path, packing: int = zipfile.ZIP_DEFLATED, /, **parts: Iterable[str | bytes]) -> Path:
    """Write a workbook with the least that one needs, and with what is given in place of it: `sheet`, `texts`,
    `styles`, `workbook`, `related`, or any other name for a file of no use.
    """
    names = {
        "root": "_rels/.rels",
        "related": "xl/_rels/workbook.xml.rels",
        "workbook": "xl/workbook.xml",
        "sheet": "xl/worksheets/sheet1.xml",
        "texts": "xl/sharedStrings.xml",
        "styles": "xl/styles.xml",
    }
    usual: dict[str, Iterable[str | bytes]] = {
        "root": [f'<R><Relationship Id="a" Type="{_TYPES}/officeDocument" Target="xl/workbook.xml"/></R>'],
        "related": [
            "<R>",
            *(
                f'<Relationship Id="{name}" Type="{_TYPES}/{kind}" Target="{target}"/>'
                for name, kind, target in [
                    ("s1", "worksheet", "worksheets/sheet1.xml"),
                    ("t", "sharedStrings", "/xl/sharedStrings.xml"),
                    ("st", "styles", "styles.xml"),
                ]
            ),
            "</R>",
        ],
        "workbook": [f'<w xmlns:r="{_TYPES}"><sheets><sheet name="A" sheetId="1" r:id="s1"/></sheets></w>'],
        "sheet": sheet_of('<row r="1"><c r="A1"><v>1</v></c></row>'),
        "texts": ["<sst/>"],
        "styles": ["<styleSheet/>"],
    }
    with zipfile.ZipFile(path, "w", packing) as archive:
        for name, pieces in (usual | parts).items():
            with archive.open(names.get(name, name), "w", force_zip64=False) as file:
                for piece in part(pieces):
                    file.write(piece)
    return path


def many(piece: str, times: int, by: int = 10_000) -> Iterable[str]:
    """Give a piece many times over, some thousands at once."""
    for _each in range(times // by):
        yield piece * by


def renamed(path: Path, before: bytes, after: bytes) -> Path:
    """Put other bytes of the same length into a file."""
    assert len(before) == len(after)
    path.write_bytes(path.read_bytes().replace(before, after))
    return path


def _declared(path: Path, size: int) -> Path:
    """Declare another size for the sheet than it has, in the directory and before the part itself."""
    with zipfile.ZipFile(path) as archive:
        real = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    return renamed(path, struct.pack("<L", real), struct.pack("<L", size))


def _encrypted(path: Path) -> Path:
    whole = bytearray(book(path).read_bytes())
    place = whole.find(b"PK\x01\x02")
    whole[place + 8] |= 1
    path.write_bytes(whole)
    return path


_LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">'.replace("&a0;", "&a;") for n in range(1, 10))
    + "]>"
)
_OUTSIDE = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
_REMOTE = '<?xml version="1.0"?><!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">'
_CELL = '<row r="1"><c r="A1" t="inlineStr"><is><t>&a9;&a;</t></is></c></row>'

Make = Callable[[Path], Path]

HOSTILE: dict[str, tuple[Make, Problem | None]] = {
    # Packed
    "a part that unpacks to 5 GB": (
        lambda path: _declared(book(path, sheet=sheet_of(*many(" ", 1_000_000))), 0xF0000000),
        Problem.UNPACKED,
    ),
    "20 MB of nothing in 20 kB": (
        lambda path: book(path, sheet=sheet_of(*many(" ", 20_000_000))),
        Problem.EMPTY,
    ),
    "many parts, too much together": (
        lambda path: book(path, **{f"x{number}": many(" ", 11_000_000) for number in range(10)}),
        Problem.UNPACKED,
    ),
    "a part that is larger than it says": (
        lambda path: _declared(book(path, sheet=sheet_of(*many(" ", 1_000_000))), 200),
        Problem.NO_WORKBOOK,
    ),
    "thousands of files": (
        lambda path: _with_files(path, 5_000),
        Problem.UNPACKED,
    ),
    "a workbook within a workbook": (
        lambda path: book(path, **{"xl/embeddings/book.xlsx": [book(path).read_bytes()] * 50}),
        None,
    ),
    "packed in a way that asks for memory": (lambda path: book(path, zipfile.ZIP_LZMA), Problem.NO_WORKBOOK),
    "packed with a broken stream": (
        lambda path: _broken(book(path, sheet=sheet_of(*many("<row/>", 100_000)))),
        Problem.NO_WORKBOOK,
    ),
    "needs a password": (_encrypted, Problem.OLD_WORKBOOK),
    "a path out of the archive": (
        lambda path: book(
            path,
            related=[f'<R><Relationship Id="s1" Type="{_TYPES}/worksheet" Target="../../../../etc/passwd"/></R>'],
        ),
        Problem.NO_WORKBOOK,
    ),
    # XML
    "billion laughs": (lambda path: book(path, sheet=sheet_of(_CELL, head=_LAUGHS)), Problem.NO_WORKBOOK),
    "billion laughs in the texts": (lambda path: book(path, texts=[_LAUGHS, "<sst/>"]), Problem.NO_WORKBOOK),
    "a file of the server's": (lambda path: book(path, sheet=sheet_of(_CELL, head=_OUTSIDE)), Problem.NO_WORKBOOK),
    "another server's document type": (lambda path: book(path, workbook=[_REMOTE, "<w/>"]), Problem.NO_WORKBOOK),
    "an entity that nobody declared": (lambda path: book(path, sheet=sheet_of(_CELL)), Problem.NO_WORKBOOK),
    "elements in elements": (lambda path: book(path, sheet=many("<a>", 1_000_000)), Problem.NO_WORKBOOK),
    "each element of another name": (
        lambda path: book(path, sheet=sheet_of(*(f"<a{number}/>" for number in range(100_000)))),
        Problem.NO_WORKBOOK,
    ),
    "a tag without an end": (lambda path: book(path, sheet=["<a b='", *many("x", 5_000_000)]), Problem.NO_WORKBOOK),
    "a comment without an end": (lambda path: book(path, sheet=["<!--", *many("x", 5_000_000)]), Problem.NO_WORKBOOK),
    # The sheet
    "a row of a million cells": (
        lambda path: book(path, sheet=sheet_of('<row r="1">', *many("<c/>", 1_000_000), "</row>")),
        Problem.EMPTY,
    ),
    "a cell of millions of letters": (
        lambda path: book(path, sheet=sheet_of('<row r="1"><c t="str"><v>', *many("x", 5_000_000), "</v></c></row>")),
        Problem.UNPACKED,
    ),
    "a cell far out": (
        lambda path: book(path, sheet=sheet_of('<row r="1"><c r="A1"><v>1</v></c><c r="XFD1"><v>1</v></c></row>')),
        None,
    ),
    "a row far down": (
        lambda path: book(path, sheet=sheet_of('<row r="1048576"><c r="A1048576"><v>1</v></c></row>')),
        None,
    ),
    "a row beyond the last": (lambda path: book(path, sheet=sheet_of('<row r="999999999999"/>')), Problem.NO_WORKBOOK),
    "rows that go back": (lambda path: book(path, sheet=sheet_of('<row r="2"/><row r="1"/>')), Problem.NO_WORKBOOK),
    "a sheet that says it is as large as can be": (
        lambda path: book(
            path,
            sheet=[
                f'<worksheet xmlns="{_MAIN}"><dimension ref="A1:XFD1048576"/><sheetData>',
                '<row r="1"><c r="A1"><v>1</v></c></row></sheetData></worksheet>',
            ],
        ),
        None,
    ),
    "millions of texts": (
        lambda path: book(path, texts=["<sst>", *many("<si/>", 1_100_000), "</sst>"]),
        Problem.UNPACKED,
    ),
    "a text that is not there": (
        lambda path: book(path, sheet=sheet_of('<row r="1"><c t="s"><v>-1</v></c></row>')),
        Problem.NO_WORKBOOK,
    ),
    "a number of a million digits": (
        lambda path: book(path, sheet=sheet_of('<row r="1"><c><v>', "9" * 100_000, "</v></c></row>")),
        Problem.NO_WORKBOOK,
    ),
    "styles without an end": (
        lambda path: book(path, styles=["<s><cellXfs>", *many("<xf/>", 1_000_000), "</cellXfs></s>"]),
        Problem.UNPACKED,
    ),
    "the formula of one cell in all": (
        lambda path: book(
            path,
            sheet=sheet_of(
                '<row r="1"><c r="A1"><f t="shared" si="0" ref="A1:XFD1048576">',
                "SUM(B1:B9)+" * 5_000,
                "1</f></c></row>",
                *(f'<row r="{n}"><c><f t="shared" si="0"/></c></row>' for n in range(2, 10_000)),
            ),
        ),
        None,
    ),
    "a photo that is called a workbook": (lambda path: _bytes(path, b"\x89PNG\r\n\x1a\n" * 1000), Problem.NOT_UTF8),
    # CSV
    "a CSV with NUL": (lambda path: _bytes(path, b"service;count\0y\n"), Problem.NOT_UTF8),
    "UTF-16": (lambda path: _bytes(path, "service;county\n".encode("utf-16")), Problem.NOT_UTF8),
    "UTF-16 without its mark": (lambda path: _bytes(path, "service;county\n".encode("utf-16-le")), Problem.NOT_UTF8),
    "a line of 50 MB": (lambda path: _bytes(path, b"x" * 50_000_000), Problem.NO_END),
    "two million columns": (lambda path: _bytes(path, b"a," * 2_000_000), Problem.NO_END),
    "a hundred thousand columns": (lambda path: _bytes(path, b"a," * 100_000), Problem.TOO_WIDE),
    "a quotation mark without another": (lambda path: _bytes(path, b'a,"' + b"x\n" * 2_000_000), Problem.NO_END),
    "a row of quoted lines": (lambda path: _bytes(path, b'"a\n",' * 1_000_000), Problem.NO_END),
    "nothing but line ends": (lambda path: _bytes(path, b"\n" * 1_000_000), Problem.EMPTY),
}
"""Files by what they are, with why they are refused; None where what is in them is read like any other sheet."""


def _bytes(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def _with_files(path: Path, count: int) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(count):
            archive.writestr(f"{number:x}", b"")
    return path


def _broken(path: Path) -> Path:
    with zipfile.ZipFile(path) as archive:
        place = archive.getinfo("xl/worksheets/sheet1.xml").header_offset + 120
    whole = bytearray(path.read_bytes())
    whole[place : place + 40] = b"\xff" * 40
    path.write_bytes(whole)
    return path


def _read(path: str) -> str | None:
    """Read a file as an import does; return why it cannot be read, or that it is empty."""
    try:
        with open(path, "rb") as file:
            # Counted one by one: none is held.
            return None if sum(1 for _row in reading.rows(file)) else Problem.EMPTY
    except Unreadable as unreadable:
        return unreadable.fault.problem


def measure(paths: list[str]) -> dict[str, tuple[str | None, float]]:
    """Read files with a limit on memory; return for each why it is refused and how long it took of the processor."""
    with open("/proc/self/statm") as file:
        now = int(file.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (now + MEMORY, now + MEMORY))
    found = {}
    for path in paths:
        before = time.process_time()
        found[path] = (_read(path), time.process_time() - before)
    return found


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str | None, float]]:
    """What came of each file, read by a process of its own that may take only so much memory."""
    folder = tmp_path_factory.mktemp("hostile")
    paths = {str(make(folder / f"{number}.xlsx")): name for number, (name, (make, _why)) in enumerate(HOSTILE.items())}
    code = (
        "import json, sys, django; django.setup();"
        "from tests.reviews.test_exchange_hostile import measure;"
        "print(json.dumps(measure(sys.argv[1:])))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code, *paths],
        cwd=settings.BASE_DIR,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "ipsreview.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    found: dict[str, Any] = json.loads(ended.stdout.splitlines()[-1])
    return {paths[path]: (why, seconds) for path, (why, seconds) in found.items()}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_in_little_memory_and_time(
    measured: dict[str, tuple[str | None, float]], name: str
) -> None:
    why, seconds = measured[name]
    assert why == HOSTILE[name][1]
    assert seconds < SECONDS


def test_the_memory_that_is_given_is_a_limit(tmp_path: Path) -> None:
    """A reading that took all in at once would not get through: the limit is one."""
    code = (
        "import sys, django; django.setup();"
        "from tests.reviews import test_exchange_hostile as hostile;"
        "hostile._read = lambda path: [bytes(1024) for _each in range(200_000)];"
        "hostile.measure(['x'])"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code],
        cwd=settings.BASE_DIR,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "ipsreview.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "MemoryError" in ended.stderr


# What is read all the same is read right


def _rows(content: bytes) -> list[tuple[int, list[xlsx.Cell]]]:
    return list(xlsx.rows(io.BytesIO(content)))


_VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**9), 10**9),
    st.floats(-1e9, 1e9, allow_nan=False).map(lambda number: float(repr(number))),
    st.text(st.characters(min_codepoint=0x20, max_codepoint=0xD7FF, exclude_characters="_"), max_size=20).filter(
        lambda text: not text.startswith("=")
    ),
    st.datetimes(datetime.datetime(1990, 1, 1), datetime.datetime(2100, 1, 1)).map(
        lambda moment: moment.replace(microsecond=0)
    ),
)


@how(max_examples=60)
@given(st.lists(st.lists(_VALUES, min_size=1, max_size=6), min_size=1, max_size=5))
@example([[1, None, "x"], [None], [datetime.datetime(2024, 5, 6)], ["1+1", True, 3.5]])
def test_the_cells_are_those_that_openpyxl_reads(rows: list[list[Any]]) -> None:
    made, file = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        made.worksheets[0].append(row)
    made.save(file)
    expected = []
    for number, cells in enumerate(
        openpyxl.load_workbook(io.BytesIO(file.getvalue())).worksheets[0].iter_rows(), start=1
    ):
        values = [cell.value for cell in cells]
        while values and values[-1] in (None, ""):
            values.pop()
        if values:
            expected.append((number, [None if value == "" else value for value in values]))
    assert _rows(file.getvalue()) == expected


def _sheet(tmp_path: Path, *rows: str, **parts: Iterable[str | bytes]) -> list[tuple[int, list[xlsx.Cell]]]:
    return _rows(book(tmp_path / "x.xlsx", sheet=sheet_of(*rows), **parts).read_bytes())


def test_texts_in_parts_and_in_readings_of_signs_are_put_together(tmp_path: Path) -> None:
    texts = ["<sst><si><t>a</t></si><si><r><t>b</t></r><r><t>c_x000D__xD83D__x0000_</t></r>"]
    texts += ["<rPh><t>no</t></rPh></si></sst>"]
    row = [
        '<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c>',
        '<c t="inlineStr"><is><r><t>d</t></r><rPh><t>no</t></rPh></is></c><c t="e"><v>#N/A</v></c>',
        '<c t="d"><v>2024-05-06</v></c><c t="b"><v>1</v></c><c><f>1+1</f><v>2</v></c></row>',
    ]
    assert _sheet(tmp_path, *row, texts=texts) == [
        (1, ["a", "bc\r_xD83D__x0000_", "d", "#N/A", datetime.datetime(2024, 5, 6), True, "=1+1"])
    ]


@pytest.mark.parametrize(
    ("number", "value"),
    [("45418", datetime.datetime(2024, 5, 6)), ("0.5", datetime.time(12)), ("99999999", "99999999"), ("-1e9", "-1e9")],
)
def test_a_number_is_a_date_by_its_style_and_itself_where_it_is_none(
    tmp_path: Path, number: str, value: object
) -> None:
    styles = ['<s><numFmts><numFmt numFmtId="164" formatCode="d\\. mmmm yyyy"/></numFmts><cellXfs><xf/>']
    styles += ['<xf numFmtId="164"/></cellXfs></s>']
    assert _sheet(tmp_path, f'<row><c s="1"><v>{number}</v></c></row>', styles=styles) == [(1, [value])]


def test_a_workbook_from_a_mac_counts_its_days_from_1904(tmp_path: Path) -> None:
    workbook = [
        f'<w xmlns:r="{_TYPES}"><workbookPr date1904="1"/><sheets><sheet name="A" sheetId="1" r:id="s1"/></sheets></w>'
    ]
    styles = ['<s><cellXfs><xf numFmtId="14"/></cellXfs></s>']
    found = _sheet(tmp_path, "<row><c><v>43956</v></c></row>", workbook=workbook, styles=styles)
    assert found == [(1, [datetime.datetime(2024, 5, 6)])]


@how(max_examples=200)
@given(st.binary(max_size=400), st.integers(0, 3000))
def test_whatever_bytes_are_in_it_a_file_is_read_or_refused(noise: bytes, place: int) -> None:
    whole = bytearray(_SOUND)
    place %= len(whole)
    whole[place : place + len(noise)] = noise
    for content in (bytes(whole), noise, b"PK\x03\x04" + noise, b"service;county\n" + noise):
        # Any other error fails the test.
        with suppress(Unreadable):
            list(reading.rows(io.BytesIO(content)))


def _sound() -> bytes:
    file = io.BytesIO()
    made = openpyxl.Workbook()
    for number in range(20):
        made.worksheets[0].append([f"text {number}", number, datetime.date(2024, 5, 6)])
    made.save(file)
    return file.getvalue()


_SOUND = _sound()

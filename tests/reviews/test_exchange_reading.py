"""Files as spreadsheets write them, and files that are none."""

import datetime
import io
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.exchange import reading, xlsx
from reviews.exchange.exporting import csv_line
from reviews.exchange.faults import Problem, Unreadable
from reviews.exchange.xlsx import Formula


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a test puts its file."""
    return tmp_path / "sheet"


def cells(path: Path) -> list[tuple[int, list[xlsx.Cell]]]:
    """Return the file's rows with their numbers."""
    return [(row.number, list(row.cells)) for row in reading.rows(io.BytesIO(path.read_bytes()))]


def problem(path: Path) -> tuple[Problem, int | None]:
    """Return why the file cannot be read, and from which row on."""
    with pytest.raises(Unreadable) as raised:
        list(reading.rows(io.BytesIO(path.read_bytes())))
    return raised.value.fault.problem, raised.value.fault.row


def workbook(file: Path | io.BytesIO, *rows: list[object]) -> None:
    """Write a workbook with these rows."""
    book = openpyxl.Workbook(write_only=True)
    written = book.create_sheet()
    for row in rows:
        written.append(row)
    book.save(file)


@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("delimiter", [",", ";"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_csv_with_and_without_bom_comma_and_semicolon_and_any_line_end(
    path: Path, bom: bytes, delimiter: str, end: str
) -> None:
    text = f'a{delimiter}b{end}ærlig{delimiter}"3,5 og 4;5"{end}'
    path.write_bytes(bom + text.encode())
    assert cells(path) == [(1, ["a", "b"]), (2, ["ærlig", "3,5 og 4;5"])]


def test_blank_rows_are_left_out_and_still_counted_and_a_cell_over_lines_is_one_row(path: Path) -> None:
    path.write_bytes(b'a,b\n\n,\n"x\ny",1\nz,2\n')
    assert cells(path) == [(1, ["a", "b"]), (4, ["x\ny", "1"]), (5, ["z", "2"])]


def test_what_is_no_utf_8_is_refused(path: Path) -> None:
    path.write_bytes("service;kommentar\nBodø;på\n".encode("latin-1"))
    assert problem(path) == (Problem.NOT_UTF8, None)


@pytest.mark.parametrize("text", ['a,b\nx,"y\n', 'a,b\nx,"y"z\n'])
def test_quotation_marks_that_do_not_match_are_refused(path: Path, text: str) -> None:
    path.write_text(text)
    assert problem(path) == (Problem.MALFORMED, 2)


def test_an_empty_file_has_no_rows(path: Path) -> None:
    path.write_bytes(b"")
    assert cells(path) == []


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=2, max_size=4))
def test_whatever_is_written_as_csv_is_read_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    path = tmp_path_factory.mktemp("csv") / "sheet.csv"
    header = [f"c{number}" for number in range(len(texts))]
    path.write_bytes((csv_line(header) + csv_line([*texts[:-1], f"{texts[-1]}."])).encode())
    assert cells(path)[1] == (2, [*texts[:-1], f"{texts[-1]}."])


def test_a_workbook_gives_its_typed_cells_as_wide_as_its_header(path: Path) -> None:
    day = datetime.datetime(2012, 12, 3)
    workbook(path, ["a", "b", "c", "d"], [4, 3.5, day], [], ["=1+1", "x", None, "y", "z"])
    rows = cells(path)
    assert rows == [
        (1, ["a", "b", "c", "d"]),
        (2, [4, 3.5, day, None]),
        (4, ["=1+1", "x", None, "y", "z"]),
    ]
    assert isinstance(rows[2][1][0], Formula)


def test_a_workbook_that_is_too_large_is_refused_before_it_is_opened(path: Path) -> None:
    path.write_bytes(b"PK\x03\x04" + bytes(reading.WORKBOOK_LIMIT))
    assert problem(path) == (Problem.TOO_LARGE, None)


@pytest.mark.parametrize("content", [b"PK\x03\x04 broken", b"PK\x03\x04"])
def test_a_broken_workbook_is_refused(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    assert problem(path) == (Problem.NO_WORKBOOK, None)


def test_a_workbook_with_parts_missing_is_refused(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    assert problem(path) == (Problem.NO_WORKBOOK, None)


def test_an_old_or_protected_workbook_is_refused(path: Path) -> None:
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    assert problem(path) == (Problem.OLD_WORKBOOK, None)


def test_a_workbook_that_unpacks_to_far_more_than_it_is_is_refused(path: Path) -> None:
    workbook(path, ["a"])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/bomb.xml", "w") as part:
        for _megabyte in range(xlsx.UNPACKED_LIMIT // 1024**2 + 1):
            part.write(bytes(1024**2))
    assert path.stat().st_size < reading.WORKBOOK_LIMIT
    assert problem(path) == (Problem.UNPACKED, None)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_workbook_that_declares_entities_is_refused(path: Path, encoding: str) -> None:
    whole = io.BytesIO()
    workbook(whole, ["a"])
    declared = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'
    with zipfile.ZipFile(whole) as before, zipfile.ZipFile(path, "w") as after:
        for part in before.infolist():
            is_sheet = part.filename.endswith("sheet1.xml")
            after.writestr(part.filename, declared.encode(encoding) if is_sheet else before.read(part))
    assert problem(path) == (Problem.NO_WORKBOOK, None)

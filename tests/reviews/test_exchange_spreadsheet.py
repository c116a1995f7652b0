"""Spreadsheets as such: every text comes back as it went in and is nothing but text, and numbers and dates are real."""

import datetime
import zipfile
from decimal import Decimal
from io import BytesIO
from xml.etree import ElementTree

import openpyxl
import pytest
from django.utils import translation
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from reviews.exchange.spreadsheet import NAME_LIMIT, Book, Cell, Figure, Look, cell_text, sheet_name

MADE_AT = datetime.datetime(2026, 10, 6, 9, 30, tzinfo=datetime.UTC)
RISKY = [
    "=1+1",
    '=HYPERLINK("http://x","klikk")',
    "+47 1",
    "-2",
    "@SUM(A1)",
    "\t=1",
    "{=1}",
    "42",
    "1,5",
    "2026-10-06",
    "TRUE",
    "#N/A",
    "https://example.org",
    "mailto:a@example.org",
    "internal:Ark!A1",
    "'=1",
    "_x0041_",
    "<r><t>rå</t></r>",
    "<r>&udefinert;</r>",
    "<r></r>",
    "  luft foran og bak  ",
    "linje 1\nlinje 2",
    "\u202b\u05e9\u05dc\u05d5\u05dd\u202c",
    "e\u0301 👩‍👩‍👧 🇳🇴",
    "{{ 7 }} {% now 'Y' %} %(x)s",
]


def made(*rows: tuple[Cell, ...], widths: int = 3) -> bytes:
    """A book of one sheet with these rows."""
    book = Book("Bok", MADE_AT)
    sheet = book.sheet("Ark", [10] * widths)
    for row in rows:
        sheet.add(Look.PLAIN, *row)
    return book.finish()


def read(made: bytes) -> Worksheet:
    """The only sheet of a book."""
    [sheet] = openpyxl.load_workbook(BytesIO(made)).worksheets
    return sheet


@pytest.mark.parametrize("text", RISKY)
def test_a_text_is_text_and_comes_back_as_it_was(text: str) -> None:
    file = made((text,))
    cell = read(file)["A1"]
    assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)
    # Editing the cell makes no formula of it either.
    assert cell.quotePrefix
    with zipfile.ZipFile(BytesIO(file)) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet
    assert b"hyperlink" not in sheet


@settings(max_examples=40, deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=60))
@example("<r>x</r>")
@example("<r>\x01</r>")
@example("\ufffe\uffff\x0b\x1b")
@example("=\r\n=\r=")
def test_any_text_comes_back(text: str) -> None:
    file = made((text,))
    # How a cell escapes _x0041_ is tested above; openpyxl takes back no more than that.
    if "_x" not in text:
        assert read(file)["A1"].value == cell_text(text)
    with zipfile.ZipFile(BytesIO(file)) as parts:
        for name in parts.namelist():
            ElementTree.fromstring(parts.read(name))


def test_what_no_file_can_hold_is_marked_and_lines_end_in_one_way() -> None:
    assert cell_text("a\x01b\x1f\ufffe") == "a�b��"
    assert cell_text("a\r\nb\rc\td\n") == "a\nb\nc\td\n"


def test_a_long_text_is_whole_and_one_that_is_too_long_is_refused() -> None:
    longest = "🙂" * 10_000
    assert read(made((longest,)))["A1"].value == longest
    with pytest.raises(ValueError, match="row 1, column 2 does not fit"):
        made(("kort", "x" * 32_768))


def test_more_cells_than_columns_are_refused() -> None:
    with pytest.raises(ValueError, match="4 cells"):
        made(("a", "b", "c", "d"))


def test_numbers_and_dates_are_real() -> None:
    sheet = read(made((7, Decimal("4.17"), datetime.date(2026, 10, 6)), (Figure(38, '0" %"'), None, "")))
    assert [cell.value for cell in sheet[1]] == [7, 4.17, datetime.datetime(2026, 10, 6)]
    assert [cell.data_type for cell in sheet[1]] == ["n", "n", "d"]
    assert [cell.number_format for cell in sheet[1][:2]] == ["0", "0.00"]
    assert (sheet["A2"].value, sheet["A2"].number_format) == (38, '0" %"')
    assert [cell.value for cell in sheet[2][1:]] == [None, None]


@pytest.mark.parametrize(
    ("language", "form"),
    [("nb", "[$-414]d. mmmm yyyy"), ("en", "[$-809]d mmmm yyyy"), ("de", "yyyy-mm-dd")],
)
def test_a_date_is_written_as_in_the_language(language: str, form: str) -> None:
    with translation.override(language):
        assert read(made((datetime.date(2026, 10, 6),)))["A1"].number_format == form


def test_a_sheet_is_set_up_for_print_and_its_head_stays_in_view() -> None:
    book = Book("Bok & blad", MADE_AT)
    sheet = book.sheet("Ark", [10, 40])
    sheet.add(Look.TITLE, "Tittel")
    sheet.add(Look.HEAD, "Kode", "Punkt")
    sheet.end_head(columns=1)
    sheet.add(Look.PLAIN, "B1", "Størrelse")
    found = read(book.finish())
    assert found.freeze_panes == "B3"
    assert found.print_title_rows == "$1:$2"
    assert (found.page_setup.orientation, str(found.page_setup.paperSize)) == ("landscape", "9")
    assert (found.page_setup.fitToWidth or 1, found.page_setup.fitToHeight) == (1, 0)
    properties, header = found.sheet_properties.pageSetUpPr, found.oddHeader
    assert properties is not None
    assert properties.fitToPage
    assert header is not None
    assert header.left.text == "Bok && blad"
    assert not found.merged_cells.ranges
    assert found.column_dimensions["B"].width > found.column_dimensions["A"].width > 0


def test_the_same_rows_give_the_same_bytes() -> None:
    rows: list[tuple[Cell, ...]] = [("a", 1, datetime.date(2026, 1, 2))]
    assert made(*rows) == made(*rows)
    assert openpyxl.load_workbook(BytesIO(made(*rows))).properties.created == MADE_AT.replace(tzinfo=None)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(max_size=60), max_size=8))
@example(["History", "history", "HISTORY 2"])
@example(["[]:*?/\\", "", "'''"])
@example(["x" * 60, "X" * 60])
@example(["🙂" * 20, "🙂" * 20, "\ufffe"])
def test_every_sheet_has_a_name_that_it_can_have(wanted: list[str]) -> None:
    book = Book("Bok", MADE_AT)
    for name in wanted or ["Ark"]:
        book.sheet(name, [10])
    names = [sheet.title for sheet in openpyxl.load_workbook(BytesIO(book.finish())).worksheets]
    assert len({name.casefold() for name in names}) == len(wanted or ["Ark"])
    assert all(0 < len(name.encode("utf-16-le")) <= 2 * NAME_LIMIT and name.casefold() != "history" for name in names)


def test_a_name_that_fits_is_kept() -> None:
    assert sheet_name("IPS-kvalitetsskala") == "IPS-kvalitetsskala"
    assert sheet_name("IPS: skala [25]", ["ips skala 25"]) == "IPS skala 25 2"

"""Faults put in their cells: every one somewhere, and no cell marked without one."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from reviews.exchange.faults import Fault, Problem
from reviews.exchange.marking import MarkedRow, mark

HEADER = ["Service", "county", "review_date", "kind", "Item", "evaluator_1", "", "evaluator_1", "noe"]
names = st.sampled_from(["", "service", "county", "item", "evaluator_1", "noe", "ukjent"])
numbers = st.none() | st.integers(1, 6)
problems = st.sampled_from([Problem.SCORE, Problem.UNKNOWN_COLUMN, Problem.COLUMN_TWICE])
rows = st.dictionaries(st.integers(1, 6), st.lists(st.sampled_from(["", "4", "x"]), max_size=12), max_size=6)


def wrong(marked_rows: list[MarkedRow]) -> list[tuple[int, str, str]]:
    """Return the marked cells by row, column and text."""
    return [(row.number, cell.column, cell.text) for row in marked_rows for cell in row.cells if cell.is_wrong]


def test_a_fault_marks_its_cell_however_the_header_is_written() -> None:
    row = ["IPS Nord", "Nordland", "2024-05-06", "external", "B1", "6", "", "", ""]
    found = mark(HEADER, {7: row}, [Fault(Problem.SCORE, 7, "evaluator_1"), Fault(Problem.NO_VALUE, 7, "ITEM")])
    assert wrong(found.rows) == [(7, "Item", "B1"), (7, "evaluator_1", "6")]
    assert [fault.problem for fault in found.rows[0].faults] == [Problem.SCORE, Problem.NO_VALUE]
    assert found.columns == ["Service", "county", "review_date", "kind", "Item", "evaluator_1"]
    assert [cell.names_row for cell in found.rows[0].cells] == [True] * 5 + [False]


def test_of_a_column_that_is_there_twice_the_second_is_marked() -> None:
    found = mark(HEADER, {1: HEADER}, [Fault(Problem.COLUMN_TWICE, 1, "evaluator_1")])
    (row,) = found.rows
    assert [place for place, cell in enumerate(row.cells) if cell.is_wrong] == [6]
    assert [cell.text for cell in row.cells][5:] == ["evaluator_1", "evaluator_1", "noe"]


def test_an_empty_cell_can_be_what_is_wrong_and_is_shown() -> None:
    found = mark(["service", "kind"], {2: ["IPS Nord"]}, [Fault(Problem.NO_VALUE, 2, "kind")])
    assert wrong(found.rows) == [(2, "kind", "")]


def test_cells_beyond_the_header_are_shown_without_a_name() -> None:
    found = mark(["service"], {2: ["IPS Nord", "", "9"]}, [Fault(Problem.CELLS, 2)])
    assert found.columns == ["service", ""]
    assert [cell.text for cell in found.rows[0].cells] == ["IPS Nord", "9"]


@given(rows, st.lists(st.builds(Fault, problems, numbers, names)))
def test_every_fault_stands_once_and_no_cell_is_marked_without_one(
    sheet: dict[int, list[str]], faults: list[Fault]
) -> None:
    found = mark(HEADER, sheet, faults)
    told = [*found.elsewhere, *(fault for row in found.rows for fault in row.faults)]
    assert Counter(map(id, told)) == Counter(map(id, faults))
    assert {row.number for row in found.rows} == sheet.keys()
    assert all(fault.row not in sheet for fault in found.elsewhere)
    for row in found.rows:
        assert [cell.column for cell in row.cells] == found.columns
        assert {cell.column.casefold() for cell in row.cells if cell.is_wrong} <= {f.column for f in row.faults} - {""}
        texts = [cell.text for cell in row.cells if cell.text]
        assert texts == [text for text in sheet[row.number] if text]

"""The two layouts of a score sheet, value by value, and what is wrong in one: by row, column and kind of fault."""

import datetime
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.exchange import sheet
from reviews.exchange.faults import LISTED, Faults, Problem
from reviews.exchange.reading import Row
from reviews.exchange.sheet import LONG_COLUMNS, Catalogue, Line, ScaleCodes, SheetReview
from reviews.exchange.xlsx import Cell, Formula

SMALL = Catalogue((ScaleCodes("ips-25", ("B1", "B2", "O1")), ScaleCodes("goi-12", ("G1", "G2"))))
"""Two scales with few items: a sheet knows nothing more of them."""

HEAD: tuple[Cell, ...] = ("IPS Nord", "Nordland", "2012-12-03", "external", "practice")


def read(*rows: Sequence[Cell]) -> tuple[list[SheetReview], list[tuple[Problem, int | None, str]]]:
    """Read rows of cells, the header first; return the reviews, and the faults by kind, row and column."""
    faults = Faults()
    numbered = [Row(number, list(cells)) for number, cells in enumerate(rows, start=1)]
    reviews = list(sheet.reviews(numbered, SMALL, faults))
    return reviews, [(fault.problem, fault.row, fault.column) for fault in faults.listed]


def long(*rows: Sequence[Cell]) -> tuple[list[SheetReview], list[tuple[Problem, int | None, str]]]:
    """Read rows of the long layout with every column."""
    return read(LONG_COLUMNS, *rows)


def item(code: Cell = "B1", *cells: Cell, head: Sequence[Cell] = HEAD) -> tuple[Cell, ...]:
    """Return a row of the long layout: its item, then own scores, consensus, reason, comment, recommendation."""
    return (*head, code, *cells, *[""] * (6 - len(cells)))


def wide(*rows: Sequence[Cell], items: Sequence[str] = ("B1", "B2", "O1")) -> tuple[list[SheetReview], list]:  # type: ignore[type-arg]
    """Read rows of the wide layout."""
    return read((*LONG_COLUMNS[:5], *items), *rows)


def only(reviews: list[SheetReview], code: str = "B1") -> Line:
    """Return one line of the only review."""
    (review,) = reviews
    return next(lines[code] for lines in review.lines.values() if code in lines)


# Values


def test_a_long_sheet_gives_a_review_with_all_items_of_the_scales_it_names() -> None:
    (review,), faults = long(
        item("B1", "4", "5", "5", "", "Godt.", "Mer."), item("O1", "3", "3"), item("B2", "", "", "", "missing_data")
    )
    assert faults == []
    assert (review.row, review.service, review.county, review.day) == (
        2,
        "IPS Nord",
        "Nordland",
        datetime.date(2012, 12, 3),
    )
    assert (review.kind, review.basis, review.evaluators, review.is_settled) == ("external", "practice", 2, True)
    assert list(review.lines) == ["ips-25"]
    assert list(review.lines["ips-25"].values()) == [
        Line("B1", (4, 5), 5, "", "Godt.", "Mer."),
        Line("B2", (None, None), None, "missing_data"),
        Line("O1", (3, 3), 3, ""),
    ]


def test_an_item_without_a_row_is_not_recorded() -> None:
    reviews, faults = long(item("B1", "4"))
    assert faults == []
    assert only(reviews, "O1") == Line("O1", (None, None), None, "not_recorded")


def test_a_scale_of_which_an_item_is_named_without_a_score_is_part_of_the_review() -> None:
    (review,), _faults = long(item("B1", "4"), item("G2"))
    assert list(review.lines) == ["ips-25", "goi-12"]
    assert review.lines["goi-12"]["G2"].not_scored == "not_recorded"


def test_a_wide_sheet_gives_the_agreed_scores_alone() -> None:
    reviews, faults = wide((*HEAD, "5", "", "3"))
    assert faults == []
    (review,) = reviews
    assert review.evaluators == 0
    assert list(review.lines["ips-25"].values()) == [
        Line("B1", (None, None), 5, ""),
        Line("B2", (None, None), None, "not_recorded"),
        Line("O1", (None, None), 3, ""),
    ]


def test_a_scale_without_a_score_in_a_wide_row_is_not_part_of_that_review() -> None:
    reviews, faults = wide(
        (*HEAD, "5", "4", "3", "", ""),
        ("IPS Sør", *HEAD[1:], "5", "4", "3", "2", ""),
        items=("B1", "B2", "O1", "G1", "G2"),
    )
    assert faults == []
    assert [list(review.lines) for review in reviews] == [["ips-25"], ["ips-25", "goi-12"]]


@pytest.mark.parametrize(
    ("own", "consensus", "reason", "expected"),
    [
        ((4, 5), 3, "", (3, "")),
        ((4, 4), None, "", (4, "")),
        ((4, None), None, "", (4, "")),
        ((None, 2), None, "", (2, "")),
        ((4, 5), None, "", (None, "")),
        ((None, None), None, "", (None, "not_recorded")),
        ((None, None), None, "missing_data", (None, "missing_data")),
        ((4, 5), None, "missing_data", (None, "missing_data")),
        ((4, 4), None, "missing_data", (None, "missing_data")),
    ],
)
def test_the_agreed_score_follows_from_what_is_there(
    own: sheet.Own, consensus: int | None, reason: str, expected: tuple[int | None, str]
) -> None:
    assert sheet.settle(own, consensus, reason) == expected


def test_evaluators_who_differ_leave_the_review_unsettled() -> None:
    (review,), faults = long(item("B1", "4", "5"))
    assert faults == []
    assert not review.is_settled


def test_only_the_second_evaluators_column_counts_as_two_seats() -> None:
    (review,), _faults = long(item("B1", "", "5"))
    assert review.evaluators == 2


@pytest.mark.parametrize(("score", "expected"), [("4", 4), (" 4 ", 4), ("4.0", 4), ("4,0", 4), (4, 4), (4.0, 4)])
def test_a_whole_number_is_a_score(score: Cell, expected: int) -> None:
    reviews, faults = long(item("B1", score))
    assert faults == []
    assert only(reviews).own == (expected, None)


@pytest.mark.parametrize(
    "score", ["6", "0", "-1", "3.5", "3,5", 3.5, "4.00001", "x", "\uff14", "+4", "05", True, "1e0", 1e30]
)
@pytest.mark.parametrize("column", ["evaluator_1", "evaluator_2", "consensus"])
def test_anything_else_is_not(score: Cell, column: str) -> None:
    row = list(item())
    row[LONG_COLUMNS.index(column)] = score
    _reviews, faults = long(row)
    assert faults == [(Problem.SCORE, 2, column)]


@pytest.mark.parametrize("day", ["2012-12-03", "03.12.2012", "3.12.2012", datetime.date(2012, 12, 3), " 2012-12-03 "])
def test_a_date_is_iso_or_norwegian_or_a_workbooks(day: Cell) -> None:
    (review,), faults = long(item("B1", "4", head=("IPS Nord", "Nordland", day, "external", "")))
    assert faults == []
    assert review.day == datetime.date(2012, 12, 3)


def test_a_workbooks_time_of_day_is_left_out() -> None:
    (review,), _faults = long(
        item("B1", "4", head=("IPS Nord", "Nordland", datetime.datetime(2012, 12, 3), "external", ""))
    )
    assert review.day == datetime.date(2012, 12, 3)
    assert type(review.day) is datetime.date


@pytest.mark.parametrize(
    ("day", "problem"),
    [
        ("2012-02-30", Problem.NO_SUCH_DATE),
        ("31.11.2012", Problem.NO_SUCH_DATE),
        ("0000-01-01", Problem.NO_SUCH_DATE),
        ("12/03/2012", Problem.DATE_FORM),
        ("03.12.12", Problem.DATE_FORM),
        ("2012-12", Problem.DATE_FORM),
        (41246, Problem.DATE_FORM),
        ("0001-01-01", Problem.FAR_DATE),
        ("1989-12-31", Problem.FAR_DATE),
        ("9999-12-31", Problem.FAR_DATE),
        (datetime.datetime(2112, 12, 3), Problem.FAR_DATE),
        (datetime.date(1912, 12, 3), Problem.FAR_DATE),
        ("", Problem.NO_VALUE),
    ],
)
def test_any_other_date_is_a_fault(day: Cell, problem: Problem) -> None:
    reviews, faults = long(item("B1", "4", head=("IPS Nord", "Nordland", day, "external", "")))
    assert faults == [(problem, 2, "review_date")]
    assert reviews == []


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("external", "external"),
        ("Ekstern", "external"),
        ("self", "self"),
        ("EGEN", "self"),
        ("Egenevaluering", "self"),
    ],
)
def test_kinds_in_both_languages(kind: str, expected: str) -> None:
    (review,), faults = long(item("B1", "4", head=("IPS Nord", "Nordland", "2012-12-03", kind, "")))
    assert faults == []
    assert review.kind == expected


@pytest.mark.parametrize(
    ("basis", "expected"),
    [("", "practice"), ("Practice", "practice"), ("praksis", "practice"), ("plans", "plans"), ("PLANER", "plans")],
)
def test_bases_in_both_languages(basis: str, expected: str) -> None:
    (review,), faults = long(item("B1", "4", head=(*HEAD[:4], basis)))
    assert faults == []
    assert review.basis == expected


@pytest.mark.parametrize("code", ["b1", "B1", " B1 "])
def test_codes_in_either_case(code: str) -> None:
    reviews, faults = long(item(code, "4"))
    assert faults == []
    assert only(reviews).item == "B1"


def test_columns_that_may_be_missing_and_stand_in_any_order() -> None:
    names = [name for name in LONG_COLUMNS if name not in ("basis", "not_scored")]
    values = dict(zip(LONG_COLUMNS, item("B1", "4", "", "", "", "Godt."), strict=True))
    (review,), faults = read([name.upper() for name in reversed(names)], [values[name] for name in reversed(names)])
    assert faults == []
    assert review.basis == "practice"
    assert review.lines["ips-25"]["B1"].comment == "Godt."


def test_not_started_belongs_to_a_review_from_plans() -> None:
    row = item("B1", "", "", "", "not_started", head=(*HEAD[:4], "plans"))
    reviews, faults = long(row)
    assert faults == []
    assert only(reviews).not_scored == "not_started"


def test_whole_numbers_and_dates_of_a_workbook_are_texts_as_a_person_sees_them() -> None:
    reviews, faults = long(item("B1", 4, None, None, None, 12.0, datetime.datetime(2012, 12, 3)))
    assert faults == []
    assert (only(reviews).comment, only(reviews).recommendation) == ("12", "2012-12-03")


def test_a_text_is_kept_as_it_is_written() -> None:
    text = "  Første linje\r\n\n\tandre – «sitat» 🙂  "
    reviews, faults = long(item("B1", "4", "", "", "", text, "x" * 10_000))
    assert faults == []
    assert (only(reviews).comment, len(only(reviews).recommendation)) == (text, 10_000)


def test_a_text_of_exactly_the_limit_may_have_the_apostrophe_of_the_export_in_front() -> None:
    reviews, faults = long(item("B1", "4", "", "", "", "'=" + "x" * 9_999))
    assert faults == []
    assert only(reviews).comment == "=" + "x" * 9_999


# Faults


@pytest.mark.parametrize(
    ("row", "problem", "column"),
    [
        (item("X9", "4"), Problem.UNKNOWN_ITEM, "item"),
        (item("", "4"), Problem.NO_VALUE, "item"),
        (item("B1", "", "", "", "not_relevant"), Problem.UNKNOWN_REASON, "not_scored"),
        (item("B1", "", "", "4", "missing_data"), Problem.SCORE_AND_REASON, "not_scored"),
        (item("B1", "", "", "", "not_started"), Problem.ONLY_FROM_PLANS, "not_scored"),
        (item("B1", "4", "", "", "", "a\0b"), Problem.NUL, "comment"),
        (item("B1", "4", "", "", "", "", "x" * 10_001), Problem.TOO_LONG, "recommendation"),
        (item("B1", Formula("=4")), Problem.FORMULA, "evaluator_1"),
        (item("B1", "4", head=("", *HEAD[1:])), Problem.NO_VALUE, "service"),
        (item("B1", "4", head=("x" * 201, *HEAD[1:])), Problem.TOO_LONG, "service"),
        (item("B1", "4", head=("IPS Nord", "", *HEAD[2:])), Problem.NO_VALUE, "county"),
        (item("B1", "4", head=(*HEAD[:3], "", "")), Problem.NO_VALUE, "kind"),
        (item("B1", "4", head=(*HEAD[:3], "intern", "")), Problem.UNKNOWN_KIND, "kind"),
        (item("B1", "4", head=(*HEAD[:4], "papir")), Problem.UNKNOWN_BASIS, "basis"),
        (item("B1", "4")[:-1], Problem.CELLS, ""),
        ((*item("B1", "4"), "5"), Problem.CELLS, ""),
    ],
)
def test_each_fault_is_named_with_its_row_and_column(row: Sequence[Cell], problem: Problem, column: str) -> None:
    _reviews, faults = long(row)
    assert faults == [(problem, 2, column)]


def test_all_faults_of_a_sheet_are_found() -> None:
    reviews, faults = long(
        item("B1", "6", "7", "", "", "a\0b"),
        item("B9", "4"),
        item("B2", "4"),
        item("b2", "3"),
        item("B1", "4", head=("IPS Sør", "Nordland", "2012-02-30", "intern", "")),
        item("O1", "9", head=("IPS Sør", "Nordland", "2012-02-30", "intern", "")),
    )
    assert faults == [
        (Problem.SCORE, 2, "evaluator_1"),
        (Problem.SCORE, 2, "evaluator_2"),
        (Problem.NUL, 2, "comment"),
        (Problem.UNKNOWN_ITEM, 3, "item"),
        (Problem.ITEM_TWICE, 5, "item"),
        (Problem.NO_SUCH_DATE, 6, "review_date"),
        (Problem.UNKNOWN_KIND, 6, "kind"),
        (Problem.SCORE, 7, "evaluator_1"),
    ]
    assert all(review.faulty for review in reviews)


def test_a_wrong_date_in_the_middle_of_a_review_does_not_split_it() -> None:
    bad = (*HEAD[:2], "2012-13-03", *HEAD[3:])
    reviews, faults = long(item("B1", "4"), item("B2", "4", head=bad), item("O1", "4"))
    assert faults == [(Problem.NO_SUCH_DATE, 3, "review_date")]
    assert [review.row for review in reviews] == [2]


def test_one_review_written_in_two_ways_is_one() -> None:
    other = ("ips nord", "NORDLAND", "03.12.2012", "Ekstern", "praksis")
    (review,), faults = long(item("B1", "4"), item("B2", "4", head=other))
    assert faults == []
    assert review.lines["ips-25"]["B2"].score == 4


def test_a_review_that_comes_back_further_down_is_a_fault_once() -> None:
    other = ("IPS Sør", *HEAD[1:])
    _reviews, faults = long(item("B1", "4"), item("B1", "4", head=other), item("B2", "4"), item("O1", "4"))
    assert faults == [(Problem.REVIEW_TWICE, 4, "")]


def test_a_wide_review_that_is_there_twice_is_a_fault() -> None:
    _reviews, faults = wide((*HEAD, "5", "4", "3"), (*HEAD, "5", "4", "3"))
    assert faults == [(Problem.REVIEW_TWICE, 3, "")]


def test_rows_of_one_review_agree_on_what_is_reviewed() -> None:
    _reviews, faults = long(item("B1", "4"), item("B2", "4", head=(*HEAD[:4], "plans")))
    assert faults == [(Problem.BASIS_DIFFERS, 3, "basis")]


def test_a_wide_row_without_a_score_is_a_fault() -> None:
    _reviews, faults = wide((*HEAD, "", "", ""))
    assert faults == [(Problem.NOTHING_SCORED, 2, "")]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ([], [(Problem.NO_LAYOUT, 1, "")]),
        (["navn", "dato"], [(Problem.NO_LAYOUT, 1, "")]),
        (
            ["service", "county", "kind", "item", "evaluator_1", "evaluator_2", "consensus", "comment"],
            [(Problem.MISSING_COLUMN, 1, "review_date"), (Problem.MISSING_COLUMN, 1, "recommendation")],
        ),
        ([*LONG_COLUMNS, "B1"], [(Problem.UNKNOWN_COLUMN, 1, "B1")]),
        ([*LONG_COLUMNS, "Item"], [(Problem.COLUMN_TWICE, 1, "Item")]),
        ([*LONG_COLUMNS[:5], "B1", "O1"], [(Problem.MISSING_COLUMN, 1, "B2")]),
        ([*LONG_COLUMNS[:5], "B1", "B2", "O1", "G1"], [(Problem.MISSING_COLUMN, 1, "G2")]),
        ([*LONG_COLUMNS[:5], "B1", "B2", "O1", "comment"], [(Problem.UNKNOWN_COLUMN, 1, "comment")]),
        ([*LONG_COLUMNS[:5], "G1", "G2"], [(Problem.MISSING_COLUMN, 1, code) for code in ("B1", "B2", "O1")]),
    ],
)
def test_faults_of_the_header(header: Sequence[str], expected: list[tuple[Problem, int, str]]) -> None:
    reviews, faults = read(header)
    assert (reviews, faults) == ([], expected)


def test_a_value_under_no_name_is_a_fault_and_empty_columns_are_not() -> None:
    header = (*LONG_COLUMNS, "", "")
    _reviews, faults = read(header, (*item("B1", "4"), "", ""), (*item("B2", "4"), "", "løst"))
    assert faults == [(Problem.NO_COLUMN, 3, "")]


def test_an_empty_sheet_is_a_fault_and_one_with_a_header_alone_is_none() -> None:
    assert read() == ([], [(Problem.EMPTY, None, "")])
    assert long() == ([], [])


def test_the_first_faults_are_kept_and_all_are_counted() -> None:
    faults = Faults()
    rows = [Row(1, LONG_COLUMNS), *(Row(number, item("X", "4")) for number in range(2, 302))]
    list(sheet.reviews(rows, SMALL, faults))
    assert (len(faults.listed), faults.count) == (LISTED, 300)


# Texts that a spreadsheet would run

_STARTS = st.text(st.sampled_from("'=+-@\t\r\n a"), max_size=6)


@pytest.mark.parametrize(
    ("text", "exported"),
    [
        ("=1+1", "'=1+1"),
        ("'=1+1", "''=1+1"),
        ("''@x", "'''@x"),
        ("-5", "'-5"),
        ("+", "'+"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("'quoted'", "'quoted'"),
        ("'", "'"),
        ("\n=x", "\n=x"),
        (" =x", " =x"),
        ("", ""),
    ],
)
def test_one_more_apostrophe_before_what_a_spreadsheet_might_run(text: str, exported: str) -> None:
    assert sheet.escape(text) == exported
    assert sheet.unescape(exported) == text


def test_a_sheets_own_formula_like_text_stays_as_it_is() -> None:
    assert sheet.unescape("=1+1") == "=1+1"


@given(_STARTS | st.text())
def test_every_text_comes_back_and_none_that_goes_out_is_a_formula(text: str) -> None:
    exported = sheet.escape(text)
    assert sheet.unescape(exported) == text
    assert exported[:1] not in tuple("=+-@\t\r")

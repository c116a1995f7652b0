"""Workbooks of a review and of a service: what stands in which cell, each figure held against the scores themselves."""

import datetime
from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.utils import translation
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.worksheet.worksheet import Worksheet

from reviews.exchange import workbook
from reviews.models import AgreedResult, FinalScore, Obstacle, Review, SectionComment
from reviews.report.shape import Content, completed
from scales import scoring
from scales.models import Item, Scale
from tests.factories import (
    FIRST_DAY,
    ContextFactory,
    ServiceFactory,
    TeamFactory,
    UserFactory,
    final_review,
    items_of,
    scored_review,
    usual_score,
)
from tests.reviews.report_builders import MADE_AT, draft_of, version_of, whole_course
from tests.reviews.test_report_content import sample_score

pytestmark = pytest.mark.django_db

IPS, GOI = "IPS-kvalitetsskala", "Generell organisasjonsindeks"
LAST_YEAR = FIRST_DAY.replace(year=FIRST_DAY.year - 1)


@pytest.fixture(autouse=True)
def _english() -> Iterable[None]:
    """Let the reader read English; a report says itself what it is in."""
    with translation.override("en"):
        yield


class Book:
    """A workbook read back."""

    def __init__(self, made: bytes) -> None:
        self.sheets = {sheet.title: sheet for sheet in openpyxl.load_workbook(BytesIO(made)).worksheets}

    def rows(self, name: str) -> list[list[Any]]:
        """The values of a sheet, row by row."""
        return [[cell.value for cell in row] for row in self.sheets[name].iter_rows()]

    def facts(self) -> list[tuple[Any, Any]]:
        """The labels of the first sheet with their values; those of scales come once for each."""
        first = next(iter(self.sheets))
        return [(row[0], row[1]) for row in self.rows(first)]


class Table:
    """A score sheet read back: cells by what begins their row and by their column's name."""

    def __init__(self, sheet: Worksheet) -> None:
        title, head, *rows = sheet.iter_rows()
        self.title = str(title[0].value)
        self.head: list[Any] = [cell.value for cell in head]
        self._rows: dict[Any, tuple[Cell | MergedCell, ...]] = {row[0].value or row[1].value: row for row in rows}

    def cell(self, row: str, column: str) -> Cell | MergedCell:
        """One cell."""
        return self._rows[row][self.head.index(column)]

    def __getitem__(self, place: tuple[str, str]) -> Any:
        return self.cell(*place).value

    def __contains__(self, row: str) -> bool:
        return row in self._rows


def book_of(content: Content) -> Book:
    """The workbook of a review."""
    return Book(workbook.of_review(content))


def history_of(*reviews: Review, name: str = "Tjenesten") -> Book:
    """The workbook of a service."""
    return Book(workbook.of_service(name, [version_of(review) for review in reviews]))


def english(status: str = "consensus", **columns: Any) -> Review:
    """A review whose report is in English."""
    return scored_review(status, language="en", **columns)


def raw(review: Review, scale: str, section: str = "") -> scoring.Total:
    """The total of what was agreed on, added up anew from the rows."""
    found = AgreedResult.objects.filter(review=review, item__section__scale__code=scale)
    if section:
        found = found.filter(item__section__code=section)
    return scoring.total(found.values_list("score", flat=True), highest=5)


# Figures


@pytest.mark.parametrize(("scores", "basis"), [(usual_score, "practice"), (sample_score, "plans")])
def test_every_figure_is_that_of_the_scores(scores: Callable[[Item], int | None], basis: str) -> None:
    review = english(scores=scores, basis=basis)
    book = book_of(version_of(review))
    ips, goi = Table(book.sheets[IPS]), Table(book.sheets[GOI])
    for result in review.results.select_related("item__section__scale"):
        table = ips if result.item.section.scale.code == "ips-25" else goi
        assert table[result.item.code, "Score"] == result.score
    for section in Scale.objects.get(code="ips-25").sections.all():
        assert ips[f"Sum: {section.title}", "Score"] == raw(review, "ips-25", section.code).total
    total, mean = raw(review, "ips-25"), raw(review, "goi-12").mean
    assert mean is not None
    assert ips[f"Sum: {IPS}", "Score"] == total.total
    assert goi.cell(f"Mean: {GOI}", "Score").value == float(mean)
    assert goi.cell(f"Mean: {GOI}", "Score").number_format == "0.00"
    facts = book.facts()
    assert ("Sum", total.total) in facts
    assert ("Mean", float(mean)) in facts
    assert [value for label, value in facts if label == "Highest possible on the scored items"] == [total.maximum]
    assert [value for label, value in facts if label == "Items scored"] == [total.scored, 12]
    assert [value for label, value in facts if label == "Items in all"] == [25, 12]


def test_the_published_sample_says_what_its_sum_is_out_of() -> None:
    book = book_of(version_of(english(scores=sample_score, basis="plans")))
    table = Table(book.sheets[IPS])
    assert table[f"Sum: {IPS}", "Comment"] == "51 of 55 points on 11 of 25 items"
    assert table["Sum: Tjenester", "Score"] is None
    assert Table(book.sheets[GOI]).cell(f"Mean: {GOI}", "Score").value == 4.17
    # The sum of GOI is a number that nobody is to see.
    assert 50 not in [value for row in book.rows(GOI) for value in row]


def test_a_change_is_a_number_with_its_sign() -> None:
    service = ServiceFactory.create()
    final_review(service=service, first_day=LAST_YEAR, scores=lambda item: 3)
    review = english(service=service)
    table = Table(book_of(version_of(review)).sheets[IPS])
    changed = table.cell("Change since the last external review", "Score")
    assert (changed.value, changed.number_format) == ((raw(review, "ips-25").total or 0) - 75, "+0;-0;0")


def test_the_share_is_outside_the_scale() -> None:
    review = english()
    ContextFactory.create(review=review)
    facts = book_of(version_of(review)).facts()
    labels = [label for label, _value in facts]
    assert labels.index("Outside the scale") > labels.index(GOI)
    assert dict(facts)["Share in work or education"] == 38
    assert dict(facts)["The agreed goal"] == 45


# What is told


def test_the_first_sheet_has_facts_and_dates() -> None:
    service = ServiceFactory.create(name="IPS Ålesund", county__name="Møre og Romsdal")
    last_day = FIRST_DAY + datetime.timedelta(days=1)
    review = english(
        service=service, evaluators=[UserFactory.create(name="Kari Nordmann")], last_day=last_day, recipients="Nav, DPS"
    )
    review.teams.add(TeamFactory.create(name="FACT Nord"))
    book = book_of(version_of(review))
    facts = dict(book.facts())
    assert list(book.sheets) == ["About the review", IPS, GOI]
    assert next(iter(facts)) == f"Quality report: IPS Ålesund {FIRST_DAY.year}"
    assert facts["Service"] == "IPS Ålesund"
    assert facts["Treatment teams"] == "FACT Nord"
    assert facts["Evaluators"] == "Kari Nordmann"
    assert facts["Recipients"] == "Nav, DPS"
    assert facts["First visit day"].date() == FIRST_DAY
    assert facts["Last visit day"].date() == last_day
    assert facts["Version"] == 1
    assert facts["Version made on"].date() == MADE_AT.date()
    assert facts["Next external review is due"].date() == last_day.replace(year=last_day.year + 1)
    assert "Why it is issued again" not in facts
    assert "This is a draft." not in facts


def test_a_draft_and_a_review_from_plans_say_so_on_every_sheet() -> None:
    book = book_of(draft_of(english(basis="plans")))
    facts = dict(book.facts())
    assert {"This is a draft.", "Assessed from plans."} <= set(facts)
    assert "Version" not in facts
    for name in (IPS, GOI):
        assert Table(book.sheets[name]).title.endswith(" · assessed from plans · draft")


def test_an_item_stands_with_all_that_the_report_says_of_it() -> None:
    review = english(show_comparison=False)
    AgreedResult.objects.filter(review=review, item__code="O3").update(
        score=2, comment="Sett i to saker.", recommendation="Avtal det.", actors=["ips_team", "nav"]
    )
    AgreedResult.objects.filter(review=review, item__code="O4").update(score=None, not_scored="missing_data")
    organisation = items_of(review)[3].section
    SectionComment.objects.create(review=review, section=organisation, comment="Gjelder hele delen.")
    table = Table(book_of(version_of(review)).sheets[IPS])
    columns = ["Code", "Item", "Score", "Not scored because", "Comment", "Recommendation", "Who acts"]
    assert table.head == columns
    title = Item.objects.get(code="O3").title
    assert [table["O3", name] for name in columns] == [
        "O3",
        title,
        2,
        None,
        "Sett i to saker.",
        "Avtal det.",
        "The IPS team and Nav",
    ]
    assert (table["O4", "Score"], table["O4", "Not scored because"]) == (None, "The data were not to be had")
    assert (table["O", "Item"], table["O", "Comment"]) == (organisation.title, "Gjelder hele delen.")


def test_the_band_and_why_there_is_none() -> None:
    table = Table(book_of(version_of(english(scores=lambda item: 4))).sheets[IPS])
    assert table["Category", "Comment"].startswith("Bra kvalitet. ")
    table = Table(book_of(version_of(english(scores=sample_score))).sheets[IPS])
    assert table["Category", "Comment"].startswith("No category. ")
    assert "Category" not in Table(book_of(version_of(english())).sheets[GOI])


@pytest.mark.parametrize("shown", [False, True])
def test_own_scores_are_there_only_where_the_report_shows_them(shown: bool) -> None:
    review = english(show_evaluator_scores=shown)
    table = Table(book_of(version_of(review)).sheets[IPS])
    assert ("Evaluator 1" in table.head, "Evaluator 2" in table.head) == (shown, shown)
    if shown:
        agreed = table["B1", "Score after agreement"]
        assert (table["B1", "Evaluator 1"], table["B1", "Evaluator 2"]) == (agreed, agreed - 1)


@pytest.mark.parametrize("shown", [False, True])
def test_the_last_review_is_there_only_where_the_report_compares(shown: bool) -> None:
    service = ServiceFactory.create()
    final_review(service=service, first_day=LAST_YEAR, scores=lambda item: 3)
    book = book_of(version_of(english(service=service, show_comparison=shown)))
    table = Table(book.sheets[IPS])
    column = f"Last review, {LAST_YEAR.year}"
    assert (column in table.head) is shown
    if shown:
        assert table["B1", column] == 3
        assert table["Sum: Bemanning", column] == 9
        assert table[f"Sum: {IPS}", column] == 75
        assert Table(book.sheets[GOI])[f"Mean: {GOI}", column] == 3
    else:
        assert "Change since the last external review" not in table


def test_a_score_held_to_have_been_wrong_is_marked_and_still_a_number() -> None:
    review = whole_course(language="en")
    table = Table(book_of(version_of(review)).sheets[IPS])
    column = f"Last review, {LAST_YEAR.year}"
    marked = table.cell("O3", column)
    assert (marked.value, marked.number_format) == (3, '"* "0')
    assert table.cell("B1", column).number_format == "0"
    assert "* These evaluators hold the score to have been wrong." in table


def test_nothing_internal_is_in_it() -> None:
    review = english(show_evaluator_scores=True)
    secret = "KUN FOR OSS"
    for seat in review.seats.all():
        seat.ratings.update(comment=secret, recommendation=secret, departure=secret, element_remarks={"0": secret})
    made = workbook.of_review(version_of(review))
    assert secret not in str([Book(made).rows(name) for name in Book(made).sheets])


def test_it_is_in_the_language_of_the_report() -> None:
    with translation.override("en"):
        book = book_of(version_of(scored_review(language="nb")))
    assert next(iter(book.sheets)) == "Om evalueringen"
    dates = [cell for cell in book.sheets["Om evalueringen"]["B"] if isinstance(cell.value, datetime.datetime)]
    assert {cell.number_format for cell in dates} == {"[$-414]d. mmmm yyyy"}


def test_a_version_gives_the_same_bytes_each_time() -> None:
    content = version_of(english())
    assert workbook.of_review(content) == workbook.of_review(content)


def test_an_item_not_settled_says_so_in_a_draft() -> None:
    review = english()
    AgreedResult.objects.filter(review=review, item__code="O4").delete()
    table = Table(book_of(draft_of(review)).sheets[IPS])
    assert table["O4", "Not scored because"] == "Not settled yet"


# A service


def test_a_service_has_a_row_for_each_review_and_a_column_for_each_in_a_scale() -> None:
    service = ServiceFactory.create()
    days = [FIRST_DAY.replace(year=year) for year in (2023, 2024, 2025)]
    reviews = [final_review(service=service, first_day=day, scores=lambda item: 3) for day in days[:2]]
    reviews.append(final_review(service=service, first_day=days[2]))
    book = history_of(*reviews)
    assert list(book.sheets) == ["Reviews", IPS, GOI]
    _title, head, *rows = book.rows("Reviews")
    found = [dict(zip(head, row, strict=True)) for row in rows]
    assert [each["First visit day"].date() for each in found] == days
    assert [each["Kind"] for each in found] == ["External fidelity review"] * 3
    for review, each in zip(reviews, found, strict=True):
        scores = FinalScore.objects.filter(version__review=review)
        ips = scoring.total(scores.exclude(item__section__code="G").values_list("score", flat=True), highest=5)
        goi = scoring.total(scores.filter(item__section__code="G").values_list("score", flat=True), highest=5)
        assert each["IPS-25: sum"] == ips.total
        assert (each["IPS-25: items scored"], each["IPS-25: items in all"]) == (ips.scored, ips.items)
        assert goi.mean is not None
        assert each["GOI-12: mean"] == float(goi.mean)
        assert each["IPS-25: left out of the development"] is None
    items = Table(book.sheets[IPS])
    assert [value.date() for value in items.head[2:]] == days
    by_code = {row[0]: row[2:] for row in book.rows(IPS)[5:] if row[0]}
    for result in reviews[2].versions.get().scores.exclude(item__section__code="G").select_related("item"):
        assert by_code[result.item.code] == [3, 3, result.score]
    sums = {row[1]: row[2:] for row in book.rows(IPS)[5:]}
    assert sums[f"Sum: {IPS}"][:2] == [75, 75]
    assert sums["Sum: Bemanning"][:2] == [9, 9]
    means = {row[1]: row[2:] for row in book.rows(GOI)[5:]}
    assert means[f"Mean: {GOI}"][:2] == [3, 3]


def test_what_is_no_part_of_the_development_is_marked_with_why() -> None:
    service = ServiceFactory.create()
    day = FIRST_DAY.replace

    def one(year: int, **columns: Any) -> Review:
        return final_review(service=service, first_day=day(year=year), **columns)

    book = history_of(
        one(2021, basis="plans"),
        one(2022, scores=sample_score),
        one(2023, kind="self", evaluators=1),
        one(2024),
    )
    _title, head, *rows = book.rows("Reviews")
    column = head.index("IPS-25: left out of the development")
    reasons = ["Assessed from plans", "Not all items are scored", "Self-review", None]
    assert [row[column] for row in rows] == reasons
    assert book.rows(IPS)[4][1:] == ["Left out of the development", *reasons]
    not_scored = {row[0]: row for row in book.rows(IPS)}["T1"]
    assert [type(value) for value in not_scored[2:]] == [int, str, int, int]


def test_another_edition_is_marked_and_its_own_items_stand_after_those_of_the_newest(mini: Scale) -> None:
    service = ServiceFactory.create()
    old = final_review(service=service, scales=[mini], first_day=LAST_YEAR, scores={"X1": 2, "X2": 3, "Y1": 4})
    before = version_of(old)
    # As a version of an older edition holds it.
    before["scales"][0]["edition"] = "0"
    before["scales"][0]["sections"][0]["items"][1]["code"] = "X9"
    new = final_review(service=service, scales=[mini], scores={"X1": 5, "X2": 5, "Y1": 5})
    book = Book(workbook.of_service("Tjenesten", [before, version_of(new)]))
    rows = book.rows("Mini")
    assert rows[3][1:] == ["Edition", "0", "1"]
    assert rows[4][2:] == ["Another edition", None]
    assert [row[0] for row in rows[5:] if row[0]] == ["X", "X1", "X2", "X9", "Y", "Y1"]
    assert {row[0]: row[2:] for row in rows} | {"X2": [None, 5], "X9": [3, None]} == {row[0]: row[2:] for row in rows}


def test_a_version_from_before_it_had_its_bands_keeps_its_category_column() -> None:
    stored: Any = version_of(scored_review(basis="plans"))
    for scale in stored["scales"]:
        del scale["bands"]
    _title, head, row = Book(workbook.of_service("Tjenesten", [completed(stored)])).rows("Reviews")
    assert "GOI-12: category" not in head
    assert row[head.index("IPS-25: category")] == "No category"


def test_a_scale_that_a_review_did_not_use_is_left_empty() -> None:
    service = ServiceFactory.create()
    goi = Scale.objects.get(code="goi-12")
    book = history_of(final_review(service=service, first_day=LAST_YEAR, scales=[goi]), final_review(service=service))
    _title, head, *rows = book.rows("Reviews")
    assert [row[head.index("IPS-25: sum")] is None for row in rows] == [True, False]
    assert len(book.rows(IPS)[1]) == 3
    assert len(book.rows(GOI)[1]) == 4


def test_a_service_without_a_report_has_an_empty_list() -> None:
    book = history_of(name="IPS Uten")
    assert list(book.sheets) == ["Reviews"]
    assert book.rows("Reviews")[0][0] == "IPS Uten"


def test_the_same_service_gives_the_same_bytes() -> None:
    review = final_review()
    contents = [version_of(review)]
    assert workbook.of_service("A", contents) == workbook.of_service("A", contents)


def test_no_sheet_has_cells_joined_and_all_are_set_up_for_print() -> None:
    made = openpyxl.load_workbook(BytesIO(workbook.of_review(version_of(english(show_evaluator_scores=True)))))
    for sheet in made.worksheets:
        assert not sheet.merged_cells.ranges
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.print_title_rows
        assert sheet.freeze_panes


def test_a_formula_in_any_text_is_text() -> None:
    formula = "=1+1"
    review = english(evaluators=[UserFactory.create(name=formula)], recipients=formula, summary=formula)
    review.service.name = formula
    AgreedResult.objects.filter(review=review).update(
        comment=formula, recommendation=formula, obstacles=[Obstacle.NAV.value]
    )
    made = openpyxl.load_workbook(BytesIO(workbook.of_review(version_of(review))))
    cells = [cell for sheet in made.worksheets for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells if cell.value is not None} == {"s", "n", "d"}
    assert sum(cell.value == formula for cell in cells) == 2 * 37 + 3

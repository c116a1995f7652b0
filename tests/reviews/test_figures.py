"""What the service is asked for, and what the evaluators count when they take it over: rules on plain values."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation
from hypothesis import given as for_all
from hypothesis import strategies as st

from reviews import figures, given, results
from reviews.figures import Per
from reviews.models import GivenFigure, Rating, Review
from scales.models import Item, Scale
from scales.scoring import suggest
from tests.factories import GivenFigureFactory, ReviewFactory, items_of, scored_review

pytestmark = pytest.mark.django_db

ROWS = dict[tuple[str, int], Decimal]


@pytest.fixture
def review() -> Review:
    """A planned review on both scales."""
    planned: Review = ReviewFactory.create()
    return planned


def _item(review: Review, code: str) -> Item:
    return next(item for item in items_of(review) if item.code == code and item.section.scale.code == "ips-25")


def _rows(name: str, *values: str) -> ROWS:
    return {(name, number): Decimal(value) for number, value in enumerate(values, start=1)}


def test_the_ips_scale_is_asked_about_by_jobbspesialist_by_deltaker_and_as_a_whole(review: Review) -> None:
    tables = figures.asked(scale_of(review))
    assert {table.per: [item.code for item in table.items] for table in tables} == {
        Per.SPECIALIST: ["B1", "B2", "O1", "T6", "T13"],
        Per.PARTICIPANT: ["T4", "T5", "T12"],
        Per.SERVICE: ["T8", "T9", "T10"],
    }
    keys = [column.key(1) for table in tables for column in table.columns]
    assert len(keys) == len(set(keys))
    assert all(figures.help_for(item) for table in tables for item in table.items)
    assert {column.name for table in tables for column in table.columns if column.is_yes_no} == {
        "before_start",
        "within_three_days",
        "weekly",
        "monthly",
    }
    most = {column.item.code: column.maximum for table in tables for column in table.columns if column.maximum}
    assert most == {"B2": 100, "O1": 100, "T13": 100}


def scale_of(review: Review) -> list[Scale]:
    """Return the scales of a review with their items."""
    items = items_of(review)
    return list(dict.fromkeys(item.section.scale for item in items))


def test_nothing_is_asked_where_the_ips_scale_is_not(mini: Scale) -> None:
    goi = scored_review("planned", scales=list(Scale.objects.filter(code="goi-12")))
    for review in (goi, scored_review("planned", scales=[mini])):
        assert figures.asked(scale_of(review)) == []
        assert all(not figures.columns(item) for item in items_of(review))
        assert given.progress(review) == given.Progress(0, 0)


def test_an_edition_without_some_of_the_items_is_asked_about_the_rest() -> None:
    Item.objects.filter(code__in=["T6", "T13"], section__scale__code="ips-25").update(measure=None)
    Item.objects.filter(code__in=["T8", "T12"], section__scale__code="ips-25").delete()
    review = ReviewFactory.create()
    tables = figures.asked(scale_of(review))
    codes = [item.code for table in tables for item in table.items]
    assert codes == ["B1", "B2", "O1", "T4", "T5", "T9", "T10"]
    # What is asked for is the same where the database counts it.
    assert given.progress(review).asked == len(codes)
    assert set(Item.objects.filter(figures.are_asked()).values_list("code", flat=True)) == set(codes)


def test_what_is_taken_over_goes_by_the_names_of_the_measure(review: Review) -> None:
    b1 = _rows("participants", "18", "17", "10") | _rows("fte", "1", "1", "0.5")
    assert figures.to_take_over(_item(review, "B1"), b1) == b1
    whole = {("different", 0): Decimal(17), ("total", 0): Decimal(20)}
    assert figures.to_take_over(_item(review, "T8"), whole) == whole
    days = _rows("days", "12", "44")
    assert figures.to_take_over(_item(review, "T4"), days) == days
    # What the measure does not know is left.
    assert figures.to_take_over(_item(review, "B1"), b1 | {("other", 1): Decimal(1)}) == b1


def test_nothing_is_taken_over_of_what_is_judged(review: Review) -> None:
    met = _rows("before_start", "1", "0") | _rows("weekly", "1", "1")
    assert figures.to_take_over(_item(review, "T12"), met) == {}
    assert figures.to_take_over(_item(review, "B1"), {}) == {}


@pytest.mark.parametrize(
    ("contacts", "fitting", "percent"),
    [
        (["10", "10"], ["9", "9"], "90"),
        # A hair below the threshold of 90 stays below it.
        (["2001"], ["1800"], "89.955"),
        (["100000"], ["89999"], "89.999"),
        (["3"], ["2"], "66.666"),
        (["0", "4"], ["0", "3"], "75"),
    ],
)
def test_of_t5_the_share_is_taken_over_rounded_down(
    review: Review, contacts: list[str], fitting: list[str], percent: str
) -> None:
    item = _item(review, "T5")
    rows = _rows("employer_contacts", *contacts) | _rows("fitting_contacts", *fitting)
    assert figures.to_take_over(item, rows) == {("percent", 0): Decimal(percent)}


@pytest.mark.parametrize(
    "rows",
    [
        _rows("employer_contacts", "0") | _rows("fitting_contacts", "0"),
        _rows("employer_contacts", "4") | _rows("fitting_contacts", "5"),
        _rows("employer_contacts", "4"),
        _rows("fitting_contacts", "4"),
        {},
    ],
)
def test_of_t5_nothing_is_taken_over_where_there_is_no_share(review: Review, rows: ROWS) -> None:
    assert figures.to_take_over(_item(review, "T5"), rows) == {}


def test_a_deltaker_with_one_number_alone_does_not_bear_on_the_share(review: Review) -> None:
    rows = _rows("employer_contacts", "10", "40") | _rows("fitting_contacts", "9")
    assert figures.to_take_over(_item(review, "T5"), rows) == {("percent", 0): Decimal(90)}


@for_all(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=1, max_size=10))
def test_the_share_taken_over_suggests_what_the_exact_one_would(pairs: list[tuple[int, int]]) -> None:
    item = Item.objects.select_related("section__scale").get(code="T5", section__scale__code="ips-25")
    measure = item.parsed_measure()
    assert measure is not None
    contacts, fitting = sum(each[0] for each in pairs), sum(min(each) for each in pairs)
    rows = _rows("employer_contacts", *(str(each[0]) for each in pairs))
    rows |= _rows("fitting_contacts", *(str(min(each)) for each in pairs))
    found = figures.to_take_over(item, rows)
    assert bool(found) == (contacts > 0)
    if found:
        suggestion = suggest(measure, figures.whole(found))
        assert suggestion is not None
        reached = next((score for score, limit in measure.thresholds if fitting * 100 >= limit * contacts), None)
        assert suggestion.threshold == reached


def test_parts_are_the_rows_in_their_order_and_the_whole_is_none_of_them() -> None:
    held = {("fte", 3): Decimal(1), ("participants", 1): Decimal(18), ("fte", 1): Decimal(1), ("fte", 0): Decimal(2)}
    assert figures.parts(held) == [{"participants": 18, "fte": 1}, {"fte": 1}]
    assert figures.whole(held) == {"fte": 2}


# As it is shown


def _beside(review: Review, code: str, rows: Mapping[tuple[str, int], Any], counted: Any = None) -> given.Beside:
    item = _item(review, code)
    found = [
        GivenFigureFactory.create(review=review, item=item, name=name, number=number, value=Decimal(value))
        for (name, number), value in rows.items()
    ]
    return given.beside(item, found, counted or {})


def test_what_is_shown_beside_each_other_is_the_same_or_differs(review: Review) -> None:
    rows = _rows("participants", "18", "10") | _rows("fte", "1", "0.5")
    found = _beside(review, "B1", rows)
    assert not found.differs
    assert found.may_be_taken_over
    item, kept = found.item, GivenFigure.objects.filter(review=review)
    assert not given.beside(item, kept, rows).may_be_taken_over
    assert not given.beside(item, kept, rows).differs
    assert given.beside(item, kept, {("participants", 0): Decimal(28)}).differs
    # One alone is the whole service.
    alone = _beside(review, "O1", _rows("percent", "100"), {("percent", 0): Decimal(100)})
    assert alone.agrees
    assert not alone.differs
    assert not alone.may_be_taken_over
    judged = _beside(review, "T12", _rows("weekly", "1"))
    assert not judged.differs
    assert not judged.may_be_taken_over


@pytest.mark.parametrize(
    ("code", "rows", "words", "together"),
    [
        (
            "B1",
            _rows("participants", "18", "17", "10") | _rows("fte", "1", "1", "0.5"),
            "45 deltakere, 2.5 årsverk",
            ("45", "2.5"),
        ),
        ("B1", _rows("participants", "1"), "1 deltaker", ("1", "–")),
        ("T4", _rows("days", "20", "44", "31"), "31.7 dager", ("31.7",)),
        ("T8", {("different", 0): Decimal(17), ("total", 0): Decimal(20)}, "17 ulike jobbtyper, 20 jobber", None),
        (
            "T12",
            _rows("before_start", "1", "0", "1", "1", "0") | _rows("weekly", "1", "0"),
            "figures for 5 participants",
            ("3 of 5", "–", "1 of 2", "–"),
        ),
    ],
)
def test_the_figures_are_told_in_words(
    review: Review, code: str, rows: ROWS, words: str, together: tuple[str, ...] | None
) -> None:
    found = _beside(review, code, rows)
    with translation.override("en"):
        assert found.in_words == words
        if together is not None:
            assert found.together == together


def test_progress_counts_items_and_not_figures(review: Review) -> None:
    _beside(review, "B1", _rows("participants", "18", "17") | _rows("fte", "1", "1"))
    _beside(review, "T12", _rows("weekly", "1"))
    assert given.progress(review) == given.Progress(given=2, asked=11)
    assert given.progress(review).left == 9
    plans = ReviewFactory.create(basis="plans")
    assert given.progress(plans) == given.Progress(0, 0)


def test_what_is_counted_apart_is_what_a_mean_or_a_sum_tells_of(review: Review) -> None:
    ips = [item for item in items_of(review) if item.section.scale.code == "ips-25"]
    found = [item.code for item in ips if figures.counted_apart(item)]
    # Not T5: the share of all contacts is no mean of shares.
    assert found == ["B1", "B2", "O1", "T4", "T6", "T13"]


def test_rows_of_what_is_not_counted_apart_suggest_nothing(review: Review) -> None:
    counted = {("percent", 1): Decimal(100), ("percent", 2): Decimal(10)}
    rating = Rating(item=_item(review, "T5"))
    assert results.suggestion_for(rating, _item(review, "T5"), counted) is None
    found = results.suggestion_for(rating, _item(review, "T5"), counted | {("percent", 0): Decimal(18)})
    assert found is not None
    assert (found.score, found.parts) == (1, ())
    assert results.lacking(_item(review, "T5"), counted) == results.too_high(_item(review, "T5"), counted) == []

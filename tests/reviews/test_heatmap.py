"""Scores over the years as a heat map, on plain values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews import heatmap
from reviews.heatmap import Cell, Column

COLUMNS = st.lists(
    st.builds(
        Column,
        st.dictionaries(st.sampled_from(["B1", "O3"]), st.none() | st.integers(1, 5)),
        compared=st.booleans(),
    ),
    max_size=12,
)


def _row(*columns: Column) -> list[Cell]:
    return heatmap.row("O3", columns, lowest=1, highest=5)


def test_a_score_is_held_against_the_one_before_it() -> None:
    first, second, third = _row(Column({"O3": 3}), Column({"O3": 5}), Column({"O3": 4}))
    assert (first.since, first.before, first.change) == (None, None, 0)
    assert (second.since, second.before, second.change) == (0, 3, 2)
    assert (third.since, third.before, third.change) == (1, 5, -1)


def test_what_is_not_compared_is_passed_over() -> None:
    _first, other, last = _row(Column({"O3": 3}), Column({"O3": 1}, compared=False), Column({"O3": 4}))
    assert (other.score, other.change, other.since) == (1, 0, None)
    assert (last.since, last.change) == (0, 1)


def test_where_the_item_was_not_scored_the_review_before_that_counts() -> None:
    _first, none, missing, last = _row(Column({"O3": 3}), Column({"O3": None}), Column({"B1": 5}), Column({"O3": 2}))
    assert none == missing == Cell(None, 0)
    assert (last.since, last.before, last.change) == (0, 3, -1)


@pytest.mark.parametrize(
    ("lowest", "highest", "levels"),
    [(1, 5, [1, 2, 3, 4, 5]), (1, 3, [1, 3, 5]), (1, 2, [1, 5]), (1, 7, [1, 2, 2, 3, 4, 4, 5])],
)
def test_the_tints_go_from_the_lowest_score_to_the_highest(lowest: int, highest: int, levels: list[int]) -> None:
    assert [heatmap.level(score, lowest, highest) for score in range(lowest, highest + 1)] == levels


@pytest.mark.parametrize("score", [0, 6])
def test_a_score_that_is_not_on_the_scale_is_refused(score: int) -> None:
    with pytest.raises(ValueError, match="does not lie between 1 and 5"):
        heatmap.level(score, 1, 5)


@given(st.integers(1, 9), st.integers(1, 9), st.integers(1, 9))
def test_a_higher_score_is_never_lighter(low: int, high: int, span: int) -> None:
    first, second = sorted((low % (span + 1), high % (span + 1)))
    tints = heatmap.level(1 + first, 1, 1 + span), heatmap.level(1 + second, 1, 1 + span)
    assert 1 <= tints[0] <= tints[1] <= heatmap.LEVELS


@given(COLUMNS)
def test_each_cell_tells_of_its_own_column_and_of_one_before_it(columns: list[Column]) -> None:
    cells = _row(*columns)
    assert [cell.score for cell in cells] == [column.scores.get("O3") for column in columns]
    for place, (column, cell) in enumerate(zip(columns, cells, strict=True)):
        assert (cell.level == 0) is (cell.score is None)
        earlier = [
            (before, each.scores["O3"])
            for before, each in enumerate(columns[:place])
            if each.compared and each.scores.get("O3") is not None
        ]
        if cell.score is None or not column.compared or not earlier:
            assert (cell.since, cell.before, cell.change) == (None, None, 0)
        else:
            assert (cell.since, cell.before) == earlier[-1]
            assert cell.change == cell.score - (earlier[-1][1] or 0)


@given(COLUMNS)
def test_what_is_not_compared_changes_nothing_for_the_others(columns: list[Column]) -> None:
    compared = [column for column in columns if column.compared]
    cells = [cell for column, cell in zip(columns, _row(*columns), strict=True) if column.compared]
    assert [(cell.score, cell.change) for cell in cells] == [(cell.score, cell.change) for cell in _row(*compared)]

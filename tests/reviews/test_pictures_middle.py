"""The small pictures in the rows of tables: parts of a bar, and a score beside the others'."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.pictures import middle
from scales import scoring

COUNTS = st.dictionaries(st.integers(1, 5), st.integers(0, 200), max_size=5)


@given(COUNTS)
def test_the_parts_of_a_bar_fill_it_in_the_order_of_the_scores(counts: dict[int, int]) -> None:
    bar = middle.bar(counts)
    given_to = [counts[score] for score in sorted(counts) if counts[score]]
    assert [part.place for part in bar.parts] == [place for place, score in enumerate(sorted(counts)) if counts[score]]
    at = 0.0
    for part, number in zip(bar.parts, given_to, strict=True):
        assert part.x == pytest.approx(at, abs=0.02)
        assert part.width == pytest.approx(bar.width * number / sum(given_to), abs=0.02)
        assert part.text in ("", str(number))
        at += part.width
    assert not bar.parts or at == pytest.approx(bar.width, abs=0.1)


def test_a_part_that_is_too_narrow_has_no_number_in_it() -> None:
    assert [part.text for part in middle.bar({1: 1, 2: 99}).parts] == ["", "99"]


def test_nothing_is_counted_below_nothing() -> None:
    with pytest.raises(ValueError, match="below nothing"):
        middle.bar({1: -1})


@given(st.integers(1, 5) | st.none(), st.lists(st.integers(1, 5), min_size=1, max_size=30))
def test_marks_stand_where_the_scores_are_on_the_axis(own: int | None, others: list[int]) -> None:
    quartiles = [float(value) for value in scoring.quartiles(Counter(others))]
    picture = middle.beside(own, quartiles, lowest=1, highest=5)
    assert picture.left is not None
    assert picture.box is not None
    assert picture.median is not None
    assert 0 <= picture.left <= picture.median <= picture.left + picture.box <= picture.width
    assert len(picture.axis) == 5
    assert picture.own == (None if own is None else picture.axis[own - 1])
    if quartiles[1].is_integer():
        assert picture.median == picture.axis[int(quartiles[1]) - 1]


def test_without_others_there_is_no_box() -> None:
    picture = middle.beside(3, None, lowest=1, highest=5)
    assert (picture.left, picture.box, picture.median) == (None, None, None)


@pytest.mark.parametrize(("own", "lowest", "highest"), [(6, 1, 5), (3, 5, 5)])
def test_what_is_not_on_the_scale_is_refused(own: int, lowest: int, highest: int) -> None:
    with pytest.raises(ValueError, match=r"scale|axis"):
        middle.beside(own, None, lowest=lowest, highest=highest)

"""The pictures' geometry on plain values: every mark in its place and inside, order kept, labels apart."""

import datetime
from io import BytesIO
from itertools import combinations, pairwise

import pytest
from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st

from reviews.pictures import development, positions, room, rows, sections
from reviews.pictures.development import Level, Review
from reviews.pictures.positions import Group, Item
from reviews.pictures.room import Box
from reviews.pictures.sections import Section
from reviews.report import fonts

# Room for words


def test_words_are_never_wider_than_they_are_held_to_be() -> None:
    for name in fonts.FILES:
        font = TTFont(BytesIO(fonts.data(name)))
        glyphs, widths, unit = font.getBestCmap(), font["hmtx"], font["head"].unitsPerEm
        for letter in "abcdefghijklmnopqrstuvwxyzæøåABCDEFGHIJKLMNOPQRSTUVWXYZÆØÅ0123456789 .,:;-–/()%*×éöü":
            assert widths[glyphs[ord(letter)]][0] / unit <= room.width(letter, 1.0, heavy=name == "semibold"), letter


@given(st.text(max_size=120), st.floats(min_value=8, max_value=80))
def test_lines_hold_every_letter_and_fit(text: str, fit: float) -> None:
    lines = room.wrapped(text, fit)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(room.width(line) <= fit for line in lines)


@given(st.lists(st.tuples(st.floats(0, 50), st.floats(0.1, 5)), max_size=9))
def test_what_wants_the_same_place_is_moved_apart_in_its_order(wanted: list[tuple[float, float]]) -> None:
    middles, sizes = sorted(middle for middle, _size in wanted), [size for _middle, size in wanted]
    placed = room.apart(middles, sizes, 0, 50)
    edges = [(at - size / 2, at + size / 2) for at, size in zip(placed, sizes, strict=True)]
    assert all(low >= -1e-6 and high <= 50 + 1e-6 for low, high in edges)
    assert all(before[1] <= after[0] + 1e-6 for before, after in pairwise(edges))


def test_what_has_room_stays_where_it_wants_to_be() -> None:
    assert room.apart([10, 20, 40], [4, 4, 4], 0, 50) == [10, 20, 40]
    assert room.apart([10, 10], [4, 4], 0, 50) == [10, 14]
    with pytest.raises(ValueError, match="do not fit"):
        room.apart([1, 2], [4, 4], 0, 7)


# Items

_scores = st.one_of(st.none(), st.integers(1, 5))
_items = st.builds(
    Item,
    code=st.sampled_from(["B1", "O8", "T14"]),
    title=st.text(alphabet="abcdefghij klmn", min_size=1, max_size=100),
    score=_scores,
    previous=_scores,
    low=st.booleans(),
    doubted=st.booleans(),
)
_groups = st.lists(st.builds(Group, st.sampled_from(["", "Organisasjon"]), st.lists(_items, max_size=8)), max_size=4)


@given(_groups)
def test_each_score_stands_where_the_axis_has_it_and_in_its_row(groups: list[Group]) -> None:
    picture = positions.draw(groups, lowest=1, highest=5, high_from=4)
    axis = dict(picture.axis)
    assert list(axis) == [1, 2, 3, 4, 5]
    assert sorted(axis.values()) == list(axis.values())
    placed = [row for group in picture.groups for row in group.rows]
    assert [row.item for row in placed] == [item for group in groups for item in group.items]
    for row in placed:
        assert row.x == (None if row.item.score is None else axis[row.item.score])
        assert row.ghost == (None if row.item.previous is None else axis[row.item.previous])
        assert (row.star is not None) == (row.item.doubted and row.item.previous is not None)
        for x in (row.x, row.ghost, row.star):
            assert x is None or 2.2 <= x <= picture.width - 2.2
        if row.star is not None:
            assert row.star not in (row.x, row.ghost)
        if row.item.score is not None and row.item.previous is not None:
            change = row.item.score - row.item.previous
            assert row.moved == (change > 0) - (change < 0)
    feet = [picture.top, *(row.foot for row in placed), picture.height]
    assert feet == sorted(feet)
    for before, after in pairwise(placed):
        assert after.y - before.y >= rows.HEAD - 0.02
        assert after.top >= before.foot - 0.02


def test_only_low_scores_lie_in_the_shaded_field() -> None:
    picture = positions.draw([Group("", [Item("A", "A", 3)])], lowest=1, highest=5, high_from=4)
    axis = dict(picture.axis)
    assert picture.low is not None
    assert picture.low.x < axis[1] < axis[3] < picture.low.x + picture.low.width < axis[4]
    assert positions.draw([], lowest=1, highest=5, high_from=1).low is None


@pytest.mark.parametrize(("lowest", "highest", "score"), [(1, 5, 6), (1, 5, 0), (2, 2, 2)])
def test_a_score_off_the_scale_is_refused(lowest: int, highest: int, score: int) -> None:
    with pytest.raises(ValueError, match=r"scale|axis"):
        positions.draw([Group("", [Item("A", "A", score)])], lowest=lowest, highest=highest, high_from=4)


def test_a_score_that_stays_is_told_from_one_that_moves() -> None:
    def same(score: int | None, previous: int | None) -> bool:
        return positions.draw([Group("", [Item("A", "A", score, previous)])], lowest=1, highest=5, high_from=4).any_same

    assert same(3, 3)
    assert not same(3, 4)
    assert not same(None, None)


def test_a_long_title_gets_the_lines_it_needs() -> None:
    assert rows.lines("Kontakt med behandlingsteamet") == 1
    assert rows.lines("Arbeidsgiverkontakt: hyppighet og mye mer") == 2
    assert rows.lines("Kontakt med behandlingsteamet og alle andre som deltakeren vil ha med seg") >= 2
    assert rows.lines("M" * 100) == rows.MOST_LINES
    assert rows.height(1) == rows.height(2) < rows.height(3) < rows.height(4)


# Sections


@given(
    st.lists(st.tuples(st.one_of(st.none(), st.floats(0, 100)), st.one_of(st.none(), st.floats(0, 100))), max_size=6)
)
def test_each_bar_is_as_long_as_its_share(values: list[tuple[float | None, float | None]]) -> None:
    given_sections = [
        Section(code=f"S{index}", title="Del", value=value, result="x", share="y", previous=previous)
        for index, (value, previous) in enumerate(values)
    ]
    axis = [(0.0, "0 %"), (50.0, "50 %"), (100.0, "100 %")]
    picture = sections.draw(given_sections, axis=axis, title_fits=25)
    assert [row.section for row in picture.rows] == given_sections
    start, end = picture.axis[0][1], picture.axis[-1][1]
    assert (start, end) == (picture.left, picture.right)
    for row, (value, previous) in zip(picture.rows, values, strict=True):
        assert (row.length is None) == (value is None)
        if value is not None and row.length is not None:
            assert row.length == pytest.approx((end - start) * value / 100, abs=0.01)
        if previous is not None:
            assert row.ghost == pytest.approx(start + (end - start) * previous / 100, abs=0.01)
    assert picture.compared == any(previous is not None for _value, previous in values)


def test_a_section_off_the_axis_is_refused() -> None:
    with pytest.raises(ValueError, match="axis"):
        sections.draw([Section("A", "A", 101.0, "x", "y")], axis=[(0.0, "0"), (100.0, "100")], title_fits=25)


# Development

LEVELS = [Level(25, "25", "Under grensen for IPS"), Level(74, "74", "Godkjent kvalitet")]
LEVELS += [Level(100, "100", "Bra kvalitet"), Level(115, "115", "Meget bra kvalitet")]


def review(year: int, value: float, month: int = 10, **more: bool) -> Review:
    return Review(datetime.date(year, month, 1), value, f"{value:g}", f"{month}.{year}", **more)


_reviews = st.lists(
    st.tuples(st.dates(datetime.date(2008, 1, 1), datetime.date(2031, 12, 31)), st.integers(25, 125), st.booleans()),
    min_size=1,
    max_size=14,
).map(
    lambda found: [
        Review(day, total, str(total), day.isoformat(), left_out=out)
        for day, total, out in sorted(found, key=lambda each: each[0])
    ]
)


def boxes(picture: development.Picture) -> list[Box]:
    """The room of each result that is written at a mark."""
    return [development.label_box(*mark.label, mark.review.text) for mark in picture.marks if mark.label is not None]


def _field(picture: development.Picture, y: float) -> int:
    """The place of the level, the highest first, in whose field a height lies; above the plot it is the highest."""
    return next((index for index, field in enumerate(picture.fields) if y <= field.top + field.height), -1)


def _level_of(value: float) -> int:
    return next(index for index, level in enumerate(reversed(LEVELS)) if value >= level.lowest)


@given(_reviews, st.booleans())
def test_every_review_is_marked_inside_in_order_and_labels_are_apart(reviews: list[Review], with_levels: bool) -> None:
    levels = LEVELS if with_levels else []
    picture = development.draw(reviews, lowest=25, highest=125, levels=levels, ticks=[(125, "125")])
    comparable = [each for each in reviews if not each.left_out]
    if len(comparable) < 2:
        assert picture is None
        return
    assert picture is not None
    assert [mark.review for mark in picture.marks] == comparable
    assert [mark.review for mark in picture.left_out] == [each for each in reviews if each.left_out]
    assert picture.reviews == reviews
    plot = Box(picture.left, 0, picture.right, picture.foot + 0.01)
    for mark in picture.marks:
        assert picture.left <= mark.x <= picture.right
        assert picture.top <= mark.y <= picture.foot + 0.01
    for mark in picture.left_out:
        assert picture.foot < mark.y < picture.base
    for before, after in pairwise(picture.marks):
        assert before.x <= after.x
    for one, other in combinations(picture.marks, 2):
        assert (one.review.value > other.review.value) <= (one.y <= other.y)
    for box in boxes(picture):
        assert box.within(plot)
    assert not any(one.meets(other) for one, other in combinations(boxes(picture), 2))
    for mark in picture.marks:
        if mark.label is not None:
            box = development.label_box(*mark.label, mark.review.text)
            assert not any(box.top - 0.2 < limit.y < box.bottom + 0.2 for limit in picture.limits)
            assert not levels or _field(picture, (box.top + box.bottom) / 2) == _level_of(mark.review.value)
    names = [y for field in picture.fields for y, _words in field.lines]
    assert all(after - before > 3.2 for before, after in pairwise(names))
    labels = [limit.label_y for limit in picture.limits]
    assert all(after - before > 3.2 for before, after in pairwise(labels))
    years = [year.label for year in picture.years if year.label is not None]
    assert years
    assert all(after - before > room.width("0000") for before, after in pairwise(years))
    assert all(0 <= y <= picture.height for y in [*names, *labels, picture.years_y])


@given(_reviews)
def test_the_line_joins_the_comparable_reviews_alone(reviews: list[Review]) -> None:
    picture = development.draw(reviews, lowest=25, highest=125)
    if picture is None:
        return
    marks = [(mark.x, mark.y) for mark in picture.marks]
    assert [((s.x1, s.y1), (s.x2, s.y2)) for s in picture.segments] == list(pairwise(marks))


def test_a_line_across_a_review_that_is_left_out_is_broken() -> None:
    reviews = [review(2022, 70), review(2023, 80), review(2024, 51, left_out=True), review(2025, 90)]
    picture = development.draw(reviews, lowest=25, highest=125, levels=LEVELS)
    assert picture is not None
    assert [segment.broken for segment in picture.segments] == [False, True]
    assert [mark.review.value for mark in picture.left_out] == [51]


def test_one_review_has_no_development() -> None:
    assert development.draw([review(2026, 103)], lowest=25, highest=125) is None
    assert development.draw([review(2025, 51, left_out=True), review(2026, 103)], lowest=25, highest=125) is None
    assert development.draw([], lowest=25, highest=125) is None


def test_band_limits_stand_where_the_totals_do() -> None:
    reviews = [review(2024, 74), review(2025, 100), review(2026, 115)]
    picture = development.draw(reviews, lowest=25, highest=125, levels=LEVELS, ticks=[(125, "125")])
    assert picture is not None
    at = {limit.text: limit.y for limit in picture.limits}
    assert [at["74"], at["100"], at["115"]] == [mark.y for mark in picture.marks]
    assert [" ".join(words for _y, words in field.lines) for field in picture.fields] == [
        level.name for level in reversed(LEVELS)
    ]
    assert picture.fields[0].top == at["125"] == picture.top
    for upper, lower in pairwise(picture.fields):
        assert upper.top + upper.height == pytest.approx(lower.top, abs=0.02)
    assert "25" not in at, "nothing lies in the lowest band, so only its upper part is drawn"
    below = development.draw([review(2025, 30), review(2026, 115)], lowest=25, highest=125, levels=LEVELS)
    assert below is not None
    assert {limit.text for limit in below.limits} == {"25", "74", "100", "115"}


@pytest.mark.parametrize(
    "reviews",
    [
        [review(2026, 90, 2), review(2026, 90, 3)],
        [review(2026, 125, 1), review(2026, 25, 12)],
        [review(year, 90) for year in range(2017, 2027)],
        [review(2016, 125, 1), *(review(year, 80 + year % 7) for year in range(2017, 2026)), review(2026, 125, 12)],
    ],
    ids=["two in a year", "at the corners", "ten that are equal", "ten with high ends"],
)
def test_the_first_and_the_last_result_are_always_written(reviews: list[Review]) -> None:
    for levels in (LEVELS, []):
        picture = development.draw(reviews, lowest=25, highest=125, levels=levels)
        assert picture is not None
        assert picture.marks[0].label is not None
        assert picture.marks[-1].label is not None


@given(st.lists(st.integers(60, 125), min_size=2, max_size=5))
def test_of_a_few_years_every_result_is_written_and_each_level_is_named_in_its_own_field(totals: list[int]) -> None:
    reviews = [review(2021 + index, total) for index, total in enumerate(totals)]
    picture = development.draw(reviews, lowest=25, highest=125, levels=LEVELS, ticks=[(125, "125")])
    assert picture is not None
    assert all(mark.label is not None for mark in picture.marks)
    for field, level in zip(picture.fields, reversed(LEVELS), strict=True):
        [(baseline, words)] = field.lines
        assert words == level.name
        assert baseline - 1 == pytest.approx(field.top + field.height / 2, abs=0.2)


def test_a_mean_is_drawn_on_the_whole_scale() -> None:
    ticks = [(float(score), str(score)) for score in range(1, 6)]
    picture = development.draw([review(2025, 1.0), review(2026, 5.0)], lowest=1, highest=5, ticks=ticks)
    assert picture is not None
    assert [limit.text for limit in picture.limits] == ["5", "4", "3", "2", "1"]
    assert [mark.y for mark in picture.marks] == [picture.limits[-1].y, picture.limits[0].y]
    assert picture.fields == []


def test_a_result_out_of_bounds_is_refused() -> None:
    with pytest.raises(ValueError, match="between"):
        development.draw([review(2025, 100), review(2026, 126)], lowest=25, highest=125)

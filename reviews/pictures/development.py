"""The development of a result over the years: a mark for each review at its day, joined by a line.

Reviews that cannot be compared with the others are marked below, at their day, and the line does not join them.
"""

import datetime
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from reviews.pictures import room

WIDTH = 85.0
_LEFT, _TOP, _EDGE, _AFTER = 8.0, 4.5, 1.5, 7.0
_PLOT, _PLOT_PER_REVIEW, _PLOT_MOST = 48.0, 3.0, 66.0
_STRIP, _YEARS = 5.0, 6.0
_LINE, _BETWEEN = 3.3, 1.2
_BASELINE = 2.5
_MARK = 1.5
_NAMES_FIT = 32.0
_DIGITS, _CLEAR, _BESIDE = 1.9, 0.3, 0.5


@dataclass(frozen=True)
class Review:
    """A result at a day; `text` is the result and `when` the day, as they are said.

    `now`: it is the one the picture is made for. `left_out`: it is not comparable; `value` plays no part then.
    """

    day: datetime.date
    value: float
    text: str
    when: str
    now: bool = False
    left_out: bool = False


@dataclass(frozen=True)
class Level:
    """A range of results with a name, from `lowest` to below the next; `text` is the limit as it is said."""

    lowest: float
    text: str
    name: str


@dataclass(frozen=True)
class Mark:
    """A review's mark; `label` is where its result is written, None where there is no room that is free."""

    x: float
    y: float
    review: Review
    label: tuple[float, float] | None = None


@dataclass(frozen=True)
class Segment:
    """A stretch of the line; `broken` where a review between its ends is left out."""

    x1: float
    y1: float
    x2: float
    y2: float
    broken: bool


@dataclass(frozen=True)
class Limit:
    """A line across the picture, with what it says before it; `label_y` differs from `y` where lines are close."""

    y: float
    label_y: float
    text: str


@dataclass(frozen=True)
class Field:
    """The field of a level; its name stands after it in `lines`, each with its y. Every second one is `tinted`."""

    top: float
    height: float
    tinted: bool
    lines: list[tuple[float, str]]


@dataclass(frozen=True)
class Year:
    """A calendar year below the plot: where it begins, and where its number stands, None where there is no room."""

    number: int
    x: float
    label: float | None


@dataclass(frozen=True)
class Picture:
    """All reviews, oldest first; sizes, what lies behind (fields, limits, years), and the line with its marks.

    `foot` is where the plot ends, `base` where the years begin and `ticks_y` where their ticks end. `limits_x` is where
    the limits' numbers end, `names_x` where the levels' names begin, `years_y` where the years are written.
    """

    reviews: list[Review]
    width: float
    height: float
    top: float
    left: float
    right: float
    foot: float
    base: float
    ticks_y: float
    limits_x: float
    names_x: float
    years_y: float
    fields: list[Field]
    limits: list[Limit]
    years: list[Year]
    segments: list[Segment]
    marks: list[Mark]
    left_out: list[Mark]

    @property
    def now_marked(self) -> bool:
        """Whether one of the marks is that of the review the picture is made for."""
        return any(mark.review.now for mark in self.marks)

    @property
    def plot_width(self) -> float:
        """How wide the plot is."""
        return round(self.right - self.left, 2)


def draw(
    reviews: Sequence[Review],
    *,
    lowest: float,
    highest: float,
    levels: Sequence[Level] = (),
    ticks: Sequence[tuple[float, str]] = (),
) -> Picture | None:
    """Place the reviews' results between the lowest and the highest there can be; None where fewer than two compare.

    `reviews` are in order of their days, `levels` ascend. Of the lowest level only the upper part is drawn, as far as
    results lie in it. `ticks` are lines beside those of the levels. Raises ValueError for a result out of bounds.
    """
    drawn = [review for review in reviews if not review.left_out]
    if len(drawn) < 2:
        return None
    for review in drawn:
        if not lowest <= review.value <= highest:
            raise ValueError(f"{review.value} does not lie between {lowest} and {highest}")
    floor = _floor(drawn, lowest, highest, levels)
    names = [room.wrapped(level.name, _NAMES_FIT) for level in levels]
    wide = max((room.width(line) for lines in names for line in lines), default=0.0)
    right = round(WIDTH - (wide + 2.5 if wide else 2.0), 2)
    # Many reviews make a long table, and beside it room for a picture in which they lie further apart.
    tall = min(_PLOT_MOST, _PLOT + _PLOT_PER_REVIEW * max(0, len(reviews) - 4))
    plot = max(tall, sum(_LINE * len(lines) + _BETWEEN for lines in names), _LINE * (len(levels) + len(ticks) + 1))
    foot = _TOP + plot

    def up(value: float) -> float:
        return foot - (value - floor) / (highest - floor) * plot

    first, last = reviews[0].day.year, reviews[-1].day.year
    # After the last year there is room for the result of a review that was late in it.
    per_year = (right - _LEFT - _EDGE - _AFTER) / (last - first + 1)

    def across(day: datetime.date) -> float:
        start = datetime.date(day.year, 1, 1)
        days = (datetime.date(day.year, 12, 31) - start).days + 1
        return _LEFT + _EDGE + (day.year - first + ((day - start).days + 0.5) / days) * per_year

    strip = _STRIP if len(drawn) < len(reviews) else 0.0
    marks = [Mark(round(across(each.day), 2), round(up(each.value), 2), each) for each in drawn]
    segments = _segments(marks, [each.day for each in reviews if each.left_out])
    limits = _limits([*((level.lowest, level.text) for level in levels), *ticks], up, floor, foot)
    fields = _fields(levels, names, up, floor, foot)
    return Picture(
        reviews=list(reviews),
        width=WIDTH,
        height=round(foot + strip + _YEARS, 2),
        top=_TOP,
        left=_LEFT,
        right=right,
        foot=round(foot, 2),
        base=round(foot + strip, 2),
        ticks_y=round(foot + strip + 1, 2),
        limits_x=_LEFT - 1.5,
        names_x=round(right + 1.5, 2),
        years_y=round(foot + strip + 4.5, 2),
        fields=fields,
        limits=limits,
        years=_years(first, last, per_year),
        segments=segments,
        marks=_labelled(marks, segments, limits, _spans(limits, fields), room.Box(_LEFT, 0, right, foot)),
        left_out=[
            Mark(round(across(each.day), 2), round(foot + strip / 2, 2), each) for each in reviews if each.left_out
        ],
    )


def _floor(drawn: Sequence[Review], lowest: float, highest: float, levels: Sequence[Level]) -> float:
    """Where the plot begins: at the lowest there can be, or with levels just below the second and all results."""
    if len(levels) < 2:
        return lowest
    least = min(levels[1].lowest, *(review.value for review in drawn))
    return max(lowest, least - (highest - least) * 0.15)


def _segments(marks: Sequence[Mark], left_out: Sequence[datetime.date]) -> list[Segment]:
    return [
        Segment(
            before.x,
            before.y,
            after.x,
            after.y,
            broken=any(before.review.day <= day <= after.review.day for day in left_out),
        )
        for before, after in pairwise(marks)
    ]


def _fields(
    levels: Sequence[Level], names: Sequence[list[str]], up: Callable[[float], float], floor: float, foot: float
) -> list[Field]:
    """The levels' fields, the highest first, their names kept apart."""
    tops = [_TOP if index + 1 == len(levels) else up(levels[index + 1].lowest) for index in range(len(levels))]
    feet = [foot if level.lowest <= floor else up(level.lowest) for level in levels]
    downwards = list(reversed(range(len(levels))))
    middles = room.apart(
        [(tops[index] + feet[index]) / 2 for index in downwards],
        [_LINE * len(names[index]) + _BETWEEN for index in downwards],
        _TOP,
        foot,
    )
    fields = []
    for index, middle in zip(downwards, middles, strict=True):
        begin = middle - _LINE * len(names[index]) / 2
        fields.append(
            Field(
                top=round(tops[index], 2),
                height=round(feet[index] - tops[index], 2),
                tinted=(len(levels) - index) % 2 == 0,
                lines=[
                    (round(begin + _LINE * place + _BASELINE, 2), words) for place, words in enumerate(names[index])
                ],
            )
        )
    return fields


def _limits(
    limits: Sequence[tuple[float, str]], up: Callable[[float], float], floor: float, foot: float
) -> list[Limit]:
    """The lines across, the highest first, what they say kept apart."""
    shown = sorted(((value, text) for value, text in limits if value >= floor), reverse=True)
    ys = [up(value) for value, _text in shown]
    labels = room.apart(ys, [_LINE] * len(ys), _TOP - _LINE / 2, foot + _LINE / 2)
    return [
        Limit(round(y, 2), round(label - _LINE / 2 + _BASELINE, 2), text)
        for y, label, (_value, text) in zip(ys, labels, shown, strict=True)
    ]


def _years(first: int, last: int, per_year: float) -> list[Year]:
    """The years below the plot; where they are close only every second, fifth, tenth.. has its number."""
    needed = room.width("0000") + 1
    step = next((step for step in (1, 2, 5, 10, 20, 50) if step * per_year >= needed), 100)
    return [
        Year(
            number=number,
            x=round(_LEFT + _EDGE + (number - first) * per_year, 2),
            label=round(_LEFT + _EDGE + (number - first + 0.5) * per_year, 2) if (last - number) % step == 0 else None,
        )
        for number in range(first, last + 1)
    ]


def label_box(x: float, baseline: float, text: str) -> room.Box:
    """The room that a label takes up: `x` is its middle, `baseline` where its letters stand."""
    half = room.width(text, heavy=True) / 2
    return room.Box(x - half, baseline - _DIGITS, x + half, baseline)


def _spans(limits: Sequence[Limit], fields: Sequence[Field]) -> list[tuple[float, float]]:
    """The stretches between the lines, from top to foot, in which a result may be written.

    A level reaches from line to line; where there are no levels, what lies between two lines is no range of its own.
    """
    if fields:
        return [(0.0 if field.top <= _TOP else field.top, field.top + field.height) for field in fields]
    edges = [0.0, *(limit.y for limit in limits), float("inf")]
    return list(pairwise(edges))


def _labelled(
    marks: Sequence[Mark],
    segments: Sequence[Segment],
    limits: Sequence[Limit],
    spans: Sequence[tuple[float, float]],
    plot: room.Box,
) -> list[Mark]:
    """The same marks with a place for each label where one is free, the newest first in line, then the oldest.

    A result is written in the field of its level and on none of the lines, so that it cannot be read as another.
    """
    taken = [room.Box(mark.x - _MARK, mark.y - _MARK, mark.x + _MARK, mark.y + _MARK) for mark in marks]
    order = list(range(len(marks)))
    order = [order[-1], order[0], *reversed(order[1:-1])]
    places: dict[int, tuple[float, float]] = {}
    for index in order:
        mark = marks[index]
        # What lies on a limit has reached the level above it.
        own = next(span for span in spans if mark.y <= span[1] + 0.01)
        # Looked at one by one: mostly the first that is free will do.
        free = (
            (place, box)
            for place in _places(mark, plot)
            if (box := label_box(*place, mark.review.text)).within(plot)
            and not any(map(box.meets, taken))
            and _clear(box, own, limits)
        )
        found = _least_crossed(free, segments)
        if found is not None:
            places[index] = found[0]
            taken.append(found[1])
    return [replace(mark, label=places.get(index)) for index, mark in enumerate(marks)]


def _least_crossed(
    free: Iterable[tuple[tuple[float, float], room.Box]], segments: Sequence[Segment]
) -> tuple[tuple[float, float], room.Box] | None:
    """The first of the places through which the fewest lines run: none through the first such place there is. None
    where no place is free.
    """
    found, least = None, len(segments) + 1
    for each in free:
        beside = each[1].grown(_BESIDE)
        crossed = sum(_crosses(segment, beside) for segment in segments)
        if crossed < least:
            found, least = each, crossed
        if not least:
            break
    return found


def _clear(box: room.Box, span: tuple[float, float], limits: Sequence[Limit]) -> bool:
    """Whether a label lies within a stretch, and free of every line."""
    top, foot = span
    lined = any(box.top - _CLEAR < limit.y < box.bottom + _CLEAR for limit in limits)
    return top <= box.top and box.bottom <= foot and not lined


def _places(mark: Mark, plot: room.Box) -> list[tuple[float, float]]:
    """Where a label may stand, the best first: above, below, after and before the mark, and then beside and aslant."""
    half = room.width(mark.review.text, heavy=True) / 2
    x = min(max(mark.x, plot.left + half), plot.right - half)
    level = mark.y + _DIGITS / 2
    aside = _MARK + 0.5 + half
    places = [
        (x, mark.y - _MARK - 0.45),
        (x, mark.y + _MARK + 0.45 + _DIGITS),
        (mark.x + aside, level),
        (mark.x - aside, level),
        *(
            (mark.x + side, level + down)
            for down in (-_DIGITS / 2 - _CLEAR, _DIGITS / 2 + _CLEAR, -2.4, 2.4)
            for side in (aside, -aside)
        ),
    ]
    if mark.y - _TOP < 2 * _LINE:
        places.append((x, _TOP - _CLEAR - 0.1))
    return [(round(x, 2), round(y, 2)) for x, y in places]


def _crosses(segment: Segment, box: room.Box) -> bool:
    """Whether the line runs through the box, looked at in short steps."""
    if max(segment.x1, segment.x2) < box.left or min(segment.x1, segment.x2) > box.right:
        return False
    if max(segment.y1, segment.y2) < box.top or min(segment.y1, segment.y2) > box.bottom:
        return False
    steps = 24
    along, down = segment.x2 - segment.x1, segment.y2 - segment.y1
    return any(
        box.left <= segment.x1 + along * step / steps <= box.right
        and box.top <= segment.y1 + down * step / steps <= box.bottom
        for step in range(steps + 1)
    )

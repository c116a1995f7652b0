"""Several services' results year by year: for each year a bar for the middle half of them, and a line at the median."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from reviews.pictures import room

_LEFT, _TOP, _PLOT, _FOOT, _PER_YEAR = 9.0, 5.0, 52.0, 6.0, 9.0
_BAR, _MEDIAN = 5.0, 7.0
_LINE, _BASELINE, _NAMES_FIT = 3.3, 2.5, 26.0
_NAMES = 30.0
"""The room behind the years, also where no level has a name: pictures of as many years are as wide."""

_Up = Callable[[float], float]
"""Says where a value stands."""


@dataclass(frozen=True)
class Box:
    """A year with the quartiles of its results, and the median as it is said. Without values nothing is drawn for it:
    there is no result, or what there is may not be shown.
    """

    year: int
    values: tuple[float, float, float] | None = None
    text: str = ""


@dataclass(frozen=True)
class Level:
    """A range of results with a name, from `lowest` to below the next."""

    lowest: float
    name: str


@dataclass(frozen=True)
class Bar:
    """A year's place: `x` is its middle. The bar goes from `left` at `top`, and the median lies from `from_x` to `to_x`
    at `median`; all None where nothing is drawn. `label_y` is where the median is written.
    """

    box: Box
    x: float
    left: float | None = None
    top: float | None = None
    height: float | None = None
    from_x: float | None = None
    to_x: float | None = None
    median: float | None = None
    label_y: float | None = None


@dataclass(frozen=True)
class Limit:
    """A line across the picture with what it says before it, and the lines of the level's name behind it, with the y of
    each.
    """

    y: float
    label_y: float
    text: str
    name: list[tuple[float, str]]


@dataclass(frozen=True)
class Picture:
    """Sizes, the lines across and the years."""

    width: float
    height: float
    left: float
    right: float
    foot: float
    limits_x: float
    names_x: float
    years_y: float
    bar: float
    limits: list[Limit]
    bars: list[Bar]


def draw(
    boxes: Sequence[Box],
    *,
    lowest: float,
    highest: float,
    step: float,
    levels: Sequence[Level] = (),
    say: Callable[[float], str] = str,
) -> Picture | None:
    """Place the years' results; None where fewer than two years have any. Years between the first and the last that
    are not given keep their place empty.

    Only the part of the scale is drawn in which results lie, from a multiple of `step` to another. The lines across are
    the levels' limits; without levels, each multiple. `say` writes the value at a line.

    Raises ValueError for a result out of bounds.
    """
    drawn = [box.values for box in boxes if box.values is not None]
    if len(drawn) < 2:
        return None
    for values in drawn:
        if not lowest <= values[0] <= values[1] <= values[2] <= highest:
            raise ValueError(f"{values} are no quartiles between {lowest} and {highest}")
    floor = max(lowest, (min(values[0] for values in drawn) // step) * step)
    roof = min(highest, -(-max(values[2] for values in drawn) // step) * step)
    # A level that begins just below begins the picture, so that its name stands at its own limit.
    floor = min((level.lowest for level in levels if 0 < floor - level.lowest < step), default=floor)
    if floor == roof:
        floor, roof = max(lowest, floor - step), min(highest, roof + step)
    foot = _TOP + _PLOT

    def up(value: float) -> float:
        return round(foot - (value - floor) / (roof - floor) * _PLOT, 2)

    by_year = {box.year: box for box in boxes}
    numbers = range(min(by_year), max(by_year) + 1)
    right = round(_LEFT + len(numbers) * _PER_YEAR, 2)
    limits = _limits(_lines(floor, roof, levels, step), up, foot, say)
    return Picture(
        width=round(right + _NAMES, 2),
        height=round(foot + _FOOT, 2),
        left=_LEFT,
        right=right,
        foot=foot,
        limits_x=_LEFT - 1.5,
        names_x=right + 1.5,
        years_y=round(foot + 4, 2),
        bar=_BAR,
        limits=limits,
        bars=[
            _bar(by_year.get(year, Box(year)), round(_LEFT + (place + 0.5) * _PER_YEAR, 2), up)
            for place, year in enumerate(numbers)
        ],
    )


def _lines(floor: float, roof: float, levels: Sequence[Level], step: float) -> list[tuple[float, str]]:
    """The values at which a line lies, with the name of the level that begins there; the ends always have one."""
    within = {level.lowest: level.name for level in levels if floor <= level.lowest <= roof}
    if levels:
        # The level in which the picture begins has its name at the foot.
        below = [level.name for level in levels if level.lowest < floor]
        return sorted({**({floor: below[-1]} if below else {floor: ""}), roof: "", **within}.items())
    steps = round((roof - floor) / step)
    return [(floor + step * place, "") for place in range(steps + 1)]


def _limits(lines: Sequence[tuple[float, str]], up: _Up, foot: float, say: Callable[[float], str]) -> list[Limit]:
    """The lines across, the lowest first, with what is written beside them kept apart."""
    downwards = list(reversed(lines))
    ys = [up(value) for value, _name in downwards]
    labels = room.apart(ys, [_LINE] * len(ys), 0, foot + _LINE)
    names = [room.wrapped(name, _NAMES_FIT) if name else [] for _value, name in downwards]
    # A level's name stands above the line at which it begins.
    middles = [y - _LINE * len(name) / 2 for y, name in zip(ys, names, strict=True)]
    kept = room.apart(middles, [_LINE * len(name) for name in names], 0, foot + _LINE)
    found = []
    for (value, _name), y, label, name, middle in zip(downwards, ys, labels, names, kept, strict=True):
        begin = middle - _LINE * len(name) / 2
        written = [(round(begin + _LINE * place + _BASELINE, 2), words) for place, words in enumerate(name)]
        found.append(Limit(y, round(label - _LINE / 2 + _BASELINE, 2), say(value), written))
    return list(reversed(found))


def _bar(box: Box, x: float, up: _Up) -> Bar:
    if box.values is None:
        return Bar(box, x)
    lower, median, upper = map(up, box.values)
    return Bar(
        box=box,
        x=x,
        left=round(x - _BAR / 2, 2),
        top=upper,
        height=round(lower - upper, 2),
        from_x=round(x - _MEDIAN / 2, 2),
        to_x=round(x + _MEDIAN / 2, 2),
        median=median,
        label_y=round(median - 0.9, 2),
    )

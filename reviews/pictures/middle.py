"""Small pictures that stand in a table's row: how many have each score, and where one score lies beside the others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_WIDTH, _HEIGHT = 180.0, 20.0
_LETTER = 7.0
"""How much room a digit takes."""
_MARGIN, _BOX = 12.0, 4.0
"""What stays free at the ends of the axis, and how wide a box is at least."""


@dataclass(frozen=True)
class Part:
    """How many have a score: `place` counts the scores from 0; `text` is empty where the part is too narrow for it."""

    place: int
    x: float
    width: float
    text: str

    @property
    def middle(self) -> float:
        """Where the text stands."""
        return round(self.x + self.width / 2, 2)


@dataclass(frozen=True)
class Bar:
    """A bar of parts that fill it."""

    width: float
    height: float
    parts: list[Part]


def bar(counts: Mapping[int, int]) -> Bar:
    """Return how many have each score, the lowest score first, as parts of a bar; without any the bar is empty.

    Raises ValueError for a number below 0.
    """
    if any(number < 0 for number in counts.values()):
        raise ValueError(f"nobody counts below nothing: {dict(counts)}")
    whole, before, parts = sum(counts.values()), 0, []
    for place, score in enumerate(sorted(counts)):
        number = counts[score]
        if number:
            x, end = (round(_WIDTH * each / whole, 2) for each in (before, before + number))
            fits = end - x >= _LETTER * (len(str(number)) + 1)
            parts.append(Part(place, x, round(end - x, 2), str(number) if fits else ""))
        before += number
    return Bar(_WIDTH, _HEIGHT, parts)


@dataclass(frozen=True)
class Beside:
    """An axis of scores with the others' middle half as a box, their median as a line in it, and one's own mark;
    None where there is none.
    """

    width: float
    height: float
    axis: list[float]
    left: float | None
    box: float | None
    median: float | None
    own: float | None


def beside(own: int | None, quartiles: Sequence[float] | None, *, lowest: int, highest: int) -> Beside:
    """Place one's own score and the others' lower quartile, median and upper quartile.

    Raises ValueError for a scale without two scores or a value that is not on it.
    """
    if lowest >= highest:
        raise ValueError(f"there is no axis from {lowest} to {highest}")

    def across(value: float) -> float:
        if not lowest <= value <= highest:
            raise ValueError(f"{value} is not on a scale from {lowest} to {highest}")
        return round(_MARGIN + (value - lowest) / (highest - lowest) * (_WIDTH - 2 * _MARGIN), 2)

    left = box = median = None
    if quartiles is not None:
        lower, median, upper = map(across, quartiles)
        box = max(_BOX, round(upper - lower, 2))
        # Where the quartiles fall together the box still has them in its middle.
        left = round((lower + upper - box) / 2, 2)
    return Beside(
        width=_WIDTH,
        height=_HEIGHT,
        axis=[across(score) for score in range(lowest, highest + 1)],
        left=left,
        box=box,
        median=median,
        own=None if own is None else across(own),
    )

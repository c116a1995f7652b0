"""How much room words take, and where marks go that want the same place.

Nothing measures the words exactly: their widths are estimates from above, so that what fits here fits on paper.
"""

from collections.abc import Sequence
from dataclasses import dataclass

TEXT = 2.6
"""The size of the letters in a picture in millimetres: 7.4 points."""

_WIDTHS = {
    0.29: "ijlI ",
    0.31: ".,:;!|'",
    0.39: "frt()[]/",
    0.47: "-1",
    0.52: "–*",
    0.6: "acehknsuvxyzåFLJ57",
    0.63: "bdgopqøE23689",
    0.66: "BPRSTZ04",
    0.77: "ACDGHKNOQUVXYØÅ",
    0.93: "mwæM",
    1.0: "WÆ%×",
}
"""The widths of letters, as parts of their size."""
_BY_LETTER = {letter: part for part, letters in _WIDTHS.items() for letter in letters}
_OTHER = 1.1
_HEAVY = 1.08


def width(text: str, size: float = TEXT, *, heavy: bool = False) -> float:
    """The width of a text in the typeface of the report, in letters of `size`; never less than it is, rather more."""
    return size * sum(_BY_LETTER.get(letter, _OTHER) for letter in text) * (_HEAVY if heavy else 1)


def wrapped(text: str, room: float, size: float = TEXT) -> list[str]:
    """The text in lines of at most `room`, broken between words; a word that is wider is broken where it must be."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if width(longer, size) <= room:
            lines[-1] = longer
            continue
        if lines[-1]:
            lines.append("")
        for letter in word:
            if lines[-1] and width(lines[-1] + letter, size) > room:
                lines.append("")
            lines[-1] += letter
    return lines


def apart(wanted: Sequence[float], sizes: Sequence[float], low: float, high: float) -> list[float]:
    """Where the middles of things go that want to be at `wanted`: in the same order, none on another, within low..high.

    Each stays where it wants to be as far as there is room. `wanted` ascends. Raises ValueError where all together do
    not fit.
    """
    if sum(sizes) > high - low + 1e-9:
        raise ValueError(f"{sum(sizes)} do not fit between {low} and {high}")
    placed = []
    edge = low
    for middle, size in zip(wanted, sizes, strict=True):
        placed.append(max(middle, edge + size / 2))
        edge = placed[-1] + size / 2
    edge = high
    for index in range(len(placed) - 1, -1, -1):
        placed[index] = min(placed[index], edge - sizes[index] / 2)
        edge = placed[index] - sizes[index] / 2
    return placed


@dataclass(frozen=True)
class Box:
    """A rectangle that something takes up."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Box") -> bool:
        """Whether the two share any room."""
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )

    def grown(self, by: float) -> "Box":
        """The same with as much more room on each side."""
        return Box(self.left - by, self.top - by, self.right + by, self.bottom + by)

    def within(self, other: "Box") -> bool:
        """Whether the other holds all of it."""
        return (
            other.left <= self.left
            and self.right <= other.right
            and other.top <= self.top
            and self.bottom <= other.bottom
        )

"""Scores over the years as a heat map: plain values in, cells out, with what rose and fell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

LEVELS = 5
"""How many tints there are, whatever scores a scale has."""


@dataclass(frozen=True)
class Column:
    """A review's scores by the items' codes; an item that is not scored has None, or is missing.

    `compared`: changes are told between this column and the others of which that holds. Columns are in order of time.
    """

    scores: Mapping[str, int | None]
    compared: bool = True


@dataclass(frozen=True)
class Cell:
    """An item's score in one review, and its tint: 1 for the lowest score there can be to LEVELS for the highest, 0
    without a score.

    `since` is the place of the column the score is compared with, and `before` the score there; both None where there
    is nothing to compare with.
    """

    score: int | None
    level: int
    since: int | None = None
    before: int | None = None

    @property
    def change(self) -> int:
        """How much the score has risen, below zero how much it has fallen; 0 also where nothing is compared."""
        return 0 if self.score is None or self.before is None else self.score - self.before


def level(score: int, lowest: int, highest: int) -> int:
    """Return the tint of a score on a scale from the lowest to the highest, halves up.

    Raises ValueError for a score that is not on the scale.
    """
    if not lowest <= score <= highest:
        raise ValueError(f"{score} does not lie between {lowest} and {highest}")
    span = highest - lowest
    return 1 + (2 * (score - lowest) * (LEVELS - 1) + span) // (2 * span)


def row(code: str, columns: Sequence[Column], *, lowest: int, highest: int) -> list[Cell]:
    """Return an item's cells, one for each column.

    A score is held against that of the last column before it that is compared and in which the item is scored. Raises
    ValueError for a score that is not on the scale.
    """
    cells = []
    since: int | None = None
    before: int | None = None
    for place, column in enumerate(columns):
        score = column.scores.get(code)
        if score is None:
            cells.append(Cell(None, 0))
            continue
        tint = level(score, lowest, highest)
        if not column.compared:
            cells.append(Cell(score, tint))
            continue
        cells.append(Cell(score, tint, since, before))
        since, before = place, score
    return cells

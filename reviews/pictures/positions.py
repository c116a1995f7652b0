"""All items of a scale as positions on it: a row for each, its score as a mark, the last review's as a ring."""

from collections.abc import Sequence
from dataclasses import dataclass

from reviews.pictures import rows

_LINE = 0.15


@dataclass(frozen=True)
class Item:
    """An item with its score and the one it had before; None where there is none.

    `low`: the score is one that calls for a recommendation; `doubted`: the score before is held to have been wrong.
    """

    code: str
    title: str
    score: int | None
    previous: int | None = None
    low: bool = False
    doubted: bool = False


@dataclass(frozen=True)
class Group:
    """Items under a heading; without a title they have none."""

    title: str
    items: Sequence[Item]


@dataclass(frozen=True)
class Row:
    """An item's row: its middle and its foot, how many lines it has in the table, and its marks.

    `x` and `ghost` are None where there is nothing to mark; `star` is where the ring's asterisk stands.
    """

    y: float
    foot: float
    lines: int
    item: Item
    x: float | None = None
    ghost: float | None = None
    star: float | None = None

    @property
    def height(self) -> float:
        """How high the row is between its lines."""
        return round(2 * (self.foot - self.y - _LINE), 2)

    @property
    def top(self) -> float:
        """Where the row begins, below the line of the one above it."""
        return round(self.y - self.height / 2, 2)

    @property
    def moved(self) -> int:
        """1 where the score is higher than before, -1 where it is lower, 0 where it is the same or cannot be told."""
        if self.x is None or self.ghost is None:
            return 0
        return (self.x > self.ghost) - (self.x < self.ghost)


@dataclass(frozen=True)
class Rows:
    """The rows of a group, below one more that holds its title where it has one."""

    title: str
    rows: list[Row]


@dataclass(frozen=True)
class Field:
    """A part of the picture that is tinted."""

    x: float
    width: float
    height: float


@dataclass(frozen=True)
class Picture:
    """Sizes, the axis (score and x), the field of the low scores where there are any to have, and the rows by group.

    `code_x` is where codes end; `plain_x` and `plain_width` say where a row without a score has no field behind it.
    """

    width: float
    height: float
    top: float
    left: float
    right: float
    code_x: float
    plain_x: float
    plain_width: float
    axis: list[tuple[int, float]]
    low: Field | None
    groups: list[Rows]

    @property
    def any_fell(self) -> bool:
        """Whether any score is lower than before."""
        return any(row.moved < 0 for group in self.groups for row in group.rows)

    @property
    def any_same(self) -> bool:
        """Whether any score is the same as before: its mark stands in the ring."""
        return any(row.x is not None and row.x == row.ghost for group in self.groups for row in group.rows)


def draw(groups: Sequence[Group], *, lowest: int, highest: int, high_from: int) -> Picture:
    """Place the items' marks. Scores below `high_from` lie in a field of their own.

    Raises ValueError for a scale without two scores or a score that is not on it.
    """
    if lowest >= highest:
        raise ValueError(f"there is no axis from {lowest} to {highest}")

    def across(score: int | None) -> float | None:
        if score is None:
            return None
        if not lowest <= score <= highest:
            raise ValueError(f"{score} is not on a scale from {lowest} to {highest}")
        return rows.across(score, lowest, highest)

    placed: list[Rows] = []
    y = rows.HEAD
    for group in groups:
        y += rows.height(1) if group.title else 0
        found = []
        for item in group.items:
            count = rows.lines(item.title)
            foot = round(y + rows.height(count), 2)
            x, ghost = across(item.score), across(item.previous)
            star = None if ghost is None or not item.doubted else _star(x, ghost)
            found.append(Row(round((y + foot) / 2, 2), foot, count, item, x, ghost, star))
            y = foot
        placed.append(Rows(group.title, found))
    low = None
    if lowest < high_from <= highest:
        step = (rows.RIGHT - rows.LEFT) / (highest - lowest)
        low = Field(rows.LEFT - 2, round((high_from - lowest - 0.5) * step + 2, 2), round(y - rows.HEAD, 2))
    return Picture(
        width=rows.WIDTH,
        height=round(y, 2),
        top=rows.HEAD,
        left=rows.LEFT,
        right=rows.RIGHT,
        code_x=rows.LEFT - 4,
        plain_x=rows.LEFT - 2,
        plain_width=rows.RIGHT - rows.LEFT + 4,
        axis=[(score, rows.across(score, lowest, highest)) for score in range(lowest, highest + 1)],
        low=low,
        groups=placed,
    )


def _star(x: float | None, ghost: float) -> float:
    """Where the asterisk stands: on the side of the ring that the line to the mark leaves free."""
    return round(ghost + 3.1 if x is None or x <= ghost else ghost - 3.1, 2)

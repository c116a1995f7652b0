"""The sections of a scale beside each other: a bar for each, the last review's result as a ring."""

from collections.abc import Sequence
from dataclasses import dataclass

from reviews.pictures import rows


@dataclass(frozen=True)
class Section:
    """A section's result on the common axis and the one it had before; None where there is none to show.

    `result` says it in words, `share` and `previous_share` say both as they stand on the axis. `whole`: all its items
    are scored. `lines`: how many lines its row has in the table, where its result takes more than its title.
    """

    code: str
    title: str
    value: float | None
    result: str
    share: str
    previous: float | None = None
    previous_share: str = ""
    whole: bool = True
    lines: int = 1


@dataclass(frozen=True)
class Row:
    """A row: its middle and its foot, how many lines it has in the table, how long its bar is and where its ring."""

    y: float
    foot: float
    lines: int
    section: Section
    length: float | None
    ghost: float | None


@dataclass(frozen=True)
class Picture:
    """Sizes, the axis (what it says and x) and the rows.

    `code_x` is where codes end.
    """

    width: float
    height: float
    top: float
    left: float
    right: float
    code_x: float
    axis: list[tuple[str, float]]
    rows: list[Row]

    @property
    def compared(self) -> bool:
        """Whether any section has a result before this one."""
        return any(row.ghost is not None for row in self.rows)

    @property
    def any_in_part(self) -> bool:
        """Whether any bar is of a section of which only some items are scored."""
        return any(row.length is not None and not row.section.whole for row in self.rows)


def draw(sections: Sequence[Section], *, axis: Sequence[tuple[float, str]], title_fits: float) -> Picture:
    """Place the sections' bars on an axis, given by its values in order and what it says at each.

    `title_fits` is the room a title has in the table. Raises ValueError for a value that is not on the axis.
    """
    lowest, highest = axis[0][0], axis[-1][0]

    def across(value: float | None) -> float | None:
        if value is None:
            return None
        if not lowest <= value <= highest:
            raise ValueError(f"{value} is not on an axis from {lowest} to {highest}")
        return rows.across(value, lowest, highest)

    placed = []
    y = rows.HEAD
    for section in sections:
        count = min(rows.MOST_LINES, max(section.lines, rows.lines(section.title, title_fits)))
        middle, y = round(y + rows.height(count) / 2, 2), round(y + rows.height(count), 2)
        end = across(section.value)
        placed.append(
            Row(
                y=middle,
                foot=y,
                lines=count,
                section=section,
                length=None if end is None else round(end - rows.LEFT, 2),
                ghost=across(section.previous),
            )
        )
    return Picture(
        width=rows.WIDTH,
        height=y,
        top=rows.HEAD,
        left=rows.LEFT,
        right=rows.RIGHT,
        code_x=rows.LEFT - 4,
        axis=[(says, rows.across(value, lowest, highest)) for value, says in axis],
        rows=placed,
    )

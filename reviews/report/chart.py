"""Places the marks of the chart that shows all items of a scale; the template draws them."""

from dataclasses import dataclass

from reviews.report.shape import ItemContent, ScaleContent

ROW = 6.0
"""The height of a row in millimetres: that of a row in the table beside it, so that both line up on paper."""
LEFT, STEP, RIGHT = 16.0, 12.0, 4.0
"""Room for the item's code, the step from one score to the next, and the margin after the highest, in millimetres."""


@dataclass(frozen=True)
class Row:
    """A row of the chart: a section's heading, or an item with its marks. x is None where there is nothing to mark."""

    y: float
    section: str = ""
    item: ItemContent | None = None
    x: float | None = None
    previous_x: float | None = None


@dataclass(frozen=True)
class Chart:
    """The chart's size in millimetres, its grid lines (score and x) and its rows."""

    width: float
    height: float
    grid: list[tuple[int, float]]
    rows: list[Row]


def build(scale: ScaleContent) -> Chart:
    """Return the chart of a scale's scores, with the last review's where the report compares."""

    def x(score: int | None) -> float | None:
        return None if score is None else LEFT + (score - scale["lowest"]) * STEP

    rows: list[Row] = []
    # The first row holds the scores' numbers.
    y = ROW
    for section in scale["sections"]:
        if len(scale["sections"]) > 1:
            rows.append(Row(y=y + ROW / 2, section=section["title"]))
            y += ROW
        for item in section["items"]:
            rows.append(Row(y=y + ROW / 2, item=item, x=x(item["score"]), previous_x=x(item["previous"])))
            y += ROW
    scores = range(scale["lowest"], scale["highest"] + 1)
    return Chart(
        width=LEFT + (len(scores) - 1) * STEP + RIGHT,
        height=y,
        grid=[(score, LEFT + (score - scale["lowest"]) * STEP) for score in scores],
        rows=rows,
    )

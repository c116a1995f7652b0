"""The rows that a picture shares with the table beside it: both are as high as the row's words need in the table.

The style sheets give the classes is-lines-1 to is-lines-5 the same heights, so that each mark stands in its row.
"""

from reviews.pictures import room

WIDTH = 72.0
"""The width of a picture beside a table: it fits a phone's screen, too."""
LEFT, RIGHT = 13.0, 65.0
"""Where the axis begins and ends; before it stands what the row is called for short."""
HEAD = 6.0
"""The height of the row that names what the axis counts."""

MOST_LINES = 5
LETTERS = 3.0
"""The size of the table's letters."""
_LINE = 3.7
_TITLE_FITS = 50.5


def lines(title: str, fit: float = _TITLE_FITS) -> int:
    """How many lines a row's title takes in the table, where it has `fit` millimetres; MOST_LINES at most."""
    return min(MOST_LINES, len(room.wrapped(title, fit, LETTERS)))


def height(count: int) -> float:
    """The height of a row of so many lines."""
    return round(HEAD + _LINE * (count - 1), 2)


def across(value: float, lowest: float, highest: float) -> float:
    """Where a value stands on an axis that goes from the lowest to the highest."""
    return round(LEFT + (value - lowest) / (highest - lowest) * (RIGHT - LEFT), 2)

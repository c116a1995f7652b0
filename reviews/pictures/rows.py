"""The rows that a picture shares with the table beside it: both are as high as the row's words need in the table.

A title of more than one line is set in smaller letters there. The style sheets give the classes is-lines-1 to
is-lines-5 these letters and heights, so that each mark stands in its row.
"""

from reviews.pictures import room

WIDTH = 72.0
"""The width of a picture beside a table: it fits a phone's screen, too."""
LEFT, RIGHT = 13.0, 65.0
"""Where the axis begins and ends; before it stands what the row is called for short."""
HEAD = 6.0
"""The height of the row that names what the axis counts, and of a row of one line or of two."""

MOST_LINES = 5
_LETTERS, _SMALL_LETTERS, _SMALL_LINE = 3.0, 2.47, 2.7
_TITLE_FITS = 49.5


def lines(words: str, fit: float = _TITLE_FITS) -> int:
    """How many lines a row's words take in the table, where they have `fit` millimetres; MOST_LINES at most."""
    if room.width(words, _LETTERS) <= fit:
        return 1
    return min(MOST_LINES, max(2, len(room.wrapped(words, fit, _SMALL_LETTERS))))


def height(count: int) -> float:
    """The height of a row of so many lines."""
    return round(HEAD + _SMALL_LINE * max(0, count - 2), 2)


def across(value: float, lowest: float, highest: float) -> float:
    """Where a value stands on an axis that goes from the lowest to the highest."""
    return round(LEFT + (value - lowest) / (highest - lowest) * (RIGHT - LEFT), 2)

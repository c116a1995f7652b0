"""The faulty rows of a score sheet as a table in which what is wrong is marked in its cell. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from reviews.exchange.faults import Fault, Problem
from reviews.exchange.sheet import LONG_COLUMNS

_NAMING = frozenset(LONG_COLUMNS[:6])
"""The columns that say which review and which item a row is about."""


@dataclass
class MarkedCell:
    """A cell of a faulty row: the name of its column, what stands in it, and whether that is wrong.

    names_row: it says which row this is, and is worth showing where there is no room for all.
    """

    column: str
    text: str
    names_row: bool
    is_wrong: bool = False


@dataclass
class MarkedRow:
    """A faulty row by its number in the sheet, with all that is wrong in it."""

    number: int
    cells: list[MarkedCell]
    faults: list[Fault] = field(default_factory=list)


@dataclass(frozen=True)
class Marked:
    """What is wrong with a sheet: in rows under the names of their columns, and what has no row to stand in."""

    columns: list[str]
    rows: list[MarkedRow]
    elsewhere: list[Fault]


def mark(header: Sequence[str], rows: Mapping[int, Sequence[str]], faults: Iterable[Fault]) -> Marked:
    """Put each fault in its row and mark its cell, if there is one; elsewhere stands what has no row in `rows`.

    Columns that are empty in all rows and without a fault are left out.
    """
    width = max(map(len, [header, *rows.values()]), default=0)
    names = [name.strip() for name in header] + [""] * (width - len(header))
    places: dict[str, list[int]] = defaultdict(list)
    for place, name in enumerate(names):
        places[name.casefold()].append(place)
    made = {
        number: MarkedRow(
            number,
            [
                MarkedCell(name, cells[place] if place < len(cells) else "", name.casefold() in _NAMING)
                for place, name in enumerate(names)
            ],
        )
        for number, cells in sorted(rows.items())
    }
    elsewhere = []
    for fault in faults:
        row = None if fault.row is None else made.get(fault.row)
        if row is None:
            elsewhere.append(fault)
            continue
        row.faults.append(fault)
        for place in _wrong(fault, places[fault.column.casefold()] if fault.column else []):
            row.cells[place].is_wrong = True
    found = list(made.values())
    kept = [place for place in range(width) if any(row.cells[place].text or row.cells[place].is_wrong for row in found)]
    for row in found:
        row.cells = [row.cells[place] for place in kept]
    return Marked([names[place] for place in kept], found, elsewhere)


def _wrong(fault: Fault, places: Sequence[int]) -> Sequence[int]:
    """Return which of the columns of a fault's name it is about: of one that is there twice, the first is read."""
    if fault.problem == Problem.COLUMN_TWICE:
        return places[1:]
    return places if fault.problem == Problem.UNKNOWN_COLUMN else places[:1]

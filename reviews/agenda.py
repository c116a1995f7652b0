"""What a year holds for one person: visits, days by which something is due, and what has no day yet but should.

How it is set out in months is plain values; reviews.agenda_rows counts and fetches it.
"""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from reviews.models import ActionPoint, Review, ReviewStep, Service

MANY = 60
"""With more entries a year is so long that its months are folded."""

WHOLE = 20
"""With more entries a month of such a year stands there in part: the first few, and so many of the one that is now."""

_FEW = 10

COUNTS_ALONE = 200
"""With more entries a year has but the counts of all months but the one that is now."""


class What(models.TextChoices):
    """What can stand in a calendar."""

    VISIT = "visit", _("Visits")
    REPORT = "report", _("Promised reports")
    FACT_CHECK = "fact_check", _("Last days of fact checks")
    DUE = "due", _("Due, and none planned")
    HINT = "hint", _("A new look recommended")
    STEP = "step", _("Steps of checklists")
    ACTION = "action", _("Deadlines of improvement points")


_PLACES = {what: place for place, what in enumerate(What)}


@dataclass(frozen=True)
class Entry:
    """Something on a day, for a service: a visit or another day of a review, a step of its checklist, an improvement
    point. `is_late`: the day has passed, and what it stands for is not done.
    """

    day: datetime.date
    what: What
    service: Service
    review: Review | None = None
    step: ReviewStep | None = None
    action: ActionPoint | None = None
    is_late: bool = False
    may_plan: bool = False


@dataclass(frozen=True)
class Cell:
    """How many entries of a kind stand on a day, and how many of them are late."""

    day: datetime.date
    what: What
    number: int
    late: int = 0

    @property
    def order(self) -> tuple[datetime.date, int]:
        """What entries are sorted by: the day, and what it is; of the same, by the services' names."""
        return self.day, _PLACES[self.what]


@dataclass(frozen=True)
class Window:
    """Which entries of a month are shown: from one place to another in its order."""

    first: int
    last: int


@dataclass(frozen=True)
class Month:
    """A month by its first day: what stands in it, and the entries that are shown, before today and from today on.
    `is_now`: today is in it; `is_folded`: only the counts stand open.
    """

    first: datetime.date
    cells: tuple[Cell, ...]
    today: datetime.date
    is_folded: bool = False
    window: Window = Window(0, 0)
    entries: tuple[Entry, ...] = ()

    @property
    def is_now(self) -> bool:
        """Whether today is in it."""
        return (self.first.year, self.first.month) == (self.today.year, self.today.month)

    @property
    def shows_today(self) -> bool:
        """Whether today stands among the entries that are shown, or on either side of them."""
        before = sum(cell.number for cell in self.cells if cell.day < self.today)
        return self.is_now and self.window.first <= before <= self.window.last

    @property
    def number(self) -> int:
        """How many entries it has, shown or not."""
        return sum(cell.number for cell in self.cells)

    @property
    def past(self) -> list[Entry]:
        """Those of the entries shown that stand before today."""
        return [entry for entry in self.entries if entry.day < self.today]

    @property
    def coming(self) -> list[Entry]:
        """Those that stand on today and later."""
        return [entry for entry in self.entries if entry.day >= self.today]

    @property
    def counts(self) -> "list[Row]":
        """How often each thing stands in the month."""
        return counted([self])

    @property
    def late(self) -> int:
        """Of how many entries the day has passed with something left to do."""
        return sum(cell.late for cell in self.cells)


@dataclass(frozen=True)
class Row:
    """How often something stands in each month, and in the whole year."""

    what: What
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        """How often in the year."""
        return sum(self.counts)


def in_months(year: int, cells: Iterable[Cell], today: datetime.date) -> list[Month]:
    """Return the twelve months of a year, each with which of its entries are to be shown. Each cell has its day in the
    year. Of a year with MANY entries all months but the one that is now are folded, and none has more than WHOLE; with
    more than COUNTS_ALONE they have none.
    """
    found: list[list[Cell]] = [[] for _month in range(12)]
    for cell in sorted(cells, key=lambda each: each.order):
        found[cell.day.month - 1].append(cell)
    number_of_all = sum(cell.number for of_month in found for cell in of_month)
    is_long = number_of_all > MANY
    few = 0 if number_of_all > COUNTS_ALONE else _FEW
    return [
        Month(
            datetime.date(year, number, 1),
            tuple(of_month),
            today,
            is_folded=is_long and (today.year, today.month) != (year, number),
            window=(
                Window(0, sum(cell.number for cell in of_month))
                if not is_long
                else _window(of_month, today, few, is_now=(today.year, today.month) == (year, number))
            ),
        )
        for number, of_month in enumerate(found, start=1)
    ]


def _window(cells: Sequence[Cell], today: datetime.date, few: int, *, is_now: bool) -> Window:
    """Return what is shown of a month of a long year: all, or the first `few`, which may be none; where today is in it
    those from today on go first.
    """
    number = sum(cell.number for cell in cells)
    if not is_now:
        return Window(0, number if few and number <= WHOLE else min(few, number))
    past = sum(cell.number for cell in cells if cell.day < today)
    first = max(min(past, number - WHOLE), 0)
    return Window(first, min(first + WHOLE, number))


def counted(months: Iterable[Month]) -> list[Row]:
    """Return how often each thing stands in each month; what stands in none is left out."""
    numbers: list[dict[What, int]] = []
    for month in months:
        found = dict.fromkeys(What, 0)
        for cell in month.cells:
            found[cell.what] += cell.number
        numbers.append(found)
    rows = [Row(what, tuple(found[what] for found in numbers)) for what in What]
    return [row for row in rows if row.total]


@dataclass(frozen=True)
class Part:
    """Some of a cell's entries: from one place to another in their order."""

    cell: Cell
    first: int
    last: int


def parts(cells: Iterable[Cell], window: Window) -> list[Part]:
    """Return what a window on cells, which are in their order, shows of each."""
    found = []
    before = 0
    for cell in cells:
        first, last = max(window.first - before, 0), min(window.last - before, cell.number)
        if first < last:
            found.append(Part(cell, first, last))
        before += cell.number
    return found

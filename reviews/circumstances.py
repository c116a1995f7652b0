"""What stands beside a service's scores, review by review: results in numbers, posts and people, and where they work.

Nothing of it touches a score. Each number has its name from the column that holds it (models.Context), and its words
from here, so that page, report and spreadsheet say the same.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Field
from django.utils.formats import localize_input
from django.utils.text import capfirst
from django.utils.translation import gettext

from reviews import outcomes
from reviews.merging import COUNTED_TOGETHER
from reviews.models import Context, Organisation, Review

RESULTS = ("participants", "in_work", "in_education", "goal", "jobs_started")
"""Results in numbers; all but the goal are counted anew for each review."""
PEOPLE = ("posts", "vacant_posts", "left_last_year")
PLACES = ("teams", "co_located_teams", "employers", "dispersed")

CARRIED = ("goal", "posts", "vacant_posts", "teams", "co_located_teams", "employers", "dispersed")
"""What may well be as it was, so that the last review's is something to start from. The rest tells of a day or a year
that has passed.
"""


def told(context: Context, names: Iterable[str] = (*RESULTS, *PEOPLE, *PLACES)) -> dict[str, Any]:
    """Return what somebody has given of these columns, by name."""
    values = {name: getattr(context, name) for name in names}
    return {name: value for name, value in values.items() if value not in (None, [])}


def carried(last: Context, held: Context) -> dict[str, Any]:
    """Return what `held` can start from of the last review's numbers, by name: what does not tell of a day that has
    passed, and is empty now. Of what is counted together nothing is carried over where a part of it is given.
    """
    given = {name for unit in (*COUNTED_TOGETHER, *((each,) for each in CARRIED)) if told(held, unit) for name in unit}
    return {name: value for name, value in told(last, CARRIED).items() if name not in given}


# Words


def column(name: str) -> "Field[Any, Any]":
    """Return a column of Context."""
    return next(each for each in Context._meta.fields if each.name == name)


def label(name: str) -> str:
    """Return what a column is called, as the beginning of a line."""
    return capfirst(str(column(name).verbose_name))


def percent(value: int | str) -> str:
    """Return a percentage in words: "38 %"; one with decimals comes as text."""
    return gettext("%(number)s per cent") % {"number": value}


def _employers(kinds: list[str]) -> str:
    labels: dict[str, Any] = dict(Organisation.Kind.choices)
    # Some of the names have a comma in them.
    return "; ".join(str(labels.get(kind, kind)) for kind in kinds)


def _decimal(value: Decimal | str) -> str:
    return str(localize_input(Decimal(value).normalize()))


_SAID: Mapping[str, Callable[[Any], str]] = {
    "share": percent,
    "goal": percent,
    "posts": _decimal,
    "vacant_posts": _decimal,
    "employers": _employers,
    "dispersed": lambda value: gettext("Yes") if value else gettext("No"),
}


def said(name: str, value: Any) -> str:
    """Return the value of a column, or the share, in words; empty for what nobody has given. A decimal may come as text
    ("4.5").
    """
    return "" if value in (None, []) else _SAID.get(name, str)(value)


# Over the years


@dataclass(frozen=True)
class Row:
    """A number with its value in each review; None, and no employer, is what nobody gave."""

    name: str
    label: str
    values: tuple[Any, ...]

    @property
    def said(self) -> list[str]:
        """The values in words."""
        return [said(self.name, value) for value in self.values]


@dataclass(frozen=True)
class Group:
    """Numbers that belong together; those that no review gave are left out."""

    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class OverYears:
    """What stood beside the scores of several reviews, in the order of the reviews."""

    reviews: tuple[Review, ...]
    groups: tuple[Group, ...]


def over_years(contexts: Iterable[Context]) -> OverYears:
    """Return the numbers with a column for each review, in the order given; reviews that told nothing are left out."""
    columns = [each for each in contexts if told(each)]
    results = ("participants", "in_work", "in_education", "share", "goal", "jobs_started")
    groups = (
        _group(gettext("Results in numbers"), results, columns),
        _group(gettext("Posts and people"), PEOPLE, columns),
        _group(gettext("Where they work"), PLACES, columns),
    )
    return OverYears(tuple(each.review for each in columns), tuple(group for group in groups if group.rows))


def _group(title: str, names: Iterable[str], columns: list[Context]) -> Group:
    rows = (_row(name, columns) for name in names)
    return Group(title, tuple(row for row in rows if any(row.said)))


def _row(name: str, columns: list[Context]) -> Row:
    if name != "share":
        return Row(name, label(name), tuple(getattr(each, name) for each in columns))
    shares = (outcomes.share(each.participants, each.in_work, each.in_education) for each in columns)
    return Row(name, gettext("Share in work or education"), tuple(shares))

"""Figures about a service: what its metodeveileder is asked for before the visit, and what was given and counted.

A figure is named by what the item's measure calls it and a number: 0 is the whole service, 1 and up one jobbspesialist,
team or deltaker, who is never named.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from django.db.models import Q, TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from reviews.models import GivenFigure, Review
from reviews.navigation import items_in
from scales.models import Item, Scale

Figures = Mapping[tuple[str, int], Decimal]
"""Figures of one item by name and number."""


class Per(TextChoices):
    """What one row of figures is about."""

    SERVICE = "service", _("The whole service")
    SPECIALIST = "specialist", _("Employment specialist")
    PARTICIPANT = "participant", _("Participant")


_IPS = "ips-25"

_ASKED: dict[Per, tuple[str, ...]] = {
    Per.SPECIALIST: ("B1", "B2", "O1", "T6", "T13"),
    Per.PARTICIPANT: ("T4", "T5", "T12"),
    Per.SERVICE: ("T8", "T9", "T10"),
}
"""The items of the IPS scale whose figures the service is asked for before the visit."""

_LABELS: dict[tuple[str, str], str | Promise] = {
    ("B1", "participants"): _("Participants"),
    ("B1", "fte"): _("Size of the post (1 is full time)"),
    ("B2", "percent"): _("Working time spent on IPS, in percent"),
    ("O1", "percent"): _("Participants from at most two treatment teams, in percent"),
    ("T4", "days"): _("Days from intake to the first contact with an employer"),
    ("T6", "contacts"): _("Personal meetings with employers per week"),
    ("T13", "percent"): _("Working time spent out in the community, in percent"),
}
"""Where the measure speaks of all of them, what one of them is asked for."""

_HELP: dict[str, str | Promise] = {
    "B1": _(
        "How many participants each has today, and the size of the post: 1 for full time, 0.5 for half. You find it in"
        " the list of participants."
    ),
    "B2": _(
        "The mean of the last four weeks. What is not IPS, such as duties for other services, does not count. You find"
        " it in time sheets or calendars."
    ),
    "O1": _(
        "Of the participants each has today: how many come from the one or two treatment teams that the employment"
        " specialist belongs to. 18 of 20 is 90 percent. You find it in the list of participants, by who referred them."
    ),
    "T4": _(
        "From intake until the participant or the employment specialist first met an employer about an ordinary job."
        " You find the days in the participant's plan and where contacts with employers are kept."
    ),
    "T5": _(
        "The latest contacts made for each participant, ten at most. You find them where contacts with employers are"
        " kept; hold them against the plan for the job search."
    ),
    "T6": _(
        "The mean of the last four weeks. Meetings in person count, not phone calls and e-mails. You find it where"
        " contacts with employers are kept."
    ),
    "T8": _("Of the jobs that participants began in during the last twelve months. You find them in the list of jobs."),
    "T9": _("Of the jobs that participants began in during the last twelve months. You find them in the list of jobs."),
    "T10": _("Of the jobs that participants have today. You find them in the list of jobs."),
    "T12": _(
        "Only for participants who have begun in a job. Leave it empty for the others, and for what has not yet been"
        " due. You find it in the notes on the follow-up."
    ),
    "T13": _(
        "The mean of the last four weeks: of the planned working time, what was spent out, and not in the office. You"
        " find it in calendars."
    ),
}
"""Of each item: which time is asked about, and where the figures are found."""

_IN_PLACE: dict[str, tuple[tuple[str, str | Promise, bool], ...]] = {
    "T5": (
        ("employer_contacts", _("Contacts with employers"), False),
        ("fitting_contacts", _("Of these, built on the participant's preferences, strengths and needs"), False),
    ),
    "T12": (
        ("before_start", _("Met in the last week before the job began"), True),
        ("within_three_days", _("Met within three days after the job began"), True),
        ("weekly", _("Met weekly in the first month"), True),
        ("monthly", _("Met at least monthly for a year, or as long as the job has lasted"), True),
    ),
}
"""What is asked for one deltaker in place of what the measure counts: name, label, and whether it is yes or no."""


@dataclass(frozen=True)
class Column:
    """One figure that is asked for."""

    item: Item
    name: str
    label: str | Promise
    is_yes_no: bool = False
    maximum: Decimal | None = None
    """The highest value there can be; None where there is none."""

    def key(self, number: int) -> str:
        """Return what the figure of a row is called in forms and stamps."""
        return f"figure_{self.item.pk}_{self.name}_{number}"


Key = tuple[Column, int]
"""A figure that is asked for: its column, and the number of the row."""


@dataclass(frozen=True)
class Table:
    """The figures that are asked for of each jobbspesialist, each deltaker, or the whole service."""

    per: Per
    columns: tuple[Column, ...]

    @property
    def items(self) -> dict[Item, list[Column]]:
        """The items that are asked about, each with its columns."""
        found: dict[Item, list[Column]] = {}
        for column in self.columns:
            found.setdefault(column.item, []).append(column)
        return found


def asked(scales: Iterable[Scale]) -> list[Table]:
    """Return what is asked for before the visit, by what a row is about; of the IPS scale alone, and of each edition of
    it what that edition counts.
    """
    items = {item.code: item for item in items_in(scale for scale in scales if scale.code == _IPS)}
    tables = [
        Table(per, tuple(column for code in codes if code in items for column in columns(items[code])))
        for per, codes in _ASKED.items()
    ]
    return [table for table in tables if table.columns]


def columns(item: Item) -> list[Column]:
    """Return the figures that the service is asked for about an item; none for most."""
    if item.section.scale.code != _IPS or item.code not in {code for codes in _ASKED.values() for code in codes}:
        return []
    if item.code in _IN_PLACE:
        return [Column(item, *each) for each in _IN_PLACE[item.code]]
    measure = item.parsed_measure()
    if measure is None:
        return []
    return [
        Column(item, each.key, _LABELS.get((item.code, each.key), each.label), maximum=measure.highest_count)
        for each in measure.inputs
    ]


def are_asked() -> Q:
    """Return the condition for the items that columns() has any of."""
    codes = {code for codes in _ASKED.values() for code in codes}
    return Q(section__scale__code=_IPS, code__in=codes) & (Q(code__in=_IN_PLACE) | Q(measure__isnull=False))


def help_for(item: Item) -> str:
    """Return which time an item's figures are about, and where they are found; empty where none are asked for."""
    return str(_HELP[item.code]) if columns(item) else ""


def per(item: Item) -> Per:
    """Return what is counted apart for an item: its deltakere, or its jobbspesialister."""
    return Per.PARTICIPANT if item.code in _ASKED[Per.PARTICIPANT] else Per.SPECIALIST


def counted_apart(item: Item) -> bool:
    """Return whether an item is counted for each jobbspesialist, team or deltaker by itself. T5 is not: it is the share
    of all contacts, which a mean of shares is not.
    """
    measure = item.parsed_measure()
    return measure is not None and measure.by_part and not _is_t5(item)


def _is_t5(item: Item) -> bool:
    return item.code == "T5" and item.section.scale.code == _IPS


def apart(item: Item, figures: Figures) -> list[dict[str, Decimal]]:
    """Return the parts() of an item that count in place of the whole: none where it is not counted_apart()."""
    return parts(figures) if counted_apart(item) else []


def whole(figures: Figures) -> dict[str, Decimal]:
    """Return the figures of the whole service by name."""
    return {name: value for (name, number), value in figures.items() if number == 0}


def parts(figures: Figures) -> list[dict[str, Decimal]]:
    """Return the figures of each jobbspesialist, team or deltaker by name, in the order of their numbers."""
    found: dict[int, dict[str, Decimal]] = {}
    for (name, number), value in sorted(figures.items(), key=lambda each: each[0][1]):
        if number:
            found.setdefault(number, {})[name] = value
    return list(found.values())


def counted(review: Review, item: Item) -> dict[tuple[str, int], Decimal]:
    """Return what the evaluators counted for an item: one query."""
    rows = review.counts.filter(item=item).order_by().values_list("name", "number", "value")
    return {(name, number): value for name, number, value in rows}


def given(review: Review, item: Item) -> dict[tuple[str, int], Decimal]:
    """Return what the service gave for an item: one query, none where nothing is asked for."""
    if not columns(item):
        return {}
    return {(each.name, each.number): each.value for each in GivenFigure.objects.filter(review=review, item=item)}


def to_take_over(item: Item, figures: Figures) -> dict[tuple[str, int], Decimal]:
    """Return what the evaluators would count if they took over what the service gave for an item, by the names of its
    measure. Of T5 it is the share, in percent, of all contacts of the deltakere asked about; of T12 nothing, which is
    judged.
    """
    measure = item.parsed_measure()
    if measure is None:
        return {}
    if _is_t5(item):
        # Of a deltaker with one number alone nothing can be told.
        rows = [row for row in parts(figures) if len(row) == 2]
        contacts = sum((row["employer_contacts"] for row in rows), Decimal(0))
        fitting = sum((row["fitting_contacts"] for row in rows), Decimal(0))
        if not contacts or fitting > contacts:
            return {}
        # Rounded down: a share just below a threshold of the scale must not reach it.
        return {("percent", 0): (fitting * 100 / contacts).quantize(Decimal("0.001"), ROUND_DOWN)}
    named = {each.key for each in measure.inputs}
    return {key: value for key, value in figures.items() if key[0] in named}

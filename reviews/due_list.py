"""Services by when their next external review is due, out of what is counted ahead (see reviews.summary): the database
finds, counts and slices them, however many there are. One whose summary is stale is taken from the source.
"""

import datetime
import functools
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any, TypeVar

from django.db.models import Count, DateField, Exists, F, Model, OuterRef, Q, QuerySet

from reviews import dates, due
from reviews.models import County, Service, ServiceSummary, StaleSummary
from reviews.prepared import Given, Prepared

SOON = datetime.timedelta(days=90)
"""How long before it is due a service's next review wants planning."""


class State(StrEnum):
    """How near the day is by which a service's next external review is due; never: it has had none."""

    OVERDUE = "overdue"
    SOON = "soon"
    NEVER = "never"
    LATER = "later"


_Row = TypeVar("_Row", bound=Model)

WANT_PLANNING = (State.OVERDUE, State.SOON, State.NEVER)


@dataclass(frozen=True)
class DueDay:
    """A service, the first day of its last external review of practice and the day by which the next is due; both None
    before the first.
    """

    service: Service
    first_day: datetime.date | None
    next_day: datetime.date | None


@dataclass(frozen=True)
class Where:
    """Services by their counties alone, None for the whole country: what is asked of so many counties is the same but
    for which they are, so that it is put into SQL once. Raises ValueError for no county.
    """

    counties: frozenset[int] | None

    def __post_init__(self) -> None:
        if self.counties is not None and not self.counties:
            raise ValueError("no county is asked for")

    @property
    def number(self) -> int:
        """How many counties there are, 0 for the whole country."""
        return len(self.counties or ())

    @property
    def given(self) -> Mapping[str, int]:
        """The counties, as in_given() has their names."""
        return {_county(place): county for place, county in enumerate(sorted(self.counties or ()))}


def in_given(number: int) -> QuerySet[Service]:
    """Return the services of so many counties that are Given, of the whole country for 0."""
    rule = Q()
    for place in range(number):
        rule |= Q(county=Given(_county(place), County._meta.pk))
    return Service.objects.filter(rule)


def _county(place: int) -> str:
    return f"county{place}"


def state_of(next_day: datetime.date | None, today: datetime.date) -> State:
    """Return the state of a service whose next review is due by a day."""
    if next_day is None:
        return State.NEVER
    if next_day < today:
        return State.OVERDUE
    return State.SOON if next_day <= today + SOON else State.LATER


def fresh_summary(stale: Iterable[uuid.UUID]) -> Q:
    """Return the condition for services that are read from the summary; `stale`: those that were found not to be."""
    return Q(summary__isnull=False) & ~Q(pk__in=list(stale))


class DueServices:
    """Some services by when they are due. What is stale is asked for once, before all else."""

    def __init__(self, services: QuerySet[Service], today: datetime.date, where: Where | None = None) -> None:
        """Take services from a query that no rows were asked of; `where` says the same of them, if anything does."""
        self._services, self._today, self._where = services, today, where
        self._rules = _rules(today, today + SOON)

    @cached_property
    def _stale(self) -> dict[State, list[tuple[DueDay, bool]]]:
        """The services that are not to be read from the summary, each with whether its next review is planned."""
        marked = self._services.filter(pk__in=StaleSummary.objects.values("service")).select_related("county")
        planned = Exists(due.coming().filter(service=OuterRef("pk")))
        found: dict[State, list[tuple[DueDay, bool]]] = {state: [] for state in State}
        for row in due.with_last_review(marked).annotate(planned=planned).order_by("name", "county", "pk"):
            last = row.last_last_day
            day = None if last is None else dates.next_due(last, row.interval_months)
            found[state_of(day, self._today)].append((DueDay(row, row.last_first_day, day), row.planned))
        return found

    @property
    def any_stale(self) -> bool:
        """Whether any is not to be read from the summary."""
        return any(self._stale.values())

    def stale(self, state: State) -> list[DueDay]:
        """Return those in a state that are taken from the source, the first due first."""
        rows = [row for row, _planned in self._stale[state]]
        return sorted(rows, key=lambda row: row.next_day or datetime.date.min)

    @property
    def _is_fresh(self) -> Q:
        return fresh_summary(self._stale_keys)

    @property
    def _stale_keys(self) -> list[uuid.UUID]:
        return [row.service.pk for rows in self._stale.values() for row, _planned in rows]

    def _summaries(self) -> QuerySet[ServiceSummary]:
        """Return the summaries that are not stale, of which an index knows all that is counted."""
        fresh = ServiceSummary.objects.exclude(pk__in=self._stale_keys)
        if self._where is not None and self._where.counties is None:
            return fresh
        # A service may have come to another county since it was counted.
        return fresh.filter(service__in=self._services.order_by().values("pk"))

    def fresh(self, state: State) -> QuerySet[Service]:
        """Return those in a state that are taken from the summary, the first due first."""
        return _in_order(self._services.filter(self._is_fresh & self._rules[state]))

    def of(self, state: State) -> QuerySet[Service]:
        """Return the services in a state, to be put in order otherwise."""
        stale = [row.service.pk for row in self.stale(state)]
        return self._services.filter(Q(pk__in=stale) | (self._is_fresh & self._rules[state]))

    def counts(self) -> tuple[dict[State, int], int]:
        """Return how many there are in each state, and how many that want planning have no external review planned."""
        planned = Q(pk__in=due.coming().order_by().values("service"))
        rules = _rules(self._today, self._today + SOON, "")
        wanting = rules[State.OVERDUE] | rules[State.SOON] | rules[State.NEVER]
        asked: dict[str, Any] = {str(state): Count("pk", filter=rule) for state, rule in rules.items()}
        fresh = self._summaries().aggregate(**asked, unplanned=Count("pk", filter=wanting & ~planned))
        counts = {state: fresh[state.value] + len(self._stale[state]) for state in State}
        stale = [planned for state in WANT_PLANNING for _row, planned in self._stale[state]]
        return counts, fresh["unplanned"] + stale.count(False)

    def first(self, number: int, *states: State) -> dict[State, list[DueDay]]:
        """Return the first so many in each of some states: one query."""
        if self._where is None or self.any_stale:
            rows = _days(any_of(self.fresh(state)[:number] for state in states))
        else:
            given = {"today": self._today, "soon": self._today + SOON, **self._where.given}
            rows = _due_days(_first(self._where.number, number, states).rows(**given))
        found = {}
        for state in states:
            fresh = [row for row in rows if state_of(row.next_day, self._today) == state]
            found[state] = _merged(fresh, self.stale(state))[:number]
        return found

    def rows(self, state: State, first: int, last: int) -> list[DueDay]:
        """Return those in a state from one place to another, the first due first: one query for as many rows."""
        stale = self.stale(state)
        # So many of those before may be stale: each fresh row stands at most that much further back.
        before = max(0, first - len(stale))
        fresh = _days(self.fresh(state), before, last)
        return _merged(fresh, stale)[first - before : last - before]


def any_of(slices: Iterable[QuerySet[_Row]]) -> QuerySet[_Row]:
    """Return the rows of several slices of queries, to be put in order. Each is one of its own to the database, which
    would go through all rows to find those of one slice or another.
    """
    first, *others = (
        each.model._default_manager.filter(pk__in=each.values("pk")).order_by().values("pk") for each in slices
    )
    return first.model._default_manager.filter(pk__in=first.union(*others))


def _rules(today: Any, soon: Any, path: str = "summary__") -> dict[State, Q]:
    """Return when a summary, for rows where it stands at a path, is in which state, by two days: so that they can be
    Given.
    """
    day = f"{path}next_due"
    return {
        State.OVERDUE: Q(**{f"{day}__lt": today}),
        State.SOON: Q(**{f"{day}__range": (today, soon)}),
        State.NEVER: Q(**{day: None}),
        State.LATER: Q(**{f"{day}__gt": soon}),
    }


def _in_order(services: QuerySet[Service]) -> QuerySet[Service]:
    return services.order_by("summary__next_due", "name", "county", "pk")


@functools.lru_cache(maxsize=64)
def _first(counties: int, number: int, states: tuple[State, ...]) -> Prepared[Any]:
    """Return what asks for the first so many in each state where none is stale, in so many counties (see Where)."""

    def query() -> QuerySet[Any]:
        rules = _rules(Given("today", DateField()), Given("soon", DateField()))
        fresh = in_given(counties).filter(fresh_summary(()))
        return _with_days(any_of(_in_order(fresh.filter(rules[state]))[:number] for state in states))

    return Prepared(query)


def _with_days(services: QuerySet[Service]) -> QuerySet[Any]:
    """Have fetched when fresh services are due, in their order."""
    with_days: QuerySet[Any] = services.select_related("county").annotate(
        day=F("summary__next_due"), last_first_day=F("summary__last_review__first_day")
    )
    return _in_order(with_days)


def _due_days(rows: Iterable[Any]) -> list[DueDay]:
    return [DueDay(row, row.last_first_day, row.day) for row in rows]


def _days(services: QuerySet[Service], first: int = 0, last: int | None = None) -> list[DueDay]:
    """Return fresh services in their order."""
    return _due_days(_with_days(services)[first:last])


def _merged(fresh: Sequence[DueDay], stale: Sequence[DueDay]) -> list[DueDay]:
    """Return both, each in its order, together: of the same day fresh ones first, since only the database orders names
    as it does.
    """
    return sorted((*fresh, *stale), key=lambda row: row.next_day or datetime.date.min)

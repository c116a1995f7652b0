"""What asks for an adviser's attention: which services are due, and which reviews under way stand still."""

import datetime
import functools
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    DateField,
    DateTimeField,
    Exists,
    F,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
    Window,
    prefetch_related_objects,
)
from django.db.models.functions import Coalesce, NullIf, RowNumber
from django.utils import timezone

from reviews import dates, due, speaking, tasks, workflow
from reviews.among import Among
from reviews.due_list import WANT_PLANNING, DueDay, DueServices, State, Where, in_given
from reviews.models import AuditEvent, FactCheckRespondent, ReportVersion, Review, Seat, Service
from reviews.overview import stuck
from reviews.prepared import Given, Prepared
from reviews.slices import Slices

Status = Review.Status

_URGENT_FIRST = (Case(When(stuck=True, then=F("since"))), "first_day", "service__name", "pk")
"""The order of reviews under way: those that stand still by how long they have, and all by their days."""


class Group(StrEnum):
    """The lists there are."""

    OVERDUE = "overdue"
    SOON = "soon"
    NEVER = "never"
    LATER = "later"
    STUCK = "stuck"
    MOVING = "moving"


SHOWN = frozenset(Group) - {Group.LATER}
"""Those that a page lists."""


@dataclass(frozen=True)
class DueRow:
    """A service with the day by which its next external review is due, and that review where one is planned or under
    way.
    """

    due: DueDay
    coming: Review | None
    days: int | None
    """Days from today to that day; below zero where it has passed, None before the first review."""
    months_over: int = 0
    """Whole months since that day."""

    @property
    def service(self) -> Service:
        """The service."""
        return self.due.service

    @property
    def days_over(self) -> int:
        """How many days ago it was due."""
        return -self.days if self.days is not None and self.days < 0 else 0


@dataclass(frozen=True)
class UnderWay:
    """A review under way: since when it has been in its state, what it waits for, whom to ask, and why it is held to
    stand still, where it does.
    """

    review: Review
    is_again: bool
    """Whether it was handed over once and is issued again."""
    since: datetime.date
    days: int
    waits_for: str
    ask: list[str]
    due: datetime.date | None
    why: list[stuck.Why]


@dataclass(frozen=True)
class Attention:
    """How many services and reviews there are in each group, and `unplanned`: how many services that are overdue, due
    soon or never reviewed have no review planned.

    What was asked for of each group has the most urgent first.
    """

    counts: dict[Group, int]
    unplanned: int
    overdue: Sequence[DueRow] = ()
    soon: Sequence[DueRow] = ()
    never: Sequence[DueRow] = ()
    later: Sequence[DueRow] = ()
    stuck: Sequence[UnderWay] = ()
    moving: Sequence[UnderWay] = ()

    @property
    def under_way(self) -> int:
        """How many reviews are planned or under way."""
        return self.counts[Group.STUCK] + self.counts[Group.MOVING]

    @property
    def services(self) -> int:
        """How many services there are in all."""
        return sum(self.counts[Group(state)] for state in State)


class Groups:
    """The services and their reviews under way, counted and sliced by the database."""

    def __init__(
        self,
        services: QuerySet[Service],
        reviews: QuerySet[Review],
        today: datetime.date,
        where: Where | None = None,
    ) -> None:
        """Take the services that the reader advises, and the reviews that they see of them. `where` says the same of
        the services, if anything does, of which all speaking.counted_reviews() are seen then.
        """
        self._due, self._today, self._where = DueServices(services, today, where), today, where
        self._limits = stuck.limits(today)
        self._open = _stood(_open(services, reviews), self._limits)

    @cached_property
    def _counts(self) -> tuple[dict[Group, int], int]:
        reviews = self._open.order_by().aggregate(open=Count("pk"), still=Count("pk", filter=Q(stuck=True)))
        return self._counts_with({Group.STUCK: reviews["still"], Group.MOVING: reviews["open"] - reviews["still"]})

    def _counts_with(self, reviews: Mapping[Group, int]) -> tuple[dict[Group, int], int]:
        services, unplanned = self._due.counts()
        return {Group(state): number for state, number in services.items()} | dict(reviews), unplanned

    def counted(self) -> Attention:
        """Return how many there are, without the rows: three queries."""
        return Attention(*self._counts)

    def first(self, number: int) -> Attention:
        """Return how many there are, and the first so many of each group but those that are due later: seven
        queries.
        """
        days = self._due.first(number, *WANT_PLANNING)
        coming = self._coming([each for rows in days.values() for each in rows])
        in_all, reviews = self._first_under_way(number)
        found: dict[str, Any] = {state.value: self._due_rows(days[state], coming) for state in WANT_PLANNING}
        found["stuck"] = self._rows(each for each in reviews if each.stuck)
        found["moving"] = self._rows(each for each in reviews if not each.stuck)
        return Attention(*self._counts_with(in_all), **found)

    def all(self) -> Attention:
        """Return all there is, whole."""
        counts, unplanned = self._counts
        return Attention(counts, unplanned, **{group.value: self.listed(group)[:] for group in Group})

    def listed(self, group: Group) -> Slices:
        """Return a group as a list of which a page fetches its own rows."""
        number = self._counts[0][group]
        if group in (Group.STUCK, Group.MOVING):
            reviews = _told(_of(self._open, group)).prefetch_related(_respondents())
            return Slices(number, lambda first, last: self._rows(reviews[first:last]))

        def rows(first: int, last: int) -> list[DueRow]:
            days = self._due.rows(State(group.value), first, last)
            return self._due_rows(days, self._coming(days))

        return Slices(number, rows)

    def _first_under_way(self, number: int) -> tuple[dict[Group, int], list[Any]]:
        """Return how many reviews stand still and do not, and the first so many of each: three queries."""
        if self._where is None:
            keys = list(_first_of(self._open, number))
        else:
            keys = _first_given(self._where.number, number).rows(**self._limits, **self._where.given)
        in_all = {Group.STUCK: 0, Group.MOVING: 0}
        in_all |= {Group.STUCK if is_stuck else Group.MOVING: counted for _key, is_stuck, counted in keys}
        reviews = _of_keys.rows(reviews=[key for key, _is_stuck, _counted in keys], **self._limits)
        prefetch_related_objects(reviews, _respondents())
        return in_all, reviews

    def _coming(self, days: Iterable[DueDay]) -> dict[uuid.UUID, Review]:
        """Return the next external review of each service that has one planned or under way."""
        found = due.coming().filter(service__in=[each.service.pk for each in days])
        coming: dict[uuid.UUID, Review] = {}
        for review in found.order_by("first_day", "pk"):
            coming.setdefault(review.service_id, review)
        return coming

    def _due_rows(self, days: Iterable[DueDay], coming: dict[uuid.UUID, Review]) -> list[DueRow]:
        return [_due_row(each, coming.get(each.service.pk), self._today) for each in days]

    def _rows(self, reviews: Iterable[Any]) -> list[UnderWay]:
        return [_standing_of(each, self._today) for each in reviews]


def _due_row(row: DueDay, coming: Review | None, today: datetime.date) -> DueRow:
    if row.next_day is None:
        return DueRow(row, coming, None)
    months_over = dates.whole_months(row.next_day, today) if row.next_day < today else 0
    return DueRow(row, coming, (row.next_day - today).days, months_over)


def _since() -> Case:
    """Return when a review came to its state. One that was sent back or is issued again came to consensus a second
    time, of which its columns do not tell.
    """
    moves = AuditEvent.objects.filter(review=OuterRef("pk"), action=AuditEvent.Action.MOVED)
    moved_at = Subquery(moves.order_by("-at").values("at")[:1], output_field=DateTimeField())
    return Case(
        When(status=Status.SCORING, scoring_at__isnull=False, then=F("scoring_at")),
        When(status=Status.CONSENSUS, then=Coalesce(moved_at, F("consensus_at"))),
        When(status=Status.FACT_CHECK, then=F("fact_check_at")),
        default=F("created_at"),
        output_field=DateTimeField(),
    )


def _open(services: QuerySet[Service], reviews: QuerySet[Review]) -> QuerySet[Review]:
    return reviews.filter(service__in=services.order_by().values("pk"), status__in=Review.OPEN)


def _stood(reviews: QuerySet[Review], limits: Mapping[str, Any]) -> QuerySet[Any]:
    return stuck.with_reasons_by(reviews.annotate(since=_since()), limits)


def _of(reviews: QuerySet[Any], group: Group) -> QuerySet[Any]:
    return reviews.filter(stuck=group == Group.STUCK).order_by(*_URGENT_FIRST)


def _first_of(reviews: QuerySet[Any], number: int) -> QuerySet[Any, tuple[uuid.UUID, bool, int]]:
    """Return the keys of the first so many that stand still and that do not, with whether they do, and how many of
    their kind there are. All open ones are gone through for that, so once.
    """
    placed = reviews.order_by().annotate(
        place=Window(RowNumber(), partition_by="stuck", order_by=_URGENT_FIRST),
        in_all=Window(Count("*"), partition_by="stuck"),
    )
    keys: QuerySet[Any, tuple[uuid.UUID, bool, int]] = placed.filter(place__lte=number).values_list(
        "pk", "stuck", "in_all"
    )
    return keys


_LIMITS = {
    "today": Given("today", DateField()),
    "visited": Given("visited", DateField()),
    "agreeing": Given("agreeing", DateTimeField()),
}


@functools.lru_cache(maxsize=64)
def _first_given(counties: int, number: int) -> Prepared[tuple[uuid.UUID, bool, int]]:
    """Return what asks for the same in so many counties (see Where), by limits that are given."""
    return Prepared(lambda: _first_of(_stood(_open(in_given(counties), speaking.counted_reviews()), _LIMITS), number))


_of_keys: Prepared[Any] = Prepared(
    lambda: _told(_stood(Review.objects.filter(Among("pk", "reviews")), _LIMITS).order_by(*_URGENT_FIRST))
)


def _respondents() -> "Prefetch[Any]":
    return Prefetch("respondents", queryset=FactCheckRespondent.objects.select_related("user"))


def _told(reviews: QuerySet[Any]) -> QuerySet[Any]:
    """Have fetched what is told of reviews."""
    leads = Seat.objects.filter(review=OuterRef("pk"), removed_at=None, is_lead=True, user__isnull=False)
    shown = Coalesce(NullIf("user__name", Value("")), "user__email", output_field=CharField())
    told: QuerySet[Any] = reviews.select_related("service__county").annotate(
        is_again=Exists(ReportVersion.objects.filter(review=OuterRef("pk"))),
        lead=Subquery(leads.values(shown=shown)[:1]),
    )
    return told


def _standing_of(review: Any, today: datetime.date) -> UnderWay:
    now = tasks.Situation(
        status=review.status,
        first_day=review.first_day,
        last_day=review.last_day,
        report_due=review.report_due,
        fact_check_due=review.fact_check_due,
        is_self=review.is_self,
        fact_check_over=review.status == Status.FACT_CHECK and workflow.fact_check_is_over(review),
    )
    since = timezone.localdate(review.since)
    return UnderWay(
        review=review,
        is_again=review.is_again,
        since=since,
        days=(today - since).days,
        waits_for=tasks.waits_for(now),
        ask=list(dict.fromkeys(_whom_to_ask(review, now, review.lead))),
        due=now.due,
        why=stuck.why(review),
    )


def _whom_to_ask(review: Review, now: tasks.Situation, lead: str | None) -> Iterable[str]:
    """Give the names of those on whom it depends: who has not answered the fact check, otherwise the lead."""
    if review.status == Status.FACT_CHECK and not now.fact_check_over:
        silent = [each.user for each in review.respondents.all() if each.answered_at is None and each.user is not None]
        if silent:
            return [str(user) for user in silent]
    return [lead] if lead else []

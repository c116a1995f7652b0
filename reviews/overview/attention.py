"""What asks for an adviser's attention: which services are due, and which reviews under way stand still."""

import datetime
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import CharField, DateTimeField, OuterRef, Prefetch, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils import timezone

from reviews import dates, due, tasks, workflow
from reviews.due import Due
from reviews.models import AuditEvent, FactCheckRespondent, ReportVersion, Review, Seat, Service
from reviews.overview import stuck

SOON = datetime.timedelta(days=90)
"""How long before it is due a service's next review wants planning."""

Status = Review.Status


@dataclass(frozen=True)
class DueRow:
    """A service with the day by which its next external review is due, and that review where one is planned or under
    way.
    """

    due: Due
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
    """The services that are due and the reviews under way, each list with the most urgent first."""

    overdue: list[DueRow]
    soon: list[DueRow]
    never: list[DueRow]
    later: list[DueRow]
    stuck: list[UnderWay]
    moving: list[UnderWay]

    @property
    def under_way(self) -> int:
        """How many reviews are planned or under way."""
        return len(self.stuck) + len(self.moving)

    @property
    def unplanned(self) -> int:
        """How many services that are overdue, due soon or never reviewed have no review planned."""
        return sum(row.coming is None for row in (*self.overdue, *self.soon, *self.never))

    @property
    def services(self) -> int:
        """How many services there are in all."""
        return sum(len(rows) for rows in (self.overdue, self.soon, self.never, self.later))


def attention(services: QuerySet[Service], reviews: QuerySet[Review], today: datetime.date) -> Attention:
    """Return what asks for attention among the services, and the reviews of them under way: of those that the reader
    may see.
    """
    rows = due.of(services.order_by("name", "county", "pk"))
    under_way = _under_way(reviews.filter(service__in=services.values("pk")), today)
    coming: dict[uuid.UUID, Review] = {}
    for each in under_way:
        if each.review.is_external and not each.review.from_plans and not each.is_again:
            coming.setdefault(each.review.service_id, each.review)
    found = [_due_row(row, coming.get(row.service.pk), today) for row in rows]
    known = sorted((row for row in found if row.days is not None), key=lambda row: row.days or 0)
    return Attention(
        overdue=[row for row in known if row.due.is_overdue(today)],
        soon=[row for row in known if not row.due.is_overdue(today) and row.days is not None and row.days <= SOON.days],
        never=[row for row in found if row.days is None],
        later=[row for row in known if row.days is not None and row.days > SOON.days],
        stuck=sorted((each for each in under_way if each.why), key=lambda each: -each.days),
        moving=[each for each in under_way if not each.why],
    )


def _due_row(row: Due, coming: Review | None, today: datetime.date) -> DueRow:
    if row.next_day is None:
        return DueRow(row, coming, None)
    months_over = dates.whole_months(row.next_day, today) if row.is_overdue(today) else 0
    return DueRow(row, coming, (row.next_day - today).days, months_over)


def _under_way(reviews: QuerySet[Review], today: datetime.date) -> list[UnderWay]:
    """Return the open ones of the reviews, by their first visit day: two queries."""
    leads = Seat.objects.filter(review=OuterRef("pk"), removed_at=None, is_lead=True, user__isnull=False)
    moves = AuditEvent.objects.filter(review=OuterRef("pk"), action=AuditEvent.Action.MOVED)
    found = (
        reviews.exclude(status__in=[Status.FINAL, Status.CANCELLED])
        .select_related("service__county")
        .annotate(
            number=Coalesce(_newest().values("number")[:1], 0),
            lead=Subquery(
                leads.values(shown=Coalesce(NullIf("user__name", Value("")), "user__email", output_field=CharField()))[
                    :1
                ]
            ),
            moved_at=Subquery(moves.order_by("-at").values("at")[:1], output_field=DateTimeField()),
        )
        .prefetch_related(Prefetch("respondents", queryset=FactCheckRespondent.objects.select_related("user")))
        .order_by("first_day", "service__name", "pk")
    )
    return [_standing_of(each, each.number > 0, each.moved_at, each.lead, today) for each in found]


def _newest() -> QuerySet[ReportVersion]:
    return ReportVersion.objects.filter(review=OuterRef("pk")).order_by("-number")


def _standing_of(
    review: Review, is_again: bool, moved_at: datetime.datetime | None, lead: str | None, today: datetime.date
) -> UnderWay:
    now = tasks.Situation(
        status=review.status,
        first_day=review.first_day,
        last_day=review.last_day,
        report_due=review.report_due,
        fact_check_due=review.fact_check_due,
        is_self=review.is_self,
        fact_check_over=review.status == Status.FACT_CHECK and workflow.fact_check_is_over(review),
    )
    since = timezone.localdate(_since(review, moved_at))
    return UnderWay(
        review=review,
        is_again=is_again,
        since=since,
        days=(today - since).days,
        waits_for=tasks.waits_for(now),
        ask=list(dict.fromkeys(_whom_to_ask(review, now, lead))),
        due=now.due,
        why=stuck.why(now, since, today),
    )


def _since(review: Review, moved_at: datetime.datetime | None) -> datetime.datetime:
    """Return when the review came to its state. One that was sent back or is issued again came to consensus a second
    time, of which its columns do not tell.
    """
    columns = {
        Status.PLANNED: review.created_at,
        Status.SCORING: review.scoring_at,
        Status.CONSENSUS: review.consensus_at,
        Status.FACT_CHECK: review.fact_check_at,
    }
    first = columns[Status(review.status)] or review.created_at
    return moved_at if review.status == Status.CONSENSUS and moved_at is not None else first


def _whom_to_ask(review: Review, now: tasks.Situation, lead: str | None) -> Iterable[str]:
    """Give the names of those on whom it depends: who has not answered the fact check, otherwise the lead."""
    if review.status == Status.FACT_CHECK and not now.fact_check_over:
        silent = [each.user for each in review.respondents.all() if each.answered_at is None and each.user is not None]
        if silent:
            return [str(user) for user in silent]
    return [lead] if lead else []

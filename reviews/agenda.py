"""What a year holds for one person: visits, days by which something is due, and what has no day yet but should.

How it is set out in months is plain values; the rest is fetched in a fixed number of queries, however many services.
"""

import datetime
import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from reviews import access, checklist
from reviews.access import Standing
from reviews.due import Due
from reviews.models import ActionPoint, Doer, ReportVersion, Review, ReviewStep, Seat, Service, User

Status = Review.Status


MANY = 60
"""With more entries a year is so long that its months are folded."""


class What(models.TextChoices):
    """What can stand in a calendar."""

    VISIT = "visit", _("Visits")
    REPORT = "report", _("Promised reports")
    FACT_CHECK = "fact_check", _("Last days of fact checks")
    DUE = "due", _("Due, and none planned")
    HINT = "hint", _("A new look recommended")
    STEP = "step", _("Steps of checklists")
    ACTION = "action", _("Deadlines of improvement points")


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

    @property
    def order(self) -> tuple[datetime.date, int, str, str]:
        """What entries are sorted by: the day, what it is, and the service's name."""
        return self.day, list(What).index(self.what), self.service.name, str(self.service.pk)


@dataclass(frozen=True)
class Month:
    """A month by its first day, with its entries before today and from today on. `is_now`: today is in it; `is_folded`:
    only the counts stand open.
    """

    first: datetime.date
    past: tuple[Entry, ...]
    coming: tuple[Entry, ...]
    is_now: bool
    is_folded: bool = False

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All of its entries."""
        return self.past + self.coming

    @property
    def counts(self) -> "list[Row]":
        """How often each thing stands in the month."""
        return counted([self])

    @property
    def late(self) -> int:
        """Of how many entries the day has passed with something left to do."""
        return sum(entry.is_late for entry in self.entries)


@dataclass(frozen=True)
class Row:
    """How often something stands in each month, and in the whole year."""

    what: What
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        """How often in the year."""
        return sum(self.counts)


def in_months(year: int, entries: Iterable[Entry], today: datetime.date) -> list[Month]:
    """Return the twelve months of a year, each with its entries in order. Each entry has its day in the year. Of a year
    with MANY entries all months but the one that is now are folded.
    """
    found: list[list[Entry]] = [[] for _month in range(12)]
    for entry in sorted(entries, key=lambda each: each.order):
        found[entry.day.month - 1].append(entry)
    is_long = sum(map(len, found)) > MANY
    return [
        Month(
            datetime.date(year, number, 1),
            tuple(each for each in of_month if each.day < today),
            tuple(each for each in of_month if each.day >= today),
            is_now=(is_now := (today.year, today.month) == (year, number)),
            is_folded=is_long and not is_now,
        )
        for number, of_month in enumerate(found, start=1)
    ]


def counted(months: Iterable[Month]) -> list[Row]:
    """Return how often each thing stands in each month; what stands in none is left out."""
    kinds = [[entry.what for entry in month.entries] for month in months]
    rows = [Row(what, tuple(of_month.count(what) for of_month in kinds)) for what in What]
    return [row for row in rows if row.total]


def unplanned(rows: Iterable[Due], year: int, today: datetime.date) -> list[Due]:
    """Return those whose next external review is due in a year and neither planned nor under way, the first due first;
    in the year that is now and those to come, those that are due in an earlier one too, whose visit is still to be
    made.
    """
    found = [
        row
        for row in rows
        if row.next_day
        and not row.is_planned
        and (row.next_day.year == year or (year >= today.year and row.next_day.year < year))
    ]
    return sorted(found, key=lambda row: (row.next_day or today, row.service.name, str(row.service.pk)))


def entries(
    user: User, who: Standing, rows: Collection[Due], year: int, today: datetime.date, *, all_steps: bool
) -> list[Entry]:
    """Return what a year holds of the services in `rows`, as far as the person sees it: three queries. `all_steps`: the
    steps of others too, of the checklists that the person sees; otherwise their own.
    """
    services = {row.service.pk: row.service for row in rows}
    visible = access.visible_reviews(user, who).filter(service__in=services)
    reviews = list(
        visible.exclude(status=Status.CANCELLED)
        .filter(
            Q(first_day__year__lte=year, last_day__year__gte=year)
            | Q(report_due__year=year)
            | Q(fact_check_due__year=year)
        )
        .annotate(handed_over=Exists(ReportVersion.objects.filter(review=OuterRef("pk"))))
        .select_related("service__county")
    )
    found = [
        *_of_reviews(reviews, year, today),
        *_of_services(rows, who, today),
        *_of_checklists(user, who, services, year, today, all_steps=all_steps),
        *_of_plans(user, who, services, year, today),
    ]
    return [entry for entry in found if entry.day.year == year]


def _of_reviews(reviews: Iterable[Review], year: int, today: datetime.date) -> Iterator[Entry]:
    for review in reviews:
        if review.first_day.year <= year <= review.last_day.year:
            # A visit over the turn of the year stands on the first day of it in each.
            day = max(review.first_day, datetime.date(year, 1, 1))
            late = review.status == Status.PLANNED and review.first_day < today
            yield Entry(day, What.VISIT, review.service, review, is_late=late)
        if review.report_due and review.is_open and not review.handed_over:  # type: ignore[attr-defined]  # annotated
            late = review.report_due < today
            yield Entry(review.report_due, What.REPORT, review.service, review, is_late=late)
        if review.fact_check_due and review.status == Status.FACT_CHECK:
            late = review.fact_check_due < today
            yield Entry(review.fact_check_due, What.FACT_CHECK, review.service, review, is_late=late)


def _of_services(rows: Iterable[Due], who: Standing, today: datetime.date) -> Iterator[Entry]:
    """Give the days for which nothing is planned: a review that is planned stands on days of its own."""
    for row in rows:
        plans = bool(access.plannable_kinds(row.service, who))
        if row.next_day and not row.is_planned:
            yield Entry(row.next_day, What.DUE, row.service, is_late=row.next_day < today, may_plan=plans)
        if hint := row.hint_day:
            yield Entry(hint, What.HINT, row.service, is_late=hint < today, may_plan=row.service.pk in who.supervises)


def _of_checklists(
    user: User,
    who: Standing,
    services: Mapping[uuid.UUID, Service],
    year: int,
    today: datetime.date,
    *,
    all_steps: bool,
) -> Iterator[Entry]:
    """Give the steps that are still to be done: the person's own, or all those they see."""
    leads = Seat.objects.filter(review=OuterRef("review"), user=user, removed_at=None, is_lead=True)
    steps = (
        ReviewStep.objects.filter(
            checklist.left(today, since=datetime.date(year, 1, 1), until=datetime.date(year, 12, 31)),
            review__service__in=services,
            review__in=access.reviews_with_checklist(user, who),
        )
        .annotate(leads=Exists(leads))
        .select_related("review__service__county")
    )
    for step in steps:
        service = step.review.service
        is_own = {
            Doer.LEAD: step.leads,
            Doer.METHOD_SUPERVISOR: service.pk in who.supervises,
            Doer.ADVISER: who.advises(service),
        }[Doer(step.doer)]
        handed_over = checklist.is_handed_over(step.review)
        waits = checklist.waits(step.doer, step.day, step.review.last_day, handed_over=handed_over)
        lapsed = checklist.has_lapsed(step.day, today, handed_over=handed_over)
        if waits and not lapsed and (all_steps or is_own):
            yield Entry(step.day, What.STEP, service, step.review, step, is_late=step.day < today)


def _of_plans(
    user: User, who: Standing, services: Mapping[uuid.UUID, Service], year: int, today: datetime.date
) -> Iterator[Entry]:
    """Give the deadlines of the improvement points with which something is still to be done."""
    points = access.visible_actions(user, who).filter(
        service__in=services, status__in=ActionPoint.OPEN, deadline__year=year
    )
    for point in points.select_related("service__county", "item"):
        if point.deadline:
            yield Entry(point.deadline, What.ACTION, point.service, action=point, is_late=point.deadline < today)

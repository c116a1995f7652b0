"""Who is reminded of what, and on which days.

The rule is a function on plain values; the rest takes these from the database, in a fixed number of queries.
"""

import datetime
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Prefetch, Q
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from reviews import checklist, due, erasures, given
from reviews.models import (
    ActionPoint,
    Doer,
    Erasure,
    MutedReminder,
    Reminder,
    ReminderKind,
    Review,
    ReviewStep,
    Role,
    Seat,
    Service,
    User,
)

Kind = ReminderKind
Status = Review.Status


@dataclass(frozen=True)
class Window:
    """The days on which a reminder can go, counted back from the day it is about, and below zero after it: the first
    run from `opens` days before sends it, and one that was missed is caught up until `closes`.
    """

    opens: int
    closes: int


WINDOWS = {
    Kind.REVIEW_DUE: Window(60, 46),
    Kind.REVIEW_OVERDUE: Window(-1, -15),
    Kind.SELF_REVIEW: Window(14, 0),
    Kind.VISIT: Window(7, 1),
    Kind.FIGURES: Window(10, 1),
    Kind.STEP: Window(3, -4),
    Kind.REPORT: Window(7, 0),
    Kind.ACTION: Window(14, 0),
    Kind.ERASURE: Window(14, 0),
}


NOTICES = frozenset({Kind.ERASURE})
"""What nobody can choose not to be told."""


def when(kind: str) -> str:
    """Say how long before its day a reminder of a kind goes."""
    days = WINDOWS[Kind(kind)].opens
    if days < 0:
        return gettext("the day after")
    return ngettext("%(days)d day before", "%(days)d days before", days) % {"days": days}


@dataclass(frozen=True)
class Matter:
    """Something with a day, and those who are reminded of it: their ids. `about` is the id of what it is, `page` the
    name of the address where it is seen to, of the review or the service with the id `key`.
    """

    kind: str
    about: str
    day: datetime.date
    service: str
    page: str
    key: uuid.UUID
    people: frozenset[uuid.UUID]


Told = tuple[uuid.UUID, str, str, datetime.date]
"""A reminder as it is kept: whose, of which kind, about what, for which day."""


def is_due(kind: str, day: datetime.date, today: datetime.date) -> bool:
    """Whether a reminder of a kind about a day goes today."""
    window = WINDOWS[Kind(kind)]
    return window.closes <= (day - today).days <= window.opens


def due_on(
    today: datetime.date,
    matters: Iterable[Matter],
    *,
    unwanted: Collection[tuple[uuid.UUID, str]] = frozenset(),
    told: Collection[Told] = frozenset(),
) -> dict[uuid.UUID, list[Matter]]:
    """Return what each person is to be reminded of on a day, by the person's id, what comes first of it first: what is
    due, is not `unwanted` (the person and the kind) or is a notice, and was not `told` before.
    """
    found: dict[uuid.UUID, list[Matter]] = defaultdict(list)
    for matter in matters:
        if not is_due(matter.kind, matter.day, today):
            continue
        for person in matter.people:
            known = (person, matter.kind, matter.about, matter.day)
            refused = matter.kind not in NOTICES and (person, matter.kind) in unwanted
            if not refused and known not in told:
                found[person].append(matter)
    return {person: sorted(each, key=_order) for person, each in found.items()}


def _order(matter: Matter) -> tuple[datetime.date, str, str, str]:
    return matter.day, matter.service, matter.kind, matter.about


# From the database


def waiting(today: datetime.date) -> dict[User, list[Matter]]:
    """Return what each person is to be reminded of today: a fixed number of queries. Whoever has an account that is not
    in use is reminded of nothing, nor is anybody as what they no longer are.
    """
    oldest = min(window.closes for window in WINDOWS.values())
    reminders = Reminder.objects.filter(day__gte=today + datetime.timedelta(days=oldest))
    found = due_on(
        today,
        _matters(today),
        unwanted=set(MutedReminder.objects.order_by().values_list("user", "kind")),
        told=set(reminders.order_by().values_list("user", "kind", "about", "day")),
    )
    people = User.objects.filter(pk__in=found, is_active=True).order_by("pk")
    return {person: found[person.pk] for person in people}


@dataclass(frozen=True)
class _Roles:
    """Who is what today: ids of metodeveiledere by service, and of advisers by county, None for the whole country."""

    method_supervisors: dict[uuid.UUID, set[uuid.UUID]] = field(default_factory=lambda: defaultdict(set))
    advisers: dict[int | None, set[uuid.UUID]] = field(default_factory=lambda: defaultdict(set))

    def supervising(self, service: Service) -> frozenset[uuid.UUID]:
        return frozenset(self.method_supervisors.get(service.pk, ()))

    def advising(self, service: Service) -> frozenset[uuid.UUID]:
        return frozenset(self.advisers.get(service.county_id, set()) | self.advisers.get(None, set()))


def _roles(today: datetime.date) -> _Roles:
    found = _Roles()
    for role in Role.objects.current(today):
        if role.kind == Role.Kind.METHOD_SUPERVISOR and role.service_id:
            found.method_supervisors[role.service_id].add(role.user_id)
        elif role.kind == Role.Kind.ADVISER:
            found.advisers[role.county_id].add(role.user_id)
    return found


def _matters(today: datetime.date) -> Iterator[Matter]:
    roles = _roles(today)
    yield from _of_services(roles)
    yield from _of_reviews(roles, today)
    yield from _of_steps(roles, today)
    yield from _of_actions(roles, today)
    yield from _of_erasures(today)


def _of_services(roles: _Roles) -> Iterator[Matter]:
    # The metodeveileder sees all of a service's reviews, and alone is told what the scale recommends.
    for each in due.in_turn(Service.objects.all(), Review.objects.all()):
        service = each.service
        about: dict[str, Any] = {
            "about": str(service.pk),
            "service": service.name,
            "page": "reviews:service",
            "key": service.pk,
        }
        if each.next_day is not None and not each.is_planned:
            both = roles.supervising(service) | roles.advising(service)
            for kind in (Kind.REVIEW_DUE, Kind.REVIEW_OVERDUE):
                yield Matter(kind, day=each.next_day, people=both, **about)
        if each.hint_day is not None:
            yield Matter(Kind.SELF_REVIEW, day=each.hint_day, people=roles.supervising(service), **about)


def _of_reviews(roles: _Roles, today: datetime.date) -> Iterator[Matter]:
    open_ones = Review.objects.filter(kind=Review.Kind.EXTERNAL).exclude(status__in=[Status.FINAL, Status.CANCELLED])
    near = Q(first_day__gt=today, first_day__lte=today + _ahead(Kind.VISIT, Kind.FIGURES))
    promised = Q(report_due__gte=today, report_due__lte=today + _ahead(Kind.REPORT))
    seats = Prefetch("seats", queryset=Seat.objects.filter(removed_at=None, user__isnull=False).order_by("number"))
    for review in (
        given.with_progress(open_ones.filter(near | promised)).select_related("service").prefetch_related(seats)
    ):
        supervising = roles.supervising(review.service)
        about: dict[str, Any] = {"about": str(review.pk), "service": review.service.name, "key": review.pk}
        if review.status in (Status.PLANNED, Status.SCORING):
            seated = frozenset(_user(seat) for seat in review.seats.all() if _was_told(seat, today))
            yield Matter(Kind.VISIT, day=review.first_day, page="reviews:review", people=seated | supervising, **about)
            if given.progress_of(review).left > 0:
                yield Matter(Kind.FIGURES, day=review.first_day, page="reviews:figures", people=supervising, **about)
        # One that is issued again was handed over.
        if review.report_due is not None and not review.reissue_reason:
            yield Matter(Kind.REPORT, day=review.report_due, page="reviews:review", people=_lead(review), **about)


def _of_steps(roles: _Roles, today: datetime.date) -> Iterator[Matter]:
    ahead, behind = today + _ahead(Kind.STEP), today + datetime.timedelta(days=WINDOWS[Kind.STEP].closes)
    steps = ReviewStep.objects.filter(checklist.left(today, since=behind, until=ahead))
    seats = Prefetch("review__seats", queryset=Seat.objects.filter(removed_at=None, user__isnull=False))
    for step in steps.select_related("review__service").prefetch_related(seats):
        review = step.review
        handed_over = checklist.is_handed_over(review)
        if not checklist.waits(step.doer, step.day, review.last_day, handed_over=handed_over):
            continue
        people = {
            Doer.LEAD: _lead(review),
            Doer.METHOD_SUPERVISOR: roles.supervising(review.service),
            Doer.ADVISER: roles.advising(review.service),
        }[Doer(step.doer)]
        yield Matter(Kind.STEP, str(step.pk), step.day, review.service.name, "reviews:checklist", review.pk, people)


def _of_actions(roles: _Roles, today: datetime.date) -> Iterator[Matter]:
    near = (today, today + _ahead(Kind.ACTION))
    points = ActionPoint.objects.filter(status__in=ActionPoint.OPEN, deadline__range=near)
    for point in points.select_related("service").order_by("pk"):
        if point.deadline is not None:
            people = roles.supervising(point.service)
            name = point.service.name
            yield Matter(
                Kind.ACTION, str(point.pk), point.deadline, name, "reviews:action_plan", point.service_id, people
            )


def _of_erasures(today: datetime.date) -> Iterator[Matter]:
    near = (today, today + _ahead(Kind.ERASURE))
    seats = Prefetch("review__seats", queryset=Seat.objects.filter(removed_at=None, user__isnull=False))
    announced = Erasure.objects.filter(erased_at=None, due__range=near, review__status__in=erasures.CLOSED)
    for erasure in announced.select_related("review__service").prefetch_related(seats).order_by("pk"):
        review = erasure.review
        if erasures.holds(erasure):
            people = frozenset(_user(seat) for seat in review.seats.all())
            name = review.service.name
            yield Matter(Kind.ERASURE, str(review.pk), erasure.due, name, "reviews:review", review.pk, people)


def _ahead(*kinds: ReminderKind) -> datetime.timedelta:
    return datetime.timedelta(days=max(WINDOWS[kind].opens for kind in kinds))


def _was_told(seat: Seat, today: datetime.date) -> bool:
    """Whether the letter about the seat has gone, before today: nobody gets two letters of a visit on one day."""
    return seat.told_at is not None and timezone.localdate(seat.told_at) < today


def _lead(review: Review) -> frozenset[uuid.UUID]:
    """Return who leads a review whose taken seats are fetched: at most one."""
    return frozenset(_user(seat) for seat in review.seats.all() if seat.is_lead)


def _user(seat: Seat) -> uuid.UUID:
    if seat.user_id is None:
        raise ValueError("Nobody sits there.")
    return seat.user_id

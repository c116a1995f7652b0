"""Planning a review, beginning it and calling it off."""

import datetime
import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone
from django.utils.translation import gettext as _

from reviews import audit, dates
from reviews.models import Review, ReviewScale, Seat, Service, TreatmentTeam, User
from reviews.workflow.base import Action, Refused, Status, lock, merged, move, reason_given, require
from reviews.workflow.preparing import prepare
from reviews.workflow.seats import Who, known, seat_person
from scales.models import Scale

NEARLY = 30
"""How many days may lie between two visits that are nearly at the same time."""


@dataclass(frozen=True)
class Plan:
    """What is decided before a review starts. The first evaluator leads; those without an account go by e-mail."""

    service: Service
    kind: str
    basis: str
    first_day: datetime.date
    last_day: datetime.date
    scales: Iterable[Scale]
    evaluators: Iterable[Who]
    observers: Iterable[Who] = ()
    teams: Iterable[TreatmentTeam] = ()
    language: str = User.Language.BOKMAL
    recipients: str = ""
    participants: str = ""
    independence: str = ""
    report_due: datetime.date | None = None

    def columns(self) -> dict[str, Any]:
        """Return the columns of Review that the plan decides, but the service."""
        return {
            "kind": self.kind,
            "basis": self.basis,
            "first_day": self.first_day,
            "last_day": self.last_day,
            "language": self.language,
            "recipients": self.recipients,
            "participants": self.participants,
            "independence": self.independence,
            "report_due": self.report_due,
        }


class SameVisit(Refused):
    """Other external reviews of the service have nearly the same days, and not all are known to be other visits.

    `found` are all of those reviews; whether the person sees them is for others to say.
    """

    def __init__(self, found: Collection[Review]) -> None:
        """Take the reviews."""
        super().__init__(
            _(
                "Another external review of the service is planned or under way at nearly the same time. If this is "
                "another visit, send the plan once more."
            ),
            field="first_day",
        )
        self.found = list(found)


def _coinciding(
    service: Service, first_day: datetime.date, last_day: datetime.date, *, but: Review | None = None
) -> list[Review]:
    """Return the service's other external reviews that are not handed over, and whose days are the same as these or
    nearly so: most likely the same visit, planned twice. One query.
    """
    found = service.reviews.filter(kind=Review.Kind.EXTERNAL, versions=None).exclude(status=Status.CANCELLED)
    days = (first_day, last_day)
    return [
        each
        for each in found.order_by("first_day", "pk")
        if each != but and dates.days_between(days, (each.first_day, each.last_day)) <= NEARLY
    ]


def _hold_apart(
    service: Service,
    first_day: datetime.date,
    last_day: datetime.date,
    beside: Collection[uuid.UUID],
    *,
    but: Review | None = None,
) -> None:
    """Raise SameVisit where others than those `beside` have nearly these days. Locks the service's row: of two who plan
    at once, the second finds what the first has planned.
    """
    Service.objects.select_for_update(of=("self",)).get(pk=service.pk)
    found = _coinciding(service, first_day, last_day, but=but)
    if any(each.pk not in beside for each in found):
        raise SameVisit(found)


@transaction.atomic
def plan(actor: User | None, plan: Plan, *, beside: Collection[uuid.UUID] = ()) -> Review:
    """Make a planned review with its seats, invitations and pinned editions; an external one with its checklist. Raises
    Refused without an evaluator or without a scale, and SameVisit where an external one coincides with others than
    those with the ids `beside`, which are known to be other visits.
    """
    if plan.kind == Review.Kind.EXTERNAL:
        _hold_apart(plan.service, plan.first_day, plan.last_day, beside)
    review = Review.objects.create(service=plan.service, created_by=actor, **plan.columns())
    _settle(review, actor, plan)
    if review.is_external:
        prepare(review)
    audit.record(actor, Action.CREATED, review=review, target=review)
    return review


@transaction.atomic
def change_plan(
    review: Review,
    actor: User,
    plan: Plan,
    seen: Mapping[str, str] | None = None,
    *,
    beside: Collection[uuid.UUID] = (),
) -> Review:
    """Change a review that has not begun; its service stays. Who keeps a seat is not invited again.

    `seen` are the stamps of the plan's columns as the page showed them (see merging). Raises Overtaken where somebody
    else has changed the same in the meantime: texts of the plan can be written on another page too. Raises SameVisit as
    plan() does, where the days are others than before.
    """
    review = lock(review)
    require(review, Status.PLANNED)
    columns = plan.columns()
    changed = merged({name: getattr(review, name) for name in columns}, columns, seen)
    for name, value in changed.items():
        setattr(review, name, value)
    if review.is_external and {"first_day", "last_day"} & changed.keys():
        _hold_apart(review.service, review.first_day, review.last_day, beside, but=review)
    review.save(update_fields=list(changed))
    _settle(review, actor, plan)
    audit.record(actor, Action.CHANGED, review=review, target=review, fields=["plan"])
    return review


def _settle(review: Review, actor: User | None, plan: Plan) -> None:
    """Pin the editions, name the teams and seat the people of a plan."""
    scales, evaluators, observers = list(plan.scales), list(plan.evaluators), list(plan.observers)
    if not evaluators:
        raise Refused(_("A review needs at least one evaluator."), field="lead")
    if not scales:
        raise Refused(_("A review needs at least one scale."), field="scales")
    if plan.kind == Review.Kind.SELF and observers:
        raise Refused(_("A self-review has no observers: everyone takes part."), field="observer")
    review.teams.set(plan.teams)
    review.pins.exclude(scale__in=scales).delete()
    pinned = set(review.pins.values_list("scale", flat=True))
    ReviewScale.objects.bulk_create(
        ReviewScale(review=review, scale=scale) for scale in scales if scale.pk not in pinned
    )
    _seat(review, actor, evaluators, observers)


def _seat(review: Review, actor: User | None, evaluators: list[Who], observers: list[Who]) -> None:
    """Seat the people of a plan in their order; those who sit there already keep their seat and its letter."""
    wanted = [known(who) for who in (*evaluators, *observers)]
    if len(set(wanted)) < len(wanted):
        raise Refused(_("The same person is named for two seats."))
    present = review.seats.filter(removed_at=None)
    held: dict[Who, Seat] = {}
    for seat in present.select_related("user", "invitation"):
        held[seat.user or seat.invitation.email] = seat
    for who, seat in held.items():
        if who not in wanted:
            seat.delete()
    # Out of the way first: each number and each lead is there once.
    beyond = (review.seats.aggregate(last=Max("number"))["last"] or 0) + len(wanted)
    review.seats.update(number=F("number") + beyond)
    present.update(is_lead=False)
    for number, who in enumerate(wanted, start=1):
        observer = number > len(evaluators)
        kept = held.get(who) or seat_person(review, who, actor, observer=observer)
        kept.number, kept.is_lead = number, number == 1
        kept.kind = Seat.Kind.OBSERVER if observer else Seat.Kind.EVALUATOR
        kept.save(update_fields=["number", "is_lead", "kind"])
    # Why somebody was replaced stays, behind those who sit there.
    for number, left in enumerate(review.seats.exclude(removed_at=None).order_by("number"), start=len(wanted) + 1):
        left.number = number
        left.save(update_fields=["number"])


@transaction.atomic
def start(review: Review, actor: User) -> Review:
    """Begin the scoring of a planned review. Seats whose invitation is not accepted yet stay open for it."""
    review = lock(review)
    require(review, Status.PLANNED)
    review.scoring_at = timezone.now()
    move(review, actor, Status.SCORING, "scoring_at")
    return review


@transaction.atomic
def cancel(review: Review, actor: User, reason: str) -> Review:
    """Cancel a review that is not final, with a reason. A review that was handed over once can only be issued again."""
    review = lock(review)
    if not review.is_open or review.versions.exists():
        raise Refused(_("A review that has been final cannot be cancelled."))
    review.cancel_reason = reason_given(reason)
    review.cancelled_at = timezone.now()
    move(review, actor, Status.CANCELLED, "cancel_reason", "cancelled_at")
    return review

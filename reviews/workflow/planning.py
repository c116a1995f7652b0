"""Planning a review, beginning it and calling it off."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from reviews import audit
from reviews.models import Review, ReviewScale, Seat, Service, TreatmentTeam, User
from reviews.workflow.base import Action, Refused, Status, lock, move, reason_given, require
from scales.models import Scale


@dataclass(frozen=True)
class Plan:
    """What is decided before a review starts."""

    service: Service
    kind: str
    basis: str
    first_day: datetime.date
    last_day: datetime.date
    scales: Iterable[Scale]
    evaluators: Iterable[User]
    teams: Iterable[TreatmentTeam] = ()
    language: str = User.Language.BOKMAL
    recipients: str = ""


@transaction.atomic
def plan(actor: User | None, plan: Plan) -> Review:
    """Make a planned review with its seats and its pinned editions; the first evaluator leads. Raises Refused without
    an evaluator.
    """
    evaluators, scales = list(plan.evaluators), list(plan.scales)
    if not evaluators:
        raise Refused(_("A review needs at least one evaluator."))
    if not scales:
        raise Refused(_("A review needs at least one scale."))
    review = Review.objects.create(
        service=plan.service,
        kind=plan.kind,
        basis=plan.basis,
        first_day=plan.first_day,
        last_day=plan.last_day,
        language=plan.language,
        recipients=plan.recipients,
        created_by=actor,
    )
    review.teams.set(plan.teams)
    ReviewScale.objects.bulk_create(ReviewScale(review=review, scale=scale) for scale in scales)
    Seat.objects.bulk_create(
        Seat(review=review, number=number, user=user, is_lead=number == 1)
        for number, user in enumerate(evaluators, start=1)
    )
    audit.record(actor, Action.CREATED, review=review, target=review)
    return review


@transaction.atomic
def start(review: Review, actor: User) -> Review:
    """Begin the scoring of a planned review."""
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

"""How far the checklists of the demonstration have come: what lies behind is done, but for the latest step of a review
that is under way.
"""

import datetime

from django.utils import timezone

from reviews import checklist
from reviews.models import Doer, Review, ReviewStep, Role, User


def tick(today: datetime.date, adviser: User) -> None:
    """Tick what is to have been done by now in every checklist; where nobody else could, `adviser` did."""
    found = Review.objects.filter(steps__isnull=False).exclude(status=Review.Status.CANCELLED).distinct()
    for review in found:
        behind = [step for step in checklist.of(review).steps if step.day < today]
        _tick(review, behind[:-1] if review.is_open else behind, adviser)


def _tick(review: Review, steps: list[ReviewStep], adviser: User) -> None:
    lead = User.objects.filter(seats__review=review, seats__is_lead=True, seats__removed_at=None).first()
    roles = Role.objects.current().filter(service=review.service_id, kind=Role.Kind.METHOD_SUPERVISOR)
    supervisor = User.objects.filter(roles__in=roles).first()
    for step in steps:
        day = max(step.day - datetime.timedelta(days=1), timezone.localdate(review.created_at))
        step.done_at = timezone.make_aware(datetime.datetime.combine(day, datetime.time(14)))
        step.done_by = {Doer.LEAD: lead, Doer.METHOD_SUPERVISOR: supervisor}.get(Doer(step.doer)) or adviser
    ReviewStep.objects.bulk_update(steps, ["done_at", "done_by"])

"""Mine oppgaver: what waits for the person, and what was handed over lately."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from reviews import access
from reviews.models import ReportVersion, Review, User
from reviews.views.http import PersonRequest

_RECENT = 10


@dataclass(frozen=True)
class Task:
    """A review under way, and what waits for this person there: empty where it waits for somebody else."""

    review: Review
    waiting: str


@require_safe
def tasks(request: PersonRequest) -> HttpResponse:
    """List the open reviews the person sees, those that wait for them first, and the latest final ones."""
    who = access.standing(request.user)
    seen = access.visible_reviews(request.user, who).select_related("service__county")
    under_way = seen.exclude(status__in=[Review.Status.FINAL, Review.Status.CANCELLED])
    found = [
        Task(review, _waiting(review, request.user, who))
        for review in under_way.prefetch_related("seats", "respondents").order_by("first_day", "pk")
    ]
    final = seen.filter(Exists(ReportVersion.objects.filter(review=OuterRef("pk"))), status=Review.Status.FINAL)
    return render(
        request,
        "reviews/tasks.html",
        {
            "mine": [task for task in found if task.waiting],
            "others": [task for task in found if not task.waiting],
            "recent": final.order_by("-final_at")[:_RECENT],
            "may_plan": access.plannable_services(request.user, who).exists(),
        },
    )


def _waiting(review: Review, user: User, who: access.Standing) -> str:
    """Return in words what the review waits for from the person, by state and seat; empty for nothing."""
    seats = [seat for seat in review.seats.all() if seat.removed_at is None]
    own = next((seat for seat in seats if seat.user_id == user.pk), None)
    keeps_sheet = review.is_self and review.service_id in who.supervises
    leads = keeps_sheet or (own is not None and own.is_lead)
    if review.status == Review.Status.PLANNED and leads:
        return _("Start the scoring")
    if review.status == Review.Status.SCORING and keeps_sheet:
        return _("Score the items and make it final")
    if review.status == Review.Status.SCORING and own is not None and own.handed_in_at is None:
        return _("Score the items and hand in") if review.is_external else _("Score the items and make it final")
    if review.status == Review.Status.CONSENSUS and own is not None and own.kind == own.Kind.EVALUATOR:
        return _("Agree and write the report")
    if review.status == Review.Status.FACT_CHECK:
        if any(asked.user_id == user.pk and asked.answered_at is None for asked in review.respondents.all()):
            return _("Check the facts in the draft")
        if leads:
            return _("Follow the fact check and make it final")
    return ""

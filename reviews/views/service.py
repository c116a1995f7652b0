"""One service: where it stands, what is going on, and its reviews."""

import uuid
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from reviews import access, due, handed_over, years
from reviews.action_plan import points
from reviews.forms.filters import review_filters
from reviews.handed_over import HandedOver
from reviews.models import Review, Role
from reviews.views.http import PersonRequest, tell_reading

_PAGE = 50
_NEAREST = 3
"""So many of the open improvement points are named; the plan has them all."""


@dataclass(frozen=True)
class ReviewRow:
    """A review in a service's list, and what was handed over of it; None before its first version."""

    review: Review
    held: HandedOver | None


@require_safe
def service_detail(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """Show a service: where it stands, what it is to improve, its people, partners and teams, and the reviews of it
    that the person sees.

    `kind`, `state` and `year` narrow the reviews down; cancelled ones are listed when asked for.
    """
    who = access.standing(request.user)
    service = access.open_service(request.user, pk, who)
    every = access.reviews_of(service, request.user, who)
    reviews = [each.review for each in every if each.is_seen]
    held = handed_over.of(each.review for each in every if each.is_seen and each.version)
    if held:
        tell_reading(request, "scores", target=service)
    known = {each.review.pk: each for each in held}
    filters = review_filters(request.GET, sorted({each.first_day.year for each in reviews}, reverse=True))
    page = Paginator([each for each in reviews if _fits(each, filters.chosen)], _PAGE).get_page(request.GET.get("page"))
    today = timezone.localdate()
    plan = points.matters(access.actions_among(service, reviews))
    # Who has no name is left out: an e-mail address is not for all who see the service.
    people = Role.objects.current().filter(service=service, user__is_active=True).exclude(user__name="")
    return render(
        request,
        "reviews/service_detail.html",
        {
            "service": service,
            "partnerships": service.partnerships.select_related("organisation"),
            "teams": service.teams.select_related("organisation"),
            "people": people.select_related("user").order_by("-kind", "user__name", "user__email"),
            "external": next((each for each in reversed(held) if each.review.is_external), None),
            "self_review": next((each for each in reversed(held) if each.review.is_self), None),
            "development": next(iter(years.lines(held)), None),
            "due": due.of_reviews(service, every),
            "under_way": [each for each in reviews if each.is_external and each.is_open and each.pk not in known],
            "numbers": points.numbers(plan, today),
            "nearest": points.nearest(plan, _NEAREST),
            "has_reviews": bool(reviews),
            "may_set_interval": who.advises(service),
            "exports": bool(held),
            "filters": filters,
            "page_obj": Page([ReviewRow(each, known.get(each.pk)) for each in page], page.number, page.paginator),
            "today": today,
            "may_plan": bool(access.plannable_kinds(service, who)),
        },
    )


def _fits(review: Review, chosen: dict[str, str]) -> bool:
    if chosen["kind"] and review.kind != chosen["kind"]:
        return False
    if chosen["year"] and str(review.first_day.year) != chosen["year"]:
        return False
    if chosen["state"]:
        return review.status == chosen["state"]
    return review.status != Review.Status.CANCELLED

"""One service: where it stands, what is going on, and its reviews."""

import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from reviews import access, due, handed_over, years
from reviews.forms.filters import review_filters
from reviews.handed_over import HandedOver
from reviews.models import ActionPoint, Review, Role
from reviews.views.http import PersonRequest

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
    visible = access.visible_reviews(request.user, who).filter(service=service)
    reviews = list(visible.order_by("-first_day", "kind", "pk"))
    held = handed_over.of(visible)
    known = {each.review.pk: each for each in held}
    filters = review_filters(request.GET, sorted({each.first_day.year for each in reviews}, reverse=True))
    page = Paginator([each for each in reviews if _fits(each, filters.chosen)], _PAGE).get_page(request.GET.get("page"))
    people = Role.objects.current().filter(service=service, user__is_active=True).select_related("user")
    return render(
        request,
        "reviews/service_detail.html",
        {
            "service": service,
            "partnerships": service.partnerships.select_related("organisation"),
            "teams": service.teams.select_related("organisation"),
            "people": people.order_by("-kind", "user__name", "user__email"),
            "external": next((each for each in reversed(held) if each.review.is_external), None),
            "self_review": next((each for each in reversed(held) if each.review.is_self), None),
            "development": next(iter(years.lines(held)), None),
            "due": due.of_service(service, visible),
            "under_way": [each for each in reviews if each.is_external and each.is_open and each.pk not in known],
            "plan": _plan(access.visible_actions(request.user, who).filter(service=service).select_related("item")),
            "has_reviews": bool(reviews),
            "filters": filters,
            "page_obj": Page([ReviewRow(each, known.get(each.pk)) for each in page], page.number, page.paginator),
            "today": timezone.localdate(),
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


@dataclass(frozen=True)
class Plan:
    """What was recommended and what came of it, in numbers, and the open points whose deadlines are nearest."""

    not_begun: int
    under_way: int
    done: int
    dropped: int
    nearest: list[ActionPoint]


def _plan(points: Iterable[ActionPoint]) -> Plan:
    found = list(points)
    numbers = Counter(each.status for each in found)
    dated = [(each.deadline, each) for each in found if each.is_open and each.deadline is not None]
    return Plan(
        not_begun=numbers[ActionPoint.Status.OPEN],
        under_way=numbers[ActionPoint.Status.UNDER_WAY],
        done=numbers[ActionPoint.Status.DONE],
        dropped=numbers[ActionPoint.Status.DROPPED],
        nearest=[each for _day, each in sorted(dated, key=lambda pair: pair[0])[:_NEAREST]],
    )

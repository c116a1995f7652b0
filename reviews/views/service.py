"""One service: where it stands, what is going on, and its reviews."""

import datetime
import uuid
from dataclasses import dataclass
from typing import Any, cast

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet, Value
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from reviews import access, due, handed_over, years
from reviews.action_plan import points
from reviews.forms.filters import review_filters
from reviews.handed_over import HandedOver
from reviews.models import Partnership, Review, Role, Service, TreatmentTeam
from reviews.prepared import Given, Prepared
from reviews.views.http import PersonRequest, tell_reading

_PAGE = 50
_NEAREST = 3
"""So many of the open improvement points are named; the plan has them all."""
_ROLES = (Role.Kind.METHOD_SUPERVISOR, Role.Kind.MANAGER)
"""The roles that people have in a service, as they are told of."""


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
    plan = points.matters(access.actions_among(service, reviews, points.of_service))
    return render(
        request,
        "reviews/service_detail.html",
        {
            "service": service,
            **_about(service, today),
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


def _names() -> "QuerySet[Any, tuple[Any, ...]]":
    """Ask for those who have a role in a service, for its partners and for its teams: what each of them is, and its
    name, by which they are sorted, with the organisation that a team belongs to.
    """
    service, today = Given("service", Service._meta.get_field("id")), Given("today", Role._meta.get_field("start"))
    # Who has no name is left out: an e-mail address is not for all who see the service.
    people = (
        Role.objects.current(cast("datetime.date", today))
        .filter(service=service, user__is_active=True)
        .exclude(user__name="")
    )
    found = [
        people.annotate(of=Value("people")).values_list("of", "kind", "user__name", "user__email"),
        Partnership.objects.filter(service=service)
        .annotate(of=Value("partnerships"), nobody=Value(""))
        .values_list("of", "part", "organisation__name", "nobody"),
        TreatmentTeam.objects.filter(service=service)
        .annotate(of=Value("teams"), any=Value(""))
        .values_list("of", "any", "name", "organisation__name"),
    ]
    first, *others = (each.order_by() for each in found)
    return first.union(*others, all=True).order_by("user__name", "user__email")


_named = Prepared(_names)


def _about(service: Service, today: datetime.date) -> dict[str, Any]:
    """Return the names of a service's people, by what they are there, of its partners, by their part, and of its teams,
    each with its organisation: one query.
    """
    found: dict[str, list[tuple[str, str, str]]] = {"people": [], "partnerships": [], "teams": []}
    for of, what, name, organisation in _named.rows(service=service.pk, today=today):
        found[of].append((what, name, organisation))
    return {
        "roles": [(kind.label, [name for what, name, _email in found["people"] if what == kind]) for kind in _ROLES],
        "partnerships": [
            (Partnership.Part(what).label, name)
            for what, name, _ in sorted(found["partnerships"], key=lambda each: each[0])
        ],
        "teams": [(name, organisation) for _what, name, organisation in found["teams"]],
    }


def _fits(review: Review, chosen: dict[str, str]) -> bool:
    if chosen["kind"] and review.kind != chosen["kind"]:
        return False
    if chosen["year"] and str(review.first_day.year) != chosen["year"]:
        return False
    if chosen["state"]:
        return review.status == chosen["state"]
    return review.status != Review.Status.CANCELLED

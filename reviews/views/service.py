"""One service: where it stands, what is going on, and its reviews."""

import datetime
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from django.core.paginator import Paginator
from django.db.models import QuerySet, Value
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from reviews import access, due, handed_over, listed, years
from reviews.action_plan import points
from reviews.forms.filters import review_filters
from reviews.listed import Listed, oldest_first
from reviews.models import Correction, Partnership, Review, Role, Service, TreatmentTeam
from reviews.prepared import Given, Prepared
from reviews.views.http import PersonRequest, tell_reading

_PAGE = 50
_NEAREST = 3
"""So many of the open improvement points are named; the plan has them all."""
_ROLES = (Role.Kind.METHOD_SUPERVISOR, Role.Kind.MANAGER)
"""The roles that people have in a service, as they are told of."""


@require_safe
def service_detail(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """Show a service: where it stands, what it is to improve, its people, partners and teams, and the reviews of it
    that the person sees.

    `kind`, `state` and `year` narrow the reviews down; cancelled ones are listed when asked for.
    """
    who = access.standing(request.user)
    service = access.open_service(request.user, pk, who)
    every = listed.of_service(service.pk, request.user.pk)
    reviews = access.seen_among(every, service, who)
    contents = {each.pk: each.content for each in sorted(reviews, key=oldest_first) if each.content is not None}
    held = [each for each in sorted(reviews, key=oldest_first, reverse=True) if each.pk in contents]
    if held:
        tell_reading(request, "scores", target=service)
    filters = review_filters(request.GET, sorted({each.first_day.year for each in reviews}, reverse=True))
    page = Paginator([each for each in reviews if _fits(each, filters.chosen)], _PAGE).get_page(request.GET.get("page"))
    today = timezone.localdate()
    plan = list(points.matters(access.actions_among(service, reviews, points.of_service)))
    return render(
        request,
        "reviews/service_detail.html",
        {
            "service": service,
            **_about(service, today),
            "external": next((each for each in held if each.is_external), None),
            "self_review": next((each for each in held if each.is_self), None),
            "development": next(iter(years.lines(list(contents.values()))), None),
            "due": due.of_listed(service, every, reviews),
            "under_way": [each for each in reviews if each.is_external and each.is_open and each.content is None],
            "numbers": points.numbers(plan, today),
            "nearest": points.nearest(plan, _NEAREST),
            "has_reviews": bool(reviews),
            "may_set_interval": who.advises(service),
            "exports": bool(held),
            "filters": filters,
            "page_obj": page,
            "corrections": _corrections(held, reviews),
            "today": today,
            "may_plan": bool(access.plannable_kinds(service, who)),
        },
    )


def _corrections(held: Sequence[Listed], seen: Iterable[Listed]) -> Mapping[uuid.UUID, Sequence[Correction]]:
    """Return what is held to be wrong in the reviews that were handed over: a query only where anything is."""
    if not any(each.any_wrong for each in held):
        return {}
    final = [each.pk for each in seen if each.status == Review.Status.FINAL]
    return handed_over.corrections([each.version for each in held if each.version is not None], final)


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


def _fits(review: Listed, chosen: dict[str, str]) -> bool:
    if chosen["kind"] and review.kind != chosen["kind"]:
        return False
    if chosen["year"] and str(review.first_day.year) != chosen["year"]:
        return False
    if chosen["state"]:
        return review.status == chosen["state"]
    return review.status != Review.Status.CANCELLED

"""Services: the list, and one service with its reviews."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import F, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from reviews import access, due
from reviews.forms.filters import review_filters, service_filters
from reviews.models import Correction, County, ReportVersion, Review
from reviews.views.http import PersonRequest

_PAGE = 50


@require_safe
def service_list(request: PersonRequest) -> HttpResponse:
    """List the services the person sees; `q` (a part of the name), `county` (its number) and `due` (overdue) narrow it
    down.
    """
    who = access.standing(request.user)
    text = request.GET.get("q", "").replace("\x00", "").strip()[:200]
    filters = service_filters(request.GET, County.objects.order_by("code").values_list("code", "name"))
    services = access.visible_services(request.user, who).order_by("name", "county", "pk")
    if text:
        services = services.filter(name__icontains=text)
    if filters.chosen["county"]:
        services = services.filter(county__code=filters.chosen["county"])
    today = timezone.localdate()
    rows = due.of(services, access.visible_reviews(request.user, who))
    if filters.chosen["due"] == "overdue":
        rows = [row for row in rows if row.is_overdue(today)]
    return render(
        request,
        "reviews/service_list.html",
        {
            "page_obj": Paginator(rows, _PAGE).get_page(request.GET.get("page")),
            "filters": filters,
            "text": text,
            "today": today,
            "may_plan": access.plannable_services(request.user, who).exists(),
        },
    )


@dataclass(frozen=True)
class ReviewRow:
    """A review in a service's list: the version that counts, and what later reviews hold to have been wrong in it."""

    review: Review
    version: ReportVersion | None
    corrections: list[Correction]


@require_safe
def service_detail(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """Show a service: where it stands, its partners and teams, and the reviews of it that the person sees.

    `kind`, `state` and `year` narrow the reviews down; cancelled ones are listed when asked for.
    """
    who = access.standing(request.user)
    service = access.open_service(request.user, pk, who)
    visible = access.visible_reviews(request.user, who).filter(service=service)
    reviews = list(visible.order_by("-first_day", "kind", "pk"))
    newest = _newest_versions(reviews)
    filters = review_filters(request.GET, sorted({each.first_day.year for each in reviews}, reverse=True))
    page = Paginator([each for each in reviews if _fits(each, filters.chosen)], _PAGE).get_page(request.GET.get("page"))
    handed_over = [each for each in reviews if each.pk in newest]
    external = next((each for each in handed_over if each.is_external), None)
    own = next((each for each in handed_over if each.is_self), None)
    rows = _review_rows([*page, *filter(None, [external, own])], newest, visible)
    return render(
        request,
        "reviews/service_detail.html",
        {
            "service": service,
            "partnerships": service.partnerships.select_related("organisation"),
            "teams": service.teams.select_related("organisation"),
            "external": rows[external.pk] if external else None,
            "self_review": rows[own.pk] if own else None,
            "next_due": due.of_service(service).next_day,
            "under_way": [each for each in reviews if each.is_external and each.is_open and each.pk not in newest],
            "has_reviews": bool(reviews),
            "filters": filters,
            "page_obj": Page([rows[each.pk] for each in page], page.number, page.paginator),
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


def _newest_versions(reviews: Iterable[Review]) -> dict[uuid.UUID, uuid.UUID]:
    """Return the key of the version that counts by the review's key, for those that were handed over."""
    versions = ReportVersion.objects.filter(review__in=reviews).order_by("number")
    return dict(versions.values_list("review_id", "pk"))


def _review_rows(
    reviews: Iterable[Review], newest: dict[uuid.UUID, uuid.UUID], visible: QuerySet[Review]
) -> dict[uuid.UUID, ReviewRow]:
    """Return rows by the reviews' keys: two queries."""
    wanted = {newest[each.pk] for each in reviews if each.pk in newest}
    versions = {each.review_id: each for each in ReportVersion.objects.defer("pdf").filter(pk__in=wanted)}
    held: dict[uuid.UUID, list[Correction]] = {}
    # What is not final may still be taken back, and of reviews that one does not see one is not told.
    found = Correction.objects.filter(
        version__review__in=versions, review__in=visible, review__status=Review.Status.FINAL
    )
    in_order = found.order_by("review__first_day", "item__section__scale__position", "item__section", "item__position")
    for each in in_order.select_related("review", "item").annotate(about=F("version__review")):
        held.setdefault(each.about, []).append(each)
    return {each.pk: ReviewRow(each, versions.get(each.pk), held.get(each.pk, [])) for each in reviews}

"""Services: the list, and one service with its reviews."""

import uuid

from django.core.paginator import Paginator
from django.db.models import Max, Prefetch, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from reviews import access
from reviews.models import County, ReportVersion, Review
from reviews.views.http import PersonRequest

_PAGE = 50


@require_safe
def service_list(request: PersonRequest) -> HttpResponse:
    """List the services the person sees; `q` (a part of the name) and `county` (its number) narrow it down."""
    who = access.standing(request.user)
    text = request.GET.get("q", "").replace("\x00", "").strip()[:200]
    county = request.GET.get("county", "")
    services = access.visible_services(request.user, who).select_related("county").order_by("name", "county", "pk")
    if text:
        services = services.filter(name__icontains=text)
    if county.isascii() and county.isdigit():
        services = services.filter(county__code=county)
    last = Max("reviews__first_day", filter=Q(reviews__status=Review.Status.FINAL, reviews__kind=Review.Kind.EXTERNAL))
    page = Paginator(services.annotate(last_external=last), _PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "reviews/service_list.html",
        {
            "page_obj": page,
            "counties": County.objects.order_by("code"),
            "text": text,
            "county": county,
            "may_plan": access.plannable_services(request.user, who).exists(),
        },
    )


@require_safe
def service_detail(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """Show a service: its partners and teams, and the reviews of it that the person sees, with the results
    handed over.
    """
    who = access.standing(request.user)
    service = access.open_service(request.user, pk, who)
    versions = ReportVersion.objects.only("review", "number", "content", "made_at").order_by("-number")
    reviews = (
        access.visible_reviews(request.user, who)
        .filter(service=service)
        .prefetch_related(Prefetch("versions", queryset=versions, to_attr="newest_first"))
        .order_by("-first_day", "kind", "pk")
    )
    return render(
        request,
        "reviews/service_detail.html",
        {
            "service": service,
            "partnerships": service.partnerships.select_related("organisation"),
            "teams": service.teams.select_related("organisation"),
            "reviews": reviews,
            "may_plan": access.plannable_services(request.user, who).filter(pk=service.pk).exists(),
        },
    )

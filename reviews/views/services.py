"""The list of services."""

from typing import cast

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from reviews import access, due
from reviews.due_list import DueServices, State
from reviews.forms.filters import service_filters
from reviews.models import County, Service
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
    if filters.chosen["due"] == "overdue":
        services = DueServices(services, today).of(State.OVERDUE)
    page = Paginator(services, _PAGE).get_page(request.GET.get("page"))
    rows = due.of(cast("QuerySet[Service]", page.object_list), access.visible_reviews(request.user, who))
    return render(
        request,
        "reviews/service_list.html",
        {
            "page_obj": Page(rows, page.number, page.paginator),
            "filters": filters,
            "text": text,
            "today": today,
            "planned_by": {each.service.pk for each in rows if access.plannable_kinds(each.service, who)},
            "may_plan": access.plannable_services(request.user, who).exists(),
            "may_import": who.is_adviser,
        },
    )

"""Mine oppgaver: what waits for the person, what is under way besides, and what was handed over lately."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from reviews import access
from reviews.action_plan import points
from reviews.action_plan.points import PlanNumbers
from reviews.forms.filters import Filters, task_filters
from reviews.models import ReportVersion, Review
from reviews.tasks import Part, Task, may_wait, parts_of, seen_as, task, with_what_decides
from reviews.views.http import PersonRequest

_PAGE = 30
_RECENT = 10
_CLOSED = (Review.Status.FINAL, Review.Status.CANCELLED)


@require_safe
def tasks(request: PersonRequest) -> HttpResponse:
    """List the open reviews the person sees, those that wait for them first, by deadline; and the latest final ones.

    `role` (a Part), `state` and `show` (all or mine) narrow it down; closed reviews are listed when asked for.
    """
    who = access.standing(request.user)
    filters = task_filters(request.GET, [(part.value, part.label) for part in parts_of(request.user, who)])
    role = filters.chosen.get("role", "")
    seen = access.visible_reviews(request.user, who)
    if role:
        seen = seen.filter(seen_as(Part(role), request.user, who))
    page = _page(request, who, filters, seen)
    first_of_all = page.number == 1 and filters.chosen["show"] == "all" and not filters.chosen["state"]
    return render(
        request,
        "reviews/tasks.html",
        {
            "filters": filters,
            "page_obj": page,
            "mine": [each for each in page if each.mine],
            "others": [each for each in page if not each.mine],
            "recent": _recent(seen) if first_of_all else [],
            "plans": _plans(who) if first_of_all else [],
            "today": timezone.localdate(),
            "may_plan": access.may_plan_any(request.user, who),
        },
    )


def _page(request: PersonRequest, who: access.Standing, filters: Filters, seen: QuerySet[Review]) -> Page[Task]:
    """Return the page asked for of the reviews as tasks."""
    number, state = request.GET.get("page"), filters.chosen["state"]
    only_mine = filters.chosen["show"] == "mine"
    if state in _CLOSED and not only_mine:
        # Little waits there, and there are many: only the page's own are fetched.
        closed = with_what_decides(seen.filter(status=state), who).order_by("-first_day", "pk")
        paginator: Paginator[Any] = Paginator(closed, _PAGE)
        rows = paginator.get_page(number)
        return Page([task(each, request.user, who) for each in rows], rows.number, paginator)
    asked_for = may_wait(timezone.localdate())
    if state:
        asked_for &= Q(status=state)
    role = filters.chosen.get("role", "")
    found = [task(each, request.user, who, role) for each in with_what_decides(seen.filter(asked_for), who)]
    # What is handed over is here for what still waits in it alone.
    chosen = [each for each in found if each.mine or not (only_mine or each.review.status in _CLOSED)]
    return Paginator(sorted(chosen, key=lambda each: each.order), _PAGE).get_page(number)


def _plans(who: access.Standing) -> list[PlanNumbers]:
    """Return how far the handlingsplan has come in each service that the person leads or manages: at most one query."""
    return points.by_service(access.actions_of_own(who)) if who.supervises or who.manages else []


def _recent(seen: QuerySet[Review]) -> QuerySet[Review]:
    has_version = Exists(ReportVersion.objects.filter(review=OuterRef("pk")))
    final = seen.filter(has_version, status=Review.Status.FINAL).select_related("service")
    return final.order_by("-first_day", "pk")[:_RECENT]

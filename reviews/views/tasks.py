"""Mine oppgaver: what waits for the person, what is under way besides, and what was handed over lately."""

import datetime
from functools import lru_cache
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from reviews import access
from reviews.action_plan import points
from reviews.action_plan.points import PlanNumbers
from reviews.forms.filters import Filters, task_filters
from reviews.models import ReportVersion, Review, User
from reviews.prepared import Given, Prepared
from reviews.task_list import Asked, TaskLists
from reviews.tasks import PERSON, Part, parts_of, seen_as, task, with_steps, with_what_decides
from reviews.views.http import PersonRequest

_PAGE = 30
_FIRST_MINE, _FIRST_OTHERS = 20, 10
"""How many are shown at most of what waits for the person, and for others, beside each other: a list has the rest."""

_RECENT = 10
_TOLD = ("service__name", "kind", "basis", "first_day", "last_day")
_CLOSED = (Review.Status.FINAL, Review.Status.CANCELLED)


@require_safe
def tasks(request: PersonRequest) -> HttpResponse:
    """List the open reviews the person sees: the first of those that wait for them and of the others, by deadline, and
    the latest final ones.

    `role` (a Part), `state` and `show` (all, or page by page mine or others) narrow it down; closed reviews are listed
    when asked for.
    """
    who = access.standing(request.user)
    parts = parts_of(request.user, who)
    filters = task_filters(request.GET, [(part.value, part.label) for part in parts])
    role = filters.chosen.get("role", "")
    is_first_of_all = filters.chosen["show"] == "all" and not filters.chosen["state"]
    return render(
        request,
        "reviews/tasks.html",
        {
            **_listed(request, who, parts, filters),
            "filters": filters,
            "recent": _recent(request.user, who, role) if is_first_of_all else [],
            "plans": _plans(who) if is_first_of_all else [],
            "today": timezone.localdate(),
            "may_plan": access.may_plan_any(request.user, who),
        },
    )


def _listed(request: PersonRequest, who: access.Standing, parts: list[Part], filters: Filters) -> dict[str, Any]:
    """Return what waits for the person (`mine`) and the `others`: the first of both, or a page of one (`page_obj`)."""
    role, state, show = filters.chosen.get("role", ""), filters.chosen["state"], filters.chosen["show"]
    if state in _CLOSED and show != "mine":
        # Little waits there, and there are many: only the page's own are fetched.
        seen = _seen(request.user, who, role).filter(status=state)
        closed = with_what_decides(seen, request.user, who).order_by("-first_day", "pk")
        rows: Page[Any] = Paginator(closed, _PAGE).get_page(request.GET.get("page"))
        found = [task(each, request.user, who) for each in with_steps(list(rows))]
        return {
            "page_obj": rows,
            "mine": [each for each in found if each.mine],
            "others": [each for each in found if not each.mine],
        }
    lists = TaskLists(request.user, who, Asked(timezone.localdate(), role, state), parts)
    if show == "all":
        mine, others = lists.first(_FIRST_MINE, _FIRST_OTHERS)
        return {
            "mine": mine.rows,
            "others": others.rows,
            "more": {"mine": mine.number - len(mine.rows), "others": others.number - len(others.rows)},
        }
    page = Paginator(lists.listed(mine=show == "mine"), _PAGE).get_page(request.GET.get("page"))
    return {"page_obj": page, "mine": [], "others": [], show: page.object_list}


def _plans(who: access.Standing) -> list[PlanNumbers]:
    """Return how far the handlingsplan has come in each service that the person leads or manages: at most one query."""
    return points.by_service(access.actions_of_own(who)) if who.supervises or who.manages else []


def _seen(user: User | Given, who: access.Standing, role: str) -> QuerySet[Review]:
    seen = access.visible_reviews(user, who)
    return seen.filter(seen_as(Part(role), user, who)) if role else seen


def _recent(user: User, who: access.Standing, role: str) -> list[Review]:
    """Return the latest reviews that were handed over: one query."""
    return _asked_recent(timezone.localdate(), who.shape, role).rows(user=user.pk)


@lru_cache(maxsize=128)
def _asked_recent(today: datetime.date, shape: access.Shape, role: str) -> Prepared[Review]:
    has_version = Exists(ReportVersion.objects.filter(review=OuterRef("pk")))

    def asked() -> QuerySet[Review]:
        final = _seen(PERSON, shape.asked(PERSON, today), role).filter(has_version, status=Review.Status.FINAL)
        return final.select_related("service").only(*_TOLD).order_by("-first_day", "pk")[:_RECENT]

    return Prepared(asked)

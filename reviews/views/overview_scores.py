"""How the services' scores are spread, item by item, and the services behind an item; for regional IPS advisers."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from reviews import access, audit, speaking
from reviews.exchange import distribution as writing
from reviews.forms.overview import OverviewFilterForm
from reviews.models import AuditEvent, FinalScore
from reviews.overview import counts, distribution, groups, scores
from reviews.overview.groups import Group
from reviews.report import naming
from reviews.summary.tally import Latest
from reviews.views.http import PersonRequest, download
from scales.models import Item, Scale

_PAGE = 50
NOT_SCORED = "none"
"""In the address: the services in which the item is not scored."""


def _asked(request: PersonRequest) -> tuple[access.OverviewScope, OverviewFilterForm]:
    scope = access.overview_scope(request.user)
    return scope, OverviewFilterForm(request.GET, scope)


@require_safe
def overview_scores(request: PersonRequest) -> HttpResponse:
    """Show how the scores of each item are spread over the services that are asked for, and the lowest items on top."""
    scope, form = _asked(request)
    context: dict[str, Any] = {"form": form, "here": "overview_scores"}
    if form.is_valid():
        context["scales"] = scores.by_scale(counts.latest(form.filters, scope))
    return render(request, "reviews/overview_scores.html", context)


@require_safe
def overview_item(request: PersonRequest, scale: str, code: str) -> HttpResponse:
    """Show an item of a scale's newest edition with the services and reviews behind its figures: those that the person
    may see, and how many others there are. `score` chooses those with a score, or without one.
    """
    scope, form = _asked(request)
    items = distribution.items(Scale.objects.newest().filter(code=scale))
    item = next((each for each in items if each.code == code), None)
    if item is None:
        raise Http404
    if not form.is_valid():
        return redirect(f"{reverse('reviews:overview_scores')}?{request.GET.urlencode()}")
    counted = counts.latest(form.filters, scope)
    row = scores.row(counted, item)
    group = groups.latest(speaking.counted_reviews(), form.filters, scope.visible)
    wanted = _wanted(request.GET.get("score", ""), item)
    page = Paginator(_behind(item, group, wanted), _PAGE).get_page(request.GET.get("page"))
    at = items.index(item)
    context = {
        "form": form,
        "here": "overview_item",
        "item": item,
        "row": row,
        "levels": [
            (score, item.anchor(score), None if row.counts is None else row.counts[score])
            for score in item.section.scale.scores
        ],
        "wanted": wanted,
        "not_scored": NOT_SCORED,
        "page_obj": page,
        "others": _others(row, counted, wanted),
        "before": items[at - 1] if at else None,
        "after": items[at + 1] if at + 1 < len(items) else None,
    }
    return render(request, "reviews/overview_item.html", context)


def _wanted(text: str, item: Item) -> str:
    """Return which score is asked for; empty where none is, or one that the scale does not have."""
    known = [NOT_SCORED, *map(str, item.section.scale.scores)]
    return text if text in known else ""


def _behind(item: Item, group: Group, wanted: str) -> QuerySet[FinalScore]:
    """Return the item's scores in the reviews that the person sees, by the services' names: all of them, those that
    are wanted, or those that are missing.
    """
    found = FinalScore.objects.filter(item=item, version__in=[each.version for each in group.visible])
    found = found.filter(score__isnull=wanted == NOT_SCORED)
    if wanted not in ("", NOT_SCORED):
        found = found.filter(score=int(wanted))
    by_name = found.order_by("version__review__service__name", "version__review__service__county", "pk")
    return by_name.defer("version__pdf", "version__content").select_related("version__review__service__county")


def _others(row: scores.Row, counted: counts.Counts[Latest], wanted: str) -> int | None:
    """Return in how many services that the person may not see the item is scored as is asked for, or not scored; None
    where that is withheld.
    """
    if wanted == "":
        return row.hidden
    if wanted == NOT_SCORED:
        return scores.hidden_without(counted, row)
    return None if row.is_withheld else counted.hidden.scores(row.item.pk, [int(wanted)])[int(wanted)]


@require_safe
def overview_scores_file(request: PersonRequest, extension: str) -> HttpResponseBase:
    """Download the figures of overview_scores, under the same rule: as XLSX, or as CSV with the columns that
    export_overview has.
    """
    scope, form = _asked(request)
    if extension not in ("csv", "xlsx"):
        raise Http404
    if not form.is_valid():
        return redirect(f"{reverse('reviews:overview_scores')}?{request.GET.urlencode()}")
    counted = counts.latest(form.filters, scope)
    audit.record(request.user, AuditEvent.Action.EXPORTED, fields=["overview_scores"])
    name = naming.scores_name(timezone.localdate(), extension)
    if extension == "csv":
        rows = [scores.row(counted, item) for item in distribution.items(Scale.objects.newest())]
        return download(writing.export(rows, "csv").encode(), "csv", name)
    return download(writing.workbook(scores.by_scale(counted), form.said), "xlsx", name)

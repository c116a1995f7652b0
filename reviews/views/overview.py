"""The view across services, for regional IPS advisers: who is due, how it develops, what holds it down, and the reviews
behind each figure.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, Protocol, TypeVar

from django.core.paginator import Page, Paginator
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from reviews import access, audit, speaking
from reviews.exchange import overview_file as files
from reviews.forms.overview import OverviewFilterForm, OverviewPlaceForm
from reviews.forms.overview_behind import About, BehindForm
from reviews.models import AuditEvent, Review
from reviews.overview import (
    attention,
    behind,
    behind_wording,
    counts,
    development,
    distribution,
    groups,
    obstacles,
    years,
)
from reviews.overview.drawn import years_of_scale
from reviews.report import naming
from reviews.summary import source
from reviews.summary.tally import CAUSES, Result
from reviews.views.http import PersonRequest, download
from scales.models import Item, Scale

_PAGE = 50
_FIRST = 10


@require_safe
def overview(request: PersonRequest) -> HttpResponse:
    """Show which services are due, overdue or never reviewed, and the reviews under way that stand still: the first of
    each; with `show` (an attention.Group) all of one, page by page.
    """
    scope = access.overview_scope(request.user)
    form = OverviewPlaceForm(request.GET, scope)
    context: dict[str, Any] = {"form": form, "here": "overview", "today": timezone.localdate()}
    if form.is_valid():
        groups = _attention(form)
        wanted = request.GET.get("show", "")
        if wanted in attention.SHOWN:
            group = attention.Group(wanted)
            page = Paginator(groups.listed(group), _PAGE).get_page(request.GET.get("page"))
            context |= {"found": groups.counted(), "show": wanted, "page_obj": page}
        else:
            context |= {"found": groups.first(_FIRST)}
        context["top"] = f"{request.path}?{form.query}"
    return render(request, "reviews/overview.html", context)


def _attention(form: OverviewPlaceForm) -> attention.Groups:
    # Who advises a service sees all of its reviews that figures are made from.
    return attention.Groups(form.services(), speaking.counted_reviews(), timezone.localdate(), form.where)


@require_safe
def overview_development(request: PersonRequest) -> HttpResponse:
    """Show the services' results year by year, and how many of their participants work or learn."""
    scope = access.overview_scope(request.user)
    form = OverviewFilterForm(request.GET, scope)
    context: dict[str, Any] = {"form": form, "here": "overview_development"}
    if form.is_valid():
        found = counts.yearly(form.filters, scope)
        scales = [(each, each.years(found)) for each in development.scales()]
        context |= {
            "scales": [(each.scale, of, years_of_scale(each, of)) for each, of in scales if of],
            "outcomes": years.of_working(found),
        }
        of_scales = [year for _scale, of, _picture in context["scales"] for year in of]
        context["any_withheld"] = any(each.is_withheld or each.goals_withheld for each in context["outcomes"]) or any(
            each.any_withheld for each in of_scales
        )
    return render(request, "reviews/overview_development.html", context)


@require_safe
def overview_obstacles(request: PersonRequest) -> HttpResponse:
    """Show what holds scores down in the services' latest reviews."""
    scope = access.overview_scope(request.user)
    form = OverviewFilterForm(request.GET, scope)
    context: dict[str, Any] = {"form": form, "here": "overview_obstacles", "causes": CAUSES}
    if form.is_valid():
        found = _obstacles(form, scope)
        context["scales"] = [each for each in found if each.services or each.other_edition]
    return render(request, "reviews/overview_obstacles.html", context)


def _obstacles(form: OverviewFilterForm, scope: access.OverviewScope) -> list[obstacles.OfScale]:
    def held(items: Collection[Item]) -> Mapping[str, int]:
        group = _group(form, scope)
        return obstacles.holding(obstacles.lows(group.chosen, items, group.seen))

    return obstacles.by_scale(counts.latest(form.filters, scope), held)


def _group(form: OverviewFilterForm, scope: access.OverviewScope) -> groups.Group:
    return groups.latest(speaking.counted_reviews(), form.filters, scope.visible)


@require_safe
def overview_behind(request: PersonRequest) -> HttpResponse:
    """List the reviews behind a figure that the person may see, and say how many others there are. The figure and what
    was asked for stand in the address; an address that names no figure leads nowhere.
    """
    scope = access.overview_scope(request.user)
    form, asked = OverviewFilterForm(request.GET, scope), BehindForm(request.GET)
    if not form.is_valid() or not asked.is_valid():
        raise Http404
    values = asked.cleaned_data
    about = values["about"]
    find: dict[str, Callable[[OverviewFilterForm, access.OverviewScope, dict[str, Any]], _Found]] = {
        About.RESULT: _behind_result,
        About.CHANGE: _behind_change,
        About.OUTCOME: _behind_outcome,
        About.OBSTACLE: _behind_obstacle,
    }
    found, context = find[about](form, scope, values)
    held_down = about == About.OBSTACLE
    page_of = "overview_obstacles" if held_down else "overview_development"
    title = gettext("What holds scores down") if held_down else gettext("From year to year")
    rows = {row.review: row for row in found.rows}
    reviews = Review.objects.filter(pk__in=rows).select_related("service__county")
    in_order = list(reviews.order_by("service__name", "service__county", "pk"))
    page = Paginator(in_order, _PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "reviews/overview_behind.html",
        {
            "form": form,
            "asked": values,
            "crumbs": [(f"{reverse(f'reviews:{page_of}')}?{form.query}", title)],
            "here": gettext("Reviews behind the figure"),
            "page_obj": Page([(each, rows[each.pk]) for each in page], page.number, page.paginator),
            "others": found.others,
            **context,
        },
    )


_Found = tuple[behind.Behind, dict[str, Any]]


class _Coded(Protocol):
    """What an address names by its code."""

    @property
    def code(self) -> str: ...


_T = TypeVar("_T", bound=_Coded)


def _results(
    form: OverviewFilterForm, scope: access.OverviewScope, code: str
) -> tuple[development.OfScale, list[Result]]:
    """Return a scale with the services' results on it, year by year: six queries. Raises Http404 without it."""
    of_scale = next((each for each in development.scales() if each.scale.code == code), None)
    if of_scale is None:
        raise Http404
    group = groups.of_years(form.filters, scope.visible)
    return of_scale, of_scale.among(source.results(group.chosen, group.seen))


def _behind_result(form: OverviewFilterForm, scope: access.OverviewScope, values: dict[str, Any]) -> _Found:
    of, results = _results(form, scope, values["scale"])
    if values["left"]:
        told = behind_wording.left_out(of.scale, values["year"], values["left"])
        rows = behind.left_out(results, of.edition.key, values["year"], values["left"])
        return rows, {"scale": of.scale, "told": told}
    bands = of.scale.band_ranges()
    band = _named(bands, values["band"])
    told = behind_wording.result(of.scale, values["year"], band)
    rows = behind.a_result(results, of.edition.key, values["year"], band, bands)
    return rows, {"scale": of.scale, "told": told}


def _behind_change(form: OverviewFilterForm, scope: access.OverviewScope, values: dict[str, Any]) -> _Found:
    of, results = _results(form, scope, values["scale"])
    told = behind_wording.change(of.scale, values["year"], values["way"])
    rows = behind.a_change(results, of.edition.key, values["year"], values["way"])
    return rows, {"scale": of.scale, "told": told}


def _behind_outcome(form: OverviewFilterForm, scope: access.OverviewScope, values: dict[str, Any]) -> _Found:
    told = behind_wording.outcome(values["year"], values["reached"])
    group = groups.of_years(form.filters, scope.visible)
    working = source.working(group.chosen, group.seen)
    return behind.an_outcome(working, values["year"], values["reached"]), {"told": told}


def _behind_obstacle(form: OverviewFilterForm, scope: access.OverviewScope, values: dict[str, Any]) -> _Found:
    items = distribution.items(Scale.objects.newest().filter(code=values["scale"]))
    item = _named(items, values["item"])
    section = _named([each.section for each in items], values["section"])
    if not items:
        raise Http404
    group = _group(form, scope)
    counted = counts.latest(form.filters, scope, group)
    shown = (
        each
        for each in items
        if section in (None, each.section) and item in (None, each) and not obstacles.is_withheld(counted, each)
    )
    told = behind_wording.obstacle(items[0].section.scale, section, item, values["obstacle"])
    return behind.an_obstacle(obstacles.lows(group.chosen, shown, group.seen), values["obstacle"]), {"told": told}


def _named(known: Iterable[_T], code: str) -> _T | None:
    """Return what has the code, None for an empty one. Raises Http404 where there is none."""
    if not code:
        return None
    found = next((each for each in known if each.code == code), None)
    if found is None:
        raise Http404
    return found


@require_safe
def overview_file(request: PersonRequest, extension: str) -> HttpResponseBase:
    """Download the overview: as XLSX with due services, development and obstacles; as CSV the due services."""
    scope = access.overview_scope(request.user)
    form, place = OverviewFilterForm(request.GET, scope), OverviewPlaceForm(request.GET, scope)
    if extension not in files.FORMATS or not form.is_valid() or not place.is_valid():
        raise Http404
    found = _attention(place).all()
    if extension == "csv":
        made = files.due_csv(found).encode()
    else:
        of_years = counts.yearly(form.filters, scope)
        made = files.workbook(
            found,
            [(each.scale, each.years(of_years)) for each in development.scales()],
            years.of_working(of_years),
            _obstacles(form, scope),
            of_services=place.said,
            of_reviews=form.said,
        )
    audit.record(request.user, AuditEvent.Action.EXPORTED, fields=["overview"])
    return download(made, extension, naming.overview_name(timezone.localdate(), extension))

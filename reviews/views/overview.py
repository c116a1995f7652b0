"""The view across services, for regional IPS advisers: who is due, how it develops, what holds it down, and the reviews
behind each figure.
"""

from collections.abc import Callable, Iterable
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
from reviews.overview import attention, behind, behind_wording, development, groups, obstacles, years
from reviews.overview.drawn import years_of_scale
from reviews.report import naming
from reviews.views.http import PersonRequest, download

_PAGE = 50


@require_safe
def overview(request: PersonRequest) -> HttpResponse:
    """Show which services are due, overdue or never reviewed, and the reviews under way that stand still."""
    scope = access.overview_scope(request.user)
    form = OverviewPlaceForm(request.GET, scope)
    context: dict[str, Any] = {"form": form, "here": "overview", "today": timezone.localdate()}
    if form.is_valid():
        context["found"] = _attention(form, scope)
    return render(request, "reviews/overview.html", context)


def _attention(form: OverviewPlaceForm, scope: access.OverviewScope) -> attention.Attention:
    return attention.attention(form.services(), scope.visible, timezone.localdate())


@require_safe
def overview_development(request: PersonRequest) -> HttpResponse:
    """Show the services' results year by year, and how many of their participants work or learn."""
    scope = access.overview_scope(request.user)
    form = OverviewFilterForm(request.GET, scope)
    context: dict[str, Any] = {"form": form, "here": "overview_development"}
    if form.is_valid():
        found = _Years(form, scope)
        scales = [(each, each.years()) for each in found.results()]
        context |= {
            "scales": [(each.scale, of, years_of_scale(each, of)) for each, of in scales if of],
            "outcomes": years.of_working(found.working()),
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
    context: dict[str, Any] = {"form": form, "here": "overview_obstacles", "causes": obstacles.CAUSES}
    if form.is_valid():
        found = obstacles.by_scale(_obstacles(form, scope))
        context["scales"] = [each for each in found if each.services or each.other_edition]
    return render(request, "reviews/overview_obstacles.html", context)


def _obstacles(form: OverviewFilterForm, scope: access.OverviewScope) -> obstacles.Found:
    group = groups.latest(speaking.counted_reviews(), form.filters, scope.visible)
    return obstacles.find(group.chosen, group.seen)


class _Years:
    """Each service's latest review of each year, and what they say: asked for when it is needed."""

    def __init__(self, form: OverviewFilterForm, scope: access.OverviewScope) -> None:
        """Take a valid form."""
        self._chosen = speaking.latest_of_years(speaking.counted_reviews(), form.filters)
        self._seen = set(scope.visible.values_list("pk", flat=True))

    def results(self) -> list[development.OfScale]:
        """Return the results on each scale: three queries."""
        return development.results(self._chosen, self._seen)

    def working(self) -> list[years.Working]:
        """Return what is told of participants in work and education: one query."""
        return development.working(self._chosen, self._seen)


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


def _of_scale(form: OverviewFilterForm, scope: access.OverviewScope, code: str) -> development.OfScale:
    found = next((each for each in _Years(form, scope).results() if each.scale.code == code), None)
    if found is None:
        raise Http404
    return found


def _behind_result(form: OverviewFilterForm, scope: access.OverviewScope, values: dict[str, Any]) -> _Found:
    found = _of_scale(form, scope, values["scale"])
    if values["left"]:
        told = behind_wording.left_out(found.scale, values["year"], values["left"])
        rows = behind.left_out(found.results, values["year"], values["left"])
        return rows, {"scale": found.scale, "told": told}
    bands = found.scale.band_ranges()
    band = _named(bands, values["band"])
    told = behind_wording.result(found.scale, values["year"], band)
    return behind.a_result(found.results, values["year"], band, bands), {"scale": found.scale, "told": told}


def _behind_change(form: OverviewFilterForm, scope: access.OverviewScope, values: dict[str, Any]) -> _Found:
    found = _of_scale(form, scope, values["scale"])
    told = behind_wording.change(found.scale, values["year"], values["way"])
    return behind.a_change(found.results, values["year"], values["way"]), {"scale": found.scale, "told": told}


def _behind_outcome(form: OverviewFilterForm, scope: access.OverviewScope, values: dict[str, Any]) -> _Found:
    told = behind_wording.outcome(values["year"], values["reached"])
    return behind.an_outcome(_Years(form, scope).working(), values["year"], values["reached"]), {"told": told}


def _behind_obstacle(form: OverviewFilterForm, scope: access.OverviewScope, values: dict[str, Any]) -> _Found:
    found = _obstacles(form, scope)
    items = [each for each in found.items if each.section.scale.code == values["scale"]]
    item = _named(items, values["item"])
    section = _named([each.section for each in items], values["section"])
    if not items:
        raise Http404
    rows = behind.an_obstacle(
        found, scale=values["scale"], section=values["section"], item=values["item"], cause=values["obstacle"]
    )
    return rows, {"told": behind_wording.obstacle(items[0].section.scale, section, item, values["obstacle"])}


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
    found = _attention(place, scope)
    if extension == "csv":
        made = files.due_csv(found).encode()
    else:
        of_years = _Years(form, scope)
        made = files.workbook(
            found,
            [(each.scale, each.years()) for each in of_years.results()],
            years.of_working(of_years.working()),
            obstacles.by_scale(_obstacles(form, scope)),
            of_services=place.said,
            of_reviews=form.said,
        )
    audit.record(request.user, AuditEvent.Action.EXPORTED, fields=["overview"])
    return download(made, extension, naming.overview_name(timezone.localdate(), extension))

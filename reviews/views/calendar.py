"""The calendar: what a year holds of the services the person sees, month by month, and of a month all there is, page by
page.
"""

import datetime
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from reviews import access, agenda
from reviews.agenda import Cell, Window
from reviews.agenda_rows import Agenda
from reviews.forms.filters import calendar_filters
from reviews.models import County, User
from reviews.views.http import PersonRequest

_FIRST, _LAST = 2000, 2099
"""The years that reviews are planned in (see the plan's form)."""

_PAGE = 50
_FOLDED = 12
"""Of more services to be planned the list is folded, and has but the first."""


@require_safe
def calendar(request: PersonRequest) -> HttpResponse:
    """Show a year: `year` (the one that is now), `county` (its number) and `show` (an agenda.What) narrow it down; or,
    with `month` (2026-12), all that stands in a month, and with `list` (unplanned) all services to be planned in the
    year, page by page.

    Those who plan see first which services are due in it without a review planned.
    """
    who = access.standing(request.user)
    today = timezone.localdate()
    month = _month(request.GET.get("month", ""))
    year = month.year if month else _year(request.GET.get("year", ""), today.year)
    counties = _counties(request.user, who)
    filters = calendar_filters(request.GET, [(each.code, each.name) for each in counties])
    county = filters.chosen.get("county", "")
    found = Agenda(request.user, who, year, today, county=county, show=filters.chosen["show"])
    context: dict[str, Any] = {
        "year": year,
        "today": today,
        "filters": filters,
        "several_counties": len(counties) > 1 and not county,
        "has_services": bool(counties),
        "plans": any(each.plans for each in counties if county in ("", each.code)),
    }
    if month:
        return render(request, "reviews/calendar_month.html", context | _of_month(request, found, month, today))
    if request.GET.get("list") == "unplanned":
        page, window = _page(request, found.unplanned_cells)
        _entries, unplanned = found.entries((), agenda.parts(found.unplanned_cells, window))
        return render(request, "reviews/calendar_unplanned.html", context | {"page_obj": page, "unplanned": unplanned})
    return render(request, "reviews/calendar.html", context | _of_year(found, year, today))


def _of_year(found: Agenda, year: int, today: datetime.date) -> dict[str, Any]:
    months = agenda.in_months(year, found.cells, today)
    wanted = [part for month in months for part in agenda.parts(month.cells, month.window)]
    entries, unplanned = found.entries(wanted, agenda.parts(found.unplanned_cells, Window(0, _FOLDED)))
    return {
        "earlier": year - 1 if year > _FIRST else None,
        "later": year + 1 if year < _LAST else None,
        "unplanned": unplanned,
        "unplanned_number": sum(cell.number for cell in found.unplanned_cells),
        "months": (
            months := [
                replace(month, entries=tuple(each for each in entries if each.day.month == month.first.month))
                for month in months
            ]
        ),
        "counts": agenda.counted(months),
    }


def _of_month(request: PersonRequest, found: Agenda, first: datetime.date, today: datetime.date) -> dict[str, Any]:
    month = agenda.in_months(first.year, found.cells, today)[first.month - 1]
    page, window = _page(request, month.cells)
    entries, _unplanned = found.entries(agenda.parts(month.cells, window))
    before, after = first - datetime.timedelta(days=1), first + datetime.timedelta(days=31)
    return {
        "month": replace(month, window=window, entries=tuple(entries)),
        "page_obj": page,
        "earlier": before if before.year >= _FIRST else None,
        "later": after if after.year <= _LAST else None,
    }


def _page(request: PersonRequest, cells: Sequence[Cell]) -> tuple["Page[int]", Window]:
    """Return the page that is asked for, and which entries are on it."""
    page = Paginator(range(sum(cell.number for cell in cells)), _PAGE).get_page(request.GET.get("page"))
    first = (page.number - 1) * _PAGE
    return page, Window(first, first + _PAGE)


def _counties(user: User, who: access.Standing) -> list[Any]:
    """Return the counties of the person's services, each with `plans`: whether they plan for one in it: one query."""
    services = access.visible_services(user, who).filter(county=OuterRef("pk"))
    plannable = access.plannable_services(user, who).filter(county=OuterRef("pk"))
    return list(County.objects.filter(Exists(services)).annotate(plans=Exists(plannable)).order_by("code", "name"))


def _year(text: str, now: int) -> int:
    """Return the year that stands in an address; the one that is now where it is none, or none of a review."""
    # No other digits than those of our own numbers.
    year = int(text) if len(text) == 4 and text.isascii() and text.isdigit() else now
    return year if _FIRST <= year <= _LAST else now


def _month(text: str) -> datetime.date | None:
    """Return the first day of the month that stands in an address; None where it is none, or none of a review."""
    year, _dash, number = text.partition("-")
    if not (len(text) == 7 and text.isascii() and year.isdigit() and number.isdigit()):
        return None
    if not (_FIRST <= int(year) <= _LAST and 1 <= int(number) <= 12):
        return None
    return datetime.date(int(year), int(number), 1)

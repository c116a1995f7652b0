"""The calendar: what a year holds of the services the person sees, month by month."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from reviews import access, agenda, due
from reviews.forms.filters import calendar_filters
from reviews.views.http import PersonRequest

_FIRST, _LAST = 2000, 2099
"""The years that reviews are planned in (see the plan's form)."""


@require_safe
def calendar(request: PersonRequest) -> HttpResponse:
    """Show a year: `year` (the one that is now), `county` (its number) and `show` (an agenda.What) narrow it down.

    Those who plan see first which services are due in it without a review planned.
    """
    who = access.standing(request.user)
    today = timezone.localdate()
    year = _year(request.GET.get("year", ""), today.year)
    seen = access.visible_reviews(request.user, who)
    rows = due.of(access.visible_services(request.user, who).order_by("name", "county", "pk"), seen)
    counties = sorted({(row.service.county.code, row.service.county.name) for row in rows})
    filters = calendar_filters(request.GET, counties)
    county, show = filters.chosen.get("county", ""), filters.chosen["show"]
    if county:
        rows = [row for row in rows if row.service.county.code == county]
    found = agenda.entries(request.user, who, rows, year, today, all_steps=show == agenda.What.STEP)
    months = agenda.in_months(year, [entry for entry in found if not show or entry.what == show], today)
    planned_by = [row for row in rows if access.plannable_kinds(row.service, who)]
    return render(
        request,
        "reviews/calendar.html",
        {
            "year": year,
            "earlier": year - 1 if year > _FIRST else None,
            "later": year + 1 if year < _LAST else None,
            "today": today,
            "filters": filters,
            "several_counties": len(counties) > 1 and not county,
            "has_services": bool(counties),
            "plans": bool(planned_by),
            "unplanned": agenda.unplanned(planned_by, year, today),
            "months": months,
            "counts": agenda.counted(months),
        },
    )


def _year(text: str, now: int) -> int:
    """Return the year that stands in an address; the one that is now where it is none, or none of a review."""
    # No other digits than those of our own numbers.
    year = int(text) if len(text) == 4 and text.isascii() and text.isdigit() else now
    return year if _FIRST <= year <= _LAST else now

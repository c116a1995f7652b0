"""Writes a handlingsplan as a spreadsheet, in the reader's language: all of its points, one a row."""

import datetime
from collections.abc import Sequence

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext

from reviews.action_plan.points import Point
from reviews.exchange.spreadsheet import Book, Cell, Look
from reviews.models import Service
from reviews.report import wording

_WIDTHS = (14, 7, 26, 48, 28, 30, 24, 16, 16, 16, 40, 26, 48, 22)


def plan(service: Service, rows: Sequence[Point], made_at: datetime.datetime) -> bytes:
    """Return the plan's points in their order."""
    title = gettext("Action plan") + f": {service.name}"
    book = Book(title, made_at)
    sheet = book.sheet(gettext("Action plan"), _WIDTHS)
    sheet.add(Look.TITLE, title)
    day = date_format(timezone.localdate(made_at), "DATE_FORMAT")
    sheet.add(Look.NOTE, gettext("As it was on %(day)s.") % {"day": day})
    sheet.add(
        Look.HEAD,
        gettext("Status"),
        gettext("Code"),
        gettext("Item"),
        gettext("Improvement point"),
        gettext("Who acts"),
        gettext("Organisation"),
        gettext("Kind of organisation"),
        gettext("Deadline"),
        gettext("Past the deadline"),
        gettext("Closed"),
        gettext("Notes"),
        gettext("Where it comes from"),
        gettext("Recommendation in the report"),
        gettext("Who acts by the report"),
    )
    sheet.end_head(columns=3)
    for row in rows:
        sheet.add(Look.PLAIN, *_cells(row, timezone.localdate(made_at)))
    return book.finish()


def _cells(row: Point, today: datetime.date) -> tuple[Cell, ...]:
    action, organisation = row.action, row.action.organisation
    return (
        gettext("Goes on in another point") if row.goes_on else action.get_status_display(),
        action.item.code,
        action.item.short_title,
        action.text,
        action.owner,
        "" if organisation is None else organisation.name,
        "" if organisation is None else organisation.get_kind_display(),
        row.due or action.deadline,
        gettext("Yes") if row.is_overdue(today) else "",
        None if action.closed_at is None else timezone.localdate(action.closed_at),
        action.notes,
        _source(row),
        row.recommendation,
        wording.actors(list(row.actors)),
    )


def _source(row: Point) -> str:
    """Where a point comes from, in words, and whatever is to be known about that."""
    if row.review is None:
        said = [gettext("Added by the service")]
    else:
        days = wording.date_range(row.review.first_day.isoformat(), row.review.last_day.isoformat())
        said = [f"{row.review.get_kind_display()}, {days}"]
    if row.withdrawn:
        said.append(gettext("No longer in the report"))
    return "\n".join(said)

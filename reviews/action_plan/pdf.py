"""Prints a handlingsplan for the steering group, in the reader's language, by the means that print the report."""

import datetime
from collections.abc import Sequence

from django.template.loader import render_to_string
from django.utils import timezone

from reviews.action_plan import points
from reviews.action_plan.points import Point
from reviews.models import Service
from reviews.report import fonts
from reviews.report import pdf as report_pdf

LATELY = datetime.timedelta(days=366)
"""How long what is closed is told of: a steering group looks at the plan at least once a year."""


def plan(service: Service, rows: Sequence[Point], made_at: datetime.datetime) -> bytes:
    """Return as PDF what is still to be done, with room for what is decided on each point, and what was closed in the
    last year. A point that goes on in another is told of there alone.
    """
    closed = [row for row in rows if row.action.closed_at is not None and row.action.closed_at > made_at - LATELY]
    source = render_to_string(
        "action_plan/document.html",
        {
            "service": service,
            "numbers": points.numbers(rows, timezone.localdate(made_at)),
            "to_do": points.groups(row for row in rows if row.action.is_open),
            "closed": points.groups(row for row in closed if not row.goes_on),
            "today": timezone.localdate(made_at),
        },
    )
    return report_pdf.write(fonts.printable(source), style="css/plan.css")

"""Who read, changed, moved and took with them what in a review, when and from where."""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from reviews import access, audit, log, log_wording
from reviews.access import Permit
from reviews.exchange.exporting import csv_line
from reviews.exchange.sheet import escape
from reviews.forms.filters import Filters, log_filters, of_kind
from reviews.models import AuditEvent
from reviews.report import naming
from reviews.views.http import PersonRequest, download, tell_reading

_PAGE = 100

COLUMNS = ("time", "person", "action", "object", "item", "fields", "address", "what", "details")
"""The columns of the CSV: an event a row, with commas and in UTF-8 as every CSV. `person` is empty for a command. The
last two say in the reader's language what the page says; all others are the same in every language.
"""


@dataclass(frozen=True)
class Row:
    """A line of the log in words."""

    line: log.Line
    what: str
    details: str


def _open(request: PersonRequest, pk: uuid.UUID) -> Permit:
    permit = access.open_review(request.user, pk)
    permit.require(permit.may_see_log)
    return permit


@require_safe
def review_log(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """Show the log, the newest first; `person` (a key) and `kind` (see log_filters) narrow it down."""
    permit = _open(request, pk)
    tell_reading(request, "log", review=permit.review)
    found, items = log.events(permit)
    filters = _filters(request, found)
    page = Paginator(log.lines(_chosen(found, filters)), _PAGE).get_page(request.GET.get("page"))
    versions = _versions(permit)
    rows = [
        Row(line, log_wording.what(line.event, items, versions), log_wording.details(line.event, line.fields))
        for line in page
    ]
    shown: Page[Any] = Page(rows, page.number, page.paginator)
    context = {
        "permit": permit,
        "review": permit.review,
        "filters": filters,
        "page_obj": shown,
    }
    return render(request, "reviews/log.html", context)


@require_safe
def review_log_csv(request: PersonRequest, pk: uuid.UUID) -> HttpResponse | StreamingHttpResponse:
    """Download the log as the page would show it, each event by itself."""
    permit = _open(request, pk)
    found, items = log.events(permit)
    chosen = _chosen(found, _filters(request, found))
    audit.record(request.user, AuditEvent.Action.EXPORTED, review=permit.review, target=permit.review, fields=["log"])
    lines = _csv(chosen, items, _versions(permit))
    return download("".join(lines).encode(), "csv", naming.log_name(permit.review))


def _versions(permit: Permit) -> dict[str, int]:
    """Return the numbers of the report's versions by their keys."""
    return {str(key): number for key, number in permit.review.versions.values_list("pk", "number")}


def _filters(request: PersonRequest, found: list[log.Event]) -> Filters:
    people = {str(event.by): event.name for event in found if event.by is not None}
    return log_filters(request.GET, sorted(people.items(), key=lambda person: (person[1].casefold(), person[0])))


def _chosen(found: list[log.Event], filters: Filters) -> list[log.Event]:
    person, kind = filters.chosen["person"], filters.chosen["kind"]
    return [event for event in found if (not person or str(event.by) == person) and of_kind(event.action, kind)]


def _csv(found: list[log.Event], items: Mapping[tuple[str, str], str], versions: Mapping[str, int]) -> Iterator[str]:
    yield csv_line(COLUMNS)
    for event in found:
        told = (
            timezone.localtime(event.at).isoformat(timespec="seconds"),
            escape(event.name),
            event.action,
            event.object_type,
            items.get((event.object_type, event.object_id), ""),
            escape(" ".join(event.fields)),
            event.address,
            escape(log_wording.what(event, items, versions)),
            escape(log_wording.details(event, event.fields)),
        )
        yield csv_line(told)

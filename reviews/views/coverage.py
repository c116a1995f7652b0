"""Where the findings come from: for the whole review, and for one item on its card."""

import uuid
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_POST, require_safe

from reviews import about_item, access, notebook, results, workflow
from reviews import coverage as covering
from reviews.about_item import AboutItem
from reviews.access import Permit
from reviews.models import Note, Source
from reviews.navigation import item_at
from reviews.views.evidence import item_page, item_pages, open_evidence
from reviews.views.http import PersonRequest, attempt, refused, tell_reading
from scales.models import Item


@require_safe
def coverage(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """Show what is missing, and all items by sources and by perspectives."""
    permit = open_evidence(request, pk)
    tell_reading(request, "coverage", review=permit.review)
    scales = results.pinned_scales(permit.review, permit.pinned)
    evidence = covering.load(permit.review, request.user)
    return render(
        request,
        "reviews/coverage.html",
        {
            "permit": permit,
            "review": permit.review,
            "missing": covering.missing(scales, evidence),
            "tables": [covering.table(scale, evidence) for scale in scales],
            "target": item_pages(permit),
        },
    )


@require_POST
def source(request: PersonRequest, pk: uuid.UUID, scale: str, code: str) -> HttpResponse:
    """Say that there was no access to a `source` of an item (`closed` is 1), or that there is after all (0), and go
    back to the item. To htmx the item's card is given alone, with why it was refused where it was.
    """
    permit = open_evidence(request, pk)
    item = item_at(results.pinned_scales(permit.review, permit.pinned), scale, code)
    named, closed = request.POST.get("source", ""), request.POST.get("closed")
    if named not in Source.values:
        raise Http404
    if closed not in ("0", "1"):
        raise BadRequest

    def step() -> None:
        take = workflow.close_source if closed == "1" else workflow.open_source
        take(permit.review, item, named, request.user)

    if request.headers.get("HX-Request") == "true":
        refusal = refused(step)
        if refusal is not None:
            # It may have been closed in the meantime.
            permit = access.open_review(request.user, pk)
        return HttpResponse(card_html(request, permit, item, str(refusal or "")))
    attempt(request, step)
    return redirect(item_page(permit, item))


def card(permit: Permit, item: Item, notes: Iterable[Note], found: AboutItem) -> dict[str, Any]:
    """Return what the card of an item's sources shows (reviews/partials/sources.html); `notes` are those on the item
    that the person may read.
    """
    evidence = covering.of_one(item, notes, found)
    return {
        "permit": permit,
        "review": permit.review,
        "item": item,
        "coverage": covering.of_item(item, evidence),
        "refusal": "",
    }


def card_html(request: HttpRequest, permit: Permit, item: Item, refusal: str = "") -> str:
    """Return the card of an item's sources, to put in place of the one on the page, whose id is `sources`."""
    notes = notebook.on_item(permit.review, permit.user, item)
    shown = {**card(permit, item, notes, about_item.load(permit.review, item)), "refusal": refusal}
    return render_to_string("reviews/partials/sources.html", shown, request=request)

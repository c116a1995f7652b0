"""What the views of the evidence share: who is let in, where one works on an item, and what was found there before."""

import uuid
from typing import Any

from django.urls import reverse

from reviews import access, previous
from reviews.access import Permit
from reviews.action_plan import points
from reviews.models import Review
from reviews.views.http import PersonRequest
from scales.models import Item


def open_evidence(request: PersonRequest, pk: uuid.UUID) -> Permit:
    """Fetch a review for someone who sees its evidence. Raises Http404 for an outsider, PermissionDenied for others."""
    permit = access.open_review(request.user, pk)
    permit.require(permit.may_see_evidence)
    return permit


def item_pages(permit: Permit) -> str:
    """Return the name of the page on which the person works on an item: where it is agreed on or on their sheet; empty
    before the scoring has begun.
    """
    if permit.may_work and permit.review.consensus_at is not None:
        return "reviews:agree"
    return "" if permit.review.status == Review.Status.PLANNED else "reviews:score"


def item_page(permit: Permit, item: Item) -> str:
    """Return where the person works on the item; before the scoring has begun the review's page."""
    pages = item_pages(permit)
    if not pages:
        return reverse("reviews:review", args=[permit.review.pk])
    return reverse(pages, args=[permit.review.pk, item.section.scale.code, item.code])


def last_review(permit: Permit, item: Item, *, corrected: bool = True) -> dict[str, Any]:
    """Return what the card of the last review shows of an item (templates/reviews/partials/last_review.html), with the
    service's points on it; `corrected` as reviews.previous.beside has it.
    """
    last = previous.beside(permit.review, item, corrected=corrected)
    return {"last": last, "points": points.on_item(permit.actions, item, None if last is None else last.review.pk)}

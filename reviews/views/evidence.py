"""What the views of the evidence share: who is let in, and where one works on an item."""

import uuid

from django.urls import reverse

from reviews import access
from reviews.access import Permit
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

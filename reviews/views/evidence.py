"""What the views of the evidence share: who is let in, where one works on an item, and what was found there before."""

import uuid
from typing import Any

from django.db.models import CharField, QuerySet
from django.urls import reverse

from reviews import access, previous
from reviews.about_item import AboutItem
from reviews.access import Permit
from reviews.action_plan import points
from reviews.models import ActionPoint, Review, Service, User
from reviews.prepared import Given, Prepared
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


def last_review(
    permit: Permit, item: Item, *, corrected: bool = True, found: AboutItem | None = None
) -> dict[str, Any]:
    """Return what the card of the last review shows of an item (templates/reviews/partials/last_review.html), with the
    service's points on it; `corrected` as reviews.previous.beside has it. `found`, where it is known, tells whether
    there are any points.
    """
    last = previous.beside(permit.review, item, corrected=corrected)
    if found is not None and not found.has_points:
        return {"last": last, "points": []}
    return {"last": last, "points": _met(permit, item, _NO_REVIEW if last is None else last.review.pk)}


_NO_REVIEW = uuid.UUID(int=0)


def _asked_by_seat() -> "QuerySet[ActionPoint]":
    person, service = Given("user", User._meta.get_field("id")), Given("service", Service._meta.get_field("id"))
    about = (Given("code", CharField()), Given("scale", CharField()), Given("last", Review._meta.get_field("id")))
    return points.met_on_item(access.actions_by_seat(person, access.NOTHING, service), *about)


_by_seat = Prepared(_asked_by_seat)


def _met(permit: Permit, item: Item, last: uuid.UUID) -> list[ActionPoint]:
    """Return the points of the service that points.met_on_item() says: one query, put together once for most."""
    code, scale = item.code, item.section.scale.code
    if not permit.sees_actions_by_seat_alone:
        return list(points.met_on_item(permit.actions, code, scale, last))
    person, service = permit.user.pk, permit.review.service_id
    return _by_seat.rows(user=person, service=service, code=code, scale=scale, last=last)

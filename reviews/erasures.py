"""What is told of the deletion of a review's working material: on which day it comes, and afterwards what went."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from reviews import retention
from reviews.models import (
    ClosedSource,
    Count,
    Erasure,
    GivenFigure,
    Informant,
    Interview,
    Note,
    Rating,
    Review,
    Seat,
)

CLOSED = (Review.Status.FINAL, Review.Status.CANCELLED)
"""The states in which nothing more is written. One that is issued again is none of them, and loses nothing."""

BLANK = {
    "comment": "",
    "recommendation": "",
    "departure": "",
    "elements": [],
    "element_remarks": {},
    "statements": {},
    "obstacles": [],
    "actors": [],
}
"""What is left of everything but the score in a rating whose score the report shows."""

KINDS: dict[str, str | Promise] = {
    "notes": _("Notes"),
    "interviews": _("Interviews"),
    "informants": _("Those who were asked, by kind and number"),
    "closed_sources": _("Sources without access"),
    "counted_figures": _("Counted figures about single people or teams"),
    "given_figures": _("Figures from the service about single people or teams"),
    "own_scores": _("Evaluators' own scores"),
    "own_texts": _("Texts beside own scores that the report shows"),
    "removed_reasons": _("Reasons why an evaluator was removed"),
}
"""What a receipt counts, in words."""


def reasons(seats: QuerySet[Seat]) -> QuerySet[Seat]:
    """Return those of `seats` that say why somebody was removed."""
    return seats.exclude(removed_at=None).exclude(removed_reason=retention.UNSAID)


def with_material(reviews: QuerySet[Review]) -> QuerySet[Review]:
    """Return those of `reviews` that have something which is deleted once they are closed.

    A score that the report shows stays after the first deletion, without a text: it asks for no other one.
    """
    mine: dict[str, Any] = {"review": OuterRef("pk")}
    apart = {**mine, "number__gt": 0}
    ratings = Rating.objects.filter(seat__review=OuterRef("pk"))
    receipts = Erasure.objects.filter(**mine, erased_at__isnull=False)
    rule = Q(Exists(ratings.exclude(**BLANK))) | (Q(Exists(ratings)) & ~Q(Exists(receipts)))
    rule |= Q(Exists(reasons(Seat.objects.filter(**mine))))
    rows: list[tuple[type[Model], dict[str, Any]]] = [
        *((model, mine) for model in (Note, Interview, Informant, ClosedSource)),
        *((model, apart) for model in (Count, GivenFigure)),
    ]
    for model, about in rows:
        rule |= Q(Exists(model._default_manager.filter(**about)))
    return reviews.filter(rule)


def closed_on(review: Review) -> datetime.date | None:
    """Return the day on which a review was closed; None of one that is open."""
    at = review.final_at if review.status == Review.Status.FINAL else review.cancelled_at
    return None if at is None or review.status not in CLOSED else timezone.localdate(at)


def holds(announced: Erasure) -> bool:
    """Whether what is announced still holds: the review is closed, and no later day is asked for since. It asks for the
    review unless that is fetched already.
    """
    closed = closed_on(announced.review)
    return closed is not None and announced.due >= retention.kept_until(closed, settings.KEEP_NOTES_DAYS)


@dataclass(frozen=True)
class Told:
    """What the page of a review says: the day of the deletion to come, or none, and the receipts, newest first."""

    day: datetime.date | None
    receipts: list[Erasure]


def told(review: Review) -> Told:
    """Return what is to be told of a review: one query."""
    left = Exists(with_material(Review.objects.filter(pk=OuterRef("pk"))))
    columns = ("pk", "warned_at", "due", "erased_at", "counts")
    # From the review, so that there is an answer also where nothing is announced yet.
    found = list(
        Review.objects.filter(pk=review.pk)
        .order_by("-erasures__warned_at")
        .values_list(left, *(f"erasures__{column}" for column in columns))
    )
    rows = [Erasure(review=review, **dict(zip(columns, values, strict=True))) for _left, *values in found if values[0]]
    receipts = [row for row in rows if row.erased_at is not None]
    closed = closed_on(review)
    if closed is None or not any(each[0] for each in found):
        return Told(None, receipts)
    announced = next((row.due for row in rows if row.erased_at is None), None)
    return Told(retention.day_of(closed, settings.KEEP_NOTES_DAYS, timezone.localdate(), announced), receipts)


def lines(erasure: Erasure) -> list[tuple[str, int]]:
    """Return what a receipt counts, in words: each kind of which there was anything."""
    counts = erasure.counts or {}
    return [(str(label), counts[kind]) for kind, label in KINDS.items() if counts.get(kind)]

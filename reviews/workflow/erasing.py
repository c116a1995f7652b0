"""Deleting for good what was noted, counted of single people and judged alone, once a review is closed."""

import datetime
from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from reviews import audit, results, retention
from reviews.erasures import BLANK, CLOSED, closed_on, reasons, with_material
from reviews.models import Erasure, Rating, Reminder, ReminderKind, Review
from reviews.report.shape import shown_in
from reviews.retention import Step
from reviews.workflow.base import Action, lock


def waiting() -> Iterator[tuple[Review, Step]]:
    """Give each closed review for which today asks for something, with what that is."""
    today = timezone.localdate()
    for review in with_material(Review.objects.filter(status__in=CLOSED)).order_by("pk").prefetch_related("erasures"):
        wanted = _step(review, _announcement(review.erasures.all()), today)
        if wanted is not Step.WAIT:
            yield review, wanted


@transaction.atomic
def announce(review: Review) -> Erasure | None:
    """Announce for which day the deletion is set, or set it anew where the review was closed again since, or where no
    letter told of it; None where today does not ask for it, now that the review is locked.
    """
    review, today = lock(review), timezone.localdate()
    found = _announcement(review.erasures.all())
    closed = closed_on(review)
    if closed is None or _step(review, found, today) not in (Step.ANNOUNCE, Step.POSTPONE):
        return None
    erasure = found or Erasure(review=review)
    erasure.warned_at = timezone.now()
    erasure.due = retention.day_of(closed, settings.KEEP_NOTES_DAYS, today, None)
    erasure.save()
    audit.record(None, Action.CHANGED if found else Action.CREATED, review=review, target=erasure, fields=["due"])
    return erasure


@transaction.atomic
def erase(review: Review) -> Erasure | None:
    """Delete what was announced in time, and write the receipt; None where today does not ask for it, now that the
    review is locked.
    """
    review = lock(review)
    erasure = _announcement(review.erasures.all())
    if erasure is None or _step(review, erasure, timezone.localdate()) is not Step.ERASE:
        return None
    erasure.counts = _erase(review)
    erasure.erased_at = timezone.now()
    erasure.save(update_fields=["counts", "erased_at"])
    audit.record(None, Action.DELETED, review=review, target=erasure, fields=erasure.counts)
    return erasure


def _announcement(erasures: Iterable[Erasure]) -> Erasure | None:
    """Return the one that is announced and not done; there is one at most."""
    return next((each for each in erasures if each.erased_at is None), None)


def _step(review: Review, erasure: Erasure | None, today: datetime.date) -> Step:
    closed = closed_on(review)
    if closed is None:
        return Step.WAIT
    announced = None if erasure is None else (timezone.localdate(erasure.warned_at), erasure.due)
    wanted = retention.step(closed, settings.KEEP_NOTES_DAYS, today, announced)
    if wanted is Step.ERASE and erasure is not None and _concerns_somebody(review):
        return retention.once_told(today, _first_letter(review, erasure.due))
    return wanted


def _concerns_somebody(review: Review) -> bool:
    """Whether anybody is left to be told: those with an account in use, and a seat."""
    return review.seats.filter(removed_at=None, user__is_active=True).exists()


def _first_letter(review: Review, due: datetime.date) -> datetime.date | None:
    """Return the day on which the first letter about a deletion on the day `due` went."""
    went = Reminder.objects.filter(kind=ReminderKind.ERASURE, about=str(review.pk), day=due)
    first = went.order_by("sent_at").values_list("sent_at", flat=True).first()
    return None if first is None else timezone.localdate(first)


def _erase(review: Review) -> dict[str, int]:
    """Delete it all and return how many rows of each kind went."""
    ratings = Rating.objects.filter(seat__review=review)
    kept = ratings.filter(seat__in=results.evaluator_seats(review)) if _shows_own_scores(review) else ratings.none()
    return {
        # In this order: a note points at its interview, and both at who was asked.
        "notes": _delete(review.notes.all()),
        "interviews": _delete(review.interviews.all()),
        "informants": _delete(review.informants.all()),
        "closed_sources": _delete(review.closed_sources.all()),
        "counted_figures": _delete(review.counts.filter(number__gt=0)),
        "given_figures": _delete(review.given_figures.filter(number__gt=0)),
        "own_scores": _delete(ratings.exclude(pk__in=kept.values("pk"))),
        "own_texts": kept.exclude(**BLANK).update(**BLANK),
        "removed_reasons": reasons(review.seats.all()).update(removed_reason=retention.UNSAID),
    }


def _delete(rows: QuerySet[Any]) -> int:
    """Delete rows and return how many there were, without those that hang on them."""
    _all, by_model = rows.delete()
    return by_model.get(rows.model._meta.label, 0)


def _shows_own_scores(review: Review) -> bool:
    """Whether the version that counts shows the evaluators' own scores."""
    version = results.newest_version(review)
    return version is not None and shown_in(version.content)["evaluator_scores"]

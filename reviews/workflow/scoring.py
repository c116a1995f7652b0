"""The evaluators' own sheets, each blind to the others until all have handed in."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from reviews import audit, findings, merging, results
from reviews.models import Count, Rating, Review, Seat, User
from reviews.navigation import items_in
from reviews.workflow.agreeing import fill_consensus, reasons_for, require_known_reason
from reviews.workflow.base import Action, Refused, Status, lock, merged, move, require
from scales.models import Item, Section


def open_sheet(seat: Seat) -> tuple[Review, Seat]:
    """Lock the review and return it with the seat, if its sheet may still be written in."""
    review = lock(seat.review)
    seat = Seat.objects.get(pk=seat.pk)
    _require_open(review, seat)
    return review, seat


def _require_open(review: Review, seat: Seat) -> None:
    require(review, Status.SCORING)
    if seat.removed_at is not None:
        raise Refused(_("You no longer have a seat in this review."))
    if seat.handed_in_at is not None:
        raise Refused(_("The scores are handed in and can no longer be changed."))


@transaction.atomic
def save_rating(
    seat: Seat,
    item: Item,
    actor: User,
    values: Mapping[str, Any],
    counts: Mapping[tuple[str, int], Decimal | None],
    seen: Mapping[str, str] | None = None,
) -> Rating:
    """Save one evaluator's own rating of an item, and what was counted for it; `values` are columns of Rating, and what
    was found by the names of reviews.findings.

    `counts` are figures by the name the item's measure gives them and the number of the jobbspesialist, team or
    deltaker (0: the whole service); None takes a figure away. `seen` are the stamps of what the page showed (see
    merging), a figure's by count_name(). Raises Overtaken where the same was changed elsewhere in the meantime: in
    another tab, on a shared sheet, or a figure by the other evaluator.
    """
    review, seat = open_sheet(seat)
    rating = Rating.objects.filter(seat=seat, item=item).order_by().first() or Rating()
    rating.seat, rating.item = seat, item
    held_counts = {(count.name, count.number): count for count in review.counts.filter(item=item).order_by()}
    return write_rating(review, rating, actor, values, counts, held_counts, seen)


def write_rating(
    review: Review,
    rating: Rating,
    actor: User,
    values: Mapping[str, Any],
    counts: Mapping[tuple[str, int], Decimal | None],
    held_counts: Mapping[tuple[str, int], Count],
    seen: Mapping[str, str] | None = None,
) -> Rating:
    """Do what save_rating() does, for who has locked the review (see access.open_to_write) and then read the seat, the
    rating, made or not, and of the item's figures at least those in `counts`.
    """
    item = rating.item
    _require_open(review, rating.seat)
    held: dict[str, Any] = {"score": rating.score, "not_scored": rating.not_scored}
    if any(findings.is_finding(name) for name in values):
        held |= findings.held(rating, item)
    held |= {name: getattr(rating, name) for name in values if name not in held}
    held |= {count_name(*key): held_counts[key].value if key in held_counts else None for key in counts}
    new = {**values, **{count_name(*key): value for key, value in counts.items()}}
    changed = merged(held, new, seen, merging.JUDGEMENT)
    own = {name: value for name, value in changed.items() if name in values}
    require_known_reason(review, own, values)
    columns = findings.put(rating, own)
    for name, value in own.items():
        if not findings.is_finding(name):
            setattr(rating, name, value)
            columns.append(name)
    made = rating.pk is None
    if made or columns:
        rating.updated_at = timezone.now()
        rating.save(force_insert=made, update_fields=None if made else [*columns, "updated_at"])
    figures = {key: value for key, value in counts.items() if count_name(*key) in changed}
    if figures:
        save_counts(review, item, held_counts, figures, actor)
    if changed and made:
        audit.record(actor, Action.CHANGED, review=review, target=rating, fields=changed)
    elif changed:
        audit.record_change(actor, review, rating, changed)
    return rating


def count_name(name: str, number: int) -> str:
    """Return what a figure is called in forms and stamps."""
    return f"count_{name}_{number}" if number else f"count_{name}"


def save_counts(
    review: Review,
    item: Item,
    held: Mapping[tuple[str, int], Count],
    figures: Mapping[tuple[str, int], Decimal | None],
    actor: User,
) -> None:
    """Write figures of an item, by name and number, however many in one statement; None takes one away."""
    now = timezone.now()
    Count.objects.bulk_create(
        (
            Count(review=review, item=item, name=name, number=number, value=value, updated_by=actor, updated_at=now)
            for (name, number), value in figures.items()
            if value is not None
        ),
        update_conflicts=True,
        unique_fields=["review", "item", "name", "number"],
        update_fields=["value", "updated_by", "updated_at"],
    )
    gone = [held[key].pk for key, value in figures.items() if value is None and key in held]
    if gone:
        Count.objects.filter(pk__in=gone).delete()


@transaction.atomic
def leave_section_unscored(seat: Seat, section: Section, actor: User, reason: str) -> int:
    """Give every item of a section that has neither score nor reason the same reason; return how many."""
    review, seat = open_sheet(seat)
    if reason not in reasons_for(review):
        raise Refused(_("Choose why the section is not scored."))
    rated = {rating.item_id: rating for rating in seat.ratings.filter(item__section=section)}
    now = timezone.now()
    left = []
    for item in section.items.all():
        rating = rated.get(item.pk) or Rating(seat=seat, item=item)
        if rating.score is not None or rating.not_scored:
            continue
        rating.not_scored, rating.updated_at = reason, now
        left.append(rating)
    Rating.objects.bulk_create(rating for rating in left if rating.pk is None)
    Rating.objects.bulk_update([rating for rating in left if rating.pk is not None], ["not_scored", "updated_at"])
    audit.record(actor, Action.CHANGED, review=review, target=section, fields=["not_scored"])
    return len(left)


def unsettled(seat: Seat) -> list[Item]:
    """Return the items the evaluator has given neither score nor reason, in the scales' order."""
    done = {rating.item_id for rating in seat.ratings.all() if rating.score is not None or rating.not_scored}
    return [item for item in items_in(results.pinned_scales(seat.review)) if item.pk not in done]


@transaction.atomic
def hand_in(seat: Seat, actor: User) -> Review:
    """Hand in a sheet. When every counting evaluator has, the review moves to consensus, filled where there is nothing
    to agree on.

    Raises Refused while an item has neither score nor reason, and for an observer, whom nobody waits for.
    """
    review, seat = open_sheet(seat)
    if seat.kind == Seat.Kind.OBSERVER:
        raise Refused(_("An observer hands nothing in: the scores are never counted."))
    if review.is_self:
        raise Refused(_("A self-review has one shared sheet and is not handed in: make it final."))
    left = unsettled(seat)
    if left:
        raise Refused(_("These items have neither a score nor a reason: %(items)s.") % {"items": _codes(left)})
    seat.handed_in_at = timezone.now()
    seat.save(update_fields=["handed_in_at"])
    audit.record(actor, Action.CHANGED, review=review, target=seat, fields=["handed_in_at"])
    open_consensus_when_all_handed_in(review, actor)
    return review


def open_consensus_when_all_handed_in(review: Review, actor: User) -> None:
    """Move a locked review on once every counting evaluator has handed in; until then nothing happens."""
    counting = results.evaluator_seats(review)
    if not counting or not all(other.handed_in_at for other in counting):
        return
    fill_consensus(review, counting)
    review.consensus_at = timezone.now()
    move(review, actor, Status.CONSENSUS, "consensus_at")


@transaction.atomic
def withdraw(seat: Seat, actor: User) -> Review:
    """Take a hand-in back, which is possible until the last evaluator has handed in: then the scores are shown."""
    review = lock(seat.review)
    require(review, Status.SCORING)
    seat = Seat.objects.get(pk=seat.pk)
    if seat.removed_at is not None:
        raise Refused(_("You no longer have a seat in this review."))
    if seat.handed_in_at is None:
        raise Refused(_("The scores are not handed in."))
    seat.handed_in_at = None
    seat.save(update_fields=["handed_in_at"])
    audit.record(actor, Action.CHANGED, review=review, target=seat, fields=["handed_in_at"])
    return review


def _codes(items: Iterable[Item]) -> str:
    return ", ".join(item.code for item in items)

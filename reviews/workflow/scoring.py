"""The evaluators' own sheets, each blind to the others until all have handed in."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from reviews import audit, results
from reviews.models import Count, Rating, Review, Seat, User
from reviews.workflow.agreeing import fill_consensus, reasons_for, require_known_reason
from reviews.workflow.base import Action, Refused, Status, lock, move, require
from scales.models import Item, Section


def _open_sheet(seat: Seat) -> tuple[Review, Seat]:
    """Lock the review and return it with the seat, if its sheet may still be written in."""
    review = lock(seat.review)
    require(review, Status.SCORING)
    seat = Seat.objects.get(pk=seat.pk)
    if seat.removed_at is not None:
        raise Refused(_("You no longer have a seat in this review."))
    if seat.handed_in_at is not None:
        raise Refused(_("The scores are handed in and can no longer be changed."))
    return review, seat


@transaction.atomic
def save_rating(
    seat: Seat, item: Item, actor: User, values: Mapping[str, Any], counts: Mapping[str, Decimal | None]
) -> Rating:
    """Save one evaluator's own rating of an item, and what was counted for it; `values` are columns of Rating by name.

    `counts` are figures by the name the item's measure gives them; None takes a figure away.
    """
    review, seat = _open_sheet(seat)
    rating, _made = Rating.objects.get_or_create(seat=seat, item=item)
    changed = [name for name, value in values.items() if getattr(rating, name) != value]
    require_known_reason(review, changed, values)
    for name in changed:
        setattr(rating, name, values[name])
    if changed:
        rating.updated_at = timezone.now()
        rating.save(update_fields=[*changed, "updated_at"])
    changed += _save_counts(review, item, actor, counts)
    if changed:
        audit.record(actor, Action.CHANGED, review=review, target=rating, fields=changed)
    return rating


def _save_counts(review: Review, item: Item, actor: User, counts: Mapping[str, Decimal | None]) -> list[str]:
    held = {count.name: count for count in review.counts.filter(item=item, part="")}
    changed = []
    for name, value in counts.items():
        count = held.get(name)
        if value is None:
            if count is None:
                continue
            count.delete()
        elif count is None or count.value != value:
            count = count or Count(review=review, item=item, name=name)
            count.value, count.updated_by, count.updated_at = value, actor, timezone.now()
            count.save()
        else:
            continue
        changed.append(f"count:{name}")
    return changed


@transaction.atomic
def leave_section_unscored(seat: Seat, section: Section, actor: User, reason: str) -> int:
    """Give every item of a section that has neither score nor reason the same reason; return how many."""
    review, seat = _open_sheet(seat)
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
    return [
        item
        for scale in results.pinned_scales(seat.review)
        for section in scale.sections.all()
        for item in section.items.all()
        if item.pk not in done
    ]


@transaction.atomic
def hand_in(seat: Seat, actor: User) -> Review:
    """Hand in a sheet. When every counting evaluator has, the review moves to consensus, filled where there is nothing
    to agree on.

    Raises Refused while an item has neither score nor reason.
    """
    review, seat = _open_sheet(seat)
    if review.is_self:
        raise Refused(_("A self-review has one shared sheet and is not handed in: make it final."))
    left = unsettled(seat)
    if left:
        raise Refused(_("These items have neither a score nor a reason: %(items)s.") % {"items": _codes(left)})
    seat.handed_in_at = timezone.now()
    seat.save(update_fields=["handed_in_at"])
    audit.record(actor, Action.CHANGED, review=review, target=seat, fields=["handed_in_at"])
    counting = results.evaluator_seats(review)
    if all(other.handed_in_at for other in counting):
        fill_consensus(review, counting)
        review.consensus_at = timezone.now()
        move(review, actor, Status.CONSENSUS, "consensus_at")
    return review


def _codes(items: Iterable[Item]) -> str:
    return ", ".join(item.code for item in items)

"""Writes the audit, the one place that makes an AuditEvent, and reads from it who last changed what."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Model

from ipsreview import context
from reviews.models import AuditEvent, Review, User


def record(
    actor: User | None,
    action: AuditEvent.Action,
    *,
    review: Review | None = None,
    target: Model | None = None,
    fields: Iterable[str] = (),
) -> None:
    """Write down that `actor` (none: a command) did `action` to `target` in `review`; `fields` are names,
    never values.
    """
    _event(actor, action, review, target, fields).save()


def record_each(actor: User | None, action: AuditEvent.Action, reviews: Iterable[Review]) -> None:
    """Write down that `actor` did `action` to each of `reviews`, in one statement."""
    AuditEvent.objects.bulk_create(_event(actor, action, review, review, ()) for review in reviews)


@dataclass(frozen=True)
class Change:
    """Who changed something, and when; without a name where a command did."""

    by: str
    at: datetime.datetime


def last_changes(review: Review, target: Model) -> dict[str, Change]:
    """Return who last changed each field of `target` in `review`, by the field's name; of the last hundred changes."""
    found: dict[str, Change] = {}
    events = AuditEvent.objects.filter(
        review=review,
        action=AuditEvent.Action.CHANGED,
        object_type=str(target._meta.model_name),
        object_id=str(target.pk),
    )
    for event in events.select_related("actor").order_by("-at", "-pk")[:100]:
        for name in event.fields:
            found.setdefault(name, Change("" if event.actor is None else event.actor.name, event.at))
    return found


def _event(
    actor: User | None, action: AuditEvent.Action, review: Review | None, target: Model | None, fields: Iterable[str]
) -> AuditEvent:
    found = context.current.get()
    return AuditEvent(
        actor=actor,
        action=action,
        review=review,
        object_type="" if target is None else str(target._meta.model_name),
        object_id="" if target is None else str(target.pk),
        fields=sorted(fields),
        address=found.address,
        request_id=found.request_id,
    )

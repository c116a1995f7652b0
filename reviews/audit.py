"""Writes the audit: the one place that makes an AuditEvent."""

from collections.abc import Iterable

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

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
    found = context.current.get()
    AuditEvent.objects.create(
        actor=actor,
        action=action,
        review=review,
        object_type="" if target is None else str(target._meta.model_name),
        object_id="" if target is None else str(target.pk),
        fields=sorted(fields),
        address=found.address,
        request_id=found.request_id,
    )

"""Writes the audit, the one place that makes an AuditEvent, and reads from it who last changed what."""

import datetime
import uuid
from collections.abc import Iterable, MutableMapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Max, Model, QuerySet
from django.utils import timezone

from ipsreview import context
from reviews.models import AuditEvent, Review, User
from reviews.prepared import Given, Prepared

_APART = datetime.timedelta(minutes=1)
"""How long one event stands for all changes of the same that one person makes by writing on."""

_READ = "read"
_AGAIN = datetime.timedelta(hours=1)
"""Where a session keeps what its person has read and when, and how long one event stands for reading the same again."""


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


def record_change(actor: User, review: Review | None, target: Model, fields: Iterable[str]) -> None:
    """Write down that `actor` changed `fields` of `target` in `review`, in a text or the like that is saved again and
    again while it is written: an event of less than a minute ago stands for this one too, if it tells the same, and
    nobody else has changed any of it since. The review, or else the target, is locked.
    """
    event = _event(actor, AuditEvent.Action.CHANGED, review, target, fields)
    if not _is_told(event):
        event.save()


def _is_told(event: AuditEvent) -> bool:
    """Whether the audit tells of a change already: one query, by its index."""
    since = timezone.now() - _APART
    about = {"type": event.object_type, "object": event.object_id, "since": since}
    if event.review_id is None:
        told = _lately.rows(**about)
    else:
        told = _lately_in_review.rows(review=event.review_id, **about)
    for each in told:
        if (each.actor_id, each.address, each.fields) == (event.actor_id, event.address, event.fields):
            return True
        if each.actor_id != event.actor_id and not set(each.fields).isdisjoint(event.fields):
            return False
    return False


_OBJECT = (
    Given("type", AuditEvent._meta.get_field("object_type")),
    Given("object", AuditEvent._meta.get_field("object_id")),
)
_SINCE = Given("since", AuditEvent._meta.get_field("at"))
_lately = Prepared(lambda: _changes(None, *_OBJECT).filter(at__gt=_SINCE))
_lately_in_review = Prepared(
    lambda: _changes(Given("review", Review._meta.get_field("id")), *_OBJECT).filter(at__gt=_SINCE)
)
"""The changes of an object since a time, the last one first."""


def read(
    actor: User,
    kept: MutableMapping[str, Any],
    part: str,
    *,
    review: Review | None = None,
    target: Model | None = None,
) -> None:
    """Write down that `actor` read `part` (a name) of `review` or of `target`, unless that is told of the last hour:
    `kept`, the person's session, knows when, so that it costs no query.
    """
    now = timezone.now().timestamp()
    told = {key: at for key, at in kept.get(_READ, {}).items() if 0 <= now - at < _AGAIN.total_seconds()}
    key = " ".join([part, *(str(row.pk) for row in (review, target) if row is not None)])
    if key not in told:
        record(actor, AuditEvent.Action.READ, review=review, target=target or review, fields=[part])
        kept[_READ] = {**told, key: int(now)}


def record_each(actor: User | None, action: AuditEvent.Action, reviews: Iterable[Review]) -> None:
    """Write down that `actor` did `action` to each of `reviews`, in one statement."""
    AuditEvent.objects.bulk_create(_event(actor, action, review, review, ()) for review in reviews)


@dataclass(frozen=True)
class Change:
    """Who changed something, and when; without a name where a command did."""

    by: str
    at: datetime.datetime


def last_changes(review: Review | None, target: Model) -> dict[str, Change]:
    """Return who last changed each field of `target` in `review`, by the field's name, however long ago; the time may
    be a minute too early where the person wrote on (see record_change). One query.
    """
    changes = _changes(None if review is None else review.pk, str(target._meta.model_name), str(target.pk))
    # A text that is saved as it is written has many events: of those of the same fields the newest one will do.
    newest = changes.order_by().values("fields").annotate(newest=Max("pk")).values("newest")
    found: dict[str, Change] = {}
    for event in changes.filter(pk__in=newest).select_related("actor"):
        for name in event.fields:
            found.setdefault(name, Change("" if event.actor is None else event.actor.name, event.at))
    return found


def _changes(
    review: uuid.UUID | Given | None, object_type: str | Given, object_id: str | Given
) -> QuerySet[AuditEvent]:
    """Return the changes of an object in a review, the last one first."""
    return AuditEvent.objects.filter(
        review=review, action=AuditEvent.Action.CHANGED, object_type=object_type, object_id=object_id
    ).order_by("-at", "-pk")


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

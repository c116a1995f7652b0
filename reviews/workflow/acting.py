"""The service's handlingsplan: its own points, what becomes of each, and two points that are one matter."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from reviews import audit
from reviews.models import ActionPoint, Review, Service, User
from reviews.workflow.base import Action, Refused, merged
from scales.models import Item

_CARRIED = ("owner", "organisation", "deadline", "notes")
"""What a point that another goes on in hands over, where that has none of it."""


def action_values(action: ActionPoint) -> dict[str, Any]:
    """Return what the service says of a point, by the names among its stamps; the organisation by its key."""
    return {
        "text": action.text,
        "status": action.status,
        "owner": action.owner,
        "organisation": action.organisation_id,
        "deadline": action.deadline,
        "notes": action.notes,
    }


@transaction.atomic
def add_action(
    service: Service, actor: User, item: Item, values: Mapping[str, Any], pk: uuid.UUID | None = None
) -> ActionPoint:
    """Add a point of the service's own on an item; `values` as action_values names them. It goes by `pk`, which the
    page chose, so that the same page sent twice makes one.

    Raises Refused where it says nothing, or another point goes by the key.
    """
    service = Service.objects.select_for_update().get(pk=service.pk)
    key = pk or uuid.uuid4()
    found = ActionPoint.objects.filter(pk=key).first()
    if found is not None:
        if found.service_id != service.pk or found.created_by_id != actor.pk:
            raise Refused(_("The point could not be added from this page. Open the page anew, and write it there."))
        return found
    action = ActionPoint(pk=key, service=service, item=item, created_by=actor)
    _set(action, values)
    action.save(force_insert=True)
    audit.record(actor, Action.CREATED, target=action)
    return action


@transaction.atomic
def change_action(
    action: ActionPoint, actor: User, values: Mapping[str, Any], seen: Mapping[str, str] | None = None
) -> ActionPoint:
    """Change what the service says of a point; `values` as action_values names them, `seen` the stamps of what the page
    showed (see merging). When it was closed follows from its status.

    Raises Refused where its text is empty, Overtaken where somebody else has changed the same in the meantime.
    """
    action = _locked(action)
    changed = merged(action_values(action), values, seen)
    if changed:
        _set(action, changed)
        action.save()
        audit.record_change(actor, _review_of(action), action, changed)
    return action


@transaction.atomic
def continue_action(action: ActionPoint, kept: ActionPoint, actor: User) -> None:
    """Close a point because another one on the same item is worked on instead. `kept` takes over who acts, the deadline
    and the notes where it has none, and is under way if the closed one was; nothing of that where only the service sees
    the closed one, and others read `kept`.

    Raises Refused unless both are open, of one service, and recommended on one item of one scale, in whatever editions.
    """
    # In one order, so that two who do this the other way round do not wait for each other.
    first, second = sorted((action, kept), key=lambda each: each.pk)
    rows = {row.pk: row for row in (_locked(first), _locked(second))}
    action, kept = rows[action.pk], rows[kept.pk]
    if action.pk == kept.pk or action.service_id != kept.service_id or action.matter != kept.matter:
        raise Refused(_("The two points are not about the same item."))
    if not (action.is_open and kept.is_open):
        raise Refused(_("One of the two points is closed already."))
    carried = {} if action.keeps_from(kept) else _carried(action, kept)
    if carried:
        _set(kept, carried)
        kept.save()
        audit.record(actor, Action.CHANGED, review=_review_of(kept), target=kept, fields=carried)
    _set(action, {"status": ActionPoint.Status.DROPPED})
    action.continued_in = kept
    action.save()
    audit.record(actor, Action.CHANGED, review=_review_of(action), target=action, fields=["status"])


def _carried(action: ActionPoint, kept: ActionPoint) -> dict[str, Any]:
    """Return what a point hands over to the one that it goes on in."""
    held, has = action_values(action), action_values(kept)
    carried = {name: held[name] for name in _CARRIED if held[name] and not has[name]}
    if action.status == ActionPoint.Status.UNDER_WAY and kept.status == ActionPoint.Status.OPEN:
        carried["status"] = action.status
    return carried


def _locked(action: ActionPoint) -> ActionPoint:
    """Lock a point's row and return it as it is now."""
    rows = ActionPoint.objects.select_for_update(of=("self",)).select_related("version__review", "item__section__scale")
    return rows.get(pk=action.pk)


def _review_of(action: ActionPoint) -> Review | None:
    return None if action.version is None else action.version.review


def _set(action: ActionPoint, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(action, "organisation_id" if name == "organisation" else name, value)
    if not action.text.strip():
        raise Refused(_("Write what is to be done."), field="text")
    if "status" in values:
        action.closed_at = None if action.is_open else timezone.now()
        action.continued_in = None

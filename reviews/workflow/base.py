"""What every step of the course shares: its lock, its refusal, and the move to another state."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from reviews import audit, merging
from reviews.models import AuditEvent, FactCheckRemark, Review, User
from scales.models import Item

Action = AuditEvent.Action
Status = Review.Status


class Refused(Exception):
    """The course does not allow it now; the message says why, in the reader's language. `field`: the value that was
    wrong, if one was.
    """

    def __init__(self, message: str, *, field: str | None = None) -> None:
        """Take the message, and the name of the value it is about."""
        super().__init__(message)
        self.field = field


class Overtaken(Refused):
    """Somebody else saved other values in the meantime; nothing is saved.

    `theirs` are the values held now by the names both have changed, `held` all that is held now.
    """

    def __init__(self, theirs: Mapping[str, Any], held: Mapping[str, Any]) -> None:
        """Take what is held now: what both have changed, and all of it."""
        super().__init__(_("Somebody else has changed the same as you in the meantime. Choose which is to stand."))
        self.theirs = dict(theirs)
        self.held = dict(held)


@dataclass(frozen=True)
class Blocker:
    """Something that stands in the way of the next state: a message, and the item or the remark it is about, or the
    page of the review where it is put right (narrative or context).
    """

    message: str
    item: Item | None = None
    remark: FactCheckRemark | None = None
    page: str = ""


def lock(review: Review) -> Review:
    """Lock the review's row and return it as it is now."""
    return Review.objects.select_for_update(of=("self",)).select_related("service").get(pk=review.pk)


def require(review: Review, *states: str) -> None:
    """Refuse what cannot be done in the state the review is in."""
    if review.status not in states:
        raise Refused(
            _("The review is in the state “%(state)s”, and this cannot be done there.")
            % {"state": review.get_status_display()}
        )


def move(review: Review, actor: User | None, status: str, *fields: str) -> None:
    """Move the review to a state, saving the columns that go with it, and write it down."""
    review.status = status
    review.save(update_fields=["status", *fields])
    audit.record(actor, Action.MOVED, review=review, target=review, fields=["status", status])


def merged(
    held: Mapping[str, Any], new: Mapping[str, Any], seen: Mapping[str, str] | None, together: merging.Units = ()
) -> dict[str, Any]:
    """Return what is to be saved of `new`; see merging. Raises Overtaken where others have changed the same."""
    found = merging.merge(held, new, seen or {}, together)
    if found.conflicts:
        raise Overtaken(found.conflicts, held)
    return found.changes


def reason_given(text: str) -> str:
    """Return the reason without space around it. Raises Refused where there is none."""
    if not text.strip():
        raise Refused(_("Write the reason."), field="reason")
    return text.strip()

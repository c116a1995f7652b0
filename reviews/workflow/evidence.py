"""What was found on the visit: notes and who said it."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from reviews import audit
from reviews.models import Informant, Note, User
from reviews.workflow.base import Action, Status, lock, require
from scales.models import Item


@transaction.atomic
def save_note(note: Note, items: Iterable[Item], informant: tuple[str, int] | None, actor: User) -> Note:
    """Save a new or changed note, the items it points at and who said it (perspective and number, made on first
    mention).

    Raises Refused once the review is final or cancelled.
    """
    review = lock(note.review)
    require(review, Status.PLANNED, Status.SCORING, Status.CONSENSUS, Status.FACT_CHECK)
    made = note._state.adding
    note.informant = None
    if informant is not None:
        perspective, number = informant
        note.informant, _new = Informant.objects.get_or_create(review=review, perspective=perspective, number=number)
    note.updated_at = timezone.now()
    note.save()
    note.items.set(items)
    audit.record(actor, Action.CREATED if made else Action.CHANGED, review=review, target=note)
    return note


@transaction.atomic
def delete_note(note: Note, actor: User) -> None:
    """Delete a note of the person's own."""
    review = lock(note.review)
    require(review, Status.PLANNED, Status.SCORING, Status.CONSENSUS, Status.FACT_CHECK)
    audit.record(actor, Action.DELETED, review=review, target=note)
    note.delete()

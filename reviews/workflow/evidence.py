"""What was found on the visit: interviews and notes, who said it, what the service gave, and sources without access."""

import datetime
import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from reviews import audit, figures, merging
from reviews.models import ClosedSource, Count, GivenFigure, Informant, Interview, Note, Review, User
from reviews.workflow.base import Action, Refused, Status, lock, merged, require
from reviews.workflow.scoring import count_name, save_counts
from scales.models import Item

_OPEN = (Status.PLANNED, Status.SCORING, Status.CONSENSUS, Status.FACT_CHECK)
"""The states in which evidence is written."""

Asked = tuple[str, int | None] | None
"""Who was asked: perspective and number, None for the next number that is free; None for nobody in particular."""

_MOST = 999
"""The highest number of an informant."""


def _informant(review: Review, asked: Asked) -> Informant | None:
    """Return the informant, made on first mention."""
    if asked is None:
        return None
    perspective, number = asked
    if number is None:
        used = review.informants.filter(Q(notes__isnull=False) | Q(interviews__isnull=False), perspective=perspective)
        number = (used.aggregate(last=Max("number"))["last"] or 0) + 1
        if number > _MOST:
            raise Refused(_("Choose a number."), field="number")
    return Informant.objects.get_or_create(review=review, perspective=perspective, number=number)[0]


def _asked(informant: Informant | None) -> tuple[str, int | None]:
    return ("", None) if informant is None else (informant.perspective, informant.number)


@transaction.atomic
def save_interview(
    review: Review,
    actor: User,
    *,
    source: str,
    asked: Asked,
    date: datetime.date,
    interview: Interview | None = None,
) -> Interview:
    """Begin an interview, or change what it says of itself: what kind of source it is, who was asked and when. Its
    notes follow where they said the same. Who was asked keeps the number where none is given.

    Raises Refused once the review is final or cancelled.
    """
    review = lock(review)
    require(review, *_OPEN)
    if interview is not None:
        interview = Interview.objects.select_related("informant").get(pk=interview.pk)
        if interview.informant is not None and asked == (interview.informant.perspective, None):
            asked = (interview.informant.perspective, interview.informant.number)
    informant = _informant(review, asked)
    if interview is None:
        interview = Interview.objects.create(
            review=review, source=source, informant=informant, date=date, made_by=actor
        )
        audit.record(actor, Action.CREATED, review=review, target=interview)
        return interview
    changed = {"source": source, "informant": informant, "date": date}
    for name, value in changed.items():
        interview.notes.filter(**{name: getattr(interview, name)}).update(**{name: value})
        setattr(interview, name, value)
    interview.save(update_fields=list(changed))
    audit.record(actor, Action.CHANGED, review=review, target=interview, fields=changed)
    return interview


@transaction.atomic
def delete_interview(interview: Interview, actor: User) -> None:
    """Delete an interview without notes. Raises Refused where somebody has written one, a private one too."""
    review = lock(interview.review)
    require(review, *_OPEN)
    if interview.notes.exists():
        raise Refused(_("The interview has notes, and stays."))
    audit.record(actor, Action.DELETED, review=review, target=interview)
    interview.delete()


@transaction.atomic
def save_note(
    review: Review,
    pk: uuid.UUID,
    actor: User,
    values: Mapping[str, Any],
    seen: Mapping[str, str] | None = None,
    *,
    interview: Interview | None = None,
) -> Note:
    """Save a note by its id, which the page chose: a new one, or what is changed of the person's own.

    `values`: text, source, perspective and number (of who said it, made on first mention), date, private, and items
    (their ids, the lowest first); what is left out is as it was, and in a new note as the interview says. `seen` are
    the stamps of what the page showed (see merging). The same note sent twice is one note.

    Raises Refused once the review is final or cancelled, and for another's note; Overtaken where it was changed in
    another tab.
    """
    review = lock(review)
    require(review, *_OPEN)
    note = Note.objects.select_related("informant").filter(pk=pk).first()
    made = note is None
    if note is None:
        note = Note(pk=pk, review=review, author=actor, interview=interview)
        changed = wanted = {**_taken_over(interview), **values}
    else:
        if note.author_id != actor.pk or note.review_id != review.pk:
            raise Refused(_("The note is somebody else's."))
        held = note_values(note)
        changed, wanted = merged(held, values, seen, merging.NOTE), {**held, **values}
    if "perspective" in changed or "number" in changed:
        perspective = wanted["perspective"]
        note.informant = _informant(review, (perspective, wanted["number"] or 1) if perspective else None)
    for name in changed.keys() & {"text", "source", "date", "private"}:
        setattr(note, name, changed[name])
    note.updated_at = timezone.now()
    if note.interview_id is None and "items" in changed and not changed["items"]:
        raise Refused(_("Name at least one item that the note is about."), field="items")
    if changed or made:
        note.save(force_insert=made)
        if "items" in changed:
            note.items.set(changed["items"])
        if made:
            audit.record(actor, Action.CREATED, review=review, target=note, fields=changed)
        else:
            audit.record_change(actor, review, note, changed)
    return note


def _taken_over(interview: Interview | None) -> dict[str, Any]:
    """Return what a new note takes over from its interview."""
    if interview is None:
        return {}
    perspective, number = _asked(interview.informant)
    return {"source": interview.source, "perspective": perspective, "number": number, "date": interview.date}


def note_values(note: Note) -> dict[str, Any]:
    """Return what a saved note holds, by the names save_note() takes."""
    perspective, number = _asked(note.informant)
    return {
        "text": note.text,
        "source": note.source,
        "perspective": perspective,
        "number": number,
        "date": note.date,
        "private": note.private,
        "items": sorted(note.items.values_list("pk", flat=True)),
    }


@transaction.atomic
def delete_note(note: Note, actor: User) -> None:
    """Delete a note of the person's own."""
    review = lock(note.review)
    require(review, *_OPEN)
    audit.record(actor, Action.DELETED, review=review, target=note)
    note.delete()


@transaction.atomic
def close_source(review: Review, item: Item, source: str, actor: User) -> ClosedSource:
    """Say that there was no access to a source of an item. Raises Refused for a source the item does not have."""
    review = lock(review)
    require(review, *_OPEN)
    if source not in item.sources:
        raise Refused(_("The scale does not name this source for the item."))
    closed, made = ClosedSource.objects.get_or_create(
        review=review, item=item, source=source, defaults={"said_by": actor}
    )
    if made:
        audit.record(actor, Action.CREATED, review=review, target=closed)
    return closed


@transaction.atomic
def open_source(review: Review, item: Item, source: str, actor: User) -> None:
    """Take back that there was no access to a source of an item; nothing happens where nobody had said so."""
    review = lock(review)
    require(review, *_OPEN)
    for closed in review.closed_sources.filter(item=item, source=source):
        audit.record(actor, Action.DELETED, review=review, target=closed)
        closed.delete()


@transaction.atomic
def give_figures(
    review: Review,
    actor: User,
    values: Mapping[figures.Key, Decimal | None],
    seen: Mapping[str, str] | None = None,
) -> None:
    """Save what the service says of itself before the visit, by column and number; None takes a figure away. `seen` are
    the stamps of what the page showed, by the column's key.

    Raises Refused once the scoring is over, and Overtaken where another metodeveileder has written something else.
    """
    review = lock(review)
    require(review, Status.PLANNED, Status.SCORING)
    rows = {(row.item_id, row.name, row.number): row for row in review.given_figures.all()}
    names = {column.key(number): (column, number) for column, number in values}
    held = {}
    for name, (column, number) in names.items():
        row = rows.get((column.item.pk, column.name, number))
        held[name] = None if row is None else row.value
    changed = merged(held, {column.key(number): value for (column, number), value in values.items()}, seen)
    for name, value in changed.items():
        column, number = names[name]
        row = rows.get((column.item.pk, column.name, number)) or GivenFigure(
            review=review, item=column.item, name=column.name, number=number
        )
        if value is not None:
            row.value, row.updated_by, row.updated_at = value, actor, timezone.now()
            row.save()
        elif row.pk is not None:
            row.delete()
    if changed:
        audit.record_change(actor, review, review, changed)


@transaction.atomic
def take_over(review: Review, item: Item, actor: User, seen: str) -> None:
    """Count for an item what the service gave for it, in place of what was counted; `seen` is the stamp (merging.stamp)
    of what the page showed as counted, by count_name().

    Raises Refused outside the scoring, where nothing can be taken over, and where something else was counted in the
    meantime.
    """
    review = lock(review)
    require(review, Status.SCORING)
    found = figures.to_take_over(item, figures.given(review, item))
    if not found:
        raise Refused(_("The service has given no figures for this item that can be taken over."))
    held = {(count.name, count.number): count for count in Count.objects.filter(review=review, item=item)}
    if seen != counted_stamp({key: count.value for key, count in held.items()}):
        raise Refused(_("Somebody has counted something else in the meantime. Look at it before you take over."))
    save_counts(review, item, held, {**dict.fromkeys(held), **found}, actor)
    fields = [count_name(*key) for key in {**held, **found}]
    audit.record(actor, Action.CHANGED, review=review, target=item, fields=fields)


def counted_stamp(counted: figures.Figures) -> str:
    """Return the stamp of what is counted for an item, for take_over()."""
    return merging.stamp({count_name(*key): value for key, value in counted.items()})

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
from reviews.models import (
    HIGHEST_INFORMANT,
    ClosedSource,
    Count,
    GivenFigure,
    Informant,
    Interview,
    Note,
    Review,
    Seat,
    User,
)
from reviews.workflow.base import Action, Refused, Status, lock, merged, require
from reviews.workflow.scoring import count_name, open_sheet, save_counts
from scales.models import Item

Asked = tuple[str, int | None] | None
"""Who was asked: perspective and number, None for the next number that is free; None for nobody in particular."""


def _informant(review: Review, asked: Asked, actor: User) -> Informant | None:
    """Return the informant, made on first mention. The next free number follows from what the actor may read: another's
    private note leaves no gap that tells of it.
    """
    if asked is None:
        return None
    perspective, number = asked
    if number is None:
        read = Q(interviews__isnull=False) | Q(notes__private=False) | Q(notes__author=actor)
        used = review.informants.filter(read, perspective=perspective)
        number = (used.aggregate(last=Max("number"))["last"] or 0) + 1
        if number > HIGHEST_INFORMANT:
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
    seen: Mapping[str, str] | None = None,
    pk: uuid.UUID | None = None,
) -> Interview:
    """Begin an interview, or change what it says of itself: what kind of source it is, who was asked and when. What is
    changed follows in its notes where they said the same. Who was asked keeps the number where none is given.

    `seen` are the stamps of what the page showed (see merging). A new one goes by `pk`, which the page chose: the same
    begun twice is one, as long as nothing is written in it.

    Raises Refused once the review is final or cancelled, and where the interview is gone; Overtaken where somebody else
    has changed the same.
    """
    review = lock(review)
    require(review, *Review.OPEN)
    perspective, number = asked or ("", None)
    values: dict[str, Any] = {"source": source, "perspective": perspective, "number": number, "date": date}
    if interview is None:
        return _begun(review, actor, values, pk or uuid.uuid4())
    interview = _still_there(review, interview)
    held = interview_values(interview)
    if number is None and perspective == held["perspective"]:
        values["number"] = held["number"]
    changed = merged(held, values, seen, merging.INFORMANT)
    columns: dict[str, Any] = {name: changed[name] for name in ("source", "date") if name in changed}
    if "perspective" in changed or "number" in changed:
        columns["informant"] = _informant(review, (perspective, values["number"]) if perspective else None, actor)
    for name, value in columns.items():
        interview.notes.filter(**{name: getattr(interview, name)}).update(**{name: value})
        setattr(interview, name, value)
    if columns:
        interview.save(update_fields=list(columns))
        audit.record(actor, Action.CHANGED, review=review, target=interview, fields=changed)
    return interview


def _begun(review: Review, actor: User, values: Mapping[str, Any], pk: uuid.UUID) -> Interview:
    """Return the interview that goes by an id, made unless it is there. A page that is sent once more, after notes were
    written or with something else in it, begins another one.
    """
    while found := Interview.objects.select_related("informant").filter(pk=pk).first():
        held = interview_values(found)
        same = held == {**values, "number": held["number"] if values["number"] is None else values["number"]}
        mine = found.review_id == review.pk and found.made_by_id == actor.pk
        if mine and same and not found.notes.visible_to(actor).exists():
            return found
        pk = uuid.uuid5(pk, "next")
    informant = _informant(review, (values["perspective"], values["number"]) if values["perspective"] else None, actor)
    interview = Interview.objects.create(
        pk=pk, review=review, source=values["source"], informant=informant, date=values["date"], made_by=actor
    )
    audit.record(actor, Action.CREATED, review=review, target=interview)
    return interview


def _still_there(review: Review, interview: Interview) -> Interview:
    """Return the interview as it is now that the review is locked. Raises Refused where it is gone."""
    found = review.interviews.select_related("informant").filter(pk=interview.pk).first()
    if found is None:
        raise Refused(_("The interview is deleted."))
    return found


def interview_values(interview: Interview) -> dict[str, Any]:
    """Return what an interview says of itself, by the names among its stamps."""
    perspective, number = _asked(interview.informant)
    return {"source": interview.source, "perspective": perspective, "number": number, "date": interview.date}


@transaction.atomic
def delete_interview(interview: Interview, actor: User) -> None:
    """Delete an interview without notes that the person may read; another's private ones stay, by themselves. Raises
    Refused where there are such notes, and where the interview is gone.
    """
    review = lock(interview.review)
    require(review, *Review.OPEN)
    interview = _still_there(review, interview)
    if interview.notes.visible_to(actor).exists():
        raise Refused(_("The interview has notes, and stays."))
    interview.notes.update(interview=None)
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
    the stamps of what the page showed (see merging). The same note sent twice is one note; one that is deleted does not
    come back.

    Raises Refused once the review is final or cancelled, for another's note, for one that is deleted, and for a new one
    whose interview is; Overtaken where it was changed in another tab.
    """
    review = lock(review)
    require(review, *Review.OPEN)
    note = Note.objects.select_related("informant").filter(pk=pk).first()
    made = note is None
    if note is None:
        if not _is_new(review, pk, values, seen or {}):
            raise Refused(_("The note is deleted."))
        interview = interview and _still_there(review, interview)
        note = Note(pk=pk, review=review, author=actor, interview=interview)
        changed = wanted = {**_taken_over(interview), **values}
    else:
        if note.author_id != actor.pk or note.review_id != review.pk:
            raise Refused(_("The note is somebody else's."))
        held = note_values(note)
        changed, wanted = merged(held, values, seen, merging.INFORMANT), {**held, **values}
    if "perspective" in changed or "number" in changed:
        perspective, number = wanted["perspective"], wanted["number"]
        if perspective and number is None:
            raise Refused(_("Choose a number."), field="number")
        note.informant = _informant(review, (perspective, number) if perspective else None, actor)
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


def _is_new(review: Review, pk: uuid.UUID, values: Mapping[str, Any], seen: Mapping[str, str]) -> bool:
    """Whether a note that is not there is a new one: it has a text, the page showed none before, and none was deleted
    that went by its id.
    """
    blank = merging.stamp([""])
    if not values.get("text", "").strip() or seen.get("text", blank) != blank:
        return False
    gone = review.audit_events.filter(action=Action.DELETED, object_type=Note._meta.model_name, object_id=str(pk))
    return not gone.exists()


def _taken_over(interview: Interview | None) -> dict[str, Any]:
    """Return what a new note takes over from its interview."""
    return {} if interview is None else interview_values(interview)


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
def delete_note(note: Note, actor: User, seen: Mapping[str, str] | None = None) -> None:
    """Delete a note of the person's own, if its text is the one that the page showed: `seen` are the stamps of that.

    Raises Refused once the review is final or cancelled, and where the text was changed in another tab;
    Note.DoesNotExist where it is gone already.
    """
    review = lock(note.review)
    require(review, *Review.OPEN)
    note = review.notes.select_related("informant").get(pk=note.pk, author=actor)
    now = merging.stamps(note_values(note), merging.INFORMANT)["text"]
    if (seen or {}).get("text", now) != now:
        raise Refused(_("The note was changed in another tab in the meantime. Look at it before you delete it."))
    audit.record(actor, Action.DELETED, review=review, target=note)
    note.delete()


@transaction.atomic
def close_source(review: Review, item: Item, source: str, actor: User) -> ClosedSource:
    """Say that there was no access to a source of an item. Raises Refused for a source the item does not have."""
    review = lock(review)
    require(review, *Review.OPEN)
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
    require(review, *Review.OPEN)
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
def take_over(seat: Seat, item: Item, actor: User, *, given: str, counted: str) -> None:
    """Count for an item what the service gave for it, in place of what was counted; it is done by who may write on the
    sheet. `given` and `counted` are the figures_stamp() of what the page showed as given and as counted.

    Raises Refused outside the scoring, once the sheet is handed in, where nothing can be taken over, and where
    something else was given or counted in the meantime.
    """
    review, _seat = open_sheet(seat)
    gave = figures.given(review, item)
    found = figures.to_take_over(item, gave)
    if given != figures_stamp(gave):
        raise Refused(_("The service has corrected its figures in the meantime. Look at them before you take over."))
    if not found:
        raise Refused(_("The service has given no figures for this item that can be taken over."))
    held = {(count.name, count.number): count for count in Count.objects.filter(review=review, item=item)}
    if counted != figures_stamp({key: count.value for key, count in held.items()}):
        raise Refused(_("Somebody has counted something else in the meantime. Look at it before you take over."))
    save_counts(review, item, held, {**dict.fromkeys(held), **found}, actor)
    fields = [count_name(*key) for key in {**held, **found}]
    audit.record(actor, Action.CHANGED, review=review, target=item, fields=fields)


def figures_stamp(found: figures.Figures) -> str:
    """Return the stamp of what is given or counted for an item, for take_over()."""
    return merging.stamp({count_name(*key): value for key, value in found.items()})

"""What was noted, as a person may read it: the notes on an item, the sheet of an interview, and the list of
interviews.
"""

import uuid
from collections.abc import Iterable

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet

from reviews.models import Interview, Note, Review, User
from reviews.prepared import Given, Prepared
from scales.models import Item


def notes(review: Review, user: User) -> QuerySet[Note]:
    """Return the review's notes that the person may read, with all that is said of them: two queries."""
    items = Item.objects.select_related("section__scale").order_by(
        "section__scale__position", "section__position", "position"
    )
    found = Note.objects.visible_to(user).filter(review=review)
    return found.select_related("informant", "author", "interview__informant").prefetch_related(
        Prefetch("items", items)
    )


def _on_item() -> "QuerySet[Note]":
    """Return the notes that point at an item, each once for every item it points at, in the scales' order."""
    pointers = Note.items.through.objects.filter(note=OuterRef("pk"), item=Given("item", Item._meta.get_field("id")))
    found = Note.objects.visible_to(Given("user", User._meta.get_field("id")))
    found = found.filter(Exists(pointers), review=Given("review", Review._meta.get_field("id")))
    found = (
        found.select_related("informant", "author")
        .annotate(code=F("items__code"))
        .only(
            *("review", "author__name", "interview", "source", "date", "text", "private"),
            *("informant__perspective", "informant__number"),
        )
    )
    scale = ("items__section__scale__position", "items__section__position", "items__position")
    return found.order_by("date", "created_at", "pk", *scale)


_asked_on_item = Prepared(_on_item)


def on_item(review: Review, user: User, item: Item) -> list[Note]:
    """Return the notes that point at an item, of those that the person may read, each with `codes`: those of all items
    that it points at. One query.
    """
    found: dict[uuid.UUID, Note] = {}
    for row in _asked_on_item.rows(review=review.pk, user=user.pk, item=item.pk):
        note = found.setdefault(row.pk, row)
        vars(note).setdefault("codes", []).append(vars(row)["code"])
    return list(found.values())


def sheet(interview: Interview, user: User) -> QuerySet[Note]:
    """Return the notes of an interview that the person may read, as they were written."""
    return notes(interview.review, user).filter(interview=interview).order_by("created_at", "pk")


def adrift(review: Review, user: User) -> QuerySet[Note]:
    """Return the notes that stand on no sheet and point at no item, of those that the person may read: their interview
    was deleted by somebody who could not read them.
    """
    return notes(review, user).filter(interview=None, items=None)


def interviews(review: Review, user: User) -> QuerySet[Interview]:
    """Return the review's interviews, the first one first, with `read`: how many of their notes the person may read,
    and `untagged`: how many of those name no item yet.
    """
    mine = Q(notes__private=False) | Q(notes__author=user)
    found = review.interviews.select_related("informant", "made_by").annotate(
        read=Count("notes", filter=mine, distinct=True),
        untagged=Count("notes", filter=mine & Q(notes__items=None), distinct=True),
    )
    # What is counted by group has no order of its own.
    return found.order_by("date", "made_at")


def to_ask(interview: Interview, items: Iterable[Item]) -> list[Item]:
    """Return the items with questions for whom is talked to; for nobody in particular, those that the scale wants
    looked into in this way.
    """
    asked = interview.informant
    return [
        item
        for item in items
        if item.questions and (interview.source in item.sources if asked is None else asked.perspective in item.ask)
    ]

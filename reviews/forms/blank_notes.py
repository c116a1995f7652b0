"""The empty form of a new note, which stands on every page of an item. What is alike in all of them is drawn once for
each language in the life of a process, with marks where they differ: nobody's words and no key of a review are in it.
"""

import functools
import re
import uuid
from types import SimpleNamespace

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from reviews import merging
from reviews.forms.drawing import plain
from reviews.forms.notes import NoteForm, days
from reviews.models import Note, Review, User
from scales.models import Item

_KEYS = {"review": uuid.UUID(int=1), "note": uuid.UUID(int=2)}
"""Marks in addresses, which take nothing but keys."""

_MARKS = re.compile("|".join([r"\[\[[a-z_]+\]\]", *map(str, _KEYS.values())]))


def _mark(name: str) -> str:
    return f"[[{name}]]"


@functools.lru_cache(maxsize=8)
def _drawn(language: str | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the texts of the form in the language that is spoken now, and the names of what stands between them."""
    review = Review(pk=_KEYS["review"], status=Review.Status.SCORING)
    review.first_day = review.last_day = timezone.localdate()
    note = Note(pk=_KEYS["note"], review=review, date=review.first_day)
    form = NoteForm(None, note, choices=(), is_new=True)
    form.initial["date"], form.initial["items"] = _mark("day"), _mark("code")
    form.fields["date"].widget.attrs |= {"min": _mark("first"), "max": _mark("last")}
    form.seen["date"] = _mark("seen")
    scale = SimpleNamespace(scale=SimpleNamespace(code=_mark("scale")))
    shown = {
        "form": form,
        "at": SimpleNamespace(code=_mark("code"), section=scale),
        "is_sheet": False,
        "label": _("New note"),
        "request": SimpleNamespace(user=SimpleNamespace(pk=_mark("person"))),
        "csrf_token": _mark("token"),
    }
    html = render_to_string("reviews/partials/note_form.html", shown)
    keys = {str(key): name for name, key in _KEYS.items()}
    marks = _MARKS.findall(html)
    return tuple(_MARKS.split(html)), tuple(keys.get(mark, mark.strip("[]")) for mark in marks)


def drawn(note: Note, item: Item, user: User, token: str) -> str:
    """Return the form of a new note on an item, which has its id, its review and its day; `token` is that of the page
    against forged requests.
    """
    first, last = days(note.review)
    values = {
        "review": note.review_id,
        "note": note.pk,
        "day": note.date.isoformat(),
        "first": first.isoformat(),
        "last": last.isoformat(),
        "seen": merging.stamp([note.date]),
        "code": item.code,
        "scale": item.section.scale.code,
        "person": user.pk,
        "token": token,
    }
    said = {name: plain(value) for name, value in values.items()}
    texts, names = _drawn(get_language())
    parts = [texts[0]]
    for name, text in zip(names, texts[1:], strict=True):
        parts += (said[name], text)
    return "".join(parts)

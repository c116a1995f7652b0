"""Notes: on an item, and on the running sheet of an interview (see reviews.views.interviews)."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reviews import notebook, results, workflow
from reviews.access import Permit
from reviews.forms import stamps
from reviews.forms.notes import NoteForm, SheetNoteForm, likely_day
from reviews.models import Interview, Note, Review
from reviews.navigation import items_in
from reviews.views import autosave, coverage
from reviews.views.evidence import item_page, open_evidence
from reviews.views.http import PersonRequest, attempt, saves, tell_reading, unsaved_status
from scales.models import Item


def form_of(note: Note, choices: Sequence[Item], *, kind: type[NoteForm] = NoteForm, data: Any = None) -> NoteForm:
    """Return the form of a note that was fetched by reviews.notebook; `choices` are the review's items."""
    return kind(data, note, choices=choices, about=list(note.items.all()))


def _blank(request: PersonRequest, review: Review) -> Note:
    """Return a new note. It has its id from here, so that the same note sent twice is one."""
    return Note(review=review, author=request.user, date=likely_day(review))


def card(request: PersonRequest, review: Review, item: Item) -> dict[str, Any]:
    """Return what the card of an item's notes shows (templates/reviews/partials/notes.html)."""
    return {
        "notes": notebook.on_item(review, request.user, item),
        "new_note": _blank(request, review) if review.is_open else None,
    }


def _came_from(request: PersonRequest, choices: Sequence[Item]) -> Item | None:
    """Return the item on whose page the person was (`at`: the scale's code and its own); None for none."""
    at = request.POST.get("at") or request.GET.get("at")
    return next((item for item in choices if at == f"{item.section.scale.code}/{item.code}"), None)


def _back(permit: Permit, note: Note, at: Item | None, items: Sequence[Item]) -> str:
    """Return where the person came from: the item's page, the interview, or else the first item the note is about; for
    none of these the list of interviews.
    """
    if at is not None:
        return item_page(permit, at)
    if note.interview is not None and not note.interview._state.adding:
        return reverse("reviews:interview", args=[permit.review.pk, note.interview.pk])
    return item_page(permit, items[0]) if items else reverse("reviews:interviews", args=[permit.review.pk])


def _page(
    request: PersonRequest, permit: Permit, form: NoteForm, choices: Sequence[Item], at: Item | None, back: str
) -> HttpResponse:
    """Show the form; where the review is closed, why there is none."""
    return render(
        request,
        "reviews/note.html",
        {
            "review": permit.review,
            "form": form,
            "choices": choices,
            "at": at,
            "back": back,
            "is_sheet": isinstance(form, SheetNoteForm),
        },
        status=unsaved_status(form),
    )


@require_safe
def add_note(request: PersonRequest, pk: uuid.UUID, scale: str, code: str) -> HttpResponse:
    """Show an empty form for a note on an item; it is sent to the note's own address."""
    permit = open_evidence(request, pk)
    choices = items_in(results.pinned_scales(permit.review, permit.pinned))
    item = next((item for item in choices if (item.section.scale.code, item.code) == (scale, code)), None)
    if item is None:
        raise Http404
    tell_reading(request, "notes", review=permit.review)
    form = NoteForm(None, _blank(request, permit.review), choices=choices, is_new=True)
    form.initial["items"] = item.code
    return _page(request, permit, form, choices, item, item_page(permit, item))


@require_http_methods(["GET", "HEAD", "POST"])
def note(request: PersonRequest, pk: uuid.UUID, note: uuid.UUID) -> HttpResponse:
    """Show a note of the person's own to change it. Save it: a new one by the id that its page chose, or what was
    changed. The page saves by itself what is written on it (see autosave).
    """
    permit = open_evidence(request, pk)
    choices = items_in(results.pinned_scales(permit.review, permit.pinned))
    found = notebook.notes(permit.review, request.user).filter(pk=note).first()
    if found is None and (request.method != "POST" or Note.objects.filter(pk=note).exists()):
        raise Http404
    if found is not None and found.author_id != request.user.pk:
        raise Http404
    tell_reading(request, "notes", review=permit.review)
    interview = _interview(request, permit.review)
    kind = NoteForm if interview is None else SheetNoteForm
    data = request.POST or None
    if found is None:
        written = Note(pk=note, review=permit.review, author=request.user, interview=interview)
        form = kind(data, written, choices=choices, is_new=True)
        items: list[Item] = []
    else:
        written, items = found, list(found.items.all())
        form = form_of(found, choices, kind=kind, data=data)
    at = _came_from(request, choices)
    if "take" in request.POST:
        form.take(request.POST["take"])

    def save() -> None:
        workflow.save_note(permit.review, note, request.user, form.columns(), form.seen, interview=interview)

    if autosave.is_autosave(request):
        return autosave.answer(request, form, save, form.columns, lambda: _changed_parts(request, permit, form, at))
    if saves(request) and form.is_valid() and attempt(request, save, _("The note is saved."), form=form):
        chosen = set(form.cleaned_data["items"])
        return redirect(_back(permit, written, at, [item for item in choices if item.pk in chosen]))
    return _page(request, permit, form, choices, at, _back(permit, written, at, items))


def _interview(request: PersonRequest, review: Review) -> Interview | None:
    """Return the interview on whose sheet the note stands, an unsaved one where it is deleted (nothing is saved on it,
    and what was typed comes back); None for another page. Raises Http404 for one that is not the review's.
    """
    sent = request.POST.get("interview")
    if sent is None:
        return None
    try:
        key = uuid.UUID(sent)
    except ValueError as error:
        raise Http404 from error
    found = Interview.objects.select_related("informant").filter(pk=key).first()
    if found is not None and found.review_id != review.pk:
        raise Http404
    return found or Interview(pk=key, review=review)


def _changed_parts(request: PersonRequest, permit: Permit, form: NoteForm, at: Item | None) -> dict[str, str]:
    """Return the parts of the page that follow from what was just saved, by id: whether the note names an item; and of
    the item whose page it is, how many notes there are and where they come from.
    """
    key, review = form.instance.pk, form.instance.review
    shown = {"note": form.instance, "untagged": not form.cleaned_data["items"]}
    parts: dict[str, str] = {f"untagged-{key}": render_to_string("reviews/partials/untagged.html", shown)}
    if at is not None:
        number = len(notebook.on_item(review, request.user, at))
        parts["notes-number"] = render_to_string("reviews/partials/notes_number.html", {"number": number})
        parts["sources"] = coverage.card_html(request, permit, at)
    return parts


@require_POST
def delete_note(request: PersonRequest, pk: uuid.UUID, note: uuid.UUID) -> HttpResponse:
    """Delete a note of the person's own, if it is the one that the page showed. Where that is refused, what was typed
    in its form comes back.
    """
    permit = open_evidence(request, pk)
    found = get_object_or_404(notebook.notes(permit.review, request.user), pk=note, author=request.user)
    choices = items_in(results.pinned_scales(permit.review, permit.pinned))
    at = _came_from(request, choices)
    back = _back(permit, found, at, list(found.items.all()))
    try:
        seen = stamps.read(request.POST.get("seen", "{}"))
    except ValueError:
        # A page that has lost its stamps has seen nothing.
        seen = {"text": ""}
    try:
        if attempt(request, lambda: workflow.delete_note(found, request.user, seen)):
            messages.success(request, _("The note is deleted."))
            return redirect(back)
    except Note.DoesNotExist as error:
        raise Http404 from error
    if "text" not in request.POST:
        return redirect(back)
    kind = NoteForm if _interview(request, permit.review) is None else SheetNoteForm
    return _page(request, permit, form_of(found, choices, kind=kind, data=request.POST), choices, at, back)

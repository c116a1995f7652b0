"""Notes on an item."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from reviews import access, results, workflow
from reviews.access import Permit
from reviews.forms.notes import NoteForm
from reviews.models import Note
from reviews.navigation import route
from reviews.views.http import PersonRequest, attempt


def _open_evidence(request: PersonRequest, pk: uuid.UUID) -> Permit:
    """Fetch a review for someone who sees its notes. Raises Http404 for an outsider, PermissionDenied for others."""
    permit = access.open_review(request.user, pk)
    permit.require(permit.may_see_evidence)
    return permit


@require_http_methods(["GET", "HEAD", "POST"])
def add_note(request: PersonRequest, pk: uuid.UUID, scale: str, code: str) -> HttpResponse:
    """Write a note on an item."""
    permit = _open_evidence(request, pk)
    item = route(results.pinned_scales(permit.review), {}).place(scale, code).item
    form = NoteForm(request.POST or None, prefix="note", instance=Note(review=permit.review, author=request.user))
    if request.method == "POST" and form.is_valid():
        note = form.save(commit=False)
        if attempt(
            request,
            lambda: workflow.save_note(note, [item], form.informant_key(), request.user),
            _("The note is saved."),
            form=form,
        ):
            return redirect("reviews:score", pk, scale, code)
    return render(request, "reviews/note.html", {"review": permit.review, "item": item, "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def change_note(request: PersonRequest, pk: uuid.UUID, note: uuid.UUID) -> HttpResponse:
    """Change a note of the person's own."""
    permit = _open_evidence(request, pk)
    found = get_object_or_404(permit.review.notes.select_related("informant"), pk=note, author=request.user)
    items = list(found.items.select_related("section__scale").order_by("section__position", "position"))
    form = NoteForm(request.POST or None, prefix="note", instance=found)
    if request.method == "POST" and form.is_valid():
        changed = form.save(commit=False)
        if attempt(
            request,
            lambda: workflow.save_note(changed, items, form.informant_key(), request.user),
            _("The note is saved."),
            form=form,
        ):
            return redirect("reviews:score", pk, items[0].section.scale.code, items[0].code)
    return render(
        request, "reviews/note.html", {"review": permit.review, "item": items[0], "form": form, "note": found}
    )


@require_POST
def delete_note(request: PersonRequest, pk: uuid.UUID, note: uuid.UUID) -> HttpResponse:
    """Delete a note of the person's own."""
    permit = _open_evidence(request, pk)
    found = get_object_or_404(permit.review.notes, pk=note, author=request.user)
    item = found.items.select_related("section__scale").order_by("section__position", "position").first()
    if attempt(request, lambda: workflow.delete_note(found, request.user)):
        messages.success(request, _("The note is deleted."))
    if item is None:
        return redirect("reviews:review", pk)
    return redirect("reviews:score", pk, item.section.scale.code, item.code)

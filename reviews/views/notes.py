"""Notes on an item."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from reviews import access, results, workflow
from reviews.access import Permit
from reviews.forms.notes import NoteForm
from reviews.models import Note, Review
from reviews.navigation import route
from reviews.views.http import PersonRequest, attempt
from scales.models import Item


def _open_evidence(request: PersonRequest, pk: uuid.UUID) -> Permit:
    """Fetch a review for someone who sees its notes. Raises Http404 for an outsider, PermissionDenied for others."""
    permit = access.open_review(request.user, pk)
    permit.require(permit.may_see_evidence)
    return permit


def _item_page(permit: Permit, item: Item) -> str:
    """Return where the person works on the item: where it is agreed on or on their sheet; before the scoring has begun
    on the review's page.
    """
    review = permit.review
    where = [review.pk, item.section.scale.code, item.code]
    if permit.may_work and review.consensus_at is not None:
        return reverse("reviews:agree", args=where)
    if review.status == Review.Status.PLANNED:
        return reverse("reviews:review", args=[review.pk])
    return reverse("reviews:score", args=where)


def _page(request: PersonRequest, permit: Permit, item: Item, form: NoteForm, note: Note | None = None) -> HttpResponse:
    """Show the form; where the review is closed, why there is none."""
    return render(
        request,
        "reviews/note.html",
        {"review": permit.review, "item": item, "back": _item_page(permit, item), "form": form, "note": note},
    )


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
            return redirect(_item_page(permit, item))
    return _page(request, permit, item, form)


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
            return redirect(_item_page(permit, items[0]))
    return _page(request, permit, items[0], form, found)


@require_POST
def delete_note(request: PersonRequest, pk: uuid.UUID, note: uuid.UUID) -> HttpResponse:
    """Delete a note of the person's own."""
    permit = _open_evidence(request, pk)
    found = get_object_or_404(permit.review.notes, pk=note, author=request.user)
    item = found.items.select_related("section__scale").order_by("section__position", "position").first()
    if attempt(request, lambda: workflow.delete_note(found, request.user)):
        messages.success(request, _("The note is deleted."))
    return redirect("reviews:review", pk) if item is None else redirect(_item_page(permit, item))

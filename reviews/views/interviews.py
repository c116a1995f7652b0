"""Interviews: the list of them, and the running sheet on which the notes of one are written."""

import copy
import uuid
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from reviews import erasures, notebook, results, workflow
from reviews.access import Permit
from reviews.forms.notes import InterviewForm, SheetNoteForm, likely_day
from reviews.models import Interview, Note
from reviews.navigation import items_in
from reviews.views.evidence import open_evidence
from reviews.views.http import PersonRequest, attempt, saves, tell_reading, unsaved_status
from reviews.views.notes import form_of


@require_http_methods(["GET", "HEAD", "POST"])
def interviews(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """Show the review's interviews, and begin another."""
    permit = open_evidence(request, pk)
    tell_reading(request, "interviews", review=permit.review)
    blank = Interview(review=permit.review, date=likely_day(permit.review))
    form = InterviewForm(request.POST or None, blank, is_new=True)
    if request.method == "POST" and form.is_valid():
        made: list[Interview] = []
        if attempt(request, lambda: made.append(_save(permit, form)), form=form):
            return redirect("reviews:interview", pk, made[0].pk)
    shown = {
        "permit": permit,
        "review": permit.review,
        "form": form,
        "interviews": notebook.interviews(permit.review, request.user),
        "adrift": notebook.adrift(permit.review, request.user),
        "erasure": None if permit.review.is_open or permit.erased_at else erasures.told(permit.review),
    }
    return render(request, "reviews/interviews.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
def interview(request: PersonRequest, pk: uuid.UUID, interview: uuid.UUID) -> HttpResponse:
    """Show the running sheet of an interview, and save what it says of itself. Its notes are sent to their own
    addresses.
    """
    permit = open_evidence(request, pk)
    found = _interview(permit, interview)
    tell_reading(request, "interviews", review=permit.review)
    # The head of the page says what is held, whatever is typed in the form.
    form = InterviewForm(request.POST or None, copy.copy(found))
    if "take" in request.POST:
        form.take(request.POST["take"])
    if (
        saves(request)
        and form.is_valid()
        and attempt(request, lambda: _save(permit, form, found), _("The interview is saved."), form=form)
    ):
        return redirect("reviews:interview", pk, found.pk)
    return render(
        request,
        "reviews/interview.html",
        {"permit": permit, "review": permit.review, "interview": found, "form": form, **_sheet(request, permit, found)},
        status=unsaved_status(form),
    )


def _interview(permit: Permit, pk: uuid.UUID) -> Interview:
    found = get_object_or_404(permit.review.interviews.select_related("informant"), pk=pk)
    found.review = permit.review
    return found


def _save(permit: Permit, form: InterviewForm, interview: Interview | None = None) -> Interview:
    return workflow.save_interview(
        permit.review,
        permit.user,
        source=form.cleaned_data["source"],
        asked=form.asked(),
        date=form.day(),
        interview=interview,
        seen=form.seen,
        pk=form.cleaned_data.get("key"),
    )


def _sheet(request: PersonRequest, permit: Permit, interview: Interview) -> dict[str, Any]:
    """Return the notes as they were written, the person's own with their forms and an empty one for the next, and what
    to ask.
    """
    review, user = permit.review, request.user
    choices = items_in(results.pinned_scales(review))
    entries = []
    last: Note | None = None
    for note in notebook.sheet(interview, user):
        note.review = review
        own = review.is_open and note.author_id == user.pk
        last = note if own else last
        entries.append({"note": note, "form": form_of(note, choices, kind=SheetNoteForm) if own else None})
    new = None
    if review.is_open:
        blank = Note(review=review, author=user, interview=interview)
        new = SheetNoteForm(None, blank, choices=choices, is_new=True)
        # Whoever keeps a note to themselves, is not to share the next one before they can say so.
        new.initial["private"] = last is not None and last.private
    return {"entries": entries, "new": new, "to_ask": notebook.to_ask(interview, choices), "choices": choices}


@require_POST
def delete_interview(request: PersonRequest, pk: uuid.UUID, interview: uuid.UUID) -> HttpResponse:
    """Delete an interview that has no notes which the person may read."""
    permit = open_evidence(request, pk)
    found = _interview(permit, interview)
    done = _("The interview is deleted.")
    if attempt(request, lambda: workflow.delete_interview(found, request.user), done):
        return redirect("reviews:interviews", pk)
    return redirect("reviews:interview", pk, found.pk)

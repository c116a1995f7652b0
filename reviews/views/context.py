"""What stands beside the score: written by the evaluators and the service's metodeveileder."""

import uuid
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from reviews import access, circumstances, outcomes, workflow
from reviews.forms.context import ContextForm
from reviews.models import Context
from reviews.report import beside
from reviews.views import autosave
from reviews.views.http import PersonRequest, attempt, saves, tell_reading, unsaved_status


@require_http_methods(["GET", "HEAD", "POST"])
def context(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """Show and save results in numbers, posts and people, and where they work, with the last review's beside them.

    `start` fills what is empty with what may be as it was in the last review, and saves it; `take` puts in the form
    what somebody else has saved.
    """
    permit = access.open_review(request.user, pk)
    permit.require(permit.may_see_figures)
    if request.method == "POST":
        permit.require(permit.writes_context)
    tell_reading(request, "context", review=permit.review)
    held = Context.of(permit.review)
    last = beside.last_before(permit.review, access.reviews_to_start_from(permit))
    # Before the form writes what was typed into it.
    told = _told(held, last)
    form = ContextForm(request.POST or None, instance=held, last=last)
    if "take" in request.POST:
        form.take(request.POST["take"])
    done = _("The numbers are saved.")
    if "start" in request.POST:
        done = _("What was empty and may be as it was is filled in from the last review. See that it still holds.")

    def save() -> None:
        if last is not None and "start" in request.POST:
            workflow.start_from_last(permit.review, request.user, last, form.values(), form.seen)
        else:
            workflow.save_context(permit.review, request.user, form.values(), form.seen)

    if autosave.is_autosave(request):

        def parts() -> dict[str, str]:
            saved = _told(Context.of(permit.review), last)
            return {"context-share": render_to_string("reviews/partials/context_share.html", saved)}

        return autosave.answer(request, form, save, form.values, parts)
    if saves(request) and form.is_valid() and attempt(request, save, done, form=form):
        return redirect("reviews:context", pk)
    # What was typed is kept where the review was closed in the meantime.
    writes = permit.may_write_context or form.is_bound
    return render(
        request,
        "reviews/context.html",
        {"permit": permit, "review": permit.review, "form": form if writes else None, **told},
        status=unsaved_status(form),
    )


def _told(held: Context, last: Context | None) -> dict[str, Any]:
    """Return what is saved for the page, beside what the last review had: in words for who does not write, what it can
    be filled with, and the share as it is worked out.
    """
    share = outcomes.share(held.participants, held.in_work, held.in_education)
    carried = {} if last is None else circumstances.carried(last, held)
    return {
        "last": last,
        "to_start_from": [circumstances.label(name) for name in carried],
        "circumstances": circumstances.over_years([held] if last is None else [last, held]),
        "told": {name: getattr(held, name) for name in ContextForm.Meta.fields},
        "share": share,
        "busy": None if share is None else (held.in_work or 0) + (held.in_education or 0),
    }

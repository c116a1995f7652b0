"""What stands beside the score: written by the evaluators and the service's metodeveileder."""

import uuid
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from reviews import access, outcomes, workflow
from reviews.forms.context import ContextForm
from reviews.models import Context
from reviews.views import autosave
from reviews.views.http import PersonRequest, attempt, saves, unsaved_status


@autosave.never_kept
@require_http_methods(["GET", "HEAD", "POST"])
def context(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """Show and save how many participants work or learn, the agreed goal, and whether people live far apart. `take`
    puts in the form what somebody else has saved.
    """
    permit = access.open_review(request.user, pk)
    permit.require(permit.may_see_figures)
    if request.method == "POST":
        permit.require(permit.writes_context)
    held = Context.of(permit.review)
    # Before the form writes what was typed into it.
    told = _told(held)
    form = ContextForm(request.POST or None, instance=held)
    if "take" in request.POST:
        form.take(request.POST["take"])

    def save() -> None:
        workflow.save_context(permit.review, request.user, form.values(), form.seen)

    if autosave.is_autosave(request):

        def parts() -> dict[str, str]:
            saved = _told(Context.of(permit.review))
            return {"context-share": render_to_string("reviews/partials/context_share.html", saved)}

        return autosave.answer(request, form, save, form.values, parts)
    if saves(request) and form.is_valid() and attempt(request, save, _("The numbers are saved."), form=form):
        return redirect("reviews:context", pk)
    # What was typed is kept where the review was closed in the meantime.
    writes = permit.may_write_context or form.is_bound
    return render(
        request,
        "reviews/context.html",
        {"permit": permit, "review": permit.review, "form": form if writes else None, **told},
        status=unsaved_status(form),
    )


def _told(held: Context) -> dict[str, Any]:
    """Return what is saved in words for the page, and the share as it is worked out from it."""
    share = outcomes.share(held.participants, held.in_work, held.in_education)
    return {
        "told": {name: getattr(held, name) for name in ContextForm.Meta.fields},
        "share": share,
        "busy": None if share is None else (held.in_work or 0) + (held.in_education or 0),
    }

"""What was wrong with the last review's score of an item."""

import uuid

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from reviews import access, merging, previous, results, workflow
from reviews.access import Permit
from reviews.forms.corrections import CorrectionForm
from reviews.models import Correction, FinalScore, Review
from reviews.navigation import route
from reviews.views import evidence
from reviews.views.http import PersonRequest, attempt
from scales.models import Item


def _open(request: PersonRequest, pk: uuid.UUID, scale: str, code: str) -> tuple[Permit, Item]:
    """Fetch a review by outsiders, and its item, for a counting evaluator once all have handed in. Raises Http404 for
    an outsider and for an item it does not have, PermissionDenied for others.
    """
    permit = access.open_review(request.user, pk)
    permit.require(permit.may_work and permit.review.is_external and permit.review.consensus_at is not None)
    return permit, route(results.pinned_scales(permit.review, permit.pinned), {}).place(scale, code).item


def _scored(last: previous.Beside | None) -> FinalScore:
    """Return what the last review found. Raises Http404 where it has no score for the item."""
    if last is None or last.found is None or last.found.score is None:
        raise Http404
    return last.found


@require_http_methods(["GET", "HEAD", "POST"])
def correction(request: PersonRequest, pk: uuid.UUID, scale: str, code: str) -> HttpResponse:
    """Record that the last review's score of an item was wrong, or change what is recorded."""
    permit, item = _open(request, pk, scale, code)
    beside = evidence.last_review(permit, item)
    last = beside["last"]
    found = _scored(last)
    held = None if last is None else last.correction
    form = CorrectionForm(request.POST or None, found=found, held=held)
    seen = {name: request.POST[f"seen_{name}"] for name in ("score", "reason") if f"seen_{name}" in request.POST}
    if request.method == "POST" and form.is_valid():
        score, reason = form.cleaned_data["score"], form.cleaned_data["reason"]
        if attempt(
            request,
            lambda: workflow.correct(permit.review, found.item, request.user, score, reason, seen),
            _("What was wrong with the last review's score of %(item)s is recorded.") % {"item": item.code},
            form=form,
        ):
            return redirect("reviews:agree", pk, scale, code)
        # Where another was first, what the other wrote stands above the form, and has been seen now.
        beside, seen = evidence.last_review(permit, item), {}
        last = beside["last"]
        held = None if last is None else last.correction
    return render(
        request,
        "reviews/correction.html",
        {
            "review": permit.review,
            "item": item,
            **beside,
            "form": form,
            "stamps": seen or _stamps(held),
            "writable": permit.review.status in (Review.Status.CONSENSUS, Review.Status.FACT_CHECK),
        },
    )


def _stamps(held: Correction | None) -> dict[str, str]:
    """Return the stamps of what is recorded, or of nothing."""
    if held is None:
        return merging.stamps({"score": None, "reason": ""})
    return merging.stamps({"score": held.score, "reason": held.reason})


@require_POST
def delete_correction(request: PersonRequest, pk: uuid.UUID, scale: str, code: str) -> HttpResponse:
    """Take back that the last review's score of an item was wrong."""
    permit, item = _open(request, pk, scale, code)
    found = _scored(previous.beside(permit.review, item))
    attempt(
        request,
        lambda: workflow.take_correction_back(permit.review, found.item, request.user),
        _("It is taken back. The last review's score of %(item)s stands without a remark.") % {"item": item.code},
    )
    return redirect("reviews:agree", pk, scale, code)

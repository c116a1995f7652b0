"""What is to be done before and after a visit: the checklist of one review."""

import uuid

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from reviews import access, workflow
from reviews import checklist as checklists
from reviews.access import Permit
from reviews.forms.checklist import ReviewStepForm
from reviews.models import Review, ReviewStep
from reviews.views.http import PersonRequest, attempt, saves, unsaved_status


@require_http_methods(["GET", "HEAD", "POST"])
def checklist(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """Show what is to be done, by when and by whom, and what is done; add a step to it."""
    permit = access.open_review(request.user, pk)
    permit.require(permit.may_see_checklist)
    if request.method == "POST":
        permit.require(permit.may_keep_checklist)
    form = ReviewStepForm(request.POST or None, instance=ReviewStep(review=permit.review))

    def add() -> None:
        workflow.add_step(permit.review, request.user, form.values())

    if request.method == "POST" and form.is_valid() and attempt(request, add, _("The step is added."), form=form):
        return redirect("reviews:checklist", pk)
    return render(
        request,
        "reviews/checklist.html",
        {
            "permit": permit,
            "review": permit.review,
            "checklist": checklists.of(permit.review),
            "form": form,
            "may_write": permit.may_keep_checklist and permit.review.status != Review.Status.CANCELLED,
            "today": timezone.localdate(),
        },
    )


@require_POST
def begin_checklist(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """Give a review that has no checklist the steps of the template."""
    permit = _keeper(request, pk)
    attempt(
        request, lambda: workflow.begin_checklist(permit.review, request.user), _("The review has a checklist now.")
    )
    return redirect("reviews:checklist", pk)


@require_http_methods(["GET", "HEAD", "POST"])
def checklist_step(request: PersonRequest, pk: uuid.UUID, step: int) -> HttpResponse:
    """Change a step: what is to be done, who does it, and when. `take` puts in the form what somebody else has
    saved.
    """
    permit = _keeper(request, pk)
    found = _step(permit, step)
    form = ReviewStepForm(request.POST or None, instance=found)
    if "take" in request.POST:
        form.take(request.POST["take"])

    def change() -> None:
        workflow.change_step(found, request.user, form.values(), form.seen)

    try:
        if saves(request) and form.is_valid() and attempt(request, change, _("The step is changed."), form=form):
            return _back_to(pk, step)
    except ReviewStep.DoesNotExist as error:
        raise Http404 from error
    context = {"permit": permit, "review": permit.review, "form": form, "step": _step(permit, step)}
    return render(request, "reviews/checklist_step.html", context, status=unsaved_status(form))


@require_POST
def tick_step(request: PersonRequest, pk: uuid.UUID, step: int) -> HttpResponse:
    """Say that a step is done (`done`), or without that that it is not after all."""
    permit = _keeper(request, pk)
    found = _step(permit, step)
    try:
        attempt(request, lambda: workflow.tick(found, request.user, done="done" in request.POST))
    except ReviewStep.DoesNotExist as error:
        raise Http404 from error
    return _back_to(pk, step)


@require_POST
def delete_step(request: PersonRequest, pk: uuid.UUID, step: int) -> HttpResponse:
    """Take a step off the checklist."""
    permit = _keeper(request, pk)
    found = _step(permit, step)
    try:
        attempt(request, lambda: workflow.delete_step(found, request.user), _("The step is removed."))
    except ReviewStep.DoesNotExist as error:
        raise Http404 from error
    return redirect("reviews:checklist", pk)


def _keeper(request: PersonRequest, pk: uuid.UUID) -> Permit:
    permit = access.open_review(request.user, pk)
    permit.require(permit.may_keep_checklist)
    return permit


def _step(permit: Permit, key: int) -> ReviewStep:
    """Fetch a step of the review. Raises Http404 where it has none such."""
    return get_object_or_404(permit.review.steps.select_related("done_by"), pk=key)


def _back_to(pk: uuid.UUID, step: int) -> HttpResponse:
    return redirect(f"{reverse('reviews:checklist', args=[pk])}#step-{step}")

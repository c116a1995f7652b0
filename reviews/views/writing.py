"""What the evaluators write together: the agreed result of each item, and the review's own texts."""

import copy
import uuid

from django.db import transaction
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from reviews import about_item, access, consensus, results, workflow
from reviews.access import Permit
from reviews.forms.consensus import NarrativeForm, ResultForm
from reviews.models import AgreedResult, Review
from reviews.navigation import Place, route
from reviews.views import autosave, coverage, evidence, notes
from reviews.views.http import PersonRequest, attempt, saves, tell_reading, unsaved_status


def _open_work(request: PersonRequest, pk: uuid.UUID, *, to_write: bool = False) -> Permit:
    """Fetch a review for a counting evaluator; `to_write`: as access.open_to_write() does. Raises Http404 for an
    outsider, PermissionDenied for others.
    """
    permit = (access.open_to_write if to_write else access.open_review)(request.user, pk)
    permit.require(permit.may_work)
    return permit


def _open_consensus(request: PersonRequest, pk: uuid.UUID, *, to_write: bool = False) -> Permit:
    """Fetch a review whose evaluators may see each other's scores: not before all have handed in."""
    permit = _open_work(request, pk, to_write=to_write)
    permit.require(permit.review.consensus_at is not None)
    tell_reading(request, "consensus", review=permit.review)
    return permit


@require_safe
def agree_overview(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """Show how far the evaluators agree, and all items, those they are farthest apart on first."""
    permit = _open_consensus(request, pk)
    return render(
        request,
        "reviews/agree_overview.html",
        {
            "permit": permit,
            "review": permit.review,
            "writable": _is_writable(permit.review),
            **vars(consensus.overview(permit.review)),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def agree(request: PersonRequest, pk: uuid.UUID, scale: str, code: str) -> HttpResponse:
    """Show and save what is agreed on one item.

    `finish` asks that it is complete and goes on to the next; without it a draft is saved. `words` (a seat's number)
    and `take` (a field that somebody else has changed too) put other words in the form and save nothing.
    """
    if autosave.is_autosave(request):
        return _save_what_is_written(request, pk, scale, code)
    permit = _open_consensus(request, pk)
    rows = results.agreed_rows(permit.review)
    ratings = results.own_ratings(permit.review)
    scales = results.pinned_scales(permit.review, permit.pinned)
    way = consensus.way(permit.review, scales, rows, ratings)
    place = way.place(scale, code)
    comments = results.section_comments(permit.review)
    found = about_item.load(permit.review, place.item)
    own = consensus.own_judgements(permit.review, place.item, ratings.get(place.item.pk, ()), found.counted)
    result = rows.get(place.item.pk) or AgreedResult(review=permit.review, item=place.item)
    form = ResultForm(
        request.POST or None,
        instance=result,
        item=place.item,
        review=permit.review,
        comment_due=not comments.get(place.item.section_id),
        finishing="finish" in request.POST,
    )
    form.mark(consensus.chosen_by(own))
    if "words" in request.POST:
        for each in own:
            if each.rating is not None and str(each.seat.number) == request.POST["words"]:
                form.start_from(each.rating)
    elif "take" in request.POST:
        form.take(request.POST["take"])

    def save() -> None:
        workflow.save_result(permit.review, place.item, request.user, form.columns(), form.seen)

    done = _("%(item)s is saved.") % {"item": place.item.code}
    if saves(request) and form.is_valid() and attempt(request, save, done, form=form):
        return redirect(_next(permit.review, place, finish="finish" in request.POST))
    written = notes.card(request, permit.review, place.item)
    return render(
        request,
        "reviews/agree.html",
        {
            # Made once for all forms of the page.
            "csrf_token": get_token(request),
            "permit": permit,
            "review": permit.review,
            "form": form,
            "place": place,
            "item": place.item,
            "route": way,
            "own": own,
            # What is left of an own score that the report shows says nothing of what was found.
            "findings": [] if permit.erased_at else consensus.findings(place.item, own),
            **evidence.last_review(permit, place.item, found=found),
            **written,
            "section_comment": comments.get(place.item.section_id, ""),
            "target": "reviews:agree",
            "writable": _is_writable(permit.review),
            **coverage.card(permit, place.item, written["notes"], found),
        },
        status=unsaved_status(form),
    )


def _save_what_is_written(request: PersonRequest, pk: uuid.UUID, scale: str, code: str) -> HttpResponse:
    """Save what the page sends by itself: the review is locked from the start, so that nothing is read twice, and no
    more is read than what was written asks for. What the page is told is made when it is let go.
    """
    with transaction.atomic():
        permit = _open_consensus(request, pk, to_write=True)
        review = permit.review
        item = route(results.pinned_scales(review, permit.pinned), {}).place(scale, code).item
        result = review.results.filter(item=item).order_by().first() or AgreedResult(review=review, item=item)
        # A form puts what was typed into its row; what is held is needed beside it.
        said = request.POST.getlist("only")
        form = ResultForm(request.POST, instance=copy.copy(result), item=item, review=review, said=said)

        def save() -> None:
            workflow.write_result(review, result, request.user, form.columns(), form.seen)

        done = autosave.attempt(form, save)
    return autosave.told(request, form, form.columns, done=done)


def _is_writable(review: Review) -> bool:
    """Whether what is agreed can still be changed."""
    return review.status in (Review.Status.CONSENSUS, Review.Status.FACT_CHECK)


def _next(review: Review, place: Place, *, finish: bool) -> str:
    """Return where to go after a save: the next item, the overview after the last, or the same item for a draft."""
    item = place.after if finish else place.item
    if item is None:
        return reverse("reviews:agree_overview", args=[review.pk])
    return reverse("reviews:agree", args=[review.pk, item.section.scale.code, item.code])


@require_http_methods(["GET", "HEAD", "POST"])
def narrative(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """Show and save the review's own texts and the Kommentar of each section."""
    permit = _open_work(request, pk)
    own_gone = permit.erased_at is not None and not results.own_ratings(permit.review)
    form = NarrativeForm(
        request.POST or None,
        instance=permit.review,
        judged=results.working_results(permit.review, with_own=False),
        blind=permit.is_blind,
        own_gone=own_gone,
    )
    if "take" in request.POST:
        form.take(request.POST["take"])

    def save() -> None:
        workflow.save_narrative(permit.review, request.user, form.texts(), form.section_comments(), form.seen)

    if autosave.is_autosave(request):
        return autosave.answer(request, form, save, lambda: form.cleaned_data)
    if saves(request) and form.is_valid() and attempt(request, save, _("The texts are saved."), form=form):
        return redirect("reviews:review", pk)
    return render(
        request,
        "reviews/narrative.html",
        {"review": permit.review, "form": form, "blind": permit.is_blind, "own_gone": own_gone},
        status=unsaved_status(form),
    )

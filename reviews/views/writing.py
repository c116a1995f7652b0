"""What the evaluators write together: the agreed result of each item, and the review's own texts."""

import uuid

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from reviews import access, previous, results, workflow
from reviews.access import Permit
from reviews.forms.consensus import NarrativeForm, ResultForm
from reviews.models import AgreedResult, Note, Rating, Review
from reviews.navigation import Place, route
from reviews.views.http import PersonRequest, attempt


def _open_work(request: PersonRequest, pk: uuid.UUID) -> Permit:
    """Fetch a review for a counting evaluator. Raises Http404 for an outsider, PermissionDenied for others."""
    permit = access.open_review(request.user, pk)
    permit.require(permit.may_work)
    return permit


@require_http_methods(["GET", "HEAD", "POST"])
def agree(request: PersonRequest, pk: uuid.UUID, scale: str, code: str) -> HttpResponse:
    """Show and save what is agreed on one item."""
    permit = _open_work(request, pk)
    # Each evaluator's own scores stand on this page: not before all have handed in.
    permit.require(permit.review.consensus_at is not None)
    rows = {row.item_id: row for row in permit.review.results.all()}
    way = route(results.pinned_scales(permit.review), rows)
    place = way.place(scale, code)
    comments = {row.section_id: row.comment for row in permit.review.section_comments.all()}
    form = ResultForm(
        request.POST or None,
        instance=rows.get(place.item.pk) or AgreedResult(review=permit.review, item=place.item),
        item=place.item,
        review=permit.review,
        comment_due=not comments.get(place.item.section_id),
        finishing="finish" in request.POST,
    )
    if request.method == "POST" and form.is_valid():
        values = form.columns()
        if attempt(
            request,
            lambda: workflow.save_result(permit.review, place.item, request.user, values),
            _("%(item)s is saved.") % {"item": place.item.code},
            form=form,
        ):
            return redirect(_next(permit.review, place, finish="finish" in request.POST))
    seats = [seat.pk for seat in results.evaluator_seats(permit.review)]
    own = Rating.objects.filter(item=place.item, seat__in=seats).select_related("seat__user").order_by("seat__number")
    notes = Note.objects.visible_to(request.user).filter(review=permit.review, items=place.item)
    return render(
        request,
        "reviews/agree.html",
        {
            "permit": permit,
            "review": permit.review,
            "form": form,
            "place": place,
            "item": place.item,
            "route": way,
            "own": own,
            "last": previous.beside(permit.review, place.item),
            "notes": notes.select_related("informant", "author"),
            "section_comment": comments.get(place.item.section_id, ""),
            "target": "reviews:agree",
            "writable": permit.review.status in (Review.Status.CONSENSUS, Review.Status.FACT_CHECK),
        },
    )


def _next(review: Review, place: Place, *, finish: bool) -> str:
    """Return where to go after a save: the next item, the review after the last, or the same item for a draft."""
    item = place.after if finish else place.item
    if item is None:
        return reverse("reviews:review", args=[review.pk])
    return reverse("reviews:agree", args=[review.pk, item.section.scale.code, item.code])


@require_http_methods(["GET", "HEAD", "POST"])
def narrative(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """Show and save the review's own texts and the Kommentar of each section."""
    permit = _open_work(request, pk)
    comments = {row.section_id: row.comment for row in permit.review.section_comments.all()}
    sections = [
        (section, comments.get(section.pk, ""))
        for scale in results.pinned_scales(permit.review)
        for section in scale.sections.all()
        if scale.comment_expected and not permit.is_blind
    ]
    form = NarrativeForm(request.POST or None, instance=permit.review, sections=sections, blind=permit.is_blind)
    if request.method == "POST" and form.is_valid():
        texts, by_section = form.texts(), form.section_comments()
        if attempt(
            request,
            lambda: workflow.save_narrative(permit.review, request.user, texts, by_section),
            _("The texts are saved."),
            form=form,
        ):
            return redirect("reviews:review", pk)
    return render(request, "reviews/narrative.html", {"review": permit.review, "form": form, "blind": permit.is_blind})

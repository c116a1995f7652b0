"""The evaluator's own sheet: one item at a time, a whole section without scores."""

import uuid
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from reviews import access, figures, given, results, workflow
from reviews.access import Permit
from reviews.forms.scoring import RatingForm, SectionForm
from reviews.models import Rating, Review, Seat
from reviews.navigation import Place, Route, items_in, route
from reviews.views import autosave, coverage, evidence, notes
from reviews.views.http import PersonRequest, attempt, saves, tell_reading, unsaved_status
from scales import wording
from scales.models import Item, Scale, Section


def open_sheet(request: PersonRequest, pk: uuid.UUID) -> tuple[Permit, Seat]:
    """Fetch the review and the sheet the person fills in. Raises Http404 for an outsider, PermissionDenied without a
    sheet.
    """
    permit = access.open_review(request.user, pk)
    if permit.sheet is None or permit.review.status == Review.Status.PLANNED:
        raise PermissionDenied
    tell_reading(request, "score_sheet", review=permit.review)
    return permit, permit.sheet


def is_writable(review: Review, sheet: Seat) -> bool:
    """Whether anything can still be written on the sheet."""
    return review.status == Review.Status.SCORING and sheet.handed_in_at is None


def comment_due(permit: Permit, section: Section) -> bool:
    """Whether the Kommentar of a low score is due on this sheet already.

    It is where no other sheet follows (one evaluator, or a self-review) and the section has no Kommentar of its own;
    two evaluators write it together when they agree, and an observer's words go nowhere.
    """
    if not section.scale.comment_expected or permit.is_blind or not permit.may_work:
        return False
    return not permit.review.section_comments.filter(section=section).exclude(comment="").exists()


@require_http_methods(["GET", "HEAD", "POST"])
def score(request: PersonRequest, pk: uuid.UUID, scale: str, code: str) -> HttpResponse:
    """Show and save one item of the sheet. `finish` asks that it is complete and goes on to the next; without it a
    draft is saved. `take` (what somebody else has changed too) puts what is saved in the form, and saves nothing. The
    page saves by itself what is written on it (see autosave). `all` tells that it was written on the page with all
    items, and leads back there.
    """
    permit, sheet = open_sheet(request, pk)
    ratings = results.ratings_on(sheet)
    scales = results.pinned_scales(permit.review)
    way = route(scales, ratings)
    place = way.place(scale, code)
    counts = figures.counted(permit.review, place.item)
    gave = given.of_item(permit.review, place.item, counts)
    rating = ratings.get(place.item.pk) or Rating(seat=sheet, item=place.item)
    form = RatingForm(
        request.POST or None,
        instance=rating,
        item=place.item,
        review=permit.review,
        counts=counts,
        rows=0 if gave is None else gave.last_number,
        comment_due=comment_due(permit, place.item.section),
        finishing="finish" in request.POST,
    )
    if "take" in request.POST:
        form.take(request.POST["take"])

    def save() -> None:
        workflow.save_rating(sheet, place.item, request.user, form.rating_values(), form.counts(), form.seen)

    if autosave.is_autosave(request):

        def parts() -> dict[str, str]:
            if "all" in request.POST:
                return {}
            changed = _changed_parts(sheet, scales, place.item, score_changed="score" in form.only)
            if gave is not None and any(name.startswith("count_") for name in form.only):
                now = given.of_item(permit.review, place.item, figures.counted(permit.review, place.item))
                changed["given-state"] = render_to_string("reviews/partials/given_state.html", {"given": now})
            return changed

        return autosave.answer(request, form, save, form.values, parts)
    done = _("%(item)s is saved.") % {"item": place.item.code}
    if saves(request) and form.is_valid() and attempt(request, save, done, form=form):
        return redirect(_after(request, permit.review, place))
    written = notes.card(request, permit.review, place.item, items_in(scales))
    return render(
        request,
        "reviews/score.html",
        {
            "permit": permit,
            "review": permit.review,
            "form": form,
            "place": place,
            "item": place.item,
            "route": way,
            "target": "reviews:score",
            "writable": is_writable(permit.review, sheet),
            "given": gave,
            "per": figures.per(place.item),
            # An observer is not told what the evaluators agree on before the draft is sent out.
            **evidence.last_review(permit, place.item, corrected=permit.may_work or permit.may_read_draft),
            "section_form": SectionForm(review=permit.review),
            **written,
            **coverage.card(permit, place.item, written["notes"]),
            **_suggestion(rating, place.item, counts),
        },
        status=unsaved_status(form),
    )


def _suggestion(rating: Rating, item: Item, counts: figures.Figures) -> dict[str, Any]:
    """Return what the page says about the suggestion: itself, its working, what its score stands for, the scores that
    agree with it, whether the rating's does not, and the rows of figures that lack a number or are too high.
    """
    found = results.suggestion_for(rating, item, counts)
    return {
        "suggestion": found,
        "working": "" if found is None else wording.working(found, item),
        "suggested_anchor": "" if found is None or found.score is None else item.anchor(found.score),
        "agreeing": [each for each in item.section.scale.scores if found is None or found.agrees(each)],
        "departs": found is not None and rating.score is not None and not found.agrees(rating.score),
        "in_parts": bool(figures.apart(item, counts)),
        "lacking": results.lacking(item, counts),
        "too_high": results.too_high(item, counts),
    }


def _changed_parts(sheet: Seat, scales: list[Scale], item: Item, *, score_changed: bool) -> dict[str, str]:
    """Return the parts of the page that follow from what was just saved, by id: the suggestion, and the list of items
    where the score has changed.
    """
    ratings = results.ratings_on(sheet)
    parts: dict[str, str] = {}
    if item.measure is not None:
        found = _suggestion(ratings[item.pk], item, figures.counted(sheet.review, item))
        parts["suggestion"] = render_to_string("reviews/partials/suggestion.html", {"item": item, **found})
    if score_changed:
        shown = {
            "review": sheet.review,
            "route": route(scales, ratings),
            "target": "reviews:score",
            "item": item,
        }
        parts["items-done"] = render_to_string("reviews/partials/items_done.html", shown)
        parts["items-list"] = render_to_string("reviews/partials/items_list.html", shown)
    return parts


def _after(request: PersonRequest, review: Review, place: Place) -> str:
    """Return where to go after a save: the next item, the review after the last; for a draft the same item, or its line
    on the page with all of them.
    """
    scale, code = place.item.section.scale.code, place.item.code
    if "all" in request.POST:
        return f"{reverse('reviews:score_all', args=[review.pk])}#{scale}-{code}"
    if "finish" not in request.POST:
        return reverse("reviews:score", args=[review.pk, scale, code])
    if place.after is None:
        return reverse("reviews:review", args=[review.pk])
    return reverse("reviews:score", args=[review.pk, place.after.section.scale.code, place.after.code])


@require_POST
def leave_section(request: PersonRequest, pk: uuid.UUID, scale: str, code: str) -> HttpResponse:
    """Give what is left of the item's section one reason for not being scored, and go on to the next item
    that is open.
    """
    permit, sheet = open_sheet(request, pk)
    way: Route = route(results.pinned_scales(permit.review), {})
    place = way.place(scale, code)
    attempt(
        request,
        lambda: workflow.leave_section_unscored(
            sheet, place.item.section, request.user, request.POST.get("reason", "")
        ),
        _("The rest of %(section)s is marked as not scored.") % {"section": place.item.section.title},
    )
    return redirect("reviews:score", pk, scale, code)

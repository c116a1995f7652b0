"""The evaluator's own sheet: one item at a time, a whole section without scores."""

import copy
import uuid
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from reviews import about_item, access, figures, given, merging, results, workflow
from reviews.access import Permit
from reviews.forms.scoring import RatingForm, SectionForm
from reviews.models import Rating, Review, Seat
from reviews.navigation import Place, Route, item_at, route
from reviews.templatetags import found as marks
from reviews.templatetags import items
from reviews.views import autosave, coverage, evidence, notes
from reviews.views.http import PersonRequest, attempt, saves, tell_reading, unsaved_status
from scales import wording
from scales.models import Item, Scale, Section


def open_sheet(request: PersonRequest, pk: uuid.UUID, *, to_write: bool = False) -> tuple[Permit, Seat]:
    """Fetch the review and the sheet the person fills in; `to_write`: as access.open_to_write() does. Raises Http404
    for an outsider, PermissionDenied without a sheet.
    """
    permit = (access.open_to_write if to_write else access.open_review)(request.user, pk)
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
    if autosave.is_autosave(request):
        return _save_what_is_written(request, pk, scale, code)
    permit, sheet = open_sheet(request, pk)
    scales = results.pinned_scales(permit.review, permit.pinned)
    scored, held = results.sheet_around(sheet, item_at(scales, scale, code))
    way = route(scales, scored)
    place = way.place(scale, code)
    found = about_item.load(permit.review, place.item)
    counts, gave = found.counted, given.about(place.item, found)
    rating = held or Rating(seat=sheet, item=place.item)
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

    done = _("%(item)s is saved.") % {"item": place.item.code}
    if saves(request) and form.is_valid() and attempt(request, save, done, form=form):
        return redirect(_after(request, permit.review, place))
    written = notes.card(request, permit.review, place.item)
    return render(
        request,
        "reviews/score.html",
        {
            # Made once for all forms of the page.
            "csrf_token": get_token(request),
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
            **evidence.last_review(permit, place.item, corrected=_may_see_corrections(permit), found=found),
            "section_form": SectionForm(review=permit.review),
            **written,
            **coverage.card(permit, place.item, written["notes"], found),
            **_suggestion(rating, place.item, counts),
        },
        status=unsaved_status(form),
    )


def _may_see_corrections(permit: Permit) -> bool:
    """Whether the page tells what is recorded about the last review's score. Nothing can be before the evaluators
    agree, and an observer is not told what they agree on before the draft is sent out.
    """
    return permit.review.consensus_at is not None and (permit.may_work or permit.may_read_draft)


_FINDINGS = ("element_", "raises_", "needs_", "count_")
"""How the names begin of what the suggestion follows from."""


def _save_what_is_written(request: PersonRequest, pk: uuid.UUID, scale: str, code: str) -> HttpResponse:
    """Save what the page sends by itself: the review is locked from the start, so that nothing is read twice, and no
    more is read than what was written asks for. What the page is told is made when it is let go.
    """
    said = [unit[0] for unit in merging.units(request.POST.getlist("only"), merging.JUDGEMENT)]
    with_list = "score" in said and "all" not in request.POST
    with_figures = not said or any(name.startswith(_FINDINGS) for name in said)
    with transaction.atomic():
        permit, sheet = open_sheet(request, pk, to_write=True)
        review, scales = permit.review, results.pinned_scales(permit.review, permit.pinned)
        item = item_at(scales, scale, code)
        ratings = _held_now(sheet, item, said, with_list=with_list)
        rating = ratings.setdefault(item.pk, Rating(seat=sheet, item=item))
        rating.seat, rating.item = sheet, item
        held = review.counts.filter(item=item).order_by() if with_figures else []
        rows = {(count.name, count.number): count for count in held}
        counts = {key: count.value for key, count in rows.items()}
        # A form puts what was typed into its row; what is held is needed beside it.
        form = RatingForm(request.POST, instance=copy.copy(rating), item=item, review=review, counts=counts, said=said)

        def save() -> None:
            workflow.write_rating(review, rating, request.user, form.rating_values(), form.counts(), rows, form.seen)

        done = autosave.attempt(form, save)

    def parts() -> dict[str, str]:
        if "all" in request.POST:
            return {}
        found: dict[str, str] = {}
        if with_figures and item.measure is not None:
            now = figures.counted(review, item) if any(name.startswith("count_") for name in said) else counts
            found["suggestion"] = marks.suggested(_suggestion(rating, item, now))
            gave = given.of_item(review, item, now)
            if gave is not None:
                found["given-state"] = marks.state_of(gave)
        return found | (_list_parts(review, scales, ratings, item) if with_list else {})

    return autosave.told(request, form, form.values, parts, done=done)


def _held_now(sheet: Seat, item: Item, said: list[str], *, with_list: bool) -> dict[int, Rating]:
    """Return what stands on the sheet by item id, as much of it as a save of `said` needs: one query."""
    if not with_list:
        return results.ratings_on(sheet, item)
    return results.scores_on(sheet) if said == ["score"] else results.ratings_on(sheet)


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


def _list_parts(review: Review, scales: list[Scale], ratings: Mapping[int, Rating], item: Item) -> dict[str, str]:
    """Return the parts of the page, by id, that tell of the item's score in the list of all, and how many are done."""
    way = route(scales, ratings)
    return {"items-done": items.items_done(way), **items.parts_of(way, "reviews:score", review, item)}


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
    way: Route = route(results.pinned_scales(permit.review, permit.pinned), {})
    place = way.place(scale, code)
    attempt(
        request,
        lambda: workflow.leave_section_unscored(
            sheet, place.item.section, request.user, request.POST.get("reason", "")
        ),
        _("The rest of %(section)s is marked as not scored.") % {"section": place.item.section.title},
    )
    return redirect("reviews:score", pk, scale, code)

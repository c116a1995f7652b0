"""Who sits in a review: shown on its page, and changed while it is planned and scored."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from reviews import access, candidates, results, ties, workflow
from reviews.access import Permit
from reviews.candidates import Candidate
from reviews.forms.planning import SeatForm
from reviews.forms.steps import ReasonForm
from reviews.models import Review, Seat
from reviews.views.http import PersonRequest, attempt, saves, send_letters

Status = Review.Status
OPEN = (Status.PLANNED, Status.SCORING)
"""The states in which seats may change."""


@dataclass(frozen=True)
class Sitter:
    """A seat with what the reader may call the one in it. `invited`: nobody has taken it yet."""

    seat: Seat
    name: str
    invited: bool


@dataclass(frozen=True)
class People:
    """Who sits in a review, what ties the evaluators to the service (found, in words, and said when it was planned),
    and whether seats may be changed now.
    """

    sitters: tuple[Sitter, ...]
    ties: tuple[str, ...]
    independence: str
    may_change: bool


def people(permit: Permit) -> People:
    """Return who sits in a review, for its page: up to three queries for their ties, told while it is open."""
    told = permit.may_see_evaluators_ties and permit.review.is_open
    return People(
        tuple(_sitter(permit, seat) for seat in permit.seats if seat.removed_at is None),
        _ties_in_words(permit) if told else (),
        permit.review.independence if told else "",
        may_change=permit.may_seat and permit.review.status in OPEN,
    )


def _sitter(permit: Permit, seat: Seat) -> Sitter:
    """Name the one in a seat. The e-mail of one who is invited is for those who plan and review."""
    if seat.user is not None:
        return Sitter(seat, seat.user.name, invited=False)
    invitation = getattr(seat, "invitation", None)
    if invitation is None:
        return Sitter(seat, _("Evaluator %(number)s, not named") % {"number": seat.number}, invited=False)
    told = permit.may_see_evaluators_ties
    return Sitter(seat, invitation.email if told else _("Somebody who is invited"), invited=True)


def _ties_in_words(permit: Permit) -> tuple[str, ...]:
    return tuple(
        ties.said(tie.kind, str(tie.person), tie.organisation, tie.service, tie.year)
        for tie in ties.ties(permit.review, permit.seats)
    )


@require_http_methods(["GET", "HEAD", "POST"])
def replace(request: PersonRequest, pk: uuid.UUID, number: int) -> HttpResponse:
    """Give a seat to somebody else, with a reason."""
    permit, sitter = _open(request, pk, number)
    form = _seat_form(request, permit, with_reason=True)

    def give() -> object:
        return workflow.replace(sitter.seat, request.user, form.who_takes_it, form.cleaned_data["reason"])

    context = _about(permit, sitter) | {"title": _("Replace %(name)s") % {"name": sitter.name}}
    if sitter.seat.kind == Seat.Kind.EVALUATOR and not context["closed"]:
        context |= {
            "candidates": _proposed(permit),
            "slots": [("who", _("Choose"))],
            "taken": form.taken,
            "is_filled_in": request.method == "POST" and not saves(request),
        }
    return _page(request, permit, "reviews/seat_replace.html", context, form, give, _("The seat is given to another."))


@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: PersonRequest, pk: uuid.UUID, number: int) -> HttpResponse:
    """Empty a seat, with a reason: the others go on without."""
    permit, sitter = _open(request, pk, number)
    form = ReasonForm(request.POST or None, review=permit.review)

    def empty() -> object:
        return workflow.remove(sitter.seat, request.user, form.cleaned_data["reason"])

    others = [seat for seat in results.evaluator_seats(permit.review) if seat.pk != sitter.seat.pk]
    context = _about(permit, sitter) | {
        "title": _("Go on without %(name)s") % {"name": sitter.name},
        "opens_consensus": all(seat.handed_in_at for seat in others),
    }
    return _page(request, permit, "reviews/seat_remove.html", context, form, empty, _("The seat is empty."))


@require_http_methods(["GET", "HEAD", "POST"])
def observer(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """Seat somebody who scores along and is never counted."""
    permit = access.open_review(request.user, pk)
    permit.require(permit.may_seat)
    form = _seat_form(request, permit, with_reason=False)

    def seat() -> object:
        return workflow.add_observer(permit.review, request.user, form.who_takes_it)

    context: dict[str, object] = {"title": _("Seat an observer"), "closed": _closed(permit.review)}
    return _page(request, permit, "reviews/seat_observer.html", context, form, seat, _("The observer has a seat."))


def _seat_form(request: PersonRequest, permit: Permit, *, with_reason: bool) -> SeatForm:
    """Return the form as it was sent or, where one of those proposed was chosen, to be filled in further."""
    sent, seated = request.POST or None, _seated(permit)
    if saves(request):
        return SeatForm(sent, seated=seated, with_reason=with_reason)
    return SeatForm(seated=seated, with_reason=with_reason, typed=sent)


def _seated(permit: Permit) -> set[uuid.UUID]:
    """Return the keys of those who sit in the review now."""
    return {seat.user_id for seat in permit.seats if seat.user_id and seat.removed_at is None}


def _proposed(permit: Permit) -> list[Candidate]:
    """Return who could take an evaluator's seat: none of those who sit in the review."""
    seated = _seated(permit)
    found = candidates.of(permit.review.service, permit.review.first_day)
    return [each for each in found if each.person.pk not in seated]


def _open(request: PersonRequest, pk: uuid.UUID, number: int) -> tuple[Permit, Sitter]:
    """Fetch a review and one of its seats for somebody who may change who sits there."""
    permit = access.open_review(request.user, pk)
    permit.require(permit.may_seat)
    seat = next((each for each in permit.seats if each.number == number), None)
    if seat is None:
        raise Http404
    return permit, _sitter(permit, seat)


def _about(permit: Permit, sitter: Sitter) -> dict[str, object]:
    return {
        "sitter": sitter,
        "own": sitter.seat.user_id == permit.user.pk,
        "closed": _closed(permit.review, sitter.seat),
    }


def _closed(review: Review, seat: Seat | None = None) -> str:
    """Say why a seat cannot be changed now; empty where it can."""
    if review.status not in OPEN:
        return _("The scoring is over, and the seats stay as they are.")
    if seat is not None and seat.removed_at is not None:
        return _("The seat is empty already.")
    return ""


def _page(
    request: PersonRequest,
    permit: Permit,
    template: str,
    context: dict[str, object],
    form: forms.Form,
    step: Callable[[], object],
    done: str,
) -> HttpResponse:
    """Ask, and take the step when it is answered. One who has given away their own seat may see the review no more."""
    if saves(request) and form.is_valid() and attempt(request, step, done, form=form):
        send_letters(request, permit.review)
        still_seen = access.visible_reviews(request.user).filter(pk=permit.review.pk).exists()
        return redirect("reviews:review", permit.review.pk) if still_seen else redirect("reviews:tasks")
    return render(request, template, {"review": permit.review, "permit": permit, "form": form, **context})

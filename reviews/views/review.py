"""One review: where it stands, what stands in the way, and the steps that move it on."""

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from reviews import access, checklist, erasures, given, letters, results, workflow
from reviews.access import Permit
from reviews.action_plan import points
from reviews.forms.steps import FactCheckForm, OptionalReasonForm, ReasonForm, StepForm
from reviews.models import ActionPoint, Context, Correction, Review
from reviews.navigation import items_in, route
from reviews.views import checking, seats
from reviews.views.evidence import item_pages
from reviews.views.http import PersonRequest, attempt, not_reached, send_letters
from scales.models import Item, Scale

Status = Review.Status


@dataclass(frozen=True)
class Step:
    """A step of the course that a person can take from the page: who may, what it asks for, what it does, what it
    answers.
    """

    may: Callable[[Permit], bool]
    take: Callable[[Permit, dict[str, Any]], object]
    done: str | Promise
    form: type[StepForm] | None = None
    tells: bool = False
    """Whether somebody is then told by e-mail."""


def _hand_in(permit: Permit) -> object:
    if permit.sheet is None:
        raise PermissionDenied
    return workflow.hand_in(permit.sheet, permit.user)


def _withdraw(permit: Permit) -> object:
    if permit.sheet is None:
        raise PermissionDenied
    return workflow.withdraw(permit.sheet, permit.user)


def _remind(permit: Permit) -> None:
    unreached = letters.remind(permit.review, by_hand=True, actor=permit.user)
    if unreached:
        raise workflow.Refused(not_reached(unreached))


STEPS = {
    "start": Step(
        lambda permit: permit.may_lead,
        lambda permit, _values: workflow.start(permit.review, permit.user),
        _("The scoring has begun."),
    ),
    "hand-in": Step(
        lambda permit: permit.sheet is not None,
        lambda permit, _values: _hand_in(permit),
        _("Your scores are handed in."),
        # It asks for nothing: what is missing is answered on the page.
        StepForm,
    ),
    "withdraw": Step(
        lambda permit: permit.sheet is not None,
        lambda permit, _values: _withdraw(permit),
        _("Your scores are yours again. Hand in when you are done."),
    ),
    "fact-check": Step(
        lambda permit: permit.may_lead,
        lambda permit, values: workflow.send_to_fact_check(
            permit.review, permit.user, values["due"], [*values["people"], *values["emails"]]
        ),
        _("The draft is sent to the service for fact check."),
        FactCheckForm,
        tells=True,
    ),
    "remind": Step(
        lambda permit: permit.may_lead,
        lambda permit, _values: _remind(permit),
        _("The reminder is sent."),
    ),
    "answer": Step(
        lambda permit: permit.is_respondent,
        lambda permit, _values: workflow.answer(permit.review, permit.user),
        _("Thank you. Your answer is recorded."),
    ),
    "answer-again": Step(
        lambda permit: permit.is_respondent,
        lambda permit, _values: workflow.take_answer_back(permit.review, permit.user),
        _("Your answer is open again."),
    ),
    "send-back": Step(
        lambda permit: permit.may_lead,
        lambda permit, values: workflow.send_back(permit.review, permit.user, values["reason"]),
        _("The review is back in consensus."),
        ReasonForm,
    ),
    "finalise": Step(
        lambda permit: permit.may_lead,
        lambda permit, values: workflow.finalise(permit.review, permit.user, values["reason"]),
        _("The review is final, and the report is made."),
        OptionalReasonForm,
    ),
    "reissue": Step(
        lambda permit: permit.may_lead,
        lambda permit, values: workflow.reissue(permit.review, permit.user, values["reason"]),
        _("The review is open again. The report handed over counts until you make the next version."),
        ReasonForm,
    ),
    "cancel": Step(
        lambda permit: permit.may_cancel,
        lambda permit, values: workflow.cancel(permit.review, permit.user, values["reason"]),
        _("The review is cancelled."),
        ReasonForm,
    ),
    "share": Step(
        lambda permit: permit.may_lead,
        lambda permit, _values: workflow.share(permit.review, permit.user),
        _("The self-review is shared."),
    ),
}


def _with_what_is_told(reviews: QuerySet[Review]) -> QuerySet[Review]:
    """Have fetched with the review what its page tells of it: how much the service has given of figures, what stands
    beside the score, and whether the evaluators hold anything in the last review to be wrong.
    """
    corrections = Correction.objects.filter(review=OuterRef("pk"))
    return given.with_progress(reviews).select_related("context").annotate(corrects=Exists(corrections))


_OPENING = access.opening(_with_what_is_told)


def _open(request: PersonRequest, pk: uuid.UUID) -> Permit:
    return access.open_review(request.user, pk, _OPENING)


@require_safe
def review(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """Show where the review stands, and to those who may move it what still stands in the way."""
    return _page(request, _open(request, pk))


@require_POST
def step(request: PersonRequest, pk: uuid.UUID, name: str) -> HttpResponse:
    """Take a step. What is wrong with it stands on the page beside what was typed; a step that asks for nothing answers
    in a message.
    """
    permit = access.open_review(request.user, pk)
    if name not in STEPS:
        raise Http404
    wanted = STEPS[name]
    permit.require(wanted.may(permit))
    if wanted.form is None:
        attempt(request, lambda: wanted.take(permit, {}), str(wanted.done))
        return redirect("reviews:review", pk)
    form = wanted.form(request.POST, prefix=name, review=permit.review)
    if form.is_valid() and attempt(
        request, lambda: wanted.take(permit, form.cleaned_data), str(wanted.done), form=form
    ):
        if wanted.tells:
            send_letters(request, permit.review)
        return redirect("reviews:review", pk)
    # The workflow may have found another state than the one fetched above.
    return _page(request, _open(request, pk), {name: form})


def _page(request: PersonRequest, permit: Permit, bound: dict[str, forms.Form] | None = None) -> HttpResponse:
    found = permit.review
    context: dict[str, Any] = {
        "permit": permit,
        "review": found,
        "people": seats.people(permit),
        "teams": list(found.teams.all()),
        "versions": list(found.versions.defer("pdf").order_by("-number")) if permit.may_read_versions else [],
        # Before anything else asks for those who were asked.
        "fact_check": checking.panel(permit),
        "needs_reason": workflow.skips_fact_check(found),
        "forms": _forms(found) | {name.replace("-", "_"): form for name, form in (bound or {}).items()},
        "failed": next(iter(bound.values()), None) if bound else None,
    }
    if permit.sheet is not None and found.status == Status.SCORING:
        ratings = {rating.item_id: rating for rating in permit.sheet.ratings.all()}
        context["scales"] = results.pinned_scales(found, permit.pinned)
        context["route"] = route(context["scales"], ratings)
    ready = found.is_self and found.status == Status.SCORING
    if permit.may_work and (ready or found.status in (Status.CONSENSUS, Status.FACT_CHECK)):
        context |= _working(permit, context["fact_check"])
    context["figures_progress"] = _figures(permit)
    context["checklist"] = checklist.of(found) if permit.may_see_checklist else None
    context["today"] = timezone.localdate()
    context["erasure"] = None if found.is_open and permit.erased_at is None else erasures.told(found)
    if "scales" not in context:
        context["scales"] = _scales(permit)
    if permit.may_see_evidence and found.is_open:
        context["open_actions"] = _by_item(points.open_points(permit.actions, _items(permit, context["scales"])))
        context["item_pages"] = item_pages(permit)
    return render(request, "reviews/review.html", context)


def _scales(permit: Permit) -> list[Scale]:
    """Return the review's scales. While nothing is scored by them no more is told than their titles: they may still be
    changed, and are not kept, so that all of one would take four queries.
    """
    if permit.review.status in (Status.PLANNED, Status.CANCELLED):
        return list(permit.review.scales.order_by("position", "sequence"))
    return results.pinned_scales(permit.review, permit.pinned)


def _items(permit: Permit, scales: Iterable[Scale]) -> list[Item]:
    """Return the items of the review's scales in their order: one query while it is planned, and none later."""
    if permit.review.status == Status.PLANNED:
        return list(Item.objects.filter(section__scale__in=permit.pinned).select_related("section__scale"))
    return items_in(scales)


def _working(permit: Permit, panel: checking.Panel) -> dict[str, Any]:
    """Return what is agreed on until now, and what stands in the way of the report: one query, and one each where there
    are remarks from the fact check and where anything in the last review is held to be wrong.
    """
    found = permit.review
    working = results.working_results(found, with_own=False, pinned=permit.pinned)
    remarks = list(found.remarks.select_related("item").order_by("created_at")) if panel.number else []
    corrections = list(found.corrections.select_related("item")) if vars(found)["corrects"] else []
    beside = getattr(found, "context", None) or Context(review=found)
    return {
        "scales": [result.scale for result in working],
        "working": working,
        "unsettled": results.unsettled(working),
        "blockers": workflow.blockers(found, working, remarks),
        "warnings": workflow.warnings(found, working, beside),
        "unprintable": workflow.unprintable(found, working, remarks, corrections),
    }


def _by_item(rows: list[tuple[Item | None, ActionPoint]]) -> list[tuple[Item | None, list[ActionPoint]]]:
    """Return the open points of each item together, first those of the review's own items; all in the scale's order."""

    def place(row: tuple[Item | None, ActionPoint]) -> tuple[bool, int, int, int]:
        own, action = row
        item = own or action.item
        return own is None, item.section.scale.position, item.section.position, item.position

    found: dict[tuple[str, str], tuple[Item | None, list[ActionPoint]]] = {}
    for own, action in sorted(rows, key=place):
        found.setdefault(action.about, (own, []))[1].append(action)
    return list(found.values())


def _figures(permit: Permit) -> given.Progress | None:
    """Return how much the service has given, to who sees it; None where nothing is asked for, or all is over."""
    if not permit.may_see_figures:
        return None
    found = given.progress_of(permit.review)
    return found if found.asked and (found.given or permit.review.is_open) else None


def _forms(review: Review) -> dict[str, forms.Form]:
    """Return an empty form for each step that asks for something, by the step's name."""
    return {
        name.replace("-", "_"): found.form(prefix=name, review=review)
        for name, found in STEPS.items()
        if found.form is not None
    }

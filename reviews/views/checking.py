"""The fact check: what the service remarks on the draft, and what the evaluators decide."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Prefetch, Q, prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reviews import access, results, workflow
from reviews.access import Permit
from reviews.forms.checking import ItemDecisionForm, RemarkForm, WholeDecisionForm
from reviews.models import (
    AgreedResult,
    FactCheckRemark,
    FactCheckRespondent,
    NotScored,
    Review,
)
from reviews.navigation import route
from reviews.views.http import PersonRequest, attempt, tell_reading, unsaved_status
from scales.models import Item

Status = Review.Status


# On the page of the review


@dataclass(frozen=True)
class Panel:
    """Where the fact check stands, for somebody who sees the review."""

    respondents: list[FactCheckRespondent]
    own: FactCheckRespondent | None
    """The person's own part, where they are asked."""
    number: int
    """How many remarks there are, and how many of them nobody has decided on."""
    open: int
    is_over: bool
    is_late: bool
    """Whether the last day has passed."""

    @property
    def silent(self) -> list[FactCheckRespondent]:
        """Those who have not answered."""
        return [respondent for respondent in self.respondents if respondent.answered_at is None]

    @property
    def to_remind(self) -> list[FactCheckRespondent]:
        """Those who have not answered, have not been reminded, and can be reached."""
        return [
            respondent
            for respondent in self.silent
            if respondent.reminded_at is None and (respondent.user is None or respondent.user.is_active)
        ]


def panel(permit: Permit) -> Panel:
    """Return where the fact check stands: one query, and none before there can have been one. Those who were asked are
    kept on the review, so that nothing on its page asks for them again.
    """
    review = permit.review
    asked = FactCheckRespondent.objects.select_related("user", "invitation").annotate(
        number=Count("remarks"), open=Count("remarks", filter=Q(remarks__decision=""))
    )
    if review.is_self or review.status in (Review.Status.PLANNED, Review.Status.SCORING):
        asked = asked.none()
    prefetch_related_objects([review], Prefetch("respondents", queryset=asked.order_by("asked_at", "pk")))
    respondents: list[Any] = list(review.respondents.all())  # with the annotations, which it does not tell
    return Panel(
        respondents=respondents,
        own=next((each for each in respondents if each.user_id == permit.user.pk), None),
        number=sum(respondent.number for respondent in respondents),
        open=sum(respondent.open for respondent in respondents),
        is_over=workflow.fact_check_is_over(review),
        is_late=review.fact_check_due is not None and review.fact_check_due < timezone.localdate(),
    )


# Remarks


@dataclass(frozen=True)
class Shown:
    """A remark as it is shown, with what it changed: the name of each thing, before and after."""

    remark: FactCheckRemark
    changes: list[tuple[str, str, str]]


def shown(remark: FactCheckRemark) -> Shown:
    """Return a remark with what it changed in words."""
    before, after = _in_words(remark.before), _in_words(remark.after)
    return Shown(remark, [(name, before[name], after[name]) for name in before if before[name] != after[name]])


def _in_words(kept: dict[str, Any] | None) -> dict[str, str]:
    """Return what is kept of an agreed result by the names a reader knows."""
    if kept is None:
        return {}
    reason = str(NotScored(kept["not_scored"]).label) if kept["not_scored"] else ""
    return {
        _("Score"): reason if kept["score"] is None else str(kept["score"]),
        _("Comment"): kept["comment"],
        _("Recommendation"): kept["recommendation"],
    }


def _remarks(permit: Permit) -> list[FactCheckRemark]:
    """Return the remarks that the person sees, the open ones first: evaluators all, others their own."""
    found = permit.review.remarks.select_related(
        "respondent__user", "respondent__invitation", "item__section__scale"
    ).order_by("created_at", "pk")
    if not permit.may_work:
        found = found.filter(respondent__user=permit.user)
    return sorted(found, key=lambda remark: remark.decision != "")


@dataclass(frozen=True)
class CheckedItem:
    """An item of the draft with the reader's own remarks on it."""

    result: results.ItemResult
    remarks: list[Shown]


@dataclass(frozen=True)
class CheckedSection:
    """A section of the draft."""

    scale: Any
    section: results.SectionResult
    items: list[CheckedItem]


def _draft(review: Review, own: Iterable[Shown]) -> list[CheckedSection]:
    """Return the draft by sections, without what each evaluator scored, with the reader's own remarks."""
    by_item: dict[int | None, list[Shown]] = {}
    for each in own:
        by_item.setdefault(each.remark.item_id, []).append(each)
    return [
        CheckedSection(
            scale.scale,
            section,
            [CheckedItem(result, by_item.get(result.item.pk, [])) for result in section.items],
        )
        for scale in results.working_results(review, with_own=False)
        for section in scale.sections
    ]


@require_safe
def fact_check(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """Show the draft with the person's own remarks to somebody who is asked, and all remarks to the evaluators.

    Those who remarked can still read what was decided once the report is final.
    """
    permit = access.open_review(request.user, pk)
    permit.require(permit.may_work or permit.is_respondent)
    review = permit.review
    remarks = [shown(remark) for remark in _remarks(permit)]
    in_check = review.status == Status.FACT_CHECK
    afterwards = review.status == Status.FINAL or (permit.may_work and review.status == Status.CONSENSUS)
    permit.require(in_check or (afterwards and bool(remarks)))
    tell_reading(request, "fact_check", review=review)
    own = [each for each in remarks if each.remark.respondent.user_id == request.user.pk]
    asked = None
    if in_check and permit.is_respondent:
        asked = review.respondents.annotate(number=Count("remarks")).filter(user=request.user).first()
    return render(
        request,
        "reviews/fact_check.html",
        {
            "permit": permit,
            "review": review,
            "remarks": remarks,
            "open_remarks": [each for each in remarks if not each.remark.decision],
            "own": own,
            "on_the_whole": [each for each in own if each.remark.item_id is None],
            "asked": asked,
            "may_write": asked is not None and asked.answered_at is None,
            "sections": _draft(review, own) if asked is not None else [],
        },
    )


def _asked(request: PersonRequest, pk: uuid.UUID) -> Permit:
    """Fetch a review for somebody who is asked to check its facts. Raises Http404 for an outsider, PermissionDenied for
    others, and for those who only look when the fact check is not on: what is sent then is refused beside what was
    typed.
    """
    permit = access.open_review(request.user, pk)
    permit.require(
        permit.is_respondent and (permit.review.status == Status.FACT_CHECK or request.method not in ("GET", "HEAD"))
    )
    return permit


@require_http_methods(["GET", "HEAD", "POST"])
def remark_on_item(request: PersonRequest, pk: uuid.UUID, scale: str, code: str) -> HttpResponse:
    """Remark on an item of the draft."""
    permit = _asked(request, pk)
    item = route(results.pinned_scales(permit.review, permit.pinned), {}).place(scale, code).item
    return _write(request, permit, item)


@require_http_methods(["GET", "HEAD", "POST"])
def remark_on_whole(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """Remark on the draft as a whole."""
    return _write(request, _asked(request, pk), None)


@require_http_methods(["GET", "HEAD", "POST"])
def change_remark(request: PersonRequest, pk: uuid.UUID, number: int) -> HttpResponse:
    """Change a remark of the person's own."""
    permit = _asked(request, pk)
    remark = _own_remark(permit, number)
    return _write(request, permit, remark.item, remark)


def _own_remark(permit: Permit, number: int) -> FactCheckRemark:
    """Return a remark of the person's own in this review. Raises Http404 where there is none."""
    own = permit.review.remarks.filter(respondent__user=permit.user)
    return get_object_or_404(own.select_related("item__section__scale"), pk=number)


def _write(
    request: PersonRequest, permit: Permit, item: Item | None, remark: FactCheckRemark | None = None
) -> HttpResponse:
    review = permit.review
    form = RemarkForm(request.POST or None, initial={"text": remark.text} if remark else None)
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["text"]
        if attempt(
            request,
            lambda: workflow.save_remark(review, request.user, text, item=item, remark=remark),
            _("Your remark is saved. The evaluators see it at once."),
            form=form,
        ):
            return redirect(_back(review, item))
    in_check = review.status == Status.FACT_CHECK
    answered = review.respondents.filter(user=request.user, answered_at__isnull=False).exists()
    return render(
        request,
        "reviews/remark.html",
        {
            "permit": permit,
            "review": review,
            "item": item,
            "result": _result(review, item) if in_check and item is not None else None,
            "form": form,
            "remark": remark,
            "answered": answered,
            "may_write": in_check and not answered and not (remark and remark.decision),
            "back": _back(review, item) if in_check else reverse("reviews:review", args=[review.pk]),
        },
    )


def _back(review: Review, item: Item | None) -> str:
    """Return the address of the fact check, at the item one comes from."""
    place = "whole" if item is None else f"{item.section.scale.code}-{item.code}"
    return f"{reverse('reviews:fact_check', args=[review.pk])}#{place}"


def _result(review: Review, item: Item) -> AgreedResult:
    result = review.results.filter(item=item).first() or AgreedResult(review=review)
    result.item = item
    return result


@require_POST
def delete_remark(request: PersonRequest, pk: uuid.UUID, number: int) -> HttpResponse:
    """Take back a remark of the person's own."""
    permit = _asked(request, pk)
    remark = _own_remark(permit, number)
    attempt(request, lambda: workflow.delete_remark(remark, request.user), _("Your remark is deleted."))
    if permit.review.status != Status.FACT_CHECK:
        return redirect("reviews:review", pk)
    return redirect(_back(permit.review, remark.item))


@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: PersonRequest, pk: uuid.UUID, number: int) -> HttpResponse:
    """Show a remark to the evaluators, and save what they decide: it stays as it is, or is changed.

    `take` (what somebody else has changed too) puts what is saved in place of what was typed; nothing is saved.
    """
    permit = access.open_review(request.user, pk)
    permit.require(permit.may_work)
    review = permit.review
    remark = get_object_or_404(
        review.remarks.select_related("respondent__user", "respondent__invitation", "item__section__scale"), pk=number
    )
    item, result = remark.item, None
    if item is None:
        form: WholeDecisionForm | ItemDecisionForm = WholeDecisionForm(request.POST or None, remark=remark)
    else:
        result = _result(review, item)
        form = ItemDecisionForm(request.POST or None, instance=result, remark=remark, review=review)
    if "take" in request.POST:
        form.take(request.POST["take"])
    elif request.method == "POST" and form.is_valid():
        values = form.columns() if isinstance(form, ItemDecisionForm) else None
        chosen, answer = form.cleaned_data["decision"], form.cleaned_data["answer"]
        if attempt(
            request,
            lambda: workflow.decide(remark, request.user, chosen, answer, values, form.seen),
            _("The decision is saved."),
            form=form,
        ):
            return redirect("reviews:fact_check", pk)
    return render(
        request,
        "reviews/remark_decide.html",
        {
            "permit": permit,
            "review": review,
            "remark": remark,
            "shown": shown(remark),
            "item": item,
            # What was typed has been put into the one the form had.
            "result": _result(review, item) if item is not None and form.is_bound else result,
            "form": form,
            "may_decide": review.status in (Status.CONSENSUS, Status.FACT_CHECK),
        },
        status=unsaved_status(form),
    )

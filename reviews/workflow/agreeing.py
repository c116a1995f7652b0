"""What the evaluators agree on and write together, and what still stands in the way of the report."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from reviews import audit, merging, outcomes, results
from reviews.models import (
    AgreedResult,
    Context,
    Correction,
    FactCheckRemark,
    NotScored,
    Rating,
    Review,
    Seat,
    SectionComment,
    User,
)
from reviews.workflow.base import Action, Blocker, Refused, Status, lock, merged, reason_given, require
from scales.models import Item, Section


def reasons_for(review: Review) -> list[str]:
    """Return the reasons an evaluator may give for not scoring: that nothing has started counts only for a review from
    plans.
    """
    if review.from_plans:
        return [NotScored.NOT_STARTED, NotScored.MISSING_DATA]
    return [NotScored.MISSING_DATA]


def require_known_reason(review: Review, changed: Iterable[str], values: Mapping[str, Any]) -> None:
    """Refuse a newly given reason for not scoring that does not count in this review; an imported one may stay."""
    if "not_scored" in changed and values["not_scored"] not in ["", *reasons_for(review)]:
        raise Refused(_("This reason for not scoring cannot be given in this review."), field="not_scored")


def fill_consensus(review: Review, seats: list[Seat]) -> None:
    """Make the agreed results: one evaluator's own sheet as it is; of two, the scores on which they are equal."""
    sheets = [{rating.item_id: rating for rating in seat.ratings.all()} for seat in seats]
    AgreedResult.objects.bulk_create(
        AgreedResult(review=review, item=item, **_agreed_from([sheet[item.pk] for sheet in sheets if item.pk in sheet]))
        for scale in results.pinned_scales(review)
        for section in scale.sections.all()
        for item in section.items.all()
    )


def _agreed_from(ratings: list[Rating]) -> dict[str, Any]:
    first, *others = ratings
    if not others:
        return {
            "score": first.score,
            "not_scored": first.not_scored,
            "comment": first.comment,
            "recommendation": first.recommendation,
            "obstacles": first.obstacles,
            "actors": first.actors,
        }
    if all((other.score, other.not_scored) == (first.score, first.not_scored) for other in others):
        return {"score": first.score, "not_scored": first.not_scored}
    return {}


@transaction.atomic
def save_result(
    review: Review, item: Item, actor: User, values: Mapping[str, Any], seen: Mapping[str, str] | None = None
) -> AgreedResult:
    """Save what is agreed on an item; `values` are columns of AgreedResult by name, `seen` the stamps of what the page
    showed (see merging). Raises Overtaken where the other evaluator has changed the same in the meantime.
    """
    review = lock(review)
    found = AgreedResult.objects.filter(review=review, item=item).order_by().first()
    result = found or AgreedResult(review=review, item=item)
    return write_result(review, result, actor, values, seen)


def write_result(
    review: Review,
    result: AgreedResult,
    actor: User,
    values: Mapping[str, Any],
    seen: Mapping[str, str] | None = None,
) -> AgreedResult:
    """Do what save_result() does, for who has locked the review (see access.open_to_write) and then read the result,
    made or not.
    """
    require(review, Status.CONSENSUS, Status.FACT_CHECK)
    changed = merged(_judgement(result, values), values, seen, merging.JUDGEMENT)
    require_known_reason(review, changed, values)
    for name, value in changed.items():
        setattr(result, name, value)
    made = result.pk is None
    if made or changed:
        result.updated_by, result.updated_at = actor, timezone.now()
        result.save(force_insert=made, update_fields=None if made else [*changed, "updated_by", "updated_at"])
    if changed:
        audit.record_change(actor, review, result, changed)
    return result


def _judgement(row: Model, names: Iterable[str]) -> dict[str, Any]:
    """Return the row's columns by name, score and reason always both."""
    return {name: getattr(row, name) for name in {*names, "score", "not_scored"}}


@transaction.atomic
def save_narrative(
    review: Review,
    actor: User,
    texts: Mapping[str, Any],
    section_comments: Mapping[Section, str] | None = None,
    seen: Mapping[str, str] | None = None,
) -> Review:
    """Save the review's own texts (columns of Review by name) and its comments on whole sections.

    `seen` are the stamps of what the page showed (see merging), a section's comment by "section_" and its key. Raises
    Overtaken where somebody else has changed the same in the meantime.
    """
    review = lock(review)
    require(review, Status.PLANNED, Status.SCORING, Status.CONSENSUS, Status.FACT_CHECK)
    sections = {section_name(section): section for section in section_comments or {}}
    rows = {row.section_id: row for row in review.section_comments.all()}
    held = {name: getattr(review, name) for name in texts}
    new = dict(texts)
    for name, section in sections.items():
        row = rows.get(section.pk)
        held[name], new[name] = (row.comment if row else ""), (section_comments or {})[section]
    changed = merged(held, new, seen)
    own = [name for name in changed if name not in sections]
    for name in own:
        setattr(review, name, changed[name])
    if own:
        review.save(update_fields=own)
    for name in changed.keys() - set(own):
        section = sections[name]
        SectionComment.objects.update_or_create(review=review, section=section, defaults={"comment": changed[name]})
    if changed:
        fields = [f"section:{sections[name].code}" if name in sections else name for name in changed]
        audit.record_change(actor, review, review, fields)
    return review


def section_name(section: Section) -> str:
    """Return the name a section's comment goes by in forms and stamps."""
    return f"section_{section.pk}"


@transaction.atomic
def correct(
    review: Review,
    item: Item,
    actor: User,
    score: int | None,
    reason: str,
    seen: Mapping[str, str] | None = None,
) -> Correction:
    """Record that the last external review's score of an item (of the edition used then) was wrong, and why.

    `score` is what it should have been, None where nobody can tell; `seen` are the stamps of what the page showed (see
    merging). Nothing that was handed over changes. Raises Refused without a last review that scored the item, without a
    reason, and in a self-review: the service does not correct what outsiders found. Raises Overtaken where the other
    evaluator has written something else in the meantime.
    """
    review = lock(review)
    require(review, Status.CONSENSUS, Status.FACT_CHECK)
    if review.is_self:
        raise Refused(_("A self-review does not correct the scores of an external review."))
    version = results.last_external_versions(review).get(item.section.scale.code)
    found = None if version is None else version.scores.filter(item=item).first()
    if version is None or found is None or found.score is None:
        raise Refused(_("The last review has no score for this item."))
    if score == found.score:
        raise Refused(_("That is the score the last review gave."), field="score")
    correction = review.corrections.filter(item=item).first() or Correction(review=review, item=item)
    made = correction.pk is None
    changed = merged(
        {"score": correction.score, "reason": correction.reason}, {"score": score, "reason": reason_given(reason)}, seen
    )
    if not (changed or made or correction.version_id != version.pk):
        return correction
    for name, value in changed.items():
        setattr(correction, name, value)
    correction.version, correction.made_by, correction.made_at = version, actor, timezone.now()
    correction.save()
    audit.record(actor, Action.CREATED if made else Action.CHANGED, review=review, target=correction, fields=changed)
    return correction


@transaction.atomic
def take_correction_back(review: Review, item: Item, actor: User) -> None:
    """Take back that the last review's score of an item was wrong. Raises Refused where nobody had said so."""
    review = lock(review)
    require(review, Status.CONSENSUS, Status.FACT_CHECK)
    correction = review.corrections.filter(item=item).first()
    if correction is None:
        raise Refused(_("Nothing is recorded about the last review's score of this item."))
    audit.record(actor, Action.DELETED, review=review, target=correction)
    correction.delete()


def blockers(
    review: Review,
    found: list[results.ScaleResult] | None = None,
    remarks: Iterable[FactCheckRemark] | None = None,
) -> list[Blocker]:
    """Return what still stands in the way of the report: items not settled, scores that need a Kommentar and have none,
    and remarks from the fact check that nobody has decided on.

    A Kommentar is required for 1-3 on the IPS scale (the scale's comment_expected and high_from say so); one on the
    section covers it. `found` and `remarks` are the review's, where they are fetched already.
    """
    left = []
    for scale in found or results.working_results(review):
        for section in scale.sections:
            for result in section.items:
                if not result.is_settled:
                    left.append(
                        Blocker(_("%(item)s has neither a score nor a reason.") % {"item": result.item}, result.item)
                    )
                elif lacks_comment(result, section.comment):
                    left.append(
                        Blocker(
                            _("%(item)s has the score %(score)d and no comment.")
                            % {"item": result.item, "score": result.score},
                            result.item,
                        )
                    )
    told = review.remarks.filter(decision="").select_related("item") if remarks is None else remarks
    for remark in (each for each in told if each.decision == FactCheckRemark.Decision.OPEN):
        about = _("the whole draft") if remark.item is None else remark.item.code
        left.append(Blocker(_("A remark from the fact check on %(about)s is open.") % {"about": about}, remark=remark))
    return left


def lacks_comment(result: results.ItemResult, section_comment: str) -> bool:
    """Whether a Kommentar is required for the item and missing, on the item and on its section."""
    expected = result.item.section.scale.comment_expected and result.is_low
    return expected and not result.comment.strip() and not section_comment.strip()


def lacks_recommendation(result: results.ItemResult) -> bool:
    """Whether an Anbefaling is due for the item and missing; a reader would miss it, and it stops nobody."""
    return result.item.section.scale.comment_expected and result.is_low and not result.recommendation.strip()


def warnings(
    review: Review, found: list[results.ScaleResult] | None = None, context: Context | None = None
) -> list[Blocker]:
    """Return what a reader would miss though it stops nobody: the summary, what stands beside the score of a service
    that is at work, an Anbefaling where one is due, and who is to act on one. `found` and `context` are the review's,
    where they are fetched already.
    """
    left = []
    if not review.summary.strip():
        left.append(Blocker(_("The report has no summary."), page="narrative"))
    if review.is_external and not review.from_plans:
        left += _missing_context(context or Context.of(review))
    for scale in found or results.working_results(review):
        for result in scale.items:
            if lacks_recommendation(result):
                left.append(Blocker(_("%(item)s has no recommendation.") % {"item": result.item}, result.item))
            elif result.recommendation.strip() and not (result.actors or result.obstacles):
                message = _("%(item)s has a recommendation, but it is not told who acts on it.")
                left.append(Blocker(message % {"item": result.item}, result.item))
    return left


def _missing_context(given: Context) -> list[Blocker]:
    missing = []
    if outcomes.share(given.participants, given.in_work, given.in_education) is None:
        missing.append(_("It is not told how many participants are in work or education."))
    if given.goal is None:
        missing.append(_("The agreed goal for work and education is not told."))
    return [Blocker(message, page="context") for message in missing]


def refuse_if_blocked(review: Review) -> None:
    left = blockers(review)
    if left:
        raise Refused(" ".join(blocker.message for blocker in left))

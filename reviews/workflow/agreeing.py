"""What the evaluators agree on and write together, and what still stands in the way of the report."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from reviews import audit, results
from reviews.models import AgreedResult, NotScored, Rating, Review, Seat, SectionComment, User
from reviews.workflow.base import Action, Blocker, Refused, Status, lock, require
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
        }
    if all((other.score, other.not_scored) == (first.score, first.not_scored) for other in others):
        return {"score": first.score, "not_scored": first.not_scored}
    return {}


@transaction.atomic
def save_result(review: Review, item: Item, actor: User, values: Mapping[str, Any]) -> AgreedResult:
    """Save what is agreed on an item; `values` are columns of AgreedResult by name."""
    review = lock(review)
    require(review, Status.CONSENSUS, Status.FACT_CHECK)
    result, _made = AgreedResult.objects.get_or_create(review=review, item=item)
    changed = [name for name, value in values.items() if getattr(result, name) != value]
    require_known_reason(review, changed, values)
    for name in changed:
        setattr(result, name, values[name])
    if changed:
        result.updated_by, result.updated_at = actor, timezone.now()
        result.save(update_fields=[*changed, "updated_by", "updated_at"])
        audit.record(actor, Action.CHANGED, review=review, target=result, fields=changed)
    return result


@transaction.atomic
def save_narrative(
    review: Review, actor: User, texts: Mapping[str, Any], section_comments: Mapping[Section, str] | None = None
) -> Review:
    """Save the review's own texts (columns of Review by name) and its comments on whole sections."""
    review = lock(review)
    require(review, Status.PLANNED, Status.SCORING, Status.CONSENSUS, Status.FACT_CHECK)
    changed = [name for name, value in texts.items() if getattr(review, name) != value]
    for name in changed:
        setattr(review, name, texts[name])
    if changed:
        review.save(update_fields=changed)
    held = {row.section_id: row for row in review.section_comments.all()}
    for section, text in (section_comments or {}).items():
        row = held.get(section.pk) or SectionComment(review=review, section=section)
        if row.comment != text:
            row.comment = text
            row.save()
            changed.append(f"section:{section.code}")
    if changed:
        audit.record(actor, Action.CHANGED, review=review, target=review, fields=changed)
    return review


def blockers(review: Review, found: list[results.ScaleResult] | None = None) -> list[Blocker]:
    """Return what still stands in the way of the report: items not settled, and scores that need a Kommentar and have
    none.

    A Kommentar is required for 1-3 on the IPS scale (the scale's comment_expected and high_from say so); one on the
    section covers it.
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
    return left


def lacks_comment(result: results.ItemResult, section_comment: str) -> bool:
    """Whether a Kommentar is required for the item and missing, on the item and on its section."""
    expected = result.item.section.scale.comment_expected and result.is_low
    return expected and not result.comment.strip() and not section_comment.strip()


def warnings(review: Review, found: list[results.ScaleResult] | None = None) -> list[Blocker]:
    """Return what a reader would miss though it stops nobody: an Anbefaling where one is due, and the summary."""
    left = []
    if not review.summary.strip():
        left.append(Blocker(_("The report has no summary.")))
    for scale in found or results.working_results(review):
        for result in scale.items:
            if scale.scale.comment_expected and result.is_low and not result.recommendation.strip():
                left.append(Blocker(_("%(item)s has no recommendation.") % {"item": result.item}, result.item))
    return left


def refuse_if_blocked(review: Review) -> None:
    left = blockers(review)
    if left:
        raise Refused(" ".join(blocker.message for blocker in left))

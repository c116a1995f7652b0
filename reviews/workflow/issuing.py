"""Making a report version, opening the review again, and sharing it."""

import datetime
import hashlib
from collections.abc import Iterable

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from reviews import audit, results
from reviews.models import ActionPoint, FinalScore, ReportVersion, Review, Service, User
from reviews.report import content as report_content
from reviews.report import pdf as report_pdf
from reviews.report import presses
from reviews.summary.keeping import settle_when_done
from reviews.workflow.agreeing import fill_consensus, refuse_if_blocked
from reviews.workflow.base import Action, Refused, Status, lock, move, reason_given, require
from reviews.workflow.checking import skips_fact_check


# Whoever waits for a press holds no row meanwhile.
@presses.reserved()
@transaction.atomic
def finalise(
    review: Review, actor: User | None, skipped: str = "", *, at: datetime.datetime | None = None
) -> ReportVersion:
    """Make the report version that counts from now on, with its PDF, and lock the review.

    An external review comes from fact check when that is over; before, or straight from consensus, `skipped` must say
    why. A self-review comes from scoring. `at` is when it is made, now unless given. Raises Refused, naming what stands
    in the way, and BusyError where the PDF gets no turn.
    """
    review = lock(review)
    if review.is_self:
        require(review, Status.SCORING, Status.CONSENSUS)
    else:
        require(review, Status.CONSENSUS, Status.FACT_CHECK)
        review.fact_check_skipped = reason_given(skipped) if skips_fact_check(review) else ""
    refuse_if_blocked(review)
    if review.status == Status.SCORING:
        fill_consensus(review, [seat for seat in results.evaluator_seats(review) if seat.is_lead])
        review.consensus_at = timezone.now()
        move(review, actor, Status.CONSENSUS, "consensus_at")
    return _issue(review, actor, at or timezone.now())


def _issue(review: Review, actor: User | None, at: datetime.datetime) -> ReportVersion:
    """Write the next version with its PDF, its final scores and its action points, and close the review."""
    last = results.newest_version(review)
    number = 1 if last is None else last.number + 1
    reason = "" if last is None else review.reissue_reason
    content = report_content.build(review, number=number, made_at=at, reason=reason)
    pdf = report_pdf.render(content, draft=False)
    found = results.working_results(review)
    version = ReportVersion.objects.create(
        review=review,
        number=number,
        content=content,
        editions=[{"code": scale.scale.code, "edition": scale.scale.edition} for scale in found],
        pdf=pdf,
        sha256=hashlib.sha256(pdf).hexdigest(),
        made_by=actor,
        made_at=at,
        reason=reason,
    )
    settled = [result for scale in found for result in scale.items]
    FinalScore.objects.bulk_create(final_score(version, result) for result in settled)
    _make_actions(version, review.service, settled)
    review.final_at = at
    move(review, actor, Status.FINAL, "final_at", "fact_check_skipped")
    settle_when_done([review.service_id])
    return version


def final_score(version: ReportVersion, result: results.ItemResult) -> FinalScore:
    """Return the row that keeps an item's result in a version; the caller saves it."""
    return FinalScore(
        version=version,
        item=result.item,
        score=result.score,
        not_scored=result.not_scored,
        comment=result.comment,
        recommendation=result.recommendation,
        obstacles=list(result.obstacles),
        actors=list(result.actors),
    )


def _make_actions(version: ReportVersion, service: Service, settled: Iterable[results.ItemResult]) -> None:
    """Turn recommendations into the service's forbedringspunkter; those that an earlier version gave in the same words
    are kept, whatever the service has made of them since.
    """
    given = FinalScore.objects.filter(version__actions__item=F("item"), version__review=version.review_id)
    held = set(given.values_list("item_id", "recommendation"))
    ActionPoint.objects.bulk_create(
        ActionPoint(service=service, version=version, item=result.item, text=result.recommendation)
        for result in settled
        if result.recommendation.strip() and (result.item.pk, result.recommendation) not in held
    )


@transaction.atomic
def reissue(review: Review, actor: User, reason: str) -> Review:
    """Open a final review to mend a mistake, with a reason. The version handed over counts until the next
    one exists.
    """
    review = lock(review)
    require(review, Status.FINAL)
    review.reissue_reason = reason_given(reason)
    review.final_at = review.fact_check_at = review.fact_check_due = None
    move(review, actor, Status.CONSENSUS, "reissue_reason", "final_at", "fact_check_at", "fact_check_due")
    settle_when_done([review.service_id])
    return review


@transaction.atomic
def share(review: Review, actor: User) -> Review:
    """Show a self-review to those outside the service who see its other reviews."""
    review = lock(review)
    require(review, Status.FINAL)
    if not review.is_self:
        raise Refused(_("Only a self-review is shared; an external one is seen by all who may see the service."))
    review.shared_at = timezone.now()
    review.save(update_fields=["shared_at"])
    audit.record(actor, Action.CHANGED, review=review, target=review, fields=["shared_at"])
    settle_when_done([review.service_id])
    return review

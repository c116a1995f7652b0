"""The course of a review: every change of state and of scores goes through here.

Each function locks the review's row before it checks anything, refuses with a message for the reader, stamps who and
when, and writes
the audit. Whether the person may ask for it at all is decided before, by reviews.access.
"""

import datetime
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from reviews import audit, results
from reviews.models import (
    ActionPoint,
    AgreedResult,
    AuditEvent,
    Count,
    FactCheckRespondent,
    FinalScore,
    Informant,
    Note,
    NotScored,
    Rating,
    ReportVersion,
    Review,
    ReviewScale,
    Role,
    Seat,
    SectionComment,
    Service,
    TreatmentTeam,
    User,
)
from reviews.report import content as report_content
from reviews.report import pdf as report_pdf
from scales.models import Item, Scale, Section

Action = AuditEvent.Action
Status = Review.Status

FACT_CHECK_DAYS = 14
"""How long a service has to check the facts, unless the lead sets another day."""

NARRATIVE = ("purpose", "method", "summary", "strengths", "recipients", "participants")
"""The texts of a review that its evaluators write together."""


class Refused(Exception):
    """The course does not allow it now; the message says why, in the reader's language. `field`: the value that was
    wrong, if one was.
    """

    def __init__(self, message: str, *, field: str | None = None) -> None:
        """Take the message, and the name of the value it is about."""
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class Blocker:
    """Something that stands in the way of the next state: a message, and the item or section it is about."""

    message: str
    item: Item | None = None
    section: Section | None = None


def _lock(review: Review) -> Review:
    """Lock the review's row and return it as it is now."""
    return Review.objects.select_for_update(of=("self",)).select_related("service").get(pk=review.pk)


def _require(review: Review, *states: str) -> None:
    if review.status not in states:
        raise Refused(
            _("The review is in the state “%(state)s”, and this cannot be done there.")
            % {"state": review.get_status_display()}
        )


def _move(review: Review, actor: User | None, status: str, *fields: str) -> None:
    review.status = status
    review.save(update_fields=["status", *fields])
    audit.record(actor, Action.MOVED, review=review, target=review, fields=["status"])


# Planning


@dataclass(frozen=True)
class Plan:
    """What is decided before a review starts."""

    service: Service
    kind: str
    basis: str
    first_day: datetime.date
    last_day: datetime.date
    scales: Iterable[Scale]
    evaluators: Iterable[User]
    teams: Iterable[TreatmentTeam] = ()
    language: str = User.Language.BOKMAL
    recipients: str = ""


@transaction.atomic
def plan(actor: User | None, plan: Plan) -> Review:
    """Make a planned review with its seats and its pinned editions; the first evaluator leads. Raises Refused without
    an evaluator.
    """
    evaluators, scales = list(plan.evaluators), list(plan.scales)
    if not evaluators:
        raise Refused(_("A review needs at least one evaluator."))
    if not scales:
        raise Refused(_("A review needs at least one scale."))
    review = Review.objects.create(
        service=plan.service,
        kind=plan.kind,
        basis=plan.basis,
        first_day=plan.first_day,
        last_day=plan.last_day,
        language=plan.language,
        recipients=plan.recipients,
        created_by=actor,
    )
    review.teams.set(plan.teams)
    ReviewScale.objects.bulk_create(ReviewScale(review=review, scale=scale) for scale in scales)
    Seat.objects.bulk_create(
        Seat(review=review, number=number, user=user, is_lead=number == 1)
        for number, user in enumerate(evaluators, start=1)
    )
    audit.record(actor, Action.CREATED, review=review, target=review)
    return review


@transaction.atomic
def start(review: Review, actor: User) -> Review:
    """Begin the scoring of a planned review."""
    review = _lock(review)
    _require(review, Status.PLANNED)
    review.scoring_at = timezone.now()
    _move(review, actor, Status.SCORING, "scoring_at")
    return review


@transaction.atomic
def cancel(review: Review, actor: User, reason: str) -> Review:
    """Cancel a review that is not final, with a reason. A review that was handed over once can only be issued again."""
    review = _lock(review)
    if not review.is_open or review.versions.exists():
        raise Refused(_("A review that has been final cannot be cancelled."))
    review.cancel_reason = _reason(reason)
    review.cancelled_at = timezone.now()
    _move(review, actor, Status.CANCELLED, "cancel_reason", "cancelled_at")
    return review


def _reason(text: str) -> str:
    if not text.strip():
        raise Refused(_("Write the reason."), field="reason")
    return text.strip()


# Scoring


def _open_sheet(seat: Seat) -> tuple[Review, Seat]:
    """Lock the review and return it with the seat, if its sheet may still be written in."""
    review = _lock(seat.review)
    _require(review, Status.SCORING)
    seat = Seat.objects.get(pk=seat.pk)
    if seat.removed_at is not None:
        raise Refused(_("You no longer have a seat in this review."))
    if seat.handed_in_at is not None:
        raise Refused(_("The scores are handed in and can no longer be changed."))
    return review, seat


@transaction.atomic
def save_rating(
    seat: Seat, item: Item, actor: User, values: Mapping[str, Any], counts: Mapping[str, Decimal | None]
) -> Rating:
    """Save one evaluator's own rating of an item, and what was counted for it; `values` are columns of Rating by name.

    `counts` are figures by the name the item's measure gives them; None takes a figure away.
    """
    review, seat = _open_sheet(seat)
    rating, _made = Rating.objects.get_or_create(seat=seat, item=item)
    changed = [name for name, value in values.items() if getattr(rating, name) != value]
    _require_reason(review, changed, values)
    for name in changed:
        setattr(rating, name, values[name])
    if changed:
        rating.updated_at = timezone.now()
        rating.save(update_fields=[*changed, "updated_at"])
    changed += _save_counts(review, item, actor, counts)
    if changed:
        audit.record(actor, Action.CHANGED, review=review, target=rating, fields=changed)
    return rating


def _save_counts(review: Review, item: Item, actor: User, counts: Mapping[str, Decimal | None]) -> list[str]:
    held = {count.name: count for count in review.counts.filter(item=item, part="")}
    changed = []
    for name, value in counts.items():
        count = held.get(name)
        if value is None:
            if count is None:
                continue
            count.delete()
        elif count is None or count.value != value:
            count = count or Count(review=review, item=item, name=name)
            count.value, count.updated_by, count.updated_at = value, actor, timezone.now()
            count.save()
        else:
            continue
        changed.append(f"count:{name}")
    return changed


@transaction.atomic
def leave_section_unscored(seat: Seat, section: Section, actor: User, reason: str) -> int:
    """Give every item of a section that has neither score nor reason the same reason; return how many."""
    review, seat = _open_sheet(seat)
    if reason not in reasons_for(review):
        raise Refused(_("Choose why the section is not scored."))
    rated = {rating.item_id: rating for rating in seat.ratings.filter(item__section=section)}
    now = timezone.now()
    left = []
    for item in section.items.all():
        rating = rated.get(item.pk) or Rating(seat=seat, item=item)
        if rating.score is not None or rating.not_scored:
            continue
        rating.not_scored, rating.updated_at = reason, now
        left.append(rating)
    Rating.objects.bulk_create(rating for rating in left if rating.pk is None)
    Rating.objects.bulk_update([rating for rating in left if rating.pk is not None], ["not_scored", "updated_at"])
    audit.record(actor, Action.CHANGED, review=review, target=section, fields=["not_scored"])
    return len(left)


def reasons_for(review: Review) -> list[str]:
    """Return the reasons an evaluator may give for not scoring: that nothing has started counts only for a review from
    plans.
    """
    if review.from_plans:
        return [NotScored.NOT_STARTED, NotScored.MISSING_DATA]
    return [NotScored.MISSING_DATA]


def _require_reason(review: Review, changed: Iterable[str], values: Mapping[str, Any]) -> None:
    """Refuse a newly given reason for not scoring that does not count in this review; an imported one may stay."""
    if "not_scored" in changed and values["not_scored"] not in ["", *reasons_for(review)]:
        raise Refused(_("This reason for not scoring cannot be given in this review."), field="not_scored")


@transaction.atomic
def save_note(note: Note, items: Iterable[Item], informant: tuple[str, int] | None, actor: User) -> Note:
    """Save a new or changed note, the items it points at and who said it (perspective and number, made on first
    mention).

    Raises Refused once the review is final or cancelled.
    """
    review = _lock(note.review)
    _require(review, Status.PLANNED, Status.SCORING, Status.CONSENSUS, Status.FACT_CHECK)
    made = note._state.adding
    note.informant = None
    if informant is not None:
        perspective, number = informant
        note.informant, _new = Informant.objects.get_or_create(review=review, perspective=perspective, number=number)
    note.updated_at = timezone.now()
    note.save()
    note.items.set(items)
    audit.record(actor, Action.CREATED if made else Action.CHANGED, review=review, target=note)
    return note


@transaction.atomic
def delete_note(note: Note, actor: User) -> None:
    """Delete a note of the person's own."""
    review = _lock(note.review)
    _require(review, Status.PLANNED, Status.SCORING, Status.CONSENSUS, Status.FACT_CHECK)
    audit.record(actor, Action.DELETED, review=review, target=note)
    note.delete()


def unsettled(seat: Seat) -> list[Item]:
    """Return the items the evaluator has given neither score nor reason, in the scales' order."""
    done = {rating.item_id for rating in seat.ratings.all() if rating.score is not None or rating.not_scored}
    return [
        item
        for scale in results.pinned_scales(seat.review)
        for section in scale.sections.all()
        for item in section.items.all()
        if item.pk not in done
    ]


@transaction.atomic
def hand_in(seat: Seat, actor: User) -> Review:
    """Hand in a sheet. When every counting evaluator has, the review moves to consensus, filled where there is nothing
    to agree on.

    Raises Refused while an item has neither score nor reason.
    """
    review, seat = _open_sheet(seat)
    if review.is_self:
        raise Refused(_("A self-review has one shared sheet and is not handed in: make it final."))
    left = unsettled(seat)
    if left:
        raise Refused(_("These items have neither a score nor a reason: %(items)s.") % {"items": _codes(left)})
    seat.handed_in_at = timezone.now()
    seat.save(update_fields=["handed_in_at"])
    audit.record(actor, Action.CHANGED, review=review, target=seat, fields=["handed_in_at"])
    counting = results.evaluator_seats(review)
    if all(other.handed_in_at for other in counting):
        _fill_consensus(review, counting)
        review.consensus_at = timezone.now()
        _move(review, actor, Status.CONSENSUS, "consensus_at")
    return review


def _codes(items: Iterable[Item]) -> str:
    return ", ".join(item.code for item in items)


def _fill_consensus(review: Review, seats: list[Seat]) -> None:
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


# Agreeing and writing


@transaction.atomic
def save_result(review: Review, item: Item, actor: User, values: Mapping[str, Any]) -> AgreedResult:
    """Save what is agreed on an item; `values` are columns of AgreedResult by name."""
    review = _lock(review)
    _require(review, Status.CONSENSUS, Status.FACT_CHECK)
    result, _made = AgreedResult.objects.get_or_create(review=review, item=item)
    changed = [name for name, value in values.items() if getattr(result, name) != value]
    _require_reason(review, changed, values)
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
    review = _lock(review)
    _require(review, Status.PLANNED, Status.SCORING, Status.CONSENSUS, Status.FACT_CHECK)
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


# Fact check


@transaction.atomic
def send_to_fact_check(review: Review, actor: User, due: datetime.date | None = None) -> Review:
    """Send the draft to the service's metodeveileder, who has until `due`, two weeks from today unless given."""
    review = _lock(review)
    _require(review, Status.CONSENSUS)
    _refuse_if_blocked(review)
    now = timezone.now()
    today = timezone.localdate()
    review.fact_check_at = now
    review.fact_check_due = due or today + datetime.timedelta(days=FACT_CHECK_DAYS)
    if review.fact_check_due < today:
        raise Refused(_("The last day for the fact check is in the past."), field="due")
    people = (
        Role.objects.current()
        .filter(service=review.service, kind=Role.Kind.METHOD_SUPERVISOR)
        .values_list("user", flat=True)
    )
    # Who was asked before the draft was sent back is asked again, and keeps the remarks made then.
    review.respondents.update(asked_at=now, reminded_at=None, answered_at=None)
    asked = set(review.respondents.values_list("user", flat=True))
    FactCheckRespondent.objects.bulk_create(
        FactCheckRespondent(review=review, user_id=person, asked_at=now) for person in set(people) - asked
    )
    _move(review, actor, Status.FACT_CHECK, "fact_check_at", "fact_check_due")
    return review


@transaction.atomic
def answer_no_remarks(review: Review, actor: User) -> Review:
    """Record that a respondent has no remarks ("ingen merknader")."""
    review = _lock(review)
    _require(review, Status.FACT_CHECK)
    if not review.respondents.filter(user=actor, answered_at=None).update(answered_at=timezone.now()):
        raise Refused(_("You are not asked, or have answered already."))
    audit.record(actor, Action.CHANGED, review=review, target=review, fields=["fact_check_answer"])
    return review


@transaction.atomic
def send_back(review: Review, actor: User, reason: str) -> Review:
    """Take a draft back from fact check to consensus, with a reason."""
    review = _lock(review)
    _require(review, Status.FACT_CHECK)
    review.sent_back_reason = _reason(reason)
    review.fact_check_at = review.fact_check_due = None
    _move(review, actor, Status.CONSENSUS, "sent_back_reason", "fact_check_at", "fact_check_due")
    return review


def fact_check_is_over(review: Review) -> bool:
    """Whether all who were asked have answered, or the time is up: silence is assent."""
    if review.fact_check_due is not None and review.fact_check_due < timezone.localdate():
        return True
    respondents = list(review.respondents.all())
    return bool(respondents) and all(respondent.answered_at for respondent in respondents)


def skips_fact_check(review: Review) -> bool:
    """Whether making the review final now would skip its fact check, or cut it short, so that a reason is needed."""
    return review.is_external and not (review.status == Status.FACT_CHECK and fact_check_is_over(review))


# Final


def _refuse_if_blocked(review: Review) -> None:
    left = blockers(review)
    if left:
        raise Refused(" ".join(blocker.message for blocker in left))


@transaction.atomic
def finalise(
    review: Review, actor: User | None, skipped: str = "", *, at: datetime.datetime | None = None
) -> ReportVersion:
    """Make the report version that counts from now on, with its PDF, and lock the review.

    An external review comes from fact check when that is over; before, or straight from consensus, `skipped` must say
    why. A self-review comes from scoring. `at` is when it is made, now unless given. Raises Refused, naming what stands
    in the way.
    """
    review = _lock(review)
    if review.is_self:
        _require(review, Status.SCORING, Status.CONSENSUS)
    else:
        _require(review, Status.CONSENSUS, Status.FACT_CHECK)
        review.fact_check_skipped = _reason(skipped) if skips_fact_check(review) else ""
    _refuse_if_blocked(review)
    if review.status == Status.SCORING:
        _fill_consensus(review, [seat for seat in results.evaluator_seats(review) if seat.is_lead])
        review.consensus_at = timezone.now()
        _move(review, actor, Status.CONSENSUS, "consensus_at")
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
    _move(review, actor, Status.FINAL, "final_at", "fact_check_skipped")
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
    )


def _make_actions(version: ReportVersion, service: Service, settled: Iterable[results.ItemResult]) -> None:
    """Turn recommendations into the service's forbedringspunkter; those an earlier version made with the same words are
    kept as they are.
    """
    held = set(ActionPoint.objects.filter(version__review=version.review_id).values_list("item_id", "text"))
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
    review = _lock(review)
    _require(review, Status.FINAL)
    review.reissue_reason = _reason(reason)
    review.final_at = review.fact_check_at = review.fact_check_due = None
    _move(review, actor, Status.CONSENSUS, "reissue_reason", "final_at", "fact_check_at", "fact_check_due")
    return review


@transaction.atomic
def share(review: Review, actor: User) -> Review:
    """Show a self-review to those outside the service who see its other reviews."""
    review = _lock(review)
    _require(review, Status.FINAL)
    if not review.is_self:
        raise Refused(_("Only a self-review is shared; an external one is seen by all who may see the service."))
    review.shared_at = timezone.now()
    review.save(update_fields=["shared_at"])
    audit.record(actor, Action.CHANGED, review=review, target=review, fields=["shared_at"])
    return review

"""The fact check: the service reads the draft, and the evaluators keep or change what it remarks on."""

import datetime
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Case, Min, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThanOrEqual
from django.utils import timezone
from django.utils.translation import gettext as _

from reviews import audit, merging
from reviews.models import AgreedResult, FactCheckRemark, FactCheckRespondent, Review, Role, User
from reviews.workflow.agreeing import refuse_if_blocked, save_result
from reviews.workflow.base import Action, Overtaken, Refused, Status, lock, move, reason_given, require
from reviews.workflow.seats import Who, invite, known
from scales.models import Item

FACT_CHECK_DAYS = 14
"""How long a service has to check the facts, unless the lead sets another day."""

KEPT_COLUMNS = ("score", "not_scored", "comment", "recommendation")
"""What is kept of an agreed result before and after a remark changed it."""

Decision = FactCheckRemark.Decision


@transaction.atomic
def send_to_fact_check(
    review: Review, actor: User, due: datetime.date | None = None, others: Iterable[Who] = ()
) -> Review:
    """Send the draft to the service's metodeveileder and to `others`, who have until `due`: two weeks from today unless
    given.
    """
    review = lock(review)
    require(review, Status.CONSENSUS)
    refuse_if_blocked(review)
    now = timezone.now()
    today = timezone.localdate()
    review.fact_check_at = now
    review.fact_check_due = due or today + datetime.timedelta(days=FACT_CHECK_DAYS)
    if review.fact_check_due < today:
        raise Refused(_("The last day for the fact check is in the past."), field="due")
    # Who was asked before the draft was sent back is asked again, and keeps the remarks made then.
    review.respondents.update(asked_at=now, told_at=None, reminded_at=None, answered_at=None)
    supervisors = User.objects.filter(
        roles__in=Role.objects.current().filter(service=review.service, kind=Role.Kind.METHOD_SUPERVISOR),
        is_active=True,
    )
    _ask(review, actor, [*supervisors.distinct(), *others], now)
    move(review, actor, Status.FACT_CHECK, "fact_check_at", "fact_check_due")
    return review


def _ask(review: Review, actor: User, people: Iterable[Who], asked_at: datetime.datetime) -> None:
    asked: set[Who] = set()
    for respondent in review.respondents.select_related("user", "invitation"):
        # Who was invited and has an account by now is still asked by that invitation.
        asked.add(respondent.user or known(respondent.invitation.email))
    for who in map(known, people):
        if who in asked:
            continue
        asked.add(who)
        if isinstance(who, User):
            FactCheckRespondent.objects.create(review=review, user=who, asked_at=asked_at)
        else:
            respondent = FactCheckRespondent.objects.create(review=review, user=None, asked_at=asked_at)
            invite(review, who, actor, respondent=respondent)


def _respondent(review: Review, actor: User) -> FactCheckRespondent:
    respondent = review.respondents.filter(user=actor).first()
    if respondent is None:
        raise Refused(_("You are not asked to check the facts."))
    return respondent


def _unanswered(review: Review, actor: User) -> FactCheckRespondent:
    respondent = _respondent(review, actor)
    if respondent.answered_at is not None:
        raise Refused(_("You have answered. Open your answer again to change it."))
    return respondent


@transaction.atomic
def save_remark(
    review: Review, actor: User, text: str, *, item: Item | None = None, remark: FactCheckRemark | None = None
) -> FactCheckRemark:
    """Save a respondent's remark on an item, or on the whole draft; `remark`: one of the person's own to change.

    The evaluators see it at once. Raises Refused when the person has answered, or the remark is decided on.
    """
    review = lock(review)
    require(review, Status.FACT_CHECK)
    respondent = _unanswered(review, actor)
    if not text.strip():
        raise Refused(_("Write what is not right."), field="text")
    if remark is None:
        made = FactCheckRemark.objects.create(review=review, respondent=respondent, item=item, text=text)
        audit.record(actor, Action.CREATED, review=review, target=made)
        return made
    remark = _own_remark(respondent, remark)
    remark.text = text
    remark.save(update_fields=["text"])
    audit.record(actor, Action.CHANGED, review=review, target=remark, fields=["text"])
    return remark


def _own_remark(respondent: FactCheckRespondent, remark: FactCheckRemark) -> FactCheckRemark:
    held = FactCheckRemark.objects.get(pk=remark.pk)
    if held.respondent_id != respondent.pk:
        raise Refused(_("This is the remark of somebody else."))
    if held.decision:
        raise Refused(_("The evaluators have decided on this remark already."))
    return held


@transaction.atomic
def delete_remark(remark: FactCheckRemark, actor: User) -> None:
    """Take back a remark of the person's own that is not decided on, before they have answered."""
    review = lock(remark.review)
    require(review, Status.FACT_CHECK)
    held = _own_remark(_unanswered(review, actor), remark)
    audit.record(actor, Action.DELETED, review=review, target=held)
    held.delete()


@transaction.atomic
def answer(review: Review, actor: User) -> Review:
    """Record that a respondent has said what there is to say: the remarks made, or none ("ingen merknader")."""
    review = lock(review)
    require(review, Status.FACT_CHECK)
    if not review.respondents.filter(user=actor, answered_at=None).update(answered_at=timezone.now()):
        raise Refused(_("You are not asked, or have answered already."))
    audit.record(actor, Action.CHANGED, review=review, target=review, fields=["fact_check_answer"])
    return review


@transaction.atomic
def take_answer_back(review: Review, actor: User) -> Review:
    """Open a respondent's own answer again, as long as the draft is out for fact check."""
    review = lock(review)
    require(review, Status.FACT_CHECK)
    if not review.respondents.filter(user=actor, answered_at__isnull=False).update(answered_at=None):
        raise Refused(_("You have not answered yet."))
    audit.record(actor, Action.CHANGED, review=review, target=review, fields=["fact_check_answer"])
    return review


def _kept(result: AgreedResult | None) -> dict[str, Any]:
    row = result or AgreedResult()
    return {name: getattr(row, name) for name in KEPT_COLUMNS}


@transaction.atomic
def decide(
    remark: FactCheckRemark,
    actor: User,
    decision: str,
    answer: str,
    values: Mapping[str, Any] | None = None,
    seen: Mapping[str, str] | None = None,
) -> FactCheckRemark:
    """Keep what a remark is about, or change it, with an answer to the service; before and after are kept.

    `values` are columns of AgreedResult by name, needed to change an item; a remark on the whole draft is answered for
    in the review's texts. `seen` are the stamps of what the page showed (see merging). Raises Refused where a change
    changes nothing, and Overtaken as save_result does, and where another evaluator has decided in the meantime.
    """
    review = lock(remark.review)
    require(review, Status.CONSENSUS, Status.FACT_CHECK)
    remark = FactCheckRemark.objects.select_related("item").get(pk=remark.pk)
    if decision not in (Decision.KEPT, Decision.CHANGED):
        raise Refused(_("Choose whether it stays as it is or is changed."), field="decision")
    _refuse_if_decided_since(remark, decision, answer, seen or {})
    if decision == Decision.KEPT and remark.before is not None:
        raise Refused(_("The item has been changed because of this remark already."), field="decision")
    if decision == Decision.KEPT and not answer.strip():
        raise Refused(_("Write to the service why it stays as it is."), field="answer")
    if decision == Decision.CHANGED and remark.item is not None:
        before = _kept(review.results.filter(item=remark.item).first())
        remark.after = _kept(save_result(review, remark.item, actor, values or {}, seen))
        remark.before = before if remark.before is None else remark.before
        if remark.before == remark.after:
            raise Refused(_("Nothing is changed. Change the item, or keep it as it is."), field="decision")
    remark.decision, remark.answer, remark.decided_at = decision, answer, timezone.now()
    remark.save(update_fields=["decision", "answer", "before", "after", "decided_at"])
    audit.record(actor, Action.CHANGED, review=review, target=remark, fields=["decision"])
    return remark


def _refuse_if_decided_since(remark: FactCheckRemark, decision: str, answer: str, seen: Mapping[str, str]) -> None:
    """Refuse to write over what another evaluator has decided and answered since the page was made."""
    held = {"decision": remark.decision, "answer": remark.answer}
    now, wanted = (merging.stamps(each, merging.DECISION) for each in (held, {"decision": decision, "answer": answer}))
    if seen.get("decision", now["decision"]) != now["decision"] and wanted != now:
        raise Overtaken(held, held)


@transaction.atomic
def send_back(review: Review, actor: User, reason: str) -> Review:
    """Take a draft back from fact check to consensus, with a reason."""
    review = lock(review)
    require(review, Status.FACT_CHECK)
    review.sent_back_reason = reason_given(reason)
    review.fact_check_at = review.fact_check_due = None
    move(review, actor, Status.CONSENSUS, "sent_back_reason", "fact_check_at", "fact_check_due")
    return review


def fact_check_is_over(review: Review) -> bool:
    """Whether all who were asked have answered, or the time is up and those who are silent were reminded before today:
    silence after a reminder is assent.
    """
    # Nobody waits for the answer of a closed account.
    respondents = [each for each in review.respondents.all() if each.user is None or each.user.is_active]
    silent = [respondent for respondent in respondents if respondent.answered_at is None]
    if respondents and not silent:
        return True
    today = timezone.localdate()
    if review.fact_check_due is None or review.fact_check_due >= today:
        return False
    return all(
        respondent.reminded_at is not None and timezone.localdate(respondent.reminded_at) < today
        for respondent in silent
    )


def when_fact_check_is_over() -> Q:
    """Return the condition for those of the reviews in the fact check of which fact_check_is_over() is true, so that
    the database puts them in order.
    """
    today = timezone.localdate()
    midnight = timezone.make_aware(datetime.datetime.combine(today, datetime.time.min))
    open_account = Q(user=None) | Q(user__is_active=True)
    respondents = FactCheckRespondent.objects.filter(open_account, review=OuterRef("pk")).order_by()
    silent, reminded, answered = range(3)
    came_to = Case(
        When(answered_at__isnull=False, then=Value(answered)),
        When(reminded_at__lt=midnight, then=Value(reminded)),
        default=Value(silent),
    )
    # One value of a review, which is looked up for it: whether there are some would be worked out for all accounts.
    least = Subquery(respondents.values("review").annotate(least=Min(came_to)).values("least"))
    wanted = Case(When(fact_check_due__lt=today, then=Value(reminded)), default=Value(answered))
    return Q(GreaterThanOrEqual(Coalesce(least, Value(reminded)), wanted))


def skips_fact_check(review: Review) -> bool:
    """Whether making the review final now would skip its fact check, or cut it short, so that a reason is needed."""
    return review.is_external and not (review.status == Status.FACT_CHECK and fact_check_is_over(review))

"""The fact check: the service reads the draft before it is final."""

import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from reviews import audit
from reviews.models import FactCheckRespondent, Review, Role, User
from reviews.workflow.agreeing import refuse_if_blocked
from reviews.workflow.base import Action, Refused, Status, lock, move, reason_given, require

FACT_CHECK_DAYS = 14
"""How long a service has to check the facts, unless the lead sets another day."""


@transaction.atomic
def send_to_fact_check(review: Review, actor: User, due: datetime.date | None = None) -> Review:
    """Send the draft to the service's metodeveileder, who has until `due`, two weeks from today unless given."""
    review = lock(review)
    require(review, Status.CONSENSUS)
    refuse_if_blocked(review)
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
    move(review, actor, Status.FACT_CHECK, "fact_check_at", "fact_check_due")
    return review


@transaction.atomic
def answer_no_remarks(review: Review, actor: User) -> Review:
    """Record that a respondent has no remarks ("ingen merknader")."""
    review = lock(review)
    require(review, Status.FACT_CHECK)
    if not review.respondents.filter(user=actor, answered_at=None).update(answered_at=timezone.now()):
        raise Refused(_("You are not asked, or have answered already."))
    audit.record(actor, Action.CHANGED, review=review, target=review, fields=["fact_check_answer"])
    return review


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
    """Whether all who were asked have answered, or the time is up: silence is assent."""
    if review.fact_check_due is not None and review.fact_check_due < timezone.localdate():
        return True
    respondents = list(review.respondents.all())
    return bool(respondents) and all(respondent.answered_at for respondent in respondents)


def skips_fact_check(review: Review) -> bool:
    """Whether making the review final now would skip its fact check, or cut it short, so that a reason is needed."""
    return review.is_external and not (review.status == Status.FACT_CHECK and fact_check_is_over(review))

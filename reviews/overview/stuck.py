"""When a review under way stands still: a rule on plain values."""

import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from reviews.models import Review
from reviews.tasks import Situation

SCORING_AFTER = datetime.timedelta(days=14)
"""How long after the last visit day the evaluators may still score."""
CONSENSUS_FOR = datetime.timedelta(days=30)
"""How long they may take to agree and write."""


class Why(models.TextChoices):
    """Why a review is held to stand still."""

    NOT_BEGUN = "not_begun", _("The visit was to begin, and the scoring has not")
    NOT_HANDED_IN = "not_handed_in", _("The visit ended more than two weeks ago, and all have not handed in")
    NOT_AGREED = "not_agreed", _("It has been in consensus for more than 30 days")
    NOT_CHECKED = "not_checked", _("The last day of the fact check has passed")
    NOT_DELIVERED = "not_delivered", _("The report was promised by a day that has passed")


def why(now: Situation, since: datetime.date, today: datetime.date) -> list[Why]:
    """Return why a review that has been in its state since a day stands still today; nothing where it does not, and
    for one that is final or cancelled. A day that is agreed on is kept until it is over.
    """
    found = []
    if now.status == Review.Status.PLANNED and now.first_day < today:
        found.append(Why.NOT_BEGUN)
    elif now.status == Review.Status.SCORING and now.last_day + SCORING_AFTER < today:
        found.append(Why.NOT_HANDED_IN)
    elif now.status == Review.Status.CONSENSUS and since + CONSENSUS_FOR < today:
        found.append(Why.NOT_AGREED)
    elif now.status == Review.Status.FACT_CHECK and now.fact_check_due is not None and now.fact_check_due < today:
        found.append(Why.NOT_CHECKED)
    is_open = now.status not in (Review.Status.FINAL, Review.Status.CANCELLED)
    if is_open and now.report_due is not None and now.report_due < today:
        found.append(Why.NOT_DELIVERED)
    return found

"""When a review under way stands still: the one rule, as conditions that the database answers, so that those which do
are counted and found however many are under way.
"""

import datetime
from collections.abc import Mapping
from typing import Any

from django.db import models
from django.db.models import Case, Q, QuerySet, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reviews.models import Review

SCORING_AFTER = datetime.timedelta(days=14)
"""How long after the last visit day the evaluators may still score."""
CONSENSUS_FOR = datetime.timedelta(days=30)
"""How long they may take to agree and write."""

Status = Review.Status


class Why(models.TextChoices):
    """Why a review is held to stand still."""

    NOT_BEGUN = "not_begun", _("The visit was to begin, and the scoring has not")
    NOT_HANDED_IN = "not_handed_in", _("The visit ended more than two weeks ago, and all have not handed in")
    NOT_AGREED = "not_agreed", _("It has been in consensus for more than 30 days")
    NOT_CHECKED = "not_checked", _("The last day of the fact check has passed")
    NOT_DELIVERED = "not_delivered", _("The report was promised by a day that has passed")


def limits(today: datetime.date) -> dict[str, Any]:
    """Return from when on a review does not stand still yet, by the names that with_reasons_by() has."""
    first = timezone.make_aware(datetime.datetime.combine(today - CONSENSUS_FOR, datetime.time.min))
    return {"today": today, "visited": today - SCORING_AFTER, "agreeing": first}


def reasons(today: datetime.date) -> dict[Why, Q]:
    """Return when each reason holds of an open review, with `since`: when it came to its state. A day that is agreed on
    is kept until it is over.
    """
    return _reasons(**limits(today))


def _reasons(today: Any, visited: Any, agreeing: Any) -> dict[Why, Q]:
    return {
        Why.NOT_BEGUN: Q(status=Status.PLANNED, first_day__lt=today),
        Why.NOT_HANDED_IN: Q(status=Status.SCORING, last_day__lt=visited),
        Why.NOT_AGREED: Q(status=Status.CONSENSUS, since__lt=agreeing),
        Why.NOT_CHECKED: Q(status=Status.FACT_CHECK, fact_check_due__lt=today),
        Why.NOT_DELIVERED: Q(report_due__lt=today),
    }


def with_reasons(reviews: QuerySet[Review], today: datetime.date) -> QuerySet[Review]:
    """Return open reviews that have `since`, with whether each reason holds, and as `stuck` whether any does."""
    return with_reasons_by(reviews, limits(today))


def with_reasons_by(reviews: QuerySet[Review], by: Mapping[str, Any]) -> QuerySet[Review]:
    """Return the same by limits(), or by others in their place that are Given."""
    found, stuck = _reasons(**by), Q()
    for each in found.values():
        stuck |= each
    return reviews.annotate(**{each.value: _holds(rule) for each, rule in found.items()}, stuck=_holds(stuck))


def _holds(rule: Q) -> Case:
    # A day that is not set makes a comparison neither true nor false.
    return Case(When(rule, then=Value(True)), default=Value(False))


def why(review: Review) -> list[Why]:
    """Return why a review from with_reasons stands still; nothing where it does not."""
    return [each for each in Why if getattr(review, each.value)]

"""What stands beside the score: how many work or learn, the agreed goal, and whether people live far apart."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from reviews import audit, merging
from reviews.models import Context, Review, User
from reviews.workflow.base import Refused, Status, lock, merged, require

_BESIDE = {
    "context_goal_is_percent": ("goal",),
    "context_work_within_participants": ("in_work", "participants"),
    "context_education_within_participants": ("in_education", "participants"),
    "context_sum_within_participants": ("in_education", "in_work", "participants"),
}
"""The columns of each constraint, the one that is most likely wrong first."""


@transaction.atomic
def save_context(
    review: Review, actor: User, values: Mapping[str, Any], seen: Mapping[str, str] | None = None
) -> Context:
    """Save what stands beside the score; `values` are columns of Context by name, `seen` the stamps of what the page
    showed (see merging). How many there are and how many of them work or learn change as one.

    Raises Refused where the numbers contradict each other, for a review from plans, and once the review is final or
    cancelled; Overtaken where somebody else has changed the same in the meantime.
    """
    review = lock(review)
    require(review, Status.PLANNED, Status.SCORING, Status.CONSENSUS, Status.FACT_CHECK)
    if review.from_plans:
        raise Refused(_("A service that is reviewed from its plans has nobody at work yet."))
    row = Context.of(review)
    held = {name: getattr(row, name) for name in {*values, *merging.PARTICIPANTS[0]}}
    changed = merged(held, values, seen, merging.PARTICIPANTS)
    for name, value in changed.items():
        setattr(row, name, value)
    if changed:
        _refuse_contradictions(row, changed)
        row.save()
        audit.record_change(actor, review, row, changed)
    return row


def _refuse_contradictions(row: Context, changed: Iterable[str]) -> None:
    for constraint in Context._meta.constraints:
        try:
            constraint.validate(Context, row)
        except ValidationError as error:
            beside = next((name for name in _BESIDE[constraint.name] if name in changed), None)
            raise Refused(" ".join(error.messages), field=beside) from error

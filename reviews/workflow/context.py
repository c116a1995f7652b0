"""What stands beside the score: results in numbers, posts and people, and where they work."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from reviews import audit, circumstances, merging
from reviews.models import Context, Organisation, Review, User
from reviews.workflow.base import Refused, Status, lock, merged, require

_BESIDE = {
    "context_goal_is_percent": ("goal",),
    "context_work_within_participants": ("in_work", "participants"),
    "context_education_within_participants": ("in_education", "participants"),
    "context_sum_within_participants": ("in_education", "in_work", "participants"),
    "context_posts_not_negative": ("posts", "vacant_posts"),
    "context_vacant_within_posts": ("vacant_posts", "posts"),
    "context_co_located_within_teams": ("co_located_teams", "teams"),
}
"""The columns of each constraint, the one that is most likely wrong first."""


@transaction.atomic
def save_context(
    review: Review, actor: User, values: Mapping[str, Any], seen: Mapping[str, str] | None = None
) -> Context:
    """Save what stands beside the score; `values` are columns of Context by name, `seen` the stamps of what the page
    showed (see merging). What is counted together changes as one.

    Raises Refused where the numbers contradict each other or an employer is of no known kind, for a review from plans,
    and once the review is final or cancelled; Overtaken where somebody else has changed the same in the meantime.
    """
    review = lock(review)
    require(review, Status.PLANNED, Status.SCORING, Status.CONSENSUS, Status.FACT_CHECK)
    if review.from_plans:
        raise Refused(_("A service that is reviewed from its plans has nobody at work yet."))
    row = Context.of(review)
    if "employers" in values:
        values = {**values, "employers": _known(values["employers"])}
    units = {name for unit in merging.COUNTED_TOGETHER for name in unit}
    held = {name: getattr(row, name) for name in {*values, *units}}
    changed = merged(held, values, seen, merging.COUNTED_TOGETHER)
    for name, value in changed.items():
        setattr(row, name, value)
    if changed:
        _refuse_contradictions(row, changed)
        row.save()
        audit.record_change(actor, review, row, changed)
    return row


@transaction.atomic
def start_from_last(
    review: Review, actor: User, last: Context, values: Mapping[str, Any], seen: Mapping[str, str] | None = None
) -> Context:
    """Save what was typed, as save_context does, and fill what is empty then with what stood beside the scores of the
    last review, as far as it may be as it was (circumstances.carried). Raises what save_context raises.
    """
    row = save_context(review, actor, values, seen)
    return save_context(review, actor, circumstances.carried(last, row))


def _known(employers: Iterable[str]) -> list[str]:
    """Return the kinds of organisation, each once and in their order."""
    chosen = set(employers)
    if not chosen <= set(Organisation.Kind.values):
        raise Refused(_("Choose among the kinds of organisation in the list."), field="employers")
    return [kind for kind in Organisation.Kind.values if kind in chosen]


def _refuse_contradictions(row: Context, changed: Iterable[str]) -> None:
    for constraint in Context._meta.constraints:
        try:
            constraint.validate(Context, row)
        except ValidationError as error:
            beside = next((name for name in _BESIDE[constraint.name] if name in changed), None)
            raise Refused(" ".join(error.messages), field=beside) from error

"""The checklist of a review: begun from the template, ticked and changed by those who plan; and the template itself."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from reviews import audit, merging
from reviews.models import Review, ReviewStep, TemplateStep, User
from reviews.workflow.base import Action, Refused, Status, lock, merged

_FROM_TEMPLATE = ("text", "doer", "moment", "days")


def prepare(review: Review) -> None:
    """Give a new external review the steps of the template; the reviews that are planned already keep theirs."""
    rows = TemplateStep.objects.values(*_FROM_TEMPLATE)
    ReviewStep.objects.bulk_create(ReviewStep(review=review, **row) for row in rows)


@transaction.atomic
def begin_checklist(review: Review, actor: User) -> None:
    """Give a review that has no checklist the steps of the template. Raises Refused where it has one."""
    review = _open(review)
    if review.steps.exists():
        raise Refused(_("The review has a checklist already."))
    prepare(review)
    audit.record(actor, Action.CREATED, review=review, target=review, fields=["steps"])


@transaction.atomic
def add_step(review: Review, actor: User, values: Mapping[str, Any]) -> ReviewStep:
    """Add a step to a review's checklist; `values` are columns of ReviewStep by name."""
    review = _open(review)
    step = ReviewStep.objects.create(review=review, **values)
    audit.record(actor, Action.CREATED, review=review, target=step)
    return step


@transaction.atomic
def change_step(
    step: ReviewStep, actor: User, values: Mapping[str, Any], seen: Mapping[str, str] | None = None
) -> ReviewStep:
    """Change a step; `seen` are the stamps of what the page showed (see merging). Raises Overtaken where somebody else
    has changed the same in the meantime, and ReviewStep.DoesNotExist where the step is gone.
    """
    review = _open(step.review)
    row = review.steps.select_for_update().get(pk=step.pk)
    changed = _change(row, values, seen)
    if changed:
        audit.record_change(actor, review, row, changed)
    return row


@transaction.atomic
def tick(step: ReviewStep, actor: User, *, done: bool) -> ReviewStep:
    """Say that a step is done, or that it is not after all. Who said so first stays. Raises ReviewStep.DoesNotExist
    where the step is gone.
    """
    review = _open(step.review)
    row = review.steps.select_for_update().get(pk=step.pk)
    if (row.done_at is not None) != done:
        row.done_at, row.done_by = (timezone.now(), actor) if done else (None, None)
        row.save(update_fields=["done_at", "done_by"])
        audit.record(actor, Action.CHANGED, review=review, target=row, fields=["done_at"])
    return row


@transaction.atomic
def delete_step(step: ReviewStep, actor: User) -> None:
    """Take a step off a review's checklist. Raises ReviewStep.DoesNotExist where it is gone already."""
    review = _open(step.review)
    row = review.steps.select_for_update().get(pk=step.pk)
    audit.record(actor, Action.DELETED, review=review, target=row)
    row.delete()


@transaction.atomic
def add_template_step(actor: User, values: Mapping[str, Any]) -> TemplateStep:
    """Add a step to the template; `values` are columns of TemplateStep by name."""
    step = TemplateStep.objects.create(**values)
    audit.record(actor, Action.CREATED, target=step)
    return step


@transaction.atomic
def change_template_step(
    step: TemplateStep, actor: User, values: Mapping[str, Any], seen: Mapping[str, str] | None = None
) -> TemplateStep:
    """Change a step of the template, for reviews that are planned from now on; raises as change_step() does."""
    row = TemplateStep.objects.select_for_update().get(pk=step.pk)
    changed = _change(row, values, seen)
    if changed:
        audit.record(actor, Action.CHANGED, target=row, fields=changed)
    return row


@transaction.atomic
def delete_template_step(step: TemplateStep, actor: User) -> None:
    """Take a step out of the template. Raises TemplateStep.DoesNotExist where it is gone already."""
    row = TemplateStep.objects.select_for_update().get(pk=step.pk)
    audit.record(actor, Action.DELETED, target=row)
    row.delete()


def _open(review: Review) -> Review:
    """Lock a review whose checklist can be written: any but a self-review and one that was called off, since some steps
    come after the report.
    """
    review = lock(review)
    if review.is_self:
        raise Refused(_("A self-review has no checklist."))
    if review.status == Status.CANCELLED:
        raise Refused(_("The review is cancelled."))
    return review


def _change(
    row: ReviewStep | TemplateStep, values: Mapping[str, Any], seen: Mapping[str, str] | None
) -> dict[str, Any]:
    held = {name: getattr(row, name) for name in values}
    changed = merged(held, values, seen, merging.DAYS)
    for name, value in changed.items():
        setattr(row, name, value)
    if changed:
        row.save(update_fields=list(changed))
    return changed

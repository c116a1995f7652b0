"""Which reminders can concern a person, and which of these they want."""

from collections.abc import Collection, Iterable

from reviews.models import MutedReminder, ReminderKind, User
from reviews.tasks import Part

Kind = ReminderKind

PARTS = {
    Kind.REVIEW_DUE: {Part.METHOD_SUPERVISOR, Part.ADVISER},
    Kind.REVIEW_OVERDUE: {Part.METHOD_SUPERVISOR, Part.ADVISER},
    Kind.SELF_REVIEW: {Part.METHOD_SUPERVISOR},
    Kind.VISIT: {Part.EVALUATOR, Part.OBSERVER, Part.METHOD_SUPERVISOR},
    Kind.FIGURES: {Part.METHOD_SUPERVISOR},
    Kind.STEP: {Part.EVALUATOR, Part.METHOD_SUPERVISOR, Part.ADVISER},
    Kind.REPORT: {Part.EVALUATOR},
    Kind.ACTION: {Part.METHOD_SUPERVISOR},
}
"""As what a person can be reminded of a kind, and choose not to be; notices are not among them."""


def kinds_for(parts: Iterable[Part]) -> list[ReminderKind]:
    """Return the kinds that can concern somebody who is in one of `parts`."""
    held = set(parts)
    return [kind for kind in Kind if PARTS.get(kind, set()) & held]


def unwanted(user: User) -> set[str]:
    """Return the kinds that a person does not want to be reminded of: one query."""
    return set(MutedReminder.objects.filter(user=user).values_list("kind", flat=True))


def choose(user: User, wanted: Collection[str], offered: Collection[str]) -> None:
    """Keep which of the kinds that were offered a person wants to be reminded of; the others stay as they were."""
    MutedReminder.objects.filter(user=user, kind__in=[kind for kind in offered if kind in wanted]).delete()
    MutedReminder.objects.bulk_create(
        (MutedReminder(user=user, kind=kind) for kind in offered if kind not in wanted), ignore_conflicts=True
    )

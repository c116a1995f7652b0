"""The way through a review's items: the list beside the page, how far each part of it has come, and the item before
and after. It follows the scales, or, where two evaluators agree, how far they are apart.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from django.db.models import TextChoices
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from scales.models import Item, Scale, Section


def items_in(scales: Iterable[Scale]) -> list[Item]:
    """Return the items of a review's scales (see results.pinned_scales) in their order."""
    return [item for scale in scales for section in scale.sections.all() for item in section.items.all()]


def item_at(scales: Iterable[Scale], scale: str, code: str) -> Item:
    """Return an item by its scale's code and its own. Raises Http404 where these scales have no such item."""
    for each in scales:
        if each.code == scale:
            for section in each.sections.all():
                for item in section.items.all():
                    if item.code == code:
                        return item
    raise Http404


class Judged(Protocol):
    """What a rating and an agreed result have in common."""

    @property
    def score(self) -> int | None:
        """The score; None where there is none."""

    @property
    def not_scored(self) -> str:
        """Why there is no score; empty where there is one, or nothing yet."""


class Apart(TextChoices):
    """How far the evaluators' own judgements of an item are apart, in the order in which they are talked about."""

    FAR = "far", _("Two or more apart")
    NEAR = "near", _("One apart")
    OTHERWISE = "otherwise", _("Scored by one only, or left out for different reasons")
    EQUAL = "equal", _("Equal")


def apart(own: Sequence[Judged | None]) -> tuple[Apart, int]:
    """Return how far judgements of one item are apart, and by how many scores (0 where they cannot be counted)."""
    scores = [judged.score for judged in own if judged is not None and judged.score is not None]
    if len(scores) == len(own) and scores:
        distance = max(scores) - min(scores)
        return (Apart.FAR if distance > 1 else Apart.NEAR if distance else Apart.EQUAL), distance
    reasons = {"" if judged is None else judged.not_scored for judged in own}
    return (Apart.OTHERWISE if scores or len(reasons) > 1 else Apart.EQUAL), 0


@dataclass(frozen=True)
class Step:
    """An item in the list, with its score and whether it is done (scored, or with a reason)."""

    item: Item
    score: int | None
    done: bool


@dataclass(frozen=True)
class Group:
    """A part of the list."""

    title: str
    steps: tuple[Step, ...]

    @property
    def done(self) -> int:
        """How many items are done."""
        return sum(step.done for step in self.steps)

    @property
    def size(self) -> int:
        """How many items there are."""
        return len(self.steps)

    @property
    def left(self) -> int:
        """How many items are not done."""
        return self.size - self.done


@dataclass(frozen=True)
class SectionSteps(Group):
    """A section in the list."""

    scale: Scale
    section: Section


@dataclass(frozen=True)
class Route:
    """All items: by `sections`, and in the `groups` in whose order one goes."""

    sections: tuple[SectionSteps, ...]
    groups: tuple[Group, ...]

    @property
    def steps(self) -> list[Step]:
        """All items in order."""
        return [step for group in self.groups for step in group.steps]

    @property
    def done(self) -> int:
        """How many items are done."""
        return sum(group.done for group in self.groups)

    @property
    def size(self) -> int:
        """How many items there are."""
        return sum(group.size for group in self.groups)

    @property
    def left(self) -> int:
        """How many items are not done."""
        return self.size - self.done

    @property
    def next_open(self) -> Item | None:
        """The first item that is not done, or None."""
        return next((step.item for step in self.steps if not step.done), None)

    @property
    def first(self) -> Item | None:
        """The first item there is; None for a review without scales."""
        return next((step.item for step in self.steps), None)

    def place(self, scale: str, code: str) -> "Place":
        """Find an item by its scale's code and its own. Raises Http404 where the review has no such item."""
        steps = self.steps
        for index, step in enumerate(steps):
            if (step.item.section.scale.code, step.item.code) == (scale, code):
                before = steps[index - 1].item if index else None
                after = steps[index + 1].item if index + 1 < len(steps) else None
                section = next(s for s in self.sections if s.section == step.item.section)
                return Place(step.item, before, after, section, section.steps.index(step) + 1)
        raise Http404


@dataclass(frozen=True)
class Place:
    """Where one is: the item, its neighbours on the way, its section, and its number there."""

    item: Item
    before: Item | None
    after: Item | None
    section: SectionSteps
    number: int


def route(
    scales: Iterable[Scale],
    judged: Mapping[int, Judged],
    own: Mapping[int, Sequence[Judged | None]] | None = None,
) -> Route:
    """Lay the way through the items of `scales` (see results.pinned_scales); `judged` are the rows by item id.

    It follows the scales; with the `own` judgements of several evaluators by item id, how far these are apart.
    """
    sections = tuple(
        SectionSteps(
            title=section.title,
            steps=tuple(_step(item, judged.get(item.pk)) for item in section.items.all()),
            scale=scale,
            section=section,
        )
        for scale in scales
        for section in scale.sections.all()
    )
    return Route(sections, sections if own is None else by_difference(sections, own))


def by_difference(sections: Iterable[Group], own: Mapping[int, Sequence[Judged | None]]) -> tuple[Group, ...]:
    """Return the same steps in groups by how far the `own` judgements are apart, the farthest first; of items as far
    apart, the scales' order. A group without items is left out.
    """
    steps: dict[Apart, list[tuple[int, Step]]] = {each: [] for each in Apart}
    for section in sections:
        for step in section.steps:
            found, distance = apart(own.get(step.item.pk, ()))
            steps[found].append((distance, step))
    return tuple(
        Group(str(found.label), tuple(step for _distance, step in sorted(those, key=lambda each: -each[0])))
        for found, those in steps.items()
        if those
    )


def _step(item: Item, row: Judged | None) -> Step:
    if row is None:
        return Step(item, None, False)
    return Step(item, row.score, row.score is not None or row.not_scored != "")

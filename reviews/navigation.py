"""The way through a review's items: the list beside the page, how far each section has come, and the item before and
after.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from django.http import Http404

from scales.models import Item, Scale, Section


class Judged(Protocol):
    """What a rating and an agreed result have in common."""

    score: int | None
    not_scored: str


@dataclass(frozen=True)
class Step:
    """An item in the list, with its score and whether it is done (scored, or with a reason)."""

    item: Item
    score: int | None
    done: bool


@dataclass(frozen=True)
class SectionSteps:
    """A section in the list."""

    scale: Scale
    section: Section
    steps: tuple[Step, ...]

    @property
    def done(self) -> int:
        """How many items are done."""
        return sum(step.done for step in self.steps)

    @property
    def size(self) -> int:
        """How many items there are."""
        return len(self.steps)


@dataclass(frozen=True)
class Route:
    """All sections in order."""

    sections: tuple[SectionSteps, ...]

    @property
    def steps(self) -> list[Step]:
        """All items in order."""
        return [step for section in self.sections for step in section.steps]

    @property
    def done(self) -> int:
        """How many items are done."""
        return sum(section.done for section in self.sections)

    @property
    def size(self) -> int:
        """How many items there are."""
        return sum(section.size for section in self.sections)

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
    """Where one is: the item, its neighbours, its section, and its number there."""

    item: Item
    before: Item | None
    after: Item | None
    section: SectionSteps
    number: int


def route(scales: Iterable[Scale], judged: Mapping[int, Judged]) -> Route:
    """Lay the way through the items of `scales` (see results.pinned_scales); `judged` are the rows by item id."""
    return Route(
        tuple(
            SectionSteps(scale, section, tuple(_step(item, judged.get(item.pk)) for item in section.items.all()))
            for scale in scales
            for section in scale.sections.all()
        )
    )


def _step(item: Item, row: Judged | None) -> Step:
    if row is None:
        return Step(item, None, False)
    return Step(item, row.score, row.score is not None or row.not_scored != "")

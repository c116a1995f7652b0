"""What is printed for a visit, shaped from the editions that the review has pinned: no database, nothing rendered."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from reviews import figures
from reviews.coverage import source_label
from reviews.models import Perspective, Source
from reviews.navigation import items_in
from scales.models import Item, Scale, Section
from scales.scoring import Input

COUNTING = (
    Perspective.EMPLOYMENT_SPECIALIST,
    Perspective.METHOD_SUPERVISOR,
    Perspective.TEAM_LEADER,
    Perspective.MANAGEMENT,
)
"""Who is asked for figures: those who run the service. Nobody else could know them."""


@dataclass(frozen=True)
class AskedItem:
    """An item in an interview guide: what the scale looks for there, and the figures this informant may know."""

    item: Item
    looked_for: tuple[str, ...]
    counted: tuple[str, ...]


@dataclass(frozen=True)
class GuideSection:
    """A section with those of its items that the informant is asked about."""

    section: Section
    items: tuple[AskedItem, ...]


@dataclass(frozen=True)
class Guide:
    """What an informant of one kind is asked."""

    perspective: Perspective
    sections: tuple[GuideSection, ...]

    @property
    def size(self) -> int:
        """How many items it asks about."""
        return sum(len(section.items) for section in self.sections)

    @property
    def questions(self) -> int:
        """How many questions it has."""
        return sum(len(asked.item.questions) for section in self.sections for asked in section.items)


def guides(scales: Iterable[Scale]) -> list[Guide]:
    """Return a guide for each kind of informant that the scales have questions for, in the order of Perspective."""
    sections = [section for scale in scales for section in scale.sections.all()]
    found = (Guide(perspective, _asked(sections, perspective)) for perspective in Perspective)
    return [guide for guide in found if guide.sections]


def _asked(sections: Iterable[Section], perspective: Perspective) -> tuple[GuideSection, ...]:
    found = (
        GuideSection(
            section,
            tuple(
                AskedItem(
                    item,
                    looked_for=(*item.elements, *statements(item)),
                    counted=tuple(each.label for each in inputs(item)) if perspective in COUNTING else (),
                )
                for item in section.items.all()
                if perspective in item.ask and item.questions
            ),
        )
        for section in sections
    )
    return tuple(each for each in found if each.items)


def inputs(item: Item) -> tuple[Input, ...]:
    """Return what is counted for an item."""
    measure = item.parsed_measure()
    return () if measure is None else measure.inputs


def statements(item: Item) -> tuple[str, ...]:
    """Return the statements that bear on an item's score, those that lift it first."""
    measure = item.parsed_measure()
    return () if measure is None else tuple(each.text for each in (*measure.raises, *measure.needs))


@dataclass(frozen=True)
class FormItem:
    """An item in the score form. `per` is what is counted apart, None where only the whole service is counted."""

    item: Item
    inputs: tuple[Input, ...]
    per: figures.Per | None
    statements: tuple[str, ...]
    anchors: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class FormSection:
    """A section of the score form."""

    section: Section
    items: tuple[FormItem, ...]


def forms(scales: Iterable[Scale]) -> list[FormSection]:
    """Return every item of the scales, by section, with all that is filled in for it."""
    return [
        FormSection(section, tuple(_form(item, scale) for item in section.items.all()))
        for scale in scales
        for section in scale.sections.all()
    ]


def _form(item: Item, scale: Scale) -> FormItem:
    return FormItem(
        item,
        inputs=inputs(item),
        per=figures.per(item) if figures.counted_apart(item) else None,
        statements=statements(item),
        anchors=tuple((score, item.anchor(score)) for score in scale.scores),
    )


@dataclass(frozen=True)
class ToCheck:
    """What is still to be asked for: the items with sources that nobody got to see, and the items without figures."""

    closed: tuple[tuple[Item, tuple[str, ...]], ...]
    uncounted: tuple[Item, ...]


def to_check(scales: Iterable[Scale], closed: Iterable[tuple[int, str]], counted: Collection[int]) -> ToCheck:
    """Return what to ask for before leaving, in the scales' order.

    `closed` are the sources without access, as the id of the item and the source's code; `counted` are the ids of the
    items for which any figure is counted or given.
    """
    sources: dict[int, list[str]] = {}
    for pk, code in closed:
        sources.setdefault(pk, []).append(code)
    items = items_in(scales)
    return ToCheck(
        closed=tuple(
            (
                item,
                tuple(
                    str(source_label(item.section.scale, code))
                    for code in sorted(sources[item.pk], key=Source.values.index)
                ),
            )
            for item in items
            if item.pk in sources
        ),
        uncounted=tuple(item for item in items if (inputs(item) or figures.columns(item)) and item.pk not in counted),
    )

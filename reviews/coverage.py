"""Where the findings come from: which of the sources and perspectives that a scale names for its items have something,
and what is missing while there is time.

What counts is what the reader may read: shared notes and their own. An informant counts by an interview or by such a
note and never alone, since somebody's private note may be all that speaks of one. Figures, counted or given by the
service, are something from management data, also where the scale does not name that for the item.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Value
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from reviews.about_item import AboutItem
from reviews.models import ClosedSource, Count, GivenFigure, Note, Perspective, Review, Source, User
from reviews.navigation import items_in
from scales.models import Item, Scale, Section

Words = str | Promise

NOT_SAID = ""
"""The source of a note that names none."""

_NOBODY_ASKED: dict[str, Words] = {
    Perspective.PARTICIPANT: _("No participant has been asked."),
    Perspective.EMPLOYMENT_SPECIALIST: _("No employment specialist has been asked."),
    Perspective.METHOD_SUPERVISOR: _("No method supervisor has been asked."),
    Perspective.CLINICIAN: _("No clinician has been asked."),
    Perspective.TEAM_LEADER: _("No team leader has been asked."),
    Perspective.MANAGEMENT: _("Nobody from the management has been asked."),
    Perspective.NAV_COUNSELLOR: _("No Nav counsellor has been asked."),
    Perspective.FAMILY: _("Nobody from the family has been asked."),
    Perspective.EMPLOYER: _("No employer has been asked."),
}

_NOTHING_FROM: dict[str, Words] = {
    Source.MIS: _("Nothing comes from management data."),
    Source.DOC: _("Nothing comes from documents."),
    Source.INT: _("Nothing comes from interviews."),
    Source.OBS: _("Nothing comes from observation."),
    Source.ISP: _("Nothing comes from treatment plans."),
}


@dataclass(frozen=True)
class Pointer:
    """A note that points at an item (its id), or at none yet: with its source and whose view it gives, empty where it
    says neither.
    """

    note: object
    item: int | None
    source: str = ""
    perspective: str = ""


@dataclass(frozen=True)
class Evidence:
    """All that a reader may know of where a review's findings come from.

    `figures` are the ids of items with counted or given figures, `closed` items' ids with a source there was no access
    to, and `perspectives` and `sources` those of the interviews, whatever was written in them.
    """

    pointers: tuple[Pointer, ...] = ()
    figures: frozenset[int] = frozenset()
    closed: frozenset[tuple[int, str]] = frozenset()
    perspectives: frozenset[str] = frozenset()
    sources: frozenset[str] = frozenset()

    def at(self, item: Item) -> list[Pointer]:
        """Return what points at an item."""
        return [each for each in self.pointers if each.item == item.pk]


@dataclass(frozen=True)
class Cell:
    """What an item has from one source or perspective; `expected` where the scale names it for the item."""

    code: str
    label: Words
    expected: bool
    notes: int = 0
    figures: bool = False
    closed: bool = False

    @property
    def has_something(self) -> bool:
        """Whether anything comes from there."""
        return self.notes > 0 or self.figures

    @property
    def words(self) -> list[Words]:
        """What there is to say beside the number of notes."""
        return [*([_("figures")] if self.figures else []), *([_("no access")] if self.closed else [])]

    @property
    def is_missing(self) -> bool:
        """Whether the scale names it, nothing comes from there, and nobody has said why."""
        return self.expected and not self.has_something and not self.closed

    @property
    def can_be_closed(self) -> bool:
        """Whether somebody may say that there was no access, or take that back."""
        return self.closed or (self.expected and not self.has_something and self.code in Source.values)


@dataclass(frozen=True)
class ItemCoverage:
    """What one item has from each source and perspective, how many notes point at it, and whether it has figures."""

    item: Item
    sources: tuple[Cell, ...]
    perspectives: tuple[Cell, ...]
    notes: int
    figures: bool

    @property
    def sources_with_something_first(self) -> list[Cell]:
        """The sources as the item's card lists them."""
        return sorted(self.sources, key=lambda cell: not cell.has_something)

    @property
    def is_bare(self) -> bool:
        """Whether nothing points at the item, and that is not explained by lack of access to all its sources."""
        explained = bool(self.item.sources) and all(cell.closed for cell in self.sources if cell.expected)
        return not self.notes and not self.figures and not explained


@dataclass(frozen=True)
class Column:
    """A source or a perspective in the table of a scale."""

    code: str
    label: Words


@dataclass(frozen=True)
class Table:
    """A scale's items, section by section, with a cell for each column. Without sources where the scale names none."""

    scale: Scale
    sources: tuple[Column, ...]
    perspectives: tuple[Column, ...]
    sections: tuple[tuple[Section, tuple[ItemCoverage, ...]], ...]

    @property
    def width(self) -> int:
        """How many columns there are, with that of the items and that of how many notes they have."""
        return 2 + len(self.sources) + len(self.perspectives)


@dataclass(frozen=True)
class Lack:
    """A perspective or a source that the scales name and nothing comes from, in words, with the items that name it."""

    words: Words
    items: tuple[Item, ...]

    @property
    def codes(self) -> str:
        """The codes of the items, in their order."""
        return ", ".join(item.code for item in self.items)


@dataclass(frozen=True)
class Missing:
    """What is missing in the whole review; `loose` is how many notes point at no item yet."""

    perspectives: tuple[Lack, ...]
    sources: tuple[Lack, ...]
    items: tuple[Item, ...]
    loose: int

    @property
    def is_anything(self) -> bool:
        """Whether anything is missing."""
        return bool(self.perspectives or self.sources or self.items or self.loose)


def source_label(scale: Scale, source: str) -> Words:
    """Return what a source is called: the scale's own label, or ours where the scale has none."""
    if source in scale.sources:
        return scale.sources[source]["label"]
    return Source(source).label if source in Source.values else source or _("Source not given")


def perspective_label(perspective: str) -> Words:
    """Return what a perspective is called, or its code in a scale that names one we do not know."""
    return Perspective(perspective).label if perspective in Perspective.values else perspective


def of_item(item: Item, evidence: Evidence) -> ItemCoverage:
    """Return what an item has: first what the scale names, in its order, then what else there is."""
    found = evidence.at(item)
    figures = item.pk in evidence.figures

    def sources() -> Iterable[Cell]:
        others = {each.source for each in found} | ({Source.MIS.value} if figures else set())
        for code in _ordered(item.sources, others, [*Source.values, NOT_SAID]):
            yield Cell(
                code,
                source_label(item.section.scale, code),
                code in item.sources,
                notes=_number(each for each in found if each.source == code),
                figures=figures and code == Source.MIS,
                closed=(item.pk, code) in evidence.closed,
            )

    def perspectives() -> Iterable[Cell]:
        others = {each.perspective for each in found if each.perspective}
        for code in _ordered(item.ask, others, Perspective.values):
            number = _number(each for each in found if each.perspective == code)
            yield Cell(code, perspective_label(code), code in item.ask, number)

    return ItemCoverage(item, tuple(sources()), tuple(perspectives()), _number(found), figures)


def _number(pointers: Iterable[Pointer]) -> int:
    return len({each.note for each in pointers})


def _ordered(named: Sequence[str], others: Iterable[str], order: Sequence[str]) -> list[str]:
    """Return what the scale names, in its own order, and then the others in ours."""
    return [*dict.fromkeys(named), *sorted(set(others) - set(named), key=order.index)]


def table(scale: Scale, evidence: Evidence) -> Table:
    """Return the table of a scale (see results.pinned_scales): every item with a cell in each column, also for what is
    neither named for it nor there.
    """
    sections = [
        (section, [of_item(item, evidence) for item in section.items.all()]) for section in scale.sections.all()
    ]
    rows = [row for _section, found in sections for row in found]
    perspectives = _columns((cell for row in rows for cell in row.perspectives), Perspective.values)
    sources: tuple[Column, ...] = ()
    # Where the scale names no sources, nothing could be expected of them.
    if any(row.item.sources for row in rows):
        sources = _columns((cell for row in rows for cell in row.sources), [*scale.sources, *Source.values, NOT_SAID])

    def filled(row: ItemCoverage) -> ItemCoverage:
        return ItemCoverage(
            row.item, _filled(row.sources, sources), _filled(row.perspectives, perspectives), row.notes, row.figures
        )

    return Table(
        scale, sources, perspectives, tuple((section, tuple(map(filled, found))) for section, found in sections)
    )


def _columns(cells: Iterable[Cell], order: Sequence[str]) -> tuple[Column, ...]:
    """Return the columns that any item has, in the order given, those it does not know last."""
    labels = {cell.code: cell.label for cell in cells}
    known = [code for code in dict.fromkeys(order) if code in labels]
    return tuple(Column(code, labels[code]) for code in [*known, *(code for code in labels if code not in order)])


def _filled(cells: Iterable[Cell], columns: Iterable[Column]) -> tuple[Cell, ...]:
    """Return a cell for each column, an empty one where the item has none."""
    known = {cell.code: cell for cell in cells}
    return tuple(known.get(column.code) or Cell(column.code, column.label, expected=False) for column in columns)


def missing(scales: Iterable[Scale], evidence: Evidence) -> Missing:
    """Return what is missing in a review on these scales."""
    rows = [of_item(item, evidence) for item in items_in(scales)]
    asked = evidence.perspectives | {each.perspective for each in evidence.pointers}
    used = evidence.sources | {each.source for each in evidence.pointers}
    used |= {cell.code for row in rows for cell in row.sources if cell.has_something}
    perspectives: dict[str, list[Item]] = {}
    sources: dict[str, list[Item]] = {}
    for row in rows:
        for cell in row.perspectives:
            if cell.expected and cell.code not in asked:
                perspectives.setdefault(cell.code, []).append(row.item)
        for cell in row.sources:
            if cell.is_missing and cell.code not in used:
                sources.setdefault(cell.code, []).append(row.item)
    return Missing(
        perspectives=_lacks(perspectives, _NOBODY_ASKED),
        sources=_lacks(sources, _NOTHING_FROM),
        items=tuple(row.item for row in rows if row.is_bare),
        loose=_number(each for each in evidence.pointers if each.item is None),
    )


def _lacks(found: dict[str, list[Item]], words: dict[str, Words]) -> tuple[Lack, ...]:
    """Return what is lacking in the order of its words. What a scale names and we do not know, nobody could record."""
    return tuple(Lack(said, tuple(found[code])) for code, said in words.items() if code in found)


def load(review: Review, user: User) -> Evidence:
    """Return what a person who sees the review's evidence may know of it: three queries."""
    notes = Note.objects.visible_to(user).filter(review=review).order_by()
    interviews = list(review.interviews.order_by().values_list("source", "informant__perspective"))
    return Evidence(
        pointers=tuple(
            Pointer(note, item, source, perspective or "")
            for note, item, source, perspective in notes.values_list("pk", "items", "source", "informant__perspective")
        ),
        perspectives=frozenset(perspective for _source, perspective in interviews if perspective),
        sources=frozenset(source for source, _perspective in interviews),
        **_said(review),
    )


def of_one(item: Item, notes: Iterable[Note], found: AboutItem) -> Evidence:
    """Return the same of one item, of which a person may read these notes (see notebook.on_item), without the
    interviews: no query.
    """
    pointers = (
        Pointer(note.pk, item.pk, note.source, note.informant.perspective if note.informant else "") for note in notes
    )
    has_figures = found.counted or found.given
    return Evidence(
        pointers=tuple(pointers),
        figures=frozenset([item.pk] if has_figures else []),
        closed=frozenset((item.pk, source) for source in found.closed),
    )


def _said(review: Review) -> dict[str, Any]:
    """Return which items have figures, and which sources are closed: one query for both."""
    closed = ClosedSource.objects.filter(review=review).order_by().values_list("item", "source")
    figures = [
        model._default_manager.filter(review=review).order_by().annotate(source=Value("")).values_list("item", "source")
        for model in (Count, GivenFigure)
    ]
    found = set(closed.union(*figures))
    return {
        "figures": frozenset(item for item, source in found if not source),
        "closed": frozenset((item, source) for item, source in found if source),
    }

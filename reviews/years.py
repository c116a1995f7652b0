"""A service's reviews over the years, scale by scale: what its development page shows.

All of it comes from the contents of the reports that count, so that page, report and spreadsheet say the same.
"""

import datetime
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext

from reviews import heatmap
from reviews.handed_over import HandedOver
from reviews.models import Correction, Review
from reviews.report import over_years, wording
from reviews.report.shape import Content, Figures, ItemContent, ScaleContent, SectionContent
from scales import scoring

_FIT = 10
"""So many reviews stand beside each other on a wide screen."""


@dataclass(frozen=True)
class Head:
    """A review at the head of a column. `left_out`: "" or the code of why it is no part of the development (see
    reviews.report.over_years.left_out); `is_like`: its scores mean the same as those of the newest.
    """

    review: Review
    number: int
    left_out: str
    is_like: bool

    @property
    def day(self) -> datetime.date:
        """The first visit day."""
        return self.review.first_day

    @property
    def why(self) -> str:
        """Why it is no part of the development, in words; empty where it is, and where all are self-reviews."""
        return "" if self.left_out == "self" else wording.left_out(self.left_out)


@dataclass(frozen=True)
class ItemCell:
    """An item's score in one review: `said` is what a change or a missing score means, in words; `tint` 0 where scores
    mean something else. `wrong`: later evaluators hold the score to have been wrong.
    """

    score: int | None
    tint: int
    change: int
    said: str
    wrong: bool


@dataclass(frozen=True)
class TotalCell:
    """The result of a section, or of all items, in one review, and how many items it lacks. `share` is its part of what
    can be had in percent, None where no bar is to be drawn.
    """

    result: str
    lacks: str
    share: int | None


@dataclass(frozen=True)
class ItemRow:
    """An item over the years."""

    code: str
    title: str
    cells: list[ItemCell]


@dataclass(frozen=True)
class SectionRows:
    """A section over the years, with its items."""

    code: str
    title: str
    cells: list[TotalCell]
    items: list[ItemRow]


@dataclass(frozen=True)
class Unscored:
    """Items of one review that have no score for one reason."""

    head: Head
    codes: str
    reason: str


@dataclass(frozen=True)
class Table:
    """Reviews of one scale beside each other, oldest first."""

    heads: list[Head]
    sections: list[SectionRows]
    total: list[TotalCell]
    unscored: list[Unscored]
    corrected: list[tuple[Head, list[Correction]]]
    """What later reviews hold to have been wrong, by the review that gave the score."""

    @property
    def is_narrow(self) -> bool:
        """Whether there is room for all columns on a wide screen."""
        return len(self.heads) <= _FIT

    @property
    def any_unlike(self) -> bool:
        """Whether scores of any of the reviews mean something else than those of the newest."""
        return any(not head.is_like for head in self.heads)

    @property
    def any_change(self) -> bool:
        """Whether any score rose or fell."""
        return any(cell.change for section in self.sections for item in section.items for cell in item.cells)


@dataclass(frozen=True)
class Line:
    """A scale in the edition that is told of, its `history` the external reviews of practice."""

    scale: ScaleContent

    @property
    def last(self) -> str:
        """The day of the last review in the history, in ISO; empty where there is none."""
        history = self.scale["history"]
        return history[-1]["date"] if history else ""


@dataclass(frozen=True)
class ScaleYears:
    """A scale over the years; `external` and `own` are None without such reviews."""

    line: Line
    external: Table | None
    own: Table | None

    @property
    def key(self) -> list[tuple[int, int]]:
        """Each score there is, with its tint."""
        lowest, highest = self.line.scale["lowest"], self.line.scale["highest"]
        return [(score, heatmap.level(score, lowest, highest)) for score in range(lowest, highest + 1)]


def lines(contents: Sequence[Content]) -> list[Line]:
    """Return the development of each scale that the reviews have used, in the reports' order, from the contents or
    outlines of their reports; they come oldest first.
    """
    return [Line(over_years.with_history(newest, contents)) for newest in over_years.newest_scales(contents)]


def scales_over_years(held: Sequence[HandedOver]) -> list[ScaleYears]:
    """Return each scale that the reviews have used, item by item, in the reports' order; `held` comes oldest first."""
    return [_over_years(line, held) for line in lines([each.content for each in held])]


def _over_years(line: Line, held: Sequence[HandedOver]) -> ScaleYears:
    newest = line.scale
    used = [(each, found) for each in held if (found := over_years.scale_of(each.content, newest["code"])) is not None]
    external = [(each, found) for each, found in used if each.review.is_external]
    own = [(each, found) for each, found in used if each.review.is_self]
    return ScaleYears(
        line=line,
        external=_table(newest, external) if external else None,
        own=_table(newest, own) if own else None,
    )


Used = tuple[HandedOver, ScaleContent]
"""A review with its result of the scale."""


def _table(newest: ScaleContent, used: Sequence[Used]) -> Table:
    heads = [
        Head(
            each.review,
            each.version.number,
            over_years.left_out(each.content, scale, newest),
            over_years.is_like(each.content, scale, newest),
        )
        for each, scale in used
    ]
    items = [_items(scale) for _each, scale in used]
    columns = [
        heatmap.Column(
            {code: item["score"] for code, item in found.items()}, compared=head.is_like and head.review.is_external
        )
        for head, found in zip(heads, items, strict=True)
    ]
    return Table(
        heads=heads,
        sections=[_section(newest, section, used, heads, items, columns) for section in newest["sections"]],
        total=[_total(newest, scale["total"], head.is_like) for head, (_each, scale) in zip(heads, used, strict=True)],
        unscored=[each for head, found in zip(heads, items, strict=True) for each in _unscored(head, found)],
        corrected=[
            (head, found)
            for head, (each, _scale) in zip(heads, used, strict=True)
            if (found := each.corrections_on(newest["code"]))
        ],
    )


def _items(scale: ScaleContent) -> dict[str, ItemContent]:
    return {item["code"]: item for section in scale["sections"] for item in section["items"]}


def _section(
    newest: ScaleContent,
    section: SectionContent,
    used: Sequence[Used],
    heads: Sequence[Head],
    items: Sequence[dict[str, ItemContent]],
    columns: Sequence[heatmap.Column],
) -> SectionRows:
    return SectionRows(
        code=section["code"],
        title=section["title"],
        cells=[
            _total(newest, _section_total(scale, section["code"]), head.is_like)
            for head, (_each, scale) in zip(heads, used, strict=True)
        ],
        items=[
            ItemRow(
                item["code"],
                item["short_title"],
                [
                    _cell(cell, head, found.get(item["code"]), heads, (newest["code"], item["code"]) in each.wrong)
                    for cell, head, found, (each, _scale) in zip(
                        heatmap.row(item["code"], columns, lowest=newest["lowest"], highest=newest["highest"]),
                        heads,
                        items,
                        used,
                        strict=True,
                    )
                ],
            )
            for item in section["items"]
        ],
    )


def _cell(cell: heatmap.Cell, head: Head, item: ItemContent | None, heads: Sequence[Head], wrong: bool) -> ItemCell:
    said = ""
    if item is None:
        said = gettext("not in that edition")
    elif cell.score is None:
        said = wording.not_scored(item["not_scored"])
    elif cell.change and cell.before is not None and cell.since is not None:
        said = wording.moved(cell.before, cell.score, heads[cell.since].day.isoformat())
    return ItemCell(cell.score, cell.level if head.is_like else 0, cell.change, said, wrong)


def _section_total(scale: ScaleContent, code: str) -> Figures | None:
    return next((section["total"] for section in scale["sections"] if section["code"] == code), None)


def _total(newest: ScaleContent, total: Figures | None, is_like: bool) -> TotalCell:
    if total is None or total["total"] is None:
        return TotalCell("–", "", None)
    share = None
    if is_like and not wording.by_mean(newest):
        share = scoring.percent(total["total"], total["maximum"])
    lacks = "" if total["scored"] == total["items"] else wording.items_scored(total)
    return TotalCell(wording.short_result(newest, total), lacks, share)


def _unscored(head: Head, items: dict[str, ItemContent]) -> list[Unscored]:
    by_reason: dict[str, list[str]] = defaultdict(list)
    for code, item in items.items():
        if item["score"] is None:
            by_reason[item["not_scored"]].append(code)
    return [Unscored(head, wording.joined(codes), wording.not_scored(reason)) for reason, codes in by_reason.items()]

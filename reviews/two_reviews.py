"""Two reviews of a service beside each other, item by item, from the contents of the reports that count."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from reviews.handed_over import HandedOver
from reviews.models import Correction, Review
from reviews.report import over_years, wording
from reviews.report.shape import Figures, ItemContent, ScaleContent, SectionContent
from scales import scoring


@dataclass(frozen=True)
class Line:
    """An item in both reviews, None in one that does not have it; `change` is None where the two are not compared.
    `wrong`: in which of the two the score is held to have been wrong.
    """

    code: str
    title: str
    first: ItemContent | None
    second: ItemContent | None
    change: int | None
    wrong: tuple[bool, bool]

    @property
    def said(self) -> str:
        """The change with its sign; empty where there is none to tell."""
        return "" if self.change is None else wording.signed(str(self.change))

    @property
    def comments(self) -> tuple[str, str]:
        """What is written on the item in each; empty where nothing is."""
        return _comment(self.first), _comment(self.second)


@dataclass(frozen=True)
class Result:
    """A total in both reviews in words, with the change, signed, or empty where the two are not compared."""

    first: str
    second: str
    change: str


@dataclass(frozen=True)
class SectionPair:
    """A section in both reviews; the comments are those on the whole section."""

    code: str
    title: str
    result: Result
    comments: tuple[str, str]
    lines: list[Line]


@dataclass(frozen=True)
class ScalePair:
    """A scale in both reviews. `not_compared`: "" or why no change is told: one_only, plans, other_edition; `in_part`:
    which of the two has items without a score, so that the totals are not compared. `corrected`: what later reviews
    hold to have been wrong in either.
    """

    title: str
    editions: tuple[str, str]
    not_compared: str
    in_part: tuple[bool, bool]
    several: bool
    result: Result
    bands: tuple[str, str]
    sections: list[SectionPair]
    corrected: list[tuple[Review, list[Correction]]]

    @property
    def rose(self) -> int:
        """How many items have a higher score in the second."""
        return sum((line.change or 0) > 0 for line in self._lines())

    @property
    def fell(self) -> int:
        """How many items have a lower score in the second."""
        return sum((line.change or 0) < 0 for line in self._lines())

    @property
    def compared(self) -> int:
        """How many items have a score in both."""
        return sum(line.change is not None for line in self._lines())

    def _lines(self) -> Iterable[Line]:
        return (line for section in self.sections for line in section.lines)


def usual(held: Sequence[HandedOver]) -> tuple[Review, Review] | None:
    """Return the two that are compared unless others are chosen: the last two of the development, or else the last two
    there are, the older first. None where there are not two.
    """
    in_line = [each.review for each in held if over_years.is_in_line(each.content)]
    chosen = in_line if len(in_line) > 1 else [each.review for each in held]
    return (chosen[-2], chosen[-1]) if len(chosen) > 1 else None


def compare(first: HandedOver, second: HandedOver) -> list[ScalePair]:
    """Return each scale that either review has used, in the second's order; the first is the older."""
    codes = [scale["code"] for each in (second, first) for scale in each.content["scales"]]
    return [_scale(code, first, second) for code in dict.fromkeys(codes)]


def _scale(code: str, first: HandedOver, second: HandedOver) -> ScalePair:
    before, now = over_years.scale_of(first.content, code), over_years.scale_of(second.content, code)
    found = [scale for scale in (now, before) if scale is not None]
    why = _not_compared(first, second, before, now)
    wrong = [{item for scale, item in each.wrong if scale == code} for each in (first, second)]
    sections = {section["code"]: section["title"] for scale in found for section in scale["sections"]}
    return ScalePair(
        title=found[0]["title"],
        editions=("" if before is None else before["edition"], "" if now is None else now["edition"]),
        not_compared=why,
        in_part=(_in_part(before), _in_part(now)),
        several=len(sections) > 1,
        result=_result(found[0], before and before["total"], now and now["total"], why),
        bands=("" if before is None else wording.band(before), "" if now is None else wording.band(now)),
        sections=[
            _section(found[0], key, title, _part(before, key), _part(now, key), why, wrong)
            for key, title in sections.items()
        ],
        corrected=[(each.review, told) for each in (first, second) if (told := each.corrections_on(code))],
    )


def _not_compared(first: HandedOver, second: HandedOver, before: ScaleContent | None, now: ScaleContent | None) -> str:
    if before is None or now is None:
        return "one_only"
    if over_years.from_plans(first.content) or over_years.from_plans(second.content):
        return "plans"
    return "" if before["edition"] == now["edition"] else "other_edition"


def _in_part(scale: ScaleContent | None) -> bool:
    return scale is not None and scale["total"]["scored"] < scale["total"]["items"]


def _part(scale: ScaleContent | None, code: str) -> SectionContent | None:
    return None if scale is None else next((each for each in scale["sections"] if each["code"] == code), None)


def _section(
    scale: ScaleContent,
    code: str,
    title: str,
    first: SectionContent | None,
    second: SectionContent | None,
    why: str,
    wrong: Sequence[set[str]],
) -> SectionPair:
    before, now = _items(first), _items(second)
    titles = {item["code"]: item["short_title"] for items in (before, now) for item in items.values()}
    return SectionPair(
        code=code,
        title=title,
        result=_result(scale, first and first["total"], second and second["total"], why),
        comments=(_comment(first), _comment(second)),
        lines=[
            Line(
                key,
                short_title,
                before.get(key),
                now.get(key),
                None if why else _change(before.get(key), now.get(key)),
                (key in wrong[0], key in wrong[1]),
            )
            for key, short_title in titles.items()
        ],
    )


def _comment(found: ItemContent | SectionContent | None) -> str:
    return "" if found is None else found["comment"].strip()


def _items(section: SectionContent | None) -> dict[str, ItemContent]:
    return {} if section is None else {item["code"]: item for item in section["items"]}


def _change(before: ItemContent | None, now: ItemContent | None) -> int | None:
    if before is None or now is None or before["score"] is None or now["score"] is None:
        return None
    return now["score"] - before["score"]


def _result(scale: ScaleContent, before: Figures | None, now: Figures | None, why: str) -> Result:
    said = ["–" if total is None else wording.short_result(scale, total) for total in (before, now)]
    if before is None or now is None or why:
        return Result(said[0], said[1], "")
    change = scoring.difference(_total(before), _total(now), by_mean=wording.by_mean(scale))
    return Result(said[0], said[1], "" if change is None else wording.signed(str(change)))


def _total(figures: Figures) -> scoring.Total:
    return scoring.Total(
        items=figures["items"],
        scored=figures["scored"],
        total=figures["total"],
        maximum=figures["maximum"],
        mean=None if figures["mean"] is None else Decimal(figures["mean"]),
    )

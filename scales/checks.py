"""System checks that name every fault in a loaded scale; `manage.py check --database default` runs them.

Constraints hold what one row can get wrong; these hold what only the whole scale shows.

- scales.E001: items are missing
- scales.E002: an item's code is used twice in a scale
- scales.E003: positions do not run from 1 without a gap
- scales.E004: the anchors are not one text for each score
- scales.E005: the bands do not cover every total once
- scales.E006: thresholds are out of order or name a score that the scale lacks
- scales.E007: a measure is malformed
- scales.E008: a measure counts more elements than the item has
- scales.E009: an item names an unknown source
- scales.E010: a text is empty
- scales.E011: a list is not a list of texts
- scales.E012: the steps are malformed, or name what the item does not have
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import OperationalError, ProgrammingError, transaction

from scales.models import Band, Item, Scale
from scales.scoring import Kind, Measure
from scales.steps import Choice, Condition, goals, parts


@dataclass(frozen=True)
class Fault:
    """Something wrong with a scale: the id of the check, the code of what it is about, and what it is."""

    id: str
    where: str
    message: str


@register(Tags.database)
def check_scales(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """An error for each fault in each loaded scale of `databases`; none where the tables are not there yet."""
    messages: list[CheckMessage] = []
    for database in databases or ():
        try:
            # In a transaction of its own, so that a missing table does not spoil one that is already open.
            with transaction.atomic(using=database):
                for scale in Scale.objects.using(database).prefetch_related("sections__items", "bands"):
                    messages += [
                        Error(f"{scale}: {fault.where}: {fault.message}", id=fault.id) for fault in faults(scale)
                    ]
        except (OperationalError, ProgrammingError):
            continue
    return messages


def faults(scale: Scale) -> list[Fault]:
    """Every fault in `scale`, in the order of its sections and items, those of the whole scale first."""
    sections = list(scale.sections.all())
    items = [(section, item) for section in sections for item in section.items.all()]
    found = [
        *_missing_items(scale, len(items)),
        *_twice([item.code for _, item in items]),
        *_gaps(scale.code, "sections", [section.position for section in sections]),
        *_bands(scale, list(scale.bands.all()), len(items)),
        *_empty(scale.code, scale, ["title", "attribution", "lowest_means", "highest_means"]),
    ]
    if not _is_sources(scale.sources):
        found.append(Fault("scales.E011", scale.code, "sources are not codes with a label and a meaning"))
    for section in sections:
        own = list(section.items.all())
        if not own:
            found.append(Fault("scales.E001", section.code, "the section has no items"))
        found += _gaps(section.code, "items", [item.position for item in own])
        found += _empty(section.code, section, ["title"])
    for _, item in items:
        found += _item(scale, item)
    return found


def _missing_items(scale: Scale, count: int) -> Iterator[Fault]:
    if not count:
        yield Fault("scales.E001", scale.code, "the scale has no items")
    elif scale.item_count is not None and scale.item_count != count:
        yield Fault("scales.E001", scale.code, f"the scale has {count} items where it says {scale.item_count}")


def _twice(codes: list[str]) -> Iterator[Fault]:
    for code, times in Counter(codes).items():
        if times > 1:
            yield Fault("scales.E002", code, f"{times} items have this code")


def _gaps(where: str, what: str, positions: list[int]) -> Iterator[Fault]:
    if sorted(positions) != list(range(1, len(positions) + 1)):
        yield Fault("scales.E003", where, f"the positions of the {what} do not run from 1: {sorted(positions)}")


def _bands(scale: Scale, bands: list[Band], items: int) -> Iterator[Fault]:
    if not bands:
        return
    ordered = sorted(bands, key=lambda band: (band.lowest, band.highest))
    lowest, highest = items * scale.lowest, items * scale.highest
    if ordered[0].lowest != lowest:
        yield Fault("scales.E005", ordered[0].code, f"the bands begin at {ordered[0].lowest} and not at {lowest}")
    for below, above in pairwise(ordered):
        if above.lowest > below.highest + 1:
            yield Fault("scales.E005", above.code, f"there is a gap between {below.highest} and {above.lowest}")
        if above.lowest <= below.highest:
            yield Fault("scales.E005", above.code, f"the band overlaps with {below.code}")
    end = max(band.highest for band in ordered)
    if end != highest:
        yield Fault("scales.E005", ordered[-1].code, f"the bands end at {end} and not at {highest}")


def _empty(where: str, row: object, fields: list[str]) -> Iterator[Fault]:
    for field in fields:
        if not getattr(row, field).strip():
            yield Fault("scales.E010", where, f"the {field.replace('_', ' ')} is empty")


def _item(scale: Scale, item: Item) -> Iterator[Fault]:
    yield from _empty(item.code, item, ["title", "short_title", "definition"])
    for field in ("elements", "sources", "questions", "ask"):
        if not _is_texts(getattr(item, field)):
            yield Fault("scales.E011", item.code, f"{field} are not a list of texts")
    if _is_texts(item.sources) and isinstance(scale.sources, dict):
        for source in item.sources:
            if source not in scale.sources:
                yield Fault("scales.E009", item.code, f"the source {source} is unknown")
    yield from _anchors(scale, item)
    yield from _measure(scale, item)
    yield from _steps(scale, item)


def _anchors(scale: Scale, item: Item) -> Iterator[Fault]:
    anchors: object = item.anchors
    if not isinstance(anchors, dict) or set(anchors) != {str(score) for score in scale.scores}:
        named = ", ".join(sorted(anchors)) if isinstance(anchors, dict) else repr(anchors)
        yield Fault("scales.E004", item.code, f"the anchors are {named} and not {scale.lowest} to {scale.highest}")
        return
    for score, text in sorted(anchors.items()):
        if not isinstance(text, str) or not text.strip():
            yield Fault("scales.E004", item.code, f"the anchor of {score} is empty")


def _measure(scale: Scale, item: Item) -> Iterator[Fault]:
    try:
        measure = item.parsed_measure()
    except ValueError as error:
        yield Fault("scales.E007", item.code, f"the measure is malformed: {error}")
        return
    if measure is None:
        return
    yield from _thresholds(scale, item, measure)
    for name, scores in (
        ("raises", [statement.score for statement in measure.raises]),
        ("needs", [statement.score for statement in measure.needs]),
    ):
        for score in scores:
            # The lowest score can be neither reached by a lift nor made dependent on anything.
            if not scale.lowest < score <= scale.highest:
                yield Fault("scales.E007", item.code, f"{name} name the score {score}")
    if measure.otherwise is not None and measure.otherwise not in scale.scores:
        yield Fault("scales.E007", item.code, f"the score otherwise is {measure.otherwise}")
    if measure.kind is Kind.ELEMENTS:
        most = max(limit for _, limit in measure.thresholds)
        elements = len(item.elements) if _is_texts(item.elements) else 0
        if most > elements:
            yield Fault("scales.E008", item.code, f"the measure counts {most} elements of {elements}")


def _thresholds(scale: Scale, item: Item, measure: Measure) -> Iterator[Fault]:
    for score, _ in measure.thresholds:
        if score not in scale.scores:
            yield Fault("scales.E006", item.code, f"a threshold names the score {score}")
    # The highest score comes first, and it is the hardest to reach.
    for (above, harder), (below, easier) in pairwise(measure.thresholds):
        in_order = harder < easier if measure.kind is Kind.AT_MOST else harder > easier
        if not in_order:
            yield Fault(
                "scales.E006", item.code, f"the thresholds of {above} and {below} are out of order: {harder}, {easier}"
            )


def _steps(scale: Scale, item: Item) -> Iterator[Fault]:
    try:
        steps = item.parsed_steps()
    except ValueError as error:
        yield Fault("scales.E012", item.code, f"the steps are malformed: {error}")
        return
    for index in sorted(steps.barred):
        if index >= len(item.elements):
            yield Fault("scales.E012", item.code, f"the steps bar the element {index} of {len(item.elements)}")
    for score, chosen in steps.goals.items():
        anchor = item.anchors.get(str(score))
        if not isinstance(anchor, str) or score == scale.lowest:
            # Nobody has to rise to the lowest score.
            yield Fault("scales.E012", item.code, f"the steps have goals for the score {score}")
            continue
        yield from _goals(item, score, anchor, chosen)


def _goals(item: Item, score: int, anchor: str, chosen: Sequence[Choice]) -> Iterator[Fault]:
    texts = parts(anchor)
    for choice in chosen:
        if choice.part >= len(texts):
            yield Fault("scales.E012", item.code, f"the anchor of {score} has no part {choice.part}")
            return
        for left_out in choice.without:
            if left_out not in texts[choice.part]:
                yield Fault(
                    "scales.E012", item.code, f"part {choice.part} of {score} has nothing that reads {left_out!r}"
                )
    for condition in Condition:
        for met in (True, False):
            if chosen and not goals(anchor, chosen, {condition: met}):
                yield Fault("scales.E012", item.code, f"nothing leads to {score} where {condition} is {met}")


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(text, str) and text.strip() for text in value)


def _is_sources(value: object) -> bool:
    return isinstance(value, dict) and all(
        isinstance(source, dict) and source.get("label") and source.get("means") for source in value.values()
    )

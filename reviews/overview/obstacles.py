"""What holds the services' scores down: of the low scores in their latest reviews, what the evaluators said of them."""

import uuid
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import cast

from django.db.models import F
from django.utils.translation import gettext

from reviews.models import FinalScore, Obstacle
from reviews.overview import distribution, limit
from reviews.overview.counts import Counts
from reviews.speaking import Chosen
from reviews.summary import tally
from reviews.summary.tally import CAUSES, UNTOLD, Latest
from scales.models import Item, Scale, Section


@dataclass(frozen=True)
class Low:
    """A low score with what holds it down: codes of Obstacle, several for some, or UNTOLD alone."""

    service: uuid.UUID
    review: uuid.UUID
    item: Item
    score: int
    causes: tuple[str, ...]
    hidden: bool = False


@dataclass(frozen=True)
class OfItem:
    """An item: in how many services it is scored and in how many low, and of these how many have each of CAUSES.

    `low` and `causes` are empty where the figures are withheld.
    """

    item: Item
    scored: int
    is_withheld: bool
    low: int
    causes: list[tuple[str, int]]


@dataclass(frozen=True)
class OfSection:
    """A section with its items, and what these have together: how many scores, low ones, and of each of CAUSES."""

    section: Section
    items: list[OfItem]
    scored: int
    low: int
    causes: list[tuple[str, int]]


@dataclass(frozen=True)
class Cause:
    """How much one of CAUSES holds down on a scale: in how many services, how many scores, and on how many items."""

    code: str
    services: int
    scores: int
    items: int


@dataclass(frozen=True)
class OfScale:
    """A scale's newest edition. `services`: how many latest reviews are on it; `other_edition`: how many are on an
    older one and left out. Items that are withheld are no part of any sum.
    """

    scale: Scale
    services: int
    other_edition: int
    low: int
    causes: list[Cause]
    sections: list[OfSection]

    @property
    def any_withheld(self) -> bool:
        """Whether an item is left out because too few may not be seen."""
        return any(each.is_withheld for section in self.sections for each in section.items)


Held = Callable[[Collection[Item]], Mapping[str, int]]
"""Asks the reviews themselves in how many services each of CAUSES holds a score down on items of one scale."""


def by_scale(counts: Counts[Latest], held: Held) -> list[OfScale]:
    """Return the figures of each scale, section by section and item by item in its order: two queries. `held` is asked
    where some items of a scale are withheld and others are not.
    """
    editions = list(Scale.objects.order_by().values_list("code", "pk"))
    scales = []
    for scale, items in groupby(distribution.items(Scale.objects.newest()), key=lambda item: item.section.scale):
        sections = [
            _section(section, [_item(counts, item) for item in of_section])
            for section, of_section in groupby(items, key=lambda item: item.section)
        ]
        shown = [each for section in sections for each in section.items if not each.is_withheld]
        others = (counts.all.services(key) for code, key in editions if code == scale.code and key != scale.pk)
        services = _services(counts, scale, sections, held)
        scales.append(
            OfScale(
                scale=scale,
                services=counts.all.services(scale.pk),
                other_edition=sum(others),
                low=sum(each.low for each in shown),
                causes=[_cause(code, services[code], shown) for code in CAUSES],
                sections=sections,
            )
        )
    return scales


def _services(counts: Counts[Latest], scale: Scale, sections: Iterable[OfSection], held: Held) -> Mapping[str, int]:
    """Return in how many services each of CAUSES holds a score down. A sum over items does not tell: one service has
    several. So it is counted by itself, and where some items are withheld no sum has it.
    """
    items = [each for section in sections for each in section.items]
    low = [each.item for each in items if not each.is_withheld and each.low]
    if not any(each.is_withheld for each in items):
        return counts.all.held(scale.pk)
    return held(low) if low else dict.fromkeys(CAUSES, 0)


def is_withheld(counts: Counts[Latest], item: Item) -> bool:
    """Whether an item is left out: those services in it that may not be seen are so few that they could be told apart
    from its figures.
    """
    return not limit.may_count(counts.hidden.scored(item.pk))


def _item(counts: Counts[Latest], item: Item) -> OfItem:
    scale = item.section.scale
    withheld = is_withheld(counts, item)
    low = counts.all.scores(item.pk, (score for score in scale.scores if score < scale.high_from))
    return OfItem(
        item=item,
        scored=counts.all.scored(item.pk),
        is_withheld=withheld,
        low=0 if withheld else sum(low.values()),
        causes=[(code, 0 if withheld else number) for code, number in counts.all.caused(item.pk).items()],
    )


def _section(section: Section, items: list[OfItem]) -> OfSection:
    shown = [each for each in items if not each.is_withheld]
    together = {code: sum(dict(each.causes)[code] for each in shown) for code in CAUSES}
    return OfSection(
        section=section,
        items=items,
        scored=sum(each.scored for each in shown),
        low=sum(each.low for each in shown),
        causes=list(together.items()),
    )


def _cause(code: str, services: int, shown: Iterable[OfItem]) -> Cause:
    scores = [dict(each.causes)[code] for each in shown]
    return Cause(code, services, sum(scores), sum(number > 0 for number in scores))


# One by one


def lows(chosen: Iterable[Chosen], items: Iterable[Item], seen: Collection[uuid.UUID]) -> list[Low]:
    """Return the low scores of reviews on items, in the order of the items, from the reviews themselves: one query.
    `seen` are the reviews that whoever asks may see.
    """
    by_key = {item.pk: item for item in items}
    places = {item: place for place, item in enumerate(by_key)}
    reviews = {each.version: each for each in chosen}
    rows = FinalScore.objects.filter(
        version__in=reviews, item__in=by_key, score__lt=F("item__section__scale__high_from")
    ).order_by()
    found = []
    for version, item, score, obstacles in rows.values_list("version", "item", "score", "obstacles"):
        each = reviews[version]
        hidden = each.review not in seen
        found.append(Low(each.service, each.review, by_key[item], cast("int", score), tally.causes(obstacles), hidden))
    return sorted(found, key=lambda low: places[low.item.pk])


def holding(found: Iterable[Low]) -> Mapping[str, int]:
    """Return in how many services each of CAUSES holds one of these down."""
    services: dict[str, set[uuid.UUID]] = {code: set() for code in CAUSES}
    for each in found:
        for code in each.causes:
            services[code].add(each.service)
    return {code: len(of_code) for code, of_code in services.items()}


def label(code: str) -> str:
    """Return one of CAUSES in words."""
    return gettext("Cause not told") if code == UNTOLD else str(Obstacle(code).label)

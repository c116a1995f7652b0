"""What holds the services' scores down: of the low scores in their latest reviews, what the evaluators said of them."""

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import cast

from django.db.models import Count, F, Q
from django.utils.translation import gettext

from reviews.models import FinalScore, Obstacle
from reviews.overview import distribution, limit
from reviews.speaking import Chosen
from scales.models import Item, Scale, Section

UNTOLD = "untold"
"""Stands for a low score of which nothing is said."""
CAUSES: tuple[str, ...] = (*Obstacle.values, UNTOLD)


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
class Scored:
    """In how many services an item is scored, and in how many of them that whoever asks may not see."""

    services: int
    hidden: int

    @property
    def is_withheld(self) -> bool:
        """Whether those that may not be seen are so few that they could be told from the figures."""
        return not limit.may_count(self.hidden)


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


@dataclass(frozen=True)
class Found:
    """What the latest reviews say: the low scores, in how many services each item is scored, and on how many of them
    each edition is used.
    """

    items: list[Item]
    scored: dict[int, Scored]
    lows: list[Low]
    editions: dict[tuple[str, int], int]

    @property
    def shown(self) -> list[Low]:
        """The low scores on items that are not withheld."""
        return [each for each in self.lows if not self.scored[each.item.pk].is_withheld]


def find(chosen: Sequence[Chosen], seen: Collection[uuid.UUID]) -> Found:
    """Return the low scores of the reviews on the newest editions: four queries. `seen` are the reviews that whoever
    asks may see.
    """
    items = distribution.items(Scale.objects.newest())
    by_key = {item.pk: item for item in items}
    reviews = {each.version: each for each in chosen}
    hidden = [each.version for each in chosen if each.review not in seen]
    rows = FinalScore.objects.filter(version__in=reviews, score__isnull=False).order_by()
    counted = rows.values_list("item").annotate(n=Count("pk"), h=Count("pk", filter=Q(version__in=hidden)))
    scored = {item: Scored(n, h) for item, n, h in counted}
    editions = rows.values_list("item__section__scale__code", "item__section__scale").annotate(
        n=Count("version", distinct=True)
    )
    low = rows.filter(item__in=by_key, score__lt=F("item__section__scale__high_from"))
    lows = []
    for version, item, score, obstacles in low.values_list("version", "item", "score", "obstacles"):
        each = reviews[version]
        causes = tuple(code for code in Obstacle.values if code in obstacles) or (UNTOLD,)
        lows.append(Low(each.service, each.review, by_key[item], cast("int", score), causes, each.review not in seen))
    return Found(items, scored, lows, {(code, scale): number for code, scale, number in editions})


def by_scale(found: Found) -> list[OfScale]:
    """Return the figures of each scale, section by section and item by item in its order."""
    scales = []
    for scale, items in groupby(found.items, key=lambda item: item.section.scale):
        sections = [
            _section(section, [_item(found, item) for item in of_section])
            for section, of_section in groupby(items, key=lambda item: item.section)
        ]
        lows = [each for each in found.shown if each.item.section.scale_id == scale.pk]
        others = [n for (code, key), n in found.editions.items() if code == scale.code and key != scale.pk]
        scales.append(
            OfScale(
                scale=scale,
                services=found.editions.get((scale.code, scale.pk), 0),
                other_edition=sum(others),
                low=len(lows),
                causes=[_cause(code, lows) for code in CAUSES],
                sections=sections,
            )
        )
    return scales


def _item(found: Found, item: Item) -> OfItem:
    scored = found.scored.get(item.pk, Scored(0, 0))
    lows = [] if scored.is_withheld else [each for each in found.lows if each.item == item]
    return OfItem(
        item=item,
        scored=scored.services,
        is_withheld=scored.is_withheld,
        low=len(lows),
        causes=[(code, sum(code in each.causes for each in lows)) for code in CAUSES],
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


def _cause(code: str, lows: Iterable[Low]) -> Cause:
    held = [each for each in lows if code in each.causes]
    return Cause(code, len({each.service for each in held}), len(held), len({each.item.pk for each in held}))


def label(code: str) -> str:
    """Return one of CAUSES in words."""
    return gettext("Cause not told") if code == UNTOLD else str(Obstacle(code).label)

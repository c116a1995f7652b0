"""The services' scores item by item, as far as one person may be shown them."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count

from reviews.models import FinalScore
from reviews.overview import distribution, limit
from reviews.overview.distribution import Spread
from reviews.overview.groups import Group
from scales.models import Item, Scale

LOWEST = 5
"""How many of the lowest items stand on top."""


@dataclass(frozen=True)
class Row:
    """An item with the spread of its scores; `hidden` of the services in it are such as the person may not see."""

    spread: Spread
    hidden: int = 0

    @property
    def item(self) -> Item:
        """The item."""
        return self.spread.item

    @property
    def n(self) -> int:
        """In how many services the item is scored."""
        return self.spread.n

    @property
    def is_withheld(self) -> bool:
        """Whether nothing but the number is told: known scores could be subtracted, so that those of the services that
        the person may not see must be enough by themselves.
        """
        return not limit.may_count(self.hidden)

    @property
    def mean(self) -> Decimal | None:
        """The mean; None without a score or where it is withheld."""
        return None if self.is_withheld else self.spread.mean

    @property
    def quartiles(self) -> tuple[Decimal, Decimal, Decimal] | None:
        """Lower quartile, median and upper quartile; None without a score or where they are withheld."""
        return None if self.is_withheld else self.spread.quartiles

    @property
    def counts(self) -> Mapping[int, int] | None:
        """How many services have each score of the scale; None where that is withheld."""
        if self.is_withheld:
            return None
        return {score: self.spread.counts.get(score, 0) for score in self.item.section.scale.scores}


def spreads(group: Group, items: Iterable[Item]) -> list[tuple[Spread, int]]:
    """Return each item's spread with how many of the services in it the person may not see: two queries at most."""
    found = distribution.spread([each.version for each in group.chosen], items)
    hidden = [each.version for each in group.hidden]
    if not hidden:
        return [(spread, 0) for spread in found]
    apart = distribution.spread(hidden, [spread.item for spread in found])
    return [(spread, of_hidden.n) for spread, of_hidden in zip(found, apart, strict=True)]


def rows(group: Group, items: Iterable[Item]) -> list[Row]:
    """Return a row for each of the items: two queries at most."""
    return [Row(spread, hidden) for spread, hidden in spreads(group, items)]


def hidden_without(group: Group, row: Row) -> int | None:
    """Return in how many services that the person may not see the row's item is left without a score; None where those
    in which it stands, scored or not, are so few that they could be told apart. One query.
    """
    hidden = [each.version for each in group.hidden]
    missing = FinalScore.objects.filter(item=row.item, version__in=hidden, score__isnull=True).count()
    return missing if limit.may_count(row.hidden + missing) else None


@dataclass(frozen=True)
class ScaleRows:
    """A scale's newest edition with its rows. `services` were reviewed with it, `others` with another edition, so that
    they are no part of the figures.
    """

    scale: Scale
    rows: Sequence[Row]
    services: int
    others: int

    @property
    def lowest(self) -> list[Row]:
        """The items with the lowest means, the lowest first; of equal ones that which comes first in the scale."""
        told = [row for row in self.rows if row.mean is not None]
        return sorted(told, key=lambda row: row.spread.exact_mean or 0)[:LOWEST]

    @property
    def any_withheld(self) -> bool:
        """Whether the figures of some item are withheld."""
        return any(row.is_withheld for row in self.rows)


def by_scale(group: Group) -> list[ScaleRows]:
    """Return the rows of the newest edition of each scale, in the scales' order; a scale with which no service was
    reviewed is left out. Five queries at most.
    """
    reviewed = _reviewed([each.version for each in group.chosen])
    newest = {scale.code: scale for scale in Scale.objects.newest()}
    codes = {code for code, _scale in reviewed}
    found = rows(group, distribution.items(scale for scale in newest.values() if scale.code in codes))
    return [
        ScaleRows(
            scale=scale,
            rows=[row for row in found if row.item.section.scale_id == scale.pk],
            services=reviewed.get((code, scale.pk), 0),
            others=sum(number for (of, key), number in reviewed.items() if of == code and key != scale.pk),
        )
        for code, scale in newest.items()
        if code in codes
    ]


def _reviewed(versions: Sequence[uuid.UUID]) -> dict[tuple[str, int], int]:
    """Return in how many of the versions each edition stands, by the scale's code and the edition's key: one query."""
    found = FinalScore.objects.filter(version__in=versions).order_by()
    counted = found.values_list("item__section__scale__code", "item__section__scale").annotate(
        number=Count("version", distinct=True)
    )
    return {(code, scale): number for code, scale, number in counted}

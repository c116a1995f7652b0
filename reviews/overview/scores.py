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
    def quartiles(self) -> tuple[Decimal, Decimal, Decimal] | None:
        """Lower quartile, median and upper quartile; None without a score or where the services are too few."""
        return self.spread.quartiles if limit.may_show(self.n, self.hidden) else None

    @property
    def may_count(self) -> bool:
        """Whether it may be told how many services have which score."""
        return limit.may_show(self.n, self.hidden) and limit.may_count(self.hidden)

    @property
    def counts(self) -> Mapping[int, int] | None:
        """How many services have each score of the scale; None where it may not be told."""
        if not self.may_count:
            return None
        return {score: self.spread.counts.get(score, 0) for score in self.item.section.scale.scores}

    @property
    def mean(self) -> Decimal | None:
        """The mean; None without a score or where the counts may not be told: with the number it gives the sum away,
        from which known scores can be subtracted.
        """
        return self.spread.mean if self.may_count else None

    @property
    def is_withheld(self) -> bool:
        """Whether there are scores of which not everything is told."""
        return self.n > 0 and not self.may_count


def rows(group: Group, items: Iterable[Item]) -> list[Row]:
    """Return a row for each of the items: two queries, one where nothing is hidden."""
    found = distribution.spread([each.version for each in group.chosen], items)
    hidden = [each.version for each in group.hidden]
    if not hidden:
        return [Row(spread) for spread in found]
    of_hidden = distribution.spread(hidden, [spread.item for spread in found])
    return [Row(spread, apart.n) for spread, apart in zip(found, of_hidden, strict=True)]


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
        """Whether not everything may be told of some item."""
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

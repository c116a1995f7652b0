"""The services' scores item by item, as far as one person may be shown them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from reviews.overview import distribution, limit
from reviews.overview.counts import Counts
from reviews.overview.distribution import Spread
from reviews.summary.tally import Latest
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
        return None if self.is_withheld else self.spread.counts


def row(counts: Counts[Latest], item: Item) -> Row:
    """Return an item's row."""
    spread = Spread(item, counts.all.scores(item.pk, item.section.scale.scores))
    return Row(spread, counts.hidden.scored(item.pk))


def hidden_without(counts: Counts[Latest], row: Row) -> int | None:
    """Return in how many services that the person may not see the row's item is left without a score; None where those
    in which it stands, scored or not, are so few that they could be told apart.
    """
    missing = counts.hidden.unscored(row.item.pk)
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


def by_scale(counts: Counts[Latest]) -> list[ScaleRows]:
    """Return the rows of the newest edition of each scale, in the scales' order; a scale with which no service was
    reviewed is left out. Two queries.
    """
    editions = list(Scale.objects.order_by().values_list("code", "pk"))
    newest = list(Scale.objects.newest())
    found = [row(counts, item) for item in distribution.items(newest)]
    scales = []
    for scale in newest:
        services = counts.all.services(scale.pk)
        others = sum(counts.all.services(key) for code, key in editions if code == scale.code and key != scale.pk)
        if services or others:
            rows = [each for each in found if each.item.section.scale_id == scale.pk]
            scales.append(ScaleRows(scale, rows, services, others))
    return scales

"""How the services' scores are spread over each item."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

from scales import scoring
from scales.models import Item, Scale


@dataclass(frozen=True)
class Spread:
    """An item with how many services have which score, 1 to 5; services in which it is not scored are no part of it."""

    item: Item
    counts: Mapping[int, int]

    @cached_property
    def n(self) -> int:
        """In how many services the item is scored."""
        return sum(self.counts.values())

    @cached_property
    def exact_mean(self) -> Fraction | None:
        """The mean as it is before it is rounded; None without a score."""
        return Fraction(sum(score * n for score, n in self.counts.items()), self.n) if self.n else None

    @cached_property
    def mean(self) -> Decimal | None:
        """The mean, two decimals, half up; None without a score."""
        exact = self.exact_mean
        return None if exact is None else scoring.round_half_up(exact, 2)

    @cached_property
    def quartiles(self) -> tuple[Decimal, Decimal, Decimal] | None:
        """Lower quartile, median and upper quartile (see scales.scoring.quartiles); None without a score."""
        return scoring.quartiles(self.counts) if self.n else None


def items(scales: Iterable[Scale]) -> list[Item]:
    """Return the items of scales in their order."""
    in_order = Item.objects.filter(section__scale__in=scales).select_related("section__scale")
    return list(in_order.order_by("section__scale__position", "section__position", "position"))

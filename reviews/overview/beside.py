"""One review's scores beside those of all services."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

from reviews.models import FinalScore, NotScored
from reviews.overview import limit
from reviews.overview import scores as of_services
from reviews.overview.counts import Counts
from reviews.overview.distribution import Spread
from reviews.summary.tally import Latest
from scales.models import Item, Scale

Quartiles = tuple[Decimal, Decimal, Decimal]


class Place(models.TextChoices):
    """Where a score lies beside the others'."""

    BELOW = "below", _("Below the middle")
    WITHIN = "within", _("In the middle")
    ABOVE = "above", _("Above the middle")


def place(score: int, quartiles: Quartiles) -> Place:
    """Say where a score lies: outside the middle half only where it is lower than the lower quartile or higher than the
    upper one.
    """
    lower, _median, upper = quartiles
    if score < lower:
        return Place.BELOW
    return Place.ABOVE if score > upper else Place.WITHIN


@dataclass(frozen=True)
class Row:
    """An item with the service's own score, or why it has none, and the spread over all services: `hidden` of them are
    such as the person may not see.
    """

    spread: Spread
    hidden: int
    score: int | None = None
    not_scored: str = ""

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
        """Whether the services are too few to be told of."""
        return not limit.may_show(self.n, self.hidden)

    @property
    def quartiles(self) -> Quartiles | None:
        """Lower quartile, median and upper quartile; None without a score or where they are withheld."""
        return None if self.is_withheld else self.spread.quartiles

    @property
    def place(self) -> Place | None:
        """Where the service's score lies; None where there is nothing to compare."""
        quartiles = self.quartiles
        return None if self.score is None or quartiles is None else place(self.score, quartiles)

    @property
    def reason(self) -> str:
        """Why the service has no score, in words; empty where it has one."""
        return str(NotScored(self.not_scored).label) if self.not_scored else ""


@dataclass(frozen=True)
class ScaleBeside:
    """A scale of the review. Without rows it was reviewed with another edition than the newest, with which it cannot be
    compared.
    """

    scale: Scale
    rows: Sequence[Row]

    def _at(self, where: Place) -> list[Row]:
        return [row for row in self.rows if row.place is where]

    @property
    def below(self) -> list[Row]:
        """The items in which the service lies below the middle half."""
        return self._at(Place.BELOW)

    @property
    def within(self) -> list[Row]:
        """The items in which it lies in the middle half."""
        return self._at(Place.WITHIN)

    @property
    def above(self) -> list[Row]:
        """The items in which it lies above the middle half."""
        return self._at(Place.ABOVE)

    @property
    def any_withheld(self) -> bool:
        """Whether there are too few services to compare some item with."""
        return any(row.is_withheld for row in self.rows)


def beside(version: uuid.UUID, counts: Counts[Latest]) -> list[ScaleBeside]:
    """Return the scores of a version beside those of all services, in the scales' order: two queries."""
    own = FinalScore.objects.filter(version=version).select_related("item__section__scale")
    in_order = own.order_by("item__section__scale__position", "item__section__position", "item__position")
    scores = {score.item_id: score for score in in_order}
    scales = {score.item.section.scale_id: score.item.section.scale for score in scores.values()}
    newest = set(Scale.objects.newest().values_list("pk", flat=True))
    items = [score.item for score in scores.values() if score.item.section.scale_id in newest]
    rows = [_row(of_services.row(counts, item), scores[item.pk]) for item in items]
    return [
        ScaleBeside(scale, [row for row in rows if row.item.section.scale_id == scale.pk]) for scale in scales.values()
    ]


def _row(of_all: of_services.Row, own: FinalScore) -> Row:
    return Row(of_all.spread, of_all.hidden, own.score, own.not_scored)

"""The services' results from year to year: the scales they are on, and their figures."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count

from reviews.overview import years
from reviews.overview.counts import Counts
from reviews.summary.tally import Result, Yearly
from scales.models import Scale


@dataclass(frozen=True)
class OfScale:
    """A scale's newest edition."""

    scale: Scale
    edition: years.Edition

    @property
    def items(self) -> int:
        """How many items it has."""
        return self.edition.items

    @property
    def by_mean(self) -> bool:
        """Whether the scale's result is its mean."""
        return self.scale.scoring == Scale.Scoring.MEAN

    def years(self, counts: Counts[Yearly]) -> list[years.Year]:
        """Return the figures year by year, the oldest first."""
        return years.of_scale(counts, self.edition, bands=self.scale.band_ranges(), by_mean=self.by_mean)

    def among(self, results: Iterable[Result]) -> list[Result]:
        """Return those of the results that are on the scale, also those left out of figures."""
        return [each for each in results if each.edition == self.edition.key or each.edition in self.edition.others]


def scales() -> list[OfScale]:
    """Return the newest edition of each scale, with its bands, in the scales' order: two queries."""
    found = Scale.objects.annotate(number=Count("sections__items")).order_by("code", "sequence")
    known = list(found.prefetch_related("bands"))
    newest = {scale.code: scale for scale in known}
    return [
        OfScale(
            scale,
            years.Edition(
                scale.pk,
                scale.number,
                frozenset(each.pk for each in known if each.code == scale.code and each.pk != scale.pk),
            ),
        )
        for scale in sorted(newest.values(), key=lambda each: each.position)
    ]

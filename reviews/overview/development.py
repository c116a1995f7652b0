"""The services' results from year to year: which reviews they come from, and their figures."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import Count, Sum

from reviews import history
from reviews.models import FinalScore
from reviews.overview import years
from reviews.report import beside
from reviews.speaking import Chosen
from scales import scoring
from scales.models import Scale


@dataclass(frozen=True)
class OfScale:
    """A scale's newest edition, of so many items, with the services' results on it, also those left out of figures."""

    scale: Scale
    items: int
    results: list[years.Result]

    @property
    def by_mean(self) -> bool:
        """Whether the scale's result is its mean."""
        return self.scale.scoring == Scale.Scoring.MEAN

    def years(self) -> list[years.Year]:
        """Return the figures year by year, the oldest first."""
        return years.of_results(self.results, bands=self.scale.band_ranges(), by_mean=self.by_mean)


def results(chosen: Sequence[Chosen], seen: Collection[uuid.UUID]) -> list[OfScale]:
    """Return the results of the reviews on each scale: three queries. `seen` are those that whoever asks may see."""
    totals = _sums([each.version for each in chosen])
    known = _scales()
    newest = {scale.code: scale for scale, _items in known}
    found = []
    for scale in sorted(newest.values(), key=lambda each: each.position):
        rows = [
            _result(each, given, edition, items, newest=scale, hidden=each.review not in seen)
            for each in chosen
            for edition, items in known
            if edition.code == scale.code and (given := totals.get((each.version, edition.pk)))
        ]
        found.append(OfScale(scale, next(items for edition, items in known if edition == scale), rows))
    return found


def _scales() -> list[tuple[Scale, int]]:
    """Return all editions with their bands, the newest of a scale last, and how many items each has: two queries."""
    found = Scale.objects.annotate(number=Count("sections__items")).order_by("code", "sequence")
    return [(scale, scale.number) for scale in found.prefetch_related("bands")]


def _sums(versions: Collection[uuid.UUID]) -> dict[tuple[uuid.UUID, int], tuple[int, int]]:
    """Return the sum of each version's scores on each scale, and how many there are: one query."""
    rows = FinalScore.objects.filter(version__in=versions).order_by()
    of_scale = rows.values_list("version", "item__section__scale").annotate(summed=Sum("score"), scored=Count("score"))
    return {(version, scale): (summed or 0, scored) for version, scale, summed, scored in of_scale}


def _result(
    each: Chosen, given: tuple[int, int], edition: Scale, items: int, *, newest: Scale, hidden: bool
) -> years.Result:
    summed, scored = given
    return years.Result(
        service=each.service,
        review=each.review,
        year=each.first_day.year,
        total=scoring.of_sum(summed, scored=scored, items=items, highest=edition.highest),
        left_out=history.left_out(scored=scored, items=items, other_edition=edition.pk != newest.pk),
        hidden=hidden,
    )


def working(chosen: Sequence[Chosen], seen: Collection[uuid.UUID]) -> list[years.Working]:
    """Return what the reviews tell of participants in work and education: one query."""
    told = beside.outcomes_of([each.version for each in chosen])
    return [
        years.Working(
            service=each.service,
            review=each.review,
            year=each.first_day.year,
            participants=given["participants"],
            in_work=given["in_work"],
            in_education=given["in_education"],
            goal=given["goal"],
            hidden=each.review not in seen,
        )
        for each in chosen
        for given in [told[each.version]]
    ]

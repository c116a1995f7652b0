"""A service's external reviews of practice, one after the other: what its development is drawn from."""

import datetime
import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from reviews import results
from reviews.models import FinalScore, ReportVersion, Review
from scales import scoring
from scales.models import Scale


@dataclass(frozen=True)
class Point:
    """A scale's result in one review, by the version that counts; the band is None unless every item is scored."""

    review: uuid.UUID
    day: datetime.date
    scale: Scale
    total: scoring.Total
    band: scoring.BandRange | None


def left_out(*, scored: int, items: int, other_edition: bool) -> str:
    """Return why a result is no part of the development, empty where it is: `other_edition` than the newest, or
    `incomplete`, with fewer items scored than there are.
    """
    if other_edition:
        return "other_edition"
    return "" if scored == items else "incomplete"


def external(reviews: QuerySet[Review]) -> dict[str, list[Point]]:
    """Return the results of those of a service's reviews that are external ones of practice and have a version, by the
    scale's code and oldest first. Self-reviews and reviews from plans are no part of it.

    `reviews` are those that whoever reads it may know of. Four queries at most however many there are.
    """
    versions = ReportVersion.objects.filter(
        review__in=reviews.filter(kind=Review.Kind.EXTERNAL, basis=Review.Basis.PRACTICE)
    )
    newest = {
        review: (key, day)
        for review, key, day in versions.order_by(*results.OLDEST_FIRST, "number").values_list(
            "review", "pk", "review__first_day"
        )
    }
    scores: dict[uuid.UUID, dict[int, list[int | None]]] = defaultdict(lambda: defaultdict(list))
    for version, scale_id, score in (
        FinalScore.objects.filter(version__in=[key for key, _day in newest.values()])
        .order_by()
        .values_list("version", "item__section__scale", "score")
    ):
        scores[version][scale_id].append(score)
    scales = _scales({scale_id for found in scores.values() for scale_id in found})
    points: dict[str, list[Point]] = defaultdict(list)
    for review, (version, day) in newest.items():
        for key, given in scores[version].items():
            scale, items = scales[key]
            # An item without a row is one that is not scored.
            lacking = [None] * (items - len(given))
            total = scoring.total([*given, *lacking], highest=scale.highest)
            points[scale.code].append(Point(review, day, scale, total, scoring.band_for(total, scale.band_ranges())))
    return dict(points)


def _scales(keys: Iterable[int]) -> dict[int, tuple[Scale, int]]:
    """The scales with their bands, and how many items each has."""
    found = Scale.objects.filter(pk__in=keys).annotate(number=Count("sections__items")).prefetch_related("bands")
    return {scale.pk: (scale, scale.number) for scale in found}

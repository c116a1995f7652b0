"""What stood beside the scores of reviews that were handed over, as the versions that count tell it.

A review that is issued again may be half changed: until its next version is there, the one before it counts.
"""

import uuid
from collections.abc import Collection

from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.fields.json import KeyTransform

from reviews import circumstances, results
from reviews.models import Context, ReportVersion, Review
from reviews.report.shape import Circumstances, Outcomes, circumstances_in, outcomes_in


def of(review: Review, told: Outcomes, around: Circumstances) -> Context:
    """Return as columns, never to be saved, what the content of a review's report has."""
    given = {**told, **around}
    names = (*circumstances.RESULTS, *circumstances.PEOPLE, *circumstances.PLACES)
    return Context(review=review, **{name: circumstances.column(name).to_python(given[name]) for name in names})


def last_before(review: Review, reviews: QuerySet[Review]) -> Context | None:
    """Return what stood beside the scores of the newest of the reviews of the same service that began earlier and told
    anything: one query.
    """
    later = ReportVersion.objects.filter(review=OuterRef("review"), number__gt=OuterRef("number"))
    earlier = reviews.filter(service=review.service_id, first_day__lt=review.first_day)
    newest = ReportVersion.objects.filter(~Exists(later), review__in=earlier).select_related("review")
    # The whole of each content is long.
    found = newest.defer("pdf", "content").annotate(
        told=KeyTransform("outcomes", "content"), around=KeyTransform("circumstances", "content")
    )
    held = (
        of(
            each.review,
            outcomes_in({"outcomes": each.told or {}}),
            circumstances_in({"circumstances": each.around or {}}),
        )
        for each in found.order_by(*results.OLDEST_FIRST).reverse()
    )
    return next((each for each in held if circumstances.told(each)), None)


def outcomes_of(versions: Collection[uuid.UUID]) -> dict[uuid.UUID, Outcomes]:
    """Return the results in numbers that each version tells: one query."""
    rows = ReportVersion.objects.filter(pk__in=versions).order_by().values_list("pk", "content__outcomes")
    return {version: outcomes_in({"outcomes": told or {}}) for version, told in rows}

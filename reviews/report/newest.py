"""What counts of reviews' reports now: the content of the newest version, or of the draft before the first."""

from collections.abc import Iterable

from reviews import results
from reviews.models import ReportVersion, Review
from reviews.report import content
from reviews.report.shape import Content, completed


def content_of(review: Review, pinned: Iterable[int] | None = None) -> Content:
    """Return what the review's report says: in its newest version, or in the draft where there is none yet.
    `pinned` are the keys of the review's scales, where they are known.

    A draft looks behind the blindness wall: never for a review that is still being scored.
    """
    version = results.newest_version(review)
    if version is None:
        return content.build(review, number=None, made_at=None, pinned=pinned)
    return completed(version.content)


def contents_of(reviews: Iterable[Review]) -> list[Content]:
    """Return the newest versions' contents in the order of `reviews`, in two queries; without a version, none."""
    keys = [review.pk for review in reviews]
    numbered = ReportVersion.objects.filter(review__in=keys).order_by("number")
    newest = dict(numbered.values_list("review_id", "pk"))
    found = dict(ReportVersion.objects.filter(pk__in=newest.values()).values_list("review_id", "content"))
    return [completed(found[key]) for key in keys if key in found]

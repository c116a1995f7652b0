"""What the report of an imported review is made from besides its own rows: the service's reviews before it, those of
the same import among them.
"""

import datetime
import uuid
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from django.db.models import QuerySet

from reviews import history, results
from reviews.exchange.held import Held
from reviews.models import ReportVersion, Review
from reviews.report.past import Last, Past
from reviews.results import ScaleResult


class _Place(NamedTuple):
    """Where a review stands among those of its service, as results.OLDEST_FIRST says."""

    day: datetime.date
    created_at: datetime.datetime
    review: uuid.UUID


def _place(review: Review) -> _Place:
    return _Place(review.first_day, review.created_at, review.pk)


def _external(services: Iterable[uuid.UUID]) -> QuerySet[Review]:
    return Review.objects.filter(service__in=list(services), kind=Review.Kind.EXTERNAL, basis=Review.Basis.PRACTICE)


class Earlier:
    """The external reviews of services, one service after the other: asked for some services at a time, and told of
    what is made since.
    """

    def __init__(self) -> None:
        """Begin with none."""
        self._service: uuid.UUID | None = None
        self._points: dict[str, list[history.Point]] = {}
        self._versions: list[tuple[_Place, ReportVersion]] = []
        self._made: dict[uuid.UUID, list[ScaleResult]] = {}
        self._held: dict[uuid.UUID, list[tuple[_Place, ReportVersion]]] = {}

    def prepare(self, reviews: Iterable[Review]) -> None:
        """Ask for what is held of the services of these reviews, those that come next: one query."""
        services = {review.service_id for review in reviews} - {self._service}
        versions = ReportVersion.objects.filter(review__in=_external(services)).select_related("review").defer("pdf")
        self._held = {service: [] for service in services}
        for version in versions.order_by(*results.OLDEST_FIRST, "number"):
            self._held[version.review.service_id].append((_place(version.review), version))

    def begin(self, review: Review) -> None:
        """Come to a review: to its service, which is prepared, where the last was of another."""
        if review.service_id == self._service:
            return
        self._service, self._made = review.service_id, {}
        self._versions = self._held.pop(review.service_id)
        self._points = history.external(_external([review.service_id])) if self._versions else {}

    def add(self, held: Held, version: ReportVersion) -> None:
        """Take in a review that has got its version: what the reports of the service's later reviews are made from."""
        review = held.review
        if not review.is_external or review.from_plans:
            return
        self._made[review.pk] = held.scales
        self._versions.append((_place(review), version))
        self._versions.sort(key=lambda each: each[0])
        for found in held.scales:
            point = history.Point(review.pk, review.first_day, found.scale, found.total, found.band)
            self._points.setdefault(found.scale.code, []).append(point)

    def before(self, review: Review) -> Past:
        """Return what report.past.of() says of a review."""
        last = {
            code: Last(version.review_id, version.review.first_day, version.content, self._results(version.review))
            for code, version in self._last(review).items()
        }
        return Past(last, self._points_before(review))

    def _points_before(self, review: Review) -> dict[str, list[history.Point]]:
        return {
            code: sorted((point for point in points if point.day < review.first_day), key=lambda point: point.day)
            for code, points in self._points.items()
        }

    def _last(self, review: Review) -> Mapping[str, ReportVersion]:
        """Return what results.last_external_versions() says of a review."""
        return {
            edition["code"]: version
            for place, version in self._versions
            if place.day < review.first_day
            for edition in version.editions
        }

    def _results(self, review: Review) -> list[ScaleResult]:
        """Return what results.newest_results() says of one of them."""
        made = self._made.get(review.pk)
        return results.newest_results(review) if made is None else made

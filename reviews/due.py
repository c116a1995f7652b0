"""When each service's next external review is due, and when the scale recommends a look before that: the one place that
lists, pages, reminders and overviews ask.
"""

import datetime
import uuid
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from reviews import dates
from reviews.models import FinalScore, ReportVersion, Review, Service
from scales import scoring
from scales.models import Scale


@dataclass(frozen=True)
class Due:
    """A service with its last external review of practice, and the day by which the next is due; both None before the
    first.

    `recommended_months` are those the scale recommends after that review's total, None without a band; `is_followed`:
    a review that the reader may know of has begun since; `is_planned`: an external one is planned or under way;
    `planned_day`: the first day of the next review, of either kind, that the reader sees planned.
    """

    service: Service
    last_review: uuid.UUID | None
    first_day: datetime.date | None
    last_day: datetime.date | None
    recommended_months: int | None = None
    is_followed: bool = False
    is_planned: bool = False
    planned_day: datetime.date | None = None

    @property
    def next_day(self) -> datetime.date | None:
        """The last visit day plus the service's interval, clamped at the end of a month."""
        return None if self.last_day is None else dates.next_due(self.last_day, self.service.interval_months)

    @property
    def hint_day(self) -> datetime.date | None:
        """The day by which the scale recommends a new look, for which a self-review will do: where that is sooner than
        the service's interval, nobody has looked, and no look is planned by then.
        """
        if self.last_day is None or self.is_followed:
            return None
        day = dates.recommended(self.last_day, self.service.interval_months, self.recommended_months)
        is_answered = day is not None and self.planned_day is not None and self.planned_day <= day
        return None if is_answered else day

    def is_overdue(self, today: datetime.date) -> bool:
        """Whether the day has passed."""
        return self.next_day is not None and self.next_day < today


def setting_a_date() -> QuerySet[Review]:
    """Return the reviews that set the date of a service's next one, the newest first: external ones of practice that
    were handed over.
    """
    has_version = Exists(ReportVersion.objects.filter(review=OuterRef("pk")))
    external = Review.objects.filter(has_version, kind=Review.Kind.EXTERNAL, basis=Review.Basis.PRACTICE)
    return external.order_by("-first_day", "-created_at", "-pk")


def of(services: QuerySet[Service], seen: QuerySet[Review] | None = None) -> list[Due]:
    """Return all of the services in their order, with their counties: four queries. No database can add months as
    dates.next_due does, and services are few.

    `seen` are the reviews the reader may see. What the scale recommends tells how the last review went, so that it is
    for those who see that; and only what the reader sees can answer it, but for external reviews that have begun, so
    that a hint that is gone tells of no self-review. Without `seen` it is what holds for everybody: all that was
    handed over, and the self-reviews that are shared.
    """
    last = setting_a_date().filter(service=OuterRef("pk"))
    found = services.select_related("county").annotate(
        last_review=Subquery(last.values("pk")[:1]),
        last_first_day=Subquery(last.values("first_day")[:1]),
        last_last_day=Subquery(last.values("last_day")[:1]),
        banded=Subquery(_banded(seen).values("pk")[:1]),
        followed=Exists(_begun_since(seen)),
        planned=Exists(_coming()),
        planned_day=Subquery(_planned_since(seen).values("first_day")[:1]),
    )
    rows = list(found)
    months = _recommended_months([each.banded for each in rows if each.banded])
    return [
        Due(
            each,
            each.last_review,
            each.last_first_day,
            each.last_last_day,
            months.get(each.banded),
            each.followed,
            each.planned,
            each.planned_day,
        )
        for each in rows
    ]


def of_service(service: Service, seen: QuerySet[Review] | None = None) -> Due:
    """Return one service's, as of() does."""
    return of(Service.objects.filter(pk=service.pk), seen)[0]


def _banded(seen: QuerySet[Review] | None) -> QuerySet[ReportVersion]:
    """Return the version that counts of the last visit, by a scale that has bands. One visit can be two reviews, each
    with a scale of its own.
    """
    known = Q() if seen is None else Q(review__in=seen.values("pk"))
    versions = ReportVersion.objects.filter(
        known,
        Exists(Scale.objects.filter(pins__review=OuterRef("review"), bands__isnull=False)),
        review__service=OuterRef("pk"),
        review__first_day=OuterRef("last_first_day"),
        review__kind=Review.Kind.EXTERNAL,
        review__basis=Review.Basis.PRACTICE,
    )
    return versions.order_by("-review__created_at", "-review", "-number")


def _begun_since(seen: QuerySet[Review] | None) -> QuerySet[Review]:
    """Return the service's reviews that have begun since the last external one, of either kind."""
    known = Q(shared_at__isnull=False) if seen is None else Q(pk__in=seen.values("pk"))
    begun = Review.objects.exclude(status__in=[Review.Status.PLANNED, Review.Status.CANCELLED])
    return begun.filter(
        Q(kind=Review.Kind.EXTERNAL) | known,
        basis=Review.Basis.PRACTICE,
        service=OuterRef("pk"),
        first_day__gt=OuterRef("last_last_day"),
    )


def _planned_since(seen: QuerySet[Review] | None) -> QuerySet[Review]:
    """Return the service's planned reviews after the last external one, of either kind, the nearest first."""
    known = Q(kind=Review.Kind.EXTERNAL) | Q(shared_at__isnull=False) if seen is None else Q(pk__in=seen.values("pk"))
    planned = Review.objects.filter(
        known,
        status=Review.Status.PLANNED,
        basis=Review.Basis.PRACTICE,
        service=OuterRef("pk"),
        first_day__gt=OuterRef("last_last_day"),
    )
    return planned.order_by("first_day")


def _coming() -> QuerySet[Review]:
    """Return the service's external reviews of practice that are planned or under way and not handed over yet."""
    return Review.objects.filter(
        ~Exists(ReportVersion.objects.filter(review=OuterRef("pk"))),
        kind=Review.Kind.EXTERNAL,
        basis=Review.Basis.PRACTICE,
        service=OuterRef("pk"),
    ).exclude(status__in=[Review.Status.FINAL, Review.Status.CANCELLED])


def _recommended_months(versions: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Return the months that the scale recommends after the total of each version that has a band: three queries."""
    scores: dict[tuple[uuid.UUID, int], list[int | None]] = defaultdict(list)
    rows = FinalScore.objects.filter(version__in=versions).order_by()
    for version, scale_id, score in rows.values_list("version", "item__section__scale", "score"):
        scores[version, scale_id].append(score)
    scales = Scale.objects.filter(pk__in={scale_id for _version, scale_id in scores}, bands__isnull=False)
    banded = {
        scale.pk: scale
        for scale in scales.annotate(number=Count("sections__items", distinct=True)).prefetch_related("bands")
    }
    found: dict[uuid.UUID, int] = {}
    for (version, scale_id), given in scores.items():
        if scale := banded.get(scale_id):
            # An item without a row is one that is not scored.
            total = scoring.total([*given, *[None] * (scale.number - len(given))], highest=scale.highest)
            if band := scoring.band_for(total, scale.band_ranges()):
                found[version] = min(band.recommended_months, found.get(version, band.recommended_months))
    return found

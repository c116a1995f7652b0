"""When each service's next external review is due, and when the scale recommends a look before that: the one place that
lists, pages, reminders and overviews ask.
"""

import datetime
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Sum

from reviews import dates
from reviews.listed import Listed, oldest_first
from reviews.models import FinalScore, ReportVersion, Review, Service
from reviews.prepared import Given, Prepared
from scales import editions, scoring
from scales.models import Band

Status = Review.Status

_AT_ONCE = 1000


@dataclass(frozen=True)
class Due:
    """A service with its last external review of practice, and the day by which the next is due; both None before the
    first.

    `months_told` are those the scale recommends after that review's total, None without a band; `is_followed`: a review
    that the reader may know of has begun since; `is_looked_at`: one that they see was handed over since; `is_planned`:
    an external one is planned or under way; `planned_day`: the first day of the next review, of either kind, that the
    reader sees planned.
    """

    service: Service
    last_review: uuid.UUID | None
    first_day: datetime.date | None
    last_day: datetime.date | None
    months_told: int | None = None
    is_followed: bool = False
    is_looked_at: bool = False
    is_planned: bool = False
    planned_day: datetime.date | None = None

    @property
    def next_day(self) -> datetime.date | None:
        """The last visit day plus the service's interval, clamped at the end of a month."""
        return None if self.last_day is None else dates.next_due(self.last_day, self.service.interval_months)

    @property
    def recommended_months(self) -> int | None:
        """The months the scale recommends, where that still counts: no review has begun since."""
        return None if self.is_followed else self.months_told

    @property
    def look_by(self) -> datetime.date | None:
        """The day by which the scale recommends a new look, whether or not somebody has looked: where that is sooner
        than the service's interval.
        """
        if self.last_day is None:
            return None
        return dates.recommended(self.last_day, self.service.interval_months, self.months_told)

    @property
    def hint_day(self) -> datetime.date | None:
        """The day of `look_by`, for which a self-review will do: where nobody has looked, and no look is planned by
        then.
        """
        day = None if self.is_followed else self.look_by
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


def coming() -> QuerySet[Review]:
    """Return the external reviews of practice that are planned or under way and were not handed over yet."""
    # Of those under way one was handed over where it is issued again alone: in these words there is an index of them.
    return Review.objects.filter(
        kind=Review.Kind.EXTERNAL, basis=Review.Basis.PRACTICE, status__in=Review.OPEN, reissue_reason=""
    )


def with_last_review(services: QuerySet[Service]) -> QuerySet[Any]:
    """Return the services with the days of the last review that set the date of the next one."""
    last = setting_a_date().filter(service=OuterRef("pk"))
    return services.annotate(
        last_first_day=Subquery(last.values("first_day")[:1]), last_last_day=Subquery(last.values("last_day")[:1])
    )


def of(services: QuerySet[Service], seen: QuerySet[Review] | None = None) -> list[Due]:
    """Return all of the services in their order, with their counties: four queries. No database can add months as
    dates.next_due does: ask for those of a page, and for many at a time by `in_turn`.

    `seen` are the reviews the reader may see. What the scale recommends tells how the last review went, so that it is
    for those who see that; and only what the reader sees can answer it, but for external reviews that have begun, so
    that a hint that is gone tells of no self-review. Without `seen` it is what holds for everybody: all that was
    handed over, and the self-reviews that are shared.
    """
    rows = list(services.select_related("county"))
    reviews = _reviews([row.pk for row in rows], seen)
    return _dues(rows, reviews)


def of_listed(service: Service, reviews: Iterable[Listed], seen: Collection[Listed]) -> Due:
    """Return one service's, as of() does, from all of its reviews and those that the reader sees: at most one query."""
    known = {each.pk for each in seen}
    rows = [
        _Row(
            service.pk,
            each.pk,
            each.is_external,
            each.status,
            each.first_day,
            each.last_day,
            each.version,
            each.pk in known,
        )
        for each in sorted(reviews, key=oldest_first, reverse=True)
        if not each.from_plans
    ]
    return _dues([service], {service.pk: rows})[0]


def in_turn(services: QuerySet[Service], seen: QuerySet[Review] | None = None) -> Iterator[Due]:
    """Give all of the services by their keys, as of() does: four queries for each thousand, and no more in memory."""
    keys = list(services.order_by("pk").values_list("pk", flat=True))
    for first in range(0, len(keys), _AT_ONCE):
        yield from of(Service.objects.filter(pk__in=keys[first : first + _AT_ONCE]).order_by("pk"), seen)


def of_service(service: Service, seen: QuerySet[Review] | None = None) -> Due:
    """Return one service's, as of() does."""
    return of(Service.objects.filter(pk=service.pk), seen)[0]


@dataclass(frozen=True)
class _Row:
    """What decides of a review of practice. `version` is the one that counts; `is_known`: the reader sees it, or where
    there is none, it is an external one or shared.
    """

    service: uuid.UUID
    review: uuid.UUID
    is_external: bool
    status: str
    first_day: datetime.date
    last_day: datetime.date
    version: uuid.UUID | None
    is_known: bool

    @property
    def sets_a_date(self) -> bool:
        """Whether the next review is due by it."""
        return self.is_external and self.version is not None


def _reviews(services: Collection[uuid.UUID], seen: QuerySet[Review] | None) -> dict[uuid.UUID, list[_Row]]:
    """Return what decides of the services' reviews, the newest first: two queries."""
    newest = ReportVersion.objects.filter(review=OuterRef("pk")).order_by("-number").values("pk")[:1]
    known = None if seen is None else set(seen.filter(service__in=services).order_by().values_list("pk", flat=True))
    found = (
        Review.objects.filter(service__in=services, basis=Review.Basis.PRACTICE)
        .annotate(version=Subquery(newest))
        .order_by("-first_day", "-created_at", "-pk")
        .values_list("service", "pk", "kind", "status", "first_day", "last_day", "version", "shared_at")
    )
    rows: dict[uuid.UUID, list[_Row]] = defaultdict(list)
    for service, review, kind, status, first_day, last_day, version, shared_at in found:
        is_external = kind == Review.Kind.EXTERNAL
        is_known = (is_external or shared_at is not None) if known is None else review in known
        rows[service].append(_Row(service, review, is_external, status, first_day, last_day, version, is_known))
    return rows


def _last_visit(reviews: Sequence[_Row]) -> list[_Row]:
    """Return the reviews that set the date, the newest first: one visit can be two, each with a scale of its own."""
    setting = [each for each in reviews if each.sets_a_date]
    return [each for each in setting if each.first_day == setting[0].first_day]


def _dues(services: Sequence[Service], reviews: Mapping[uuid.UUID, Sequence[_Row]]) -> list[Due]:
    """Return the services', each from the reviews that decide of it."""
    visits = {each.pk: _last_visit(reviews.get(each.pk, ())) for each in services}
    months = _recommended_months([each.version for visit in visits.values() for each in visit if each.is_known])
    return [_due(each, reviews.get(each.pk, ()), visits[each.pk], months) for each in services]


def _is_followed(visit: Sequence[_Row], reviews: Iterable[_Row]) -> bool:
    """Whether a review that the reader may know of has begun since the last visit."""
    not_begun = (Status.PLANNED, Status.CANCELLED)
    return any(
        each.first_day > visit[0].last_day and each.status not in not_begun and (each.is_external or each.is_known)
        for each in reviews
        if visit
    )


def _due(
    service: Service, reviews: Sequence[_Row], visit: Sequence[_Row], months: dict[uuid.UUID | None, int | None]
) -> Due:
    is_planned = any(
        each.is_external and each.version is None and each.status not in (Status.FINAL, Status.CANCELLED)
        for each in reviews
    )
    if not visit:
        return Due(service, None, None, None, is_planned=is_planned)
    last = visit[0]
    later = [each for each in reviews if each.first_day > last.last_day]
    return Due(
        service,
        last.review,
        last.first_day,
        last.last_day,
        # By the scale that has bands.
        next((months[each.version] for each in visit if each.is_known and each.version in months), None),
        _is_followed(visit, reviews),
        any(each.version is not None and each.is_known for each in later),
        is_planned,
        min((each.first_day for each in later if each.status == Status.PLANNED and each.is_known), default=None),
    )


def _sums(of: Q) -> "QuerySet[Any, tuple[Any, ...]]":
    """Ask for each version's scales with bands, with the sum of the scores and how many there are."""
    with_bands = Band.objects.order_by().values("scale")
    return (
        FinalScore.objects.filter(of, item__section__scale__in=with_bands)
        .order_by()
        .values_list("version", "item__section__scale")
        .annotate(Sum("score"), Count("score"))
    )


_sums_of_one = Prepared(lambda: _sums(Q(version=Given("version", ReportVersion._meta.get_field("id")))))


def _recommended_months(versions: Collection[uuid.UUID | None]) -> dict[uuid.UUID | None, int | None]:
    """Return the months that a scale with bands recommends after the total of each version that has such a scale, None
    where that is in no band: one query, none for no version.
    """
    if not versions:
        return {}
    if len(versions) == 1:
        sums = _sums_of_one.rows(version=next(iter(versions)))
    else:
        sums = list(_sums(Q(version__in=versions)))
    banded = {scale.pk: scale for scale in editions.in_use({row[1] for row in sums})}
    found: dict[uuid.UUID | None, int | None] = {}
    for version, scale_id, summed, scored in sums:
        scale = banded[scale_id]
        # An item without a row is one that is not scored.
        items = sum(len(section.items.all()) for section in scale.sections.all())
        total = scoring.of_sum(summed, scored=scored, items=items, highest=scale.highest)
        band = scoring.band_for(total, scale.band_ranges())
        known = found.setdefault(version, None)
        if band is not None:
            found[version] = min(band.recommended_months, known or band.recommended_months)
    return found

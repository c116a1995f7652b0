"""Which reviews speak for the services in figures of several: first those that are asked for, then each service's
latest.
"""

import datetime
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from reviews.models import Partnership, ReportVersion, Review, Service


@dataclass(frozen=True)
class Filters:
    """What is asked for; what is empty asks for nothing, and no counties for all. `organisation` is any partner of the
    service, `employer` a kind of organisation that employs its jobbspesialister, and the days those of the first visit.
    """

    counties: frozenset[int] | None = None
    organisation: uuid.UUID | None = None
    employer: str = ""
    kind: str = ""
    first: datetime.date | None = None
    last: datetime.date | None = None

    @property
    def are_plain(self) -> bool:
        """Whether counties and a kind alone are asked for, by which figures are counted ahead (see reviews.summary)."""
        return replace(self, counties=None, kind="") == Filters()


@dataclass(frozen=True)
class Chosen:
    """The review that speaks for a service, with the version that counts."""

    service: uuid.UUID
    review: uuid.UUID
    version: uuid.UUID
    kind: str
    first_day: datetime.date


def counted_reviews() -> QuerySet[Review]:
    """Return the reviews that figures of several services may be made from, whoever looks at them: external ones, and
    self-reviews that the service has shared.
    """
    return Review.objects.filter(is_counted())


def is_counted(path: str = "") -> Q:
    """Return the condition for counted_reviews(), for rows whose review stands at a path ("review__")."""
    return Q(**{f"{path}kind": Review.Kind.EXTERNAL}) | Q(**{f"{path}shared_at__isnull": False})


def services(of: QuerySet[Service], filters: Filters) -> QuerySet[Service]:
    """Return those of the services that are where and whose is asked for; kind and days ask nothing of a service."""
    if filters.counties is not None:
        of = of.filter(county__in=filters.counties)
    if filters.organisation:
        partner = Partnership.objects.filter(service=OuterRef("pk"), organisation=filters.organisation)
        of = of.filter(Exists(partner))
    if filters.employer:
        employer = Partnership.objects.filter(
            service=OuterRef("pk"), part=Partnership.Part.EMPLOYER, organisation__kind=filters.employer
        )
        of = of.filter(Exists(employer))
    return of


def matching(reviews: QuerySet[Review], filters: Filters) -> QuerySet[Review]:
    """Return those of `reviews` that were handed over, are of practice, and are asked for."""
    found = reviews.filter(
        Exists(ReportVersion.objects.filter(review=OuterRef("pk"))), basis=Review.Basis.PRACTICE
    ).exclude(status=Review.Status.CANCELLED)
    if filters.counties is not None or filters.organisation or filters.employer:
        found = found.filter(service__in=services(Service.objects.all(), filters))
    if filters.kind:
        found = found.filter(kind=filters.kind)
    if filters.first:
        found = found.filter(first_day__gte=filters.first)
    if filters.last:
        found = found.filter(first_day__lte=filters.last)
    return found


def latest(reviews: QuerySet[Review], filters: Filters) -> list[Chosen]:
    """Return the latest of the matching reviews of each service, in the order of the services' keys: one query.

    Where no kind is asked for, an external review goes before any self-review.
    """
    found: dict[uuid.UUID, Chosen] = {}
    for each in in_order(reviews, filters):
        held = found.get(each.service)
        if held is None or each.kind == held.kind or each.kind == Review.Kind.EXTERNAL:
            found[each.service] = each
    return list(found.values())


def latest_of_years(reviews: QuerySet[Review], filters: Filters) -> list[Chosen]:
    """Return the latest of the matching reviews of each service in each calendar year, in the order of the services'
    keys and then of time: one query. Where no kind is asked for, external ones alone: a line goes through one kind.
    """
    of_a_kind = replace(filters, kind=filters.kind or Review.Kind.EXTERNAL)
    found = {(each.service, each.first_day.year): each for each in in_order(reviews, of_a_kind)}
    return list(found.values())


def in_order(reviews: QuerySet[Review], filters: Filters) -> Iterator[Chosen]:
    """Give the matching reviews with their newest versions: by service, and the oldest first. One query."""
    newest = ReportVersion.objects.filter(review=OuterRef("pk")).order_by("-number").values("pk")[:1]
    rows = (
        matching(reviews, filters)
        .annotate(version=Subquery(newest))
        .order_by("service", "first_day", "created_at", "pk")
        .values_list("service", "pk", "version", "kind", "first_day")
    )
    return (Chosen(*row) for row in rows)

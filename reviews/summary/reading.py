"""Reads the figures counted ahead as one person may have them. What is marked as stale, and services of which the
person sees only some reviews, are taken out of the sums and counted from the source.
"""

import uuid
from collections.abc import Collection, Iterable
from typing import Any, Protocol

from django.db.models import Exists, IntegerField, JSONField, OuterRef, Q, QuerySet, UUIDField, Value
from django.db.models.functions import Cast

from reviews.models import CountySummary, Review, Service, ServiceSummary, StaleSummary
from reviews.summary import source
from reviews.summary.tally import Counted

BATCH = 500
"""How many services are counted from the source at a time."""


class Sight(Protocol):
    """What a person sees of reviews in figures."""

    @property
    def visible(self) -> QuerySet[Review]:
        """The reviews that they may see one by one."""

    @property
    def elsewhere(self) -> QuerySet[Service]:
        """The services outside what they advise of which they may see reviews."""

    def sees_county(self, county: int) -> bool:
        """Whether they see all that figures are made from in a county."""


def latest(sight: Sight, counties: Collection[int] | None) -> Counted:
    """Return what the latest reviews of all services add up to, or of those in some counties."""
    return _sums("latest", sight, counties)


def yearly(sight: Sight, counties: Collection[int] | None) -> Counted:
    """Return the same of the latest reviews of each calendar year."""
    return _sums("yearly", sight, counties)


def _sums(what: str, sight: Sight, counties: Collection[int] | None) -> Counted:
    """Return the sums: two queries, and three or five more where something counts from the source."""
    apart = set(sight.elsewhere.values_list("pk", flat=True))
    found = Counted()
    for county, service, numbers in _kept(what, apart):
        if service is not None:
            apart.add(service)
        if numbers is None or (counties is not None and county not in counties):
            continue
        for sums in (found.all,) if sight.sees_county(county) else (found.all, found.hidden):
            sums.add(numbers, 1 if service is None else -1)
    for some in _in_batches(apart):
        for each in _from_source(what, some, sight, counties):
            found.add(each)
    return found


def _kept(what: str, apart: Collection[uuid.UUID]) -> Iterable[tuple[int, uuid.UUID | None, Any]]:
    """Give each county's sums, and what those services add to them that are apart or stale; None for one that is stale
    and was not counted yet. One statement: between two, somebody could count a service anew.
    """
    nobody, nothing = Cast(Value(None), UUIDField()), Cast(Value(None), JSONField())
    stale = StaleSummary.objects.filter(service=OuterRef("pk"))
    counties = CountySummary.objects.order_by().values_list("county_id", nobody, what)
    services = ServiceSummary.objects.filter(Q(pk__in=apart) | Q(Exists(stale))).order_by()
    marks = StaleSummary.objects.order_by().values_list(Cast(Value(None), IntegerField()), "service_id", nothing)
    return counties.union(services.values_list("county_id", "service_id", what), marks, all=True)


def _from_source(
    what: str, services: Collection[uuid.UUID], sight: Sight, counties: Collection[int] | None
) -> Iterable[Counted]:
    spoken = source.speaking_for(services, counties)
    chosen = [each for _part, each in spoken.latest] if what == "latest" else spoken.yearly
    visible = sight.visible.filter(pk__in=[each.review for each in chosen]).order_by()
    seen = set(visible.values_list("pk", flat=True))
    return (source.latest(spoken.latest, seen) if what == "latest" else source.yearly(chosen, seen)).values()


def _in_batches(keys: Iterable[uuid.UUID]) -> Iterable[list[uuid.UUID]]:
    found = sorted(keys)
    return (found[start : start + BATCH] for start in range(0, len(found), BATCH))

"""Keeps the summaries: counts anew what the database has marked as stale, counts all anew, and proves what is kept."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from functools import partial

from django.db import connection, transaction
from django.db.models import QuerySet
from django.forms.models import model_to_dict
from django.utils.translation import gettext as _

from reviews import due
from reviews.models import County, CountySummary, Review, Service, ServiceSummary, StaleSummary
from reviews.summary import source
from reviews.summary.tally import Tally

BATCH = 500
"""How many services are counted at a time: what is held in memory at once."""

_COLUMNS = (
    *("county", "latest", "yearly", "last_review", "last_day", "next_due", "look_by", "is_looked_at"),
    *("external", "own"),
)


def settle_when_done(services: Iterable[uuid.UUID]) -> None:
    """Count these services anew once what is being written is there. Should that fail, it is logged: the marks stay,
    and the pages count from the source.
    """
    transaction.on_commit(partial(settle, list(services)), robust=True)


def settle(services: Collection[uuid.UUID] | None = None) -> int:
    """Count the services that are marked anew, all of them or those of these, and return how many there were.

    What is being written just now, and its marks, are seen once they are there: by the next who counts.
    """
    wanted = StaleSummary.objects.all() if services is None else StaleSummary.objects.filter(service__in=services)
    done = 0
    while wanted.exists():
        done += _settle_some(wanted)
    return done


@transaction.atomic
def _settle_some(wanted: QuerySet[StaleSummary]) -> int:
    # Each step sees what is there when it begins. One counts at a time, so that what is kept of a service is in its
    # county's sums when it is taken out of them. What a mark stands for is there when the mark is seen, and is counted,
    # as that comes after; a mark that comes later, whether or not what it stands for is counted, stays.
    _lock_counties()
    services = list(wanted.order_by("service_id").values_list("service_id", flat=True).distinct()[:BATCH])
    marks = list(StaleSummary.objects.filter(service__in=services).order_by("pk").values_list("pk", flat=True))
    rows = _counted(services)
    kept = ServiceSummary.objects.filter(pk__in=services)
    changes: dict[int, _Sums] = defaultdict(_Sums)
    for old in kept:
        changes[old.county_id].add(old, -1)
    for row in rows:
        changes[row.county_id].add(row)
    for county in CountySummary.objects.filter(pk__in=changes):
        change = changes[county.pk]
        if change.latest or change.yearly:
            change.add(county)
            county.latest, county.yearly = change.latest, change.yearly
            county.save(update_fields=["latest", "yearly"])
    kept.exclude(pk__in=[row.pk for row in rows]).delete()
    ServiceSummary.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["service"], update_fields=list(_COLUMNS)
    )
    for start in range(0, len(marks), BATCH):
        StaleSummary.objects.filter(pk__in=marks[start : start + BATCH]).delete()
    return len(services)


class _Sums:
    """What several summaries add up to."""

    def __init__(self) -> None:
        self.latest, self.yearly = Tally(), Tally()

    def add(self, row: ServiceSummary | CountySummary, times: int = 1) -> None:
        self.latest.add(row.latest, times)
        self.yearly.add(row.yearly, times)


def _lock_counties() -> None:
    """Make whoever else changes the counties' sums wait, from before they are read."""
    counties = [CountySummary(county_id=key) for key in County.objects.order_by("pk").values_list("pk", flat=True)]
    CountySummary.objects.bulk_create(counties, ignore_conflicts=True)
    list(CountySummary.objects.select_for_update().order_by("pk").values_list("pk", flat=True))


def _counted(services: Collection[uuid.UUID]) -> list[ServiceSummary]:
    """Return what the summaries of the services have to be, from the source."""
    spoken = source.speaking_for(services)
    latest, yearly = source.latest(spoken.latest), source.yearly(spoken.yearly)
    versions = {(each.service, each.kind): each.version for _part, each in spoken.latest}
    return [
        ServiceSummary(
            service=each.service,
            county_id=each.service.county_id,
            latest=latest[each.service.pk].all,
            yearly=yearly[each.service.pk].all,
            last_review_id=each.last_review,
            last_day=each.last_day,
            next_due=each.next_day,
            look_by=each.look_by,
            is_looked_at=each.is_looked_at,
            external_id=versions.get((each.service.pk, Review.Kind.EXTERNAL)),
            own_id=versions.get((each.service.pk, Review.Kind.SELF)),
        )
        for each in due.of(Service.objects.filter(pk__in=services).order_by("pk"))
    ]


def rebuild() -> int:
    """Count all services anew, whatever is kept, and return how many there are. Meanwhile the pages count what is not
    done yet from the source, and nobody who writes waits: they add marks, and change nothing of what is changed here.
    """
    with transaction.atomic():
        _lock_counties()
        ServiceSummary.objects.all().delete()
        CountySummary.objects.update(latest={}, yearly={})
        marks = (StaleSummary(service_id=key) for key in Service.objects.order_by("pk").values_list("pk", flat=True))
        StaleSummary.objects.bulk_create(marks, batch_size=BATCH)
    return settle()


def faults() -> Iterator[str]:
    """Give in words what is kept and is not what the source says: each service that is not marked, and the sums of each
    county. Nothing where all is right.
    """
    by_itself = not connection.in_atomic_block
    with transaction.atomic():
        if by_itself and connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        sums: dict[int, _Sums] = defaultdict(_Sums)
        stale = set(StaleSummary.objects.values_list("service", flat=True))
        services = list(Service.objects.order_by("pk").values_list("pk", "name"))
        for start in range(0, len(services), BATCH):
            some = dict(services[start : start + BATCH])
            kept = {row.pk: row for row in ServiceSummary.objects.filter(pk__in=some)}
            for row in kept.values():
                sums[row.county_id].add(row)
            for right in _counted([key for key in some if key not in stale]):
                yield from _wrong(some[right.pk], kept.get(right.pk), right)
        counties = {row.pk: row for row in CountySummary.objects.all()}
        for county in County.objects.all():
            held, right_sums = counties.get(county.pk, CountySummary()), sums[county.pk]
            if (held.latest, held.yearly) != (right_sums.latest, right_sums.yearly):
                yield _("%(county)s: the sums are not those of its services.") % {"county": county.name}


def _wrong(name: str, kept: ServiceSummary | None, right: ServiceSummary) -> Iterator[str]:
    words = {"service": name, "key": right.pk}
    if kept is None:
        yield _("%(service)s (%(key)s): is not counted, and not marked.") % words
        return
    held, wanted = (model_to_dict(row, _COLUMNS) for row in (kept, right))
    differing = [name for name in _COLUMNS if held[name] != wanted[name]]
    if differing:
        yield _("%(service)s (%(key)s): is not what the source says: %(columns)s.") % {
            **words,
            "columns": ", ".join(differing),
        }

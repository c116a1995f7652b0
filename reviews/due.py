"""When each service's next external review is due: the one place that lists, pages, reminders and overviews ask."""

import datetime
import uuid
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from reviews import dates
from reviews.models import ReportVersion, Review, Service


@dataclass(frozen=True)
class Due:
    """A service with its last external review of practice, and the day by which the next is due; both None before the
    first.
    """

    service: Service
    last_review: uuid.UUID | None
    first_day: datetime.date | None
    last_day: datetime.date | None

    @property
    def next_day(self) -> datetime.date | None:
        """The last visit day plus the service's interval, clamped at the end of a month."""
        return None if self.last_day is None else dates.next_due(self.last_day, self.service.interval_months)

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


def of(services: QuerySet[Service]) -> list[Due]:
    """Return all of the services in their order, with their counties: one query. No database can add months as
    dates.next_due does, and services are few.
    """
    last = setting_a_date().filter(service=OuterRef("pk"))
    found = services.select_related("county").annotate(
        last_review=Subquery(last.values("pk")[:1]),
        last_first_day=Subquery(last.values("first_day")[:1]),
        last_last_day=Subquery(last.values("last_day")[:1]),
    )
    return [Due(each, each.last_review, each.last_first_day, each.last_last_day) for each in found]


def of_service(service: Service) -> Due:
    """Return one service's."""
    return of(Service.objects.filter(pk=service.pk))[0]

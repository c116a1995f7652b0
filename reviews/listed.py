"""The reviews of one service as its page lists them: plain rows, since models of all of them took longer to make than
the page has to tell of them.
"""

import datetime
import uuid
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from reviews.models import Correction, FactCheckRespondent, ReportVersion, Review, Seat, Service, User
from reviews.prepared import Given, Prepared
from reviews.report.outline import Outline, outlined
from reviews.report.shape import Content

Kind, Basis, Status = Review.Kind, Review.Basis, Review.Status


@dataclass(frozen=True)
class Listed:
    """A review of a service, with the key of the version that counts and the outline of its content, both None where
    nothing was handed over.

    `is_seated` and `is_asked`: the reader has a seat in it, or was asked in the fact check. `any_wrong`: a review of
    the service holds anything in another to be wrong.
    """

    pk: uuid.UUID
    kind: str
    basis: str
    status: str
    first_day: datetime.date
    last_day: datetime.date
    created_at: datetime.datetime
    shared_at: datetime.datetime | None
    cancel_reason: str
    is_seated: bool
    is_asked: bool
    any_wrong: bool
    version: uuid.UUID | None
    content: Content | None

    @property
    def is_external(self) -> bool:
        """Whether outsiders review."""
        return self.kind == Kind.EXTERNAL

    @property
    def is_self(self) -> bool:
        """Whether the service reviews itself."""
        return self.kind == Kind.SELF

    @property
    def from_plans(self) -> bool:
        """Whether a service that has not started is reviewed from its plans."""
        return self.basis == Basis.PLANS

    @property
    def is_open(self) -> bool:
        """Whether work on it goes on."""
        return self.status in Review.OPEN


def _reviews() -> "QuerySet[Any, tuple[Any, ...]]":
    service = Given("service", Service._meta.get_field("id"))
    of_review: dict[str, Any] = {"review": OuterRef("pk"), "user": Given("user", User._meta.get_field("id"))}
    newest = ReportVersion.objects.filter(review=OuterRef("pk")).order_by("-number")
    wrong = Correction.objects.filter(review__service=service, review__status=Status.FINAL)
    return (
        Review.objects.filter(service=service)
        .order_by("-first_day", "kind", "pk")
        .values_list(
            *("pk", "kind", "basis", "status", "first_day", "last_day", "created_at", "shared_at", "cancel_reason"),
            Exists(Seat.objects.filter(**of_review, removed_at=None)),
            Exists(FactCheckRespondent.objects.filter(**of_review)),
            Exists(wrong),
            Subquery(newest.values("pk")[:1]),
            Subquery(newest.values(outline=Outline("content"))[:1]),
        )
    )


_asked = Prepared(_reviews)


def of_service(service: uuid.UUID, user: uuid.UUID) -> list[Listed]:
    """Return all reviews of a service, the newest first, also those that the reader does not see
    (reviews.access.reviews_of): one query.
    """
    return [
        Listed(*(*row, None if outline is None else outlined(outline)))
        for *row, outline in _asked.rows(service=service, user=user)
    ]


def oldest_first(row: Listed) -> tuple[Any, ...]:
    """Sort reviews as results.OLDEST_FIRST says."""
    return row.first_day, row.created_at, row.pk

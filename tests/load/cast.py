"""Those who take part in a review week, and what they find there: made in the empty database of a run."""

import datetime
from collections.abc import Iterator
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core.management import call_command
from django.utils import timezone

from reviews.models import Review, Seat, Service, User
from scales.models import Scale
from tests.factories import (
    FIRST_DAY,
    PASSWORD,
    ReviewFactory,
    RoleFactory,
    ServiceFactory,
    final_review,
    scored_review,
)

PDF = b"%PDF-1.7 stands in for a report" + bytes(200 * 1024)
"""As many bytes as a report has."""

Told = dict[str, Any]
"""What somebody knows who takes part: JSON."""


def make(scoring: int, reading: int, drafting: int, years: int) -> dict[str, list[Told]]:
    """Make all of them, by what they do, in a database that has its tables and nothing else."""
    call_command("loaddata", "ips_25", "goi_12", verbosity=0)
    people = _people(scoring + reading + drafting)
    return {
        "scoring": list(_scoring([next(people) for _number in range(scoring)])),
        "reading": list(_reading([next(people) for _number in range(reading)], years)),
        "drafting": list(_drafting([next(people) for _number in range(drafting)])),
    }


def _people(count: int) -> Iterator[User]:
    # Making one password takes as long as logging in with it.
    password = make_password(PASSWORD)
    made = [User(email=f"person{n}@load.example", name=f"Person {n}", password=password) for n in range(count)]
    return iter(User.objects.bulk_create(made))


def _told(user: User, **more: Any) -> Told:
    return {"email": user.email, "password": PASSWORD, "pk": str(user.pk), **more}


def _scoring(people: list[User]) -> Iterator[Told]:
    """Give each two of them a review of their own, just begun."""
    scales = list(Scale.objects.newest())
    items = [
        [scale.code, item.code] for scale in scales for section in scale.sections.all() for item in section.items.all()
    ]
    for first in range(0, len(people), 2):
        review = ReviewFactory.create(status=Review.Status.SCORING)
        for number, user in enumerate(people[first : first + 2], start=1):
            seat = Seat.objects.create(review=review, user=user, number=number, is_lead=number == 1)
            yield _told(user, review=str(review.pk), seat=seat.pk, items=items)


def _reading(people: list[User], years: int) -> Iterator[Told]:
    """Give three at a time a service with its years: its metodeveileder, its leder and an adviser of its county."""
    service: Service | None = None
    versions: list[str] = []
    for place, user in enumerate(people):
        part = place % 3
        if part == 0 or service is None:
            service = ServiceFactory.create()
            versions = [f"/reviews/{review.pk}/versions/1" for review in _years(service, years)]
        if part == 2:
            RoleFactory.create(user=user, adviser=True, county=service.county)
        else:
            RoleFactory.create(user=user, service=service, manager=part == 1)
        pages = ["/", f"/services/{service.pk}/", f"/services/{service.pk}/development/"]
        pages += [f"/services/{service.pk}/plan/", f"{versions[-1]}/"]
        if part == 2:
            pages += ["/overview/", "/overview/scores/", "/calendar/", "/services/"]
        yield _told(user, pages=pages, pdf=f"{versions[-1]}.pdf")


def _years(service: Service, years: int) -> Iterator[Review]:
    for back in reversed(range(years)):
        day = FIRST_DAY - datetime.timedelta(days=365 * back)
        yield final_review(service=service, first_day=day, pdf=PDF, evaluators=1)


def _drafting(people: list[User]) -> Iterator[Told]:
    """Give each a review in consensus, of which they look at the draft."""
    for user in people:
        review = scored_review(Review.Status.CONSENSUS, evaluators=[user], first_day=timezone.localdate())
        yield _told(user, draft=f"/reviews/{review.pk}/report.pdf")

"""Who could review a service: people who have reviewed or lead or advise elsewhere, with what ties them to it and how
much they do already. A proposal and no more: anybody with an account can be chosen.
"""

import datetime
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Prefetch, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from reviews import ties
from reviews.models import ReportVersion, Review, Role, Seat, Service, User
from reviews.ties import Tie

LATELY = datetime.timedelta(days=365)
"""How long a review that is done counts as load."""


@dataclass(frozen=True)
class Candidate:
    """Somebody who could review a service: what ties them to it, in how many external reviews under way they have a
    seat, in how many done in the last year they had one, and the county they work in where it is known.
    """

    person: User
    ties: tuple[Tie, ...]
    under_way: int
    lately: int
    county: str = ""

    @property
    def order(self) -> tuple[int, int, str, str]:
        """What candidates are sorted by: fewest ties, then least load, then name."""
        return len(self.ties), self.under_way + self.lately, self.person.name, self.key

    @property
    def key(self) -> str:
        """The person's key, as a form sends it."""
        return str(self.person.pk)

    @property
    def where(self) -> list[str]:
        """Where the person works, as far as it is known."""
        workplace = self.person.workplace.name if self.person.workplace else ""
        return [each for each in (workplace, self.county) if each]

    @property
    def told(self) -> list[str]:
        """What ties the person to the service, in the language that is active."""
        return [ties.said(tie.kind, self.person.name, tie.organisation, tie.service, tie.year) for tie in self.ties]


def of(service: Service, day: datetime.date) -> list[Candidate]:
    """Return who could review a service on a day, in their order: five queries.

    They have had a seat as evaluator in an external review, or are today metodeveileder of another service or adviser.
    Load is counted from external reviews alone: of a self-review only its service is told.
    """
    people = list(_people(service))
    found: dict[object, list[Tie]] = {person.pk: [] for person in people}
    for tie in ties.of_people(service.pk, people, day):
        found[tie.person.pk].append(tie)
    candidates = (
        Candidate(
            person,
            tuple(found[person.pk]),
            person.under_way,  # type: ignore[attr-defined]  # annotated
            person.lately,  # type: ignore[attr-defined]  # likewise
            _county(person),
        )
        for person in people
    )
    return sorted(candidates, key=lambda each: each.order)


def _people(service: Service) -> QuerySet[User]:
    today = timezone.localdate()
    sat = Seat.objects.filter(
        user=OuterRef("pk"), kind=Seat.Kind.EVALUATOR, removed_at=None, review__kind=Review.Kind.EXTERNAL
    ).exclude(review__status=Review.Status.CANCELLED)
    handed_over = Exists(ReportVersion.objects.filter(review=OuterRef("review")))
    roles = Role.objects.current().filter(user=OuterRef("pk"))
    elsewhere = roles.filter(kind=Role.Kind.METHOD_SUPERVISOR).exclude(service=service)
    return (
        User.objects.filter(
            Exists(sat) | Exists(elsewhere) | Exists(roles.filter(kind=Role.Kind.ADVISER)),
            is_active=True,
            is_staff=False,
        )
        .annotate(
            under_way=_number(sat.filter(~handed_over)),
            lately=_number(sat.filter(handed_over, review__first_day__gt=today - LATELY, review__first_day__lte=today)),
        )
        .select_related("workplace__county")
        .prefetch_related(
            Prefetch("roles", Role.objects.current().select_related("service__county", "county"), to_attr="held")
        )
        .order_by("name", "pk")
    )


def _county(person: User) -> str:
    """Return where a person works: the county of their workplace, or else of what they lead, manage or advise."""
    if person.workplace and person.workplace.county:
        return person.workplace.county.name
    roles: list[Role] = person.held  # type: ignore[attr-defined]  # prefetched
    counties = (role.service.county if role.service else role.county for role in roles)
    return next((county.name for county in counties if county), "")


def _number(seats: QuerySet[Seat]) -> Coalesce:
    """Return how many reviews the seats of each person are in."""
    counted = seats.order_by().values("user").annotate(number=Count("review", distinct=True)).values("number")
    return Coalesce(Subquery(counted), 0)

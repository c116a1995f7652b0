"""What ties people to a service that they review, or could review: pointed out to those who plan and review, and stated
in the report.

Nothing is forbidden. In a small field the one who knows the method best often sits next door; the reader shall know.
"""

import datetime
import enum
import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext

from reviews.dates import add_months
from reviews.models import Organisation, Review, Role, Seat, User

RECIPROCAL_YEARS = 3
"""How long a review of the other service ties the two: that many years back from this review's first visit day."""

_LEADING = (Role.Kind.METHOD_SUPERVISOR, Role.Kind.MANAGER)
"""The roles in a service that tie people to it."""


class TieKind(enum.StrEnum):
    """What ties an evaluator to the service."""

    ROLE = "role"
    """The evaluator is its metodeveileder or its leder."""
    OFFICE = "office"
    """The evaluator works at one of its partners, or at the organisation of one of its teams."""
    LINE_MANAGER = "line_manager"
    """The evaluator's line manager is its metodeveileder or leder, or is the line manager of its metodeveileder too."""
    RECIPROCAL = "reciprocal"
    """The evaluator leads or manages another service, which somebody with a role in this one has reviewed."""


@dataclass(frozen=True)
class Tie:
    """One tie of a person to the service, with what says it: the organisation, or the other service and the year."""

    person: User
    kind: str
    organisation: str = ""
    service: str = ""
    year: int | None = None


def ties(review: Review, seats: Iterable[Seat] | None = None) -> list[Tie]:
    """Return what ties the review's counting evaluators to the service, in the order of their seats: at most three
    queries, two where the review's `seats` are fetched already, with their users. A self-review has none.

    Roles count as they stand on the first visit day, so that a report issued again later says the same. Nothing is
    known of an evaluator without an account.
    """
    if review.is_self:
        return []
    fetched = review.seats.select_related("user").order_by("number") if seats is None else seats
    counting = [seat.user for seat in fetched if seat.kind == Seat.Kind.EVALUATOR and seat.removed_at is None]
    return of_people(review.service_id, [person for person in counting if person], review.first_day)


def of_people(service: uuid.UUID, people: Iterable[User], day: datetime.date) -> list[Tie]:
    """Return what ties people to a service that they review on a day, in their order: two queries.

    Roles count as they stand that day, and reviews in return that had their first day then or earlier.
    """
    asked = list(people)
    roles = (
        Role.objects.current(day)
        .filter(kind__in=_LEADING)
        .filter(Q(service=service) | Q(user__in=[person.pk for person in asked]))
        .annotate(visited=_last_visit(service, day))
        .select_related("user", "service")
    )
    of_service = [role for role in roles if role.service_id == service]
    elsewhere: dict[uuid.UUID, dict[uuid.UUID, tuple[str, int]]] = defaultdict(dict)
    for role in roles:
        visited: datetime.date | None = vars(role)["visited"]
        if role.service and visited is not None and add_months(visited, 12 * RECIPROCAL_YEARS) >= day:
            elsewhere[role.user_id][role.service.pk] = (role.service.name, visited.year)
    offices = _offices(service, asked)
    found = []
    for person in asked:
        if any(role.user_id == person.pk for role in of_service):
            found.append(Tie(person, TieKind.ROLE))
        if person.workplace_id in offices:
            found.append(Tie(person, TieKind.OFFICE, organisation=offices[person.workplace_id].name))
        if _same_line(person, of_service):
            found.append(Tie(person, TieKind.LINE_MANAGER))
        for other in sorted(elsewhere[person.pk], key=lambda key: (elsewhere[person.pk][key][0], str(key))):
            name, year = elsewhere[person.pk][other]
            found.append(Tie(person, TieKind.RECIPROCAL, service=name, year=year))
    return found


def said(kind: str, name: str, organisation: str = "", service: str = "", year: int | None = None) -> str:
    """Say a tie of the evaluator called `name` in the language that is active: page and report use the same words.

    Raises ValueError for a kind that does not exist.
    """
    parts = {"name": name, "organisation": organisation, "service": service, "year": year}
    match TieKind(kind):
        case TieKind.ROLE:
            return gettext("%(name)s is method supervisor or manager of the service.") % parts
        case TieKind.OFFICE:
            return gettext("%(name)s works at %(organisation)s, which takes part in the service.") % parts
        case TieKind.LINE_MANAGER:
            return gettext("%(name)s has the same line manager as the service.") % parts
        case TieKind.RECIPROCAL:
            return gettext("%(name)s leads %(service)s, which somebody from this service reviewed in %(year)s.") % parts


def _offices(service: uuid.UUID, people: Iterable[User]) -> dict[uuid.UUID | None, Organisation]:
    """Return the people's workplaces that are partners of the service or hold one of its teams."""
    workplaces = {person.workplace_id for person in people if person.workplace_id}
    part = Q(partnerships__service=service) | Q(teams__service=service)
    return {each.pk: each for each in Organisation.objects.filter(part, pk__in=workplaces).distinct()}


def _same_line(person: User, of_service: Iterable[Role]) -> bool:
    if person.line_manager_id is None:
        return False
    others = [role for role in of_service if role.user_id != person.pk]
    return any(
        person.line_manager_id == role.user_id
        or (role.kind == Role.Kind.METHOD_SUPERVISOR and person.line_manager_id == role.user.line_manager_id)
        for role in others
    )


def _last_visit(service: uuid.UUID, day: datetime.date) -> Subquery:
    """Return, for roles in other services, the first day of the last review of that service in which somebody sat who
    has a role in this one.
    """
    reviewers = Role.objects.current(day).filter(kind__in=_LEADING, service=service).order_by()
    sat = Seat.objects.filter(
        ~Q(review__service=service),
        kind=Seat.Kind.EVALUATOR,
        removed_at=None,
        user__in=reviewers.values("user"),
        review__service=OuterRef("service"),
        review__kind=Review.Kind.EXTERNAL,
        review__first_day__lte=day,
    ).exclude(review__status=Review.Status.CANCELLED)
    return Subquery(sat.order_by("-review__first_day").values("review__first_day")[:1])

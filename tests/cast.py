"""The people that tests of access share: everybody who has to do with one review, and those who nearly have."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

from reviews import workflow
from reviews.models import Review, Seat, Service, User
from tests.factories import (
    FIRST_DAY,
    InformantFactory,
    InterviewFactory,
    NoteFactory,
    RespondentFactory,
    RoleFactory,
    SeatFactory,
    ServiceFactory,
    UserFactory,
    county,
    final_review,
    issue,
    scored_review,
)
from tests.kept import once

PDF = b"%PDF-1.7 stands in for a report"


@dataclass(frozen=True)
class Cast:
    """One review of one service, last year's, another service, and people by what they are to the review."""

    service: Service
    review: Review
    other_service: Service
    last_year: Review

    evaluator: User
    """The hovedevaluator."""
    evaluator_two: User
    observer: User
    removed_evaluator: User
    last_years_evaluator: User
    method_supervisor: User
    other_method_supervisor: User
    """Of another service."""
    ended_method_supervisor: User
    manager: User
    ended_manager: User
    adviser: User
    other_adviser: User
    """Of another county."""
    national_adviser: User
    respondent: User
    """Asked to check the facts, without a role."""
    administrator: User
    outsider: User

    def people(self) -> dict[str, User]:
        """Return the people by what they are to the review."""
        found = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in found.items() if isinstance(value, User)}

    def seat(self, name: str = "evaluator") -> Seat:
        """Return the seat of somebody in the review."""
        return self.review.seats.get(user=getattr(self, name))


def _person(name: str, **columns: bool) -> User:
    user: User = UserFactory.create(email=f"{name}@example.org", name=name.replace("_", " ").capitalize(), **columns)
    return user


def cast_for(status: str, *, kind: str = Review.Kind.EXTERNAL, basis: str = Review.Basis.PRACTICE) -> Cast:
    """Return the cast with its review in a state, scored as far as that goes; last year's review is final."""
    keys = once(("cast", status, kind, basis), lambda: _keys(_make(status, kind, basis)))
    reviews = Review.objects.in_bulk(keys.values())
    services = Service.objects.in_bulk(keys.values())
    for review in reviews.values():
        review.service = services[review.service_id]
    there: dict[Any, Any] = {**User.objects.in_bulk(keys.values()), **services, **reviews}
    return Cast(**{name: there[key] for name, key in keys.items()})


def _keys(cast: Cast) -> dict[str, Any]:
    """Return the keys of all that a cast names."""
    return {field.name: getattr(cast, field.name).pk for field in fields(cast)}


def _make(status: str, kind: str, basis: str) -> Cast:
    service: Service = ServiceFactory.create(name="IPS Bjørgvin")
    other_service: Service = ServiceFactory.create(name="IPS Sunnfjord")
    names = [field.name for field in fields(Cast) if field.type is User and field.name != "administrator"]
    people = {name: _person(name) for name in names}
    people["administrator"] = _person("administrator", is_staff=True, is_superuser=True)

    RoleFactory.create(user=people["method_supervisor"], service=service)
    RoleFactory.create(user=people["other_method_supervisor"], service=other_service)
    RoleFactory.create(user=people["ended_method_supervisor"], service=service, ended=True)
    RoleFactory.create(user=people["manager"], service=service, manager=True)
    RoleFactory.create(user=people["ended_manager"], service=service, manager=True, ended=True)
    RoleFactory.create(user=people["adviser"], adviser=True)
    RoleFactory.create(user=people["other_adviser"], adviser=True, county=county("Troms"))
    RoleFactory.create(user=people["national_adviser"], whole_country=True)

    last_year = final_review(
        service=service,
        evaluators=[people["last_years_evaluator"]],
        first_day=FIRST_DAY.replace(year=FIRST_DAY.year - 1),
    )
    is_external = kind == Review.Kind.EXTERNAL
    review = scored_review(
        Review.Status.CONSENSUS if status == Review.Status.FINAL else status,
        service=service,
        kind=kind,
        basis=basis,
        evaluators=[people["evaluator"], people["evaluator_two"]] if is_external else [people["evaluator"]],
    )
    SeatFactory.create(review=review, user=people["observer"], observer=True)
    SeatFactory.create(review=review, user=people["removed_evaluator"], removed=True)
    InformantFactory.create(review=review)
    NoteFactory.create(review=review, author=people["evaluator"])
    InterviewFactory.create(review=review, made_by=people["evaluator"])
    if (is_external and review.fact_check_at) or status == Review.Status.FINAL:
        RespondentFactory.create(review=review, user=people["method_supervisor"])
        RespondentFactory.create(review=review, user=people["respondent"])
    if status == Review.Status.FINAL:
        issue(review, pdf=PDF)
    return Cast(service=service, review=review, other_service=other_service, last_year=last_year, **people)


def reissued() -> Cast:
    """Make the cast around a final review that is open again to mend a mistake."""
    cast = cast_for(Review.Status.FINAL)
    cast.review.refresh_from_db()
    workflow.reissue(cast.review, cast.evaluator, "Feil i sammendraget.")
    cast.review.refresh_from_db()
    return cast


def shared() -> Cast:
    """Make the cast around a self-review that the service shows to others."""
    cast = cast_for(Review.Status.FINAL, kind=Review.Kind.SELF)
    workflow.share(cast.review, cast.evaluator)
    cast.review.refresh_from_db()
    return cast


STATES: dict[str, Callable[[], Cast]] = {
    "planned": lambda: cast_for("planned"),
    "scoring": lambda: cast_for("scoring"),
    "consensus": lambda: cast_for("consensus"),
    "fact_check": lambda: cast_for("fact_check"),
    "final": lambda: cast_for("final"),
    "reissue": reissued,
    "cancelled": lambda: cast_for("cancelled"),
    "self scoring": lambda: cast_for("scoring", kind="self"),
    "self final": lambda: cast_for("final", kind="self"),
    "self shared": shared,
}
"""Makes the cast around a review in each state in which somebody may do something else."""

"""What ties evaluators to the service they review, each kind with what nearly is one."""

import datetime
from typing import Any

import pytest
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from reviews.models import Organisation, Partnership, Review, Role, Seat, Service, User
from reviews.ties import TieKind, of_people, said, ties
from tests.factories import (
    FIRST_DAY,
    InvitationFactory,
    OrganisationFactory,
    PartnershipFactory,
    ReviewFactory,
    RoleFactory,
    SeatFactory,
    ServiceFactory,
    TeamFactory,
    UserFactory,
)


@pytest.fixture
def service(db: None) -> Service:
    """The service that is reviewed, with a metodeveileder."""
    service: Service = ServiceFactory.create(name="IPS Bjørgvin")
    RoleFactory.create(service=service, user__name="Mette Metode")
    return service


@pytest.fixture
def review(service: Service) -> Review:
    """An external review of it, with two evaluators."""
    review: Review = ReviewFactory.create(service=service)
    SeatFactory.create(review=review, user__name="Eva Én")
    SeatFactory.create(review=review, user__name="Ove To")
    return review


@pytest.fixture
def evaluator(review: Review) -> User:
    """The hovedevaluator."""
    return _user(review.seats.get(number=1))


@pytest.fixture
def method_supervisor(service: Service) -> User:
    """The service's metodeveileder."""
    return service.roles.get().user


def _user(seat: Seat) -> User:
    assert seat.user is not None
    return seat.user


def found(review: Review) -> list[tuple[int, str, str, str, int | None]]:
    """Return the ties as plain values, by the seats' numbers."""
    numbers = {seat.user_id: seat.number for seat in review.seats.all()}
    return [(numbers[tie.person.pk], tie.kind, tie.organisation, tie.service, tie.year) for tie in ties(review)]


def works_at(user: User, organisation: Organisation) -> None:
    user.workplace = organisation
    user.save()


def managed_by(user: User, manager: User) -> None:
    user.line_manager = manager
    user.save()


def test_evaluators_from_elsewhere_have_no_ties(review: Review, evaluator: User) -> None:
    works_at(evaluator, OrganisationFactory.create())
    managed_by(evaluator, UserFactory.create())
    RoleFactory.create(user=evaluator)
    assert found(review) == []


# The service's own


@pytest.mark.parametrize("kind", [Role.Kind.METHOD_SUPERVISOR, Role.Kind.MANAGER])
def test_one_who_leads_or_manages_the_service_is_tied(review: Review, evaluator: User, kind: str) -> None:
    RoleFactory.create(user=evaluator, service=review.service, kind=kind)
    assert found(review) == [(1, TieKind.ROLE, "", "", None)]


def test_a_role_that_has_ended_or_lies_elsewhere_ties_nobody(review: Review, evaluator: User) -> None:
    RoleFactory.create(user=evaluator, service=review.service, ended=True)
    RoleFactory.create(user=evaluator, service=ServiceFactory.create())
    RoleFactory.create(user=evaluator, adviser=True)
    assert found(review) == []


def test_roles_count_as_they_stand_on_the_first_visit_day(review: Review, evaluator: User) -> None:
    role = RoleFactory.create(user=evaluator, service=review.service, end=review.first_day)
    assert [tie.kind for tie in ties(review)] == [TieKind.ROLE]
    role.end = review.first_day - datetime.timedelta(days=1)
    role.save()
    RoleFactory.create(user=evaluator, service=review.service, start=review.first_day + datetime.timedelta(days=1))
    assert found(review) == []


# The same office


def test_one_who_works_at_a_partner_is_tied(review: Review, evaluator: User) -> None:
    partner = OrganisationFactory.create(name="Nav Bergen")
    for part in Partnership.Part.values:
        PartnershipFactory.create(service=review.service, organisation=partner, part=part)
    works_at(evaluator, partner)
    assert found(review) == [(1, TieKind.OFFICE, "Nav Bergen", "", None)]


def test_one_who_works_where_a_team_belongs_is_tied(review: Review) -> None:
    team = TeamFactory.create(service=review.service, organisation__name="Kronstad DPS")
    works_at(_user(review.seats.get(number=2)), team.organisation)
    assert found(review) == [(2, TieKind.OFFICE, "Kronstad DPS", "", None)]


def test_a_partner_of_another_service_ties_nobody(review: Review, evaluator: User) -> None:
    PartnershipFactory.create(service=review.service)
    elsewhere = PartnershipFactory.create()
    TeamFactory.create(organisation=elsewhere.organisation)
    works_at(evaluator, elsewhere.organisation)
    assert found(review) == []


# The same line manager


@pytest.mark.parametrize("kind", [Role.Kind.METHOD_SUPERVISOR, Role.Kind.MANAGER])
def test_one_whose_line_manager_leads_or_manages_the_service_is_tied(
    review: Review, evaluator: User, kind: str
) -> None:
    managed_by(evaluator, RoleFactory.create(service=review.service, kind=kind).user)
    assert found(review) == [(1, TieKind.LINE_MANAGER, "", "", None)]


def test_one_with_the_line_manager_of_the_method_supervisor_is_tied(
    review: Review, evaluator: User, method_supervisor: User
) -> None:
    manager = UserFactory.create()
    managed_by(method_supervisor, manager)
    managed_by(evaluator, manager)
    assert found(review) == [(1, TieKind.LINE_MANAGER, "", "", None)]


def test_the_line_manager_of_others_ties_nobody(review: Review, evaluator: User, method_supervisor: User) -> None:
    managed_by(method_supervisor, UserFactory.create())
    manager = UserFactory.create()
    managed_by(evaluator, manager)
    # The line manager of a leder, of one who was metodeveileder, and of another service's.
    for columns in ({"kind": Role.Kind.MANAGER}, {"ended": True}, {"service": ServiceFactory.create()}):
        managed_by(RoleFactory.create(**{"service": review.service, **columns}).user, manager)
    assert found(review) == []


def test_nobody_shares_a_line_manager_with_themselves(review: Review, evaluator: User) -> None:
    RoleFactory.create(user=evaluator, service=review.service)
    managed_by(evaluator, UserFactory.create())
    assert [tie.kind for tie in ties(review)] == [TieKind.ROLE]


# Reviews in return


def leads(user: User, **columns: Any) -> Service:
    """Make somebody metodeveileder of another service, and return it."""
    service = RoleFactory.create(user=user, **columns).service
    assert service is not None
    return service


def visit(service: Service, visitor: User, first_day: datetime.date, *, observer: bool = False, **columns: Any) -> Seat:
    """Make a review of another service with somebody in a seat beside its lead."""
    made = ReviewFactory.create(service=service, first_day=first_day, **{"status": Review.Status.CONSENSUS, **columns})
    SeatFactory.create(review=made)
    seat: Seat = SeatFactory.create(review=made, user=visitor, observer=observer)
    return seat


def years_before(years: int, days: int = 0) -> datetime.date:
    return FIRST_DAY.replace(year=FIRST_DAY.year - years) - datetime.timedelta(days=days)


def test_one_whose_own_service_was_reviewed_from_here_is_tied(
    review: Review, evaluator: User, method_supervisor: User
) -> None:
    own = leads(evaluator, service__name="IPS Sunnfjord", manager=True)
    RoleFactory.create(user=evaluator, service=own)
    visit(own, method_supervisor, years_before(3))
    assert found(review) == [(1, TieKind.RECIPROCAL, "", "IPS Sunnfjord", FIRST_DAY.year - 3)]
    visit(own, method_supervisor, years_before(1))
    assert found(review) == [(1, TieKind.RECIPROCAL, "", "IPS Sunnfjord", FIRST_DAY.year - 1)]


def test_a_review_that_is_no_return_ties_nobody(review: Review, evaluator: User, method_supervisor: User) -> None:
    own = leads(evaluator)
    left = leads(evaluator, ended=True)
    visit(own, method_supervisor, years_before(3, days=1))
    visit(own, method_supervisor, FIRST_DAY + datetime.timedelta(days=1))
    visit(own, method_supervisor, years_before(1), kind="self")
    visit(own, method_supervisor, years_before(1), status=Review.Status.CANCELLED)
    visit(own, method_supervisor, years_before(1), observer=True)
    visit(left, method_supervisor, years_before(1))
    visit(ServiceFactory.create(), method_supervisor, years_before(1))
    visit(own, RoleFactory.create(service=review.service, ended=True).user, years_before(1))
    visit(own, UserFactory.create(), years_before(1))
    gone = visit(own, method_supervisor, years_before(2))
    gone.removed_at, gone.removed_reason = gone.review.created_at, "Ble syk."
    gone.save()
    assert found(review) == []


def test_three_years_after_a_leap_day(review: Review, evaluator: User, method_supervisor: User) -> None:
    own = leads(evaluator)
    visit(own, method_supervisor, datetime.date(2024, 2, 29))
    review.first_day, review.last_day = datetime.date(2027, 2, 28), datetime.date(2027, 3, 1)
    assert [tie.year for tie in ties(review)] == [2024]
    review.first_day = datetime.date(2027, 3, 1)
    assert found(review) == []


# Whose ties


def test_only_counting_evaluators_are_asked_about(review: Review) -> None:
    tied = [RoleFactory.create(service=review.service).user for _ in range(2)]
    SeatFactory.create(review=review, user=tied[0], observer=True)
    SeatFactory.create(review=review, user=tied[1], removed=True)
    InvitationFactory.create(seat__review=review)
    assert found(review) == []


def test_a_self_review_has_no_ties(service: Service, method_supervisor: User) -> None:
    review = ReviewFactory.create(service=service, kind="self")
    SeatFactory.create(review=review, user=method_supervisor)
    assert found(review) == []


def test_a_review_without_evaluators_has_no_ties(service: Service) -> None:
    assert found(ReviewFactory.create(service=service)) == []


def test_all_ties_are_found_seat_by_seat_in_a_few_queries(
    review: Review, method_supervisor: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    manager = UserFactory.create()
    managed_by(method_supervisor, manager)
    for seat in review.seats.all():
        for number in range(3):
            PartnershipFactory.create(service=review.service)
            own = leads(_user(seat), service__name=f"IPS {seat.number}-{number}")
            visit(own, method_supervisor, years_before(1))
        managed_by(_user(seat), manager)
    partner = review.service.partnerships.all()[0].organisation
    works_at(_user(review.seats.get(number=2)), partner)
    year = FIRST_DAY.year - 1
    with django_assert_max_num_queries(5):
        assert found(review) == [
            (1, TieKind.LINE_MANAGER, "", "", None),
            *((1, TieKind.RECIPROCAL, "", f"IPS 1-{number}", year) for number in range(3)),
            (2, TieKind.OFFICE, partner.name, "", None),
            (2, TieKind.LINE_MANAGER, "", "", None),
            *((2, TieKind.RECIPROCAL, "", f"IPS 2-{number}", year) for number in range(3)),
        ]


def test_people_are_asked_about_before_they_have_a_seat(service: Service, method_supervisor: User) -> None:
    far, near = UserFactory.create(), UserFactory.create(name="Nils Nær")
    own = leads(near, service__name="IPS Sunnfjord", start=FIRST_DAY)
    visit(own, method_supervisor, years_before(1))
    expected = [(near, TieKind.RECIPROCAL, "IPS Sunnfjord"), (method_supervisor, TieKind.ROLE, "")]
    asked = [far, near, method_supervisor]
    assert [(tie.person, tie.kind, tie.service) for tie in of_people(service.pk, asked, FIRST_DAY)] == expected
    earlier = of_people(service.pk, asked, FIRST_DAY - datetime.timedelta(days=1))
    assert [tie.person for tie in earlier] == [method_supervisor]


@pytest.mark.parametrize("kind", list(TieKind))
def test_each_kind_is_said_with_what_it_holds(kind: TieKind) -> None:
    with translation.override("en"):
        words = said(kind, "Eva Én", "Nav Bergen", "IPS Sunnfjord", 2025)
    assert words.startswith("Eva Én ")
    assert ("Nav Bergen" in words) == (kind == TieKind.OFFICE)
    assert ("IPS Sunnfjord" in words and "2025" in words) == (kind == TieKind.RECIPROCAL)


def test_a_kind_that_does_not_exist_is_not_said() -> None:
    with pytest.raises(ValueError, match="friend"):
        said("friend", "Eva Én")

"""Who could review a service: whom the program proposes, in which order, and how it counts what they do already."""

import datetime
from typing import Any

import pytest
import time_machine
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from reviews import candidates
from reviews.candidates import Candidate
from reviews.models import Review, Service, User
from reviews.ties import Tie, TieKind
from tests.factories import (
    OrganisationFactory,
    PartnershipFactory,
    ReviewFactory,
    RoleFactory,
    SeatFactory,
    ServiceFactory,
    UserFactory,
    at,
    county,
    final_review,
)

TODAY = datetime.date(2026, 10, 1)
DAY = datetime.timedelta(days=1)


@pytest.fixture(autouse=True)
def _today() -> Any:
    """Let it be the first of October."""
    with time_machine.travel(at(TODAY), tick=False):
        yield


@pytest.fixture
def service(db: None) -> Service:
    """The service that is to be reviewed."""
    service: Service = ServiceFactory.create()
    return service


def _of(service: Service) -> dict[str, Candidate]:
    return {each.person.name: each for each in candidates.of(service, TODAY + 30 * DAY)}


def _seated(name: str, **columns: Any) -> User:
    """Make somebody with a seat in a review of another service."""
    seat = {key: columns.pop(key) for key in ("observer", "removed") if key in columns}
    review: Review = ReviewFactory.create(**columns)
    user = SeatFactory.create(review=review, user__name=name, is_lead="observer" not in seat, **seat).user
    assert user is not None
    return user


def test_who_has_reviewed_or_leads_or_advises_elsewhere_is_proposed(service: Service) -> None:
    _seated("Evaluator")
    RoleFactory.create(user__name="Metodeveileder")
    RoleFactory.create(user__name="Rådgiver", whole_country=True)
    # Nearly: in the service itself, a leder, one who has stopped, one who observed, left, or was never needed.
    RoleFactory.create(user__name="Egen", service=service)
    RoleFactory.create(user__name="Leder", manager=True)
    RoleFactory.create(user__name="Sluttet", ended=True)
    _seated("Observatør", observer=True)
    _seated("Fjernet", removed=True)
    _seated("Avlyst", status="cancelled")
    _seated("Egenevaluering", kind="self")
    UserFactory.create(name="Ingen")
    for name, columns in {"Inaktiv": {"is_active": False}, "Administrator": {"is_staff": True}}.items():
        User.objects.filter(pk=_seated(name).pk).update(**columns)
    assert set(_of(service)) == {"Evaluator", "Metodeveileder", "Rådgiver"}


def test_what_they_do_already_is_counted_from_external_reviews(service: Service) -> None:
    user = _seated("Eva", status="planned")
    SeatFactory.create(review=ReviewFactory.create(status="consensus"), user=user)
    for columns in ({"status": "cancelled"}, {"kind": "self"}):
        SeatFactory.create(review=ReviewFactory.create(**columns), user=user)
    SeatFactory.create(review=ReviewFactory.create(status="planned"), user=user, observer=True, is_lead=False)
    for first_day in (TODAY - 10 * DAY, TODAY - 364 * DAY, TODAY - 365 * DAY):
        final_review(evaluators=[user], first_day=first_day)
    found = _of(service)["Eva"]
    assert (found.under_way, found.lately) == (2, 2)


def test_those_with_fewest_ties_come_first_and_then_those_with_least_to_do(service: Service) -> None:
    office = OrganisationFactory.create()
    PartnershipFactory.create(service=service, organisation=office)
    User.objects.filter(pk=RoleFactory.create(user__name="Bundet").user.pk).update(workplace=office)
    _seated("Opptatt")
    RoleFactory.create(user__name="Ledig B")
    RoleFactory.create(user__name="Ledig A")
    assert list(_of(service)) == ["Ledig A", "Ledig B", "Opptatt", "Bundet"]


def test_ties_are_told_in_words(service: Service) -> None:
    office = OrganisationFactory.create(name="Nav Bergen", county=county("Vestland"))
    PartnershipFactory.create(service=service, organisation=office)
    User.objects.filter(pk=_seated("Eva Én").pk).update(workplace=office)
    found = _of(service)["Eva Én"]
    with translation.override("en"):
        assert found.told == ["Eva Én works at Nav Bergen, which takes part in the service."]
    assert found.where == ["Nav Bergen", "Vestland"]


def test_the_county_is_that_of_the_work(service: Service) -> None:
    RoleFactory.create(user__name="Metode", service__county=county("Troms"))
    RoleFactory.create(user__name="Råd", adviser=True, county=county("Oslo"))
    RoleFactory.create(user__name="Land", whole_country=True)
    assert {name: each.where for name, each in _of(service).items()} == {
        "Metode": ["Troms"],
        "Råd": ["Oslo"],
        "Land": [],
    }


@given(
    st.lists(
        st.tuples(st.integers(min_value=0, max_value=3), st.integers(0, 5), st.integers(0, 5), st.sampled_from("ABCÅ"))
    )
)
def test_the_order_holds_ties_before_load_before_name(found: list[tuple[int, int, int, str]]) -> None:
    made = []
    for number, under_way, lately, name in found:
        person = User(name=name)
        made.append(Candidate(person, (Tie(person, TieKind.ROLE),) * number, under_way, lately))
    ordered = [(len(e.ties), e.under_way + e.lately, e.person.name) for e in sorted(made, key=lambda each: each.order)]
    assert ordered == sorted(ordered)


def test_many_people_are_asked_about_in_as_few_queries_as_one(
    service: Service, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    RoleFactory.create(service=service)
    for name in ("A", "B", "C"):
        user = _seated(name)
        RoleFactory.create(user=user)
        User.objects.filter(pk=user.pk).update(workplace=OrganisationFactory.create())
    with django_assert_num_queries(4):
        assert len(candidates.of(service, TODAY)) == 3

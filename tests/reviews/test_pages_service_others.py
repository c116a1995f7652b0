"""A service beside the others through the front door: what stands there, for whom, and under which limit."""

import datetime
import statistics
from collections import Counter

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from reviews.models import Review, Service, User
from reviews.overview.beside import Place, Row, place
from scales import scoring
from scales.models import Scale
from tests.factories import (
    FIRST_DAY,
    RoleFactory,
    ServiceFactory,
    UserFactory,
    at,
    county,
    final_review,
    scored_review,
)

YEAR = datetime.timedelta(days=364)


@pytest.fixture
def manager(client: Client, db: None) -> User:
    """A leder of a service, logged in."""
    user: User = RoleFactory.create(manager=True).user
    client.force_login(user)
    return user


def _own(user: User) -> Service:
    role = user.roles.get()
    assert role.service is not None
    return role.service


def _address(service: Service) -> str:
    return reverse("reviews:service_others", args=[service.pk])


def _row(client: Client, service: Service, code: str = "X1") -> Row:
    response = client.get(_address(service))
    assert response.status_code == 200
    found: list[Row] = [row for each in response.context["scales"] for row in each.rows if row.item.code == code]
    (row,) = found
    return row


def _others(mini: Scale, *scores: int | None) -> None:
    for score in scores:
        final_review(scales=[mini], scores={"X1": score}, evaluators=1)


@given(score=st.integers(1, 5), others=st.lists(st.integers(1, 5), min_size=2, max_size=40))
def test_a_score_lies_outside_the_middle_half_where_it_is_beyond_a_quartile(score: int, others: list[int]) -> None:
    lower, _median, upper = statistics.quantiles(others, n=4, method="inclusive")
    expected = Place.BELOW if score < lower else Place.ABOVE if score > upper else Place.WITHIN
    assert place(score, scoring.quartiles(Counter(others))) is expected


@pytest.mark.parametrize(("own", "where"), [(1, Place.BELOW), (2, Place.WITHIN), (4, Place.WITHIN), (5, Place.ABOVE)])
def test_the_service_stands_beside_the_median_and_middle_half_of_all(
    client: Client, manager: User, mini: Scale, own: int, where: Place
) -> None:
    final_review(service=_own(manager), scales=[mini], scores={"X1": own}, evaluators=1)
    others = [2, 2, 3, 3, 3, 4, 4]
    _others(mini, *others)
    row = _row(client, _own(manager))
    assert row.quartiles is not None
    assert [float(value) for value in row.quartiles] == statistics.quantiles([own, *others], n=4, method="inclusive")
    assert (row.score, row.n, row.place) == (own, 8, where)


@pytest.mark.parametrize(("others", "told"), [(3, False), (4, True)])
def test_with_fewer_than_five_services_nothing_of_the_others_is_told(
    client: Client, manager: User, mini: Scale, others: int, *, told: bool
) -> None:
    final_review(service=_own(manager), scales=[mini], scores={"X1": 5}, evaluators=1)
    _others(mini, *[3] * others)
    row = _row(client, _own(manager))
    assert row.score == 5
    assert [row.quartiles is not None, row.place is not None] == [told] * 2


def test_the_limit_holds_for_each_item(client: Client, manager: User, mini: Scale) -> None:
    final_review(service=_own(manager), scales=[mini], evaluators=1)
    _others(mini, 1, 1, 1, None)
    assert _row(client, _own(manager), "X1").quartiles is None
    assert _row(client, _own(manager), "X2").quartiles is not None


def test_an_adviser_who_sees_every_service_has_no_limit(client: Client, mini: Scale) -> None:
    client.force_login(RoleFactory.create(whole_country=True).user)
    review = final_review(scales=[mini], scores={"X1": 2}, evaluators=1)
    assert _row(client, review.service).place is Place.WITHIN


def test_an_adviser_who_sees_all_but_one_is_not_told_what_that_one_scored(client: Client, mini: Scale) -> None:
    client.force_login(RoleFactory.create(adviser=True).user)
    review = final_review(scales=[mini], scores={"X1": 2}, evaluators=1)
    _others(mini, 3, 3, 3, 3)
    assert _row(client, review.service).quartiles is not None
    for number, told in enumerate((False, False, False, True), start=1):
        away = ServiceFactory.create(county=county("Troms"))
        final_review(service=away, scales=[mini], scores={"X1": 5}, evaluators=1)
        row = _row(client, review.service)
        assert (row.n, row.hidden, row.quartiles is not None) == (5 + number, number, told)


def test_an_item_that_is_not_scored_says_why(client: Client, manager: User, mini: Scale) -> None:
    final_review(service=_own(manager), scales=[mini], scores={"X1": None}, evaluators=1)
    _others(mini, 3, 3, 3, 3, 3)
    row = _row(client, _own(manager))
    assert (row.score, row.place) == (None, None)
    assert row.reason in client.get(_address(_own(manager))).content.decode()


def test_the_latest_external_review_goes_before_a_later_self_review(client: Client, manager: User, mini: Scale) -> None:
    service = _own(manager)
    final_review(service=service, scales=[mini], scores={"X1": 1}, evaluators=1, first_day=FIRST_DAY - 2 * YEAR)
    external = final_review(service=service, scales=[mini], scores={"X1": 2}, evaluators=1, first_day=FIRST_DAY - YEAR)
    final_review(service=service, scales=[mini], scores={"X1": 5}, evaluators=1, kind=Review.Kind.SELF)
    assert client.get(_address(service)).context["version"].review == external
    assert _row(client, service).score == 2


def test_a_self_review_that_is_not_shared_is_compared_for_the_service_alone(
    client: Client, manager: User, mini: Scale
) -> None:
    service = _own(manager)
    review = final_review(service=service, scales=[mini], scores={"X1": 5}, evaluators=1, kind=Review.Kind.SELF)
    _others(mini, 1, 1, 1, 1, 1)
    row = _row(client, service)
    assert (row.score, row.n) == (5, 5)
    adviser = RoleFactory.create(adviser=True).user
    client.force_login(adviser)
    response = client.get(_address(service))
    assert response.status_code == 200
    assert "version" not in response.context
    Review.objects.filter(pk=review.pk).update(shared_at=at(FIRST_DAY))
    assert _row(client, service).n == 6


def test_before_a_report_there_is_nothing_to_compare(client: Client, manager: User, mini: Scale) -> None:
    scored_review("consensus", service=_own(manager), scales=[mini])
    final_review(service=_own(manager), scales=[mini], basis=Review.Basis.PLANS, evaluators=1)
    _others(mini, 1, 1, 1, 1, 1)
    response = client.get(_address(_own(manager)))
    assert response.status_code == 200
    assert "<table" not in response.content.decode()


def test_a_review_with_another_edition_is_not_compared(client: Client, manager: User, mini: Scale) -> None:
    final_review(service=_own(manager), scales=[mini], evaluators=1)
    Scale.objects.create(
        code="mini", edition="2", sequence=2, position=9, title="Mini 2", attribution="", lowest_means="lite",
        highest_means="mye", high_from=4, scoring=Scale.Scoring.SUM, comment_expected=True,
    )  # fmt: skip
    (scale,) = client.get(_address(_own(manager))).context["scales"]
    assert (scale.scale, scale.rows) == (mini, [])


def test_an_evaluator_of_an_old_review_sees_that_one_alone(client: Client, manager: User, mini: Scale) -> None:
    evaluator = UserFactory.create()
    service = _own(manager)
    old = final_review(service=service, scales=[mini], evaluators=[evaluator], first_day=FIRST_DAY - YEAR)
    final_review(service=service, scales=[mini], evaluators=1)
    client.force_login(evaluator)
    assert client.get(_address(service)).context["version"].review == old

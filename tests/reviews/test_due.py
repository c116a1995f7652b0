"""When a service is due, and what the scale recommends before that: the rule at the ends of months, and who is told."""

import datetime
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from reviews import access, dates, due, workflow
from reviews.models import Review, Service, User
from scales.models import Scale
from tests.cast import Cast
from tests.factories import RoleFactory, ServiceFactory, final_review, lead, scored_review

DAYS = st.dates(min_value=datetime.date(2000, 1, 1), max_value=datetime.date(2099, 12, 31))
SPRING = datetime.date(2026, 3, 2)


def low(item: Any) -> int:
    """A score that sums to 75: below what is good."""
    return 3


def day(text: str) -> datetime.date:
    """Read an ISO date."""
    return datetime.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("last_day", "interval", "recommended", "expected"),
    [
        ("2026-08-31", 12, 6, "2027-02-28"),
        ("2027-08-31", 12, 6, "2028-02-29"),
        ("2028-02-29", 24, 12, "2029-02-28"),
        ("2028-08-29", 12, 6, "2029-02-28"),
        ("2026-03-31", 7, 6, "2026-09-30"),
        ("2026-01-31", 2, 1, "2026-02-28"),
        ("2026-12-31", 60, 6, "2027-06-30"),
        ("2026-08-31", 6, 6, None),
        ("2026-08-31", 1, 6, None),
        ("2026-08-31", 12, 12, None),
        ("2026-08-31", 12, None, None),
    ],
)
def test_the_scale_recommends_a_look_only_before_the_interval_is_over(
    last_day: str, interval: int, recommended: int | None, expected: str | None
) -> None:
    found = dates.recommended(day(last_day), interval, recommended)
    assert found == (None if expected is None else day(expected))


@given(DAYS, st.integers(min_value=1, max_value=60), st.integers(min_value=1, max_value=60))
def test_a_hint_comes_before_the_day_that_is_set(last_day: datetime.date, interval: int, recommended: int) -> None:
    found = dates.recommended(last_day, interval, recommended)
    assert (found is None) is (recommended >= interval)
    if found is not None:
        assert last_day < found < dates.next_due(last_day, interval)


@pytest.fixture
def service(db: None) -> Service:
    """A service that is reviewed every year."""
    service: Service = ServiceFactory.create()
    return service


def _reviewed(service: Service, **columns: Any) -> Review:
    return final_review(**{"service": service, "first_day": SPRING, "last_day": SPRING, "scores": low, **columns})


@pytest.mark.parametrize(
    ("columns", "interval", "hint"),
    [
        ({}, 12, "2026-09-02"),
        ({"last_day": datetime.date(2026, 3, 31)}, 12, "2026-09-30"),
        ({}, 6, None),
        ({"scores": lambda item: 4}, 12, None),
        ({"scores": lambda item: 4}, 24, "2027-03-02"),
        ({"scores": lambda item: None if item.code == "B1" else 3}, 12, None),
        ({"basis": "plans"}, 12, None),
        ({"kind": "self", "evaluators": 1}, 12, None),
    ],
)
def test_the_band_of_the_review_that_set_the_date_says_when(
    service: Service, columns: dict[str, Any], interval: int, hint: str | None
) -> None:
    service.interval_months = interval
    service.save()
    _reviewed(service, **columns)
    assert due.of_service(service).hint_day == (None if hint is None else day(hint))


def test_an_earlier_low_result_is_forgotten_when_a_later_one_is_good(service: Service) -> None:
    _reviewed(service, first_day=datetime.date(2025, 3, 3))
    _reviewed(service, scores=lambda item: 4)
    assert due.of_service(service).hint_day is None


def test_a_later_result_without_a_band_recommends_nothing(service: Service) -> None:
    _reviewed(service, first_day=datetime.date(2025, 3, 3), last_day=datetime.date(2025, 3, 3))
    _reviewed(service, scores=lambda item: None if item.code == "B1" else 3)
    assert due.of_service(service).recommended_months is None


def test_one_visit_in_two_reviews_is_held_by_the_scale_that_has_bands(service: Service) -> None:
    ips, goi = Scale.objects.get(code="ips-25"), Scale.objects.get(code="goi-12")
    _reviewed(service, scales=[ips])
    _reviewed(service, scales=[goi])
    assert due.of_service(service).hint_day == datetime.date(2026, 9, 2)


@pytest.mark.parametrize("status", ["planned", "scoring", "cancelled"])
@pytest.mark.parametrize("kind", ["external", "self"])
def test_a_hint_is_answered_by_a_review_that_has_begun_or_is_planned(service: Service, kind: str, status: str) -> None:
    _reviewed(service)
    scored_review(status, service=service, kind=kind, first_day=datetime.date(2026, 8, 20))
    found = due.of_service(service, Review.objects.all())
    assert found.is_followed is (status == "scoring")
    assert (found.hint_day is None) is (status in ("planned", "scoring"))
    assert found.is_planned is (kind == "external" and status != "cancelled")


@pytest.mark.parametrize("kind", ["external", "self"])
def test_a_hint_stands_beside_a_review_that_is_planned_after_its_day(service: Service, kind: str) -> None:
    _reviewed(service)
    for first_day in ("2026-09-03", "2026-09-02"):
        scored_review("planned", service=service, kind=kind, first_day=day(first_day), last_day=day(first_day))
        told = due.of_service(service, Review.objects.all()).hint_day
        assert told == (day("2026-09-02") if first_day == "2026-09-03" else None)


def test_a_planned_review_answers_only_for_those_who_see_it(cast: Cast) -> None:
    other = cast.other_service
    _reviewed(other)
    manager = RoleFactory.create(service=other, manager=True).user

    def hints() -> list[bool]:
        people = [cast.other_method_supervisor, cast.adviser, manager]
        return [due.of_service(other, access.visible_reviews(user)).hint_day is not None for user in people]

    scored_review("planned", service=other, kind="self", first_day=datetime.date(2026, 5, 4))
    assert hints() == [False, True, True]
    assert due.of_service(other).hint_day is not None
    scored_review("planned", service=other, first_day=datetime.date(2026, 5, 18))
    assert hints() == [False, False, True]


def test_a_review_of_the_same_days_or_before_answers_nothing(service: Service) -> None:
    _reviewed(service)
    for first_day in (SPRING, datetime.date(2026, 2, 1)):
        final_review(service=service, kind="self", evaluators=1, first_day=first_day, last_day=first_day)
    assert due.of_service(service, Review.objects.all()).hint_day == datetime.date(2026, 9, 2)


def test_a_self_review_answers_only_for_those_who_may_see_it(cast: Cast) -> None:
    other = cast.other_service
    _reviewed(other)
    own = final_review(service=other, kind="self", evaluators=1, first_day=datetime.date(2026, 5, 4))

    def hints() -> list[bool]:
        people = [cast.other_method_supervisor, cast.adviser, cast.national_adviser]
        told = [due.of_service(other, access.visible_reviews(user)).hint_day is not None for user in people]
        return [*told, due.of_service(other).hint_day is not None]

    assert hints() == [False, True, True, True]
    own.shared_at = timezone.now()
    own.save()
    assert hints() == [False, False, False, False]


def test_a_hint_is_for_those_who_may_know_how_the_last_review_went(cast: Cast) -> None:
    _reviewed(cast.service)
    _reviewed(cast.service, first_day=datetime.date(2025, 10, 6), evaluators=[cast.last_years_evaluator])

    def told(*people: User) -> set[bool]:
        return {due.of_service(cast.service, access.visible_reviews(user)).hint_day is not None for user in people}

    assert told(cast.method_supervisor, cast.manager, cast.adviser) == {True}
    # A seat in another of the service's reviews says nothing of this one.
    assert told(cast.evaluator, cast.last_years_evaluator, cast.outsider) == {False}


def test_a_report_being_issued_again_is_no_planned_review(service: Service) -> None:
    review = _reviewed(service)
    workflow.reissue(review, lead(review), "Et punkt var feil.")
    assert Review.objects.get(pk=review.pk).is_open
    assert due.of_service(service).is_planned is False


def test_many_services_are_asked_for_in_as_few_queries_as_one(
    service: Service, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    seen = access.visible_reviews(RoleFactory.create(whole_country=True).user)
    for each in [service, *ServiceFactory.create_batch(4)]:
        _reviewed(each)
    with django_assert_num_queries(4):
        rows = due.of(Service.objects.order_by("name"), seen)
    assert {row.hint_day for row in rows} == {datetime.date(2026, 9, 2)}

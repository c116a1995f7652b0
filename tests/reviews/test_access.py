"""Who may see and do what with a review, by state: one table, with those who nearly may."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from pytest_django import DjangoAssertNumQueries

from reviews import access
from reviews.models import Role, Seat
from tests.cast import STATES, Cast, cast_for
from tests.factories import (
    RespondentFactory,
    RoleFactory,
    SeatFactory,
    ServiceFactory,
    UserFactory,
    VersionFactory,
    final_review,
    scored_review,
)

pytestmark = pytest.mark.django_db

ADVISERS = {"adviser", "national_adviser"}
EVALUATORS = {"evaluator", "evaluator_two"}
WHOLE_SERVICE = {"method_supervisor", "manager"}

# Who is not named may not: nobody else is ever in any of these sets, whatever they nearly are.
SEES: dict[str, set[str]] = {
    "planned": EVALUATORS | {"observer", "method_supervisor"} | ADVISERS,
    "scoring": EVALUATORS | {"observer", "method_supervisor"} | ADVISERS,
    "consensus": EVALUATORS | {"observer", "method_supervisor"} | ADVISERS,
    "fact_check": EVALUATORS | {"observer", "method_supervisor", "respondent"} | ADVISERS,
    "final": EVALUATORS | {"observer", "respondent"} | WHOLE_SERVICE | ADVISERS,
    "reissue": EVALUATORS | {"observer", "respondent"} | WHOLE_SERVICE | ADVISERS,
    "cancelled": EVALUATORS | {"observer", "method_supervisor"} | ADVISERS,
    "self scoring": {"evaluator", "observer", "method_supervisor"},
    "self final": {"evaluator", "observer", "respondent"} | WHOLE_SERVICE,
    "self shared": {"evaluator", "observer", "respondent"} | WHOLE_SERVICE | ADVISERS,
}
READS_DRAFT: dict[str, set[str]] = {
    "planned": set(),
    "scoring": set(),
    "consensus": EVALUATORS,
    "fact_check": EVALUATORS | {"observer", "method_supervisor", "respondent"} | ADVISERS,
    "final": EVALUATORS | {"observer"},
    "reissue": EVALUATORS,
    "cancelled": set(),
    "self scoring": {"evaluator", "method_supervisor"},
    "self final": {"evaluator", "observer", "method_supervisor"},
    "self shared": {"evaluator", "observer", "method_supervisor"},
}
READS_VERSIONS: dict[str, set[str]] = {
    **{state: set() for state in STATES},
    "final": SEES["final"],
    # The version handed over counts until the next exists.
    "reissue": SEES["reissue"],
    "self final": SEES["self final"],
    "self shared": SEES["self shared"],
}
SELF_STATES = {"self scoring", "self final", "self shared"}
WORKS = {state: {"evaluator", "method_supervisor"} if state in SELF_STATES else EVALUATORS for state in STATES}
LEADS = {state: {"evaluator", "method_supervisor"} if state in SELF_STATES else {"evaluator"} for state in STATES}
SEES_EVIDENCE = {state: WORKS[state] | {"observer"} for state in STATES}
ADVISE = {state: ADVISERS & SEES[state] for state in STATES}
PLANS = {state: LEADS[state] | ADVISE[state] | {"method_supervisor"} for state in STATES}
CANCELS = {
    state: LEADS[state] | ADVISE[state] | ({"method_supervisor"} if state == "planned" else set()) for state in STATES
}
SEATS: dict[str, set[str]] = {
    state: set() if state in SELF_STATES else {"evaluator"} | ADVISE[state] for state in STATES
}
COMPARES = {
    state: set() if state in SELF_STATES else (READS_DRAFT[state] | READS_VERSIONS[state]) & (EVALUATORS | {"observer"})
    for state in STATES
}
SEES_FIGURES = {state: SEES_EVIDENCE[state] | {"method_supervisor"} for state in STATES}
GIVES_FIGURES = {
    state: {"method_supervisor"} if state in ("planned", "scoring", "self scoring") else set() for state in STATES
}
WRITES_CONTEXT: dict[str, set[str]] = {
    state: set()
    if state in ("final", "cancelled", "self final", "self shared")
    else WORKS[state] | {"method_supervisor"}
    for state in STATES
}
PRINTS_KIT = {
    state: SEES_EVIDENCE[state] if state in ("planned", "scoring", "consensus", "self scoring") else set()
    for state in STATES
}
TAKES_OVER: dict[str, set[str]] = {
    state: WORKS[state] if state in ("scoring", "self scoring") else set() for state in STATES
}


@pytest.mark.parametrize("state", STATES)
def test_who_may_do_what(state: str) -> None:
    cast = STATES[state]()
    people = cast.people()
    visible = {name for name, person in people.items() if access.visible_reviews(person).filter(pk=cast.review.pk)}
    assert visible == SEES[state]
    permits = {name: access.open_review(people[name], cast.review.pk) for name in visible}
    for may, expected in (
        ("may_read_draft", READS_DRAFT),
        ("may_read_versions", READS_VERSIONS),
        ("may_work", WORKS),
        ("may_lead", LEADS),
        ("may_see_evidence", SEES_EVIDENCE),
        ("may_plan", PLANS),
        ("may_cancel", CANCELS),
        ("may_seat", SEATS),
        ("may_see_evaluators_ties", {state: PLANS[state] | WORKS[state] for state in STATES}),
        ("may_compare", COMPARES),
        ("may_see_figures", SEES_FIGURES),
        ("may_give_figures", GIVES_FIGURES),
        ("may_write_context", WRITES_CONTEXT),
        ("may_take_over_figures", TAKES_OVER),
        ("may_print_kit", PRINTS_KIT),
    ):
        assert {name for name, permit in permits.items() if getattr(permit, may)} == expected[state], may


def test_who_has_handed_in_takes_no_figures_over() -> None:
    cast = cast_for("scoring")
    cast.review.seats.filter(user=cast.evaluator).update(handed_in_at=cast.review.created_at)
    assert not access.open_review(cast.evaluator, cast.review.pk).may_take_over_figures
    assert access.open_review(cast.evaluator_two, cast.review.pk).may_take_over_figures


@pytest.mark.parametrize("status", ["planned", "scoring"])
def test_a_service_that_is_reviewed_from_its_plans_has_no_figures_to_give(status: str) -> None:
    cast = cast_for(status, basis="plans")
    for person in (cast.method_supervisor, cast.evaluator):
        permit = access.open_review(person, cast.review.pk)
        assert not permit.may_see_figures
        assert not permit.may_give_figures
        assert not permit.may_write_context
        assert not permit.may_take_over_figures


@pytest.mark.parametrize("state", ["planned", "final", "self final"])
def test_a_review_is_fetched_by_those_who_see_it_and_exists_for_no_one_else(state: str) -> None:
    cast = STATES[state]()
    for name, person in cast.people().items():
        if name in SEES[state]:
            assert access.open_review(person, cast.review.pk).review == cast.review
        else:
            with pytest.raises(Http404):
                access.open_review(person, cast.review.pk)


@pytest.mark.parametrize("state", STATES)
def test_the_list_of_what_a_person_may_read_holds_what_its_permit_says(state: str) -> None:
    cast = STATES[state]()
    for person in cast.people().values():
        may_read = {
            review.pk
            for review in access.visible_reviews(person)
            if access.open_review(person, review.pk).may_read_versions
        }
        assert {review.pk for review in access.readable_reviews(person)} == may_read, person


def test_who_sees_a_review_and_may_not_do_a_thing_is_refused(cast: Cast) -> None:
    permit = access.open_review(cast.method_supervisor, cast.review.pk)
    permit.require(permit.supervises)
    with pytest.raises(PermissionDenied):
        permit.require(permit.may_work)


def test_who_sees_a_service(cast: Cast) -> None:
    people = cast.people()
    seen = {name for name, person in people.items() if access.visible_services(person).filter(pk=cast.service.pk)}
    own = EVALUATORS | {"observer", "last_years_evaluator", "method_supervisor", "manager"}
    assert seen == own | ADVISERS
    for name, person in people.items():
        if name in seen:
            assert access.open_service(person, cast.service.pk) == cast.service
        else:
            with pytest.raises(Http404):
                access.open_service(person, cast.service.pk)


def test_who_plans_a_review_of_a_service(cast: Cast) -> None:
    people = cast.people()
    plan = {name for name, person in people.items() if access.plannable_services(person).filter(pk=cast.service.pk)}
    assert plan == ADVISERS | {"method_supervisor"}


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("method_supervisor", ["external", "self"]),
        ("adviser", ["external"]),
        ("national_adviser", ["external"]),
        ("other_adviser", []),
        ("other_method_supervisor", []),
        ("ended_method_supervisor", []),
        ("manager", []),
        ("evaluator", []),
        ("administrator", []),
    ],
)
def test_a_self_review_is_begun_by_the_services_metodeveileder_alone(cast: Cast, name: str, kinds: list[str]) -> None:
    assert access.plannable_kinds(cast.service, access.standing(getattr(cast, name))) == kinds


def test_everyone_with_a_seat_in_a_self_review_fills_in_the_one_sheet() -> None:
    cast = cast_for("scoring", kind="self")
    SeatFactory.create(review=cast.review, user=cast.evaluator_two, is_lead=False)
    permit = access.open_review(cast.evaluator_two, cast.review.pk)
    assert permit.sheet == cast.review.seats.get(is_lead=True)
    assert permit.may_work


def test_last_years_evaluator_sees_last_years_review_and_not_this_one(cast: Cast) -> None:
    assert list(access.visible_reviews(cast.last_years_evaluator)) == [cast.last_year]


def test_an_adviser_sees_the_services_of_the_county_and_no_other() -> None:
    cast = cast_for("planned")
    assert set(access.visible_services(cast.other_adviser)) == set()
    there = ServiceFactory.create(county=cast.other_adviser.roles.get().county)
    assert list(access.visible_services(cast.other_adviser)) == [there]
    assert set(access.visible_services(cast.national_adviser)) == {cast.service, cast.other_service, there}
    assert set(access.visible_services(cast.adviser)) == {cast.service, cast.other_service}


def test_an_administrator_sees_nothing_of_the_work() -> None:
    cast = cast_for("final")
    assert not access.visible_reviews(cast.administrator).exists()
    assert not access.visible_services(cast.administrator).exists()
    assert not access.plannable_services(cast.administrator).exists()


def test_nobody_counts_twice_who_is_several_things(cast: Cast) -> None:
    RoleFactory.create(user=cast.evaluator, service=cast.service)
    RoleFactory.create(user=cast.evaluator, adviser=True)
    RoleFactory.create(user=cast.evaluator, whole_country=True)
    seen = list(access.visible_reviews(cast.evaluator).filter(service=cast.service))
    assert sorted(review.first_day for review in seen) == [cast.last_year.first_day, cast.review.first_day]


def test_a_role_gives_nothing_before_its_first_and_after_its_last_day() -> None:
    today = timezone.localdate()
    day = datetime.timedelta(days=1)
    review = final_review()
    for start, end, sees in (
        (today, today, True),
        (today + day, None, False),
        (today - 9 * day, today - day, False),
        (today - 9 * day, None, True),
    ):
        for kind in (Role.Kind.METHOD_SUPERVISOR, Role.Kind.MANAGER):
            person = RoleFactory.create(service=review.service, kind=kind, start=start, end=end).user
            assert access.visible_reviews(person).exists() is sees


def test_a_county_role_is_not_one_for_the_whole_country() -> None:
    person = RoleFactory.create(adviser=True).user
    known = access.standing(person)
    assert known.is_adviser
    assert not known.whole_country
    assert not access.standing(UserFactory.create()).is_adviser


def test_what_a_person_is_takes_one_query(django_assert_num_queries: DjangoAssertNumQueries, cast: Cast) -> None:
    with django_assert_num_queries(1):
        access.standing(cast.adviser)


def test_a_seat_in_another_review_of_the_service_opens_no_sheet_here() -> None:
    cast = cast_for("consensus")
    RoleFactory.create(user=cast.last_years_evaluator, service=cast.service)
    permit = access.open_review(cast.last_years_evaluator, cast.review.pk)
    assert permit.sheet is None
    assert permit.own_seat is None


def test_the_shared_sheet_of_a_self_review_is_the_services_own() -> None:
    cast = cast_for("scoring", kind="self")
    lead = cast.review.seats.get(is_lead=True)
    assert access.open_review(cast.method_supervisor, cast.review.pk).sheet == lead
    external = scored_review("scoring", service=cast.service, evaluators=[cast.evaluator])
    assert access.open_review(cast.method_supervisor, external.pk).sheet is None
    final = final_review(service=cast.service, kind="self", evaluators=[cast.evaluator])
    assert access.open_review(cast.manager, final.pk).sheet is None


def test_a_removed_evaluator_who_gets_a_seat_again_is_an_evaluator_again() -> None:
    cast = cast_for("scoring")
    assert not access.visible_reviews(cast.removed_evaluator).exists()
    SeatFactory.create(review=cast.review, user=cast.removed_evaluator)
    permit = access.open_review(cast.removed_evaluator, cast.review.pk)
    assert permit.may_work
    assert permit.own_seat is not None
    assert permit.own_seat.removed_at is None


def test_a_manager_sees_a_review_from_its_first_version_on() -> None:
    cast = cast_for("fact_check")
    assert not access.visible_reviews(cast.manager).filter(pk=cast.review.pk).exists()
    VersionFactory.create(review=cast.review)
    assert access.visible_reviews(cast.manager).filter(pk=cast.review.pk).exists()


def test_a_respondent_sees_nothing_before_the_draft_is_out() -> None:
    cast = cast_for("consensus")
    RespondentFactory.create(review=cast.review, user=cast.respondent)
    assert not access.visible_reviews(cast.respondent).exists()


def test_every_kind_of_seat_is_in_the_table() -> None:
    assert set(Seat.Kind.values) == {"evaluator", "observer"}
    assert set(Role.Kind.values) == {"method_supervisor", "manager", "adviser"}


def test_only_who_has_sent_something_is_told_that_it_was_not_saved(client: Client, cast: Cast) -> None:
    client.force_login(cast.manager)
    address = reverse("reviews:checklist_template")
    followed, sent = client.get(address), client.post(address, {"text": "x"})
    assert followed.status_code == sent.status_code == 403
    said = gettext("Your role does not let you do this now. Nothing was saved.")
    assert said not in followed.content.decode()
    assert said in sent.content.decode()

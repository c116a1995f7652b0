"""The list of services and a service's own page through the front door."""

import datetime
import uuid
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from reviews import workflow
from reviews.models import Correction, Review, Service, User
from reviews.report import pdf as report_pdf
from tests.cast import PDF, Cast
from tests.factories import (
    FIRST_DAY,
    RoleFactory,
    ServiceFactory,
    county,
    final_review,
    issue,
    scored_review,
)
from tests.reviews.front_door import contents, item, page

SERVICES = reverse("reviews:service_list")
DAY = datetime.timedelta(days=1)
PASSED = "!&nbsp;"
"""The mark beside the words that a day has passed."""


@pytest.fixture
def adviser(cast: Cast, client: Client) -> User:
    """The adviser of the cast's county, logged in."""
    client.force_login(cast.adviser)
    return cast.adviser


def _names(client: Client, **query: str) -> list[str]:
    return [row.service.name for row in client.get(SERVICES, query).context["page_obj"]]


def _address(service: Service) -> str:
    return reverse("reviews:service", args=[service.pk])


def _listed(client: Client, service: Service, **query: str) -> list[uuid.UUID]:
    return [row.pk for row in client.get(_address(service), query).context["page_obj"]]


# The list


@pytest.mark.parametrize("name", ["q", "county", "due", "page", "ukjent"])
@pytest.mark.parametrize(
    "value", ["\x00", "Før\x00etter", "%", "'", "-1", "999999999999999999999", "\u0661", "x" * 9000]
)
def test_the_list_of_services_takes_whatever_stands_in_the_address(
    client: Client, adviser: User, name: str, value: str
) -> None:
    response = client.get(SERVICES, {name: value})
    assert response.status_code == 200
    assert "\x00" not in response.content.decode()


def test_services_are_found_by_a_part_of_their_name_whatever_its_case(client: Client, adviser: User) -> None:
    assert _names(client, q="bjørg") == ["IPS Bjørgvin"]
    assert _names(client, q="finnes ikke") == []


def test_services_are_found_by_county(client: Client, cast: Cast) -> None:
    client.force_login(cast.national_adviser)
    elsewhere = ServiceFactory.create(name="IPS Tromsø", county=county("Troms"))
    assert _names(client, county=elsewhere.county.code) == ["IPS Tromsø"]
    html = client.get(SERVICES, {"county": elsewhere.county.code}).content.decode()
    assert f'<option value="{elsewhere.county.code}" selected>' in html


def test_one_sees_the_services_one_has_to_do_with(client: Client, cast: Cast) -> None:
    ServiceFactory.create(name="IPS Tromsø", county=county("Troms"))

    def seen(user: User) -> set[str]:
        client.force_login(user)
        return set(_names(client))

    assert seen(cast.evaluator) == seen(cast.manager) == seen(cast.method_supervisor) == {"IPS Bjørgvin"}
    assert seen(cast.adviser) == {"IPS Bjørgvin", "IPS Sunnfjord"}
    assert seen(cast.national_adviser) == {"IPS Bjørgvin", "IPS Sunnfjord", "IPS Tromsø"}
    assert seen(cast.outsider) == seen(cast.ended_manager) == seen(cast.administrator) == set()


def test_a_long_list_of_services_is_turned_page_by_page(client: Client, cast: Cast) -> None:
    ServiceFactory.create_batch(60)
    client.force_login(cast.national_adviser)
    names = _names(client, q="IPS") + _names(client, q="IPS", page="2")
    assert len(names) == len(set(names)) == 62
    first = client.get(SERVICES, {"q": "IPS"}).content.decode()
    assert "page=2&amp;q=IPS" in first or "q=IPS&amp;page=2" in first


def test_the_last_external_review_sets_the_day_of_the_next(client: Client, adviser: User, cast: Cast) -> None:
    cast.service.interval_months = 6
    cast.service.save()
    # Neither a plan, a self-review nor a review from plans counts.
    scored_review("planned", service=cast.other_service, first_day=datetime.date(2026, 1, 12))
    final_review(service=cast.other_service, kind="self", first_day=datetime.date(2025, 5, 5))
    final_review(service=cast.other_service, basis="plans", first_day=datetime.date(2025, 3, 5))
    rows = client.get(SERVICES).context["page_obj"]
    assert {row.service.name: (row.first_day, row.next_day) for row in rows} == {
        "IPS Bjørgvin": (datetime.date(2025, 9, 15), datetime.date(2026, 3, 16)),
        "IPS Sunnfjord": (None, None),
    }


@pytest.mark.parametrize(("today", "names"), [("2026-09-16", []), ("2026-09-17", ["IPS Bjørgvin"])])
def test_those_whose_day_has_passed_are_found(client: Client, adviser: User, today: str, names: list[str]) -> None:
    with time_machine.travel(datetime.date.fromisoformat(today)):
        assert _names(client, due="overdue") == names
        assert (PASSED in client.get(SERVICES).content.decode()) is bool(names)
        assert len(_names(client, due="noe annet")) == 2


@pytest.mark.parametrize(("today", "word"), [("2026-03-15", "recommends"), ("2026-03-17", "recommended")])
def test_what_the_scale_recommends_stands_below_the_day_that_is_set(
    client: Client, adviser: User, cast: Cast, today: str, word: str
) -> None:
    final_review(service=cast.other_service, first_day=FIRST_DAY.replace(year=2025), scores=lambda item: 3)
    User.objects.filter(pk=adviser.pk).update(language="en")
    with time_machine.travel(datetime.date.fromisoformat(today)):
        html = client.get(SERVICES).content.decode()
    # Who is not told of every self-review is not told that there is none.
    assert f"scale {word} a new look by March 16, 2026; a self-review will do." in " ".join(html.split())
    final_review(service=cast.other_service, first_day=FIRST_DAY.replace(year=2025) + 30 * DAY, scores=lambda item: 4)
    hints = {row.service: row.hint_day for row in client.get(SERVICES).context["page_obj"]}
    assert hints[cast.other_service] is None


def test_those_who_plan_are_told_that_a_review_is_on_its_way(client: Client, cast: Cast) -> None:
    for user, told in ((cast.adviser, True), (cast.method_supervisor, True), (cast.manager, False)):
        client.force_login(user)
        context = client.get(SERVICES).context
        row = next(row for row in context["page_obj"] if row.service == cast.service)
        assert row.is_planned
        assert (row.service.pk in context["planned_by"]) is told


# A service's reviews


def test_a_service_shows_the_result_of_each_review_that_was_handed_over(client: Client, cast: Cast) -> None:
    client.force_login(cast.method_supervisor)
    html = client.get(_address(cast.service)).content.decode()
    assert page("review", cast.last_year) in html
    assert page("review", cast.review) in html
    total = cast.last_year.versions.get().content["scales"][0]["total"]
    assert f"{total['total']}" in html


@pytest.fixture
def years(cast: Cast, client: Client) -> dict[str, Review]:
    """A service's reviews by name, with its metodeveileder logged in; those of the cast are "now" and "last"."""
    client.force_login(cast.method_supervisor)
    return {
        "now": cast.review,
        "last": cast.last_year,
        "plans": final_review(service=cast.service, basis="plans", first_day=datetime.date(2020, 4, 1)),
        "own": final_review(service=cast.service, kind="self", evaluators=1, first_day=datetime.date(2026, 4, 1)),
        "off": scored_review("cancelled", service=cast.service, first_day=datetime.date(2025, 12, 1)),
    }


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({}, ["now", "own", "last", "plans"]),
        ({"kind": "external"}, ["now", "last", "plans"]),
        ({"kind": "self"}, ["own"]),
        ({"state": "final"}, ["own", "last", "plans"]),
        ({"state": "planned"}, ["now"]),
        ({"state": "cancelled"}, ["off"]),
        ({"year": "2025"}, ["last"]),
        ({"year": "2026", "kind": "self", "state": "final"}, ["own"]),
        ({"year": "2020", "kind": "self"}, []),
        # What is not offered narrows nothing down.
        ({"kind": "x", "state": "\x00", "year": "1999", "annet": "y"}, ["now", "own", "last", "plans"]),
    ],
)
def test_the_reviews_of_a_service_are_narrowed_down_in_the_address(
    client: Client, cast: Cast, years: dict[str, Review], query: dict[str, str], names: list[str]
) -> None:
    assert _listed(client, cast.service, **query) == [years[name].pk for name in names]


def test_what_is_chosen_stays_chosen(client: Client, cast: Cast, years: dict[str, Review]) -> None:
    html = client.get(_address(cast.service), {"kind": "self", "state": "final", "year": "2026"}).content.decode()
    for value in ("self", "final", "2026"):
        assert f'<option value="{value}" selected>' in html
    assert '<details class="filters" open>' in html
    assert '<details class="filters" >' in client.get(_address(cast.service)).content.decode()


def test_a_cancelled_review_says_why(client: Client, cast: Cast, years: dict[str, Review]) -> None:
    assert years["off"].cancel_reason not in client.get(_address(cast.service)).content.decode()
    assert years["off"].cancel_reason in client.get(_address(cast.service), {"state": "cancelled"}).content.decode()


def test_looking_at_a_service_changes_nothing(client: Client, cast: Cast, years: dict[str, Review]) -> None:
    before = contents()
    client.get(_address(cast.service), {"kind": "self"})
    assert contents() == before


def test_many_reviews_are_turned_page_by_page_with_what_is_chosen(client: Client, cast: Cast) -> None:
    client.force_login(cast.method_supervisor)
    for number in range(55):
        scored_review("planned", service=cast.service, first_day=FIRST_DAY + number * DAY, evaluators=1)
    first = client.get(_address(cast.service), {"state": "planned"})
    listed = _listed(client, cast.service, state="planned") + _listed(client, cast.service, state="planned", page="2")
    assert len(listed) == len(set(listed)) == 56
    html = first.content.decode()
    assert "state=planned&amp;page=2" in html or "page=2&amp;state=planned" in html


# Where the service stands


def _standing(client: Client, service: Service) -> tuple[Any, ...]:
    context = client.get(_address(service)).context
    return tuple(row and row.pk for row in (context["external"], context["self_review"]))


def test_the_self_review_stands_beside_the_external_and_not_in_its_place(
    client: Client, cast: Cast, years: dict[str, Review]
) -> None:
    assert _standing(client, cast.service) == (years["last"].pk, years["own"].pk)
    html = client.get(_address(cast.service)).content.decode()
    assert reverse("reviews:version", args=[years["last"].pk, 1]) in html
    assert reverse("reviews:version", args=[years["own"].pk, 1]) in html
    # Only a self-review: nothing stands where the external one would.
    RoleFactory.create(user=cast.method_supervisor, service=cast.other_service)
    alone = final_review(service=cast.other_service, kind="self", evaluators=1)
    assert _standing(client, cast.other_service) == (None, alone.pk)
    assert client.get(_address(cast.other_service)).context["due"].next_day is None


def test_a_self_review_that_is_not_shared_is_shown_to_nobody_outside(
    client: Client, cast: Cast, years: dict[str, Review]
) -> None:
    client.force_login(cast.adviser)
    assert _standing(client, cast.service) == (years["last"].pk, None)
    assert page("review", years["own"]) not in client.get(_address(cast.service)).content.decode()
    workflow.share(years["own"], cast.method_supervisor)
    assert _standing(client, cast.service) == (years["last"].pk, years["own"].pk)


def test_an_evaluator_is_told_the_next_day_but_not_the_results_of_others(client: Client, cast: Cast) -> None:
    client.force_login(cast.evaluator)
    assert _standing(client, cast.service) == (None, None)
    assert client.get(_address(cast.service)).context["due"].next_day == datetime.date(2026, 9, 16)


def test_the_results_that_count_are_those_of_the_newest_version(
    client: Client, cast: Cast, years: dict[str, Review]
) -> None:
    own = years["last"]
    actor = own.seats.get().user
    assert actor is not None
    workflow.reissue(own, actor, "Feil i sammendraget.")
    own.refresh_from_db()
    # While it is issued again the version handed over counts.
    assert client.get(_address(cast.service)).context["external"].content["number"] == 1
    issue(own, reason="Feil i sammendraget.")
    assert client.get(_address(cast.service)).context["external"].content["number"] == 2


def test_a_review_under_way_is_pointed_at(client: Client, cast: Cast, years: dict[str, Review]) -> None:
    assert [each.pk for each in client.get(_address(cast.service)).context["under_way"]] == [cast.review.pk]


# What later reviews hold to have been wrong


def test_a_correction_is_shown_once_its_review_is_final_to_those_who_see_it(
    client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report_pdf, "render", lambda content, *, draft: PDF)
    later = scored_review(
        "consensus", service=cast.service, first_day=FIRST_DAY + 400 * DAY, evaluators=[cast.evaluator_two]
    )
    final_now = final_review(service=cast.service, first_day=FIRST_DAY + 200 * DAY, evaluators=[cast.outsider])

    def shown(user: User) -> list[tuple[uuid.UUID, str, int | None]]:
        client.force_login(user)
        wrong = client.get(_address(cast.service)).context["corrections"]
        return [(review, each.item.code, each.score) for review, found in wrong.items() for each in found]

    workflow.correct(later, item(later, "O3"), cast.evaluator_two, 1, "Talt på feil måte.")
    workflow.correct(later, item(later, "B1"), cast.evaluator_two, None, "Kildene er borte.")
    assert shown(cast.method_supervisor) == []
    workflow.finalise(later, cast.evaluator_two, "Haster.")
    expected = [(final_now.pk, "B1", None), (final_now.pk, "O3", 1)]
    assert shown(cast.method_supervisor) == shown(cast.manager) == shown(cast.adviser) == expected
    html = client.get(_address(cast.service)).content.decode()
    assert "O3" in html
    # One who sees the review that was corrected, and not the one that says so.
    assert shown(cast.outsider) == []
    assert _listed(client, cast.service) == [final_now.pk]
    assert Correction.objects.count() == 2


# What was recommended, who is there, and how it went


def test_the_plan_is_told_in_numbers_with_the_nearest_deadlines(client: Client, cast: Cast) -> None:
    client.force_login(cast.method_supervisor)
    first, second, third, fourth, *_rest = cast.service.actions.order_by("item")
    for action, days in ((first, 90), (second, -3), (third, 30)):
        action.status, action.deadline = "under_way", timezone.localdate() + days * DAY
        action.owner = "Teamleder"
        action.save()
    fourth.status, fourth.closed_at = "done", timezone.now()
    fourth.save()
    context = client.get(_address(cast.service)).context
    numbers = context["numbers"]
    assert (numbers.under_way, numbers.done, numbers.overdue) == (3, 1, 1)
    assert numbers.open == cast.service.actions.filter(status="open").count()
    assert [point.action.pk for point in context["nearest"]] == [second.pk, third.pk, first.pk]
    html = client.get(_address(cast.service)).content.decode()
    assert reverse("reviews:action", args=[cast.service.pk, second.pk]) in html
    assert PASSED in html


def test_one_who_does_not_see_the_plan_is_told_nothing_of_it(client: Client, cast: Cast) -> None:
    cast.service.actions.update(deadline=timezone.localdate())
    client.force_login(cast.last_years_evaluator)
    response = client.get(_address(cast.service))
    assert response.context["nearest"] == []
    assert reverse("reviews:action_plan", args=[cast.service.pk]) not in response.content.decode()


def test_the_people_with_a_role_today_are_named(client: Client, cast: Cast) -> None:
    gone = RoleFactory.create(service=cast.service, user__is_active=False).user
    nameless = RoleFactory.create(service=cast.service, user__name="").user
    client.force_login(cast.manager)
    roles = client.get(_address(cast.service)).context["roles"]
    assert [names for _role, names in roles] == [[cast.method_supervisor.name], [cast.manager.name]]
    html = client.get(_address(cast.service)).content.decode()
    for name in (cast.method_supervisor.name, cast.manager.name):
        assert html.count(name) >= 1
    for user in (gone, cast.ended_manager, cast.ended_method_supervisor):
        assert user.name not in html
    for user in (nameless, cast.method_supervisor, cast.evaluator_two):
        assert user.email not in html


def test_the_total_is_drawn_from_the_second_review_on(client: Client, cast: Cast) -> None:
    client.force_login(cast.method_supervisor)
    assert "<svg xmlns" not in client.get(_address(cast.service)).content.decode()
    final_review(service=cast.service, first_day=FIRST_DAY.replace(year=2024), scores=lambda item: 3)
    response = client.get(_address(cast.service))
    assert [point["year"] for point in response.context["development"].scale["history"]] == [2024, 2025]
    assert response.content.decode().count("<svg xmlns") == 1
    # Who has a seat in one review sees one point, and so no line.
    client.force_login(cast.last_years_evaluator)
    assert "<svg xmlns" not in client.get(_address(cast.service)).content.decode()


def test_the_change_since_the_last_review_is_told_beside_the_result(client: Client, cast: Cast) -> None:
    cast.method_supervisor.language = "en"
    cast.method_supervisor.save()
    client.force_login(cast.method_supervisor)
    final_review(service=cast.service, scores=lambda item: 5)
    before = cast.last_year.versions.get().content["scales"][0]["total"]["total"]
    said = f"{125 - before} points up since the last external review in 2025."
    assert said in client.get(_address(cast.service)).content.decode()

"""Which index carries which query once there are thousands of rows: on PostgreSQL, as its planner decides by itself."""

import datetime
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection
from django.db.models import F, QuerySet
from django.test import Client
from django.utils import timezone

from reviews import access, log_in_history, reminders
from reviews.agenda_rows import Agenda
from reviews.due_list import DueServices, State
from reviews.models import (
    ActionPoint,
    AuditEvent,
    Organisation,
    Reminder,
    Review,
    Service,
    ServiceSummary,
    StaleSummary,
    User,
)
from reviews.summary import keeping
from reviews.workflow import erasing
from tests.bench.growth import Growth
from tests.cast import PDF
from tests.factories import (
    FIRST_DAY,
    ActionPointFactory,
    CountFactory,
    ErasureFactory,
    GivenFigureFactory,
    NoteFactory,
    ReminderFactory,
    ReviewStepFactory,
    RoleFactory,
    UserFactory,
    county,
    issue,
    items_of,
    scored_review,
)
from tests.load.saving import SavingPage
from tests.reviews.browsing import Page

pytestmark = pytest.mark.skipif(connection.vendor != "postgresql", reason="another planner says nothing of this one")

TODAY = datetime.date(2026, 11, 23)
DAY = datetime.timedelta(days=1)
MANY = 4000
TIMES = 200


def _plan(query: QuerySet[Any]) -> str:
    sql, parameters = query.query.sql_with_params()
    return _explained(sql, parameters)


def _explained(sql: str, parameters: Any) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}", parameters)
        return "\n".join(line for (line,) in cursor.fetchall())


def _analysed(*models: Any) -> None:
    with connection.cursor() as cursor:
        for model in models:
            cursor.execute(f'ANALYZE "{model._meta.db_table}"')


@pytest.fixture
def services(packed: None) -> None:
    """Thousands of services, all of them counted."""
    place = county("Vestland")
    made = Service.objects.bulk_create(Service(name=f"S{number}", county=place) for number in range(MANY))
    ServiceSummary.objects.bulk_create(
        ServiceSummary(service=each, county=place, next_due=TODAY + datetime.timedelta(days=number % 700 - 350))
        for number, each in enumerate(made)
    )
    StaleSummary.objects.all().delete()
    _analysed(Service, ServiceSummary, StaleSummary)


def test_the_list_of_services(services: None) -> None:
    user = RoleFactory.create(whole_country=True).user
    assert "service_by_name" in _plan(access.visible_services(user).order_by("name", "county", "pk")[:50])


@pytest.mark.parametrize("state", [State.OVERDUE, State.SOON])
def test_the_first_that_are_due(services: None, state: State) -> None:
    assert "summary_by_day" in _plan(DueServices(Service.objects.all(), TODAY).fresh(state)[:10])


def test_the_reviews_that_one_has_to_do_with(services: None) -> None:
    plan = _plan(access.visible_services(UserFactory.create()).order_by("name", "county", "pk"))
    assert "reviews_service_pkey" in plan
    assert "Seq Scan on reviews_service" not in plan


def test_organisations_by_name(packed: None) -> None:
    Organisation.objects.bulk_create(Organisation(name=f"O{number}", kind="nav_state") for number in range(MANY))
    _analysed(Organisation)
    assert "organisation_by_name" in _plan(Organisation.objects.order_by("name", "kind", "pk")[:101])


def test_the_log_ins_of_one_person(packed: None) -> None:
    people: list[User] = UserFactory.create_batch(2)
    AuditEvent.objects.bulk_create(
        AuditEvent(action="logged_in", object_type="user", object_id=f"{number}") for number in range(MANY)
    )
    _analysed(AuditEvent)
    asked: list[tuple[str, Any]] = []

    def keep(execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
        asked.append((sql, parameters))
        return execute(sql, parameters, many, context)

    with connection.execute_wrapper(keep):
        log_in_history.latest(people[0])
    assert "audit_by_object" in _explained(*asked[0])


def test_reminders_of_late(packed: None) -> None:
    user = UserFactory.create()
    Reminder.objects.bulk_create(
        Reminder(user=user, kind="visit", about=f"{number}", day=TODAY - datetime.timedelta(days=number))
        for number in range(MANY)
    )
    _analysed(Reminder)
    assert "reminder_by_day" in _plan(Reminder.objects.filter(day__gte=TODAY).order_by())


_CANCELLED = {"status": "cancelled", "cancelled_at": timezone.now(), "cancel_reason": "Ingen kunne komme."}


def test_what_a_year_holds(services: None) -> None:
    user = RoleFactory.create(whole_country=True).user
    ServiceSummary.objects.update(look_by=F("next_due"), last_day=F("next_due"))
    item = ActionPointFactory.create().item
    Review.objects.bulk_create(
        Review(service=each, first_day=day, last_day=day, **({} if number % 20 == 0 else _CANCELLED))
        for number, each in enumerate(Service.objects.all())
        for day in [TODAY - number * DAY]
    )
    ActionPoint.objects.bulk_create(
        ActionPoint(service=each, item=item, created_by=user, text="Avtal det.", deadline=TODAY - number * DAY)
        for number, each in enumerate(Service.objects.all())
    )
    _analysed(Service, ServiceSummary, Review, ActionPoint)
    plan = _plan(Agenda(user, access.standing(user), 2025, TODAY).numbers())
    assert set(re.findall(r"Seq Scan on (\w+)", plan)) & {"reviews_review", "reviews_servicesummary"} == set()
    carried = {"summary_by_day", "summary_by_look", "review_by_visit", "review_coming", "action_by_deadline"}
    assert carried - set(re.findall(r"(?:using|on) (\w+)", plan)) == set()


# Whole pages, saves and daily jobs, among thousands of reviews


_ENTERED = {"reviews_review_pkey", "reviews_service_pkey", "seat_number_once"}
_ITEM = _ENTERED | {
    *("given_once", "count_once", "final_score_once", "review_by_service", "version_number_once"),
}

CARRIED: dict[str, set[str]] = {
    "my tasks": {"reviews_review_pkey"},
    "my tasks, an adviser": {"review_by_status", "review_step_of_adviser", "review_final_by_last_day"},
    "a service": {"version_number_once"},
    "scoring one item": _ITEM,
    "all items on one page": _ENTERED,
    "an autosave": _ITEM | {"rating_once"},
    "consensus": _ENTERED,
    "consensus on one item": _ITEM,
    "a report": _ENTERED | {"version_number_once"},
    "a report's PDF": _ENTERED | {"version_number_once"},
}
"""The indexes that carry what is asked for, those of foreign keys aside."""


@dataclass
class Among:
    """Two evaluators, whose reviews are few among thousands."""

    people: list[User]
    adviser: User
    scoring: Review
    agreeing: Review
    final: Review


@pytest.fixture
def among(packed: None) -> Iterator[Among]:
    """Make them, and let all that is others' grow."""
    people, others = UserFactory.create_batch(2), UserFactory.create_batch(2)
    adviser = RoleFactory.create(whole_country=True).user
    made = []
    for pair in (people, others):
        issue(final := scored_review(evaluators=pair, first_day=FIRST_DAY), pdf=PDF)
        service = final.service
        # Under way is but a part of all there are.
        Review.objects.bulk_create(
            Review(service=service, first_day=FIRST_DAY, last_day=FIRST_DAY, **_CANCELLED) for _each in range(2)
        )
        scoring = scored_review(Review.Status.SCORING, evaluators=pair, service=service)
        agreeing = scored_review(evaluators=pair, service=service)
        for review in (scoring, agreeing):
            ReviewStepFactory.create(review=review)
            for number, item in enumerate(items_of(review)[:12]):
                NoteFactory.create(review=review, author=pair[number % 2], items=[item])
                CountFactory.create(review=review, item=item)
                GivenFigureFactory.create(review=review, item=item)
        ActionPointFactory.create(version=final.versions.get())
        ErasureFactory.create(review=final)
        ReminderFactory.create(user=pair[0], about=str(agreeing.pk))
        RoleFactory.create(user=UserFactory.create(), service=service)
        made.append(Among(pair, adviser, scoring, agreeing, final))
    growth = Growth([person.email for person in [*people, adviser]])
    try:
        growth.to(TIMES)
        keeping.rebuild()
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        yield made[0]
    finally:
        growth.forget()


def _statements(act: Callable[[], object]) -> list[tuple[str, Any]]:
    """Return what an act asks of the database, with its values."""
    asked: list[tuple[str, Any]] = []

    def keep(execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
        if sql.startswith(("SELECT", "UPDATE", "DELETE", "(", "WITH", "EXECUTE")):
            asked.append((sql, parameters))
        return execute(sql, parameters, many, context)

    with connection.execute_wrapper(keep):
        act()
    return asked


def _large_tables() -> set[str]:
    """Return the tables of reviews that have thousands of rows."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples > 2000")
        return {name for (name,) in cursor.fetchall() if name.startswith("reviews_")}


def _carried(act: Callable[[], object]) -> tuple[set[str], set[str]]:
    """Return the large tables that an act reads from end to end, and the indexes that carry the rest."""
    plans = "\n".join(_explained(*each) for each in _statements(act))
    return {*re.findall(r"Seq Scan on (\w+)", plans)} & _large_tables(), {
        *re.findall(r"Index\w* (?:Only )?Scan.*? (?:using|on) (\w+)", plans)
    }


def _pages(client: Client, here: Among) -> dict[str, Callable[[], object]]:
    """Return what is asked for, by name."""
    person, scoring = here.people[0], here.scoring
    item = items_of(scoring)[0]
    sheet = f"/reviews/{scoring.pk}/score/{item.section.scale.code}/{item.code}/"
    version = f"/reviews/{here.final.pk}/versions/1"

    def get(address: str, user: User = person) -> Callable[[], object]:
        def act() -> None:
            client.force_login(user)
            response = client.get(address)
            assert response.status_code == 200, address
            if response.streaming:
                assert b"".join(response)

        return act

    def save() -> None:
        client.force_login(person)
        form = Page(sheet, 200, client.get(sheet).text, "").form("seen")
        assert form is not None
        page = SavingPage(form)
        page.write("comment", "comment", ["Vi så det."])
        headers = {"Autosave": "1", "Autosave-As": str(person.pk)}
        assert client.post(page.action, dict(page.packed("comment")), headers=headers).status_code == 200

    return {
        "my tasks": get("/"),
        "my tasks, an adviser": get("/", here.adviser),
        "a service": get(f"/services/{scoring.service_id}/"),
        "scoring one item": get(sheet),
        "all items on one page": get(f"/reviews/{scoring.pk}/score/all/"),
        "an autosave": save,
        "consensus": get(f"/reviews/{here.agreeing.pk}/agree/"),
        "consensus on one item": get(f"/reviews/{here.agreeing.pk}/agree/{item.section.scale.code}/{item.code}/"),
        "a report": get(f"{version}/"),
        "a report's PDF": get(f"{version}.pdf"),
    }


def _jobs() -> dict[str, Callable[[], object]]:
    return {
        "reminders": lambda: reminders.waiting(TODAY),
        "erase_notes": lambda: list(erasing.waiting()),
    }


def test_pages_saves_and_daily_jobs_among_thousands(among: Among, client: Client) -> None:
    # In one test: what it is asked of takes long to make.
    assert len(_large_tables()) > 5
    found = {name: _carried(act) for name, act in _pages(client, among).items()}
    assert {name: whole for name, (whole, _indexes) in found.items() if whole} == {}, "read from end to end"
    lacking = {name: CARRIED[name] - indexes for name, (_whole, indexes) in found.items()}
    assert {name: some for name, some in lacking.items() if some} == {}, "indexes that carry nothing"
    _assert_jobs_go_through_reviews()


def _assert_jobs_go_through_reviews() -> None:
    """They must not go through what was written in them."""
    written = {"reviews_rating", "reviews_agreedresult", "reviews_note", "reviews_note_items"}
    assert written <= _large_tables()
    found = {name: _carried(act) for name, act in _jobs().items()}
    assert {name: whole & written for name, (whole, _indexes) in found.items() if whole & written} == {}
    assert "action_by_deadline" in found["reminders"][1]
    assert "review_by_status" in found["erase_notes"][1]

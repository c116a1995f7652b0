"""Which index carries which query once there are thousands of rows: on PostgreSQL, as its planner decides by itself."""

import datetime
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet

from reviews import access, log_in_history
from reviews.due_list import DueServices, State
from reviews.models import AuditEvent, Organisation, Reminder, Service, ServiceSummary, StaleSummary, User
from tests.factories import RoleFactory, UserFactory, county

pytestmark = pytest.mark.skipif(connection.vendor != "postgresql", reason="another planner says nothing of this one")

TODAY = datetime.date(2026, 11, 23)
MANY = 4000


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
def services(db: None) -> None:
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


def test_organisations_by_name(db: None) -> None:
    Organisation.objects.bulk_create(Organisation(name=f"O{number}", kind="nav_state") for number in range(MANY))
    _analysed(Organisation)
    assert "organisation_by_name" in _plan(Organisation.objects.order_by("name", "kind", "pk")[:101])


def test_the_log_ins_of_one_person(db: None) -> None:
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


def test_reminders_of_late(db: None) -> None:
    user = UserFactory.create()
    Reminder.objects.bulk_create(
        Reminder(user=user, kind="visit", about=f"{number}", day=TODAY - datetime.timedelta(days=number))
        for number in range(MANY)
    )
    _analysed(Reminder)
    assert "reminder_by_day" in _plan(Reminder.objects.filter(day__gte=TODAY).order_by())

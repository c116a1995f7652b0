"""What the role that the program runs as may do in the database: all of the work, and nothing to what was written down.

On PostgreSQL the statements are run as that role; the test's transaction takes the role away again.
"""

import datetime
import secrets
import uuid
from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.core.checks import Tags, run_checks
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import ProgrammingError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from reviews import audit, grants, guards, workflow
from reviews.models import AuditEvent, Erasure, FinalScore, Note, Rating, ReportVersion, Review, Seat, Service, User
from scales.models import Scale
from tests.factories import (
    FIRST_DAY,
    PASSWORD,
    RoleFactory,
    ServiceFactory,
    UserFactory,
    final_review,
    items_of,
)

pytestmark = pytest.mark.django_db
on_postgres = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="roles and rights are PostgreSQL's: the database of the run has none"
)
Become = Callable[[str], None]


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.fixture
def role() -> str:
    """A role of PostgreSQL that may do nothing yet. It goes with the test's transaction."""
    name = f"app_{secrets.token_hex(6)}"
    _run(f"CREATE ROLE {name}")
    return name


@pytest.fixture
def become() -> Iterator[Become]:
    """What makes the test go on as another role; it is itself again in the end."""
    yield lambda role: _run(f"SET LOCAL ROLE {role}")
    _run("RESET ROLE")


@pytest.fixture
def given(role: str) -> str:
    """The role with its rights."""
    grants.give(connection, role)
    return role


def _forbidden(statement: str) -> None:
    """Hold that the database refuses a statement for want of a right, and not for another reason."""
    with pytest.raises(ProgrammingError) as refusal, transaction.atomic():
        _run(statement)
    assert getattr(refusal.value.__cause__, "pgcode", "") == "42501"


def test_what_was_written_down_can_only_be_added_to() -> None:
    rights = grants.rights()
    for model in (AuditEvent, ReportVersion, FinalScore):
        assert rights[model._meta.db_table] == {"SELECT", "INSERT"}
    for changed in (Erasure, LogEntry):
        assert rights[changed._meta.db_table] == {"SELECT", "INSERT", "UPDATE"}
    assert rights[Rating._meta.db_table] == {"SELECT", "INSERT", "UPDATE", "DELETE"}
    assert rights["django_migrations"] == {"SELECT"}


def test_whatever_a_guard_makes_append_only_is_so_by_right_too() -> None:
    rights = grants.rights()
    guarded = {guard.table for guard in guards.guards() if guard.rule == "append_only"}
    assert guarded
    assert all(not rights[table] & {"UPDATE", "DELETE"} for table in guarded)


def test_each_table_named_narrower_is_one_of_ours() -> None:
    for label in grants._NARROWER:
        apps.get_model(label)


@on_postgres
@pytest.mark.parametrize("model", [AuditEvent, ReportVersion, FinalScore])
def test_nothing_that_was_written_down_is_changed_or_deleted(model: Any, given: str, become: Become) -> None:
    audit.record(None, AuditEvent.Action.EXPORTED)
    final_review()
    table = model._meta.db_table
    become(given)
    assert model.objects.exists()
    _forbidden(f"UPDATE {table} SET id = id")
    _forbidden(f"DELETE FROM {table}")
    _forbidden(f"TRUNCATE {table} CASCADE")


@on_postgres
@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE reviews_auditevent DISABLE TRIGGER ALL",
        "ALTER TABLE reviews_auditevent DISABLE TRIGGER guard_reviews_auditevent_append_only_update",
        "DROP TRIGGER guard_reviews_auditevent_append_only_update ON reviews_auditevent",
        "DROP FUNCTION guard_reviews_auditevent_append_only_update() CASCADE",
        "ALTER FUNCTION guard_reviews_auditevent_append_only_update() RENAME TO elsewhere",
        "SET session_replication_role = replica",
        "DROP TABLE reviews_auditevent",
        "DROP TABLE reviews_note CASCADE",
        "ALTER TABLE reviews_auditevent RENAME TO elsewhere",
        "CREATE TABLE own (id int)",
        "CREATE TEMPORARY TABLE reviews_review (id uuid, status text)",
        "CREATE SCHEMA own",
        "CREATE FUNCTION own() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE TRIGGER own BEFORE INSERT ON reviews_note FOR EACH ROW EXECUTE FUNCTION "
        "guard_reviews_auditevent_append_only_update()",
        "TRUNCATE reviews_note CASCADE",
        "INSERT INTO django_migrations (app, name, applied) VALUES ('reviews', '9999', now())",
        "DELETE FROM django_migrations",
        "UPDATE scales_item SET title = 'Noe annet'",
        "DELETE FROM reviews_erasure",
        "CREATE ROLE another",
        "COPY reviews_auditevent TO PROGRAM 'true'",
    ],
)
def test_the_database_refuses_what_the_program_never_does(statement: str, given: str, become: Become) -> None:
    become(given)
    _forbidden(statement)


def _course(service: Service, scale: Scale, lead: User, supervisor: User, client: Client) -> Review:
    """Take a review from its plan to a final report, as the pages and the commands do."""
    plan = workflow.Plan(
        service=service,
        kind=Review.Kind.EXTERNAL,
        basis=Review.Basis.PRACTICE,
        first_day=FIRST_DAY,
        last_day=FIRST_DAY,
        scales=[scale],
        evaluators=[lead],
    )
    review = workflow.plan(lead, plan)
    assert client.post(reverse("reviews:step", args=[review.pk, "start"])).status_code == 302
    seat = review.seats.get(kind=Seat.Kind.EVALUATOR)
    items = items_of(review)
    workflow.save_note(review, uuid.uuid4(), lead, {"text": "Et notat fra samtalen.", "items": [items[0].pk]})
    for item in items:
        workflow.save_rating(seat, item, lead, {"score": 4}, {})
    workflow.hand_in(seat, lead)
    workflow.save_narrative(review, lead, {"summary": "Tjenesten er godt i gang."})
    workflow.send_to_fact_check(review, lead)
    workflow.answer(review, supervisor)
    assert client.post(reverse("reviews:step", args=[review.pk, "finalise"])).status_code == 302
    return Review.objects.get(pk=review.pk)


@on_postgres
def test_a_review_goes_from_plan_to_report_and_is_erased_and_issued_again(
    given: str, become: Become, mini: Scale, client: Client
) -> None:
    service: Service = ServiceFactory.create()
    lead: User = UserFactory.create()
    supervisor: User = UserFactory.create()
    RoleFactory.create(user=supervisor, service=service)
    become(given)
    form = {"login": lead.email, "password": PASSWORD}
    assert client.post(reverse("account_login"), form).status_code == 302
    review = _course(service, mini, lead, supervisor, client)
    assert review.status == Review.Status.FINAL
    pdf = client.get(reverse("reviews:version_pdf", args=[review.pk, 1]))
    assert pdf.status_code == 200
    for days in (50, 80):
        with time_machine.travel(timezone.now() + datetime.timedelta(days=days)):
            call_command("erase_notes", stdout=StringIO())
            call_command("send_reminders", stdout=StringIO())
    assert not Note.objects.filter(review=review).exists()
    assert Erasure.objects.get(review=review).erased_at is not None
    workflow.reissue(review, lead, "En feil i sammendraget.")
    review.refresh_from_db()
    workflow.finalise(review, lead, "Bare én setning er rettet.")
    assert [version.number for version in review.versions.order_by("number")] == [1, 2]
    call_command("send_reminders", stdout=StringIO())
    call_command("clearsessions")
    assert client.post(reverse("account_logout")).status_code == 302
    told = set(AuditEvent.objects.filter(actor=lead).values_list("action", flat=True))
    assert {"created", "changed", "moved", "downloaded"} <= told


def _warnings() -> list[str]:
    return [
        found.msg for found in run_checks(tags=[Tags.database], databases=["default"]) if found.id == "reviews.W003"
    ]


@on_postgres
def test_the_check_is_content_with_what_was_given(given: str, settings: Any) -> None:
    settings.APP_ROLE = given
    assert _warnings() == []


@on_postgres
@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("GRANT UPDATE ON reviews_auditevent TO {role}", "has UPDATE on reviews_auditevent"),
        ("GRANT UPDATE (fields) ON reviews_auditevent TO {role}", "has UPDATE on reviews_auditevent"),
        ("GRANT DELETE ON reviews_reportversion TO PUBLIC", "has DELETE on reviews_reportversion"),
        ("GRANT TRIGGER, TRUNCATE ON reviews_note TO {role}", "has TRUNCATE on reviews_note"),
        ("GRANT pg_write_all_data TO {role}", "has DELETE on reviews_finalscore"),
        ("REVOKE INSERT ON reviews_auditevent FROM {role}", "lacks INSERT on reviews_auditevent"),
        ("REVOKE USAGE ON SCHEMA public FROM {role}, PUBLIC", "lacks USAGE on the schema"),
        ("GRANT CREATE ON SCHEMA public TO {role}", "has CREATE on the schema"),
        ("CREATE TABLE left_over (id int); GRANT SELECT ON left_over TO {role}", "has SELECT on left_over"),
        ("ALTER TABLE reviews_auditevent OWNER TO {role}", "owns reviews_auditevent"),
        ("ALTER ROLE {role} SUPERUSER", "is a superuser"),
        ("DROP OWNED BY {role}; DROP ROLE {role}", "does not exist"),
    ],
)
def test_the_check_names_what_is_too_wide_or_missing_and_migrate_mends_it(
    given: str, settings: Any, statement: str, fault: str
) -> None:
    settings.APP_ROLE = given
    _run(statement.format(role=given))
    assert any(fault in each for each in _warnings()), _warnings()
    if "GRANT pg_" in statement or "ROLE" in statement or "OWNER" in statement:
        return
    grants.restore(using="default")
    assert _warnings() == []


@on_postgres
def test_a_role_that_is_not_there_or_is_the_owners_own_is_refused() -> None:
    with pytest.raises(ImproperlyConfigured, match="does not have"):
        grants.give(connection, "nobody_of_that_name")
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        (owner,) = cursor.fetchone()
    with pytest.raises(ImproperlyConfigured, match="must be two"):
        grants.give(connection, owner)


def test_without_a_role_nothing_is_given_and_nothing_said(settings: Any) -> None:
    settings.APP_ROLE = ""
    grants.restore(using="default")
    assert _warnings() == []

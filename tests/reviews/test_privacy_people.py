"""A person is anonymised in place: nothing says who it was any more, and what was handed over stays as it was."""

import html
import io
import json
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from reviews import audit, workflow
from reviews.models import AuditEvent, Reminder, Review, Role, User
from tests.cast import cast_for
from tests.factories import (
    InvitationFactory,
    OrganisationFactory,
    ReminderFactory,
    RespondentFactory,
    RoleFactory,
    SeatFactory,
    UserFactory,
    final_review,
    scored_review,
)

pytestmark = pytest.mark.django_db

NAME, EMAIL = "Qamar Qvigstad-Zahl", "qamar.qz@example.org"


def somebody(**columns: Any) -> User:
    """Return a person who is easily found again."""
    user: User = UserFactory.create(name=NAME, email=EMAIL, **columns)
    return user


def held(words: str) -> set[str]:
    """Return the tables in which the words stand, whatever their case."""
    found = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            if any(words.casefold() in str(row).casefold() for row in cursor.fetchall()):
                found.add(table)
    return found


def test_nothing_tells_who_it_was_but_what_was_handed_over(client: Client) -> None:
    user = somebody(workplace=OrganisationFactory.create(), line_manager=UserFactory.create(), is_staff=True)
    managed = UserFactory.create(line_manager=user)
    review = final_review(evaluators=[user])
    role = RoleFactory.create(user=user, service=review.service)
    seat = SeatFactory.create(review=scored_review("cancelled"), number=5, user=user)
    InvitationFactory.create(review=seat.review, seat=seat, email=EMAIL.upper(), accepted_at=timezone.now())
    ReminderFactory.create(user=user)
    EmailAddress.objects.create(user=user, email=EMAIL, verified=True, primary=True)
    Authenticator.objects.create(user=user, type="totp", data={"secret": "x"})
    SocialAccount.objects.create(user=user, provider="openid_connect", uid="1", extra_data={"name": NAME})
    for row in (user, role):
        LogEntry.objects.create(
            user=UserFactory.create(),
            content_type=ContentType.objects.get_for_model(row),
            object_id=str(row.pk),
            object_repr=str(row),
            action_flag=CHANGE,
            change_message=f"Endret {row}.",
        )
    LogEntry.objects.filter(object_id=str(role.pk)).update(change_message="")
    client.force_login(user)
    assert Session.objects.count() == 1
    version = review.versions.get()
    content, events = version.content, AuditEvent.objects.count()
    assert {"reviews_user", "reviews_reportversion", "django_admin_log", "socialaccount_socialaccount"} <= held(NAME)

    administrator = UserFactory.create(is_staff=True)
    workflow.anonymise(user, administrator)

    assert held(NAME) == {"reviews_reportversion"}
    assert held(EMAIL) == set()
    version.refresh_from_db()
    assert version.content == content
    user.refresh_from_db()
    assert [user.is_active, user.is_staff, user.has_usable_password()] == [False] * 3
    assert (user.workplace, user.line_manager, user.last_login) == (None, None, None)
    assert user.anonymised_at is not None
    managed.refresh_from_db()
    assert managed.line_manager is None
    assert Session.objects.count() == Reminder.objects.filter(user=user).count() == 0
    assert not Role.objects.filter(user=user).exists()
    assert review.seats.get().user == user
    assert AuditEvent.objects.count() == events + 1
    event = AuditEvent.objects.get(object_type="user", object_id=str(user.pk), actor=administrator)
    assert (event.action, event.fields) == ("changed", ["anonymised_at"])


def test_who_is_needed_in_an_open_review_is_not_anonymised() -> None:
    seated, asked, invited = somebody(), UserFactory.create(), UserFactory.create()
    review = scored_review("fact_check", evaluators=[seated])
    RespondentFactory.create(review=review, user=asked)
    place = SeatFactory.create(review=review, user=None, number=7)
    InvitationFactory.create(review=review, seat=place, email=invited.email)
    other = UserFactory.create()
    with translation.override("en"):
        for person, why in ((seated, "has a seat in 1"), (asked, "is asked"), (invited, "is asked")):
            with pytest.raises(workflow.Refused, match=why):
                workflow.anonymise(person, other)
        with pytest.raises(workflow.Refused, match="Nobody anonymises themselves"):
            workflow.anonymise(other, other)
    assert not User.objects.filter(anonymised_at__isnull=False).exists()
    Review.objects.filter(pk=review.pk).update(
        status="cancelled", cancelled_at=timezone.now(), cancel_reason="Slått sammen."
    )
    for person in (seated, asked, invited):
        workflow.anonymise(person, other)
    with pytest.raises(workflow.Refused):
        workflow.anonymise(seated, other)


def test_an_administrator_is_asked_first_and_it_cannot_be_undone(client: Client) -> None:
    cast = cast_for("final")
    person = cast.last_years_evaluator
    address = reverse("admin:reviews_user_anonymise", args=[person.pk])
    client.force_login(cast.administrator)
    assert person.name in client.get(address).content.decode()
    for nobody in ("1", "00000000-0000-4000-8000-000000000000"):
        assert client.post(reverse("admin:reviews_user_anonymise", args=[nobody])).status_code == 404
    person.refresh_from_db()
    assert person.anonymised_at is None
    for typed in ({}, {"email": cast.evaluator.email}):
        answer = client.post(address, typed)
        assert answer.status_code == 200
        assert answer.context["form"].errors["email"]
    person.refresh_from_db()
    assert person.anonymised_at is None
    assert client.post(address, {"email": person.email.upper()}).status_code == 302
    person.refresh_from_db()
    assert person.anonymised_at is not None
    assert client.get(address).status_code == client.post(address).status_code == 403
    change = reverse("admin:reviews_user_change", args=[person.pk])
    assert client.get(change).status_code == 200
    assert client.post(change, {"name": "Igjen", "email": "ny@example.org", "is_active": "on"}).status_code == 403
    history = client.get(reverse("admin:reviews_user_history", args=[person.pk])).content.decode()
    line = LogEntry.objects.get(object_id=str(person.pk))
    assert (line.user, line.object_repr) == (cast.administrator, person.name)
    assert str(line.get_change_message()) in html.unescape(history)
    own = reverse("admin:reviews_user_anonymise", args=[cast.administrator.pk])
    for answer in (client.get(own), client.post(own, {"email": cast.administrator.email})):
        assert answer.status_code == 200
        assert 'class="errornote"' in answer.content.decode()
        assert "<form method" not in answer.content.decode().split('id="content"')[1]


def test_what_stands_in_the_way_is_told_before_anybody_is_asked(client: Client) -> None:
    cast = cast_for("scoring")
    client.force_login(cast.administrator)
    address = reverse("admin:reviews_user_anonymise", args=[cast.evaluator.pk])
    page = client.get(address).content.decode()
    assert f'href="{reverse("admin:reviews_service_change", args=[cast.service.pk])}"' in page
    assert str(cast.review.pk) not in page, "administrators see no review"
    assert "<form method" not in page.split('id="content"')[1]
    assert client.post(address, {"email": cast.evaluator.email}).status_code == 200
    cast.evaluator.refresh_from_db()
    assert cast.evaluator.anonymised_at is None


@pytest.mark.parametrize("name", ["evaluator", "adviser", "manager", "outsider"])
def test_nobody_but_an_administrator_anonymises(client: Client, name: str) -> None:
    cast = cast_for("final")
    client.force_login(getattr(cast, name))
    address = reverse("admin:reviews_user_anonymise", args=[cast.last_years_evaluator.pk])
    assert client.post(address).status_code in (302, 403, 404)
    assert not User.objects.filter(anonymised_at__isnull=False).exists()


def test_the_commands_find_a_person_by_e_mail_whatever_its_case() -> None:
    user = somebody()
    out = io.StringIO()
    call_command("export_person", EMAIL.upper(), stdout=out)
    told = json.loads(out.getvalue())
    assert (told["account"]["name"], told["account"]["email"]) == (NAME, EMAIL)
    assert "password" not in told["account"]
    call_command("anonymise", EMAIL.upper(), stdout=io.StringIO())
    user.refresh_from_db()
    assert user.anonymised_at is not None
    for command in ("anonymise", "export_person"):
        with pytest.raises(CommandError):
            call_command(command, EMAIL, stdout=io.StringIO())


def test_one_who_asks_for_access_gets_their_own_words_and_nobody_elses() -> None:
    user = somebody()
    review = scored_review("scoring", evaluators=[user, UserFactory.create()])
    first, second = review.seats.order_by("number")
    first.ratings.update(comment="Mine ord.")
    second.ratings.update(comment="En annens ord.")
    out = io.StringIO()
    call_command("export_person", EMAIL, stdout=out)
    assert "Mine ord." in out.getvalue()
    assert "En annens ord." not in out.getvalue()
    assert AuditEvent.objects.filter(action="exported", object_type="user", object_id=str(user.pk)).exists()


def test_one_who_asks_for_access_sees_what_was_done_to_the_account_and_how_it_is_logged_in_to() -> None:
    user, administrator = somebody(), UserFactory.create(is_staff=True)
    audit.record(administrator, AuditEvent.Action.CHANGED, target=user, fields=["roles"])
    audit.record(administrator, AuditEvent.Action.CHANGED, target=administrator, fields=["email"])
    Authenticator.objects.create(user=user, type="webauthn", data={"name": "Telefonen", "credential": "hemmelig"})
    out = io.StringIO()
    call_command("export_person", EMAIL, stdout=out)
    told = json.loads(out.getvalue())
    assert [event["fields"] for event in told["log"]] == [["roles"]]
    (factor,) = told["log_in"]["mfa.Authenticator"]
    assert (factor["type"], factor["name"], factor["last_used_at"]) == ("webauthn", "Telefonen", None)
    assert factor["created_at"]
    assert "hemmelig" not in out.getvalue()


def test_why_the_person_was_removed_from_a_review_goes_with_the_name() -> None:
    user = UserFactory.create()
    seat = SeatFactory.create(review=scored_review("scoring"), number=5, user=user, removed=True)
    assert seat.removed_reason == "Ble syk."
    workflow.anonymise(user, None)
    seat.refresh_from_db()
    assert seat.removed_reason == "–"

"""Somebody without an account comes from a letter to their place in a review; a link that does not hold says so."""

import datetime
import re
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session
from django.core.signing import TimestampSigner
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from reviews import accounts, letters, workflow
from reviews.models import AuditEvent, Invitation, Review, Seat, User
from tests.factories import (
    PASSWORD,
    InvitationFactory,
    RespondentFactory,
    ReviewFactory,
    SeatFactory,
    UserFactory,
    final_review,
    scored_review,
)
from tests.reviews import front_door
from tests.reviews.mail_server import MailServer, path, text

ACCOUNT = {"name": "Nina Ny", "password": "tre-ord-som-er-lange", "language": "en"}

pytestmark = pytest.mark.django_db


def where(invitation: Invitation) -> str:
    """Return the path of an invitation's link as it is now: the next second's is another."""
    return letters.link(invitation).removeprefix("http://testserver")


def to_check() -> Invitation:
    """Return an invitation to check the facts in a draft that is out."""
    respondent = RespondentFactory.create(review=scored_review(Review.Status.FACT_CHECK), user=None)
    found: Invitation = InvitationFactory.create(seat=None, respondent=respondent, review=respondent.review)
    return found


# The whole way


def test_from_the_letter_to_the_seat_with_an_account_of_ones_own(mail_server: MailServer, client: Client) -> None:
    review = ReviewFactory.create()
    lead = UserFactory.create()
    SeatFactory.create(review=review, user=lead)
    workflow.add_observer(review, lead, "Nina.Ny@Example.org")
    letters.send_waiting(review, actor=lead)
    (letter,) = mail_server.to("nina.ny@example.org")
    address = path(letter, "/invitations/")

    page = client.get(address)
    assert page.status_code == 200
    shown = page.content.decode()
    assert review.service.name in shown
    assert "nina.ny@example.org" in shown
    assert lead.name in shown
    answer = client.post(address, ACCOUNT)
    assert answer.status_code == 302
    assert answer.headers["Location"] == front_door.page("review", review)
    inside = client.get(answer.headers["Location"])
    assert inside.status_code == 200
    assert inside.headers["Content-Language"] == "en"

    user = User.objects.get(email="nina.ny@example.org")
    seat = review.seats.get(user=user)
    assert seat.kind == Seat.Kind.OBSERVER
    assert seat.invitation.accepted_at is not None
    assert (user.name, user.language, user.is_staff, user.is_superuser) == ("Nina Ny", "en", False, False)
    assert user.last_login is not None


def test_the_new_account_logs_in_with_its_password_and_gets_a_new_one_by_mail(
    client: Client, mail_server: MailServer
) -> None:
    invitation = InvitationFactory.create()
    Client().post(where(invitation), ACCOUNT)
    answer = client.post(reverse("account_login"), {"login": invitation.email.upper(), "password": ACCOUNT["password"]})
    assert answer.status_code == 302
    user = User.objects.get(email=invitation.email)
    assert client.session["_auth_user_id"] == str(user.pk)
    address = EmailAddress.objects.get(user=user)
    assert (address.email, address.verified, address.primary) == (invitation.email, True, True)
    Client().post(reverse("account_reset_password"), {"email": invitation.email})
    assert "/accounts/password/reset/key/" in text(mail_server.to(invitation.email)[-1])


def test_the_session_gets_a_new_key_when_the_account_is_made(client: Client) -> None:
    session = client.session
    session["before"] = "x"
    session.save()
    client.cookies["sessionid"] = session.session_key or ""
    client.post(where(InvitationFactory.create()), ACCOUNT)
    assert client.session.session_key != session.session_key
    assert not Session.objects.filter(session_key=session.session_key).exists()


def test_who_is_invited_to_check_the_facts_comes_to_the_draft(client: Client) -> None:
    invitation = to_check()
    assert invitation.review.fact_check_due is not None
    page = client.get(where(invitation)).content.decode()
    assert str(invitation.review.fact_check_due.year) in page
    answer = client.post(where(invitation), ACCOUNT, follow=True)
    assert answer.status_code == 200
    assert answer.context["permit"].is_respondent
    assert client.get(reverse("reviews:draft", args=[invitation.review.pk])).status_code == 200


def test_an_account_that_is_there_already_logs_in_and_accepts(client: Client) -> None:
    invitation = InvitationFactory.create()
    user = UserFactory.create(email=invitation.email)
    address = where(invitation)
    page = client.get(address).content.decode()
    assert 'name="password"' not in page
    (login,) = re.findall(r'href="([^"]*login[^"]*)"[^>]*>[^<]*</a>\s*<a', page)
    answer = client.post(login, {"login": user.email, "password": PASSWORD})
    assert answer.headers["Location"] == address
    assert "<form method" in client.get(where(invitation)).content.decode()
    assert Seat.objects.get(invitation=invitation).user is None
    answer = client.post(where(invitation))
    assert answer.headers["Location"] == front_door.page("review", invitation.review)
    assert Seat.objects.get(invitation=invitation).user == user
    assert User.objects.filter(email=invitation.email).count() == 1


def test_a_link_used_before_asks_only_who_is_logged_out_to_log_in(client: Client) -> None:
    invitation = InvitationFactory.create()
    client.post(where(invitation), ACCOUNT)
    assert "Logg inn for å gå videre" not in client.get(where(invitation)).content.decode()
    assert "Logg inn for å gå videre" in Client().get(where(invitation)).content.decode()


def test_an_account_that_is_there_already_is_not_taken_over(client: Client) -> None:
    invitation = InvitationFactory.create()
    user = UserFactory.create(email=invitation.email)
    before = front_door.contents()
    assert client.post(where(invitation), ACCOUNT).status_code == 200
    assert front_door.contents() == before
    assert "_auth_user_id" not in client.session
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_the_audit_tells_who_came_in(client: Client) -> None:
    invitation = InvitationFactory.create()
    client.post(where(invitation), ACCOUNT)
    user = User.objects.get(email=invitation.email)
    events = AuditEvent.objects.filter(actor=user).order_by("pk").values_list("action", "object_type", "fields")
    assert list(events[:2]) == [("created", "user", []), ("changed", "seat", ["user"])]


# The form


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": front_door.NUL}, "name"),
        ({"name": "x" * 151}, "name"),
        ({"password": ""}, "password"),
        ({"password": "mjau"}, "password"),
        ({"password": "qwerty123456"}, "password"),
        ({"password": "nina nynorsk 1", "name": "Nina Nynorsk"}, "password"),
        ({"password": "invitertpersonx"}, "password"),
        ({"language": "fr"}, "language"),
        ({"language": ""}, "language"),
    ],
)
def test_what_cannot_be_taken_is_said_beside_it(client: Client, wrong: dict[str, str], field: str) -> None:
    invitation = InvitationFactory.create(email="invitertperson@example.org")
    data = {**ACCOUNT, **wrong}
    before = front_door.contents()
    answer = client.post(where(invitation), data)
    assert answer.status_code == 200
    assert front_door.contents() == before
    form = answer.context["form"]
    assert list(form.errors) == [field]
    page = answer.content.decode()
    if field != "name" and data["name"]:
        assert f'value="{data["name"]}"' in page
    # A password is never sent back.
    assert not data["password"] or data["password"] not in page


def test_the_address_is_that_of_the_invitation_whatever_is_sent(client: Client) -> None:
    invitation = InvitationFactory.create()
    client.post(where(invitation), {**ACCOUNT, "email": "en.annen@example.org", "is_staff": "1", "is_superuser": "1"})
    user = User.objects.get(name="Nina Ny")
    assert (user.email, user.is_staff) == (invitation.email, False)


def test_a_password_keeps_the_space_around_it(client: Client) -> None:
    invitation = InvitationFactory.create()
    client.post(where(invitation), {**ACCOUNT, "password": " tre ord som er lange "})
    assert User.objects.get(email=invitation.email).check_password(" tre ord som er lange ")


def test_without_the_seat_there_is_no_account(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    invitation = InvitationFactory.create()

    def meanwhile(*args: Any) -> Review:
        raise workflow.Refused("Setet er tatt.")

    monkeypatch.setattr(workflow, "accept", meanwhile)
    answer = client.post(where(invitation), ACCOUNT)
    assert "Setet er tatt." in answer.content.decode()
    assert not User.objects.filter(email=invitation.email).exists()
    assert not EmailAddress.objects.exists()
    assert "_auth_user_id" not in client.session


def test_sent_twice_at_once_makes_one_account(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    invitation = InvitationFactory.create()

    def second(*args: Any, **columns: Any) -> User:
        raise IntegrityError

    monkeypatch.setattr(accounts, "open_account", second)
    address = where(invitation)
    answer = client.post(address, ACCOUNT)
    assert answer.headers["Location"] == address


def test_looking_writes_nothing(client: Client) -> None:
    invitation = InvitationFactory.create()
    before = front_door.contents()
    client.get(where(invitation))
    client.head(where(invitation))
    assert front_door.contents() == before
    assert not AuditEvent.objects.exists()
    client.force_login(UserFactory.create(email=invitation.email))
    before = front_door.contents()
    audited = AuditEvent.objects.count()
    client.get(where(invitation))
    assert front_door.contents() == before
    assert AuditEvent.objects.count() == audited


def test_no_page_of_an_invitation_is_kept_anywhere(client: Client) -> None:
    answer = client.get(where(InvitationFactory.create()))
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.headers["Referrer-Policy"] == "same-origin"


# Somebody else


def test_who_is_logged_in_as_somebody_else_is_told_and_gets_nothing(client: Client) -> None:
    invitation = InvitationFactory.create()
    other = UserFactory.create()
    client.force_login(other)
    for answer in (client.get(where(invitation)), client.post(where(invitation), ACCOUNT)):
        assert answer.status_code == 403
        page = answer.content.decode()
        assert other.email in page
        assert f'action="{reverse("account_logout")}"' in page
    assert Seat.objects.get(invitation=invitation).user is None
    assert client.get(front_door.page("review", invitation.review)).status_code == 404
    address = where(invitation)
    answer = client.post(reverse("account_logout"), {"next": address})
    assert answer.headers["Location"] == address
    assert client.get(where(invitation)).status_code == 200


def test_who_takes_part_already_is_told(client: Client) -> None:
    invitation = InvitationFactory.create()
    user = UserFactory.create(email=invitation.email)
    SeatFactory.create(review=invitation.review, user=user)
    client.force_login(user)
    before = front_door.contents()
    answer = client.post(where(invitation))
    assert answer.status_code == 200
    assert [message.level_tag for message in answer.context["messages"]] == ["error"]
    assert front_door.contents() == before


def test_a_closed_account_is_not_opened_by_an_invitation(client: Client) -> None:
    invitation = InvitationFactory.create()
    user = UserFactory.create(email=invitation.email, is_active=False)
    assert client.get(where(invitation)).status_code == 410
    assert client.post(where(invitation), ACCOUNT).status_code == 410
    user.refresh_from_db()
    assert not user.is_active
    assert user.check_password(PASSWORD)


# A link that does not hold


def _accepted(invitation: Invitation) -> None:
    workflow.accept(invitation, UserFactory.create(email=invitation.email))


def _removed(invitation: Invitation) -> None:
    assert invitation.seat is not None
    if invitation.seat.is_lead:
        workflow.replace(invitation.seat, UserFactory.create(), UserFactory.create(), "Ble syk.")
    else:
        workflow.remove(invitation.seat, UserFactory.create(), "Ble syk.")


def _replanned(invitation: Invitation) -> None:
    assert invitation.seat is not None
    invitation.seat.delete()


def _cancelled(invitation: Invitation) -> None:
    workflow.cancel(invitation.review, UserFactory.create(), "Tjenesten legges ned.")


@pytest.mark.parametrize("becomes_void", [_accepted, _removed, _replanned, _cancelled])
def test_a_link_that_holds_no_more_says_so_and_lets_nobody_in(
    client: Client, becomes_void: Callable[[Invitation], None]
) -> None:
    invitation = InvitationFactory.create()
    address = where(invitation)
    assert client.get(address).status_code == 200
    becomes_void(invitation)
    before = front_door.contents()
    for answer in (client.get(address), client.post(address, ACCOUNT)):
        assert answer.status_code == 410
        page = answer.content.decode()
        assert invitation.email not in page
        assert invitation.review.service.name not in page
    client.force_login(User.objects.filter(email=invitation.email).first() or UserFactory.create())
    assert client.get(address).status_code == 410
    assert "reviews.Seat" in before
    assert Seat.objects.filter(user__name="Nina Ny").count() == 0


def test_a_final_review_takes_nobody_in(client: Client) -> None:
    lead = UserFactory.create()
    review = final_review(evaluators=[lead])
    workflow.reissue(review, lead, "Feil i sammendraget.")
    invitation = InvitationFactory.create(seat__review=review, seat__observer=True)
    workflow.finalise(review, lead, "Tjenesten har svart.")
    assert client.get(where(invitation)).status_code == 410
    assert client.post(where(invitation), ACCOUNT).status_code == 410
    assert not User.objects.filter(email=invitation.email).exists()


def test_while_the_draft_is_taken_back_there_is_nothing_to_accept_yet(client: Client) -> None:
    invitation = to_check()
    lead = invitation.review.seats.get(is_lead=True).user
    assert lead is not None
    workflow.send_back(invitation.review, lead, "Feil i O1.")
    answer = client.post(where(invitation), ACCOUNT)
    assert answer.status_code == 200
    assert not User.objects.filter(email=invitation.email).exists()
    workflow.send_to_fact_check(invitation.review, lead, timezone.localdate())
    assert client.post(where(invitation), ACCOUNT).status_code == 302


def test_a_link_holds_for_sixty_days(client: Client) -> None:
    invitation = InvitationFactory.create()
    sent = datetime.datetime(2026, 9, 1, 12, tzinfo=datetime.UTC)
    with time_machine.travel(sent) as clock:
        address = where(invitation)
        clock.move_to(sent + datetime.timedelta(days=59))
        assert client.get(address).status_code == 200
        clock.move_to(sent + datetime.timedelta(days=61))
        assert client.get(address).status_code == 410
        assert client.post(address, ACCOUNT).status_code == 410
    assert not User.objects.filter(email=invitation.email).exists()


def test_an_address_that_was_never_sent_is_none(client: Client) -> None:
    invitation, other = InvitationFactory.create(), InvitationFactory.create()
    key, stamp, signature = letters.link(invitation).rstrip("/").rpartition("/")[2].split(":")
    later = stamp[:-1] + ("y" if stamp.endswith("z") else "z")
    wrong = [
        "x",
        f"{key}:{stamp}:{signature[:-1]}",
        f"{other.pk.hex}:{stamp}:{signature}",
        f"{key}:{later}:{signature}",
        str(invitation.pk),
        # Signed by us, but for something else, or with something else in it.
        TimestampSigner(salt="something else").sign(invitation.pk.hex),
        TimestampSigner(salt="reviews.invitation").sign("no-id"),
        "æøå:\x00",
    ]
    for token in wrong:
        address = reverse("reviews:invitation", args=[token])
        assert client.get(address).status_code == 404, token
        assert client.post(address, ACCOUNT).status_code == 404, token
    assert not User.objects.filter(name="Nina Ny").exists()


def test_the_link_tells_nothing_of_who_is_invited_to_what() -> None:
    invitation = InvitationFactory.create(email="nina@example.org")
    token = letters.link(invitation).rstrip("/").rpartition("/")[2]
    key, _stamp, _signature = token.split(":")
    assert key == invitation.pk.hex
    assert str(invitation.review.pk) not in token


def test_the_log_does_not_tell_the_link(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    from ipsreview.logs import PlainFormatter, RequestIdFilter

    invitation = InvitationFactory.create()
    _accepted(invitation)
    client.get(where(invitation))
    record = next(record for record in caplog.records if record.name == "django.request")
    RequestIdFilter().filter(record)
    assert invitation.pk.hex not in PlainFormatter().format(record)


@pytest.mark.parametrize("action", ["action_add", "action_primary", "action_send", "action_remove"])
def test_nobody_takes_the_address_by_which_somebody_else_is_invited(client: Client, action: str) -> None:
    person = UserFactory.create(email="kari@example.org")
    EmailAddress.objects.create(user=person, email="nina.ny@example.org")
    client.force_login(person)
    before = front_door.contents()
    assert client.post(reverse("account_email"), {action: "", "email": "nina.ny@example.org"}).status_code == 405
    assert front_door.contents() == before

"""Letters go once, to those they are for, in their language, telling nothing that is confidential, and none is lost."""

import datetime
import io
import logging
import re
import threading
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from reviews import letters, workflow
from reviews.models import AuditEvent, FactCheckRespondent, Review, Seat, User
from tests.cast import cast_for
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

MONDAY = datetime.date(2026, 9, 28)
DUE = MONDAY + datetime.timedelta(days=14)
SENTINEL = "Teamet prioriterer ikke jobbsøk"

pytestmark = pytest.mark.django_db


def day(number: int, hour: int = 12) -> datetime.datetime:
    """Return an hour of a day, counted from that on which the draft is sent."""
    return datetime.datetime.combine(MONDAY + datetime.timedelta(days=number), datetime.time(hour), tzinfo=datetime.UTC)


def run() -> str:
    """Run the command, and return what it prints."""
    out = io.StringIO()
    call_command("send_reminders", stdout=out)
    return out.getvalue()


def checked(*others: User | str) -> Review:
    """Return a review whose draft is sent to others on the first day, until DUE."""
    review = scored_review(Review.Status.CONSENSUS, evaluators=[UserFactory.create(name="Lise Leder")])
    review.seats.update(told_at=day(-20))
    lead = lead_of(review)
    with time_machine.travel(day(0)):
        workflow.send_to_fact_check(review, lead, DUE, others)
    review.refresh_from_db()
    return review


def whose(part: Seat | FactCheckRespondent) -> User:
    """Return who sits in a seat, or is asked."""
    assert part.user is not None
    return part.user


def lead_of(review: Review) -> User:
    """Return who leads a review."""
    return whose(review.seats.get(is_lead=True))


# Who is written to


def test_those_with_a_seat_and_those_invited_are_told_once(mail_server: MailServer) -> None:
    review = ReviewFactory.create(created_by=UserFactory.create(name="Randi Rådgiver"))
    seat = SeatFactory.create(review=review)
    invitation = InvitationFactory.create(seat__review=review, made_by=review.created_by)
    assert letters.send_waiting(review) == []
    assert letters.send_waiting(review) == []
    (to_seat,) = mail_server.to(whose(seat).email)
    (to_invited,) = mail_server.to(invitation.email)
    assert len(mail_server.letters) == 2
    assert path(to_seat, "/reviews/") == front_door.page("review", review)
    assert path(to_invited, "/invitations/") in letters.link(invitation)
    assert "/invitations/" not in text(to_seat)
    for letter in mail_server.letters:
        assert review.service.name in letter["Subject"]
        assert "Randi Rådgiver" in text(letter)
        assert "15.–16. september 2026" in text(letter)
    assert not Seat.objects.filter(review=review, told_at=None).exists()


def test_every_letter_of_a_review_goes_over_one_connection(mail_server: MailServer) -> None:
    review = ReviewFactory.create()
    SeatFactory.create_batch(3, review=review)
    letters.send_waiting(review)
    assert (len(mail_server.letters), mail_server.connections) == (3, 1)


def test_nobody_is_written_to_without_cause(mail_server: MailServer) -> None:
    review = ReviewFactory.create()
    SeatFactory.create(review=review, user=None)  # as an import leaves it
    SeatFactory.create(review=review, told_at=day(0))
    SeatFactory.create(review=review, removed=True)
    SeatFactory.create(review=review, user__is_active=False)
    InvitationFactory.create(seat__review=review, seat__removed=True)
    for closed in (ReviewFactory.create(status=Review.Status.CANCELLED), final_review()):
        if closed.status == Review.Status.CANCELLED:
            SeatFactory.create(review=closed)
        assert letters.send_waiting(closed) == []
    assert letters.send_waiting(review) == []
    assert "0" in run()
    assert mail_server.letters == []


def test_the_draft_is_told_of_while_it_is_out_only(mail_server: MailServer) -> None:
    asked = UserFactory.create()
    review = checked(asked, "ny@example.org")
    answered = RespondentFactory.create(review=review, answered_at=day(0))
    other = checked(UserFactory.create())
    assert letters.send_waiting(review) == []
    assert {letter["To"] for letter in mail_server.letters} == {asked.email, "ny@example.org"}
    for letter in mail_server.letters:
        assert "12. oktober 2026" in text(letter)
        assert "Lise Leder" in text(letter)
    assert "/invitations/" in path(mail_server.to("ny@example.org")[0])
    assert path(mail_server.to(asked.email)[0]) == front_door.page("review", review)
    assert mail_server.to(whose(answered).email) == []
    lead = lead_of(other)
    workflow.send_back(other, lead, "Feil i O1.")
    assert letters.send_waiting(other) == []
    assert len(mail_server.letters) == 2


def test_who_was_asked_before_is_told_again_when_the_draft_comes_again(mail_server: MailServer) -> None:
    asked = UserFactory.create()
    review = checked(asked)
    letters.send_waiting(review)
    lead = lead_of(review)
    workflow.send_back(review, lead, "Feil i O1.")
    workflow.send_to_fact_check(review, lead, DUE + datetime.timedelta(days=3650))
    letters.send_waiting(review)
    assert len(mail_server.to(asked.email)) == 2


def test_an_account_without_a_password_is_told_where_to_choose_one(mail_server: MailServer) -> None:
    new = UserFactory.create()
    new.set_unusable_password()
    new.save()
    review = ReviewFactory.create()
    SeatFactory.create(review=review, user=new)
    old = SeatFactory.create(review=review)
    letters.send_waiting(review)
    assert reverse("account_reset_password") in text(mail_server.to(new.email)[0])
    assert reverse("account_reset_password") not in text(mail_server.to(whose(old).email)[0])


# What letters say


def test_each_reads_in_their_own_language(mail_server: MailServer) -> None:
    review = ReviewFactory.create()
    english = SeatFactory.create(review=review, user__language="en")
    norwegian = SeatFactory.create(review=review, user__language="nb")
    invited = InvitationFactory.create(seat__review=review)
    letters.send_waiting(review)
    in_english = text(mail_server.to(whose(english).email)[0])
    assert in_english.startswith("Hello,")
    assert "when the service" in in_english
    assert "September 2026" in in_english
    for address in (whose(norwegian).email, invited.email):
        said = text(mail_server.to(address)[0])
        assert said.startswith("Hei,")
        assert "september 2026" in said


@pytest.mark.parametrize(
    ("kind", "seat", "said"),
    [
        (Review.Kind.EXTERNAL, {"is_lead": True}, "lead evaluator"),
        (Review.Kind.EXTERNAL, {"is_lead": False}, "to be evaluator"),
        (Review.Kind.EXTERNAL, {"observer": True, "is_lead": False}, "to observe"),
        (Review.Kind.SELF, {"is_lead": True}, "the self-review"),
    ],
)
def test_a_letter_says_what_one_is_asked_to_be(
    mail_server: MailServer, kind: str, seat: dict[str, Any], said: str
) -> None:
    found = SeatFactory.create(review=ReviewFactory.create(kind=kind), user__language="en", **seat)
    letters.send_waiting(found.review)
    assert said in text(mail_server.letters[0])


def test_no_letter_tells_what_was_found(mail_server: MailServer) -> None:
    cast = cast_for(Review.Status.FACT_CHECK)
    review = cast.review
    review.results.update(comment=SENTINEL, recommendation=SENTINEL, score=3)
    Review.objects.filter(pk=review.pk).update(summary=SENTINEL, strengths=SENTINEL, independence=SENTINEL)
    with time_machine.travel(day(0)):
        letters.send_waiting(review)
    with time_machine.travel(day(1)):
        letters.remind(review, by_hand=True)
    assert {letter["To"] for letter in mail_server.letters} >= {cast.evaluator.email, cast.respondent.email}
    for letter in mail_server.letters:
        said = f"{letter['Subject']}\n{text(letter)}"
        assert SENTINEL not in said
        assert set(re.findall(r"\S+@\S+", said)) == set()


def test_a_name_with_signs_of_html_or_a_line_break_stands_as_it_is(mail_server: MailServer) -> None:
    review = ReviewFactory.create(service__name="Ås & <omegn>\nBcc: alle@example.org")
    SeatFactory.create(review=review)
    letters.send_waiting(review)
    (letter,) = mail_server.letters
    assert "Ås & <omegn> Bcc: alle@example.org" in letter["Subject"]
    assert letter["Bcc"] is None
    assert "Ås & <omegn>" in text(letter)


def test_who_sends_by_machine_says_so(mail_server: MailServer) -> None:
    letters.send_waiting(SeatFactory.create().review)
    assert mail_server.letters[0]["Auto-Submitted"] == "auto-generated"


def test_the_audit_tells_that_a_letter_went_and_to_whose_part(mail_server: MailServer) -> None:
    actor = UserFactory.create()
    seat = SeatFactory.create()
    letters.send_waiting(seat.review, actor=actor)
    event = AuditEvent.objects.get(object_type="seat", object_id=str(seat.pk))
    assert (event.actor, event.action, event.fields, event.review) == (actor, "changed", ["told_at"], seat.review)


# When a letter does not get out


def test_while_the_mail_server_is_away_letters_wait_for_the_next_run(
    mail_server: MailServer, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    seat = SeatFactory.create(user__name="Eva Evaluator")
    invitation = InvitationFactory.create(seat__review=seat.review)
    mail_server.stop()
    with caplog.at_level(logging.WARNING):
        assert letters.send_waiting(seat.review) == ["Eva Evaluator", invitation.email]
    assert not Seat.objects.exclude(told_at=None).exists()
    assert not AuditEvent.objects.filter(object_type="seat").exists()
    assert "mail server" in caplog.text
    assert whose(seat).email not in caplog.text
    assert invitation.email not in caplog.text
    with pytest.raises(CommandError) as failed:
        run()
    assert "2" in str(failed.value)
    assert "@" not in str(failed.value)
    back = MailServer()
    back.start()
    back.used_by(settings)
    try:
        assert "2" in run()
        assert "0" in run()
    finally:
        back.stop()
    assert {letter["To"] for letter in back.letters} == {whose(seat).email, invitation.email}


def test_one_refused_address_keeps_nobody_elses_letter(
    mail_server: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    review = ReviewFactory.create()
    first = SeatFactory.create(review=review)
    second = SeatFactory.create(review=review)
    mail_server.refused.add(whose(first).email)
    assert letters.send_waiting(review) == [whose(first).name]
    assert [letter["To"] for letter in mail_server.letters] == [whose(second).email]
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.told_at is None, second.told_at is None) == (True, False)
    assert whose(first).email not in caplog.text
    mail_server.refused.clear()
    assert letters.send_waiting(review) == []
    assert [letter["To"] for letter in mail_server.letters] == [whose(second).email, whose(first).email]


def test_a_letter_that_breaks_on_something_else_waits_too(
    mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    seat = SeatFactory.create()

    def broken(self: mail.EmailMessage, fail_silently: bool = False) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(mail.EmailMessage, "send", broken)
    with pytest.raises(KeyboardInterrupt):
        letters.send_waiting(seat.review)
    seat.refresh_from_db()
    assert seat.told_at is None


def test_a_letter_that_could_not_say_where_to_go_waits(mail_server: MailServer, settings: Any) -> None:
    settings.BASE_URL = ""
    seat = SeatFactory.create()
    assert letters.send_waiting(seat.review) == [whose(seat).name]
    assert mail_server.letters == []


def test_a_seat_that_is_emptied_while_letters_go_out_gets_none(
    mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    review = ReviewFactory.create()
    SeatFactory.create(review=review)
    second = SeatFactory.create(review=review)
    send = mail.EmailMessage.send

    def meanwhile(self: mail.EmailMessage, fail_silently: bool = False) -> int:
        workflow.remove(second, lead_of(review), "Ble syk.")
        return send(self)

    monkeypatch.setattr(mail.EmailMessage, "send", meanwhile)
    assert letters.send_waiting(review) == []
    assert len(mail_server.letters) == 1


@pytest.mark.django_db(transaction=True)
def test_two_senders_at_once_send_each_letter_once(mail_server: MailServer) -> None:
    review = ReviewFactory.create()
    SeatFactory.create_batch(4, review=review)
    start = threading.Barrier(2)
    failed = []

    def send() -> None:
        try:
            start.wait()
            letters.send_due()
        except BaseException as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert sorted(letter["To"] for letter in mail_server.letters) == sorted(
        whose(seat).email for seat in review.seats.all()
    )


# The one reminder


def test_the_reminder_goes_once_from_four_days_before_the_last_day(mail_server: MailServer) -> None:
    asked = UserFactory.create()
    review = checked(asked, "ny@example.org")
    with time_machine.travel(day(0)) as clock:
        run()
        assert len(mail_server.letters) == 2
        for number in range(1, 10):
            clock.move_to(day(number))
            run()
        assert len(mail_server.letters) == 2
        clock.move_to(day(10))
        assert "2" in run()
        run()
        for number in range(11, 20):
            clock.move_to(day(number))
            run()
    assert len(mail_server.letters) == 4
    for address in (asked.email, "ny@example.org"):
        (_first, reminder) = mail_server.to(address)
        assert "12. oktober 2026" in text(reminder)
    # A link of its own: the first may be too old by then.
    assert "/invitations/" in path(mail_server.to("ny@example.org")[1])
    with time_machine.travel(day(15)):
        assert workflow.fact_check_is_over(review)


def test_nobody_is_reminded_on_the_day_they_are_asked(mail_server: MailServer) -> None:
    asked = UserFactory.create()
    review = checked(asked)
    review.fact_check_due = MONDAY
    review.save()
    with time_machine.travel(day(0, 6)) as clock:
        run()
        clock.move_to(day(0, 20))
        run()
        assert len(mail_server.to(asked.email)) == 1
        clock.move_to(day(1, 6))
        run()
    (_first, reminder) = mail_server.to(asked.email)
    assert "28. september 2026" in text(reminder)
    with time_machine.travel(day(1, 20)):
        assert not workflow.fact_check_is_over(review)
    with time_machine.travel(day(2, 6)):
        assert workflow.fact_check_is_over(review)


def test_who_has_answered_is_not_reminded(mail_server: MailServer) -> None:
    asked, silent = UserFactory.create(), UserFactory.create()
    review = checked(asked, silent)
    with time_machine.travel(day(0)):
        run()
        workflow.answer(review, asked)
    with time_machine.travel(day(12)):
        run()
    assert [len(mail_server.to(person.email)) for person in (asked, silent)] == [1, 2]


def test_a_reminder_that_does_not_get_out_is_sent_by_the_next_run(mail_server: MailServer) -> None:
    asked = UserFactory.create()
    checked(asked)
    with time_machine.travel(day(0)):
        run()
    mail_server.refused.add(asked.email)
    with time_machine.travel(day(11)), pytest.raises(CommandError):
        run()
    assert FactCheckRespondent.objects.get().reminded_at is None
    mail_server.refused.clear()
    with time_machine.travel(day(12)):
        run()
        run()
    assert len(mail_server.to(asked.email)) == 2


# By hand, from the page of the review


def test_the_lead_reminds_by_hand_at_any_time_and_once(mail_server: MailServer, client: Client) -> None:
    asked = UserFactory.create()
    review = checked(asked)
    lead = lead_of(review)
    client.force_login(lead)
    with time_machine.travel(day(1)):
        letters.send_waiting(review)
        answer = client.post(front_door.step("remind", review), follow=True)
        assert [message.level_tag for message in answer.context["messages"]] == ["success"]
        assert len(mail_server.to(asked.email)) == 2
        answer = client.post(front_door.step("remind", review), follow=True)
        assert [message.level_tag for message in answer.context["messages"]] == ["error"]
    with time_machine.travel(day(12)):
        run()
    assert len(mail_server.to(asked.email)) == 2
    events = AuditEvent.objects.filter(object_type="factcheckrespondent")
    assert [(event.actor, event.fields) for event in events.order_by("pk")] == [
        (None, ["told_at"]),
        (lead, ["reminded_at"]),
    ]


def test_by_hand_who_was_never_told_gets_the_first_letter(mail_server: MailServer) -> None:
    review = checked("ny@example.org")
    assert letters.remind(review, by_hand=True) == []
    respondent = review.respondents.get()
    assert (respondent.told_at is None, respondent.reminded_at) == (False, None)


def test_the_lead_is_told_who_could_not_be_reminded(mail_server: MailServer, client: Client) -> None:
    asked = UserFactory.create(name="Mari Metodeveileder")
    review = checked(asked)
    letters.send_waiting(review)
    mail_server.refused.add(asked.email)
    client.force_login(lead_of(review))
    answer = client.post(front_door.step("remind", review), follow=True)
    (message,) = answer.context["messages"]
    assert message.level_tag == "error"
    assert "Mari Metodeveileder" in str(message)
    assert review.respondents.get().reminded_at is None


@pytest.mark.parametrize("status", [Review.Status.SCORING, Review.Status.CONSENSUS])
def test_outside_the_fact_check_there_is_nobody_to_remind(client: Client, status: str) -> None:
    review = scored_review(status)
    client.force_login(lead_of(review))
    answer = client.post(front_door.step("remind", review), follow=True)
    assert [message.level_tag for message in answer.context["messages"]] == ["error"]
    assert mail.outbox == []


# What the pages do


def test_sending_the_draft_tells_those_who_are_asked(mail_server: MailServer, client: Client) -> None:
    cast = cast_for(Review.Status.CONSENSUS)
    cast.review.seats.update(told_at=day(-20))
    client.force_login(cast.evaluator)
    with time_machine.travel(day(0)):
        client.post(
            front_door.step("fact-check", cast.review),
            {"fact-check-due": DUE.isoformat(), "fact-check-emails": "ny@example.org"},
        )
    cast.review.refresh_from_db()
    assert cast.review.status == Review.Status.FACT_CHECK
    assert {letter["To"] for letter in mail_server.letters} == {cast.method_supervisor.email, "ny@example.org"}


def test_while_the_mail_server_is_away_the_draft_is_sent_and_the_lead_warned(
    mail_server: MailServer, client: Client
) -> None:
    cast = cast_for(Review.Status.CONSENSUS)
    cast.review.seats.update(told_at=day(-20))
    mail_server.stop()
    client.force_login(cast.evaluator)
    with time_machine.travel(day(0)):
        address = front_door.step("fact-check", cast.review)
        answer = client.post(address, {"fact-check-due": DUE.isoformat()}, follow=True)
    assert [message.level_tag for message in answer.context["messages"]] == ["success", "warning"]
    assert cast.method_supervisor.name in str(list(answer.context["messages"])[1])
    cast.review.refresh_from_db()
    assert cast.review.status == Review.Status.FACT_CHECK


def test_whoever_planned_it_and_takes_part_gets_no_letter_about_it(mail_server: MailServer) -> None:
    planner = UserFactory.create(password=PASSWORD)
    review = ReviewFactory.create()
    made = workflow.plan(
        planner,
        workflow.Plan(
            service=review.service,
            kind=Review.Kind.EXTERNAL,
            basis=Review.Basis.PRACTICE,
            first_day=review.first_day,
            last_day=review.last_day,
            scales=review.scales.all(),
            evaluators=[planner, "ny@example.org"],
        ),
        beside=[review.pk],
    )
    letters.send_waiting(made, actor=planner)
    assert [letter["To"] for letter in mail_server.letters] == ["ny@example.org"]

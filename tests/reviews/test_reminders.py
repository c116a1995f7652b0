"""Reminders go on their days, once, to those they concern and who want them, and tell nothing that is confidential."""

import datetime
import io
import re
import threading
import uuid
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from reviews import digests, reminders, reminders_wanted
from reviews.models import MutedReminder, Reminder, ReminderKind, Review, Seat, Service, User
from reviews.reminders import WINDOWS, Matter, due_on, is_due
from scales.models import Scale
from tests.cast import Cast, cast_for
from tests.factories import (
    FIRST_DAY,
    ActionPointFactory,
    ErasureFactory,
    ReviewFactory,
    ReviewStepFactory,
    RoleFactory,
    SeatFactory,
    ServiceFactory,
    UserFactory,
    at,
    county,
    final_review,
    scored_review,
)
from tests.reviews.front_door import contents, page
from tests.reviews.mail_server import MailServer, text

Kind = ReminderKind
DAY = datetime.timedelta(days=1)
SENTINEL = "Teamet prioriterer ikke jobbsøk"
PROFILE = reverse("reviews:profile")


def run(day: datetime.date, hour: int = 7) -> str:
    """Run the command on a day, and return what it prints."""
    out = io.StringIO()
    with time_machine.travel(at(day, hour)):
        call_command("send_reminders", stdout=out)
    return out.getvalue()


def kinds(user: User, day: datetime.date) -> list[str]:
    """Return the kinds of what a person is to be reminded of on a day."""
    with time_machine.travel(at(day)):
        return [matter.kind for matter in reminders.waiting(day).get(user, [])]


def whose(seat: Seat) -> User:
    """Return who sits in a seat."""
    assert seat.user is not None
    return seat.user


def told(person: User) -> Seat:
    """Return a lead's seat in a planned review, told of long ago."""
    seat: Seat = SeatFactory.create(user=person, told_at=at(FIRST_DAY - 60 * DAY))
    return seat


# The rule


ANY_DAY = st.dates(datetime.date(2020, 1, 1), datetime.date(2040, 1, 1))


def _matter(kind: str, day: datetime.date, *people: uuid.UUID) -> Matter:
    key = uuid.UUID(int=1)
    return Matter(kind, str(key), day, "IPS Bjørgvin", "reviews:service", key, frozenset(people))


@pytest.mark.parametrize(
    ("kind", "first", "last"),
    [
        (Kind.REVIEW_DUE, -60, -46),
        (Kind.REVIEW_OVERDUE, 1, 15),
        (Kind.SELF_REVIEW, -14, 0),
        (Kind.VISIT, -7, -1),
        (Kind.FIGURES, -10, -1),
        (Kind.STEP, -3, 4),
        (Kind.REPORT, -7, 0),
        (Kind.ACTION, -14, 0),
        (Kind.ERASURE, -14, 0),
    ],
)
@given(day=ANY_DAY, away=st.integers(-400, 400))
def test_a_reminder_goes_from_its_first_day_to_its_last(
    kind: str, first: int, last: int, day: datetime.date, away: int
) -> None:
    assert is_due(kind, day, day + away * DAY) is (first <= away <= last)


@given(ANY_DAY, st.sampled_from(Kind.values), st.sets(st.integers(-70, 20)))
def test_whatever_days_it_runs_on_each_is_told_once(day: datetime.date, kind: str, runs: set[int]) -> None:
    person, matter = uuid.UUID(int=7), _matter(kind, day, uuid.UUID(int=7))
    gone: list[tuple[uuid.UUID, str, str, datetime.date]] = []
    for away in sorted(runs):
        for found in due_on(day + away * DAY, [matter], told=gone).get(person, []):
            gone.append((person, found.kind, found.about, found.day))
    within = {away for away in runs if WINDOWS[Kind(kind)].closes <= -away <= WINDOWS[Kind(kind)].opens}
    assert len(gone) == bool(within)


def test_each_is_told_what_they_want_the_nearest_first() -> None:
    one, two = uuid.UUID(int=1), uuid.UUID(int=2)
    far, near = _matter(Kind.VISIT, FIRST_DAY, one, two), _matter(Kind.STEP, FIRST_DAY - 3 * DAY, one, two)
    today = FIRST_DAY - 6 * DAY
    assert due_on(today, [far, near]) == {one: [near, far], two: [near, far]}
    assert due_on(today, [far, near], unwanted={(one, Kind.VISIT)}) == {one: [near], two: [near, far]}
    assert due_on(today, [far], unwanted={(one, Kind.VISIT)}) == {two: [far]}
    # A notice comes whatever one wants.
    notice = _matter(Kind.ERASURE, FIRST_DAY, one)
    assert due_on(today, [notice], unwanted={(one, Kind.ERASURE)}) == {one: [notice]}
    # For another day of the same, or another of the same day, it goes again.
    before = {(one, Kind.VISIT, far.about, FIRST_DAY - DAY), (one, Kind.FIGURES, far.about, FIRST_DAY)}
    assert due_on(today, [far], told=before) == {one: [far], two: [far]}


def test_every_kind_says_when_it_goes_whom_it_concerns_and_what_it_says() -> None:
    assert set(WINDOWS) == set(digests._WORDS) == set(Kind)
    assert set(reminders_wanted.PARTS) == set(Kind) - reminders.NOTICES
    assert all(reminders.when(kind) for kind in Kind)


# Who is reminded of what


@pytest.mark.django_db
def test_those_who_plan_are_told_of_a_review_that_is_due_and_not_planned() -> None:
    service = ServiceFactory.create()
    last = final_review(service=service)
    due = last.last_day.replace(year=last.last_day.year + 1)
    supervisor = RoleFactory.create(service=service).user
    adviser = RoleFactory.create(adviser=True).user
    national = RoleFactory.create(whole_country=True).user
    others = [
        RoleFactory.create(service=service, manager=True).user,
        RoleFactory.create(adviser=True, county=county("Troms")).user,
        RoleFactory.create(service=service, ended=True).user,
        RoleFactory.create(service=service, user__is_active=False).user,
        RoleFactory.create().user,
    ]
    for day, kind in ((due - 60 * DAY, Kind.REVIEW_DUE), (due + DAY, Kind.REVIEW_OVERDUE)):
        for person in (supervisor, adviser, national):
            assert kinds(person, day) == [kind]
        for person in others:
            assert kinds(person, day) == []
    assert kinds(supervisor, due - 61 * DAY) == kinds(supervisor, due) == []
    # One from plans or of their own answers nothing; one that was called off neither.
    ReviewFactory.create(service=service, first_day=due, basis="plans")
    ReviewFactory.create(service=service, first_day=due, kind="self")
    ReviewFactory.create(service=service, first_day=due, status="cancelled")
    assert kinds(supervisor, due - 60 * DAY) == [Kind.REVIEW_DUE]
    ReviewFactory.create(service=service, first_day=due)
    assert kinds(supervisor, due - 60 * DAY) == kinds(adviser, due + DAY) == []


@pytest.mark.django_db
def test_what_the_scale_recommends_is_for_the_metodeveileder_alone(ips: Scale) -> None:
    service = ServiceFactory.create()
    # Below 100 points, so after six months: on 16 March 2027.
    final_review(service=service, scores=lambda item: 3, first_day=FIRST_DAY)
    supervisor = RoleFactory.create(service=service).user
    adviser = RoleFactory.create(adviser=True).user
    hint = datetime.date(2027, 3, 16)
    for day in (hint - 14 * DAY, hint):
        assert kinds(supervisor, day) == [Kind.SELF_REVIEW]
        assert kinds(adviser, day) == []
    assert kinds(supervisor, hint - 15 * DAY) == kinds(supervisor, hint + DAY) == []
    # A self-review that only the service knows of answers it, also while it is planned by that day.
    own = ReviewFactory.create(service=service, kind="self", first_day=hint + DAY, last_day=hint + DAY)
    assert kinds(supervisor, hint) == [Kind.SELF_REVIEW]
    Review.objects.filter(pk=own.pk).update(first_day=hint)
    assert kinds(supervisor, hint) == []
    own.delete()
    ReviewFactory.create(service=service, kind="self", status="scoring", first_day=datetime.date(2027, 2, 1))
    assert kinds(supervisor, hint) == []


@pytest.mark.django_db
def test_those_who_take_part_are_told_of_a_visit() -> None:
    review = ReviewFactory.create()
    told_at = at(FIRST_DAY - 30 * DAY)
    first = whose(SeatFactory.create(review=review, told_at=told_at))
    observer = whose(SeatFactory.create(review=review, told_at=told_at, observer=True))
    removed = whose(SeatFactory.create(review=review, told_at=told_at, removed=True))
    untold = whose(SeatFactory.create(review=review))
    late = whose(SeatFactory.create(review=review, told_at=at(FIRST_DAY - 7 * DAY, 6)))
    SeatFactory.create(review=review, user=None)
    supervisor = RoleFactory.create(service=review.service).user
    adviser = RoleFactory.create(adviser=True).user
    for person in (first, observer):
        assert kinds(person, FIRST_DAY - 7 * DAY) == [Kind.VISIT]
        assert kinds(person, FIRST_DAY - 8 * DAY) == kinds(person, FIRST_DAY) == []
    assert Kind.VISIT in kinds(supervisor, FIRST_DAY - 7 * DAY)
    for person in (removed, untold, adviser):
        assert kinds(person, FIRST_DAY - 7 * DAY) == []
    # The letter about the seat went today.
    assert kinds(late, FIRST_DAY - 7 * DAY) == []
    assert kinds(late, FIRST_DAY - 6 * DAY) == [Kind.VISIT]
    Review.objects.update(status="cancelled", cancelled_at=told_at, cancel_reason="Slått sammen.")
    assert kinds(first, FIRST_DAY - 7 * DAY) == []


@pytest.mark.django_db
def test_of_a_self_review_nobody_is_reminded() -> None:
    review = scored_review("scoring", kind="self", evaluators=1, report_due=FIRST_DAY + DAY)
    participant = whose(review.seats.get())
    Seat.objects.update(told_at=at(FIRST_DAY - 30 * DAY))
    supervisor = RoleFactory.create(service=review.service).user
    for away in range(-20, 10):
        assert kinds(participant, FIRST_DAY + away * DAY) == kinds(supervisor, FIRST_DAY + away * DAY) == []


@pytest.mark.django_db
def test_figures_are_asked_for_while_any_are_missing(ips: Scale) -> None:
    review = ReviewFactory.create(scales=[ips])
    supervisor = RoleFactory.create(service=review.service).user
    lead = whose(told(UserFactory.create()))
    ten_before = FIRST_DAY - 10 * DAY
    assert kinds(supervisor, ten_before) == [Kind.FIGURES]
    assert kinds(supervisor, ten_before - DAY) == []
    assert kinds(lead, ten_before) == []
    review.basis = "plans"
    review.save()
    assert kinds(supervisor, ten_before) == []


@pytest.mark.django_db
@pytest.mark.parametrize("doer", ["lead", "method_supervisor", "adviser"])
def test_a_step_is_told_of_to_whose_it_is(doer: str) -> None:
    seat = told(UserFactory.create())
    review = seat.review
    people = {
        "lead": whose(seat),
        "method_supervisor": RoleFactory.create(service=review.service).user,
        "adviser": RoleFactory.create(adviser=True).user,
    }
    SeatFactory.create(review=review, told_at=at(FIRST_DAY - 60 * DAY))
    step = ReviewStepFactory.create(review=review, doer=doer, days=30)
    day = FIRST_DAY - 33 * DAY
    for name, person in people.items():
        assert kinds(person, day) == ([Kind.STEP] if name == doer else [])
    found = people[doer]
    assert kinds(found, day - DAY) == kinds(found, day + 8 * DAY) == []
    assert kinds(found, day + 7 * DAY) == [Kind.STEP]
    # It follows the visit, unless it has a day of its own.
    Review.objects.update(first_day=FIRST_DAY + 20 * DAY, last_day=FIRST_DAY + 21 * DAY)
    assert (kinds(found, day), kinds(found, day + 20 * DAY)) == ([], [Kind.STEP])
    step.own_day = day
    step.save()
    assert (kinds(found, day), kinds(found, day + 20 * DAY)) == ([Kind.STEP], [])
    step.done_at, step.done_by = at(day), found
    step.save()
    assert kinds(found, day) == []


@pytest.mark.django_db
def test_of_a_report_that_is_handed_over_only_what_comes_after_it_is_left() -> None:
    review = final_review(evaluators=1)
    lead = whose(review.seats.get())
    supervisor = RoleFactory.create(service=review.service).user
    ReviewStepFactory.create(review=review, doer="lead", moment="after", days=42)
    ReviewStepFactory.create(review=review, doer="method_supervisor", moment="after", days=56)
    ReviewStepFactory.create(review=review, doer="method_supervisor", moment="before", days=2)
    assert kinds(lead, review.last_day + 42 * DAY) == []
    assert kinds(supervisor, review.last_day + 56 * DAY) == [Kind.STEP]
    assert kinds(supervisor, review.first_day - 2 * DAY) == []


@pytest.mark.django_db
@pytest.mark.parametrize("status", ["scoring", "consensus", "fact_check", "final", "reissue"])
def test_who_leads_is_told_of_a_promised_report(status: str) -> None:
    promised = FIRST_DAY + 42 * DAY
    columns: dict[str, Any] = {"reissue_reason": "Feil i O1."} if status == "reissue" else {}
    review = scored_review("consensus" if status == "reissue" else status, report_due=promised, **columns)
    lead, second = (whose(seat) for seat in review.seats.order_by("number"))
    is_open = status not in ("final", "reissue")
    assert kinds(lead, promised - 7 * DAY) == ([Kind.REPORT] if is_open else [])
    assert kinds(second, promised - 7 * DAY) == kinds(lead, promised + DAY) == kinds(lead, promised - 8 * DAY) == []


@pytest.mark.django_db
@pytest.mark.parametrize(("status", "told_of"), [("open", True), ("under_way", True), ("done", False)])
def test_the_metodeveileder_is_told_of_a_deadline_in_the_plan(status: str, told_of: bool) -> None:
    deadline = FIRST_DAY + 100 * DAY
    closed = {} if told_of else {"closed_at": at(FIRST_DAY)}
    point = ActionPointFactory.create(deadline=deadline, status=status, **closed)
    ActionPointFactory.create(service=point.service, version=point.version, item_id=point.item_id + 1)
    supervisor = RoleFactory.create(service=point.service).user
    manager = RoleFactory.create(service=point.service, manager=True).user
    assert kinds(supervisor, deadline - 14 * DAY) == ([Kind.ACTION] if told_of else [])
    assert kinds(manager, deadline - 14 * DAY) == kinds(supervisor, deadline + DAY) == []


# Letters


@pytest.fixture
def near(mail_server: MailServer) -> Cast:
    """The cast a week before the visit; of last year's review a point of the plan has its deadline on the visit day."""
    cast = cast_for("planned")
    cast.review.seats.update(told_at=at(FIRST_DAY - 60 * DAY))
    point = cast.service.actions.first()
    assert point is not None
    point.text = point.notes = SENTINEL
    point.deadline = FIRST_DAY
    point.save()
    ReviewStepFactory.create(review=cast.review, text=SENTINEL, doer="method_supervisor", days=5)
    return cast


@pytest.mark.django_db
def test_all_of_a_day_comes_in_one_letter_once(near: Cast, mail_server: MailServer) -> None:
    week_before = FIRST_DAY - 7 * DAY
    said = run(week_before)
    run(week_before, 20)
    (letter,) = mail_server.to(near.method_supervisor.email)
    links = re.findall(r"^http://testserver(/\S*)$", text(letter), re.MULTILINE)
    assert {page(name, near.review) for name in ("review", "figures", "checklist")} < set(links)
    assert links.count(reverse("reviews:action_plan", args=[near.service.pk])) == 1
    assert f"{PROFILE}#div_id_reminded_of" in links
    assert len(mail_server.to(near.evaluator.email)) == len(mail_server.to(near.observer.email)) == 1
    assert "@" not in said
    assert str(len(mail_server.letters)) in said
    before = len(mail_server.letters)
    for away in range(1, 7):
        run(week_before + away * DAY)
    assert len(mail_server.to(near.method_supervisor.email)) == 1
    assert len(mail_server.letters) == before


@pytest.mark.django_db
def test_no_reminder_tells_what_was_found_or_written(near: Cast, mail_server: MailServer) -> None:
    Review.objects.filter(pk=near.review.pk).update(purpose=SENTINEL, independence=SENTINEL)
    run(FIRST_DAY - 7 * DAY)
    assert mail_server.letters
    for letter in mail_server.letters:
        said = f"{letter['Subject']}\n{text(letter)}"
        assert SENTINEL not in said
        assert set(re.findall(r"\S+@\S+", said)) == set()
        for person in near.people().values():
            assert person.name not in said


@pytest.mark.django_db
def test_a_letter_is_in_its_readers_language_and_names_service_and_day(near: Cast, mail_server: MailServer) -> None:
    User.objects.filter(pk=near.evaluator.pk).update(language="en")
    run(FIRST_DAY - 7 * DAY)
    (english,) = mail_server.to(near.evaluator.email)
    assert english["Subject"] == "IPS Bjørgvin: A visit is near"
    assert "The visit to IPS Bjørgvin begins on Sept. 15, 2026." in text(english)
    (norwegian,) = mail_server.to(near.evaluator_two.email)
    assert text(norwegian).startswith("Hei,")
    assert "15. september 2026" in text(norwegian)
    assert english["Auto-Submitted"] == "auto-generated"


@pytest.mark.django_db
def test_a_missed_day_is_caught_up_but_nothing_comes_weeks_late(near: Cast, mail_server: MailServer) -> None:
    run(FIRST_DAY - 3 * DAY)
    assert len(mail_server.to(near.evaluator.email)) == 1
    Reminder.objects.all().delete()
    run(FIRST_DAY + 14 * DAY)
    assert len(mail_server.to(near.evaluator.email)) == 1


@pytest.mark.django_db
def test_a_reminder_of_a_visit_that_is_moved_goes_again(near: Cast, mail_server: MailServer) -> None:
    run(FIRST_DAY - 7 * DAY)
    Review.objects.filter(pk=near.review.pk).update(first_day=FIRST_DAY + DAY, last_day=FIRST_DAY + DAY)
    run(FIRST_DAY - 6 * DAY)
    assert len(mail_server.to(near.evaluator.email)) == 2


@pytest.mark.django_db
def test_what_does_not_get_out_is_given_back_and_keeps_nobody_elses(near: Cast, mail_server: MailServer) -> None:
    mail_server.refused.add(near.evaluator.email)
    with pytest.raises(CommandError) as failed:
        run(FIRST_DAY - 7 * DAY)
    assert "@" not in str(failed.value)
    assert "1" in str(failed.value)
    assert not Reminder.objects.filter(user=near.evaluator).exists()
    assert len(mail_server.to(near.evaluator_two.email)) == 1
    mail_server.refused.clear()
    run(FIRST_DAY - 6 * DAY)
    assert len(mail_server.to(near.evaluator.email)) == 1
    assert len(mail_server.to(near.evaluator_two.email)) == 1


@pytest.mark.django_db
def test_a_reminder_that_breaks_on_something_else_waits_too(near: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: mail.EmailMessage, fail_silently: bool = False) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(mail.EmailMessage, "send", broken)
    with pytest.raises(KeyboardInterrupt):
        run(FIRST_DAY - 7 * DAY)
    assert not Reminder.objects.exists()


@pytest.mark.django_db
def test_what_another_has_sent_of_it_is_left_out_of_the_letter(near: Cast, mail_server: MailServer) -> None:
    with time_machine.travel(at(FIRST_DAY - 7 * DAY)):
        waiting = reminders.waiting(FIRST_DAY - 7 * DAY)
        letter = digests._Digest(near.method_supervisor, tuple(waiting[near.method_supervisor]))
        taken = letter.matters[0]
        Reminder.objects.create(user=near.method_supervisor, kind=taken.kind, about=taken.about, day=taken.day)
        assert letter.claim()
        assert list(letter.claimed.values()) == list(letter.matters[1:])
        letter.give_back()
        assert Reminder.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_send_each_reminder_once(mail_server: MailServer) -> None:
    review = ReviewFactory.create()
    SeatFactory.create_batch(4, review=review, told_at=at(FIRST_DAY - 60 * DAY))
    start = threading.Barrier(2)
    failed = []

    def send() -> None:
        try:
            start.wait()
            digests.send_due()
        except BaseException as error:
            failed.append(error)
        finally:
            connection.close()

    with time_machine.travel(at(FIRST_DAY - 7 * DAY)):
        threads = [threading.Thread(target=send) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert not failed
    addresses = [seat.user.email for seat in review.seats.select_related("user") if seat.user is not None]
    assert sorted(letter["To"] for letter in mail_server.letters) == sorted(addresses)


# What a person wants


def _offered(client: Client) -> list[str]:
    form = client.get(PROFILE).context["form"]
    return [value for value, _label in form.fields["reminded_of"].choices] if "reminded_of" in form.fields else []


@pytest.mark.django_db
def test_each_chooses_among_what_can_concern_them(client: Client) -> None:
    offered: dict[str, list[str]] = {
        "manager": [],
        "observer": [Kind.VISIT],
        "evaluator": [Kind.VISIT, Kind.STEP, Kind.REPORT],
        "adviser": [Kind.REVIEW_DUE, Kind.REVIEW_OVERDUE, Kind.STEP],
        "method_supervisor": [kind for kind in Kind if kind not in (Kind.REPORT, Kind.ERASURE)],
        "outsider": [],
    }
    cast = cast_for("planned")
    for name, expected in offered.items():
        client.force_login(getattr(cast, name))
        assert _offered(client) == expected, name


@pytest.mark.django_db
def test_what_is_not_wanted_does_not_come(near: Cast, mail_server: MailServer, client: Client) -> None:
    client.force_login(near.evaluator)
    data = {"name": "Eva", "language": "nb", "offered": [Kind.VISIT, Kind.STEP, Kind.REPORT]}
    assert client.post(PROFILE, {**data, "reminded_of": [Kind.REPORT]}).status_code == 302
    assert reminders_wanted.unwanted(near.evaluator) == {Kind.VISIT, Kind.STEP}
    assert client.get(PROFILE).context["form"]["reminded_of"].value() == [Kind.REPORT]
    run(FIRST_DAY - 7 * DAY)
    assert mail_server.to(near.evaluator.email) == []
    assert len(mail_server.to(near.evaluator_two.email)) == 1
    assert client.post(PROFILE, {**data, "reminded_of": [Kind.VISIT, Kind.STEP, Kind.REPORT]}).status_code == 302
    assert reminders_wanted.unwanted(near.evaluator) == set()


@pytest.mark.django_db
def test_what_the_page_did_not_offer_stays_as_it_was(near: Cast, client: Client) -> None:
    MutedReminder.objects.create(user=near.evaluator, kind=Kind.ACTION)
    client.force_login(near.evaluator)
    assert client.post(PROFILE, {"name": "Eva", "language": "nb"}).status_code == 302
    assert client.post(PROFILE, {"name": "Eva", "language": "nb", "offered": [Kind.VISIT]}).status_code == 302
    assert reminders_wanted.unwanted(near.evaluator) == {Kind.ACTION, Kind.VISIT}
    before = contents()
    assert client.post(PROFILE, {"name": "Eva", "language": "nb", "offered": ["spam"]}).status_code == 200
    assert client.post(PROFILE, {"name": "Eva", "language": "nb", "reminded_of": ["spam"]}).status_code == 200
    assert contents() == before


@pytest.mark.django_db
def test_reminders_are_found_in_as_many_queries_however_much_there_is(django_assert_num_queries: Any) -> None:
    def add(number: int) -> None:
        for service in ServiceFactory.create_batch(number):
            role = RoleFactory.create(service=service)
            final_review(service=service, first_day=FIRST_DAY - 300 * DAY, evaluators=[role.user])
            review = ReviewFactory.create(service=service, report_due=FIRST_DAY + 5 * DAY)
            SeatFactory.create(review=review, told_at=at(FIRST_DAY - 60 * DAY))
            ReviewStepFactory.create(review=review, days=5)
            ActionPointFactory.create(version__review__service=service, deadline=FIRST_DAY)
            closed = final_review(service=service, first_day=FIRST_DAY - 84 * DAY)
            ErasureFactory.create(review=closed, due=FIRST_DAY)

    for number in (1, 3):
        add(number)
        with time_machine.travel(at(FIRST_DAY - 7 * DAY)), django_assert_num_queries(17):
            assert len(reminders.waiting(FIRST_DAY - 7 * DAY)) >= Service.objects.count()

"""The log of a review: who it tells of what, and that it breaks no blindness and opens no private note."""

import csv
import datetime
import io
import uuid
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from reviews import audit, log, log_wording, workflow
from reviews.log import Event, Part, Reader
from reviews.models import AuditEvent, Note, Review, Seat, User
from scales.models import Scale
from tests.cast import Cast
from tests.factories import RoleFactory, UserFactory, issue, items_of, scored_review

ME, SECOND, REMOVED = (uuid.UUID(int=number) for number in (1, 2, 3))
NOON = datetime.datetime(2026, 11, 3, 12, tzinfo=datetime.UTC)
LATER = NOON + datetime.timedelta(hours=1)
Action = AuditEvent.Action


# The rule by itself


def event(kind: str, action: str = "changed", *fields: str, by: uuid.UUID = SECOND, **other: Any) -> Event:
    """An event at noon, by the second evaluator."""
    told = {"pk": 1, "at": NOON, "name": "", "object_id": "1", "address": "", **other}
    return Event(by=by, action=action, object_type=kind, fields=fields, **told)


def reader(**other: Any) -> Reader:
    """An evaluator of a review in which two evaluators judge alone."""
    usual: dict[str, Any] = {
        "person": ME,
        "evaluates": True,
        "advises": False,
        "blind": True,
        "counting": frozenset({ME, SECOND}),
        "sees_plan": True,
        "in_fact_check": False,
    }
    return Reader(**{**usual, **other})


ADVISER: dict[str, Any] = {"person": uuid.UUID(int=9), "evaluates": False, "advises": True}

JUDGING_ALONE = [
    event("rating", "changed", "score"),
    event("section", "changed", "not_scored"),
    event("item", "changed", "count_participants"),
    event("seat", "changed", "handed_in_at"),
    event("review", "read", "score_sheet"),
    event("note", "created", "text", closed=True),
    event("note", "deleted", closed=True),
]


@pytest.mark.parametrize("found", JUDGING_ALONE, ids=lambda found: f"{found.object_type}-{found.action}")
def test_nobody_learns_what_another_does_alone(found: Event) -> None:
    assert not log.may_be_told(found, reader())
    assert not log.may_be_told(found, reader(**ADVISER))
    assert not log.may_be_told(found, reader(advises=True))


@pytest.mark.parametrize("found", JUDGING_ALONE, ids=lambda found: f"{found.object_type}-{found.action}")
def test_ones_own_is_told_to_oneself(found: Event) -> None:
    assert log.may_be_told(found, reader(person=SECOND))


def test_when_all_have_handed_in_the_sheets_that_count_are_told_to_evaluators_alone() -> None:
    found = event("rating", "changed", "score")
    assert log.may_be_told(found, reader(blind=False))
    assert not log.may_be_told(found, reader(blind=False, **ADVISER, in_fact_check=True, newest_report=LATER))
    assert not log.may_be_told(event("rating", closed=True), reader(blind=False))
    assert not log.may_be_told(event("rating", by=REMOVED), reader(blind=False))
    assert not log.may_be_told(event("review", "read", "score_sheet", by=REMOVED), reader(blind=False))


def test_one_shared_sheet_is_told_to_all_who_fill_it_in() -> None:
    assert log.may_be_told(event("rating", by=REMOVED), reader(blind=False, counting=None))


def test_a_private_note_stays_its_authors_when_all_is_open() -> None:
    wide = {"blind": False, "in_fact_check": True, "first_report": NOON, "newest_report": LATER, "advises": True}
    assert not log.may_be_told(event("note", "created", "text", closed=True), reader(**wide))
    assert log.may_be_told(event("note", "created", "text"), reader(**wide))


@pytest.mark.parametrize(
    ("at", "in_fact_check", "newest_report", "told"),
    [
        (NOON, False, None, False),
        (NOON, True, None, True),
        (NOON, False, LATER, True),
        (LATER + datetime.timedelta(seconds=1), False, LATER, False),
    ],
)
@pytest.mark.parametrize(
    "wanted",
    [
        ("agreedresult", "changed", "score"),
        ("review", "changed", "summary"),
        ("review", "changed", "section:B"),
        ("review", "read", "draft"),
        ("review", "read", "consensus"),
        ("review", "downloaded", "draft"),
        ("review", "read", "something new"),
        ("correction", "created", "score"),
        ("seat", "changed", "handed_in_at"),
    ],
)
def test_an_adviser_reads_of_the_judging_when_the_draft_or_the_report_is_theirs(
    wanted: tuple[str, ...], at: datetime.datetime, in_fact_check: bool, newest_report: Any, told: bool
) -> None:
    found = event(*wanted, at=at)
    by = reader(**ADVISER, in_fact_check=in_fact_check, newest_report=newest_report)
    assert log.may_be_told(found, by) is told


def test_of_a_self_review_an_adviser_reads_what_was_done_since_it_was_shared() -> None:
    by = reader(**ADVISER, counting=None, since=LATER)
    assert not log.may_be_told(event("review", "created"), by)
    assert log.may_be_told(event("review", "read", "log", at=LATER), by)


def test_the_handlingsplan_is_told_while_it_may_be_read() -> None:
    found = event("actionpoint", "changed", "status")
    assert log.may_be_told(found, reader())
    assert not log.may_be_told(found, reader(sees_plan=False))
    assert log.may_be_told(found, reader(**ADVISER, sees_plan=False))


@given(
    kind=st.text(max_size=20),
    action=st.sampled_from(Action.values),
    fields=st.lists(st.sampled_from(["score", "draft", "handed_in_at", "summary"]), max_size=2),
    blind=st.booleans(),
)
def test_what_is_of_no_known_kind_is_told_to_nobody(kind: str, action: str, fields: list[str], blind: bool) -> None:
    found = event(f"new {kind}", action, *fields)
    assert log.part_of(found) is None
    assert not log.may_be_told(found, reader(blind=blind, advises=True, in_fact_check=True, newest_report=LATER))


@given(
    kind=st.sampled_from(["rating", "section", "item", "seat", "note", "review", "agreedresult", "interview"]),
    action=st.sampled_from(Action.values),
    fields=st.lists(st.sampled_from(["score", "score_sheet", "handed_in_at", "text", "figure_1"]), max_size=2),
    closed=st.booleans(),
    advises=st.booleans(),
)
def test_whoever_is_blind_is_told_no_more_by_being_adviser_too(
    kind: str, action: str, fields: list[str], closed: bool, advises: bool
) -> None:
    found = event(kind, action, *fields, closed=closed)
    told = log.may_be_told(found, reader(advises=advises))
    if log.part_of(found) in (Part.SHEET, Part.HAND_IN) or (closed and kind == "note"):
        assert not told


def test_what_one_goes_on_writing_is_one_line() -> None:
    def at(minutes: int, *fields: str, **other: Any) -> Event:
        return event("note", "changed", *fields, at=NOON + datetime.timedelta(minutes=minutes), **other)

    found = [at(40, "text", by=ME), at(30, "date"), at(20, "text"), at(4, "text"), at(3, "text", object_id="2")]
    told = [(line.event.at.minute, line.begun.minute, line.fields) for line in log.lines(found)]
    assert told == [(40, 40, ("text",)), (30, 20, ("date", "text")), (4, 4, ("text",)), (3, 3, ("text",))]
    handed_in = [event("seat", "changed", "handed_in_at", at=NOON + datetime.timedelta(minutes=n)) for n in (2, 1)]
    assert len(log.lines(handed_in)) == 2


# Through the pages


def _page(client: Client, review: Review, user: User, **query: str) -> str:
    client.force_login(user)
    with translation.override("en"):
        User.objects.filter(pk=user.pk).update(language="en")
        response = client.get(reverse("reviews:review_log", args=[review.pk]), query)
    assert response.status_code == 200
    return str(response.content.decode())


def _rows(client: Client, review: Review, user: User, **query: str) -> list[dict[str, str]]:
    client.force_login(user)
    response = client.get(reverse("reviews:review_log_csv", args=[review.pk]), query)
    assert response.status_code == 200
    return list(csv.DictReader(io.StringIO(response.content.decode())))


def _told(client: Client, review: Review, user: User, by: User) -> set[tuple[str, str]]:
    """Return what the CSV tells the user that another did: action and object."""
    return {(row["action"], row["object"]) for row in _rows(client, review, user) if row["person"] == by.name}


def _busy(cast: Cast) -> dict[str, Any]:
    """Let the second evaluator, the observer and the one who is removed do all they can while all are blind."""
    review, second = cast.review, cast.evaluator_two
    first, other = items_of(review)[:2]
    removed = Seat.objects.get(review=review, user=cast.removed_evaluator)
    Seat.objects.filter(pk=removed.pk).update(removed_at=None)
    for name in ("evaluator_two", "observer", "removed_evaluator"):
        person = getattr(cast, name)
        workflow.save_rating(cast.seat(name), first, person, {"score": 1}, {})
        audit.read(person, {}, "score_sheet", review=review)
    Seat.objects.filter(pk=removed.pk).update(removed_at=timezone.now())
    workflow.leave_section_unscored(cast.seat("evaluator_two"), other.section, second, "missing_data")
    private, shared, gone = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
    for pk, hidden in ((private, True), (shared, False), (gone, True)):
        values = {"text": "Et notat.", "items": [first.pk], "private": hidden}
        workflow.save_note(review, pk, second, values)
    workflow.delete_note(Note.objects.get(pk=gone), second)
    workflow.save_narrative(review, second, {"summary": "Nesten ferdig."})
    workflow.hand_in(cast.seat("evaluator_two"), second)
    return {"private": private, "shared": shared, "gone": gone, "item": first}


def test_a_log_read_while_all_are_blind_tells_of_notes_and_not_of_judging(
    cast_at: Callable[[str], Cast], client: Client
) -> None:
    cast = cast_at("scoring")
    made = _busy(cast)
    evidence = {("created", "note")}
    assert _told(client, cast.review, cast.evaluator, cast.evaluator_two) == evidence | {("changed", "review")}
    assert _told(client, cast.review, cast.adviser, cast.evaluator_two) == evidence
    assert _told(client, cast.review, cast.national_adviser, cast.evaluator_two) == evidence
    for reads in (cast.evaluator, cast.adviser):
        assert _told(client, cast.review, reads, cast.observer) == set()
        assert _told(client, cast.review, reads, cast.removed_evaluator) == set()
    own = _told(client, cast.review, cast.evaluator_two, cast.evaluator_two)
    assert {("changed", "rating"), ("changed", "section"), ("changed", "seat"), ("deleted", "note")} <= own
    page = _page(client, cast.review, cast.evaluator)
    assert f"Scored {made['item'].code}" not in page
    assert "Handed in" not in page
    assert cast.evaluator_two.name in page
    assert f"Scored {made['item'].code}" in _page(client, cast.review, cast.evaluator_two)


def test_one_who_is_told_of_nothing_does_not_stand_among_the_people(
    cast_at: Callable[[str], Cast], client: Client
) -> None:
    cast = cast_at("scoring")
    workflow.save_rating(cast.seat("evaluator_two"), items_of(cast.review)[0], cast.evaluator_two, {"score": 1}, {})
    assert cast.evaluator_two.name not in _page(client, cast.review, cast.evaluator)


def test_after_the_consensus_opened_evaluators_read_of_each_other_and_an_adviser_does_not(
    cast_at: Callable[[str], Cast], client: Client
) -> None:
    cast = cast_at("scoring")
    _busy(cast)
    for item in items_of(cast.review):
        workflow.save_rating(cast.seat(), item, cast.evaluator, {"score": 4}, {})
    workflow.hand_in(cast.seat(), cast.evaluator)
    told = _told(client, cast.review, cast.evaluator, cast.evaluator_two)
    assert {("changed", "rating"), ("changed", "seat"), ("changed", "section"), ("read", "review")} <= told
    assert ("deleted", "note") not in told
    assert _told(client, cast.review, cast.evaluator, cast.observer) == set()
    assert _told(client, cast.review, cast.evaluator, cast.removed_evaluator) == set()
    assert _told(client, cast.review, cast.adviser, cast.evaluator_two) == {("created", "note")}
    checked_at = Review.objects.get(pk=cast.review.pk).consensus_at
    Review.objects.filter(pk=cast.review.pk).update(
        status=Review.Status.FACT_CHECK, fact_check_at=checked_at, fact_check_due=cast.review.last_day
    )
    told = _told(client, cast.review, cast.adviser, cast.evaluator_two)
    assert told == {("created", "note"), ("changed", "review"), ("changed", "seat")}


def test_an_unshared_self_review_keeps_its_log_and_a_shared_one_what_came_before(mini: Scale, client: Client) -> None:
    lead, adviser = UserFactory.create_batch(2)
    review = scored_review("scoring", kind="self", scales=[mini], evaluators=[lead])
    RoleFactory.create(user=adviser, adviser=True, county=review.service.county)
    workflow.save_narrative(review, lead, {"summary": "Godt i gang."})
    address = reverse("reviews:review_log", args=[review.pk])
    client.force_login(adviser)
    assert client.get(address).status_code == 404
    issue(review)
    with time_machine.travel(timezone.now() + datetime.timedelta(hours=1)):
        workflow.share(Review.objects.get(pk=review.pk), lead)
        told = _told(client, review, adviser, lead)
    assert told == {("changed", "review")}
    fields = [row["fields"] for row in _rows(client, review, adviser) if row["person"] == lead.name]
    assert fields == ["shared_at"]


def test_what_is_read_and_taken_is_told_in_words(cast_at: Callable[[str], Cast], client: Client) -> None:
    cast = cast_at("final")
    client.force_login(cast.manager)
    client.get(reverse("reviews:version", args=[cast.review.pk, 1]))
    client.get(reverse("reviews:version_pdf", args=[cast.review.pk, 1]))
    client.get(reverse("reviews:export_review", args=[cast.review.pk, "csv"]))
    page = _page(client, cast.review, cast.adviser, person=str(cast.manager.pk))
    rows = page[page.index("<tbody>") :]
    for said in ("Read version 1 of the report", "Downloaded version 1 of the report as PDF", "results as data"):
        assert said in rows
    assert "127.0.0.1" in rows
    assert "Read the log" not in rows
    taken = _page(client, cast.review, cast.adviser, kind="taken")
    assert "Read version 1" not in taken[taken.index("<tbody>") :]


def test_reading_the_same_is_told_once_an_hour(cast_at: Callable[[str], Cast], client: Client, settings: Any) -> None:
    cast = cast_at("scoring")
    settings.SESSION_IDLE_MINUTES = 600
    told = AuditEvent.objects.filter(review=cast.review, action="read", fields=["coverage"])
    address = reverse("reviews:coverage", args=[cast.review.pk])
    with time_machine.travel(NOON, tick=False) as clock:
        client.force_login(cast.evaluator)
        for seconds, number in ((0, 1), (3500, 1), (200, 2), (3599, 2), (1, 3)):
            clock.shift(seconds)
            assert client.get(address).status_code == 200
            assert told.count() == number
        client.get(reverse("reviews:interviews", args=[cast.review.pk]))
        client.force_login(cast.evaluator_two)
        client.get(address)
    assert told.count() == 4
    assert AuditEvent.objects.filter(review=cast.review, fields=["interviews"]).count() == 1


EACH_PART = [
    ("score_sheet", "scoring", "evaluator", "score", ["ips-25", "B1"]),
    ("score_sheet", "scoring", "observer", "score_all", []),
    ("notes", "scoring", "evaluator", "add_note", ["ips-25", "B1"]),
    ("interviews", "scoring", "observer", "interviews", []),
    ("coverage", "scoring", "evaluator_two", "coverage", []),
    ("figures", "scoring", "method_supervisor", "figures", []),
    ("context", "scoring", "evaluator", "context", []),
    ("consensus", "consensus", "evaluator", "agree_overview", []),
    ("consensus", "consensus", "evaluator_two", "agree", ["ips-25", "B1"]),
    ("beside", "fact_check", "observer", "beside", []),
    ("draft", "fact_check", "adviser", "draft", []),
    ("fact_check", "fact_check", "respondent", "fact_check", []),
    ("fact_check", "fact_check", "evaluator", "fact_check", []),
    ("report", "final", "manager", "version", [1]),
    ("log", "scoring", "adviser", "review_log", []),
]


@pytest.mark.parametrize(("part", "state", "who", "name", "arguments"), EACH_PART)
def test_each_part_that_is_read_is_told(
    part: str, state: str, who: str, name: str, arguments: list[Any], cast_at: Callable[[str], Cast], client: Client
) -> None:
    cast = cast_at(state)
    person = getattr(cast, who)
    client.force_login(person)
    assert client.get(reverse(f"reviews:{name}", args=[cast.review.pk, *arguments])).status_code == 200
    found = AuditEvent.objects.get(review=cast.review, action="read")
    assert (found.actor, found.fields) == (person, [part])


def test_reading_the_handlingsplan_is_told_of_the_service(cast: Cast, client: Client) -> None:
    client.force_login(cast.manager)
    client.get(reverse("reviews:action_plan", args=[cast.service.pk]))
    found = AuditEvent.objects.get(action="read")
    assert (found.review, found.object_type, found.object_id) == (None, "service", str(cast.service.pk))


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("service", "scores"),
        ("service_development", "development"),
        ("service_compare", "compared"),
        ("service_others", "beside_others"),
    ],
)
@pytest.mark.django_db
def test_reading_a_services_scores_is_told_once_and_where_there_are_none_nothing_is(
    name: str, part: str, client: Client
) -> None:
    review = scored_review()
    person = RoleFactory.create(service=review.service).user
    client.force_login(person)
    address = reverse(f"reviews:{name}", args=[review.service_id])
    assert client.get(address).status_code == 200
    assert not AuditEvent.objects.filter(action="read").exists()
    issue(review)
    for _twice in range(2):
        assert client.get(address).status_code == 200
    found = AuditEvent.objects.get(action="read")
    assert (found.actor, found.review, found.object_id) == (person, None, str(review.service_id))
    assert found.fields == [part]


def test_the_file_says_beside_its_codes_what_the_page_says(cast: Cast, client: Client) -> None:
    User.objects.update(language="en")
    client.force_login(cast.evaluator)
    client.get(reverse("reviews:interviews", args=[cast.review.pk]))
    told = {(row["action"], row["fields"]): row["what"] for row in _rows(client, cast.review, cast.adviser)}
    assert told["read", "interviews"] == "Read interviews"
    assert "Read interviews" in _page(client, cast.review, cast.adviser)
    User.objects.update(language="nb")
    row = next(row for row in _rows(client, cast.review, cast.adviser) if row["fields"] == "interviews")
    with translation.override("nb"):
        assert row["what"] == log_wording._READ["interviews"]
    assert row["action"] == "read"


def test_a_name_that_would_be_a_formula_is_none(cast: Cast, client: Client) -> None:
    User.objects.filter(pk=cast.evaluator.pk).update(name="=HYPERLINK(1)")
    client.force_login(cast.evaluator)
    client.get(reverse("reviews:interviews", args=[cast.review.pk]))
    client.force_login(cast.adviser)
    response = client.get(reverse("reviews:review_log_csv", args=[cast.review.pk]))
    assert ",=HYPERLINK" not in response.content.decode()
    assert AuditEvent.objects.filter(action="exported", fields=["log"], actor=cast.adviser).count() == 1


WRITTEN = {
    "created": (
        *("review", "seat", "interview", "note", "closedsource", "correction", "factcheckremark", "reviewstep"),
        *("actionpoint", "erasure"),
    ),
    "changed": (
        *("review", "seat", "interview", "note", "rating", "section", "item", "agreedresult", "context", "correction"),
        *("factcheckrespondent", "factcheckremark", "reviewstep", "actionpoint", "erasure"),
    ),
    "deleted": ("interview", "note", "closedsource", "correction", "factcheckremark", "reviewstep", "erasure"),
    "moved": ("review",),
    "imported": ("review",),
    "read": ("review", "reportversion"),
    "downloaded": ("review", "reportversion"),
    "exported": ("review", "reportversion"),
}
"""Of what kinds of object the program writes each action in a review's audit."""


def test_every_kind_of_event_that_is_written_has_its_words() -> None:
    with translation.override("en"):
        for action, kinds in WRITTEN.items():
            for kind in kinds:
                said = log_wording.what(event(kind, action), {}, {})
                assert said
                assert "%(" not in said
                assert not said.startswith(f"{Action(action).label}: "), said
        for part in {part for part, *_rest in EACH_PART} - {"report"}:
            assert log_wording.what(event("review", "read", part), {}, {}) != "Read the review", part

"""What the audit tells of what is saved again and again while it is written."""

import datetime
import itertools
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from ipsreview import context
from reviews import audit, workflow
from reviews.models import AuditEvent, Review, User
from tests.factories import UserFactory, scored_review

pytestmark = pytest.mark.django_db

BEGIN = datetime.datetime(2026, 11, 3, 9, tzinfo=datetime.UTC)
NUMBERS = itertools.count()


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """A clock that stands still until it is put forward."""
    with time_machine.travel(BEGIN, tick=False) as travel:
        yield travel


@pytest.fixture
def people() -> list[User]:
    """Two evaluators."""
    return [UserFactory.create(name=name) for name in ("Kari Nordmann", "Ola Hansen")]


@pytest.fixture
def review(clock: time_machine.Traveller, people: list[User]) -> Review:
    """A review in consensus by both, of which the audit tells nothing yet."""
    return scored_review("consensus", evaluators=people)


def _told(review: Review) -> list[tuple[str, list[str], int]]:
    """Return who changed what, and how many seconds after the beginning, the first change first."""
    found = AuditEvent.objects.filter(review=review, action="changed").select_related("actor").order_by("pk")
    return [
        (each.actor.name.split()[0], each.fields, round((each.at - BEGIN).total_seconds()))
        for each in found
        if each.actor is not None
    ]


def _write(review: Review, user: User, *names: str) -> None:
    """Save texts of the report that were never there before."""
    workflow.save_narrative(review, user, dict.fromkeys(names, f"Tekst {next(NUMBERS)}."))


def test_who_saved_a_text_is_told_however_often_another_was_saved_since(
    review: Review, people: list[User], clock: time_machine.Traveller
) -> None:
    kari, ola = people
    _write(review, ola, "purpose")
    for _pause in range(150):
        clock.shift(61)
        _write(review, kari, "summary")
    assert len(_told(review)) == 151
    found = audit.last_changes(review, review)
    assert {name: change.by for name, change in found.items()} == {"purpose": "Ola Hansen", "summary": "Kari Nordmann"}
    assert found["purpose"].at == BEGIN
    assert found["summary"].at == BEGIN + datetime.timedelta(seconds=150 * 61)


def test_who_saved_it_is_asked_for_in_one_query(
    review: Review, people: list[User], clock: time_machine.Traveller, django_assert_num_queries: Any
) -> None:
    for user in people * 3:
        clock.shift(61)
        _write(review, user, "purpose", "summary")
        _write(review, user, "summary")
    with django_assert_num_queries(1):
        found = audit.last_changes(review, review)
    assert {change.by for change in found.values()} == {"Ola Hansen"}


def test_who_writes_on_is_told_of_once_a_minute(
    review: Review, people: list[User], clock: time_machine.Traveller
) -> None:
    for _pause in range(40):
        _write(review, people[0], "summary")
        clock.shift(5)
    assert _told(review) == [("Kari", ["summary"], second) for second in (0, 60, 120, 180)]


def test_another_text_or_another_address_is_told_of_at_once(review: Review, people: list[User]) -> None:
    _write(review, people[0], "summary")
    _write(review, people[0], "purpose")
    _write(review, people[0], "purpose", "summary")
    _write(review, people[0], "summary")
    told = [["summary"], ["purpose"], ["purpose", "summary"]]
    assert [fields for _name, fields, _second in _told(review)] == told

    token = context.current.set(context.RequestContext(address="192.0.2.7"))
    _write(review, people[0], "summary")
    context.current.reset(token)
    assert [fields for _name, fields, _second in _told(review)] == [*told, ["summary"]]


def test_who_saved_last_is_told_where_two_write_in_turns(
    review: Review, people: list[User], clock: time_machine.Traveller
) -> None:
    kari, ola = people
    for user in (kari, ola, kari):
        _write(review, user, "summary")
        clock.shift(5)
    assert [name for name, _fields, _second in _told(review)] == ["Kari", "Ola", "Kari"]
    assert audit.last_changes(review, review)["summary"].by == "Kari Nordmann"


def test_two_who_write_side_by_side_are_each_told_of_once(
    review: Review, people: list[User], clock: time_machine.Traveller
) -> None:
    for _pause in range(5):
        for user, name in zip(people, ("summary", "purpose"), strict=True):
            _write(review, user, name)
            clock.shift(2)
    assert [(name, fields) for name, fields, _second in _told(review)] == [("Kari", ["summary"]), ("Ola", ["purpose"])]


def test_each_step_is_told_of_even_within_a_minute(people: list[User], clock: time_machine.Traveller) -> None:
    review = scored_review("scoring", evaluators=people)
    seat = review.seats.get(user=people[0])
    workflow.hand_in(seat, people[0])
    workflow.withdraw(seat, people[0])
    workflow.hand_in(seat, people[0])
    assert [fields for _name, fields, _second in _told(review)] == [["handed_in_at"]] * 3

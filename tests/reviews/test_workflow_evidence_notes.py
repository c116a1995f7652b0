"""Interviews and notes in the workflow: made once, changed by their author, and following each other."""

import datetime
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from reviews import merging, workflow
from reviews.models import Interview, Note, Perspective, Review, User
from reviews.workflow import Overtaken, Refused
from tests.factories import InformantFactory, InterviewFactory, NoteFactory, UserFactory, issue, items_of

DAY = datetime.date(2026, 9, 15)

Make = Callable[..., Review]


@pytest.fixture
def review(make: Make) -> Review:
    """A review being scored, on the small scale."""
    return make("scoring")


@pytest.fixture
def author(review: Review) -> User:
    """Its hovedevaluator."""
    user = review.seats.get(number=1).user
    assert user is not None
    return user


def _values(review: Review, **changed: Any) -> dict[str, Any]:
    """Return what a page sends of a note."""
    usual = {"text": "Ringte samme dag.", "source": "INT", "perspective": "deltaker", "number": 1, "date": DAY}
    return {**usual, "private": False, "items": [items_of(review)[0].pk], **changed}


def _stamps(note: Note) -> dict[str, str]:
    return merging.stamps(workflow.note_values(note), merging.INFORMANT)


# Notes


def test_a_note_points_at_items_and_names_an_informant_by_number(review: Review, author: User) -> None:
    key = uuid.uuid4()
    first, second, third = [item.pk for item in items_of(review)]
    note = workflow.save_note(review, key, author, _values(review, items=[first, second]))
    assert (note.pk, note.author, note.text, note.source, note.date) == (key, author, "Ringte samme dag.", "INT", DAY)
    assert str(note.informant) == f"{Perspective.PARTICIPANT.label} 1"
    note = workflow.save_note(review, key, author, _values(review, items=[second, third], text="Rettet."))
    assert [item.pk for item in note.items.all()] == [second, third]
    assert note.text == "Rettet."
    note = workflow.save_note(review, key, author, _values(review, perspective="", number=None, text="Rettet."))
    assert note.informant is None
    assert list(review.audit_events.order_by("pk").values_list("action", flat=True)) == [
        "created",
        "changed",
        "changed",
    ]


def test_the_same_note_sent_twice_is_one(review: Review, author: User) -> None:
    key, values = uuid.uuid4(), _values(review)
    workflow.save_note(review, key, author, values, {})
    stamps = merging.stamps({"text": "", "items": []}, [("text", "items")])
    workflow.save_note(review, key, author, values, stamps)
    assert review.notes.get().pk == key
    assert review.audit_events.get().action == "created"


def test_an_informant_is_made_on_first_mention(review: Review, author: User) -> None:
    for number in (1, 1, 2):
        workflow.save_note(review, uuid.uuid4(), author, _values(review, number=number))
    workflow.save_note(review, uuid.uuid4(), author, _values(review, perspective="behandler", number=1))
    assert [(each.perspective, each.number) for each in review.informants.all()] == [
        ("behandler", 1),
        ("deltaker", 1),
        ("deltaker", 2),
    ]


def test_whoever_said_it_has_a_number(review: Review, author: User) -> None:
    with pytest.raises(Refused) as refused:
        workflow.save_note(review, uuid.uuid4(), author, _values(review, perspective="behandler", number=None))
    assert refused.value.field == "number"
    assert not review.informants.exists()


def test_a_deleted_note_does_not_come_back(review: Review, author: User) -> None:
    values = _values(review, private=True)
    made = merging.stamps({**values, "text": "", "items": []}, merging.INFORMANT)
    note = workflow.save_note(review, uuid.uuid4(), author, values, made)
    workflow.delete_note(note, author)
    blank = workflow.note_values(Note(review=review, author=author))
    late = merging.stamps(values, merging.INFORMANT)
    for sent, seen in (
        ({**blank, "text": "Mer.", "items": values["items"]}, late),  # the text alone: the rest is that of a blank one
        ({**values, "text": "Mer."}, late),  # the whole page
        (values, made),  # what made it, sent once more
        ({**blank, "source": "DOC"}, {}),  # without a text
    ):
        with pytest.raises(Refused):
            workflow.save_note(review, note.pk, author, sent, seen)
    assert not review.notes.exists()


def test_only_a_page_that_showed_a_blank_note_makes_one(review: Review, author: User) -> None:
    seen = merging.stamps(_values(review), merging.INFORMANT)
    with pytest.raises(Refused):
        workflow.save_note(review, uuid.uuid4(), author, _values(review, text="Mer."), seen)
    with pytest.raises(Refused):
        workflow.save_note(review, uuid.uuid4(), author, _values(review, text=" "), {})
    assert not review.notes.exists()


def test_a_note_is_deleted_as_it_was_seen(review: Review, author: User) -> None:
    note = NoteFactory.create(review=review, author=author)
    seen, held = _stamps(note), workflow.note_values(note)
    workflow.save_note(review, note.pk, author, {**held, "text": "Mer i en annen fane."}, seen)
    with pytest.raises(Refused):
        workflow.delete_note(note, author, seen)
    note.refresh_from_db()
    workflow.delete_note(note, author, _stamps(note))
    assert not review.notes.exists()


def test_a_note_is_deleted_once(review: Review, author: User) -> None:
    note = NoteFactory.create(review=review, author=author)
    workflow.delete_note(Note.objects.get(pk=note.pk), author)
    with pytest.raises(Note.DoesNotExist):
        workflow.delete_note(note, author)
    assert review.audit_events.filter(action="deleted").count() == 1


def test_anothers_note_is_not_changed(review: Review, author: User) -> None:
    note = NoteFactory.create(review=review, author=author)
    before = workflow.note_values(note)
    with pytest.raises(Refused):
        workflow.save_note(review, note.pk, UserFactory.create(), _values(review, text="Mitt."))
    note.refresh_from_db()
    assert (workflow.note_values(note), note.author) == (before, author)


def test_a_note_of_another_review_is_not_taken_over(review: Review, make: Make, author: User) -> None:
    note = NoteFactory.create(review=review, author=author)
    with pytest.raises(Refused):
        workflow.save_note(make("scoring"), note.pk, author, _values(review))
    assert Note.objects.get(pk=note.pk).review == review


def test_only_what_is_sent_changes(review: Review, author: User) -> None:
    informant = InformantFactory.create(review=review)
    note = NoteFactory.create(review=review, author=author, informant=informant, private=True)
    held = workflow.note_values(note)
    saved = workflow.save_note(review, note.pk, author, {"text": "Ny.", "items": held["items"]}, _stamps(note))
    assert workflow.note_values(saved) == {**held, "text": "Ny."}


def test_what_was_changed_in_another_tab_is_not_written_over(review: Review, author: User) -> None:
    note = NoteFactory.create(review=review, author=author)
    seen = _stamps(note)
    held = workflow.note_values(note)
    workflow.save_note(review, note.pk, author, {**held, "text": "Her."}, seen)
    with pytest.raises(Overtaken) as overtaken:
        workflow.save_note(review, note.pk, author, {**held, "text": "Der.", "private": True}, seen)
    assert overtaken.value.theirs == {"text": "Her."}
    note.refresh_from_db()
    assert (note.text, note.private) == ("Her.", False)


def test_a_tag_set_in_another_tab_and_a_text_both_stay(review: Review, author: User) -> None:
    note = NoteFactory.create(review=review, author=author)
    seen, held = _stamps(note), workflow.note_values(note)
    others = [item.pk for item in items_of(review)]
    workflow.save_note(review, note.pk, author, {**held, "items": others}, seen)
    saved = workflow.save_note(review, note.pk, author, {**held, "text": "Der."}, seen)
    assert (saved.text, saved.items.count()) == ("Der.", len(others))


def test_a_note_without_an_interview_names_an_item(review: Review, author: User) -> None:
    with pytest.raises(Refused) as refused:
        workflow.save_note(review, uuid.uuid4(), author, _values(review, items=[]))
    assert refused.value.field == "items"
    note = NoteFactory.create(review=review, author=author)
    with pytest.raises(Refused):
        workflow.save_note(review, note.pk, author, _values(review, items=[]))
    assert note.items.count() == 1


@pytest.mark.parametrize("status", ["planned", "scoring", "consensus", "fact_check"])
def test_notes_are_written_while_the_review_is_open(make: Make, status: str) -> None:
    review = make(status)
    user = UserFactory.create()
    workflow.save_interview(review, user, source="INT", asked=("deltaker", None), date=DAY)
    workflow.save_note(review, uuid.uuid4(), user, _values(review))
    assert (review.notes.count(), review.interviews.count()) == (1, 1)


@pytest.mark.parametrize("status", ["final", "cancelled"])
def test_nothing_is_written_in_a_closed_review(make: Make, status: str) -> None:
    review = make("consensus")
    user = review.seats.get(number=1).user
    assert user is not None
    interview = InterviewFactory.create(review=review, made_by=user)
    note = NoteFactory.create(review=review, author=user)
    if status == "final":
        issue(review)
    else:
        workflow.cancel(review, user, "Lagt ned.")
    review.refresh_from_db()
    for write in (
        lambda: workflow.save_note(review, uuid.uuid4(), user, _values(review)),
        lambda: workflow.save_note(review, note.pk, user, _values(review, text="Endret.")),
        lambda: workflow.delete_note(note, user),
        lambda: workflow.save_interview(review, user, source="INT", asked=None, date=DAY),
        lambda: workflow.save_interview(review, user, source="DOC", asked=None, date=DAY, interview=interview),
        lambda: workflow.delete_interview(interview, user),
    ):
        with pytest.raises(Refused):
            write()
    assert (review.notes.get(), review.interviews.get()) == (note, interview)


# Interviews


def test_a_note_takes_over_from_its_interview_who_and_when(review: Review, author: User) -> None:
    interview = workflow.save_interview(review, author, source="OBS", asked=("behandler", 3), date=DAY)
    note = workflow.save_note(
        review, uuid.uuid4(), author, {"text": "Sett.", "private": True, "items": []}, interview=interview
    )
    assert workflow.note_values(note) == {
        "text": "Sett.",
        "source": "OBS",
        "perspective": "behandler",
        "number": 3,
        "date": DAY,
        "private": True,
        "items": [],
    }
    assert note.interview == interview


def test_notes_follow_what_the_interview_says_where_they_said_the_same(review: Review, author: User) -> None:
    interview = workflow.save_interview(review, author, source="INT", asked=("deltaker", 1), date=DAY)
    same, other = [
        workflow.save_note(review, uuid.uuid4(), author, {"text": "Hørt.", "items": []}, interview=interview)
        for _each in range(2)
    ]
    held = workflow.note_values(other)
    workflow.save_note(review, other.pk, author, {**held, "perspective": "parorende", "number": 1, "source": "DOC"})
    later = DAY + datetime.timedelta(days=1)
    workflow.save_interview(review, author, source="OBS", asked=("behandler", None), date=later, interview=interview)
    same.refresh_from_db()
    other.refresh_from_db()
    assert (same.source, str(same.informant), same.date) == ("OBS", f"{Perspective.CLINICIAN.label} 1", later)
    assert (other.source, str(other.informant), other.date) == ("DOC", f"{Perspective.FAMILY.label} 1", later)


def test_who_is_asked_gets_the_next_free_number(review: Review, author: User) -> None:
    InformantFactory.create(review=review, number=9)  # said by a note that is deleted since
    NoteFactory.create(review=review, informant=InformantFactory.create(review=review, number=4))
    first = workflow.save_interview(review, author, source="INT", asked=("deltaker", None), date=DAY)
    second = workflow.save_interview(review, author, source="INT", asked=("deltaker", None), date=DAY)
    other = workflow.save_interview(review, author, source="INT", asked=("behandler", None), date=DAY)
    assert [each.informant.number for each in (first, second, other) if each.informant] == [5, 6, 1]


def test_the_next_number_does_not_tell_of_anothers_private_note(review: Review, author: User) -> None:
    other = UserFactory.create()
    theirs = {"perspective": "parorende", "number": 7, "private": True}
    workflow.save_note(review, uuid.uuid4(), other, _values(review, **theirs))
    first = workflow.save_interview(review, author, source="INT", asked=("parorende", None), date=DAY)
    own = workflow.save_interview(review, other, source="INT", asked=("parorende", None), date=DAY)
    assert [each.informant.number for each in (first, own) if each.informant] == [1, 8]


def test_an_interview_begun_twice_by_one_press_is_one(review: Review, author: User) -> None:
    key = uuid.uuid4()
    sent: dict[str, Any] = {"source": "INT", "asked": ("behandler", None), "date": DAY, "pk": key}
    made = [workflow.save_interview(review, author, **sent) for _press in range(2)]
    assert [each.pk for each in made] == [key, key]
    assert review.audit_events.count() == 1
    # The same page sent with something else in it, or after notes were written, begins another.
    others = [workflow.save_interview(review, author, **{**sent, "source": "OBS"}) for _press in range(2)]
    assert (others[0] == others[1], others[0].pk == key) == (True, False)
    workflow.save_note(review, uuid.uuid4(), author, {"text": "Hørt.", "items": []}, interview=made[0])
    again = [workflow.save_interview(review, author, **sent) for _press in range(2)]
    assert review.interviews.count() == 3
    assert again[0] == again[1]
    assert again[0].informant is not None
    assert again[0].informant.number == 3


def test_what_somebody_else_changed_of_an_interview_is_not_written_over(review: Review, author: User) -> None:
    interview = workflow.save_interview(review, author, source="INT", asked=("deltaker", 1), date=DAY)
    note = workflow.save_note(review, uuid.uuid4(), author, {"text": "Hørt.", "items": []}, interview=interview)
    seen = merging.stamps(
        {"source": "INT", "perspective": "deltaker", "number": 1, "date": DAY}, [("perspective", "number")]
    )
    later = DAY + datetime.timedelta(days=1)

    def save(
        *, source: str = "INT", asked: tuple[str, int | None] = ("deltaker", 1), date: datetime.date = DAY
    ) -> None:
        workflow.save_interview(review, author, source=source, asked=asked, date=date, interview=interview, seen=seen)

    save(asked=("behandler", 2))
    save(date=later)
    interview.refresh_from_db()
    assert (str(interview.informant), interview.date) == (f"{Perspective.CLINICIAN.label} 2", later)
    note.refresh_from_db()
    assert (note.informant, note.date) == (interview.informant, later)
    before = review.audit_events.count()
    with pytest.raises(Overtaken) as overtaken:
        save(source="OBS", asked=("deltaker", 3), date=later)
    assert overtaken.value.theirs == {"perspective": "behandler", "number": 2}
    interview.refresh_from_db()
    assert interview.source == "INT"
    save(date=later)
    assert review.audit_events.count() == before


def test_who_is_asked_keeps_the_number_when_the_rest_changes(review: Review, author: User) -> None:
    interview = workflow.save_interview(review, author, source="INT", asked=("deltaker", 2), date=DAY)
    changed = workflow.save_interview(
        review, author, source="OBS", asked=("deltaker", None), date=DAY, interview=interview
    )
    assert changed.informant is not None
    assert changed.informant.number == 2


def test_there_is_no_number_after_the_last(review: Review, author: User) -> None:
    workflow.save_interview(review, author, source="INT", asked=("deltaker", 999), date=DAY)
    with pytest.raises(Refused) as refused:
        workflow.save_interview(review, author, source="INT", asked=("deltaker", None), date=DAY)
    assert refused.value.field == "number"


def test_an_interview_is_deleted_when_it_has_no_notes(review: Review, author: User) -> None:
    interview = InterviewFactory.create(review=review, made_by=author)
    NoteFactory.create(review=review, interview=interview, author=author, private=True)
    with pytest.raises(Refused):
        workflow.delete_interview(interview, author)
    review.notes.all().delete()
    workflow.delete_interview(interview, author)
    assert not review.interviews.exists()


def test_anothers_private_note_does_not_hold_an_interview_and_survives_it(review: Review, author: User) -> None:
    interview = InterviewFactory.create(review=review, made_by=author)
    note = NoteFactory.create(review=review, interview=interview, private=True, items=[])
    held = workflow.note_values(note)
    workflow.delete_interview(interview, author)
    note.refresh_from_db()
    assert (note.interview, workflow.note_values(note)) == (None, held)
    assert not review.interviews.exists()


def test_nothing_is_saved_on_an_interview_that_is_gone(review: Review, author: User) -> None:
    interview = InterviewFactory.create(review=review, made_by=author)
    stale = Interview.objects.get(pk=interview.pk)
    workflow.delete_interview(interview, author)
    values = {"text": "Hørt.", "items": []}
    for write in (
        lambda: workflow.save_note(review, uuid.uuid4(), author, values, interview=stale),
        lambda: workflow.save_interview(review, author, source="INT", asked=None, date=DAY, interview=stale),
        lambda: workflow.delete_interview(stale, author),
    ):
        with pytest.raises(Refused):
            write()
    assert not review.notes.exists()
    assert review.audit_events.filter(action="deleted").count() == 1

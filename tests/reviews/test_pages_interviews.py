"""Interviews through the front door: the list, the running sheet, and what to ask."""

import datetime
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from reviews import workflow
from reviews.models import Interview, Perspective, Review, User
from tests.factories import InterviewFactory, NoteFactory, issue, items_of, scored_review
from tests.reviews.front_door import contents, item, page, refused

DAY = "2026-09-15"


@pytest.fixture
def review(db: None) -> Review:
    """A review being scored by two."""
    return scored_review("scoring", evaluators=2)


def _person(review: Review, number: int = 1) -> User:
    user = review.seats.get(number=number).user
    assert user is not None
    return user


@pytest.fixture
def evaluator(review: Review, client: Client) -> User:
    """The hovedevaluator, logged in."""
    client.force_login(_person(review))
    return _person(review)


def _sheet(interview: Interview) -> str:
    return reverse("reviews:interview", args=[interview.review_id, interview.pk])


def _note(review: Review, key: uuid.UUID | None = None) -> str:
    return reverse("reviews:note", args=[review.pk, key or uuid.uuid4()])


# The list


@pytest.mark.usefixtures("evaluator")
def test_an_interview_is_begun_and_opens_its_sheet(client: Client, review: Review) -> None:
    sent = {"source": "INT", "perspective": "behandler", "number": "", "date": DAY}
    for number in (1, 2):
        response = client.post(page("interviews", review), sent)
        interview = review.interviews.latest("made_at")
        assert response.headers["Location"] == _sheet(interview)
        assert interview.informant is not None
        assert (interview.informant.number, interview.date) == (number, datetime.date(2026, 9, 15))
        assert f"Behandler {number}" in client.get(_sheet(interview)).content.decode()


@pytest.mark.parametrize(
    ("name", "value", "wrong"),
    [
        ("source", "", "source"),
        ("source", "XXX", "source"),
        ("perspective", "nabo", "perspective"),
        ("perspective", "", "perspective"),
        ("number", "0", "number"),
        ("number", "1000", "number"),
        ("date", "", "date"),
        ("date", "i går", "date"),
        ("date", "0001-01-01", "date"),
        ("date", "2014-09-15", "date"),
        ("date", "9999-12-31", "date"),
    ],
)
@pytest.mark.usefixtures("evaluator")
def test_an_interview_that_cannot_be_kept_is_refused(
    client: Client, review: Review, name: str, value: str, wrong: str
) -> None:
    sent = {"source": "INT", "perspective": "behandler", "number": "2", "date": DAY, name: value}
    refused(client, page("interviews", review), sent, wrong)


@pytest.mark.usefixtures("evaluator")
def test_a_double_press_begins_one_interview(client: Client, review: Review) -> None:
    shown = client.get(page("interviews", review))
    key = shown.context["form"]["key"].value()
    assert f'name="key" value="{key}"' in shown.content.decode()
    sent = {"source": "INT", "perspective": "behandler", "number": "", "date": DAY, "key": key}
    answers = [client.post(page("interviews", review), sent).headers["Location"] for _press in range(2)]
    assert answers == [_sheet(review.interviews.get())] * 2
    assert client.get(page("interviews", review)).context["form"]["key"].value() != key


def test_own_notes_that_their_interview_has_left_are_found(client: Client, review: Review, evaluator: User) -> None:
    second = _person(review, 2)
    interview = InterviewFactory.create(review=review)
    note = NoteFactory.create(review=review, interview=interview, author=evaluator, private=True, items=[])
    # The other evaluator sees an empty sheet, and may delete it like one.
    client.force_login(second)
    delete = reverse("reviews:delete_interview", args=[review.pk, interview.pk])
    assert delete in client.get(_sheet(interview)).content.decode()
    assert client.post(delete).headers["Location"] == page("interviews", review)
    assert list(client.get(page("interviews", review)).context["adrift"]) == []
    client.force_login(evaluator)
    listed = client.get(page("interviews", review))
    assert list(listed.context["adrift"]) == [note]
    html = listed.content.decode()
    assert note.text in html
    assert _note(review, note.pk) in html
    # It is changed from there, and from the sheet that was open.
    seen = client.get(_note(review, note.pk)).context["form"].stamps
    sent = {"text": "Rettet.", "items": "", "date": DAY, "private": "on", "seen": seen}
    assert client.post(_note(review, note.pk), sent).headers["Location"] == page("interviews", review)
    headers = {"Autosave": "1", "Autosave-As": str(evaluator.pk)}
    more = {"only": ["text"], "text": "Mer.", "items": "", "interview": str(interview.pk)}
    assert client.post(_note(review, note.pk), more, headers=headers).status_code == 200
    note.refresh_from_db()
    assert (note.text, note.private) == ("Mer.", True)
    client.post(_note(review, note.pk), {"text": "Mer.", "items": "T6", "date": DAY, "private": "on"})
    assert list(client.get(page("interviews", review)).context["adrift"]) == []


def test_the_list_counts_the_notes_that_one_may_read(client: Client, review: Review, evaluator: User) -> None:
    interview = InterviewFactory.create(review=review)
    empty = InterviewFactory.create(review=review)
    second = _person(review, 2)
    items = items_of(review)
    NoteFactory.create(review=review, interview=interview, author=second, items=items[:3])
    NoteFactory.create(review=review, interview=interview, author=second, items=[])
    NoteFactory.create(review=review, interview=interview, author=evaluator, items=[], private=True)
    NoteFactory.create(review=review, interview=interview, author=second, items=[], private=True)
    NoteFactory.create(review=review, author=evaluator)
    found = client.get(page("interviews", review)).context["interviews"]
    assert {each.pk: (each.read, each.untagged) for each in found} == {interview.pk: (3, 2), empty.pk: (0, 0)}


def test_the_review_and_the_item_lead_to_the_interviews(client: Client, review: Review, evaluator: User) -> None:
    address = f'href="{page("interviews", review)}"'
    assert address in client.get(page("review", review)).content.decode()
    assert address in client.get(page("score", review, item(review, "O3"))).content.decode()


def test_a_review_that_has_not_begun_has_interviews_too(db: None, client: Client) -> None:
    review = scored_review("planned")
    client.force_login(_person(review))
    assert page("interviews", review) in client.get(page("review", review)).content.decode()
    assert client.get(page("interviews", review)).status_code == 200


def test_the_list_is_in_the_order_of_the_conversations(client: Client, review: Review, evaluator: User) -> None:
    day = datetime.date(2026, 9, 15)
    days = [day + datetime.timedelta(days=number) for number in (1, 0, 2)]
    InterviewFactory.create(review=review, date=day, informant__perspective="ledelse")
    later = [InterviewFactory.create(review=review, date=each) for each in days]
    NoteFactory.create(review=review, interview=later[2], author=evaluator)
    found = client.get(page("interviews", review)).context["interviews"]
    assert [each.date for each in found] == sorted([day, *days])
    assert list(found)[1] == later[1]


# The running sheet


def test_a_note_on_the_sheet_has_who_and_when_from_the_interview(
    client: Client, review: Review, evaluator: User
) -> None:
    interview = InterviewFactory.create(review=review, source="OBS")
    form = client.get(_sheet(interview)).context["new"]
    sent = {"text": "Møtet varte en time. #O4", "items": "", "interview": str(interview.pk)}
    response = client.post(_note(review, form.instance.pk), sent)
    assert response.headers["Location"] == _sheet(interview)
    note = review.notes.get()
    assert (note.interview, note.source, note.informant, note.date, note.author) == (
        interview,
        "OBS",
        interview.informant,
        interview.date,
        evaluator,
    )
    assert [each.code for each in note.items.all()] == ["O4"]
    # An empty one waits for the next, under another id.
    again = client.get(_sheet(interview)).context
    assert again["new"].instance.pk != form.instance.pk
    assert [entry["note"] for entry in again["entries"]] == [note]


@pytest.mark.usefixtures("evaluator")
def test_a_note_is_tagged_afterwards(client: Client, review: Review) -> None:
    interview = InterviewFactory.create(review=review)
    key = uuid.uuid4()
    sent = {"text": "Ringte samme dag.", "items": "", "interview": str(interview.pk)}
    client.post(_note(review, key), sent)
    (entry,) = client.get(_sheet(interview)).context["entries"]
    assert entry["form"].is_untagged
    client.post(_note(review, key), {**sent, "items": "t6 O3"})
    note = review.notes.get()
    assert sorted(each.code for each in note.items.all()) == ["O3", "T6"]
    (entry,) = client.get(_sheet(interview)).context["entries"]
    assert entry["form"]["items"].value() == "O3 T6"
    # In the sheet it may lose them again.
    client.post(_note(review, key), {**sent, "items": ""})
    assert not note.items.exists()


@pytest.mark.usefixtures("evaluator")
def test_a_note_saved_by_itself_says_whether_it_names_an_item(client: Client, review: Review) -> None:
    interview = InterviewFactory.create(review=review)
    key = uuid.uuid4()
    headers = {"Autosave": "1", "Autosave-As": str(_person(review).pk)}
    sent: dict[str, Any] = {"only": ["text", "private"], "text": "Sett.", "interview": str(interview.pk)}
    untagged = client.post(_note(review, key), sent, headers=headers).json()["parts"][f"untagged-{key}"]
    tagged = client.post(_note(review, key), {**sent, "only": "items", "items": "O3"}, headers=headers).json()["parts"]
    assert "ds-tag" in untagged
    assert "ds-tag" not in tagged[f"untagged-{key}"]


def test_the_next_note_begins_as_private_as_the_last(client: Client, review: Review, evaluator: User) -> None:
    interview = InterviewFactory.create(review=review)
    second = _person(review, 2)
    for author, private, begins in ((evaluator, True, True), (second, False, True), (evaluator, False, False)):
        NoteFactory.create(review=review, interview=interview, author=author, private=private)
        response = client.get(_sheet(interview))
        assert bool(response.context["new"]["private"].value()) is begins
    form = response.content.decode().partition('class="form note-form"')[2]
    assert 0 < form.index('name="private"') < form.index("<textarea")


@pytest.mark.usefixtures("evaluator")
def test_a_note_on_a_sheet_that_is_deleted_comes_back_with_its_text(client: Client, review: Review) -> None:
    interview = InterviewFactory.create(review=review)
    gone = str(interview.pk)
    interview.delete()
    sent = {"text": "Ringte samme dag.", "items": "O3", "interview": gone}
    refused(client, _note(review), sent, "__all__")
    assert f'href="{page("interviews", review)}"' in client.post(_note(review), sent).content.decode()
    headers = {"Autosave": "1", "Autosave-As": str(_person(review).pk)}
    answer = client.post(_note(review), {**sent, "only": ["text", "private"]}, headers=headers)
    assert answer.status_code == 422


@pytest.mark.usefixtures("evaluator")
def test_two_who_change_the_head_choose_between_what_they_wrote(client: Client, review: Review) -> None:
    interview = InterviewFactory.create(review=review)
    shown = client.get(_sheet(interview))
    seen = shown.context["form"].stamps
    mine = {"source": "INT", "perspective": "behandler", "number": "4", "date": DAY, "seen": seen}
    theirs = {**mine, "perspective": "parorende", "number": "2"}
    assert client.post(_sheet(interview), theirs).status_code == 302
    before = contents()
    response = client.post(_sheet(interview), mine)
    assert response.status_code == 409
    assert contents() == before
    html = response.content.decode()
    assert Perspective.FAMILY.label + " 2" in html
    form = response.context["form"]
    assert (form["perspective"].value(), form["number"].value()) == ("behandler", "4")
    taken = client.post(_sheet(interview), {**mine, "seen": form.stamps, "clash": "perspective", "take": "perspective"})
    assert taken.context["form"]["perspective"].value() == "parorende"
    assert contents() == before
    # To save once more is to keep what one wrote; what the other did not touch was never in doubt.
    assert client.post(_sheet(interview), {**mine, "seen": form.stamps}).status_code == 302
    interview.refresh_from_db()
    assert interview.informant is not None
    assert (interview.informant.perspective, interview.informant.number) == ("behandler", 4)


@pytest.mark.usefixtures("evaluator")
def test_an_emptied_number_stays_as_the_page_says(client: Client, review: Review) -> None:
    interview = InterviewFactory.create(review=review, informant__perspective="behandler", informant__number=3)
    changing = client.get(_sheet(interview)).context["form"].fields["number"].help_text
    assert changing != client.get(page("interviews", review)).context["form"].fields["number"].help_text
    sent = {"source": "INT", "perspective": "behandler", "number": "", "date": DAY}
    assert client.post(_sheet(interview), sent).status_code == 302
    interview.refresh_from_db()
    assert interview.informant is not None
    assert interview.informant.number == 3


def test_own_notes_are_changed_in_place_and_others_are_read(client: Client, review: Review, evaluator: User) -> None:
    interview = InterviewFactory.create(review=review)
    second = _person(review, 2)
    own = NoteFactory.create(review=review, interview=interview, author=evaluator, private=True)
    shared = NoteFactory.create(review=review, interview=interview, author=second, text="Delt notat.")
    NoteFactory.create(review=review, interview=interview, author=second, text="Privat notat.", private=True)
    response = client.get(_sheet(interview))
    assert [(entry["note"], entry["form"] is not None) for entry in response.context["entries"]] == [
        (own, True),
        (shared, False),
    ]
    html = response.content.decode()
    assert "Delt notat." in html
    assert second.name in html
    assert "Privat notat." not in html
    assert _note(review, shared.pk) not in html
    # Another's is not changed by way of the sheet either.
    sent = {"text": "Mitt.", "items": "O3", "interview": str(interview.pk)}
    assert client.post(_note(review, shared.pk), sent).status_code == 404


@pytest.mark.usefixtures("evaluator")
def test_a_note_that_cannot_be_kept_comes_back_with_its_text(client: Client, review: Review) -> None:
    interview = InterviewFactory.create(review=review)
    sent = {"text": "Ringte samme dag.", "items": "T99", "interview": str(interview.pk)}
    refused(client, _note(review), sent, "items")
    html = client.post(_note(review), sent).content.decode()
    assert f'name="interview" value="{interview.pk}"' in html
    assert f'href="{_sheet(interview)}"' in html


@pytest.mark.usefixtures("evaluator")
def test_the_head_is_changed_and_the_notes_follow(client: Client, review: Review) -> None:
    interview = InterviewFactory.create(review=review)
    client.post(_note(review), {"text": "Hørt.", "items": "", "interview": str(interview.pk)})
    sent = {"source": "INT", "perspective": "behandler", "number": "4", "date": "2026-09-16"}
    assert client.post(_sheet(interview), sent).headers["Location"] == _sheet(interview)
    note = review.notes.get()
    assert note.informant is not None
    assert (note.informant.perspective, note.informant.number, note.date) == (
        "behandler",
        4,
        datetime.date(2026, 9, 16),
    )
    refused(client, _sheet(interview), {**sent, "number": "1000"}, "number")


def test_an_interview_is_deleted_when_it_has_no_notes(client: Client, review: Review, evaluator: User) -> None:
    interview = InterviewFactory.create(review=review)
    delete = reverse("reviews:delete_interview", args=[review.pk, interview.pk])
    note = NoteFactory.create(review=review, interview=interview, author=evaluator)
    assert delete not in client.get(_sheet(interview)).content.decode()
    before = contents()
    assert client.post(delete).headers["Location"] == _sheet(interview)
    assert contents() == before
    note.delete()
    assert delete in client.get(_sheet(interview)).content.decode()
    assert client.post(delete).headers["Location"] == page("interviews", review)
    assert not review.interviews.exists()


@pytest.mark.usefixtures("evaluator")
def test_an_interview_of_another_review_is_not_found(client: Client, review: Review) -> None:
    elsewhere = InterviewFactory.create()
    for name in ("interview", "delete_interview"):
        address = reverse(f"reviews:{name}", args=[review.pk, elsewhere.pk])
        assert client.post(address, {"source": "INT", "date": DAY}).status_code == 404
    assert client.get(reverse("reviews:interview", args=[review.pk, elsewhere.pk])).status_code == 404


@pytest.mark.parametrize("status", ["final", "cancelled"])
def test_a_closed_review_shows_its_sheets_and_takes_nothing(db: None, client: Client, status: str) -> None:
    review = scored_review("consensus")
    user = _person(review)
    interview = InterviewFactory.create(review=review)
    NoteFactory.create(review=review, interview=interview, author=user, text="Skrevet i tide.")
    if status == "final":
        issue(review)
    else:
        workflow.cancel(review, user, "Tjenesten legges ned.")
    client.force_login(user)
    html = client.get(_sheet(interview)).content.decode()
    assert "Skrevet i tide." in html
    assert "<textarea" not in html
    listed = client.get(page("interviews", review)).content.decode()
    assert _sheet(interview) in listed
    assert '<form method="post" class="form"' not in listed
    sent = {"source": "DOC", "perspective": "", "number": "", "date": DAY}
    refused(client, page("interviews", review), sent, "__all__")
    refused(client, _sheet(interview), sent, "__all__")
    note = {"text": "For sent.", "items": "", "interview": str(interview.pk)}
    refused(client, _note(review), note, "__all__")


# What to ask


def _asked(client: Client, interview: Interview) -> list[str]:
    return [each.code for each in client.get(_sheet(interview)).context["to_ask"]]


@pytest.mark.parametrize("perspective", Perspective.values)
@pytest.mark.usefixtures("evaluator")
def test_the_questions_for_whom_one_talks_to_stand_beside(client: Client, review: Review, perspective: str) -> None:
    interview = InterviewFactory.create(review=review, informant__perspective=perspective)
    wanted = [each for each in items_of(review) if perspective in each.ask and each.questions]
    assert _asked(client, interview) == [each.code for each in wanted]
    html = client.get(_sheet(interview)).content.decode()
    for each in wanted:
        assert f'data-note-on="{each.code}"' in html


@pytest.mark.usefixtures("evaluator")
def test_a_meeting_is_asked_what_is_to_be_observed(client: Client, review: Review) -> None:
    interview = InterviewFactory.create(review=review, informant=None, source="OBS")
    wanted = [each.code for each in items_of(review) if "OBS" in each.sources and each.questions]
    assert wanted
    assert _asked(client, interview) == wanted

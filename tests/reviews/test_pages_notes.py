"""Notes on an item through the front door: written, saved by themselves, changed, shared and kept private."""

import datetime
import json
import re
import uuid
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from reviews import merging, workflow
from reviews.models import Note, Rating, Review, User
from tests.factories import InterviewFactory, NoteFactory, issue, scored_review
from tests.reviews.front_door import NUL, TOO_LONG, contents, item, page, refused

FULL = {
    "text": "Får hjelp ukentlig.",
    "items": "O3",
    "source": "INT",
    "perspective": "deltaker",
    "number": "2",
    "date": "2026-09-15",
}


@pytest.fixture
def review(db: None) -> Review:
    """A review being scored by two, with nothing written yet."""
    review = scored_review("scoring", evaluators=2)
    Rating.objects.filter(seat__review=review).delete()
    return review


def _person(review: Review, number: int = 1) -> User:
    user = review.seats.get(number=number).user
    assert user is not None
    return user


@pytest.fixture
def evaluator(review: Review, client: Client) -> User:
    """The hovedevaluator, logged in."""
    client.force_login(_person(review))
    return _person(review)


def _address(review: Review, key: uuid.UUID | None = None, *, delete: bool = False) -> str:
    return reverse("reviews:delete_note" if delete else "reviews:note", args=[review.pk, key or uuid.uuid4()])


def _codes(note: Note) -> list[str]:
    return sorted(each.code for each in note.items.all())


# Written


@pytest.mark.usefixtures("evaluator")
def test_a_note_is_saved_by_the_id_its_page_chose_and_leads_back_to_the_item(client: Client, review: Review) -> None:
    where = item(review, "O3")
    html = client.get(page("add_note", review, where))
    form = html.context["form"]
    assert form["items"].value() == "O3"
    address = _address(review, form.instance.pk)
    assert f'action="{address}"' in html.content.decode()
    response = client.post(address, {**FULL, "at": "ips-25/O3"})
    assert response.headers["Location"] == page("score", review, where)
    note = Note.objects.get(review=review)
    assert (note.pk, note.text, note.source, note.private) == (form.instance.pk, "Får hjelp ukentlig.", "INT", False)
    assert note.informant is not None
    assert (note.informant.perspective, note.informant.number) == ("deltaker", 2)
    assert _codes(note) == ["O3"]


@pytest.mark.usefixtures("evaluator")
def test_the_card_beside_an_item_has_an_empty_note_on_it(client: Client, review: Review) -> None:
    response = client.get(page("score", review, item(review, "T6")))
    address = _address(review, response.context["new_note"].pk)
    html = response.content.decode()
    assert f'action="{address}"' in html
    assert re.search(r'<input type="text" name="items" value="T6"', html)
    client.post(address, {**FULL, "items": "T6", "at": "ips-25/T6"})
    assert _codes(review.notes.get()) == ["T6"]


def _form(html: str, key: uuid.UUID) -> str:
    """Return the form of a note in a page without what is each page's own: its token and what the form is called."""
    found = re.search(rf'<form[^>]*data-note="{key}".*?</form>', html, flags=re.DOTALL)
    assert found
    own = r'(aria-label|csrfmiddlewaretoken" value)="[^"]*"'
    return re.sub(own, "", found[0]).replace(str(key), "")


@pytest.mark.parametrize("language", ["nb", "en"])
@pytest.mark.parametrize("moved", [-800, 0, 30])
def test_the_empty_note_on_the_card_is_the_one_on_a_page_of_its_own(
    client: Client, review: Review, evaluator: User, language: str, moved: int
) -> None:
    day = datetime.timedelta(days=moved)
    Review.objects.filter(pk=review.pk).update(first_day=review.first_day + day, last_day=review.last_day + day)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    about = item(review, "T6")
    beside = client.get(page("score", review, about))
    alone = client.get(page("add_note", review, about))
    expected = _form(alone.content.decode(), alone.context["form"].instance.pk)
    assert _form(beside.content.decode(), beside.context["new_note"].pk) == expected
    assert "[[" not in expected


@pytest.mark.usefixtures("evaluator")
def test_two_pages_never_share_the_id_of_a_new_note(client: Client, review: Review) -> None:
    keys = {client.get(page("score", review, item(review, "T6"))).context["new_note"].pk for _ in range(2)}
    assert len(keys) == 2


@pytest.mark.parametrize(
    ("typed", "text", "codes"),
    [
        ("o3, t6", "Sett.", ["O3", "T6"]),
        ("#O3 T14;g2", "Sett.", ["G2", "O3", "T14"]),
        ("O3", "Sett, som i #t6 og #ukjent.", ["O3", "T6"]),
        ("", "Bare i teksten #B1.", ["B1"]),
    ],
)
@pytest.mark.usefixtures("evaluator")
def test_items_are_named_by_code_in_a_field_or_in_the_text(
    client: Client, review: Review, typed: str, text: str, codes: list[str]
) -> None:
    client.post(_address(review), {**FULL, "items": typed, "text": text})
    note = review.notes.get()
    assert _codes(note) == codes
    assert note.text == text
    for code in codes:
        scale = "goi-12" if code.startswith("G") else "ips-25"
        assert note in client.get(page("score", review, item(review, code, scale))).context["notes"]


@pytest.mark.parametrize(
    ("name", "value", "wrong"),
    [
        ("text", "", "text"),
        ("text", "   ", "text"),
        ("text", TOO_LONG, "text"),
        ("text", NUL, "text"),
        ("items", "", "items"),
        ("items", "O3 T99", "items"),
        ("items", "alle", "items"),
        ("number", "0", "number"),
        ("number", "1000", "number"),
        ("number", "to", "number"),
        ("perspective", "", "perspective"),
        ("perspective", "nabo", "perspective"),
        ("source", "XXX", "source"),
        ("date", "", "date"),
        ("date", "i går", "date"),
        ("date", "0001-01-01", "date"),
        ("date", "2014-09-15", "date"),
        ("date", "9999-12-31", "date"),
        ("number", "", "number"),
    ],
)
@pytest.mark.usefixtures("evaluator")
def test_a_note_that_cannot_be_kept_is_refused(
    client: Client, review: Review, name: str, value: str, wrong: str
) -> None:
    form = refused(client, _address(review), {**FULL, name: value}, wrong)
    if value == "O3 T99":
        assert "T99" in form.errors["items"][0]


@pytest.mark.usefixtures("evaluator")
@pytest.mark.parametrize("day", ["2025-09-15", "2027-09-16"])
def test_a_note_may_be_of_a_day_near_the_visit(client: Client, review: Review, day: str) -> None:
    client.post(_address(review), {**FULL, "date": day})
    assert review.notes.get().date.isoformat() == day


def test_a_note_keeps_a_day_that_was_near_the_visit_before_it_was_moved(
    client: Client, review: Review, evaluator: User
) -> None:
    old = datetime.date(2021, 3, 1)
    note = NoteFactory.create(review=review, author=evaluator, date=old)
    client.post(_address(review, note.pk), {**FULL, "date": "2021-03-01", "text": "Rettet."})
    note.refresh_from_db()
    assert (note.text, note.date) == ("Rettet.", old)


@pytest.mark.usefixtures("evaluator")
def test_a_note_from_no_item_leads_to_the_first_it_is_about(client: Client, review: Review) -> None:
    response = client.post(_address(review), {**FULL, "items": "T6 O3", "at": "ips-25/X9"})
    assert response.headers["Location"] == page("score", review, item(review, "O3"))


def test_a_note_written_while_agreeing_leads_back_to_what_is_agreed(db: None, client: Client) -> None:
    review = scored_review("consensus")
    client.force_login(_person(review))
    where = item(review, "O3")
    back = page("agree", review, where)
    assert f'"{back}"' in client.get(page("add_note", review, where)).content.decode()
    assert client.post(_address(review), {**FULL, "at": "ips-25/O3"}).headers["Location"] == back


def test_a_note_before_the_scoring_leads_to_the_review(db: None, client: Client) -> None:
    review = scored_review("planned")
    client.force_login(_person(review))
    assert client.post(_address(review), FULL).headers["Location"] == page("review", review)
    assert review.notes.count() == 1


# Saved by itself


def _autosave(client: Client, address: str, user: User, only: list[str], **data: Any) -> Any:
    headers = {"Autosave": "1", "Autosave-As": str(user.pk)}
    return client.post(address, {"only": only, **data}, headers=headers)


def test_a_new_note_saved_by_itself_twice_is_one(client: Client, review: Review, evaluator: User) -> None:
    address = _address(review, key := uuid.uuid4())
    everything = ["text", "items", "perspective", "source", "date", "private"]
    sent = {**FULL, "seen": json.dumps({"text": merging.stamp([""])}), "at": "ips-25/O3"}
    for _attempt in range(2):
        answer = _autosave(client, address, evaluator, everything, **sent)
        assert answer.status_code == 200
    note = review.notes.get()
    assert (note.pk, note.text, _codes(note)) == (key, "Får hjelp ukentlig.", ["O3"])
    assert set(answer.json()["stamps"]) == set(everything)
    assert "(1)" in answer.json()["parts"]["notes-number"]


def test_only_the_text_is_sent_when_only_the_text_changes(client: Client, review: Review, evaluator: User) -> None:
    note = NoteFactory.create(review=review, author=evaluator, items=[item(review, "O3")], private=True)
    address = _address(review, note.pk)
    seen = json.loads(client.get(address).context["form"].stamps)
    sent = {"text": "Rettet, se #T6.", "items": "O3", "seen": json.dumps(seen)}
    answer = _autosave(client, address, evaluator, ["text"], **sent)
    assert answer.status_code == 200
    note.refresh_from_db()
    assert (note.text, note.private, note.source, _codes(note)) == ("Rettet, se #T6.", True, "INT", ["O3", "T6"])
    # The page goes on with what it has, though the text has named one item more.
    seen |= answer.json()["stamps"]
    sent = {"text": "Rettet, se #T6.", "items": "O3 B1", "seen": json.dumps(seen)}
    assert _autosave(client, address, evaluator, ["items"], **sent).status_code == 200
    assert _codes(note) == ["B1", "O3", "T6"]


def test_what_another_tab_changed_is_shown_to_choose_from(client: Client, review: Review, evaluator: User) -> None:
    note = NoteFactory.create(review=review, author=evaluator, items=[item(review, "O3")])
    address = _address(review, note.pk)
    seen = client.get(address).context["form"].stamps
    held = workflow.note_values(note)
    workflow.save_note(review, note.pk, evaluator, {**held, "text": "Fra nettbrettet."})
    sent = {"text": "Fra maskinen.", "items": "O3", "seen": seen}
    answer = _autosave(client, address, evaluator, ["text"], **sent)
    assert answer.status_code == 409
    assert "Fra nettbrettet." in answer.json()["clashes"]["text"]["html"]
    assert answer.json()["clashes"]["text"]["held"] == {"text": ["Fra nettbrettet."]}
    # Without a script the page comes back with both.
    response = client.post(address, {**FULL, **sent})
    assert response.status_code == 409
    assert "Fra nettbrettet." in response.content.decode()
    assert "Fra maskinen." in response.content.decode()
    taken = client.post(address, {**FULL, **sent, "take": "text"})
    assert taken.context["form"]["text"].value() == "Fra nettbrettet."
    note.refresh_from_db()
    assert note.text == "Fra nettbrettet."


def test_who_said_it_is_one_thing(client: Client, review: Review, evaluator: User) -> None:
    note = NoteFactory.create(review=review, author=evaluator)
    address = _address(review, note.pk)
    seen = client.get(address).context["form"].stamps
    held = workflow.note_values(note)
    workflow.save_note(review, note.pk, evaluator, {**held, "perspective": "behandler", "number": 3})
    sent = {"perspective": "deltaker", "number": "2", "seen": seen}
    answer = _autosave(client, address, evaluator, ["perspective"], **sent)
    assert answer.status_code == 409
    assert "Behandler 3" in answer.json()["clashes"]["perspective"]["html"]


def test_whoever_said_it_is_not_saved_without_a_number_and_the_rest_is(
    client: Client, review: Review, evaluator: User
) -> None:
    note = NoteFactory.create(review=review, author=evaluator, source="")
    address = _address(review, note.pk)
    sent = {
        "perspective": "deltaker",
        "number": "",
        "source": "DOC",
        "seen": client.get(address).context["form"].stamps,
    }
    answer = _autosave(client, address, evaluator, ["perspective", "source"], **sent)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]["perspective"]] == ["number"]
    assert _autosave(client, address, evaluator, ["source"], **sent).status_code == 200
    answer = _autosave(client, address, evaluator, ["perspective"], **{**sent, "number": "3"})
    assert answer.status_code == 200
    note.refresh_from_db()
    assert note.informant is not None
    assert (note.source, note.informant.number) == ("DOC", 3)


def test_a_note_deleted_in_another_tab_does_not_come_back_shared(
    client: Client, review: Review, evaluator: User
) -> None:
    note = NoteFactory.create(review=review, author=evaluator, items=[item(review, "O3")], private=True)
    address = _address(review, note.pk)
    seen = client.get(address).context["form"].stamps
    assert client.post(_address(review, note.pk, delete=True), {"seen": seen}).status_code == 302
    before = contents()
    sent = {"text": "Mer.", "items": "O3", "seen": seen}
    answer = _autosave(client, address, evaluator, ["text"], **sent)
    assert (answer.status_code, list(answer.json()["errors"])) == (422, [""])
    assert _autosave(client, address, evaluator, ["private"], private="", seen=seen).status_code == 422
    assert contents() == before
    refused(client, address, {**FULL, **sent}, "__all__")
    assert "Mer." in client.post(address, {**FULL, **sent}).content.decode()


def test_an_item_named_in_the_text_alone_goes_with_it(client: Client, review: Review, evaluator: User) -> None:
    address = _address(review, key := uuid.uuid4())
    client.post(address, {**FULL, "items": "O3", "text": "Se #T6."})
    note = Note.objects.get(pk=key)
    form = client.get(address).context["form"]
    assert (_codes(note), form["items"].value()) == (["O3", "T6"], "O3")
    sent = {"text": "Se #T8.", "items": form["items"].value(), "seen": form.stamps}
    assert _autosave(client, address, evaluator, ["text"], **sent).status_code == 200
    assert _codes(note) == ["O3", "T8"]
    # Nor does it come into the field where another tab's items are taken.
    workflow.save_note(review, key, evaluator, {"items": [item(review, code).pk for code in ("B1", "T8")]})
    answer = _autosave(client, address, evaluator, ["items"], **{**sent, "items": "O7"})
    assert answer.json()["clashes"]["items"]["held"] == {"items": ["B1"]}
    # What is not sent is held: the item of the text stays with it.
    assert _autosave(client, address, evaluator, ["source"], source="DOC", seen=form.stamps).status_code == 200
    assert _codes(note) == ["B1", "T8"]


@pytest.mark.usefixtures("evaluator")
def test_who_may_read_it_is_said_before_the_text(client: Client, review: Review) -> None:
    for address in (page("add_note", review, item(review, "O3")), page("score", review, item(review, "O3"))):
        form = client.get(address).content.decode().partition('class="form note-form"')[2]
        assert 0 < form.index('name="private"') < form.index("<textarea")


def test_what_is_wrong_is_told_and_nothing_saved(client: Client, review: Review, evaluator: User) -> None:
    before = contents()
    answer = _autosave(client, _address(review), evaluator, ["text", "items"], text="Sett.", items="T99")
    assert answer.status_code == 422
    assert answer.json()["errors"]["items"][0]["field"] == "items"
    assert contents() == before


# Changed, shared and kept private


def test_a_note_is_changed_and_deleted_by_its_author(client: Client, review: Review, evaluator: User) -> None:
    note = NoteFactory.create(review=review, author=evaluator, items=[item(review, "O3"), item(review, "T6")])
    address = _address(review, note.pk)
    assert client.get(address).context["form"]["text"].value() == note.text
    assert client.get(address).context["form"]["items"].value() == "O3 T6"
    response = client.post(address, {**FULL, "text": "Rettet.", "private": "on", "at": "ips-25/T6", "items": "O3 T6"})
    assert response.headers["Location"] == page("score", review, item(review, "T6"))
    note.refresh_from_db()
    assert (note.text, note.private, _codes(note)) == ("Rettet.", True, ["O3", "T6"])
    response = client.post(_address(review, note.pk, delete=True))
    assert response.headers["Location"] == page("score", review, item(review, "O3"))
    assert not Note.objects.filter(pk=note.pk).exists()


def test_a_note_changed_in_another_tab_is_not_deleted_unseen(client: Client, review: Review, evaluator: User) -> None:
    note = NoteFactory.create(review=review, author=evaluator)
    seen = client.get(_address(review, note.pk)).context["form"].stamps
    workflow.save_note(review, note.pk, evaluator, {**workflow.note_values(note), "text": "Mer i en annen fane."})
    delete = _address(review, note.pk, delete=True)
    before = contents()
    for sent in (seen, "uleselig"):
        client.post(delete, {"seen": sent})
        assert contents() == before
    client.post(delete, {"seen": client.get(_address(review, note.pk)).context["form"].stamps})
    assert not review.notes.exists()
    events = review.audit_events.count()
    assert client.post(delete).status_code == 404
    assert review.audit_events.count() == events


@pytest.mark.parametrize("private", [True, False])
@pytest.mark.usefixtures("evaluator")
def test_anothers_note_is_not_found_to_change(client: Client, review: Review, private: bool) -> None:
    note = NoteFactory.create(review=review, author=_person(review, 2), private=private)
    before = contents()
    assert client.get(_address(review, note.pk)).status_code == 404
    assert client.post(_address(review, note.pk), FULL).status_code == 404
    assert client.post(_address(review, note.pk, delete=True)).status_code == 404
    assert contents() == before


def test_a_note_of_another_review_is_not_found(client: Client, review: Review, evaluator: User) -> None:
    elsewhere = scored_review("scoring", evaluators=[evaluator])
    note = NoteFactory.create(review=elsewhere, author=evaluator)
    sheet = InterviewFactory.create(review=elsewhere)
    before = contents()
    assert client.get(_address(review, note.pk)).status_code == 404
    assert client.post(_address(review, note.pk), FULL).status_code == 404
    assert client.post(_address(review), {**FULL, "interview": str(sheet.pk)}).status_code == 404
    assert client.post(_address(review), {**FULL, "interview": "x"}).status_code == 404
    assert contents() == before


def test_a_private_note_is_read_by_its_author_alone_and_a_shared_one_by_all(client: Client, review: Review) -> None:
    lead, second = _person(review), _person(review, 2)
    for text, private in (("Bare min.", True), ("Alles notat.", False)):
        NoteFactory.create(review=review, author=second, text=text, private=private, items=[item(review, "O3")])
    client.force_login(lead)
    html = client.get(page("score", review, item(review, "O3"))).content.decode()
    assert "Alles notat." in html
    assert second.name in html
    assert "Bare min." not in html
    client.force_login(second)
    assert "Bare min." in client.get(page("score", review, item(review, "O3"))).content.decode()


@pytest.mark.usefixtures("evaluator")
def test_an_item_shows_what_is_said_of_its_notes(client: Client, review: Review) -> None:
    interview = InterviewFactory.create(review=review, informant__perspective="behandler", informant__number=7)
    author = _person(review, 2)
    note = NoteFactory.create(
        review=review, author=author, interview=interview, items=[item(review, "O3"), item(review, "T6")]
    )
    html = client.get(page("score", review, item(review, "O3"))).content.decode()
    for words in (note.text, "Behandler 7", author.name, "15.09.2026", "T6"):
        assert words in html
    assert f"{reverse('reviews:interview', args=[review.pk, interview.pk])}#note-{note.pk}" in html


@pytest.mark.parametrize("status", ["final", "cancelled"])
def test_no_note_is_written_in_a_closed_review_and_the_page_says_why(db: None, client: Client, status: str) -> None:
    review = scored_review("consensus")
    user = _person(review)
    note = NoteFactory.create(review=review, author=user, text="Skrevet i tide.", items=[item(review, "O3")])
    if status == "final":
        issue(review)
    else:
        workflow.cancel(review, user, "Tjenesten legges ned.")
    client.force_login(user)
    new, old = _address(review), _address(review, note.pk)
    for shown in (page("add_note", review, item(review, "O3")), old):
        html = client.get(shown).content.decode()
        assert "<textarea" not in html
        assert "ds-alert" in html
    for address in (new, old):
        # Whoever had the form open keeps what was typed, and has nothing to send it with.
        sent = {**FULL, "text": "For sent."}
        refused(client, address, sent, "__all__")
        assert "Lagre notatet" not in client.post(address, sent).content.decode()
        assert _autosave(client, address, user, ["text"], **sent).status_code == 422
    assert "Skrevet i tide." in client.get(old).content.decode()
    assert f"{old}delete/" not in client.get(old).content.decode()

"""The running sheet of an interview in the browser: notes one after the other, saved as they are written."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from reviews.models import Interview, Note, Review, User
from tests.browser.conftest import NARROW, OpenPage
from tests.factories import InterviewFactory, NoteFactory, items_of, scored_review

pytestmark = pytest.mark.browser


@pytest.fixture
def review(transactional_db: None) -> Review:
    """A review being scored by two."""
    return scored_review("scoring", evaluators=2)


def _person(review: Review, number: int = 1) -> User:
    user = review.seats.get(number=number).user
    assert user is not None
    return user


def _sheet(interview: Interview) -> str:
    return reverse("reviews:interview", args=[interview.review_id, interview.pk])


def _codes(note: Note) -> list[str]:
    return sorted(item.code for item in note.items.all())


def _texts(page: Page) -> list[str]:
    return [area.input_value() for area in page.locator("[data-notes] textarea").all()]


def _saved(page: Page) -> None:
    expect(page.locator("[data-save-state]").first).to_have_attribute("data-state", "saved")


def test_three_notes_are_typed_without_the_mouse_and_are_there_again(open_page: OpenPage, review: Review) -> None:
    interview = InterviewFactory.create(review=review, informant__perspective="behandler", informant__number=3)
    second = _person(review, 2)
    NoteFactory.create(review=review, interview=interview, author=second, text="Notat fra den andre.")
    page = open_page(_person(review))
    page.goto(_sheet(interview))
    page.locator("[data-notes] textarea").focus()
    page.keyboard.type("Jobbspesialisten er med hver onsdag #O2")
    page.keyboard.press("Control+Enter")
    page.keyboard.type("Vet ikke hvem som er henvist.")
    page.keyboard.press("Tab")
    page.keyboard.type("o6, t1")
    page.keyboard.press("Control+Enter")
    # Who may read it is said before anything of it is saved.
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.type("Uten punkt.")
    expect(page.locator("[data-notes] [data-once-saved]:visible")).to_have_count(3)
    _saved(page)
    choices = page.locator("[data-notes] [name=private]")
    assert [each.is_checked() for each in choices.all()] == [False, False, True, True]

    written = ["Jobbspesialisten er med hver onsdag #O2", "Vet ikke hvem som er henvist.", "Uten punkt."]
    notes = list(Note.objects.filter(review=review, author=_person(review)).order_by("created_at"))
    assert [(note.text, _codes(note), note.private) for note in notes] == [
        (written[0], ["O2"], False),
        (written[1], ["O6", "T1"], False),
        (written[2], [], True),
    ]
    assert {(note.interview, note.source, note.informant, note.date) for note in notes} == {
        (interview, "INT", interview.informant, interview.date)
    }
    page.reload()
    assert _texts(page) == [*written, ""]
    expect(page.locator(".sheet-note .ds-tag")).to_have_count(1)
    assert [each.is_checked() for each in choices.all()] == [False, False, True, True]

    # The other evaluator reads the shared ones, and has a note of their own to change.
    other = open_page(second)
    other.goto(_sheet(interview))
    assert _texts(other) == ["Notat fra den andre.", ""]
    assert other.locator(".sheet-note .note .prose").all_inner_texts() == written[:2]
    expect(other.locator("main")).not_to_contain_text("Uten punkt.")


def test_a_question_names_its_item_in_the_note_one_writes(open_page: OpenPage, review: Review) -> None:
    interview = InterviewFactory.create(review=review, informant__perspective="behandler")
    page = open_page(_person(review))
    page.goto(_sheet(interview))
    page.locator("[data-notes] textarea").fill("Er med hver onsdag.")
    page.click("[data-note-on=O2]")
    page.click("[data-note-on=O2]")
    page.click("[data-note-on=O6]")
    expect(page.locator("[data-notes] [name=items]").first).to_have_value("O2 O6")
    expect(page.locator("[data-notes] textarea").first).to_be_focused()
    _saved(page)
    # The next one begins with its item, and is nothing before it has a text.
    page.click("[data-another]")
    page.click("[data-note-on=O1]")
    page.wait_for_timeout(1500)
    assert [_codes(note) for note in review.notes.all()] == [["O2", "O6"]]
    page.keyboard.type("Alle teamene.")
    expect(page.locator("[data-notes] [data-once-saved]:visible")).to_have_count(2)
    _saved(page)
    assert sorted(_codes(note) for note in review.notes.all()) == [["O1"], ["O2", "O6"]]


def test_a_note_on_the_sheet_is_changed_and_deleted(open_page: OpenPage, review: Review) -> None:
    interview = InterviewFactory.create(review=review)
    NoteFactory.create(review=review, interview=interview, author=_person(review), text="Før.")
    page = open_page(_person(review))
    page.goto(_sheet(interview))
    page.locator("[data-notes] textarea").first.fill("Etter.")
    _saved(page)
    assert review.notes.get().text == "Etter."
    # No button to save each note stands there, and it is still the one that Enter presses.
    expect(page.locator("[data-notes] button[type=submit]:visible")).to_have_count(1)
    with page.expect_navigation():
        page.locator("[data-notes] [name=items]").first.press("Enter")
    assert review.notes.get().text == "Etter."
    page.once("dialog", lambda dialog: dialog.accept())
    page.click("[data-once-saved]:visible")
    page.wait_for_url(f"**{_sheet(interview)}")
    expect(page.locator("[data-notes] textarea")).to_have_count(1)
    assert not review.notes.exists()


def test_without_a_script_each_note_is_sent_and_an_empty_one_follows(open_page: OpenPage, review: Review) -> None:
    page = open_page(_person(review), script=False, width=NARROW)
    page.goto(reverse("reviews:interviews", args=[review.pk]))
    page.select_option("[name=perspective]", "deltaker")
    page.click("main form button[type=submit]")
    for number, text in enumerate(("Første #T6", "Andre")):
        page.locator("[data-notes] textarea").nth(number).fill(text)
        page.locator("[data-notes] form").nth(number).locator("button[type=submit]").first.click()
        expect(page.locator("[data-notes] textarea")).to_have_count(number + 2)
    assert _texts(page) == ["Første #T6", "Andre", ""]
    assert [_codes(note) for note in review.notes.order_by("created_at")] == [["T6"], []]


def test_two_notes_are_written_in_the_card_beside_an_item(open_page: OpenPage, review: Review) -> None:
    page = open_page(_person(review))
    item = items_of(review)[0]
    address = reverse("reviews:score", args=[review.pk, item.section.scale.code, item.code])
    page.goto(address)
    page.click("aside [data-notes] > summary")
    page.fill("aside [data-notes] textarea", "Første.")
    expect(page.locator("#notes-number")).to_contain_text("(1)")
    page.click("[data-another]")
    page.keyboard.type("Andre, se #T6.")
    expect(page.locator("#notes-number")).to_contain_text("(2)")
    assert sorted((note.text, _codes(note)) for note in review.notes.all()) == [
        ("Andre, se #T6.", sorted([item.code, "T6"])),
        ("Første.", [item.code]),
    ]
    page.goto(address)
    expect(page.locator("aside .note")).to_have_count(2)


def test_a_note_deleted_in_another_tab_stays_deleted(open_page: OpenPage, review: Review) -> None:
    interview = InterviewFactory.create(review=review)
    NoteFactory.create(review=review, interview=interview, author=_person(review), text="Privat.", private=True)
    page = open_page(_person(review))
    page.goto(_sheet(interview))
    tab = page.context.new_page()
    tab.goto(_sheet(interview))
    tab.once("dialog", lambda dialog: dialog.accept())
    tab.click("[data-once-saved]:visible")
    expect(tab.locator("[data-notes] textarea")).to_have_count(1)
    page.locator("[data-notes] textarea").first.fill("Privat, og mer.")
    expect(page.locator("[data-save-trouble] [data-why=said]")).to_be_visible()
    expect(page.locator("[data-notes] textarea").first).to_have_value("Privat, og mer.")
    assert not review.notes.exists()


def test_who_said_it_waits_for_a_number(open_page: OpenPage, review: Review) -> None:
    item = items_of(review)[0]
    note = NoteFactory.create(review=review, author=_person(review), items=[item])
    page = open_page(_person(review))
    page.goto(reverse("reviews:note", args=[review.pk, note.pk]))
    page.select_option("[name=perspective]", "deltaker")
    expect(page.locator("[name=number]")).to_have_attribute("aria-invalid", "true")
    page.fill("textarea", "Rettet.")
    page.fill("[name=number]", "2")
    _saved(page)
    note.refresh_from_db()
    assert note.text == "Rettet."
    assert note.informant is not None
    assert note.informant.number == 2


def test_a_code_that_is_none_holds_up_no_text(review: Review, open_page: OpenPage) -> None:
    sheet = InterviewFactory.create(review=review)
    page = open_page(_person(review))
    page.goto(_sheet(sheet))
    page.fill("form[data-new] [name=items]", "O22")
    page.fill("form[data-new] textarea >> nth=0", "Sitter med teamet. #T6")
    page.locator("[name=items][aria-invalid=true]").wait_for()
    expect(page.locator("[data-save-state] >> nth=0")).to_have_attribute("data-state", "unsaved")
    note = sheet.notes.get()
    assert (note.text, _codes(note)) == ("Sitter med teamet. #T6", ["T6"])
    page.fill("[name=items][aria-invalid=true]", "O2")
    expect(page.locator("[data-save-state] >> nth=0")).to_have_attribute("data-state", "saved")
    assert _codes(note) == ["O2", "T6"]


def test_a_text_that_is_not_taken_makes_no_note(review: Review, open_page: OpenPage) -> None:
    sheet = InterviewFactory.create(review=review)
    page = open_page(_person(review))
    page.goto(_sheet(sheet))
    page.fill("form[data-new] textarea >> nth=0", "Ring 90 01 23 45.")
    page.locator("textarea[aria-invalid=true]").wait_for()
    page.locator("form[data-new] [name=private] >> nth=0").check()
    expect(page.locator("[data-save-state] >> nth=0")).to_have_attribute("data-state", "unsaved")
    assert not sheet.notes.exists()
    page.fill("textarea[aria-invalid=true]", "Ring heller senere.")
    expect(page.locator("[data-save-state] >> nth=0")).to_have_attribute("data-state", "saved")
    assert sheet.notes.get().private

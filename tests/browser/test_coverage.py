"""The card of an item's sources where the browser runs scripts and where it does not, and the table on a phone."""

import datetime
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from reviews.models import Review, User
from tests.browser import axe
from tests.browser.conftest import NARROW, OpenPage
from tests.factories import NoteFactory, ReviewFactory, SeatFactory, UserFactory
from tests.reviews.front_door import item

pytestmark = pytest.mark.browser

Opened = Callable[..., Page]
NOON = datetime.datetime(2026, 9, 15, 12, tzinfo=datetime.UTC)


@pytest.fixture
def review(transactional_db: None) -> Review:
    """A review being scored by one evaluator."""
    found: Review = ReviewFactory.create(status=Review.Status.SCORING)
    user: User = UserFactory.create()
    SeatFactory.create(review=found, user=user)
    return found


@pytest.fixture
def opened(review: Review, open_page: OpenPage) -> Opened:
    """Open an address of the review as its evaluator."""

    def go(address: str = "score/ips-25/O2/", clock: datetime.datetime | None = None, **options: bool | int) -> Page:
        page = open_page(review.seats.get().user, **options)
        if clock:
            page.clock.install(time=clock)
        page.goto(f"/reviews/{review.pk}/{address}")
        return page

    return go


def _no_access(page: Page) -> None:
    page.locator("#source-DOC").click()


def test_with_script_the_card_alone_is_put_in_place(review: Review, opened: Opened) -> None:
    page = opened()
    page.fill("#item-form [name=comment]", "Det som er skrevet, blir stående.")
    page.evaluate("window.sameDocument = true")
    _no_access(page)
    tag = page.locator("#sources .ds-tag", has_text="Dokumenter:")
    expect(tag).to_be_visible()
    expect(page.locator("#source-DOC")).to_be_focused()
    assert review.closed_sources.get().source == "DOC"
    assert not axe.faults(page)
    page.keyboard.press("Enter")
    expect(tag).to_have_count(0)
    expect(page.locator("#source-DOC")).to_be_focused()
    assert not review.closed_sources.exists()
    assert page.evaluate("window.sameDocument") is True
    expect(page.locator("#item-form [name=comment]")).to_have_value("Det som er skrevet, blir stående.")


def test_what_is_pressed_in_the_card_is_done_though_a_saved_note_brings_another(review: Review, opened: Opened) -> None:
    page = opened(clock=NOON)
    page.clock.pause_at(NOON + datetime.timedelta(hours=1))
    page.click("[data-notes] > summary")
    page.locator("[data-notes] textarea").first.fill("Avdelingen har ingen dokumenter.")
    page.locator("#source-DOC").hover()
    # What waits for the end of the press on the summary; the note is saved after 800.
    page.clock.run_for(10)
    page.mouse.down()
    page.clock.run_for(1000)
    expect(page.locator("[data-save-state]").first).to_have_attribute("data-state", "saved")
    page.clock.resume()
    page.mouse.up()
    expect(page.locator("#sources .ds-tag", has_text="Dokumenter:")).to_be_visible()
    assert review.closed_sources.get().source == "DOC"
    assert review.notes.exists()


def test_without_script_the_page_is_loaded_again(review: Review, opened: Opened) -> None:
    page = opened(script=False)
    _no_access(page)
    expect(page).to_have_url(re.compile("/score/ips-25/O2/$"))
    expect(page.locator("#sources .ds-tag", has_text="Dokumenter:")).to_be_visible()
    assert review.closed_sources.get().source == "DOC"
    _no_access(page)
    expect(page.locator("#sources .ds-tag", has_text="Dokumenter:")).to_have_count(0)
    assert not review.closed_sources.exists()


def test_what_could_not_be_sent_says_so_at_its_button(review: Review, opened: Opened) -> None:
    page = opened()
    said = page.locator("#sources li", has=page.locator("#source-DOC")).get_by_role("alert")
    expect(said).to_be_hidden()
    page.route("**/source/", lambda route: route.abort() if route.request.method == "POST" else route.fallback())
    # htmx writes it in the console besides, which a test may not have.
    page.evaluate("console.error = () => undefined")
    _no_access(page)
    expect(said).to_be_visible()
    assert not review.closed_sources.exists()


def test_the_card_follows_a_note_and_can_still_be_used(review: Review, opened: Opened) -> None:
    page = opened()
    page.locator("summary", has_text=re.compile("Nytt notat|New note")).click()
    page.select_option("form[data-note] [name=source]", "OBS")
    page.fill("form[data-note] [name=text]", "Er med på hele møtet hver tirsdag.")
    seen = page.locator("#sources .ds-tag[data-color=success]", has_text="Observasjon")
    expect(seen).to_be_visible()
    page.evaluate("window.sameDocument = true")
    _no_access(page)
    expect(page.locator("#sources .ds-tag", has_text="Dokumenter:")).to_be_visible()
    expect(seen).to_be_visible()
    assert page.evaluate("window.sameDocument") is True


def test_a_note_that_is_being_saved_does_not_put_an_old_card_over_a_new_one(review: Review, opened: Opened) -> None:
    """The button is pressed while the note is on its way: its answer must not take the place that htmx answers into."""
    page = opened()
    waiting: list[Route] = []
    page.locator("summary", has_text=re.compile("Nytt notat|New note")).click()
    page.route("**/source/", lambda route: waiting.append(route))
    _no_access(page)
    page.fill("form[data-note] [name=text]", "Er med på hele møtet hver tirsdag.")
    expect(page.locator("#notes-number")).to_contain_text("1")
    assert len(waiting) == 1
    waiting[0].continue_()
    expect(page.locator("#sources .ds-tag", has_text="Dokumenter:")).to_be_visible()


def test_on_a_phone_each_item_is_a_list_of_what_there_is_to_say(review: Review, opened: Opened) -> None:
    NoteFactory.create(review=review, items=[item(review, "O2")])
    page = opened("coverage/", width=NARROW)
    row = page.locator("tr", has=page.locator("a[href$='/O2/']"))
    cells = row.locator("td:visible")
    # How many notes, four sources, and the three it is asked of.
    expect(cells).to_have_count(8)
    shown = cells.first.evaluate("cell => getComputedStyle(cell, '::before').content")
    assert cells.first.get_attribute("data-label") in shown
    assert page.locator("thead:visible").count() == 0
    wide = page.locator(".table-scroll").first.evaluate("each => each.scrollWidth > each.clientWidth")
    assert not wide
    assert not axe.faults(page)

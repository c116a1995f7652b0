"""Fast hands: every item scored by keyboard alone, on its own page and on the page with all, and by how many keys;
what the scoring pages are like on a phone and on a tablet held upright.
"""

import re
from collections.abc import Callable
from itertools import cycle, islice

import pytest
from playwright.sync_api import Page, expect

from reviews.models import Review, Seat, User
from tests.browser import axe
from tests.browser.conftest import OpenPage, choose_score
from tests.factories import ReviewFactory, SeatFactory, UserFactory, items_of

pytestmark = pytest.mark.browser

Lead = tuple[User, Review, Seat]

UPRIGHT = 820
"""How wide a tablet is that is held upright."""


@pytest.fixture
def lead(transactional_db: None) -> Lead:
    """The one evaluator of a review that is being scored."""
    user: User = UserFactory.create()
    review: Review = ReviewFactory.create(status=Review.Status.SCORING)
    return user, review, SeatFactory.create(review=review, user=user)


class Keyboard:
    """A keyboard that counts its keys."""

    def __init__(self, page: Page) -> None:
        """Take the page whose keys are pressed."""
        self.page = page
        self.pressed = 0

    def press(self, key: str) -> None:
        """Press a key where the focus is."""
        self.page.keyboard.press(key)
        self.pressed += 1


def _score_of(number: int) -> int:
    return next(islice(cycle((4, 2, 5, 3, 1)), number, None))


def _scores(seat: Seat) -> dict[int, int | None]:
    return {rating.item_id: rating.score for rating in seat.ratings.all()}


def _is_saved(page: Page) -> None:
    # What was typed in half a second takes a slow server longer to save.
    expect(page.locator("[data-when=saved]").first).to_be_visible(timeout=30_000)


def test_every_item_is_scored_by_keyboard_alone_with_two_keys_each(lead: Lead, open_page: OpenPage) -> None:
    user, review, seat = lead
    page = open_page(user)
    keys = Keyboard(page)
    items = items_of(review)
    page.goto(f"/reviews/{review.pk}/score/ips-25/B1/")
    # Whoever comes by an arrow has the focus on the score.
    for key, code in (("ArrowRight", "B2"), ("ArrowLeft", "B1")):
        keys.press(key)
        expect(page).to_have_url(re.compile(f"/score/ips-25/{code}/$"))
    for number, item in enumerate(items):
        expect(page.locator("[data-score-keys]")).to_be_focused()
        expect(page.locator("nav.items [aria-current] .code")).to_have_text(item.code)
        keys.press(str(_score_of(number)))
        expect(page.locator("[name=score]:checked")).to_have_value(str(_score_of(number)))
        if item != items[-1]:
            keys.press("ArrowRight")
    _is_saved(page)
    assert keys.pressed == 2 + 37 + 36
    assert _scores(seat) == {item.pk: _score_of(number) for number, item in enumerate(items)}


def test_every_item_is_typed_in_from_paper_with_one_key_each(lead: Lead, open_page: OpenPage) -> None:
    user, review, seat = lead
    page = open_page(user)
    keys = Keyboard(page)
    items = items_of(review)
    page.goto(f"/reviews/{review.pk}/score/all/")
    left = page.locator("[data-left]")
    expect(left).to_have_text("37")
    while not page.locator("[data-first-open]:focus").count():
        keys.press("Tab")
    keys.press("Enter")
    expect(page.locator("#ips-25-B1-score")).to_be_focused()
    to_begin = keys.pressed
    for number in range(len(items)):
        keys.press(str(_score_of(number)))
    expect(left).to_have_text("0")
    expect(page.locator("[data-first-open]")).to_be_hidden()
    _is_saved(page)
    assert keys.pressed - to_begin == 37
    assert to_begin <= 10
    assert _scores(seat) == {item.pk: _score_of(number) for number, item in enumerate(items)}

    # Back up by the arrows, and mend one.
    for _press in range(36):
        keys.press("ArrowUp")
    keys.press("ArrowUp")
    # The browser leaves at once for an address that is typed in, whatever the page still has to save.
    with page.expect_response(lambda response: response.request.method == "POST" and response.ok, timeout=30_000):
        keys.press("5")
    expect(page.locator("#ips-25-B2-score input:focus")).to_have_value("2")
    expect(page.locator("#ips-25-B1-score input:checked")).to_have_value("5")
    page.goto(f"/reviews/{review.pk}/score/all/")
    expect(page.locator("#ips-25-B1-score input:checked")).to_have_value("5")


@pytest.mark.parametrize(
    "selector",
    ["[name=comment]", "[name=not_scored]", "[name=count_contacts]", "[name=needs_4] >> nth=0", ".found .table-scroll"],
)
def test_the_arrows_stay_where_they_mean_something_else(selector: str, lead: Lead, open_page: OpenPage) -> None:
    user, review, _seat = lead
    page = open_page(user)
    page.goto(f"/reviews/{review.pk}/score/ips-25/T6/")
    page.click(".count-rows > summary")
    page.locator(selector).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Control+ArrowRight")
    page.wait_for_timeout(300)
    expect(page).to_have_url(re.compile("/score/ips-25/T6/$"))


def test_up_and_down_choose_and_what_is_written_is_saved_before_an_arrow_leads_on(
    lead: Lead, open_page: OpenPage
) -> None:
    user, review, seat = lead
    page = open_page(user)
    page.goto(f"/reviews/{review.pk}/score/ips-25/O3/")
    page.fill("[name=comment]", "Skrevet rett før.")
    page.locator("[name=score]").first.focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("[name=score]:checked")).to_have_value("2")
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile("/score/ips-25/O4/$"))
    assert (seat.ratings.get().score, seat.ratings.get().comment) == (2, "Skrevet rett før.")


def test_who_comes_by_a_link_starts_at_the_top(lead: Lead, open_page: OpenPage) -> None:
    user, review, _seat = lead
    page = open_page(user)
    page.goto(f"/reviews/{review.pk}/score/ips-25/O3/")
    page.keyboard.press("ArrowRight")
    expect(page.locator("[data-score-keys]")).to_be_focused()
    page.locator("nav.step a[rel=next]").click()
    expect(page).to_have_url(re.compile("/score/ips-25/O5/$"))
    page.keyboard.press("Tab")
    expect(page.locator(".ds-skip-link")).to_be_focused()


def test_why_the_score_departs_is_asked_when_it_does(lead: Lead, open_page: OpenPage) -> None:
    user, review, seat = lead
    page = open_page(user)
    page.goto(f"/reviews/{review.pk}/score/ips-25/O2/")
    why = page.locator("[name=departure]")
    expect(why).to_be_hidden()
    for number in range(4):
        page.check(f"[name=element_{number}]")
    expect(page.locator("#suggestion .ds-tag")).to_contain_text("4")
    choose_score(page, 4)
    expect(why).to_be_hidden()
    choose_score(page, 3)
    expect(why).to_be_visible()
    why.fill("Bare i det ene teamet.")
    _is_saved(page)
    page.check("[name=element_4]")
    choose_score(page, 5)
    expect(page.locator("#suggestion .ds-tag")).to_contain_text("5")
    # What is said is never hidden.
    expect(why).to_be_visible()
    assert seat.ratings.get().score in (3, 5)
    page = open_page(user, script=False)
    page.goto(f"/reviews/{review.pk}/score/ips-25/O5/")
    expect(page.locator("[name=departure]")).to_be_visible()


def test_a_line_is_saved_without_script_by_its_own_button(lead: Lead, open_page: OpenPage) -> None:
    user, review, seat = lead
    page = open_page(user, script=False)
    page.goto(f"/reviews/{review.pk}/score/all/")
    line = page.locator("#ips-25-T3")
    line.locator("[name=score][value='4']").check(force=True)
    line.locator("details > summary").click()
    line.locator("[name=comment]").fill("Fra papiret.")
    line.locator("button").click()
    expect(page).to_have_url(re.compile("/score/all/#ips-25-T3$"))
    expect(line.locator("[name=score][value='4']")).to_be_checked()
    assert (seat.ratings.get().score, seat.ratings.get().comment) == (4, "Fra papiret.")


# States to look at: each from an address, by some steps.


def _all_that_is_found(page: Page) -> None:
    """Open the rows and fill some in, answer, and depart from the suggestion."""
    page.click(".count-rows > summary")
    for number, value in enumerate(("4", "6", "5,5"), start=1):
        page.fill(f"[name=count_contacts_{number}]", value)
    page.check("[name=needs_4][value=no]")
    expect(page.locator("#suggestion")).to_contain_text("/ 3 =")
    choose_score(page, 5)
    expect(page.locator("[name=departure]")).to_be_visible()


def _remarks(page: Page) -> None:
    for summary in page.locator(".element summary").all():
        summary.click()
    page.fill("[name=remark_0]", "Bare i FACT-teamet, og der hver uke siden i vår.")
    page.check("[name=element_0]")


def _a_row_that_lacks(page: Page) -> None:
    page.click(".count-rows > summary")
    page.fill("[name=count_fte_2]", "1")
    page.fill("[name=count_participants]", "mange")
    expect(page.locator("#id_count_participants_error")).to_be_visible()
    expect(page.locator("#suggestion")).to_contain_text("2")


def _lines_open(page: Page) -> None:
    page.locator("#ips-25-B1 summary").click()
    page.locator("#ips-25-B1 [name=comment]").fill("Skrevet fra papiret, " * 6)
    page.locator("#ips-25-O1-score").focus()
    page.keyboard.press("4")
    page.select_option("#ips-25-O2 [name=not_scored]", "missing_data")
    _is_saved(page)


STATES: dict[str, tuple[str, Callable[[Page], None]]] = {
    "an item with elements": ("ips-25/O2", _remarks),
    "an item with counts": ("ips-25/T6", _all_that_is_found),
    "an item with an error": ("ips-25/B1", _a_row_that_lacks),
    "all items": ("all", _lines_open),
}


@pytest.mark.parametrize("state", STATES)
def test_nothing_scrolls_sideways_and_nothing_is_in_anyones_way(state: str, lead: Lead, open_page: OpenPage) -> None:
    user, review, _seat = lead
    where, reach = STATES[state]
    page = open_page(user)
    page.goto(f"/reviews/{review.pk}/score/{where}/")
    reach(page)
    assert axe.faults(page) == []
    page.set_viewport_size({"width": UPRIGHT, "height": 1180})
    assert page.evaluate("document.documentElement.scrollWidth") <= UPRIGHT

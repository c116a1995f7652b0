"""Identity numbers and contacts in a text, as a person meets them: the place shown, the text kept, asked once."""

import pytest
from playwright.sync_api import Page, expect

from reviews.models import AgreedResult, FactCheckRemark, Rating, Review, Seat, User
from tests.browser import axe
from tests.browser.conftest import OpenPage
from tests.factories import RespondentFactory, ReviewFactory, SeatFactory, UserFactory, items_of
from tests.identity import made_up

pytestmark = pytest.mark.browser

NUMBER = made_up()
BORN = f"\N{GRINNING FACE} Hun ble med.\nFødt {NUMBER[:6]} {NUMBER[6:]} i byen."
PHONE = "Ring 90 12 34 56."
SELECTED = "(field) => field.value.slice(field.selectionStart, field.selectionEnd)"


@pytest.fixture
def seat(transactional_db: None) -> Seat:
    """The one evaluator's seat in a review that is being scored."""
    review: Review = ReviewFactory.create(status=Review.Status.SCORING)
    seat: Seat = SeatFactory.create(review=review, user=UserFactory.create())
    return seat


def _user(seat: Seat) -> User:
    assert seat.user is not None
    return seat.user


def _sheet(page: Page, seat: Seat) -> None:
    page.goto(f"/reviews/{seat.review_id}/score/ips-25/O2/")


def _said(page: Page, field: str) -> str:
    """Return where what is wrong with a field is said."""
    return f".ds-field:has([name={field}]) > [data-field=validation]"


def test_a_number_is_shown_in_its_place_and_is_never_saved(seat: Seat, open_page: OpenPage) -> None:
    page = open_page(_user(seat))
    _sheet(page, seat)
    page.fill("[name=comment]", BORN)
    said = page.locator(_said(page, "comment"))
    expect(said).to_contain_text(f"{NUMBER[:6]} •••••")
    assert axe.faults(page) == []
    said.locator("[data-show-where]").click()
    expect(page.locator("[name=comment]")).to_be_focused()
    assert page.locator("[name=comment]").evaluate(SELECTED) == f"{NUMBER[:6]} {NUMBER[6:]}"
    expect(page.locator("[name=comment]")).to_have_value(BORN)
    # What else is written is saved meanwhile.
    page.fill("[name=recommendation]", "Ansett en til.")
    expect(page.locator("[data-save-state]").first).to_have_attribute("data-state", "unsaved")
    page.fill("[name=comment]", "Hun ble med.")
    expect(page.locator("[data-save-state]").first).to_have_attribute("data-state", "saved")
    expect(said).to_have_count(0)
    rating = Rating.objects.get(seat=seat)
    assert (rating.comment, rating.recommendation) == ("Hun ble med.", "Ansett en til.")


def test_a_contact_is_asked_about_once_in_a_text(seat: Seat, open_page: OpenPage) -> None:
    page = open_page(_user(seat))
    _sheet(page, seat)
    page.fill("[name=comment]", PHONE)
    said = page.locator(_said(page, "comment"))
    expect(said).to_contain_text("90 12 34 56")
    assert not Rating.objects.filter(seat=seat, comment=PHONE).exists()
    said.locator("[data-allow]").click()
    state = page.locator("[data-save-state]").first
    expect(state).to_have_attribute("data-state", "saved")
    page.fill("[name=comment]", f"{PHONE} Etter ni.")
    expect(state).to_have_attribute("data-state", "saved")
    expect(said).to_have_count(0)
    _sheet(page, seat)
    page.fill("[name=comment]", f"{PHONE} Etter ti.")
    expect(state).to_have_attribute("data-state", "saved")
    expect(said).to_have_count(0)
    assert Rating.objects.get(seat=seat).comment == f"{PHONE} Etter ti."


def test_without_script_the_page_comes_back_with_the_question(seat: Seat, open_page: OpenPage) -> None:
    page = open_page(_user(seat), script=False)
    _sheet(page, seat)
    page.fill("[name=comment]", BORN)
    page.fill("[name=recommendation]", PHONE)
    page.click("main button[name=draft]")
    expect(page.locator("[name=comment]")).to_have_value(BORN)
    expect(page.locator(_said(page, "comment"))).to_contain_text(f"{NUMBER[:6]} •••••")
    expect(page.locator("[data-show-where]:visible")).to_have_count(0)
    page.fill("[name=comment]", "Hun ble med.")
    page.click("button[name=allow]")
    rating = Rating.objects.get(seat=seat)
    assert (rating.comment, rating.recommendation) == ("Hun ble med.", PHONE)


def test_a_page_that_is_sent_as_a_whole_shows_the_place_too(transactional_db: None, open_page: OpenPage) -> None:
    review = ReviewFactory.create(status=Review.Status.FACT_CHECK)
    AgreedResult.objects.bulk_create(AgreedResult(review=review, item=item, score=4) for item in items_of(review))
    person = UserFactory.create()
    RespondentFactory.create(review=review, user=person)
    page = open_page(person)
    page.goto(f"/reviews/{review.pk}/fact-check/whole/")
    page.fill("[name=text]", f"  {BORN}")
    page.click("main form.form button[type=submit]")
    expect(page.locator("[name=text]")).to_have_value(f"  {BORN}")
    page.click("[data-show-where]")
    assert page.locator("[name=text]").evaluate(SELECTED) == f"{NUMBER[:6]} {NUMBER[6:]}"
    assert axe.faults(page) == []
    assert not FactCheckRemark.objects.exists()

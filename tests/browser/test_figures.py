"""Figures before the visit: the metodeveileder writes them, and the evaluator takes them over without losing a word."""

import datetime
import re

import pytest
from playwright.sync_api import Page, expect

from reviews import figures
from reviews.models import Rating, Review, User
from tests.browser.conftest import OpenPage
from tests.factories import GivenFigureFactory, ReviewFactory, RoleFactory, SeatFactory, UserFactory, items_of

pytestmark = pytest.mark.browser

NOON = datetime.datetime(2026, 9, 15, 12, tzinfo=datetime.UTC)
WORKING = "(18 + 10) deltakere / (1 + 0,5) årsverk = 18,7 → 5"


@pytest.fixture
def review(transactional_db: None) -> Review:
    """A review that is being scored by one evaluator, of a service with a metodeveileder."""
    found: Review = ReviewFactory.create(status=Review.Status.SCORING)
    SeatFactory.create(review=found, user=UserFactory.create(name="Eva Lund"))
    RoleFactory.create(user=UserFactory.create(name="Mette Vik"), service=found.service)
    return found


def _evaluator(review: Review) -> User:
    user = review.seats.get().user
    assert user is not None
    return user


def _metodeveileder(review: Review) -> User:
    user: User = review.service.roles.get().user
    return user


def _fill(page: Page, rows: list[list[str]]) -> None:
    """Write rows about jobbspesialister."""
    for row, values in zip(page.locator(".figure-rows").first.locator("tbody tr").all(), rows, strict=False):
        for field, value in zip(row.locator("input").all(), values, strict=False):
            field.fill(value)


def _give(review: Review) -> None:
    item = items_of(review)[0]
    for number, (participants, fte) in enumerate((("18", "1"), ("10", "0.5")), start=1):
        GivenFigureFactory.create(review=review, item=item, name="participants", number=number, value=participants)
        GivenFigureFactory.create(review=review, item=item, name="fte", number=number, value=fte)


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_what_the_service_gives_becomes_the_evaluators_suggestion(
    script: bool, review: Review, open_page: OpenPage
) -> None:
    page = open_page(_metodeveileder(review), script=script)
    page.goto(f"/reviews/{review.pk}/")
    page.click(f"main a[href='/reviews/{review.pk}/figures/']")
    _fill(page, [["18", "1"], ["10", "0,5"]])
    if script:
        expect(page.locator("[data-save-state]").first).to_have_attribute("data-state", "saved")
        page.reload()
    else:
        with page.expect_navigation():
            page.click("main .buttons button[type=submit]")
    second = page.locator(".figure-rows").first.locator("tbody tr").nth(1)
    expect(second.locator("input").nth(1)).to_have_value("0,5")
    assert review.given_figures.count() == 4

    page = open_page(_evaluator(review), script=script)
    page.goto(f"/reviews/{review.pk}/score/ips-25/B1/")
    expect(page.locator(".gave")).to_contain_text("28 deltakere, 1,5 årsverk")
    expect(page.locator(".gave")).to_contain_text("Mette Vik")
    with page.expect_navigation():
        page.click("button[form=take-over]")
    expect(page).to_have_url(re.compile("/score/ips-25/B1/$"))
    expect(page.locator("#suggestion")).to_contain_text(WORKING)
    assert figures.counted(review, items_of(review)[0]) == figures.given(review, items_of(review)[0])


def test_what_is_written_meanwhile_is_saved_before_it_is_taken_over(review: Review, open_page: OpenPage) -> None:
    _give(review)
    page = open_page(_evaluator(review))
    page.goto(f"/reviews/{review.pk}/score/ips-25/B1/")
    page.fill("[name=comment]", "Talt sammen med metodeveilederen.")
    # One's own count is no reason to be stopped. Where it is saved before the press ends, it is asked about.
    page.on("dialog", lambda dialog: dialog.accept())
    page.fill("[name=count_participants]", "44")
    with page.expect_navigation():
        page.click("button[form=take-over]")
    expect(page.locator("#suggestion")).to_contain_text(WORKING)
    expect(page.locator("[name=comment]")).to_have_value("Talt sammen med metodeveilederen.")
    assert Rating.objects.get(seat__review=review).comment == "Talt sammen med metodeveilederen."


def test_what_is_pressed_stays_where_it_is_until_it_is_let_go(review: Review, open_page: OpenPage) -> None:
    _give(review)
    page = open_page(_evaluator(review))
    page.on("dialog", lambda dialog: dialog.accept())
    # The page's own clock stands, so that nothing is saved before the button is pressed, however long that takes.
    page.clock.install(time=NOON)
    page.goto(f"/reviews/{review.pk}/score/ips-25/B1/")
    page.clock.pause_at(NOON + datetime.timedelta(hours=1))
    page.fill("[name=count_fte]", "2")
    page.fill("[name=count_participants]", "44")
    button = page.locator("button[form=take-over]")
    button.hover()
    before = button.bounding_box()
    page.mouse.down()
    page.clock.run_for(1000)
    expect(page.locator("[data-save-state]").first).to_have_attribute("data-state", "saved")
    assert button.bounding_box() == before
    page.clock.resume()
    with page.expect_navigation():
        page.mouse.up()
    expect(page.locator("#suggestion")).to_contain_text(WORKING)


def test_the_button_is_there_as_long_as_something_else_is_counted(review: Review, open_page: OpenPage) -> None:
    _give(review)
    page = open_page(_evaluator(review))
    page.goto(f"/reviews/{review.pk}/score/ips-25/B1/")
    button = page.locator("button[form=take-over]")
    for participants, fte in (("28", "1,5"), ("27", "1,5"), ("28", "1,5")):
        page.fill("[name=count_participants]", participants)
        page.fill("[name=count_fte]", fte)
        page.locator("[name=comment]").focus()
        expect(button).to_be_visible(visible=participants == "27")


def test_nothing_is_taken_over_while_what_is_written_cannot_be_saved(review: Review, open_page: OpenPage) -> None:
    _give(review)
    page = open_page(_evaluator(review))
    page.goto(f"/reviews/{review.pk}/score/ips-25/B1/")
    page.route("**/score/**", lambda route: route.abort())
    page.fill("[name=comment]", "Uten nett.")
    page.click("button[form=take-over]")
    expect(page.locator("[data-save-trouble]")).to_be_visible()
    expect(page.locator("[name=comment]")).to_have_value("Uten nett.")
    assert not review.counts.exists()
    page.unroute("**/score/**")
    expect(page.locator("[data-save-state]").first).to_have_attribute("data-state", "saved")
    assert Rating.objects.get(seat__review=review).comment == "Uten nett."

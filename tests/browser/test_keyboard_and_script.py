"""Scoring by keyboard alone, with and without script; and bad input in the real forms, which keep what was typed."""

import re
from collections.abc import Callable

import pytest
from django.utils import timezone, translation
from django.utils.translation import gettext
from playwright.sync_api import Dialog, Page, expect

from reviews.models import Count, Rating, Review, Seat, User
from reviews.models.fields import TEXT_LIMIT
from tests.browser.conftest import OpenPage, choose_score
from tests.factories import ReviewFactory, SeatFactory, ServiceFactory, UserFactory, scored_review

pytestmark = pytest.mark.browser

Lead = tuple[User, Review, Seat]


@pytest.fixture
def lead(transactional_db: None) -> Lead:
    """The one evaluator of a review that is being scored."""
    user: User = UserFactory.create()
    review: Review = ReviewFactory.create(status=Review.Status.SCORING)
    return user, review, SeatFactory.create(review=review, user=user)


def norwegian(message: str) -> str:
    """Return one of the program's messages as the pages say it."""
    with translation.override("nb"):
        return gettext(message)


def _tab_to(page: Page, selector: str) -> None:
    """Press the tab key until the focus is on an element."""
    for _press in range(150):
        page.keyboard.press("Tab")
        if page.locator(f"{selector}:focus").count():
            return
    pytest.fail(f"the tab key does not lead to {selector}")


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_an_item_is_scored_by_keyboard_alone(script: bool, lead: Lead, open_page: OpenPage) -> None:
    user, review, seat = lead
    page = open_page(user, script=script)
    page.goto(f"/reviews/{review.pk}/score/ips-25/O2/")

    page.keyboard.press("Tab")
    expect(page.locator(".ds-skip-link")).to_be_focused()
    page.keyboard.press("Enter")
    _tab_to(page, "[name=element_0]")
    page.keyboard.press("Space")
    _tab_to(page, "[name=element_3]")
    page.keyboard.press("Space")
    _tab_to(page, "[name=score]")
    for _press in range(2):
        page.keyboard.press("ArrowDown")
    expect(page.locator("[name=score][value='3']")).to_be_checked()
    _tab_to(page, "[name=comment]")
    page.keyboard.type("Sett 14 ganger i uke 42.")
    _tab_to(page, "main button[name=finish]")
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile("/score/ips-25/O3/(#main)?$"))
    rating = seat.ratings.get()
    assert (rating.item.code, rating.score, rating.elements) == ("O2", 3, [0, 3])
    assert rating.comment == "Sett 14 ganger i uke 42."


def test_the_keys_1_to_5_set_the_score_among_the_scores_and_nowhere_else(lead: Lead, open_page: OpenPage) -> None:
    user, review, _seat = lead
    page = open_page(user)
    page.goto(f"/reviews/{review.pk}/score/ips-25/O2/")
    chosen = page.locator("[name=score]:checked")

    for elsewhere in ("main", "[name=element_0]", "[name=obstacles] >> nth=0", ".element summary >> nth=0"):
        page.locator(elsewhere).focus()
        page.keyboard.press("4")
    expect(chosen).to_have_count(0)
    page.locator("[name=score]").first.focus()
    page.keyboard.press("4")
    expect(chosen).to_have_value("4")
    page.keyboard.press("2")
    expect(chosen).to_have_value("2")
    page.keyboard.press("7")
    page.keyboard.press("Control+5")
    expect(chosen).to_have_value("2")
    page.locator("[name=comment]").press("5")
    expect(chosen).to_have_value("2")
    expect(page.locator("[name=comment]")).to_have_value("5")


def test_a_score_and_a_reason_take_each_others_place_and_can_be_had_back(lead: Lead, open_page: OpenPage) -> None:
    user, review, seat = lead
    page = open_page(user)
    page.goto(f"/reviews/{review.pk}/score/ips-25/O2/")
    choose_score(page, 4)
    page.select_option("[name=not_scored]", "missing_data")
    expect(page.locator("[name=score]:checked")).to_have_count(0)
    expect(page.locator("[data-undo] [data-taken=score]")).to_be_visible()
    page.click("[data-undo] button")
    expect(page.locator("[name=score]:checked")).to_have_value("4")
    expect(page.locator("[name=not_scored]")).to_have_value("")
    expect(page.locator("[data-save-state] >> nth=0")).to_have_attribute("data-state", "saved")
    rating = seat.ratings.get()
    assert (rating.score, rating.not_scored) == (4, "")


def test_the_list_of_items_opens_without_script_on_a_phone(lead: Lead, open_page: OpenPage) -> None:
    user, review, _seat = lead
    page = open_page(user, script=False, width=320)
    page.goto(f"/reviews/{review.pk}/score/ips-25/B1/")
    link = page.locator("nav.items a[href$='/score/goi-12/G12/']")
    expect(link).to_be_hidden()
    page.locator("nav.items summary").press("Enter")
    link.click()
    expect(page).to_have_url(re.compile("/score/goi-12/G12/$"))


def _set(selector: str, value: str) -> Callable[[Page], None]:
    """Put a value where the browser itself would not let it be typed."""

    def put(page: Page) -> None:
        field = page.locator(selector)
        field.evaluate("(each, value) => { each.removeAttribute('maxlength'); each.value = value; }", value)

    return put


def _score(value: int) -> Callable[[Page], None]:
    return lambda page: choose_score(page, value)


def _both(*steps: Callable[[Page], object]) -> Callable[[Page], None]:
    def take(page: Page) -> None:
        for step in steps:
            step(page)

    return take


VALUES = {"lowest": 1, "highest": 5, "score": 3, "limit_value": 0}
"""What stands in the messages below."""

LONG = "Ærlig talt. " * (TEXT_LIMIT // 12) + "Ferdig."

# What is typed besides; the field that says what is wrong; the message; what must still stand there.
BAD: dict[str, tuple[Callable[[Page], object], str, str, dict[str, str]]] = {
    "neither score nor reason": (
        lambda page: None,
        "score",
        "Choose a score, or say below why the item is not scored.",
        {},
    ),
    "a score that does not exist": (
        _both(_score(5), _set("[name=score][value='5']", "6")),
        "score",
        "Choose a score from %(lowest)d to %(highest)d.",
        {},
    ),
    "both score and reason": (
        _both(_score(4), lambda page: page.select_option("[name=not_scored]", "missing_data")),
        "not_scored",
        "Choose either a score or a reason for none, not both.",
        {"score": "4", "not_scored": "missing_data"},
    ),
    "a low score without Kommentar": (
        _both(_score(3), lambda page: page.fill("[name=comment]", "  ")),
        "comment",
        "Write a comment: it is required for the score %(score)d.",
        {"score": "3"},
    ),
    "a text that is too long": (
        _both(_score(4), _set("[name=comment]", LONG)),
        "comment",
        "",  # how many characters there are stands in it
        {"score": "4", "comment": LONG},
    ),
    "a text with NUL": (
        _both(_score(4), _set("[name=comment]", "Før\0etter")),
        "comment",
        "Null characters are not allowed.",
        {"score": "4"},
    ),
    "a count that is no number": (
        _both(_score(4), lambda page: page.fill("[name=count_fte]", "abc")),
        "count_fte",
        "Write a number from 0 up, in digits.",
        {"score": "4", "count_fte": "abc"},
    ),
    "a count below zero": (
        _both(_score(4), lambda page: page.fill("[name=count_fte]", "-2,5")),
        "count_fte",
        "Write a number from 0 up, in digits.",
        {"score": "4", "count_fte": "-2,5"},
    ),
}


TYPED = {"count_participants": "45", "count_fte": "2,5", "comment": "Fra lista.", "recommendation": "Ansett én til."}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_to_an_item_is_answered_beside_it_and_kept(case: str, lead: Lead, open_page: OpenPage) -> None:
    user, review, _seat = lead
    spoil, field, message, kept = BAD[case]
    page = open_page(user, script=False)
    page.goto(f"/reviews/{review.pk}/score/ips-25/B1/")
    for name, text in TYPED.items():
        page.fill(f"[name={name}]", text)
    spoil(page)
    page.click("main button[name=finish]")

    _is_answered(page, f"id_{field}", message)
    for name, text in {**TYPED, **kept}.items():
        if name != field or name in kept:
            chosen = ":checked" if name == "score" else ""
            expect(page.locator(f"[name={name}]{chosen}")).to_have_value(text)
    assert not Rating.objects.exists()
    assert not Count.objects.exists()


def test_with_script_only_what_is_wrong_is_not_saved(lead: Lead, open_page: OpenPage) -> None:
    user, review, seat = lead
    page = open_page(user)
    page.goto(f"/reviews/{review.pk}/score/ips-25/B1/")
    for name, text in TYPED.items():
        page.fill(f"[name={name}]", text)
    page.fill("[name=count_fte]", "abc")
    choose_score(page, 3)
    page.click("main button[name=finish]")

    wrong = page.locator("[name=count_fte]")
    expect(wrong).to_be_focused()
    expect(wrong).to_have_value("abc")
    expect(page.locator("#id_count_fte_error")).to_contain_text(norwegian("Write a number from 0 up, in digits."))
    expect(page.locator(".bar [data-when=unsaved]")).to_be_visible()
    wrong.fill("2,5")
    expect(page.locator(".bar [data-when=saved]")).to_be_visible()
    expect(page.locator("#id_count_fte_error")).to_have_count(0)
    assert seat.ratings.get().comment == "Fra lista."
    assert {str(count.value.normalize()) for count in review.counts.all()} == {"45", "2.5"}


def test_with_script_a_score_and_a_reason_take_each_others_place(lead: Lead, open_page: OpenPage) -> None:
    user, review, seat = lead
    page = open_page(user)
    page.goto(f"/reviews/{review.pk}/score/ips-25/B1/")
    choose_score(page, 4)
    page.select_option("[name=not_scored]", "missing_data")
    expect(page.locator("[name=score]:checked")).to_have_count(0)
    expect(page.locator(".bar [data-when=saved]")).to_be_visible()
    assert (seat.ratings.get().score, seat.ratings.get().not_scored) == (None, "missing_data")
    choose_score(page, 2)
    expect(page.locator("[name=not_scored]")).to_have_value("")
    expect(page.locator("nav.items [aria-current] .score")).to_contain_text("2")
    assert (seat.ratings.get().score, seat.ratings.get().not_scored) == (2, "")


def _is_answered(page: Page, control: str, message: str) -> None:
    """Check that a field tells what is wrong with it, and that the focus is on a summary that leads to the field."""
    error = page.locator(f"#{control}_error")
    expect(error).to_be_visible()
    expect(error).to_contain_text(norwegian(message) % VALUES)
    summary = page.locator(".ds-error-summary")
    expect(summary).to_be_focused()
    link = summary.locator(f"a[href^='#{control}']")
    expect(link).to_have_count(1)
    link.press("Enter")
    focus = page.locator(f"#{control}:focus, #{control}_0:focus")
    expect(focus).to_have_count(1)
    expect(focus).to_have_attribute("aria-invalid", "true")
    assert control in (page.locator(f"[aria-describedby~='{control}_error']").first.get_attribute("id") or "")


@pytest.mark.parametrize(
    ("spoil", "field", "message"),
    [
        (lambda page: page.fill("[name=comment]", ""), "comment", BAD["a low score without Kommentar"][2]),
        (_set("[name=recommendation]", LONG), "recommendation", ""),
        (
            lambda page: page.select_option("[name=not_scored]", "missing_data"),
            "not_scored",
            BAD["both score and reason"][2],
        ),
    ],
    ids=["no Kommentar", "too long", "both"],
)
def test_bad_input_to_an_agreed_result_is_answered_and_kept(
    spoil: Callable[[Page], object], field: str, message: str, transactional_db: None, open_page: OpenPage
) -> None:
    user = UserFactory.create()
    review = scored_review(evaluators=[user])
    before = list(review.results.order_by("pk").values())
    page = open_page(user, script=False)
    page.goto(f"/reviews/{review.pk}/agree/ips-25/O2/")
    choose_score(page, 3)
    page.fill("[name=comment]", "Vi ble enige om tre.")
    page.fill("[name=recommendation]", "Bli med på møtet.")
    spoil(page)
    written = {name: page.locator(f"[name={name}]").input_value() for name in ("comment", "recommendation")}
    page.click("main button[name=finish]")

    _is_answered(page, f"id_{field}", message)
    expect(page.locator("[name=score]:checked")).to_have_value("3")
    for name, text in written.items():
        expect(page.locator(f"[name={name}]")).to_have_value(text)
    assert list(review.results.order_by("pk").values()) == before


def test_texts_that_are_too_long_save_none_of_the_others(transactional_db: None, open_page: OpenPage) -> None:
    user = UserFactory.create()
    review = scored_review(evaluators=[user])
    page = open_page(user, script=False)
    page.goto(f"/reviews/{review.pk}/texts/")
    page.fill("[name=purpose]", "Et nytt formål.")
    page.locator("textarea[name^=section_]").first.fill("Gjelder alle.")
    _set("[name=summary]", LONG)(page)
    page.click("main form button[type=submit]")

    _is_answered(page, "id_summary", "")
    expect(page.locator("[name=purpose]")).to_have_value("Et nytt formål.")
    expect(page.locator("[name=summary]")).to_have_value(LONG)
    expect(page.locator("textarea[name^=section_]").first).to_have_value("Gjelder alle.")
    review.refresh_from_db()
    assert (review.purpose, review.summary) == ("", "Tjenesten er godt i gang.")
    assert not review.section_comments.exists()


def test_a_step_without_its_reason_is_answered_beside_it(transactional_db: None, open_page: OpenPage) -> None:
    user = UserFactory.create()
    review = scored_review(evaluators=[user])
    page = open_page(user)
    page.goto(f"/reviews/{review.pk}/")
    page.click("details:has(form[action$='/finalise/']) summary")
    page.click("form[action$='/finalise/'] button")
    _is_answered(page, "id_finalise-reason", "Write the reason.")
    review.refresh_from_db()
    assert review.status == Review.Status.CONSENSUS


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_what_was_typed_is_kept_when_the_sheet_was_closed_meanwhile(
    script: bool, lead: Lead, open_page: OpenPage
) -> None:
    user, review, seat = lead
    page = open_page(user, script=script)
    page.goto(f"/reviews/{review.pk}/score/ips-25/O3/")
    choose_score(page, 4)
    page.fill("[name=comment]", "Skrevet i en annen fane.")
    seat.handed_in_at = timezone.now()
    seat.save()
    page.click("main button[name=finish]")

    said = page.locator("[data-save-trouble]" if script else ".ds-error-summary")
    expect(said).to_contain_text(norwegian("The scores are handed in and can no longer be changed."))
    expect(page.locator("[name=comment]")).to_have_value("Skrevet i en annen fane.")
    # The score may have saved itself before the sheet was closed.
    assert not Rating.objects.exclude(comment="").exists()


def test_the_list_of_services_narrows_while_one_types_and_by_its_button(lead: Lead, open_page: OpenPage) -> None:
    user, _review, _seat = lead
    for name in ("IPS Sunnfjord", "IPS Nordfjord", "IPS Voss"):
        SeatFactory.create(review=ReviewFactory.create(service=ServiceFactory.create(name=name)), user=user)
    page = open_page(user)
    page.goto("/services/")
    rows = page.locator("#results tbody tr")
    expect(rows).to_have_count(4)
    page.locator("[name=q]").press_sequentially("fjord")
    expect(rows).to_have_count(2)
    expect(page).to_have_url(re.compile("q=fjord"))
    expect(page.locator("[name=q]")).to_be_focused()

    page = open_page(user, script=False)
    page.goto("/services/")
    page.fill("[name=q]", "voss")
    page.click("main form button[type=submit]")
    expect(page.locator("#results tbody tr")).to_have_count(1)


def test_one_is_asked_before_leaving_what_is_not_saved(lead: Lead, open_page: OpenPage) -> None:
    user, review, _seat = lead
    page = open_page(user)
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.goto(f"/reviews/{review.pk}/score/ips-25/B1/")
    page.locator("[name=count_fte]").click()
    page.keyboard.type("om lag to")
    with page.expect_event("dialog"):
        page.get_by_role("link", name="IPS-kvalitetsevaluering").first.click(no_wait_after=True)
    expect(page.locator("[name=count_fte]")).to_have_value("om lag to")

    page.fill("[name=count_fte]", "2")
    page.get_by_role("link", name="IPS-kvalitetsevaluering").first.click()
    expect(page).not_to_have_url(re.compile("/score/"))
    assert asked == ["beforeunload"]
    assert review.counts.get().value == 2

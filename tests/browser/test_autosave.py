"""What is written on a page that saves by itself, and what becomes of it when the server dies, the network goes, the
log-in ends, or somebody else writes at the same place: what the page called saved is in the database afterwards, and
every other text is still in the page.
"""

import datetime
import random
import re
from collections.abc import Callable, Iterator
from urllib.parse import parse_qs

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.sessions.models import Session
from playwright.sync_api import Browser, BrowserContext, Dialog, Page, Request, Route, expect

from reviews.models import AgreedResult, AuditEvent, Rating, Review, Seat, User
from tests.browser import axe
from tests.browser.conftest import choose_score, session_cookie
from tests.browser.own_server import OwnServer, own_server
from tests.factories import PASSWORD, ReviewFactory, SeatFactory, UserFactory, items_of, scored_review

pytestmark = pytest.mark.browser

STATE = "[data-save-state] >> nth=0"
MINUTE = 60_000
COMMENT = "[name=comment]"
ADVICE = "[name=recommendation]"


@pytest.fixture(scope="module")
def processes(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnServer]:
    """The server's processes, used by one test after the other."""
    with own_server(tmp_path_factory.mktemp("server") / "log") as server:
        yield server


@pytest.fixture
def server(transactional_db: None, processes: OwnServer) -> OwnServer:
    """The server, running."""
    processes.start()
    return processes


@pytest.fixture
def people(transactional_db: None) -> tuple[User, User]:
    """Eva, who leads, and Tor; both can log in by the form of a real server."""
    password = PBKDF2PasswordHasher().encode(PASSWORD, "salt", iterations=1000)
    eva, tor = (UserFactory.create(name=name) for name in ("Eva Lund", "Tor Berge"))
    User.objects.update(password=password)
    return User.objects.get(pk=eva.pk), User.objects.get(pk=tor.pk)


@pytest.fixture
def review(people: tuple[User, User]) -> Review:
    """A review that both score."""
    made: Review = ReviewFactory.create(status=Review.Status.SCORING)
    for number, user in enumerate(people, start=1):
        SeatFactory.create(review=made, user=user, number=number)
    return made


OpenBrowser = Callable[[User], BrowserContext]


@pytest.fixture
def browse(browser: Browser, server: OwnServer) -> Iterator[OpenBrowser]:
    """Open a browser of its own for somebody who is logged in. At the end no page has had an error in its script."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def open_one(user: User) -> BrowserContext:
        context = browser.new_context(base_url=server.url, viewport={"width": 1280, "height": 900}, locale="nb-NO")
        context.set_default_timeout(15_000)
        context.on("weberror", lambda error: faults.append(str(error.error)))
        context.add_cookies([session_cookie(user, server.url)])  # type: ignore[list-item]  # a plain dict
        contexts.append(context)
        return context

    yield open_one
    for context in contexts:
        context.close()
    assert not faults, "\n".join(faults)


@pytest.fixture
def eva(browse: OpenBrowser, people: tuple[User, User]) -> BrowserContext:
    """Eva's browser."""
    return browse(people[0])


def score_page(context: BrowserContext, review: Review, code: str = "O2", *, clock: bool = False) -> Page:
    """Open an item of one's own sheet in a new tab, with a clock that can be put forward where one is wanted."""
    return _opened(context, f"/reviews/{review.pk}/score/ips-25/{code}/", clock)


def agree_page(context: BrowserContext, review: Review, code: str = "O2") -> Page:
    """Open an item of what is agreed in a new tab."""
    return _opened(context, f"/reviews/{review.pk}/agree/ips-25/{code}/", clock=False)


def _opened(context: BrowserContext, address: str, clock: bool) -> Page:
    page = context.new_page()
    if clock:
        page.clock.install()
    page.goto(address)
    expect(page.locator(STATE)).to_have_attribute("data-state", "ready")
    return page


def is_saved(page: Page) -> None:
    """Wait until the page calls all of it saved."""
    expect(page.locator(STATE)).to_have_attribute("data-state", "saved", timeout=30_000)
    expect(page.locator("[data-save-trouble]")).to_be_hidden()


def is_unsaved(page: Page, why: str) -> None:
    """Wait until the page says that something is not saved, and why."""
    expect(page.locator(STATE)).to_have_attribute("data-state", "unsaved", timeout=30_000)
    expect(page.locator(f"[data-save-trouble] [data-why={why}]")).to_be_visible(timeout=30_000)


def sent(page: Page) -> Callable[[Request], bool]:
    """Return what tells a save of the page's by itself."""
    return lambda request: request.method == "POST" and request.headers.get("autosave") == "1"


def rating(review: Review, number: int = 1, code: str = "O2") -> Rating:
    """Return a rating as it is in the database."""
    return Rating.objects.get(seat__review=review, seat__number=number, item__code=code)


def log_in(page: Page, user: User) -> None:
    """Log in by the form."""
    page.goto("/accounts/login/")
    page.fill("[name=login]", user.email)
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(re.compile("/$"))


# The server


def test_the_server_is_killed_between_the_keys_and_the_save(
    eva: BrowserContext, review: Review, server: OwnServer
) -> None:
    page = score_page(eva, review)
    server.kill()
    page.locator(COMMENT).press_sequentially("Sett i uke 42.")
    is_unsaved(page, "offline")
    expect(page.locator(COMMENT)).to_have_value("Sett i uke 42.")
    assert not Rating.objects.exists()

    server.start()
    is_saved(page)
    assert rating(review).comment == "Sett i uke 42."


def test_the_server_is_killed_while_a_save_is_on_its_way(
    eva: BrowserContext, review: Review, server: OwnServer
) -> None:
    page = score_page(eva, review)
    server.hold()
    with page.expect_request(sent(page)):
        page.fill(COMMENT, "Første.")
    page.fill(ADVICE, "Skrevet mens den var på vei.")
    server.kill()
    is_unsaved(page, "offline")
    server.start()
    is_saved(page)
    held = rating(review)
    assert (held.comment, held.recommendation) == ("Første.", "Skrevet mens den var på vei.")


def test_what_the_server_fails_over_time_and_again_waits_for_the_person(eva: BrowserContext, review: Review) -> None:
    page = score_page(eva, review)
    page.clock.install()
    asked = []

    def fail(route: Route) -> None:
        asked.append(route.request.post_data)
        route.fulfill(status=500, content_type="text/html", body="Noe gikk galt.")

    page.route("**/score/**", fail)
    page.fill(COMMENT, "Står her fortsatt.")
    for number in range(1, 5):
        page.clock.run_for(20_000)
        page.wait_for_timeout(100)
        assert len(asked) == number
    is_unsaved(page, "failed")
    assert len(set(asked)) == 1
    page.fill(ADVICE, "Mer.")
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    page.clock.run_for(MINUTE)
    page.wait_for_timeout(100)
    assert len(asked) == 4
    expect(page.locator(COMMENT)).to_have_value("Står her fortsatt.")
    assert not axe.faults(page)
    page.unroute("**/score/**")
    page.clock.resume()
    page.click("[data-try-again]")
    is_saved(page)
    held = rating(review)
    assert (held.comment, held.recommendation) == ("Står her fortsatt.", "Mer.")


def test_a_save_whose_answer_is_lost_is_no_clash_and_one_change(eva: BrowserContext, review: Review) -> None:
    page = score_page(eva, review)

    def lose(route: Route) -> None:
        assert route.fetch().status == 200
        route.abort()

    page.route("**/score/**", lose, times=1)
    page.fill(COMMENT, "Lagret, men uten svar.")
    is_unsaved(page, "offline")
    assert rating(review).comment == "Lagret, men uten svar."
    is_saved(page)
    expect(page.locator(".clash")).to_have_count(0)
    assert AuditEvent.objects.filter(object_type="rating").count() == 1


def test_what_is_typed_while_a_save_is_on_its_way_is_saved_after_it(eva: BrowserContext, review: Review) -> None:
    page = score_page(eva, review)

    def type_on(route: Route) -> None:
        page.fill(COMMENT, "Og så mer.")
        route.continue_()

    page.route("**/score/**", type_on, times=1)
    page.fill(COMMENT, "Først dette.")
    is_saved(page)
    expect(page.locator(COMMENT)).to_have_value("Og så mer.")
    assert rating(review).comment == "Og så mer."


def test_a_page_is_not_sent_to_a_server_that_does_not_answer(
    eva: BrowserContext, review: Review, server: OwnServer
) -> None:
    page = score_page(eva, review)
    server.kill()
    page.fill(COMMENT, "Venter i siden.")
    page.click("main button[name=finish]")
    expect(page.locator("[data-save-trouble]")).to_be_focused()
    expect(page.locator(COMMENT)).to_have_value("Venter i siden.")
    server.start()
    is_saved(page)
    choose_score(page, 4)
    page.click("main button[name=finish]")
    page.wait_for_url(re.compile("/score/ips-25/O3/"))
    held = rating(review)
    assert (held.score, held.comment) == (4, "Venter i siden.")


# The network


def test_the_network_is_gone_for_a_minute(eva: BrowserContext, review: Review) -> None:
    page = score_page(eva, review, clock=True)
    eva.set_offline(True)
    page.locator(COMMENT).press_sequentially("Uten nett.")
    page.clock.fast_forward(MINUTE // 2)
    is_unsaved(page, "offline")
    page.fill(ADVICE, "Også uten nett.")
    page.clock.fast_forward(MINUTE // 2)
    assert not Rating.objects.exists()
    eva.set_offline(False)
    page.clock.fast_forward(MINUTE // 4)
    is_saved(page)
    held = rating(review)
    assert (held.comment, held.recommendation) == ("Uten nett.", "Også uten nett.")


# The log-in


def test_the_log_in_ends_and_what_was_written_waits_for_the_same_person(
    eva: BrowserContext, review: Review, people: tuple[User, User]
) -> None:
    page = score_page(eva, review, clock=True)
    Session.objects.all().delete()
    page.fill(COMMENT, "Evas ord.")
    page.clock.run_for(1000)
    is_unsaved(page, "logged-out")

    other = eva.new_page()
    log_in(other, people[1])
    page.clock.fast_forward(MINUTE)
    is_unsaved(page, "person")
    expect(page.locator(COMMENT)).to_have_value("Evas ord.")
    assert not Rating.objects.exclude(comment="").exists()

    eva.clear_cookies()
    page.clock.fast_forward(MINUTE)
    is_unsaved(page, "logged-out")
    log_in(other, people[0])
    page.clock.fast_forward(MINUTE)
    is_saved(page)
    assert rating(review).comment == "Evas ord."
    assert not Rating.objects.filter(seat__number=2).exists()


def test_what_is_written_after_the_seat_is_gone_stays_in_the_page(eva: BrowserContext, review: Review) -> None:
    page = score_page(eva, review)
    Seat.objects.filter(number=1).delete()
    page.fill(COMMENT, "For sent.")
    is_unsaved(page, "refused")
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    with page.expect_event("dialog"):
        page.locator(".topbar a").first.click(no_wait_after=True)
    expect(page.locator(COMMENT)).to_have_value("For sent.")
    assert asked == ["beforeunload"]


def test_what_is_typed_before_the_script_is_there_is_saved_too(eva: BrowserContext, review: Review) -> None:
    page = eva.new_page()
    held: list[Route] = []
    page.route("**/js/autosave*.js", lambda route: held.append(route))
    page.goto(f"/reviews/{review.pk}/score/ips-25/O2/", wait_until="commit")
    page.fill(COMMENT, "Før skriptet.")
    choose_score(page, 4)
    while not held:
        page.wait_for_timeout(10)
    held[0].continue_()
    is_saved(page)
    rating = Rating.objects.get()
    assert (rating.comment, rating.score) == ("Før skriptet.", 4)


# Two at once


def test_two_tabs_on_neighbouring_fields_do_not_meet(eva: BrowserContext, review: Review) -> None:
    first, second = score_page(eva, review), score_page(eva, review)
    first.fill(COMMENT, "Fra den ene.")
    is_saved(first)
    second.fill(ADVICE, "Fra den andre.")
    is_saved(second)
    first.fill(COMMENT, "Fra den ene, igjen.")
    choose_score(second, 2)
    is_saved(first)
    is_saved(second)
    held = rating(review)
    assert (held.score, held.comment, held.recommendation) == (2, "Fra den ene, igjen.", "Fra den andre.")


def test_two_tabs_on_one_field_show_both_texts(eva: BrowserContext, review: Review) -> None:
    first, second = score_page(eva, review), score_page(eva, review)
    first.fill(COMMENT, "Fra den ene.")
    is_saved(first)
    second.fill(COMMENT, "Fra den andre.")
    second.fill(ADVICE, "Er ikke omstridt.")
    is_unsaved(second, "choose")
    expect(second.locator(".clash")).to_contain_text("Fra den ene.")
    assert rating(review).comment == "Fra den ene."

    # Meanwhile the first goes on, and the second types more: there is still all to choose from.
    first.fill(COMMENT, "Fra den ene, lengre.")
    is_saved(first)
    second.fill(COMMENT, "Fra den andre, lengre.")
    second.click(".clash button[name=draft]")
    expect(second.locator(".clash")).to_contain_text("Fra den ene, lengre.")
    expect(second.locator(COMMENT)).to_have_value("Fra den andre, lengre.")
    second.click(".clash button[name=draft]")
    is_saved(second)
    held = rating(review)
    assert (held.comment, held.recommendation) == ("Fra den andre, lengre.", "Er ikke omstridt.")

    first.fill(COMMENT, "Blir borte av eget valg.")
    is_unsaved(first, "choose")
    first.click(".clash button[name=take]")
    expect(first.locator(COMMENT)).to_have_value("Fra den andre, lengre.")
    is_saved(first)
    assert rating(review).comment == "Fra den andre, lengre."


def test_a_score_chosen_in_two_places_is_chosen_again(eva: BrowserContext, review: Review) -> None:
    first, second = score_page(eva, review), score_page(eva, review)
    choose_score(first, 4)
    is_saved(first)
    choose_score(second, 2)
    is_unsaved(second, "choose")
    second.click(".clash button[name=take]")
    expect(second.locator("[name=score]:checked")).to_have_value("4")
    expect(second.locator(STATE)).to_have_attribute("data-state", "ready")
    assert rating(review).score == 4


@pytest.fixture
def agreeing(people: tuple[User, User]) -> Review:
    """A review on which both agree."""
    made = scored_review("consensus", evaluators=list(people))
    Rating.objects.filter(item__code="O2").update(comment="Evas ord.", recommendation="")
    made.results.update(comment="", recommendation="")
    return made


def agreed(review: Review, code: str = "O2") -> AgreedResult:
    """Return an agreed result as it is in the database."""
    return review.results.get(item=next(item for item in items_of(review) if item.code == code))


def test_two_evaluators_write_what_they_agree_on_at_once(
    browse: OpenBrowser, people: tuple[User, User], agreeing: Review
) -> None:
    pages = [agree_page(browse(user), agreeing) for user in people]
    pages[0].fill(COMMENT, "Evas forslag.")
    pages[1].fill(ADVICE, "Tors råd.")
    for page in pages:
        is_saved(page)
    held = agreed(agreeing)
    assert (held.comment, held.recommendation) == ("Evas forslag.", "Tors råd.")

    pages[1].fill(COMMENT, "Tors forslag.")
    is_unsaved(pages[1], "choose")
    expect(pages[1].locator(".clash")).to_contain_text("Eva Lund")
    expect(pages[1].locator(".clash")).to_contain_text("Evas forslag.")
    pages[1].fill(COMMENT, "Evas forslag. Tors forslag.")
    pages[1].click(".clash button[name=draft]")
    is_saved(pages[1])
    assert agreed(agreeing).comment == "Evas forslag. Tors forslag."


def test_starting_from_the_words_of_one_loses_nothing_that_was_typed(eva: BrowserContext, agreeing: Review) -> None:
    page = agree_page(eva, agreeing)
    page.fill(ADVICE, "Nettopp skrevet.")
    page.click("button[name=words][value='1']")
    expect(page.locator(COMMENT)).to_have_value("Evas ord.")
    expect(page.locator(ADVICE)).to_have_value(re.compile("Nettopp skrevet."))
    is_saved(page)
    held = agreed(agreeing)
    assert held.comment == "Evas ord."
    assert "Nettopp skrevet." in held.recommendation


def test_the_texts_of_the_report_are_saved_as_they_are_written(eva: BrowserContext, agreeing: Review) -> None:
    page = _opened(eva, f"/reviews/{agreeing.pk}/texts/", clock=False)
    page.fill("[name=method]", "To dager.")
    page.locator("textarea[name^=section_]").first.fill("Gjelder alle.")
    page.click("[name=show_comparison]")
    is_saved(page)
    before = agreeing.show_comparison
    agreeing.refresh_from_db()
    assert (agreeing.method, agreeing.show_comparison) == ("To dager.", not before)
    assert [each.comment for each in agreeing.section_comments.all()] == ["Gjelder alle."]


# Leaving


def test_a_link_that_is_followed_right_after_a_key_saves_first(eva: BrowserContext, review: Review) -> None:
    page = score_page(eva, review)
    page.locator(COMMENT).press_sequentially("Rett før lenken.")
    page.click("nav.step a[rel=next]")
    page.wait_for_url(re.compile("/score/ips-25/O3/"))
    assert rating(review).comment == "Rett før lenken."
    page.go_back()
    expect(page.locator(COMMENT)).to_have_value("Rett før lenken.")


def test_leaving_with_a_text_that_is_not_saved_asks_first(
    eva: BrowserContext, review: Review, server: OwnServer
) -> None:
    page = score_page(eva, review)
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    server.kill()
    page.locator(COMMENT).press_sequentially("Ikke lagret.")
    # Longer than the page waits for answers to what it has sent, and to what it sends as it is left.
    with page.expect_event("dialog", timeout=60_000):
        page.click("nav.step a[rel=next]", no_wait_after=True)
    assert asked == ["beforeunload"]
    expect(page.locator(COMMENT)).to_have_value("Ikke lagret.")
    server.start()
    is_saved(page)
    page.click("nav.step a[rel=next]")
    page.wait_for_url(re.compile("/score/ips-25/O3/"))
    assert asked == ["beforeunload"]


def test_what_is_told_of_a_trouble_moves_nothing_while_it_is_pressed(eva: BrowserContext, review: Review) -> None:
    page = score_page(eva, review, clock=True)
    page.on("dialog", lambda dialog: dialog.dismiss())
    page.route("**/score/**", lambda route: route.abort())
    page.clock.pause_at(datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=1))
    page.fill(COMMENT, "Ikke lagret.")
    link = page.locator("nav.step a[rel=next]")
    link.hover()
    before = link.bounding_box()
    page.mouse.down()
    page.clock.run_for(1000)
    expect(page.locator(STATE)).to_have_attribute("data-state", "unsaved")
    assert link.bounding_box() == before
    expect(page.locator("[data-save-trouble]")).to_be_hidden()
    page.clock.resume()
    with page.expect_event("dialog"):
        page.mouse.up()
    is_unsaved(page, "offline")


# What must be put right


def test_a_text_that_is_not_taken_holds_up_no_other(eva: BrowserContext, review: Review) -> None:
    page = score_page(eva, review)
    # The two may go in one request or in two, and the one that is not taken is told of first.
    with page.expect_response(lambda answer: answer.request.method == "POST" and answer.status == 200):
        page.fill(ADVICE, "Ring 91 23 45 67.")
        page.fill(COMMENT, "Tas imot.")
    is_unsaved(page, "wrong")
    expect(page.locator("#id_recommendation_error")).to_contain_text("91 23 45 67")
    held = rating(review)
    assert (held.comment, held.recommendation) == ("Tas imot.", "")
    page.click("[data-show-where][data-start]")
    assert page.evaluate("getSelection().toString()") == "91 23 45 67"
    page.click("main button[name=finish]")
    expect(page.locator(ADVICE)).to_be_focused()
    page.click("[data-allow]")
    is_saved(page)
    assert rating(review).recommendation == "Ring 91 23 45 67."
    expect(page.locator("#id_recommendation_error")).to_have_count(0)


def test_all_that_is_wrong_with_a_field_stands_in_one_place_until_it_is_put_right(
    eva: BrowserContext, review: Review
) -> None:
    page = score_page(eva, review)
    about = page.locator(ADVICE).get_attribute("aria-describedby") or ""
    page.fill(ADVICE, "Ring 91 23 45 67.")
    said = page.locator("#id_recommendation_error")
    expect(said).to_have_count(1)
    assert (page.locator(ADVICE).get_attribute("aria-describedby") or "").split() == [
        *about.split(),
        "id_recommendation_error",
    ]
    page.fill(ADVICE, "Ring meg.")
    is_saved(page)
    expect(said).to_have_count(0)
    assert (page.locator(ADVICE).get_attribute("aria-describedby") or "") == about
    assert page.locator(ADVICE).get_attribute("aria-invalid") is None


def test_what_was_saved_before_is_not_told_of_beside_what_is_wrong(eva: BrowserContext, review: Review) -> None:
    page = _opened(eva, f"/reviews/{review.pk}/context/", clock=False)
    page.locator("main .buttons [type=submit]").last.click()
    told = page.locator("#messages [data-color=success]")
    expect(told).to_be_visible()
    page.locator("[name=participants]").fill("x")
    is_unsaved(page, "wrong")
    expect(told).to_have_count(0)


def test_what_is_wrong_with_scores_on_the_page_of_all_items_is_told_apart(eva: BrowserContext, review: Review) -> None:
    page = _opened(eva, f"/reviews/{review.pk}/score/all/", clock=False)
    wrong = [{"field": "score", "text": text, "code": "", "place": None} for text in ("Feil.", "Og feil.")]
    page.route("**/score/**", lambda route: route.fulfill(status=422, json={"errors": {"score": wrong}}))
    lines = [page.locator(f"#ips-25-{code}") for code in ("O2", "O3")]
    for line in lines:
        line.locator("[name=score][value='2']").check(force=True)
        expect(line.locator("[data-words]")).to_have_text(["Feil.", "Og feil."])
    ids = page.locator("[data-field=validation]").evaluate_all("found => found.map((each) => each.id)")
    assert ids == ["ips-25-O2-score_error", "ips-25-O3-score_error"]
    assert [line.locator("fieldset").get_attribute("aria-describedby") for line in lines] == ids
    assert axe.faults(page) == []

    page.unroute("**/score/**")
    for line in lines:
        line.locator("[name=score][value='3']").check(force=True)
        expect(line.locator("[data-words]")).to_have_count(0)
        assert line.locator("fieldset").get_attribute("aria-describedby") is None
    is_saved(page)


def test_every_state_is_for_all(eva: BrowserContext, review: Review, server: OwnServer) -> None:
    page, other = score_page(eva, review), score_page(eva, review)
    assert axe.faults(page) == []
    page.fill(COMMENT, "Lagret.")
    is_saved(page)
    expect(page.locator("[data-save-said]")).not_to_be_empty()
    assert axe.faults(page) == []
    other.fill(COMMENT, "Noe annet.")
    is_unsaved(other, "choose")
    assert axe.faults(other) == []
    other.fill(ADVICE, "Ring 91 23 45 67.")
    expect(other.locator("#id_recommendation_error")).to_be_visible()
    assert axe.faults(other) == []
    server.kill()
    page.fill(COMMENT, "Ikke lagret.")
    is_unsaved(page, "offline")
    expect(page.locator("[data-save-said]")).to_be_empty()
    assert axe.faults(page) == []


# All of it


@pytest.mark.parametrize("seed", [1, 2])
def test_nothing_is_lost_in_a_storm(seed: int, eva: BrowserContext, review: Review, server: OwnServer) -> None:
    chance = random.Random(seed)
    page = score_page(eva, review, clock=True)
    page.evaluate("document.querySelectorAll('.elements details').forEach((each) => (each.open = true))")
    names = ["comment", "recommendation", "remark_0", "remark_1", "remark_2"]
    typed = dict.fromkeys(names, "")
    called_saved: dict[str, str] = {}

    def take_down(request: Request) -> None:
        answer = request.response()
        if sent(page)(request) and answer is not None and answer.status == 200:
            body = parse_qs(request.post_data or "", keep_blank_values=True)
            called_saved.update({name: body[name][0] for name in body["only"]})

    page.on("requestfinished", take_down)
    runs = online = True
    for number in range(40):
        event = chance.choices(["type", "kill", "network", "wait"], [6, 1, 1, 2])[0]
        if event == "type":
            name = chance.choice(names)
            typed[name] = f"Tekst {number} i {name} " + "æøå 😀 " * chance.randrange(20) + "slutt"
            page.fill(f"[name={name}]", typed[name])
        elif event == "kill":
            if runs and chance.random() < 0.5:
                server.hold()
                page.clock.run_for(900)
            (server.kill if runs else server.start)()
            runs = not runs
        elif event == "network":
            online = not online
            eva.set_offline(not online)
        else:
            page.clock.run_for(chance.randrange(2000))
        if page.locator(STATE).get_attribute("data-state") == "saved":
            assert {name: page.locator(f"[name={name}]").input_value() for name in names} == typed
            assert _held(review, names) == typed

    # Whatever is going on: what was called saved is held, and all that was typed is in the page.
    server.kill()
    held = _held(review, names)
    assert all(held[name] == text for name, text in called_saved.items() if text == typed[name])
    assert {name: page.locator(f"[name={name}]").input_value() for name in names} == typed
    server.start()
    eva.set_offline(False)
    page.clock.fast_forward(MINUTE)
    is_saved(page)
    assert _held(review, names) == typed


def _held(review: Review, names: list[str]) -> dict[str, str]:
    """Return the texts as they are in the database, by the names of their fields."""
    found = Rating.objects.filter(seat__review=review, seat__number=1, item__code="O2").first() or Rating()
    remarks = {f"remark_{index}": text for index, text in found.element_remarks.items()}
    columns = {"comment": found.comment, "recommendation": found.recommendation}
    return {name: {**columns, **remarks}.get(name, "") for name in names}

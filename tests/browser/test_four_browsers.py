"""The whole course in four browsers at once: two evaluators who are blind to each other, the service's metodeveileder
who checks the facts, and a leder who reads the report.
"""

import datetime
import io
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from reviews.models import FactCheckRemark, Rating, Review
from scales.models import Scale
from tests.browser.conftest import OpenPage, choose_score
from tests.factories import RoleFactory, UserFactory, final_review, items_of, scored_review

pytestmark = pytest.mark.browser

EVAS = "Evas ord: to av fire sitter hos teamet."
TORS = "Tors ord: ingen sitter hos teamet."
AGREED = "Begge har sett at to av fire sitter hos teamet."
EVAS_LATE = "Gjennomgang hver uke, skrev Eva."
TORS_LATE = "Gjennomgang annenhver uke, skrev Tor."
REMARK = "Alle fire sitter hos teamet siden 1. mai."
ANSWER = "Dere har rett. Vi talte etter en gammel liste."
CORRECTED = "Alle fire sitter hos teamet."
WRONG = "I fjor ble møter på telefon talt med."
EVERYTHING_ELSE = 4


@dataclass
class Four:
    """Four people, each with a browser of their own."""

    eva: Page
    tor: Page
    mette: Page
    leif: Page

    def each(self) -> tuple[Page, ...]:
        """All four."""
        return (self.eva, self.tor, self.mette, self.leif)


@pytest.fixture
def review(ips: Scale) -> Review:
    """A planned review on the scale of 25 items; the one of last year is final."""
    eva, tor = UserFactory.create(name="Eva Lund"), UserFactory.create(name="Tor Berge")
    made = scored_review("planned", scales=[ips], evaluators=[eva, tor], summary="Tjenesten er godt i gang.")
    RoleFactory.create(service=made.service, user=UserFactory.create(name="Mette Vik"))
    RoleFactory.create(service=made.service, manager=True, user=UserFactory.create(name="Leif Dahl"))
    year_before = made.first_day - datetime.timedelta(days=365)
    final_review(service=made.service, scales=[ips], first_day=year_before, scores=lambda item: 3)
    return made


@pytest.fixture
def four(review: Review, open_page: OpenPage) -> Four:
    """The four browsers."""
    people = [seat.user for seat in review.seats.order_by("number")]
    people += [role.user for role in review.service.roles.order_by("kind")][::-1]
    return Four(*(open_page(person) for person in people))


def at(page: Page, review: Review, where: str = "") -> None:
    """Open a page of the review."""
    page.goto(f"/reviews/{review.pk}/{where}")


def reads(page: Page, *texts: str) -> None:
    """Hold that the page shows these texts."""
    for text in texts:
        expect(page.locator("body")).to_contain_text(text)


def rate_the_rest(review: Review) -> None:
    """Fill both sheets but for O2; on O4 the two are two apart, on B1 one."""
    others = {"O4": (4, 2), "B1": (5, 4)}
    Rating.objects.bulk_create(
        Rating(seat=seat, item=item, score=others.get(item.code, (EVERYTHING_ELSE,) * 2)[seat.number - 1])
        for seat in review.seats.all()
        for item in items_of(review)
        if item.code != "O2"
    )


def finish(page: Page) -> None:
    """Save the item and go on to the next."""
    here = page.url
    page.click("main button[name=finish]")
    page.wait_for_url(lambda url: url != here)


def score_and_hand_in(page: Page, review: Review, score: int, words: str) -> None:
    """Score O2 and hand in."""
    at(page, review, "score/ips-25/O2/")
    choose_score(page, score)
    page.fill("[name=comment]", words)
    finish(page)
    at(page, review)
    page.once("dialog", lambda dialog: dialog.accept())
    page.click("form[action$='/step/hand-in/'] button")


def test_a_review_in_four_browsers(review: Review, four: Four) -> None:
    eva, tor, mette, leif = four.each()

    at(eva, review)
    eva.click("form[action$='/step/start/'] button")
    rate_the_rest(review)

    # Blind: what Eva has handed in stands nowhere for anybody else, and she may take it back.
    score_and_hand_in(eva, review, 2, EVAS)
    for page in (tor, mette, leif):
        for where in ("", "agree/", "agree/ips-25/O2/", "score/ips-25/O2/", "report/", "export.csv"):
            if where != "export.csv":
                at(page, review, where)
                assert EVAS not in page.content()
            else:
                assert page.request.get(f"/reviews/{review.pk}/{where}").status in (403, 404)
    at(eva, review)
    eva.click("form[action$='/step/withdraw/'] button")
    score_and_hand_in(eva, review, 3, EVAS)
    score_and_hand_in(tor, review, 2, TORS)

    # Differences first, and the plain counts.
    at(eva, review, "agree/")
    reads(eva, "Like på 22 av 25 punkter", "på 24")
    order = eva.locator("main tbody a[href*='/agree/ips-25/']").evaluate_all("all => all.map(a => a.href)")
    assert [address.split("/")[-2] for address in order[:3]] == ["O4", "B1", "O2"]

    both_write_at_once(review, eva, tor)
    for page, code, score in ((eva, "B1", 5), (tor, "O2", 3)):
        at(page, review, f"agree/ips-25/{code}/")
        choose_score(page, score)
        if code == "O2":
            page.click("button[name=words][value='1']")
            expect(page.locator("[name=comment]")).to_have_value(EVAS)
            page.fill("[name=comment]", AGREED)
            page.fill("[name=recommendation]", "La alle sitte hos teamet.")
            page.check("[name=obstacles][value=health]")
        finish(page)

    # The last review beside this one, and a score in it that was wrong.
    at(tor, review, "agree/ips-25/O4/")
    reads(tor, "Forrige evaluering", "Kommentar til O4.")
    tor.click("a[href$='/agree/ips-25/O4/correction/']")
    choose_score(tor, 2)
    tor.fill("[name=reason]", WRONG)
    tor.click("main form:has([name=reason]) button[type=submit]")

    # Fact check: Mette remarks on a score, and Tor changes it.
    at(eva, review)
    eva.click("form[action$='/step/fact-check/'] button")
    mette.goto("/")
    mette.click(f"main a[href='/reviews/{review.pk}/']")
    at(mette, review, "fact-check/")
    reads(mette, AGREED)
    mette.click("a[href$='/fact-check/ips-25/O2/']")
    mette.fill("[name=text]", REMARK)
    mette.click("main form:has([name=text]) button[type=submit]")
    mette.click("form[action$='/step/answer/'] button")
    at(leif, review)
    assert AGREED not in leif.content()

    remark = FactCheckRemark.objects.get()
    at(tor, review, f"remarks/{remark.pk}/decide/")
    reads(tor, REMARK)
    tor.check("[name=decision][value=changed]")
    tor.fill("[name=answer]", ANSWER)
    choose_score(tor, 5)
    tor.fill("[name=comment]", CORRECTED)
    tor.fill("[name=recommendation]", "")
    tor.click("main form:has([name=decision]) button.ds-button[type=submit]:not([name])")
    at(mette, review, "fact-check/")
    reads(mette, ANSWER)

    at(eva, review)
    eva.click("form[action$='/step/finalise/'] button")
    review.refresh_from_db()
    assert (review.status, review.fact_check_skipped) == (Review.Status.FINAL, "")

    # Leif reads and downloads what was agreed, and reaches nothing that came before it.
    leif.goto("/")
    leif.click(f"main a[href='/reviews/{review.pk}/']")
    text = pdf(leif)
    # O2: 5, O4: 3 and B1: 5, the others 4.
    assert "101 av 125" in text
    for said in (CORRECTED, TORS_LATE, WRONG):
        assert said in text
    for unsaid in (EVAS, TORS, EVAS_LATE, AGREED):
        assert unsaid not in text
    for where in ("agree/ips-25/O2/", "score/ips-25/O2/", "fact-check/", "beside/", f"remarks/{remark.pk}/decide/"):
        assert leif.request.get(f"/reviews/{review.pk}/{where}").status == 403


def both_write_at_once(review: Review, eva: Page, tor: Page) -> None:
    """Both have O4 open. Eva writes first; Tor is shown what she wrote, keeps what he wrote, and nothing is lost on the
    way.
    """
    for page in (eva, tor):
        at(page, review, "agree/ips-25/O4/")
    choose_score(eva, 3)
    eva.fill("[name=comment]", EVAS_LATE)
    is_saved(eva)
    choose_score(tor, 3)
    tor.fill("[name=comment]", TORS_LATE)
    expect(tor.locator(".clash")).to_contain_text(EVAS_LATE)
    expect(tor.locator(".clash")).to_contain_text("Eva Lund")
    expect(tor.locator("[name=comment]")).to_have_value(TORS_LATE)
    item = next(item for item in items_of(review) if item.code == "O4")
    assert review.results.get(item=item).comment == EVAS_LATE
    tor.click(".clash button[name=draft]")
    is_saved(tor)
    assert review.results.get(item=item).comment == TORS_LATE
    at(eva, review, "agree/ips-25/O4/")
    expect(eva.locator("[name=comment]")).to_have_value(TORS_LATE)


def is_saved(page: Page) -> None:
    """Wait until the page calls all of it saved."""
    expect(page.locator("[data-save-state]").first).to_have_attribute("data-state", "saved")


def pdf(page: Page) -> str:
    """Download the report and return its text on one line."""
    with page.expect_download() as download:
        page.click("main a[href$='/versions/1.pdf']")
    found = PdfReader(io.BytesIO(Path(download.value.path()).read_bytes()))
    return re.sub(r"\s+", " ", " ".join(each.extract_text() for each in found.pages))

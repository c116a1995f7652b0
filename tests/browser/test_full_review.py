"""One evaluator takes a review through the real pages, from log-in to a PDF whose figures are those that were typed."""

import io
import re
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from reviews.models import Review
from scales.models import Item
from tests.browser.conftest import OpenPage, choose_score
from tests.factories import PASSWORD, ReviewFactory, SeatFactory, ServiceFactory, UserFactory

pytestmark = pytest.mark.browser

# What is typed. All that is expected below is reckoned from it here, by nothing of the program.
SCORES = {
    "Bemanning": {"B1": 5, "B2": 3, "B3": 4},
    "Organisasjon": {"O1": 5, "O2": 4, "O3": 2, "O4": 5, "O5": 4, "O6": 5, "O7": 3, "O8": 4},
    "Tjenester": {
        "T1": 4, "T2": 4, "T3": 5, "T4": 1, "T5": 4, "T6": 5, "T7": 4,
        "T8": 5, "T9": 4, "T10": 3, "T11": 5, "T12": 4, "T13": 5, "T14": 4,
    },
}  # fmt: skip
GOI = {"G1": 5, "G2": 4, "G3": 4, "G4": 5, "G5": 4, "G6": 4, "G7": 4, "G8": 4, "G9": 4, "G10": 4, "G11": 4, "G12": 4}
IPS = {code: score for section in SCORES.values() for code, score in section.items()}
BANDS = {115: "Meget bra kvalitet", 100: "Bra kvalitet", 74: "Godkjent kvalitet", 25: "Under grensen for IPS"}
SKIPPED = "Tjenesten har sett utkastet på møtet."


def comment(code: str) -> str:
    """Return the Kommentar typed for an item; a low score has one, and one item of each scale without need."""
    return f"Sett og hørt av begge, mappe {code.lower()}." if IPS.get(code, 5) <= 3 or code in ("O1", "G2") else ""


def advice(code: str) -> str:
    """Return the Anbefaling typed for an item: one for each low score but T10."""
    return f"Avtal fast rutine i høst, mappe {code.lower()}." if IPS.get(code, 5) <= 3 and code != "T10" else ""


def test_a_review_from_log_in_to_the_pdf(open_page: OpenPage) -> None:
    evaluator = UserFactory.create(name="Kari Nordmann")
    review: Review = ReviewFactory.create(service=ServiceFactory.create(name="IPS Bjørgvin"))
    SeatFactory.create(review=review, user=evaluator)
    page = open_page()

    page.goto("/")
    page.fill("[name=login]", evaluator.email)
    page.fill("[name=password]", PASSWORD)
    page.click("main form button[type=submit]")
    page.click(f"main a[href='/reviews/{review.pk}/']")
    page.click("form[action$='/step/start/'] button")
    page.click("a[href$='/score/ips-25/B1/']")
    _score_everything(page)

    expect(page).to_have_url(re.compile(f"/reviews/{review.pk}/$"))
    page.once("dialog", lambda dialog: dialog.accept())
    page.click("form[action$='/step/hand-in/'] button")
    _agree(page)
    _write_texts(page)

    page.click("main a[href$='/report/']")
    expect(page.locator(".report-figure")).to_contain_text("101")
    draft = _pages(page, "main a[href$='/report.pdf']")
    assert all("UTKAST" in text or "DRAFT" in text for text in draft)
    page.click(f"main a[href='/reviews/{review.pk}/']")

    page.click("details:has(form[action$='/step/finalise/']) summary")
    page.fill("form[action$='/step/finalise/'] [name=finalise-reason]", SKIPPED)
    page.click("form[action$='/step/finalise/'] button")
    expect(page.locator("#messages .ds-alert[data-color=success]")).to_be_visible()
    review.refresh_from_db()
    assert (review.status, review.fact_check_skipped) == (Review.Status.FINAL, SKIPPED)

    _holds_what_was_typed(_pages(page, "main a[href$='/versions/1.pdf']"))


def _score_everything(page: Page) -> None:
    """Score the 37 items one after the other, each by its own page."""
    for scale, scores in (("ips-25", IPS), ("goi-12", GOI)):
        for number, (code, score) in enumerate(scores.items()):
            expect(page).to_have_url(re.compile(f"/score/{scale}/{code}/$"))
            if code == "B1":
                _type_counts(page)
            if code == "O2":
                _tick_elements(page)
            if code == "O3":
                _write_note(page)
            _give(page, score, by_key=number % 3 == 0)
            page.fill("[name=comment]", comment(code))
            page.fill("[name=recommendation]", advice(code))
            if code == "O3":
                page.check("[name=obstacles][value=nav]")
            page.click("main button[name=finish]")


def _give(page: Page, score: int, *, by_key: bool) -> None:
    card = page.locator(f"[name=score][value='{score}']")
    if by_key:
        page.locator("[name=score]").first.focus()
        page.keyboard.press(str(score))
    else:
        choose_score(page, score)
    expect(card).to_be_checked()


def _type_counts(page: Page) -> None:
    """Type the counts as Norwegians do, and see what they suggest and how it came about; no score is set by it."""
    page.fill("[name=count_participants]", "45")
    page.fill("[name=count_fte]", "2,5")
    expect(page.locator(".suggestion .ds-tag")).to_contain_text("5")
    expect(page.locator(".suggestion")).to_contain_text("45 deltakere / 2,5 årsverk = 18,0 → 5")
    expect(page.locator("[name=count_fte]")).to_have_value("2,5")
    expect(page.locator("[name=score]:checked")).to_have_count(0)


def _tick_elements(page: Page) -> None:
    for value in ("0", "1", "3", "4"):
        page.check(f"[name=element_{value}]")
    expect(page.locator(".suggestion .ds-tag")).to_contain_text("4")
    expect(page.locator("[name^=element_]:checked")).to_have_count(4)


def _write_note(page: Page) -> None:
    """Write a note on the item that is open, and come back to it."""
    here = page.url
    page.click("aside [data-notes] summary")
    page.fill("aside [name=text]", "Nav deltar i møtet hver annen uke.")
    page.select_option("aside select[name=source]", "INT")
    page.select_option("aside [name=perspective]", "nav_veileder")
    page.fill("aside [name=number]", "2")
    page.click("aside form[data-note] button[type=submit] >> nth=0")
    expect(page).to_have_url(here)
    expect(page.locator("aside .note")).to_contain_text("Nav deltar i møtet hver annen uke.")


def _agree(page: Page) -> None:
    """See that the one evaluator's scores are there to agree on, and mend a Kommentar."""
    page.click("main a[href$='/agree/']")
    expect(page.locator("main table.scores tbody tr")).to_have_count(37)
    page.click("main table.scores a[href*='/agree/ips-25/B1/']")
    expect(page.locator("[name=score][value='5']")).to_be_checked()
    page.click("nav.items a[href$='/agree/ips-25/T4/']")
    expect(page.locator("[name=score][value='1']")).to_be_checked()
    expect(page.locator("[name=comment]")).to_have_value(comment("T4"))
    page.fill("[name=comment]", comment("T4").replace("begge", "alle"))
    page.click("main button[name=finish]")
    expect(page).to_have_url(re.compile("/agree/ips-25/T5/$"))
    page.click("main a[href$='/']:not([href*=agree])")


def _write_texts(page: Page) -> None:
    page.click("main a[href$='/texts/']")
    page.fill("[name=purpose]", "Vi skulle se hvor langt tjenesten er kommet.")
    page.fill("[name=method]", "Vi snakket med elleve personer.")
    page.fill("[name=summary]", "Tjenesten er godt i gang.")
    page.fill("[name=strengths]", "Teamet møtes hver uke.\nLedelsen følger med.")
    page.click("main form button[type=submit]")
    expect(page).to_have_url(re.compile(r"/reviews/[0-9a-f-]+/$"))


def _pages(page: Page, link: str) -> list[str]:
    """Download the PDF behind a link and return its pages' text, with each run of white space as one space."""
    with page.expect_download() as waiting:
        page.click(link)
    path: Path = waiting.value.path()
    texts = [" ".join(found.extract_text().split()) for found in PdfReader(io.BytesIO(path.read_bytes())).pages]
    # Words that the report broke at the end of a line are put together again.
    return [re.sub(r"(?<=[a-zæøå])[-\u2010] (?=[a-zæøå])", "", text) for text in texts]


def _holds_what_was_typed(pages: list[str]) -> None:
    """Compare every figure and text of the PDF with what was typed."""
    text = " ".join(pages)
    front = pages[0]
    section_totals = {title: (sum(scores.values()), 5 * len(scores)) for title, scores in SCORES.items()}
    total = sum(IPS.values())
    band = next(label for lowest, label in BANDS.items() if total >= lowest)
    mean = (Decimal(sum(GOI.values())) / len(GOI)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert (total, band, str(mean)) == (101, "Bra kvalitet", "4.17")

    assert "UTKAST" not in text
    for where in (front, text):
        assert _fractions(where, "IPS Bjørgvin.*?" if where is front else "IPS-kvalitetsskala") == {(total, 125)}
        assert set(re.findall(r"organisasjonsindeks gjennomsnitt ([\d,]+)", where, re.IGNORECASE)) == {"4,17"}
        for title, expected in section_totals.items():
            assert _fractions(where, title) == {expected}, title

    # Later on the next band is named too, with the way to it.
    assert {label for label in BANDS.values() if re.search(rf"(?<!Meget ){label}", front, re.IGNORECASE)} == {band}
    assert f"{band}, 100–114 poeng" in text
    assert f"{115 - total} poeng til Meget bra kvalitet (115)" in text

    titles = dict(Item.objects.values_list("code", "title"))
    for code, score in {**IPS, **GOI}.items():
        start = rf"\b{code} {re.escape(titles[code])} "
        assert set(re.findall(rf"{start}(\d)\b", text)) == {str(score)}, f"{code} in the sheet"
        # From the item's title to its score, without any other item's code between them.
        found = re.findall(rf"{start}((?:(?!\b[BOTG]\d+ ).)*?)\b(\d) [a-z]+ 5\b", text)
        assert [given for _said, given in found] == [str(score)], f"{code} on its own"
        said = found[0][0]
        final = comment(code).replace("begge", "alle") if code == "T4" else comment(code)
        assert re.findall(r"Sett og hørt[^.]*\.", said) == ([final] if final else []), code
        assert re.findall(r"Avtal fast[^.]*\.", said) == ([advice(code)] if advice(code) else []), code
    for code in ("T4", "O3", "B2"):  # the three lowest scores that have advice, the first of equals
        assert advice(code) in front


def _fractions(text: str, after: str) -> set[tuple[int, int]]:
    """Return the pairs of figures like "12 av 15" that stand right after some words."""
    return {(int(one), int(of)) for one, of in re.findall(rf"{after} (\d+) \w+ (\d+)\b", text)}


def test_a_review_from_plans_with_sections_left_unscored(open_page: OpenPage) -> None:
    evaluator = UserFactory.create()
    review: Review = ReviewFactory.create(status=Review.Status.SCORING, basis=Review.Basis.PLANS)
    SeatFactory.create(review=review, user=evaluator)
    page = open_page(evaluator)

    page.goto(f"/reviews/{review.pk}/score/ips-25/B1/")
    for score, following in zip(SCORES["Bemanning"].values(), ("B2", "B3", "O1"), strict=True):
        choose_score(page, score)
        page.fill("[name=comment]", "Planen er klar.")
        page.click("main button[name=finish]")
        expect(page).to_have_url(re.compile(f"/score/ips-25/{following}/$"))
    for code in ("ips-25/O1", "ips-25/T1", "goi-12/G1"):
        page.goto(f"/reviews/{review.pk}/score/{code}/")
        page.select_option("aside [name=reason]", "not_started")
        page.once("dialog", lambda dialog: dialog.accept())
        page.click("form[action$='/section/'] button")
        expect(page.locator("#messages .ds-alert[data-color=success]")).to_be_visible()
    expect(page.locator("nav.items progress")).to_have_count(4)
    for bar in page.locator("nav.items progress").all():
        assert bar.get_attribute("value") == bar.get_attribute("max")
    page.goto(f"/reviews/{review.pk}/")
    page.once("dialog", lambda dialog: dialog.accept())
    page.click("form[action$='/step/hand-in/'] button")

    page.click("main a[href$='/report/']")
    front = page.locator(".report-front")
    expect(front.locator(".report-figure")).to_have_text(re.compile(r"12\s+\w+ 15"))
    expect(front.locator(".report-plans")).to_be_visible()
    report = page.locator("main").inner_text()
    assert not [label for label in BANDS.values() if label in report]
    review.refresh_from_db()
    assert review.status == Review.Status.CONSENSUS
    assert list(review.results.values_list("not_scored", flat=True).distinct().order_by("not_scored")) == [
        "",
        "not_started",
    ]

"""The PDF: its text read back, its structure, its conformance, and what it may and may not read."""

import gc
import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple, cast

import page as page_validation
import pikepdf
import pytest
from django.utils import translation
from pypdf import PdfReader

from reviews.models import AgreedResult, Review, Seat
from reviews.report import fonts, page, pdf, typeface, wording
from reviews.report.press import Press
from reviews.report.setter import ForeignFileError
from reviews.report.shape import Content, ItemContent
from scales.models import Item, Scale
from tests.factories import FIRST_DAY, ServiceFactory, UserFactory, final_review, scored_review
from tests.reviews.report_builders import draft_of, item_of, items_in, pages_of, version_of, whole_course

# What is printed, whatever kept it: what comes back from the database is printed by test_report_random.py on each.
pytestmark = [pytest.mark.django_db, pytest.mark.once]

KOMMENTAR = " ".join(
    ["Jobbspesialisten er med på hele behandlingsmøtet og drøfter arbeid for dem som ikke er henvist."] * 5
)


class Report(NamedTuple):
    """A report that several tests look at."""

    content: Content
    pdf: bytes
    pages: list[str]

    @property
    def text(self) -> str:
        """The text of all pages."""
        return " ".join(self.pages)


@cache
def report(kind: str) -> Report:
    """Make a report of a kind (a key of _REVIEWS) once: its rows go with the test that asked first, it stays."""
    review = _REVIEWS[kind]()
    draft = kind == "draft"
    content = draft_of(review) if draft else version_of(review)
    made = pdf.render(content, draft=draft)
    return Report(content, made, pages_of(made))


def full_review(**columns: Any) -> Review:
    """A review of 37 items with a paragraph each, and last year's to compare with."""
    service = ServiceFactory.create(name="Fjordbyen IPS")
    final_review(service=service, first_day=FIRST_DAY.replace(year=2025), scores=lambda item: 3)
    people = [UserFactory.create(name=name) for name in ("Anne", "Bjørn")]
    review = scored_review(
        service=service,
        evaluators=people,
        **{"strengths": "Daglig kontakt.\nFelles kontor.", "recipients": "Nav og DPS", **columns},
    )
    AgreedResult.objects.filter(review=review).update(comment=KOMMENTAR)
    AgreedResult.objects.filter(review=review, item__code="B3").update(obstacles=["nav"])
    return review


def from_plans() -> Review:
    """A service that has not started: 51 of 55 on 11 of 25 items, and the index complete."""

    def score(item: Item) -> int | None:
        if item.section.code == "T":
            return None
        if item.section.code == "G":
            return 5 if item.position <= 2 else 4
        return 4 if item.code in {"O2", "O4", "O6", "O7"} else 5

    review = scored_review(basis="plans", scores=score, evaluators=1)
    AgreedResult.objects.filter(review=review, score=None).update(not_scored="not_started", comment="")
    return review


def index_alone(**columns: Any) -> Review:
    """A review on the index of 12 items alone: the shortest report there is. Its mean is 4.17."""
    scale = Scale.objects.get(code="goi-12")
    return scored_review(
        **{"scales": [scale], "scores": lambda item: 5 if item.position <= 2 else 4, "evaluators": 1, **columns}
    )


def self_review() -> Review:
    """A self-review of which nobody is named."""
    scale = Scale.objects.get(code="ips-25")
    return scored_review(
        scales=[scale], kind="self", evaluators=0, participants="Metodeveileder og tre jobbspesialister."
    )


def course() -> Review:
    """A review with all that its course can add, in the language the words are tested in."""
    review = whole_course(
        language="en",
        show_evaluator_scores=True,
        independence="Anne har holdt kurs for tjenesten.",
        recipients="Nav og DPS",
    )
    AgreedResult.objects.filter(review=review).exclude(item__code="O3").update(comment=KOMMENTAR)
    return review


_REVIEWS = {
    "course": course,
    "full": full_review,
    "english": lambda: full_review(language="en", show_evaluator_scores=True),
    "draft": full_review,
    "plans": from_plans,
    "self": self_review,
    "index": index_alone,
}
KINDS = sorted(_REVIEWS)


def text_of(content: Content) -> str:
    """The text of a version's PDF."""
    return " ".join(pages_of(pdf.render(content, draft=False)))


# Text


def test_every_figure_of_the_content_stands_in_the_pdf() -> None:
    content, text = report("full").content, report("full").text
    ips, goi = content["scales"]
    assert f"{ips['total']['total']} av 125 poeng" in text
    for section in ips["sections"]:
        assert f"{section['title']} {section['total']['total']} av {section['total']['maximum']} poeng" in text
    assert f"Generell organisasjonsindeks gjennomsnitt {str(goi['total']['mean']).replace('.', ',')}" in text
    for scale in content["scales"]:
        for section in scale["sections"]:
            for item in section["items"]:
                in_sheet = f"{item['code']} {item['title']} {item['score']} {item['previous']}"
                assert in_sheet in text, in_sheet
                assert f"{item['title']} {item['anchor'][:20]}" in text, item["code"]
    assert f"{ips['change']} poeng opp siden forrige eksterne evaluering i 2025" in text
    assert f"{str(goi['change']).replace('.', ',')} opp siden forrige eksterne evaluering i 2025" in text


def test_page_one_is_enough_for_a_leader() -> None:
    first, content = report("full").pages[0], report("full").content
    band = content["scales"][0]["band"]
    assert band is not None
    for said in (
        "Fjordbyen IPS",
        "Ekstern kvalitetsevaluering, 15.–16. september 2026",
        "Anne (hovedevaluator) og Bjørn",
        "Til Nav og DPS",
        band["label"],
        f"{band['lowest']}–{band['highest']} poeng",
        "siden forrige eksterne evaluering i 2025",
        "Daglig kontakt.",
        "Anbefaling for B3. B3 · Ansvarlig: Nav",
        "september 2027",
    ):
        assert said in first, said


def test_what_a_scale_is_out_of_keeps_within_page_one() -> None:
    review = full_review()
    with translation.override("nb"):
        AgreedResult.objects.filter(review=review, item__code__in=["G12", "O4"]).update(score=None)
        assert_within_page_one(draft_of(review), "td", "p")


def test_what_there_is_to_compare_with_keeps_within_page_one() -> None:
    assert_within_page_one(draft_of(index_alone()), "td", "p")


def assert_within_page_one(content: Content, *tags: str) -> None:
    """See that elements end where the page's text does."""
    document = Press()._laid_out(pdf.html(content, draft=True))
    front = document.pages[0]._page_box
    boxes = [box for box in front.descendants() if box.element_tag in tags]
    assert {box.element_tag for box in boxes} == set(tags)
    for box in boxes:
        assert box.position_x + box.margin_width() <= front.content_box_x() + front.width + 1


def test_a_review_from_plans_says_so_and_has_no_category() -> None:
    text = report("plans").text
    assert "51 av 55 poeng på 11 av 25 punkter" in text
    assert "Ingen kategori fordi tjenesten er vurdert ut fra planer." in text
    assert "kvalitet," not in text.casefold()
    assert "gjennomsnitt 4,17" in text
    assert "Ingen av de 14 punktene er vurdert" in text
    assert text.casefold().count("vurdert ut fra planer") >= 6
    assert "Neste evaluering" not in text


def test_the_index_is_a_mean_and_never_a_sum() -> None:
    text = report("index").text
    assert "4,17 gjennomsnitt" in report("index").pages[0]
    assert "Gjennomsnitt 4,17. Alle 12 punkter er vurdert." in text
    assert "poeng" not in text
    assert "50" not in text.replace("50 prosent", "")


def test_a_self_review_says_so_without_evaluators() -> None:
    text = report("self").text
    assert "Egenevaluering, 15.–16. september 2026 Fylt ut av dem som deltok" in text
    assert "Egenevaluering 2026 · versjon 1" in text
    assert "Metodeveileder og tre jobbspesialister." in text
    assert "Utført av" not in text
    assert "Neste evaluering" not in text


def test_an_evaluator_without_account_is_not_named() -> None:
    review = index_alone(imported_from="skjema.csv")
    Seat.objects.filter(review=review).update(user=None)
    html = pdf.html(version_of(review), draft=False)
    assert "Utført av en evaluator som ikke er navngitt." in html
    assert "eldre skåringsskjema" in html


def test_the_report_is_written_in_its_own_language() -> None:
    english = report("english")
    goi = english.content["scales"][1]
    assert "External fidelity review, 15–16 September 2026 Reviewed by Anne" in english.text
    assert f"mean {goi['total']['mean']}" in english.text
    assert "page 1 of" in english.text
    assert "Fidelity review 2026 · version 1" in english.text
    assert "side 1 av" not in english.text
    assert "KOMMENTAR" not in english.text.upper().replace("KOMMENTAR TIL", "")


def test_paragraphs_are_kept_and_markup_is_only_text() -> None:
    review = index_alone(summary="Første avsnitt.\n\nAndre <b>avsnitt</b> & <img src='https://example.org/x.png'>")
    content = version_of(review)
    html = pdf.html(content, draft=False)
    assert "<p>Første avsnitt.</p>" in html
    assert "&lt;b&gt;avsnitt&lt;/b&gt; &amp;" in html
    assert "Andre <b>avsnitt</b> & <img src='https://example.org/x.png'>" in text_of(content)


def test_own_scores_stand_in_the_sheet_only_where_they_are_shown() -> None:
    assert "Evaluator 2" not in report("full").text
    assert "Evaluator 1 Evaluator 2 Score after agreement" in report("english").text
    assert "the same score on 20 of 25 items" in report("english").text


def test_why_a_report_is_issued_again_is_told() -> None:
    content = version_of(index_alone())
    content["number"], content["reason"] = 2, "Feil i skåren på G3."
    text = text_of(content)
    assert "Feil i skåren på G3." in text
    assert "Kvalitetsevaluering 2026 · versjon 2" in text
    assert "Versjon 2, laget 6. oktober 2026." in text


# What the course of a review adds


def test_after_page_one_comes_what_it_takes_and_then_what_the_service_can_change_itself() -> None:
    first, second, third = (text.replace("\N{NO-BREAK SPACE}", " ") for text in report("course").pages[:3])
    second += third
    parts = ["Summary", "What it would take", "What the service can change itself"]
    assert second.startswith(parts[0])
    assert sorted(parts, key=second.index) == parts
    titles = {code: item_of(report("course").content, code)["short_title"] for code in ("B3", "O3", "O7", "T3", "O2")}
    for said in (
        "What the service can change itself",
        f"The service itself B3 {titles['B3']} · O3 {titles['O3']}",
        f"The service in part Nav: O7 {titles['O7']}",
        f"Others than the service The health partner and those responsible for ICT: T3 {titles['T3']}",
        f"Limited by law and regulation O2 {titles['O2']}",
    ):
        assert said in second, said
    for said in (
        "Their ties to the service are told of under “Independence of the evaluators”.",
        "1 score of that review is now held to have been wrong, and counts as it was given.",
    ):
        assert said in first, said


def test_each_item_says_what_holds_its_score_down_and_who_can_change_it() -> None:
    text = report("course").text
    for said in (
        "Who acts: the IPS team What holds the score down: own practice.",
        "Who acts: the IPS team and Nav What holds the score down: own practice and the leadership of Nav.",
        "What holds the score down: the health partner and ICT.",
        "Law and regulation hold this score down.",
    ):
        assert said in text, said
    assert "The service can change this itself." not in text
    item: ItemContent = {**item_of(report("course").content, "O7"), "recommendation": ""}
    with translation.override("en"):
        assert wording.held_down(item).endswith("the leadership of Nav. The service can change a part of this itself.")


def test_a_corrected_score_is_marked_with_words_wherever_it_is_shown() -> None:
    content, text = report("course").content, report("course").text
    mark = "* The score in 2025 is held to have been wrong, see “Corrections of the last review”."
    # On each scale: at the chart, at the item, at the sheet.
    assert text.count(mark) == 6
    for code in ("O3", "G2"):
        item = item_of(content, code)
        own = " ".join(str(score) for score in item["own"])
        assert f"{code} {item['short_title']} {item['score']} * 3" in text
        assert f"{code} {item['title']} {own} {item['score']} * 3" in text
    assert text.count("3 in 2025 *") == 2
    assert text.count("* 3") == 4
    assert "The score in September 2025 was 3. It should have been 4." in text
    assert "What it should have been cannot be told any more." in text
    assert "Vi fant møtereferater som viser deltakelse hver uke i 2025." in text


def test_ties_and_the_fact_check_are_told_about_the_review() -> None:
    text = report("course").text
    for said in (
        "Anne Aas works at Nav Fjordbyen, which takes part in the service.",
        "Bjørn Berg has the same line manager as the service.",
        "Anne har holdt kurs for tjenesten.",
        "2 people were asked. 1 answered.",
        "Remarks from the fact check The whole draft THE SERVICE'S REMARK",
        "The evaluators kept it as it was. Tallet er talt på besøksdagen.",
        "SCORE – BEFORE 2 SCORE – AFTER 3",
        "Tjenesten har fast plass i inntaksmøtet.",
    ):
        assert said in text, said
    assert "No ties" not in text
    for name in ("Mona", "Kontaktperson", "Odd", "Finn"):
        assert name not in text, name


def test_none_of_it_stands_in_a_report_that_has_none_of_it() -> None:
    english = report("english").text
    assert "No ties between the evaluators and the service are known." in english
    for absent in ("Corrections of the last review", "Remarks from the fact check", "held to have been wrong", " * "):
        assert absent not in english, absent


def test_the_reason_for_leaving_out_the_fact_check_stands_in_the_report() -> None:
    review = index_alone(language="en", fact_check_skipped="Tjenesten er lagt ned.")
    assert "WHY THE SERVICE HAS NOT CHECKED THE FACTS Tjenesten er lagt ned." in text_of(version_of(review))


def test_a_self_reviews_front_says_whose_scores_they_are() -> None:
    review = scored_review(kind="self", evaluators=1, language="en", participants="Metodeveileder.")
    first = pages_of(pdf.render(version_of(review), draft=False))[0]
    assert "Self-review The service has scored itself. This does not take the place of an external review." in first
    assert "scored itself" not in report("course").pages[0]


def test_a_version_stored_before_these_were_kept_can_be_shown_and_printed() -> None:
    content: dict[str, Any] = json.loads(json.dumps(report("index").content))
    for name in ("replaces", "independence", "corrections", "fact_check"):
        del content[name]
    for item in items_in(cast(Content, content)):
        del item["previous_wrong"]  # type: ignore[misc]
    stored = cast(Content, content)
    assert "Generell organisasjonsindeks" in page.body(stored, draft=False)
    text = text_of(stored)
    assert "4,17 gjennomsnitt" in text
    assert "ties" not in text


def test_no_heading_stands_alone_at_the_foot_of_a_page_and_no_remark_is_split() -> None:
    titles = ["Independence of the evaluators", "How the facts were checked", "Corrections of the last review"]
    titles += ["Remarks from the fact check", "This report", "What the service can change itself"]
    for text in report("course").pages:
        # What is printed in the margins follows what stands on the page.
        body = text.split("Fidelity review 2026 · version 1")[0].split("Fjordbyen IPS · ")[0].strip()
        assert body
        assert not body.endswith(tuple(titles)), body[-200:]
    [remark] = [text for text in report("course").pages if "Takk, det hadde vi ikke sett." in text]
    assert "Vi har fast plass i inntaksmøtet." in remark
    assert "Tjenesten har fast plass i inntaksmøtet." in remark


def test_a_remark_longer_than_a_page_runs_on() -> None:
    content = version_of(index_alone(show_fact_check=True, fact_check_skipped="Tjenesten er lagt ned."))
    assert content["fact_check"] is not None
    long = ("Ord og flere ord. " * 600)[:9_980] + " Aller sist."
    content["fact_check"]["remarks"] = [
        {
            "scale": "goi-12",
            "code": "G3",
            "short_title": "Dekning",
            "text": long,
            "decision": "changed",
            "answer": "",
            "before": {"score": 4, "not_scored": "", "comment": long, "recommendation": ""},
            "after": {"score": None, "not_scored": "missing_data", "comment": "Kort.", "recommendation": ""},
        }
    ]
    text = text_of(content)
    assert text.count("Aller sist.") == 2
    assert "Det var ikke mulig å få data" in text


# Pages


def test_a_full_review_has_headers_footers_and_page_numbers_on_fewer_than_25_pages() -> None:
    pages = report("full").pages
    assert 10 <= len(pages) < 25
    for number, text in enumerate(pages, start=1):
        assert f"side {number} av {len(pages)}" in text
        assert "Kvalitetsevaluering 2026 · versjon 1" in text
        assert "UTKAST" not in text
        assert len(text) > 200, "an empty page"
    assert any("Fjordbyen IPS · IPS-kvalitetsskala · Tjenester" in text for text in pages)


@pytest.mark.parametrize("code", ["B1", "O5", "T9", "G12"])
def test_no_item_is_split_over_two_pages(code: str) -> None:
    item = item_of(report("full").content, code)
    heading = f"{item['title']} {item['anchor'][:20]}"
    [page] = [text for text in report("full").pages if heading in text]
    assert page.split(heading)[1].replace("- ", "").count("henvist") >= 5


def test_a_text_longer_than_a_page_runs_on() -> None:
    review = index_alone()
    long = ("Ord og flere ord. " * 600)[:9_980] + " Aller sist."
    AgreedResult.objects.filter(review=review, item__code="G3").update(comment=long)
    assert "Aller sist." in text_of(version_of(review))


def test_a_draft_is_marked_on_every_page_and_has_no_version() -> None:
    assert len(report("draft").pages) > 10
    for text in report("draft").pages:
        assert "UTKAST" in text
        assert "Kvalitetsevaluering 2026 · utkast" in text


# Structure and conformance


@pytest.mark.parametrize("profile", ["PDF_A_3A", "PDF_UA_1"])
@pytest.mark.parametrize("kind", KINDS)
def test_the_file_is_archival_and_accessible(kind: str, profile: str) -> None:
    assert faults(report(kind).pdf, profile) == []


def faults(made: bytes, profile: str) -> list[str]:
    """What the conformance checker finds; it wrongly takes the line end before endstream for a part of the stream."""
    found = page_validation.validate_pdf_bytes(made, profile=getattr(page_validation.ValidationProfile, profile))
    return [failure.message for failure in found.failures if not failure.rule_id.endswith("STREAM-LENGTH-001")]


@pytest.mark.parametrize("kind", KINDS)
def test_the_file_is_sound(kind: str) -> None:
    with pikepdf.open(BytesIO(report(kind).pdf)) as document:
        assert document.check_pdf_syntax() == []


def elements(node: Any) -> Iterator[Any]:
    """Every structure element under a node."""
    kids = node.get("/K", [])
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield kid
            yield from elements(kid)


def test_it_is_tagged_with_language_title_and_bookmarks() -> None:
    with pikepdf.open(BytesIO(report("full").pdf)) as document:
        root = document.Root
        assert str(root.Lang) == "nb"
        assert str(document.docinfo.Title) == "Kvalitetsrapport: Fjordbyen IPS 2026"
        assert bool(root.MarkInfo.Marked)
        found = list(elements(root.StructTreeRoot))
        kinds = [str(element.S) for element in found]
        assert kinds.count("/H1") == 1
        assert kinds.count("/H4") == 37
        assert {"/Table", "/TH", "/L", "/Caption"} <= set(kinds)
        scopes = {str(element.A.Scope) for element in found if element.S == "/TH"}
        assert scopes == {"/Row", "/Column"}
        with document.open_outline() as outline:
            [top] = outline.root
            assert top.title == "Fjordbyen IPS"
            titles = [child.title for child in top.children]
            assert titles[-3:] == ["IPS-kvalitetsskala", "Generell organisasjonsindeks", "Om evalueringen"]


# The same bytes


def test_the_same_content_gives_the_same_bytes_in_another_process(tmp_path: Path) -> None:
    content = report("index").content
    here = hashlib.sha256(report("index").pdf).hexdigest()
    assert hashlib.sha256(pdf.render(content, draft=False)).hexdigest() == here
    (tmp_path / "content.json").write_text(json.dumps(content), encoding="utf-8")
    script = (
        "import django, hashlib, json, sys; django.setup()\n"
        "from reviews.report import pdf\n"
        "content = json.load(open(sys.argv[1], encoding='utf-8'))\n"
        "print(hashlib.sha256(pdf.render(content, draft=False)).hexdigest())"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "PYTHONWARNINGS": "ignore"}
    there = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "content.json")],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert there.stdout.strip() == here


def test_nothing_is_left_on_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = report("index").content
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    pdf.render(content, draft=False)
    gc.collect()
    assert list(tmp_path.rglob("*")) == []


# What it may read


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/x.css",
        "http://localhost/x.svg",
        "file:///etc/passwd",
        "data:text/css,p{}",
        "static:../ipsreview/settings.py",
        "static:css/../../ipsreview/settings.css",
        "static:/etc/x.css",
        "static:css/there-is-none.css",
        "static:js/app.js",
        "font:bold",
        "x.png",
    ],
)
def test_anything_but_our_own_files_stops_the_report(url: str) -> None:
    with pytest.raises(ForeignFileError, match="may not read"):
        pdf.write(f'<html lang="nb"><title>x</title><img alt="x" src="{url}"></html>')


def test_our_own_style_sheet_and_fonts_are_read() -> None:
    made = pdf.write('<html lang="nb"><title>x</title><p>Vanlig <strong>halvfet</strong> ŋ č → ≥</p></html>')
    reader = PdfReader(BytesIO(made))
    found = cast(Any, reader.pages[0])["/Resources"]["/Font"].values()
    names = {str(font.get_object()["/BaseFont"]).split("+")[1] for font in found}
    assert names == {"Inter", "Inter-Semi-Bold"}
    assert "Vanlig halvfet ŋ č → ≥" in reader.pages[0].extract_text()


# Characters


@pytest.mark.parametrize("name", fonts.FILES)
def test_the_fonts_are_those_that_are_made_of_inter(name: str) -> None:
    assert fonts.data(name) == typeface.made(name), "make the fonts anew: python -m reviews.report.typeface"


def test_characters_the_fonts_lack_are_listed_and_printed_as_replacement() -> None:
    review = index_alone(summary="Vi så 😀 og 漢 og 😀 igjen.")
    content = version_of(review)
    assert pdf.missing_characters(content) == ["漢", "😀"]
    assert "Vi så \ufffd og \ufffd og \ufffd igjen." in text_of(content)
    assert content["summary"] == "Vi så 😀 og 漢 og 😀 igjen."


def test_ordinary_norwegian_and_sami_text_lacks_nothing() -> None:
    text = (
        "Ærlig talt: «blåbærsyltetøy» – 4,17 % → 5 ≥ 4 ½ § 3 … • čđŋšŧž \u2010 \u2011 “a” ’b’ €\u00a0100\u202f000\r\n\t"
    )
    assert fonts.missing(text) == []
    assert fonts.printable("a\u00ad\u2060b\ufe0f e\u0301\r\nc") == "ab é\nc"


def test_marks_are_not_piled_up_over_the_lines_above() -> None:
    assert fonts.printable("Ba\u0301\u0302\u0303n og g" + "\u0301" * 40 + "ul") == "B\u00e1\u0302\u0303n og \u01f5" + (
        "\u0301" * fonts.MOST_MARKS + "ul"
    )


@pytest.mark.parametrize("control", ["\x07", "\x1b", "\ue000", "\ufffe"])
def test_control_characters_do_not_break_the_report(control: str) -> None:
    content = version_of(index_alone(summary=f"Før{control}etter."))
    assert pdf.missing_characters(content) == [control]
    made = pdf.render(content, draft=False)
    assert "Før\ufffdetter." in " ".join(pages_of(made))
    assert faults(made, "PDF_A_3A") == []


def test_a_report_of_nothing_but_blanks_can_be_made() -> None:
    review = scored_review("consensus", evaluators=0, scores=lambda item: None, summary="")
    AgreedResult.objects.filter(review=review).update(not_scored="")
    text = " ".join(pages_of(pdf.render(draft_of(review), draft=True)))
    assert "Ingen kategori fordi 25 av 25 punkter ikke er vurdert." in text
    assert "Ikke avklart ennå" in text

"""The kit for a visit: what is printed read back from the PDF, its conformance, its page and its downloads."""

import re
from functools import cache
from typing import NamedTuple

import page as page_validation
import pypdfium2
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from reviews import figures, results
from reviews.kit import content, pdf
from reviews.models import AuditEvent, NotScored, Perspective, Review, User
from reviews.report import pdf as report_pdf
from scales.models import Item, Scale
from tests.cast import PDF
from tests.factories import (
    ClosedSourceFactory,
    CountFactory,
    GivenFigureFactory,
    ReviewFactory,
    ServiceFactory,
    UserFactory,
    items_of,
    scored_review,
)
from tests.reviews.front_door import item
from tests.reviews.report_builders import pages_of

pytestmark = pytest.mark.django_db

KINDS = ["guides", "score_forms", "feedback"]


class Printed(NamedTuple):
    """A PDF of the kit, the text of each page as squeezed() has it, and the items of its scales."""

    pdf: bytes
    pages: list[str]
    items: list[Item]

    @property
    def text(self) -> str:
        """The text of all pages."""
        return "".join(self.pages)


def squeezed(text: str) -> str:
    """Return a text without what a line end may add or take away: white space, hyphens, and pdfium's mark for one."""
    return re.sub(r"[\s\x02\ufffe-]", "", text)


@cache
def printed(kind: str) -> Printed:
    """Print a part of the kit once, for a review in English on both scales: its rows go with the test that asked first,
    it stays.
    """
    review = ReviewFactory.create(language="en", service=ServiceFactory.create(name="Fjordbyen IPS"))
    written = made(kind, review)
    # By pdfium, which is quick: there are many pages.
    pages = [squeezed(page.get_textpage().get_text_range()) for page in pypdfium2.PdfDocument(written)]
    return Printed(written, pages, items_of(review))


def made(kind: str, review: Review) -> bytes:
    """Print a part of the kit for a review."""
    scales = results.pinned_scales(review)
    if kind == "guides":
        return pdf.guides(review, scales, content.guides(scales))
    return pdf.score_forms(review, scales) if kind == "score_forms" else pdf.feedback(review, scales)


def faults(made: bytes, profile: str) -> list[str]:
    """What the conformance checker finds; it wrongly takes the line end before endstream for a part of the stream."""
    found = page_validation.validate_pdf_bytes(made, profile=getattr(page_validation.ValidationProfile, profile))
    return [failure.message for failure in found.failures if not failure.rule_id.endswith("STREAM-LENGTH-001")]


@pytest.fixture
def evaluator(client: Client) -> User:
    """Somebody who is logged in, and reads English."""
    user: User = UserFactory.create(language="en")
    client.force_login(user)
    return user


@pytest.fixture
def source(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hand out what would be printed in place of the PDF."""
    monkeypatch.setattr(report_pdf, "write", lambda source, *, style: source.encode())


def kit(name: str, review: Review, *arguments: object) -> str:
    """Return an address of the kit."""
    return reverse(f"reviews:{name}", args=[review.pk, *arguments])


# Interview guides


@pytest.mark.parametrize("perspective", Perspective)
def test_a_guide_asks_every_question_of_its_informant_and_no_other(perspective: Perspective) -> None:
    found = printed("guides")
    with translation.override("en"):
        head = squeezed(f"Interview guide: {perspective.label}")
    text = "".join(page for page in found.pages if head in page)
    asked = {squeezed(question) for item in found.items if perspective in item.ask for question in item.questions}
    others = {squeezed(question) for item in found.items for question in item.questions} - asked
    assert asked
    assert [question for question in asked if question not in text] == []
    # One that is the beginning of another would be found in that.
    assert [other for other in others if other in text and not any(other in question for question in asked)] == []


def test_a_guide_names_its_items_and_what_the_scale_looks_for_there() -> None:
    found = printed("guides")
    text = "".join(page for page in found.pages if squeezed("Interview guide: Participant") in page)
    for each in found.items:
        is_there = squeezed(f"{each.code} {each.short_title}") in text
        assert is_there == (Perspective.PARTICIPANT in each.ask), each
        if is_there:
            assert all(squeezed(element) in text for element in (*each.elements, *content.statements(each))), each


def test_only_those_who_run_the_service_are_asked_for_figures(ips: Scale) -> None:
    found = {guide.perspective: guide for guide in content.guides([ips])}
    counted = {
        perspective: {label for section in guide.sections for asked in section.items for label in asked.counted}
        for perspective, guide in found.items()
    }
    assert "Årsverk jobbspesialister" in counted[Perspective.METHOD_SUPERVISOR]
    assert counted[Perspective.PARTICIPANT] == counted[Perspective.CLINICIAN] == set()


def test_every_sheet_of_a_guide_says_whose_it_is_and_never_asks_for_a_name() -> None:
    found = printed("guides")
    assert all(squeezed("Fjordbyen IPS · Interview guide:") in page for page in found.pages)
    assert found.text.count(squeezed("Never write a name, a date of birth")) == len(Perspective)
    assert all(f"page{number}of{len(found.pages)}" in page for number, page in enumerate(found.pages, start=1))


def test_nobody_is_asked_where_the_scale_names_nobody(mini: Scale) -> None:
    assert content.guides([mini]) == []
    Item.objects.filter(code="X1").update(ask=["arbeidsgiver"], questions=["Hvordan gikk det?", "Og nå?"])
    Item.objects.filter(code="X2").update(ask=["deltaker"])
    [guide] = content.guides([Scale.objects.get(pk=mini.pk)])
    assert (guide.perspective, guide.size, guide.questions) == (Perspective.EMPLOYER, 1, 2)


# Score forms


def test_a_score_form_has_all_of_an_item_on_one_page() -> None:
    found = printed("score_forms")
    assert len(found.items) == 37
    for each in found.items:
        measure = each.parsed_measure()
        wanted = [
            f"{each.code} {each.title}",
            each.definition,
            each.note,
            *each.elements,
            *(() if measure is None else (figure.label for figure in measure.inputs)),
            *content.statements(each),
            *(f"{score} {anchor}" for score, anchor in each.anchors.items()),
        ]
        pages = [page for page in found.pages if squeezed(f"{each.code} {each.title}") in page]
        assert len(pages) == 1, each
        assert [text for text in wanted if squeezed(text) not in pages[0]] == [], each


@pytest.mark.usefixtures("source")
def test_there_is_room_for_the_ten_participants_that_a_review_asks_about(client: Client, evaluator: User) -> None:
    review = scored_review("scoring", evaluators=[evaluator])
    html = client.get(kit("kit_score_forms", review)).content.decode()
    apart = [each.code for each in items_of(review) if figures.counted_apart(each)]
    assert {"T4", "T6"} <= set(apart)
    assert "T5" not in apart
    assert html.count('<th scope="col">10</th>') == len(apart)
    assert '<th scope="col">11</th>' not in html


def test_nothing_is_printed_twice() -> None:
    found = printed("score_forms")
    long = [text for each in found.items for text in (each.definition, *each.anchors.values()) if len(text) > 100]
    assert len(long) > 37
    assert [text for text in long if found.text.count(squeezed(text)) != 1] == []


def test_a_score_form_takes_the_reasons_that_count_in_the_review(mini: Scale) -> None:
    practice = ReviewFactory.create(scales=[mini], language="en")
    plans = ReviewFactory.create(scales=[mini], language="en", basis=Review.Basis.PLANS)
    for review, there in ((practice, False), (plans, True)):
        text = squeezed(" ".join(pages_of(made("score_forms", review))))
        with translation.override("en"):
            assert squeezed(str(NotScored.MISSING_DATA.label)) in text
            assert (squeezed(str(NotScored.NOT_STARTED.label)) in text) == there


# The oral feedback


def test_the_feedback_has_a_row_for_each_item_and_says_what_happens_next() -> None:
    found = printed("feedback")
    assert [each for each in found.items if squeezed(f"{each.code} {each.short_title}") not in found.text] == []
    for words in ("no score is told today", "Strength", "Worth working on", "fact check", "two weeks", "final report"):
        assert squeezed(words) in found.text


def test_a_self_review_is_told_of_no_fact_check(mini: Scale) -> None:
    review = ReviewFactory.create(scales=[mini], language="en", kind=Review.Kind.SELF)
    text = " ".join(pages_of(made("feedback", review)))
    assert "fact check" not in text
    assert "Only the service sees it until you choose to share it." in text


def test_the_feedback_names_the_sources_and_figures_that_are_missing_now(
    client: Client, evaluator: User, source: None
) -> None:
    review = scored_review("scoring", evaluators=[evaluator])
    for code in ("OBS", "DOC"):
        ClosedSourceFactory.create(review=review, item=item(review, "O2"), source=code)
    CountFactory.create(review=review, item=item(review, "B1"))
    GivenFigureFactory.create(review=review, item=item(review, "T12"), name="weekly", number=1)
    found = content.to_check(results.pinned_scales(review), [(item(review, "O2").pk, "OBS")], {item(review, "B1").pk})
    assert {"B2", "T12", "G3"} <= {each.code for each in found.uncounted}
    assert not {"B1", "B3", "O3"} & {each.code for each in found.uncounted}
    html = " ".join(client.get(kit("kit_feedback", review)).content.decode().split())
    assert "O2 Kontakt med behandlingsteamet: Dokumenter, Observasjon" in html
    missing = html.partition('kit-known"> ')[2].partition("</section>")[0]
    assert "B2 Rendyrket IPS" in missing
    assert "B1 Portefølje" not in missing
    assert "T12 Tidsubegrenset" not in missing


# All of it


@pytest.mark.parametrize("profile", ["PDF_A_3A", "PDF_UA_1"])
@pytest.mark.parametrize("kind", KINDS)
def test_the_file_is_archival_and_accessible(kind: str, profile: str) -> None:
    assert faults(printed(kind).pdf, profile) == []


@pytest.mark.parametrize("kind", KINDS)
def test_every_part_says_whose_words_the_scales_are_in(kind: str, ips: Scale, goi: Scale) -> None:
    text = printed(kind).text
    assert squeezed(ips.attribution) in text
    assert squeezed(goi.attribution) in text


@pytest.mark.parametrize("kind", ["score_forms", "feedback"])
def test_a_service_may_be_called_anything(mini: Scale, kind: str) -> None:
    service = ServiceFactory.create(name='<h1>IPS</h1> & "Sønner" \U0001f600 &#65; </body>')
    written = made(kind, ReviewFactory.create(scales=[mini], service=service))
    assert '<h1>IPS</h1> & "Sønner" \ufffd &#65; </body>' in " ".join(pages_of(written))
    assert faults(written, "PDF_A_3A") == []


def test_it_is_printed_in_the_reviews_language_whatever_the_readers_is(mini: Scale) -> None:
    review = ReviewFactory.create(scales=[mini], language="nb")
    with translation.override("en"):
        text = " ".join(pages_of(made("score_forms", review)))
    assert "Ekstern kvalitetsevaluering, 15.–16. september 2026" in text
    assert "side 1 av" in text
    assert "Kommentar" in text


# The page and the downloads


def test_the_page_lists_a_guide_for_each_who_is_asked(client: Client, evaluator: User) -> None:
    review = scored_review("planned", evaluators=[evaluator])
    html = " ".join(client.get(kit("kit", review)).content.decode().split())
    for perspective in Perspective:
        assert kit("kit_guide", review, perspective.value) in html
    assert "45 questions on 30 items" in html
    assert "37 items" in html


@pytest.mark.usefixtures("source")
def test_without_questions_there_is_no_guide(client: Client, evaluator: User, mini: Scale) -> None:
    review = scored_review("planned", scales=[mini], evaluators=[evaluator])
    assert "kit/guide" not in client.get(kit("kit", review)).content.decode()
    assert client.get(kit("kit_guides", review)).status_code == 404
    assert client.get(kit("kit_guide", review, "deltaker")).status_code == 404
    assert client.get(kit("kit_score_forms", review)).status_code == 200


@pytest.mark.usefixtures("source")
def test_a_guide_is_handed_out_for_those_alone_who_are_asked(client: Client, evaluator: User, mini: Scale) -> None:
    Item.objects.filter(code="Y1").update(ask=["deltaker"], questions=["Hvordan gikk det?"])
    review = scored_review("planned", scales=[mini], evaluators=[evaluator])
    assert "Hvordan gikk det?" in client.get(kit("kit_guide", review, "deltaker")).content.decode()
    assert client.get(kit("kit_guide", review, "behandler")).status_code == 404
    assert client.get(kit("kit_guide", review, "nobody")).status_code == 404


@pytest.mark.parametrize(
    ("name", "arguments", "part"),
    [
        ("kit_guide", ["nav_veileder"], "intervjuguide-nav-veileder"),
        ("kit_guides", [], "intervjuguider"),
        ("kit_score_forms", [], "skjema"),
        ("kit_feedback", [], "tilbakemelding"),
    ],
)
def test_a_download_is_named_written_down_and_kept_by_nobody_else(
    client: Client, evaluator: User, monkeypatch: pytest.MonkeyPatch, name: str, arguments: list[str], part: str
) -> None:
    monkeypatch.setattr(report_pdf, "write", lambda source, *, style: PDF)
    service = ServiceFactory.create(name="Tromsø IPS")
    review = scored_review("scoring", service=service, evaluators=[evaluator])
    response = client.get(kit(name, review, *arguments))
    assert response.content == PDF
    assert response.headers["Content-Type"] == "application/pdf"
    wanted = f'attachment; filename="tromso-ips-2026-09-15-external-{part}.pdf"'
    assert response.headers["Content-Disposition"] == wanted
    assert {"private", "no-store"} <= set(response.headers["Cache-Control"].split(", "))
    [event] = AuditEvent.objects.filter(action=AuditEvent.Action.DOWNLOADED)
    assert (event.actor, event.review, event.object_id) == (evaluator, review, str(review.pk))


def test_the_kit_is_there_until_the_draft_is_sent_out_and_so_is_the_way_to_it(client: Client, evaluator: User) -> None:
    for status in ("planned", "scoring", "consensus", "fact_check", "cancelled", "final"):
        review = scored_review(status, evaluators=[evaluator])
        is_there = status in ("planned", "scoring", "consensus")
        html = client.get(reverse("reviews:review", args=[review.pk])).content.decode()
        assert (kit("kit", review) in html) is is_there, status
        for name in ("kit", "kit_guides", "kit_score_forms", "kit_feedback") if not is_there else ("kit",):
            assert client.get(kit(name, review)).status_code == (200 if is_there else 403), (status, name)

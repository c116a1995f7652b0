"""The report on the page, its downloads and exports, through the front door."""

import csv
import hashlib
import io
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ipsreview.outage import BusyError
from reviews import workflow
from reviews.models import AuditEvent, Rating, ReportVersion, Review, User
from reviews.report import pdf as report_pdf
from reviews.report import presses
from tests.cast import PDF
from tests.factories import RoleFactory, ServiceFactory, UserFactory, final_review, issue, scored_review
from tests.reviews.front_door import item, page


@pytest.fixture
def evaluator(db: None, client: Client) -> User:
    """The one who reviewed, logged in."""
    user: User = UserFactory.create(name="Kari Nordmann")
    client.force_login(user)
    return user


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hand out what would be printed in place of the PDF."""
    monkeypatch.setattr(report_pdf, "render", lambda content, *, draft: report_pdf.html(content, draft=draft).encode())


def _version(name: str, review: Review, number: int = 1) -> str:
    return reverse(f"reviews:{name}", args=[review.pk, number])


def _body(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def _exported(client: Client, review: Review) -> dict[str, Any]:
    address = reverse("reviews:export_review", args=[review.pk, "json"])
    found: dict[str, Any] = json.loads(_body(client.get(address)))["reviews"][0]
    return found


# Versions


def test_a_version_is_downloaded_as_it_was_handed_over_each_time(client: Client, evaluator: User) -> None:
    stored = PDF + bytes(range(256))
    review = final_review(evaluators=[evaluator], pdf=stored)
    version = review.versions.get()
    for _time in range(2):
        response = client.get(_version("version_pdf", review))
        assert response.content == stored
        assert hashlib.sha256(response.content).hexdigest() == version.sha256
    assert response.headers["Content-Type"] == "application/pdf"
    assert int(response.headers["Content-Length"]) == len(stored)


def test_a_download_is_named_after_service_day_kind_and_version(client: Client, evaluator: User) -> None:
    service = ServiceFactory.create(name="IPS Tromsø / Øst")
    review = final_review(service=service, evaluators=[evaluator], pdf=PDF)
    response = client.get(_version("version_pdf", review))
    assert response.headers["Content-Disposition"] == (
        'attachment; filename="ips-tromso-ost-2026-09-15-external-v1.pdf"'
    )


def test_a_version_begins_with_links_to_its_parts_in_its_own_language_and_the_pdf_has_none(
    client: Client, evaluator: User
) -> None:
    review = final_review(evaluators=[evaluator], language="en", pdf=PDF)
    html = client.get(_version("version", review)).content.decode()
    [nav] = re.findall(r"<nav class=\"report-contents\".*?</nav>", html, re.DOTALL)
    assert 'lang="en"' in nav
    links = re.findall(r'href="#([^"]+)">\s*(.*?)\s*</a>', nav)
    report = html.split(nav)[1]
    headings = [" ".join(words.split()) for words in re.findall(r"<h2[^>]*>(.*?)</h2>", report, re.DOTALL)]
    assert [words for _id, words in links] == headings
    assert "IPS-kvalitetsskala" in headings
    assert "About the review" in headings
    for target, words in links:
        [found] = re.findall(rf'<h2 id="{target}"[^>]*>(.*?)</h2>', report, re.DOTALL)
        assert " ".join(found.split()) == words
    content = review.versions.get().content
    assert "report-contents" not in report_pdf.html(content, draft=False)


def test_the_title_of_the_page_names_the_service(client: Client, evaluator: User) -> None:
    service = ServiceFactory.create(name="IPS Fjorden")
    review = final_review(service=service, evaluators=[evaluator], pdf=PDF)
    html = client.get(_version("version", review)).content.decode()
    title = " ".join(html.split("<title>")[1].split("</title>")[0].split())
    assert ", IPS Fjorden –" in title
    assert " ," not in title


@pytest.mark.usefixtures("printed")
def test_an_imported_review_without_bytes_is_drawn_and_nothing_is_stored(client: Client, evaluator: User) -> None:
    review = final_review(evaluators=[evaluator], imported_from="ark.csv")
    first, second = (client.get(_version("version_pdf", review)).content for _time in range(2))
    assert first == second
    assert b"<strong>UTKAST" not in first
    assert ReportVersion.objects.get(review=review).pdf is None


def test_an_earlier_version_stays_as_it_was_when_the_report_is_issued_again(client: Client, evaluator: User) -> None:
    review = final_review(evaluators=[evaluator], pdf=PDF, summary="Første sammendrag.")
    workflow.reissue(review, evaluator, "Feil i sammendraget.")
    client.post(page("narrative", review), {"summary": "Andre sammendrag."})
    review.refresh_from_db()
    issue(review, pdf=PDF + b" again", reason="Feil i sammendraget.")
    first, second = (client.get(_version("version", review, number)).content.decode() for number in (1, 2))
    assert "Første sammendrag." in first
    assert "Andre sammendrag." not in first
    assert "Andre sammendrag." in second
    assert f'href="{_version("version", review, 2)}"' in first
    assert f'href="{_version("version", review, 1)}"' not in second
    assert client.get(_version("version_pdf", review, 1)).content == PDF
    assert client.get(_version("version_pdf", review, 2)).content == PDF + b" again"


def test_a_version_shows_what_its_content_says_and_not_the_rows_of_today(client: Client, evaluator: User) -> None:
    review = final_review(evaluators=[evaluator], pdf=PDF)
    name = review.service.name
    review.service.name = "Et nytt navn"
    review.service.save()
    response = client.get(_version("version", review))
    assert name in response.context["body"]
    assert "Et nytt navn" not in response.context["body"]


def test_reading_and_downloading_are_written_down_without_a_value(client: Client, evaluator: User) -> None:
    review = final_review(evaluators=[evaluator], pdf=PDF, summary="Hemmelig ord.")
    client.get(_version("version", review))
    client.get(_version("version_pdf", review))
    _exported(client, review)
    events = AuditEvent.objects.filter(review=review, actor=evaluator).order_by("pk")
    assert [event.action for event in events] == ["read", "downloaded", "exported"]
    assert [event.fields for event in events] == [["report"], [], []]
    assert all(event.address == "127.0.0.1" and event.request_id for event in events)


# Drafts


@pytest.mark.usefixtures("printed")
def test_a_draft_is_marked_on_page_and_paper_and_a_version_is_not(client: Client, evaluator: User) -> None:
    review = scored_review("consensus", evaluators=[evaluator])
    assert "<strong>UTKAST" in client.get(page("draft", review)).content.decode()
    response = client.get(page("draft_pdf", review))
    assert "<strong>UTKAST" in response.content.decode()
    assert "utkast" in response.headers["Content-Disposition"]
    issue(review)
    assert "UTKAST" not in str(client.get(_version("version", review)).context["body"]).upper()


def test_who_may_not_read_a_draft_waits_for_no_turn_at_the_press(
    client: Client, evaluator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def full() -> Iterator[bool]:
        raise BusyError
        yield False

    monkeypatch.setattr(presses, "reserved", full)
    client.raise_request_exception = False
    address = reverse("reviews:draft_pdf", args=[scored_review("consensus", evaluators=[evaluator]).pk])
    assert client.get(address).status_code == 503
    client.force_login(UserFactory.create())
    assert client.get(address).status_code == 404


@pytest.mark.usefixtures("printed")
def test_a_draft_that_waited_for_its_turn_is_the_one_of_then(
    client: Client, evaluator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    review = scored_review("consensus", evaluators=[evaluator, UserFactory.create()], summary="Skrevet først.")
    meanwhile: list[Callable[[], object]] = []

    @contextmanager
    def waited() -> Iterator[bool]:
        meanwhile.pop()()
        yield True

    monkeypatch.setattr(presses, "reserved", waited)
    meanwhile.append(lambda: Review.objects.filter(pk=review.pk).update(summary="Skrevet mens vi ventet."))
    assert "Skrevet mens vi ventet." in client.get(page("draft_pdf", review)).content.decode()
    gone = {"removed_at": timezone.now(), "removed_reason": "Syk"}
    meanwhile.append(lambda: review.seats.filter(user=evaluator).update(**gone))
    assert client.get(page("draft_pdf", review)).status_code == 404
    role = RoleFactory.create(whole_country=True)
    client.force_login(role.user)
    workflow.send_to_fact_check(review, role.user, timezone.localdate())
    meanwhile.append(lambda: None)
    assert client.get(page("draft_pdf", review)).status_code == 200
    meanwhile.append(role.delete)
    assert client.get(page("draft_pdf", review)).status_code == 404


def test_the_real_pdf_of_a_draft_is_a_pdf(client: Client, evaluator: User) -> None:
    review = scored_review("consensus", evaluators=[evaluator])
    assert client.get(page("draft_pdf", review)).content.startswith(b"%PDF-1.7")


def test_characters_that_cannot_be_printed_are_listed_to_the_evaluators(client: Client, evaluator: User) -> None:
    review = scored_review(
        "consensus", evaluators=[evaluator], summary="Bra \N{SNOWMAN WITHOUT SNOW}\N{CJK UNIFIED IDEOGRAPH-4E2D}"
    )
    assert "\N{CJK UNIFIED IDEOGRAPH-4E2D}" in client.get(page("draft", review)).context["missing"]


def test_markup_in_a_text_is_shown_as_it_was_typed(client: Client, evaluator: User) -> None:
    text = "<script>alert(1)</script> & <b>fet</b> {{ 7 }}"
    review = scored_review("consensus", evaluators=[evaluator], summary=text, purpose=text, recipients=text)
    for address in (page("draft", review), page("narrative", review), page("review", review)):
        html = client.get(address).content.decode()
        assert "<script>alert" not in html
        assert "<b>fet" not in html


# Figures: the page, the version, the service's list and the export show the same


def test_the_figures_are_the_same_wherever_they_stand(client: Client, evaluator: User) -> None:
    review = final_review(evaluators=[evaluator], pdf=PDF, scores={"O3": 1, "T7": 3})
    scales = _exported(client, review)["scales"]
    html = client.get(_version("version", review)).content.decode()
    service = client.get(reverse("reviews:service", args=[review.service.pk])).content.decode()
    ips, goi = scales
    mean = f"{goi['mean']:.2f}".replace(".", ",")
    assert goi["mean"] is not None
    for text in (html, service):
        assert f"{ips['total']} av {ips['maximum']}" in text.replace("\N{NO-BREAK SPACE}", " ")
        assert mean in text


def test_a_review_with_items_unscored_has_no_band_and_says_what_its_total_is_out_of(
    client: Client, evaluator: User
) -> None:
    review = final_review(evaluators=[evaluator], pdf=PDF, scores={"O3": None})
    ips = _exported(client, review)["scales"][0]
    assert (ips["items"], ips["scored"], ips["maximum"], ips["band"]) == (25, 24, 120, None)
    html = client.get(_version("version", review)).content.decode().replace("\N{NO-BREAK SPACE}", " ")
    assert f"{ips['total']} av 120" in html


# Exports


def test_an_export_is_a_download_of_its_kind(client: Client, evaluator: User) -> None:
    review = final_review(service=ServiceFactory.create(name="IPS Ålesund"), evaluators=[evaluator], pdf=PDF)
    for extension, kind in (
        ("csv", "text/csv; charset=utf-8"),
        ("json", "application/json"),
        ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ):
        response = client.get(reverse("reviews:export_review", args=[review.pk, extension]))
        assert response.headers["Content-Type"] == kind
        name = f"ips-alesund-2026-09-15-external.{extension}"
        assert response.headers["Content-Disposition"] == f'attachment; filename="{name}"'
        _body(response)


def test_results_that_are_not_handed_over_are_called_a_draft(client: Client, evaluator: User) -> None:
    service = ServiceFactory.create(name="IPS Ålesund")
    review = scored_review(Review.Status.CONSENSUS, service=service, evaluators=[evaluator])
    for extension in ("csv", "json", "xlsx"):
        response = client.get(reverse("reviews:export_review", args=[review.pk, extension]))
        name = f"ips-alesund-2026-09-15-external-utkast.{extension}"
        assert response.headers["Content-Disposition"] == f'attachment; filename="{name}"'
        _body(response)
    # Taken back to be issued again, it is the version handed over that is downloaded.
    issue(review)
    workflow.reissue(review, evaluator, "Feil i sammendraget.")
    response = client.get(reverse("reviews:export_review", args=[review.pk, "json"]))
    assert response.headers["Content-Disposition"] == 'attachment; filename="ips-alesund-2026-09-15-external.json"'
    assert json.loads(_body(response))["reviews"][0]["version"] == 1


@pytest.mark.parametrize("extension", ["csv", "json", "xlsx"])
def test_a_service_without_reports_says_so_in_place_of_an_empty_file(
    client: Client, evaluator: User, extension: str
) -> None:
    review = scored_review(Review.Status.CONSENSUS, evaluators=[evaluator])
    address = reverse("reviews:export_service", args=[review.service.pk, extension])
    User.objects.filter(pk=evaluator.pk).update(language="en")
    response = client.get(address, follow=True)
    assert response.redirect_chain == [(reverse("reviews:service", args=[review.service.pk]), 302)]
    page = response.content.decode()
    assert "There is no report of the service that you may read yet, and nothing to download." in page
    assert address not in page
    issue(review)
    assert client.get(address).status_code == 200
    assert address in client.get(reverse("reviews:service", args=[review.service.pk])).content.decode()


def test_an_export_holds_each_item_once(client: Client, evaluator: User) -> None:
    review = final_review(evaluators=[evaluator], pdf=PDF)
    response = client.get(reverse("reviews:export_review", args=[review.pk, "csv"]))
    rows = list(csv.DictReader(io.StringIO(_body(response).decode())))
    assert len(rows) == 37
    assert len({(row["item"]) for row in rows}) == 37
    assert {row["service"] for row in rows} == {review.service.name}


def test_an_export_does_not_change_with_the_readers_language(client: Client, evaluator: User) -> None:
    review = final_review(evaluators=[evaluator], pdf=PDF)
    addresses = [reverse("reviews:export_review", args=[review.pk, extension]) for extension in ("csv", "json")]
    before = [_body(client.get(address)) for address in addresses]
    User.objects.filter(pk=evaluator.pk).update(language="en")
    assert [_body(client.get(address)) for address in addresses] == before


def test_while_a_report_is_issued_again_the_export_holds_what_was_handed_over(client: Client, evaluator: User) -> None:
    review = final_review(evaluators=[evaluator], pdf=PDF, scores={"O3": 2})
    before = _exported(client, review)
    workflow.reissue(review, evaluator, "Feil i O3.")
    client.post(page("agree", review, item(review, "O3")), {"score": "5", "finish": "1"})
    after = _exported(client, review)
    assert after["version"] == 1
    assert after["scales"] == before["scales"]
    service = json.loads(_body(client.get(reverse("reviews:export_service", args=[review.service.pk, "json"]))))
    assert [found["scales"] for found in service["reviews"]] == [before["scales"]]
    spreadsheet = client.get(reverse("reviews:export_review", args=[review.pk, "xlsx"])).content
    assert _scores(spreadsheet)["O3"] == 2


def _scores(spreadsheet: bytes) -> dict[str, Any]:
    """The scores in a spreadsheet of a review that compares nothing and hides own scores, by the items' codes."""
    _facts, *scales = openpyxl.load_workbook(io.BytesIO(spreadsheet)).worksheets
    return {str(row[0]): row[2] for scale in scales for row in scale.iter_rows(values_only=True) if row[0]}


def test_the_spreadsheet_holds_the_scores_of_the_other_formats(client: Client, evaluator: User) -> None:
    review = final_review(evaluators=[evaluator], pdf=PDF)
    found = _scores(client.get(reverse("reviews:export_review", args=[review.pk, "xlsx"])).content)
    results = [each for scale in _exported(client, review)["scales"] for each in scale["results"]]
    assert len(results) == 37
    assert {each["item"]: each["consensus"] for each in results}.items() <= found.items()


def test_the_service_and_the_report_lead_to_what_can_be_downloaded(client: Client, evaluator: User) -> None:
    review = final_review(evaluators=[evaluator], pdf=PDF)
    files = [reverse("reviews:export_review", args=[review.pk, extension]) for extension in ("xlsx", "csv", "json")]
    for address in (reverse("reviews:review", args=[review.pk]), _version("version", review)):
        html = client.get(address).content.decode()
        assert all(f'href="{file}"' in html for file in files), address
    html = client.get(reverse("reviews:service", args=[review.service_id])).content.decode()
    for extension in ("xlsx", "csv", "json"):
        assert f'href="{reverse("reviews:export_service", args=[review.service_id, extension])}"' in html
    # What is downloaded is the newest version: an older one's page leads to none, nor does the draft of the next.
    workflow.reissue(review, evaluator, "Feil i O3.")
    draft = client.get(reverse("reviews:draft", args=[review.pk])).content.decode()
    issue(Review.objects.get(pk=review.pk), reason="Feil i O3.")
    for html in (draft, client.get(_version("version", review)).content.decode()):
        assert not any(file in html for file in files)


def test_a_draft_leads_to_what_can_be_downloaded_once_nobody_is_blind(client: Client, evaluator: User) -> None:
    review = scored_review("consensus", evaluators=[evaluator])
    file = reverse("reviews:export_review", args=[review.pk, "xlsx"])
    for name in ("review", "draft"):
        assert f'href="{file}"' in client.get(reverse(f"reviews:{name}", args=[review.pk])).content.decode()
    alone = scored_review("scoring", kind="self", evaluators=[evaluator])
    for name in ("review", "draft"):
        assert "/export." not in client.get(reverse(f"reviews:{name}", args=[alone.pk])).content.decode()


def test_a_formula_in_a_text_is_no_formula_in_the_sheet(client: Client, evaluator: User) -> None:
    review = scored_review("consensus", evaluators=[evaluator])
    Rating.objects.filter(seat__review=review).update(comment="")
    review.results.filter(item=item(review, "O3")).update(comment='=HYPERLINK("http://x","klikk")')
    response = client.get(reverse("reviews:export_review", args=[review.pk, "csv"]))
    rows = {row["item"]: row for row in csv.DictReader(io.StringIO(_body(response).decode()))}
    assert not rows["O3"]["comment"].startswith("=")
    assert "HYPERLINK" in rows["O3"]["comment"]

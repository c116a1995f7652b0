"""Score sheets through the front door: sent, looked at with every fault in its cell, taken in once, or deleted."""

import datetime
import io
import itertools
import json
import re
import sqlite3
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.html import conditional_escape

from ipsreview import context
from reviews import access
from reviews.exchange import importing, reading, uploading
from reviews.exchange.exporting import csv_line
from reviews.exchange.faults import LISTED, Problem
from reviews.exchange.sheet import LONG_COLUMNS
from reviews.models import AuditEvent, ReportVersion, Review, Service, Upload, User
from reviews.views import streaming
from scales.models import Item
from tests.factories import (
    ReviewFactory,
    RoleFactory,
    ServiceFactory,
    UploadFactory,
    UserFactory,
    county,
    final_review,
    scored_review,
)
from tests.identity import made_up
from tests.reviews.front_door import contents

pytestmark = pytest.mark.django_db

SAMPLE = Path(__file__).parent.parent / "data" / "psykoseteamet-2012.csv"
SHEETS = reverse("reviews:import_sheets")
DAY = datetime.date(2024, 5, 6)

Row = dict[str, str]


@pytest.fixture
def adviser(client: Client) -> User:
    """An adviser of the whole country, logged in, reading English."""
    user: User = UserFactory.create(language="en")
    RoleFactory.create(user=user, whole_country=True)
    client.force_login(user)
    return user


@pytest.fixture
def of_nordland(client: Client) -> User:
    """An adviser of Nordland alone, logged in, reading English."""
    user: User = UserFactory.create(language="en")
    RoleFactory.create(user=user, adviser=True, county=county("Nordland"))
    client.force_login(user)
    return user


def review_rows(service: str = "IPS Nord", day: str = "2024-05-06", **columns: str) -> list[Row]:
    """Return the rows of a review whose every item has the same values; without any said, two equal fours."""
    head = {"service": service, "county": "Nordland", "review_date": day, "kind": "external"}
    values = {"evaluator_1": "4", "evaluator_2": "4"} | columns
    codes = Item.objects.filter(section__scale__code="ips-25").values_list("code", flat=True)
    return [{**head, "item": code, **values} for code in codes]


def csv(rows: Iterable[Mapping[str, str]]) -> bytes:
    """Return rows as a long sheet."""
    lines = [csv_line(LONG_COLUMNS), *(csv_line(row.get(name, "") for name in LONG_COLUMNS) for row in rows)]
    return "".join(lines).encode()


def send(client: Client, content: bytes, name: str = "skår 2024.csv", **choices: str) -> Upload:
    """Send a sheet, and return it as it is kept."""
    response = client.post(SHEETS, {"file": SimpleUploadedFile(name, content), **choices})
    assert response.status_code == 302, response.context["form"].errors
    upload = Upload.objects.get(pk=response.headers["Location"].rstrip("/").rpartition("/")[2])
    assert upload.checked_at is None
    return upload


def go(client: Client, what: str, upload: Upload, **choices: str) -> str:
    """Take a step with a sheet, and return the page that it is answered by, all of it."""
    response: Any = client.post(reverse(f"reviews:{what}_sheet", args=[upload.pk]), choices)
    assert response.status_code == 200
    assert response.headers["X-Accel-Buffering"] == "no"
    text = b"".join(response.streaming_content).decode()
    assert text.count("<html") == text.count("</html>") == text.count("</main>") == 1
    upload.refresh_from_db()
    return text


def checked(client: Client, rows: Iterable[Mapping[str, str]], **choices: str) -> tuple[Upload, str]:
    """Send rows, look at them, and return the sheet with the page."""
    upload = send(client, csv(rows), **choices)
    return upload, go(client, "check", upload)


def found(upload: Upload) -> uploading.Found:
    """Return what the last look at a sheet found."""
    held = uploading.found_in(upload)
    assert held is not None
    return held


def problems(upload: Upload) -> list[tuple[Problem, int | None, str]]:
    """Return a sheet's faults by kind, row and column."""
    return [(fault.problem, fault.row, fault.column) for fault in found(upload).faults]


# From the file to the reviews


def test_the_published_sample_is_looked_at_and_then_taken_in(client: Client, adviser: User) -> None:
    upload = send(client, SAMPLE.read_bytes(), SAMPLE.name, create_services="on")
    assert not Service.objects.exists()
    page = go(client, "check", upload)
    assert "The sheet has no faults" in page
    assert "Psykoseteamet (publisert 2012) (Nordland)" in page
    assert "Import 1 review" in page
    held = found(upload)
    assert (len(held.services), held.reviews, held.scores, held.unchanged) == (1, 1, 23, 0)
    assert not Service.objects.exists()
    assert not AuditEvent.objects.filter(action="imported").exists()

    page = go(client, "confirm", upload)
    assert "The sheet is imported" in page
    review = Review.objects.get()
    assert (review.status, review.basis, review.imported_from) == ("final", "plans", SAMPLE.name)
    assert review.created_by == adviser
    event = AuditEvent.objects.get(action="imported")
    assert (event.actor, event.review, event.address) == (adviser, review, "127.0.0.1")
    assert event.request_id
    assert (upload.content, upload.imported_at is not None) == (None, True)


def test_the_command_and_the_page_make_the_same(client: Client, adviser: User, tmp_path: Path) -> None:
    rows = [*review_rows(), *review_rows(day="2025-05-06", evaluator_2="3", consensus="4", comment="Enige til slutt.")]
    upload, _page = checked(client, rows, create_services="on")
    go(client, "confirm", upload)
    path = tmp_path / upload.name
    path.write_bytes(csv({**row, "county": "Troms"} for row in rows))
    call_command("import_reviews", str(path), "--create-services", stdout=io.StringIO())

    def made(place: str) -> list[Any]:
        versions = ReportVersion.objects.filter(review__service__county__name=place)
        columns = ("review__first_day", "review__status", "review__imported_from", "number", "editions")
        scores = versions.values_list("review__first_day", "scores__item__code", "scores__score", "scores__comment")
        return [*versions.order_by("review__first_day").values_list(*columns), *sorted(scores)]

    assert made("Nordland") == made("Troms")
    assert len(made("Troms")) == 52


def test_a_workbook_is_sent_like_a_csv(client: Client, adviser: User) -> None:
    book = openpyxl.Workbook(write_only=True)
    written = book.create_sheet()
    written.append(LONG_COLUMNS)
    for row in review_rows():
        cells: dict[str, Any] = {**row, "review_date": DAY, "evaluator_1": 4, "evaluator_2": 4.0}
        written.append([cells.get(name) for name in LONG_COLUMNS])
    file = io.BytesIO()
    book.save(file)
    upload = send(client, file.getvalue(), "Skår.XLSX", create_services="on")
    go(client, "check", upload)
    assert (found(upload).reviews, found(upload).last_row) == (1, 26)
    go(client, "confirm", upload)
    assert Review.objects.get().status == "final"


def test_what_was_here_already_is_counted_and_nothing_is_offered(client: Client, adviser: User) -> None:
    upload, _page = checked(client, review_rows(), create_services="on")
    go(client, "confirm", upload)
    again, page = checked(client, review_rows())
    assert (found(again).reviews, found(again).unchanged) == (0, 1)
    assert "All reviews of the sheet are here already" in page
    assert reverse("reviews:confirm_sheet", args=[again.pk]) not in page


def test_a_review_that_is_not_agreed_is_told_of(client: Client, adviser: User) -> None:
    rows = review_rows()
    rows[3] |= {"evaluator_2": "5"}
    upload, page = checked(client, rows, create_services="on")
    assert found(upload).not_agreed == 1
    assert "1 review has items on which the evaluators are not agreed" in page


def test_a_sheet_without_reviews_says_so(client: Client, adviser: User) -> None:
    _upload, page = checked(client, [])
    assert "The sheet has no reviews" in page


# Faults


def test_every_fault_is_marked_in_its_cell(client: Client, adviser: User) -> None:
    ServiceFactory.create(name="IPS Nord", county=county("Nordland"))
    rows = review_rows()
    number = made_up()
    rows[0]["service"] = "IPS Nordd"
    rows[1]["evaluator_1"] = "6"
    rows[3]["not_scored"] = "vet ikke"
    rows[4]["comment"] = f"Deltakeren {number} var med."
    rows[5]["recommendation"] = "x" * 10_001
    upload, page = checked(client, rows)
    assert problems(upload) == [
        (Problem.UNKNOWN_SERVICE, 2, "service"),
        (Problem.SCORE, 3, "evaluator_1"),
        (Problem.UNKNOWN_REASON, 5, "not_scored"),
        (Problem.IDENTITY, 6, "comment"),
        (Problem.TOO_LONG, 7, "recommendation"),
    ]
    marked = found(upload).marked
    wrong = [(row.number, cell.column, cell.text) for row in marked.rows for cell in row.cells if cell.is_wrong]
    assert [place[:2] for place in wrong] == [
        (2, "service"), (3, "evaluator_1"), (5, "not_scored"), (6, "comment"), (7, "recommendation"),
    ]  # fmt: skip
    assert (wrong[0][2], wrong[1][2], wrong[2][2]) == ("IPS Nordd", "6", "vet ikke")
    assert "Did you mean IPS Nord (Nordland)?" in page
    assert page.count("<mark>") == 5
    assert "The sheet has 5 faults, and nothing of it is imported." in page
    # Neither on the page nor in what is kept of the look.
    assert number not in page
    assert number not in json.dumps(upload.outcome)
    assert not Review.objects.exists()


def test_the_first_200_faults_are_shown_and_the_rest_counted(client: Client, adviser: User) -> None:
    rows = [row for day in range(1, 10) for row in review_rows(day=f"2024-05-0{day}", evaluator_1="6")]
    upload, page = checked(client, rows, create_services="on")
    assert (found(upload).fault_count, len(found(upload).faults), found(upload).more) == (225, LISTED, 25)
    assert "And 25 more faults, which are not shown." in page
    assert page.count("<mark>") == LISTED


def test_a_fault_of_the_header_and_one_of_the_whole_file(client: Client, adviser: User) -> None:
    upload = send(client, b"service;review_date;kind;item;evaluator_1;evaluator_2;consensus;comment;recommendation;x\n")
    page = go(client, "check", upload)
    assert problems(upload) == [(Problem.UNKNOWN_COLUMN, 1, "x"), (Problem.MISSING_COLUMN, 1, "county")]
    assert page.count("<mark>") == 1
    assert "county:" in page
    upload = send(client, csv(review_rows()) + b'"open')
    page = go(client, "check", upload)
    assert (Problem.MALFORMED, 27, "") in problems(upload)
    assert "Row 27: The quotation marks do not match" in page


def test_what_cannot_be_read_at_all_says_why(client: Client, adviser: User) -> None:
    upload = send(client, "service;kommentar\nBodø;på\n".encode("latin-1"))
    assert "Save it as “CSV UTF-8” and try again." in go(client, "check", upload)
    upload = send(client, b"PK\x03\x04 broken", "skår.xlsx")
    assert "cannot be read as a spreadsheet" in go(client, "check", upload)


def test_unknown_services_are_made_on_demand_and_not_before(client: Client, adviser: User) -> None:
    upload, page = checked(client, review_rows())
    assert problems(upload) == [(Problem.UNKNOWN_SERVICE, 2, "service")]
    assert "Make the unknown services, and check again" in page
    page = go(client, "check", upload, create_services="on")
    assert found(upload).services == ["IPS Nord (Nordland)"]
    assert "Import 1 review" in page
    go(client, "confirm", upload)
    assert Service.objects.get().name == "IPS Nord"


def test_a_review_that_differs_says_what_to_do(client: Client, adviser: User) -> None:
    upload, _page = checked(client, review_rows(), create_services="on")
    go(client, "confirm", upload)
    other, page = checked(client, review_rows(evaluator_1="5", evaluator_2="5"))
    assert problems(other) == [(Problem.DIFFERS, 2, "")]
    assert "take the rows of the review out of the sheet" in page
    assert reverse("reviews:confirm_sheet", args=[other.pk]) not in page


# What is checked is what is imported


def test_a_sheet_that_was_not_looked_at_is_not_taken_in(client: Client, adviser: User) -> None:
    upload = send(client, csv(review_rows()), create_services="on")
    page = go(client, "confirm", upload)
    assert "Check the sheet" in page
    assert not Review.objects.exists()


def test_a_sheet_with_faults_is_not_taken_in(client: Client, adviser: User) -> None:
    upload, _page = checked(client, review_rows(evaluator_1="6"), create_services="on")
    page = go(client, "confirm", upload)
    assert "The sheet has 25 faults" in page
    assert upload.imported_at is None
    assert not Service.objects.exists()


def test_other_bytes_than_those_looked_at_are_not_taken_in(client: Client, adviser: User) -> None:
    upload, _page = checked(client, review_rows(), create_services="on")
    Upload.objects.update(content=csv(review_rows(evaluator_1="1", evaluator_2="1")))
    go(client, "confirm", upload)
    assert not Review.objects.exists()


def test_a_second_confirm_changes_nothing(client: Client, adviser: User) -> None:
    upload, _page = checked(client, review_rows(), create_services="on")
    go(client, "confirm", upload)
    before = contents()
    assert "The sheet is imported" in go(client, "confirm", upload)
    assert "The sheet is imported" in go(client, "check", upload)
    client.post(reverse("reviews:delete_sheet", args=[upload.pk]))
    assert contents() == before


def test_what_has_changed_since_the_look_is_found_when_it_is_taken_in(client: Client, adviser: User) -> None:
    upload, _page = checked(client, review_rows(), create_services="on")
    same, _page = checked(client, review_rows(), create_services="on")
    other, _page = checked(client, review_rows(evaluator_1="5", evaluator_2="5"), create_services="on")
    go(client, "confirm", upload)
    go(client, "confirm", same)
    assert (same.imported_at is not None, found(same).reviews, found(same).unchanged) == (True, 0, 1)
    assert "The sheet has 1 fault" in go(client, "confirm", other)
    assert (other.imported_at, problems(other)) == (None, [(Problem.DIFFERS, 2, "")])
    assert Review.objects.count() == 1


def test_a_reader_who_leaves_takes_nothing_in(client: Client, adviser: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "PACE", 0)
    rows = [row for day in range(1, 4) for row in review_rows(day=f"2024-05-0{day}")]
    upload, _page = checked(client, rows, create_services="on")
    response: Any = client.post(reverse("reviews:confirm_sheet", args=[upload.pk]))
    # Itself, not the response: closing that would close the connection that the test stands on.
    pieces = response._iterator
    while b"rows are read" not in next(pieces):
        pass
    # The work is half done: the rows are written.
    assert Review.objects.count() == 3
    pieces.close()
    assert not Review.objects.exists()
    assert not Service.objects.exists()
    upload.refresh_from_db()
    assert upload.imported_at is None
    go(client, "confirm", upload)
    assert Review.objects.count() == 3


def test_a_page_that_breaks_off_says_so_and_takes_nothing_in(
    client: Client, adviser: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    upload, _page = checked(client, review_rows(), create_services="on")
    monkeypatch.setattr(importing._Import, "_finalise", lambda self: 1 / 0)
    page = go(client, "confirm", upload)
    assert "Something went wrong, and nothing was imported." in page
    assert "ZeroDivisionError" in caplog.text
    assert not Review.objects.exists()
    assert upload.imported_at is None


def test_an_import_that_waits_for_another_says_so(
    client: Client, adviser: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload, _page = checked(client, review_rows(), create_services="on")

    def locked(self: object) -> None:
        error = OperationalError("database is locked")
        error.__cause__ = sqlite3.OperationalError("database is locked")
        error.__cause__.sqlite_errorcode = sqlite3.SQLITE_BUSY
        raise error

    monkeypatch.setattr(importing._Import, "_finalise", locked)
    assert "Another import is under way" in go(client, "confirm", upload)
    assert not Review.objects.exists()


@pytest.mark.parametrize("step", ["check", "confirm"])
def test_who_comes_back_to_an_import_after_a_new_log_in_is_led_to_the_sheet(
    client: Client, adviser: User, step: str
) -> None:
    upload = UploadFactory.create(user=adviser)
    sheet = reverse("reviews:import_sheet", args=[upload.pk])
    assert client.get(f"{sheet}{step}/").headers["Location"] == sheet


def test_a_broken_workbook_is_called_one(client: Client, adviser: User) -> None:
    for content in (b"\xff\xfe\x00rubbish", b"", b"service;county\n"):
        sent = {"file": SimpleUploadedFile("skår.xlsx", content or b" ")}
        page = client.post(SHEETS, sent).content.decode()
        assert "The file cannot be read as a spreadsheet." in page
        assert "UTF-8. Save" not in page


# How far it has come


def test_a_large_sheet_tells_how_far_it_has_come(
    client: Client, adviser: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, "PACE", 0)
    codes = ",".join(Item.objects.filter(section__scale__code="ips-25").values_list("code", flat=True))
    heads = [f"IPS {number:02},Nordland,{year}-05-06,external" for number in range(50) for year in range(2014, 2024)]
    lines = [f"service,county,review_date,kind,{codes}", *(head + ",4" * 25 for head in heads)]
    upload = send(client, "\n".join(lines).encode(), create_services="on")
    page = go(client, "check", upload)
    assert (found(upload).reviews, found(upload).scores, len(found(upload).services)) == (500, 12_500, 50)
    for done in (51, 101, 501):
        assert f"{done} of 501 rows are read." in page
    page = go(client, "confirm", upload)
    for done in (51, 101, 501):
        assert f"{done} of 501 rows are read." in page
    assert "500 of 500 reports are made." in page
    # A screen reader is told of each quarter and of where the reports begin, and not of each line.
    assert page.count(" are read.</p>") == 10
    assert page.count(" are made.</p>") == 10
    assert page.count('<p aria-hidden="true">') == 20 - 4 - 5


def test_lines_come_no_more_often_than_they_can_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    now = itertools.count(100, 0.2)
    monkeypatch.setattr("time.monotonic", lambda: next(now))
    pace = streaming.Pace()
    assert [pace.is_time() for _each in range(7)] == [True, False, False, True, False, False, True]
    assert [pace.is_another_quarter(done, 8) for done in (1, 2, 3, 4, 7, 8)] == [
        False, True, False, True, True, True,
    ]  # fmt: skip
    assert not streaming.Pace().is_another_quarter(5, 0)


def test_the_pieces_are_made_in_the_readers_language_and_leave_nothing_behind(client: Client, adviser: User) -> None:
    upload, _page = checked(client, review_rows(evaluator_1="6"), create_services="on")
    response: Any = client.post(reverse("reviews:check_sheet", args=[upload.pk]))
    with translation.override("nb"):
        outside = context.current.get()
        for _piece in response.streaming_content:
            assert translation.get_language() == "nb"
            assert context.current.get() is outside
    adviser.language = "nb"
    adviser.save()
    with translation.override("en"):
        assert "er ikke en skår" in go(client, "check", upload)
        assert "er ikke en skår" in client.get(reverse("reviews:import_sheet", args=[upload.pk])).content.decode()


# What is refused beside the field


def _refused(client: Client, name: str, content: bytes) -> str:
    response = client.post(SHEETS, {"file": SimpleUploadedFile(name, content)})
    assert response.status_code == 200
    assert not Upload.objects.exists()
    with translation.override("en"):
        (message,) = response.context["form"].errors["file"]
        assert conditional_escape(message) in response.content.decode()
        return str(message)


def test_what_is_no_sheet_is_refused_beside_the_field(client: Client, adviser: User) -> None:
    assert "Choose a file." in client.post(SHEETS).content.decode()
    assert _refused(client, "skår.pdf", b"%PDF-1.7") == "Choose a CSV or an XLSX file."
    assert _refused(client, "skår", b"service") == "Choose a CSV or an XLSX file."
    assert "empty" in _refused(client, "skår.csv", b"")
    assert "old or protected workbook" in _refused(client, "skår.xls", b"\xd0\xcf\x11\xe0\xa1\xb1")
    assert "at most 5 MB" in _refused(client, "skår.xlsx", b"PK\x03\x04" + bytes(reading.WORKBOOK_LIMIT))
    # By its bytes a workbook, whatever it is called.
    assert "at most 5 MB" in _refused(client, "skår.csv", b"PK\x03\x04" + bytes(reading.WORKBOOK_LIMIT))
    assert "identity number" in _refused(client, f"{made_up()}.csv", b"service")


def test_a_sheet_is_refused_above_50_mb_and_taken_below(
    client: Client, adviser: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert uploading.SHEET_LIMIT == 50 * 1024**2
    monkeypatch.setattr("reviews.forms.uploading.SHEET_LIMIT", 3 * 1024**2)
    assert "at most 3 MB" in _refused(client, "skår.csv", b"x" * (3 * 1024**2 + 1))
    # More than what a page's other fields may have.
    assert bytes(send(client, b"x" * 3 * 1024**2).content or b"") == b"x" * 3 * 1024**2


def test_the_reviews_are_named_one_by_one_before_they_are_made(
    client: Client, adviser: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "SHOWN", 2)
    first = [{**row, "basis": "plans"} for row in review_rows()]
    second = [{**row, "kind": "self"} for row in review_rows("IPS Sør", "2023-05-06", evaluator_2="3")]
    third = review_rows("IPS Øst", "2022-05-06")
    upload, page = checked(client, [*first, *second, *third], create_services="on")
    named = page.partition('<table class="ds-table made">')[2].partition("</table>")[0]
    told = [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in named.split("<tr>")[2:]]
    title = Item.objects.filter(section__scale__code="ips-25")[0].section.scale.title
    assert told == [
        f"IPS Nord (Nordland) May 6, 2024 External review, reviewed from plans {title}",
        f"IPS Sør (Nordland) May 6, 2023 Self-review, not agreed {title}",
    ]
    assert "And 1 more review, which is not named here." in page
    assert (found(upload).reviews, found(upload).unnamed) == (3, 1)
    assert "IPS Sør (Nordland)" in client.get(reverse("reviews:import_sheet", args=[upload.pk])).content.decode()


def test_a_sheet_that_was_looked_at_before_reviews_were_named_is_shown_still(client: Client, adviser: User) -> None:
    upload, _page = checked(client, review_rows(), create_services="on")
    for name in ("made", "stopped_at"):
        del upload.outcome[name]
    upload.save()
    assert "Import 1 review" in client.get(reverse("reviews:import_sheet", args=[upload.pk])).content.decode()


def test_a_visit_that_nobody_can_have_made_is_a_fault_in_its_cell(client: Client, adviser: User) -> None:
    upload, page = checked(client, review_rows(day="9999-12-31")[:1], create_services="on")
    assert problems(upload) == [(Problem.FAR_DATE, 2, "review_date")]
    assert "cannot be the day of a visit: it must be from 1990-01-01 to " in page
    assert found(upload).marked.rows[0].cells[2].is_wrong


def test_a_sheet_with_faults_everywhere_is_not_read_to_its_end(
    client: Client, adviser: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reviews.exchange.faults.COUNTED", 10)
    upload, page = checked(client, review_rows(evaluator_1="6"), create_services="on")
    assert (found(upload).fault_count, found(upload).stopped_at) == (10, 12)
    assert "not read from row 12 on" in page


HOSTILE_FORMS: dict[str, tuple[str, bytes, int]] = {
    "no boundary": ("multipart/form-data", b"--x", 400),
    "another boundary": ("multipart/form-data; boundary=x", b"--y\r\n\r\n--y--", 200),
    "breaks off": (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\nservice',
        200,
    ),
    "NUL in a name": (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a\0.csv"\r\n\r\nservice\r\n--x--\r\n',
        302,
    ),
    "a path for a name": (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="../../a.csv"\r\n\r\nservice\r\n--x--\r\n',
        302,
    ),
    "broken base64": (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="create_services"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
        b"!!!\r\n--x--\r\n",
        200,
    ),
    "too many fields": ("application/x-www-form-urlencoded", b"&".join(b"a=1" for _n in range(5000)), 400),
    "too many files": (
        "multipart/form-data; boundary=x",
        b"".join(b'--x\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\n1\r\n' for _n in range(500))
        + b"--x--\r\n",
        400,
    ),
    "too long": ("application/x-www-form-urlencoded", b"a=" + b"x" * (6 * 1024 * 1024), 400),
    "UTF-16": ("application/x-www-form-urlencoded; charset=utf-16", "a=ø".encode("utf-16"), 400),
    "no such encoding": ("multipart/form-data; boundary=x; charset=klingon", b"--x--\r\n", 400),
    "an encoding that is none": (
        "multipart/form-data; boundary=x; charset=rot13",
        b'--x\r\nContent-Disposition: form-data; name="create_services"\r\n\r\non\r\n--x--\r\n',
        400,
    ),
    "bytes that are no UTF-8": ("application/x-www-form-urlencoded", b"create_services=%FF%FE&x=\xff", 200),
    "no form at all": ("application/octet-stream", bytes(range(256)), 200),
}
"""What is sent in place of a form: its kind, its bytes, and what it is answered by."""


@pytest.mark.parametrize("name", HOSTILE_FORMS)
def test_what_is_no_form_is_refused_and_nothing_breaks(adviser: User, name: str) -> None:
    kind, content, status = HOSTILE_FORMS[name]
    client = Client(raise_request_exception=False)
    client.force_login(adviser)
    answer = client.generic("POST", SHEETS, content, content_type=kind)
    assert answer.status_code == status
    assert [upload.name for upload in Upload.objects.all()] == (["a.csv"] if status == 302 else [])


# Who, and what it may tell them


@pytest.mark.parametrize("what", ["check", "confirm", "delete"])
def test_a_sheet_is_its_senders_alone(client: Client, adviser: User, what: str) -> None:
    upload: Upload = UploadFactory.create()
    before = contents()
    assert client.post(reverse(f"reviews:{what}_sheet", args=[upload.pk])).status_code == 404
    assert client.get(reverse("reviews:import_sheet", args=[upload.pk])).status_code == 404
    assert upload.name not in client.get(SHEETS).content.decode()
    assert contents() == before


def test_one_who_is_no_adviser_any_more_is_refused(client: Client, adviser: User) -> None:
    upload, _page = checked(client, review_rows(), create_services="on")
    adviser.roles.update(end=timezone.localdate() - datetime.timedelta(days=1))
    assert client.get(SHEETS).status_code == 403
    assert client.post(reverse("reviews:confirm_sheet", args=[upload.pk])).status_code == 403


def test_an_adviser_of_a_county_imports_into_it_alone(client: Client, of_nordland: User) -> None:
    ServiceFactory.create(name="IPS Nordd", county=county("Troms"))
    ServiceFactory.create(name="IPS Norda", county=county("Nordland"))
    upload, page = checked(client, [*review_rows(), *({**row, "county": "Troms"} for row in review_rows())])
    assert problems(upload) == [(Problem.UNKNOWN_SERVICE, 2, "service"), (Problem.OTHER_COUNTY, 27, "county")]
    assert "You are not adviser in Troms" in page
    # Nor is told what services there are elsewhere.
    assert [fault.nearest for fault in found(upload).faults] == [("IPS Norda (Nordland)",), ()]
    upload, _page = checked(client, review_rows(), create_services="on")
    go(client, "confirm", upload)
    assert Review.objects.get().service.county.name == "Nordland"


@pytest.mark.parametrize("columns", [{}, {"evaluator_1": "5", "evaluator_2": "5"}])
def test_a_sheet_is_no_way_to_learn_of_a_self_review_that_is_not_shared(
    client: Client, of_nordland: User, columns: dict[str, str]
) -> None:
    service = ServiceFactory.create(name="IPS Nord", county=county("Nordland"))
    rows = [{**row, "kind": "self"} for row in review_rows(**columns)]
    upload, page = checked(client, rows)
    without = found(upload)
    hidden = final_review(service=service, kind="self", first_day=DAY, scores=lambda item: 4, scales=_ips())
    assert not access.visible_reviews(of_nordland).filter(pk=hidden.pk).exists()
    page_with = go(client, "check", upload)
    assert found(upload) == without
    assert _main(page_with) == _main(page)
    # Once it is shared, it is here for the adviser too.
    Review.objects.update(shared_at=timezone.now())
    go(client, "check", upload)
    assert found(upload) != without


def _ips() -> list[Any]:
    return [item.section.scale for item in Item.objects.filter(code="B1", section__scale__code="ips-25")]


def _main(page: str) -> str:
    """Return what the page says, without the tokens of its forms."""
    lines = page.partition("<main")[2].partition("</main>")[0].splitlines()
    return "\n".join(line for line in lines if "csrfmiddlewaretoken" not in line)


def test_a_self_review_that_one_has_imported_is_known_when_its_sheet_comes_again(
    client: Client, of_nordland: User
) -> None:
    rows = [{**row, "kind": "self"} for row in review_rows()]
    upload, _page = checked(client, rows, create_services="on")
    go(client, "confirm", upload)
    assert not access.visible_reviews(of_nordland).exists()
    again, _page = checked(client, rows)
    assert (found(again).reviews, found(again).unchanged) == (0, 1)


def test_a_review_that_is_planned_is_told_of_as_under_way(client: Client, of_nordland: User) -> None:
    service = ServiceFactory.create(name="IPS Nord", county=county("Nordland"))
    scored_review(Review.Status.SCORING, service=service, first_day=DAY, scales=_ips())
    upload, page = checked(client, review_rows())
    assert problems(upload) == [(Problem.UNDER_WAY, 2, "")]
    assert "Finish or cancel it here" in page
    ReviewFactory.create(service=service, first_day=DAY)


# What is kept, and for how long


def test_a_sheet_that_is_given_up_is_deleted(client: Client, adviser: User) -> None:
    upload, _page = checked(client, review_rows(), create_services="on")
    response = client.post(reverse("reviews:delete_sheet", args=[upload.pk]), follow=True)
    assert "Nothing of it was imported." in response.content.decode()
    assert not Upload.objects.exists()
    assert client.get(reverse("reviews:import_sheet", args=[upload.pk])).status_code == 404


def test_a_sheet_is_kept_for_a_day_and_what_was_taken_in_stays_in_numbers(client: Client, adviser: User) -> None:
    with time_machine.travel("2026-03-01 12:00Z", tick=False):
        taken, _page = checked(client, review_rows(), create_services="on")
        go(client, "confirm", taken)
        old, _page = checked(client, review_rows(day="2025-05-06"))
    with time_machine.travel("2026-03-02 11:59Z", tick=False):
        client.force_login(adviser)
        assert client.get(reverse("reviews:import_sheet", args=[old.pk])).status_code == 200
        assert uploading.delete_old() == 0
    with time_machine.travel("2026-03-02 12:00Z", tick=False):
        client.force_login(adviser)
        # Gone for its sender at once; its bytes go when anybody sends the next sheet.
        before = contents()
        assert client.get(reverse("reviews:import_sheet", args=[old.pk])).status_code == 404
        assert client.post(reverse("reviews:confirm_sheet", args=[old.pk])).status_code == 404
        assert contents() == before
        page = client.get(SHEETS).content.decode()
        assert "1 review imported" in page
        new = send(client, b"service")
        assert set(Upload.objects.values_list("pk", flat=True)) == {taken.pk, new.pk}
    assert (taken.content, taken.outcome["reviews"], taken.outcome["rows"]) == (None, 1, [])


def test_a_sheet_that_goes_while_it_is_looked_at_says_so(client: Client, adviser: User) -> None:
    upload = send(client, csv(review_rows()))
    response: Any = client.post(reverse("reviews:check_sheet", args=[upload.pk]))
    Upload.objects.all().delete()
    page = b"".join(response.streaming_content).decode()
    assert "The sheet is not here any more." in page
    assert not Upload.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_who_take_in_the_same_at_once_make_it_once() -> None:
    uploads = []
    for _each in range(2):
        user: User = UserFactory.create()
        RoleFactory.create(user=user, whole_country=True)
        upload = uploading.keep(user, "skår.csv", csv(review_rows()), create_services=True)
        list(uploading.check(upload, create_services=True))
        uploads.append(upload)
    start = threading.Barrier(2)
    failed = []

    def take_in(upload: Upload) -> None:
        try:
            start.wait()
            list(uploading.take_in(upload))
        except BaseException as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=take_in, args=[upload]) for upload in uploads]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    for upload in uploads:
        upload.refresh_from_db()
    assert sorted((found(upload).reviews, found(upload).unchanged) for upload in uploads) == [(0, 1), (1, 0)]
    assert (Service.objects.count(), Review.objects.count()) == (1, 1)


# How much is asked


def test_the_pages_ask_little_however_many_sheets_and_faults_there_are(
    client: Client, adviser: User, django_assert_max_num_queries: Any
) -> None:
    few, _page = checked(client, review_rows(evaluator_1="6")[:1])
    for number in range(12):
        UploadFactory.create(user=adviser, name=f"{number}.csv")
    with django_assert_max_num_queries(12):
        page = client.get(SHEETS).content.decode()
    assert page.count(".csv</a>") == 10
    many, _page = checked(client, review_rows(evaluator_1="6"))
    for upload in (few, many):
        with django_assert_max_num_queries(12):
            client.get(reverse("reviews:import_sheet", args=[upload.pk]))


def test_the_reminders_delete_what_nobody_took_in(adviser: User) -> None:
    old: Upload = UploadFactory.create(created_at=timezone.now() - Upload.KEPT)
    new: Upload = UploadFactory.create()
    call_command("send_reminders", stdout=io.StringIO())
    assert [upload.pk for upload in Upload.objects.all()] == [new.pk]
    assert old.pk != new.pk

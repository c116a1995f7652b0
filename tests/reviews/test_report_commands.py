"""export_reports and verify_report: the right files under the right names, and which version a file is."""

import hashlib
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from reviews.models import AuditEvent, ReportVersion, Review
from scales.models import Scale
from tests.factories import ServiceFactory, VersionFactory, county, final_review, scored_review
from tests.reviews.report_builders import pages_of

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7 the bytes that were handed over"


def export(directory: Path, **options: Any) -> list[str]:
    """Run the command and return its lines."""
    out = StringIO()
    call_command("export_reports", directory, stdout=out, **options)
    return out.getvalue().splitlines()


def names(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def short(**columns: Any) -> dict[str, Any]:
    """Columns of a review on the index of 12 items, whose report is quickly made."""
    return {"scales": [Scale.objects.get(code="goi-12")], "evaluators": 1, **columns}


def test_the_stored_bytes_are_written_under_the_agreed_name(tmp_path: Path) -> None:
    final_review(service=ServiceFactory.create(name="Tromsø & Ålesund IPS"), pdf=PDF)
    lines = export(tmp_path / "new" / "place")
    assert lines == ["tromso-alesund-ips-2026-09-15-external-v1.pdf"]
    assert (tmp_path / "new" / "place" / lines[0]).read_bytes() == PDF


def test_an_imported_review_without_bytes_is_rendered(tmp_path: Path) -> None:
    service = ServiceFactory.create(name="Ærfugl IPS")
    review = final_review(**short(service=service, kind="self", imported_from="gammelt.csv"))
    assert review.versions.get().pdf is None
    assert export(tmp_path) == ["aerfugl-ips-2026-09-15-self-v1.pdf"]
    text = " ".join(pages_of((tmp_path / "aerfugl-ips-2026-09-15-self-v1.pdf").read_bytes()))
    assert "Ærfugl IPS" in text
    assert "UTKAST" not in text


def test_only_the_newest_version_of_a_review_is_written(tmp_path: Path) -> None:
    review = final_review(service=ServiceFactory.create(name="Nes IPS"), pdf=b"first")
    VersionFactory.create(review=review, number=2, pdf=b"second", sha256=hashlib.sha256(b"second").hexdigest())
    assert export(tmp_path) == ["nes-ips-2026-09-15-external-v2.pdf"]
    assert (tmp_path / "nes-ips-2026-09-15-external-v2.pdf").read_bytes() == b"second"


def test_drafts_are_written_only_when_asked_for_and_never_before_consensus(tmp_path: Path) -> None:
    for status in ("planned", "scoring", "consensus", "fact_check", "cancelled"):
        scored_review(status, **short(service=ServiceFactory.create(name=f"IPS {status}")))
    assert export(tmp_path) == []
    assert export(tmp_path, drafts=True) == [
        "ips-consensus-2026-09-15-external-utkast.pdf",
        "ips-fact-check-2026-09-15-external-utkast.pdf",
    ]
    for name in names(tmp_path):
        assert all("UTKAST" in page for page in pages_of((tmp_path / name).read_bytes()))


def test_one_service_alone_can_be_asked_for(tmp_path: Path) -> None:
    for name in ("Nes IPS", "Vik IPS"):
        final_review(service=ServiceFactory.create(name=name), pdf=PDF)
    assert export(tmp_path, service="vik ips") == ["vik-ips-2026-09-15-external-v1.pdf"]
    with pytest.raises(CommandError, match="Finnes ikke IPS"):
        export(tmp_path, service="Finnes ikke IPS")


def test_services_of_the_same_name_do_not_overwrite_each_other(tmp_path: Path) -> None:
    reviews = [
        final_review(service=ServiceFactory.create(name="Nes IPS", county=county(name)), pdf=name.encode())
        for name in ("Vestland", "Nordland")
    ]
    export(tmp_path)
    assert names(tmp_path) == sorted(f"nes-ips-2026-09-15-external-v1-{review.pk.hex[:8]}.pdf" for review in reviews)
    assert {path.read_bytes() for path in tmp_path.iterdir()} == {b"Vestland", b"Nordland"}


def test_one_that_cannot_be_made_does_not_stop_the_others(tmp_path: Path) -> None:
    for name in ("A IPS", "C IPS"):
        final_review(service=ServiceFactory.create(name=name), pdf=PDF)
    broken = scored_review("consensus", service=ServiceFactory.create(name="B IPS"))
    VersionFactory.create(review=broken, pdf=PDF, sha256="0" * 64)
    out, errors = StringIO(), StringIO()
    with pytest.raises(CommandError) as caught:
        call_command("export_reports", tmp_path, stdout=out, stderr=errors)
    assert caught.value.returncode == 1
    assert names(tmp_path) == ["a-ips-2026-09-15-external-v1.pdf", "c-ips-2026-09-15-external-v1.pdf"]
    assert out.getvalue().splitlines() == names(tmp_path)
    assert "b-ips-2026-09-15-external-v1.pdf" in errors.getvalue()


def test_an_export_leaves_a_trace(tmp_path: Path) -> None:
    review = final_review(pdf=PDF)
    export(tmp_path)
    [event] = AuditEvent.objects.filter(action="exported")
    assert (event.review, event.actor, event.object_id) == (review, None, str(review.versions.get().pk))


# verify_report


def verify(path: Path) -> str:
    """Run the command and return what it says."""
    out = StringIO()
    call_command("verify_report", path, stdout=out)
    return out.getvalue()


def test_a_file_is_recognised_by_exactly_its_bytes(tmp_path: Path) -> None:
    final_review(service=ServiceFactory.create(name="Nes IPS"), pdf=PDF)
    final_review(service=ServiceFactory.create(name="Vik IPS"), pdf=b"other bytes")
    file = tmp_path / "renamed.pdf"
    file.write_bytes(PDF)
    said = verify(file)
    assert "Nes IPS" in said
    assert "2026-09-15" in said
    assert "Vik IPS" not in said
    file.write_bytes(PDF + b" ")
    with pytest.raises(CommandError) as caught:
        verify(file)
    assert caught.value.returncode == 1


def test_a_version_that_no_longer_counts_is_told_from_the_one_that_does(tmp_path: Path) -> None:
    review: Review = final_review(pdf=b"first")
    second: ReportVersion = VersionFactory.create(
        review=review, number=2, pdf=b"second", sha256=hashlib.sha256(b"second").hexdigest()
    )
    file = tmp_path / "report.pdf"
    file.write_bytes(b"first")
    assert len(verify(file).splitlines()) == 2
    file.write_bytes(bytes(second.pdf or b""))
    assert len(verify(file).splitlines()) == 1


def test_a_file_that_is_not_there_is_said_to_be_so(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"none\.pdf"):
        verify(tmp_path / "none.pdf")

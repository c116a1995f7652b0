"""The results that are attached to a report as data; what a report shows and what it never does, in each form it leaves
in; and that a file is known by its bytes.
"""

import datetime
import hashlib
import itertools
import json
from functools import cache
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any, NamedTuple

import pikepdf
import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db.models import TextField
from django.test import Client
from django.urls import reverse
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reviews import workflow
from reviews.exchange import exporting
from reviews.models import AgreedResult, Rating, Review, SectionComment
from reviews.report import pdf
from scales.models import Item, Scale, Section
from tests.factories import InvitationFactory, NoteFactory, ServiceFactory, VersionFactory, lead, scored_review
from tests.reviews.report_builders import MADE_AT, draft_of, items_in, pages_of, version_of, whole_course
from tests.reviews.test_report_pdf import report

pytestmark = pytest.mark.django_db


def index_alone(**columns: Any) -> Review:
    """A review whose report is quickly made."""
    return scored_review(
        **{
            "scales": [Scale.objects.get(code="goi-12")],
            "service": ServiceFactory.create(name="IPS Tromsø"),
            **columns,
        }
    )


# What is attached


@pytest.mark.parametrize("shows", [True, False])
def test_what_is_attached_is_the_export_of_what_the_version_shows(shows: bool) -> None:
    review = index_alone(show_evaluator_scores=shows)
    AgreedResult.objects.filter(review=review, item__code="G2").update(score=None, not_scored="missing_data")
    AgreedResult.objects.filter(review=review, item__code="G3").update(comment='Æ "å"\r\n=1+1 😀')
    version = workflow.finalise(review, lead(review), "Avtalt.")
    review.refresh_from_db()
    [(_name, held)] = attachments(bytes(version.pdf or b""))
    assert held.decode() == "".join(exporting.export([review], "json"))
    [exported] = json.loads(held)["reviews"]
    assert any(result["evaluator_1"] for result in exported["scales"][0]["results"]) == shows


def attachments(made: bytes) -> list[tuple[str, bytes]]:
    """The names and the bytes of the files in a PDF."""
    with pikepdf.open(BytesIO(made)) as document:
        return [(name, file.get_file().read_bytes()) for name, file in document.attachments.items()]


def test_it_is_named_and_dated_like_the_version_and_says_what_it_is() -> None:
    review = index_alone(language="en")
    with pikepdf.open(BytesIO(pdf.render(version_of(review), draft=False))) as document:
        [(name, file)] = document.attachments.items()
        [associated] = document.Root.AF
        assert associated.objgen == file.obj.objgen
        stream = file.obj.EF.F
        assert name == "ips-tromso-2026-09-15-external-v1.json"
        assert [str(file.obj[key]) for key in ("/F", "/UF")] == [name, name]
        assert file.obj.AFRelationship == "/Data"
        assert stream.Subtype == "/application/json"
        assert file.description == "The results of the review as data"
        at = MADE_AT.astimezone(datetime.UTC).strftime("D:%Y%m%d%H%M%SZ")
        assert [str(stream.Params[key]) for key in ("/CreationDate", "/ModDate")] == [at, at]


def test_a_draft_has_nothing_attached() -> None:
    assert attachments(pdf.render(draft_of(index_alone()), draft=True)) == []


# What the evaluators chose to show


@pytest.mark.parametrize(("kind", "shows"), [("course", True), ("full", False)])
def test_own_scores_are_in_every_form_or_in_none(kind: str, shows: bool) -> None:
    found = report(kind)
    assert [any(item["own"]) for item in items_in(found.content)] == [shows] * 37
    # On the sheet of each of the two scales.
    assert found.text.count("Evaluator 1 Evaluator 2") == 2 * shows
    [(_name, held)] = attachments(found.pdf)
    for scale in json.loads(held)["reviews"][0]["scales"]:
        own = [(result["evaluator_1"], result["evaluator_2"]) for result in scale["results"]]
        assert [pair != (None, None) for pair in own] == [shows] * scale["items"]


def with_and_without(part: str) -> tuple[str, str]:
    """A review's report with a part and without it."""
    review = whole_course(language="en", **{part: True})
    shown = pdf.html(version_of(review), draft=False)
    setattr(review, part, False)
    return shown, pdf.html(version_of(review), draft=False)


def test_without_the_comparison_nothing_of_the_last_review_is_left() -> None:
    shown, hidden = with_and_without("show_comparison")
    for trace in ("2025", "last external review", "held to have been wrong", "Corrections of the last review"):
        assert trace in shown, trace
        assert trace not in hidden, trace


def test_without_the_fact_check_none_of_its_remarks_is_left() -> None:
    shown, hidden = with_and_without("show_fact_check")
    for trace in (
        "Remarks from the fact check",
        "Vi har fast plass",
        "Takk, det hadde vi",
        "Tallet er talt",
        "– before",
    ):
        assert trace in shown, trace
        assert trace not in hidden, trace


# What never leaves


class Marked(NamedTuple):
    """The texts of a review by a word of their own each: those a report prints, and those it never does."""

    printed: dict[str, str]
    internal: dict[str, str]


PRINTED = {
    "Review": [
        *("purpose", "method", "summary", "strengths", "participants", "independence", "recipients"),
        *("outside_meetings", "outside_economy", "outside_voices", "fact_check_skipped"),
    ],
    "AgreedResult": ["comment", "recommendation"],
    "SectionComment": ["comment"],
}
EXPORTED = {"AgreedResult.comment", "AgreedResult.recommendation"}
INTERNAL = {
    "Review": ["sent_back_reason"],
    "Seat": ["removed_reason"],
    "Note": ["text"],
    "Rating": ["comment", "recommendation", "departure", "element_remarks"],
    "FactCheckRemark": ["text", "answer", "before", "after"],
    "Correction": ["reason"],
    "ActionPoint": ["text", "notes", "owner"],
    "Invitation": ["email"],
    "User": ["email"],
}
"""Never printed; a remark and a correction neither, while the parts are off in which they are told."""
ELSEWHERE = {
    # A cancelled review has no report; a reissue's reason is in the version it leads to.
    "Review": ["cancel_reason", "reissue_reason"],
    "ReportVersion": ["reason"],
    # What a version was made of, copied.
    "FinalScore": ["comment", "recommendation"],
}
THEIRS = {
    "Review": "pk",
    "User": "seats__review",
    "Rating": "seat__review",
    "ActionPoint": "version__review__service__reviews",
}
"""How the rows of a review are found, other than by `review`."""


def test_of_each_text_it_is_known_whether_a_report_prints_it() -> None:
    for model in apps.get_app_config("reviews").get_models():
        texts = {field.name for field in model._meta.get_fields() if isinstance(field, TextField)}
        known = {name for kinds in (PRINTED, INTERNAL, ELSEWHERE) for name in kinds.get(model.__name__, [])}
        assert texts <= known, model.__name__


def mark(review: Review) -> Marked:
    """Write a word of its own in each text of a review and in all that hangs on it."""
    numbers = itertools.count(1)
    marked = Marked({}, {})
    for found, models in ((marked.printed, PRINTED), (marked.internal, INTERNAL)):
        for name, fields in models.items():
            rows = apps.get_model("reviews", name)._default_manager.filter(**{THEIRS.get(name, "review"): review.pk})
            for field in fields:
                word = f"Xq{next(numbers):03}qX"
                found[word] = f"{name}.{field}"
                held = set(rows.values_list("pk", flat=True))
                assert held, found[word]
                for pk in held:
                    rows.model._default_manager.filter(pk=pk).update(**{field: _with_word(field, word, pk)})
    return marked


def _with_word(field: str, word: str, pk: Any) -> Any:
    if field == "element_remarks":
        return {"0": word}
    if field in ("before", "after"):
        return {"score": 2, "not_scored": "", "comment": word, "recommendation": word}
    return f"{word}{pk}@example.org" if field == "email" else word


@cache
def everything_marked() -> tuple[Marked, dict[str, str]]:
    """A final review with every text marked, and all that its evaluator gets of it: page, PDF and exports."""
    review = whole_course(show_fact_check=False, show_comparison=False)
    NoteFactory.create(review=review, author=lead(review), private=True)
    NoteFactory.create(review=review)
    InvitationFactory.create(seat__review=review)
    sections = Section.objects.filter(scale__pins__review=review)
    SectionComment.objects.bulk_create(SectionComment(review=review, section=section) for section in sections)
    marked = mark(review)
    AgreedResult.objects.filter(review=review, item__measure__kind="elements").update(score=3)
    for number, elements in ((1, [0, 1, 2]), (2, [0, 1, 3])):
        # Those of each fit the score.
        for rating in Rating.objects.filter(seat__review=review, seat__number=number, item__measure__kind="elements"):
            rating.elements = elements
            rating.statements = {"needs": {str(score): number == 1 for score in range(2, 6)}}
            rating.save()
    review.refresh_from_db()
    version = workflow.finalise(review, lead(review), review.fact_check_skipped)
    client = Client()
    client.force_login(lead(review))
    made = bytes(version.pdf or b"")
    with pikepdf.open(BytesIO(made)) as document:
        said = f"{document.docinfo} {document.Root.Metadata.read_bytes().decode()}"
    found = {"pdf": " ".join([*pages_of(made), said]), "attached": attachments(made)[0][1].decode()}
    found["page"] = client.get(reverse("reviews:version", args=[review.pk, 1])).content.decode()
    for extension in ("csv", "json"):
        response: Any = client.get(reverse("reviews:export_review", args=[review.pk, extension]))
        found[extension] = b"".join(response.streaming_content).decode()
    return marked, found


@pytest.mark.parametrize("form", ["page", "pdf", "attached", "csv", "json"])
def test_what_is_internal_is_in_no_form_of_a_report(form: str) -> None:
    marked, found = everything_marked()
    assert [field for word, field in marked.internal.items() if word in found[form]] == []
    printed = {field for word, field in marked.printed.items() if word in found[form]}
    assert printed == (set(marked.printed.values()) if form in ("page", "pdf") else EXPORTED)


@pytest.mark.parametrize("form", ["page", "pdf", "attached", "csv", "json"])
def test_what_the_evaluators_ticked_differently_is_in_no_form_of_a_report(form: str) -> None:
    _marked, found = everything_marked()
    printed = letters(found[form])
    items = Item.objects.filter(section__scale__code="ips-25")
    # The step is told, or there is nothing to look for.
    assert form not in ("page", "pdf") or letters(items.get(code="O7").anchor(4)) in printed
    told = letters(" ".join(anchor for item in items for anchor in item.anchors.values()))
    elements = [
        letters(element)
        for item in items
        for index, element in enumerate(item.elements)
        # A few letters stand anywhere, and what law bars is known without the evaluators.
        if len(element) > 20 and index not in item.parsed_steps().barred
    ]
    assert len(elements) > 10
    assert [element for element in elements if element in printed and element not in told] == []


def letters(text: str) -> str:
    """A text's letters alone, whatever its lines and hyphens."""
    return "".join(filter(str.isalpha, text))


@pytest.mark.parametrize("name", ["Mona Metodeveileder", "Kari Kontaktperson", "Odd Observatør", "Finn Fjernet"])
def test_nobody_but_the_evaluators_is_named(name: str) -> None:
    _marked, found = everything_marked()
    assert "Anne Aas" in found["pdf"]
    for form in ("pdf", "attached", "csv", "json"):
        assert name not in found[form], form


# Which file it is


def test_one_changed_byte_anywhere_makes_it_another_file(tmp_path: Path) -> None:
    stored = report("index").pdf
    VersionFactory.create(pdf=stored, sha256=hashlib.sha256(stored).hexdigest())
    file = tmp_path / "report.pdf"
    file.write_bytes(stored)
    out = StringIO()
    call_command("verify_report", file, stdout=out)
    assert out.getvalue()

    @settings(max_examples=40, deadline=None)
    @given(place=st.integers(0, len(stored) - 1), change=st.integers(1, 255))
    @example(place=0, change=1)
    @example(place=len(stored) // 2, change=1)
    @example(place=len(stored) - 1, change=1)
    def changed(place: int, change: int) -> None:
        file.write_bytes(stored[:place] + bytes([stored[place] ^ change]) + stored[place + 1 :])
        with pytest.raises(CommandError):
            call_command("verify_report", file, stdout=StringIO())

    changed()

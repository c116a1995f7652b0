"""What a screen reader gets from the PDF: the headings, the order of what is read, the tables and the drawings, held
against the document that was printed.
"""

import re
from functools import cache
from itertools import pairwise

import pytest

from reviews.report import pdf
from tests.reviews import structure
from tests.reviews.structure import words
from tests.reviews.test_report_pdf import KINDS, report

pytestmark = [pytest.mark.django_db, pytest.mark.once, pytest.mark.parametrize("kind", KINDS)]

NOT_IN_THE_HTML = ("THead", "Lbl", "Figure")
"""What paper repeats, makes itself, or draws."""


@cache
def made(kind: str) -> structure.Read:
    """The structure of a report."""
    return structure.read(report(kind).pdf)


@cache
def source(kind: str) -> str:
    """The document that was printed."""
    return pdf.html(report(kind).content, draft=kind == "draft")


def test_the_headings_are_those_of_the_document_and_skip_no_level(kind: str) -> None:
    read = [
        (element.kind, words(element.text()))
        for element in made(kind).root.below()
        if re.fullmatch("H[1-6]", element.kind)
    ]
    assert read == [(level, words(text)) for level, text in structure.Document(source(kind)).headings]
    levels = [int(level[1]) for level, _text in read]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_it_is_read_in_the_order_of_the_document(kind: str) -> None:
    assert words(made(kind).root.text(without=NOT_IN_THE_HTML)) == words(structure.Document(source(kind)).text)


def test_what_stands_in_the_margins_is_not_read(kind: str) -> None:
    read = made(kind)
    assert read.loose == [""] * len(read.artifacts)
    page_word, of = ("page", "of") if report(kind).content["language"] == "en" else ("side", "av")
    for number, margins in enumerate(read.artifacts, start=1):
        number_of_pages = f"{page_word} {number} {of} {len(read.artifacts)}"
        assert number_of_pages in margins
        assert number_of_pages not in read.root.text()


def test_each_cell_that_heads_others_says_which(kind: str) -> None:
    tables = [element for element in made(kind).root.below() if element.kind == "Table"]
    assert tables
    for table in tables:
        heads = [cell for cell in table.below() if cell.kind == "TH"]
        assert heads
        assert {cell.scope for cell in heads} <= {"Row", "Column"}
    for head in [element for element in made(kind).root.below() if element.kind == "THead"]:
        assert {cell.scope for cell in head.below() if cell.kind == "TH"} == {"Column"}


def test_each_drawing_is_told_in_words(kind: str) -> None:
    titles = [" ".join(title.split()) for title in re.findall(r"<svg[^>]*>\s*<title>([^<]*)</title>", source(kind))]
    told = [" ".join(element.alternative.split()) for element in made(kind).root.below() if element.kind == "Figure"]
    assert told == titles
    assert all(titles)
    assert source(kind).count("<svg") == len(titles)

"""Reviews of random content, from their rows to every format and back: nothing breaks, nothing of a text is lost or
taken for something else than text, and every figure is the one that the scores give.

REPORTS in the environment says how many; the continuous integration makes a hundred.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext, ngettext

from reviews import circumstances
from reviews.exchange.sheet import unescape
from reviews.exchange.spreadsheet import cell_text
from reviews.models import Context, Review
from reviews.report import fonts
from scales import scoring
from scales.models import Scale, Section
from tests.factories import RoleFactory
from tests.reviews.random_reviews import RandomReview, random_review
from tests.reviews.reading_back import (
    Part,
    active_parts,
    attached,
    csv_rows,
    element,
    printed,
    runs_in_a_spreadsheet,
    squeezed,
    workbook_rows,
)

pytestmark = pytest.mark.django_db

REPORTS = int(os.environ.get("REPORTS", "6"))

_FOREIGN = {"script", "style", "link", "img", "object", "iframe", "embed", "b", "i", "a"}
_FOREIGN_ATTRIBUTES = {"style", "src", "href", "data", "rel"}


@dataclass
class Formats:
    """A review in every format, as the service's metodeveileder gets it."""

    page: Part
    pdf: str
    """What is printed, squeezed."""
    data: dict[str, Any]
    attached: list[dict[str, Any]]
    rows: list[dict[str, str]]
    sheets: list[list[list[Any]]]
    """The values of the workbook's sheets, one for each scale after that of facts."""


@pytest.mark.parametrize("seed", range(REPORTS))
def test_a_review_of_random_content_comes_back_from_every_format(seed: int, client: Client, mini: Scale) -> None:
    made = random_review(seed, [mini])
    found = formats(made, client)
    hold_the_texts(made, found)
    with translation.override(made.review.language):
        hold_the_figures(made, found)


def formats(made: RandomReview, client: Client) -> Formats:
    """Ask for the review's report and its results, and hold that nothing of them is interpreted."""
    review = made.review
    client.force_login(RoleFactory.create(service=review.service).user)

    def get(name: str, *arguments: object) -> bytes:
        response = client.get(reverse(f"reviews:{name}", args=[review.pk, *arguments]))
        assert response.status_code == 200
        return response.getvalue()

    page = element(get("version", 1).decode(), "report")
    assert page.unclosed == []
    assert not {tag for tag, _attributes in page.tags} & _FOREIGN
    names = {name for _tag, attributes in page.tags for name in attributes}
    assert not names & _FOREIGN_ATTRIBUTES
    assert not [name for name in names if name.startswith("on")]
    pdf = get("version_pdf", 1)
    assert active_parts(pdf) == []
    [attachment] = attached(pdf).values()
    rows = csv_rows(get("export_review", "csv").decode())
    assert not [cell for row in rows for cell in row.values() if runs_in_a_spreadsheet(cell)]
    [data] = json.loads(get("export_review", "json"))["reviews"]
    _facts, *sheets = workbook_rows(get("export_review", "xlsx"))
    return Formats(page, printed(pdf), data, attachment, rows, sheets)


# Texts


def hold_the_texts(made: RandomReview, found: Formats) -> None:
    """Hold that each text is on the page and in the PDF, as it can be printed there, and in the exports as it is."""
    page = squeezed(found.page.text)
    for text in made.texts:
        assert squeezed(text) in page, text
        assert squeezed(fonts.printable(text)) in found.pdf, text
    assert found.data["service"] == made.review.service.name
    for data in (found.data, *found.attached):
        results = {
            (scale["code"], each["item"]): (each["comment"], each["recommendation"])
            for scale in data["scales"]
            for each in scale["results"]
        }
        assert results == made.item_texts
    for row in found.rows:
        assert unescape(row["service"]) == made.review.service.name
    in_rows = [(unescape(row["comment"]), unescape(row["recommendation"])) for row in found.rows]
    assert in_rows == [made.item_texts[key] for key in keys(made)]
    in_cells = [squeezed(cell or "") for sheet in found.sheets for row in sheet for cell in row if not is_figure(cell)]
    for text in (text for texts in made.item_texts.values() for text in texts):
        assert squeezed(cell_text(text)) in in_cells, text


def is_figure(cell: object) -> bool:
    """Whether a cell of a workbook holds a number or a date."""
    return cell is not None and not isinstance(cell, str)


# Figures


def keys(made: RandomReview) -> list[tuple[str, str]]:
    """The review's items by the scale's code and their own, in the scales' order."""
    return [(scale.code, code) for scale in pinned(made) for section in sections(scale) for code in codes(section)]


def pinned(made: RandomReview) -> list[Scale]:
    """The review's scales in their order."""
    return list(made.review.scales.order_by("position"))


def sections(scale: Scale) -> list[Section]:
    """A scale's sections in their order."""
    return list(scale.sections.order_by("position"))


def codes(section: Section) -> list[str]:
    """The codes of a section's items in their order."""
    return [item.code for item in section.items.order_by("position")]


def hold_the_figures(made: RandomReview, found: Formats) -> None:
    """Hold every figure in every format against what the arithmetic of the scale makes of the scores."""
    assert len(found.data["scales"]) == len(pinned(made))
    for scale, data, sheet in zip(pinned(made), found.data["scales"], found.sheets, strict=True):
        hold_the_scale(made, found, scale, data)
        hold_the_sheet(made, scale, sheet)
    for row, key in zip(found.rows, keys(made), strict=True):
        hold_the_row(made, row, key)
    for data in found.attached:
        assert data["scales"] == found.data["scales"]
    if made.context is not None:
        participants, in_work, in_education, _goal = made.context
        share = scoring.round_half_up(Fraction(100 * (in_work + in_education), participants), 0)
        name, said = (
            gettext("Share in work or education"),
            " ".join((gettext("%(number)s per cent") % {"number": share}).split()),
        )
        # A service that is reviewed from its plans has nobody at work yet, whatever was written before.
        told = made.review.basis == Review.Basis.PRACTICE
        assert ([name, said] in found.page.rows) is told
        assert (squeezed(name + said) in found.pdf) is told
        around = circumstances.told(
            Context.objects.get(review=made.review), (*circumstances.PEOPLE, *circumstances.PLACES)
        )
        for column, value in around.items():
            words = [circumstances.label(column), " ".join(circumstances.said(column, value).split())]
            assert (words in found.page.rows) is told
            assert (squeezed("".join(words)) in found.pdf) is told


def hold_the_scale(made: RandomReview, found: Formats, scale: Scale, data: dict[str, Any]) -> None:
    """Hold the figures of one scale on the page, in the PDF and in the JSON."""
    total = scoring.total([made.scores[scale.code, code] for section in sections(scale) for code in codes(section)])
    band = None
    if made.review.basis == Review.Basis.PRACTICE and total.complete:
        band = scale.bands.filter(lowest__lte=total.total, highest__gte=total.total).first()
    # The page and the PDF
    said = [(scale.title, in_words(scale, total))]
    if scale.sections.count() > 1:
        said += [(each.title, in_words(scale, section_total(made, scale, each))) for each in sections(scale)]
    for title, result in said:
        assert [title, result] in found.page.rows
        assert squeezed(f"{title} {result}") in found.pdf
    for section in sections(scale):
        for item in section.items.order_by("position"):
            cells = sheet_cells(made, (scale.code, item.code))
            assert [f"{item.code} {item.title}", *cells] in found.page.rows
            assert squeezed("".join([item.code, item.title, *cells])) in found.pdf
    for text in [*([band.label] if band else []), *changes(made, scale, total)]:
        assert squeezed(text) in squeezed(found.page.text)
        assert squeezed(text) in found.pdf
    # The JSON
    figures = {"items": total.items, "scored": total.scored, "total": total.total, "maximum": total.maximum}
    assert {name: data[name] for name in figures} == figures
    assert data["mean"] == (None if total.mean is None else float(total.mean))
    assert data["band"] == (None if band is None else {"code": band.code, "label": band.label})
    for section, part in zip(sections(scale), data["sections"], strict=True):
        total = section_total(made, scale, section)
        assert part == {
            "code": section.code,
            "items": total.items,
            "scored": total.scored,
            "total": total.total,
            "maximum": total.maximum,
        }
    for each in data["results"]:
        first, second, *_others = (*made.own.get((scale.code, each["item"]), []), None, None)
        assert (each["evaluator_1"], each["evaluator_2"]) == (first, second)
        assert each["consensus"] == made.scores[scale.code, each["item"]]


def hold_the_sheet(made: RandomReview, scale: Scale, sheet: list[list[Any]]) -> None:
    """Hold a scale's sheet of the workbook: numbers stand there as numbers, and an empty cell is no 0."""
    by_code = {row[0]: row for row in sheet if row[0]}
    for section in sections(scale):
        for code in codes(section):
            wanted = [int(cell) if cell.isdigit() else None for cell in sheet_cells(made, (scale.code, code))]
            assert by_code[code][2 : 2 + len(wanted)] == wanted, code
    everything = [code for section in sections(scale) for code in codes(section)]
    parts = [(scale.title, everything)]
    if len(sections(scale)) > 1:
        parts += [(section.title, codes(section)) for section in sections(scale)]
    for title, wanted_codes in parts:
        total = scoring.total([made.scores[scale.code, code] for code in wanted_codes])
        [row] = [row for row in sheet if not row[0] and str(row[1]).endswith(f": {title}")]
        figure = total.mean if scale.scoring == Scale.Scoring.MEAN else total.total
        place = 2 + len(made.own.get((scale.code, everything[0]), []))
        assert row[place] == (None if figure is None else float(figure)), title
        assert in_words(scale, total) in row


def section_total(made: RandomReview, scale: Scale, section: Section) -> scoring.Total:
    """What the arithmetic makes of a section's scores."""
    return scoring.total([made.scores[scale.code, code] for code in codes(section)])


def in_words(scale: Scale, total: scoring.Total) -> str:
    """A result as the report says it."""
    if total.total is None:
        return gettext("not scored")
    if scale.scoring == Scale.Scoring.MEAN:
        said = gettext("mean %(mean)s") % {"mean": in_figures(total.mean)}
    else:
        said = gettext("%(total)s of %(maximum)s points") % {"total": total.total, "maximum": total.maximum}
    if total.complete:
        return said
    items = ngettext("%(scored)s of %(items)s item", "%(scored)s of %(items)s items", total.items)
    return gettext("%(points)s on %(items)s") % {
        "points": said,
        "items": items % {"scored": total.scored, "items": total.items},
    }


def in_figures(value: Decimal | None) -> str:
    """A decimal as the language writes it."""
    return str(value).replace(".", "," if translation.get_language() == "nb" else ".")


def sheet_cells(made: RandomReview, key: tuple[str, str]) -> list[str]:
    """What stands beside an item in the sheet: the evaluators' own scores, the agreed one, the last review's."""
    score = made.scores[key]
    cells = ["–" if own is None else str(own) for own in made.own.get(key, [])]
    cells.append(gettext("not scored") if score is None else str(score))
    if any(before is not None for (scale, _code), before in made.previous.items() if scale == key[0]):
        before = made.previous[key]
        cells.append("–" if before is None else str(before))
    return cells


def changes(made: RandomReview, scale: Scale, total: scoring.Total) -> Iterator[str]:
    """The change since the last external review, where both are complete."""
    before = scoring.total([score for (code, _item), score in made.previous.items() if code == scale.code])
    if not (total.complete and before.complete):
        return
    assert total.mean is not None
    assert before.mean is not None
    assert total.total is not None
    assert before.total is not None
    if scale.scoring == Scale.Scoring.MEAN:
        difference = total.mean - before.mean
        up, down = gettext("%(number)s up since %(since)s."), gettext("%(number)s down since %(since)s.")
    else:
        difference = Decimal(total.total - before.total)
        up = ngettext(
            "%(number)s point up since %(since)s.", "%(number)s points up since %(since)s.", int(abs(difference))
        )
        down = ngettext(
            "%(number)s point down since %(since)s.", "%(number)s points down since %(since)s.", int(abs(difference))
        )
    if difference == 0:
        yield gettext("Unchanged since %(since)s.").split("%(since)s")[0]
    else:
        words = (up if difference > 0 else down).split("%(since)s")[0]
        yield words % {"number": in_figures(abs(difference))}


def hold_the_row(made: RandomReview, row: dict[str, str], key: tuple[str, str]) -> None:
    """Hold a row of the CSV."""
    first, second, *_others = (*made.own.get(key, []), None, None)
    assert row["item"] == key[1]
    for name, score in (("evaluator_1", first), ("evaluator_2", second), ("consensus", made.scores[key])):
        assert row[name] == ("" if score is None else str(score)), name

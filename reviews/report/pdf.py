"""Makes the report's PDF from its content: in memory, from our own files alone, the same bytes each time.

A version carries its results as data. A press sets the pages (press.py), here or in a process of its own (presses.py).
"""

import datetime
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from reviews.report import data, drawn, fonts, front, naming, presses
from reviews.report.setter import Attached, Setter
from reviews.report.shape import Content, completed


def html(content: Content, *, draft: bool) -> str:
    """Return the document that is printed: the report in its own language, with U+FFFD for what the fonts lack. Raises
    as render() does.
    """
    with presses.taken() as press:
        return _html(content, press, draft=draft)


def _html(content: Content, press: Setter, *, draft: bool) -> str:
    """Page one is laid out alone first, to give its texts as much room as keeps it to one page; then what follows it,
    to leave as little empty as can be.
    """
    context: dict[str, Any] = {"content": _printable(completed(content)), "draft": draft}

    def pages(fit: front.Fit) -> int:
        return press.pages(render_to_string("report/document_front.html", {**context, "fit": fit}))

    with translation.override(content["language"]):
        context["fit"] = front.choose(pages)
        context["sections_first"] = _sections_first(context, press)
        return render_to_string("report/document.html", context)


PAGE_ENDS = 275.0
"""How far down a page its text can go, in millimetres: the foot's margin in css/report.css is 22."""
ABOVE_ITEMS, ABOVE_SECTIONS = 24.0, 18.0
"""What the heading and the legend above a picture take, in millimetres."""


def _sections_first(context: dict[str, Any], press: Setter) -> bool:
    """Whether the first scale's sections stand before the picture of all its items, by the room there is for them."""
    scales = context["content"]["scales"]
    found = drawn.section_results(scales[0]) if scales else None
    if found is None:
        return False
    left = PAGE_ENDS - press.place(render_to_string("report/document_opening.html", context), "report-opening-end")
    return fills_better(left, found.height, drawn.item_positions(scales[0]).height)


def fills_better(left: float, sections: float, items: float) -> bool:
    """Whether a scale's sections fill the rest of a page that the picture of all its items, which takes nearly one,
    would leave empty. All in millimetres: the room that is left, and the heights of the two pictures.
    """
    return sections + ABOVE_SECTIONS <= left < items + ABOVE_ITEMS


def render(content: Content, *, draft: bool) -> bytes:
    """Return the report as PDF: a draft marked so on every page, a version with its results attached as JSON. The same
    content gives the same bytes in any process.

    Raises ForeignFileError if the style sheet asks for anything that is not ours, and what presses.taken() raises.
    """
    content = completed(content)
    with presses.taken() as press:
        return press.write(_html(content, press, draft=draft), None if draft else _results(content))


def _results(content: Content) -> Attached:
    """The results as data, dated like the version."""
    made_at = datetime.datetime.fromisoformat(content["made_at"] or "").astimezone(datetime.UTC)
    with translation.override(content["language"]):
        description = _("The results of the review as data")
    return Attached(naming.attachment_name(content), description, data.attached(content), made_at)


def write(source: str, *, style: str = "css/report.css") -> bytes:
    """Return an HTML document as PDF, set in one of our style sheets. Raises as render() does."""
    with presses.taken(style) as press:
        return press.write(source)


def missing_characters(content: Content) -> list[str]:
    """The characters in the content that will be printed as U+FFFD, each once, in code-point order."""
    return fonts.missing("".join(_texts(content)))


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for each in value.values() for text in _texts(each)]
    if isinstance(value, list):
        return [text for each in value for text in _texts(each)]
    return []


def _printable(value: Any) -> Any:
    """The same structure with every text as it is printed."""
    if isinstance(value, str):
        return fonts.printable(value)
    if isinstance(value, dict):
        return {key: _printable(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_printable(each) for each in value]
    return value

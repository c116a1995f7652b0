"""Makes the report's PDF from its content: in memory, from our own files alone, the same bytes each time.

The file is archival and accessible at once, PDF/A-3a and PDF/UA-1. A version carries its results as data.
"""

import datetime
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from weasyprint import CSS, HTML, Attachment
from weasyprint.document import Document
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from reviews.report import conformance, data, drawn, fonts, front, naming
from reviews.report.shape import Content, completed


class ForeignFileError(Exception):
    """A document asked for what is not ours, or is not there. A report without a part of it is worse than none."""


class _StopError(FatalURLFetchingError):  # type: ignore[misc]
    """Stops WeasyPrint, which swallows everything else that a fetcher raises."""


class OwnFiles(URLFetcher):  # type: ignore[misc]
    """Reads `static:<path>`, a style sheet or picture of ours, and `font:<name>` (fonts.FILES); nothing else."""

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        """Return the file's bytes; for any other address, and where there is no such file, stop the rendering."""
        scheme, _, name = url.partition(":")
        if scheme == "font" and name in fonts.FILES:
            return URLFetcherResponse(url, fonts.data(name), {"Content-Type": "font/ttf"})
        found = self._static(name) if scheme == "static" else None
        if found is None:
            raise _StopError(f"the report may not read {url!r}")
        with open(found, "rb") as file:
            kind = "text/css" if name.endswith(".css") else "image/svg+xml"
            return URLFetcherResponse(url, file.read(), {"Content-Type": kind})

    @staticmethod
    def _static(name: str) -> str | None:
        """Where one of our own style sheets or pictures lies; None for a path that leads elsewhere."""
        if ".." in name.split("/") or name.startswith("/") or not name.endswith((".css", ".svg")):
            return None
        return finders.find(name)


class Press:
    """What documents in one of our style sheets are set with. One for each report: WeasyPrint keeps the fonts in a
    temporary directory as long as it lives.
    """

    def __init__(self, style: str = "css/report.css") -> None:
        """Read the style sheet and its fonts. Raises ForeignFileError where it asks for anything that is not ours."""
        self._files = OwnFiles()
        self._fonts = FontConfiguration()
        with _ours_alone():
            self._sheet = CSS(url=f"static:{style}", url_fetcher=self._files, font_config=self._fonts)

    def lay_out(self, source: str) -> Document:
        """Return an HTML document as pages. Raises ForeignFileError."""
        with _ours_alone():
            document = HTML(string=source, base_url="report:", url_fetcher=self._files)
            return document.render(stylesheets=[self._sheet], font_config=self._fonts, pdf_variant="pdf/a-3a")


@contextmanager
def _ours_alone() -> Iterator[None]:
    try:
        yield
    except _StopError as stop:
        raise ForeignFileError(str(stop)) from None


def html(content: Content, *, draft: bool, press: Press | None = None) -> str:
    """Return the document that is printed: the report in its own language, with U+FFFD for what the fonts lack.

    Page one is laid out alone first, to give its texts as much room as keeps it to one page; then what follows it, to
    leave as little empty as can be.
    """
    press = press or Press()
    context: dict[str, Any] = {"content": _printable(completed(content)), "draft": draft}

    def pages(fit: front.Fit) -> int:
        return len(press.lay_out(render_to_string("report/document_front.html", {**context, "fit": fit})).pages)

    with translation.override(content["language"]):
        context["fit"] = front.choose(pages)
        context["sections_first"] = _sections_first(context, press)
        return render_to_string("report/document.html", context)


PAGE_ENDS = 275.0
"""How far down a page its text can go, in millimetres: the foot's margin in css/report.css is 22."""
ABOVE_ITEMS, ABOVE_SECTIONS = 24.0, 18.0
"""What the heading and the legend above a picture take, in millimetres."""


def _sections_first(context: dict[str, Any], press: Press) -> bool:
    """Whether the first scale's sections stand before the picture of all its items, by the room there is for them."""
    scales = context["content"]["scales"]
    found = drawn.section_results(scales[0]) if scales else None
    if found is None:
        return False
    document = press.lay_out(render_to_string("report/document_opening.html", context))
    (ends,) = (page.anchors["report-opening-end"][1] for page in document.pages if "report-opening-end" in page.anchors)
    left = PAGE_ENDS - ends * 25.4 / 96
    return fills_better(left, found.height, drawn.item_positions(scales[0]).height)


def fills_better(left: float, sections: float, items: float) -> bool:
    """Whether a scale's sections fill the rest of a page that the picture of all its items, which takes nearly one,
    would leave empty. All in millimetres: the room that is left, and the heights of the two pictures.
    """
    return sections + ABOVE_SECTIONS <= left < items + ABOVE_ITEMS


def render(content: Content, *, draft: bool) -> bytes:
    """Return the report as PDF: a draft marked so on every page, a version with its results attached as JSON. The same
    content gives the same bytes in any process.

    Raises ForeignFileError if the style sheet asks for anything that is not ours.
    """
    press, content = Press(), completed(content)
    return _printed(
        press.lay_out(html(content, draft=draft, press=press)), attachments=[] if draft else [_results(content)]
    )


def _results(content: Content) -> Attachment:
    """The results as data, dated like the version: WeasyPrint would write the present time."""
    made_at = datetime.datetime.fromisoformat(content["made_at"] or "").astimezone(datetime.UTC)
    with translation.override(content["language"]):
        description = _("The results of the review as data")
    return Attachment(
        string=data.attached(content),
        name=naming.attachment_name(content),
        description=description,
        created=made_at,
        modified=made_at,
        relationship="Data",
    )


def write(source: str, *, style: str = "css/report.css") -> bytes:
    """Return an HTML document as PDF, set in one of our style sheets. Raises ForeignFileError."""
    return _printed(Press(style).lay_out(source))


def _printed(document: Document, *, attachments: Sequence[Attachment] = ()) -> bytes:
    made: bytes = document.write_pdf(pdf_variant="pdf/a-3a", attachments=attachments, finisher=conformance.finish)
    return made


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

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

from reviews.report import conformance, data, fonts, front, naming
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


def html(content: Content, *, draft: bool) -> str:
    """Return the document that is printed: the report in its own language, with U+FFFD for what the fonts lack.

    Page one is laid out alone first, to give its texts as much room as keeps it to one page; then what follows it, to
    leave as little empty as can be.
    """
    context: dict[str, Any] = {"content": _printable(completed(content)), "draft": draft}

    def pages(fit: front.Fit) -> int:
        return page_count(render_to_string("report/document_front.html", {**context, "fit": fit}))

    with translation.override(content["language"]):
        context["fit"] = front.choose(pages)
        context["sections_first"] = _sections_first(context)
        return render_to_string("report/document.html", context)


def _sections_first(context: dict[str, Any]) -> bool:
    """Whether the first scale's items begin earlier with its sections before the picture of all items, which takes
    nearly a page: where they fill one that would be left half empty.
    """
    scales = context["content"]["scales"]
    if not scales or len(scales[0]["sections"]) < 2:
        return False
    after, before = (
        _end_of_opening(render_to_string("report/document_opening.html", {**context, "sections_first": first}))
        for first in (False, True)
    )
    return before < after


def _end_of_opening(source: str) -> tuple[int, float]:
    """Where what precedes the first scale's items ends: on which page, and how far down it. Raises ForeignFileError."""
    with _laid_out(source, "css/report.css") as document:
        number, page = next(
            (number, page) for number, page in enumerate(document.pages) if "report-opening-end" in page.anchors
        )
        return number, page.anchors["report-opening-end"][1]


def render(content: Content, *, draft: bool) -> bytes:
    """Return the report as PDF: a draft marked so on every page, a version with its results attached as JSON. The same
    content gives the same bytes in any process.

    Raises ForeignFileError if the style sheet asks for anything that is not ours.
    """
    return write(html(content, draft=draft), attachments=[] if draft else [_results(content)])


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


def write(source: str, *, style: str = "css/report.css", attachments: Sequence[Attachment] = ()) -> bytes:
    """Return an HTML document as PDF, set in one of our style sheets, with files attached. Raises ForeignFileError."""
    with _laid_out(source, style) as document:
        made: bytes = document.write_pdf(pdf_variant="pdf/a-3a", attachments=attachments, finisher=conformance.finish)
    return made


def page_count(source: str, *, style: str = "css/report.css") -> int:
    """Return how many pages an HTML document takes, set in one of our style sheets. Raises ForeignFileError."""
    with _laid_out(source, style) as document:
        return len(document.pages)


@contextmanager
def _laid_out(source: str, style: str) -> Iterator[Document]:
    # Not shared between documents: WeasyPrint keeps the fonts in a temporary directory as long as this lives.
    font_config = FontConfiguration()
    try:
        files = OwnFiles()
        sheet = CSS(url=f"static:{style}", url_fetcher=files, font_config=font_config)
        document = HTML(string=source, base_url="report:", url_fetcher=files)
        yield document.render(stylesheets=[sheet], font_config=font_config, pdf_variant="pdf/a-3a")
    except _StopError as stop:
        raise ForeignFileError(str(stop)) from None


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

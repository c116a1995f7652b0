"""Sets our documents as PDF: in memory, from our own files alone, without Django.

The file is archival and accessible at once, PDF/A-3a and PDF/UA-1.
"""

import gc
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from cssselect2 import ElementWrapper  # type: ignore[import-untyped]  # has no types

from reviews.report import conformance, fonts, written
from reviews.report.engine import (
    CSS,
    HTML,
    Attachment,
    CounterStyle,
    Document,
    FatalURLFetchingError,
    FontConfiguration,
    URLFetcher,
    URLFetcherResponse,
)
from reviews.report.setter import Attached, ForeignFileError

STATIC = Path(__file__).resolve().parents[2] / "static"
_VARIANT = "pdf/a-3a"


class _StopError(FatalURLFetchingError):  # type: ignore[misc]  # WeasyPrint has no types
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
        kind = "text/css" if name.endswith(".css") else "image/svg+xml"
        return URLFetcherResponse(url, found.read_bytes(), {"Content-Type": kind})

    @staticmethod
    def _static(name: str) -> Path | None:
        """Where one of our own style sheets or pictures lies; None for a path that leads elsewhere."""
        if ".." in name.split("/") or name.startswith("/") or not name.endswith((".css", ".svg")):
            return None
        found = STATIC / name
        return found if found.is_file() else None


_COUNTERS = CounterStyle()
"""How the lists count."""
_BASE = CSS(url="static:css/paper.css", url_fetcher=OwnFiles(), counter_style=_COUNTERS)
"""What elements are before anything is said of them."""


_HEAD = '<!DOCTYPE html [<!ENTITY nbsp "&#160;">]>'
_VOID = re.compile(r"<(br|meta)\b([^>]*?)/?>")
_BLOCK = (
    r"</?(?:article|body|br|caption|d[dlt]|div|h[1-6]|header|li|ol|p|section|table|tbody|td|th|thead|tr|ul)\b[^>]*>"
)
# A run of blanks within a text is looked at from its beginning alone: it may be long.
_BLANKS = re.compile(rf"(?<![ \n])[ \n]+(?={_BLOCK})|({_BLOCK})[ \n]+")
"""Blanks beside where a block or a line begins or ends, of which nothing is seen: the engine would make boxes of them,
and set many a line twice to be rid of them.
"""


class _Source(HTML):  # type: ignore[misc]
    """A document of ours, which begins with our own sheet instead of the engine's.

    Our templates close what they open, so that it is read as XML, in a twentieth of the time: the engine reads HTML
    letter by letter. What is no XML after all is read by the engine.
    """

    def __init__(self, source: str, files: OwnFiles) -> None:
        source = _BLANKS.sub(r"\1", source.strip())
        try:
            root = ElementTree.fromstring(_as_xml(source))  # noqa: S314  # Ours, and what was written in it is escaped.
        except ElementTree.ParseError:
            super().__init__(string=source, base_url="report:", url_fetcher=files)
            return
        self.base_url, self.url_fetcher, self.media_type = "report:", files, "print"
        self.wrapper_element = ElementWrapper.from_html_root(root, content_language=None)
        self.etree_element = self.wrapper_element.etree_element

    def _ua_stylesheets(self, forms: bool = False) -> list[CSS]:
        return [_BASE]

    def _ua_counter_style(self) -> list[CounterStyle]:
        return [_COUNTERS.copy()]


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Let Python look for garbage afterwards: what a document is made of stays until it is set, and is looked through
    again and again for nothing.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


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

    @_without_collecting()
    def pages(self, source: str) -> int:
        """Return how many pages an HTML document takes. Raises ForeignFileError."""
        return len(self._laid_out(source).pages)

    @_without_collecting()
    def place(self, source: str, anchor: str) -> float:
        """Return how far down its page an element stands, by its id, in millimetres. Raises ForeignFileError, and
        KeyError where there is none.
        """
        for page in self._laid_out(source).pages:
            if anchor in page.anchors:
                return float(page.anchors[anchor][1]) * 25.4 / 96
        raise KeyError(anchor)

    @_without_collecting()
    def write(self, source: str, attached: Attached | None = None) -> bytes:
        """Return an HTML document as PDF: the same bytes in any process. Raises ForeignFileError."""
        document = self._laid_out(source)
        attachments = [] if attached is None else [_attachment(attached)]
        made: bytes = document.write_pdf(pdf_variant=_VARIANT, attachments=attachments, finisher=_finish)
        return made

    def _laid_out(self, source: str) -> Document:
        with _ours_alone():
            document = _Source(source, self._files)
            return document.render(stylesheets=[self._sheet], font_config=self._fonts, pdf_variant=_VARIANT)


def _finish(document: Document, file: Any) -> None:
    conformance.finish(document, file)
    written.once(file)


def _as_xml(source: str) -> str:
    return _HEAD + _VOID.sub(r"<\1\2/>", source.strip().removeprefix("<!DOCTYPE html>"))


@contextmanager
def _ours_alone() -> Iterator[None]:
    try:
        yield
    except _StopError as stop:
        raise ForeignFileError(str(stop)) from None


def _attachment(attached: Attached) -> Attachment:
    return Attachment(
        string=attached.data,
        name=attached.name,
        description=attached.description,
        created=attached.at,
        modified=attached.at,
        relationship="Data",
    )

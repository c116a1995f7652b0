"""Sets our documents as PDF: in memory, from our own files alone, without Django.

The file is archival and accessible at once, PDF/A-3a and PDF/UA-1.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from weasyprint import CSS, HTML, Attachment
from weasyprint.document import Document
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from reviews.report import conformance, fonts
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


_BASE = CSS(url="static:css/paper.css", url_fetcher=OwnFiles())
"""What elements are before anything is said of them."""


class _Source(HTML):  # type: ignore[misc]
    """A document that begins with our own sheet instead of the engine's."""

    def _ua_stylesheets(self, forms: bool = False) -> list[CSS]:
        return [_BASE]


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

    def pages(self, source: str) -> int:
        """Return how many pages an HTML document takes. Raises ForeignFileError."""
        return len(self._laid_out(source).pages)

    def place(self, source: str, anchor: str) -> float:
        """Return how far down its page an element stands, by its id, in millimetres. Raises ForeignFileError, and
        KeyError where there is none.
        """
        for page in self._laid_out(source).pages:
            if anchor in page.anchors:
                return float(page.anchors[anchor][1]) * 25.4 / 96
        raise KeyError(anchor)

    def write(self, source: str, attached: Attached | None = None) -> bytes:
        """Return an HTML document as PDF: the same bytes in any process. Raises ForeignFileError."""
        document = self._laid_out(source)
        attachments = [] if attached is None else [_attachment(attached)]
        made: bytes = document.write_pdf(pdf_variant=_VARIANT, attachments=attachments, finisher=conformance.finish)
        return made

    def _laid_out(self, source: str) -> Document:
        with _ours_alone():
            document = _Source(string=source, base_url="report:", url_fetcher=self._files)
            return document.render(stylesheets=[self._sheet], font_config=self._fonts, pdf_variant=_VARIANT)


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

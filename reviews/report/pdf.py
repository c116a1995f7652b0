"""Makes the report's PDF from its content: in memory, from our own files alone, the same bytes each time.

The file is archival and accessible at once, PDF/A-3a and PDF/UA-1. WeasyPrint writes the first; `_add_ua` adds what the
second asks for.
"""

from typing import Any

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils import translation
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from reviews.report import fonts
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
    """Return the document that is printed: the report in its own language, with U+FFFD for what the fonts lack."""
    with translation.override(content["language"]):
        return render_to_string("report/document.html", {"content": _printable(completed(content)), "draft": draft})


def render(content: Content, *, draft: bool) -> bytes:
    """Return the report as PDF, a draft marked so on every page. The same content gives the same bytes in any process.

    Raises ForeignFileError if the style sheet asks for anything that is not ours.
    """
    return write(html(content, draft=draft))


def write(source: str, *, style: str = "css/report.css") -> bytes:
    """Return an HTML document as PDF, set in one of our style sheets. Raises ForeignFileError."""
    # Not shared between documents: WeasyPrint keeps the fonts in a temporary directory as long as this lives.
    font_config = FontConfiguration()
    try:
        files = OwnFiles()
        sheet = CSS(url=f"static:{style}", url_fetcher=files, font_config=font_config)
        document = HTML(string=source, base_url="report:", url_fetcher=files)
        made: bytes = document.write_pdf(
            stylesheets=[sheet], font_config=font_config, pdf_variant="pdf/a-3a", finisher=_add_ua
        )
    except _StopError as stop:
        raise ForeignFileError(str(stop)) from None
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


# PDF/A allows properties it does not know only where the file itself declares them.
_UA_METADATA = b"""<rdf:Description xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" rdf:about="" pdfuaid:part="1"/>
<rdf:Description xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
 xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#" rdf:about="">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of PDF/UA that the file follows</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
"""


def _add_ua(document: Any, pdf: Any) -> None:
    """Add what PDF/UA-1 asks for: its identifier, and for each header cell whether it heads a row or a column.

    WeasyPrint calls it with its document and the PDF's objects just before they are written.
    """
    metadata = pdf.objects[int(pdf.catalog["Metadata"].split()[0])]
    metadata.stream = [part.replace(b"</rdf:RDF>", _UA_METADATA + b"</rdf:RDF>") for part in metadata.stream]
    # Readers of archives look for the metadata without unpacking the file.
    metadata.compress = False
    by_reference = {each.reference: each for each in pdf.objects if getattr(each, "number", None)}
    for cell in pdf.objects:
        if isinstance(cell, dict) and cell.get("S") == "/TH":
            row = by_reference[cell["P"]]
            in_head = by_reference[row["P"]].get("S") == "/THead"
            cell["A"]["Scope"] = "/Column" if in_head else "/Row"

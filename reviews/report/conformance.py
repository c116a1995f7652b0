"""What is added to WeasyPrint's PDF/A-3a so that the same file is PDF/UA-1 too."""

from typing import Any

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


def finish(document: Any, pdf: Any) -> None:
    """Add PDF/UA's identifier, say of each header cell whether it heads a row or a column, and mark what stands in the
    margins as no part of the text.

    WeasyPrint calls it with its document and the PDF's objects just before they are written.
    """
    metadata = pdf.objects[int(pdf.catalog["Metadata"].split()[0])]
    metadata.stream = [part.replace(b"</rdf:RDF>", _UA_METADATA + b"</rdf:RDF>") for part in metadata.stream]
    # Readers of archives look for the metadata without unpacking the file.
    metadata.compress = False
    by_reference = {each.reference: each for each in pdf.objects if getattr(each, "number", None)}
    if "AF" in pdf.catalog:
        # WeasyPrint names an attached file twice.
        pdf.catalog["AF"][:] = dict.fromkeys(pdf.catalog["AF"])
    _scope_headers(pdf, by_reference)
    _mark_margins(pdf, by_reference)


def _scope_headers(pdf: Any, by_reference: dict[bytes, Any]) -> None:
    for cell in pdf.objects:
        if isinstance(cell, dict) and cell.get("S") == "/TH":
            row = by_reference[cell["P"]]
            in_head = by_reference[row["P"]].get("S") == "/THead"
            cell["A"]["Scope"] = "/Column" if in_head else "/Row"


def _mark_margins(pdf: Any, by_reference: dict[bytes, Any]) -> None:
    """Make artifacts of running headers and footers, which would be read aloud on each page.

    WeasyPrint writes them like text, with structure elements that hang below nothing.
    """
    root = by_reference[pdf.catalog["StructTreeRoot"]]
    read = _below(root, by_reference)
    numbers = by_reference[root["ParentTree"]]["Nums"]
    pages = [by_reference[reference] for reference in pdf.page_references]
    # An array follows the number of each page: for each piece of its content the structure element.
    for page, elements in zip(pages, numbers[1 : 2 * len(pages) : 2], strict=True):
        loose = {number for number, reference in enumerate(elements) if reference not in read}
        for number in loose:
            by_reference[elements[number]].clear()
            elements[number] = "null"
        content = by_reference[page["Contents"]].stream
        for place, operand in enumerate(content):
            if isinstance(operand, dict) and operand.get("MCID") in loose:
                content[place - 1 : place + 1] = [b"/Artifact", b"<</Type /Pagination>>"]


def _below(element: Any, by_reference: dict[bytes, Any]) -> set[bytes]:
    """The references of everything in the structure tree below an element."""
    found = set()
    for kid in element.get("K", ()):
        if isinstance(kid, bytes):
            found |= {kid} | _below(by_reference[kid], by_reference)
    return found

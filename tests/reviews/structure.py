"""Reads a PDF as a screen reader does: its structure tree with the text of each element, and what is outside it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from io import BytesIO
from typing import Any

import pikepdf


@dataclass
class Element:
    """A structure element: its kind ("H1", "TH"), its own and its kids' text in order, and what is said of it."""

    kind: str
    parts: "list[Element | str]" = field(default_factory=list)
    alternative: str = ""
    scope: str = ""

    def text(self, *, without: tuple[str, ...] = ()) -> str:
        """The text of this and all below, but for elements of the kinds `without`."""
        return "".join(
            part if isinstance(part, str) else part.text(without=without)
            for part in self.parts
            if isinstance(part, str) or part.kind not in without
        )

    def below(self) -> "Iterator[Element]":
        """All elements below, in reading order."""
        for part in self.parts:
            if isinstance(part, Element):
                yield part
                yield from part.below()


@dataclass
class Read:
    """A PDF's structure, and for each page the texts that are artifacts and those that are neither."""

    root: Element
    artifacts: list[str]
    loose: list[str]


def read(made: bytes) -> Read:
    """Read a PDF of WeasyPrint's: text in fonts of two bytes a glyph that say what they stand for."""
    with pikepdf.open(BytesIO(made)) as document:
        pages = [_Page(page) for page in document.pages]
        numbers = {page.obj.objgen: number for number, page in enumerate(document.pages)}
        root = _element(document.Root.StructTreeRoot, pages, numbers)
        return Read(
            root, [page.artifacts for page in pages], [page.loose + "".join(page.marked.values()) for page in pages]
        )


def words(text: str) -> str:
    """Letters and digits alone: lines end, words are divided and capitals are set otherwise on paper."""
    return re.sub(r"[\W_]", "", text).casefold()


class _Page:
    """The text of a page by the number of its marked content; what the structure takes is taken out."""

    def __init__(self, page: Any) -> None:
        self.marked: dict[int, str] = {}
        self.artifacts = self.loose = ""
        fonts = {name: _meanings(font) for name, font in page.Resources.Font.items()}
        font: dict[bytes, str] = {}
        marks: list[int | str | None] = []
        for instruction in pikepdf.parse_content_stream(page):
            operands, operator = list(instruction.operands), str(instruction.operator)
            if operator in ("BDC", "BMC"):
                properties: Any = operands[1] if operator == "BDC" else {}
                artifact = operands[0] == "/Artifact"
                marks.append("artifact" if artifact else int(properties["/MCID"]) if "/MCID" in properties else None)
            elif operator == "EMC":
                marks.pop()
            elif operator == "Tf":
                font = fonts[str(operands[0])]
            elif operator in ("Tj", "TJ"):
                self._add(marks, _decoded(operands[0], font))
        assert not marks

    def _add(self, marks: list[int | str | None], text: str) -> None:
        mark = next((each for each in reversed(marks) if each is not None), None)
        if mark == "artifact":
            self.artifacts += text
        elif isinstance(mark, int):
            self.marked[mark] = self.marked.get(mark, "") + text
        else:
            self.loose += text


def _decoded(shown: Any, font: dict[bytes, str]) -> str:
    runs = [bytes(each) for each in (shown if isinstance(shown, pikepdf.Array) else [shown]) if _is_string(each)]
    return "".join(font[run[at : at + 2]] for run in runs for at in range(0, len(run), 2))


def _is_string(value: Any) -> bool:
    return isinstance(value, pikepdf.String)


def _meanings(font: Any) -> dict[bytes, str]:
    """What each glyph of a font stands for."""
    table = font.ToUnicode.read_bytes().decode()
    pairs = re.findall(r"^<([0-9a-f]{4})> <([0-9a-f]+)>$", table, re.MULTILINE)
    return {bytes.fromhex(glyph): bytes.fromhex(meaning).decode("utf-16-be") for glyph, meaning in pairs}


def _element(node: Any, pages: list[_Page], numbers: dict[tuple[int, int], int], page: int = 0) -> Element:
    page = numbers[node.Pg.objgen] if "/Pg" in node else page
    found = Element(str(node.get("/S", "/"))[1:], alternative=str(node.get("/Alt", "")))
    attributes = node.get("/A", {})
    found.scope = str(attributes.get("/Scope", "/"))[1:]
    kids = node.get("/K", [])
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, int):
            found.parts.append(pages[page].marked.pop(kid, ""))
        elif "/S" in kid:
            found.parts.append(_element(kid, pages, numbers, page))
    return found


class Document(HTMLParser):
    """The text of an HTML document in its order, and its headings: without drawings, and without the heads of tables,
    which paper repeats on each page.
    """

    def __init__(self, source: str) -> None:
        """Read a document."""
        super().__init__()
        self.text = ""
        self.headings: list[tuple[str, str]] = []
        self._open: list[str] = []
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note where the text that follows stands."""
        if tag in ("head", "svg", "thead", "h1", "h2", "h3", "h4", "h5", "h6"):
            self._open.append(tag)
            if tag[0] == "h" and tag != "head":
                self.headings.append((tag.upper(), ""))

    def handle_endtag(self, tag: str) -> None:
        """Note that it ends."""
        if self._open and self._open[-1] == tag:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        """Take the text."""
        if any(tag in ("head", "svg", "thead") for tag in self._open):
            return
        self.text += data
        if self._open:
            kind, before = self.headings[-1]
            self.headings[-1] = (kind, before + data)

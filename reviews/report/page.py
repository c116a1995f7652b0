"""The report on a page: the same templates and the same content as the PDF, with links to its parts."""

import re
from typing import NamedTuple

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.html import format_html
from django.utils.safestring import SafeString

from reviews.report.front import AMPLE
from reviews.report.shape import Content, completed

# What people wrote is escaped, so that every such tag is one of the templates'.
_HEADING = re.compile(r"<h2(?P<attributes>[^>]*)>(?P<title>.*?)</h2>", re.DOTALL)


class Part(NamedTuple):
    """A part of the report: what leads to its heading, and what the heading says."""

    id: str
    title: SafeString


def body(content: Content, *, draft: bool) -> SafeString:
    """Return the report's own part of the page, in the report's own language, whatever the reader's is."""
    with translation.override(content["language"]):
        context = {"content": completed(content), "draft": draft, "fit": AMPLE}
        report, parts = _with_links(render_to_string("report/body.html", context))
        return format_html("{}{}", render_to_string("report/contents.html", {**context, "parts": parts}), report)


def _with_links(report: SafeString) -> tuple[SafeString, list[Part]]:
    """The same with an id on each part's heading, and the parts in order."""
    parts: list[Part] = []

    def named(heading: re.Match[str]) -> str:
        parts.append(Part(f"part-{len(parts) + 1}", SafeString(" ".join(heading["title"].split()))))
        return f'<h2 id="{parts[-1].id}"{heading["attributes"]}>{heading["title"]}</h2>'

    return SafeString(_HEADING.sub(named, report)), parts

"""The report on a page: the same templates and the same content as the PDF."""

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import SafeString

from reviews.report.front import AMPLE
from reviews.report.shape import Content, completed


def body(content: Content, *, draft: bool) -> SafeString:
    """Return the report's own part of the page, in the report's own language, whatever the reader's is."""
    with translation.override(content["language"]):
        context = {"content": completed(content), "draft": draft, "fit": AMPLE}
        return render_to_string("report/body.html", context)

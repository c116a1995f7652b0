"""What several tests of the report make: its content, and the text of a PDF."""

import datetime
from io import BytesIO

from pypdf import PdfReader

from reviews.models import Review
from reviews.report import content as report_content
from reviews.report.content import Content, ItemContent

MADE_AT = datetime.datetime(2026, 10, 6, 9, 30, tzinfo=datetime.UTC)


def version_of(review: Review) -> Content:
    """The content of the review's first version."""
    return report_content.build(review, number=1, made_at=MADE_AT)


def draft_of(review: Review) -> Content:
    """The content of a draft."""
    return report_content.build(review, number=None, made_at=None)


def item_of(content: Content, code: str) -> ItemContent:
    """One item by its code."""
    return next(
        item
        for scale in content["scales"]
        for section in scale["sections"]
        for item in section["items"]
        if item["code"] == code
    )


def pages_of(pdf: bytes) -> list[str]:
    """The text of each page, its white space made even, because lines break where the paper ends."""
    return [" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(pdf)).pages]

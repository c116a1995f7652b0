"""Prints the kit for a visit: in the review's own language, by the means that print the report."""

from collections.abc import Sequence
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation

from reviews import workflow
from reviews.kit import content
from reviews.models import NotScored, Obstacle, Review
from reviews.report import fonts
from reviews.report import pdf as report_pdf
from scales.models import Scale

APART = range(1, 11)
"""The numbers of the jobbspesialister, teams or deltakere that a score form has room for: a review asks about ten
deltakere.
"""


def guides(review: Review, scales: Sequence[Scale], chosen: Sequence[content.Guide]) -> bytes:
    """Return interview guides as one PDF, each beginning on a page of its own."""
    return _print("guides", review, scales, guides=chosen)


def score_forms(review: Review, scales: Sequence[Scale]) -> bytes:
    """Return empty score forms for every item as PDF."""
    return _print(
        "score_forms",
        review,
        scales,
        sections=content.forms(scales),
        reasons=[NotScored(reason).label for reason in workflow.reasons_for(review)],
        obstacles=[obstacle.label for obstacle in Obstacle],
        apart=APART,
    )


def feedback(review: Review, scales: Sequence[Scale]) -> bytes:
    """Return the list for the oral feedback on the last day as PDF, with what is still missing: three queries."""
    counted = {*review.counts.values_list("item", flat=True), *review.given_figures.values_list("item", flat=True)}
    closed = review.closed_sources.values_list("item", "source")
    return _print("feedback", review, scales, to_check=content.to_check(scales, closed, counted))


def _print(template: str, review: Review, scales: Sequence[Scale], **context: Any) -> bytes:
    with translation.override(review.language):
        source = render_to_string(f"kit/{template}.html", {"review": review, "scales": scales, **context})
    return report_pdf.write(fonts.printable(source), style="css/kit.css")

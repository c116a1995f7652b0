"""What of a review's texts the report cannot print as it is written, to be told before the report is made."""

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from reviews import results
from reviews.models import Correction, FactCheckRemark, Review
from reviews.report import fonts
from reviews.workflow.base import Blocker

_TEXTS = (
    "purpose",
    "method",
    "summary",
    "strengths",
    "outside_meetings",
    "outside_economy",
    "outside_voices",
    "recipients",
    "participants",
    "independence",
)


def unprintable(
    review: Review,
    found: Iterable[results.ScaleResult],
    remarks: Iterable[FactCheckRemark] | None = None,
    corrections: Iterable[Correction] | None = None,
) -> list[Blocker]:
    """Return where characters stand that the report's typeface lacks, and which. It stops nobody: they are kept, and
    printed as U+FFFD. Three queries at most; `remarks` and `corrections` are the review's, where they are fetched
    already.
    """
    told = review.remarks.exclude(decision=FactCheckRemark.Decision.OPEN) if remarks is None else remarks
    mended = review.corrections.select_related("item") if corrections is None else corrections
    return list(_unprintable(review, found, told, mended))


def _unprintable(
    review: Review,
    found: Iterable[results.ScaleResult],
    remarks: Iterable[FactCheckRemark],
    corrections: Iterable[Correction],
) -> Iterator[Blocker]:
    if told := _lacking(_("The report's texts"), *(getattr(review, name) for name in _TEXTS)):
        yield Blocker(told, page="narrative")
    # It stands in what is issued again alone; the first version has none.
    if (told := _lacking(_("Why it is issued again"), review.reissue_reason)) and review.versions.exists():
        yield Blocker(told)
    for section in (section for scale in found for section in scale.sections):
        if told := _lacking(section.section.title, section.comment):
            # It is written beside any of the section's items.
            yield Blocker(told, item=section.items[0].item)
        for result in section.items:
            if told := _lacking(str(result.item), result.comment, result.recommendation):
                yield Blocker(told, item=result.item)
    for correction in corrections if review.show_comparison else ():
        if told := _lacking(_("Correction of %(item)s") % {"item": correction.item}, correction.reason):
            yield Blocker(told)
    # The one that is being decided on is not told yet.
    decided = (each for each in remarks if each.decision != FactCheckRemark.Decision.OPEN)
    for remark in decided if review.show_fact_check else ():
        if told := _lacking(_("A remark from the fact check"), remark.text, remark.answer):
            yield Blocker(told, remark=remark)


def _lacking(about: str, *texts: str) -> str:
    """What is said of some texts, "" where each character of theirs can be printed."""
    missing = fonts.missing("".join(texts))
    return f"{about}: {' '.join(fonts.named(missing))}" if missing else ""

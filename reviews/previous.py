"""The service's last external review of practice beside this one, item by item: what it found, and what it advised."""

from dataclasses import dataclass

from reviews import results
from reviews.models import Correction, FinalScore, Review
from scales.models import Item


@dataclass(frozen=True)
class Beside:
    """What the last external review says about one item of this one.

    `found` is None where that review had no such item; `correction` is what this review's evaluators have recorded
    about its score.
    """

    review: Review
    found: FinalScore | None
    other_edition: bool
    section_comment: str
    correction: Correction | None

    @property
    def anchor(self) -> str:
        """What the score stood for, in the words of the edition used then; empty without a score."""
        return "" if self.found is None or self.found.score is None else self.found.item.anchor(self.found.score)

    @property
    def corrected_anchor(self) -> str:
        """What the score it should have had stood for then; empty where none is known."""
        if self.correction is None or self.correction.score is None or self.found is None:
            return ""
        return self.found.item.anchor(self.correction.score)


def beside(review: Review, item: Item, *, corrected: bool = True) -> Beside | None:
    """Return what the service's last external review says about the item: the last one with its scale, where any has
    used that. None where there is no external review.

    The item is found by its code and its scale's, since another edition has rows of its own. Two queries at most.
    `corrected`: with what is recorded about its score now, which belongs to the draft.
    """
    scale = item.section.scale
    found = results.last_external_score(review, item)
    if found is None:
        versions = results.last_external_versions(review)
        if not versions:
            return None
        latest = max((each.review for each in versions.values()), key=lambda last: last.first_day)
        own = versions.get(scale.code)
        return Beside(latest if own is None else own.review, None, False, "", None)
    version = found.version
    section = found.item.section
    return Beside(
        review=version.review,
        found=found,
        other_edition=section.scale_id != scale.pk,
        section_comment=results.comments_by_section(version).get((scale.code, section.code), ""),
        correction=review.corrections.filter(item=found.item, version__review=version.review_id).first()
        if corrected
        else None,
    )

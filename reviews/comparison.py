"""One evaluator's own scores beside those that were agreed, so that whoever scored sees where they lay."""

from collections.abc import Iterable
from dataclasses import dataclass

from reviews import results
from reviews.models import AgreedResult, FinalScore, Rating, Review, Seat
from scales import scoring
from scales.models import Item, Scale, Section


@dataclass(frozen=True)
class Line:
    """An item with one's own rating and the agreed result, each None where there is none."""

    item: Item
    own: Rating | None
    agreed: AgreedResult | FinalScore | None

    @property
    def pair(self) -> tuple[int | None, int | None]:
        """One's own score and the agreed one."""
        return (None if self.own is None else self.own.score, None if self.agreed is None else self.agreed.score)

    @property
    def difference(self) -> int | None:
        """How much higher one's own score is (below zero: lower); None where there are not two to compare."""
        own, agreed = self.pair
        return None if own is None or agreed is None else own - agreed

    @property
    def apart(self) -> int:
        """How far the two are apart; 0 where there are not two."""
        return abs(self.difference or 0)


@dataclass(frozen=True)
class SectionLines:
    """A section with its items."""

    section: Section
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class ScaleLines:
    """A scale with its sections."""

    scale: Scale
    sections: tuple[SectionLines, ...]

    @property
    def agreement(self) -> scoring.Agreement:
        """How far one's own scores and the agreed ones are the same."""
        return scoring.agreement(line.pair for section in self.sections for line in section.lines)


def compare(review: Review, seat: Seat) -> list[ScaleLines]:
    """Return the seat's own scores beside those of the version that counts, or as they are agreed on now where there is
    none. Six queries however many items; no other seat's scores are asked for.
    """
    version = results.newest_version(review)
    rows: Iterable[AgreedResult | FinalScore] = review.results.all() if version is None else version.scores.all()
    agreed = {row.item_id: row for row in rows}
    own = {rating.item_id: rating for rating in seat.ratings.all()}
    return [
        ScaleLines(
            scale,
            tuple(
                SectionLines(
                    section,
                    tuple(Line(item, own.get(item.pk), agreed.get(item.pk)) for item in section.items.all()),
                )
                for section in scale.sections.all()
            ),
        )
        for scale in results.pinned_scales(review)
    ]

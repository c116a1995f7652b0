"""What the evaluators have before them when they agree: each one's own judgement of an item, and all items by how far
they are apart.

All of it looks behind the blindness wall: only for a review in consensus or later.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from reviews import figures, results, workflow
from reviews.findings import STATEMENTS
from reviews.models import Actor, Obstacle, Rating, Review, Seat
from reviews.navigation import Judged, Route, route
from scales import scoring, wording
from scales.models import Item, Scale


def name_of(seat: Seat) -> str:
    """Return what the one in a seat is called."""
    return _("Evaluator %(number)s") % {"number": seat.number} if seat.user is None else seat.user.name


def way(review: Review, scales: Iterable[Scale], judged: Mapping[int, Judged], own: results.OwnRatings) -> Route:
    """Lay the way through the items: what two evaluators are farthest apart on first, with one the scales' order."""
    several = review.is_external and len(results.evaluator_seats(review)) > 1 and bool(own)
    return route(scales, judged, own if several else None)


@dataclass(frozen=True)
class Own:
    """One evaluator's own judgement of an item, with what the score stands for and what the counts point to."""

    seat: Seat
    name: str
    rating: Rating | None
    anchor: str
    obstacles: list[str]
    actors: list[str]
    working: str


def own_judgements(review: Review, item: Item, ratings: Iterable[Rating | None], counted: figures.Figures) -> list[Own]:
    """Return each counting evaluator's own judgement of an item, in the order of their seats; `ratings` are theirs (see
    results.own_ratings), `counted` the figures held for the item.
    """
    found = []
    for seat, rating in zip(results.evaluator_seats(review), ratings, strict=False):
        suggestion = None if rating is None else results.suggestion_for(rating, item, counted)
        found.append(
            Own(
                seat=seat,
                name=name_of(seat),
                rating=rating,
                anchor="" if rating is None or rating.score is None else item.anchor(rating.score),
                obstacles=[] if rating is None else [str(Obstacle(each).label) for each in rating.obstacles],
                actors=[] if rating is None else [str(Actor(each).label) for each in rating.actors],
                working="" if suggestion is None else wording.working(suggestion, item),
            )
        )
    return found


def chosen_by(own: Iterable[Own]) -> dict[int, list[str]]:
    """Return the names of those who chose each score."""
    found: dict[int, list[str]] = {}
    for each in own:
        if each.rating is not None and each.rating.score is not None:
            found.setdefault(each.rating.score, []).append(each.name)
    return found


@dataclass(frozen=True)
class Finding:
    """Something that each evaluator found or not: an element, or a statement that bears on the score."""

    text: str
    answers: tuple[bool | None, ...]
    """In the order of the seats; None where it is not answered."""
    remarks: tuple[str, ...]
    """What each remarked on an element, in the same order; empty on a statement."""

    @property
    def said(self) -> list[tuple[bool | None, str]]:
        """Each answer with its remark."""
        return list(zip(self.answers, self.remarks, strict=True))

    @property
    def differs(self) -> bool:
        """Whether the evaluators do not answer alike."""
        return len(set(self.answers)) > 1


def findings(item: Item, own: Iterable[Own]) -> list[Finding]:
    """Return what the evaluators found for an item: each element with the remarks on it, and each statement that
    somebody answered.
    """
    rated = [each.rating for each in own if each.rating is not None]
    found = [
        Finding(
            text,
            tuple(number in rating.elements for rating in rated),
            tuple(rating.element_remarks.get(str(number), "") for rating in rated),
        )
        for number, text in enumerate(item.elements)
    ]
    measure = item.parsed_measure()
    for kind in STATEMENTS:
        for statement in getattr(measure, kind, ()):
            answers = tuple(rating.statements.get(kind, {}).get(str(statement.score)) for rating in rated)
            if set(answers) != {None}:
                found.append(Finding(statement.text, answers, ("",) * len(answers)))
    return found


@dataclass(frozen=True)
class Row:
    """An item in the overview: what is agreed, each evaluator's own, and what is missing, in words."""

    result: results.ItemResult
    own: tuple[Rating | None, ...]
    missing: list[str]


@dataclass(frozen=True)
class Part:
    """Items that are talked about together."""

    title: str
    rows: list[Row]


@dataclass(frozen=True)
class Overview:
    """Where the evaluators stand: how far they agree, and every item. Without `agreement` there is one evaluator."""

    names: list[str]
    """Of those whose own scores are held: none once these are deleted."""
    scales: list[results.ScaleResult]
    agreement: scoring.Agreement | None
    route: Route
    parts: list[Part]


def overview(review: Review) -> Overview:
    """Put together where the evaluators of a review stand."""
    found = results.working_results(review)
    own = results.own_ratings(review)
    seats = results.evaluator_seats(review)
    nobody = (None,) * len(seats) if own else ()
    rows = {
        result.item.pk: Row(result, own.get(result.item.pk, nobody), _missing(result, section.comment))
        for scale in found
        for section in scale.sections
        for result in section.items
    }
    path = way(review, [scale.scale for scale in found], {key: row.result for key, row in rows.items()}, own)
    counted = results.agreement(found)
    return Overview(
        names=[name_of(seat) for seat in seats] if own else [],
        scales=found,
        agreement=counted if review.is_external and counted.compared else None,
        route=path,
        parts=[Part(group.title, [rows[step.item.pk] for step in group.steps]) for group in path.groups],
    )


def _missing(result: results.ItemResult, section_comment: str) -> list[str]:
    if not result.is_settled:
        return [_("Score")]
    missing = []
    if workflow.lacks_comment(result, section_comment):
        missing.append(_("Comment"))
    if workflow.lacks_recommendation(result):
        missing.append(_("Recommendation"))
    return missing

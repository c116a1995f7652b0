"""What it would take to come to the next band: how far it is, which recommendations lead there, and what law bars."""

from collections.abc import Collection, Iterable, Sequence

from reviews import results
from reviews.models import Context, Obstacle, Rating, Review
from reviews.report.shape import Ahead, Band, BarredPoints, Goal, Step
from scales import scoring, steps
from scales.models import Item, Scale
from scales.steps import Condition


def ahead(
    review: Review,
    found: Iterable[results.ScaleResult],
    ratings: results.OwnRatings,
    context: Context,
    known: "Known | None" = None,
) -> dict[str, Ahead]:
    """Return what it would take, by the code of each of the review's scales where there is anything to say: one whose
    sum falls in bands, with all items scored in practice.

    `found` is what was agreed on, `ratings` what each evaluator found: none where that is not known. Of that only what
    all of them hold is told, whatever the report shows, so that nobody's own finds can be read out of it. `context` is
    the service's situation. `known`: who asks of many reviews of the same editions keeps in it what is worked out of
    their items.
    """
    due = [result for result in found if _applies(review, result)]
    holds = {Condition.DISPERSED: context.dispersed}
    given = {result.scale.code: _ahead(result, ratings, holds, known) for result in due}
    return {code: each for code, each in given.items() if each is not None}


def _applies(review: Review, result: results.ScaleResult) -> bool:
    return not review.from_plans and result.scale.scoring == Scale.Scoring.SUM and result.total.complete


def _ahead(
    result: results.ScaleResult, ratings: results.OwnRatings, holds: dict[Condition, bool | None], known: "Known | None"
) -> Ahead | None:
    total = result.total.total or 0
    following = min(
        (band for band in result.scale.band_ranges() if band.lowest > total),
        key=lambda band: band.lowest,
        default=None,
    )
    if result.band is None and following is None:
        return None
    items = [(_rising(each, ratings.get(each.item.id, ()), known), each.recommendation) for each in result.items]
    barred = [each.barred() for each, _advice in items if each.points_barred]
    rising = [each.step(holds, recommended=bool(advice.strip())) for each, advice in items if each.can_rise]
    return Ahead(
        band=None if following is None else _band(following),
        points=0 if following is None else following.lowest - total,
        reachable=result.total.maximum - sum(each["points"] for each in barred),
        steps=sorted(rising, key=lambda step: not step["recommended"]),
        barred=barred,
    )


def _band(band: scoring.BandRange) -> Band:
    return Band(code=band.code, label=band.label, lowest=band.lowest, highest=band.highest)


class _Rising:
    """A scored item on its way up, as far as law leaves it any.

    Where it is known which elements law can bar, those are left out, and what the others give is left. Where it is not
    known and law alone holds the item down, all that it lacks is barred; where something else does so too, nobody can
    tell how much of it is law's, and the step is what the others can do.
    """

    def __init__(
        self, item: Item, score: int | None, obstacles: Collection[str], ratings: Sequence[Rating | None]
    ) -> None:
        self.item = item
        self.scale = item.section.scale
        self.score = score or self.scale.lowest
        self.obstacles = obstacles
        self.measure = self.item.parsed_measure()
        self.steps = self.item.parsed_steps()
        self.ratings = [rating for rating in ratings if rating is not None]
        self.ticked = any(rating.elements for rating in self.ratings)
        self.found = self._found()
        self.by_law = Obstacle.LAW.value in obstacles
        self.barred_elements = sorted(self.steps.barred - (self.found or frozenset())) if self.by_law else []
        self.most = self._most()
        self._steps: dict[tuple[bool | None, ...], Step] = {}

    def _found(self) -> frozenset[int] | None:
        """The elements that all evaluators found, where those give the score that was agreed on; None where they found
        different ones, or none at all.
        """
        ticks = {frozenset(rating.elements) for rating in self.ratings}
        if self.measure is None or self.measure.kind is not scoring.Kind.ELEMENTS:
            return None
        if not self.ticked or len(ticks) > 1:
            return None
        (there,) = ticks
        suggestion = scoring.suggest(
            self.measure,
            {},
            elements_present=len(there),
            elements_total=len(self.item.elements),
            raises=self._answers("raises"),
            needs=self._answers("needs"),
            lowest=self.scale.lowest,
            highest=self.scale.highest,
        )
        return there if suggestion is not None and suggestion.score == self.score else None

    def _answers(self, kind: str) -> dict[int, bool]:
        """The answers that all evaluators gave, by the score of the statement."""
        given = [rating.statements.get(kind, {}) for rating in self.ratings]
        first = given[0] if given else {}
        return {
            int(score): answer
            for score, answer in first.items()
            if answer is not None and all(each.get(score) == answer for each in given)
        }

    def _most(self) -> int:
        """The highest score that law leaves."""
        if set(self.obstacles) == {Obstacle.LAW.value} and not self.barred_elements:
            return self.score
        most = steps.attainable(
            self.measure,
            len(self.item.elements),
            self.barred_elements,
            lowest=self.scale.lowest,
            highest=self.scale.highest,
        )
        return max(most, self.score)

    @property
    def points_barred(self) -> int:
        """How many points law bars."""
        return self.scale.highest - self.most

    @property
    def can_rise(self) -> bool:
        """Whether there is a higher score that law leaves."""
        return self.score < self.most

    def barred(self) -> BarredPoints:
        """The points that law bars."""
        return BarredPoints(
            code=self.item.code,
            short_title=self.item.short_title,
            points=self.points_barred,
            elements=[self.item.elements[index] for index in self.barred_elements],
        )

    def step(self, holds: dict[Condition, bool | None], *, recommended: bool) -> Step:
        """What it takes for the next score; `recommended`: the evaluators advise on the item."""
        met = tuple(holds.values())
        if met not in self._steps:
            self._steps[met] = self._step(holds)
        return {**self._steps[met], "recommended": recommended}

    def _step(self, holds: dict[Condition, bool | None]) -> Step:
        to = self.score + 1
        goals = steps.goals(self.item.anchor(to), self.steps.goals.get(to), holds)
        lacking = steps.Elements((), 0)
        # What was ticked without giving the agreed score says nothing of how far it is to the next.
        if self.measure is not None and (self.found is not None or not self.ticked):
            lacking = steps.elements(
                self.measure,
                len(self.item.elements),
                self.found,
                score=self.score,
                to=to,
                barred=self.barred_elements,
                spared=self.steps.barred,
            )
        return Step(
            code=self.item.code,
            short_title=self.item.short_title,
            score=self.score,
            to=to,
            goals=[Goal(text=goal.text, only_if=goal.only_if or "") for goal in goals],
            now="" if goals else self.item.anchor(self.score),
            lacking=[self.item.elements[index] for index in lacking.lacking],
            how_many=lacking.how_many,
            unmet=self._unmet(to),
            law=self.by_law and not self.barred_elements,
            recommended=False,
        )

    def _unmet(self, to: int) -> list[str]:
        """The statements that the score asks for and that all evaluators answered with no."""
        if self.measure is None:
            return []
        answers = self._answers("needs")
        return [need.text for need in self.measure.needs if need.score == to and answers.get(to) is False]


Known = dict[tuple[int, int | None], _Rising]
"""Items with nothing but a score, by their keys and that."""


def _rising(result: results.ItemResult, ratings: Sequence[Rating | None], known: Known | None) -> _Rising:
    if known is None or ratings or result.obstacles:
        return _Rising(result.item, result.score, result.obstacles, ratings)
    key = (result.item.id, result.score)
    if key not in known:
        known[key] = _Rising(result.item, result.score, (), ())
    return known[key]

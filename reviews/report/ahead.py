"""What it would take to come to the next band: how far it is, which recommendations lead there, and what law bars."""

from collections.abc import Iterable, Sequence

from reviews import results
from reviews.models import Context, Obstacle, Rating, Review
from reviews.report.shape import Ahead, Band, BarredPoints, Goal, Step
from scales import scoring, steps
from scales.models import Item, Scale
from scales.steps import Condition


def ahead(
    review: Review, found: Iterable[results.ScaleResult], ratings: results.OwnRatings, context: Context
) -> dict[str, Ahead]:
    """Return what it would take, by the code of each of the review's scales where there is anything to say: one whose
    sum falls in bands, with all items scored in practice.

    `found` is what was agreed on, `ratings` what each evaluator found: none where that is not known. `context` is the
    service's situation.
    """
    due = [result for result in found if _applies(review, result)]
    given = {result.scale.code: _ahead(result, ratings, {Condition.DISPERSED: context.dispersed}) for result in due}
    return {code: each for code, each in given.items() if each is not None}


def _applies(review: Review, result: results.ScaleResult) -> bool:
    return not review.from_plans and result.scale.scoring == Scale.Scoring.SUM and result.total.complete


def _ahead(
    result: results.ScaleResult, ratings: results.OwnRatings, holds: dict[Condition, bool | None]
) -> Ahead | None:
    total = result.total.total or 0
    following = min(
        (band for band in results.bands(result.scale) if band.lowest > total),
        key=lambda band: band.lowest,
        default=None,
    )
    if result.band is None and following is None:
        return None
    items = [_Rising(each, ratings.get(each.item.pk, ())) for each in result.items]
    barred = [each.barred() for each in items if each.points_barred]
    rising = [each.step(holds) for each in items if each.can_rise]
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

    Where law alone holds it down, all that it lacks is barred. Where something else does so too, the elements that law
    can bar are left out; without any such elements nobody can tell how much of it is law's, and the step is what the
    others can do.
    """

    def __init__(self, result: results.ItemResult, ratings: Sequence[Rating | None]) -> None:
        self.result = result
        self.item: Item = result.item
        self.scale = result.item.section.scale
        self.score = result.score or self.scale.lowest
        self.measure = self.item.parsed_measure()
        self.steps = self.item.parsed_steps()
        self.ratings = [rating for rating in ratings if rating is not None]
        self.fitting = [frozenset(rating.elements) for rating in self.ratings if self._fits(rating)]
        self.by_law = Obstacle.LAW.value in result.obstacles
        there = frozenset.intersection(*self.fitting) if self.fitting else frozenset()
        self.barred_elements = sorted(self.steps.barred - there) if self.by_law else []
        self.most = self._most()

    def _fits(self, rating: Rating) -> bool:
        """Whether the elements that an evaluator found give the score that was agreed on."""
        if self.measure is None or self.measure.kind is not scoring.Kind.ELEMENTS:
            return False
        suggestion = scoring.suggest(
            self.measure,
            {},
            elements_present=len(rating.elements),
            elements_total=len(self.item.elements),
            raises=_answers(rating, "raises"),
            needs=_answers(rating, "needs"),
            lowest=self.scale.lowest,
            highest=self.scale.highest,
        )
        return suggestion is not None and suggestion.score == self.score

    def _most(self) -> int:
        """The highest score that law leaves."""
        if set(self.result.obstacles) == {Obstacle.LAW.value}:
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

    def step(self, holds: dict[Condition, bool | None]) -> Step:
        """What it takes for the next score."""
        to = self.score + 1
        goals = steps.goals(self.item.anchor(to), self.steps.goals.get(to), holds)
        lacking = steps.Elements((), 0)
        if self.measure is not None:
            lacking = steps.elements(
                self.measure,
                len(self.item.elements),
                self.fitting,
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
            recommended=bool(self.result.recommendation.strip()),
        )

    def _unmet(self, to: int) -> list[str]:
        """The statements that the score asks for and that were answered with no, by those whose own score was agreed
        on, or by all where it was nobody's; not one that they answer differently.
        """
        if self.measure is None:
            return []
        agreeing = [rating for rating in self.ratings if rating.score == self.score] or self.ratings
        answers = {_answers(rating, "needs").get(to) for rating in agreeing} - {None}
        return [need.text for need in self.measure.needs if need.score == to and answers == {False}]


def _answers(rating: Rating, kind: str) -> dict[int, bool | None]:
    return {int(score): answer for score, answer in rating.statements.get(kind, {}).items()}

"""What the services' results of a calendar year say together, and how they changed since the year before: plain values
in, figures out.
"""

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from reviews import outcomes
from reviews.overview import limit
from scales import scoring


@dataclass(frozen=True)
class Result:
    """A service's result on a scale in a year. `left_out` says why it is no part of the figures, empty where it is one
    (see history.left_out); `hidden`: whoever asks may not see the review.
    """

    service: uuid.UUID
    review: uuid.UUID
    year: int
    total: scoring.Total
    left_out: str = ""
    hidden: bool = False


@dataclass(frozen=True)
class Middle:
    """Median, quartiles and mean of the results of several services."""

    lower: Decimal
    median: Decimal
    upper: Decimal
    mean: Decimal


@dataclass(frozen=True)
class Change:
    """How the services that were reviewed both this year and the year before have changed: the mean of their changes,
    and how many rose, stayed and fell. None of it where it may not be shown.
    """

    services: int
    mean: Decimal | None = None
    rose: int = 0
    same: int = 0
    fell: int = 0

    @property
    def is_withheld(self) -> bool:
        """Whether there are figures that may not be shown."""
        return self.services > 0 and self.mean is None


@dataclass(frozen=True)
class InBand:
    """How many of a year's services are in a band, and the percentage."""

    band: scoring.BandRange
    services: int
    percent: int


@dataclass(frozen=True)
class Year:
    """A year's figures on a scale, from the services with every item scored on its newest edition; those reviewed on
    another edition or with items left out are counted beside them, None where that is withheld.

    `middle` is None and `bands` empty without a whole result, and where the figures are withheld.
    """

    year: int
    services: int
    incomplete: int | None
    other_edition: int | None
    is_withheld: bool
    middle: Middle | None
    bands: list[InBand]
    change: Change

    @property
    def any_withheld(self) -> bool:
        """Whether any of the figures is withheld."""
        return self.is_withheld or self.change.is_withheld or None in (self.incomplete, self.other_edition)


def of_results(results: Iterable[Result], *, bands: Sequence[scoring.BandRange], by_mean: bool) -> list[Year]:
    """Return the figures of each year in which there is a result, the oldest first. `by_mean`: the scale's result is
    its mean, with two decimals; a sum's mean has one. There is one result a service and year.

    A figure is withheld where those that may not be seen are so few that they could be told from it.
    """
    by_year: dict[int, list[Result]] = {}
    for each in results:
        by_year.setdefault(each.year, []).append(each)
    found = []
    for year in sorted(by_year):
        whole = _whole(by_year[year])
        withheld = not limit.may_count(sum(each.hidden for each in whole))
        shown = bool(whole) and not withheld
        found.append(
            Year(
                year=year,
                services=len(whole),
                incomplete=_left_out(by_year[year], "incomplete"),
                other_edition=_left_out(by_year[year], "other_edition"),
                is_withheld=withheld,
                middle=_middle([each.total for each in whole], by_mean=by_mean) if shown else None,
                bands=_in_bands([each.total for each in whole], bands) if shown else [],
                change=_change(changed(by_year.get(year - 1, ()), by_year[year]), by_mean=by_mean),
            )
        )
    return found


def _whole(results: Iterable[Result]) -> list[Result]:
    return [each for each in results if not each.left_out]


def _left_out(results: Iterable[Result], reason: str) -> int | None:
    left = [each for each in results if each.left_out == reason]
    return len(left) if limit.may_count(sum(each.hidden for each in left)) else None


def changed(before: Iterable[Result], now: Iterable[Result]) -> list[tuple[Result, Result]]:
    """Return the whole results of the services that have one in both years: then and now."""
    then = {each.service: each for each in _whole(before)}
    return [(then[each.service], each) for each in _whole(now) if each.service in then]


def either_hidden(then: Result, now: Result) -> bool:
    """Whether one of a service's two results may not be seen, so that its change may not be either."""
    return then.hidden or now.hidden


def _middle(totals: Collection[scoring.Total], *, by_mean: bool) -> Middle:
    sums = [_summed(total) for total in totals]
    # What a mean is the mean of is the same in all of them: every item of the one edition.
    items = next(iter(totals)).items if by_mean else 1
    lower, median, upper = (scoring.round_half_up(Fraction(value) / items, 2) for value in scoring.quartiles(sums))
    mean = scoring.round_half_up(Fraction(sum(sums), len(sums) * items), 2 if by_mean else 1)
    return Middle(lower, median, upper, mean)


def _change(pairs: Sequence[tuple[Result, Result]], *, by_mean: bool) -> Change:
    if not pairs or not limit.may_count(sum(either_hidden(*pair) for pair in pairs)):
        return Change(len(pairs))
    steps = [_summed(now.total) - _summed(then.total) for then, now in pairs]
    items = pairs[0][1].total.items if by_mean else 1
    return Change(
        services=len(pairs),
        mean=scoring.round_half_up(Fraction(sum(steps), len(steps) * items), 2 if by_mean else 1),
        rose=sum(step > 0 for step in steps),
        same=sum(step == 0 for step in steps),
        fell=sum(step < 0 for step in steps),
    )


def _in_bands(totals: Collection[scoring.Total], bands: Sequence[scoring.BandRange]) -> list[InBand]:
    reached = [scoring.band_for(total, bands) for total in totals]
    return [InBand(band, reached.count(band), scoring.percent(reached.count(band), len(totals))) for band in bands]


def _summed(total: scoring.Total) -> int:
    if total.total is None:
        raise ValueError("a whole result has a sum")
    return total.total


# Beside the score


@dataclass(frozen=True)
class Working:
    """How many of a service's participants were in work or education when it was reviewed, and the agreed goal."""

    service: uuid.UUID
    review: uuid.UUID
    year: int
    participants: int | None
    in_work: int | None
    in_education: int | None
    goal: int | None = None
    hidden: bool = False

    @property
    def share(self) -> int | None:
        """The percentage; None where it cannot be told."""
        return outcomes.share(self.participants, self.in_work, self.in_education)

    @property
    def reached(self) -> bool:
        """Whether the share is that of the agreed goal, or above it."""
        return self.goal is not None and self.share is not None and self.share >= self.goal


@dataclass(frozen=True)
class Outcomes:
    """A year's share in work or education: of the participants of all services that tell it, taken together.

    `goals` is how many of these services have agreed on a goal, `goal` the median of the goals, and `reached` how many
    have reached their own: these three are withheld where too few of those with a goal may not be seen. Where the
    figures are withheld, there is none but how many services there are.
    """

    year: int
    services: int
    is_withheld: bool
    participants: int = 0
    share: int | None = None
    goals_withheld: bool = False
    goals: int = 0
    goal: Decimal | None = None
    reached: int = 0


def of_working(told: Iterable[Working]) -> list[Outcomes]:
    """Return the figures of each year for which a service tells its share, the oldest first."""
    by_year: dict[int, list[Working]] = {}
    for each in told:
        if each.share is not None:
            by_year.setdefault(each.year, []).append(each)
    return [_outcomes(year, by_year[year]) for year in sorted(by_year)]


def _outcomes(year: int, told: Sequence[Working]) -> Outcomes:
    if not limit.may_count(sum(each.hidden for each in told)):
        return Outcomes(year, len(told), is_withheld=True)
    participants, in_work, in_education = (
        sum(getattr(each, name) for each in told) for name in ("participants", "in_work", "in_education")
    )
    found = Outcomes(
        year=year,
        services=len(told),
        is_withheld=False,
        participants=participants,
        share=outcomes.share(participants, in_work, in_education),
    )
    if not limit.may_count(hidden_with_goal(told)):
        return replace(found, goals_withheld=True)
    goals = [each.goal for each in told if each.goal is not None]
    return replace(
        found,
        goals=len(goals),
        goal=scoring.quartiles(goals)[1] if goals else None,
        reached=sum(each.reached for each in told),
    )


def hidden_with_goal(told: Iterable[Working]) -> int:
    """Return how many of those with an agreed goal may not be seen."""
    return sum(each.hidden for each in told if each.goal is not None)

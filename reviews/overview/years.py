"""What the services' results of a calendar year say together, and how they changed since the year before: counts in,
figures out.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from reviews import outcomes
from reviews.overview import limit
from reviews.overview.counts import Counts
from reviews.summary.tally import Told, Yearly
from scales import scoring


@dataclass(frozen=True)
class Edition:
    """A scale's newest edition, of so many items, and its others, whose results are no part of the figures."""

    key: int
    items: int
    others: Collection[int] = ()


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


def of_scale(
    counts: Counts[Yearly], edition: Edition, *, bands: Sequence[scoring.BandRange], by_mean: bool
) -> list[Year]:
    """Return the figures of each year in which there is a result on an edition or on another of its scale, the oldest
    first. `by_mean`: the scale's result is its mean, with two decimals; a sum's mean has one.

    A figure is withheld where those that may not be seen are so few that they could be told from it.
    """
    shown, hidden, key = counts.all, counts.hidden, edition.key
    items, places = (edition.items, 2) if by_mean else (1, 1)
    found = []
    for year in shown.years({key, *edition.others}):
        whole = shown.whole(year, key)
        withheld = not limit.may_count(_number(hidden.whole(year, key)))
        told = whole if not withheld else {}
        found.append(
            Year(
                year=year,
                services=_number(whole),
                incomplete=_left_out(shown.incomplete(year, key), hidden.incomplete(year, key)),
                other_edition=_left_out(
                    sum(shown.results(year, other) for other in edition.others),
                    sum(hidden.results(year, other) for other in edition.others),
                ),
                is_withheld=withheld,
                middle=_middle(told, items, places) if told else None,
                bands=_in_bands(told, edition.items, bands) if told else [],
                change=_change(shown.steps(year, key), hidden.steps(year, key), items, places),
            )
        )
    return found


def _number(histogram: Mapping[int, int]) -> int:
    return sum(histogram.values())


def _left_out(number: int, hidden: int) -> int | None:
    return number if limit.may_count(hidden) else None


def _mean(histogram: Mapping[int, int], items: int, places: int) -> Decimal:
    summed = sum(value * number for value, number in histogram.items())
    return scoring.round_half_up(Fraction(summed, _number(histogram) * items), places)


def _middle(sums: Mapping[int, int], items: int, places: int) -> Middle:
    # What a mean is the mean of is the same in all of them: every item of the one edition.
    lower, median, upper = (scoring.round_half_up(Fraction(value) / items, 2) for value in scoring.quartiles(sums))
    return Middle(lower, median, upper, _mean(sums, items, places))


def _change(steps: Mapping[int, int], hidden: Mapping[int, int], items: int, places: int) -> Change:
    services = _number(steps)
    if not services or not limit.may_count(_number(hidden)):
        return Change(services)
    return Change(
        services=services,
        mean=_mean(steps, items, places),
        rose=sum(number for step, number in steps.items() if step > 0),
        same=steps.get(0, 0),
        fell=sum(number for step, number in steps.items() if step < 0),
    )


def _in_bands(sums: Mapping[int, int], items: int, bands: Sequence[scoring.BandRange]) -> list[InBand]:
    services = _number(sums)
    totals = [(scoring.of_sum(summed, scored=items, items=items), number) for summed, number in sums.items()]
    held = [(band, sum(n for total, n in totals if scoring.band_for(total, bands) == band)) for band in bands]
    return [InBand(band, number, scoring.percent(number, services)) for band, number in held]


# Beside the score


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


def of_working(counts: Counts[Yearly]) -> list[Outcomes]:
    """Return the figures of each year for which a service tells its share, the oldest first."""
    return [
        _outcomes(year, told, counts.hidden.told.get(year, Told())) for year, told in sorted(counts.all.told.items())
    ]


def _outcomes(year: int, told: Told, hidden: Told) -> Outcomes:
    if not limit.may_count(hidden.services):
        return Outcomes(year, told.services, is_withheld=True)
    found = Outcomes(
        year=year,
        services=told.services,
        is_withheld=False,
        participants=told.participants,
        share=outcomes.share(told.participants, told.in_work, told.in_education),
    )
    if not limit.may_count(_number(hidden.goals)):
        return replace(found, goals_withheld=True)
    return replace(
        found,
        goals=_number(told.goals),
        goal=scoring.quartiles(told.goals)[1] if told.goals else None,
        reached=told.reached,
    )

"""What a service's reviews add to the figures of several: plain numbers by name, which add up over services and can be
taken away again. No figure is more than a sum of them; none of this knows the database.
"""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from reviews import outcomes
from reviews.models import Obstacle, Review
from scales import scoring

UNTOLD = "untold"
"""Stands for a low score of which nothing is said."""
CAUSES: tuple[str, ...] = (*Obstacle.values, UNTOLD)


class Tally(dict[str, int]):
    """Numbers by name; one that is not there is 0."""

    def add(self, other: Mapping[str, int], times: int = 1) -> None:
        """Add another's numbers; with `times` -1, take them away."""
        for name, number in other.items():
            self[name] = self.get(name, 0) + times * number
            if not self[name]:
                del self[name]

    def count(self, *name: object, number: int = 1) -> None:
        """Add one number, by a name in several words."""
        self.add({" ".join(map(str, name)): number})


@dataclass
class Counted:
    """What several services add up to, and those of their reviews that whoever asks may not see."""

    all: Tally = field(default_factory=Tally)
    hidden: Tally = field(default_factory=Tally)

    def add(self, other: "Counted") -> None:
        """Add what others add up to."""
        self.all.add(other.all)
        self.hidden.add(other.hidden)


# The latest review


class Part(StrEnum):
    """The latest reviews by kind, apart so that each kind and both together are sums: an external one, a self-review
    beside an external one, and one of a service that has nothing else.
    """

    EXTERNAL = "external"
    BESIDE = "beside"
    ALONE = "alone"


_PARTS: dict[str, tuple[Part, ...]] = {
    "": (Part.EXTERNAL, Part.ALONE),
    Review.Kind.EXTERNAL: (Part.EXTERNAL,),
    Review.Kind.SELF: (Part.BESIDE, Part.ALONE),
}


@dataclass(frozen=True)
class Scored:
    """An item of an edition in a review: its score, None where it is not scored, and what holds down a low one: codes
    of Obstacle, or UNTOLD alone.
    """

    item: int
    edition: int
    score: int | None
    causes: tuple[str, ...] = ()


def causes(obstacles: Iterable[str]) -> tuple[str, ...]:
    """Return what is said to hold a low score down, in the order of CAUSES: UNTOLD where nothing is."""
    said = set(obstacles)
    return tuple(code for code in Obstacle.values if code in said) or (UNTOLD,)


def latest(part: Part, rows: Iterable[Scored]) -> Tally:
    """Return what a service's latest review adds."""
    found, editions, held = Tally(), set(), set()
    for row in rows:
        editions.add(row.edition)
        found.count("score", part, row.item, "none" if row.score is None else row.score)
        for cause in row.causes:
            found.count("cause", part, row.item, cause)
            held.add((row.edition, cause))
    for edition in editions:
        found.count("edition", part, edition)
    for edition, cause in held:
        found.count("held", part, edition, cause)
    return found


_Nested = defaultdict[int, dict[str, int]]


class Latest:
    """The latest reviews of a kind, as the figures ask for them; without a kind, of either (see Part)."""

    def __init__(self, tally: Mapping[str, int], kind: str = "") -> None:
        """Read the sums of a tally."""
        self._scores, self._causes, self._held, self._editions = (_Nested(dict) for _each in range(4))
        places = {"score": self._scores, "cause": self._causes, "held": self._held, "edition": self._editions}
        parts = _PARTS[kind]
        for name, number in tally.items():
            what, part, key, *rest = name.split(" ")
            if part in parts:
                of_key, last = places[what][int(key)], rest[0] if rest else ""
                of_key[last] = of_key.get(last, 0) + number

    def scores(self, item: int, of: Iterable[int]) -> dict[int, int]:
        """Return how many services have which of these scores on an item."""
        found = self._scores[item]
        return {score: found.get(str(score), 0) for score in of}

    def scored(self, item: int) -> int:
        """Return in how many services an item is scored."""
        found = self._scores[item]
        return sum(found.values()) - found.get("none", 0)

    def unscored(self, item: int) -> int:
        """Return in how many services an item stands without a score."""
        return self._scores[item].get("none", 0)

    def caused(self, item: int) -> dict[str, int]:
        """Return how many low scores on an item each of CAUSES holds down."""
        return {code: self._causes[item].get(code, 0) for code in CAUSES}

    def held(self, edition: int) -> dict[str, int]:
        """Return in how many services each of CAUSES holds a score of an edition down."""
        return {code: self._held[edition].get(code, 0) for code in CAUSES}

    def services(self, edition: int) -> int:
        """Return how many services were reviewed on an edition."""
        return self._editions[edition].get("", 0)


# Year by year


@dataclass(frozen=True)
class Result:
    """A service's result on an edition in a calendar year. `hidden`: whoever asks may not see the review."""

    service: uuid.UUID
    review: uuid.UUID
    year: int
    edition: int
    total: scoring.Total
    hidden: bool = False


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


def yearly(kind: str, results: Iterable[Result], told: Iterable[Working]) -> Counted:
    """Return what reviews of a kind add, of which there is one a service and year. A change between two years is hidden
    where either review is.
    """
    counted = Counted()
    given = list(results)
    whole = {(each.service, each.edition, each.year): each for each in given if each.total.complete}
    for each in given:
        where = (kind, each.year, each.edition)
        if not each.total.complete:
            _count(counted, each.hidden, "incomplete", *where)
            continue
        _count(counted, each.hidden, "whole", *where, each.total.total)
        if then := whole.get((each.service, each.edition, each.year - 1)):
            step = (each.total.total or 0) - (then.total.total or 0)
            _count(counted, then.hidden or each.hidden, "step", *where, step)
    for working in told:
        if working.share is not None:
            for name, number in _told(working):
                _count(counted, working.hidden, name, kind, working.year, number=number)
            if working.goal is not None:
                _count(counted, working.hidden, "goal", kind, working.year, working.goal)
    return counted


def _told(working: Working) -> Iterable[tuple[str, int]]:
    """Give the numbers of one that tells its share, under the names that Told has for their sums."""
    yield "services", 1
    yield "participants", working.participants or 0
    yield "in_work", working.in_work or 0
    yield "in_education", working.in_education or 0
    yield "reached", int(working.reached)


def _count(counted: Counted, hidden: bool, *name: object, number: int = 1) -> None:
    counted.all.count(*name, number=number)
    if hidden:
        counted.hidden.count(*name, number=number)


@dataclass
class Told:
    """What the services that tell their share in work or education in a year add up to: their goals are counted by how
    many have each, and `reached` is how many have reached their own.
    """

    services: int = 0
    participants: int = 0
    in_work: int = 0
    in_education: int = 0
    reached: int = 0
    goals: dict[int, int] = field(default_factory=dict)


_Histograms = defaultdict[tuple[int, int], dict[int, int]]


class Yearly:
    """The latest reviews of a kind in each calendar year, as the figures ask for them; without a kind, external ones: a
    line goes through one kind.
    """

    def __init__(self, tally: Mapping[str, int], kind: str = "") -> None:
        """Read the sums of a tally."""
        self._whole, self._steps = _Histograms(dict), _Histograms(dict)
        self._incomplete: dict[tuple[int, int], int] = {}
        self.told: dict[int, Told] = {}
        """What is told of participants, by year."""
        histograms = {"whole": self._whole, "step": self._steps}
        for name, number in tally.items():
            what, of_kind, *keys = name.split(" ")
            if of_kind != (kind or Review.Kind.EXTERNAL):
                continue
            year, *rest = map(int, keys)
            if what in histograms:
                histograms[what][year, rest[0]][rest[1]] = number
            elif what == "incomplete":
                self._incomplete[year, rest[0]] = number
            elif what == "goal":
                self.told.setdefault(year, Told()).goals[rest[0]] = number
            else:
                setattr(self.told.setdefault(year, Told()), what, number)

    def years(self, editions: Collection[int]) -> list[int]:
        """Return the years in which there is a result on one of these editions, the oldest first."""
        return sorted({year for year, edition in (*self._whole, *self._incomplete) if edition in editions})

    def whole(self, year: int, edition: int) -> dict[int, int]:
        """Return how many services have which sum, of those with every item scored."""
        return self._whole.get((year, edition), {})

    def incomplete(self, year: int, edition: int) -> int:
        """Return how many services have a result without every item scored."""
        return self._incomplete.get((year, edition), 0)

    def results(self, year: int, edition: int) -> int:
        """Return how many services have a result on the edition."""
        return sum(self.whole(year, edition).values()) + self.incomplete(year, edition)

    def steps(self, year: int, edition: int) -> dict[int, int]:
        """Return how many services have come how far from the year before, of those with every item scored in both."""
        return self._steps.get((year, edition), {})

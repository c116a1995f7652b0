"""The arithmetic of a scale as pure functions on plain values: no database, no language.

Every figure is computed exactly (fractions, never floats) and rounded once, half up, where it is shown.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from itertools import accumulate
from types import MappingProxyType
from typing import Any


def round_half_up(value: Decimal | Fraction, places: int) -> Decimal:
    """`value` with `places` decimals (0 or more), a half rounded away from zero: 4.165 with 2 is 4.17."""
    exact = Fraction(value)
    units = (abs(exact) * 10**places + Fraction(1, 2)).__floor__()
    digits = tuple(int(digit) for digit in str(units))
    return Decimal((int(exact < 0 and units > 0), digits, -places))


def percent(part: int, whole: int) -> int:
    """How many percent `part` is of `whole`, which is not 0: a whole number, half up."""
    return int(round_half_up(Fraction(100 * part, whole), 0))


@dataclass(frozen=True)
class Total:
    """The result of some items: always shown with what it is out of."""

    items: int
    """How many items there are."""
    scored: int
    """How many of them are scored."""
    total: int | None
    """The sum of the scores; None where nothing is scored, for "not scored" is not 0."""
    maximum: int
    """The highest sum the scored items could have given; 0 where nothing is scored."""
    mean: Decimal | None
    """The mean of the scored items, two decimals, half up; None where nothing is scored."""

    @property
    def complete(self) -> bool:
        """Whether there are items and all of them are scored."""
        return 0 < self.items == self.scored


def total(scores: Iterable[int | None], *, highest: int = 5) -> Total:
    """The total of `scores`, where None stands for an item that is not scored.

    Raises ValueError for a score that is not a whole number from 1 to `highest`.
    """
    given = list(scores)
    scored = [score for score in given if score is not None]
    for score in scored:
        if isinstance(score, bool) or not isinstance(score, int) or not 1 <= score <= highest:
            raise ValueError(f"a score is a whole number from 1 to {highest}, not {score!r}")
    return of_sum(sum(scored), scored=len(scored), items=len(given), highest=highest)


@lru_cache(maxsize=4096)
def of_sum(summed: int, *, scored: int, items: int, highest: int = 5) -> Total:
    """The total of `items` items of which `scored` are scored, from the sum of their scores."""
    if not scored:
        return Total(items=items, scored=0, total=None, maximum=0, mean=None)
    return Total(
        items=items,
        scored=scored,
        total=summed,
        maximum=scored * highest,
        mean=round_half_up(Fraction(summed, scored), 2),
    )


def difference(then: Total, now: Total, *, by_mean: bool) -> Decimal | None:
    """How much the result has risen (of the means with `by_mean`, else of the sums), below zero how much it has fallen;
    None unless both are complete: only like is compared with like.
    """
    if not (then.complete and now.complete) or then.mean is None or now.mean is None:
        return None
    return now.mean - then.mean if by_mean else Decimal(now.total or 0) - Decimal(then.total or 0)


@dataclass(frozen=True)
class BandRange:
    """A range of totals with a name; both ends belong to it."""

    code: str
    label: str
    lowest: int
    highest: int
    recommended_months: int


def band_for(total: Total, bands: Sequence[BandRange]) -> BandRange | None:
    """The band that the total falls in; None unless every item is scored, or where no band holds the total."""
    if not total.complete or total.total is None:
        return None
    return next((band for band in bands if band.lowest <= total.total <= band.highest), None)


@dataclass(frozen=True)
class Agreement:
    """How far two evaluators agree."""

    compared: int
    """Items that both have scored."""
    equal: int
    """Of those: given the same score."""
    within_one: int
    """Of those: scores that differ by one at most, the equal ones among them."""


def agreement(pairs: Iterable[tuple[int | None, int | None]]) -> Agreement:
    """The agreement of two evaluators' scores, item by item; a pair where either is None is not compared."""
    differences = [abs(first - second) for first, second in pairs if first is not None and second is not None]
    return Agreement(
        compared=len(differences),
        equal=sum(difference == 0 for difference in differences),
        within_one=sum(difference <= 1 for difference in differences),
    )


def quartiles(values: Mapping[int, int]) -> tuple[Decimal, Decimal, Decimal]:
    """Lower quartile, median and upper quartile of values, each with how often it occurs: linear between neighbours,
    both ends included.

    Exact, so with at most two decimals. Raises ValueError without values.
    """
    ordered = sorted(value for value, number in values.items() if number)
    ends = list(accumulate(values[value] for value in ordered))
    if not ends:
        raise ValueError("quartiles need at least one value")

    def nth(place: int) -> int:
        return ordered[bisect_right(ends, place)]

    def at(quarter: int) -> Decimal:
        whole, quarters = divmod((ends[-1] - 1) * quarter, 4)
        step = nth(whole + 1) - nth(whole) if quarters else 0
        return Decimal(nth(whole)) + Decimal(step * quarters) / 4

    return at(1), at(2), at(3)


class Kind(StrEnum):
    """How a value is held against the thresholds of a measure."""

    ELEMENTS = "elements"
    """The number of elements present is at least the threshold."""
    AT_LEAST = "at_least"
    """The value is at least the threshold."""
    AT_MOST = "at_most"
    """The value is at most the threshold."""
    MORE_THAN = "more_than"
    """The value is above the threshold."""


class Operation(StrEnum):
    """How the value comes from the inputs."""

    INPUT = "input"
    """The one input is the value."""
    RATIO = "ratio"
    """The first operand divided by the second."""
    PERCENT = "percent"
    """A hundred times the first operand divided by the second."""


@dataclass(frozen=True)
class Input:
    """A figure that is counted on the visit."""

    key: str
    label: str
    nouns: tuple[str, str]
    """What one of it and several of it are called after a number; both empty where the measure does not say."""


@dataclass(frozen=True)
class Statement:
    """Something that is true of the service or not, and the score it bears on."""

    score: int
    text: str


@dataclass(frozen=True)
class Measure:
    """How a score can be suggested from what was counted."""

    kind: Kind
    inputs: tuple[Input, ...]
    operation: Operation
    operands: tuple[str, ...]
    """Keys of the inputs that the operation takes, in order."""
    unit: str
    thresholds: tuple[tuple[int, Decimal], ...]
    """Score and threshold, the highest score first."""
    otherwise: int | None
    """Suggested where no threshold is reached; None for no suggestion."""
    raises: tuple[Statement, ...]
    needs: tuple[Statement, ...]
    maximum: Decimal | None
    """The highest value that can be (100 for a share in percent); a value above it is a slip in the counts."""
    places: int
    """Decimals that a computed value is shown with at least."""

    @property
    def by_part(self) -> bool:
        """Whether its arithmetic can be done for each jobbspesialist, team or deltaker by itself: one figure, of which
        the plain mean is taken, or two that can each be added up. What a share is taken of cannot: the same kind of job
        counted twice is no two kinds. Whether a mean is what the scale asks for is for those to know who count: a share
        that comes as one figure no longer tells what it is a share of.
        """
        return self.kind is not Kind.ELEMENTS and self.operation is not Operation.PERCENT

    @property
    def highest_count(self) -> Decimal | None:
        """The highest that a counted figure can be; None where there is no such limit, as where a value is computed."""
        return self.maximum if self.operation is Operation.INPUT else None

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Measure":
        """The measure that an item's JSON describes.

        Keys of `data` (scores are whole numbers, as JSON has them also as strings):

        - kind: elements, at_most, at_least or more_than
        - thresholds: {score: number}; the first that holds, from the highest score down, gives the suggestion
        - inputs: {key: label} of what is counted; none for elements, one as the value itself, or two
        - value: {"ratio": [key, key]} or {"percent": [key, key]} where there are two inputs
        - nouns: {key: [one, several]}, what an input is called after its number; optional
        - unit: what the value is measured in; empty unless said
        - otherwise: score suggested below the lowest threshold; 1 unless said, null for no suggestion
        - raises: {score: statement} that, when true, lifts the suggestion to at least the score
        - needs: {score: statement} without which the suggestion stays below the score, whatever is counted or raised
        - maximum: the highest value that can be; optional
        - places: decimals to show of a computed value, at least; 1 unless said

        Raises ValueError that says what is wrong with the data.
        """
        if not isinstance(data, Mapping):
            raise ValueError("a measure is an object")
        unknown = sorted(set(data) - _MEASURE_KEYS)
        if unknown:
            raise ValueError(f"unknown key {unknown[0]!r}")
        try:
            kind = Kind(data.get("kind", ""))
        except ValueError:
            raise ValueError(f"unknown kind {data.get('kind')!r}") from None
        inputs = _inputs(data)
        operation, operands = _operation(data, kind, [each.key for each in inputs])
        thresholds = sorted(
            ((_whole(score), _number(limit)) for score, limit in _mapping(data, "thresholds").items()), reverse=True
        )
        if not thresholds:
            raise ValueError("thresholds are missing")
        otherwise = data.get("otherwise", 1)
        maximum = data.get("maximum")
        return cls(
            kind=kind,
            # PostgreSQL does not keep the order of an object's keys; that of the calculation is a list's.
            inputs=tuple(sorted(inputs, key=lambda each: operands.index(each.key))),
            operation=operation,
            operands=operands,
            unit=str(data.get("unit", "")),
            thresholds=tuple(thresholds),
            otherwise=None if otherwise is None else _whole(otherwise),
            raises=_statements(data, "raises"),
            needs=_statements(data, "needs"),
            maximum=None if maximum is None else _number(maximum),
            places=_whole(data.get("places", 1)),
        )


_MEASURE_KEYS = {
    "kind",
    "thresholds",
    "inputs",
    "value",
    "nouns",
    "unit",
    "otherwise",
    "raises",
    "needs",
    "maximum",
    "places",
}


def _mapping(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = data.get(key, {})
    if not isinstance(found, Mapping):
        raise ValueError(f"{key} is not an object")
    return found


def _whole(value: Any) -> int:
    if not isinstance(value, bool) and isinstance(value, int | str) and str(value).isdecimal():
        return int(value)
    raise ValueError(f"{value!r} is not a whole number")


def _number(value: Any) -> Decimal:
    # Through text, so that 0.8 as JSON holds it is the number the scale says and not the float next to it.
    if not isinstance(value, bool) and isinstance(value, int | float | Decimal):
        number = Decimal(str(value))
        if number.is_finite() and number >= 0:
            return number
    raise ValueError(f"{value!r} is not a number from 0 up")


def _inputs(data: Mapping[str, Any]) -> tuple[Input, ...]:
    labels, nouns = _mapping(data, "inputs"), _mapping(data, "nouns")
    if not all(isinstance(label, str) and label for label in labels.values()):
        raise ValueError("an input has no label")
    if not set(nouns) <= set(labels):
        raise ValueError("nouns name an unknown input")
    for words in nouns.values():
        if not isinstance(words, list) or len(words) != 2 or not all(isinstance(word, str) and word for word in words):
            raise ValueError("nouns are two words, for one and for several")
    return tuple(Input(key, label, tuple(nouns.get(key, ("", "")))) for key, label in labels.items())


def _operation(data: Mapping[str, Any], kind: Kind, keys: list[str]) -> tuple[Operation, tuple[str, ...]]:
    value = _mapping(data, "value")
    if kind is Kind.ELEMENTS:
        if keys or value:
            raise ValueError("elements are counted without inputs")
        return Operation.INPUT, ()
    if not value:
        if len(keys) != 1:
            raise ValueError("without a value there is one input")
        return Operation.INPUT, (keys[0],)
    (name, operands), *more = value.items()
    if more or name not in (Operation.RATIO, Operation.PERCENT):
        raise ValueError("the value is a ratio or a percent")
    if len(keys) != 2 or operands not in (keys, keys[::-1]):
        raise ValueError("the value takes each of the two inputs")
    return Operation(name), tuple(operands)


def _statements(data: Mapping[str, Any], key: str) -> tuple[Statement, ...]:
    statements = [Statement(_whole(score), text) for score, text in _mapping(data, key).items()]
    if not all(isinstance(statement.text, str) and statement.text for statement in statements):
        raise ValueError(f"{key} has an empty statement")
    return tuple(sorted(statements, key=lambda statement: -statement.score))


@dataclass(frozen=True)
class Suggestion:
    """A suggested score with its working. It never sets a score: the evaluator does."""

    score: int | None
    """None where the count is known and the scale suggests nothing for it."""
    at_least: bool
    """True where the count is missing and a statement alone says that the score is `score` or higher."""
    operation: Operation
    inputs: tuple[tuple[str, Decimal], ...]
    """Key and number of each operand, in the order of the operation; empty where one is missing, for elements, and for
    a mean."""
    parts: tuple[tuple[Decimal, ...], ...]
    """What was counted for each part (jobbspesialist, team, deltaker), the operands in their order; empty where the
    whole was counted."""
    value: Decimal | None
    """What was held against the thresholds, as shown: an input as it is; a computed value rounded half up, with so many
    decimals that the rounding does not move it to another score. None where it is missing, or for elements."""
    threshold: int | None
    """The score whose threshold was reached; None where none was."""
    elements_present: int | None
    elements_total: int
    raised_by: int | None
    """The score whose `raises` statement lifted the suggestion."""
    capped_by: int | None
    """The score whose `needs` statement, being false, holds the suggestion below it."""
    unanswered: tuple[int, ...]
    """Scores of the `needs` statements that nobody has answered and that would lower the suggestion if false."""

    def agrees(self, score: int) -> bool:
        """Whether a score is one that this suggests: any is where it suggests none."""
        if self.score is None:
            return True
        return score >= self.score if self.at_least else score == self.score


_NOTHING: Mapping[int, bool | None] = MappingProxyType({})


def suggest(
    measure: Measure,
    counts: Mapping[str, Decimal | int | None],
    *,
    parts: Sequence[Mapping[str, Decimal | int | None]] = (),
    elements_present: int | None = None,
    elements_total: int = 0,
    raises: Mapping[int, bool | None] = _NOTHING,
    needs: Mapping[int, bool | None] = _NOTHING,
    lowest: int = 1,
    highest: int = 5,
) -> Suggestion | None:
    """The score that `measure` suggests from what was counted, or None where that does not suffice.

    `counts` holds the inputs by key, numbers from 0 up; `parts` the same for each jobbspesialist, team or deltaker by
    itself, and where any has a number they count in place of `counts` (see `Measure.by_part`); `elements_present` how
    many of `elements_total` elements are there; None or an absent key is "not counted". `raises` and `needs` answer the
    measure's statements by score, None or absent being "not answered". `lowest` and `highest` are the scores of the
    scale.

    - Of parts, one input is the plain mean of all: each counts alike, whatever its size (B2, O1, T4, T6, T13). Of two
      inputs each is added up, so that a half post weighs half (B1). A part that lacks one of two numbers makes the
      count missing.
    - A division by zero, and a value above the measure's maximum, count as missing; so does a mean of which a part is
      above it.
    - A statement in `raises` that is true lifts the suggestion to at least its score: the ELLER of an anchor.
    - A statement in `needs` that is false holds the suggestion below its score, whatever the count and the raises, yet
      never below `lowest`. One that is not answered does not hold it down, and is named in `unanswered`.
    - Where the count is missing, the statements may still say something: a true raise gives "at least", and a false
      need that leaves only the lowest score gives that score.

    Raises ValueError for a number that is negative or not finite, or for more elements than there are.
    """
    numbers = {key: _counted(number) for key, number in counts.items() if number is not None}
    if elements_present is not None and not 0 <= elements_present <= elements_total:
        raise ValueError(f"{elements_present} of {elements_total} elements cannot be")

    inputs: tuple[tuple[str, Decimal], ...] = ()
    counted_parts: tuple[tuple[Decimal, ...], ...] = ()
    exact: Fraction | None = None
    by_part = _parts(measure, parts)
    if measure.kind is Kind.ELEMENTS:
        exact = None if elements_present is None else Fraction(elements_present)
    elif by_part:
        if all(len(part) == len(measure.operands) for part in by_part):
            counted_parts = tuple(by_part)
            sums = [sum(each, Decimal(0)) for each in zip(*by_part, strict=True)]
            if measure.operation is Operation.INPUT:
                bounded = all(_bounded(measure, Fraction(number)) is not None for (number,) in by_part)
                exact = Fraction(sums[0]) / len(by_part) if bounded else None
            else:
                inputs = tuple(zip(measure.operands, sums, strict=True))
                exact = _value(measure, [Fraction(number) for number in sums])
    elif all(key in numbers for key in measure.operands):
        inputs = tuple((key, numbers[key]) for key in measure.operands)
        exact = _value(measure, [Fraction(number) for _, number in inputs])
    if exact is None:
        inputs, counted_parts = (), ()

    raised = max((each.score for each in measure.raises if raises.get(each.score) is True), default=None)
    held = min((each.score for each in measure.needs if needs.get(each.score) is False), default=None)
    ceiling = highest if held is None else max(held - 1, lowest)

    threshold = None if exact is None else _reached(measure, exact)
    at_least = False
    score: int | None
    if exact is None:
        floor = min(lowest if raised is None else raised, ceiling)
        if lowest == floor < ceiling:
            return None
        score, at_least = floor, floor < ceiling
        raised_by = raised
        capped_by = held if ceiling < highest else None
    else:
        counted = measure.otherwise if threshold is None else threshold
        lifted = counted if raised is None or (counted is not None and raised <= counted) else raised
        score = None if lifted is None else min(lifted, ceiling)
        raised_by = raised if score is not None and (counted is None or score > counted) else None
        capped_by = held if lifted is not None and ceiling < lifted else None

    return Suggestion(
        score=score,
        at_least=at_least,
        operation=measure.operation,
        inputs=inputs,
        parts=counted_parts,
        value=None if exact is None or measure.kind is Kind.ELEMENTS else _shown(measure, exact, inputs),
        threshold=threshold,
        elements_present=elements_present if measure.kind is Kind.ELEMENTS else None,
        elements_total=elements_total if measure.kind is Kind.ELEMENTS else 0,
        raised_by=raised_by,
        capped_by=capped_by,
        unanswered=tuple(
            each.score
            for each in measure.needs
            if score is not None and needs.get(each.score) is None and max(each.score - 1, lowest) < score
        ),
    )


def _parts(measure: Measure, parts: Sequence[Mapping[str, Decimal | int | None]]) -> list[tuple[Decimal, ...]]:
    """The numbers of each part that has any, without those that are missing; none where parts cannot be counted."""
    if not measure.by_part:
        return []
    found = []
    for part in parts:
        numbers = [part.get(key) for key in measure.operands]
        found.append(tuple(_counted(number) for number in numbers if number is not None))
    return [each for each in found if each]


def _counted(number: Decimal | int) -> Decimal:
    if isinstance(number, bool) or not isinstance(number, Decimal | int):
        raise ValueError(f"{number!r} is not an exact number")
    counted = Decimal(number)
    if not counted.is_finite() or counted < 0:
        raise ValueError(f"{number} is not a number from 0 up")
    return counted


def _value(measure: Measure, operands: list[Fraction]) -> Fraction | None:
    if measure.operation is Operation.INPUT:
        value = operands[0]
    elif operands[1] == 0:
        return None
    else:
        value = operands[0] / operands[1] * (100 if measure.operation is Operation.PERCENT else 1)
    return _bounded(measure, value)


def _bounded(measure: Measure, value: Fraction) -> Fraction | None:
    """The value, None where it is above what can be."""
    return None if measure.maximum is not None and value > measure.maximum else value


def _reached(measure: Measure, value: Fraction) -> int | None:
    """The highest score whose threshold `value` reaches; None where it reaches none."""
    for score, limit in measure.thresholds:
        if measure.kind is Kind.AT_MOST:
            holds = value <= limit
        elif measure.kind is Kind.MORE_THAN:
            holds = value > limit
        else:
            holds = value >= limit
        if holds:
            return score
    return None


def _shown(measure: Measure, exact: Fraction, inputs: tuple[tuple[str, Decimal], ...]) -> Decimal:
    """`exact` as a decimal that gives the same score: 20.04 is not shown as 20.0 where 20 is a threshold."""
    if measure.operation is Operation.INPUT and inputs:
        return inputs[0][1]
    places = measure.places
    while _reached(measure, Fraction(round_half_up(exact, places))) != _reached(measure, exact):
        places += 1
    return round_half_up(exact, places)

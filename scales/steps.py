"""What an item takes for its next score, worked out from the scale itself: pure functions on plain values.

It is advice and no part of the scale: nothing here bears on a score. What leads to a score is said in the words of its
anchor, never retold; an item's `steps` only tell which of those words are a goal, and for whom.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from scales.scoring import Kind, Measure

OR = ", ELLER "
"""What stands between the alternatives of an anchor."""


class Condition(StrEnum):
    """What an alternative of an anchor can depend on."""

    DISPERSED = "dispersed"
    """A sparsely populated area with one jobbspesialist in each place."""


@dataclass(frozen=True)
class Choice:
    """An alternative of an anchor that is a goal."""

    part: int
    """Its place among the alternatives, from 0."""
    only_if: Condition | None = None
    unless: Condition | None = None
    without: tuple[str, ...] = ()
    """What of its words tells of a fault, and is left out."""


@dataclass(frozen=True)
class Steps:
    """What of an item's anchors is a goal, and what law can bar."""

    goals: Mapping[int, tuple[Choice, ...]]
    """By score. A score that is not here has its whole anchor for a goal; one with nothing has none."""
    barred: frozenset[int]
    """Indexes of the elements that law can bar."""

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Steps":
        """The steps that an item's JSON describes.

        - goals: {score: [goal, ...]}, a goal being {"part": n}, with "if" or "unless": a condition where it depends on
          one, and "without": [text, ...] where some of its words tell of a fault
        - barred: [index of an element]

        Raises ValueError that says what is wrong with the data.
        """
        if not isinstance(data, Mapping):
            raise ValueError("steps are an object")
        _known(data, {"goals", "barred"})
        goals, barred = data.get("goals", {}), data.get("barred", [])
        if not isinstance(goals, Mapping) or not all(isinstance(chosen, list) for chosen in goals.values()):
            raise ValueError("goals are lists by score")
        if not all(isinstance(score, str) and score.isdecimal() for score in goals):
            raise ValueError("goals are by score")
        if not isinstance(barred, list) or not all(_is_index(index) for index in barred):
            raise ValueError("barred are indexes of elements")
        return cls(
            goals={int(score): tuple(_choice(each) for each in chosen) for score, chosen in goals.items()},
            barred=frozenset(barred),
        )


def _known(data: Mapping[str, Any], names: set[str]) -> None:
    unknown = sorted(set(data) - names)
    if unknown:
        raise ValueError(f"unknown key {unknown[0]!r}")


def _is_index(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _choice(data: object) -> Choice:
    if not isinstance(data, Mapping):
        raise ValueError("a goal is an object")
    _known(data, {"part", "if", "unless", "without"})
    part, without = data.get("part"), data.get("without", [])
    if not isinstance(part, int) or not _is_index(part):
        raise ValueError("a goal has no part")
    if not isinstance(without, list) or not all(isinstance(text, str) and text for text in without):
        raise ValueError("what a goal is without is a list of texts")
    try:
        only_if, unless = (Condition(data[key]) if key in data else None for key in ("if", "unless"))
    except ValueError as error:
        raise ValueError(f"unknown condition: {error}") from None
    return Choice(part, only_if, unless, tuple(without))


def parts(anchor: str) -> list[str]:
    """Return the alternatives of an anchor, one where it has no ELLER."""
    return anchor.split(OR)


@dataclass(frozen=True)
class Goal:
    """What leads to a score, as a sentence of the anchor; of several one is enough."""

    text: str
    only_if: Condition | None
    """What it depends on, where nobody has said whether that is so."""


def goals(anchor: str, chosen: Sequence[Choice] | None, holds: Mapping[Condition, bool | None]) -> list[Goal]:
    """Return what leads to the score of an anchor: those of the `chosen` alternatives that apply, all of them for None.

    `holds` says which conditions are met; None or a missing key is "not known", and then both what depends on it and
    what it takes the place of are there. Raises IndexError for an alternative that the anchor does not have.
    """
    texts = parts(anchor)
    if chosen is None:
        chosen = [Choice(part) for part in range(len(texts))]
    found = []
    for each in chosen:
        met = None if each.only_if is None else holds.get(each.only_if)
        hindered = None if each.unless is None else holds.get(each.unless)
        if met is False or hindered is True:
            continue
        found.append(Goal(_sentence(texts[each.part], each.without), None if met else each.only_if))
    return found


def _sentence(text: str, without: Iterable[str]) -> str:
    for left_out in without:
        text = text.replace(left_out, "")
    text = text.strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")


def _threshold(measure: Measure, score: int) -> int | None:
    """How many elements a score takes; None where they do not decide on it."""
    if measure.kind is not Kind.ELEMENTS:
        return None
    return next((int(limit) for each, limit in measure.thresholds if each == score), None)


@dataclass(frozen=True)
class Elements:
    """The elements of which some more must be there."""

    lacking: tuple[int, ...]
    """Indexes of those that are not there yet; none where it is not known which they are."""
    how_many: int
    """So many of those must be there; 1 where it is not known which they are, but that it takes one more than now; 0
    where the anchor alone can tell."""


def elements(
    measure: Measure,
    count: int,
    found: Collection[int] | None,
    *,
    score: int,
    to: int,
    barred: Collection[int] = (),
    spared: Collection[int] = (),
) -> Elements:
    """Return which of an item's `count` elements it takes to come from `score` to `to`.

    `found` are the elements that are there, which give `score`; None where nobody has said which. `barred` are elements
    that are never asked for, `spared` those that are only where no others would do.
    """
    needed = _threshold(measure, to)
    if needed is None:
        return Elements((), 0)
    if found is None:
        return Elements((), int(_threshold(measure, score) == needed - 1))
    there = set(found)
    how_many = needed - len(there)
    lacking = [index for index in range(count) if index not in there and index not in barred]
    others = [index for index in lacking if index not in spared]
    chosen = tuple(others if len(others) >= how_many else lacking)
    return Elements(chosen, how_many) if 0 < how_many <= len(chosen) else Elements((), 0)


def attainable(measure: Measure | None, count: int, barred: Collection[int], *, lowest: int, highest: int) -> int:
    """Return the highest score that an item's `count` elements can give where the `barred` ones cannot be there."""
    if measure is None or measure.kind is not Kind.ELEMENTS or not barred:
        return highest
    can_be = count - len(set(barred))
    return max((score for score, limit in measure.thresholds if can_be >= limit), default=lowest)

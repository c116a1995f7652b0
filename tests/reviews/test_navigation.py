"""The way through the items: by the scales, or the items on which two evaluators are farthest apart first."""

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.navigation import Apart, Group, Step, apart, by_difference
from scales.models import Item


@dataclass
class Judgement:
    """An evaluator's own score, or why there is none."""

    score: int | None = None
    not_scored: str = ""


MISSING = Judgement(None, "missing_data")
NOT_STARTED = Judgement(None, "not_started")
judgements = st.builds(Judgement, st.integers(1, 5)) | st.sampled_from([MISSING, NOT_STARTED])


@pytest.mark.parametrize(
    ("own", "found"),
    [
        ((Judgement(5), Judgement(1)), (Apart.FAR, 4)),
        ((Judgement(2), Judgement(4)), (Apart.FAR, 2)),
        ((Judgement(4), Judgement(3)), (Apart.NEAR, 1)),
        ((Judgement(4), Judgement(4)), (Apart.EQUAL, 0)),
        ((Judgement(4), MISSING), (Apart.OTHERWISE, 0)),
        ((MISSING, Judgement(1)), (Apart.OTHERWISE, 0)),
        ((MISSING, NOT_STARTED), (Apart.OTHERWISE, 0)),
        ((MISSING, MISSING), (Apart.EQUAL, 0)),
        ((Judgement(4), None), (Apart.OTHERWISE, 0)),
        ((None, MISSING), (Apart.OTHERWISE, 0)),
        ((None, None), (Apart.EQUAL, 0)),
        ((), (Apart.EQUAL, 0)),
        ((Judgement(3), Judgement(4), Judgement(5)), (Apart.FAR, 2)),
    ],
)
def test_how_far_judgements_are_apart(own: tuple[Judgement | None, ...], found: tuple[Apart, int]) -> None:
    assert apart(own) == found


@given(judgements, judgements)
def test_it_does_not_matter_whose_judgement_comes_first(first: Judgement, second: Judgement) -> None:
    assert apart((first, second)) == apart((second, first))


def _sections(size: int) -> list[Group]:
    """Two groups with that many items between them, numbered from 0."""
    steps = tuple(Step(cast(Item, SimpleNamespace(pk=number)), None, False) for number in range(size))
    return [Group("first", steps[: size // 2]), Group("second", steps[size // 2 :])]


def _keys(groups: tuple[Group, ...]) -> list[list[int]]:
    return [[step.item.pk for step in group.steps] for group in groups]


@given(st.lists(st.tuples(judgements, judgements)))
def test_every_item_comes_once_and_the_farthest_apart_first(pairs: list[tuple[Any, Any]]) -> None:
    own = dict(enumerate(pairs))
    groups = by_difference(_sections(len(pairs)), own)
    order = [step.item.pk for group in groups for step in group.steps]
    assert sorted(order) == list(range(len(pairs)))
    kinds = list(Apart)
    ranks = [(kinds.index(apart(own[key])[0]), -apart(own[key])[1], key) for key in order]
    assert ranks == sorted(ranks)
    assert all(group.steps for group in groups)


def test_each_group_says_how_far_its_items_are_apart() -> None:
    own = {
        0: (Judgement(4), Judgement(4)),
        1: (Judgement(4), Judgement(3)),
        2: (Judgement(4), Judgement(2)),
        3: (Judgement(5), Judgement(2)),
        4: (MISSING, Judgement(2)),
        5: (Judgement(1), Judgement(1)),
    }
    groups = by_difference(_sections(6), own)
    assert _keys(groups) == [[3, 2], [1], [4], [0, 5]]
    assert [group.title for group in groups] == [str(each.label) for each in Apart]

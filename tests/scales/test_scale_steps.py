"""What an item takes for its next score: the words of its anchor, and the elements that lack."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scales.models import Item, Scale
from scales.scoring import Measure, suggest
from scales.steps import Choice, Condition, Goal, Steps, attainable, elements, goals

FIVE = Measure.from_json({"kind": "elements", "thresholds": {"5": 5, "4": 4, "3": 3, "2": 2}})
SHARE = Measure.from_json({"kind": "at_least", "inputs": {"share": "Andel"}, "thresholds": {"5": 90, "4": 75}})
MEETINGS = "Faste møter, ELLER (på øya) telefon, men sjelden."


def texts(found: list[Goal]) -> list[str]:
    return [goal.text for goal in found]


def test_without_a_choice_every_alternative_is_enough() -> None:
    assert goals(MEETINGS, None, {}) == [Goal("Faste møter.", None), Goal("(på øya) telefon, men sjelden.", None)]


def test_a_chosen_alternative_stands_without_the_words_that_tell_of_a_fault() -> None:
    assert texts(goals(MEETINGS, [Choice(1, without=("(på øya) ", ", men sjelden"))], {})) == ["Telefon."]


def test_a_score_can_be_without_a_goal() -> None:
    assert goals(MEETINGS, [], {}) == []


@pytest.mark.parametrize(
    ("dispersed", "expected"),
    [
        (True, [Goal("Telefon.", None)]),
        (False, [Goal("Faste møter.", None)]),
        (None, [Goal("Faste møter.", None), Goal("Telefon.", Condition.DISPERSED)]),
    ],
)
def test_only_the_alternative_that_applies(dispersed: bool | None, expected: list[Goal]) -> None:
    chosen = [
        Choice(0, unless=Condition.DISPERSED),
        Choice(1, only_if=Condition.DISPERSED, without=("(på øya) ", ", men sjelden")),
    ]
    assert goals(MEETINGS, chosen, {Condition.DISPERSED: dispersed}) == expected
    if dispersed is None:
        assert goals(MEETINGS, chosen, {}) == expected


def test_steps_are_read_from_json() -> None:
    data = {"goals": {"4": [{"part": 1, "if": "dispersed", "without": ["x"]}], "2": []}, "barred": [2]}
    assert Steps.from_json(data) == Steps(
        goals={4: (Choice(1, only_if=Condition.DISPERSED, without=("x",)),), 2: ()}, barred=frozenset({2})
    )
    assert Steps.from_json({}) == Steps(goals={}, barred=frozenset())


def test_the_elements_that_lack_are_named() -> None:
    found = elements(FIVE, 5, {0, 1, 3}, score=3, to=4)
    assert (found.lacking, found.how_many) == ((2, 4), 1)


def test_a_barred_element_is_never_asked_for_and_a_spared_one_only_where_no_other_would_do() -> None:
    assert elements(FIVE, 5, {0, 1, 3}, score=3, to=4, barred=[2]).lacking == (4,)
    assert elements(FIVE, 5, {0, 1, 3}, score=3, to=4, spared=[2]).lacking == (4,)
    assert elements(FIVE, 5, {0, 1, 3, 4}, score=4, to=5, spared=[2]).lacking == (2,)
    assert elements(FIVE, 5, {0, 1, 3, 4}, score=4, to=5, barred=[2]).lacking == ()


def test_where_nobody_said_which_it_is_said_how_many_more_if_that_is_certain() -> None:
    assert elements(FIVE, 5, None, score=3, to=4).how_many == 1
    assert elements(FIVE, 5, None, score=1, to=2).how_many == 0
    assert elements(SHARE, 0, None, score=3, to=4).how_many == 0


@given(
    there=st.none() | st.frozensets(st.integers(0, 4)),
    score=st.integers(1, 4),
    barred=st.frozensets(st.integers(0, 4)),
    spared=st.frozensets(st.integers(0, 4)),
    data=st.data(),
)
def test_so_many_of_the_lacking_ones_give_the_next_score(
    there: frozenset[int] | None, score: int, barred: frozenset[int], spared: frozenset[int], data: st.DataObject
) -> None:
    found = elements(FIVE, 5, there, score=score, to=score + 1, barred=barred, spared=spared)
    if there is None or not found.lacking:
        assert not found.lacking
        return
    done = data.draw(st.sets(st.sampled_from(found.lacking), min_size=found.how_many, max_size=found.how_many))
    reached = suggest(FIVE, {}, elements_present=len(there | done), elements_total=5)
    assert reached is not None
    assert reached.score == score + 1
    assert not barred & set(found.lacking)
    assert not there & set(found.lacking)


@pytest.mark.parametrize(("barred", "most"), [([], 5), ([2], 4), ([2, 2], 4), ([0, 1, 2], 2), ([0, 1, 2, 3], 1)])
def test_the_highest_score_that_law_leaves(barred: list[int], most: int) -> None:
    assert attainable(FIVE, 5, barred, lowest=1, highest=5) == most


def test_law_bars_no_score_of_an_item_that_counts_no_elements() -> None:
    assert attainable(SHARE, 0, [0], lowest=1, highest=5) == 5
    assert attainable(None, 0, [0], lowest=1, highest=5) == 5


def rises(scale: Scale) -> list[tuple[Item, int]]:
    return [(item, to) for item in scale.items for to in scale.scores if to > scale.lowest]


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def said(item: Item, to: int, dispersed: bool | None = None) -> list[str]:
    return texts(goals(item.anchor(to), item.parsed_steps().goals.get(to), {Condition.DISPERSED: dispersed}))


@pytest.mark.parametrize("dispersed", [True, False, None])
def test_each_step_of_both_scales_is_in_the_words_of_its_anchor(ips: Scale, goi: Scale, dispersed: bool | None) -> None:
    for item, to in [*rises(ips), *rises(goi)]:
        for text in said(item, to, dispersed):
            assert text.endswith("."), (item, to)
            assert text[0] == text[0].upper(), (item, to)
            assert set(words(text)) <= set(words(item.anchor(to))), (item, to)


def test_several_are_enough_where_the_scale_says_so_and_none_of_them_is_a_fault(ips: Scale, goi: Scale) -> None:
    choices = {(item.code, to) for item, to in [*rises(ips), *rises(goi)] if len(said(item, to, dispersed=False)) > 1}
    assert choices == {("O3", 4), ("G1", 4), ("G5", 3), ("G8", 2), ("G8", 3), ("G8", 4), ("G12", 4)}


FAULTS = [
    " men ",
    "ikke",
    "ingen gjennomgang",
    "mangel",
    "retningslinjer",
    "uten ",
    "trinnvise",
    "overflatisk",
    "begrenset",
]


def test_no_step_of_both_scales_asks_for_a_fault(ips: Scale, goi: Scale) -> None:
    for item, to in [*rises(ips), *rises(goi)]:
        for text in said(item, to):
            if (item.code, to) != ("G1", 4):
                assert not [fault for fault in FAULTS if fault in text.lower()], (item, to, text)


def test_what_applies_to_a_sparsely_populated_area(ips: Scale) -> None:
    team = ips.items.get(code="O4")
    both = said(team, 4)
    assert len(both) == 2
    assert (said(team, 4, dispersed=True), said(team, 4, dispersed=False)) == (both[1:], both[:1])
    assert "spredtbygd" not in "".join(both)


def test_the_journal_element_is_one_that_law_can_bar(ips: Scale) -> None:
    item = ips.items.get(code="O2")
    (index,) = item.parsed_steps().barred
    assert "journalen" in item.elements[index]

"""The arithmetic, held against every threshold of both scales, its neighbours, and what is missing."""

import json
import statistics
from collections import Counter
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scales.scoring import (
    Agreement,
    BandRange,
    Kind,
    Measure,
    Operation,
    Suggestion,
    Total,
    agreement,
    band_for,
    difference,
    quartiles,
    round_half_up,
    suggest,
    total,
)

FIXTURES = Path(__file__).resolve().parents[2] / "scales" / "fixtures"
ROWS = [row for name in ("ips_25", "goi_12") for row in json.loads((FIXTURES / f"{name}.json").read_text("utf-8"))]
ITEMS: dict[str, dict[str, Any]] = {
    row["fields"]["code"]: row["fields"] for row in ROWS if row["model"] == "scales.item"
}
MEASURES = {code: Measure.from_json(item["measure"]) for code, item in ITEMS.items() if item["measure"]}
ELEMENTS = {code: len(ITEMS[code]["elements"]) for code, measure in MEASURES.items() if measure.kind is Kind.ELEMENTS}
COUNTED = {code: measure for code, measure in MEASURES.items() if measure.kind is not Kind.ELEMENTS}
COMPUTED = {code: measure for code, measure in COUNTED.items() if measure.operation is not Operation.INPUT}
BANDS = [
    BandRange("not_ips", "Under grensen for IPS", 25, 73, 6),
    BandRange("fair", "Godkjent kvalitet", 74, 99, 6),
    BandRange("good", "Bra kvalitet", 100, 114, 12),
    BandRange("exemplary", "Meget bra kvalitet", 115, 125, 12),
]
JUST = Decimal("0.000001")
scores = st.integers(1, 5)
maybe_scores = st.none() | scores


def counts_for(measure: Measure, value: Decimal, divisor: int = 1_000_000) -> dict[str, Decimal]:
    """Inputs of which `measure` makes exactly `value`."""
    if measure.operation is Operation.INPUT:
        return {measure.operands[0]: value}
    scale = 100 if measure.operation is Operation.PERCENT else 1
    return {measure.operands[0]: value * divisor / scale, measure.operands[1]: Decimal(divisor)}


def all_met(measure: Measure) -> dict[int, bool]:
    return {need.score: True for need in measure.needs}


def suggested(code: str, **given: Any) -> int | None:
    """The score suggested for an item with every need met; the counts by name, or the number of elements present."""
    measure = MEASURES[code]
    present = given.pop("present", None)
    found = suggest(
        measure, given, elements_present=present, elements_total=ELEMENTS.get(code, 0), needs=all_met(measure)
    )
    assert found is not None
    return found.score


def make(**changes: Any) -> Measure:
    """A small measure of one count: 5 from 50, 3 from 30, otherwise 1."""
    return Measure.from_json(
        {"kind": "at_least", "inputs": {"n": "Number"}, "thresholds": {"5": 50, "3": 30}, **changes}
    )


# Rounding, totals, bands


@pytest.mark.parametrize(
    ("value", "places", "rounded"),
    [
        ("4.165", 2, "4.17"),
        ("4.164999", 2, "4.16"),
        ("2.5", 0, "3"),
        ("0.5", 0, "1"),
        ("1.005", 2, "1.01"),
        ("18", 1, "18.0"),
        ("0", 2, "0.00"),
        ("-0.5", 0, "-1"),
        ("-0.4", 0, "0"),
    ],
)
def test_a_half_is_rounded_up(value: str, places: int, rounded: str) -> None:
    assert str(round_half_up(Decimal(value), places)) == rounded


@given(st.fractions(min_value=0, max_value=10**9), st.integers(0, 6))
def test_rounding_moves_a_number_by_half_a_unit_at_most(value: Fraction, places: int) -> None:
    difference = Fraction(round_half_up(value, places)) - value
    assert -Fraction(1, 2 * 10**places) < difference <= Fraction(1, 2 * 10**places)


@given(st.lists(maybe_scores))
def test_a_total_counts_what_is_scored_and_nothing_else(given_scores: list[int | None]) -> None:
    found = total(given_scores)
    numbers = [score for score in given_scores if score is not None]
    assert (found.items, found.scored) == (len(given_scores), len(numbers))
    assert found.total == (sum(numbers) if numbers else None)
    assert found.maximum == 5 * len(numbers)
    assert found.complete == (bool(given_scores) and None not in given_scores)
    if numbers:
        assert found.mean is not None
        assert abs(Fraction(found.mean) - Fraction(sum(numbers), len(numbers))) <= Fraction(1, 200)
        assert found.mean.as_tuple().exponent == -2
    else:
        assert found.mean is None


def test_the_published_reviews_totals() -> None:
    assert total([5] * 7 + [4] * 4 + [None] * 14) == Total(25, 11, 51, 55, Decimal("4.64"))
    assert total([5] * 4 + [4] * 6 + [3] * 2) == Total(12, 12, 50, 60, Decimal("4.17"))


def test_a_mean_of_exactly_half_a_hundredth_is_rounded_up() -> None:
    assert total([5, 5, 5, 5, 5, 5, 5, 4]).mean == Decimal("4.88")
    assert total([4, 4, 4, 4, 4, 4, 4, 5]).mean == Decimal("4.13")


@pytest.mark.parametrize("wrong", [0, 6, -1, True, 3.0, "3", Decimal(3)])
def test_what_is_no_score_is_refused(wrong: Any) -> None:
    with pytest.raises(ValueError, match="whole number from 1 to 5"):
        total([3, wrong])


def test_another_scale_may_have_another_highest_score() -> None:
    assert total([4, 3], highest=4) == Total(2, 2, 7, 8, Decimal("3.50"))
    with pytest.raises(ValueError, match="1 to 4"):
        total([5], highest=4)


@pytest.mark.parametrize(
    ("points", "code"),
    [
        (25, "not_ips"),
        (73, "not_ips"),
        (74, "fair"),
        (99, "fair"),
        (100, "good"),
        (114, "good"),
        (115, "exemplary"),
        (125, "exemplary"),
    ],
)
def test_bands_hold_at_their_ends(points: int, code: str) -> None:
    band = band_for(Total(25, 25, points, 125, Decimal(points) / 25), BANDS)
    assert band is not None
    assert band.code == code


@given(st.lists(scores, min_size=25, max_size=25), st.integers(0, 24))
def test_a_band_needs_every_item(given_scores: list[int], missing: int) -> None:
    band = band_for(total(given_scores), BANDS)
    assert band is not None
    assert band.lowest <= sum(given_scores) <= band.highest
    with_a_hole: list[int | None] = [*given_scores[:missing], None, *given_scores[missing + 1 :]]
    assert band_for(total(with_a_hole), BANDS) is None


def test_without_items_or_bands_there_is_no_band() -> None:
    assert band_for(total([]), BANDS) is None
    assert band_for(total([5] * 25), []) is None


# Agreement and quartiles


@given(st.lists(st.tuples(maybe_scores, maybe_scores)))
def test_agreement_compares_what_both_have_scored(pairs: list[tuple[int | None, int | None]]) -> None:
    found = agreement(pairs)
    assert found.compared == sum(None not in pair for pair in pairs)
    assert found.equal == sum(pair[0] == pair[1] for pair in pairs if None not in pair)
    assert found.equal <= found.within_one <= found.compared
    assert agreement([(second, first) for first, second in pairs]) == found


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5)), min_size=1))
def test_a_difference_is_what_the_result_rose_by(pairs: list[tuple[int, int]]) -> None:
    then, now = total([pair[0] for pair in pairs]), total([pair[1] for pair in pairs])
    assert difference(then, now, by_mean=False) == sum(after - before for before, after in pairs)
    assert then.mean is not None
    assert difference(then, now, by_mean=True) == (now.mean or 0) - then.mean


@pytest.mark.parametrize(("then", "now"), [([3, None], [3, 3]), ([3, 3], [None, 3]), ([], []), ([None], [None])])
def test_what_is_not_whole_has_no_difference(then: list[int | None], now: list[int | None]) -> None:
    assert difference(total(then), total(now), by_mean=False) is None
    assert difference(total(then), total(now), by_mean=True) is None


def test_agreement_within_one_includes_the_equal() -> None:
    assert agreement([(5, 5), (4, 5), (5, 3), (None, 3), (2, None), (None, None)]) == Agreement(3, 1, 2)


@given(st.lists(scores, min_size=2))
def test_quartiles_are_those_of_the_inclusive_method(values: list[int]) -> None:
    found = [float(quartile) for quartile in quartiles(Counter(values))]
    assert found == statistics.quantiles(values, n=4, method="inclusive")


def test_quartiles_of_one_value_are_that_value_and_of_none_are_refused() -> None:
    assert quartiles({4: 1}) == (Decimal(4), Decimal(4), Decimal(4))
    with pytest.raises(ValueError, match="at least one"):
        quartiles({4: 0})


# Suggestions


@pytest.mark.parametrize("code", sorted(COUNTED))
def test_every_threshold_and_its_neighbours(code: str) -> None:
    measure = COUNTED[code]
    ladder = [*measure.thresholds, (measure.otherwise, Decimal(0))]
    for (score, limit), (below, _) in pairwise(ladder):
        at, above = (below, score) if measure.kind is Kind.MORE_THAN else (score, score)
        if measure.kind is Kind.AT_MOST:
            above = below
        under = score if measure.kind is Kind.AT_MOST else below
        assert suggested(code, **counts_for(measure, limit)) == at
        assert suggested(code, **counts_for(measure, limit + JUST)) == above
        if limit:
            assert suggested(code, **counts_for(measure, limit - JUST)) == under


@pytest.mark.parametrize("code", sorted(ELEMENTS))
def test_every_number_of_elements(code: str) -> None:
    measure = MEASURES[code]
    for present in range(ELEMENTS[code] + 1):
        reached = [score for score, least in measure.thresholds if present >= least]
        assert suggested(code, present=present) == max(reached, default=measure.otherwise)


@given(st.sampled_from(sorted(COUNTED)), st.decimals(0, 1000, places=3))
def test_any_value_falls_under_the_best_score_it_reaches(code: str, value: Decimal) -> None:
    measure = COUNTED[code]
    found = suggest(measure, counts_for(measure, value), needs=all_met(measure))
    if measure.maximum is not None and value > measure.maximum:
        assert found is None
        return
    reached = {
        Kind.AT_MOST: [score for score, limit in measure.thresholds if value <= limit],
        Kind.AT_LEAST: [score for score, limit in measure.thresholds if value >= limit],
        Kind.MORE_THAN: [score for score, limit in measure.thresholds if value > limit],
    }[measure.kind]
    assert found is not None
    assert found.score == max(reached, default=1)


@pytest.mark.parametrize(
    ("code", "given_counts", "score"),
    [
        ("B1", {"participants": 45, "fte": Decimal("2.5")}, 5),
        ("B1", {"participants": 41, "fte": 2}, 4),
        ("B1", {"participants": 81, "fte": 2}, 1),
        ("B2", {"percent": Decimal("95.5")}, 4),
        ("O1", {"percent": 0}, 2),
        ("T4", {"days": Decimal("270.5")}, 1),
        ("T6", {"contacts": Decimal("5.5")}, 5),
        ("T6", {"contacts": Decimal("5.49")}, 4),
        ("T8", {"different": 2, "total": 3}, 3),
        ("T10", {"permanent": 0, "total": 12}, 1),
        ("T13", {"percent": Decimal("29.5")}, 2),
        ("G3", {"receiving": 80, "eligible": 100}, 4),
        ("G3", {"receiving": 1, "eligible": 5}, 1),
        ("G2", {"percent": 80}, 4),
        ("O2", {"present": 1}, 1),
        ("B3", {"present": 4}, 3),
        ("B3", {"present": 0}, None),
        ("G9", {"present": 0}, None),
        ("T14", {"present": 2}, 1),
        ("T2", {"present": 0}, 1),
    ],
)
def test_suggestions_read_off_the_scale(code: str, given_counts: dict[str, Any], score: int | None) -> None:
    assert suggested(code, **given_counts) == score


@pytest.mark.parametrize("code", sorted(COUNTED))
def test_a_missing_count_suggests_nothing(code: str) -> None:
    measure = COUNTED[code]
    full = counts_for(measure, measure.thresholds[0][1])
    assert suggest(measure, {}) is None
    for key in full:
        assert suggest(measure, {**full, key: None}) is None
        assert suggest(measure, {other: number for other, number in full.items() if other != key}) is None


@pytest.mark.parametrize("code", sorted(COMPUTED))
def test_a_division_by_zero_suggests_nothing(code: str) -> None:
    first, second = MEASURES[code].operands
    assert suggest(MEASURES[code], {first: 3, second: 0}) is None
    assert suggest(MEASURES[code], {first: 0, second: 0}) is None


@pytest.mark.parametrize("code", sorted(ELEMENTS))
def test_elements_that_nobody_has_looked_for_suggest_nothing(code: str) -> None:
    assert suggest(MEASURES[code], {}, elements_total=ELEMENTS[code]) is None


def test_a_share_of_more_than_all_suggests_nothing() -> None:
    assert suggest(MEASURES["T8"], {"different": 4, "total": 3}) is None
    assert suggest(MEASURES["B2"], {"percent": Decimal("100.1")}) is None
    assert suggest(MEASURES["G3"], {"receiving": 11, "eligible": 10}) is None
    assert suggested("B2", percent=100) == 5


@pytest.mark.parametrize("wrong", [Decimal(-1), Decimal("NaN"), Decimal("Infinity"), 1.5, True])
def test_what_is_no_count_is_refused(wrong: Any) -> None:
    with pytest.raises(ValueError, match="number"):
        suggest(MEASURES["B2"], {"percent": wrong})


@pytest.mark.parametrize("present", [-1, 6])
def test_a_number_of_elements_that_cannot_be_is_refused(present: int) -> None:
    with pytest.raises(ValueError, match="elements cannot be"):
        suggest(MEASURES["O2"], {}, elements_present=present, elements_total=5)


def test_the_working_holds_its_parts_in_order() -> None:
    assert suggest(MEASURES["B1"], {"fte": Decimal("2.5"), "participants": 45}) == Suggestion(
        score=5,
        at_least=False,
        operation=Operation.RATIO,
        inputs=(("participants", Decimal(45)), ("fte", Decimal("2.5"))),
        parts=(),
        value=Decimal("18.0"),
        threshold=5,
        elements_present=None,
        elements_total=0,
        raised_by=None,
        capped_by=None,
        unanswered=(),
    )


@given(
    st.sampled_from(sorted(COMPUTED)),
    st.integers(0, 10**6),
    st.decimals(Decimal("0.01"), 1000, places=2),
)
def test_the_value_that_is_shown_gives_the_score_that_is_suggested(code: str, first: int, second: Decimal) -> None:
    measure = COMPUTED[code]
    found = suggest(measure, dict(zip(measure.operands, (first, second), strict=True)))
    if found is None:
        return
    assert found.value is not None
    again = suggest(measure, counts_for(measure, found.value))
    assert again is not None
    assert again.threshold == found.threshold


# Counted in parts


def in_parts(code: str, *parts: dict[str, Any], **whole: Any) -> Suggestion | None:
    """What is suggested for an item from parts, with every need met; `whole` are the figures of the whole service."""
    return suggest(MEASURES[code], whole, parts=parts, needs=all_met(MEASURES[code]))


def test_of_parts_one_figure_is_their_mean() -> None:
    found = in_parts("T6", {"contacts": 4}, {"contacts": 6}, {"contacts": 5})
    assert found is not None
    assert (found.score, found.value) == (4, Decimal("5.0"))
    assert (found.inputs, found.parts) == ((), ((Decimal(4),), (Decimal(6),), (Decimal(5),)))


def test_of_parts_two_figures_are_added_up_so_that_a_half_post_weighs_half() -> None:
    found = in_parts("B1", {"participants": 20, "fte": 1}, {"participants": 25, "fte": Decimal("1.5")})
    assert found is not None
    # The mean of the two shares would be 18.3.
    assert (found.score, found.value) == (5, Decimal("18.0"))
    assert found.inputs == (("participants", Decimal(45)), ("fte", Decimal("2.5")))
    assert found.parts == ((Decimal(20), Decimal(1)), (Decimal(25), Decimal("1.5")))


def test_parts_count_in_place_of_the_whole() -> None:
    found = in_parts("T6", {"contacts": 2}, contacts=6)
    assert found is not None
    assert (found.score, found.value) == (2, Decimal("2.0"))


@pytest.mark.parametrize("empty", [{}, {"contacts": None}, {"another": 3}])
def test_a_part_without_a_number_is_none(empty: dict[str, Any]) -> None:
    assert in_parts("T6", empty, contacts=6) == in_parts("T6", contacts=6)
    assert in_parts("T6", {"contacts": 4}, empty) == in_parts("T6", {"contacts": 4})


def test_a_part_that_lacks_one_of_two_numbers_makes_the_count_missing() -> None:
    parts: list[dict[str, Any]] = [{"participants": 20, "fte": 1}, {"participants": 25, "fte": None}]
    assert in_parts("B1", *parts, participants=45, fte=2) is None
    assert in_parts("B1", {"participants": 20, "fte": 1}, {"fte": 1}) is None


def test_a_share_is_not_counted_in_parts() -> None:
    parts = [{"different": 1, "total": 4}, {"different": 1, "total": 4}]
    assert not MEASURES["T8"].by_part
    assert in_parts("T8", *parts, different=3, total=4) == in_parts("T8", different=3, total=4)
    assert in_parts("T8", *parts) is None
    assert not MEASURES["O2"].by_part
    assert MEASURES["B1"].by_part


@pytest.mark.parametrize(("code", "values"), [("B2", (100, 110)), ("T13", (150, 20)), ("O1", (20, Decimal("100.001")))])
def test_a_mean_with_a_part_above_what_can_be_suggests_nothing(code: str, values: tuple[Any, ...]) -> None:
    assert in_parts(code, *({"percent": value} for value in values)) is None
    assert in_parts(code, *({"percent": 100} for _value in values)) is not None


def test_what_counts_alone_decides_how_high_a_figure_can_be() -> None:
    assert MEASURES["T13"].highest_count == 100
    assert [MEASURES[code].highest_count for code in ("T6", "T8", "B1", "O2")] == [None] * 4


def test_two_sums_that_cannot_be_divided_suggest_nothing() -> None:
    assert in_parts("B1", {"participants": 3, "fte": 0}) is None


def test_a_mean_just_below_a_threshold_is_not_shown_as_the_threshold() -> None:
    found = in_parts("T6", {"contacts": Decimal("5.5")}, {"contacts": Decimal("5.5")}, {"contacts": Decimal("5.4")})
    assert found is not None
    assert (found.score, found.value) == (4, Decimal("5.47"))


@pytest.mark.parametrize("wrong", [Decimal(-1), Decimal("NaN"), 1.5])
def test_what_is_no_count_is_refused_of_a_part_too(wrong: Any) -> None:
    with pytest.raises(ValueError, match="number"):
        in_parts("T6", {"contacts": wrong})


PARTED = {code: measure for code, measure in COUNTED.items() if measure.by_part}


@given(st.sampled_from(sorted(PARTED)), st.decimals(0, 1000, places=3))
def test_one_part_is_as_good_as_the_whole(code: str, value: Decimal) -> None:
    counts = counts_for(PARTED[code], value)
    whole, part = in_parts(code, **counts), in_parts(code, counts)
    assert (whole is None) == (part is None)
    if whole is not None and part is not None:
        assert (part.score, part.threshold) == (whole.score, whole.threshold)


@given(st.sampled_from(sorted(PARTED)), st.lists(st.decimals(0, 100, places=2), min_size=1, max_size=12))
def test_the_mean_that_is_shown_gives_the_score_that_is_suggested(code: str, values: list[Decimal]) -> None:
    measure = PARTED[code]
    found = in_parts(code, *(counts_for(measure, value, divisor=100) for value in values))
    if found is None:
        return
    assert found.value is not None
    again = suggest(measure, counts_for(measure, found.value))
    assert again is not None
    assert again.threshold == found.threshold


# What lifts a suggestion and what holds it down


@pytest.mark.parametrize(("score", "agrees"), [(3, False), (4, True), (5, False)])
def test_a_score_agrees_with_the_suggestion_or_not(score: int, agrees: bool) -> None:
    found = suggest(MEASURES["O2"], {}, elements_present=4, elements_total=5)
    assert found is not None
    assert found.agrees(score) is agrees


def test_at_least_agrees_with_all_from_there_up_and_no_suggestion_with_any() -> None:
    least = suggest(MEASURES["G8"], {}, raises={3: True})
    none = suggest(MEASURES["B3"], {}, elements_present=0, elements_total=6)
    assert least is not None
    assert none is not None
    assert [score for score in range(1, 6) if least.agrees(score)] == [3, 4, 5]
    assert all(none.agrees(score) for score in range(1, 6))


def test_a_true_raise_lifts_and_never_lowers() -> None:
    measure = make(raises={"4": "Lifted"})
    low, high = suggest(measure, {"n": 10}, raises={4: True}), suggest(measure, {"n": 60}, raises={4: True})
    assert low is not None
    assert high is not None
    assert (low.score, low.raised_by, low.threshold) == (4, 4, None)
    assert (high.score, high.raised_by) == (5, None)


def test_the_highest_of_several_raises_counts() -> None:
    found = suggest(make(raises={"4": "Much", "2": "Some"}), {"n": 10}, raises={2: True, 4: True})
    assert found is not None
    assert (found.score, found.raised_by) == (4, 4)


@pytest.mark.parametrize("answer", [False, None])
def test_a_raise_that_is_not_true_lifts_nothing(answer: bool | None) -> None:
    found = suggest(make(raises={"4": "Lifted"}), {"n": 10}, raises={4: answer})
    assert found is not None
    assert (found.score, found.raised_by) == (1, None)


def test_a_raise_gives_a_score_where_the_count_gives_none() -> None:
    found = suggest(make(otherwise=None, raises={"4": "Lifted"}), {"n": 10}, raises={4: True})
    assert found is not None
    assert (found.score, found.at_least, found.raised_by) == (4, False, 4)


def test_a_false_need_holds_the_suggestion_below_its_score() -> None:
    measure = make(needs={"5": "Needed"})
    high, low = suggest(measure, {"n": 60}, needs={5: False}), suggest(measure, {"n": 40}, needs={5: False})
    assert high is not None
    assert low is not None
    assert (high.score, high.capped_by, high.threshold) == (4, 5, 5)
    assert (low.score, low.capped_by) == (3, None)


def test_the_lowest_of_several_false_needs_counts() -> None:
    found = suggest(make(needs={"5": "Needed", "3": "More so"}), {"n": 60}, needs={5: False, 3: False})
    assert found is not None
    assert (found.score, found.capped_by) == (2, 3)


def test_a_false_need_holds_against_raises_too() -> None:
    found = suggest(make(raises={"5": "Lifted"}, needs={"4": "Needed"}), {"n": 10}, raises={5: True}, needs={4: False})
    assert found is not None
    assert (found.score, found.raised_by, found.capped_by) == (3, 5, 4)


def test_a_need_never_holds_below_the_lowest_score() -> None:
    found = suggest(make(needs={"1": "Needed"}), {"n": 60}, needs={1: False})
    assert found is not None
    assert found.score == 1


def test_a_need_makes_no_suggestion_of_none() -> None:
    found = suggest(MEASURES["B3"], {}, elements_present=0, elements_total=6, needs={3: False})
    assert found is not None
    assert (found.score, found.capped_by) == (None, None)


@pytest.mark.parametrize("needs", [{}, {4: None, 3: None}])
def test_a_need_that_is_not_answered_is_named_and_holds_nothing_down(needs: dict[int, bool | None]) -> None:
    high = suggest(MEASURES["T6"], {"contacts": 6}, needs=needs)
    middle = suggest(MEASURES["T6"], {"contacts": 3}, needs=needs)
    low = suggest(MEASURES["T6"], {"contacts": 2}, needs=needs)
    assert high is not None
    assert middle is not None
    assert low is not None
    assert (high.score, high.unanswered) == (5, (4, 3))
    assert (middle.score, middle.unanswered) == (3, (3,))
    assert (low.score, low.unanswered) == (2, ())


def test_a_raise_stands_alone_where_the_count_is_missing() -> None:
    found = suggest(MEASURES["G8"], {}, raises={3: True})
    assert found is not None
    assert (found.score, found.at_least, found.value, found.inputs) == (3, True, None, ())


def test_a_raise_to_the_highest_score_leaves_nothing_open() -> None:
    found = suggest(MEASURES["T6"], {}, raises={5: True}, needs={4: True, 3: True})
    assert found is not None
    assert (found.score, found.at_least) == (5, False)


def test_a_false_need_that_leaves_one_score_stands_alone() -> None:
    few_jobs = suggest(MEASURES["T10"], {}, needs={2: False})
    assert few_jobs is not None
    assert (few_jobs.score, few_jobs.at_least, few_jobs.capped_by) == (1, False, 2)
    assert suggest(MEASURES["T4"], {}, needs={5: False}) is None


@given(
    st.sampled_from(sorted(COUNTED)),
    st.none() | st.decimals(0, 400, places=1),
    st.dictionaries(scores, st.none() | st.booleans()),
    st.dictionaries(scores, st.none() | st.booleans()),
)
def test_a_suggestion_is_a_score_that_the_statements_allow(
    code: str, value: Decimal | None, raises: dict[int, bool | None], needs: dict[int, bool | None]
) -> None:
    measure = COUNTED[code]
    found = suggest(measure, {} if value is None else counts_for(measure, value), raises=raises, needs=needs)
    if found is None:
        return
    assert found.score is not None
    assert 1 <= found.score <= 5
    refused = [need.score for need in measure.needs if needs.get(need.score) is False]
    assert all(found.score < score for score in refused)
    if not refused:
        assert all(found.score >= each.score for each in measure.raises if raises.get(each.score))


# Measures as JSON


def test_a_threshold_is_the_number_that_is_written() -> None:
    assert dict(MEASURES["G3"].thresholds) == {
        5: Decimal("0.8"),
        4: Decimal("0.6"),
        3: Decimal("0.4"),
        2: Decimal("0.2"),
    }


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"kind": "about"}, "unknown kind"),
        ({"kind": None}, "unknown kind"),
        ({"threshold": {}}, "unknown key 'threshold'"),
        ({"thresholds": {}}, "thresholds are missing"),
        ({"thresholds": [1]}, "thresholds is not an object"),
        ({"thresholds": {"high": 1}}, "'high' is not a whole number"),
        ({"thresholds": {"5": "many"}}, "'many' is not a number"),
        ({"thresholds": {"5": -1}}, "-1 is not a number from 0 up"),
        ({"inputs": {}}, "there is one input"),
        ({"inputs": {"n": "Number", "m": "More"}}, "there is one input"),
        ({"inputs": {"n": ""}}, "no label"),
        ({"value": {"sum": ["n", "n"]}}, "a ratio or a percent"),
        ({"value": {"ratio": ["n", "m"]}}, "each of the two inputs"),
        ({"inputs": {"n": "N", "m": "M"}, "value": {"ratio": ["n", 1]}}, "each of the two inputs"),
        ({"inputs": {"n": "N", "m": "M"}, "value": {"ratio": ["n", "m"], "percent": ["n", "m"]}}, "ratio or a percent"),
        ({"nouns": {"m": ["one", "several"]}}, "unknown input"),
        ({"nouns": {"n": "one"}}, "two words"),
        ({"kind": "elements"}, "without inputs"),
        ({"otherwise": 1.5}, "1.5 is not a whole number"),
        ({"raises": {"4": ""}}, "raises has an empty statement"),
        ({"needs": {"x": "Needed"}}, "'x' is not a whole number"),
        ({"maximum": "all"}, "'all' is not a number"),
        ({"places": True}, "True is not a whole number"),
    ],
)
def test_a_malformed_measure_says_what_is_wrong(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make(**changes)


def test_a_measure_is_an_object() -> None:
    with pytest.raises(ValueError, match="a measure is an object"):
        Measure.from_json([])  # type: ignore[arg-type]

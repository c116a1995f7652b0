"""Compare and swap: whatever two people type, nothing one of them typed is overwritten without being seen."""

from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from reviews import merging

NAMES = ("comment", "recommendation", "score", "not_scored")
TEXTS = st.sampled_from(["", "a", "b", "Linje én\nLinje to"])
ROWS = st.fixed_dictionaries(
    {
        "comment": TEXTS,
        "recommendation": TEXTS,
        "score": st.sampled_from([None, 1, 2, 5]),
        "not_scored": st.sampled_from(["", "missing_data"]),
    }
)
UNITS = (("comment",), ("recommendation",), ("score", "not_scored"))


def saved(held: dict[str, Any], new: dict[str, Any], seen: dict[str, str]) -> tuple[dict[str, Any], merging.Merge]:
    """Return the row as it is after a save, and the merge."""
    found = merging.merge(held, new, seen, merging.JUDGEMENT)
    return {**held, **({} if found.conflicts else found.changes)}, found


@given(base=ROWS, mine=ROWS)
def test_what_nobody_else_touched_is_saved_as_it_was_typed(base: dict[str, Any], mine: dict[str, Any]) -> None:
    row, found = saved(base, mine, merging.stamps(base, merging.JUDGEMENT))
    assert not found.conflicts
    assert row == mine


@given(base=ROWS, theirs=ROWS, mine=ROWS)
def test_each_of_two_changes_stands_or_is_shown_as_a_conflict(
    base: dict[str, Any], theirs: dict[str, Any], mine: dict[str, Any]
) -> None:
    row, found = saved(theirs, mine, merging.stamps(base, merging.JUDGEMENT))
    for unit in UNITS:
        was, there, wanted = ([values[name] for name in unit] for values in (base, theirs, mine))
        clash = was not in (there, wanted) and there != wanted
        assert clash == any(name in found.conflicts for name in unit)
        if not found.conflicts:
            assert [row[name] for name in unit] == (there if wanted == was else wanted)
    if found.conflicts:
        assert row == theirs
        assert all(theirs[name] == held for name, held in found.conflicts.items())


def test_a_score_and_a_reason_given_by_two_people_clash() -> None:
    base = {"score": None, "not_scored": ""}
    seen = merging.stamps(base, merging.JUDGEMENT)
    found = merging.merge(
        {"score": 3, "not_scored": ""}, {"score": None, "not_scored": "missing_data"}, seen, merging.JUDGEMENT
    )
    assert found.changes == {}
    assert found.conflicts == {"score": 3, "not_scored": ""}


def test_without_a_stamp_the_last_one_to_save_wins() -> None:
    assert merging.merge({"comment": "a"}, {"comment": "b"}, {}).changes == {"comment": "b"}


def test_a_browsers_line_ends_are_no_change() -> None:
    assert merging.stamp("én\r\nto") == merging.stamp("én\nto")


def test_a_figure_is_the_same_however_its_decimals_are_written() -> None:
    assert merging.stamp(Decimal("45.000")) == merging.stamp(Decimal("45"))
    assert merging.stamp(Decimal("45.5")) != merging.stamp(Decimal("45"))


@given(first=st.one_of(TEXTS, st.none(), st.integers(), st.lists(st.integers())), second=st.one_of(TEXTS, st.none()))
def test_different_values_have_different_stamps(first: Any, second: Any) -> None:
    assert (merging.stamp(first) == merging.stamp(second)) == (first == second)

"""Reading which items a note is about: codes in a field, and hashtags in a text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews import tagging

CODES = ["B1", "O2", "T1", "T6", "T14", "G1"]


@pytest.mark.parametrize(
    ("text", "found", "unknown"),
    [
        ("", [], []),
        ("O2, T6", ["O2", "T6"], []),
        ("t6 o2", ["O2", "T6"], []),
        ("T14", ["T14"], []),
        ("O2,T6;B1.", ["B1", "O2", "T6"], []),
        ("#t6 #T14", ["T6", "T14"], []),
        ("O2 O2 o2", ["O2"], []),
        ("O2 T99 hei", ["O2"], ["T99", "hei"]),
        ("T 6", [], ["T", "6"]),
        ("  ,; \n", [], []),
    ],
)
def test_codes_are_read_as_they_are_typed(text: str, found: list[str], unknown: list[str]) -> None:
    assert tagging.typed(text, CODES) == (found, unknown)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Ringte samme dag #T6.", ["T6"]),
        ("#t6, og #O2 igjen (#t6)", ["O2", "T6"]),
        ("#T14 er ikke #T1", ["T1", "T14"]),
        ("#T14", ["T14"]),
        ("T6 uten tegn", []),
        ("adresse#T6 og ##T6", []),
        ("#T6x #arbeid", []),
        ("", []),
    ],
)
def test_a_text_names_items_by_hashtags(text: str, found: list[str]) -> None:
    assert tagging.hashtags(text, CODES) == found


@given(st.lists(st.sampled_from(CODES)), st.sampled_from([" ", ", ", ";", " #", "\n"]), st.booleans())
def test_what_is_typed_in_any_order_and_case_is_the_same_codes(codes: list[str], between: str, lower: bool) -> None:
    text = between.join(codes)
    wanted = [code for code in CODES if code in codes]
    assert tagging.typed(text.lower() if lower else text, CODES) == (wanted, [])
    assert tagging.hashtags(" ".join(f"#{code}" for code in codes), CODES) == wanted


@given(st.text(max_size=200))
def test_any_text_can_be_read(text: str) -> None:
    found, unknown = tagging.typed(text, CODES)
    assert set(found) <= set(CODES)
    assert not {word.casefold() for word in unknown} & {code.casefold() for code in CODES}
    assert set(tagging.hashtags(text, CODES)) <= set(CODES)

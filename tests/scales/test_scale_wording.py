"""Suggestions in words, in both languages."""

from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from scales.models import Item
from scales.scoring import suggest
from scales.wording import working

pytestmark = pytest.mark.django_db


def words(code: str, language: str = "nb", counts: dict[str, Any] | None = None, **given: Any) -> str:
    item = Item.objects.get(code=code)
    measure = item.parsed_measure()
    assert measure is not None
    found = suggest(measure, counts or {}, elements_total=len(item.elements), **given)
    assert found is not None
    with translation.override(language):
        return working(found, item)


@pytest.mark.parametrize(
    ("code", "counts", "nb", "en"),
    [
        (
            "B1",
            {"participants": 45, "fte": Decimal("2.50")},
            "45 deltakere / 2,5 årsverk = 18,0 → 5",
            "45 deltakere / 2.5 årsverk = 18.0 → 5",
        ),
        ("B1", {"participants": 1, "fte": 1}, "1 deltaker / 1 årsverk = 1,0 → 5", "1 deltaker / 1 årsverk = 1.0 → 5"),
        (
            "T8",
            {"different": 2, "total": 3},
            "2 ulike jobbtyper / 3 jobber = 66,7 prosent → 3",
            "2 ulike jobbtyper / 3 jobber = 66.7 prosent → 3",
        ),
        (
            "G3",
            {"receiving": 33, "eligible": 50},
            "33 som får IPS / 50 i målgruppen = 0,66 → 4",
            "33 som får IPS / 50 i målgruppen = 0.66 → 4",
        ),
        ("B2", {"percent": Decimal("95.50")}, "95,5 prosent → 4", "95.5 prosent → 4"),
        ("G5", {"percent": 80}, "80 prosent → 4", "80 prosent → 4"),
    ],
)
def test_counts_are_written_as_the_language_writes_numbers(code: str, counts: dict[str, Any], nb: str, en: str) -> None:
    assert words(code, "nb", counts) == nb
    assert words(code, "en", counts) == en


def test_a_value_just_over_a_threshold_is_not_shown_as_the_threshold() -> None:
    assert words("B1", counts={"participants": 2004, "fte": 100}).endswith("= 20,04 → 4")


@pytest.mark.parametrize(
    ("code", "parts", "nb", "en"),
    [
        (
            "T6",
            [{"contacts": 4}, {"contacts": 6}, {"contacts": Decimal("5.00")}],
            "(4 + 6 + 5) / 3 = 5,0 møter per uke → 4",
            "(4 + 6 + 5) / 3 = 5.0 møter per uke → 4",
        ),
        ("T4", [{"days": 20}], "20 / 1 = 20,0 dager → 5", "20 / 1 = 20.0 dager → 5"),
        (
            "B1",
            [{"participants": 20, "fte": 1}, {"participants": 25, "fte": Decimal("1.50")}],
            "(20 + 25) deltakere / (1 + 1,5) årsverk = 18,0 → 5",
            "(20 + 25) deltakere / (1 + 1.5) årsverk = 18.0 → 5",
        ),
        (
            "B1",
            [{"participants": 18, "fte": 1}],
            "18 deltakere / 1 årsverk = 18,0 → 5",
            "18 deltakere / 1 årsverk = 18.0 → 5",
        ),
    ],
)
def test_parts_are_added_up_in_words(code: str, parts: list[dict[str, Any]], nb: str, en: str) -> None:
    needs = {2: True, 3: True, 4: True, 5: True}
    assert words(code, "nb", parts=parts, needs=needs) == nb
    assert words(code, "en", parts=parts, needs=needs) == en


@pytest.mark.parametrize(
    ("language", "text", "none"),
    [
        ("nb", "4 av 5 elementer er til stede → 4", "0 av 6 elementer er til stede → ingen foreslått skår"),
        ("en", "4 of 5 elements are present → 4", "0 of 6 elements are present → no suggestion"),
    ],
)
def test_elements_are_counted_in_words(language: str, text: str, none: str) -> None:
    assert words("O2", language, elements_present=4) == text
    assert words("B3", language, elements_present=0) == none


def test_statements_say_what_they_do() -> None:
    assert words("T4", counts={"days": 20}, needs={5: False}) == (
        "20 dager → 4; høyst 4 fordi dette ikke er oppfylt: Arbeidsgiverkontakter registreres"
    )
    assert words("T4", counts={"days": 20}) == "20 dager → 5; forutsatt at: Arbeidsgiverkontakter registreres"
    assert words("G5", counts={"percent": 30}, raises={3: True}) == (
        "30 prosent → 3; minst 3 fordi: Alle har plan oppdatert hver sjette måned"
    )
    assert words("T4", "en", counts={"days": 20}, needs={5: False}) == (
        "20 dager → 4; at most 4 because this is not met: Arbeidsgiverkontakter registreres"
    )


def test_without_the_count_the_statement_is_all_there_is() -> None:
    assert words("G5", raises={3: True}) == "minst 3 fordi: Alle har plan oppdatert hver sjette måned"


def test_an_item_without_a_measure_has_no_working() -> None:
    b1 = Item.objects.get(code="B1").parsed_measure()
    assert b1 is not None
    found = suggest(b1, {"participants": 1, "fte": 1})
    assert found is not None
    with pytest.raises(ValueError, match="O3 has no measure"):
        working(found, Item.objects.get(code="O3"))

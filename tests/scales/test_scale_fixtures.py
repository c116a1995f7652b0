"""What the fixtures hold, and that another scale is data alone."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core import serializers
from django.core.management import call_command

from scales.checks import faults
from scales.models import Band, Item, Scale, Section
from scales.scoring import band_for, suggest, total


def everything() -> str:
    rows = [row for model in (Scale, Section, Item, Band) for row in model.objects.order_by("pk")]
    return str(serializers.serialize("json", rows))


def test_the_25_items_are_complete(ips: Scale) -> None:
    assert [(section.code, section.items.count()) for section in ips.sections.all()] == [("B", 3), ("O", 8), ("T", 14)]
    assert [item.code for item in ips.items] == [
        *("B1", "B2", "B3"),
        *(f"O{number}" for number in range(1, 9)),
        *(f"T{number}" for number in range(1, 15)),
    ]
    assert (ips.edition, ips.sequence, ips.position, ips.item_count) == ("2008, norsk utgave 2011", 1, 1, 25)
    assert (ips.scoring, ips.high_from, ips.comment_expected) == (Scale.Scoring.SUM, 4, True)
    assert set(ips.sources) == {"MIS", "DOC", "INT", "OBS", "ISP"}
    assert [(band.code, band.lowest, band.highest) for band in ips.bands.all()] == [
        ("not_ips", 25, 73),
        ("fair", 74, 99),
        ("good", 100, 114),
        ("exemplary", 115, 125),
    ]


def test_the_12_items_are_complete(goi: Scale) -> None:
    assert [item.code for item in goi.items] == [f"G{number}" for number in range(1, 13)]
    assert (goi.sequence, goi.position, goi.item_count) == (1, 2, 12)
    assert (goi.scoring, goi.high_from, goi.comment_expected) == (Scale.Scoring.MEAN, 4, False)
    assert not goi.bands.exists()


@pytest.mark.django_db
def test_every_item_has_its_texts() -> None:
    for item in Item.objects.all():
        assert item.title, item
        assert item.short_title, item
        assert item.definition == item.definition.strip() != "", item
        assert [bool(item.anchor(score)) for score in (1, 2, 3, 4, 5)] == [True] * 5, item
        assert item.questions, item
        assert item.ask, item
    with_measure = [item.code for item in Item.objects.all() if item.measure]
    assert len(with_measure) == 25
    assert Item.objects.get(code="O3").parsed_measure() is None
    assert Item.objects.get(code="O3").measure is None


def test_both_are_without_fault(ips: Scale, goi: Scale) -> None:
    assert faults(ips) == []
    assert faults(goi) == []


@pytest.mark.django_db
def test_loading_twice_changes_nothing() -> None:
    before = everything()
    call_command("loaddata", "ips_25", "goi_12", verbosity=0)
    assert everything() == before


def test_the_sections_add_up_to_the_scale(ips: Scale) -> None:
    given = {item.code: 1 + number % 5 for number, item in enumerate(ips.items)}
    parts = [total(given[item.code] for item in section.items.all()) for section in ips.sections.all()]
    whole = total(given.values())
    assert sum(part.total or 0 for part in parts) == whole.total == 75
    band = band_for(whole, ips.band_ranges())
    assert band is not None
    assert (band.code, band.recommended_months) == ("fair", 6)


def young_adults() -> list[dict[str, Any]]:
    """Two made-up scales that belong together, with four scores, sections of unlike size and bands of their own."""
    rows: list[dict[str, Any]] = []
    for position, (code, sizes) in enumerate([("young-work", {"W": 2, "V": 1}), ("young-school", {"S": 2})], start=5):
        key = [code, "first"]
        count = sum(sizes.values())
        rows.append(
            {
                "model": "scales.scale",
                "fields": {
                    "code": code,
                    "edition": "first",
                    "sequence": 1,
                    "position": position,
                    "title": code,
                    "attribution": "Made up",
                    "lowest": 1,
                    "highest": 4,
                    "lowest_means": "no",
                    "highest_means": "yes",
                    "high_from": 3,
                    "scoring": "sum",
                    "sources": {},
                    "comment_expected": False,
                    "item_count": count,
                },
            }
        )
        for band, lowest, highest in [("low", count, 2 * count), ("high", 2 * count + 1, 4 * count)]:
            fields = {"scale": key, "code": band, "label": band, "lowest": lowest, "highest": highest}
            rows.append({"model": "scales.band", "fields": {**fields, "recommended_months": 6}})
        for place, (section, size) in enumerate(sizes.items(), start=1):
            fields = {"scale": key, "code": section, "title": section, "position": place}
            rows.append({"model": "scales.section", "fields": fields})
            for number in range(1, size + 1):
                item = {
                    "section": [section, *key],
                    "code": f"{section}{number}",
                    "position": number,
                    "title": "Title",
                    "short_title": "Short",
                    "definition": "Definition",
                    "note": "",
                    "anchors": {str(score): f"Anchor {score}" for score in (1, 2, 3, 4)},
                    "measure": {"kind": "at_most", "inputs": {"days": "Days"}, "thresholds": {"4": 7, "2": 30}},
                }
                rows.append({"model": "scales.item", "fields": item})
    return rows


@pytest.mark.django_db
def test_another_scale_is_data_alone(tmp_path: Path) -> None:
    file = tmp_path / "young_adults.json"
    file.write_text(json.dumps(young_adults()), encoding="utf-8")
    call_command("loaddata", str(file), verbosity=0)

    codes = [scale.code for scale in Scale.objects.newest()]
    assert codes == ["ips-25", "goi-12", "young-work", "young-school"]
    work = Scale.objects.get(code="young-work")
    assert faults(work) == []
    assert [item.code for item in work.items] == ["W1", "W2", "V1"]
    assert list(work.scores) == [1, 2, 3, 4]

    result = total([4, 2, 1], highest=work.highest)
    assert (result.total, result.maximum, result.mean) == (7, 12, Decimal("2.33"))
    band = band_for(result, work.band_ranges())
    assert band is not None
    assert band.code == "high"

    measure = Item.objects.get(code="V1").parsed_measure()
    assert measure is not None
    found = suggest(measure, {"days": 8}, lowest=work.lowest, highest=work.highest)
    assert found is not None
    assert found.score == 2

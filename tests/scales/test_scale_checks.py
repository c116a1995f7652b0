"""Each system check, by breaking a loaded scale."""

from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection

from scales.checks import check_scales, faults
from scales.models import Band, Item, Scale, Section

pytestmark = pytest.mark.django_db


def found(code: str = "ips-25") -> list[tuple[str, str]]:
    return [(fault.id, fault.where) for fault in faults(Scale.objects.get(code=code))]


def change(model: type[Any], code: str, /, **values: Any) -> None:
    assert model.objects.filter(code=code).update(**values) == 1


def change_measure(code: str, **values: Any) -> None:
    item = Item.objects.get(code=code)
    assert item.measure is not None
    Item.objects.filter(pk=item.pk).update(measure={**item.measure, **values})


def test_a_sound_scale_passes() -> None:
    assert check_scales(None, databases=["default"]) == []


def test_manage_check_names_the_fault_and_fails() -> None:
    change(Item, "O3", title="")
    with pytest.raises(SystemCheckError, match=r"scales\.E010\) IPS-kvalitetsskala .*: O3: the title is empty"):
        call_command("check", tags=["database"], databases=["default"], stderr=StringIO())


def test_without_a_database_nothing_is_asked(django_assert_num_queries: Callable[[int], Any]) -> None:
    with django_assert_num_queries(0):
        assert check_scales(list(apps.get_app_configs())) == []


def test_missing_tables_are_no_fault() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE scales_scale RENAME TO scales_elsewhere")
    assert check_scales(None, databases=["default"]) == []


def test_a_section_without_items() -> None:
    Section.objects.create(scale=Scale.objects.get(code="goi-12"), code="H", title="Empty", position=2)
    assert found("goi-12") == [("scales.E001", "H")]


def test_a_scale_without_items() -> None:
    Section.objects.filter(scale__code="goi-12").delete()
    assert found("goi-12") == [("scales.E001", "goi-12")]


def test_a_last_item_that_is_missing() -> None:
    Item.objects.get(code="G12").delete()
    assert found("goi-12") == [("scales.E001", "goi-12")]


def test_a_code_used_twice() -> None:
    change(Item, "O8", code="T8")
    assert found() == [("scales.E002", "T8")]


def test_a_gap_in_the_positions_of_items() -> None:
    change(Item, "O8", position=9)
    assert found() == [("scales.E003", "O")]


def test_a_gap_in_the_positions_of_sections() -> None:
    change(Section, "T", position=4)
    assert found() == [("scales.E003", "ips-25")]


@pytest.mark.parametrize(
    "anchors",
    [
        {"1": "a", "2": "b", "3": "c", "4": "d"},
        {"1": "a", "2": "b", "3": "c", "4": "d", "5": "e", "6": "f"},
        {"1": "a", "2": "b", "3": "c", "4": "d", "5": " "},
        {"1": "a", "2": "b", "3": "c", "4": "d", "5": None},
        {},
        ["a", "b", "c", "d", "e"],
    ],
)
def test_anchors_that_are_not_one_text_for_each_score(anchors: Any) -> None:
    change(Item, "T1", anchors=anchors)
    assert found() == [("scales.E004", "T1")]


@pytest.mark.parametrize(
    ("code", "values", "where"),
    [
        ("good", {"lowest": 101}, "good"),
        ("good", {"lowest": 99}, "good"),
        ("fair", {"highest": 110}, "good"),
        ("not_ips", {"lowest": 26}, "not_ips"),
        ("not_ips", {"lowest": 24}, "not_ips"),
        ("exemplary", {"highest": 124}, "exemplary"),
        ("exemplary", {"highest": 126}, "exemplary"),
    ],
)
def test_bands_with_a_gap_an_overlap_or_another_range(code: str, values: dict[str, int], where: str) -> None:
    change(Band, code, **values)
    assert found() == [("scales.E005", where)]


def test_a_band_that_is_missing() -> None:
    Band.objects.get(code="fair").delete()
    assert found() == [("scales.E005", "good")]


@pytest.mark.parametrize(
    ("code", "thresholds"),
    [
        ("B1", {"5": 20, "4": 30, "3": 25, "2": 40}),
        ("B1", {"5": 20, "4": 20, "3": 30, "2": 40}),
        ("B2", {"5": 90, "4": 96, "3": 75, "2": 60}),
        ("G2", {"5": 80, "4": 60, "3": 60, "2": 20}),
        ("O2", {"5": 5, "4": 3, "3": 4, "2": 2}),
        ("B2", {"6": 99, "5": 96}),
        ("B2", {"5": 96, "0": 10}),
    ],
)
def test_thresholds_out_of_order_or_for_unknown_scores(code: str, thresholds: dict[str, int]) -> None:
    change_measure(code, thresholds=thresholds)
    assert found("goi-12" if code == "G2" else "ips-25") == [("scales.E006", code)]


@pytest.mark.parametrize(
    "values",
    [
        {"kind": "roughly"},
        {"inputs": {}},
        {"value": {"ratio": ["participants", "posts"]}},
        {"thresholds": {}},
        {"otherwise": 6},
        {"otherwise": 0},
        {"raises": {"6": "Lifted"}},
        {"raises": {"1": "Lifted"}},
        {"needs": {"1": "Needed"}},
        {"needs": {"5": ""}},
        {"limit": 3},
    ],
)
def test_a_measure_that_is_malformed(values: dict[str, Any]) -> None:
    change_measure("B1", **values)
    assert found() == [("scales.E007", "B1")]


def test_more_elements_counted_than_there_are() -> None:
    change_measure("T14", thresholds={"5": 7, "4": 5, "3": 4, "2": 3})
    assert found() == [("scales.E008", "T14")]


def test_elements_counted_where_there_are_none() -> None:
    change(Item, "O2", elements=[], steps={})
    assert found() == [("scales.E008", "O2")]


def test_a_source_that_is_unknown() -> None:
    change(Item, "T1", sources=["DOC", "GUESS"])
    assert found() == [("scales.E009", "T1")]


@pytest.mark.parametrize("field", ["title", "short_title", "definition"])
def test_an_empty_text_of_an_item(field: str) -> None:
    change(Item, "T1", **{field: " "})
    assert found() == [("scales.E010", "T1")]


def test_an_empty_title_of_a_section_or_a_scale() -> None:
    change(Section, "T", title="")
    change(Scale, "ips-25", title="")
    assert found() == [("scales.E010", "ips-25"), ("scales.E010", "T")]


@pytest.mark.parametrize("field", ["elements", "sources", "questions", "ask"])
@pytest.mark.parametrize("value", ["DOC", {"DOC": 1}, ["DOC", ""], [1]])
def test_a_list_that_is_not_one_of_texts(field: str, value: Any) -> None:
    change(Item, "T1", **{field: value})
    assert found() == [("scales.E011", "T1")]


@pytest.mark.parametrize("value", [["DOC"], {"DOC": "Documents"}, {"DOC": {"label": "Documents"}}])
def test_sources_of_a_scale_without_label_and_meaning(value: Any) -> None:
    Item.objects.filter(section__scale__code="ips-25").update(sources=[])
    change(Scale, "ips-25", sources=value)
    assert found() == [("scales.E011", "ips-25")]


@pytest.mark.parametrize(
    ("code", "steps"),
    [
        ("O3", []),
        ("O3", {"aims": {}}),
        ("O3", {"goals": []}),
        ("O3", {"goals": {"4": {"part": 0}}}),
        ("O3", {"goals": {"four": []}}),
        ("O3", {"goals": {"4": [0]}}),
        ("O3", {"goals": {"4": [{}]}}),
        ("O3", {"goals": {"4": [{"part": -1}]}}),
        ("O3", {"goals": {"4": [{"part": True}]}}),
        ("O3", {"goals": {"4": [{"part": 2}]}}),
        ("O3", {"goals": {"4": [{"part": 0, "if": "rich"}]}}),
        ("O3", {"goals": {"4": [{"part": 0, "without": "møter"}]}}),
        ("O3", {"goals": {"4": [{"part": 0, "without": ["møter på Mars"]}]}}),
        ("O3", {"goals": {"4": [{"part": 0, "where": "here"}]}}),
        ("O3", {"goals": {"1": [{"part": 0}]}}),
        ("O3", {"goals": {"6": [{"part": 0}]}}),
        ("O3", {"goals": {"4": [{"part": 0, "if": "dispersed"}]}}),
        ("O3", {"goals": {"4": [{"part": 0, "unless": "dispersed"}]}}),
        ("O3", {"barred": [0]}),
        ("O2", {"barred": 2}),
        ("O2", {"barred": [5]}),
        ("O2", {"barred": [True]}),
    ],
)
def test_steps_that_are_malformed_or_name_what_is_not_there(code: str, steps: Any) -> None:
    change(Item, code, steps=steps)
    assert found() == [("scales.E012", code)]

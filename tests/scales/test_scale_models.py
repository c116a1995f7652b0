"""What the database itself refuses, and what the models say."""

from typing import Any

import pytest
from django.contrib import admin
from django.db import IntegrityError, transaction
from django.test import RequestFactory

from scales.models import Band, Item, Scale, Section


def new(model: type[Any], **changes: Any) -> Any:
    """A sound row of `model` beside those that are loaded, with `changes`."""
    sound: dict[type[Any], dict[str, Any]] = {
        Scale: {
            "code": "new",
            "edition": "first",
            "sequence": 1,
            "position": 3,
            "title": "New",
            "attribution": "Us",
            "lowest_means": "no",
            "highest_means": "yes",
            "high_from": 4,
            "scoring": "sum",
            "comment_expected": False,
        },
        Section: {"code": "N", "title": "New", "position": 9},
        Item: {
            "code": "N1",
            "position": 99,
            "title": "New",
            "short_title": "New",
            "definition": "New",
            "anchors": {"1": "a"},
        },
        Band: {"code": "new", "label": "New", "lowest": 1, "highest": 2, "recommended_months": 6},
    }
    values = {**sound[model], **changes}
    if model in (Section, Band):
        values.setdefault("scale", Scale.objects.get(code="ips-25"))
    if model is Item:
        values.setdefault("section", Section.objects.get(code="B"))
    return model.objects.create(**values)


@pytest.mark.django_db
@pytest.mark.parametrize("model", [Scale, Section, Item, Band])
def test_a_sound_row_is_taken(model: type[Any]) -> None:
    assert new(model).pk


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("model", "changes", "constraint"),
    [
        (Scale, {"code": "ips-25", "edition": "2008, norsk utgave 2011", "sequence": 2}, "code_edition_unique"),
        (Scale, {"code": "ips-25", "sequence": 1}, "code_sequence_unique"),
        (Scale, {"code": ""}, "scale_code_and_edition_given"),
        (Scale, {"edition": ""}, "scale_code_and_edition_given"),
        (Scale, {"sequence": 0}, "scale_sequence_from_one"),
        (Scale, {"position": 0}, "scale_position_from_one"),
        (Scale, {"lowest": 0}, "scale_lowest_below_highest"),
        # No score is between a lowest and a highest that are equal, so both constraints refuse them.
        (Scale, {"lowest": 5}, "scale_lowest_below_highest|scale_high_from_in_range"),
        (Scale, {"high_from": 1}, "scale_high_from_in_range"),
        (Scale, {"high_from": 6}, "scale_high_from_in_range"),
        (Scale, {"scoring": "median"}, "scale_scoring_known"),
        (Scale, {"item_count": 0}, "scale_item_count_from_one"),
        (Section, {"code": "T"}, "section_code_unique"),
        (Section, {"position": 1}, "section_position_unique"),
        (Section, {"code": ""}, "section_code_given"),
        (Section, {"position": 0}, "section_position_from_one"),
        (Item, {"code": "B1"}, "item_code_unique"),
        (Item, {"position": 1}, "item_position_unique"),
        (Item, {"code": ""}, "item_code_given"),
        (Item, {"position": 0}, "item_position_from_one"),
        (Band, {"code": "good"}, "band_code_unique"),
        (Band, {"lowest": 100, "highest": 101}, "band_lowest_unique"),
        (Band, {"code": ""}, "band_code_and_label_given"),
        (Band, {"label": ""}, "band_code_and_label_given"),
        (Band, {"lowest": 3}, "band_lowest_not_above_highest"),
        (Band, {"recommended_months": 0}, "band_months_from_one"),
    ],
)
def test_the_database_refuses(model: type[Any], changes: dict[str, Any], constraint: str) -> None:
    # SQLite names the columns of a unique constraint where PostgreSQL names the constraint.
    columns = {
        "code_edition_unique": "scales_scale.edition",
        "code_sequence_unique": "scales_scale.sequence",
        "section_code_unique": "scales_section.code",
        "section_position_unique": "scales_section.position",
        "item_code_unique": "scales_item.code",
        "item_position_unique": "scales_item.position",
        "band_code_unique": "scales_band.code",
        "band_lowest_unique": "scales_band.lowest",
    }
    expected = "|".join(filter(None, [constraint, columns.get(constraint)]))
    with pytest.raises(IntegrityError, match=expected), transaction.atomic():
        new(model, **changes)


def test_every_constraint_is_tested() -> None:
    named = {constraint.name for model in (Scale, Section, Item, Band) for constraint in model._meta.constraints}
    marks = test_the_database_refuses.pytestmark
    cases = next(mark for mark in marks if mark.name == "parametrize").args[1]
    assert all(any(name.endswith(case[2]) for case in cases) for name in named)


def test_the_newest_edition_of_each_scale_in_order(ips: Scale, goi: Scale) -> None:
    second = new(Scale, code="ips-25", edition="second", sequence=2, position=1)
    older = new(Scale, code="aaa", edition="older", sequence=4)
    assert older.sequence == 4
    newer = new(Scale, code="aaa", edition="newer", sequence=7)
    assert list(Scale.objects.newest()) == [second, goi, newer]
    assert ips not in Scale.objects.newest()


@pytest.mark.django_db
@pytest.mark.parametrize("model", [Scale, Section, Item, Band])
def test_a_natural_key_finds_its_row(model: type[Any]) -> None:
    for row in model.objects.all():
        assert model.objects.get_by_natural_key(*row.natural_key()) == row


def test_an_item_knows_its_scale_and_its_anchors(ips: Scale) -> None:
    item = Item.objects.get(code="O3")
    assert item.scale == ips
    assert item.anchor(5).startswith("Planlagte, fysiske møter minst hver måned")
    with pytest.raises(KeyError):
        item.anchor(6)


def test_they_name_themselves(ips: Scale) -> None:
    assert str(ips) == "IPS-kvalitetsskala (2008, norsk utgave 2011)"
    assert str(Section.objects.get(code="T")) == "T Tjenester"
    assert str(Item.objects.get(code="T6")) == "T6 Jobbutvikling – hyppig arbeidsgiverkontakt"
    assert str(Band.objects.get(code="good")) == "Bra kvalitet (100-114)"


@pytest.mark.parametrize("model", [Scale, Section, Item, Band])
def test_the_admin_shows_scales_and_changes_none(rf: RequestFactory, admin_user: Any, model: type[Any]) -> None:
    request = rf.get("/")
    request.user = admin_user
    pages = admin.site.get_model_admin(model)
    assert pages.has_view_permission(request)
    assert not pages.has_add_permission(request)
    assert not pages.has_change_permission(request)
    assert not pages.has_delete_permission(request)

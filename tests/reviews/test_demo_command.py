"""The demonstration is made whole or not at all, and never in a database in use."""

from typing import Any

import pytest
from django.core.management import CommandError, call_command

from reviews import demo
from reviews.demo import making
from scales.models import Scale
from tests.reviews.front_door import contents

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("debug", [True, False])
def test_it_is_not_made_in_a_database_in_use(monkeypatch: pytest.MonkeyPatch, settings: Any, debug: bool) -> None:
    filled: list[bool] = []
    monkeypatch.setattr(demo, "fill", lambda: filled.append(True))
    settings.DEBUG = debug
    if debug:
        call_command("make_demo")
    else:
        with pytest.raises(CommandError, match="--force"):
            call_command("make_demo")
        assert not filled
        call_command("make_demo", force=True)
    assert filled == [True]


def test_it_says_how_to_load_the_scales_where_they_are_missing(settings: Any) -> None:
    settings.DEBUG = True
    Scale.objects.all().delete()
    with pytest.raises(CommandError, match="loaddata"):
        call_command("make_demo")


def test_a_fault_half_way_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: object) -> None:
        raise RuntimeError

    before = contents()
    monkeypatch.setattr(making.Demonstration, "_from_plans", fail)
    monkeypatch.setattr("reviews.report.pdf.render", lambda content, draft: b"%PDF-1.7")
    with pytest.raises(RuntimeError):
        demo.fill()
    assert contents() == before

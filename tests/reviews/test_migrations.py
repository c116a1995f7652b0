"""Migrations that write to rows there are already."""

import importlib
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection

from tests.factories import RespondentFactory, SeatFactory, at

pytestmark = pytest.mark.django_db


def test_who_was_seated_before_there_were_letters_gets_none_late() -> None:
    migration = importlib.import_module("reviews.migrations.0004_count_those_seated_as_told")
    told = at(SeatFactory.create().review.first_day)
    seat, known, respondent = SeatFactory.create(), SeatFactory.create(told_at=told), RespondentFactory.create()
    migration.count_as_told(apps, SimpleNamespace(connection=connection))
    for row in (seat, respondent, known):
        row.refresh_from_db()
    assert seat.told_at is not None
    assert respondent.told_at is not None
    assert known.told_at == told

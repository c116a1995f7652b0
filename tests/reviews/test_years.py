"""A hundred services and ten years: what commands and pages say of them, held against plain SQL."""

import csv
import datetime
import io
import json
from collections.abc import Iterator

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import transaction
from pytest_django import DjangoDbBlocker

from reviews.demo import years
from reviews.models import FinalScore, ReportVersion, Review, Service
from tests.reviews import plain_sql

JANUARY = datetime.date(2026, 1, 12)
"""A day in January, when the year is planned."""


@pytest.fixture(scope="module")
def _made(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The services and their reviews, made once, and taken back after the last test here."""
    with django_db_blocker.unblock(), time_machine.travel(JANUARY, tick=False), transaction.atomic():
        years.fill()
        yield
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def january(_made: None, db: None) -> Iterator[None]:
    """A day in January with all of it there."""
    with time_machine.travel(JANUARY, tick=False):
        yield


def test_there_are_a_hundred_services_with_up_to_ten_years_of_reviews() -> None:
    assert Service.objects.count() == 100
    reviews = Review.objects.all()
    assert reviews.count() > 700
    assert {review.status for review in reviews} == {Review.Status.FINAL}
    assert {review.first_day.year for review in reviews} >= set(range(2017, 2026))
    assert not ReportVersion.objects.filter(pdf__isnull=False).exists()
    assert ReportVersion.objects.filter(number=2).exists()
    assert FinalScore.objects.filter(score=None).exists()


def test_they_are_made_once_and_not_where_work_is_done() -> None:
    with pytest.raises(CommandError, match="DEBUG is off"):
        call_command("make_years")
    with pytest.raises(CommandError, match="here already"):
        call_command("make_years", force=True)


OVERVIEWS = [
    ([], "1 = 1", []),
    (["--kind", "external"], "r.kind = %s", ["external"]),
    (["--kind", "self"], "r.kind = %s", ["self"]),
    (["--county", "Vestland"], "c.name = %s", ["Vestland"]),
    (
        ["--from", "2020-01-01", "--to", "2022-12-31"],
        "r.first_day BETWEEN %s AND %s",
        [datetime.date(2020, 1, 1), datetime.date(2022, 12, 31)],
    ),
    (
        ["--county", "Oslo", "--kind", "self", "--to", "2021-06-30"],
        "c.name = %s AND r.kind = %s AND r.first_day <= %s",
        ["Oslo", "self", datetime.date(2021, 6, 30)],
    ),
]


@pytest.mark.parametrize(("options", "asked", "values"), OVERVIEWS)
def test_the_exported_distribution_is_that_of_plain_sql(options: list[str], asked: str, values: list[object]) -> None:
    out = io.StringIO()
    call_command("export_overview", *options, "--format", "json", stdout=out)
    told = json.loads(out.getvalue())
    scores = plain_sql.scores_by_item(asked, *values)
    assert scores
    assert [each["item"] for each in told][:3] == ["B1", "B2", "B3"]
    assert len(told) == 37
    for each in told:
        given = scores.get(each["item"], [])
        assert each["n"] == len(given)
        assert [each[f"score_{score}"] for score in range(1, 6)] == [given.count(score) for score in range(1, 6)]
        if given:
            assert f"{each['mean']:.2f}" == str(plain_sql.mean(given))
            assert (each["lower_quartile"], each["median"], each["upper_quartile"]) == plain_sql.quartiles(given)
        else:
            assert each["mean"] is each["median"] is each["lower_quartile"] is each["upper_quartile"] is None


def test_the_table_says_the_same_as_the_list() -> None:
    as_json, as_csv = io.StringIO(), io.StringIO()
    call_command("export_overview", "--format", "json", stdout=as_json)
    call_command("export_overview", "--format", "csv", stdout=as_csv)
    table = list(csv.DictReader(io.StringIO(as_csv.getvalue())))
    told = json.loads(as_json.getvalue())
    assert list(table[0]) == [
        "item", "n", "mean", "median", "lower_quartile", "upper_quartile",
        *(f"score_{score}" for score in range(1, 6)),
    ]  # fmt: skip
    for row, each in zip(table, told, strict=True):
        assert row["item"] == each["item"]
        assert {name: float(row[name]) for name in list(row)[1:]} == {name: float(each[name]) for name in list(row)[1:]}

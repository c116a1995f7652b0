"""A hundred services and ten years: what commands and pages say of them, held against plain SQL."""

import csv
import datetime
import io
import json
import statistics
from collections.abc import Callable, Iterator
from fractions import Fraction

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from reviews.demo import years
from reviews.models import FinalScore, ReportVersion, Review, Service, User
from tests.factories import RoleFactory, UserFactory
from tests.reviews import plain_sql

JANUARY = datetime.date(2026, 1, 12)
"""A day in January, when the year is planned."""


@pytest.fixture(scope="module")
def _made(put_back: Callable[[], None], django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The services and their reviews, made once, and taken back after the last test here."""
    with django_db_blocker.unblock(), time_machine.travel(JANUARY, tick=False), transaction.atomic():
        put_back()
        years.fill()
        with connection.cursor() as cursor:
            # What the database last knew of the tables is that they were empty, and its plans for that take hours here.
            cursor.execute("ANALYZE")
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


# The pages


@pytest.fixture
def adviser(client: Client) -> User:
    """One who advises the whole country, and is logged in."""
    user: User = UserFactory.create()
    RoleFactory.create(user=user, whole_country=True)
    client.force_login(user)
    return user


def _months_later(day: datetime.date, months: int) -> datetime.date:
    """The same day of the month that many months on, or the last there is in it."""
    month = day.month - 1 + months
    year, month, number = day.year + month // 12, month % 12 + 1, day.day
    while True:
        try:
            return datetime.date(year, month, number)
        except ValueError:
            number -= 1


@pytest.mark.usefixtures("adviser")
def test_every_service_is_due_its_interval_after_the_last_visit_day(client: Client) -> None:
    intervals = dict(Service.objects.values_list("name", "interval_months"))
    wanted = {name: _months_later(day, intervals[name]) for name, day in plain_sql.last_visits().items()}
    rows = [row for page in (1, 2) for row in client.get("/services/", {"page": page}).context["page_obj"]]
    assert len(rows) == 100
    assert {row.service.name: row.next_day for row in rows if row.next_day is not None} == wanted
    assert any(day.day in (28, 29, 30, 31) for day in wanted.values())
    listed = client.get("/services/", {"due": "overdue"}).context["page_obj"].paginator.object_list
    overdue = {service.name for service in listed}
    assert overdue == {name for name, day in wanted.items() if day < JANUARY}
    soon = {name for name, day in wanted.items() if JANUARY <= day <= JANUARY + datetime.timedelta(days=90)}
    found = client.get("/overview/").context["found"]
    for state, names in (("overdue", overdue), ("never", set(intervals) - set(wanted)), ("soon", soon)):
        assert found.counts[state] == len(names)
        rows_of = client.get("/overview/", {"show": state}).context["page_obj"].paginator.object_list
        assert {row.service.name for row in rows_of[:]} == names


@pytest.mark.usefixtures("adviser")
@pytest.mark.parametrize("place", [0, 1])
def test_the_development_is_that_of_plain_sql(client: Client, place: int) -> None:
    scale, years_told, _picture = client.get("/overview/development/").context["scales"][place]
    wanted = plain_sql.complete_totals_by_year(scale.code)
    items, places = (1, "0.1") if scale.code == "ips-25" else (12, "0.01")
    assert {each.year for each in years_told if each.services} == set(wanted)
    for each in years_told:
        totals = list(wanted[each.year].values())
        assert each.services == len(totals)
        lower, median, upper = plain_sql.quartiles(totals)
        quartiles = [plain_sql.half_up(Fraction(value) / items) for value in (lower, median, upper)]
        assert [each.middle.lower, each.middle.median, each.middle.upper] == quartiles
        assert each.middle.mean == plain_sql.half_up(Fraction(sum(totals), len(totals) * items), places)
        then = wanted.get(each.year - 1, {})
        steps = [total - then[name] for name, total in wanted[each.year].items() if name in then]
        assert each.change.services == len(steps)
        if steps:
            assert each.change.mean == plain_sql.half_up(Fraction(sum(steps), len(steps) * items), places)
            assert (each.change.rose, each.change.fell) == (sum(s > 0 for s in steps), sum(s < 0 for s in steps))
        if scale.code == "ips-25":
            limits = {"exemplary": range(115, 126), "good": range(100, 115), "fair": range(74, 100)}
            for code, reach in limits.items():
                held = next(row for row in each.bands if row.band.code == code)
                assert held.services == sum(total in reach for total in totals)


@pytest.mark.usefixtures("adviser")
def test_how_many_work_or_learn_is_that_of_plain_sql(client: Client) -> None:
    wanted = plain_sql.working_by_year()
    told = client.get("/overview/development/").context["outcomes"]
    assert {each.year for each in told} == set(wanted)
    for each in told:
        services = wanted[each.year]
        participants, busy = sum(row[0] for row in services), sum(row[1] for row in services)
        assert (each.services, each.participants) == (len(services), participants)
        assert each.share == int(plain_sql.half_up(Fraction(100 * busy, participants), "1"))
        goals = [(row[2], int(plain_sql.half_up(Fraction(100 * row[1], row[0]), "1"))) for row in services if row[2]]
        assert each.goals == len(goals)
        assert each.goal == statistics.median(goal for goal, _share in goals)
        assert each.reached == sum(goal <= share for goal, share in goals)


@pytest.mark.usefixtures("adviser")
def test_a_new_look_is_recommended_half_a_year_after_a_low_result(client: Client) -> None:
    intervals = dict(Service.objects.values_list("name", "interval_months"))
    totals = plain_sql.last_complete_totals()
    begun = plain_sql.first_days_of_what_is_shared()
    wanted = {}
    for name, (total, first_day, last_day) in totals.items():
        months = 12 if total >= 100 else 6
        if months < intervals[name] and not any(day > last_day for day in begun[name]):
            wanted[name] = _months_later(last_day, months)
        assert first_day <= last_day
    rows = [row for page in (1, 2) for row in client.get("/services/", {"page": page}).context["page_obj"]]
    assert {row.service.name: row.hint_day for row in rows if row.hint_day is not None} == wanted
    assert len(wanted) > 10


@pytest.mark.usefixtures("adviser")
def test_what_holds_scores_down_is_that_of_plain_sql(client: Client) -> None:
    Review.objects.filter(kind="self").update(shared_at=timezone.now())
    lows = plain_sql.low_scores()
    found = {each.scale.code: each for each in client.get("/overview/obstacles/").context["scales"]}
    for code, letters in (("ips-25", "BOT"), ("goi-12", "G")):
        mine = [low for low in lows if low[0][0] in letters]
        assert found[code].low == len(mine)
        for cause in found[code].causes:
            held = [low for low in mine if (cause.code in low[2] if low[2] else cause.code == "untold")]
            assert (cause.scores, cause.items) == (len(held), len({item for item, _score, _why in held}))
        for section in found[code].sections:
            for row in section.items:
                here = [low for low in mine if low[0] == row.item.code]
                assert row.low == len(here)
                for cause_code, number in row.causes:
                    assert number == sum(cause_code in (why or ["untold"]) for _item, _score, why in here)


def _reissued() -> Service:
    """A service with reviews of every kind, one of them issued again."""
    found = Service.objects.filter(reviews__versions__number=2)
    for service in found.order_by("name").distinct():
        reviews = service.reviews.filter(basis="practice")
        if reviews.filter(kind="external").count() > 4 and reviews.filter(kind="self").exists():
            return service
    raise LookupError("no service has all of it")


@pytest.mark.usefixtures("adviser")
def test_every_cell_of_a_service_s_heat_map_is_the_score_that_counts(client: Client) -> None:
    Review.objects.filter(kind="self").update(shared_at=timezone.now())
    service = _reissued()
    wanted = plain_sql.scores_of(service.name)
    told: dict[tuple[str, str], int | None] = {}
    for scale in client.get(f"/services/{service.pk}/development/").context["scales"]:
        for table in filter(None, [scale.external, scale.own]):
            for section in table.sections:
                for item in section.items:
                    for head, cell in zip(table.heads, item.cells, strict=True):
                        told[head.day.isoformat(), item.code] = cell.score
                for head, total in zip(table.heads, section.cells, strict=True):
                    given = [wanted[head.day.isoformat(), item.code] for item in section.items]
                    scored = [score for score in given if score is not None]
                    if section.code != "G" and scored and total.share is not None:
                        assert total.share == int(plain_sql.half_up(Fraction(100 * sum(scored), 5 * len(scored)), "1"))
    assert told == wanted


@pytest.mark.usefixtures("adviser")
def test_a_service_stands_beside_the_middle_half_of_all(client: Client) -> None:
    service = _reissued()
    own = {
        code: score
        for (day, code), score in plain_sql.scores_of(service.name).items()
        if day == max(str(each) for each in service.reviews.filter(kind="external").values_list("first_day", flat=True))
    }
    # What the service has not shared is no part of it.
    everyone = plain_sql.scores_by_item("(r.kind = 'external' OR r.shared_at IS NOT NULL)")
    rows = [row for scale in client.get(f"/services/{service.pk}/others/").context["scales"] for row in scale.rows]
    assert {row.item.code for row in rows} == set(own)
    for row in rows:
        given = everyone[row.item.code]
        assert (row.n, row.score) == (len(given), own[row.item.code])
        assert row.quartiles == plain_sql.quartiles(given)


@pytest.mark.usefixtures("adviser")
def test_the_scores_across_services_are_those_of_plain_sql(client: Client) -> None:
    everyone = plain_sql.scores_by_item("(r.kind = 'external' OR r.shared_at IS NOT NULL)")
    rows = [row for scale in client.get("/overview/scores/").context["scales"] for row in scale.rows]
    assert len(rows) == 37
    for row in rows:
        given = everyone[row.item.code]
        assert (row.n, row.mean, row.quartiles) == (len(given), plain_sql.mean(given), plain_sql.quartiles(given))
        assert row.counts == {score: given.count(score) for score in range(1, 6)}

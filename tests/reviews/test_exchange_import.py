"""Score sheets into the database: what comes of one, all or nothing, and nothing when it comes again."""

import datetime
import tracemalloc
from collections.abc import Iterable, Mapping
from io import StringIO
from pathlib import Path

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from reviews import results
from reviews.exchange import importing
from reviews.exchange.exporting import csv_line
from reviews.exchange.faults import Problem
from reviews.exchange.held import CHUNK
from reviews.exchange.sheet import LONG_COLUMNS
from reviews.models import (
    ActionPoint,
    AgreedResult,
    AuditEvent,
    FinalScore,
    Rating,
    ReportVersion,
    Review,
    Seat,
    Service,
)
from reviews.report import content
from scales.models import Item
from tests.factories import ReviewFactory, ServiceFactory, county, scored_review

pytestmark = pytest.mark.django_db

SAMPLE = Path(__file__).parent.parent / "data" / "psykoseteamet-2012.csv"

Rows = list[dict[str, str]]


def long_rows(
    service: str = "IPS Nord", day: str = "2024-05-06", *, scales: Iterable[str] = ("ips-25",), **columns: str
) -> Rows:
    """Return the rows of a review in which every item has the same values; without any said, two equal fours."""
    values = columns or {"evaluator_1": "4", "evaluator_2": "4"}
    return [
        {"service": service, "county": "Nordland", "review_date": day, "kind": "external", "item": code, **values}
        for code in Item.objects.filter(section__scale__code__in=scales).values_list("code", flat=True)
    ]


def write(path: Path, rows: Iterable[Mapping[str, str]]) -> Path:
    """Write rows as a long sheet."""
    lines = [csv_line(LONG_COLUMNS), *(csv_line(row.get(name, "") for name in LONG_COLUMNS) for row in rows)]
    path.write_text("".join(lines), newline="")
    return path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a test puts its sheet."""
    return tmp_path / "skår 2024.csv"


def take(path: Path, rows: Iterable[Mapping[str, str]]) -> importing.Outcome:
    """Import rows, making their services."""
    return importing.run(write(path, rows), create_services=True)


def problems(outcome: importing.Outcome) -> list[tuple[Problem, int | None, str]]:
    """Return an import's faults by kind, row and column."""
    return [(fault.problem, fault.row, fault.column) for fault in outcome.faults.listed]


def made(outcome: importing.Outcome) -> tuple[int, int, int, int]:
    """Return how many services, reviews and scores were made, and how many reviews were unchanged."""
    return len(outcome.services), outcome.reviews, outcome.scores, outcome.unchanged


def run_command(*arguments: str) -> str:
    """Run import_reviews and return what it wrote to its output, in English."""
    out = StringIO()
    with translation.override("en"):
        call_command("import_reviews", *arguments, stdout=out)
    return out.getvalue()


# The published sample


def test_the_published_sample_gives_its_published_figures() -> None:
    outcome = importing.run(SAMPLE, create_services=True)
    assert made(outcome) == (1, 1, 23, 0)
    review = Review.objects.get()
    assert (review.status, review.basis, review.imported_from) == ("final", "plans", "psykoseteamet-2012.csv")
    assert review.first_day == review.last_day == datetime.date(2012, 12, 3)
    ips, goi = results.newest_results(review)
    assert (ips.total.total, ips.total.maximum, ips.total.scored, ips.total.items) == (51, 55, 11, 25)
    assert (ips.band, goi.band) == (None, None)
    figures = [(found.total.total, found.total.maximum, found.total.scored) for found in ips.sections]
    assert figures == [(15, 15, 3), (36, 40, 8), (None, 0, 0)]
    assert (str(goi.total.mean), goi.total.scored, goi.total.items, goi.total.total) == ("4.17", 12, 12, 50)


def test_the_published_sample_again_changes_nothing_and_says_so() -> None:
    assert "1 service, 1 review, 23 scores" in run_command(str(SAMPLE), "--create-services")
    said = run_command(str(SAMPLE))
    assert "1 review was here already and is unchanged" in said
    assert "0 services, 0 reviews, 0 scores" in said
    assert (Review.objects.count(), ReportVersion.objects.count(), AuditEvent.objects.count()) == (1, 1, 1)


# What comes of a sheet


def test_an_agreed_sheet_becomes_a_final_review_with_a_version_without_bytes(path: Path) -> None:
    take(path, long_rows(evaluator_1="4", evaluator_2="2", consensus="3", comment="Godt.", recommendation="Mer."))
    review = Review.objects.get()
    assert (review.status, review.kind, review.basis) == ("final", "external", "practice")
    assert None not in (review.scoring_at, review.consensus_at, review.final_at)
    version = review.versions.get()
    assert (version.number, version.pdf, version.sha256, version.made_at) == (1, None, "", review.final_at)
    assert version.editions == [{"code": pin.scale.code, "edition": pin.scale.edition} for pin in review.pins.all()]
    assert version.content["service"] == "IPS Nord"
    assert version.content["scales"][0]["total"]["total"] == 75
    assert set(version.scores.values_list("score", "comment", "recommendation")) == {(3, "Godt.", "Mer.")}
    assert set(review.results.values_list("score", flat=True)) == {3}
    seats = list(review.seats.all())
    assert [(seat.number, seat.is_lead, seat.user) for seat in seats] == [(1, True, None), (2, False, None)]
    assert [set(seat.ratings.values_list("score", flat=True)) for seat in seats] == [{4}, {2}]
    assert not ActionPoint.objects.exists()
    event = AuditEvent.objects.get()
    assert (event.action, event.review, event.actor) == ("imported", review, None)


def test_a_sheet_with_something_not_agreed_becomes_a_review_in_consensus(path: Path) -> None:
    rows = long_rows()
    rows[3] |= {"evaluator_2": "5", "comment": "Uenige."}
    outcome = take(path, rows)
    assert made(outcome) == (1, 1, 24, 0)
    review = Review.objects.get()
    assert (review.status, review.final_at, review.versions.count()) == ("consensus", None, 0)
    open_result = review.results.get(score=None)
    assert (open_result.item.code, open_result.not_scored, open_result.comment) == (rows[3]["item"], "", "Uenige.")


def test_agreed_scores_alone_make_no_seats_and_no_ratings(path: Path) -> None:
    take(path, long_rows(consensus="4"))
    assert Review.objects.get().status == "final"
    assert (Seat.objects.count(), Rating.objects.count()) == (0, 0)


def test_a_wide_sheet_makes_a_review_a_row(path: Path) -> None:
    codes = list(Item.objects.filter(section__scale__code="ips-25").values_list("code", flat=True))
    header = ["service", "county", "review_date", "kind", *codes]
    rows = [["IPS Nord", "Nordland", f"06.05.{year}", "egen", *["4"] * 24, ""] for year in (2022, 2023)]
    path.write_text("\ufeff" + "".join(";".join(row) + "\r\n" for row in [header, *rows]), newline="")
    outcome = importing.run(path, create_services=True)
    assert made(outcome) == (1, 2, 48, 0)
    assert set(Review.objects.values_list("kind", "status")) == {("self", "final")}
    assert AgreedResult.objects.filter(not_scored="not_recorded").count() == 2


def test_a_workbook_is_read_as_a_sheet(tmp_path: Path) -> None:
    book = openpyxl.Workbook(write_only=True)
    written = book.create_sheet()
    written.append(LONG_COLUMNS)
    for row in long_rows():
        cells = {**row, "review_date": datetime.date(2024, 5, 6), "evaluator_1": 4, "evaluator_2": 4.0}
        written.append([cells.get(name) for name in LONG_COLUMNS])
    book.save(tmp_path / "skår.xlsx")
    assert made(importing.run(tmp_path / "skår.xlsx", create_services=True)) == (1, 1, 25, 0)


def test_each_report_compares_with_the_review_before_it_however_the_sheet_is_sorted(path: Path) -> None:
    take(path, [*long_rows(day="2024-05-06"), *long_rows(day="2023-05-06", consensus="3")])
    newest, oldest = ReportVersion.objects.order_by("-review__first_day")
    assert newest.content["previous"] == {"date": "2023-05-06", "year": 2023}
    assert newest.content["scales"][0]["change"] == "25"
    assert oldest.content["previous"] is None


def test_a_service_is_known_whatever_its_case_and_unique_in_its_county(path: Path) -> None:
    here = ServiceFactory.create(name="IPS Øst", county=county("Nordland"))
    ServiceFactory.create(name="IPS Øst", county=county("Troms"))
    outcome = importing.run(write(path, long_rows("ips øst")))
    assert made(outcome) == (0, 1, 25, 0)
    assert Review.objects.get().service == here


# All or nothing


def test_any_fault_imports_nothing(path: Path) -> None:
    rows = [*long_rows("IPS Nord"), *long_rows("IPS Sør")]
    rows[30]["evaluator_1"] = "6"
    outcome = take(path, rows)
    assert problems(outcome) == [(Problem.SCORE, 32, "evaluator_1")]
    assert not Service.objects.exists()
    assert not Review.objects.exists()
    assert not AuditEvent.objects.exists()


def test_the_command_lists_200_faults_counts_the_rest_and_fails(path: Path) -> None:
    write(path, [row for day in range(1, 10) for row in long_rows(day=f"2024-05-0{day}", evaluator_1="6")])
    errors = StringIO()
    with translation.override("en"), pytest.raises(CommandError) as raised:
        call_command("import_reviews", str(path), "--create-services", stderr=errors)
    lines = errors.getvalue().splitlines()
    assert len(lines) == 201
    assert lines[0] == "Row 2, column evaluator_1: “6” is not a score. A score is a whole number from 1 to 5."
    assert lines[-1] == "and 25 more."
    assert "225 faults" in str(raised.value)
    assert raised.value.returncode == 1
    assert not Review.objects.exists()


def test_the_command_speaks_norwegian(path: Path) -> None:
    write(path, [{**long_rows()[0], "evaluator_1": "6"}])
    errors = StringIO()
    with pytest.raises(CommandError, match="Ingenting ble importert"):
        call_command("import_reviews", str(path), "--create-services", stderr=errors)
    assert errors.getvalue().startswith("Rad 2, kolonne evaluator_1: «6» er ikke en skår.")


def test_a_dry_run_says_what_would_happen_and_changes_nothing() -> None:
    said = run_command(str(SAMPLE), "--create-services", "--dry-run")
    assert "Would make: 1 service, 1 review, 23 scores." in said
    assert "Psykoseteamet (publisert 2012) (Nordland)" in said
    assert not Service.objects.exists()
    assert not Review.objects.exists()


def test_a_file_that_is_not_there(path: Path) -> None:
    with pytest.raises(CommandError, match=path.name):
        run_command(str(path))


def test_a_file_that_breaks_off_imports_nothing(path: Path) -> None:
    write(path, long_rows())
    path.write_text(path.read_text() + '"open')
    outcome = importing.run(path, create_services=True)
    assert problems(outcome) == [(Problem.MALFORMED, 27, "")]
    assert not Review.objects.exists()


# Names that are not known


def test_an_unknown_service_names_the_nearest_known_ones_those_of_the_county_first(path: Path) -> None:
    for name, place in (("IPS Bodo", "Troms"), ("IPS Bodo", "Nordland"), ("Helt annet", "Nordland")):
        ServiceFactory.create(name=name, county=county(place))
    outcome = importing.run(write(path, long_rows("IPS Bodø")))
    assert problems(outcome) == [(Problem.UNKNOWN_SERVICE, 2, "service")]
    assert outcome.faults.listed[0].nearest == ("IPS Bodo (Nordland)", "IPS Bodo (Troms)")


def test_an_unknown_county_names_the_nearest_even_where_services_may_be_made(path: Path) -> None:
    outcome = take(path, [{**row, "county": "Nordlandd"} for row in long_rows()])
    assert problems(outcome) == [(Problem.UNKNOWN_COUNTY, 2, "county")]
    assert outcome.faults.listed[0].nearest == ("Nordland",)


def test_an_unknown_service_is_named_beside_the_other_faults_of_its_rows(path: Path) -> None:
    rows = long_rows("IPS Bodø", "2024-02-30")
    rows[0]["evaluator_1"] = "6"
    assert problems(importing.run(write(path, rows))) == [
        (Problem.UNKNOWN_SERVICE, 2, "service"),
        (Problem.NO_SUCH_DATE, 2, "review_date"),
        (Problem.SCORE, 2, "evaluator_1"),
    ]


# What is held


@pytest.mark.parametrize(
    "change",
    [
        {"consensus": "5"},
        {"evaluator_1": "5", "consensus": "4"},
        {"comment": "Annerledes."},
        {"recommendation": "Annerledes."},
        {"evaluator_1": "", "evaluator_2": "", "not_scored": "missing_data"},
    ],
)
def test_a_sheet_that_differs_from_what_is_held_is_refused(path: Path, change: dict[str, str]) -> None:
    rows = long_rows()
    take(path, rows)
    rows[7] |= change
    outcome = take(path, rows)
    assert problems(outcome) == [(Problem.DIFFERS, 2, "")]
    assert FinalScore.objects.count() == 25


def test_a_sheet_with_another_basis_is_refused(path: Path) -> None:
    take(path, long_rows())
    outcome = take(path, [{**row, "basis": "plans"} for row in long_rows()])
    assert problems(outcome) == [(Problem.DIFFERS, 2, "")]


def test_the_scales_are_part_of_a_reviews_name(path: Path) -> None:
    take(path, long_rows(scales=["ips-25"]))
    assert made(take(path, long_rows(scales=["goi-12"]))) == (0, 1, 12, 0)
    assert Review.objects.count() == 2


def test_new_reviews_beside_held_ones_are_made(path: Path) -> None:
    take(path, long_rows())
    assert made(take(path, [*long_rows(), *long_rows(day="2025-05-06")])) == (0, 1, 25, 1)


def test_own_scores_that_were_deleted_since_are_not_missed(path: Path) -> None:
    rows = long_rows(evaluator_1="4", evaluator_2="2", consensus="3")
    take(path, rows)
    Rating.objects.filter(seat__number=2).delete()
    assert made(take(path, rows)) == (0, 0, 0, 1)
    Rating.objects.all().delete()
    assert made(take(path, rows)) == (0, 0, 0, 1)
    assert made(take(path, long_rows(consensus="3"))) == (0, 0, 0, 1)


def test_own_scores_that_were_never_there_are_a_difference(path: Path) -> None:
    take(path, long_rows(consensus="4"))
    assert problems(take(path, long_rows())) == [(Problem.DIFFERS, 2, "")]


def test_a_review_that_is_still_being_scored_is_not_compared_with(path: Path) -> None:
    service = ServiceFactory.create(name="IPS Nord", county=county("Nordland"))
    scored_review(Review.Status.SCORING, service=service, first_day=datetime.date(2024, 5, 6))
    outcome = take(path, long_rows(scales=["ips-25", "goi-12"]))
    assert problems(outcome) == [(Problem.UNDER_WAY, 2, "")]


def test_a_cancelled_review_is_not_held(path: Path) -> None:
    service = ServiceFactory.create(name="IPS Nord", county=county("Nordland"))
    ReviewFactory.create(service=service, first_day=datetime.date(2024, 5, 6), status=Review.Status.CANCELLED)
    assert made(take(path, long_rows(scales=["ips-25", "goi-12"]))) == (0, 1, 37, 0)


# Size


@pytest.mark.parametrize("dry_run", [False, True])
def test_memory_does_not_grow_with_the_sheet(path: Path, dry_run: bool) -> None:
    def peak(reviews: int) -> int:
        name = f"IPS {reviews}"
        codes = long_rows(name, scales=["goi-12"], evaluator_1="2", evaluator_2="3", comment="x" * 2_000)
        days = [(datetime.date(2010, 5, 6) + datetime.timedelta(days=number)).isoformat() for number in range(reviews)]
        write(path, ({**row, "review_date": day} for day in days for row in codes))
        tracemalloc.start()
        try:
            outcome = importing.run(path, create_services=True, dry_run=dry_run)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
            assert outcome.reviews == reviews

    peak(1)
    # While some reviews are read, those before them are still held.
    assert peak(4 * CHUNK) < 1.3 * peak(2 * CHUNK)


def test_each_report_has_the_reviews_before_it_those_of_the_sheet_and_those_that_were_here(path: Path) -> None:
    take(path, long_rows(day="2022-05-06"))
    plans = [{**row, "basis": "plans"} for row in long_rows("IPS Sør", "2020-05-06")]
    others = [row for year in (2021, 2024) for row in long_rows("IPS Sør", f"{year}-05-06")]
    mine = [row for year in (2024, 2020, 2023) for row in long_rows(day=f"{year}-05-06")]
    assert take(path, [*plans, *others, *mine]).faults.count == 0
    found = {
        (version.review.service.name, version.review.first_day.year): [
            point["year"] for point in version.content["scales"][0]["history"]
        ]
        for version in ReportVersion.objects.select_related("review__service")
    }
    assert found == {
        ("IPS Nord", 2020): [2020],
        ("IPS Nord", 2022): [2022],
        ("IPS Nord", 2023): [2020, 2022, 2023],
        ("IPS Nord", 2024): [2020, 2022, 2023, 2024],
        ("IPS Sør", 2020): [],
        ("IPS Sør", 2021): [2021],
        ("IPS Sør", 2024): [2021, 2024],
    }


def test_a_report_that_is_made_among_many_is_what_it_is_alone(path: Path) -> None:
    by_itself = [{**row, "kind": "self"} for row in long_rows(day="2022-05-06")]
    take(path, [*long_rows(day="2021-05-06"), *by_itself])
    rows = [row for year in (2024, 2020, 2023) for row in long_rows(day=f"{year}-05-06", consensus="3")]
    later = [{**row, "review_date": "2023-05-06"} for row in by_itself]
    take(path, [*rows, *later, *long_rows("IPS Sør", "2023-05-06")])
    versions = list(ReportVersion.objects.select_related("review"))
    assert len(versions) == 7
    for version in versions:
        alone = content.build(version.review, number=1, made_at=version.made_at)
        # Those of the first sheet had not the year 2020 before them when they were made.
        if version.review.first_day.year > 2022 or version.review.first_day.year == 2020:
            assert version.content == alone


def test_an_import_asks_no_more_for_more_reviews_of_a_chunk(path: Path) -> None:
    def asked(name: str, years: Iterable[int]) -> int:
        write(path, [row for year in years for row in long_rows(name, day=f"{year}-05-06")])
        with CaptureQueriesContext(connection) as found:
            assert importing.run(path, create_services=True).faults.count == 0
        return len(found)

    asked("IPS Nord", [2019])
    assert asked("IPS Sør", range(2010, 2012)) == asked("IPS Vest", range(2010, 2018))


@pytest.mark.usefixtures("unplanned")
def test_the_development_and_what_stands_beside_the_score_are_not_asked_for_again_with_each_review(path: Path) -> None:
    rows = [row for year in range(2018, 2023) for row in long_rows(day=f"{year}-05-06")]
    with CaptureQueriesContext(connection) as asked:
        take(path, rows)
    said = [query["sql"] for query in asked]
    assert sum('FROM "reviews_context"' in sql for sql in said) == 0
    assert sum('FROM "reviews_finalscore" INNER JOIN "scales_item"' in sql for sql in said) <= 1
    assert sum("content" in sql and sql.startswith("SELECT") and "JSON_EXTRACT" in sql.upper() for sql in said) == 0

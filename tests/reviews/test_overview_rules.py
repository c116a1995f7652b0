"""The rules of the view across services, on plain values: what a year says, and what is withheld."""

import datetime
import statistics
import uuid
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews import dates
from reviews.overview import behind, counts, limit, years
from reviews.pictures import years as pictures
from reviews.summary import tally
from scales import scoring

DAY = datetime.timedelta(days=1)
FIRST, LAST = datetime.date(2026, 3, 10), datetime.date(2026, 3, 11)
BANDS = (
    scoring.BandRange("low", "Lav", 5, 14, 6),
    scoring.BandRange("high", "Høy", 15, 25, 12),
)


@given(st.dates(datetime.date(1990, 1, 1), datetime.date(2100, 1, 1)), st.integers(0, 600), st.integers(0, 27))
def test_whole_months_are_those_that_were_added(first: datetime.date, months: int, days: int) -> None:
    later = dates.add_months(first, months) + days * DAY
    assert dates.whole_months(first, later) == months


def test_a_month_is_whole_at_its_end() -> None:
    assert dates.whole_months(datetime.date(2024, 1, 31), datetime.date(2024, 2, 28)) == 0
    assert dates.whole_months(datetime.date(2024, 1, 31), datetime.date(2024, 2, 29)) == 1


# A year


NEWEST, OTHER = 7, 8
"""The keys of a scale's editions."""


def _result(
    total: int, year: int = 2025, service: int = 0, *, hidden: bool = False, left_out: str = ""
) -> tally.Result:
    given = scoring.of_sum(total, scored=4 if left_out == "incomplete" else 5, items=5)
    edition = OTHER if left_out == "other_edition" else NEWEST
    keys = uuid.UUID(int=service), uuid.UUID(int=1000 * year + service)
    return tally.Result(*keys, year, edition, given, hidden)


def _counts(results: Iterable[tally.Result] = (), told: Iterable[tally.Working] = ()) -> counts.Counts[tally.Yearly]:
    found = tally.yearly("external", results, told)
    return counts.Counts(tally.Yearly(found.all), tally.Yearly(found.hidden))


def _of(results: list[tally.Result], *, by_mean: bool = False) -> list[years.Year]:
    return years.of_scale(_counts(results), years.Edition(NEWEST, 5, {OTHER}), bands=BANDS, by_mean=by_mean)


def _working(told: Iterable[tally.Working]) -> list[years.Outcomes]:
    return years.of_working(_counts(told=told))


@given(st.lists(st.integers(5, 25), min_size=2, max_size=30))
def test_a_year_says_what_statistics_says(totals: list[int]) -> None:
    (year,) = _of([_result(total, service=place) for place, total in enumerate(totals)])
    assert year.middle is not None
    lower, median, upper = statistics.quantiles(totals, n=4, method="inclusive")
    assert (float(year.middle.lower), float(year.middle.median), float(year.middle.upper)) == (lower, median, upper)
    assert abs(Fraction(year.middle.mean) - Fraction(sum(totals), len(totals))) <= Fraction(1, 20)
    assert [each.services for each in year.bands] == [sum(t < 15 for t in totals), sum(t >= 15 for t in totals)]
    assert year.services == len(totals)


def test_a_mean_has_two_decimals_and_a_sum_one() -> None:
    results = [_result(total, service=place) for place, total in enumerate((10, 10, 11))]
    (as_sum,), (as_mean,) = _of(results), _of(results, by_mean=True)
    assert as_sum.middle == years.Middle(Decimal("10.00"), Decimal("10.00"), Decimal("10.50"), Decimal("10.3"))
    assert as_mean.middle == years.Middle(Decimal("2.00"), Decimal("2.00"), Decimal("2.10"), Decimal("2.07"))


def test_what_is_left_out_is_counted_and_no_part_of_the_figures() -> None:
    (year,) = _of(
        [_result(20), _result(5, service=1, left_out="incomplete"), _result(5, service=2, left_out="other_edition")]
    )
    assert (year.services, year.incomplete, year.other_edition) == (1, 1, 1)
    assert year.middle is not None
    assert year.middle.median == 20


def test_only_services_reviewed_in_both_years_tell_of_a_change() -> None:
    found = _of(
        [
            *(_result(total, 2024, service) for service, total in enumerate((10, 12, 20, 6))),
            *(_result(total, 2025, service) for service, total in enumerate((13, 12, 19))),
            _result(25, 2025, 9),
            _result(25, 2027, 9),
        ]
    )
    assert [year.change for year in found] == [
        years.Change(0),
        years.Change(3, Decimal("0.7"), rose=1, same=1, fell=1),
        years.Change(0),
    ]


@pytest.mark.parametrize(("hidden", "shown"), [(0, True), (1, False), (4, False), (5, True)])
def test_figures_are_withheld_where_those_not_seen_could_be_told_from_them(hidden: int, shown: bool) -> None:
    results = [
        _result(10 + service, year, service, hidden=service < hidden) for year in (2024, 2025) for service in range(9)
    ]
    year = _of(results)[-1]
    assert year.services == 9
    assert year.is_withheld != shown
    assert (year.middle is not None) == bool(year.bands) == (year.change.mean is not None) == shown
    assert year.change.is_withheld != shown
    told = [
        tally.Working(each.service, each.review, each.year, 20, 5, 4, 45, hidden=each.hidden)
        for each in results
        if each.year == 2025
    ]
    (outcome,) = _working(told)
    assert (outcome.services, outcome.is_withheld, outcome.share is not None) == (9, not shown, shown)


def test_a_service_of_which_one_year_is_not_seen_hides_its_change() -> None:
    pairs = [_result(10, 2024, 1, hidden=True), _result(12, 2025, 1)]
    year = _of(pairs)[-1]
    assert not year.is_withheld
    assert year.change.is_withheld
    found = behind.a_change(pairs, NEWEST, 2025, "")
    assert (found.rows, found.others) == ([], None)


def test_participants_are_taken_together_and_goals_held_one_by_one() -> None:
    def told(service: int, all_: int, work: int | None, learning: int, goal: int | None = None) -> tally.Working:
        return tally.Working(uuid.UUID(int=service), uuid.UUID(int=service), 2025, all_, work, learning, goal)

    found = _working(
        [
            told(1, 10, 4, 0, 40),
            told(2, 30, 3, 6, 45),
            told(3, 20, 9, 1, None),
            told(4, 50, None, 1, 45),
            told(5, 0, 0, 0),
        ]
    )
    # 23 of 60; 40 % reaches 40 and 30 % does not reach 45; without a number the share cannot be told.
    assert found == [
        years.Outcomes(2025, 3, False, participants=60, share=38, goals=2, goal=Decimal("42.5"), reached=1)
    ]


def _telling(service: int, goal: int | None, *, hidden: bool) -> tally.Working:
    key = uuid.UUID(int=service)
    return tally.Working(key, key, 2025, participants=20, in_work=8, in_education=0, goal=goal, hidden=hidden)


@pytest.mark.parametrize(("with_goal", "shown"), [(0, True), (1, False), (4, False), (5, True), (8, True)])
def test_goals_are_withheld_by_how_many_of_those_that_have_one_are_not_seen(with_goal: int, shown: bool) -> None:
    told = [_telling(place, 45 if place < with_goal else None, hidden=True) for place in range(8)]
    told += [_telling(9, 40, hidden=False)]
    (outcome,) = _working(told)
    assert (outcome.is_withheld, outcome.share, outcome.goals_withheld) == (False, 40, not shown)
    assert (outcome.goals, outcome.reached) == ((1 + with_goal, 1) if shown else (0, 0))
    assert (outcome.goal is None) != shown
    for reached, others in (("goal", with_goal), ("yes", 0)):
        found = behind.an_outcome(told, 2025, reached)
        assert (len(found.rows), found.others) == (1, others if shown else None)
    assert behind.an_outcome(told, 2025, "").others == 8


def test_behind_goals_nothing_is_told_of_a_year_that_is_withheld() -> None:
    told = [_telling(1, None, hidden=True), _telling(2, 40, hidden=False)]
    assert _working(told)[0].is_withheld
    assert behind.an_outcome(told, 2025, "goal").others is None


@pytest.mark.parametrize(("hidden", "shown"), [(0, True), (1, False), (4, False), (5, True)])
@pytest.mark.parametrize("reason", ["incomplete", "other_edition"])
def test_how_many_are_left_out_is_withheld_where_too_few_are_not_seen(reason: str, hidden: int, shown: bool) -> None:
    left = [_result(10, service=place, hidden=place < hidden, left_out=reason) for place in range(hidden + 2)]
    year = _of([*left, _result(10, service=99)])[0]
    assert getattr(year, reason) == (hidden + 2 if shown else None)
    assert year.any_withheld != shown
    found = behind.left_out(left, NEWEST, 2025, reason)
    assert (len(found.rows), found.others) == (2, hidden if shown else None)


@pytest.mark.parametrize(
    ("services", "hidden", "shown"),
    [
        (1, 0, True),
        (4, 4, False),
        (4, 3, False),
        (5, 4, True),
        (5, 5, True),
        (5, 3, False),
        (60, 1, False),
        (60, 3, False),
        (60, 4, True),
        (60, 0, True),
    ],
)
def test_quartiles_are_shown_to_who_sees_one_of_five_and_not_to_who_sees_all_but_a_few(
    services: int, hidden: int, shown: bool
) -> None:
    assert limit.may_show(services, hidden) is shown


# What is behind


def test_behind_a_figure_are_as_many_reviews_as_it_counts() -> None:
    results = [_result(5 + 2 * service, 2025, service, hidden=service < 5) for service in range(10)]
    (year,) = _of(results)
    for held in year.bands:
        found = behind.a_result(results, NEWEST, 2025, held.band, BANDS)
        assert found.others is not None
        assert len(found.rows) + found.others == held.services
    whole = behind.a_result(results, NEWEST, 2025, None, BANDS)
    assert (len(whole.rows), whole.others) == (5, 5)
    assert not {row.review for row in whole.rows} & {each.review for each in results if each.hidden}


def test_how_many_others_there_are_is_withheld_with_the_figure() -> None:
    results = [_result(5 + service, 2025, service, hidden=service < 3) for service in range(10)]
    found = behind.a_result(results, NEWEST, 2025, BANDS[0], BANDS)
    assert found.others is None
    assert len(found.rows) == 7


# The picture


def _draw(*values: tuple[float, float, float] | None, first: int = 2020) -> pictures.Picture | None:
    boxes = [pictures.Box(first + place, each, "x" if each else "") for place, each in enumerate(values)]
    levels = [pictures.Level(25, "Under"), pictures.Level(74, "Godkjent"), pictures.Level(100, "Bra")]
    return pictures.draw(boxes, lowest=25, highest=125, step=5, levels=levels)


def test_one_year_makes_no_picture() -> None:
    assert _draw((70, 80, 90)) is None
    assert _draw((70, 80, 90), None) is None


def test_years_without_results_keep_their_place_empty() -> None:
    picture = pictures.draw(
        [pictures.Box(2020, (60, 70, 80)), pictures.Box(2023, (61, 71, 81))], lowest=25, highest=125, step=5
    )
    assert picture is not None
    assert [bar.box.year for bar in picture.bars] == [2020, 2021, 2022, 2023]
    assert [bar.top is None for bar in picture.bars] == [False, True, True, False]
    places = [bar.x for bar in picture.bars]
    assert len({round(after - before, 2) for before, after in pairwise(places)}) == 1


@given(st.lists(st.lists(st.integers(25, 125), min_size=3, max_size=3).map(sorted), min_size=2, max_size=12))
def test_higher_results_lie_higher_and_all_within_the_picture(given: list[list[int]]) -> None:
    picture = _draw(*((values[0], values[1], values[2]) for values in given))
    assert picture is not None
    for bar in picture.bars:
        assert bar.top is not None
        assert bar.median is not None
        assert bar.height is not None
        assert 0 <= bar.top <= bar.median <= round(bar.top + bar.height, 2) <= picture.foot
    by_median = sorted(picture.bars, key=lambda bar: bar.box.values[1] if bar.box.values else 0)
    heights = [bar.median for bar in by_median if bar.median is not None]
    assert heights == sorted(heights, reverse=True)
    assert all(0 <= limit.y <= picture.foot for limit in picture.limits)


def test_results_that_are_none_are_refused() -> None:
    with pytest.raises(ValueError, match="no quartiles"):
        _draw((70, 60, 90), (70, 80, 90))
    with pytest.raises(ValueError, match="no quartiles"):
        _draw((70, 80, 126), (70, 80, 90))

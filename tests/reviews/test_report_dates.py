"""Due dates: months are added to days without ever leaving the calendar."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews import dates

DAYS = st.dates(min_value=datetime.date(1990, 1, 1), max_value=datetime.date(2200, 12, 31))


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ("2026-10-13", 12, "2027-10-13"),
        ("2026-10-13", 6, "2027-04-13"),
        ("2026-08-31", 6, "2027-02-28"),
        ("2027-08-31", 6, "2028-02-29"),
        ("2028-02-29", 12, "2029-02-28"),
        ("2026-12-31", 1, "2027-01-31"),
        ("2026-01-31", 0, "2026-01-31"),
    ],
)
def test_a_review_is_due_an_interval_after_the_last_day(day: str, months: int, expected: str) -> None:
    found = dates.next_due(datetime.date.fromisoformat(day), months)
    assert found.isoformat() == expected


@given(DAYS, st.integers(min_value=0, max_value=600))
def test_the_month_is_right_and_the_day_is_kept_or_the_last_of_the_month(day: datetime.date, months: int) -> None:
    found = dates.add_months(day, months)
    assert (found.year * 12 + found.month) - (day.year * 12 + day.month) == months
    if found.day != day.day:
        assert found.day < day.day
        assert (found + datetime.timedelta(days=1)).day == 1


@given(DAYS, DAYS, st.integers(min_value=0, max_value=600))
def test_a_later_day_is_never_due_earlier(one: datetime.date, other: datetime.date, months: int) -> None:
    earlier, later = sorted((one, other))
    assert dates.add_months(earlier, months) <= dates.add_months(later, months)


@pytest.mark.parametrize(("day", "months"), [("2026-10-13", -1), ("9999-12-01", 1)])
def test_months_backwards_and_beyond_the_calendar_are_refused(day: str, months: int) -> None:
    with pytest.raises(ValueError, match="months"):
        dates.add_months(datetime.date.fromisoformat(day), months)


@given(DAYS, st.integers(0, 20), DAYS, st.integers(0, 20))
def test_the_days_between_two_visits_are_the_same_from_either(
    one: datetime.date, length: int, other: datetime.date, other_length: int
) -> None:
    first = (one, one + datetime.timedelta(days=length))
    second = (other, other + datetime.timedelta(days=other_length))
    found = dates.days_between(first, second)
    assert found == dates.days_between(second, first)
    assert (found == 0) is (first[0] <= second[1] and second[0] <= first[1])
    if found:
        assert found == min(abs((a - b).days) for a in first for b in second)

"""Arithmetic on dates, without the database."""

import calendar
import datetime


def add_months(day: datetime.date, months: int) -> datetime.date:
    """`day` that many months later (0 or more), clamped at the end of the month: 31 January plus one is the last of
    February.

    Raises ValueError for a negative number and for a day after the year 9999.
    """
    if months < 0:
        raise ValueError(f"months are counted forward, not {months}")
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    if year > datetime.MAXYEAR:
        raise ValueError(f"{months} months after {day} there is no calendar")
    last = calendar.monthrange(year, month + 1)[1]
    return datetime.date(year, month + 1, min(day.day, last))


def next_due(last_day: datetime.date, interval_months: int) -> datetime.date:
    """The day by which the next external review is due: the last visit day plus the service's interval in months."""
    return add_months(last_day, interval_months)


def recommended(last_day: datetime.date, interval_months: int, recommended_months: int | None) -> datetime.date | None:
    """The day by which the scale recommends a new look, where that is sooner than the service's interval; None where it
    is not, and where the scale recommends nothing.
    """
    if recommended_months is None or recommended_months >= interval_months:
        return None
    return add_months(last_day, recommended_months)


def whole_months(first: datetime.date, last: datetime.date) -> int:
    """How many whole months lie between two days, the first not after the last; as add_months counts them."""
    months = (last.year - first.year) * 12 + last.month - first.month
    return months if add_months(first, months) <= last else months - 1


def days_between(one: tuple[datetime.date, datetime.date], other: tuple[datetime.date, datetime.date]) -> int:
    """How many days lie from the end of the earlier of two stretches of days to the start of the later; 0 where they
    share a day.
    """
    return max((other[0] - one[1]).days, (one[0] - other[1]).days, 0)

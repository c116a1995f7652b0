"""National identity numbers for the tests, made when they are needed: nobody's number stands in the repository."""

import datetime

from stdnum.no import fodselsnummer

ORDINARY, OTHER_REGISTER, SKATTEETATEN = 0, 65, 80
"""What is added to the month: in a person's own number, and in those of made-up people."""

H_NUMBER = NAV = 40
"""What is added to the month in an H-nummer, and in Nav's made-up people's numbers."""

D_NUMBER = 40
"""What is added to the day in a D-nummer."""


def series(year: int) -> range:
    """Return the individual numbers that a year has."""
    if year < 1900:
        return range(500, 750)
    return range(500) if year < 2000 else range(500, 1000)


def with_check_digits(nine: str) -> str | None:
    """Return nine digits with their two check digits; None for those that have none."""
    first = fodselsnummer.calc_check_digit1(nine)
    second = fodselsnummer.calc_check_digit2(nine + first) if len(first) == 1 else ""
    return nine + first + second if len(second) == 1 else None


def made_up(
    born: datetime.date = datetime.date(1990, 1, 1), start: int = 0, *, month: int = SKATTEETATEN, day: int = 0
) -> str:
    """Return an identity number for a day of birth: the first that has check digits, from individual number `start` of
    the year's series on. `month` and `day` are what is added to them.
    """
    numbers = series(born.year)
    head = f"{born.day + day:02}{born.month + month:02}{born.year % 100:02}"
    for place in range(len(numbers)):
        found = with_check_digits(f"{head}{numbers[(start + place) % len(numbers)]:03}")
        if found:
            return found
    raise ValueError(head)

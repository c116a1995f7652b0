"""How long what was noted and judged alone is kept once a review is closed: the rule of days, on plain values."""

import datetime
from enum import Enum

WARNING = datetime.timedelta(days=14)
"""How long before a deletion it is announced, at least."""

UNSAID = "–"
"""Stands for a text that is deleted where a column may not be empty."""


class Step(Enum):
    """What a day asks for."""

    WAIT = "wait"
    ANNOUNCE = "announce"
    ERASE = "erase"
    POSTPONE = "postpone"
    """It is announced for today or before, but no letter told anybody: another day is announced."""


def kept_until(closed: datetime.date, kept_days: int) -> datetime.date:
    """Return the first day on which what belongs to a review that was closed on a day may be deleted."""
    return closed + datetime.timedelta(days=kept_days)


def day_of(
    closed: datetime.date, kept_days: int, today: datetime.date, announced: datetime.date | None
) -> datetime.date:
    """Return the day on which it is deleted: the day `announced`, or the first one that can still be announced in time.

    An announcement for an earlier day than the review now asks for has lapsed: the review was closed anew since, or
    more days were set.
    """
    end = kept_until(closed, kept_days)
    if announced is not None and announced >= end:
        return announced
    return max(end, today + WARNING)


def step(
    closed: datetime.date,
    kept_days: int,
    today: datetime.date,
    announced: tuple[datetime.date, datetime.date] | None,
) -> Step:
    """Return what is to be done today; `announced` is when it was announced and for which day, None where it was not.

    Nothing is deleted before its day, nor sooner than WARNING after it was announced.
    """
    end = kept_until(closed, kept_days)
    if announced is None or announced[1] < end:
        return Step.ANNOUNCE if end - today <= WARNING else Step.WAIT
    told, due = announced
    return Step.ERASE if today >= max(due, told + WARNING) else Step.WAIT


def once_told(today: datetime.date, letter: datetime.date | None) -> Step:
    """Return what is to be done on the day of a deletion that somebody is to be told of; `letter` is when the first
    letter about that day went, None where none did.
    """
    if letter is None:
        return Step.POSTPONE
    return Step.ERASE if today >= letter + WARNING else Step.WAIT

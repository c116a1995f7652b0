"""The reviews behind a figure of the view across services: those that whoever asks may see, and how many others."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reviews import history
from reviews.overview import limit
from reviews.overview.obstacles import Low
from reviews.summary.tally import Result, Working
from scales import scoring


@dataclass(frozen=True)
class Row:
    """A review behind a figure, with what it adds to it: its result and that of the year before, what it tells of work
    and education, or its low scores.
    """

    review: uuid.UUID
    total: scoring.Total | None = None
    before: scoring.Total | None = None
    working: Working | None = None
    lows: tuple[Low, ...] = ()


@dataclass(frozen=True)
class Behind:
    """The reviews that may be seen; `others` is how many more there are, None where that may not be said."""

    rows: list[Row]
    others: int | None


def _behind(rows: Iterable[tuple[Row, bool]], *hidden_in_group: int) -> Behind:
    """Return what is behind a figure, from its rows, each with whether it is hidden. The figure itself is told only of
    a group in which enough are hidden, or none: how many others there are says the same as the figure. Several numbers
    are those of a group and of one within it, each of which has to hold.
    """
    found = list(rows)
    others = sum(hidden for _row, hidden in found) if all(map(limit.may_count, hidden_in_group)) else None
    return Behind([row for row, hidden in found if not hidden], others)


def _left_out(result: Result, edition: int) -> str:
    """Return why a result is no part of an edition's figures; empty where it is one."""
    total = result.total
    return history.left_out(scored=total.scored, items=total.items, other_edition=result.edition != edition)


def a_result(
    results: Iterable[Result],
    edition: int,
    year: int,
    band: scoring.BandRange | None,
    bands: Sequence[scoring.BandRange],
) -> Behind:
    """Return the whole results of a year on an edition, or those of them in a band."""
    whole = [each for each in results if each.year == year and not _left_out(each, edition)]
    rows = (
        (Row(each.review, total=each.total), each.hidden)
        for each in whole
        if band is None or scoring.band_for(each.total, bands) == band
    )
    return _behind(rows, sum(each.hidden for each in whole))


def left_out(results: Iterable[Result], edition: int, year: int, reason: str) -> Behind:
    """Return the results of a year that are no part of an edition's figures for a reason."""
    left = [each for each in results if each.year == year and _left_out(each, edition) == reason]
    return _behind(
        ((Row(each.review, total=each.total), each.hidden) for each in left), sum(each.hidden for each in left)
    )


def a_change(results: Iterable[Result], edition: int, year: int, way: str) -> Behind:
    """Return the results of the services with one on an edition in this year and the year before; `way`: of those that
    rose, stayed the same or fell. Where one of the two may not be seen, the change may not be either.
    """
    whole = [each for each in results if not _left_out(each, edition)]
    before = {each.service: each for each in whole if each.year == year - 1}
    pairs = [(before[now.service], now) for now in whole if now.year == year and now.service in before]
    rows = [
        (Row(now.review, total=now.total, before=then.total), then.hidden or now.hidden)
        for then, now in pairs
        if not way or way == _way(then.total.total or 0, now.total.total or 0)
    ]
    return _behind(rows, sum(then.hidden or now.hidden for then, now in pairs))


def _way(then: int, now: int) -> str:
    return "rose" if now > then else "fell" if now < then else "same"


def an_outcome(told: Iterable[Working], year: int, reached: str) -> Behind:
    """Return those that tell their share in work or education in a year; `reached`: with a goal, or with it reached."""
    group = [each for each in told if each.year == year and each.share is not None]
    chosen = {
        "": group,
        "goal": [each for each in group if each.goal is not None],
        "yes": [each for each in group if each.reached],
    }[reached]
    hidden = [sum(each.hidden for each in group)]
    if reached:
        hidden.append(sum(each.hidden for each in group if each.goal is not None))
    return _behind(((Row(each.review, working=each), each.hidden) for each in chosen), *hidden)


def an_obstacle(found: Iterable[Low], cause: str) -> Behind:
    """Return the reviews with these low scores, in the order of their items, that one cause or any holds down. Items of
    which too few are hidden are left out already.
    """
    lows: dict[uuid.UUID, list[Low]] = {}
    for each in found:
        if not cause or cause in each.causes:
            lows.setdefault(each.review, []).append(each)
    return _behind(((Row(review, lows=tuple(held)), held[0].hidden) for review, held in lows.items()), 0)

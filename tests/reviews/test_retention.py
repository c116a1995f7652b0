"""How long working material is kept: the rule of days, for whatever days it runs on."""

import datetime

from hypothesis import given
from hypothesis import strategies as st

from reviews import retention
from reviews.retention import WARNING, Step

DAY = datetime.timedelta(days=1)
DAYS = st.dates(datetime.date(2020, 1, 1), datetime.date(2040, 1, 1))
KEPT = st.integers(14, 730)


def run(closed: datetime.date, kept: int, runs: list[int]) -> tuple[datetime.date | None, datetime.date | None]:
    """Run the rule on days after a closing; return when it was announced first and when it was deleted."""
    first: datetime.date | None = None
    announced: tuple[datetime.date, datetime.date] | None = None
    for away in sorted(runs):
        today = closed + away * DAY
        step = retention.step(closed, kept, today, announced)
        if step is Step.ANNOUNCE:
            announced = (today, retention.day_of(closed, kept, today, None))
            first = first or today
        elif step is Step.ERASE:
            return first, today
    return first, None


@given(DAYS, KEPT)
def test_run_each_day_it_is_announced_two_weeks_ahead_and_deleted_on_its_day(closed: datetime.date, kept: int) -> None:
    announced, erased = run(closed, kept, list(range(kept + 2)))
    assert announced == closed + kept * DAY - WARNING
    assert erased == closed + kept * DAY


@given(DAYS, KEPT, st.sets(st.integers(0, 800), max_size=12))
def test_whatever_days_it_runs_on_nothing_goes_too_soon_or_unannounced(
    closed: datetime.date, kept: int, runs: set[int]
) -> None:
    announced, erased = run(closed, kept, list(runs))
    if erased is not None:
        assert announced is not None
        assert erased >= closed + kept * DAY
        assert erased - announced >= WARNING


@given(DAYS, KEPT, st.integers(0, 900), st.integers(0, 60))
def test_what_is_announced_for_too_early_a_day_has_lapsed(
    closed: datetime.date, kept: int, away: int, early: int
) -> None:
    today, end = closed + away * DAY, closed + kept * DAY
    told = (today - WARNING - DAY, end - DAY - early * DAY)
    assert retention.step(closed, kept, today, told) is (Step.ANNOUNCE if end - today <= WARNING else Step.WAIT)
    assert retention.day_of(closed, kept, today, told[1]) == max(end, today + WARNING)


@given(DAYS, KEPT, st.integers(0, 60))
def test_the_day_that_was_announced_stands(closed: datetime.date, kept: int, later: int) -> None:
    due = closed + (kept + later) * DAY
    assert retention.day_of(closed, kept, due - DAY, due) == due
    assert retention.step(closed, kept, due - DAY, (due - WARNING, due)) is Step.WAIT
    assert retention.step(closed, kept, due, (due - WARNING, due)) is Step.ERASE
    # One that was told late waits its two weeks.
    assert retention.step(closed, kept, due, (due - WARNING + DAY, due)) is Step.WAIT

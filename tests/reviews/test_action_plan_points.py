"""The rules of a handlingsplan on plain values, and its order and numbers on rows that are not saved."""

import datetime
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.action_plan import points
from reviews.action_plan.points import Matter
from reviews.models import ActionPoint, ReportVersion, Review
from scales.models import Item, Scale, Section

NOON = datetime.datetime(2026, 12, 1, 12, tzinfo=datetime.UTC)
HOUR, DAY = datetime.timedelta(hours=1), datetime.timedelta(days=1)
TODAY = NOON.date()


def _row(
    status: str = "open",
    *,
    goes_on: bool = False,
    kept: bool = True,
    deadline: int | None = None,
    twins: tuple[int | None, ...] = (),
) -> Matter[ActionPoint]:
    """Return a point that is not saved; `deadline`, and those of its `twins`, in days from today."""
    item = Item(code="O3", position=3, section=Section(code="O", position=2, scale=Scale(code="ips-25", position=1)))
    closed_at = None if status in ActionPoint.OPEN else NOON
    kept_on = uuid.uuid4() if goes_on else None
    action = ActionPoint(
        item=item, status=status, closed_at=closed_at, deadline=_day(deadline), continued_in_id=kept_on
    )
    keep = action if kept else ActionPoint(item=item)
    others = tuple(ActionPoint(item=item, deadline=_day(each)) for each in twins)
    return Matter(action, others, keep)


def _day(number: int | None) -> datetime.date | None:
    return None if number is None else TODAY + number * DAY


@pytest.mark.parametrize(
    ("status", "deadline", "overdue"),
    [
        ("open", -1, True),
        ("under_way", -1, True),
        ("open", 0, False),
        ("open", 1, False),
        ("open", None, False),
        ("done", -1, False),
        ("dropped", -1, False),
    ],
)
def test_what_is_open_is_overdue_from_the_day_after_its_deadline(
    status: str, deadline: int | None, overdue: bool
) -> None:
    assert _row(status, deadline=deadline).is_overdue(TODAY) is overdue


@given(
    st.lists(
        st.tuples(
            st.sampled_from(ActionPoint.Status.values),
            st.booleans(),
            st.booleans(),
            st.one_of(st.none(), st.integers(-5, 5)),
        ),
        max_size=20,
    )
)
def test_each_point_counts_once_or_goes_on_or_is_a_twin(rows: list[tuple[str, bool, bool, int | None]]) -> None:
    made = [
        _row(
            status,
            goes_on=status == "dropped" and goes_on,
            kept=status not in ActionPoint.OPEN or kept,
            deadline=deadline,
        )
        for status, goes_on, kept, deadline in rows
    ]
    numbers = points.numbers(made, TODAY)
    told = [row for row in made if row.is_kept and not row.goes_on]
    assert numbers.to_do + numbers.done + numbers.dropped == len(told)
    assert numbers.to_do == numbers.open + numbers.under_way
    assert numbers.overdue <= numbers.to_do
    groups = points.groups(made)
    assert sorted(id(row) for group in groups for row in group.rows) == sorted(id(row) for row in made if row.is_kept)
    assert sum(len(group.rows) for group in groups if group.is_open) == numbers.to_do
    assert all(group.rows for group in groups)


def test_the_nearest_deadlines_are_those_of_open_points_the_first_first() -> None:
    rows = [_row(deadline=5), _row("done", deadline=1), _row(), _row("under_way", deadline=-2), _row(deadline=9)]
    assert [row.due for row in points.nearest(rows, 2)] == [TODAY - 2 * DAY, TODAY + 5 * DAY]


@pytest.mark.parametrize(
    ("own", "twins", "due"),
    [(None, (), None), (None, (None,), None), (3, (None,), 3), (None, (-1, 4), -1), (3, (5,), 3), (3, (-2,), -2)],
)
def test_one_matter_is_due_by_the_first_of_its_deadlines_and_counts_once(
    own: int | None, twins: tuple[int | None, ...], due: int | None
) -> None:
    kept = _row(deadline=own, twins=twins)
    others = [_row(deadline=each, twins=(own,), kept=False) for each in twins]
    assert kept.due == _day(due)
    assert [row.due for row in others] == [_day(each) for each in twins]
    late = due is not None and due < 0
    assert points.numbers([kept, *others], TODAY).overdue == sum(row.is_overdue(TODAY) for row in [kept, *others])
    assert kept.is_overdue(TODAY) is late
    assert points.nearest([*others, kept], 9) == ([] if due is None else [kept])


@pytest.mark.parametrize(
    ("kind", "shared", "inside"), [("external", None, False), ("self", None, True), ("self", NOON, False)]
)
def test_only_the_service_sees_a_point_of_a_self_review_until_that_is_shared(
    kind: str, shared: datetime.datetime | None, inside: bool
) -> None:
    version = ReportVersion(review=Review(kind=kind, shared_at=shared))
    assert ActionPoint(version=version).is_inside is inside
    assert not ActionPoint().is_inside

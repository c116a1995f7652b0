"""What stands beside a service's scores over the years, and what of it the next review may start from."""

import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from reviews import circumstances, handed_over, merging, workflow
from reviews.models import Context, ReportVersion, Review, Service
from reviews.report import beside
from reviews.report import content as report_content
from tests.factories import ContextFactory, ServiceFactory, issue, lead, scored_review, told_review

NUMBERS = st.none() | st.integers(0, 20)
POSTS = st.none() | st.decimals(0, 20, places=2)
COUNTED = {"participants", "in_work", "in_education", "jobs_started", "left_last_year"}
"""What tells of a day or a year that has passed."""


@st.composite
def contexts(draw: st.DrawFn) -> Context:
    """Draw what somebody has given of a review, without contradictions."""
    made = Context(
        participants=draw(NUMBERS),
        goal=draw(st.none() | st.integers(1, 100)),
        jobs_started=draw(NUMBERS),
        posts=draw(POSTS),
        vacant_posts=draw(POSTS),
        left_last_year=draw(NUMBERS),
        teams=draw(NUMBERS),
        co_located_teams=draw(NUMBERS),
        dispersed=draw(st.none() | st.booleans()),
        employers=draw(st.lists(st.sampled_from(["nav_state", "health_trust"]), unique=True)),
    )
    if made.posts is not None and made.vacant_posts is not None:
        made.vacant_posts = min(made.posts, made.vacant_posts)
    if made.teams is not None and made.co_located_teams is not None:
        made.co_located_teams = min(made.teams, made.co_located_teams)
    return made


def _context(day: int = 1, **columns: Any) -> Context:
    return Context(review=Review(first_day=datetime.date(2026, 1, day)), **columns)


# What the next review may start from


@given(contexts(), contexts())
def test_only_what_is_empty_is_filled_and_nothing_that_must_be_counted_anew(last: Context, held: Context) -> None:
    carried = circumstances.carried(last, held)
    assert not COUNTED & set(carried)
    for name, value in carried.items():
        assert getattr(held, name) in (None, [])
        assert value == getattr(last, name)


@given(contexts(), contexts())
def test_what_is_filled_contradicts_nothing(last: Context, held: Context) -> None:
    for name, value in circumstances.carried(last, held).items():
        setattr(held, name, value)
    if held.posts is not None and held.vacant_posts is not None:
        assert held.vacant_posts <= held.posts
    if held.teams is not None and held.co_located_teams is not None:
        assert held.co_located_teams <= held.teams


@given(contexts())
def test_an_empty_review_starts_from_all_that_may_be_as_it_was(last: Context) -> None:
    assert circumstances.carried(last, Context()) == circumstances.told(last, circumstances.CARRIED)


def test_a_no_and_a_zero_are_told() -> None:
    last = Context(vacant_posts=Decimal(0), dispersed=False)
    assert circumstances.carried(last, Context()) == {"vacant_posts": Decimal(0), "dispersed": False}
    assert circumstances.carried(last, Context(vacant_posts=Decimal(0), dispersed=False)) == {}


def test_every_column_is_shown_and_either_carried_or_counted_anew() -> None:
    columns = {field.name for field in Context._meta.get_fields()} - {"id", "review"}
    shown = [*circumstances.RESULTS, *circumstances.PEOPLE, *circumstances.PLACES]
    assert sorted(shown) == sorted(columns)
    assert set(circumstances.CARRIED) | COUNTED == columns
    assert {name for unit in merging.COUNTED_TOGETHER for name in unit} <= columns


# Words


@pytest.mark.parametrize(
    ("language", "name", "value", "words"),
    [
        ("nb", "posts", Decimal("4.50"), "4,5"),
        ("nb", "posts", "4.5", "4,5"),
        ("en", "vacant_posts", Decimal("0.25"), "0.25"),
        ("nb", "posts", Decimal("10.00"), "10"),
        ("en", "vacant_posts", Decimal(0), "0"),
        ("en", "teams", 0, "0"),
        ("en", "goal", 45, "45 per cent"),
        ("en", "share", 0, "0 per cent"),
        ("en", "employers", ["nav_state", "municipality"], "Nav, state; Municipality"),
        ("en", "employers", ["of a kind that was given up"], "of a kind that was given up"),
        ("en", "dispersed", False, "No"),
        ("en", "dispersed", True, "Yes"),
        ("en", "dispersed", None, ""),
        ("en", "employers", [], ""),
        ("en", "posts", None, ""),
    ],
)
def test_each_value_in_words(language: str, name: str, value: Any, words: str) -> None:
    with translation.override(language):
        assert circumstances.said(name, value) == words


# Over the years


def test_a_row_for_each_number_and_a_column_for_each_review() -> None:
    first = _context(1, participants=20, in_work=6, in_education=1, posts=Decimal("1.5"))
    silent = _context(2)
    last = _context(3, participants=30, in_work=8, employers=["nav_state"])
    with translation.override("en"):
        found = circumstances.over_years([first, silent, last])
    assert found.reviews == (first.review, last.review)
    assert [(group.title, [row.label for row in group.rows]) for group in found.groups] == [
        ("Results in numbers", ["Participants", "In ordinary work", "In education", "Share in work or education"]),
        ("Posts and people", ["Posts"]),
        ("Where they work", ["Who employs the employment specialists"]),
    ]
    rows = {row.name: row.values for group in found.groups for row in group.rows}
    assert rows["participants"] == (20, 30)
    assert rows["in_education"] == (1, None)
    # Of one that somebody has still to count the share is not known.
    assert rows["share"] == (35, None)
    assert rows["posts"] == (Decimal("1.5"), None)
    assert rows["employers"] == ([], ["nav_state"])


@given(st.lists(contexts(), max_size=5))
def test_every_value_stands_in_its_column(found: list[Context]) -> None:
    for context in found:
        context.review = Review()
    years = circumstances.over_years(found)
    shown = [context for context in found if circumstances.told(context)]
    assert len(years.reviews) == len(shown)
    rows = {row.name: row for group in years.groups for row in group.rows}
    for place, context in enumerate(shown):
        for name, value in circumstances.told(context).items():
            assert rows[name].values[place] == value
            assert rows[name].said[place] == circumstances.said(name, value)
    for row in rows.values():
        assert any(row.said)
        assert len(row.values) == len(shown)


def test_nothing_told_is_no_table() -> None:
    assert circumstances.over_years([]).groups == ()
    assert circumstances.over_years([_context()]).groups == ()


# What the versions tell


def _told(service: Service, year: int, **columns: Any) -> Review:
    return told_review({"participants": year - 2000}, service=service, first_day=datetime.date(year, 3, 2), **columns)


@pytest.mark.django_db
def test_what_was_handed_over_counts_until_the_next_version_is_there() -> None:
    review = told_review({"participants": 20, "in_work": 6, "posts": Decimal("4.50"), "employers": ["nav_state"]})
    workflow.reissue(review, lead(review), "Feil i tallene.")
    workflow.save_context(review, lead(review), {"participants": 40, "posts": None, "employers": []})
    reviews = Review.objects.filter(pk=review.pk)

    def held() -> tuple[Any, ...]:
        (found,) = handed_over.of(reviews)
        (version,) = beside.outcomes_of([found.version.pk]).values()
        around = found.beside
        return around.participants, around.posts, around.employers, version["participants"], version["in_work"]

    assert held() == (20, Decimal("4.5"), ["nav_state"], 20, 6)
    review.refresh_from_db()
    issue(review, reason="Feil i tallene.")
    assert held() == (40, None, [], 40, 6)


@pytest.mark.django_db
def test_the_last_is_the_newest_that_began_earlier_and_told_anything(django_assert_num_queries: Any) -> None:
    service = ServiceFactory.create()
    review = scored_review(service=service, first_day=datetime.date(2026, 3, 2))
    assert beside.last_before(review, Review.objects.all()) is None
    told = _told(service, 2022)
    own = _told(service, 2023, kind="self", evaluators=1)
    _told(service, 2024, basis="plans")
    told_review({}, service=service, first_day=datetime.date(2025, 3, 2))
    ContextFactory.create(review=scored_review(service=service, first_day=datetime.date(2025, 9, 2)))
    _told(service, 2026)
    _told(ServiceFactory.create(), 2025)
    with django_assert_num_queries(1):
        last = beside.last_before(review, Review.objects.all())
    assert last is not None
    assert last.review == own
    last = beside.last_before(review, Review.objects.filter(kind="external"))
    assert last is not None
    assert last.review == told
    # One that is being issued again is still the last, with what it told.
    workflow.reissue(told, lead(told), "Feil i tallene.")
    workflow.save_context(told, lead(told), {"participants": 99})
    last = beside.last_before(review, Review.objects.filter(kind="external"))
    assert last is not None
    assert (last.review, last.participants) == (told, 22)


@pytest.mark.django_db
def test_a_version_from_before_it_was_told_tells_nothing_of_it() -> None:
    service = ServiceFactory.create()
    review = scored_review(service=service, first_day=datetime.date(2026, 3, 2))
    old = scored_review(service=service, first_day=datetime.date(2024, 3, 2))
    content: Any = report_content.build(old, number=1, made_at=timezone.now())
    del content["outcomes"], content["circumstances"]
    version = ReportVersion.objects.create(review=old, number=1, content=content, editions=[])
    assert beside.last_before(review, Review.objects.all()) is None
    assert circumstances.told(handed_over.of(Review.objects.filter(pk=old.pk))[0].beside) == {}
    assert beside.outcomes_of([version.pk])[version.pk]["participants"] is None

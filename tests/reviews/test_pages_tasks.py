"""Mine oppgaver through the front door: what waits, by deadline, and what the choices in the address do."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from reviews import figures
from reviews.models import Review, User
from reviews.tasks import FIGURES_BEFORE, Work
from reviews.views import tasks as view
from tests.cast import Cast
from tests.factories import (
    FIRST_DAY,
    GivenFigureFactory,
    InvitationFactory,
    RemarkFactory,
    RoleFactory,
    SeatFactory,
    ServiceFactory,
    UserFactory,
    items_of,
    scored_review,
)
from tests.reviews.front_door import contents, page

TASKS = reverse("reviews:tasks")
DAY = datetime.timedelta(days=1)
MARK = "!&nbsp;"
"""What stands before the words that a day has passed."""

CastAt = Callable[[str], Cast]


@pytest.fixture(autouse=True)
def _before_the_visit() -> object:
    """Let today be the day before the visit of the cast's review."""
    with time_machine.travel(FIRST_DAY - DAY) as travelling:
        yield travelling


@pytest.fixture
def evaluator(db: None, client: Client) -> User:
    """Somebody who is logged in."""
    user: User = UserFactory.create()
    client.force_login(user)
    return user


def _waiting(client: Client, **query: str) -> dict[Review, list[Work]]:
    return {task.review: [each.work for each in task.mine] for task in client.get(TASKS, query).context["mine"]}


def _others(client: Client, **query: str) -> list[Review]:
    return [task.review for task in client.get(TASKS, query).context["others"]]


def test_tasks_are_those_that_wait_for_the_person(client: Client, cast: Cast) -> None:
    def waiting(user: User) -> tuple[list[Any], list[Any]]:
        client.force_login(user)
        return list(_waiting(client)), _others(client)

    assert waiting(cast.evaluator) == ([cast.review], [])
    assert waiting(cast.evaluator_two) == waiting(cast.adviser) == ([], [cast.review])
    assert waiting(cast.outsider) == waiting(cast.removed_evaluator) == waiting(cast.administrator) == ([], [])
    before = contents()
    assert client.get(TASKS).status_code == 200
    assert contents() == before


def test_the_latest_reports_are_those_one_may_read(client: Client, cast: Cast) -> None:
    RoleFactory.create(user=cast.outsider, service=cast.other_service)
    for user, expected in ((cast.manager, [cast.last_year]), (cast.outsider, [])):
        client.force_login(user)
        assert list(client.get(TASKS).context["recent"]) == expected


# Deadlines


def test_what_is_overdue_comes_first_and_is_marked_in_words(client: Client, evaluator: User) -> None:
    days = {"late": -40 * DAY, "soon": 3 * DAY, "far": 60 * DAY}
    reviews = {
        name: scored_review("planned", evaluators=[evaluator], first_day=timezone.localdate() + days[name])
        for name in ("far", "late", "soon")
    }
    # Without a promised day a report has no deadline: last.
    reviews["open"] = scored_review("consensus", evaluators=[evaluator], first_day=FIRST_DAY - 90 * DAY)
    assert list(_waiting(client)) == [reviews[name] for name in ("late", "soon", "far", "open")]
    html = client.get(TASKS).content.decode()
    assert html.count(MARK) == 1
    assert html.index(page("review", reviews["late"])) < html.index(MARK) < html.index(page("review", reviews["soon"]))


@pytest.mark.parametrize(("ago", "passed"), [(0, False), (1, True)])
def test_the_day_itself_has_not_passed(client: Client, evaluator: User, ago: int, passed: bool) -> None:
    scored_review("planned", evaluators=[evaluator], first_day=timezone.localdate() - ago * DAY)
    assert (MARK in client.get(TASKS).content.decode()) is passed


def test_reviews_that_wait_for_others_are_sorted_and_marked_too(client: Client, cast: Cast) -> None:
    late = scored_review("scoring", service=cast.service, first_day=FIRST_DAY - 30 * DAY)
    client.force_login(cast.adviser)
    assert _others(client) == [late, cast.review]
    assert client.get(TASKS).content.decode().count(MARK) == 1


# What each is told


def test_an_evaluator_who_has_handed_in_is_told_whom_it_waits_for(client: Client, cast_at: CastAt) -> None:
    cast = cast_at("scoring")
    client.force_login(cast.evaluator)
    assert _waiting(client) == {cast.review: [Work.SCORE]}
    cast.review.seats.filter(user=cast.evaluator).update(handed_in_at=timezone.now())
    assert _others(client) == [cast.review]
    (task,) = client.get(TASKS).context["others"]
    assert task.elsewhere in client.get(TASKS).content.decode()
    client.force_login(cast.evaluator_two)
    assert _waiting(client) == {cast.review: [Work.SCORE]}
    client.force_login(cast.observer)
    assert _waiting(client) == {cast.review: [Work.SCORE_ALONG]}


def test_the_fact_check_waits_for_those_asked_then_for_the_lead(client: Client, cast_at: CastAt) -> None:
    cast = cast_at("fact_check")

    def told(user: User) -> list[Work]:
        client.force_login(user)
        return _waiting(client).get(cast.review, [])

    assert told(cast.method_supervisor) == told(cast.respondent) == [Work.CHECK]
    assert (told(cast.evaluator), told(cast.evaluator_two), told(cast.adviser)) == ([Work.FOLLOW], [], [])
    remark = RemarkFactory.create(respondent=cast.review.respondents.get(user=cast.respondent))
    assert told(cast.evaluator) == [Work.DECIDE, Work.FOLLOW]
    assert told(cast.evaluator_two) == [Work.DECIDE]
    remark.decision, remark.decided_at = "kept", timezone.now()
    remark.save()
    cast.review.respondents.update(answered_at=timezone.now())
    assert told(cast.method_supervisor) == told(cast.respondent) == []
    assert told(cast.evaluator) == [Work.FINALISE]


def test_an_adviser_is_told_of_seats_that_nobody_has_taken_and_of_a_scoring_that_has_not_begun(
    client: Client, cast: Cast
) -> None:
    invitation = InvitationFactory.create(seat__review=cast.review)
    client.force_login(cast.adviser)
    assert _waiting(client) == {cast.review: [Work.FILL]}
    with time_machine.travel(FIRST_DAY + DAY):
        assert _waiting(client) == {cast.review: [Work.ASK, Work.FILL]}
        cast.review.seats.filter(invitation=invitation).update(user=cast.outsider)
        assert _waiting(client) == {cast.review: [Work.ASK]}
    # Those of another county have nothing to do there, and the service itself nothing with seats.
    client.force_login(cast.other_adviser)
    assert _waiting(client) == {}
    client.force_login(cast.method_supervisor)
    assert _waiting(client) == {cast.review: [Work.GIVE]}


def test_the_metodeveileder_is_told_of_figures_until_there_are_some_for_every_item(
    client: Client, cast_at: CastAt
) -> None:
    cast = cast_at("planned")
    client.force_login(cast.method_supervisor)
    asked = [item for item in items_of(cast.review) if figures.columns(item)]
    for left in range(len(asked), 0, -1):
        (task,) = client.get(TASKS).context["mine"]
        assert [(each.work, each.number, each.due) for each in task.mine] == [
            (Work.GIVE, left, cast.review.first_day - FIGURES_BEFORE)
        ]
        name = figures.columns(asked[left - 1])[0].name
        GivenFigureFactory.create(review=cast.review, item=asked[left - 1], name=name, number=1)
    assert _waiting(client) == {}


def test_a_removed_seat_is_no_open_seat(client: Client, cast: Cast) -> None:
    SeatFactory.create(review=cast.review, user=None, removed=True)
    client.force_login(cast.adviser)
    assert _waiting(client) == {}


# The choices in the address


@pytest.fixture
def many(cast: Cast, client: Client) -> dict[str, Review]:
    """Reviews by state, of the cast's service, and one of a self-review; their adviser, who sits in one, is logged
    in.
    """
    client.force_login(cast.adviser)
    RoleFactory.create(user=cast.adviser, service=cast.other_service)
    return {
        "planned": cast.review,
        "scoring": scored_review("scoring", service=cast.service, first_day=FIRST_DAY + DAY),
        "seat": scored_review("scoring", evaluators=[cast.adviser], first_day=FIRST_DAY + 2 * DAY),
        "self": scored_review(
            "scoring", service=cast.other_service, kind="self", evaluators=1, first_day=FIRST_DAY + 3 * DAY
        ),
        "consensus": scored_review("consensus", service=cast.service, first_day=FIRST_DAY - 60 * DAY),
        "cancelled": scored_review("cancelled", service=cast.service, first_day=FIRST_DAY - 200 * DAY),
        "final": cast.last_year,
    }


@pytest.mark.parametrize(
    ("query", "mine", "others"),
    [
        ({}, ["seat", "self"], ["planned", "scoring", "consensus"]),
        ({"show": "mine"}, ["seat", "self"], []),
        ({"show": "all"}, ["seat", "self"], ["planned", "scoring", "consensus"]),
        ({"show": "others"}, [], ["planned", "scoring", "consensus"]),
        ({"state": "scoring"}, ["seat", "self"], ["scoring"]),
        ({"state": "scoring", "show": "others"}, [], ["scoring"]),
        ({"state": "scoring", "show": "mine"}, ["seat", "self"], []),
        ({"state": "planned"}, [], ["planned"]),
        ({"state": "cancelled"}, [], ["cancelled"]),
        ({"state": "cancelled", "show": "mine"}, [], []),
        ({"state": "final"}, [], ["final"]),
        ({"role": "evaluator"}, ["seat"], []),
        ({"role": "method_supervisor"}, ["self"], []),
        ({"role": "adviser"}, [], ["planned", "scoring", "seat", "consensus"]),
        # Not a part of this person's, and values that there are not.
        ({"role": "manager"}, ["seat", "self"], ["planned", "scoring", "consensus"]),
        (
            {"role": "x", "state": "\x00", "show": "y", "page": "z"},
            ["seat", "self"],
            ["planned", "scoring", "consensus"],
        ),
    ],
)
def test_the_tasks_are_narrowed_down_in_the_address(
    client: Client, many: dict[str, Review], query: dict[str, str], mine: list[str], others: list[str]
) -> None:
    found = client.get(TASKS, query).context
    names = {review: name for name, review in many.items()}
    assert [names[task.review] for task in found["mine"]] == mine
    assert [names[task.review] for task in found["others"]] == others


def test_what_is_chosen_stays_chosen(client: Client, many: dict[str, Review]) -> None:
    html = client.get(TASKS, {"role": "evaluator", "state": "scoring", "show": "mine"}).content.decode()
    for value in ("evaluator", "scoring", "mine"):
        assert f'<option value="{value}" selected>' in html


def test_one_with_a_single_part_is_not_asked_which(client: Client, cast: Cast) -> None:
    client.force_login(cast.manager)
    assert 'name="role"' not in client.get(TASKS).content.decode()


def test_a_cancelled_review_is_shown_when_asked_for_and_says_why(client: Client, many: dict[str, Review]) -> None:
    reason = many["cancelled"].cancel_reason
    assert reason not in client.get(TASKS).content.decode()
    assert reason in client.get(TASKS, {"state": "cancelled"}).content.decode()


@pytest.mark.parametrize("state", ["", "cancelled"])
def test_many_tasks_are_turned_page_by_page_with_what_is_chosen(
    client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    monkeypatch.setattr(view, "_PAGE", 3)
    client.force_login(cast.national_adviser)
    service = ServiceFactory.create()
    made = [
        scored_review(state or "planned", service=service, evaluators=1, first_day=FIRST_DAY + number * DAY)
        for number in range(4)
    ]
    query = {"state": state, "show": "others"}
    found = [_others(client, **query, page=number) for number in ("1", "2", "999")]
    assert found[1] == found[2]
    assert set(made) <= {*found[0], *found[1]}
    assert not set(found[0]) & set(found[1])
    html = client.get(TASKS, query).content.decode()
    assert f"?state={state}&amp;show=others&amp;page=2" in html


@pytest.mark.parametrize(
    ("state", "who", "name"), [("planned", "evaluator", "review"), ("fact_check", "respondent", "fact_check")]
)
def test_what_waits_leads_to_where_it_is_done(client: Client, cast_at: CastAt, state: str, who: str, name: str) -> None:
    cast = cast_at(state)
    client.force_login(getattr(cast, who))
    [waits] = next(task for task in client.get(TASKS).context["mine"] if task.review == cast.review).mine
    html = client.get(TASKS).content.decode()
    assert f'<a class="ds-link" href="{page(name, cast.review)}"><strong>{waits}</strong></a>' in html

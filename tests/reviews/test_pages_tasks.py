"""Mine oppgaver through the front door: what waits, by deadline, and what the choices in the address do."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from reviews.models import Review, User
from reviews.tasks import Work
from reviews.views import tasks as view
from tests.cast import Cast
from tests.factories import (
    FIRST_DAY,
    RemarkFactory,
    RespondentFactory,
    RoleFactory,
    SeatFactory,
    ServiceFactory,
    UserFactory,
    final_review,
    scored_review,
)
from tests.reviews.front_door import contents, page

TASKS = reverse("reviews:tasks")
DAY = datetime.timedelta(days=1)
PASSED = "Fristen er ute"

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

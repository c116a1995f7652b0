"""The lists of tasks that the database counts and slices: the same as each review judged by itself."""

import datetime
import random
from collections.abc import Callable

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from reviews import access, tasks, workflow
from reviews.models import Review, ReviewStep, Seat, Service, User
from reviews.task_list import Asked, TaskLists
from reviews.tasks import Task
from reviews.views import tasks as view
from tests.factories import (
    InvitationFactory,
    RespondentFactory,
    ReviewFactory,
    ReviewStepFactory,
    RoleFactory,
    SeatFactory,
    ServiceFactory,
    UserFactory,
    at,
    county,
)

TODAY = datetime.date(2026, 6, 15)
DAY = datetime.timedelta(days=1)
STATES = ("planned", "scoring", "consensus", "fact_check", "final", "cancelled")


@pytest.fixture(autouse=True)
def _today() -> object:
    with time_machine.travel(at(TODAY), tick=False) as travelling:
        yield travelling


def _person(**role: object) -> User:
    user: User = RoleFactory.create(**role).user
    return user


@pytest.fixture
def adviser(db: None) -> User:
    """An adviser of the whole country, who has seats in a few reviews too, and leads a service."""
    user = _person(whole_country=True)
    lot = random.Random(3)
    services = [ServiceFactory.create(county=county(name)) for name in ("Vestland", "Nordland", "Oslo")]
    RoleFactory.create(user=user, service=services[2])
    for number in range(90):
        _review(lot, services, user if number % 9 == 0 else None)
    return user


def _review(lot: random.Random, services: list[Service], seated: User | None) -> None:
    """Make a review by lot, as far as it decides what waits."""
    status = lot.choice(STATES)
    is_self = status not in ("fact_check", "cancelled") and lot.random() < 0.2
    first = TODAY + lot.choice((-140, -95, -30, -8, -1, 0, 1, 6, 40)) * DAY
    columns: dict[str, object] = {"first_day": first, "last_day": first + lot.choice((0, 1)) * DAY}
    if lot.random() < 0.5:
        columns["report_due"] = first + lot.choice((20, 40)) * DAY
    if status == "consensus" and lot.random() < 0.5:
        columns["reissue_reason"] = "Feil i sammendraget."
    if is_self:
        columns |= {"kind": "self", "shared_at": lot.choice((None, at(TODAY)))}
    made_as = "consensus" if status == "final" else status
    review = ReviewFactory.create(status=made_as, service=lot.choice(services), **columns)
    SeatFactory.create(review=review, number=1, is_lead=True, user=seated or UserFactory.create())
    if lot.random() < 0.3:
        SeatFactory.create(review=review, number=2, user=None)
    for _each in range(lot.choice((0, 0, 1, 3))):
        step = ReviewStepFactory.create(
            review=review,
            doer=lot.choice(("adviser", "adviser", "lead", "method_supervisor")),
            moment=lot.choice(("before", "after")),
            days=lot.choice((0, 1, 7, 8, 30, 60)),
        )
        if lot.random() < 0.3:
            type(step).objects.filter(pk=step.pk).update(own_day=TODAY + lot.choice((-91, -90, -3, 7, 8)) * DAY)
    if status == "final":
        # Without a report, which nothing here asks for.
        Review.objects.filter(pk=review.pk).update(status="final", final_at=at(TODAY))
    if status == "fact_check":
        Review.objects.filter(pk=review.pk).update(fact_check_due=TODAY + lot.choice((-3, -1, 0, 5)) * DAY)
        for _each in range(lot.choice((0, 1, 2))):
            RespondentFactory.create(
                review=review,
                user=UserFactory.create(is_active=lot.random() < 0.8),
                answered_at=lot.choice((None, at(TODAY))),
                reminded_at=lot.choice((None, at(TODAY - DAY), at(TODAY))),
            )


def _judged(user: User, asked: Asked, *, mine: bool) -> list[Task]:
    """Return a whole list, from every review that the person sees, each judged by itself."""
    who = access.standing(user)
    seen = access.visible_reviews(user, who)
    if asked.part:
        seen = seen.filter(tasks.seen_as(asked.part, user, who))
    if asked.status:
        seen = seen.filter(status=asked.status)
    rows = tasks.with_steps(list(tasks.with_what_decides(seen, user, who)))
    found = [tasks.task(each, user, who, asked.part) for each in rows]
    return sorted(
        (each for each in found if bool(each.mine) == mine and (mine or each.review.is_open)),
        key=lambda each: each.order,
    )


@pytest.mark.parametrize("role", ["whole_country", "county", "nothing"])
def test_lists_are_those_of_each_review_judged_by_itself(adviser: User, role: str) -> None:
    user = adviser
    if role == "county":
        user = _person(adviser=True, county=county("Nordland"))
    if role == "nothing":
        user.roles.filter(kind="adviser").delete()
    everything = 0
    parts = tasks.parts_of(user, access.standing(user))
    for part in ("", *parts):
        for status in ("", *STATES[:5]):
            asked = Asked(TODAY, part, status)
            for mine in (True, False):
                wanted = _judged(user, asked, mine=mine)
                everything += len(wanted)
                lists = TaskLists(user, access.standing(user), asked, parts)
                first = lists.first(4, 4)[not mine]
                assert first.rows == wanted[:4]
                assert first.number == len(wanted)
                listed = lists.listed(mine=mine)
                assert len(listed) == len(wanted)
                assert [each for start in range(0, len(wanted), 5) for each in listed[start : start + 5]] == wanted
    assert everything > 20


def test_people_of_the_same_standing_are_each_told_their_own_and_each_day_what_is_due_then(adviser: User) -> None:
    # What they are told by is put into SQL once for all of them.
    nordland, vestland = (_person(adviser=True, county=county(name)) for name in ("Nordland", "Vestland"))
    oslo = Service.objects.get(county=county("Oslo"))
    lead, manager = _person(service=oslo), _person(service=oslo, manager=True)
    leads_other = _person(service=Service.objects.get(county=county("Nordland")))
    found = {}
    for day in (TODAY, TODAY + 10 * DAY):
        with time_machine.travel(at(day), tick=False):
            for user in (nordland, vestland, lead, leads_other, manager, nordland):
                who = access.standing(user)
                for mine in (True, False):
                    lists = TaskLists(user, who, Asked(day, "", ""), tasks.parts_of(user, who))
                    wanted = _judged(user, Asked(day, "", ""), mine=mine)
                    assert lists.first(100, 100)[not mine].rows == wanted
                    found[user, day, mine] = [(each.review.pk, each.due, each.mine) for each in wanted]
    assert found[nordland, TODAY, False] != found[vestland, TODAY, False]
    assert found[lead, TODAY, False] != found[leads_other, TODAY, False]
    assert any(found[user, TODAY, True] != found[user, TODAY + 10 * DAY, True] for user in (nordland, vestland, lead))


def test_the_database_says_when_a_fact_check_is_over(adviser: User) -> None:
    found = Review.objects.filter(status="fact_check")
    over = set(found.filter(workflow.when_fact_check_is_over()))
    assert over == {review for review in found if workflow.fact_check_is_over(review)}
    assert 0 < len(over) < len(found)


def _late(number: int) -> None:
    for _each in range(number):
        review = ReviewFactory.create(status="planned", first_day=TODAY - DAY)
        InvitationFactory.create(seat__review=review)
        ReviewStepFactory.create(review=review, doer="adviser")


def _under_way(number: int) -> None:
    ReviewFactory.create_batch(number, status="consensus", first_day=TODAY - 3 * DAY)


@pytest.mark.parametrize(("make", "name"), [(_late, "mine"), (_under_way, "others")])
def test_of_many_the_first_are_shown_with_how_many_more_there_are(
    db: None, client: Client, make: Callable[[int], None], name: str
) -> None:
    user = _person(whole_country=True)
    client.force_login(user)
    shown = {"mine": view._FIRST_MINE, "others": view._FIRST_OTHERS}[name]
    asked = []
    for more in (0, 30):
        make(more or shown)
        with CaptureQueriesContext(connection) as captured:
            page = client.get(reverse("reviews:tasks"))
        asked.append(len(captured))
        assert len(page.context[name]) == shown
        assert page.context["more"][name] == more
        assert (f"?show={name}" in page.content.decode()) == bool(more)
    assert asked[0] == asked[1]
    listed = client.get(reverse("reviews:tasks"), {"show": name})
    assert listed.context["page_obj"].paginator.count == shown + 30
    assert len(listed.context[name]) == view._PAGE


@pytest.mark.skipif(connection.vendor != "postgresql", reason="another planner says nothing of this one")
@pytest.mark.parametrize(
    ("mine", "indexes"),
    [
        (True, ["review_by_status", "seat_vacant", "review_step_of_adviser"]),
        (False, ["review_by_status", "seat_vacant", "review_step_of_adviser"]),
    ],
)
def test_an_index_carries_what_an_adviser_is_told(packed: None, mine: bool, indexes: list[str]) -> None:
    service = ServiceFactory.create()
    days = [TODAY - number * DAY for number in range(4000)]
    made = Review.objects.bulk_create(Review(service=service, first_day=day, last_day=day) for day in days)
    late = Review.objects.bulk_create(Review(service=service, first_day=TODAY, last_day=TODAY) for _each in range(40))
    Seat.objects.bulk_create(Seat(review=each, number=1, handed_in_at=at(TODAY)) for each in made)
    Seat.objects.bulk_create(Seat(review=each, number=1) for each in late[:5])
    for doer in ("adviser", "lead"):
        steps = (ReviewStep(review=each, text="Ring dem.", doer=doer, moment="after", days=30) for each in made)
        ReviewStep.objects.bulk_create(steps)
    Review.objects.filter(pk__in=[each.pk for each in made]).update(status="final", final_at=at(TODAY))
    query = Asked(TODAY).advised(user := _person(whole_country=True), access.standing(user), mine=mine)[:20].query
    with connection.cursor() as cursor:
        for model in (Review, Seat, ReviewStep):
            cursor.execute(f'ANALYZE "{model._meta.db_table}"')
        sql, parameters = query.sql_with_params()
        cursor.execute(f"EXPLAIN {sql}", parameters)
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert [index for index in indexes if index not in plan] == []
    assert "Seq Scan on reviews_seat" not in plan

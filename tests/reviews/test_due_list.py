"""Services by when they are due, counted and sliced: the same from the summary, from the source, and from both."""

import datetime
import random

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from reviews import due
from reviews.due_list import DueServices, State, state_of
from reviews.models import Service
from reviews.summary import keeping
from tests.factories import RoleFactory, ServiceFactory, at, final_review, scored_review

TODAY = datetime.date(2026, 6, 15)


@pytest.fixture(scope="module")
def days() -> list[datetime.date]:
    """When services were reviewed last: twenty days, some of them the same."""
    lot = random.Random(7)
    return [
        TODAY - datetime.timedelta(days=lot.choice([20, 200, 290, 300, 340, 365, 366, 400, 720])) for _ in range(20)
    ]


@pytest.mark.parametrize("stale", ["none", "some", "all"])
def test_slices_are_those_of_the_whole_list_as_the_source_has_it(
    db: None, days: list[datetime.date], stale: str
) -> None:
    services = [ServiceFactory.create(name=f"S{number:02}") for number in range(24)]
    for service, day in zip(services, days, strict=False):
        final_review(service=service, first_day=day, last_day=day)
    scored_review("planned", service=services[0])
    scored_review("planned", service=services[-1])
    if stale != "all":
        keeping.settle()
    if stale == "some":
        for service in services[::3]:
            Service.objects.filter(pk=service.pk).update(interval_months=6 if service.name < "S12" else 24)
    right = due.of(Service.objects.order_by("name"))
    found = DueServices(Service.objects.all(), TODAY)
    counts, unplanned = found.counts()
    for state in State:
        wanted = sorted(
            (row for row in right if state_of(row.next_day, TODAY) == state),
            key=lambda row: row.next_day or datetime.date.min,
        )
        assert counts[state] == len(wanted)
        whole = found.rows(state, 0, len(wanted))
        assert [row.next_day for row in whole] == [row.next_day for row in wanted]
        assert {(row.service, row.first_day, row.next_day) for row in whole} == {
            (row.service, row.first_day, row.next_day) for row in wanted
        }
        for size in (1, 2, 3, 7):
            pages = [found.rows(state, first, min(first + size, len(whole))) for first in range(0, len(whole), size)]
            assert [row for page in pages for row in page] == whole
        assert found.first(3, state)[state] == whole[:3]
        assert set(found.of(state)) == {row.service for row in whole}
    assert unplanned == sum(not row.is_planned and state_of(row.next_day, TODAY) != State.LATER for row in right)


def test_the_overview_lists_the_first_and_pages_the_rest(db: None, client: Client) -> None:
    for number in range(60):
        ServiceFactory.create(name=f"S{number:02}")
    client.force_login(RoleFactory.create(user__language="en", adviser=True).user)
    with time_machine.travel(at(TODAY), tick=False):
        first = client.get(reverse("reviews:overview"))
        assert len(first.context["found"].never) == 10
        assert "Show all 60" in first.content.decode()
        pages = [client.get(reverse("reviews:overview"), {"show": "never", "page": page}) for page in (1, 2)]
        names = [row.service.name for page in pages for row in page.context["page_obj"]]
    assert names == [f"S{number:02}" for number in range(60)]
    assert client.get(reverse("reviews:overview"), {"show": "later"}).context.get("page_obj") is None

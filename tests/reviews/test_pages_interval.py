"""How often a service is reviewed: changed by its adviser, and what follows from it."""

import datetime

import pytest
from django.test import Client
from django.urls import reverse

from reviews import due
from reviews.models import AuditEvent
from tests.cast import Cast
from tests.reviews.front_door import refused


def _address(cast: Cast) -> str:
    return reverse("reviews:service_interval", args=[cast.service.pk])


def test_the_adviser_changes_it_and_the_next_day_follows(client: Client, cast: Cast) -> None:
    client.force_login(cast.adviser)
    assert due.of_service(cast.service).next_day == datetime.date(2026, 9, 16)
    assert client.get(_address(cast)).context["form"]["interval_months"].value() == 12
    response = client.post(_address(cast), {"interval_months": "6"})
    assert response.headers["Location"] == reverse("reviews:service", args=[cast.service.pk])
    assert due.of_service(cast.service).next_day == datetime.date(2026, 3, 16)
    event = AuditEvent.objects.get(object_type="service")
    assert (event.actor, event.object_id, event.fields) == (cast.adviser, str(cast.service.pk), ["interval_months"])


def test_what_is_as_it_was_is_no_change(client: Client, cast: Cast) -> None:
    client.force_login(cast.adviser)
    client.post(_address(cast), {"interval_months": "12"})
    assert not AuditEvent.objects.filter(object_type="service").exists()


@pytest.mark.parametrize("months", ["0", "61", "-1", "", "tolv", "6.5", "9" * 30])
def test_it_is_from_one_month_to_five_years(client: Client, cast: Cast, months: str) -> None:
    client.force_login(cast.adviser)
    refused(client, _address(cast), {"interval_months": months}, "interval_months")


@pytest.mark.parametrize(("name", "offered"), [("adviser", True), ("method_supervisor", False), ("manager", False)])
def test_the_way_to_it_is_shown_to_who_may(client: Client, cast: Cast, name: str, offered: bool) -> None:
    client.force_login(getattr(cast, name))
    html = client.get(reverse("reviews:service", args=[cast.service.pk])).content.decode()
    assert (_address(cast) in html) is offered

"""Opening a review, finding services, and one's own profile, through the front door."""

import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from reviews.models import Review, User
from scales.models import Scale
from tests.cast import Cast
from tests.factories import ServiceFactory, UserFactory, county
from tests.reviews.front_door import NUL, page, refused

PLAN = reverse("reviews:plan")
PROFILE = reverse("reviews:profile")


@pytest.fixture
def adviser(cast: Cast, client: Client) -> User:
    """The adviser of the cast's county, logged in."""
    client.force_login(cast.adviser)
    return cast.adviser


@pytest.fixture
def plan(cast: Cast, ips: Scale, goi: Scale) -> dict[str, Any]:
    """A plan as the form sends it."""
    return {
        "service": str(cast.service.pk),
        "kind": "external",
        "basis": "practice",
        "first_day": "2027-03-02",
        "last_day": "2027-03-03",
        "scales": [str(ips.pk), str(goi.pk)],
        "lead": str(cast.outsider.pk),
        "second": str(cast.last_years_evaluator.pk),
        "language": "nb",
        "recipients": "Nav Bergen",
    }


def test_a_review_is_planned(client: Client, adviser: User, cast: Cast, plan: dict[str, Any]) -> None:
    response = client.post(PLAN, plan)
    review = Review.objects.get(first_day="2027-03-02")
    assert response.headers["Location"] == page("review", review)
    assert (review.status, review.kind, review.basis, review.service) == (
        "planned",
        "external",
        "practice",
        cast.service,
    )
    assert review.last_day == datetime.date(2027, 3, 3)
    assert [scale.code for scale in review.scales.order_by("position")] == ["ips-25", "goi-12"]
    assert [(seat.user, seat.is_lead) for seat in review.seats.all()] == [
        (cast.outsider, True),
        (cast.last_years_evaluator, False),
    ]
    assert (review.created_by, review.recipients) == (adviser, "Nav Bergen")


def test_the_lead_starts_what_was_planned(client: Client, adviser: User, cast: Cast, plan: dict[str, Any]) -> None:
    client.post(PLAN, {**plan, "second": ""})
    review = Review.objects.get(first_day="2027-03-02")
    client.force_login(cast.outsider)
    assert "Start" in client.get(reverse("reviews:tasks")).content.decode()
    client.post(reverse("reviews:step", args=[review.pk, "start"]))
    review.refresh_from_db()
    assert review.status == Review.Status.SCORING


def test_a_method_supervisor_plans_a_self_review(client: Client, cast: Cast, plan: dict[str, Any], goi: Scale) -> None:
    person = cast.method_supervisor
    client.force_login(person)
    sent = {**plan, "kind": "self", "second": "", "lead": str(person.pk), "scales": [str(goi.pk)]}
    assert client.post(PLAN, sent).status_code == 302
    review = Review.objects.get(first_day="2027-03-02")
    assert (review.kind, [scale.code for scale in review.scales.all()]) == ("self", ["goi-12"])


def test_the_service_one_comes_from_is_chosen(client: Client, adviser: User, cast: Cast) -> None:
    found = client.get(PLAN, {"service": str(cast.service.pk)})
    assert found.context["form"]["service"].value() == str(cast.service.pk)


@pytest.mark.parametrize("service", ["", "x", "\x00", "00000000-0000-4000-8000-000000000000", "1" * 5000])
def test_an_address_with_no_service_chooses_none(client: Client, adviser: User, service: str) -> None:
    response = client.get(PLAN, {"service": service})
    assert response.status_code == 200
    assert "selected" not in response.content.decode().split('name="service"')[1].split("</select>")[0].replace(
        '<option value="" selected>', ""
    )


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"service": ""}, ["service"]),
        ({"service": "x"}, ["service"]),
        ({"service": "\x00"}, ["service"]),
        ({"kind": "internal"}, ["kind"]),
        ({"basis": "hopes"}, ["basis"]),
        ({"first_day": ""}, ["first_day"]),
        ({"first_day": "2. mars"}, ["first_day"]),
        ({"first_day": "2027-02-30"}, ["first_day"]),
        ({"first_day": "0027-03-02"}, ["first_day"]),
        ({"first_day": "\x00"}, ["first_day"]),
        ({"last_day": "2027-03-01"}, ["last_day"]),
        ({"last_day": "9999-12-31"}, ["last_day"]),
        ({"scales": []}, ["scales"]),
        ({"scales": ["x"]}, ["scales"]),
        ({"scales": ["\x00"]}, ["scales"]),
        ({"scales": ["999999"]}, ["scales"]),
        ({"lead": ""}, ["lead"]),
        ({"kind": "self"}, ["second"]),
        ({"language": "sv"}, ["language"]),
        ({"recipients": "x" * 501}, ["recipients"]),
        ({"recipients": NUL}, ["recipients"]),
    ],
)
def test_a_plan_that_cannot_be_kept_is_refused(
    client: Client, adviser: User, plan: dict[str, Any], changed: dict[str, Any], wrong: list[str]
) -> None:
    refused(client, PLAN, {**plan, **changed}, *wrong)


def test_one_person_does_not_sit_in_two_seats(client: Client, adviser: User, plan: dict[str, Any]) -> None:
    refused(client, PLAN, {**plan, "second": plan["lead"]}, "second")


def test_nobody_plans_for_a_service_that_is_not_theirs(
    client: Client, adviser: User, cast: Cast, plan: dict[str, Any]
) -> None:
    elsewhere = ServiceFactory.create(county=county("Troms"))
    refused(client, PLAN, {**plan, "service": str(elsewhere.pk)}, "service")
    client.force_login(cast.other_method_supervisor)
    refused(client, PLAN, plan, "service")


@pytest.mark.parametrize("columns", [{"is_active": False}, {"is_staff": True}])
def test_an_administrator_and_one_who_has_left_are_no_evaluators(
    client: Client, adviser: User, plan: dict[str, Any], columns: dict[str, bool]
) -> None:
    person = UserFactory.create(**columns)
    refused(client, PLAN, {**plan, "lead": str(person.pk)}, "lead")


def test_an_older_edition_is_not_planned_with(client: Client, adviser: User, plan: dict[str, Any], ips: Scale) -> None:
    new = Scale.objects.get(pk=ips.pk)
    new.pk, new.edition, new.sequence = None, "2030", ips.sequence + 1
    new.save()
    refused(client, PLAN, {**plan, "scales": [str(ips.pk)]}, "scales")


# Profile


def test_name_and_language_are_saved(client: Client, cast: Cast) -> None:
    client.force_login(cast.outsider)
    response = client.post(PROFILE, {"name": "Åse Øye", "language": "en"})
    assert response.headers["Location"] == PROFILE
    cast.outsider.refresh_from_db()
    assert (cast.outsider.name, cast.outsider.language) == ("Åse Øye", "en")


@pytest.mark.parametrize(
    ("sent", "wrong"),
    [
        ({"name": "", "language": "nb"}, "name"),
        ({"name": "   ", "language": "nb"}, "name"),
        ({"name": "x" * 151, "language": "nb"}, "name"),
        ({"name": NUL, "language": "nb"}, "name"),
        ({"name": "Åse", "language": "sv"}, "language"),
        ({"name": "Åse", "language": ""}, "language"),
    ],
)
def test_a_profile_that_cannot_be_kept_is_refused(client: Client, cast: Cast, sent: dict[str, str], wrong: str) -> None:
    client.force_login(cast.outsider)
    refused(client, PROFILE, sent, wrong)


def test_nobody_gives_themselves_a_role_or_another_address(client: Client, cast: Cast) -> None:
    client.force_login(cast.outsider)
    client.post(
        PROFILE,
        {"name": "Åse", "language": "nb", "is_staff": "on", "is_superuser": "on", "email": "ny@example.org"},
    )
    cast.outsider.refresh_from_db()
    assert (cast.outsider.is_staff, cast.outsider.is_superuser) == (False, False)
    assert cast.outsider.email == "outsider@example.org"

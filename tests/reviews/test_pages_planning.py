"""Opening a review and changing its plan, finding services, and one's own profile, through the front door."""

import datetime
import uuid
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.urls import reverse

from reviews import workflow
from reviews.models import Invitation, Review, Service, User
from scales.models import Scale
from tests.cast import Cast
from tests.factories import (
    RoleFactory,
    ServiceFactory,
    TeamFactory,
    UserFactory,
    at,
    county,
    issue,
    scored_review,
)
from tests.reviews.front_door import NUL, contents, page, refused

PLAN = reverse("reviews:plan")
PROFILE = reverse("reviews:profile")


@pytest.fixture(autouse=True)
def _before_the_visits() -> object:
    """Let today be a day before the visits that are planned here."""
    with time_machine.travel(at(datetime.date(2026, 11, 2))) as travelling:
        yield travelling


def plan_for(service: Service) -> str:
    """Return the address of the plan for a service."""
    return f"{PLAN}?service={service.pk}"


@pytest.fixture
def adviser(cast: Cast, client: Client) -> User:
    """The adviser of the cast's county, logged in."""
    client.force_login(cast.adviser)
    return cast.adviser


@pytest.fixture
def method_supervisor(cast: Cast, client: Client) -> User:
    """The service's metodeveileder, logged in."""
    client.force_login(cast.method_supervisor)
    return cast.method_supervisor


@pytest.fixture
def plan(cast: Cast, ips: Scale, goi: Scale) -> dict[str, Any]:
    """A plan as the form sends it."""
    return {
        "kind": "external",
        "basis": "practice",
        "first_day": "2027-03-02",
        "last_day": "2027-03-03",
        "report_due": "2027-04-01",
        "scales": [str(ips.pk), str(goi.pk)],
        "lead": str(cast.outsider.pk),
        "lead_email": "",
        "second": str(cast.last_years_evaluator.pk),
        "second_email": "",
        "observer": "",
        "observer_email": "",
        "independence": "Den ene har undervist i tjenesten.",
        "language": "nb",
        "recipients": "Nav Bergen",
    }


@pytest.fixture
def self_plan(method_supervisor: User, plan: dict[str, Any]) -> dict[str, Any]:
    """A plan of a self-review, by the metodeveileder."""
    return {**plan, "kind": "self", "lead": str(method_supervisor.pk), "participants": "To jobbspesialister."}


def planned() -> Review:
    """Return the review that was planned."""
    return Review.objects.get(first_day="2027-03-02")


def newer(scale: Scale) -> Scale:
    """Make a newer edition of a scale."""
    new = Scale.objects.get(pk=scale.pk)
    new.pk, new.edition, new.sequence = None, "2030", scale.sequence + 1
    new.save()
    return new


# Which service


def test_one_is_asked_which_service_and_then_for_the_whole_plan(client: Client, adviser: User, cast: Cast) -> None:
    asked = client.get(PLAN)
    offered = list(asked.context["form"].fields["service"].queryset)
    assert offered == [cast.service, cast.other_service]
    assert "lead" not in asked.context["form"].fields
    whole = client.get(PLAN, {"service": str(cast.service.pk)})
    assert whole.context["service"] == cast.service
    assert "lead" in whole.context["form"].fields


def test_one_who_plans_for_one_service_is_not_asked_which(client: Client, method_supervisor: User, cast: Cast) -> None:
    assert client.get(PLAN).context["service"] == cast.service


def test_a_choice_left_open_is_asked_for_again(client: Client, adviser: User) -> None:
    form = client.get(PLAN, {"service": ""}).context["form"]
    assert list(form.errors) == ["service"]


@pytest.mark.parametrize("service", ["x", "\x00", "00000000-0000-4000-8000-000000000000", "1" * 5000])
def test_a_service_that_does_not_exist_is_not_found(client: Client, adviser: User, service: str) -> None:
    assert client.get(PLAN, {"service": service}).status_code == 404


def test_nobody_plans_for_a_service_that_is_not_theirs(
    client: Client, adviser: User, cast: Cast, plan: dict[str, Any]
) -> None:
    elsewhere = ServiceFactory.create(county=county("Troms"))
    client.force_login(cast.adviser)
    assert client.get(plan_for(elsewhere)).status_code == 404
    assert client.post(plan_for(elsewhere), plan).status_code == 404
    client.force_login(cast.other_method_supervisor)
    assert client.post(plan_for(cast.service), plan).status_code == 404
    assert not Review.objects.filter(first_day="2027-03-02").exists()


# The plan


def test_a_review_is_planned(client: Client, adviser: User, cast: Cast, plan: dict[str, Any]) -> None:
    response = client.post(plan_for(cast.service), {**plan, "observer": str(cast.observer.pk)})
    review = planned()
    assert response.headers["Location"] == page("review", review)
    assert (review.status, review.kind, review.basis, review.service) == (
        "planned",
        "external",
        "practice",
        cast.service,
    )
    assert (review.last_day, review.report_due) == (datetime.date(2027, 3, 3), datetime.date(2027, 4, 1))
    assert [scale.code for scale in review.scales.order_by("position")] == ["ips-25", "goi-12"]
    assert [(seat.user, seat.kind, seat.is_lead) for seat in review.seats.all()] == [
        (cast.outsider, "evaluator", True),
        (cast.last_years_evaluator, "evaluator", False),
        (cast.observer, "observer", False),
    ]
    assert (review.created_by, review.recipients) == (adviser, "Nav Bergen")
    assert review.independence == "Den ene har undervist i tjenesten."


def test_the_lead_starts_what_was_planned(client: Client, adviser: User, cast: Cast, plan: dict[str, Any]) -> None:
    client.post(plan_for(cast.service), {**plan, "second": ""})
    review = planned()
    client.force_login(cast.outsider)
    client.post(reverse("reviews:step", args=[review.pk, "start"]))
    review.refresh_from_db()
    assert review.status == Review.Status.SCORING


def test_those_without_an_account_are_invited(client: Client, adviser: User, cast: Cast, plan: dict[str, Any]) -> None:
    sent = {**plan, "lead": "", "lead_email": "Ny@Example.org", "observer_email": "trainee@example.org"}
    client.post(plan_for(cast.service), sent)
    review = planned()
    invited = {invitation.seat.number: invitation.email for invitation in Invitation.objects.all() if invitation.seat}
    assert invited == {1: "ny@example.org", 3: "trainee@example.org"}
    assert [seat.user for seat in review.seats.all()] == [None, cast.last_years_evaluator, None]
    html = client.get(page("review", review)).content.decode()
    assert "ny@example.org" in html
    assert "trainee@example.org" in html


def test_an_e_mail_of_somebody_with_an_account_seats_them(
    client: Client, adviser: User, cast: Cast, plan: dict[str, Any]
) -> None:
    client.post(plan_for(cast.service), {**plan, "lead": "", "lead_email": "OUTSIDER@example.org"})
    assert planned().seats.get(number=1).user == cast.outsider
    assert not Invitation.objects.exists()


def test_the_whole_service_is_reviewed_unless_teams_are_named(
    client: Client, adviser: User, cast: Cast, plan: dict[str, Any]
) -> None:
    first, _second = TeamFactory.create_batch(2, service=cast.service)
    client.post(plan_for(cast.service), plan)
    assert not planned().teams.exists()
    days = {"first_day": "2027-09-01", "last_day": "2027-09-01", "report_due": ""}
    client.post(plan_for(cast.service), {**plan, **days, "teams": [str(first.pk)]})
    assert list(Review.objects.get(first_day="2027-09-01").teams.all()) == [first]


def test_teams_are_those_of_the_service(client: Client, adviser: User, cast: Cast, plan: dict[str, Any]) -> None:
    elsewhere = TeamFactory.create(service=cast.other_service)
    assert "teams" not in client.get(plan_for(cast.service)).context["form"].fields
    TeamFactory.create(service=cast.service)
    refused(client, plan_for(cast.service), {**plan, "teams": [str(elsewhere.pk)]}, "teams")


def test_every_edition_can_be_chosen_and_the_newest_of_the_first_scale_is_ticked(
    client: Client, adviser: User, cast: Cast, plan: dict[str, Any], ips: Scale, goi: Scale
) -> None:
    new = newer(ips)
    form = client.get(plan_for(cast.service)).context["form"]
    assert list(form.fields["scales"].queryset) == [new, ips, goi]
    assert form["scales"].value() == [new.pk]
    client.post(plan_for(cast.service), {**plan, "scales": [str(ips.pk)]})
    assert list(planned().scales.all()) == [ips]


def test_two_editions_of_a_scale_are_not_planned_with(
    client: Client, adviser: User, cast: Cast, plan: dict[str, Any], ips: Scale
) -> None:
    new = newer(ips)
    refused(client, plan_for(cast.service), {**plan, "scales": [str(ips.pk), str(new.pk)]}, "scales")


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"kind": ""}, ["kind"]),
        ({"kind": "internal"}, ["kind"]),
        ({"basis": "hopes"}, ["basis"]),
        ({"first_day": ""}, ["first_day"]),
        ({"first_day": "2. mars"}, ["first_day"]),
        ({"first_day": "2027-02-30"}, ["first_day"]),
        ({"first_day": "0027-03-02"}, ["first_day"]),
        ({"first_day": "\x00"}, ["first_day"]),
        ({"last_day": "2027-03-01"}, ["last_day"]),
        ({"last_day": "9999-12-31"}, ["last_day"]),
        ({"report_due": "2027-03-02"}, ["report_due"]),
        ({"report_due": "9999-12-31"}, ["report_due"]),
        ({"scales": []}, ["scales"]),
        ({"scales": ["x"]}, ["scales"]),
        ({"scales": ["\x00"]}, ["scales"]),
        ({"scales": ["999999"]}, ["scales"]),
        ({"lead": ""}, ["lead"]),
        ({"lead": "x"}, ["lead"]),
        ({"lead": "\x00"}, ["lead"]),
        ({"lead": "", "lead_email": "ny"}, ["lead_email"]),
        ({"lead": "", "lead_email": NUL}, ["lead_email"]),
        ({"lead": "", "lead_email": f"{'x' * 250}@example.org"}, ["lead_email"]),
        ({"lead_email": "ny@example.org"}, ["lead_email"]),
        ({"second_email": "ny@example.org"}, ["second_email"]),
        ({"second": "", "second_email": "outsider@example.org"}, ["second_email"]),
        ({"observer_email": "Outsider@example.org"}, ["observer_email"]),
        ({"second": "", "second_email": "ny@example.org", "observer_email": "NY@example.org"}, ["observer_email"]),
        ({"observer_email": "administrator@example.org"}, ["observer_email"]),
        ({"independence": "x" * 10_001}, ["independence"]),
        ({"language": "sv"}, ["language"]),
        ({"recipients": "x" * 501}, ["recipients"]),
        ({"recipients": NUL}, ["recipients"]),
    ],
)
def test_a_plan_that_cannot_be_kept_is_refused(
    client: Client, adviser: User, cast: Cast, plan: dict[str, Any], changed: dict[str, Any], wrong: list[str]
) -> None:
    refused(client, plan_for(cast.service), {**plan, **changed}, *wrong)


@pytest.mark.parametrize("seat", ["second", "observer"])
def test_one_person_does_not_sit_in_two_seats(
    client: Client, adviser: User, cast: Cast, plan: dict[str, Any], seat: str
) -> None:
    refused(client, plan_for(cast.service), {**plan, seat: plan["lead"]}, seat)


@pytest.mark.parametrize("columns", [{"is_active": False}, {"is_staff": True}])
def test_an_administrator_and_one_who_has_left_are_no_evaluators(
    client: Client, adviser: User, cast: Cast, plan: dict[str, Any], columns: dict[str, bool]
) -> None:
    person = UserFactory.create(**columns)
    refused(client, plan_for(cast.service), {**plan, "lead": str(person.pk)}, "lead")
    refused(client, plan_for(cast.service), {**plan, "lead": "", "lead_email": person.email}, "lead_email")


# Self-reviews


def test_a_method_supervisor_plans_a_self_review(
    client: Client, cast: Cast, self_plan: dict[str, Any], goi: Scale
) -> None:
    assert client.post(plan_for(cast.service), {**self_plan, "scales": [str(goi.pk)]}).status_code == 302
    review = planned()
    assert (review.kind, [scale.code for scale in review.scales.all()]) == ("self", ["goi-12"])
    assert review.participants == "To jobbspesialister."
    assert [seat.user for seat in review.seats.all()] == [cast.method_supervisor, cast.last_years_evaluator]


def test_an_adviser_does_not_begin_a_self_review(
    client: Client, adviser: User, cast: Cast, plan: dict[str, Any]
) -> None:
    assert "participants" not in client.get(plan_for(cast.service)).context["form"].fields
    refused(client, plan_for(cast.service), {**plan, "kind": "self"}, "kind")


def test_a_self_review_has_no_observer(client: Client, cast: Cast, self_plan: dict[str, Any]) -> None:
    address = plan_for(cast.service)
    refused(client, address, {**self_plan, "observer": str(cast.observer.pk)}, "observer")
    refused(client, address, {**self_plan, "observer_email": "ny@example.org"}, "observer_email")


def test_only_a_self_review_tells_who_took_part(
    client: Client, cast: Cast, method_supervisor: User, plan: dict[str, Any]
) -> None:
    refused(client, plan_for(cast.service), {**plan, "participants": "Alle."}, "participants")


# A plan that is changed


@pytest.fixture
def review(client: Client, adviser: User, cast: Cast, plan: dict[str, Any]) -> Review:
    """What was planned: a lead with an account, a second evaluator and an observer who are invited."""
    team = TeamFactory.create(service=cast.service)
    client.post(
        plan_for(cast.service),
        {
            **plan,
            "second": "",
            "second_email": "ny@example.org",
            "observer_email": "trainee@example.org",
            "teams": [str(team.pk)],
        },
    )
    return planned()


def as_sent(client: Client, review: Review) -> dict[str, Any]:
    """Return what the page of the plan would send if nothing on it was changed."""
    form = client.get(page("change_plan", review)).context["form"]

    def text(value: Any) -> Any:
        if isinstance(value, list):
            return [str(each) for each in value]
        return "" if value is None else str(value)

    return {name: text(form[name].value()) for name in form.fields}


def test_a_plan_that_is_sent_as_it_stands_stays_as_it_is(client: Client, review: Review) -> None:
    sent = as_sent(client, review)
    before = contents()
    assert client.post(page("change_plan", review), sent).headers["Location"] == page("review", review)
    assert contents() == before


def test_the_plan_is_changed(client: Client, review: Review, cast: Cast, ips: Scale) -> None:
    assert page("change_plan", review) in client.get(page("review", review)).content.decode()
    invitation = Invitation.objects.get(email="ny@example.org")
    sent = as_sent(client, review) | {
        "lead": "",
        "lead_email": "ny@example.org",
        "second": str(cast.outsider.pk),
        "second_email": "",
        "observer_email": "",
        "scales": [str(ips.pk)],
        "teams": [],
        "report_due": "",
        "last_day": "2027-03-04",
    }
    assert client.post(page("change_plan", review), sent).status_code == 302
    review.refresh_from_db()
    assert [(seat.user, seat.is_lead) for seat in review.seats.order_by("number")] == [
        (None, True),
        (cast.outsider, False),
    ]
    assert list(Invitation.objects.all()) == [invitation]
    assert list(review.scales.all()) == [ips]
    assert not review.teams.exists()
    assert (review.report_due, review.last_day) == (None, datetime.date(2027, 3, 4))


def test_a_changed_plan_that_cannot_be_kept_is_refused(client: Client, review: Review) -> None:
    refused(client, page("change_plan", review), as_sent(client, review) | {"scales": []}, "scales")


def test_the_kind_of_a_plan_stands(client: Client, review: Review, cast: Cast) -> None:
    """An external review does not quietly become one that its adviser does not see."""
    client.force_login(cast.method_supervisor)
    refused(client, page("change_plan", review), as_sent(client, review) | {"kind": "self"}, "kind")


def test_those_who_were_seated_besides_keep_their_seats(
    client: Client, review: Review, cast: Cast, adviser: User
) -> None:
    workflow.add_observer(review, adviser, cast.observer)
    sent = as_sent(client, review) | {"observer_email": ""}
    client.post(page("change_plan", review), sent)
    assert [seat.user for seat in review.seats.filter(kind="observer")] == [cast.observer]


def test_one_who_was_replaced_can_be_planned_with_again(
    client: Client, review: Review, cast: Cast, adviser: User
) -> None:
    for _time in range(3):
        left = review.seats.get(is_lead=True, removed_at=None)
        workflow.replace(left, adviser, cast.evaluator_two, "Ble syk.")
        sent = as_sent(client, review) | {"lead": str(cast.outsider.pk)}
        assert client.post(page("change_plan", review), sent).status_code == 302
        seated = review.seats.filter(removed_at=None).order_by("number")
        assert [(seat.number, seat.user) for seat in seated] == [(1, cast.outsider), (2, None), (3, None)]
    numbers = [seat.number for seat in review.seats.exclude(removed_at=None).order_by("number")]
    assert numbers == [4, 5, 6]
    assert {seat.removed_reason for seat in review.seats.exclude(removed_at=None)} == {"Ble syk."}


def test_a_lead_who_plans_themselves_out_is_led_away(client: Client, review: Review, cast: Cast) -> None:
    client.force_login(cast.outsider)
    sent = as_sent(client, review) | {"lead": str(cast.evaluator.pk)}
    response = client.post(page("change_plan", review), sent, follow=True)
    assert response.redirect_chain == [(reverse("reviews:tasks"), 302)]


@pytest.mark.parametrize("status", ["scoring", "final", "cancelled"])
def test_the_plan_of_a_review_that_has_begun_stands(
    client: Client, adviser: User, cast: Cast, plan: dict[str, Any], status: str
) -> None:
    review = scored_review(status, service=cast.service)
    assert page("change_plan", review) not in client.get(page("review", review)).content.decode()
    before = contents()
    for response in (client.get(page("change_plan", review)), client.post(page("change_plan", review), plan)):
        assert response.status_code == 200
        assert "<form" not in response.content.decode().split("<main")[1].split("</main")[0]
    assert contents() == before


# Letters


def test_those_who_get_a_seat_are_written_to(client: Client, adviser: User, cast: Cast, plan: dict[str, Any]) -> None:
    sent = {**plan, "lead": str(adviser.pk), "observer_email": "trainee@example.org"}
    client.post(plan_for(cast.service), sent)
    assert [message.to for message in mail.outbox] == [["last_years_evaluator@example.org"], ["trainee@example.org"]]
    mail.outbox.clear()
    review = planned()
    client.post(page("change_plan", review), as_sent(client, review) | {"second": str(cast.outsider.pk)})
    assert [message.to for message in mail.outbox] == [["outsider@example.org"]]


def test_a_letter_that_cannot_be_sent_stops_nothing_and_is_told_of(
    client: Client, adviser: User, cast: Cast, plan: dict[str, Any], settings: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    response = client.post(
        plan_for(cast.service), {**plan, "second": "", "second_email": "ny@example.org"}, follow=True
    )
    warnings = [str(message) for message in response.context["messages"] if message.level_tag == "warning"]
    assert len(warnings) == 1
    assert "Outsider, ny@example.org" in warnings[0]
    assert list(planned().seats.values_list("told_at", flat=True)) == [None, None]


# Ties


def test_ties_are_pointed_out_and_forbid_nothing(
    client: Client, adviser: User, cast: Cast, plan: dict[str, Any]
) -> None:
    response = client.post(plan_for(cast.service), {**plan, "lead": str(cast.manager.pk)}, follow=True)
    assert response.context["people"].ties
    html = response.content.decode()
    assert all(tie in html for tie in response.context["people"].ties)
    assert len(response.context["messages"]) == 2
    assert planned().seats.get(number=1).user == cast.manager


def test_a_plan_without_ties_says_nothing_of_them(
    client: Client, adviser: User, cast: Cast, plan: dict[str, Any]
) -> None:
    response = client.post(plan_for(cast.service), plan, follow=True)
    assert response.context["people"].ties == ()
    assert len(response.context["messages"]) == 1


def test_ties_are_shown_to_those_who_plan_and_review(client: Client, cast: Cast) -> None:
    RoleFactory.create(user=cast.evaluator_two, service=cast.service, manager=True)

    def told(user: User) -> bool:
        client.force_login(user)
        return bool(client.get(page("review", cast.review)).context["people"].ties)

    assert all(told(user) for user in (cast.evaluator, cast.evaluator_two, cast.adviser, cast.method_supervisor))
    assert not told(cast.observer)


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


def test_a_plan_does_not_write_over_what_was_written_meanwhile_on_another_page(cast: Cast, client: Client) -> None:
    client.force_login(cast.adviser)
    opened = as_sent(client, cast.review)
    workflow.save_narrative(cast.review, cast.evaluator, {"independence": "Hovedevaluators ord."})
    # What the adviser left as it was stays what it has become.
    assert client.post(page("change_plan", cast.review), {**opened, "recipients": "Nav"}).status_code == 302
    cast.review.refresh_from_db()
    assert (cast.review.independence, cast.review.recipients) == ("Hovedevaluators ord.", "Nav")
    # What both have written is shown, and stands only when the adviser says so.
    clash = client.post(page("change_plan", cast.review), {**opened, "independence": "Rådgiverens ord."})
    assert clash.status_code == 409
    shown = clash.content.decode()
    assert "Hovedevaluators ord." in shown
    assert "Rådgiverens ord." in shown
    cast.review.refresh_from_db()
    assert cast.review.independence == "Hovedevaluators ord."
    again = {field.name: field.value() or "" for field in clash.context["form"]}
    assert client.post(page("change_plan", cast.review), again).status_code == 302
    cast.review.refresh_from_db()
    assert cast.review.independence == "Rådgiverens ord."


def test_a_plan_whose_stamps_are_lost_is_not_saved(cast: Cast, client: Client) -> None:
    client.force_login(cast.adviser)
    opened = as_sent(client, cast.review)
    answer = client.post(page("change_plan", cast.review), {**opened, "recipients": "Nav", "seen": "{"})
    assert answer.status_code == 200
    cast.review.refresh_from_db()
    assert cast.review.recipients == ""


# A visit on an unlikely day


def test_a_visit_years_ahead_is_asked_about_once(
    client: Client, method_supervisor: User, cast: Cast, plan: dict[str, Any]
) -> None:
    slip = {**plan, "first_day": "2037-01-12", "last_day": "2037-01-13", "report_due": ""}
    form = refused(client, plan_for(cast.service), slip, "first_day")
    assert form["unlikely"].value() == "2037-01-12"
    assert client.post(plan_for(cast.service), {**slip, "unlikely": "2037-01-12"}).status_code == 302
    assert Review.objects.filter(first_day="2037-01-12").exists()


@pytest.mark.parametrize("kind", ["external", "self"])
def test_a_visit_in_the_past_is_asked_about_once(
    client: Client, method_supervisor: User, cast: Cast, plan: dict[str, Any], kind: str
) -> None:
    past = {**plan, "kind": kind, "first_day": "2026-11-01", "last_day": "2027-11-02", "report_due": ""}
    form = refused(client, plan_for(cast.service), past, "first_day")
    assert form["unlikely"].value() == "2026-11-01"
    # Another day in the past is another question.
    again = {**past, "first_day": "2026-10-31", "unlikely": "2026-11-01"}
    assert client.post(plan_for(cast.service), again).context["form"]["unlikely"].value() == "2026-10-31"
    assert client.post(plan_for(cast.service), {**past, "unlikely": "2026-11-01"}).status_code == 302
    review = Review.objects.get(first_day="2026-11-01")
    # Where the day stands, the plan is changed without a question.
    address = page("change_plan", review)
    sent = as_sent(client, review)
    assert client.post(address, sent).status_code == 302
    assert client.post(address, {**sent, "first_day": "2026-10-30"}).status_code == 200


@pytest.mark.parametrize("first_day", ["2026-11-02", "2026-11-03"])
def test_a_visit_from_today_on_is_not_asked_about(
    client: Client, adviser: User, cast: Cast, plan: dict[str, Any], first_day: str
) -> None:
    days = {"first_day": first_day, "last_day": first_day, "report_due": ""}
    assert client.post(plan_for(cast.service), {**plan, **days}).status_code == 302


# The same visit, planned twice


def test_another_review_at_nearly_the_same_time_is_asked_about_once(
    client: Client, adviser: User, cast: Cast, plan: dict[str, Any]
) -> None:
    other = scored_review(
        "planned", service=cast.service, first_day=datetime.date(2027, 1, 30), last_day=datetime.date(2027, 1, 31)
    )
    form = refused(client, plan_for(cast.service), plan, "first_day")
    assert form["beside"].value() == str(other.pk)
    response = client.post(plan_for(cast.service), {**plan, "beside": form["beside"].value()})
    assert response.status_code == 302
    assert planned().service == cast.service


@pytest.mark.parametrize(
    ("status", "columns", "last_day", "days"),
    [
        ("planned", {}, "2027-01-30", {}),
        ("cancelled", {}, "2027-02-20", {}),
        ("final", {}, "2027-02-20", {}),
        ("planned", {"kind": "self"}, "2027-02-20", {}),
        ("planned", {}, "2027-02-20", {"kind": "self"}),
    ],
)
def test_what_is_no_second_visit_is_not_asked_about(
    client: Client,
    method_supervisor: User,
    cast: Cast,
    plan: dict[str, Any],
    status: str,
    columns: dict[str, Any],
    last_day: str,
    days: dict[str, Any],
) -> None:
    last = datetime.date.fromisoformat(last_day)
    about: dict[str, Any] = {"service": cast.service, "first_day": last, "last_day": last, **columns}
    review = scored_review("consensus" if status == "final" else status, **about)
    if status == "final":
        issue(review)
    scored_review("planned", service=cast.other_service, first_day=datetime.date(2027, 3, 2))
    assert client.post(plan_for(cast.service), {**plan, **days}).status_code == 302


def test_a_plan_whose_days_stand_is_not_asked_about(client: Client, adviser: User, cast: Cast) -> None:
    review = scored_review(
        "planned", service=cast.service, first_day=datetime.date(2027, 3, 2), last_day=datetime.date(2027, 3, 3)
    )
    near = scored_review(
        "planned", service=cast.service, first_day=datetime.date(2027, 3, 20), last_day=datetime.date(2027, 3, 20)
    )
    address = page("change_plan", review)
    held = client.get(address).context["form"]
    values = {name: held[name].value() for name in held.fields}
    sent = {
        name: str(value) if isinstance(value, datetime.date | uuid.UUID) else value
        for name, value in values.items()
        if value is not None
    }
    assert client.post(address, sent).status_code == 302
    moved = {**sent, "first_day": "2027-03-03", "seen": client.get(address).context["form"]["seen"].value()}
    assert refused(client, address, moved, "first_day")["beside"].value() == str(near.pk)


def test_days_are_told_of_those_reviews_alone_that_the_person_sees(client: Client, cast: Cast) -> None:
    near = datetime.date(2027, 3, 20)
    other = scored_review("planned", service=cast.service, first_day=near, last_day=near)
    for user, told in ((cast.adviser, True), (cast.evaluator, False)):
        client.force_login(user)
        sent = {**as_sent(client, cast.review), "first_day": "2027-03-02", "last_day": "2027-03-02", "report_due": ""}
        del sent["beside"]
        form = refused(client, page("change_plan", cast.review), sent, "first_day")
        assert ("20. mars 2027" in str(form.errors["first_day"])) is told
        assert form["beside"].value() == str(other.pk)


@pytest.mark.parametrize("typed", ["x", "00000000-0000-4000-8000-000000000000", "1 2"])
def test_only_the_answer_to_the_question_lets_it_pass(
    client: Client, adviser: User, cast: Cast, plan: dict[str, Any], typed: str
) -> None:
    near = datetime.date(2027, 3, 20)
    first = scored_review("planned", service=cast.service, first_day=near, last_day=near)
    before = contents()
    answer = client.post(plan_for(cast.service), {**plan, "beside": typed})
    assert answer.context["form"]["beside"].value() == str(first.pk)
    assert contents() == before
    # One more has come since the question.
    second = scored_review("planned", service=cast.service, first_day=near, last_day=near)
    form = client.post(plan_for(cast.service), {**plan, "beside": str(first.pk)}).context["form"]
    assert list(form.errors) == ["first_day"]
    assert set(form["beside"].value().split()) == {str(first.pk), str(second.pk)}


# Who could review


def _take(client: Client, address: str, take: str, typed: dict[str, Any]) -> Any:
    before = contents()
    response = client.post(address, {**typed, "take": take})
    assert response.status_code == 200
    assert contents() == before
    return response.context["form"]


def test_one_of_those_proposed_fills_a_seat_and_what_was_typed_is_kept(
    client: Client, adviser: User, cast: Cast, plan: dict[str, Any]
) -> None:
    typed = {**plan, "last_day": "", "lead": "", "lead_email": "noen@example.org", "independence": "Ingen."}
    form = _take(client, plan_for(cast.service), f"lead:{cast.evaluator_two.pk}", typed)
    assert not form.is_bound
    assert (form["lead"].value(), form["lead_email"].value()) == (str(cast.evaluator_two.pk), "")
    assert form["second"].value() == plan["second"]
    assert (form["first_day"].value(), form["independence"].value()) == ("2027-03-02", "Ingen.")
    assert form["scales"].value() == plan["scales"]
    html = client.post(plan_for(cast.service), {**typed, "take": f"lead:{cast.evaluator_two.pk}"}).content.decode()
    assert f'<option value="{cast.evaluator_two.pk}" selected>' in html


@pytest.mark.parametrize("take", ["", "lead", "lead:", "lead:x", "kind:self", "nobody:1", ":", "lead:\x00"])
def test_a_choice_that_is_none_fills_in_nothing_else(
    client: Client, adviser: User, cast: Cast, plan: dict[str, Any], take: str
) -> None:
    form = _take(client, plan_for(cast.service), take, plan)
    assert form["kind"].value() == "external"
    assert form["second"].value() == plan["second"]


def test_a_changed_plan_can_be_filled_in_too(client: Client, cast: Cast) -> None:
    client.force_login(cast.evaluator)
    form = _take(client, page("change_plan", cast.review), f"second:{cast.outsider.pk}", {"seen": "{}", "lead": "x"})
    assert (form["second"].value(), form["seen"].value()) == (str(cast.outsider.pk), "{}")

"""The admin: accounts, roles, organisations, services; never a review."""

import re

import pytest
from django.apps import apps
from django.contrib import admin
from django.core import mail
from django.test import Client
from django.urls import reverse

from reviews.models import AuditEvent, Organisation, Role, Service, User
from tests.cast import Cast
from tests.factories import (
    OrganisationFactory,
    PartnershipFactory,
    RoleFactory,
    ServiceFactory,
    TeamFactory,
    UserFactory,
    county,
    final_review,
)

pytestmark = pytest.mark.django_db

KEPT = {"user", "role", "county", "organisation", "service"}
NO_INLINES = {
    f"{prefix}-{name}": value
    for prefix in ("roles", "partnerships", "teams")
    for name, value in (("TOTAL_FORMS", "0"), ("INITIAL_FORMS", "0"))
}


@pytest.fixture
def administrator() -> User:
    """Somebody who keeps the accounts."""
    user: User = UserFactory.create(is_staff=True, is_superuser=True)
    return user


@pytest.fixture
def page(client: Client, administrator: User) -> Client:
    """A browser in which an administrator is logged in."""
    client.force_login(administrator)
    return client


def test_only_what_an_administrator_keeps_is_registered() -> None:
    registered = {model._meta.label_lower for model in admin.site._registry}
    scales = {model._meta.label_lower for model in apps.get_app_config("scales").get_models()}
    assert registered == {f"reviews.{name}" for name in KEPT} | scales


def test_an_administrator_opens_every_list_and_every_row(page: Client) -> None:
    review = final_review()
    PartnershipFactory.create(service=review.service)
    TeamFactory.create(service=review.service)
    for model in admin.site._registry:
        names = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        assert page.get(reverse(f"{names}_changelist")).status_code == 200
        row = model._default_manager.first()
        if row is not None:
            assert page.get(reverse(f"{names}_change", args=[row.pk])).status_code == 200


def test_nobody_else_gets_in(cast: Cast, client: Client) -> None:
    for name, person in cast.people().items():
        client.force_login(person)
        expected = 200 if name == "administrator" else 302
        assert client.get(reverse("admin:index")).status_code == expected, name


def test_a_new_account_has_no_password_until_its_owner_sets_one_by_the_link(page: Client, client: Client) -> None:
    columns = {"name": "Kari", "email": "Kari@EXAMPLE.org", "language": "nb", "is_active": "on"}
    answer = page.post(reverse("admin:reviews_user_add"), {**columns, **NO_INLINES})
    assert answer.status_code == 302
    made = User.objects.get(name="Kari")
    assert (made.email, made.has_usable_password(), made.is_superuser) == ("kari@example.org", False, False)

    somebody = Client()
    somebody.post(reverse("account_reset_password"), {"email": "kari@example.org"})
    link = re.search(r"https?://[^/]+(/\S+)", str(mail.outbox[0].body))
    assert link is not None
    form = somebody.get(link[1], follow=True)
    somebody.post(form.redirect_chain[-1][0], {"password1": "et-langt-passord-1", "password2": "et-langt-passord-1"})
    login = {"login": "KARI@example.org", "password": "et-langt-passord-1"}
    assert somebody.post(reverse("account_login"), login).status_code == 302
    assert Client().post(reverse("account_login"), {**login, "password": "feil"}).status_code == 200


def test_an_e_mail_in_use_is_refused_in_any_case(page: Client) -> None:
    UserFactory.create(email="kari@example.org")
    columns = {"name": "Kari", "email": "KARI@example.org", "language": "nb", "is_active": "on"}
    answer = page.post(reverse("admin:reviews_user_add"), {**columns, **NO_INLINES})
    assert answer.status_code == 200
    assert User.objects.filter(email__iexact="kari@example.org").count() == 1


def test_one_who_becomes_administrator_may_use_the_admin_and_loses_it_again(page: Client) -> None:
    person = UserFactory.create()
    address = reverse("admin:reviews_user_change", args=[person.pk])
    columns = {"name": person.name, "email": person.email, "language": "nb", "is_active": "on"}
    for is_staff in (True, False):
        page.post(address, {**columns, **NO_INLINES, **({"is_staff": "on"} if is_staff else {})})
        person.refresh_from_db()
        assert (person.is_staff, person.is_superuser) == (is_staff, is_staff)


def test_workplace_and_line_manager_are_kept_for_the_ties_they_make(page: Client) -> None:
    person, manager, workplace = UserFactory.create(), UserFactory.create(), OrganisationFactory.create()
    address = reverse("admin:reviews_user_change", args=[person.pk])
    columns = {"name": person.name, "email": person.email, "language": "nb", "is_active": "on", **NO_INLINES}
    page.post(address, {**columns, "workplace": str(workplace.pk), "line_manager": str(manager.pk)})
    person.refresh_from_db()
    assert (person.workplace, person.line_manager) == (workplace, manager)
    assert page.post(address, {**columns, "line_manager": str(person.pk)}).status_code == 200
    person.refresh_from_db()
    assert person.line_manager == manager


def test_nobody_shuts_themselves_out(page: Client, administrator: User) -> None:
    columns = {"name": "Nytt navn", "email": administrator.email, "language": "nb"}
    page.post(reverse("admin:reviews_user_change", args=[administrator.pk]), {**columns, **NO_INLINES})
    administrator.refresh_from_db()
    assert (administrator.name, administrator.is_active, administrator.is_staff) == ("Nytt navn", True, True)


def test_no_person_is_deleted(page: Client) -> None:
    person = UserFactory.create()
    assert page.post(reverse("admin:reviews_user_delete", args=[person.pk]), {"post": "yes"}).status_code == 403
    assert User.objects.filter(pk=person.pk).exists()


def test_a_service_that_was_reviewed_stays_and_the_refusal_names_no_review(page: Client) -> None:
    reviewed = final_review().service
    unused = ServiceFactory.create()
    for service, status in ((reviewed, 403), (unused, 302)):
        address = reverse("admin:reviews_service_delete", args=[service.pk])
        assert page.post(address, {"post": "yes"}).status_code == status
    assert list(Service.objects.all()) == [reviewed]


def test_counties_are_only_read(page: Client) -> None:
    assert page.get(reverse("admin:reviews_county_add")).status_code == 403
    address = reverse("admin:reviews_county_delete", args=[county().pk])
    assert page.post(address, {"post": "yes"}).status_code == 403


def test_a_role_that_fits_no_scope_is_refused_beside_the_form(page: Client) -> None:
    person = UserFactory.create()
    columns = {"user": person.pk, "kind": "manager", "start": "2026-01-01"}
    answer = page.post(reverse("admin:reviews_role_add"), columns)
    assert answer.status_code == 200
    assert answer.context["errors"]
    assert not Role.objects.exists()
    page.post(reverse("admin:reviews_role_add"), {**columns, "service": ServiceFactory.create().pk})
    assert Role.objects.get().user == person


def test_a_service_is_saved_with_partners_and_teams(page: Client) -> None:
    organisation = OrganisationFactory.create()
    columns = {"name": "IPS Ny", "county": county().pk, "interval_months": "12", **NO_INLINES}
    columns |= {"partnerships-TOTAL_FORMS": "1", "partnerships-0-organisation": organisation.pk}
    columns |= {"partnerships-0-part": "employer", "teams-TOTAL_FORMS": "1", "teams-0-name": "FACT"}
    columns |= {"teams-0-kind": "fact", "teams-0-organisation": organisation.pk}
    assert page.post(reverse("admin:reviews_service_add"), columns).status_code == 302
    service = Service.objects.get(name="IPS Ny")
    assert list(service.organisations.all()) == [organisation]
    assert service.teams.get().name == "FACT"
    assert Organisation.objects.count() == 1


def _told(administrator: User) -> set[tuple[str, str, str, tuple[str, ...]]]:
    events = AuditEvent.objects.filter(actor=administrator).exclude(action="logged_in")
    return {(event.action, event.object_type, event.object_id, tuple(event.fields)) for event in events}


def test_what_is_done_to_accounts_and_roles_is_told_by_name_and_never_by_value(
    page: Client, administrator: User
) -> None:
    columns = {"name": "Kari Qvist", "email": "kari@example.org", "language": "nb", "is_active": "on"}
    page.post(reverse("admin:reviews_user_add"), {**columns, **NO_INLINES})
    person = User.objects.get(email="kari@example.org")
    address, key = reverse("admin:reviews_user_change", args=[person.pk]), str(person.pk)
    role = {f"roles-0-{name}": value for name, value in (("kind", "adviser"), ("start", "2026-01-01"))}
    page.post(address, {**columns, "is_staff": "on", **NO_INLINES, **role, "roles-TOTAL_FORMS": "1"})
    given = Role.objects.get()
    kept = {"roles-TOTAL_FORMS": "1", "roles-INITIAL_FORMS": "1", "roles-0-id": given.pk, "roles-0-user": key}
    kept |= {"initial-roles-0-start": role["roles-0-start"]}
    page.post(address, {**columns, "is_staff": "on", **role, **kept, "roles-0-end": "2026-02-01"})
    page.post(address, {**columns, "is_staff": "on", **role, **kept, "roles-0-DELETE": "on"})
    assert not Role.objects.exists()
    assert _told(administrator) == {
        ("created", "user", key, ("email", "name")),
        ("changed", "user", key, ("is_staff",)),
        ("created", "role", str(given.pk), ()),
        ("changed", "role", str(given.pk), ("end",)),
        ("deleted", "role", str(given.pk), ()),
        ("changed", "user", key, ("roles",)),
    }

    page.post(reverse("admin:reviews_role_add"), {"user": key, "kind": "adviser", "start": "2026-01-01"})
    again = Role.objects.get()
    page.post(reverse("admin:reviews_role_delete", args=[again.pk]), {"post": "yes"})
    assert ("deleted", "role", str(again.pk), ()) in _told(administrator)


def test_nobody_gives_themselves_a_role_or_keeps_their_own(page: Client, administrator: User) -> None:
    role = {"kind": "adviser", "start": "2026-01-01"}
    answer = page.post(reverse("admin:reviews_role_add"), {"user": administrator.pk, **role})
    assert answer.context["adminform"].form.errors.as_data()["user"][0].code == "invalid_choice"
    columns = {"name": administrator.name, "email": administrator.email, "language": "nb", **NO_INLINES}
    inline = {f"roles-0-{name}": value for name, value in role.items()}
    page.post(
        reverse("admin:reviews_user_change", args=[administrator.pk]), {**columns, **inline, "roles-TOTAL_FORMS": "1"}
    )
    assert not Role.objects.exists()
    own = RoleFactory.create(user=administrator, service=ServiceFactory.create())
    address = reverse("admin:reviews_role_change", args=[own.pk])
    assert page.get(address).status_code == 200
    assert page.post(address, {**role, "county": ""}).status_code == 403
    assert page.post(reverse("admin:reviews_role_delete", args=[own.pk]), {"post": "yes"}).status_code == 403


def test_who_gets_another_address_is_logged_out_and_told_at_the_old_one(page: Client, administrator: User) -> None:
    person = UserFactory.create()
    theirs = Client()
    theirs.force_login(person)
    before = person.email
    columns = {"name": person.name, "language": "nb", "is_active": "on", **NO_INLINES}
    address = reverse("admin:reviews_user_change", args=[person.pk])
    page.post(address, {**columns, "email": before.upper()})
    assert not mail.outbox
    assert theirs.get("/").status_code == 200
    page.post(address, {**columns, "email": "Ny@example.org"})
    person.refresh_from_db()
    assert person.email == "ny@example.org"
    assert [letter.to for letter in mail.outbox] == [[before]]
    assert "ny@example.org" not in mail.outbox[0].body
    assert theirs.get("/").headers["Location"].startswith(reverse("account_login"))
    assert ("changed", "user", str(person.pk), ("email",)) in _told(administrator)

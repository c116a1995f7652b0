"""Choosing among more organisations than a list can hold."""

import pytest
from django.test import Client
from django.urls import reverse

from reviews.forms import overview as forms
from reviews.models import Organisation
from tests.factories import PartnershipFactory, RoleFactory, ServiceFactory

PAGE = reverse("reviews:overview")


@pytest.fixture
def organisations(db: None, client: Client, monkeypatch: pytest.MonkeyPatch) -> list[Organisation]:
    """Four partners of a service whose adviser is logged in, where a list holds three."""
    monkeypatch.setattr(forms, "_MANY", 3)
    client.force_login(RoleFactory.create(user__language="en", adviser=True).user)
    service = ServiceFactory.create()
    names = ("DPS Nord", "DPS Sør", "Nav Nord", "Nav Sør")
    return [PartnershipFactory.create(service=service, organisation__name=name).organisation for name in names]


def _offered(client: Client, **query: str) -> list[str]:
    form = client.get(PAGE, query).context["form"]
    assert not form.errors
    return [str(label) for _value, label in form.fields["organisation"].choices][1:]


def test_those_whose_names_fit_are_offered(client: Client, organisations: list[Organisation]) -> None:
    assert _offered(client) == []
    assert _offered(client, named="dps") == ["DPS Nord", "DPS Sør"]
    assert "There are more organisations than a list can hold" in client.get(PAGE).content.decode()


def test_what_is_chosen_stays_offered_and_chooses(client: Client, organisations: list[Organisation]) -> None:
    nav = str(organisations[2].pk)
    assert _offered(client, named="dps", organisation=nav) == ["DPS Nord", "DPS Sør", "Nav Nord"]
    form = client.get(PAGE, {"organisation": nav}).context["form"]
    assert form.cleaned_data["organisation"] == organisations[2]
    assert "Nav Nord" in form.said
    assert client.get(PAGE, {"organisation": "ingen", "named": "dps"}).context["form"].errors


def test_few_are_all_offered(client: Client, organisations: list[Organisation]) -> None:
    organisations[0].partnerships.all().delete()
    assert len(_offered(client)) == 3
    assert "named" not in [field.name for field in client.get(PAGE).context["form"]]

"""The services' scores item by item through the front door: the figures, who may have them, and the services behind."""

import csv
import datetime
import io
import re
import statistics
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from reviews import workflow
from reviews.models import AgreedResult, AuditEvent, Organisation, Review, Service, User
from reviews.overview import counts
from reviews.overview.scores import Row
from scales.models import Item, Scale, Section
from tests.factories import (
    FIRST_DAY,
    PartnershipFactory,
    RoleFactory,
    ServiceFactory,
    UserFactory,
    at,
    county,
    final_review,
    issue,
    lead,
)

SCORES = reverse("reviews:overview_scores")
YEAR = datetime.timedelta(days=364)
HOME, AWAY = "Vestland", "Troms"


@pytest.fixture
def national(client: Client, db: None) -> User:
    """The adviser of the whole country, logged in."""
    user: User = RoleFactory.create(whole_country=True).user
    client.force_login(user)
    return user


@pytest.fixture
def adviser(client: Client, db: None) -> User:
    """The adviser of Vestland, logged in."""
    user: User = RoleFactory.create(adviser=True).user
    client.force_login(user)
    return user


def _reviewed(scale: Scale, score: int | None, place: str = HOME, **columns: object) -> Review:
    """Return the review of a service with a score on X1."""
    service = columns.pop("service", None) or ServiceFactory.create(county=county(place))
    return final_review(service=service, scales=[scale], scores={"X1": score}, evaluators=1, **columns)


def _rows(client: Client, **query: str) -> dict[str, Row]:
    """Return the page's rows by the items' codes."""
    response = client.get(SCORES, query)
    assert response.status_code == 200
    return {row.item.code: row for each in response.context["scales"] for row in each.rows}


def _item(code: str = "X1") -> str:
    return reverse("reviews:overview_item", args=["mini", code])


def _file(extension: str) -> str:
    return reverse("reviews:overview_scores_file", args=[extension])


def _csv(response: HttpResponseBase) -> dict[str, dict[str, str]]:
    table = csv.DictReader(io.StringIO(response.getvalue().decode()))
    return {row["item"]: row for row in table}


# The figures


@pytest.mark.parametrize("given", [[1, 2, 2, 4, 5, 5, 5], [3, 3, 4], [2, 5]])
def test_the_figures_are_those_of_a_plain_count(
    client: Client, national: User, mini: Scale, given: Sequence[int]
) -> None:
    for score in (*given, None):
        _reviewed(mini, score)
    row = _rows(client)["X1"]
    assert row.n == len(given)
    assert row.mean == round(Decimal(sum(given)) / len(given), 2)
    assert row.quartiles == tuple(map(Decimal, statistics.quantiles(given, n=4, method="inclusive")))
    assert row.counts == {score: given.count(score) for score in range(1, 6)}


def test_the_page_shows_the_figures_as_norwegians_write_them(client: Client, national: User, mini: Scale) -> None:
    for score in (1, 2, 2, 4):
        _reviewed(mini, score)
    html = client.get(SCORES).content.decode()
    assert "2,25" in html
    assert "2,5</td>" in html.replace(" ", "").replace("\n", "")


def test_the_lowest_items_stand_on_top_the_lowest_first(client: Client, national: User, mini: Scale) -> None:
    service = ServiceFactory.create()
    final_review(service=service, scales=[mini], scores={"X1": 4, "X2": 1, "Y1": 4}, evaluators=1)
    (scale,) = client.get(SCORES).context["scales"]
    assert [row.item.code for row in scale.lowest] == ["X2", "X1", "Y1"]


def test_a_services_latest_review_counts_and_its_newest_version(client: Client, national: User, mini: Scale) -> None:
    service = ServiceFactory.create()
    _reviewed(mini, 1, service=service, first_day=FIRST_DAY - YEAR)
    latest = _reviewed(mini, 2, service=service)
    workflow.reissue(latest, lead(latest), "Feil i X1.")
    AgreedResult.objects.filter(review=latest, item__code="X1").update(score=5)
    latest.refresh_from_db()
    issue(latest, reason="Feil i X1.")
    row = _rows(client)["X1"]
    assert (row.n, row.mean) == (1, Decimal(5))


def test_reviews_are_chosen_before_the_latest_is_taken(client: Client, national: User, mini: Scale) -> None:
    service = ServiceFactory.create()
    _reviewed(mini, 1, service=service, first_day=FIRST_DAY - YEAR)
    _reviewed(mini, 5, service=service)
    day = (FIRST_DAY - YEAR).isoformat()
    assert _rows(client, last=day)["X1"].mean == Decimal(1)
    assert _rows(client, first=FIRST_DAY.isoformat())["X1"].mean == Decimal(5)


def test_reviews_from_plans_and_self_reviews_that_are_not_shared_count_nowhere(
    client: Client, national: User, mini: Scale
) -> None:
    _reviewed(mini, 3)
    _reviewed(mini, 1, basis=Review.Basis.PLANS)
    _reviewed(mini, 1, kind=Review.Kind.SELF)
    assert _rows(client)["X1"].counts == {1: 0, 2: 0, 3: 1, 4: 0, 5: 0}


def test_a_shared_self_review_counts_where_there_is_no_external_one(
    client: Client, national: User, mini: Scale
) -> None:
    with_external = ServiceFactory.create()
    _reviewed(mini, 4, service=with_external, first_day=FIRST_DAY - YEAR)
    _reviewed(mini, 1, service=with_external, kind=Review.Kind.SELF, shared_at=at(FIRST_DAY))
    _reviewed(mini, 2, kind=Review.Kind.SELF, shared_at=at(FIRST_DAY))

    def counted(**query: str) -> list[int]:
        counts = _rows(client, **query)["X1"].counts
        assert counts is not None
        return [score for score, number in counts.items() for _each in range(number)]

    assert counted() == [2, 4]
    assert counted(kind="external") == [4]
    assert counted(kind="self") == [1, 2]


def test_of_the_whole_country_a_countys_adviser_is_told_of_one_kind_at_a_time(
    client: Client, adviser: User, mini: Scale
) -> None:
    for score in (4, 4, 4, 4, 4):
        _reviewed(mini, score, AWAY)
    # Both kinds together beside the external ones alone would tell what this one scored.
    _reviewed(mini, 1, AWAY, kind=Review.Kind.SELF, shared_at=at(FIRST_DAY))
    for query in ({}, {"kind": ""}, {"kind": "external"}):
        assert _rows(client, county="", **query)["X1"].counts == {1: 0, 2: 0, 3: 0, 4: 5, 5: 0}
    assert _rows(client, county="", kind="self")["X1"].is_withheld


def test_services_are_chosen_by_county_organisation_and_employer(client: Client, national: User, mini: Scale) -> None:
    away = _reviewed(mini, 1, AWAY)
    home = _reviewed(mini, 5)
    nav = PartnershipFactory.create(service=home.service, organisation__kind=Organisation.Kind.NAV_STATE).organisation
    PartnershipFactory.create(service=away.service, organisation=nav, part="steering")
    assert _rows(client, county=county(HOME).code)["X1"].mean == Decimal(5)
    assert _rows(client, organisation=str(nav.pk))["X1"].n == 2
    assert _rows(client, employer="nav_state")["X1"].mean == Decimal(5)


def test_services_reviewed_with_another_edition_are_left_out_and_counted(
    client: Client, national: User, mini: Scale
) -> None:
    _reviewed(mini, 1)
    newer = Scale.objects.create(**{**_columns(mini), "edition": "2", "sequence": 2})
    section = Section.objects.create(scale=newer, code="X", title="Del X", position=1)
    old = Item.objects.get(section__scale=mini, code="X1")
    Item.objects.create(section=section, **{**_columns(old), "section_id": section.pk})
    (scale,) = client.get(SCORES).context["scales"]
    assert (scale.scale, scale.services, scale.others) == (newer, 0, 1)
    assert [row.n for row in scale.rows] == [0]
    _reviewed(newer, 4)
    (scale,) = client.get(SCORES).context["scales"]
    assert (scale.services, scale.others) == (1, 1)
    assert [row.mean for row in scale.rows] == [Decimal(4)]


def _columns(row: Scale | Item) -> dict[str, object]:
    kept = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if not field.primary_key}
    kept.pop("section_id", None)
    return kept


def test_without_a_review_the_page_says_so(client: Client, national: User) -> None:
    response = client.get(SCORES)
    assert response.context["scales"] == []
    assert "<table" not in response.content.decode()


# What may be told


@pytest.mark.parametrize(("hidden", "told"), [(0, True), (1, False), (4, False), (5, True)])
def test_figures_of_fewer_than_five_hidden_services_are_withheld(
    client: Client, adviser: User, mini: Scale, hidden: int, *, told: bool
) -> None:
    for score in (4, 5):
        _reviewed(mini, score)
    for _each in range(hidden):
        _reviewed(mini, 1, AWAY)
    row = _rows(client, county="")["X1"]
    assert (row.n, row.hidden) == (2 + hidden, hidden)
    assert [row.mean is None, row.quartiles is None, row.counts is None] == [not told] * 3
    (scale,) = client.get(SCORES, {"county": ""}).context["scales"]
    assert len(scale.lowest) == (3 if told else 0)
    cells = _csv(client.get(_file("csv"), {"county": ""}))["X1"]
    assert cells["n"] == str(2 + hidden)
    assert all((cells[name] != "") is told for name in cells if name not in ("item", "n"))
    levels = client.get(_item(), {"county": ""}).context["levels"]
    assert all((number is not None) is told for _score, _anchor, number in levels)


def test_each_item_is_withheld_by_its_own_number(client: Client, adviser: User, mini: Scale) -> None:
    for place in range(5):
        final_review(
            service=ServiceFactory.create(county=county(AWAY)),
            scales=[mini],
            scores={"X2": None if place else 3},
            evaluators=1,
        )
    rows = _rows(client, county="")
    assert rows["X1"].mean is not None
    assert (rows["X2"].n, rows["X2"].mean) == (1, None)


def test_an_advisers_own_county_is_the_choice_without_any_and_has_no_limit(
    client: Client, adviser: User, mini: Scale
) -> None:
    _reviewed(mini, 4)
    _reviewed(mini, 1, AWAY)
    assert _rows(client)["X1"].mean == Decimal(4)
    assert _rows(client, first="2020-01-01")["X1"].mean == Decimal(4)


def test_who_advises_several_counties_has_them_all_in_one(client: Client, adviser: User, mini: Scale) -> None:
    RoleFactory.create(user=adviser, adviser=True, county=county(AWAY))
    for score, place in ((1, HOME), (2, AWAY), (5, "Oslo")):
        _reviewed(mini, score, place)
    assert _rows(client)["X1"].counts == {1: 1, 2: 1, 3: 0, 4: 0, 5: 0}
    assert _rows(client, county=county(AWAY).code)["X1"].mean == Decimal(2)
    assert _rows(client, county="own", first="2020-01-01")["X1"].n == 2


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"county": "", "first": "2020-01-01"}, "county"),
        ({"county": "", "last": "2030-01-01"}, "county"),
        ({"county": "", "employer": "provider"}, "county"),
        ({"county": "55"}, "county"),
        ({"county": "own"}, "county"),
        ({"county": "99"}, "county"),
        ({"first": "2020-13-01"}, "first"),
        ({"last": "i går"}, "last"),
        ({"first": "2021-01-01", "last": "2020-01-01"}, "last"),
        ({"organisation": "ingen"}, "organisation"),
        ({"kind": "annet"}, "kind"),
    ],
)
def test_what_cannot_be_asked_for_is_told_and_gives_no_figure(
    client: Client, adviser: User, mini: Scale, query: dict[str, str], field: str
) -> None:
    for _each in range(6):
        _reviewed(mini, 1, AWAY)
    response = client.get(SCORES, query)
    assert response.status_code == 200
    assert list(response.context["form"].errors) == [field]
    assert "<table" not in response.content.decode()
    for address in (_item(), _file("csv"), _file("xlsx")):
        away = client.get(address, query)
        assert away.status_code == 302
        assert away.headers["Location"].startswith(f"{SCORES}?")


def test_an_organisation_of_other_counties_is_none_to_choose(client: Client, adviser: User, mini: Scale) -> None:
    other = PartnershipFactory.create(service=_reviewed(mini, 1, AWAY).service).organisation
    own = PartnershipFactory.create(service=_reviewed(mini, 1).service).organisation
    choices = list(client.get(SCORES).context["form"].fields["organisation"].queryset)
    assert choices == [own]
    assert client.get(SCORES, {"organisation": str(other.pk)}).context["form"].errors


# The services behind


def test_the_services_behind_an_item_stand_by_name_with_their_reports(
    client: Client, national: User, mini: Scale
) -> None:
    reviews = {}
    for name, score in (("IPS Ørsta", 5), ("IPS Askvoll", 2), ("IPS Bømlo", None)):
        reviews[name] = _reviewed(mini, score, service=ServiceFactory.create(name=name))
    response = client.get(_item())
    listed = [result.version.review.service.name for result in response.context["page_obj"]]
    assert listed == ["IPS Askvoll", "IPS Ørsta"]
    assert response.context["row"].n == len(listed)
    html = response.content.decode()
    for review in (reviews["IPS Askvoll"], reviews["IPS Ørsta"]):
        assert reverse("reviews:version", args=[review.pk, 1]) + "#report-mini-X1" in html

    def behind(score: str) -> list[str]:
        found = client.get(_item(), {"score": score}).context["page_obj"]
        return [result.version.review.service.name for result in found]

    assert behind("5") == ["IPS Ørsta"]
    assert behind("none") == ["IPS Bømlo"]
    assert behind("1") == []
    assert len(behind("6")) == len(behind("\x00")) == 2


def test_of_services_that_are_hidden_the_page_tells_how_many_and_no_name(
    client: Client, adviser: User, mini: Scale
) -> None:
    own = _reviewed(mini, 1, service=ServiceFactory.create(name="IPS Bergen"))
    for number in range(5):
        _reviewed(mini, 1 + number, service=ServiceFactory.create(name=f"IPS Nord {number}", county=county(AWAY)))
    response = client.get(_item(), {"county": ""})
    assert [result.version.review for result in response.context["page_obj"]] == [own]
    assert response.context["others"] == 5
    assert "IPS Nord" not in response.content.decode()
    one = client.get(_item(), {"county": "", "score": "1"})
    assert [result.version.review for result in one.context["page_obj"]] == [own]
    assert one.context["others"] == 1


def test_where_an_item_is_not_scored_the_page_tells_of_those_that_are_hidden(
    client: Client, adviser: User, mini: Scale
) -> None:
    _reviewed(mini, None)
    for score in (None, None, 3):
        _reviewed(mini, score, AWAY)

    def without() -> tuple[int, int | None]:
        context = client.get(_item(), {"county": "", "score": "none"}).context
        return context["page_obj"].paginator.count, context["others"]

    assert without() == (1, None)
    for score in (None, 5):
        _reviewed(mini, score, AWAY)
    assert without() == (1, 3)
    assert client.get(_item(), {"county": ""}).context["others"] == 2


@pytest.mark.parametrize("score", ["", "1", "none"])
def test_what_becomes_final_while_the_page_is_made_is_not_taken_from_those_that_are_hidden(
    client: Client, adviser: User, mini: Scale, monkeypatch: pytest.MonkeyPatch, score: str
) -> None:
    for given in (5, 5, 5, 5, 5, None):
        _reviewed(mini, given, AWAY)
    latest = counts.latest

    def counted(*args: Any) -> Any:
        found = latest(*args)
        for given in (1, None):
            _reviewed(mini, given)
        return found

    monkeypatch.setattr(counts, "latest", counted)
    context = client.get(_item(), {"county": "", "score": score}).context
    assert context["page_obj"].paginator.count == 1
    assert context["others"] == {"": 5, "1": 0, "none": 1}[score]


def test_the_number_of_services_leads_to_them(client: Client, national: User, mini: Scale) -> None:
    for score in (2, 4, None):
        _reviewed(mini, score)
    html = client.get(SCORES).content.decode()
    ((address, number),) = re.findall(rf'href="({_item()}[^"]*)#behind">(\d)</a>', html)
    assert client.get(address.replace("&amp;", "&")).context["page_obj"].paginator.count == int(number) == 2


def test_how_many_hidden_services_have_a_score_is_withheld_with_the_figures(
    client: Client, adviser: User, mini: Scale
) -> None:
    for score in (1, 1, 2, 3):
        _reviewed(mini, score, AWAY)
    assert client.get(_item(), {"county": "", "score": "1"}).context["others"] is None


@pytest.mark.parametrize("address", [("mini", "X9"), ("ukjent", "X1"), ("ips-25", "G1")])
def test_an_item_that_does_not_exist_is_not_found(
    client: Client, national: User, mini: Scale, address: tuple[str, str]
) -> None:
    assert client.get(reverse("reviews:overview_item", args=address)).status_code == 404


# The files


def test_the_csv_is_that_of_the_command_and_leaves_a_trace(client: Client, national: User, mini: Scale) -> None:
    for score in (1, 4, None):
        _reviewed(mini, score)
    out = io.StringIO()
    call_command("export_overview", format="csv", stdout=out)
    assert client.get(_file("csv")).content.decode() == out.getvalue()
    event = AuditEvent.objects.get(action="exported", actor=national)
    assert event.fields == ["overview_scores"]
    assert client.get(_file("pdf")).status_code == 404


def test_the_workbook_has_a_sheet_for_each_scale_with_the_same_figures(
    client: Client, national: User, mini: Scale
) -> None:
    for score in (1, 2, 2, 4):
        _reviewed(mini, score)
    response = client.get(_file("xlsx"), {"county": county(HOME).code})
    book = load_workbook(io.BytesIO(response.content))
    assert book.sheetnames == ["Mini"]
    cells = [[cell.value for cell in row] for row in book["Mini"].iter_rows()]
    assert any(HOME in str(row[0]) for row in cells)
    (found,) = [row for row in cells if row[0] == "X1"]
    assert found[2:] == [4, 2.25, 1.75, 2, 2.5, 1, 2, 0, 1, 0]


def test_the_workbook_can_be_opened_where_there_is_nothing(client: Client, national: User) -> None:
    book = load_workbook(io.BytesIO(client.get(_file("xlsx")).content))
    assert len(book.sheetnames) == 1


# The command


def _exported(*options: str) -> dict[str, dict[str, str]]:
    out = io.StringIO()
    call_command("export_overview", *options, "--format", "csv", stdout=out)
    return {row["item"]: row for row in csv.DictReader(io.StringIO(out.getvalue()))}


def test_the_command_counts_self_reviews_that_are_not_shared(mini: Scale) -> None:
    _reviewed(mini, 2, kind=Review.Kind.SELF)
    _reviewed(mini, 4)
    assert _exported()["X1"]["mean"] == "3.00"
    assert _exported("--kind", "external")["X1"]["mean"] == "4.00"
    assert _exported("--kind", "self")["X1"]["mean"] == "2.00"


def test_the_command_takes_a_county_by_name_and_refuses_one_that_does_not_exist(mini: Scale) -> None:
    _reviewed(mini, 2)
    _reviewed(mini, 4, AWAY)
    assert _exported("--county", "TROMS")["X1"]["mean"] == "4.00"
    with pytest.raises(CommandError, match="Fjellheimen"):
        _exported("--county", "Fjellheimen")


def test_a_group_without_reviews_has_a_row_of_nothing_for_each_item(mini: Scale) -> None:
    row = _exported("--to", "2000-01-01")["X1"]
    assert [row[name] for name in ("n", "mean", "median", "lower_quartile", "upper_quartile")] == ["0", "", "", "", ""]
    assert [row[f"score_{score}"] for score in range(1, 6)] == ["0"] * 5


def test_the_items_stand_in_the_order_of_the_scales(db: None) -> None:
    codes = list(_exported())
    assert codes[:4] == ["B1", "B2", "B3", "O1"]
    assert codes[25:27] == ["G1", "G2"]
    assert Service.objects.count() == 0


def test_a_person_without_such_a_role_is_refused(client: Client, db: None) -> None:
    client.force_login(UserFactory.create())
    for address in (SCORES, _file("csv"), reverse("reviews:overview_item", args=["ips-25", "B1"])):
        assert client.get(address).status_code == 403

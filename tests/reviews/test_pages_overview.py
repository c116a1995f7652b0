"""The pages across services, through the front door: who is due, how it develops, what holds it down, and what is
behind each figure.
"""

import csv
import datetime
import io
import re
from collections.abc import Callable, Iterator
from typing import Any

import openpyxl
import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.html import conditional_escape

from reviews import workflow
from reviews.models import AgreedResult, AuditEvent, Organisation, Review, Seat, Service, User
from reviews.overview import attention, obstacles
from tests.factories import (
    ContextFactory,
    OrganisationFactory,
    PartnershipFactory,
    RespondentFactory,
    ReviewFactory,
    RoleFactory,
    SeatFactory,
    ServiceFactory,
    UserFactory,
    at,
    county,
    issue,
)

TODAY = datetime.date(2026, 1, 12)
DAY = datetime.timedelta(days=1)
Make = Callable[..., Review]


@pytest.fixture(autouse=True)
def _in_january() -> Iterator[None]:
    """A day in January, and pages in English."""
    with time_machine.travel(TODAY, tick=False), translation.override("en"):
        yield


@pytest.fixture
def adviser(db: None) -> User:
    """Adviser of Vestland."""
    user: User = RoleFactory.create(user__language="en", adviser=True).user
    return user


@pytest.fixture
def national(db: None) -> User:
    """Adviser of the whole country."""
    user: User = RoleFactory.create(user__language="en", whole_country=True).user
    return user


def _get(user: User, name: str, *args: Any, **query: Any) -> HttpResponse:
    client = Client()
    client.force_login(user)
    response = client.get(reverse(f"reviews:{name}", args=args), query)
    assert isinstance(response, HttpResponse)
    return response


def _page(user: User, name: str, **query: Any) -> dict[str, Any]:
    response = _get(user, name, **query)
    assert response.status_code == 200
    context: dict[str, Any] = response.context  # type: ignore[attr-defined]
    return context


def _text(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


# Due and under way


def _reviewed(make: Make, last_day: datetime.date, name: str, **columns: Any) -> Service:
    service: Service = ServiceFactory.create(name=name, **columns)
    make("final", service=service, first_day=last_day, last_day=last_day)
    return service


def test_services_are_overdue_due_soon_or_later_by_their_own_interval(make: Make, adviser: User) -> None:
    _reviewed(make, datetime.date(2025, 1, 11), "Overdue by a day")
    _reviewed(make, datetime.date(2025, 1, 12), "Due today")
    _reviewed(make, datetime.date(2025, 4, 12), "In ninety days")
    _reviewed(make, datetime.date(2025, 4, 13), "In ninety-one days")
    _reviewed(make, datetime.date(2024, 5, 31), "Every second year", interval_months=24)
    _reviewed(make, datetime.date(2024, 2, 29), "Leap day")
    ServiceFactory.create(name="New")
    make("final", service=ServiceFactory.create(name="From plans"), basis="plans", first_day=datetime.date(2025, 1, 2))
    make("final", service=ServiceFactory.create(name="Only itself"), kind="self", first_day=datetime.date(2025, 1, 2))
    found: attention.Attention = _page(adviser, "overview")["found"]
    assert [row.service.name for row in found.overdue] == ["Leap day", "Overdue by a day"]
    assert [row.due.next_day for row in found.overdue] == [datetime.date(2025, 2, 28), datetime.date(2026, 1, 11)]
    assert [row.service.name for row in found.soon] == ["Due today", "In ninety days"]
    assert found.counts[attention.Group.LATER] == 2
    assert [row.service.name for row in found.never] == ["From plans", "New", "Only itself"]


def test_what_is_planned_is_told_and_what_is_not_can_be(make: Make, adviser: User) -> None:
    planned = _reviewed(make, datetime.date(2025, 1, 2), "Planned")
    open_ = _reviewed(make, datetime.date(2025, 1, 3), "Not planned")
    coming = make("planned", service=planned, first_day=TODAY + 9 * DAY)
    # None of these is the next external review of practice.
    make("planned", service=open_, kind="self", first_day=TODAY + 9 * DAY)
    make("planned", service=open_, basis="plans", first_day=TODAY + 9 * DAY)
    again = make("final", service=open_, first_day=datetime.date(2025, 1, 3), last_day=datetime.date(2025, 1, 3))
    workflow.reissue(again, UserFactory.create(), "Feil.")
    response = _get(adviser, "overview")
    found: attention.Attention = response.context["found"]  # type: ignore[attr-defined]
    assert [(row.service.name, row.coming) for row in found.overdue] == [("Planned", coming), ("Not planned", None)]
    assert found.unplanned == 1
    html = response.content.decode()
    assert f"{reverse('reviews:plan')}?service={open_.pk}" in html
    assert f"{reverse('reviews:plan')}?service={planned.pk}" not in html
    assert "1 that is overdue, due within 90 days or never reviewed has no external review planned." in _text(html)


def test_an_adviser_is_told_of_their_own_counties_alone(make: Make, adviser: User, national: User) -> None:
    _reviewed(make, datetime.date(2025, 1, 2), "Here")
    elsewhere = _reviewed(make, datetime.date(2025, 1, 2), "Elsewhere", county=county("Troms"))
    make("planned", service=elsewhere, first_day=TODAY - 3 * DAY)
    # A seat shows them the service, but does not make them its adviser.
    SeatFactory.create(review=elsewhere.reviews.get(status="planned"), user=adviser)
    for query in ({}, {"county": ""}):
        found: attention.Attention = _page(adviser, "overview", **query)["found"]
        assert [row.service.name for row in found.overdue] == ["Here"]
        assert found.stuck == found.moving == []
    everywhere: attention.Attention = _page(national, "overview")["found"]
    assert [row.service.name for row in everywhere.overdue] == ["Elsewhere", "Here"]
    assert len(everywhere.stuck) == 1


def test_the_list_is_narrowed_by_organisation_and_employer(make: Make, adviser: User) -> None:
    one, two = (_reviewed(make, datetime.date(2025, 1, day), f"S{day}") for day in (2, 3))
    dps = OrganisationFactory.create()
    PartnershipFactory.create(service=one, organisation=dps, part="treatment")
    PartnershipFactory.create(service=two, organisation__kind=Organisation.Kind.PROVIDER)
    by_organisation = _page(adviser, "overview", organisation=dps.pk)["found"]
    assert [row.service for row in by_organisation.overdue] == [one]
    by_employer = _page(adviser, "overview", employer="provider")["found"]
    assert [row.service for row in by_employer.overdue] == [two]


def test_a_review_tells_since_when_it_is_in_its_state_and_whom_it_waits_for(make: Make, adviser: User) -> None:
    kari, ola = (UserFactory.create(name=name) for name in ("Kari Lead", "Ola Other"))
    scoring = make("scoring", evaluators=[kari, ola], first_day=TODAY - 16 * DAY, last_day=TODAY - 15 * DAY)
    in_check = make("fact_check", evaluators=[kari, ola], first_day=TODAY - 16 * DAY, last_day=TODAY - 15 * DAY)
    RespondentFactory.create(review=in_check, user=ola)
    RespondentFactory.create(review=in_check, user__name="Siri Done", answered_at=at(TODAY))
    found: attention.Attention = _page(adviser, "overview")["found"]
    (late,) = found.stuck
    assert late.review == scoring
    assert (late.since, late.days) == (TODAY - 16 * DAY, 16)
    assert [str(why.label) for why in late.why] == [
        "The visit ended more than two weeks ago, and all have not handed in"
    ]
    assert late.ask == ["Kari Lead"]
    assert late.waits_for == "Waits for the evaluators to score"
    (moving,) = found.moving
    assert moving.review == in_check
    assert moving.ask == ["Ola Other"]


def test_one_that_is_sent_back_or_issued_again_is_in_its_state_since_then(make: Make, adviser: User) -> None:
    long_ago = datetime.date(2025, 6, 3)
    again = make("final", first_day=long_ago)
    back = make("fact_check", first_day=long_ago)
    with time_machine.travel(TODAY - 4 * DAY, tick=False):
        workflow.reissue(again, UserFactory.create(), "Feil i sammendraget.")
        workflow.send_back(back, UserFactory.create(), "Feil i O1.")
    slow = make("consensus", first_day=long_ago)
    found: attention.Attention = _page(adviser, "overview")["found"]
    assert {each.review: each.days for each in found.moving} == {again: 4, back: 4}
    assert [each.review for each in found.stuck] == [slow]


def test_a_self_review_that_is_not_shared_is_told_by_nothing(make: Make, adviser: User) -> None:
    service = ServiceFactory.create()
    before = _page(adviser, "overview")["found"]
    make("scoring", service=service, kind="self", first_day=TODAY - 60 * DAY)
    make("final", service=service, kind="self", first_day=TODAY - 90 * DAY)
    found = _page(adviser, "overview")["found"]
    assert found == before
    assert _page(adviser, "overview_development", kind="self")["scales"] == []
    assert _page(adviser, "overview_obstacles")["scales"] == []


# From year to year


def _many(make: Make, place: str, number: int, year: int, status: str = "final") -> list[Review]:
    """Make reviews of a county's services, of the same ones each year."""
    made = []
    for each in range(number):
        service, _new = Service.objects.get_or_create(name=f"{place} {each}", county=county(place))
        score = 1 + each % 5
        made.append(
            make(
                status,
                service=service,
                evaluators=1,
                first_day=datetime.date(year, 3, 2),
                scores={"X1": score, "X2": 3, "Y1": min(5, score + year - 2024)},
            )
        )
    return made


def _years(context: dict[str, Any]) -> dict[int, Any]:
    return {year.year: year for scale, of, _picture in context["scales"] if scale.code == "mini" for year in of}


def test_figures_of_own_services_are_shown_however_few(make: Make, adviser: User) -> None:
    _many(make, "Vestland", 2, 2024)
    _many(make, "Vestland", 2, 2025)
    _many(make, "Troms", 1, 2025)
    context = _page(adviser, "overview_development")
    years = _years(context)
    assert [(year, of.services) for year, of in years.items()] == [(2024, 2), (2025, 2)]
    assert years[2025].middle.mean == pytest.approx((3 + 1 + 2 + 3 + 2 + 3) / 2)
    assert (years[2025].change.services, years[2025].change.rose) == (2, 2)
    assert not context["any_withheld"]


@pytest.mark.parametrize(("elsewhere", "shown"), [(4, False), (5, True)])
def test_the_whole_country_is_shown_where_enough_are_not_seen(
    make: Make, adviser: User, national: User, elsewhere: int, shown: bool
) -> None:
    _many(make, "Vestland", 6, 2025)
    _many(make, "Troms", elsewhere, 2025)
    response = _get(adviser, "overview_development", county="")
    of = _years(response.context)[2025]  # type: ignore[attr-defined]
    assert (of.services, of.middle is not None, bool(of.bands)) == (6 + elsewhere, shown, shown)
    assert ("not shown: too few services" in response.content.decode()) != shown
    assert _years(_page(national, "overview_development"))[2025].middle is not None


def test_what_could_single_out_a_service_is_refused_and_nothing_is_shown(make: Make, adviser: User) -> None:
    _many(make, "Troms", 5, 2025)
    for name in ("overview_development", "overview_obstacles"):
        response = _get(adviser, name, county="", first="2025-03-01")
        assert response.status_code == 200
        assert "scales" not in response.context  # type: ignore[attr-defined]
        (message,) = [str(each) for errors in response.context["form"].errors.values() for each in errors]  # type: ignore[attr-defined]
        assert conditional_escape(message) in response.content.decode()
        assert _get(adviser, name, county="55").status_code == 200
        assert "scales" not in _page(adviser, name, county="55")
    assert _get(adviser, "overview_behind", county="55", about="outcome", year=2025).status_code == 404
    assert _get(adviser, "overview_file", "xlsx", county="55").status_code == 404


def test_each_number_leads_to_as_many_reviews(make: Make, adviser: User, national: User) -> None:
    _many(make, "Vestland", 3, 2024)
    _many(make, "Vestland", 6, 2025)
    _many(make, "Troms", 6, 2024)
    _many(make, "Troms", 6, 2025)
    for place in ("Vestland", "Troms"):
        service = ServiceFactory.create(county=county(place))
        make("final", service=service, first_day=datetime.date(2025, 5, 5), scores={"X1": None})
    for user, query in ((adviser, {}), (adviser, {"county": ""}), (national, {})):
        html = _get(user, "overview_development", **query).content.decode()
        links = re.findall(r'href="(/overview/behind/\?[^"]+)"[^>]*>(\d+)<', html)
        assert len(links) >= 8
        client = Client()
        client.force_login(user)
        for address, number in links:
            behind = client.get(address.replace("&amp;", "&"))
            assert behind.status_code == 200, address
            seen = behind.context["page_obj"].paginator.count
            others = behind.context["others"]
            assert seen + others == int(number), address
            if user == adviser:
                assert "Troms" not in behind.content.decode()
            else:
                assert others == 0


def test_behind_a_withheld_figure_others_are_not_counted(make: Make, adviser: User) -> None:
    _many(make, "Vestland", 6, 2025)
    _many(make, "Troms", 2, 2025)
    response = _get(adviser, "overview_behind", county="", about="result", scale="mini", year=2025)
    assert response.context["others"] is None  # type: ignore[attr-defined]
    text = _text(response.content.decode())
    assert "6 reviews that you see. Others are not shown" in text
    assert "Troms" not in text


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"about": "nothing"},
        {"about": "result", "year": 2025},
        {"about": "result", "scale": "mini"},
        {"about": "result", "scale": "none", "year": 2025},
        {"about": "result", "scale": "mini", "year": 2025, "band": "none"},
        {"about": "result", "scale": "mini", "year": "20x5"},
        {"about": "obstacle", "scale": "none"},
        {"about": "obstacle", "scale": "mini", "item": "B1"},
        {"about": "obstacle", "scale": "mini", "section": "B"},
        {"about": "obstacle", "scale": "mini", "obstacle": "none"},
        {"about": "outcome", "year": 2025, "reached": "no"},
        {"about": "outcome", "year": 99999},
    ],
)
def test_an_address_that_names_no_figure_leads_nowhere(make: Make, adviser: User, query: dict[str, Any]) -> None:
    assert _get(adviser, "overview_behind", **query).status_code == 404


def test_participants_in_work_or_education_stand_beside(make: Make, adviser: User) -> None:
    for number, (review, goal) in enumerate(
        zip(_many(make, "Vestland", 3, 2025, status="consensus"), (40, 40, None), strict=True)
    ):
        ContextFactory.create(review=review, participants=20, in_work=7 + number, in_education=0, goal=goal)
        issue(review)
    (of,) = _page(adviser, "overview_development")["outcomes"]
    # 24 of 60; 35 and 40 percent beside a goal of 40.
    assert (of.services, of.participants, of.share, of.goals, of.reached) == (3, 60, 40, 2, 1)
    behind = _get(adviser, "overview_behind", about="outcome", year=2025, reached="yes")
    assert [review.service.name for review, _row in behind.context["page_obj"]] == ["Vestland 1"]  # type: ignore[attr-defined]
    # What was handed over counts until the next version is there.
    review = Review.objects.get(service__name="Vestland 1")
    workflow.reissue(review, UserFactory.create(), "Feil.")
    workflow.save_context(review, UserFactory.create(), {"participants": 500})
    assert _page(adviser, "overview_development")["outcomes"] == [of]


# What holds scores down


def _held(make: Make, place: str, number: int, **causes: list[str]) -> None:
    """Make final reviews with X1, X2 and Y1 scored 2, 5 and 3, of which is said what holds them down."""
    for _each in range(number):
        review = make(
            "consensus",
            service=ServiceFactory.create(county=county(place)),
            evaluators=1,
            first_day=datetime.date(2025, 5, 5),
            scores={"X1": 2, "X2": 5, "Y1": 3},
        )
        for code, found in causes.items():
            AgreedResult.objects.filter(review=review, item__code=code).update(obstacles=found)
        issue(review)


def _mini(context: dict[str, Any]) -> obstacles.OfScale:
    found: obstacles.OfScale = next(each for each in context["scales"] if each.scale.code == "mini")
    return found


def test_causes_are_counted_by_service_score_and_item(make: Make, adviser: User) -> None:
    _held(make, "Vestland", 2, X1=["nav", "law"], Y1=["nav"])
    # What is said of a high score holds nothing down.
    _held(make, "Vestland", 1, X1=[], X2=["ict"])
    of = _mini(_page(adviser, "overview_obstacles"))
    assert (of.services, of.low) == (3, 6)
    assert {each.code: (each.services, each.scores, each.items) for each in of.causes if each.scores} == {
        "nav": (2, 4, 2),
        "law": (2, 2, 1),
        "untold": (1, 2, 2),
    }
    items = {each.item.code: each for section in of.sections for each in section.items}
    assert {code: (each.scored, each.low) for code, each in items.items()} == {"X1": (3, 3), "X2": (3, 0), "Y1": (3, 3)}
    assert dict(items["X1"].causes)["untold"] == 1
    sections = {each.section.code: (each.scored, each.low, dict(each.causes)["nav"]) for each in of.sections}
    assert sections == {"X": (6, 3, 2), "Y": (3, 3, 2)}


def test_the_latest_review_alone_tells_and_an_external_one_before_a_self_review(make: Make, adviser: User) -> None:
    service = ServiceFactory.create()
    for year in (2023, 2024):
        make(
            "final", service=service, first_day=datetime.date(year, 3, 2), scores={"X1": year - 2022, "X2": 5, "Y1": 5}
        )
    itself = make("final", service=service, kind="self", first_day=datetime.date(2025, 3, 2), scores={"X1": 3, "X2": 3})
    workflow.share(itself, UserFactory.create())
    of = _mini(_page(adviser, "overview_obstacles"))
    assert (of.services, of.low) == (1, 1)
    behind = _get(adviser, "overview_behind", about="obstacle", scale="mini", item="X1")
    ((review, row),) = behind.context["page_obj"]  # type: ignore[attr-defined]
    assert review.first_day.year == 2024
    assert [low.score for low in row.lows] == [2]
    assert _mini(_page(adviser, "overview_obstacles", kind="self")).low == 2


@pytest.mark.parametrize(("elsewhere", "shown"), [(3, False), (5, True)])
def test_items_are_withheld_where_too_few_are_not_seen(make: Make, adviser: User, elsewhere: int, shown: bool) -> None:
    _held(make, "Vestland", 6, X1=["nav"])
    _held(make, "Troms", elsewhere, X1=["law"])
    response = _get(adviser, "overview_obstacles", county="")
    of = _mini(response.context)  # type: ignore[attr-defined]
    assert of.any_withheld != shown
    assert of.low == (2 * (6 + elsewhere) if shown else 0)
    assert sum(cause.scores for cause in of.causes) == of.low
    behind = _get(adviser, "overview_behind", county="", about="obstacle", scale="mini", item="X1", obstacle="law")
    assert behind.context["page_obj"].paginator.count == 0  # type: ignore[attr-defined]
    assert behind.context["others"] == (elsewhere if shown else 0)  # type: ignore[attr-defined]


def test_each_number_of_causes_leads_to_its_reviews(make: Make, national: User) -> None:
    _held(make, "Vestland", 2, X1=["nav", "law"], Y1=["nav"])
    _held(make, "Troms", 1, X1=["ict"])
    html = _get(national, "overview_obstacles").content.decode()
    client = Client()
    client.force_login(national)
    links = re.findall(r'href="(/overview/behind/\?[^"]+)"[^>]*>(\d+)<', html)
    assert links
    for address, number in links:
        behind = client.get(address.replace("&amp;", "&"))
        rows = [row for _review, row in behind.context["page_obj"]]
        items = {low.item.code for row in rows for low in row.lows}
        assert int(number) in (len(rows), sum(len(row.lows) for row in rows), len(items)), address
    ((item, scored),) = re.findall(r'href="(/overview/scores/mini/X1/[^"#]*)[^"]*">(\d)<', html)
    assert client.get(item.replace("&amp;", "&")).context["page_obj"].paginator.count == int(scored) == 3


# Files


def test_the_due_list_as_csv_never_varies_with_language(make: Make, adviser: User) -> None:
    service = _reviewed(make, datetime.date(2025, 1, 2), "=Sent")
    make("planned", service=service, first_day=TODAY + 30 * DAY)
    ServiceFactory.create(name="Ny")
    made = {}
    for language in ("en", "nb"):
        adviser.language = language
        adviser.save()
        made[language] = _get(adviser, "overview_file", "csv").content
    assert made["en"] == made["nb"]
    assert list(csv.DictReader(io.StringIO(made["nb"].decode()))) == [
        {
            "service": "'=Sent",
            "county": "Vestland",
            "last_review": "2025-01-02",
            "next_due": "2026-01-02",
            "state": "overdue",
            "next_review": "2026-02-11",
            "next_review_status": "planned",
        },
        {
            "service": "Ny",
            "county": "Vestland",
            "last_review": "",
            "next_due": "",
            "state": "never",
            "next_review": "",
            "next_review_status": "",
        },
    ]
    assert [event.fields for event in AuditEvent.objects.filter(actor=adviser, action="exported")] == [["overview"]] * 2


def test_the_workbook_holds_what_the_pages_show_and_withholds_what_they_withhold(make: Make, adviser: User) -> None:
    _many(make, "Vestland", 6, 2025)
    _held(make, "Troms", 2, X1=["law"])
    own = openpyxl.load_workbook(io.BytesIO(_get(adviser, "overview_file", "xlsx").content))
    assert own.sheetnames == ["Due", "Under way", "Mini", "Held down, Mini"]
    mini = {row[0]: row for row in own["Mini"].iter_rows(values_only=True)}
    year = _years(_page(adviser, "overview_development"))[2025]
    assert mini[2025][1:8] == (
        6,
        0,
        0,
        *map(float, (year.middle.lower, year.middle.median, year.middle.upper, year.middle.mean)),
    )
    country = openpyxl.load_workbook(io.BytesIO(_get(adviser, "overview_file", "xlsx", county="").content))
    mini = {row[0]: row for row in country["Mini"].iter_rows(values_only=True)}
    assert mini[2025][1] == 8
    assert set(mini[2025][4:8]) == {None}
    assert any(str(key).startswith("Empty cells") for key in mini)
    held = {row[0]: row for row in country["Held down, Mini"].iter_rows(values_only=True)}
    assert held["X1"][2] == 8
    assert set(held["X1"][3:]) == {None}
    assert "Troms" not in str([list(sheet.iter_rows(values_only=True)) for sheet in country])


def test_each_sheet_says_what_was_asked_for(make: Make, adviser: User, national: User) -> None:
    for review in _many(make, "Vestland", 1, 2025, status="consensus"):
        ContextFactory.create(review=review, participants=20, in_work=7, in_education=0)
        issue(review)
    # The list of services is of one's own; what is asked of reviews is no part of it.
    of_reviews = "The whole country, External reviews only"
    for user, of_services in ((adviser, "Vestland"), (national, "The whole country")):
        file = _get(user, "overview_file", "xlsx", county="", kind="external").content
        book = openpyxl.load_workbook(io.BytesIO(file))
        told = {sheet.title: sheet["A2"].value for sheet in book}
        assert told == {
            "Due": of_services,
            "Under way": of_services,
            "Mini": of_reviews,
            "Work and education": of_reviews,
            "Held down, Mini": of_reviews,
        }


def test_what_is_left_out_and_how_many_have_a_goal_is_withheld_on_the_page(make: Make, adviser: User) -> None:
    _many(make, "Vestland", 1, 2025)
    for place, review in enumerate(_many(make, "Troms", 5, 2025, status="consensus")):
        goal = None if place else 45
        ContextFactory.create(review=review, participants=20, in_work=7, in_education=0, goal=goal)
        if not place:
            AgreedResult.objects.filter(review=review, item__code="X1").update(score=None, not_scored="missing_data")
        issue(review)
    response = _get(adviser, "overview_development", county="")
    context = response.context  # type: ignore[attr-defined]
    assert context["any_withheld"]
    assert _years(context)[2025].incomplete is None
    (outcome,) = context["outcomes"]
    assert (outcome.is_withheld, outcome.goals_withheld, outcome.goal) == (False, True, None)
    html = response.content.decode()
    assert "45" not in _text(html).partition("Have reached their goal")[2]
    assert "left=incomplete" not in html


# The way there


def test_the_menu_leads_advisers_there_and_nobody_else(make: Make, adviser: User) -> None:
    address = f'href="{reverse("reviews:overview")}"'
    assert address in _get(adviser, "tasks").content.decode()
    metodeveileder = RoleFactory.create(user__language="en").user
    assert address not in _get(metodeveileder, "tasks").content.decode()
    assert _get(metodeveileder, "overview").status_code == 403


def test_a_plain_seat_is_no_way_in(make: Make) -> None:
    seat: Seat = SeatFactory.create(review=ReviewFactory.create())
    assert seat.user is not None
    for name in ("overview", "overview_development", "overview_obstacles", "overview_behind"):
        assert _get(seat.user, name).status_code == 403

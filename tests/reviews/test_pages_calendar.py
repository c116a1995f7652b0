"""The calendar through the front door: what a year holds, for whom, and what is to be planned in it."""

import datetime
import re
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from reviews import agenda, workflow
from reviews.agenda import What
from reviews.due import Due
from reviews.models import Doer, Moment, Review, ReviewStep, Service, User
from tests.cast import Cast
from tests.factories import (
    ActionPointFactory,
    RoleFactory,
    ServiceFactory,
    UserFactory,
    at,
    county,
    final_review,
    issue,
    scored_review,
)

CALENDAR = reverse("reviews:calendar")
TODAY = datetime.date(2026, 10, 1)


def day(text: str) -> datetime.date:
    """Read an ISO date."""
    return datetime.date.fromisoformat(text)


@pytest.fixture(autouse=True)
def _today() -> Any:
    """Let it be the first of October."""
    with time_machine.travel(at(TODAY), tick=False):
        yield


def _entries(client: Client, user: User, **query: str) -> list[tuple[str, str, str]]:
    """Return what the calendar shows somebody: the day, what, and of which service."""
    client.force_login(user)
    months = client.get(CALENDAR, query).context["months"]
    return [(each.day.isoformat(), each.what.value, each.service.name) for month in months for each in month.entries]


def _days(client: Client, user: User, what: What, **query: str) -> list[str]:
    return [found[0] for found in _entries(client, user, **query) if found[1] == what]


def _hints(client: Client, user: User, service: Service, **query: str) -> list[str]:
    return [when for when, what, name in _entries(client, user, **query) if (what, name) == (What.HINT, service.name)]


def _review(service: Service, status: str, first_day: str, **columns: Any) -> Review:
    return scored_review(status, service=service, first_day=day(first_day), last_day=day(first_day), **columns)


@pytest.fixture
def service(cast: Cast) -> Service:
    """A service without a review, whose metodeveileder is the cast's other one."""
    return cast.other_service


# What stands in it


def test_a_self_review_is_no_visit(client: Client, cast: Cast) -> None:
    _review(cast.service, "planned", "2026-10-20", kind="self")
    client.force_login(cast.method_supervisor)
    html = client.get(CALENDAR).content.decode()
    entry = html[html.index('datetime="2026-10-20"') :].split("</li>")[0]
    assert "Egenevaluering:" in entry
    assert "Besøk:" not in entry


@pytest.mark.parametrize("status", ["planned", "scoring", "consensus", "fact_check", "final"])
def test_a_visit_stands_on_its_day_whatever_has_become_of_it(
    client: Client, cast: Cast, service: Service, status: str
) -> None:
    review = _review(service, "consensus" if status == "final" else status, "2026-03-10")
    if status == "final":
        issue(review)
    assert _days(client, cast.other_method_supervisor, What.VISIT) == ["2026-03-10"]
    assert _days(client, cast.other_method_supervisor, What.VISIT, year="2025") == []


def test_a_review_that_is_called_off_leaves_the_calendar(client: Client, cast: Cast, service: Service) -> None:
    review = _review(service, "planned", "2026-11-10", report_due=day("2026-12-01"))
    assert len(_entries(client, cast.other_method_supervisor)) == 2
    workflow.cancel(review, cast.adviser, "Ingen kunne komme.")
    assert _entries(client, cast.other_method_supervisor) == []


def test_a_visit_over_the_turn_of_the_year_stands_in_both(client: Client, cast: Cast, service: Service) -> None:
    scored_review("planned", service=service, first_day=day("2026-12-31"), last_day=day("2027-01-01"))
    assert _days(client, cast.adviser, What.VISIT, year="2027") == ["2027-01-01"]
    assert "2026-12-31" in _days(client, cast.adviser, What.VISIT)


def test_a_report_and_a_fact_check_stand_on_their_days_until_they_are_done(
    client: Client, cast: Cast, service: Service
) -> None:
    review = _review(service, "fact_check", "2026-09-01", report_due=day("2026-10-20"))
    Review.objects.filter(pk=review.pk).update(fact_check_due=day("2026-09-29"))
    found = _entries(client, cast.other_method_supervisor)
    assert ("2026-10-20", "report", service.name) in found
    assert ("2026-09-29", "fact_check", service.name) in found
    months = client.get(CALENDAR).context["months"]
    assert [entry.is_late for entry in months[8].entries if entry.what == What.FACT_CHECK] == [True]
    lead = review.seats.get(is_lead=True).user
    assert lead is not None
    workflow.finalise(review, lead, "Haster.")
    assert [found[1] for found in _entries(client, cast.other_method_supervisor) if found[0] > "2026-09-01"] == []


def test_what_is_due_stands_there_until_a_review_is_planned(client: Client, cast: Cast, service: Service) -> None:
    final_review(service=service, first_day=day("2026-01-31"), last_day=day("2026-01-31"), scores=lambda item: 3)
    assert _hints(client, cast.adviser, service) == ["2026-07-31"]
    assert _days(client, cast.adviser, What.DUE, year="2027") == ["2027-01-31"]
    _review(service, "planned", "2027-01-12")
    assert _days(client, cast.adviser, What.DUE, year="2027") == []
    # By the day that the scale recommends, nobody will have looked.
    assert _hints(client, cast.adviser, service) == ["2026-07-31"]
    _review(service, "planned", "2026-07-31")
    assert _hints(client, cast.adviser, service) == []


def test_a_planned_self_review_answers_the_hint_for_those_who_see_it(
    client: Client, cast: Cast, service: Service
) -> None:
    final_review(service=service, first_day=day("2026-06-15"), last_day=day("2026-06-15"), scores=lambda item: 3)
    _review(service, "planned", "2026-12-16", kind="self")
    assert _hints(client, cast.other_method_supervisor, service) == ["2026-12-15"]
    Review.objects.filter(kind="self").update(first_day=day("2026-12-15"), last_day=day("2026-12-15"))
    assert _hints(client, cast.other_method_supervisor, service) == []
    assert _hints(client, cast.adviser, service) == ["2026-12-15"]
    assert _days(client, cast.adviser, What.VISIT) == ["2026-06-15", "2026-09-15"]


def test_a_self_review_that_is_planned_answers_the_hint_of_the_next_year(
    client: Client, cast: Cast, service: Service
) -> None:
    final_review(service=service, first_day=day("2026-08-15"), last_day=day("2026-08-15"), scores=lambda item: 3)
    assert _hints(client, cast.other_method_supervisor, service, year="2027") == ["2027-02-15"]
    _review(service, "planned", "2026-12-16", kind="self")
    assert _hints(client, cast.other_method_supervisor, service, year="2027") == []


def _step(review: Review, doer: str, text: str, **columns: Any) -> ReviewStep:
    step: ReviewStep = ReviewStep.objects.create(
        review=review, doer=doer, text=text, **{"moment": Moment.BEFORE, "days": 3, **columns}
    )
    return step


def test_ones_own_steps_stand_there_and_those_of_others_when_asked_for(
    client: Client, cast: Cast, service: Service
) -> None:
    review = _review(service, "planned", "2026-12-15", evaluators=[cast.outsider])
    ReviewStep.objects.all().delete()
    for number, doer in enumerate(Doer.values):
        _step(review, doer, doer, days=number)
    _step(review, Doer.LEAD, "done", done_at=at(TODAY), done_by=cast.outsider)

    def steps(user: User, **query: str) -> list[str]:
        client.force_login(user)
        months = client.get(CALENDAR, query).context["months"]
        return [entry.step.text for month in months for entry in month.entries if entry.step]

    assert steps(cast.outsider) == ["lead"]
    assert steps(cast.other_method_supervisor) == ["method_supervisor"]
    assert steps(cast.adviser) == ["adviser"]
    assert steps(cast.adviser, show="step") == ["adviser", "method_supervisor", "lead"]
    assert steps(cast.outsider, show="step") == ["adviser", "method_supervisor", "lead"]
    manager = RoleFactory.create(service=service, manager=True).user
    assert steps(manager, show="step") == []
    workflow.cancel(review, cast.adviser, "Ingen kunne komme.")
    assert steps(cast.adviser, show="step") == []


def test_deadlines_of_open_points_are_for_those_who_see_the_plan(client: Client, cast: Cast) -> None:
    version = cast.last_year.versions.get()
    version.actions.all().delete()
    for number, status in enumerate(["open", "under_way", "done"]):
        closed = {"closed_at": at(TODAY)} if status == "done" else {}
        ActionPointFactory.create(
            version=version,
            service=cast.service,
            item=version.scores.all()[number].item,
            status=status,
            deadline=datetime.date(2026, 11, number + 1),
            **closed,
        )
    for user in (cast.method_supervisor, cast.manager, cast.adviser, cast.evaluator):
        assert _days(client, user, What.ACTION) == ["2026-11-01", "2026-11-02"]
    assert _days(client, cast.last_years_evaluator, What.ACTION) == []
    assert _days(client, cast.other_method_supervisor, What.ACTION) == []


def test_of_a_year_with_many_entries_the_counts_stand_open_and_the_month_that_is_now(
    client: Client, cast: Cast, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    review = _review(service, "planned", "2026-12-31")
    ReviewStep.objects.all().delete()
    for text, day_ in (("early", "2026-08-02"), ("now", "2026-10-02"), ("late", "2026-12-03")):
        _step(review, Doer.METHOD_SUPERVISOR, text, days=(day("2026-12-31") - day(day_)).days)
    user = cast.other_method_supervisor
    User.objects.filter(pk=user.pk).update(language="en")
    client.force_login(user)

    def folded() -> list[str]:
        html = client.get(CALENDAR).content.decode()
        return re.findall(r'<details class="folded">(.*?)</details>', html, re.DOTALL)

    assert len(_entries(client, user)) == 4
    monkeypatch.setattr(agenda, "MANY", 4)
    assert folded() == []
    monkeypatch.setattr(agenda, "MANY", 3)
    august, december = folded()
    with override("en"):
        told = [" ".join(re.sub(r"<[^>]+>", "", each.partition("</summary>")[0]).split()) for each in folded()]
    assert told == ["Steps of checklists: 1 !&nbsp;The day has passed: 1", "Visits: 1, Steps of checklists: 1"]
    assert "early" in august.partition("</summary>")[2]
    assert "late" in december.partition("</summary>")[2]


# For whom


def test_the_calendar_holds_what_one_may_know_of(client: Client, cast: Cast) -> None:
    own = _review(cast.service, "planned", "2026-10-20", kind="self")
    visits = {"2026-09-15", "2026-10-20"}
    assert set(_days(client, cast.method_supervisor, What.VISIT)) == visits
    assert set(_days(client, cast.adviser, What.VISIT)) == {"2026-09-15"}
    assert set(_days(client, cast.evaluator, What.VISIT)) == {"2026-09-15"}
    # A leder sees what was handed over.
    assert _days(client, cast.manager, What.VISIT) == []
    assert _days(client, cast.manager, What.VISIT, year="2025") == ["2025-09-15"]
    assert _entries(client, cast.outsider) == _entries(client, cast.other_adviser) == []
    assert str(own.pk) not in client.get(CALENDAR).content.decode()


def test_it_is_narrowed_down_by_county_and_by_what_is_shown(client: Client, cast: Cast) -> None:
    elsewhere = ServiceFactory.create(name="IPS Tromsø", county=county("Troms"))
    _review(elsewhere, "planned", "2026-11-10", report_due=day("2026-12-10"))
    code = elsewhere.county.code
    assert {found[2] for found in _entries(client, cast.national_adviser, county=code)} == {"IPS Tromsø"}
    assert len({found[2] for found in _entries(client, cast.national_adviser)}) == 2
    assert _entries(client, cast.national_adviser, county=code, show="report") == [
        ("2026-12-10", "report", "IPS Tromsø")
    ]
    client.force_login(cast.adviser)
    assert "county" not in client.get(CALENDAR).context["filters"].fields


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("2030", 2030),
        ("1999", 2026),
        ("2100", 2026),
        ("", 2026),
        ("20260", 2026),
        ("\u0662\u0660\u0662\u0667", 2026),
        ("\x00", 2026),
        ("-202", 2026),
    ],
)
def test_the_year_is_one_in_which_reviews_are_planned(client: Client, cast: Cast, text: str, year: int) -> None:
    client.force_login(cast.adviser)
    assert client.get(CALENDAR, {"year": text}).context["year"] == year


@pytest.mark.parametrize(("year", "links"), [("2000", [2001]), ("2099", [2098]), ("2026", [2025, 2027])])
def test_other_years_keep_what_is_chosen(client: Client, cast: Cast, year: str, links: list[int]) -> None:
    client.force_login(cast.adviser)
    html = client.get(CALENDAR, {"year": year, "show": "visit"}).content.decode()
    assert [number for number in range(1998, 2102) if f"?year={number}&amp;show=visit" in html] == links


# What is to be planned


def _unplanned(client: Client, user: User, **query: str) -> list[str]:
    client.force_login(user)
    context = client.get(CALENDAR, query).context
    assert context["plans"] or not context["unplanned"]
    return [row.service.name for row in context["unplanned"]]


def test_those_who_plan_see_which_services_have_none_planned(client: Client, cast: Cast, service: Service) -> None:
    final_review(service=service, first_day=day("2025-12-31"), last_day=day("2025-12-31"))
    assert _unplanned(client, cast.adviser) == [service.name]
    assert _unplanned(client, cast.other_method_supervisor) == [service.name]
    client.force_login(cast.adviser)
    assert f"{reverse('reviews:plan')}?service={service.pk}" in client.get(CALENDAR).content.decode()
    # Next year's plan has those who are late from this one; a year that is over has them no more.
    assert _unplanned(client, cast.adviser, year="2027") == [service.name]
    assert _unplanned(client, cast.adviser, year="2025") == []
    with time_machine.travel(day("2027-02-01")):
        assert _unplanned(client, cast.adviser) == [service.name]
    _review(service, "planned", "2026-12-01")
    assert _unplanned(client, cast.adviser) == []
    # One who neither plans for the service nor advises it is not asked to.
    client.force_login(cast.manager)
    assert client.get(CALENDAR).context["plans"] is False


# The rules, on plain values

DAYS = st.dates(min_value=datetime.date(2028, 1, 1), max_value=datetime.date(2028, 12, 31))


@given(st.lists(st.tuples(DAYS, st.sampled_from(list(What)))), DAYS)
def test_every_entry_stands_once_in_its_month(given_: list[tuple[datetime.date, What]], today: datetime.date) -> None:
    service = Service(name="IPS")
    found = agenda.in_months(2028, [agenda.Entry(each, what, service) for each, what in given_], today)
    assert [month.first.month for month in found] == list(range(1, 13))
    assert sorted((entry.day, entry.what) for month in found for entry in month.entries) == sorted(given_)
    for month in found:
        assert all(entry.day.month == month.first.month for entry in month.entries)
        assert all(entry.day < today for entry in month.past)
        assert all(entry.day >= today for entry in month.coming)
        assert month.is_now is (month.first.month == today.month)
    rows = agenda.counted(found)
    assert sum(row.total for row in rows) == len(given_)
    assert {row.what for row in rows} == {what for _each, what in given_}


@given(st.lists(st.tuples(DAYS, st.integers(min_value=1, max_value=60), st.booleans())), st.integers(2027, 2035))
def test_what_is_due_in_a_year_and_not_planned_is_found(
    given_: list[tuple[datetime.date, int, bool]], year: int
) -> None:
    today = datetime.date(2031, 5, 17)
    rows = [Due(Service(interval_months=months), None, last, last, is_planned=plan) for last, months, plan in given_]
    found = agenda.unplanned(rows, year, today)
    wanted = [row for row in rows if not row.is_planned and row.next_day is not None and row.next_day.year == year]
    earlier = [row for row in rows if not row.is_planned and row.next_day is not None and row.next_day.year < year]
    assert len(found) == len(wanted) + (len(earlier) if year >= 2031 else 0)
    assert [row.next_day for row in found] == sorted(row.next_day for row in found if row.next_day)


def test_a_person_without_services_is_told_so(client: Client, db: None) -> None:
    client.force_login(UserFactory.create())
    assert client.get(CALENDAR).context["has_services"] is False

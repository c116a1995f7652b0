"""The calendar through the front door: what a year holds, for whom, and what is to be planned in it."""

import datetime
import re
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from reviews import agenda, workflow
from reviews.agenda import Cell, What
from reviews.models import Doer, Moment, Review, ReviewStep, Seat, Service, StaleSummary, User
from reviews.summary import keeping
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


def test_what_is_deleted_while_the_calendar_is_made_is_left_out(client: Client, cast: Cast) -> None:
    step = _step(cast.review, "adviser", "Ring lederen.", own_day=day("2026-11-02"))

    def delete(execute: Any, sql: str, *others: Any) -> Any:
        if "ROW_NUMBER" not in sql and sql.startswith('SELECT "reviews_reviewstep"."id"'):
            with connection.cursor() as cursor:
                cursor.cursor.execute(f"DELETE FROM reviews_reviewstep WHERE id = {step.pk}")
        return execute(sql, *others)

    assert "2026-11-02" in _days(client, cast.adviser, What.STEP)
    with connection.execute_wrapper(delete):
        assert "2026-11-02" not in _days(client, cast.adviser, What.STEP)
    assert not ReviewStep.objects.filter(pk=step.pk).exists()


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


CELLS = st.tuples(DAYS, st.sampled_from(list(What)), st.integers(min_value=1, max_value=30))


@given(st.lists(CELLS, unique_by=lambda each: each[:2], max_size=40), DAYS)
def test_every_day_stands_in_its_month_and_is_shown_in_part_at_most(
    given_: list[tuple[datetime.date, What, int]], today: datetime.date
) -> None:
    found = agenda.in_months(2028, [Cell(*each) for each in given_], today)
    assert [month.first.month for month in found] == list(range(1, 13))
    assert sorted((cell.day, cell.what, cell.number) for month in found for cell in month.cells) == sorted(given_)
    number_of_all = sum(number for _day, _what, number in given_)
    is_long = number_of_all > agenda.MANY
    counts_alone = number_of_all > agenda.COUNTS_ALONE
    for month in found:
        assert all(cell.day.month == month.first.month for cell in month.cells)
        assert month.is_now is (month.first.month == today.month)
        assert month.is_folded is (is_long and not month.is_now)
        shown = agenda.parts(month.cells, month.window)
        number = sum(part.last - part.first for part in shown)
        if counts_alone and not month.is_now:
            assert number == 0
        else:
            assert number == month.number or (is_long and 0 < number <= agenda.WHOLE < month.number)
        coming = [cell for cell in month.cells if cell.day >= today]
        if month.is_now and coming:
            assert any(part.cell == coming[0] and part.first == 0 for part in shown)
    rows = agenda.counted(found)
    assert sum(row.total for row in rows) == sum(number for _day, _what, number in given_)
    assert {row.what for row in rows} == {what for _each, what, _number in given_}


# A country


def _country(number: int, last: datetime.date) -> list[Service]:
    """Make services that were reviewed last on one day or three days earlier, the first of them in another county."""
    services = [ServiceFactory.create(name=f"S{place:03}") for place in range(number)]
    services[0].county = county("Troms")
    services[0].save()
    for place, service in enumerate(services):
        visited = last - datetime.timedelta(days=3 * (place % 2))
        final_review(service=service, first_day=visited, last_day=visited, scores=lambda item: 3)
    return services


def test_the_summary_says_what_the_source_says(client: Client, cast: Cast) -> None:
    services = _country(6, day("2026-04-15"))
    for service, (status, first_day, columns) in zip(
        services,
        [
            ("planned", "2026-09-20", {"kind": "self"}),
            ("scoring", "2026-09-20", {"kind": "self"}),
            ("planned", "2026-12-20", {}),
            ("planned", "2026-10-14", {}),
            ("scoring", "2026-08-01", {}),
        ],
        strict=False,
    ):
        _review(service, status, first_day, **columns)
    Service.objects.filter(pk=services[5].pk).update(interval_months=4)
    seated = Seat.objects.filter(review__service=services[2], review__status="final").exclude(user=None)[0].user
    assert seated is not None
    outside = Seat.objects.filter(review__service=services[2], review__status="planned").exclude(user=None)[0].user
    assert outside is not None
    leads = RoleFactory.create(service=services[1]).user
    people = [cast.national_adviser, cast.adviser, cast.other_adviser, seated, outside, leads, cast.manager]

    def seen() -> list[Any]:
        return [
            (_entries(client, user, year=year), _unplanned(client, user, year=year))
            for user in people
            for year in ("2026", "2027")
        ]

    from_source = seen()
    assert keeping.settle() > 0
    assert not StaleSummary.objects.exists()
    assert seen() == from_source
    assert len({str(each) for each in from_source}) > len(people)
    Service.objects.filter(pk=services[3].pk).update(interval_months=11)
    in_part = seen()
    keeping.settle()
    assert seen() == in_part


@pytest.mark.parametrize("is_stale", [True, False])
def test_a_month_with_many_entries_is_shown_in_part_and_whole_page_by_page(
    client: Client, cast: Cast, is_stale: bool
) -> None:
    services = _country(61, day("2025-12-10"))
    for service in services[:3]:
        _review(service, "planned", "2026-12-07")
    if not is_stale:
        keeping.settle()
    User.objects.filter(pk=cast.national_adviser.pk).update(language="en")
    client.force_login(cast.national_adviser)
    # June has the hints: those who have looked since have none.
    december, june = (client.get(CALENDAR).context["months"][number] for number in (11, 5))
    assert (december.number, len(december.entries)) == (61, 10)
    assert (june.number, len(june.entries)) == (61, 10)
    assert december.is_folded
    html = client.get(CALENDAR).content.decode()
    assert html.count("10 of 61 are shown.") == 2
    assert "?month=2026-12" in html
    answers = [client.get(CALENDAR, {"month": "2026-12", "page": page}) for page in ("1", "2")]
    found = [entry for answer in answers for entry in answer.context["month"].entries]
    assert [len(answer.context["month"].entries) for answer in answers] == [50, 11]
    assert found[:10] == list(december.entries)
    assert [entry.day for entry in found] == sorted(entry.day for entry in found)
    assert {(entry.what, entry.service.name) for entry in found} == {
        *((What.VISIT, service.name) for service in services[:3]),
        *((What.DUE, service.name) for service in services[3:]),
    }
    of_county = client.get(CALENDAR, {"month": "2026-12", "county": county("Troms").code}).context["month"]
    assert [entry.service for entry in of_county.entries] == services[:1]
    visits = client.get(CALENDAR, {"month": "2026-12", "show": "visit"}).context["month"]
    assert {entry.service for entry in visits.entries} == set(services[:3])


def test_of_a_year_with_very_many_entries_all_other_months_have_their_counts_alone(
    client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    _country(61, day("2025-12-10"))
    keeping.settle()
    User.objects.filter(pk=cast.national_adviser.pk).update(language="en")
    client.force_login(cast.national_adviser)
    monkeypatch.setattr(agenda, "COUNTS_ALONE", 100)
    answer = client.get(CALENDAR)
    assert {len(month.entries) for month in answer.context["months"] if not month.is_now} == {0}
    html = " ".join(answer.content.decode().split())
    assert "Due, and none planned: 61" in html
    assert html.count("Show all 61") == 3
    assert "?month=2026-12" in html
    assert '<details class="folded">' not in html


def test_the_first_to_be_planned_are_shown_and_all_of_them_page_by_page(client: Client, cast: Cast) -> None:
    services = _country(53, day("2025-12-10"))
    keeping.settle()
    User.objects.filter(pk=cast.national_adviser.pk).update(language="en")
    client.force_login(cast.national_adviser)
    answer = client.get(CALENDAR)
    assert len(answer.context["unplanned"]) == 12
    assert "53 services are due by the end of 2026" in " ".join(answer.content.decode().split())
    assert "?list=unplanned" in answer.content.decode()
    pages = [client.get(CALENDAR, {"list": "unplanned", "page": page}).context["unplanned"] for page in ("1", "2")]
    assert [len(page) for page in pages] == [50, 3]
    rows = [row for page in pages for row in page]
    assert {row.service for row in rows} == set(services)
    assert [row.next_day for row in rows] == sorted(row.next_day for row in rows)
    assert {row.last_day for row in rows} == {day("2025-12-10"), day("2025-12-07")}


def test_of_the_month_that_is_now_those_from_today_on_are_shown_first(client: Client, cast: Cast) -> None:
    _country(63, day("2025-12-10"))
    keeping.settle()
    client.force_login(cast.national_adviser)
    with time_machine.travel(at(day("2026-12-08")), tick=False):
        client.force_login(cast.national_adviser)
        month = client.get(CALENDAR).context["months"][11]
    assert (month.number, len(month.past), len(month.coming)) == (63, 0, 20)
    assert month.late == 31
    assert not month.is_folded


@pytest.mark.parametrize("text", ["2026-13", "2026-00", "1999-12", "2100-01", "2026-1", "december", "\x00", "2026-1²"])
def test_what_is_no_month_leads_to_the_year(client: Client, cast: Cast, text: str) -> None:
    client.force_login(cast.adviser)
    assert len(client.get(CALENDAR, {"month": text}).context["months"]) == 12


@pytest.mark.parametrize(
    ("month", "links"),
    [
        ("2026-12", ["2026-11", "2027-01"]),
        ("2000-01", ["2000-02"]),
        ("2099-12", ["2099-11"]),
        ("2026-01", ["2025-12", "2026-02"]),
    ],
)
def test_a_month_leads_to_those_beside_it_and_to_its_year(
    client: Client, cast: Cast, month: str, links: list[str]
) -> None:
    client.force_login(cast.adviser)
    html = client.get(CALENDAR, {"month": month, "show": "visit", "page": "1"}).content.decode()
    assert re.findall(r'rel="\w+"\s+href="\?month=([\d-]+)&amp;show=visit"', html) == links
    assert f"?show=visit&amp;year={month[:4]}" in html


def test_a_person_without_services_is_told_so(client: Client, db: None) -> None:
    client.force_login(UserFactory.create())
    assert client.get(CALENDAR).context["has_services"] is False

"""How many queries a page, an export and a save ask: the same however much there is, and few."""

import datetime
import itertools
import uuid
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from reviews import agenda, figures, letters, results, workflow
from reviews.models import Partnership, Rating, ReportVersion, Review, Seat, Service, User
from reviews.report import pdf as report_pdf
from reviews.summary import keeping
from scales.models import Item, Scale
from tests.cast import PDF
from tests.factories import (
    FIRST_DAY,
    ClosedSourceFactory,
    ContextFactory,
    CorrectionFactory,
    CountFactory,
    GivenFigureFactory,
    InformantFactory,
    InterviewFactory,
    InvitationFactory,
    NoteFactory,
    OrganisationFactory,
    PartnershipFactory,
    RemarkFactory,
    RespondentFactory,
    ReviewStepFactory,
    RoleFactory,
    ServiceFactory,
    TeamFactory,
    TemplateStepFactory,
    UserFactory,
    county,
    final_review,
    issue,
    items_of,
    scored_review,
)
from tests.reviews.report_builders import whole_course

PAGE = 12
SAVE = 8
"""What a step of the workflow asks; a request that saves asks for the page's own besides."""
FEW = 2

# What opens and closes a transaction, and a form's checks of its values, which read no table.
_NOT_COUNTED = ("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "COMMIT", 'SELECT 1 AS "_check"')


@pytest.fixture(autouse=True)
def _quick_pdf(monkeypatch: pytest.MonkeyPatch) -> None:
    """The PDF is drawn from what the queries gave: it asks for nothing."""
    monkeypatch.setattr(report_pdf, "render", lambda content, *, draft: PDF)
    monkeypatch.setattr(report_pdf, "write", lambda source, *, style: PDF)


@pytest.fixture
def evaluator(db: None, client: Client) -> User:
    """Somebody who is logged in."""
    user: User = UserFactory.create()
    client.force_login(user)
    return user


def _asked(act: Callable[[], Any]) -> list[str]:
    """Return the statements of a request or a step that read or write a table."""
    with CaptureQueriesContext(connection) as captured:
        response = act()
        if getattr(response, "streaming", False):
            b"".join(response.streaming_content)
    if hasattr(response, "status_code"):
        assert response.status_code in (200, 302)
    return [query["sql"] for query in captured if not query["sql"].startswith(_NOT_COUNTED)]


def _compare(act: Callable[[], Any], grow: Callable[[], None], limit: int, *, saves: bool = False) -> None:
    """Hold that an act asks the same before and after there is more of everything, and no more than the limit.

    Unless it saves, it is not the first of its kind: that somebody reads a page is written down once an hour.
    """
    if not saves:
        act()
    few = _asked(act)
    grow()
    many = _asked(act)
    assert len(many) == len(few), "\n".join(many)
    assert len(many) <= limit, "\n".join(many)


def _external(evaluators: Iterable[User], status: str, **columns: Any) -> Review:
    """Return a review by several with notes from several informants, and in the fact check those who were asked."""
    review = scored_review(status, evaluators=[*evaluators, UserFactory.create()], **columns)
    _fill(review, FEW)
    return review


def _fill(review: Review, number: int) -> None:
    for user in UserFactory.create_batch(number):
        informant = InformantFactory.create(review=review)
        NoteFactory.create(review=review, author=user, informant=informant, items=items_of(review)[:2])
        Seat.objects.create(review=review, user=user, number=review.seats.count() + 1, kind=Seat.Kind.OBSERVER)
        if review.status == Review.Status.FACT_CHECK:
            respondent = RespondentFactory.create(review=review, user=user)
            RemarkFactory.create(respondent=respondent)
            RemarkFactory.create(respondent=respondent, on_item=True)


@pytest.mark.parametrize("adviser", [False, True])
@pytest.mark.parametrize("state", ["", "cancelled"])
@pytest.mark.parametrize("status", ["planned", "scoring", "consensus", "fact_check", "final", "cancelled"])
def test_tasks(client: Client, evaluator: User, status: str, state: str, adviser: bool) -> None:
    if adviser:
        RoleFactory.create(user=evaluator, whole_country=True)

    def add(number: int) -> None:
        for _each in range(number):
            review = _external([evaluator], "consensus" if status == "final" else status)
            ReviewStepFactory.create_batch(FEW, review=review, doer="adviser", moment="after", days=90)
            if status == "planned":
                InvitationFactory.create(seat__review=review)
            if status == "fact_check":
                RemarkFactory.create(respondent=RespondentFactory.create(review=review))
            if status == "final":
                issue(review)

    add(FEW)
    _compare(lambda: client.get(reverse("reviews:tasks"), {"state": state}), lambda: add(2 * FEW), PAGE)


def test_services(client: Client, evaluator: User) -> None:
    RoleFactory.create(user=evaluator, whole_country=True)

    def add(number: int) -> None:
        for service in ServiceFactory.create_batch(number):
            final_review(service=service)

    add(FEW)
    _compare(lambda: client.get(reverse("reviews:service_list")), lambda: add(2 * FEW), PAGE)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("overview_scores", []),
        ("overview_item", ["ips-25", "B1"]),
        ("overview_scores_file", ["csv"]),
        ("overview_scores_file", ["xlsx"]),
        ("service_others", None),
    ],
)
def test_scores_across_services(client: Client, evaluator: User, name: str, arguments: list[object] | None) -> None:
    RoleFactory.create(user=evaluator, adviser=True)
    if arguments is None:
        arguments = [final_review().service_id]

    def add(number: int) -> None:
        for place in ("Vestland", "Troms"):
            for service in ServiceFactory.create_batch(number, county=county(place)):
                final_review(service=service)
        keeping.settle()

    add(FEW)
    address = reverse(f"reviews:{name}", args=arguments)
    _compare(lambda: client.get(address, {"county": ""}), lambda: add(2 * FEW), PAGE)


@pytest.mark.parametrize("is_counted", [True, False])
@pytest.mark.parametrize("show", ["", "step"])
def test_calendar(
    client: Client, evaluator: User, show: str, is_counted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What is not counted ahead is asked for at the source. All kinds are shown however many there are of one.
    monkeypatch.setattr(agenda, "WHOLE", 1000)
    RoleFactory.create(user=evaluator, whole_country=True)

    def add(number: int) -> None:
        for service in ServiceFactory.create_batch(number):
            final_review(service=service)
            review = scored_review("planned", service=service, evaluators=[evaluator])
            ReviewStepFactory.create(review=review)
            version = ReportVersion.objects.filter(review__service=service)[0]
            version.actions.update(deadline=review.first_day)
        if is_counted:
            keeping.settle()

    add(FEW)
    address, limit = reverse("reviews:calendar"), PAGE + (0 if is_counted else 5)
    _compare(lambda: client.get(address, {"year": str(FIRST_DAY.year), "show": show}), lambda: add(2 * FEW), limit)
    _compare(lambda: client.get(address, {"month": f"{FIRST_DAY:%Y-%m}", "show": show}), lambda: add(FEW), limit)
    _compare(lambda: client.get(address, {"list": "unplanned", "show": show}), lambda: add(FEW), limit)


def _service_with_everything(number: int, evaluator: User) -> tuple[Any, Callable[[int], None]]:
    service = ServiceFactory.create()
    RoleFactory.create(user=evaluator, service=service)

    def add(number: int) -> None:
        PartnershipFactory.create_batch(number, service=service)
        for team in TeamFactory.create_batch(number, service=service):
            year = 2000 + service.reviews.count()
            review = scored_review("consensus", service=service, first_day=datetime.date(year, 9, 15))
            review.teams.add(team)
            ContextFactory.create(review=review)
            last = ReportVersion.objects.filter(review__service=service, review__kind="external").last()
            if last is not None:
                CorrectionFactory.create(review=review, version=last)
            issue(review)
            final_review(service=service, kind="self", evaluators=1, first_day=datetime.date(year, 3, 15))

    add(number)
    return service, add


def test_a_service_with_many_reviews(client: Client, evaluator: User) -> None:
    service, add = _service_with_everything(FEW, evaluator)
    address = reverse("reviews:service", args=[service.pk])
    _compare(lambda: client.get(address), lambda: add(2 * FEW), PAGE - 3)


@pytest.mark.parametrize("name", ["service_development", "service_compare"])
def test_the_years_of_a_service(client: Client, evaluator: User, name: str) -> None:
    service, add = _service_with_everything(FEW, evaluator)
    _compare(lambda: client.get(reverse(f"reviews:{name}", args=[service.pk])), lambda: add(2 * FEW), PAGE)


@pytest.mark.parametrize("extension", ["csv", "json", "xlsx"])
def test_an_export_of_a_service(client: Client, evaluator: User, extension: str) -> None:
    service, add = _service_with_everything(FEW, evaluator)
    address = reverse("reviews:export_service", args=[service.pk, extension])
    _compare(lambda: client.get(address), lambda: add(2 * FEW), PAGE - 1)


@pytest.mark.parametrize("status", ["planned", "scoring", "consensus", "fact_check", "cancelled"])
def test_a_review(client: Client, evaluator: User, status: str) -> None:
    review = _external([evaluator], status)
    address = reverse("reviews:review", args=[review.pk])
    _compare(lambda: client.get(address), lambda: _fill(review, 2 * FEW), PAGE)


def test_a_checklist(client: Client, evaluator: User) -> None:
    review = _external([evaluator], "scoring")

    def add(number: int = 2 * FEW) -> None:
        for step in ReviewStepFactory.create_batch(number, review=review):
            workflow.tick(ReviewStepFactory.create(review=review), UserFactory.create(), done=bool(step.days))

    add(FEW)
    _compare(lambda: client.get(reverse("reviews:checklist", args=[review.pk])), add, PAGE)


def test_the_template_of_checklists(client: Client, evaluator: User) -> None:
    RoleFactory.create(user=evaluator, whole_country=True)

    def add() -> None:
        TemplateStepFactory.create_batch(FEW)

    _compare(lambda: client.get(reverse("reviews:checklist_template")), add, PAGE)


def test_reading_is_written_down_by_two_statements_an_hour(client: Client, evaluator: User) -> None:
    review = _external([evaluator], "scoring")
    address = reverse("reviews:coverage", args=[review.pk])
    first, second = (_asked(lambda: client.get(address)) for _time in range(2))
    more = [statement.split('"')[:2] for statement in first if statement.startswith(("INSERT", "UPDATE"))]
    assert more == [["INSERT INTO ", "reviews_auditevent"], ["UPDATE ", "django_session"]]
    assert len(second) == len(first) - 2


def test_the_log_of_a_review_in_which_much_was_done(client: Client, evaluator: User) -> None:
    review = final_review(evaluators=[evaluator, UserFactory.create()])
    workflow.reissue(review, evaluator, "Feil i sammendraget.")
    items = itertools.cycle(items_of(review))

    def add(number: int) -> None:
        for _each in range(10 * number):
            workflow.save_result(review, next(items), evaluator, {"comment": f"{uuid.uuid4()}"})
            workflow.save_note(review, uuid.uuid4(), evaluator, {"text": "Et notat.", "items": [next(items).pk]})

    add(FEW)
    for name in ("review_log", "review_log_csv"):
        address = reverse(f"reviews:{name}", args=[review.pk])
        _compare(lambda address=address: client.get(address), lambda: add(2 * FEW), PAGE)  # type: ignore[misc]


def test_a_review_with_many_versions(client: Client, evaluator: User) -> None:
    review = final_review(evaluators=[evaluator])

    def add(number: int) -> None:
        for _each in range(number):
            workflow.reissue(review, evaluator, "Feil i sammendraget.")
            review.refresh_from_db()
            issue(review, reason="Feil i sammendraget.")

    add(FEW)
    _compare(lambda: client.get(reverse("reviews:review", args=[review.pk])), lambda: add(2 * FEW), PAGE)


@pytest.mark.parametrize(
    ("name", "status"), [("score", "scoring"), ("score", "consensus"), ("agree", "consensus"), ("agree", "fact_check")]
)
def test_an_item_with_many_notes(client: Client, evaluator: User, name: str, status: str) -> None:
    review, grow = _with_a_past(evaluator, status)
    address = reverse(f"reviews:{name}", args=[review.pk, "ips-25", items_of(review)[0].code])
    _compare(lambda: client.get(address), grow, PAGE)


def test_the_list_of_many_interviews(client: Client, evaluator: User) -> None:
    review = _external([evaluator], "scoring")

    def grow(number: int = 2 * FEW) -> None:
        for interview in InterviewFactory.create_batch(number, review=review):
            NoteFactory.create_batch(FEW, review=review, interview=interview, items=items_of(review)[:2])
            NoteFactory.create(review=review, interview=interview, items=[])

    grow(FEW)
    _compare(lambda: client.get(reverse("reviews:interviews", args=[review.pk])), grow, PAGE)


def test_a_running_sheet_of_many_notes(client: Client, evaluator: User) -> None:
    review = _external([evaluator], "scoring")
    interview = InterviewFactory.create(review=review)

    def grow(number: int = 2 * FEW) -> None:
        for author in (evaluator, UserFactory.create()):
            written = {"review": review, "interview": interview, "author": author}
            NoteFactory.create_batch(number, items=items_of(review)[:3], **written)
            NoteFactory.create_batch(number, items=[], private=True, **written)

    grow(FEW)
    _compare(lambda: client.get(reverse("reviews:interview", args=[review.pk, interview.pk])), grow, PAGE)


@pytest.mark.parametrize("status", ["scoring", "consensus"])
def test_all_items_on_one_page(client: Client, evaluator: User, status: str) -> None:
    review = _external([evaluator], status)
    Rating.objects.filter(item__in=items_of(review)[FEW:]).delete()
    address = reverse("reviews:score_all", args=[review.pk])

    def grow() -> None:
        _fill(review, 2 * FEW)
        seat = review.seats.get(user=evaluator)
        for item in items_of(review)[FEW:]:
            Rating.objects.create(seat=seat, item=item, score=4, comment="Sett.", elements=[0] if item.elements else [])

    _compare(lambda: client.get(address), grow, PAGE)


def _with_a_past(evaluator: User, status: str) -> tuple[Review, Callable[[], None]]:
    """Return a review of a service that had one before, whose score of the first item was wrong; and what gives it a
    longer past.
    """
    review = _external([evaluator], status)

    def add(years: range) -> None:
        for ago in years:
            final_review(service=review.service, first_day=review.first_day.replace(year=review.first_day.year - ago))

    add(range(1, 2))
    last = review.service.reviews.exclude(pk=review.pk).get().versions.get()
    first = items_of(review)[0]
    CorrectionFactory.create(review=review, version=last, item=first)
    last.actions.get_or_create(service=review.service, item=first, text="Ansett en til.")

    def grow() -> None:
        _fill(review, 2 * FEW)
        add(range(2, 2 + FEW))

    return review, grow


@pytest.mark.parametrize("status", ["scoring", "consensus"])
def test_where_the_findings_come_from(client: Client, evaluator: User, status: str) -> None:
    review = _external([evaluator], status)
    first, *others = items_of(review)

    def grow() -> None:
        _fill(review, 2 * FEW)
        for item in others[: 2 * FEW]:
            NoteFactory.create(review=review, on_sheet=True, items=[item])
            CountFactory.create(review=review, item=item)
            GivenFigureFactory.create(review=review, item=item)
            ClosedSourceFactory.create(review=review, item=item)

    NoteFactory.create(review=review, on_sheet=True)
    ClosedSourceFactory.create(review=review, item=first)
    _compare(lambda: client.get(reverse("reviews:coverage", args=[review.pk])), grow, PAGE)


def test_saying_that_there_was_no_access(client: Client, evaluator: User) -> None:
    review = _external([evaluator], "scoring")
    address = reverse("reviews:source", args=[review.pk, "ips-25", items_of(review)[0].code])
    sent = iter([{"source": source, "closed": "1"} for source in ("MIS", "DOC")])
    _compare(lambda: client.post(address, next(sent)), lambda: _fill(review, 2 * FEW), PAGE + SAVE, saves=True)


@pytest.mark.parametrize("who", ["evaluator", "method_supervisor"])
def test_the_figures_before_the_visit(client: Client, evaluator: User, who: str) -> None:
    review = _external([evaluator] if who == "evaluator" else [], "scoring")
    if who == "method_supervisor":
        RoleFactory.create(user=evaluator, service=review.service)
    asked = [item for item in items_of(review) if figures.columns(item)]
    numbers = itertools.count(1)

    def add(number: int) -> None:
        for row in itertools.islice(numbers, number):
            for item in asked:
                name = figures.columns(item)[0].name
                GivenFigureFactory.create(review=review, item=item, name=name, number=row)
                CountFactory.create(review=review, item=item, name=name, number=row)

    add(FEW)
    address = reverse("reviews:figures", args=[review.pk])
    _compare(lambda: client.get(address), lambda: add(2 * FEW), PAGE)


@pytest.mark.parametrize("who", ["evaluator", "method_supervisor"])
def test_what_stands_beside_the_score(client: Client, evaluator: User, who: str) -> None:
    review = _external([evaluator] if who == "evaluator" else [], "consensus")
    if who == "method_supervisor":
        RoleFactory.create(user=evaluator, service=review.service)
    ContextFactory.create(review=review)
    address = reverse("reviews:context", args=[review.pk])
    _compare(lambda: client.get(address), lambda: _fill(review, 2 * FEW), PAGE)
    numbers = iter((9, 10))
    _compare(
        lambda: client.post(address, {"participants": "26", "in_work": str(next(numbers))}),
        lambda: _fill(review, 2 * FEW),
        PAGE + SAVE,
        saves=True,
    )


def test_a_correction_of_the_last_review(client: Client, evaluator: User) -> None:
    review, grow = _with_a_past(evaluator, "consensus")
    address = reverse("reviews:correction", args=[review.pk, "ips-25", items_of(review)[0].code])
    _compare(lambda: client.get(address), grow, PAGE)


def test_ones_own_scores_beside_the_agreed_ones(client: Client, evaluator: User) -> None:
    review = _external([evaluator], "consensus")
    address = reverse("reviews:beside", args=[review.pk])
    _compare(lambda: client.get(address), lambda: _fill(review, 2 * FEW), PAGE)

    def grow() -> None:
        workflow.reissue(review, evaluator, "Feil i sammendraget.")
        review.refresh_from_db()
        issue(review, reason="Feil i sammendraget.")

    issue(review)
    _compare(lambda: client.get(address), grow, PAGE)


def test_all_items_with_how_far_the_evaluators_agree(client: Client, evaluator: User) -> None:
    review = _external([evaluator], "consensus")
    address = reverse("reviews:agree_overview", args=[review.pk])
    _compare(lambda: client.get(address), lambda: _fill(review, 2 * FEW), PAGE)


@pytest.mark.parametrize("name", ["fact_check", "decide"])
def test_the_fact_check_with_many_remarks_for_an_evaluator(client: Client, evaluator: User, name: str) -> None:
    review = _external([evaluator], "fact_check")
    remark = review.remarks.exclude(item=None).first()
    assert remark is not None
    address = reverse(f"reviews:{name}", args=[review.pk, *([remark.pk] if name == "decide" else [])])
    _compare(lambda: client.get(address), lambda: _fill(review, 2 * FEW), PAGE)


def test_the_fact_check_with_many_remarks_of_ones_own(client: Client, evaluator: User) -> None:
    review = _external([], "fact_check")
    own = RespondentFactory.create(review=review, user=evaluator)

    def add(number: int) -> None:
        _fill(review, number)
        for item in items_of(review)[:number]:
            RemarkFactory.create(respondent=own, item=item)
            RemarkFactory.create(respondent=own)

    add(FEW)
    address = reverse("reviews:fact_check", args=[review.pk])
    _compare(lambda: client.get(address), lambda: add(2 * FEW), PAGE)
    remark = reverse("reviews:remark_on_item", args=[review.pk, "ips-25", items_of(review)[0].code])
    _compare(lambda: client.get(remark), lambda: add(2 * FEW), PAGE)


@pytest.mark.parametrize("name", ["action_plan", "action", "new_action", "action_plan_pdf", "action_plan_xlsx"])
def test_a_plan_with_many_points_of_many_reviews(client: Client, evaluator: User, name: str) -> None:
    service: Service = ServiceFactory.create()
    RoleFactory.create(user=evaluator, service=service)
    RoleFactory.create(user=evaluator, service=service, manager=True)

    def add(number: int) -> None:
        for _each in range(number):
            final_review(service=service)
            OrganisationFactory.create()
            PartnershipFactory.create(service=service)

    add(FEW)
    point = service.actions.order_by("created_at", "pk").first()
    assert point is not None
    arguments = {"pk": service.pk, **({"action": point.pk} if name == "action" else {})}
    address = reverse(f"reviews:{name}", kwargs=arguments)
    _compare(lambda: client.get(address, {"status": "all"}), lambda: add(2 * FEW), PAGE)


def test_changing_a_point(db: None) -> None:
    review = final_review()
    action = review.service.actions.first()
    assert action is not None
    supervisor = RoleFactory.create(service=review.service).user
    values = {**workflow.action_values(action), "status": "done", "notes": "Gjort."}
    assert len(_asked(lambda: workflow.change_action(action, supervisor, values))) <= SAVE


def test_the_tasks_of_who_leads_many_services(client: Client, evaluator: User) -> None:
    def add(number: int) -> None:
        for _each in range(number):
            RoleFactory.create(user=evaluator, service=final_review().service)

    add(FEW)
    _compare(lambda: client.get(reverse("reviews:tasks")), lambda: add(2 * FEW), PAGE)


def test_planning(client: Client, evaluator: User) -> None:
    service = ServiceFactory.create()
    RoleFactory.create(user=evaluator, service=service)
    review = _external([evaluator], "planned", service=service)

    def grow() -> None:
        _fill(review, 2 * FEW)
        TeamFactory.create_batch(2 * FEW, service=service)

    TeamFactory.create_batch(FEW, service=service)
    for address in (reverse("reviews:plan"), reverse("reviews:change_plan", args=[review.pk])):
        _compare(lambda address=address: client.get(address), grow, PAGE)  # type: ignore[misc]


def test_choosing_a_service_to_plan_for(client: Client, evaluator: User) -> None:
    RoleFactory.create(user=evaluator, whole_country=True)
    ServiceFactory.create_batch(FEW)

    def grow() -> None:
        ServiceFactory.create_batch(2 * FEW)

    _compare(lambda: client.get(reverse("reviews:plan")), grow, PAGE)


@pytest.mark.parametrize("name", ["replace_seat", "remove_seat", "add_observer"])
def test_a_seat(client: Client, evaluator: User, name: str) -> None:
    review = _external([evaluator], "scoring")
    address = reverse(f"reviews:{name}", args=[review.pk, *([] if name == "add_observer" else [2])])
    _compare(lambda: client.get(address), lambda: _fill(review, 2 * FEW), PAGE)


def test_an_invitation(client: Client, db: None) -> None:
    found = InvitationFactory.create()
    address = letters.link(found).removeprefix("http://testserver")

    def grow() -> None:
        InvitationFactory.create_batch(FEW, seat__review=found.review)

    _compare(lambda: client.get(address), grow, 2)


def test_writing(client: Client, evaluator: User) -> None:
    review = _external([evaluator], "consensus")
    addresses = [reverse("reviews:narrative", args=[review.pk]), reverse("reviews:plan"), reverse("reviews:profile")]
    RoleFactory.create(user=evaluator)

    def grow() -> None:
        _fill(review, 2 * FEW)
        ServiceFactory.create_batch(2 * FEW)

    for address in addresses:
        _compare(lambda address=address: client.get(address), grow, PAGE)  # type: ignore[misc]


@pytest.mark.parametrize("name", ["kit", "kit_guides", "kit_score_forms", "kit_feedback"])
def test_the_kit_for_a_visit(client: Client, evaluator: User, name: str) -> None:
    review = _external([evaluator], "scoring")

    def grow() -> None:
        _fill(review, 2 * FEW)
        for item in items_of(review):
            CountFactory.create(review=review, item=item)
            GivenFigureFactory.create(review=review, item=item)
            ClosedSourceFactory.create(review=review, item=item)

    _compare(lambda: client.get(reverse(f"reviews:{name}", args=[review.pk])), grow, PAGE)


@pytest.mark.parametrize("name", ["draft", "draft_pdf"])
def test_a_draft(client: Client, evaluator: User, name: str) -> None:
    review = _external([evaluator], "consensus")
    years = [review.first_day.replace(year=review.first_day.year - ago) for ago in range(1, 3 * FEW + 1)]
    for day in years[:FEW]:
        final_review(service=review.service, first_day=day)

    def grow() -> None:
        _fill(review, 2 * FEW)
        for day in years[FEW:]:
            final_review(service=review.service, first_day=day)

    _compare(lambda: client.get(reverse(f"reviews:{name}", args=[review.pk])), grow, PAGE)


def test_a_draft_with_all_that_a_reviews_course_adds(db: None, client: Client) -> None:
    review = whole_course()
    version = results.last_external_versions(review)["ips-25"]
    client.force_login(User.objects.get(name="Anne Aas"))

    def grow() -> None:
        _fill(review, 2 * FEW)
        for item in items_of(review)[:FEW]:
            CorrectionFactory.create(review=review, version=version, item=item, score=5)
        for respondent in review.respondents.all():
            RoleFactory.create(user=respondent.user, service=review.service, manager=True)
            RemarkFactory.create(
                respondent=respondent, item=items_of(review)[-1], decision="kept", decided_at=timezone.now()
            )

    # Two more than a page may, where there is all of it at once: whether a partner of the service is where an evaluator
    # works, and what was remarked and decided on in the fact check. Both are rows of their own kind, as many as there
    # are, and no part of what is asked for of every draft.
    _compare(lambda: client.get(reverse("reviews:draft", args=[review.pk])), grow, PAGE + 2)


@pytest.mark.parametrize("name", ["version", "version_pdf"])
def test_a_version(client: Client, evaluator: User, name: str) -> None:
    review = final_review(evaluators=[evaluator], pdf=PDF)

    def grow() -> None:
        for _each in range(2):
            workflow.reissue(review, evaluator, "Feil i sammendraget.")
            review.refresh_from_db()
            issue(review, reason="Feil i sammendraget.")

    _compare(lambda: client.get(reverse(f"reviews:{name}", args=[review.pk, 1])), grow, PAGE)


@pytest.mark.parametrize("extension", ["csv", "json", "xlsx"])
def test_an_export_of_a_review(client: Client, evaluator: User, extension: str) -> None:
    review = _external([evaluator], "consensus")
    address = reverse("reviews:export_review", args=[review.pk, extension])
    _compare(lambda: client.get(address), lambda: _fill(review, 2 * FEW), PAGE)


def test_a_spreadsheet_of_a_report(client: Client, evaluator: User) -> None:
    review = final_review(evaluators=[evaluator])
    address = reverse("reviews:export_review", args=[review.pk, "xlsx"])

    def grow() -> None:
        for _each in range(2):
            workflow.reissue(review, evaluator, "Feil i sammendraget.")
            review.refresh_from_db()
            issue(review, reason="Feil i sammendraget.")

    _compare(lambda: client.get(address), grow, PAGE)


# Saves


_WORDS = {"comment": "Sett i tre av fire saker.", "recommendation": "Avtal det med teamet."}


@pytest.fixture
def scoring(db: None) -> Review:
    """A review being scored in which nothing is written."""
    review = scored_review("scoring", evaluators=1)
    Rating.objects.filter(seat__review=review).delete()
    return review


def test_saving_a_score_with_its_figures(scoring: Review) -> None:
    seat = scoring.seats.get()
    item = next(item for item in items_of(scoring) if (measure := item.parsed_measure()) and len(measure.inputs) == 2)
    assert seat.user is not None
    user, measure = seat.user, item.parsed_measure()
    assert measure is not None
    counts = {(figure.key, 0): Decimal(45) for figure in measure.inputs}
    first = _asked(lambda: workflow.save_rating(seat, item, user, {"score": 4, **_WORDS}, counts))
    # The row is made, and its counts.
    assert len(first) <= SAVE
    changed = {name: value + 1 for name, value in counts.items()}
    again = _asked(lambda: workflow.save_rating(seat, item, user, {"score": 2}, changed))
    assert len(again) <= SAVE
    same = _asked(lambda: workflow.save_rating(seat, item, user, {"score": 2}, changed))
    assert len(same) <= SAVE - len(counts) - 2


def test_saving_what_is_agreed(db: None) -> None:
    review = scored_review("consensus")
    actor: User = UserFactory.create()
    item = items_of(review)[0]
    assert len(_asked(lambda: workflow.save_result(review, item, actor, {"score": 2, **_WORDS}))) <= SAVE


def test_saving_the_texts(db: None) -> None:
    review = scored_review("consensus")
    actor: User = UserFactory.create()
    sections = [section for scale in review.scales.all() for section in scale.sections.all()]
    one = {sections[0]: "Gjelder hele seksjonen."}
    assert len(_asked(lambda: workflow.save_narrative(review, actor, {"summary": "Godt i gang."}, one))) <= SAVE
    unchanged = dict.fromkeys(sections, "") | one
    assert len(_asked(lambda: workflow.save_narrative(review, actor, {"summary": "Bedre."}, unchanged))) <= SAVE


def test_saving_a_note_on_many_items(scoring: Review) -> None:
    user: User = UserFactory.create()

    def save(items: list[Item]) -> list[str]:
        values = {
            "text": "Sett i timeplanen.",
            "source": "INT",
            "perspective": "deltaker",
            "number": 1,
            "date": scoring.first_day,
            "private": False,
            "items": [item.pk for item in items],
        }
        return _asked(lambda: workflow.save_note(scoring, uuid.uuid4(), user, values))

    save(items_of(scoring)[:1])
    few, many = save(items_of(scoring)[:FEW]), save(items_of(scoring)[: 3 * FEW])
    assert len(few) == len(many) <= SAVE


@pytest.mark.parametrize(("name", "status"), [("score", "scoring"), ("agree", "consensus")])
def test_a_request_that_saves_asks_for_its_page_and_its_step(
    client: Client, evaluator: User, name: str, status: str
) -> None:
    review = _external([evaluator], status)
    address = reverse(f"reviews:{name}", args=[review.pk, "ips-25", items_of(review)[0].code])
    scores = iter(("4", "5"))
    with time_machine.travel(timezone.now(), tick=False) as clock:

        def fill() -> None:
            _fill(review, 2 * FEW)
            # The same change within a minute is told once.
            clock.shift(120)

        _compare(lambda: client.post(address, {"score": next(scores), "finish": "1"}), fill, PAGE + SAVE, saves=True)


def test_a_section_is_left_unscored_in_few_statements(scoring: Review) -> None:
    seat = scoring.seats.get()
    assert seat.user is not None
    user = seat.user
    sizes = []
    for section in scoring.scales.get(code="ips-25").sections.all():
        asked = _asked(lambda section=section: workflow.leave_section_unscored(seat, section, user, "missing_data"))  # type: ignore[misc]
        sizes.append(len(asked))
        assert Rating.objects.filter(seat=seat, item__section=section).count() == section.items.count()
    assert len(set(sizes)) == 1
    assert sizes[0] <= SAVE


def test_handing_in_the_last_sheet_asks_the_same_for_one_scale_and_for_two(ips: Scale) -> None:
    def hand_in(review: Review) -> list[str]:
        Seat.objects.filter(review=review).update(handed_in_at=None)
        seat = review.seats.get()
        assert seat.user is not None
        return _asked(lambda: workflow.hand_in(seat, seat.user))  # type: ignore[arg-type]

    one = hand_in(scored_review("scoring", evaluators=1, scales=[ips]))
    two = hand_in(scored_review("scoring", evaluators=1))
    assert len(one) == len(two)


ACROSS = [
    ("overview", {}),
    ("overview_development", {}),
    ("overview_obstacles", {}),
    ("overview_behind", {"about": "result", "scale": "ips-25", "year": "2025"}),
    ("overview_behind", {"about": "change", "scale": "ips-25", "year": "2025"}),
    ("overview_behind", {"about": "outcome", "year": "2025"}),
    ("overview_behind", {"about": "obstacle", "scale": "ips-25"}),
]


@pytest.mark.parametrize(("name", "query"), ACROSS)
@pytest.mark.parametrize("whole_country", [False, True])
def test_pages_across_services(
    client: Client, evaluator: User, name: str, query: dict[str, str], whole_country: bool
) -> None:
    RoleFactory.create(user=evaluator, adviser=not whole_country, whole_country=whole_country)

    def add(number: int) -> None:
        for _each in range(number):
            service = PartnershipFactory.create().service
            for year in (2024, 2025):
                review = scored_review("consensus", service=service, first_day=datetime.date(year, 9, 15))
                ContextFactory.create(review=review)
                issue(review)
            for status in ("planned", "fact_check"):
                _external([evaluator], status, service=service)
        keeping.settle()

    add(FEW)
    organisation = Partnership.objects.values_list("organisation", flat=True)[0]
    address = reverse(f"reviews:{name}")
    for asked in (query, {**query, "organisation": str(organisation)}):
        assert len(_asked(lambda asked=asked: client.get(address, asked))) <= PAGE  # type: ignore[misc]
    _compare(lambda: client.get(address, query), lambda: add(2 * FEW), PAGE)

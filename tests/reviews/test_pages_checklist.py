"""A review's checklist and the template, through the front door: begun with the plan, ticked, changed, waited for."""

import datetime
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from reviews import checklist, workflow
from reviews.models import AuditEvent, Doer, Review, ReviewStep, TemplateStep, User
from reviews.tasks import Situation, Step, Waiting, Work, waiting
from reviews.views import checklist as checklist_view
from reviews.views import checklist_template as template_view
from scales.models import Scale
from tests.cast import Cast, cast_for
from tests.factories import (
    FIRST_DAY,
    ReviewStepFactory,
    RoleFactory,
    ServiceFactory,
    UserFactory,
    at,
    final_review,
    lead,
    scored_review,
)
from tests.identity import made_up
from tests.reviews.front_door import contents, page, refused

DAY = datetime.timedelta(days=1)
NEW = {"text": "Bestill møterom.", "doer": "adviser", "days": "3", "moment": "before", "own_day": ""}
TASKS = reverse("reviews:tasks")


def _plan(**columns: Any) -> Review:
    """Return a review that is planned as the page does it."""
    person = UserFactory.create()
    plan = workflow.Plan(
        service=ServiceFactory.create(),
        kind=columns.get("kind", "external"),
        basis="practice",
        first_day=FIRST_DAY,
        last_day=FIRST_DAY + DAY,
        scales=Scale.objects.newest(),
        evaluators=[person],
    )
    return workflow.plan(person, plan)


def _at(name: str, step: ReviewStep) -> str:
    return reverse(f"reviews:{name}", args=[step.review_id, step.pk])


@pytest.fixture
def planned(client: Client, db: None) -> Cast:
    """The people around a planned review with one step; the metodeveileder is logged in."""
    cast = cast_for("planned")
    ReviewStepFactory.create(review=cast.review)
    client.force_login(cast.method_supervisor)
    return cast


# Beginning


@pytest.mark.django_db
def test_a_new_external_review_begins_with_the_template() -> None:
    review = _plan()
    rule = ("text", "doer", "moment", "days")
    assert sorted(review.steps.values_list(*rule)) == sorted(TemplateStep.objects.values_list(*rule))
    assert review.steps.count() == 12
    assert not review.steps.exclude(done_at=None).exists()
    assert not _plan(kind="self").steps.exists()


@pytest.mark.django_db
def test_a_change_of_the_template_holds_for_what_is_planned_from_then_on() -> None:
    before = _plan()
    TemplateStep.objects.all().delete()
    assert (before.steps.count(), _plan().steps.count()) == (12, 0)


@pytest.mark.django_db
def test_days_follow_when_the_visit_moves_but_fixed_ones() -> None:
    review = _plan()
    fixed = ReviewStepFactory.create(review=review, own_day=FIRST_DAY - 5 * DAY)
    days = {step.pk: step.day for step in checklist.of(review).steps}
    Review.objects.update(first_day=FIRST_DAY + 10 * DAY, last_day=FIRST_DAY + 12 * DAY)
    moved = {step.pk: step.day for step in checklist.of(Review.objects.get()).steps}
    for step in review.steps.all():
        away = 0 if step == fixed else 10 if step.moment == "before" else 11
        assert moved[step.pk] - days[step.pk] == away * DAY, step


@pytest.mark.django_db
def test_a_review_without_one_starts_from_the_template_once(client: Client) -> None:
    cast = cast_for("planned")
    client.force_login(cast.method_supervisor)
    address = page("begin_checklist", cast.review)
    assert address in client.get(page("checklist", cast.review)).content.decode()
    assert page("checklist", cast.review) in client.get(page("review", cast.review)).content.decode()
    client.post(address, follow=True)
    assert cast.review.steps.count() == 12
    answer = client.post(address, follow=True)
    assert [message.level_tag for message in answer.context["messages"]] == ["error"]
    assert cast.review.steps.count() == 12
    assert address not in answer.content.decode()


# Ticking


def test_what_is_done_shows_who_and_when_and_can_be_taken_back(planned: Cast, client: Client) -> None:
    step = planned.review.steps.get()
    with time_machine.travel(at(FIRST_DAY - 12 * DAY)):
        answer = client.post(_at("tick_step", step), {"done": "1"}, follow=True)
    html = answer.content.decode()
    assert planned.method_supervisor.name in html
    assert "3. september 2026" in html
    client.force_login(planned.adviser)
    client.post(_at("tick_step", step), {"done": "1"})
    step.refresh_from_db()
    assert step.done_by == planned.method_supervisor
    client.post(_at("tick_step", step))
    assert ReviewStep.objects.filter(pk=step.pk, done_at=None, done_by=None).exists()
    events = AuditEvent.objects.filter(object_type="reviewstep", object_id=str(step.pk))
    assert [event.actor for event in events.order_by("pk")] == [planned.method_supervisor, planned.adviser]


@pytest.mark.parametrize("who", ["evaluator", "method_supervisor", "adviser", "national_adviser"])
def test_each_who_plans_ticks_any_step(planned: Cast, client: Client, who: str) -> None:
    for doer in Doer.values:
        step = ReviewStepFactory.create(review=planned.review, doer=doer)
        client.force_login(getattr(planned, who))
        client.post(_at("tick_step", step), {"done": "1"})
        step.refresh_from_db()
        assert step.done_by == getattr(planned, who)


@pytest.mark.parametrize("who", ["evaluator_two", "observer"])
def test_who_only_takes_part_reads_it_without_buttons(planned: Cast, client: Client, who: str) -> None:
    client.force_login(getattr(planned, who))
    html = client.get(page("checklist", planned.review)).content.decode()
    assert "Bestill møterom." in html
    assert '<form method="post" action="/reviews/' not in html
    assert client.post(_at("tick_step", planned.review.steps.get()), {"done": "1"}).status_code == 403


def test_a_step_past_its_day_is_marked_until_it_is_done(planned: Cast, client: Client) -> None:
    step, mark = planned.review.steps.get(), "!&nbsp;"
    for away, passed in ((-10, False), (-9, True)):
        with time_machine.travel(at(FIRST_DAY + away * DAY)):
            assert (mark in client.get(page("checklist", planned.review)).content.decode()) is passed
    with time_machine.travel(at(FIRST_DAY - 9 * DAY)):
        client.post(_at("tick_step", step), {"done": "1"})
        assert mark not in client.get(page("checklist", planned.review)).content.decode()


def test_the_review_shows_what_is_next_and_how_many_are_done(client: Client, db: None) -> None:
    cast = cast_for("planned")
    for days in (3, 20, 5, 8):
        ReviewStepFactory.create(review=cast.review, days=days, text=f"Steg {days}.")
    done = cast.review.steps.get(days=20)
    workflow.tick(done, cast.adviser, done=True)
    User.objects.filter(pk=cast.adviser.pk).update(language="en")
    client.force_login(cast.adviser)
    answer = client.get(page("review", cast.review))
    assert [step.days for step in answer.context["checklist"].next] == [8, 5, 3]
    html = answer.content.decode()
    assert html.index("Steg 8.") < html.index("Steg 5.") < html.index("Steg 3.")
    assert "Steg 20." not in html
    with translation.override("en"):
        assert "1 of 4 steps are done." in html


def test_the_list_is_worked_on_after_the_report_and_not_once_it_is_called_off(client: Client, db: None) -> None:
    cast = cast_for("final")
    step = ReviewStepFactory.create(review=cast.review, moment="after", days=56)
    client.force_login(cast.method_supervisor)
    assert client.post(_at("tick_step", step), {"done": "1"}).status_code == 302
    assert client.post(_at("delete_step", step), follow=True).status_code == 200
    assert not cast.review.steps.exists()
    called_off = ReviewStepFactory.create(review__status="cancelled", review__service=cast.service)
    before = contents()
    for name in ("tick_step", "delete_step"):
        answer = client.post(_at(name, called_off), {"done": "1"}, follow=True)
        assert [message.level_tag for message in answer.context["messages"]] == ["error"]
    assert contents() == before


# Changing


def test_a_step_is_added_changed_and_removed(planned: Cast, client: Client) -> None:
    assert client.post(page("checklist", planned.review), {**NEW, "own_day": "2026-09-01"}).status_code == 302
    step = planned.review.steps.get(doer="adviser")
    assert (step.text, step.days, step.moment, step.day) == (
        "Bestill møterom.",
        3,
        "before",
        datetime.date(2026, 9, 1),
    )
    changed = {**NEW, "text": "Bestill et annet rom.", "days": "2", "moment": "after", "doer": "lead"}
    assert client.post(_at("checklist_step", step), changed).status_code == 302
    step.refresh_from_db()
    assert (step.text, step.doer, step.day) == ("Bestill et annet rom.", "lead", FIRST_DAY + 3 * DAY)
    assert client.post(_at("delete_step", step)).status_code == 302
    assert not ReviewStep.objects.filter(pk=step.pk).exists()
    actions = AuditEvent.objects.filter(object_type="reviewstep", object_id=str(step.pk)).order_by("pk")
    assert [event.action for event in actions] == ["created", "changed", "deleted"]


def test_of_two_who_remove_a_step_at_once_one_has_done_it(
    planned: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The second has fetched the step before the first took it off.
    fetched = [planned.review.steps.get() for _number in range(2)]
    address, key = _at("delete_step", fetched[0]), str(fetched[0].pk)
    monkeypatch.setattr(checklist_view, "_step", lambda permit, key: fetched.pop())
    assert [client.post(address).status_code for _number in range(2)] == [302, 404]
    assert AuditEvent.objects.filter(object_type="reviewstep", object_id=key, action="deleted").count() == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": "å" * 201}, "text"),
        ({"doer": "alle"}, "doer"),
        ({"days": "366"}, "days"),
        ({"days": "-1"}, "days"),
        ({"days": "mange"}, "days"),
        ({"moment": "during"}, "moment"),
        ({"own_day": "0026-09-01"}, "own_day"),
        ({"own_day": "2028-09-01"}, "own_day"),
        ({"own_day": "i morgen"}, "own_day"),
    ],
)
def test_a_step_that_cannot_be_is_refused_beside_its_field(
    planned: Cast, client: Client, wrong: dict[str, str], field: str
) -> None:
    step = planned.review.steps.get()
    for address in (page("checklist", planned.review), _at("checklist_step", step)):
        refused(client, address, {**NEW, **wrong}, field)


def test_a_step_takes_no_national_identity_number(planned: Cast, client: Client) -> None:
    refused(client, page("checklist", planned.review), {**NEW, "text": f"Ring {made_up()}."}, "text")


def test_two_who_change_the_same_are_shown_both(planned: Cast, client: Client) -> None:
    step = planned.review.steps.get()
    address = _at("checklist_step", step)
    seen = client.get(address).context["form"].stamps
    assert (
        client.post(address, {**NEW, "doer": "lead", "days": "10", "text": "Den andres.", "seen": seen}).status_code
        == 302
    )
    # Who does it is changed by one alone, the text by both.
    mine = {**NEW, "days": "10", "text": "Min egen.", "seen": seen}
    answer = client.post(address, mine)
    assert answer.status_code == 409
    assert "Den andres." in answer.content.decode()
    assert "Min egen." in answer.content.decode()
    form = answer.context["form"]
    again = client.post(address, {**mine, "seen": form.stamps, "clash": "text"})
    assert again.status_code == 302
    step.refresh_from_db()
    assert (step.text, step.doer) == ("Min egen.", "adviser")


def test_a_step_of_another_review_is_not_found_there(planned: Cast, client: Client) -> None:
    elsewhere = ReviewStepFactory.create()
    before = contents()
    for name in ("tick_step", "delete_step", "checklist_step"):
        address = reverse(f"reviews:{name}", args=[planned.review.pk, elsewhere.pk])
        assert client.post(address, {**NEW, "done": "1"}).status_code == 404
    assert contents() == before


@pytest.mark.django_db
def test_a_self_review_has_no_checklist_whoever_asks() -> None:
    review = _plan(kind="self")
    (seat,) = review.seats.all()
    assert seat.user is not None
    with pytest.raises(workflow.Refused):
        workflow.begin_checklist(review, seat.user)
    assert not review.steps.exists()


LATELY = FIRST_DAY - checklist.LAPSED


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("status", "step", "is_left"),
    [
        ("consensus", {}, True),
        ("consensus", {"done_at": at(FIRST_DAY)}, False),
        ("cancelled", {}, False),
        ("final", {"doer": "lead"}, False),
        ("final", {}, True),
        ("final", {"own_day": LATELY}, True),
        ("final", {"own_day": LATELY - DAY}, False),
        ("reissued", {"own_day": LATELY - DAY}, False),
        ("reissued", {"doer": "lead"}, False),
        ("consensus", {"own_day": LATELY - 500 * DAY}, True),
    ],
)
def test_what_may_still_be_done_is_found_in_one_way(status: str, step: dict[str, Any], is_left: bool) -> None:
    if "done_at" in step:
        step = {**step, "done_by": UserFactory.create()}
    if status in ("final", "reissued"):
        review = final_review()
    else:
        review = scored_review("consensus")
    if status == "reissued":
        workflow.reissue(review, lead(review), "En feil.")
    elif status == "cancelled":
        workflow.cancel(review, lead(review), "Ingen kunne komme.")
    row = ReviewStepFactory.create(review=review, **{"doer": "adviser", "moment": "after", "days": 30, **step})
    found = ReviewStep.objects.filter(pk=row.pk)
    assert found.filter(checklist.left(FIRST_DAY)).exists() is is_left
    for away, is_near in ((-1, False), (0, True), (1, False)):
        # A step by its rule is found wherever its day could be.
        day = row.day + away * (1 if row.own_day else 400) * DAY
        if is_left:
            assert found.filter(checklist.left(FIRST_DAY, since=day, until=day)).exists() is is_near


# The template


@pytest.fixture
def national(client: Client, db: None) -> User:
    """Who advises the whole country, logged in."""
    user: User = RoleFactory.create(whole_country=True).user
    client.force_login(user)
    return user


TEMPLATE = reverse("reviews:checklist_template")
RULE = {"text": "Bestill hotell.", "doer": "lead", "days": "30", "moment": "before"}


def test_the_template_is_edited_for_the_whole_country(client: Client, national: User) -> None:
    assert client.post(TEMPLATE, RULE).status_code == 302
    step = TemplateStep.objects.get(text="Bestill hotell.")
    texts = [each.text for each in client.get(TEMPLATE).context["steps"]]
    assert texts.index("Bestill hotell.") == 2
    address = reverse("reviews:template_step", args=[step.pk])
    assert client.post(address, {**RULE, "days": "1", "moment": "after"}).status_code == 302
    step.refresh_from_db()
    assert (step.days, step.moment) == (1, "after")
    assert client.post(reverse("reviews:delete_template_step", args=[step.pk])).status_code == 302
    assert TemplateStep.objects.count() == 12
    actions = AuditEvent.objects.filter(object_type="templatestep", actor=national).order_by("pk")
    assert [event.action for event in actions] == ["created", "changed", "deleted"]
    assert client.get(address).status_code == 404


def test_of_two_who_take_a_step_out_of_the_template_one_has_done_it(
    client: Client, national: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = TemplateStep.objects.order_by("pk")[0].pk
    fetched = [TemplateStep.objects.get(pk=key) for _number in range(2)]
    monkeypatch.setattr(template_view, "get_object_or_404", lambda *args, **kwargs: fetched.pop())
    address = reverse("reviews:delete_template_step", args=[key])
    assert [client.post(address).status_code for _number in range(2)] == [302, 404]
    assert AuditEvent.objects.filter(object_type="templatestep", object_id=str(key), action="deleted").count() == 1


@pytest.mark.parametrize(("wrong", "field"), [({"text": ""}, "text"), ({"days": "366"}, "days")])
def test_a_step_that_cannot_be_does_not_enter_the_template(
    client: Client, national: User, wrong: dict[str, str], field: str
) -> None:
    first = TemplateStep.objects.order_by("pk")[0]
    for address in (TEMPLATE, reverse("reviews:template_step", args=[first.pk])):
        refused(client, address, {**RULE, **wrong}, field)


def test_two_who_change_the_template_do_not_overwrite_each_other(client: Client, national: User) -> None:
    step = TemplateStep.objects.order_by("pk")[0]
    address = reverse("reviews:template_step", args=[step.pk])
    seen = client.get(address).context["form"].stamps
    TemplateStep.objects.filter(pk=step.pk).update(days=50)
    held = {"text": step.text, "doer": step.doer, "moment": step.moment, "seen": seen}
    assert client.post(address, {**held, "days": "40"}).status_code == 409
    assert client.post(address, {**held, "days": str(step.days), "text": "Et annet ord."}).status_code == 302
    step.refresh_from_db()
    assert (step.days, step.text) == (50, "Et annet ord.")


# What waits

STEP = Step("Skriv ut skjema.", "lead", FIRST_DAY)


def _now(status: str = "planned", **columns: Any) -> Situation:
    return Situation(status=status, first_day=FIRST_DAY, last_day=FIRST_DAY + DAY, **{"steps": (STEP,), **columns})


def _steps(now: Situation, today: datetime.date) -> list[Waiting]:
    return [each for each in waiting(now, today) if each.work == Work.PREPARE]


@given(st.integers(-100, 100))
def test_a_step_waits_for_whose_it_is_from_a_week_before(away: int) -> None:
    today = FIRST_DAY + away * DAY
    found = _steps(_now(seat="lead"), today)
    assert [each.due for each in found] == ([FIRST_DAY] if away >= -7 else [])
    for nobody in (_now(seat="evaluator"), _now(seat="observer"), _now(supervises=True), _now(advises=True)):
        assert _steps(nobody, today) == []
    assert _steps(_now("cancelled", seat="lead"), today) == []


@pytest.mark.parametrize(("doer", "who"), [("method_supervisor", "supervises"), ("adviser", "advises")])
def test_other_steps_wait_for_theirs(doer: str, who: str) -> None:
    columns: dict[str, Any] = {who: True}
    now = _now(steps=(Step("Ring.", doer, FIRST_DAY),), **columns)
    assert [each.parts for each in _steps(now, FIRST_DAY)] == [frozenset([doer])]


def test_several_are_told_as_one_the_first_by_name() -> None:
    steps = tuple(Step(f"Steg {number}.", "lead", FIRST_DAY + number * DAY) for number in range(3))
    with translation.override("en"):
        (found,) = _steps(_now(seat="lead", steps=steps), FIRST_DAY)
        assert (str(found), found.due) == ("From the checklist: Steg 0., and 2 more steps", FIRST_DAY)
        (found,) = _steps(_now(seat="lead", steps=steps[:2]), FIRST_DAY)
        assert str(found) == "From the checklist: Steg 0., and 1 more step"


@pytest.mark.parametrize("again", [False, True])
def test_once_the_report_is_handed_over_what_comes_after_it_is_left(again: bool) -> None:
    status = "consensus" if again else "final"
    after, before = FIRST_DAY + 50 * DAY, FIRST_DAY - 2 * DAY

    def left(doer: str, day: datetime.date, today: datetime.date, **who: Any) -> bool:
        return bool(_steps(_now(status, again=again, steps=(Step("Gjør det.", doer, day),), **who), today))

    assert left("method_supervisor", after, after, supervises=True)
    assert left("method_supervisor", after, after + 90 * DAY, supervises=True)
    assert not left("method_supervisor", after, after + 91 * DAY, supervises=True)
    assert not left("method_supervisor", before, after, supervises=True)
    assert not left("lead", after, after, seat="lead")


@pytest.mark.django_db
def test_tasks_show_a_step_also_after_the_report(client: Client) -> None:
    review = final_review()
    supervisor = RoleFactory.create(service=review.service).user
    step = ReviewStepFactory.create(review=review, doer="method_supervisor", moment="after", days=56, text="Møt.")
    for away, shown in ((48, False), (49, True), (146, True), (147, False)):
        with time_machine.travel(at(review.last_day + away * DAY)):
            client.force_login(supervisor)
            for query in ({}, {"show": "mine"}, {"state": "final", "show": "mine"}, {"role": "method_supervisor"}):
                mine = client.get(TASKS, query).context["mine"]
                assert [task.review for task in mine] == [review] * shown, (away, query)
            assert client.get(TASKS, {"state": "scoring"}).context["mine"] == []
    with time_machine.travel(at(review.last_day + 56 * DAY)):
        client.force_login(supervisor)
        html = client.get(TASKS).content.decode()
        assert page("checklist", review) in html
        assert "Møt." in html
        workflow.tick(step, supervisor, done=True)
        answer = client.get(TASKS)
        assert (answer.context["mine"], answer.context["others"]) == ([], [])

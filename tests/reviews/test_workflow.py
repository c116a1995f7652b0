"""The course of a review: what each step needs, what it stamps, what it refuses and what it locks."""

import datetime
import hashlib
import threading
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.utils import timezone, translation

from reviews import results, workflow
from reviews.models import (
    ActionPoint,
    AgreedResult,
    AuditEvent,
    FactCheckRemark,
    FinalScore,
    Rating,
    ReportVersion,
    Review,
    Seat,
    SectionComment,
)
from reviews.workflow import Refused
from scales.models import Scale
from tests.factories import (
    FIRST_DAY,
    ContextFactory,
    InformantFactory,
    NoteFactory,
    RemarkFactory,
    ReviewFactory,
    RoleFactory,
    SeatFactory,
    ServiceFactory,
    TeamFactory,
    UserFactory,
    at,
    items_of,
    lead,
    owner,
)

pytestmark = pytest.mark.django_db

Status = Review.Status
OPEN_STATES = [Status.PLANNED, Status.SCORING, Status.CONSENSUS, Status.FACT_CHECK]
ALL_STATES = [*OPEN_STATES, Status.FINAL, Status.CANCELLED]
NOW = at(datetime.date(2026, 10, 20), 10)


@pytest.fixture(autouse=True)
def the_time() -> Any:
    """A moment that stands still, after the visits of the factories' reviews."""
    with time_machine.travel(NOW, tick=False), translation.override("en"):
        yield


def finalise(review: Review) -> ReportVersion:
    """Make the review final in haste, without a fact check."""
    return workflow.finalise(review, lead(review), skipped="Haster.")


def agreed(review: Review) -> dict[str, int | None]:
    """Return the agreed scores by code."""
    return {row.item.code: row.score for row in review.results.select_related("item")}


def audit_of(review: Review) -> list[tuple[str, list[str]]]:
    """Return what the audit tells of a review, oldest first."""
    return [(event.action, event.fields) for event in review.audit_events.order_by("id")]


# Planning


def a_plan(mini: Scale, **changes: Any) -> workflow.Plan:
    service = ServiceFactory.create()
    given: dict[str, Any] = {
        "service": service,
        "kind": Review.Kind.EXTERNAL,
        "basis": Review.Basis.PRACTICE,
        "first_day": FIRST_DAY,
        "last_day": FIRST_DAY,
        "scales": [mini],
        "evaluators": UserFactory.create_batch(2),
    }
    return workflow.Plan(**{**given, **changes})


def test_a_plan_becomes_a_review_with_seats_and_pinned_editions(mini: Scale) -> None:
    adviser = UserFactory.create()
    team = TeamFactory.create()
    first, second = UserFactory.create_batch(2)
    plan = a_plan(mini, evaluators=[first, second], teams=[team], recipients="Nav og DPS")
    review = workflow.plan(adviser, plan)
    review.refresh_from_db()
    assert (review.status, review.created_by, review.recipients) == (Status.PLANNED, adviser, "Nav og DPS")
    assert list(review.teams.all()) == [team]
    assert list(review.scales.all()) == [mini]
    seats = list(review.seats.order_by("number").values_list("number", "user", "is_lead", "kind"))
    assert seats == [(1, first.pk, True, "evaluator"), (2, second.pk, False, "evaluator")]
    assert audit_of(review) == [("created", [])]


@pytest.mark.parametrize("missing", ["evaluators", "scales"])
def test_a_plan_without_evaluators_or_scales_is_refused(mini: Scale, missing: str) -> None:
    with pytest.raises(Refused):
        workflow.plan(None, a_plan(mini, **{missing: []}))
    assert not Review.objects.exists()


# Which state lets which step through


def _note(review: Review) -> dict[str, Any]:
    """Return what a page sends of a note on the review's first item."""
    said = {"text": "Hørt.", "source": "", "perspective": "", "number": None}
    return {**said, "date": FIRST_DAY, "private": False, "items": [items_of(review)[0].pk]}


STEPS: list[tuple[str, set[str], Callable[[Review], object]]] = [
    ("start", {"planned"}, lambda review: workflow.start(review, lead(review))),
    ("save_rating", {"scoring"}, lambda review: save_first_rating(review, score=5)),
    (
        "leave_section_unscored",
        {"scoring"},
        lambda review: workflow.leave_section_unscored(
            review.seats.get(number=1), items_of(review)[0].section, lead(review), "missing_data"
        ),
    ),
    ("hand_in", {"scoring"}, lambda review: workflow.hand_in(review.seats.get(number=1), lead(review))),
    (
        "save_result",
        {"consensus", "fact_check"},
        lambda review: workflow.save_result(review, items_of(review)[0], lead(review), {"score": 5}),
    ),
    (
        "save_narrative",
        {"planned", "scoring", "consensus", "fact_check"},
        lambda review: workflow.save_narrative(review, lead(review), {"purpose": "Å lære."}),
    ),
    (
        "save_note",
        {"planned", "scoring", "consensus", "fact_check"},
        lambda review: workflow.save_note(review, uuid.uuid4(), lead(review), _note(review)),
    ),
    ("send_to_fact_check", {"consensus"}, lambda review: workflow.send_to_fact_check(review, lead(review))),
    ("send_back", {"fact_check"}, lambda review: workflow.send_back(review, lead(review), "Feil figur.")),
    (
        "finalise",
        {"consensus", "fact_check"},
        lambda review: finalise(review),
    ),
    ("reissue", {"final"}, lambda review: workflow.reissue(review, lead(review), "Feil navn.")),
    (
        "cancel",
        {"planned", "scoring", "consensus", "fact_check"},
        lambda review: workflow.cancel(review, lead(review), "Lagt ned."),
    ),
]


def save_first_rating(review: Review, **values: Any) -> Rating:
    """Save a rating of the first item in the first seat."""
    return workflow.save_rating(review.seats.get(number=1), items_of(review)[0], lead(review), values, {})


@pytest.mark.parametrize("state", ALL_STATES)
@pytest.mark.parametrize(("name", "states", "step"), STEPS, ids=[step[0] for step in STEPS])
def test_each_step_is_for_certain_states(
    make: Callable[..., Review], name: str, states: set[str], step: Callable[[Review], object], state: str
) -> None:
    review = make(state, scores={"X1": None} if name == "leave_section_unscored" else {})
    if state in states:
        step(review)
    else:
        with pytest.raises(Refused):
            step(review)
        review.refresh_from_db()
        assert review.status == state


@pytest.mark.parametrize("state", OPEN_STATES)
def test_no_step_reaches_a_self_review_that_it_is_not_for(make: Callable[..., Review], state: str) -> None:
    if state == Status.FACT_CHECK:
        with pytest.raises(IntegrityError), transaction.atomic():
            make(state, kind="self", fact_check_at=NOW, fact_check_due=FIRST_DAY)
        return
    review = make(state, kind="self", evaluators=1)
    with pytest.raises((Refused, IntegrityError)), transaction.atomic():
        workflow.send_to_fact_check(review, lead(review))
    with pytest.raises(Refused):
        workflow.hand_in(review.seats.get(), lead(review))


def test_the_message_of_a_refusal_names_the_state_in_the_readers_language(make: Callable[..., Review]) -> None:
    review = make(Status.PLANNED)
    with pytest.raises(Refused, match="“Planned”"):
        workflow.finalise(review, None, skipped="Haster.")


@pytest.mark.parametrize("reason", ["", "  \n"])
@pytest.mark.parametrize(
    ("state", "step"),
    [
        (Status.SCORING, workflow.cancel),
        (Status.FACT_CHECK, workflow.send_back),
        (Status.FINAL, workflow.reissue),
        (Status.CONSENSUS, lambda review, actor, reason: workflow.finalise(review, actor, skipped=reason)),
    ],
)
def test_a_step_that_needs_a_reason_is_refused_without(
    make: Callable[..., Review], state: str, step: Callable[..., object], reason: str
) -> None:
    review = make(state)
    with pytest.raises(Refused) as caught:
        step(review, lead(review), reason)
    assert caught.value.field == "reason"
    review.refresh_from_db()
    assert review.status == state


# Times and audit


def test_the_whole_course_stamps_who_and_when(mini: Scale) -> None:
    first, second = UserFactory.create_batch(2)
    plan = a_plan(mini, evaluators=[first, second])
    adviser = UserFactory.create()
    supervisor = RoleFactory.create(service=plan.service).user
    review = workflow.plan(adviser, plan)
    hours = iter(range(1, 20))

    with time_machine.travel(NOW, tick=False) as clock:

        def next_hour() -> datetime.datetime:
            clock.move_to(NOW + datetime.timedelta(hours=next(hours)))
            return timezone.now()

        started = next_hour()
        workflow.start(review, first)
        for seat in review.seats.all():
            for item in items_of(review):
                workflow.save_rating(seat, item, owner(seat), {"score": 4}, {})
        handed_in = next_hour()
        workflow.hand_in(review.seats.get(number=1), first)
        agreed_on = next_hour()
        workflow.hand_in(review.seats.get(number=2), second)
        sent = next_hour()
        workflow.send_to_fact_check(review, first)
        answered = next_hour()
        workflow.answer(review, supervisor)
        closed = next_hour()
        version = workflow.finalise(review, first)

    review.refresh_from_db()
    assert review.status == Status.FINAL
    stamped = (review.scoring_at, review.consensus_at, review.fact_check_at, review.final_at)
    assert stamped == (started, agreed_on, sent, closed)
    assert review.fact_check_due == NOW.date() + datetime.timedelta(days=14)
    assert review.fact_check_skipped == ""
    assert [seat.handed_in_at for seat in review.seats.all()] == [handed_in, agreed_on]
    assert review.respondents.get().answered_at == answered
    assert (version.made_by, version.made_at) == (first, closed)
    moves = review.audit_events.filter(action=AuditEvent.Action.MOVED).order_by("id")
    assert [event.actor for event in moves] == [first, second, first, first]


def test_the_audit_names_fields_and_never_values(make: Callable[..., Review]) -> None:
    review = make(Status.SCORING, scores={"X1": None})
    save_first_rating(review, score=3, not_scored="", comment="Hemmelig ord.")
    event = review.audit_events.latest("id")
    assert (event.action, event.fields, event.object_type) == ("changed", ["comment", "not_scored", "score"], "rating")
    assert "Hemmelig" not in str(list(AuditEvent.objects.values()))


def test_saving_what_is_there_already_leaves_no_trace(make: Callable[..., Review]) -> None:
    review = make(Status.SCORING)
    before = review.audit_events.count()
    rating = save_first_rating(review, score=4 + 1)
    rating = save_first_rating(review, score=rating.score)
    assert review.audit_events.count() <= before + 1


# Scoring


def test_a_rating_is_made_and_changed(mini: Scale) -> None:
    review = ReviewFactory.create(status=Status.SCORING, scales=[mini])
    SeatFactory.create(review=review)
    made = save_first_rating(review, score=2, comment="Sjelden.")
    changed = save_first_rating(review, score=3)
    assert made.pk == changed.pk
    changed.refresh_from_db()
    assert (changed.score, changed.comment, changed.updated_at) == (3, "Sjelden.", NOW)


def test_counted_figures_are_saved_changed_and_taken_away(mini: Scale) -> None:
    review = ReviewFactory.create(status=Status.SCORING, scales=[mini])
    seat = SeatFactory.create(review=review)
    item = items_of(review)[0]

    def save(**counts: Decimal | None) -> dict[str, Decimal]:
        workflow.save_rating(seat, item, owner(seat), {}, {(name, 0): value for name, value in counts.items()})
        return dict(review.counts.values_list("name", "value"))

    assert save(days=Decimal("2.5"), staff=Decimal(3)) == {"days": Decimal("2.5"), "staff": Decimal(3)}
    assert save(days=Decimal(4)) == {"days": Decimal(4), "staff": Decimal(3)}
    assert save(staff=None, unknown=None) == {"days": Decimal(4)}
    assert review.audit_events.latest("id").fields == ["count_staff"]


@pytest.mark.parametrize("basis", ["practice", "plans"])
def test_that_nothing_has_started_counts_only_for_a_review_from_plans(mini: Scale, basis: str) -> None:
    review = ReviewFactory.create(status=Status.SCORING, scales=[mini], basis=basis)
    seat = SeatFactory.create(review=review)
    steps: list[Callable[[], object]] = [
        lambda: save_first_rating(review, not_scored="not_started"),
        lambda: workflow.leave_section_unscored(seat, items_of(review)[2].section, owner(seat), "not_started"),
    ]
    for step in steps:
        if basis == "plans":
            step()
        else:
            with pytest.raises(Refused):
                step()
    save_first_rating(review, not_scored="missing_data")


@pytest.mark.parametrize("reason", ["not_recorded", "not_relevant"])
def test_no_evaluator_gives_a_reason_that_is_none(make: Callable[..., Review], reason: str) -> None:
    review = make(Status.SCORING)
    with pytest.raises(Refused):
        save_first_rating(review, score=None, not_scored=reason)
    review = make(Status.CONSENSUS)
    with pytest.raises(Refused):
        workflow.save_result(review, items_of(review)[0], lead(review), {"score": None, "not_scored": reason})
    assert agreed(review)["X1"] is not None


def test_an_imported_reason_may_stay(make: Callable[..., Review]) -> None:
    review = make(Status.CONSENSUS)
    review.results.update(score=None, not_scored="not_recorded")
    values = {"score": None, "not_scored": "not_recorded", "comment": "Arket sier ingenting."}
    saved = workflow.save_result(review, items_of(review)[0], lead(review), values)
    assert (saved.not_scored, saved.comment) == ("not_recorded", "Arket sier ingenting.")


def test_a_section_left_unscored_keeps_what_is_settled(mini: Scale) -> None:
    review = ReviewFactory.create(status=Status.SCORING, scales=[mini])
    seat = SeatFactory.create(review=review)
    first, second, other = items_of(review)
    workflow.save_rating(seat, first, owner(seat), {"score": 4}, {})
    assert workflow.leave_section_unscored(seat, first.section, owner(seat), "missing_data") == 1
    found = {rating.item_id: (rating.score, rating.not_scored) for rating in seat.ratings.all()}
    assert found == {first.pk: (4, ""), second.pk: (None, "missing_data")}
    assert workflow.unsettled(seat) == [other]


def test_a_sheet_with_an_open_item_is_not_handed_in_and_the_item_is_named(mini: Scale) -> None:
    review = ReviewFactory.create(status=Status.SCORING, scales=[mini])
    seat = SeatFactory.create(review=review)
    first, second, third = items_of(review)
    workflow.save_rating(seat, second, owner(seat), {"comment": "Bare ord."}, {})
    with pytest.raises(Refused, match="X1, X2, Y1"):
        workflow.hand_in(seat, owner(seat))
    workflow.save_rating(seat, first, owner(seat), {"score": 1}, {})
    workflow.save_rating(seat, third, owner(seat), {"not_scored": "missing_data"}, {})
    with pytest.raises(Refused, match=r": X2\."):
        workflow.hand_in(seat, owner(seat))
    seat.refresh_from_db()
    assert seat.handed_in_at is None


def test_a_sheet_that_is_handed_in_is_frozen(make: Callable[..., Review]) -> None:
    review = make(Status.SCORING)
    workflow.hand_in(review.seats.get(number=1), lead(review))
    assert review.seats.get(number=1).handed_in_at == NOW
    review.refresh_from_db()
    assert review.status == Status.SCORING
    for step in (
        lambda: save_first_rating(review, score=1),
        lambda: workflow.hand_in(review.seats.get(number=1), lead(review)),
    ):
        with pytest.raises(Refused, match="handed in"):
            step()


def test_a_removed_evaluator_writes_nothing_more_and_is_not_waited_for(make: Callable[..., Review]) -> None:
    review = make(Status.SCORING)
    review.seats.filter(number=2).update(removed_at=NOW, removed_reason="Ble syk.")
    removed = review.seats.get(number=2)
    with pytest.raises(Refused, match="no longer"):
        workflow.save_rating(removed, items_of(review)[0], owner(removed), {"score": 1}, {})
    workflow.hand_in(review.seats.get(number=1), lead(review))
    review.refresh_from_db()
    assert review.status == Status.CONSENSUS
    # Filled by the one who is left, as if the other had never been there.
    assert agreed(review) == {"X1": 5, "X2": 4, "Y1": 5}


def test_an_observer_is_not_waited_for_and_does_not_count(make: Callable[..., Review]) -> None:
    review = make(Status.SCORING, evaluators=1)
    observer = SeatFactory.create(review=review, observer=True)
    for item in items_of(review):
        workflow.save_rating(observer, item, owner(observer), {"score": 1}, {})
    with pytest.raises(Refused, match="never counted"):
        workflow.hand_in(observer, owner(observer))
    workflow.hand_in(review.seats.get(is_lead=True), lead(review))
    assert agreed(review) == {"X1": 5, "X2": 4, "Y1": 5}


# Consensus


def test_one_evaluators_sheet_is_the_agreed_result_as_it_is(make: Callable[..., Review]) -> None:
    review = make(Status.SCORING, evaluators=1, scores={"X1": 2, "Y1": None})
    review.seats.get().ratings.filter(item__code="X1").update(obstacles=["nav"])
    workflow.hand_in(review.seats.get(), lead(review))
    review.refresh_from_db()
    assert review.status == Status.CONSENSUS
    found = {row.item.code: row for row in review.results.select_related("item")}
    assert (found["X1"].score, found["X1"].comment, found["X1"].recommendation, found["X1"].obstacles) == (
        2,
        "Kommentar til X1.",
        "Anbefaling for X1.",
        ["nav"],
    )
    assert (found["Y1"].score, found["Y1"].not_scored) == (None, "missing_data")
    assert workflow.blockers(review) == []


def test_of_two_sheets_equal_scores_are_agreed_and_the_others_wait(make: Callable[..., Review]) -> None:
    review = make(Status.SCORING, scores={"X1": 4, "X2": 3, "Y1": None})
    for seat in review.seats.all():
        workflow.hand_in(seat, owner(seat))
    review.refresh_from_db()
    found = {row.item.code: row for row in review.results.select_related("item")}
    # The second seat's X1 is 3.
    assert {code: (row.score, row.not_scored) for code, row in found.items()} == {
        "X1": (None, ""),
        "X2": (3, ""),
        "Y1": (None, "missing_data"),
    }
    # A Kommentar is written together, not taken from either.
    assert {row.comment for row in found.values()} == {""}
    blocked = [blocker.item.code for blocker in workflow.blockers(review) if blocker.item]
    assert blocked == ["X1", "X2"]


def test_own_scores_stay_as_they_were_handed_in(make: Callable[..., Review]) -> None:
    review = make(Status.CONSENSUS)
    before = list(Rating.objects.order_by("pk").values())
    workflow.save_result(
        review, items_of(review)[0], lead(review), {"score": 1, "comment": "Nei.", "obstacles": ["law"]}
    )
    assert list(Rating.objects.order_by("pk").values()) == before
    with pytest.raises(Refused):
        save_first_rating(review, score=1)
    row = review.results.get(item__code="X1")
    assert (row.score, row.comment, row.obstacles, row.updated_by, row.updated_at) == (
        1,
        "Nei.",
        ["law"],
        lead(review),
        NOW,
    )


# What stands in the way


def test_blockers_name_what_is_not_settled_and_what_has_no_comment(make: Callable[..., Review]) -> None:
    review = make(Status.CONSENSUS, scores={"X1": 3, "X2": 4, "Y1": 1})
    review.results.update(comment="", recommendation="")
    review.results.filter(item__code="X1").update(score=None)
    found = workflow.blockers(review)
    assert [(blocker.item.code, blocker.message) for blocker in found if blocker.item] == [
        ("X1", "X1 Punkt X1 has neither a score nor a reason."),
        ("Y1", "Y1 Punkt Y1 has the score 1 and no comment."),
    ]
    for step in (
        workflow.send_to_fact_check,
        lambda review, actor: workflow.finalise(review, actor, skipped="Haster."),
    ):
        with pytest.raises(Refused, match=r"X1 Punkt X1 has .* Y1 Punkt Y1 has"):
            step(review, lead(review))
    assert not ReportVersion.objects.exists()


@pytest.mark.parametrize(("score", "blocks"), [(1, True), (2, True), (3, True), (4, False), (5, False)])
def test_a_comment_is_required_below_what_is_in_line_with_the_scale(
    make: Callable[..., Review], score: int, blocks: bool
) -> None:
    review = make(Status.CONSENSUS, scores={"X1": score})
    review.results.update(comment=" ")
    assert [blocker.item.code for blocker in workflow.blockers(review) if blocker.item] == (["X1"] if blocks else [])


def test_a_comment_on_the_section_covers_its_items(make: Callable[..., Review]) -> None:
    review = make(Status.CONSENSUS, scores={"X1": 3, "X2": 2, "Y1": 2})
    review.results.update(comment="")
    section = items_of(review)[0].section
    workflow.save_narrative(review, lead(review), {}, {section: "Gjelder hele delen."})
    assert [blocker.item.code for blocker in workflow.blockers(review) if blocker.item] == ["Y1"]
    workflow.save_narrative(review, lead(review), {}, {section: ""})
    assert len(workflow.blockers(review)) == 3
    assert SectionComment.objects.count() == 1


def test_no_comment_is_required_where_the_scale_expects_none(make: Callable[..., Review], mini: Scale) -> None:
    Scale.objects.filter(pk=mini.pk).update(comment_expected=False)
    review = make(Status.CONSENSUS, scores={"X1": 1})
    review.results.update(comment="", recommendation="")
    ContextFactory.create(review=review)
    assert workflow.blockers(review) == []
    assert workflow.warnings(review) == []


def test_what_a_reader_would_miss_is_a_warning_and_stops_nobody(make: Callable[..., Review]) -> None:
    review = make(Status.CONSENSUS, scores={"X1": 3, "X2": 4, "Y1": 2}, summary="")
    review.results.update(actors=["nav"])
    review.results.filter(item__code__in=["X1", "X2"]).update(recommendation="")
    assert [warning.message for warning in workflow.warnings(review)] == [
        "The report has no summary.",
        "It is not told how many participants are in work or education.",
        "The agreed goal for work and education is not told.",
        "X1 Punkt X1 has no recommendation.",
    ]
    finalise(review)


def test_a_recommendation_that_nobody_acts_on_is_a_warning(make: Callable[..., Review]) -> None:
    review = make(Status.CONSENSUS, scores={"X1": 3, "X2": 3, "Y1": 3}, summary="Kort.")
    ContextFactory.create(review=review)
    review.results.update(recommendation="Møt hver uke.", actors=[], obstacles=[])
    review.results.filter(item__code="X2").update(actors=["nav"])
    review.results.filter(item__code="Y1").update(obstacles=["health"])
    with translation.override("en"):
        (warning,) = workflow.warnings(review)
    assert warning.item is not None
    assert warning.item.code == "X1"
    assert warning.message.endswith("it is not told who acts on it.")


# Fact check


def test_the_services_metodeveileder_are_asked_and_no_one_else(make: Callable[..., Review]) -> None:
    review = make(Status.CONSENSUS)
    asked = [RoleFactory.create(service=review.service).user for _number in range(2)]
    RoleFactory.create(service=review.service, ended=True)
    RoleFactory.create(service=review.service, manager=True)
    RoleFactory.create()
    RoleFactory.create(user=asked[0], service=review.service, start=datetime.date(2021, 1, 1))
    due = NOW.date() + datetime.timedelta(days=5)
    sent = workflow.send_to_fact_check(review, lead(review), due=due)
    assert (sent.status, sent.fact_check_due, sent.fact_check_at) == (Status.FACT_CHECK, due, NOW)
    assert {respondent.user for respondent in review.respondents.all()} == set(asked)


def test_a_fact_check_that_is_due_before_it_begins_is_refused(make: Callable[..., Review]) -> None:
    review = make(Status.CONSENSUS)
    with pytest.raises(Refused) as caught:
        workflow.send_to_fact_check(review, lead(review), due=NOW.date() - datetime.timedelta(days=1))
    assert caught.value.field == "due"
    workflow.send_to_fact_check(review, lead(review), due=NOW.date())


def test_the_fact_check_is_over_when_all_have_answered(make: Callable[..., Review]) -> None:
    review = make(Status.CONSENSUS)
    first, second = (RoleFactory.create(service=review.service).user for _number in range(2))
    review = workflow.send_to_fact_check(review, lead(review))
    assert not workflow.fact_check_is_over(review)
    workflow.answer(review, first)
    assert not workflow.fact_check_is_over(review)
    with pytest.raises(Refused):
        workflow.answer(review, first)
    workflow.answer(review, second)
    assert workflow.fact_check_is_over(review)
    workflow.finalise(review, lead(review))
    review.refresh_from_db()
    assert (review.status, review.fact_check_skipped) == (Status.FINAL, "")


@pytest.mark.parametrize("respondents", [0, 1])
def test_silence_is_assent_when_the_time_is_up(make: Callable[..., Review], respondents: int) -> None:
    review = make(Status.CONSENSUS)
    RoleFactory.create_batch(respondents, service=review.service)
    review = workflow.send_to_fact_check(review, lead(review))
    review.respondents.update(reminded_at=NOW)
    last_moment = at(NOW.date() + datetime.timedelta(days=14), 23)
    with time_machine.travel(last_moment, tick=False):
        assert not workflow.fact_check_is_over(review)
        assert workflow.skips_fact_check(review)
        with pytest.raises(Refused):
            workflow.finalise(review, lead(review))
    with time_machine.travel(last_moment + datetime.timedelta(hours=2), tick=False):
        assert workflow.fact_check_is_over(review)
        assert not workflow.skips_fact_check(review)
        workflow.finalise(review, lead(review))


def test_someone_who_is_not_asked_cannot_answer(make: Callable[..., Review]) -> None:
    review = make(Status.FACT_CHECK)
    with pytest.raises(Refused):
        workflow.answer(review, UserFactory.create())


def test_a_draft_sent_back_is_checked_anew_and_keeps_the_remarks(make: Callable[..., Review]) -> None:
    review = make(Status.CONSENSUS)
    supervisor = RoleFactory.create(service=review.service).user
    review = workflow.send_to_fact_check(review, lead(review))
    remark = RemarkFactory.create(respondent=review.respondents.get())
    workflow.answer(review, supervisor)
    review = workflow.send_back(review, lead(review), "Antallet var feil.")
    assert (review.status, review.fact_check_at, review.fact_check_due) == (Status.CONSENSUS, None, None)
    assert review.sent_back_reason == "Antallet var feil."
    with pytest.raises(Refused):
        workflow.send_to_fact_check(review, lead(review))
    workflow.decide(remark, lead(review), "kept", "Vi talte stillinger, ikke personer.")
    review = workflow.send_to_fact_check(review, lead(review))
    assert FactCheckRemark.objects.filter(review=review).count() == 1
    assert review.respondents.get().answered_at is None
    assert not workflow.fact_check_is_over(review)


@pytest.mark.parametrize("state", [Status.CONSENSUS, Status.FACT_CHECK])
def test_a_fact_check_is_skipped_or_cut_short_only_with_a_reason(make: Callable[..., Review], state: str) -> None:
    review = make(state, **({"fact_check_due": NOW.date()} if state == Status.FACT_CHECK else {}))
    with pytest.raises(Refused):
        workflow.finalise(review, lead(review))
    workflow.finalise(review, lead(review), skipped=" Tjenesten ba om det. ")
    review.refresh_from_db()
    assert review.fact_check_skipped == "Tjenesten ba om det."


# Final


def test_a_final_review_has_a_version_with_its_scores_bytes_and_actions(make: Callable[..., Review]) -> None:
    review = make(Status.CONSENSUS, scores={"X1": 3, "X2": 5, "Y1": None})
    review.results.filter(item__code="X1").update(obstacles=["health"])
    version = finalise(review)
    version.refresh_from_db()
    assert (version.number, version.reason, version.made_by) == (1, "", lead(review))
    pdf = bytes(version.pdf or b"")
    assert pdf.startswith(b"%PDF-")
    assert version.sha256 == hashlib.sha256(pdf).hexdigest()
    assert version.editions == [{"code": "mini", "edition": "1"}]
    rows = {row.item.code: row for row in version.scores.select_related("item")}
    assert {code: (row.score, row.not_scored) for code, row in rows.items()} == {
        "X1": (3, ""),
        "X2": (5, ""),
        "Y1": (None, "missing_data"),
    }
    assert (rows["X1"].comment, rows["X1"].recommendation, rows["X1"].obstacles) == (
        "Kommentar til X1.",
        "Anbefaling for X1.",
        ["health"],
    )
    action = ActionPoint.objects.get()
    assert (action.service, action.version, action.item.code, action.text, action.status) == (
        review.service,
        version,
        "X1",
        "Anbefaling for X1.",
        ActionPoint.Status.OPEN,
    )


@pytest.mark.parametrize("model", [AgreedResult, Seat])
def test_working_rows_of_a_final_review_are_locked(make: Callable[..., Review], model: type[Any]) -> None:
    review = make(Status.CONSENSUS)
    finalise(review)
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.filter(review=review).delete()


def test_a_self_review_goes_from_scoring_to_final(make: Callable[..., Review]) -> None:
    review = make(Status.SCORING, kind="self", evaluators=1, scores={"X1": 2})
    assert workflow.blockers(review) == []
    review.seats.get().ratings.filter(item__code="X1").update(comment="")
    with pytest.raises(Refused, match="X1"):
        workflow.finalise(review, lead(review))
    save_first_rating(review, comment="Vi rekker det ikke.")
    version = workflow.finalise(review, lead(review))
    review.refresh_from_db()
    assert (review.status, review.consensus_at, review.fact_check_at) == (Status.FINAL, NOW, None)
    assert review.fact_check_skipped == ""
    assert {row.item.code: row.score for row in version.scores.select_related("item")} == {"X1": 2, "X2": 4, "Y1": 5}


def test_only_the_shared_sheet_of_a_self_review_counts(make: Callable[..., Review]) -> None:
    review = make(Status.SCORING, kind="self", evaluators=2, scores={"X1": 4})
    workflow.finalise(review, lead(review))
    assert agreed(review) == {"X1": 4, "X2": 4, "Y1": 5}


def test_a_self_review_is_shared_once_it_is_final(make: Callable[..., Review]) -> None:
    review = make(Status.SCORING, kind="self", evaluators=1)
    with pytest.raises(Refused):
        workflow.share(review, lead(review))
    workflow.finalise(review, lead(review))
    assert workflow.share(review, lead(review)).shared_at == NOW
    external = make(Status.FINAL)
    with pytest.raises(Refused):
        workflow.share(external, lead(external))


# Issued again


def test_a_reissue_keeps_the_first_version_and_makes_a_second(make: Callable[..., Review]) -> None:
    review = make(Status.CONSENSUS, scores={"X1": 3, "X2": 2})
    first = finalise(review)
    held = ReportVersion.objects.values().get()
    scores = list(FinalScore.objects.order_by("pk").values())

    review = workflow.reissue(review, lead(review), "X1 var avrundet feil.")
    assert (review.status, review.final_at) == (Status.CONSENSUS, None)
    assert results.newest_version(review) == first
    with pytest.raises(Refused):
        workflow.cancel(review, lead(review), "Nei.")
    workflow.save_result(review, items_of(review)[0], lead(review), {"score": 5, "recommendation": ""})
    assert next(row for row in results.newest_results(review)[0].items).score == 3

    second = workflow.finalise(review, lead(review), skipped="Bare en retting.")
    assert (second.number, second.reason) == (2, "X1 var avrundet feil.")
    assert second.content["reason"] == "X1 var avrundet feil."
    assert ReportVersion.objects.values().get(number=1) == held
    assert list(FinalScore.objects.filter(version=first).order_by("pk").values()) == scores
    review.refresh_from_db()
    assert next(row for row in results.newest_results(review)[0].items).score == 5


def test_a_reissue_adds_actions_for_new_advice_and_keeps_what_the_service_made_of_the_old(
    make: Callable[..., Review],
) -> None:
    review = make(Status.CONSENSUS, scores={"X1": 3, "X2": 2})
    finalise(review)
    ActionPoint.objects.filter(item__code="X1").update(status="under_way", owner="Teamleder")
    workflow.reissue(review, lead(review), "X2 var feil.")
    workflow.save_result(review, items_of(review)[1], lead(review), {"recommendation": "Noe annet."})
    workflow.finalise(review, lead(review), skipped="Bare en retting.")
    found = ActionPoint.objects.order_by("item__code", "created_at", "version__number")
    told = found.values_list("item__code", "text", "status", "version__number")
    assert list(told) == [
        ("X1", "Anbefaling for X1.", "under_way", 1),
        ("X2", "Anbefaling for X2.", "open", 1),
        ("X2", "Noe annet.", "open", 2),
    ]


def test_a_fact_check_held_the_second_time_is_no_longer_skipped(make: Callable[..., Review]) -> None:
    review = make(Status.CONSENSUS)
    supervisor = RoleFactory.create(service=review.service).user
    finalise(review)
    workflow.reissue(review, lead(review), "Feil navn.")
    workflow.send_to_fact_check(review, lead(review))
    workflow.answer(review, supervisor)
    workflow.finalise(review, lead(review))
    review.refresh_from_db()
    assert review.fact_check_skipped == ""


# Cancelled, notes, narrative


def test_a_cancelled_review_keeps_its_reason_and_its_scores(make: Callable[..., Review]) -> None:
    review = make(Status.CONSENSUS)
    cancelled = workflow.cancel(review, lead(review), " Lagt ned. ")
    assert (cancelled.status, cancelled.cancel_reason, cancelled.cancelled_at) == (Status.CANCELLED, "Lagt ned.", NOW)
    assert review.results.count() == 3


def test_a_note_is_deleted_while_the_review_is_open_and_never_after(make: Callable[..., Review]) -> None:
    review = make(Status.CONSENSUS)
    said_by = InformantFactory.create(review=review)
    note, kept = NoteFactory.create_batch(2, review=review, informant=said_by, author=lead(review))
    workflow.delete_note(note, lead(review))
    finalise(review)
    with pytest.raises(Refused):
        workflow.delete_note(kept, lead(review))
    assert list(review.notes.all()) == [kept]


def test_the_narrative_is_saved_field_by_field(make: Callable[..., Review]) -> None:
    review = make(Status.SCORING, purpose="Før.")
    saved = workflow.save_narrative(review, lead(review), {"purpose": "Før.", "summary": "Nytt."})
    assert saved.summary == "Nytt."
    assert review.audit_events.latest("id").fields == ["summary"]


# Locking


@pytest.mark.django_db(transaction=True)
def test_of_two_who_plan_the_same_visit_at_once_one_is_asked(mini: Scale) -> None:
    service = ServiceFactory.create()
    plans = [a_plan(mini, service=service) for _number in range(2)]
    ready = threading.Barrier(2)
    said: list[str] = []

    def make_it(plan: workflow.Plan) -> None:
        try:
            ready.wait(10)
            workflow.plan(None, plan)
            said.append("made")
        except workflow.SameVisit as refusal:
            said.append(f"asked about {len(refusal.found)}")
        finally:
            connection.close()

    threads = [threading.Thread(target=make_it, args=[plan]) for plan in plans]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(said) == ["asked about 1", "made"]
    workflow.plan(None, plans[0], beside=[service.reviews.get().pk])
    assert service.reviews.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_at_once_are_taken_one_after_the_other(make: Callable[..., Review]) -> None:
    """Of two who make the same review final at the same time one succeeds, and the other is told what has happened."""
    review = make(Status.CONSENSUS)
    actor = lead(review)
    ready = threading.Barrier(2)
    said: list[str] = []

    def finalise() -> None:
        try:
            ready.wait(10)
            workflow.finalise(review, actor, skipped="Haster.")
            said.append("made")
        except Refused:
            said.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=finalise) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(said) == ["made", "refused"]
    assert ReportVersion.objects.filter(review=review).count() == 1

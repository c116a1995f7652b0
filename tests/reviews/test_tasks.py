"""What waits for whom, until when: the rules as functions on plain values."""

import datetime

import pytest
from django.utils import translation

from reviews.tasks import Part, Situation, Waiting, Work, waiting, waits_for

FIRST, LAST = datetime.date(2026, 9, 15), datetime.date(2026, 9, 16)
CHECK, REPORT = datetime.date(2026, 10, 7), datetime.date(2026, 10, 20)
BEFORE = datetime.date(2026, 9, 1)
STATES = ["planned", "scoring", "consensus", "fact_check", "over", "final", "cancelled"]


def _now(state: str, **values: object) -> Situation:
    """Return a situation in a state; "over" is a fact check that is over."""
    status = "fact_check" if state == "over" else state
    return Situation(
        status=status,
        first_day=FIRST,
        last_day=LAST,
        report_due=REPORT,
        fact_check_due=CHECK if status == "fact_check" else None,
        fact_check_over=state == "over",
        **values,  # type: ignore[arg-type]
    )


def _work(now: Situation, today: datetime.date = BEFORE) -> list[Work]:
    return [each.work for each in waiting(now, today)]


NOBODY: dict[str, list[Work]] = {}
# What waits in each state of an external review, by who somebody is; states that are not named: nothing.
TABLE = [
    (
        {"seat": "lead"},
        {
            "planned": [Work.START],
            "scoring": [Work.SCORE],
            "consensus": [Work.AGREE],
            "fact_check": [Work.FOLLOW],
            "over": [Work.FINALISE],
        },
    ),
    ({"seat": "evaluator"}, {"scoring": [Work.SCORE], "consensus": [Work.AGREE]}),
    ({"seat": "observer"}, {"scoring": [Work.SCORE_ALONG]}),
    ({"seat": "evaluator", "handed_in": True}, {"consensus": [Work.AGREE]}),
    ({"seat": "observer", "handed_in": True}, NOBODY),
    ({"seat": "evaluator", "again": True}, {"scoring": [Work.SCORE], "consensus": [Work.MEND]}),
    (
        {"seat": "evaluator", "open_remarks": 2},
        {
            "scoring": [Work.SCORE],
            "consensus": [Work.DECIDE, Work.AGREE],
            "fact_check": [Work.DECIDE],
            "over": [Work.DECIDE],
        },
    ),
    (
        {"seat": "lead", "open_remarks": 1},
        {
            "planned": [Work.START],
            "scoring": [Work.SCORE],
            "consensus": [Work.DECIDE, Work.AGREE],
            "fact_check": [Work.DECIDE, Work.FOLLOW],
            "over": [Work.DECIDE],
        },
    ),
    ({"seat": "observer", "open_remarks": 1}, {"scoring": [Work.SCORE_ALONG]}),
    ({"supervises": True}, NOBODY),
    ({"supervises": True, "figures_asked": 11}, {"planned": [Work.GIVE], "scoring": [Work.GIVE]}),
    # Once the visit has begun, the evaluators ask for what is missing.
    ({"supervises": True, "figures_asked": 11, "figures_given": 9}, {"planned": [Work.GIVE]}),
    ({"supervises": True, "figures_asked": 11, "figures_given": 11}, NOBODY),
    ({"advises": True, "figures_asked": 11}, NOBODY),
    ({"seat": "evaluator", "figures_asked": 11}, {"scoring": [Work.SCORE], "consensus": [Work.AGREE]}),
    ({"supervises": True, "is_asked": True}, {"fact_check": [Work.CHECK], "over": [Work.CHECK]}),
    ({"is_asked": True}, {"fact_check": [Work.CHECK], "over": [Work.CHECK]}),
    ({"advises": True}, NOBODY),
    ({"advises": True, "vacant": 1}, {"planned": [Work.FILL], "scoring": [Work.FILL]}),
    ({"supervises": True, "vacant": 1}, NOBODY),
    ({"seat": "evaluator", "vacant": 1}, {"scoring": [Work.SCORE], "consensus": [Work.AGREE]}),
    ({}, NOBODY),
]


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize(("who", "expected"), TABLE)
def test_what_waits_in_an_external_review(state: str, who: dict[str, object], expected: dict[str, list[Work]]) -> None:
    assert _work(_now(state, **who)) == expected.get(state, [])


_TOGETHER = {"planned": [Work.START], "scoring": [Work.SCORE_TOGETHER], "consensus": [Work.AGREE]}


@pytest.mark.parametrize("state", ["planned", "scoring", "consensus", "final", "cancelled"])
@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ({"seat": "lead"}, _TOGETHER),
        # One sheet, shared: whoever has a seat and the metodeveileder begin, fill and finish it.
        ({"seat": "evaluator"}, _TOGETHER),
        ({"supervises": True}, _TOGETHER),
        ({"supervises": True, "figures_asked": 11}, _TOGETHER),
        ({"supervises": True, "again": True}, {**_TOGETHER, "consensus": [Work.MEND]}),
        ({"advises": True, "vacant": 1}, NOBODY),
        ({}, NOBODY),
    ],
)
def test_what_waits_in_a_self_review(state: str, who: dict[str, object], expected: dict[str, list[Work]]) -> None:
    assert _work(_now(state, is_self=True, **who), LAST) == expected.get(state, [])


@pytest.mark.parametrize(
    ("today", "asked"),
    [(FIRST - datetime.timedelta(days=1), []), (FIRST, []), (FIRST + datetime.timedelta(days=1), [Work.ASK])],
)
def test_an_adviser_asks_only_when_the_first_visit_day_has_passed(today: datetime.date, asked: list[Work]) -> None:
    assert _work(_now("planned", advises=True), today) == asked
    # The scoring has begun, or the adviser leads it themselves and is told to start it.
    assert _work(_now("scoring", advises=True), today) == []
    assert _work(_now("planned", advises=True, seat="lead"), today) == [Work.START]


@pytest.mark.parametrize(
    ("state", "due"),
    [
        ("planned", FIRST),
        ("scoring", LAST),
        ("consensus", REPORT),
        ("fact_check", CHECK),
        ("over", REPORT),
        ("final", None),
        ("cancelled", None),
    ],
)
def test_the_deadline_follows_the_state(state: str, due: datetime.date | None) -> None:
    now = _now(state, seat="lead")
    assert now.due == due
    assert [each.due for each in waiting(now, BEFORE)] == ([] if due is None else [due])


def test_a_deadline_that_nobody_set_is_none() -> None:
    now = Situation(status="consensus", first_day=FIRST, last_day=LAST, seat="lead", open_remarks=1)
    assert [each.due for each in waiting(now, BEFORE)] == [None, None]


def test_a_self_review_is_due_when_its_report_is() -> None:
    promised = _now("scoring", is_self=True, seat="lead")
    unpromised = Situation(status="scoring", first_day=FIRST, last_day=LAST, is_self=True, seat="lead")
    assert [now.due for now in (promised, unpromised)] == [REPORT, LAST]


def test_remarks_are_due_with_the_report_and_the_check_with_the_fact_check() -> None:
    assert {each.work: each.due for each in waiting(_now("fact_check", seat="lead", open_remarks=1), BEFORE)} == {
        Work.DECIDE: REPORT,
        Work.FOLLOW: CHECK,
    }
    assert [each.due for each in waiting(_now("over", is_asked=True), BEFORE)] == [CHECK]


@pytest.mark.parametrize(
    ("state", "who", "parts"),
    [
        ("scoring", {"seat": "lead"}, {Part.EVALUATOR}),
        ("scoring", {"seat": "observer"}, {Part.OBSERVER}),
        ("scoring", {"is_self": True, "supervises": True}, {Part.METHOD_SUPERVISOR}),
        ("scoring", {"is_self": True, "supervises": True, "seat": "lead"}, {Part.METHOD_SUPERVISOR, Part.EVALUATOR}),
        ("scoring", {"supervises": True, "seat": "lead"}, {Part.EVALUATOR}),
        ("fact_check", {"is_asked": True}, {Part.RESPONDENT}),
        ("fact_check", {"is_asked": True, "supervises": True}, {Part.METHOD_SUPERVISOR}),
        ("planned", {"advises": True, "vacant": 2}, {Part.ADVISER}),
    ],
)
def test_each_thing_waits_for_somebody_as_something(state: str, who: dict[str, object], parts: set[Part]) -> None:
    assert [each.parts for each in waiting(_now(state, **who), BEFORE)] == [parts]


def test_an_open_seat_is_for_both_who_can_fill_it() -> None:
    now = _now("planned", seat="lead", advises=True, vacant=1)
    assert [(each.work, set(each.parts)) for each in waiting(now, BEFORE)] == [
        (Work.START, {Part.EVALUATOR}),
        (Work.FILL, {Part.EVALUATOR, Part.ADVISER}),
    ]


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (1, "Decide on 1 remark from the fact check"),
        (3, "Decide on 3 remarks from the fact check"),
    ],
)
def test_what_is_counted_says_how_many(number: int, words: str) -> None:
    with translation.override("en"):
        assert str(Waiting(Work.DECIDE, frozenset(), number=number)) == words


def test_everything_that_waits_has_its_own_words() -> None:
    words = [str(Waiting(work, frozenset(), number=2)) for work in Work]
    assert all(words)
    assert len(set(words)) == len(words)


@pytest.mark.parametrize("state", STATES)
def test_whom_it_waits_for_is_said_while_it_is_open(state: str) -> None:
    assert bool(waits_for(_now(state))) is (state not in ("final", "cancelled"))


def test_who_has_handed_in_waits_for_the_other_evaluator() -> None:
    own = waits_for(_now("scoring", seat="evaluator", handed_in=True))
    other = waits_for(_now("scoring", advises=True))
    # An observer who has handed in is not one of the two.
    assert waits_for(_now("scoring", seat="observer", handed_in=True)) == other != own


def test_an_observer_is_not_told_to_hand_in() -> None:
    with translation.override("en"):
        assert str(Waiting(Work.SCORE_ALONG, frozenset())) == "Score along"

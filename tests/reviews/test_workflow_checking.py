"""The fact check's exchange: who is asked, what they remark, what becomes of it; and scores of the last review that
were wrong.
"""

import datetime
from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.utils import translation

from reviews import merging, results, workflow
from reviews.models import FactCheckRemark, Review, User
from reviews.workflow import Overtaken, Refused
from scales.models import Item
from tests.factories import RoleFactory, UserFactory, at, items_of, lead

pytestmark = pytest.mark.django_db

Status = Review.Status
Make = Callable[..., Review]
NOW = at(datetime.date(2026, 10, 20), 10)
DAY = datetime.timedelta(days=1)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Stand still at a moment after the visits, and read the refusals in English."""
    with time_machine.travel(NOW, tick=False), translation.override("en"):
        yield


@pytest.fixture
def sent(make: Make) -> Review:
    """A review whose draft is out for fact check."""
    review = make(Status.CONSENSUS)
    RoleFactory.create(service=review.service)
    return workflow.send_to_fact_check(review, lead(review))


def asked(review: Review) -> User:
    """Return the metodeveileder who is asked."""
    user = review.respondents.get().user
    assert user is not None
    return user


# Who is asked


def test_named_respondents_are_asked_beside_the_metodeveileder_each_once(make: Make) -> None:
    review = make(Status.CONSENSUS)
    supervisor = RoleFactory.create(service=review.service).user
    leader = UserFactory.create(email="leder@example.org")
    others: list[workflow.Who] = [leader, "Leder@example.org", "ny@example.org", "NY@example.org", supervisor]
    workflow.send_to_fact_check(review, lead(review), others=others)
    users = {respondent.user for respondent in review.respondents.all()}
    assert users == {supervisor, leader, None}
    assert review.respondents.count() == 3
    assert review.invitations.get().email == "ny@example.org"
    # Sent again, nobody is asked twice; all are asked anew.
    review.respondents.update(answered_at=NOW, told_at=NOW, reminded_at=NOW)
    workflow.send_back(review, lead(review), "Feil tall.")
    workflow.send_to_fact_check(review, lead(review), others=others)
    assert review.respondents.count() == 3
    assert set(review.respondents.values_list("answered_at", "told_at", "reminded_at")) == {(None, None, None)}


def test_an_invited_respondent_takes_the_part(make: Make) -> None:
    review = make(Status.CONSENSUS)
    workflow.send_to_fact_check(review, lead(review), others=["ny@example.org"])
    person = UserFactory.create(email="ny@example.org")
    workflow.accept(review.invitations.get(), person)
    workflow.save_remark(review, person, "Teamet har fire stillinger.")
    workflow.answer(review, person)
    assert workflow.fact_check_is_over(review)


def test_who_was_invited_and_has_an_account_by_now_is_not_asked_twice(make: Make) -> None:
    review = make(Status.CONSENSUS)
    workflow.send_to_fact_check(review, lead(review), others=["ny@example.org"])
    UserFactory.create(email="ny@example.org")
    workflow.send_back(review, lead(review), "Feil tall.")
    workflow.send_to_fact_check(review, lead(review), others=["ny@example.org"])
    assert review.respondents.get().user is None


# Silence


def test_nobody_waits_for_the_answer_of_a_closed_account(make: Make) -> None:
    review = make(Status.CONSENSUS)
    answers, leaves = (RoleFactory.create(service=review.service).user for _number in range(2))
    review = workflow.send_to_fact_check(review, lead(review))
    workflow.answer(review, answers)
    assert not workflow.fact_check_is_over(review)
    leaves.is_active = False
    leaves.save(update_fields=["is_active"])
    assert workflow.fact_check_is_over(review)


@pytest.mark.parametrize(
    ("reminded", "today", "over"),
    [
        (None, 15, False),
        (10, 14, False),
        (10, 15, True),
        (15, 15, False),
        (15, 16, True),
    ],
)
def test_silence_is_assent_only_after_a_reminder(sent: Review, reminded: int | None, today: int, over: bool) -> None:
    sent.respondents.update(reminded_at=None if reminded is None else NOW + reminded * DAY)
    with time_machine.travel(NOW + today * DAY, tick=False):
        assert workflow.fact_check_is_over(sent) is over


# Remarks


def test_a_remark_is_made_changed_and_taken_back_until_the_answer(sent: Review) -> None:
    item = items_of(sent)[0]
    remark = workflow.save_remark(sent, asked(sent), "Fire, ikke tre.", item=item)
    workflow.save_remark(sent, asked(sent), "Fem, ikke tre.", remark=remark)
    assert list(sent.remarks.values_list("item", "text")) == [(item.pk, "Fem, ikke tre.")]
    other = workflow.save_remark(sent, asked(sent), "Navnet er feil.")
    workflow.delete_remark(other, asked(sent))
    workflow.answer(sent, asked(sent))
    for held in (None, remark):
        with pytest.raises(Refused):
            workflow.save_remark(sent, asked(sent), "Seks.", remark=held)
    workflow.take_answer_back(sent, asked(sent))
    workflow.save_remark(sent, asked(sent), "Seks.", remark=remark)
    assert sent.remarks.get().text == "Seks."


def test_an_empty_remark_is_none(sent: Review) -> None:
    with pytest.raises(Refused) as caught:
        workflow.save_remark(sent, asked(sent), " \n")
    assert caught.value.field == "text"


def test_who_is_not_asked_remarks_nothing_and_touches_no_one_elses(sent: Review) -> None:
    remark = workflow.save_remark(sent, asked(sent), "Fire.")
    stranger = UserFactory.create()
    with pytest.raises(Refused):
        workflow.save_remark(sent, stranger, "Fem.")
    second = RoleFactory.create(service=sent.service).user
    workflow.send_back(sent, lead(sent), "En til skal med.")
    workflow.decide(remark, lead(sent), "kept", "Vi talte.")
    workflow.send_to_fact_check(sent, lead(sent))
    mine = workflow.save_remark(sent, second, "Seks.")
    other = asked_first(sent, second)
    with pytest.raises(Refused):
        workflow.save_remark(sent, other, "Sju.", remark=mine)
    for held in (mine, remark):
        with pytest.raises(Refused):
            workflow.delete_remark(held, other)
    assert set(sent.remarks.values_list("text", flat=True)) == {"Fire.", "Seks."}


def asked_first(review: Review, second: User) -> User:
    """Return the respondent who is not the second."""
    user = review.respondents.exclude(user=second).get().user
    assert user is not None
    return user


@pytest.mark.parametrize("state", [Status.SCORING, Status.CONSENSUS, Status.CANCELLED])
def test_nothing_is_remarked_while_no_draft_is_out(make: Make, state: str) -> None:
    review = make(state)
    with pytest.raises(Refused):
        workflow.save_remark(review, lead(review), "Fire.")


def test_an_answer_that_was_not_given_is_not_taken_back(sent: Review) -> None:
    with pytest.raises(Refused):
        workflow.take_answer_back(sent, asked(sent))


# What becomes of a remark


@pytest.fixture
def remark(sent: Review) -> FactCheckRemark:
    """A remark on the first item, which has a 5."""
    return workflow.save_remark(sent, asked(sent), "Det er fire.", item=items_of(sent)[0])


def test_a_change_keeps_what_stood_there_before(remark: FactCheckRemark) -> None:
    review = remark.review
    before = review.results.get(item=remark.item)
    workflow.decide(remark, lead(review), "changed", "Dere har rett.", {"score": 4, "comment": "Fire stillinger."})
    remark.refresh_from_db()
    assert remark.before == {
        "score": before.score,
        "not_scored": "",
        "comment": before.comment,
        "recommendation": before.recommendation,
    }
    assert remark.after is not None
    assert (remark.after["score"], remark.after["comment"]) == (4, "Fire stillinger.")
    assert (review.results.get(item=remark.item).score, remark.decided_at) == (4, NOW)
    # Changed once more: what stood there first is still kept.
    workflow.decide(remark, lead(review), "changed", "Likevel tre.", {"score": 3, "comment": "Tre."})
    remark.refresh_from_db()
    assert remark.before["score"] == before.score
    with pytest.raises(Refused):
        workflow.decide(remark, lead(review), "kept", "Nei.")


def test_a_change_that_changes_nothing_is_none(remark: FactCheckRemark) -> None:
    review = remark.review
    held = review.results.get(item=remark.item)
    with pytest.raises(Refused) as caught:
        workflow.decide(remark, lead(review), "changed", "Ja.", {"score": held.score, "comment": held.comment})
    assert caught.value.field == "decision"
    remark.refresh_from_db()
    assert remark.decision == ""


def test_what_is_kept_is_answered_for(remark: FactCheckRemark) -> None:
    review = remark.review
    with pytest.raises(Refused) as caught:
        workflow.decide(remark, lead(review), "kept", " ")
    assert caught.value.field == "answer"
    workflow.decide(remark, lead(review), "kept", "Vi talte stillinger.")
    remark.refresh_from_db()
    assert (remark.decision, remark.answer, remark.before, remark.after) == ("kept", "Vi talte stillinger.", None, None)
    with pytest.raises(Refused):
        workflow.save_remark(review, asked(review), "Jo.", remark=remark)
    with pytest.raises(Refused):
        workflow.delete_remark(remark, asked(review))


def test_a_decision_that_is_none_is_refused(remark: FactCheckRemark) -> None:
    with pytest.raises(Refused):
        workflow.decide(remark, lead(remark.review), "perhaps", "Tja.")


def test_a_change_that_somebody_else_overtook_decides_nothing(remark: FactCheckRemark) -> None:
    review = remark.review
    held = review.results.get(item=remark.item)
    seen = merging.stamps({"comment": held.comment})
    assert remark.item is not None
    workflow.save_result(review, remark.item, lead(review), {"comment": "Den andres."})
    with pytest.raises(Overtaken) as caught:
        workflow.decide(remark, lead(review), "changed", "Ja.", {"comment": "Min."}, seen)
    assert caught.value.theirs == {"comment": "Den andres."}
    remark.refresh_from_db()
    assert remark.decision == ""


def test_an_open_remark_stands_in_the_way_of_the_report(remark: FactCheckRemark) -> None:
    review = remark.review
    assert [blocker.remark for blocker in workflow.blockers(review)] == [remark]
    workflow.answer(review, asked(review))
    with pytest.raises(Refused):
        workflow.finalise(review, lead(review))
    workflow.decide(remark, lead(review), "kept", "Vi talte stillinger.")
    assert workflow.blockers(review) == []
    workflow.finalise(review, lead(review))


def test_a_remark_on_the_whole_draft_is_decided_on_too(sent: Review) -> None:
    remark = workflow.save_remark(sent, asked(sent), "Tjenesten har skiftet navn.")
    workflow.decide(remark, lead(sent), "changed", "Rettet i sammendraget.")
    remark.refresh_from_db()
    assert (remark.decision, remark.before, remark.after) == ("changed", None, None)


# The last review's score was wrong


@pytest.fixture
def last(make: Make) -> Review:
    """A final review of a service, a year before the one in `this`."""
    return make(Status.FINAL)


@pytest.fixture
def this(make: Make, last: Review) -> Review:
    """This year's review of the same service, in consensus."""
    day = last.first_day.replace(year=last.first_day.year + 1)
    return make(Status.CONSENSUS, service=last.service, first_day=day)


def first(review: Review) -> Item:
    """Return the first item."""
    return items_of(review)[0]


def test_a_wrong_score_is_recorded_and_nothing_handed_over_changes(this: Review, last: Review) -> None:
    version = results.newest_version(last)
    assert version is not None
    before = list(version.scores.values())
    workflow.correct(this, first(this), lead(this), 2, " Talt feil. ")
    workflow.correct(this, first(this), lead(this), None, "Ingen vet lenger.")
    held = this.corrections.get()
    assert (held.version, held.score, held.reason, held.made_by) == (version, None, "Ingen vet lenger.", lead(this))
    assert list(version.scores.values()) == before
    workflow.take_correction_back(this, first(this), lead(this))
    assert not this.corrections.exists()
    with pytest.raises(Refused):
        workflow.take_correction_back(this, first(this), lead(this))


def test_a_score_that_was_right_or_is_unexplained_is_not_wrong(this: Review, last: Review) -> None:
    given = {row.item_id: row.score for row in last.results.all()}[first(last).pk]
    for score, reason in ((given, "Talt feil."), (2, " ")):
        with pytest.raises(Refused):
            workflow.correct(this, first(this), lead(this), score, reason)
    assert not this.corrections.exists()


def test_nothing_is_wrong_in_a_review_there_was_not(make: Make) -> None:
    review = make(Status.CONSENSUS)
    with pytest.raises(Refused):
        workflow.correct(review, first(review), lead(review), 2, "Talt feil.")


@pytest.mark.parametrize("state", [Status.PLANNED, Status.SCORING, Status.CANCELLED])
def test_the_last_review_is_corrected_only_where_the_evaluators_agree_together(
    make: Make, last: Review, state: str
) -> None:
    day = last.first_day.replace(year=last.first_day.year + 1)
    review = make(state, service=last.service, first_day=day)
    with pytest.raises(Refused):
        workflow.correct(review, first(review), lead(review), 2, "Talt feil.")

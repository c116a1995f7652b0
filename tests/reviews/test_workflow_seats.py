"""Seats that change hands, hand-ins that are withdrawn, and what stays hidden."""

from collections.abc import Callable

import pytest
from django.utils import translation

from reviews import results, workflow
from reviews.models import Invitation, Rating, Review, Seat, User
from reviews.workflow import Refused
from scales.models import Scale
from tests.factories import (
    FIRST_DAY,
    SeatFactory,
    ServiceFactory,
    TeamFactory,
    UserFactory,
    items_of,
    lead,
    owner,
)

pytestmark = pytest.mark.django_db

Status = Review.Status
Make = Callable[..., Review]


@pytest.fixture(autouse=True)
def english() -> object:
    """Read the refusals in English."""
    with translation.override("en"):
        yield


def plan(
    mini: Scale, *evaluators: workflow.Who, observers: tuple[workflow.Who, ...] = (), **more: object
) -> workflow.Plan:
    """Return a plan with these people."""
    return workflow.Plan(
        **{  # type: ignore[arg-type]
            "service": ServiceFactory.create(),
            "kind": Review.Kind.EXTERNAL,
            "basis": Review.Basis.PRACTICE,
            "first_day": FIRST_DAY,
            "last_day": FIRST_DAY,
            "scales": [mini],
            "evaluators": evaluators,
            "observers": observers,
            **more,
        }
    )


def seated(review: Review) -> list[tuple[int, str, bool, str]]:
    """Return number, kind, lead and who of the seats that are not removed."""
    return [
        (seat.number, seat.kind, seat.is_lead, seat.user.email if seat.user else seat.invitation.email)
        for seat in review.seats.filter(removed_at=None).select_related("user", "invitation").order_by("number")
    ]


# Planning


def test_those_without_an_account_are_invited_and_the_others_seated(mini: Scale) -> None:
    known = UserFactory.create(email="kjent@example.org")
    review = workflow.plan(None, plan(mini, "Kjent@Example.org ", "ny@example.org", observers=("trainee@example.org",)))
    assert seated(review) == [
        (1, "evaluator", True, "kjent@example.org"),
        (2, "evaluator", False, "ny@example.org"),
        (3, "observer", False, "trainee@example.org"),
    ]
    assert review.seats.get(number=1).user == known
    assert {invitation.email for invitation in Invitation.objects.all()} == {"ny@example.org", "trainee@example.org"}


def test_an_account_that_is_closed_is_invited_anew(mini: Scale) -> None:
    UserFactory.create(email="sluttet@example.org", is_active=False)
    review = workflow.plan(None, plan(mini, "sluttet@example.org"))
    assert review.seats.get().user is None


@pytest.mark.parametrize("second", ["kari@example.org", " KARI@example.org"])
def test_nobody_sits_twice(mini: Scale, second: str) -> None:
    kari = UserFactory.create(email="kari@example.org")
    for first in (kari, "kari@example.org"):
        with pytest.raises(Refused):
            workflow.plan(None, plan(mini, first, second))
    assert not Review.objects.exists()


def test_who_plans_a_seat_for_themselves_is_sent_no_letter(mini: Scale) -> None:
    first, second = UserFactory.create_batch(2)
    review = workflow.plan(first, plan(mini, first, second))
    assert [seat.told_at is not None for seat in review.seats.order_by("number")] == [True, False]


def test_a_changed_plan_keeps_the_seats_and_invitations_of_those_who_stay(mini: Scale, ips: Scale) -> None:
    first, second = UserFactory.create_batch(2)
    made = plan(mini, first, second, "ny@example.org")
    review = workflow.plan(None, made)
    invitation = Invitation.objects.get()
    team = TeamFactory.create(service=made.service)
    changed = workflow.change_plan(
        review,
        first,
        plan(ips, "ny@example.org", first, observers=("lerling@example.org",), teams=[team], service=made.service),
    )
    assert seated(changed) == [
        (1, "evaluator", True, "ny@example.org"),
        (2, "evaluator", False, first.email),
        (3, "observer", False, "lerling@example.org"),
    ]
    assert list(changed.scales.all()) == [ips]
    assert list(changed.teams.all()) == [team]
    invitation.refresh_from_db()
    assert invitation.seat is not None
    assert invitation.seat.number == 1


def test_a_plan_that_cannot_hold_changes_nothing(mini: Scale) -> None:
    first = UserFactory.create()
    made = plan(mini, first)
    review = workflow.plan(None, made)
    with pytest.raises(Refused):
        workflow.change_plan(review, first, plan(mini, first, first, service=made.service, recipients="Nav"))
    review.refresh_from_db()
    assert review.recipients == ""
    assert [seat.user for seat in review.seats.all()] == [first]


def test_a_self_review_has_no_observer(mini: Scale) -> None:
    first, other = UserFactory.create_batch(2)
    with pytest.raises(Refused):
        workflow.plan(None, plan(mini, first, observers=(other,), kind=Review.Kind.SELF))
    review = workflow.plan(None, plan(mini, first, kind=Review.Kind.SELF))
    with pytest.raises(Refused):
        workflow.add_observer(review, first, other)


# Withdrawing


def test_a_hand_in_is_withdrawn_until_the_others_comes(make: Make) -> None:
    review = make(Status.SCORING)
    first, second = review.seats.order_by("number")
    workflow.hand_in(first, owner(first))
    workflow.withdraw(first, owner(first))
    workflow.save_rating(first, items_of(review)[0], owner(first), {"score": 1}, {})
    workflow.hand_in(second, owner(second))
    review.refresh_from_db()
    assert review.status == Status.SCORING
    workflow.hand_in(first, owner(first))
    review.refresh_from_db()
    assert review.status == Status.CONSENSUS
    with pytest.raises(Refused):
        workflow.withdraw(first, owner(first))


def test_what_was_never_handed_in_is_not_withdrawn(make: Make) -> None:
    seat = make(Status.SCORING).seats.get(number=1)
    with pytest.raises(Refused):
        workflow.withdraw(seat, owner(seat))


def test_a_removed_evaluator_withdraws_nothing(make: Make) -> None:
    review = make(Status.SCORING)
    seat = review.seats.get(number=2)
    workflow.hand_in(seat, owner(seat))
    workflow.replace(seat, lead(review), "ny@example.org", "Ble syk.")
    with pytest.raises(Refused):
        workflow.withdraw(seat, owner(seat))


# Replacing and going on alone


@pytest.mark.parametrize("state", [Status.PLANNED, Status.SCORING])
def test_a_seat_is_given_to_another_who_starts_with_an_empty_sheet(make: Make, state: str) -> None:
    review = make(state)
    seat = review.seats.get(number=2)
    held = seat.ratings.count()
    new = UserFactory.create()
    made = workflow.replace(seat, lead(review), new, " Ble syk. ")
    seat.refresh_from_db()
    assert (seat.removed_reason, seat.removed_at is not None) == ("Ble syk.", True)
    assert (made.number, made.user, made.is_lead, made.ratings.count()) == (3, new, False, 0)
    assert seat.ratings.count() == held
    assert made in results.evaluator_seats(review)


def test_who_takes_the_leads_seat_leads(make: Make) -> None:
    review = make(Status.SCORING)
    seat = review.seats.get(is_lead=True)
    made = workflow.replace(seat, UserFactory.create(), "ny@example.org", "Fikk annen jobb.")
    assert made.is_lead
    assert made.invitation.email == "ny@example.org"


def test_an_evaluator_is_not_replaced_by_one_who_sits_there(make: Make) -> None:
    review = make(Status.SCORING)
    seat = review.seats.get(number=2)
    with pytest.raises(Refused) as caught:
        workflow.replace(seat, lead(review), lead(review), "Ble syk.")
    assert caught.value.field == "who"
    seat.refresh_from_db()
    assert seat.removed_at is None


@pytest.mark.parametrize("by_email", [False, True])
def test_an_evaluators_seat_is_not_given_to_that_evaluator(make: Make, by_email: bool) -> None:
    review = make(Status.SCORING)
    seat = review.seats.get(number=2)
    with pytest.raises(Refused) as caught:
        workflow.replace(seat, lead(review), owner(seat).email.upper() if by_email else owner(seat), "Ble syk.")
    assert caught.value.field == "who"
    seat.refresh_from_db()
    assert seat.removed_at is None


def test_the_lead_goes_on_alone_and_consensus_holds_the_leads_scores_only(make: Make) -> None:
    review = make(Status.SCORING)
    first, second = review.seats.order_by("number")
    Rating.objects.filter(seat=second).update(comment="Den andres ord.", score=1)
    workflow.hand_in(first, owner(first))
    moved = workflow.remove(second, owner(first), "Ble syk.")
    assert moved.status == Status.CONSENSUS
    own = {rating.item_id: rating.score for rating in first.ratings.all()}
    assert {row.item_id: row.score for row in review.results.all()} == own
    assert not review.results.filter(comment="Den andres ord.").exists()
    assert {item.own for scale in results.working_results(moved) for item in scale.items} == {
        (score,) for score in own.values()
    }


def test_going_on_alone_before_handing_in_waits_for_the_hand_in(make: Make) -> None:
    review = make(Status.SCORING)
    moved = workflow.remove(review.seats.get(number=2), lead(review), "Ble syk.")
    assert moved.status == Status.SCORING
    workflow.hand_in(review.seats.get(number=1), lead(review))
    review.refresh_from_db()
    assert review.status == Status.CONSENSUS


def test_an_invited_evaluator_is_waited_for(make: Make) -> None:
    review = make(Status.SCORING)
    workflow.replace(review.seats.get(number=2), lead(review), "ny@example.org", "Ble syk.")
    workflow.hand_in(review.seats.get(number=1), lead(review))
    review.refresh_from_db()
    assert review.status == Status.SCORING


def test_somebody_has_to_lead(make: Make) -> None:
    review = make(Status.SCORING)
    with pytest.raises(Refused):
        workflow.remove(review.seats.get(is_lead=True), lead(review), "Ble syk.")


@pytest.mark.parametrize("state", [Status.CONSENSUS, Status.FACT_CHECK, Status.CANCELLED])
def test_seats_stay_once_the_scores_are_shown(make: Make, state: str) -> None:
    review = make(state)
    seat = review.seats.get(number=2)
    with pytest.raises(Refused):
        workflow.remove(seat, lead(review), "Ble syk.")
    with pytest.raises(Refused):
        workflow.replace(seat, lead(review), UserFactory.create(), "Ble syk.")
    with pytest.raises(Refused):
        workflow.add_observer(review, lead(review), UserFactory.create())


def test_an_empty_seat_is_not_emptied_again(make: Make) -> None:
    review = make(Status.SCORING)
    seat = review.seats.get(number=2)
    workflow.remove(seat, lead(review), "Ble syk.")
    with pytest.raises(Refused):
        workflow.remove(seat, lead(review), "Ble syk igjen.")


def test_an_observer_scores_along_and_never_counts(make: Make) -> None:
    review = make(Status.SCORING)
    trainee = UserFactory.create()
    seat = workflow.add_observer(review, lead(review), trainee)
    for item in items_of(review):
        workflow.save_rating(seat, item, trainee, {"score": 1, "comment": "Lærlingens ord."}, {})
    for each in review.seats.filter(kind=Seat.Kind.EVALUATOR):
        workflow.hand_in(each, owner(each))
    review.refresh_from_db()
    assert review.status == Status.CONSENSUS
    assert not review.results.filter(score=1).exists()
    assert all(1 not in item.own for scale in results.working_results(review) for item in scale.items)
    with pytest.raises(Refused):
        workflow.save_rating(seat, items_of(review)[0], trainee, {"score": 2}, {})


# Taking an invitation


@pytest.fixture
def invited(make: Make) -> Invitation:
    """An invitation to the second seat of a review that is scored."""
    review = make(Status.SCORING)
    workflow.replace(review.seats.get(number=2), lead(review), "ny@example.org", "Ble syk.")
    return review.invitations.get()


def test_an_invitation_gives_the_seat_once(invited: Invitation) -> None:
    person: User = UserFactory.create(email="ny@example.org")
    workflow.accept(invited, person)
    assert invited.review.seats.get(number=3).user == person
    with pytest.raises(Refused):
        workflow.accept(invited, UserFactory.create())


def test_an_invitation_to_a_seat_that_is_gone_no_longer_holds(invited: Invitation) -> None:
    workflow.remove(invited.review.seats.get(number=3), lead(invited.review), "Svarte ikke.")
    with pytest.raises(Refused):
        workflow.accept(invited, UserFactory.create())


def test_an_invitation_to_a_cancelled_review_no_longer_holds(invited: Invitation) -> None:
    workflow.cancel(invited.review, lead(invited.review), "Lagt ned.")
    with pytest.raises(Refused):
        workflow.accept(invited, UserFactory.create())


def test_who_sits_in_the_review_takes_no_second_seat(invited: Invitation) -> None:
    with pytest.raises(Refused):
        workflow.accept(invited, lead(invited.review))
    SeatFactory.create(review=invited.review, removed=True, user=UserFactory.create(email="ny@example.org"))
    workflow.accept(invited, User.objects.get(email="ny@example.org"))


def test_an_administrator_takes_no_part(invited: Invitation) -> None:
    with pytest.raises(Refused):
        workflow.accept(invited, UserFactory.create(email="ny@example.org", is_staff=True))
    invited.refresh_from_db()
    assert invited.accepted_at is None

"""Who sits in a review: shown, replaced, removed and joined by observers, through the front door."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from reviews import workflow
from reviews.models import Invitation, Rating, Review, Seat, User
from tests.cast import Cast
from tests.factories import InvitationFactory, SeatFactory, UserFactory, items_of
from tests.reviews.front_door import NUL, TOO_LONG, contents, page, refused

CastAt = Callable[[str], Cast]


def seat_page(name: str, seat: Seat) -> str:
    """Return the address of a page about a seat."""
    return reverse(f"reviews:{name}", args=[seat.review_id, seat.number])


def main_of(client: Client, address: str) -> str:
    """Return what stands in the main part of a page."""
    html: str = client.get(address).content.decode()
    return html.split("<main")[1].split("</main>")[0]


@pytest.fixture
def scoring(cast_at: CastAt, client: Client) -> Cast:
    """The cast around a review that is being scored; the lead is logged in."""
    cast = cast_at("scoring")
    client.force_login(cast.evaluator)
    return cast


# Who sits where


def test_the_page_of_a_review_tells_who_sits_where_and_how_far_they_have_come(client: Client, scoring: Cast) -> None:
    workflow.hand_in(scoring.seat("evaluator_two"), scoring.evaluator_two)
    people = client.get(page("review", scoring.review)).context["people"]
    assert [(each.name, each.seat.is_lead, each.seat.kind, each.invited) for each in people.sitters] == [
        ("Evaluator", True, "evaluator", False),
        ("Evaluator two", False, "evaluator", False),
        ("Observer", False, "observer", False),
    ]
    lines = [" ".join(line.split()) for line in main_of(client, page("review", scoring.review)).split("<li>")]

    def of(name: str) -> str:
        return next(line for line in lines if line.startswith(f"<span> {name} "))

    assert "har levert" in of("Evaluator two")
    assert "har ikke levert" in of("Evaluator")
    assert "levert" not in of("Observer").split("</span>")[0]


def test_the_e_mail_of_one_who_is_invited_is_for_those_who_plan_and_review(client: Client, cast: Cast) -> None:
    InvitationFactory.create(seat__review=cast.review, email="ny@example.org")

    def told(user: User) -> bool:
        client.force_login(user)
        response = client.get(page("review", cast.review))
        assert response.context["people"].sitters[-1].invited
        return "ny@example.org" in response.content.decode()

    assert all(told(user) for user in (cast.evaluator, cast.evaluator_two, cast.adviser, cast.method_supervisor))
    assert not told(cast.observer)


@pytest.mark.parametrize(
    ("status", "changes"), [("planned", True), ("scoring", True), ("consensus", False), ("final", False)]
)
def test_seats_are_changed_from_the_page_of_the_review_until_consensus(
    client: Client, cast_at: CastAt, status: str, changes: bool
) -> None:
    cast = cast_at(status)
    lead, second = cast.seat("evaluator"), cast.seat("evaluator_two")

    def links(user: User) -> list[bool]:
        client.force_login(user)
        html = client.get(page("review", cast.review)).content.decode()
        addresses = [
            seat_page("replace_seat", lead),
            seat_page("replace_seat", second),
            seat_page("remove_seat", second),
            page("add_observer", cast.review),
        ]
        assert seat_page("remove_seat", lead) not in html
        return [address in html for address in addresses]

    assert links(cast.evaluator) == links(cast.adviser) == [changes] * 4
    assert links(cast.evaluator_two) == links(cast.method_supervisor) == [False] * 4


# Replacing


@pytest.mark.parametrize("who", ["evaluator", "adviser"])
def test_an_evaluator_is_replaced(client: Client, scoring: Cast, who: str) -> None:
    client.force_login(getattr(scoring, who))
    left = scoring.seat("evaluator_two")
    response = client.post(seat_page("replace_seat", left), {"who": str(scoring.outsider.pk), "reason": "Ble syk."})
    assert response.headers["Location"] == page("review", scoring.review)
    left.refresh_from_db()
    assert left.removed_at is not None
    assert left.removed_reason == "Ble syk."
    new = scoring.seat("outsider")
    assert (new.kind, new.is_lead, new.ratings.count()) == ("evaluator", False, 0)
    assert left.ratings.exists()


def test_one_without_an_account_is_invited_to_the_seat(client: Client, scoring: Cast) -> None:
    address = seat_page("replace_seat", scoring.seat("evaluator_two"))
    client.post(address, {"who_email": "ny@example.org", "reason": "Ble syk."})
    invitation = Invitation.objects.get()
    assert invitation.seat is not None
    assert (invitation.email, invitation.seat.user, invitation.made_by) == ("ny@example.org", None, scoring.evaluator)
    assert "ny@example.org" in main_of(client, page("review", scoring.review))


def test_one_who_is_invited_and_does_not_answer_is_replaced(client: Client, cast: Cast) -> None:
    seat = InvitationFactory.create(seat__review=cast.review, email="taus@example.org").seat
    assert seat is not None
    client.force_login(cast.evaluator)
    assert "taus@example.org" in main_of(client, seat_page("replace_seat", seat))
    client.post(seat_page("replace_seat", seat), {"who": str(cast.outsider.pk), "reason": "Svarer ikke."})
    assert cast.seat("outsider").removed_at is None


def test_the_lead_gives_the_review_away(client: Client, scoring: Cast) -> None:
    address = seat_page("replace_seat", scoring.seat())
    response = client.post(address, {"who": str(scoring.outsider.pk), "reason": "Bytter jobb."}, follow=True)
    assert response.redirect_chain == [(reverse("reviews:tasks"), 302)]
    assert len(response.context["messages"]) == 1
    assert scoring.seat("outsider").is_lead
    assert client.get(page("review", scoring.review)).status_code == 404


def test_an_observer_is_replaced_by_an_observer(client: Client, scoring: Cast) -> None:
    address = seat_page("replace_seat", scoring.seat("observer"))
    client.post(address, {"who": str(scoring.outsider.pk), "reason": "Begynte i ny jobb."})
    assert scoring.seat("outsider").kind == "observer"


@pytest.mark.parametrize(
    ("sent", "wrong"),
    [
        ({"who": "", "who_email": ""}, ["who"]),
        ({"who": "x"}, ["who"]),
        ({"who": "", "who_email": "ny"}, ["who_email"]),
        ({"who_email": "ny@example.org"}, ["who_email"]),
        ({"who": "", "who_email": "administrator@example.org"}, ["who_email"]),
        ({"who": "", "who_email": "observer@example.org"}, ["who"]),
        ({"reason": ""}, ["reason"]),
        ({"reason": "  "}, ["reason"]),
        ({"reason": TOO_LONG}, ["reason"]),
        ({"reason": NUL}, ["reason"]),
    ],
)
def test_a_seat_that_cannot_be_given_is_not(
    client: Client, scoring: Cast, sent: dict[str, Any], wrong: list[str]
) -> None:
    good = {"who": str(scoring.outsider.pk), "who_email": "", "reason": "Ble syk."}
    refused(client, seat_page("replace_seat", scoring.seat("evaluator_two")), {**good, **sent}, *wrong)


def test_nobody_gets_two_seats(client: Client, scoring: Cast) -> None:
    sent = {"who": str(scoring.evaluator.pk), "reason": "Ble syk."}
    refused(client, seat_page("replace_seat", scoring.seat("evaluator_two")), sent, "who")


def test_one_who_has_left_and_an_administrator_get_no_seat(client: Client, scoring: Cast) -> None:
    for person in (UserFactory.create(is_active=False), scoring.administrator):
        sent = {"who": str(person.pk), "reason": "Ble syk."}
        refused(client, seat_page("replace_seat", scoring.seat("evaluator_two")), sent, "who")


@pytest.mark.parametrize(
    ("sent", "address"),
    [({"who": "outsider"}, "outsider@example.org"), ({"who_email": "ny@example.org"}, "ny@example.org")],
)
def test_one_who_takes_a_seat_is_written_to(client: Client, scoring: Cast, sent: dict[str, str], address: str) -> None:
    scoring.review.seats.update(told_at=scoring.review.scoring_at)
    if "who" in sent:
        sent = {"who": str(scoring.outsider.pk)}
    client.post(seat_page("replace_seat", scoring.seat("evaluator_two")), {**sent, "reason": "Ble syk."})
    assert [message.to for message in mail.outbox] == [[address]]


def test_an_observer_is_written_to(client: Client, scoring: Cast) -> None:
    scoring.review.seats.update(told_at=scoring.review.scoring_at)
    client.post(page("add_observer", scoring.review), {"who": str(scoring.outsider.pk)})
    assert [message.to for message in mail.outbox] == [["outsider@example.org"]]


# Going on without


def test_the_lead_goes_on_alone_and_consensus_waits_for_the_hand_in(client: Client, scoring: Cast) -> None:
    second = scoring.seat("evaluator_two")
    client.post(seat_page("remove_seat", second), {"reason": "Ble syk."})
    second.refresh_from_db()
    scoring.review.refresh_from_db()
    assert (second.removed_reason, scoring.review.status) == ("Ble syk.", "scoring")


def test_going_on_alone_opens_consensus_where_the_lead_has_handed_in(client: Client, scoring: Cast) -> None:
    second = scoring.seat("evaluator_two")
    before = main_of(client, seat_page("remove_seat", second))
    workflow.hand_in(scoring.seat(), scoring.evaluator)
    assert main_of(client, seat_page("remove_seat", second)) != before
    client.post(seat_page("remove_seat", second), {"reason": "Ble syk."})
    scoring.review.refresh_from_db()
    assert scoring.review.status == Review.Status.CONSENSUS


def test_an_observer_leaves_without_consequence(client: Client, scoring: Cast) -> None:
    workflow.hand_in(scoring.seat(), scoring.evaluator)
    client.post(seat_page("remove_seat", scoring.seat("observer")), {"reason": "Begynte i ny jobb."})
    scoring.review.refresh_from_db()
    assert scoring.review.status == Review.Status.SCORING
    assert scoring.seat("observer").removed_at is not None


def test_a_removal_needs_a_reason(client: Client, scoring: Cast) -> None:
    refused(client, seat_page("remove_seat", scoring.seat("evaluator_two")), {"reason": " "}, "reason")


def test_the_leads_seat_is_given_away_but_never_emptied(client: Client, scoring: Cast) -> None:
    address = seat_page("remove_seat", scoring.seat())
    assert "<form" not in main_of(client, address)
    assert seat_page("replace_seat", scoring.seat()) in main_of(client, address)
    before = contents()
    assert client.post(address, {"reason": "Bytter jobb."}).status_code == 200
    assert contents() == before


# Observers


def test_an_observer_is_seated(client: Client, scoring: Cast) -> None:
    address = page("add_observer", scoring.review)
    client.post(address, {"who": str(scoring.outsider.pk)})
    assert scoring.seat("outsider").kind == "observer"
    client.post(address, {"who_email": "trainee@example.org"})
    invited = Invitation.objects.get(email="trainee@example.org").seat
    assert invited is not None
    assert invited.kind == "observer"


def test_an_observer_has_one_seat(client: Client, scoring: Cast) -> None:
    refused(client, page("add_observer", scoring.review), {"who": str(scoring.observer.pk)}, "who")
    refused(client, page("add_observer", scoring.review), {"who": ""}, "who")


# Who could take a seat


def test_those_who_sit_in_the_review_are_not_offered(client: Client, scoring: Cast) -> None:
    seated = {str(getattr(scoring, name).pk) for name in ("evaluator", "evaluator_two", "observer")}
    for address in (seat_page("replace_seat", scoring.seat("evaluator_two")), page("add_observer", scoring.review)):
        offered = {str(value) for value, _label in client.get(address).context["form"].fields["who"].choices}
        assert offered.isdisjoint(seated)
        assert str(scoring.removed_evaluator.pk) in offered
    proposed = client.get(seat_page("replace_seat", scoring.seat("evaluator_two"))).context["candidates"]
    assert {each.key for each in proposed}.isdisjoint(seated)
    assert scoring.last_years_evaluator in [each.person for each in proposed]


def test_one_of_those_proposed_fills_the_field_and_the_reason_is_kept(client: Client, scoring: Cast) -> None:
    address = seat_page("replace_seat", scoring.seat("evaluator_two"))
    sent = {"who_email": "ny@example.org", "reason": "Ble syk.", "take": f"who:{scoring.outsider.pk}"}
    before = contents()
    response = client.post(address, sent)
    assert contents() == before
    form = response.context["form"]
    assert (form["who"].value(), form["who_email"].value()) == (str(scoring.outsider.pk), "")
    assert form["reason"].value() == "Ble syk."
    assert not form.is_bound


def test_nobody_is_proposed_for_the_seat_of_an_observer(client: Client, scoring: Cast) -> None:
    assert "candidates" not in client.get(seat_page("replace_seat", scoring.seat("observer"))).context


# When seats no longer change


@pytest.mark.parametrize("status", ["consensus", "fact_check", "final", "cancelled"])
def test_seats_stay_as_they_are_when_the_scoring_is_over(client: Client, cast_at: CastAt, status: str) -> None:
    cast = cast_at(status)
    client.force_login(cast.evaluator)
    second = cast.seat("evaluator_two")
    sent = {"who": str(cast.outsider.pk), "reason": "Ble syk."}
    addresses = [
        seat_page("replace_seat", second),
        seat_page("remove_seat", second),
        page("add_observer", cast.review),
    ]
    before = contents()
    for address in addresses:
        assert "<form" not in main_of(client, address)
        assert client.post(address, sent).status_code == 200
    assert contents() == before


def test_a_seat_is_emptied_once(client: Client, scoring: Cast) -> None:
    address = seat_page("remove_seat", scoring.seat("removed_evaluator"))
    assert "<form" not in main_of(client, address)
    before = contents()
    assert client.post(address, {"reason": "Igjen."}).status_code == 200
    assert contents() == before


def test_the_scores_of_one_who_was_replaced_are_shown_to_nobody(client: Client, scoring: Cast) -> None:
    secret = "fjellgranittmarkør"
    left = scoring.seat("evaluator_two")
    Rating.objects.filter(seat=left).update(comment=secret)
    client.post(seat_page("replace_seat", left), {"who": str(scoring.outsider.pk), "reason": "Ble syk."})
    item = items_of(scoring.review)[0]
    for user in (scoring.evaluator, scoring.outsider, scoring.adviser):
        client.force_login(user)
        for address in (page("review", scoring.review), page("score", scoring.review, item)):
            assert secret not in client.get(address).content.decode()


def test_ties_of_one_who_takes_a_seat_are_pointed_out(client: Client, scoring: Cast) -> None:
    address = seat_page("replace_seat", scoring.seat("evaluator_two"))
    response = client.post(address, {"who": str(scoring.manager.pk), "reason": "Ble syk."}, follow=True)
    assert len(response.context["people"].ties) == 1
    assert response.context["people"].ties[0] in response.content.decode()


def test_an_evaluator_of_an_old_review_without_an_account_is_not_called_invited(client: Client, cast: Cast) -> None:
    SeatFactory.create(review=cast.review, user=None)
    client.force_login(cast.adviser)
    assert not client.get(page("review", cast.review)).context["people"].sitters[-1].invited

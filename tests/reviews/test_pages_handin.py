"""Handing a sheet in and withdrawing it through the front door: what is missing, and what closes it."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from reviews.models import Rating, Review, Seat, User
from tests.factories import SeatFactory, items_of, scored_review
from tests.reviews.front_door import contents, item, page, refused, step


def _unwritten(evaluators: int) -> Review:
    review = scored_review("scoring", evaluators=evaluators)
    Rating.objects.filter(seat__review=review).delete()
    return review


@pytest.fixture
def review(db: None) -> Review:
    """A review being scored by one evaluator, with nothing written yet."""
    return _unwritten(1)


@pytest.fixture
def pair(db: None) -> Review:
    """A review being scored by two."""
    return _unwritten(2)


def _user(review: Review, number: int = 1) -> User:
    user = review.seats.get(number=number).user
    assert user is not None
    return user


def _fill(review: Review, number: int = 1) -> None:
    seat = review.seats.get(number=number)
    Rating.objects.bulk_create(Rating(seat=seat, item=each, score=4) for each in items_of(review))


def _observer(review: Review, client: Client) -> Seat:
    """Seat an observer, who logs in."""
    seat: Seat = SeatFactory.create(review=review, observer=True)
    assert seat.user is not None
    client.force_login(seat.user)
    return seat


# What is missing


def test_before_the_hand_in_each_item_that_is_missing_is_one_click_away(client: Client, pair: Review) -> None:
    _fill(pair)
    Rating.objects.filter(seat__review=pair, item=item(pair, "T7")).delete()
    Rating.objects.filter(seat__review=pair, item=item(pair, "O2")).update(score=None, comment="Begynt.")
    Rating.objects.filter(seat__review=pair, item=item(pair, "O3")).update(score=None, not_scored="missing_data")
    client.force_login(_user(pair))
    html = client.get(page("review", pair)).content.decode()
    missing = html[html.index('id="missing"') : html.index("</details>", html.index('id="missing"'))]
    assert [each.code for each in items_of(pair) if f'"{page("score", pair, each)}"' in missing] == ["O2", "T7"]
    # By section: those with nothing missing are left out.
    assert item(pair, "O2").section.title in missing
    assert item(pair, "B1").section.title not in missing


def test_a_finished_sheet_lists_nothing(client: Client, pair: Review) -> None:
    _fill(pair)
    client.force_login(_user(pair))
    html = client.get(page("review", pair)).content.decode()
    assert 'id="missing"' not in html
    assert step("hand-in", pair) in html


def test_an_unfinished_sheet_is_not_handed_in_and_the_answer_lists_what_is_missing(
    client: Client, review: Review
) -> None:
    client.force_login(_user(review))
    assert "<details" in client.get(page("review", review)).content.decode()
    form = refused(client, step("hand-in", review), {}, "__all__", form="failed")
    assert "T7" in form.errors["__all__"][0]
    html = client.post(step("hand-in", review)).content.decode()
    # However long the list is, it stands open now.
    shown = html[html.index('id="missing"') :]
    assert " open" in shown[: shown.index(">")]
    assert all(f'"{page("score", review, each)}"' in shown for each in items_of(review))


def test_a_self_review_is_not_handed_in(db: None, client: Client) -> None:
    review = scored_review("scoring", kind="self", evaluators=1)
    client.force_login(_user(review))
    html = client.get(page("review", review)).content.decode()
    assert step("hand-in", review) not in html
    assert 'id="missing"' not in html
    refused(client, step("hand-in", review), {}, "__all__", form="failed")


# Handing in


def test_handing_in_alone_opens_the_consensus_with_the_own_scores(client: Client, review: Review) -> None:
    _fill(review)
    Rating.objects.filter(seat__review=review, item=item(review, "O3")).update(score=2, comment="Sjelden.")
    client.force_login(_user(review))
    assert client.post(step("hand-in", review)).headers["Location"] == page("review", review)
    review.refresh_from_db()
    assert review.status == Review.Status.CONSENSUS
    agreed = {result.item.code: result.score for result in review.results.filter(item__section__scale__code="ips-25")}
    assert agreed == {f"{each.code}": 2 if each.code == "O3" else 4 for each in items_of(review)[:25]}
    assert review.results.get(item=item(review, "O3")).comment == "Sjelden."


def test_handing_in_twice_is_refused_and_changes_nothing(client: Client, pair: Review) -> None:
    _fill(pair)
    client.force_login(_user(pair))
    client.post(step("hand-in", pair))
    assert pair.seats.get(number=1).handed_in_at is not None
    refused(client, step("hand-in", pair), {}, "__all__", form="failed")
    pair.refresh_from_db()
    assert pair.status == Review.Status.SCORING


def test_the_consensus_waits_for_the_last_of_two(client: Client, pair: Review) -> None:
    _fill(pair)
    _fill(pair, 2)
    Rating.objects.filter(seat__review=pair, seat__number=2, item=item(pair, "O3")).update(score=2)
    client.force_login(_user(pair))
    client.post(step("hand-in", pair))
    pair.refresh_from_db()
    assert pair.status == Review.Status.SCORING
    client.force_login(_user(pair, 2))
    client.post(step("hand-in", pair))
    pair.refresh_from_db()
    assert pair.status == Review.Status.CONSENSUS
    assert pair.results.get(item=item(pair, "O3")).score is None
    assert pair.results.get(item=item(pair, "B1")).score == 4


def test_the_consensus_does_not_wait_for_one_who_is_removed(client: Client, pair: Review) -> None:
    _fill(pair)
    pair.seats.filter(number=2).update(removed_at=timezone.now(), removed_reason="Ble syk.")
    client.force_login(_user(pair))
    client.post(step("hand-in", pair))
    pair.refresh_from_db()
    assert pair.status == Review.Status.CONSENSUS


def test_a_tab_left_open_cannot_write_in_a_sheet_that_is_handed_in(client: Client, pair: Review) -> None:
    _fill(pair)
    client.force_login(_user(pair))
    client.post(step("hand-in", pair))
    sent = {"score": "1", "comment": "Skrevet i den andre fanen.", "count_participants": "12", "finish": "1"}
    refused(client, page("score", pair, item(pair, "B1")), sent, "__all__")
    # The sheet itself still shows what was handed in.
    response = client.get(page("score", pair, item(pair, "B1")))
    assert "den andre fanen" not in response.content.decode()
    assert response.context["form"].instance.score == 4


# Withdrawing


def test_a_sheet_is_withdrawn_changed_and_handed_in_again(client: Client, pair: Review) -> None:
    _fill(pair)
    client.force_login(_user(pair))
    client.post(step("hand-in", pair))
    assert step("withdraw", pair) in client.get(page("review", pair)).content.decode()
    # The closed page of an item leads to where it is withdrawn.
    closed = client.get(page("score", pair, item(pair, "O3"))).content.decode()
    assert f'{page("review", pair)}#progress"' in closed
    assert client.post(step("withdraw", pair)).headers["Location"] == page("review", pair)
    assert pair.seats.get(number=1).handed_in_at is None
    assert step("withdraw", pair) not in client.get(page("review", pair)).content.decode()
    assert client.post(page("score", pair, item(pair, "O3")), {"score": "2", "finish": "1"}).status_code == 302
    client.post(step("hand-in", pair))
    seat = pair.seats.get(number=1)
    assert seat.handed_in_at is not None
    assert seat.ratings.get(item=item(pair, "O3")).score == 2


def test_nothing_is_withdrawn_after_the_last_hand_in(client: Client, pair: Review) -> None:
    for number in (1, 2):
        _fill(pair, number)
        client.force_login(_user(pair, number))
        client.post(step("hand-in", pair))
    before = contents()
    response = client.post(step("withdraw", pair), follow=True)
    assert [message.level_tag for message in response.context["messages"]][-1] == "error"
    assert contents() == before
    assert step("withdraw", pair) not in response.content.decode()
    closed = client.get(page("score", pair, item(pair, "O3"))).content.decode()
    assert f'{page("review", pair)}#progress"' not in closed


def test_that_the_other_has_handed_in_is_told_and_nothing_of_what(client: Client, pair: Review) -> None:
    _fill(pair, 2)
    Rating.objects.filter(seat__review=pair, seat__number=2).update(comment="Hemmelig ord", score=1)
    client.force_login(_user(pair, 2))
    told = re.compile(r"–\s+har levert inn")
    assert not told.search(client.get(page("review", pair)).content.decode())
    client.post(step("hand-in", pair))
    client.force_login(_user(pair))
    html = client.get(page("review", pair)).content.decode()
    assert len(told.findall(html)) == 1
    assert "Hemmelig ord" not in html


# An observer


def test_an_observer_hands_nothing_in_and_is_told_so(client: Client, review: Review) -> None:
    seat = _observer(review, client)
    Rating.objects.bulk_create(Rating(seat=seat, item=each, score=4) for each in items_of(review))
    html = client.get(page("review", review)).content.decode()
    assert step("hand-in", review) not in html
    assert 'id="missing"' not in html
    refused(client, step("hand-in", review), {}, "__all__", form="failed")


def test_an_observer_scores_along_and_owes_no_comment(client: Client, review: Review) -> None:
    seat = _observer(review, client)
    sent = {"score": "1", "finish": "1"}
    assert client.post(page("score", review, item(review, "O3")), sent).status_code == 302
    assert seat.ratings.get().score == 1


def test_the_sheet_of_an_observer_closes_with_the_scoring(client: Client, review: Review) -> None:
    seat = _observer(review, client)
    rating = Rating.objects.create(seat=seat, item=item(review, "O3"), score=1)
    _fill(review)
    client.force_login(_user(review))
    client.post(step("hand-in", review))
    assert seat.user is not None
    client.force_login(seat.user)
    refused(client, page("score", review, item(review, "O3")), {"score": "5", "comment": "Etterpå."}, "__all__")
    rating.refresh_from_db()
    assert rating.score == 1
    html = client.get(page("score", review, item(review, "O3"))).content.decode()
    assert 'type="radio"' not in html


def test_the_last_to_hand_in_is_told_so_and_asked(client: Client, pair: Review) -> None:
    for number in (1, 2):
        _fill(pair, number)
    client.force_login(_user(pair))
    sheet = client.get(page("review", pair)).context["permit"]
    assert not sheet.is_last_to_hand_in
    assert "data-confirm" not in client.get(page("review", pair)).content.decode()
    pair.seats.filter(number=2).update(handed_in_at=timezone.now())
    assert client.get(page("review", pair)).context["permit"].is_last_to_hand_in
    assert "data-confirm" in client.get(page("review", pair)).content.decode()


def test_one_evaluator_alone_is_not_the_last(client: Client, review: Review) -> None:
    _fill(review)
    client.force_login(_user(review))
    assert not client.get(page("review", review)).context["permit"].is_last_to_hand_in

"""What was found for an item on an evaluator's sheet: elements with remarks, figures of the whole and of each, answers,
and the suggestion that follows from them.
"""

from typing import Any

import pytest
from django.test import Client

from reviews.models import GivenFigure, Rating, Review, User
from tests.factories import scored_review
from tests.reviews.front_door import item, page, refused


@pytest.fixture
def review(db: None) -> Review:
    """A review being scored by one evaluator, with nothing written yet."""
    found = scored_review("scoring", evaluators=1)
    Rating.objects.filter(seat__review=found).delete()
    return found


@pytest.fixture(autouse=True)
def evaluator(review: Review, client: Client) -> User:
    """The one evaluator, logged in."""
    user = review.seats.get().user
    assert user is not None
    client.force_login(user)
    return user


def _counted(client: Client, review: Review, code: str, **counts: str) -> Any:
    """Return the page of an item with its figures."""
    address = page("score", review, item(review, code))
    assert client.post(address, {**counts, "draft": "1"}).status_code == 302
    return client.get(address)


def _says(response: Any) -> str:
    """Return what the page says about its suggestion."""
    html = response.content.decode().partition('id="suggestion"')[2].partition("</div>")[0]
    return " ".join(html.split())


def test_the_mean_of_each_takes_the_place_of_the_whole(client: Client, review: Review) -> None:
    counts = {"count_contacts": "2", "count_contacts_1": "4", "count_contacts_2": "6,5", "count_contacts_4": "4,5"}
    response = _counted(client, review, "T6", **counts)
    assert response.context["suggestion"].score == 4
    assert "(4 + 6,5 + 4,5) / 3 = 5,0 møter per uke → 4" in _says(response)
    assert response.context["in_parts"]
    # What was counted for the whole is kept.
    assert response.context["form"]["count_contacts"].value() == "2"
    assert _counted(client, review, "T6", count_contacts="2").context["suggestion"].score == 2


def test_the_sums_of_each_take_the_place_of_the_whole(client: Client, review: Review) -> None:
    counts = {"count_participants_1": "20", "count_fte_1": "1", "count_participants_2": "25", "count_fte_2": "1,5"}
    response = _counted(client, review, "B1", **counts)
    assert "(20 + 25) deltakere / (1 + 1,5) årsverk = 18,0 → 5" in _says(response)


def test_a_row_that_lacks_a_number_is_named(client: Client, review: Review) -> None:
    counts = {"count_participants_1": "20", "count_fte_1": "1", "count_participants_3": "25", "count_fte_5": "1"}
    response = _counted(client, review, "B1", count_participants="45", count_fte="2,5", **counts)
    assert response.context["suggestion"] is None
    assert response.context["lacking"] == [3, 5]
    assert "3, 5" in _says(response)


def test_a_share_is_not_counted_for_each(client: Client, review: Review) -> None:
    form = client.get(page("score", review, item(review, "T8"))).context["form"]
    assert len(form.count_fields) == 2
    assert form.count_rows == []


@pytest.mark.parametrize(("code", "per"), [("T4", "participant"), ("T5", "participant"), ("T6", "specialist")])
def test_what_is_counted_for_each_is_what_the_item_is_about(
    client: Client, review: Review, code: str, per: str
) -> None:
    assert client.get(page("score", review, item(review, code))).context["per"] == per


def test_there_are_rows_to_write_in_below_those_that_are_filled(client: Client, review: Review) -> None:
    rows = client.get(page("score", review, item(review, "T6"))).context["form"].count_rows
    assert [row.number for row in rows] == list(range(1, 11))
    assert len(_counted(client, review, "T6", count_contacts_10="4").context["form"].count_rows) == 13
    for number in (1, 12):
        GivenFigure.objects.create(review=review, item=item(review, "T13"), name="percent", number=number, value=60)
    assert len(client.get(page("score", review, item(review, "T13"))).context["form"].count_rows) == 15


def test_there_are_never_more_rows_than_can_be_kept(client: Client, review: Review) -> None:
    _counted(client, review, "T6", count_contacts_30="4", count_contacts_31="5", count_contacts_99="6")
    assert [count.number for count in review.counts.all()] == [30]


@pytest.mark.parametrize("typed", ["mange", "-1", "NaN"])
def test_a_figure_of_a_row_that_is_none_is_refused_and_the_rows_are_open(
    client: Client, review: Review, typed: str
) -> None:
    form = refused(client, page("score", review, item(review, "T6")), {"count_contacts_2": typed}, "count_contacts_2")
    assert form.has_wrong_parts  # type: ignore[attr-defined]  # a RatingForm


@pytest.mark.parametrize(("score", "departs"), [("", False), ("4", False), ("3", True), ("5", True)])
def test_the_page_says_whether_the_score_departs(client: Client, review: Review, score: str, departs: bool) -> None:
    found = {f"element_{number}": "on" for number in range(4)}
    response = _counted(client, review, "O2", score=score, **found)
    assert response.context["suggestion"].score == 4
    assert response.context["departs"] is departs
    assert ("data-departs" in response.content.decode()) is departs
    assert 'data-agreeing="4"' in response.content.decode()
    # It can always be written, also where no script shows it when it is due.
    assert 'name="departure"' in response.content.decode()


def test_a_score_above_at_least_does_not_depart(client: Client, review: Review) -> None:
    g8 = item(review, "G8", "goi-12")
    for score, departs in (("2", True), ("3", False), ("5", False)):
        client.post(page("score", review, g8), {"raises_3": "yes", "score": score, "draft": "1"})
        response = client.get(page("score", review, g8))
        assert response.context["suggestion"].at_least
        assert response.context["departs"] is departs


def test_an_item_without_suggestion_asks_for_no_departure(client: Client, review: Review) -> None:
    html = client.get(page("score", review, item(review, "O3"))).content.decode()
    assert 'name="departure"' not in html
    assert 'id="suggestion"' not in html


def test_an_answer_that_is_saved_by_itself_brings_the_suggestion_it_gives(
    client: Client, evaluator: User, review: Review
) -> None:
    address = page("score", review, item(review, "T6"))
    client.post(address, {"count_contacts_1": "5", "score": "4", "draft": "1"})
    headers = {"Autosave": "1", "Autosave-As": str(evaluator.pk)}
    response = client.post(address, {"only": "needs_4", "needs_4": "no"}, headers=headers)
    assert response.status_code == 200
    assert "→ 3" in response.json()["parts"]["suggestion"]
    assert "data-departs" in response.json()["parts"]["suggestion"]
    rating = Rating.objects.get(seat__review=review, item__code="T6")
    assert (rating.score, rating.statements) == (4, {"needs": {"4": False}})

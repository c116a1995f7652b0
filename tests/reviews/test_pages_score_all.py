"""All items of a sheet on one page, through the front door."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from reviews.models import Rating, Review, User
from tests.factories import CountFactory, items_of, scored_review
from tests.reviews import browsing
from tests.reviews.front_door import TOO_LONG, contents, item, page

LARGEST = 160_000
"""Bytes: what an evaluator with a poor network can be asked to wait for."""


@pytest.fixture
def review(db: None) -> Review:
    """A review being scored by one evaluator, with nothing written yet."""
    found = scored_review("scoring", evaluators=1)
    Rating.objects.filter(seat__review=found).delete()
    return found


@pytest.fixture
def evaluator(review: Review, client: Client) -> User:
    """The one evaluator, logged in."""
    user = review.seats.get().user
    assert user is not None
    client.force_login(user)
    return user


def _page(client: Client, review: Review) -> browsing.Page:
    address = page("score_all", review)
    response = client.get(address)
    return browsing.Page(address, response.status_code, response.content.decode(), "")


def _line(client: Client, review: Review, code: str) -> dict[str, Any]:
    """Return what an item's line sends if nothing is touched."""
    action = page("score", review, item(review, code))
    return next(form for form in _page(client, review).forms() if form.action == action).data()


def _write(client: Client, review: Review, code: str, **typed: Any) -> Any:
    return client.post(page("score", review, item(review, code)), {**_line(client, review, code), **typed})


def _rating(review: Review, code: str) -> Rating:
    return Rating.objects.get(seat__review=review, item=item(review, code))


@pytest.mark.usefixtures("evaluator")
def test_every_item_has_a_line_in_the_scales_order(client: Client, review: Review) -> None:
    addresses = [page("score", review, each) for each in items_of(review)]
    lines = [form for form in _page(client, review).forms() if form.action in addresses]
    assert [form.action for form in lines] == addresses
    assert len(lines) == 37


@pytest.mark.usefixtures("evaluator")
def test_a_line_saves_what_it_shows_and_nothing_else(client: Client, review: Review) -> None:
    seat = review.seats.get()
    Rating.objects.create(
        seat=seat,
        item=item(review, "O2"),
        score=2,
        elements=[0, 3],
        element_remarks={"3": "Deler kontor."},
        obstacles=["law"],
        actors=["nav"],
        departure="Journalen er stengt.",
        comment="Før.",
    )
    response = _write(client, review, "O2", score="4", comment="Etter.")
    assert response.status_code == 302
    assert response.headers["Location"] == page("score_all", review) + "#ips-25-O2"
    rating = _rating(review, "O2")
    assert (rating.score, rating.comment) == (4, "Etter.")
    assert (rating.elements, rating.element_remarks) == ([0, 3], {"3": "Deler kontor."})
    assert (rating.obstacles, rating.actors, rating.departure) == (["law"], ["nav"], "Journalen er stengt.")


@pytest.mark.usefixtures("evaluator")
def test_a_line_leaves_answers_and_figures_alone(client: Client, review: Review) -> None:
    t6 = item(review, "T6")
    Rating.objects.create(seat=review.seats.get(), item=t6, statements={"needs": {"4": False}})
    for number, value in enumerate((4, 6), start=1):
        CountFactory.create(review=review, item=t6, name="contacts", number=number, value=value)
    _write(client, review, "T6", score="3")
    assert _rating(review, "T6").score == 3
    assert _rating(review, "T6").statements == {"needs": {"4": False}}
    assert [count.value for count in review.counts.order_by("number")] == [4, 6]


def test_a_line_saves_itself(client: Client, evaluator: User, review: Review) -> None:
    line = _line(client, review, "B1")
    sent = {"seen": line["seen"], "all": "1", "only": "score", "score": "5", "not_scored": ""}
    headers = {"Autosave": "1", "Autosave-As": str(evaluator.pk)}
    response = client.post(page("score", review, item(review, "B1")), sent, headers=headers)
    assert response.status_code == 200
    assert (list(response.json()["stamps"]), response.json()["parts"]) == (["score"], {})
    assert _rating(review, "B1").score == 5


@pytest.mark.usefixtures("evaluator")
def test_a_low_score_is_taken_without_a_comment_for_now(client: Client, review: Review) -> None:
    assert _write(client, review, "O3", score="1").status_code == 302
    assert _rating(review, "O3").score == 1


@pytest.mark.usefixtures("evaluator")
def test_a_reason_takes_the_place_of_a_score(client: Client, review: Review) -> None:
    _write(client, review, "O3", not_scored="missing_data")
    assert (_rating(review, "O3").score, _rating(review, "O3").not_scored) == (None, "missing_data")


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"score": "9"}, "score"),
        ({"score": "4", "not_scored": "missing_data"}, "not_scored"),
        ({"comment": TOO_LONG}, "comment"),
    ],
    ids=["no score", "both", "too long"],
)
@pytest.mark.usefixtures("evaluator")
def test_what_cannot_be_kept_is_answered_on_the_items_own_page(
    client: Client, review: Review, typed: dict[str, str], field: str
) -> None:
    line = _line(client, review, "O3")
    before = contents()
    response = client.post(page("score", review, item(review, "O3")), {**line, **typed})
    assert response.status_code == 200
    assert set(response.context["form"].errors) == {field}
    assert all(response.context["form"][name].value() == value for name, value in typed.items())
    assert contents() == before


@pytest.mark.usefixtures("evaluator")
def test_what_was_changed_elsewhere_in_the_meantime_is_not_written_over(client: Client, review: Review) -> None:
    line = _line(client, review, "O3")
    _write(client, review, "O3", comment="Fra nettbrettet.")
    response = client.post(page("score", review, item(review, "O3")), {**line, "comment": "Fra papiret."})
    assert response.status_code == 409
    assert [clash.text for clash in response.context["form"].clashes] == ["Fra nettbrettet."]
    assert _rating(review, "O3").comment == "Fra nettbrettet."


@pytest.mark.usefixtures("evaluator")
def test_the_page_tells_what_is_there_and_how_much_is_left(client: Client, review: Review) -> None:
    seat = review.seats.get()
    Rating.objects.create(seat=seat, item=item(review, "B1"), score=3, comment="Snitt over 20.")
    Rating.objects.create(seat=seat, item=item(review, "B2"), not_scored="missing_data")
    response = client.get(page("score_all", review))
    assert response.context["route"].left == 35
    assert "Snitt over 20." in response.content.decode()
    assert _line(client, review, "B1")["score"] == ["3"]
    assert _line(client, review, "B2")["not_scored"] == ["missing_data"]
    assert "score" not in _line(client, review, "B3")


@pytest.mark.usefixtures("evaluator")
def test_a_closed_sheet_is_read_and_not_written(client: Client, review: Review) -> None:
    seat = review.seats.get()
    Rating.objects.create(seat=seat, item=item(review, "B1"), score=3, comment="Snitt over <20>.")
    seat.handed_in_at = timezone.now()
    seat.save()
    found = _page(client, review)
    assert "Snitt over &lt;20&gt;." in found.text
    assert not [form for form in found.forms() if "/score/" in form.action]
    assert "<textarea" not in found.text


@pytest.mark.usefixtures("evaluator")
def test_the_page_is_small(client: Client, review: Review) -> None:
    assert len(client.get(page("score_all", review)).content) < LARGEST


@pytest.mark.usefixtures("evaluator")
def test_the_review_and_each_item_lead_to_it(client: Client, review: Review) -> None:
    link = f'href="{page("score_all", review)}"'
    assert link in client.get(page("review", review)).content.decode()
    assert link in client.get(page("score", review, item(review, "B1"))).content.decode()

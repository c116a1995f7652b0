"""What a page did not have when it was made is left alone when the page is sent as a whole."""

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from reviews.models import Context, Count, Review, Seat
from tests.cast import cast_for
from tests.factories import ContextFactory, CountFactory, GivenFigureFactory, SectionCommentFactory, items_of
from tests.reviews.browsing import Page

pytestmark = pytest.mark.django_db


def _as_it_stands(client: Client, address: str, name: str) -> dict[str, list[str]]:
    """Return what the form of a page would send if nothing was touched."""
    answer = client.get(address)
    form = Page(address, answer.status_code, answer.content.decode(), "").form(name)
    assert form is not None
    return form.data()


def test_rows_that_somebody_else_has_filled_since_are_kept(client: Client) -> None:
    cast = cast_for(Review.Status.SCORING)
    client.force_login(cast.evaluator)
    b1 = next(item for item in items_of(cast.review) if item.code == "B1")
    address = reverse("reviews:score", args=[cast.review.pk, "ips-25", "B1"])
    data = _as_it_stands(client, address, "comment")
    assert "count_fte_14" not in data
    for number in range(1, 15):
        CountFactory.create(review=cast.review, item=b1, name="fte", number=number, value=number)
    client.post(address, {**data, "comment": "Mitt.", "draft": "1"})
    assert Count.objects.get(review=cast.review, item=b1, number=14).value == Decimal(14)
    assert Seat.objects.get(review=cast.review, user=cast.evaluator).ratings.get(item=b1).comment == "Mitt."


def test_rows_of_given_figures_are_kept_too(client: Client) -> None:
    cast = cast_for(Review.Status.PLANNED)
    client.force_login(cast.method_supervisor)
    b1 = next(item for item in items_of(cast.review) if item.code == "B1")
    address = reverse("reviews:figures", args=[cast.review.pk])
    data = _as_it_stands(client, address, "seen")
    late = GivenFigureFactory.create(review=cast.review, item=b1, name="fte", number=25, value=1)
    client.post(address, data)
    late.refresh_from_db()
    assert late.value == Decimal(1)


def test_what_stands_beside_the_score_is_kept_where_the_page_did_not_have_it(client: Client) -> None:
    cast = cast_for(Review.Status.PLANNED)
    client.force_login(cast.method_supervisor)
    address = reverse("reviews:context", args=[cast.review.pk])
    data = _as_it_stands(client, address, "participants")
    ContextFactory.create(review=cast.review, dispersed=True)
    assert client.post(address, {**data, "goal": ["50"]}).status_code == 409
    assert client.post(address, data).status_code == 302
    held = Context.objects.get(review=cast.review)
    assert (held.participants, held.in_work, held.goal, held.dispersed) == (26, 8, 45, True)


def test_texts_that_could_not_be_written_yet_are_kept(client: Client) -> None:
    cast = cast_for(Review.Status.SCORING)
    client.force_login(cast.evaluator)
    address = reverse("reviews:narrative", args=[cast.review.pk])
    data = _as_it_stands(client, address, "purpose")
    assert "summary" not in data
    assert "outside_voices" not in data
    review = cast_review_in_consensus(cast.review)
    SectionCommentFactory.create(review=review, section=items_of(review)[0].section, comment="Den andres ord.")
    client.post(address, {**data, "purpose": "Mitt."})
    review.refresh_from_db()
    assert (review.purpose, review.summary) == ("Mitt.", "Den andres sammendrag.")
    assert review.outside_voices == "Den andres ord."
    assert review.section_comments.get().comment == "Den andres ord."


def cast_review_in_consensus(review: Review) -> Review:
    """Move a review on as if both had handed in, and let the other evaluator write."""
    now = review.scoring_at
    review.seats.filter(kind=Seat.Kind.EVALUATOR, removed_at=None).update(handed_in_at=now)
    Review.objects.filter(pk=review.pk).update(
        status=Review.Status.CONSENSUS,
        consensus_at=now,
        summary="Den andres sammendrag.",
        outside_voices="Den andres ord.",
    )
    return Review.objects.get(pk=review.pk)

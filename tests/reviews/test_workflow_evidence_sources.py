"""Sources of an item that the evaluators were given no access to: said once, taken back, and refused when too late."""

from collections.abc import Iterator

import pytest
from django.utils import translation

from reviews import workflow
from reviews.models import AuditEvent, ClosedSource, Review, User
from reviews.workflow import Refused
from scales.models import Item
from tests.factories import ClosedSourceFactory, ReviewFactory, UserFactory, final_review
from tests.reviews.front_door import item

pytestmark = pytest.mark.django_db

OPEN = [Review.Status.PLANNED, Review.Status.SCORING, Review.Status.CONSENSUS, Review.Status.FACT_CHECK]


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """The messages as they are written."""
    with translation.override("en"):
        yield


@pytest.fixture
def person(db: None) -> User:
    """Somebody who evaluates."""
    user: User = UserFactory.create()
    return user


def _held(review: Review) -> list[tuple[str, str]]:
    return list(review.closed_sources.values_list("item__code", "source"))


@pytest.mark.parametrize("status", OPEN)
def test_a_source_is_closed_and_opened_while_the_review_is_open(person: User, status: str) -> None:
    review: Review = ReviewFactory.create(status=status)
    found = workflow.close_source(review, item(review, "B1"), "MIS", person)
    assert (found.said_by, found.item.code, found.source) == (person, "B1", "MIS")
    assert _held(review) == [("B1", "MIS")]
    workflow.open_source(review, item(review, "B1"), "MIS", person)
    assert _held(review) == []


def test_twice_is_once_and_the_first_to_say_it_stands(person: User) -> None:
    review: Review = ReviewFactory.create()
    other: User = UserFactory.create()
    first = workflow.close_source(review, item(review, "B1"), "DOC", person)
    before = AuditEvent.objects.count()
    assert workflow.close_source(review, item(review, "B1"), "DOC", other) == first
    assert ClosedSource.objects.get().said_by == person
    assert AuditEvent.objects.count() == before
    workflow.open_source(review, item(review, "B1"), "DOC", other)
    before = AuditEvent.objects.count()
    workflow.open_source(review, item(review, "B1"), "DOC", person)
    assert AuditEvent.objects.count() == before


def test_it_is_written_down_who_said_it_and_who_took_it_back(person: User) -> None:
    review: Review = ReviewFactory.create()
    workflow.close_source(review, item(review, "B1"), "DOC", person)
    workflow.open_source(review, item(review, "B1"), "DOC", person)
    made, gone = AuditEvent.objects.filter(review=review).order_by("pk")
    assert (made.action, gone.action) == (AuditEvent.Action.CREATED, AuditEvent.Action.DELETED)
    assert made.actor == gone.actor == person


def test_only_the_source_and_the_item_that_were_named_are_opened(person: User) -> None:
    review: Review = ReviewFactory.create()
    for code, source in (("B1", "DOC"), ("B1", "MIS"), ("B2", "DOC")):
        workflow.close_source(review, item(review, code), source, person)
    elsewhere = ClosedSourceFactory.create(source="DOC", item=item(review, "B1"))
    workflow.open_source(review, item(review, "B1"), "DOC", person)
    assert _held(review) == [("B1", "MIS"), ("B2", "DOC")]
    assert _held(elsewhere.review) == [("B1", "DOC")]


@pytest.mark.parametrize(
    ("code", "scale", "source"),
    [("B1", "ips-25", "OBS"), ("B1", "ips-25", "XYZ"), ("B1", "ips-25", ""), ("G1", "goi-12", "INT")],
)
def test_a_source_that_the_item_does_not_have_is_refused(person: User, code: str, scale: str, source: str) -> None:
    review: Review = ReviewFactory.create()
    with pytest.raises(Refused, match="does not name this source"):
        workflow.close_source(review, item(review, code, scale), source, person)
    assert _held(review) == []


def _both(review: Review, about: Item, person: User) -> None:
    for step in (workflow.close_source, workflow.open_source):
        with pytest.raises(Refused, match="cannot be done there"):
            step(review, about, "MIS", person)


def test_a_final_review_stays_as_it_is(person: User) -> None:
    review = final_review()
    _both(review, item(review, "B1"), person)
    assert _held(review) == []


def test_a_cancelled_review_stays_as_it_is(person: User) -> None:
    review: Review = ReviewFactory.create(status=Review.Status.CANCELLED)
    ClosedSourceFactory.create(review=review)
    _both(review, item(review, "B1"), person)
    assert _held(review) == [("B1", "MIS")]

"""Figures before the visit: given by the service, and taken over by the evaluators."""

from decimal import Decimal

import pytest
from django.utils import timezone, translation

from reviews import figures, merging, results, workflow
from reviews.models import AuditEvent, GivenFigure, Review, User
from scales.models import Item
from tests.factories import CountFactory, GivenFigureFactory, UserFactory, items_of, lead, scored_review

pytestmark = pytest.mark.django_db


@pytest.fixture
def review() -> Review:
    """A review being scored by one evaluator."""
    return scored_review("scoring", evaluators=1)


@pytest.fixture
def people() -> list[User]:
    """Two metodeveiledere."""
    return UserFactory.create_batch(2)


def _item(review: Review, code: str) -> Item:
    return next(item for item in items_of(review) if item.code == code and item.section.scale.code == "ips-25")


def _key(review: Review, code: str, name: str, number: int) -> figures.Key:
    return next(each for each in figures.columns(_item(review, code)) if each.name == name), number


def _given(review: Review) -> dict[tuple[str, str, int], Decimal]:
    rows = GivenFigure.objects.filter(review=review).select_related("item")
    return {(row.item.code, row.name, row.number): row.value for row in rows}


def _give_b1(review: Review) -> Item:
    item = _item(review, "B1")
    for number, (participants, fte) in enumerate((("18", "1"), ("10", "0.5")), start=1):
        GivenFigureFactory.create(review=review, item=item, name="participants", number=number, value=participants)
        GivenFigureFactory.create(review=review, item=item, name="fte", number=number, value=fte)
    return item


# Giving


@pytest.mark.parametrize("status", ["planned", "scoring"])
def test_figures_are_given_changed_and_taken_away(status: str, people: list[User]) -> None:
    review = scored_review(status, evaluators=1)
    one, two = _key(review, "B1", "participants", 1), _key(review, "T12", "weekly", 3)
    workflow.give_figures(review, people[0], {one: Decimal(18), two: Decimal(0)})
    assert _given(review) == {("B1", "participants", 1): 18, ("T12", "weekly", 3): 0}
    assert set(review.given_figures.values_list("updated_by", flat=True)) == {people[0].pk}
    workflow.give_figures(review, people[1], {one: Decimal(19), two: None})
    assert _given(review) == {("B1", "participants", 1): 19}
    assert review.given_figures.get().updated_by == people[1]
    event = AuditEvent.objects.filter(review=review).latest("pk")
    assert set(event.fields) == {one[0].key(1), two[0].key(3)}


def test_what_is_left_as_it_is_writes_nothing(review: Review, people: list[User]) -> None:
    key = _key(review, "B1", "participants", 1)
    workflow.give_figures(review, people[0], {key: Decimal(18)})
    events = AuditEvent.objects.count()
    workflow.give_figures(review, people[1], {key: Decimal("18.000"), _key(review, "B1", "fte", 1): None})
    assert AuditEvent.objects.count() == events
    assert review.given_figures.get().updated_by == people[0]


def test_two_metodeveiledere_write_over_nothing_of_each_others(review: Review, people: list[User]) -> None:
    same, other = _key(review, "B1", "participants", 1), _key(review, "B1", "fte", 1)
    empty = {same[0].key(1): stamp_of(None), other[0].key(1): stamp_of(None)}
    workflow.give_figures(review, people[0], {same: Decimal(18), other: None}, empty)
    # What the other did not see is not written over, and nothing of what came with it is saved.
    with pytest.raises(workflow.Overtaken) as overtaken:
        workflow.give_figures(review, people[1], {same: Decimal(20), other: Decimal(1)}, empty)
    assert overtaken.value.theirs == {same[0].key(1): 18}
    assert _given(review) == {("B1", "participants", 1): 18}
    # A neighbouring figure is another's own.
    workflow.give_figures(review, people[1], {same: None, other: Decimal(1)}, empty)
    assert _given(review) == {("B1", "participants", 1): 18, ("B1", "fte", 1): 1}
    seen = {same[0].key(1): stamp_of(Decimal(18))}
    workflow.give_figures(review, people[1], {same: Decimal(20)}, seen)
    assert _given(review)["B1", "participants", 1] == 20


def stamp_of(value: Decimal | None) -> str:
    """Return the stamp of a figure as the page carries it."""
    return merging.stamp([value])


@pytest.mark.parametrize("status", ["consensus", "fact_check", "cancelled"])
def test_nothing_is_given_once_the_scoring_is_over(status: str, people: list[User]) -> None:
    review = scored_review(status, evaluators=1)
    with pytest.raises(workflow.Refused):
        workflow.give_figures(review, people[0], {_key(review, "B1", "fte", 1): Decimal(1)})
    assert not _given(review)


# Taking over


def _counted(review: Review, item: Item) -> dict[tuple[str, int], Decimal]:
    return figures.counted(review, item)


def _take_over(review: Review, item: Item, **seen: str) -> None:
    """Take over as the lead, who has seen what is given and counted now; `seen` are the stamps that are not so."""
    now = {"given": figures.given(review, item), "counted": _counted(review, item)}
    stamps = {name: workflow.figures_stamp(found) for name, found in now.items()}
    seat = review.seats.get(is_lead=True)
    assert seat.user is not None
    workflow.take_over(seat, item, seat.user, **(stamps | seen))


def test_what_is_taken_over_replaces_all_that_was_counted_for_the_item(review: Review) -> None:
    item = _give_b1(review)
    CountFactory.create(review=review, item=item, value=30)
    CountFactory.create(review=review, item=item, number=3, value=12)
    CountFactory.create(review=review, item=_item(review, "B2"), name="percent", value=97)
    _take_over(review, item)
    assert _counted(review, item) == figures.given(review, item)
    assert _counted(review, _item(review, "B2")) == {("percent", 0): 97}
    assert set(review.counts.filter(item=item).values_list("updated_by", flat=True)) == {lead(review).pk}
    rating = review.seats.get().ratings.get(item=item)
    found = results.suggestion_for(rating, item, _counted(review, item))
    assert found is not None
    assert found.score == 5
    assert found.parts == ((Decimal(18), Decimal(1)), (Decimal(10), Decimal("0.5")))


def test_of_t5_the_share_is_counted(review: Review) -> None:
    item = _item(review, "T5")
    for name, value in (("employer_contacts", 40), ("fitting_contacts", 33)):
        GivenFigureFactory.create(review=review, item=item, name=name, number=1, value=value)
    _take_over(review, item)
    assert _counted(review, item) == {("percent", 0): Decimal("82.5")}


def test_nothing_is_taken_over_where_something_else_was_counted_in_the_meantime(review: Review) -> None:
    item = _give_b1(review)
    stamp = workflow.figures_stamp(_counted(review, item))
    count = CountFactory.create(review=review, item=item, value=30)
    for seen in (stamp, "", "none"):
        with translation.override("en"), pytest.raises(workflow.Refused, match="in the meantime"):
            _take_over(review, item, counted=seen)
    assert _counted(review, item) == {("participants", 0): 30}
    count.delete()
    _take_over(review, item, counted=stamp)


def test_figures_that_nobody_has_seen_are_not_taken_over(review: Review, people: list[User]) -> None:
    item = _give_b1(review)
    stamp = workflow.figures_stamp(figures.given(review, item))
    workflow.give_figures(review, people[0], {_key(review, "B1", "participants", 1): Decimal(81)})
    for seen in (stamp, "", "none"):
        with translation.override("en"), pytest.raises(workflow.Refused, match="corrected its figures"):
            _take_over(review, item, given=seen)
    assert not review.counts.exists()
    _take_over(review, item)
    assert _counted(review, item)["participants", 1] == 81


def test_nothing_is_taken_over_by_who_has_handed_in_or_left(review: Review) -> None:
    item = _give_b1(review)
    for column in ("handed_in_at", "removed_at"):
        review.seats.update(handed_in_at=None, removed_at=None, removed_reason="Syk.")
        review.seats.update(**{column: timezone.now()})
        with pytest.raises(workflow.Refused):
            _take_over(review, item)
    assert not review.counts.exists()


@pytest.mark.parametrize("code", ["T12", "B1", "O2"])
def test_nothing_is_taken_over_where_there_is_nothing_to_count(review: Review, code: str) -> None:
    item = _item(review, code)
    if code == "T12":
        GivenFigureFactory.create(review=review, item=item, name="weekly", number=1, value=1)
    with pytest.raises(workflow.Refused):
        _take_over(review, item)
    assert not review.counts.exists()


@pytest.mark.parametrize("status", ["planned", "consensus", "fact_check"])
def test_nothing_is_taken_over_outside_the_scoring(status: str) -> None:
    review = scored_review(status, evaluators=1)
    review.seats.update(handed_in_at=None)
    item = _give_b1(review)
    review.counts.all().delete()
    with pytest.raises(workflow.Refused):
        _take_over(review, item)
    assert not review.counts.exists()

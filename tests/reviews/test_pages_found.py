"""What was found for an item on an evaluator's sheet: elements with remarks, figures of the whole and of each, answers,
and the suggestion that follows from them.
"""

import re
from typing import Any

import pytest
from django.test import Client

from reviews import merging, workflow
from reviews.models import Actor, GivenFigure, Obstacle, Rating, Review, Seat, User
from tests.factories import CountFactory, scored_review
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
    emptied = {**dict.fromkeys(counts, ""), "count_contacts": "2"}
    assert _counted(client, review, "T6", **emptied).context["suggestion"].score == 2


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
    for code, fields in (("T8", 2), ("T5", 1)):
        form = client.get(page("score", review, item(review, code))).context["form"]
        assert len(form.count_fields) == fields
        assert form.count_rows == []
    # A part that is sent all the same is none.
    assert _counted(client, review, "T5", count_percent="18", count_percent_1="100").context["suggestion"].score == 1
    assert [count.number for count in review.counts.all()] == [0]


@pytest.mark.parametrize(("code", "per"), [("T4", "participant"), ("T6", "specialist")])
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


@pytest.mark.parametrize(
    "typed", ["mange", "-1", "-0", "+1", "NaN", "1_0", "1e2", "1,2,3", "1.2,3", "1 0", "\u0663", "1,", "1,2345"]
)
def test_a_figure_of_a_row_that_is_none_is_refused_and_the_rows_are_open(
    client: Client, review: Review, typed: str
) -> None:
    form = refused(client, page("score", review, item(review, "T6")), {"count_contacts_2": typed}, "count_contacts_2")
    assert form.has_wrong_parts  # type: ignore[attr-defined]  # a RatingForm


@pytest.mark.parametrize(
    ("typed", "held"),
    [
        ("0", "0"),
        ("0,000", "0"),
        ("00", "0"),
        ("1 017,5", "1017.5"),
        ("1\u00a0017", "1017"),
        (" 4.5 ", "4.5"),
        (",5", "0.5"),
    ],
)
def test_a_figure_is_read_as_norwegians_type_it(client: Client, evaluator: User, typed: str, held: str) -> None:
    review = evaluator.seats.get().review
    address, headers = page("score", review, item(review, "T6")), {"Autosave": "1", "Autosave-As": str(evaluator.pk)}
    answer = client.post(address, {"only": "count_contacts", "count_contacts": typed}, headers=headers).json()
    assert str(review.counts.get().value.normalize()) == held
    # What is held is what was stamped, so that nobody meets themselves.
    assert answer["stamps"] == {"count_contacts": merging.stamp([review.counts.get().value])}


@pytest.mark.parametrize(("field", "typed"), [("count_percent", "150"), ("count_percent_2", "100,5")])
def test_a_figure_above_what_can_be_is_refused(client: Client, review: Review, field: str, typed: str) -> None:
    refused(client, page("score", review, item(review, "T13")), {field: typed}, field)
    assert _counted(client, review, "T13", **{field: "100"}).context["suggestion"].score == 5


def test_a_row_that_is_too_high_is_named(client: Client, review: Review) -> None:
    for number, value in ((1, 20), (2, 150), (4, 101)):
        CountFactory.create(review=review, item=item(review, "T13"), name="percent", number=number, value=value)
    response = client.get(page("score", review, item(review, "T13")))
    assert response.context["suggestion"] is None
    assert response.context["too_high"] == [2, 4]
    assert "2, 4" in _says(response)


@pytest.mark.parametrize(("code", "says"), [("B2", True), ("O1", True), ("T6", True), ("T4", False), ("B1", False)])
def test_the_page_says_that_each_counts_alike_in_a_mean(
    client: Client, evaluator: User, review: Review, code: str, says: bool
) -> None:
    User.objects.filter(pk=evaluator.pk).update(language="en")
    html = client.get(page("score", review, item(review, code))).content.decode()
    assert ("each employment specialist or team counts alike" in html) is says


def test_the_keys_are_told_in_one_sentence(client: Client, evaluator: User, review: Review) -> None:
    User.objects.filter(pk=evaluator.pk).update(language="en")
    for address, keys in (
        (
            page("score", review, item(review, "T6")),
            "<kbd>1</kbd>–<kbd>5</kbd> set the score, <kbd>↑</kbd> <kbd>↓</kbd> choose,",
        ),
        (
            page("score_all", review),
            "next item, <kbd>↑</kbd> <kbd>↓</kbd> change item, <kbd>←</kbd> <kbd>→</kbd> choose.",
        ),
    ):
        assert keys in " ".join(client.get(address).content.decode().split())


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


# What one found, once it can no longer be changed


def _found_in_full(client: Client, review: Review) -> None:
    """Write all that can be found, for an item with elements and for one with figures."""
    elements = {"element_1": "on", "remark_1": "Bare team Nord.", "remark_2": "Møtte ikke."}
    words = {"departure": "Et møte i uka holder.", "comment": "Sett."}
    ticks = {"obstacles": ["nav"], "actors": ["steering_group"]}
    counts = {"count_contacts": "2", "count_contacts_1": "4,5", "count_contacts_3": "7"}
    given = item(review, "T6")
    GivenFigure.objects.create(review=review, item=given, name="contacts", number=1, value="6.125")
    for code, sent in (("O2", elements | words | ticks), ("T6", counts | {"needs_4": "no", "comment": "Talt."})):
        address = page("score", review, item(review, code))
        assert client.post(address, {**sent, "score": "3", "draft": "1"}).status_code == 302


def _is_read(client: Client, review: Review) -> None:
    """Hold that all of it is read, and nothing can be written."""
    o2, t6 = (client.get(page("score", review, item(review, code))) for code in ("O2", "T6"))
    html = " ".join(o2.content.decode().split())
    found = html.partition('class="found-elements"')[2].partition("</ul>")[0].split("<li>")[1:]
    assert ["✓" in each for each in found] == [number == 1 for number in range(len(found))]
    assert "Bare team Nord." in found[1]
    assert "Møtte ikke." in found[2]
    assert "Et møte i uka holder." in html
    assert str(Obstacle("nav").label) in html
    assert str(Actor("steering_group").label) in html
    html = " ".join(t6.content.decode().split())
    rows = html.partition('id="counted-rows"')[2].partition("</table>")[0]
    assert "<td>4,5</td>" in rows
    assert "<td>7</td>" in rows
    assert '<th scope="row">2</th>' not in rows
    assert "6,125" in html.partition('class="gave"')[2]
    assert "(4,5 + 7) / 2 = 5,8 møter per uke → 3" in _says(t6)
    need = next(each.text for each in item(review, "T6").parsed_measure().needs if each.score == 4)  # type: ignore[union-attr]  # T6 has one
    assert re.search(rf"<dt>{re.escape(need)}</dt> <dd> Nei </dd>", html)
    for response in (o2, t6):
        assert 'id="item-form"' not in response.content.decode()
        assert 'form="take-over"' not in response.content.decode()


def test_what_was_found_is_read_after_it_is_handed_in(client: Client, review: Review) -> None:
    _found_in_full(client, review)
    review.seats.update(handed_in_at=review.created_at)
    _is_read(client, review)


def test_an_observer_reads_what_they_found_once_the_scoring_is_over(
    client: Client, evaluator: User, review: Review
) -> None:
    review.seats.update(kind=Seat.Kind.OBSERVER, is_lead=False)
    _found_in_full(client, review)
    Review.objects.filter(pk=review.pk).update(status="consensus", consensus_at=review.created_at)
    _is_read(client, review)


def test_what_was_found_is_read_of_a_self_review_that_is_done(client: Client) -> None:
    review = scored_review("scoring", evaluators=1, kind="self")
    user = review.seats.get().user
    assert user is not None
    client.force_login(user)
    _found_in_full(client, review)
    workflow.finalise(review, user)
    _is_read(client, review)


def test_what_was_not_found_is_told_as_nothing(client: Client, review: Review) -> None:
    review.seats.update(handed_in_at=review.created_at)
    for each, scale in (("O2", "ips-25"), ("T6", "ips-25"), ("O3", "ips-25"), ("G8", "goi-12")):
        response = client.get(page("score", review, item(review, each, scale)))
        assert response.status_code == 200
        assert "✓" not in response.content.decode()

"""One evaluator's own sheet through the front door: an item, a section, and handing in."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone, translation

from reviews.models import AuditEvent, Count, Rating, Review, Seat, User
from scales.models import Scale
from tests.factories import SectionCommentFactory, items_of, scored_review
from tests.reviews.front_door import NUL, TOO_LONG, contents, item, page, refused, step


@pytest.fixture
def review(db: None) -> Review:
    """A review being scored by one evaluator, with nothing written yet."""
    return _unwritten(scored_review("scoring", evaluators=1))


@pytest.fixture
def pair(db: None) -> Review:
    """A review being scored by two."""
    return _unwritten(scored_review("scoring", evaluators=2))


def _unwritten(review: Review) -> Review:
    Rating.objects.filter(seat__review=review).delete()
    return review


def _lead(review: Review) -> User:
    user = review.seats.get(number=1).user
    assert user is not None
    return user


@pytest.fixture
def evaluator(review: Review, client: Client) -> User:
    """The one evaluator, logged in."""
    client.force_login(_lead(review))
    return _lead(review)


def _rating(review: Review, code: str, number: int = 1) -> Rating:
    return Rating.objects.get(seat__review=review, seat__number=number, item__code=code, item__section__code=code[0])


# Saving


@pytest.mark.usefixtures("evaluator")
def test_a_finished_item_is_saved_and_leads_to_the_next(client: Client, review: Review) -> None:
    sent = {
        "count_participants": "45",
        "count_fte": "2,5",
        "score": "3",
        "comment": "Snitt over 20.",
        "recommendation": "Ansett en til.",
        "obstacles": ["nav", "law"],
        "actors": ["ips_team", "ict"],
        "finish": "1",
    }
    response = client.post(page("score", review, item(review, "B1")), sent)
    assert response.status_code == 302
    assert response.headers["Location"] == page("score", review, item(review, "B2"))
    rating = _rating(review, "B1")
    assert (rating.score, rating.not_scored) == (3, "")
    assert (rating.comment, rating.recommendation) == ("Snitt over 20.", "Ansett en til.")
    assert (rating.obstacles, rating.actors) == (["nav", "law"], ["ips_team", "ict"])
    assert {count.name: count.value for count in review.counts.all()} == {"participants": 45, "fte": Decimal("2.5")}


@pytest.mark.usefixtures("evaluator")
def test_the_last_item_leads_back_to_the_review(client: Client, review: Review) -> None:
    last = items_of(review)[-1]
    response = client.post(page("score", review, last), {"score": "4", "finish": "1"})
    assert response.headers["Location"] == page("review", review)


@pytest.mark.usefixtures("evaluator")
def test_a_draft_may_lack_everything_and_stays_on_the_item(client: Client, review: Review) -> None:
    address = page("score", review, item(review, "B1"))
    response = client.post(address, {"comment": "Halvferdig", "draft": "1"})
    assert (response.status_code, response.headers["Location"]) == (302, address)
    rating = _rating(review, "B1")
    assert (rating.score, rating.not_scored, rating.comment) == (None, "", "Halvferdig")


@pytest.mark.usefixtures("evaluator")
def test_what_was_found_is_kept_and_a_suggestion_never_sets_the_score(client: Client, review: Review) -> None:
    address = page("score", review, item(review, "B1"))
    client.post(address, {"count_participants": "45", "count_fte": "2,5", "draft": "1"})
    response = client.get(address)
    assert response.context["suggestion"].score == 5
    assert "18,0 → 5" in response.context["working"]
    assert response.context["form"]["score"].value() is None
    assert _rating(review, "B1").score is None
    html = response.content.decode()
    assert 'value="45"' in html
    assert 'value="2,5"' in html


@pytest.mark.usefixtures("evaluator")
def test_ticked_elements_and_answers_are_kept(client: Client, review: Review) -> None:
    address = page("score", review, item(review, "B3"))
    sent = {"element_2": "on", "element_0": "on", "remark_1": "Bare i det ene teamet.", "needs_3": "no", "draft": "1"}
    client.post(address, sent)
    rating = _rating(review, "B3")
    assert rating.elements == [0, 2]
    assert rating.element_remarks == {"1": "Bare i det ene teamet."}
    assert rating.statements == {"needs": {"3": False}}
    form = client.get(address).context["form"]
    assert [form[f"element_{number}"].value() for number in range(6)] == [True, False, True, False, False, False]
    assert form["remark_1"].value() == "Bare i det ene teamet."
    assert form["needs_3"].value() == "no"
    client.post(address, {"element_0": "on", "draft": "1"})
    rating.refresh_from_db()
    assert (rating.elements, rating.element_remarks, rating.statements) == ([0], {}, {})


@pytest.mark.usefixtures("evaluator")
def test_a_reason_takes_the_place_of_a_score(client: Client, review: Review) -> None:
    address = page("score", review, item(review, "B2"))
    assert client.post(address, {"not_scored": "missing_data", "finish": "1"}).status_code == 302
    rating = _rating(review, "B2")
    assert (rating.score, rating.not_scored) == (None, "missing_data")


@pytest.mark.usefixtures("evaluator")
def test_a_score_can_be_taken_away_again(client: Client, review: Review) -> None:
    address = page("score", review, item(review, "O3"))
    client.post(address, {"score": "4", "finish": "1"})
    client.post(address, {"draft": "1"})
    assert _rating(review, "O3").score is None


@pytest.mark.usefixtures("evaluator")
def test_a_figure_can_be_taken_away_again(client: Client, review: Review) -> None:
    address = page("score", review, item(review, "B1"))
    client.post(address, {"count_participants": "45", "count_fte": "2,5", "draft": "1"})
    client.post(address, {"count_participants": "45", "count_fte": "", "draft": "1"})
    assert [count.name for count in review.counts.all()] == ["participants"]


@pytest.mark.usefixtures("evaluator")
def test_saving_tells_the_audit_which_fields_and_no_value(client: Client, review: Review) -> None:
    client.post(page("score", review, item(review, "B1")), {"score": "2", "comment": "Hemmelig ord", "finish": "1"})
    event = AuditEvent.objects.filter(action="changed").latest("pk")
    assert event.fields == ["comment", "score"]
    assert "Hemmelig" not in str(list(AuditEvent.objects.values()))


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("2,5", "2.5"),
        ("2.5", "2.5"),
        ("1 250", "1250"),
        ("1 250,5", "1250.5"),
        ("1\u00a0250", "1250"),
        (" 45 ", "45"),
        ("0", "0"),
        ("0,125", "0.125"),
    ],
)
@pytest.mark.usefixtures("evaluator")
def test_figures_are_read_with_comma_and_with_point(client: Client, review: Review, typed: str, value: str) -> None:
    client.post(page("score", review, item(review, "B1")), {"count_fte": typed, "draft": "1"})
    assert Count.objects.get(review=review, name="fte").value == Decimal(value)


# Bad input


@pytest.mark.parametrize(
    "typed",
    ["mange", "-1", "1,2,3", "1.234,5", "NaN", "Infinity", "-inf", "1e99", "2,1234", "9999999999999", "\x00", "½"],
)
@pytest.mark.usefixtures("evaluator")
def test_a_figure_that_is_none_is_refused_beside_its_field(client: Client, review: Review, typed: str) -> None:
    sent = {"count_participants": "45", "count_fte": typed, "score": "4", "comment": "Sett.", "finish": "1"}
    refused(client, page("score", review, item(review, "B1")), sent, "count_fte")


@pytest.mark.parametrize("score", ["0", "6", "-1", "3,5", "4.0", "fire", "1e0", "\x00", "99999999999999999999"])
@pytest.mark.usefixtures("evaluator")
def test_a_score_outside_the_scale_is_refused(client: Client, review: Review, score: str) -> None:
    sent = {"score": score, "comment": "Sett i papirene.", "finish": "1"}
    form = refused(client, page("score", review, item(review, "B1")), sent, "score")
    assert form.errors.as_data()["score"][0].code == "invalid_choice"


@pytest.mark.usefixtures("evaluator")
def test_an_item_is_not_finished_without_score_and_reason(client: Client, review: Review) -> None:
    refused(client, page("score", review, item(review, "B1")), {"comment": "Vet ikke.", "finish": "1"}, "score")


@pytest.mark.usefixtures("evaluator")
def test_a_score_and_a_reason_for_none_exclude_each_other(client: Client, review: Review) -> None:
    for button in ("finish", "draft"):
        sent = {"score": "4", "not_scored": "missing_data", "comment": "Begge.", button: "1"}
        refused(client, page("score", review, item(review, "B1")), sent, "not_scored")


@pytest.mark.parametrize("reason", ["not_started", "not_recorded", "not_relevant", "\x00"])
@pytest.mark.usefixtures("evaluator")
def test_a_reason_that_a_review_of_practice_does_not_know_is_refused(
    client: Client, review: Review, reason: str
) -> None:
    sent = {"not_scored": reason, "comment": "Sett.", "finish": "1"}
    refused(client, page("score", review, item(review, "B1")), sent, "not_scored")


def test_not_started_is_a_reason_where_a_review_is_from_plans(db: None, client: Client) -> None:
    review = _unwritten(scored_review("scoring", evaluators=1, basis="plans"))
    client.force_login(_lead(review))
    sent = {"not_scored": "not_started", "finish": "1"}
    assert client.post(page("score", review, item(review, "B1")), sent).status_code == 302
    assert _rating(review, "B1").not_scored == "not_started"


@pytest.mark.parametrize("text", [TOO_LONG, NUL], ids=["too long", "NUL"])
@pytest.mark.usefixtures("evaluator")
def test_a_remark_that_cannot_be_kept_is_refused(client: Client, review: Review, text: str) -> None:
    sent = {"remark_0": text, "score": "4", "draft": "1"}
    refused(client, page("score", review, item(review, "B3")), sent, "remark_0")


@pytest.mark.parametrize("name", ["comment", "recommendation", "departure"])
@pytest.mark.parametrize("text", [TOO_LONG, NUL], ids=["too long", "NUL"])
@pytest.mark.usefixtures("evaluator")
def test_a_text_that_cannot_be_kept_is_refused(client: Client, review: Review, name: str, text: str) -> None:
    sent = {
        "score": "4",
        "count_fte": "2,5",
        "comment": "Sett.",
        "recommendation": "Gjør det.",
        name: text,
        "draft": "1",
    }
    refused(client, page("score", review, item(review, "B1")), sent, name)


@pytest.mark.usefixtures("evaluator")
def test_a_text_of_just_the_limit_is_kept(client: Client, review: Review) -> None:
    text = TOO_LONG[1:]
    assert client.post(page("score", review, item(review, "B1")), {"comment": text, "draft": "1"}).status_code == 302
    assert _rating(review, "B1").comment == text


@pytest.mark.parametrize(
    ("name", "value"),
    [("needs_3", "maybe"), ("needs_3", "\x00"), ("obstacles", "weather"), ("actors", "weather"), ("actors", "law")],
)
@pytest.mark.usefixtures("evaluator")
def test_a_choice_that_is_not_offered_is_refused(client: Client, review: Review, name: str, value: str) -> None:
    sent: dict[str, Any] = {"score": "4", "comment": "Sett.", name: [value], "draft": "1"}
    if name == "needs_3":
        sent[name] = value
    refused(client, page("score", review, item(review, "B3")), sent, name)


# The Kommentar of a low score


@pytest.mark.parametrize("score", ["1", "2", "3"])
@pytest.mark.parametrize("comment", ["", "  \n "])
@pytest.mark.usefixtures("evaluator")
def test_a_low_score_needs_a_comment(client: Client, review: Review, score: str, comment: str) -> None:
    sent = {"score": score, "comment": comment, "recommendation": "Gjør mer.", "finish": "1"}
    refused(client, page("score", review, item(review, "O3")), sent, "comment")


@pytest.mark.parametrize("score", ["4", "5"])
@pytest.mark.usefixtures("evaluator")
def test_a_high_score_needs_none(client: Client, review: Review, score: str) -> None:
    assert client.post(page("score", review, item(review, "O3")), {"score": score, "finish": "1"}).status_code == 302


@pytest.mark.usefixtures("evaluator")
def test_a_draft_of_a_low_score_needs_none(client: Client, review: Review) -> None:
    assert client.post(page("score", review, item(review, "O3")), {"score": "1", "draft": "1"}).status_code == 302
    assert _rating(review, "O3").score == 1


@pytest.mark.usefixtures("evaluator")
def test_the_index_never_needs_a_comment(client: Client, review: Review) -> None:
    first = next(each for each in items_of(review) if each.section.scale.code == "goi-12")
    assert client.post(page("score", review, first), {"score": "1", "finish": "1"}).status_code == 302


@pytest.mark.usefixtures("evaluator")
def test_a_comment_on_the_section_covers_its_items_and_no_others(client: Client, review: Review) -> None:
    SectionCommentFactory.create(review=review, section=item(review, "O3").section)
    assert client.post(page("score", review, item(review, "O3")), {"score": "1", "finish": "1"}).status_code == 302
    refused(client, page("score", review, item(review, "T3")), {"score": "1", "finish": "1"}, "comment")


@pytest.mark.usefixtures("evaluator")
def test_an_empty_comment_on_the_section_covers_nothing(client: Client, review: Review) -> None:
    SectionCommentFactory.create(review=review, section=item(review, "O3").section, comment="")
    refused(client, page("score", review, item(review, "O3")), {"score": "1", "finish": "1"}, "comment")


def test_two_evaluators_write_the_comment_together_later(client: Client, pair: Review) -> None:
    client.force_login(_lead(pair))
    assert client.post(page("score", pair, item(pair, "O3")), {"score": "1", "finish": "1"}).status_code == 302


def test_one_who_goes_on_alone_writes_the_comment(client: Client, pair: Review) -> None:
    pair.seats.filter(number=2).update(removed_at=timezone.now(), removed_reason="Ble syk.")
    client.force_login(_lead(pair))
    refused(client, page("score", pair, item(pair, "O3")), {"score": "1", "finish": "1"}, "comment")


# The rest of a section


def test_leaving_a_section_unscored_keeps_what_is_there(client: Client, evaluator: User, review: Review) -> None:
    seat = review.seats.get()
    scored = Rating.objects.create(seat=seat, item=item(review, "O1"), score=4)
    begun = Rating.objects.create(seat=seat, item=item(review, "O2"), comment="Begynt.", elements=[1])
    client.post(page("leave_section", review, item(review, "O5")), {"reason": "missing_data"})
    scored.refresh_from_db()
    begun.refresh_from_db()
    assert (scored.score, scored.not_scored) == (4, "")
    assert (begun.not_scored, begun.comment, begun.elements) == ("missing_data", "Begynt.", [1])
    left = Rating.objects.filter(seat=seat, not_scored="missing_data")
    assert {rating.item.code for rating in left} == {f"O{number}" for number in range(2, 9)}


@pytest.mark.parametrize("reason", ["", "not_started", "not_recorded", "x", "\x00"])
@pytest.mark.usefixtures("evaluator")
def test_a_section_is_not_left_for_a_reason_that_is_none(client: Client, review: Review, reason: str) -> None:
    before = contents()
    response = client.post(page("leave_section", review, item(review, "O5")), {"reason": reason}, follow=True)
    assert response.status_code == 200
    assert [message.level_tag for message in response.context["messages"]] == ["error"]
    assert contents() == before


# The sheet as a whole


def test_two_tabs_on_two_items_do_not_undo_each_other(client: Client, evaluator: User, review: Review) -> None:
    first, second = item(review, "B1"), item(review, "O3")
    client.get(page("score", review, first))
    client.get(page("score", review, second))
    client.post(page("score", review, first), {"score": "4", "finish": "1"})
    client.post(page("score", review, second), {"score": "5", "finish": "1"})
    assert {rating.item.code: rating.score for rating in Rating.objects.filter(seat__review=review)} == {
        "B1": 4,
        "O3": 5,
    }


def test_one_who_is_removed_in_the_middle_finds_no_review(client: Client, pair: Review) -> None:
    second = pair.seats.get(number=2)
    assert second.user is not None
    client.force_login(second.user)
    assert client.get(page("score", pair, item(pair, "B1"))).status_code == 200
    Seat.objects.filter(pk=second.pk).update(removed_at=timezone.now(), removed_reason="Ble syk.")
    before = contents()
    assert client.post(page("score", pair, item(pair, "B1")), {"score": "4", "finish": "1"}).status_code == 404
    assert client.post(step("hand-in", pair)).status_code == 404
    assert contents() == before


@pytest.mark.usefixtures("evaluator")
def test_the_way_through_the_items_tells_what_is_done(client: Client, review: Review) -> None:
    address = page("score", review, item(review, "O1"))
    client.post(page("score", review, item(review, "B1")), {"score": "4", "finish": "1"})
    client.post(page("score", review, item(review, "B2")), {"not_scored": "missing_data", "finish": "1"})
    found = client.get(address).context
    assert (found["route"].done, found["route"].size) == (2, 37)
    assert (found["place"].before.code, found["place"].after.code) == ("B3", "O2")
    assert found["route"].next_open.code == "B3"


@pytest.mark.usefixtures("evaluator")
def test_a_refused_item_is_not_shown_as_done(client: Client, review: Review) -> None:
    response = client.post(page("score", review, item(review, "O3")), {"score": "2", "finish": "1"})
    assert response.context["route"].done == 0


def test_an_item_shows_its_definition_and_its_five_anchors_in_words(
    client: Client, evaluator: User, review: Review, ips: Scale
) -> None:
    found = item(review, "O3")
    html = client.get(page("score", review, found)).content.decode()
    assert found.definition in html
    assert all(found.anchor(score) in html for score in range(1, 6))
    assert html.count('name="score"') == 5
    assert ips.attribution in html


# Words


@pytest.mark.usefixtures("evaluator")
def test_the_messages_are_in_bokmal(client: Client, review: Review) -> None:
    form = refused(client, page("score", review, item(review, "O3")), {"score": "2", "finish": "1"}, "comment")
    with translation.override("en"):
        english = "Write a comment: it is required for the score 2."
    assert form.errors["comment"] != [english]
    assert "Kommentar" in form.errors["comment"][0] or "kommentar" in form.errors["comment"][0]

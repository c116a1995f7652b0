"""What the evaluators write together, through the front door: the agreed results and the report's texts."""

import datetime
import html
import json
import re
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from reviews import workflow
from reviews.models import Actor, AgreedResult, AuditEvent, Count, Obstacle, Rating, Review, SectionComment, User
from tests.cast import PDF
from tests.factories import (
    RoleFactory,
    SectionCommentFactory,
    UserFactory,
    final_review,
    issue,
    items_of,
    scored_review,
    usual_score,
)
from tests.reviews import browsing
from tests.reviews.front_door import NUL, TOO_LONG, contents, item, page, refused


@pytest.fixture
def evaluator(db: None, client: Client) -> User:
    """The lead, logged in."""
    user: User = UserFactory.create(name="Kari Nordmann")
    client.force_login(user)
    return user


@pytest.fixture
def review(evaluator: User) -> Review:
    """A review in consensus by two."""
    return scored_review("consensus", evaluators=[evaluator, UserFactory.create(name="Ola Hansen")])


def _result(review: Review, code: str) -> AgreedResult:
    return review.results.get(item=item(review, code))


# What is agreed


def test_what_is_agreed_is_saved_and_leads_to_the_next(client: Client, review: Review, evaluator: User) -> None:
    sent = {
        "score": "2",
        "comment": "Enige om to.",
        "recommendation": "Avtal møteplass.",
        "obstacles": ["health"],
        "actors": ["nav", "steering_group"],
        "finish": "1",
    }
    response = client.post(page("agree", review, item(review, "O3")), sent)
    # The other scored each fifth item one lower: the way leads from difference to difference.
    assert response.headers["Location"] == page("agree", review, item(review, "O8"))
    result = _result(review, "O3")
    assert (result.score, result.comment, result.recommendation) == (2, "Enige om to.", "Avtal møteplass.")
    assert (result.obstacles, result.actors) == (["health"], ["nav", "steering_group"])
    assert result.updated_by == evaluator


def test_what_is_agreed_leaves_the_own_sheets_as_they_were_handed_in(client: Client, review: Review) -> None:
    before = list(Rating.objects.values().order_by("pk"))
    client.post(page("agree", review, item(review, "B1")), {"score": "1", "comment": "Nei.", "finish": "1"})
    assert list(Rating.objects.values().order_by("pk")) == before


def test_both_evaluators_own_scores_and_words_stand_beside(client: Client, review: Review) -> None:
    first = item(review, "B1")
    Rating.objects.filter(seat__review=review, seat__number=1, item=first).update(score=5, comment="Ser bra ut.")
    Rating.objects.filter(seat__review=review, seat__number=2, item=first).update(score=3, comment="For mange.")
    response = client.get(page("agree", review, first))
    assert [(each.rating.score, each.rating.comment) for each in response.context["own"]] == [
        (5, "Ser bra ut."),
        (3, "For mange."),
    ]
    html = response.content.decode()
    assert all(text in html for text in ("Ser bra ut.", "For mange.", "Kari Nordmann", "Ola Hansen"))


def test_a_draft_of_what_is_agreed_may_lack_everything(client: Client, review: Review) -> None:
    address = page("agree", review, item(review, "O3"))
    response = client.post(address, {"comment": "Vi må se på det igjen.", "draft": "1"})
    assert response.headers["Location"] == address
    assert (_result(review, "O3").score, _result(review, "O3").comment) == (None, "Vi må se på det igjen.")


@pytest.mark.parametrize("score", ["0", "6", "-1", "3,5", "fire", "\x00"])
@pytest.mark.usefixtures("evaluator")
def test_an_agreed_score_outside_the_scale_is_refused(client: Client, review: Review, score: str) -> None:
    sent = {"score": score, "comment": "Enige.", "recommendation": "Gjør det.", "finish": "1"}
    refused(client, page("agree", review, item(review, "O3")), sent, "score")


@pytest.mark.parametrize(
    ("sent", "wrong"),
    [
        ({}, "score"),
        ({"score": "4", "not_scored": "missing_data"}, "not_scored"),
        ({"not_scored": "not_started"}, "not_scored"),
        ({"not_scored": "not_recorded"}, "not_scored"),
        ({"score": "1"}, "comment"),
        ({"score": "3", "comment": " \n"}, "comment"),
        ({"score": "4", "comment": TOO_LONG}, "comment"),
        ({"score": "4", "comment": NUL}, "comment"),
        ({"score": "2", "comment": "Ja.", "recommendation": TOO_LONG}, "recommendation"),
        ({"score": "2", "comment": "Ja.", "recommendation": NUL}, "recommendation"),
        ({"score": "2", "comment": "Ja.", "obstacles": ["weather"]}, "obstacles"),
        ({"score": "2", "comment": "Ja.", "actors": ["law"]}, "actors"),
    ],
)
def test_what_cannot_be_agreed_is_refused(client: Client, review: Review, sent: dict[str, Any], wrong: str) -> None:
    refused(client, page("agree", review, item(review, "O3")), {**sent, "finish": "1"}, wrong)


def test_a_comment_on_the_section_is_enough(client: Client, review: Review) -> None:
    SectionCommentFactory.create(review=review, section=item(review, "O3").section, comment="Gjelder alle punktene.")
    address = page("agree", review, item(review, "O3"))
    assert "Gjelder alle punktene." in client.get(address).content.decode()
    assert client.post(address, {"score": "1", "finish": "1"}).status_code == 302
    refused(client, page("agree", review, item(review, "T3")), {"score": "1", "finish": "1"}, "comment")


def test_the_index_never_needs_a_comment(client: Client, review: Review) -> None:
    first = next(each for each in items_of(review) if each.section.scale.code == "goi-12")
    assert client.post(page("agree", review, first), {"score": "1", "finish": "1"}).status_code == 302


def test_a_low_score_without_advice_is_a_warning_and_no_wall(client: Client, review: Review) -> None:
    review.results.update(actors=["nav"])
    client.post(page("agree", review, item(review, "O3")), {"score": "2", "comment": "Enige.", "finish": "1"})
    found = client.get(page("review", review)).context
    assert [warning.item.code for warning in found["warnings"] if warning.item] == ["O3"]
    assert found["blockers"] == []


def test_what_stands_in_the_way_is_named_with_its_item(client: Client, review: Review) -> None:
    AgreedResult.objects.filter(review=review, item=item(review, "B2")).update(score=None)
    AgreedResult.objects.filter(review=review, item=item(review, "T7")).update(score=2, comment="")
    response = client.get(page("review", review))
    assert [blocker.item.code for blocker in response.context["blockers"]] == ["B2", "T7"]
    html = response.content.decode()
    assert all(page("agree", review, item(review, code)) in html for code in ("B2", "T7"))


def test_an_unchanged_result_writes_nothing(client: Client, review: Review) -> None:
    result = _result(review, "B1")
    sent = {
        "score": str(result.score),
        "comment": result.comment,
        "recommendation": result.recommendation,
        "finish": "1",
    }
    before, events = contents(), AuditEvent.objects.filter(action="changed").count()
    assert client.post(page("agree", review, item(review, "B1")), sent).status_code == 302
    assert contents() == before
    assert AuditEvent.objects.filter(action="changed").count() == events


# The overview


def _own(review: Review, code: str, number: int, **columns: Any) -> None:
    Rating.objects.filter(seat__review=review, seat__number=number, item=item(review, code)).update(**columns)


def _parts(client: Client, review: Review) -> list[tuple[str, list[str]]]:
    """Return the parts of the overview, each with the codes of its items."""
    found = client.get(page("agree_overview", review)).context["parts"]
    return [(part.title, [row.result.item.code for row in part.rows]) for part in found]


def test_the_overview_shows_the_differences_first(client: Client, review: Review) -> None:
    Rating.objects.filter(seat__review=review).update(score=4)
    for code, score in (("O3", 3), ("B2", 1), ("T14", 2), ("G1", 5)):
        Rating.objects.filter(seat__review=review, seat__number=2, item__code=code).update(score=score)
    _own(review, "T5", 1, score=None, not_scored="missing_data")
    parts = _parts(client, review)
    assert [codes for _title, codes in parts[:3]] == [["B2", "T14"], ["O3", "G1"], ["T5"]]
    assert len(parts[3][1]) == 32
    order = [code for _title, codes in parts for code in codes]
    assert sorted(order) == sorted(each.code for each in items_of(review))
    way = client.get(page("agree", review, item(review, "T14"))).context
    assert (way["place"].before.code, way["place"].after.code) == ("B2", "O3")
    assert [step.item.code for step in way["route"].steps] == order


def test_agreement_is_told_in_counts_over_all_by_scale_and_by_section(client: Client, review: Review) -> None:
    Rating.objects.filter(seat__review=review).update(score=4)
    _own(review, "B1", 2, score=1)
    _own(review, "O1", 2, score=3)
    _own(review, "T1", 2, score=None, not_scored="missing_data")
    response = client.get(page("agree_overview", review))
    found = response.context["agreement"]
    assert (found.equal, found.within_one, found.compared) == (34, 35, 36)
    ips, goi = response.context["scales"]
    assert [(part.agreement.equal, part.agreement.within_one, part.agreement.compared) for part in ips.sections] == [
        (2, 2, 3),
        (7, 8, 8),
        (13, 13, 13),
    ]
    assert (ips.agreement.equal, goi.agreement.equal) == (22, 12)
    client.post("/profile/", {"name": "Kari Nordmann", "language": "en"})
    said = client.get(page("agree_overview", review)).content.decode()
    assert "Equal on 34 of 36 items, one score apart at most on 35." in said


def test_the_overview_shows_each_items_scores_what_is_missing_and_the_way_there(client: Client, review: Review) -> None:
    AgreedResult.objects.filter(review=review, item=item(review, "O3")).update(score=None)
    AgreedResult.objects.filter(review=review, item=item(review, "T7")).update(score=2, comment="", recommendation="")
    AgreedResult.objects.filter(review=review, item=item(review, "T3")).update(score=2, recommendation="")
    response = client.get(page("agree_overview", review))
    rows = {row.result.item.code: row for part in response.context["parts"] for row in part.rows}
    assert [len(rows[code].missing) for code in ("O3", "T7", "T3", "B1")] == [1, 2, 1, 0]
    assert [rating.score for rating in rows["O3"].own] == [2, 1]
    text = response.content.decode()
    assert all(page("agree", review, each) in text for each in items_of(review))
    assert all(name in text for name in ("Kari Nordmann", "Ola Hansen"))
    assert response.context["route"].left == 1
    assert response.context["route"].next_open.code == "O3"
    SectionCommentFactory.create(review=review, section=item(review, "T7").section, comment="Gjelder alle.")
    again = client.get(page("agree_overview", review)).context["parts"]
    assert [len(row.missing) for part in again for row in part.rows if row.result.item.code == "T7"] == [1]


def test_one_evaluator_goes_through_the_scale_without_counts_of_agreement(client: Client, evaluator: User) -> None:
    review = scored_review("consensus", evaluators=[evaluator])
    response = client.get(page("agree_overview", review))
    assert response.context["agreement"] is None
    order = [row.result.item.code for part in response.context["parts"] for row in part.rows]
    assert order == [each.code for each in items_of(review)]
    assert client.get(page("agree", review, item(review, "B3"))).context["place"].after.code == "O1"


def test_the_review_leads_to_the_overview_and_tells_how_many_are_left(client: Client, review: Review) -> None:
    AgreedResult.objects.filter(review=review, item__code__in=["B2", "T7"]).update(score=None)
    response = client.get(page("review", review))
    assert [each.code for each in response.context["unsettled"]] == ["B2", "T7"]
    assert page("agree_overview", review) in response.content.decode()


def test_the_last_item_leads_back_to_the_overview(client: Client, review: Review) -> None:
    last = client.get(page("agree_overview", review)).context["route"].steps[-1].item
    response = client.post(page("agree", review, last), {"score": "4", "finish": "1"})
    assert response.headers["Location"] == page("agree_overview", review)


# Each one's own words


def test_both_judgements_are_shown_whole(client: Client, review: Review) -> None:
    _own(
        review,
        "O2",
        1,
        score=3,
        recommendation="Møt hver uke.",
        elements=[0, 2],
        element_remarks={"2": "Bare i FACT-teamet."},
        obstacles=["law"],
        actors=["steering_group", "ict"],
        departure="Journalen er stengt.",
    )
    _own(review, "O2", 2, score=5, elements=[0], obstacles=[])
    response = client.get(page("agree", review, item(review, "O2")))
    text = html.unescape(response.content.decode())
    anchors = item(review, "O2").anchors
    for said in ("Møt hver uke.", "Journalen er stengt.", "Bare i FACT-teamet.", anchors["3"], anchors["5"]):
        assert said in text
    assert [each.actors for each in response.context["own"]] == [
        [Actor.STEERING_GROUP.label, Actor.ICT.label],
        [],
    ]
    assert f"<p>{Actor.STEERING_GROUP.label}, {Actor.ICT.label}</p>" in text
    assert [finding.remarks for finding in response.context["findings"]][1:3] == [("", ""), ("Bare i FACT-teamet.", "")]
    assert [finding.answers for finding in response.context["findings"]][:3] == [
        (True, True),
        (False, False),
        (True, False),
    ]
    assert [finding.differs for finding in response.context["findings"]][:3] == [False, False, True]
    chosen = {option.data["value"]: option.data["chosen_by"] for option in response.context["form"]["score"].subwidgets}
    assert chosen == {1: [], 2: [], 3: ["Kari Nordmann"], 4: [], 5: ["Ola Hansen"]}


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("", "Olas ord."),
        ("  ", "Olas ord."),
        ("Våre ord.", "Våre ord.\n\nOlas ord."),
        ("Alt her: Olas ord.", "Alt her: Olas ord."),
    ],
)
def test_the_comment_can_start_from_either_ones_words(
    client: Client, review: Review, typed: str, expected: str
) -> None:
    _own(review, "O3", 2, comment="Olas ord.\n", recommendation="Olas råd.")
    before = contents()
    sent = {"score": "3", "comment": typed, "recommendation": "", "obstacles": ["nav"], "words": "2"}
    response = client.post(page("agree", review, item(review, "O3")), sent)
    assert response.status_code == 200
    assert contents() == before
    form = response.context["form"]
    assert form["comment"].value() == expected
    assert form["recommendation"].value() == "Olas råd."
    assert (form["score"].value(), form["obstacles"].value()) == ("3", ["nav"])
    assert not form.errors


def test_the_ticks_of_the_one_whose_words_are_taken_come_along(client: Client, review: Review) -> None:
    _own(review, "O3", 2, recommendation="Olas råd.", actors=["nav", "steering_group"], obstacles=["law"])
    sent = {"score": "3", "actors": ["ips_team", "nav"], "words": "2"}
    form = client.post(page("agree", review, item(review, "O3")), sent).context["form"]
    assert form["actors"].value() == ["ips_team", "nav", "steering_group"]
    assert form["obstacles"].value() == ["law"]
    assert json.loads(form.unsaved) == ["score", "recommendation", "actors", "obstacles"]


def test_what_two_tick_at_once_is_chosen_between(client: Client, review: Review, other: Client) -> None:
    address = page("agree", review, item(review, "O3"))
    mine, theirs = _open(client, address), _open(other, address)
    other.post(address, {**theirs, "actors": ["health_partner"], "draft": "1"})
    response = client.post(address, {**mine, "actors": ["nav"], "draft": "1"})
    (clash,) = response.context["form"].clashes
    assert (clash.name, clash.text) == ("actors", Actor.HEALTH_PARTNER.label)
    response = client.post(address, {**_form(address, response), "take": "actors"})
    client.post(address, {**_form(address, response), "draft": "1"})
    assert _result(review, "O3").actors == ["health_partner"]


def test_a_closed_item_tells_what_was_ticked(client: Client, review: Review) -> None:
    review.results.filter(item=item(review, "O3")).update(actors=["steering_group"], obstacles=["ict"])
    Review.objects.filter(pk=review.pk).update(status="cancelled", cancelled_at=timezone.now(), cancel_reason="Sykdom.")
    text = html.unescape(client.get(page("agree", review, item(review, "O3"))).content.decode())
    assert re.search(rf"<dd>\s*{Actor.STEERING_GROUP.label}\s*</dd>", text)
    assert re.search(rf"<dd>\s*{Obstacle.ICT.label}\s*</dd>", text)


@pytest.mark.parametrize("seat", ["9", "", "x", "\x00"])
def test_the_words_of_nobody_change_nothing(client: Client, review: Review, seat: str) -> None:
    response = client.post(page("agree", review, item(review, "O3")), {"comment": "Mine.", "words": seat})
    assert response.context["form"]["comment"].value() == "Mine."


def test_the_words_of_one_who_was_removed_are_nobodys(client: Client, review: Review) -> None:
    _own(review, "O3", 2, comment="Skjult.")
    review.seats.filter(number=2).update(removed_at=timezone.now(), removed_reason="Ble syk.")
    response = client.post(page("agree", review, item(review, "O3")), {"comment": "", "words": "2"})
    assert "Skjult." not in response.content.decode()


# Two at once


@pytest.fixture
def other(review: Review) -> Client:
    """The other evaluator's browser."""
    user = review.seats.get(number=2).user
    assert user is not None
    client = Client()
    client.force_login(user)
    return client


def _form(address: str, response: Any) -> dict[str, Any]:
    """Return what the form with stamps on a page sends if nothing is touched."""
    form = browsing.Page(address, response.status_code, response.content.decode(), "").form("seen")
    assert form is not None
    return form.data()


def _open(client: Client, address: str) -> dict[str, Any]:
    return _form(address, client.get(address))


def test_different_fields_of_two_who_write_at_once_are_both_kept(client: Client, review: Review, other: Client) -> None:
    address = page("agree", review, item(review, "O3"))
    mine, theirs = _open(client, address), _open(other, address)
    assert other.post(address, {**theirs, "recommendation": "Olas råd.", "draft": "1"}).status_code == 302
    assert client.post(address, {**mine, "comment": "Karis ord.", "score": "3", "draft": "1"}).status_code == 302
    result = _result(review, "O3")
    assert (result.comment, result.recommendation, result.score) == ("Karis ord.", "Olas råd.", 3)
    assert _open(client, address)["recommendation"] == ["Olas råd."]


def test_the_same_field_of_two_who_write_at_once_is_not_written_over(
    client: Client, review: Review, other: Client
) -> None:
    address = page("agree", review, item(review, "O3"))
    mine, theirs = _open(client, address), _open(other, address)
    with time_machine.travel(datetime.datetime(2026, 9, 20, 9, 41, tzinfo=datetime.UTC), tick=False):
        other.post(address, {**theirs, "comment": "Olas <ord>.", "recommendation": "Olas råd.", "draft": "1"})
    before = contents()
    response = client.post(address, {**mine, "comment": "Karis ord.", "score": "4", "finish": "1"})
    assert response.status_code == 409
    assert contents() == before
    form = response.context["form"]
    assert form["comment"].value() == "Karis ord."
    assert form["score"].value() == "4"
    # What only the other changed is shown as it is now.
    assert form["recommendation"].value() == "Olas råd."
    assert set(form.errors) == {"__all__", "comment"}
    (clash,) = form.clashes
    assert (clash.field, clash.text, clash.change.by) == ("comment", "Olas <ord>.", "Ola Hansen")
    text = response.content.decode()
    assert "Olas &lt;ord&gt;." in text
    assert "11.41" in text

    # To save again is to keep one's own.
    again = _form(address, response)
    assert client.post(address, {**again, "finish": "1"}).status_code == 302
    result = _result(review, "O3")
    assert (result.comment, result.recommendation, result.score) == ("Karis ord.", "Olas råd.", 4)


def test_what_the_other_has_saved_can_be_taken_field_by_field(client: Client, review: Review, other: Client) -> None:
    address = page("agree", review, item(review, "O3"))
    mine, theirs = _open(client, address), _open(other, address)
    other.post(address, {**theirs, "score": "1", "comment": "Olas ord.", "obstacles": ["nav", "law"], "draft": "1"})
    sent = {**mine, "score": "5", "comment": "Karis ord.", "obstacles": ["ict"], "draft": "1"}
    clashing = client.post(address, sent)
    assert {clash.name for clash in clashing.context["form"].clashes} == {"score", "comment", "obstacles"}
    before = contents()
    response = client.post(address, {**_form(address, clashing), "take": "comment"})
    assert response.status_code == 200
    assert contents() == before
    form = response.context["form"]
    assert (form["comment"].value(), form["score"].value()) == ("Olas ord.", "5")
    # The others are still to be chosen.
    assert {clash.name for clash in form.clashes} == {"score", "obstacles"}
    response = client.post(address, {**_form(address, response), "take": "obstacles"})
    assert response.context["form"]["obstacles"].value() == ["nav", "law"]
    assert client.post(address, {**_form(address, response), "draft": "1"}).status_code == 302
    result = _result(review, "O3")
    assert (result.score, result.comment, result.obstacles) == (5, "Olas ord.", ["nav", "law"])


def test_what_clashes_stays_in_sight_while_something_else_is_wrong(
    client: Client, review: Review, other: Client
) -> None:
    address = page("agree", review, item(review, "O3"))
    mine, theirs = _open(client, address), _open(other, address)
    other.post(address, {**theirs, "recommendation": "Olas råd.", "draft": "1"})
    response = client.post(address, {**mine, "recommendation": "Karis råd.", "draft": "1"})
    sent = {**_form(address, response), "score": "2", "comment": "", "finish": "1"}
    response = client.post(address, sent)
    form = response.context["form"]
    assert set(form.errors) == {"comment"}
    assert [clash.text for clash in form.clashes] == ["Olas råd."]


def test_a_third_change_is_told_too(client: Client, review: Review, other: Client) -> None:
    address = page("agree", review, item(review, "O3"))
    mine, theirs = _open(client, address), _open(other, address)
    other.post(address, {**theirs, "comment": "Olas første.", "draft": "1"})
    response = client.post(address, {**mine, "comment": "Karis ord.", "draft": "1"})
    other.post(address, {**_open(other, address), "comment": "Olas andre.", "draft": "1"})
    response = client.post(address, {**_form(address, response), "draft": "1"})
    assert response.status_code == 409
    assert [clash.text for clash in response.context["form"].clashes] == ["Olas andre."]
    assert _result(review, "O3").comment == "Olas andre."


def test_a_score_and_a_reason_for_none_clash_as_one(client: Client, review: Review, other: Client) -> None:
    address = page("agree", review, item(review, "O3"))
    mine, theirs = _open(client, address), _open(other, address)
    del theirs["score"]
    assert other.post(address, {**theirs, "not_scored": "missing_data", "draft": "1"}).status_code == 302
    response = client.post(address, {**mine, "score": "4", "draft": "1"})
    assert response.status_code == 409
    (clash,) = response.context["form"].clashes
    assert (clash.name, clash.text) == ("score", _result(review, "O3").get_not_scored_display())
    response = client.post(address, {**_form(address, response), "take": "score"})
    sent = _form(address, response)
    assert "score" not in sent
    assert sent["not_scored"] == ["missing_data"]
    assert client.post(address, {**sent, "draft": "1"}).status_code == 302
    assert (_result(review, "O3").score, _result(review, "O3").not_scored) == (None, "missing_data")


def test_both_writing_the_same_is_no_clash(client: Client, review: Review, other: Client) -> None:
    address = page("agree", review, item(review, "O3"))
    mine, theirs = _open(client, address), _open(other, address)
    for browser, sent in ((other, theirs), (client, mine)):
        answer = browser.post(address, {**sent, "comment": "Det samme.\r\nOg mer.", "draft": "1"})
        assert answer.status_code == 302
    assert _result(review, "O3").comment.splitlines() == ["Det samme.", "Og mer."]


@pytest.mark.parametrize(
    "seen", ["", "{", "[]", "null", '"x"', '{"comment": 1}', '{"comment": null}', "[" * 100_000, "\x00"]
)
def test_stamps_that_cannot_be_read_save_nothing_and_keep_what_was_typed(
    client: Client, review: Review, seen: str
) -> None:
    sent = {"score": "4", "comment": "Karis ord.", "seen": seen, "draft": "1"}
    form = refused(client, page("agree", review, item(review, "O3")), sent, "__all__")
    assert form["comment"].value() == "Karis ord."
    texts = refused(client, page("narrative", review), {**TEXTS, "summary": "Nytt.", "seen": seen}, "__all__")
    assert texts["summary"].value() == "Nytt."


def test_a_name_there_is_not_cannot_be_taken(client: Client, review: Review) -> None:
    address = page("agree", review, item(review, "O3"))
    sent = {**_open(client, address), "comment": "Mine.", "clash": ["password", "not_scored"], "take": "password"}
    response = client.post(address, sent)
    assert (response.status_code, response.context["form"].clashes) == (200, [])
    assert response.context["form"]["comment"].value() == "Mine."


def test_stamps_tell_no_text(client: Client, review: Review) -> None:
    seen = json.loads(_open(client, page("agree", review, item(review, "O3")))["seen"][0])
    assert set(seen) == {"score", "comment", "recommendation", "obstacles", "actors"}
    assert all(len(stamp) == 16 for stamp in seen.values())


def test_the_texts_of_two_who_write_at_once(client: Client, review: Review, other: Client) -> None:
    address = page("narrative", review)
    section = _section_field(review, "O1")
    mine, theirs = _open(client, address), _open(other, address)
    sent = {**theirs, "summary": "Olas sammendrag.", section: "Olas seksjon.", "method": "Olas metode."}
    sent["show_comparison"] = []
    assert other.post(address, sent).status_code == 302
    before = contents()
    response = client.post(
        address, {**mine, "summary": "Karis sammendrag.", section: "Karis seksjon.", "purpose": "Karis formål."}
    )
    assert response.status_code == 409
    assert contents() == before
    form = response.context["form"]
    assert {clash.name: (clash.text, clash.change.by) for clash in form.clashes} == {
        "summary": ("Olas sammendrag.", "Ola Hansen"),
        section: ("Olas seksjon.", "Ola Hansen"),
    }
    assert (form["purpose"].value(), form["method"].value()) == ("Karis formål.", "Olas metode.")
    response = client.post(address, {**_form(address, response), "take": section})
    assert client.post(address, _form(address, response)).status_code == 302
    review.refresh_from_db()
    assert (review.summary, review.method, review.purpose) == ("Karis sammendrag.", "Olas metode.", "Karis formål.")
    assert review.show_comparison is False
    assert review.section_comments.get(section=item(review, "O1").section).comment == "Olas seksjon."


def test_one_shared_sheet_filled_in_by_two(client: Client, evaluator: User) -> None:
    review = scored_review("scoring", kind="self", evaluators=[evaluator])
    supervisor = UserFactory.create(name="Mette Vik")
    RoleFactory.create(user=supervisor, service=review.service)
    other = Client()
    other.force_login(supervisor)
    Rating.objects.filter(seat__review=review).delete()
    b1, o2, t6 = (page("score", review, item(review, code)) for code in ("B1", "O2", "T6"))

    mine, theirs = _open(client, b1), _open(other, b1)
    other.post(b1, {**theirs, "count_participants": "45", "count_fte": "2,5", "draft": "1"})
    response = client.post(b1, {**mine, "count_participants": "50", "score": "4", "draft": "1"})
    assert response.status_code == 409
    form = response.context["form"]
    assert {clash.name: (clash.text, clash.change.by) for clash in form.clashes} == {
        "count_participants": ("45", "Mette Vik")
    }
    assert (form["count_fte"].value(), form["score"].value()) == ("2,5", "4")
    assert not Rating.objects.filter(seat__review=review, score=4).exists()
    response = client.post(b1, {**_form(b1, response), "take": "count_participants"})
    assert client.post(b1, {**_form(b1, response), "draft": "1"}).status_code == 302
    counted = {count.name: count.value for count in Count.objects.filter(review=review)}
    assert counted == {"participants": 45, "fte": Decimal("2.5")}
    assert Rating.objects.get(seat__review=review, item=item(review, "B1")).score == 4

    mine, theirs = _open(client, o2), _open(other, o2)
    other.post(o2, {**theirs, "element_0": "on", "element_1": "on", "remark_1": "Mettes merknad.", "draft": "1"})
    # What each found of other elements stands side by side; only the same remark is to be chosen between.
    response = client.post(o2, {**mine, "element_4": "on", "remark_1": "Karis merknad.", "draft": "1"})
    (clash,) = response.context["form"].clashes
    assert (clash.name, clash.text, clash.change.by) == ("remark_1", "Mettes merknad.", "Mette Vik")
    response = client.post(o2, {**_form(o2, response), "take": "remark_1"})
    client.post(o2, {**_form(o2, response), "draft": "1"})
    rating = Rating.objects.get(seat__review=review, item=item(review, "O2"))
    assert (rating.elements, rating.element_remarks) == ([0, 1, 4], {"1": "Mettes merknad."})

    mine, theirs = _open(client, t6), _open(other, t6)
    names = [name for name in mine if name.startswith(("raises_", "needs_"))]
    other.post(t6, {**theirs, names[0]: "yes", "draft": "1"})
    response = client.post(t6, {**mine, names[0]: "no", "draft": "1"})
    (clash,) = response.context["form"].clashes
    assert (clash.name, clash.field, clash.text) == (names[0], names[0], "Ja")
    response = client.post(t6, {**_form(t6, response), "take": names[0]})
    assert response.context["form"][names[0]].value() == "yes"


def test_a_figure_counted_by_both_evaluators_at_once_tells_nothing_of_their_sheets(
    client: Client, evaluator: User
) -> None:
    second = UserFactory.create(name="Ola Hansen")
    review = scored_review("scoring", evaluators=[evaluator, second], scores=usual_score)
    Rating.objects.filter(seat__review=review, seat__number=2).update(comment="Bare Olas.")
    other = Client()
    other.force_login(second)
    address = page("score", review, item(review, "B1"))
    mine, theirs = _open(client, address), _open(other, address)
    other.post(address, {**theirs, "count_fte": "2,5", "comment": "Bare Olas, fortsatt.", "draft": "1"})
    response = client.post(address, {**mine, "count_fte": "3", "comment": "Mine ord.", "draft": "1"})
    assert response.status_code == 409
    assert [(clash.name, clash.text) for clash in response.context["form"].clashes] == [("count_fte", "2,5")]
    assert "Bare Olas" not in response.content.decode()


# The report's texts

TEXTS = {
    "purpose": "Følge opp kvaliteten.",
    "method": "Intervju med ti personer.",
    "summary": "Tjenesten er godt i gang.",
    "strengths": "Godt samarbeid\nRask oppstart",
    "outside_meetings": "De fleste er med på møtene om seg selv.",
    "outside_economy": "Alle er spurt om økonomien.",
    "outside_voices": "De som ble intervjuet, sier at hjelpen kom fort.",
    "recipients": "Nav Bergen, DPS",
}


def _section_field(review: Review, code: str) -> str:
    return f"section_{item(review, code).section.pk}"


def test_the_texts_are_saved(client: Client, review: Review) -> None:
    sent = {**TEXTS, _section_field(review, "O1"): "Gjelder organiseringen.", "show_evaluator_scores": "on"}
    response = client.post(page("narrative", review), sent)
    assert response.headers["Location"] == page("review", review)
    review.refresh_from_db()
    kept = {name: getattr(review, name).replace("\r\n", "\n") for name in TEXTS}
    assert kept == TEXTS
    assert (review.show_evaluator_scores, review.show_comparison) == (True, False)
    comments = {row.section.code: row.comment for row in SectionComment.objects.filter(review=review) if row.comment}
    assert comments == {"O": "Gjelder organiseringen."}
    form = client.get(page("narrative", review)).context["form"]
    assert form["summary"].value() == TEXTS["summary"]
    assert form[_section_field(review, "O1")].value() == "Gjelder organiseringen."


def test_a_comment_on_a_section_can_be_taken_away(client: Client, review: Review) -> None:
    SectionCommentFactory.create(review=review, section=item(review, "O1").section)
    client.post(page("narrative", review), {**TEXTS, _section_field(review, "O1"): ""})
    assert not SectionComment.objects.filter(review=review).exclude(comment="").exists()


@pytest.mark.parametrize("name", ["purpose", "method", "summary", "strengths", "outside_voices", "section"])
@pytest.mark.parametrize("text", [TOO_LONG, NUL], ids=["too long", "NUL"])
def test_a_text_that_cannot_be_kept_is_refused(client: Client, review: Review, name: str, text: str) -> None:
    name = _section_field(review, "O1") if name == "section" else name
    refused(client, page("narrative", review), {**TEXTS, name: text}, name)


@pytest.mark.parametrize("text", ["x" * 501, NUL], ids=["too long", "NUL"])
def test_recipients_that_cannot_be_kept_are_refused(client: Client, review: Review, text: str) -> None:
    refused(client, page("narrative", review), {**TEXTS, "recipients": text}, "recipients")


def test_a_self_review_tells_who_took_part(evaluator: User, client: Client) -> None:
    review = scored_review("scoring", kind="self", evaluators=[evaluator])
    client.post(page("narrative", review), {**TEXTS, "participants": "Metodeveileder og to jobbspesialister"})
    review.refresh_from_db()
    assert review.participants == "Metodeveileder og to jobbspesialister"


def test_a_review_of_the_index_alone_has_no_comments_on_sections(evaluator: User, client: Client, goi: Any) -> None:
    review = scored_review("consensus", evaluators=[evaluator], scales=[goi])
    response = client.get(page("narrative", review))
    assert response.context["form"].section_fields == []
    assert client.post(page("narrative", review), TEXTS).status_code == 302


def test_nothing_of_judgement_is_written_together_while_two_judge_alone(evaluator: User, client: Client) -> None:
    review = scored_review("scoring", evaluators=[evaluator, UserFactory.create()], summary="")
    fields = client.get(page("narrative", review)).context["form"].fields
    assert {"purpose", "method"} < set(fields)
    assert not [
        name for name in fields if name in ("summary", "strengths") or name.startswith(("section_", "outside_"))
    ]
    client.post(page("narrative", review), {**TEXTS, _section_field(review, "O1"): "Svakt."})
    review.refresh_from_db()
    assert (review.purpose, review.summary, review.strengths) == (TEXTS["purpose"], "", "")
    assert (review.outside_meetings, review.outside_economy, review.outside_voices) == ("", "", "")
    assert not SectionComment.objects.filter(review=review).exists()


def test_one_who_judges_alone_writes_all_from_the_start(evaluator: User, client: Client) -> None:
    review = scored_review("scoring", evaluators=[evaluator])
    client.post(page("narrative", review), {**TEXTS, _section_field(review, "O1"): "Svakt."})
    review.refresh_from_db()
    assert review.summary == TEXTS["summary"]
    assert SectionComment.objects.filter(review=review, comment="Svakt.").exists()


def test_ties_to_the_service_and_the_trail_of_the_fact_check_are_the_evaluators_to_tell(
    client: Client, review: Review
) -> None:
    sent = {**TEXTS, "independence": "En av oss har arbeidet der.", "show_fact_check": "on"}
    assert client.post(page("narrative", review), sent).status_code == 302
    review.refresh_from_db()
    assert (review.independence, review.show_fact_check) == ("En av oss har arbeidet der.", True)
    refused(client, page("narrative", review), {**TEXTS, "independence": TOO_LONG}, "independence")


def test_a_service_that_reviews_itself_is_asked_for_neither_nor_for_own_scores(evaluator: User, client: Client) -> None:
    review = scored_review("scoring", kind="self", evaluators=[evaluator])
    fields = client.get(page("narrative", review)).context["form"].fields
    assert not {"independence", "show_fact_check", "show_evaluator_scores"} & set(fields)


# A final review


def test_a_cancelled_review_is_not_called_final(client: Client, review: Review, evaluator: User) -> None:
    workflow.cancel(review, evaluator, "Tjenesten legges ned.")
    client.post("/profile/", {"name": "Kari Nordmann", "language": "en"})
    for address in (
        page("agree_overview", review),
        page("agree", review, item(review, "O3")),
        page("narrative", review),
    ):
        text = client.get(address).content.decode()
        assert "is cancelled" in text, address
        assert "is final" not in text, address
        assert "<textarea" not in text, address


def test_a_final_review_shows_what_was_agreed(evaluator: User, client: Client) -> None:
    review = final_review(evaluators=[evaluator, UserFactory.create()], pdf=PDF)
    text = client.get(page("agree", review, item(review, "O3"))).content.decode()
    assert "Kommentar til O3." in text
    assert 'name="words"' not in text
    assert client.get(page("agree_overview", review)).status_code == 200


def test_a_tab_left_open_cannot_write_in_a_final_review(client: Client, review: Review) -> None:
    client.get(page("agree", review, item(review, "O3")))
    issue(review, pdf=PDF)
    sent = {"score": "1", "comment": "Skrevet i den andre fanen.", "recommendation": "Gjør det.", "finish": "1"}
    refused(client, page("agree", review, item(review, "O3")), sent, "__all__")
    refused(client, page("narrative", review), {**TEXTS, "summary": "Skrevet i den andre fanen."}, "__all__")


def test_a_final_review_shows_no_form_that_it_would_refuse(evaluator: User, client: Client) -> None:
    review = final_review(evaluators=[evaluator], pdf=PDF)
    for address in (
        page("score", review, item(review, "O3")),
        page("agree", review, item(review, "O3")),
        page("narrative", review),
    ):
        html = client.get(address).content.decode()
        assert "<textarea" not in html, address


def test_a_reissued_review_can_be_written_in_again(evaluator: User, client: Client) -> None:
    review = final_review(evaluators=[evaluator], pdf=PDF)
    workflow.reissue(review, evaluator, "Feil i O3.")
    sent = {"score": "1", "comment": "Rettet.", "finish": "1"}
    assert client.post(page("agree", review, item(review, "O3")), sent).status_code == 302
    assert _result(review, "O3").score == 1

"""The last external review beside this one, and what was wrong with its scores, through the front door."""

import datetime
from typing import Any

import pytest
from django.test import Client

from reviews import previous, workflow
from reviews.models import ActionPoint, AuditEvent, Correction, FinalScore, Organisation, Review
from scales.models import Item, Scale
from tests.factories import (
    FIRST_DAY,
    OrganisationFactory,
    SeatFactory,
    ServiceFactory,
    UserFactory,
    final_review,
    issue,
    lead,
    owner,
    scored_review,
)
from tests.reviews.front_door import NUL, TOO_LONG, contents, item, page, refused

LAST_YEAR = FIRST_DAY.replace(year=FIRST_DAY.year - 1)
REASON = "Møter på kontoret ble talt som oppsøkende arbeid."
RIGHT = {"score": "4", "reason": REASON}


@pytest.fixture
def last(db: None) -> Review:
    """Last year's review, by others: 2 on O3 with Kommentar and Anbefaling, no score on O4."""
    return final_review(first_day=LAST_YEAR, scores={"O3": 2, "O4": None})


def _this_year(last: Review, status: str = "consensus", **columns: Any) -> Review:
    return scored_review(status, service=last.service, **columns)


@pytest.fixture
def review(last: Review, client: Client) -> Review:
    """This year's, in consensus; its lead is logged in."""
    review = _this_year(last)
    client.force_login(lead(review))
    return review


def _shown(client: Client, address: str) -> str:
    """Return what stands about the last review on an item's page."""
    html = client.get(address).content.decode()
    start = html.index('aria-labelledby="last-review"')
    return html[start : html.index("</section>", start)]


def _of_last(last: Review, code: str = "O3") -> FinalScore:
    return last.versions.get().scores.get(item=item(last, code))


# What it found


@pytest.mark.parametrize(("name", "status"), [("score", "scoring"), ("agree", "consensus")])
def test_the_last_review_stands_beside_each_item(client: Client, last: Review, name: str, status: str) -> None:
    review = _this_year(last, status)
    client.force_login(lead(review))
    address = page(name, review, item(review, "O3"))
    assert client.get(address).context["last"].found == _of_last(last)
    shown = _shown(client, address)
    found = item(last, "O3")
    assert f"{LAST_YEAR.day}.–{LAST_YEAR.day + 1}. september {LAST_YEAR.year}" in shown
    assert found.anchor(2) in shown
    assert "Kommentar til O3." in shown
    assert "Anbefaling for O3." in shown


@pytest.mark.usefixtures("review")
def test_it_is_seen_through_the_seat_in_this_review_alone(client: Client, last: Review, review: Review) -> None:
    assert "Kommentar til O3." in _shown(client, page("agree", review, item(review, "O3")))
    assert client.get(page("review", last)).status_code == 404
    # An observer sees it too.
    seat = SeatFactory.create(review=review, observer=True)
    client.force_login(owner(seat))
    assert "Kommentar til O3." in _shown(client, page("score", review, item(review, "O3")))
    client.force_login(UserFactory.create())
    assert client.get(page("score", review, item(review, "O3"))).status_code == 404


def test_what_became_of_it_is_told(client: Client, last: Review, review: Review) -> None:
    organisation: Organisation = OrganisationFactory.create(name="Bjørgvin DPS")
    action = ActionPoint.objects.get(version__review=last, item=item(last, "O3"))
    ActionPoint.objects.filter(pk=action.pk).update(
        status="under_way",
        owner="Teamleder psykoseteamet",
        organisation=organisation,
        deadline=datetime.date(2026, 12, 22),
        notes="Fast punkt på teammøtet.",
    )
    shown = _shown(client, page("agree", review, item(review, "O3")))
    for said in (
        "I gang",
        "Teamleder psykoseteamet",
        "Bjørgvin DPS",
        "22. desember 2026",
        "Fast punkt på teammøtet.",
    ):
        assert said in shown
    # The point is the recommendation word for word: it is not said twice.
    assert shown.count("Anbefaling for O3.") == 1


def test_points_of_an_earlier_version_are_told_with_their_own_words(client: Client, last: Review) -> None:
    workflow.reissue(last, lead(last), "Feil i O3.")
    last.refresh_from_db()
    last.results.filter(item=item(last, "O3")).update(recommendation="Nye ord.")
    issue(last, reason="Feil i O3.")
    review = _this_year(last)
    client.force_login(lead(review))
    shown = _shown(client, page("agree", review, item(review, "O3")))
    # Version 2 counts; what version 1 advised stands in the handlingsplan still.
    assert shown.count("Nye ord.") == 1
    assert shown.count("Anbefaling for O3.") == 1


def test_an_item_that_was_not_scored_says_why(client: Client, review: Review) -> None:
    shown = _shown(client, page("agree", review, item(review, "O4")))
    assert FinalScore(not_scored="missing_data").get_not_scored_display() in shown
    assert "correction" not in shown


def test_a_scale_that_was_not_used_is_said_to_be_none_of_it(client: Client, ips: Scale) -> None:
    last = final_review(first_day=LAST_YEAR, scales=[ips])
    review = _this_year(last)
    client.force_login(lead(review))
    address = page("agree", review, item(review, "G1", "goi-12"))
    assert client.get(address).context["last"].found is None
    assert "correction" not in _shown(client, address)


def test_a_service_without_an_earlier_external_review_of_practice_has_none(db: None, client: Client) -> None:
    service = ServiceFactory.create()
    before = LAST_YEAR - datetime.timedelta(days=400)
    final_review(service=service, first_day=LAST_YEAR, kind="self", evaluators=1)
    final_review(service=service, first_day=before, basis="plans")
    scored_review("consensus", service=service, first_day=before)
    final_review(first_day=LAST_YEAR)
    review = scored_review("scoring", service=service)
    client.force_login(lead(review))
    address = page("score", review, item(review, "O3"))
    assert client.get(address).context["last"] is None
    assert "<p>" in _shown(client, address)


def test_the_last_one_is_the_last_before_the_visit(client: Client, last: Review, review: Review) -> None:
    final_review(service=last.service, first_day=LAST_YEAR - datetime.timedelta(days=365), scores={"O3": 5})
    final_review(service=last.service, first_day=review.first_day + datetime.timedelta(days=365), scores={"O3": 5})
    assert client.get(page("agree", review, item(review, "O3"))).context["last"].found.score == 2


def _new_edition(scale: Scale) -> Scale:
    """Return the next edition of a scale with the one item O3, whose scores stand for something else."""
    old = Item.objects.get(section__scale=scale, code="O3")
    section, found = old.section, old
    scale.pk, scale.edition, scale.sequence = None, "neste utgave", scale.sequence + 1
    scale.item_count = None
    scale.save()
    section.pk, section.scale = None, scale
    section.save()
    found.pk, found.section = None, section
    found.anchors = {score: f"Nytt trinn {score}" for score in found.anchors}
    found.save()
    return scale


def test_another_edition_is_marked_and_speaks_in_its_own_anchors(client: Client, last: Review, ips: Scale) -> None:
    then = item(last, "O3").anchor(2)
    review = _this_year(last, scales=[_new_edition(ips)])
    client.force_login(lead(review))
    address = page("agree", review, item(review, "O3"))
    assert client.get(address).context["last"].other_edition
    shown = _shown(client, address)
    assert then in shown
    assert "Nytt trinn" not in shown
    assert last.scales.get(code="ips-25").edition in shown


def test_the_same_edition_is_not_marked(client: Client, review: Review) -> None:
    address = page("agree", review, item(review, "O3"))
    assert not client.get(address).context["last"].other_edition
    assert "ds-tag" not in _shown(client, address)


def test_a_comment_on_the_whole_section_stands_in_for_one_on_the_item(db: None, client: Client) -> None:
    last = scored_review("consensus", first_day=LAST_YEAR, scores={"O3": 2})
    last.results.filter(item=item(last, "O3")).update(comment="")
    workflow.save_narrative(last, lead(last), {}, {item(last, "O3").section: "Gjelder hele delen."})
    issue(last)
    review = _this_year(last)
    client.force_login(lead(review))
    assert "Gjelder hele delen." in _shown(client, page("agree", review, item(review, "O3")))
    assert "Gjelder hele delen." not in _shown(client, page("agree", review, item(review, "O5")))


# Recording what was wrong


def test_a_wrong_score_is_recorded_shown_and_changes_nothing_that_was_handed_over(
    client: Client, last: Review, review: Review
) -> None:
    where = item(review, "O3")
    handed_over = list(last.versions.values()), list(FinalScore.objects.values())
    assert page("correction", review, where) in _shown(client, page("agree", review, where))
    response = client.post(page("correction", review, where), RIGHT)
    assert response.headers["Location"] == page("agree", review, where)
    correction = Correction.objects.get()
    assert (correction.review, correction.version.review, correction.item) == (review, last, item(last, "O3"))
    assert (correction.score, correction.reason, correction.made_by) == (4, REASON, lead(review))
    assert (list(last.versions.values()), list(FinalScore.objects.values())) == handed_over
    for name in ("agree", "score"):
        shown = _shown(client, page(name, review, where))
        assert REASON in shown
        assert where.anchor(4) in shown
        assert where.anchor(2) in shown
    event = AuditEvent.objects.get(object_type="correction")
    assert (event.fields, event.review) == (["reason", "score"], review)


def test_what_it_should_have_been_may_be_beyond_telling(client: Client, review: Review) -> None:
    where = item(review, "O3")
    client.post(page("correction", review, where), {"score": "unknown", "reason": REASON})
    assert Correction.objects.get().score is None
    form = client.get(page("correction", review, where)).context["form"]
    assert (form["score"].value(), form["reason"].value()) == ("unknown", REASON)


def test_it_is_changed_and_taken_back(client: Client, review: Review) -> None:
    where = item(review, "O3")
    client.post(page("correction", review, where), RIGHT)
    assert page("delete_correction", review, where) in client.get(page("correction", review, where)).content.decode()
    client.post(page("correction", review, where), {"score": "3", "reason": "Talt på nytt."})
    correction = Correction.objects.get()
    assert (correction.score, correction.reason) == (3, "Talt på nytt.")
    response = client.post(page("delete_correction", review, where))
    assert response.headers["Location"] == page("agree", review, where)
    assert not Correction.objects.exists()
    assert "Talt på nytt." not in _shown(client, page("agree", review, where))
    before = contents()
    response = client.post(page("delete_correction", review, where), follow=True)
    assert [message.level_tag for message in response.context["messages"]][-1] == "error"
    assert contents() == before


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("score", ""),
        ("score", "0"),
        ("score", "6"),
        ("score", "2"),
        ("score", "fire"),
        ("reason", ""),
        ("reason", "  \n "),
        ("reason", TOO_LONG),
        ("reason", NUL),
    ],
    ids=["none", "below", "above", "as it was", "no number", "empty", "space", "too long", "NUL"],
)
def test_what_cannot_be_recorded_is_refused_beside_its_field(
    client: Client, review: Review, name: str, value: str
) -> None:
    refused(client, page("correction", review, item(review, "O3")), {**RIGHT, name: value}, name)


def test_of_two_who_record_at_once_the_second_is_told(client: Client, review: Review) -> None:
    where = item(review, "O3")
    address = page("correction", review, where)
    seen = {f"seen_{name}": stamp for name, stamp in client.get(address).context["stamps"].items()}
    workflow.correct(review, previous.beside(review, where).found.item, lead(review), 3, "Den andres grunn.")  # type: ignore[union-attr]  # it was scored
    form = refused(client, address, {**RIGHT, **seen}, "__all__")
    assert Correction.objects.get().reason == "Den andres grunn."
    # What the other wrote stands on the page, and has now been seen: the person may save over it.
    response = client.post(address, {**RIGHT, **seen})
    assert "Den andres grunn." in response.content.decode()
    assert form["reason"].value() == REASON
    again = {f"seen_{name}": stamp for name, stamp in response.context["stamps"].items()}
    assert client.post(address, {**RIGHT, **again}).status_code == 302
    assert Correction.objects.get().reason == REASON


def test_a_review_that_went_final_meanwhile_keeps_what_was_typed(client: Client, review: Review) -> None:
    where = item(review, "O3")
    client.post(page("correction", review, where), RIGHT)
    issue(review)
    refused(client, page("correction", review, where), {"score": "5", "reason": "For sent."}, "__all__")
    html = client.get(page("correction", review, where)).content.decode()
    assert "<textarea" not in html
    assert REASON in html
    shown = _shown(client, page("agree", review, where))
    assert REASON in shown
    assert page("correction", review, where) not in shown
    before = contents()
    client.post(page("delete_correction", review, where))
    assert contents() == before


@pytest.mark.parametrize("name", ["correction", "delete_correction"])
def test_there_is_nothing_to_correct_without_a_score(client: Client, last: Review, review: Review, name: str) -> None:
    assert client.post(page(name, review, item(review, "O4")), RIGHT).status_code == 404
    first = scored_review("consensus")
    client.force_login(lead(first))
    assert client.post(page(name, first, item(first, "O3")), RIGHT).status_code == 404


@pytest.mark.parametrize("status", ["planned", "scoring"])
def test_nothing_is_recorded_before_all_have_handed_in(client: Client, last: Review, status: str) -> None:
    review = _this_year(last, status)
    client.force_login(lead(review))
    where = item(review, "O3")
    assert client.post(page("correction", review, where), RIGHT).status_code == 403
    if status == "scoring":
        assert page("correction", review, where) not in client.get(page("score", review, where)).content.decode()


def test_a_self_review_does_not_correct_what_outsiders_found(client: Client, last: Review) -> None:
    review = _this_year(last, "consensus", kind="self", evaluators=1)
    client.force_login(lead(review))
    where = item(review, "O3")
    shown = _shown(client, page("agree", review, where))
    assert "Kommentar til O3." in shown
    assert page("correction", review, where) not in shown
    assert client.post(page("correction", review, where), RIGHT).status_code == 403
    with pytest.raises(workflow.Refused):
        workflow.correct(review, where, lead(review), 4, REASON)


def test_a_correction_of_another_review_is_not_shown_as_of_the_last(client: Client, review: Review) -> None:
    where = item(review, "O3")
    client.post(page("correction", review, where), RIGHT)
    # One that was held in between is taken in later.
    between = final_review(service=review.service, first_day=LAST_YEAR + datetime.timedelta(days=100))
    found = client.get(page("agree", review, where)).context["last"]
    assert (found.review, found.correction) == (between, None)


def test_an_observer_is_told_of_it_once_the_draft_is_sent_out(client: Client, review: Review) -> None:
    where = item(review, "O3")
    client.post(page("correction", review, where), RIGHT)
    seat = SeatFactory.create(review=review, observer=True)
    observer = Client()
    observer.force_login(owner(seat))
    assert REASON not in observer.get(page("score", review, where)).content.decode()
    workflow.send_to_fact_check(review, lead(review))
    assert REASON in _shown(observer, page("score", review, where))

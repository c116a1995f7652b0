"""What the evaluators write together, through the front door: the agreed results and the report's texts."""

from typing import Any

import pytest
from django.test import Client

from reviews import workflow
from reviews.models import AgreedResult, AuditEvent, Rating, Review, SectionComment, User
from tests.cast import PDF
from tests.factories import SectionCommentFactory, UserFactory, final_review, issue, items_of, scored_review
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
        "finish": "1",
    }
    response = client.post(page("agree", review, item(review, "O3")), sent)
    # The other scored each fifth item one lower: the way leads from difference to difference.
    assert response.headers["Location"] == page("agree", review, item(review, "O8"))
    result = _result(review, "O3")
    assert (result.score, result.comment, result.recommendation) == (2, "Enige om to.", "Avtal møteplass.")
    assert result.obstacles == ["health"]
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


# The report's texts

TEXTS = {
    "purpose": "Følge opp kvaliteten.",
    "method": "Intervju med ti personer.",
    "summary": "Tjenesten er godt i gang.",
    "strengths": "Godt samarbeid\nRask oppstart",
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


@pytest.mark.parametrize("name", ["purpose", "method", "summary", "strengths", "section"])
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
    assert not [name for name in fields if name in ("summary", "strengths") or name.startswith("section_")]
    client.post(page("narrative", review), {**TEXTS, _section_field(review, "O1"): "Svakt."})
    review.refresh_from_db()
    assert (review.purpose, review.summary, review.strengths) == (TEXTS["purpose"], "", "")
    assert not SectionComment.objects.filter(review=review).exists()


def test_one_who_judges_alone_writes_all_from_the_start(evaluator: User, client: Client) -> None:
    review = scored_review("scoring", evaluators=[evaluator])
    client.post(page("narrative", review), {**TEXTS, _section_field(review, "O1"): "Svakt."})
    review.refresh_from_db()
    assert review.summary == TEXTS["summary"]
    assert SectionComment.objects.filter(review=review, comment="Svakt.").exists()


# A final review


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

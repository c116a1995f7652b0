"""The fact check through the front door: sending, remarks, answers, decisions, and what each person is shown of it."""

import datetime
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from reviews import workflow
from reviews.models import (
    AgreedResult,
    AuditEvent,
    FactCheckRemark,
    FactCheckRespondent,
    Invitation,
    Rating,
    Review,
    Role,
    User,
)
from reviews.report import pdf as report_pdf
from scales.models import Item
from tests.cast import PDF, Cast, cast_for
from tests.factories import (
    FIRST_DAY,
    NoteFactory,
    RemarkFactory,
    RespondentFactory,
    RoleFactory,
    SectionCommentFactory,
    UserFactory,
)
from tests.reviews.front_door import NUL, TOO_LONG, contents, item, page, refused, step

TODAY = FIRST_DAY.replace(month=10, day=1)
CastAt = Callable[[str], Cast]
SECRET = "fjellgranittmarkør"


@pytest.fixture(autouse=True)
def _during_the_fact_check(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let today be a day on which the cast's fact check is open, and nobody wait for a PDF."""
    monkeypatch.setattr(report_pdf, "render", lambda content, *, draft: PDF)
    with time_machine.travel(TODAY):
        yield


@pytest.fixture
def cast(db: None) -> Cast:
    """A review whose draft is out for fact check with the metodeveileder and one other."""
    return cast_for("fact_check")


def _remark_page(name: str, remark: FactCheckRemark, review: Review | None = None) -> str:
    return reverse(f"reviews:{name}", args=[(review or remark.review).pk, remark.pk])


def _respondent(cast: Cast, name: str) -> FactCheckRespondent:
    return cast.review.respondents.get(user=getattr(cast, name))


def _remark(cast: Cast, name: str = "method_supervisor", **columns: Any) -> FactCheckRemark:
    remark: FactCheckRemark = RemarkFactory.create(respondent=_respondent(cast, name), **columns)
    return remark


def _written() -> dict[str, Any]:
    """Return every row but those that a log-in writes."""
    return {label: rows for label, rows in contents().items() if label not in ("reviews.User", "account.EmailAddress")}


def _html(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def _result(review: Review, found: Item) -> AgreedResult:
    return review.results.get(item=found)


# The whole exchange


def test_a_draft_is_sent_remarked_on_decided_on_and_made_final(client: Client, cast_at: CastAt) -> None:
    cast = cast_at("consensus")
    review, o3, t2 = cast.review, item(cast.review, "O3"), item(cast.review, "T2")
    client.force_login(cast.evaluator)
    sent = {
        "fact-check-due": "2026-10-20",
        "fact-check-people": [str(cast.manager.pk)],
        "fact-check-emails": f"ny@nav.example\n\n {cast.respondent.email.upper()} \nny@nav.example",
    }
    assert client.post(step("fact-check", review), sent).status_code == 302
    review.refresh_from_db()
    assert (review.status, review.fact_check_due) == (Review.Status.FACT_CHECK, datetime.date(2026, 10, 20))
    asked = {each.user.email if each.user else each.invitation.email for each in review.respondents.all()}
    assert asked == {cast.method_supervisor.email, cast.manager.email, cast.respondent.email, "ny@nav.example"}

    client.force_login(cast.method_supervisor)
    text = "Vi møter Nav hver uke.\nIkke hvert kvartal."
    response = client.post(page("remark_on_item", review, o3), {"text": text})
    assert response.headers["Location"] == page("fact_check", review) + "#ips-25-O3"
    client.post(page("remark_on_item", review, t2), {"text": "Dette er feil person."})
    response = client.post(page("remark_on_whole", review), {"text": "DPS-et heter noe annet."})
    assert response.headers["Location"] == page("fact_check", review) + "#whole"
    assert "Vi møter Nav hver uke." in _html(client, page("fact_check", review))
    assert client.post(step("answer", review)).status_code == 302
    for name in ("respondent", "manager"):
        client.force_login(getattr(cast, name))
        client.post(step("answer", review))
    FactCheckRespondent.objects.get(invitation__email="ny@nav.example").delete()

    client.force_login(cast.evaluator_two)
    html = _html(client, page("review", review))
    on_o3, on_t2, on_whole = (review.remarks.get(item=about) for about in (o3, t2, None))
    for remark in (on_o3, on_t2, on_whole):
        assert f'href="{_remark_page("decide", remark)}"' in html
    changed = {
        "decision": "changed",
        "answer": "",
        "score": "5",
        "not_scored": "",
        "comment": "Møtes hver uke.",
        "recommendation": "",
    }
    assert client.post(_remark_page("decide", on_o3), changed).status_code == 302
    held = _result(review, t2)
    kept = {
        "decision": "kept",
        "answer": "Vi spurte to ganger.",
        "score": str(held.score),
        "not_scored": "",
        "comment": held.comment,
        "recommendation": held.recommendation,
    }
    assert client.post(_remark_page("decide", on_t2), kept).status_code == 302
    assert (
        client.post(_remark_page("decide", on_whole), {"decision": "changed", "answer": "Rettet."}).status_code == 302
    )
    after = _result(review, o3)
    assert (after.score, after.comment, after.recommendation) == (5, "Møtes hver uke.", "")
    assert _result(review, t2).comment == held.comment

    client.force_login(cast.evaluator)
    assert client.post(step("finalise", review), {"finalise-reason": ""}).status_code == 302
    review.refresh_from_db()
    assert (review.status, review.fact_check_skipped) == (Review.Status.FINAL, "")
    assert review.versions.get().scores.get(item=o3).score == 5
    # What was answered is still to be read by the one who asked.
    client.force_login(cast.method_supervisor)
    assert page("fact_check", review) in _html(client, page("review", review))
    html = _html(client, page("fact_check", review))
    assert all(text in html for text in ("Vi spurte to ganger.", "Rettet.", "Møtes hver uke."))


# Sending


def test_the_page_says_who_is_always_asked_and_offers_the_managers(client: Client, cast_at: CastAt) -> None:
    cast = cast_at("consensus")
    RoleFactory.create(
        service=cast.service, user=UserFactory.create(is_active=False, name="Sluttet leder"), manager=True
    )
    client.force_login(cast.evaluator)
    form = client.get(page("review", cast.review)).context["forms"]["fact_check"]
    assert list(form.supervisors) == [cast.method_supervisor]
    assert [label for _value, label in form.fields["people"].choices] == [cast.manager.name]
    assert "Method supervisor" in _html(client, page("review", cast.review))


def test_only_the_metodeveileder_is_asked_unless_others_are_named(client: Client, cast_at: CastAt) -> None:
    cast = cast_at("consensus")
    client.force_login(cast.evaluator)
    client.post(step("fact-check", cast.review), {"fact-check-due": "2026-10-20"})
    assert [respondent.user for respondent in cast.review.respondents.all()] == [cast.method_supervisor]


@pytest.mark.parametrize("active", [True, False], ids=["ended", "deactivated"])
def test_a_service_without_metodeveileder_is_pointed_out_before_sending(
    client: Client, cast_at: CastAt, active: bool
) -> None:
    cast = cast_at("consensus")
    if active:
        Role.objects.filter(service=cast.service, kind=Role.Kind.METHOD_SUPERVISOR).update(
            end=TODAY.replace(day=1, month=9)
        )
    else:
        User.objects.filter(pk=cast.method_supervisor.pk).update(is_active=False)
    client.force_login(cast.evaluator)
    assert client.get(page("review", cast.review)).context["forms"]["fact_check"].asks_nobody
    before = contents()
    response = client.post(
        step("fact-check", cast.review), {"fact-check-due": "2026-10-20", "fact-check-emails": " \n"}
    )
    assert response.status_code == 200
    assert contents() == before
    assert list(response.context["forms"]["fact_check"].errors) == ["emails"]
    sent = {"fact-check-due": "2026-10-20", "fact-check-emails": "ny@nav.example"}
    assert client.post(step("fact-check", cast.review), sent).status_code == 302
    assert Invitation.objects.get(respondent__review=cast.review).email == "ny@nav.example"


@pytest.mark.parametrize(
    "emails",
    [
        "ny@nav.example\nikke en adresse",
        "a@nav.example, b@nav.example",
        "\n".join(f"en{number}@nav.example" for number in range(21)),
        NUL,
        "evaluator_two@example.org",
        "OBSERVER@example.org",
        "administrator@example.org",
        "closed@example.org",
        "a" * 10_001,
    ],
    ids=[
        "no address",
        "two in a line",
        "too many",
        "NUL",
        "an evaluator",
        "the observer",
        "an administrator",
        "a closed account",
        "too long",
    ],
)
def test_whom_nobody_can_write_to_is_refused_beside_what_was_typed(
    client: Client, cast_at: CastAt, emails: str
) -> None:
    cast = cast_at("consensus")
    UserFactory.create(email="closed@example.org", is_active=False)
    client.force_login(cast.evaluator)
    before = contents()
    sent = {
        "fact-check-due": "2026-10-20",
        "fact-check-people": [str(cast.manager.pk)],
        "fact-check-emails": emails,
    }
    response = client.post(step("fact-check", cast.review), sent)
    assert response.status_code == 200
    assert contents() == before
    form = response.context["forms"]["fact_check"]
    assert list(form.errors) == ["emails"]
    assert form["emails"].value() == emails
    assert form["people"].value() == [str(cast.manager.pk)]


def test_only_a_manager_of_the_service_can_be_chosen(client: Client, cast_at: CastAt) -> None:
    cast = cast_at("consensus")
    client.force_login(cast.evaluator)
    before = contents()
    for person in (cast.ended_manager, cast.outsider, cast.other_method_supervisor):
        sent = {"fact-check-due": "2026-10-20", "fact-check-people": [str(person.pk)]}
        response = client.post(step("fact-check", cast.review), sent)
        assert list(response.context["forms"]["fact_check"].errors) == ["people"]
    assert contents() == before


@pytest.mark.parametrize("due", ["2027-10-20", "9999-12-31"])
def test_a_day_far_off_is_a_slip(client: Client, cast_at: CastAt, due: str) -> None:
    cast = cast_at("consensus")
    client.force_login(cast.evaluator)
    response = client.post(step("fact-check", cast.review), {"fact-check-due": due})
    assert list(response.context["forms"]["fact_check"].errors) == ["due"]
    assert cast.review.respondents.count() == 0


def test_who_was_asked_before_is_asked_again_and_keeps_the_remarks(client: Client, cast: Cast) -> None:
    remark = _remark(cast, "respondent")
    workflow.answer(cast.review, cast.respondent)
    client.force_login(cast.evaluator)
    client.post(step("send-back", cast.review), {"send-back-reason": "O3 må vurderes på nytt."})
    response = client.get(page("review", cast.review))
    asked = [respondent.user for respondent in response.context["forms"]["fact_check"].asked_before]
    assert set(asked) == {cast.method_supervisor, cast.respondent}
    # The remark can still be decided on; until then it stands in the way of the next round.
    assert page("fact_check", cast.review) in response.content.decode()
    assert client.get(page("fact_check", cast.review)).status_code == 200
    client.post(_remark_page("decide", remark), {"decision": "kept", "answer": "Vi har sett på det."})
    client.post(step("fact-check", cast.review), {"fact-check-due": "2026-10-20"})
    respondent = _respondent(cast, "respondent")
    assert (respondent.answered_at, cast.review.respondents.count()) == (None, 2)
    client.force_login(cast.respondent)
    assert "Vi har sett på det." in _html(client, page("fact_check", cast.review))


# Those who are asked


def test_the_draft_is_shown_item_by_item_with_what_is_asked_and_until_when(client: Client, cast: Cast) -> None:
    review, o3 = cast.review, item(cast.review, "O3")
    AgreedResult.objects.filter(review=review, item=o3).update(
        score=2, comment="Sjelden kontakt.", recommendation="Avtal faste møter."
    )
    AgreedResult.objects.filter(review=review, item=item(review, "T7")).update(score=None, not_scored="missing_data")
    SectionCommentFactory.create(review=review, section=o3.section, comment="Gjelder hele organisasjonen.")
    client.force_login(cast.respondent)
    html = _html(client, page("fact_check", review))
    texts = ("Sjelden kontakt.", "Avtal faste møter.", o3.anchor(2), "Gjelder hele organisasjonen.", "7. oktober 2026")
    assert all(text in html for text in texts)
    links = [page("remark_on_item", review, each.item) for each in review.results.all()]
    assert len(links) == 37
    assert all(f'href="{link}"' in html for link in [*links, page("remark_on_whole", review), page("draft", review)])
    # Who reads the draft is written down, as on the draft's own page.
    assert AuditEvent.objects.filter(actor=cast.respondent, action="read", review=review).count() == 1


def test_the_item_stands_beside_the_remark_that_is_written_on_it(client: Client, cast: Cast) -> None:
    o3 = item(cast.review, "O3")
    AgreedResult.objects.filter(review=cast.review, item=o3).update(score=2, comment="Sjelden kontakt.")
    client.force_login(cast.respondent)
    html = _html(client, page("remark_on_item", cast.review, o3))
    assert o3.anchor(2) in html
    assert "Sjelden kontakt." in html


@pytest.mark.parametrize("name", ["review", "fact_check"])
def test_no_remarks_are_one_click_away(client: Client, cast: Cast, name: str) -> None:
    client.force_login(cast.method_supervisor)
    address = step("answer", cast.review)
    assert f'action="{address}"' in _html(client, page(name, cast.review))
    client.post(address)
    assert _respondent(cast, "method_supervisor").answered_at is not None
    html = _html(client, page(name, cast.review))
    assert f'action="{address}"' not in html
    assert f'action="{step("answer-again", cast.review)}"' in html


def test_an_answer_can_be_opened_again_and_the_remarks_with_it(client: Client, cast: Cast) -> None:
    remark = _remark(cast)
    client.force_login(cast.method_supervisor)
    client.post(step("answer", cast.review))
    assert _remark_page("change_remark", remark) not in _html(client, page("fact_check", cast.review))
    client.post(step("answer-again", cast.review))
    assert _remark_page("change_remark", remark) in _html(client, page("fact_check", cast.review))
    assert client.post(_remark_page("change_remark", remark), {"text": "Fem."}).status_code == 302
    remark.refresh_from_db()
    assert remark.text == "Fem."


def test_a_remark_is_changed_and_deleted(client: Client, cast: Cast) -> None:
    remark = _remark(cast, item=item(cast.review, "O3"))
    client.force_login(cast.method_supervisor)
    html = _html(client, _remark_page("change_remark", remark))
    assert remark.text in html
    response = client.post(_remark_page("change_remark", remark), {"text": "Fem jobbspesialister."})
    assert response.headers["Location"] == page("fact_check", cast.review) + "#ips-25-O3"
    remark.refresh_from_db()
    assert (remark.text, remark.respondent.user) == ("Fem jobbspesialister.", cast.method_supervisor)
    assert client.post(_remark_page("delete_remark", remark)).status_code == 302
    assert not cast.review.remarks.exists()


@pytest.mark.parametrize("text", ["", "  \n ", TOO_LONG, NUL], ids=["none", "blank", "too long", "NUL"])
def test_a_remark_that_cannot_be_kept_is_refused(client: Client, cast: Cast, text: str) -> None:
    remark = _remark(cast)
    client.force_login(cast.method_supervisor)
    refused(client, page("remark_on_item", cast.review, item(cast.review, "O3")), {"text": text}, "text")
    refused(client, page("remark_on_whole", cast.review), {"text": text}, "text")
    refused(client, _remark_page("change_remark", remark), {"text": text}, "text")


def _writes(client: Client, remark: FactCheckRemark, review: Review) -> None:
    """Hold that nothing can be written, and that what was typed is still there."""
    new = {"text": "Noe langt som er skrevet."}
    for address in (page("remark_on_item", review, item(review, "O3")), page("remark_on_whole", review)):
        refused(client, address, new, "__all__")
    refused(client, _remark_page("change_remark", remark), new, "__all__")
    before = contents()
    response = client.post(_remark_page("delete_remark", remark), follow=True)
    assert contents() == before
    assert [message.level_tag for message in response.context["messages"]] == ["error"]


def test_after_the_answer_nothing_is_written(client: Client, cast: Cast) -> None:
    remark = _remark(cast)
    workflow.answer(cast.review, cast.method_supervisor)
    client.force_login(cast.method_supervisor)
    _writes(client, remark, cast.review)
    html = _html(client, _remark_page("change_remark", remark))
    assert remark.text in html
    assert "<textarea" not in html


@pytest.mark.parametrize("state", ["sent back", "final"])
def test_when_the_fact_check_is_over_nothing_is_written(client: Client, cast: Cast, state: str) -> None:
    remark = _remark(cast)
    if state == "sent back":
        workflow.send_back(cast.review, cast.evaluator, "O3 må vurderes på nytt.")
    else:
        workflow.decide(remark, cast.evaluator, "kept", "Nei.")
        workflow.finalise(cast.review, cast.evaluator, "Haster.")
    client.force_login(cast.method_supervisor)
    _writes(client, remark, cast.review)
    for address in (
        page("remark_on_item", cast.review, item(cast.review, "O3")),
        page("remark_on_whole", cast.review),
        _remark_page("change_remark", remark),
    ):
        assert client.get(address).status_code == 403
    # A draft taken back is out of its readers' sight: here too.
    shown = client.post(page("remark_on_item", cast.review, item(cast.review, "O3")), {"text": "x"})
    assert shown.context["result"] is None


def test_a_decided_remark_is_not_changed(client: Client, cast: Cast) -> None:
    remark = _remark(cast)
    workflow.decide(remark, cast.evaluator, "kept", "Vi talte tre.")
    client.force_login(cast.method_supervisor)
    refused(client, _remark_page("change_remark", remark), {"text": "Fem."}, "__all__")
    before = contents()
    client.post(_remark_page("delete_remark", remark))
    assert contents() == before
    assert "<textarea" not in _html(client, _remark_page("change_remark", remark))
    html = _html(client, page("fact_check", cast.review))
    assert "Vi talte tre." in html
    assert _remark_page("change_remark", remark) not in html


def test_a_remark_of_somebody_else_is_not_there(client: Client, cast: Cast) -> None:
    remark = _remark(cast, "respondent", text=SECRET)
    client.force_login(cast.method_supervisor)
    before = contents()
    assert client.get(_remark_page("change_remark", remark)).status_code == 404
    assert client.post(_remark_page("change_remark", remark), {"text": "x"}).status_code == 404
    assert client.post(_remark_page("delete_remark", remark)).status_code == 404
    assert client.post(_remark_page("decide", remark), {"decision": "kept", "answer": "x"}).status_code == 403
    assert contents() == before


def test_a_remark_of_another_review_is_not_there(client: Client, cast: Cast) -> None:
    other = RemarkFactory.create(
        respondent=RespondentFactory.create(user=cast.method_supervisor), text="I en annen kvalitetsevaluering."
    )
    before = _written()
    client.force_login(cast.method_supervisor)
    for name in ("change_remark", "delete_remark"):
        assert client.post(_remark_page(name, other, cast.review), {"text": "x"}).status_code == 404
    client.force_login(cast.evaluator)
    sent = {"decision": "kept", "answer": "x"}
    assert client.post(_remark_page("decide", other, cast.review), sent).status_code == 404
    assert client.post(_remark_page("decide", other), sent).status_code == 404
    assert _written() == before


@pytest.mark.parametrize("where", ["ips-25/X9", "ips-99/B1", "goi-12/B1"])
def test_an_item_that_the_review_does_not_have_is_not_found(client: Client, cast: Cast, where: str) -> None:
    client.force_login(cast.method_supervisor)
    address = f"{page('fact_check', cast.review)}{where}/"
    assert client.get(address).status_code == 404
    assert client.post(address, {"text": "x"}).status_code == 404


def test_who_is_not_asked_cannot_remark_or_answer(client: Client, cast: Cast) -> None:
    _remark(cast)
    RoleFactory.create(service=cast.service, user=cast.outsider)
    before = _written()
    # A metodeveileder who came later reads the draft, and is not asked.
    for name in ("outsider", "adviser", "observer", "evaluator"):
        client.force_login(getattr(cast, name))
        address = page("remark_on_item", cast.review, item(cast.review, "O3"))
        assert client.get(address).status_code == 403, name
        assert client.post(address, {"text": "x"}).status_code == 403, name
        assert client.post(page("remark_on_whole", cast.review), {"text": "x"}).status_code == 403, name
        assert client.post(step("answer", cast.review)).status_code == 403, name
        assert client.get(page("fact_check", cast.review)).status_code == (200 if name == "evaluator" else 403), name
    assert _written() == before


@pytest.mark.parametrize("state", ["scoring", "consensus", "final", "cancelled"])
def test_without_a_fact_check_there_is_no_page_about_it(client: Client, cast_at: CastAt, state: str) -> None:
    cast = cast_at(state)
    for person in (cast.evaluator, cast.method_supervisor):
        client.force_login(person)
        assert client.get(page("fact_check", cast.review)).status_code == 403
        assert page("fact_check", cast.review) not in _html(client, page("review", cast.review))


# What nobody else is shown


def test_those_who_are_asked_see_neither_scores_of_one_evaluator_nor_notes_nor_each_others_remarks(
    client: Client, cast: Cast
) -> None:
    first = item(cast.review, "B1")
    Rating.objects.filter(seat__review=cast.review, item=first).update(comment=SECRET, recommendation=SECRET)
    NoteFactory.create(review=cast.review, author=cast.evaluator, text=SECRET, items=[first])
    remark = _remark(cast, "respondent", text=SECRET, item=first)
    mine = _remark(cast, text="Vårt eget.", item=first)
    workflow.decide(remark, cast.evaluator, "kept", SECRET)
    workflow.answer(cast.review, cast.respondent)
    client.force_login(cast.method_supervisor)
    for address in (
        page("review", cast.review),
        page("fact_check", cast.review),
        page("remark_on_item", cast.review, first),
        _remark_page("change_remark", mine),
    ):
        html = _html(client, address)
        assert SECRET not in html
        assert "1 remark" not in html
        assert "1 merknad" not in html
    assert [each.remark for each in client.get(page("fact_check", cast.review)).context["remarks"]] == [mine]
    client.force_login(cast.respondent)
    assert SECRET in _html(client, page("fact_check", cast.review))


def test_an_invited_address_is_shown_to_evaluators_alone(client: Client, cast_at: CastAt) -> None:
    cast = cast_at("consensus")
    workflow.send_to_fact_check(cast.review, cast.evaluator, None, ["ny@nav.example", cast.respondent])
    for name in ("evaluator", "evaluator_two"):
        client.force_login(getattr(cast, name))
        assert "ny@nav.example" in _html(client, page("review", cast.review))
    for name in ("method_supervisor", "respondent", "adviser", "observer"):
        client.force_login(getattr(cast, name))
        assert "ny@nav.example" not in _html(client, page("review", cast.review)), name


# The evaluators


def test_the_evaluators_see_all_remarks_the_open_ones_first(client: Client, cast: Cast) -> None:
    decided = _remark(cast, item=item(cast.review, "O3"))
    workflow.decide(decided, cast.evaluator, "kept", "Vi talte tre.")
    of_others = _remark(cast, "respondent", text="Navnet er feil.")
    client.force_login(cast.evaluator_two)
    response = client.get(page("fact_check", cast.review))
    assert [each.remark for each in response.context["remarks"]] == [of_others, decided]
    html = response.content.decode()
    assert all(text in html for text in ("Navnet er feil.", "Vi talte tre.", "Respondent", "Method supervisor"))
    # The draft's items stand on the evaluators' own pages.
    assert response.context["sections"] == []


def _as_it_stands(review: Review, found: Item, **changes: str) -> dict[str, str]:
    """Return what a browser sends of an item nobody has touched, with `changes`."""
    held = _result(review, found)
    return {
        "score": "" if held.score is None else str(held.score),
        "not_scored": held.not_scored,
        "comment": held.comment,
        "recommendation": held.recommendation,
        **changes,
    }


def test_to_keep_needs_an_answer(client: Client, cast: Cast) -> None:
    o3 = item(cast.review, "O3")
    on_item, on_whole = _remark(cast, item=o3), _remark(cast)
    client.force_login(cast.evaluator)
    sent = {**_as_it_stands(cast.review, o3), "decision": "kept", "answer": " \n"}
    refused(client, _remark_page("decide", on_item), sent, "answer")
    refused(client, _remark_page("decide", on_whole), {"decision": "kept", "answer": ""}, "answer")


@pytest.mark.parametrize("decision", ["", "open", "\x00"])
def test_something_has_to_be_decided(client: Client, cast: Cast, decision: str) -> None:
    o3 = item(cast.review, "O3")
    client.force_login(cast.evaluator)
    sent = {**_as_it_stands(cast.review, o3, comment="Skrevet lenge på."), "decision": decision, "answer": "Takk."}
    refused(client, _remark_page("decide", _remark(cast, item=o3)), sent, "decision")
    refused(client, _remark_page("decide", _remark(cast)), {"decision": decision, "answer": "Takk."}, "decision")


@pytest.mark.parametrize("answer", [TOO_LONG, NUL], ids=["too long", "NUL"])
def test_an_answer_that_cannot_be_kept_is_refused(client: Client, cast: Cast, answer: str) -> None:
    client.force_login(cast.evaluator)
    refused(client, _remark_page("decide", _remark(cast)), {"decision": "kept", "answer": answer}, "answer")
    refused(client, _remark_page("decide", _remark(cast)), {"decision": "changed", "answer": answer}, "answer")


def test_what_was_changed_beside_the_choice_to_keep_is_not_thrown_away(client: Client, cast: Cast) -> None:
    o3 = item(cast.review, "O3")
    client.force_login(cast.evaluator)
    sent = {**_as_it_stands(cast.review, o3, comment="Skrevet lenge på."), "decision": "kept", "answer": "Nei."}
    refused(client, _remark_page("decide", _remark(cast, item=o3)), sent, "decision")


def test_a_change_that_changes_nothing_is_refused(client: Client, cast: Cast) -> None:
    o3 = item(cast.review, "O3")
    client.force_login(cast.evaluator)
    sent = {**_as_it_stands(cast.review, o3), "decision": "changed", "answer": "Rettet."}
    refused(client, _remark_page("decide", _remark(cast, item=o3)), sent, "decision")


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"score": "1", "comment": ""}, "comment"),
        ({"score": "", "comment": "Ny."}, "score"),
        ({"score": "9"}, "score"),
        ({"score": "4", "not_scored": "missing_data"}, "not_scored"),
        ({"score": "", "not_scored": "not_started"}, "not_scored"),
        ({"comment": TOO_LONG}, "comment"),
        ({"recommendation": NUL}, "recommendation"),
    ],
)
def test_a_change_has_to_be_one_that_can_be_agreed_on(
    client: Client, cast: Cast, changes: dict[str, str], wrong: str
) -> None:
    o3 = item(cast.review, "O3")
    client.force_login(cast.evaluator)
    sent = {**_as_it_stands(cast.review, o3, **changes), "decision": "changed", "answer": "Rettet."}
    refused(client, _remark_page("decide", _remark(cast, item=o3)), sent, wrong)


def _sent(client: Client, remark: FactCheckRemark, found: Item, **changes: str) -> dict[str, str]:
    """Return what a browser sends from the page as it is now, with `changes`: with the stamps of what it showed."""
    stamps = client.get(_remark_page("decide", remark)).context["form"].stamps
    return {**_as_it_stands(remark.review, found), "seen": stamps, "answer": "Rettet.", **changes}


def test_what_another_evaluator_saved_in_the_meantime_is_not_written_over(client: Client, cast: Cast) -> None:
    o3 = item(cast.review, "O3")
    remark = _remark(cast, item=o3)
    client.force_login(cast.evaluator)
    sent = _sent(client, remark, o3, decision="changed", comment="Skrevet av den ene.")
    workflow.save_result(cast.review, o3, cast.evaluator_two, {"comment": "Skrevet av den andre.", "score": 5})
    response = client.post(_remark_page("decide", remark), sent)
    assert response.status_code == 409
    remark.refresh_from_db()
    assert (remark.decision, _result(cast.review, o3).comment) == ("", "Skrevet av den andre.")
    form, html = response.context["form"], response.content.decode()
    assert form["comment"].value() == "Skrevet av den ene."
    assert "Skrevet av den andre." in html
    assert (form["decision"].value(), form["answer"].value()) == ("changed", "Rettet.")
    # Of what only the other changed, the page shows what is saved.
    assert form["score"].value() == "5"
    again = {**sent, "score": "5", "seen": form.stamps, "clash": "comment"}
    taken = client.post(_remark_page("decide", remark), {**again, "take": "comment"}).context["form"]
    assert (taken["comment"].value(), taken["answer"].value()) == ("Skrevet av den andre.", "Rettet.")
    assert client.post(_remark_page("decide", remark), again).status_code == 302
    assert _result(cast.review, o3).comment == "Skrevet av den ene."


@pytest.mark.parametrize("code", ["O3", ""], ids=["on an item", "on the whole draft"])
def test_what_another_evaluator_decided_in_the_meantime_is_not_written_over(
    client: Client, cast: Cast, code: str
) -> None:
    found = item(cast.review, code) if code else None
    remark = _remark(cast, item=found)
    client.force_login(cast.evaluator)
    address = _remark_page("decide", remark)
    stamps = client.get(address).context["form"].stamps
    as_it_stands = {} if found is None else _as_it_stands(cast.review, found)
    sent = {**as_it_stands, "seen": stamps, "decision": "kept", "answer": "Skrevet av den ene."}
    workflow.decide(remark, cast.evaluator_two, "kept", "Skrevet av den andre.")
    if found is not None:
        workflow.save_result(cast.review, found, cast.evaluator_two, {"comment": "Ny kommentar."})
    response = client.post(address, sent)
    assert response.status_code == 409
    remark.refresh_from_db()
    assert remark.answer == "Skrevet av den andre."
    form = response.context["form"]
    (clash,) = form.clashes
    assert (clash.field, clash.change.by) == ("decision", cast.evaluator_two.name)
    assert "Skrevet av den andre." in clash.text
    assert clash.text in response.content.decode()
    assert form["answer"].value() == "Skrevet av den ene."
    again = {**sent, "seen": form.stamps, "clash": "decision"}
    if found is not None:
        assert form["comment"].value() == "Ny kommentar."
        again["comment"] = "Ny kommentar."
    taken = client.post(address, {**again, "take": "decision"}).context["form"]
    assert taken["answer"].value() == "Skrevet av den andre."
    assert client.post(address, again).status_code == 302
    remark.refresh_from_db()
    assert remark.answer == "Skrevet av den ene."


def test_an_item_changed_by_another_in_the_meantime_can_still_be_kept(client: Client, cast: Cast) -> None:
    o3 = item(cast.review, "O3")
    remark = _remark(cast, item=o3)
    client.force_login(cast.evaluator)
    sent = _sent(client, remark, o3, decision="kept", answer="Vi talte tre.")
    workflow.save_result(cast.review, o3, cast.evaluator_two, {"comment": "Skrevet av den andre."})
    assert client.post(_remark_page("decide", remark), sent).status_code == 302
    assert _result(cast.review, o3).comment == "Skrevet av den andre."


def test_a_comment_on_the_section_covers_a_low_score(client: Client, cast: Cast) -> None:
    o3 = item(cast.review, "O3")
    SectionCommentFactory.create(review=cast.review, section=o3.section)
    client.force_login(cast.evaluator)
    sent = {**_as_it_stands(cast.review, o3, score="1", comment=""), "decision": "changed", "answer": ""}
    assert client.post(_remark_page("decide", _remark(cast, item=o3)), sent).status_code == 302


def test_before_and_after_are_shown(client: Client, cast: Cast) -> None:
    o3 = item(cast.review, "O3")
    AgreedResult.objects.filter(review=cast.review, item=o3).update(
        score=2, comment="Hvert kvartal.", recommendation="Møtes oftere.", obstacles=["nav"]
    )
    remark = _remark(cast, item=o3)
    client.force_login(cast.evaluator)
    changes = {"score": "5", "comment": "Hver uke.", "recommendation": ""}
    sent = {**_as_it_stands(cast.review, o3, **changes), "decision": "changed", "answer": "Takk, rettet."}
    response = client.post(_remark_page("decide", remark), sent)
    assert response.headers["Location"] == page("fact_check", cast.review)
    result = _result(cast.review, o3)
    # What holds the score down is not asked for here, and stays.
    assert (result.score, result.comment, result.obstacles) == (5, "Hver uke.", ["nav"])
    assert result.updated_by == cast.evaluator
    for address in (_remark_page("decide", remark), page("fact_check", cast.review)):
        html = _html(client, address)
        assert all(text in html for text in ("Hvert kvartal.", "Hver uke.", "Møtes oftere.", "Takk, rettet."))
    client.force_login(cast.method_supervisor)
    assert "Takk, rettet." in _html(client, page("fact_check", cast.review))


def test_a_decision_can_be_changed_while_the_draft_can(client: Client, cast: Cast) -> None:
    o3 = item(cast.review, "O3")
    remark = _remark(cast, item=o3)
    client.force_login(cast.evaluator)
    keep = {**_as_it_stands(cast.review, o3), "decision": "kept", "answer": "Vi tror ikke det."}
    client.post(_remark_page("decide", remark), keep)
    form = client.get(_remark_page("decide", remark)).context["form"]
    assert (form["decision"].value(), form["answer"].value()) == ("kept", "Vi tror ikke det.")
    change = {**_as_it_stands(cast.review, o3, comment="Hver uke."), "decision": "changed", "answer": "Dere har rett."}
    assert client.post(_remark_page("decide", remark), change).status_code == 302
    remark.refresh_from_db()
    assert (remark.decision, remark.answer) == ("changed", "Dere har rett.")
    # The item is changed: it cannot have been kept.
    refused(
        client,
        _remark_page("decide", remark),
        {**_as_it_stands(cast.review, o3), "decision": "kept", "answer": "Nei."},
        "decision",
    )


def test_a_remark_on_the_whole_draft_leads_to_the_texts(client: Client, cast: Cast) -> None:
    remark = _remark(cast)
    client.force_login(cast.evaluator)
    assert f'href="{page("narrative", cast.review)}"' in _html(client, _remark_page("decide", remark))
    client.post(_remark_page("decide", remark), {"decision": "changed", "answer": ""})
    remark.refresh_from_db()
    assert (remark.decision, remark.before, remark.after) == ("changed", None, None)


def test_a_final_review_shows_its_remarks_and_takes_no_decision(client: Client, cast: Cast) -> None:
    o3 = item(cast.review, "O3")
    remark, whole = _remark(cast, item=o3), _remark(cast)
    for each in (remark, whole):
        workflow.decide(each, cast.evaluator, "kept", "Vi talte tre.")
    workflow.finalise(cast.review, cast.evaluator, "Haster.")
    client.force_login(cast.evaluator_two)
    assert page("fact_check", cast.review) in _html(client, page("review", cast.review))
    for each in (remark, whole):
        html = _html(client, _remark_page("decide", each))
        assert "Vi talte tre." in html
        assert "<textarea" not in html
    sent = {**_as_it_stands(cast.review, o3, comment="Nytt."), "decision": "changed", "answer": "Rettet."}
    refused(client, _remark_page("decide", remark), sent, "__all__")
    refused(client, _remark_page("decide", whole), {"decision": "changed", "answer": "Rettet."}, "__all__")


def test_only_those_who_work_on_the_review_decide(client: Client, cast: Cast) -> None:
    remark = _remark(cast)
    before = _written()
    for name in ("method_supervisor", "respondent", "observer", "adviser"):
        client.force_login(getattr(cast, name))
        assert client.get(_remark_page("decide", remark)).status_code == 403, name
        sent = {"decision": "kept", "answer": "x"}
        assert client.post(_remark_page("decide", remark), sent).status_code == 403, name
    assert _written() == before


# Where the fact check stands


def test_an_open_remark_stands_in_the_way_of_the_report(client: Client, cast: Cast) -> None:
    remark = _remark(cast)
    client.force_login(cast.evaluator)
    response = client.post(step("finalise", cast.review), {"finalise-reason": "Haster."})
    assert response.context["forms"]["finalise"].non_field_errors()
    assert f'href="{_remark_page("decide", remark)}"' in response.content.decode()


def test_the_lead_reads_what_is_left_and_who_can_be_reminded(client: Client, cast: Cast) -> None:
    client.force_login(cast.evaluator)
    remind = f'action="{step("remind", cast.review)}"'
    panel = client.get(page("review", cast.review)).context["fact_check"]
    assert (panel.is_over, panel.is_late, len(panel.silent), len(panel.to_remind)) == (False, False, 2, 2)
    assert remind in _html(client, page("review", cast.review))
    workflow.answer(cast.review, cast.respondent)
    cast.review.respondents.filter(user=cast.method_supervisor).update(reminded_at=timezone.now())
    response = client.get(page("review", cast.review))
    panel = response.context["fact_check"]
    assert (panel.is_over, len(panel.silent), panel.to_remind) == (False, 1, [])
    assert remind not in response.content.decode()
    with time_machine.travel(TODAY + datetime.timedelta(days=7)):
        panel = client.get(page("review", cast.review)).context["fact_check"]
        assert (panel.is_over, panel.is_late) == (True, True)


def test_nobody_can_remind_one_whose_account_is_closed(client: Client, cast: Cast) -> None:
    User.objects.filter(pk=cast.respondent.pk).update(is_active=False)
    client.force_login(cast.evaluator)
    panel = client.get(page("review", cast.review)).context["fact_check"]
    assert [respondent.user for respondent in panel.to_remind] == [cast.method_supervisor]


def test_late_and_nobody_reminded_is_not_over(client: Client, cast: Cast) -> None:
    with time_machine.travel(TODAY + datetime.timedelta(days=7)):
        client.force_login(cast.evaluator)
        panel = client.get(page("review", cast.review)).context["fact_check"]
        assert (panel.is_over, panel.is_late, len(panel.to_remind)) == (False, True, 2)


def test_nobody_but_the_lead_is_offered_the_reminder(client: Client, cast: Cast) -> None:
    for name in ("evaluator_two", "method_supervisor", "adviser"):
        client.force_login(getattr(cast, name))
        assert step("remind", cast.review) not in _html(client, page("review", cast.review)), name

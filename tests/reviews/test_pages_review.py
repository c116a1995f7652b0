"""The course of a review through the front door: its steps, what refuses them, and what each person is shown."""

import datetime
import re
from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

import pytest
import time_machine
from django.test import Client
from django.urls import resolve, reverse
from django.utils import timezone

from reviews.models import ActionPoint, AgreedResult, Rating, ReportVersion, Review, ReviewScale
from reviews.report import pdf as report_pdf
from scales.models import Item
from tests.cast import PDF, Cast, cast_for
from tests.factories import FIRST_DAY, ActionPointFactory, items_of
from tests.reviews.front_door import NUL, TOO_LONG, contents, item, page, step

TODAY = FIRST_DAY.replace(month=10, day=1)


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hand out a stand-in for the PDF: what is in it is asked elsewhere."""
    monkeypatch.setattr(report_pdf, "render", lambda content, *, draft: PDF)


@pytest.fixture(autouse=True)
def _during_the_fact_check() -> object:
    """Let today be a day on which the cast's fact check is still open."""
    with time_machine.travel(TODAY) as travelling:
        yield travelling


CastAt = Callable[[str], Cast]


# The whole course


def test_an_external_review_from_plan_to_final_through_the_fact_check(client: Client, cast: Cast) -> None:
    review = cast.review
    client.force_login(cast.evaluator)
    client.post(step("start", review))
    for number in (1, 2):
        seat = review.seats.get(number=number)
        Rating.objects.bulk_create(Rating(seat=seat, item=each, score=4) for each in items_of(review))
    client.post(step("hand-in", review))
    client.force_login(cast.evaluator_two)
    client.post(step("hand-in", review))
    client.force_login(cast.evaluator)
    client.post(
        page("agree", review, item(review, "O3")), {"score": "2", "comment": "Sjelden.", "recommendation": "Møtes."}
    )
    assert client.post(step("fact-check", review), {"fact-check-due": "2026-10-20"}).status_code == 302
    review.refresh_from_db()
    assert (review.status, review.fact_check_due) == (Review.Status.FACT_CHECK, datetime.date(2026, 10, 20))
    assert [respondent.user for respondent in review.respondents.all()] == [cast.method_supervisor]
    client.force_login(cast.method_supervisor)
    assert "O3" in client.get(page("draft", review)).content.decode()
    client.post(step("answer", review))
    client.force_login(cast.evaluator)
    # All who were asked have answered: nothing is skipped, and no reason is asked for.
    assert client.get(page("review", review)).context["needs_reason"] is False
    assert client.post(step("finalise", review), {"finalise-reason": ""}).headers["Location"] == page("review", review)
    review.refresh_from_db()
    version = review.versions.get()
    assert (review.status, review.fact_check_skipped) == (Review.Status.FINAL, "")
    assert (version.number, version.made_by, bytes(version.pdf or b"")) == (1, cast.evaluator, PDF)
    assert version.scores.count() == 37
    assert [(point.item.code, point.text) for point in ActionPoint.objects.filter(version=version)] == [
        ("O3", "Møtes.")
    ]


def test_a_self_review_goes_from_its_shared_sheet_to_final(db: None, client: Client) -> None:
    cast = cast_for("scoring", kind="self")
    client.force_login(cast.method_supervisor)
    html = client.get(page("review", cast.review)).content.decode()
    assert step("hand-in", cast.review) not in html
    assert client.post(step("finalise", cast.review), {}).status_code == 302
    cast.review.refresh_from_db()
    assert cast.review.status == Review.Status.FINAL
    first = cast.review.versions.get().scores.get(item=item(cast.review, "B1"))
    assert first.score == Rating.objects.get(seat=cast.seat(), item=item(cast.review, "B1")).score
    client.post(step("share", cast.review))
    client.force_login(cast.adviser)
    assert client.get(page("review", cast.review)).status_code == 200


def test_a_self_review_says_that_its_sheet_is_shared_and_who_took_part(db: None, client: Client) -> None:
    cast = cast_for("scoring", kind="self")
    Review.objects.filter(pk=cast.review.pk).update(participants="To jobbspesialister")
    client.force_login(cast.method_supervisor)
    html = client.get(page("review", cast.review)).content.decode()
    assert "Det felles skjemaet" in html
    assert "Skjemaet ditt" not in html
    assert "To jobbspesialister" in html


# Each step once, and in its state


def test_a_second_start_is_refused(client: Client, cast: Cast) -> None:
    client.force_login(cast.evaluator)
    client.post(step("start", cast.review))
    before = contents()
    client.post(step("start", cast.review))
    assert contents() == before


def test_a_double_click_makes_one_version(client: Client, cast_at: CastAt) -> None:
    cast = cast_at("consensus")
    client.force_login(cast.evaluator)
    sent = {"finalise-reason": "Tjenesten har svart på e-post."}
    assert client.post(step("finalise", cast.review), sent).status_code == 302
    before = contents()
    response = client.post(step("finalise", cast.review), sent)
    assert response.status_code == 200
    assert response.context["forms"]["finalise"].errors
    assert contents() == before
    assert ReportVersion.objects.filter(review=cast.review).count() == 1


def test_two_tabs_cannot_issue_again_twice(client: Client, cast_at: CastAt) -> None:
    cast = cast_at("final")
    client.force_login(cast.evaluator)
    sent = {"reissue-reason": "Feil i sammendraget."}
    assert client.post(step("reissue", cast.review), sent).status_code == 302
    before = contents()
    assert client.post(step("reissue", cast.review), sent).status_code == 200
    assert contents() == before


STEPS = {
    "start": {},
    "hand-in": {},
    "answer": {},
    "answer-again": {},
    "share": {},
    "fact-check": {"fact-check-due": "2026-10-20"},
    "send-back": {"send-back-reason": "Feil."},
    "finalise": {"finalise-reason": "Feil."},
    "cancel": {"cancel-reason": "Feil."},
}


@pytest.mark.parametrize("name", list(STEPS))
def test_a_final_review_refuses_every_step_but_the_reissue(client: Client, cast_at: CastAt, name: str) -> None:
    cast = cast_at("final")
    client.force_login(cast.method_supervisor if name.startswith("answer") else cast.evaluator)
    before = contents()
    response = client.post(step(name, cast.review), STEPS[name], follow=True)
    assert response.status_code == 200
    assert contents() == before
    refusals = [message for message in response.context["messages"] if message.level_tag == "error"]
    form = response.context["forms"].get(name.replace("-", "_"))
    assert refusals or form.errors


@pytest.mark.parametrize("name", ["score", "agree", "narrative", "leave_section", "note", "delete_note"])
def test_a_final_review_refuses_everything_that_is_written(client: Client, cast_at: CastAt, name: str) -> None:
    cast = cast_at("final")
    client.force_login(cast.evaluator)
    if name in ("note", "delete_note"):
        address = reverse(f"reviews:{name}", args=[cast.review.pk, cast.review.notes.get().pk])
    else:
        address = page(name, cast.review, None if name == "narrative" else item(cast.review, "O3"))
    sent = {
        "score": "1",
        "comment": "x",
        "reason": "missing_data",
        "text": "x",
        "items": "O3",
        "source": "INT",
        "date": "2026-09-15",
        "summary": "x",
    }
    before = contents()
    response = client.post(address, sent, follow=True)
    assert response.status_code == 200
    assert contents() == before
    assert response.context["messages"] or response.context["form"].non_field_errors()


@pytest.mark.parametrize("name", ["score", "agree", "narrative", "leave_section", "note", "interviews"])
def test_a_cancelled_review_refuses_everything_that_is_written(client: Client, cast_at: CastAt, name: str) -> None:
    cast = cast_at("consensus")
    client.force_login(cast.evaluator)
    client.post(step("cancel", cast.review), {"cancel-reason": "Tjenesten legges ned."})
    if name == "note":
        address = reverse("reviews:note", args=[cast.review.pk, cast.review.notes.get().pk])
    else:
        address = page(name, cast.review, None if name in ("narrative", "interviews") else item(cast.review, "O3"))
    sent = {
        "score": "1",
        "comment": "x",
        "reason": "missing_data",
        "text": "x",
        "items": "O3",
        "source": "INT",
        "date": "2026-09-15",
        "summary": "x",
    }
    before = contents()
    assert client.post(address, sent, follow=True).status_code == 200
    assert contents() == before


# Reasons and days


@pytest.mark.parametrize(
    ("name", "state"),
    [("send-back", "fact_check"), ("reissue", "final"), ("cancel", "planned"), ("cancel", "fact_check")],
)
@pytest.mark.parametrize("reason", ["", "  \n ", TOO_LONG, NUL], ids=["none", "blank", "too long", "NUL"])
def test_a_step_out_of_the_ordinary_needs_a_reason_that_can_be_kept(
    client: Client, cast_at: CastAt, name: str, state: str, reason: str
) -> None:
    cast = cast_at(state)
    client.force_login(cast.evaluator)
    before = contents()
    response = client.post(step(name, cast.review), {f"{name}-reason": reason})
    assert response.status_code == 200
    assert contents() == before
    form = response.context["forms"][name.replace("-", "_")]
    assert list(form.errors) == ["reason"]
    assert form["reason"].value() == reason
    # It stands open, and the summary above leads to it.
    html = response.content.decode()
    assert '<details class="panel" open>' in html
    assert f'href="#id_{name}-reason"' in html
    # The message is ours, in the person's language, and not the browser's.
    assert re.search(rf'action="{step(name, cast.review)}"[^>]* novalidate', html)


@pytest.mark.parametrize("reason", ["", "   ", TOO_LONG, NUL], ids=["none", "blank", "too long", "NUL"])
@pytest.mark.parametrize("state", ["consensus", "fact_check"])
def test_skipping_the_fact_check_needs_a_reason(client: Client, cast_at: CastAt, state: str, reason: str) -> None:
    cast = cast_at(state)
    client.force_login(cast.evaluator)
    before = contents()
    response = client.post(step("finalise", cast.review), {"finalise-reason": reason})
    assert response.status_code == 200
    assert contents() == before
    form = response.context["forms"]["finalise"]
    assert list(form.errors) == ["reason"]
    assert form["reason"].value() == reason


def test_the_reason_for_skipping_the_fact_check_is_kept(client: Client, cast_at: CastAt) -> None:
    cast = cast_at("consensus")
    client.force_login(cast.evaluator)
    client.post(step("finalise", cast.review), {"finalise-reason": " Tjenesten er lagt ned. "})
    cast.review.refresh_from_db()
    assert cast.review.fact_check_skipped == "Tjenesten er lagt ned."


def test_silence_is_assent_when_the_time_is_up(client: Client, cast_at: CastAt) -> None:
    cast = cast_at("fact_check")
    due = cast.review.fact_check_due
    assert due is not None
    client.force_login(cast.evaluator)
    with time_machine.travel(due + datetime.timedelta(days=1)):
        # Nobody has been reminded: it would be skipping the fact check.
        assert list(client.post(step("finalise", cast.review), {}).context["forms"]["finalise"].errors) == ["reason"]
        cast.review.respondents.update(reminded_at=timezone.now() - datetime.timedelta(days=3))
        assert client.post(step("finalise", cast.review), {}).status_code == 302
    cast.review.refresh_from_db()
    assert (cast.review.status, cast.review.fact_check_skipped) == (Review.Status.FINAL, "")


@pytest.mark.parametrize("due", ["", "i morgen", "2026-02-30", "2026-09-30", "\x00"])
def test_a_day_for_the_fact_check_that_is_none_is_refused(client: Client, cast_at: CastAt, due: str) -> None:
    cast = cast_at("consensus")
    client.force_login(cast.evaluator)
    before = contents()
    response = client.post(step("fact-check", cast.review), {"fact-check-due": due})
    assert response.status_code == 200
    assert contents() == before
    form = response.context["forms"]["fact_check"]
    assert list(form.errors) == ["due"]
    assert form["due"].value() == due


def test_the_fact_check_is_two_weeks_unless_set_otherwise(client: Client, cast_at: CastAt) -> None:
    cast = cast_at("consensus")
    client.force_login(cast.evaluator)
    html = client.get(page("review", cast.review)).content.decode()
    assert f'value="{(TODAY + datetime.timedelta(days=14)).isoformat()}"' in html


def test_a_draft_is_taken_back_with_its_reason_shown(client: Client, cast_at: CastAt) -> None:
    cast = cast_at("fact_check")
    client.force_login(cast.evaluator)
    client.post(step("send-back", cast.review), {"send-back-reason": "O3 må vurderes på nytt."})
    cast.review.refresh_from_db()
    assert (cast.review.status, cast.review.fact_check_due) == (Review.Status.CONSENSUS, None)
    client.force_login(cast.evaluator_two)
    assert "O3 må vurderes på nytt." in client.get(page("review", cast.review)).content.decode()
    client.force_login(cast.method_supervisor)
    assert client.get(page("draft", cast.review)).status_code == 403


def test_a_review_that_was_handed_over_is_not_cancelled(client: Client, cast_at: CastAt) -> None:
    cast = cast_at("final")
    client.force_login(cast.evaluator)
    client.post(step("reissue", cast.review), {"reissue-reason": "Feil i sammendraget."})
    assert step("cancel", cast.review) not in client.get(page("review", cast.review)).content.decode()
    before = contents()
    assert client.post(step("cancel", cast.review), {"cancel-reason": "Nei."}).status_code == 200
    assert contents() == before


# What stands in the way


@pytest.mark.parametrize("name", ["fact-check", "finalise"])
def test_an_item_that_is_not_settled_stands_in_the_way(client: Client, cast_at: CastAt, name: str) -> None:
    cast = cast_at("consensus")
    AgreedResult.objects.filter(review=cast.review, item=item(cast.review, "T7")).update(score=None)
    client.force_login(cast.evaluator)
    before = contents()
    response = client.post(step(name, cast.review), {"fact-check-due": "2026-10-20", "finalise-reason": "Haster."})
    assert response.status_code == 200
    assert contents() == before
    assert "T7" in str(response.context["forms"][name.replace("-", "_")].non_field_errors())


@pytest.mark.parametrize("comment", ["", "  \n"])
def test_a_low_score_without_a_comment_stands_in_the_way(client: Client, cast_at: CastAt, comment: str) -> None:
    cast = cast_at("consensus")
    AgreedResult.objects.filter(review=cast.review, item=item(cast.review, "O3")).update(score=3, comment=comment)
    client.force_login(cast.evaluator)
    before = contents()
    response = client.post(step("finalise", cast.review), {"finalise-reason": "Haster."})
    assert contents() == before
    assert "O3" in str(response.context["forms"]["finalise"].non_field_errors())
    client.post(page("narrative", cast.review), {f"section_{item(cast.review, 'O3').section.pk}": "Gjelder alle."})
    assert client.post(step("finalise", cast.review), {"finalise-reason": "Haster."}).status_code == 302


# What each person is shown


def _steps_offered(client: Client, review: Review) -> set[str]:
    html = client.get(page("review", review)).content.decode()
    names = ("start", "hand-in", "fact-check", "answer", "send-back", "finalise", "reissue", "cancel", "share")
    return {name for name in names if f'action="{step(name, review)}"' in html}


@pytest.mark.parametrize(
    ("state", "offered"),
    [
        (
            "planned",
            {"evaluator": {"start", "cancel"}, "evaluator_two": set(), "adviser": {"cancel"}, "observer": set()},
        ),
        (
            "scoring",
            {
                "evaluator": {"hand-in", "cancel"},
                "evaluator_two": {"hand-in"},
                "adviser": {"cancel"},
                "method_supervisor": set(),
            },
        ),
        (
            "consensus",
            {"evaluator": {"fact-check", "finalise", "cancel"}, "evaluator_two": set(), "method_supervisor": set()},
        ),
        (
            "fact_check",
            {
                "evaluator": {"send-back", "finalise", "cancel"},
                "evaluator_two": set(),
                "method_supervisor": {"answer"},
                "respondent": {"answer"},
                "adviser": {"cancel"},
            },
        ),
        ("final", {"evaluator": {"reissue"}, "evaluator_two": set(), "manager": set(), "adviser": set()}),
        ("cancelled", {"evaluator": set(), "adviser": set()}),
    ],
)
def test_a_person_is_offered_the_steps_they_can_take(
    client: Client, cast_at: CastAt, state: str, offered: dict[str, set[str]]
) -> None:
    cast = cast_at(state)
    for name, expected in offered.items():
        client.force_login(getattr(cast, name))
        assert _steps_offered(client, cast.review) == expected, name


def _few_of_each_kind(links: Iterable[str]) -> list[str]:
    """Return the links but of those to items, or to other rows of one kind, only three: all are asked about alike."""
    kinds: dict[str, list[str]] = {}
    for link in sorted(links):
        kinds.setdefault(resolve(urlsplit(link).path).view_name, []).append(link)
    return [link for found in kinds.values() for link in {found[0], found[len(found) // 2], found[-1]}]


@pytest.mark.parametrize("state", ["planned", "scoring", "consensus", "fact_check", "final", "cancelled"])
def test_no_page_offers_a_link_that_is_refused(client: Client, cast_at: CastAt, state: str) -> None:
    """Every link on the page of a review leads somewhere, whoever looks at it."""
    cast = cast_at(state)
    for name, person in cast.people().items():
        client.force_login(person)
        response = client.get(page("review", cast.review))
        if response.status_code != 200:
            continue
        links = set(re.findall(r'href="(/[^"]*)"', response.content.decode()))
        for link in _few_of_each_kind(link for link in links if not link.startswith("/static/")):
            answer = client.get(link.replace("&amp;", "&"))
            assert answer.status_code == 200, f"{link} as {name}"


def test_an_adviser_sees_how_far_a_review_has_come_and_no_score(client: Client, cast_at: CastAt) -> None:
    cast = cast_at("scoring")
    cast.review.seats.filter(number=2).update(handed_in_at=timezone.now())
    client.force_login(cast.adviser)
    response = client.get(page("review", cast.review))
    assert "route" not in response.context
    assert "working" not in response.context
    assert "Evaluator two" in response.content.decode()


def test_a_removed_evaluator_is_no_longer_named(client: Client, cast_at: CastAt) -> None:
    cast = cast_at("scoring")
    client.force_login(cast.evaluator)
    assert "Removed evaluator" not in client.get(page("review", cast.review)).content.decode()


def test_a_step_that_there_is_not_is_not_found(client: Client, cast: Cast) -> None:
    client.force_login(cast.evaluator)
    assert client.post(step("fly", cast.review)).status_code == 404


def test_open_points_stand_together_item_by_item_in_the_order_of_the_scale(client: Client, cast_at: CastAt) -> None:
    cast = cast_at("scoring")
    review = cast.review
    ActionPoint.objects.all().delete()
    # One scale of the service's points is none of the review's.
    ReviewScale.objects.filter(review=review, scale__code="goi-12").delete()
    others = {each.code: each for each in Item.objects.filter(section__scale__code="goi-12")}
    for each in (others["G11"], item(review, "T2"), others["G5"], item(review, "B1"), item(review, "T2")):
        ActionPointFactory.create(
            version=None, service=review.service, item=each, created_by=cast.method_supervisor, text="Langt " * 30
        )
    client.force_login(cast.evaluator)
    response = client.get(page("review", review))
    listed = response.context["open_actions"]
    assert [actions[0].item.code for _own, actions in listed] == ["B1", "T2", "G5", "G11"]
    assert [len(actions) for _own, actions in listed] == [1, 2, 1, 1]
    assert [own is None for own, _actions in listed] == [False, False, True, True]
    html = response.content.decode()
    for action in ActionPoint.objects.all():
        assert reverse("reviews:action", args=[review.service_id, action.pk]) in html

"""What stands beside the score, through the front door: written by metodeveileder and evaluators, and worked out."""

from typing import Any

import pytest
from django.test import Client
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from reviews import outcomes, workflow
from reviews.models import AuditEvent, Context, Review, User
from scales.models import Scale
from tests.cast import Cast, cast_for
from tests.factories import ContextFactory, RoleFactory, UserFactory, scored_review
from tests.reviews.front_door import page, refused

NUMBERS = {"participants": "26", "in_work": "8", "in_education": "2", "goal": "45", "dispersed": "1"}


@pytest.fixture
def cast(db: None) -> Cast:
    """The people around a review that is being scored."""
    return cast_for("scoring")


def _autosave(client: Client, review: Review, user: User, **data: str) -> Any:
    """Send as the page does by itself: each number with those that are told with it."""
    headers = {"Autosave": "1", "Autosave-As": str(user.pk)}
    units = {"in_work": "participants", "in_education": "participants"}
    only = {units.get(name, name) for name in data}
    return client.post(page("context", review), {"only": list(only), **data}, headers=headers)


def _held(review: Review) -> tuple[Any, ...]:
    found = Context.of(review)
    return (found.participants, found.in_work, found.in_education, found.goal, found.dispersed)


def _english(client: Client, user: User) -> None:
    User.objects.filter(pk=user.pk).update(language="en")
    client.force_login(user)


# The share


@given(st.integers(1, 9999), st.data())
def test_the_share_is_between_nobody_and_everybody_and_rounded_half_up(participants: int, data: st.DataObject) -> None:
    in_work = data.draw(st.integers(0, participants))
    in_education = data.draw(st.integers(0, participants - in_work))
    share = outcomes.share(participants, in_work, in_education)
    assert share is not None
    assert 0 <= share <= 100
    exactly = 100 * (in_work + in_education)
    assert (2 * share - 1) * participants <= 2 * exactly < (2 * share + 1) * participants


@pytest.mark.parametrize(
    ("numbers", "share"),
    [
        ((26, 8, 2), 38),
        ((200, 1, 0), 1),
        ((201, 1, 0), 0),
        ((8, 0, 0), 0),
        ((8, 5, 3), 100),
        ((0, 0, 0), None),
        ((None, 8, 2), None),
        ((26, None, 2), None),
        ((26, 8, None), None),
    ],
)
def test_the_share_of_what_is_told(numbers: tuple[int | None, int | None, int | None], share: int | None) -> None:
    assert outcomes.share(*numbers) == share


# Writing


@pytest.mark.parametrize("who", ["method_supervisor", "evaluator", "evaluator_two"])
def test_it_is_written_and_the_share_is_shown(client: Client, cast: Cast, who: str) -> None:
    _english(client, getattr(cast, who))
    address = page("context", cast.review)
    response = client.post(address, {"seen": client.get(address).context["form"].stamps, **NUMBERS})
    assert (response.status_code, response.headers["Location"]) == (302, address)
    assert _held(cast.review) == (26, 8, 2, 45, True)
    shown = client.get(address)
    form = shown.context["form"]
    assert {name: str(form[name].value()) for name in NUMBERS} == NUMBERS
    assert "10 of 26 participants are in work or education" in " ".join(shown.content.decode().split())
    assert (shown.context["share"], shown.context["told"]["goal"]) == (38, 45)
    # And taken away again.
    client.post(address, {"seen": form.stamps, **dict.fromkeys(NUMBERS, "")})
    assert _held(cast.review) == (None, None, None, None, None)


def test_each_number_is_saved_by_itself_with_the_share_as_it_becomes(client: Client, cast: Cast) -> None:
    _english(client, cast.method_supervisor)
    counted = {"participants": "26", "in_work": "8", "in_education": ""}
    answer = _autosave(client, cast.review, cast.method_supervisor, **counted)
    assert answer.status_code == 200
    assert list(answer.json()["stamps"]) == ["participants"]
    assert "none of the three numbers is missing" in answer.json()["parts"]["context-share"]
    counted["in_education"] = "2"
    answer = _autosave(client, cast.review, cast.method_supervisor, **counted)
    assert "38 percent" in answer.json()["parts"]["context-share"]
    _autosave(client, cast.review, cast.method_supervisor, dispersed="0")
    _autosave(client, cast.review, cast.method_supervisor, goal="45")
    assert _held(cast.review) == (26, 8, 2, 45, False)


@pytest.mark.parametrize("typed", ["1 017", "1\xa0017", " 1017 "])
def test_spaces_between_thousands_are_read(client: Client, cast: Cast, typed: str) -> None:
    client.force_login(cast.method_supervisor)
    client.post(page("context", cast.review), {"participants": typed})
    assert Context.of(cast.review).participants == 1017


@pytest.mark.parametrize("typed", ["-1", "8,5", "8.0", "8.", "åtte", "1e3", "٣", "²", "+8", "10000", "1 0", "8\x00"])
def test_what_is_no_whole_number_stays_in_the_page(client: Client, cast: Cast, typed: str) -> None:
    client.force_login(cast.method_supervisor)
    refused(client, page("context", cast.review), {"seen": "{}", "in_work": typed}, "in_work")
    answer = _autosave(client, cast.review, cast.method_supervisor, goal=typed)
    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == ["goal"]


@pytest.mark.parametrize("goal", ["0", "101"])
def test_the_goal_is_a_percentage(client: Client, cast: Cast, goal: str) -> None:
    client.force_login(cast.method_supervisor)
    refused(client, page("context", cast.review), {"seen": "{}", "goal": goal}, "goal")


def test_the_goal_is_taken_with_its_sign_and_a_wrong_one_is_told_how_high_it_can_be(client: Client, cast: Cast) -> None:
    client.force_login(cast.method_supervisor)
    address = page("context", cast.review)
    form = refused(client, address, {"seen": "{}", "goal": "450 %"}, "goal")
    with translation.override("en"):
        assert form.errors["goal"] == ["Write a number of at most 100."]
    assert client.post(address, {"seen": "{}", "goal": "45 %"}).status_code == 302
    assert Context.objects.get(review=cast.review).goal == 45


def test_whether_the_area_is_sparsely_populated_is_yes_no_or_not_told(client: Client, cast: Cast) -> None:
    client.force_login(cast.method_supervisor)
    refused(client, page("context", cast.review), {"seen": "{}", "dispersed": "2"}, "dispersed")


@pytest.mark.parametrize(
    ("numbers", "field", "said"),
    [
        ({"participants": "7", "in_work": "8"}, "in_work", "More are in work than there are participants."),
        (
            {"participants": "7", "in_work": "", "in_education": "8"},
            "in_education",
            "More are in education than there are participants.",
        ),
        (
            {"participants": "7", "in_work": "5", "in_education": "3"},
            "in_education",
            "Work and education together are more than there are participants.",
        ),
    ],
)
def test_numbers_that_contradict_each_other_are_told_beside_one_of_them(
    client: Client, cast: Cast, numbers: dict[str, str], field: str, said: str
) -> None:
    _english(client, cast.method_supervisor)
    form = refused(client, page("context", cast.review), {"seen": "{}", **numbers}, field)
    assert form.errors[field] == [said]
    answer = _autosave(client, cast.review, cast.method_supervisor, **numbers)
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]["participants"]
    assert (error["field"], error["text"]) == (field, said)


def test_a_number_that_alone_is_changed_is_held_against_the_others_and_told_beside_itself(
    client: Client, cast: Cast
) -> None:
    ContextFactory.create(review=cast.review)
    client.force_login(cast.method_supervisor)
    refused(client, page("context", cast.review), {**NUMBERS, "participants": "7"}, "participants")
    with translation.override("en"), pytest.raises(workflow.Refused, match="More are in work") as caught:
        workflow.save_context(cast.review, cast.evaluator, {"participants": 7})
    assert caught.value.field == "participants"
    assert _held(cast.review) == (26, 8, 2, 45, False)


def test_two_who_count_differently_choose_and_see_all_that_was_counted(client: Client, cast: Cast) -> None:
    _english(client, cast.evaluator)
    address = page("context", cast.review)
    seen = client.get(address).context["form"].stamps
    theirs = {"participants": 30, "in_work": 9, "in_education": None, "goal": 50}
    workflow.save_context(cast.review, cast.method_supervisor, theirs)
    response = client.post(address, {"seen": seen, "participants": "26", "in_work": "8", "dispersed": "1"})
    assert response.status_code == 409
    form = response.context["form"]
    with translation.override("en"):
        (clash,) = form.clashes
    assert (clash.name, clash.change.by) == ("participants", cast.method_supervisor.name)
    assert clash.text == "Participants: 30\nIn ordinary work: 9\nIn education: –"
    # What only the other wrote is there, what only this one wrote still is, and nothing is saved.
    assert (form["goal"].value(), form["dispersed"].value()) == ("50", "1")
    assert _held(cast.review) == (30, 9, None, 50, None)
    taken = client.post(address, {"seen": seen, "clash": "participants", "take": "participants", **NUMBERS})
    assert [taken.context["form"][name].value() for name in ("participants", "in_work")] == ["30", "9"]
    again = {"seen": form.stamps, **NUMBERS, "goal": "50"}
    assert client.post(address, again).status_code == 302
    assert _held(cast.review) == (26, 8, 2, 50, True)


def test_an_answer_that_somebody_else_has_given_can_be_taken_by_the_page(client: Client, cast: Cast) -> None:
    ContextFactory.create(review=cast.review, dispersed=True)
    client.force_login(cast.evaluator)
    headers = {"Autosave": "1", "Autosave-As": str(cast.evaluator.pk)}
    sent = {"only": ["dispersed"], "dispersed": "0", "seen": '{"dispersed": "0000000000000000"}'}
    answer = client.post(page("context", cast.review), sent, headers=headers)
    assert answer.status_code == 409
    assert answer.json()["clashes"]["dispersed"]["held"] == {"dispersed": ["1"]}


def test_the_audit_tells_which_numbers_were_changed_and_none_of_them(client: Client, cast: Cast) -> None:
    client.force_login(cast.method_supervisor)
    client.post(page("context", cast.review), {**NUMBERS, "dispersed": "", "goal": ""})
    event = AuditEvent.objects.get(object_type="context", action="changed")
    assert (event.actor, event.review, event.fields) == (
        cast.method_supervisor,
        cast.review,
        ["in_education", "in_work", "participants"],
    )
    # To send the same again changes nothing.
    client.post(page("context", cast.review), {**NUMBERS, "dispersed": "", "goal": ""})
    assert AuditEvent.objects.filter(object_type="context").count() == 1


# Who is asked, and when


@pytest.mark.django_db
def test_looking_writes_nothing_and_who_may_not_write_sees_the_numbers(client: Client) -> None:
    cast = cast_for("planned")
    client.force_login(cast.method_supervisor)
    client.get(page("context", cast.review))
    assert not Context.objects.exists()
    ContextFactory.create(review=cast.review, participants=6543)
    client.force_login(cast.observer)
    response = client.get(page("context", cast.review))
    assert response.context["form"] is None
    assert "6543" in response.content.decode()


@pytest.mark.django_db
def test_a_service_reviewed_from_its_plans_is_not_asked(client: Client) -> None:
    cast = cast_for("consensus", basis="plans")
    for user in (cast.method_supervisor, cast.evaluator):
        client.force_login(user)
        assert client.get(page("context", cast.review)).status_code == 403
        assert page("context", cast.review) not in client.get(page("review", cast.review)).content.decode()
    assert page("context", cast.review) not in client.get(page("narrative", cast.review)).content.decode()
    with translation.override("en"), pytest.raises(workflow.Refused, match="from its plans"):
        workflow.save_context(cast.review, cast.evaluator, {"participants": 7})
    assert not Context.objects.exists()


@pytest.mark.django_db
def test_a_service_reviewed_on_the_index_alone_is_asked(client: Client) -> None:
    review = scored_review("scoring", evaluators=1, scales=[Scale.objects.get(code="goi-12")])
    user: User = UserFactory.create()
    RoleFactory.create(user=user, service=review.service)
    client.force_login(user)
    assert page("context", review) in client.get(page("review", review)).content.decode()
    assert client.post(page("context", review), NUMBERS).status_code == 302


@pytest.mark.django_db
def test_what_was_typed_is_kept_where_the_review_was_closed_in_the_meantime(client: Client, cast: Cast) -> None:
    client.force_login(cast.method_supervisor)
    workflow.cancel(cast.review, cast.evaluator, "Tjenesten legges ned.")
    refused(client, page("context", cast.review), {"seen": "{}", **NUMBERS}, "__all__")
    assert _autosave(client, cast.review, cast.method_supervisor, goal="45").status_code == 422


def test_the_ways_to_it(client: Client, cast: Cast) -> None:
    for user, pages in (
        (cast.method_supervisor, ("review", "figures")),
        (cast.evaluator, ("review", "figures")),
        (cast.observer, ("review", "figures")),
    ):
        client.force_login(user)
        for name in pages:
            assert f'href="{page("context", cast.review)}"' in client.get(page(name, cast.review)).content.decode()
    client.force_login(cast.adviser)
    assert page("context", cast.review) not in client.get(page("review", cast.review)).content.decode()


# What a reader would miss


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("held", "missing"),
    [
        ({}, 0),
        ({"goal": None}, 1),
        ({"in_work": None}, 1),
        ({"participants": 0, "in_work": 0, "in_education": 0}, 1),
        ({"in_education": None, "goal": None}, 2),
        (None, 2),
    ],
)
def test_the_evaluators_are_told_what_is_missing(client: Client, held: dict[str, Any] | None, missing: int) -> None:
    cast = cast_for("consensus")
    if held is not None:
        ContextFactory.create(review=cast.review, **held)
    assert [each.page for each in workflow.warnings(cast.review)].count("context") == missing
    client.force_login(cast.evaluator)
    html = client.get(page("review", cast.review)).content.decode()
    # One link stands there anyway.
    assert html.count(f'href="{page("context", cast.review)}"') == 1 + missing


@pytest.mark.django_db
@pytest.mark.parametrize("columns", [{"kind": "self", "evaluators": 1}, {"basis": "plans"}])
def test_nothing_is_missed_in_a_self_review_and_from_plans(columns: dict[str, Any]) -> None:
    review = scored_review("scoring" if "kind" in columns else "consensus", **columns)
    assert "context" not in [each.page for each in workflow.warnings(review)]

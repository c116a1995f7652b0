"""What stands beside the score, through the front door: written by metodeveileder and evaluators, worked out, and
started from what the last review had.
"""

import datetime
from decimal import Decimal
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
from tests.factories import ContextFactory, RoleFactory, UserFactory, lead, scored_review, told_review
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
    assert "38 per cent" in answer.json()["parts"]["context-share"]
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


# Posts, people and places


AROUND = {"posts": "4,50", "vacant_posts": "0,5", "teams": "3", "co_located_teams": "1", "left_last_year": "2"}


def _around(review: Review) -> tuple[Any, ...]:
    found = Context.of(review)
    return (found.posts, found.vacant_posts, found.teams, found.co_located_teams, found.left_last_year, found.employers)


@pytest.mark.parametrize("who", ["method_supervisor", "evaluator"])
def test_posts_people_and_places_are_written(client: Client, cast: Cast, who: str) -> None:
    client.force_login(getattr(cast, who))
    address = page("context", cast.review)
    sent = {"seen": client.get(address).context["form"].stamps, **AROUND, "employers": ["municipality", "nav_state"]}
    assert client.post(address, {**sent, "jobs_started": "7"}).status_code == 302
    assert _around(cast.review) == (Decimal("4.5"), Decimal("0.5"), 3, 1, 2, ["nav_state", "municipality"])
    assert Context.of(cast.review).jobs_started == 7
    form = client.get(address).context["form"]
    html = client.get(address).content.decode()
    # As it is typed here, without decimals that say nothing.
    assert 'value="4,5"' in html
    assert [form["employers"].value(), str(form["teams"].value())] == [["nav_state", "municipality"], "3"]
    # And the same again changes nothing.
    client.post(address, {**sent, "seen": form.stamps, "jobs_started": "7"})
    assert AuditEvent.objects.filter(object_type="context").count() == 1


@pytest.mark.parametrize("typed", ["4,5", "4.5", " 4,50 ", "4.500"])
def test_posts_are_read_with_comma_or_point(client: Client, cast: Cast, typed: str) -> None:
    client.force_login(cast.method_supervisor)
    answer = client.post(page("context", cast.review), {"posts": typed})
    # Three decimals are more than posts have.
    assert Context.of(cast.review).posts == (None if typed == "4.500" else Decimal("4.5"))
    assert answer.status_code == (200 if typed == "4.500" else 302)


@pytest.mark.parametrize("typed", ["-1", "fire", "4,5,1", "1000", "4,555", "1e2", "4\x00"])
def test_what_is_no_number_of_posts_stays_in_the_page(client: Client, cast: Cast, typed: str) -> None:
    client.force_login(cast.method_supervisor)
    refused(client, page("context", cast.review), {"seen": "{}", "posts": typed}, "posts")


@pytest.mark.parametrize(
    ("numbers", "field", "said"),
    [
        ({"posts": "4", "vacant_posts": "4,25"}, "vacant_posts", "More posts are vacant than there are."),
        (
            {"teams": "2", "co_located_teams": "3"},
            "co_located_teams",
            "Offices are shared with more teams than there are.",
        ),
    ],
)
def test_parts_that_are_more_than_the_whole_are_told_beside_the_part(
    client: Client, cast: Cast, numbers: dict[str, str], field: str, said: str
) -> None:
    _english(client, cast.method_supervisor)
    form = refused(client, page("context", cast.review), {"seen": "{}", **numbers}, field)
    assert form.errors[field] == [said]
    whole = next(iter(numbers))
    headers = {"Autosave": "1", "Autosave-As": str(cast.method_supervisor.pk)}
    answer = client.post(page("context", cast.review), {"only": [whole], **numbers}, headers=headers)
    assert answer.status_code == 422
    (error,) = answer.json()["errors"][whole]
    assert (error["field"], error["text"]) == (field, said)


def test_fewer_posts_than_are_vacant_are_told_beside_the_posts(client: Client, cast: Cast) -> None:
    ContextFactory.create(review=cast.review, posts=4, vacant_posts=2)
    with translation.override("en"), pytest.raises(workflow.Refused, match="More posts are vacant") as caught:
        workflow.save_context(cast.review, cast.evaluator, {"posts": Decimal(1)})
    assert caught.value.field == "posts"
    with pytest.raises(workflow.Refused) as caught:
        workflow.save_context(cast.review, cast.evaluator, {"posts": Decimal(-1), "vacant_posts": None})
    assert caught.value.field == "posts"
    with pytest.raises(workflow.Refused) as caught:
        workflow.save_context(cast.review, cast.evaluator, {"teams": 1, "co_located_teams": 2})
    assert caught.value.field == "co_located_teams"
    assert Context.of(cast.review).posts == 4


def test_an_employer_of_no_known_kind_is_refused_whoever_asks(client: Client, cast: Cast) -> None:
    client.force_login(cast.method_supervisor)
    refused(client, page("context", cast.review), {"seen": "{}", "employers": ["nav_state", "x"]}, "employers")
    with pytest.raises(workflow.Refused) as caught:
        workflow.save_context(cast.review, cast.evaluator, {"employers": ["nav_state", "x"]})
    assert caught.value.field == "employers"
    workflow.save_context(cast.review, cast.evaluator, {"employers": ["provider", "nav_state", "provider"]})
    assert Context.of(cast.review).employers == ["nav_state", "provider"]


def test_two_who_tell_of_posts_choose_and_see_both_numbers(client: Client, cast: Cast) -> None:
    _english(client, cast.evaluator)
    address = page("context", cast.review)
    seen = client.get(address).context["form"].stamps
    workflow.save_context(cast.review, cast.method_supervisor, {"posts": Decimal("3.50"), "vacant_posts": Decimal(1)})
    response = client.post(address, {"seen": seen, "posts": "4", "employers": ["provider"]})
    assert response.status_code == 409
    with translation.override("en"):
        (clash,) = response.context["form"].clashes
    assert (clash.name, clash.text) == ("posts", "Posts: 3.5\nVacant posts: 1")
    taken = client.post(address, {"seen": seen, "clash": "posts", "take": "posts", "posts": "4"})
    assert [taken.context["form"][name].value() for name in ("posts", "vacant_posts")] == ["3.5", "1"]


# What the last review had


LAST = {
    "participants": 31,
    "in_work": 11,
    "in_education": 1,
    "goal": 40,
    "jobs_started": 9,
    "posts": Decimal("2.5"),
    "vacant_posts": Decimal("0.5"),
    "left_last_year": 1,
    "teams": 2,
    "co_located_teams": 0,
    "employers": ["nav_state", "health_trust"],
    "dispersed": False,
}


def _last(cast: Cast, **columns: Any) -> Review:
    return told_review(LAST, service=cast.service, **{"first_day": datetime.date(2026, 3, 2), **columns})


def test_each_field_has_what_the_last_review_had_beside_it_and_nothing_is_filled_in(client: Client, cast: Cast) -> None:
    _last(cast)
    _english(client, cast.method_supervisor)
    response = client.get(page("context", cast.review))
    form = response.context["form"]
    then = {
        name: str(field.help_text).partition("Last time, in March 2026: ")[2] for name, field in form.fields.items()
    }
    assert {name: text.removesuffix("</span>") for name, text in then.items()} == {
        "participants": "31",
        "in_work": "11",
        "in_education": "1",
        "goal": "40 per cent",
        "jobs_started": "9",
        "posts": "2.5",
        "vacant_posts": "0.5",
        "left_last_year": "1",
        "teams": "2",
        "co_located_teams": "0",
        "employers": "Nav, state; Health trust",
        "dispersed": "No",
    }
    assert "the external review of March 2, 2026" in " ".join(response.content.decode().split())
    assert not any(form[name].value() for name in form.fields)
    assert not Context.objects.filter(review=cast.review).exists()


def test_what_is_empty_and_may_be_as_it_was_is_filled_on_request(client: Client, cast: Cast) -> None:
    _last(cast)
    client.force_login(cast.method_supervisor)
    address = page("context", cast.review)
    assert client.get(address).context["to_start_from"]
    stamps = client.get(address).context["form"].stamps
    # What stands in the page is saved with it; of posts one part is given, so that the other is not guessed.
    typed = {"goal": "45", "posts": "3", "participants": "33"}
    assert client.post(address, {"seen": stamps, "start": "1", **typed}).status_code == 302
    held = Context.of(cast.review)
    assert {name: getattr(held, name) for name in LAST} == {
        **dict.fromkeys(LAST),
        "participants": 33,
        "goal": 45,
        "posts": Decimal(3),
        "teams": 2,
        "co_located_teams": 0,
        "employers": ["nav_state", "health_trust"],
        "dispersed": False,
    }
    shown = client.get(address)
    assert shown.context["to_start_from"] == []
    assert 'name="start"' not in shown.content.decode()
    # To ask again fills nothing.
    changes = AuditEvent.objects.filter(action="changed").count()
    client.post(address, {"seen": shown.context["form"].stamps, "start": "1", **_as_sent(shown)})
    assert AuditEvent.objects.filter(action="changed").count() == changes
    assert Context.of(cast.review).vacant_posts is None


def _as_sent(response: Any) -> dict[str, Any]:
    form = response.context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in values.items() if value not in (None, "")}


def test_what_is_wrong_is_put_right_before_anything_is_filled_in(client: Client, cast: Cast) -> None:
    _last(cast)
    client.force_login(cast.method_supervisor)
    refused(client, page("context", cast.review), {"seen": "{}", "start": "1", "goal": "450"}, "goal")
    contradiction = {"seen": "{}", "start": "1", "participants": "7", "in_work": "8"}
    refused(client, page("context", cast.review), contradiction, "in_work")


def test_what_somebody_else_has_given_meanwhile_is_not_written_over(client: Client, cast: Cast) -> None:
    _last(cast)
    client.force_login(cast.evaluator)
    address = page("context", cast.review)
    seen = client.get(address).context["form"].stamps
    workflow.save_context(cast.review, cast.method_supervisor, {"teams": 5, "goal": 50})
    assert client.post(address, {"seen": seen, "start": "1"}).status_code == 302
    held = Context.of(cast.review)
    assert (held.teams, held.co_located_teams, held.goal, held.posts) == (5, None, 50, Decimal("2.5"))


def test_without_a_last_review_there_is_nothing_to_start_from(client: Client, cast: Cast) -> None:
    client.force_login(cast.method_supervisor)
    response = client.get(page("context", cast.review))
    assert response.context["last"] is None
    assert 'name="start"' not in response.content.decode()
    assert client.post(page("context", cast.review), {"start": "1", "goal": "45"}).status_code == 302
    assert (Context.of(cast.review).goal, Context.of(cast.review).employers) == (45, [])


def test_a_self_review_is_last_for_the_service_alone_until_it_is_shared(client: Client, cast: Cast) -> None:
    own = _last(cast, kind="self", evaluators=1)
    outside = _last(cast, first_day=datetime.date(2025, 11, 2))

    def last_of(user: User) -> Review:
        client.force_login(user)
        last: Context = client.get(page("context", cast.review)).context["last"]
        return last.review

    assert last_of(cast.method_supervisor) == own
    # One whose only seat is in this review has what the report is compared with, as with the scores.
    assert last_of(cast.evaluator) == last_of(cast.observer) == outside
    assert "March 2026" not in client.get(page("context", cast.review)).content.decode()
    workflow.share(own, lead(own))
    RoleFactory.create(user=cast.evaluator_two, whole_country=True)
    assert last_of(cast.evaluator_two) == own
    assert last_of(cast.evaluator) == outside


@pytest.mark.django_db
def test_who_may_not_write_sees_both_reviews_beside_each_other(client: Client) -> None:
    cast = cast_for("planned")
    _last(cast)
    ContextFactory.create(review=cast.review, participants=6543)
    _english(client, cast.observer)
    response = client.get(page("context", cast.review))
    years = response.context["circumstances"]
    assert [review.first_day.year for review in years.reviews] == [2026, 2026]
    assert next(row.values for row in years.groups[0].rows if row.name == "participants") == (31, 6543)
    assert "Nav, state; Health trust" in response.content.decode()
    assert "<form" not in response.content.decode().partition("<main")[2]


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

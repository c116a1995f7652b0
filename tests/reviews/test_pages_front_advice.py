"""Which recommendations stand on page one, chosen with the report's texts and read in the draft's page one."""

import html
from typing import Any

import pytest
from django.test import Client

from reviews import workflow
from reviews.models import AgreedResult, Obstacle, Review, User
from reviews.report.content import build
from tests.factories import UserFactory, final_review, scored_review
from tests.reviews.front_door import item, page, refused

CHOSEN = ["ips-25 O7", "goi-12 G3"]


@pytest.fixture
def evaluator(db: None, client: Client) -> User:
    """The lead, logged in."""
    user: User = UserFactory.create()
    client.force_login(user)
    return user


@pytest.fixture
def review(evaluator: User) -> Review:
    """A review in consensus by two, with nine recommendations."""
    return scored_review("consensus", evaluators=[evaluator, UserFactory.create()])


def _set(review: Review, code: str, **columns: Any) -> None:
    AgreedResult.objects.filter(review=review, item=item(review, code)).update(**columns)


def _form(client: Client, review: Review) -> Any:
    return client.get(page("narrative", review)).context["form"]


def _offered(client: Client, review: Review) -> list[str]:
    return [key for key, _label in _form(client, review).fields["front_advice"].choices]


def _autosaved(client: Client, user: User, review: Review, **sent: Any) -> Any:
    headers = {"Autosave": "1", "Autosave-As": str(user.pk)}
    return client.post(page("narrative", review), {"only": list(sent), **sent}, headers=headers)


def _advised(review: Review) -> list[str]:
    content = build(Review.objects.get(pk=review.pk), number=None, made_at=None)
    return [f"{advice['scale']} {advice['code']}" for advice in content["advice"]]


def test_what_is_chosen_is_kept_and_stands_first_on_page_one(client: Client, review: Review) -> None:
    assert client.post(page("narrative", review), {"front_advice": CHOSEN}).status_code == 302
    assert Review.objects.get(pk=review.pk).front_advice == CHOSEN
    assert _form(client, review)["front_advice"].value() == CHOSEN
    assert _advised(review) == [*CHOSEN, "ips-25 B3"]


def test_every_recommendation_is_offered_with_its_item_score_and_gist(client: Client, review: Review) -> None:
    long = "Avtal faste møter med Nav hver måned. " * 20
    _set(review, "O3", recommendation=long, score=1)
    assert _offered(client, review) == [
        *(f"ips-25 {code}" for code in ("B3", "O3", "O7", "T3", "T7", "T11")),
        *(f"goi-12 {code}" for code in ("G3", "G7", "G11")),
    ]
    label = dict(_form(client, review).fields["front_advice"].choices)["ips-25 O3"]
    for said in (f"O3 {item(review, 'O3').short_title}", " 1", "Avtal faste møter med Nav hver måned. Avtal"):
        assert said in label
    assert long.strip() not in label
    assert label in html.unescape(client.get(page("narrative", review)).content.decode())


@pytest.mark.parametrize(
    "columns",
    [
        {"recommendation": " \n"},
        {"score": None, "not_scored": "missing_data"},
        {"obstacles": [Obstacle.LAW.value]},
    ],
)
def test_what_page_one_never_shows_cannot_be_chosen(client: Client, review: Review, columns: dict[str, Any]) -> None:
    _set(review, "O7", **columns)
    assert "ips-25 O7" not in _offered(client, review)
    refused(client, page("narrative", review), {"front_advice": CHOSEN}, "front_advice")


@pytest.mark.parametrize("key", ["ips-25 O4", "O7", "ips-25 X1", ""])
def test_what_is_not_offered_is_refused(client: Client, review: Review, key: str) -> None:
    refused(client, page("narrative", review), {"front_advice": [*CHOSEN, key]}, "front_advice")


def test_page_one_takes_five_and_no_more(client: Client, review: Review) -> None:
    offered = _offered(client, review)
    refused(client, page("narrative", review), {"front_advice": offered[:6]}, "front_advice")
    assert client.post(page("narrative", review), {"front_advice": offered[4:9]}).status_code == 302
    assert sorted(_advised(review)) == sorted(offered[4:9])


@pytest.mark.parametrize("columns", [{"recommendation": ""}, {"obstacles": [Obstacle.LAW.value]}])
def test_one_that_is_chosen_and_gone_is_seen_and_stays_out_of_the_report(
    client: Client, review: Review, evaluator: User, columns: dict[str, Any]
) -> None:
    Review.objects.filter(pk=review.pk).update(front_advice=CHOSEN)
    _set(review, "O7", **columns)
    assert "ips-25 O7" in _offered(client, review)
    assert _advised(review)[0] == "goi-12 G3"
    assert "ips-25 O7" not in _advised(review)
    # What is written elsewhere on the page leaves the choice alone.
    assert _autosaved(client, evaluator, review, summary="Godt i gang.").status_code == 200
    review.refresh_from_db()
    assert (review.summary, review.front_advice) == ("Godt i gang.", CHOSEN)
    assert client.post(page("narrative", review), {"front_advice": CHOSEN[1:]}).status_code == 302
    assert "ips-25 O7" not in _offered(client, review)


def test_a_choice_saves_by_itself_and_none_is_a_choice(client: Client, review: Review, evaluator: User) -> None:
    assert _autosaved(client, evaluator, review, front_advice=CHOSEN).status_code == 200
    assert _advised(review)[:2] == CHOSEN
    assert _autosaved(client, evaluator, review, front_advice=[]).status_code == 200
    assert Review.objects.get(pk=review.pk).front_advice == []


def test_what_two_choose_at_once_is_chosen_between(client: Client, review: Review) -> None:
    other, second = Client(), review.seats.get(number=2).user
    assert second is not None
    other.force_login(second)
    seen = _form(client, review).stamps
    other.post(page("narrative", review), {"front_advice": CHOSEN})
    response = client.post(page("narrative", review), {"seen": seen, "front_advice": ["ips-25 B3"]})
    assert response.status_code == 409
    (clash,) = response.context["form"].clashes
    assert clash.name == "front_advice"
    assert [line.split()[0] for line in clash.text.splitlines()] == ["O7", "G3"]
    assert Review.objects.get(pk=review.pk).front_advice == CHOSEN


def test_nothing_is_offered_where_nothing_is_recommended(client: Client, review: Review) -> None:
    review.results.update(recommendation="")
    assert "front_advice" not in _form(client, review).fields
    # A page from before says so in vain, and its texts are saved.
    assert client.post(page("narrative", review), {"summary": "Nytt.", "front_advice": CHOSEN}).status_code == 302
    review.refresh_from_db()
    assert (review.summary, review.front_advice) == ("Nytt.", [])


def test_evaluators_who_are_blind_are_offered_nothing(client: Client, evaluator: User) -> None:
    review = scored_review("scoring", evaluators=[evaluator, UserFactory.create()])
    assert "front_advice" not in _form(client, review).fields
    assert client.post(page("narrative", review), {"front_advice": CHOSEN}).status_code == 302
    assert Review.objects.get(pk=review.pk).front_advice == []


def test_a_self_review_chooses_from_its_shared_sheet(client: Client, evaluator: User) -> None:
    review = scored_review("scoring", kind="self", evaluators=[evaluator])
    assert client.post(page("narrative", review), {"front_advice": CHOSEN}).status_code == 302
    assert _advised(review)[:2] == CHOSEN


def test_a_version_keeps_what_was_chosen_when_it_was_made(client: Client, evaluator: User) -> None:
    review = final_review(evaluators=[evaluator], front_advice=CHOSEN)
    workflow.reissue(review, evaluator, "Andre råd på side én.")
    client.post(page("narrative", review), {"front_advice": ["ips-25 T3"]})
    given = [f"{each['scale']} {each['code']}" for each in review.versions.get().content["advice"]]
    assert given[:2] == CHOSEN
    assert _advised(review)[0] == "ips-25 T3"

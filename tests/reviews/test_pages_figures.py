"""Figures before the visit through the front door: given by the metodeveileder, seen and taken over by evaluators."""

import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from reviews import figures, merging, workflow
from reviews.forms.figures import FiguresForm
from reviews.given import Beside
from reviews.models import Count, GivenFigure, Note, Review, User
from scales.models import Item, Scale
from tests.cast import Cast, cast_for
from tests.factories import CountFactory, GivenFigureFactory, RoleFactory, UserFactory, scored_review
from tests.reviews.front_door import contents, item, page, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    """The people around a review that is being scored."""
    return cast_for("scoring")


def _name(review: Review, code: str, name: str, number: int) -> str:
    found = next(each for each in figures.columns(item(review, code)) if each.name == name)
    return found.key(number)


def _given(review: Review) -> dict[tuple[str, str, int], Decimal]:
    rows = GivenFigure.objects.filter(review=review).select_related("item")
    return {(row.item.code, row.name, row.number): row.value for row in rows}


def _autosave(client: Client, address: str, user: User, **data: Any) -> Any:
    headers = {"Autosave": "1", "Autosave-As": str(user.pk)}
    return client.post(address, {"only": list(data), **data}, headers=headers)


def _take_over(review: Review, code: str) -> str:
    return f"{page('figures', review)}ips-25/{code}/take-over/"


def _seen(shown: Beside) -> dict[str, str]:
    return {"given": shown.given_stamp, "counted": shown.counted_stamp}


def _give(review: Review, code: str, rows: dict[tuple[str, int], str]) -> Item:
    found = item(review, code)
    for (name, number), value in rows.items():
        GivenFigureFactory.create(review=review, item=found, name=name, number=number, value=value)
    return found


B1 = {("participants", 1): "18", ("fte", 1): "1", ("participants", 2): "10", ("fte", 2): "0.5"}


# Giving


def test_the_metodeveileder_fills_in_the_whole_form(client: Client, cast: Cast) -> None:
    client.force_login(cast.method_supervisor)
    review, address = cast.review, page("figures", cast.review)
    sent = {
        _name(review, "B1", "participants", 1): "18",
        _name(review, "B1", "fte", 1): "0,8",
        _name(review, "T4", "days", 10): "31",
        _name(review, "T12", "weekly", 2): "1",
        _name(review, "T12", "monthly", 2): "0",
        _name(review, "T8", "different", 0): "1 017",
    }
    response = client.post(address, {"seen": client.get(address).context["form"].stamps, **sent})
    assert (response.status_code, response.headers["Location"]) == (302, address)
    assert _given(review) == {
        ("B1", "participants", 1): 18,
        ("B1", "fte", 1): Decimal("0.8"),
        ("T4", "days", 10): 31,
        ("T12", "weekly", 2): 1,
        ("T12", "monthly", 2): 0,
        ("T8", "different", 0): 1017,
    }
    shown = client.get(address)
    form: FiguresForm = shown.context["form"]
    assert {name: form[name].value() for name in sent} == {**sent, _name(review, "T8", "different", 0): "1017"}
    assert shown.context["progress"].given == 4


def test_a_figure_is_saved_by_itself_with_how_far_it_has_come(client: Client, cast: Cast) -> None:
    client.force_login(cast.method_supervisor)
    name = _name(cast.review, "T12", "weekly", 3)
    answer = _autosave(client, page("figures", cast.review), cast.method_supervisor, **{name: "1"})
    assert answer.status_code == 200
    assert answer.json()["stamps"] == {name: merging.stamp([Decimal(1)])}
    assert list(answer.json()["parts"]) == ["figures-progress"]
    assert _given(cast.review) == {("T12", "weekly", 3): 1}
    _autosave(client, page("figures", cast.review), cast.method_supervisor, **{name: ""})
    assert not _given(cast.review)


@pytest.mark.parametrize(
    ("code", "name", "value"), [("B2", "percent", "101"), ("T4", "days", "-1"), ("B1", "fte", "en")]
)
def test_what_cannot_be_a_figure_stays_in_the_page(
    client: Client, cast: Cast, code: str, name: str, value: str
) -> None:
    client.force_login(cast.method_supervisor)
    field = _name(cast.review, code, name, 1)
    refused(client, page("figures", cast.review), {"seen": "{}", field: value}, field)
    answer = _autosave(client, page("figures", cast.review), cast.method_supervisor, **{field: value})
    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == [field]


def test_an_answer_to_a_question_is_yes_no_or_nothing(client: Client, cast: Cast) -> None:
    client.force_login(cast.method_supervisor)
    field = _name(cast.review, "T12", "weekly", 1)
    refused(client, page("figures", cast.review), {"seen": "{}", field: "2"}, field)


def test_two_metodeveiledere_are_shown_what_the_other_wrote(client: Client, cast: Cast) -> None:
    other: User = UserFactory.create(name="Siv Aas")
    RoleFactory.create(user=other, service=cast.service)
    address, name = page("figures", cast.review), _name(cast.review, "T12", "weekly", 1)
    client.force_login(cast.method_supervisor)
    seen = client.get(address).context["form"].stamps
    column = next(each for each in figures.columns(item(cast.review, "T12")) if each.name == "weekly")
    workflow.give_figures(cast.review, other, {(column, 1): Decimal(0)})
    response = client.post(address, {"seen": seen, name: "1"})
    assert response.status_code == 409
    (clash,) = response.context["form"].clashes
    assert clash.change.by == "Siv Aas"
    assert "Siv Aas" in response.content.decode()
    assert _given(cast.review) == {("T12", "weekly", 1): 0}
    # Taken into the form, or written over knowingly.
    taken = client.post(address, {"seen": seen, name: "1", "clash": name, "take": name})
    assert taken.context["form"][name].value() == "0"
    client.post(address, {"seen": response.context["form"].stamps, name: "1"})
    assert _given(cast.review) == {("T12", "weekly", 1): 1}


def test_what_was_typed_is_kept_where_the_scoring_ended_in_the_meantime(client: Client) -> None:
    cast = cast_for("consensus")
    client.force_login(cast.method_supervisor)
    address, name = page("figures", cast.review), _name(cast.review, "B1", "fte", 1)
    refused(client, address, {"seen": "{}", name: "0,8"}, "__all__")
    assert _autosave(client, address, cast.method_supervisor, **{name: "0,8"}).status_code == 422
    assert client.get(address).context["form"] is None


def test_there_is_room_for_all_that_is_given_and_for_more(client: Client, cast: Cast) -> None:
    client.force_login(cast.method_supervisor)
    address = page("figures", cast.review)

    def rows(**query: str) -> dict[str, int]:
        return {part.per.value: len(part.rows) for part in client.get(address, query).context["form"].parts}

    assert rows() == {"specialist": 4, "participant": 10, "service": 1}
    assert rows(rows="12")["specialist"] == 12
    for odd in ("-1", "x", "²", "999", ""):
        assert rows(rows=odd)["specialist"] == 4
    _give(cast.review, "B1", {("fte", 9): "1"})
    assert rows()["specialist"] > 9
    _give(cast.review, "T4", {("days", 30): "40"})
    assert rows()["participant"] == 30
    # What was sent is there, also when it is refused.
    name = _name(cast.review, "B1", "participants", 25)
    form = refused(client, address, {"seen": "{}", name: "mange"}, name)
    assert len(form.parts[0].rows) == 25  # type: ignore[attr-defined]  # a FiguresForm


def test_nothing_is_asked_of_a_service_without_the_ips_scale(client: Client) -> None:
    goi = Scale.objects.get(code="goi-12")
    review = scored_review("scoring", evaluators=1, scales=[goi])
    user: User = UserFactory.create()
    RoleFactory.create(user=user, service=review.service)
    client.force_login(user)
    assert client.get(page("figures", review)).status_code == 404
    assert page("figures", review) not in client.get(page("review", review)).content.decode()


def test_nothing_is_asked_of_a_service_reviewed_from_its_plans(client: Client) -> None:
    cast = cast_for("planned", basis="plans")
    for user in (cast.method_supervisor, cast.evaluator):
        client.force_login(user)
        assert client.get(page("figures", cast.review)).status_code == 403
        assert page("figures", cast.review) not in client.get(page("review", cast.review)).content.decode()


@pytest.mark.parametrize("status", ["planned", "scoring", "consensus"])
def test_the_metodeveileder_learns_nothing_of_what_the_evaluators_found(client: Client, status: str) -> None:
    cast = cast_for(status)
    counted = _give(cast.review, "B1", B1)
    CountFactory.create(review=cast.review, item=counted, value=Decimal("777.125"))
    CountFactory.create(review=cast.review, item=item(cast.review, "T8"), name="total", value=Decimal("888.5"))
    Note.objects.filter(review=cast.review).update(text="Hemmelig notat.")
    client.force_login(cast.method_supervisor)
    html = client.get(page("figures", cast.review)).content.decode()
    # Whole, since a shorter one can stand in an id.
    for secret in ("777,125", "777.125", "888,5", "888.5", "Hemmelig", "take-over", "counted"):
        assert secret not in html
    client.force_login(cast.evaluator)
    assert "777,125" in client.get(page("figures", cast.review)).content.decode()


def test_the_page_of_the_review_tells_how_far_it_has_come(client: Client, cast: Cast) -> None:
    _give(cast.review, "B1", B1)
    for user, sees in (
        (cast.method_supervisor, True),
        (cast.evaluator, True),
        (cast.observer, True),
        (cast.adviser, False),
    ):
        client.force_login(user)
        response = client.get(page("review", cast.review))
        assert (page("figures", cast.review) in response.content.decode()) is sees
        shown = response.context["figures_progress"]
        assert (None if shown is None else (shown.given, shown.asked)) == ((1, 11) if sees else None)


def test_a_self_reviews_metodeveileder_gives_sees_and_takes_over(client: Client) -> None:
    cast = cast_for("scoring", kind="self")
    client.force_login(cast.method_supervisor)
    given = _give(cast.review, "B1", B1)
    response = client.get(page("figures", cast.review))
    assert response.context["form"] is not None
    shown = next(each for each in response.context["found"] if each.item == given)
    assert client.post(_take_over(cast.review, "B1"), _seen(shown)).status_code == 302
    assert figures.counted(cast.review, given) == figures.given(cast.review, given)


# Taking over


def test_an_evaluator_takes_over_from_the_page_of_all_figures(client: Client, cast: Cast) -> None:
    given = _give(cast.review, "B1", B1)
    CountFactory.create(review=cast.review, item=given, value=30)
    client.force_login(cast.evaluator_two)
    response = client.get(page("figures", cast.review))
    assert [each.item.code for each in response.context["found"]][:4] == ["B1", "B2", "O1", "T4"]
    shown = response.context["found"][0]
    assert shown.differs
    assert all(f'name="{name}" value="{stamp}"' in response.content.decode() for name, stamp in _seen(shown).items())
    response = client.post(_take_over(cast.review, "B1"), _seen(shown))
    assert response.headers["Location"] == f"{page('figures', cast.review)}#B1"
    assert figures.counted(cast.review, given) == figures.given(cast.review, given)
    again = client.get(page("figures", cast.review))
    assert again.context["found"][0].agrees
    assert _take_over(cast.review, "B1") not in again.content.decode()


def test_an_evaluator_takes_over_from_the_page_of_the_item(client: Client, cast: Cast) -> None:
    given = _give(cast.review, "T8", {("different", 0): "17", ("total", 0): "20"})
    client.force_login(cast.evaluator)
    address = page("score", cast.review, given)
    response = client.get(address)
    seen = _seen(response.context["given"])
    html = response.content.decode()
    assert all(f'name="{name}" value="{stamp}" form="take-over"' in html for name, stamp in seen.items())
    assert 'form="take-over"' in html
    assert f'action="{_take_over(cast.review, "T8")}"' in html
    response = client.post(_take_over(cast.review, "T8"), {**seen, "back": "item"})
    assert response.headers["Location"] == address
    assert {count.name: count.value for count in cast.review.counts.all()} == {"different": 17, "total": 20}
    assert client.get(address).context["suggestion"].score == 5


def test_the_page_of_the_item_is_told_when_something_else_is_counted(client: Client, cast: Cast) -> None:
    given = _give(cast.review, "T8", {("different", 0): "17", ("total", 0): "20"})
    client.force_login(cast.evaluator)
    address = page("score", cast.review, given)
    before = client.get(address).context["given"].counted_stamp
    answer = _autosave(client, address, cast.evaluator, count_total="21")
    part = answer.json()["parts"]["given-state"]
    # The newest stamp comes along, so that one's own count stops nobody.
    assert before not in part
    stamp = client.get(address).context["given"].counted_stamp
    assert f'value="{stamp}"' in part
    # What is given stays as the page shows it.
    assert 'name="given"' not in part
    assert client.get(address).context["given"].differs
    assert "given-state" not in _autosave(client, address, cast.evaluator, comment="Sett.").json()["parts"]


def test_what_somebody_counted_in_the_meantime_is_not_written_over(client: Client, cast: Cast) -> None:
    given = _give(cast.review, "B1", B1)
    client.force_login(cast.evaluator)
    seen = _seen(client.get(page("score", cast.review, given)).context["given"])
    CountFactory.create(review=cast.review, item=given, value=30)
    for counted in (seen["counted"], "", "x\x00"):
        response = client.post(_take_over(cast.review, "B1"), {**seen, "counted": counted}, follow=True)
        assert [message.level_tag for message in response.context["messages"]] == ["error"]
    assert Count.objects.get(review=cast.review).value == 30


def test_what_is_judged_is_shown_and_cannot_be_taken_over(client: Client, cast: Cast) -> None:
    given = _give(cast.review, "T12", {("weekly", 1): "1", ("weekly", 2): "0"})
    client.force_login(cast.evaluator)
    html = client.get(page("score", cast.review, given)).content.decode()
    assert "given-rows" in html
    assert 'type="submit" form="take-over"' not in " ".join(html.split())
    assert _take_over(cast.review, "T12") not in client.get(page("figures", cast.review)).content.decode()


def test_an_observer_sees_the_figures_and_takes_nothing_over(client: Client, cast: Cast) -> None:
    given = _give(cast.review, "B1", B1)
    client.force_login(cast.observer)
    before = contents()
    for address in (page("score", cast.review, given), page("figures", cast.review)):
        html = client.get(address).content.decode()
        assert "given-rows" in html
        assert _take_over(cast.review, "B1") not in html
    assert client.post(_take_over(cast.review, "B1"), {"counted": ""}).status_code == 403
    assert contents() == before


@pytest.mark.parametrize("code", ["X1", "B99"])
def test_an_item_there_is_not_is_not_found(client: Client, cast: Cast, code: str) -> None:
    client.force_login(cast.evaluator)
    assert client.post(_take_over(cast.review, code), {"counted": ""}).status_code == 404


def test_figures_that_were_corrected_since_the_page_was_made_are_not_taken_over(client: Client, cast: Cast) -> None:
    given = _give(cast.review, "B1", B1)
    client.force_login(cast.evaluator)
    address = page("score", cast.review, given)
    seen = _seen(client.get(address).context["given"])
    GivenFigure.objects.filter(review=cast.review, name="participants", number=1).update(value=81)
    # What is saved by itself brings a stamp of what is counted, and none of figures that the page does not show.
    part = _autosave(client, address, cast.evaluator, count_participants="28").json()["parts"]["given-state"]
    seen["counted"] = client.get(address).context["given"].counted_stamp
    assert seen["counted"] in part
    response = client.post(_take_over(cast.review, "B1"), {**seen, "back": "item"}, follow=True)
    assert [message.level_tag for message in response.context["messages"]] == ["error"]
    assert figures.counted(cast.review, given) == {("participants", 0): 28}


def test_who_has_handed_in_takes_nothing_over(client: Client, cast: Cast) -> None:
    given = _give(cast.review, "B1", B1)
    client.force_login(cast.evaluator_two)
    seen = _seen(client.get(page("score", cast.review, given)).context["given"])
    cast.review.seats.filter(user=cast.evaluator_two).update(handed_in_at=cast.review.created_at)
    for address in (page("score", cast.review, given), page("figures", cast.review)):
        assert _take_over(cast.review, "B1") not in client.get(address).content.decode()
    assert client.post(_take_over(cast.review, "B1"), seen).status_code == 403
    assert not cast.review.counts.exists()
    # The other still scores.
    client.force_login(cast.evaluator)
    assert client.post(_take_over(cast.review, "B1"), seen).status_code == 302
    assert figures.counted(cast.review, given) == figures.given(cast.review, given)


def test_nothing_is_offered_where_the_same_is_counted(client: Client, cast: Cast) -> None:
    given = _give(cast.review, "T8", {("different", 0): "17", ("total", 0): "20"})
    client.force_login(cast.evaluator)
    address = page("score", cast.review, given)
    for different, same in (("17", True), ("16", False)):
        part = _autosave(client, address, cast.evaluator, count_different=different, count_total="20").json()["parts"]
        assert ("data-same" in part["given-state"]) is same
        html = client.get(address).content.decode()
        assert ('id="given-state" data-same' in html) is same
        # The state is right before the button, which it hides (see the browser's own test).
        assert re.search(r'id="given-state"(?:(?!</div>).)*</div>\s*<button[^>]*form="take-over"', html, re.DOTALL)
        offered = _take_over(cast.review, "T8") in client.get(page("figures", cast.review)).content.decode()
        assert offered is not same

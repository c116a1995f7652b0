"""A page that saves by itself, seen from the server: each thing by itself, and what is answered."""

import json
import logging
import threading
import uuid
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from reviews import access
from reviews.models import AuditEvent, Rating, Review, Seat, User
from reviews.models.fields import TEXT_LIMIT
from reviews.templatetags import items
from tests.factories import ReviewFactory, RoleFactory, SeatFactory, UserFactory, items_of, scored_review
from tests.reviews.front_door import item, page

SECRET = "Bare mine ord, til ingen andre."

SAVE = 8
"""What saving one thing asks, from the session to the audit, but for what opens and closes a transaction."""


@pytest.fixture
def people(db: None) -> list[User]:
    """Two evaluators."""
    return [UserFactory.create(name=name) for name in ("Kari Nordmann", "Ola Hansen")]


@pytest.fixture
def review(people: list[User], client: Client) -> Review:
    """A review that both score; the first is logged in."""
    client.force_login(people[0])
    made: Review = ReviewFactory.create(status=Review.Status.SCORING)
    for number, user in enumerate(people, start=1):
        SeatFactory.create(review=made, user=user, number=number)
    return made


def _send(client: Client, address: str, user: User, values: dict[str, Any], **more: Any) -> Any:
    """Send fields by themselves, each under its own name; a reason for no score goes by the score."""
    seen = more.pop("seen", {})
    data = {"only": [name for name in values if name != "not_scored"], "seen": json.dumps(seen), **values, **more}
    return client.post(address, data, headers={"Autosave": "1", "Autosave-As": str(user.pk)})


def _stamps(client: Client, address: str) -> dict[str, str]:
    """Return the stamps that a page comes with."""
    found: dict[str, str] = json.loads(client.get(address).context["form"].stamps)
    return found


@pytest.fixture
def where(review: Review) -> str:
    """The address of an item on the sheet."""
    return page("score", review, item(review, "O2"))


def _rating(review: Review, number: int = 1) -> Rating:
    return Rating.objects.get(seat__review=review, seat__number=number, item__code="O2")


# What is saved


def test_only_what_is_sent_is_saved(client: Client, review: Review, people: list[User], where: str) -> None:
    _send(client, where, people[0], {"comment": "Før.", "score": "4", "not_scored": "", "element_0": "on"})
    answer = _send(client, where, people[0], {"recommendation": "Nytt."})
    assert answer.status_code == 200
    held = _rating(review)
    assert (held.score, held.comment, held.recommendation, held.elements) == (4, "Før.", "Nytt.", [0])
    assert set(answer.json()["stamps"]) == {"recommendation"}


def test_the_stamps_of_the_answer_are_those_of_a_new_page(
    client: Client, review: Review, people: list[User], where: str
) -> None:
    answer = _send(client, where, people[0], {"comment": " Med luft.\r\nTo linjer. ", "element_1": "on"})
    after = _stamps(client, where)
    assert answer.json()["stamps"] == {name: after[name] for name in ("comment", "element_1")}


def test_the_same_bytes_twice_are_no_clash_and_one_change(
    client: Client, review: Review, people: list[User], where: str
) -> None:
    seen = _stamps(client, where)
    first, second = (_send(client, where, people[0], {"comment": "En gang."}, seen=seen) for _time in range(2))
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json()["stamps"] == second.json()["stamps"]
    assert AuditEvent.objects.filter(review=review, object_type="rating").count() == 1


def test_two_fields_from_two_pages_are_both_saved(
    client: Client, review: Review, people: list[User], where: str
) -> None:
    seen = _stamps(client, where)
    for values in ({"comment": "Fra den ene."}, {"recommendation": "Fra den andre."}):
        assert _send(client, where, people[0], values, seen=seen).status_code == 200
    held = _rating(review)
    assert (held.comment, held.recommendation) == ("Fra den ene.", "Fra den andre.")


def test_the_answer_tells_the_time_and_brings_what_follows(
    client: Client, review: Review, people: list[User], where: str
) -> None:
    answer = _send(client, where, people[0], {"score": "4", "not_scored": ""}).json()
    assert answer["time"]
    parts = {name: html for name, html in answer["parts"].items() if name.startswith(("items-", "in-list-"))}
    assert {name[: len("in-list-")] for name in parts} == {"items-do", "items-ba", "in-list-"}
    # Each takes the place of one that is on the page, and says what the page would say now.
    shown = client.get(where).content.decode()
    assert all(html.strip() in shown for html in parts.values())
    assert not set(parts) & set(_send(client, where, people[0], {"comment": "Ord."}).json()["parts"])


@pytest.mark.parametrize("name", ["score", "not_scored"])
def test_what_changes_as_one_is_saved_by_any_of_its_names(
    client: Client, review: Review, people: list[User], where: str, name: str
) -> None:
    _send(client, where, people[0], {"score": "4", "not_scored": ""})
    before = _stamps(client, where)
    answer = _send(client, where, people[0], {"not_scored": "missing_data"}, only=[name], seen=before)
    assert answer.status_code == 200
    assert answer.json()["stamps"] == {"score": _stamps(client, where)["score"]} != {"score": before["score"]}
    assert "items-done" in answer.json()["parts"]
    held = _rating(review)
    assert (held.score, held.not_scored) == (None, "missing_data")


def test_what_is_agreed_is_saved_by_the_second_of_its_names_too(client: Client, people: list[User]) -> None:
    agreed = scored_review("consensus", evaluators=people)
    client.force_login(people[0])
    address = page("agree", agreed, item(agreed, "O2"))
    answer = _send(client, address, people[0], {"not_scored": "missing_data"}, only=["not_scored"])
    assert (answer.status_code, list(answer.json()["stamps"])) == (200, ["score"])
    held = agreed.results.get(item__code="O2")
    assert (held.score, held.not_scored) == (None, "missing_data")


# What is not


def test_the_same_field_changed_elsewhere_answers_with_both(
    client: Client, review: Review, people: list[User], where: str
) -> None:
    seen = _stamps(client, where)
    _send(client, where, people[0], {"comment": "Fra <den> ene.", "recommendation": "Uberørt."}, seen=seen)
    answer = _send(client, where, people[0], {"comment": "Fra den andre."}, seen=seen)
    assert answer.status_code == 409
    (name, clash), *others = answer.json()["clashes"].items()
    assert (name, others, clash["field"], clash["held"]) == ("comment", [], "comment", {"comment": ["Fra <den> ene."]})
    assert "Fra &lt;den&gt; ene." in clash["html"]
    assert _rating(review).comment == "Fra <den> ene."

    chosen = _send(client, where, people[0], {"comment": "Fra den andre."}, seen={"comment": clash["stamp"]})
    assert chosen.status_code == 200
    assert _rating(review).comment == "Fra den andre."


def test_what_is_wrong_is_told_by_name_and_saves_nothing(
    client: Client, review: Review, people: list[User], where: str
) -> None:
    answer = _send(client, where, people[0], {"comment": "æ" * (TEXT_LIMIT + 1), "recommendation": "Riktig."})
    assert answer.status_code == 422
    assert set(answer.json()["errors"]) == {"comment"}
    assert not Rating.objects.exists()


def test_what_is_held_and_would_not_be_taken_today_stops_no_other(
    client: Client, review: Review, people: list[User], where: str
) -> None:
    seat = review.seats.get(number=1)
    item_ = item(review, "O2")
    Rating.objects.create(seat=seat, item=item_, comment="Ring 91 23 45 67, eller 17 05 10 12356.")
    assert _send(client, where, people[0], {"recommendation": "Tas imot."}).status_code == 200
    held = _rating(review)
    assert (held.recommendation, held.comment[-6:]) == ("Tas imot.", "12356.")


def test_a_sheet_that_is_handed_in_is_not_written_in(
    client: Client, review: Review, people: list[User], where: str
) -> None:
    Seat.objects.filter(number=1).update(handed_in_at=timezone.now())
    answer = _send(client, where, people[0], {"comment": "For sent."})
    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == [""]
    assert not Rating.objects.exists()


def test_a_page_without_its_stamps_saves_nothing(
    client: Client, review: Review, people: list[User], where: str
) -> None:
    for more in ({"seen": "{}"}, {"seen": "nei"}, {"only": ["finnes_ikke"]}, {"only": ["not_scored", "finnes_ikke"]}):
        data = {"only": ["comment", "finnes_ikke"], "comment": "Hei.", **more}
        answer = client.post(where, data, headers={"Autosave": "1", "Autosave-As": str(people[0].pk)})
        assert answer.status_code == 422
    assert not Rating.objects.exists()


# Who


def test_nobody_and_somebody_else_save_nothing(client: Client, review: Review, people: list[User], where: str) -> None:
    other = _send(client, where, people[1], {"comment": SECRET})
    assert other.status_code == 403
    assert SECRET not in other.content.decode()
    assert "person" in other.json()
    client.logout()
    assert _send(client, where, people[0], {"comment": SECRET}).status_code == 401
    assert not Rating.objects.exists()


def test_to_an_outsider_too_what_somebody_else_wrote_is_not_theirs_to_save(
    client: Client, review: Review, people: list[User], where: str
) -> None:
    client.force_login(UserFactory.create())
    note = reverse("reviews:note", args=[review.pk, uuid.uuid4()])
    for address in (where, note):
        headers = {"Autosave": "1", "Autosave-As": str(people[0].pk)}
        answer = client.post(address, {"only": "text", "text": SECRET, "comment": SECRET}, headers=headers)
        assert (answer.status_code, list(answer.json())) == (403, ["person"])


def test_a_token_of_an_earlier_log_in_is_answered_as_nobody(review: Review, people: list[User], where: str) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(people[0])
    assert _send(strict, where, people[0], {"comment": SECRET}).status_code == 401
    assert strict.post(where, {"comment": SECRET}).status_code == 403
    assert not Rating.objects.exists()


def test_who_has_lost_the_seat_and_who_never_had_one_save_nothing(
    client: Client, review: Review, people: list[User], where: str
) -> None:
    outsider = UserFactory.create()
    client.force_login(outsider)
    assert _send(client, where, outsider, {"comment": SECRET}).status_code == 404
    client.force_login(people[0])
    Seat.objects.filter(number=1).update(removed_at=timezone.now(), removed_reason="Syk.")
    assert _send(client, where, people[0], {"comment": SECRET}).status_code == 404
    assert not Rating.objects.exists()


def test_no_answer_tells_anything_of_the_other_evaluator(
    client: Client, review: Review, people: list[User], where: str
) -> None:
    theirs = Rating.objects.create(
        seat=review.seats.get(number=2), item=item(review, "O2"), score=5, comment=SECRET, elements=[2]
    )
    answers = [
        _send(client, where, people[0], {"comment": "Mitt.", "score": "2", "not_scored": ""}, seen=seen)
        for seen in ({}, {"comment": "0" * 16, "score": "0" * 16})
    ]
    answers.append(_send(client, where, people[0], {"comment": "æ" * (TEXT_LIMIT + 1)}))
    for answer in answers:
        assert SECRET not in answer.content.decode()
        assert "Ola Hansen" not in answer.content.decode()
    theirs.refresh_from_db()
    assert (theirs.score, theirs.comment) == (5, SECRET)


def test_no_text_stands_in_a_log_or_the_audit(
    client: Client, review: Review, people: list[User], where: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    seen = {"comment": "0" * 16}
    _send(client, where, people[0], {"comment": SECRET})
    _send(client, where, people[0], {"comment": SECRET + " Igjen."}, seen=seen)
    _send(client, where, people[1], {"comment": SECRET})
    assert _rating(review).comment == SECRET
    logged = [record for record in caplog.records if record.name != "django.db.backends"]
    assert SECRET not in " ".join(f"{record.getMessage()} {vars(record)}" for record in logged)
    assert SECRET not in str(list(AuditEvent.objects.values()))


# The pages


def test_no_browser_keeps_a_page_that_saves_by_itself(client: Client, review: Review, people: list[User]) -> None:
    agreeing = scored_review("consensus", evaluators=people)
    pages = [page("score", review, item(review, "O2")), reverse("reviews:score_all", args=[review.pk])]
    pages += [page("agree", agreeing, item(agreeing, "O2")), reverse("reviews:narrative", args=[agreeing.pk])]
    pages.append(page("context", agreeing))
    pages.append(page("add_note", review, item(review, "O2")))
    for address in pages:
        answer = client.get(address)
        assert " data-autosave " in answer.content.decode(), address
        assert "no-store" in answer.headers["Cache-Control"], address


def test_a_page_that_comes_back_tells_what_of_it_is_not_held(client: Client, people: list[User]) -> None:
    agreeing = scored_review("consensus", evaluators=people)
    client.force_login(people[0])
    Rating.objects.filter(seat__review=agreeing, item__code="O2").update(comment="Karis ord.", recommendation="")
    address = page("agree", agreeing, item(agreeing, "O2"))
    form = client.get(address).context["form"]
    sent = {name: value for name in form.fields if (value := form[name].value()) not in (None, [])}
    answer = client.post(address, {**sent, "seen": form.stamps, "words": "1"})
    assert json.loads(answer.context["form"].unsaved) == ["comment"]
    assert json.loads(form.unsaved) == []


# Queries


def _tables(act: Any) -> list[str]:
    """Return the statements that read or write a table."""
    left_out = ("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "COMMIT", 'SELECT 1 AS "_check"')
    with CaptureQueriesContext(connection) as captured:
        assert act().status_code == 200
    return [query["sql"] for query in captured if not query["sql"].startswith(left_out)]


def test_one_save_asks_the_same_however_much_there_is(
    client: Client, review: Review, people: list[User], where: str
) -> None:
    def fill(items: int) -> None:
        seats = review.seats.all()
        have = {(rating.seat_id, rating.item_id) for rating in Rating.objects.all()}
        Rating.objects.bulk_create(
            Rating(seat=seat, item=each, score=3, comment="Ord.")
            for seat in seats
            for each in items_of(review)[:items]
            if (seat.pk, each.pk) not in have
        )

    fill(8)
    _send(client, where, people[0], {"comment": "Først."})
    few = _tables(lambda: _send(client, where, people[0], {"comment": "Få."}))
    fill(24)
    many = _tables(lambda: _send(client, where, people[0], {"comment": "Mange."}))
    assert len(few) == len(many), "\n".join(many)
    assert len(many) <= SAVE, "\n".join(many)
    # The audit told of it when the first was saved.
    assert len([sql for sql in many if sql.startswith(("INSERT", "UPDATE", "DELETE"))]) == 1


@pytest.mark.parametrize("values", [{"score": "4", "not_scored": ""}, {"comment": "Sett."}, {"departure": "Fordi."}])
def test_a_first_save_asks_little(
    client: Client, review: Review, people: list[User], where: str, values: dict[str, str]
) -> None:
    assert len(_tables(lambda: _send(client, where, people[0], values))) <= SAVE


@pytest.mark.parametrize("values", [{"score": "4", "not_scored": ""}, {"comment": "Sett."}])
def test_a_save_of_what_is_agreed_asks_little(client: Client, people: list[User], values: dict[str, str]) -> None:
    agreed = scored_review("consensus", evaluators=people)
    client.force_login(people[0])
    address = page("agree", agreed, item(agreed, "O2"))
    asked = _tables(lambda: _send(client, address, people[0], values))
    assert len(asked) <= SAVE, "\n".join(asked)


@pytest.mark.parametrize("name", ["score", "agree"])
def test_a_save_does_not_ask_whether_the_constraints_hold(client: Client, people: list[User], name: str) -> None:
    made = scored_review("scoring" if name == "score" else "consensus", evaluators=people)
    Seat.objects.update(handed_in_at=None)
    client.force_login(people[0])
    with CaptureQueriesContext(connection) as captured:
        answer = _send(client, page(name, made, item(made, "O2")), people[0], {"score": "2", "not_scored": ""})
    assert answer.status_code == 200
    assert not [query["sql"] for query in captured if '"_check"' in query["sql"]]


# The lock


def test_the_page_is_told_when_the_review_is_let_go(
    client: Client, review: Review, people: list[User], where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside, depths, draw = len(connection.savepoint_ids), [], items.parts_of

    def drawn(*args: Any) -> dict[str, str]:
        depths.append(len(connection.savepoint_ids))
        return draw(*args)

    monkeypatch.setattr(items, "parts_of", drawn)
    assert _send(client, where, people[0], {"score": "4", "not_scored": ""}).json()["parts"]
    assert {*depths} == {outside}


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite locks the whole file")
@pytest.mark.django_db(transaction=True)
def test_an_outsider_neither_waits_for_the_lock_nor_takes_it(client: Client, review: Review, where: str) -> None:
    outsider = UserFactory.create()
    client.force_login(outsider)
    taken, done = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                Review.objects.select_for_update(of=("self",)).get(pk=review.pk)
                taken.set()
                done.wait(60)
        finally:
            connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        assert taken.wait(30)
        assert _send(client, where, outsider, {"comment": SECRET}).status_code == 404
    finally:
        done.set()
        holder.join(60)


@pytest.mark.django_db
def test_who_writes_on_a_shared_sheet_without_a_seat_saves_too(client: Client) -> None:
    shared = scored_review("scoring", kind=Review.Kind.SELF)
    Seat.objects.update(handed_in_at=None)
    supervisor = RoleFactory.create(service=shared.service).user
    client.force_login(supervisor)
    where = page("score", shared, item(shared, "O2"))
    assert _send(client, where, supervisor, {"comment": "Skrevet sammen."}).status_code == 200
    assert Rating.objects.get(comment="Skrevet sammen.").seat.is_lead


@pytest.mark.usefixtures("unplanned")
def test_who_has_a_seat_is_not_asked_what_else_they_are(
    client: Client, review: Review, people: list[User], where: str
) -> None:
    asked = _tables(lambda: _send(client, where, people[0], {"comment": "Sett."}))
    assert not [sql for sql in asked if "reviews_role" in sql]


def test_what_is_saved_beside_it_between_the_reading_and_the_lock_stays(
    client: Client, review: Review, people: list[User], where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    Rating.objects.create(seat=review.seats.get(number=1), item=item(review, "O2"), comment="Før.")

    def late(user: User, pk: uuid.UUID) -> access.Permit:
        Rating.objects.filter(item__code="O2").update(comment="Fra den andre fanen.")
        return open_to_write(user, pk)

    open_to_write = access.open_to_write
    monkeypatch.setattr(access, "open_to_write", late)
    assert _send(client, where, people[0], {"recommendation": "Nytt."}).status_code == 200
    held = _rating(review)
    assert (held.comment, held.recommendation) == ("Fra den andre fanen.", "Nytt.")

"""Those who nearly may: who is somebody elsewhere, was it until yesterday, or holds a page or a key from before. Each
through all addresses of the work, as a page, a form and a page that saves by itself; nothing is told, nothing saved.
"""

import datetime
import json
from collections.abc import Iterable
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from reviews import access, workflow
from reviews.models import Rating, Review, Role, Seat, User
from reviews.report import pdf as report_pdf
from reviews.workflow import Refused
from tests.cast import PDF, Cast, cast_for, shared
from tests.factories import (
    FIRST_DAY,
    InterviewFactory,
    NoteFactory,
    RemarkFactory,
    RespondentFactory,
    ReviewStepFactory,
    RoleFactory,
    SeatFactory,
    county,
    final_review,
    issue,
    items_of,
    scored_review,
)
from tests.reviews.addresses import Address, of_the_work
from tests.reviews.front_door import contents, page, step

pytestmark = pytest.mark.django_db

TODAY = FIRST_DAY.replace(month=10, day=1)
DAY = datetime.timedelta(days=1)


@pytest.fixture(autouse=True)
def _during_the_fact_check(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let today be a day on which the cast's fact check is open, and no PDF be drawn: who gets one is asked here."""
    monkeypatch.setattr(report_pdf, "render", lambda content, *, draft: PDF)
    monkeypatch.setattr(report_pdf, "write", lambda source, *, style: PDF)
    with time_machine.travel(TODAY):
        yield


def _browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def _of_review(review: Review) -> list[Address]:
    """Return every address that is of this review."""
    found = [
        address for address in of_the_work(review, items_of(review)[:1]) if address.arguments.get("pk") == review.pk
    ]
    assert len(found) > 50
    return found


def _of_service(review: Review) -> list[Address]:
    """Return every address that is of the review's service."""
    addresses = of_the_work(review, items_of(review)[:1])
    return [address for address in addresses if address.arguments.get("pk") == review.service_id]


def _shut_out(client: Client, addresses: Iterable[Address], *, user: User) -> None:
    """Hold that none of the addresses is there for a person, however it is asked, and that nothing is saved."""
    before = contents()
    by_itself = {"Autosave": "1", "Autosave-As": str(user.pk)}
    for place, address in enumerate(addresses):
        # Every other form is sent by its page, the others by their button; none of it is looked at.
        data = {"only": ["comment"], "comment": "Mitt.", "text": "Mitt.", "seen": "{}", "draft": "1"}
        answers = [client.get(address.path), client.post(address.path, data, headers=by_itself if place % 2 else None)]
        found = [answer.status_code for answer in answers]
        # A method that an address never takes is refused before anything is looked for.
        assert set(found) <= {404, 405}, f"{address.path}: {found}"
        assert 404 in found, address.path
    assert contents() == before


@pytest.mark.parametrize("state", ["scoring", "final"])
def test_who_is_somebody_elsewhere_finds_no_review(state: str) -> None:
    cast = cast_for(state)
    for person in (cast.other_method_supervisor, cast.last_years_evaluator, cast.administrator):
        _shut_out(_browser(person), _of_review(cast.review), user=person)


def test_last_years_evaluator_keeps_last_years_report() -> None:
    cast = cast_for("final")
    client = _browser(cast.last_years_evaluator)
    assert client.get(reverse("reviews:version", args=[cast.last_year.pk, 1])).status_code == 200
    exported = client.get(reverse("reviews:export_service", args=[cast.service.pk, "json"]))
    found = json.loads(exported.getvalue())
    assert [each["id"] for each in found["reviews"]] == [str(cast.last_year.pk)]


@pytest.mark.parametrize(("days_ago", "sees"), [(0, True), (1, False)])
def test_a_leder_reads_reports_to_the_last_day_of_the_role_and_no_longer(days_ago: int, sees: bool) -> None:
    cast = cast_for("final")
    client = _browser(cast.manager)
    cast.manager.roles.update(end=timezone.localdate() - days_ago * DAY)
    if sees:
        for name, arguments in (("version", [1]), ("version_pdf", [1]), ("export_review", ["csv"])):
            assert client.get(reverse(f"reviews:{name}", args=[cast.review.pk, *arguments])).status_code == 200
    else:
        _shut_out(client, [*_of_review(cast.review), *_of_service(cast.review)], user=cast.manager)


def test_a_removed_evaluator_with_an_open_tab_saves_nothing() -> None:
    cast = cast_for("scoring")
    client, user = _browser(cast.evaluator_two), cast.evaluator_two
    address = reverse("reviews:score", args=[cast.review.pk, "ips-25", "B1"])
    stamps = json.loads(client.get(address).context["form"].stamps)
    note = cast.review.notes.create(author=user, source="INT", text="Mitt.", private=True)
    workflow.remove(cast.seat("evaluator_two"), cast.evaluator, "Ble syk.")
    sent = {"only": ["comment"], "comment": "Skrevet etterpå.", "seen": json.dumps({"comment": stamps["comment"]})}
    answer = client.post(address, sent, headers={"Autosave": "1", "Autosave-As": str(user.pk)})
    assert answer.status_code == 404
    assert not Rating.objects.filter(comment="Skrevet etterpå.").exists()
    _shut_out(client, _of_review(cast.review), user=user)
    note.refresh_from_db()
    assert note.text == "Mitt."


def test_who_is_removed_while_a_page_is_being_saved_saves_nothing() -> None:
    """The seat was fetched before the removal, and is asked for again behind the lock."""
    cast = cast_for("scoring")
    permit = access.open_review(cast.evaluator_two, cast.review.pk)
    seat, item = permit.sheet, items_of(cast.review)[0]
    assert seat is not None
    workflow.remove(cast.seat("evaluator_two"), cast.evaluator, "Ble syk.")
    with pytest.raises(Refused):
        workflow.save_rating(seat, item, cast.evaluator_two, {"comment": "Skrevet etterpå."}, {}, {})
    with pytest.raises(Refused):
        workflow.hand_in(seat, cast.evaluator_two)


def test_an_adviser_whose_county_has_changed_sees_the_new_one_alone() -> None:
    cast = cast_for("fact_check")
    client = _browser(cast.adviser)
    assert client.get(page("review", cast.review)).status_code == 200
    cast.adviser.roles.update(end=timezone.localdate() - DAY)
    RoleFactory.create(user=cast.adviser, adviser=True, county=county("Troms"))
    _shut_out(client, [*_of_review(cast.review), *_of_service(cast.review)], user=cast.adviser)
    assert cast.service.name not in client.get(reverse("reviews:overview")).content.decode()


def test_an_adviser_of_another_county_finds_neither_review_nor_service() -> None:
    cast = cast_for("final")
    _shut_out(
        _browser(cast.other_adviser), [*_of_review(cast.review), *_of_service(cast.review)], user=cast.other_adviser
    )


def test_a_service_that_moves_to_another_county_changes_advisers() -> None:
    cast = cast_for("final")
    cast.service.county = county("Troms")
    cast.service.save()
    _shut_out(_browser(cast.adviser), [*_of_review(cast.review), *_of_service(cast.review)], user=cast.adviser)
    client = _browser(cast.other_adviser)
    for name, arguments in (("review", []), ("version", [1]), ("version_pdf", [1]), ("export_review", ["xlsx"])):
        assert client.get(reverse(f"reviews:{name}", args=[cast.review.pk, *arguments])).status_code == 200


@pytest.mark.parametrize("columns", [{}, {"anonymised_at": timezone.now(), "name": "Anonymisert person"}])
def test_a_deactivated_person_with_a_live_session_is_nobody(columns: dict[str, Any]) -> None:
    cast = cast_for("scoring")
    client = _browser(cast.evaluator)
    assert client.get(page("review", cast.review)).status_code == 200
    User.objects.filter(pk=cast.evaluator.pk).update(is_active=False, **columns)
    before = contents()
    for address in _of_review(cast.review):
        answer = client.get(address.path)
        assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (302, reverse("account_login"))
        by_itself = {"Autosave": "1", "Autosave-As": str(cast.evaluator.pk)}
        assert client.post(address.path, {"comment": "Mitt."}, headers=by_itself).status_code == 401
        assert client.post(address.path, {"comment": "Mitt."}).status_code == 302
    assert contents() == before


def test_a_new_mark_ends_every_session_of_the_person() -> None:
    cast = cast_for("scoring")
    client = _browser(cast.evaluator)
    User.objects.filter(pk=cast.evaluator.pk).update(session_mark="0" * 32)
    assert client.get(page("review", cast.review)).status_code == 302


def test_who_was_asked_reads_the_report_after_the_fact_check_and_no_draft() -> None:
    cast = cast_for("fact_check")
    client = _browser(cast.respondent)
    assert client.get(page("draft", cast.review)).status_code == 200
    workflow.send_back(cast.review, cast.evaluator, "Feil i O1.")
    _shut_out(client, _of_review(cast.review), user=cast.respondent)
    cast.review.refresh_from_db()
    issue(cast.review, pdf=PDF)
    for name, arguments, status in (
        ("version", [1], 200),
        ("version_pdf", [1], 200),
        ("draft", [], 403),
        ("draft_pdf", [], 403),
        ("remark_on_whole", [], 403),
        ("score_all", [], 403),
    ):
        answer = client.get(reverse(f"reviews:{name}", args=[cast.review.pk, *arguments]))
        assert answer.status_code == status, name
    before = contents()
    client.post(page("remark_on_whole", cast.review), {"text": "For sent."})
    client.post(step("answer", cast.review))
    assert contents() == before


def test_a_person_with_two_roles_has_what_each_gives_and_no_more() -> None:
    """A leder of one service who leads another as metodeveileder gives no figures for the first."""
    cast = cast_for("scoring")
    RoleFactory.create(user=cast.other_method_supervisor, service=cast.service, kind=Role.Kind.MANAGER)
    client = _browser(cast.other_method_supervisor)
    _shut_out(client, _of_review(cast.review), user=cast.other_method_supervisor)
    assert client.get(reverse("reviews:action_plan", args=[cast.service.pk])).status_code == 200
    new = client.post(reverse("reviews:new_action", args=[cast.service.pk]), {"text": "Mitt."})
    assert new.status_code == 403
    RoleFactory.create(user=cast.manager, adviser=True, county=county("Troms"))
    _shut_out(_browser(cast.manager), _of_review(cast.review), user=cast.manager)


def test_an_evaluator_who_is_adviser_too_stays_blind() -> None:
    cast = cast_for("scoring")
    RoleFactory.create(user=cast.evaluator, whole_country=True)
    RoleFactory.create(user=cast.evaluator, service=cast.service)
    Rating.objects.filter(seat=cast.seat("evaluator_two")).update(comment="Sneugle", departure="Sneugle")
    cast.review.notes.create(author=cast.evaluator_two, source="INT", text="Sneugle", private=True)
    client = _browser(cast.evaluator)
    for address in of_the_work(cast.review, items_of(cast.review)[:1]):
        answer = client.get(address.path)
        assert b"Sneugle" not in answer.getvalue(), address.path
    for name in ("agree_overview", "draft", "draft_pdf", "beside"):
        assert client.get(page(name, cast.review)).status_code == 403, name


def test_an_observer_made_evaluator_begins_with_an_empty_sheet_and_counts() -> None:
    cast = cast_for("scoring")
    old = cast.seat("observer")
    Rating.objects.create(seat=old, item=items_of(cast.review)[0], score=1, comment="Som observatør.")
    client = _browser(cast.observer)
    assert client.get(page("narrative", cast.review)).status_code == 403
    workflow.remove(old, cast.evaluator, "Blir evaluator.")
    _shut_out(client, _of_review(cast.review), user=cast.observer)
    workflow.replace(cast.seat("evaluator_two"), cast.evaluator, cast.observer, "Ble syk.")
    assert client.get(page("narrative", cast.review)).status_code == 200
    Rating.objects.filter(seat__review=cast.review).exclude(seat__user=cast.observer).update(comment="Sneugle")
    shown = client.get(reverse("reviews:score", args=[cast.review.pk, "ips-25", "B1"])).content.decode()
    assert "Som observatør." not in shown
    assert "Sneugle" not in shown
    assert Seat.objects.get(review=cast.review, user=cast.observer, removed_at=None).ratings.count() == 0


def test_one_self_review_that_is_shared_shows_no_other() -> None:
    cast = shared()
    client = _browser(cast.adviser)
    assert client.get(page("review", cast.review)).status_code == 200
    inside = scored_review("scoring", service=cast.service, kind="self", evaluators=[cast.evaluator_two])
    _shut_out(client, _of_review(inside), user=cast.adviser)


# The keys of one review in the address of another


def _furnished(cast: Cast, **columns: Any) -> Review:
    """Make another review of the same service that the same people work on, with what has addresses of its own."""
    review = scored_review(
        "fact_check", service=cast.service, evaluators=[cast.evaluator, cast.evaluator_two], **columns
    )
    _furnish(review, cast)
    return review


def _furnish(review: Review, cast: Cast) -> None:
    for user in (cast.method_supervisor, cast.respondent):
        asked = review.respondents.filter(user=user).first() or RespondentFactory.create(review=review, user=user)
        RemarkFactory.create(respondent=asked)
    NoteFactory.create(review=review, author=cast.evaluator)
    InterviewFactory.create(review=review, made_by=cast.evaluator)
    ReviewStepFactory.create(review=review)


INNER = {"note", "interview", "number", "step", "action"}
BY_NUMBER = {"replace_seat", "remove_seat", "version", "version_pdf"}
"""Addresses whose number counts within the review."""


def test_the_keys_of_one_review_lead_nowhere_in_the_address_of_another() -> None:
    cast = cast_for("fact_check")
    _furnish(cast.review, cast)
    other = _furnished(cast, first_day=FIRST_DAY + 30 * DAY)
    item = items_of(cast.review)[:1]
    people = (cast.evaluator, cast.method_supervisor, cast.respondent, cast.adviser)
    clients = {user.name: _browser(user) for user in people}
    tried = set()
    before = contents()
    for theirs in of_the_work(other, item):
        inner = INNER & theirs.arguments.keys()
        if theirs.name in BY_NUMBER or not inner or theirs.arguments.get("pk") != other.pk:
            continue
        key = theirs.arguments[next(iter(inner))]
        if key == 0 or str(key).endswith("-000000000001"):
            continue
        mixed = theirs.path.replace(str(other.pk), str(cast.review.pk))
        for user, client in clients.items():
            data = {"text": "Mitt.", "items": "B1", "date": "2026-09-15", "decision": "kept", "done": "1", "days": "1"}
            for answer in (client.get(mixed), client.post(mixed, data)):
                assert answer.status_code in (403, 404, 405), f"{theirs.name} as {user}: {answer.status_code}"
        tried.add(theirs.name)
    assert tried >= {
        "note",
        "delete_note",
        "interview",
        "delete_interview",
        "checklist_step",
        "tick_step",
        "delete_step",
    }
    assert tried >= {"change_remark", "delete_remark", "decide"}
    assert contents() == before


def test_a_seat_or_a_version_of_another_review_is_not_found_by_its_number() -> None:
    cast = cast_for("fact_check")
    SeatFactory.create(review=cast.review, number=9, observer=True)
    other = _furnished(cast, first_day=FIRST_DAY + 30 * DAY)
    client = _browser(cast.evaluator)
    for address in (f"{page('review', other)}seats/9/replace/", f"{page('review', other)}seats/9/remove/"):
        assert client.get(address).status_code == 404
    assert client.get(f"{page('review', other)}versions/1/").status_code == 403


def test_a_point_of_one_service_is_none_of_anothers_handlingsplan() -> None:
    cast = cast_for("final")
    RoleFactory.create(user=cast.method_supervisor, service=cast.other_service)
    client = _browser(cast.method_supervisor)
    point, second = cast.service.actions.all()[:2]
    mixed = reverse("reviews:action", args=[cast.other_service.pk, point.pk])
    before = contents()
    assert client.get(mixed).status_code == 404
    assert client.post(mixed, {"text": "Mitt.", "status": "done"}).status_code == 404
    theirs = final_review(service=cast.other_service).service.actions.first()
    assert theirs is not None
    before = contents()
    own = reverse("reviews:action", args=[cast.service.pk, second.pk])
    assert client.post(own, {"continue": str(theirs.pk)}).status_code == 404
    assert contents() == before

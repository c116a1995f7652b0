"""The handlingsplan through the front door: what stands in it, who works on it, and what leaves it."""

import datetime
import io
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from openpyxl import load_workbook
from pypdf import PdfReader

from reviews import access, workflow
from reviews.models import ActionPoint, AuditEvent, Review, Service, User
from reviews.report import pdf as report_pdf
from tests.cast import Cast, cast_for
from tests.factories import (
    FIRST_DAY,
    ActionPointFactory,
    OrganisationFactory,
    PartnershipFactory,
    RespondentFactory,
    RoleFactory,
    ServiceFactory,
    UserFactory,
    at,
    final_review,
    issue,
    lead,
    scored_review,
)
from tests.identity import made_up
from tests.reviews.browsing import lasting
from tests.reviews.front_door import NUL, TOO_LONG, contents, item, page, refused

FNR = made_up()
TODAY = FIRST_DAY.replace(month=12, day=1)
DAY = datetime.timedelta(days=1)


@pytest.fixture(autouse=True)
def _today() -> Any:
    """Let it be the first of December after the review."""
    with time_machine.travel(at(TODAY)), translation.override("en"):
        yield


@pytest.fixture
def review(db: None) -> Review:
    """A final review with recommendations on O3 and T7 alone."""
    return final_review(scores=lambda each: 2 if each.code in ("O3", "T7") else 5)


@pytest.fixture
def supervisor(review: Review, client: Client) -> User:
    """The service's metodeveileder, logged in with the interface in English."""
    user: User = UserFactory.create(language="en")
    RoleFactory.create(user=user, service=review.service)
    client.force_login(user)
    return user


def _plan(service: Service, name: str = "action_plan") -> str:
    return reverse(f"reviews:{name}", args=[service.pk])


def _page_of(action: ActionPoint) -> str:
    return reverse("reviews:action", args=[action.service_id, action.pk])


def _point(review: Review, code: str = "O3") -> ActionPoint:
    return ActionPoint.objects.get(version__review=review, item__code=code)


def _form(client: Client, action: ActionPoint) -> dict[str, Any]:
    """Return what the page of a point would send if nothing was touched."""
    form = client.get(_page_of(action)).context["form"]
    held = {name: form[name].value() for name in form.fields}
    return {name: "" if value is None else str(value) for name, value in held.items()} | {"seen": form.stamps}


def _shown(client: Client, service: Service, **query: str) -> list[str]:
    """Return the codes of the points that the plan shows, in its order."""
    groups = client.get(_plan(service), query).context["groups"]
    return [row.action.item.code for group in groups for row in group.rows]


# The plan


@pytest.mark.usefixtures("supervisor")
def test_recommendations_are_points_of_the_plan(client: Client, review: Review) -> None:
    html = client.get(_plan(review.service)).content.decode()
    assert _shown(client, review.service) == ["O3", "T7"]
    assert "Anbefaling for O3." in html
    assert page("review", review) in html
    assert reverse("reviews:action_plan_pdf", args=[review.service.pk]) in html
    assert reverse("reviews:new_action", args=[review.service.pk]) in html


@pytest.mark.usefixtures("supervisor")
def test_they_stand_by_state_and_then_by_deadline(client: Client, review: Review) -> None:
    version = review.versions.get()
    ActionPoint.objects.all().delete()
    made: dict[str, dict[str, Any]] = {
        "O1": {"status": "done", "closed_at": at(TODAY - 30 * DAY)},
        "O2": {"deadline": TODAY + 9 * DAY},
        "O3": {},
        "O4": {"deadline": TODAY - DAY},
        "O5": {"status": "under_way", "deadline": TODAY + 30 * DAY},
        "O6": {"status": "dropped", "closed_at": at(TODAY - 3 * DAY)},
        "O7": {"status": "done", "closed_at": at(TODAY - 9 * DAY)},
    }
    for code, columns in made.items():
        ActionPointFactory.create(version=version, item=item(review, code), **columns)
    assert _shown(client, review.service) == ["O5", "O4", "O2", "O3"]
    assert _shown(client, review.service, status="all") == ["O5", "O4", "O2", "O3", "O7", "O1", "O6"]
    assert _shown(client, review.service, status="open") == ["O4", "O2", "O3"]
    assert _shown(client, review.service, status="under_way") == ["O5"]
    assert _shown(client, review.service, status="done") == ["O7", "O1"]
    assert _shown(client, review.service, status="overdue") == ["O4"]
    assert _shown(client, review.service, status="nonsense") == ["O5", "O4", "O2", "O3"]
    numbers = client.get(_plan(review.service)).context["numbers"]
    assert (numbers.under_way, numbers.open, numbers.overdue, numbers.done, numbers.dropped) == (1, 3, 1, 2, 1)
    assert client.get(_plan(review.service)).content.decode().count("The day has passed") == 1


def test_an_empty_plan_says_how_it_is_filled(db: None, client: Client) -> None:
    service = ServiceFactory.create()
    client.force_login(RoleFactory.create(user__language="en", service=service).user)
    assert "The plan is empty" in client.get(_plan(service)).content.decode()


@pytest.mark.usefixtures("supervisor")
def test_who_acts_is_told_with_the_kind_of_organisation_or_as_the_report_has_it(client: Client, review: Review) -> None:
    again = scored_review("consensus", service=review.service, scores=lambda each: 2 if each.code == "O5" else 5)
    again.results.filter(item__code="O5").update(actors=["health_partner"], obstacles=["nav"])
    issue(again)
    assert "Nobody yet. By the report: the health partner" in client.get(_plan(review.service)).content.decode()
    trust = OrganisationFactory.create(name="Bjørgvin DPS")
    ActionPoint.objects.filter(version__review=again).update(owner="Teamleder", organisation=trust)
    html = client.get(_plan(review.service)).content.decode()
    assert "By the report" not in html
    assert "Teamleder" in html
    assert "Bjørgvin DPS (Health trust)" in html


def test_a_leder_and_an_adviser_read_the_plan_and_cannot_write_in_it(client: Client, review: Review) -> None:
    for role in ({"manager": True, "service": review.service}, {"adviser": True}):
        client.force_login(RoleFactory.create(**role).user)
        html = client.get(_plan(review.service)).content.decode()
        assert "Anbefaling for O3." in html
        assert reverse("reviews:new_action", args=[review.service.pk]) not in html
        shown = client.get(_page_of(_point(review)))
        assert shown.status_code == 200
        assert shown.context["form"] is None
        before = contents()
        assert client.post(_page_of(_point(review)), {"status": "done"}).status_code == 403
        assert client.post(_plan(review.service, "new_action"), {}).status_code == 403
        assert contents() == before


# A point


def test_the_metodeveileder_says_who_acts_by_when_and_how_far_it_has_come(
    client: Client, review: Review, supervisor: User
) -> None:
    action = _point(review)
    trust = OrganisationFactory.create(name="Bjørgvin DPS")
    wanted = {
        "text": "Teamene møtes hver uke.",
        "status": "under_way",
        "owner": "Teamleder",
        "organisation": str(trust.pk),
        "deadline": "2027-02-28",
        "notes": "Avtalt på teammøtet.",
    }
    response = client.post(_page_of(action), _form(client, action) | wanted)
    assert response.headers["Location"] == _plan(review.service)
    action.refresh_from_db()
    assert {**workflow.action_values(action), "organisation": str(action.organisation_id)} == {
        **wanted,
        "deadline": datetime.date(2027, 2, 28),
    }
    assert action.closed_at is None
    event = AuditEvent.objects.get(object_type="actionpoint")
    assert (event.actor, event.action, event.review) == (supervisor, "changed", review)
    assert event.fields == ["deadline", "notes", "organisation", "owner", "status", "text"]
    # What the report said stands beside the service's own words.
    assert "Anbefaling for O3." in client.get(_page_of(action)).content.decode()


@pytest.mark.usefixtures("supervisor")
def test_when_it_was_closed_follows_from_its_status(client: Client, review: Review) -> None:
    action = _point(review)
    for status, day in (("done", 0), ("dropped", 1), ("under_way", 2), ("open", 3), ("dropped", 4)):
        with time_machine.travel(at(TODAY + day * DAY)):
            client.post(_page_of(action), _form(client, action) | {"status": status})
            action.refresh_from_db()
            closed = at(TODAY + day * DAY).date() if status in ("done", "dropped") else None
            assert (action.status, action.closed_at and action.closed_at.date()) == (status, closed)
    # What else is said of it later does not close it again.
    with time_machine.travel(at(TODAY + 9 * DAY)):
        client.post(_page_of(action), _form(client, action) | {"notes": "Sett på igjen."})
    action.refresh_from_db()
    assert action.closed_at is not None
    assert action.closed_at.date() == TODAY + 4 * DAY


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("text", ""),
        ("text", " \n "),
        ("text", TOO_LONG),
        ("text", NUL),
        ("text", f"Snakk med {FNR}."),
        ("notes", TOO_LONG),
        ("notes", f"Født {FNR}."),
        ("owner", "x" * 201),
        ("owner", FNR),
        ("status", "lost"),
        ("status", ""),
        ("organisation", "nowhere"),
        ("organisation", "00000000-0000-4000-8000-000000000000"),
        ("deadline", "snart"),
        ("deadline", "0026-01-01"),
        ("deadline", "2025-12-31"),
        ("deadline", "2037-01-01"),
    ],
)
@pytest.mark.usefixtures("supervisor")
def test_what_cannot_be_saved_is_refused_beside_its_field(
    client: Client, review: Review, name: str, value: str
) -> None:
    action = _point(review)
    refused(client, _page_of(action), _form(client, action) | {name: value}, name)


@pytest.mark.usefixtures("supervisor")
def test_the_first_and_the_last_day_that_a_deadline_can_be_are_taken(client: Client, review: Review) -> None:
    action = _point(review)
    for day in ("2026-01-01", "2036-12-31"):
        assert client.post(_page_of(action), _form(client, action) | {"deadline": day}).status_code == 302


@pytest.mark.usefixtures("supervisor")
def test_the_partners_of_the_service_stand_first(client: Client, review: Review) -> None:
    OrganisationFactory.create(name="Aaby kommune", kind="municipality")
    nav = OrganisationFactory.create(name="Nav Bjørgvin", kind="nav_state")
    for part in ("employer", "steering"):
        PartnershipFactory.create(service=review.service, organisation=nav, part=part)
    choices = client.get(_page_of(_point(review))).context["form"].fields["organisation"].choices
    assert [str(label) for label, _inner in choices[1:]] == ["Partners of the service", "Others"]
    assert choices[1][1] == [(nav.pk, "Nav Bjørgvin (Nav, state)")]
    assert [label for _key, label in choices[2][1]] == ["Aaby kommune (Municipality)"]


@pytest.mark.usefixtures("supervisor")
def test_of_two_who_change_the_same_the_second_chooses(client: Client, review: Review) -> None:
    action = _point(review)
    mine = _form(client, action)
    trust = OrganisationFactory.create(name="Bjørgvin DPS")
    other = RoleFactory.create(service=review.service).user
    theirs = {**workflow.action_values(action), "owner": "Avdelingsleder", "organisation": trust.pk, "notes": "Ringt."}
    workflow.change_action(action, other, theirs)
    response = client.post(_page_of(action), mine | {"owner": "Teamleder", "deadline": "2027-01-31"})
    assert response.status_code == 409
    form = response.context["form"]
    assert [(clash.name, clash.text, clash.change.by) for clash in form.clashes] == [
        ("owner", "Avdelingsleder", other.name)
    ]
    assert (form["owner"].value(), form["notes"].value(), form["organisation"].value()) == (
        "Teamleder",
        "Ringt.",
        str(trust.pk),
    )
    action.refresh_from_db()
    assert (action.owner, action.deadline) == ("Avdelingsleder", None)


@pytest.mark.usefixtures("supervisor")
def test_what_only_the_other_changed_is_kept(client: Client, review: Review) -> None:
    action = _point(review)
    mine = _form(client, action)
    workflow.change_action(action, lead(review), {"status": "done"})
    client.post(_page_of(action), mine | {"notes": "Mitt."})
    action.refresh_from_db()
    assert (action.status, action.notes) == ("done", "Mitt.")
    assert action.closed_at is not None


def test_the_page_saves_by_itself(client: Client, review: Review, supervisor: User) -> None:
    action = _point(review)
    sent = {"notes": "Ringt DPS.", "only": "notes", "seen": client.get(_page_of(action)).context["form"].stamps}
    answer = client.post(_page_of(action), sent, headers={"Autosave": "1", "Autosave-As": str(supervisor.pk)})
    assert answer.status_code == 200
    assert list(answer.json()["stamps"]) == ["notes"]
    action.refresh_from_db()
    assert (action.notes, action.text) == ("Ringt DPS.", "Anbefaling for O3.")


@pytest.mark.usefixtures("supervisor")
def test_a_point_of_another_service_is_not_found(client: Client, review: Review) -> None:
    other = _point(final_review(scores=lambda each: 2 if each.code == "O3" else 5))
    assert client.get(reverse("reviews:action", args=[review.service.pk, other.pk])).status_code == 404
    before = contents()
    assert client.post(reverse("reviews:action", args=[review.service.pk, other.pk]), {}).status_code == 404
    sent = {"continue": str(_point(review).pk)}
    assert client.post(reverse("reviews:action", args=[review.service.pk, other.pk]), sent).status_code == 404
    sent = {"continue": str(other.pk)}
    assert client.post(_page_of(_point(review)), sent).status_code == 404
    assert client.post(_page_of(_point(review)), {"continue": "none"}).status_code == 404
    assert contents() == before


# The service's own


def _new(client: Client, review: Review, **values: str) -> dict[str, Any]:
    key = client.get(_plan(review.service, "new_action")).context["form"]["key"].value()
    held = {"key": str(key), "item": str(item(review, "B2").pk), "text": "Lag en plan.", "status": "open"}
    return held | values


def test_the_service_adds_a_point_of_its_own(client: Client, review: Review, supervisor: User) -> None:
    sent = _new(client, review, owner="Metodeveileder", deadline="2027-03-01")
    for _each in range(2):
        # The same page sent twice is one point.
        assert client.post(_plan(review.service, "new_action"), sent).headers["Location"] == _plan(review.service)
    action = ActionPoint.objects.get(version=None)
    assert (action.service, action.item, action.created_by) == (review.service, item(review, "B2"), supervisor)
    assert (action.text, action.owner, action.status, action.deadline) == (
        "Lag en plan.",
        "Metodeveileder",
        "open",
        datetime.date(2027, 3, 1),
    )
    event = AuditEvent.objects.get(object_type="actionpoint")
    assert (event.actor, event.action, event.object_id) == (supervisor, "created", str(action.pk))
    html = client.get(_page_of(action)).content.decode()
    assert "Added by the service" in html
    client.post(_page_of(action), _form(client, action) | {"notes": "Ferdig."})
    assert AuditEvent.objects.get(action="changed", object_id=str(action.pk)).review is None


@pytest.mark.usefixtures("supervisor")
def test_one_that_is_done_already_is_closed(client: Client, review: Review) -> None:
    client.post(_plan(review.service, "new_action"), _new(client, review, status="done"))
    action = ActionPoint.objects.get(version=None)
    assert action.closed_at is not None


@pytest.mark.parametrize(
    ("name", "value"), [("item", ""), ("item", "0"), ("text", ""), ("text", FNR), ("deadline", "0026-01-01")]
)
@pytest.mark.usefixtures("supervisor")
def test_an_own_point_that_cannot_be_taken_is_refused(client: Client, review: Review, name: str, value: str) -> None:
    refused(client, _plan(review.service, "new_action"), _new(client, review, **{name: value}), name)


@pytest.mark.usefixtures("supervisor")
def test_nobody_takes_anothers_point_by_its_key(client: Client, review: Review) -> None:
    elsewhere = _point(final_review(scores=lambda each: 2 if each.code == "O3" else 5))
    for held in (_point(review), elsewhere):
        before = contents()
        response = client.post(_plan(review.service, "new_action"), _new(client, review, key=str(held.pk)))
        assert response.status_code == 200
        [fault] = response.context["form"].non_field_errors()
        assert "could not be added from this page" in fault
        assert contents() == before


# Two points that are one matter


@pytest.fixture
def again(review: Review) -> Review:
    """The review a year later, which recommends something on O3 once more."""
    first_day = review.first_day + 365 * DAY
    return final_review(service=review.service, first_day=first_day, scores=lambda each: 2 if each.code == "O3" else 5)


@pytest.mark.usefixtures("supervisor")
def test_what_the_service_adds_stands_beside_a_recommendation_and_never_in_its_place(
    client: Client, review: Review
) -> None:
    advised = _point(review)
    before = client.get(_plan(review.service)).context["numbers"].to_do
    own = ActionPointFactory.create(
        version=None, created_by=UserFactory.create(), service=review.service, item=advised.item, text="Avtal datoer."
    )
    shown = client.get(_plan(review.service))
    assert _shown(client, review.service).count("O3") == 2
    assert shown.context["numbers"].to_do == before + 1
    assert advised.text in shown.content.decode()
    assert "Close it: it goes on in this one" not in shown.content.decode()
    client.post(_page_of(own), {"continue": str(advised.pk)})
    own.refresh_from_db()
    assert own.status == "open"


@pytest.mark.usefixtures("supervisor")
def test_what_is_not_to_be_done_stays_so_while_another_point_on_the_item_is_open(
    client: Client, review: Review, again: Review
) -> None:
    ActionPoint.objects.filter(pk=_point(again).pk).update(status="dropped", closed_at=at(TODAY))
    numbers = client.get(_plan(review.service)).context["numbers"]
    assert (numbers.dropped, numbers.to_do) == (1, 2)


@pytest.mark.usefixtures("supervisor")
def test_an_older_point_on_the_item_stands_with_the_new_one_and_goes_on_in_it(
    client: Client, review: Review, again: Review
) -> None:
    old, new = _point(review), _point(again)
    trust = OrganisationFactory.create()
    ActionPoint.objects.filter(pk=old.pk).update(
        created_at=at(review.last_day),
        status="under_way",
        owner="Teamleder",
        organisation=trust,
        deadline=TODAY,
        notes="Begynt.",
    )
    # They are one matter: the new point has a row, and tells of the old one.
    shown = client.get(_plan(review.service))
    assert _shown(client, review.service) == ["O3", "T7"]
    assert (shown.context["numbers"].to_do, shown.context["numbers"].under_way) == (2, 0)
    html = shown.content.decode()
    assert html.count("Close it: it goes on in this one") == 1
    assert f'action="{_page_of(old)}"' in html
    response = client.post(_page_of(old), {"continue": str(new.pk)})
    assert response.headers["Location"] == _plan(review.service)
    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.status, old.notes) == ("dropped", "Begynt.")
    assert old.closed_at is not None
    assert (new.status, new.owner, new.organisation, new.deadline, new.notes) == (
        "under_way",
        "Teamleder",
        trust,
        TODAY,
        "Begynt.",
    )
    shown = client.get(_plan(review.service), {"status": "all"})
    assert [(group.label, len(group.rows)) for group in shown.context["groups"]] == [
        ("Under way", 1),
        ("Not started", 1),
        ("Goes on in another point", 1),
    ]
    numbers = shown.context["numbers"]
    assert (numbers.to_do, numbers.dropped) == (2, 0)
    assert "Goes on in another point" in shown.content.decode()
    assert "Close it" not in shown.content.decode()


@pytest.mark.usefixtures("supervisor")
def test_what_the_new_point_says_already_stands(client: Client, review: Review, again: Review) -> None:
    old, new = _point(review), _point(again)
    ActionPoint.objects.filter(pk=old.pk).update(owner="Teamleder", deadline=TODAY)
    ActionPoint.objects.filter(pk=new.pk).update(owner="Avdelingsleder", status="under_way")
    client.post(_page_of(old), {"continue": str(new.pk)})
    new.refresh_from_db()
    assert (new.owner, new.deadline, new.status) == ("Avdelingsleder", TODAY, "under_way")


@pytest.mark.usefixtures("supervisor")
def test_two_points_on_an_item_have_the_first_of_their_deadlines(
    client: Client, review: Review, again: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = _point(review), _point(again)
    monkeypatch.setattr(report_pdf, "write", lambda source, *, style: source.encode())
    ActionPoint.objects.filter(pk=old.pk).update(created_at=at(review.last_day), deadline=TODAY - DAY)
    for own in (None, TODAY + DAY):
        ActionPoint.objects.filter(pk=new.pk).update(deadline=own)
        shown = client.get(_plan(review.service))
        assert shown.context["numbers"].overdue == 1
        assert shown.context["groups"][0].rows[0].action == new
        assert _shown(client, review.service, status="overdue") == ["O3"]
        paper = client.get(_plan(review.service, "action_plan_pdf")).content.decode()
        for html in (shown.content.decode(), paper):
            assert html.count("The day has passed") == 1
        near = client.get(reverse("reviews:service", args=[review.service.pk])).context["nearest"]
        assert [(row.action.pk, row.due) for row in near] == [(new.pk, TODAY - DAY)]
        [plan] = client.get(reverse("reviews:tasks")).context["plans"]
        assert (plan.to_do, plan.overdue, plan.next_deadline) == (2, 1, None)
        late = [each for each in _cells(client, review.service) if each["Past the deadline"] == "Yes"]
        assert [each["Deadline"].date() for each in late] == [TODAY - DAY]


@pytest.mark.parametrize("closed", ["old", "new", "other item"])
@pytest.mark.usefixtures("supervisor")
def test_only_two_open_points_on_one_item_become_one(
    client: Client, review: Review, again: Review, closed: str
) -> None:
    old, new = _point(review, "T7" if closed == "other item" else "O3"), _point(again)
    for name, action in (("old", old), ("new", new)):
        if closed == name:
            ActionPoint.objects.filter(pk=action.pk).update(status="done", closed_at=at(TODAY))
    before = contents()
    response = client.post(_page_of(old), {"continue": str(new.pk)}, follow=True)
    assert [message.level_tag for message in response.context["messages"]] == ["error"]
    assert contents() == before


@pytest.mark.usefixtures("supervisor")
def test_a_recommendation_that_a_later_version_leaves_out_is_marked(client: Client, review: Review) -> None:
    workflow.reissue(review, lead(review), "Feil i O3.")
    review.refresh_from_db()
    review.results.filter(item__code="O3").update(recommendation="", score=4)
    issue(review, reason="Feil i O3.")
    html = client.get(_page_of(_point(review))).content.decode()
    assert "No longer in the report" in html
    assert client.get(_plan(review.service)).content.decode().count("No longer in the report") == 1


def test_a_point_in_the_services_own_words_comes_no_second_time(make: Any) -> None:
    with translation.override("nb"):
        review = make("consensus", scores={"X1": 3})
        workflow.finalise(review, lead(review), "Ingen.")
        ActionPoint.objects.update(text="Våre egne ord.")
        workflow.reissue(review, lead(review), "Feil navn.")
        workflow.finalise(review, lead(review), "Bare en retting.")
    assert [action.text for action in ActionPoint.objects.all()] == ["Våre egne ord."]


# A self-review that is not shared


@pytest.fixture
def inside(db: None) -> Cast:
    """The cast around a final self-review that is not shared, with recommendations of its own."""
    return cast_for("final", kind="self")


def test_points_of_a_self_review_that_is_not_shared_stay_inside_the_service(client: Client, inside: Cast) -> None:
    own = _point(inside.review)
    User.objects.update(language="en")
    for name in ("method_supervisor", "manager"):
        client.force_login(User.objects.get(pk=getattr(inside, name).pk))
        assert client.get(_page_of(own)).status_code == 200
        assert "Only the service sees it" in client.get(_plan(inside.service)).content.decode()
    for name in ("adviser", "national_adviser"):
        client.force_login(getattr(inside, name))
        assert client.get(_page_of(own)).status_code == 404
        shown = client.get(_plan(inside.service), {"status": "all"})
        rows = [row for group in shown.context["groups"] for row in group.rows]
        assert {row.review for row in rows} == {inside.last_year}
        assert all(not row.twins for row in rows)
    workflow.share(inside.review, inside.evaluator)
    client.force_login(inside.adviser)
    assert client.get(_page_of(own)).status_code == 200


def test_nothing_an_adviser_gets_changes_with_a_self_review_that_is_not_shared(
    client: Client, inside: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report_pdf, "write", lambda source, *, style: source.encode())
    client.force_login(inside.adviser)

    def told() -> list[str]:
        names = ("action_plan", "action_plan_pdf", "service")
        return [lasting(client.get(_plan(inside.service, name)).content.decode()) for name in names]

    before = told()
    ActionPoint.objects.filter(version__review=inside.review).delete()
    assert told() == before


def test_what_everybody_sees_is_kept_when_a_self_review_recommends_the_same(client: Client, inside: Cast) -> None:
    client.force_login(inside.method_supervisor)
    shown = client.get(_plan(inside.service))
    kept = {row.review for group in shown.context["groups"] for row in group.rows if row.twins}
    assert kept == {inside.last_year}


def test_closing_one_that_only_the_service_sees_tells_nobody_what_is_written_in_it(
    client: Client, inside: Cast
) -> None:
    User.objects.update(language="en")
    client.force_login(inside.method_supervisor)
    own = _point(inside.review)
    public = ActionPoint.objects.get(version__review=inside.last_year, item__code=own.item.code)
    kept = {"owner": "", "organisation": None, "deadline": None, "notes": "", "status": "open"}
    said = {"owner": "Kari", "organisation": OrganisationFactory.create(), "deadline": TODAY, "notes": "Bare for oss."}
    ActionPoint.objects.filter(pk=public.pk).update(**kept)
    ActionPoint.objects.filter(pk=own.pk).update(**said, status="under_way")
    assert client.get(_page_of(public)).content.decode().count("what is written in it stays there") == 1
    response = client.post(_page_of(own), {"continue": str(public.pk)}, follow=True)
    assert "What is written in it stays there" in response.content.decode()
    public.refresh_from_db()
    own.refresh_from_db()
    assert {name: getattr(public, name) for name in kept} == kept
    assert (own.status, own.notes) == ("dropped", "Bare for oss.")
    assert not AuditEvent.objects.filter(object_id=str(public.pk), action="changed").exists()


def test_one_that_is_shared_goes_on_with_all_that_is_written_in_it(client: Client, inside: Cast) -> None:
    client.force_login(inside.method_supervisor)
    workflow.share(inside.review, inside.evaluator)
    own = _point(inside.review)
    public = ActionPoint.objects.get(version__review=inside.last_year, item__code=own.item.code)
    ActionPoint.objects.filter(pk=public.pk).update(notes="")
    ActionPoint.objects.filter(pk=own.pk).update(notes="Avtalt.")
    client.post(_page_of(own), {"continue": str(public.pk)})
    public.refresh_from_db()
    assert public.notes == "Avtalt."


# What leaves it


def _cells(client: Client, service: Service) -> list[dict[Any, Any]]:
    """Return the rows of the plan's spreadsheet by the names of its columns."""
    made = client.get(_plan(service, "action_plan_xlsx")).content
    rows = list(load_workbook(io.BytesIO(made)).worksheets[0].iter_rows(min_row=3, values_only=True))
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def test_nothing_of_a_self_review_that_is_not_shared_leaves_the_service(
    client: Client, inside: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report_pdf, "write", lambda source, *, style: source.encode())
    User.objects.update(language="en")
    ActionPoint.objects.filter(version__review=inside.review).update(deadline=TODAY - DAY, text="Bare for oss.")
    client.force_login(inside.method_supervisor)

    def leaves() -> tuple[str, list[dict[Any, Any]]]:
        paper = client.get(_plan(inside.service, "action_plan_pdf")).content.decode()
        return lasting(paper), _cells(client, inside.service)

    assert "not in the PDF or the spreadsheet" in client.get(_plan(inside.service)).content.decode()
    before = leaves()
    assert "Bare for oss." not in str(before)
    kept = list(ActionPoint.objects.filter(version__review=inside.review))
    ActionPoint.objects.filter(version__review=inside.review).delete()
    assert leaves() == before
    ActionPoint.objects.bulk_create(kept)
    workflow.share(inside.review, inside.evaluator)
    assert "Bare for oss." in leaves()[0]
    assert "Bare for oss." in str(leaves()[1])


@pytest.mark.usefixtures("supervisor")
def test_the_spreadsheet_has_every_point_whole(client: Client, review: Review) -> None:
    trust = OrganisationFactory.create(name="Bjørgvin DPS")
    ActionPoint.objects.filter(pk=_point(review).pk).update(
        text="=Ord som ser ut som en formel", owner="Teamleder", organisation=trust, deadline=TODAY - DAY
    )
    ActionPoint.objects.filter(pk=_point(review, "T7").pk).update(status="done", closed_at=at(TODAY), notes="æ" * 9000)
    response = client.get(_plan(review.service, "action_plan_xlsx"))
    assert response.headers["Content-Disposition"].endswith('-handlingsplan.xlsx"')
    cells = _cells(client, review.service)
    assert [(each["Code"], each["Status"], each["Improvement point"]) for each in cells] == [
        ("O3", "Not started", "=Ord som ser ut som en formel"),
        ("T7", "Done", "Anbefaling for T7."),
    ]
    assert cells[0]["Deadline"].date() == TODAY - DAY
    assert (cells[0]["Past the deadline"], cells[0]["Organisation"]) == ("Yes", "Bjørgvin DPS")
    assert (cells[0]["Kind of organisation"], cells[0]["Recommendation in the report"]) == (
        "Health trust",
        "Anbefaling for O3.",
    )
    assert cells[1]["Notes"] == "æ" * 9000
    event = AuditEvent.objects.filter(object_type="service").latest("at")
    assert (event.action, event.object_id) == ("exported", str(review.service.pk))


@pytest.mark.usefixtures("supervisor")
def test_the_pdf_has_what_is_to_be_done_and_what_was_closed_in_the_last_year(client: Client, review: Review) -> None:
    version = review.versions.get()
    ActionPointFactory.create(
        version=version, item=item(review, "O1"), text="Lukket nå.", status="done", closed_at=at(TODAY - 300 * DAY)
    )
    ActionPointFactory.create(
        version=version, item=item(review, "O2"), text="Lukket før.", status="done", closed_at=at(TODAY - 400 * DAY)
    )
    ActionPoint.objects.filter(pk=_point(review).pk).update(
        owner="Teamleder", deadline=TODAY - DAY, notes="Avtalt.", status="under_way"
    )
    response = client.get(_plan(review.service, "action_plan_pdf"))
    assert response.headers["Content-Type"] == "application/pdf"
    reader = PdfReader(io.BytesIO(response.content))
    text = " ".join(" ".join(reading.extract_text() for reading in reader.pages).split())
    for said in ("Action plan", review.service.name, date_format(TODAY), "Anbefaling for O3.", "Teamleder", "Avtalt."):
        assert said in text
    assert f"{date_format(TODAY - DAY)} The day has passed" in text
    assert "Lukket nå." in text
    assert "Lukket før." not in text
    assert "Decisions of the steering group" in text
    box = reader.pages[0].mediabox
    assert box.width > box.height
    assert "/StructTreeRoot" in reader.root_object
    assert AuditEvent.objects.get(object_type="service").action == "downloaded"


# Where it is met


def test_the_evaluators_of_the_next_review_see_the_plan_until_it_is_closed(client: Client, review: Review) -> None:
    following = scored_review("scoring", service=review.service, first_day=review.first_day + 365 * DAY)
    client.force_login(lead(following))
    html = client.get(_plan(review.service)).content.decode()
    assert "Anbefaling for O3." in html
    assert page("review", review) not in html
    assert 'id="open-actions"' in client.get(page("review", following)).content.decode()
    workflow.cancel(following, lead(following), "Flyttet.")
    assert client.get(_plan(review.service)).status_code == 403
    assert 'id="open-actions"' not in client.get(page("review", following)).content.decode()


def test_those_who_have_nothing_to_do_with_it_see_no_plan(client: Client, review: Review) -> None:
    action = _point(review)
    respondent: User = UserFactory.create()
    RespondentFactory.create(review=scored_review("fact_check", service=review.service), user=respondent)
    for person, status in ((lead(review), 403), (respondent, 403), (UserFactory.create(), 404)):
        client.force_login(person)
        for address in (_plan(review.service), _page_of(action), _plan(review.service, "action_plan_pdf")):
            assert client.get(address).status_code == status
        assert not access.visible_actions(person).exists()


def test_the_review_lists_the_open_points_with_the_way_to_their_items(client: Client, review: Review) -> None:
    ActionPointFactory.create(
        version=None, service=review.service, item=item(review, "B2"), created_by=lead(review), text="Eget punkt."
    )
    ActionPoint.objects.filter(pk=_point(review, "T7").pk).update(status="done", closed_at=at(TODAY))
    following = scored_review("scoring", service=review.service, first_day=review.first_day + 365 * DAY)
    client.force_login(lead(following))
    html = client.get(page("review", following)).content.decode()
    shown = html[html.index('id="open-actions"') :]
    shown = shown[: shown.index("</section>")]
    for code in ("B2", "O3"):
        assert page("score", following, item(following, code)) in shown
    assert shown.index("B2") < shown.index("O3")
    assert "T7" not in shown
    # Who does not review it is not shown the list.
    client.force_login(RoleFactory.create(service=review.service).user)
    assert "open-actions" not in client.get(page("review", following)).content.decode()


def test_every_open_point_on_an_item_meets_the_next_evaluators(client: Client, review: Review) -> None:
    first = final_review(
        service=review.service,
        first_day=review.first_day - 365 * DAY,
        scores=lambda each: 2 if each.code in ("O3", "O4") else 5,
    )
    ActionPoint.objects.filter(version__review=first).update(text="Fra året før.")
    ActionPointFactory.create(
        version=None, service=review.service, item=item(review, "O4"), created_by=lead(review), text="Eget punkt."
    )
    following = scored_review("scoring", service=review.service, first_day=review.first_day + 365 * DAY)
    client.force_login(lead(following))

    def shown(code: str) -> str:
        html = client.get(page("score", following, item(following, code))).content.decode()
        start = html.index('aria-labelledby="last-review"')
        return html[start : html.index("</section>", start)]

    assert "Fra året før." in shown("O3")
    assert "Fra året før." in shown("O4")
    assert "Eget punkt." in shown("O4")
    assert "Eget punkt." not in shown("O3")
    ActionPoint.objects.filter(version__review=first).update(status="done", closed_at=at(TODAY))
    assert "Fra året før." not in shown("O3")
    # What became of the last review's own stands there whatever its state.
    ActionPoint.objects.filter(version__review=review).update(status="done", closed_at=at(TODAY), notes="Gjort i mai.")
    assert "Gjort i mai." in shown("O3")


def test_points_of_a_self_review_that_is_not_shared_are_not_met_by_outsiders(client: Client, review: Review) -> None:
    own = final_review(
        service=review.service, first_day=review.first_day + 90 * DAY, kind="self", evaluators=1, scores=lambda _i: 2
    )
    ActionPoint.objects.filter(version__review=own).update(text="Bare for oss.")
    following = scored_review("scoring", service=review.service, first_day=review.first_day + 365 * DAY)
    client.force_login(lead(following))
    for code in ("O3", "O4"):
        html = client.get(page("score", following, item(following, code))).content.decode()
        assert "Bare for oss." not in html
    assert "Bare for oss." not in client.get(page("review", following)).content.decode()
    workflow.share(own, lead(own))
    html = client.get(page("score", following, item(following, "O4"))).content.decode()
    assert "Bare for oss." in html


def test_the_way_to_the_plan_stands_on_the_services_page_and_among_the_tasks(
    client: Client, review: Review, supervisor: User
) -> None:
    address = reverse("reviews:service", args=[review.service.pk])
    for person in (supervisor, RoleFactory.create(service=review.service, manager=True).user):
        client.force_login(person)
        assert _plan(review.service) in client.get(address).content.decode()
        assert _plan(review.service) in client.get(reverse("reviews:tasks")).content.decode()
    ActionPoint.objects.filter(pk=_point(review).pk).update(deadline=TODAY - DAY)
    ActionPoint.objects.filter(pk=_point(review, "T7").pk).update(deadline=TODAY + DAY)
    [standing] = client.get(reverse("reviews:tasks")).context["plans"]
    assert (standing.name, standing.to_do, standing.overdue, standing.next_deadline) == (
        review.service.name,
        2,
        1,
        TODAY + DAY,
    )
    client.force_login(lead(review))
    assert _plan(review.service) not in client.get(address).content.decode()
    assert client.get(reverse("reviews:tasks")).context["plans"] == []

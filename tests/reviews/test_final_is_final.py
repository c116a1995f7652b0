"""A final review stays as it was handed over: no address, no step and no SQL changes it, whoever asks."""

import dataclasses
import datetime
import uuid
from collections.abc import Mapping
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.contrib.messages import get_messages
from django.db import IntegrityError, connection, models, transaction
from django.test import Client
from django.urls import reverse

from reviews import figures, guards, workflow
from reviews.models import FactCheckRemark, FactCheckRespondent, Invitation, Review, User
from scales.models import Item
from tests.cast import PDF, Cast, cast_for
from tests.factories import (
    ClosedSourceFactory,
    ContextFactory,
    CorrectionFactory,
    CountFactory,
    GivenFigureFactory,
    NoteFactory,
    RemarkFactory,
    RespondentFactory,
    SectionCommentFactory,
    TeamFactory,
    UserFactory,
    issue,
    items_of,
)
from tests.reviews.addresses import Address, of_the_work
from tests.reviews.course import kinds_of_rows
from tests.reviews.front_door import contents

pytestmark = pytest.mark.django_db


@pytest.fixture
def handed_over() -> Cast:
    """The cast around a final external review that has everything."""
    return _handed_over()


def _handed_over() -> Cast:
    """Return the cast around a final review with two versions and at least one row of every kind."""
    cast = cast_for(Review.Status.FINAL)
    review = workflow.reissue(cast.review, cast.evaluator, "Feil i O1.")
    item, other = items_of(review)[:2]
    _add_what_was_found(review, item, cast)
    CorrectionFactory.create(review=review, version=cast.last_year.versions.get(), item=item)
    SectionCommentFactory.create(review=review)
    RemarkFactory.create(respondent=review.respondents.first(), decision="kept", decided_at=review.consensus_at)
    NoteFactory.create(review=review, author=cast.evaluator_two, items=[item, other])
    NoteFactory.create(review=review, author=cast.evaluator, on_sheet=True, interview__made_by=cast.evaluator)
    invited: FactCheckRespondent = RespondentFactory.create(review=review, user=None)
    Invitation.objects.create(review=review, respondent=invited, email=cast.outsider.email)
    review.teams.add(TeamFactory.create(service=cast.service))
    issue(review, pdf=PDF, reason=review.reissue_reason)
    cast.review.refresh_from_db()
    return cast


def _add_what_was_found(review: Review, item: Item, cast: Cast) -> None:
    """Add what was counted for an item, what the service gave for it, and a source that was closed."""
    CountFactory.create(review=review, item=item, updated_by=cast.evaluator)
    GivenFigureFactory.create(review=review, item=item, updated_by=cast.method_supervisor)
    ClosedSourceFactory.create(review=review, item=item, said_by=cast.evaluator)
    ContextFactory.create(review=review)


# Addresses

AT_ONCE = datetime.datetime(2026, 10, 1, 12, tzinfo=datetime.UTC)
"""A day on which the cast's fact check is still open."""

COMMENT = {"comment": "Talt på nytt.", "draft": "1"}
NOTE = {"text": "Sett i timeplanen.", "items": "B1", "date": "2026-09-15"}
INTERVIEW = {"source": "OBS", "date": "2026-09-15"}
GIVEN = {"participants": "18"}
"""What is given for the first item; the names of the fields tell which item it is."""
PLAN = {
    "kind": "external",
    "basis": "practice",
    "first_day": "2026-09-16",
    "last_day": "2026-09-17",
    # The day has passed, and that is right.
    "unlikely": "2026-09-16",
    "lead_email": "ny@example.org",
    "language": "nb",
}


@dataclasses.dataclass(frozen=True)
class Sent:
    """What is sent to an address, and who can send it in which state of a review that is open."""

    state: str
    who: str
    data: Mapping[str, str] = dataclasses.field(default_factory=dict)


SEEN = {"given": "", "counted": ""}
"""The stamps of what is given and counted for the item; _told() fills them in."""

SENT = {
    "score": Sent("scoring", "evaluator", COMMENT),
    "leave_section": Sent("unscored", "evaluator", {"reason": "missing_data"}),
    "note": Sent("scoring", "evaluator", NOTE),
    "delete_note": Sent("scoring", "evaluator"),
    "interviews": Sent("scoring", "evaluator", INTERVIEW),
    "interview": Sent("scoring", "evaluator", INTERVIEW),
    "delete_interview": Sent("scoring", "evaluator"),
    "source": Sent("scoring", "evaluator", {"source": "MIS", "closed": "1"}),
    "figures": Sent("scoring", "method_supervisor", GIVEN),
    "context": Sent("fact_check", "method_supervisor", {"participants": "30"}),
    "take_over": Sent("scoring", "evaluator", SEEN),
    "add_observer": Sent("scoring", "evaluator", {"who_email": "ny@example.org"}),
    "replace_seat": Sent("scoring", "evaluator", {"who_email": "ny@example.org", "reason": "Ble syk."}),
    "remove_seat": Sent("scoring", "evaluator", {"reason": "Ble syk."}),
    "change_plan": Sent("planned", "evaluator", PLAN),
    "invitation": Sent("fact_check", "outsider"),
    "agree": Sent("consensus", "evaluator", COMMENT),
    "correction": Sent("consensus", "evaluator", {"score": "1", "reason": "Talt feil."}),
    "delete_correction": Sent("consensus", "evaluator"),
    "narrative": Sent("consensus", "evaluator", {"summary": "Et annet sammendrag."}),
    "remark_on_item": Sent("fact_check", "method_supervisor", {"text": "Teamet har fire."}),
    "remark_on_whole": Sent("fact_check", "method_supervisor", {"text": "Teamet har fire."}),
    "change_remark": Sent("fact_check", "method_supervisor", {"text": "Teamet har fem."}),
    "delete_remark": Sent("fact_check", "method_supervisor"),
    "decide": Sent("fact_check", "evaluator", {"decision": "kept", "answer": "Vi talte tre."}),
    "step/start": Sent("planned", "evaluator"),
    "step/hand-in": Sent("scoring", "evaluator"),
    "step/withdraw": Sent("handed in", "evaluator"),
    "step/fact-check": Sent("consensus", "evaluator", {"fact-check-due": "2026-10-20"}),
    "step/remind": Sent("fact_check", "evaluator"),
    "step/answer": Sent("fact_check", "method_supervisor"),
    "step/answer-again": Sent("answered", "method_supervisor"),
    "step/send-back": Sent("fact_check", "evaluator", {"send-back-reason": "Feil i O1."}),
    "step/finalise": Sent("consensus", "evaluator", {"finalise-reason": "Tjenesten har svart på e-post."}),
    "step/reissue": Sent("final", "evaluator", {"reissue-reason": "Feil i sammendraget."}),
    "step/cancel": Sent("scoring", "evaluator", {"cancel-reason": "Tjenesten legges ned."}),
    "step/share": Sent("final self-review", "evaluator"),
}
"""Every address by which something of a review is written. A new one has to say here what it takes."""

GOES_ON = {"checklist", "begin_checklist", "checklist_step", "tick_step", "delete_step"}
"""What is done about a review after its report: the last steps of its checklist come weeks later."""

OF_NO_REVIEW = {
    "plan",
    "profile",
    "service_interval",
    "checklist_template",
    "template_step",
    "delete_template_step",
    "import_sheets",
    "check_sheet",
    "confirm_sheet",
    "delete_sheet",
    "new_action",
    "action",
}


def _writing(review: Review) -> list[Address]:
    """Return every address of the review that takes POST, for one item and all its other rows."""
    client = Client()
    client.force_login(UserFactory.create())
    item = items_of(review)[0]
    found = [each for each in of_the_work(review, [item]) if each.name not in OF_NO_REVIEW | GOES_ON]
    takes = {each.name: "POST" in client.put(each.path).headers["Allow"] for each in found}
    return [each for each in found if takes[each.name]]


def _name(address: Address) -> str:
    return f"step/{address.arguments['name']}" if address.name == "step" else address.name


def _open_cast(state: str) -> Cast:
    """Return the cast around a review in a state, with a row for each address that names one."""
    cast = cast_for({"handed in": "scoring", "unscored": "scoring", "answered": "fact_check"}.get(state, state))
    review, item = cast.review, items_of(cast.review)[0]
    if state == "scoring":
        GivenFigureFactory.create(review=review, item=item, number=1, updated_by=cast.method_supervisor)
    if state == "unscored":
        cast.seat().ratings.filter(item=item).delete()
    if state == "handed in":
        workflow.hand_in(cast.seat(), cast.evaluator)
    if state == "consensus":
        CorrectionFactory.create(review=review, version=cast.last_year.versions.get(), item=item, score=2)
    if state in ("fact_check", "answered"):
        asked = review.respondents.get(user=cast.method_supervisor)
        RemarkFactory.create(respondent=asked)
        invited: FactCheckRespondent = RespondentFactory.create(review=review, user=None)
        Invitation.objects.create(review=review, respondent=invited, email=cast.outsider.email)
    if state == "answered":
        workflow.answer(review, cast.method_supervisor)
    return cast


@pytest.mark.parametrize("name", SENT)
def test_what_is_sent_below_is_taken_while_the_review_is_open(name: str, client: Client) -> None:
    """Otherwise a refusal would say nothing of the review being final."""
    sent = SENT[name]
    with time_machine.travel(AT_ONCE):
        if sent.state == "final self-review":
            cast = cast_for("final", kind=Review.Kind.SELF)
        else:
            cast = cast_for("final") if sent.state == "final" else _open_cast(sent.state)
        client.force_login(getattr(cast, sent.who))
        address = next(each for each in _writing(cast.review) if _name(each) == name and _fits(each, cast))
        data = _told(sent.data, cast.review)
        before = contents()
        response = client.post(address.path, data)
        assert response.status_code == 302, response.content.decode()
        assert contents() != before


def _told(data: Mapping[str, str], review: Review) -> Mapping[str, Any]:
    """Return what is sent with the keys of this database in it."""
    if data is PLAN:
        return {**data, "scales": [scale.pk for scale in review.scales.all()]}
    if data is SEEN:
        item = items_of(review)[0]
        now = {"given": figures.given(review, item), "counted": figures.counted(review, item)}
        return {name: workflow.figures_stamp(found) for name, found in now.items()}
    if data is GIVEN:
        return {f"figure_{items_of(review)[0].pk}_{name}_1": value for name, value in data.items()}
    return data


def _fits(address: Address, cast: Cast) -> bool:
    """Whether the address is of the second evaluator's seat, if it is of one: the lead's cannot be emptied."""
    return "seats/" not in address.path or address.arguments.get("number", 2) == 2


def _is_left(name: str, who: str, review: Review) -> bool:
    """Whether this is one of the two things that can still be done: a reissue by who leads, and to share a self-review,
    which its service's metodeveileder leads too.
    """
    leads = who == "evaluator" or (review.is_self and who == "method_supervisor")
    return leads and name in ("step/reissue", *(["step/share"] if review.is_self else []))


@pytest.mark.parametrize("kind", Review.Kind.values)
def test_nobody_writes_to_a_final_review_by_any_address(kind: str) -> None:
    cast = _handed_over() if kind == Review.Kind.EXTERNAL else cast_for("final", kind=kind)
    found = _writing(cast.review)
    assert {_name(each) for each in found} == SENT.keys()
    wrong = []
    with time_machine.travel(AT_ONCE):
        for who, person in {**cast.people(), "nobody": None}.items():
            client = Client()
            if person is not None:
                client.force_login(person)
            before = contents()
            for address in found:
                if _is_left(_name(address), who, cast.review):
                    continue
                answer = client.post(address.path, _told(SENT[_name(address)].data, cast.review))
                if not _refuses(answer, person) or (answer.status_code in (200, 302) and contents() != before):
                    wrong.append(f"{address.path} by {who}: {answer.status_code}")
            assert contents() == before, who
    assert not wrong, "\n".join(wrong)


def _refuses(answer: Any, person: User | None) -> bool:
    """Whether an answer says that nothing is done: an error, a page that shows one, or the way to the log-in."""
    if answer.status_code == 302 and person is None:
        return bool(answer["Location"].startswith(reverse("account_login")))
    if answer.status_code == 302:
        return any(message.level_tag == "error" for message in get_messages(answer.wsgi_request))
    return answer.status_code in (200, 403, 404, 405, 409, 410)


# Raw SQL

INSERT, UPDATE, DELETE = "INSERT", "UPDATE", "DELETE"
LOCKED = {
    # What one evaluator found and judged may be deleted when nobody needs it any more.
    "Rating": (INSERT, UPDATE),
    "Note": (INSERT, UPDATE),
    "Note_items": (INSERT, UPDATE),
    "Informant": (INSERT, UPDATE),
    "Interview": (INSERT, UPDATE),
    "Count": (INSERT, UPDATE),
    "GivenFigure": (INSERT, UPDATE),
    "ClosedSource": (INSERT, UPDATE),
    "Context": (INSERT, UPDATE, DELETE),
    "AgreedResult": (INSERT, UPDATE, DELETE),
    "SectionComment": (INSERT, UPDATE, DELETE),
    "Correction": (INSERT, UPDATE, DELETE),
    "FactCheckRespondent": (INSERT, UPDATE, DELETE),
    "FactCheckRemark": (INSERT, UPDATE, DELETE),
    "Seat": (INSERT, UPDATE, DELETE),
    "ReviewScale": (INSERT, UPDATE, DELETE),
    "Review_teams": (INSERT, UPDATE, DELETE),
    # The next version comes while the review is final in nothing but name: a new row is how it is made.
    "ReportVersion": (UPDATE, DELETE),
    "FinalScore": (UPDATE, DELETE),
}
"""What the database refuses for the rows of a final review."""

WAYS = {"Rating": "seat__review", "Note_items": "note__review", "FinalScore": "version__review"}
"""How a row leads to its review, where it does not name it itself."""

FREE = {
    "AuditEvent",  # has guards of its own, in whatever state
    "Erasure",  # so has the receipt; what is to come is announced while the review is final
    "ActionPoint",  # what the service makes of the report goes on
    "ReviewStep",  # so does the checklist
    "ServiceSummary",  # counted from the reviews, anew whenever they change
    "Invitation",  # a letter that was sent; it leads nowhere once the review is final
}

REVIEW_FREE = {
    "status",  # below
    "created_by",
    "created_at",
    "scoring_at",
    "consensus_at",
    "fact_check_at",
    "fact_check_due",
    "final_at",
    "cancelled_at",
    "report_due",
    "imported_from",
    "cancel_reason",
    "sent_back_reason",
    "reissue_reason",
    "shared_at",
}
"""Columns of a review that say nothing in its report, or that its constraints tie to its state."""


def _model(name: str) -> type[models.Model]:
    return apps.get_model("reviews", name)


def test_the_table_names_every_row_there_is_of_a_review() -> None:
    assert {model.__name__ for model in kinds_of_rows()} == LOCKED.keys() | FREE | {"Review"}


def test_every_column_of_a_review_is_locked_or_said_to_be_free() -> None:
    columns = {field.name for field in Review._meta.concrete_fields if not field.primary_key}
    assert columns == set(guards._NARRATIVE) | REVIEW_FREE


def _another(field: "models.Field[Any, Any]", value: Any) -> Any:
    """Return a value of the column's kind that is not the one held: whether it is allowed is not asked."""
    kind = field.target_field if isinstance(field, models.ForeignKey) else field
    if isinstance(kind, models.UUIDField):
        return kind.get_db_prep_value(uuid.uuid4(), connection)
    if isinstance(kind, models.JSONField):
        return '{"other": true}'
    if isinstance(kind, models.BooleanField):
        return not value
    if isinstance(kind, models.DateTimeField):
        return "2001-02-03 04:05:06+00:00"
    if isinstance(kind, models.DateField):
        return "2001-02-03"
    if isinstance(kind, models.BinaryField):
        return b"other"
    if isinstance(kind, models.IntegerField | models.DecimalField):
        return 3 if value != 3 else 2
    return "en" if kind.max_length and kind.max_length < 5 else "other"


@pytest.fixture
def rows(handed_over: Cast) -> dict[str, models.Model]:
    """One row of the final review for each of the locked tables."""
    found = {}
    for name in LOCKED:
        row = _model(name)._default_manager.filter(**{WAYS.get(name, "review"): handed_over.review}).first()
        assert row is not None, f"the final review has no {name}"
        found[name] = row
    return found


def _refused(sql: str, values: list[Any]) -> None:
    """Expect the database to refuse the statement with the words of a guard, and keep the test going."""
    with pytest.raises(IntegrityError, match=r"reissue it first|append-only|opened again"):  # noqa: PT012 (says which)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, values)
        pytest.fail(f"the database took {sql}", pytrace=False)


def _key(row: models.Model) -> tuple[str, Any]:
    """Return the row's key as a condition."""
    field = row._meta.pk
    assert field is not None
    return f'"{field.column}" = %s', field.get_db_prep_value(row.pk, connection)


def _having(event: str) -> list[str]:
    return [name for name, events in LOCKED.items() if event in events]


def test_no_column_of_a_final_reviews_rows_can_be_written(rows: dict[str, models.Model]) -> None:
    for row in (rows[name] for name in _having(UPDATE)):
        where, key = _key(row)
        for field in row._meta.concrete_fields:
            if not field.primary_key:
                value = _another(field, getattr(row, field.attname))
                _refused(f'UPDATE "{row._meta.db_table}" SET "{field.column}" = %s WHERE {where}', [value, key])


def test_no_row_of_a_final_review_can_be_deleted(rows: dict[str, models.Model]) -> None:
    for row in (rows[name] for name in _having(DELETE)):
        where, key = _key(row)
        _refused(f'DELETE FROM "{row._meta.db_table}" WHERE {where}', [key])


def test_no_row_can_be_added_to_a_final_review(rows: dict[str, models.Model]) -> None:
    for row in (rows[name] for name in _having(INSERT)):
        where, key = _key(row)
        pk, table = row._meta.pk, row._meta.db_table
        into = [f'"{field.column}"' for field in row._meta.concrete_fields if not field.primary_key]
        # On an item that has no row yet. Whether there is one is asked when the transaction ends.
        chosen = [f"{column} + 30000" if column == '"item_id"' else column for column in into]
        values = [key]
        if isinstance(pk, models.UUIDField):
            into, chosen = [f'"{pk.column}"', *into], ["%s", *chosen]
            values = [pk.get_db_prep_value(uuid.uuid4(), connection), key]
        _refused(
            f'INSERT INTO "{table}" ({", ".join(into)}) SELECT {", ".join(chosen)} FROM "{table}" WHERE {where}', values
        )


def test_no_row_of_another_review_can_be_moved_into_a_final_one(handed_over: Cast) -> None:
    """An open review's rows are its own to change, but not into one that is final."""
    review, other = handed_over.review, _open_review_beside(handed_over)
    parents = {"Rating": "seat", "Note_items": "note"}
    for name in _having(INSERT):
        model, parent = _model(name), parents.get(name, "review")
        way = WAYS.get(name, "review")
        row = model._default_manager.filter(**{way: other}).first()
        there = model._default_manager.filter(**{way: review}).first()
        assert row is not None, name
        assert there is not None, name
        field = model._meta.get_field(parent)
        assert isinstance(field, models.ForeignKey)
        where, key = _key(row)
        value = field.target_field.get_db_prep_value(getattr(there, field.attname), connection)
        _refused(f'UPDATE "{model._meta.db_table}" SET "{field.column}" = %s WHERE {where}', [value, key])


def _open_review_beside(cast: Cast) -> Review:
    """Return another review of the service, open, with a row of every kind."""
    review = workflow.reissue(cast.last_year, cast.last_years_evaluator, "Feil i O1.")
    item = items_of(review)[0]
    _add_what_was_found(review, item, cast)
    CorrectionFactory.create(review=review, version=cast.review.versions.get(number=1), item=item)
    SectionCommentFactory.create(review=review)
    remark: FactCheckRemark = RemarkFactory.create(respondent__review=review)
    assert remark.review == review
    review.informants.create(perspective="deltaker", number=1)
    NoteFactory.create(review=review, author=cast.last_years_evaluator, on_sheet=True)
    review.teams.add(TeamFactory.create(service=cast.service))
    return review


def test_what_the_report_says_of_a_final_review_cannot_be_written(handed_over: Cast) -> None:
    where, key = _key(handed_over.review)
    for field in Review._meta.concrete_fields:
        if field.name in guards._NARRATIVE:
            value = _another(field, getattr(handed_over.review, field.attname))
            _refused(f'UPDATE "reviews_review" SET "{field.column}" = %s WHERE {where}', [value, key])


def test_no_sql_opens_a_final_review_but_a_reissue_with_a_reason(db: None) -> None:
    review = cast_for(Review.Status.FINAL).review
    where, key = _key(review)
    sql = (
        'UPDATE "reviews_review" SET "status" = %s, "reissue_reason" = %s, "final_at" = NULL, "cancelled_at" = %s,'
        f' "cancel_reason" = %s WHERE {where}'
    )
    for status in Review.Status.values:
        for reason in ("", "Feil i O1."):
            cancelled = ["2026-10-20 12:00:00+00:00", "Lagt ned."] if status == "cancelled" else [None, ""]
            if status != "final" and (status, bool(reason)) != ("consensus", True):
                _refused(sql, [status, reason, *cancelled, key])
    with connection.cursor() as cursor:
        cursor.execute(sql, ["consensus", "Feil i O1.", None, "", key])
    review.refresh_from_db()
    assert review.status == Review.Status.CONSENSUS


def test_a_review_that_was_handed_over_cannot_be_deleted(handed_over: Cast) -> None:
    where, key = _key(handed_over.review)
    with connection.cursor() as cursor:
        cursor.execute(f'DELETE FROM "reviews_review" WHERE {where}', [key])
    # Keys are looked at when the transaction ends: here, at the end of what would have been one.
    with pytest.raises(IntegrityError):
        connection.check_constraints()
    transaction.set_rollback(True)

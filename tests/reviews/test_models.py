"""Every rule of the tables is one the database holds: each constraint raises, and what it must let through passes."""

import datetime
import uuid
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError
from factory.declarations import LazyFunction, SubFactory
from factory.django import DjangoModelFactory

from reviews.models import TEXT_LIMIT, ActionPoint, AuditEvent, County, Review, ReviewScale, Role, User
from scales.models import Item, Scale
from tests.factories import (
    FIRST_DAY,
    ActionPointFactory,
    AgreedResultFactory,
    ClosedSourceFactory,
    ContextFactory,
    CorrectionFactory,
    CountFactory,
    ErasureFactory,
    FinalScoreFactory,
    GivenFigureFactory,
    InformantFactory,
    InterviewFactory,
    InvitationFactory,
    MutedReminderFactory,
    NoteFactory,
    OrganisationFactory,
    PartnershipFactory,
    RatingFactory,
    RemarkFactory,
    ReminderFactory,
    RespondentFactory,
    ReviewFactory,
    ReviewStepFactory,
    RoleFactory,
    SeatFactory,
    SectionCommentFactory,
    ServiceFactory,
    TeamFactory,
    TemplateStepFactory,
    UploadFactory,
    UserFactory,
    VersionFactory,
    at,
    county,
)

pytestmark = pytest.mark.django_db

Factory = type[DjangoModelFactory[Any]]
NOW = at(FIRST_DAY)
SAME = uuid.UUID("5a3e5a3e-0000-4000-8000-000000000001")
"""A key that a row points at itself with."""
BEFORE = FIRST_DAY - datetime.timedelta(days=1)


class CountyFactory(DjangoModelFactory[County]):
    """A county that is not on the map."""

    class Meta:
        model = County

    code = "99"
    name = "Utopia"


class ItemRemarkFactory(RemarkFactory):
    """A remark on an item."""

    on_item = True


class OwnActionFactory(DjangoModelFactory[ActionPoint]):
    """A point that the service has added itself."""

    class Meta:
        model = ActionPoint

    version = None
    service = SubFactory(ServiceFactory)
    item = LazyFunction(lambda: Item.objects.first())
    text = "Møt i styringsgruppen hvert kvartal."
    created_by = SubFactory(UserFactory)


class ContinuedActionFactory(OwnActionFactory):
    """A point that goes on in another one."""

    status = "dropped"
    closed_at = NOW
    continued_in = SubFactory(OwnActionFactory)


class PinFactory(DjangoModelFactory[ReviewScale]):
    """An edition pinned to a review."""

    class Meta:
        model = ReviewScale


class EventFactory(DjangoModelFactory[AuditEvent]):
    """Something that was read."""

    class Meta:
        model = AuditEvent

    action = AuditEvent.Action.READ


CHECKS: list[tuple[str, Factory, dict[str, Any]]] = [
    ("county_code_two_digits", CountyFactory, {"code": "9"}),
    ("county_code_two_digits", CountyFactory, {"code": "9a"}),
    ("organisation_kind_known", OrganisationFactory, {"kind": "ministry"}),
    ("service_name_given", ServiceFactory, {"name": ""}),
    ("service_interval_sensible", ServiceFactory, {"interval_months": 0}),
    ("service_interval_sensible", ServiceFactory, {"interval_months": 61}),
    ("partnership_part_known", PartnershipFactory, {"part": "owner"}),
    ("team_kind_known", TeamFactory, {"kind": "school"}),
    ("user_email_given", UserFactory, {"email": ""}),
    ("user_language_known", UserFactory, {"language": "sv"}),
    ("user_anonymised_is_inactive", UserFactory, {"anonymised_at": NOW, "is_active": True}),
    ("role_scope_fits_kind", RoleFactory, {"kind": "manager", "service": None}),
    ("role_scope_fits_kind", RoleFactory, {"kind": "method_supervisor", "county": "Vestland"}),
    ("role_scope_fits_kind", RoleFactory, {"kind": "adviser"}),
    ("role_scope_fits_kind", RoleFactory, {"kind": "evaluator"}),
    ("role_ends_after_start", RoleFactory, {"start": FIRST_DAY, "end": BEFORE}),
    ("user_not_own_manager", UserFactory, {"id": SAME, "line_manager_id": SAME}),
    ("context_goal_is_percent", ContextFactory, {"goal": 0}),
    ("context_goal_is_percent", ContextFactory, {"goal": 101}),
    ("context_work_within_participants", ContextFactory, {"participants": 7, "in_education": None}),
    ("context_education_within_participants", ContextFactory, {"participants": 1, "in_work": None}),
    ("context_sum_within_participants", ContextFactory, {"participants": 9}),
    ("context_posts_not_negative", ContextFactory, {"posts": "-0.5"}),
    ("context_posts_not_negative", ContextFactory, {"vacant_posts": "-1"}),
    ("context_vacant_within_posts", ContextFactory, {"posts": "3.5", "vacant_posts": "3.75"}),
    ("context_co_located_within_teams", ContextFactory, {"teams": 2, "co_located_teams": 3}),
    ("review_report_after_visit", ReviewFactory, {"report_due": FIRST_DAY}),
    ("review_days_in_order", ReviewFactory, {"last_day": BEFORE}),
    ("review_kind_known", ReviewFactory, {"kind": "audit"}),
    ("review_basis_known", ReviewFactory, {"basis": "rumour"}),
    ("review_language_known", ReviewFactory, {"language": "sv"}),
    (
        "review_self_has_no_fact_check",
        ReviewFactory,
        {"status": "fact_check", "kind": "self", "fact_check_at": NOW, "fact_check_due": FIRST_DAY},
    ),
    ("review_only_self_is_shared", ReviewFactory, {"shared_at": NOW}),
    ("review_status_fits_times", ReviewFactory, {"scoring_at": NOW}),
    ("review_status_fits_times", ReviewFactory, {"consensus_at": NOW}),
    ("review_status_fits_times", ReviewFactory, {"fact_check_at": NOW}),
    ("review_status_fits_times", ReviewFactory, {"final_at": NOW}),
    ("review_status_fits_times", ReviewFactory, {"cancelled_at": NOW}),
    ("review_status_fits_times", ReviewFactory, {"status": "scoring", "scoring_at": None}),
    ("review_status_fits_times", ReviewFactory, {"status": "scoring", "consensus_at": NOW}),
    ("review_status_fits_times", ReviewFactory, {"status": "consensus", "consensus_at": None}),
    ("review_status_fits_times", ReviewFactory, {"status": "consensus", "fact_check_at": NOW}),
    ("review_status_fits_times", ReviewFactory, {"status": "consensus", "final_at": NOW}),
    ("review_status_fits_times", ReviewFactory, {"status": "fact_check", "fact_check_at": None}),
    ("review_status_fits_times", ReviewFactory, {"status": "fact_check", "fact_check_due": None}),
    ("review_status_fits_times", ReviewFactory, {"status": "fact_check", "consensus_at": None}),
    ("review_status_fits_times", ReviewFactory, {"status": "cancelled", "cancelled_at": None}),
    ("review_status_fits_times", ReviewFactory, {"status": "cancelled", "cancel_reason": ""}),
    ("review_status_fits_times", ReviewFactory, {"status": "cancelled", "final_at": NOW}),
    ("seat_number_from_one", SeatFactory, {"number": 0}),
    ("seat_kind_known", SeatFactory, {"kind": "guest", "is_lead": False}),
    ("seat_lead_is_evaluator", SeatFactory, {"observer": True, "is_lead": True}),
    ("seat_removal_has_reason", SeatFactory, {"removed": True, "removed_reason": ""}),
    ("version_number_from_one", VersionFactory, {"number": 0, "reason": "Feil."}),
    ("version_bytes_have_hash", VersionFactory, {"pdf": b"%PDF"}),
    ("version_bytes_have_hash", VersionFactory, {"sha256": "0" * 64}),
    ("version_bytes_have_hash", VersionFactory, {"pdf": b"%PDF", "sha256": "A" * 64}),
    ("version_bytes_have_hash", VersionFactory, {"pdf": b"%PDF", "sha256": "0" * 63}),
    ("version_reissue_has_reason", VersionFactory, {"number": 2, "reason": ""}),
    ("final_score_or_reason", FinalScoreFactory, {"score": None}),
    ("action_text_given", ActionPointFactory, {"text": ""}),
    ("action_comes_from_somewhere", OwnActionFactory, {"created_by": None}),
    ("action_continued_is_dropped", ContinuedActionFactory, {"status": "done"}),
    ("action_status_fits_time", ActionPointFactory, {"status": "done"}),
    ("action_status_fits_time", ActionPointFactory, {"status": "open", "closed_at": NOW}),
    ("action_status_fits_time", ActionPointFactory, {"status": "lost"}),
    ("audit_action_known", EventFactory, {"action": "guessed"}),
    ("informant_number_in_range", InformantFactory, {"number": 0}),
    ("informant_number_in_range", InformantFactory, {"number": 1000}),
    ("informant_perspective_known", InformantFactory, {"perspective": "nabo"}),
    ("note_text_given", NoteFactory, {"text": ""}),
    ("interview_source_known", InterviewFactory, {"source": "TV"}),
    ("interview_source_known", InterviewFactory, {"source": ""}),
    ("note_source_known", NoteFactory, {"source": "TV"}),
    ("count_not_negative", CountFactory, {"value": -1}),
    ("count_number_in_range", CountFactory, {"number": 100}),
    ("given_not_negative", GivenFigureFactory, {"value": -1}),
    ("given_number_in_range", GivenFigureFactory, {"number": 100}),
    ("closed_source_known", ClosedSourceFactory, {"source": "TV"}),
    ("closed_source_known", ClosedSourceFactory, {"source": ""}),
    ("remark_change_is_kept", ItemRemarkFactory, {"decision": "changed", "decided_at": NOW}),
    ("remark_change_is_kept", ItemRemarkFactory, {"decision": "changed", "decided_at": NOW, "before": {"score": 1}}),
    ("invitation_email_given", InvitationFactory, {"email": ""}),
    ("invitation_to_one_thing", InvitationFactory, {"seat": None}),
    ("correction_reason_given", CorrectionFactory, {"reason": ""}),
    ("correction_score_in_range", CorrectionFactory, {"score": 0}),
    ("correction_score_in_range", CorrectionFactory, {"score": 6}),
    ("remark_text_given", RemarkFactory, {"text": ""}),
    ("remark_decision_fits_time", RemarkFactory, {"decision": "kept"}),
    ("remark_decision_fits_time", RemarkFactory, {"decided_at": NOW}),
    ("remark_decision_fits_time", RemarkFactory, {"decision": "lost", "decided_at": NOW}),
    ("upload_checked_before_imported", UploadFactory, {"imported_at": NOW, "content": None}),
    ("upload_checked_before_imported", UploadFactory, {"imported_at": NOW, "checked_at": NOW}),
    ("review_step_done_by_somebody", ReviewStepFactory, {"done_at": NOW}),
    ("reminder_kind_known", ReminderFactory, {"kind": "spam"}),
    ("muted_reminder_kind_known", MutedReminderFactory, {"kind": "spam"}),
    ("erasure_counts_when_done", ErasureFactory, {"erased_at": NOW}),
    ("erasure_counts_when_done", ErasureFactory, {"counts": {"notes": 3}}),
    ("erasure_warned_before", ErasureFactory, {"erased_at": at(BEFORE), "counts": {}}),
]
for _prefix, _factory in (("rating", RatingFactory), ("result", AgreedResultFactory), ("final", FinalScoreFactory)):
    CHECKS += [
        (f"{_prefix}_score_in_range", _factory, {"score": 0}),
        (f"{_prefix}_score_in_range", _factory, {"score": 6}),
        (f"{_prefix}_reason_known", _factory, {"score": None, "not_scored": "not_relevant"}),
        (f"{_prefix}_score_excludes_reason", _factory, {"score": 1, "not_scored": "missing_data"}),
    ]
_STEPS: list[tuple[str, Factory]] = [("template_step", TemplateStepFactory), ("review_step", ReviewStepFactory)]
for _prefix, _step in _STEPS:
    CHECKS += [
        (f"{_prefix}_text_given", _step, {"text": ""}),
        (f"{_prefix}_doer_known", _step, {"doer": "nobody"}),
        (f"{_prefix}_moment_known", _step, {"moment": "during"}),
        (f"{_prefix}_days_within_a_year", _step, {"days": 366}),
    ]

UNIQUE: list[tuple[str, Factory, list[str], dict[str, Any]]] = [
    ("organisation_name_unique_in_kind", OrganisationFactory, ["kind"], {"name": "HELSE FONNA"}),
    ("service_name_unique_in_county", ServiceFactory, ["county"], {"name": "HELSE FONNA"}),
    ("partnership_once", PartnershipFactory, ["service", "organisation", "part"], {}),
    ("team_name_unique_in_service", TeamFactory, ["service", "name"], {}),
    ("user_email_unique", UserFactory, [], {"email": "KARI@EXAMPLE.ORG"}),
    ("role_once_in_service", RoleFactory, ["user", "service"], {}),
    ("role_once_in_county", RoleFactory, ["user"], {"adviser": True}),
    ("role_once_in_country", RoleFactory, ["user"], {"whole_country": True}),
    ("review_scale_once", PinFactory, ["review", "scale"], {}),
    ("seat_number_once", SeatFactory, ["review", "number"], {"is_lead": False}),
    ("seat_one_per_person", SeatFactory, ["review", "user"], {"number": 2}),
    ("seat_one_lead", SeatFactory, ["review"], {"number": 2, "is_lead": True}),
    ("version_number_once", VersionFactory, ["review", "number"], {}),
    ("final_score_once", FinalScoreFactory, ["version", "item"], {}),
    ("action_once_per_version", ActionPointFactory, ["version", "item"], {}),
    ("informant_number_once", InformantFactory, ["review", "perspective", "number"], {}),
    ("count_once", CountFactory, ["review", "item", "name", "number"], {}),
    ("given_once", GivenFigureFactory, ["review", "item", "name", "number"], {}),
    ("closed_source_once", ClosedSourceFactory, ["review", "item", "source"], {}),
    ("rating_once", RatingFactory, ["seat", "item"], {}),
    ("result_once", AgreedResultFactory, ["review", "item"], {}),
    ("section_comment_once", SectionCommentFactory, ["review", "section"], {}),
    ("correction_once", CorrectionFactory, ["review", "version", "item"], {}),
    ("respondent_once", RespondentFactory, ["review", "user"], {}),
    ("reminder_once", ReminderFactory, ["user", "kind", "about", "day"], {}),
    ("muted_reminder_once", MutedReminderFactory, ["user", "kind"], {}),
    ("erasure_announced_once", ErasureFactory, ["review"], {}),
]
FIRST_OF: dict[str, dict[str, Any]] = {
    "organisation_name_unique_in_kind": {"name": "Helse Fonna"},
    "service_name_unique_in_county": {"name": "Helse Fonna"},
    "user_email_unique": {"email": "Kari@example.org"},
    "role_once_in_county": {"adviser": True},
    "role_once_in_country": {"whole_country": True},
}
"""What the first of two rows must be, where it is not what its factory makes."""

LONG_TEXTS: list[tuple[str, Factory, list[str]]] = [
    (
        "review",
        ReviewFactory,
        ["participants", "independence", "purpose", "method", "summary", "strengths"]
        + ["fact_check_skipped", "cancel_reason", "sent_back_reason", "reissue_reason"],
    ),
    ("seat", SeatFactory, ["removed_reason"]),
    ("version", VersionFactory, ["reason"]),
    ("review", ReviewFactory, ["outside_meetings", "outside_economy", "outside_voices"]),
    ("final", FinalScoreFactory, ["comment", "recommendation"]),
    ("action", ActionPointFactory, ["text", "notes"]),
    ("note", NoteFactory, ["text"]),
    ("rating", RatingFactory, ["comment", "recommendation", "departure"]),
    ("result", AgreedResultFactory, ["comment", "recommendation"]),
    ("section_comment", SectionCommentFactory, ["comment"]),
    ("remark", RemarkFactory, ["text", "answer"]),
    ("correction", CorrectionFactory, ["reason"]),
]
TEXTS = [(prefix, factory, field) for prefix, factory, fields in LONG_TEXTS for field in fields]


def refused(factory: Factory, columns: dict[str, Any]) -> str:
    """Return what the database says when it refuses the row; fail if it takes it."""
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        factory.create(**columns)
    return str(caught.value)


def test_every_constraint_has_a_test() -> None:
    declared = {
        constraint.name
        for model in apps.get_app_config("reviews").get_models()
        for constraint in model._meta.constraints
    }
    tested = {name for name, *_rest in CHECKS} | {name for name, *_rest in UNIQUE}
    tested |= {f"{prefix}_{field}_length" for prefix, _factory, field in TEXTS}
    assert tested == declared


@pytest.mark.parametrize(("name", "factory", "columns"), CHECKS, ids=[f"{row[0]}-{row[2]}" for row in CHECKS])
def test_the_database_refuses(name: str, factory: Factory, columns: dict[str, Any]) -> None:
    if isinstance(columns.get("county"), str):
        columns = {**columns, "county": county(columns["county"])}
    assert name in refused(factory, columns)


@pytest.mark.parametrize(("name", "factory", "same", "changed"), UNIQUE, ids=[row[0] for row in UNIQUE])
def test_the_database_refuses_a_second(
    name: str, factory: Factory, same: list[str], changed: dict[str, Any], ips: Scale
) -> None:
    if factory is PinFactory:
        first = ReviewFactory.create(scales=[ips]).pins.get()
    else:
        first = factory.create(**FIRST_OF.get(name, {}))
    said = refused(factory, {**{field: getattr(first, field) for field in same}, **changed})
    # Of a plain unique constraint SQLite tells the columns and not the name.
    assert name in said or (
        connection.vendor == "sqlite" and f"UNIQUE constraint failed: {first._meta.db_table}." in said
    )


@pytest.mark.parametrize(("prefix", "factory", "field"), TEXTS, ids=[f"{row[0]}-{row[2]}" for row in TEXTS])
def test_a_text_has_at_most_ten_thousand_characters(prefix: str, factory: Factory, field: str) -> None:
    # Characters, not bytes: ø is two.
    row = factory.create(**{field: "ø" * TEXT_LIMIT})
    row.refresh_from_db()
    assert len(getattr(row, field)) == TEXT_LIMIT
    assert f"{prefix}_{field}_length" in refused(factory, {field: "ø" * (TEXT_LIMIT + 1)})


@pytest.mark.parametrize(("prefix", "factory", "field"), TEXTS, ids=[f"{row[0]}-{row[2]}" for row in TEXTS])
def test_a_form_refuses_a_long_text_and_nul_before_the_database(prefix: str, factory: Factory, field: str) -> None:
    column = factory._meta.model._meta.get_field(field)
    for text in ("ø" * (TEXT_LIMIT + 1), "før\x00etter"):
        with pytest.raises(ValidationError):
            column.run_validators(text)
    column.run_validators("Et svar.\nOg et til.")


def test_columns_a_choice_is_made_for_have_every_choice_allowed() -> None:
    """The checks list the values by themselves: a choice added in the code alone would be refused."""
    for kind in Role.Kind:
        RoleFactory.create(**{"adviser": True} if kind == Role.Kind.ADVISER else {"kind": kind})
    for factory, field in (
        (OrganisationFactory, "kind"),
        (PartnershipFactory, "part"),
        (TeamFactory, "kind"),
        (UserFactory, "language"),
        (ReviewFactory, "kind"),
        (ReviewFactory, "basis"),
        (ReviewFactory, "language"),
        (EventFactory, "action"),
        (NoteFactory, "source"),
        (InterviewFactory, "source"),
        (ClosedSourceFactory, "source"),
        (InformantFactory, "perspective"),
    ):
        column = factory._meta.model._meta.get_field(field)
        for value, _label in column.flatchoices:
            factory.create(**{field: value})


@pytest.mark.parametrize("status", Review.Status.values)
def test_every_state_can_be_held(status: str) -> None:
    made_as = "consensus" if status == "final" else status
    review = ReviewFactory.create(status=made_as)
    if status == "final":
        Review.objects.filter(pk=review.pk).update(status="final", final_at=NOW)
        with pytest.raises(IntegrityError), transaction.atomic():
            Review.objects.filter(pk=review.pk).update(final_at=None)
    review.refresh_from_db()
    assert review.status == status


def test_what_a_partial_unique_constraint_lets_through() -> None:
    seat = SeatFactory.create(removed=True)
    SeatFactory.create(review=seat.review, user=seat.user)
    SeatFactory.create(review=seat.review, user=None)
    SeatFactory.create(review=seat.review, user=None)
    role = RoleFactory.create(ended=True)
    RoleFactory.create(user=role.user, service=role.service, start=datetime.date(2026, 1, 1))
    RoleFactory.create(user=role.user, whole_country=True)
    RoleFactory.create(user=role.user, adviser=True)
    RoleFactory.create(user=role.user, adviser=True, county=county("Troms"))
    partner = PartnershipFactory.create()
    PartnershipFactory.create(service=partner.service, organisation=partner.organisation, part="steering")
    service = ServiceFactory.create()
    ServiceFactory.create(name=service.name, county=county("Troms"))


@pytest.mark.parametrize("factory", [CountFactory, GivenFigureFactory])
def test_the_same_figure_is_held_for_the_whole_service_and_for_each_of_its_parts(factory: Factory) -> None:
    first = factory.create(number=0)
    for number in (1, 99):
        factory.create(review=first.review, item=first.item, number=number)
    factory.create(review=first.review, item=first.item, name="fte")
    assert factory._meta.model._default_manager.count() == 4


def test_a_figure_is_held_with_its_decimals() -> None:
    given, counted = GivenFigureFactory.create(value="0.425"), CountFactory.create(value="0.425")
    for row in (given, counted):
        row.refresh_from_db()
        assert str(row.value) == "0.425"


def test_an_item_can_have_several_sources_without_access_and_a_source_several_items(ips: Scale) -> None:
    closed = ClosedSourceFactory.create()
    ClosedSourceFactory.create(review=closed.review, item=closed.item, source="DOC")
    other = closed.item.section.items.exclude(pk=closed.item.pk).first()
    ClosedSourceFactory.create(review=closed.review, item=other)
    ClosedSourceFactory.create(item=closed.item)


def test_an_interview_keeps_who_was_asked_and_itself_while_it_has_notes() -> None:
    note = NoteFactory.create(on_sheet=True)
    interview, informant = note.interview, note.informant
    assert interview is not None
    assert informant is not None
    for row in (interview, informant):
        with pytest.raises(ProtectedError):
            row.delete()
    note.delete()
    interview.delete()
    informant.delete()


def test_a_lead_who_was_removed_leaves_room_for_the_next() -> None:
    review = ReviewFactory.create()
    SeatFactory.create(review=review, removed=True, is_lead=True)
    SeatFactory.create(review=review, is_lead=True)


def test_an_account_is_found_by_its_e_mail_in_any_case() -> None:
    made = User.objects.create_user("Kari@EXAMPLE.org", "passord-til-testene", name="Kari")
    assert made.email == "kari@example.org"
    assert User.objects.get_by_natural_key("KARI@example.ORG") == made
    assert made.check_password("passord-til-testene")
    assert not made.is_staff


def test_an_account_made_without_a_password_cannot_log_in() -> None:
    made = User.objects.create_user("kari@example.org", name="Kari")
    assert not made.has_usable_password()


def test_a_role_holds_from_its_first_to_its_last_day() -> None:
    role = RoleFactory.create(start=FIRST_DAY, end=FIRST_DAY + datetime.timedelta(days=2))
    held = [
        Role.objects.current(FIRST_DAY + datetime.timedelta(days=days)).filter(pk=role.pk).exists()
        for days in (-1, 0, 2, 3)
    ]
    assert held == [False, True, True, False]


@pytest.mark.parametrize(("prefix", "factory"), [("rating", RatingFactory), ("result", AgreedResultFactory)])
def test_a_judgement_is_held_against_its_constraints_before_it_is_saved_too(prefix: str, factory: Factory) -> None:
    row = factory.create(score=4)
    row.full_clean()
    row.not_scored = "missing_data"
    with pytest.raises(ValidationError, match=f"{prefix}_score_excludes_reason"):
        row.full_clean()

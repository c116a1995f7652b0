"""The database's own rules: each refuses what it is there to refuse, whoever writes."""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.checks import Tags, run_checks
from django.core.management import call_command
from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone

from reviews import guards
from reviews.models import (
    AgreedResult,
    AuditEvent,
    ClosedSource,
    Context,
    Count,
    County,
    Erasure,
    FinalScore,
    GivenFigure,
    Informant,
    Interview,
    Note,
    Rating,
    ReportVersion,
    Review,
    ReviewScale,
    Seat,
    SectionComment,
    Service,
    User,
)
from scales.models import Band, Item, Scale, Section

pytestmark = pytest.mark.django_db


@contextmanager
def refused(reason: str) -> Iterator[None]:
    """Expect the database to refuse what is done inside, saying `reason`, and keep the test going."""
    with pytest.raises(IntegrityError, match=reason), transaction.atomic():
        yield


@pytest.fixture
def scale() -> Scale:
    """The IPS scale, not in use."""
    call_command("loaddata", "ips_25", verbosity=0)
    return Scale.objects.get(code="ips-25")


@pytest.fixture
def review(scale: Scale) -> Review:
    """A review in consensus that uses the scale, with a row of every kind."""
    service = Service.objects.create(name="IPS Nordbyen", county=County.objects.get(name="Nordland"))
    now = timezone.now()
    review = Review.objects.create(
        service=service,
        status=Review.Status.CONSENSUS,
        first_day=datetime.date(2024, 5, 6),
        last_day=datetime.date(2024, 5, 7),
        scoring_at=now,
        consensus_at=now,
    )
    ReviewScale.objects.create(review=review, scale=scale)
    seat = Seat.objects.create(review=review, number=1, is_lead=True)
    item = Item.objects.get(code="B1", section__scale=scale)
    Rating.objects.create(seat=seat, item=item, score=4)
    _find_something(review, item)
    AgreedResult.objects.create(review=review, item=item, score=4)
    SectionComment.objects.create(review=review, section=item.section, comment="Fine.")
    version = ReportVersion.objects.create(review=review, number=1, content={}, editions=[])
    FinalScore.objects.create(version=version, item=item, score=4)
    AuditEvent.objects.create(action=AuditEvent.Action.IMPORTED, review=review)
    return review


def _find_something(review: Review, item: Item) -> None:
    """Add an interview with a note, a figure that was given and counted, and a source without access."""
    evaluator = User.objects.create_user("kari@example.org", name="Kari")
    informant = Informant.objects.create(review=review, perspective="behandler", number=1)
    interview = Interview.objects.create(review=review, informant=informant, made_by=evaluator)
    Note.objects.create(review=review, interview=interview, informant=informant, author=evaluator, text="Hvert møte.")
    GivenFigure.objects.create(review=review, item=item, name="participants", value=40)
    Count.objects.create(review=review, item=item, name="participants", value=40)
    ClosedSource.objects.create(review=review, item=item, source="MIS", said_by=evaluator)
    Context.objects.create(review=review, participants=26, in_work=8, in_education=2)


@pytest.fixture
def final(review: Review) -> Review:
    """The review, final."""
    review.status = Review.Status.FINAL
    review.final_at = timezone.now()
    review.save(update_fields=["status", "final_at"])
    return review


@pytest.mark.parametrize(
    ("model", "change"),
    [
        (ReportVersion, {"content": {"a": 1}}),
        (ReportVersion, {"pdf": b"%PDF"}),
        (FinalScore, {"score": 5}),
        (FinalScore, {"comment": "Another."}),
        (AuditEvent, {"action": "read"}),
    ],
)
def test_what_was_handed_over_and_the_audit_are_append_only(
    review: Review, model: type[models.Model], change: dict[str, Any]
) -> None:
    with refused("append-only"):
        model._default_manager.update(**change)
    with refused("append-only"):
        model._default_manager.all()._raw_delete("default")
    assert model._default_manager.count() == 1


def test_a_receipt_of_what_was_deleted_cannot_change_and_its_announcement_can(review: Review) -> None:
    announced = Erasure.objects.create(review=review, due=timezone.localdate())
    announced.due += datetime.timedelta(days=1)
    announced.save(update_fields=["due"])
    announced.erased_at, announced.counts = timezone.now(), {"notes": 3}
    announced.save(update_fields=["erased_at", "counts"])
    with refused("append-only"):
        Erasure.objects.update(counts={"notes": 0})
    with refused("append-only"):
        Erasure.objects.all().delete()


@pytest.mark.parametrize(
    ("model", "change"),
    [
        (Scale, {"title": "Another"}),
        (Scale, {"sources": {}}),
        (Section, {"title": "Another"}),
        (Item, {"definition": "Another"}),
        (Item, {"anchors": {"1": "Another"}}),
        (Item, {"measure": None}),
        (Band, {"recommended_months": 7}),
    ],
)
def test_an_edition_in_use_cannot_change_or_go(
    review: Review, model: type[models.Model], change: dict[str, Any]
) -> None:
    before = model._default_manager.count()
    with refused("make a new edition"):
        model._default_manager.update(**change)
    with refused("make a new edition"):
        model._default_manager.all()._raw_delete("default")
    assert model._default_manager.count() == before


def test_nothing_can_be_added_to_an_edition_in_use(review: Review, scale: Scale) -> None:
    section = scale.sections.get(code="B")
    with refused("make a new edition"):
        Section.objects.create(scale=scale, code="X", title="X", position=9)
    with refused("make a new edition"):
        Item.objects.create(section=section, code="B4", position=4, title="X", short_title="X", anchors={})
    with refused("make a new edition"):
        Band.objects.create(scale=scale, code="x", label="X", lowest=1, highest=2, recommended_months=6)


def test_an_edition_that_nobody_uses_can_change(scale: Scale) -> None:
    Item.objects.filter(code="B1").update(title="Another")
    Section.objects.create(scale=scale, code="X", title="X", position=9).delete()
    assert Item.objects.get(code="B1").title == "Another"


def test_nothing_moves_into_an_edition_in_use(review: Review, scale: Scale) -> None:
    other = Scale.objects.create(
        code="ips-25", edition="next", sequence=9, position=1, high_from=4, scoring="sum", comment_expected=True
    )
    section = Section.objects.create(scale=other, code="X", title="X", position=9)
    with refused("make a new edition"):
        Section.objects.filter(pk=section.pk).update(scale=scale)
    section.delete()
    other.delete()


def test_the_same_fixture_loads_again_while_its_edition_is_in_use(review: Review) -> None:
    call_command("loaddata", "ips_25", verbosity=0)
    assert Item.objects.filter(section__scale__code="ips-25").count() == 25


@pytest.mark.parametrize(
    ("model", "change"),
    [
        (Rating, {"score": 2}),
        (AgreedResult, {"score": 2}),
        (SectionComment, {"comment": "Another."}),
        (Seat, {"is_lead": False}),
        (ReviewScale, {"scale": None}),
        (Informant, {"number": 2}),
        (Interview, {"source": "OBS"}),
        (Interview, {"informant": None}),
        (Note, {"text": "Another."}),
        (Note, {"interview": None}),
        (Count, {"value": 41}),
        (Count, {"number": 1}),
        (GivenFigure, {"value": 41}),
        (GivenFigure, {"number": 1}),
        (ClosedSource, {"source": "DOC"}),
        (Context, {"in_work": 9}),
        (Context, {"goal": 45}),
    ],
)
def test_working_rows_cannot_change_while_the_review_is_final(
    final: Review, model: type[models.Model], change: dict[str, Any]
) -> None:
    if model is ReviewScale:
        change = {"scale": Scale.objects.get(code="ips-25")}
    with refused("reissue it first"):
        model._default_manager.update(**change)


def test_no_working_row_is_added_while_the_review_is_final(final: Review, scale: Scale) -> None:
    item = Item.objects.get(code="B2")
    with refused("reissue it first"):
        Rating.objects.create(seat=Seat.objects.get(), item=item, score=4)
    with refused("reissue it first"):
        AgreedResult.objects.create(review=final, item=item, score=4)
    with refused("reissue it first"):
        SectionComment.objects.create(review=final, section=scale.sections.get(code="O"), comment="More.")
    with refused("reissue it first"):
        Seat.objects.create(review=final, number=2)
    evaluator = User.objects.get()
    with refused("reissue it first"):
        Informant.objects.create(review=final, perspective="behandler", number=2)
    with refused("reissue it first"):
        Interview.objects.create(review=final, made_by=evaluator)
    with refused("reissue it first"):
        Note.objects.create(review=final, author=evaluator, text="More.")
    with refused("reissue it first"):
        Note.objects.get().items.add(item)
    with refused("reissue it first"):
        Count.objects.create(review=final, item=item, name="fte", value=2)
    with refused("reissue it first"):
        GivenFigure.objects.create(review=final, item=item, name="fte", value=2)
    with refused("reissue it first"):
        ClosedSource.objects.create(review=final, item=item, source="DOC", said_by=evaluator)


@pytest.mark.parametrize("model", [AgreedResult, SectionComment, ReviewScale, Context])
def test_no_working_row_goes_while_the_review_is_final(final: Review, model: type[models.Model]) -> None:
    with refused("reissue it first"):
        model._default_manager.all().delete()


def test_what_was_found_and_judged_alone_may_be_deleted_while_the_review_is_final_but_not_the_seats(
    final: Review,
) -> None:
    for model in (Rating, Note, Interview, Informant, Count, GivenFigure, ClosedSource):
        model._default_manager.all().delete()
        assert not model._default_manager.exists()
    with refused("reissue it first"):
        Seat.objects.all().delete()


@pytest.mark.parametrize(
    "change",
    [
        {"purpose": "x"},
        {"method": "x"},
        {"summary": "x"},
        {"strengths": "x"},
        {"outside_meetings": "x"},
        {"outside_economy": "x"},
        {"outside_voices": "x"},
        {"recipients": "x"},
        {"participants": "x"},
        {"kind": "self"},
        {"basis": "plans"},
        {"language": "en"},
        {"first_day": datetime.date(2024, 5, 5)},
        {"last_day": datetime.date(2024, 5, 9)},
        {"show_evaluator_scores": True},
        {"show_fact_check": True},
        {"show_comparison": False},
    ],
)
def test_what_a_final_report_says_of_its_review_cannot_change(final: Review, change: dict[str, Any]) -> None:
    with refused("reissue it first"):
        Review.objects.update(**change)


def test_a_final_review_cannot_be_given_to_another_service(final: Review) -> None:
    other = Service.objects.create(name="IPS Sørbyen", county=County.objects.get(name="Agder"))
    with refused("reissue it first"):
        Review.objects.update(service=other)


def test_a_final_review_can_be_saved_unchanged_shared_and_reissued(final: Review) -> None:
    final.save()
    Review.objects.update(status="consensus", final_at=None, reissue_reason="A wrong figure.")
    Review.objects.update(purpose="Another.")
    AgreedResult.objects.update(score=3)
    assert AgreedResult.objects.get().score == 3


def test_working_rows_can_change_before_the_review_is_final(review: Review) -> None:
    Rating.objects.update(score=2)
    Interview.objects.update(source="OBS")
    Note.objects.update(text="Another.")
    Count.objects.update(number=1)
    GivenFigure.objects.update(value=41)
    ClosedSource.objects.all().delete()
    AgreedResult.objects.all().delete()
    SectionComment.objects.all().delete()
    Seat.objects.create(review=review, number=2)
    Review.objects.update(purpose="Another.")
    assert Seat.objects.count() == 2


def warnings() -> list[str]:
    """The messages of the database checks about guards."""
    found = run_checks(tags=[Tags.database], databases=["default"])
    return [message.msg for message in found if message.id == "reviews.W001"]


def drop(name: str, table: str) -> None:
    """Take one trigger away behind the program's back."""
    with connection.cursor() as cursor:
        on = f' ON "{table}"' if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER {name}{on}")


def test_the_check_names_each_missing_guard_until_it_is_put_back() -> None:
    assert warnings() == []
    for guard in guards.guards():
        # Taken back, as PostgreSQL holds a lock for each that is made until then, and has room for so many.
        with transaction.atomic():
            drop(guard.name, guard.table)
            assert [guard.name in message for message in warnings()] == [True]
            guards.create(connection)
            assert warnings() == []
            transaction.set_rollback(True)


def test_every_guard_has_a_name_of_its_own_and_is_there_after_migrate() -> None:
    assert len(set(guards.names())) == len(guards.names())
    assert guards.missing(connection) == []


def test_guards_can_be_lifted_to_empty_the_tables_and_put_back(final: Review) -> None:
    guards.remove(connection)
    assert guards.missing(connection) == guards.names()
    FinalScore.objects.all().delete()
    guards.restore(using="default")
    assert guards.missing(connection) == []
    with refused("append-only"):
        ReportVersion.objects.update(number=2)


@pytest.mark.django_db(transaction=True)
def test_a_database_migrated_in_part_keeps_the_guards_whose_tables_it_has() -> None:
    try:
        call_command("migrate", "reviews", "0001", verbosity=0)
        assert guards.missing(connection) == []
        AuditEvent.objects.create(action=AuditEvent.Action.READ)
        with pytest.raises(IntegrityError):
            AuditEvent.objects.update(action=AuditEvent.Action.CHANGED)
    finally:
        guards.remove(connection)
        AuditEvent.objects.all().delete()
        call_command("migrate", verbosity=0)
    assert guards.missing(connection) == []

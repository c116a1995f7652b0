"""That a database which has grown is as sound as the one it grew from, and has all of it so many times."""

import datetime
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import connection

from reviews.models import Note, Review, Seat, ServiceSummary, User
from reviews.summary import keeping
from tests.bench.growth import COPIED, LEFT_OUT, Growth
from tests.factories import (
    FIRST_DAY,
    ActionPointFactory,
    ClosedSourceFactory,
    CountFactory,
    InterviewFactory,
    InvitationFactory,
    NoteFactory,
    RemarkFactory,
    ReminderFactory,
    RespondentFactory,
    ReviewStepFactory,
    RoleFactory,
    SectionCommentFactory,
    UserFactory,
    final_review,
    issue,
    scored_review,
)

TIMES = 3


def test_all_that_belongs_to_a_service_or_a_person_grows_or_is_left_out_for_a_reason() -> None:
    reached = {*COPIED, *LEFT_OUT}
    for model in apps.get_app_config("reviews").get_models(include_auto_created=True):
        points_at_some = any(field.related_model in COPIED for field in model._meta.concrete_fields)
        assert points_at_some <= (model in reached), model
    assert {Note, Note.items.through, Seat, Review} <= {*COPIED}
    assert all(LEFT_OUT.values())


@pytest.fixture
def grown(transactional_db: None) -> Iterator[dict[str, int]]:
    """Three times what there was, but for a person who is measured; how many rows were to be copied, by table."""
    measured, other = UserFactory.create_batch(2)
    RoleFactory.create(user=measured, whole_country=True)
    scored_review(Review.Status.SCORING, evaluators=[measured, other])
    issue(final := scored_review(first_day=FIRST_DAY))
    final_review(service=final.service, first_day=FIRST_DAY - datetime.timedelta(days=400))
    ActionPointFactory.create(version=final.versions.get())
    under_way = scored_review(Review.Status.CONSENSUS, evaluators=[other, UserFactory.create(line_manager=measured)])
    interview = InterviewFactory.create(review=under_way, made_by=other)
    NoteFactory.create(review=under_way, author=other, interview=interview, items=[])
    for factory in (CountFactory, ClosedSourceFactory, SectionCommentFactory, ReviewStepFactory):
        factory.create(review=under_way)
    RemarkFactory.create(respondent=RespondentFactory.create())
    InvitationFactory.create()
    ReminderFactory.create(user=other, about=str(under_way.pk))
    keeping.rebuild()
    growth = Growth([measured.email])
    before = {model._meta.db_table: model._base_manager.count() for model in COPIED}
    try:
        originals = {name: _number(f'SELECT count(*) FROM "bench_{name}"') for name in before}
        growth.to(2)
        growth.to(TIMES)
        yield {name: before[name] + (TIMES - 1) * copied for name, copied in originals.items()}
    finally:
        growth.forget()


def _number(query: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return int(cursor.fetchone()[0])


def _indexes() -> list[tuple[str, ...]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename NOT LIKE 'bench%'")
        indexes = cursor.fetchall()
        cursor.execute("SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE contype IN ('u', 'f', 'c')")
        return sorted(indexes + cursor.fetchall())


@pytest.mark.skipif(connection.vendor != "postgresql", reason="grows in PostgreSQL alone")
def test_what_has_grown_is_sound(request: pytest.FixtureRequest, transactional_db: None) -> None:
    before = _indexes()
    expected: dict[str, int] = request.getfixturevalue("grown")
    assert {model._meta.db_table: model._base_manager.count() for model in COPIED} == expected
    assert sum(count > 1 for count in expected.values()) > 15
    for model in COPIED:
        for field in model._meta.concrete_fields:
            if field.is_relation and isinstance(field.related_model, type):
                lost = f'a LEFT JOIN "{field.related_model._meta.db_table}" b ON a."{field.column}" = b.id'
                where = f'a."{field.column}" IS NOT NULL AND b.id IS NULL'
                assert not _number(f'SELECT count(*) FROM "{model._meta.db_table}" {lost} WHERE {where}'), field
    assert _indexes() == before
    assert User.objects.count() > User.objects.exclude(line_manager=None).count() == 1
    keeping.rebuild()
    assert ServiceSummary.objects.count() == _number("SELECT count(*) FROM reviews_service")
    with connection.cursor() as cursor:
        cursor.execute("SHOW autovacuum")
        assert cursor.fetchone() == ("on",)

"""Migrations that write to rows there are already."""

import importlib
from collections.abc import Iterator
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from reviews import guards
from reviews.models import Context, Count, FinalScore, ReportVersion, Review, Service, StaleSummary, TemplateStep
from reviews.summary import keeping
from tests.factories import FIRST_DAY, RespondentFactory, SeatFactory, at, times


@pytest.mark.django_db
def test_who_was_seated_before_there_were_letters_gets_none_late() -> None:
    migration = importlib.import_module("reviews.migrations.0004_count_those_seated_as_told")
    told = at(SeatFactory.create().review.first_day)
    seat, known, respondent = SeatFactory.create(), SeatFactory.create(told_at=told), RespondentFactory.create()
    migration.count_as_told(apps, SimpleNamespace(connection=connection))
    for row in (seat, respondent, known):
        row.refresh_from_db()
    assert seat.told_at is not None
    assert respondent.told_at is not None
    assert known.told_at == told


@pytest.mark.django_db
@pytest.mark.parametrize(("edited", "days"), [({}, 35), ({"text": "Gjør rapporten ferdig"}, 42), ({"days": 40}, 40)])
def test_the_step_to_finish_the_report_is_moved_where_nobody_has_edited_it(edited: dict[str, Any], days: int) -> None:
    migration = importlib.import_module("reviews.migrations.0009_finish_the_report_before_it_is_promised")
    step = TemplateStep.objects.get(**migration.STEP)
    assert step.days == 35
    TemplateStep.objects.filter(pk=step.pk).update(**{"days": 42, **edited})
    migration.finish_earlier(apps, SimpleNamespace(connection=connection))
    step.refresh_from_db()
    assert step.days == days


@pytest.fixture
def before_numbers() -> Iterator[Any]:
    """The models as they were before figures had numbers; the database is brought up to date again."""
    yield from _as_before(("reviews", "0004_count_those_seated_as_told"))


def _as_before(before: tuple[str, str]) -> Iterator[Any]:
    """Give the models as they were, on a database as it was then; bring it up to date again afterwards."""
    call_command("migrate", *before, verbosity=0)
    try:
        yield MigrationExecutor(connection).loader.project_state(before).apps
    finally:
        call_command("migrate", verbosity=0)


@pytest.mark.django_db(transaction=True)
def test_figures_counted_by_part_are_numbered_item_by_item_in_a_final_review_too(before_numbers: Any) -> None:
    service = before_numbers.get_model("reviews", "Service").objects.create(
        name="IPS Nordbyen", county=before_numbers.get_model("reviews", "County").objects.get(name="Nordland")
    )
    counts = before_numbers.get_model("reviews", "Count").objects
    first, second = before_numbers.get_model("scales", "Item").objects.order_by("pk")[:2]
    for status in ("consensus", "final"):
        review = before_numbers.get_model("reviews", "Review").objects.create(
            service=service,
            status="consensus",
            first_day=FIRST_DAY,
            last_day=FIRST_DAY,
            **times("consensus", FIRST_DAY, FIRST_DAY),
        )
        for item, name, part, value in (
            (first, "participants", "Team B", 30),
            (first, "participants", "Team A", 20),
            (first, "fte", "Team A", 1),
            (first, "participants", "", 50),
            (second, "contacts", "Team B", "6.5"),
        ):
            counts.create(review=review, item=item, name=name, part=part, value=value)
        review.status, review.final_at = status, at(FIRST_DAY, 23) if status == "final" else None
        review.save()
    assert guards.missing(connection) == []
    call_command("migrate", verbosity=0)
    assert guards.missing(connection) == []
    numbered = {
        (first.pk, "participants", 0, Decimal(50)),
        (first.pk, "participants", 1, Decimal(20)),
        (first.pk, "participants", 2, Decimal(30)),
        (first.pk, "fte", 1, Decimal(1)),
        (second.pk, "contacts", 1, Decimal("6.5")),
    }
    for review in Review.objects.all():
        assert set(review.counts.values_list("item", "name", "number", "value")) == numbered, review.status
    with pytest.raises(IntegrityError, match="reissue it first"), transaction.atomic():
        Count.objects.filter(review__status="final").update(value=0)
    guards.remove(connection)
    Review.objects.all().delete()


@pytest.fixture
def before_context() -> Iterator[Any]:
    """The models as they were before anything stood beside the score; the database is brought up to date again."""
    yield from _as_before(("reviews", "0005_interviews_figures_and_closed_sources"))


@pytest.mark.django_db(transaction=True)
def test_what_is_new_beside_the_score_is_empty_in_old_reviews_and_locked_where_they_are_final(
    before_context: Any,
) -> None:
    service = before_context.get_model("reviews", "Service").objects.create(
        name="IPS Nordbyen", county=before_context.get_model("reviews", "County").objects.get(name="Nordland")
    )
    item = before_context.get_model("scales", "Item").objects.order_by("pk")[0]
    for status in ("consensus", "final"):
        review = before_context.get_model("reviews", "Review").objects.create(
            service=service,
            status="consensus",
            first_day=FIRST_DAY,
            last_day=FIRST_DAY,
            summary="Godt i gang.",
            **times("consensus", FIRST_DAY, FIRST_DAY),
        )
        before_context.get_model("reviews", "AgreedResult").objects.create(review=review, item=item, score=2)
        version = before_context.get_model("reviews", "ReportVersion").objects.create(
            review=review, number=1, content={}, editions=[]
        )
        before_context.get_model("reviews", "FinalScore").objects.create(version=version, item=item, score=2)
        review.status, review.final_at = status, at(FIRST_DAY, 23) if status == "final" else None
        review.save()
    call_command("migrate", verbosity=0)
    assert guards.missing(connection) == []
    for found in Review.objects.all():
        assert found.summary == "Godt i gang."
        assert (found.outside_meetings, found.outside_economy, found.outside_voices) == ("", "", "")
        assert found.front_advice == []
        assert found.results.get().actors == []
        assert found.versions.get().scores.get().actors == []
        held = Context.of(found)
        assert {getattr(held, name) for name in ("pk", "participants", "goal", "dispersed")} == {None}
    final = Review.objects.get(status="final")
    with pytest.raises(IntegrityError, match="reissue it first"), transaction.atomic():
        Context.objects.create(review=final)
    with pytest.raises(IntegrityError, match="reissue it first"), transaction.atomic():
        Review.objects.filter(pk=final.pk).update(outside_voices="Nytt.")
    guards.remove(connection)
    for model in (FinalScore, ReportVersion, Review):
        model._default_manager.all().delete()


@pytest.fixture
def before_summaries() -> Iterator[Any]:
    """The models as they were before figures were counted ahead; the database is brought up to date again."""
    yield from _as_before(("reviews", "0012_end_sessions_warn_and_erase"))


@pytest.mark.django_db(transaction=True)
def test_services_that_were_there_before_are_marked_and_can_be_marked_again_and_counted(before_summaries: Any) -> None:
    place = before_summaries.get_model("reviews", "County").objects.get(name="Nordland")
    old = before_summaries.get_model("reviews", "Service").objects.create(name="IPS Nordbyen", county=place)
    call_command("migrate", verbosity=0)
    Service.objects.update(interval_months=6)
    assert list(StaleSummary.objects.values_list("service", flat=True)) == [old.pk, old.pk]
    assert keeping.settle() == 1
    assert not StaleSummary.objects.exists()
    assert list(keeping.faults()) == []

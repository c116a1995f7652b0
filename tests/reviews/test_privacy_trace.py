"""Nothing of a text lives on where it should not: in the audit, in the log, in another table, or in the bytes of the
database's file once it is deleted.
"""

import datetime
import logging
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from reviews import workflow
from reviews.models import Erasure, Rating, Reminder, Review, User
from reviews.models.fields import LongText
from reviews.workflow import erasing
from tests.factories import InformantFactory, RoleFactory, SeatFactory, issue, owner, scored_review
from tests.reviews.browsing import Page
from tests.reviews.front_door import item, page

pytestmark = pytest.mark.django_db

RAW, KEPT = "qzraagbortq", "qzskalblistaaendeq"
"""Stand in every text that is deleted later, and in every one that belongs to the review, the report or the plan."""

MAY_KEEP = {
    "reviews_agreedresult",
    "reviews_review",
    "reviews_sectioncomment",
    "reviews_factcheckremark",
    "reviews_reportversion",
    "reviews_finalscore",
    "reviews_actionpoint",
    "reviews_reviewstep",
    "reviews_context",
}

OF_THE_REVIEW = (
    *("participants", "independence", "purpose", "method", "summary", "strengths"),
    *("outside_meetings", "outside_economy", "outside_voices"),
    *("fact_check_skipped", "cancel_reason", "sent_back_reason", "reissue_reason"),
)
"""The texts of a review itself, which stand in its report or say how it went."""


class Writer:
    """Somebody who fills in every text of a form as it stands on its page, and sends it."""

    def __init__(self, user: User) -> None:
        """Log the person in."""
        self.client = Client()
        self.client.force_login(user)

    def write(self, address: str, part: str, words: str, **more: Any) -> None:
        """Write `words` in each text of the form that is found by `part`, and send it with `more`."""
        answer = self.client.get(address)
        form = Page(address, answer.status_code, answer.content.decode(), "").form(part)
        assert form is not None, address
        data: dict[str, Any] = form.data()
        texts = [name for name, each in form.controls.items() if each.kind == "words" or name.startswith("remark")]
        assert texts, address
        for name in texts:
            data[name] = [f"{words} {name}."]
        sent = self.client.post(form.action or address, {**data, **more})
        assert sent.status_code == 302, sent.content.decode()[-3000:]


def _judge_alone(review: Review) -> None:
    """Write raw notes and own scores by both evaluators and an observer."""
    people = [owner(seat) for seat in review.seats.order_by("number")]
    for place, person in enumerate(people):
        writer = Writer(person)
        writer.write(page("score", review, item(review, "O2")), "comment", RAW, score="2", draft="1")
        writer.write(page("score", review, item(review, "B1")), "comment", RAW, score="2", draft="1")
        writer.write(page("add_note", review, item(review, "O3")), "text", RAW, **({"private": "on"} if place else {}))
    assert Rating.objects.filter(comment__contains=RAW).count() == 2 * len(people)
    assert review.notes.filter(text__contains=RAW).count() == len(people)


def _agree(review: Review, respondent: User) -> None:
    """Write what belongs to the review, and what the service says of it."""
    lead = Writer(owner(review.seats.get(number=1)))
    lead.write(page("agree", review, item(review, "B1")), "comment", KEPT, draft="1")
    lead.write(page("narrative", review), "summary", KEPT)
    workflow.send_to_fact_check(review, owner(review.seats.get(number=1)), others=[respondent])
    service = Writer(respondent)
    answer = service.client.post(page("remark_on_whole", review), {"text": f"{KEPT} merknad"})
    assert answer.status_code == 302


def _act(review: Review, supervisor: User) -> None:
    action = review.service.actions.first()
    assert action is not None
    Writer(supervisor).write(reverse("reviews:action", args=[action.service_id, action.pk]), "notes", KEPT)


def _tables() -> dict[str, str]:
    """Return all that stands in each table of the database, sessions as they are read."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            found[table] = "\n".join(map(_readable, cursor.fetchall()))
    found["django_session"] = str([session.get_decoded() for session in Session.objects.all()])
    return found


def _readable(row: tuple[Any, ...]) -> str:
    return repr([bytes(each).decode("latin-1") if isinstance(each, (bytes, memoryview)) else each for each in row])


def _where(words: str) -> set[str]:
    return {table for table, text in _tables().items() if words in text}


def test_a_text_stands_in_its_own_table_alone_and_once_deleted_nowhere(
    caplog: pytest.LogCaptureFixture, tmp_path: Path, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    caplog.set_level(logging.INFO)
    review = scored_review("scoring")
    Rating.objects.filter(seat__review=review).update(comment="", recommendation="")
    SeatFactory.create(review=review, number=3, observer=True)
    InformantFactory.create(review=review)
    supervisor = RoleFactory.create(service=review.service).user
    _judge_alone(review)
    for seat in review.seats.filter(kind="evaluator").order_by("number"):
        workflow.hand_in(seat, owner(seat))
    assert _where(RAW) == {"reviews_note", "reviews_rating"}
    review.results.filter(score=None, not_scored="").update(score=4)
    review.results.filter(score__lte=3).update(comment="Begrunnet.", recommendation="Gjør mer.")
    with django_capture_on_commit_callbacks(execute=True):
        _agree(Review.objects.get(pk=review.pk), supervisor)
    issue(Review.objects.get(pk=review.pk))
    _act(review, supervisor)
    assert {"reviews_agreedresult", "reviews_review", "reviews_factcheckremark"} <= _where(KEPT) <= MAY_KEEP

    now = timezone.now()
    Review.objects.filter(pk=review.pk).update(final_at=now - datetime.timedelta(days=200))
    Erasure.objects.create(
        review=review,
        warned_at=now - datetime.timedelta(days=40),
        due=timezone.localdate(now) - datetime.timedelta(days=20),
    )
    for seat in review.seats.all():
        Reminder.objects.create(
            user=owner(seat),
            kind="erasure",
            about=str(review.pk),
            day=timezone.localdate(now) - datetime.timedelta(days=20),
            sent_at=now - datetime.timedelta(days=40),
        )
    if connection.vendor == "sqlite":
        _is_gone_from_the_file(tmp_path / "copy.sqlite3")
    assert erasing.erase(review) is not None
    assert _where(RAW) == set()
    assert _where(KEPT) <= MAY_KEEP
    for words in (RAW, KEPT):
        assert words not in caplog.text


def _is_gone_from_the_file(copy: Path) -> None:
    """Hold that the command leaves no byte of it in a copy of the database, nor beside it, and says nothing of it."""
    copy.write_bytes(connection.connection.serialize())
    assert RAW.encode() in copy.read_bytes()
    done = subprocess.run(
        [sys.executable, "manage.py", "erase_notes"],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DATABASE_URL": f"sqlite:///{copy}"},
        capture_output=True,
        check=True,
    )
    held = b"".join(each.read_bytes() for each in copy.parent.iterdir())
    assert RAW.encode() not in held
    assert KEPT.encode() in held
    assert RAW.encode() not in done.stdout + done.stderr


def test_of_every_text_it_is_decided_whether_it_is_deleted() -> None:
    erased = {"Note.text", "Rating.comment", "Rating.recommendation", "Rating.departure", "Seat.removed_reason"}
    kept = {
        *(f"AgreedResult.{name}" for name in ("comment", "recommendation")),
        *(f"FinalScore.{name}" for name in ("comment", "recommendation")),
        *(f"FactCheckRemark.{name}" for name in ("text", "answer")),
        *(f"ActionPoint.{name}" for name in ("text", "notes")),
        *(f"Review.{name}" for name in OF_THE_REVIEW),
        "Correction.reason",
        "ReportVersion.reason",
        "SectionComment.comment",
    }
    found = {
        f"{model.__name__}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, LongText)
    }
    assert found == erased | kept

"""Raw notes, figures about single people and own scores are deleted for good a set time after a review is closed: not
sooner, not unannounced, and the pages say so.
"""

import datetime
import io
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone, translation
from django.utils.formats import date_format

from reviews import erasures, results, workflow
from reviews.models import (
    AuditEvent,
    ClosedSource,
    Count,
    Erasure,
    GivenFigure,
    Informant,
    Interview,
    Note,
    Rating,
    Reminder,
    Review,
    Seat,
    User,
)
from reviews.retention import UNSAID
from reviews.workflow import erasing
from tests.cast import Cast, cast_for
from tests.factories import (
    CountFactory,
    GivenFigureFactory,
    InformantFactory,
    InterviewFactory,
    NoteFactory,
    at,
    final_review,
    issue,
    items_of,
    lead,
    owner,
    scored_review,
)
from tests.reviews.front_door import page
from tests.reviews.mail_server import MailServer, text

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)


def run(day: datetime.date, *, letters: bool = True, **options: Any) -> str:
    """Run the daily job on a day, let the letters of that day go, and return what it prints."""
    out = io.StringIO()
    with time_machine.travel(at(day, 6)), translation.override("en"):
        call_command("erase_notes", stdout=out, **options)
        for each in Erasure.objects.filter(erased_at=None, due__range=(day, day + 14 * DAY)) if letters else ():
            for person in User.objects.filter(seats__review=each.review):
                Reminder.objects.get_or_create(user=person, kind="erasure", about=str(each.review_id), day=each.due)
    return out.getvalue()


def final_day(review: Review) -> datetime.date:
    """Return the day on which a review was made final."""
    assert review.final_at is not None
    return timezone.localdate(review.final_at)


def fill(review: Review) -> None:
    """Add a note of an interview, one that is private, and figures for the whole service and for single people."""
    seats = list(review.seats.order_by("number"))
    informant = InformantFactory.create(review=review, perspective="deltaker", number=4)
    interview = InterviewFactory.create(review=review, made_by=owner(seats[0]), informant=informant)
    NoteFactory.create(review=review, author=owner(seats[0]), interview=interview, informant=informant)
    NoteFactory.create(review=review, author=owner(seats[-1]), private=True)
    b1 = next(item for item in items_of(review) if item.code == "B1")
    for number in (0, 1, 2):
        CountFactory.create(review=review, item=b1, name="participants", number=number)
        GivenFigureFactory.create(review=review, item=b1, name="participants", number=number)
    ClosedSource.objects.create(review=review, item=b1, source="MIS", said_by=owner(seats[0]))


def filled(**columns: Any) -> Review:
    """Return a final review with something of every kind."""
    review = scored_review(**columns)
    fill(review)
    issue(review)
    review.refresh_from_db()
    return review


def left(review: Review) -> dict[str, int]:
    """Return how many rows a review has of what is deleted."""
    models = (Note, Interview, Informant, ClosedSource, Count, GivenFigure)
    found = {model.__name__: model._default_manager.filter(review=review).count() for model in models}
    return {**found, "Rating": Rating.objects.filter(seat__review=review).count()}


NOTHING = {
    "Note": 0,
    "Interview": 0,
    "Informant": 0,
    "ClosedSource": 0,
    # What is counted for the whole service is in no way about a person.
    "Count": 1,
    "GivenFigure": 1,
    "Rating": 0,
}


def erased(**columns: Any) -> Review:
    """Return a final review whose raw notes were deleted on their day."""
    review = filled(**columns)
    due = final_day(review) + settings.KEEP_NOTES_DAYS * DAY
    run(due - 14 * DAY)
    run(due)
    return review


def test_it_is_announced_deleted_on_its_day_and_receipted() -> None:
    review = filled()
    before, due = left(review), final_day(review) + 60 * DAY
    assert "announced: 0" in run(due - 15 * DAY)
    assert Erasure.objects.count() == 0
    assert "announced: 1" in run(due - 14 * DAY, dry_run=True)
    assert Erasure.objects.count() == 0
    assert "announced: 1" in run(due - 14 * DAY)
    announced = review.erasures.get()
    assert (announced.due, announced.erased_at, announced.counts) == (due, None, None)
    assert "announced: 0" in run(due - 13 * DAY)
    assert "deleted: 0" in run(due - DAY)
    assert "deleted: 1" in run(due, dry_run=True)
    assert left(review) == before
    assert "deleted: 1" in run(due)
    assert left(review) == NOTHING
    receipt = review.erasures.get()
    assert receipt.counts == {
        "notes": 2,
        "interviews": 1,
        "informants": 1,
        "closed_sources": 1,
        "counted_figures": 2,
        "given_figures": 2,
        "own_scores": before["Rating"],
        "own_texts": 0,
        "removed_reasons": 0,
    }
    event = AuditEvent.objects.get(action="deleted", object_type="erasure")
    assert (event.actor, event.review, event.object_id) == (None, review, str(receipt.pk))
    assert "announced: 0\nReviews whose raw notes are deleted: 0" in run(due + 100 * DAY)


def test_what_was_not_announced_in_time_waits() -> None:
    review = filled()
    late = final_day(review) + 300 * DAY
    run(late)
    assert review.erasures.get().due == late + 14 * DAY
    run(late + 13 * DAY)
    assert left(review)["Note"] == 2
    run(late + 14 * DAY)
    assert left(review) == NOTHING


def test_the_report_and_what_was_agreed_stay_as_they_were() -> None:
    review = filled()
    version = review.versions.get()
    agreed = list(review.results.order_by("pk").values())
    content = version.content
    due = final_day(review) + 60 * DAY
    run(due - 14 * DAY)
    run(due)
    version.refresh_from_db()
    assert version.content == content
    assert list(review.results.order_by("pk").values()) == agreed


def test_own_scores_that_the_report_shows_stay_without_a_word() -> None:
    review = scored_review(show_evaluator_scores=True)
    fill(review)
    removed = Seat.objects.create(
        review=review, number=3, removed_at=timezone.now(), removed_reason="Syk.", user=None, kind="evaluator"
    )
    observer = Seat.objects.create(review=review, number=4, kind="observer", user=None)
    item = items_of(review)[0]
    for seat in (removed, observer):
        Rating.objects.create(seat=seat, item=item, score=2, comment="Bare mitt.")
    Rating.objects.filter(item=item).update(
        departure="Fordi.", elements=[0], element_remarks={"0": "Sett."}, obstacles=["nav"], actors=["nav"]
    )
    issue(review)
    review.refresh_from_db()
    scores = dict(Rating.objects.filter(seat__number__lte=2).values_list("pk", "score"))
    exported = results.own_ratings(review)
    due = final_day(review) + 60 * DAY
    run(due - 14 * DAY)
    run(due)
    assert dict(Rating.objects.filter(seat__review=review).values_list("pk", "score")) == scores
    assert not Rating.objects.filter(seat__review=review).exclude(**erasures.BLANK).exists()
    assert {key: [each and each.score for each in found] for key, found in results.own_ratings(review).items()} == {
        key: [each and each.score for each in found] for key, found in exported.items()
    }
    counts = review.erasures.get().counts
    assert counts is not None
    assert (counts["own_scores"], counts["own_texts"]) == (2, len(scores))
    # Nothing is left to delete, so no second announcement comes.
    assert "announced: 0" in run(due + 100 * DAY)


@pytest.mark.parametrize(
    "change",
    [
        {"score": 1},
        {"not_scored": "missing_data", "score": None},
        {"comment": "Noe annet."},
        {**erasures.BLANK, "score": 1},
        {**erasures.BLANK, "updated_at": timezone.now()},
        {"comment": "", "recommendation": ""},
    ],
)
def test_a_rating_of_a_final_review_can_only_be_emptied_whole(change: dict[str, Any]) -> None:
    review = scored_review()
    Rating.objects.update(elements=[0])
    issue(review)
    rating = Rating.objects.filter(seat__review=review, score__gt=1).first()
    assert rating is not None
    with pytest.raises(IntegrityError, match="working rows are locked"), transaction.atomic():
        Rating.objects.filter(pk=rating.pk).update(**change)
    assert Rating.objects.filter(pk=rating.pk).update(**erasures.BLANK) == 1


def test_a_review_that_is_issued_again_loses_nothing_and_begins_anew() -> None:
    review = filled()
    due = final_day(review) + 60 * DAY
    run(due - 14 * DAY)
    with time_machine.travel(at(due - 10 * DAY)):
        workflow.reissue(review, lead(review), "Feil i O1.")
    before = left(review)
    run(due)
    run(due + 30 * DAY)
    assert left(review) == before
    with time_machine.travel(at(due + 31 * DAY)):
        review.refresh_from_db()
        version = issue(review, reason="Feil i O1.")
        Review.objects.filter(pk=review.pk).update(final_at=timezone.now())
    assert version.number == 2
    # What was announced has lapsed.
    run(due + 31 * DAY)
    assert left(review) == before
    anew = due + (31 + 60) * DAY
    run(anew - 14 * DAY)
    assert review.erasures.get().due == anew
    run(anew)
    assert left(review) == NOTHING


def test_a_self_review_and_one_that_is_cancelled_lose_their_notes_too() -> None:
    own = scored_review(kind="self", evaluators=1)
    fill(own)
    issue(own)
    own.refresh_from_db()
    called_off = scored_review("scoring")
    fill(called_off)
    last = final_day(own)
    with time_machine.travel(at(last)):
        workflow.cancel(called_off, lead(called_off), "Slått sammen med en annen.")
    open_one = scored_review("fact_check")
    fill(open_one)
    before = left(open_one)
    run(last + 46 * DAY)
    run(last + 60 * DAY)
    assert left(own) == left(called_off) == NOTHING
    assert left(open_one) == before


def test_those_who_reviewed_are_told_whatever_they_want(mail_server: MailServer, client: Client) -> None:
    review = filled()
    due = final_day(review) + 60 * DAY
    first, second = (owner(seat) for seat in review.seats.order_by("number"))
    client.force_login(first)
    answer = client.get("/profile/")
    kinds = [value for value, _label in answer.context["form"].fields["reminded_of"].choices]
    assert "erasure" not in kinds
    first.muted_reminders.create(kind="erasure")
    run(due - 14 * DAY, letters=False)
    for _twice in range(2):
        with time_machine.travel(at(due - 14 * DAY, 7)):
            call_command("send_reminders", stdout=io.StringIO())
    for person in (first, second):
        (letter,) = mail_server.to(person.email)
        assert page("review", review) in text(letter)
    outsider = mail_server.to("outsider@example.org")
    assert outsider == []
    run(due)
    assert left(review) == NOTHING


def test_what_nobody_was_told_of_waits_for_a_letter() -> None:
    review = filled()
    before, due = left(review), final_day(review) + 60 * DAY
    run(due - 14 * DAY, letters=False)
    assert "wait" not in run(due - DAY, letters=False)
    assert run(due, letters=False, dry_run=True)
    with pytest.raises(CommandError, match=r"no letter told of it: 1\."):
        run(due, letters=False)
    assert left(review) == before
    assert review.erasures.get().due == due + 14 * DAY
    # The first one goes a day late, and is of this day: what is deleted comes a day late too.
    run(due + DAY)
    run(due + 14 * DAY)
    assert left(review) == before
    run(due + 15 * DAY)
    assert left(review) == NOTHING


def test_where_nobody_is_left_to_be_told_no_letter_is_waited_for() -> None:
    review = filled()
    due = final_day(review) + 60 * DAY
    User.objects.filter(seats__review=review).update(is_active=False)
    run(due - 14 * DAY, letters=False)
    run(due, letters=False)
    assert left(review) == NOTHING


def test_one_that_cannot_be_dealt_with_keeps_no_other(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = sorted((filled(), filled()), key=lambda review: review.pk)
    due = final_day(first) + 60 * DAY
    run(due - 14 * DAY)
    real = erasing._erase

    def erase(review: Review) -> dict[str, int]:
        if review.pk == first.pk:
            raise ValueError("Hun var sliten.")
        return real(review)

    monkeypatch.setattr(erasing, "_erase", erase)
    with pytest.raises(CommandError, match="see the log: 1"):
        run(due)
    assert left(first)["Note"] == 2
    assert left(second) == NOTHING
    assert str(first.pk) in caplog.text
    assert "sliten" not in caplog.text


def test_why_somebody_was_removed_goes_too_and_nothing_else_of_a_seat() -> None:
    review = scored_review()
    now = timezone.now()
    gone = Seat.objects.create(review=review, number=3, removed_at=now, removed_reason="Sykmeldt.", user=None)
    issue(review)
    review.refresh_from_db()
    for seat, change in (
        (gone, {"removed_reason": "Noe annet."}),
        (gone, {"removed_reason": UNSAID, "number": 9}),
        (review.seats.get(number=1), {"removed_reason": UNSAID}),
    ):
        with pytest.raises(IntegrityError, match="working rows are locked"), transaction.atomic():
            Seat.objects.filter(pk=seat.pk).update(**change)
    due = final_day(review) + 60 * DAY
    run(due - 14 * DAY)
    run(due)
    assert set(review.seats.values_list("number", "removed_reason")) == {(1, ""), (2, ""), (3, UNSAID)}
    counts = review.erasures.get().counts
    assert counts is not None
    assert counts["removed_reasons"] == 1


# What the pages say


def shown(client: Client, user: Any, address: str) -> str:
    """Return a page as a person sees it, in English."""
    user.language = "en"
    user.save()
    client.force_login(user)
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def test_the_page_of_the_review_tells_the_day_and_then_what_went(client: Client) -> None:
    cast: Cast = cast_for("final")
    review = Review.objects.get(pk=cast.review.pk)
    due = final_day(review) + 60 * DAY
    for moment in (due - 30 * DAY, due - 14 * DAY):
        run(moment)
        with time_machine.travel(at(moment)), translation.override("en"):
            for person in (cast.evaluator, cast.observer, cast.method_supervisor, cast.adviser):
                html = shown(client, person, page("review", review))
                assert "Deletion of raw notes" in html
                assert date_format(due, "DATE_FORMAT") in html
                assert "There was nothing left" not in html
    run(due)
    with time_machine.travel(at(due)):
        html = shown(client, cast.evaluator, page("review", review))
    assert "Deleted for good on" in html
    assert "Notes: 1" in html
    assert "Interviews: 1" in html


def test_an_open_review_says_nothing_of_it(client: Client) -> None:
    cast = cast_for("fact_check")
    assert "Deletion of raw notes" not in shown(client, cast.evaluator, page("review", cast.review))


def test_the_interviews_of_a_closed_review_tell_when_they_go(client: Client) -> None:
    cast = cast_for("final")
    html = shown(client, cast.evaluator, page("interviews", cast.review))
    assert "are deleted for good" in html


def test_where_no_interview_can_come_any_more_none_is_waited_for(client: Client) -> None:
    review = final_review()
    html = shown(client, lead(review), page("interviews", review))
    assert "No interviews were written down." in html
    assert "No interviews yet" not in html
    under_way = scored_review("scoring")
    html = shown(client, lead(under_way), page("interviews", under_way))
    assert "No interviews yet." in html
    assert "are deleted for good" not in html


@pytest.fixture(params=["final", "reissue"])
def after(request: pytest.FixtureRequest) -> Review:
    """A review whose raw notes are deleted, final or open again."""
    review = erased()
    if request.param == "reissue":
        workflow.reissue(review, lead(review), "Feil i O1.")
    review.refresh_from_db()
    return review


def test_every_page_of_what_is_gone_says_so(client: Client, after: Review) -> None:
    b1 = next(item for item in items_of(after) if item.code == "B1")
    person = lead(after)
    said = "were deleted for good"
    for name in ("interviews", "coverage", "figures", "agree_overview", "score_all", "beside"):
        html = shown(client, person, page(name, after))
        assert said in html, name
        for lie in ("No interviews yet", "The service has given nothing", "What is missing", "Own scores of"):
            assert lie not in html, name
    for name in ("agree", "score"):
        html = shown(client, person, page(name, after, b1))
        assert said in html, name
        assert "None were recorded" not in html
    assert "Deleted for good on" in shown(client, person, page("review", after))


def test_a_cancelled_review_without_a_report_is_not_said_to_have_one(client: Client) -> None:
    review = scored_review("scoring")
    fill(review)
    workflow.cancel(review, lead(review), "Slått sammen med en annen.")
    due = timezone.localdate() + 60 * DAY
    run(due - 14 * DAY)
    run(due)
    html = shown(client, lead(review), page("interviews", review))
    assert "were deleted for good" in html
    assert "The report is as it was" not in html


def test_what_is_gone_cannot_be_shown_by_the_next_version(client: Client) -> None:
    review = erased()
    workflow.reissue(review, lead(review), "Feil i O1.")
    html = shown(client, lead(review), page("narrative", review))
    assert "cannot be shown any more" in html
    assert "show_evaluator_scores" not in html
    kept = erased(show_evaluator_scores=True)
    workflow.reissue(kept, lead(kept), "Feil i O1.")
    html = shown(client, lead(kept), page("narrative", kept))
    assert "show_evaluator_scores" in html
    item = items_of(kept)[0]
    html = shown(client, lead(kept), page("agree", kept, item))
    assert 'class="own-score"' in html
    assert "found-by" not in html


def test_an_export_of_all_own_scores_says_that_some_are_gone() -> None:
    open_one = scored_review()
    assert open_one.is_open
    out, err = io.StringIO(), io.StringIO()
    call_command("export_reviews", format="csv", stdout=out, stderr=err)
    assert err.getvalue() == ""
    erased()
    with translation.override("en"):
        call_command("export_reviews", format="csv", stdout=out, stderr=err)
    assert "were deleted before: 1" in err.getvalue()

"""Makes rows for tests: factories with sensible defaults, and whole scored reviews in a handful of queries."""

import datetime
import hashlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils import timezone
from factory.declarations import LazyAttribute, LazyFunction, SelfAttribute, Sequence, SubFactory, Trait
from factory.django import DjangoModelFactory, Password

from reviews import results
from reviews.models import (
    ActionPoint,
    AgreedResult,
    ClosedSource,
    Context,
    Correction,
    Count,
    County,
    Doer,
    Erasure,
    FactCheckRemark,
    FactCheckRespondent,
    FinalScore,
    GivenFigure,
    Informant,
    Interview,
    Invitation,
    Moment,
    MutedReminder,
    Note,
    Organisation,
    Partnership,
    Perspective,
    Rating,
    Reminder,
    ReminderKind,
    ReportVersion,
    Review,
    ReviewScale,
    ReviewStep,
    Role,
    Seat,
    SectionComment,
    Service,
    Source,
    TemplateStep,
    TreatmentTeam,
    Upload,
    User,
)
from reviews.report import content as report_content
from scales.models import Item, Scale

PASSWORD = "passord-til-testene"
FIRST_DAY = datetime.date(2026, 9, 15)
_ORDER = [
    Review.Status.PLANNED,
    Review.Status.SCORING,
    Review.Status.CONSENSUS,
    Review.Status.FACT_CHECK,
    Review.Status.FINAL,
]

Scores = Mapping[str, int | None] | Callable[[Item], int | None]
"""Scores by the items' codes, or what gives one for an item; None: not scored, the data were not to be had."""


def at(day: datetime.date, hour: int = 12) -> datetime.datetime:
    """Return an hour of a day in Norway."""
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time(hour)))


class UserFactory(DjangoModelFactory[User]):
    """An account that can log in with PASSWORD."""

    class Meta:
        model = User

    email = Sequence(lambda n: f"person{n}@example.org")
    name = Sequence(lambda n: f"Person {n}")
    password = Password(PASSWORD)


def county(name: str = "Vestland") -> County:
    """Return one of the counties, which came with the migrations."""
    return County.objects.get(name=name)


class OrganisationFactory(DjangoModelFactory[Organisation]):
    """A DPS, unless another kind is given."""

    class Meta:
        model = Organisation

    name = Sequence(lambda n: f"DPS {n}")
    kind = Organisation.Kind.HEALTH_TRUST
    county = LazyFunction(county)


class ServiceFactory(DjangoModelFactory[Service]):
    """A service in Vestland."""

    class Meta:
        model = Service

    name = Sequence(lambda n: f"IPS-tjeneste {n}")
    county = LazyFunction(county)


class PartnershipFactory(DjangoModelFactory[Partnership]):
    """An organisation that employs jobbspesialister of a service."""

    class Meta:
        model = Partnership

    service = SubFactory(ServiceFactory)
    organisation = SubFactory(OrganisationFactory)
    part = Partnership.Part.EMPLOYER


class TeamFactory(DjangoModelFactory[TreatmentTeam]):
    """A FACT team."""

    class Meta:
        model = TreatmentTeam

    service = SubFactory(ServiceFactory)
    organisation = SubFactory(OrganisationFactory)
    name = Sequence(lambda n: f"FACT-team {n}")
    kind = TreatmentTeam.Kind.FACT


class RoleFactory(DjangoModelFactory[Role]):
    """A metodeveileder of a service since long ago."""

    class Meta:
        model = Role

    class Params:
        manager = Trait(kind=Role.Kind.MANAGER)
        adviser = Trait(kind=Role.Kind.ADVISER, service=None, county=LazyFunction(county))
        whole_country = Trait(kind=Role.Kind.ADVISER, service=None, county=None)
        ended = Trait(end=datetime.date(2025, 12, 31))

    user = SubFactory(UserFactory)
    kind = Role.Kind.METHOD_SUPERVISOR
    service = SubFactory(ServiceFactory)
    county = None
    start = datetime.date(2020, 1, 1)


def times(status: str, first_day: datetime.date, last_day: datetime.date) -> dict[str, Any]:
    """Return the columns that a review in a state must have, with times that fit its days."""
    if status == Review.Status.CANCELLED:
        return {"cancelled_at": at(first_day, 8), "cancel_reason": "Tjenesten er slått sammen med en annen."}
    reached = _ORDER.index(Review.Status(status))
    day = datetime.timedelta(days=1)
    columns: dict[str, Any] = {"created_at": at(first_day - 30 * day)}
    if reached >= 1:
        columns["scoring_at"] = at(first_day, 9)
    if reached >= 2:
        columns["consensus_at"] = at(last_day + 2 * day)
    if reached >= 3:
        columns["fact_check_at"] = at(last_day + 7 * day)
        columns["fact_check_due"] = last_day + 21 * day
    if reached >= 4:
        columns["final_at"] = at(last_day + 22 * day)
    return columns


class ReviewFactory(DjangoModelFactory[Review]):
    """A planned external review on both scales, without seats.

    `status` brings the times with it; `scales` replaces the editions.
    """

    class Meta:
        model = Review

    service = SubFactory(ServiceFactory)
    first_day = FIRST_DAY
    last_day = LazyAttribute(lambda review: review.first_day + datetime.timedelta(days=1))
    status = Review.Status.PLANNED

    @classmethod
    def _create(cls, model_class: type[Review], *args: Any, **kwargs: Any) -> Review:
        if kwargs["status"] == Review.Status.FINAL:
            raise ValueError("The rows of a final review are locked: make it with final_review().")
        chosen: Iterable[Scale] | None = kwargs.pop("scales", None)
        columns = times(kwargs["status"], kwargs["first_day"], kwargs["last_day"])
        review = model_class.objects.create(**{**columns, **kwargs})
        ReviewScale.objects.bulk_create(
            ReviewScale(review=review, scale=scale) for scale in (Scale.objects.newest() if chosen is None else chosen)
        )
        return review


class SeatFactory(DjangoModelFactory[Seat]):
    """An evaluator's seat, the next one in its review; the first leads."""

    class Meta:
        model = Seat

    class Params:
        observer = Trait(kind=Seat.Kind.OBSERVER)
        removed = Trait(removed_at=at(FIRST_DAY), removed_reason="Ble syk.", is_lead=False)

    review = SubFactory(ReviewFactory)
    user = SubFactory(UserFactory)
    number = LazyAttribute(lambda seat: seat.review.seats.count() + 1)
    kind = Seat.Kind.EVALUATOR
    is_lead = LazyAttribute(lambda seat: seat.number == 1)


class RatingFactory(DjangoModelFactory[Rating]):
    """An evaluator's own 4."""

    class Meta:
        model = Rating

    seat = SubFactory(SeatFactory)
    item = LazyAttribute(lambda rating: items_of(rating.seat.review)[0])
    score = 4


class AgreedResultFactory(DjangoModelFactory[AgreedResult]):
    """A 4 that is agreed on."""

    class Meta:
        model = AgreedResult

    review = SubFactory(ReviewFactory, status=Review.Status.CONSENSUS)
    item = LazyAttribute(lambda result: items_of(result.review)[0])
    score = 4


class SectionCommentFactory(DjangoModelFactory[SectionComment]):
    """A Kommentar on a review's first section."""

    class Meta:
        model = SectionComment

    review = SubFactory(ReviewFactory, status=Review.Status.CONSENSUS)
    section = LazyAttribute(lambda comment: items_of(comment.review)[0].section)
    comment = "Gjelder hele seksjonen."


class InformantFactory(DjangoModelFactory[Informant]):
    """A participant who was asked."""

    class Meta:
        model = Informant

    review = SubFactory(ReviewFactory)
    perspective = Perspective.PARTICIPANT
    number = LazyAttribute(
        lambda informant: informant.review.informants.filter(perspective=informant.perspective).count() + 1
    )


class InterviewFactory(DjangoModelFactory[Interview]):
    """A conversation with a participant of the review."""

    class Meta:
        model = Interview

    review = SubFactory(ReviewFactory)
    informant = SubFactory(InformantFactory, review=SelfAttribute("..review"))
    date = SelfAttribute("review.first_day")
    made_by = SubFactory(UserFactory)


class NoteFactory(DjangoModelFactory[Note]):
    """A shared note from an interview. `items` are what it points at; without any said, the review's first item.

    One on an `interview`'s running sheet has its informant and date; `on_sheet` makes that interview too.
    """

    class Meta:
        model = Note

    review = SubFactory(ReviewFactory)
    author = SubFactory(UserFactory)
    interview = None
    source = LazyAttribute(lambda note: note.interview.source if note.interview else Source.INT)
    informant = LazyAttribute(lambda note: note.interview.informant if note.interview else None)
    text = "Deltakeren fikk hjelp til å ringe arbeidsgiver den første uken."
    date = LazyAttribute(lambda note: note.interview.date if note.interview else note.review.first_day)

    class Params:
        on_sheet = Trait(interview=SubFactory(InterviewFactory, review=SelfAttribute("..review")))

    @classmethod
    def _create(cls, model_class: type[Note], *args: Any, **kwargs: Any) -> Note:
        chosen: Iterable[Item] | None = kwargs.pop("items", None)
        note = model_class.objects.create(**kwargs)
        note.items.set(items_of(note.review)[:1] if chosen is None else chosen)
        return note


class CountFactory(DjangoModelFactory[Count]):
    """45 participants, counted by the evaluators for the whole service; `number` is 1.. for one jobbspesialist."""

    class Meta:
        model = Count

    review = SubFactory(ReviewFactory)
    item = LazyAttribute(lambda count: items_of(count.review)[0])
    name = "participants"
    number = 0
    value = 45


class GivenFigureFactory(DjangoModelFactory[GivenFigure]):
    """45 participants, given by the service before the visit."""

    class Meta:
        model = GivenFigure

    review = SubFactory(ReviewFactory)
    item = LazyAttribute(lambda given: items_of(given.review)[0])
    name = "participants"
    number = 0
    value = 45


class ContextFactory(DjangoModelFactory[Context]):
    """10 of 26 participants in work or education, which is 38 percent, and a goal of 45."""

    class Meta:
        model = Context

    review = SubFactory(ReviewFactory)
    participants = 26
    in_work = 8
    in_education = 2
    goal = 45
    dispersed = False


class ClosedSourceFactory(DjangoModelFactory[ClosedSource]):
    """Management data that the evaluators were given no access to."""

    class Meta:
        model = ClosedSource

    review = SubFactory(ReviewFactory)
    item = LazyAttribute(lambda closed: items_of(closed.review)[0])
    source = Source.MIS
    said_by = SubFactory(UserFactory)


class RespondentFactory(DjangoModelFactory[FactCheckRespondent]):
    """Somebody who is asked to check the facts."""

    class Meta:
        model = FactCheckRespondent

    review = SubFactory(ReviewFactory, status=Review.Status.FACT_CHECK)
    user = SubFactory(UserFactory)


class RemarkFactory(DjangoModelFactory[FactCheckRemark]):
    """A remark on the whole draft that nobody has decided on."""

    class Meta:
        model = FactCheckRemark

    respondent = SubFactory(RespondentFactory)

    class Params:
        on_item = Trait(item=LazyAttribute(lambda remark: items_of(remark.review)[0]))

    review = SelfAttribute("respondent.review")
    text = "Teamet har fire jobbspesialister, ikke tre."


class InvitationFactory(DjangoModelFactory[Invitation]):
    """An invitation to an evaluator's seat, to somebody without an account."""

    class Meta:
        model = Invitation

    seat = SubFactory(SeatFactory, user=None)
    review = LazyAttribute(lambda invitation: invitation.seat.review if invitation.seat else ReviewFactory.create())
    email = Sequence(lambda n: f"invitert{n}@example.org")


class VersionFactory(DjangoModelFactory[ReportVersion]):
    """The next version of a review's report, without bytes and without scores."""

    class Meta:
        model = ReportVersion

    review = SubFactory(ReviewFactory, status=Review.Status.CONSENSUS)
    number = LazyAttribute(lambda version: version.review.versions.count() + 1)
    content = LazyFunction(dict)
    editions = LazyFunction(list)
    reason = LazyAttribute(lambda version: "" if version.number == 1 else "Feil i sammendraget.")


class FinalScoreFactory(DjangoModelFactory[FinalScore]):
    """A 4 that was handed over."""

    class Meta:
        model = FinalScore

    version = SubFactory(VersionFactory)
    item = LazyAttribute(lambda final: items_of(final.version.review)[0])
    score = 4


class CorrectionFactory(DjangoModelFactory[Correction]):
    """The first item of the last review, held to have been a 3."""

    class Meta:
        model = Correction

    review = SubFactory(ReviewFactory, status=Review.Status.CONSENSUS)
    version = LazyAttribute(
        lambda correction: VersionFactory.create(
            review__service=correction.review.service,
            review__first_day=correction.review.first_day - datetime.timedelta(days=365),
        )
    )
    item = LazyAttribute(lambda correction: items_of(correction.version.review)[0])
    score = 3
    reason = "Oppsøkende arbeid ble talt med møter på kontoret."


class ActionPointFactory(DjangoModelFactory[ActionPoint]):
    """An open forbedringspunkt."""

    class Meta:
        model = ActionPoint

    version = SubFactory(VersionFactory)
    service = SelfAttribute("version.review.service")
    item = LazyAttribute(lambda action: items_of(action.version.review)[0])
    text = "Avtal fast møteplass med behandlingsteamet hver uke."


class UploadFactory(DjangoModelFactory[Upload]):
    """A score sheet that nobody has looked at yet."""

    class Meta:
        model = Upload

    user = SubFactory(UserFactory)
    name = "Evalueringer 2014-2019.csv"
    content = b"service,county,review_date,kind,item,evaluator_1,evaluator_2,consensus,comment,recommendation\n"


class TemplateStepFactory(DjangoModelFactory[TemplateStep]):
    """A step of the lead evaluator's, ten days before the visit, in the template of all checklists."""

    class Meta:
        model = TemplateStep

    text = "Bestill møterom."
    doer = Doer.LEAD
    moment = Moment.BEFORE
    days = 10


class ReviewStepFactory(DjangoModelFactory[ReviewStep]):
    """A step of the lead evaluator's, ten days before the visit, that is not done."""

    class Meta:
        model = ReviewStep

    review = SubFactory(ReviewFactory)
    text = "Bestill møterom."
    doer = Doer.LEAD
    moment = Moment.BEFORE
    days = 10


class ReminderFactory(DjangoModelFactory[Reminder]):
    """A reminder of a visit that went."""

    class Meta:
        model = Reminder

    user = SubFactory(UserFactory)
    kind = ReminderKind.VISIT
    about = "en-kvalitetsevaluering"
    day = FIRST_DAY


class ErasureFactory(DjangoModelFactory[Erasure]):
    """The announced deletion of a review's working material."""

    class Meta:
        model = Erasure

    review = SubFactory(ReviewFactory)
    warned_at = at(FIRST_DAY)
    due = FIRST_DAY + datetime.timedelta(days=14)


class MutedReminderFactory(DjangoModelFactory[MutedReminder]):
    """Somebody who does not want to be reminded of visits."""

    class Meta:
        model = MutedReminder

    user = SubFactory(UserFactory)
    kind = ReminderKind.VISIT


# Whole reviews


def items_of(review: Review) -> list[Item]:
    """Return the items of a review's scales in their order."""
    return [
        item
        for scale in results.pinned_scales(review)
        for section in scale.sections.all()
        for item in section.items.all()
    ]


def usual_score(item: Item) -> int:
    """Return a score that is the same each time: every fourth item of a section is low (2), the others 4 or 5."""
    return 2 if item.position % 4 == 3 else 4 + item.position % 2


def _score(scores: Scores, item: Item) -> int | None:
    return scores(item) if callable(scores) else scores.get(item.code, usual_score(item))


def _columns(score: int | None, item: Item) -> dict[str, Any]:
    """Return what an evaluator writes for an item; the advice that is due for a low score with it."""
    if score is None:
        return {"score": None, "not_scored": "missing_data"}
    return {
        "score": score,
        "comment": f"Kommentar til {item.code}.",
        "recommendation": f"Anbefaling for {item.code}." if score <= 3 else "",
    }


def scored_review(
    status: str = Review.Status.CONSENSUS,
    *,
    scores: Scores = usual_score,
    evaluators: Iterable[User] | int = 2,
    scales: Iterable[Scale] | None = None,
    pdf: bytes | None = None,
    **columns: Any,
) -> Review:
    """Return a review in a state, with everything scored that is scored by then.

    The second evaluator scores each fifth item one lower than the agreed score. From consensus on all is agreed. A
    final one has its first version, with `pdf` as its bytes; without any it is like an imported one. A self-review has
    one shared sheet. `columns` are columns of Review.
    """
    status = Review.Status(status)
    made_as = Review.Status.CONSENSUS if status == Review.Status.FINAL else status
    review: Review = ReviewFactory.create(
        status=made_as, scales=scales, **{"summary": "Tjenesten er godt i gang.", **columns}
    )
    people = UserFactory.create_batch(evaluators) if isinstance(evaluators, int) else list(evaluators)
    handed_in = review.consensus_at if review.is_external else None
    seats = Seat.objects.bulk_create(
        Seat(review=review, number=number, user=user, is_lead=number == 1, handed_in_at=handed_in)
        for number, user in enumerate(people, start=1)
    )
    if status in (Review.Status.PLANNED, Review.Status.CANCELLED):
        return review
    rated = [(place, item, _score(scores, item)) for place, item in enumerate(items_of(review))]
    Rating.objects.bulk_create(
        Rating(seat=seat, item=item, **_columns(_own(score, place, seat), item))
        for seat in seats
        for place, item, score in rated
    )
    if status != Review.Status.SCORING:
        AgreedResult.objects.bulk_create(
            AgreedResult(review=review, item=item, **_columns(score, item)) for _place, item, score in rated
        )
    if status == Review.Status.FINAL:
        issue(review, pdf=pdf)
    return review


def _own(score: int | None, place: int, seat: Seat) -> int | None:
    differs = score is not None and score > 1 and seat.number == 2 and place % 5 == 0
    return score - 1 if differs and score is not None else score


def final_review(**columns: Any) -> Review:
    """Return a final review: scored_review(Review.Status.FINAL, ...)."""
    return scored_review(Review.Status.FINAL, **columns)


def told_review(beside: dict[str, Any], **columns: Any) -> Review:
    """Return a final review with what stood beside its scores: columns of Context by name, and no others."""
    review = scored_review(**columns)
    Context.objects.create(review=review, **beside)
    issue(review)
    return review


def issue(review: Review, *, pdf: bytes | None = None, reason: str = "") -> ReportVersion:
    """Write the next version of a review in consensus or fact check, and make it final, without drawing a PDF."""
    made_at = at(review.last_day + datetime.timedelta(days=22))
    number = review.versions.count() + 1
    found = results.working_results(review)
    version = ReportVersion.objects.create(
        review=review,
        number=number,
        content=report_content.build(review, number=number, made_at=made_at, reason=reason),
        editions=[{"code": scale.scale.code, "edition": scale.scale.edition} for scale in found],
        pdf=pdf,
        sha256="" if pdf is None else hashlib.sha256(pdf).hexdigest(),
        made_at=made_at,
        reason=reason,
    )
    settled = [result for scale in found for result in scale.items]
    FinalScore.objects.bulk_create(
        FinalScore(
            version=version,
            item=result.item,
            score=result.score,
            not_scored=result.not_scored,
            comment=result.comment,
            recommendation=result.recommendation,
            obstacles=list(result.obstacles),
            actors=list(result.actors),
        )
        for result in settled
    )
    ActionPoint.objects.bulk_create(
        ActionPoint(service=review.service, version=version, item=result.item, text=result.recommendation)
        for result in settled
        if result.recommendation
    )
    review.status, review.final_at = Review.Status.FINAL, made_at
    review.save(update_fields=["status", "final_at"])
    return version


def lead(review: Review) -> User:
    """Return the hovedevaluator."""
    return owner(review.seats.get(is_lead=True, removed_at=None))


def owner(seat: Seat) -> User:
    """Return the person in a seat."""
    assert seat.user is not None
    return seat.user

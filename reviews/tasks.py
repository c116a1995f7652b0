"""What a review under way waits for: from one person, from whom otherwise, and until when.

The rules are functions on plain values; the rest takes these from reviews, in a fixed number of queries.
"""

import datetime
import enum
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import (
    Case,
    Count,
    DateTimeField,
    Exists,
    F,
    FilteredRelation,
    IntegerField,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
    prefetch_related_objects,
)
from django.db.models.functions import Coalesce, Least, NullIf
from django.db.models.lookups import GreaterThan, LessThan
from django.utils import timezone
from django.utils.translation import gettext, ngettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from reviews import checklist, given, workflow
from reviews.access import Standing
from reviews.models import Doer, FactCheckRemark, FactCheckRespondent, Review, ReviewStep, Seat, User
from reviews.prepared import Given, Prepared

Status = Review.Status

FIGURES_BEFORE = datetime.timedelta(days=7)
"""How long before the first visit day the figures are wanted: the evaluators look at them when they prepare."""


_WITH_SEATS_TO_FILL = (Status.PLANNED, Status.SCORING)
"""While evaluators can still be found for seats that nobody has taken."""

_COLUMNS = (
    *("service__name", "service__county", "kind", "basis", "status", "first_day", "last_day", "report_due"),
    *("fact_check_due", "reissue_reason", "cancel_reason", "shared_at"),
)
"""What lists of reviews tell, and what decides; the rest of a review is long."""


class Part(models.TextChoices):
    """As what a person has to do with a review."""

    EVALUATOR = "evaluator", _("Evaluator")
    OBSERVER = "observer", _("Observer")
    METHOD_SUPERVISOR = "method_supervisor", _("Method supervisor")
    MANAGER = "manager", _("Manager")
    ADVISER = "adviser", _("Regional IPS adviser")
    RESPONDENT = "respondent", _("Asked to check the facts")


class Work(enum.Enum):
    """What a review can wait for from a person."""

    START = "start"
    ASK = "ask"
    FILL = "fill"
    GIVE = "give"
    SCORE = "score"
    SCORE_ALONG = "score_along"
    SCORE_TOGETHER = "score_together"
    AGREE = "agree"
    MEND = "mend"
    DECIDE = "decide"
    CHECK = "check"
    FOLLOW = "follow"
    FINALISE = "finalise"
    PREPARE = "prepare"


_WORDS: dict[Work, Any] = {
    Work.START: _("Start the scoring"),
    Work.ASK: _("Ask why the scoring has not begun"),
    Work.FILL: ngettext_lazy(
        "Follow up %(number)d invitation that is not accepted",
        "Follow up %(number)d invitations that are not accepted",
        "number",
    ),
    Work.GIVE: ngettext_lazy(
        "Fill in figures before the visit: %(number)d item is left",
        "Fill in figures before the visit: %(number)d items are left",
        "number",
    ),
    Work.SCORE: _("Score the items and hand in"),
    Work.SCORE_ALONG: _("Score along"),
    Work.SCORE_TOGETHER: _("Score the items and make it final"),
    Work.AGREE: _("Agree and write the report"),
    Work.MEND: _("Mend the report and make it final again"),
    Work.DECIDE: ngettext_lazy(
        "Decide on %(number)d remark from the fact check",
        "Decide on %(number)d remarks from the fact check",
        "number",
    ),
    Work.CHECK: _("Check the facts in the draft"),
    Work.FOLLOW: _("Follow the fact check"),
    Work.FINALISE: _("Make it final"),
    Work.PREPARE: _("From the checklist: %(text)s"),
}


@dataclass(frozen=True)
class Step:
    """A step of the review's checklist that is not done: what is to be done, by whom (a Doer), and by which day."""

    text: str
    doer: str
    day: datetime.date


@dataclass(frozen=True)
class Situation:
    """Where a review stands and what one person is to it.

    `seat` is lead, evaluator, observer, or empty for none; `is_asked`: asked to check the facts and silent so far;
    `vacant`: seats whose invitation nobody has accepted; `again`: handed over once and being issued again;
    `figures_asked`, `figures_given`: about how many items the service is asked for figures, and has given any;
    `steps`: what is left of the checklist, in the order of its days.
    """

    status: str
    first_day: datetime.date
    last_day: datetime.date
    report_due: datetime.date | None = None
    fact_check_due: datetime.date | None = None
    is_self: bool = False
    again: bool = False
    fact_check_over: bool = False
    vacant: int = 0
    open_remarks: int = 0
    figures_asked: int = 0
    figures_given: int = 0
    seat: str = ""
    handed_in: bool = False
    is_asked: bool = False
    supervises: bool = False
    advises: bool = False
    steps: tuple[Step, ...] = ()

    @property
    def has_sheet(self) -> bool:
        """Whether the person judges: a seat, or in a self-review the shared sheet."""
        return self.seat != "" or (self.is_self and self.supervises)

    @property
    def leads(self) -> bool:
        """Whether the person moves the review on: the lead, or whoever has the shared sheet."""
        return self.seat == "lead" or (self.is_self and self.has_sheet)

    @property
    def counts(self) -> bool:
        """Whether the person's judgement counts: whoever has a sheet, but an observer."""
        return self.has_sheet and self.seat != "observer"

    @property
    def due(self) -> datetime.date | None:
        """The day by which the review should have left its state; None where none is set, and for a closed one."""
        if self.status == Status.PLANNED:
            return self.first_day
        if self.status == Status.SCORING:
            # A self-review goes from its sheet straight to its report.
            return (self.report_due if self.is_self else None) or self.last_day
        if self.status == Status.FACT_CHECK and not self.fact_check_over:
            return self.fact_check_due
        return self.report_due if self.status in (Status.CONSENSUS, Status.FACT_CHECK) else None


@dataclass(frozen=True)
class Waiting:
    """One thing a review waits for from a person: what, as what they do it, until when, how many where it is counted,
    and in whose words where somebody has written it.
    """

    work: Work
    parts: frozenset[str]
    due: datetime.date | None = None
    number: int = 0
    text: str = ""

    def __str__(self) -> str:
        return str(_WORDS[self.work] % {"number": self.number, "text": self.text})

    @property
    def part_names(self) -> list[str]:
        """As what the person does it, in words."""
        return [str(part.label) for part in Part if part in self.parts]


def waiting(now: Situation, today: datetime.date) -> list[Waiting]:
    """Return what the review waits for from the person on a day, what comes first of it first; empty for nothing."""
    found = _of_a_seat(now)
    if _waits_for_figures(now):
        left = now.figures_asked - now.figures_given
        found.append(Waiting(Work.GIVE, frozenset([Part.METHOD_SUPERVISOR]), now.first_day - FIGURES_BEFORE, left))
    if now.status == Status.FACT_CHECK and now.is_asked:
        part = Part.METHOD_SUPERVISOR if now.supervises else Part.RESPONDENT
        found.append(Waiting(Work.CHECK, frozenset([part]), now.fact_check_due))
    if now.advises and not now.is_self and now.status == Status.PLANNED and now.first_day < today and not now.leads:
        found.append(Waiting(Work.ASK, frozenset([Part.ADVISER]), now.first_day))
    if now.vacant and not now.is_self and now.status in _WITH_SEATS_TO_FILL:
        # Those who may give the seat to another.
        parts = [Part.EVALUATOR] * now.leads + [Part.ADVISER] * now.advises
        if parts:
            found.append(Waiting(Work.FILL, frozenset(parts), now.due, now.vacant))
    return found + _of_the_checklist(now, today)


def _of_the_checklist(now: Situation, today: datetime.date) -> list[Waiting]:
    """Return what is the person's own of the checklist and near, or past its day: the first of it by name."""
    if now.status == Status.CANCELLED:
        return []
    parts = {
        Doer.LEAD: Part.EVALUATOR if now.seat == "lead" else None,
        Doer.METHOD_SUPERVISOR: Part.METHOD_SUPERVISOR if now.supervises else None,
        Doer.ADVISER: Part.ADVISER if now.advises else None,
    }
    handed_over = now.again or now.status == Status.FINAL
    own = [
        step
        for step in now.steps
        if parts[Doer(step.doer)]
        and checklist.waits(step.doer, step.day, now.last_day, handed_over=handed_over)
        and checklist.is_near(step.day, today, handed_over=handed_over)
    ]
    if not own:
        return []
    text, more = own[0].text, len(own) - 1
    if more:
        text = ngettext("%(text)s, and %(number)d more step", "%(text)s, and %(number)d more steps", more) % {
            "text": text,
            "number": more,
        }
    as_what = frozenset(part for step in own if (part := parts[Doer(step.doer)]))
    return [Waiting(Work.PREPARE, as_what, own[0].day, text=text)]


def _waits_for_figures(now: Situation) -> bool:
    """Whether the metodeveileder is to give figures. Once the visit has begun, the evaluators ask for what is missing;
    who reviews their own service counts at once.
    """
    if not now.supervises or now.is_self:
        return False
    if now.status == Status.SCORING:
        return now.figures_given == 0 < now.figures_asked
    return now.status == Status.PLANNED and now.figures_given < now.figures_asked


def _of_a_seat(now: Situation) -> list[Waiting]:
    """Return what waits for the person as one who judges."""
    if not now.has_sheet:
        return []
    own = [Part.OBSERVER if now.seat == "observer" else Part.EVALUATOR] * (now.seat != "")
    parts = frozenset(own + [Part.METHOD_SUPERVISOR] * (now.is_self and now.supervises))
    found = []
    if now.open_remarks and now.counts and now.status in (Status.CONSENSUS, Status.FACT_CHECK):
        found.append(Waiting(Work.DECIDE, parts, now.report_due, now.open_remarks))
    work = _work_of_a_seat(now)
    if work is not None:
        found.append(Waiting(work, parts, now.due))
    return found


def _work_of_a_seat(now: Situation) -> Work | None:
    if now.status == Status.PLANNED:
        return Work.START if now.leads else None
    if now.status == Status.SCORING:
        if now.is_self:
            return Work.SCORE_TOGETHER
        if now.handed_in:
            return None
        return Work.SCORE if now.counts else Work.SCORE_ALONG
    if now.status == Status.CONSENSUS and now.counts:
        return Work.MEND if now.again else Work.AGREE
    if now.status == Status.FACT_CHECK and now.leads:
        if not now.fact_check_over:
            return Work.FOLLOW
        # With remarks open the report cannot be made.
        return None if now.open_remarks else Work.FINALISE
    return None


def waits_for(now: Situation) -> str:
    """Return in words whom the review waits for, as one reads it who has nothing to do there; empty for a closed
    one.
    """
    if now.is_self and now.status in (Status.PLANNED, Status.SCORING, Status.CONSENSUS):
        return gettext("Waits for those who review their own service")
    if now.status == Status.PLANNED:
        return gettext("Waits for the lead evaluator to start the scoring")
    if now.status == Status.SCORING:
        own = now.counts and now.handed_in
        return gettext("Waits for the other evaluator") if own else gettext("Waits for the evaluators to score")
    if now.status == Status.CONSENSUS:
        return gettext("Waits for the evaluators to agree and write")
    if now.status == Status.FACT_CHECK:
        if now.fact_check_over:
            return gettext("Waits for the lead evaluator to make it final")
        return gettext("Waits for those who check the facts")
    return ""


@dataclass(frozen=True)
class Task:
    """A review as one person meets it in a list: what waits for them, or whom it waits for otherwise."""

    review: Review
    mine: tuple[Waiting, ...]
    elsewhere: str
    due: datetime.date | None

    @property
    def kind(self) -> str:
        """The kind of review, in words."""
        return str(Review.Kind(self.review.kind).label)

    @property
    def status(self) -> str:
        """The review's status, in words."""
        return str(Status(self.review.status).label)

    @property
    def order(self) -> tuple[bool, datetime.date, datetime.date, str]:
        """What lists are sorted by: what waits for the person first, then by deadline, and those without one last."""
        return (not self.mine, self.due or datetime.date.max, self.review.first_day, str(self.review.pk))


PERSON = Given("user", User._meta.get_field("id"))
"""Who is asked for in a query that is put into SQL once."""


def seen_as(part: str, user: User | Given, who: Standing) -> Q:
    """Return the condition for the reviews that a person has to do with in one part; of those they may see."""
    if part in (Part.EVALUATOR, Part.OBSERVER):
        # The kinds of seat are called as the parts are.
        return Q(Exists(Seat.objects.filter(review=OuterRef("pk"), user=user, kind=part, removed_at=None)))
    if part == Part.METHOD_SUPERVISOR:
        return Q(service__in=who.supervises)
    if part == Part.MANAGER:
        return Q(service__in=who.manages)
    if part == Part.ADVISER:
        shared = Q(kind=Review.Kind.EXTERNAL) | Q(shared_at__isnull=False)
        return who.advised("service__county") & shared
    return Q(Exists(FactCheckRespondent.objects.filter(review=OuterRef("pk"), user=user)))


def due_by_state() -> Case:
    """Return how a query says Situation.due, of reviews with `fact_check_over` from with_what_decides."""
    is_self = Q(kind=Review.Kind.SELF)
    return Case(
        When(status=Status.PLANNED, then=F("first_day")),
        When(is_self, status=Status.SCORING, then=Coalesce("report_due", "last_day")),
        When(status=Status.SCORING, then=F("last_day")),
        When(status=Status.FACT_CHECK, fact_check_over=False, then=F("fact_check_due")),
        When(status__in=(Status.CONSENSUS, Status.FACT_CHECK), then=F("report_due")),
    )


_NEVER = datetime.date.max
"""A day that is none: not every database takes the least of what is not there."""


def open_for_advisers(reviews: QuerySet[Review], today: datetime.date) -> QuerySet[Any]:
    """Return those of reviews that a person sees as adviser alone that are open, with whether something waits for the
    person (`is_mine`), as waiting() says, and by which day (`due`): that of what waits for them, or of the review.
    """
    empty = FilteredRelation("seats", condition=Q(seats__user=None, seats__removed_at=None, seats__handed_in_at=None))
    opened = checklist.with_first_for_advisers(reviews.filter(status__in=Review.OPEN), today).annotate(empty=empty)
    is_vacant = Q(GreaterThan(Count("empty"), Value(0)))
    of_its_state = Case(
        When(kind=Review.Kind.SELF, then=Value(_NEVER)),
        When(Q(status=Status.PLANNED) & (Q(first_day__lt=today) | is_vacant), then=F("first_day")),
        When(Q(status=Status.SCORING) & is_vacant, then=F("last_day")),
        default=Value(_NEVER),
    )
    waits = Least(of_its_state, Coalesce("first_step", Value(_NEVER)))
    found: QuerySet[Any] = opened.annotate(
        fact_check_over=_fact_check_over(),
        is_mine=Case(When(LessThan(waits, Value(_NEVER)), then=Value(True)), default=Value(False)),
        due=Coalesce(NullIf(waits, Value(_NEVER)), due_by_state()),
    )
    return found


def final_for_advisers(reviews: QuerySet[Review], today: datetime.date) -> QuerySet[Any]:
    """Return those that are final and in which something waits for the person, with the day by which (`due`)."""
    final = reviews.filter(status=Status.FINAL, pk__in=checklist.final_waiting_for_advisers(today))
    found: QuerySet[Any] = checklist.with_first_for_advisers(final, today).annotate(due=F("first_step"))
    return found


def with_what_decides(reviews: QuerySet[Review], user: User | Given, who: Standing) -> QuerySet[Any]:
    """Have that fetched with reviews which decides what they wait for, but for their steps (with_steps). For figures
    they wait in the services alone that the person leads.
    """
    of_it = {"review": OuterRef("pk")}
    found: QuerySet[Any] = _told(given.with_progress(reviews, who.supervises)).annotate(
        # A person has one seat in a review.
        own=FilteredRelation("seats", condition=Q(seats__user=user, seats__removed_at=None)),
        seat_kind=F("own__kind"),
        seat_leads=F("own__is_lead"),
        handed_in_at=F("own__handed_in_at"),
        vacant=_number(_vacant().filter(**of_it)),
        open_remarks=_number(FactCheckRemark.objects.filter(decision="", **of_it)),
        is_asked=Exists(FactCheckRespondent.objects.filter(user=user, answered_at=None, **of_it)),
    )
    return found


def with_what_decides_for_advisers(reviews: QuerySet[Review]) -> QuerySet[Any]:
    """Have that fetched which with_what_decides does, with reviews that a person sees as adviser alone: they have no
    seat, are not asked, and lead no such service.
    """
    nothing: dict[str, Any] = dict.fromkeys(("open_remarks", "figures_asked", "figures_given"), Value(0))
    nothing |= {"seat_kind": Value(""), "seat_leads": Value(False), "is_asked": Value(False)}
    nothing["handed_in_at"] = Value(None, output_field=DateTimeField())
    vacant = When(status__in=_WITH_SEATS_TO_FILL, then=_number(_vacant().filter(review=OuterRef("pk"))))
    nothing["vacant"] = Case(vacant, default=Value(0))
    found: QuerySet[Any] = _told(reviews).annotate(**nothing)
    return found


def _vacant() -> QuerySet[Seat]:
    """Return the seats that nobody has taken: not those of old reviews that were imported without accounts, which count
    as handed in and are many.
    """
    return Seat.objects.filter(user=None, removed_at=None, handed_in_at=None)


def _told(reviews: QuerySet[Review]) -> QuerySet[Any]:
    return reviews.select_related("service").only(*_COLUMNS).annotate(fact_check_over=_fact_check_over())


def _fact_check_over() -> Case:
    # The state comes first, so that nothing is looked up for the others.
    over = When(Q(status=Status.FACT_CHECK) & workflow.when_fact_check_is_over(), then=Value(True))
    return Case(over, default=Value(False))


def steps_left(**whose: Any) -> QuerySet[ReviewStep]:
    """Return the steps that may still wait, with what tells of them; `whose`: of which review or doer."""
    return (
        ReviewStep.objects.filter(done_at=None, **whose)
        .only("review", "text", "doer", "moment", "days", "own_day")
        .order_by("pk")
    )


def with_steps(reviews: Sequence[Review]) -> Sequence[Review]:
    """Fetch the reviews' steps that may still wait: one query, none for no review."""
    prefetch_related_objects(reviews, Prefetch("steps", queryset=steps_left()))
    return reviews


def _number(rows: QuerySet[Any]) -> Coalesce:
    counted = rows.order_by().values("review").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def task(review: Review, user: User, who: Standing, part: str = "") -> Task:
    """Return a review as the person's task; `part`: only what waits for them as that."""
    now, today = situation(review, user, who), timezone.localdate()
    mine = tuple(each for each in waiting(now, today) if not part or part in each.parts)
    own = [each.due for each in mine if each.due]
    return Task(review, mine, "" if mine else waits_for(now), min(own) if own else now.due)


def situation(review: Any, user: User, who: Standing) -> Situation:
    """Return the plain values of a review for one person, from the rows that with_what_decides and with_steps fetch."""
    figures = given.progress_of(review)
    return Situation(
        status=review.status,
        first_day=review.first_day,
        last_day=review.last_day,
        report_due=review.report_due,
        fact_check_due=review.fact_check_due,
        is_self=review.is_self,
        again=review.reissue_reason != "",
        fact_check_over=review.fact_check_over,
        vacant=review.vacant,
        open_remarks=review.open_remarks,
        figures_asked=figures.asked,
        figures_given=figures.given,
        seat="lead" if review.seat_leads else review.seat_kind or "",
        handed_in=review.handed_in_at is not None,
        is_asked=review.is_asked,
        supervises=review.service_id in who.supervises,
        advises=(review.is_external or review.shared_at is not None) and who.advises(review.service),
        steps=tuple(sorted((Step(each.text, each.doer, each.day) for each in review.steps.all()), key=lambda e: e.day)),
    )


def _asked_parts() -> QuerySet[Any]:
    asked = FactCheckRespondent.objects.filter(user=PERSON).order_by().annotate(part=Value(Part.RESPONDENT))
    # The kinds of seat are called as the parts are.
    seats = Seat.objects.filter(user=PERSON, removed_at=None).order_by()
    return seats.values_list("kind").union(asked.values_list("part"))


_parts: Prepared[tuple[str]] = Prepared(_asked_parts)


def parts_of(user: User, who: Standing) -> list[Part]:
    """Return the parts a person can have anything to do in today: one query."""
    parts = {part for (part,) in _parts.rows(user=user.pk)}
    parts |= {Part.METHOD_SUPERVISOR} if who.supervises else set()
    parts |= {Part.MANAGER} if who.manages else set()
    parts |= {Part.ADVISER} if who.is_adviser else set()
    return [part for part in Part if part in parts]

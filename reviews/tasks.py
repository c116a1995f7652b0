"""What a review under way waits for: from one person, from whom otherwise, and until when.

The rules are functions on plain values; the rest takes these from reviews, in a fixed number of queries.
"""

import datetime
import enum
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Value
from django.utils import timezone
from django.utils.translation import gettext, ngettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from reviews import checklist, given, workflow
from reviews.access import Standing
from reviews.models import Doer, FactCheckRemark, FactCheckRespondent, Review, ReviewStep, Seat, User

Status = Review.Status

FIGURES_BEFORE = datetime.timedelta(days=7)
"""How long before the first visit day the figures are wanted: the evaluators look at them when they prepare."""


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
    if now.vacant and not now.is_self and now.status in (Status.PLANNED, Status.SCORING):
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
    def order(self) -> tuple[bool, datetime.date, datetime.date, str]:
        """What lists are sorted by: what waits for the person first, then by deadline, and those without one last."""
        return (not self.mine, self.due or datetime.date.max, self.review.first_day, str(self.review.pk))


def seen_as(part: str, user: User, who: Standing) -> Q:
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


def may_wait(today: datetime.date) -> Q:
    """Return the condition for the reviews that may wait for somebody: the open ones, and of those that are handed over
    the ones with steps of their checklists left, which come after the report. Each is found by an index of its own.
    """
    open_ones = Review.objects.filter(status__in=Review.OPEN).order_by().values("pk")
    steps = ReviewStep.objects.filter(checklist.left(today), review__status=Status.FINAL)
    return Q(pk__in=open_ones.union(steps.order_by().values("review")))


def with_what_decides(reviews: QuerySet[Review], who: Standing) -> QuerySet[Review]:
    """Have the rows fetched that decide what reviews wait for: five queries, however many reviews. For figures they
    wait in the services alone that the person leads.
    """
    remarks = FactCheckRemark.objects.filter(decision="")
    return (
        given.with_progress(reviews, who.supervises)
        .select_related("service")
        .prefetch_related(
            Prefetch("seats", queryset=Seat.objects.order_by("number")),
            Prefetch("respondents", queryset=FactCheckRespondent.objects.select_related("user").order_by("pk")),
            Prefetch("remarks", queryset=remarks.defer("text", "answer").order_by("pk")),
            Prefetch("steps", queryset=ReviewStep.objects.filter(done_at=None).order_by("pk")),
        )
    )


def task(review: Review, user: User, who: Standing, part: str = "") -> Task:
    """Return a review as the person's task; `part`: only what waits for them as that."""
    now, today = situation(review, user, who), timezone.localdate()
    mine = tuple(each for each in waiting(now, today) if not part or part in each.parts)
    own = [each.due for each in mine if each.due]
    return Task(review, mine, "" if mine else waits_for(now), min(own) if own else now.due)


def situation(review: Review, user: User, who: Standing) -> Situation:
    """Return the plain values of a review for one person, from the rows that with_what_decides fetches."""
    seats = [seat for seat in review.seats.all() if seat.removed_at is None]
    own = next((seat for seat in seats if seat.user_id == user.pk), None)
    figures = given.progress_of(review)
    return Situation(
        status=review.status,
        first_day=review.first_day,
        last_day=review.last_day,
        report_due=review.report_due,
        fact_check_due=review.fact_check_due,
        is_self=review.is_self,
        again=review.reissue_reason != "",
        fact_check_over=review.status == Status.FACT_CHECK and workflow.fact_check_is_over(review),
        vacant=sum(seat.user_id is None for seat in seats),
        open_remarks=sum(remark.decision == "" for remark in review.remarks.all()),
        figures_asked=figures.asked,
        figures_given=figures.given,
        seat="" if own is None else _place(own),
        handed_in=own is not None and own.handed_in_at is not None,
        is_asked=any(asked.user_id == user.pk and asked.answered_at is None for asked in review.respondents.all()),
        supervises=review.service_id in who.supervises,
        advises=(review.is_external or review.shared_at is not None) and who.advises(review.service),
        steps=tuple(sorted((Step(each.text, each.doer, each.day) for each in review.steps.all()), key=lambda e: e.day)),
    )


def _place(seat: Seat) -> str:
    if seat.kind == Seat.Kind.OBSERVER:
        return "observer"
    return "lead" if seat.is_lead else "evaluator"


def parts_of(user: User, who: Standing) -> list[Part]:
    """Return the parts a person can have anything to do in today: one query."""
    asked = FactCheckRespondent.objects.filter(user=user).order_by().annotate(part=Value(Part.RESPONDENT))
    # The kinds of seat are called as the parts are.
    seats = Seat.objects.filter(user=user, removed_at=None).order_by()
    parts = {part for (part,) in seats.values_list("kind").union(asked.values_list("part"))}
    parts |= {Part.METHOD_SUPERVISOR} if who.supervises else set()
    parts |= {Part.MANAGER} if who.manages else set()
    parts |= {Part.ADVISER} if who.is_adviser else set()
    return [part for part in Part if part in parts]

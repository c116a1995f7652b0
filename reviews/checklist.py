"""What is to be done before and after a visit: in which order, how far it has come, and what still waits for whom.

The rules are functions on plain values; the rest puts a review's steps together, in one query.
"""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, DateField, F, FilteredRelation, Func, Min, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThan, GreaterThanOrEqual, LessThanOrEqual

from reviews.models import Doer, Moment, Review, ReviewStep, TemplateStep
from reviews.models.preparation import FARTHEST

NEAR = datetime.timedelta(days=7)
"""How long before its day a step begins to wait for somebody."""

LAPSED = datetime.timedelta(days=90)
"""How long after its day a step goes on waiting for somebody, once the report is handed over."""

_NEXT = 3


def waits(doer: str, day: datetime.date, last_day: datetime.date, *, handed_over: bool) -> bool:
    """Whether a step that is not done is still to be: once the report is handed over, the lead evaluator's work is, and
    so is what was to be done before and during the visit, which ended on `last_day`.
    """
    return not handed_over or (doer != Doer.LEAD and day > last_day)


def is_near(day: datetime.date, today: datetime.date, *, handed_over: bool) -> bool:
    """Whether a step with that day waits for somebody now: from a week before; of a report that is handed over, not
    for ever.
    """
    return day <= today + NEAR and not has_lapsed(day, today, handed_over=handed_over)


def has_lapsed(day: datetime.date, today: datetime.date, *, handed_over: bool) -> bool:
    """Whether a step with that day has been left: of a report that is handed over, nothing waits for ever."""
    return handed_over and day < today - LAPSED


def distance(step: ReviewStep | TemplateStep) -> int:
    """Return how many days after the visit a step is by its rule, less than zero before: what the template is sorted
    by.
    """
    return -step.days if step.moment == Moment.BEFORE else step.days + 1


@dataclass(frozen=True)
class Checklist:
    """A review's steps in the order of their days."""

    review: Review
    steps: tuple[ReviewStep, ...]

    @property
    def done(self) -> int:
        """How many are done."""
        return sum(step.done_at is not None for step in self.steps)

    @property
    def before(self) -> list[ReviewStep]:
        """The steps before the first visit day."""
        return [step for step in self.steps if step.day < self.review.first_day]

    @property
    def after(self) -> list[ReviewStep]:
        """The steps from the first visit day on."""
        return [step for step in self.steps if step.day >= self.review.first_day]

    @property
    def next(self) -> list[ReviewStep]:
        """The first few that are still to be done."""
        handed_over = is_handed_over(self.review)
        left = (step for step in self.steps if step.done_at is None)
        wanted = (s for s in left if waits(s.doer, s.day, self.review.last_day, handed_over=handed_over))
        return list(wanted)[:_NEXT]


def left(today: datetime.date, *, since: datetime.date | None = None, until: datetime.date | None = None) -> Q:
    """Return the condition for the steps that may still wait for somebody, with a day between `since` and `until`.

    A step without a day of its own is found wherever its day could be, by what an index knows. Which of them wait is
    for waits() and has_lapsed() to say.
    """
    still_followed = ~Q(doer=Doer.LEAD) & _between(today - LAPSED, None)
    return (
        Q(done_at=None)
        & ~Q(review__status=Review.Status.CANCELLED)
        & (~of_handed_over() | still_followed)
        & _between(since, until)
    )


def apart(today: datetime.date) -> list[Q]:
    """Return conditions for steps of which those of to_do() meet one each, so that a database finds them by an index:
    those of reviews under way, those of a visit so lately that their day by the rule has not lapsed, and those on a day
    of their own.
    """
    since = today - LAPSED
    final = Q(review__status=Review.Status.FINAL)
    return [
        Q(review__status__in=Review.OPEN),
        final & Q(own_day=None, moment=Moment.AFTER, review__last_day__gte=since - datetime.timedelta(days=FARTHEST)),
        final & Q(own_day__gte=since),
    ]


def of_handed_over() -> Q:
    """Return the condition for the steps of a review whose report was handed over, as is_handed_over() says of one."""
    return Q(review__status=Review.Status.FINAL) | ~Q(review__reissue_reason="")


def _between(since: datetime.date | None, until: datetime.date | None) -> Q:
    own, by_rule, farthest = Q(own_day__isnull=False), Q(own_day=None), datetime.timedelta(days=FARTHEST)
    if since is not None:
        own, by_rule = own & Q(own_day__gte=since), by_rule & Q(review__last_day__gte=since - farthest)
    if until is not None:
        own, by_rule = own & Q(own_day__lte=until), by_rule & Q(review__first_day__lte=until + farthest)
    return own | by_rule


class _DaysAfter(Func):
    """A day so many days after another; before it where the number is less than zero."""

    output_field = DateField()
    arity = 2

    template, arg_joiner = "(%(expressions)s)", " + "
    """As a database says it that adds whole days to a date."""

    def as_sqlite(self, compiler: Any, connection: Any, **options: Any) -> Any:
        """Return the SQL of SQLite, which is told them in words."""
        return super().as_sql(
            compiler, connection, template="DATE(%(expressions)s || ' days')", arg_joiner=", ", **options
        )


def _day(step: str, review: str) -> Coalesce:
    """Return how a query says what ReviewStep.day counts, by the paths to the step and to its review."""
    days = F(f"{step}days")
    by_rule = Case(
        When(**{f"{step}moment": Moment.BEFORE}, then=_DaysAfter(F(f"{review}first_day"), -1 * days)),
        default=_DaysAfter(F(f"{review}last_day"), days),
    )
    return Coalesce(F(f"{step}own_day"), by_rule)


def to_do(today: datetime.date, *, until: datetime.date, since: datetime.date | None = None) -> QuerySet[Any]:
    """Return the steps that are still to be done, as waits() and has_lapsed() say, with a day between `since` and
    `until`, each with its day (`by_day`): so that the database counts them, however many there are.
    """
    steps = ReviewStep.objects.filter(left(today, since=since, until=until))
    found: QuerySet[Any] = steps.annotate(by_day=_day("", "review__")).filter(by_day__lte=until)
    if since is not None:
        found = found.filter(by_day__gte=since)
    still_followed = ~Q(doer=Doer.LEAD) & Q(by_day__gt=F("review__last_day"), by_day__gte=today - LAPSED)
    return found.filter(~of_handed_over() | still_followed)


def with_first_for_advisers(reviews: QuerySet[Review], today: datetime.date) -> QuerySet[Any]:
    """Have it told with reviews that are not cancelled which is the day of an adviser's first step that waits now
    (`first_step`), as waits() and is_near() say of one; none where none does.
    """
    left = FilteredRelation("steps", condition=Q(steps__doer=Doer.ADVISER, steps__done_at=None))
    day = _day("for_adviser__", "")
    is_near = Q(LessThanOrEqual(day, Value(today + NEAR)))
    still_followed = Q(GreaterThan(day, F("last_day")), GreaterThanOrEqual(day, Value(today - LAPSED)))
    handed_over = Q(status=Review.Status.FINAL) | ~Q(reissue_reason="")
    # All at once: what is looked up for one after the other takes several times as long.
    first = Min(day, filter=is_near & (~handed_over | still_followed))
    found: QuerySet[Any] = reviews.annotate(for_adviser=left, first_step=first)
    return found


def final_waiting_for_advisers(today: datetime.date) -> QuerySet[Any]:
    """Return the keys of the final reviews in which with_first_for_advisers() tells a day: few, of all there were."""
    left = ReviewStep.objects.filter(doer=Doer.ADVISER, done_at=None, review__status=Review.Status.FINAL).order_by()
    since, until = today - LAPSED, today + NEAR
    # Either way in which a step comes to a day has an index of its own, and both together have none. By rule it is
    # after the visit, since what was to be done before is not any more.
    by_rule = left.annotate(by_day=_DaysAfter(F("review__last_day"), F("days"))).filter(
        own_day=None,
        moment=Moment.AFTER,
        days__gt=0,
        by_day__gte=since,
        by_day__lte=until,
        review__last_day__range=(since - datetime.timedelta(days=FARTHEST), until),
    )
    own = left.filter(own_day__range=(since, until), own_day__gt=F("review__last_day"))
    return by_rule.values("review").union(own.values("review"))


def is_handed_over(review: Review) -> bool:
    """Whether the report was handed over, also where it is being issued again."""
    return review.status == Review.Status.FINAL or review.reissue_reason != ""


def of(review: Review) -> Checklist:
    """Return a review's checklist: one query."""
    steps = review.steps.select_related("done_by")
    return Checklist(review, tuple(sorted(steps, key=lambda step: (step.day, step.pk))))


def template() -> list[TemplateStep]:
    """Return the steps that every new external review begins with, in the order of their days: one query."""
    return sorted(TemplateStep.objects.all(), key=lambda step: (distance(step), step.pk))

"""What a year holds for one person, as the database counts it by day and kind, and those of the entries that are shown.

However many services there are, what comes out of it is a few numbers for each day of the year, and the entries of a
page. Services whose summary is stale are taken from the source.
"""

import datetime
import functools
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Count,
    DateField,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
    Window,
)
from django.db.models.functions import Cast, Greatest, RowNumber

from reviews import access, checklist, due
from reviews.access import Standing
from reviews.agenda import Cell, Entry, Part, What
from reviews.due import Due
from reviews.due_list import fresh_summary
from reviews.models import (
    ActionPoint,
    Doer,
    ReportVersion,
    Review,
    ReviewStep,
    Seat,
    Service,
    StaleSummary,
    User,
)
from reviews.prepared import Prepared
from reviews.tasks import PERSON

Status = Review.Status

_UNPLANNED = "unplanned"
"""What stands for the services to be planned where the kinds of entries stand."""

_ALL = 2**31 - 1


@dataclass(frozen=True)
class Unplanned:
    """A service that is due and has no external review planned: the day it is due, and the last day it was visited."""

    service: Service
    next_day: datetime.date
    last_day: datetime.date


@dataclass(frozen=True)
class _Rows:
    """The rows of one kind, with `day` and `late`: the paths to the service's name and key, by which those of a day are
    sorted.
    """

    rows: QuerySet[Any]
    name: str
    service: str


class Agenda:
    """A year as one person sees it, of all their services or of those in one county. `show`: one kind alone.

    The steps of others stand in it where steps are asked for, of the checklists that the person sees; otherwise their
    own do.
    """

    def __init__(
        self, user: User, who: Standing, year: int, today: datetime.date, *, county: str = "", show: str = ""
    ) -> None:
        """Take what is asked for. Nothing is fetched yet."""
        self._user, self._who, self._year, self._today, self._county = user, who, year, today, county
        self._show = show
        self._shown = [What(show)] if show else list(What)
        self._all_steps = show == What.STEP
        self._first, self._last = datetime.date(year, 1, 1), datetime.date(year, 12, 31)
        self._seen = access.visible_reviews(user, who)
        self._services = self._within(access.visible_services(user, who), "")

    def _within(self, rows: QuerySet[Any], service: str) -> QuerySet[Any]:
        """Return those of the rows whose service, by a path, is in the county that is asked for."""
        return rows.filter(**{f"{service}county__code": self._county}) if self._county else rows

    # How much there is

    @cached_property
    def cells(self) -> list[Cell]:
        """What stands in the year, in order: with `unplanned_cells` two queries, and up to five more where a summary is
        stale.
        """
        return sorted((cell for each in self._counted.values() for cell in each), key=lambda cell: cell.order)

    @property
    def unplanned_cells(self) -> list[Cell]:
        """The services to be planned in the year, by the day that they are due: in the year that is now and those to
        come also those that are due in an earlier one, whose visit is still to be made.
        """
        numbers: dict[datetime.date, int] = defaultdict(int)
        for day, _late, number in self._numbers[_UNPLANNED]:
            numbers[day] += number
        for day, rows in self._stale_unplanned.items():
            numbers[day] += len(rows)
        return [Cell(day, What.DUE, number) for day, number in sorted(numbers.items())]

    @cached_property
    def _numbers(self) -> dict[str, list[tuple[datetime.date, bool, int]]]:
        """How many there are of each kind on each day: one query, after what is stale."""
        found: dict[str, list[tuple[datetime.date, bool, int]]] = defaultdict(list)
        for what, day, late, number in self._asked():
            found[what].append((day, bool(late), number))
        return found

    def _asked(self) -> Iterable[tuple[str, datetime.date, bool, int]]:
        who = self._who
        if who.supervises or who.manages or self._from_source:
            return self.numbers()
        # Those who have no service of their own but advise see most, and are asked for in the same words.
        asked = _how_much(who.shape, self._year, self._today, self._county, self._show)
        return asked.rows(user=self._user.pk)

    def numbers(self) -> QuerySet[Any, tuple[str, datetime.date, bool, int]]:
        """Return the query of how many there are, of what is not stale: of what, on which day, whether late."""
        first, *others = (
            make()
            .rows.order_by()
            .values("day", "late")
            .annotate(what=Value(what), number=Count("pk"))
            .values_list("what", "day", "late", "number")
            for what, make in self._kinds.items()
        )
        found: QuerySet[Any, tuple[str, datetime.date, bool, int]] = first.union(*others, all=True)
        return found

    @cached_property
    def _counted(self) -> dict[What, list[Cell]]:
        found: dict[What, dict[datetime.date, list[int]]] = {what: defaultdict(lambda: [0, 0]) for what in self._shown}

        def count(what: What, day: datetime.date, number: int, *, late: bool) -> None:
            held = found[what][day]
            held[0] += number
            held[1] += number if late else 0

        for tag, rows in self._numbers.items():
            if tag != _UNPLANNED:
                for day, late, number in rows:
                    count(what := What(tag), day, number, late=late if what == What.VISIT else day < self._today)
        for what, of_day in self._stale.items():
            for day, services in of_day.items():
                count(what, day, len(services), late=day < self._today)
        return {
            what: [Cell(day, what, number, late) for day, (number, late) in of_day.items()]
            for what, of_day in found.items()
        }

    # Of which rows

    @cached_property
    def _kinds(self) -> dict[str, Callable[[], _Rows]]:
        """What makes the query of each kind's rows, but for those that are stale."""
        never = Value(False, output_field=BooleanField())

        def dated(rows: QuerySet[Any], day: str, service: str = "service") -> _Rows:
            name = f"{service}__name" if service else "name"
            return _Rows(rows.annotate(day=F(day), late=never), name, service or "pk")

        in_year = (self._first, self._last)
        reviews = self._within(self._seen, "service__")
        of_what: dict[What, Callable[[], _Rows]] = {
            What.VISIT: lambda: self._visits(reviews),
            What.REPORT: lambda: dated(
                reviews.filter(
                    ~Exists(ReportVersion.objects.filter(review=OuterRef("pk"))),
                    status__in=Review.OPEN,
                    report_due__range=in_year,
                ),
                "report_due",
            ),
            What.FACT_CHECK: lambda: dated(
                reviews.filter(status=Status.FACT_CHECK, fact_check_due__range=in_year), "fact_check_due"
            ),
            What.DUE: lambda: dated(
                self._services.filter(self._is_fresh, ~_planned(), summary__next_due__range=in_year),
                "summary__next_due",
                "",
            ),
            What.HINT: lambda: dated(self._hinted(), "summary__look_by", ""),
            What.STEP: self._steps,
            What.ACTION: lambda: dated(
                self._within(access.visible_actions(self._user, self._who), "service__").filter(
                    status__in=ActionPoint.OPEN, deadline__range=in_year
                ),
                "deadline",
            ),
        }
        return {
            _UNPLANNED: lambda: dated(self._unplanned(), "summary__next_due", ""),
            **{what.value: of_what[what] for what in self._shown},
        }

    def _visits(self, reviews: QuerySet[Review]) -> _Rows:
        """A visit over the turn of the year stands on the first day of it in each."""
        late = Case(
            When(status=Status.PLANNED, first_day__lt=self._today, then=Value(True)),
            default=Value(False),
            output_field=BooleanField(),
        )
        day = Greatest("first_day", Value(self._first), output_field=DateField())
        found = reviews.exclude(status=Status.CANCELLED).filter(first_day__lte=self._last, last_day__gte=self._first)
        return _Rows(found.annotate(day=day, late=late), "service__name", "service")

    def _steps(self) -> _Rows:
        """Their own steps; or those of all whose checklists they see."""
        steps = checklist.to_do(self._today, since=self._first, until=self._last).filter(
            review__in=self._within(access.reviews_with_checklist(self._user, self._who), "service__").order_by()
        )
        if not self._all_steps:
            who = self._who
            leads = Seat.objects.filter(review=OuterRef("review"), user=self._user, removed_at=None, is_lead=True)
            own = Q(doer=Doer.LEAD) & Q(Exists(leads))
            own |= Q(doer=Doer.METHOD_SUPERVISOR, review__service__in=who.supervises)
            own |= Q(doer=Doer.ADVISER) & who.advised("review__service__county")
            steps = steps.filter(own)
        never = Value(False, output_field=BooleanField())
        return _Rows(steps.annotate(day=F("by_day"), late=never), "review__service__name", "review__service")

    def _unplanned(self) -> QuerySet[Service]:
        plannable = self._within(access.plannable_services(self._user, self._who), "")
        return plannable.filter(self._is_fresh, ~_planned(), summary__next_due__range=(self._since_planned, self._last))

    @property
    def _since_planned(self) -> datetime.date:
        return datetime.date.min if self._year >= self._today.year else self._first

    def _hinted(self) -> QuerySet[Service]:
        """The services for which the scale recommends a new look, as Due.hint_day does: the total tells how the last
        review went, so that it is for those who see that.
        """
        of_service = {
            "service": OuterRef("pk"),
            "basis": Review.Basis.PRACTICE,
            "first_day__gt": OuterRef("summary__last_review__last_day"),
        }
        not_begun = (Status.PLANNED, Status.CANCELLED)
        # Whether they see a review is asked of those few that could be one, and not of all there are.
        answers = ~Q(status__in=not_begun) | Q(status=Status.PLANNED, first_day__lte=OuterRef("summary__look_by"))
        found = self._services.filter(
            self._is_fresh,
            ~Exists(self._seen.filter(answers, **of_service)),
            summary__look_by__range=(self._first, self._last),
        )
        if self._who.whole_country:
            # They see every external review.
            return found
        begun = Review.objects.filter(kind=Review.Kind.EXTERNAL, **of_service).exclude(status__in=not_begun)
        told = due.setting_a_date().filter(
            Q(pk__in=self._seen.order_by().values("pk")),
            service=OuterRef("pk"),
            first_day=OuterRef("summary__last_review__first_day"),
            scales__bands__isnull=False,
        )
        who = self._who
        # They see what was handed over.
        own = Q(pk__in=who.supervises | who.manages) | (who.advised("county") if who.is_adviser else Q(pk__in=()))
        return found.filter(~Exists(begun), own | Exists(told.order_by()))

    @property
    def _is_fresh(self) -> Q:
        return fresh_summary(row.service.pk for row in self._from_source)

    @cached_property
    def _from_source(self) -> list[Due]:
        """The services that are not to be read from the summary: one query where there is none, and five more."""
        stale = Q(pk__in=StaleSummary.objects.order_by().values("service")) | Q(summary=None)
        return due.of(self._services.filter(stale).order_by("name", "county", "pk"), self._seen)

    @cached_property
    def _stale(self) -> dict[What, dict[datetime.date, list[Due]]]:
        found: dict[What, dict[datetime.date, list[Due]]] = {
            what: defaultdict(list) for what in (What.DUE, What.HINT) if what in self._shown
        }
        for row in self._from_source:
            days = {What.DUE: None if row.is_planned else row.next_day, What.HINT: row.hint_day}
            for what, of_day in found.items():
                if (day := days[what]) and day.year == self._year:
                    of_day[day].append(row)
        return found

    @cached_property
    def _stale_unplanned(self) -> dict[datetime.date, list[Due]]:
        found: dict[datetime.date, list[Due]] = defaultdict(list)
        for row in self._from_source:
            day = None if row.is_planned else row.next_day
            if day and self._since_planned <= day <= self._last and access.plannable_kinds(row.service, self._who):
                found[day].append(row)
        return found

    # What is shown

    def entries(self, wanted: Iterable[Part], unplanned: Iterable[Part] = ()) -> tuple[list[Entry], list[Unplanned]]:
        """Return the entries of parts of `cells`, in order, and the services of parts of `unplanned_cells`: one query
        for what they are, and one for each of reviews, services, steps and points.
        """
        of_kind: dict[str, list[Part]] = defaultdict(list)
        for part in wanted:
            of_kind[part.cell.what.value].append(part)
        of_kind[_UNPLANNED] = list(unplanned)
        keys: list[tuple[str, datetime.date, int, str]] = []
        asked = [self._keys(what, those) for what, those in of_kind.items() if those]
        if asked:
            first, *others = asked
            keys = sorted(first.union(*others, all=True), key=lambda key: key[2])
        stale = {what: self._stale_parts(what, those) for what, those in of_kind.items()}
        rows = self._fetched(keys)
        found = [self._entry(What(what), day, rows[what][key]) for what, day, _place, key in keys if what != _UNPLANNED]
        found += [
            self._entry(What(what), day, row.service)
            for what, those in stale.items()
            if what != _UNPLANNED
            for day, row in those
        ]
        planless = [
            Unplanned(row, day, row.visited_until)
            for what, day, _place, key in keys
            if what == _UNPLANNED
            for row in [rows[what][key]]
        ]
        planless += [Unplanned(row.service, day, row.last_day or day) for day, row in stale[_UNPLANNED]]
        order = list(What)
        found.sort(key=lambda entry: (entry.day, order.index(entry.what)))
        return found, sorted(planless, key=lambda row: row.next_day)

    def _of_stale(self, what: str) -> Mapping[datetime.date, Sequence[Due]]:
        if what == _UNPLANNED:
            return self._stale_unplanned
        return self._stale.get(What(what), {})

    def _stale_parts(self, what: str, wanted: Iterable[Part]) -> list[tuple[datetime.date, Due]]:
        """Return those of the parts that are taken from the source: of a day they stand after the others, since only
        the database orders names as it does.
        """
        stale = self._of_stale(what)
        found = []
        for part in wanted:
            rows = stale.get(part.cell.day, ())
            fresh = part.cell.number - len(rows)
            found += [(part.cell.day, row) for row in rows[max(part.first - fresh, 0) : max(part.last - fresh, 0)]]
        return found

    def _keys(self, what: str, wanted: Sequence[Part]) -> QuerySet[Any]:
        """Return the query of what is shown of a kind: its day, its place among those of the day, and its key."""
        days = [part.cell.day for part in wanted]
        each = self._kinds[what]()
        place = Window(RowNumber(), partition_by=[F("day")], order_by=[F(each.name), F(each.service), F("pk")])
        rows = each.rows.order_by().filter(day__in=days).annotate(what=Value(what), place=place)
        cut = [part for part in wanted if part.last < part.cell.number or part.first]
        if cut:
            whole = {"output_field": IntegerField()}
            after = [When(day=part.cell.day, then=Value(part.first)) for part in cut]
            until = [When(day=part.cell.day, then=Value(part.last)) for part in cut]
            rows = rows.filter(
                place__gt=Case(*after, default=Value(0), **whole), place__lte=Case(*until, default=Value(_ALL), **whole)
            )
        keyed: QuerySet[Any] = rows.annotate(key=Cast("pk", CharField()))
        return keyed.values_list("what", "day", "place", "key")

    def _fetched(self, keys: Iterable[tuple[str, datetime.date, int, str]]) -> dict[str, dict[str, Any]]:
        """Return the rows of the keys by kind and key."""
        of_kind: dict[str, set[str]] = defaultdict(set)
        for what, _day, _place, key in keys:
            of_kind[what].add(key)
        found: dict[str, dict[str, Any]] = {}
        for kinds, rows in _MODELS:
            wanted = set().union(*(of_kind[what] for what in kinds))
            if wanted:
                own = {key: rows.model._meta.pk.to_python(key) for key in wanted}
                fetched = rows.in_bulk(own.values())
                by_key = {key: fetched[value] for key, value in own.items()}
                found |= dict.fromkeys(kinds, by_key)
        return found

    def _entry(self, what: What, day: datetime.date, row: Any) -> Entry:
        late = day < self._today
        if what == What.VISIT:
            late = row.status == Status.PLANNED and row.first_day < self._today
        if isinstance(row, Review):
            return Entry(day, what, row.service, row, is_late=late)
        if isinstance(row, ReviewStep):
            return Entry(day, what, row.review.service, row.review, row, is_late=late)
        if isinstance(row, ActionPoint):
            return Entry(day, what, row.service, action=row, is_late=late)
        kinds = access.plannable_kinds(row, self._who)
        plans = bool(kinds) if what == What.DUE else Review.Kind.SELF in kinds
        return Entry(day, what, row, is_late=late, may_plan=plans)


_MODELS: tuple[tuple[tuple[str, ...], QuerySet[Any]], ...] = (
    ((What.VISIT.value, What.REPORT.value, What.FACT_CHECK.value), Review.objects.select_related("service__county")),
    (
        (What.DUE.value, What.HINT.value, _UNPLANNED),
        Service.objects.select_related("county").annotate(visited_until=F("summary__last_review__last_day")),
    ),
    ((What.STEP.value,), ReviewStep.objects.select_related("review__service__county")),
    ((What.ACTION.value,), ActionPoint.objects.select_related("service__county", "item")),
)
"""How the rows of the kinds are fetched."""


@functools.lru_cache(maxsize=100)
def _how_much(
    shape: access.Shape, year: int, today: datetime.date, county: str, show: str
) -> Prepared[tuple[str, datetime.date, bool, int]]:
    """Return the query of how much there is, for a person who is given later: none of it is stale."""

    def numbers() -> QuerySet[Any, tuple[str, datetime.date, bool, int]]:
        # A query takes who is given later as it takes a person.
        person = cast("User", PERSON)
        found = Agenda(person, shape.asked(person, today), year, today, county=county, show=show)
        vars(found)["_from_source"] = []
        return found.numbers()

    return Prepared(numbers)


def _planned() -> Exists:
    return Exists(due.coming().filter(service=OuterRef("pk")))

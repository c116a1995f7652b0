"""What a year holds for one person, as the database counts it by day and kind, and those of the entries that are shown.

However many services there are, what comes out of it is a few numbers for each day of the year, and the entries of a
page. Services whose summary is stale are taken from the source.
"""

import datetime
import functools
import operator
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
    Subquery,
    Value,
    When,
    Window,
)
from django.db.models.functions import Cast, Greatest, RowNumber

from reviews import access, checklist, due
from reviews.access import Standing
from reviews.agenda import Cell, Entry, Part, What
from reviews.due import Due
from reviews.models import (
    ActionPoint,
    Doer,
    ReportVersion,
    Review,
    ReviewScale,
    ReviewStep,
    Seat,
    Service,
    ServiceSummary,
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
    sorted. `parts`: the same rows in parts that are counted apart, where each is found by an index of its own.
    """

    rows: QuerySet[Any]
    name: str
    service: str
    parts: Sequence[QuerySet[Any]] = ()


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
            part.order_by()
            .values("day", "late")
            .annotate(what=Value(what), number=Count("*"))
            .values_list("what", "day", "late", "number")
            for what, make in self._kinds.items()
            for each in [make()]
            for part in each.parts or (each.rows,)
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

        def dated(rows: QuerySet[Any], day: str) -> _Rows:
            return _Rows(rows.annotate(day=F(day), late=never), "service__name", "service")

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
                self._fresh(self._services).filter(~_planned(), next_due__range=in_year),
                "next_due",
            ),
            What.HINT: lambda: dated(self._hinted(), "look_by"),
            What.STEP: self._steps,
            What.ACTION: lambda: dated(
                self._within(access.visible_actions(self._user, self._who), "service__").filter(
                    status__in=ActionPoint.OPEN, deadline__range=in_year
                ),
                "deadline",
            ),
        }
        return {
            _UNPLANNED: lambda: dated(self._unplanned(), "next_due"),
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

        def visits(of: QuerySet[Review]) -> QuerySet[Any]:
            found = of.exclude(status=Status.CANCELLED).filter(first_day__lte=self._last, last_day__gte=self._first)
            return found.annotate(day=day, late=late)

        parts = [visits(self._within(each, "service__")) for each in access.seen_in_parts(self._user, self._who)]
        return _Rows(visits(reviews), "service__name", "service", parts)

    def _steps(self) -> _Rows:
        """Their own steps; or those of all whose checklists they see. An adviser's are found among the reviews that may
        still have any, and others' own by their roles.
        """
        who, never = self._who, Value(False, output_field=BooleanField())
        seen = checklist.to_do(self._today, since=self._first, until=self._last).filter(
            access.sees_checklist(self._user, who, "review__")
        )
        steps = self._within(seen, "review__service__").annotate(day=F("by_day"), late=never)
        among = checklist.apart(self._today)
        if not self._all_steps:
            leads = Seat.objects.filter(user=self._user, removed_at=None, is_lead=True).order_by().values("review")
            of_roles = [Q(doer=Doer.LEAD, review__in=leads)]
            if who.supervises:
                of_roles.append(Q(doer=Doer.METHOD_SUPERVISOR, review__service__in=who.supervises))
            of_adviser = Q(doer=Doer.ADVISER) & who.advised("review__service__county")
            among = [*of_roles, *(of_adviser & rule for rule in among if who.is_adviser)]
            own = functools.reduce(operator.or_, of_roles)
            steps = steps.filter(own | of_adviser if who.is_adviser else own)
        return _Rows(steps, "review__service__name", "review__service", [steps.filter(rule) for rule in among])

    def _unplanned(self) -> QuerySet[ServiceSummary]:
        plannable = self._within(access.plannable_services(self._user, self._who), "")
        return self._fresh(plannable).filter(~_planned(), next_due__range=(self._since_planned, self._last))

    @property
    def _since_planned(self) -> datetime.date:
        return datetime.date.min if self._year >= self._today.year else self._first

    def _hinted(self) -> QuerySet[ServiceSummary]:
        """The services for which the scale recommends a new look, as Due.hint_day does: the total tells how the last
        review went, so that it is for those who see that.
        """
        who = self._who
        later = {
            "service": OuterRef("pk"),
            "basis": Review.Basis.PRACTICE,
            "first_day__gt": OuterRef("last_day"),
        }
        # Those under way are few. Of those that were handed over who advises sees what everybody may know of, which is
        # counted ahead; what else somebody sees is their own.
        begun = ~Q(status=Status.PLANNED)
        answers = self._seen.filter(begun | Q(first_day__lte=OuterRef("look_by")), status__in=Review.OPEN, **later)
        own = access.own_reviews(self._user, who).filter(status=Status.FINAL, **later)
        found = self._fresh(self._services).filter(
            ~Exists(answers), ~Exists(own), look_by__range=(self._first, self._last)
        )
        if who.is_adviser:
            found = found.exclude(who.advised("county"), is_looked_at=True)
        if who.whole_country:
            # They see every external review.
            return found
        external = Review.objects.filter(begun, kind=Review.Kind.EXTERNAL, status__in=Review.OPEN, **later)
        last = Review.objects.filter(pk=OuterRef(OuterRef("last_review"))).order_by().values("first_day")
        told = self._seen.filter(
            Exists(ReportVersion.objects.filter(review=OuterRef("pk"))),
            Exists(ReviewScale.objects.filter(review=OuterRef("pk"), scale__bands__isnull=False)),
            service=OuterRef("pk"),
            kind=Review.Kind.EXTERNAL,
            basis=Review.Basis.PRACTICE,
            first_day=Subquery(last),
        )
        # They see what was handed over.
        own_services = Q(pk__in=who.supervises | who.manages)
        sure = own_services | who.advised("county") if who.is_adviser else own_services
        return found.filter(~Exists(external), sure | Exists(told.order_by()))

    def _fresh(self, services: QuerySet[Service]) -> QuerySet[ServiceSummary]:
        """Return the summaries of some of the services, but for those that are stale."""
        found = ServiceSummary.objects.exclude(pk__in=[row.service.pk for row in self._from_source])
        if self._who.whole_country and not self._county:
            return found
        return found.filter(service__in=services.order_by().values("pk"))

    @cached_property
    def _from_source(self) -> list[Due]:
        """The services that are not to be read from the summary: one query where there is none, and five more."""
        stale = self._services.filter(pk__in=StaleSummary.objects.order_by().values("service"))
        return due.of(stale.order_by("name", "county", "pk"), self._seen)

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
        # Without what was deleted since the keys were asked for.
        keys = [each for each in keys if each[3] in rows[each[0]]]
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
        rows = each.rows.order_by().filter(day__in=days)
        if each.parts:
            first, *others = (part.order_by().filter(day__in=days).values("pk") for part in each.parts)
            rows = rows.filter(pk__in=first.union(*others, all=True) if others else first)
        rows = rows.annotate(what=Value(what), place=place)
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
                by_key = {key: fetched[value] for key, value in own.items() if value in fetched}
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

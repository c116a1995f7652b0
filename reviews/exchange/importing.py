"""Takes a score sheet in: all of it or nothing."""

import datetime
import difflib
import gc
from collections import defaultdict
from collections.abc import Collection, Container, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import StrEnum
from operator import attrgetter
from pathlib import Path
from typing import BinaryIO, NamedTuple
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet
from django.utils import timezone

from reviews import audit, results, texts
from reviews.exchange import reading, rows, sheet
from reviews.exchange.earlier import Earlier
from reviews.exchange.exporting import STATES
from reviews.exchange.faults import LISTED, Fault, Faults, Problem, Unreadable
from reviews.exchange.held import CHUNK, Editions, Held, catalogue, chunks, load
from reviews.models import (
    AgreedResult,
    AuditEvent,
    Context,
    County,
    FinalScore,
    Rating,
    ReportVersion,
    Review,
    ReviewScale,
    Seat,
    Service,
    User,
)
from reviews.report import content
from reviews.report.ahead import Known
from reviews.report.around import Around
from reviews.summary.keeping import settle_when_done
from scales.models import Scale

_Key = tuple[UUID, datetime.date, str, frozenset[str]]
"""What names a review: its service, first visit day, kind and the codes of its scales."""


_FILE_NAME_LIMIT = 255
"""How much of the sheet's name is kept."""


SHOWN = 500
"""How many of the reviews of a sheet are named one by one; all are counted."""


class Made(NamedTuple):
    """A review that an import makes: its service with the county, its day, what it is, and its scales' titles."""

    service: str
    day: str
    """In ISO form."""
    kind: str
    basis: str
    scales: Sequence[str]
    is_settled: bool


@dataclass
class Outcome:
    """What an import made, or would have made; with faults it made nothing."""

    services: list[str] = field(default_factory=list)
    """The names of the new services with their counties."""
    reviews: int = 0
    made: list[Made] = field(default_factory=list)
    """The first of the reviews, one by one."""
    scores: int = 0
    """How many items have an agreed score in the reviews it made."""
    not_agreed: int = 0
    """How many of the reviews it made have something that is not agreed, and are in consensus."""
    unchanged: int = 0
    """How many reviews of the sheet were here already, just like this."""
    faults: Faults = field(default_factory=Faults)
    stopped_at: int | None = None
    """The row from which on the sheet was not read, since there were too many faults before it."""


class Step(StrEnum):
    """What an import is at."""

    ROWS = "rows"
    REPORTS = "reports"


class Progress(NamedTuple):
    """How far an import has come: the last row that is read, or how many of how many reports are made."""

    step: Step
    done: int
    of: int | None = None


@dataclass(frozen=True)
class Importer:
    """Who imports, and what of what is here it may tell them of. Without any of it: a command, which may do all."""

    user: User | None = None
    counties: Collection[int] | None = None
    """The counties whose reviews may be imported; None: all."""
    sees: QuerySet[Review] | None = None
    """The reviews that a sheet is compared with; None: all. To the others the importer must not be led."""


_COMMAND = Importer()


def run(path: Path, *, create_services: bool = False, dry_run: bool = False, importer: Importer = _COMMAND) -> Outcome:
    """Import the sheet at `path`: steps(), all of them. Raises OSError where the file cannot be opened."""
    with path.open("rb") as file:
        going = steps(file, path.name, create_services=create_services, dry_run=dry_run, importer=importer)
        while True:
            try:
                next(going)
            except StopIteration as end:
                outcome: Outcome = end.value
                return outcome


def steps(
    file: BinaryIO,
    name: str,
    *,
    create_services: bool = False,
    dry_run: bool = False,
    importer: Importer = _COMMAND,
) -> Generator[Progress, None, Outcome]:
    """Import a sheet, CSV or XLSX, telling how far it has come: everything, or with any fault nothing; `dry_run`:
    nothing in any case, and no report is made for it. Nothing either where it is not run to its end.

    `create_services` makes the services that are not known. The memory it takes does not grow with a CSV. Imports wait
    for each other, so that two of the same sheet do not both find that it is not here.
    """
    with _seldom_collected(), transaction.atomic():
        if not dry_run:
            list(County.objects.select_for_update(no_key=True).order_by("pk"))
        outcome = yield from _Import(name, create_services, importer, dry_run).steps(file)
        if outcome.faults.count or dry_run:
            transaction.set_rollback(True)
    return outcome


_USUALLY = gc.get_threshold()


@contextmanager
def _seldom_collected() -> Iterator[None]:
    """Have Python look for cycles seldom, and among new objects alone: an import makes millions of objects that go as
    soon as they are left, and to look through all that a process holds for each few hundred of them takes a third of
    its time. Where two imports go on at once, the first that ends ends it for both.
    """
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)
    try:
        yield
    finally:
        gc.set_threshold(*_USUALLY)
        gc.unfreeze()


class _Import:
    """One import under way."""

    def __init__(self, name: str, create_services: bool, importer: Importer, dry_run: bool) -> None:
        self._file_name = name
        self._name = name[:_FILE_NAME_LIMIT]
        self._create_services = create_services
        self._importer = importer
        self._dry_run = dry_run
        self._actor = importer.user
        self._now = timezone.now()
        self._outcome = Outcome()
        self._faults = self._outcome.faults
        self._editions = Editions()
        self._scales: dict[str, Scale] = {scale.code: scale for scale in self._editions.newest()}
        self._items: dict[str, dict[str, int]] = {
            scale.code: {item.code: item.pk for section in scale.sections.all() for item in section.items.all()}
            for scale in self._scales.values()
        }
        self._counties = {county.name.casefold(): county for county in County.objects.all()}
        self._earlier = Earlier()
        self._known: Known = {}
        self._services: dict[tuple[int, str], Service] = {}
        for service in Service.objects.select_related("county"):
            self._know(service)

    def steps(self, file: BinaryIO) -> Generator[Progress, None, Outcome]:
        """Take the whole sheet in."""
        with rows.behind() as self._behind:
            return (yield from self._steps(file))

    def _steps(self, file: BinaryIO) -> Generator[Progress, None, Outcome]:
        if texts.identity_numbers(self._file_name):
            self._faults.add(Fault(Problem.IDENTITY_IN_NAME))
        read = self._until_too_many_faults(reading.rows(file))
        found = sheet.reviews(read, catalogue(self._scales.values()), self._faults, self._service)
        try:
            for chunk in chunks(found):
                self._take(chunk)
                yield Progress(Step.ROWS, chunk[-1].row)
        except Unreadable as unreadable:
            self._faults.add(unreadable.fault)
        if not self._faults.count and not self._dry_run:
            yield from self._finalise()
        return self._outcome

    def _until_too_many_faults(self, rows: Iterable[reading.Row]) -> Iterator[reading.Row]:
        for row in rows:
            if self._faults.are_too_many:
                self._outcome.stopped_at = row.number
                return
            yield row

    def _know(self, service: Service) -> None:
        # Exactly as it is written, and without regard to case where that is clear.
        self._services[service.county_id, service.name] = service
        self._services.setdefault((service.county_id, service.name.casefold()), service)

    def _take(self, chunk: Iterable[sheet.SheetReview]) -> None:
        """Take some reviews: leave out those that are here already, count the others and write them."""
        # The same review may have come before.
        self._behind.wait()
        placed = [(review, review.place) for review in chunk if isinstance(review.place, Service)]
        held = self._held({service.pk for _review, service in placed}, {review.day for review, _service in placed})
        new = [
            (review, service)
            for review, service in placed
            if not review.faulty and self._is_new(review, service, held[_key(review, service)])
        ]
        if self._faults.count:
            return
        self._outcome.reviews += len(new)
        self._outcome.made += [
            self._made(review, service) for review, service in new[: max(0, SHOWN - len(self._outcome.made))]
        ]
        self._outcome.not_agreed += sum(not review.is_settled for review, _service in new)
        self._outcome.scores += sum(
            line.score is not None
            for review, _service in new
            for found in review.lines.values()
            for line in found.values()
        )
        if not self._dry_run:
            self._write(new)

    def _made(self, review: sheet.SheetReview, service: Service) -> Made:
        titles = [self._scales[code].title for code in review.lines]
        name = f"{service.name} ({service.county.name})"
        return Made(name, review.day.isoformat(), review.kind, review.basis, titles, review.is_settled)

    def _service(self, name: str, county_name: str, row: int) -> Service | None:
        """Return the service of a row, made if it may be; None with a fault."""
        county = self._counties.get(county_name.casefold())
        if county is None:
            like = _nearest(county_name, [county.name for county in self._counties.values()])
            self._add(Problem.UNKNOWN_COUNTY, row, "county", like, value=county_name)
            return None
        if not self._may_import(county):
            self._add(Problem.OTHER_COUNTY, row, "county", county=county.name)
            return None
        for written in (name, name.casefold()):
            if service := self._services.get((county.pk, written)):
                return service
        if self._create_services:
            service = Service.objects.create(name=name, county=county)
            self._know(service)
            self._outcome.services.append(f"{service.name} ({county.name})")
            return service
        like = self._like(name, county) if self._faults.count < LISTED else []
        self._add(Problem.UNKNOWN_SERVICE, row, "service", like, value=name, county=county.name)
        return None

    def _may_import(self, county: County) -> bool:
        return self._importer.counties is None or county.pk in self._importer.counties

    def _like(self, name: str, county: County) -> list[str]:
        """Return the services whose names are like `name`, with their counties; those in `county` first."""
        known: dict[str, set[str]] = defaultdict(set)
        for service in self._services.values():
            if self._may_import(service.county):
                known[service.name].add(service.county.name)
        like = [(each, place) for each in _nearest(name, known) for place in sorted(known[each])]
        return [f"{each} ({place})" for each, place in sorted(like, key=lambda found: found[1] != county.name)]

    def _add(
        self,
        problem: Problem,
        row: int,
        column: str = "",
        nearest: Iterable[str] = (),
        **values: object,
    ) -> None:
        self._faults.add(Fault(problem, row, column, values, tuple(nearest)))

    def _held(self, services: Iterable[UUID], days: Iterable[datetime.date]) -> dict[_Key, list[Held | None]]:
        """Return what is held for these services on these days; None stands for a review that is still blind."""
        seen = Review.objects.all() if self._importer.sees is None else self._importer.sees
        reviews = list(
            seen.filter(service__in=services, first_day__in=days).exclude(status=Review.Status.CANCELLED).order_by()
        )
        found: dict[_Key, list[Held | None]] = defaultdict(list)
        if not reviews:
            return found
        codes: dict[UUID, set[str]] = defaultdict(set)
        for review_id, code in ReviewScale.objects.filter(review__in=reviews).values_list("review", "scale__code"):
            codes[review_id].add(code)
        readable = [review for review in reviews if review.status in STATES]
        open_to_all = {held.review.pk: held for held in load(readable, with_shown=False, scales=self._editions.get)}
        for review in reviews:
            key = (review.service_id, review.first_day, review.kind, frozenset(codes[review.pk]))
            found[key].append(open_to_all.get(review.pk))
        return found

    def _is_new(self, review: sheet.SheetReview, service: Service, held: Sequence[Held | None]) -> bool:
        """Say whether the review is not here yet. One that is here counts as unchanged, or is a fault."""
        if not held:
            return True
        if any(each is not None and _is_same(review, each) for each in held):
            self._outcome.unchanged += 1
            return False
        problem = Problem.UNDER_WAY if None in held else Problem.DIFFERS
        self._add(problem, review.row, service=service.name, date=review.day.isoformat())
        return False

    def _write(self, new: Sequence[tuple[sheet.SheetReview, Service]]) -> None:
        """Write the rows of new reviews, in consensus."""
        made = [(uuid4(), review) for review, _service in new]
        names = ("id", "service", "kind", "basis", "first_day", "last_day", "status", "imported_from", "created_by")
        times = ("created_at", "scoring_at", "consensus_at")
        alike = (Review.Status.CONSENSUS.value, self._name, self._actor and self._actor.pk, *[self._now] * len(times))
        reviews = [
            (key, service.pk, review.kind, review.basis, review.day, review.day, *alike)
            for (key, review), (_review, service) in zip(made, new, strict=True)
        ]
        rows.insert(connection, Review, (*names, *times), reviews)
        pins = [(key, self._scales[code].pk) for key, review in made for code in review.lines]
        rows.insert(connection, ReviewScale, ("review", "scale"), pins)
        seats = Seat.objects.bulk_create(
            Seat(review_id=key, number=number, is_lead=number == 1, handed_in_at=self._now)
            for key, review in made
            for number in range(1, review.evaluators + 1)
        )
        audit.record_each(self._actor, AuditEvent.Action.IMPORTED, [Review(pk=key) for key, _review in made])
        by_place = {(seat.review_id, seat.number): seat.pk for seat in seats}
        ratings, agreed = [], []
        for key, review in made:
            evaluators = [by_place.get((key, number)) for number in (1, 2)]
            for code, lines in review.lines.items():
                items = self._items[code]
                for line in lines.values():
                    item = items[line.item]
                    for seat, score in zip(evaluators, line.own, strict=True):
                        if score is not None:
                            ratings.append((seat, item, score, self._now))
                    agreed.append(
                        (key, item, line.score, line.not_scored, line.comment, line.recommendation, self._now)
                    )

        def write(connection: BaseDatabaseWrapper) -> None:
            rows.insert(connection, Rating, ("seat", "item", "score", "updated_at"), ratings)
            rows.insert(connection, AgreedResult, ("review", "item", *results.SAID, "updated_at"), agreed)

        self._behind.do(write)

    def _finalise(self) -> Generator[Progress, None, None]:
        """Give every review of this import in which all is agreed its first version, and make it final.

        A service's oldest first and after all else, so that each report finds the review before it, however the sheet
        is sorted.
        """
        self._behind.wait()
        mine = Review.objects.filter(
            status=Review.Status.CONSENSUS, created_at=self._now, imported_from=self._name, created_by=self._actor
        )
        settled = mine.exclude(
            pk__in=AgreedResult.objects.filter(review__in=mine, score=None, not_scored="").values("review")
        )
        count, done = settled.count(), 0
        oldest_first = settled.select_related("service__county").order_by("service", "first_day", "pk")
        made: list[tuple[Held, ReportVersion]] = []
        for chunk in chunks(oldest_first.prefetch_related("seats").iterator(chunk_size=CHUNK)):
            # In a report that does not show them, nothing hangs on own scores.
            own = any(review.show_evaluator_scores for review in chunk)
            held = load(chunk, with_shown=False, with_own=own, scales=self._editions.get)
            self._earlier.prepare(chunk)
            # What was made before is written while these are made.
            self._behind.do(self._written(made))
            made = self._issued(held)
            done += len(chunk)
            yield Progress(Step.REPORTS, done, count)
        self._behind.do(self._written(made))
        self._behind.wait()
        settle_when_done(mine.order_by().values_list("service", flat=True).distinct())
        mine.filter(versions__isnull=False).update(status=Review.Status.FINAL, final_at=self._now)

    def _issued(self, chunk: Sequence[Held]) -> list[tuple[Held, ReportVersion]]:
        """Make the first versions of some reviews."""
        made = []
        for held in chunk:
            self._earlier.begin(held.review)
            version = self._version(held)
            self._earlier.add(held, version)
            made.append((held, version))
        return made

    def _written(self, chunk: Sequence[tuple[Held, ReportVersion]]) -> rows.Write:
        """Return what writes such versions."""
        names = ("id", "review", "number", "content", "editions", "made_by", "made_at")
        versions = [
            (made.pk, held.review.pk, made.number, made.content, made.editions, made.made_by_id, made.made_at)
            for held, made in chunk
        ]
        said = attrgetter("item.pk", *results.SAID)
        scores = [(made.pk, *said(each)) for held, made in chunk for found in held.scales for each in found.items]

        def write(connection: BaseDatabaseWrapper) -> None:
            rows.insert(connection, ReportVersion, names, versions)
            rows.insert(connection, FinalScore, ("version", "item", *results.SAID), scores)

        return write

    def _version(self, held: Held) -> ReportVersion:
        return ReportVersion(
            review=held.review,
            number=1,
            content=content.build(
                held.review,
                number=1,
                made_at=self._now,
                found=held.scales,
                before=self._earlier.before,
                beside=Around(context=Context(), teams=[]),
                # Nobody has had it open.
                corrections=[],
                known=self._known,
            ),
            editions=[{"code": found.scale.code, "edition": found.scale.edition} for found in held.scales],
            made_by=self._actor,
            made_at=self._now,
        )


def _key(review: sheet.SheetReview, service: Service) -> _Key:
    return service.pk, review.day, review.kind, frozenset(review.lines)


def _is_same(review: sheet.SheetReview, held: Held) -> bool:
    """Say whether the sheet has what is still held. Own scores that were deleted since are not missed."""
    gone = {place for place in (0, 1) if place < held.evaluators and not held.rated[place]}

    def still(lines: Mapping[str, Mapping[str, sheet.Line]]) -> dict[str, dict[str, sheet.Line]]:
        return {code: {item: _without(line, gone) for item, line in found.items()} for code, found in lines.items()}

    return review.basis == held.review.basis and still(review.lines) == still(held.lines())


def _without(line: sheet.Line, places: Container[int]) -> sheet.Line:
    """Return the line without the own scores of the evaluators at these places (0, 1)."""
    first, second = line.own
    return replace(line, own=(None if 0 in places else first, None if 1 in places else second))


def _nearest(name: str, known: Iterable[str]) -> list[str]:
    """Return up to three known names that are like `name`, the likest first; case does not count."""
    folded = {each.casefold(): each for each in known}
    return [folded[match] for match in difflib.get_close_matches(name.casefold(), list(folded), 3, 0.6)]

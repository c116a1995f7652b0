"""Score sheets that an adviser sends: kept for a day, looked at as often as wanted, and taken in once.

What is looked at is what is taken in: the bytes that are held, by their hash.
"""

import datetime
import hashlib
import io
from collections.abc import Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, BinaryIO, NamedTuple

from django.db import transaction
from django.utils import timezone

from reviews import access
from reviews.exchange import importing, marking, reading, sheet, xlsx
from reviews.exchange.faults import Fault, Problem, Unreadable
from reviews.exchange.importing import Importer, Made, Outcome, Progress, Step
from reviews.models import Review, Upload, User

SHEET_LIMIT = 50 * 1024 * 1024
"""The most bytes a sheet may have; a workbook may have fewer (reading.WORKBOOK_LIMIT)."""


class MadeRow(NamedTuple):
    """A review that a sheet gives, as a page tells of it."""

    service: str
    day: datetime.date
    kind: str
    from_plans: bool
    scales: Sequence[str]
    is_settled: bool


@dataclass(frozen=True)
class Found:
    """What the last look at a sheet found, or what came of taking it in: an importing.Outcome that can be kept.

    `rows` has what stands in the rows that `faults` are about, shortened and without identity numbers.
    """

    digest: str
    last_row: int
    services: Sequence[str]
    reviews: int
    scores: int
    not_agreed: int
    unchanged: int
    fault_count: int
    faults: Sequence[Fault] = ()
    header: Sequence[str] = ()
    rows: Mapping[int, Sequence[str]] = field(default_factory=dict)
    made: Sequence[Made] = ()
    stopped_at: int | None = None

    @property
    def made_rows(self) -> list[MadeRow]:
        """The reviews that are named one by one, in words."""
        return [
            MadeRow(
                made.service,
                datetime.date.fromisoformat(made.day),
                str(Review.Kind(made.kind).label),
                made.basis == Review.Basis.PLANS,
                made.scales,
                made.is_settled,
            )
            for made in self.made
        ]

    @property
    def unnamed(self) -> int:
        """How many reviews are counted and not named."""
        return self.reviews - len(self.made)

    @property
    def marked(self) -> marking.Marked:
        """The faults in their cells."""
        return marking.mark(self.header, self.rows, self.faults)

    @property
    def more(self) -> int:
        """How many faults are counted and not listed."""
        return self.fault_count - len(self.faults)

    @property
    def may_make_services(self) -> bool:
        """Whether a service that is not known is among what is wrong, so that making it could help."""
        return any(fault.problem == Problem.UNKNOWN_SERVICE for fault in self.faults)

    def kept(self) -> dict[str, object]:
        """Return this as Upload keeps it."""
        return {
            "digest": self.digest,
            "last_row": self.last_row,
            "services": list(self.services),
            "reviews": self.reviews,
            "scores": self.scores,
            "not_agreed": self.not_agreed,
            "unchanged": self.unchanged,
            "fault_count": self.fault_count,
            "faults": [
                [fault.problem, fault.row, fault.column, dict(fault.values), list(fault.nearest)]
                for fault in self.faults
            ],
            "header": list(self.header),
            "rows": [[number, list(cells)] for number, cells in self.rows.items()],
            "made": [list(made) for made in self.made],
            "stopped_at": self.stopped_at,
        }


def found_in(upload: Upload) -> Found | None:
    """Return what the last look at a sheet found; None before the first."""
    if upload.checked_at is None:
        return None
    kept: dict[str, Any] = dict(upload.outcome)
    faults = [
        Fault(Problem(problem), row, column, values, tuple(nearest))
        for problem, row, column, values, nearest in kept.pop("faults")
    ]
    rows = dict(kept.pop("rows"))
    # A sheet that was looked at before reviews were named has none.
    made = [Made(*values) for values in kept.pop("made", ())]
    return Found(faults=faults, rows=rows, made=made, **kept)


def keep(user: User, name: str, content: bytes, *, create_services: bool) -> Upload:
    """Keep a sheet that somebody has sent, to be looked at. What is too old goes."""
    delete_old()
    return Upload.objects.create(user=user, name=name, content=content, create_services=create_services)


def delete_old() -> int:
    """Delete the sheets that have waited too long to be taken in; return how many there were. What was taken in has no
    bytes any more, and stays in numbers.
    """
    deleted, _by_model = Upload.objects.waiting().filter(created_at__lte=timezone.now() - Upload.KEPT).delete()
    return deleted


def give_up(upload: Upload) -> None:
    """Delete a sheet that is not taken in."""
    Upload.objects.waiting().filter(pk=upload.pk).delete()


def check(upload: Upload, *, create_services: bool) -> Generator[Progress, None, None]:
    """Look at what taking a sheet in would do, and keep what is found; tells how far it has come. One that is taken in,
    or gone, stays as it is.
    """
    content = _content(upload)
    if content is None:
        return
    with closing(_take(upload, content, create_services=create_services, dry_run=True)) as going:
        found = yield from going
    Upload.objects.waiting().filter(pk=upload.pk).update(
        outcome=found.kept(), create_services=create_services, checked_at=timezone.now()
    )


def take_in(upload: Upload) -> Generator[Progress, None, None]:
    """Import a sheet as it was looked at, and delete its bytes; tells how far it has come. All or nothing: where it has
    faults after all, because what is here has changed, they are kept as by check(). A sheet that was not looked at, had
    faults, or is taken in already, stays as it is.
    """
    with transaction.atomic():
        held = Upload.objects.waiting().select_for_update().filter(pk=upload.pk).first()
        last = None if held is None else found_in(held)
        if held is None or last is None or last.fault_count or held.content is None:
            return
        content = bytes(held.content)
        if hashlib.sha256(content).hexdigest() != last.digest:
            return
        with closing(_take(held, content, create_services=held.create_services, dry_run=False)) as going:
            found = yield from going
        held.checked_at, held.outcome = timezone.now(), found.kept()
        if not found.fault_count:
            held.imported_at, held.content = held.checked_at, None
        held.save(update_fields=["checked_at", "outcome", "imported_at", "content"])


def _content(upload: Upload) -> bytes | None:
    held = Upload.objects.waiting().filter(pk=upload.pk).values_list("content", flat=True).first()
    return None if held is None else bytes(held)


def _importer(user: User) -> Importer:
    """Return what a person may import: into the counties they advise, compared with what they see and with what they
    have imported themselves. Of a self-review that is not shared, the answer must not tell them.
    """
    known = access.standing(user)
    seen = access.visible_reviews(user, known) | Review.objects.filter(created_by=user)
    return Importer(user, None if known.whole_country else known.counties, seen)


def _take(upload: Upload, content: bytes, *, create_services: bool, dry_run: bool) -> Generator[Progress, None, Found]:
    file = io.BytesIO(content)
    last_row = _last_row(file)
    going = importing.steps(
        file, upload.name, create_services=create_services, dry_run=dry_run, importer=_importer(upload.user)
    )
    outcome: Outcome
    with closing(going):
        while True:
            try:
                progress = next(going)
            except StopIteration as end:
                outcome = end.value
                break
            yield progress._replace(of=last_row) if progress.step == Step.ROWS else progress
    faults = outcome.faults
    header, rows = _rows(file, {fault.row for fault in faults.listed if fault.row is not None})
    return Found(
        digest=hashlib.sha256(content).hexdigest(),
        last_row=last_row,
        services=outcome.services,
        reviews=outcome.reviews,
        scores=outcome.scores,
        not_agreed=outcome.not_agreed,
        unchanged=outcome.unchanged,
        fault_count=faults.count,
        faults=faults.listed,
        header=header,
        rows=rows,
        made=outcome.made,
        stopped_at=outcome.stopped_at,
    )


def _last_row(file: BinaryIO) -> int:
    """Return the number of the last row that can be read."""
    last = 0
    try:
        for row in reading.rows(file):
            last = row.number
    except Unreadable:
        pass
    return last


def _rows(file: BinaryIO, wanted: set[int]) -> tuple[list[str], dict[int, list[str]]]:
    """Return the first row and the wanted ones by their numbers, each cell shortened."""
    header: list[str] = []
    found: dict[int, list[str]] = {}
    if not wanted:
        return header, found
    try:
        for row in reading.rows(file):
            header = header or _shown(row)
            if row.number in wanted:
                found[row.number] = _shown(row)
            if row.number >= max(wanted):
                break
    except Unreadable:
        pass
    return header, found


def _shown(row: reading.Row) -> list[str]:
    return [sheet.short(sheet.as_text(cell)) for cell in row.cells[: xlsx.COLUMN_LIMIT]]

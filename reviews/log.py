"""What the audit tells of one review, and to whom: the one place that decides which of its events a person may see.

The log is for the review's evaluators and for the adviser of the service. It must not tell more than their pages do:
while evaluators judge alone, nobody learns from it that, when or on what another has scored, ticked, or handed in; a
private note is its author's alone; the score sheets of observers and of those who were removed stay closed; an adviser
reads of the judging when they may read what was judged. What is of no known kind is told to nobody.
"""

import datetime
import enum
import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import CharField, F, Value
from django.db.models.functions import Cast

from reviews.access import Permit
from reviews.models import AgreedResult, AuditEvent, Correction, Note, Rating, Review, Seat

Action = AuditEvent.Action

WRITING_ON = datetime.timedelta(minutes=15)
"""So far apart changes of the same by the same person are told in one line."""


class Part(enum.Enum):
    """What an event is about, as far as it matters who may know of it."""

    COURSE = enum.auto()
    """Plan, people, letters, states, the log itself."""
    EVIDENCE = enum.auto()
    """What all who see the evidence share: interviews, sources, figures."""
    NOTE = enum.auto()
    SHEET = enum.auto()
    """An evaluator's own scores, and where the evaluator was in them."""
    HAND_IN = enum.auto()
    JUDGED = enum.auto()
    """What is agreed, the draft, and the fact check."""
    REPORT = enum.auto()
    """What was handed over."""
    ACTION = enum.auto()
    """The handlingsplan."""


_BY_OBJECT = {
    "seat": Part.COURSE,
    "factcheckrespondent": Part.COURSE,
    "invitation": Part.COURSE,
    "reviewstep": Part.COURSE,
    "erasure": Part.COURSE,
    "interview": Part.EVIDENCE,
    "informant": Part.EVIDENCE,
    "closedsource": Part.EVIDENCE,
    "context": Part.EVIDENCE,
    "note": Part.NOTE,
    "rating": Part.SHEET,
    "section": Part.SHEET,
    # Figures that were taken over on an item's page: whose sheet was open there, and when.
    "item": Part.SHEET,
    "agreedresult": Part.JUDGED,
    "correction": Part.JUDGED,
    "factcheckremark": Part.JUDGED,
    "reportversion": Part.REPORT,
    "actionpoint": Part.ACTION,
}

_READ = {
    "score_sheet": Part.SHEET,
    "notes": Part.EVIDENCE,
    "interviews": Part.EVIDENCE,
    "coverage": Part.EVIDENCE,
    "figures": Part.EVIDENCE,
    "context": Part.EVIDENCE,
    "kit": Part.EVIDENCE,
    "log": Part.COURSE,
}

_OF_COURSE = {"plan", "status", "shared_at", "steps", "fact_check_answer"}
_FIGURE = "figure_"


@dataclass(frozen=True)
class Event:
    """One event as it was written down, with its person's name (empty: a command). `closed`: it is of a private note,
    or of the sheet of a seat that does not count; or of a note that is gone, which may have been private.
    """

    pk: int
    at: datetime.datetime
    by: uuid.UUID | None
    name: str
    action: str
    object_type: str
    object_id: str
    fields: tuple[str, ...]
    address: str
    closed: bool = False


def part_of(event: Event, handed_over: datetime.datetime | None = None) -> Part | None:
    """Return what an event is about; None for what nobody is told of. `handed_over` is when the first report was."""
    if event.object_type == "review":
        return _of_review(event, handed_over)
    if event.object_type == "seat" and "handed_in_at" in event.fields:
        return Part.HAND_IN
    return _BY_OBJECT.get(event.object_type)


def _of_review(event: Event, handed_over: datetime.datetime | None) -> Part:
    if event.action in (Action.READ, Action.DOWNLOADED):
        return next((_READ[name] for name in event.fields if name in _READ), Part.JUDGED)
    if event.action == Action.EXPORTED:
        if "log" in event.fields:
            return Part.COURSE
        return Part.REPORT if handed_over is not None and event.at >= handed_over else Part.JUDGED
    if event.action != Action.CHANGED or set(event.fields) <= _OF_COURSE:
        return Part.COURSE
    return Part.EVIDENCE if all(name.startswith(_FIGURE) for name in event.fields) else Part.JUDGED


@dataclass(frozen=True)
class Reader:
    """Who reads the log of a review, and what bounds it: whether evaluators judge alone now (`blind`), whose sheets
    count (None: one sheet is shared by all), when its first and its newest report were handed over, whether the
    draft is out for fact check, and since when an adviser may know of the review (None: always).
    """

    person: uuid.UUID
    evaluates: bool
    advises: bool
    blind: bool
    counting: frozenset[uuid.UUID] | None
    sees_plan: bool
    in_fact_check: bool
    first_report: datetime.datetime | None = None
    newest_report: datetime.datetime | None = None
    since: datetime.datetime | None = None


def may_be_told(event: Event, reader: Reader) -> bool:
    """Whether the reader may know of an event."""
    part = part_of(event, reader.first_report)
    if part is None:
        return False
    if reader.evaluates and _an_evaluator(event, part, reader):
        return True
    return reader.advises and _an_adviser(event, part, reader)


def _an_evaluator(event: Event, part: Part, reader: Reader) -> bool:
    """Whether an evaluator may know of it."""
    if event.by == reader.person:
        return True
    if part is Part.SHEET:
        counts = reader.counting is None or event.by in reader.counting
        return counts and not (reader.blind or event.closed)
    if part is Part.HAND_IN:
        return not reader.blind
    if part is Part.NOTE:
        return not event.closed
    return part is not Part.ACTION or reader.sees_plan


def _an_adviser(event: Event, part: Part, reader: Reader) -> bool:
    """Whether an adviser may know of it."""
    if part is Part.SHEET or (reader.since is not None and event.at < reader.since):
        return False
    if part is Part.NOTE:
        return not event.closed
    if part in (Part.JUDGED, Part.HAND_IN):
        handed_over = reader.newest_report is not None and event.at <= reader.newest_report
        return reader.in_fact_check or handed_over
    return True


# One review's log


def reader_of(permit: Permit, reports: Collection[datetime.datetime]) -> Reader:
    """Return how a person reads the log of a review they see; `reports`: when its reports were handed over."""
    review = permit.review
    counting = [seat for seat in permit.seats if seat.kind == Seat.Kind.EVALUATOR and seat.removed_at is None]
    return Reader(
        person=permit.user.pk,
        evaluates=permit.evaluates,
        advises=permit.advises,
        blind=permit.is_blind,
        counting=None if review.is_self else frozenset(seat.user_id for seat in counting if seat.user_id),
        # An evaluator sees the handlingsplan as long as the review is open.
        sees_plan=review.is_open,
        in_fact_check=review.status == Review.Status.FACT_CHECK,
        first_report=min(reports, default=None),
        newest_report=max(reports, default=None),
        since=review.shared_at if review.is_self else None,
    )


def events(permit: Permit) -> tuple[list[Event], Mapping[tuple[str, str], str]]:
    """Return the events of a review that the person may know of, the newest first, and the codes of the items that they
    are about, by the kind and the key of the object: four queries.
    """
    review = permit.review
    reader = reader_of(permit, list(review.versions.values_list("made_at", flat=True)))
    notes = dict(Note.objects.filter(review=review).values_list("pk", "private"))
    shared = {str(pk) for pk, private in notes.items() if not private}
    codes, uncounted = _items(review)

    def closed(kind: str, key: str) -> bool:
        return key not in shared if kind == "note" else kind == "rating" and key in uncounted

    found = review.audit_events.order_by("-at", "-pk").values_list(
        "pk", "at", "actor_id", "actor__name", "action", "object_type", "object_id", "fields", "address"
    )
    told = (
        Event(pk, at, by, name or "", action, kind, key, tuple(fields), address or "", closed(kind, key))
        for pk, at, by, name, action, kind, key, fields, address in found
    )
    return [event for event in told if may_be_told(event, reader)], codes


def _items(review: Review) -> tuple[dict[tuple[str, str], str], set[str]]:
    """Return the codes of the items that judgements are about, and the keys of those on sheets that do not count: one
    query.
    """
    nothing: Any = Value(None, output_field=CharField())
    rows = {
        "rating": (Rating.objects.filter(seat__review=review), F("seat__kind"), F("seat__removed_at")),
        "agreedresult": (AgreedResult.objects.filter(review=review), nothing, nothing),
        "correction": (Correction.objects.filter(review=review), nothing, nothing),
    }
    parts = [
        found.order_by().values_list(
            Value(kind, output_field=CharField()),
            Cast("pk", CharField()),
            "item__code",
            Cast(seat, CharField()),
            Cast(removed, CharField()),
        )
        for kind, (found, seat, removed) in rows.items()
    ]
    codes, uncounted = {}, set()
    for kind, key, code, seat, removed in parts[0].union(*parts[1:], all=True):
        codes[kind, key] = code
        if kind == "rating" and (seat != Seat.Kind.EVALUATOR or removed):
            uncounted.add(key)
    return codes, uncounted


@dataclass(frozen=True)
class Line:
    """One line of the log: an event, or several of the same by one person who wrote on, the first of them at
    `begun`.
    """

    event: Event
    begun: datetime.datetime
    fields: tuple[str, ...]

    @property
    def lasted(self) -> bool:
        """Whether it went on for more than a minute."""
        return self.event.at - self.begun >= datetime.timedelta(minutes=1)


def lines(found: Iterable[Event]) -> list[Line]:
    """Return events, the newest first, as lines: what one person went on changing of the same is one."""
    return list(_lines(found))


def _lines(found: Iterable[Event]) -> Iterator[Line]:
    held: Line | None = None
    for event in found:
        if held is not None and _goes_on(held, event):
            fields = tuple(sorted({*held.fields, *event.fields}))
            held = replace(held, begun=event.at, fields=fields)
            continue
        if held is not None:
            yield held
        held = Line(event, event.at, event.fields)
    if held is not None:
        yield held


def _goes_on(line: Line, earlier: Event) -> bool:
    later = line.event
    same = (later.by, later.address, later.action, later.object_type, later.object_id) == (
        earlier.by,
        earlier.address,
        earlier.action,
        earlier.object_type,
        earlier.object_id,
    )
    # That a sheet was handed in and taken back again is two things.
    return (
        same
        and later.action == Action.CHANGED
        and later.object_type != "seat"
        and line.begun - earlier.at <= WRITING_ON
    )

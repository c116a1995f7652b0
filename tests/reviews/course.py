"""What the tests of the course hold every answer and every row against: the design's arrows, who may write what, and
who may read which text. It is said here once more, in other words than the program's own, so that one can be wrong
alone.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models
from django.test import Client

from reviews.models import Review, Service, User
from scales.models import Item, Scale, Section
from tests.factories import (
    FIRST_DAY,
    RoleFactory,
    ServiceFactory,
    UserFactory,
    final_review,
)
from tests.reviews import addresses

TOKEN = re.compile(r"qz\d{5}q")
"""Stands in every text that is typed, each time another."""

Key = tuple[str, Any]
Row = dict[str, Any]
Rows = dict[Key, Row]


# The world


@dataclass(frozen=True, repr=False)
class World:
    """A service with its people, last year's review, and a scale that is quickly scored."""

    service: Service
    scale: Scale
    items: list[Item]
    people: dict[str, User]
    sessions: dict[str, str]
    methods: dict[str, set[str]]
    """What each address of the work takes, by its name: GET, POST or both."""

    def __repr__(self) -> str:
        """Say no more, so that a failure does."""
        return "the world"

    def name_of(self, user: Any) -> str:
        """Return who has that id or that e-mail; empty for somebody who is none of them."""
        return next((name for name, person in self.people.items() if user in (person.pk, person.email)), "")


NAMES = (
    "lead",
    "second",
    "observer",
    "spare",
    "former",
    "metodeveileder",
    "leder",
    "adviser",
    "outsider",
    "administrator",
)
"""The people: `spare` may be given a seat, `former` had the seat in last year's review."""


def small_scale() -> Scale:
    """Make a scale of two sections with two items each: one has elements, one is counted, and asked about before the
    visit as the item of that name is.
    """
    scale = Scale.objects.create(
        code="ips-25",
        edition="liten",
        sequence=99,
        position=9,
        title="En liten skala",
        attribution="Laget for testene.",
        lowest_means="ikke i gang",
        highest_means="helt på plass",
        high_from=4,
        scoring="sum",
        comment_expected=True,
        item_count=4,
    )
    measures: dict[str, Any] = {
        "X1": {"kind": "elements", "thresholds": {"5": 2, "4": 1}},
        "B1": {
            "kind": "at_most",
            "inputs": {"participants": "Antall deltakere", "fte": "Årsverk"},
            "value": {"ratio": ["participants", "fte"]},
            "unit": "deltakere per årsverk",
            "thresholds": {"5": 20, "4": 25, "3": 30, "2": 40},
        },
    }
    for place, letter in enumerate("XB", start=1):
        section = Section.objects.create(scale=scale, code=letter, title=f"Del {letter}", position=place)
        for number in (1, 2):
            code = f"{letter}{number}"
            Item.objects.create(
                section=section,
                code=code,
                position=number,
                title=f"Punktet {code}",
                short_title=f"Punkt {code}",
                definition="Det som skal være på plass.",
                anchors={str(score): f"Trinn nummer {score}." for score in scale.scores},
                elements=["Det ene", "Det andre"] if code == "X1" else [],
                sources=["INT", "OBS"],
                measure=measures.get(code),
            )
    return scale


def make_world() -> World:
    """Make the world, everybody logged in."""
    service: Service = ServiceFactory.create(name="IPS Bjørgvin")
    scale = small_scale()
    people: dict[str, User] = {
        name: UserFactory.create(
            email=f"{name}@example.org",
            name=name.capitalize(),
            is_staff=name == "administrator",
            is_superuser=name == "administrator",
        )
        for name in NAMES
    }
    RoleFactory.create(user=people["metodeveileder"], service=service)
    RoleFactory.create(user=people["leder"], service=service, manager=True)
    RoleFactory.create(user=people["adviser"], adviser=True)
    last_year = final_review(
        service=service,
        scales=[scale],
        evaluators=[people["former"]],
        first_day=FIRST_DAY.replace(year=FIRST_DAY.year - 1),
        summary="Forrige gang.",
    )
    sessions = {}
    for name, person in people.items():
        client = Client()
        client.force_login(person)
        sessions[name] = client.cookies[settings.SESSION_COOKIE_NAME].value
    items = list(Item.objects.filter(section__scale=scale).order_by("section__position", "position"))
    methods = {each.name: allowed(client, each) for each in addresses.of_the_work(last_year, items[:1])}
    return World(service, scale, items, people, sessions, methods)


def allowed(client: Client, address: addresses.Address) -> set[str]:
    """Return what an address takes of GET and POST: what it answers to somebody logged in who sends what none takes."""
    answer = client.put(address.path)
    assert answer.status_code == 405, f"{address.path} takes anything"
    return {"GET", "POST"} & set(answer.headers["Allow"].replace(",", " ").split())


# The rows


def kinds_of_rows() -> list[type[models.Model]]:
    """Return the review's own model and every model whose rows belong to one by its keys."""
    found: set[type[models.Model]] = {Review}
    while True:
        more = {
            model
            for model in apps.get_app_config("reviews").get_models(include_auto_created=True)
            if any(each.is_relation and each.related_model in found for each in model._meta.concrete_fields)
        }
        if more <= found:
            return sorted(found, key=lambda model: model.__name__)
        found |= more


def snapshot() -> Rows:
    """Return every row that belongs to a review, but the audit and what is counted from the rows; of bytes no more than
    their hash.
    """
    found: Rows = {}
    for model in kinds_of_rows():
        if model.__name__ in ("AuditEvent", "ServiceSummary"):
            continue
        for row in model._default_manager.values():
            if row.get("pdf") is not None:
                row["pdf"] = hashlib.sha256(bytes(row["pdf"])).hexdigest()
            found[model.__name__, row["id"]] = row
    return found


def tokens(value: Any) -> set[str]:
    """Return the typed texts that stand in a value, of whatever kind it is."""
    return set(TOKEN.findall(value if isinstance(value, str) else repr(value)))


@dataclass(frozen=True)
class Change:
    """A column of a row that has another value than before. A row that is new or gone has its columns changed from or
    to nothing.
    """

    event: str
    """new, changed or gone."""
    model: str
    key: Any
    column: str
    old: Any
    new: Any
    row: Row = field(compare=False)


def changes(before: Rows, after: Rows) -> Iterator[Change]:
    """Give every difference between two snapshots."""
    for key in before.keys() | after.keys():
        old, new = before.get(key), after.get(key)
        if old == new:
            continue
        event = "new" if old is None else "gone" if new is None else "changed"
        row = new or old or {}
        for column in row:
            was, now = (old or {}).get(column), (new or {}).get(column)
            if was != now or event != "changed":
                yield Change(event, key[0], key[1], column, was, now, row)


# The arrows of the course

_OPEN = ("planned", "scoring", "consensus", "fact_check")
ARROWS: dict[str, set[tuple[str, str]]] = {
    "step/start": {("planned", "scoring")},
    "step/hand-in": {("scoring", "consensus")},
    "remove_seat": {("scoring", "consensus")},
    "step/fact-check": {("consensus", "fact_check")},
    "step/send-back": {("fact_check", "consensus")},
    "step/finalise": {("consensus", "final"), ("fact_check", "final"), ("scoring", "final")},
    "step/reissue": {("final", "consensus")},
    "step/cancel": {(state, "cancelled") for state in _OPEN},
}
"""By what is asked for: from which state to which."""

MOVERS: dict[str, tuple[str, ...]] = {
    "step/start": ("lead",),
    "step/hand-in": ("sheet",),
    "remove_seat": ("lead", "adviser"),
    "step/fact-check": ("lead",),
    "step/send-back": ("lead",),
    "step/finalise": ("lead",),
    "step/reissue": ("lead",),
    "step/cancel": ("lead", "adviser", "metodeveileder"),
}
"""By what is asked for: the groups of which one may ask for it; see Sight."""


def broken_rules(row: Row, before: Row | None, rows: Rows) -> Iterator[str]:
    """Give in words what is wrong with a review's state, its times and its seats."""
    status, external = row["status"], row["kind"] == "external"
    at = {name: row[f"{name}_at"] for name in ("scoring", "consensus", "fact_check", "final", "cancelled")}
    must = {
        "planned": (),
        "scoring": ("scoring",),
        "consensus": ("scoring", "consensus"),
        "fact_check": ("scoring", "consensus", "fact_check"),
        "final": ("scoring", "consensus", "final"),
        "cancelled": ("cancelled",),
    }
    may = {"final": ("fact_check",), "cancelled": ("scoring", "consensus", "fact_check")}
    if status not in must:
        yield f"the state {status} is none of the design's"
        return
    there = {name for name, time in at.items() if time is not None}
    if not set(must[status]) <= there <= {*must[status], *may.get(status, ())}:
        yield f"{status} has the times {sorted(there)}"
    times = [row["created_at"], *(time for time in at.values() if time is not None)]
    if times != sorted(times):
        yield "its times are not in the order of the course"
    if before is not None and any(before[f"{name}_at"] not in (None, at[name]) for name in ("scoring", "consensus")):
        yield "when scoring or consensus began was written anew"
    if external and (row["fact_check_due"] is None) != (row["fact_check_at"] is None):
        yield "a last day for the fact check without the fact check, or the other way round"
    if not external and status == "fact_check":
        yield "a self-review in fact check"
    seats = [each for (kind, _key), each in rows.items() if kind == "Seat" and each["review_id"] == row["id"]]
    present = [seat for seat in seats if seat["removed_at"] is None]
    counting = [seat for seat in present if seat["kind"] == "evaluator"]
    if sum(seat["is_lead"] for seat in present) != 1:
        yield "not exactly one leads"
    handed_in = all(seat["handed_in_at"] is not None for seat in counting)
    if external and status == "scoring" and handed_in:
        yield "all have handed in, and it is still being scored"
    if external and status in ("consensus", "fact_check", "final") and not handed_in:
        yield f"{status} before all have handed in"
    yield from _broken_versions(row, rows)


def _broken_versions(row: Row, rows: Rows) -> Iterator[str]:
    of_it = [each for (kind, _key), each in rows.items() if kind == "ReportVersion" and each["review_id"] == row["id"]]
    versions = sorted(of_it, key=lambda version: version["number"])
    if [version["number"] for version in versions] != list(range(1, len(versions) + 1)):
        yield "its versions are not numbered from one"
    if row["status"] == "final" and not versions:
        yield "final without a version"
    if row["status"] == "cancelled" and versions:
        yield "cancelled after it was handed over"
    if row["status"] != "final":
        return
    for (kind, _key), each in rows.items():
        if kind == "FactCheckRemark" and each["review_id"] == row["id"] and not each["decision"]:
            yield "final with a remark that nobody decided on"
    newest = versions[-1]["id"] if versions else None
    agreed = {
        each["item_id"]: [each[name] for name in _RESULT]
        for (kind, _key), each in rows.items()
        if kind == "AgreedResult" and each["review_id"] == row["id"]
    }
    given = {
        each["item_id"]: [each[name] for name in _RESULT]
        for (kind, _key), each in rows.items()
        if kind == "FinalScore" and each["version_id"] == newest
    }
    if agreed != given:
        yield "what was handed over is not what was agreed"
    if any(score is None and not reason for score, reason, *_words in given.values()):
        yield "an item was handed over with neither score nor reason"


_RESULT = ("score", "not_scored", "comment", "recommendation", "obstacles", "actors")


# Who may write what


@dataclass(frozen=True)
class Write:
    """Rows that an address may change: of which model, which columns (none said: all), and whose."""

    model: str
    columns: tuple[str, ...] = ()
    events: tuple[str, ...] = ("new", "changed")
    own: Callable[["Asked", Row], bool] = lambda asked, row: True


@dataclass(frozen=True)
class Asked:
    """What was asked for: by whom, the address's name and arguments, and the rows as they were before."""

    who: str
    user: Any
    name: str
    arguments: dict[str, Any]
    rows: Rows
    items: dict[str, Any]
    """The items' keys by code."""

    @property
    def item(self) -> Any:
        """The key of the item the address names."""
        return self.items[self.arguments["code"]]


def _own_rating(asked: Asked, row: Row) -> bool:
    seat = asked.rows["Seat", row["seat_id"]]
    return _own_seat(asked, seat) and row["item_id"] == asked.item


def _own_seat(asked: Asked, seat: Row) -> bool:
    """Whether it is the person's own seat; a self-review's one sheet is that of its lead."""
    shared = asked.rows["Review", seat["review_id"]]["kind"] == "self" and seat["is_lead"]
    return shared or (seat["user_id"] == asked.user and seat["removed_at"] is None)


def _of_item(asked: Asked, row: Row) -> bool:
    return bool(row["item_id"] == asked.item)


def _by_author(asked: Asked, row: Row) -> bool:
    return bool(row["author_id"] == asked.user)


def _by_respondent(asked: Asked, row: Row) -> bool:
    return bool(asked.rows["FactCheckRespondent", row["respondent_id"]]["user_id"] == asked.user)


def _own_part(asked: Asked, row: Row) -> bool:
    return bool(row["user_id"] == asked.user)


def _begun_by(asked: Asked, row: Row) -> bool:
    return bool(row["made_by_id"] == asked.user)


def _named(argument: str) -> Callable[[Asked, Row], bool]:
    """Return whether a row is the one that the address names by an argument."""
    return lambda asked, row: bool(row["id"] == asked.arguments[argument])


def _of_named_note(asked: Asked, row: Row) -> bool:
    return bool(row["note_id"] == asked.arguments["note"])


def _of_named_interview(asked: Asked, row: Row) -> bool:
    return bool(row["interview_id"] == asked.arguments["interview"])


def _private_of_named_interview(asked: Asked, row: Row) -> bool:
    before = asked.rows["Note", row["id"]]
    return bool(row["private"] and before["interview_id"] == asked.arguments["interview"])


_named_remark = _named("number")


def _named_seat(asked: Asked, row: Row) -> bool:
    return bool(row["number"] == asked.arguments["number"])


def _item_of_remark(asked: Asked, row: Row) -> bool:
    return bool(row["item_id"] == asked.rows["FactCheckRemark", asked.arguments["number"]]["item_id"])


def _planned(asked: Asked, row: Row) -> bool:
    review = row["id"] if "status" in row and "service_id" in row else row["review_id"]
    return bool(asked.rows["Review", review]["status"] == "planned")


_FILLED = Write("AgreedResult", events=("new",))
_ASKED = (
    Write("FactCheckRespondent", ("asked_at", "told_at", "reminded_at", "answered_at"), ("changed",)),
    Write("FactCheckRespondent", events=("new",)),
    Write("Invitation", events=("new",)),
)
_ALL = ("new", "changed", "gone")
_NEW_INFORMANT = Write("Informant", events=("new",))
WRITES: dict[str, tuple[Write, ...]] = {
    "score": (Write("Rating", own=_own_rating), Write("Count", events=_ALL, own=_of_item)),
    "leave_section": (
        Write(
            "Rating",
            ("not_scored", "updated_at"),
            ("changed",),
            own=lambda a, r: _own_seat(a, a.rows["Seat", r["seat_id"]]),
        ),
        Write("Rating", events=("new",), own=lambda a, r: _own_seat(a, a.rows["Seat", r["seat_id"]])),
    ),
    "note": (
        Write("Note", own=lambda a, r: _by_author(a, r) and _named("note")(a, r)),
        Write("Note_items", events=_ALL, own=_of_named_note),
        _NEW_INFORMANT,
    ),
    "delete_note": (
        Write("Note", events=("gone",), own=lambda a, r: _by_author(a, r) and _named("note")(a, r)),
        Write("Note_items", events=("gone",), own=_of_named_note),
    ),
    "interviews": (Write("Interview", events=("new",), own=_begun_by), _NEW_INFORMANT),
    "interview": (
        Write("Interview", ("source", "informant_id", "date"), ("changed",), own=_named("interview")),
        # Its notes follow, a private one too: what they say themselves does not change.
        Write("Note", ("source", "informant_id", "date"), ("changed",), own=_of_named_interview),
        _NEW_INFORMANT,
    ),
    "delete_interview": (
        Write("Interview", events=("gone",), own=_named("interview")),
        # Another's private notes stay without it.
        Write(
            "Note",
            ("interview_id",),
            ("changed",),
            own=lambda a, r: not _by_author(a, r) and _private_of_named_interview(a, r),
        ),
    ),
    "checklist": (Write("ReviewStep", events=("new",)),),
    "begin_checklist": (Write("ReviewStep", events=("new",)),),
    "checklist_step": (Write("ReviewStep", events=("changed",), own=_named("step")),),
    "tick_step": (Write("ReviewStep", ("done_at", "done_by_id"), ("changed",), own=_named("step")),),
    "delete_step": (Write("ReviewStep", events=("gone",), own=_named("step")),),
    "figures": (Write("GivenFigure", events=_ALL, own=lambda a, r: a.who == "metodeveileder"),),
    "context": (Write("Context"),),
    "take_over": (Write("Count", events=_ALL, own=_of_item),),
    "source": (Write("ClosedSource", events=("new", "gone"), own=_of_item),),
    "agree": (Write("AgreedResult", own=_of_item),),
    "correction": (Write("Correction", own=_of_item),),
    "delete_correction": (Write("Correction", events=("gone",), own=_of_item),),
    "narrative": (
        Write(
            "Review",
            (
                "purpose",
                "method",
                "summary",
                "strengths",
                "front_advice",
                "outside_meetings",
                "outside_economy",
                "outside_voices",
                "recipients",
                "participants",
                "independence",
                "show_evaluator_scores",
                "show_fact_check",
                "show_comparison",
            ),
            ("changed",),
        ),
        Write("SectionComment"),
    ),
    "remark_on_item": (
        Write("FactCheckRemark", events=("new",), own=lambda a, r: _by_respondent(a, r) and _of_item(a, r)),
    ),
    "remark_on_whole": (Write("FactCheckRemark", events=("new",), own=_by_respondent),),
    "change_remark": (
        Write(
            "FactCheckRemark", ("text",), ("changed",), own=lambda a, r: _by_respondent(a, r) and _named_remark(a, r)
        ),
    ),
    "delete_remark": (
        Write("FactCheckRemark", events=("gone",), own=lambda a, r: _by_respondent(a, r) and _named_remark(a, r)),
    ),
    "decide": (
        Write(
            "FactCheckRemark", ("decision", "answer", "before", "after", "decided_at"), ("changed",), own=_named_remark
        ),
        Write("AgreedResult", own=_item_of_remark),
    ),
    "add_observer": (Write("Seat", events=("new",)), Write("Invitation", events=("new",))),
    "replace_seat": (
        Write("Seat", ("removed_at", "removed_reason"), ("changed",), own=_named_seat),
        Write("Seat", events=("new",)),
        Write("Invitation", events=("new",)),
    ),
    "remove_seat": (
        Write("Seat", ("removed_at", "removed_reason"), ("changed",), own=_named_seat),
        Write("Review", ("status", "consensus_at"), ("changed",)),
        _FILLED,
    ),
    "change_plan": (
        Write(
            "Review",
            (
                "kind",
                "basis",
                "first_day",
                "last_day",
                "language",
                "recipients",
                "participants",
                "independence",
                "report_due",
            ),
            ("changed",),
            own=_planned,
        ),
        *(Write(model, events=_ALL, own=_planned) for model in ("Seat", "Invitation", "ReviewScale")),
        Write("Review_teams", events=_ALL),
    ),
    "step/start": (Write("Review", ("status", "scoring_at"), ("changed",)),),
    "step/hand-in": (
        Write("Seat", ("handed_in_at",), ("changed",), own=_own_seat),
        Write("Review", ("status", "consensus_at"), ("changed",)),
        _FILLED,
    ),
    "step/withdraw": (Write("Seat", ("handed_in_at",), ("changed",), own=_own_seat),),
    "step/fact-check": (
        Write("Review", ("status", "fact_check_at", "fact_check_due"), ("changed",)),
        *_ASKED,
    ),
    "step/remind": (Write("FactCheckRespondent", ("reminded_at",), ("changed",)),),
    "invitation": (
        Write("Seat", ("user_id",), ("changed",)),
        Write("FactCheckRespondent", ("user_id",), ("changed",)),
        Write("Invitation", ("accepted_at",), ("changed",)),
    ),
    "step/answer": (Write("FactCheckRespondent", ("answered_at",), ("changed",), own=_own_part),),
    "step/answer-again": (Write("FactCheckRespondent", ("answered_at",), ("changed",), own=_own_part),),
    "step/send-back": (
        Write("Review", ("status", "sent_back_reason", "fact_check_at", "fact_check_due"), ("changed",)),
    ),
    "step/finalise": (
        Write("Review", ("status", "consensus_at", "final_at", "fact_check_skipped"), ("changed",)),
        _FILLED,
        *(Write(model, events=("new",)) for model in ("ReportVersion", "FinalScore", "ActionPoint")),
    ),
    "step/reissue": (
        Write("Review", ("status", "reissue_reason", "final_at", "fact_check_at", "fact_check_due"), ("changed",)),
    ),
    "step/cancel": (Write("Review", ("status", "cancel_reason", "cancelled_at"), ("changed",)),),
    "step/share": (Write("Review", ("shared_at",), ("changed",)),),
}
"""What each address may change. One that is not here may change nothing: a new one has to say what it does."""

_LETTERS = {"Seat": ("told_at",), "FactCheckRespondent": ("told_at",)}
"""When a letter went: written wherever one goes."""


def may_write(asked: Asked, change: Change) -> bool:
    """Whether the change is one that the address makes, on the rows it may make it on."""
    if change.event == "changed" and change.column in _LETTERS.get(change.model, ()):
        return True
    return any(
        write.model == change.model
        and change.event in write.events
        and (not write.columns or change.column in write.columns)
        and write.own(asked, change.row)
        for write in WRITES.get(asked.name, ())
    )


# Who may read what


class Sight:
    """Who stands where to a review as its rows are, by name, and so who may read which text."""

    def __init__(self, world: World, review: Any, rows: Rows) -> None:
        """Take the rows as they are now."""
        self.world, self.rows = world, rows
        self.review = rows["Review", review]
        seats = [row for (kind, _key), row in rows.items() if kind == "Seat" and row["review_id"] == review]
        present = [seat for seat in seats if seat["removed_at"] is None]
        self.is_self = self.review["kind"] == "self"
        self.seated = self._names(world, (seat["user_id"] for seat in present))
        self.lead = self._names(world, (seat["user_id"] for seat in present if seat["is_lead"]))
        self.workers = self._names(world, (seat["user_id"] for seat in present if seat["kind"] == "evaluator"))
        self.adviser = {"adviser"} if not self.is_self or self.review["shared_at"] else set()
        self.metodeveileder = {"metodeveileder"}
        if self.is_self:
            self.workers = self.lead = self.seated | self.metodeveileder
            self.seated = self.workers
        self.sheet = self.seated
        self.asked = self._names(
            world,
            (
                row["user_id"]
                for (kind, _key), row in rows.items()
                if kind == "FactCheckRespondent" and row["review_id"] == review
            ),
        )
        self.has_version = any(
            kind == "ReportVersion" and row["review_id"] == review for (kind, _key), row in rows.items()
        )
        self.blind = not self.is_self and self.review["consensus_at"] is None

    @staticmethod
    def _names(world: World, users: Iterable[Any]) -> set[str]:
        return {name for name in map(world.name_of, users) if name}

    @property
    def draft(self) -> set[str]:
        """Those who may read the report before it is made."""
        status = self.review["status"]
        if status == "cancelled":
            return set()
        found = set() if self.blind else set(self.workers)
        if status == "fact_check":
            found |= self.metodeveileder | self.asked | self.adviser
        if status in ("fact_check", "final"):
            found |= self.seated
        return found

    @property
    def versions(self) -> set[str]:
        """Those who may read what was handed over."""
        return self.seated | self.metodeveileder | {"leder"} | self.adviser | self.asked if self.has_version else set()

    @property
    def progress(self) -> set[str]:
        """Those who know that there is a review, and where it stands."""
        asked = self.asked if self.review["status"] == "fact_check" else set()
        return self.seated | self.metodeveileder | self.adviser | asked | self.versions

    def readers(self, model: str, key: Any, column: str, row: Row) -> set[str]:
        """Return who may read what stands in a column of a row, besides the one who typed it."""
        if model == "Rating":
            seat = self.rows.get(("Seat", row["seat_id"]))
            hidden = seat is None or seat["removed_at"] is not None or seat["kind"] == "observer"
            return set() if hidden or self.blind else self.workers
        if model == "Note":
            return set() if row["private"] else self.seated
        if model in ("AgreedResult", "SectionComment", "Correction"):
            return self.draft | self.workers
        if model in ("ReportVersion", "FinalScore", "ActionPoint"):
            return self.versions
        if model == "ReviewStep":
            return self.seated | self.metodeveileder | self.adviser
        if model == "FactCheckRemark":
            return self.workers | self._names(
                self.world, [self.rows["FactCheckRespondent", row["respondent_id"]]["user_id"]]
            )
        if model == "Review" and column in ("purpose", "method", "summary", "strengths"):
            return self.draft | self.workers
        if model in ("Review", "Seat"):
            return self.progress
        raise LookupError(f"Say in course.py who may read {model}.{column}.")


PRINTED = {"AgreedResult", "SectionComment", "Correction", "Review", "FactCheckRemark"}
"""What a report is made of. What stands in a rating or a note alone is in none."""

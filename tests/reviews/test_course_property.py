"""Whatever people do, in whatever order: a review is in a state of the design's, no text is lost, and nothing is shown
early.

Hypothesis plays people who click about in the pages: they open what they find, fill in its forms, leave a page open and
send it later, send what no page offers them, and now and then do the next thing that the course asks for. After every
step the rows and the answers are held against tests/reviews/course.py.

It plays the same every time, and briefly. COURSE=thorough plays many more and longer games, each time others, and makes
the game that failed as short as it can.
"""

import io
import itertools
import logging
import os
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from random import Random
from typing import Any, ClassVar
from urllib.parse import urlsplit

import pytest
import time_machine
from django.core import mail
from django.db import transaction
from django.db.models import Max
from django.urls import resolve, reverse
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from reviews import digests, letters, workflow
from reviews.models import AuditEvent, Interview, Invitation, Rating, Review, Seat, User
from reviews.report import pdf as report_pdf
from reviews.views.review import STEPS
from scales.models import Item
from tests.factories import FIRST_DAY, InterviewFactory, NoteFactory, SeatFactory, at, owner, scored_review
from tests.reviews import addresses
from tests.reviews.addresses import Address
from tests.reviews.browsing import Chosen, Control, Form, Page, Window, filled, lasting
from tests.reviews.course import (
    ARROWS,
    MOVERS,
    NAMES,
    PRINTED,
    Asked,
    Change,
    Row,
    Rows,
    Sight,
    World,
    broken_rules,
    changes,
    make_world,
    may_write,
    snapshot,
    tokens,
)

THOROUGH = os.environ.get("COURSE") == "thorough"
PROFILE = settings(
    max_examples=200 if THOROUGH else 2,
    stateful_step_count=80 if THOROUGH else 30,
    derandomize=not THOROUGH,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate, Phase.shrink] if THOROUGH else [Phase.generate],
)

START = at(FIRST_DAY.replace(day=1), 8)
NEW = "ny@example.org"
"""Somebody without an account."""
WHAT = (
    ["click_about"] * 8
    + ["go_on"] * 9
    + ["send_unasked"] * 3
    + ["leave_open", "send_what_was_left", "open_both"] * 2
    + ["note_something", "begin_interview", "give_figures", "let_days_pass", "accept"]
)
"""What people do, each as often as it stands here."""
GROUPS = ("workers", "lead", "seated", "asked")
WHO = [*NAMES, *["workers"] * 10, *["seated", "asked", "lead", "adviser"] * 3]
"""Who does it, by name or as one of a group; most of it those who have most to do."""
ELSEWHERE = {
    "plan",
    "profile",
    "service_interval",
    "checklist_template",
    "template_step",
    "delete_template_step",
    "import_sheets",
    "check_sheet",
    "confirm_sheet",
    "delete_sheet",
    "new_action",
    "action",
}
"""Addresses that change nothing of a review that is there."""


@pytest.fixture
def world(db: None, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[World]:
    """The world, in which a PDF is the text it would be made of, and a log-in lasts as long as the test."""
    settings.SESSION_COOKIE_AGE = 10**8
    monkeypatch.setattr(report_pdf, "write", lambda source, **_style: source.encode())
    with time_machine.travel(START, tick=False):
        yield make_world()


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What is written to the log, as it is written there."""
    written = io.StringIO()
    (handler,) = (each for each in logging.getLogger("django").handlers if type(each) is logging.StreamHandler)
    before = handler.setStream(written)
    yield written
    handler.setStream(before)


class Course(RuleBasedStateMachine):
    """One game: a review from its plan on, and people around it."""

    world: World
    log: ClassVar[io.StringIO]

    def __init__(self) -> None:
        """Begin with a clean database, which teardown gives back."""
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.travel = time_machine.travel(START, tick=False)
        self.clock = self.travel.start()
        # One who is invited joins in.
        self.world = replace(type(self).world, people=dict(type(self).world.people))
        self.windows = {name: Window(name, key, self.saw) for name, key in self.world.sessions.items()}
        self.pk: Any = None
        self.ever: Rows = {}
        self.typed: dict[str, str] = {}
        self.places: dict[str, set[tuple[str, Any, str]]] = {}
        self.tabs: list[tuple[str, Page, Form]] = []
        self.turn = 0
        self.looked: set[str] = set()
        self.audited = AuditEvent.objects.aggregate(last=Max("pk"))["last"] or 0
        mail.outbox.clear()
        self.log.seek(0)
        self.log.truncate()

    def teardown(self) -> None:
        """Leave the database as it was."""
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)
        self.travel.stop()

    @property
    def review(self) -> Row:
        """The review's own row."""
        return self.rows["Review", self.pk]

    # What is held after every answer

    def saw(self, window: Window, page: Page) -> None:
        """Hold that the person may read every text in the answer."""
        for token in sorted(tokens(page.text)):
            assert self.may_read(token, window.name), f"{window.name} reads {self.told(token)} at {page.address}"

    def may_read(self, token: str, name: str) -> bool:
        """Whether the text may be shown to somebody: it is their own, or stands where they may read."""
        return self.typed.get(token) == name or any(
            name in self.sight.readers(model, key, column, self.ever[model, key])
            for model, key, column in self.places.get(token, ())
        )

    def told(self, token: str) -> str:
        """Return where a text comes from, for a failure."""
        places = sorted(f"{model}.{column}" for model, _key, column in self.places.get(token, ()))
        return f"{token}, typed by {self.typed.get(token)} into {places}"

    def send(self, who: str, address: str, data: Chosen, base: Page | None = None, *, by_itself: bool = False) -> Page:
        """Send a form, and hold the rows to what it may have done. `base` is the page it stood on, if any; `by_itself`
        whether that page sends it without being asked.
        """
        match = resolve(address)
        name = match.url_name if match.url_name != "step" else f"step/{match.kwargs['name']}"
        asked = Asked(who, self.key_of(who), name or "", match.kwargs, self.rows, self.items)
        if self.sight.blind and self.is_last(asked):
            self.everybody_looks("while blind")
        self.clock.shift(60)
        fresh = {token for values in data.values() for value in values for token in tokens(value)} - set(self.typed)
        self.typed |= dict.fromkeys(fresh, who)
        headers = {"Autosave": "1", "Autosave-As": str(self.key_of(who))} if by_itself else {}
        page = self.windows[who].send(address, data, **headers)
        is_done = page.status == (200 if by_itself else 302)
        rows = snapshot()
        found = list(changes(self.rows, rows))
        assert is_done or not found, f"{page.status} at {address}, and yet {found}"
        for change in found:
            assert may_write(asked, change), f"{who} at {asked.name} wrote {change}"
            assert self.owner(change, rows) == self.pk, f"{asked.name} wrote to another review: {change}"
            self.hold_overwritten(change, rows, base)
        self.hold_arrow(asked, rows)
        # A shared sheet becomes the agreed results and these the version, all in one step.
        for change in sorted(found, key=lambda change: change.model != "AgreedResult"):
            self.hold_source(asked, change, fresh)
            for token in tokens(change.new):
                self.places.setdefault(token, set()).add((change.model, change.key, change.column))
        self.take(rows)
        # What is typed into something goes with it where that is deleted.
        if base is not None and is_done and not asked.name.startswith("delete_"):
            lost = fresh - tokens(list(rows.values()))
            assert not lost, f"{asked.name} took {lost} from {who} and did not keep it: {data}"
        self.hold_traces()
        if not self.sight.blind:
            self.everybody_looks("at what was handed over" if self.sight.has_version else "at what is shown")
        return page

    def key_of(self, who: str) -> Any:
        """Return the key of somebody's account; None for one who has none yet."""
        return self.world.people[who].pk if who in self.world.people else None

    def take(self, rows: Rows) -> None:
        """Take the rows as they are now."""
        self.rows = rows
        self.ever |= rows
        self.sight = Sight(self.world, self.pk, rows)

    def is_last(self, asked: Asked) -> bool:
        """Whether what is asked for may end the evaluators' blindness."""
        seats = [row for (kind, _key), row in self.rows.items() if kind == "Seat" and row["review_id"] == self.pk]
        waiting = [
            seat for seat in seats if not (seat["removed_at"] or seat["handed_in_at"] or seat["kind"] == "observer")
        ]
        return asked.name in ("step/hand-in", "remove_seat") and len(waiting) == 1

    def owner(self, change: Change, rows: Rows) -> Any:
        """Return the review that a changed row belongs to."""
        row = change.row
        if change.model == "Review":
            return change.key
        for way, model in (("seat_id", "Seat"), ("note_id", "Note"), ("version_id", "ReportVersion")):
            if "review_id" not in row and way in row:
                row = rows.get((model, row[way])) or self.rows[model, row[way]]
        return row["review_id"]

    def hold_overwritten(self, change: Change, rows: Rows, base: Page | None) -> None:
        """Hold that a text is overwritten by somebody who saw it; and a reason for a version only once that has it."""
        lost = tokens(change.old) - tokens(change.new)
        if not lost:
            return
        if (change.model, change.column) in (("Review", "reissue_reason"), ("Review", "fact_check_skipped")):
            kept = tokens([row for (kind, _key), row in rows.items() if kind == "ReportVersion"])
            assert lost <= kept, f"no version has the reason that stood here: {change}"
        elif (change.model, change.column) != ("Review", "sent_back_reason") and base is not None:
            unseen = lost - tokens(base.text)
            assert not unseen, f"{base.address} overwrote {unseen}, which it had not shown: {change}"

    def hold_arrow(self, asked: Asked, rows: Rows) -> None:
        """Hold that the review moved along the course, for somebody who may move it, and that its state holds."""
        before, after = self.review, rows["Review", self.pk]
        arrow = (before["status"], after["status"])
        if arrow[0] != arrow[1]:
            assert arrow in ARROWS.get(asked.name, ()), f"{asked.name} moved it {arrow}"
            groups = [
                group for group in MOVERS[asked.name] if group != "metodeveileder" or before["status"] == "planned"
            ]
            assert any(asked.who in getattr(self.sight, group) for group in groups), f"{asked.who} moved it {arrow}"
            if arrow[1] == "final" and not after["fact_check_skipped"]:
                assert self.sight.is_self or self.fact_check_is_over(), "the fact check was cut short without a reason"
        broken = list(broken_rules(after, before, rows))
        assert not broken, f"after {asked.name} by {asked.who}: {broken}"

    def fact_check_is_over(self) -> bool:
        """Whether all have answered, or the last day is over and the silent were reminded before today."""
        if self.review["status"] != "fact_check":
            return False
        today = timezone.localdate()
        parts = [
            row
            for (kind, _key), row in self.rows.items()
            if kind == "FactCheckRespondent" and row["review_id"] == self.pk
        ]
        silent = [part for part in parts if part["answered_at"] is None]
        if parts and not silent:
            return True
        reminded = [part["reminded_at"] for part in silent]
        return self.review["fact_check_due"] < today and all(
            day and timezone.localdate(day) < today for day in reminded
        )

    def hold_source(self, asked: Asked, change: Change, fresh: set[str]) -> None:
        """Hold that a text that was not typed just now was taken from where it may be taken."""
        for token in tokens(change.new) - fresh:
            places = self.places.get(token, set())
            if (change.model, change.key, change.column) in places:
                continue
            if change.model in ("ReportVersion", "FinalScore", "ActionPoint"):
                right = any(model in PRINTED for model, _key, _column in places)
            elif change.model == "AgreedResult" and change.event == "new" and asked.name != "agree":
                right = any(
                    model == "Rating" and column == change.column and self.counts(key) for model, key, column in places
                )
            else:
                right = self.may_read(token, asked.who)
            assert right, f"{asked.name} by {asked.who} put {self.told(token)} into {change.model}.{change.column}"

    def counts(self, rating: Any) -> bool:
        """Whether a rating is that of an evaluator who was not removed."""
        seat = self.ever["Seat", self.ever["Rating", rating]["seat_id"]]
        return bool(seat["kind"] == "evaluator" and seat["removed_at"] is None)

    def hold_traces(self) -> None:
        """Hold that log and audit tell no text, and letters none that their reader may not read."""
        written = self.log.getvalue()
        assert not tokens(written), f"the log tells {tokens(written)}"
        self.log.seek(0)
        self.log.truncate()
        for event in AuditEvent.objects.filter(pk__gt=self.audited).order_by("pk").values():
            assert not tokens(event), f"the audit tells {tokens(event)}"
            self.audited = event["id"]
        while mail.outbox:
            letter = mail.outbox.pop()
            for token in tokens([letter.subject, letter.body, *letter.recipients()]):
                for reader in letter.recipients():
                    assert self.may_read(token, self.world.name_of(reader)), (
                        f"a letter to {reader} tells {self.told(token)}"
                    )

    # Looking

    def addresses(self, method: str, item: Item) -> list[Address]:
        """Return every address of the work that takes GET or POST, of this review and this item."""
        found = addresses.of_the_work(self.object, [item])
        return [address for address in found if method in self.world.methods[address.name]]

    def look(self, who: str, found: Iterable[Address]) -> None:
        """Let somebody look at addresses, every second time as a script does."""
        for address in found:
            self.turn += 1
            headers = {"HX-Request": "true"} if self.turn % 2 else {}
            self.windows[who].read(address.path, **headers)

    def in_sight_of(self, who: str, item: Item) -> list[Address]:
        """Return every address there is for somebody to look at, with one item of the review's."""
        found = self.addresses("GET", item)
        if who == "administrator":
            found += addresses.of_the_administration(self.world.service, self.world.people["lead"])
        return found

    def everybody_looks(self, why: str) -> None:
        """Once in a game let everybody look at every eighth of all addresses, and those who have a seat at what there
        is to every item; in a thorough game, let everybody look at all.
        """
        if why in self.looked:
            return
        self.looked.add(why)
        for who in self.world.people:
            self.turn += 1
            found = self.in_sight_of(who, self.world.items[self.turn % 4])
            self.look(who, found if THOROUGH else found[self.turn % 8 :: 8])
            if who in self.sight.seated:
                pages = [each for item in self.world.items for each in self.addresses("GET", item)]
                self.look(who, [each for each in pages if each.name in ("score", "agree")])
        self.hold_traces()

    @property
    def object(self) -> Review:
        """The review, fresh from the database."""
        return Review.objects.get(pk=self.pk)

    # What people do

    @initialize(
        second=st.sampled_from([True, True, True, False]),
        observer=st.booleans(),
        kind=st.sampled_from(["external"] * 6 + ["self"]),
    )
    def plan(self, second: bool, observer: bool, kind: str) -> None:
        """Plan a review, most often an external one."""
        is_self = kind == "self"
        window = self.windows["metodeveileder" if is_self else "adviser"]
        form = window.read(reverse("reviews:plan")).form("lead")
        assert form is not None
        chosen = {"lead": "lead"} | ({"second": "second"} if second else {})
        if observer and not is_self:
            chosen["observer"] = "observer"
        data = form.data() | {seat: [str(self.world.people[who].pk)] for seat, who in chosen.items()}
        day = FIRST_DAY.isoformat()
        data |= {"first_day": [day], "last_day": [day], "unlikely": [day], "scales": [str(self.world.scale.pk)]}
        page = window.send(form.action, data | {"kind": [kind]})
        assert page.status == 302
        self.pk = resolve(page.location).kwargs["pk"]
        self.items = {item.code: item.pk for item in self.world.items}
        self.take(snapshot())

    def text(self) -> str:
        """Return words that nobody has typed before."""
        self.turn += 1
        return f"Ord qz{self.turn:05}q til saken."

    def answers(self, dice: Random) -> Callable[[Control], list[str] | None]:
        """Return what fills in any control by the dice."""

        def choose(control: Control) -> list[str] | None:
            if control.kind == "words":
                return [self.text()] if dice.randrange(4) else None
            if "email" in control.name:
                return [(NEW, "spare@example.org", *[""] * 8)[dice.randrange(10)]]
            if control.name == "scales" or not control.choices:
                return [str(dice.randrange(60))] if control.name.startswith(("count_", "figure_")) else None
            if control.name == "not_scored" and dice.randrange(8):
                return [""]
            if control.kind == "many":
                return [choice for choice in control.choices if dice.randrange(2)]
            # Nothing is chosen now and then only: most forms want something.
            choices = [choice for choice in control.choices if choice] if dice.randrange(8) else control.choices
            return [choices[dice.randrange(len(choices))]] if choices else None

        return choose

    def press(self, who: str, page: Page, form: Form, dice: Random) -> Page:
        """Fill in a form by the dice and send it, or let the page save something of it by itself."""
        data = filled(form, self.answers(dice), dice.randrange(5))
        if form.units and not dice.randrange(3):
            data = form.saved_by_itself(dice.choice(list(form.units)), data)
            return self.send(who, form.action, data, page, by_itself=True)
        return self.send(who, form.action, data, page)

    def found(self, who: str, dice: Random) -> tuple[Page, Form] | None:
        """Let somebody open pages of the review by the dice until there is a form on one, and return it."""
        item = self.world.items[dice.randrange(4)]
        writable = {address.path for address in self.addresses("POST", item)}
        # A page that takes no POST may have forms that are sent elsewhere: the review's own has most of them.
        choices = [address for address in self.addresses("GET", item) if address.path in writable]
        choices += [address for address in self.addresses("GET", item) if address.name in ("review", "fact_check")] * 3
        choices = [address for address in choices if address.name not in ELSEWHERE]
        for _time in range(5):
            page = self.windows[who].read(choices[dice.randrange(len(choices))].path)
            forms = [form for form in page.forms() if form.action.startswith("/reviews/")]
            if dice.randrange(8):
                # A game that is called off early is a short one.
                forms = [form for form in forms if not form.action.endswith("/cancel/")]
            if forms:
                return page, forms[dice.randrange(len(forms))]
        return None

    @rule(what=st.sampled_from(WHAT), who=st.sampled_from(WHO), number=st.integers(0, 10**6))
    def act(self, what: str, who: str, number: int) -> None:
        """Somebody does something."""
        # Hypothesis likes some numbers; what they lead to is another thing each time.
        dice = Random(number * 10**6 + self.turn)
        if who in GROUPS:
            group = sorted(getattr(self.sight, who) or self.sight.seated)
            who = group[dice.randrange(len(group))]
        getattr(self, what)(who, dice)

    def click_about(self, who: str, dice: Random) -> None:
        """Somebody finds a form, fills it in and sends it."""
        found = self.found(who, dice)
        if found is not None:
            self.press(who, *found, dice)

    def leave_open(self, who: str, dice: Random) -> None:
        """Somebody opens a page with a form and leaves it open."""
        found = self.found(who, dice)
        if found is not None:
            self.tabs.append((who, *found))

    def send_what_was_left(self, _who: str, dice: Random) -> None:
        """Somebody sends a form that was left open."""
        if self.tabs:
            who, page, form = self.tabs.pop(dice.randrange(len(self.tabs)))
            self.press(who, page, form, dice)

    def open_both(self, who: str, dice: Random) -> None:
        """Two open the same page, or one opens it twice, and both send what is on it."""
        found = self.found(who, dice)
        if found is None:
            return
        first, form = found
        other = dice.choice(sorted(self.sight.seated))
        second = self.windows[other].read(first.address)
        forms = [each for each in second.forms() if each.action == form.action]
        self.press(who, first, form, dice)
        if forms:
            self.press(other, second, forms[0], dice)

    def note_something(self, who: str, dice: Random) -> None:
        """Somebody writes a note, often a private one, if they may: on an item, or on an interview's sheet."""
        items = [self.page("add_note", item) for item in self.world.items]
        sheets = [reverse("reviews:interview", args=[self.pk, row["id"]]) for row in self.own("Interview")]
        self.write_note(who, self.windows[who].read(dice.choice(dice.choice([items, sheets or items]))), dice)

    def write_note(self, who: str, page: Page, dice: Random) -> None:
        """Fill in the empty note of a page, if it has one."""
        forms = [form for form in page.forms() if "text" in form.controls and not form.action.endswith("/delete/")]
        if forms:
            # On a sheet the last one is the empty one.
            form = forms[-1]
            words = self.text() + dice.choice(["", " #X2 og #B1."])
            private = {"private": ["on"]} if dice.randrange(3) else {}
            self.send(who, form.action, form.data() | {"text": [words]} | private, page)

    def begin_interview(self, who: str, dice: Random) -> None:
        """Somebody begins an interview, if they may."""
        page = self.windows[who].read(reverse("reviews:interviews", args=[self.pk]))
        form = page.form("perspective")
        if form is not None:
            self.press(who, page, form, dice)

    def give_figures(self, _who: str, dice: Random) -> None:
        """The metodeveileder gives figures, if there is still time, and an evaluator takes them over."""
        address = reverse("reviews:figures", args=[self.pk])
        page = self.windows["metodeveileder"].read(address)
        for form in page.forms():
            if form.action == address:
                self.press("metodeveileder", page, form, dice)
        who = dice.choice(sorted(self.sight.workers))
        page = self.windows[who].read(self.page("score", self.world.items[2]))
        found = page.form("/take-over/")
        if found is not None:
            self.press(who, page, found, dice)

    def send_unasked(self, who: str, dice: Random) -> None:
        """Somebody sends what no page has offered them."""
        item = self.world.items[dice.randrange(4)]
        found = [address for address in self.addresses("POST", item) if address.name not in ELSEWHERE]
        steps = [address for address in found if address.name == "step"]
        address = dice.choice(dice.choice([found, steps]))
        words = ("comment", "recommendation", "departure", "text", "answer", "summary", "reason")
        data = {name: [self.text()] for name in (*words, f"{address.arguments.get('name')}-reason")}
        data |= {
            "score": [str(1 + dice.randrange(5))],
            "decision": [("kept", "changed")[dice.randrange(2)]],
            "draft": ["1"],
            "items": ["X1"],
            "source": ["OBS"],
            "closed": [str(dice.randrange(2))],
            "date": [FIRST_DAY.isoformat()],
        }
        self.send(who, address.path, data)

    def let_days_pass(self, _who: str, dice: Random) -> None:
        """Days pass, and each night the letters that are due are sent."""
        self.clock.shift((1 + dice.randrange(10)) * 24 * 3600)
        letters.send_due()
        digests.send_due()
        self.hold_traces()
        self.take(snapshot())

    def accept(self, _who: str, _dice: Random) -> None:
        """Somebody without an account accepts an invitation, if there is one."""
        waiting = Invitation.objects.filter(review=self.pk, email=NEW, accepted_at=None).first()
        if waiting is None or "invited" in self.world.people:
            return
        window = self.windows["invited"] = Window("invited", "", self.saw)
        form = window.read(urlsplit(letters.link(waiting)).path).form("password")
        if form is not None:
            account = {"name": ["Ny"], "password": ["tre-ord-uten-sammenheng"]}
            if self.send("invited", form.action, form.data() | account).status == 302:
                self.world.people["invited"] = User.objects.get(email=NEW)

    def go_on(self, _who: str, dice: Random) -> None:
        """Somebody does the next thing that the course asks for."""
        self.next_thing(dice)

    def next_thing(self, dice: Random) -> None:
        """Do the next thing of the state the review is in."""
        status = self.review["status"]
        if status == "planned":
            if dice.randrange(3):
                self.step("lead", "start")
        elif status == "scoring":
            self.score_and_hand_in(dice)
        elif status == "consensus":
            self.agree_and_send(dice)
        elif status == "fact_check":
            self.check_facts(dice)
        elif status == "final" and len(self.own("ReportVersion")) < 3:
            self.step("lead", "reissue", reason=[self.text()])

    def step(self, group: str, name: str, **answers: list[str]) -> Page:
        """Let one of a group take a step from the review's page, which must offer it."""
        who = min(getattr(self.sight, group)) if group in ("lead", "workers") else group
        page = self.windows[who].read(reverse("reviews:review", args=[self.pk]))
        form = page.form(f"/step/{name}/")
        assert form is not None, f"{who} is not offered to {name} while the review is {self.review['status']}"
        asked_for = {f"{name}-{key}": value for key, value in answers.items() if f"{name}-{key}" in form.controls}
        return self.send(who, form.action, form.data() | asked_for, page)

    def own(self, model: str) -> list[Row]:
        """Return the review's rows of a model, in their order."""
        found = [row for (kind, _key), row in self.rows.items() if kind == model and row["review_id"] == self.pk]
        return sorted(found, key=lambda row: str(row["id"]))

    def fill(self, who: str, address: str, part: str, dice: Random, button: str, **answers: list[str]) -> Page:
        """Fill in the form that has a control of a name, with words wherever there is room for them; what is not
        answered otherwise is, by the dice.
        """
        page = self.windows[who].read(address)
        form = page.form(part)
        assert form is not None, f"{who} finds no form for {part} at {address}: {page.status}"
        data = filled(form, self.answers(dice)) | {name: [self.text()] for name in form.texts()}
        for name, _value in form.buttons:
            data.pop(name, None)
        if any(name == button for name, _value in form.buttons):
            data[button] = ["1"]
        return self.send(who, form.action, data | answers, page)

    def judge(self, who: str, address: str, dice: Random) -> None:
        """Give an item a score and words, on the own sheet or in consensus."""
        self.fill(who, address, "score", dice, "draft", score=[str(1 + dice.randrange(5))], not_scored=[""])

    def score_and_hand_in(self, dice: Random) -> None:
        """Let somebody who has not handed in score what is left, and hand in; a shared sheet is made final."""
        seats = [
            seat for seat in self.own("Seat") if not (seat["removed_at"] or seat["handed_in_at"]) and seat["user_id"]
        ]
        seats = [seat for seat in seats if not self.sight.is_self or seat["is_lead"]]
        if not seats:
            return
        seat = seats[dice.randrange(len(seats))]
        who = self.world.name_of(seat["user_id"])
        done = {
            row["item_id"]
            for (kind, _key), row in self.rows.items()
            if kind == "Rating" and row["seat_id"] == seat["id"] and (row["score"] or row["not_scored"])
        }
        self.note_something(who, dice)
        for item in self.world.items:
            if item.pk not in done:
                self.judge(who, self.page("score", item), dice)
        if self.sight.is_self:
            self.step("lead", "finalise")
        elif seat["kind"] == "evaluator" and dice.randrange(3):
            self.step(who, "hand-in")

    def page(self, name: str, item: Item) -> str:
        """Return the address of a page of an item."""
        return reverse(f"reviews:{name}", args=[self.pk, item.section.scale.code, item.code])

    def agree_and_send(self, dice: Random) -> None:
        """Let the evaluators agree on what is left, decide what is open, and send the draft or make it final."""
        workers = sorted(self.sight.workers)
        rows = {row["item_id"]: row for row in self.own("AgreedResult")}
        for item in self.world.items:
            row = rows.get(item.pk)
            if row is None or not (row["score"] or row["not_scored"]) or (row["score"] and not row["comment"]):
                self.judge(workers[dice.randrange(len(workers))], self.page("agree", item), dice)
        self.decide(dice)
        if self.sight.is_self or not dice.randrange(4):
            self.step("lead", "finalise", reason=[self.text()])
        else:
            self.step("lead", "fact-check")

    def decide(self, dice: Random) -> None:
        """Let the evaluators decide on every remark that is open."""
        workers = sorted(self.sight.workers)
        for remark in self.own("FactCheckRemark"):
            if not remark["decision"]:
                who = workers[dice.randrange(len(workers))]
                address = reverse("reviews:decide", args=[self.pk, remark["id"]])
                answers = {"decision": ["kept"], "answer": [self.text()]}
                page = self.windows[who].read(address)
                form = page.form("decision")
                assert form is not None, address
                if dice.randrange(2) and "comment" in form.controls:
                    answers = {
                        "decision": ["changed"],
                        "answer": [""],
                        "comment": [self.text()],
                        "score": ["3"],
                        "not_scored": [""],
                    }
                self.send(who, form.action, form.data() | answers, page)

    def check_facts(self, dice: Random) -> None:
        """Let those who are asked remark and answer; then decide, and make it final."""
        silent = [part for part in self.own("FactCheckRespondent") if part["answered_at"] is None and part["user_id"]]
        if silent:
            who = self.world.name_of(silent[0]["user_id"])
            if dice.randrange(4):
                item = self.world.items[dice.randrange(4)]
                self.fill(who, self.page("remark_on_item", item), "text", dice, "", text=[self.text()])
            self.step(who, "answer")
            return
        self.decide(dice)
        if not dice.randrange(4):
            self.step("lead", "send-back", reason=[self.text()])
        else:
            self.step("lead", "finalise", **({} if self.fact_check_is_over() else {"reason": [self.text()]}))

    @invariant()
    def somebody_looks(self) -> None:
        """After every step somebody looks at some of all there is; over a game, everybody at everything."""
        if self.pk is None:
            return
        self.turn += 1
        people = list(self.world.people)
        who = people[self.turn % len(people)]
        found = self.in_sight_of(who, self.world.items[self.turn % 4])
        start = self.turn * 7 % len(found)
        self.look(who, (found + found)[start : start + 2])
        self.hold_traces()


class WholeCourse(Course):
    """One game that leaves nothing out, played from a script."""

    def play(self) -> None:
        """Take a review from its plan to its second version."""
        dice = Random(1)
        self.plan(second=True, observer=True, kind="external")
        self.others_try_every_step()
        self.step("lead", "start")
        self.look_into_everything(dice)
        for who in ("lead", "second", "observer"):
            self.note_something(who, dice)
            for item in self.world.items:
                self.judge(who, self.page("score", item), dice)
        self.others_try_every_step()
        for name in ("hand-in", "withdraw", "hand-in"):
            self.step("lead", name)
        self.step("second", "hand-in")
        self.agree(dice)
        self.others_try_every_step()
        # Those who check the facts see what nobody else did before.
        self.looked.clear()
        self.step("lead", "fact-check")
        self.remark(dice)
        self.others_try_every_step()
        self.step("lead", "send-back", reason=[self.text()])
        self.step("lead", "fact-check")
        self.step("lead", "finalise", reason=[self.text()])
        self.others_try_every_step()
        # What is handed over is seen beside what is written anew.
        self.looked.clear()
        self.step("lead", "reissue", reason=[self.text()])
        self.judge("second", self.page("agree", self.world.items[0]), dice)
        self.step("lead", "finalise", reason=[self.text()])
        assert (self.review["status"], len(self.own("ReportVersion"))) == ("final", 2)

    def look_into_everything(self, dice: Random) -> None:
        """Begin an interview and write on its sheet, give figures and take them over, and tell of a closed source."""
        for _time in range(3):
            self.begin_interview("second", dice)
            self.give_figures("", dice)
        sheet = reverse("reviews:interview", args=[self.pk, self.own("Interview")[0]["id"]])
        for who in ("lead", "second"):
            self.write_note(who, self.windows[who].read(sheet), dice)
        page = self.windows["lead"].read(self.page("score", self.world.items[0]))
        form = page.form("/source/")
        assert form is not None
        self.press("lead", page, form, dice)
        for model in ("Interview", "Note", "GivenFigure", "Count", "ClosedSource"):
            assert self.own(model), model
        assert all(note["interview_id"] for note in self.own("Note"))

    def agree(self, dice: Random) -> None:
        """Agree on everything, twice at the same time; write the texts, and what was wrong with the last review."""
        for item in self.world.items:
            self.judge("lead", self.page("agree", item), dice)
        self.write_at_once(self.page("agree", self.world.items[0]), "comment")
        self.write_at_once(reverse("reviews:narrative", args=[self.pk]), "summary")
        address = self.page("correction", self.world.items[1])
        self.fill("second", address, "reason", dice, "", reason=[self.text()])
        assert len(self.own("Correction")) == 1

    def write_at_once(self, address: str, name: str) -> None:
        """Let two open a page and write the same text; the second is shown the first one's, and nothing is saved."""
        pages = {who: self.windows[who].read(address) for who in ("lead", "second")}
        texts = {who: self.text() for who in pages}
        answers = []
        for who, page in pages.items():
            form = page.form(name)
            assert form is not None
            answers.append(self.send(who, form.action, form.data() | {name: [texts[who]], "draft": ["1"]}, page))
        assert [answer.status for answer in answers] == [302, 409]
        assert tokens(" ".join(texts.values())) <= tokens(answers[1].text)

    def remark(self, dice: Random) -> None:
        """Remark on an item and on the whole, change one, and answer; one stays as it was, one changes a score."""
        whole = reverse("reviews:remark_on_whole", args=[self.pk])
        for address in (self.page("remark_on_item", self.world.items[2]), whole):
            self.fill("metodeveileder", address, "text", dice, "", text=[self.text()])
        first, second = self.own("FactCheckRemark")
        change = reverse("reviews:change_remark", args=[self.pk, first["id"]])
        self.fill("metodeveileder", change, "text", dice, "", text=[self.text()])
        self.step("metodeveileder", "answer")
        answers = {"answer": [self.text()], "comment": [self.text()], "score": ["3"], "not_scored": [""]}
        for remark, data in ((first, {"decision": ["changed"]} | answers), (second, {"decision": ["kept"]} | answers)):
            address = reverse("reviews:decide", args=[self.pk, remark["id"]])
            page = self.windows["second"].read(address)
            form = page.form("decision")
            assert form is not None
            wanted = {name: value for name, value in data.items() if name in form.controls}
            assert self.send("second", form.action, form.data() | wanted, page).status == 302
        assert [remark["decision"] for remark in self.own("FactCheckRemark")] == ["changed", "kept"]

    def others_try_every_step(self) -> None:
        """Let everybody who sees the review but does not lead it send every step unasked, each in a world that is then
        taken back.
        """
        for who, name in itertools.product(("second", "observer", "metodeveileder", "leder", "adviser"), STEPS):
            if who in self.sight.progress:
                kept = (self.rows, dict(self.ever), dict(self.typed), {key: set(at) for key, at in self.places.items()})
                audited, looked = self.audited, set(self.looked)
                with transaction.atomic():
                    self.looked |= {"while blind", "at what is shown", "at what was handed over"}
                    address = reverse("reviews:step", args=[self.pk, name])
                    self.send(who, address, {f"{name}-reason": [self.text()], f"{name}-due": ["2026-12-01"]})
                    transaction.set_rollback(True)
                rows, self.ever, self.typed, self.places = kept
                self.audited, self.looked = audited, looked
                self.take(rows)


def test_the_whole_course_loses_no_text_and_shows_none_early(world: World, log: io.StringIO) -> None:
    Course.world, Course.log = world, log
    game = WholeCourse()
    try:
        game.play()
    finally:
        game.teardown()


def test_no_game_breaks_the_course_loses_a_text_or_shows_one_early(world: World, log: io.StringIO) -> None:
    Course.world, Course.log = world, log
    run_state_machine_as_test(Course, settings=PROFILE)


# The scores themselves are digits, which stand everywhere. So: whatever they are, everybody else's pages are the same.

SAME = uuid.UUID("5a3e5a3e-0000-4000-8000-000000000001")
"""The interview is the same in both worlds."""
JUDGED = st.sampled_from([1, 2, 3, 4, 5, None])
SHEETS = st.lists(st.lists(JUDGED, min_size=2, max_size=2, unique=True), min_size=4, max_size=4)
"""What an item is scored in one world and in another."""
OTHERS = ("lead", "metodeveileder", "leder", "adviser", "administrator", "outsider")


def judge_all(seat: Seat, items: list[Item], scores: Sequence[int | None]) -> None:
    """Fill in a sheet behind the pages' back, whatever the state: all that is judged follows the scores."""
    for item, score in zip(items, scores, strict=True):
        Rating.objects.update_or_create(
            seat=seat,
            item=item,
            defaults={
                "score": score,
                "not_scored": "" if score else "missing_data",
                "comment": f"Fordi {score}.",
                "recommendation": f"Kom fra {score}.",
                "departure": f"Tross alt {score}.",
                "elements": [0] if score == 1 else [0, 1],
                "element_remarks": {"0": f"Bare {score}."},
                "statements": {"raises": {"5": score == 1}},
                "obstacles": ["law"] if score == 2 else [],
                "actors": ["nav"] if score == 3 else [],
                "updated_at": START,
            },
        )


def note_alone(author: User, interview: Interview, items: list[Item], scores: Sequence[int | None]) -> None:
    """Write notes for oneself alone, as many as the scores say: on items, and on an interview's sheet."""
    for item, score in zip(items, scores, strict=True):
        for _time in range(score or 0):
            NoteFactory.create(review=interview.review, author=author, private=True, items=[item], text=f"Så {score}.")
        if score == 1:
            NoteFactory.create(review=interview.review, author=author, private=True, interview=interview, items=[item])


Seen = tuple[str, str, bool, int, str]
"""Who, where, as a script or as a page, and what was answered."""


def all_that_others_see(world: World, review: Review) -> list[Seen]:
    """Return every answer to the others, every second as a script gets it. What is written for oneself alone has other
    addresses in each world, which nobody else is told.
    """
    alone = set(review.notes.filter(private=True).values_list("pk", flat=True))
    seen: list[Seen] = []
    for name in OTHERS:
        window = Window(name, world.sessions[name], lambda _window, _page: None)
        found = [
            each for each in addresses.of_the_work(review, world.items[:1]) if each.arguments.get("note") not in alone
        ]
        for number, address in enumerate(found):
            if "GET" in world.methods[address.name]:
                as_script = number % 2 == 0
                page = window.read(address.path, **({"HX-Request": "true"} if as_script else {}))
                seen.append((name, address.path, as_script, page.status, lasting(page.text)))
    return seen


def seen_after(world: World, review: Review, scores: Sequence[int | None], move: str) -> list[Seen]:
    """Return all that others see when the hidden scores are these and the review has moved on; all is taken back."""
    with transaction.atomic():
        interview = InterviewFactory.create(pk=SAME, review=review, made_by=world.people["lead"])
        for seat in review.seats.exclude(user=world.people["lead"]):
            judge_all(seat, world.items, scores)
            note_alone(owner(seat), interview, world.items, scores)
        if move == "hand in":
            workflow.hand_in(review.seats.get(user=world.people["second"]), world.people["second"])
        if move in ("fact check", "final"):
            workflow.send_to_fact_check(review, world.people["lead"])
        if move == "final":
            workflow.finalise(review, world.people["lead"], "Tjenesten har svart på e-post.")
        found = all_that_others_see(world, Review.objects.get(pk=review.pk))
        transaction.set_rollback(True)
    return found


def review_with(world: World, status: str, *counting: str) -> Review:
    """Return a review of these evaluators, with an observer, and with one who was removed."""
    people = world.people
    evaluators = [people[name] for name in counting]
    review = scored_review(
        status, service=world.service, scales=[world.scale], evaluators=evaluators, show_evaluator_scores=True
    )
    SeatFactory.create(review=review, user=people["observer"], observer=True)
    SeatFactory.create(review=review, user=people["former"], removed=True)
    return review


@pytest.mark.once  # who reads what is decided alike on each database: the whole course is played on both
@pytest.mark.parametrize("move", ["", "hand in", "fact check", "final"])
@settings(PROFILE, max_examples=20 if THOROUGH else 1, phases=[Phase.generate])
@given(sheets=SHEETS)
def test_no_answer_to_anybody_else_depends_on_hidden_scores(
    world: World, move: str, sheets: list[list[int | None]]
) -> None:
    """Hidden while it is scored are the second evaluator's, and for good an observer's and a removed evaluator's. The
    two worlds are alike but for these.
    """
    with transaction.atomic():
        if move in ("", "hand in"):
            review = review_with(world, "scoring", "lead", "second")
        else:
            review = review_with(world, "consensus", "lead")
        was, now = (seen_after(world, review, list(scores), move) for scores in zip(*sheets, strict=True))
        for before, after in zip(was, now, strict=True):
            assert before == after
        transaction.set_rollback(True)


@pytest.mark.once
def test_the_walk_does_come_past_what_it_holds_to_be_hidden(world: World) -> None:
    """The same answers do change with the scores of those who are to be read: to the other evaluator, in consensus."""
    review = review_with(world, "consensus", "lead", "second")
    was, now = (seen_after(world, review, scores, "") for scores in ([1, 2, 3, 4], [5, 5, 5, 5]))
    assert {before[0] for before, after in zip(was, now, strict=True) if before != after} == {"lead"}

"""A crawler that means harm: every address as every role, the forms it finds on the pages filled in with hostile input,
and a judge of each answer. A new address and a new form join by themselves.

What it looks for (`Crawler.faults`): an error of ours; an answer that tells what it must not; hostile text that comes
out as code; and a change that nobody was told of, or in what is other people's.
"""

import copy
import csv
import io
import json
import random
import re
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.signals import got_request_exception
from django.db import connection, transaction
from django.test import Client

from reviews.models import User
from tests.reviews.addresses import Address
from tests.reviews.browsing import Form, Page
from tests.reviews.front_door import contents
from tests.reviews.hostile_input import (
    BODIES,
    CHANGES,
    HEADERS,
    IN_ADDRESSES,
    METHODS,
    VALUES,
    Sent,
    body,
    posted,
    query,
    with_ids,
)

_OUR_INSIDE = re.compile(
    r"Traceback \(most recent|site-packages/|sqlite3\.|psycopg2?\.|django\.db|\breviews_[a-z]+\b\.|: syntax error"
    r"|\b(?:Operational|Programming|Integrity|Template|Attribute|Type|Key|Value|Recursion)Error\b|root:x:0:0"
)
"""What tells how the program is made."""

_CODE = re.compile(
    r"""<img src=x onerror|<script>zq|[^;]"onmouseover="zq|[^;]'onfocus='zq|href="javascript:zq|zq54321"""
)
"""Hostile text that came out as code."""

_SLOW = 15.0
"""Seconds of the processor's that no answer may take."""

_WRITE = re.compile(
    r"\s*(?:INSERT INTO|UPDATE|DELETE FROM|REPLACE INTO|TRUNCATE|DROP|ALTER)\s+\"?([a-z_]+)", re.IGNORECASE
)
_ANY_MAY_WRITE = {"django_session", "reviews_auditevent"}
"""Tables that a request may write whatever becomes of it."""

_DONE_ON_ITS_OWN_PAGE = ("/check/", "/confirm/", "/logout/")
"""How the addresses end that do what they are asked and show how it went on the same page."""


@dataclass
class Visitor:
    """Somebody who comes by: their browser, and words that no answer to them may hold."""

    name: str
    user: User | None
    hidden: tuple[str, ...]
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))

    def __post_init__(self) -> None:
        if self.user is not None:
            self.client.force_login(self.user)


class Crawler:
    """Sends requests, each in a transaction that is rolled back, and judges the answers."""

    def __init__(self, dice: random.Random, *, foreign_rows: Callable[[], Any] = tuple) -> None:
        """Take what chance is decided by, and what gives the rows that no visitor may change."""
        self.dice = dice
        self.foreign_rows = foreign_rows
        self.faults: list[str] = []
        self.answers: Counter[int] = Counter()
        """How many answers there were, by status."""
        self._raised: list[str] = []
        self._written: set[str] = set()
        self._before = contents()
        self._foreign = foreign_rows()

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Listen to what is raised and written while requests are answered."""
        got_request_exception.connect(self._note_error)
        try:
            with connection.execute_wrapper(self._note_write):
                yield
        finally:
            got_request_exception.disconnect(self._note_error)

    def _note_error(self, **_told: Any) -> None:
        error = sys.exc_info()[1]
        where = error.__traceback__ if error is not None else None
        while where is not None and where.tb_next is not None:
            where = where.tb_next
        place = f" at {where.tb_frame.f_code.co_filename}:{where.tb_lineno}" if where is not None else ""
        self._raised.append(f"{error!r:.300}{place}")

    def _note_write(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        found = _WRITE.match(sql)
        if found and found[1].lower() not in _ANY_MAY_WRITE:
            self._written.add(found[1].lower())
        return execute(sql, params, many, context)

    def send(self, visitor: Visitor, sent: Sent, *, client: Client | None = None, must_fail: bool = False) -> Page:
        """Send one request, judge its answer, and undo what it did; where it was told to be done, look at the page that
        it leads to first. `must_fail`: nothing of it may be done.
        """
        browser = client or visitor.client
        self._raised.clear()
        self._written.clear()
        # What the answer does to the browser's session is undone with the rest.
        kept = copy.deepcopy(browser.cookies)
        began = time.process_time()
        with transaction.atomic():
            page, content_type, raw = self._answer(browser, sent)
            took = time.process_time() - began
            self.answers[page.status] += 1
            told_done = self._told_done(page, sent, content_type)
            if connection.needs_rollback:
                # The database refused what no rule of ours had, and says nothing more in this transaction.
                self._fault(visitor, sent, f"{page.status}, refused by the database: {self._raised}")
            elif self._written and (must_fail or not told_done) and contents() != self._before:
                self._fault(visitor, sent, f"{page.status}, and {sorted(self._written)} changed")
            elif self._written and self.foreign_rows() != self._foreign:
                self._fault(visitor, sent, f"{page.status}, and other people's rows changed")
            if must_fail and told_done and sent.method != "GET":
                self._fault(visitor, sent, f"{page.status}: taken")
            self._judge(visitor, sent, page, content_type, raw)
            if told_done and page.location.startswith("/") and not connection.needs_rollback:
                after = Sent(f"after {sent.kind}", "GET", page.location)
                self._judge(visitor, after, *self._answer(browser, after))
            transaction.set_rollback(True)
        browser.cookies = kept
        if took > _SLOW:
            self._fault(visitor, sent, f"took {took:.1f} s")
        return page

    def _answer(self, browser: Client, sent: Sent) -> tuple[Page, str, bytes]:
        self._raised.clear()
        headers = {**sent.headers}
        if isinstance(sent.body, dict):
            response = browser.post(sent.address, sent.body, headers=headers)
        else:
            address, _mark, behind = sent.address.partition("?")
            response = browser.generic(
                sent.method, address, sent.body, sent.content_type, QUERY_STRING=behind, headers=headers
            )
        raw: bytes = response.getvalue()
        page = Page(
            sent.address.partition("?")[0],
            response.status_code,
            raw.decode(errors="replace"),
            response.headers.get("Location", ""),
        )
        return page, response.headers.get("Content-Type", ""), raw

    def _told_done(self, page: Page, sent: Sent, content_type: str) -> bool:
        """Whether the answer says that what was sent is done."""
        if sent.method != "POST":
            return False
        if page.address.endswith(_DONE_ON_ITS_OWN_PAGE):
            return page.status in (200, 302)
        by_itself = sent.headers.get("Autosave") == "1" and "json" in content_type
        return page.status == 302 or (page.status == 200 and by_itself)

    def _judge(self, visitor: Visitor, sent: Sent, page: Page, content_type: str, raw: bytes) -> None:
        if page.status >= 500 or self._raised:
            self._fault(visitor, sent, f"{page.status} {self._raised}")
        text = _read(raw, content_type)
        for word in (*visitor.hidden, settings.SECRET_KEY):
            if word in text:
                at = text.index(word)
                self._fault(visitor, sent, f"{page.status} tells …{text[max(0, at - 80) : at + 40]!r}…")
        inside = _OUR_INSIDE.search(text)
        if inside:
            self._fault(visitor, sent, f"{page.status} tells how it is made: {inside[0]}")
        for where in _shown(text, content_type):
            code = _CODE.search(where)
            if code:
                at = code.start()
                self._fault(visitor, sent, f"{page.status} not escaped: …{where[max(0, at - 80) : at + 40]!r}…")
        for cell in _cells(raw, content_type):
            if cell.startswith(("=", "@", "+1+1", "-1+1", "\t=")):
                self._fault(visitor, sent, f"{page.status} has a formula: {cell[:80]}")

    def _fault(self, visitor: Visitor, sent: Sent, what: str) -> None:
        self.faults.append(f"{visitor.name}: {sent}\n    -> {what}")

    # Rounds

    def read(self, visitor: Visitor, path: str) -> Page:
        """Read a page as it is."""
        return self.send(visitor, Sent("read", "GET", path))

    def misuse_address(self, visitor: Visitor, address: Address, *, times: int = 1) -> None:
        """Put something else in the place of an argument, ask behind the address for what it does not know, and come
        by other methods and with headers of one's own.
        """
        dice = self.dice
        for _time in range(times):
            if address.arguments:
                name = dice.choice(sorted(address.arguments))
                held = str(address.arguments[name])
                before, found, after = address.path.rpartition(held)
                if found:
                    self.read(visitor, before + dice.choice(IN_ADDRESSES) + after)
            method = dice.choice(METHODS)
            self.send(visitor, Sent("method", method, address.path, b"a=b"), must_fail=True)
            self.send(visitor, Sent("headers", "GET", address.path, headers=dice.choice(HEADERS)))
            content_type, content = dice.choice(BODIES)
            self.send(visitor, Sent("body", "POST", address.path, content, content_type))

    def misuse_filters(self, visitor: Visitor, page: Page, kinds: Iterable[str]) -> None:
        """Ask a page behind its address for what it offers there, by values of these kinds that it does not."""
        names = sorted({*re.findall(r"[?&](?:amp;)?([a-z_]+)=", page.text), *_asked_by_get(page.text)})
        for kind in kinds if names else ():
            data = {name: self.dice.choices(VALUES[kind], k=self.dice.choice([1, 1, 2])) for name in names}
            # A server takes no longer line than some thousand characters.
            asked = query({name: [value[:2000] for value in values] for name, values in data.items()})
            self.send(visitor, Sent(f"{kind} behind the address", "GET", f"{page.address}?{asked}"))

    def misuse_form(self, visitor: Visitor, form: Form, kinds: Iterable[str], foreign: list[str]) -> None:
        """Send a form with hostile values of these kinds, as its button does, and as its page does by itself."""
        for kind in kinds:
            data = (
                with_ids(form, foreign, self.dice) if kind == "other people's ids" else CHANGES[kind](form, self.dice)
            )
            if form.buttons and kind != "missing":
                name, value = self.dice.choice(form.buttons)
                data.setdefault(name, [value])
            self.send(visitor, posted(form, kind, data))
            if form.units and visitor.user is not None:
                unit = self.dice.choice(sorted(form.units))
                headers = {"Autosave": "1", "Autosave-As": str(visitor.user.pk)}
                sent = body(form.saved_by_itself(unit, data))
                self.send(visitor, Sent(f"{kind}, by itself", "POST", form.action, sent, headers=headers))

    def forge(self, visitor: Visitor, form: Form) -> None:
        """Send a form without the page's token, and with somebody else's."""
        client = Client(enforce_csrf_checks=True, raise_request_exception=False)
        for name, cookie in visitor.client.cookies.items():
            client.cookies[name] = cookie.value
        data = {name: values for name, values in form.data().items() if name != "csrfmiddlewaretoken"}
        foreign = {**data, "csrfmiddlewaretoken": ["z" * 64]}
        for kind, found in (("no token", data), ("foreign token", foreign)):
            self.send(visitor, Sent(kind, "POST", form.action, body(found)), client=client, must_fail=True)


def _asked_by_get(text: str) -> set[str]:
    """Return the names of the controls of a page's forms that are sent by GET."""
    found = re.findall(r'<form[^>]*method="get".*?</form>', text, re.DOTALL | re.IGNORECASE)
    return {name for form in found for name in re.findall(r'name="([a-z_]+)"', form)}


def _read(raw: bytes, content_type: str) -> str:
    """Return all words of an answer."""
    if "spreadsheetml" in content_type:
        with zipfile.ZipFile(io.BytesIO(raw)) as parts:
            return "\n".join(parts.read(name).decode(errors="replace") for name in parts.namelist())
    return raw.decode(errors="replace")


def _shown(text: str, content_type: str) -> Iterator[str]:
    """Give the parts of an answer that a browser shows as a page."""
    if "html" in content_type or "pdf" in content_type:
        yield text
    elif "json" in content_type and text.startswith("{"):
        told = json.loads(text)
        yield from (str(part) for part in (told.get("parts") or {}).values() if isinstance(told.get("parts"), dict))
        clashes = told.get("clashes")
        if isinstance(clashes, dict):
            yield from (clash["html"] for clash in clashes.values())


def _cells(raw: bytes, content_type: str) -> Iterator[str]:
    """Give the cells of a spreadsheet that a program would take for more than text."""
    if "csv" in content_type:
        lines = raw.decode("utf-8-sig", errors="replace").splitlines()
        for row in csv.reader(lines, delimiter=";" if lines and ";" in lines[0] else ","):
            yield from row
    elif "spreadsheetml" in content_type:
        with zipfile.ZipFile(io.BytesIO(raw)) as parts:
            for name in parts.namelist():
                if name.startswith("xl/worksheets/"):
                    yield from ("=" + found for found in re.findall(r"<f>(.*?)</f>", parts.read(name).decode()))

"""The people of a review week, each with a browser of their own: python -m tests.load.people TOLD.json

They log in, open pages, write, and wait and try again where something fails, as a browser's pages and a person before
them do. What they tell afterwards is in files: the ledger, and the figures.
"""

# The first import of its process: it puts other sockets and another sleep in place of Python's own.
import locust  # noqa: F401  # isort: skip

import json
import math
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from locust import HttpUser, task
from locust.env import Environment
from requests.adapters import HTTPAdapter

from tests.load.ledger import Ledger, Write, own, shared
from tests.load.saving import PATIENCE, RETRY, Answer, Became, Body, SavingPage
from tests.reviews.browsing import Page

Told = dict[str, Any]

PATIENT = 60
"""How many seconds, after all have been asked to stop, somebody still waits for what was written to be saved."""

TRIES = 6
"""How often somebody asks for a page before they think that it does not come."""


@dataclass
class Figures:
    """What became of what was asked for, by kind: each attempt by its status, and each request after all attempts."""

    attempts: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    ended: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    chosen: int = 0
    logged_in_again: int = 0


@dataclass
class Run:
    """What all who take part share."""

    url: str
    told: dict[str, list[Told]]
    ledger: Ledger
    pace: float
    figures: Figures = field(default_factory=Figures)
    ends: float = math.inf
    addresses: int = 0

    @property
    def is_over(self) -> bool:
        """Whether nobody is to begin with anything new."""
        return time.monotonic() >= self.ends

    @property
    def is_given_up(self) -> bool:
        """Whether nobody waits any more, even for what was begun."""
        return time.monotonic() >= self.ends + PATIENT

    def next_address(self) -> str:
        """Return an address of this machine that nobody else asks from: who guesses passwords is told apart by it."""
        self.addresses += 1
        return f"127.0.{1 + self.addresses // 250}.{1 + self.addresses % 250}"


class _From(HTTPAdapter):
    """Asks from an address of its own."""

    def __init__(self, address: str) -> None:
        self._address = address
        super().__init__()

    def init_poolmanager(self, *args: Any, **more: Any) -> None:
        super().init_poolmanager(*args, source_address=(self._address, 0), **more)


class Person(HttpUser):
    """Somebody with an account, in front of a browser."""

    abstract = True
    kind = ""
    shortest, longest = 0, 0
    run_of: ClassVar[Run]

    def __init__(self, environment: Environment) -> None:
        """Take the account that comes next."""
        self.host = self.run_of.url
        super().__init__(environment)  # type: ignore[no-untyped-call]  # locust does not say
        self.told = self.run_of.told[self.kind].pop(0)
        self.client.mount("http://", _From(self.run_of.next_address()))
        # As behind the proxy that ends https: it says so, and begins each request anew.
        self.client.headers.update({"X-Forwarded-Proto": "https", "Connection": "close"})
        self.origin = self.run_of.url.replace("http://", "https://")

    def wait_time(self) -> float:
        """Return how many seconds pass before the person does something again; in a short run they hurry."""
        return random.uniform(self.shortest, self.longest) * self.run_of.pace

    def on_start(self) -> None:
        """Log in before anything else."""
        self.log_in()

    @property
    def token(self) -> str:
        """The token of the newest log-in, from its cookie."""
        return next((cookie.value or "" for cookie in self.client.cookies if cookie.name.endswith("csrftoken")), "")

    def log_in(self) -> None:
        """Log in, as often as it takes."""
        self.insist("log-in page", "GET", "/accounts/login/", good=(200, 302))
        data = {"login": self.told["email"], "password": self.told["password"], "csrfmiddlewaretoken": self.token}
        headers = {"Referer": f"{self.origin}/accounts/login/"}
        # Sent twice it leads to the first page, too: who is logged in need not log in.
        self.insist("log-in", "POST", "/accounts/login/", good=(302,), data=data, headers=headers)

    def insist(self, kind: str, method: str, address: str, good: Iterable[int] = (200,), **more: Any) -> Any:
        """Ask for a page until it comes; return it, None where it never does. Where nobody is logged in, log in."""
        failures = 0
        while True:
            answer = self.ask(kind, method, address, good, **more)
            if answer.status_code in good:
                self.run_of.figures.ended[kind]["came"] += 1
                return answer
            failures += 1
            if failures == TRIES or self.run_of.is_given_up:
                self.run_of.figures.ended[kind]["stayed away"] += 1
                return None
            time.sleep(RETRY[min(failures - 1, len(RETRY) - 1)])
            if answer.status_code == 302 and 302 not in good:
                self.log_in_again()

    def log_in_again(self) -> None:
        """Log in in another window."""
        self.run_of.figures.logged_in_again += 1
        self.log_in()

    def ask(self, kind: str, method: str, address: str, good: Iterable[int], **more: Any) -> Any:
        """Ask once. The cookies go along though they are for https alone: that ends before the server."""
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.client.cookies)
        headers = {"Cookie": cookies} | more.pop("headers", {})
        with self.client.request(
            method,
            address,
            name=kind,
            headers=headers,
            catch_response=True,
            allow_redirects=False,
            timeout=PATIENCE,
            **more,
        ) as answer:
            self.run_of.figures.attempts[kind][str(answer.status_code)] += 1
            if answer.status_code in good:
                answer.success()
            else:
                answer.failure(str(answer.status_code))
            return answer


class Scoring(Person):
    """An evaluator who goes from item to item and writes, and whom the page saves for."""

    kind = "scoring"
    shortest, longest = 8, 20

    def __init__(self, environment: Environment) -> None:
        """Begin without a page."""
        super().__init__(environment)
        self.page: SavingPage | None = None
        self.place: tuple[str, str] = ("", "")
        self.left = 0
        self.written = 0
        self.forgets = random.random() < 0.1
        self.lot = random.Random(self.told["pk"])
        # Both evaluators take the items in the same order, and meet over what is counted.
        self.order = random.Random(self.told["review"])

    @task
    def work(self) -> None:
        """Open the next item, or write something on the one that is open."""
        if self.run_of.is_over:
            return
        if self.page is None or self.left == 0:
            self.open_next()
            return
        self.left -= 1
        if self.forgets and self.written == 3:
            # The session ends in the midst of it.
            self.forgets = False
            self.client.cookies.clear()
        name, field_, values = self.choose()
        self.page.write(name, field_, values)
        self.save(name, field_, values)

    def open_next(self) -> None:
        """Open an item."""
        scale, code = self.place = tuple(self.order.choice(self.told["items"]))
        address = f"/reviews/{self.told['review']}/score/{scale}/{code}/"
        answer = self.insist("score page", "GET", address)
        if answer is not None:
            form = Page(address, 200, answer.text, "").form("seen")
            assert form is not None
            self.page, self.left = SavingPage(form), self.lot.randint(4, 8)

    def choose(self) -> tuple[str, str, list[str]]:
        """Choose what to write, and in which field: most often words."""
        assert self.page is not None
        units = self.page.form.units
        self.written += 1
        counts = [name for name in units if name.startswith("count_")]
        ticks = [name for name in units if name.startswith("element_")]
        lot = self.lot.random()
        if lot < 0.2:
            return "score", "score", [str(self.lot.randint(1, 5))]
        if lot < 0.35 and ticks:
            name = self.lot.choice(ticks)
            return name, name, [] if self.page.data.get(name) else ["on"]
        if lot < 0.5 and counts:
            # Of the first ones: there the other evaluator writes, too.
            name = self.lot.choice(counts[:3])
            return name, name, [str(self.lot.randint(1, 20))]
        name = "comment" if lot < 0.85 else "recommendation"
        words = " ".join(["Tjenesten har faste møter med alle parter."] * self.lot.randint(1, 12))
        return name, name, [f"Sete {self.told['seat']}, tekst {self.written}: {words}"]

    def save(self, name: str, field_: str, values: list[str]) -> None:
        """Have it saved, and write down what became of it."""
        assert self.page is not None
        became = Became.CHOSEN
        while became == Became.CHOSEN:
            sent = time.monotonic()
            became = self.page.save(name, self.send, time.sleep, lambda: not self.run_of.is_given_up, self.log_in_again)
            if became == Became.CHOSEN:
                self.run_of.figures.chosen += 1
                self.page.keep_mine(name)
        self.run_of.figures.ended["autosave"]["came" if became == Became.SAVED else "stayed away"] += 1
        if became == Became.REFUSED:
            self.page = None
            return
        saved = time.monotonic() if became == Became.SAVED else None
        self.run_of.ledger.note(Write(self.name_of(field_), "".join(values), sent, saved))

    def name_of(self, field_: str) -> str:
        """Return what the ledger calls a field of the item that is open."""
        if field_.startswith("count_"):
            return shared(self.told["review"], *self.place, field_)
        return own(self.told["seat"], *self.place, field_)

    def send(self, body: Body) -> Answer:
        """Send what the page has packed, once."""
        assert self.page is not None
        headers = {
            "Autosave": "1",
            "Autosave-As": self.told["pk"],
            "X-CSRFToken": self.token,
            "Origin": self.origin,
        }
        # What somebody else has changed, too, is an answer like any other.
        answer = self.ask("autosave", "POST", self.page.action, (200, 409), data=body, headers=headers)
        is_ours = answer.headers is not None and "json" in answer.headers.get("Content-Type", "")
        try:
            return (401 if answer.status_code == 302 else answer.status_code), answer.json() if is_ours else None
        except ValueError:
            return answer.status_code, None


class Reading(Person):
    """Somebody who looks at how it goes, and at what was handed over."""

    kind = "reading"
    shortest, longest = 10, 30

    @task(6)
    def read(self) -> None:
        """Open a page."""
        if not self.run_of.is_over:
            address = random.choice(self.told["pages"])
            self.insist(_kind(address), "GET", address)

    @task(1)
    def download(self) -> None:
        """Download a report."""
        if not self.run_of.is_over:
            self.insist("report as PDF", "GET", self.told["pdf"])


class Drafting(Person):
    """A lead evaluator who looks at the draft of the report, which is rendered each time."""

    kind = "drafting"
    shortest, longest = 30, 60

    @task
    def render(self) -> None:
        """Have the draft rendered."""
        if not self.run_of.is_over:
            self.insist("draft as PDF", "GET", self.told["draft"])


def _kind(address: str) -> str:
    """Return what the table calls a page."""
    parts = [part for part in address.split("/") if part]
    if "versions" in parts:
        return "report"
    if parts[:1] == ["services"]:
        return {1: "services", 2: "service"}.get(len(parts), f"service: {parts[-1]}")
    return parts[0] if parts else "tasks"


def main(path: Path) -> None:
    """Let all of them work for as long as was said, and until the file that says that it is enough is there; then tell
    what came of it.
    """
    told = json.loads(path.read_text())
    run = Person.run_of = Run(told["url"], told["people"], Ledger(Path(told["ledger"])), told["pace"])
    kinds = [Scoring, Reading, Drafting]
    for each in kinds:
        each.fixed_count = len(run.told[each.kind])
    environment = Environment(
        user_classes=[each for each in kinds if each.fixed_count], stop_timeout=PATIENT + PATIENCE
    )
    runner = environment.create_local_runner()
    everybody = sum(each.fixed_count for each in kinds)
    runner.start(everybody, spawn_rate=max(1.0, everybody / told["arriving"]))
    latest = time.monotonic() + told["seconds"] + 4 * PATIENT
    time.sleep(told["seconds"])
    while not Path(told["enough"]).exists() and time.monotonic() < latest:
        time.sleep(0.2)
    run.ends = time.monotonic()
    runner.quit()
    runner.greenlet.join()
    run.ledger.close()
    Path(told["figures"]).write_text(json.dumps(_figures(environment, run.figures)))


def _figures(environment: Environment, figures: Figures) -> dict[str, Any]:
    """Return what is told of the run: for each kind of request, how many there were and how long they took."""
    kinds = {}
    for (name, _method), entry in sorted(environment.stats.entries.items()):
        kinds[name] = {
            "requests": sum(figures.ended[name].values()),
            "attempts": entry.num_requests,
            "errors": entry.num_failures,
            "errors_that_stayed": figures.ended[name]["stayed away"],
            "by_status": dict(figures.attempts[name]),
            **{f"p{percent}": entry.get_response_time_percentile(percent / 100) for percent in (50, 95, 99)},
        }
    return {"kinds": kinds, "chosen": figures.chosen, "logged_in_again": figures.logged_in_again}


if __name__ == "__main__":
    main(Path(sys.argv[1]))

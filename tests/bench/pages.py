"""The pages and the saves, each beside the floor: what people wait for."""

import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass

from tests.bench.asking import Person, Unexpected
from tests.bench.cast import Cast
from tests.bench.figures import Row, median, percentile, ratio
from tests.bench.rounds import Samples, measure
from tests.factories import PASSWORD
from tests.load.saving import SavingPage
from tests.reviews.browsing import Page
from tests.served import Web

FLOOR, EMPTY_WRITE, SCORING = "the floor", "an empty write", "scoring one item"
SECONDS = 90
"""How long all of it may be measured."""

P95 = 5
"""How many floors the 95th percentile of a quick page may take."""

Act = Callable[[], object]


@dataclass(frozen=True)
class Limit:
    """What the median may be, in floors, and the 95th percentile where that has a limit; `of`: of which floor."""

    median: float
    p95: float | None = None
    of: str = FLOOR


QUICK, LARGE = Limit(3, P95), Limit(10)
SAVED, DOWNLOADED = Limit(2, of=EMPTY_WRITE), Limit(1.5)
GROWN = 1.5
"""How many times as long a page may take when there is ten or a hundred times as much."""


class Visit:
    """Those who are measured, logged in, and what they ask for."""

    def __init__(self, web: Web, cast: Cast) -> None:
        """Log everybody in. Raises Unexpected where that fails."""
        self._web = web
        self._cast = cast
        self._people = {email: Person(web.url) for email in cast.measured}
        for email, person in self._people.items():
            person.log_in(email, PASSWORD)

    def acts(self) -> dict[str, tuple[Act, Limit | None]]:
        """Return what is measured, by name, with its limit."""
        cast = self._cast
        review, agreed = f"/reviews/{cast.scoring}", f"/reviews/{cast.consensus}"
        version = f"/reviews/{cast.final}/versions/1"
        items = [f"{scale}/{code}/" for scale, code in cast.items]
        return {
            FLOOR: (self._get(cast.evaluator, "/bench/floor/"), None),
            EMPTY_WRITE: (self._empty_write(), None),
            "my tasks, an evaluator": (self._get(cast.evaluator, "/"), QUICK),
            "my tasks, an adviser": (self._get(cast.adviser, "/"), QUICK),
            "service": (self._get(cast.supervisor, f"/services/{cast.service}/"), QUICK),
            SCORING: (self._get(cast.evaluator, *(f"{review}/score/{item}" for item in items)), QUICK),
            "all items on one page": (self._get(cast.evaluator, f"{review}/score/all/"), LARGE),
            "consensus": (self._get(cast.evaluator, f"{agreed}/agree/"), LARGE),
            "consensus on one item": (
                self._get(cast.evaluator, *(f"{agreed}/agree/{item}" for item in items)),
                LARGE,
            ),
            "report": (self._get(cast.supervisor, f"{version}/"), LARGE),
            "overview, the country": (self._get(cast.adviser, "/overview/"), LARGE),
            "overview, a county": (self._get(cast.county_adviser, "/overview/"), LARGE),
            "overview of scores, the country": (self._get(cast.adviser, "/overview/scores/"), LARGE),
            "overview of scores, a county": (self._get(cast.county_adviser, "/overview/scores/"), LARGE),
            "overview of development": (self._get(cast.adviser, "/overview/development/"), LARGE),
            "overview of obstacles": (self._get(cast.adviser, "/overview/obstacles/"), LARGE),
            "autosave of a text": (self._autosave("comment", lambda n: f"Det vi så og hørte, {n} ganger."), SAVED),
            "autosave of a score": (self._autosave("score", lambda n: str(n % 5 + 1)), SAVED),
            "list of services": (self._get(cast.adviser, "/services/"), LARGE),
            "calendar": (self._get(cast.adviser, "/calendar/"), LARGE),
            "a report's PDF": (self._get(cast.supervisor, f"{version}.pdf"), DOWNLOADED),
        }

    def person(self, email: str) -> Person:
        """Return one of those who are measured."""
        return self._people[email]

    def sample(self, rounds: int, *, at_most: float = SECONDS) -> dict[str, Samples]:
        """Measure all of it, for so many rounds or until so many seconds have passed."""
        acts = {name: act for name, (act, _limit) in self.acts().items()}
        return measure(acts, rounds, self._web.workers(), at_most=at_most)

    def rows(self, found: dict[str, Samples]) -> list[Row]:
        """Return what the samples say of the limits."""
        rows = []
        for name, (_act, limit) in self.acts().items():
            here = found[name]
            if limit is None:
                rows.append(Row(name, median(here.wall) * 1000, unit=" ms", detail=_detail(here)))
                continue
            floor = found[limit.of]
            of = "" if limit.of == FLOOR else ", empty writes"
            rows.append(Row(f"{name}{of}", ratio(here.wall, floor.wall), limit.median, " ×", _detail(here, floor)))
            if limit.p95 is not None:
                value = percentile(here.wall, 95) / median(floor.wall)
                rows.append(Row(f"{name}, 95th percentile", value, limit.p95, " ×"))
        return rows

    def growth(self, before: dict[str, Samples], now: dict[str, Samples], where: str) -> list[Row]:
        """Return how many times as long each takes now as before, both beside the floor of their time."""
        rows = []
        for name, (_act, limit) in self.acts().items():
            value = ratio(now[name].wall, before[name].wall)
            if limit is not None:
                value /= ratio(now[limit.of].wall, before[limit.of].wall)
            rows.append(Row(f"growth, {where}: {name}", value, GROWN, " ×", _detail(now[name])))
        return rows

    def _get(self, email: str, *addresses: str) -> Act:
        person, wanted = self._people[email], itertools.cycle(addresses)
        return lambda: person.get(next(wanted))

    def _empty_write(self) -> Act:
        person = self._people[self._cast.evaluator]
        return lambda: person.post("/bench/empty-write/", [], good=204)

    def _autosave(self, name: str, value: Callable[[int], str]) -> Act:
        """Return what a page sends by itself when something is written in one of its fields, item by item."""
        person = self._people[self._cast.evaluator]
        pages = itertools.cycle([self._open(person, *item) for item in self._cast.items[:6]])
        numbers = itertools.count(1)

        def save() -> None:
            page = next(pages)
            page.write(name, name, [value(next(numbers))])
            headers = {"Autosave": "1", "Autosave-As": self._cast.evaluator_key}
            answer = person.post(page.action, page.packed(name), headers)
            page.seen |= json.loads(answer.text)["stamps"]

        return save

    def _open(self, person: Person, scale: str, code: str) -> SavingPage:
        address = f"/reviews/{self._cast.scoring}/score/{scale}/{code}/"
        form = Page(address, 200, person.get(address).text, "").form("seen")
        if form is None:
            raise Unexpected(f"{address} has no form that saves by itself")
        return SavingPage(form)


def _detail(samples: Samples, floor: Samples | None = None) -> str:
    """Return the median in milliseconds, the 95th percentile, and how much of it the server was busy; or the fault."""
    if samples.fault:
        return samples.fault
    told = f"{median(samples.wall) * 1000:.1f} ms, p95 {percentile(samples.wall, 95) * 1000:.0f} ms"
    told += f", busy {median(samples.busy) * 1000:.1f} ms"
    told += "" if floor is None else f" ({ratio(samples.busy, floor.busy):.2f} ×)"
    return f"{told}; slow, so measured {len(samples.wall)} × only" if samples.is_cut else told

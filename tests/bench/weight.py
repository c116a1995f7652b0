"""What a page weighs on its way to a browser, and when it can be used on a slow phone's network: read in Chromium."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from tests.bench.asking import Person, Unexpected
from tests.bench.cast import Cast
from tests.bench.figures import Row, median
from tests.bench.pages import Visit
from tests.bench.printing import CHROMIUM

TIMES = 3
LATENCY, BYTES_A_SECOND = 400, 400_000 / 8
"""The slow network: how many milliseconds an answer is late, and how much comes through."""

_ADOPTED = "form[data-autosave][data-adopted] [name=score]"
"""Where a score is set, on a page whose script has begun to save."""


@dataclass
class Seen:
    """One visit to a page."""

    usable: float
    """How many seconds passed until the page was painted and its scripts had run: then a score can be set, and is
    saved.
    """
    bytes: int
    by_kind: dict[str, int] = field(default_factory=dict)
    sheets: int = 0
    """How many style sheets came before the first paint."""


def rows(visit: Visit, cast: Cast) -> list[Row]:
    """Measure a person's first page, and a later one."""
    first, second = (f"/reviews/{cast.scoring}/score/{scale}/{code}/" for scale, code in cast.items[:2])
    person = visit.person(cast.evaluator)
    with ThreadPoolExecutor(1) as apart:
        plain = apart.submit(_visits, person, first, second, slow=False).result()
        slow = apart.submit(_visits, person, first, second, slow=True).result()
    return [
        *(_weighed(name, [each[n].bytes for each in plain], limit, plain[0][n]) for n, name, limit in _WEIGHED),
        Row("style sheets before the first paint", max(each[0].sheets for each in plain), 1),
        *(
            Row(
                f"scoring one item on a slow phone's network, {name}",
                median([each[n].usable for each in slow]),
                s,
                " s",
            )
            for n, name, s in ((0, "first visit", 4), (1, "later", 1.5))
        ),
    ]


_WEIGHED = ((0, "first visit", 120), (1, "a later page", 25))


def _weighed(name: str, found: list[int], limit: int, seen: Seen) -> Row:
    kinds = ", ".join(f"{kind} {size / 1000:.1f}" for kind, size in sorted(seen.by_kind.items(), key=lambda n: -n[1]))
    return Row(f"bytes of {name}", max(found) / 1000, limit, " kB", kinds)


def _visits(person: Person, *addresses: str, slow: bool) -> list[list[Seen]]:
    """Return what is seen of the addresses, one after the other, some times by a browser that was never here."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        try:
            return [_visit(browser, person, addresses, slow) for _each in range(TIMES)]
        finally:
            browser.close()


def _visit(browser: Browser, person: Person, addresses: tuple[str, ...], slow: bool) -> list[Seen]:
    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="nb-NO")
    try:
        page = context.new_page()
        wire = _Wire(page, person, slow)
        return [wire.look(address) for address in addresses]
    finally:
        context.close()


class _Wire:
    """A page, and what comes to it."""

    def __init__(self, page: Page, person: Person, slow: bool) -> None:
        self._page, self._person = page, person
        self._kinds: dict[str, str] = {}
        self._seen = Seen(0, 0)
        self._sheets: list[float] = []
        session = self._session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        if slow:
            told = {"offline": False, "latency": LATENCY, "downloadThroughput": BYTES_A_SECOND}
            session.send("Network.emulateNetworkConditions", {**told, "uploadThroughput": BYTES_A_SECOND})
        # The proxy that ends https stands in front of the server.
        session.send("Network.setExtraHTTPHeaders", {"headers": {"X-Forwarded-Proto": "https"}})
        page.context.add_cookies(
            [
                {"name": name, "value": value, "url": person.origin, "secure": True}
                for name, value in person.cookies.items()
            ]
        )
        session.on("Network.responseReceived", self._came)
        session.on("Network.loadingFinished", self._weighed)

    def _came(self, told: dict[str, Any]) -> None:
        self._kinds[told["requestId"]] = told["type"].lower()

    def _weighed(self, told: dict[str, Any]) -> None:
        size, kind = int(told["encodedDataLength"]), self._kinds.get(told["requestId"], "other")
        self._seen.bytes += size
        self._seen.by_kind[kind] = self._seen.by_kind.get(kind, 0) + size

    def look(self, address: str) -> Seen:
        self._seen = Seen(0, 0)
        answer = self._page.goto(self._person.url + address, wait_until="networkidle")
        if answer is None or not answer.ok or not self._page.query_selector(_ADOPTED):
            raise Unexpected(
                f"{address}: {answer and answer.status}, and nothing to score: {self._page.inner_text('body')[:300]}"
            )
        self._page.focus(_ADOPTED)
        self._seen.usable = self._page.evaluate(_USABLE) / 1000
        self._seen.sheets = self._page.evaluate(_SHEETS)
        return self._seen


_USABLE = """() => {
    const [page] = performance.getEntriesByType("navigation");
    const [painted] = performance.getEntriesByName("first-contentful-paint");
    return Math.max(page.domContentLoadedEventEnd, painted.startTime);
}"""
_SHEETS = """() => {
    const [painted] = performance.getEntriesByName("first-contentful-paint");
    const asked = performance.getEntriesByType("resource").filter((each) => each.startTime <= painted.startTime);
    return asked.filter((each) => new URL(each.name).pathname.endsWith(".css")).length;
}"""

"""Asks axe-core, and the page itself, what is wrong with a page at both widths."""

from functools import cache

from django.conf import settings
from playwright.sync_api import Page

from tests.browser.conftest import NARROW, WIDE

_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

_RUN = """async (tags) => {
    // Without preload: axe would read style sheets anew, in a way that the content security policy forbids.
    const found = await axe.run(
        document, {runOnly: {type: "tag", values: tags}, resultTypes: ["violations"], preload: false});
    return found.violations.flatMap((each) => each.nodes.map(
        (node) => `${each.id}: ${node.target.join(" ")}: ${(node.failureSummary || each.help).replace(/\\s+/g, " ")}`));
}"""

_UNSTICK = """() => {
    // A bar at the edge of the window covers whatever happens to be there; one scrolls it out from below.
    for (const bar of document.querySelectorAll(".bar, .lines-head")) bar.style.position = "static";
}"""

_TOO_WIDE = """() => {
    const page = document.scrollingElement;
    if (page.scrollWidth <= page.clientWidth) return [];
    const wide = [...document.body.querySelectorAll("*")].filter(
        (each) => each.getBoundingClientRect().right > page.clientWidth + 1 && !each.closest(".table-scroll"));
    const first = wide.slice(0, 3).map((each) => each.outerHTML.slice(0, 90));
    return [`${page.scrollWidth} pixels wide: ${first.join(" | ")}`];
}"""


@cache
def _source() -> str:
    path = settings.BASE_DIR / "node_modules" / "axe-core" / "axe.min.js"
    return path.read_text(encoding="utf-8")


def faults(page: Page) -> list[str]:
    """Return what is wrong with the page that is open, on a wide screen and on a narrow one; empty for nothing."""
    page.evaluate(_source())
    page.evaluate(_UNSTICK)
    found: list[str] = []
    for width in (WIDE, NARROW):
        page.set_viewport_size({"width": width, "height": 900})
        for fault in [*page.evaluate(_RUN, _TAGS), *page.evaluate(_TOO_WIDE)]:
            found.append(f"at {width}: {fault}")
    page.set_viewport_size({"width": WIDE, "height": 900})
    return found

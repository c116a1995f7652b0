"""A full report as PDF beside headless Chromium, which prints the same HTML; and twenty at once while others work."""

import re
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from django.contrib.staticfiles import finders
from playwright.sync_api import sync_playwright

from reviews.models import ReportVersion
from reviews.report import fonts, pdf
from tests.bench.asking import Person
from tests.bench.cast import Cast
from tests.bench.figures import Row, median, percentile
from tests.bench.memory import peak
from tests.bench.pages import FLOOR, SCORING, Visit
from tests.bench.rounds import measure
from tests.served import ROOT

CHROMIUM = "/usr/bin/chromium"
COLD, WARM, WHOLE, WEIGHED = 5, 9, 3, 2
"""How often each is done: from a cold process, warm, from the content on, and with its memory counted."""

AT_ONCE = 20
BEFORE = 60
"""How many times the empty page is asked for before that."""


class Paper:
    """A full report in a directory: as our HTML, and the same with all it asks for as files that Chromium finds."""

    def __init__(self, home: Path, cast: Cast) -> None:
        """Write both."""
        self.home = home
        self.content = ReportVersion.objects.get(review_id=uuid.UUID(cast.final)).content
        source = pdf.html(self.content, draft=False)
        self.source = home / "source.html"
        self.source.write_text(source, encoding="utf-8")
        self.page = home / "report.html"
        self.page.write_text(_for_chromium(source, home), encoding="utf-8")

    def ours(self, *more: str) -> list[str]:
        """Return the command that prints it our way."""
        return [sys.executable, "-m", "tests.bench.ours", str(self.source), str(self.home / "ours.pdf"), *more]

    def theirs(self) -> list[str]:
        """Return the command by which Chromium prints it; its own directory stays, as that of an installed one does."""
        options = ["--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"]
        options += [f"--user-data-dir={self.home / 'profile'}", f"--print-to-pdf={self.home / 'theirs.pdf'}"]
        return [CHROMIUM, *options, self.page.as_uri()]


def _for_chromium(source: str, home: Path) -> str:
    """Return a document of ours with all it asks for as files of its own."""
    for name in fonts.FILES:
        (home / f"{name}.ttf").write_bytes(fonts.data(name))
    style = Path(str(finders.find("css/report.css"))).read_text(encoding="utf-8")
    whole = source.replace("</head>", f"<style>{style}</style></head>", 1)
    whole = re.sub(r"font:(\w+)", lambda found: (home / f"{found[1]}.ttf").as_uri(), whole)
    return re.sub(r"static:([\w./-]+)", lambda found: Path(str(finders.find(found[1]))).as_uri(), whole)


def rows(home: Path, cast: Cast) -> list[Row]:
    """Measure both, turn about."""
    paper = Paper(home, cast)
    commands = {"ours": paper.ours(), "theirs": paper.theirs()}
    cold: dict[str, list[float]] = {name: [] for name in commands}
    for number in range(COLD + 1):
        for name, command in commands.items():
            took = _seconds(lambda command=command: _run(command))  # type: ignore[misc]
            # The first of each finds its files on the disk, and Chromium makes its profile.
            if number:
                cold[name].append(took)
    with ThreadPoolExecutor(1) as apart:
        warm = apart.submit(_warm, paper).result()
    whole = [_seconds(lambda: pdf.render(paper.content, draft=False)) for _each in range(WHOLE)]
    weighed = {name: max(peak(command, ROOT) for _each in range(WEIGHED)) for name, command in commands.items()}
    return [
        _beside("a full report as PDF, from a cold process, beside Chromium", cold, 2),
        _beside("a full report as PDF, warm, beside Chromium", warm, 3),
        Row("a full report as PDF, warm, from its content", median(whole), unit=" s", detail="with what fits page one"),
        Row(
            "a full report as PDF, memory at peak, beside Chromium",
            weighed["ours"] / weighed["theirs"],
            1,
            " ×",
            f"{weighed['ours'] / 2**20:.0f} MB, Chromium {weighed['theirs'] / 2**20:.0f} MB",
        ),
    ]


def _beside(name: str, found: dict[str, list[float]], limit: float) -> Row:
    ours, theirs = median(found["ours"]), median(found["theirs"])
    return Row(name, ours / theirs, limit, " ×", f"{ours:.2f} s, Chromium {theirs:.2f} s")


def _seconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def _run(command: Sequence[str]) -> None:
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, stdin=subprocess.DEVNULL)


@contextmanager
def _waiting(command: Sequence[str]) -> Iterator[Callable[[], None]]:
    """Give what has a process of ours print once more."""
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        stdin, stdout = process.stdin, process.stdout
        assert stdin is not None
        assert stdout is not None

        def again() -> None:
            print(file=stdin, flush=True)
            if not stdout.readline():
                raise RuntimeError("our own process stopped")

        yield again
        stdin.close()


def _warm(paper: Paper) -> dict[str, list[float]]:
    """Measure processes that have printed before; Chromium loads its page anew each time."""
    found: dict[str, list[float]] = {"ours": [], "theirs": []}
    with sync_playwright() as playwright, _waiting(paper.ours("again")) as ours:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()

        def theirs() -> None:
            page.goto(paper.page.as_uri())
            page.evaluate("document.fonts.ready")
            page.pdf(prefer_css_page_size=True, tagged=True, outline=True)

        for number in range(WARM + 1):
            took = _seconds(ours), _seconds(theirs)
            if number:
                found["ours"].append(took[0])
                found["theirs"].append(took[1])
        browser.close()
    return found


def at_once(visit: Visit, cast: Cast) -> list[Row]:
    """Have twenty drafts printed at once, and score meanwhile."""
    acts = visit.acts()
    floor, scoring = acts[FLOOR][0], acts[SCORING][0]
    empty = median(measure({FLOOR: floor, SCORING: scoring}, BEFORE)[FLOOR].wall)
    writer = visit.person(cast.evaluator)
    waited: list[float] = []
    began = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as readers:
        drafts = [readers.submit(_draft, writer, cast.consensus) for _each in range(AT_ONCE)]
        while not all(draft.done() for draft in drafts):
            waited.append(_seconds(scoring))
    took = time.perf_counter() - began
    for draft in drafts:
        draft.result()
    return [
        Row(
            f"{AT_ONCE} PDFs at once: scoring one item meanwhile, 95th percentile",
            percentile(waited, 95) / empty,
            8,
            " ×",
            f"{percentile(waited, 95) * 1000:.0f} ms, median {median(waited) * 1000:.0f} ms, {len(waited)} pages",
        ),
        Row(f"{AT_ONCE} PDFs at once: until all are made", took, unit=" s"),
    ]


def _draft(person: Person, review: str) -> None:
    answer = person.get(f"/reviews/{review}/report.pdf")
    assert answer.body.startswith(b"%PDF")

"""The press apart sets what a press here sets, one document at a time, and tells of what goes wrong."""

import gc
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from importlib.resources import files
from io import BytesIO
from typing import Any
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.utils import translation
from pypdf import PdfReader
from weasyprint import CSS
from weasyprint.css.counters import CounterStyle

from ipsreview import outage
from reviews import workflow
from reviews.report import pdf, press, presses, written
from reviews.report.press import Press
from reviews.report.setter import ForeignFileError
from tests.reviews.report_builders import version_of, whole_course
from tests.reviews.test_report_pdf import course, index_alone

pytestmark = [pytest.mark.once]

PAGE = '<html lang="nb"><title>x</title><p>Vanlig <strong>halvfet</strong></p></html>'
ELEMENTS = (
    '<html lang="nb"><head><meta charset="utf-8"><title>x</title></head><body><header>a</header><article><section>'
    "<h1>b</h1><h2>c</h2><h3>d</h3><p>e<br>f <small>g</small> <strong>h</strong> <span>i</span></p><div>j</div>"
    "<ul><li>k</li><li>l</li></ul><ol><li>m</li><li>n</li></ol><dl><dt>o</dt><dd>p</dd></dl>"
    "<table><caption>q</caption><thead><tr><th>r</th><td>s</td></tr></thead>"
    "<tbody><tr><th>t</th><td>u</td></tr></tbody></table></section></article></body></html>"
)
"""Each element of the kit and the handlingsplan."""
FOREIGN = '<html lang="nb"><title>x</title><img alt="x" src="file:///etc/passwd"></html>'


@pytest.fixture
def apart(monkeypatch: pytest.MonkeyPatch) -> Iterator[presses.Apart]:
    """A press apart that keeps one document waiting, for all documents of this process."""
    made = presses.Apart(2)
    monkeypatch.setattr(presses, "_apart", made)
    yield made
    made.stop()


def _process(apart: presses.Apart) -> int:
    return apart._process.pid


@pytest.mark.django_db
def test_a_press_apart_sets_the_same_bytes(apart: presses.Apart) -> None:
    content = version_of(index_alone())
    there = pdf.render(content, draft=False)
    presses._apart = None
    assert pdf.render(content, draft=False) == there


def test_it_is_kept_for_the_next_document_and_stands_back(apart: presses.Apart) -> None:
    pdf.write(PAGE)
    first = _process(apart)
    pdf.write(PAGE)
    assert _process(apart) == first
    assert os.getpriority(os.PRIO_PROCESS, first) == os.getpriority(os.PRIO_PROCESS, 0) + 10


def test_after_many_documents_another_takes_its_place(apart: presses.Apart, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presses, "LIFE", 1)
    pdf.write(PAGE)
    first = _process(apart)
    assert pdf.write(PAGE).startswith(b"%PDF")
    assert _process(apart) != first


def test_what_is_not_ours_stops_the_document_there_too(apart: presses.Apart) -> None:
    first = _process(apart)
    with pytest.raises(ForeignFileError, match="may not read"):
        pdf.write(FOREIGN)
    with presses.taken() as setter, pytest.raises(KeyError):
        setter.place(PAGE, "there-is-none")
    assert pdf.write(PAGE).startswith(b"%PDF")
    assert _process(apart) == first


def test_an_error_there_tells_its_kind_and_place_and_nothing_of_the_document(apart: presses.Apart) -> None:
    with pytest.raises(presses.PressError, match=r"^AttributeError in \w+, \w+\.py:\d+$"):
        pdf.write({"secret": 1})  # type: ignore[arg-type]


def test_a_process_that_was_ended_while_it_waited_costs_nothing(apart: presses.Apart) -> None:
    first = _process(apart)
    os.kill(first, signal.SIGKILL)
    assert pdf.write(PAGE).startswith(b"%PDF")
    assert _process(apart) != first


def test_one_that_is_ended_at_work_is_an_error_and_the_next_document_gets_another(apart: presses.Apart) -> None:
    with presses.taken() as setter:
        os.kill(_process(apart), signal.SIGKILL)
        with pytest.raises(presses.PressError, match="stopped"):
            setter.write(PAGE)
    assert pdf.write(PAGE).startswith(b"%PDF")


def test_what_takes_too_long_is_an_error(apart: presses.Apart, monkeypatch: pytest.MonkeyPatch) -> None:
    pdf.write(PAGE)
    os.kill(_process(apart), signal.SIGSTOP)
    monkeypatch.setattr(presses, "LIMIT", 0.1)
    with pytest.raises(presses.PressError, match="more than"):
        apart._line_for("css/report.css").write(PAGE)


@pytest.mark.parametrize("more", [0, 5_000_000], ids=["waits for an answer", "takes no more of the order"])
def test_one_that_stands_still_at_work_does_not_hold_the_turn(apart: presses.Apart, more: int) -> None:
    with presses.taken() as setter:
        os.kill(_process(apart), signal.SIGSTOP)
        setter._until = time.monotonic() + 0.2  # type: ignore[attr-defined]
        with pytest.raises(presses.PressError, match="more than"):
            setter.write(PAGE + more * "x")
    assert pdf.write(PAGE).startswith(b"%PDF")


def test_one_that_cannot_begin_is_no_reason_for_another_beside_it(
    apart: presses.Apart, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = apart._process
    with monkeypatch.context() as broken:
        broken.setattr(presses._Line, "begin", lambda line, _style: line._ask("begin", 1, 2))
        with pytest.raises(presses.PressError, match="TypeError"), presses.taken():
            pass
    assert apart._process is first
    assert pdf.write(PAGE).startswith(b"%PDF")


def test_documents_wait_for_their_turn_and_no_more_than_there_is_room_for(
    apart: presses.Apart, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[bytes] = []
    waiting = threading.Thread(target=lambda: made.append(pdf.write(PAGE)))
    with presses.taken() as setter:
        waiting.start()
        while apart._room._value:
            time.sleep(0.01)
        with pytest.raises(outage.BusyError):
            pdf.write(PAGE)
        assert setter.pages(PAGE) == 1
        assert not made
    waiting.join()
    assert made[0].startswith(b"%PDF")
    monkeypatch.setattr(presses, "PATIENCE", 0)
    with presses.taken(), pytest.raises(outage.BusyError):
        pdf.write(PAGE)


def test_a_turn_that_was_reserved_is_that_of_the_next_document_alone(
    apart: presses.Apart, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presses, "PATIENCE", 0)
    others: list[str] = []

    def other() -> None:
        try:
            pdf.write(PAGE)
            others.append("made")
        except outage.BusyError:
            others.append("busy")

    def let_another_try() -> None:
        trying = threading.Thread(target=other)
        trying.start()
        trying.join()

    with presses.reserved() as has_waited:
        assert not has_waited
        let_another_try()
        assert pdf.write(PAGE).startswith(b"%PDF")
        # It is over with the document, whatever is left to do.
        let_another_try()
    with pytest.raises(ZeroDivisionError), presses.reserved():
        raise ZeroDivisionError
    let_another_try()
    assert others == ["busy", "made", "made"]
    assert pdf.write(PAGE).startswith(b"%PDF")


@pytest.mark.django_db
def test_who_makes_a_review_final_locks_nothing_before_there_is_a_press(
    apart: presses.Apart, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    review = whole_course()
    monkeypatch.setattr(presses, "PATIENCE", 0)
    with presses.taken(), django_assert_num_queries(0), pytest.raises(outage.BusyError):
        workflow.finalise(review, None, "Haster.")
    assert workflow.finalise(review, None, "Haster.").pdf


def test_who_gets_no_turn_is_told_so_and_when_to_try_again(rf: Any) -> None:
    try:
        raise outage.BusyError
    except outage.BusyError:
        with translation.override("en"):
            answer = outage.failed(rf.get("/"))
    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"
    assert "Many reports are being made just now" in answer.content.decode()


def test_it_ends_with_whoever_started_it_and_not_when_that_is_asked_to_stop() -> None:
    script = (
        "import time\n"
        "from reviews.report import presses\n"
        "apart = presses.Apart(1)\n"
        "with apart.taken('css/report.css'):\n"
        "    print(apart._process.pid, flush=True)\n"
        "    time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        os.kill(child, signal.SIGTERM)
        time.sleep(0.2)
        os.kill(child, 0)
        parent.kill()
    until = time.monotonic() + 10
    while time.monotonic() < until and os.path.exists(f"/proc/{child}"):
        time.sleep(0.05)
    assert not os.path.exists(f"/proc/{child}")


@pytest.mark.django_db
def test_our_first_sheet_says_of_our_elements_what_the_engines_own_says(monkeypatch: pytest.MonkeyPatch) -> None:
    sources = {
        "css/report.css": pdf.html(version_of(course()), draft=False),
        "css/plan.css": ELEMENTS,
        "css/kit.css": ELEMENTS,
    }
    ours = {style: Press(style).write(source) for style, source in sources.items()}
    # Ours is brought in without it.
    counters = CounterStyle()
    theirs = CSS(string=(files("weasyprint.css") / "html5_ua.css").read_text("utf-8"), counter_style=counters)
    monkeypatch.setattr(press._Source, "_ua_stylesheets", lambda self, forms=False: [theirs])
    monkeypatch.setattr(press._Source, "_ua_counter_style", lambda self: [counters.copy()])
    for style, source in sources.items():
        assert Press(style).write(source) == ours[style]


@pytest.mark.django_db
def test_our_documents_are_read_as_xml_and_come_out_as_the_engine_reads_them(monkeypatch: pytest.MonkeyPatch) -> None:
    sources = {"css/report.css": pdf.html(version_of(course()), draft=False), "css/plan.css": ELEMENTS}
    for source in sources.values():
        ElementTree.fromstring(press._as_xml(source))
    ours = {style: Press(style).write(source) for style, source in sources.items()}
    monkeypatch.setattr(press, "_as_xml", lambda source: "<not <xml")
    for style, source in sources.items():
        assert Press(style).write(source) == ours[style]


def test_a_text_of_many_blanks_takes_no_longer() -> None:
    began = time.process_time()
    assert len(press._BLANKS.sub(r"\1", "<p>" + f"x{' ' * 10_000}y " * 5 + "</p>")) > 50_000
    assert time.process_time() - began < 1


def test_blanks_are_left_out_beside_blocks_alone() -> None:
    spread = (
        '<html lang="nb">\n<head>\n<title>x</title>\n</head>\n<body>\n<section>\n  <h1>\n a\n</h1>\n'
        "<ul>\n<li>\nb\n</li>\n</ul>\n"
        "<p>\n c\n <strong>d</strong>\n <span>e</span>\n <br />\n f\n</p>\n</section>\n</body>\n</html>"
    )
    close = (
        '<html lang="nb"><head><title>x</title></head><body><section><h1>a</h1><ul><li>b</li></ul>'
        "<p>c <strong>d</strong> <span>e</span><br />f</p></section></body></html>"
    )
    assert Press().write(spread) == Press().write(close)
    assert "c d e" in PdfReader(BytesIO(Press().write(spread))).pages[0].extract_text()


def test_a_document_is_set_without_what_other_documents_need() -> None:
    script = (
        "import sys\n"
        "from reviews.report.press import Press\n"
        f"Press().write({PAGE!r})\n"
        "names = ['fontTools.subset', 'fontTools.varLib', 'fontTools.varLib.instancer', 'django']\n"
        "print([name for name in names if name in sys.modules])\n"
        "from fontTools import subset\n"
        "from weasyprint.pdf import fonts\n"
        "print(subset.__file__ is not None, fonts.subset.Options(hinting=False).hinting, fonts.subset is subset)\n"
    )
    ran = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    assert ran.stdout.splitlines() == ["[]", "True False False"]


def test_a_file_is_the_same_whether_its_parts_are_put_into_bytes_once_or_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    once = Press().write(ELEMENTS)
    monkeypatch.setattr(written, "once", lambda file: None)
    assert Press().write(ELEMENTS) == once


def test_python_looks_for_garbage_again_once_a_document_is_set() -> None:
    Press().write(PAGE)
    assert gc.isenabled()
    with pytest.raises(ForeignFileError):
        Press().write(FOREIGN)
    assert gc.isenabled()


def test_every_element_of_our_documents_is_looked_at() -> None:
    templates = settings.BASE_DIR / "templates"
    found: set[str] = set()
    for path in [each for home in ("kit", "action_plan") for each in (templates / home).glob("*.html")]:
        found |= set(re.findall(r"<([a-z][a-z0-9]*)", path.read_text()))
    assert found
    assert found <= set(re.findall(r"<([a-z][a-z0-9]*)", ELEMENTS))

"""The run itself, some seconds of it; and that it finds a save that is lost."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from tests.load.__main__ import faults, size
from tests.load.ledger import Ledger, Lost, Write, lost, may_be_held, read
from tests.load.saving import Answer, Became, Body, SavingPage, is_to_be_sent_again
from tests.load.table import lines
from tests.reviews.browsing import Page

# What may be held in the end


@pytest.mark.parametrize(
    ("writes", "held"),
    [
        ([], ""),
        ([("a", 1, 2)], "a"),
        ([("a", 1, 2), ("b", 3, 4)], "b"),
        # Nobody was told that b is saved, and it may be.
        ([("a", 1, 2), ("b", 3, None)], "ab"),
        ([("a", 1, None)], ""),
        # At the same time, by two: either may be last.
        ([("a", 1, 4), ("b", 2, 3)], "ab"),
        ([("a", 1, 4), ("b", 2, 3), ("c", 5, 6)], "c"),
    ],
)
def test_what_may_be_held_is_what_nothing_later_was_saved_over(
    writes: list[tuple[str, float, float | None]], held: str
) -> None:
    assert may_be_held(Write("field", *each) for each in writes) == frozenset(held)


def test_a_save_that_is_lost_is_found(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger")
    for write in (
        Write("one", "æ", 1, 2),
        Write("one", "b", 3, 4),
        Write("two", "c", 1, 2),
        Write("three", "d", 1, None),
    ):
        ledger.note(write)
    ledger.close()
    writes = list(read(tmp_path / "ledger"))
    assert lost(writes, {"one": "b", "two": "c"}) == []
    assert lost(writes, {"one": "æ"}) == [
        Lost("one", "æ", frozenset("b")),
        Lost("two", None, frozenset("c")),
    ]


# The page


PAGE = """
<form method="post" action="/save/" data-units='{"comment": ["comment"], "score": ["score", "not_scored"]}'>
  <input type="hidden" name="seen" value='{"comment": "s1", "score": "s2"}'>
  <textarea name="comment">Før</textarea>
  <input type="radio" name="score" value="1"><input type="radio" name="score" value="2" checked>
  <select name="not_scored"><option value="">-</option></select>
  <input type="hidden" name="all" value="1" data-autosave-with>
</form>
"""


@pytest.fixture
def page() -> SavingPage:
    """A page that saves by itself."""
    (form,) = Page("/", 200, PAGE, "").forms()
    return SavingPage(form)


def _save(page: SavingPage, name: str, *answers: Answer) -> tuple[Became, list[Body], list[float], int]:
    """Save, and give these answers; return what became of it, what was sent, the pauses, and the log-ins."""
    left = list(answers)
    sent: list[Body] = []
    pauses: list[float] = []
    logged_in: list[int] = []

    def ask(body: Body) -> Answer:
        sent.append(body)
        return left.pop(0)

    became = page.save(name, ask, pauses.append, lambda: bool(left), lambda: logged_in.append(1))
    return became, sent, pauses, len(logged_in)


def test_one_thing_is_sent_with_its_own_stamp(page: SavingPage) -> None:
    page.write("comment", "comment", ["Nytt"])
    assert page.packed("comment") == [
        ("only", "comment"),
        ("comment", "Nytt"),
        ("all", "1"),
        ("seen", '{"comment": "s1"}'),
    ]
    assert page.packed("score")[1:3] == [("score", "2"), ("not_scored", "")]


def test_the_same_bytes_are_sent_until_the_server_has_said_what_became_of_them(page: SavingPage) -> None:
    saved = (200, {"stamps": {"comment": "s9"}})
    became, sent, pauses, logged_in = _save(page, "comment", (0, None), (503, None), (401, None), (200, None), saved)
    assert (became, pauses, logged_in) == (Became.SAVED, [1, 2, 4, 8], 1)
    assert all(body == sent[0] for body in sent)
    assert page.seen == {"comment": "s9", "score": "s2"}


def test_where_somebody_else_changed_it_the_next_is_sent_in_sight_of_that(page: SavingPage) -> None:
    clash = (409, {"clashes": {"comment": {"stamp": "s7"}}})
    assert _save(page, "comment", clash)[0] == Became.CHOSEN
    page.keep_mine("comment")
    assert page.packed("comment")[-1] == ("seen", '{"comment": "s7"}')


def test_what_is_wrong_is_not_sent_again_and_nobody_waits_for_ever(page: SavingPage) -> None:
    assert _save(page, "comment", (422, {"errors": {"comment": []}}))[:1] == (Became.REFUSED,)
    assert _save(page, "comment", (503, None), (503, None))[0] == Became.GIVEN_UP


def test_the_script_and_this_page_agree_on_what_is_sent_again() -> None:
    script = (settings.BASE_DIR / "static/js/autosave.js").read_text()
    assert "isCutOff || status === 0 || status >= 500 || [408, 425, 429].includes(status)" in script
    assert "const RETRY = [1000, 2000, 4000, 8000, 15_000];" in script
    assert "const PATIENCE = 20_000;" in script
    again = [status for status in range(600) if is_to_be_sent_again(status, {})]
    assert again == [0, 401, 408, 425, 429, *range(500, 600)]
    assert is_to_be_sent_again(403, {"person": "Somebody else."})


# The run


def test_a_size_that_is_malformed_is_said() -> None:
    assert size({"SECONDS": "60", "PEOPLE": "20"}).scoring == 20
    with pytest.raises(SystemExit, match="PEOPLE"):
        size({"PEOPLE": "-1"})


KIND = {
    "requests": 2,
    "errors": 1,
    "errors_that_stayed": 0,
    "by_status": {"200": 2, "503": 1},
    "p50": 1,
    "p95": 2,
    "p99": 3,
}
TOLD = {"saves_acknowledged": 2, "saves_never_answered": 0, "processes_killed": 2, "restarts_of_the_database": 1}


def test_what_must_not_be_is_said() -> None:
    good = {"kinds": {"autosave": KIND}, "lost": [], "told": TOLD}
    assert faults(good) == []
    assert lines(good)[1].split() == ["autosave", "2", "1", "0", "1", "2", "3", "200:2", "503:1"]
    for wrong in (
        good | {"lost": [["field", None, ["b"]]]},
        good | {"kinds": {"autosave": KIND | {"errors_that_stayed": 1}}},
        good | {"kinds": {"autosave": KIND | {"by_status": {"500": 1}}}},
        good | {"told": TOLD | {"saves_never_answered": 1}},
        good | {"told": TOLD | {"saves_acknowledged": 0}},
        good | {"told": TOLD | {"processes_killed": 1}},
    ):
        assert len(faults(wrong)) == 1


@pytest.mark.skipif(connection.vendor != "postgresql", reason="once is enough, where PostgreSQL is")
def test_nothing_that_was_acknowledged_is_lost_while_processes_are_killed_and_the_database_restarts(
    tmp_path: Path,
) -> None:
    small = {"SECONDS": "12", "PEOPLE": "4", "READERS": "1", "DRAFTERS": "0", "YEARS": "1"}
    found = tmp_path / "found.json"
    ended = subprocess.run(
        [sys.executable, "-m", "tests.load"],
        cwd=settings.BASE_DIR,
        env=os.environ | small | {"LOAD_JSON": str(found)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    told = json.loads(found.read_text())["told"]
    assert (told["processes_killed"], told["restarts_of_the_database"], told["fields_lost"]) == (2, 1, 0)
    assert told["fields_saved"] == told["fields_found_as_last_saved"] > 0

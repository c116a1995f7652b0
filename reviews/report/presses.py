"""Who sets a document: a press of this process, or where many are served at once (the server's processes), one in a
process of its own, which stands back for those who wait for a page.

Setting pages keeps Python's lock for seconds, and with it every other request of a process. A press apart sets one
document at a time, is kept for the next one, and ends with the process that started it.
"""

import contextlib
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from ipsreview.outage import BusyError
from reviews.report.setter import Attached, Setter

PATIENCE = 90
"""How many seconds a document waits for the press: as long as twenty full reports that fall on one process take."""
LIMIT = 45
"""How many seconds it has the press to itself: with PATIENCE, and the ten that a lock is waited for in between, less
than what has begun gets to finish in when the server stops.
"""
LIFE = 200
"""How many documents a process sets before a new one takes its place: it leaves memory in pieces."""

_ROOT = Path(__file__).resolve().parents[2]


class PressError(Exception):
    """The press apart broke off, or took too long: the kind of error and where, and nothing of the document."""


class Apart:
    """A press in a process of its own, for the threads of this one."""

    def __init__(self, room: int) -> None:
        """Start it, so that it is ready when the first document comes. It takes and keeps waiting `room` documents."""
        self._turn = threading.Lock()
        self._room = threading.BoundedSemaphore(room)
        self._own = _Own()
        self._set = 0
        self._process, self._line = self._started()

    @contextmanager
    def reserved(self) -> Iterator[bool]:
        """Wait for a turn now: the first document that this thread then has set needs not. Gives whether others were
        waited for. Raises as taken() does.
        """
        turn, has_waited = self._waited()
        with turn:
            self._own.turn = turn
            try:
                yield has_waited
            finally:
                self._own.turn = None

    @contextmanager
    def taken(self, style: str) -> Iterator[Setter]:
        """Give the press to one document. Raises BusyError where too many want it, and where it is not free in time."""
        turn, self._own.turn = self._own.turn, None
        # One that was reserved is over here too, and not where the reservation is: others wait.
        with turn or self._waited()[0]:
            if self._process.poll() is not None or self._set >= LIFE:
                self._replace()
            self._set += 1
            yield self._line_for(style)

    def _waited(self) -> tuple[ExitStack, bool]:
        """Wait for a turn, and return what gives it up, and whether somebody else had it first."""
        with ExitStack() as turn:
            if not self._room.acquire(blocking=False):
                raise BusyError
            turn.callback(self._room.release)
            is_free = self._turn.acquire(blocking=False)
            if not is_free and not self._turn.acquire(timeout=PATIENCE):
                raise BusyError
            turn.callback(self._turn.release)
            return turn.pop_all(), not is_free

    def _line_for(self, style: str) -> "_Line":
        line = _Line(self)
        try:
            line.begin(style)
        except PressError:
            if self._process.poll() is None or line.is_late():
                raise
            # The process was ended while it had nothing to do: nothing is lost by beginning with another.
            self._replace()
            line.begin(style)
        return line

    def ask(self, seconds: float, *order: object) -> Any:
        """Have the process do something within some seconds, and return what came of it. Raises ForeignFileError,
        KeyError and PressError; where the process stopped, the next document gets a new one.
        """
        try:
            with self._ended_after(seconds) as is_late:
                self._line.send(order)
                done, answer = self._line.recv()
        except (EOFError, OSError):
            self.stop()
            said = f"the press took more than {LIMIT} seconds" if is_late.is_set() else "the press stopped"
            raise PressError(said) from None
        except BaseException:
            # Whatever it answers later would be taken for the answer to the next question.
            self.stop()
            raise
        if done:
            return answer
        if isinstance(answer, Exception):
            raise answer
        raise PressError(answer)

    @contextmanager
    def _ended_after(self, seconds: float) -> Iterator[threading.Event]:
        """Kill the process after some seconds, and set the event: it may stop in the middle of taking an order, or of
        answering, and no other end is seen by who waits there.
        """
        is_late, process = threading.Event(), self._process

        def end() -> None:
            is_late.set()
            process.kill()

        watch = threading.Timer(max(0, seconds), end)
        watch.daemon = True
        watch.start()
        try:
            yield is_late
        finally:
            watch.cancel()
            # Should it be at it just now: the process is not given to the next document.
            watch.join()

    def _replace(self) -> None:
        self.stop()
        self._process, self._line = self._started()
        self._set = 0

    def stop(self) -> None:
        """End the process. The next document gets a new one."""
        self._line.close()
        self._process.kill()
        self._process.wait()

    def _started(self) -> "tuple[subprocess.Popen[bytes], Connection[Any, Any]]":
        ours, theirs = Pipe()
        with contextlib.closing(theirs):
            number = theirs.fileno()
            # Our own program, with a number.
            command = [sys.executable, "-m", "reviews.report.press_apart", str(number)]
            return subprocess.Popen(command, cwd=_ROOT, pass_fds=[number], stdin=subprocess.DEVNULL), ours  # noqa: S603


class _Own(threading.local):
    """What each thread has of its own."""

    turn: ExitStack | None = None
    """The one it has reserved, and not yet taken."""


class _Line:
    """The press apart, as the document knows it whose turn it is."""

    def __init__(self, apart: Apart) -> None:
        self._apart = apart
        self._until = time.monotonic() + LIMIT

    def is_late(self) -> bool:
        return time.monotonic() >= self._until

    def begin(self, style: str) -> None:
        self._ask("begin", style)

    def pages(self, source: str) -> int:
        found: int = self._ask("pages", source)
        return found

    def place(self, source: str, anchor: str) -> float:
        found: float = self._ask("place", source, anchor)
        return found

    def write(self, source: str, attached: Attached | None = None) -> bytes:
        made: bytes = self._ask("write", source, attached)
        return made

    def _ask(self, *order: object) -> Any:
        return self._apart.ask(self._until - time.monotonic(), *order)


_apart: Apart | None = None


def keep_apart(room: int) -> None:
    """Have the documents of this process set in one of its own from now on, no more than `room` of them set and waiting
    at once: each holds a thread, and pages need some too.
    """
    global _apart
    _apart = Apart(room)


@contextmanager
def reserved() -> Iterator[bool]:
    """Wait for the turn of a document before anything is locked for its sake: the first one that this thread has set
    meanwhile goes at once. Gives whether there was a wait, after which what was read before is old. Raises BusyError
    where presses are kept apart.
    """
    if _apart is None:
        yield False
    else:
        with _apart.reserved() as has_waited:
            yield has_waited


@contextmanager
def taken(style: str = "css/report.css") -> Iterator[Setter]:
    """Give a press for one document in one of our style sheets. Raises ForeignFileError; where presses are kept apart,
    also BusyError and PressError.
    """
    if _apart is None:
        # Not before: it takes half a second and some ten megabytes, which nobody needs who has a press apart.
        from reviews.report.press import Press

        yield Press(style)
    else:
        with _apart.taken(style) as press:
            yield press

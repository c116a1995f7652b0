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
from contextlib import contextmanager
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from reviews.report.setter import Attached, Setter

PATIENCE = 60
"""How many seconds a document waits for the press: a transaction may stand open meanwhile."""
LIMIT = 50
"""How many seconds it has the press to itself: with PATIENCE, less than the database lets a transaction stand idle."""
LIFE = 200
"""How many documents a process sets before a new one takes its place: it leaves memory in pieces."""

_ROOT = Path(__file__).resolve().parents[2]


class BusyError(Exception):
    """Too many documents wait for the press. It passes."""


class PressError(Exception):
    """The press apart broke off, or took too long: the kind of error and where, and nothing of the document."""


class Apart:
    """A press in a process of its own, for the threads of this one."""

    def __init__(self, room: int) -> None:
        """Start it, so that it is ready when the first document comes. It takes and keeps waiting `room` documents."""
        self._turn = threading.Lock()
        self._room = threading.BoundedSemaphore(room)
        self._set = 0
        self._process, self._line = self._started()

    @contextmanager
    def taken(self, style: str) -> Iterator[Setter]:
        """Give the press to one document. Raises BusyError where too many want it, and where it is not free in time."""
        if not self._room.acquire(blocking=False):
            raise BusyError
        try:
            if not self._turn.acquire(timeout=PATIENCE):
                raise BusyError
            try:
                if self._process.poll() is not None or self._set >= LIFE:
                    self.stop()
                    self._process, self._line = self._started()
                    self._set = 0
                self._set += 1
                yield self._line_for(style)
            finally:
                self._turn.release()
        finally:
            self._room.release()

    def _line_for(self, style: str) -> "_Line":
        line = _Line(self)
        try:
            line.begin(style)
        except PressError:
            # The process was ended while it had nothing to do: nothing is lost by beginning with another.
            self._process, self._line = self._started()
            line.begin(style)
        return line

    def ask(self, seconds: float, *order: object) -> Any:
        """Have the process do something within some seconds, and return what came of it. Raises ForeignFileError,
        KeyError and PressError; where the process stopped, the next document gets a new one.
        """
        try:
            self._line.send(order)
            if not self._line.poll(max(0, seconds)):
                raise PressError(f"the press took more than {LIMIT} seconds")
            done, answer = self._line.recv()
        except (EOFError, OSError):
            self.stop()
            raise PressError("the press stopped") from None
        except BaseException:
            # Whatever it answers later would be taken for the answer to the next question.
            self.stop()
            raise
        if done:
            return answer
        if isinstance(answer, Exception):
            raise answer
        raise PressError(answer)

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


class _Line:
    """The press apart, as the document knows it whose turn it is."""

    def __init__(self, apart: Apart) -> None:
        self._apart = apart
        self._until = time.monotonic() + LIMIT

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

"""A press as a process of its own: python -m reviews.report.press_apart DESCRIPTOR, the line to who started it
(presses.Apart).

It ends when the line is closed, and so with whoever started it, however that ends.
"""

import gc
import os
import signal
import sys
import traceback
from multiprocessing.connection import Connection
from typing import Any

from reviews.report import fonts
from reviews.report.press import Press
from reviews.report.setter import ForeignFileError

NICENESS = 10
"""How far it stands back for processes that answer pages."""


def main(descriptor: int) -> None:
    """Set documents until nobody asks any more."""
    os.nice(NICENESS)
    for number in (signal.SIGINT, signal.SIGTERM):
        # Whoever is stopped gently finishes its requests first, and needs this for that.
        signal.signal(number, signal.SIG_IGN)
    for name in fonts.FILES:
        fonts.data(name)
    # What is here now stays for good, and need not be looked through each time for what can go.
    gc.collect()
    gc.freeze()
    line: Connection[Any, Any] = Connection(descriptor)
    press: Press | None = None
    while True:
        try:
            verb, *given = line.recv()
        except EOFError:
            return
        try:
            if verb == "begin":
                press = Press(*given)
                answer: tuple[bool, Any] = True, None
            else:
                answer = True, getattr(press, verb)(*given)
                if verb == "write":
                    # Its fonts lie on the disk as long as it is here.
                    press = None
        except (ForeignFileError, KeyError) as error:
            answer = False, error
        except Exception as error:
            answer = False, _told(error)
        line.send(answer)


def _told(error: Exception) -> str:
    """Return what kind of error it is and where it arose: a message could quote the document."""
    where = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {where.name}, {os.path.basename(where.filename)}:{where.lineno}"


if __name__ == "__main__":
    main(int(sys.argv[1]))

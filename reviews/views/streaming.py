"""An answer that is sent while it is made: the page at once, then what is told of the work, then what came of it."""

import logging
import socket
import time
from collections.abc import Callable, Generator
from contextlib import closing

from django.http import HttpRequest, StreamingHttpResponse
from django.utils import translation

from ipsreview import context

logger = logging.getLogger(__name__)

Pieces = Generator[str, None, None]
"""A page, piece by piece."""

PACE = 0.5
"""How many seconds pass between two lines of progress, so that a quick work is told in few."""


PATIENCE = 30
"""How many seconds a reader may take no piece, before it is as if they had left."""


def answer(request: HttpRequest, page: Pieces, failed: Callable[[Exception], str]) -> StreamingHttpResponse:
    """Return an answer of the pieces of a page, made in the reader's language and within the context of the request,
    which are gone when the pieces are sent. What `failed` says of an error stands in place of the rest where making it
    fails.

    The work is closed where the reader leaves: a transaction within it is rolled back. Who stays and reads nothing
    would hold it, and all that waits for it, for as long as they like.
    """
    connection = request.META.get("gunicorn.socket")
    if isinstance(connection, socket.socket):
        connection.settimeout(PATIENCE)
    response = StreamingHttpResponse(_within(page, failed, translation.get_language() or "", context.current.get()))
    # A proxy that gathers the answer would show nothing before the end.
    response["X-Accel-Buffering"] = "no"
    return response


def _within(page: Pieces, failed: Callable[[Exception], str], language: str, found: context.RequestContext) -> Pieces:
    with closing(page):
        while True:
            # Set for each piece and put back after it: what the server does between them is none of the page's.
            token = context.current.set(found)
            try:
                with translation.override(language):
                    piece = next(page, None)
            except Exception as error:
                # The head is sent, so that no error page can come any more.
                logger.exception("A page broke off while it was sent.")
                page.close()
                with translation.override(language):
                    piece = failed(error)
            finally:
                context.current.reset(token)
            if piece is None:
                return
            yield piece


class Pace:
    """Says when it is time for another line of progress, and which lines a screen reader says: those that begin another
    quarter.
    """

    def __init__(self) -> None:
        """Begin with nothing told."""
        self._told = float("-inf")
        self._quarter = 0

    def is_time(self) -> bool:
        """Whether enough time has passed since it last was."""
        now = time.monotonic()
        if now - self._told < PACE:
            return False
        self._told = now
        return True

    def is_another_quarter(self, done: int, of: int) -> bool:
        """Whether the work has come into another quarter than the last time this was asked."""
        before, self._quarter = self._quarter, 4 * done // of if of else 0
        return self._quarter != before

"""When the database is away, restarts, or is too busy, or too many reports are made at once: nothing of what was sent
is saved, and it is worth trying again.

A page that saves by itself tries again by itself (static/js/autosave.js); a person is told to.
"""

import sqlite3
import sys

from django.db import Error, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.views.defaults import server_error

RETRY_AFTER = 5
"""How many seconds to wait before the same is sent again."""

_PASSING = ("08", "40", "53", "57")
"""PostgreSQL's classes of errors that pass: the connection; a transaction given up for another's sake; too little room
for one more; somebody stopped it, or it is starting.
"""

_PASSING_STATES = ("55P03", "25P03")
"""A lock that was not had in time, and a transaction that was ended since nobody went on with it."""

_LASTING = ("53100", "57014")
"""Of those classes what does not pass: the disk is full, and a statement took longer than any may. Sent again, it ends
the same way.
"""

_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


class BusyError(Exception):
    """Too many reports are made at once, and one more got no turn. It passes."""


def is_passing(error: BaseException | None) -> bool:
    """Whether an error is of a database that cannot answer just now, and not of what it was asked."""
    if not isinstance(error, Error):
        return False
    cause = error.__cause__
    if isinstance(cause, sqlite3.Error):
        # The code may be extended, and its last byte says what it is.
        return (getattr(cause, "sqlite_errorcode", None) or 0) & 0xFF in _BUSY
    state: str | None = getattr(cause, "pgcode", None)
    if state is None:
        # Where the connection is gone, nobody is left to say why.
        return isinstance(error, OperationalError | InterfaceError)
    return state not in _LASTING and (state.startswith(_PASSING) or state in _PASSING_STATES)


def failed(request: HttpRequest) -> HttpResponse:
    """Answer a request that failed: 503 with Retry-After where that passes, and 500 otherwise. Django calls it while it
    handles the error, whatever part of the chain that came from.
    """
    error = sys.exc_info()[1]
    is_printing = isinstance(error, BusyError)
    if not (is_printing or is_passing(error)):
        return server_error(request)
    response = HttpResponse(loader.get_template("503.html").render({"is_printing": is_printing}), status=503)
    response["Retry-After"] = str(RETRY_AFTER)
    return response

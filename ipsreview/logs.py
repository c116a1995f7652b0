"""Log lines that can be followed by request and hold no data: no address of a page, no exception's message, no local
variable.
"""

import logging
import traceback
from datetime import datetime
from types import TracebackType
from zoneinfo import ZoneInfo

from django.http import HttpRequest

from ipsreview import clock, context

HEALTH, READY = UNTOLD = ("/health/", "/ready/")
"""What watches the server asks these every few seconds: no line tells of them."""

_ZONE = ZoneInfo(clock.TIME_ZONE)

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class RequestIdFilter(logging.Filter):
    """Puts the id of the request being answered on each record, or "-" outside a request.

    Where Django tells of a request, its address gives way to the name of the page: an address can be the key to a new
    password.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Stamp the record; every record passes."""
        record.request_id = context.current.get().request_id or "-"
        request = getattr(record, "request", None)
        if isinstance(request, HttpRequest):
            page = request.resolver_match.view_name if request.resolver_match else "no such page"
            record.msg, record.args = "%s %s: %s", (getattr(record, "status_code", "-"), request.method, page)
        return True


class PlainFormatter(logging.Formatter):
    """One line a record. Of an exception it tells the type and where it was raised, since its message may quote what a
    person wrote.
    """

    def __init__(self) -> None:
        """Take no options: the format is the same everywhere."""
        super().__init__("%(asctime)s %(levelname)s %(request_id)s %(name)s %(message)s")

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802 (the base class's name)
        """Return the time with its distance from UTC, the same in every process: gunicorn's own knows no settings."""
        return datetime.fromtimestamp(record.created, _ZONE).isoformat(" ", "milliseconds")

    def formatException(self, ei: ExcInfo) -> str:  # noqa: N802 (likewise)
        """Return the exception's type and the files, lines and functions it passed."""
        kind, _, trace = ei
        steps = [f"  {step.filename}:{step.lineno} in {step.name}" for step in traceback.extract_tb(trace)]
        return "\n".join([*steps, kind.__name__ if kind else ""])

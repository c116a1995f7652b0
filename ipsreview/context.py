"""What is known of the request being answered, for log lines and audit events written far from the view."""

from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class RequestContext:
    """An id made for the request, and the address it came from. Outside a request both are empty."""

    request_id: str = ""
    address: str | None = None


_OUTSIDE = RequestContext()

current: ContextVar[RequestContext] = ContextVar("current", default=_OUTSIDE)

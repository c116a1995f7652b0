"""What is known of the request being answered, for log lines and audit events written far from the view."""

from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class RequestContext:
    """An id made for the request, and the address it came from. Outside a request both are empty.

    `kept` is what was found out while it is answered, so that nothing is asked for twice; None outside a request, where
    nothing is kept.
    """

    request_id: str = ""
    address: str | None = None
    kept: dict[Any, Any] | None = field(default=None, compare=False)


_OUTSIDE = RequestContext()

current: ContextVar[RequestContext] = ContextVar("current", default=_OUTSIDE)

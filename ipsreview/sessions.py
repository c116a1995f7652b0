"""How long a session lasts: until nothing has been asked for some time, and no longer than a working day."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.backends.base import SessionBase
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponseBase

GetResponse = Callable[[HttpRequest], HttpResponseBase]

_BEGAN, _SEEN = "began", "seen"

_NOTED_EACH = 12
"""That somebody is there is written down at most so often within the idle time, which may thus end a little early."""


@dataclass(frozen=True)
class Limits:
    """How long a session may last, in seconds."""

    idle: float
    whole: float

    def is_over(self, *, began: float, seen: float, now: float) -> bool:
        """Whether a session that began and was last noted then is over."""
        return now - seen >= self.idle or now - began >= self.whole

    def is_to_be_noted(self, *, seen: float, now: float) -> bool:
        """Whether it is time to write down that somebody is there."""
        return now - seen >= self.idle / _NOTED_EACH


def limits() -> Limits:
    """Return what the settings say."""
    return Limits(idle=settings.SESSION_IDLE_MINUTES * 60, whole=settings.SESSION_HOURS * 3600)


@receiver(user_logged_in)
def begin(sender: Any, request: HttpRequest, **kwargs: Any) -> None:
    """Note when a session began."""
    request.session[_BEGAN] = request.session[_SEEN] = time.time()


def began(session: SessionBase) -> float | None:
    """Return when somebody logged in, in seconds since 1970; None where nobody has."""
    found = session.get(_BEGAN)
    return found if isinstance(found, float) else None


class SessionLimitsMiddleware:
    """Ends a session that has lasted too long. Any request counts as being there, what a page saves by itself too."""

    def __init__(self, get_response: GetResponse) -> None:
        """Remember the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request, as from nobody where the session is over."""
        if request.user.is_authenticated:
            start, seen, now = began(request.session), request.session.get(_SEEN), time.time()
            if start is None or seen is None or limits().is_over(began=start, seen=seen, now=now):
                # Not a log-out, which would end the person's sessions elsewhere too.
                request.session.flush()
                request.user = AnonymousUser()
            elif limits().is_to_be_noted(seen=seen, now=now):
                request.session[_SEEN] = now
        return self.get_response(request)

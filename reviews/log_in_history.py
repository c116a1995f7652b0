"""When a person has logged in, or somebody could not as them: shown to themselves, and to administrators."""

import datetime
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from reviews.log_ins import SECOND_STEP
from reviews.models import AuditEvent, User

SHOWN = 10
_READ = 4 * SHOWN
"""How many rows of the audit are looked at: a log-in in two steps has two, and wrong codes have theirs."""

_LONGEST = datetime.timedelta(minutes=15)
"""How long after the first step the second is taken."""

_SECOND = frozenset({"totp", "webauthn", "recovery_codes"})

_WAYS: Mapping[str, str | Promise] = {
    "password": _("password"),
    "passkey": _("passkey"),
    "provider": _("the organisation's own log-in"),
    "invitation": _("invitation"),
    "totp": _("code from an app"),
    "webauthn": _("passkey or security key as the second step"),
    "recovery_codes": _("recovery code"),
}
"""What the audit calls each way to log in, in words."""

_UNFINISHED: Mapping[str, str | Promise] = {
    "password": _("the password was right, but the second step was not completed"),
    "provider": _("the organisation's own log-in was right, but the second step was not completed"),
}


@dataclass(frozen=True)
class LogIn:
    """A log-in, or one that failed: when, how, and from which address (empty: not known)."""

    at: datetime.datetime
    failed: bool
    ways: tuple[str, ...]
    address: str

    @property
    def how(self) -> str:
        """How it was done, in the reader's language."""
        if SECOND_STEP in self.ways:
            return str(next(said for way, said in _UNFINISHED.items() if way in self.ways))
        return ", ".join(str(_WAYS.get(way, way)) for way in self.ways)


def latest(user: User) -> list[LogIn]:
    """Return the person's latest log-ins, and those that failed, the newest first: one query. A log-in that waited for
    its second step and then got it is told once.
    """
    found = AuditEvent.objects.filter(
        # What is of no review has an index by what it is about.
        review=None,
        action__in=[AuditEvent.Action.LOGGED_IN, AuditEvent.Action.LOG_IN_FAILED],
        object_type=User._meta.model_name,
        object_id=str(user.pk),
    )
    rows = found.order_by("-at", "-pk").values_list("at", "action", "fields", "address")[:_READ]
    log_ins = [
        LogIn(at, action == AuditEvent.Action.LOG_IN_FAILED, tuple(ways), address or "")
        for at, action, ways, address in rows
    ]
    return _without_finished(log_ins)[:SHOWN]


def _without_finished(log_ins: list[LogIn]) -> list[LogIn]:
    """Leave out each first step, newest first, that a log-in from the same address went on from: one for one, so that
    somebody else's beside it stands.
    """
    left: list[LogIn] = []
    went_on: dict[str, list[datetime.datetime]] = defaultdict(list)
    for each in log_ins:
        later = went_on[each.address]
        if SECOND_STEP in each.ways and later and later[-1] - each.at <= _LONGEST:
            later.pop()
            continue
        if not each.failed and not _SECOND.isdisjoint(each.ways):
            later.append(each.at)
        left.append(each)
    return left

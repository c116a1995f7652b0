"""When a person has logged in, or somebody could not as them: shown to themselves, and to administrators."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from reviews.models import AuditEvent, User

SHOWN = 10

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
        return ", ".join(str(_WAYS.get(way, way)) for way in self.ways)


def latest(user: User) -> list[LogIn]:
    """Return the person's latest log-ins, and those that failed, the newest first: one query."""
    found = AuditEvent.objects.filter(
        # By its index, which sorts what is of no review by time.
        review=None,
        action__in=[AuditEvent.Action.LOGGED_IN, AuditEvent.Action.LOG_IN_FAILED],
        object_type=User._meta.model_name,
        object_id=str(user.pk),
    )
    rows = found.order_by("-at", "-pk").values_list("at", "action", "fields", "address")[:SHOWN]
    return [
        LogIn(at, action == AuditEvent.Action.LOG_IN_FAILED, tuple(ways), address or "")
        for at, action, ways, address in rows
    ]

"""Who logged in and out, and who could not: told to the audit, never with what was typed."""

from collections.abc import Mapping
from typing import Any

from allauth.account.authentication import get_authentication_records
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from reviews import audit
from reviews.accounts import end_sessions, keep_address
from reviews.models import AuditEvent, User

PASSWORD, PASSKEY, PROVIDER, INVITATION = "password", "passkey", "provider", "invitation"

SECOND_STEP = "second_step"
"""Beside a way to log in: it was right, and the second step was asked for and not shown, or not yet."""


def ways(records: list[dict[str, Any]]) -> list[str]:
    """Return how somebody logged in, by what allauth noted: password, passkey or provider, and the kind of the second
    factor (totp, webauthn, recovery_codes). What is noted of nothing came by an invitation.
    """
    found = set()
    for record in records:
        if record["method"] == "mfa":
            found.add(PASSKEY if record.get("passwordless") else str(record["type"]))
        else:
            found.add(PROVIDER if record["method"] == "socialaccount" else str(record["method"]))
    return sorted(found) or [INVITATION]


@receiver(user_logged_in)
def _logged_in(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    keep_address(user)
    how = ways(get_authentication_records(request, user))
    audit.record(user, AuditEvent.Action.LOGGED_IN, target=user, fields=how)


@receiver(user_logged_out)
def _logged_out(sender: Any, user: User | None, **kwargs: Any) -> None:
    """Somebody who logs out does so everywhere."""
    if user is not None:
        end_sessions(user)
        audit.record(user, AuditEvent.Action.LOGGED_OUT, target=user)


@receiver(user_login_failed)
def _failed(sender: Any, credentials: Mapping[str, Any], **kwargs: Any) -> None:
    email = str(credentials.get("email") or "")
    could_not(User.objects.filter(email__iexact=email).first() if email else None, PASSWORD)


def could_not(user: User | None, *ways: str) -> None:
    """Write down that somebody could not log in to an account, or to none that there is."""
    audit.record(None, AuditEvent.Action.LOG_IN_FAILED, target=user, fields=ways)


def second_step_asked_for(request: HttpRequest, user: User) -> None:
    """Write down that somebody has shown the first factor and is asked for the second. Who stops there leaves no other
    trace; a log-in that goes on is told by itself, and stands for this one (see log_in_history).
    """
    could_not(user, *ways(get_authentication_records(request, user)), SECOND_STEP)

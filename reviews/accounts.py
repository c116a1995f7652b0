"""How allauth is told who may have an account, when it must be shown anew that it is the same person, and what a person
is called; and the account's address and sessions.
"""

import logging
import time

from allauth.account.adapter import DefaultAccountAdapter, get_adapter
from allauth.account.models import EmailAddress
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from ipsreview import sessions
from ipsreview.middleware import client_address
from reviews import audit
from reviews.models import AuditEvent, User
from reviews.models.people import new_mark

_log = logging.getLogger(__name__)

_FRESH = 300
"""How long after the log-in, in seconds, nobody is asked again who they are."""


class ClosedSignUp(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Nobody signs up by themselves: an administrator makes the account, or somebody is invited to a review."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "enter_current_password": _("This is not the password you have now."),
        # As long as the slowest of allauth's limits: five failed attempts in five minutes for one account.
        "too_many_login_attempts": _("Too many failed attempts. Wait five minutes, and try again."),
        "rate_limited": _("Too many failed attempts. Wait five minutes, and try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return whether a stranger may make an account: never."""
        return False

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Return where a new password leads: to log in with it, since the old one's sessions are over."""
        return reverse("account_login")

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the address that attempts to log in are counted by: the audit's. Where none is known all count as
        one.
        """
        return client_address(request) or "unknown"

    def is_reauthentication_required(self, *, app: str, **kwargs: object) -> bool:
        """Return whether the person must show again who they are before they change how they log in: not just after the
        log-in.
        """
        began = sessions.began(self.request.session)
        if began is not None and time.time() - began < _FRESH:
            return False
        required: bool = super().is_reauthentication_required(app=app, **kwargs)
        return required

    def send_notification_mail(self, template_prefix: str, user: User, *args: object, **kwargs: object) -> None:
        """Tell somebody what was done to their account. A mail server that is away undoes nothing of it."""
        try:
            super().send_notification_mail(template_prefix, user, *args, **kwargs)
        except OSError:
            # Also what smtplib raises.
            _log.exception("a letter about an account could not be sent")

    def get_login_stages(self) -> list[str]:
        """Return what a log-in passes after the password, with our own way to ask for the second factor."""
        ours = {"allauth.mfa.stages.AuthenticateStage": "reviews.two_factor.SecondFactorStage"}
        return [ours.get(stage, stage) for stage in super().get_login_stages()]


@transaction.atomic
def open_account(email: str, name: str, password: str, *, language: str) -> User:
    """Make the account of somebody who has shown that the address is theirs. Raises IntegrityError where it has one."""
    user = User.objects.create_user(email, password, name=name, language=language)
    keep_address(user)
    audit.record(user, AuditEvent.Action.CREATED, target=user)
    return user


@transaction.atomic
def keep_address(user: User) -> None:
    """Let allauth know one address of the person, which is the account's: an administrator, or an invitation that came
    there, vouches for it.
    """
    known = EmailAddress.objects.filter(user=user)
    if [(row.email, row.verified, row.primary) for row in known] == [(user.email, True, True)]:
        return
    known.delete()
    # What another account had before its own address was changed.
    EmailAddress.objects.filter(email=user.email).delete()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)


def end_sessions(user: User) -> None:
    """End the person's sessions, everywhere and at once."""
    user.session_mark = new_mark()
    user.save(update_fields=["session_mark"])


def tell_moved(user: User, before: str) -> None:
    """Tell the address `before` that it is no longer the account's."""
    with translation.override(user.language):
        get_adapter().send_notification_mail("account/email/address_changed", user, email=before)


def display_name(user: User) -> str:
    """Return what pages and messages call the person."""
    return user.name

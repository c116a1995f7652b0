"""Log-in with two factors: how the second is kept, when it has been shown, and how it is taken away."""

import base64
from collections import Counter
from dataclasses import dataclass
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from allauth.mfa.stages import AuthenticateStage
from allauth.mfa.totp.internal.auth import generate_totp_secret
from allauth.socialaccount.models import SocialAccount
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponseBase
from django.utils import translation
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reviews import audit, log_ins
from reviews.accounts import end_sessions
from reviews.models import AuditEvent, User

_SHOWN = "two_factor"
"""In a session: whether the second factor was shown in another way than at the log-in, or is gone since then."""

SECOND = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
"""What is a second factor by itself; recovery codes stand in for one."""


class Factors(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """How allauth keeps second factors: what could be used to log in is encrypted with the site's SECRET_KEY, so that a
    copy of the database alone lets nobody in.
    """

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy(
            "This is not the code that the app shows now. Each works once: if you have just used it, wait for the "
            "next. If it happens again, see that the phone's clock is right."
        ),
    }

    def encrypt(self, text: str) -> str:
        """Return what is kept of a secret."""
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return a secret. One that was kept under another key has become a secret that nobody knows."""
        try:
            return _cipher().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            # Not an empty one: the codes of that could be reckoned.
            return str(generate_totp_secret())

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        """Return what a passkey is called until its owner calls it something else."""
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return _("Passkey %(number)s") % {"number": number}


def _cipher() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [salted_hmac("reviews.two_factor", "", secret=key, algorithm="sha256").digest() for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])


class SecondFactorStage(AuthenticateStage):  # type: ignore[misc]  # allauth has no types
    """Asks for the second factor at a log-in, but not where the organisation's own log-in has asked for two.

    That counts for whom the provider is known to be theirs. The first time it stands for no more than an e-mail
    address, which may have been somebody else's: who has a second factor here shows it.
    """

    def handle(self) -> tuple[HttpResponseBase | None, bool]:
        """Return the page to go to, if any, and whether the log-in goes on."""
        by_provider = (self.login.signal_kwargs or {}).get("sociallogin")
        if by_provider is not None and by_provider.account.pk is not None and _provider_demands_two():
            return None, True
        found: tuple[HttpResponseBase | None, bool] = super().handle()
        if found[0] is not None:
            log_ins.second_step_asked_for(self.request, self.login.user)
        return found


def _provider_demands_two() -> bool:
    return settings.OIDC is not None and settings.OIDC.two_factor


def _shown_to_provider(request: HttpRequest, user: User) -> bool:
    if not _provider_demands_two():
        return False
    return any(record.get("method") == "socialaccount" for record in get_authentication_records(request, user))


def is_shown(request: HttpRequest, user: User) -> bool:
    """Whether the person has shown two factors in this session: a passkey alone is both. No query."""
    known = request.session.get(_SHOWN)
    if known is not None:
        return bool(known)
    by_mfa = any(record.get("method") == "mfa" for record in get_authentication_records(request, user))
    return by_mfa or _shown_to_provider(request, user)


@dataclass(frozen=True)
class Held:
    """What a person can show besides a password: whether an app, how many passkeys, and how many recovery codes are
    left.
    """

    app: bool
    passkeys: int
    codes: int

    @property
    def factors(self) -> int:
        """How many second factors there are; recovery codes are none."""
        return self.app + self.passkeys


def held(user: User) -> Held:
    """Return what the person can show besides a password: one query."""
    kept = list(Authenticator.objects.filter(user=user))
    number = Counter(each.type for each in kept)
    codes = [each.wrap().get_unused_codes() for each in kept if each.type == Authenticator.Type.RECOVERY_CODES]
    return Held(bool(number[Authenticator.Type.TOTP]), number[Authenticator.Type.WEBAUTHN], sum(map(len, codes)))


def can_be_taken_away(user: User) -> bool:
    """Whether there is anything for an administrator to take away: a factor, or a link to the organisation's log-in."""
    found: bool = Authenticator.objects.filter(user=user).exists() or SocialAccount.objects.filter(user=user).exists()
    return found


def has_any(user: User) -> bool:
    """Whether the person has a second factor."""
    found: bool = Authenticator.objects.filter(user=user, type__in=SECOND).exists()
    return found


@receiver(authenticator_added)
def _added(sender: Any, request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    """Who adds a factor has shown it. The first one ends the sessions elsewhere, in which nobody has."""
    if authenticator.type in SECOND:
        request.session[_SHOWN] = True
        if Authenticator.objects.filter(user=user, type__in=SECOND).count() == 1:
            end_sessions(user)
            update_session_auth_hash(request, user)
    audit.record(user, AuditEvent.Action.CHANGED, target=user, fields=[authenticator.type])


@receiver(authenticator_removed)
def _removed(sender: Any, request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    """With the last one gone the session is as one without."""
    if authenticator.type in SECOND and not has_any(user):
        request.session[_SHOWN] = False
        end_sessions(user)
        update_session_auth_hash(request, user)
    audit.record(user, AuditEvent.Action.CHANGED, target=user, fields=[authenticator.type])


@receiver(authenticator_reset)
def _renewed(sender: Any, request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    audit.record(user, AuditEvent.Action.CHANGED, target=user, fields=[authenticator.type])


def take_away(user: User, administrator: User) -> None:
    """Take from somebody who cannot use them any more every second factor and every link to an organisation's log-in,
    end their sessions, and tell them by e-mail.
    """
    with transaction.atomic():
        factors = Authenticator.objects.filter(user=user)
        taken = set(factors.values_list("type", flat=True))
        factors.delete()
        links, _rows = SocialAccount.objects.filter(user=user).delete()
        if links:
            taken.add("provider")
        end_sessions(user)
        audit.record(administrator, AuditEvent.Action.CHANGED, target=user, fields=taken)
    with translation.override(user.language):
        get_adapter().send_notification_mail("account/email/factors_taken_away", user, email=user.email)

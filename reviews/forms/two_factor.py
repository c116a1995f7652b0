"""The forms with which somebody sets up a second factor and shows it."""

from typing import Any

from allauth.mfa import app_settings
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from reviews import log_ins, two_factor
from reviews.forms.texts import SafeTexts

_ATTRIBUTES = {"autocomplete": "one-time-code", "inputmode": "numeric", "autocapitalize": "off", "spellcheck": "false"}
_WRONG = "incorrect_code"
"""What allauth calls the error of a factor that is not the person's."""

_MADE_UP = (AttributeError, LookupError, TypeError, ValueError)
"""What allauth stumbles over in a passkey that no browser has sent."""


class _Code(forms.Form):
    """A code from the app or a recovery code, whichever the person has; a wrong one is told to the audit as what it
    was meant to be.
    """

    code = forms.CharField(
        label=_("Code from the app, or a recovery code"), max_length=20, widget=forms.TextInput(attrs=_ATTRIBUTES)
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Ask for what the person has."""
        super().__init__(*args, **kwargs)
        self.held = two_factor.held(self.user)  # type: ignore[attr-defined]  # allauth's form keeps it
        if not self.held.app:
            self.fields["code"].label = _("Recovery code")

    def clean_code(self) -> str:
        """Take a code that the person has. Raises ValidationError, by what was wrong."""
        typed = self.cleaned_data["code"]
        try:
            return str(super().clean_code())  # type: ignore[misc]  # likewise
        except ValidationError as error:
            if error.code != _WRONG:
                raise
            if self.held.app and sum(each.isdigit() for each in typed) != app_settings.RECOVERY_CODE_DIGITS:
                log_ins.could_not(self.user, Authenticator.Type.TOTP)  # type: ignore[attr-defined]  # likewise
                raise
            log_ins.could_not(self.user, Authenticator.Type.RECOVERY_CODES)  # type: ignore[attr-defined]  # likewise
            said = _("This is not one of your recovery codes, or it has been used: each works once.")
            raise ValidationError(said, code=_WRONG) from error


class CodeForm(_Code, AuthenticateForm):  # type: ignore[misc]  # allauth has no types
    """Asks for a code at the log-in."""


class CodeAgainForm(_Code, ReauthenticateForm):  # type: ignore[misc]  # likewise
    """Asks for a code before something about the account is changed."""


class _Passkey(forms.Form):
    """What a passkey says; one that is not the person's is told to the audit."""

    way = str(Authenticator.Type.WEBAUTHN)

    def clean_credential(self) -> Authenticator:
        """Return whose passkey it is. Raises ValidationError."""
        try:
            return super().clean_credential()  # type: ignore[misc]  # likewise
        except (ValidationError, *_MADE_UP) as error:
            if getattr(error, "code", _WRONG) != _WRONG:
                raise
            log_ins.could_not(self.user, self.way)  # type: ignore[attr-defined]  # likewise
            said = _("We did not recognise the passkey. Try again, or choose another way.")
            raise ValidationError(said, code=_WRONG) from error


class PasskeyLogInForm(_Passkey, LoginWebAuthnForm):  # type: ignore[misc]  # likewise
    """Takes a passkey instead of a password: whose it was meant to be is not known where it fails."""

    way = log_ins.PASSKEY


class PasskeySecondForm(_Passkey, AuthenticateWebAuthnForm):  # type: ignore[misc]  # likewise
    """Takes a passkey after the password."""


class PasskeyAgainForm(_Passkey, ReauthenticateWebAuthnForm):  # type: ignore[misc]  # likewise
    """Takes a passkey before something about the account is changed."""


class FirstCodeForm(ActivateTOTPForm):  # type: ignore[misc]  # likewise
    """Asks for the first code of an app, which shows that it has the secret."""

    code = forms.CharField(
        label=_("The six digits that the app shows now"), max_length=20, widget=forms.TextInput(attrs=_ATTRIBUTES)
    )


class PasskeyForm(SafeTexts, AddWebAuthnForm):  # type: ignore[misc]  # likewise
    """Takes a new passkey: one with which the person logs in without a password, unless they want it beside it only."""

    asks = False

    name = forms.CharField(
        label=_("What you call it"),
        required=False,
        max_length=60,
        help_text=_("So that you know which it is: the phone, the computer at work."),
    )
    passwordless = forms.BooleanField(
        label=_("Log in with it without a password"),
        required=False,
        initial=True,
        help_text=_("It then asks for your face, your finger or its PIN. A simple security key may not be able to."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Put the choice beside the name."""
        super().__init__(*args, **kwargs)
        self.order_fields(["name", "passwordless", "credential"])

    def clean(self) -> dict[str, Any] | None:
        """Take the new passkey. Raises ValidationError with what to do where it is none."""
        try:
            return super().clean()
        except (ValidationError, *_MADE_UP) as error:
            if getattr(error, "code", _WRONG) != _WRONG:
                raise
            said = _(
                "The passkey was not added. Either this page was open for too long, or the passkey could not ask for "
                "your face, your finger or its PIN. Try once more. If it fails again, take away the tick by “Log in "
                "with it without a password”, or set up an app instead."
            )
            raise ValidationError(said, code=_WRONG) from error

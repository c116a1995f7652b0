"""The forms with which somebody sets up a second factor and shows it."""

from typing import Any

from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.utils.translation import gettext_lazy as _

from reviews.forms.texts import SafeTexts

_ATTRIBUTES = {"autocomplete": "one-time-code", "inputmode": "numeric", "autocapitalize": "off", "spellcheck": "false"}


class CodeForm(AuthenticateForm):  # type: ignore[misc]  # allauth has no types
    """Asks for a code at the log-in."""

    code = forms.CharField(
        label=_("Code from the app, or a recovery code"), max_length=20, widget=forms.TextInput(attrs=_ATTRIBUTES)
    )


class CodeAgainForm(ReauthenticateForm):  # type: ignore[misc]  # likewise
    """Asks for a code before something about the account is changed."""

    code = forms.CharField(
        label=_("Code from the app, or a recovery code"), max_length=20, widget=forms.TextInput(attrs=_ATTRIBUTES)
    )


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

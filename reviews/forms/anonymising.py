"""The form that asks before a person is anonymised."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reviews.models import User


class AnonymiseForm(forms.Form):
    """Has the person's e-mail address typed, so that nobody is anonymised in another's place."""

    email = forms.CharField(
        label=gettext_lazy("Write the person's e-mail address, to show that it is this person"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false", "class": "vTextField"}),
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        """Ask about `user`."""
        super().__init__(*args, **kwargs)
        self._user = user

    def clean_email(self) -> str:
        """Take the person's own address alone."""
        typed = str(self.cleaned_data["email"])
        if typed.casefold() != self._user.email.casefold():
            raise ValidationError(_("This is not the address of this account."))
        return typed

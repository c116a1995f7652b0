"""The form by which somebody who is invited makes an account."""

from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from reviews.forms.texts import SafeTexts
from reviews.models import User


class AccountForm(SafeTexts, forms.ModelForm):  # type: ignore[type-arg]  # subscriptable for the type checker alone
    """Name, password and language. The e-mail is that of the invitation, and no field."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 12 characters, for example three words that have nothing to do with each other."),
    )

    class Meta:
        model = User
        fields = ("name", "language")
        widgets = {"name": forms.TextInput(attrs={"autocomplete": "name"})}

    field_order = ("name", "password", "language")

    def __init__(self, data: QueryDict | None, *, email: str) -> None:
        """Take what was sent, and the e-mail that the account is for."""
        super().__init__(data, instance=User(email=email))

    def clean(self) -> dict[str, Any]:
        """Hold that the password is none that others would guess, the person's name and e-mail among them."""
        values = super().clean() or {}
        if "password" in values:
            known = User(email=self.instance.email, name=values.get("name", ""))
            try:
                password_validation.validate_password(values["password"], known)
            except forms.ValidationError as error:
                self.add_error("password", error)
        return values

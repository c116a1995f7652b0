"""What a person decides about their own account."""

from django import forms

from reviews.forms.texts import SafeTexts
from reviews.models import User


class ProfileForm(SafeTexts, forms.ModelForm):  # type: ignore[type-arg]  # subscriptable for the type checker alone
    """Name and language."""

    class Meta:
        model = User
        fields = ("name", "language")

"""Form fields that read what Norwegians type."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import localize_input
from django.utils.translation import gettext_lazy as _

_WHOLE = re.compile(r"[0-9]{1,3}(?: [0-9]{3})+|[0-9]+")
"""Digits, with spaces between thousands or none."""

_TYPED = re.compile(r"(?:[0-9]{1,3}(?: [0-9]{3})+|[0-9]+)(?:[.,][0-9]+)?|[.,][0-9]+")
"""Digits, with spaces between thousands or none, and at most one decimal separator."""


class DecimalNumberField(forms.DecimalField):
    """A number of zero or more, with decimal comma or point; spaces between thousands are allowed."""

    default_error_messages = {"invalid": _("Write a number from 0 up, in digits.")}

    def __init__(self, **kwargs: Any) -> None:
        """Take what a form's field takes."""
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(**{**kwargs, "min_value": 0, "widget": widget})

    def prepare_value(self, value: Any) -> Any:
        """Return what is held as Norwegians type it, without decimals that say nothing; what was typed, as it is."""
        return localize_input(value.normalize()) if isinstance(value, Decimal) else value

    def to_python(self, value: object) -> Decimal | None:  # type: ignore[override]  # as DecimalField itself has it
        """Return the figure, or None where nothing is typed. Raises ValidationError where it is no number."""
        if isinstance(value, str):
            # Any kind of space, since a number may be pasted.
            value = " ".join(value.split())
            if value and not _TYPED.fullmatch(value):
                raise ValidationError(self.error_messages["invalid"], code="invalid")
            value = value.replace(" ", "").replace(",", ".")
        return super().to_python(value)


class FigureField(DecimalNumberField):
    """A figure that a measure of the scale counts."""

    def __init__(self, *, label: str, initial: Decimal | None = None, maximum: Decimal | None = None) -> None:
        """Take the label the scale gives the figure, what is held now, and the highest it can be."""
        super().__init__(
            label=label,
            required=False,
            max_value=maximum,
            max_digits=12,
            decimal_places=3,
            # Where it is only read, it is not asked for its prepared value.
            initial=self.prepare_value(initial),
        )


class WholeNumberField(forms.IntegerField):
    """A whole number from zero up, in digits; spaces between thousands are allowed."""

    default_error_messages = {
        "invalid": _("Write a whole number from 0 up, in digits."),
        "max_value": _("Write a number of at most %(limit_value)s."),
        "min_value": _("Write a number of at least %(limit_value)s."),
    }

    most = 9999
    """More than this is a slip of the hand."""

    def __init__(self, **kwargs: Any) -> None:
        """Take what a form's field takes."""
        widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
        super().__init__(**{**kwargs, "min_value": 0, "max_value": self.most, "widget": widget})

    def to_python(self, value: object) -> int | None:
        """Return the number, or None where nothing is typed. Raises ValidationError where it is no whole number."""
        if isinstance(value, str):
            # Any kind of space, since a number may be pasted.
            value = " ".join(value.split())
            if value and not _WHOLE.fullmatch(value):
                raise ValidationError(self.error_messages["invalid"], code="invalid")
            value = value.replace(" ", "")
        return super().to_python(value)


class PercentField(WholeNumberField):
    """A whole number of percent, with or without the sign."""

    most = 100

    def to_python(self, value: object) -> int | None:
        """Return the number, or None where nothing is typed. Raises ValidationError where it is no whole number."""
        return super().to_python(value.strip().removesuffix("%") if isinstance(value, str) else value)

"""Form fields that read what Norwegians type."""

from decimal import Decimal

from django import forms
from django.utils.formats import localize_input


class FigureField(forms.DecimalField):
    """A figure of zero or more, with decimal comma or point; spaces between thousands are allowed."""

    def __init__(self, *, label: str, initial: Decimal | None = None) -> None:
        """Take the label the scale gives the figure, and what is held now."""
        super().__init__(
            label=label,
            required=False,
            min_value=0,
            max_digits=12,
            decimal_places=3,
            initial=None if initial is None else localize_input(initial.normalize()),
            widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        )

    def to_python(self, value: object) -> Decimal | None:  # type: ignore[override]  # as DecimalField itself has it
        """Return the figure, or None where nothing is typed. Raises ValidationError where it is no number."""
        if isinstance(value, str):
            value = "".join(value.split()).replace(",", ".")
        return super().to_python(value)

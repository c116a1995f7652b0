"""The form of what is kept about a service itself."""

from django import forms
from django.utils.translation import gettext_lazy as _


class IntervalForm(forms.Form):
    """How many months may pass between external reviews of a service."""

    interval_months = forms.IntegerField(
        label=_("Months between external reviews"),
        min_value=1,
        max_value=60,
        help_text=_(
            "From the last visit day to the day the next review is due. Where the scale recommends a new look before "
            "that, it stands beside the day as a hint."
        ),
    )

"""The small forms that move a review on."""

from django import forms
from django.utils.translation import gettext_lazy as _

from reviews.forms.planning import DayInput
from reviews.models.fields import TEXT_LIMIT


class ReasonForm(forms.Form):
    """Why something out of the ordinary is done."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=TEXT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write the reason.")},
    )


class FactCheckForm(forms.Form):
    """The last day for the fact check."""

    due = forms.DateField(label=_("Last day for the fact check"), widget=DayInput())


class OptionalReasonForm(forms.Form):
    """Why the fact check is skipped; left empty when it is over."""

    # It is not asked for where it is not needed.
    optional_unmarked = True

    reason = forms.CharField(
        label=_("Why the fact check is skipped"),
        required=False,
        max_length=TEXT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

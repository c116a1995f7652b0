"""Which two reviews of a service stand beside each other. The choice stands in the address."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from reviews.models import Review
from reviews.report import wording

_UNKNOWN = {"required": _("Choose a review."), "invalid_choice": _("Choose one of the reviews in the list.")}


class TwoReviewsForm(forms.Form):
    """Two of the reviews whose reports the person may read, chosen from an address. Without a choice there they are
    `usual`, the older first.
    """

    optional_unmarked = True

    first = forms.ChoiceField(label=_("The one review"), error_messages=_UNKNOWN)
    second = forms.ChoiceField(label=_("The other review"), error_messages=_UNKNOWN)

    def __init__(self, query: Mapping[str, str], reviews: Sequence[Review], usual: tuple[Review, Review]) -> None:
        """Take the parameters of the address, and the reviews there are to choose from."""
        asked = {name: query[name] for name in ("first", "second") if name in query}
        super().__init__(asked or {"first": str(usual[0].pk), "second": str(usual[1].pk)})
        self.reviews = {str(review.pk): review for review in reviews}
        choices = [(key, _named(review)) for key, review in reversed(self.reviews.items())]
        for name in ("first", "second"):
            field: Any = self.fields[name]
            field.choices = choices

    def clean(self) -> dict[str, Any]:
        """Return the two reviews as `older` and `newer`, in the order in which they were handed in. Where they are one,
        the second is at fault.
        """
        found = super().clean() or {}
        if {"first", "second"} <= found.keys():
            if found["first"] == found["second"]:
                self.add_error("second", ValidationError(_("Choose two different reviews."), code="same"))
                return found
            places = list(self.reviews)
            found["older"], found["newer"] = sorted((found["first"], found["second"]), key=places.index)
        return found


def _named(review: Review) -> str:
    said = f"{wording.date_range(review.first_day.isoformat(), review.last_day.isoformat())}, "
    kind = review.get_kind_display()
    return said + (gettext("%(kind)s (reviewed from plans)") % {"kind": kind} if review.from_plans else kind)

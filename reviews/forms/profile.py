"""What a person decides about their own account."""

from collections.abc import Iterable
from typing import cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reviews import reminders, reminders_wanted
from reviews.forms.texts import SafeTexts
from reviews.models import ReminderKind, User


class ProfileForm(SafeTexts, forms.ModelForm):  # type: ignore[type-arg]  # subscriptable for the type checker alone
    """Name and language, and what the person is reminded of by e-mail."""

    reminded_of = forms.MultipleChoiceField(
        label=gettext_lazy("Reminders by e-mail"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("What falls on one day comes in one letter. Other letters about a review always come."),
    )
    offered = forms.MultipleChoiceField(required=False, widget=forms.MultipleHiddenInput)

    # To want none of it is a choice too.
    optional_unmarked = True

    class Meta:
        model = User
        fields = ("name", "language")

    def __init__(self, data: QueryDict | None = None, *, instance: User, reminded: Iterable[ReminderKind]) -> None:
        """Offer the kinds of reminders that can concern the person; the page says which it has offered, so that nothing
        else is given up by leaving it out.
        """
        super().__init__(data, instance=instance)
        offered = list(reminded)
        if not offered:
            del self.fields["reminded_of"], self.fields["offered"]
            return
        choices = [
            (kind.value, _("%(what)s (%(when)s)") % {"what": kind.label, "when": reminders.when(kind)})
            for kind in offered
        ]
        cast("forms.MultipleChoiceField", self.fields["reminded_of"]).choices = choices
        cast("forms.MultipleChoiceField", self.fields["offered"]).choices = [
            (kind.value, kind.label) for kind in reminders_wanted.PARTS
        ]
        not_wanted = reminders_wanted.unwanted(instance)
        self.initial["reminded_of"] = [kind.value for kind in offered if kind not in not_wanted]
        self.initial["offered"] = [kind.value for kind in offered]

    def save_all(self) -> None:
        """Save the account and what the person wants to be reminded of, from valid data."""
        person = self.save()
        if "offered" in self.fields:
            reminders_wanted.choose(person, self.cleaned_data["reminded_of"], self.cleaned_data["offered"])

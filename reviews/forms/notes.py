"""The form of a note."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from reviews.models import Note, Perspective


class NoteForm(forms.ModelForm):  # type: ignore[type-arg]  # subscriptable for the type checker alone
    """A note on an item: where it comes from, who said it by number only, and the text."""

    perspective = forms.ChoiceField(
        label=_("Who said it"), required=False, choices=[("", _("Nobody in particular")), *Perspective.choices]
    )
    number = forms.IntegerField(
        label=_("Number"),
        required=False,
        min_value=1,
        max_value=999,
        help_text=_("Number those you talk to. Never write a name."),
    )

    class Meta:
        model = Note
        fields = ("text", "source", "date", "private")
        widgets = {
            "text": forms.Textarea(attrs={"rows": 4}),
            "date": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        }

    field_order = ("text", "source", "perspective", "number", "date", "private")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Fill in the informant a changed note has."""
        super().__init__(*args, **kwargs)
        informant = self.instance.informant if self.instance.pk else None
        if informant is not None:
            self.initial.setdefault("perspective", informant.perspective)
            self.initial.setdefault("number", informant.number)

    def clean(self) -> dict[str, Any]:
        """Ask for a number where a perspective is given, and the other way round."""
        values = super().clean() or {}
        if values.get("number") and not values.get("perspective"):
            self.add_error("perspective", _("Choose who the number belongs to."))
        return values

    def informant_key(self) -> tuple[str, int] | None:
        """Return perspective and number of the one who said it, from valid data; a perspective without a number is
        number 1.
        """
        perspective = self.cleaned_data["perspective"]
        return (perspective, self.cleaned_data["number"] or 1) if perspective else None

"""The form of what stands beside the score."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from reviews import audit, merging
from reviews.forms.fields import PercentField, WholeNumberField
from reviews.forms.stamps import StampedForm
from reviews.models import Context

COUNTED = merging.PARTICIPANTS[0]
"""How many there are and how many of them work or learn; told and changed as one."""


class ContextForm(StampedForm):
    """How many work or learn, the agreed goal, and whether the service is in a sparsely populated area."""

    # Nothing here is required, so that a mark on each field would say nothing.
    optional_unmarked = True

    together: ClassVar[merging.Units] = merging.PARTICIPANTS

    class Meta:
        model = Context
        fields = (*COUNTED, "goal", "dispersed")
        field_classes: ClassVar = {**dict.fromkeys(COUNTED, WholeNumberField), "goal": PercentField}

    def __init__(self, data: QueryDict | None = None, *, instance: Context) -> None:
        """Start from what is held, if anything is."""
        super().__init__(data, instance=instance)
        column = Context._meta.get_field("dispersed")
        self.fields["dispersed"] = forms.TypedChoiceField(
            label=capfirst(column.verbose_name),
            help_text=column.help_text,
            required=False,
            coerce=lambda chosen: chosen == "1",
            empty_value=None,
            choices=[("", _("Not told")), ("1", _("Yes")), ("0", _("No"))],
            widget=forms.RadioSelect,
        )
        # The radio button of an answer, or of none.
        self.initial["dispersed"] = _answer(instance.dispersed)
        self.hold({name: getattr(instance, name) for name in self._meta.fields or ()})

    def _get_validation_exclusions(self) -> set[str]:
        """Leave numbers that contradict each other to the workflow, which names the field, and knows what is held."""
        return super()._get_validation_exclusions() | {"participants"}

    def values(self) -> dict[str, Any]:
        """Return the columns of Context by name, from valid data."""
        return dict(self.cleaned_data)

    def changes(self) -> Mapping[str, audit.Change]:
        """Return who last changed which number."""
        return audit.last_changes(self.instance.review, self.instance)

    def posted(self, name: str, value: Any) -> dict[str, list[str]]:
        """Return a value that is held as a browser would send it."""
        return {name: [_answer(value)]} if name == "dispersed" else super().posted(name, value)

    def said(self, name: str, value: Any) -> str:
        """Return what is held in words; of the numbers that are told as one, each."""
        if name != COUNTED[0]:
            return super().said(name, value)
        held = {each: super(ContextForm, self).said(each, self._held[each]) for each in COUNTED}
        return "\n".join(f"{self.fields[each].label}: {text or '–'}" for each, text in held.items())


def _answer(value: bool | None) -> str:
    return "" if value is None else str(int(value))

"""The form of what stands beside the score."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from reviews import audit, circumstances, merging
from reviews.forms.fields import DecimalNumberField, PercentField, WholeNumberField
from reviews.forms.stamps import StampedForm
from reviews.models import Context, Organisation


class ContextForm(StampedForm):
    """Results in numbers, posts and people, and where they work; each with what the last review had beside it."""

    # Nothing here is required, so that a mark on each field would say nothing.
    optional_unmarked = True

    together: ClassVar[merging.Units] = merging.COUNTED_TOGETHER

    class Meta:
        model = Context
        fields = (*circumstances.RESULTS, *circumstances.PEOPLE, *circumstances.PLACES)
        field_classes: ClassVar = {
            **dict.fromkeys(("participants", "in_work", "in_education", "jobs_started"), WholeNumberField),
            **dict.fromkeys(("left_last_year", "teams", "co_located_teams"), WholeNumberField),
            **dict.fromkeys(("posts", "vacant_posts"), DecimalNumberField),
            "goal": PercentField,
        }

    def __init__(self, data: QueryDict | None = None, *, instance: Context, last: Context | None = None) -> None:
        """Start from what is held, if anything is; `last` is what stood beside the scores of the last review."""
        super().__init__(data, instance=instance)
        self.fields["employers"] = forms.MultipleChoiceField(
            **_words("employers"),
            required=False,
            choices=Organisation.Kind.choices,
            widget=forms.CheckboxSelectMultiple,
        )
        self.fields["dispersed"] = forms.TypedChoiceField(
            **_words("dispersed"),
            required=False,
            coerce=lambda chosen: chosen == "1",
            empty_value=None,
            choices=[("", _("Not told")), ("1", _("Yes")), ("0", _("No"))],
            widget=forms.RadioSelect,
        )
        # The radio button of an answer, or of none.
        self.initial["dispersed"] = _answer(instance.dispersed)
        if last is not None:
            self._show(last)
        self.hold({name: getattr(instance, name) for name in self._meta.fields or ()})

    def _show(self, last: Context) -> None:
        """Say beside each field what the last review had."""
        month = date_format(last.review.first_day, "F Y")
        for name, value in circumstances.told(last).items():
            field = self.fields[name]
            then = gettext("Last time, in %(month)s: %(value)s") % {
                "month": month,
                "value": circumstances.said(name, value),
            }
            field.help_text = format_html('{} <span class="last-time">{}</span>', field.help_text, then)

    def _get_validation_exclusions(self) -> set[str]:
        """Leave numbers that contradict each other to the workflow, which names the field, and knows what is held."""
        return super()._get_validation_exclusions() | {unit[0] for unit in self.together}

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
        unit = self._unit(name)
        if len(unit) == 1:
            return super().said(name, value)
        held = {each: super(ContextForm, self).said(each, self._held[each]) for each in unit}
        return "\n".join(f"{self.fields[each].label}: {text or '–'}" for each, text in held.items())


def _words(name: str) -> dict[str, Any]:
    """Return the label and the help of a column."""
    return {"label": circumstances.label(name), "help_text": circumstances.column(name).help_text}


def _answer(value: bool | None) -> str:
    return "" if value is None else str(int(value))

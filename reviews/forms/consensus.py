"""The forms of what the evaluators write together: the agreed result of an item, and the review's own texts."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from reviews.forms.judgement import JudgementForm
from reviews.models import TEXT_LIMIT, AgreedResult, Review
from scales.models import Section


class ResultForm(JudgementForm):
    """What is agreed on an item, with its Kommentar and Anbefaling."""

    score_label = _("Agreed score")

    class Meta:
        model = AgreedResult
        fields = ("score", "not_scored", "comment", "recommendation", "obstacles")
        widgets = {"comment": forms.Textarea(attrs={"rows": 6}), "recommendation": forms.Textarea(attrs={"rows": 4})}


class NarrativeForm(forms.ModelForm):  # type: ignore[type-arg]  # subscriptable for the type checker alone
    """The review's own texts, a Kommentar for each section, and what the report shows."""

    # Next to nothing here is required, so that a mark on each field would say nothing.
    optional_unmarked = True

    class Meta:
        model = Review
        fields = (
            "purpose",
            "method",
            "summary",
            "strengths",
            "recipients",
            "participants",
            "show_comparison",
            "show_evaluator_scores",
        )
        widgets = {
            "purpose": forms.Textarea(attrs={"rows": 4}),
            "method": forms.Textarea(attrs={"rows": 5}),
            "summary": forms.Textarea(attrs={"rows": 7}),
            "strengths": forms.Textarea(attrs={"rows": 4}),
            "participants": forms.Textarea(attrs={"rows": 2}),
        }

    def __init__(self, *args: Any, sections: list[tuple[Section, str]], blind: bool = False, **kwargs: Any) -> None:
        """Build the fields; `sections` are the review's sections, each with the Kommentar it has.

        While the evaluators are `blind` to each other, what sums up their judgement cannot be written yet.
        """
        super().__init__(*args, **kwargs)
        self.sections = {f"section_{section.pk}": section for section, _text in sections}
        if not self.instance.is_self:
            del self.fields["participants"]
        if blind:
            del self.fields["summary"], self.fields["strengths"]
        for section, text in sections:
            self.fields[f"section_{section.pk}"] = forms.CharField(
                label=section.title,
                required=False,
                max_length=TEXT_LIMIT,
                initial=text,
                widget=forms.Textarea(attrs={"rows": 3}),
            )

    def texts(self) -> dict[str, Any]:
        """Return the columns of Review by name, from valid data."""
        return {name: value for name, value in self.cleaned_data.items() if name not in self.sections}

    def section_comments(self) -> dict[Section, str]:
        """Return the Kommentar of each section, from valid data."""
        return {section: self.cleaned_data[name] for name, section in self.sections.items()}

    @property
    def own_fields(self) -> list[forms.BoundField]:
        """The review's own texts."""
        return [field for field in self if field.name not in self.sections and field not in self.choice_fields]

    @property
    def section_fields(self) -> list[forms.BoundField]:
        """The Kommentar of each section."""
        return [self[name] for name in self.sections]

    @property
    def choice_fields(self) -> list[forms.BoundField]:
        """What the report shows."""
        return [self["show_comparison"], self["show_evaluator_scores"]]

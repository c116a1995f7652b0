"""The forms of what the evaluators write together: the agreed result of an item, and the review's own texts."""

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from reviews.forms.scoring import reason_choices
from reviews.models import TEXT_LIMIT, AgreedResult, Obstacle, Review
from scales.models import Item, Section


class ResultForm(forms.ModelForm):  # type: ignore[type-arg]  # subscriptable for the type checker alone
    """What is agreed on an item, with its Kommentar and Anbefaling."""

    # Next to nothing here is required, so that a mark on each field would say nothing.
    optional_unmarked = True

    class Meta:
        model = AgreedResult
        fields = ("score", "not_scored", "comment", "recommendation", "obstacles")
        widgets = {"comment": forms.Textarea(attrs={"rows": 6}), "recommendation": forms.Textarea(attrs={"rows": 4})}

    def __init__(
        self, *args: Any, item: Item, review: Review, section_comment: str, finishing: bool = True, **kwargs: Any
    ) -> None:
        """Build the fields for the item; a `section_comment` covers the Kommentar of each item in its section."""
        super().__init__(*args, **kwargs)
        self.item = item
        self.section_comment = section_comment
        self.finishing = finishing
        scale = item.section.scale
        self.fields["score"] = forms.TypedChoiceField(
            label=_("Agreed score"),
            required=False,
            coerce=int,
            empty_value=None,
            choices=[(score, item.anchor(score)) for score in range(scale.lowest, scale.highest + 1)],
            widget=forms.RadioSelect,
            error_messages={
                "invalid_choice": _("Choose a score from %(lowest)d to %(highest)d.")
                % {"lowest": scale.lowest, "highest": scale.highest}
            },
        )
        self.fields["not_scored"] = forms.ChoiceField(
            label=_("Not scored because"),
            required=False,
            choices=[("", _("The item is scored")), *self._reasons(review)],
        )
        self.fields["obstacles"] = forms.MultipleChoiceField(
            label=_("What holds the score down?"),
            required=False,
            choices=Obstacle.choices,
            widget=forms.CheckboxSelectMultiple,
        )

    def _reasons(self, review: Review) -> list[tuple[str, str | Promise]]:
        """Return the reasons that may be given, and the one an imported sheet left here."""
        reasons = reason_choices(review)
        held = self.instance.not_scored
        if held and held not in dict(reasons):
            reasons.append((held, self.instance.get_not_scored_display()))
        return reasons

    def clean(self) -> dict[str, Any]:
        """Ask for a score or a reason, and for the Kommentar a low score needs."""
        values = super().clean() or {}
        score, reason = values.get("score"), values.get("not_scored")
        if "score" in self.errors or "not_scored" in self.errors:
            return values
        if score is not None and reason:
            self.add_error("not_scored", _("Choose either a score or a reason for none, not both."))
        if not self.finishing:
            return values
        if score is None and not reason:
            self.add_error("score", _("Choose a score, or say below why the item is not scored."))
        scale = self.item.section.scale
        due = scale.comment_expected and score is not None and score < scale.high_from and not self.section_comment
        if due and "comment" not in self.errors and not (values.get("comment") or "").strip():
            self.add_error("comment", _("Write a comment: it is required for the score %(score)d.") % {"score": score})
        return values

    def result_values(self) -> dict[str, Any]:
        """Return the columns of AgreedResult by name, from valid data."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


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

"""The form of one evaluator's own sheet: one item at a time, or a whole section without scores."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from reviews import audit
from reviews.forms.fields import FigureField
from reviews.forms.judgement import JudgementForm, reason_choices
from reviews.models import Count, Rating, Review
from scales.models import Item

_ANSWERS = [("", _("Not answered")), ("yes", _("Yes")), ("no", _("No"))]
_POSTED = {None: "", True: "yes", False: "no"}


def _answer(statements: Mapping[str, Mapping[str, bool]], field: str) -> bool | None:
    """Return what is held in Rating.statements for a field such as raises_4; None where it is not answered."""
    kind, _separator, score = field.partition("_")
    return statements.get(kind, {}).get(score)


class RatingForm(JudgementForm):
    """An item on the evaluator's sheet: what was found, the score or why there is none, and the evaluator's words."""

    score_label = _("Your score")

    class Meta:
        model = Rating
        fields = ("score", "not_scored", "comment", "recommendation", "obstacles", "departure")
        widgets = {
            "comment": forms.Textarea(attrs={"rows": 5}),
            "recommendation": forms.Textarea(attrs={"rows": 3}),
            "departure": forms.Textarea(attrs={"rows": 2}),
        }

    def __init__(self, *args: Any, item: Item, counts: dict[str, Decimal], **kwargs: Any) -> None:
        """Build the fields for the item; `counts` are the figures held for it, by name."""
        super().__init__(*args, item=item, **kwargs)
        self.measure = item.parsed_measure()
        self._add_findings(counts)
        # As save_rating() takes them.
        figures = {name: counts.get(name.removeprefix("count_")) for name in self.fields if name.startswith("count_")}
        found = {"elements": self.instance.elements, "statements": self.instance.statements}
        self.hold({**{name: getattr(self.instance, name) for name in self.Meta.fields}, **found, **figures})

    def _add_findings(self, counts: dict[str, Decimal]) -> None:
        if self.item.elements:
            self.fields["elements"] = forms.TypedMultipleChoiceField(
                label=_("What did you find?"),
                required=False,
                coerce=int,
                choices=list(enumerate(self.item.elements)),
                widget=forms.CheckboxSelectMultiple,
                initial=self.instance.elements,
            )
        if self.measure is None:
            return
        for figure in self.measure.inputs:
            self.fields[f"count_{figure.key}"] = FigureField(label=figure.label, initial=counts.get(figure.key))
        for kind, statements in (("raises", self.measure.raises), ("needs", self.measure.needs)):
            for statement in statements:
                name = f"{kind}_{statement.score}"
                held = _answer(self.instance.statements, name)
                self.fields[name] = forms.ChoiceField(
                    label=statement.text, required=False, choices=_ANSWERS, initial=_POSTED[held]
                )

    def changes(self) -> Mapping[str, audit.Change]:
        """Return who last changed what on the sheet, and the figures, which are the review's."""
        # The row may have been made since the page was.
        rating = Rating.objects.filter(seat=self.instance.seat, item=self.item).first() or self.instance
        figures = Count.objects.filter(review=self.review, item=self.item, part="").select_related("updated_by")
        return {
            **audit.last_changes(self.review, rating),
            **{
                f"count_{count.name}": audit.Change(
                    "" if count.updated_by is None else count.updated_by.name, count.updated_at
                )
                for count in figures
            },
        }

    def fields_of(self, name: str) -> list[str]:
        """Return the fields of a name; the statements stand in one each."""
        if name == "statements":
            return [field for field in self.fields if field.startswith(("raises_", "needs_"))]
        return super().fields_of(name)

    def posted(self, name: str, value: Any) -> dict[str, list[str]]:
        """Return a value that is held as a browser would send it, by field."""
        if name != "statements":
            return super().posted(name, value)
        return {field: [_POSTED[_answer(value, field)]] for field in self.fields_of("statements")}

    def said(self, name: str, value: Any) -> str:
        """Return a value that is held in words; of the statements, each that is answered."""
        if name != "statements":
            return super().said(name, value)
        answers = {field: _answer(value, field) for field in self.fields_of("statements")}
        return "\n".join(
            f"{self.fields[field].label}: {_('Yes') if answer else _('No')}"
            for field, answer in answers.items()
            if answer is not None
        )

    @property
    def finding_fields(self) -> list[forms.BoundField]:
        """The fields that say what was found, in their order."""
        return [field for field in self if field.name not in self.Meta.fields]

    def rating_values(self) -> dict[str, Any]:
        """Return the columns of Rating by name, from valid data."""
        values = self.columns()
        values["elements"] = sorted(self.cleaned_data.get("elements") or [])
        values["statements"] = self._statements()
        return values

    def _statements(self) -> dict[str, dict[str, bool]]:
        answers: dict[str, dict[str, bool]] = {}
        for kind in ("raises", "needs"):
            given = {
                name.removeprefix(f"{kind}_"): value == "yes"
                for name, value in self.cleaned_data.items()
                if name.startswith(f"{kind}_") and value
            }
            if given:
                answers[kind] = given
        return answers

    def counts(self) -> dict[str, Decimal | None]:
        """Return the counted figures by name, None for those left empty, from valid data."""
        return {
            name.removeprefix("count_"): value for name, value in self.cleaned_data.items() if name.startswith("count_")
        }


class SectionForm(forms.Form):
    """Why none of the items left in a section is scored."""

    reason = forms.ChoiceField(label=_("Why the rest of the section is not scored"))

    def __init__(self, *args: Any, review: Review, **kwargs: Any) -> None:
        """Offer the reasons that hold in this review."""
        super().__init__(*args, **kwargs)
        self.fields["reason"] = forms.ChoiceField(
            label=_("Why the rest of the section is not scored"), choices=reason_choices(review)
        )

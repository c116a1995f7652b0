"""The form of what was wrong with the last review's score of an item."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from reviews.forms.texts import SafeTexts
from reviews.models import Correction, FinalScore
from reviews.models.fields import TEXT_LIMIT

UNKNOWN = "unknown"
"""Chosen where nobody can tell now what the score should have been."""


class CorrectionForm(SafeTexts, forms.Form):
    """What the score should have been, and why. The score that was given is none of the choices."""

    score = forms.TypedChoiceField(
        label=_("What the score should have been"),
        coerce=lambda chosen: None if chosen == UNKNOWN else int(chosen),
        empty_value=None,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what the score should have been, or that it cannot be told.")},
    )
    reason = forms.CharField(
        label=_("Why the score was wrong"),
        max_length=TEXT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Write the reason.")},
    )

    def __init__(self, *args: Any, found: FinalScore, held: Correction | None, **kwargs: Any) -> None:
        """Offer the scores of the edition used then; `found` is the result that was handed over, `held` what is
        recorded about it.
        """
        super().__init__(*args, **kwargs)
        scale, item = found.item.section.scale, found.item
        scores = [score for score in range(scale.lowest, scale.highest + 1) if score != found.score]
        choices: list[tuple[Any, Any]] = [(score, item.anchor(score)) for score in scores]
        self.fields["score"].choices = [*choices, (UNKNOWN, _("It cannot be told"))]  # type: ignore[attr-defined]  # a Field by its declaration
        if held is not None:
            self.initial = {"score": UNKNOWN if held.score is None else held.score, "reason": held.reason}

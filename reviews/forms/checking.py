"""The forms of the fact check: a respondent's remark, and what the evaluators decide on it."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from reviews import audit, merging
from reviews.forms.judgement import JudgementForm
from reviews.forms.stamps import StampedForm
from reviews.forms.texts import SafeTexts
from reviews.models import AgreedResult, FactCheckRemark, Review
from reviews.models.fields import TEXT_LIMIT

Decision = FactCheckRemark.Decision


class RemarkForm(SafeTexts, forms.Form):
    """What is not right in the draft."""

    text = forms.CharField(
        label=_("What is not right, and what is right?"),
        max_length=TEXT_LIMIT,
        help_text=_("Never write anything that could identify a participant."),
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": _("Write what is not right.")},
    )


def _decision(*, changed: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("What becomes of the remark?"),
        choices=[(Decision.KEPT, _("It stays as it is")), (Decision.CHANGED, changed)],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose whether it stays as it is or is changed.")},
    )


def _answer() -> forms.CharField:
    return forms.CharField(
        label=_("Answer to the service"),
        required=False,
        max_length=TEXT_LIMIT,
        help_text=_("Needed where it stays as it is. The one who made the remark reads it."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )


def _hold_answer(form: forms.BaseForm, values: dict[str, Any]) -> None:
    """Ask for an answer where nothing is changed."""
    if values.get("decision") == Decision.KEPT and "answer" not in form.errors and not values["answer"]:
        form.add_error("answer", _("Write to the service why it stays as it is."))


class WholeDecisionForm(StampedForm):
    """What is decided on a remark on the whole draft: the texts themselves are changed on their own page."""

    optional_unmarked = True

    together = merging.DECISION

    class Meta:
        model = FactCheckRemark
        # What is typed stays out of the remark that the page shows.
        fields = ()

    decision = _decision(changed=_("The report's texts are changed"))
    answer = _answer()

    def __init__(self, data: QueryDict | None = None, *, remark: FactCheckRemark) -> None:
        """Start from what was decided before, if anything was."""
        super().__init__(data, instance=remark, initial={"decision": remark.decision, "answer": remark.answer})
        self.hold({"decision": remark.decision, "answer": remark.answer})

    def clean(self) -> dict[str, Any]:
        """Ask for an answer where nothing is changed."""
        values = super().clean() or {}
        _hold_answer(self, values)
        return values

    def changes(self) -> Mapping[str, audit.Change]:
        """Return who last decided."""
        return audit.last_changes(self.instance.review, self.instance)

    def said(self, name: str, value: Any) -> str:
        """Return the decision that is held, with its answer."""
        return "\n".join(filter(None, [super().said(name, value), self._held["answer"]]))


class ItemDecisionForm(JudgementForm):
    """What is decided on a remark on an item, with the agreed result as it is to be."""

    score_label = _("Agreed score")

    together = (*merging.JUDGEMENT, *merging.DECISION)

    decision = _decision(changed=_("The item is changed"))
    answer = _answer()

    class Meta:
        model = AgreedResult
        # Without what holds a score down: that is not what a fact check is about.
        fields = ("score", "not_scored", "comment", "recommendation")
        widgets = {"comment": forms.Textarea(attrs={"rows": 6}), "recommendation": forms.Textarea(attrs={"rows": 4})}

    def __init__(
        self, data: QueryDict | None = None, *, instance: AgreedResult, remark: FactCheckRemark, review: Review
    ) -> None:
        """Start from the agreed result, and from what was decided before, if anything was."""
        self.remark = remark
        covered = review.section_comments.filter(section=instance.item.section).exclude(comment="").exists()
        super().__init__(
            data,
            instance=instance,
            item=instance.item,
            review=review,
            comment_due=not covered,
            initial={"decision": remark.decision, "answer": remark.answer},
        )

    def held(self) -> dict[str, Any]:
        """Return the agreed result, and what was decided before."""
        return {**super().held(), "decision": self.remark.decision, "answer": self.remark.answer}

    def clean(self) -> dict[str, Any]:
        """Ask for what the decision needs; changes typed beside the choice to keep are not thrown away."""
        chosen = self.cleaned_data.get("decision")
        self.finishing = chosen == Decision.CHANGED
        values = super().clean() or {}
        _hold_answer(self, values)
        if chosen == Decision.KEPT and not self.errors and self._is_touched():
            self.add_error(
                "decision", _("You have changed the item below. Choose that it is changed, or leave it as it is.")
            )
        return values

    def changes(self) -> Mapping[str, audit.Change]:
        """Return who last changed what on the item, and who last decided."""
        return {**super().changes(), **audit.last_changes(self.review, self.remark)}

    def said(self, name: str, value: Any) -> str:
        """Return a value that is held in words: a decision with its answer."""
        if name == "decision":
            return "\n".join(filter(None, [super().said(name, value), self._held["answer"]]))
        return super().said(name, value)

    def _is_touched(self) -> bool:
        """Whether the person has changed the item, whatever others have saved in the meantime."""
        found = merging.merge(self._held, self.columns(), self.seen, self.together)
        return bool(found.changes or found.conflicts)

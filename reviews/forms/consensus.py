"""The forms of what the evaluators write together: the agreed result of an item, and the review's own texts."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from reviews import audit
from reviews.forms.judgement import JudgementForm, ScoreSelect
from reviews.forms.stamps import StampedForm
from reviews.models import TEXT_LIMIT, AgreedResult, Rating, Review
from reviews.report.content import ADVICE_AT_MOST, advice_key, is_advice
from reviews.report.wording import gist
from reviews.results import ScaleResult
from reviews.workflow import section_name
from scales.models import Section


class ResultForm(JudgementForm):
    """What is agreed on an item, with its Kommentar and Anbefaling."""

    score_label = _("Agreed score")

    class Meta:
        model = AgreedResult
        fields = ("score", "not_scored", "comment", "recommendation", "actors", "obstacles")
        widgets = {"comment": forms.Textarea(attrs={"rows": 6}), "recommendation": forms.Textarea(attrs={"rows": 4})}

    def mark(self, chosen_by: Mapping[int, list[str]]) -> None:
        """Tell at each anchor who chose it, by score."""
        widget = self.fields["score"].widget
        if isinstance(widget, ScoreSelect):
            widget.chosen_by = chosen_by

    def start_from(self, rating: Rating) -> None:
        """Put an evaluator's own words where nothing is typed, and below what is, and their ticks beside those there
        are; nothing is saved.
        """
        for name, words in (("comment", rating.comment), ("recommendation", rating.recommendation)):
            typed = self.data.get(name, "").strip()
            if words.strip() and words.strip() not in typed:
                self.retype(name, ["\n\n".join(filter(None, [typed, words.strip()]))])
        for name, ticks in (("actors", rating.actors), ("obstacles", rating.obstacles)):
            ticked = self[name].data or []
            self.retype(name, [*ticked, *(each for each in ticks if each not in ticked)])
        # To where one goes on writing, instead of the top of the page.
        self.fields["comment"].widget.attrs["autofocus"] = True


OUTSIDE = ("outside_meetings", "outside_economy", "outside_voices")
"""The texts on what the scale does not ask about."""

GIST = 120
"""How many characters of a recommendation tell it from the others."""


class NarrativeForm(StampedForm):
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
            "front_advice",
            *OUTSIDE,
            "recipients",
            "participants",
            "independence",
            "show_comparison",
            "show_evaluator_scores",
            "show_fact_check",
        )
        widgets = {
            "purpose": forms.Textarea(attrs={"rows": 4}),
            "method": forms.Textarea(attrs={"rows": 5}),
            "summary": forms.Textarea(attrs={"rows": 7}),
            "strengths": forms.Textarea(attrs={"rows": 4}),
            **{name: forms.Textarea(attrs={"rows": 4}) for name in OUTSIDE},
            "participants": forms.Textarea(attrs={"rows": 2}),
            "independence": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(
        self, *args: Any, judged: list[ScaleResult], blind: bool = False, own_gone: bool = False, **kwargs: Any
    ) -> None:
        """Build the fields; `judged` are the review's results as they are agreed on now, with the Kommentar of each
        section.

        While the evaluators are `blind` to each other, what sums up their judgement cannot be written yet. Own scores
        that are deleted (`own_gone`) cannot be shown.
        """
        super().__init__(*args, **kwargs)
        sections = {
            section_name(each.section): each
            for scale in judged
            if scale.scale.comment_expected and not blind
            for each in scale.sections
        }
        self.sections = {name: each.section for name, each in sections.items()}
        if self.instance.is_self:
            # A service that reviews itself is tied to itself, nobody checks the facts, and its one sheet is the result.
            for name in ("independence", "show_fact_check", "show_evaluator_scores"):
                del self.fields[name]
        else:
            del self.fields["participants"]
            if own_gone:
                del self.fields["show_evaluator_scores"]
        if blind:
            for name in ("summary", "strengths", *OUTSIDE):
                del self.fields[name]
        self._offer_front_advice([] if blind else list(_recommendations(judged, self.instance.front_advice)))
        for name, each in sections.items():
            self.fields[name] = forms.CharField(
                label=each.section.title,
                required=False,
                max_length=TEXT_LIMIT,
                initial=each.comment,
                widget=forms.Textarea(attrs={"rows": 3}),
            )
        own = {name: getattr(self.instance, name) for name in self._meta.fields or () if name in self.fields}
        self.hold(own | {name: each.comment for name, each in sections.items()})

    def _offer_front_advice(self, choices: list[tuple[str, str]]) -> None:
        if not choices:
            del self.fields["front_advice"]
            return
        self.fields["front_advice"] = forms.MultipleChoiceField(
            label=_("Recommendations on page one"),
            required=False,
            help_text=_(
                "Choose up to five of the review's recommendations. Page one is filled up to three with those on the"
                " lowest scores."
            ),
            choices=choices,
            widget=forms.CheckboxSelectMultiple,
            error_messages={
                "invalid_choice": _("One of those you chose is no longer a recommendation. Choose among those below.")
            },
        )

    def clean_front_advice(self) -> list[str]:
        """Refuse more than page one has room for."""
        chosen: list[str] = self.cleaned_data["front_advice"]
        if len(chosen) > ADVICE_AT_MOST:
            raise ValidationError(
                gettext("Choose %(number)d at most: you have chosen %(chosen)d.")
                % {"number": ADVICE_AT_MOST, "chosen": len(chosen)}
            )
        return chosen

    def changes(self) -> Mapping[str, audit.Change]:
        """Return who last changed which text, by name."""
        codes = {f"section:{section.code}": name for name, section in self.sections.items()}
        found = audit.last_changes(self.instance, self.instance)
        return {codes.get(name, name): change for name, change in found.items()}

    def texts(self) -> dict[str, Any]:
        """Return the columns of Review by name, from valid data."""
        return {name: value for name, value in self.cleaned_data.items() if name not in self.sections}

    def section_comments(self) -> dict[Section, str]:
        """Return the Kommentar of each section, from valid data."""
        return {section: self.cleaned_data[name] for name, section in self.sections.items()}

    @property
    def own_fields(self) -> list[forms.BoundField]:
        """The review's own texts."""
        apart = [*self.sections, *OUTSIDE]
        return [field for field in self if field.name not in apart and field not in self.choice_fields]

    @property
    def outside_fields(self) -> list[forms.BoundField]:
        """The texts on what the scale does not ask about; none while the evaluators are blind to each other."""
        return [self[name] for name in OUTSIDE if name in self.fields]

    @property
    def section_fields(self) -> list[forms.BoundField]:
        """The Kommentar of each section."""
        return [self[name] for name in self.sections]

    @property
    def choice_fields(self) -> list[forms.BoundField]:
        """What the report shows."""
        shown = ("show_comparison", "show_evaluator_scores", "show_fact_check")
        return [self[name] for name in shown if name in self.fields]


def _recommendations(judged: Iterable[ScaleResult], chosen: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield what can be chosen for page one, in the scales' order: each recommendation with its item, score and gist.

    One that was `chosen` and is a recommendation no longer can still be seen, and left out.
    """
    for scale in judged:
        for result in scale.items:
            key = advice_key(scale.scale.code, result.item.code)
            words = {
                "item": f"{result.item.code} {result.item.short_title}",
                "score": result.score,
                "gist": gist(result.recommendation, GIST),
            }
            if is_advice(result.recommendation, result.obstacles, result.score):
                yield key, gettext("%(item)s, score %(score)s: %(gist)s") % words
            elif key in chosen:
                yield key, gettext("%(item)s was chosen, but has no recommendation for page one any longer.") % words

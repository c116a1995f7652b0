"""What an evaluator's own sheet and the agreed result ask alike: a score or why there is none, and the words to it."""

import copy
from collections.abc import Collection, Mapping
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import construct_instance
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from reviews import audit, merging
from reviews.forms.stamps import StampedForm
from reviews.models import Actor, NotScored, Obstacle, Review
from reviews.workflow import reasons_for
from scales.models import Item, Scale


def reason_choices(review: Review) -> list[tuple[str, str | Promise]]:
    """Return the reasons for not scoring that may be chosen in this review."""
    return [(reason, NotScored(reason).label) for reason in reasons_for(review)]


class ScoreSelect(forms.RadioSelect):
    """The anchors to choose from, each with the names of those who chose it before."""

    chosen_by: Mapping[int, list[str]] = {}

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Return an option with the names of those who chose it."""
        return {**super().create_option(name, value, *args, **kwargs), "chosen_by": self.chosen_by.get(value, [])}


_MADE = ("score", "not_scored", "obstacles", "actors")
"""The fields of a judgement that are not those of the model."""


class JudgementForm(StampedForm):
    """An item's score or the reason for none, with Kommentar and Anbefaling.

    A draft may be as unfinished as it likes; `finishing` asks for a score or a reason, and for a Kommentar where one is
    required.
    """

    # Next to nothing here is required, so that a mark on each field would say nothing.
    optional_unmarked = True

    together: ClassVar[merging.Units] = merging.JUDGEMENT

    score_label: str | Promise

    def __init__(
        self,
        *args: Any,
        item: Item,
        review: Review,
        comment_due: bool = False,
        finishing: bool = False,
        said: Collection[str] = (),
        **kwargs: Any,
    ) -> None:
        """Build the fields for the item; `comment_due` tells whether a low score needs a Kommentar of its own here.
        With `said`, names among the stamps, the form has these alone, and all that changes as one with them: enough for
        a page that saves them by itself.
        """
        self._said = {name for unit in merging.units(said, self.together) for name in unit}
        if self._said:
            # Before they are made: a form reads as many columns.
            self._meta = copy.copy(self._meta)
            self._meta.fields = [name for name in self._meta.fields or () if self.has(name)]
        order = [name for name in self.base_fields if self.has(name)]
        # A form copies every field of its class, also those that are made anew below.
        fields = {name: self.base_fields[name] for name in order if name not in _MADE}
        self.base_fields = fields  # type: ignore[misc]  # the class keeps its own
        super().__init__(*args, **kwargs)
        self.item = item
        self.review = review
        self.comment_due = comment_due
        self.finishing = finishing
        if self.has("score"):
            self._add_score(item.section.scale, review)
        if "obstacles" in order:
            self.fields["obstacles"] = forms.MultipleChoiceField(
                label=_("What holds the score down?"),
                required=False,
                help_text=_(
                    "Own practice is what the team can change itself; with the others, somebody else has to act. Tick"
                    " all that apply."
                ),
                choices=Obstacle.choices,
                widget=forms.CheckboxSelectMultiple,
            )
        if "actors" in order:
            self.fields["actors"] = forms.MultipleChoiceField(
                label=_("Who acts on the recommendation?"),
                required=False,
                help_text=_(
                    "Page one of the report says so. With none ticked, it follows from what holds the score down."
                ),
                choices=Actor.choices,
                widget=forms.CheckboxSelectMultiple,
            )
        self.order_fields(order)
        self.add_fields()
        self.hold({name: value for name, value in self.held().items() if self.has(name)})

    def has(self, name: str) -> bool:
        """Whether the form says anything of what goes by a name."""
        return not self._said or name in self._said

    def _add_score(self, scale: Scale, review: Review) -> None:
        self.fields["score"] = forms.TypedChoiceField(
            label=str(self.score_label),
            required=False,
            coerce=int,
            empty_value=None,
            choices=[(score, self.item.anchor(score)) for score in range(scale.lowest, scale.highest + 1)],
            widget=ScoreSelect,
            error_messages={
                "invalid_choice": _("Choose a score from %(lowest)d to %(highest)d.")
                % {"lowest": scale.lowest, "highest": scale.highest}
            },
        )
        self.fields["not_scored"] = forms.ChoiceField(
            label=_("Not scored because"),
            required=False,
            choices=[("", _("No reason chosen")), *self._reasons(review)],
        )

    def add_fields(self) -> None:
        """Add what a form asks for besides."""

    def held(self) -> dict[str, Any]:
        """Return what is held now, by the names the workflow gives it."""
        return {name: getattr(self.instance, name) for name in self._meta.fields or ()}

    def _reasons(self, review: Review) -> list[tuple[str, str | Promise]]:
        """Return the reasons that may be given, and the one an imported sheet left here."""
        reasons = reason_choices(review)
        held = self.instance.not_scored
        if held and held not in dict(reasons):
            reasons.append((held, self.instance.get_not_scored_display()))
        return reasons

    def clean(self) -> dict[str, Any]:
        """Hold score and reason apart, and ask for what a finished item needs."""
        values = super().clean() or {}
        if "score" in self.errors or "not_scored" in self.errors:
            return values
        score, reason = values.get("score"), values.get("not_scored")
        if score is not None and reason:
            self.add_error("not_scored", _("Choose either a score or a reason for none, not both."))
        if not self.finishing:
            return values
        if score is None and not reason:
            self.add_error("score", _("Choose a score, or say below why the item is not scored."))
        scale = self.item.section.scale
        low = scale.comment_expected and score is not None and score < scale.high_from
        if self.comment_due and low and "comment" not in self.errors and not (values.get("comment") or "").strip():
            self.add_error("comment", _("Write a comment: it is required for the score %(score)d.") % {"score": score})
        return values

    def changes(self) -> Mapping[str, audit.Change]:
        """Return who last changed what on the item, by name."""
        return audit.last_changes(self.review, self.instance)

    def posted(self, name: str, value: Any) -> dict[str, list[str]]:
        """Return a value that is held as a browser would send it, by field."""
        return super().posted(name, value) if name in self.fields else {}

    def said(self, name: str, value: Any) -> str:
        """Return a value that is held in words: a score with its anchor, or why there is none."""
        if name == "score":
            if value is None:
                return super().said("not_scored", self._held["not_scored"])
            return f"{value}: {super().said(name, value)}"
        return super().said(name, value)

    @property
    def obstacles_in_words(self) -> list[str]:
        """What holds the score down, as it is held."""
        return [str(Obstacle(each).label) for each in self.instance.obstacles]

    @property
    def actors_in_words(self) -> list[str]:
        """Who acts on the recommendation, as it is held."""
        return [str(Actor(each).label) for each in self.instance.actors]

    def _post_clean(self) -> None:
        """Put the values into the row and hold its columns against the model, without asking the database whether its
        constraints hold: the fields and clean() hold the same already, and each of them would be a query.
        """
        exclude = self._get_validation_exclusions()
        try:
            self.instance = construct_instance(self, self.instance, self._meta.fields, self._meta.exclude)
            self.instance.full_clean(exclude=exclude, validate_unique=False, validate_constraints=False)
        except ValidationError as error:
            self._update_errors(error)  # type: ignore[attr-defined]  # the stubs leave it out

    def columns(self) -> dict[str, Any]:
        """Return the model's columns by name, from valid data."""
        return {name: self.cleaned_data[name] for name in self._meta.fields or () if name in self.fields}

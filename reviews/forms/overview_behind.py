"""Which figure of the view across services one wants to see the reviews behind. It stands in the address."""

from collections.abc import Mapping

from django import forms
from django.db import models

from reviews.summary.tally import CAUSES


class About(models.TextChoices):
    """What a figure tells of. No reader meets these words: they stand in addresses."""

    RESULT = "result", "result"
    CHANGE = "change", "change"
    OUTCOME = "outcome", "outcome"
    OBSTACLE = "obstacle", "obstacle"


class BehindForm(forms.Form):
    """A figure: what it tells of, and the year, scale, band, section, item and cause it is of.

    `left` asks for results that are left out of the figures (see history.left_out); `way` narrows a change down to
    those that rose, stayed or fell, and `reached` outcomes to those with the goal reached, or with a goal.
    """

    about = forms.ChoiceField(choices=About.choices)
    scale = forms.SlugField(max_length=40, required=False)
    year = forms.IntegerField(min_value=1900, max_value=9998, required=False)
    band = forms.SlugField(max_length=40, required=False)
    left = forms.ChoiceField(choices=[(each, each) for each in ("incomplete", "other_edition")], required=False)
    way = forms.ChoiceField(choices=[(each, each) for each in ("rose", "same", "fell")], required=False)
    reached = forms.ChoiceField(choices=[(each, each) for each in ("yes", "goal")], required=False)
    section = forms.SlugField(max_length=40, required=False)
    item = forms.SlugField(max_length=40, required=False)
    obstacle = forms.ChoiceField(choices=[(each, each) for each in CAUSES], required=False)

    def __init__(self, query: Mapping[str, str]) -> None:
        """Take the parameters of the address."""
        super().__init__({name: query[name] for name in self.base_fields if name in query})

    def clean(self) -> None:
        """Hold that the figure is named whole: of a year, or on a scale, or both."""
        values = self.cleaned_data
        needed = {
            About.RESULT: ("scale", "year"),
            About.CHANGE: ("scale", "year"),
            About.OUTCOME: ("year",),
            About.OBSTACLE: ("scale",),
        }
        for name in needed.get(values.get("about", ""), ()):
            if not values.get(name) and name not in self.errors:
                self.add_error(name, "missing")

"""The forms of one evaluator's own sheet: one item at a time, all on one page, or a whole section without scores."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from reviews import audit, figures, findings, merging
from reviews.forms.fields import FigureField
from reviews.forms.judgement import JudgementForm, reason_choices
from reviews.models import TEXT_LIMIT, Count, Rating, Review
from reviews.workflow import count_name
from scales.models import Item

_ANSWERS = [("yes", _("Yes")), ("no", _("No")), ("", _("Not answered"))]
_POSTED = {None: "", True: "yes", False: "no"}
_READ = {posted: answer for answer, posted in _POSTED.items()}

SPARE_ROWS = 3
"""Rows to write in below those that are filled."""

FEWEST_ROWS = 10
"""The rows there are at least; the ten deltakere that a review asks about fill them."""

_ROW = re.compile(r"count_[a-z_]+_[0-9]{1,2}")

MOST_ROWS = 30
"""The most jobbspesialister, teams or deltakere that are counted apart."""


@dataclass(frozen=True)
class Element:
    """An element to tick, and the remark on it."""

    ticked: forms.BoundField
    remark: forms.BoundField


@dataclass(frozen=True)
class CountRow:
    """What is counted for one jobbspesialist, team or deltaker."""

    number: int
    fields: list[forms.BoundField]


class RatingForm(JudgementForm):
    """An item on the evaluator's sheet: what was found, the score or why there is none, and the evaluator's words."""

    score_label = _("Your score")

    class Meta:
        model = Rating
        fields = ("score", "not_scored", "comment", "recommendation", "actors", "obstacles", "departure")
        widgets = {
            "comment": forms.Textarea(attrs={"rows": 5}),
            "recommendation": forms.Textarea(attrs={"rows": 3}),
            "departure": forms.Textarea(attrs={"rows": 2}),
        }
        help_texts = {"departure": _("For the evaluators' own use. It is never in the report.")}

    def __init__(self, *args: Any, item: Item, counts: figures.Figures, rows: int = 0, **kwargs: Any) -> None:
        """Build the fields for the item; `counts` are the figures held for it, `rows` how many parts the service has
        given figures for.
        """
        self.counted = counts
        self.measure = item.parsed_measure()
        self.given_rows = rows
        super().__init__(*args, item=item, **kwargs)

    @cached_property
    def rows(self) -> int:
        """How many parts can be counted: some more than there are, and all that were sent."""
        if not figures.counted_apart(self.item):
            return 0
        filled = [self.given_rows, *(number for _name, number in self.counted)]
        sent = [int(name.rpartition("_")[2]) for name in self.data if _ROW.fullmatch(name)]
        return min(max(max(filled) + SPARE_ROWS, FEWEST_ROWS, *sent), MOST_ROWS)

    @cached_property
    def _counts(self) -> dict[str, tuple[str, int]]:
        """The figures that can be counted, by field."""
        inputs = () if self.measure is None else self.measure.inputs
        found = {
            count_name(figure.key, number): (figure.key, number) for number in range(self.rows + 1) for figure in inputs
        }
        return {name: key for name, key in found.items() if self.has(name)}

    @property
    def _has_findings(self) -> bool:
        return any(self.has(name) for name in findings.names(self.item))

    def add_fields(self) -> None:
        """Add the elements, what is counted, and the statements that bear on the score."""
        for index, text in enumerate(self.item.elements):
            if self.has(f"element_{index}"):
                self.fields[f"element_{index}"] = forms.BooleanField(
                    label=text, required=False, initial=index in self.instance.elements
                )
            if self.has(f"remark_{index}"):
                self.fields[f"remark_{index}"] = forms.CharField(
                    label=_("Remark on element %(number)d") % {"number": index + 1},
                    required=False,
                    max_length=TEXT_LIMIT,
                    initial=self.instance.element_remarks.get(str(index), ""),
                    widget=forms.Textarea(attrs={"rows": 2}),
                )
        if self.measure is None:
            return
        labels = {figure.key: figure.label for figure in self.measure.inputs}
        for name, key in self._counts.items():
            self.fields[name] = FigureField(
                label=labels[key[0]], initial=self.counted.get(key), maximum=self.measure.highest_count
            )
        for kind in findings.STATEMENTS:
            for statement in getattr(self.measure, kind):
                name = f"{kind}_{statement.score}"
                if not self.has(name):
                    continue
                held = findings.held(self.instance, self.item)[name]
                self.fields[name] = forms.TypedChoiceField(
                    label=statement.text,
                    required=False,
                    coerce=_READ.__getitem__,
                    empty_value=None,
                    choices=_ANSWERS,
                    widget=forms.RadioSelect,
                    initial=_POSTED[held],
                )

    def held(self) -> dict[str, Any]:
        """Return what the sheet holds, what was found, and the figures, by the names save_rating() takes."""
        counted = {name: self.counted.get(key) for name, key in self._counts.items()}
        found = findings.held(self.instance, self.item) if self._has_findings else {}
        return {**super().held(), **found, **counted}

    def changes(self) -> Mapping[str, audit.Change]:
        """Return who last changed what on the sheet, and the figures, which are the review's."""
        # The row may have been made since the page was.
        rating = Rating.objects.filter(seat=self.instance.seat, item=self.item).first() or self.instance
        counts = Count.objects.filter(review=self.review, item=self.item).select_related("updated_by")
        return {
            **audit.last_changes(self.review, rating),
            **{
                count_name(count.name, count.number): audit.Change(
                    "" if count.updated_by is None else count.updated_by.name, count.updated_at
                )
                for count in counts
            },
        }

    def posted(self, name: str, value: Any) -> dict[str, list[str]]:
        """Return a value that is held as a browser would send it, by field."""
        if name.startswith(("raises_", "needs_")):
            return {name: [_POSTED[value]]}
        return super().posted(name, value)

    def said(self, name: str, value: Any) -> str:
        """Return a value that is held in words: an answer to a statement as yes or no."""
        if name.startswith(("raises_", "needs_")):
            return str(dict(_ANSWERS)[_POSTED[value]])
        return super().said(name, value)

    @property
    def elements(self) -> list[Element]:
        """The elements to tick, in their order."""
        return [Element(self[f"element_{index}"], self[f"remark_{index}"]) for index in range(len(self.item.elements))]

    @property
    def count_fields(self) -> list[forms.BoundField]:
        """What is counted for the whole service."""
        return [self[name] for name, (_key, number) in self._counts.items() if not number]

    @property
    def count_rows(self) -> list[CountRow]:
        """What is counted for each jobbspesialist, team or deltaker."""
        found: dict[int, list[forms.BoundField]] = {row: [] for row in range(1, self.rows + 1)}
        for name, (_key, number) in self._counts.items():
            if number:
                found[number].append(self[name])
        return [CountRow(row, fields) for row, fields in found.items()]

    @property
    def filled_rows(self) -> list[CountRow]:
        """The rows that something is counted in."""
        filled = {number for _name, number in self.counted}
        return [row for row in self.count_rows if row.number in filled]

    @property
    def has_wrong_parts(self) -> bool:
        """Whether something is wrong with what was sent for a part, which must then be seen."""
        return any(_ROW.fullmatch(name) for name in self.errors)

    @property
    def has_parts(self) -> bool:
        """Whether anything is counted for a part, so that the figures of the whole service do not count."""
        return any(number for _name, number in self.counted)

    @property
    def statement_fields(self) -> list[forms.BoundField]:
        """The statements that bear on the score."""
        return [self[name] for name in self.fields if name.startswith(("raises_", "needs_"))]

    @property
    def answers(self) -> list[tuple[str, str]]:
        """The statements that bear on the score, each with the answer that is held in words."""
        held = self.held()
        return [(str(field.label), self.said(field.name, held[field.name])) for field in self.statement_fields]

    def rating_values(self) -> dict[str, Any]:
        """Return the columns of Rating and what was found, by name, from valid data."""
        found = [name for name in findings.names(self.item) if name in self.fields]
        return {**self.columns(), **{name: self.cleaned_data[name] for name in found}}

    def counts(self) -> dict[tuple[str, int], Decimal | None]:
        """Return the figures by name and number, None for those left empty, from valid data."""
        return {key: self.cleaned_data[name] for name, key in self._counts.items()}

    def values(self) -> dict[str, Any]:
        """Return all that is saved, by the names of the stamps, from valid data."""
        return {**self.rating_values(), **{count_name(*key): value for key, value in self.counts().items()}}


class LineForm(JudgementForm):
    """What can be written about an item where all items are on one page. It is sent to the item's own address, as a
    part of a RatingForm: `names` are those of its stamps.
    """

    score_label = _("Your score")

    class Meta:
        model = Rating
        fields = ("score", "not_scored", "comment", "recommendation")
        widgets = {
            "comment": forms.Textarea(attrs={"rows": 3}),
            "recommendation": forms.Textarea(attrs={"rows": 2}),
        }

    def __init__(self, *, rating: Rating, item: Item, review: Review) -> None:
        """Build the fields for the item, each with an id of its own on the page."""
        super().__init__(
            instance=rating,
            item=item,
            review=review,
            comment_due=False,
            auto_id=f"id_{item.section.scale.code}_{item.code}_%s",
        )

    @property
    def names(self) -> list[str]:
        """The names of what the line says something about."""
        return list(merging.stamps(self.held(), self.together))


class SectionForm(forms.Form):
    """Why none of the items left in a section is scored."""

    reason = forms.ChoiceField(label=_("Why the rest of the section is not scored"))

    def __init__(self, *args: Any, review: Review, **kwargs: Any) -> None:
        """Offer the reasons that hold in this review."""
        super().__init__(*args, **kwargs)
        self.fields["reason"] = forms.ChoiceField(
            label=_("Why the rest of the section is not scored"), choices=reason_choices(review)
        )

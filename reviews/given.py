"""What the service gave before the visit, as it is shown: beside what the evaluators counted, and how much is given."""

import datetime
import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import Case, Count, IntegerField, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reviews import figures, workflow
from reviews.about_item import AboutItem
from reviews.figures import Column, Figures, Per
from reviews.models import GivenFigure, Review
from scales.models import Item
from scales.scoring import Input, Operation, round_half_up


@dataclass(frozen=True)
class Row:
    """The figures of one jobbspesialist, team or deltaker in words, in the order of the columns."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Beside:
    """What the service gave for an item, beside what the evaluators counted."""

    item: Item
    columns: tuple[Column, ...]
    given: Mapping[tuple[str, int], Decimal]
    counted: Figures
    by: str
    """Who gave it last; empty where nobody did."""
    at: datetime.datetime | None

    @property
    def is_by_participant(self) -> bool:
        """Whether a row is one deltaker, and not one jobbspesialist."""
        return figures.per(self.item) == Per.PARTICIPANT

    @property
    def whole(self) -> list[tuple[str, str]]:
        """What was given for the whole service: labels and figures in words."""
        return [
            (str(column.label), said(column, self.given[column.name, 0]))
            for column in self.columns
            if (column.name, 0) in self.given
        ]

    @property
    def rows(self) -> list[Row]:
        """What was given for each jobbspesialist or deltaker."""
        numbers = sorted({number for _name, number in self.given if number})
        return [
            Row(number, tuple(said(column, self.given.get((column.name, number))) for column in self.columns))
            for number in numbers
        ]

    @property
    def last_number(self) -> int:
        """The number of the last row; 0 where there is none."""
        return max((number for _name, number in self.given), default=0)

    @property
    def in_words(self) -> str:
        """What was given, in a few words: what is added up, the mean, or how many there are figures for."""
        measure = self.item.parsed_measure()
        inputs = () if measure is None else measure.inputs
        if {each.key for each in inputs} != {column.name for column in self.columns}:
            rows = len(self.rows)
            return ngettext("figures for %(number)d participant", "figures for %(number)d participants", rows) % {
                "number": rows
            }
        found = self._totals(self.given)
        if self.adds_up:
            return ", ".join(_with_noun(found[each.key], each) for each in inputs if each.key in found)
        return " ".join([*(_rounded(value) for value in found.values()), "" if measure is None else measure.unit])

    @property
    def together(self) -> tuple[str, ...]:
        """All rows together by column: how many of how many for yes or no, the sum of what can be added up, and the
        mean of the rest.
        """
        return tuple(self._together(column) for column in self.columns)

    @property
    def adds_up(self) -> bool:
        """Whether all rows together are a sum, and not a mean."""
        measure = self.item.parsed_measure()
        return measure is None or measure.operation is not Operation.INPUT or len(self.columns) > 1

    @property
    def to_take_over(self) -> Figures:
        """What the evaluators would count if they took it over; empty where it cannot be."""
        return figures.to_take_over(self.item, self.given)

    @property
    def agrees(self) -> bool:
        """Whether what is counted comes to the same as what was given."""
        found = self.to_take_over
        return bool(found) and self._totals(found) == self._totals(self.counted)

    @property
    def differs(self) -> bool:
        """Whether something else is counted than what was given."""
        return bool(self.to_take_over and self.counted) and not self.agrees

    @property
    def counted_in_words(self) -> list[str]:
        """What the evaluators counted, one line for the whole service and one for each part."""
        measure = self.item.parsed_measure()
        inputs = () if measure is None else measure.inputs
        lines = []
        for number in sorted({number for _name, number in self.counted}):
            parts = [
                f"{each.label}: {_number(self.counted[each.key, number])}"
                for each in inputs
                if (each.key, number) in self.counted
            ]
            lines.append((f"{number}: " if number else "") + ", ".join(parts))
        return lines

    @property
    def may_be_taken_over(self) -> bool:
        """Whether taking it over changes what the figures come to."""
        return bool(self.to_take_over) and not self.agrees

    @property
    def given_stamp(self) -> str:
        """The stamp of what was given, for workflow.take_over()."""
        return workflow.figures_stamp(self.given)

    @property
    def counted_stamp(self) -> str:
        """The stamp of what is counted, for workflow.take_over()."""
        return workflow.figures_stamp(self.counted)

    def _together(self, column: Column) -> str:
        if column.is_yes_no:
            values = [value for (name, number), value in self.given.items() if name == column.name and number]
            if not values:
                return "–"
            return _("%(yes)s of %(all)s") % {"yes": sum(value > 0 for value in values), "all": len(values)}
        found = self._totals(self.given)
        return _rounded(found[column.name]) if column.name in found else "–"

    def _totals(self, held: Figures) -> dict[str, Fraction]:
        """Return each figure for all together by name, exactly: from the rows, or where there are none as it is for the
        whole service.
        """
        rows = figures.parts(held) or [figures.whole(held)]
        found: dict[str, list[Fraction]] = {}
        for row in rows:
            for name, value in row.items():
                found.setdefault(name, []).append(Fraction(value))
        return {name: sum(values, Fraction(0)) / (1 if self.adds_up else len(values)) for name, values in found.items()}


def beside(item: Item, rows: Iterable[GivenFigure], counted: Figures) -> Beside:
    """Put what was given for an item (rows with who gave them) beside what was counted for it."""
    found = list(rows)
    last = max(found, key=lambda row: row.updated_at, default=None)
    return Beside(
        item=item,
        columns=tuple(figures.columns(item)),
        given={(row.name, row.number): row.value for row in found},
        counted=counted,
        by="" if last is None or last.updated_by is None else last.updated_by.name,
        at=None if last is None else last.updated_at,
    )


def about(item: Item, found: AboutItem) -> Beside | None:
    """Put what was given for an item beside what was counted for it; None where nothing is asked for, or given."""
    columns = tuple(figures.columns(item))
    if not columns or found.given_last is None:
        return None
    at, by = found.given_last
    return Beside(item=item, columns=columns, given=found.given, counted=found.counted, by=by, at=at)


def of_item(review: Review, item: Item, counted: Figures) -> Beside | None:
    """Return what the service gave for an item beside what is counted: one query, none where nothing is asked for; None
    where nothing is given.
    """
    if not figures.columns(item):
        return None
    rows = list(review.given_figures.filter(item=item).select_related("updated_by").order_by())
    return beside(item, rows, counted) if rows else None


def of_review(review: Review, tables: Iterable[figures.Table], *, with_counts: bool) -> list[Beside]:
    """Return what the service gave for each item it is asked about, in the scale's order: one query, and one more
    `with_counts`, without which what the evaluators counted stays out.
    """
    given: dict[int, list[GivenFigure]] = {}
    for row in review.given_figures.select_related("updated_by"):
        given.setdefault(row.item_id, []).append(row)
    counted: dict[int, dict[tuple[str, int], Decimal]] = {}
    for count in review.counts.all() if with_counts else ():
        counted.setdefault(count.item_id, {})[count.name, count.number] = count.value
    items = sorted(
        (item for table in tables for item in table.items), key=lambda item: (item.section.position, item.position)
    )
    return [beside(item, given.get(item.pk, ()), counted.get(item.pk, {})) for item in items]


def said(column: Column, value: Decimal | None) -> str:
    """Return a figure in words."""
    if value is None:
        return "–"
    if column.is_yes_no:
        return _("Yes") if value else _("No")
    return _number(value)


def _rounded(value: Fraction) -> str:
    """Return a figure for all together in words: as many decimals as a figure has, or of a mean the one that tells."""
    exact = round_half_up(value, 3)
    return _number(exact if exact == value else round_half_up(value, 1))


def _with_noun(value: Fraction, counted: Input) -> str:
    one, several = counted.nouns
    return f"{_rounded(value)} {one if value == 1 else several or counted.label}"


def _number(value: Decimal) -> str:
    return number_format(value.normalize(), use_l10n=True)


@dataclass(frozen=True)
class Progress:
    """About how many items something is given, of those the service is asked about."""

    given: int
    asked: int

    @property
    def left(self) -> int:
        """About how many items nothing is given."""
        return self.asked - self.given

    def __str__(self) -> str:
        return ngettext(
            "The service has given figures for %(given)d of %(asked)d item.",
            "The service has given figures for %(given)d of %(asked)d items.",
            self.asked,
        ) % {"given": self.given, "asked": self.asked}


def with_progress(reviews: QuerySet[Review], services: Collection[uuid.UUID] | None = None) -> QuerySet[Review]:
    """Have it counted with each review what progress_of() tells; where `services` are given, with theirs alone."""
    items = Item.objects.filter(figures.are_asked(), section__scale__pins__review=OuterRef("pk"))
    rows = GivenFigure.objects.filter(review=OuterRef("pk"), item__section__scale__pins__review=OuterRef("pk"))
    counted = {
        "figures_asked": _counted(items.values("section__scale__code"), "pk"),
        "figures_given": _counted(rows.values("review"), "item"),
    }
    if services is None:
        return reviews.annotate(**counted)
    nothing = Value(0, output_field=IntegerField())
    theirs = {name: Case(When(service__in=services, then=each), default=nothing) for name, each in counted.items()}
    return reviews.annotate(**(theirs if services else dict.fromkeys(counted, nothing)))


def _counted(grouped: QuerySet[Any, Any], what: str) -> Coalesce:
    """Return how many different ones there are in the one group of a subquery."""
    counts = grouped.order_by().annotate(number=Count(what, distinct=True)).values("number")
    return Coalesce(Subquery(counts, output_field=IntegerField()), 0)


def progress_of(review: Review) -> Progress:
    """Return how much the service has given, of a review fetched by with_progress(); nothing is asked of one that is
    reviewed from its plans.
    """
    counted = vars(review)
    return Progress(counted["figures_given"], 0 if review.from_plans else counted["figures_asked"])


def progress(review: Review) -> Progress:
    """Return how much the service has given: one query."""
    return progress_of(with_progress(Review.objects.filter(pk=review.pk)).get())

"""The form in which the service's metodeveileder gives figures before the visit."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from reviews import audit
from reviews.figures import Column, Key, Per, Table, help_for
from reviews.forms.fields import FigureField
from reviews.forms.scoring import MOST_ROWS, SPARE_ROWS
from reviews.forms.stamps import StampedForm
from reviews.models import GivenFigure, Review
from scales.models import Item

FEWEST_ROWS = {Per.SPECIALIST: 4, Per.PARTICIPANT: 10}
"""The rows there are before anything is written."""

MORE_ROWS = 6
"""The rows that are added when more are asked for."""

_ANSWERS = [("", "–"), ("1", _("Yes")), ("0", _("No"))]

_ROW = re.compile(r"figure_[0-9]+_[a-z_]+_([0-9]{1,2})")


@dataclass(frozen=True)
class Row:
    """The fields of the whole service, or of one jobbspesialist or deltaker."""

    number: int
    fields: list[forms.BoundField]


@dataclass(frozen=True)
class Asked:
    """An item that is asked about: what helps to fill it in, its columns, and its fields where there is but one row."""

    item: Item
    help: str
    columns: list[Column]
    fields: list[forms.BoundField]


@dataclass(frozen=True)
class Part:
    """A part of the form: the items it asks about, all their columns, and the rows."""

    per: Per
    items: list[Asked]
    columns: tuple[Column, ...]
    rows: list[Row]
    more: int
    """How many rows there are when more are asked for; 0 where there can be no more."""


class FiguresForm(StampedForm):
    """Figures about the whole service, about each jobbspesialist, and about some deltakere, whom nothing names."""

    optional_unmarked = True

    class Meta:
        model = Review
        # No column of the review itself is changed.
        fields = ()

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        instance: Review,
        tables: Iterable[Table],
        given: Iterable[GivenFigure],
        rows: int = 0,
    ) -> None:
        """Build the tables around what is given; `rows` is how many jobbspesialister are asked to be shown."""
        super().__init__(data, instance=instance)
        self._tables = list(tables)
        self._given = {(row.item_id, row.name, row.number): row.value for row in given}
        self._rows = {table.per: self._numbers(table, rows) for table in self._tables}
        self._keys: dict[str, Key] = {
            column.key(number): (column, number)
            for table in self._tables
            for number in self._rows[table.per]
            for column in table.columns
        }
        for name, (column, number) in self._keys.items():
            self.fields[name] = _field(column, self._value(column, number))
        self.hold({name: self._value(*key) for name, key in self._keys.items()})

    def _value(self, column: Column, number: int) -> Decimal | None:
        return self._given.get((column.item.pk, column.name, number))

    def _numbers(self, table: Table, asked: int) -> range:
        """Return the numbers of a table's rows: some more than are filled, and all that were sent."""
        if table.per == Per.SERVICE:
            return range(1)
        items = {column.item.pk for column in table.columns}
        filled = max((number for item, _name, number in self._given if item in items), default=0)
        prefixes = tuple(f"figure_{pk}_" for pk in items)
        sent = [int(found[1]) for name in self.data if name.startswith(prefixes) and (found := _ROW.fullmatch(name))]
        # So many deltakere are enough; jobbspesialister there can be more of.
        wanted = max(filled + SPARE_ROWS, asked) if table.per == Per.SPECIALIST else filled
        most = max(FEWEST_ROWS[table.per], wanted, *sent)
        return range(1, min(most, MOST_ROWS) + 1)

    @property
    def parts(self) -> list[Part]:
        """The form as it is laid out."""
        return [self._part(table) for table in self._tables]

    def _part(self, table: Table) -> Part:
        numbers = self._rows[table.per]
        may_grow = table.per == Per.SPECIALIST and len(numbers) < MOST_ROWS
        return Part(
            table.per,
            [
                Asked(
                    item, help_for(item), columns, [self[each.key(0)] for each in columns if each.key(0) in self._keys]
                )
                for item, columns in table.items.items()
            ],
            table.columns,
            [Row(number, [self[column.key(number)] for column in table.columns]) for number in numbers],
            min(len(numbers) + MORE_ROWS, MOST_ROWS) if may_grow else 0,
        )

    def figures(self) -> dict[Key, Decimal | None]:
        """Return the figures by column and number, None for those left empty, from valid data."""
        return {key: self.cleaned_data[name] for name, key in self._keys.items()}

    def values(self) -> dict[str, Any]:
        """Return all that is saved, by the names of the stamps, from valid data."""
        return {name: self.cleaned_data[name] for name in self._keys}

    def changes(self) -> Mapping[str, audit.Change]:
        """Return who gave which figure last."""
        rows = GivenFigure.objects.filter(review=self.instance).select_related("updated_by")
        found = {(row.item_id, row.name, row.number): row for row in rows}
        return {
            name: audit.Change("" if row.updated_by is None else row.updated_by.name, row.updated_at)
            for name, (column, number) in self._keys.items()
            if (row := found.get((column.item.pk, column.name, number)))
        }


def _field(column: Column, held: Decimal | None) -> forms.Field:
    """Return the field of one figure."""
    if column.is_yes_no:
        return forms.TypedChoiceField(
            label=str(column.label),
            required=False,
            coerce=Decimal,
            empty_value=None,
            choices=_ANSWERS,
            initial="" if held is None else str(int(held)),
        )
    return FigureField(label=str(column.label), initial=held, maximum=column.maximum)

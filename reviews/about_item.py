"""What is known of one item in a review beside what anybody judged, for the pages of that item: one query for what was
counted, what the service gave, the sources there was no access to, and whether the service works on the item.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import CharField, DateTimeField, DecimalField, F, IntegerField, QuerySet, Value
from django.db.models.functions import Cast

from reviews.figures import Figures
from reviews.models import ActionPoint, ClosedSource, Count, GivenFigure, Review, Service
from reviews.prepared import Given, Prepared
from scales.models import Item

_COUNTED, _GIVEN, _CLOSED, _POINT = "counted", "given", "closed", "point"
_TEXT: "CharField[str, str]" = CharField()


@dataclass(frozen=True)
class AboutItem:
    """What is known of an item: figures by name and number, and sources by their codes.

    `given_last` is when the service last gave any, and who did, empty where nobody is known; None where nothing is
    given. `has_points`: the service has forbedringspunkter on the item, whether or not the reader sees them.
    """

    counted: Figures
    given: Figures
    given_last: tuple[datetime.datetime, str] | None
    closed: frozenset[str]
    has_points: bool


def _rows() -> "QuerySet[Any, tuple[Any, ...]]":
    about = {
        "review": Given("review", Review._meta.get_field("id")),
        "item": Given("item", Item._meta.get_field("id")),
    }
    of_service = {
        "service": Given("service", Service._meta.get_field("id")),
        "item__code": Given("code", _TEXT),
        "item__section__scale__code": Given("scale", _TEXT),
    }
    names = ("kind", "key", "row", "figure", "at", "by")
    nothing: dict[str, Any] = {
        "row": Value(0, output_field=IntegerField()),
        "figure": Value(None, output_field=DecimalField(max_digits=12, decimal_places=3)),
    }
    nobody: dict[str, Any] = {"at": Value(None, output_field=DateTimeField()), "by": Value("", output_field=_TEXT)}

    def kind(name: str) -> Value:
        return Value(name, output_field=_TEXT)

    given = GivenFigure.objects.filter(**about).annotate(
        kind=kind(_GIVEN),
        key=F("name"),
        row=F("number"),
        figure=F("value"),
        at=F("updated_at"),
        by=F("updated_by__name"),
    )
    counted = Count.objects.filter(**about).annotate(
        kind=kind(_COUNTED), key=F("name"), row=F("number"), figure=F("value"), **nobody
    )
    closed = ClosedSource.objects.filter(**about).annotate(kind=kind(_CLOSED), key=F("source"), **nothing, **nobody)
    points = ActionPoint.objects.filter(**of_service).annotate(
        kind=kind(_POINT), key=Cast(Value(""), _TEXT), **nothing, **nobody
    )
    first, *others = (rows.order_by().values_list(*names) for rows in (given, counted, closed, points))
    return first.union(*others)


_asked = Prepared(_rows)


def load(review: Review, item: Item) -> AboutItem:
    """Return what is known of an item in a review: one query."""
    figures: Mapping[str, dict[tuple[str, int], Decimal]] = {_COUNTED: {}, _GIVEN: {}}
    closed, has_points, last = set(), False, None
    scale = item.section.scale.code
    found = _asked.rows(review=review.pk, item=item.pk, service=review.service_id, code=item.code, scale=scale)
    for kind, key, number, value, at, by in found:
        if kind == _CLOSED:
            closed.add(key)
        elif kind == _POINT:
            has_points = True
        else:
            figures[kind][key, number] = value
            if at is not None and (last is None or at > last[0]):
                last = at, by or ""
    return AboutItem(figures[_COUNTED], figures[_GIVEN], last, frozenset(closed), has_points)

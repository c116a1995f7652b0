"""Writes reviews out, as JSON or as the long sheet that import reads. Neither varies with language."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import connections
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Collate

from reviews.exchange.held import CHUNK, Held, chunks, line_of, load
from reviews.exchange.sheet import LONG_COLUMNS, escape
from reviews.models import Review, ReviewScale
from reviews.report import data
from reviews.report.content import scale_content
from reviews.results import ItemResult

FORMATS = ("json", "csv")
STATES = (Review.Status.CONSENSUS, Review.Status.FACT_CHECK, Review.Status.FINAL)
"""The states in which there is something to export: before them evaluators are blind to each other."""

_QUOTED = re.compile(r'[",\r\n]')


def exportable(reviews: QuerySet[Review]) -> QuerySet[Review]:
    """Return those of `reviews` that can be exported, sorted by service, date and kind (by code point), then scales.

    Services of one name in several counties stand by county, so that the rows of a review stay together.
    """
    # A database sorts by its own language unless told.
    collation = "C" if connections[reviews.db].vendor == "postgresql" else "BINARY"
    first_scale = ReviewScale.objects.filter(review=OuterRef("pk")).order_by("scale__position")
    return (
        reviews.filter(status__in=STATES)
        .select_related("service__county")
        .order_by(
            Collate("service__name", collation),
            "first_day",
            Collate("kind", collation),
            Collate("service__county__name", collation),
            Subquery(first_scale.values("scale__position")[:1]),
            "pk",
        )
    )


def export(reviews: Iterable[Review], format: str, *, all_own_scores: bool = False) -> Iterator[str]:
    """Give the text of an export of `reviews` in their order, piece by piece, with a handful of queries for fifty.

    `format` is json or csv (ValueError for another). The evaluators' own scores are in it where the report that counts
    shows them, or all of them by `all_own_scores`. A review that is not in consensus or later is left out.
    """
    if format not in FORMATS:
        raise ValueError(f"{format} is not one of {', '.join(FORMATS)}")
    if isinstance(reviews, QuerySet):
        reviews = reviews.select_related("service__county").iterator(chunk_size=CHUNK)
    found = _held((review for review in reviews if review.status in STATES), all_own_scores)
    if format == "json":
        return data.text(_results(held, all_own_scores) for held in found)
    return _csv(found, all_own_scores)


def _held(reviews: Iterable[Review], all_own_scores: bool) -> Iterator[Held]:
    for chunk in chunks(reviews):
        yield from load(chunk, with_shown=not all_own_scores)


def csv_line(cells: Iterable[str]) -> str:
    r"""Return a row of a CSV, ended by \n. Python's own writer leaves a lone \r unquoted in some versions."""
    return (
        ",".join(f'"{cell.replace(chr(34), chr(34) * 2)}"' if _QUOTED.search(cell) else cell for cell in cells) + "\n"
    )


def _csv(found: Iterable[Held], all_own_scores: bool) -> Iterator[str]:
    yield csv_line(LONG_COLUMNS)
    for held in found:
        review = held.review
        head = (
            escape(review.service.name),
            escape(review.service.county.name),
            review.first_day.isoformat(),
            review.kind,
            review.basis,
        )
        shown = all_own_scores or held.shows_own
        yield "".join(csv_line((*head, *_cells(item, shown))) for scale in held.scales for item in scale.items)


def _cells(item: ItemResult, shown: bool) -> Iterator[str]:
    line = line_of(item)
    # What follows from own scores alone is hidden with them.
    scores = (*line.own, line.score) if shown else (None, None, item.score)
    yield line.item
    for score in scores:
        yield "" if score is None else str(score)
    yield line.not_scored if shown else item.not_scored
    yield escape(line.comment)
    yield escape(line.recommendation)


def _results(held: Held, all_own_scores: bool) -> dict[str, Any]:
    review = held.review
    head = data.Head(
        id=str(review.pk),
        service=review.service.name,
        county=review.service.county.name,
        review_date=review.first_day.isoformat(),
        kind=review.kind,
        basis=review.basis,
        status=review.status,
        version=held.version,
    )
    own = all_own_scores or held.shows_own
    return data.results(head, (scale_content(review, scale, own=own) for scale in held.scales))

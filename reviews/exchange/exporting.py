"""Writes reviews out, as JSON or as the long sheet that import reads. Neither varies with language."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.db import connections
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Collate

from reviews.exchange.held import CHUNK, Editions, Held, chunks, line_of, load
from reviews.exchange.sheet import LONG_COLUMNS, escape
from reviews.models import Review, ReviewScale
from reviews.results import ItemResult, ScaleResult
from scales.scoring import Total

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


def export(reviews: Iterable[Review], format: str, *, own_scores: Callable[[Review], bool]) -> Iterator[str]:
    """Give the text of an export of `reviews` in their order, piece by piece, with a handful of queries for fifty.

    `format` is json or csv (ValueError for another). `own_scores` decides for each review whether the evaluators' own
    scores are in it. A review that is not in consensus or later is left out.
    """
    if format not in FORMATS:
        raise ValueError(f"{format} is not one of {', '.join(FORMATS)}")
    if isinstance(reviews, QuerySet):
        reviews = reviews.select_related("service__county").iterator(chunk_size=CHUNK)
    found = _held(review for review in reviews if review.status in STATES)
    return _json(found, own_scores) if format == "json" else _csv(found, own_scores)


def _held(reviews: Iterable[Review]) -> Iterator[Held]:
    editions = Editions()
    for chunk in chunks(reviews):
        yield from load(chunk, editions)


def csv_line(cells: Iterable[str]) -> str:
    r"""Return a row of a CSV, ended by \n. Python's own writer leaves a lone \r unquoted in some versions."""
    return (
        ",".join(f'"{cell.replace(chr(34), chr(34) * 2)}"' if _QUOTED.search(cell) else cell for cell in cells) + "\n"
    )


def _csv(found: Iterable[Held], own_scores: Callable[[Review], bool]) -> Iterator[str]:
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
        shown = own_scores(review)
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


def _json(found: Iterable[Held], own_scores: Callable[[Review], bool]) -> Iterator[str]:
    yield '{"reviews": ['
    between = "\n"
    for held in found:
        yield between + json.dumps(_review(held, own_scores(held.review)), ensure_ascii=False)
        between = ",\n"
    yield "\n]}\n"


def _review(held: Held, shown: bool) -> dict[str, Any]:
    review = held.review
    return {
        "id": str(review.pk),
        "service": review.service.name,
        "county": review.service.county.name,
        "review_date": review.first_day.isoformat(),
        "kind": review.kind,
        "basis": review.basis,
        "status": review.status,
        "version": held.version,
        "scales": [_scale(scale, shown) for scale in held.scales],
    }


def _scale(result: ScaleResult, shown: bool) -> dict[str, Any]:
    mean = result.total.mean
    return {
        "code": result.scale.code,
        "edition": result.scale.edition,
        **_total(result.total),
        "mean": None if mean is None else float(mean),
        "band": None if result.band is None else {"code": result.band.code, "label": result.band.label},
        "sections": [{"code": section.section.code, **_total(section.total)} for section in result.sections],
        "results": [_result(item, shown) for item in result.items],
    }


def _total(total: Total) -> dict[str, int | None]:
    return {"items": total.items, "scored": total.scored, "total": total.total, "maximum": total.maximum}


def _result(item: ItemResult, shown: bool) -> dict[str, Any]:
    first, second = line_of(item).own if shown else (None, None)
    return {
        "item": item.item.code,
        "evaluator_1": first,
        "evaluator_2": second,
        "consensus": item.score,
        "not_scored": item.not_scored or None,
        "comment": item.comment,
        "recommendation": item.recommendation,
    }

"""A review's results as data: the one shape in which they leave the program, in an export and attached to a report.

Other programs read it, so its keys and their order are kept, and nothing in it varies with language.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any, TypedDict

from reviews.models import Review
from reviews.report.shape import Content, Figures, ItemContent, ScaleContent


class Head(TypedDict):
    """Which review it is, and which of its versions; `version` is None before the first."""

    id: str
    service: str
    county: str
    review_date: str
    kind: str
    basis: str
    status: str
    version: int | None


def results(head: Head, scales: Iterable[ScaleContent]) -> dict[str, Any]:
    """Return one review's results, with the evaluators' own scores where the scales have them."""
    return {**head, "scales": [_scale(scale) for scale in scales]}


def text(found: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Give the JSON of reviews' results, piece by piece."""
    yield '{"reviews": ['
    between = "\n"
    for each in found:
        yield between + json.dumps(each, ensure_ascii=False)
        between = ",\n"
    yield "\n]}\n"


def attached(content: Content) -> bytes:
    """Return what is attached to the report of a version: the JSON of its results as far as the report shows them."""
    head = Head(
        id=content["review"],
        service=content["service"],
        county=content["county"],
        review_date=content["first_day"],
        kind=content["kind"],
        basis=content["basis"],
        status=Review.Status.FINAL.value,
        version=content["number"],
    )
    return "".join(text([results(head, content["scales"])])).encode()


def _scale(scale: ScaleContent) -> dict[str, Any]:
    mean, band = scale["total"]["mean"], scale["band"]
    return {
        "code": scale["code"],
        "edition": scale["edition"],
        **_total(scale["total"]),
        "mean": None if mean is None else float(mean),
        "band": None if band is None else {"code": band["code"], "label": band["label"]},
        "sections": [{"code": section["code"], **_total(section["total"])} for section in scale["sections"]],
        "results": [_item(item) for section in scale["sections"] for item in section["items"]],
    }


def _total(total: Figures) -> dict[str, int | None]:
    return {name: total[name] for name in ("items", "scored", "total", "maximum")}


def _item(item: ItemContent) -> dict[str, Any]:
    first, second, *_others = (*item["own"], None, None)
    return {
        "item": item["code"],
        "evaluator_1": first,
        "evaluator_2": second,
        "consensus": item["score"],
        "not_scored": item["not_scored"] or None,
        "comment": item["comment"],
        "recommendation": item["recommendation"],
    }

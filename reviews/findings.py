"""What an evaluator found for an item, a name for each thing that can be found by itself: an element ("element_0"), a
remark on it ("remark_0"), a statement that bears on the score ("raises_4", "needs_3").

Two who write at once then only meet where they answer the same.
"""

from collections.abc import Mapping
from typing import Any

from reviews.models import Rating
from scales.models import Item

STATEMENTS = ("raises", "needs")
"""The two kinds of statements that a measure has."""


def names(item: Item) -> list[str]:
    """Return the name of each thing that can be found for an item, in its order."""
    measure = item.parsed_measure()
    elements = [f"{kind}_{index}" for index in range(len(item.elements)) for kind in ("element", "remark")]
    return elements + [f"{kind}_{each.score}" for kind in STATEMENTS for each in getattr(measure, kind, ())]


def held(rating: Rating, item: Item) -> dict[str, Any]:
    """Return what a rating holds by those names: whether an element is there, the remark on it, and the answer to a
    statement (None: not answered).
    """
    return {name: _read(rating, *_parts(name)) for name in names(item)}


def put(rating: Rating, values: Mapping[str, Any]) -> list[str]:
    """Put values by those names into a rating, and return the columns that changed. Other names are left alone."""
    columns = set()
    for name, value in values.items():
        kind, key = _parts(name)
        if kind == "element":
            present = set(rating.elements) - {int(key)}
            rating.elements = sorted(present | {int(key)} if value else present)
            columns.add("elements")
        elif kind == "remark":
            rating.element_remarks = _with(rating.element_remarks, key, value or None)
            columns.add("element_remarks")
        elif kind in STATEMENTS:
            answers = _with(rating.statements.get(kind, {}), key, value)
            rating.statements = _with(rating.statements, kind, answers or None)
            columns.add("statements")
    return sorted(columns)


def is_finding(name: str) -> bool:
    """Whether a name is that of something that was found."""
    return _parts(name)[0] in ("element", "remark", *STATEMENTS)


def _parts(name: str) -> tuple[str, str]:
    kind, _separator, key = name.partition("_")
    return kind, key


def _read(rating: Rating, kind: str, key: str) -> Any:
    if kind == "element":
        return int(key) in rating.elements
    if kind == "remark":
        return rating.element_remarks.get(key, "")
    return rating.statements.get(kind, {}).get(key)


def _with(mapping: Mapping[str, Any], key: str, value: Any) -> dict[str, Any]:
    """Return the mapping with a value by a key; without the key for None."""
    rest = {each: held for each, held in mapping.items() if each != key}
    return rest if value is None else {**rest, key: value}

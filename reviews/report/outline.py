"""The outline of a report's content: its results, without items, advice and texts.

A page that tells of many reports needs no more, and the whole of each is thirty times as long: the database picks the
outline out, and sends nothing else.
"""

from collections.abc import Sequence
from typing import Any, cast

from django.db.models import F, Func, JSONField

from reviews.report.shape import Content

_OF_CONTENT = ("number", "kind", "basis", "first_day", "corrections", "previous")
_OF_SCALE = (
    "code",
    "title",
    "edition",
    "scoring",
    "lowest",
    "highest",
    "total",
    "band",
    "no_band",
    "bands",
    "previous",
    "change",
    "no_change",
)


_POSTGRESQL = """(
    SELECT jsonb_build_array({own}, (
        SELECT jsonb_agg(jsonb_build_array({of_scale})) FROM jsonb_array_elements(told -> 'scales') AS scale
    ))
    FROM (SELECT {column} || '{{}}'::jsonb AS told OFFSET 0) AS once
)"""
"""The content is unpacked once, where PostgreSQL would unpack it for each value by itself: joined with nothing it is
the unpacked content, and a query with an OFFSET is answered before the one around it.
"""
_SQLITE = """json_array({own}, json((
    SELECT json_group_array(json_extract(value, {of_scale})) FROM json_each({column}, '$.scales')
)))"""


class Outline(Func):
    """The outline of the content in a column, as outlined() takes it."""

    output_field = JSONField()

    def __init__(self, column: str) -> None:
        """Take the column's name."""
        super().__init__(F(column))

    def as_postgresql(self, compiler: Any, connection: Any, **_extra: Any) -> tuple[str, tuple[Any, ...]]:
        """Return it for PostgreSQL."""
        column, params = compiler.compile(self.source_expressions[0])
        own = ", ".join(f"told -> '{name}'" for name in _OF_CONTENT)
        of_scale = ", ".join(f"scale -> '{name}'" for name in _OF_SCALE)
        return _POSTGRESQL.format(column=column, own=own, of_scale=of_scale), tuple(params)

    def as_sqlite(self, compiler: Any, connection: Any, **_extra: Any) -> tuple[str, tuple[Any, ...]]:
        """Return it for SQLite."""
        column, params = compiler.compile(self.source_expressions[0])
        own = ", ".join(f"json_extract({column}, '$.{name}')" for name in _OF_CONTENT)
        of_scale = ", ".join(f"'$.{name}'" for name in _OF_SCALE)
        return _SQLITE.format(column=column, own=own, of_scale=of_scale), tuple(params) * (len(_OF_CONTENT) + 1)


def outlined(found: Sequence[Any]) -> Content:
    """Return a content of any age that has its results alone; in place of the rest there is nothing."""
    *own, scales = found
    told = dict(zip(_OF_CONTENT, own, strict=True))
    # What reports have come to hold since the content was made (see shape.completed).
    told["corrections"] = told["corrections"] or []
    told["scales"] = [_scale(each, told["previous"]) for each in scales or ()]
    return cast(Content, told)


def _scale(found: Sequence[Any], previous: dict[str, Any] | None) -> dict[str, Any]:
    scale = dict(zip(_OF_SCALE, found, strict=True))
    scale["bands"] = scale["bands"] or []
    if scale["change"] is not None and scale["previous"] is None:
        scale["previous"] = previous
    return {**scale, "history": [], "ahead": None, "sections": []}

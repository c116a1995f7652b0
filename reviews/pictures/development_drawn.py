"""The picture of a development, as SVG.

Written without a template, which would look up each of some two hundred numbers by itself: it was the slowest part of a
service's page.
"""

from collections.abc import Iterable, Iterator

# As in reviews/forms/drawing.py: Django's own asks first whether a word is one to be translated.
from html import escape

from django.utils.safestring import SafeData, SafeString, mark_safe
from django.utils.translation import gettext as _

from reviews.pictures.development import Field, Limit, Mark, Picture, Segment, Year

_SVG = """<svg xmlns="http://www.w3.org/2000/svg"
     viewBox="0 0 {width} {height}"
     width="{width}mm"
     height="{height}mm"
     role="img"
     font-family="Inter, Inter Variable, sans-serif"
     font-size="2.6"
     fill="#1e2b3c">
"""
_NOW = '<circle r="1.5" fill="#0b5cab" />'
_BEFORE = '<circle r="1.2" fill="#ffffff" stroke="#0b5cab" stroke-width="0.5" />'
_LEFT_OUT = '<path d="M-1 -1 L1 1 M-1 1 L1 -1" fill="none" stroke="#1e2b3c" stroke-width="0.4" />'


def whole(picture: Picture, title: str, *, alone: bool = False) -> SafeString:
    """Return the picture with its title; `alone` where no table stands before it. What is said later lies above what is
    said first.
    """
    parts = [_SVG.format(width=picture.width, height=picture.height), f"<title>{_said(title)}</title>"]
    if not alone:
        where = _("The table before it holds the same numbers.")
        parts.append(f"<desc>{_said(where)}</desc>")
    parts += _fields(picture, picture.fields)
    parts += _limits(picture, picture.limits)
    parts += _years(picture, picture.years)
    parts += map(_segment, picture.segments)
    parts += _marks(picture.marks)
    parts += (_at(each, _LEFT_OUT) for each in picture.left_out)
    # Every word in it is escaped where it is put in; the rest are numbers.
    return mark_safe("\n".join([*parts, "</svg>"]))  # noqa: S308


def _said(words: str) -> str:
    return str(words) if isinstance(words, SafeData) else escape(words)


def _across(picture: Picture, y: float, stroke: str) -> str:
    return f'<line x1="{picture.left}" x2="{picture.right}" y1="{y}" y2="{y}" {stroke} />'


def _fields(picture: Picture, fields: Iterable[Field]) -> Iterator[str]:
    """The fields of the levels, with their names after them."""
    for field in fields:
        if field.tinted:
            place = f'x="{picture.left}" y="{field.top}" width="{picture.plot_width}" height="{field.height}"'
            yield f'<rect {place} fill="#f0f3f6" />'
        for y, words in field.lines:
            yield f'<text x="{picture.names_x}" y="{y}">{_said(words)}</text>'


def _limits(picture: Picture, limits: Iterable[Limit]) -> Iterator[str]:
    """The lines across, with their numbers before them."""
    for limit in limits:
        yield _across(picture, limit.y, 'stroke="#8a96a3" stroke-width="0.2"')
        place = f'x="{picture.limits_x}" y="{limit.label_y}"'
        yield f'<text {place} text-anchor="end" fill="#45505c">{_said(limit.text)}</text>'


def _years(picture: Picture, years: Iterable[Year]) -> Iterator[str]:
    """The line at the foot, with the years below it."""
    stroke = 'stroke="#4f5963" stroke-width="0.25"'
    yield _across(picture, picture.base, stroke)
    for year in years:
        yield f'<line x1="{year.x}" x2="{year.x}" y1="{picture.base}" y2="{picture.ticks_y}" {stroke} />'
        if year.label is not None:
            place = f'x="{year.label}" y="{picture.years_y}"'
            yield f'<text {place} text-anchor="middle" fill="#45505c">{year.number}</text>'


def _segment(segment: Segment) -> str:
    ends = f'x1="{segment.x1}" x2="{segment.x2}" y1="{segment.y1}" y2="{segment.y2}"'
    dashes = ' stroke-dasharray="1 0.8"' if segment.broken else ""
    return f'<line {ends} stroke="#0b5cab" stroke-width="0.5"{dashes} />'


def _marks(marks: Iterable[Mark]) -> Iterator[str]:
    """The reviews' marks, with their results where there is room."""
    for mark in marks:
        yield _at(mark, _NOW if mark.review.now else _BEFORE)
        if mark.label:
            x, y = mark.label
            weight = ' font-weight="600"' if mark.review.now else ""
            yield f'<text x="{x}" y="{y}" text-anchor="middle"{weight}>{_said(mark.review.text)}</text>'


def _at(mark: Mark, drawn: str) -> str:
    return f'<g transform="translate({mark.x} {mark.y})">\n{drawn}\n</g>'

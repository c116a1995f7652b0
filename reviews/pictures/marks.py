"""The marks of one row of the picture of all items, as SVG.

The rest of a picture is a template. A page has dozens of these rows, and a template that looks up each of their numbers
by itself takes a quarter of the time of the whole report.
"""

from django.utils.html import format_html
from django.utils.safestring import SafeString

from reviews.pictures.positions import Picture, Row

_NO_FIELD = '<rect x="{x}" y="{top}" width="{width}" height="{height}" fill="#ffffff" />\n'
_FOOT = '<line x1="0" x2="{right}" y1="{y}" y2="{y}" stroke="#e1e6eb" stroke-width="0.15" />\n'
_CODE = '<g transform="translate({x} {y})">\n<text y="0.95" text-anchor="end" fill="#45505c">{code}</text>\n</g>\n'
_ROSE = '<line x1="{ghost}" x2="{x}" y1="{y}" y2="{y}" stroke="#1e2b3c" stroke-width="0.45" />\n'
_FELL = (
    '<line x1="{ghost}" x2="{x}" y1="{y}" y2="{y}" stroke="#1e2b3c" stroke-width="0.45" stroke-dasharray="1 0.8" />\n'
)
_RING = (
    '<g transform="translate({x} {y})">\n'
    '<circle r="{radius}" fill="#ffffff" stroke="#4f5963" stroke-width="0.35" />\n'
    "</g>\n"
)
_STAR = '<g transform="translate({x} {y})">\n<text y="1.5" text-anchor="middle" font-size="3.4">*</text>\n</g>\n'
_LOW = '<g transform="translate({x} {y})">\n<rect x="-1.3" y="-1.3" width="2.6" height="2.6" fill="#a43c00" />\n</g>\n'
_SCORE = '<g transform="translate({x} {y})">\n<circle r="1.5" fill="#0b5cab" />\n</g>\n'


def of_row(picture: Picture, row: Row) -> SafeString:
    """Return a row's marks: its foot, the item's code, and as far as there are any the way from the score before, the
    ring of that one with its asterisk, and the score. What is said later lies above what is said first.
    """
    drawn = [
        format_html(_FOOT, right=picture.width, y=row.foot),
        format_html(_CODE, x=picture.code_x, y=row.y, code=row.item.code),
    ]
    if row.x is None:
        field = format_html(_NO_FIELD, x=picture.plain_x, top=row.top, width=picture.plain_width, height=row.height)
        drawn.insert(0, field)
    if row.moved:
        drawn.append(format_html(_FELL if row.moved < 0 else _ROSE, ghost=row.ghost, x=row.x, y=row.y))
    if row.ghost is not None:
        drawn.append(format_html(_RING, x=row.ghost, y=row.y, radius="2.2" if row.ghost == row.x else "1.2"))
    if row.star is not None:
        drawn.append(format_html(_STAR, x=row.star, y=row.y))
    if row.x is not None:
        drawn.append(format_html(_LOW if row.item.low else _SCORE, x=row.x, y=row.y))
    return SafeString("".join(drawn))

"""The rows of tables of several services' scores, and the small pictures in them.

The longest of them is drawn without a template: it is what takes longest on its page.
"""

import functools
from collections.abc import Mapping
from itertools import groupby

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from reviews.forms.drawing import plain, words
from reviews.overview import beside, scores
from reviews.pictures import middle
from reviews.templatetags.overview import no_figure

register = template.Library()

_TINTS = ("#ffffff", "#d6e3f0", "#a3c0de", "#2f6fae", "#0b3a6b")
"""From light to dark, so that they are told apart in grey; the last one for all that are beyond."""
_FIRST_DARK = 3
"""From this tint on a number in it is white."""


@register.filter
def beside_others(row: beside.Row) -> middle.Beside:
    """Where a service's score lies beside the others'."""
    scale = row.item.section.scale
    quartiles = None if row.quartiles is None else [float(value) for value in row.quartiles]
    return middle.beside(row.score, quartiles, lowest=scale.lowest, highest=scale.highest)


def _part(part: middle.Part) -> str:
    tint = _TINTS[min(part.place, len(_TINTS) - 1)]
    drawn = (
        f'<rect x="{part.x}" y="0.5" width="{part.width}" height="19" stroke="#4f5963" stroke-width="0.5" '
        f'fill="{tint}" />'
    )
    if not part.text:
        return drawn
    ink = "#ffffff" if part.place >= _FIRST_DARK else "#1e2b3c"
    return f'{drawn}<text x="{part.middle}" y="14.5" text-anchor="middle" fill="{ink}">{plain(part.text)}</text>'


def _bar(counts: Mapping[int, int]) -> str:
    """Draw how many services have each score, beside the numbers themselves."""
    picture = middle.bar(counts)
    width, height = picture.width, picture.height
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'aria-hidden="true" focusable="false" font-size="12">{"".join(map(_part, picture.parts))}</svg>'
    )


@functools.lru_cache(maxsize=1024)
def _address(scale: str, code: str) -> str:
    """Return the address of an item's page."""
    return reverse("reviews:overview_item", args=[scale, code])


@register.simple_tag
def spread_rows(of: scores.ScaleRows, query: str) -> SafeString:
    """The bodies of a table of how the scores of a scale's items are spread: section by section, an item a row, each
    with links to its page. `query`: what is asked for, as an address takes it.
    """
    known = of.scale.scores
    sections = [(section, list(rows)) for section, rows in groupby(of.rows, key=lambda row: row.item.section)]

    def drawn(row: scores.Row) -> str:
        item, counts, n, quartiles = row.item, row.counts, row.n, row.quartiles
        address = plain(f"{_address(of.scale.code, item.code)}?{query}")
        none = f"<td>{no_figure(row.is_withheld)}</td>"

        def link(number: int, more: str) -> str:
            return f'<td><a class="ds-link" href="{address}{more}">{words(number)}</a></td>' if number else "<td>0</td>"

        if quartiles:
            middles = f"<td><strong>{words(row.mean)}</strong></td>"
            middles += "".join(f"<td>{words(value)}</td>" for value in quartiles)
        else:
            middles = none * 4
        if counts:
            held = "".join(link(number, f"&amp;score={score}") for score, number in counts.items())
        else:
            held = none * len(known)
        return (
            f'<tr><th scope="row"><a class="ds-link" href="{address}">{words(item.code)} {words(item.short_title)}</a>'
            f"</th><td>{_bar(counts) if counts else ''}</td>{link(n, '#behind')}{middles}{held}</tr>"
        )

    bodies = []
    for section, rows in sections:
        head = ""
        if len(sections) > 1:
            columns = len(known) + 7
            head = f'<tr class="group"><th colspan="{columns}" scope="rowgroup">{words(str(section))}</th></tr>'
        bodies.append(f"<tbody>{head}{''.join(map(drawn, rows))}</tbody>")
    # Every value in it is escaped where it is put in.
    return mark_safe("\n".join(bodies))  # noqa: S308

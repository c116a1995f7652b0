"""The small pictures in the rows of tables of several services' scores."""

from django import template

from reviews.overview.beside import Row
from reviews.pictures import middle

register = template.Library()

register.filter("score_bar", middle.bar)


@register.filter
def beside_others(row: Row) -> middle.Beside:
    """Where a service's score lies beside the others'."""
    scale = row.item.section.scale
    quartiles = None if row.quartiles is None else [float(value) for value in row.quartiles]
    return middle.beside(row.score, quartiles, lowest=scale.lowest, highest=scale.highest)

"""What is drawn of the view across services: its figures as the plain values that pictures take."""

from collections.abc import Sequence
from functools import partial

from django.utils.formats import number_format

from reviews.overview.development import OfScale
from reviews.overview.years import Year
from reviews.pictures import years


def years_of_scale(found: OfScale, of: Sequence[Year]) -> years.Picture | None:
    """The middle half of the services' results year by year; None where fewer than two years have any to show."""
    scale = found.scale
    items = 1 if found.by_mean else found.items
    return years.draw(
        [_box(each, by_mean=found.by_mean) for each in of],
        lowest=scale.lowest * items,
        highest=scale.highest * items,
        step=0.5 if found.by_mean else 5,
        levels=[years.Level(band.lowest, band.label) for band in scale.band_ranges()],
        say=partial(said, by_mean=False),
    )


def _box(year: Year, *, by_mean: bool) -> years.Box:
    middle = year.middle
    if middle is None:
        return years.Box(year.year)
    values = (float(middle.lower), float(middle.median), float(middle.upper))
    return years.Box(year.year, values, said(values[1], by_mean=by_mean))


def said(value: float, *, by_mean: bool) -> str:
    """A result, or what is worked out from several, as the language writes it: a mean with two decimals, a sum without
    decimals that say nothing.
    """
    text = f"{value:.2f}"
    if not by_mean:
        text = text.rstrip("0").rstrip(".")
    return number_format(text, decimal_pos=len(text.partition(".")[2]))

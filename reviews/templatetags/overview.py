"""What the pages across services need: figures in words, and the menu's question who advises."""

import functools
from decimal import Decimal
from urllib.parse import urlencode

from django import template
from django.template.context import RequestContext
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from reviews import access, circumstances
from reviews.forms.drawing import plain, words
from reviews.overview import drawn, obstacles
from reviews.report import content, wording
from scales import scoring
from scales.models import Scale

register = template.Library()

register.filter("obstacle_label", obstacles.label)
register.filter("percent", circumstances.percent)
register.filter("signed", wording.signed)


@register.simple_tag(takes_context=True)
def is_adviser(context: RequestContext) -> bool:
    """Whether who reads the page is a regional IPS adviser."""
    request = context.request
    return request.user.is_authenticated and access.standing(request.user).is_adviser


@functools.lru_cache(maxsize=1)
def _behind() -> str:
    """Return the address of the reviews behind a figure."""
    return reverse("reviews:overview_behind")


@register.simple_tag(takes_context=True)
def figure(context: RequestContext, number: int, about: str, **what: object) -> SafeString:
    """A number of a page across services, which leads to the reviews behind it: `about` and `what` say which figure it
    is (see BehindForm). The page's `form` says what else is asked for.

    Drawn without a template, as no_figure is: a page has hundreds of them.
    """
    if not number:
        return SafeString("0")
    named = {name: str(value) for name, value in what.items() if value not in ("", None)}
    address = f"{_behind()}?{context['form'].query}&{urlencode({'about': about, **named})}"
    # Every value in it is escaped where it is put in.
    return mark_safe(f'<a class="ds-link figure-link" href="{plain(address)}">{words(number)}</a>')  # noqa: S308


@register.simple_tag
def no_figure(withheld: bool) -> SafeString:
    """What stands where there is no figure. `withheld`: there is one, of so few services that the person does not see
    that they could be told from it.
    """
    mark, said = ("*", gettext("not shown: too few services")) if withheld else ("–", gettext("none"))
    # Every value in it is escaped where it is put in.
    return mark_safe(f'<span aria-hidden="true">{mark}</span> <span class="ds-sr-only">{plain(said)}</span>')  # noqa: S308


@register.filter
def overview_value(value: Decimal, scale: Scale) -> str:
    """A median or quartile of results: of means with two decimals, of sums with those it has."""
    return drawn.said(float(value), by_mean=scale.scoring == Scale.Scoring.MEAN)


@register.filter
def overview_result(total: scoring.Total, scale: Scale) -> str:
    """A result, as its scale's result is given in the report: "103 av 125 poeng" or "gjennomsnitt 4,17"."""
    given = content.figures(total)
    return wording.mean_of(given) if scale.scoring == Scale.Scoring.MEAN else wording.points(given)


@register.filter
def overview_band(total: scoring.Total, scale: Scale) -> str:
    """The name of the band that a total is in; empty without one."""
    band = scoring.band_for(total, scale.band_ranges())
    return band.label if band else ""

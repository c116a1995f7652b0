"""What the pages across services need: figures in words, and the menu's question who advises."""

from decimal import Decimal
from urllib.parse import urlencode

from django import template
from django.template.context import RequestContext
from django.urls import reverse
from django.utils.translation import gettext

from reviews import access
from reviews.overview import drawn, obstacles
from reviews.report import wording
from scales import scoring
from scales.models import Scale

register = template.Library()

register.filter("obstacle_label", obstacles.label)


@register.simple_tag(takes_context=True)
def is_adviser(context: RequestContext) -> bool:
    """Whether who reads the page is a regional IPS adviser."""
    request = context.request
    return request.user.is_authenticated and access.standing(request.user).is_adviser


@register.inclusion_tag("reviews/partials/overview_number.html", takes_context=True)
def figure(context: RequestContext, number: int, about: str, **what: object) -> dict[str, object]:
    """A number of a page across services, which leads to the reviews behind it: `about` and `what` say which figure it
    is (see BehindForm). The page's `form` says what else is asked for.
    """
    named = {name: str(value) for name, value in what.items() if value not in ("", None)}
    address = f"{reverse('reviews:overview_behind')}?{context['form'].query}&{urlencode({'about': about, **named})}"
    return {"number": number, "address": address}


@register.filter
def overview_value(value: Decimal, scale: Scale) -> str:
    """A median or quartile of results: of means with two decimals, of sums with those it has."""
    return drawn.said(float(value), by_mean=scale.scoring == Scale.Scoring.MEAN)


@register.filter
def overview_step(value: Decimal) -> str:
    """A change with its sign: "+2,9" or "−1,3"; 0 has none."""
    sign = "+" if value > 0 else "−" if value < 0 else ""
    return sign + wording.number(str(abs(value)))


@register.filter
def overview_result(total: scoring.Total, scale: Scale) -> str:
    """A result, as its scale's result is given: "103 av 125 poeng" or "gjennomsnitt 4,17"; a dash without a score."""
    if total.total is None:
        return "–"
    if scale.scoring == Scale.Scoring.MEAN:
        return gettext("mean %(mean)s") % {"mean": wording.number(str(total.mean))}
    return gettext("%(total)s of %(maximum)s points") % {"total": total.total, "maximum": total.maximum}


@register.filter
def overview_band(total: scoring.Total, scale: Scale) -> str:
    """The name of the band that a total is in; empty without one."""
    band = scoring.band_for(total, scale.band_ranges())
    return band.label if band else ""

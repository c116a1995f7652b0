"""The list of a service's reviews, which has a row for each.

Drawn without a template: it is what takes longest on the page.
"""

import functools
import uuid
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django import template
from django.template.loader import get_template
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from reviews.forms.drawing import plain
from reviews.models import Review
from reviews.report import wording
from reviews.report.shape import ScaleContent

if TYPE_CHECKING:
    from reviews.views.service import ReviewRow

register = template.Library()

_ANY = uuid.UUID(int=0)


@functools.lru_cache(maxsize=1)
def _pattern() -> str:
    """Return the address of a review's page, with a key to be put in place of `_ANY`."""
    return reverse("reviews:review", args=[_ANY])


def _result(scale: ScaleContent) -> str:
    """A scale's result in one line, as reviews/partials/scale_result.html has it."""
    band = f", {plain(wording.band(scale))}" if scale["band"] else ""
    return f"<div>{plain(scale['title'])}: {plain(wording.result(scale))}{band}</div>"


@register.simple_tag
def review_rows(rows: "Iterable[ReviewRow]") -> SafeString:
    """A row of the table for each review: its days, which lead to its page, what it is, and how it went."""
    kinds = {value: plain(label) for value, label in Review.Kind.choices}
    statuses = {value: plain(label) for value, label in Review.Status.choices}
    kind_label, status_label, result_label = plain(_("Kind")), plain(_("Status")), plain(_("Result"))
    from_plans = plain(_("reviewed from plans"))

    def drawn(row: "ReviewRow") -> str:
        review, held = row.review, row.held
        address = plain(_pattern().replace(str(_ANY), str(review.pk)))
        days = plain(wording.date_range(review.first_day.isoformat(), review.last_day.isoformat()))
        plans = f" ({from_plans})" if review.from_plans else ""
        cancelled = review.status == Review.Status.CANCELLED
        why = f'<p class="small prose">{plain(review.cancel_reason)}</p>' if cancelled else ""
        result, labelled = "", ""
        if held is not None:
            labelled = f' data-label="{result_label}"'
            result = "".join(map(_result, held.content["scales"]))
            if held.corrections:
                result += get_template("reviews/partials/corrections.html").render({"corrections": held.corrections})
        return (
            f'<tr><th scope="row"><a class="ds-link" href="{address}">{days}</a></th>'
            f'<td data-label="{kind_label}">{kinds[review.kind]}{plans}</td>'
            f'<td data-label="{status_label}">{statuses[review.status]}{why}</td>'
            f"<td{labelled}>{result}</td></tr>"
        )

    # Every value in it is escaped where it is put in.
    return mark_safe("\n".join(map(drawn, rows)))  # noqa: S308

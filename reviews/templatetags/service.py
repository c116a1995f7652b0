"""What a service's pages show: its tabs, where it stands, how far its plan has come, and the rows of its reviews.

Drawn without templates, which look up each word by itself: that is what takes longest on the page.
"""

import datetime
import functools
import uuid
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from django import template
from django.template.loader import get_template
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from reviews.action_plan.points import Matter, Numbers
from reviews.forms.drawing import plain
from reviews.handed_over import HandedOver
from reviews.models import Review, Service
from reviews.report import wording
from reviews.report.shape import ScaleContent
from reviews.templatetags.reviews import deadline, what

if TYPE_CHECKING:
    from reviews.views.service import ReviewRow

register = template.Library()

_ANY = uuid.UUID(int=0)


@functools.lru_cache(maxsize=16)
def _pattern(name: str) -> str:
    """Return the address of a page by its name, with a key to be put in place of `_ANY`."""
    return reverse(f"reviews:{name}", args=[_ANY])


def _address(name: str, key: uuid.UUID) -> str:
    """Return the address of a review's or a service's page."""
    return plain(_pattern(name).replace(str(_ANY), str(key)))


def _marked(parts: Iterable[str]) -> SafeString:
    # Every value in them is escaped where it is put in.
    return mark_safe("\n".join(parts))  # noqa: S308


def _result(scale: ScaleContent) -> str:
    """A scale's result in one line, as reviews/partials/scale_result.html has it."""
    band = f", {plain(wording.band(scale))}" if scale["band"] else ""
    return f"{plain(scale['title'])}: {plain(wording.result(scale))}{band}"


@register.simple_tag
def service_tabs(service: Service, here: str) -> SafeString:
    """The pages of a service; `here` is the name of the one a person is on. `service` is of access.open_service()."""
    tabs = [
        ("service", "service", _("Overview")),
        ("development", "service_development", _("Development")),
        ("compare", "service_compare", _("Compare two reviews")),
        ("others", "service_others", _("Beside the others")),
    ]
    if vars(service)["sees_plan"]:
        tabs.append(("action_plan", "action_plan", _("Action plan")))
    label = plain(_("Pages of the service"))
    links = (
        f'<a class="ds-link" href="{_address(name, service.pk)}"{current}>{plain(words)}</a>'
        for tab, name, words in tabs
        for current in [' aria-current="page"' if tab == here else ""]
    )
    return _marked([f'<nav class="tabs" aria-label="{label}">', *links, "</nav>"])


@register.simple_tag
def standing_card(held: HandedOver, title: str, read: str) -> SafeString:
    """The results of the newest review of one kind, with the way to its report, in the words of `read`."""

    def drawn(scale: ScaleContent) -> str:
        change = wording.change(held.content, scale)
        since = f'<br><span class="small">{plain(change)}</span>' if change else ""
        return f"<p><strong>{_result(scale)}</strong>{since}</p>"

    address = plain(reverse("reviews:version", args=[held.review.pk, held.version.number]))
    return _marked(
        [
            f'<div class="ds-card"><h3 class="ds-heading" data-size="xs">{plain(title)}</h3>',
            f'<p class="small">{plain(what(held.review))}</p>',
            *map(drawn, held.content["scales"]),
            f'<p><a class="ds-link" href="{address}">{plain(read)}</a></p></div>',
        ]
    )


@register.simple_tag
def plan_numbers(service: Service, numbers: Numbers) -> SafeString:
    """How many points of a plan there are in each state, each number with the way to them."""
    address = _address("action_plan", service.pk)
    states = [
        ("under_way", _("Under way"), numbers.under_way),
        ("open", _("Not started"), numbers.open),
        ("overdue", _("Past the deadline"), numbers.overdue),
        ("done", _("Done"), numbers.done),
        ("dropped", _("Not to be done"), numbers.dropped),
    ]
    drawn = (
        f'<div><dt>{plain(words)}</dt><dd><a href="{address}?status={state}">{number}</a></dd></div>'
        for state, words, number in states
    )
    return _marked(['<dl class="figures">', *drawn, "</dl>"])


@register.simple_tag
def plan_nearest(service: Service, nearest: Sequence[Matter], numbers: Numbers, today: datetime.date) -> SafeString:
    """The open points of a plan with the nearest deadlines; where none has any, that is said."""
    if not nearest:
        none = _("No open improvement point has a deadline yet.")
        return _marked([f"<p>{plain(none)}</p>" if numbers.to_do else ""])

    def drawn(matter: Matter) -> str:
        action = matter.action
        address = plain(reverse("reviews:action", args=[service.pk, action.pk]))
        owner = f" ({plain(action.owner)})" if action.owner else ""
        day = "" if matter.due is None else deadline(matter.due, today)
        about = f"{plain(action.item.code)} {plain(action.item.short_title)}"
        return f'<li>{day} <a class="ds-link" href="{address}">{about}</a>{owner}</li>'

    title = _("The nearest deadlines")
    return _marked([f"<h3>{plain(title)}</h3>", "<ul>", *map(drawn, nearest), "</ul>"])


@register.simple_tag
def review_rows(rows: "Iterable[ReviewRow]") -> SafeString:
    """A row of the table for each review: its days, which lead to its page, what it is, and how it went."""
    kinds = {value: plain(label) for value, label in Review.Kind.choices}
    statuses = {value: plain(label) for value, label in Review.Status.choices}
    kind_label, status_label, result_label = plain(_("Kind")), plain(_("Status")), plain(_("Result"))
    from_plans = plain(_("reviewed from plans"))

    def drawn(row: "ReviewRow") -> str:
        review, held = row.review, row.held
        address = _address("review", review.pk)
        days = plain(wording.date_range(review.first_day.isoformat(), review.last_day.isoformat()))
        plans = f" ({from_plans})" if review.from_plans else ""
        cancelled = review.status == Review.Status.CANCELLED
        why = f'<p class="small prose">{plain(review.cancel_reason)}</p>' if cancelled else ""
        result, labelled = "", ""
        if held is not None:
            labelled = f' data-label="{result_label}"'
            result = "".join(f"<div>{_result(scale)}</div>" for scale in held.content["scales"])
            if held.corrections:
                result += get_template("reviews/partials/corrections.html").render({"corrections": held.corrections})
        return (
            f'<tr><th scope="row"><a class="ds-link" href="{address}">{days}</a></th>'
            f'<td data-label="{kind_label}">{kinds[review.kind]}{plans}</td>'
            f'<td data-label="{status_label}">{statuses[review.status]}{why}</td>'
            f"<td{labelled}>{result}</td></tr>"
        )

    return _marked(map(drawn, rows))

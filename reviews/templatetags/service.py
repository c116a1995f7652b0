"""What a service's pages show: its tabs, where it stands, how far its plan has come, its reviews, and its facts.

Drawn without templates, which look up each word by itself: that is what takes longest on the page.
"""

import datetime
import functools
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django import template
from django.template import Context
from django.template.loader import get_template
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reviews.action_plan.points import Matter, Numbers
from reviews.due import Due
from reviews.forms.drawing import plain
from reviews.listed import Listed
from reviews.models import Correction, Review, Service
from reviews.pictures import development_drawn
from reviews.report import drawn, picture_wording, wording
from reviews.report.shape import ScaleContent
from reviews.templatetags.reviews import deadline, visit_days, what
from reviews.years import Line

register = template.Library()

_ANY, _OTHER = uuid.UUID(int=0), uuid.UUID(int=1)


@functools.lru_cache(maxsize=64)
def _pattern(name: str, more: tuple[str | int, ...]) -> str:
    """Return the address of a page by its name, with `_ANY` in place of a key, and `more` after it."""
    return plain(reverse(f"reviews:{name}", args=[_ANY, *more]))


def _address(name: str, key: uuid.UUID, *more: str | int) -> str:
    """Return the address of a page of a review or a service."""
    return _pattern(name, more).replace(str(_ANY), str(key))


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


@register.simple_tag(takes_context=True)
def service_standing(context: Context) -> SafeString:
    """Where a service stands: the results of its newest external review and of its newest self-review, the line over
    the years, when the next one is due, and what is under way. All of that is in the context.
    """
    external, self_review = context["external"], context["self_review"]
    heading = _("Where the service stands")
    parts = [f'<h2 class="ds-heading" data-size="sm" id="standing">{heading}</h2>', '<div class="cards">']
    if external:
        parts.append(_card(external, _("Last external review"), _("Read the report of the external review")))
    if self_review:
        title = _("Last self-review: the service's own scores")
        parts.append(_card(self_review, title, _("Read the report of the self-review")))
    parts.append("</div>")
    if not external:
        parts.append(_paragraph(_("There is no report of an external review that you may see.")))
    if self_review:
        told = _("A self-review stands beside the external review, and never in place of it.")
        parts.append(f'<p class="small">{told}</p>')
    if context["development"]:
        parts.append(_chart(context["service"], context["development"]))
    parts += _next(context["due"], context["under_way"], context["today"])
    return _marked(parts)


def _paragraph(told: str) -> str:
    return f"<p>{told}</p>"


def _card(review: Listed, title: str, read: str) -> str:
    """The results of a review, with the way to its report, in the words of `read`."""
    content = review.content
    if content is None:
        return ""

    def drawn(scale: ScaleContent) -> str:
        change = wording.change(content, scale)
        since = f'<br><span class="small">{plain(change)}</span>' if change else ""
        return f"<p><strong>{_result(scale)}</strong>{since}</p>"

    address = _address("version", review.pk, str(content["number"]))
    return (
        f'<div class="ds-card"><h3 class="ds-heading" data-size="xs">{title}</h3>'
        f'<p class="small">{plain(what(review))}</p>{"".join(map(drawn, content["scales"]))}'
        f'<p><a class="ds-link" href="{address}">{read}</a></p></div>'
    )


def _chart(service: Service, line: Line) -> str:
    """The line over the years; nothing where there are not two reviews to draw it through."""
    picture = drawn.line(line.scale, now=line.last)
    if picture is None:
        return ""
    told = {"scale_title": line.scale["title"], "told": picture_wording.development(line.scale)}
    title = _("Development over the external reviews: %(scale_title)s. %(told)s") % told
    caption = _("%(title)s: the total over the external reviews.") % {"title": plain(line.scale["title"])}
    see = _("See all items over the years")
    return (
        f'<figure class="chart">{development_drawn.whole(picture, title, alone=True)}'
        f'<figcaption class="small">{caption} '
        f'<a class="ds-link" href="{_address("service_development", service.pk)}">{see}</a></figcaption></figure>'
    )


def _next(due: Due, under_way: Sequence[Listed], today: datetime.date) -> Iterator[str]:
    """When the next external review is due, and those that are planned or under way."""
    title = _("Next external review is due")
    if due.next_day:
        day = f"{deadline(due.next_day, today)}{due_hint(due.hint_day, today)}"
    else:
        day = _("No date is set before the first external review of practice.")
    yield f'<dl class="facts"><dt>{title}</dt><dd>{day}</dd>'
    if under_way:
        states = dict(Review.Status.choices)
        found = "<br>".join(
            f'<a class="ds-link" href="{_address("review", each.pk)}">{plain(visit_days(each))}</a> '
            f"({plain(states[each.status])})"
            for each in under_way
        )
        title = _("External review planned or under way")
        yield f"<dt>{title}</dt><dd>{found}</dd>"
    yield "</dl>"


@register.simple_tag
def due_hint(day: datetime.date | None, today: datetime.date) -> SafeString:
    """What the scale recommends before the next external review is due: a look by the day (Due.hint_day); nothing where
    it recommends nothing.
    """
    if day is None:
        return _marked([])
    if day < today:
        told = _("The scale recommended a new look by %(day)s; a self-review will do.")
    else:
        told = _("The scale recommends a new look by %(day)s; a self-review will do.")
    return _marked([f'<p class="small">{told % {"day": date_format(day, "DATE_FORMAT")}}</p>'])


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
def plan_nearest(
    service: Service, nearest: Sequence[Matter[Any]], numbers: Numbers, today: datetime.date
) -> SafeString:
    """The open points of a plan with the nearest deadlines; where none has any, that is said."""
    if not nearest:
        none = _("No open improvement point has a deadline yet.")
        return _marked([f"<p>{plain(none)}</p>" if numbers.to_do else ""])

    to_point = _address("action", service.pk, str(_OTHER))

    def drawn(matter: Matter[Any]) -> str:
        action = matter.action
        address = to_point.replace(str(_OTHER), str(action.pk))
        owner = f" ({plain(action.owner)})" if action.owner else ""
        day = "" if matter.due is None else deadline(matter.due, today)
        about = f"{plain(action.item.code)} {plain(action.item.short_title)}"
        return f'<li>{day} <a class="ds-link" href="{address}">{about}</a>{owner}</li>'

    title = _("The nearest deadlines")
    return _marked([f"<h3>{plain(title)}</h3>", "<ul>", *map(drawn, nearest), "</ul>"])


@register.simple_tag
def review_rows(rows: Iterable[Listed], corrections: Mapping[uuid.UUID, Sequence[Correction]]) -> SafeString:
    """The table of a service's reviews, a row for each: its days, which lead to its page, what it is, how it went, and
    what is held to be wrong in it (`corrections`, by review).
    """
    kinds = {value: plain(label) for value, label in Review.Kind.choices}
    statuses = {value: plain(label) for value, label in Review.Status.choices}
    visit, kind_label, status_label, result_label = _("Visit"), plain(_("Kind")), plain(_("Status")), plain(_("Result"))
    title, from_plans = _("Reviews of the service, the newest first"), plain(_("reviewed from plans"))

    def drawn(review: Listed) -> str:
        address = _address("review", review.pk)
        plans = f" ({from_plans})" if review.from_plans else ""
        cancelled = review.status == Review.Status.CANCELLED
        why = f'<p class="small prose">{plain(review.cancel_reason)}</p>' if cancelled else ""
        result, labelled = "", ""
        if review.content is not None:
            labelled = f' data-label="{result_label}"'
            result = "".join(f"<div>{_result(scale)}</div>" for scale in review.content["scales"])
            if wrong := corrections.get(review.pk):
                result += get_template("reviews/partials/corrections.html").render({"corrections": wrong})
        return (
            f'<tr><th scope="row"><a class="ds-link" href="{address}">{plain(visit_days(review))}</a></th>'
            f'<td data-label="{kind_label}">{kinds[review.kind]}{plans}</td>'
            f'<td data-label="{status_label}">{statuses[review.status]}{why}</td>'
            f"<td{labelled}>{result}</td></tr>"
        )

    heads = "".join(f'<th scope="col">{words}</th>' for words in (visit, kind_label, status_label, result_label))
    return _marked(
        [
            f'<div class="table-scroll" role="region" tabindex="0" aria-label="{title}">',
            f'<table class="ds-table list-rows"><caption>{title}</caption>',
            f"<thead><tr>{heads}</tr></thead><tbody>",
            *map(drawn, rows),
            "</tbody></table></div>",
        ]
    )


@register.simple_tag(takes_context=True)
def service_about(context: Context) -> SafeString:
    """The facts of a service, of the context: its county, people, partners and teams, and how often it is reviewed."""
    service: Service = context["service"]
    facts = [(_("County"), plain(service.county.name))]
    facts += [(plain(role), ", ".join(map(plain, names))) for role, names in context["roles"] if names]
    facts += [(plain(part), plain(name)) for part, name in context["partnerships"]]
    if context["teams"]:
        named = ", ".join(f"{plain(name)} ({plain(organisation)})" for name, organisation in context["teams"])
        facts.append((_("Treatment teams"), named))
    months = service.interval_months
    every = ngettext("%(months)s month", "%(months)s months", months) % {"months": months}
    if context["may_set_interval"]:
        change = _("Change how often")
        every += f' <a class="ds-link" href="{_address("service_interval", service.pk)}">{change}</a>'
    facts.append((_("Reviewed every"), every))
    title = _("About the service")
    return _marked(
        [
            f'<h2 class="ds-heading" data-size="sm" id="about">{title}</h2><dl class="facts">',
            *(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in facts),
            "</dl>",
        ]
    )


@register.simple_tag
def service_exports(service: Service) -> SafeString:
    """The ways to all results of a service as files."""
    kinds = [
        ("xlsx", _("All results as a spreadsheet (XLSX)")),
        ("csv", _("All results as CSV")),
        ("json", _("All results as JSON")),
    ]
    links = (
        f'<a class="ds-link" href="{_address("export_service", service.pk, kind)}">{words}</a>' for kind, words in kinds
    )
    return _marked(['<p class="buttons">', *links, "</p>"])

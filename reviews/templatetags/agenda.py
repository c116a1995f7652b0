"""The days of the calendar, each entry a line of a list.

Drawn without a template: there may be a hundred of them on the page.
"""

import datetime
import functools
import re
import uuid
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django import template
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from reviews.agenda import Entry, What
from reviews.forms.drawing import plain
from reviews.models import ActionPoint, Doer, Review, Service
from reviews.report import wording

if TYPE_CHECKING:
    from reviews.agenda_rows import Unplanned

register = template.Library()

_ANY = uuid.UUID(int=0)


@functools.cache
def _parts(name: str, number: int) -> list[str]:
    """Return what an address is made of, between so many keys."""
    return re.split(str(_ANY), reverse(f"reviews:{name}", args=[_ANY] * number))


def _address(name: str, *keys: uuid.UUID) -> str:
    """Return the address of a page by its keys."""
    first, *others = _parts(name, len(keys))
    return first + "".join(f"{key}{part}" for key, part in zip(keys, others, strict=True))


def _late() -> str:
    passed = plain(_("The day has passed"))
    return (
        '<span class="ds-tag" data-size="sm" data-color="danger">'
        f'<span aria-hidden="true">!&nbsp;</span>{passed}</span>'
    )


def _to_plan(service: Service, words: str) -> str:
    """Return the link to where a review of the service is planned."""
    about = f'<span class="ds-sr-only">: {plain(service.name)}</span>'
    return f'<a class="ds-link" href="{_address("plan")}?service={service.pk}">{words}{about}</a>'


def _of_county(service: Service) -> str:
    return f' <span class="subtle small">{plain(service.county.name)}</span>'


class _Lines:
    """Draws entries: what is said of many of them is put into words once."""

    def __init__(self, *, several_counties: bool) -> None:
        self._several_counties = several_counties
        self._heads = {
            What.REPORT: plain(_("Report promised:")),
            What.FACT_CHECK: plain(_("Last day of the fact check:")),
            What.DUE: plain(_("External review is due, none planned:")),
            What.HINT: plain(_("The scale recommends a new look:")),
        }
        self._visits = {True: plain(_("Self-review:")), False: plain(_("Visit:"))}
        self._kinds, self._statuses = _labels(Review.Kind), _labels(Review.Status)
        self._doers, self._of_actions = _labels(Doer), _labels(ActionPoint.Status)
        self._from_plans, self._self_review = plain(_("reviewed from plans")), plain(_("A self-review will do."))
        self._action, self._plan = plain(_("Improvement point:")), plain(_("Plan a review"))
        self._late = _late()

    def _head(self, entry: Entry) -> tuple[str, str]:
        """Return what stands before the service's name, and the address that the name leads to."""
        service, review = entry.service, entry.review
        if entry.what == What.ACTION and entry.action is not None:
            item = entry.action.item
            head = f"{self._action} {plain(item.code)} {plain(item.short_title)},"
            return head, _address("action", service.pk, entry.action.pk)
        if review is None:
            return self._heads[entry.what], _address("service", service.pk)
        if entry.what == What.STEP and entry.step is not None:
            return f"{plain(entry.step.text)}:", _address("checklist", review.pk)
        head = self._visits[review.is_self] if entry.what == What.VISIT else self._heads[entry.what]
        return head, _address("review", review.pk)

    def _about(self, entry: Entry) -> str:
        """Return what stands below: how far it has come, or whose it is."""
        review = entry.review
        if entry.what == What.VISIT and review is not None:
            days = plain(wording.date_range(review.first_day.isoformat(), review.last_day.isoformat()))
            plans = f", {self._from_plans}" if review.from_plans else ""
            return f"{days} · {self._kinds[review.kind]}{plans} · {self._statuses[review.status]}"
        if entry.what == What.STEP and entry.step is not None:
            return self._doers[entry.step.doer]
        if entry.what == What.ACTION and entry.action is not None:
            owner = f" · {plain(entry.action.owner)}" if entry.action.owner else ""
            return self._of_actions[entry.action.status] + owner
        if review is not None:
            return self._statuses[review.status]
        return self._self_review if entry.what == What.HINT else ""

    def drawn(self, entry: Entry) -> str:
        """Return one line."""
        name = plain(entry.service.name)
        head, address = self._head(entry)
        county = _of_county(entry.service) if self._several_counties else ""
        about = self._about(entry)
        if entry.may_plan:
            about = f"{about} {_to_plan(entry.service, self._plan)}".lstrip()
        below = f'<p class="small subtle">{about}</p>' if about else ""
        return (
            f'<li><time datetime="{entry.day.isoformat()}">{plain(date_format(entry.day, "MONTH_DAY_FORMAT"))}</time>\n'
            f'<div><p>{head} <a class="ds-link" href="{plain(address)}">{name}</a>{county}</p>{below}</div>'
            f"{self._late if entry.is_late else ''}</li>"
        )


def _labels(choices: Any) -> dict[str, str]:
    return {value: plain(label) for value, label in choices.choices}


@register.simple_tag
def agenda_entries(entries: Sequence[Entry], several_counties: bool) -> SafeString:
    """A line for each entry: its day, what it is, the service, which leads to it, and what is to be known of it."""
    if not entries:
        return SafeString()
    lines = _Lines(several_counties=bool(several_counties))
    # Every value in it is escaped where it is put in.
    return mark_safe("\n".join(map(lines.drawn, entries)))  # noqa: S308


@register.simple_tag
def unplanned_entries(rows: "Iterable[Unplanned]", several_counties: bool, today: datetime.date) -> SafeString:
    """A line for each service that is due and has none planned: the day, the last visit, and the way to plan one."""
    late, words, reviewed = _late(), plain(_("Plan a review")), _("Last reviewed %(day)s")

    def drawn(row: "Unplanned") -> str:
        service = row.service
        county = _of_county(service) if several_counties else ""
        last = plain(reviewed % {"day": date_format(row.last_day, "DATE_FORMAT")})
        return (
            f'<li><time datetime="{row.next_day.isoformat()}">{plain(date_format(row.next_day, "DATE_FORMAT"))}</time>'
            f'<div><p><a class="ds-link" href="{_address("service", service.pk)}">{plain(service.name)}</a>{county}</p>'
            f'<p class="small subtle">{last} · {_to_plan(service, words)}</p></div>'
            f"{late if row.next_day < today else ''}</li>"
        )

    # Every value in it is escaped where it is put in.
    return mark_safe("\n".join(map(drawn, rows)))  # noqa: S308

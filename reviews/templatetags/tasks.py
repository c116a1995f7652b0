"""The lists of Mine oppgaver, which have a card or a row for each review.

Drawn without a template: they are what takes longest on the page.
"""

import datetime
import functools
import uuid
from collections.abc import Iterable

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from reviews.forms.drawing import plain
from reviews.models import Review
from reviews.tasks import Task, Waiting, Work
from reviews.templatetags.reviews import deadline, visit_days, what

register = template.Library()

_ANY = uuid.UUID(int=0)

_DONE_ON = {
    Work.GIVE: "reviews:figures",
    Work.PREPARE: "reviews:checklist",
    Work.CHECK: "reviews:fact_check",
    Work.DECIDE: "reviews:fact_check",
    Work.FOLLOW: "reviews:fact_check",
}
"""The page of a review on which something is done that waits, where it is not the review's own."""


@functools.lru_cache(maxsize=8)
def _pattern(page: str) -> tuple[str, str]:
    """Return what stands before and after a review's key in the address of a page of it."""
    before, after = reverse(page, args=[_ANY]).split(str(_ANY))
    return plain(before), plain(after)


def _address(page: str, review: Review) -> str:
    return str(review.pk).join(_pattern(page))


def _name(review: Review) -> str:
    """The service's name, which leads to the review."""
    return f'<a class="ds-link" href="{_address("reviews:review", review)}">{plain(review.service.name)}</a>'


@register.simple_tag
def task_cards(tasks: "Iterable[Task]", today: datetime.date) -> SafeString:
    """A card for each review in which something waits for the person: what, until when, and as what they do it."""
    deadline_label = plain(_("Deadline:"))

    def waits(each: Waiting, review: Review) -> str:
        address = _address(_DONE_ON.get(each.work, "reviews:review"), review)
        due = f'<p class="tags">\n{deadline_label}\n{deadline(each.due, today)}\n</p>' if each.due else ""
        return (
            f'<div><p><a class="ds-link" href="{address}"><strong>{plain(each)}</strong></a></p>{due}'
            f'<p class="small subtle">{plain(", ".join(each.part_names))}</p></div>'
        )

    def drawn(task: Task) -> str:
        review = task.review
        return (
            f'<li class="ds-card"><h3 class="ds-heading" data-size="xs">{_name(review)}</h3>'
            f'<p class="small">{plain(what(review))}</p>{"".join(waits(each, review) for each in task.mine)}</li>'
        )

    # Every value in it is escaped where it is put in.
    return mark_safe("\n".join(map(drawn, tasks)))  # noqa: S308


@register.simple_tag
def task_rows(tasks: "Iterable[Task]", today: datetime.date) -> SafeString:
    """A row of the table for each review in which nothing waits for the person: whom it waits for, and until when."""
    visit_label, kind_label, status_label = plain(_("Visit")), plain(_("Kind")), plain(_("Status"))
    deadline_label, from_plans = plain(_("Deadline")), plain(_("reviewed from plans"))

    def drawn(task: Task) -> str:
        review = task.review
        plans = f"\n({from_plans})" if review.from_plans else ""
        elsewhere = f'<p class="small">{plain(task.elsewhere)}</p>' if task.elsewhere else ""
        cancelled = review.status == Review.Status.CANCELLED
        why = f'<p class="small prose">{plain(review.cancel_reason)}</p>' if cancelled else ""
        return (
            f'<tr><th scope="row">{_name(review)}</th>'
            f'<td data-label="{visit_label}">{plain(visit_days(review))}</td>'
            f'<td data-label="{kind_label}">{plain(task.kind)}{plans}</td>'
            f'<td data-label="{status_label}">{plain(task.status)}{elsewhere}{why}</td>'
            f'<td data-label="{deadline_label}">{deadline(task.due, today) if task.due else "–"}</td></tr>'
        )

    # Every value in it is escaped where it is put in.
    return mark_safe("\n".join(map(drawn, tasks)))  # noqa: S308


@register.simple_tag
def report_rows(reviews: "Iterable[Review]") -> SafeString:
    """A line of a list for each review that was handed over."""
    # Every value in it is escaped where it is put in.
    return mark_safe("\n".join(f"<li>{_name(each)},\n{plain(what(each))}</li>" for each in reviews))  # noqa: S308

"""What the pages' templates need beside Django's own tags."""

import datetime

from django import template
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from reviews import erasures
from reviews.coverage import perspective_label, source_label
from reviews.listed import Listed
from reviews.models import AgreedResult, Erasure, Interview, NotScored, Review, Source
from reviews.report import wording
from reviews.results import ItemResult
from scales.models import Item

register = template.Library()


@register.filter
def visit_days(review: Review | Listed) -> str:
    """The days of the visit as one stretch, as the report writes them: "12.–13. oktober 2026"."""
    return wording.date_range(review.first_day.isoformat(), review.last_day.isoformat())


@register.filter
def what(review: Review | Listed) -> str:
    """What a review is, in one line: kind, days, basis where it is unusual."""
    told = f"{Review.Kind(review.kind).label}, {visit_days(review)}"
    return told + " (" + _("reviewed from plans") + ")" if review.from_plans else told


@register.simple_tag
def deadline(due: datetime.date, today: datetime.date) -> SafeString:
    """A day by which something is due, marked in words where it has passed."""
    day = format_html("<span>{}</span>", date_format(due, "DATE_FORMAT"))
    if due >= today:
        return day
    return format_html(
        '{}\n<span class="ds-tag" data-size="sm" data-color="danger"><span aria-hidden="true">!&nbsp;</span>{}</span>',
        day,
        _("The day has passed"),
    )


@register.filter
def perspectives(item: Item) -> list[str]:
    """Whom to ask about the item, in words."""
    return [str(perspective_label(value)) for value in item.ask]


@register.filter
def source_names(item: Item) -> list[str]:
    """Where the scale says to look, in words: the scale's own label, or the note sources' where the scale has none."""
    return [str(source_label(item.section.scale, code)) for code in item.sources]


@register.filter
def anchor_of(result: AgreedResult | ItemResult) -> str:
    """What the scale says of the score an item has, or why it has none."""
    if result.score is not None:
        return result.item.anchor(result.score)
    return str(NotScored(result.not_scored).label) if result.not_scored else ""


@register.filter
def actor_names(codes: tuple[str, ...]) -> str:
    """Those who act, by their codes, in words: "Nav og helsepartneren"."""
    return wording.actors(list(codes))


@register.filter
def erased_lines(erasure: Erasure) -> list[tuple[str, int]]:
    """What a receipt of a deletion counts: each kind in words, with how many there were."""
    return erasures.lines(erasure)


@register.filter
def interview_name(interview: Interview) -> str:
    """What an interview is called: whom is talked to, or else the kind of source: "Behandler 2"."""
    source = str(Source(interview.source).label)
    if interview.informant is None:
        return source
    return str(interview.informant) if interview.source == Source.INT else f"{interview.informant} ({source})"

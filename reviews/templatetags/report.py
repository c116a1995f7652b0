"""What the report's templates need beside Django's own tags: the words."""

from django import template

from reviews.report import holding, wording
from reviews.report.shape import ItemContent, ScaleContent

register = template.Library()

for _name in (
    "about",
    "acts",
    "actors",
    "advice_left",
    "band",
    "band_reason",
    "barred",
    "by_mean",
    "byline",
    "circumstance_rows",
    "correction",
    "coverage",
    "date",
    "decision",
    "differences",
    "evaluators",
    "fact_check",
    "footer",
    "gist",
    "group_others",
    "has_outcomes",
    "has_outside",
    "held_down",
    "is_long",
    "is_long_remark",
    "items_scored",
    "kind",
    "list_title",
    "made_on",
    "month",
    "not_scored",
    "number",
    "outcome_rows",
    "points",
    "reissued",
    "remark_title",
    "replaces",
    "result",
    "share_beside_goal",
    "skipped_label",
    "tells_then",
    "tie",
    "title",
    "unscored_alike",
    "version",
    "who",
    "year",
):
    register.filter(f"report_{_name}", getattr(wording, _name))

register.filter("report_groups", holding.groups)

register.simple_tag(wording.change, name="report_change")
register.simple_tag(wording.date_range, name="report_days")
register.simple_tag(wording.more_strengths, name="report_more_strengths")
register.simple_tag(wording.page_words, name="report_page_words")
register.simple_tag(wording.section_result, name="report_section_result")
register.simple_tag(wording.when, name="report_when")


@register.filter("report_has_previous")
def has_previous(scale: ScaleContent) -> bool:
    """Whether the scale has scores of the last external review to compare with."""
    return any(item["previous"] is not None for section in scale["sections"] for item in section["items"])


@register.filter("report_has_corrected")
def has_corrected(scale: ScaleContent) -> bool:
    """Whether any of the scale's scores of the last external review is held to have been wrong."""
    return any(item["previous_wrong"] for section in scale["sections"] for item in section["items"])


@register.filter("report_is_held_down")
def is_held_down(item: ItemContent, scale: ScaleContent) -> bool:
    """Whether it is said what holds an item's score down."""
    return holding.is_held_down(scale, item)


@register.filter("report_own_columns")
def own_columns(scale: ScaleContent) -> range:
    """The numbers of the evaluators whose own scores are shown, from 1."""
    most = max((len(item["own"]) for section in scale["sections"] for item in section["items"]), default=0)
    return range(1, most + 1)


@register.filter("report_own")
def own(item: ItemContent, number: int) -> int | None:
    """The own score of the evaluator with that number, from 1."""
    return item["own"][number - 1] if number <= len(item["own"]) else None

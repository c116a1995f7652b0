"""What the templates need to show a report's pictures and the tables beside them."""

from django import template

from reviews.pictures import development_drawn, marks
from reviews.report import drawn, picture_wording, wording
from reviews.report.shape import HistoryPoint

register = template.Library()

register.filter("report_positions", drawn.item_positions)
register.filter("report_sections", drawn.section_results)
register.filter("report_limits", picture_wording.limits)
register.simple_tag(marks.of_row, name="report_marks")
register.simple_tag(picture_wording.items, name="report_items_told")
register.simple_tag(drawn.sections_told, name="report_sections_told")
register.simple_tag(drawn.over_years, name="report_development")
register.simple_tag(drawn.line, name="report_line")
register.simple_tag(development_drawn.whole, name="report_line_drawn")
register.simple_tag(picture_wording.development, name="report_development_told")
register.simple_tag(wording.total_result, name="report_total")


@register.filter("report_any_left_out")
def any_left_out(points: list[HistoryPoint]) -> bool:
    """Whether any of the reviews is left out of the line."""
    return any(point["left_out"] for point in points)

"""What it would take to come to the next band, in words for the report's templates."""

from django import template

from reviews.report import ahead_wording

register = template.Library()

for _name in (
    "any_step",
    "barred_points",
    "distance",
    "enough",
    "goal",
    "lacking",
    "limit",
    "looking",
    "other_steps",
    "rows",
    "way",
):
    register.filter(f"ahead_{_name}", getattr(ahead_wording, _name))

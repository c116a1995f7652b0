"""What the pages of the log-in know of a person's second factors."""

from django import template
from django.conf import settings

from reviews import access, two_factor
from reviews.models import User

register = template.Library()


@register.simple_tag
def second_factors(user: User) -> two_factor.Held:
    """Return what the person can show besides a password."""
    return two_factor.held(user)


@register.simple_tag
def needs_second_factor(user: User) -> bool:
    """Return whether the person gets nowhere without a second factor."""
    return settings.TWO_FACTOR and access.must_have_two_factors(user)


@register.simple_tag
def can_be_taken_away(user: User) -> bool:
    """Return whether an administrator finds anything to take away from the person's log-in."""
    return two_factor.can_be_taken_away(user)

"""What the log-in page knows of an organisation's own log-in."""

from django import template
from django.conf import settings

from ipsreview.env import Provider

register = template.Library()


@register.simple_tag
def organisation_provider() -> Provider | None:
    """Return the organisation's own log-in, or none."""
    found: Provider | None = settings.OIDC
    return found

"""Parts of pages that say the same to everybody."""

import functools

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()


@functools.lru_cache(maxsize=64)
def _drawn(name: str, _language: str | None) -> SafeString:
    return render_to_string(name)


@register.simple_tag
def alike(name: str) -> SafeString:
    """A template that shows nothing of who asks and what for: drawn once for each language in the life of a process."""
    return _drawn(name, get_language())

"""Draws the controls of forms: as Django's own templates do, without asking a template engine for each of them.

A page may have a hundred controls, and a template for each, with one more for its attributes, took most of its time.
"""

from collections.abc import Callable, Mapping

# Django's own does the same, and asks first of each word whether it is one to be translated.
from html import escape
from typing import Any

from django.forms.renderers import TemplatesSetting
from django.http import HttpRequest
from django.utils.formats import localize
from django.utils.functional import Promise
from django.utils.html import conditional_escape
from django.utils.safestring import SafeData, SafeString, mark_safe

Drawn = Mapping[str, Any]
"""What a widget tells its template of itself."""


def plain(value: object) -> str:
    """Return a value as it stands in an attribute."""
    return str(value) if isinstance(value, SafeData) else escape(str(value))


def words(value: Any) -> str:
    """Return a value as it stands in a text: a number in the reader's way."""
    found = str(value) if isinstance(value, Promise) else value
    if isinstance(found, SafeData):
        return str(found)
    return escape(found) if isinstance(found, str) else conditional_escape(localize(found))


def marked(html: str) -> SafeString:
    """Return what was drawn as it is to be shown: whoever draws it escapes each value where it is put in."""
    # There is nothing left to escape, and markup of ours that must not be.
    return mark_safe(html)  # noqa: S308


def attributes(given: Drawn, *, without: str = "") -> str:
    """Return attributes with a space before each; True is one without a value, False none. Leave out `without`."""
    return "".join(
        f" {escape(name)}" if value is True else f' {escape(name)}="{plain(value)}"'
        for name, value in given.items()
        if value is not False and name != without
    )


def _input(widget: Drawn) -> str:
    value = widget["value"]
    told = "" if value is None else f' value="{plain(value)}"'
    return f'<input type="{escape(widget["type"])}" name="{escape(widget["name"])}"{told}{attributes(widget["attrs"])}>'


def _textarea(widget: Drawn) -> str:
    value = widget["value"]
    text = words(value) if value else ""
    # What follows the tag at once is a line break that no browser counts to the text.
    return f'<textarea name="{escape(widget["name"])}"{attributes(widget["attrs"])}>\n{text}</textarea>'


def _select(widget: Drawn) -> str:
    groups = []
    for title, options, _index in widget["optgroups"]:
        drawn = "".join(
            f'\n  <option value="{plain(each["value"])}"{attributes(each["attrs"])}>{words(each["label"])}</option>\n'
            for each in options
        )
        groups.append(f'\n  <optgroup label="{words(title)}">{drawn}\n  </optgroup>' if title else drawn)
    return f'<select name="{escape(widget["name"])}"{attributes(widget["attrs"])}>{"".join(groups)}\n</select>'


_WIDGETS = "django/forms/widgets"

_DRAWN: Mapping[str, Callable[[Drawn], str]] = {
    **{
        f"{_WIDGETS}/{name}.html": _input
        for name in ("input", "text", "number", "email", "url", "password", "hidden", "date", "checkbox")
    },
    f"{_WIDGETS}/textarea.html": _textarea,
    f"{_WIDGETS}/select.html": _select,
}


class Controls(TemplatesSetting):
    """Draws the widgets that there are many of; the rest, and whole forms, by their templates."""

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> str:
        """Return the HTML."""
        draw = _DRAWN.get(template_name)
        if draw is None:
            return super().render(template_name, context, request)
        return draw(context["widget"])

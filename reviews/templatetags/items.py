"""What stands on every page of an item and takes a template long, drawn without one: the list of all items, the longest
on the pages that are opened and saved most, and the empty form of a new note.
"""

import functools
import uuid

from django import template
from django.template import Context
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from reviews.forms import blank_notes
from reviews.forms.drawing import plain
from reviews.models import Note, Review
from reviews.navigation import Route, Step
from scales.models import Item

register = template.Library()

_ANY = uuid.UUID(int=0)


@functools.lru_cache(maxsize=1024)
def _pattern(target: str, scale: str, code: str) -> str:
    """Return the address of an item's page, in a review whose key is to be put in place of `_ANY`."""
    return reverse(target, args=[_ANY, scale, code])


def address(target: str, review: Review, item: Item) -> str:
    """Return the address of an item's page in a review: of the page with the name `target`."""
    return _pattern(target, item.section.scale.code, item.code).replace(str(_ANY), str(review.pk))


@register.simple_tag
def item_address(target: str, review: Review, item: Item) -> str:
    """The address of an item's page in a review, or of what is done there: of what has the name `target`."""
    return address(target, review, item)


@register.simple_tag(takes_context=True)
def new_note_form(context: Context, note: Note, item: Item) -> SafeString:
    """The empty form of a new note on an item, as partials/note_form.html has it."""
    html = blank_notes.drawn(note, item, context["request"].user, str(context["csrf_token"]))
    return mark_safe(html)  # noqa: S308  # every value in it is escaped where it is put in


def _said(word: str) -> str:
    return f'<span class="ds-sr-only">{plain(word)}</span>'


@register.simple_tag(takes_context=True)
def item_links(context: Context, route: Route, target: str, review: Review, item: Item | None) -> SafeString:
    """All items in their groups, with their scores, each a link to its page; `item` is the one on the page, if any.
    Where the context has `gone`, the scores are deleted.
    """
    gone = bool(context.get("gone"))
    done_of = _("%(done)s of %(size)s")
    gone_mark = _said(_("deleted"))
    score = _said(_("score"))
    not_scored = '<span aria-hidden="true">×</span> ' + _said(_("not scored"))
    not_done = '<span aria-hidden="true">–</span> ' + _said(_("not done"))

    def link(step: Step) -> str:
        mark = gone_mark if gone else not_scored if step.done else not_done
        if step.score is not None and not gone:
            mark = f"{score} {step.score}"
        here = ' aria-current="page"' if step.item == item else ""
        names = f'<span class="code">{plain(step.item.code)}</span> <span>{plain(step.item.short_title)}</span>'
        opened = f'<a href="{plain(address(target, review, step.item))}"{here}>'
        return f'<li>{opened}{names} <span class="score">{mark}</span></a></li>'

    drawn = []
    for group in route.groups:
        title, done, size = plain(group.title), group.done, group.size
        how_far = "" if gone else f" <span>{plain(done_of % {'done': done, 'size': size})}</span>"
        bar = "" if gone else f'<progress max="{size}" value="{done}" aria-label="{title}"></progress>'
        links = "".join(map(link, group.steps))
        drawn.append(f"<section><h2><span>{title}</span>{how_far}</h2>{bar}<ol>{links}</ol></section>")
    # Every value in it is escaped where it is put in.
    return mark_safe("".join(drawn))  # noqa: S308

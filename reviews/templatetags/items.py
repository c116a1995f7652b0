"""The list of a review's items, which stands on every page of one of them.

Drawn without a template: it is the longest list there is on the pages that are opened and saved most.
"""

import functools
import uuid

from django import template
from django.template import Context
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from reviews.forms.drawing import marked, plain
from reviews.models import Review
from reviews.navigation import Group, Route, Step
from scales.models import Item

register = template.Library()

_ANY = uuid.UUID(int=0)


@functools.lru_cache(maxsize=1024)
def _pattern(target: str, scale: str, code: str) -> tuple[str, str]:
    """Return the address of an item's page: what stands before the key of the review, and after it."""
    before, _key, after = reverse(target, args=[_ANY, scale, code]).partition(str(_ANY))
    return before, after


def address(target: str, review: Review, item: Item) -> str:
    """Return the address of an item's page in a review: of the page with the name `target`."""
    before, after = _pattern(target, item.section.scale.code, item.code)
    return f"{before}{review.pk}{after}"


@functools.lru_cache(maxsize=64)
def _of_review(target: str) -> tuple[str, str]:
    before, _key, after = reverse(target, args=[_ANY]).partition(str(_ANY))
    return before, after


@register.simple_tag
def review_address(target: str, review: Review) -> str:
    """The address of a page of a review: of the one with the name `target`."""
    before, after = _of_review(target)
    return f"{before}{review.pk}{after}"


@register.simple_tag
def item_address(target: str, review: Review, item: Item) -> str:
    """The address of an item's page in a review, or of what is done there: of what has the name `target`."""
    return address(target, review, item)


def _said(word: str) -> str:
    return f'<span class="ds-sr-only">{plain(word)}</span>'


class _Drawn:
    """The words of the list in the language that is spoken now, and its parts as they stand in it.

    Those that change with a score have an id each, so that a page that saves by itself is sent no more than these.
    """

    def __init__(self, target: str, review: Review, *, gone: bool = False) -> None:
        self._target, self._review, self._gone = target, review, gone
        self._done_of = _("%(done)s of %(size)s")
        self._score = _said(_("score"))
        self._not_scored = '<span aria-hidden="true">×</span> ' + _said(_("not scored"))
        self._not_done = '<span aria-hidden="true">–</span> ' + _said(_("not done"))
        self._gone_mark = _said(_("deleted"))

    def link(self, step: Step, *, here: bool) -> str:
        """Return an item with its score, as a link to its page."""
        item = step.item
        mark = self._not_scored if step.done else self._not_done
        if self._gone:
            mark = self._gone_mark
        elif step.score is not None:
            mark = f"{self._score} {step.score}"
        current = ' aria-current="page"' if here else ""
        names = f'<span class="code">{plain(item.code)}</span> <span>{plain(item.short_title)}</span>'
        opened = f'<a href="{plain(address(self._target, self._review, item))}"{current}>'
        return f'<li id="{_id(item)}">{opened}{names} <span class="score">{mark}</span></a></li>'

    def how_far(self, number: int, group: Group) -> str:
        """Return how many items of a group are done, in words; `number` is that of the group."""
        said = self._done_of % {"done": group.done, "size": group.size}
        return f'<span id="items-done-{number}">{plain(said)}</span>'

    def bar(self, number: int, group: Group) -> str:
        """Return the same as a bar."""
        named = f'aria-label="{plain(group.title)}"'
        return f'<progress id="items-bar-{number}" max="{group.size}" value="{group.done}" {named}></progress>'

    def group(self, number: int, group: Group, item: Item | None) -> str:
        """Return a group of items; `item` is the one on the page, if any."""
        far = "" if self._gone else f" {self.how_far(number, group)}"
        bar = "" if self._gone else self.bar(number, group)
        links = "".join(self.link(step, here=step.item == item) for step in group.steps)
        return f"<section><h2><span>{plain(group.title)}</span>{far}</h2>{bar}<ol>{links}</ol></section>"


def _id(item: Item) -> str:
    return plain(f"in-list-{item.section.scale.code}-{item.code}")


def items_done(route: Route, *, gone: bool = False) -> SafeString:
    """Return how many items are done, in words; `gone`: the scores are deleted, so that nobody can tell."""
    if gone:
        said = _("All items")
    else:
        said = _("All items (%(done)s of %(size)s done)") % {"done": route.done, "size": route.size}
    return marked(f'<summary id="items-done">{plain(said)}</summary>')


@register.simple_tag(takes_context=True)
def item_links(context: Context, route: Route, target: str, review: Review, item: Item | None) -> SafeString:
    """How many items are done, and all of them in their groups with their scores, each a link to its page; `item` is
    the one on the page, if any. Where the context has `gone`, the scores are deleted.
    """
    gone = bool(context.get("gone"))
    drawn = _Drawn(target, review, gone=gone)
    to_all = ""
    if target == "reviews:score":
        to, said = plain(review_address("reviews:score_all", review)), plain(_("All items on one page"))
        to_all = f'<p class="small"><a class="ds-link" href="{to}">{said}</a></p>'
    groups = "".join(drawn.group(number, group, item) for number, group in enumerate(route.groups))
    return marked(f'{items_done(route, gone=gone)}{to_all}<div id="items-list">{groups}</div>')


def parts_of(route: Route, target: str, review: Review, item: Item) -> dict[str, str]:
    """Return the parts of the list, by id, that a score of the item on the page changes."""
    drawn = _Drawn(target, review)
    for number, group in enumerate(route.groups):
        for step in group.steps:
            if step.item == item:
                return {
                    _id(item): drawn.link(step, here=True),
                    f"items-done-{number}": drawn.how_far(number, group),
                    f"items-bar-{number}": drawn.bar(number, group),
                }
    return {}

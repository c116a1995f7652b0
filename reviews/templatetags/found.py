"""What was found for an item, on the evaluator's sheet: what is ticked and counted, what the service gave, and what
that points to.

Drawn without a template: on the page of an item it took longest.
"""

from collections.abc import Mapping
from typing import Any

from django import template
from django.forms import BoundField
from django.template import Context
from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reviews.access import Permit
from reviews.figures import Per
from reviews.forms.drawing import marked, plain, words
from reviews.forms.scoring import Element, RatingForm
from reviews.given import Beside
from reviews.templatetags.designsystemet import cells, choices, control, ds_field, field_errors

register = template.Library()

Said = Mapping[str, Any]
"""What the page says about the suggestion (reviews.views.scoring)."""


def _small(said: str) -> str:
    return f'<p class="small">{plain(said)}</p>'


def _tag(said: str, color: str) -> str:
    return f'<span class="ds-tag" data-color="{color}">{plain(said)}</span>'


@register.simple_tag(takes_context=True)
def what_was_found(context: Context, form: RatingForm, given: Beside | None, per: str) -> SafeString:
    """The fields for what was found, with what the service gave and what all of it points to; `per`: what a row is
    about.
    """
    elements, counted, statements = form.elements, form.count_fields, form.statement_fields
    if not (elements or counted or statements or given):
        return marked("")
    drawn = [_elements(elements)] if elements else []
    if counted:
        fields = "".join(ds_field(field) for field in counted)
        legend = plain(_("What did you count?"))
        drawn.append(
            f'<fieldset class="ds-fieldset counted"><legend class="ds-label">{legend}</legend>'
            f'<div class="row">{fields}</div></fieldset>'
        )
    if form.count_rows:
        drawn.append(_count_rows(form, counted, per == Per.PARTICIPANT))
    drawn.append(gave(context, given))
    if context["item"].measure:
        drawn.append(suggested(context))
    drawn += [_statement(field) for field in statements]
    return marked(f'<div class="found">{"".join(drawn)}</div>')


def _elements(elements: list[Element]) -> str:
    """The elements to tick, each with its remark, folded until there is one."""
    asked, remark = plain(_("What did you find?")), plain(_("Remark"))
    drawn = []
    for each in elements:
        field = each.remark
        opened = " open" if field.value() or field.errors else ""
        label = f'<label class="ds-sr-only" for="{plain(field.id_for_label)}">{words(field.label)}</label>'
        drawn.append(
            f'<div class="element">{ds_field(each.ticked)}<details{opened}>'
            f'<summary>{remark}<span class="ds-sr-only">: {words(each.ticked.label)}</span></summary>'
            f'<div class="ds-field" id="div_{plain(field.auto_id)}">{label}{control(field)}{field_errors(field)}</div>'
            "</details></div>"
        )
    legend = f'<legend class="ds-label">{asked}</legend>'
    return f'<fieldset class="ds-fieldset elements">{legend}{"".join(drawn)}</fieldset>'


def _count_rows(form: RatingForm, counted: list[BoundField], of_participants: bool) -> str:
    """What was counted for each jobbspesialist, team or deltaker, folded until there is something."""
    if of_participants:
        title, about = plain(_("For each participant")), _("Participant")
    else:
        title, about = plain(_("For each employment specialist or team")), _("Employment specialist or team")
    if len(counted) != 1:
        follows = _("The suggestion then follows from the sums of the rows.")
    elif of_participants:
        follows = _("The suggestion then follows from the mean of the rows.")
    else:
        follows = _(
            "The suggestion then follows from the mean of the rows: each employment specialist or team counts alike,"
            " whatever the size of the post."
        )
    never = _("Never write a name: the rows are numbered.")
    head = "".join(f'<th scope="col">{words(field.label)}</th>' for field in counted)
    number, short = plain(_("Number")), plain(_("No."))
    opened = " open" if form.has_parts or form.has_wrong_parts else ""
    return (
        f'<details class="count-rows"{opened}><summary>{title}</summary>'
        f'<p class="small" id="count-rows-help">{plain(follows)} {plain(never)}</p>'
        '<div class="table-scroll" role="region" tabindex="0" aria-labelledby="count-rows">'
        '<table class="ds-table figure-rows">'
        f'<caption id="count-rows" class="ds-sr-only">{title}</caption>'
        f'<thead><tr><th scope="col"><abbr title="{number}">{short}</abbr></th>{head}</tr></thead>'
        f"<tbody>{cells(form.count_rows, about)}</tbody></table></div></details>"
    )


def _statement(field: BoundField) -> str:
    """A statement that bears on the score, with the answers to choose from."""
    by = field.aria_describedby
    described = f' aria-describedby="{plain(by)}"' if by else ""
    legend = f'<legend class="ds-label">{words(field.label)}</legend>'
    return (
        f'<fieldset class="ds-fieldset answer" id="div_{plain(field.auto_id)}"{described}>'
        f"{legend}{choices(field)}{field_errors(field)}</fieldset>"
    )


@register.simple_tag(takes_context=True)
def gave(context: Context, given: Beside | None, *, closed: bool = False) -> SafeString:
    """What the service gave for the item before the visit; `closed`: nothing can be taken over any more. Its button
    belongs to the form in take_over.html.
    """
    if given is None:
        return marked("")
    told = plain(_("The service gave: %(figures)s") % {"figures": given.in_words})
    if given.rows:
        table = render_to_string("reviews/partials/figures_table.html", {"given": given})
        opened = "" if given.to_take_over else " open"
        told = f"<details{opened}><summary>{told}</summary>{table}</details>"
    else:
        told = f"<p>{told}</p>"
    stamp = "" if closed else _with_take_over("given", given.given_stamp)
    # Right after the state, which hides it while the same is counted.
    button = "" if closed else _take_over(context["permit"], given)
    return marked(f'<div class="gave">{told}{gave_last(given)}{stamp}{state_of(given, closed=closed)}{button}</div>')


def _with_take_over(name: str, stamp: str) -> str:
    return f'<input type="hidden" name="{name}" value="{plain(stamp)}" form="take-over">'


def _take_over(permit: Permit, given: Beside) -> str:
    if not (permit.may_take_over_figures and given.to_take_over):
        return ""
    take = plain(_("Take over"))
    sure = _("The service's figures take the place of what you have counted for this item, for all evaluators. Go on?")
    return (
        '<button class="ds-button" data-variant="secondary" data-size="sm" type="submit" form="take-over"'
        f' data-confirm="{plain(sure)}" data-confirm-if="#given-state[data-differs]">{take}</button>'
    )


@register.simple_tag
def gave_last(given: Beside) -> SafeString:
    """Who gave the figures of an item last, and when."""
    at = None if given.at is None else localtime(given.at)
    said = _("Given by %(name)s, %(day)s at %(time)s") % {
        "name": given.by or "–",
        "day": "" if at is None else date_format(at, "SHORT_DATE_FORMAT"),
        "time": "" if at is None else date_format(at, "TIME_FORMAT"),
    }
    return marked(f'<p class="small subtle">{plain(said)}</p>')


def state_of(given: Beside, *, closed: bool = False) -> SafeString:
    """Whether what is counted for an item is what the service gave, and the stamp of it for the form in
    take_over.html.
    """
    agrees, differs = given.agrees, given.differs
    told = "" if closed else _with_take_over("counted", given.counted_stamp)
    if differs:
        told += _tag(_("You have counted something else"), "warning")
    elif agrees:
        told += _tag(_("You have counted the same"), "success")
    marks = (" data-same" if agrees else "") + (" data-differs" if differs else "")
    return marked(f'<div id="given-state"{marks}>{told}</div>')


@register.simple_tag(takes_context=True)
def suggested(context: Context | Said, *, closed: bool = False) -> SafeString:
    """What was found points to: the score with what it stands for, and how it came about. The context has what
    reviews.views.scoring says of it; `closed`: the score is set for good.
    """
    suggestion, lacking, too_high = context["suggestion"], context["lacking"], context["too_high"]
    you_set = _("You set the score.")
    told = []
    if suggestion is not None:
        if suggestion.score:
            said = _("Suggestion: at least %(score)s") if suggestion.at_least else _("Suggestion: %(score)s")
            tag = _tag(said % {"score": suggestion.score}, "success")
            told.append(f"<p>{tag} {words(context['suggested_anchor'])}</p>")
        told.append(f'<p class="small">{words(context["working"])}. {"" if closed else plain(you_set)}</p>')
    elif not (lacking or too_high or closed):
        told.append(_small(_("A suggestion appears here from what you found. You set the score.")))
    if lacking:
        said = ngettext(
            "Row %(rows)s lacks a number, so the figures suggest no score.",
            "Rows %(rows)s each lack a number, so the figures suggest no score.",
            len(lacking),
        )
        told.append(_small(said % {"rows": ", ".join(map(str, lacking))}))
    if too_high:
        said = ngettext(
            "Row %(rows)s has a figure that is too high, so the figures suggest no score.",
            "Rows %(rows)s each have a figure that is too high, so the figures suggest no score.",
            len(too_high),
        )
        told.append(_small(said % {"rows": ", ".join(map(str, too_high))}))
    if context["in_parts"] and not (lacking or too_high):
        told.append(_small(_("The rows count, in place of the figures for the whole service.")))
    agreeing, departs = " ".join(map(str, context["agreeing"])), " data-departs" if context["departs"] else ""
    return marked(f'<div id="suggestion" class="suggestion" data-agreeing="{agreeing}"{departs}>{"".join(told)}</div>')

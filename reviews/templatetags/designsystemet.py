"""The template pack for Designsystemet: how a field stands on a page, with label, help, control and errors.

Drawn without templates, since a page may have a hundred fields; only what is wrong with one is told by templates. The
pack's templates (templates/designsystemet) are no more than the names that crispy asks for.
"""

from collections.abc import Iterable
from typing import Any, cast

from django import forms, template
from django.forms import BoundField
from django.template import Context
from django.template.loader import get_template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from reviews.forms.drawing import attributes, marked, plain, words
from reviews.forms.filters import Filters
from reviews.forms.scoring import CountRow

register = template.Library()


@register.simple_tag(takes_context=True)
def filter_form(context: Context, filters: Filters, label: str) -> SafeString:
    """What narrows a list (`page_obj`) down, which `label` says; folded until something is chosen or it is long."""
    page, said, show = context.get("page_obj"), conditional_escape(label), _("Show")
    is_open = "open" if filters.is_used or (page is not None and page.has_other_pages()) else ""
    remove = ""
    if filters.is_used:
        words_of_it = _("Remove the choices")
        remove = f'<a class="ds-link" href="{plain(context["request"].path)}">{words_of_it}</a>'
    return marked(
        f'<details class="filters" {is_open}><summary>{said}</summary>'
        f'<form method="get" class="form" aria-label="{said}"><div class="row">'
        f"{''.join(_chosen(filters, name) for name in filters.chosen)}</div>"
        f'<div class="buttons"><button class="ds-button" data-variant="secondary" type="submit">{show}</button>{remove}'
        "</div></form></details>"
    )


def _chosen(filters: Filters, name: str) -> str:
    """One of the choices that narrow a list down, as ds_field() draws a field that nothing can be wrong with."""
    field, chosen = filters.fields[name], filters.chosen[name]
    choices = cast("Iterable[tuple[str, Any]]", cast("forms.ChoiceField", field).choices)
    options = "".join(
        f'\n  <option value="{plain(value)}"{" selected" if value == chosen else ""}>{words(said)}</option>\n'
        for value, said in choices
    )
    return (
        f'<div class="ds-field" id="div_id_{name}"><label class="ds-label" for="id_{name}">{words(field.label)}</label>'
        f'<select name="{name}" class="ds-input" id="id_{name}">{options}\n</select></div>'
    )


@register.simple_tag(takes_context=True)
def whole_field(context: Context) -> SafeString:
    """The `field` of the context. `wrapper_class` is one more class of what it stands in; with `form_show_labels` False
    the label is there only for who cannot see, and with `form_show_errors` False nothing is said of errors.
    """
    return _whole(
        context["field"],
        more=context.get("wrapper_class"),
        labelled=context.get("form_show_labels") is not False,
        erring=context.get("form_show_errors") is not False,
    )


@register.simple_tag
def ds_field(field: BoundField) -> SafeString:
    """A field as crispy's filter has it, without asking crispy: for the pages that are opened most."""
    return _whole(field)


def _whole(field: BoundField, *, more: str | None = None, labelled: bool = True, erring: bool = True) -> SafeString:
    if field.is_hidden:
        return marked(str(field))
    told = _help(field)
    errors = _errors(field, shown=erring)
    classes = f" {words(more)}" if more else ""
    hidden = "" if labelled else " ds-sr-only"
    widget = field.field.widget
    is_choices = isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple)
    if is_choices or field.use_fieldset:
        drawn = _choices(field) if is_choices else f'<div class="parts">{_control(field)}</div>'
        legend = f'<legend class="ds-label{hidden}">{_label(field)}</legend>'
        opened = f'<fieldset class="ds-fieldset{classes}" id="div_{plain(field.auto_id)}"{_described(field)}>'
        return marked(f"{opened}{legend}{told}{drawn}{errors}</fieldset>")
    opened = f'<div class="ds-field{classes}" id="div_{plain(field.auto_id)}">'
    name = f'for="{plain(field.id_for_label)}"'
    if isinstance(widget, forms.CheckboxInput):
        return marked(f"{opened}{_control(field)}<label {name}>{words(field.label)}</label>{told}{errors}</div>")
    label = f'<label class="ds-label{hidden}" {name}>{_label(field)}</label>'
    return marked(f"{opened}{label}{told}{_control(field)}{errors}</div>")


@register.simple_tag
def control(field: BoundField) -> SafeString:
    """The control of a field alone."""
    return marked(_control(field))


@register.simple_tag
def choices(field: BoundField) -> SafeString:
    """The radio buttons or check boxes of a field, to stand in its fieldset."""
    return marked(_choices(field))


@register.simple_tag
def label_words(field: BoundField) -> SafeString:
    """The words of a field's label."""
    return marked(_label(field))


@register.simple_tag
def help_text(field: BoundField) -> SafeString:
    """What helps to fill in a field, where anything does."""
    return marked(_help(field))


@register.simple_tag
def field_errors(field: BoundField) -> SafeString:
    """Why a field was not taken, and what somebody else saved of it. The id is what its control says describes it."""
    return marked(_errors(field))


@register.simple_tag
def anchors(field: BoundField) -> SafeString:
    """The anchors of a score to choose from: the score and what it stands for, and who chose it before where the
    widget knows (ScoreSelect). A choice that is no number shows its text alone.
    """
    return marked("".join(_anchor(option.data) for option in field.subwidgets))


def _anchor(data: dict[str, Any]) -> str:
    value, own = plain(data["value"]), attributes(data["attrs"], without="class")
    number = f'<b class="anchor-score">{value}</b> ' if value.isdecimal() else ""
    names = "".join(
        f'<span class="ds-tag" data-size="sm" data-color="info">{plain(name)}</span>'
        for name in data.get("chosen_by") or ()
    )
    tags = f'<span class="tags">{names}</span>' if names else ""
    return (
        f'<div class="ds-field" data-variant="outline"><input class="ds-input" type="radio"'
        f' name="{plain(data["name"])}" value="{value}"{own}><label for="{plain(data["attrs"].get("id", ""))}">{number}'
        f'<span class="anchor-text">{words(data["label"])}</span>{tags}</label></div>'
    )


@register.simple_tag
def cells(rows: Iterable[CountRow], about: str) -> SafeString:
    """The rows of a table of fields: what each row is `about`, with its number, and its fields."""
    opened = f'<tr><th scope="row"><span class="row-of">{words(about)}</span> '
    return marked(
        "".join(
            f"{opened}{row.number}</th>{''.join(f'<td>{_cell(field, row.number)}</td>' for field in row.fields)}</tr>"
            for row in rows
        )
    )


@register.simple_tag
def cell(field: BoundField, number: int) -> SafeString:
    """A field in a row of a table, by the row's number: what it is stands above and beside it, and is said to who
    cannot see that.
    """
    return marked(_cell(field, number))


def _cell(field: BoundField, number: int) -> str:
    said = f'{words(field.label)} <span class="row-number">{number}</span>'
    label = f'<label class="ds-sr-only" for="{plain(field.id_for_label)}">{said}</label>'
    opened = f'<div class="ds-field" id="div_{plain(field.auto_id)}">'
    return f"{opened}{label}{_control(field)}{_errors(field)}</div>"


def _described(field: BoundField) -> str:
    by = field.aria_describedby
    return f' aria-describedby="{plain(by)}"' if by else ""


def _label(field: BoundField) -> str:
    """The words of a label. What must be filled in is the rule, so that only the rest is marked; a form or a field with
    optional_unmarked = True is not.
    """
    unmarked = getattr(field.form, "optional_unmarked", False) or getattr(field.field, "optional_unmarked", False)
    if field.field.required or unmarked:
        return words(field.label)
    optional = _("optional")
    return f'{words(field.label)} <span class="optional">({conditional_escape(optional)})</span>'


def _help(field: BoundField) -> str:
    if not field.help_text:
        return ""
    # Help texts are ours, and some have marks of their own.
    return f'<div data-field="description" id="{plain(field.auto_id)}_helptext">{field.help_text}</div>'


def _control(field: BoundField) -> str:
    own = field.field.widget.attrs.get("class")
    drawn = str(field.as_widget(attrs={"class": f"{own} ds-input" if own else "ds-input"}))
    return drawn + str(field.as_hidden(only_initial=True)) if field.field.show_hidden_initial else drawn


def _choices(field: BoundField) -> str:
    drawn = []
    for option in field.subwidgets:
        data = option.data
        named = f'type="{words(data["type"])}" name="{words(data["name"])}" value="{plain(data["value"])}"'
        drawn.append(
            f'<div class="ds-field"><input class="ds-input" {named}{attributes(data["attrs"], without="class")}>'
            f'<label for="{plain(option.id_for_label)}">{words(data["label"])}</label></div>'
        )
    return f'<div class="choices">{"".join(drawn)}</div>'


def _errors(field: BoundField, *, shown: bool = True) -> str:
    form = field.form
    # Asked of the form, since a field makes an empty list of errors anew each time.
    wrong = shown and field.name in form.errors
    clashes = [clash for clash in getattr(form, "clashes", ()) if clash.field == field.name]
    kept = [allow for name, allow in getattr(form, "kept", ()) if name == field.name]
    if not (wrong or clashes or kept):
        return ""
    told = {"field": field, "wrong": wrong, "clashes": clashes, "kept": kept}
    return str(get_template("designsystemet/layout/field_errors.html").render(told))

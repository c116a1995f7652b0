"""What an item's findings come from, as the cards of its page list it: the sources, and the notes.

Drawn without a template: next to the form itself, these took longest on the page of an item.
"""

import functools
import uuid

from django import template
from django.template import Context
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reviews.coverage import Cell, ItemCoverage
from reviews.forms.drawing import marked, plain
from reviews.forms.notes import NoteForm
from reviews.models import Note, Review
from reviews.templatetags.designsystemet import ds_field
from reviews.templatetags.items import address
from reviews.templatetags.stamped import saves_itself, stamps, token_field
from scales.models import Item

register = template.Library()

_REVIEW, _KEY = uuid.UUID(int=1), uuid.UUID(int=2)


@functools.lru_cache(maxsize=8)
def _pattern(target: str) -> str:
    """Return the address of something in a review, with `_REVIEW` and `_KEY` in place of their keys."""
    return reverse(target, args=[_REVIEW, _KEY])


def _address(target: str, review: uuid.UUID, key: uuid.UUID) -> str:
    return _pattern(target).replace(str(_REVIEW), str(review)).replace(str(_KEY), str(key))


def _words(cell: Cell) -> str:
    return ", ".join(map(plain, cell.words))


def _tag(cell: Cell) -> str:
    """A source or a perspective of an item, and what comes from it."""
    said = plain(cell.label)
    if cell.notes:
        number = ngettext("%(number)s note", "%(number)s notes", cell.notes) % {"number": cell.notes}
        said += f' <span aria-hidden="true">{cell.notes}</span> <span class="ds-sr-only">{plain(number)}</span>'
        said += f" ({_words(cell)})" if cell.words else ""
    elif cell.words:
        said += f": {_words(cell)}"
    else:
        nothing = plain(_("nothing yet"))
        said += f' <span aria-hidden="true">–</span> <span class="ds-sr-only">{nothing}</span>'
    color = "success" if cell.has_something else "neutral"
    return f'<span class="ds-tag" data-color="{color}"><span>{said}</span></span>'


@register.simple_tag(takes_context=True)
def sources_of(context: Context, coverage: ItemCoverage, review: Review, item: Item) -> SafeString:
    """The sources that the scale names for an item, each with what comes from it and a form to say that there was no
    access to it; where it names none, the perspectives.
    """
    to = plain(address("reviews:source", review, item))
    opened = (
        f'<form method="post" action="{to}" hx-post="{to}" hx-target="#sources" hx-swap="outerHTML">'
        f"{token_field(context)}"
    )
    failed = plain(_("This was not saved. Load the page again and try once more."))
    ended = f'<p class="ds-validation-message" data-size="sm" data-failed role="alert" hidden>{failed}</p></form>'
    words = {True: plain(_("There is access after all")), False: plain(_("No access"))}

    def form(cell: Cell) -> str:
        code = plain(cell.code)
        return (
            f'{opened}<input type="hidden" name="source" value="{code}">'
            f'<input type="hidden" name="closed" value="{"0" if cell.closed else "1"}">'
            f'<button class="ds-button" data-variant="tertiary" data-size="sm" type="submit" id="source-{code}">'
            f'{words[cell.closed]} <span class="ds-sr-only">: {plain(cell.label)}</span></button>{ended}'
        )

    drawn = [
        f"<li>{_tag(cell)}{form(cell) if review.is_open and cell.can_be_closed else ''}</li>"
        for cell in coverage.sources_with_something_first
    ]
    if not item.sources:
        drawn += [f"<li>{_tag(cell)}</li>" for cell in coverage.perspectives]
    return marked("".join(drawn))


def _about(note: Note) -> str:
    """Where a note comes from, who said it and when, and whose it is."""
    said = [plain(each) for each in (note.get_source_display() if note.source else "", note.informant or "") if each]
    said += [plain(date_format(note.date, "SHORT_DATE_FORMAT")), plain(note.author.name)]
    if note.private:
        alone = plain(_("only for me"))
        said.append(f"<strong>{alone}</strong>")
    return " · ".join(said)


@register.simple_tag
def note_about(note: Note) -> SafeString:
    """Where a note comes from, who said it and when, and whose it is; the note was fetched by reviews.notebook."""
    return marked(_about(note))


@register.simple_tag(takes_context=True)
def notes_on(context: Context, notes: list[Note], review: Review, item: Item) -> SafeString:
    """The notes on an item, each with what leads to its interview, and to where whoever wrote it can change it."""
    user, at = context["request"].user, plain(f"{item.section.scale.code}/{item.code}")
    interview, change, change_which = plain(_("Interview")), plain(_("Change")), _("Change note %(number)s")

    def drawn(number: int, note: Note) -> str:
        said = [_about(note)]
        if note.interview_id:
            to = plain(_address("reviews:interview", note.review_id, note.interview_id))
            said.append(f'<a class="ds-link" href="{to}#note-{note.pk}">{interview}</a>')
        codes = vars(note)["codes"]
        if len(codes) > 1:
            said.append(", ".join(map(plain, codes)))
        if note.author_id == user.pk and review.is_open:
            to, which = plain(_address("reviews:note", review.pk, note.pk)), plain(change_which % {"number": number})
            said.append(f'<a class="ds-link" href="{to}?at={at}" aria-label="{which}">{change}</a>')
        text = f'<span class="prose">{plain(note.text)}</span>'
        return f'<blockquote class="note">{text} <small>{" · ".join(said)}</small></blockquote>'

    return marked("".join(drawn(number, note) for number, note in enumerate(notes, start=1)))


@register.simple_tag(takes_context=True)
def new_note_form(context: Context, note: Note, item: Item) -> SafeString:
    """The empty form of a new note on an item."""
    form = NoteForm(None, note, choices=(), is_new=True)
    form.initial["items"] = item.code
    return note_form(context, form, _("New note"), at=item)


@register.simple_tag(takes_context=True)
def note_form(
    context: Context, form: NoteForm, label: str, *, at: Item | None = None, is_sheet: bool = False
) -> SafeString:
    """A note that saves itself, and without a script by its button. `label` is what the form is called, `at` the item
    on whose page it stands, if any; `is_sheet`: the interview says who was asked and when.
    """
    note = form.instance
    to, key = plain(_address("reviews:note", note.review_id, note.pk)), plain(str(note.pk))
    carried = ""
    if is_sheet:
        interview = plain(str(note.interview_id))
        carried += f'<input type="hidden" name="interview" value="{interview}" data-autosave-with>'
    if at is not None:
        place = plain(f"{at.section.scale.code}/{at.code}")
        carried += f'<input type="hidden" name="at" value="{place}" data-autosave-with>'
    buttons = _note_buttons(note) if note.review.is_open else ""
    text, items = ds_field(form["text"]), ds_field(form["items"])
    if is_sheet:
        untagged = render_to_string("reviews/partials/untagged.html", {"note": note, "untagged": form.is_untagged})
        fields = f'{text}<div class="note-line">{items}{untagged}{buttons}</div>'
    else:
        who = f'<div class="row">{ds_field(form["perspective"])}{ds_field(form["number"])}</div>'
        fields = f"{text}{items}{ds_field(form['source'])}{who}{ds_field(form['date'])}{buttons}"
    # What says who reads it stands before the text: a new note is saved at the first pause in it.
    private = f'<div class="note-private">{ds_field(form["private"])}</div>'
    return marked(
        f'<form method="post" action="{to}" class="form note-form" data-note="{key}" aria-label="{plain(label)}"'
        f" novalidate {saves_itself(context, form, new=form.is_new)}>{token_field(context)}{stamps(form)}{carried}"
        f"{private}{fields}</form>"
    )


def _note_buttons(note: Note) -> str:
    """To save a note without a script, and to delete one that is saved. To save stands first, also where it is hidden:
    Enter is that button.
    """
    save, delete = plain(_("Save the note")), plain(_("Delete the note"))
    sure = plain(_("Delete the note? It cannot be had back."))
    to = plain(_address("reviews:delete_note", note.review_id, note.pk))
    return (
        '<div class="buttons">'
        '<button class="ds-button" data-variant="secondary" data-size="sm" type="submit" data-save-note>'
        f"{save}</button>"
        '<button class="ds-button" data-variant="tertiary" data-color="danger" data-size="sm" type="submit"'
        f' formaction="{to}" data-once-saved data-confirm="{plain(sure)}" data-discards>{delete}</button></div>'
    )

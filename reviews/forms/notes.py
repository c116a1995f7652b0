"""The forms of a note and of the interview it comes from."""

import datetime
from collections.abc import Collection, Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reviews import audit, merging, tagging
from reviews.forms.stamps import StampedForm
from reviews.models import Interview, Note, Perspective, Source
from scales.models import Item

_NOBODY = ("", _("Nobody in particular"))
_MOST = 999
"""The highest number of somebody who was asked."""


class NoteForm(StampedForm):
    """A note: the text, the items it is about, who said it (by number only), and whether others read it."""

    # A note is its text; a mark on each other field would say nothing.
    optional_unmarked = True

    together: ClassVar[merging.Units] = merging.NOTE

    perspective = forms.ChoiceField(label=_("Who said it"), required=False, choices=[_NOBODY, *Perspective.choices])
    number = forms.IntegerField(
        label=_("Number"),
        required=False,
        min_value=1,
        max_value=_MOST,
        help_text=_("Number those you talk to. Never write a name."),
    )
    items = forms.CharField(
        label=_("Items"),
        required=False,
        max_length=1000,
        help_text=_("Codes such as “O2 T6”. You can also write #T6 in the text."),
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "spellcheck": "false"}),
    )

    class Meta:
        model = Note
        fields = ("text", "source", "date", "private")
        widgets = {
            "text": forms.Textarea(attrs={"rows": 4}),
            "date": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        }

    field_order = ("text", "items", "source", "perspective", "number", "date", "private")

    interview: Interview | None

    left_out: ClassVar[Collection[str]] = ()
    """The fields that are said elsewhere."""

    def __init__(
        self, data: Any, note: Note, *, choices: Sequence[Item], about: Sequence[Item] = (), is_new: bool = False
    ) -> None:
        """Build the form of `note`. `choices` are the review's items in their order, `about` those that the note points
        at; a new one has its id, its review, its author and its interview.
        """
        super().__init__(data, instance=note, auto_id=f"note-{note.pk}-%s")
        for name in self.left_out:
            del self.fields[name]
        self.is_new = is_new
        self.interview = note.interview
        # A note may point at an item of a scale that the review has no longer.
        self._ids: dict[str, list[int]] = {}
        for item in [*choices, *(each for each in about if each not in choices)]:
            self._ids.setdefault(item.code, []).append(item.pk)
        self.held_items = list(about)
        self.hold({name: value for name, value in self._values().items() if name in self.fields})
        for name in self._held:
            self.initial[name] = self._shown(name)

    def _values(self) -> dict[str, Any]:
        """Return what the note holds, by the names save_note() takes."""
        note, informant = self.instance, self.instance.informant
        return {
            "text": note.text,
            "source": note.source,
            "perspective": informant.perspective if informant else "",
            "number": informant.number if informant else None,
            "date": note.date,
            "private": note.private,
            "items": sorted(item.pk for item in self.held_items),
        }

    def _shown(self, name: str) -> Any:
        return self._codes(self._held["items"]) if name == "items" else self._held[name]

    def _codes(self, items: Sequence[int]) -> str:
        """Return the codes of items as they are typed."""
        return " ".join(code for code, keys in self._ids.items() if set(keys) & set(items))

    @property
    def is_untagged(self) -> bool:
        """Whether the note is saved and names no item."""
        return not self.is_new and not self._held["items"]

    def clean_items(self) -> list[int]:
        """Return the ids of the items whose codes are typed."""
        found, unknown = tagging.typed(self.cleaned_data["items"], self._ids)
        if unknown:
            raise forms.ValidationError(
                _("%(codes)s is no item of this review."), params={"codes": ", ".join(unknown[:5])}
            )
        return [key for code in found for key in self._ids[code]]

    def clean(self) -> dict[str, Any]:
        """Add the items that the text names, and ask whom a number belongs to."""
        values = super().clean() or {}
        if "items" in values:
            named = {key for code in tagging.hashtags(values.get("text") or "", self._ids) for key in self._ids[code]}
            chosen = named | set(values["items"])
            values["items"] = sorted(chosen)
            if not chosen and self.interview is None and "text" not in self.errors:
                self.add_error("items", _("Name at least one item that the note is about."))
        if values.get("number") and not values.get("perspective"):
            self.add_error("perspective", _("Choose who the number belongs to."))
        if values.get("perspective") and not values.get("number"):
            values["number"] = 1
        return values

    def columns(self) -> dict[str, Any]:
        """Return what is to be saved, by the names save_note() takes, from valid data."""
        return {name: self.cleaned_data[name] for name in self._held}

    def changes(self) -> Mapping[str, audit.Change]:
        """Return who last changed what of the note: its author, elsewhere."""
        return audit.last_changes(self.instance.review, self.instance)

    def posted(self, name: str, value: Any) -> dict[str, list[str]]:
        """Return a value that is held as a browser would send it, by field."""
        if name not in self.fields:
            return {}
        return super().posted(name, self._codes(value) if name == "items" else value)

    def said(self, name: str, value: Any) -> str:
        """Return a value that is held in words: a text with the items it is about, and who said it with the number."""
        if name == "text":
            return f"{value}\n{self._codes(self._held['items'])}".strip()
        if name == "perspective" and self._held.get("number"):
            return f"{super().said(name, value)} {self._held['number']}"
        return super().said(name, value)


class SheetNoteForm(NoteForm):
    """A note on the running sheet of an interview, which says itself who was asked and when, and how to name items."""

    left_out = ("source", "perspective", "number", "date")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Leave out what the sheet says once."""
        super().__init__(*args, **kwargs)
        self.fields["items"].help_text = ""
        self.fields["text"].widget.attrs["rows"] = 2


class InterviewForm(forms.Form):
    """A conversation, a meeting or a look through documents: what kind of source, who, and when."""

    source = forms.ChoiceField(label=_("Source"), choices=Source.choices, initial=Source.INT)
    perspective = forms.ChoiceField(label=_("Who you talk to"), required=False, choices=[_NOBODY, *Perspective.choices])
    number = forms.IntegerField(
        label=_("Number"),
        required=False,
        min_value=1,
        max_value=_MOST,
        help_text=_("Left empty, it is the next that is free. Never write a name."),
    )
    date = forms.DateField(
        label=_("Date"),
        initial=timezone.localdate,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )

    def __init__(self, *args: Any, interview: Interview | None = None, **kwargs: Any) -> None:
        """Fill in what a changed interview says of itself."""
        super().__init__(*args, **kwargs)
        if interview is not None:
            informant = interview.informant
            self.initial = {
                "source": interview.source,
                "perspective": informant.perspective if informant else "",
                "number": informant.number if informant else None,
                "date": interview.date,
            }

    def clean(self) -> dict[str, Any]:
        """Ask whom a number belongs to."""
        values = super().clean() or {}
        if values.get("number") and not values.get("perspective"):
            self.add_error("perspective", _("Choose who the number belongs to."))
        return values

    def asked(self) -> tuple[str, int | None] | None:
        """Return who was asked, from valid data; without a number it is the next that is free."""
        perspective = self.cleaned_data["perspective"]
        return (perspective, self.cleaned_data["number"]) if perspective else None

    def day(self) -> datetime.date:
        """Return when, from valid data."""
        day: datetime.date = self.cleaned_data["date"]
        return day

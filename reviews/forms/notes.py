"""The forms of a note and of the interview it comes from."""

import datetime
import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from reviews import audit, merging, tagging
from reviews.forms.stamps import StampedForm
from reviews.models import HIGHEST_INFORMANT, Informant, Interview, Note, Perspective, Review, Source
from scales.models import Item

_NOBODY = ("", _("Nobody in particular"))


_MARGIN = datetime.timedelta(days=366)


def likely_day(review: Review) -> datetime.date:
    """Return the day that something was most likely found on: today during the visit, else its nearest day."""
    return min(max(timezone.localdate(), review.first_day), review.last_day)


def days(review: Review) -> tuple[datetime.date, datetime.date]:
    """Return the first and the last day on which something can have been found: today, and from a year before the visit
    to a year after it.
    """
    today = timezone.localdate()
    return min(review.first_day - _MARGIN, today), max(review.last_day + _MARGIN, today)


class FoundForm(StampedForm):
    """What is said of something found on a visit: who said it, by a perspective and a number, and when."""

    _review: Review

    def _say_days(self, review: Review) -> None:
        """Let the date be near the visit."""
        self._review = review
        if "date" in self.fields:
            first, last = days(review)
            self.fields["date"].widget.attrs |= {"min": first.isoformat(), "max": last.isoformat()}

    def clean_date(self) -> datetime.date:
        """Refuse a day that is far from the visit, unless it is the one that is held."""
        day: datetime.date = self.cleaned_data["date"]
        first, last = days(self._review)
        if not first <= day <= last and day != self._held["date"]:
            raise forms.ValidationError(
                _("Choose a day from %(first)s to %(last)s."),
                params={
                    "first": date_format(first, "SHORT_DATE_FORMAT"),
                    "last": date_format(last, "SHORT_DATE_FORMAT"),
                },
            )
        return day

    def clean(self) -> dict[str, Any]:
        """Ask whom a number belongs to."""
        values = super().clean() or {}
        if values.get("number") and not values.get("perspective"):
            self.add_error("perspective", _("Choose who the number belongs to."))
        return values

    def said(self, name: str, value: Any) -> str:
        """Return a value that is held in words: who said it with the number."""
        if name == "perspective" and self._held.get("number"):
            return f"{super().said(name, value)} {self._held['number']}"
        return super().said(name, value)


def _said_by(informant: Informant | None) -> dict[str, Any]:
    return {
        "perspective": informant.perspective if informant else "",
        "number": informant.number if informant else None,
    }


class NoteForm(FoundForm):
    """A note: the text, the items it is about, who said it (by number only), and whether others read it."""

    # A note is its text; a mark on each other field would say nothing.
    optional_unmarked = True

    together: ClassVar[merging.Units] = merging.INFORMANT

    source = forms.ChoiceField(
        label=_("Source"), required=False, choices=[("", _("Source not given")), *Source.choices]
    )
    perspective = forms.ChoiceField(label=_("Who said it"), required=False, choices=[_NOBODY, *Perspective.choices])
    number = forms.IntegerField(
        label=_("Number"),
        required=False,
        min_value=1,
        max_value=HIGHEST_INFORMANT,
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

    field_order = ("private", "text", "items", "source", "perspective", "number", "date")

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
        self._say_days(note.review)
        self.hold({name: value for name, value in self._values().items() if name in self.fields})
        for name in self._held:
            self.initial[name] = self._shown(name)

    def _values(self) -> dict[str, Any]:
        """Return what the note holds, by the names save_note() takes."""
        note = self.instance
        return {
            "text": note.text,
            "source": note.source,
            **_said_by(note.informant),
            "date": note.date,
            "private": note.private,
            "items": sorted(item.pk for item in self.held_items),
        }

    def _shown(self, name: str) -> Any:
        return self._codes() if name == "items" else self._held[name]

    def _codes(self) -> str:
        """Return the codes of the items that are held, as they are typed: without those that the text names, which go
        when the text changes.
        """
        named, items = tagging.hashtags(self._held["text"], self._ids), set(self._held["items"])
        return " ".join(code for code, keys in self._ids.items() if code not in named and items & set(keys))

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
        """Add the items that the text names, and ask for the number of who said it, and whom a number belongs to."""
        values = super().clean() or {}
        if "items" in values:
            named = {key for code in tagging.hashtags(values.get("text") or "", self._ids) for key in self._ids[code]}
            chosen = named | set(values["items"])
            values["items"] = sorted(chosen)
            # One whose interview was deleted may name none.
            had_some = self.is_new or self._held["items"]
            if not chosen and had_some and self.interview is None and self.is_judged("items"):
                self.add_error("items", _("Name at least one item that the note is about."))
        if values.get("perspective") and "number" in values and values["number"] is None:
            self.add_error("number", _("Write which one it is, by a number and never by name."))
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
        return super().posted(name, self._codes() if name == "items" else value)

    def said(self, name: str, value: Any) -> str:
        """Return a value that is held in words: the codes of the items that the text does not name."""
        return self._codes() if name == "items" else super().said(name, value)

    def saved(self, values: Mapping[str, Any]) -> dict[str, str]:
        """Return the stamps of what was sent; with the text that of the items, which it can name too."""
        named = {"items": merging.stamp([values["items"]])} if "text" in self.only else {}
        return named | super().saved(values)


class SheetNoteForm(NoteForm):
    """A note on the running sheet of an interview, which says itself who was asked and when, and how to name items."""

    left_out = ("source", "perspective", "number", "date")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Leave out what the sheet says once."""
        super().__init__(*args, **kwargs)
        self.fields["items"].help_text = ""
        self.fields["text"].widget.attrs["rows"] = 2


class InterviewForm(FoundForm):
    """A conversation, a meeting or a look through documents: what kind of source, who, and when."""

    together: ClassVar[merging.Units] = merging.INFORMANT

    # What is begun twice by one press too many is one.
    key = forms.UUIDField(required=False, widget=forms.HiddenInput)
    source = forms.ChoiceField(label=_("Source"), choices=Source.choices)
    perspective = forms.ChoiceField(label=_("Who you talk to"), required=False, choices=[_NOBODY, *Perspective.choices])
    number = forms.IntegerField(
        label=_("Number"),
        required=False,
        min_value=1,
        max_value=HIGHEST_INFORMANT,
        help_text=_("Left empty, it is the next that is free. Never write a name."),
    )
    date = forms.DateField(
        label=_("Date"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )

    class Meta:
        model = Interview
        fields = ("source", "date")

    field_order = ("source", "date", "perspective", "number")

    def __init__(self, data: Any, interview: Interview, *, is_new: bool = False) -> None:
        """Build the form of an interview; a new one has its review, and gets its id here."""
        super().__init__(data, instance=interview)
        if is_new:
            self.initial["key"] = str(uuid.uuid4())
        else:
            del self.fields["key"]
            self.fields["number"].help_text = _(
                "Left empty, it stays as it is, and for somebody else it is the next that is free. Never write a name."
            )
        self._say_days(interview.review)
        held = {"source": interview.source, **_said_by(interview.informant), "date": interview.date}
        self.hold(held)
        self.initial = {**self.initial, **held}

    def asked(self) -> tuple[str, int | None] | None:
        """Return who was asked, from valid data; without a number it is the next that is free."""
        perspective = self.cleaned_data["perspective"]
        return (perspective, self.cleaned_data["number"]) if perspective else None

    def day(self) -> datetime.date:
        """Return when, from valid data."""
        day: datetime.date = self.cleaned_data["date"]
        return day

    def changes(self) -> Mapping[str, audit.Change]:
        """Return who last changed what the interview says of itself."""
        return audit.last_changes(self.instance.review, self.instance)

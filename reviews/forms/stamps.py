"""Forms that several people may fill in at once: the page carries stamps of what it showed, and a form that was
overtaken tells beside each field what others have saved in the meantime.
"""

import datetime
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict
from django.utils.formats import localize_input
from django.utils.translation import gettext as _

from reviews import merging
from reviews.audit import Change
from reviews.forms.texts import SafeTexts


@dataclass(frozen=True)
class Clash:
    """Something that the person and somebody else have both changed.

    `field` is what it stands beside, `name` what it is called among the stamps, `text` what is held now in words, and
    `change` who saved that and when, where it is known.
    """

    field: str
    name: str
    text: str
    change: Change | None


class StampedForm(SafeTexts, forms.ModelForm):  # type: ignore[type-arg]  # subscriptable for the type checker alone
    """A form whose values are saved where nobody else has changed them since its page was made; see merging.

    The page has its stamps within the form (templatetags/stamped.py). A form that is sent without any stamps counts as
    one that has seen what is held now.

    One that is sent with `only`, names among the stamps, says nothing about the rest, which stays as it is held: so a
    page saves each thing by itself as it is written (see reviews.views.autosave).
    """

    together: ClassVar[merging.Units] = ()
    """The names that change as one."""

    only: list[str] = []
    """The names among the stamps that were sent, where not all were."""

    _unsaid: frozenset[str] | set[str] = frozenset()
    """The names of what the page says nothing of."""

    is_overtaken = False
    """Whether somebody else was quicker, so that nothing was saved."""

    def hold(self, held: Mapping[str, Any]) -> None:
        """Take what is held now by the names the workflow gives it: once, when the form has all its fields."""
        self._hold(held)
        self.seen = dict(self._now)
        self._clashing: list[str] = []
        self._unreadable = ""
        if not self.is_bound:
            return
        sent = self.data.get("seen")
        if isinstance(self.data, QueryDict):
            self._clashing = [name for name in self._now if name in self.data.getlist("clash")]
        try:
            self.seen = {} if sent is None else read(sent)
        except ValueError:
            self._unreadable = sent or " "
        self._complete()

    def _complete(self) -> None:
        """Put what is held in place of all that was left out: where only some of the form was sent, and what the page
        did not have when it was made, like a row that somebody else has filled since.
        """
        said = self.data.getlist("only") if isinstance(self.data, QueryDict) else []
        self.only = [unit[0] for unit in merging.units(said, self.together)]
        self._unsaid = {name for name in self._now if not self._is_said(name)}
        if not self._unsaid:
            return
        data = QueryDict(mutable=True)
        data.update(self.data)
        for name in self._unsaid:
            # What somebody else saves of it while this is on its way is left alone.
            self.seen[name] = self._now[name]
            for field, values in self._posted_unit(name).items():
                data.setlist(self.add_prefix(field), values)
            for field in self.fields_of(name):
                # What is held was taken once; only what is written now is judged.
                self.fields[field].required = False
                self.fields[field].validators = []
        self.data = data

    def _is_said(self, name: str) -> bool:
        """Whether the page says anything of a name: a field that was on it has a stamp or, in a form without any, is
        sent.
        """
        if self.only:
            return name in self.only
        if "seen" not in self.data or self._unreadable:
            return True
        return name in self.seen or any(self.add_prefix(field) in self.data for field in self.fields_of(name))

    def _get_validation_exclusions(self) -> set[str]:
        """Return the columns that the model need not look at: those that were not sent."""
        found: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]  # the stubs leave it out
        return found | {name for name in self.fields if self.unit_of(name) in self._unsaid}

    def _hold(self, held: Mapping[str, Any]) -> None:
        self._held = dict(held)
        self._now = merging.stamps(self._held, self.together)

    def clean(self) -> dict[str, Any]:
        """Refuse stamps that cannot be read: what others have saved could be written over without a word."""
        values = super().clean() or {}
        if self._unreadable or not set(self.only) <= set(self._now):
            self.add_error(
                None,
                _("The page has lost track of what was saved before. Copy what you wrote and open the page again."),
            )
        return values

    def overtaken(self, held: Mapping[str, Any], conflicts: Iterable[str]) -> None:
        """Take in what others have saved since the page was made: `held` is what is held now of what was to be saved,
        `conflicts` the names that the person and others have both changed.

        What only others changed is shown in its field. What both changed stays as it was typed, and what is held now is
        told beside it; to save again is to keep what was typed.
        """
        self.is_overtaken = True
        both = set(conflicts)
        self._hold({**self._held, **held})
        self._clashing = [name for name in self._now if both & set(self._unit(name))]
        for name, stamp in self._now.items():
            if name not in self._clashing and self.seen.get(name, stamp) != stamp:
                self._fill(name)
        self.seen = dict(self._now)
        for name in self._clashing:
            self.add_error(self.fields_of(name)[0], _("Somebody else has changed this in the meantime."))

    def take(self, name: str) -> None:
        """Put what is held now in place of what was typed; nothing is saved. A name there is not changes nothing."""
        if name not in self._now:
            return
        self._fill(name)
        self.seen[name] = self._now[name]
        self._clashing = [other for other in self._clashing if other != name]

    @property
    def stamps(self) -> str:
        """What the page says that it has shown."""
        if self._unreadable:
            return self._unreadable
        return json.dumps(self.seen | {name: self._now[name] for name in self._clashing})

    @property
    def clashes(self) -> list[Clash]:
        """What the person has still to choose between."""
        if not self._clashing:
            return []
        changes = self.changes()
        return [
            Clash(
                self.fields_of(name)[0],
                name,
                self.said(name, self._held[name]),
                max((changes[each] for each in self._unit(name) if each in changes), key=_when, default=None),
            )
            for name in self._clashing
        ]

    @property
    def units(self) -> str:
        """Which fields make up what goes by each name among the stamps, for the page that saves by itself."""
        return json.dumps({name: [self.add_prefix(each) for each in self.fields_of(name)] for name in self._now})

    @property
    def unsaved(self) -> str:
        """The names of what stands in the form and is not what is held, for the page that saves by itself."""
        typed = self.data if isinstance(self.data, QueryDict) else None
        return json.dumps([name for name in self._now if typed is not None and not self._is_held(name, typed)])

    def _is_held(self, name: str, typed: QueryDict) -> bool:
        """Whether what was typed is what is held now, line breaks and empty fields aside."""
        held = self._posted_unit(name)
        return all(
            _plain(typed.getlist(self.add_prefix(each))) == _plain(held.get(each, [])) for each in self.fields_of(name)
        )

    def unit_of(self, field: str) -> str:
        """Return the name among the stamps that a field belongs to; empty for none."""
        return next((name for name in self._now if field in self.fields_of(name)), "")

    def is_judged(self, name: str) -> bool:
        """Whether a field was sent: what is held was judged when it was saved."""
        return self.unit_of(name) not in self._unsaid

    def saved(self, values: Mapping[str, Any]) -> dict[str, str]:
        """Return the stamps of what was sent, now that `values` (all of the form, by name) are saved."""
        now = merging.stamps({name: values.get(name, held) for name, held in self._held.items()}, self.together)
        return {name: stamp for name, stamp in now.items() if name in self.only}

    def held_as_sent(self, name: str) -> dict[str, list[str]]:
        """Return what is held now by a name as a browser would send it, by field as it is called in the page."""
        fields: dict[str, list[str]] = {each: [] for each in self.fields_of(name)} | self._posted_unit(name)
        return {self.add_prefix(each): values for each, values in fields.items()}

    def stamp_of(self, name: str) -> str:
        """Return the stamp of what is held now by a name."""
        return self._now[name]

    def changes(self) -> Mapping[str, Change]:
        """Return who last changed what, by name; asked for only where there is something to choose."""
        raise NotImplementedError

    def fields_of(self, name: str) -> list[str]:
        """Return the fields that make up what goes by a name among the stamps."""
        return [each for each in self._unit(name) if each in self.fields]

    def posted(self, name: str, value: Any) -> dict[str, list[str]]:
        """Return a value that is held as a browser would send it, by field."""
        return {name: _sent(value)}

    def said(self, name: str, value: Any) -> str:
        """Return a value that is held in words; empty for nothing."""
        field = self.fields[name]
        if isinstance(value, bool):
            return _("Yes") if value else _("No")
        if isinstance(field, forms.ChoiceField):
            # Choices in groups, which the type checker reckons with, are in none of our forms.
            labels = {str(key): str(label) for key, label in field.choices}  # type: ignore[union-attr,misc]
            return "\n".join(labels.get(each, each) for each in _sent(value) if each)
        return "\n".join(_sent(value))

    def _unit(self, name: str) -> tuple[str, ...]:
        return next((unit for unit in self.together if name in unit), (name,))

    def _posted_unit(self, name: str) -> dict[str, list[str]]:
        """Return what is held by a name as a browser would send it, by field."""
        sent: dict[str, list[str]] = {}
        for each in self._unit(name):
            if each in self._held:
                sent |= self.posted(each, self._held[each])
        return sent

    def _fill(self, name: str) -> None:
        """Put what is held now into the fields, as if it had been typed."""
        for field, values in self._posted_unit(name).items():
            self.retype(field, values)

    def retype(self, field: str, values: list[str]) -> None:
        """Put other values in place of what was typed in a field."""
        data = QueryDict(mutable=True)
        data.update(self.data)
        data.setlist(self.add_prefix(field), values)
        self.data = data


def _when(change: Change) -> datetime.datetime:
    return change.at


def _plain(values: list[str]) -> list[str]:
    return [each.replace("\r\n", "\n") for each in values if each]


def _sent(value: Any) -> list[str]:
    """Return a plain value as a browser sends it."""
    if value is None or value is False or value == []:
        return []
    if value is True:
        return ["on"]
    if isinstance(value, list):
        return [str(each) for each in value]
    if isinstance(value, Decimal):
        return [localize_input(value.normalize())]
    return [str(value)]


def read(sent: str) -> dict[str, str]:
    """Return the stamps a page sent back. Raises ValueError where they are none."""
    try:
        found = json.loads(sent)
    except RecursionError as error:
        raise ValueError(sent[:100]) from error
    if not isinstance(found, dict) or not all(isinstance(stamp, str) for stamp in found.values()):
        raise ValueError(sent[:100])
    return found

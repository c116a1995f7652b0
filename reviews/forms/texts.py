"""What every form of texts holds: no national identity number is taken, and a phone number or an e-mail address in what
is written freely is asked about once.
"""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _

from reviews import texts
from reviews.models.fields import refuse_identity_numbers

_MOST_NAMED = 3
"""How many phone numbers and addresses a question names."""


class SafeTexts(forms.BaseForm):
    """Judges each text of a form as it was typed; to be named before Form or ModelForm among a form's bases.

    A phone number or an e-mail address that is not in what is held already is an error coded "contact". It is taken
    where the page sends `allow` with the field's name, or with the name of the unit that it is saved as. Both kinds of
    errors have the `place` in the page's text field.
    """

    asks = True
    """Whether phone numbers and addresses are asked about: only where the page can answer."""

    def clean(self) -> dict[str, Any] | None:
        """Judge the texts that were sent, where nothing else is wrong with them."""
        values = super().clean()
        for name, field in self.fields.items():
            text = self[name].data
            if name in self.errors or not isinstance(text, str) or not _is_text(field) or not self.is_judged(name):
                continue
            try:
                refuse_identity_numbers(text)
                if self.asks and _is_written_freely(field) and self._goes_by(name) not in self._allowed:
                    _ask_about_contacts(text, self.get_initial_for_field(field, name), self._goes_by(name))
            except ValidationError as error:
                self.add_error(name, error)
        return values

    def is_judged(self, name: str) -> bool:
        """Whether a field was sent, rather than filled from what is held."""
        return True

    def unit_of(self, field: str) -> str:
        """Return the name that a field is saved by; empty where it has none but its own."""
        return ""

    @property
    def _allowed(self) -> list[str]:
        """The names of the texts in which the person keeps the phone numbers and addresses."""
        return self.data.getlist("allow") if isinstance(self.data, QueryDict) else []

    def _goes_by(self, name: str) -> str:
        return self.unit_of(name) or name

    @property
    def kept(self) -> list[tuple[str, str]]:
        """The fields that were allowed to keep what was asked about, each with what the page sent as `allow`: it goes
        along when the form is sent again.
        """
        if not self._allowed:
            return []
        found = [(name, self._goes_by(name)) for name, field in self.fields.items() if _is_written_freely(field)]
        return [(name, allow) for name, allow in found if allow in self._allowed]


def _is_text(field: forms.Field) -> bool:
    """Whether what is typed in a field is saved as it stands: not a password, and not what the page carries along."""
    return isinstance(field, forms.CharField) and not isinstance(field.widget, forms.PasswordInput | forms.HiddenInput)


def _is_written_freely(field: forms.Field) -> bool:
    """Whether a field is one to write in at length, and not one for addresses."""
    return isinstance(field.widget, forms.Textarea) and not getattr(field, "holds_contacts", False)


def _ask_about_contacts(text: str, held: object, allow: str) -> None:
    """Raise ValidationError for the phone numbers and addresses in a text that are not in what is held already;
    `allow` is what the page sends to keep them.
    """
    known = {each.key for each in texts.contacts(held)} if isinstance(held, str) else set()
    new = {each.key: each.place for each in reversed(texts.contacts(text)) if each.key not in known}
    if not new:
        return
    places = sorted(new.values())
    named = [text[slice(*place)] for place in places[:_MOST_NAMED]] + ["…"] * (len(places) > _MOST_NAMED)
    raise ValidationError(
        _("A phone number or an e-mail address: %(named)s. Is it needed here? If not, take it out."),
        code="contact",
        params={"named": ", ".join(named), "place": texts.in_page(text, places[0]), "allow": allow},
    )

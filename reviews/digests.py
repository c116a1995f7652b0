"""Reminders by e-mail: all that a person is to be reminded of on a day in one letter, each once.

A reminder is claimed by the row that says it went, of which there can be only one, and given back where the letter does
not get out. The letter says which service, what and when, and where to see to it; nothing that anybody has found or
written.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core import mail
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from reviews import mailing, reminders
from reviews.mailing import Posted
from reviews.models import Reminder, ReminderKind, User
from reviews.reminders import Matter

Kind = ReminderKind

_WORDS: dict[ReminderKind, Any] = {
    Kind.REVIEW_DUE: _("The next external review of %(service)s is due by %(day)s, and none is planned."),
    Kind.REVIEW_OVERDUE: _("The next external review of %(service)s was due by %(day)s, and none is planned."),
    Kind.SELF_REVIEW: _("The scale recommends a new look at %(service)s by %(day)s. A self-review will do."),
    Kind.VISIT: _("The visit to %(service)s begins on %(day)s."),
    Kind.FIGURES: _("The visit to %(service)s begins on %(day)s, and figures from the service are still missing."),
    Kind.STEP: _("A step of the checklist for the review of %(service)s is to be done by %(day)s."),
    Kind.REPORT: _("The report on %(service)s is promised by %(day)s."),
    Kind.ACTION: _("An improvement point of %(service)s has its deadline on %(day)s."),
    Kind.ERASURE: _("Raw notes from the review of %(service)s are deleted for good on %(day)s."),
}


def send_due() -> Posted:
    """Send everybody one letter with what they are to be reminded of today and have not been."""
    found = reminders.waiting(timezone.localdate())
    return mailing.post([_Digest(user, tuple(matters)) for user, matters in found.items()])


@dataclass(frozen=True)
class Line:
    """What a letter says of one matter, and where it is seen to."""

    text: str
    link: str


def line(matter: Matter) -> Line:
    """Return what a letter says of a matter, in the language that is active."""
    words = _WORDS[Kind(matter.kind)]
    # A name may have been typed with a line break.
    service = " ".join(matter.service.split())
    text = str(words % {"service": service, "day": date_format(matter.day, "DATE_FORMAT")})
    return Line(text, mailing.address(matter.page, matter.key))


@dataclass
class _Digest:
    """A person's letter: what it is about, and the rows that claim it."""

    user: User
    matters: Sequence[Matter]
    claimed: dict[uuid.UUID, Matter] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Who reads it."""
        return str(self.user)

    @property
    def log_name(self) -> str:
        """What the log calls it."""
        return f"reminders {self.user.pk}"

    def claim(self) -> bool:
        """Take what nobody else has taken; return whether there is anything."""
        rows = {Reminder(user=self.user, kind=each.kind, about=each.about, day=each.day): each for each in self.matters}
        Reminder.objects.bulk_create(rows, ignore_conflicts=True)
        taken = set(Reminder.objects.filter(pk__in=[row.pk for row in rows]).values_list("pk", flat=True))
        self.claimed = {row.pk: matter for row, matter in rows.items() if row.pk in taken}
        return bool(self.claimed)

    def give_back(self) -> None:
        """Let it be sent again."""
        Reminder.objects.filter(pk__in=self.claimed).delete()

    def message(self) -> mail.EmailMessage:
        """Return the letter about what was claimed, in its reader's language."""
        matters = list(self.claimed.values())
        with translation.override(self.user.language):
            lines = [line(matter) for matter in matters]
        context = {
            "lines": lines,
            "first": matters[0],
            "what": Kind(matters[0].kind).label,
            "password_link": mailing.password_link(self.user),
            "choose": mailing.address("reviews:profile") + "#div_id_reminded_of",
        }
        return mailing.written("digest", context, to=self.user.email, language=self.user.language)

    def went(self) -> None:
        """Do nothing: the rows that claim it say that it went."""

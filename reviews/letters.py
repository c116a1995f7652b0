"""Letters by e-mail: the one place that sends them.

A letter waits as long as the column that says when it went (`told_at`, `reminded_at`) is empty. Whoever sends it claims
it first, by filling that column under the lock of its review, and empties it again where the letter does not get out.
So two senders never send the same letter, and none is lost while the mail server is down: `manage.py send_reminders`
sends what is left.
"""

import datetime
import logging
import re
import smtplib
import uuid
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

from django.conf import settings
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.core.signing import BadSignature, TimestampSigner
from django.db import transaction
from django.db.models import Q, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from reviews import audit
from reviews.models import AuditEvent, FactCheckRespondent, Invitation, Review, Seat, User
from reviews.workflow import Refused
from reviews.workflow.base import lock

logger = logging.getLogger(__name__)

REMINDER_DAYS = 4
"""How long before the last day of the fact check the reminder goes by itself."""

LINK_DAYS = 60
"""How long the link in an invitation holds."""

_OPEN = (Review.Status.PLANNED, Review.Status.SCORING, Review.Status.CONSENSUS, Review.Status.FACT_CHECK)
_FAILURES = (smtplib.SMTPException, OSError, ValueError)
"""What a mail server that is away, refuses, or cannot take an address raises."""
_REACHABLE = Q(user__is_active=True) | Q(user=None, invitation__isnull=False, invitation__accepted_at=None)
"""Somebody with an account, or an invitation that is not accepted: an imported seat has neither."""


@dataclass(frozen=True)
class Posted:
    """What became of letters: how many went, how many did not, and the names or addresses these were for."""

    sent: int
    unsent: int
    unreached: list[str]


def send_waiting(review: Review, *, actor: User | None = None) -> list[str]:
    """Send every letter that waits for an open review, and return the names or addresses that could not be reached.

    Those with a seat, or invited to one, are told of it; during the fact check, those who are asked are told that the
    draft is ready. `actor` is who brought it about. What could not be sent waits on.
    """
    return _post([*_about_seats(review), *_about_drafts(review)], actor).unreached


def remind(review: Review, *, by_hand: bool = False, actor: User | None = None) -> list[str]:
    """Send the one reminder of the fact check to those who have not answered, and return those that could not be
    reached.

    By itself it goes from REMINDER_DAYS before the last day on, and not on the day somebody was told; `by_hand` at any
    time. Who was never told gets the first letter instead. Raises Refused by hand where nobody is left to write to.
    """
    letters = [*_about_drafts(review), *_reminders(review, by_hand=by_hand)]
    if by_hand and not letters:
        raise Refused(_("There is nobody left to remind: everyone has answered, or has been reminded."))
    return _post(letters, actor).unreached


def send_due() -> Posted:
    """Send every letter that waits in any review, and every reminder that is due."""
    return _post([*_about_seats(), *_about_drafts(), *_reminders()], None)


# The link in an invitation


def link(invitation: Invitation) -> str:
    """Return the address at which an invitation is accepted: signed, and telling nothing but its id."""
    return _address("reviews:invitation", _signer().sign(invitation.pk.hex))


def invited_by(token: str) -> uuid.UUID:
    """Return the id of the invitation that a link is for.

    Raises SignatureExpired for one that is too old, BadSignature for one that was never sent.
    """
    try:
        return uuid.UUID(hex=_signer().unsign(token, max_age=datetime.timedelta(days=LINK_DAYS)))
    except ValueError:
        raise BadSignature from None


def _signer() -> TimestampSigner:
    return TimestampSigner(salt="reviews.invitation")


# Which letters wait


@dataclass(frozen=True)
class _Letter:
    """A letter that waits: the row it is about, its kind (the name of its templates), and the column that claims it."""

    row: Seat | FactCheckRespondent
    kind: str
    claim: str = "told_at"

    @property
    def invitation(self) -> Invitation | None:
        return self.row.invitation if self.row.user is None else None

    @property
    def address(self) -> str:
        return self.row.user.email if self.row.user is not None else self.row.invitation.email

    @property
    def name(self) -> str:
        """What the sender of the letter calls its reader."""
        return str(self.row.user) if self.row.user is not None else self.row.invitation.email


def _about_seats(review: Review | None = None) -> list[_Letter]:
    waiting = Seat.objects.filter(
        _REACHABLE, _in(review), told_at=None, removed_at=None, review__status__in=_OPEN
    ).select_related("user", "invitation__made_by", "review__service", "review__created_by")
    return [_Letter(seat, "seat") for seat in waiting.order_by("review", "number")]


def _asked(review: Review | None) -> QuerySet[FactCheckRespondent]:
    """Return those who are asked to check the facts now and have not answered."""
    return (
        FactCheckRespondent.objects.filter(
            _REACHABLE, _in(review), answered_at=None, review__status=Review.Status.FACT_CHECK
        )
        .select_related("user", "invitation__made_by", "review__service")
        .order_by("review", "pk")
    )


def _about_drafts(review: Review | None = None) -> list[_Letter]:
    return [_Letter(respondent, "fact_check") for respondent in _asked(review).filter(told_at=None)]


def _reminders(review: Review | None = None, *, by_hand: bool = False) -> list[_Letter]:
    waiting = _asked(review).filter(told_at__isnull=False, reminded_at=None)
    if not by_hand:
        today = timezone.localdate()
        due = today + datetime.timedelta(days=REMINDER_DAYS)
        waiting = waiting.filter(told_at__date__lt=today, review__fact_check_due__lte=due)
    return [_Letter(respondent, "reminder", "reminded_at") for respondent in waiting]


def _in(review: Review | None) -> Q:
    return Q() if review is None else Q(review=review)


# Sending


def _post(letters: list[_Letter], actor: User | None) -> Posted:
    """Send letters over one connection, each only if nobody else has taken it in the meantime."""
    if not letters:
        return Posted(0, 0, [])
    if not settings.BASE_URL:
        logger.error("No letter is sent: BASE_URL is not set, and a letter could not say where to go")
        return Posted(0, len(letters), _names(letters))
    connection = mail.get_connection()
    try:
        connection.open()
    except _FAILURES as error:
        logger.warning("The mail server cannot be reached (%s)", type(error).__name__)
        return Posted(0, len(letters), _names(letters))
    sent = 0
    unreached: list[_Letter] = []
    try:
        for letter in letters:
            try:
                sent += _send(letter, connection, actor)
            except _FAILURES as error:
                # The type alone: what a mail server says quotes the address.
                logger.warning(
                    "A letter could not be sent: %s %s (%s)", letter.kind, letter.row.pk, type(error).__name__
                )
                unreached.append(letter)
    finally:
        with suppress(*_FAILURES):
            connection.close()
    return Posted(sent, len(unreached), _names(unreached))


def _names(letters: Iterable[_Letter]) -> list[str]:
    return list(dict.fromkeys(letter.name for letter in letters))


def _send(letter: _Letter, connection: BaseEmailBackend, actor: User | None) -> bool:
    """Send one letter; return whether it was still there to be sent. Raises what the mail server raises."""
    message = _written(letter, connection, actor)
    now = timezone.now()
    if not _exchange(letter, None, now):
        return False
    gone = False
    try:
        message.send()
        gone = True
    finally:
        # Whatever stopped it.
        if not gone:
            _exchange(letter, now, None)
    audit.record(actor, AuditEvent.Action.CHANGED, review=letter.row.review, target=letter.row, fields=[letter.claim])
    return True


def _exchange(letter: _Letter, held: datetime.datetime | None, new: datetime.datetime | None) -> bool:
    """Put `new` in place of `held` in the letter's claim; return whether it was still so, and the letter due."""
    row = letter.row
    with transaction.atomic():
        review = lock(row.review)
        if not review.is_open or (isinstance(row, FactCheckRespondent) and review.status != Review.Status.FACT_CHECK):
            return False
        still = {"removed_at": None} if isinstance(row, Seat) else {"answered_at": None}
        found = type(row)._default_manager.filter(pk=row.pk, **{letter.claim: held}, **(still if new else {}))
        return bool(found.update(**{letter.claim: new}))


def _written(letter: _Letter, connection: BaseEmailBackend, actor: User | None) -> mail.EmailMessage:
    """Return the letter in its reader's language, bokmål to one without an account."""
    row, user, invitation = letter.row, letter.row.user, letter.invitation
    context = {
        "row": row,
        "review": row.review,
        "today": timezone.localdate(),
        "asked_by": actor or _asked_by(letter),
        "invitation": invitation,
        "link": link(invitation) if invitation else _address("reviews:review", row.review_id),
        "link_days": LINK_DAYS,
        "password_link": _address("account_reset_password") if user and not user.has_usable_password() else "",
        "site": _address("reviews:tasks"),
    }
    with translation.override(user.language if user is not None else User.Language.BOKMAL):
        subject = " ".join(render_to_string(f"reviews/letters/{letter.kind}_subject.txt", context).split())
        body = render_to_string(f"reviews/letters/{letter.kind}.txt", context).strip() + "\n"
    return mail.EmailMessage(
        subject,
        # What a template leaves out leaves its blank lines behind.
        re.sub(r"\n{3,}", "\n\n", body),
        to=[letter.address],
        # So that an answer of itself, about an absence, is not sent to it.
        headers={"Auto-Submitted": "auto-generated"},
        connection=connection,
    )


def _asked_by(letter: _Letter) -> User | None:
    """Return who asks, where the letter goes later than it was asked for: who invited, who planned the review, and in
    the fact check who leads it.
    """
    if letter.invitation is not None and letter.invitation.made_by is not None:
        return letter.invitation.made_by
    review = letter.row.review
    if isinstance(letter.row, Seat):
        return review.created_by
    lead = review.seats.filter(is_lead=True, removed_at=None).select_related("user").first()
    return lead.user if lead is not None else None


def _address(name: str, *about: object) -> str:
    return str(settings.BASE_URL) + reverse(name, args=about)

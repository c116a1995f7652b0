"""Letters about a review: to those who take a seat in it, and to those who check its facts.

A letter waits as long as the column that says when it went (`told_at`, `reminded_at`) is empty. Whoever sends it claims
it first, by filling that column under the lock of its review, and empties it again where the letter does not get out
(see mailing): `manage.py send_reminders` sends what is left.
"""

import datetime
import uuid
from dataclasses import dataclass

from django.core import mail
from django.core.signing import BadSignature, TimestampSigner
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from reviews import audit, mailing
from reviews.mailing import Posted
from reviews.models import AuditEvent, FactCheckRespondent, Invitation, Review, Seat, User
from reviews.workflow import Refused
from reviews.workflow.base import lock

REMINDER_DAYS = 4
"""How long before the last day of the fact check the reminder goes by itself."""

LINK_DAYS = 60
"""How long the link in an invitation holds."""

_REACHABLE = Q(user__is_active=True) | Q(user=None, invitation__isnull=False, invitation__accepted_at=None)
"""Somebody with an account, or an invitation that is not accepted: an imported seat has neither."""


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
    return mailing.address("reviews:invitation", _signer().sign(invitation.pk.hex))


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


@dataclass
class _Letter:
    """A letter that waits: the row it is about, its kind (the name of its templates), and the column that claims it."""

    row: Seat | FactCheckRespondent
    kind: str
    column: str = "told_at"
    actor: User | None = None
    claimed_at: datetime.datetime | None = None

    @property
    def invitation(self) -> Invitation | None:
        return self.row.invitation if self.row.user is None else None

    @property
    def name(self) -> str:
        """What the sender of the letter calls its reader."""
        return str(self.row.user) if self.row.user is not None else self.row.invitation.email

    @property
    def log_name(self) -> str:
        """What the log calls it."""
        return f"{self.kind} {self.row.pk}"

    def claim(self) -> bool:
        """Fill the letter's column; return whether it was still empty, and the letter due."""
        self.claimed_at = timezone.now()
        return self._exchange(None, self.claimed_at)

    def give_back(self) -> None:
        """Empty the column that was filled."""
        self._exchange(self.claimed_at, None)

    def _exchange(self, held: datetime.datetime | None, new: datetime.datetime | None) -> bool:
        """Put `new` in place of `held` in the letter's column; return whether it was still so, and the letter due."""
        row = self.row
        with transaction.atomic():
            review = lock(row.review)
            in_check = review.status == Review.Status.FACT_CHECK
            if not review.is_open or (isinstance(row, FactCheckRespondent) and not in_check):
                return False
            still = {"removed_at": None} if isinstance(row, Seat) else {"answered_at": None}
            found = type(row)._default_manager.filter(pk=row.pk, **{self.column: held}, **(still if new else {}))
            return bool(found.update(**{self.column: new}))

    def message(self) -> mail.EmailMessage:
        """Return the letter in its reader's language, bokmål to one without an account."""
        row, user, invitation = self.row, self.row.user, self.invitation
        context = {
            "row": row,
            "review": row.review,
            "today": timezone.localdate(),
            "asked_by": self.actor or self._asked_by(),
            "invitation": invitation,
            "link": link(invitation) if invitation else mailing.address("reviews:review", row.review_id),
            "link_days": LINK_DAYS,
            "password_link": mailing.password_link(user),
        }
        return mailing.written(
            self.kind,
            context,
            to=self.row.invitation.email if user is None else user.email,
            language=User.Language.BOKMAL if user is None else user.language,
        )

    def went(self) -> None:
        """Write it in the audit."""
        action = AuditEvent.Action.CHANGED
        audit.record(self.actor, action, review=self.row.review, target=self.row, fields=[self.column])

    def _asked_by(self) -> User | None:
        """Return who asks, where the letter goes later than it was asked for: who invited, who planned the review, and
        in the fact check who leads it.
        """
        if self.invitation is not None and self.invitation.made_by is not None:
            return self.invitation.made_by
        review = self.row.review
        if isinstance(self.row, Seat):
            return review.created_by
        lead = review.seats.filter(is_lead=True, removed_at=None).select_related("user").first()
        return lead.user if lead is not None else None


def _about_seats(review: Review | None = None) -> list[_Letter]:
    waiting = Seat.objects.filter(
        _REACHABLE, _in(review), told_at=None, removed_at=None, review__status__in=Review.OPEN
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


def _post(letters: list[_Letter], actor: User | None) -> Posted:
    """Send letters that `actor` has brought about."""
    for letter in letters:
        letter.actor = actor
    return mailing.post(letters)

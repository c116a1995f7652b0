"""Who sits in a review: seating, inviting, replacing, and taking a seat that was offered."""

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from reviews import audit
from reviews.models import FactCheckRespondent, Invitation, Review, Seat, User
from reviews.workflow.base import Action, Refused, Status, lock, reason_given, require
from reviews.workflow.scoring import open_consensus_when_all_handed_in

Who = User | str
"""Somebody with an account, or the e-mail of somebody who may not have one."""


def known(who: Who) -> Who:
    """Return the account behind an e-mail where there is one, and otherwise the e-mail in lower case."""
    if isinstance(who, User):
        return who
    email = who.strip().lower()
    return User.objects.filter(email=email, is_active=True).first() or email


def invite(
    review: Review,
    email: str,
    actor: User | None,
    *,
    seat: Seat | None = None,
    respondent: FactCheckRespondent | None = None,
) -> Invitation:
    """Offer a seat, or a part in the fact check, to somebody without an account; the letter is sent by letters."""
    return Invitation.objects.create(review=review, email=email, made_by=actor, seat=seat, respondent=respondent)


def seat_person(review: Review, who: Who, actor: User | None, *, lead: bool = False, observer: bool = False) -> Seat:
    """Give somebody the next seat of a locked review. Raises Refused for one who sits there already."""
    person = known(who)
    user = person if isinstance(person, User) else None
    present = review.seats.filter(removed_at=None)
    if present.filter(user=user).exists() if user else present.filter(invitation__email=person).exists():
        raise Refused(_("The person already has a seat in this review."), field="who")
    last = review.seats.aggregate(last=Max("number"))["last"] or 0
    seat = Seat.objects.create(
        review=review,
        number=last + 1,
        kind=Seat.Kind.OBSERVER if observer else Seat.Kind.EVALUATOR,
        is_lead=lead,
        user=user,
        # Nobody is sent a letter about what they did themselves.
        told_at=timezone.now() if user is not None and user == actor else None,
    )
    if not isinstance(person, User):
        invite(review, person, actor, seat=seat)
    return seat


@transaction.atomic
def add_observer(review: Review, actor: User, who: Who) -> Seat:
    """Seat somebody who scores along and is never counted, until the scoring is over."""
    review = lock(review)
    require(review, Status.PLANNED, Status.SCORING)
    if review.is_self:
        raise Refused(_("A self-review has no observers: everyone takes part."))
    seat = seat_person(review, who, actor, observer=True)
    audit.record(actor, Action.CREATED, review=review, target=seat)
    return seat


def _open_seat(seat: Seat) -> tuple[Review, Seat]:
    review = lock(seat.review)
    require(review, Status.PLANNED, Status.SCORING)
    held = Seat.objects.filter(pk=seat.pk).first()
    if held is None or held.removed_at is not None:
        raise Refused(_("The seat is empty already."))
    return review, held


def _clear(review: Review, seat: Seat, actor: User, reason: str) -> None:
    seat.removed_reason = reason_given(reason)
    seat.removed_at = timezone.now()
    seat.save(update_fields=["removed_at", "removed_reason"])
    audit.record(actor, Action.CHANGED, review=review, target=seat, fields=["removed_at"])


@transaction.atomic
def replace(seat: Seat, actor: User, who: Who, reason: str) -> Seat:
    """Give an evaluator's seat to somebody else, with a reason; who takes a lead's seat leads. What the one who leaves
    has scored stays hidden. Raises Refused once the scoring is over.
    """
    review, seat = _open_seat(seat)
    # A seat given to the one who sits there would be a new one, and what is scored in the old one hidden for good.
    if seat.user is not None and known(who) == seat.user:
        raise Refused(_("The person already has a seat in this review."), field="who")
    lead, observer = seat.is_lead, seat.kind == Seat.Kind.OBSERVER
    _clear(review, seat, actor, reason)
    new = seat_person(review, who, actor, lead=lead, observer=observer)
    audit.record(actor, Action.CREATED, review=review, target=new)
    return new


@transaction.atomic
def remove(seat: Seat, actor: User, reason: str) -> Review:
    """Empty a seat, with a reason: the others go on without. Where they have all handed in, consensus begins.

    The lead's seat can be given to another, but not emptied: somebody has to lead.
    """
    review, seat = _open_seat(seat)
    if seat.is_lead:
        raise Refused(_("Somebody has to lead the review: give the seat to another."))
    _clear(review, seat, actor, reason)
    if review.status == Status.SCORING and review.is_external:
        open_consensus_when_all_handed_in(review, actor)
    return review


@transaction.atomic
def accept(invitation: Invitation, user: User) -> Review:
    """Take the seat, or the part in the fact check, that somebody was invited to. Raises Refused where it is gone."""
    review = lock(invitation.review)
    held = Invitation.objects.select_related("seat", "respondent").filter(pk=invitation.pk).first()
    if held is not None and held.accepted_at is not None:
        raise Refused(_("The invitation has been used already."))
    target = None if held is None else held.seat or held.respondent
    if held is None or target is None or not review.is_open or (held.seat and held.seat.removed_at):
        raise Refused(_("The invitation no longer holds."))
    if user.is_staff:
        raise Refused(_("The account with this e-mail cannot take part in a review."))
    others = review.seats.filter(removed_at=None) if held.seat else review.respondents
    if others.filter(user=user).exists():
        raise Refused(_("You take part in this review already."))
    target.user = user
    target.save(update_fields=["user"])
    held.accepted_at = timezone.now()
    held.save(update_fields=["accepted_at"])
    audit.record(user, Action.CHANGED, review=review, target=target, fields=["user"])
    return review

"""A person is anonymised in place: who it was is gone, and what they did stays with nobody's name on it."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reviews import audit
from reviews.erasures import CLOSED, reasons
from reviews.models import FactCheckRespondent, Invitation, MutedReminder, Reminder, Role, Seat, Service, Upload, User
from reviews.models.people import new_mark
from reviews.retention import UNSAID
from reviews.workflow.base import Action, Refused

_LOG_IN_APPS = ("account", "mfa", "socialaccount")
"""The packages that keep how a person logs in: addresses, second factors and linked log-ins."""


@transaction.atomic
def anonymise(user: User, actor: User | None) -> User:
    """Take away all that says who a person was: name, address, password and other ways to log in, workplace, line
    manager, roles, sessions, reminders and the addresses of invitations. The account stays, closed for good, so that
    what was done keeps an author. A report that was handed over names its evaluators as before.

    Raises Refused for oneself, for one who is anonymised already, and as long as an open review needs the person.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    refusal = why_not_anonymised(user, actor)
    if refusal:
        raise Refused(refusal)
    invitations = Invitation.objects.filter(Q(seat__user=user) | Q(respondent__user=user) | Q(email__iexact=user.email))
    for invitation in invitations:
        invitation.email = _nowhere(invitation.pk.hex)
        invitation.save(update_fields=["email"])
    _forget_in_admin(user)
    # Who was leader where, and when, says who it was.
    Role.objects.filter(user=user).delete()
    _end_log_in(user)
    for model in (Reminder, MutedReminder):
        model._default_manager.filter(user=user).delete()
    Upload.objects.waiting().filter(user=user).delete()
    User.objects.filter(line_manager=user).update(line_manager=None)
    reasons(Seat.objects.filter(user=user)).update(removed_reason=UNSAID)
    user.name, user.email = _nobody(), _nowhere(user.pk.hex)
    user.workplace = user.line_manager = user.last_login = None
    user.is_active = user.is_staff = user.is_superuser = False
    user.language = User.Language.BOKMAL
    user.anonymised_at = timezone.now()
    user.save()
    audit.record(actor, Action.CHANGED, target=user, fields=["anonymised_at"])
    return user


@dataclass(frozen=True)
class Need:
    """An open review that needs a person, by its service alone: administrators see no review. `has_seat`: the person
    has a seat in it; otherwise they are asked to take part.
    """

    service: Service
    has_seat: bool


def needed_in(user: User) -> list[Need]:
    """Return the open reviews that need a person, by the services' names: three queries."""
    seats = Seat.objects.filter(user=user, removed_at=None)
    asked = FactCheckRespondent.objects.filter(user=user)
    invited = Invitation.objects.filter(email__iexact=user.email, accepted_at=None)
    invited = invited.filter(Q(seat=None) | Q(seat__removed_at=None))
    found = [
        Need(row.review.service, rows is seats)
        for rows in (seats, asked, invited)
        for row in rows.exclude(review__status__in=CLOSED).select_related("review__service")
    ]
    return sorted(found, key=lambda need: need.service.name)


def why_not_anonymised(user: User, actor: User | None) -> str:
    """Return why a person cannot be anonymised; empty where they can be."""
    if user.anonymised_at is not None:
        return _("The person is anonymised already.")
    if actor is not None and actor.pk == user.pk:
        return _("Nobody anonymises themselves: ask another administrator.")
    needed = needed_in(user)
    seats = sum(need.has_seat for need in needed)
    if seats:
        return ngettext(
            "The person has a seat in %(number)d open review. Its lead evaluator or regional IPS adviser must"
            " replace or remove the person first, or the review must be made final or cancelled.",
            "The person has a seat in %(number)d open reviews. Their lead evaluators or regional IPS advisers must"
            " replace or remove the person first, or the reviews must be made final or cancelled.",
            seats,
        ) % {"number": seats}
    if needed:
        return ngettext(
            "The person is asked to take part in %(number)d open review. It must be made final or cancelled first.",
            "The person is asked to take part in %(number)d open reviews. They must be made final or cancelled first.",
            len(needed),
        ) % {"number": len(needed)}
    return ""


def _nobody() -> str:
    """Return what stands in place of the name: the same in whatever language it is done."""
    with translation.override(settings.LANGUAGE_CODE):
        return _("Anonymised person")


def _nowhere(key: str) -> str:
    """Return an address that leads nowhere, and that nobody else has."""
    return f"{key}@anonymised.invalid"


def _end_log_in(user: User) -> None:
    user.set_unusable_password()
    user.session_mark = new_mark()
    user.groups.clear()
    user.user_permissions.clear()
    for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator():
        if session.get_decoded().get("_auth_user_id") == str(user.pk):
            session.delete()
    for relation in User._meta.related_objects:
        if relation.related_model._meta.app_label in _LOG_IN_APPS:
            relation.related_model._default_manager.filter(**{relation.field.name: user}).delete()


def _forget_in_admin(user: User) -> None:
    """Take the name out of the admin's own log, which quotes what it was about: the person, and their roles."""
    people, roles = (ContentType.objects.get_for_model(model) for model in (User, Role))
    held = [str(key) for key in Role.objects.filter(user=user).values_list("pk", flat=True)]
    # A role that is deleted since has left its name alone.
    of_roles = Q(object_id__in=held) | Q(object_repr__startswith=f"{user}: ")
    LogEntry.objects.filter(of_roles, content_type=roles).update(object_repr=_nobody())
    # On the person's own page what was changed quotes the roles too.
    LogEntry.objects.filter(content_type=people, object_id=str(user.pk)).update(
        object_repr=_nobody(), change_message=""
    )

"""What is held about a person with an account, and what they wrote themselves: what one who asks for access gets.

Deletion of raw notes and own scores comes first: what is gone is not in it. What others wrote is theirs.
"""

from typing import Any

from allauth.mfa.models import Authenticator
from django.db.models import Model, Q, QuerySet

from reviews.models import (
    ActionPoint,
    AuditEvent,
    Correction,
    FactCheckRemark,
    FactCheckRespondent,
    Interview,
    Invitation,
    MutedReminder,
    Note,
    Rating,
    Reminder,
    Role,
    Seat,
    Upload,
    User,
)

_SECRET = {"password", "session_mark", "content"}
"""What is no information about a person, or lets somebody in; and bytes."""


def held_about(user: User) -> dict[str, Any]:
    """Return it by kind, in values that JSON has."""
    return {
        "account": _row(user),
        "log_in": {
            relation.related_model._meta.label: [
                _log_in(row) for row in relation.related_model._default_manager.filter(user=user)
            ]
            for relation in User._meta.related_objects
            if relation.related_model._meta.app_label in ("account", "mfa", "socialaccount")
        },
        "line_manager_of": User.objects.filter(line_manager=user).count(),
        "roles": _rows(Role.objects.filter(user=user).select_related("service", "county")),
        "seats": _rows(Seat.objects.filter(user=user)),
        "own_scores": _rows(Rating.objects.filter(seat__user=user)),
        "interviews": _rows(Interview.objects.filter(made_by=user)),
        "notes": _rows(Note.objects.filter(author=user)),
        "fact_checks": _rows(FactCheckRespondent.objects.filter(user=user)),
        "fact_check_remarks": _rows(FactCheckRemark.objects.filter(respondent__user=user)),
        "corrections": _rows(Correction.objects.filter(made_by=user)),
        "improvement_points": _rows(ActionPoint.objects.filter(created_by=user)),
        "invitations": _rows(Invitation.objects.filter(email__iexact=user.email)),
        "reminders": _rows(Reminder.objects.filter(user=user)),
        "reminders_not_wanted": _rows(MutedReminder.objects.filter(user=user)),
        "score_sheets": _rows(Upload.objects.defer("content").filter(user=user)),
        # What they did, and what was done to their account.
        "log": _rows(
            AuditEvent.objects.filter(Q(actor=user) | Q(object_type=str(User._meta.model_name), object_id=str(user.pk)))
        ),
    }


def _rows(rows: QuerySet[Any]) -> list[dict[str, Any]]:
    return [_row(row) for row in rows.order_by("pk").iterator(chunk_size=500)]


def _log_in(row: Model) -> dict[str, Any]:
    """Return what says which way to log in it is, and since when: never what lets somebody in."""
    if not isinstance(row, Authenticator):
        return {"id": str(row.pk)}
    return {
        "id": str(row.pk),
        "type": row.type,
        "name": str(row.data.get("name", "")),
        "created_at": _plain(row.created_at),
        "last_used_at": _plain(row.last_used_at),
    }


def _row(row: Model) -> dict[str, Any]:
    kept = (field for field in row._meta.concrete_fields if field.name not in _SECRET)
    return {"is": str(row), **{field.name: _plain(field.value_from_object(row)) for field in kept}}


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, (bool, int, list, dict)) else str(value)

"""How allauth is told who may have an account and what a person is called."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from django.db import transaction
from django.http import HttpRequest

from reviews import audit
from reviews.models import AuditEvent, User


class ClosedSignUp(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Nobody signs up by themselves: an administrator makes the account, or somebody is invited to a review."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return whether a stranger may make an account: never."""
        return False


@transaction.atomic
def open_account(email: str, name: str, password: str, *, language: str) -> User:
    """Make the account of somebody who has shown that the address is theirs. Raises IntegrityError where it has one."""
    user = User.objects.create_user(email, password, name=name, language=language)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    audit.record(user, AuditEvent.Action.CREATED, target=user)
    return user


def display_name(user: User) -> str:
    """Return what pages and messages call the person."""
    return user.name

"""How allauth is told who may have an account and what a person is called."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from reviews.models import User


class ClosedSignUp(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Nobody signs up by themselves: an administrator makes the account."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return whether a stranger may make an account: never."""
        return False


def display_name(user: User) -> str:
    """Return what pages and messages call the person."""
    return user.name

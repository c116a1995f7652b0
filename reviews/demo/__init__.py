"""The demonstration: made-up services with reviews in every state, years of history, and one log-in per role.

Nothing is drawn by lot, and the reviews' days are counted from today, so that something is always planned and something
always under way. The reviews go through the same functions as in the pages; only their times are moved back afterwards.
"""

from django.db import transaction
from django.utils.translation import override

from reviews.demo.making import Demonstration
from reviews.demo.people import ADMINISTRATOR, LOG_INS, PASSWORD
from reviews.models import User

__all__ = ["LOG_INS", "PASSWORD", "fill", "is_there"]


def is_there() -> bool:
    """Return whether the demonstration is in the database already."""
    return User.objects.filter(email=ADMINISTRATOR).exists()


def fill() -> bool:
    """Make the demonstration, all of it or nothing; return whether it had to be made.

    The scales must be loaded. It takes some seconds: the reports are printed.
    """
    if is_there():
        return False
    with transaction.atomic(), override("nb"):
        Demonstration().make()
    return True

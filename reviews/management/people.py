"""People on a command's line."""

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from reviews.models import User


def person(email: str) -> User:
    """Return who has the account of an address, whatever its case. Raises CommandError where nobody has."""
    found = User.objects.filter(email__iexact=email.strip()).first()
    if found is None:
        raise CommandError(_("Nobody has an account with the e-mail “%(email)s”.") % {"email": email})
    return found

"""Days on a command's line."""

import datetime
from argparse import ArgumentTypeError

from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _


def day(text: str) -> datetime.date:
    """Return the day that an option names. Raises ArgumentTypeError where it is none."""
    try:
        found = parse_date(text)
    except ValueError:
        found = None
    if found is None:
        raise ArgumentTypeError(_("“%(value)s” is not a date. Write it as 2012-12-03.") % {"value": text})
    return found

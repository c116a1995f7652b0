"""Anonymises a person."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from reviews.management.people import person
from reviews.workflow import Refused, anonymise


class Command(BaseCommand):
    """`manage.py anonymise EMAIL`."""

    help = "Take away for good all that says who a person is, and close the account. Old reports stay as they are."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the account's address."""
        parser.add_argument("email", metavar="EMAIL")

    def handle(self, *, email: str, **options: Any) -> None:
        """Anonymise the person; raises CommandError (exit 1) where there is none, or an open review needs them."""
        try:
            anonymise(person(email), None)
        except Refused as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(_("The person is anonymised."))

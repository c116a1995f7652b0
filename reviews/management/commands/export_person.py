"""Writes what is held about a person, for one who asks for access to it."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from reviews import audit, personal
from reviews.management.people import person
from reviews.models import AuditEvent


class Command(BaseCommand):
    """`manage.py export_person EMAIL`."""

    help = "Write what is held about a person with an account to standard output, as JSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the account's address."""
        parser.add_argument("email", metavar="EMAIL")

    def handle(self, *, email: str, **options: Any) -> None:
        """Write it in UTF-8; raises CommandError (exit 1) where nobody has the address."""
        user = person(email)
        text = json.dumps(personal.held_about(user), ensure_ascii=False, indent=2)
        audit.record(None, AuditEvent.Action.EXPORTED, target=user)
        self.stdout.write(text)

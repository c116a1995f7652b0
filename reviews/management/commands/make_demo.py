"""manage.py make_demo: fill the database with the demonstration."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import override

from reviews import demo
from reviews.summary import keeping
from scales.models import Scale


class Command(BaseCommand):
    """Makes fictional services, reviews and one log-in per role; a second run makes nothing and prints the same."""

    help = "Make fictional services with reviews in every state, and print one log-in per role."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take --force."""
        parser.add_argument("--force", action="store_true", help="make it though DEBUG is off")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make it where it is not there yet. Raises CommandError with DEBUG off, and without the scales."""
        if not settings.DEBUG and not options["force"]:
            raise CommandError(
                "DEBUG is off, so this may be a database in use: the demonstration's password is known to everybody. "
                "--force makes it all the same."
            )
        if not Scale.objects.exists():
            raise CommandError("No scale is loaded. Load them first: manage.py loaddata ips_25 goi_12")
        made = demo.fill()
        keeping.settle()
        if options["verbosity"] > 1:
            self.stdout.write("The demonstration was made." if made else "The demonstration was here already.")
        with override("nb"):
            rows = [(str(log_in.role), log_in.email) for log_in in demo.LOG_INS]
        widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
        for role, email in rows:
            self.stdout.write(f"{role:<{widths[0]}}  {email:<{widths[1]}}  {demo.PASSWORD}")

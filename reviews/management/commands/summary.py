"""Keeps what figures across services are counted ahead in, and proves it."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reviews.summary import keeping


class Command(BaseCommand):
    """Count anew what is stale, or everything, or prove what is kept."""

    help = "Count anew the services of which something was written since they were counted for the overview."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add what to do instead."""
        instead = parser.add_mutually_exclusive_group()
        instead.add_argument("--rebuild", action="store_true", help="Count all services anew, whatever is kept.")
        instead.add_argument("--check", action="store_true", help="Prove that what is kept is what the source says.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it and say how long it took. Raises CommandError with what is wrong of what is kept."""
        began = time.monotonic()
        if options["check"]:
            faults = 0
            for fault in keeping.faults():
                faults += 1
                self.stderr.write(fault)
            if faults:
                raise CommandError(_("The summary is not what the source says. Make it anew with --rebuild."))
            self.stdout.write(_("The summary is what the source says."))
            return
        number = keeping.rebuild() if options["rebuild"] else keeping.settle()
        said = ngettext(
            "%(number)d service counted in %(seconds)s s.", "%(number)d services counted in %(seconds)s s.", number
        )
        self.stdout.write(said % {"number": number, "seconds": number_format(time.monotonic() - began, 1)})

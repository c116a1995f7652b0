"""Exports reviews to standard output."""

import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from reviews import audit
from reviews.exchange import exporting
from reviews.exchange.held import CHUNK
from reviews.management.days import day
from reviews.models import AuditEvent, Review, Service


class Command(BaseCommand):
    """Export the reviews in consensus or later."""

    help = "Write the reviews in consensus or later to standard output, the newest version of each final one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the format and what to choose by."""
        parser.add_argument("--format", choices=exporting.FORMATS, required=True)
        parser.add_argument("--service", metavar="NAME", help="Only this service.")
        parser.add_argument("--from", type=day, metavar="DATE", help="Only reviews whose first day is this or later.")
        parser.add_argument("--to", type=day, metavar="DATE", help="Only reviews whose first day is this or earlier.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the export in UTF-8, whatever the terminal's encoding."""
        reviews = Review.objects.all()
        if options["service"] is not None:
            reviews = reviews.filter(service__in=_services(options["service"]))
        if options["from"]:
            reviews = reviews.filter(first_day__gte=options["from"])
        if options["to"]:
            reviews = reviews.filter(first_day__lte=options["to"])
        # One who writes the command's line on the server has the evaluators' own scores within reach as it is.
        text = exporting.export(_recorded(exporting.exportable(reviews)), options["format"], all_own_scores=True)
        try:
            self._write(text)
        except BrokenPipeError:
            # Whoever reads has had enough, as head has. What is still buffered goes nowhere, or Python would try it
            # again, and complain, as it ends.
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self.stdout.fileno())
            os.close(nowhere)
            sys.exit(1)
        gone = reviews.filter(status__in=exporting.STATES, erasures__erased_at__isnull=False).distinct().count()
        if gone:
            self.stderr.write(
                _("Reviews whose own scores, but for those that the report shows, were deleted before: %(number)d")
                % {"number": gone}
            )

    def _write(self, pieces: Iterable[str]) -> None:
        binary = getattr(self.stdout, "buffer", None)
        for text in pieces:
            if binary is None:
                self.stdout.write(text, ending="")
            else:
                binary.write(text.encode())
        self.stdout.flush()


def _recorded(reviews: QuerySet[Review]) -> Iterator[Review]:
    """Give the reviews, writing each down as exported."""
    for review in reviews.iterator(chunk_size=CHUNK):
        audit.record(None, AuditEvent.Action.EXPORTED, review=review, target=review)
        yield review


def _services(name: str) -> list[Service]:
    """Return the services of that name, whatever its case. Raises CommandError where there is none."""
    found = [service for service in Service.objects.all() if service.name.casefold() == name.casefold()]
    if not found:
        raise CommandError(_("There is no service “%(name)s”.") % {"name": name})
    return found

"""Exports the services' scores item by item to standard output."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from reviews import audit
from reviews.exchange import distribution as writing
from reviews.management.days import day
from reviews.models import AuditEvent, County, Review
from reviews.overview import counts, distribution, groups, scores
from reviews.speaking import Filters
from scales.models import Scale


class Command(BaseCommand):
    """Export the distribution of agreed scores over each item."""

    help = "Write how the scores of each service's latest final review of practice are spread, item by item."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the format and what to choose by."""
        parser.add_argument("--format", choices=writing.FORMATS, required=True)
        parser.add_argument("--county", metavar="NAME", help="Only services of this county.")
        parser.add_argument("--kind", choices=Review.Kind.values, help="Only reviews of this kind.")
        parser.add_argument("--from", type=day, metavar="DATE", help="Only reviews whose first day is this or later.")
        parser.add_argument("--to", type=day, metavar="DATE", help="Only reviews whose first day is this or earlier.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the export. Raises CommandError for a county that does not exist."""
        filters = Filters(
            counties=None if options["county"] is None else frozenset([_county(options["county"]).pk]),
            kind=options["kind"] or "",
            first=options["from"],
            last=options["to"],
        )
        # One who writes the command's line on the server has every review within reach as it is.
        group = groups.all_of(Review.objects.all(), filters)
        counted = counts.of_group(group)
        rows = [scores.row(counted, item) for item in distribution.items(Scale.objects.newest())]
        audit.record(None, AuditEvent.Action.EXPORTED, fields=["overview_scores"])
        self.stdout.write(writing.export(rows, options["format"]), ending="")


def _county(name: str) -> County:
    """Return the county of that name, whatever its case. Raises CommandError where there is none."""
    found = next((county for county in County.objects.all() if county.name.casefold() == name.casefold()), None)
    if found is None:
        raise CommandError(_("There is no county “%(value)s”.") % {"value": name})
    return found

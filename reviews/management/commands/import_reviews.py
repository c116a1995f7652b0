"""Imports a score sheet."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reviews.exchange import importing


class Command(BaseCommand):
    """Import a score sheet, all of it or nothing."""

    help = "Import reviews from a score sheet (CSV or XLSX): all of it, or nothing where anything is wrong."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the sheet and the two choices."""
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--dry-run", action="store_true", help="Say what would happen, and change nothing.")
        parser.add_argument("--create-services", action="store_true", help="Make the services that are not known.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, and say what was made; list the faults and end with 1 where there are any."""
        path: Path = options["file"]
        try:
            outcome = importing.run(path, create_services=options["create_services"], dry_run=options["dry_run"])
        except OSError as error:
            raise CommandError(
                _("The file %(file)s cannot be opened: %(reason)s.") % {"file": path, "reason": error.strerror}
            ) from None
        if outcome.faults.count:
            self._refuse(outcome)
        for name in outcome.services:
            self.stdout.write(_("New service: %(name)s") % {"name": name})
        if outcome.unchanged:
            self.stdout.write(
                ngettext(
                    "%(count)d review was here already and is unchanged.",
                    "%(count)d reviews were here already and are unchanged.",
                    outcome.unchanged,
                )
                % {"count": outcome.unchanged}
            )
        said = _("Would make: %(made)s.") if options["dry_run"] else _("Made: %(made)s.")
        self.stdout.write(said % {"made": _made(outcome)})

    def _refuse(self, outcome: importing.Outcome) -> None:
        for fault in outcome.faults.listed:
            self.stderr.write(fault.words())
        more = outcome.faults.count - len(outcome.faults.listed)
        if more:
            self.stderr.write(ngettext("and %(count)d more.", "and %(count)d more.", more) % {"count": more})
        if outcome.stopped_at:
            self.stderr.write(
                _("There are so many faults that the sheet was not read from row %(row)d on.")
                % {"row": outcome.stopped_at}
            )
        raise CommandError(
            ngettext(
                "Nothing was imported: the sheet has %(count)d fault.",
                "Nothing was imported: the sheet has %(count)d faults.",
                outcome.faults.count,
            )
            % {"count": outcome.faults.count}
        )


def _made(outcome: importing.Outcome) -> str:
    services, reviews, scores = len(outcome.services), outcome.reviews, outcome.scores
    return ", ".join(
        (
            ngettext("%(count)d service", "%(count)d services", services) % {"count": services},
            ngettext("%(count)d review", "%(count)d reviews", reviews) % {"count": reviews},
            ngettext("%(count)d score", "%(count)d scores", scores) % {"count": scores},
        )
    )

"""Deletes for good the working material of closed reviews. A daily job."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection
from django.utils.translation import gettext as _

from reviews.retention import Step
from reviews.workflow import erasing


class Command(BaseCommand):
    """`manage.py erase_notes`."""

    help = (
        "Announce which raw notes, figures about single people and own scores are deleted, two weeks ahead or more, and"
        " delete for good what was announced in time."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take whether nothing is to be done but told."""
        parser.add_argument("--dry-run", action="store_true", help="Tell what would be done, and do nothing.")

    def handle(self, *, dry_run: bool, **options: Any) -> None:
        """Print of how many reviews it was announced, and of how many it was deleted. Raises CommandError (exit 1)
        where SQLite's file still holds the bytes.
        """
        done = {Step.ANNOUNCE: 0, Step.ERASE: 0}
        take = {Step.ANNOUNCE: erasing.announce, Step.ERASE: erasing.erase}
        for review, step in list(erasing.waiting()):
            done[step] += dry_run or take[step](review) is not None
        self.stdout.write(_("Reviews whose deletion is announced: %(number)d") % {"number": done[Step.ANNOUNCE]})
        self.stdout.write(_("Reviews whose raw notes are deleted: %(number)d") % {"number": done[Step.ERASE]})
        if dry_run:
            self.stdout.write(_("Nothing was done: this was a dry run."))
        elif connection.vendor == "sqlite" and not connection.in_atomic_block and not _leave_no_trace():
            raise CommandError(
                _("What was deleted is gone, but its bytes stay in the file, which others are using: run this again.")
            )


def _leave_no_trace() -> bool:
    """Write SQLite's file anew, without the bytes of what was deleted by this job or by hand, and empty the log beside
    it; return whether it could be done.
    """
    with connection.cursor() as cursor:
        try:
            cursor.execute("VACUUM")
        except OperationalError:
            return False
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        is_busy, *_pages = cursor.fetchone()
    return not is_busy

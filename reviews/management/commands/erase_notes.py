"""Deletes for good the working material of closed reviews. A daily job."""

import logging
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection
from django.utils.translation import gettext as _

from reviews.retention import Step
from reviews.workflow import erasing

logger = logging.getLogger(__name__)


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
        where one could not be done, where nobody was told of one, and where SQLite's file still holds the bytes.
        """
        take = {Step.ANNOUNCE: erasing.announce, Step.POSTPONE: erasing.announce, Step.ERASE: erasing.erase}
        done, failed = dict.fromkeys(take, 0), 0
        for review, step in list(erasing.waiting()):
            try:
                done[step] += dry_run or take[step](review) is not None
            except Exception as error:
                # One that is wrong must not keep what the others hold. What is said of it may quote a row.
                logger.error("erase_notes: review %s: %s", review.pk, type(error).__name__)
                failed += 1
        self.stdout.write(_("Reviews whose deletion is announced: %(number)d") % {"number": done[Step.ANNOUNCE]})
        self.stdout.write(_("Reviews whose raw notes are deleted: %(number)d") % {"number": done[Step.ERASE]})
        if dry_run:
            self.stdout.write(_("Nothing was done: this was a dry run."))
            return
        wrong = []
        if connection.vendor == "sqlite" and not connection.in_atomic_block and not _leave_no_trace():
            wrong.append(
                _("What was deleted is gone, but its bytes stay in the file, which others are using: run this again.")
            )
        if done[Step.POSTPONE]:
            wrong.append(
                _(
                    "Reviews whose raw notes wait two weeks more, as no letter told of it: %(number)d."
                    " See that send_reminders runs each day and gets its letters out."
                )
                % {"number": done[Step.POSTPONE]}
            )
        if failed:
            wrong.append(_("Reviews that could not be dealt with, see the log: %(number)d") % {"number": failed})
        if wrong:
            raise CommandError("\n".join(wrong))


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

"""Writes the whole database into one file."""

import os
from argparse import ArgumentParser
from datetime import UTC
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from reviews import audit
from reviews.backup import archive, postgres, sqlite
from reviews.models import AuditEvent


class Command(BaseCommand):
    """`manage.py backup DIR|FILE [--keep N]`."""

    help = (
        "Write the whole database, as it is at one moment, into FILE (.tar.gz), or into a new file in DIR. "
        "The service goes on meanwhile."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take where to, and how many to keep."""
        parser.add_argument("target", metavar="DIR|FILE", type=Path)
        parser.add_argument("--keep", metavar="N", type=int, help="remove all but the newest N backups in DIR")

    def handle(self, *, target: Path, keep: int | None, **options: Any) -> None:
        """Print what was written; raises CommandError (exit 1) if it could not be, or a report's bytes are damaged."""
        is_directory = not target.name.endswith(archive.SUFFIX)
        if keep is not None and (keep < 1 or not is_directory):
            raise CommandError(_("--keep is a number from 1, and goes with a directory."))
        now = timezone.now().astimezone(UTC)
        try:
            if is_directory:
                target.mkdir(mode=0o700, parents=True, exist_ok=True)
            file = target / archive.name(now) if is_directory else target
            with archive.stopped_cleanly(), archive.place_beside(file) as place:
                dump = place / "database"
                held = (sqlite if connection.vendor == "sqlite" else postgres).dump(connection, dump)
                archive.write(file, archive.Manifest(now.isoformat(), connection.vendor, held), dump)
            audit.record(None, AuditEvent.Action.EXPORTED, fields=["backup"])
            removed = archive.remove_old(target, keep) if keep is not None else []
        except OSError as error:
            raise CommandError(_("The backup cannot be written: %(error)s") % {"error": error.strerror}) from None
        except postgres.ToolError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(
            _("%(file)s: %(rows)d rows of %(tables)d tables, %(reports)d reports, %(bytes)d bytes")
            % {
                "file": file,
                "rows": sum(held.rows.values()),
                "tables": len(held.rows),
                "reports": len(held.reports),
                "bytes": os.stat(file).st_size,
            }
        )
        for path in removed:
            self.stdout.write(_("Removed: %(file)s") % {"file": path})
        if held.damaged:
            raise CommandError(
                _("Reports with other bytes than when they were made: %(keys)s") % {"keys": ", ".join(held.damaged)}
            )

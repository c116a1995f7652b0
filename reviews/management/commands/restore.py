"""Puts a backup in place of the database."""

import sqlite3
from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from reviews import audit, guards
from reviews.backup import archive, contents, postgres, sqlite
from reviews.backup.contents import Contents
from reviews.models import AuditEvent


class Command(BaseCommand):
    """`manage.py restore FILE [--replace]`."""

    help = (
        "Put a backup into an empty database, see that everything is there, and bring it up to this version. "
        "Everybody is logged out."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file, and whether what is there may go."""
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument(
            "--replace", action="store_true", help="DELETE ALL that is in the database now, and put the backup there"
        )

    def handle(self, *, file: Path, replace: bool, **options: Any) -> None:
        """Print what was restored; raises CommandError (exit 1) where it was not, or is not what was backed up."""
        try:
            with archive.stopped_cleanly(), archive.opened(file) as (manifest, dump):
                self._refuse_unfit(manifest)
                self._refuse_to_overwrite(replace)
                if connection.vendor == "sqlite":
                    self._refuse_other_contents(manifest, dump)
                self._kind().load(connection, dump)
        except OSError as error:
            raise CommandError(
                _("%(file)s cannot be read: %(error)s") % {"file": file, "error": error.strerror}
            ) from None
        except archive.DamagedError:
            raise CommandError(
                _("%(file)s is no backup, or is damaged. Nothing is changed.") % {"file": file}
            ) from None
        except postgres.ToolError as error:
            raise CommandError(_("Nothing is changed. %(error)s") % {"error": error}) from None
        self._verify(manifest.contents)
        call_command("migrate", verbosity=0, interactive=False)
        if not guards.stand(connection):
            raise CommandError(_("Guards are missing in the database. Run migrate."))
        audit.record(None, AuditEvent.Action.IMPORTED, fields=["backup"])
        held = manifest.contents
        self.stdout.write(
            _("Restored as it was at %(time)s: %(rows)d rows of %(tables)d tables, %(reports)d reports.")
            % {
                "time": manifest.made_at,
                "rows": sum(held.rows.values()),
                "tables": len(held.rows),
                "reports": len(held.reports),
            }
        )
        self.stdout.write(
            _(
                "The backup is %(age)s old: accounts, roles, seats, second factors and passwords are as they were then."
                " Go through accounts and roles before anybody logs in."
            )
            % {"age": timesince(datetime.fromisoformat(manifest.made_at))}
        )

    def _kind(self) -> Any:
        return sqlite if connection.vendor == "sqlite" else postgres

    def _refuse_unfit(self, manifest: archive.Manifest) -> None:
        if manifest.vendor != connection.vendor:
            raise CommandError(
                _("The backup is of %(theirs)s, and this database is %(ours)s.")
                % {"theirs": manifest.vendor, "ours": connection.vendor}
            )
        loader = MigrationLoader(None)
        known = {f"{app}.{name}" for app, name in loader.disk_migrations}
        newer = sorted(set(manifest.contents.migrations) - known)
        if newer:
            raise CommandError(
                _("The backup is of a newer version of the program, with %(names)s. Install that one first.")
                % {"names": ", ".join(newer)}
            )

    def _refuse_other_contents(self, manifest: archive.Manifest, dump: Path) -> None:
        try:
            wrong = contents.differences(manifest.contents, sqlite.held(dump))
        except sqlite3.Error:
            raise archive.DamagedError from None
        if wrong:
            raise CommandError(
                _("The copy in the backup is not what was backed up: %(what)s. Nothing is changed.")
                % {"what": "; ".join(wrong)}
            )

    def _refuse_to_overwrite(self, replace: bool) -> None:
        with connection.cursor() as cursor:
            tables = connection.introspection.table_names(cursor)
        if tables and not replace:
            raise CommandError(
                _("The database is not empty. With --replace, ALL that is in it now is deleted: back it up first.")
            )

    def _verify(self, expected: Contents) -> None:
        found = self._kind().look(connection)
        wrong = contents.differences(expected, found)
        if wrong:
            raise CommandError(_("What was restored is not what was backed up: %(what)s") % {"what": "; ".join(wrong)})

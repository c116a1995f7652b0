"""Tells which report version a file is."""

import hashlib
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from reviews.models import ReportVersion


class Command(BaseCommand):
    """`manage.py verify_report FILE`."""

    help = "Say which report version has exactly the bytes of FILE, or that none has (exit 1)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file."""
        parser.add_argument("file", metavar="FILE", type=Path)

    def handle(self, *, file: Path, **options: Any) -> None:
        """Print the version; raises CommandError (exit 1) where none has these bytes, or the file cannot be read."""
        try:
            held = file.read_bytes()
        except OSError as error:
            raise CommandError(
                _("%(file)s cannot be read: %(error)s") % {"file": file, "error": error.strerror}
            ) from None
        found = [
            version
            for version in ReportVersion.objects.select_related("review__service__county").filter(
                sha256=hashlib.sha256(held).hexdigest()
            )
            if version.pdf is not None and bytes(version.pdf) == held
        ]
        if not found:
            raise CommandError(_("No report version has exactly the bytes of %(file)s.") % {"file": file})
        for version in found:
            review = version.review
            self.stdout.write(
                _("%(file)s is version %(number)d of %(service)s, %(county)s, %(date)s, %(kind)s.")
                % {
                    "file": file,
                    "number": version.number,
                    "service": review.service,
                    "county": review.service.county,
                    "date": review.review_date.isoformat(),
                    "kind": review.get_kind_display(),
                }
            )
            newest = max(review.versions.values_list("number", flat=True))
            if newest != version.number:
                self.stdout.write(_("It no longer counts: there is a version %(number)d.") % {"number": newest})

"""Writes reports as PDF files into a directory."""

import hashlib
from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from reviews import audit
from reviews.models import AuditEvent, ReportVersion, Review, Service
from reviews.report import content, naming, pdf


class Export(NamedTuple):
    """A report to write: a version that was handed over, or a draft."""

    review: Review
    version: ReportVersion | None


class Command(BaseCommand):
    """`manage.py export_reports DIR [--service NAME] [--drafts]`."""

    help = (
        "Write one PDF for each final review into DIR: the stored bytes, or rendered where an imported review has none."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the directory and what to leave out or take along."""
        parser.add_argument("directory", metavar="DIR", type=Path)
        parser.add_argument("--service", metavar="NAME", help="only the service of this name")
        parser.add_argument("--drafts", action="store_true", help="also reviews in consensus or fact check, as drafts")

    def handle(self, *, directory: Path, service: str | None, drafts: bool, **options: Any) -> None:
        """Write the files, a line for each; raises CommandError (exit 1) in the end if one could not be made."""
        reviews = Review.objects.select_related("service__county").order_by("service__name", "first_day", "kind", "pk")
        if service is not None:
            reviews = reviews.filter(service__in=self._services(service))
        directory.mkdir(parents=True, exist_ok=True)
        exports = [export for review in reviews for export in self._of(review, drafts)]
        names = Counter(self._name(export) for export in exports)
        failed = 0
        for export in exports:
            name = self._name(export)
            if names[name] > 1:
                # Services of two counties may share a name: none of their reports may hide another.
                name = f"{name.removesuffix('.pdf')}-{export.review.pk.hex[:8]}.pdf"
            try:
                (directory / name).write_bytes(self._bytes(export))
            except Exception as error:  # whatever is wrong with one, the others are to be made
                failed += 1
                self.stderr.write(_("%(name)s could not be made: %(error)s") % {"name": name, "error": repr(error)})
                continue
            audit.record(None, AuditEvent.Action.EXPORTED, review=export.review, target=export.version or export.review)
            self.stdout.write(name)
        if failed:
            raise CommandError(_("%(failed)d of %(all)d could not be made.") % {"failed": failed, "all": len(exports)})

    def _services(self, name: str) -> list[Service]:
        found = list(Service.objects.filter(name__iexact=name))
        if not found:
            raise CommandError(_("There is no service called %(name)s.") % {"name": name})
        return found

    def _of(self, review: Review, drafts: bool) -> list[Export]:
        """The version that counts, also while a new one is being made; and the draft.

        There is no draft before consensus: until then scores are blind.
        """
        if review.status == Review.Status.CANCELLED:
            return []
        version = review.versions.order_by("-number").first()
        found = [] if version is None else [Export(review, version)]
        if drafts and review.status in (Review.Status.CONSENSUS, Review.Status.FACT_CHECK):
            found.append(Export(review, None))
        return found

    def _name(self, export: Export) -> str:
        if export.version is None:
            return naming.draft_name(export.review)
        return naming.version_name(export.review, export.version.number)

    def _bytes(self, export: Export) -> bytes:
        version = export.version
        if version is None:
            return pdf.render(content.build(export.review, number=None, made_at=None), draft=True)
        if version.pdf is None:
            return pdf.render(version.content, draft=False)
        stored = bytes(version.pdf)
        if hashlib.sha256(stored).hexdigest() != version.sha256:
            raise ValueError("the stored bytes have another SHA-256 than when they were made")
        return stored

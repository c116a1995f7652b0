"""What was handed over: report versions and their final scores. Append-only; the database's guards refuse anything
else.
"""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reviews.models.fields import LongText, NotScored, score_or_reason, text_limits
from reviews.models.people import User
from reviews.models.review import Review
from scales.models import Item


class ReportVersion(models.Model):
    """One immutable version of a review's report. An imported one has no bytes: its sheet was all there was."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField(_("version"))
    content = models.JSONField()
    editions = models.JSONField()
    pdf = models.BinaryField(null=True)
    sha256 = models.CharField(max_length=64, blank=True, default="")
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    reason = LongText(_("why it was issued again"))

    class Meta:
        verbose_name = _("report version")
        verbose_name_plural = _("report versions")
        ordering = ("review", "number")
        indexes: ClassVar = [models.Index(fields=["sha256"], name="version_by_hash")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["review", "number"], name="version_number_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="version_number_from_one"),
            models.CheckConstraint(
                condition=Q(pdf=None, sha256="") | Q(pdf__isnull=False, sha256__regex=r"^[0-9a-f]{64}$"),
                name="version_bytes_have_hash",
            ),
            models.CheckConstraint(condition=Q(number=1) | ~Q(reason=""), name="version_reissue_has_reason"),
            *text_limits("version", "reason"),
        ]

    def __str__(self) -> str:
        return f"{self.review}, {self.number}"


class FinalScore(models.Model):
    """One item's result in one version: what trends, exports and overviews read."""

    version = models.ForeignKey(ReportVersion, on_delete=models.PROTECT, related_name="scores")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    score = models.PositiveSmallIntegerField(_("score"), null=True)
    not_scored = models.CharField(
        _("not scored because"),
        max_length=20,
        choices=NotScored.choices,
        blank=True,
        default="",
    )
    comment = LongText(_("Comment"))
    recommendation = LongText(_("Recommendation"))
    obstacles = models.JSONField(default=list)
    actors = models.JSONField(default=list)

    class Meta:
        verbose_name = _("final score")
        verbose_name_plural = _("final scores")
        ordering = ("version", "item")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "item"], name="final_score_once"),
            *score_or_reason("final"),
            models.CheckConstraint(
                condition=Q(score__isnull=False) | ~Q(not_scored=""),
                name="final_score_or_reason",
            ),
            *text_limits("final", "comment", "recommendation"),
        ]

    def __str__(self) -> str:
        return f"{self.version}: {self.item}"

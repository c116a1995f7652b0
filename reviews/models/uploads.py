"""Score sheets that are looked at before they are taken in."""

import datetime
import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reviews.models.people import User


class UploadQuerySet(models.QuerySet["Upload"]):
    """Score sheets."""

    def waiting(self) -> "UploadQuerySet":
        """Return those that are not taken in."""
        return self.filter(imported_at=None)


class Upload(models.Model):
    """A score sheet that somebody has sent. It is kept only until it is given up or too old; of one that is taken in,
    the bytes go and what came of it stays, in numbers.

    `outcome` is what the last look at it said: the shape is reviews.exchange.uploading's.
    """

    KEPT = datetime.timedelta(hours=24)
    """How long a sheet waits to be taken in."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="uploads")
    name = models.CharField(_("file"), max_length=255)
    content = models.BinaryField(null=True)
    create_services = models.BooleanField(_("make services that are not known"), default=False)
    outcome: "models.JSONField[dict[str, object], dict[str, object]]" = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)
    checked_at = models.DateTimeField(null=True)
    imported_at = models.DateTimeField(null=True)

    objects = UploadQuerySet.as_manager()

    class Meta:
        verbose_name = _("uploaded score sheet")
        verbose_name_plural = _("uploaded score sheets")
        ordering = ("-created_at",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(imported_at=None) | Q(checked_at__isnull=False, content=None),
                name="upload_checked_before_imported",
            ),
        ]

    def __str__(self) -> str:
        return self.name

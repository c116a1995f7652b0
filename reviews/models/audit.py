"""Who did what, to which object, when and from where; never a value, so that nothing of a text or a score lives on
here.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reviews.models.people import User
from reviews.models.review import Review


class AuditEvent(models.Model):
    """One event. Append-only; the database's guards refuse anything else."""

    class Action(models.TextChoices):
        """What can be done."""

        LOGGED_IN = "logged_in", _("Logged in")
        LOGGED_OUT = "logged_out", _("Logged out")
        LOG_IN_FAILED = "log_in_failed", _("Could not log in")
        CREATED = "created", _("Created")
        CHANGED = "changed", _("Changed")
        DELETED = "deleted", _("Deleted")
        MOVED = "moved", _("Moved to another state")
        READ = "read", _("Read")
        DOWNLOADED = "downloaded", _("Downloaded")
        EXPORTED = "exported", _("Exported")
        IMPORTED = "imported", _("Imported")

    at = models.DateTimeField(default=timezone.now)
    actor = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    action = models.CharField(max_length=20, choices=Action.choices)
    review = models.ForeignKey(Review, on_delete=models.PROTECT, null=True, related_name="audit_events")
    object_type = models.CharField(max_length=40, blank=True)
    object_id = models.CharField(max_length=40, blank=True)
    fields = models.JSONField(default=list)
    address = models.GenericIPAddressField(null=True)
    request_id = models.CharField(max_length=32, blank=True)

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit events")
        ordering = ("-at", "-id")
        indexes: ClassVar = [
            models.Index(fields=["review", "-at"], name="audit_by_review"),
            models.Index(fields=["object_type", "object_id", "-at"], condition=Q(review=None), name="audit_by_object"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(
                    action__in=[
                        "logged_in",
                        "logged_out",
                        "log_in_failed",
                        "created",
                        "changed",
                        "deleted",
                        "moved",
                        "read",
                        "downloaded",
                        "exported",
                        "imported",
                    ]
                ),
                name="audit_action_known",
            )
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action}"

"""What was noted and judged alone is deleted for good when nobody needs it any more: the warning, and the receipt."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reviews.models.review import Review


class Erasure(models.Model):
    """One deletion of a review's working material: announced at `warned_at` for the day `due`, done at `erased_at`.

    `counts` says how many rows of each kind went, by the kind's name, and nothing of what stood in them. A review that
    is issued again can have a second one. Once done, it is a receipt: the database's guards refuse any change.
    """

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="erasures")
    warned_at = models.DateTimeField(default=timezone.now, editable=False)
    due = models.DateField(_("deleted on"))
    erased_at = models.DateTimeField(null=True, editable=False)
    counts = models.JSONField(null=True, editable=False)

    class Meta:
        verbose_name = _("deletion of working material")
        verbose_name_plural = _("deletions of working material")
        ordering = ("review", "warned_at")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["review"], condition=Q(erased_at=None), name="erasure_announced_once"),
            models.CheckConstraint(
                condition=Q(erased_at=None, counts__isnull=True) | Q(erased_at__isnull=False, counts__isnull=False),
                name="erasure_counts_when_done",
            ),
            models.CheckConstraint(
                condition=Q(erased_at=None) | Q(erased_at__gte=F("warned_at")),
                name="erasure_warned_before",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.review}, {self.due:%Y-%m-%d}"

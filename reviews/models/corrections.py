"""What the evaluators found to be wrong in the last review. It changes nothing that was handed over."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reviews.models.fields import LongText, text_limits
from reviews.models.people import User
from reviews.models.report import ReportVersion
from reviews.models.review import Review
from scales.models import Item


class Correction(models.Model):
    """A score of the service's last review that this review's evaluators hold to have been wrong, and why.

    `item` is the item of the edition used then; `score` is what it should have been, None where nobody can tell now.
    """

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="corrections")
    version = models.ForeignKey(ReportVersion, on_delete=models.PROTECT, related_name="corrections")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    score = models.PositiveSmallIntegerField(_("what the score should have been"), null=True, blank=True)
    reason = LongText(_("why the score was wrong"), blank=False)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", editable=False)
    made_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("correction of the last review")
        verbose_name_plural = _("corrections of the last review")
        ordering = ("review", "item")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["review", "item"], name="correction_once"),
            models.CheckConstraint(condition=Q(score=None) | Q(score__range=(1, 5)), name="correction_score_in_range"),
            models.CheckConstraint(condition=~Q(reason=""), name="correction_reason_given"),
            *text_limits("correction", "reason"),
        ]

    def __str__(self) -> str:
        return f"{self.review}: {self.item}"

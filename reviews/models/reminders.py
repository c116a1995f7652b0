"""What people are reminded of by e-mail: what went, so that nothing goes twice, and what they do not want."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reviews.models.people import User


class ReminderKind(models.TextChoices):
    """What a person can be reminded of, and can choose not to be."""

    REVIEW_DUE = "review_due", _("A service is due for an external review")
    REVIEW_OVERDUE = "review_overdue", _("A service's external review is overdue")
    SELF_REVIEW = "self_review", _("The scale recommends a new look; a self-review will do")
    VISIT = "visit", _("A visit is near")
    FIGURES = "figures", _("Figures are wanted before a visit")
    STEP = "step", _("A step of a checklist is due")
    REPORT = "report", _("A report is promised soon")
    ACTION = "action", _("An improvement point's deadline is near")
    ERASURE = "erasure", _("Raw notes are about to be deleted")


class Reminder(models.Model):
    """A reminder that went, or is on its way: about one object and the day it is due, once to each person. `about` is
    the id of a review, a service, a step or an improvement point.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="reminders")
    kind = models.CharField(max_length=20, choices=ReminderKind.choices)
    about = models.CharField(max_length=40)
    day = models.DateField()
    sent_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        ordering = ("-sent_at",)
        indexes: ClassVar = [models.Index(fields=["day", "about"], name="reminder_by_day")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "kind", "about", "day"], name="reminder_once"),
            models.CheckConstraint(condition=Q(kind__in=ReminderKind.values), name="reminder_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.about}"


class MutedReminder(models.Model):
    """A kind of reminder that a person does not want."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="muted_reminders")
    kind = models.CharField(max_length=20, choices=ReminderKind.choices)

    class Meta:
        verbose_name = _("reminder not wanted")
        verbose_name_plural = _("reminders not wanted")
        ordering = ("user", "kind")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "kind"], name="muted_reminder_once"),
            models.CheckConstraint(condition=Q(kind__in=ReminderKind.values), name="muted_reminder_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.kind}"

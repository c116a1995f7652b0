"""The service's handlingsplan: what came of the recommendations."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reviews.models.fields import LongText, text_limits
from reviews.models.people import User
from reviews.models.places import Organisation, Service
from reviews.models.report import ReportVersion
from scales.models import Item

_OPEN = ("open", "under_way")


class ActionPoint(models.Model):
    """A forbedringspunkt. It begins as a recommendation in a final report, or the service adds it itself and has no
    version then; the service gives it owner, deadline and status.
    """

    class Status(models.TextChoices):
        """How far it has come."""

        OPEN = "open", _("Not started")
        UNDER_WAY = "under_way", _("Under way")
        DONE = "done", _("Done")
        DROPPED = "dropped", _("Not to be done")

    OPEN: ClassVar = _OPEN
    """The states in which something is still to be done."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="actions")
    version = models.ForeignKey(
        ReportVersion, on_delete=models.PROTECT, null=True, related_name="actions", editable=False
    )
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    text = LongText(_("improvement point"), blank=False)
    owner = models.CharField(_("who acts"), max_length=200, blank=True, default="")
    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("organisation"),
    )
    deadline = models.DateField(_("deadline"), null=True, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.OPEN)
    notes = LongText(_("notes"))
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)
    continued_in = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+", editable=False)

    class Meta:
        verbose_name = _("improvement point")
        verbose_name_plural = _("improvement points")
        ordering = ("service", "deadline", "created_at")
        indexes: ClassVar = [
            # With all that a calendar asks of deadlines.
            models.Index(
                fields=["deadline", "version", "service"], condition=Q(status__in=_OPEN), name="action_by_deadline"
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(text=""), name="action_text_given"),
            models.CheckConstraint(
                condition=Q(status__in=_OPEN, closed_at=None)
                | Q(status__in=["done", "dropped"], closed_at__isnull=False),
                name="action_status_fits_time",
            ),
            models.UniqueConstraint(fields=["version", "item"], name="action_once_per_version"),
            models.CheckConstraint(
                condition=Q(version__isnull=False) | Q(created_by__isnull=False), name="action_comes_from_somewhere"
            ),
            models.CheckConstraint(
                condition=Q(continued_in=None) | Q(status="dropped"), name="action_continued_is_dropped"
            ),
            *text_limits("action", "text", "notes"),
        ]

    def __str__(self) -> str:
        return f"{self.service}: {self.item}"

    @property
    def is_open(self) -> bool:
        """Whether there is still something to do."""
        return self.status in self.OPEN

    @property
    def about(self) -> tuple[str, str]:
        """What it is about in any edition: the code of the scale, and of the item. It asks for the item unless that is
        fetched already.
        """
        return self.item.section.scale.code, self.item.code

    @property
    def matter(self) -> tuple[str, ...]:
        """What it is one matter with: all that reports recommend on an item is one; what the service adds itself stands
        beside it, and never in its place. It asks as `about` does.
        """
        return self.about if self.version_id is not None else (*self.about, str(self.pk))

    @property
    def is_inside(self) -> bool:
        """Whether only the service sees it: it comes from a self-review that is not shared. It asks for the review
        unless that is fetched already.
        """
        return self.version is not None and self.version.review.is_self and self.version.review.shared_at is None

    def keeps_from(self, other: "ActionPoint") -> bool:
        """Whether what is said of it must not be written in another point: only the service sees it, and others see
        that one. It asks as is_inside does.
        """
        return self.is_inside and not other.is_inside

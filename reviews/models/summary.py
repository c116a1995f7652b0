"""What the services' reviews say together, counted ahead, so that figures of ten thousand services are read and not
counted anew. It is derived: reviews.summary makes it and proves it, and none of it is a source of anything.

The rows hold no constraint on what they point at. A foreign key's check locks the row it points at, and whoever changes
a review has locked that while the database marks its service: the two would wait for each other.
"""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from reviews.models.places import County, Service
from reviews.models.report import ReportVersion
from reviews.models.review import Review


class ServiceSummary(models.Model):
    """What one service's reviews add to the figures, as of when it was counted last; see reviews.summary.tally.

    `county` is the one whose sums it is part of. `last_review`, its `last_day`, `next_due` and `look_by` are those of
    reviews.due, None before the first external review of practice; `is_looked_at`: one that everybody may know of was
    handed over since. `external` and `own` are the versions that speak for the service: of
    its latest external review, and of its latest shared self-review.
    """

    service = models.OneToOneField(
        Service, on_delete=models.CASCADE, primary_key=True, related_name="summary", db_constraint=False
    )
    county = models.ForeignKey(
        County, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    latest = models.JSONField(default=dict)
    yearly = models.JSONField(default=dict)
    last_review = models.ForeignKey(
        Review, on_delete=models.DO_NOTHING, null=True, related_name="+", db_constraint=False, db_index=False
    )
    next_due = models.DateField(null=True)
    last_day = models.DateField(null=True)
    look_by = models.DateField(null=True)
    is_looked_at = models.BooleanField(default=False, db_default=False)
    external = models.ForeignKey(
        ReportVersion, on_delete=models.DO_NOTHING, null=True, related_name="+", db_constraint=False, db_index=False
    )
    own = models.ForeignKey(
        ReportVersion, on_delete=models.DO_NOTHING, null=True, related_name="+", db_constraint=False, db_index=False
    )

    class Meta:
        verbose_name = _("service's summary")
        verbose_name_plural = _("services' summaries")
        indexes: ClassVar = [
            models.Index(fields=["county", "next_due"], name="summary_by_due"),
            # With all that is asked of them, so that services are counted by their days without their sums being read.
            models.Index(fields=["next_due", "service", "county"], name="summary_by_day"),
            models.Index(fields=["look_by", "service", "county", "last_day", "is_looked_at"], name="summary_by_look"),
        ]

    def __str__(self) -> str:
        return str(self.service)


class CountySummary(models.Model):
    """The sums of all the services that are counted in a county."""

    county = models.OneToOneField(
        County, on_delete=models.CASCADE, primary_key=True, related_name="summary", db_constraint=False
    )
    latest = models.JSONField(default=dict)
    yearly = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("county's summary")
        verbose_name_plural = _("counties' summaries")

    def __str__(self) -> str:
        return str(self.county)


class StaleSummary(models.Model):
    """A mark that something of a service was written since it was counted: it counts from the source until it is
    counted again. The database sets it by itself, whoever writes; see reviews.guards.Mark.

    A service may have many: each time it is written to adds one and touches no other, so that nobody who writes waits
    for another who writes to the same service.
    """

    id = models.BigAutoField(primary_key=True)
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="+", db_constraint=False)

    class Meta:
        verbose_name = _("mark of a stale summary")
        verbose_name_plural = _("marks of stale summaries")

    def __str__(self) -> str:
        return str(self.service)

"""What is to be done before and after a visit: the template of all external reviews, and each review's own list."""

import datetime
from typing import ClassVar

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from reviews.models.people import User
from reviews.models.review import Review

FARTHEST = 365
"""The most days a step is before or after the visit."""


class Moment(models.TextChoices):
    """What a step's days are counted from."""

    BEFORE = "before", _("days before the first visit day")
    AFTER = "after", _("days after the last visit day")


class Doer(models.TextChoices):
    """Who takes a step, as what they are to the review."""

    LEAD = "lead", _("Lead evaluator")
    METHOD_SUPERVISOR = "method_supervisor", _("Method supervisor")
    ADVISER = "adviser", _("Regional IPS adviser")


def day_by_rule(moment: str, days: int, first_day: datetime.date, last_day: datetime.date) -> datetime.date:
    """Return the day of a step that has none of its own, from the visit's days."""
    if moment == Moment.BEFORE:
        return first_day - datetime.timedelta(days=days)
    return last_day + datetime.timedelta(days=days)


class _Step(models.Model):
    """What a step of the template and one of a review have in common."""

    text = models.CharField(_("what is to be done"), max_length=200)
    doer = models.CharField(_("who does it"), max_length=20, choices=Doer.choices, default=Doer.LEAD)
    moment = models.CharField(_("counted from"), max_length=10, choices=Moment.choices, default=Moment.BEFORE)
    days = models.PositiveSmallIntegerField(_("days"), default=0, validators=[MaxValueValidator(FARTHEST)])

    class Meta:
        abstract = True


def _step_rules(prefix: str) -> list[models.BaseConstraint]:
    return [
        models.CheckConstraint(condition=~Q(text=""), name=f"{prefix}_text_given"),
        models.CheckConstraint(condition=Q(doer__in=Doer.values), name=f"{prefix}_doer_known"),
        models.CheckConstraint(condition=Q(moment__in=Moment.values), name=f"{prefix}_moment_known"),
        models.CheckConstraint(condition=Q(days__lte=FARTHEST), name=f"{prefix}_days_within_a_year"),
    ]


class TemplateStep(_Step):
    """A step of the checklist that every new external review begins with. The first ones come with the migrations."""

    class Meta:
        verbose_name = _("step of the checklist template")
        verbose_name_plural = _("steps of the checklist template")
        ordering = ("moment", "pk")
        constraints: ClassVar = _step_rules("template_step")

    def __str__(self) -> str:
        return self.text


class ReviewStep(_Step):
    """A step of one review's checklist. Its day follows the visit, unless somebody has given it one of its own."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="steps")
    own_day = models.DateField(_("day"), null=True, blank=True)
    done_at = models.DateTimeField(null=True, editable=False)
    done_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", editable=False)

    class Meta:
        verbose_name = _("step of a checklist")
        verbose_name_plural = _("steps of checklists")
        ordering = ("review", "pk")
        indexes: ClassVar = [
            models.Index(fields=["review"], condition=Q(done_at=None), name="review_step_left"),
            # An adviser is told of steps in as many reviews as are under way: with all that says their days.
            models.Index(
                fields=["review", "own_day", "moment", "days"],
                condition=Q(done_at=None, doer=Doer.ADVISER),
                name="review_step_of_adviser",
            ),
        ]
        constraints: ClassVar = [
            *_step_rules("review_step"),
            models.CheckConstraint(
                condition=Q(done_at=None, done_by=None) | Q(done_at__isnull=False, done_by__isnull=False),
                name="review_step_done_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.review}: {self.text}"

    @property
    def day(self) -> datetime.date:
        """The day by which it is to be done. It asks for the review unless that is fetched already."""
        if self.own_day is not None:
            return self.own_day
        return day_by_rule(self.moment, self.days, self.review.first_day, self.review.last_day)

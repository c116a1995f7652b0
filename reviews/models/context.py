"""What a review's score stands beside: how the service was when it was reviewed."""

from decimal import Decimal
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from reviews.models.review import Review


class Context(models.Model):
    """The service at the time of one review, in numbers that name nobody. Nothing of it touches a score.

    A participant in ordinary work counts there alone, so that work and education can be added up.
    """

    review = models.OneToOneField(Review, on_delete=models.CASCADE, related_name="context")
    participants = models.PositiveSmallIntegerField(
        _("participants"), null=True, blank=True, help_text=_("All who are followed up now.")
    )
    in_work = models.PositiveSmallIntegerField(
        _("in ordinary work"), null=True, blank=True, help_text=_("Participants in a paid, ordinary job now.")
    )
    in_education = models.PositiveSmallIntegerField(
        _("in education"), null=True, blank=True, help_text=_("Participants in ordinary education who are not in work.")
    )
    goal = models.PositiveSmallIntegerField(
        _("the agreed goal"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text=_("The share of participants in work or education that is agreed on, in percent."),
    )
    dispersed = models.BooleanField(
        _("sparsely populated area"),
        null=True,
        blank=True,
        help_text=_("One jobbspesialist in each place, so that the team cannot meet as others do."),
    )
    jobs_started = models.PositiveSmallIntegerField(
        _("jobs started in the last year"),
        null=True,
        blank=True,
        help_text=_("Ordinary jobs that participants have begun in, in the twelve months before the visit."),
    )
    posts = models.DecimalField(
        _("posts"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0))],
        help_text=_("Full-time posts for employment specialists, vacant ones among them: for example 4.5."),
    )
    vacant_posts = models.DecimalField(
        _("vacant posts"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0))],
        help_text=_("How many of the posts nobody holds now."),
    )
    left_last_year = models.PositiveSmallIntegerField(
        _("employment specialists who left in the last year"),
        null=True,
        blank=True,
        help_text=_("In the twelve months before the visit, those on leave not counted."),
    )
    teams = models.PositiveSmallIntegerField(
        _("treatment teams"),
        null=True,
        blank=True,
        help_text=_("Treatment teams in which the employment specialists work."),
    )
    co_located_teams = models.PositiveSmallIntegerField(
        _("teams they share offices with"),
        null=True,
        blank=True,
        help_text=_("How many of the teams have the employment specialists among them in the same offices."),
    )
    employers: "models.JSONField[list[str], list[str]]" = models.JSONField(
        _("who employs the employment specialists"), default=list, blank=True
    )

    class Meta:
        verbose_name = _("context of a review")
        verbose_name_plural = _("contexts of reviews")
        ordering = ("review",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(goal=None) | Q(goal__range=(1, 100)),
                name="context_goal_is_percent",
                violation_error_message=_("The goal is a percentage from 1 to 100."),
            ),
            models.CheckConstraint(
                condition=Q(in_work=None) | Q(participants=None) | Q(participants__gte=F("in_work")),
                name="context_work_within_participants",
                violation_error_message=_("More are in work than there are participants."),
            ),
            models.CheckConstraint(
                condition=Q(in_education=None) | Q(participants=None) | Q(participants__gte=F("in_education")),
                name="context_education_within_participants",
                violation_error_message=_("More are in education than there are participants."),
            ),
            models.CheckConstraint(
                condition=Q(in_work=None)
                | Q(in_education=None)
                | Q(participants=None)
                | Q(participants__gte=F("in_work") + F("in_education")),
                name="context_sum_within_participants",
                violation_error_message=_("Work and education together are more than there are participants."),
            ),
            models.CheckConstraint(
                condition=(Q(posts=None) | Q(posts__gte=0)) & (Q(vacant_posts=None) | Q(vacant_posts__gte=0)),
                name="context_posts_not_negative",
                violation_error_message=_("The number of posts is below zero."),
            ),
            models.CheckConstraint(
                condition=Q(vacant_posts=None) | Q(posts=None) | Q(posts__gte=F("vacant_posts")),
                name="context_vacant_within_posts",
                violation_error_message=_("More posts are vacant than there are."),
            ),
            models.CheckConstraint(
                condition=Q(co_located_teams=None) | Q(teams=None) | Q(teams__gte=F("co_located_teams")),
                name="context_co_located_within_teams",
                violation_error_message=_("Offices are shared with more teams than there are."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.review}"

    @classmethod
    def of(cls, review: Review) -> "Context":
        """Return a review's context; an empty one, not saved, where nobody has written any. One query."""
        return cls.objects.filter(review=review).first() or cls(review=review)

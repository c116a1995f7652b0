"""What the evaluators judge: each one's own ratings, and what they agree on."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reviews.models.fields import LongText, NotScored, score_or_reason, text_limits
from reviews.models.people import User
from reviews.models.review import Review, Seat
from scales.models import Item, Section


class Obstacle(models.TextChoices):
    """What holds a score down, so that a leader can tell what the team can change itself."""

    OWN_PRACTICE = "own_practice", _("Own practice")
    NAV = "nav", _("Nav's leadership")
    HEALTH = "health", _("The health partner")
    LAW = "law", _("Law and regulation")
    ICT = "ict", _("ICT")


class Actor(models.TextChoices):
    """Who acts on a recommendation."""

    IPS_TEAM = "ips_team", _("The IPS team")
    NAV = "nav", _("Nav")
    HEALTH_PARTNER = "health_partner", _("The health partner")
    STEERING_GROUP = "steering_group", _("The steering group")
    ICT = "ict", _("Those responsible for ICT")


class Rating(models.Model):
    """One evaluator's own judgement of one item. Nobody else sees it until every seat has handed in.

    `elements` are the indexes of the elements found, `element_remarks` a remark by index. `statements` are the answers
    to the measure's
    raises and needs: {"raises": {"4": true}, "needs": {"2": false}}.
    """

    seat = models.ForeignKey(Seat, on_delete=models.CASCADE, related_name="ratings")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    score = models.PositiveSmallIntegerField(_("score"), null=True, blank=True)
    not_scored = models.CharField(
        _("not scored because"),
        max_length=20,
        choices=NotScored.choices,
        blank=True,
        default="",
    )
    comment = LongText(_("Comment"))
    recommendation = LongText(_("Recommendation"))
    elements = models.JSONField(default=list, blank=True)
    element_remarks = models.JSONField(default=dict, blank=True)
    statements = models.JSONField(default=dict, blank=True)
    obstacles = models.JSONField(_("what holds the score down"), default=list, blank=True)
    actors = models.JSONField(_("who acts"), default=list, blank=True)
    departure = LongText(_("why the score differs from the suggestion"))
    updated_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("rating")
        verbose_name_plural = _("ratings")
        ordering = ("seat", "item")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["seat", "item"], name="rating_once"),
            *score_or_reason("rating"),
            *text_limits("rating", "comment", "recommendation", "departure"),
        ]

    def __str__(self) -> str:
        return f"{self.seat}: {self.item}"


class AgreedResult(models.Model):
    """What the evaluators agree on for one item. Without a score and a reason the item is not agreed yet."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="results")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    score = models.PositiveSmallIntegerField(_("score"), null=True, blank=True)
    not_scored = models.CharField(
        _("not scored because"),
        max_length=20,
        choices=NotScored.choices,
        blank=True,
        default="",
    )
    comment = LongText(_("Comment"))
    recommendation = LongText(_("Recommendation"))
    obstacles = models.JSONField(_("what holds the score down"), default=list, blank=True)
    actors = models.JSONField(_("who acts"), default=list, blank=True)
    updated_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("agreed result")
        verbose_name_plural = _("agreed results")
        ordering = ("review", "item")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["review", "item"], name="result_once"),
            *score_or_reason("result"),
            *text_limits("result", "comment", "recommendation"),
        ]

    def __str__(self) -> str:
        return f"{self.review}: {self.item}"


class SectionComment(models.Model):
    """A Kommentar that covers a whole section, in place of one on each of its items."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="section_comments")
    section = models.ForeignKey(Section, on_delete=models.PROTECT, related_name="+")
    comment = LongText(_("Comment"))

    class Meta:
        verbose_name = _("comment on a section")
        verbose_name_plural = _("comments on sections")
        ordering = ("review", "section")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["review", "section"], name="section_comment_once"),
            *text_limits("section_comment", "comment"),
        ]

    def __str__(self) -> str:
        return f"{self.review}: {self.section}"


class FactCheckRespondent(models.Model):
    """Someone who is asked to check the facts in the draft; without a user as long as an invitation is not accepted.

    `asked_at` is when the draft was sent to them, `told_at` when the letter about it went, `reminded_at` when the one
    reminder went, `answered_at` when they had said what they had to say.
    """

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="respondents")
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("person"))
    told_at = models.DateTimeField(null=True, editable=False)
    asked_at = models.DateTimeField(default=timezone.now, editable=False)
    reminded_at = models.DateTimeField(null=True, editable=False)
    answered_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("fact check respondent")
        verbose_name_plural = _("fact check respondents")
        ordering = ("review", "asked_at")
        constraints: ClassVar = [models.UniqueConstraint(fields=["review", "user"], name="respondent_once")]

    def __str__(self) -> str:
        return f"{self.review}: {self.user or '–'}"


class FactCheckRemark(models.Model):
    """A respondent's remark on an item, or on the whole draft, and what the evaluators did with it.

    `before` and `after` are what stood on the item when the remark was decided on, and what stands there since.
    """

    class Decision(models.TextChoices):
        """What came of the remark."""

        OPEN = "", _("Not decided")
        KEPT = "kept", _("Kept as it was")
        CHANGED = "changed", _("Changed")

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="remarks")
    respondent = models.ForeignKey(FactCheckRespondent, on_delete=models.CASCADE, related_name="remarks")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, null=True, related_name="+")
    text = LongText(_("remark"), blank=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    decision = models.CharField(_("decision"), max_length=10, choices=Decision.choices, blank=True, default="")
    answer = LongText(_("answer"))
    before = models.JSONField(null=True, editable=False)
    after = models.JSONField(null=True, editable=False)
    decided_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("fact check remark")
        verbose_name_plural = _("fact check remarks")
        ordering = ("review", "created_at")
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(text=""), name="remark_text_given"),
            models.CheckConstraint(
                condition=Q(decision="", decided_at=None)
                | Q(decision__in=["kept", "changed"], decided_at__isnull=False),
                name="remark_decision_fits_time",
            ),
            models.CheckConstraint(
                condition=~Q(decision="changed") | Q(item=None) | Q(before__isnull=False, after__isnull=False),
                name="remark_change_is_kept",
            ),
            *text_limits("remark", "text", "answer"),
        ]

    def __str__(self) -> str:
        return f"{self.review}, {self.created_at:%Y-%m-%d}"

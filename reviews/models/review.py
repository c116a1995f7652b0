"""A review from plan to final, and the seats of those who carry it out."""

import datetime
import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reviews.models.fields import LongText, text_limits
from reviews.models.people import User
from reviews.models.places import Service, TreatmentTeam
from scales.models import Scale


class Review(models.Model):
    """One kvalitetsevaluering of a service. Its state is tied to its times by constraints; only reviews.workflow moves
    it.
    """

    class Kind(models.TextChoices):
        """Who reviews."""

        EXTERNAL = "external", _("External review")
        SELF = "self", _("Self-review")

    class Basis(models.TextChoices):
        """What is reviewed. From plans: a service that has not started; it has no band, no trend and sets
        no due date.
        """

        PRACTICE = "practice", _("Practice")
        PLANS = "plans", _("Reviewed from plans")

    class Status(models.TextChoices):
        """The states in the order a review passes them."""

        PLANNED = "planned", _("Planned")
        SCORING = "scoring", _("Scoring")
        CONSENSUS = "consensus", _("Consensus")
        FACT_CHECK = "fact_check", _("Fact check")
        FINAL = "final", _("Final")
        CANCELLED = "cancelled", _("Cancelled")

    OPEN: ClassVar = (Status.PLANNED, Status.SCORING, Status.CONSENSUS, Status.FACT_CHECK)
    """The states in which work on it goes on: neither final nor cancelled."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.ForeignKey(
        Service,
        on_delete=models.PROTECT,
        related_name="reviews",
        verbose_name=_("service"),
    )
    teams = models.ManyToManyField(
        TreatmentTeam,
        blank=True,
        related_name="reviews",
        verbose_name=_("teams"),
        help_text=_("Choose teams if only a part of the service is reviewed. None chosen means the whole service."),
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.EXTERNAL)
    basis = models.CharField(_("basis"), max_length=10, choices=Basis.choices, default=Basis.PRACTICE)
    status = models.CharField(
        _("status"),
        max_length=10,
        choices=Status.choices,
        default=Status.PLANNED,
        editable=False,
    )
    first_day = models.DateField(_("first visit day"))
    last_day = models.DateField(_("last visit day"))
    report_due = models.DateField(
        _("report promised by"),
        null=True,
        blank=True,
        help_text=_("The day the service can expect the final report."),
    )
    scales = models.ManyToManyField(Scale, through="ReviewScale", related_name="reviews")
    language = models.CharField(
        _("language of the report"),
        max_length=2,
        choices=User.Language.choices,
        default=User.Language.BOKMAL,
    )
    recipients = models.CharField(
        _("recipients of the report"),
        max_length=500,
        blank=True,
        help_text=_("For example the Nav office, the DPS and the steering group."),
    )
    participants = LongText(
        _("who took part"),
        help_text=_("For a self-review: the roles of those who filled in the sheet together."),
    )
    independence = LongText(
        _("ties to the service"),
        help_text=_("What else a reader should know about how independent the evaluators are of the service."),
    )
    imported_from = models.CharField(_("imported from"), max_length=255, blank=True, editable=False)

    purpose = LongText(_("purpose"))
    method = LongText(_("method"))
    summary = LongText(_("summary"))
    strengths = LongText(
        _("strengths"),
        help_text=_("One strength a line; the first three stand on page one."),
    )
    front_advice = models.JSONField(_("recommendations on page one"), default=list, blank=True)
    outside_meetings = LongText(
        _("collaboration meetings"),
        help_text=_(
            "Do participants take part in collaboration meetings about themselves? Write nothing that names anyone."
        ),
    )
    outside_economy = LongText(
        _("economy"),
        help_text=_("Are participants asked about their economy, and do they get help with it?"),
    )
    outside_voices = LongText(
        _("what participants say of the help"),
        help_text=_("What those who were interviewed say, so that nobody can be recognised."),
    )

    show_evaluator_scores = models.BooleanField(_("show the evaluators' own scores"), default=False)
    show_fact_check = models.BooleanField(_("show the fact check"), default=False)
    show_comparison = models.BooleanField(_("compare with the last review"), default=True)

    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    scoring_at = models.DateTimeField(null=True, editable=False)
    consensus_at = models.DateTimeField(null=True, editable=False)
    fact_check_at = models.DateTimeField(null=True, editable=False)
    fact_check_due = models.DateField(_("fact check due"), null=True, editable=False)
    fact_check_skipped = LongText(_("why the fact check was skipped"), editable=False)
    final_at = models.DateTimeField(null=True, editable=False)
    cancelled_at = models.DateTimeField(null=True, editable=False)
    cancel_reason = LongText(_("why it was cancelled"), editable=False)
    sent_back_reason = LongText(_("why it was sent back"), editable=False)
    reissue_reason = LongText(_("why it is issued again"), editable=False)
    shared_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        ordering = ("-first_day", "service__name", "id")
        indexes: ClassVar = [
            # Those that speak for services, with all that a calendar asks of visits. Of most years more are before than
            # in them and after.
            models.Index(
                fields=["last_day", "first_day", "status", "service"],
                condition=Q(kind="external") | Q(shared_at__isnull=False),
                name="review_by_visit",
            ),
            # What the service alone sees.
            models.Index(fields=["id"], condition=Q(kind="self", shared_at=None), name="review_inside"),
            # See reviews.due.coming.
            models.Index(
                fields=["service", "first_day"],
                condition=Q(
                    kind="external",
                    basis="practice",
                    status__in=["planned", "scoring", "consensus", "fact_check"],
                    reissue_reason="",
                ),
                name="review_coming",
            ),
            models.Index(fields=["service", "-first_day"], name="review_by_service"),
            models.Index(fields=["status", "first_day"], name="review_by_status"),
            # What is left to do of a review that was handed over is for a while, and the review itself tells nothing.
            models.Index(fields=["last_day", "id"], condition=Q(status="final"), name="review_final_by_last_day"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")),
                name="review_days_in_order",
                violation_error_message=_("The last visit day is before the first."),
            ),
            models.CheckConstraint(
                condition=Q(report_due=None) | Q(report_due__gte=F("last_day")),
                name="review_report_after_visit",
                violation_error_message=_("The report is promised before the last visit day."),
            ),
            models.CheckConstraint(condition=Q(kind__in=["external", "self"]), name="review_kind_known"),
            models.CheckConstraint(condition=Q(basis__in=["practice", "plans"]), name="review_basis_known"),
            models.CheckConstraint(condition=Q(language__in=["nb", "en"]), name="review_language_known"),
            models.CheckConstraint(
                condition=Q(
                    status="planned",
                    scoring_at=None,
                    consensus_at=None,
                    fact_check_at=None,
                    final_at=None,
                    cancelled_at=None,
                )
                | Q(
                    status="scoring",
                    scoring_at__isnull=False,
                    consensus_at=None,
                    fact_check_at=None,
                    final_at=None,
                    cancelled_at=None,
                )
                | Q(
                    status="consensus",
                    consensus_at__isnull=False,
                    fact_check_at=None,
                    final_at=None,
                    cancelled_at=None,
                )
                | Q(
                    status="fact_check",
                    consensus_at__isnull=False,
                    fact_check_at__isnull=False,
                    fact_check_due__isnull=False,
                    final_at=None,
                    cancelled_at=None,
                )
                | Q(status="final", final_at__isnull=False, cancelled_at=None)
                | (Q(status="cancelled", final_at=None, cancelled_at__isnull=False) & ~Q(cancel_reason="")),
                name="review_status_fits_times",
            ),
            models.CheckConstraint(
                condition=~Q(kind="self", status="fact_check"),
                name="review_self_has_no_fact_check",
            ),
            models.CheckConstraint(
                condition=Q(shared_at=None) | Q(kind="self"),
                name="review_only_self_is_shared",
            ),
            *text_limits(
                "review",
                "participants",
                "independence",
                "purpose",
                "method",
                "summary",
                "strengths",
                "outside_meetings",
                "outside_economy",
                "outside_voices",
                "fact_check_skipped",
                "cancel_reason",
                "sent_back_reason",
                "reissue_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service} {self.first_day:%Y-%m-%d}"

    @property
    def is_external(self) -> bool:
        """Whether outsiders review."""
        return self.kind == self.Kind.EXTERNAL

    @property
    def is_self(self) -> bool:
        """Whether the service reviews itself."""
        return self.kind == self.Kind.SELF

    @property
    def from_plans(self) -> bool:
        """Whether a service that has not started is reviewed from its plans."""
        return self.basis == self.Basis.PLANS

    @property
    def is_open(self) -> bool:
        """Whether work on it goes on."""
        return self.status in self.OPEN

    @property
    def review_date(self) -> datetime.date:
        """The day that names the review in sheets and file names: the first visit day."""
        return self.first_day


class ReviewScale(models.Model):
    """An edition of a scale pinned to a review."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="pins")
    scale = models.ForeignKey(Scale, on_delete=models.PROTECT, related_name="pins")

    class Meta:
        ordering = ("scale__position", "scale__sequence")
        constraints: ClassVar = [models.UniqueConstraint(fields=["review", "scale"], name="review_scale_once")]

    def __str__(self) -> str:
        return f"{self.review}: {self.scale}"


class Seat(models.Model):
    """A place in a review. An imported evaluator has no account, nor has an invited one yet. A removed one keeps
    nothing but the frozen scores, hidden from all.

    `told_at` is when the letter about the seat went; those who take a seat themselves get none.
    """

    class Kind(models.TextChoices):
        """What the one in the seat does."""

        EVALUATOR = "evaluator", _("Evaluator")
        OBSERVER = "observer", _("Observer")

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="seats")
    number = models.PositiveSmallIntegerField(_("number"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.EVALUATOR)
    is_lead = models.BooleanField(_("lead evaluator"), default=False)
    user = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="seats",
        verbose_name=_("person"),
    )
    told_at = models.DateTimeField(null=True, editable=False)
    handed_in_at = models.DateTimeField(null=True, editable=False)
    removed_at = models.DateTimeField(null=True, editable=False)
    removed_reason = LongText(_("why the evaluator was removed"), editable=False)

    class Meta:
        verbose_name = _("seat")
        verbose_name_plural = _("seats")
        ordering = ("review", "number")
        indexes: ClassVar = [
            # Seats of old reviews that were imported without accounts count as handed in.
            models.Index(
                fields=["review"], condition=Q(user=None, removed_at=None, handed_in_at=None), name="seat_vacant"
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["review", "number"], name="seat_number_once"),
            models.UniqueConstraint(
                fields=["review", "user"],
                condition=Q(removed_at=None, user__isnull=False),
                name="seat_one_per_person",
                violation_error_message=_("The person already has a seat in this review."),
            ),
            models.UniqueConstraint(
                fields=["review"],
                condition=Q(is_lead=True, removed_at=None),
                name="seat_one_lead",
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="seat_number_from_one"),
            models.CheckConstraint(condition=Q(kind__in=["evaluator", "observer"]), name="seat_kind_known"),
            models.CheckConstraint(
                condition=Q(is_lead=False) | Q(kind="evaluator"),
                name="seat_lead_is_evaluator",
            ),
            models.CheckConstraint(
                condition=Q(removed_at=None) | ~Q(removed_reason=""),
                name="seat_removal_has_reason",
            ),
            *text_limits("seat", "removed_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.review}, {self.number}"

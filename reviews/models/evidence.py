"""What was found on the visit. It belongs to the review and is seen by all its evaluators from the first minute."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Expression, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reviews.models.fields import LongText, text_limits
from reviews.models.people import User
from reviews.models.review import Review
from scales.models import Item


class Perspective(models.TextChoices):
    """Whose view a note gives. The values are those of the scales' `ask`."""

    PARTICIPANT = "deltaker", _("Participant")
    EMPLOYMENT_SPECIALIST = "jobbspesialist", _("Employment specialist")
    METHOD_SUPERVISOR = "metodeveileder", _("Method supervisor")
    CLINICIAN = "behandler", _("Clinician")
    TEAM_LEADER = "teamleder", _("Team leader")
    MANAGEMENT = "ledelse", _("Management")
    NAV_COUNSELLOR = "nav_veileder", _("Nav counsellor")
    FAMILY = "parorende", _("Family")
    EMPLOYER = "arbeidsgiver", _("Employer")


HIGHEST_INFORMANT = 999
"""The highest number of an informant."""


class Informant(models.Model):
    """Someone who was asked: a perspective and a number, never a name, and never printed."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="informants")
    perspective = models.CharField(_("perspective"), max_length=20, choices=Perspective.choices)
    number = models.PositiveSmallIntegerField(_("number"))

    class Meta:
        verbose_name = _("informant")
        verbose_name_plural = _("informants")
        ordering = ("review", "perspective", "number")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["review", "perspective", "number"], name="informant_number_once"),
            models.CheckConstraint(condition=Q(number__range=(1, HIGHEST_INFORMANT)), name="informant_number_in_range"),
            models.CheckConstraint(
                condition=Q(perspective__in=Perspective.values),
                name="informant_perspective_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_perspective_display()} {self.number}"


class Source(models.TextChoices):
    """Where a finding comes from: the sources of the IPS scale."""

    MIS = "MIS", _("Management data")
    DOC = "DOC", _("Documents")
    INT = "INT", _("Interview")
    OBS = "OBS", _("Observation")
    ISP = "ISP", _("Treatment plan")


def source_known(name: str, *, or_none: bool) -> models.CheckConstraint:
    """Return the CHECK that a column `source` holds a source of the IPS scale, or, where it may, nothing."""
    values = [*([""] if or_none else []), *Source.values]
    return models.CheckConstraint(condition=Q(source__in=values), name=name)


class Interview(models.Model):
    """One conversation, meeting or look through documents, on whose running sheet notes are written: what kind of
    source it is, who was asked and when. Each note takes these over when it is written.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="interviews")
    source = models.CharField(_("source"), max_length=5, choices=Source.choices, default=Source.INT)
    informant = models.ForeignKey(
        Informant,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="interviews",
        verbose_name=_("informant"),
    )
    date = models.DateField(_("date"), default=timezone.localdate)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", editable=False)
    made_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("interview")
        verbose_name_plural = _("interviews")
        ordering = ("date", "made_at")
        constraints: ClassVar = [source_known("interview_source_known", or_none=False)]

    def __str__(self) -> str:
        return f"{self.review}, {self.date}"


class NoteQuerySet(models.QuerySet["Note"]):
    """Notes by who may read them."""

    def visible_to(self, user: "User | Expression") -> "NoteQuerySet":
        """Return the notes the person may read among those of a review they see the evidence of: the shared ones and
        their own.
        """
        return self.filter(Q(private=False) | Q(author=user))


class Note(models.Model):
    """Something heard, read or seen, pointing at one or several items; one from an interview may point at none yet.
    Private: seen by its author alone. Never in a report by itself.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="notes")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", editable=False)
    interview = models.ForeignKey(
        Interview, on_delete=models.PROTECT, null=True, blank=True, related_name="notes", editable=False
    )
    items = models.ManyToManyField(Item, related_name="+", verbose_name=_("items"), blank=True)
    source = models.CharField(_("source"), max_length=5, choices=Source.choices, blank=True)
    informant = models.ForeignKey(
        Informant,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="notes",
        verbose_name=_("informant"),
    )
    date = models.DateField(_("date"), default=timezone.localdate)
    text = LongText(_("what you found"), blank=False)
    private = models.BooleanField(_("only for me"), default=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = NoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("evaluator's note")
        verbose_name_plural = _("evaluators' notes")
        ordering = ("date", "created_at")
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(text=""), name="note_text_given"),
            source_known("note_source_known", or_none=True),
            *text_limits("note", "text"),
        ]

    def __str__(self) -> str:
        return f"{self.review}, {self.date}"


class Figure(models.Model):
    """A figure about an item, by the name the item's measure gives it. `number` tells one jobbspesialist, team or
    deltaker from another; 0 is the whole service.
    """

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("figure"), max_length=40)
    number = models.PositiveSmallIntegerField(_("number"), default=0)
    value = models.DecimalField(_("value"), max_digits=12, decimal_places=3)
    updated_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.item}: {self.name}"


def figure_rules(prefix: str) -> list[models.BaseConstraint]:
    """Return what holds for every table of figures."""
    return [
        models.UniqueConstraint(fields=["review", "item", "name", "number"], name=f"{prefix}_once"),
        models.CheckConstraint(condition=Q(value__gte=0), name=f"{prefix}_not_negative"),
        models.CheckConstraint(condition=Q(number__lte=99), name=f"{prefix}_number_in_range"),
    ]


class Count(Figure):
    """A figure that the evaluators counted, or took over from the service."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="counts")

    class Meta:
        verbose_name = _("counted figure")
        verbose_name_plural = _("counted figures")
        ordering = ("review", "item", "name", "number")
        constraints: ClassVar = figure_rules("count")


class GivenFigure(Figure):
    """A figure that the service's metodeveileder gave before the visit; the evaluators take it over or correct it.

    Its name may be one that no measure has (see reviews.figures): what T12 asks for is judged and not counted.
    """

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="given_figures")

    class Meta:
        verbose_name = _("figure given by the service")
        verbose_name_plural = _("figures given by the service")
        ordering = ("review", "item", "name", "number")
        constraints: ClassVar = figure_rules("given")


class ClosedSource(models.Model):
    """A source of an item that the evaluators were given no access to: an answer to why nothing comes from it."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="closed_sources")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(_("source"), max_length=5, choices=Source.choices)
    said_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", editable=False)
    said_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("source without access")
        verbose_name_plural = _("sources without access")
        ordering = ("review", "item", "source")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["review", "item", "source"], name="closed_source_once"),
            source_known("closed_source_known", or_none=False),
        ]

    def __str__(self) -> str:
        return f"{self.item}: {self.get_source_display()}"

"""What was found on the visit. It belongs to the review and is seen by all its evaluators from the first minute."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
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
            models.CheckConstraint(condition=Q(number__range=(1, 999)), name="informant_number_in_range"),
            models.CheckConstraint(
                condition=Q(perspective__in=Perspective.values),
                name="informant_perspective_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_perspective_display()} {self.number}"


class NoteQuerySet(models.QuerySet["Note"]):
    """Notes by who may read them."""

    def visible_to(self, user: User) -> "NoteQuerySet":
        """Return the notes the person may read among those of a review they see the evidence of: the shared ones and
        their own.
        """
        return self.filter(Q(private=False) | Q(author=user))


class Note(models.Model):
    """Something heard, read or seen, pointing at one or several items. Private: seen by its author alone. Never in a
    report by itself.
    """

    class Source(models.TextChoices):
        """Where it comes from: the sources of the IPS scale."""

        MIS = "MIS", _("Management data")
        DOC = "DOC", _("Documents")
        INT = "INT", _("Interview")
        OBS = "OBS", _("Observation")
        ISP = "ISP", _("Treatment plan")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="notes")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", editable=False)
    items = models.ManyToManyField(Item, related_name="+", verbose_name=_("items"))
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
            models.CheckConstraint(
                condition=Q(source__in=["", "MIS", "DOC", "INT", "OBS", "ISP"]),
                name="note_source_known",
            ),
            *text_limits("note", "text"),
        ]

    def __str__(self) -> str:
        return f"{self.review}, {self.date}"


class Count(models.Model):
    """A figure that was counted for an item, by the name the item's measure gives it; `part` tells one jobbspesialist
    or team from another.
    """

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="counts")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("figure"), max_length=40)
    part = models.CharField(_("for"), max_length=60, blank=True)
    value = models.DecimalField(_("value"), max_digits=12, decimal_places=3)
    updated_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("counted figure")
        verbose_name_plural = _("counted figures")
        ordering = ("review", "item", "name", "part")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["review", "item", "name", "part"], name="count_once"),
            models.CheckConstraint(condition=Q(value__gte=0), name="count_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.item}: {self.name}"

"""Where the work is done: counties, organisations, services and the treatment teams they work in."""

import uuid
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class County(models.Model):
    """A Norwegian county (fylke), by its official number. They come with the migrations."""

    code = models.CharField(_("number"), max_length=2, unique=True)
    name = models.CharField(_("name"), max_length=60, unique=True)

    class Meta:
        verbose_name = _("county")
        verbose_name_plural = _("counties")
        ordering = ("code",)
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(code__regex=r"^[0-9]{2}$"), name="county_code_two_digits")
        ]

    def __str__(self) -> str:
        return self.name


class Organisation(models.Model):
    """A body that employs jobbspesialister, treats participants or steers a service."""

    class Kind(models.TextChoices):
        """The kinds there are in Norway."""

        NAV_STATE = "nav_state", _("Nav, state")
        NAV_MUNICIPAL = "nav_municipal", _("Nav, municipal")
        HEALTH_TRUST = "health_trust", _("Health trust")
        MUNICIPALITY = "municipality", _("Municipality")
        PROVIDER = "provider", _("Work programme provider")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    county = models.ForeignKey(
        County,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="organisations",
        verbose_name=_("county"),
    )

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ("name",)
        indexes: ClassVar = [models.Index(fields=["name", "kind", "id"], name="organisation_by_name")]
        constraints: ClassVar = [
            models.UniqueConstraint(Lower("name"), "kind", name="organisation_name_unique_in_kind"),
            models.CheckConstraint(
                condition=Q(
                    kind__in=[
                        "nav_state",
                        "nav_municipal",
                        "health_trust",
                        "municipality",
                        "provider",
                    ]
                ),
                name="organisation_kind_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Service(models.Model):
    """An IPS service. It has no single owner: its organisations are partners, each with a part."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=200)
    county = models.ForeignKey(
        County,
        on_delete=models.PROTECT,
        related_name="services",
        verbose_name=_("county"),
    )
    interval_months = models.PositiveSmallIntegerField(
        _("months between reviews"),
        default=12,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
    )
    organisations = models.ManyToManyField(Organisation, through="Partnership", related_name="services")

    class Meta:
        verbose_name = _("service")
        verbose_name_plural = _("services")
        ordering = ("name", "county")
        indexes: ClassVar = [models.Index(fields=["name", "county", "id"], name="service_by_name")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                Lower("name"),
                "county",
                name="service_name_unique_in_county",
                violation_error_message=_("The county already has a service of this name."),
            ),
            models.CheckConstraint(condition=~Q(name=""), name="service_name_given"),
            models.CheckConstraint(
                condition=Q(interval_months__range=(1, 60)),
                name="service_interval_sensible",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Partnership(models.Model):
    """An organisation's part in a service; one organisation may have several."""

    class Part(models.TextChoices):
        """What an organisation can be for a service."""

        EMPLOYER = "employer", _("Employs jobbspesialister")
        TREATMENT = "treatment", _("Treats participants")
        STEERING = "steering", _("In the steering group")

    service = models.ForeignKey(
        Service,
        on_delete=models.CASCADE,
        related_name="partnerships",
        verbose_name=_("service"),
    )
    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        related_name="partnerships",
        verbose_name=_("organisation"),
    )
    part = models.CharField(_("part"), max_length=10, choices=Part.choices)

    class Meta:
        verbose_name = _("partnership")
        verbose_name_plural = _("partnerships")
        ordering = ("part", "organisation__name")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["service", "organisation", "part"], name="partnership_once"),
            models.CheckConstraint(
                condition=Q(part__in=["employer", "treatment", "steering"]),
                name="partnership_part_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} ({self.get_part_display()})"


class TreatmentTeam(models.Model):
    """A treatment team of another organisation in which the service's jobbspesialister work."""

    class Kind(models.TextChoices):
        """The kinds of team."""

        DPS = "dps", _("DPS")
        FACT = "fact", _("FACT")
        TSB = "tsb", _("TSB")
        PSYCHOSIS = "psychosis", _("Psychosis outpatient clinic")
        MUNICIPAL = "municipal", _("Municipal team")
        OTHER = "other", _("Another team")

    service = models.ForeignKey(
        Service,
        on_delete=models.CASCADE,
        related_name="teams",
        verbose_name=_("service"),
    )
    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        related_name="teams",
        verbose_name=_("organisation"),
    )
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)

    class Meta:
        verbose_name = _("treatment team")
        verbose_name_plural = _("treatment teams")
        ordering = ("name",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["service", "name"], name="team_name_unique_in_service"),
            models.CheckConstraint(
                condition=Q(kind__in=["dps", "fact", "tsb", "psychosis", "municipal", "other"]),
                name="team_kind_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name

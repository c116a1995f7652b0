"""A scale as data: an edition with its sections, items and bands.

What belongs to an item alone (anchors, elements, measure, sources, questions, whom to ask) is JSON on the item, because
`loaddata` never deletes rows: a corrected edition would otherwise keep the children it no longer has.

The shape of `Item.measure` is described in `scales.scoring.Measure.from_json`, that of `Item.steps` in
`scales.steps.Steps.from_json`.
"""

from typing import Any, ClassVar

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from scales.scoring import BandRange, Measure
from scales.steps import Steps


class ScaleManager(models.Manager["Scale"]):
    """Finds a scale by what fixtures call it."""

    def get_by_natural_key(self, code: str, edition: str) -> "Scale":
        """The edition called `edition` of the scale `code`; raises Scale.DoesNotExist."""
        return self.get(code=code, edition=edition)

    def newest(self) -> "models.QuerySet[Scale]":
        """The newest edition of each scale, in the order in which the scales stand beside each other."""
        newest_first = Scale.objects.filter(code=OuterRef("code")).order_by("-sequence")
        return self.filter(pk=Subquery(newest_first.values("pk")[:1]))


class Scale(models.Model):
    """One edition of a scale. An edition in use never changes: new wording or thresholds are a new edition."""

    class Scoring(models.TextChoices):
        """How the result of the scale is given."""

        SUM = "sum", _("sum of the scores")
        MEAN = "mean", _("mean of the scores")

    code = models.CharField(_("code"), max_length=40)
    edition = models.CharField(_("edition"), max_length=100)
    sequence = models.PositiveSmallIntegerField(
        _("sequence"), help_text=_("Editions of a scale in order; the newest has the highest number.")
    )
    position = models.PositiveSmallIntegerField(
        _("position"), help_text=_("The place of the scale beside other scales.")
    )
    title = models.CharField(_("title"), max_length=200)
    attribution = models.TextField(_("attribution"))
    lowest = models.PositiveSmallIntegerField(_("lowest score"), default=1)
    highest = models.PositiveSmallIntegerField(_("highest score"), default=5)
    lowest_means = models.CharField(_("the lowest score means"), max_length=200)
    highest_means = models.CharField(_("the highest score means"), max_length=200)
    high_from = models.PositiveSmallIntegerField(
        _("high from"),
        help_text=_("The lowest score that is in line with the scale; below it a recommendation is due."),
    )
    scoring = models.CharField(_("scoring"), max_length=10, choices=Scoring.choices)
    sources: "models.JSONField[dict[str, dict[str, str]], dict[str, dict[str, str]]]" = models.JSONField(
        _("sources"), default=dict, blank=True, help_text=_("Code of each source of facts, with its label and meaning.")
    )
    comment_expected = models.BooleanField(
        _("comment expected"),
        help_text=_("Whether each score below the high ones must be explained in a comment."),
    )
    item_count = models.PositiveSmallIntegerField(
        _("number of items"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("How many items the edition has, so that a missing one is noticed; empty where it is not said."),
    )

    objects: ClassVar[ScaleManager] = ScaleManager()

    class Meta:
        verbose_name = _("scale")
        verbose_name_plural = _("scales")
        ordering = ["position", "code", "sequence"]
        constraints = [
            models.UniqueConstraint(fields=["code", "edition"], name="scale_code_edition_unique"),
            models.UniqueConstraint(fields=["code", "sequence"], name="scale_code_sequence_unique"),
            models.CheckConstraint(condition=~Q(code="") & ~Q(edition=""), name="scale_code_and_edition_given"),
            models.CheckConstraint(condition=Q(sequence__gte=1), name="scale_sequence_from_one"),
            models.CheckConstraint(condition=Q(position__gte=1), name="scale_position_from_one"),
            models.CheckConstraint(
                condition=Q(lowest__gte=1) & Q(lowest__lt=F("highest")), name="scale_lowest_below_highest"
            ),
            models.CheckConstraint(
                condition=Q(high_from__gt=F("lowest")) & Q(high_from__lte=F("highest")), name="scale_high_from_in_range"
            ),
            models.CheckConstraint(condition=Q(scoring__in=["sum", "mean"]), name="scale_scoring_known"),
            models.CheckConstraint(
                condition=Q(item_count__isnull=True) | Q(item_count__gte=1), name="scale_item_count_from_one"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.edition})"

    def natural_key(self) -> tuple[str, str]:
        """What fixtures call this edition."""
        return (self.code, self.edition)

    @property
    def items(self) -> "models.QuerySet[Item]":
        """All items of the edition, section by section."""
        return Item.objects.filter(section__scale=self)

    @property
    def scores(self) -> range:
        """Every score there is, from the lowest to the highest."""
        return range(self.lowest, self.highest + 1)

    def band_ranges(self) -> list[BandRange]:
        """The bands as plain values, for `scales.scoring.band_for`; lowest first."""
        return [band.as_range() for band in self.bands.all()]


class SectionManager(models.Manager["Section"]):
    """Finds a section by what fixtures call it."""

    def get_by_natural_key(self, code: str, scale: str, edition: str) -> "Section":
        """The section `code` of that edition of the scale; raises Section.DoesNotExist."""
        return self.get(code=code, scale__code=scale, scale__edition=edition)


class Section(models.Model):
    """A part of a scale; item numbers restart in each, so that an item's code is its name."""

    scale = models.ForeignKey(Scale, on_delete=models.CASCADE, related_name="sections", verbose_name=_("scale"))
    code = models.CharField(_("code"), max_length=40)
    title = models.CharField(_("title"), max_length=200)
    position = models.PositiveSmallIntegerField(_("position"))

    objects: ClassVar[SectionManager] = SectionManager()

    class Meta:
        verbose_name = _("section")
        verbose_name_plural = _("sections")
        ordering = ["scale", "position"]
        constraints = [
            models.UniqueConstraint(fields=["scale", "code"], name="section_code_unique"),
            models.UniqueConstraint(fields=["scale", "position"], name="section_position_unique"),
            models.CheckConstraint(condition=~Q(code=""), name="section_code_given"),
            models.CheckConstraint(condition=Q(position__gte=1), name="section_position_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    def natural_key(self) -> tuple[str, str, str]:
        """What fixtures call this section."""
        return (self.code, *self.scale.natural_key())

    natural_key.dependencies = ["scales.scale"]  # type: ignore[attr-defined]


class ItemManager(models.Manager["Item"]):
    """Finds an item by what fixtures call it."""

    def get_by_natural_key(self, code: str, section: str, scale: str, edition: str) -> "Item":
        """The item `code` of that section of that edition of the scale; raises Item.DoesNotExist."""
        return self.get(code=code, section__code=section, section__scale__code=scale, section__scale__edition=edition)


class Item(models.Model):
    """One thing that is scored. Its key is its code (O3), never its number: numbers restart in each section."""

    section = models.ForeignKey(Section, on_delete=models.CASCADE, related_name="items", verbose_name=_("section"))
    code = models.CharField(_("code"), max_length=40)
    position = models.PositiveSmallIntegerField(_("position"), help_text=_("The number of the item in its section."))
    title = models.CharField(_("title"), max_length=300)
    short_title = models.CharField(_("short title"), max_length=100, help_text=_("For lists and charts."))
    definition = models.TextField(_("definition"))
    note = models.TextField(
        _("note"), blank=True, help_text=_("What an evaluator should know about the source of the item.")
    )
    anchors: "models.JSONField[dict[str, str], dict[str, str]]" = models.JSONField(
        _("anchors"), help_text=_("What each score stands for.")
    )
    elements: "models.JSONField[list[str], list[str]]" = models.JSONField(
        _("elements"), default=list, blank=True, help_text=_("What is ticked as present or not.")
    )
    measure: "models.JSONField[dict[str, Any] | None, dict[str, Any] | None]" = models.JSONField(
        _("measure"), null=True, blank=True, help_text=_("How a score can be suggested from what was counted.")
    )
    sources: "models.JSONField[list[str], list[str]]" = models.JSONField(_("sources"), default=list, blank=True)
    questions: "models.JSONField[list[str], list[str]]" = models.JSONField(_("questions"), default=list, blank=True)
    ask: "models.JSONField[list[str], list[str]]" = models.JSONField(
        _("ask"), default=list, blank=True, help_text=_("Who can best answer the questions.")
    )
    steps: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(
        _("steps"),
        default=dict,
        blank=True,
        help_text=_("What of an anchor is a goal, and which elements law can bar: for advice, no part of the scale."),
    )

    objects: ClassVar[ItemManager] = ItemManager()

    class Meta:
        verbose_name = _("item")
        verbose_name_plural = _("items")
        ordering = ["section", "position"]
        constraints = [
            models.UniqueConstraint(fields=["section", "code"], name="item_code_unique"),
            models.UniqueConstraint(fields=["section", "position"], name="item_position_unique"),
            models.CheckConstraint(condition=~Q(code=""), name="item_code_given"),
            models.CheckConstraint(condition=Q(position__gte=1), name="item_position_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    def natural_key(self) -> tuple[str, str, str, str]:
        """What fixtures call this item."""
        return (self.code, *self.section.natural_key())

    natural_key.dependencies = ["scales.section"]  # type: ignore[attr-defined]

    @property
    def scale(self) -> Scale:
        """The edition that the item belongs to."""
        return self.section.scale

    def anchor(self, score: int) -> str:
        """What `score` stands for in this item; raises KeyError for a score that the scale does not have."""
        return self.anchors[str(score)]

    def parsed_measure(self) -> Measure | None:
        """The measure for `scales.scoring.suggest`, None where the item has none; raises ValueError if malformed."""
        if self.measure is None:
            return None
        # Asked for many times for one page, of an item that a process keeps (see scales.editions).
        known: tuple[object, Measure] | None = vars(self).get("_parsed_measure")
        if known is None or known[0] is not self.measure:
            known = vars(self)["_parsed_measure"] = (self.measure, Measure.from_json(self.measure))
        return known[1]

    def parsed_steps(self) -> Steps:
        """What of the item's anchors is a goal, for `scales.steps`; raises ValueError if malformed."""
        known: tuple[object, Steps] | None = vars(self).get("_parsed_steps")
        if known is None or known[0] is not self.steps:
            known = vars(self)["_parsed_steps"] = (self.steps, Steps.from_json(self.steps))
        return known[1]


class BandManager(models.Manager["Band"]):
    """Finds a band by what fixtures call it."""

    def get_by_natural_key(self, code: str, scale: str, edition: str) -> "Band":
        """The band `code` of that edition of the scale; raises Band.DoesNotExist."""
        return self.get(code=code, scale__code=scale, scale__edition=edition)


class Band(models.Model):
    """A range of totals with a name. It holds only when all items of the scale are scored."""

    scale = models.ForeignKey(Scale, on_delete=models.CASCADE, related_name="bands", verbose_name=_("scale"))
    code = models.CharField(_("code"), max_length=40)
    label = models.CharField(_("label"), max_length=100)
    lowest = models.PositiveSmallIntegerField(_("lowest total"))
    highest = models.PositiveSmallIntegerField(_("highest total"))
    recommended_months = models.PositiveSmallIntegerField(
        _("recommended months"), help_text=_("Months to the next review that the scale recommends; a hint.")
    )

    objects: ClassVar[BandManager] = BandManager()

    class Meta:
        verbose_name = _("band")
        verbose_name_plural = _("bands")
        ordering = ["scale", "lowest"]
        constraints = [
            models.UniqueConstraint(fields=["scale", "code"], name="band_code_unique"),
            models.UniqueConstraint(fields=["scale", "lowest"], name="band_lowest_unique"),
            models.CheckConstraint(condition=~Q(code="") & ~Q(label=""), name="band_code_and_label_given"),
            models.CheckConstraint(condition=Q(lowest__lte=F("highest")), name="band_lowest_not_above_highest"),
            models.CheckConstraint(condition=Q(recommended_months__gte=1), name="band_months_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.label} ({self.lowest}-{self.highest})"

    def natural_key(self) -> tuple[str, str, str]:
        """What fixtures call this band."""
        return (self.code, *self.scale.natural_key())

    natural_key.dependencies = ["scales.scale"]  # type: ignore[attr-defined]

    def as_range(self) -> BandRange:
        """The band as a plain value."""
        return BandRange(self.code, self.label, self.lowest, self.highest, self.recommended_months)

"""The forms of a step: of one review's checklist, and of the template that new reviews begin with."""

import datetime
from collections.abc import Mapping
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reviews import audit, merging
from reviews.forms.fields import WholeNumberField
from reviews.forms.planning import DayInput
from reviews.forms.stamps import StampedForm
from reviews.models import ReviewStep, TemplateStep
from reviews.models.preparation import FARTHEST


class DaysField(WholeNumberField):
    """How many days a step is from the visit."""

    most = FARTHEST


class _StepForm(StampedForm):
    """What is to be done, who does it, and how many days before or after the visit."""

    together: ClassVar[merging.Units] = merging.DAYS

    def __init__(self, data: QueryDict | None = None, *, instance: models.Model) -> None:
        """Start from what is held, if anything is."""
        super().__init__(data, instance=instance)
        self.hold({name: getattr(instance, name) for name in self._meta.fields or ()})

    def values(self) -> dict[str, Any]:
        """Return the columns by name, from valid data."""
        return dict(self.cleaned_data)

    def changes(self) -> Mapping[str, audit.Change]:
        """Return nothing: the clash itself is enough."""
        return {}


class ReviewStepForm(_StepForm):
    """A step of one review, which can have a day of its own."""

    class Meta:
        model = ReviewStep
        fields = ("text", "doer", "days", "moment", "own_day")
        field_classes: ClassVar = {"days": DaysField}
        widgets: ClassVar = {"own_day": DayInput()}
        labels: ClassVar = {"own_day": gettext_lazy("Or a fixed day")}
        help_texts: ClassVar = {"own_day": gettext_lazy("It stays where it is if the visit is moved.")}

    def clean_own_day(self) -> datetime.date | None:
        """Return the day. Raises ValidationError for a slip in the year."""
        day: datetime.date | None = self.cleaned_data["own_day"]
        review, most = self.instance.review, datetime.timedelta(days=FARTHEST)
        if day is not None and not review.first_day - most <= day <= review.last_day + most:
            raise ValidationError(_("Choose a day within a year of the visit."))
        return day

    def changes(self) -> Mapping[str, audit.Change]:
        """Return who last changed what of the step."""
        return audit.last_changes(self.instance.review, self.instance)

    def said(self, name: str, value: Any) -> str:
        """Return what is held in words."""
        if isinstance(value, datetime.date):
            return date_format(value, "DATE_FORMAT")
        return super().said(name, value)


class TemplateStepForm(_StepForm):
    """A step of the template."""

    class Meta:
        model = TemplateStep
        fields = ("text", "doer", "days", "moment")
        field_classes: ClassVar = {"days": DaysField}

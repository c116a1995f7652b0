"""The form that opens a review."""

import datetime
from collections.abc import Callable
from typing import Any, cast

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from reviews.models import Review, Service, User
from reviews.workflow import Plan
from scales.models import Scale


class DayInput(forms.DateInput):
    """The browser's own day picker, which wants ISO dates whatever the language."""

    input_type = "date"

    def __init__(self) -> None:
        """Write the value as the picker reads it."""
        super().__init__(format="%Y-%m-%d")


# A slip in a year ("0026") is no day of a visit, and some would set a due date that no calendar has.
_OF_OUR_TIME: list[Callable[[Any], None]] = [
    MinValueValidator(datetime.date(2000, 1, 1), _("Choose a day from the year 2000 on.")),
    MaxValueValidator(datetime.date(2099, 12, 31), _("Choose a day before the year 2100.")),
]


class PlanForm(forms.Form):
    """What is decided before a review starts."""

    service = forms.ModelChoiceField(label=_("Service"), queryset=Service.objects.none())
    kind = forms.ChoiceField(label=_("Who reviews"), choices=Review.Kind.choices, initial=Review.Kind.EXTERNAL)
    basis = forms.ChoiceField(
        label=_("What is reviewed"),
        choices=Review.Basis.choices,
        initial=Review.Basis.PRACTICE,
        help_text=_("A service that has not started yet is reviewed from its plans."),
    )
    first_day = forms.DateField(label=_("First visit day"), widget=DayInput(), validators=_OF_OUR_TIME)
    last_day = forms.DateField(label=_("Last visit day"), widget=DayInput(), validators=_OF_OUR_TIME)
    scales = forms.ModelMultipleChoiceField(
        label=_("Scales"), queryset=Scale.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    lead = forms.ModelChoiceField(
        label=_("Lead evaluator"),
        queryset=User.objects.none(),
        help_text=_("In a self-review: the one who keeps the shared sheet."),
    )
    second = forms.ModelChoiceField(label=_("Second evaluator"), queryset=User.objects.none(), required=False)
    language = forms.ChoiceField(
        label=_("Language of the report"), choices=User.Language.choices, initial=User.Language.BOKMAL
    )
    recipients = forms.CharField(
        label=_("Recipients of the report"),
        required=False,
        max_length=500,
        help_text=_("For example the Nav office, the DPS and the steering group."),
    )

    def __init__(self, *args: Any, services: QuerySet[Service], **kwargs: Any) -> None:
        """Offer the services the person may plan for."""
        super().__init__(*args, **kwargs)
        people = User.objects.filter(is_active=True, is_staff=False).select_related("workplace")
        newest = Scale.objects.newest()
        self._offer("service", services.select_related("county"))
        self._offer("lead", people)
        self._offer("second", people)
        self._offer("scales", newest)
        self.initial.setdefault("scales", [scale.pk for scale in newest])

    def _offer(self, name: str, choices: QuerySet[Any]) -> None:
        field = cast("forms.ModelChoiceField[Any]", self.fields[name])
        field.queryset = choices

    def clean(self) -> dict[str, Any]:
        """Hold the days and the seats in order."""
        values = super().clean() or {}
        first, last = values.get("first_day"), values.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("The last visit day is before the first."))
        if values.get("second") and values.get("second") == values.get("lead"):
            self.add_error("second", _("Choose another person than the lead evaluator."))
        if values.get("kind") == Review.Kind.SELF and values.get("second"):
            self.add_error("second", _("A self-review has one shared sheet: name the others under “who took part”."))
        return values

    def plan(self) -> Plan:
        """Return the plan, from valid data."""
        values = self.cleaned_data
        return Plan(
            service=values["service"],
            kind=values["kind"],
            basis=values["basis"],
            first_day=values["first_day"],
            last_day=values["last_day"],
            scales=values["scales"],
            evaluators=[person for person in (values["lead"], values["second"]) if person],
            language=values["language"],
            recipients=values["recipients"],
        )

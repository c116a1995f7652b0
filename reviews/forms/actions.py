"""The forms of the handlingsplan: what the service says of a point, and a point of its own."""

import datetime
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from reviews import audit, workflow
from reviews.forms.filters import Filters
from reviews.forms.planning import DayInput
from reviews.forms.stamps import StampedForm
from reviews.models import ActionPoint, Organisation, Service
from scales.models import Scale

_YEARS_AHEAD = 10
"""A deadline farther off than this is a slip of the hand."""

TO_DO, OVERDUE, EVERYTHING = "", "overdue", "all"
"""What the plan shows where no state is chosen: what is still to be done, what should have been, or all of it."""


_ORDER = ("text", "status", "owner", "organisation", "deadline", "notes")


class ActionForm(StampedForm):
    """What is to be done, who does it by when, and how far it has come."""

    optional_unmarked = True

    class Meta:
        model = ActionPoint
        fields = ("text", "status", "owner", "deadline", "notes")
        widgets = {
            "text": forms.Textarea(attrs={"rows": 4}),
            "notes": forms.Textarea(attrs={"rows": 4}),
            "status": forms.RadioSelect,
            "deadline": DayInput,
        }

    field_order: Iterable[str] | None = _ORDER

    def __init__(self, data: Any = None, *, instance: ActionPoint) -> None:
        """Start from what is held; the organisations of the service stand first among those that can act."""
        super().__init__(data, instance=instance)
        self.fields["organisation"] = forms.TypedChoiceField(
            label=_("Organisation"),
            required=False,
            coerce=uuid.UUID,
            empty_value=None,
            choices=self._organisations(instance.service),
            help_text=_("In Nav or in health: the part of the service that can make it happen."),
        )
        self.fields["owner"].label = _("Who acts")
        self.fields["owner"].help_text = _("A role, like “team leader of the psychosis team”. People change.")
        self.fields["deadline"].label = _("Deadline")
        self.fields["status"].choices = ActionPoint.Status.choices  # type: ignore[attr-defined]  # a Field by its column
        self.fields["notes"].help_text = _("What is agreed and done. The next evaluators read it too.")
        self.order_fields(self.field_order)
        held = workflow.action_values(instance)
        self.initial = {**self.initial, **held}
        self.hold(held)

    def _organisations(self, service: Service) -> list[tuple[Any, Any]]:
        """Return the organisations that can act, each with its kind: those of the service, and all others. Two
        queries.
        """
        own = dict.fromkeys(service.partnerships.order_by("organisation__name").values_list("organisation", flat=True))
        self._names = {
            each.pk: f"{each.name} ({each.get_kind_display()})" for each in Organisation.objects.order_by("name", "pk")
        }
        partners = [(key, self._names[key]) for key in own]
        others = [(key, name) for key, name in self._names.items() if key not in own]
        groups = [(_("Partners of the service"), partners), (_("Others"), others)]
        return [("", _("Not said")), *(group for group in groups if group[1])]

    def clean_deadline(self) -> datetime.date | None:
        """Refuse a day that can only be a slip, unless it is the one that is held."""
        day: datetime.date | None = self.cleaned_data["deadline"]
        first = datetime.date(timezone.localdate(self.instance.created_at).year, 1, 1)
        last = datetime.date(timezone.localdate().year + _YEARS_AHEAD, 12, 31)
        if day is not None and not first <= day <= last and day != self._held["deadline"]:
            raise forms.ValidationError(
                _("Choose a day from %(first)s to %(last)s."),
                params={
                    "first": date_format(first, "SHORT_DATE_FORMAT"),
                    "last": date_format(last, "SHORT_DATE_FORMAT"),
                },
            )
        return day

    def values(self) -> dict[str, Any]:
        """Return what the service says of the point by name, from valid data."""
        return {name: self.cleaned_data[name] for name in self._held}

    def changes(self) -> Mapping[str, audit.Change]:
        """Return who last changed what of the point."""
        version = self.instance.version
        return audit.last_changes(None if version is None else version.review, self.instance)

    def said(self, name: str, value: Any) -> str:
        """Return what is held in words."""
        if name == "organisation":
            return self._names.get(value, "")
        return super().said(name, value)


class NewActionForm(ActionForm):
    """A point of the service's own: the item it is about too."""

    field_order = ("item", *_ORDER)

    def __init__(self, data: Any = None, *, service: Service, scales: Iterable[Scale]) -> None:
        """Offer the items of the scales; the point has its key from here, so that the same page sent twice is one."""
        super().__init__(data, instance=ActionPoint(service=service))
        choices = [(scale.title, _items(scale)) for scale in scales]
        self.fields["item"] = forms.TypedChoiceField(
            label=_("Item"), coerce=int, choices=[("", _("Choose the item that it is about")), *choices]
        )
        self.fields["key"] = forms.UUIDField(widget=forms.HiddenInput, initial=self.instance.pk)
        self.order_fields(self.field_order)


def _items(scale: Scale) -> list[tuple[int, str]]:
    items = [item for section in scale.sections.all() for item in section.items.all()]
    return [(item.pk, f"{item.code} {item.short_title}") for item in items]


def plan_filters(query: Mapping[str, str]) -> Filters:
    """Return the choice among the points of a plan: those to be done unless others are chosen."""
    filters = Filters(query)
    to_do = [(TO_DO, _("Still to be done")), (OVERDUE, _("Past the deadline"))]
    filters.offer("status", _("Status"), [*to_do, *ActionPoint.Status.choices, (EVERYTHING, _("All"))])
    return filters

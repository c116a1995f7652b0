"""What is asked for in the view across services. The choices stand in the address, so that it can be kept and sent."""

import datetime
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from reviews import access, speaking
from reviews.due_list import Where
from reviews.forms.planning import OF_OUR_TIME, DayInput
from reviews.models import Organisation, Partnership, Review, Service

_MANY = 100
"""So many organisations are offered in a list."""

OWN = "own"
"""The choice of all the counties that a person advises, where they are several and not the whole country."""


def _day(label: Any) -> forms.DateField:
    return forms.DateField(label=label, required=False, widget=DayInput(), validators=OF_OUR_TIME)


class _PartnerField(forms.ModelChoiceField):  # type: ignore[type-arg]  # not subscriptable when Django runs
    """A choice among organisations, of which those that are offered are not asked for once more."""

    fitting: Callable[[], list[Organisation]]

    def to_python(self, value: Any) -> Organisation | None:
        """Return the organisation of a key, as the base does."""
        known = (each for each in self.fitting() if str(each.pk) == value) if value else iter(())
        return next(known, None) or super().to_python(value)


class OverviewFilterForm(forms.Form):
    """Which services and reviews figures are made from, out of what a person may ask for.

    Without a county in the address the person's own are meant. Of the whole country those who do not advise it may
    choose no more than one kind, external unless they say so: what else is chosen could single out a service they may
    not see.
    """

    optional_unmarked = True

    county = forms.ChoiceField(label=_("County"), required=False)
    named = forms.CharField(
        label=_("Part of the organisation's name"),
        required=False,
        max_length=200,
        strip=True,
        help_text=_("There are more organisations than a list can hold. Show those that fit, and then choose one."),
    )
    organisation = _PartnerField(
        label=_("Organisation"), queryset=Organisation.objects.none(), required=False, empty_label=_("All")
    )
    employer = forms.ChoiceField(
        label=_("Who employs"), required=False, choices=[("", _("All")), *Organisation.Kind.choices]
    )
    kind = forms.ChoiceField(
        label=_("Kind of review"),
        required=False,
        choices=[
            ("", _("External, or else a shared self-review")),
            (Review.Kind.EXTERNAL, _("External reviews only")),
            (Review.Kind.SELF, _("Shared self-reviews only")),
        ],
    )
    first = _day(_("First visit day from"))
    last = _day(_("First visit day to"))

    def __init__(self, query: Mapping[str, str], scope: access.OverviewScope) -> None:
        """Take the parameters of the address, and offer what the person may ask for."""
        names = [(county.code, county.name) for county in scope.counties]
        several = len(names) > 1 and not scope.sees_all
        home = "" if scope.sees_all else OWN if several else names[0][0]
        super().__init__({"county": home, **{name: query[name] for name in self.base_fields if name in query}})
        if not scope.sees_all and not self.data["county"] and not self.data.get("kind"):
            # Beside the figures of external reviews alone, those of both kinds would single out the services that have
            # shared a self-review and have nothing else.
            self.data = {**self.data, "kind": Review.Kind.EXTERNAL.value}
        self.scope = scope
        own = [(OWN, _("All my counties"))] if several else []
        # The type checker knows `fields` as plain fields, here and below, without what a choice has.
        self.fields["county"].choices = [("", _("The whole country")), *own, *names]  # type: ignore[attr-defined]
        self._home = home
        self.fields["organisation"].queryset = self._partners()  # type: ignore[attr-defined]
        self.fields["organisation"].fitting = lambda: self._fitting  # type: ignore[attr-defined]
        self.fields["organisation"].choices = self._offered  # type: ignore[attr-defined]

    def _partners(self) -> QuerySet[Organisation]:
        """Return the partners of the services that the person advises."""
        partnerships = Partnership.objects.filter(self._advised("service__county"))
        if self.scope.standing.whole_country:
            # Nearly every organisation is one, so that the first are found by their names.
            found = Organisation.objects.filter(Exists(partnerships.filter(organisation=OuterRef("pk"))))
        else:
            # Those of a county are few: each once, so that the database does not ask it of all there are, by name.
            found = Organisation.objects.filter(pk__in=partnerships.order_by().values("organisation").distinct())
        return found.order_by("name", "kind", "pk")

    @cached_property
    def _fitting(self) -> list[Organisation]:
        """The partners whose names have the part that is asked for, and one more than a list can hold of so many."""
        part = self.data.get("named", "").replace("\x00", "").strip()
        found = self._partners()
        return list((found.filter(name__icontains=part) if part else found)[: _MANY + 1])

    def _offered(self) -> list[tuple[str, Any]]:
        """Return the organisations to choose among: asked for when they are shown. What is chosen is one of them."""
        offered = self._fitting if len(self._fitting) <= _MANY else []
        chosen = None if self.errors else self.cleaned_data["organisation"]
        if chosen is not None and chosen not in offered:
            offered = [*offered, chosen]
        return [("", _("All")), *((str(each.pk), str(each)) for each in offered)]

    def __iter__(self) -> Iterator[forms.BoundField]:
        """Give the fields that are shown: a part of a name is asked for where there are many."""
        asks = bool(self.data.get("named")) or len(self._fitting) > _MANY
        return (field for field in super().__iter__() if asks or field.name != "named")

    def _advised(self, county: str) -> Q:
        return self.scope.standing.advised(county)

    def clean_last(self) -> datetime.date | None:
        """Hold that the last day is not before the first."""
        first, last = self.cleaned_data.get("first"), self.cleaned_data["last"]
        if first and last and last < first:
            raise forms.ValidationError(_("The last day is before the first."))
        day: datetime.date | None = last
        return day

    def clean(self) -> None:
        """Hold that nothing singles out what the person may not see."""
        values = self.cleaned_data
        narrowed = any(values.get(name) for name in ("organisation", "employer", "first", "last"))
        if narrowed and values.get("county") == "" and not self.scope.sees_all:
            self.add_error(
                "county",
                _("For the whole country you can choose the kind of review alone. For more, choose a county of yours."),
            )

    @property
    def is_used(self) -> bool:
        """Whether something else is asked for than without any choice."""
        return any(self[name].value() for name in self.fields if name != "county") or (
            self["county"].value() != self._home
        )

    @cached_property
    def query(self) -> str:
        """The choices as the address of another page takes them, from clean values."""
        return urlencode({name: self[name].value() for name in self.fields if self[name].value() or name == "county"})

    @property
    def said(self) -> str:
        """What is asked for in a few words, from clean values: the choices of all fields but those left open."""
        words = []
        for name, field in self.fields.items():
            value = self.cleaned_data.get(name)
            if name == "named":
                # It says what is offered, and asks for nothing.
                continue
            if name in ("first", "last"):
                words += [f"{field.label}: {date_format(value)}"] if value else []
            elif isinstance(field, forms.ModelChoiceField):
                words += [str(value)] if value else []
            elif value or name == "county":
                words.append(str(dict(field.choices)[value]))  # type: ignore[attr-defined]
        return ", ".join(words)

    @property
    def filters(self) -> speaking.Filters:
        """What is asked for, from clean values."""
        values = self.cleaned_data
        organisation = values["organisation"]
        return speaking.Filters(
            counties=self._counties(values["county"]),
            organisation=organisation and organisation.pk,
            employer=values["employer"],
            kind=values.get("kind", ""),
            first=values.get("first"),
            last=values.get("last"),
        )

    def services(self) -> QuerySet[Service]:
        """Return the services that are asked for by what they are, from clean values, also those the person may not
        see.
        """
        return speaking.services(Service.objects.all(), self.filters)

    def _counties(self, choice: str) -> frozenset[int] | None:
        """Return the counties of a choice, None for the whole country."""
        if not choice:
            return None
        return frozenset(each.pk for each in self.scope.counties if choice in (OWN, each.code))


class OverviewPlaceForm(OverviewFilterForm):
    """Which services are looked at one by one, out of those that a person advises: what is asked of reviews is no part
    of it.
    """

    # This is how Django takes a field of the base away.
    kind = first = last = None  # type: ignore[assignment]

    def __init__(self, query: Mapping[str, str], scope: access.OverviewScope) -> None:
        """Take the parameters of the address. Of services that are not theirs nobody is told, so that those who do not
        advise the whole country are offered none of it.
        """
        super().__init__(query, scope)
        if not scope.sees_all:
            county = self.fields["county"]
            county.choices = [each for each in county.choices if each[0]]  # type: ignore[attr-defined]
            if self.data["county"] == "":
                self.data = {**self.data, "county": self._home}

    def services(self) -> QuerySet[Service]:
        """Return the services that are asked for and that the person advises, from clean values."""
        return super().services().filter(self._advised("county"))

    @property
    def where(self) -> Where | None:
        """The same services by their counties alone, None where more is asked for; from clean values."""
        asked, standing = self.filters, self.scope.standing
        counties = asked.counties
        if not standing.whole_country:
            counties = standing.counties if counties is None else counties & standing.counties
        # Without any county it is none of them, which a query of so many counties cannot say.
        return None if not asked.are_plain or counties == frozenset() else Where(counties)

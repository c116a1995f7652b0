"""The small forms that move a review on."""

import datetime
from collections.abc import Sequence
from functools import cached_property
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Prefetch, prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reviews.forms.planning import DayInput
from reviews.forms.texts import SafeTexts
from reviews.models import FactCheckRespondent, Review, Role, User
from reviews.models.fields import TEXT_LIMIT
from reviews.workflow import FACT_CHECK_DAYS


class StepForm(SafeTexts, forms.Form):
    """What a step asks for; it is made for one review."""

    def __init__(self, *args: Any, review: Review, **kwargs: Any) -> None:
        """Take the review that the step moves on."""
        super().__init__(*args, **kwargs)
        self.review = review


class ReasonForm(StepForm):
    """Why something out of the ordinary is done."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=TEXT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write the reason.")},
    )


class OptionalReasonForm(StepForm):
    """Why the fact check is skipped; left empty when it is over."""

    # It is not asked for where it is not needed.
    optional_unmarked = True

    reason = forms.CharField(
        label=_("Why the fact check is skipped"),
        required=False,
        max_length=TEXT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Ask what fits: a fact check that has begun is cut short, one that has not is skipped."""
        super().__init__(*args, **kwargs)
        if self.review.status == Review.Status.FACT_CHECK:
            self.fields["reason"].label = _("Why the fact check is cut short")


class EmailsField(forms.CharField):
    """Several e-mail addresses, one a line; the value is a list of them, each once."""

    widget = forms.Textarea

    holds_contacts = True

    most = 20
    """More than this is a paste gone wrong, or a way to send letters to strangers."""

    def clean(self, value: Any) -> list[str]:
        """Return the addresses in lower case. Raises ValidationError that names each line that is none."""
        lines = [line.strip().lower() for line in super().clean(value).splitlines()]
        found = list(dict.fromkeys(line for line in lines if line))
        if len(found) > self.most:
            raise ValidationError(_("Name at most %(most)d people."), params={"most": self.most})
        wrong = [line for line in found if not _is_email(line)]
        if wrong:
            raise ValidationError(
                [ValidationError(_("“%(line)s” is no e-mail address."), params={"line": line}) for line in wrong]
            )
        return found


def _is_email(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


def _two_weeks_on() -> datetime.date:
    return timezone.localdate() + datetime.timedelta(days=FACT_CHECK_DAYS)


class FactCheckForm(StepForm):
    """The last day for the fact check, and who is asked besides the service's metodeveileder."""

    due = forms.DateField(label=_("Last day for the fact check"), widget=DayInput(), initial=_two_weeks_on)
    people = forms.MultipleChoiceField(
        label=_("Managers who are asked too"), required=False, widget=forms.CheckboxSelectMultiple
    )
    emails = EmailsField(
        label=_("Others who are asked, by e-mail"),
        required=False,
        max_length=TEXT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One address a line. Someone without an account gets an invitation."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the service's ledere; who they are is not asked for until the form is shown or sent."""
        super().__init__(*args, **kwargs)
        people = cast("forms.MultipleChoiceField", self.fields["people"])
        people.choices = lambda: [(str(person.pk), person.name) for person in self.managers]

    @cached_property
    def _roles(self) -> list[Role]:
        """The roles in the service of those who were not asked before."""
        asked = {respondent.user_id for respondent in self.asked_before}
        kinds = [Role.Kind.METHOD_SUPERVISOR, Role.Kind.MANAGER]
        found = Role.objects.current().filter(service=self.review.service_id, kind__in=kinds, user__is_active=True)
        return [role for role in found.select_related("user").order_by("user__name") if role.user_id not in asked]

    @property
    def supervisors(self) -> list[User]:
        """The service's metodeveiledere, who are always asked."""
        return list(dict.fromkeys(role.user for role in self._roles if role.kind == Role.Kind.METHOD_SUPERVISOR))

    @property
    def managers(self) -> list[User]:
        """The service's ledere, except those who are asked as metodeveiledere."""
        found = dict.fromkeys(role.user for role in self._roles if role.kind == Role.Kind.MANAGER)
        return [person for person in found if person not in self.supervisors]

    @cached_property
    def asked_before(self) -> Sequence[FactCheckRespondent]:
        """Those who were asked before the draft was sent back: they are asked again."""
        # They are on the review already where its page is shown.
        asked = FactCheckRespondent.objects.select_related("user", "invitation").order_by("asked_at", "pk")
        prefetch_related_objects([self.review], Prefetch("respondents", queryset=asked))
        return list(self.review.respondents.all())

    @property
    def asks_nobody(self) -> bool:
        """Whether nobody is asked unless somebody is named here."""
        return not self.supervisors and not self.asked_before

    def clean_due(self) -> datetime.date:
        """Return the day. Raises ValidationError for a slip in the year."""
        due: datetime.date = self.cleaned_data["due"]
        if due > timezone.localdate() + datetime.timedelta(days=366):
            raise ValidationError(_("Choose a day within a year."))
        return due

    def clean_people(self) -> list[User]:
        """Return those who were chosen."""
        return [person for person in self.managers if str(person.pk) in self.cleaned_data["people"]]

    def clean_emails(self) -> list[str]:
        """Return the addresses. Raises ValidationError for those who wrote the draft themselves, and for accounts that
        cannot take part.
        """
        emails: list[str] = self.cleaned_data["emails"]
        if User.objects.filter(email__in=emails).exclude(is_active=True, is_staff=False).exists():
            raise ValidationError(_("The account with this e-mail cannot take part in a review."))
        names = self.review.seats.filter(removed_at=None, user__email__in=emails).values_list("user__name", flat=True)
        if names:
            raise ValidationError(
                [ValidationError(_("%(name)s has a seat in this review."), params={"name": name}) for name in names]
            )
        return emails

    def clean(self) -> dict[str, Any]:
        """Hold that somebody is asked."""
        values = super().clean() or {}
        if not self.errors and not values["people"] and not values["emails"] and self.asks_nobody:
            self.add_error(
                "emails", _("The service has no method supervisor. Name somebody who can check the facts in the draft.")
            )
        return values

"""The forms of planning: which service, the plan itself, and who takes a seat."""

import contextlib
import datetime
import json
import uuid
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Exists, OuterRef, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reviews import merging
from reviews.forms import stamps
from reviews.forms.texts import SafeTexts
from reviews.models import Review, Seat, Service, TreatmentTeam, User
from reviews.models.fields import TEXT_LIMIT
from reviews.report.wording import date_range
from reviews.workflow import Plan, SameVisit, Who
from scales.models import Scale


class DayInput(forms.DateInput):
    """The browser's own day picker, which wants ISO dates whatever the language."""

    input_type = "date"

    def __init__(self) -> None:
        """Write the value as the picker reads it."""
        super().__init__(format="%Y-%m-%d")


COLUMNS = (
    "kind",
    "basis",
    "first_day",
    "last_day",
    "language",
    "recipients",
    "participants",
    "independence",
    "report_due",
)
"""What a plan decides of a review's own columns."""

FAR_AHEAD = datetime.timedelta(days=2 * 365)
"""How far ahead a visit is planned without being asked about."""

# A slip in a year ("0026") is no day of a visit, and some would set a due date that no calendar has.
OF_OUR_TIME: list[Callable[[Any], None]] = [
    MinValueValidator(datetime.date(2000, 1, 1), _("Choose a day from the year 2000 on.")),
    MaxValueValidator(datetime.date(2099, 12, 31), _("Choose a day before the year 2100.")),
]


class ServiceField(forms.ModelChoiceField):  # type: ignore[type-arg]  # not subscriptable when Django runs
    """A service, told from others of its name by its county."""

    def label_from_instance(self, obj: Service) -> str:
        """Name the service and its county."""
        return f"{obj.name}, {obj.county.name}"


class ServiceForm(forms.Form):
    """Which service is to be reviewed."""

    service = ServiceField(label=_("Service"), queryset=Service.objects.none(), empty_label=_("Choose"))

    def __init__(self, *args: Any, services: QuerySet[Service], **kwargs: Any) -> None:
        """Offer the services the person may plan for."""
        super().__init__(*args, **kwargs)
        cast("ServiceField", self.fields["service"]).queryset = services


class PersonField(forms.ModelChoiceField):  # type: ignore[type-arg]  # likewise
    """Somebody with an account who may sit in a review: neither an administrator nor one who has left."""

    def __init__(self, *, label: Any, optional_unmarked: bool = False) -> None:
        """Take the label. Nobody is offered yet: a form offers the same people in all its fields, fetched once."""
        super().__init__(User.objects.filter(is_active=True, is_staff=False), label=label, required=False)
        self.optional_unmarked = optional_unmarked


class InviteField(forms.EmailField):
    """The e-mail of one who is invited: the other way to fill a seat, so that it is not marked as optional."""

    optional_unmarked = True

    def __init__(self, *, label: Any) -> None:
        """Take the label."""
        super().__init__(label=label, required=False, max_length=254)


class SeatsForm(SafeTexts, forms.Form):
    """Seats, each given in one of two ways: `<name>` is somebody with an account, `<name>_email` the e-mail of one who
    is invited.
    """

    def _offer_people(self, *names: str, but: Collection[uuid.UUID] = ()) -> None:
        found = User.objects.filter(is_active=True, is_staff=False).exclude(pk__in=but).select_related("workplace")
        people = [(user.pk, f"{user.name}, {user.workplace}" if user.workplace else user.name) for user in found]
        for name in names:
            cast("forms.ModelChoiceField[User]", self.fields[name]).choices = [("", _("Choose a person")), *people]

    def _fill_in(self, typed: QueryDict) -> None:
        """Hold what was typed, with the one who was chosen among those proposed (`take`: a field's name, a colon, and
        the person's key) in place of whoever was given for that seat.
        """
        several = (forms.MultipleChoiceField, forms.ModelMultipleChoiceField)
        for name, field in self.fields.items():
            self.initial[name] = typed.getlist(name) if isinstance(field, several) else typed.get(name, "")
        name, _colon, key = typed.get("take", "").partition(":")
        if isinstance(self.fields.get(name), PersonField):
            self.initial[name], self.initial[f"{name}_email"] = key, ""

    @property
    def taken(self) -> list[str]:
        """The keys of those who are chosen for a seat."""
        names = [name for name, field in self.fields.items() if isinstance(field, PersonField)]
        return [str(self[name].value()) for name in names if self[name].value()]

    def _seated(self, name: str) -> Who | None:
        """Return who is given for a seat, from clean values."""
        who: Who | None = self.cleaned_data.get(name) or self.cleaned_data.get(f"{name}_email") or None
        return who

    def _check_seats(self, required: str, *others: str) -> None:
        """Hold that each seat is given in one way, the required one at all, and to somebody who may sit in a review."""
        values = self.cleaned_data
        names = (required, *others)
        emails = [values[f"{name}_email"].lower() for name in names if values.get(f"{name}_email")]
        accounts = {user.email: user for user in User.objects.filter(email__in=emails)}
        seen: list[Who] = []
        for name in names:
            if name in self.errors or f"{name}_email" in self.errors:
                continue
            if values.get(name) and values.get(f"{name}_email"):
                self.add_error(f"{name}_email", _("Choose a person or write an e-mail, not both."))
                continue
            account = accounts.get((values.get(f"{name}_email") or "").lower())
            who = account or self._seated(name)
            if who is None:
                if name == required:
                    self.add_error(name, _("Choose a person, or invite one by e-mail."))
            elif isinstance(who, User) and (who.is_staff or not who.is_active):
                self.add_error(f"{name}_email", _("The account with this e-mail cannot take part in a review."))
            elif (key := who if isinstance(who, User) else who.lower()) in seen:
                self.add_error(
                    f"{name}_email" if values.get(f"{name}_email") else name, _("The same person has two seats.")
                )
            else:
                seen.append(key)


class PlanForm(SeatsForm):
    """What is decided before a review starts. With `review` it is a plan that is changed, whose kind stands: an
    external review does not quietly become one that only the service sees.
    """

    is_overtaken = False
    """Whether somebody else was quicker, so that nothing was saved."""

    is_for_outsiders = False
    """Whether the plan can be one of an external review."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    beside = forms.CharField(required=False, widget=forms.HiddenInput)
    unlikely = forms.CharField(required=False, widget=forms.HiddenInput)
    kind = forms.ChoiceField(label=_("Who reviews"), widget=forms.RadioSelect)
    basis = forms.ChoiceField(
        label=_("What is reviewed"),
        choices=Review.Basis.choices,
        initial=Review.Basis.PRACTICE,
        widget=forms.RadioSelect,
        help_text=_("A service that has not started yet is reviewed from its plans."),
    )
    teams = forms.ModelMultipleChoiceField(
        label=_("Teams"),
        queryset=TreatmentTeam.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Choose teams if only a part of the service is reviewed. None chosen means the whole service."),
    )
    first_day = forms.DateField(label=_("First visit day"), widget=DayInput(), validators=OF_OUR_TIME)
    last_day = forms.DateField(label=_("Last visit day"), widget=DayInput(), validators=OF_OUR_TIME)
    report_due = forms.DateField(
        label=_("Report promised by"),
        required=False,
        widget=DayInput(),
        validators=OF_OUR_TIME,
        help_text=_("The day the service can expect the final report."),
    )
    scales = forms.ModelMultipleChoiceField(
        label=_("Scales"), queryset=Scale.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    lead = PersonField(label=_("Lead evaluator"), optional_unmarked=True)
    lead_email = InviteField(label=_("Or invite the lead evaluator by e-mail"))
    second = PersonField(label=_("Second evaluator"))
    second_email = InviteField(label=_("Or invite the second evaluator by e-mail"))
    observer = PersonField(label=_("Observer"))
    observer_email = InviteField(label=_("Or invite the observer by e-mail"))
    participants = forms.CharField(
        label=_("Who took part"),
        required=False,
        max_length=TEXT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Roles, not names: for example two employment specialists and a team leader."),
    )
    independence = forms.CharField(
        label=_("Ties to the service"),
        required=False,
        max_length=TEXT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "What the program knows of workplaces, line managers and roles is pointed out by itself. Write what else a "
            "reader of the report should know."
        ),
    )
    recipients = forms.CharField(
        label=_("Recipients of the report"),
        required=False,
        max_length=500,
        help_text=_("For example the Nav office, the DPS and the steering group."),
    )
    language = forms.ChoiceField(
        label=_("Language of the report"), choices=User.Language.choices, initial=User.Language.BOKMAL
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        service: Service,
        kinds: Iterable[str],
        review: Review | None = None,
        typed: QueryDict | None = None,
    ) -> None:
        """Offer what can be chosen for the service, the kinds that are given, and what the review's plan says now.

        `typed` is what was sent to be filled in further, and not to be judged yet.
        """
        self.service = service
        self.review = review
        # A plan holds two evaluators and an observer; those who were seated besides keep their seats.
        self.further: dict[str, list[Who]] = {"evaluators": [], "observers": []}
        super().__init__(data, initial={} if review is None else self._held(review))
        self._offer_kinds(list(kinds) if review is None else [review.kind])
        self._offer_people("lead", "second", *(["observer"] if "observer" in self.fields else []))
        chosen = Review.teams.through.objects.filter(review=review, treatmentteam=OuterRef("pk"))
        if teams := list(service.teams.annotate(is_chosen=Exists(chosen))):
            self._offer("teams", service.teams.all())
            self.initial["teams"] = [team.pk for team in teams if team.is_chosen]
            # What is fetched already need not be asked for again to be shown.
            cast("forms.ModelMultipleChoiceField[Any]", self.fields["teams"]).choices = [
                (team.pk, str(team)) for team in teams
            ]
        else:
            del self.fields["teams"]
        self._offer("scales", Scale.objects.order_by("position", "code", "-sequence"))
        if review is None:
            # The scale every review stands on; the others are a choice.
            newest = Scale.objects.newest().order_by("position").first()
            self.initial["scales"] = [newest.pk] if newest else []

            del self.fields["seen"]
        else:
            columns = self._columns(review)
            self.initial["seen"] = json.dumps(merging.stamps(columns))
        if typed is not None:
            self._fill_in(typed)

    @staticmethod
    def _columns(review: Review) -> dict[str, Any]:
        """Return what a plan decides of a review's own columns."""
        return {name: getattr(review, name) for name in COLUMNS}

    @property
    def day(self) -> datetime.date | None:
        """The first visit day as far as it is known yet."""
        try:
            found: datetime.date | None = self.fields["first_day"].clean(self["first_day"].value())
        except ValidationError:
            return None
        return found

    def clean_seen(self) -> dict[str, str]:
        """Read the stamps; what others have saved could be written over without a word where they cannot be read."""
        try:
            return stamps.read(self.cleaned_data["seen"] or "{}")
        except ValueError:
            raise ValidationError(
                _("The page has lost track of what was saved before. Copy what you wrote and open the page again.")
            ) from None

    def overtaken(self, held: Mapping[str, Any], conflicts: Iterable[str]) -> None:
        """Tell beside each field what somebody else has written there; saved again, what was typed stands.

        What only others changed keeps its old stamp, so that it is not written over.
        """
        self.is_overtaken = True
        seen = self.cleaned_data["seen"]
        for name in conflicts:
            seen[name] = merging.stamps({name: held[name]})[name]
            self.add_error(
                name,
                _("Somebody else has written here in the meantime: “%(text)s”. Save again to keep what you wrote.")
                % {"text": held[name]},
            )
        data = QueryDict(mutable=True)
        data.update(self.data)
        data["seen"] = json.dumps(seen)
        self.data = data

    def _offer(self, name: str, choices: QuerySet[Any]) -> None:
        cast("forms.ModelMultipleChoiceField[Any]", self.fields[name]).queryset = choices

    def _offer_kinds(self, kinds: list[str]) -> None:
        """Offer kinds of review, and only the fields that one of them has."""
        field = cast("forms.ChoiceField", self.fields["kind"])
        field.choices = [(value, label) for value, label in Review.Kind.choices if value in kinds]
        self.initial.setdefault("kind", kinds[0])
        self.is_for_outsiders = Review.Kind.EXTERNAL in kinds
        if len(kinds) == 1:
            field.widget = forms.HiddenInput()
        if Review.Kind.SELF not in kinds:
            del self.fields["participants"]
        if Review.Kind.EXTERNAL not in kinds:
            del self.fields["observer"], self.fields["observer_email"]

    def _held(self, review: Review) -> dict[str, Any]:
        """Return what the review's plan says now, by the names of the fields."""
        names = ("basis", "first_day", "last_day", "report_due", "participants", "independence", "recipients")
        held: dict[str, Any] = {name: getattr(review, name) for name in (*names, "kind", "language")}
        held["scales"] = [scale.pk for scale in review.scales.all()]
        # As they were fetched with the review (see access.open_review), in the order of their numbers.
        seats = [seat for seat in review.seats.all() if seat.removed_at is None]
        evaluators = sorted((seat for seat in seats if seat.kind == Seat.Kind.EVALUATOR), key=lambda s: not s.is_lead)
        observers = [seat for seat in seats if seat.kind == Seat.Kind.OBSERVER]
        for name, seat in [
            *zip(("lead", "second"), evaluators, strict=False),
            *zip(["observer"], observers, strict=False),
        ]:
            if seat.user_id:
                held[name] = seat.user_id
            else:
                held[f"{name}_email"] = seat.invitation.email
        self.further = {
            "evaluators": [seat.user or seat.invitation.email for seat in evaluators[2:]],
            "observers": [seat.user or seat.invitation.email for seat in observers[1:]],
        }
        return held

    def clean(self) -> dict[str, Any]:
        """Hold the days, the editions and the seats in order."""
        values = super().clean() or {}
        first, last, promised = values.get("first_day"), values.get("last_day"), values.get("report_due")
        if first and last and last < first:
            self.add_error("last_day", _("The last visit day is before the first."))
        if last and promised and promised < last:
            self.add_error("report_due", _("The report is promised before the last visit day."))
        editions = [scale.code for scale in values.get("scales") or ()]
        if len(set(editions)) < len(editions):
            self.add_error("scales", _("Choose one edition of each scale."))
        self._check_seats("lead", "second", *(["observer"] if "observer" in self.fields else []))
        if values.get("kind") == Review.Kind.SELF:
            for name in ("observer", "observer_email"):
                if values.get(name):
                    self.add_error(name, _("A self-review has no observers: everyone takes part."))
        elif values.get("participants"):
            self.add_error("participants", _("Only a self-review tells who took part: leave this empty."))
        if not self.errors:
            self._ask_about_an_unlikely_day(values["first_day"], values["unlikely"])
        return values

    def _ask_about_an_unlikely_day(self, first_day: datetime.date, asked: str) -> None:
        """Ask once whether a visit is to be planned on a day that has passed, or years ahead, as a slip in the year
        does; where that day stands already, it is not asked about.
        """
        stands = self.review is not None and self.review.first_day == first_day
        today = timezone.localdate()
        is_past = first_day < today
        if stands or asked == first_day.isoformat() or not (is_past or first_day > today + FAR_AHEAD):
            return
        self.add_error(
            "first_day",
            _("The first visit day is in the past. If that is right, send the plan once more.")
            if is_past
            else _("The first visit day is more than two years ahead. If that is right, send the plan once more."),
        )
        data = QueryDict(mutable=True)
        data.update(self.data)
        data["unlikely"] = first_day.isoformat()
        self.data = data

    def clean_beside(self) -> frozenset[uuid.UUID]:
        """Read the keys of the reviews on nearly the same days that the person was asked about. What is no key is none
        of them.
        """
        found = set()
        for key in self.cleaned_data["beside"].split():
            with contextlib.suppress(ValueError):
                found.add(uuid.UUID(key))
        return frozenset(found)

    def ask_about(self, refusal: SameVisit, seen: Collection[Review]) -> str:
        """Return the question whether the plan is of another visit than the reviews that were found on nearly the same
        days, which is answered by sending it once more. The days are told of those alone that the person has `seen`.
        """
        data = QueryDict(mutable=True)
        data.update(self.data)
        data["beside"] = " ".join(str(each.pk) for each in refusal.found)
        self.data = data
        if not seen:
            return str(refusal)
        named = ", ".join(date_range(each.first_day.isoformat(), each.last_day.isoformat()) for each in seen)
        question: str = _(
            "Another external review of the service is planned or under way at nearly the same time: %(days)s. If this "
            "is another visit, send the plan once more."
        ) % {"days": named}
        return question

    def plan(self) -> Plan:
        """Return the plan, from valid data."""
        values = self.cleaned_data
        evaluators = [self._seated("lead"), self._seated("second"), *self.further["evaluators"]]
        observers = [self._seated("observer"), *self.further["observers"]]
        return Plan(
            service=self.service,
            kind=values["kind"],
            basis=values["basis"],
            first_day=values["first_day"],
            last_day=values["last_day"],
            report_due=values["report_due"],
            scales=values["scales"],
            evaluators=[who for who in evaluators if who],
            observers=[who for who in observers if who],
            teams=values.get("teams", ()),
            language=values["language"],
            recipients=values["recipients"],
            participants=values.get("participants", ""),
            independence=values["independence"],
        )


class SeatForm(SeatsForm):
    """Who takes a seat of a review; with a reason where somebody leaves it. Those who sit there are not offered."""

    who = PersonField(label=_("A person with an account"), optional_unmarked=True)
    who_email = InviteField(label=_("Or invite somebody by e-mail"))
    reason = forms.CharField(
        label=_("Reason"),
        max_length=TEXT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write the reason.")},
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        seated: Collection[uuid.UUID],
        with_reason: bool,
        typed: QueryDict | None = None,
    ) -> None:
        """Offer the people who may sit in a review, but those who do. `typed`: as in a plan."""
        super().__init__(data)
        self._offer_people("who", but=seated)
        if not with_reason:
            del self.fields["reason"]
        if typed is not None:
            self._fill_in(typed)

    def clean(self) -> dict[str, Any]:
        """Hold that the seat is given in one way."""
        values = super().clean() or {}
        self._check_seats("who")
        return values

    @property
    def who_takes_it(self) -> Who:
        """Who takes the seat, from valid data."""
        who = self._seated("who")
        if who is None:
            raise ValueError("Nobody is given.")
        return who

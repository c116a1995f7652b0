"""What narrows a list down. The choices stand in the address, so that a list can be kept and sent."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from reviews.agenda import What
from reviews.models import AuditEvent, Review

Choices = Iterable[tuple[str, Any]]


class Filters(forms.Form):
    """Choices from an address. What is not among them (an old link, a slip) narrows nothing down and is no fault.

    `chosen` holds what is chosen in each field; where nothing is, the first of its choices, which narrows nothing down.
    """

    optional_unmarked = True

    def __init__(self, query: Mapping[str, str]) -> None:
        """Take the parameters of the address."""
        super().__init__()
        self.query = query
        self.chosen: dict[str, str] = {}
        self.is_used = False

    def offer(self, name: str, label: Any, choices: Choices) -> None:
        """Add a choice among values, by the parameter's name."""
        offered = list(choices)
        values = [value for value, _label in offered]
        wanted = self.query.get(name, "")
        self.chosen[name] = wanted if wanted in values else values[0]
        self.is_used = self.is_used or self.chosen[name] != values[0]
        self.fields[name] = forms.ChoiceField(label=label, choices=offered, required=False, initial=self.chosen[name])


def task_filters(query: Mapping[str, str], parts: Choices) -> Filters:
    """Return the choices of Mine oppgaver; `parts`: as what the person has to do with reviews. Of one part there is
    no choice.
    """
    filters = Filters(query)
    shown = [
        ("all", _("All reviews I can see")),
        ("mine", _("What waits for me")),
        ("others", _("What waits for others")),
    ]
    filters.offer("show", _("What is shown"), shown)
    if len(offered := list(parts)) > 1:
        filters.offer("role", _("My role"), [("", _("All")), *offered])
    filters.offer("state", _("Status"), [("", _("Under way")), *Review.Status.choices])
    return filters


def review_filters(query: Mapping[str, str], years: Iterable[int]) -> Filters:
    """Return the choices among a service's reviews; `years`: those in which there was a review."""
    filters = Filters(query)
    filters.offer("kind", _("Kind"), [("", _("All")), *Review.Kind.choices])
    filters.offer("state", _("Status"), [("", _("All but the cancelled")), *Review.Status.choices])
    filters.offer("year", _("Year"), [("", _("All")), *((str(year), str(year)) for year in years)])
    return filters


def service_filters(query: Mapping[str, str], counties: Choices) -> Filters:
    """Return the choices among services; `counties` by their official number."""
    filters = Filters(query)
    filters.offer("county", _("County"), [("", _("All")), *counties])
    filters.offer("due", _("Next external review"), [("", _("All")), ("overdue", _("The day has passed"))])
    return filters


def calendar_filters(query: Mapping[str, str], counties: Choices) -> Filters:
    """Return the choices of the calendar; `counties` by their official number: those of the person's services. Of one
    there is no choice.
    """
    filters = Filters(query)
    if len(offered := list(counties)) > 1:
        filters.offer("county", _("County"), [("", _("All")), *offered])
    filters.offer("show", _("What is shown"), [("", _("Everything, and my own steps of checklists")), *What.choices])
    return filters


_KINDS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "read": (_("Read"), (AuditEvent.Action.READ,)),
    "taken": (_("Downloaded"), (AuditEvent.Action.DOWNLOADED, AuditEvent.Action.EXPORTED)),
    "changed": (
        _("Created, changed or deleted"),
        (
            AuditEvent.Action.CREATED,
            AuditEvent.Action.CHANGED,
            AuditEvent.Action.DELETED,
            AuditEvent.Action.IMPORTED,
        ),
    ),
    "moved": (_("Moved to another state"), (AuditEvent.Action.MOVED,)),
}
"""The kinds of events in a review's log, by the value that stands in the address: what they are called, and theirs."""


def log_filters(query: Mapping[str, str], people: Choices) -> Filters:
    """Return the choices of a review's log; `people`: those it tells of, by their keys."""
    filters = Filters(query)
    filters.offer("person", _("Person"), [("", _("All")), *people])
    filters.offer(
        "kind", _("What was done"), [("", _("All")), *((name, label) for name, (label, _of) in _KINDS.items())]
    )
    return filters


def of_kind(action: str, kind: str) -> bool:
    """Whether an action is of a kind of log_filters(); all are of none."""
    return not kind or action in _KINDS[kind][1]

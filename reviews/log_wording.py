"""The words in which the log of a review says what somebody did."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from reviews.log import Event
from reviews.models import AuditEvent, Review

Action = AuditEvent.Action
Said = Mapping[str, str | Promise]

_READ: Said = {
    "score_sheet": _("Opened the score sheet"),
    "notes": _("Read notes"),
    "interviews": _("Read interviews"),
    "coverage": _("Read “Sources and perspectives”"),
    "figures": _("Read the service's figures"),
    "context": _("Read what stands beside the score"),
    "consensus": _("Read the evaluators' scores beside each other"),
    "beside": _("Read their own scores beside the agreed ones"),
    "draft": _("Read the draft of the report"),
    "fact_check": _("Read the fact check"),
    "log": _("Read the log"),
}
_DOWNLOADED: Said = {"kit": _("Downloaded printouts for the visit"), "draft": _("Downloaded the draft as PDF")}
_EXPORTED: Said = {"log": _("Downloaded the log")}

_CREATED: Said = {
    "review": _("Planned the review"),
    "seat": _("Gave somebody a seat"),
    "erasure": _("Announced the deletion of raw notes and what else is not kept"),
    "interview": _("Began an interview"),
    "note": _("Wrote a note"),
    "closedsource": _("Said that a source is not to be had"),
    "correction": _("Corrected the last review's score of %(item)s"),
    "factcheckremark": _("Wrote a remark on the draft"),
    "reviewstep": _("Added a step to the checklist"),
    "actionpoint": _("Added an improvement point"),
}
_CHANGED: Said = {
    "seat": _("Sent a letter about a seat"),
    "erasure": _("Announced another day for the deletion of raw notes and what else is not kept"),
    "factcheckrespondent": _("Sent a letter about the fact check"),
    "interview": _("Changed an interview"),
    "note": _("Changed a note"),
    "rating": _("Scored %(item)s"),
    "section": _("Left a section unscored"),
    "item": _("Took over the service's figures"),
    "agreedresult": _("Agreed on %(item)s"),
    "correction": _("Corrected the last review's score of %(item)s"),
    "factcheckremark": _("Changed a remark on the draft"),
    "context": _("Changed what stands beside the score"),
    "reviewstep": _("Changed a step of the checklist"),
    "actionpoint": _("Changed an improvement point"),
}
_DELETED: Said = {
    "interview": _("Deleted an interview"),
    "note": _("Deleted a note"),
    "closedsource": _("Took back that a source is not to be had"),
    "correction": _("Took back a correction of the last review's score"),
    "factcheckremark": _("Deleted a remark on the draft"),
    "reviewstep": _("Deleted a step of the checklist"),
    "erasure": _("Deleted raw notes and what else is not kept, for good"),
}
_CHANGED_FIELD: Mapping[tuple[str, str], str | Promise] = {
    ("review", "plan"): _("Changed the plan"),
    ("review", "shared_at"): _("Shared the self-review"),
    ("review", "fact_check_answer"): _("Answered the fact check, or took the answer back"),
    ("seat", "handed_in_at"): _("Handed in the scores, or took them back"),
    ("seat", "removed_at"): _("Removed somebody from the review"),
    ("seat", "user"): _("Took the seat"),
    ("factcheckrespondent", "user"): _("Agreed to check the facts"),
    ("factcheckremark", "decision"): _("Decided on a remark"),
    ("reviewstep", "done_at"): _("Ticked a step of the checklist, or took the tick away"),
}
_BY_ACTION: Mapping[str, Said] = {Action.CREATED: _CREATED, Action.CHANGED: _CHANGED, Action.DELETED: _DELETED}

_TOLD_BY_FIELDS = ("review", "interview", "note", "context", "agreedresult", "actionpoint", "reviewstep")
"""Of what the names of the changed fields are told too."""


def what(event: Event, items: Mapping[tuple[str, str], str], versions: Mapping[str, int]) -> str:
    """Return what was done, in the reader's language. `items` are the codes of what judgements are about, by the kind
    and the key of the object; `versions` the numbers of the report's versions, by their key.
    """
    number = versions.get(event.object_id, "") if event.object_type == "reportversion" else ""
    said = _of_version(event) if event.object_type == "reportversion" else _of_others(event)
    if said is None:
        return f"{Action(event.action).label}: {_name(event.object_type)}"
    item = items.get((event.object_type, event.object_id)) or gettext("an item")
    return str(said) % {"item": item, "number": number}


def _of_version(event: Event) -> str | Promise | None:
    said: Said = {
        Action.READ: _("Read version %(number)s of the report"),
        Action.DOWNLOADED: _("Downloaded version %(number)s of the report as PDF"),
        Action.EXPORTED: _("Downloaded version %(number)s of the report as PDF"),
    }
    return said.get(event.action)


def _of_others(event: Event) -> str | Promise | None:
    if event.action == Action.READ:
        return _first(_READ, event.fields, gettext("Read the review"))
    if event.action == Action.DOWNLOADED:
        return _first(_DOWNLOADED, event.fields, gettext("Downloaded the draft as PDF"))
    if event.action == Action.EXPORTED:
        return _first(_EXPORTED, event.fields, gettext("Downloaded the results as data"))
    if event.action == Action.IMPORTED:
        return gettext("Imported the review")
    if event.action == Action.MOVED:
        states = dict(Review.Status.choices)
        state = next((states[name] for name in event.fields if name in states), None)
        return gettext("Moved the review on") if state is None else gettext("Moved the review to: %s") % state
    if event.object_type == "review" and event.action == Action.CREATED and "steps" in event.fields:
        return gettext("Began the checklist")
    if event.action == Action.CHANGED:
        for name in event.fields:
            if (event.object_type, name) in _CHANGED_FIELD:
                return _CHANGED_FIELD[event.object_type, name]
        if event.object_type == "review":
            given = all(name.startswith("figure_") for name in event.fields)
            return gettext("Gave figures before the visit") if given else gettext("Wrote in the texts of the report")
    return _BY_ACTION.get(event.action, {}).get(event.object_type)


def _first(said: Said, names: Iterable[str], otherwise: str) -> str | Promise:
    return next((said[name] for name in names if name in said), otherwise)


def _name(kind: str) -> str:
    try:
        return str(apps.get_model("reviews", kind)._meta.verbose_name)
    except LookupError:
        return kind


def details(event: Event, names: Iterable[str]) -> str:
    """Return which fields were changed, in the reader's language; empty where that says nothing more."""
    if event.action != Action.CHANGED or event.object_type not in _TOLD_BY_FIELDS:
        return ""
    model = apps.get_model("reviews", event.object_type)
    said = []
    for name in names:
        if name.startswith("section:"):
            said.append(gettext("Kommentar on section %s") % name.removeprefix("section:"))
            continue
        try:
            field: Any = model._meta.get_field(name)
        except FieldDoesNotExist:
            continue
        if field.editable:
            said.append(str(getattr(field, "verbose_name", name)))
    return capfirst(", ".join(dict.fromkeys(said)))

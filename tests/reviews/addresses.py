"""Every address there is, filled in for one review, so that a new one joins each walk by itself."""

import itertools
import re
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.contrib import admin
from django.db import models
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from reviews import letters
from reviews.models import Perspective, Review, Upload
from reviews.views.review import STEPS
from scales.models import Item


@dataclass(frozen=True)
class Address:
    """One address: its name, what it is filled in with, and how it reads."""

    name: str
    arguments: dict[str, Any]
    path: str


def patterns(resolver: URLResolver | None = None, space: str = "") -> Iterator[tuple[str, str, list[str]]]:
    """Give each address's name, its route and the names of its arguments."""
    for found in (resolver or get_resolver()).url_patterns:
        if isinstance(found, URLResolver):
            yield from patterns(found, f"{space}{found.namespace}:" if found.namespace else space)
        else:
            assert isinstance(found, URLPattern)
            yield f"{space}{found.name}", str(found.pattern), list(found.pattern.converters)


def of_the_work(review: Review, items: Iterable[Item], space: str = "reviews:") -> list[Address]:
    """Return every address of the work: those of a review for this one, those of an item for each of `items`, those of
    other rows for each of the review's. Where it has none of them the address names one that is not there. `space` is
    what the names begin with.
    """
    return list(_filled(review, list(items), space))


def _filled(review: Review, items: list[Item], space: str) -> Iterator[Address]:
    choices = _choices(review)
    for name, route, wanted in patterns():
        if not name.startswith(space):
            continue
        by_item: list[dict[str, Any]] = [{}]
        if "code" in wanted:
            by_item = [{"scale": item.section.scale.code, "code": item.code} for item in items]
        lists = []
        for argument in wanted:
            if argument not in ("scale", "code"):
                # What an argument is tells the word before it: versions/<number> is none of seats/<number>.
                key = re.sub(r".*?([a-z]+.?)<(?:[a-z]+:)?(" + argument + ")>.*", r"\1<\2>", route)
                assert key in choices, f"Say in addresses.py what {key} is to be in {route}."
                lists.append([{argument: value} for value in choices[key]])
        for found in itertools.product(by_item, *lists):
            arguments = {key: value for part in found for key, value in part.items()}
            yield Address(name.removeprefix(space), arguments, reverse(name, kwargs=arguments))


def _choices(review: Review) -> dict[str, list[Any]]:
    """Return what each argument can be, by the word before it and its name."""
    return {
        "reviews/<pk>": [review.pk],
        "services/<pk>": [review.service_id],
        "import/<pk>": _keys(Upload.objects.all()) or [uuid.UUID(int=0)],
        "plan/<action>": _keys(review.service.actions.all()) or [uuid.UUID(int=0)],
        "export.<extension>": ["csv", "json", "xlsx"],
        "overview.<extension>": ["csv", "xlsx"],
        "scores.<extension>": ["csv", "xlsx"],
        "step/<name>": list(STEPS),
        "versions/<number>": list(review.versions.values_list("number", flat=True)) or [1],
        "seats/<number>": list(review.seats.values_list("number", flat=True)),
        "invitations/<token>": [urlsplit(letters.link(each)).path.split("/")[2] for each in review.invitations.all()]
        or ["none"],
        # The last is one that a page has made up for a new note.
        "notes/<note>": [*_keys(review.notes.all()), uuid.UUID(int=1)],
        "interviews/<interview>": _keys(review.interviews.all()) or [uuid.UUID(int=0)],
        "remarks/<number>": _keys(review.remarks.all()) or [0],
        "checklist/<step>": _keys(review.steps.all()) or [0],
        "guide/<perspective>": [Perspective.PARTICIPANT],
    }


def _keys(rows: "models.QuerySet[Any]") -> list[Any]:
    return list(rows.values_list("pk", flat=True))


def of_the_administration(*rows: models.Model) -> list[Address]:
    """Return every page of the administration: lists, forms for new rows, and of `rows` the form and the history."""
    wanted: list[tuple[str, list[Any]]] = [("admin:index", [])]
    for model in admin.site._registry:
        of_model = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        wanted += [(f"{of_model}_changelist", []), (f"{of_model}_add", [])]
        keys = [row.pk for row in rows if isinstance(row, model)]
        wanted += [(f"{of_model}_{page}", [key]) for key in keys for page in ("change", "history", "delete")]
    return [Address(name, {}, reverse(name, args=arguments)) for name, arguments in wanted]

"""What the tests of the pages share: forms sent through the front door, and the database compared before and after."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.apps import apps
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils.html import conditional_escape

from reviews.models import Review
from reviews.models.fields import TEXT_LIMIT
from scales.models import Item
from tests.factories import items_of

TOO_LONG = "æ" * (TEXT_LIMIT + 1)
NUL = "Før\x00etter"
NOT_KEPT = ("sessions.Session", "reviews.AuditEvent")
"""What a request may write whatever becomes of it."""


def contents() -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of every table but the session and the audit, as the database holds it."""
    found = {}
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            if model._meta.label not in NOT_KEPT:
                cursor.execute(f"SELECT * FROM {connection.ops.quote_name(model._meta.db_table)}")
                found[model._meta.label] = sorted(cursor.fetchall(), key=lambda row: str(row[0]))
    return found


def page(name: str, review: Review, item: Item | None = None) -> str:
    """Return the address of a page of a review, or of one of its items."""
    where = [] if item is None else [item.section.scale.code, item.code]
    return reverse(f"reviews:{name}", args=[review.pk, *where])


def step(name: str, review: Review) -> str:
    """Return the address of a step of a review."""
    return reverse("reviews:step", args=[review.pk, name])


def item(review: Review, code: str, scale: str = "ips-25") -> Item:
    """Return an item of a review."""
    return next(each for each in items_of(review) if each.code == code and each.section.scale.code == scale)


def refused(client: Client, address: str, data: Mapping[str, Any], *fields: str, form: str = "form") -> forms.Form:
    """Send what cannot be taken, hold that it is answered as it must be, and return the form.

    The page comes back with an error on each of `fields` ("__all__": on the form as a whole) and on no other,
    everything typed is still there, and nothing is saved.
    """
    before = contents()
    response = client.post(address, data)
    assert response.status_code == 200
    assert contents() == before
    found: forms.Form = response.context[form]
    assert set(found.errors) == set(fields)
    html = response.content.decode()
    for name in fields:
        for message in found.errors[name]:
            assert conditional_escape(str(message)) in html
    _holds(found, data, html)
    return found


def _holds(form: forms.Form, data: Mapping[str, Any], html: str) -> None:
    """Hold that the page shows what was sent for each field of the form."""
    for key, value in data.items():
        name = key.removeprefix(f"{form.prefix}-") if form.prefix else key
        if name not in form.fields:
            continue
        held = form[name].value()
        assert held == value or [str(each) for each in held] == [str(each) for each in value], name
        if isinstance(form.fields[name].widget, forms.Textarea):
            assert conditional_escape(value) in html, name
        elif isinstance(form.fields[name].widget, forms.TextInput) and value:
            assert f'value="{conditional_escape(value)}"' in html, name

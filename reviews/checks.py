"""System checks of the work. Those that ask the database run in migrate and in `check --database default`."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register
from django.db import connections

from reviews import guards


@register(Tags.database)
def guards_stand(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None, **kwargs: Any
) -> list[CheckMessage]:
    """Name every guard that is missing in a database.

    A warning and not an error, because an error would stop migrate, which is what puts the guards back.
    """
    return [
        Warning(
            f"The guard {name} is missing in the database {alias}.",
            hint="Run manage.py migrate, which puts every guard back.",
            id="reviews.W001",
        )
        for alias in databases or ()
        for name in guards.missing(connections[alias])
    ]


@register(Tags.security, deploy=True)
def letters_say_where_to_go(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Warn where nobody has said the site's address: no letter can be sent without it."""
    if settings.BASE_URL:
        return []
    return [
        Warning(
            "BASE_URL is not set, and letters and invitations cannot be sent.",
            hint="Give the site's address, as https://HOST.",
            id="reviews.W002",
        )
    ]

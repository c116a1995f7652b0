"""System checks of the work. Those that ask the database run in migrate and in `check --database default`."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register
from django.db import connections

from reviews import grants, guards


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


@register(Tags.database)
def rights_are_as_narrow_as_they_should_be(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None, **kwargs: Any
) -> list[CheckMessage]:
    """Name every right that the application's role has too much of or lacks in a database; nothing where no role is
    named. A warning, as above.
    """
    if not settings.APP_ROLE:
        return []
    return [
        Warning(
            f"{fault} (database {alias})",
            hint="Make the role as the README says, and run manage.py migrate as the owner, which gives it its rights.",
            id="reviews.W003",
        )
        for alias in databases or ()
        if connections[alias].vendor == "postgresql"
        for fault in grants.faults(connections[alias], settings.APP_ROLE)
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

"""What watches the server asks: whether the process lives (/health/), and whether it can do its work (/ready/).

Answered before anything else: to any host name and over plain http, without a session and without a line in the log
where all is well. The answer tells nobody more than that; why not is in the log.
"""

import logging
from functools import cache

from django.db import DEFAULT_DB_ALIAS, Error, connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed

from ipsreview.logs import READY, UNTOLD
from ipsreview.middleware import GetResponse
from reviews import guards

_log = logging.getLogger(__name__)


class HealthMiddleware:
    """Answers 200, or 503 where the server is not ready. The first of all middleware."""

    def __init__(self, get_response: GetResponse) -> None:
        """Remember the rest of the chain, and what must be in the database: another version may lie on the disk when
        it is asked for.
        """
        self.get_response = get_response
        _migrations()

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer what watches the server, and leave everything else to the rest of the chain."""
        if request.path_info not in UNTOLD:
            return self.get_response(request)
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        why = obstacle() if request.path_info == READY else ""
        response = HttpResponse("not ready\n" if why else "ok\n", status=503 if why else 200, content_type="text/plain")
        response["Cache-Control"] = "no-store"
        if why:
            _log.error("Not ready: %s", why)
            # Told already, and with its reason.
            response._has_been_logged = True  # type: ignore[attr-defined]  # Django's own mark
        return response


def obstacle() -> str:
    """Return what keeps the application from its work, in words for the log; empty where nothing does."""
    connection = connections[DEFAULT_DB_ALIAS]
    try:
        applied = MigrationRecorder(connection).applied_migrations()
        if not _migrations() <= set(applied):
            return "migrations are not applied"
        if not guards.stand(connection):
            return "guards are missing in the database"
    except Error as error:
        return f"the database does not answer ({type(error).__name__})"
    return ""


@cache
def _migrations() -> frozenset[tuple[str, str]]:
    """Return every migration of this version of the application."""
    loader = MigrationLoader(None)
    replaced = {each for migration in loader.disk_migrations.values() for each in migration.replaces}
    return frozenset(set(loader.disk_migrations) - replaced)

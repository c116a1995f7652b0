"""Middleware of the project: a request's id, its language, and the door that is closed unless opened."""

import functools
import ipaddress
import logging
import uuid
from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import middleware as auth_middleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.views import csrf

from ipsreview import context, logs

logger = logging.getLogger(__name__)

GetResponse = Callable[[HttpRequest], HttpResponseBase]


def client_address(request: HttpRequest) -> str | None:
    """Return the address that a request came from; None where none is known, as on a socket without a proxy.

    Behind proxies of ours (TRUSTED_PROXIES) it is what the outermost of them added to X-Forwarded-For: what stands
    further to the left anybody may have sent along. A request that has not passed all of them has the address of
    whoever asked the server itself.
    """
    passed = [part for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    if 0 < settings.TRUSTED_PROXIES <= len(passed):
        forwarded = _address(passed[-settings.TRUSTED_PROXIES])
        if forwarded is not None:
            return forwarded
    elif settings.TRUSTED_PROXIES and request.path not in logs.UNTOLD:
        _tell_of_a_missing_proxy()
    return _address(request.META.get("REMOTE_ADDR") or "")


@functools.cache
def _tell_of_a_missing_proxy() -> None:
    """Say in the log, once in the life of a process, that everybody may seem to come from one address."""
    logger.warning(
        "X-Forwarded-For names fewer addresses than TRUSTED_PROXIES: the nearest proxy's own is taken instead"
    )


def _address(text: str) -> str | None:
    """Return an address as the database takes it: without a port or a zone; None where it is none."""
    found = text.strip()
    if found.startswith("["):
        found = found[1:].partition("]")[0]
    elif found.count(":") == 1:
        found = found.partition(":")[0]
    try:
        address = ipaddress.ip_address(found.partition("%")[0])
    except ValueError:
        return None
    return str(getattr(address, "ipv4_mapped", None) or address)


class RequestIdMiddleware:
    """Gives each request an id that its log lines and audit events carry, and answers with it, so that a report of an
    error can name it.
    """

    def __init__(self, get_response: GetResponse) -> None:
        """Remember the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request within its own context."""
        found = context.RequestContext(
            request_id=uuid.uuid4().hex[:12],
            address=client_address(request),
            kept={},
        )
        token = context.current.set(found)
        try:
            response = self.get_response(request)
        finally:
            context.current.reset(token)
        response["X-Request-ID"] = found.request_id
        return response


class LanguageMiddleware:
    """Speaks the language the person chose; bokmål to everyone who is not logged in, whatever the browser asks for."""

    def __init__(self, get_response: GetResponse) -> None:
        """Remember the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request in the reader's language."""
        language = request.user.language if request.user.is_authenticated else "nb"
        with translation.override(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ("Cookie",))
        return response


def token_refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form that was sent without the right token. To a page that saves by itself it is as if nobody was logged
    in: it tries again with the token of the newest log-in.
    """
    if request.headers.get("Autosave") == "1":
        return HttpResponse(status=401)
    return csrf.csrf_failure(request, reason)


class LoginRequiredMiddleware(auth_middleware.LoginRequiredMiddleware):
    """Closed by default. htmx, and a page that saves by itself, get 401 in place of a log-in page, which would be
    swapped into the page or taken for an answer.
    """

    def handle_no_permission(  # type: ignore[override]  # 401 is no redirect
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseBase:
        """Answer someone who is not logged in."""
        if request.headers.get("HX-Request") == "true" or request.headers.get("Autosave") == "1":
            return HttpResponse(status=401)
        if request.method not in ("GET", "HEAD"):
            # Back to the page that was sent from: what was sent is not done after the log-in by itself.
            return redirect_to_login(_page_before(request), self.get_login_url(view_func))
        return super().handle_no_permission(request, view_func)


def _page_before(request: HttpRequest) -> str:
    """Return the path of the page of ours that a form was sent from; the first page where that is not told."""
    before = urlsplit(request.headers.get("Referer", ""))
    return before.path if before.netloc == request.get_host() else "/"

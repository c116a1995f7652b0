"""The door to the work for those who need two factors: they set the second up first."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect

from reviews import access, two_factor
from reviews.views.autosave import is_autosave

_ACCOUNT = ("account_", "mfa_")
"""How the names begin of the addresses at which a person sees to their own log-in."""

NEXT = "after_two_factor"
"""In a session: the page that somebody asked for and was sent away from."""


class TwoFactorMiddleware:
    """Sends those who need two factors, and have shown one, to set up the second. Everyone else comes past it without a
    query, or with one that the page asks again.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Remember the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """Answer instead of the view where the second factor is missing; None lets the view answer."""
        user, match = request.user, request.resolver_match
        if not settings.TWO_FACTOR or not user.is_authenticated or not getattr(view, "login_required", True):
            return None
        if match is not None and match.view_name.startswith(_ACCOUNT):
            return None
        if two_factor.is_shown(request, user) or not access.must_have_two_factors(user):
            return None
        if request.headers.get("HX-Request") == "true" or is_autosave(request):
            return HttpResponse(status=401)
        if two_factor.has_any(user):
            # It was not asked for at this log-in: the next one will.
            request.session.flush()
            return redirect_to_login(request.get_full_path() if request.method == "GET" else "/")
        if request.method == "GET":
            request.session[NEXT] = request.get_full_path()
        return redirect("mfa_index")

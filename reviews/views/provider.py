"""The way to an organisation's own log-in and back."""

from allauth.account.utils import get_next_redirect_url
from allauth.core.ratelimit import consume_or_429
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from reviews import log_ins, provider


@login_not_required
@require_safe
def log_in(request: HttpRequest) -> HttpResponse:
    """Send the person to the organisation's log-in. A link and no form: the policy lets no form lead elsewhere."""
    elsewhere = _elsewhere(request, "provider")
    if elsewhere is not None:
        return elsewhere
    try:
        answer: HttpResponse = (
            provider.CodeFlow(request)
            .get_provider()
            .redirect(
                request,
                process=AuthProcess.LOGIN,
                next_url=get_next_redirect_url(request),
                auth_params={"nonce": provider.nonce(request)},
            )
        )
    except provider.ERRORS as error:
        return provider.went_wrong(request, error)
    return answer


@login_not_required
@require_safe
def callback(request: HttpRequest) -> HttpResponse:
    """Take the person in again, with what the organisation says of them."""
    elsewhere = _elsewhere(request, "provider_back")
    if elsewhere is not None:
        return elsewhere
    try:
        answer: HttpResponse = OAuth2CallbackView.adapter_view(provider.CodeFlow(request))(request)
    except provider.ERRORS as error:
        # Nobody is asked before it is known that the log-in was begun here.
        log_ins.could_not(None, log_ins.PROVIDER)
        return provider.went_wrong(request, error)
    return answer


def _elsewhere(request: HttpRequest, action: str) -> HttpResponse | None:
    """Return the answer to whoever has no business on this way: who is logged in stays so, whatever link was followed,
    and who asks too often waits. None for anybody else. Raises Http404 where there is no such log-in.
    """
    if settings.OIDC is None:
        raise Http404
    if request.user.is_authenticated:
        return redirect(settings.LOGIN_REDIRECT_URL)
    too_often: HttpResponse | None = consume_or_429(request, action=action, limit_get=True)
    return too_often

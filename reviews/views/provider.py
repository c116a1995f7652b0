"""The way to an organisation's own log-in and back."""

from allauth.account.utils import get_next_redirect_url
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from reviews import provider


@login_not_required
@require_safe
def log_in(request: HttpRequest) -> HttpResponse:
    """Send the person to the organisation's log-in. A link and no form: the policy lets no form lead elsewhere."""
    if settings.OIDC is None:
        raise Http404
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
    if settings.OIDC is None:
        raise Http404
    try:
        answer: HttpResponse = OAuth2CallbackView.adapter_view(provider.CodeFlow(request))(request)
    except provider.ERRORS as error:
        return provider.went_wrong(request, error)
    return answer

"""Log-in with an organisation's own account (OpenID Connect): for those alone who have an account here.

The first time, somebody is found by the e-mail address that the provider vouches for; from then on by what the provider
itself knows them by, its issuer and subject, so that an address which is given to somebody else opens nothing. That
link is made when a log-in is through: who cannot show the person's own second factor makes none.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any

import jwt
from allauth.account.signals import user_logged_in
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, get_adapter
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.base import AuthError
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.crypto import constant_time_compare, get_random_string
from requests import RequestException

from ipsreview.env import Provider
from reviews import log_ins
from reviews.accounts import keep_address
from reviews.models import User

ID = "organisation"
"""What allauth knows the one provider by."""

ERRORS = (OAuth2Error, RequestException)
"""What a provider that is away, or against its own rules, ends in."""

_NONCE = "oidc_nonce"
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Those with a key that only the provider holds: none, and no secret that is shared, will do."""

_LEEWAY = 60
"""How many seconds the provider's clock may differ from ours."""

_KEPT = 5 * 60
"""How many seconds we go by what the provider told of itself."""

_ENDPOINTS = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")


def nonce(request: HttpRequest) -> str:
    """Return what the provider is to put into what it answers: it belongs to this session."""
    found: str = request.session.setdefault(_NONCE, get_random_string(32))
    return found


@contextmanager
def _well_formed() -> Iterator[None]:
    """Take what a provider answers against its own rules for what it is: an error of the log-in, not of ours."""
    try:
        yield
    except (AttributeError, KeyError, TypeError, ValueError, jwt.PyJWTError) as error:
        if isinstance(error, RequestException):
            raise
        raise OAuth2Error("malformed answer") from error


def settled() -> Provider:
    """Return the provider that the settings name; nobody comes here where they name none."""
    found: Provider | None = settings.OIDC
    assert found is not None  # noqa: S101 (for the type checker: the views have looked)
    return found


class CodeFlow(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]  # allauth has no types
    """The authorization code flow with PKCE, state and nonce, taking nothing of an ID token on trust."""

    def __init__(self, request: HttpRequest) -> None:
        """Speak with the one provider."""
        super().__init__(request, ID)

    @cached_property
    def openid_config(self) -> dict[str, Any]:
        """What the provider tells of itself, for some minutes. Raises OAuth2Error where that is not what was set up."""
        key = f"provider:{hashlib.sha256(settled().issuer.encode()).hexdigest()}"
        found: dict[str, Any] | None = cache.get(key)
        if found is None:
            found = self._told()
            cache.set(key, found, _KEPT)
        return found

    def _told(self) -> dict[str, Any]:
        with _well_formed():
            found: dict[str, Any] = super().openid_config
            scheme = settled().issuer.partition("://")[0]
            if any(not found[name].startswith((f"{scheme}://", "https://")) for name in _ENDPOINTS):
                raise OAuth2Error("an endpoint is not protected")
            if found["issuer"].rstrip("/") != settled().issuer:
                raise OAuth2Error("another issuer")
        return found

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        """Return where the provider sends the person back to."""
        return request.build_absolute_uri(reverse("account_provider_callback"))

    def get_access_token_data(
        self, request: HttpRequest, app: SocialApp, client: Any, pkce_code_verifier: str | None = None
    ) -> dict[str, Any]:
        """Return what the provider gives for the code."""
        with _well_formed():
            found: dict[str, Any] = super().get_access_token_data(
                request, app, client, pkce_code_verifier=pkce_code_verifier
            )
        return found

    def complete_login(self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any) -> SocialLogin:
        """Return who the provider says that this is. Raises OAuth2Error where that cannot be believed."""
        expected = request.session.pop(_NONCE, "")
        with _well_formed():
            claims = self._claims(kwargs["response"]["id_token"])
            if not expected or not constant_time_compare(str(claims["nonce"]), expected):
                raise OAuth2Error("another nonce")
            if not claims.get("email") and self.openid_config.get("userinfo_endpoint"):
                more = self._fetch_user_info(token.token)
                if more["sub"] != claims["sub"]:
                    raise OAuth2Error("told of somebody else")
                claims = {**more, **claims}
            person = {
                # Of the subject no more is kept than recognises it.
                "uid": hashlib.sha256(f"{claims['iss']} {claims['sub']}".encode()).hexdigest(),
                "email": str(claims.get("email") or ""),
                "email_verified": is_vouched_for(claims),
            }
            login: SocialLogin = self.get_provider().sociallogin_from_response(request, {"id_token": person})
            login.account.extra_data = {"issuer": claims["iss"]}
        return login

    def _claims(self, token: str) -> dict[str, Any]:
        """Return what an ID token says, once its signature, issuer, audience and times hold."""
        header = jwt.get_unverified_header(token)
        if header["alg"] not in _ALGORITHMS:
            raise OAuth2Error("not signed with a key of the provider's alone")
        claims: dict[str, Any] = jwt.decode(
            token,
            key=self._key(header).key,
            algorithms=[header["alg"]],
            issuer=self.openid_config["issuer"],
            audience=settled().client_id,
            leeway=_LEEWAY,
            options={"require": ["exp", "iat", "iss", "aud", "sub"]},
        )
        return claims

    def _key(self, header: dict[str, Any]) -> jwt.PyJWK:
        """Return the key that a token says it is signed with; where it names none, the only one there is."""
        with get_adapter().get_requests_session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
            keys = [key for key in answer.json()["keys"] if key.get("use", "sig") == "sig"]
        if "kid" in header:
            keys = [key for key in keys if key.get("kid") == header["kid"]]
        if len(keys) != 1:
            raise OAuth2Error("signed with a key that is not the provider's")
        return jwt.PyJWK(keys[0], algorithm=header["alg"])


class Organisation(OpenIDConnectProvider):  # type: ignore[misc]  # likewise
    """The one provider."""

    def get_oauth2_adapter(self, request: HttpRequest) -> CodeFlow:
        """Return how we speak with it."""
        return CodeFlow(request)


def is_vouched_for(claims: dict[str, Any]) -> bool:
    """Whether the provider vouches for the e-mail address: Entra ID says it in a claim of its own."""
    return any(str(claims.get(name)).lower() in ("true", "1") for name in ("email_verified", "xms_edov"))


class KnownPeople(DefaultSocialAccountAdapter):  # type: ignore[misc]  # likewise
    """Lets in whom the provider names, if they have an account here, and tells anybody else why not."""

    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        """Return the one provider of the settings, or none."""
        found = settings.OIDC
        if found is None or provider not in (None, ID, "openid_connect"):
            return []
        return [
            SocialApp(
                provider="openid_connect",
                provider_id=ID,
                name=found.name,
                client_id=found.client_id,
                secret=found.client_secret,
                settings={
                    "server_url": found.issuer,
                    "oauth_pkce_enabled": True,
                    "scope": ["openid", "email"],
                    "uid_field": "uid",
                },
            )
        ]

    def get_provider(self, request: HttpRequest, provider: str, client_id: str | None = None) -> Organisation:
        """Return the one provider. Raises SocialApp.DoesNotExist where there is none."""
        return Organisation(request, app=self.get_app(request, provider, client_id))

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Return whether a stranger may make an account: never."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Stop whoever has no account here, or one that another account at the provider already opens."""
        user = sociallogin.user if sociallogin.is_existing else None
        vouched_for = {row.email.lower() for row in sociallogin.email_addresses if row.verified}
        is_linked = sociallogin.account.pk is not None
        if user is not None and not is_linked and user.email not in vouched_for:
            # Found by an address that was theirs once.
            user = None
        if user is None:
            why = "unknown" if vouched_for or not sociallogin.email_addresses else "unverified"
            self._refuse(request, None, why, email=next((row.email for row in sociallogin.email_addresses), ""))
        elif not user.is_active:
            log_ins.could_not(user, log_ins.PROVIDER)
            raise ImmediateHttpResponse(HttpResponseRedirect(reverse("account_inactive")))
        elif not is_linked:
            issuer = sociallogin.account.extra_data["issuer"]
            if _is_linked(user, issuer):
                self._refuse(request, user, "other")
            keep_address(user)

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: str | None = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None:
        """Tell that the log-in went wrong, and whether it was the person, the provider or nobody who answered."""
        if error == AuthError.CANCELLED:
            raise ImmediateHttpResponse(failed(request, "cancelled", status=403))
        if (extra_context or {}).get("state") is not None:
            # Begun here: what comes back from nowhere is nobody's log-in, and anybody can send it.
            log_ins.could_not(None, log_ins.PROVIDER)
        raise ImmediateHttpResponse(went_wrong(request, exception))

    def _refuse(self, request: HttpRequest, user: User | None, why: str, **more: str) -> None:
        log_ins.could_not(user, log_ins.PROVIDER)
        raise ImmediateHttpResponse(failed(request, why, status=403, **more))


@receiver(user_logged_in)
def _link(sender: Any, request: HttpRequest, user: User, sociallogin: SocialLogin | None = None, **kwargs: Any) -> None:
    """Once somebody is in, know them from then on by what the provider knows them by."""
    if sociallogin is None or sociallogin.account.pk is not None:
        return
    with transaction.atomic():
        # Two log-ins begun at once end one after the other.
        User.objects.select_for_update().get(pk=user.pk)
        issuer = sociallogin.account.extra_data["issuer"]
        if not _is_linked(user, issuer) and not SocialAccount.objects.filter(uid=sociallogin.account.uid).exists():
            sociallogin.connect(request, user)


def _is_linked(user: User, issuer: str) -> bool:
    found: bool = SocialAccount.objects.filter(user=user, extra_data__issuer=issuer).exists()
    return found


def went_wrong(request: HttpRequest, error: Exception | None) -> HttpResponse:
    """Return the page that tells that a log-in went wrong."""
    if isinstance(error, RequestException):
        return failed(request, "away", status=503)
    return failed(request, "wrong", status=403)


def failed(request: HttpRequest, why: str, *, status: int, email: str = "") -> HttpResponse:
    """Return the page that tells why nobody was logged in: unknown, unverified, other, cancelled, away or wrong."""
    context = {"why": why, "email": email, "provider": settings.OIDC}
    return render(request, "account/provider_failed.html", context, status=status)

"""The addresses of log-in, one by one: what a package adds is closed until it stands here."""

from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes.views import generate_recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.urls import include, path
from django.views.decorators.http import require_safe
from django.views.generic import RedirectView, TemplateView

from reviews.views import provider, recovery_codes

urlpatterns = [
    # Invitations and letters follow the address: an administrator changes it, nobody takes one by themselves.
    path("email/", require_safe(TemplateView.as_view(template_name="account/email.html")), name="account_email"),
    path("provider/", provider.log_in, name="account_provider"),
    path("provider/callback/", provider.callback, name="account_provider_callback"),
    path("", include("allauth.account.urls")),
    path("2fa/", mfa.index, name="mfa_index"),
    path("2fa/authenticate/", mfa.authenticate, name="mfa_authenticate"),
    path("2fa/reauthenticate/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("2fa/app/", totp.activate_totp, name="mfa_activate_totp"),
    path("2fa/app/remove/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("2fa/recovery-codes/", recovery_codes.show, name="mfa_view_recovery_codes"),
    path("2fa/recovery-codes/new/", generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("2fa/passkeys/", RedirectView.as_view(pattern_name="mfa_index"), name="mfa_list_webauthn"),
    path("2fa/passkeys/add/", webauthn.add_webauthn, name="mfa_add_webauthn"),
    path("2fa/passkeys/log-in/", webauthn.login_webauthn, name="mfa_login_webauthn"),
    path("2fa/passkeys/reauthenticate/", webauthn.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("2fa/passkeys/<int:pk>/remove/", webauthn.remove_webauthn, name="mfa_remove_webauthn"),
]

"""The project's addresses."""

from allauth.account.decorators import secure_admin_login
from allauth.account.views import email
from django.contrib import admin
from django.urls import include, path
from django.views.decorators.http import require_safe

admin.autodiscover()
# One log-in for everybody, with its rate limits: the admin has no door of its own.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]  # as allauth documents it

urlpatterns = [
    # Invitations and letters follow the address: an administrator changes it, nobody takes one by themselves.
    path("accounts/email/", require_safe(email), name="account_email"),
    path("accounts/", include("allauth.account.urls")),
    path("admin/", admin.site.urls),
    path("", include("reviews.urls")),
]

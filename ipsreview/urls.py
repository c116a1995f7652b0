"""The project's addresses."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

admin.autodiscover()
# One log-in for everybody, with its rate limits: the admin has no door of its own.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]  # as allauth documents it

handler500 = "ipsreview.outage.failed"

urlpatterns = [
    path("accounts/", include("ipsreview.account_urls")),
    path("admin/", admin.site.urls),
    path("", include("reviews.urls")),
]

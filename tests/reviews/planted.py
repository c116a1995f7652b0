"""Addresses with the faults that the crawler is to find, beside those of the work: for its own tests alone."""

import uuid

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.utils.safestring import mark_safe
from django.views.decorators.csrf import csrf_exempt

from ipsreview.urls import urlpatterns as _ours
from reviews.models import Review, Service

_FORM = '<form method="post"><input type="text" name="months"></form>'


def unguarded(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Show a review to whoever knows its address."""
    return HttpResponse(Review.objects.get(pk=pk).summary.replace("<", "&lt;"))


def unescaped(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Show what was written as it was written."""
    return HttpResponse(mark_safe(Service.objects.get(reviews=pk).name))


def echoing(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Show what stands behind the address."""
    return HttpResponse(f"<a href='?q='>{request.GET.get('q', '')}</a>")


def breaking(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Take any number for one that fits."""
    return HttpResponse(_FORM if request.method == "GET" else str(int(request.POST.get("months") or 0)))


def writing(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Write when it is only read."""
    Review.objects.filter(pk=pk).update(summary="Lest.")
    return HttpResponse("")


@csrf_exempt
def unsigned(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Take a form without the page's token."""
    if request.method == "POST":
        Review.objects.filter(pk=pk).update(summary="Sendt.")
        return HttpResponse(status=302, headers={"Location": "/"})
    return HttpResponse(_FORM)


def reaching_over(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Change whatever row the form names."""
    if request.method == "POST":
        keys = [key for key in request.POST.getlist("key") if len(key) == 36]
        Review.objects.filter(pk__in=keys).exclude(status=Review.Status.FINAL).update(method="Min.")
        return HttpResponse(status=302, headers={"Location": "/"})
    return HttpResponse('<form method="post"><input type="hidden" name="key" value="1"></form>')


_HOLES = [unguarded, unescaped, echoing, breaking, writing, unsigned, reaching_over]

_planted = [path(f"{hole.__name__}/reviews/<uuid:pk>/", hole, name=hole.__name__) for hole in _HOLES]
urlpatterns = [
    path("planted/", include((_planted, "planted"))),
    # Without a name, and open.
    path("unnamed/", login_not_required(lambda request: HttpResponse(""))),
    *_ours,
]

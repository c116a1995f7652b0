"""The project's addresses, and those that a run measures against."""

from django.urls import path

from ipsreview.urls import handler500
from ipsreview.urls import urlpatterns as _of_the_project
from tests.bench import views

__all__ = ["handler500", "urlpatterns"]

urlpatterns = [
    path("bench/floor/", views.floor),
    path("bench/empty-write/", views.empty_write),
    *_of_the_project,
]

"""How often a service is reviewed: changed by the adviser who plans for it."""

import uuid

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from reviews import access, workflow
from reviews.forms.places import IntervalForm
from reviews.views.http import PersonRequest, attempt


@require_http_methods(["GET", "HEAD", "POST"])
def service_interval(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """Change the months between a service's external reviews. Raises PermissionDenied for all but its advisers."""
    who = access.standing(request.user)
    service = access.open_service(request.user, pk, who)
    if not who.advises(service):
        raise PermissionDenied
    form = IntervalForm(request.POST or None, initial={"interval_months": service.interval_months})

    def settle() -> object:
        return workflow.set_interval(service, request.user, form.cleaned_data["interval_months"])

    if (
        request.method == "POST"
        and form.is_valid()
        and attempt(request, settle, _("The interval is saved."), form=form)
    ):
        return redirect("reviews:service", service.pk)
    return render(request, "reviews/service_interval.html", {"form": form, "service": service})

"""Opening a review."""

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from reviews import access, workflow
from reviews.forms.planning import PlanForm
from reviews.views.http import PersonRequest


def _known_service(request: PersonRequest) -> dict[str, str]:
    """Return the service named in the address as a first choice; anything that is no id is left out."""
    try:
        return {"service": str(uuid.UUID(request.GET.get("service", "")))}
    except ValueError:
        return {}


@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: PersonRequest) -> HttpResponse:
    """Plan a review of a service the person may plan for."""
    services = access.plannable_services(request.user)
    if not services.exists():
        raise PermissionDenied
    form = PlanForm(request.POST or None, services=services, initial=_known_service(request))
    if request.method == "POST" and form.is_valid():
        made = workflow.plan(request.user, form.plan())
        messages.success(request, _("The review is planned."))
        return redirect("reviews:review", made.pk)
    return render(request, "reviews/plan.html", {"form": form})

"""What everything is measured against: a page of ours with nothing on it, and a save that saves nothing of worth."""

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.views.decorators.http import require_POST, require_safe

from reviews import audit
from reviews.models import AuditEvent
from reviews.views.http import PersonRequest

_EMPTY = engines["django"].from_string(
    '{% extends "base.html" %}{% block content %}<h1>Floor</h1>{% endblock content %}'
)


@require_safe
def floor(request: HttpRequest) -> HttpResponse:
    """Show the frame of every page, with the person's name, and nothing in it."""
    return HttpResponse(_EMPTY.render({}, request))


@require_POST
def empty_write(request: PersonRequest) -> HttpResponse:
    """Write one row, and answer nothing."""
    audit.record(request.user, AuditEvent.Action.CHANGED, target=request.user)
    return HttpResponse(status=204)

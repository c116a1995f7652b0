"""A service beside all others, item by item."""

import uuid

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from reviews import access, speaking
from reviews.models import ReportVersion
from reviews.overview import counts
from reviews.overview.beside import beside
from reviews.speaking import Filters
from reviews.views.http import PersonRequest, tell_reading


@require_safe
def service_others(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """Show the scores of a service's latest external review, or of its latest self-review where there is none, beside
    the median and the middle half of all services. The review is the latest whose report the person may read; the
    others are those that count for all.
    """
    who = access.standing(request.user)
    service = access.open_service(request.user, pk, who)
    readable = access.readable_reviews(request.user, who)
    own = next(iter(speaking.latest(readable.filter(service=service), Filters())), None)
    context: dict[str, object] = {"service": service}
    if own is not None:
        tell_reading(request, "beside_others", target=service)
        found = ReportVersion.objects.defer("pdf", "content").select_related("review")
        context["version"] = get_object_or_404(found, pk=own.version)
        of_all = counts.latest(Filters(), access.Sight(request.user, who))
        context["scales"] = beside(own.version, of_all)
    return render(request, "reviews/service_others.html", context)

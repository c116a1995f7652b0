"""One's own scores beside those that were agreed."""

import uuid

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from reviews import access, comparison
from reviews.views.http import PersonRequest, tell_reading


@require_safe
def beside(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """Show whoever scored, an observer too, where the agreed scores lay; never the scores of somebody else."""
    permit = access.open_review(request.user, pk)
    if permit.own_seat is None or not permit.may_compare:
        raise PermissionDenied
    tell_reading(request, "beside", review=permit.review)
    scales = comparison.compare(permit.review, permit.own_seat)
    return render(
        request,
        "reviews/beside.html",
        {
            "permit": permit,
            "review": permit.review,
            "scales": scales,
            "seat": permit.own_seat,
            "has_own": any(line.own for each in scales for section in each.sections for line in section.lines),
        },
    )

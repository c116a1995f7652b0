"""A service over the years: its development, and any two of its reviews beside each other."""

import uuid

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from reviews import access, circumstances, handed_over, two_reviews, years
from reviews.forms.comparing import TwoReviewsForm
from reviews.views.http import PersonRequest, tell_reading


@require_safe
def development(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """Show a service's development, from those reviews whose reports the person may read."""
    who = access.standing(request.user)
    service = access.open_service(request.user, pk, who)
    readable = access.readable_reviews(request.user, who).filter(service=service)
    held = handed_over.of(readable)
    if held:
        tell_reading(request, "development", target=service)
    return render(
        request,
        "reviews/service_development.html",
        {
            "service": service,
            "scales": years.scales_over_years(held),
            "circumstances": circumstances.over_years(each.beside for each in held),
            "may_compare": len(held) > 1,
        },
    )


@require_safe
def compare(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """Show two of a service's reviews beside each other, item by item: `first` and `second` in the address, of those
    whose reports the person may read.
    """
    who = access.standing(request.user)
    service = access.open_service(request.user, pk, who)
    held = handed_over.of(access.readable_reviews(request.user, who).filter(service=service))
    usual = two_reviews.usual(held)
    form = TwoReviewsForm(request.GET, [each.review for each in held], usual) if usual else None
    if held:
        tell_reading(request, "compared", target=service)
    chosen = None
    if form is not None and form.is_valid():
        by_key = {str(each.review.pk): each for each in held}
        chosen = by_key[form.cleaned_data["older"]], by_key[form.cleaned_data["newer"]]
    return render(
        request,
        "reviews/service_compare.html",
        {
            "service": service,
            "form": form,
            "chosen": chosen,
            "scales": two_reviews.compare(*chosen) if chosen else [],
        },
    )

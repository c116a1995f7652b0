"""All items of the evaluator's own sheet on one page: to type in what was scored on paper, and to see what is there."""

import uuid
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from reviews import results
from reviews.forms.scoring import LineForm
from reviews.models import Rating
from reviews.navigation import SectionSteps, route
from reviews.views.http import PersonRequest
from reviews.views.scoring import is_writable, open_sheet
from scales.models import Item


@dataclass(frozen=True)
class Line:
    """One item, what is in the sheet, and the form to write it in, which saves to the item's own address; none on a
    sheet that is closed.
    """

    item: Item
    rating: Rating
    form: LineForm | None


@dataclass(frozen=True)
class Part:
    """A section with its items."""

    section: SectionSteps
    lines: list[Line]


@require_safe
def score_all(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """Show every item of the sheet, a line for each."""
    permit, sheet = open_sheet(request, pk)
    ratings = results.ratings_on(sheet)
    way = route(results.pinned_scales(permit.review, permit.pinned), ratings)
    writable = is_writable(permit.review, sheet)

    def line(item: Item) -> Line:
        rating = ratings.get(item.pk) or Rating(seat=sheet, item=item)
        return Line(item, rating, LineForm(rating=rating, item=item, review=permit.review) if writable else None)

    return render(
        request,
        "reviews/score_all.html",
        {
            "permit": permit,
            "review": permit.review,
            "route": way,
            "writable": writable,
            "parts": [Part(section, [line(step.item) for step in section.steps]) for section in way.sections],
        },
    )

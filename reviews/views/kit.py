"""The kit for a visit: what evaluators print and take along, as long as the review is open."""

import uuid
from collections.abc import Callable

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from reviews import access, audit, results
from reviews.kit import content, pdf
from reviews.models import AuditEvent, Review
from reviews.report import naming
from reviews.views.http import PersonRequest, download
from scales.models import Scale


def _open(request: PersonRequest, pk: uuid.UUID) -> Review:
    """Return the review if the person may print its kit."""
    permit = access.open_review(request.user, pk)
    permit.require(permit.may_print_kit)
    return permit.review


@require_safe
def kit(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """List what can be printed for the visit, with how much there is in it."""
    review = _open(request, pk)
    scales = results.pinned_scales(review)
    found = content.guides(scales)
    context = {
        "review": review,
        "guides": found,
        "questions": sum(guide.questions for guide in found),
        "items": sum(len(section.items.all()) for scale in scales for section in scale.sections.all()),
    }
    return render(request, "reviews/kit.html", context)


@require_safe
def guide(request: PersonRequest, pk: uuid.UUID, perspective: str) -> HttpResponse | StreamingHttpResponse:
    """Download the interview guide for one kind of informant; 404 where the scales have no question for them."""

    def made(review: Review, scales: list[Scale]) -> bytes:
        chosen = [each for each in content.guides(scales) if each.perspective == perspective]
        if not chosen:
            raise Http404
        return pdf.guides(review, scales, chosen)

    return _download(request, pk, f"intervjuguide-{perspective}", made)


@require_safe
def guides(request: PersonRequest, pk: uuid.UUID) -> HttpResponse | StreamingHttpResponse:
    """Download the interview guides for everybody that the scales have questions for."""

    def made(review: Review, scales: list[Scale]) -> bytes:
        chosen = content.guides(scales)
        if not chosen:
            raise Http404
        return pdf.guides(review, scales, chosen)

    return _download(request, pk, "intervjuguider", made)


@require_safe
def score_forms(request: PersonRequest, pk: uuid.UUID) -> HttpResponse | StreamingHttpResponse:
    """Download empty score forms."""
    return _download(request, pk, "skjema", pdf.score_forms)


@require_safe
def feedback(request: PersonRequest, pk: uuid.UUID) -> HttpResponse | StreamingHttpResponse:
    """Download the list for the oral feedback on the last day."""
    return _download(request, pk, "tilbakemelding", pdf.feedback)


def _download(
    request: PersonRequest, pk: uuid.UUID, part: str, make: Callable[[Review, list[Scale]], bytes]
) -> HttpResponse | StreamingHttpResponse:
    review = _open(request, pk)
    made = make(review, results.pinned_scales(review))
    audit.record(request.user, AuditEvent.Action.DOWNLOADED, review=review, target=review, fields=["kit"])
    return download(made, "pdf", naming.kit_name(review, part))

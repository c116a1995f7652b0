"""The report on the page and as PDF, and the exports of one review or one service."""

import uuid
from collections.abc import Iterable, Iterator

from django.contrib import messages
from django.db.models import SmallIntegerField
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from reviews import access, audit
from reviews.exchange import exporting, workbook
from reviews.models import AuditEvent, ReportVersion, Review
from reviews.prepared import Given, Prepared
from reviews.report import content as report_content
from reviews.report import fonts, naming, newest, presses
from reviews.report import page as report_page
from reviews.report import pdf as report_pdf
from reviews.views.http import PersonRequest, download, tell_reading

Action = AuditEvent.Action
_EXTENSIONS = (*exporting.FORMATS, "xlsx")


def _may_read_draft(request: PersonRequest, pk: uuid.UUID) -> access.Permit:
    permit = access.open_review(request.user, pk)
    permit.require(permit.may_read_draft)
    return permit


@require_safe
def draft(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """Show the report as it would be now, marked as a draft."""
    permit = _may_read_draft(request, pk)
    content = report_content.build(permit.review, number=None, made_at=None, pinned=permit.pinned)
    tell_reading(request, "draft", review=permit.review)
    return render(
        request,
        "reviews/report.html",
        {
            "permit": permit,
            "review": permit.review,
            "content": content,
            "body": report_page.body(content, draft=True),
            "draft": True,
            "missing": fonts.named(report_pdf.missing_characters(content)) if permit.may_work else [],
            "exports": permit.may_export and not permit.has_version,
        },
    )


@require_safe
def draft_pdf(request: PersonRequest, pk: uuid.UUID) -> HttpResponse | StreamingHttpResponse:
    """Download the draft as PDF."""
    # Who may not read it waits for nothing, and takes no place among those who do.
    permit = _may_read_draft(request, pk)
    # However many ask at once, their contents are counted one by one, and pages wait for none of it.
    with presses.reserved() as has_waited:
        if has_waited:
            # Meanwhile it may have been written on, or be no longer theirs to read.
            access.ask_anew(request.user)
            permit = _may_read_draft(request, pk)
        content = report_content.build(permit.review, number=None, made_at=None, pinned=permit.pinned)
        audit.record(request.user, Action.DOWNLOADED, review=permit.review, target=permit.review, fields=["draft"])
        made = report_pdf.render(content, draft=True)
    return download(made, "pdf", naming.draft_name(permit.review))


def _version_without(column: str) -> Prepared[ReportVersion]:
    review, number = Given("review", Review._meta.get_field("id")), Given("number", SmallIntegerField())
    # One row needs no order, which would join its review and service.
    return Prepared(lambda: ReportVersion.objects.defer(column).filter(review=review, number=number).order_by())


_BITS = 16
_WITHOUT_PDF, _WITHOUT_CONTENT = _version_without("pdf"), _version_without("content")


def _version(
    request: PersonRequest, pk: uuid.UUID, number: int, asked: Prepared[ReportVersion]
) -> tuple[access.Permit, ReportVersion]:
    """Fetch a version, and later what it is fetched without: content and PDF are long, and one of them is shown."""
    permit = access.open_review(request.user, pk)
    permit.require(permit.may_read_versions)
    # A number that the column cannot hold is none.
    for found in asked.rows(review=pk, number=number) if number.bit_length() < _BITS else ():
        found.review = permit.review
        return permit, found
    raise Http404


@require_safe
def version(request: PersonRequest, pk: uuid.UUID, number: int) -> HttpResponse:
    """Show a version of the report as it was handed over."""
    permit, found = _version(request, pk, number, _WITHOUT_PDF)
    later = permit.review.versions.filter(number__gt=number).order_by("-number")
    newer = later.values_list("number", flat=True).first()
    tell_reading(request, "report", review=permit.review, target=found)
    return render(
        request,
        "reviews/report.html",
        {
            "permit": permit,
            "review": permit.review,
            "content": found.content,
            "body": report_page.body(found.content, draft=False),
            "version": found,
            "draft": False,
            "newer": newer,
            "exports": newer is None,
        },
    )


@require_safe
def version_pdf(request: PersonRequest, pk: uuid.UUID, number: int) -> HttpResponse | StreamingHttpResponse:
    """Download a version: the bytes that were handed over, or a rendering where an imported review has none."""
    permit, found = _version(request, pk, number, _WITHOUT_CONTENT)
    pdf = bytes(found.pdf) if found.pdf is not None else report_pdf.render(found.content, draft=False)
    audit.record(request.user, Action.DOWNLOADED, review=permit.review, target=found)
    return download(pdf, "pdf", naming.version_name(permit.review, found.number))


@require_safe
def export_review(request: PersonRequest, pk: uuid.UUID, extension: str) -> HttpResponse | StreamingHttpResponse:
    """Export one review, to whoever may read its report."""
    permit = access.open_review(request.user, pk)
    permit.require(permit.may_export)
    if extension == "xlsx":
        made: bytes | Iterator[str] = workbook.of_review(newest.content_of(permit.review, permit.pinned))
    else:
        made = _lines([permit.review], extension)
    audit.record(request.user, Action.EXPORTED, review=permit.review, target=permit.review)
    return download(made, extension, naming.export_name(permit.review, extension, draft=not permit.has_version))


@require_safe
def export_service(request: PersonRequest, pk: uuid.UUID, extension: str) -> HttpResponse | StreamingHttpResponse:
    """Export those reviews of a service whose reports the person may read; where there are none, say so on its page."""
    who = access.standing(request.user)
    service = access.open_service(request.user, pk, who)
    seen = access.readable_reviews(request.user, who).filter(service=service)
    reviews = list(exporting.exportable(seen))
    if extension in _EXTENSIONS and not reviews:
        messages.info(request, _("There is no report of the service that you may read yet, and nothing to download."))
        return redirect("reviews:service", pk)
    if extension == "xlsx":
        made: bytes | Iterator[str] = workbook.of_service(service.name, newest.contents_of(reviews))
    else:
        made = _lines(reviews, extension)
    audit.record_each(request.user, Action.EXPORTED, reviews)
    return download(made, extension, f"{naming.slug(service.name)}.{extension}")


def _lines(reviews: Iterable[Review], extension: str) -> Iterator[str]:
    if extension not in exporting.FORMATS:
        raise Http404
    return exporting.export(reviews, extension)

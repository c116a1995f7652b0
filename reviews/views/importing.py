"""Old results in: an adviser sends a score sheet, sees what would come of it, and takes it in."""

import secrets
import uuid
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ipsreview import outage
from reviews import access
from reviews.exchange import uploading
from reviews.exchange.importing import Progress, Step
from reviews.exchange.sheet import LONG_COLUMNS
from reviews.forms.uploading import SheetForm
from reviews.models import Upload
from reviews.views import streaming
from reviews.views.http import PersonRequest
from scales.models import Item, Scale

_Work = Generator[Progress, None, None]

_LATEST = 10
"""How many of the sheets that a person has sent are listed."""


@require_http_methods(["GET", "HEAD", "POST"])
def import_sheets(request: PersonRequest) -> HttpResponse:
    """Ask for a score sheet, and list those the adviser has sent."""
    uploads = access.visible_uploads(request.user)
    form = SheetForm(request.POST, request.FILES) if request.method == "POST" else SheetForm()
    if form.is_bound and form.is_valid():
        file = form.cleaned_data["file"]
        upload = uploading.keep(
            request.user, file.name, file.read(), create_services=form.cleaned_data["create_services"]
        )
        return redirect("reviews:import_sheet", upload.pk)
    return render(
        request,
        "reviews/import_sheets.html",
        {
            "form": form,
            "uploads": [(each, uploading.found_in(each)) for each in uploads[:_LATEST]],
            "columns": LONG_COLUMNS,
            "items": _items(),
        },
    )


@require_safe
def import_sheet(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """Show what came of a sheet, or what would: every fault in its cell, or what taking it in makes."""
    upload = access.open_upload(request.user, pk)
    return render(request, "reviews/import_sheet.html", _told(upload))


@require_http_methods(["GET", "HEAD", "POST"])
def check_sheet(request: PersonRequest, pk: uuid.UUID) -> HttpResponse | StreamingHttpResponse:
    """Look at what taking a sheet in would do, and tell how far it has come while it is done. Who comes
    back to the page of that, as after a new log-in, is led to the sheet.
    """
    upload = access.open_upload(request.user, pk)
    if request.method != "POST":
        return redirect("reviews:import_sheet", upload.pk)
    create_services = upload.create_services or "create_services" in request.POST
    return _streamed(
        request,
        upload,
        _("The sheet is being checked. Stay on the page."),
        lambda: uploading.check(upload, create_services=create_services),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def confirm_sheet(request: PersonRequest, pk: uuid.UUID) -> HttpResponse | StreamingHttpResponse:
    """Take a sheet in as it was looked at, and tell how far it has come while it is done. Who comes
    back to the page of that, as after a new log-in, is led to the sheet.
    """
    upload = access.open_upload(request.user, pk)
    if request.method != "POST":
        return redirect("reviews:import_sheet", upload.pk)
    return _streamed(
        request,
        upload,
        _("The sheet is being imported. Stay on the page: if you leave it, nothing is imported."),
        lambda: uploading.take_in(upload),
    )


@require_POST
def delete_sheet(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """Delete a sheet that is not taken in."""
    upload = access.open_upload(request.user, pk)
    if upload.imported_at is None:
        uploading.give_up(upload)
        messages.success(request, _("The sheet is deleted. Nothing of it was imported."))
    return redirect("reviews:import_sheets")


def _items() -> list[str]:
    """Return the codes that a sheet with one row for each review has as columns."""
    items = Item.objects.filter(section__scale__in=Scale.objects.newest())
    in_order = items.order_by("section__scale__position", "section__position", "position")
    return list(in_order.values_list("code", flat=True))


def _told(upload: Upload) -> dict[str, Any]:
    return {"upload": upload, "found": uploading.found_in(upload)}


def _streamed(
    request: PersonRequest, upload: Upload, under_way: str, work: Callable[[], _Work]
) -> StreamingHttpResponse:
    """Answer with the page of a sheet in which the work goes on: how far it has come, and then what came of it."""
    # Made before the answer begins: what it takes from the session, such as messages, is saved with its head.
    told, result = secrets.token_hex(), secrets.token_hex()
    shell = render_to_string(
        "reviews/import_sheet.html", {"upload": upload, "under_way": under_way, "told": told, "result": result}, request
    )
    before, rest = shell.split(told)
    between, after = rest.split(result)

    def page() -> streaming.Pieces:
        yield before
        yield from _progress(work())
        now = access.visible_uploads(request.user).filter(pk=upload.pk).first()
        if now is None:
            yield _trouble(_("The sheet is not here any more. Send it again."))
            yield between + after
            return
        yield render_to_string("reviews/partials/import_outcome.html", _told(now))
        yield between + render_to_string("reviews/partials/import_result.html", _told(now), request) + after

    def failed(error: Exception) -> str:
        # One import waits for the other where both write, and not for long.
        if outage.is_passing(error):
            said = _(
                "Nothing was imported. Another import is under way, or the database is away: try again in a minute."
            )
        else:
            said = _("Something went wrong, and nothing was imported. Try again later.")
        return _trouble(said) + between + after

    return streaming.answer(request, page(), failed)


def _progress(work: _Work) -> Iterator[str]:
    pace = streaming.Pace()
    with closing(work):
        for progress in work:
            is_milestone = pace.is_another_quarter(progress.done, progress.of or 0)
            if pace.is_time() or is_milestone:
                yield _line(_words(progress), is_said=is_milestone)


def _words(progress: Progress) -> str:
    numbers = {
        "done": number_format(progress.done, force_grouping=True),
        "of": number_format(progress.of or 0, force_grouping=True),
    }
    if progress.step == Step.REPORTS:
        return _("%(done)s of %(of)s reports are made.") % numbers
    return _("%(done)s of %(of)s rows are read.") % numbers


def _trouble(words: str) -> SafeString:
    return format_html('<div class="ds-alert" data-color="danger"><p>{}</p></div>', words)


def _line(words: str, *, is_said: bool = True) -> SafeString:
    return format_html("<p>{}</p>" if is_said else '<p aria-hidden="true">{}</p>', words)

"""Figures before the visit: the metodeveileder gives them; the evaluators look at them and take them over."""

import uuid

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from reviews import access, given, results, workflow
from reviews.access import Permit
from reviews.figures import Table, asked
from reviews.forms.figures import FiguresForm
from reviews.navigation import route
from reviews.views import autosave
from reviews.views.http import PersonRequest, attempt, saves, tell_reading, unsaved_status


@require_http_methods(["GET", "HEAD", "POST"])
def figures(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """Show what the service is asked for and what it gave; its metodeveileder writes it here. To who sees the evidence
    it stands beside what the evaluators counted.

    `rows` (in the address) shows room for so many jobbspesialister, and `take` puts in the form what another
    metodeveileder has saved.
    """
    permit = access.open_review(request.user, pk)
    permit.require(permit.may_see_figures)
    if request.method == "POST":
        permit.require(permit.supervises)
    tables = asked(results.pinned_scales(permit.review, permit.pinned))
    if not tables:
        raise Http404
    tell_reading(request, "figures", review=permit.review)
    form = _form(request, permit, tables)
    if "take" in request.POST:
        form.take(request.POST["take"])

    def save() -> None:
        workflow.give_figures(permit.review, request.user, form.figures(), form.seen)

    if autosave.is_autosave(request):

        def parts() -> dict[str, str]:
            shown = {"progress": given.progress(permit.review)}
            return {"figures-progress": render_to_string("reviews/partials/figures_progress.html", shown)}

        return autosave.answer(request, form, save, form.values, parts)
    if saves(request) and form.is_valid() and attempt(request, save, _("The figures are saved."), form=form):
        return redirect("reviews:figures", pk)
    # What was typed is kept where the scoring ended in the meantime.
    writes = permit.may_give_figures or form.is_bound
    reads = permit.may_see_evidence or not writes
    return render(
        request,
        "reviews/figures.html",
        {
            "permit": permit,
            "review": permit.review,
            "form": form if writes else None,
            "found": given.of_review(permit.review, tables, with_counts=permit.may_see_evidence) if reads else [],
            "progress": given.progress(permit.review),
        },
        status=unsaved_status(form),
    )


def _form(request: PersonRequest, permit: Permit, tables: list[Table]) -> FiguresForm:
    rows = request.GET.get("rows", "")
    return FiguresForm(
        request.POST or None,
        instance=permit.review,
        tables=tables,
        given=permit.review.given_figures.all(),
        rows=int(rows) if rows.isascii() and rows.isdigit() and len(rows) < 3 else 0,
    )


@require_POST
def take_over(request: PersonRequest, pk: uuid.UUID, scale: str, code: str) -> HttpResponse:
    """Count for an item what the service gave, in place of what was counted, both as the page showed them (`given` and
    `counted`, their stamps). It leads back to where it was asked for: the item's page (`back` is item), or all figures.
    """
    permit = access.open_review(request.user, pk)
    permit.require(permit.may_take_over_figures)
    if permit.sheet is None:
        raise PermissionDenied
    sheet, posted = permit.sheet, request.POST
    item = route(results.pinned_scales(permit.review, permit.pinned), {}).place(scale, code).item
    attempt(
        request,
        lambda: workflow.take_over(
            sheet, item, request.user, given=posted.get("given", ""), counted=posted.get("counted", "")
        ),
        _("%(item)s: what the service gave is now counted.") % {"item": item.code},
    )
    if posted.get("back") == "item":
        return redirect("reviews:score", pk, scale, code)
    return redirect(f"{reverse('reviews:figures', args=[pk])}#{item.code}")

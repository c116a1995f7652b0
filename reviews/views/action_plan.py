"""A service's handlingsplan: its points, each of them, and the plan as PDF and XLSX for the steering group."""

import datetime
import uuid

from django.db.models import QuerySet
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from reviews import access, audit, workflow
from reviews.access import PlanPermit
from reviews.action_plan import pdf, points, sheet
from reviews.action_plan.points import Point
from reviews.forms.actions import EVERYTHING, OVERDUE, TO_DO, ActionForm, NewActionForm, plan_filters
from reviews.models import AuditEvent, Review
from reviews.report import naming
from reviews.views import autosave
from reviews.views.http import PersonRequest, attempt, download, saves, tell_reading, unsaved_status
from scales.models import Item, Scale

Action = AuditEvent.Action


def _points(permit: PlanPermit) -> list[Point]:
    return points.points(permit.actions, _reviews(permit))


def _points_told_outside(permit: PlanPermit) -> list[Point]:
    """Return the points of a plan that leaves the service: its steering group is of several organisations."""
    return points.points(permit.actions_told_outside, _reviews(permit))


def _reviews(permit: PlanPermit) -> QuerySet[Review]:
    """Return the reviews of the service that the person sees."""
    return access.visible_reviews(permit.user, permit.standing).filter(service=permit.service)


@require_safe
def action_plan(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """Show the plan: what is still to be done, or what `status` chooses: the points in a state, overdue, or all."""
    permit = access.open_plan(request.user, pk)
    tell_reading(request, "action_plan", target=permit.service)
    found, today = _points(permit), timezone.localdate()
    filters = plan_filters(request.GET)
    return render(
        request,
        "reviews/action_plan.html",
        {
            "permit": permit,
            "service": permit.service,
            "numbers": points.numbers(found, today),
            "groups": points.groups(row for row in found if _fits(row, filters.chosen["status"], today)),
            "filters": filters,
            "has_points": bool(found),
            "inside": sum(row.action.is_inside for row in found),
            "today": today,
        },
    )


def _fits(row: Point, chosen: str, today: datetime.date) -> bool:
    if chosen == OVERDUE:
        return row.is_overdue(today)
    return row.action.is_open if chosen == TO_DO else chosen in (EVERYTHING, row.action.status)


@require_http_methods(["GET", "HEAD", "POST"])
def new_action(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """Add a point of the service's own, on an item of a scale that is in use."""
    permit = access.open_plan(request.user, pk)
    permit.require(permit.may_write)
    scales = Scale.objects.newest().prefetch_related("sections__items").order_by("position")
    form = NewActionForm(request.POST or None, service=permit.service, scales=scales)

    def save() -> None:
        item = Item.objects.get(pk=form.cleaned_data["item"])
        workflow.add_action(permit.service, request.user, item, form.values(), form.cleaned_data["key"])

    added = _("The improvement point is added to the plan.")
    if request.method == "POST" and form.is_valid() and attempt(request, save, added, form=form):
        return redirect("reviews:action_plan", pk)
    return render(request, "reviews/action_new.html", {"permit": permit, "service": permit.service, "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def action(request: PersonRequest, pk: uuid.UUID, action: uuid.UUID) -> HttpResponse:
    """Show a point, and save what the service's metodeveileder writes of it. `take` puts in the form what somebody else
    has saved; `continue` (the key of another point on the item) closes this one, since that is worked on instead.
    """
    permit = access.open_plan(request.user, pk)
    if request.method == "POST":
        permit.require(permit.may_write)
    if "continue" in request.POST:
        return _continue(request, permit, action)
    row = next((row for row in _points(permit) if row.action.pk == action), None)
    if row is None:
        raise Http404
    tell_reading(request, "action_plan", target=permit.service)
    form = ActionForm(request.POST or None, instance=row.action) if permit.may_write else None
    if form is not None and "take" in request.POST:
        form.take(request.POST["take"])
    if form is not None and request.method == "POST":

        def save() -> None:
            workflow.change_action(row.action, request.user, form.values(), form.seen)

        if autosave.is_autosave(request):
            return autosave.answer(request, form, save, form.values)
        if saves(request) and form.is_valid() and attempt(request, save, _("The point is saved."), form=form):
            return redirect("reviews:action_plan", pk)
    return render(
        request,
        "reviews/action.html",
        {
            "permit": permit,
            "service": permit.service,
            "row": row,
            "action": row.action,
            "form": form,
            "today": timezone.localdate(),
        },
        status=200 if form is None else unsaved_status(form),
    )


def _continue(request: PersonRequest, permit: PlanPermit, action: uuid.UUID) -> HttpResponse:
    seen = points.whole(permit.actions)
    closed = get_object_or_404(seen, pk=action)
    kept = get_object_or_404(seen, pk=_key(request.POST["continue"]))
    if closed.keeps_from(kept):
        done = _("The point is closed. What is written in it stays there: others read the one that is kept.")
    else:
        done = _("The older point is closed. What was agreed in it goes on in the one that is kept.")
    attempt(request, lambda: workflow.continue_action(closed, kept, request.user), done)
    return redirect("reviews:action_plan", permit.service.pk)


def _key(sent: str) -> uuid.UUID | None:
    """Return the key that was sent; None, which nothing goes by, for what is none."""
    try:
        return uuid.UUID(sent)
    except ValueError:
        return None


@require_safe
def action_plan_pdf(request: PersonRequest, pk: uuid.UUID) -> HttpResponse | StreamingHttpResponse:
    """Download the plan as it goes to the steering group: what is to be done, and what was closed in the last year."""
    permit = access.open_plan(request.user, pk)
    made = pdf.plan(permit.service, _points_told_outside(permit), timezone.now())
    audit.record(request.user, Action.DOWNLOADED, target=permit.service)
    return download(made, "pdf", naming.plan_name(permit.service, "pdf"))


@require_safe
def action_plan_xlsx(request: PersonRequest, pk: uuid.UUID) -> HttpResponse | StreamingHttpResponse:
    """Download the plan as a spreadsheet, whatever the state of its points."""
    permit = access.open_plan(request.user, pk)
    made = sheet.plan(permit.service, _points_told_outside(permit), timezone.now())
    audit.record(request.user, Action.EXPORTED, target=permit.service)
    return download(made, "xlsx", naming.plan_name(permit.service, "xlsx"))

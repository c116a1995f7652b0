"""Opening a review, in two steps without script: the service, then the plan. And changing a plan before it begins."""

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from reviews import access, candidates, ties, workflow
from reviews.candidates import Candidate
from reviews.forms.planning import PlanForm, ServiceForm
from reviews.models import Review, Service
from reviews.views.http import PersonRequest, attempt, saves, send_letters, unsaved_status
from reviews.workflow import Refused, SameVisit


@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: PersonRequest) -> HttpResponse:
    """Plan a review of the `service` in the address; without one, ask which of those the person may plan for."""
    known = access.standing(request.user)
    services = access.plannable_services(request.user, known).select_related("county")
    first_two = list(services[:2])
    if not first_two:
        raise PermissionDenied
    if request.GET.get("service"):
        service = _named(ServiceForm(request.GET, services=services))
    elif len(first_two) == 1:
        service = first_two[0]
    else:
        # Sent without a choice, it says so; opened for the first time, it asks.
        form = ServiceForm(request.GET if "service" in request.GET else None, services=services)
        return render(request, "reviews/plan_service.html", {"form": form})
    return _page(request, _form(request, service, access.plannable_kinds(service, known)))


@require_http_methods(["GET", "HEAD", "POST"])
def change_plan(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """Change the plan of a review that has not begun. Once it has, the page says so."""
    permit = access.open_review(request.user, pk)
    permit.require(permit.may_plan)
    review = permit.review
    if review.status != Review.Status.PLANNED:
        return render(request, "reviews/plan_stands.html", {"review": review, "permit": permit})
    return _page(request, _form(request, review.service, [review.kind], review))


def _named(form: ServiceForm) -> Service:
    """Return the service named in an address. Raises Http404 where it is none the person may plan for."""
    if not form.is_valid():
        raise Http404
    service: Service = form.cleaned_data["service"]
    return service


def _form(request: PersonRequest, service: Service, kinds: list[str], review: Review | None = None) -> PlanForm:
    """Return the plan as it was sent or, where one of those proposed was chosen, to be filled in further."""
    sent = request.POST or None
    if saves(request):
        return PlanForm(sent, service=service, kinds=kinds, review=review)
    return PlanForm(service=service, kinds=kinds, review=review, typed=sent)


def _proposed(form: PlanForm) -> list[Candidate]:
    """Return who could review the service, on the first visit day where one is known. For a self-review, nobody."""
    return candidates.of(form.service, form.day or timezone.localdate()) if form.is_for_outsiders else []


def _page(request: PersonRequest, form: PlanForm) -> HttpResponse:
    """Ask for a plan, and make or change the review when it holds."""
    changed = form.review
    made: list[Review] = []

    def settle() -> None:
        plan, beside = form.plan(), form.cleaned_data["beside"]
        try:
            made.append(
                workflow.plan(request.user, plan, beside=beside)
                if changed is None
                else workflow.change_plan(changed, request.user, plan, form.cleaned_data["seen"], beside=beside)
            )
        except SameVisit as refusal:
            found = [each.pk for each in refusal.found]
            seen = access.visible_reviews(request.user).filter(pk__in=found).order_by("first_day", "pk")
            raise Refused(form.ask_about(refusal, seen), field=refusal.field) from refusal

    done = _("The review is planned.") if changed is None else _("The plan is changed.")
    if saves(request) and form.is_valid() and attempt(request, settle, done, form=form):
        send_letters(request, made[0])
        if not access.visible_reviews(request.user).filter(pk=made[0].pk).exists():
            # One who led it and planned themselves out of it.
            return redirect("reviews:tasks")
        if ties.ties(made[0]):
            messages.info(request, _("There are ties between evaluators and the service. They are listed below."))
        return redirect("reviews:review", made[0].pk)
    context = {
        "form": form,
        "service": form.service,
        "review": changed,
        "candidates": _proposed(form),
        "slots": [("lead", _("Use as lead evaluator")), ("second", _("Use as second evaluator"))],
        "taken": form.taken,
        "is_filled_in": request.method == "POST" and not saves(request),
    }
    return render(request, "reviews/plan.html", context, status=unsaved_status(form))

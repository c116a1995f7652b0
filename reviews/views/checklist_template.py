"""The checklist that every new external review begins with, edited by who advises the whole country."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from reviews import access, checklist, workflow
from reviews.forms.checklist import TemplateStepForm
from reviews.models import TemplateStep
from reviews.views.http import PersonRequest, attempt, saves, unsaved_status


@require_http_methods(["GET", "HEAD", "POST"])
def checklist_template(request: PersonRequest) -> HttpResponse:
    """Show the template in the order of its days, and add a step to it."""
    _require_editor(request)
    form = TemplateStepForm(request.POST or None, instance=TemplateStep())

    def add() -> None:
        workflow.add_template_step(request.user, form.values())

    if request.method == "POST" and form.is_valid() and attempt(request, add, _("The step is added."), form=form):
        return redirect("reviews:checklist_template")
    return render(request, "reviews/checklist_template.html", {"steps": checklist.template(), "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def template_step(request: PersonRequest, step: int) -> HttpResponse:
    """Change a step of the template. `take` puts in the form what somebody else has saved."""
    _require_editor(request)
    form = TemplateStepForm(request.POST or None, instance=get_object_or_404(TemplateStep, pk=step))
    if "take" in request.POST:
        form.take(request.POST["take"])

    def change() -> None:
        workflow.change_template_step(form.instance, request.user, form.values(), form.seen)

    try:
        if saves(request) and form.is_valid() and attempt(request, change, _("The step is changed."), form=form):
            return redirect("reviews:checklist_template")
    except TemplateStep.DoesNotExist as error:
        raise Http404 from error
    context = {"form": form, "step": get_object_or_404(TemplateStep, pk=step)}
    return render(request, "reviews/template_step.html", context, status=unsaved_status(form))


@require_POST
def delete_template_step(request: PersonRequest, step: int) -> HttpResponse:
    """Take a step out of the template."""
    _require_editor(request)
    found = get_object_or_404(TemplateStep, pk=step)
    try:
        attempt(request, lambda: workflow.delete_template_step(found, request.user), _("The step is removed."))
    except TemplateStep.DoesNotExist as error:
        raise Http404 from error
    return redirect("reviews:checklist_template")


def _require_editor(request: PersonRequest) -> None:
    if not access.standing(request.user).may_edit_template:
        raise PermissionDenied

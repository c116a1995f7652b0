"""A person's own name and language, what they are reminded of, and when they logged in."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from reviews import access, log_in_history, reminders_wanted
from reviews.forms.profile import ProfileForm
from reviews.tasks import parts_of
from reviews.views.http import PersonRequest


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: PersonRequest) -> HttpResponse:
    """Show and save the person's own name and language, and of what they want to be reminded by e-mail."""
    kinds = reminders_wanted.kinds_for(parts_of(request.user, access.standing(request.user)))
    form = ProfileForm(request.POST or None, instance=request.user, reminded=kinds)
    if request.method == "POST" and form.is_valid():
        form.save_all()
        with translation.override(request.user.language):
            messages.success(request, _("Your profile is saved."))
        return redirect("reviews:profile")
    context = {"form": form, "log_ins": log_in_history.latest(request.user)}
    return render(request, "reviews/profile.html", context)

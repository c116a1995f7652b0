"""A page that saves by itself: each thing as it is written, with the stamp of what it was before.

The script (static/js/autosave.js) sends a form's changed fields to the address the form itself is sent to, with the
names of what it sends (`only`), the stamps, and two headers: Autosave, and Autosave-As, the id of whoever wrote it, so
that nothing is saved in the name of somebody who logged in later. It is answered in JSON:

- 200: saved; the new stamps, the time in the reader's way, and parts of the page to put in place of old ones
- 401: nobody is logged in, or the page's token is of an earlier log-in (answered by the middleware); 403: somebody
  else is
- 409: somebody else has changed the same: what is held, as words to show and as values to take
- 422: something is wrong, by name; nothing of what was sent is saved
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from reviews.forms.stamps import StampedForm
from reviews.views.http import PersonRequest
from reviews.workflow import Overtaken, Refused


class OwnHandMiddleware:
    """Takes what a page saves by itself only from whoever wrote it. Asked before anything else: to somebody who logged
    in later, the review may not even exist, and what was written must wait for the one who wrote it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Remember the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer 403 to what somebody else wrote."""
        user = request.user
        if is_autosave(request) and user.is_authenticated and request.headers.get("Autosave-As") != str(user.pk):
            said = _("You are logged in as somebody else than the one who wrote this. It is not saved.")
            return JsonResponse({"person": said}, status=403)
        return self.get_response(request)


def is_autosave(request: HttpRequest) -> bool:
    """Whether the page sent this by itself."""
    return request.method == "POST" and request.headers.get("Autosave") == "1"


def answer(
    request: PersonRequest,
    form: StampedForm,
    save: Callable[[], object],
    values: Callable[[], Mapping[str, Any]],
    parts: Callable[[], Mapping[str, str]] = dict,
) -> JsonResponse:
    """Save what the page sent, and tell it how it went: attempt() and told() in one."""
    return told(request, form, values, parts, done=attempt(form, save))


def attempt(form: StampedForm, save: Callable[[], object]) -> bool:
    """Take the step `save` where the form is valid, and return whether it went well; otherwise the form says why."""
    if not form.is_valid():
        return False
    try:
        save()
    except Overtaken as overtaken:
        form.overtaken(overtaken.held, overtaken.theirs)
        return False
    except Refused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return False
    return True


def told(
    request: PersonRequest,
    form: StampedForm,
    values: Callable[[], Mapping[str, Any]],
    parts: Callable[[], Mapping[str, str]] = dict,
    *,
    done: bool,
) -> JsonResponse:
    """Tell the page how an attempt() went: apart from it, so that nobody waits for pages to be made.

    `values` gives all that the valid form holds by the names of its stamps, and `parts` the HTML to put in place of
    elements by their id.
    """
    if form.is_overtaken:
        return JsonResponse({"clashes": _clashes(request, form)}, status=409)
    if not done:
        return _wrong(form)
    now = timezone.localtime()
    return JsonResponse(
        {
            "stamps": form.saved(values()),
            "time": date_format(now, "TIME_FORMAT"),
            "parts": dict(parts()),
        }
    )


def _wrong(form: StampedForm) -> JsonResponse:
    """Tell what is wrong, by the names among the stamps; what is wrong with the whole goes by the empty name."""
    errors: dict[str, list[dict[str, Any]]] = {}
    for field, found in form.errors.as_data().items():
        name = "" if field == NON_FIELD_ERRORS else form.unit_of(field)
        for error in found:
            errors.setdefault(name, []).append({"field": form.add_prefix(field) if name else "", **_told(error)})
    return JsonResponse({"errors": errors}, status=422)


def _told(error: ValidationError) -> dict[str, Any]:
    """Return an error as the page shows it: its words, its kind, and the place in the text it is about."""
    params = error.params or {}
    return {"text": " ".join(error.messages), "code": error.code or "", "place": params.get("place")}


def _clashes(request: HttpRequest, form: StampedForm) -> dict[str, Any]:
    """Return what is to be chosen between, by name: the words to show, and what to take in place of what was typed."""
    return {
        clash.name: {
            "field": form.add_prefix(clash.field),
            "html": render_to_string("partials/clash.html", {"clash": clash}, request=request),
            "held": form.held_as_sent(clash.name),
            "stamp": form.stamp_of(clash.name),
        }
        for clash in form.clashes
    }

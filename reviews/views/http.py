"""What the views share: a request whose user is a person, and the answer to a step the course does not allow."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Protocol, runtime_checkable

from django import forms
from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.translation import gettext as _

from reviews import audit, letters
from reviews.models import Review, User
from reviews.workflow import Overtaken, Refused


class PersonRequest(HttpRequest):
    """A request from someone who is logged in: the door is closed to everyone else by the middleware."""

    user: User


@runtime_checkable
class Overtakable(Protocol):
    """A form that several people may fill in at once, and that can tell what others have saved in the meantime."""

    is_overtaken: bool

    def overtaken(self, held: Mapping[str, Any], conflicts: Iterable[str]) -> None:
        """Take in what is held now, and the names that both have changed."""


def tell_reading(
    request: PersonRequest, part: str, *, review: Review | None = None, target: Model | None = None
) -> None:
    """Write down that the person read a part of a review, or of `target`: once an hour (see audit.read). What is sent
    to a page reads nothing.
    """
    if request.method == "GET":
        audit.read(request.user, request.session, part, review=review, target=target)


def refused(step: Callable[[], object]) -> Refused | None:
    """Take a step of the course; return why it was refused, or None where it went well."""
    try:
        step()
    except Refused as refusal:
        return refusal
    return None


def attempt(
    request: HttpRequest, step: Callable[[], object], done: str = "", *, form: forms.BaseForm | None = None
) -> bool:
    """Take a step of the course and tell how it went; return whether it went well.

    `done` is said when it did. Why it was refused stands on `form` where there is one, so that what was typed is kept
    beside it; where somebody else was quicker, with what they saved (see unsaved_status for the answer's status).
    """
    refusal = refused(step)
    if refusal is not None:
        if form is None:
            messages.error(request, str(refusal))
        else:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
            if isinstance(refusal, Overtaken) and isinstance(form, Overtakable):
                form.overtaken(refusal.held, refusal.theirs)
        return False
    if done:
        messages.success(request, done)
    return True


def saves(request: HttpRequest) -> bool:
    """Whether a form that was sent is to be saved: not where only something else is to be put into it."""
    return request.method == "POST" and not {"take", "words"} & request.POST.keys()


def send_letters(request: PersonRequest, review: Review) -> None:
    """Send the letters that wait after a step was taken, and tell who could not be reached."""
    unreached = letters.send_waiting(review, actor=request.user)
    if unreached:
        messages.warning(request, not_reached(unreached))


def not_reached(names: list[str]) -> str:
    """Say to whom no letter could be sent."""
    return _("The letter to %(names)s could not be sent. It is tried again.") % {"names": ", ".join(names)}


_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def download(made: bytes | Iterator[str], extension: str, name: str) -> HttpResponse | StreamingHttpResponse:
    """Return a file to be saved under a name; its kind follows from the extension. Lines are sent as they are made."""
    kind = HttpResponse if isinstance(made, bytes) else StreamingHttpResponse
    response = kind(made, content_type=_TYPES[extension])
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def unsaved_status(form: forms.BaseForm) -> int:
    """Return the status of the page that shows a form again: 409 where somebody else was quicker."""
    return 409 if isinstance(form, Overtakable) and form.is_overtaken else 200

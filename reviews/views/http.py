"""What the views share: a request whose user is a person, and the answer to a step the course does not allow."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import HttpRequest

from reviews.models import User
from reviews.workflow import Refused


class PersonRequest(HttpRequest):
    """A request from someone who is logged in: the door is closed to everyone else by the middleware."""

    user: User


def attempt(
    request: HttpRequest, step: Callable[[], object], done: str = "", *, form: forms.BaseForm | None = None
) -> bool:
    """Take a step of the course and tell how it went; return whether it went well.

    `done` is said when it did. Why it was refused stands on `form` where there is one, so that what was typed is kept
    beside it.
    """
    try:
        step()
    except Refused as refusal:
        if form is None:
            messages.error(request, str(refusal))
        else:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return False
    if done:
        messages.success(request, done)
    return True

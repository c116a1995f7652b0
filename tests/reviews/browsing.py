"""A person's browser without a screen: pages are read, their forms are filled in as they stand there, and sent."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.test import Client, TestCase

Chosen = dict[str, list[str]]

_NEW_EACH_TIME = re.compile(
    r"""(?P<told>csrfmiddlewaretoken"\ value=|X-CSRFToken[^:]*:\ ?)["&;a-zA-Z0-9]*
        |(?P<note>notes/|note-|data-note="|untagged-|name="key"\ value=")[0-9a-f]{8}-[0-9a-f-]{27}""",
    re.VERBOSE,
)


def lasting(text: str) -> str:
    """Return a page without what is new in each answer: the token against forged requests, and the id of a note or
    an interview that is not there yet.
    """
    return _NEW_EACH_TIME.sub(lambda found: found["told"] or found["note"], text)


@dataclass
class Control:
    """One control of a form, or all radio buttons or check boxes of one name. `held`: what would be sent as it is."""

    name: str
    kind: str
    held: list[str] = field(default_factory=list)
    choices: list[str] = field(default_factory=list)


@dataclass
class Form:
    """A form on a page that is sent by POST."""

    action: str
    controls: dict[str, Control] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)
    """Those that have a name, with their value."""
    units: dict[str, list[str]] = field(default_factory=dict)
    """What is saved as it is written, by its name: the controls that make it up. Empty for a form that is only sent."""
    is_new: bool = False
    """Whether nothing of it is saved yet, so that it is first saved as a whole."""
    along: set[str] = field(default_factory=set)
    """The controls that go along with each save."""

    def data(self) -> Chosen:
        """Return what would be sent if nothing was touched."""
        return {name: list(control.held) for name, control in self.controls.items() if control.held}

    def saved_by_itself(self, name: str, data: Chosen) -> Chosen:
        """Return what of `data` the page sends by itself when what goes by that name has been written."""
        names = list(self.units) if self.is_new else [name]
        sent = {field for each in names for field in self.units[each]} | self.along | {"seen"}
        return {field: values for field, values in data.items() if field in sent} | {"only": names}

    def texts(self) -> list[str]:
        """Return the names of the controls that take words."""
        return [name for name, control in self.controls.items() if control.kind == "words"]


class _Reader(HTMLParser):
    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address
        self.forms: list[Form] = []
        self._form: Form | None = None
        self._around: Form | None = None
        self._by_id: dict[str, Form] = {}
        self._text: Control | None = None
        self._select: Control | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._begin_form(found)
        # A control may stand outside its form, or in another.
        self._form = self._owned(found["form"]) if "form" in found else self._around
        if self._form is None or "disabled" in found:
            return
        name, value = found.get("name", ""), found.get("value", "")
        if "data-autosave-with" in found:
            self._form.along.add(name)
        if tag == "button" and "formaction" in found:
            # One form with two addresses is two: they are sent with the same controls.
            self.forms.append(Form(urlsplit(urljoin(self.address, found["formaction"])).path, self._form.controls))
        elif tag == "button" and name:
            self._form.buttons.append((name, value))
        elif tag == "textarea":
            self._text = self._control(name, "words")
            self._text.held = [""]
        elif tag == "select":
            self._select = self._control(name, "many" if "multiple" in found else "one")
        elif tag == "option" and self._select is not None:
            self._select.choices.append(value)
            if "selected" in found:
                self._select.held.append(value)
        elif tag == "input" and name:
            self._input(found, name, value)

    def _owned(self, key: str) -> Form:
        return self._by_id.setdefault(key, Form(""))

    def _begin_form(self, found: dict[str, str]) -> None:
        form = self._owned(found["id"]) if "id" in found else Form("")
        form.action = urlsplit(urljoin(self.address, found.get("action", ""))).path
        form.units = json.loads(found.get("data-units", "{}"))
        form.is_new = "data-new" in found
        self._around = form
        if found.get("method", "").lower() == "post":
            self.forms.append(form)

    def _input(self, found: dict[str, str], name: str, value: str) -> None:
        kind = found.get("type", "text")
        if kind == "submit":
            assert self._form is not None
            self._form.buttons.append((name, value))
        elif kind in ("radio", "checkbox"):
            control = self._control(name, "one" if kind == "radio" else "many")
            sent = found.get("value", "on")
            control.choices.append(sent)
            if "checked" in found:
                control.held.append(sent)
        else:
            control = self._control(name, kind)
            control.held.append(value)

    def _control(self, name: str, kind: str) -> Control:
        assert self._form is not None
        return self._form.controls.setdefault(name, Control(name, kind))

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text.held[0] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._text is not None:
            # A browser leaves out the line break right after the tag.
            self._text.held[0] = self._text.held[0].removeprefix("\n")
            self._text = None
        elif tag == "select" and self._select is not None:
            if self._select.kind == "one" and not self._select.held:
                self._select.held = self._select.choices[:1]
            self._select = None
        elif tag == "form":
            self._around = None


@dataclass(frozen=True)
class Page:
    """An answer: its address, its status, its text, and where it sent the reader."""

    address: str
    status: int
    text: str
    location: str

    def forms(self) -> list[Form]:
        """Return the forms on the page that are sent by POST."""
        reader = _Reader(self.address)
        reader.feed(self.text)
        return reader.forms

    def form(self, part: str) -> Form | None:
        """Return the form whose address ends so, or that has a control of that name."""
        return next((form for form in self.forms() if form.action.endswith(part) or part in form.controls), None)


class Window:
    """The browser of one person, logged in; `saw` is told of every answer."""

    def __init__(self, name: str, session: str, saw: Callable[["Window", Page], None]) -> None:
        """Take the person's name and the key of their session; empty for somebody who is not logged in."""
        self.name = name
        self.client = Client()
        if session:
            self.client.cookies[settings.SESSION_COOKIE_NAME] = session
        self.saw = saw

    def read(self, address: str, **headers: str) -> Page:
        """Get a page."""
        return self._answered(address, self.client.get(address, headers=headers or None))

    def send(self, address: str, data: dict[str, Any], **headers: str) -> Page:
        """Post data; what waits for the end of the transaction, like letters, is done before the answer is read."""
        with TestCase.captureOnCommitCallbacks(execute=True):
            response = self.client.post(address, data, headers=headers or None)
        return self._answered(address, response)

    def _answered(self, address: str, response: Any) -> Page:
        content = b"".join(response.streaming_content) if response.streaming else response.content
        page = Page(
            address, response.status_code, content.decode(errors="replace"), response.headers.get("Location", "")
        )
        self.saw(self, page)
        return page


def filled(form: Form, choose: Callable[[Control], list[str] | None], button: int = 0) -> Chosen:
    """Return what is sent when `choose` answers for each control (None: as it stands) and a button is pressed."""
    data = form.data()
    for control in form.controls.values():
        if control.kind != "hidden":
            chosen = choose(control)
            if chosen is not None:
                data[control.name] = chosen
    if form.buttons:
        name, value = form.buttons[button % len(form.buttons)]
        data[name] = [value]
    return data

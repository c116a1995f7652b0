"""A page that saves by itself, without a browser: it sends what static/js/autosave.js sends, and waits and tries again
as that does. Knows neither Django nor who does the sending.
"""

import json
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Any

from tests.reviews.browsing import Form

RETRY = (1, 2, 4, 8, 15)
"""How many seconds pass before the same bytes are sent again; the last one again and again."""

PATIENCE = 20
"""How many seconds an answer is waited for."""

Body = list[tuple[str, str]]
Answer = tuple[int, Any]
"""The status, 0 for no answer at all, and what was told as JSON, None for anything else."""


class Became(StrEnum):
    """What became of something that was to be saved."""

    SAVED = "saved"
    CHOSEN = "chosen"
    """Somebody else has changed the same, and one of the two is to be chosen: see SavingPage.keep_mine."""
    REFUSED = "refused"
    GIVEN_UP = "given up"


class SavingPage:
    """One form of a page, and what the page remembers of it."""

    def __init__(self, form: Form) -> None:
        """Take the form as it came."""
        self.form = form
        self.action = form.action
        self.data = form.data()
        self.seen: dict[str, str] = json.loads(self.data["seen"][0])
        self._clashes: dict[str, str] = {}

    def write(self, name: str, field: str, values: Sequence[str]) -> None:
        """Type something into a field of what is saved under `name`."""
        assert field in self.form.units[name]
        self.data[field] = list(values)

    def packed(self, name: str) -> Body:
        """Return what is sent of `name`: the same bytes each time, until something else is typed."""
        fields = [(field, value) for field in self.form.units[name] for value in self.data.get(field, [])]
        along = [(field, value) for field in self.form.along for value in self.data.get(field, [])]
        return [("only", name), *fields, *along, ("seen", json.dumps({name: self.seen[name]}))]

    def save(
        self,
        name: str,
        ask: Callable[[Body], Answer],
        pause: Callable[[float], None],
        is_patient: Callable[[], bool],
        log_in: Callable[[], None],
    ) -> Became:
        """Send what is written under `name` until the server has said what became of it, or nobody is patient any more.

        `log_in` is what the person does in another window when the page says that nobody is logged in.
        """
        body = self.packed(name)
        failures = 0
        while True:
            status, answer = ask(body)
            if status == 200 and answer is not None:
                self.seen |= answer["stamps"]
                return Became.SAVED
            if not is_to_be_sent_again(status, answer):
                break
            if not is_patient():
                return Became.GIVEN_UP
            pause(RETRY[min(failures, len(RETRY) - 1)])
            failures += 1
            if status == 401:
                log_in()
        if status == 409 and name in (answer or {}).get("clashes", {}):
            self._clashes[name] = answer["clashes"][name]["stamp"]
            return Became.CHOSEN
        return Became.REFUSED

    def keep_mine(self, name: str) -> None:
        """Choose what was typed here, in full sight of what somebody else has saved: it can be sent again."""
        self.seen[name] = self._clashes.pop(name)


def is_to_be_sent_again(status: int, answer: Any) -> bool:
    """Whether the page cannot know what became of what it sent: post() of static/js/autosave.js."""
    is_cut_off = status in (200, 409, 422) and answer is None
    is_another = status == 403 and bool((answer or {}).get("person"))
    return is_cut_off or is_another or status in (0, 401, 408, 425, 429) or status >= 500

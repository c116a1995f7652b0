"""How letters go out by e-mail: over one connection, each claimed before it goes, and given back where it does not.

So two senders never send the same letter, and none is lost while the mail server is down. What the letters are about is
said in reviews.letters and reviews.digests.
"""

import logging
import re
import smtplib
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol

from django.conf import settings
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from reviews.models import User

logger = logging.getLogger(__name__)

_FAILURES = (smtplib.SMTPException, OSError, ValueError)
"""What a mail server that is away, refuses, or cannot take an address raises."""


@dataclass(frozen=True)
class Posted:
    """What became of letters: how many went, how many did not, and the names or addresses these were for."""

    sent: int
    unsent: int
    unreached: list[str]


class Letter(Protocol):
    """A letter that waits: it can be claimed by one sender at a time, and is written when it is."""

    @property
    def name(self) -> str:
        """What the sender of the letter calls its reader."""

    @property
    def log_name(self) -> str:
        """What the log calls it: nothing that tells who reads it."""

    def claim(self) -> bool:
        """Take the letter; return whether it was still there to be sent."""

    def give_back(self) -> None:
        """Let the letter wait on."""

    def message(self) -> mail.EmailMessage:
        """Return what is sent, once it is claimed."""

    def went(self) -> None:
        """Write down that it went."""


def post(letters: Sequence[Letter]) -> Posted:
    """Send letters, each only if nobody else has taken it in the meantime."""
    if not letters:
        return Posted(0, 0, [])
    if not settings.BASE_URL:
        logger.error("No letter is sent: BASE_URL is not set, and a letter could not say where to go")
        return Posted(0, len(letters), _names(letters))
    connection = mail.get_connection()
    try:
        connection.open()
    except _FAILURES as error:
        logger.warning("The mail server cannot be reached (%s)", type(error).__name__)
        return Posted(0, len(letters), _names(letters))
    sent = 0
    unreached: list[Letter] = []
    try:
        for letter in letters:
            try:
                sent += _send(letter, connection)
            except _FAILURES as error:
                # The type alone: what a mail server says quotes the address.
                logger.warning("A letter could not be sent: %s (%s)", letter.log_name, type(error).__name__)
                unreached.append(letter)
    finally:
        with suppress(*_FAILURES):
            connection.close()
    return Posted(sent, len(unreached), _names(unreached))


def _send(letter: Letter, connection: BaseEmailBackend) -> bool:
    """Send one letter; return whether it was still there to be sent. Raises what the mail server raises."""
    if not letter.claim():
        return False
    gone = False
    try:
        message = letter.message()
        message.connection = connection
        message.send()
        gone = True
    finally:
        # Whatever stopped it.
        if not gone:
            letter.give_back()
    letter.went()
    return True


def _names(letters: Iterable[Letter]) -> list[str]:
    return list(dict.fromkeys(letter.name for letter in letters))


def written(kind: str, context: Mapping[str, Any], *, to: str, language: str) -> mail.EmailMessage:
    """Return a letter from the templates of its kind, in a language."""
    with translation.override(language):
        told = {"site": address("reviews:tasks"), **context}
        subject = " ".join(render_to_string(f"reviews/letters/{kind}_subject.txt", told).split())
        body = render_to_string(f"reviews/letters/{kind}.txt", told).strip() + "\n"
    return mail.EmailMessage(
        subject,
        # What a template leaves out leaves its blank lines behind.
        re.sub(r"\n{3,}", "\n\n", body),
        to=[to],
        # So that an answer of itself, about an absence, is not sent to it.
        headers={"Auto-Submitted": "auto-generated"},
    )


def address(name: str, *about: object) -> str:
    """Return the whole address of a page, as a letter tells it."""
    return str(settings.BASE_URL) + reverse(name, args=about)


def password_link(user: User | None) -> str:
    """Return where somebody with an account chooses their first password; empty where they have one, or no account."""
    if user is None or user.has_usable_password():
        return ""
    return address("account_reset_password")

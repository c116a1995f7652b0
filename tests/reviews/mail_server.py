"""A mail server of the tests' own, which keeps what it is sent."""

import asyncio
import email
import email.policy
import logging
import re
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import LazySettings


class MailServer(Controller):
    """Listens on a free port of 127.0.0.1. `letters` is what came, `connections` how often somebody called; who stands
    in `refused` is refused.
    """

    def __init__(self) -> None:
        """Be ready to start."""
        super().__init__(self, hostname="127.0.0.1", port=0)
        # It tells each address, and stands in for somebody else's machine: its log is not ours.
        logging.getLogger("mail.log").setLevel(logging.WARNING)
        self.letters: list[EmailMessage] = []
        self.refused: set[str] = set()
        self.connections = 0

    def _trigger_server(self) -> None:
        # Only now is it known which port was free.
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]  # the library's own
        self.connections = 0

    async def handle_EHLO(  # noqa: N802 (the library's name)
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """Count the callers."""
        session.host_name = hostname
        self.connections += 1
        return responses

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take a letter to anybody who is not refused."""
        if address in self.refused:
            return f"550 No mailbox {address} here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep a letter."""
        assert isinstance(envelope.content, bytes)
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        assert message["To"] == ", ".join(envelope.rcpt_tos)
        self.letters.append(message)
        return "250 OK"

    def to(self, address: str) -> list[EmailMessage]:
        """Return the letters to an address."""
        return [letter for letter in self.letters if letter["To"] == address]

    def used_by(self, settings: LazySettings | Any) -> None:
        """Let Django send its letters here."""
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = self.hostname, self.port


def text(letter: EmailMessage) -> str:
    """Return what a letter says."""
    return str(letter.get_content()).replace("\r\n", "\n")


def path(letter: EmailMessage, part: str = "/") -> str:
    """Return the path of the first link in a letter that has a part."""
    found = re.findall(r"^http://testserver(/\S*)$", text(letter), re.MULTILINE)
    return str(next(link for link in found if part in link))

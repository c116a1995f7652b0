"""Somebody who is logged in and asks for pages, one at a time. Knows nothing of Django."""

import gzip
import http.client
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

import brotli  # type: ignore[import-untyped]  # has no types

from tests.load.saving import Body

PATIENCE = 120
"""How many seconds an answer is waited for."""

_OPENED: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    "gzip": gzip.decompress,
    "deflate": zlib.decompress,
    "br": brotli.decompress,
}
"""How what a browser takes is opened, by what it is compressed to."""

_TAKES = {"Accept-Encoding": "gzip, deflate, br"}
"""As browsers say it, so that what compressing takes is measured too."""


class Unexpected(Exception):
    """An answer that nobody should get, so that there is nothing to measure."""


@dataclass(frozen=True)
class Answer:
    """An answer with all its bytes, as they came."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The page, from whatever it was compressed to. Raises KeyError where nobody asked for that."""
        return _OPENED[self.headers.get("content-encoding", "")](self.body).decode(errors="replace")


def _words(answer: Answer) -> str:
    """Return the beginning of what an answer says."""
    return " ".join(re.sub(r"<head>.*?</head>|<[^>]*>", " ", answer.text, flags=re.S).split())[:300]


class Person:
    """Somebody with a browser that begins each request anew, as the proxy in front of the server does."""

    def __init__(self, url: str) -> None:
        """Begin without cookies."""
        self.url = url
        self._place = urlsplit(url).netloc
        self.origin = f"https://{self._place}"
        self._cookies: dict[str, str] = {}

    def log_in(self, email: str, password: str) -> None:
        """Log in as everybody does. Raises Unexpected where that fails."""
        address = "/accounts/login/"
        self.get(address)
        data = [("login", email), ("password", password), ("csrfmiddlewaretoken", self.token)]
        self.post(address, data, {"Referer": f"{self.origin}{address}"}, good=302)

    @property
    def token(self) -> str:
        """The token of the newest log-in, from its cookie."""
        return next((value for name, value in self._cookies.items() if name.endswith("csrftoken")), "")

    @property
    def cookies(self) -> dict[str, str]:
        """The cookies the person has now."""
        return dict(self._cookies)

    def get(self, address: str, headers: dict[str, str] | None = None) -> Answer:
        """Ask for a page. Raises Unexpected where it does not come."""
        return self._ask("GET", address, None, headers or {}, 200)

    def post(self, address: str, data: Body, headers: dict[str, str] | None = None, *, good: int = 200) -> Answer:
        """Send a form. Raises Unexpected where the answer is not `good`."""
        sent = {"X-CSRFToken": self.token, "Origin": self.origin, "Content-Type": "application/x-www-form-urlencoded"}
        return self._ask("POST", address, urlencode(data), sent | (headers or {}), good)

    def _ask(self, method: str, address: str, body: str | None, headers: dict[str, str], good: int) -> Answer:
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        connection = http.client.HTTPConnection(self._place, timeout=PATIENCE)
        try:
            # As behind the proxy that ends https.
            sent = {"X-Forwarded-Proto": "https", "Connection": "close", "Cookie": cookies, **_TAKES} | headers
            connection.request(method, address, body, sent)
            found = connection.getresponse()
            answer = Answer(found.status, {k.lower(): v for k, v in found.getheaders()}, found.read())
            told = found.headers.get_all("Set-Cookie", [])
        finally:
            connection.close()
        for line in told:
            self._cookies |= {name: each.value for name, each in SimpleCookie(line).items()}
        if answer.status != good:
            raise Unexpected(f"{method} {address}: {answer.status} and not {good}: {_words(answer)}")
        return answer

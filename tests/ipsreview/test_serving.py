"""The server as it is run: what it says in its log, and that no save is lost when it is given new workers or restarted
while somebody writes.
"""

import http.client
import json
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.test import Client

from reviews.models import Rating, Review, User
from tests.browser.own_server import OwnServer, own_server
from tests.factories import ReviewFactory, SeatFactory, UserFactory
from tests.reviews.front_door import item, page

pytestmark = pytest.mark.django_db(transaction=True)

AGAIN = {0, 401, 408, 425, 429, 500, 502, 503, 504}
"""What the page takes for a reason to send the same bytes once more; 0 is no answer."""


@pytest.fixture(scope="module")
def processes(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnServer]:
    """A server of its own on the tests' database, run as systemd runs it; used by one test after the other."""
    with own_server(tmp_path_factory.mktemp("server") / "log", door=True) as found:
        yield found


@pytest.fixture
def server(transactional_db: None, processes: OwnServer) -> OwnServer:
    """The server, running."""
    processes.start()
    return processes


@dataclass
class Writer:
    """One person's page: it saves a text by itself, again and again, and each time sends the same until it is told what
    became of it. `acknowledged` are the texts that it was told are saved, `others` the answers that are for nobody to
    heal.
    """

    server: OwnServer
    user: User
    address: str
    column: str
    acknowledged: list[str] = field(default_factory=list)
    again: int = 0
    others: list[int] = field(default_factory=list)
    ending: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        """Log in, without the way through the form."""
        client = Client()
        client.force_login(self.user)
        token = "t" * 32
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        self._headers = {
            "Cookie": f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={token}",
            "X-CSRFToken": token,
            "Autosave": "1",
            "Autosave-As": str(self.user.pk),
            "Content-Type": "application/x-www-form-urlencoded",
        }
        self._seen: dict[str, str] = {}

    def write(self) -> None:
        """Write until it is told to end, and what has begun is answered."""
        number = 0
        while not self.ending.is_set() and not self.others:
            number += 1
            text = f"Tekst {number}."
            body = urlencode({"only": self.column, self.column: text, "seen": json.dumps(self._seen)})
            while not self._is_told(body):
                self.again += 1
                time.sleep(0.05)
            if not self.others:
                self.acknowledged.append(text)

    def _is_told(self, body: str) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        try:
            connection.request("POST", self.address, body, self._headers)
            answer = connection.getresponse()
            status, held = answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            status, held = 0, b""
        finally:
            connection.close()
        if status == 200:
            self._seen = json.loads(held)["stamps"]
        elif status not in AGAIN:
            self.others.append(status)
        return status not in AGAIN


@pytest.fixture
def review() -> Review:
    """A review that two people score."""
    made: Review = ReviewFactory.create(status=Review.Status.SCORING)
    for number in (1, 2):
        SeatFactory.create(review=made, user=UserFactory.create(), number=number)
    return made


def _count(writers: list[Writer]) -> int:
    return sum(len(each.acknowledged) for each in writers)


def _after_some_saves(writers: list[Writer], saves: int) -> None:
    """Wait until so many more are saved."""
    wanted, deadline = _count(writers) + saves, time.monotonic() + 60
    while _count(writers) < wanted:
        assert time.monotonic() < deadline, [(each.acknowledged[-1:], each.again, each.others) for each in writers]
        time.sleep(0.02)


def test_no_save_is_lost_while_the_server_is_given_new_workers_and_restarted(server: OwnServer, review: Review) -> None:
    address = page("score", review, item(review, "O2"))
    writers = [
        Writer(server, seat.user, address, name)
        for seat in review.seats.all()
        for name in ("comment", "recommendation")
        if seat.user is not None
    ]
    threads = [threading.Thread(target=each.write, daemon=True) for each in writers]
    for thread in threads:
        thread.start()
    _after_some_saves(writers, 10)
    server.reload()
    _after_some_saves(writers, 20)
    server.stop()
    server.start()
    _after_some_saves(writers, 20)
    for each in writers:
        each.ending.set()
    for thread in threads:
        thread.join(30)
    assert [each.others for each in writers] == [[], [], [], []]
    assert [each.again for each in writers] == [0, 0, 0, 0], "neither is a reason to send anything again"
    for each in writers:
        held = Rating.objects.get(seat__review=review, seat__user=each.user, item__code="O2")
        assert getattr(held, each.column) == each.acknowledged[-1]


def test_its_log_names_pages_and_holds_no_address(server: OwnServer) -> None:
    secret = "hemmelig-nokkel"
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    for path in ("/health/", "/ready/", f"/accounts/login/?next=/{secret}", f"/nowhere/{secret}", f"/static/{secret}"):
        connection.request("GET", path, headers={"User-Agent": secret, "Referer": f"http://127.0.0.1/{secret}"})
        connection.getresponse().read()
    connection.close()
    broken = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    broken.putrequest("GET", f"/{secret}")
    broken.putheader(f"{secret} ", "x")
    broken.endheaders()
    assert broken.getresponse().status == 400
    broken.close()
    server.stop()
    said = server.log.read_text()
    assert secret not in said
    assert re.search(r"200 GET: account_login, \d+ ms, \d+ bytes, request [0-9a-f]{12}$", said, re.M)
    assert "404 GET: no page" in said
    assert "404 GET: static file" in said
    assert "What is no request was refused" in said
    assert "health" not in said
    assert "ready" not in said.lower().replace("already", "")
    assert "127.0.0.1" not in said.replace(f"http://127.0.0.1:{server.port}", "")

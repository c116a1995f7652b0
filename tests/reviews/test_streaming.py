"""An answer that is sent while it is made, and a reader who does not read."""

import socket
import time
from contextlib import closing
from typing import Any

import pytest
from django.test import RequestFactory

from reviews.views import streaming


def _send(response: Any, connection: socket.socket) -> None:
    """Send an answer as gunicorn does, which closes it whatever comes of that."""
    with closing(response._iterator):
        for piece in response.streaming_content:
            connection.sendall(piece)


def test_who_stays_and_reads_nothing_is_as_one_who_has_left(
    rf: RequestFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, "PATIENCE", 0.3)
    done = []

    def page() -> streaming.Pieces:
        try:
            while True:
                yield "æ" * 10_000
        finally:
            done.append("rolled back")

    ours, theirs = socket.socketpair()
    with ours, theirs:
        request = rf.get("/")
        request.META["gunicorn.socket"] = ours
        response = streaming.answer(request, page(), repr)
        began = time.monotonic()
        with pytest.raises(TimeoutError):
            _send(response, ours)
    assert time.monotonic() - began < 5
    assert done == ["rolled back"]


def test_behind_another_server_the_pieces_come_all_the_same(rf: RequestFactory) -> None:
    pieces = (piece for piece in ("en ", "to"))
    assert b"".join(streaming.answer(rf.get("/"), pieces, repr)) == b"en to"

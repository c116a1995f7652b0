"""A server in processes of its own on the tests' database, to be killed in the middle of its work."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection

from tests.with_postgres import free_port

START_SECONDS = 60

LAUNCH = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()))
os.execv(sys.executable, [sys.executable, *sys.argv[2:]])
"""
"""Hands a socket to the server as systemd does."""


def database_url() -> str:
    """Return the address of the tests' database."""
    held = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{held['NAME']}"
    return f"postgres://{held['USER']}:{held['PASSWORD']}@{held['HOST']}:{held['PORT']}/{held['NAME']}"


class OwnServer:
    """Gunicorn with two workers on 127.0.0.1, configured as in production but for plain http."""

    def __init__(self, log: Path, *, door: bool = False) -> None:
        """Choose a port, which stays the same from start to start; what the server says goes to `log`. With `door`
        the socket is held here, as systemd does it: while the server restarts, what comes in waits.
        """
        self.log = log
        self.door = socket.create_server(("127.0.0.1", 0), backlog=100) if door else None
        self.port = self.door.getsockname()[1] if self.door else free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, unless it runs, and return when it answers. Raises RuntimeError where it does not."""
        if self._process is not None:
            return
        command = ["-m", "gunicorn", "--config=python:ipsreview.gunicorn", "ipsreview.wsgi"]
        if self.door:
            command = ["-c", LAUNCH, str(self.door.fileno()), *command]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, *command],
                cwd=settings.BASE_DIR,
                env=os.environ
                | {"DATABASE_URL": database_url(), "SECRET_KEY": settings.SECRET_KEY, "DEBUG": "1", "TWO_FACTOR": "0"}
                | {"BIND": f"127.0.0.1:{self.port}", "WORKERS": "2"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                pass_fds=[self.door.fileno()] if self.door else [],
            )
        deadline = time.monotonic() + START_SECONDS
        while not self._listens():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the server did not start:\n{self.log.read_text(errors='replace')}")
            time.sleep(0.05)

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def hold(self) -> None:
        """Let it take requests and answer none."""
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGSTOP)

    def reload(self) -> None:
        """Ask for new workers in place of those there are."""
        assert self._process is not None
        self._process.send_signal(signal.SIGHUP)

    def stop(self) -> None:
        """Ask it to end when what has begun is finished, and return when it has."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(START_SECONDS)
        self._process = None

    def kill(self) -> None:
        """Kill all its processes at once, whatever they are about; nothing where it does not run."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None


@contextmanager
def own_server(log: Path, *, door: bool = False) -> Iterator[OwnServer]:
    """Give a server that is killed at the end, with a `door` where that is asked for."""
    server = OwnServer(log, door=door)
    try:
        yield server
    finally:
        server.kill()
        if server.door:
            server.door.close()

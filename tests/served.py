"""The application as it is configured for use: gunicorn on a free port of 127.0.0.1, in a process of its own."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.with_postgres import free_port

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 60
STOP_SECONDS = 120


class Web:
    """Gunicorn as it is configured for use, on 127.0.0.1."""

    def __init__(self, log: Path) -> None:
        """Choose a port; what it says goes to `log`."""
        self._log = log
        self._port = free_port()
        self.url = f"http://127.0.0.1:{self._port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and return when it is ready. RuntimeError where it is not."""
        with self._log.open("ab") as log:
            process = self.process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", "--config", "python:ipsreview.gunicorn", "ipsreview.wsgi"],
                cwd=ROOT,
                env=os.environ | {"BIND": f"127.0.0.1:{self._port}"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_SECONDS
        while not self._is_ready():
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the server did not start:\n{self._log.read_text(errors='replace')[-4000:]}")
            time.sleep(0.1)

    def _is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/ready/", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def workers(self) -> list[int]:
        """Return the processes that answer."""
        assert self.process is not None
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [int(child) for child in children]

    def kill_a_process(self) -> bool:
        """Kill one of those that answer, whatever it is about; return whether there was one."""
        workers = self.workers()
        if not workers:
            return False
        os.kill(workers[0], signal.SIGKILL)
        return True

    def stop(self) -> None:
        """Stop it, and let it finish what it has begun."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


@contextmanager
def served(log: Path) -> Iterator[Web]:
    """Give a gunicorn that is ready, and stop it at the end. RuntimeError where it does not start."""
    web = Web(log)
    try:
        web.start()
        yield web
    finally:
        web.stop()

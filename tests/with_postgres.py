"""Runs a command with DATABASE_URL naming a new, empty PostgreSQL of its own, and removes all of it afterwards.

    python tests/with_postgres.py COMMAND [ARGUMENT ...]

The server is the newest one that Debian's packages have installed. It listens on a free port of 127.0.0.1 and on a
socket in a temporary directory, and it keeps nothing on disk in earnest (no fsync). The exit status is the command's;
2 if there is no server.
"""

import os
import pwd
import re
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

START_SECONDS = 30
STOP_SECONDS = 20
NAME = "ips"


class StopError(Exception):
    """A signal asked this process to end."""

    def __init__(self, number: int) -> None:
        """`number` is the signal's."""
        super().__init__(number)
        self.number = number


def newest_server() -> Path:
    """The directory of the newest PostgreSQL server's programs; ends the process where there is none, and says so."""
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/postgres")]
    if not found:
        print(
            "No PostgreSQL server is installed. Install one with: sudo apt-get install -y postgresql", file=sys.stderr
        )
        raise SystemExit(2)
    return max(found, key=lambda path: [int(part) for part in re.findall(r"\d+", path.parent.name)])


def unprivileged() -> dict[str, Any]:
    """What makes a subprocess run as somebody other than root, which PostgreSQL refuses; empty for an ordinary user."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    raise SystemExit("PostgreSQL does not run as root, and neither postgres nor nobody is a user of this machine.")


def free_port() -> int:
    """A port of 127.0.0.1 that nothing listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Server:
    """A server with a cluster of its own on a free port of 127.0.0.1, which stays the same when it is restarted.

    It keeps nothing on disk in earnest, unless `in_earnest`: then it is as quick and as safe as a server that is used.
    """

    def __init__(self, programs: Path, home: Path, *, in_earnest: bool = False) -> None:
        """Make the cluster in `home`, with `programs` from newest_server(). RuntimeError where it cannot be made."""
        self._programs, self._home, self._log, self._data = programs, home, home / "log", home / "data"
        self._in_earnest = in_earnest
        self._process: subprocess.Popen[bytes] | None = None
        somebody = unprivileged()
        password, secret = secrets.token_urlsafe(24), home / "password"
        secret.write_text(password)
        secret.chmod(0o600)
        if somebody:
            for each in (home, secret):
                os.chown(each, somebody["user"], somebody["group"])
        environment = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
        environment |= {"LC_ALL": "C.UTF-8", "PGPASSWORD": password, "HOME": str(home)}
        self._common: dict[str, Any] = {"cwd": home, "env": environment, "stdin": subprocess.DEVNULL, **somebody}
        made = subprocess.run(
            [str(programs / "initdb"), f"--pgdata={self._data}", f"--username={NAME}", f"--pwfile={secret}"]
            + ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions"],
            capture_output=True,
            text=True,
            check=False,
            **self._common,
        )
        if made.returncode:
            raise RuntimeError(f"initdb failed:\n{made.stderr}")
        self._port = free_port()
        self.url = f"postgres://{NAME}:{password}@127.0.0.1:{self._port}/{NAME}"
        """The DATABASE_URL."""

    def start(self) -> None:
        """Start it, and return when it answers and the database is there. RuntimeError if it does not."""
        options = {"listen_addresses": "127.0.0.1", "unix_socket_directories": str(self._home), "max_connections": "60"}
        if not self._in_earnest:
            options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        with self._log.open("ab") as output:
            process: subprocess.Popen[bytes] = subprocess.Popen(
                [str(self._programs / "postgres"), "-D", str(self._data), "-p", str(self._port)]
                + [f"--{key}={value}" for key, value in options.items()],
                stdout=output,
                stderr=output,
                # Ctrl-C is for the command; the server goes when the command has gone.
                start_new_session=True,
                **self._common,
            )
        self._process = process
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start:\n{self._log.read_text(errors='replace')}")
            time.sleep(0.1)

    def _answers(self) -> bool:
        where = ["-h", "127.0.0.1", "-p", str(self._port), "-U", NAME, "--no-password"]
        create = [str(self._programs / "createdb"), *where, NAME]
        made = subprocess.run(create, capture_output=True, text=True, check=False, **self._common)
        return made.returncode == 0 or f'database "{NAME}" already exists' in made.stderr

    def stop(self) -> None:
        """Stop it, and close every connection there is; nothing where it does not run."""
        process, self._process = self._process, None
        if process is None:
            return
        # SIGINT is PostgreSQL's fast shutdown: open connections are closed.
        process.send_signal(signal.SIGINT)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@contextmanager
def server(programs: Path, home: Path, *, in_earnest: bool = False) -> Iterator[Server]:
    """Give a server that runs (see Server), and stop it at the end. RuntimeError if it does not start."""
    found = Server(programs, home, in_earnest=in_earnest)
    try:
        found.start()
        yield found
    finally:
        found.stop()


def run(command: list[str], database_url: str) -> int:
    """Run the command with DATABASE_URL set and give its exit status; a signal ends the command before the server."""
    process = subprocess.Popen(command, env=os.environ | {"DATABASE_URL": database_url})
    try:
        return process.wait()
    except StopError as stopped:
        # Ctrl-C has reached the command as well, and a second one would break into its own clearing away.
        if stopped.number != signal.SIGINT:
            process.send_signal(stopped.number)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        raise


def stop(number: int, frame: FrameType | None) -> None:
    """Turn a signal into an exception, so that everything is cleared away, and take no second one while that lasts."""
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)
    raise StopError(number)


def main(command: list[str]) -> int:
    """Run the command against a database of its own; gives the exit status, 128 + n after signal n."""
    if not command:
        print(__doc__, file=sys.stderr)
        return 2
    programs = newest_server()
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, stop)
    try:
        with tempfile.TemporaryDirectory(prefix="ips-postgres-") as home, server(programs, Path(home)) as found:
            status = run(command, found.url)
    except StopError as stopped:
        return 128 + stopped.number
    except RuntimeError as error:
        print(error, file=sys.stderr)
        return 1
    return status if status >= 0 else 128 - status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""How much memory a command takes at its peak, with all the processes it starts."""

import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

EACH = 0.02
"""How many seconds pass between two looks."""


def peak(command: Sequence[str], where: Path) -> int:
    """Run a command, and return the most bytes that it and all its processes had at once; what they share counts once.

    CalledProcessError where the command fails.
    """
    most = 0
    with subprocess.Popen(
        command, cwd=where, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as process:
        while process.poll() is None:
            most = max(most, sum(_bytes(each) for each in _family(process.pid)))
            time.sleep(EACH)
        assert process.stderr is not None
        said = process.stderr.read()
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command, stderr=said)
    return most


def _family(process: int) -> Iterator[int]:
    """Return a process with all that come from it."""
    yield process
    for task in Path(f"/proc/{process}/task").glob("*/children"):
        try:
            children = task.read_text().split()
        except OSError:
            continue
        for child in children:
            yield from _family(int(child))


def _bytes(process: int) -> int:
    """Return the part of the memory that is a process's own, and its share of what it has with others."""
    try:
        told = Path(f"/proc/{process}/smaps_rollup").read_text()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in told.splitlines() if line.startswith("Pss:"))

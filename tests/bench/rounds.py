"""Measures several things side by side: a round asks for each once, so that what else the machine does hits all
alike.
"""

import math
import random
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.asking import Unexpected

WARM = 6
"""How many rounds go before those that count: each process of the server has seen each page by then."""


FEWEST = 7
"""How many rounds count at least, however long they take."""


@dataclass
class Samples:
    """How long something took each time, in seconds: on the clock, and of the server's processors. `fault`: why it
    could not be measured; then there are none.
    """

    wall: list[float] = field(default_factory=list)
    busy: list[float] = field(default_factory=list)
    fault: str = ""


def measure(
    acts: Mapping[str, Callable[[], object]], rounds: int, workers: Iterable[int] = (), *, at_most: float = math.inf
) -> dict[str, Samples]:
    """Do each of `acts` once a round, in another order each time, until it fails; return their samples by name.

    There are no more rounds when `at_most` seconds have passed. `workers` are the processes whose time on a processor
    is told.
    """
    found = {name: Samples() for name in acts}
    lot = random.Random(1)
    order, busy = list(acts), list(workers)
    enough = time.monotonic() + at_most
    for number in range(WARM + rounds):
        if number >= WARM + FEWEST and time.monotonic() > enough:
            break
        lot.shuffle(order)
        for name in [name for name in order if not found[name].fault]:
            before, began = processor_seconds(busy), time.perf_counter()
            try:
                acts[name]()
            except (Unexpected, OSError) as error:
                found[name] = Samples(fault=str(error) or repr(error))
                continue
            took = time.perf_counter() - began
            if number >= WARM:
                found[name].wall.append(took)
                found[name].busy.append(processor_seconds(busy) - before)
    return found


def processor_seconds(processes: Iterable[int]) -> float:
    """Return how long all threads of these processes have been on a processor; those that ended are not counted."""
    total = 0
    for process in processes:
        for task in Path(f"/proc/{process}/task").glob("*/schedstat"):
            try:
                total += int(task.read_text().split()[0])
            except OSError:
                continue
    return total / 1e9

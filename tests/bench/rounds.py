"""Measures several things side by side: a round asks for each once, so that what else the machine does hits all
alike.
"""

import random
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

WARM = 6
"""How many rounds go before those that count: each process of the server has seen each page by then."""


@dataclass
class Samples:
    """How long something took each time, in seconds: on the clock, and of the server's processors."""

    wall: list[float] = field(default_factory=list)
    busy: list[float] = field(default_factory=list)


def measure(
    acts: Mapping[str, Callable[[], object]], rounds: int, workers: Iterable[int] = (), *, warm: int = WARM
) -> dict[str, Samples]:
    """Do each of `acts` once a round, in another order each time; return their samples by name.

    `workers` are the processes whose time on a processor is told.
    """
    found = {name: Samples() for name in acts}
    lot = random.Random(1)
    order, busy = list(acts), list(workers)
    for number in range(warm + rounds):
        lot.shuffle(order)
        for name in order:
            before, began = processor_seconds(busy), time.perf_counter()
            acts[name]()
            took = time.perf_counter() - began
            if number >= warm:
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

"""Measures several things side by side: a round asks for each once, so that what else the machine does hits all
alike.
"""

import math
import random
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.asking import Unexpected

WARM = 6
"""How many rounds go before those that count: each process of the server has seen each page by then."""

FEWEST = 7
"""How many rounds count at least, however long they take."""

SHARE = 8
"""Which part of the time for all of them one may take: one that is far slower than the others is done less often, so
that they are done as often as they should.
"""


@dataclass
class Samples:
    """How long something took each time, in seconds: on the clock, and of the server's processors. `fault`: why it
    could not be measured; then there are none. `is_cut`: it had its share of the time, and was left out from then on.
    """

    wall: list[float] = field(default_factory=list)
    busy: list[float] = field(default_factory=list)
    fault: str = ""
    is_cut: bool = False


@dataclass
class _Act:
    """One of those that are measured, and what it took each time until now."""

    do: Callable[[], object]
    share: float
    wall: list[float] = field(default_factory=list)
    busy: list[float] = field(default_factory=list)
    fault: str = ""

    @property
    def is_cut(self) -> bool:
        """Whether it has had its share. The first time alone says nothing."""
        return len(self.wall) > 1 and sum(self.wall) > self.share

    def once(self, workers: Sequence[int]) -> None:
        """Do it, unless it has failed or had its share."""
        if self.fault or self.is_cut:
            return
        before, began = processor_seconds(workers), time.perf_counter()
        try:
            self.do()
        except (Unexpected, OSError) as error:
            self.fault = str(error) or repr(error)
            return
        self.wall.append(time.perf_counter() - began)
        self.busy.append(processor_seconds(workers) - before)

    @property
    def samples(self) -> Samples:
        """What counts."""
        if self.fault:
            return Samples(fault=self.fault)
        warm = min(WARM, len(self.wall) // 2) if self.is_cut else WARM
        return Samples(self.wall[warm:], self.busy[warm:], is_cut=self.is_cut)


def measure(
    acts: Mapping[str, Callable[[], object]], rounds: int, workers: Iterable[int] = (), *, at_most: float = math.inf
) -> dict[str, Samples]:
    """Do each of `acts` once a round, in another order each time, until it fails; return their samples by name.

    There are no more rounds when `at_most` seconds have passed, and an act that has had more than its share of them is
    left out. `workers` are the processes whose time on a processor is told.
    """
    found = {name: _Act(do, at_most / SHARE) for name, do in acts.items()}
    lot = random.Random(1)
    order, busy = list(acts), list(workers)
    enough = time.monotonic() + at_most
    for number in range(WARM + rounds):
        if number >= WARM + FEWEST and time.monotonic() > enough:
            break
        lot.shuffle(order)
        for name in order:
            found[name].once(busy)
    return {name: act.samples for name, act in found.items()}


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

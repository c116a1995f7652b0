"""A list of which only slices are fetched, for a paginator."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Slices(Sequence[Any]):
    """How many there are, and what gives those from one place to another."""

    number: int
    fetch: Callable[[int, int], list[Any]]

    def __len__(self) -> int:
        return self.number

    def __getitem__(self, wanted: Any) -> Any:
        first, last, _step = wanted.indices(self.number)
        return self.fetch(first, last)

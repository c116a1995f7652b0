"""What was sent to be saved, and what the server said of it, in a file of lines; and whether what is held afterwards
can be what came of it. Knows nothing of Django: those who write it run without.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TextIO


@dataclass(frozen=True)
class Write:
    """A value that somebody sent to be saved in a field, however often the same bytes were sent.

    `field` names it in the whole database. `sent` is when they were sent for the first time, `saved` when the server
    said that it is saved; None: it never said so. Both are seconds of one clock.
    """

    field: str
    value: str
    sent: float
    saved: float | None

    @property
    def is_saved(self) -> bool:
        """Whether the server said that it is saved."""
        return self.saved is not None


def own(seat: int, scale: str, code: str, name: str) -> str:
    """Return what an evaluator's own field of an item is called."""
    return f"{seat}/{scale}/{code}/{name}"


def shared(review: str, scale: str, code: str, name: str) -> str:
    """Return what a figure that belongs to the review is called."""
    return f"{review}/{scale}/{code}/{name}"


class Ledger:
    """The file, while it is written."""

    def __init__(self, path: Path) -> None:
        """Begin a new one."""
        self._file: TextIO = path.open("w", encoding="utf-8")

    def note(self, write: Write) -> None:
        """Write one line, and let go of it: whoever writes may be killed."""
        self._file.write(json.dumps(asdict(write)) + "\n")
        self._file.flush()

    def close(self) -> None:
        """End it."""
        self._file.close()


def read(path: Path) -> Iterator[Write]:
    """Read a ledger."""
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield Write(**json.loads(line))


@dataclass(frozen=True)
class Lost:
    """A field that holds what cannot have been the last to be saved: its name, what it holds, and what it may hold."""

    field: str
    held: str | None
    expected: frozenset[str]


def may_be_held(writes: Iterable[Write]) -> frozenset[str]:
    """Return the values that a field may hold after these writes to it, whoever made them: all but those after which
    another, sent when they were already saved, was saved too. Empty where none was said to be saved: then what was
    there before may still be.

    What was sent and never said to be saved may be held or not: nobody was told.
    """
    all_of_it = list(writes)
    # Whoever is sent after this was saved comes later than it in any order.
    latest = max((write.sent for write in all_of_it if write.is_saved), default=None)
    if latest is None:
        return frozenset()
    return frozenset(write.value for write in all_of_it if write.saved is None or write.saved >= latest)


def lost(writes: Iterable[Write], held: Mapping[str, str]) -> list[Lost]:
    """Return the fields in which a save that was acknowledged is not to be found, nor a later one; `held` is what the
    database has by the fields' names.
    """
    by_field: dict[str, list[Write]] = defaultdict(list)
    for write in writes:
        by_field[write.field].append(write)
    found = []
    for field, of_it in by_field.items():
        expected = may_be_held(of_it)
        if expected and held.get(field) not in expected:
            found.append(Lost(field, held.get(field), expected))
    return found

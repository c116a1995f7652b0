"""Compare and swap, field by field: what somebody typed meets what somebody else has saved in the meantime.

A page carries a stamp of each value as it was when the page was made. What the person did not touch is left as it is
now; what they changed is saved where nobody else changed it; what both changed is a conflict.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

JUDGEMENT = (("score", "not_scored"),)
"""A score and the reason for none exclude each other, so they are one thing to change."""

DECISION = (("decision", "answer"),)
"""What is decided on a remark, and the answer that goes with it."""

COUNTED_TOGETHER = (
    ("participants", "in_work", "in_education"),
    ("posts", "vacant_posts"),
    ("teams", "co_located_teams"),
)
"""What stands beside the score as parts of a whole is counted on the same day: participants and how many of them work
or learn, posts and those that nobody holds, teams and those that offices are shared with.
"""

INFORMANT = (("perspective", "number"),)
"""Who is asked is a perspective and a number."""

DAYS = (("days", "moment"),)
"""How many days, and whether before or after the visit."""

Units = Iterable[tuple[str, ...]]


@dataclass(frozen=True)
class Merge:
    """What to save by name, and what is held by the names that others have changed too."""

    changes: dict[str, Any]
    conflicts: dict[str, Any]


def _plain(value: Any) -> Any:
    """Return the value as it is held alike whether it came from a form, a page or the database."""
    if isinstance(value, str):
        return value.replace("\r\n", "\n").replace("\r", "\n")
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value if value is None or isinstance(value, bool | int) else str(value)


def stamp(value: Any) -> str:
    """Return a short stamp of a value (text, number, day, list or mapping of those): the same for the same value."""
    said = json.dumps(_plain(value), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def units(names: Iterable[str], together: Units) -> list[tuple[str, ...]]:
    """Return the names as they change: those of `together` as one (all, where any is named), each other by itself. What
    changes as one goes by its first name.
    """
    found, left = [], list(names)
    for group in together:
        if any(name in left for name in group):
            found.append(group)
            left = [name for name in left if name not in group]
    return found + [(name,) for name in left]


def stamps(held: Mapping[str, Any], together: Units = ()) -> dict[str, str]:
    """Return the stamps of the values held, by name; a unit of several goes by its first name."""
    return {unit[0]: stamp([held[name] for name in unit]) for unit in units(held, together)}


def merge(held: Mapping[str, Any], new: Mapping[str, Any], seen: Mapping[str, str], together: Units = ()) -> Merge:
    """Hold `new` values against those `held` now; `seen` are the stamps of what the person saw (see `stamps`).

    A name without a stamp counts as seen as it is held now. `held` has every name of `new`, and all of a unit.
    """
    changes: dict[str, Any] = {}
    conflicts: dict[str, Any] = {}
    for unit in units(new, together):
        now = stamp([held[name] for name in unit])
        wanted = stamp([new.get(name, held[name]) for name in unit])
        base = seen.get(unit[0], now)
        if wanted in (now, base):
            continue
        found = {name: new[name] for name in unit if name in new and stamp(new[name]) != stamp(held[name])}
        if base == now:
            changes |= found
        else:
            conflicts |= {name: held[name] for name in found}
    return Merge(changes, conflicts)

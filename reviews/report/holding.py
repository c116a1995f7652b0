"""Who can change what holds the scores down, so that a leader can tell what the service can do by itself."""

import enum
from collections.abc import Iterable
from dataclasses import dataclass

from reviews.models import Obstacle
from reviews.report.shape import Content, ItemContent, ScaleContent


class Who(enum.Enum):
    """Who can change what holds a score down, in the order it is told."""

    SERVICE = "service"
    """Nothing but the service's own practice holds it down."""
    TOGETHER = "together"
    """Its own practice and something else."""
    OTHERS = "others"
    """Something else than its own practice, though not the law alone."""
    LAW = "law"
    """Nothing but law and regulation."""


@dataclass(frozen=True)
class Group:
    """The items that the same can change, in the scales' order; `others` are the obstacles outside the service."""

    who: Who
    others: list[str]
    items: list[ItemContent]


def who(obstacles: Iterable[str]) -> Who:
    """Return who can change what holds a score down; `obstacles` are codes of Obstacle, at least one."""
    found = set(obstacles)
    if found == {Obstacle.LAW.value}:
        return Who.LAW
    if Obstacle.OWN_PRACTICE.value not in found:
        return Who.OTHERS
    return Who.SERVICE if len(found) == 1 else Who.TOGETHER


def groups(content: Content) -> list[Group]:
    """Return the items of which it is said what holds their scores down, by who can change it.

    An item with the highest score, or none, has no score that is held down.
    """
    found: dict[tuple[Who, tuple[str, ...]], list[ItemContent]] = {}
    for scale in content["scales"]:
        for section in scale["sections"]:
            for item in section["items"]:
                if is_held_down(scale, item):
                    found.setdefault((who(item["obstacles"]), _others(item["obstacles"])), []).append(item)
    order = list(Who)
    return [
        Group(each, list(others), items)
        for (each, others), items in sorted(found.items(), key=lambda entry: order.index(entry[0][0]))
    ]


def is_held_down(scale: ScaleContent, item: ItemContent) -> bool:
    """Whether it is said what holds an item's score down."""
    return item["score"] is not None and item["score"] < scale["highest"] and bool(item["obstacles"])


def _others(obstacles: list[str]) -> tuple[str, ...]:
    """What is outside the service, in one order however it was ticked."""
    return tuple(each.value for each in Obstacle if each.value in obstacles and each != Obstacle.OWN_PRACTICE)

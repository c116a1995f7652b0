"""Who acts, and who can change what holds the scores down: one answer wherever a report or a spreadsheet says it."""

import enum
from collections.abc import Iterable
from dataclasses import dataclass

from reviews.models import Actor, Obstacle
from reviews.report.shape import Content, ItemContent, ScaleContent

ACTORS: dict[str, Actor] = {
    Obstacle.OWN_PRACTICE: Actor.IPS_TEAM,
    Obstacle.NAV: Actor.NAV,
    Obstacle.HEALTH: Actor.HEALTH_PARTNER,
    Obstacle.ICT: Actor.ICT,
}
"""Who can act on what holds a score down, where the evaluators do not say who is to. On law nobody can: advice never
asks for what the law forbids."""


class Who(enum.Enum):
    """Who can change what holds a score down, in the order it is told."""

    SERVICE = "service"
    """The IPS team alone, and law holds no part of it down."""
    TOGETHER = "together"
    """The IPS team, though not all of it."""
    OTHERS = "others"
    """Others than the IPS team."""
    LAW = "law"
    """Nothing but law and regulation."""


@dataclass(frozen=True)
class Group:
    """The items that the same can change, in the scales' order.

    `others` are those who act beside the service, or instead of it; `law`: law and regulation are a part of it.
    """

    who: Who
    others: list[str]
    law: bool
    items: list[ItemContent]


def acts(actors: Iterable[str], obstacles: Iterable[str]) -> list[str]:
    """Return who acts, in one order: those the evaluators named, or else those who can change what holds a score down.

    `actors` and the answer are codes of Actor, `obstacles` of Obstacle.
    """
    held = set(obstacles)
    named = set(actors) or {actor.value for obstacle, actor in ACTORS.items() if obstacle in held}
    return [actor.value for actor in Actor if actor.value in named]


def who(obstacles: Iterable[str], actors: Iterable[str] = ()) -> Who:
    """Return who can change what holds a score down: those who act on it, and nobody where law alone does.

    `obstacles` are codes of Obstacle, at least one; `actors` those whom the evaluators named.
    """
    found = set(obstacles)
    if found == {Obstacle.LAW.value}:
        return Who.LAW
    acting = acts(actors, found)
    if Actor.IPS_TEAM.value not in acting:
        return Who.OTHERS
    return Who.SERVICE if len(acting) == 1 and Obstacle.LAW.value not in found else Who.TOGETHER


def groups(content: Content) -> list[Group]:
    """Return the items of which it is said what holds their scores down, by who can change it.

    An item with the highest score, or none, has no score that is held down.
    """
    found: dict[tuple[Who, tuple[str, ...], bool], list[ItemContent]] = {}
    for scale in content["scales"]:
        for section in scale["sections"]:
            for item in section["items"]:
                if is_held_down(scale, item):
                    can = who(item["obstacles"], item["actors"])
                    law = Obstacle.LAW.value in item["obstacles"]
                    found.setdefault((can, _others(item), law), []).append(item)
    order = list(Who)
    return [
        Group(each, list(others), law, items)
        for (each, others, law), items in sorted(found.items(), key=lambda entry: order.index(entry[0][0]))
    ]


def is_held_down(scale: ScaleContent, item: ItemContent) -> bool:
    """Whether it is said what holds an item's score down."""
    return item["score"] is not None and item["score"] < scale["highest"] and bool(item["obstacles"])


def _others(item: ItemContent) -> tuple[str, ...]:
    """Those who act on the item beside the IPS team."""
    return tuple(each for each in acts(item["actors"], item["obstacles"]) if each != Actor.IPS_TEAM.value)

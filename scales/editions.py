"""Editions of scales with all that belongs to them, read once in the life of a process.

An edition that a review uses never changes (the database holds that), so that nothing kept here can be stale. What
`loaddata` may still change in one, how advice is worked out from an anchor, holds from the next start of the program.
"""

from collections.abc import Iterable

from scales.models import Scale

_kept: dict[int, Scale] = {}


def load(keys: Iterable[int]) -> list[Scale]:
    """Return editions by their keys, in the order in which scales stand beside each other, with sections, items and
    bands: four queries.
    """
    scales = list(
        Scale.objects.filter(pk__in=list(keys))
        .order_by("position", "sequence")
        .prefetch_related("bands", "sections__items")
    )
    for scale in scales:
        for section in scale.sections.all():
            section.scale = scale
            for item in section.items.all():
                item.section = section
    return scales


def in_use(keys: Iterable[int]) -> list[Scale]:
    """Return editions that reviews use, as load() does: no query but the first time. They are everybody's: nothing may
    be changed in them.
    """
    wanted = list(keys)
    missing = [key for key in wanted if key not in _kept]
    if missing:
        _kept.update({scale.pk: scale for scale in load(missing)})
    return sorted((_kept[key] for key in wanted), key=lambda scale: (scale.position, scale.sequence))


def forget() -> None:
    """Forget all of them: where a process meets another database, as from test to test."""
    _kept.clear()

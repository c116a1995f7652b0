"""What figures of several services are made from: sums, with those of what one person may not see.

They are read from what is counted ahead where counties and a kind alone are asked for, and otherwise counted from the
reviews themselves, by the same functions.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from reviews import speaking
from reviews.models import Review
from reviews.overview import groups
from reviews.overview.groups import Group
from reviews.speaking import Filters
from reviews.summary import reading, source
from reviews.summary.reading import Sight
from reviews.summary.tally import Counted, Latest, Part, Yearly

_T = TypeVar("_T")


@dataclass(frozen=True)
class Counts(Generic[_T]):
    """What is counted in all services that are asked for, and in the reviews of them that the person may not see."""

    all: _T
    hidden: _T


def latest(filters: Filters, sight: Sight, group: Group | None = None) -> Counts[Latest]:
    """Return what the latest reviews of the services that are asked for add up to: two queries where they are counted
    ahead, three more where some of them are not. `group` are these reviews, from one who has asked for them already.
    """
    if not filters.are_plain:
        return latest_from_reviews(filters, sight) if group is None else of_group(group)
    found = reading.latest(sight, filters.counties)
    return Counts(Latest(found.all, filters.kind), Latest(found.hidden, filters.kind))


def latest_from_reviews(filters: Filters, sight: Sight) -> Counts[Latest]:
    """Return the same from the reviews themselves: three queries."""
    return of_group(groups.latest(speaking.counted_reviews(), filters, sight.visible))


def of_group(group: Group) -> Counts[Latest]:
    """Return what some reviews add up to, each the only one of its service: one query."""
    parts = {Review.Kind.EXTERNAL.value: Part.EXTERNAL, Review.Kind.SELF.value: Part.ALONE}
    found = _together(source.latest(((parts[each.kind], each) for each in group.chosen), group.seen).values())
    return Counts(Latest(found.all), Latest(found.hidden))


def yearly(filters: Filters, sight: Sight) -> Counts[Yearly]:
    """Return what the latest reviews of each calendar year add up to: as many queries, and two more in the second
    case.
    """
    if not filters.are_plain:
        return yearly_from_reviews(filters, sight)
    found = reading.yearly(sight, filters.counties)
    return Counts(Yearly(found.all, filters.kind), Yearly(found.hidden, filters.kind))


def yearly_from_reviews(filters: Filters, sight: Sight) -> Counts[Yearly]:
    """Return the same from the reviews themselves: five queries."""
    group = groups.of_years(filters, sight.visible)
    found = _together(source.yearly(group.chosen, group.seen).values())
    return Counts(Yearly(found.all, filters.kind), Yearly(found.hidden, filters.kind))


def _together(counted: Iterable[Counted]) -> Counted:
    found = Counted()
    for each in counted:
        found.add(each)
    return found

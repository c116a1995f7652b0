"""The reviews that speak for the services, told apart by whether one person may see them."""

import uuid
from dataclasses import dataclass

from django.db.models import QuerySet

from reviews import speaking
from reviews.models import Review
from reviews.speaking import Chosen, Filters


@dataclass(frozen=True)
class Group:
    """The latest review of each service that is asked for, and the keys of those among them that the person may see."""

    chosen: tuple[Chosen, ...]
    seen: frozenset[uuid.UUID]

    @property
    def visible(self) -> list[Chosen]:
        """Those that the person may see."""
        return [each for each in self.chosen if each.review in self.seen]

    @property
    def hidden(self) -> list[Chosen]:
        """Those that the person may not see, and that are told of in figures of several alone."""
        return [each for each in self.chosen if each.review not in self.seen]


def latest(reviews: QuerySet[Review], filters: Filters, visible: QuerySet[Review]) -> Group:
    """Return the latest of the reviews that are asked for of each service; `visible` are all that the person may see.

    Two queries.
    """
    chosen = speaking.latest(reviews, filters)
    seen = visible.filter(pk__in=[each.review for each in chosen]).order_by().values_list("pk", flat=True)
    return Group(tuple(chosen), frozenset(seen))


def of_years(filters: Filters, visible: QuerySet[Review]) -> Group:
    """Return the latest of the reviews that are asked for of each service and calendar year: two queries."""
    chosen = speaking.latest_of_years(speaking.counted_reviews(), filters)
    seen = visible.filter(pk__in=[each.review for each in chosen]).order_by().values_list("pk", flat=True)
    return Group(tuple(chosen), frozenset(seen))


def all_of(reviews: QuerySet[Review], filters: Filters) -> Group:
    """Return the same for one from whom nothing is hidden: one query."""
    chosen = speaking.latest(reviews, filters)
    return Group(tuple(chosen), frozenset(each.review for each in chosen))

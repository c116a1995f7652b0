"""The tasks of one person as lists, what is due first before the rest.

What a person has to do with otherwise than as regional IPS-rådgiver is theirs, and few: it is fetched and judged. Of
what they see as adviser alone there is as much as there are services: the database finds, counts and slices it.
"""

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from reviews import access, checklist, tasks
from reviews.access import Shape, Standing
from reviews.among import Among
from reviews.models import Doer, Review, ReviewStep, User
from reviews.prepared import Given, Prepared, hold
from reviews.slices import Slices
from reviews.tasks import PERSON, Part, Task

_DUE_FIRST = (F("due").asc(nulls_last=True), "first_day", "pk")


@dataclass(frozen=True)
class First:
    """The first tasks of a list, and how many there are in all."""

    rows: list[Task]
    number: int


@dataclass(frozen=True)
class Asked:
    """Which reviews are asked for, of those that may wait for somebody. `part`: as a Part, those that the person has to
    do with as that; `status`: those of that status.
    """

    today: datetime.date
    part: str = ""
    status: str = ""

    @property
    def _of_status(self) -> Q:
        return Q(status=self.status) if self.status else Q()

    def own(self, user: User | Given, who: Standing) -> QuerySet[Review]:
        """Return those that the person sees otherwise than as adviser."""
        found = access.own_reviews(user, who).filter(self._of_status)
        if self.part:
            found = found.filter(tasks.seen_as(self.part, user, who))
        # Steps of a checklist come after the report too.
        steps = ReviewStep.objects.filter(checklist.left(self.today), review=OuterRef("pk"))
        return found.filter(Q(status__in=Review.OPEN) | Q(Exists(steps), status=Review.Status.FINAL)).order_by()

    def _advised(self, user: User | Given, who: Standing) -> QuerySet[Review]:
        return access.advised_reviews(user, who).filter(self._of_status).order_by()

    def advised_open(self, user: User | Given, who: Standing) -> QuerySet[Any]:
        """Return those that the person sees as adviser alone and that are open, as tasks.open_for_advisers() does."""
        return tasks.open_for_advisers(self._advised(user, who), self.today)

    def advised_final(self, user: User | Given, who: Standing) -> QuerySet[Any]:
        """Return those that the person sees as adviser alone, that are final and in which something waits for them, as
        tasks.final_for_advisers() does.
        """
        return tasks.final_for_advisers(self._advised(user, who), self.today)

    def advised(self, user: User | Given, who: Standing, *, mine: bool) -> QuerySet[Any, Any]:
        """Return the keys of those that the person sees as adviser alone, what is due first before the rest: where
        something waits for them as adviser, or the others, which are open.
        """
        found = self.advised_open(user, who).filter(is_mine=mine).values_list("pk", "due", "first_day")
        if mine:
            found = found.union(self.advised_final(user, who).values_list("pk", "due", "first_day"), all=True)
        return found.order_by(*_DUE_FIRST)


@lru_cache(maxsize=128)
def _own(asked: Asked, shape: Shape) -> tuple[Prepared[Any], Prepared[ReviewStep]]:
    """Return the queries of a person's own reviews and of their steps."""
    who = shape.asked(PERSON, asked.today)
    return (
        Prepared(lambda: tasks.with_what_decides(asked.own(PERSON, who), PERSON, who)),
        Prepared(lambda: tasks.steps_left().filter(review__in=asked.own(PERSON, who).values("pk"))),
    )


@lru_cache(maxsize=128)
def _first(asked: Asked, shape: Shape, number: int) -> tuple[Prepared[Any], Prepared[Any]]:
    """Return the queries of the keys of the first so many that an adviser sees as nothing else, with how many there are
    in all: of the open ones in which something waits for them and as many of the others, and of the final ones.
    """
    who = shape.asked(PERSON, asked.today)

    def first_open() -> QuerySet[Any, Any]:
        found = asked.advised_open(PERSON, who).annotate(
            place=Window(RowNumber(), partition_by="is_mine", order_by=_DUE_FIRST),
            in_all=Window(Count("*"), partition_by="is_mine"),
        )
        found = found.filter(place__lte=number)
        keys: QuerySet[Any, Any] = found.values_list("pk", "in_all", "is_mine", "place")
        return keys

    def first_final() -> QuerySet[Any, Any]:
        found = asked.advised_final(PERSON, who).annotate(in_all=Window(Count("*")))
        keys: QuerySet[Any, Any] = found.order_by(*_DUE_FIRST).values_list("pk", "in_all")
        return keys[:number]

    return Prepared(first_open), Prepared(first_final)


@lru_cache(maxsize=4)
def _rows(today: datetime.date) -> Prepared[Any]:
    """Return the query of reviews that a person sees as adviser alone, by their keys; it hangs on the day."""
    of_keys = Review.objects.filter(Among("pk", "reviews")).order_by()
    return Prepared(lambda: tasks.with_what_decides_for_advisers(of_keys))


_steps: Prepared[ReviewStep] = Prepared(
    lambda: tasks.steps_left().filter(Among("review", "reviews"), doer=Doer.ADVISER)
)


class TaskLists:
    """The reviews that may wait for somebody, of those that a person sees: those in which something waits for the
    person, and the open ones that wait for others.
    """

    def __init__(self, user: User, who: Standing, asked: Asked, parts: Collection[Part]) -> None:
        """Take the person with tasks.parts_of() them, and which reviews are asked for."""
        self._user, self._who, self._asked = user, who, asked
        # Who has nothing to do with any review but as adviser has none of their own to ask for.
        self._has_own = not {*parts} <= {Part.ADVISER}
        self._has_advised = who.is_adviser and asked.part in ("", Part.ADVISER)

    @cached_property
    def _own(self) -> list[Task]:
        if not self._has_own:
            return []
        asked_reviews, asked_steps = _own(self._asked, self._who.shape)
        rows = asked_reviews.rows(user=self._user.pk)
        _hold_steps(rows, asked_steps.rows(user=self._user.pk) if rows else [])
        return self._judged(rows)

    def _judged(self, rows: Iterable[Any]) -> list[Task]:
        return [tasks.task(each, self._user, self._who, self._asked.part) for each in rows]

    def _own_of(self, *, mine: bool) -> list[Task]:
        found = [each for each in self._own if bool(each.mine) == mine and (mine or each.review.is_open)]
        return sorted(found, key=lambda each: each.order)

    def _advised(self, reviews: Collection[Any]) -> list[Task]:
        """Return what the person sees as adviser alone, by its keys: two queries."""
        if not reviews:
            return []
        rows = _rows(self._asked.today).rows(reviews=reviews)
        _hold_steps(rows, _steps.rows(reviews=reviews))
        return self._judged(rows)

    def first(self, mine: int, others: int) -> tuple[First, First]:
        """Return the first so many of those in which something waits for the person, and so many of the others: two
        queries where the person has reviews of their own, and for an adviser four.
        """
        own_mine, own_others = self._own_of(mine=True), self._own_of(mine=False)
        if not self._has_advised:
            return First(own_mine[:mine], len(own_mine)), First(own_others[:others], len(own_others))
        asked_open, asked_final = _first(self._asked, self._who.shape, max(mine, others))
        found, final = asked_open.rows(user=self._user.pk), asked_final.rows(user=self._user.pk)
        waits = [(key, in_all) for key, in_all, is_mine, _place in found if is_mine]
        rest = [(key, in_all) for key, in_all, is_mine, place in found if not is_mine and place <= others]
        advised = self._advised([key for key, _in_all in (*waits, *final, *rest)])
        return (
            First(
                _merged(own_mine, (task for task in advised if task.mine))[:mine],
                len(own_mine) + _in_all(waits) + _in_all(final),
            ),
            First(
                _merged(own_others, (task for task in advised if not task.mine))[:others],
                len(own_others) + _in_all(rest),
            ),
        )

    def listed(self, *, mine: bool) -> Slices:
        """Return one of the two as a list of which a page fetches its own rows."""
        own = self._own_of(mine=mine)
        if not self._has_advised:
            return Slices(len(own), lambda first, last: own[first:last])
        advised = self._asked.advised(self._user, self._who, mine=mine)

        def rows(first: int, last: int) -> list[Task]:
            # So many of those before may be the person's own: each other stands at most that much further back.
            before = max(0, first - len(own))
            found = self._advised([key for key, *_order in advised[before:last]])
            return _merged(own, found)[first - before : last - before]

        return Slices(len(own) + advised.count(), rows)


def _hold_steps(reviews: Iterable[Review], steps: Iterable[ReviewStep]) -> None:
    of: dict[Any, list[ReviewStep]] = defaultdict(list)
    for step in steps:
        of[step.review_id].append(step)
    for review in reviews:
        for step in of[review.pk]:
            step.review = review
        hold(review, "steps", of[review.pk])


def _in_all(found: Sequence[tuple[Any, int]]) -> int:
    return found[0][1] if found else 0


def _merged(own: list[Task], advised: Iterable[Task]) -> list[Task]:
    return sorted((*own, *advised), key=lambda each: each.order)

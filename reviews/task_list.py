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

from reviews import access, checklist, tasks
from reviews.access import Shape, Standing
from reviews.models import Review, ReviewStep, User
from reviews.prepared import Given, Prepared, hold
from reviews.slices import Slices
from reviews.tasks import PERSON, Part, Task


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

    def advised(self, user: User | Given, who: Standing, *, mine: bool) -> QuerySet[Any]:
        """Return those that the person sees as adviser alone, what is due first before the rest: where something waits
        for them as adviser, or the others, which are open.
        """
        seen, asked = access.advised_reviews(user, who), tasks.asked_of_advisers(self.today)
        rule = asked if mine else Q(status__in=Review.OPEN) & ~asked
        told = tasks.with_what_decides_for_advisers(seen.filter(self._of_status, rule), nothing_waits=not mine)
        due = tasks.due_for_advisers(self.today) if mine else tasks.due_by_state()
        found: QuerySet[Any] = told.annotate(due=due).order_by(F("due").asc(nulls_last=True), "first_day", "pk")
        return found


@lru_cache(maxsize=128)
def _own(asked: Asked, shape: Shape) -> tuple[Prepared[Any], Prepared[ReviewStep]]:
    """Return the queries of a person's own reviews and of their steps."""
    who = shape.asked(PERSON, asked.today)
    return (
        Prepared(lambda: tasks.with_what_decides(asked.own(PERSON, who), PERSON, who)),
        Prepared(lambda: tasks.steps_left().filter(review__in=asked.own(PERSON, who).values("pk"))),
    )


@lru_cache(maxsize=128)
def _first(asked: Asked, shape: Shape, number: int, *, mine: bool) -> Prepared[Any]:
    """Return the query of the first so many that an adviser sees as nothing else, with how many there are `in_all`."""
    who = shape.asked(PERSON, asked.today)
    return Prepared(lambda: asked.advised(PERSON, who, mine=mine).annotate(in_all=Window(Count("*")))[:number])


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

    def _advised(self, rows: Sequence[Any], *, mine: bool) -> list[Task]:
        if mine:
            tasks.with_steps(rows)
        else:
            # Nothing waits for the person, so that no step does.
            _hold_steps(rows, [])
        return self._judged(rows)

    def first(self, number: int, *, mine: bool) -> First:
        """Return the first so many of those in which something waits for the person, or of the others: two queries once
        for both where the person has reviews of their own, and for an adviser one each, and one more for steps.
        """
        own = self._own_of(mine=mine)
        if not self._has_advised:
            return First(own[:number], len(own))
        rows = _first(self._asked, self._who.shape, number, mine=mine).rows(user=self._user.pk)
        merged = _merged(own, self._advised(rows, mine=mine))
        return First(merged[:number], len(own) + (rows[0].in_all if rows else 0))

    def listed(self, *, mine: bool) -> Slices:
        """Return one of the two as a list of which a page fetches its own rows."""
        own = self._own_of(mine=mine)
        if not self._has_advised:
            return Slices(len(own), lambda first, last: own[first:last])
        advised = self._asked.advised(self._user, self._who, mine=mine)

        def rows(first: int, last: int) -> list[Task]:
            # So many of those before may be the person's own: each other stands at most that much further back.
            before = max(0, first - len(own))
            found = self._advised(list(advised[before:last]), mine=mine)
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


def _merged(own: list[Task], advised: list[Task]) -> list[Task]:
    return sorted((*own, *advised), key=lambda each: each.order)

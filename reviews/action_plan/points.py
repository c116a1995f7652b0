"""The points of a handlingsplan with what the reports said of each, in the order in which they are worked on."""

import datetime
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext

from reviews.models import ActionPoint, FinalScore, ReportVersion, Review, Service
from reviews.prepared import Given, Prepared
from reviews.report import holding
from scales import editions
from scales.models import Item

Status = ActionPoint.Status


@dataclass(frozen=True)
class Told:
    """A point with no more than the numbers and deadlines of a plan take: plain, since a service may have many. `kind`
    and `shared_at` are of the review that it comes from, all three None for a point of the service's own.
    """

    pk: uuid.UUID
    item: Item
    status: str
    owner: str
    deadline: datetime.date | None
    created_at: datetime.datetime
    closed_at: datetime.datetime | None
    continued_in_id: uuid.UUID | None
    review_id: uuid.UUID | None
    kind: str | None
    shared_at: datetime.datetime | None

    @property
    def is_open(self) -> bool:
        """Whether there is still something to do."""
        return self.status in ActionPoint.OPEN

    @property
    def is_inside(self) -> bool:
        """Whether only the service sees it (ActionPoint.is_inside)."""
        return self.kind == Review.Kind.SELF and self.shared_at is None

    @cached_property
    def matter(self) -> tuple[str, ...]:
        """What it is one matter with (ActionPoint.matter)."""
        about = self.item.section.scale.code, self.item.code
        return about if self.review_id is not None else (*about, str(self.pk))


A = TypeVar("A", bound=ActionPoint | Told)
A_co = TypeVar("A_co", bound=ActionPoint | Told, covariant=True)

ORDER = (Status.UNDER_WAY, Status.OPEN, Status.DONE, Status.DROPPED)
"""The states in the order in which a plan tells of them: what is worked on first."""


@dataclass(frozen=True)
class Matter(Generic[A_co]):
    """A point beside the others on its item: `twins` are the other open ones while it is open, and `keep` the one of
    all these to work on.
    """

    action: A_co
    twins: tuple[A_co, ...]
    keep: A_co

    @property
    def goes_on(self) -> bool:
        """Whether it was closed because another point is worked on instead."""
        return self.action.continued_in_id is not None

    @property
    def is_kept(self) -> bool:
        """Whether it is the one to work on of those on its item."""
        return self.keep.pk == self.action.pk

    @property
    def due(self) -> datetime.date | None:
        """The day by which something is to be done, while it is open: the first deadline of those on its item for the
        one that is kept, which stands for them all; for a twin its own.
        """
        twins = self.twins if self.is_kept else ()
        return first_deadline(each.deadline for each in (self.action, *twins) if each.is_open)

    def is_overdue(self, today: datetime.date) -> bool:
        """Whether it should have been done; of those on one item only the one that is kept."""
        return self.is_kept and self.due is not None and self.due < today


@dataclass(frozen=True)
class Point(Matter[ActionPoint]):
    """A point with what the reports said of it.

    `recommendation` is what the report said, empty for a point of the service's own; `actors` who acts by the report,
    as codes of Actor. `withdrawn`: the newest version of the report does not advise it any longer. `seen`: the person
    sees the review that it comes from.
    """

    recommendation: str
    actors: tuple[str, ...]
    withdrawn: bool
    seen: bool

    @property
    def review(self) -> Review | None:
        """The review whose report recommended it; None for a point of the service's own."""
        return None if self.action.version is None else self.action.version.review

    @property
    def is_reworded(self) -> bool:
        """Whether the service has put the recommendation in other words."""
        return self.recommendation != "" and self.action.text != self.recommendation


@dataclass(frozen=True)
class Numbers:
    """How many points there are in each state. Open ones on one item are one matter, and count as the one of them that
    is kept; those that go on in another do not count as dropped. `overdue` are among the open ones.
    """

    open: int = 0
    under_way: int = 0
    done: int = 0
    dropped: int = 0
    overdue: int = 0

    @property
    def to_do(self) -> int:
        """How many are still to be done."""
        return self.open + self.under_way


def first_deadline(deadlines: Iterable[datetime.date | None]) -> datetime.date | None:
    """Return the day by which one matter is to be done: the first of its points' deadlines, None where none has any."""
    return min((day for day in deadlines if day is not None), default=None)


def whole(actions: QuerySet[ActionPoint]) -> QuerySet[ActionPoint]:
    """Have fetched with points what they are about, who acts, and the review that they come from; of its version not
    what is long.
    """
    found = actions.select_related("item__section__scale", "organisation", "version__review")
    return found.defer("version__content", "version__pdf")


def points(seen: QuerySet[ActionPoint], reviews: QuerySet[Review]) -> list[Point]:
    """Return the points of a service that a person sees (reviews.access.visible_actions), those under way first, then
    by deadline; what is closed with the latest first. `reviews` are those the person sees. Two queries.
    """
    found = list(
        whole(seen).annotate(
            sees_review=Exists(reviews.filter(pk=OuterRef("version__review"))),
            newest=Subquery(
                ReportVersion.objects.filter(review=OuterRef("version__review")).order_by("-number").values("pk")[:1]
            ),
        )
    )
    given = _given(found)
    known = {action.pk: action for action in found}
    rows = [
        _point(matter, given, newest=known[matter.action.pk].newest, seen=known[matter.action.pk].sees_review)
        for matter in matters(found)
    ]
    return sorted(rows, key=_place)


def _told() -> "QuerySet[Any, tuple[Any, ...]]":
    found = ActionPoint.objects.filter(service=Given("service", Service._meta.get_field("id"))).order_by()
    return found.values_list(
        *("item__section__scale", "item", "pk"),
        *("status", "owner", "deadline", "created_at", "closed_at", "continued_in"),
        *("version__review", "version__review__kind", "version__review__shared_at"),
    )


_of_service = Prepared(_told)


def of_service(service: uuid.UUID) -> list[Told]:
    """Return all points of a service, also those that not everybody sees (reviews.access.actions_among): one query, and
    four more where one of the service's own is about an edition that none of its reports used.
    """
    found = _of_service.rows(service=service)
    every = {scale for scale, *_rest in found}
    used = {scale for scale, *_rest, review, _kind, _shared in found if review is not None}
    scales = [*editions.in_use(used), *(editions.load(every - used) if every - used else ())]
    items = {item.pk: item for scale in scales for section in scale.sections.all() for item in section.items.all()}
    return [Told(pk, items[item], *rest) for _scale, item, pk, *rest in found]


def matters(found: Sequence[A]) -> Iterator[Matter[A]]:
    """Put each of a service's points beside the others on its item."""
    on_item: dict[tuple[str, ...], list[A]] = defaultdict(list)
    for action in found:
        if action.is_open:
            on_item[action.matter].append(action)
    for action in found:
        others = on_item[action.matter] if action.is_open else ()
        twins = [other for other in others if other.pk != action.pk]
        if not twins:
            yield Matter(action, (), action)
            continue
        # One that others see too is kept, so that nobody is told that it is not to be done.
        keep = min([action, *twins], key=lambda each: (each.is_inside, _newest_first(each)))
        yield Matter(action, tuple(sorted(twins, key=_newest_first)), keep)


_Given = Mapping[tuple[uuid.UUID, int], FinalScore]


def _given(actions: Iterable[ActionPoint]) -> dict[tuple[uuid.UUID, int], FinalScore]:
    """What the reports said, all their versions, by version and item."""
    reviews = {action.version.review_id for action in actions if action.version is not None}
    scores = FinalScore.objects.filter(version__review__in=reviews).exclude(recommendation="").defer("comment")
    return {(score.version_id, score.item_id): score for score in scores.order_by()}


def _point(matter: Matter[ActionPoint], given: _Given, *, newest: uuid.UUID, seen: bool) -> Point:
    action = matter.action
    said = None if action.version_id is None else given.get((action.version_id, action.item_id))
    return Point(
        action=action,
        twins=matter.twins,
        keep=matter.keep,
        recommendation="" if said is None else said.recommendation,
        actors=() if said is None else tuple(holding.acts(said.actors, said.obstacles)),
        withdrawn=said is not None and (newest, action.item_id) not in given,
        seen=seen,
    )


def _newest_first(action: ActionPoint | Told) -> tuple[float, str]:
    return -action.created_at.timestamp(), str(action.pk)


def _place(row: Matter[Any]) -> tuple[object, ...]:
    """Where a point stands: by state; the open ones by deadline and those without one last, the closed by when."""
    action, item = row.action, row.action.item
    in_scale = (item.section.scale.position, item.section.position, item.position, _newest_first(action))
    if action.closed_at is not None:
        return ORDER.index(Status(action.status)), -action.closed_at.timestamp(), *in_scale
    return ORDER.index(Status(action.status)), row.due or datetime.date.max, *in_scale


def numbers(rows: Iterable[Matter[A]], today: datetime.date) -> Numbers:
    """Count the points of a plan."""
    found = [row for row in rows if row.is_kept and not row.goes_on]
    states = Counter(row.action.status for row in found)
    return Numbers(
        open=states[Status.OPEN],
        under_way=states[Status.UNDER_WAY],
        done=states[Status.DONE],
        dropped=states[Status.DROPPED],
        overdue=sum(row.is_overdue(today) for row in found),
    )


M = TypeVar("M", bound=Matter[Any])


@dataclass(frozen=True)
class Group(Generic[M]):
    """The points of a plan in one state. Those that go on in another point are a group of their own."""

    label: str
    is_open: bool
    rows: list[M]


def groups(rows: Iterable[M]) -> list[Group[M]]:
    """Return points by their state, in the order of the states, without those that have none. Of open ones on one item
    the one that is kept stands there, and the others are its twins.
    """
    found = [row for row in rows if row.is_kept]
    by_status = [
        Group(
            str(status.label),
            status in ActionPoint.OPEN,
            [row for row in found if row.action.status == status and not row.goes_on],
        )
        for status in ORDER
    ]
    went_on = Group(gettext("Goes on in another point"), False, [row for row in found if row.goes_on])
    return [group for group in [*by_status, went_on] if group.rows]


def nearest(rows: Iterable[Matter[A]], number: int) -> list[Matter[A]]:
    """Return the open points with the nearest deadlines, those that have passed among them, those of one day in the
    order of points(); of those on one item the one that is kept.
    """
    dated = [(row.due, _place(row), row) for row in rows if row.is_kept and row.due is not None]
    return [row for _due, _place, row in sorted(dated, key=lambda each: each[:2])][:number]


# The open points elsewhere


def met_on_item(
    seen: QuerySet[ActionPoint], code: str | Given, scale: str | Given, last: uuid.UUID | Given
) -> QuerySet[ActionPoint]:
    """Return the points on an item, in whatever edition, that the next evaluators meet: those that are open, and what
    became of those of the `last` review; the newest first.
    """
    wanted = Q(status__in=ActionPoint.OPEN) | Q(version__review=last)
    found = seen.filter(wanted, item__code=code, item__section__scale__code=scale)
    told = ("version__review__kind", "version__review__first_day", "version__review__last_day")
    own = ("version__review", "text", "owner", "organisation__name", "deadline", "status", "notes")
    rows = found.select_related("organisation", "version__review").only(*told, *own)
    return rows.order_by("-created_at", "pk")


def open_points(seen: QuerySet[ActionPoint], items: Iterable[Item]) -> list[tuple[Item | None, ActionPoint]]:
    """Return the open points of a service, each with the one of a review's items that it is about: in their order, and
    those about none of them last. One query.
    """
    places = {(item.section.scale.code, item.code): (place, item) for place, item in enumerate(items)}
    found = seen.filter(status__in=ActionPoint.OPEN).select_related("item__section__scale", "organisation")
    rows = [(places.get(action.about), action) for action in found.order_by("-created_at", "pk")]
    rows.sort(key=lambda row: len(places) if row[0] is None else row[0][0])
    return [(None if place is None else place[1], action) for place, action in rows]


@dataclass(frozen=True)
class PlanNumbers:
    """How far one service's plan has come: how many are still to be done, how many of those are overdue, and the next
    deadline.
    """

    service: uuid.UUID
    name: str
    to_do: int
    overdue: int
    next_deadline: datetime.date | None


def by_service(seen: QuerySet[ActionPoint]) -> list[PlanNumbers]:
    """Return how far the plans of the points' services have come, of those that have anything still to be done, by the
    services' names; open points on one item are one matter, as in `numbers`. One query.
    """
    today = timezone.localdate()
    found = seen.filter(status__in=ActionPoint.OPEN).order_by("service__name", "service")
    matters: dict[tuple[uuid.UUID, str], dict[tuple[str, ...], list[datetime.date | None]]] = defaultdict(
        lambda: defaultdict(list)
    )
    told = found.select_related("service", "item__section__scale").only(
        "deadline", "version", "service__name", "item__code", "item__section__scale__code"
    )
    for action in told:
        matters[action.service_id, action.service.name][action.matter].append(action.deadline)
    return [
        _numbers_of(service, name, [first_deadline(days) for days in of_service.values()], today)
        for (service, name), of_service in matters.items()
    ]


def _numbers_of(
    service: uuid.UUID, name: str, due: Sequence[datetime.date | None], today: datetime.date
) -> PlanNumbers:
    """Return how far a plan has come from the days by which its open matters are `due`."""
    days = [day for day in due if day is not None]
    return PlanNumbers(
        service=service,
        name=name,
        to_do=len(due),
        overdue=sum(day < today for day in days),
        next_deadline=min((day for day in days if day >= today), default=None),
    )

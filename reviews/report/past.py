"""The service's external reviews of practice before one: what its report compares it with."""

import datetime
import uuid
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db.models import Case, Exists, OuterRef, QuerySet, Subquery, When
from django.db.models.fields.json import KeyTransform

from reviews import history, results
from reviews.models import FinalScore, ReportVersion, Review
from scales import editions


class Last(NamedTuple):
    """The last of the reviews that used a scale, as its version that counts has it."""

    review: uuid.UUID
    day: datetime.date
    beside: Mapping[str, Any]
    """What stood beside the score, as the parts of the content that tell it; empty where a later one has another scale.
    """
    results: list[results.ScaleResult]
    """Scores alone."""


@dataclass(frozen=True)
class Past:
    """The reviews that began before one: the last of them by the code of each scale, and by the same codes the results
    of all of them, oldest first.
    """

    last: Mapping[str, Last] = field(default_factory=dict)
    points: Mapping[str, list[history.Point]] = field(default_factory=dict)


@dataclass(slots=True)
class _Score:
    """An item's score, and nothing of what was written on it."""

    score: int | None
    not_scored: str = ""
    comment: str = ""
    recommendation: str = ""
    obstacles: list[str] = field(default_factory=list)
    actors: list[str] = field(default_factory=list)


def of(review: Review) -> Past:
    """Return what was before a review of practice, in two queries however many reviews there were; whoever reads its
    report, it tells of all of them.
    """
    versions = list(_versions(review))
    if not versions:
        return Past()
    scores: dict[uuid.UUID, dict[int, _Score]] = defaultdict(dict)
    used: dict[uuid.UUID, set[int]] = defaultdict(set)
    given = FinalScore.objects.filter(version__in=[version for version, *_others in versions]).order_by()
    for version, scale, item, score in given.values_list("version", "item__section__scale", "item", "score"):
        scores[version][item] = _Score(score)
        used[version].add(scale)
    last: dict[str, Last] = {}
    points: dict[str, list[history.Point]] = defaultdict(list)
    for version, of_review, day, used_editions, told, around in versions:
        # Of practice as the review itself is.
        found = results.assemble(review, scores[version], {}, {}, editions.in_use(used[version]))
        beside = {"outcomes": told or {}, "circumstances": around or {}}
        last |= {edition["code"]: Last(of_review, day, beside, found) for edition in used_editions}
        for each in found:
            points[each.scale.code].append(history.Point(of_review, day, each.scale, each.total, each.band))
    return Past(last, points)


def _versions(review: Review) -> "QuerySet[ReportVersion, tuple[Any, ...]]":
    """Return the versions that count, oldest first, each with its review and its day, the editions it used, and of the
    last day's what stood beside the score: the whole of each content is long.
    """
    held = results.external_before(review)
    later = ReportVersion.objects.filter(review=OuterRef("review"), number__gt=OuterRef("number"))
    last_day = Subquery(held.order_by("-review__first_day").values("review__first_day")[:1])

    def of_last_day(name: str) -> Case:
        return Case(When(review__first_day=last_day, then=KeyTransform(name, "content")))

    return held.filter(~Exists(later)).values_list(
        "pk", "review", "review__first_day", "editions", of_last_day("outcomes"), of_last_day("circumstances")
    )
